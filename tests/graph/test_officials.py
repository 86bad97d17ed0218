"""Officials and courts: counting by the rules of the case tables."""

from __future__ import annotations

from typing import Any

import pytest

from graph.answers import Answer, Row
from graph.casebook import Casebook
from graph.court import court
from graph.officials import officials
from ontology import UnknownTerm
from tests.graph.conftest import World


def trials(*outcomes: str | None, judge: str = "j", **more: Any) -> dict[str, Any]:
    """One judge, and one case with one act for each outcome."""
    numbers = range(len(outcomes))
    base = {
        "people": [{"person_id": i} for i in ("p", judge)],
        "bodies": [{"body_id": "b", "name": "Court"}, {"body_id": "o", "name": "Office"}],
        "cases": [{"case_id": f"k{n}", "person_id": "p", "articles": "RU-CC 207.3(2)(a)|RU-CC 30(1)-278"} for n in numbers],
        "proceedings": [
            {"proceeding_id": f"v{n}", "case_id": f"k{n}", "stage": "first_instance", "body_id": "b",
             "decision_date": f"202{n}-05", **({"outcome": outcomes[n]} if outcomes[n] else {})} for n in numbers
        ],
        "roles": [role(n, judge) for n in numbers],
    }  # fmt: skip
    return base | more


def role(n: int, person: str = "j", **more: Any) -> dict[str, Any]:
    return {
        "proceeding_id": f"v{n}",
        "case_id": f"k{n}",
        "person_id": person,
        "role": "judge",
        "basis": "stated",
        **more,
    }


def ranked(answer: Answer) -> list[tuple[Any, ...]]:
    return [tuple(r[c] for c in ("person", "matters", "adverse", "favourable", "other")) for r in answer.rows]


def only(answer: Answer) -> Row:
    assert len(answer.rows) == 1
    return answer.rows[0]


def test_matters_are_against_for_and_other_and_add_up(world: World) -> None:
    book = world({"d": trials("convicted", "acquitted", "house_arrest", None, "upheld")})
    assert ranked(officials(book)) == [("d/j", 5, 2, 1, 2)]


def test_one_act_against_makes_a_matter_adverse(world: World) -> None:
    rows = trials("convicted", "acquitted", "convicted")
    rows["cases"] = [{"case_id": f"k{n}", "person_id": "p", "trial_id": "t" if n < 2 else "u"} for n in range(3)]
    assert ranked(officials(world({"d": rows}))) == [("d/j", 2, 2, 0, 0)]


def test_an_official_is_not_ranked_for_helping(world: World) -> None:
    answer = officials(world({"d": trials("acquitted", "acquitted", "made_lighter")}), min_matters=1)
    assert (answer.rows, answer.left_out["only_favourable"]) == ([], 1)
    answer = officials(world({"d": trials("acquitted", "acquitted", "convicted")}))
    assert (answer.rows, answer.left_out["below_min_matters"]) == ([], 1)


def test_most_matters_against_defendants_first_then_other_then_by_id(world: World) -> None:
    rows = trials(*["convicted"] * 3, None, None)
    rows["people"] = [{"person_id": i} for i in ("p", "a", "b", "c", "d")]
    rows["roles"] = [
        role(n, who) for who, ns in (("d", (0, 1)), ("c", (0, 1, 3)), ("b", (0, 1)), ("a", (0, 3, 4))) for n in ns
    ]
    assert [r["person"] for r in officials(world({"d": rows})).rows] == ["d/c", "d/b", "d/d", "d/a"]


def test_a_case_counts_once_for_each_defendant_and_matter(world: World) -> None:
    rows = trials("convicted", "convicted", "convicted", "convicted")
    # k0 and k1 are two cases of one defendant in one trial, k2 one of another defendant in it
    rows["cases"] = [
        {"case_id": f"k{n}", "person_id": who, "trial_id": trial}
        for n, (who, trial) in enumerate([("p", "t"), ("p", "t"), ("j", "t"), ("p", "u")])
    ]
    row = only(officials(world({"d": rows})))
    assert (row["matters"], row["cases"]) == (2, 3)
    assert (row["matter_ids"], row["case_ids"]) == (["d/t", "d/u"], ["d/k0", "d/k2", "d/k3"])


def test_one_trial_in_two_datasets_counts_once(world: World) -> None:
    one, two = trials("convicted"), trials("convicted")
    same = ("person d/j same e/j", "person d/p same e/p", "case d/k0 same e/k0")
    row = only(officials(world({"d": one, "e": two}, *same), min_matters=1))
    assert (row["matters"], row["cases"], row["records"]) == (1, 1, ["d/j", "e/j"])
    assert len(officials(world({"d": one, "e": two}, *same, resolved=False), min_matters=1).rows) == 2


def test_uncounted_roles_are_left_out_and_counted(world: World) -> None:
    rows = trials(*["convicted"] * 4)
    rows["roles"] = [role(0), role(1, basis="other_hearing"), role(2, basis="one_of"), role(3, basis="allegation")]
    answer = officials(world({"d": rows}))
    assert (ranked(answer), answer.left_out["not_stated"]) == ([("d/j", 2, 2, 0, 0)], 2)


def test_lawyers_and_witnesses_never_appear(world: World) -> None:
    rows = trials("convicted", "convicted")
    rows["roles"] = [role(n, role=r) for n in (0, 1) for r in ("defence_lawyer", "witness", "complainant", "other")]
    answer = officials(world({"d": rows}), min_matters=1)
    assert (answer.rows, answer.left_out["not_stated"]) == ([], 0)


def test_all_official_roles_of_a_person_are_together_unless_one_is_asked_for(world: World) -> None:
    rows = trials("convicted", "convicted", "convicted")
    rows["roles"] = [role(0), role(1, role="prosecutor", body_id="o"), role(2, role="presiding_judge")]
    row = only(officials(world({"d": rows})))
    assert row["roles"] == ["presiding_judge", "judge", "prosecutor"]
    assert row["institutions"] == ["d/b", "d/o"]  # the court where a judge's own is not named, never for a prosecutor
    assert only(officials(world({"d": rows}), role="prosecutor", min_matters=1))["matters"] == 1


def test_a_role_that_is_not_an_officials_is_refused(world: World) -> None:
    book = world({"d": trials("convicted")})
    with pytest.raises(ValueError, match="'witness' is not a role of officials"):
        officials(book, role="witness")
    with pytest.raises(UnknownTerm, match="'jduge' is not in ontology/vocab/role.csv .*judge"):
        officials(book, role="jduge")


def test_a_court_is_that_of_the_proceeding_or_the_officials_own(world: World) -> None:
    rows = trials("convicted", "convicted")
    rows["roles"] = [role(0), role(1), role(0, "p", role="prosecutor", body_id="o")]
    book = world({"d": rows})
    assert [r["person"] for r in officials(book, court=["d/b"], min_matters=1).rows] == ["d/j", "d/p"]
    assert [r["person"] for r in officials(book, court=["d/o"], min_matters=1).rows] == ["d/p"]
    assert officials(book, court=[], min_matters=1).rows == []


@pytest.mark.parametrize(
    ("article", "found"),
    [("RU-CC 207.3", 1), ("207.3", 1), ("RU-CC 207.3(2)", 1), ("207.3(2)(a)", 1), ("RU-CC 207.3(1)", 0), ("207", 0),
     ("RU-CAO 207.3", 0), ("278", 1), ("RU-CC 30(1)-278", 1), ("RU-CC 30(3)-278", 0)],
)  # fmt: skip
def test_an_article_holds_its_parts_and_a_number_stands_for_any_code(world: World, article: str, found: int) -> None:
    assert len(officials(world({"d": trials("convicted")}), article=article, min_matters=1).rows) == found


def test_a_filter_that_cannot_be_is_refused(world: World) -> None:
    book = world({"d": trials("convicted")})
    for wrong in ({"article": "fakes"}, {"since": "yesterday"}, {"until": "2024-13"}, {"min_matters": 0}):
        with pytest.raises(ValueError, match=r".+"):
            officials(book, **wrong)


def test_dates_that_only_may_lie_within_are_left_out_and_counted(world: World) -> None:
    rows = trials("convicted", "convicted", "convicted")
    dates = ["2023", "2023-06-10", None]
    rows["proceedings"] = [
        {**act, "decision_date": day} if day else {c: v for c, v in act.items() if c != "decision_date"}
        for act, day in zip(rows["proceedings"], dates, strict=True)
    ]
    answer = officials(world({"d": rows}), since="2023-06", until="2023-06", min_matters=1)
    assert (only(answer)["matters"], answer.left_out["undated"], answer.left_out["date_too_vague"]) == (1, 1, 1)
    assert only(officials(world({"d": rows}), since="2023", until="2023"))["matters"] == 2


def test_first_and_last_compare_by_the_earliest_day_and_skip_other_hearings(world: World) -> None:
    rows = trials(*["convicted"] * 4)
    for act, day in zip(rows["proceedings"], ("2021", "2021-01-01", "2023", "2025"), strict=True):
        act["decision_date"] = day
    rows["roles"] = [role(0), role(1), role(2), role(3, basis="other_hearing")]
    row = only(officials(world({"d": rows})))
    assert (row["first"], row["last"], row["matters"]) == ("2021-01-01", "2023", 4)


def test_acts_without_any_date_have_no_span(world: World) -> None:
    rows = trials("convicted", "convicted")
    rows["proceedings"] = [{k: v for k, v in act.items() if k != "decision_date"} for act in rows["proceedings"]]
    row = only(officials(world({"d": rows})))
    assert (row["matters"], row["first"], row["last"]) == (2, None, None)


def test_sources_of_one_origin_count_once(world: World) -> None:
    rows = trials("convicted", "convicted")
    rows["sources"] = [
        {"source_id": s, "url": f"https://{s}.example", "publisher": p}
        for s, p in (("a", "Paper"), ("b", "PAPER"), ("c", "Other"))
    ]
    rows["roles"] = [role(0, src="a|b"), role(1, src="b|c")]
    row = only(officials(world({"d": rows})))
    assert (row["source_origins"], [s["id"] for s in row["sources"]]) == (2, ["d/a", "d/b", "d/c"])


def test_a_court_has_its_officials_most_matters_first(world: World) -> None:
    rows = trials("convicted", "acquitted")
    rows["people"] += [{"person_id": "z"}, {"person_id": "u"}]
    rows["roles"] = [role(0), role(1), role(0, "z", role="secretary"), role(1, "u", basis="not_sitting")]
    answer = court(world({"d": rows}), ["d/b"], asked="Court")
    assert [(r["person"], r["roles"], r["matters"], r["cases"]) for r in answer.rows] == [
        ("d/j", ["judge"], 2, 2),
        ("d/z", ["secretary"], 1, 1),
    ]
    assert answer.left_out == {"not_stated": 1}


def test_courts_judged_the_same_are_one_by_any_of_their_ids(world: World) -> None:
    two = {"d": trials("convicted"), "e": trials("convicted", judge="i")}
    book = world(two, "body d/b same e/b")
    answers = [court(book, [b], asked="x").rows for b in ("d/b", "e/b")]
    assert answers[0] == answers[1]
    assert [r["person"] for r in answers[0]] == ["d/j", "e/i"]


def test_an_official_in_a_matter_of_a_conflict_in_outcome_is_counted_as_other(world: World) -> None:
    rows = trials("convicted")
    rows["proceedings"].append({**rows["proceedings"][0], "outcome": "acquitted", "src": "z"})
    assert ranked(officials(world({"d": rows}), min_matters=1)) == [("d/j", 1, 0, 0, 1)]


def test_nobody_gives_no_rows() -> None:
    from graph.rows import MemoryRows
    from tests.graph.conftest import TODAY

    book = Casebook(MemoryRows({}), today=TODAY)
    assert officials(book).rows == []
    assert court(book, ["d/b"], asked="b").notes == ["d/b: no such institution is known"]
