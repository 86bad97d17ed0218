"""Exchange deals, sources and conflicts."""

from __future__ import annotations

from typing import Any

from graph.answers import Row
from graph.conflicts import conflicts
from graph.exchange import exchange
from graph.sources import sources
from tests.graph.conftest import World


def tables(**more: Any) -> dict[str, Any]:
    """A deal in which one was released, a child went along, one was asked for, and a group was offered."""
    base = {
        "people": [
            {"person_id": "p", "name": "Freed", "category": "journalist"}, {"person_id": "a", "name": "Asked For"},
            {"person_id": "c", "category": "minor_family_member"}, {"person_id": "j", "name": "Judge"},
        ],
        "cases": [{"case_id": "k", "person_id": "p"}],
        "roles": [
            {"case_id": "k", "person_id": "j", "role": "judge", "basis": b, "src": s} for b, s in (("stated", "s"), ("one_of", "z"))
        ] + [{"case_id": "k", "person_id": "a", "role": "witness"}],
        "exchanges": [{"exchange_id": "x", "name": "Deal", "date": "2024-08-01"}],
        "exchange_participants": [
            {"exchange_id": "x", "person_id": "p", "released_by": "RU", "received_by": "US|DE", "src": "t"},
            {"exchange_id": "x", "person_id": "c", "released_by": "DE"},
        ],
        "exchange_mentions": [
            {"mention_id": "m1", "exchange_id": "x", "person_id": "a", "kind": "asked_for", "by": "RU", "date": "2024-02", "src": "m"},
            {"mention_id": "m2", "exchange_id": "x", "person_id": "p", "kind": "offered", "by": "US|DE"},
            {"mention_id": "m3", "exchange_id": "x", "name": "four officers", "kind": "offered", "by": "RU"},
        ],
        "classifications": [{"person_id": "p", "category": "spy", "by": "Russia", "date": "2024-01", "src": "c"}],
    }  # fmt: skip
    return base | more


def rows(world: World, *judgements: str, **more: Any) -> dict[str, Row]:
    return {row["person"]: row for row in exchange(world({"d": tables(**more)}, *judgements), ["d/x"], asked="x").rows}


def test_those_released_come_first_then_those_only_mentioned(world: World) -> None:
    answer = exchange(world({"d": tables()}), ["d/x"], asked="2024-08-01")
    assert [(r["person"], r["part"], r["released_by"], r["received_by"]) for r in answer.rows] == [
        ("d/c", "released", ["DE"], None),
        ("d/p", "released", ["RU"], ["DE", "US"]),
        ("d/a", "mentioned", None, None),
    ]


def test_groups_are_told_apart_from_people(world: World) -> None:
    answer = exchange(world({"d": tables()}), ["d/x"], asked="x")
    assert answer.left_out == {"without_person": 1}
    assert answer.notes == ["offered: four officers (RU)"]


def test_each_category_says_whose_it_is(world: World) -> None:
    assert rows(world)["d/p"]["categories"] == [
        {"category": "journalist", "by": "compilers", "date": None},
        {"category": "spy", "by": "Russia", "date": "2024-01"},
    ]


def test_the_officials_behind_are_those_of_the_persons_own_cases(world: World) -> None:
    found = rows(world)["d/p"]
    assert (found["cases"], found["case_ids"]) == (1, ["d/k"])
    assert found["officials"] == [
        {"person": "d/j", "name": {"en": "Judge", "ru": None}, "role": "judge", "basis": "stated", "case": "d/k"}
    ]


def test_a_line_rests_on_the_transfer_the_mentions_and_the_classifications(world: World) -> None:
    found = rows(world)
    assert [s["id"] for s in found["d/p"]["sources"]] == ["d/c", "d/s", "d/t"]
    assert [s["id"] for s in found["d/a"]["sources"]] == ["d/m"]
    assert found["d/a"]["mentions"] == [
        {"kind": "asked_for", "by": ["RU"], "date": "2024-02", "released": False, "mention": "d/m1"}
    ]
    assert found["d/p"]["mentions"][0]["released"] is True


def test_a_child_goes_without_a_name(world: World) -> None:
    assert rows(world)["d/c"]["name"] == {"en": None, "ru": None}


def test_sources_that_differ_on_who_received_somebody_are_both_shown(world: World) -> None:
    parts = [
        {"exchange_id": "x", "person_id": "p", "released_by": "RU", "received_by": r, "src": s}
        for r, s in (("DE", "t"), ("US", "u"))
    ]
    found = rows(world, exchange_participants=parts)["d/p"]
    assert (found["released_by"], found["received_by"]) == (["RU"], None)
    (conflict,) = found["conflicts"]
    assert [(v["value"], v["sources"]) for v in conflict["versions"]] == [(["DE"], ["d/t"]), (["US"], ["d/u"])]


def test_two_records_of_one_released_person_are_one_line(world: World) -> None:
    people = [*tables()["people"], {"person_id": "p2", "name": "Freed Too"}]
    parts = [{"exchange_id": "x", "person_id": i, "released_by": "RU"} for i in ("p", "p2")]
    found = rows(world, "person d/p same d/p2", people=people, exchange_participants=parts)
    assert [p for p, r in found.items() if r["part"] == "released"] == ["d/p"]


def test_an_unknown_deal_is_said(world: World) -> None:
    answer = exchange(world({"d": tables()}), ["d/y"], asked="y")
    assert (answer.rows, answer.notes) == ([], ["d/y: no such exchange is known"])


def test_sources_give_each_record_with_each_source_and_its_place(world: World) -> None:
    rows_ = tables(
        people=[{"person_id": "p", "name": "Freed", "src": "s|t"}],
        citations=[
            {
                "table": "people",
                "key": "p",
                "column": "name",
                "source_id": "s",
                "page": "3",
                "quote": "Freed, they say",
            },
            {"table": "people", "key": "p", "source_id": "s", "paragraph": "2"},
            {"table": "cases", "key": "p", "source_id": "s", "page": "99"},
        ],
    )
    answer = sources(world({"d": rows_}), ["d/p"])
    own = [r for r in answer.rows if r["table"] == "people"]
    assert [(r["source"]["id"], r["column"], r["locator"], r["quote"]) for r in own] == [
        ("d/s", None, {"paragraph": "2"}, None),
        ("d/s", "name", {"page": "3"}, "Freed, they say"),
        ("d/t", None, None, None),
    ]
    assert own[0]["cells"] == {"person_id": "d/p", "name": "Freed"}
    assert own[0]["source"] | {"title": None} == {
        "id": "d/s", "url": "https://example.org/d/s", "title": None, "publisher": "Publisher of s",
        "origin": "Publisher of s", "archive_url": None,
    }  # fmt: skip
    assert {r["table"] for r in answer.rows} == {
        "people",
        "cases",
        "exchange_participants",
        "exchange_mentions",
        "classifications",
    }


def test_a_citation_of_a_row_with_several_keys_is_found(world: World) -> None:
    cited = {
        "table": "exchange_participants",
        "key": "x|p",
        "column": "received_by",
        "source_id": "t",
        "timecode": "00:12:30",
    }
    answer = sources(world({"d": tables(citations=[cited])}), ["d/x|p"])
    assert [(r["table"], r["locator"]) for r in answer.rows] == [("exchange_participants", {"timecode": "00:12:30"})]


def test_sources_find_a_record_by_its_id_and_a_thing_by_any_of_its_ids(world: World) -> None:
    two = {"d": tables(), "e": {"people": [{"person_id": "q", "name": "Freed Again"}]}}
    book = world(two, "person d/p same e/q")
    by_thing = sources(book, ["e/q"])
    assert [r["thing"] for r in by_thing.rows[:2]] == ["d/p", "e/q"]
    record = by_thing.rows[1]["record"]
    assert {r["record"] for r in sources(book, [record]).rows} == {record}


def test_sources_do_not_name_a_child_that_another_record_names(world: World) -> None:
    cited = [{"table": "people", "key": "q", "source_id": "s", "quote": "Small, they say"}]
    two = {
        "d": tables(),
        "e": {"people": [{"person_id": "q", "name": "Small Name", "aliases": "Small"}], "citations": cited},
    }
    assert "Small" not in str(sources(world(two, "person d/c same e/q"), ["d/c"]))


def test_of_an_unknown_thing_no_record_is_known(world: World) -> None:
    answer = sources(world({"d": tables()}), ["d/p", "d/nothing"])
    assert answer.notes == ["d/nothing: no record is known"]


def test_conflicts_have_all_versions_with_their_sources(world: World) -> None:
    parts = [
        {"exchange_id": "x", "person_id": "p", "released_by": r, "src": s}
        for r, s in (("DE", "t"), ("US", "u"), ("DE", "v"))
    ]
    people = [*tables()["people"], {"person_id": "a", "name": "Asked For", "birth_year": 1970, "src": "z"}]
    book = world({"d": tables(exchange_participants=parts, people=people)})
    row, basis = conflicts(book).rows
    assert (row["thing"], row["field"]) == ("d/x|p", "released_by")
    assert (basis["table"], basis["field"]) == ("roles", "basis")
    assert [(v["value"], v["sources"]) for v in row["versions"]] == [(["DE"], ["d/t", "d/v"]), (["US"], ["d/u"])]
    assert [s["id"] for s in row["sources"]] == ["d/t", "d/u", "d/v"]
    assert conflicts(book, ["d/p"]).rows == [row]
    assert conflicts(book, ["d/a"]).rows == []


def test_conflicts_of_a_person_or_a_case_are_also_those_of_its_proceedings(world: World) -> None:
    months = [{"proceeding_id": "v", "case_id": "k", "sentence_months": n, "src": s} for n, s in ((84, "t"), (96, "u"))]
    two = {
        "d": {"people": [{"person_id": "p"}], "cases": [{"case_id": "k", "person_id": "p"}], "proceedings": months},
        "e": {"people": [{"person_id": "q"}, {"person_id": "r"}], "cases": [{"case_id": "l", "person_id": "q"}]},
    }
    book = world(two, "person d/p same e/q", "case d/k same e/l")
    for thing in ("d/p", "e/q", "d/k", "e/l", "d/v"):
        assert [(row["thing"], row["field"]) for row in conflicts(book, [thing]).rows] == [("d/v", "sentence_months")]
    assert conflicts(book, ["e/r"]).rows == []


def test_a_conflict_between_datasets_goes_by_the_resolved_id(world: World) -> None:
    two = {n: {"people": [{"person_id": "p", "birth_year": y}]} for n, y in (("d", 1970), ("e", 1971))}
    assert conflicts(world(two)).rows == []
    (row,) = conflicts(world(two, "person d/p same e/p"), ["e/p"]).rows
    assert (row["thing"], [v["value"] for v in row["versions"]]) == ("d/p", [1970, 1971])


def test_one_name_in_two_wordings_of_a_child_is_no_version(world: World) -> None:
    people = [{"person_id": "c", "birth_year": 2015, "name": n, "src": s} for n, s in (("Small", "a"), ("Tiny", "b"))]
    assert conflicts(world({"d": {"people": people}})).rows == []
