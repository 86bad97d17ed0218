"""Recurrence: counted by hand, silent where draws are even, loud where one judge is planted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.worlds import World, casebook, quick
from graph.analysis import docket as dockets
from graph.analysis.even_draw import even_draws
from graph.analysis.recurring import UNEVEN, recurring
from graph.analysis.roster import read_roster
from graph.errors import BadData

JUDGE = "presiding_judge"


def days(count: int) -> list[str]:
    return [f"2021-01-{n:02}" for n in range(1, count + 1)]


def by_person(answer: Any) -> dict[str, Any]:
    return {row["person"]: row for row in answer.rows}


def test_expected_counts_are_those_drawn_by_hand(docket: Any) -> None:
    """Ten sittings, A B A B A B A B A B, all in one year. A sat 1st to 9th: of the sittings between, the 2nd to 8th
    (7), each went to A or B with chance 1/2; with the first and last that is 2 + 3.5. Three of A's five lie between."""
    book = docket([(d, "court", {"ab"[n % 2]: JUDGE}) for n, d in enumerate(days(10))])
    rows = by_person(recurring(book))
    assert (rows["d/a"]["observed"], rows["d/a"]["expected"]) == (5, 5.5)
    p_of_three_or_more_of_seven = (35 + 35 + 21 + 7 + 1) / 128
    assert rows["d/a"]["p"] == pytest.approx(p_of_three_or_more_of_seven, rel=1e-3)


def test_an_official_counts_once_per_matter_whatever_the_number_of_defendants(world: Any) -> None:
    cases = [{"case_id": c, "person_id": f"p-{c}", "trial_id": "t"} for c in ("a", "b", "c")]
    book = world(
        {
            "d": {
                "people": [{"person_id": p, "name": p} for p in ("j", "p-a", "p-b", "p-c")],
                "bodies": [{"body_id": "court", "name": "Court"}],
                "cases": cases,
                "proceedings": [
                    {"proceeding_id": c, "case_id": c, "stage": "first_instance", "body_id": "court", "outcome": "convicted",
                     "sentence_kind": "imprisonment", "sentence_months": 12} for c in ("a", "b", "c")
                ],
                "roles": [{"proceeding_id": c, "case_id": c, "person_id": "j", "role": JUDGE, "basis": "stated"} for c in ("a", "b", "c")],
            }
        }
    )  # fmt: skip
    row = recurring(book, min_matters=1).rows[0]
    assert (row["matters"], row["cases"], row["defendants"], row["months"], row["adverse"]) == (1, 3, 3, 36, 1)


def test_roles_whose_basis_does_not_count_are_not_counted(docket: Any) -> None:
    book = docket([(d, "court", {"a": JUDGE}) for d in days(3)], roles={"a": {"basis": "identity_inferred"}})
    assert recurring(book).rows == []


def test_a_planted_judge_is_called_uneven_and_never_chosen(docket: Any) -> None:
    rng = np.random.default_rng(0)
    who = ["a" if n % 2 else f"j{rng.integers(9)}" for n in range(120)]
    sittings = [(f"2021-{1 + n // 28:02}-{1 + n % 28:02}", "court", {p: JUDGE}) for n, p in enumerate(who)]
    answer = recurring(docket(sittings))
    first = answer.rows[0]
    assert (first["person"], first["reading"]) == ("d/a", UNEVEN)
    assert first["q"] < 0.001
    assert first["low"] > 1
    assert (
        "uneven is not chosen: without the court's other cases a busy judge and a chosen one look the same"
        in answer.notes
    )


@pytest.mark.parametrize("dates", ["day", "month"])
def test_even_draws_are_silent_when_judges_are_on_leave_and_back(dates: str) -> None:
    world = World(courts=2, judges=10, prosecutors=10, matters=250, coming=1, returning=True, dates=dates)
    loud = [any(r["q"] is not None and r["q"] < 0.05 for r in recurring(quick(world, seed)).rows) for seed in range(6)]
    assert sum(loud) <= 1


def test_somebody_without_a_court_is_not_tested_in_the_courts_of_the_matter(docket: Any) -> None:
    """q investigates for the whole region: whose matters come before this court is no draw of this court's."""
    book = docket(
        [(d, "court", {"ab"[n % 2]: JUDGE, "q": "investigator"}) for n, d in enumerate(days(10))],
        roles={"q": {"proceeding_id": ""}},
    )
    row = by_person(recurring(book))["d/q"]
    assert (row["court"], row["matters"], row["p"], row["reading"]) == (None, 10, None, "untestable")


@pytest.mark.parametrize("dates", ["day", "year"])
def test_even_draws_are_silent_when_judges_come_and_go(dates: str) -> None:
    world = World(courts=3, judges=8, matters=150, coming=0.7, dates=dates)
    loud = [
        any(r["q"] is not None and r["q"] < 0.05 for r in recurring(casebook(world, seed)).rows) for seed in range(15)
    ]
    assert sum(loud) <= 3  # 0.05 and two standard errors of 15 worlds


def test_who_is_there_is_never_overcounted() -> None:
    """Six judges at most were there, so nobody's chance at a sitting may be taken for less than a sixth."""
    world = World(courts=1, judges=6, matters=120, coming=0.8)
    for seed in range(5):
        book = dockets.docket(casebook(world, seed).involvements, None)
        draws = even_draws(book)
        judges = draws.group == book.groups.index(JUDGE)
        assert np.all(draws.mean[judges] >= draws.draws[judges] / world.judges - 1e-9)


def test_the_rows_do_not_depend_on_the_order_of_the_records(docket: Any) -> None:
    sittings = [(d, "court", {"abc"[n % 3]: JUDGE}) for n, d in enumerate(days(12))]
    forward = recurring(docket(sittings))
    assert recurring(docket(sittings)).rows == forward.rows


def test_matters_without_a_date_are_counted_but_not_tested(docket: Any) -> None:
    row = recurring(docket([("", "court", {"a": JUDGE}), ("", "court", {"a": JUDGE})])).rows[0]
    assert (row["matters"], row["observed"], row["p"], row["reading"]) == (2, None, None, "untestable")


def test_a_roster_gives_the_draw_among_those_in_office(docket: Any, tmp_path: Path) -> None:
    """Four in office, one of them with weight 3: A is expected in half of 12 sittings, and had 9."""
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "court,person,role,from,to,weight\nd/court,d/a,presiding_judge,,,3\n"
        + "".join(f"d/court,d/{x},presiding_judge,2020,2022,1\n" for x in "bcd")
    )
    who = "aaaaaaaaabcd"
    book = docket([(d, "court", {p: JUDGE}) for d, p in zip(days(12), who, strict=True)])
    row = by_person(recurring(book, roster=roster))["d/a"]
    assert (row["observed"], row["expected"]) == (9, 6.0)
    assert row["p"] == pytest.approx(299 / 4096, rel=1e-3)  # C(12,9) + C(12,10) + C(12,11) + 1 of 2^12


def test_a_roster_goes_by_any_id_of_a_person_and_draws_only_its_own(world: Any, tmp_path: Path) -> None:
    """a goes by two ids that are judged the same; x sat once and is on no roster: that sitting was not drawn from it."""
    who = ["a", "b", "a", "a", "x", "b"]
    tables = {
        "people": [{"person_id": p, "name": p} for p in ("a", "b", "x", "k")],
        "bodies": [{"body_id": "court", "name": "Court"}],
        "cases": [{"case_id": f"c{n}", "person_id": "k"} for n in range(6)],
        "proceedings": [
            {"proceeding_id": f"c{n}", "case_id": f"c{n}", "stage": "first_instance", "body_id": "court", "decision_date": d}
            for n, d in enumerate(days(6))
        ],
        "roles": [
            {"proceeding_id": f"c{n}", "case_id": f"c{n}", "person_id": p, "role": JUDGE, "basis": "stated"} for n, p in enumerate(who)
        ],
    }  # fmt: skip
    other = {"people": [{"person_id": "a2", "name": "a"}]}
    roster = tmp_path / "roster.csv"
    roster.write_text(f"court,person,role\nd/court,e/a2,{JUDGE}\nd/court,d/b,{JUDGE}\nd/elsewhere,d/b,{JUDGE}\n")
    book = world({"d": tables, "e": other}, "person d/a same e/a2")
    answer = recurring(book, roster=roster)
    row = by_person(answer)["d/a"]
    assert (row["observed"], row["expected"], row["share"]) == (3, 2.5, 0.5)
    assert "the roster's courts that no counted role names: d/elsewhere" in answer.notes


def test_every_fault_of_a_roster_is_named(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("court,person,role,from,weight\nc,,judge,2021-13,0\n")
    with pytest.raises(BadData) as caught:
        read_roster(roster)
    assert [(p.row, p.column) for p in caught.value.problems] == [(2, "from"), (2, "person"), (2, "weight")]


def test_a_threshold_below_one_is_refused(docket: Any) -> None:
    with pytest.raises(ValueError, match="min_matters must be 1 or more, got 0"):
        recurring(docket([("2021-01-01", "court", {"a": JUDGE})]), min_matters=0)


def test_an_unknown_period_is_refused(docket: Any) -> None:
    with pytest.raises(ValueError, match="'week' is none of year, half, quarter, month, none"):
        recurring(docket([("2021-01-01", "court", {"a": JUDGE})]), period="week")
