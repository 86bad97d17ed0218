"""A world small enough to count by hand, with everything in it that must not get out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from graph.casebook import Casebook
from graph.identity import Judgement
from graph.records import Cell, Record
from graph.rows import MemoryRows

CANARY = "канарейка-never-public"
CHILD = "Имярек Младший"
REVIEWER = "reviewer-real-name"
HOSTILE = '=cmd()|"><img onerror=x>\u202e<script>&amp;\u0085'
DAY = date(2026, 11, 23)


def record(table: str, number: int, **cells: Cell) -> Record:
    if table not in ("sources", "citations"):
        cells.setdefault("source_ids", ("s1",))
    return Record("w", table, cells, "0" * 64, number)


def people() -> list[Record]:
    return [
        record("people", 1, person_id="ivanova", name="Anna Ivanova", name_ru="Анна Иванова", category="official"),
        record("people", 2, person_id="petrov", name=HOSTILE, category="official"),
        record("people", 3, person_id="sidorov", name_ru="Сидоров С.С.", category="official"),
        record("people", 4, person_id="d1", name="First Defendant", category="political_prisoner"),
        record("people", 5, person_id="d2", name="Second Defendant"),
        record("people", 6, person_id="d3", name="Third Defendant"),
        record("people", 7, person_id="kid", category="minor_family_member", note=f"the son, {CHILD}"),
        record("people", 8, person_id="hidden", name=CANARY, visibility="internal"),
    ]


def cases() -> list[Record]:
    """d1 and d2 were tried together; d3 alone, and a case of d1 in the same court later."""
    return [
        record("cases", 1, case_id="c1", person_id="d1", trial_id="t", articles=("RU-CC 207.3(2)(a)",)),
        record("cases", 2, case_id="c2", person_id="d2", trial_id="t", articles=("RU-CC 207.3(2)(a)", "RU-CC 275")),
        record("cases", 3, case_id="c3", person_id="d3", title="Third"),
        record("cases", 4, case_id="c4", person_id="hidden", title=CANARY),
    ]


def proceedings() -> list[Record]:
    return [
        record("proceedings", n, proceeding_id=p, case_id=c, stage=s, body_id="court", decision_date=d, outcome=o)
        for n, (p, c, s, d, o) in enumerate(
            [
                ("p1", "c1", "first_instance", "2023-02-01", "convicted"),
                ("p2", "c2", "first_instance", "2023-02-01", "acquitted"),
                ("p3", "c3", "pretrial_detention", "2024", "remanded"),
                ("p4", "c4", "first_instance", "2024-05-05", "convicted"),
            ]
        )
    ]


def roles() -> list[Record]:
    """Ivanova judged p1, p2, p3; Petrov prosecuted p1, p2; Sidorov is named in c3 by inference only."""
    found = [
        ("p1", "c1", "ivanova", "presiding_judge", "stated", "public"),
        ("p2", "c2", "ivanova", "presiding_judge", "stated", "public"),
        ("p3", "c3", "ivanova", "presiding_judge", "stated", "public"),
        ("p1", "c1", "petrov", "prosecutor", "stated", "public"),
        ("p2", "c2", "petrov", "prosecutor", "stated", "public"),
        ("p3", "c3", "sidorov", "investigator", "identity_inferred", "public"),
        ("p3", "c3", "petrov", "prosecutor", "stated", "internal"),
        ("p4", "c4", "petrov", "prosecutor", "stated", "public"),
    ]
    return [
        record(
            "roles",
            n,
            proceeding_id=p,
            case_id=c,
            person_id=who,
            role=r,
            basis=b,
            visibility=v,
            name_as_written=HOSTILE,
        )
        for n, (p, c, who, r, b, v) in enumerate(found)
    ]


def others() -> list[Record]:
    return [
        record("sources", 1, source_id="s1", url="https://example.org/1", title=HOSTILE, publisher="Пресса"),
        record("sources", 2, source_id="s2", url="https://example.org/2", title=CANARY, visibility="partner"),
        record("bodies", 1, body_id="court", name="Some District Court", name_ru="Районный суд", kind="court"),
        record("sanctions", 1, person_id="ivanova", authority="EU", programme="EU-2024-1485", list_date="2024-03-01"),
        record("exchanges", 1, exchange_id="x", name="A deal", date="2024-08-01", parties=("DE", "RU")),
        record("exchange_participants", 1, exchange_id="x", person_id="d1", released_by=("RU",), received_by=("DE",)),
        record("exchange_participants", 2, exchange_id="x", person_id="kid", note=CHILD),
        record("exchange_mentions", 1, mention_id="m", exchange_id="x", person_id="kid", kind="offered", name=CHILD, quote=CHILD),
    ]  # fmt: skip


@pytest.fixture
def records() -> list[Record]:
    return [*people(), *cases(), *proceedings(), *roles(), *others()]


@pytest.fixture
def judgements() -> list[Judgement]:
    return [
        Judgement("person", "w/ivanova", "w/sidorov", "different", "2024-01-01", REVIEWER, "two women", None, 1),
        Judgement("person", "w/hidden", "w/petrov", "unsure", "2024-01-01", REVIEWER, CANARY, None, 2),
    ]


@pytest.fixture
def casebook(records: list[Record], judgements: list[Judgement]) -> Callable[..., Casebook]:
    """A casebook of the world; the keyword `profile` says what may be seen."""

    def make(profile: str = "public") -> Casebook:
        return Casebook(MemoryRows.of(records), judgements, profile=profile, today=DAY)

    return make
