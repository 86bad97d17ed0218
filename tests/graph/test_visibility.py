"""What a profile may see: nothing of the hidden remains."""

from __future__ import annotations

from typing import Any

import pytest

from graph.answers import as_json
from graph.case import case
from graph.conflicts import conflicts
from graph.court import court
from graph.exchange import exchange
from graph.officials import officials
from graph.sources import sources
from graph.who import who
from ontology import UnknownTerm
from tests.graph.conftest import World


def tables(**more: Any) -> dict[str, Any]:
    """A judge in two trials, one of them of a hidden defendant; a deal, a court, a list."""
    base = {
        "people": [
            {"person_id": "p", "name": "Seen"}, {"person_id": "j", "name": "Judge", "category": "official"},
            {"person_id": "canary", "name": "Canary", "visibility": "internal"},
        ],
        "bodies": [{"body_id": "b", "name": "Court"}],
        "cases": [{"case_id": "k", "person_id": "p"}, {"case_id": "kc", "person_id": "canary", "trial_id": "t-canary"}],
        "proceedings": [
            {"proceeding_id": "v", "case_id": "k", "stage": "first_instance", "body_id": "b", "outcome": "convicted"},
            {"proceeding_id": "v-canary", "case_id": "kc", "stage": "appeal", "body_id": "b", "outcome": "upheld"},
        ],
        "roles": [
            {"proceeding_id": "v", "case_id": "k", "person_id": "j", "role": "judge", "basis": "stated"},
            {"proceeding_id": "v-canary", "case_id": "kc", "person_id": "j", "role": "judge", "basis": "stated"},
        ],
        "exchanges": [{"exchange_id": "x", "name": "Deal"}],
        "exchange_participants": [{"exchange_id": "x", "person_id": "canary", "released_by": "RU"}],
        "exchange_mentions": [{"mention_id": "m", "exchange_id": "x", "person_id": "canary", "name": "Canary", "kind": "offered"}],
        "citations": [{"table": "people", "key": "canary", "source_id": "s", "quote": "the canary"}],
    }  # fmt: skip
    return base | more


def everything(world: World, *judgements: str, profile: str, **more: Any) -> str:
    book = world({"d": tables(**more)}, *judgements, profile=profile)
    things = ["d/p", "d/j", "d/canary", "d/k", "d/kc", "d/v", "d/v-canary", "d/b", "d/x", "d/s"]
    answers = [
        who(book, ["d/p", "d/j"], asked="x"), case(book, ["d/k"], asked="x"), court(book, ["d/b"], asked="x"),
        officials(book, min_matters=1), exchange(book, ["d/x"], asked="x"), conflicts(book),
        *(sources(book, [thing]) for thing in things if "c" not in thing),
    ]  # fmt: skip
    frames = [
        book.people, book.cases, book.proceedings, book.involvements, book.mentions, book.participants, book.citations,
        book.sources, book.hearings,
    ]  # fmt: skip
    return "".join(map(as_json, answers)) + "".join(str(f.to_dicts()) for f in frames)


def test_of_a_hidden_person_nothing_is_left(world: World) -> None:
    assert "anary" in everything(world, profile="internal")
    assert "anary" not in everything(world, profile="public")


def test_counts_leave_out_what_is_hidden(world: World) -> None:
    book = world({"d": tables()}, profile="public")
    assert [(r["matters"], r["cases"]) for r in officials(book, min_matters=1).rows] == [(1, 1)]
    assert book.hidden["people"] == 1


@pytest.mark.parametrize(("profile", "seen"), [("public", False), ("partner", True), ("internal", True)])
def test_a_partner_sees_what_is_for_partners(world: World, profile: str, seen: bool) -> None:
    people = [{"person_id": "p", "name": "Seen"}, {"person_id": "q", "name": "Q", "visibility": "partner"}]
    book = world({"d": {"people": people}}, profile=profile)
    assert ("d/q" in book.people["person"].to_list()) is seen


def test_a_record_whose_sources_are_all_hidden_is_hidden_and_an_id_of_one_vanishes(world: World) -> None:
    more = {
        "sources": [{"source_id": "canary-s", "url": "https://example.org/canary", "visibility": "internal"}],
        "roles": [
            {
                "proceeding_id": "v",
                "case_id": "k",
                "person_id": "j",
                "role": "judge",
                "basis": "stated",
                "src": "s|canary-s",
            },
            {"proceeding_id": "v", "case_id": "k", "person_id": "p", "role": "witness", "src": "canary-s"},
        ],
    }
    book = world({"d": tables(**more)}, profile="public")
    assert book.involvements.select("person", "sources").rows() == [("d/j", ["d/s"])]
    assert "anary" not in everything(world, profile="public", **more)


def test_a_hidden_record_of_a_thing_leaves_the_open_one(world: World) -> None:
    acts = [
        {"proceeding_id": "v", "case_id": "k", "stage": "first_instance", "sentence_months": 84},
        {
            "proceeding_id": "v",
            "case_id": "k",
            "stage": "first_instance",
            "sentence_months": 72,
            "src": "z",
            "visibility": "internal",
        },
    ]
    rows = tables(proceedings=acts, roles=tables()["roles"][:1])
    assert world({"d": rows}, profile="public").proceedings["sentence_months"].to_list() == [84]
    assert world({"d": rows}, profile="public").conflicts.is_empty()
    assert world({"d": rows}).proceedings["sentence_months"].to_list() == [None]


def test_a_role_in_a_hidden_proceeding_does_not_become_one_in_the_case_as_a_whole(world: World) -> None:
    acts = [{**tables()["proceedings"][0], "visibility": "internal"}]
    assert world({"d": tables(proceedings=acts)}, profile="public").involvements.is_empty()


def test_a_hidden_court_leaves_the_proceeding_without_a_court(world: World) -> None:
    bodies = [{"body_id": "b", "name": "Canary court", "visibility": "internal"}]
    book = world({"d": tables(bodies=bodies)}, profile="public")
    assert book.proceedings["court"].to_list() == [None]


def test_a_citation_of_a_hidden_record_goes_though_its_source_stays(world: World) -> None:
    hidden = {"person_id": "p", "name": "Seen", "src": "z", "birth_year": 1970, "visibility": "internal"}
    rows = tables(
        people=[*tables()["people"], hidden],
        citations=[{"table": "people", "key": "p", "source_id": s, "quote": s} for s in ("s", "z")],
    )
    assert world({"d": rows}, profile="public").citations["quote"].to_list() == ["s"]


def test_a_source_on_which_hidden_records_alone_rest_goes_with_them(world: World) -> None:
    sources_ = [{"source_id": s, "url": f"https://example.org/{s}", "title": s} for s in ("canary-title", "unused")]
    hidden = {"person_id": "h", "visibility": "internal", "src": "canary-title|s"}
    book = world({"d": tables(people=[*tables()["people"], hidden], sources=sources_)}, profile="public")
    assert sorted(book.sources["source"]) == ["d/s", "d/unused"]


def test_a_judgement_on_a_hidden_person_is_not_told(world: World) -> None:
    both = ("person d/canary same d/j", "person d/canary same d/p")
    book = world({"d": tables()}, *both, profile="public")
    assert book.judgements == ()
    assert sorted(book.people["person"]) == ["d/j", "d/p"]
    assert "anary" not in everything(world, *both, profile="public")


def test_a_row_with_something_hidden_in_it_is_marked(world: World) -> None:
    book = world({"d": tables()})
    assert {(r["proceeding"], r["public"]) for r in who(book, ["d/j"], asked="j").rows} == {
        ("d/v", True),
        ("d/v-canary", False),
    }


def test_without_anything_hidden_every_row_is_public(world: World) -> None:
    rows = {t: [{**r} for r in found if r.pop("visibility", None) is None] for t, found in tables().items()}
    book = world({"d": rows})
    assert book.not_public == frozenset()


def test_a_hidden_record_that_makes_somebody_a_child_still_takes_the_name(world: World) -> None:
    young = {"person_id": "p", "birth_year": 2015, "src": "z", "visibility": "internal"}
    book = world({"d": tables(people=[*tables()["people"], young])}, profile="public")
    assert book.name("d/p") == {"en": None, "ru": None}
    twin = {"people": [{"person_id": "x", "category": "minor_family_member", "visibility": "internal"}]}
    book = world({"d": tables(), "e": twin}, "person d/p same e/x", profile="public")
    assert book.people.filter(book.people["person"] == "d/p")["child"].to_list() == [True]


def test_an_unknown_profile_is_refused(world: World) -> None:
    with pytest.raises(UnknownTerm, match="'secret' is not in ontology/vocab/visibility.csv"):
        world({"d": tables()}, profile="secret")
