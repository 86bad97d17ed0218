"""Chain, experts, careers, gaps, coverage: described, on courts small enough to read."""

from __future__ import annotations

from typing import Any

import pytest

from graph.analysis.careers import careers
from graph.analysis.chain import AGAIN, MISSING, chain
from graph.analysis.coverage import coverage, footnote
from graph.analysis.experts import experts
from graph.analysis.gaps import BESIDE, OPEN, UNFOUND, UNLOOKED, gaps

J, P = "presiding_judge", "prosecutor"


def steps(world: Any, acts: list[dict[str, Any]], roles: list[dict[str, Any]] | None = None) -> Any:
    return world(
        {
            "d": {
                "people": [{"person_id": p, "name": p} for p in ("d1", "j", "k")],
                "bodies": [{"body_id": "court", "name": "Court"}, {"body_id": "high", "name": "High"}],
                "cases": [{"case_id": "c", "person_id": "d1"}],
                "proceedings": [{"proceeding_id": f"x{n}", "case_id": "c", **a} for n, a in enumerate(acts)],
                "roles": [{"case_id": "c", "basis": "stated", "role": J, **r} for r in roles or []],
            }
        }
    )


def test_steps_are_in_order_of_time_with_the_days_between(world: Any) -> None:
    book = steps(
        world,
        [
            {"stage": "appeal", "body_id": "high", "decision_date": "2021-05-01", "outcome": "upheld"},
            {"stage": "pretrial_detention", "body_id": "court", "decision_date": "2021-01-01", "outcome": "remanded"},
            {"stage": "first_instance", "body_id": "court", "decision_date": "2021-03-02", "outcome": "convicted"},
        ],
    )
    rows = chain(book).rows
    assert [(r["stage"], r["days"], r["change"]) for r in rows] == [
        ("pretrial_detention", None, None), ("first_instance", 60, None), ("appeal", 60, "upheld"),
    ]  # fmt: skip


def test_the_same_judge_at_two_steps_is_said(world: Any) -> None:
    book = steps(
        world,
        [
            {"stage": "pretrial_detention", "decision_date": "2021-01-01"},
            {"stage": "first_instance", "decision_date": "2021-03-02"},
        ],
        [{"proceeding_id": "x0", "person_id": "j"}, {"proceeding_id": "x1", "person_id": "j"}],
    )
    assert [(r["same_judges"], r["reading"]) for r in chain(book).rows] == [([], ""), (["d/j"], AGAIN)]


def test_a_missing_step_is_said_and_not_filled(world: Any) -> None:
    book = steps(world, [{"stage": "cassation", "decision_date": "2022-01-01"}])
    rows = chain(book, min_steps=1).rows
    assert [(r["stage"], r["reading"] == MISSING, r["date"]) for r in rows] == [
        ("pretrial_detention", True, None), ("first_instance", True, None), ("appeal", True, None), ("cassation", False, "2022-01-01"),
    ]  # fmt: skip


def test_a_retrial_of_the_same_stage_stands_after_the_appeal_that_ordered_it(world: Any) -> None:
    book = steps(
        world,
        [
            {"stage": "first_instance", "decision_date": "2022-12-29"},
            {"stage": "first_instance", "decision_date": "2020-09-16"},
            {"stage": "appeal", "decision_date": "2022-03-14", "outcome": "overturned"},
        ],
    )
    known = [r["date"] for r in chain(book).rows if r["date"]]
    assert known == ["2020-09-16", "2022-03-14", "2022-12-29"]


def test_days_are_not_counted_from_a_date_without_a_day(world: Any) -> None:
    book = steps(
        world,
        [{"stage": "first_instance", "decision_date": "2021-03"}, {"stage": "appeal", "decision_date": "2021-05-01"}],
    )
    assert [r["days"] for r in chain(book).rows if r["date"]] == [None, None]


def test_reviews_are_counted_by_court_and_by_panel(world: Any) -> None:
    acts = [
        {"stage": "appeal", "body_id": "high", "decision_date": f"2021-0{n}-01", "outcome": o}
        for n, o in enumerate(("upheld", "overturned", "made_lighter"), start=1)
    ]
    roles = [{"proceeding_id": "x0", "person_id": "j"}, {"proceeding_id": "x1", "person_id": "j"}]
    rows = chain(steps(world, acts, roles), by="court").rows
    whole = next(r for r in rows if not r["panel"])
    panel = next(r for r in rows if r["panel"])
    assert (whole["decisions"], whole["upheld"], whole["changed"], whole["overturned"]) == (3, 1, 1, 1)
    assert (panel["decisions"], panel["upheld"], panel["overturned"]) == (2, 1, 1)


def test_the_share_of_a_prosecutors_matters_with_one_expert(docket: Any) -> None:
    book = docket([("2021-01-01", "c", {"e": "expert_witness", "p": P}), ("2021-02-01", "c", {"p": P})])
    row = next(r for r in experts(book).rows if r["partner"])
    assert (row["partner"], row["matters"], row["partner_matters"], row["share"]) == ("d/p", 1, 2, 0.5)


def test_two_experts_of_a_case_are_named_once(docket: Any) -> None:
    book = docket([("2021-01-01", "c", {"e": "expert_witness", "f": "expert_witness"})])
    pairs = [(r["person"], r["partner"]) for r in experts(book).rows if r["partner"]]
    assert pairs == [("d/e", "d/f")]


def test_a_career_joins_what_is_stated_and_what_is_seen(docket: Any) -> None:
    book = docket(
        [("2021-05-01", "c", {"j": J}), ("2022-05-01", "c", {"j": J})],
        more={"tenures": [{"person_id": "j", "body_id": "c", "post": "deputy chair", "from": "2019"}]},
    )
    rows = careers(book).rows
    assert [(r["post"], r["from"], r["to"], r["basis"]) for r in rows] == [
        ("deputy chair", "2019", None, "tenure"), (J, "2021-05-01", "2022-05-01", "seen in proceedings"),
    ]  # fmt: skip


LISTED = {"sanctions": [{"person_id": "l", "authority": "EU", "programme": "EU-2024-1485", "list_date": "2024-05-27"}]}
CHECK = {"list_checks": [{"authority": "EU", "programme": "EU-2024-1485", "scope": "official", "as_of": "2026-01-01"}]}


def test_somebody_not_found_beside_a_listed_official_is_the_first_gap(docket: Any) -> None:
    book = docket([("2021-01-01", "c", {"l": J, "x": P}), ("2021-01-02", "c", {"y": J})], more={**LISTED, **CHECK})
    rows = {r["person"]: r for r in gaps(book).rows}
    assert next(iter(rows)) == "d/x"
    assert rows["d/x"]["reading"] == BESIDE
    assert [c["person"] for c in rows["d/x"]["beside_listed"]] == ["d/l"]
    assert rows["d/y"]["reading"] == UNFOUND
    assert rows["d/l"]["listed_on"] == ["EU-2024-1485"]


def test_nobody_who_was_not_looked_up_is_a_gap(docket: Any) -> None:
    book = docket([("2021-01-01", "c", {"l": J, "x": P})], more=LISTED)
    assert {r["person"]: r["reading"] for r in gaps(book).rows}["d/x"] == UNLOOKED


def test_nobody_whose_acts_were_all_for_defendants_is_there(docket: Any) -> None:
    answer = gaps(docket([("2021-01-01", "c", {"a": J})], acts={"m0": {"outcome": "acquitted"}}, more=CHECK))
    assert answer.rows == []
    assert answer.left_out == {"no_act_against_defendants": 1}


def test_a_doubt_about_who_is_listed_is_no_gap(world: Any) -> None:
    def court(who: str, more: dict[str, Any]) -> dict[str, Any]:
        return {
            "people": [{"person_id": who, "name": who, "category": "official"}, {"person_id": "v", "name": "v"}],
            "cases": [{"case_id": "c", "person_id": "v"}],
            "proceedings": [{"proceeding_id": "x", "case_id": "c", "stage": "first_instance", "outcome": "convicted"}],
            "roles": [{"proceeding_id": "x", "case_id": "c", "person_id": who, "role": J, "basis": "stated"}],
            **more,
        }

    book = world({"d": court("x", CHECK), "e": court("l", LISTED)}, "person d/x unsure e/l")
    assert {r["person"]: r["reading"] for r in gaps(book).rows}["d/x"] == OPEN


def test_coverage_says_what_share_is_known(docket: Any) -> None:
    book = docket([("2021-01-01", "c", {"a": J}), ("", "", {"b": P})])
    row = coverage(book, by="all").rows[0]
    assert (row["proceedings"], row["dated"], row["court_known"], row["judge_named"], row["roles"]) == (
        2,
        0.5,
        0.5,
        0.5,
        2,
    )
    assert footnote(book).startswith("known: 2 cases in 2 matters, arrest date of 0%")


def test_coverage_of_nothing_says_so(world: Any) -> None:
    book = world({"d": {"people": [{"person_id": "a", "name": "A"}]}})
    assert footnote(book) == "0 cases, no roles: nothing can be said of officials"
    assert coverage(book).rows == []


@pytest.mark.parametrize(
    "call", [lambda b: chain(b, by="year"), lambda b: coverage(b, by="colour"), lambda b: experts(b, role=J)]
)
def test_unknown_choices_are_refused(docket: Any, call: Any) -> None:
    with pytest.raises(ValueError, match="is n"):
        call(docket([("2021-01-01", "c", {"a": J})]))
