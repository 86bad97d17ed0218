"""Listed or not: the states of a person on each list, and the filters by lists."""

from __future__ import annotations

from typing import Any

import pytest

from graph.casebook import Casebook
from graph.listings import named_lists
from graph.officials import officials
from tests.graph.conftest import World

EU, OTHER = "EU-2024-1485", "EU-2020-1998"
ALL_EU = ("EU-2024-1485", "EU-2020-1998", "EU-2014-269", "EU-2006-765")


def listed(**more: Any) -> dict[str, Any]:
    return {"person_id": "j", "authority": "EU", "programme": EU, "list_date": "2024-05-27", **more}


def checked(programme: str = EU, **more: Any) -> dict[str, Any]:
    return {"authority": programme[:2], "programme": programme, "scope": "official", **more}


def tables(**more: Any) -> dict[str, Any]:
    """Two trials by one judge, so that the judge recurs."""
    cases = [{"case_id": c, "person_id": "p"} for c in "kl"]
    acts = [{"proceeding_id": "v" + c, "case_id": c, "stage": "first_instance", "outcome": "convicted"} for c in "kl"]
    roles = [
        {"proceeding_id": "v" + c, "case_id": c, "person_id": "j", "role": "judge", "basis": "stated"} for c in "kl"
    ]
    people = [{"person_id": "p", "name": "P"}, {"person_id": "j", "name": "J", "category": "official"}]
    return {"people": people, "cases": cases, "proceedings": acts, "roles": roles} | more


def state(book: Casebook, programme: str | None = EU, person: str = "d/j") -> tuple[str, str | None]:
    found = [s for s in book.listing_states(person) if s["programme"] == programme]
    assert len(found) == 1
    return found[0]["state"], found[0]["date"]


def test_somebody_listed_is_listed_since_the_day_of_listing(world: World) -> None:
    assert state(world({"d": tables(sanctions=[listed()])})) == ("listed", "2024-05-27")


def test_a_listing_that_ended_is_delisted(world: World) -> None:
    book = world({"d": tables(sanctions=[listed(delist_date="2025-01-02")])})
    assert state(book) == ("delisted", "2025-01-02")


def test_an_older_source_of_an_ended_listing_does_not_bring_it_back(world: World) -> None:
    rows = [listed(delist_date="2025-01-02"), listed(list_date="2024", src="old")]
    assert state(world({"d": tables(sanctions=rows)})) == ("delisted", "2025-01-02")


def test_listed_again_after_the_end_is_listed(world: World) -> None:
    rows = [listed(delist_date="2025-01-02"), listed(list_date="2025-06")]
    assert state(world({"d": tables(sanctions=rows)})) == ("listed", "2025-06")


def test_an_undated_listing_beside_an_ended_one_cannot_be_told(world: World) -> None:
    rows = [listed(delist_date="2025-01-02"), {**listed(), "list_date": None, "src": "b"}]
    rows[1].pop("list_date")
    assert state(world({"d": tables(sanctions=rows)})) == ("cannot_tell", None)


def test_sources_that_differ_on_the_day_of_delisting_agree_that_it_ended(world: World) -> None:
    rows = [listed(delist_date="2025-01-02", src="a"), listed(delist_date="2025-01-03", src="b")]
    assert state(world({"d": tables(sanctions=rows)})) == ("delisted", None)


def test_not_found_needs_a_look_up_of_the_category_in_the_same_dataset(world: World) -> None:
    check = [checked(as_of="2026-07-13", checked_on="2026-11-23")]
    assert state(world({"d": tables(list_checks=check)})) == ("not_found", "2026-07-13")
    assert state(world({"d": tables(), "e": {"list_checks": check}})) == ("not_looked", None)
    assert state(world({"d": tables(list_checks=check)}), person="d/p") == ("not_looked", None)


def test_any_record_of_a_person_may_fall_under_a_look_up(world: World) -> None:
    other = {"people": [{"person_id": "x", "category": "official"}], "list_checks": [checked(checked_on="2026")]}
    people = [{"person_id": "p"}, {"person_id": "j"}]
    book = world({"d": tables(people=people), "e": other}, "person d/j same e/x")
    assert state(book) == ("not_found", "2026")


def test_a_doubt_about_a_listed_person_cannot_be_told_even_when_looked_up(world: World) -> None:
    people = [*tables()["people"], {"person_id": "x", "category": "official"}]
    rows = tables(people=people, sanctions=[listed(person_id="x")], list_checks=[checked(as_of="2026")])
    assert state(world({"d": rows}, "person d/j unsure d/x")) == ("cannot_tell", None)
    assert state(world({"d": rows}, "person d/j unsure d/x", resolved=False)) == ("cannot_tell", None)
    assert state(world({"d": rows})) == ("not_found", "2026")


def test_a_secret_list_is_never_not_found(world: World) -> None:
    book = world({"d": tables(list_checks=[checked("US-STATE-VISA", as_of="2026")])})
    assert state(book, "US-STATE-VISA") == ("not_looked", None)


def test_a_listing_without_a_programme_stands_by_itself(world: World) -> None:
    row = {"person_id": "j", "authority": "GB", "list_date": "2023-04-21"}
    book = world({"d": tables(sanctions=[row], list_checks=[checked("GB-GHR", as_of="2026")])})
    assert state(book, None) == ("listed", "2023-04-21")
    assert state(book, "GB-GHR") == ("not_found", "2026")


def test_a_listing_known_to_another_dataset_is_the_same_persons(world: World) -> None:
    other = {"people": [{"person_id": "j"}], "sanctions": [listed()]}
    assert state(world({"d": tables(), "e": other}, "person d/j same e/j"))[0] == "listed"


def test_listed_by_takes_those_listed_now_by_any(world: World) -> None:
    book = world({"d": tables(sanctions=[listed()])})
    assert [r["person"] for r in officials(book, listed_by=["GB", "EU"]).rows] == ["d/j"]
    assert [r["person"] for r in officials(book, listed_by=["eu-2024-1485"]).rows] == ["d/j"]
    answer = officials(book, listed_by=["US"])
    assert (answer.rows, answer.left_out["not_listed"]) == ([], 1)


def test_not_listed_by_an_authority_needs_all_its_programmes(world: World) -> None:
    two = [checked(p, as_of="2026") for p in (EU, OTHER)]
    book = world({"d": tables(list_checks=two)})
    answer = officials(book, not_listed_by=["EU"])
    assert (answer.rows, answer.left_out["not_looked"]) == ([], 1)
    assert "EU-2014-269, EU-2006-765" in answer.notes[1]
    assert len(officials(book, not_listed_by=[EU, OTHER]).rows) == 1
    book = world({"d": tables(list_checks=[checked(p, as_of="2026") for p in ALL_EU])})
    assert len(officials(book, not_listed_by=["EU"]).rows) == 1


def test_not_listed_by_an_authority_without_a_programme_gives_nobody(world: World) -> None:
    answer = officials(world({"d": tables()}), not_listed_by=["UA"])
    assert (answer.rows, answer.left_out["not_looked"]) == ([], 1)


@pytest.mark.parametrize(
    ("more", "reason"),
    [({}, "listed"), ({"delist_date": "2025"}, "delisted"), ({"person_id": "x"}, "cannot_tell")],
)
def test_not_listed_by_says_why_somebody_is_left_out(world: World, more: dict[str, Any], reason: str) -> None:
    people = [*tables()["people"], {"person_id": "x"}]
    rows = tables(people=people, sanctions=[listed(**more)], list_checks=[checked(as_of="2026")])
    answer = officials(world({"d": rows}, "person d/j unsure d/x"), not_listed_by=[EU])
    assert (answer.rows, answer.left_out[reason]) == ([], 1)


def test_a_listing_of_an_authority_in_an_unnamed_programme_is_a_listing_by_it(world: World) -> None:
    rows = tables(
        sanctions=[{"person_id": "j", "authority": "EU"}], list_checks=[checked(p, as_of="2026") for p in ALL_EU]
    )
    book = world({"d": rows})
    assert officials(book, not_listed_by=["EU"]).left_out["listed"] == 1
    assert len(officials(book, listed_by=["EU"]).rows) == 1


def test_an_unknown_list_is_refused_with_the_nearest_ones() -> None:
    with pytest.raises(ValueError, match="'EU-2024-1484' is no authority and no programme .*EU-2024-1485"):
        named_lists(["EU-2024-1484"])
