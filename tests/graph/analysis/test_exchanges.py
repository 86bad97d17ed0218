"""Deals: what was known of the released before, who stays behind and why, what cannot be told."""

from __future__ import annotations

from typing import Any

import pytest

from graph.analysis.exchanges import exchanges

J = "presiding_judge"


@pytest.fixture
def deal(docket: Any) -> Any:
    """Defendant 0 is released; 1 shares judge, court and article and stays; 2 shares nothing; 3 is convicted after it."""
    sittings = [
        ("2023-06-01", "court", {"j": J}), ("2023-07-01", "court", {"j": J}), ("2021-07-01", "far", {"k": J}),
        ("2024-09-01", "court", {"j": J}),
    ]  # fmt: skip
    cases: dict[str, dict[str, Any]] = {
        "m0": {"articles": "RU-CC 207.3(2)(a)", "arrest_date": "2023-01-01"}, "m1": {"articles": "RU-CC 207.3(1)"},
        "m2": {"articles": "RU-CC 105(1)"}, "m3": {"articles": "RU-CC 207.3(1)"},
    }  # fmt: skip
    more = {
        "exchanges": [{"exchange_id": "x", "name": "Deal", "date": "2024-08-01", "parties": "RU|US"}],
        "exchange_participants": [
            {"exchange_id": "x", "person_id": "defendant0", "released_by": "RU", "received_by": "US"}
        ],
        "exchange_mentions": [
            {"mention_id": "a", "exchange_id": "x", "person_id": "defendant1", "kind": "asked_for", "by": "US"}
        ],
        "recognitions": [
            {
                "person_id": "defendant0",
                "body": "Memorial",
                "status": "recognised_political_prisoner",
                "from": "2023-03",
            },
            {"person_id": "defendant0", "body": "UN", "status": "arbitrary_detention_opinion", "from": "2024-11"},
        ],
        "classifications": [{"person_id": "defendant0", "category": "spy", "by": "FSB"}],
    }
    people = {"defendant0": {"category": "journalist"}}
    return docket(sittings, cases=cases, more=more, people=people)


def part(answer: Any, name: str) -> list[Any]:
    return [r for r in answer.rows if r["part"] == name]


def test_days_in_custody_and_from_the_verdict_end_with_the_release(deal: Any) -> None:
    row = part(exchanges(deal), "released")[0]
    assert (row["days_in_custody"], row["days_from_verdict"]) == (578, 427)


def test_only_recognitions_before_the_deal_are_before(deal: Any) -> None:
    assert [r["by"] for r in part(exchanges(deal), "released")[0]["recognised_before"]] == ["Memorial"]


def test_who_calls_the_released_what_stands_beside_the_compilers_category(deal: Any) -> None:
    row = part(exchanges(deal), "released")[0]
    assert row["categories"] == ["journalist"]
    assert row["classifications"] == [{"category": "spy", "by": "FSB", "date": None}]


def test_those_left_behind_come_with_the_reasons(deal: Any) -> None:
    rows = part(exchanges(deal), "behind")
    assert [r["person"] for r in rows] == ["d/defendant1"]  # one shares nothing, one was convicted later
    assert rows[0]["overlap"] == 4
    assert rows[0]["reasons"] == [
        "article RU-CC 207.3 (with 1 released)", "court d/court (with 1 released)",
        "official d/j (with 1 released)", "year 2023 (with 1 released)",
    ]  # fmt: skip


def test_who_was_asked_for_and_stayed_is_named(deal: Any) -> None:
    rows = part(exchanges(deal), "named")
    assert [(r["person"], r["mentions"][0]["kind"]) for r in rows] == [("d/defendant1", "asked_for")]


def test_who_was_asked_for_without_a_deal_or_without_a_record_is_named_too(docket: Any) -> None:
    """Half of what sources say of wishes belongs to no deal, and some of it to groups."""
    more = {
        "exchanges": [{"exchange_id": "x", "name": "Deal", "date": "2024-08-01"}],
        "exchange_mentions": [
            {"mention_id": "a", "person_id": "defendant0", "kind": "refused", "by": "RU"},
            {"mention_id": "b", "exchange_id": "x", "name": "24 sailors", "kind": "asked_for", "by": "UA"},
        ],
    }
    answer = exchanges(docket([("2023-06-01", "court", {"j": J})], more=more))
    rows = [(r["exchange"], r["person"], r["name"]["en"], r["mentions"][0]["kind"]) for r in part(answer, "named")]
    assert rows == [("d/x", None, "24 sailors", "asked_for"), (None, "d/defendant0", "Defendant0", "refused")]


def test_who_was_released_in_a_later_deal_stayed_behind_in_this_one(docket: Any) -> None:
    more = {
        "exchanges": [
            {"exchange_id": "x", "name": "First", "date": "2024-08-01"}, {"exchange_id": "y", "name": "Second", "date": "2025-04-10"}
        ],
        "exchange_participants": [{"exchange_id": "x", "person_id": "defendant0"}, {"exchange_id": "y", "person_id": "defendant1"}],
    }  # fmt: skip
    answer = exchanges(docket([("2023-06-01", "court", {"j": J}), ("2023-07-01", "court", {"j": J})], more=more))
    assert [(r["exchange"], r["person"], r["remarks"][0]) for r in part(answer, "behind")] == [
        ("d/x", "d/defendant1", "released in a later deal, 2025-04-10")
    ]


def test_a_row_cites_what_it_says_of_the_person(world: Any) -> None:
    """The transfer, the classification, the recognition, the case and the official each have a source of their own."""
    book = world(
        {
            "d": {
                "people": [{"person_id": "p", "name": "P"}, {"person_id": "j", "name": "J"}],
                "cases": [{"case_id": "k", "person_id": "p", "arrest_date": "2023-01-01", "src": "k"}],
                "roles": [{"case_id": "k", "person_id": "j", "role": J, "basis": "stated", "src": "f"}],
                "exchanges": [{"exchange_id": "x", "name": "Deal", "date": "2024-08-01"}],
                "exchange_participants": [{"exchange_id": "x", "person_id": "p", "src": "t"}],
                "classifications": [{"person_id": "p", "category": "spy", "by": "FSB", "src": "c"}],
                "recognitions": [
                    {
                        "person_id": "p",
                        "body": "Memorial",
                        "status": "recognised_political_prisoner",
                        "src": "r",
                    }
                ],
            }
        }
    )
    assert {s["id"] for s in part(exchanges(book), "released")[0]["sources"]} == {f"d/{s}" for s in "tcrkf"}


def test_an_arrest_known_to_the_month_is_shown_where_all_of_it_lies_within(docket: Any) -> None:
    more = {"exchanges": [{"exchange_id": "x", "name": "Deal", "date": "2024-08-01"}]}
    book = docket(
        [("2023-06-01", "court", {"j": J}), ("2023-06-01", "court", {"j": J})],
        cases={"m0": {"arrest_date": "2023-03"}, "m1": {"arrest_date": "2024"}},
        people={f"defendant{n}": {"category": "journalist"} for n in (0, 1)}, more=more,
    )  # fmt: skip
    assert [(r["person"], r["arrest_date"], r["days_before"]) for r in part(exchanges(book), "arrests")] == [
        ("d/defendant0", "2023-03", None)
    ]


def test_padding_cannot_be_told_where_offers_are_not_known(deal: Any) -> None:
    assert "Deal: padding: cannot tell: only the released are known" in exchanges(deal).notes


def test_arrests_of_people_of_value_before_a_deal_are_dated(deal: Any) -> None:
    rows = part(exchanges(deal), "arrests")
    assert [(r["person"], r["days_before"], r["reasons"]) for r in rows] == [
        ("d/defendant0", 578, ["released in this deal"])
    ]


def test_an_unknown_part_is_refused(deal: Any) -> None:
    with pytest.raises(ValueError, match="'sold' is none of released, named, behind, arrests"):
        exchanges(deal, part="sold")


@pytest.mark.parametrize(
    ("act", "held"),
    [
        ({"outcome": "convicted", "sentence_kind": "imprisonment", "sentence_months": 84}, True),
        ({"outcome": "convicted", "sentence_kind": "imprisonment", "sentence_months": 6}, False),
        ({"outcome": "convicted", "sentence_kind": "fine"}, False),
        ({"outcome": "convicted_in_absentia", "sentence_kind": "imprisonment", "sentence_months": 84}, False),
        ({"outcome": "acquitted"}, False),
        ({"outcome": "convicted", "sentence_kind": "imprisonment"}, True),
    ],
    ids=["term runs", "term is over", "fined", "in absentia", "acquitted", "term not known"],
)
def test_only_those_who_can_have_been_in_custody_stay_behind(docket: Any, act: dict[str, Any], held: bool) -> None:
    book = docket(
        [("2023-06-01", "court", {"j": J}), ("2023-07-01", "court", {"j": J})],
        acts={"m1": act},
        more={
            "exchanges": [{"exchange_id": "x", "name": "Deal", "date": "2024-08-01"}],
            "exchange_participants": [{"exchange_id": "x", "person_id": "defendant0"}],
        },
    )
    assert bool(part(exchanges(book), "behind")) is held
