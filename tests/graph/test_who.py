"""Who and case: every involvement, marked, with the others and the sources."""

from __future__ import annotations

from typing import Any

from graph.answers import Row
from graph.case import case
from graph.casebook import Casebook
from graph.who import COLUMNS, who
from tests.graph.conftest import World


def tables(**more: Any) -> dict[str, Any]:
    """Two defendants before a panel; one of them in a second case without a proceeding."""
    base = {
        "people": [{"person_id": i, "name": i.upper()} for i in ("p", "q", "j1", "j2", "w")],
        "bodies": [{"body_id": "b", "name": "Court", "name_ru": "Суд"}, {"body_id": "o", "name": "Office"}],
        "cases": [
            {"case_id": "kp", "person_id": "p", "trial_id": "t"}, {"case_id": "kq", "person_id": "q", "trial_id": "t"},
            {"case_id": "lone", "person_id": "p", "arrest_date": "2020"},
        ],
        "proceedings": [
            {"proceeding_id": v, "case_id": k, "stage": "first_instance", "body_id": "b", "decision_date": "2024-05-06",
             "outcome": "convicted", "sentence_months": 84} for v, k in (("vp", "kp"), ("vq", "kq"))
        ],
        "roles": [
            {"proceeding_id": "vp", "case_id": "kp", "person_id": "j1", "role": "presiding_judge", "basis": "stated",
             "name_as_written": "судьи Ж. Первой"},
            {"proceeding_id": "vp", "case_id": "kp", "person_id": "j2", "role": "judge", "basis": "one_of"},
            {"case_id": "kp", "person_id": "w", "role": "prosecutor", "body_id": "o", "basis": "whole_case"},
        ],
    }  # fmt: skip
    return base | more


def rows(book: Casebook, *persons: str) -> list[Row]:
    return list(who(book, persons, asked="x").rows)


def brief(row: Row, *columns: str) -> tuple[Any, ...]:
    return tuple(row[c] for c in columns)


def test_a_line_has_the_role_the_act_the_others_and_the_sources(world: World) -> None:
    (row,) = rows(world({"d": tables()}), "d/j1")
    assert tuple(row) == COLUMNS
    assert row == {
        "person": "d/j1", "name": {"en": "J1", "ru": None}, "name_as_written": "судьи Ж. Первой",
        "role": "presiding_judge", "basis": "stated", "proceeding": "d/vp", "case": "d/kp", "matter": "d/t",
        "defendants": [{"person": "d/p", "name": {"en": "P", "ru": None}}, {"person": "d/q", "name": {"en": "Q", "ru": None}}],
        "court": "d/b", "court_name": {"en": "Court", "ru": "Суд"}, "institution": None, "institution_name": None,
        "stage": "first_instance", "date": "2024-05-06", "outcome": "convicted", "effect": "adverse", "sentence_months": 84,
        "others": [{"person": "d/j2", "name": {"en": "J2", "ru": None}, "role": "judge", "basis": "one_of"}],
        "status": "accepted", "confidence": None, "conflicts": [], "public": True,
        "records": ["d/j1"], "sources": [{"id": "d/s", "url": "https://example.org/d/s", "title": "s"}],
    }  # fmt: skip


def test_own_cases_are_lines_of_a_defendant_also_without_a_proceeding(world: World) -> None:
    found = rows(world({"d": tables()}), "d/p")
    assert [brief(r, "role", "case", "proceeding", "date", "basis") for r in found] == [
        ("defendant", "d/kp", "d/vp", "2024-05-06", None),
        ("defendant", "d/lone", None, None, None),
    ]
    assert [o["person"] for o in found[0]["others"]] == ["d/j1", "d/j2"]


def test_those_who_stood_in_another_hearing_of_the_matter_are_not_defendants_of_this_one(world: World) -> None:
    acts = tables()["proceedings"]
    for other in ({"decision_date": "2024-05-07"}, {"stage": "appeal"}, {"body_id": "o"}):
        (row,) = rows(world({"d": tables(proceedings=[acts[0], {**acts[1], **other}])}), "d/j1")
        assert [d["person"] for d in row["defendants"]] == ["d/p"]


def test_without_a_date_nobody_can_tell_who_else_stood_there(world: World) -> None:
    acts = [{c: v for c, v in act.items() if c != "decision_date"} for act in tables()["proceedings"]]
    (row,) = rows(world({"d": tables(proceedings=acts)}), "d/j1")
    assert [d["person"] for d in row["defendants"]] == ["d/p"]


def test_a_role_in_the_case_as_a_whole_has_no_proceeding_and_is_marked(world: World) -> None:
    answer = who(world({"d": tables()}), ["d/w"], asked="w")
    assert brief(answer.rows[0], "proceeding", "basis", "institution", "date") == (None, "whole_case", "d/o", None)
    assert answer.notes == ["1 of these lines rest on a basis that is not counted (column basis)"]


def test_the_date_of_a_role_goes_before_that_of_the_proceeding(world: World) -> None:
    roles = [{**tables()["roles"][0], "date": "2024-05"}]
    assert rows(world({"d": tables(roles=roles)}), "d/j1")[0]["date"] == "2024-05"


def test_lines_are_in_order_of_time_and_undated_ones_last(world: World) -> None:
    acts = [
        {"proceeding_id": n, "case_id": "lone", "stage": "other", **({"decision_date": d} if d else {})}
        for n, d in (("a", None), ("b", "2021"), ("c", "2020-12-31"), ("e", "2021-01-01"))
    ]
    found = rows(world({"d": tables(proceedings=acts, roles=[])}), "d/p")
    assert [r["date"] for r in found if r["case"] == "d/lone"] == ["2020-12-31", "2021", "2021-01-01", None]


def test_each_id_of_a_resolved_person_finds_all_and_two_persons_do_not_mix(world: World) -> None:
    book = world({"d": tables(), "e": {"people": [{"person_id": "x"}]}}, "person e/x same d/j1")
    assert rows(book, "e/x") == rows(book, "d/j1") == rows(book, "e/x", "d/j1")
    assert [r["person"] for r in rows(book, "d/p", "d/j2")] == ["d/p", "d/p", "d/j2"]


def test_a_person_without_an_involvement_is_named_in_a_note(world: World) -> None:
    book = world({"d": tables(roles=[])})
    answer = who(book, ["d/j1", "d/nobody"], asked="x")
    assert answer.rows == []
    assert answer.notes == [
        "J1 (d/j1): no case, proceeding or role is known",
        "d/nobody: no case, proceeding or role is known",
    ]


def test_a_person_who_may_be_another_is_said_and_not_joined(world: World) -> None:
    answer = who(world({"d": tables()}, "person d/j1 unsure d/j2"), ["d/j1"], asked="x")
    assert len(answer.rows) == 1
    assert answer.notes[0] == "cannot tell whether J1 (d/j1) and J2 (d/j2) are one person"


def test_the_same_person_in_two_roles_is_not_another_person(world: World) -> None:
    roles = [*tables()["roles"][:1], {**tables()["roles"][0], "role": "secretary"}]
    found = rows(world({"d": tables(roles=roles)}), "d/j1")
    assert [(r["role"], r["others"]) for r in found] == [("presiding_judge", []), ("secretary", [])]


def test_a_disputed_line_is_shown_with_its_status(world: World) -> None:
    roles = [{**tables()["roles"][0], "status": "disputed"}]
    assert rows(world({"d": tables(roles=roles)}), "d/j1")[0]["status"] == "disputed"


def test_a_child_has_no_name_in_any_line(world: World) -> None:
    people = [{"person_id": i, "name": i.upper()} for i in ("q", "j1", "j2", "w")]
    child = {"person_id": "p", "name": "Little", "birth_year": 2010}
    book = world({"d": tables(people=[*people, child])})
    assert "Little" not in str([who(book, ["d/p", "d/j1", "d/w"], asked="x"), case(book, ["d/kp"], asked="x")])


def test_a_case_has_everybody_in_order_of_time_its_defendant_first(world: World) -> None:
    answer = case(world({"d": tables()}), ["d/kp"], asked="x")
    assert [brief(r, "role", "person") for r in answer.rows] == [
        ("defendant", "d/p"), ("presiding_judge", "d/j1"), ("judge", "d/j2"), ("prosecutor", "d/w"),
    ]  # fmt: skip


def test_a_proceeding_whose_officials_nobody_named_is_in_the_case(world: World) -> None:
    answer = case(world({"d": tables()}), ["d/kq"], asked="x")
    assert [brief(r, "role", "proceeding") for r in answer.rows] == [("defendant", "d/vq")]


def test_a_case_that_is_not_there_is_said() -> None:
    from graph.rows import MemoryRows
    from tests.graph.conftest import TODAY

    answer = case(Casebook(MemoryRows({}), today=TODAY), ["d/k"], asked="k")
    assert (answer.rows, answer.notes) == ([], ["d/k: no such case is known"])
