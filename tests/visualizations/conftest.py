"""A real browser for the pages, a small invented casebook, and the shipped one."""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import pytest

from graph.casebook import Casebook
from graph.identity import Judgement
from graph.reading import Original
from graph.records import Cell, Record
from graph.rows import MemoryRows
from loaders import tables as case_tables
from ontology import tables

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
AXE = ROOT / ".cache" / "node_modules" / "axe-core" / "axe.min.js"
TODAY = date(2026, 11, 23)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


def _absent(what: str) -> NoReturn:
    """Skip, with the reason; in CI nothing is skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        _absent("there is no chromium here; install it to test the pages")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _absent("playwright is not installed; `make env` brings it")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core."""
    path = Path(os.environ.get("AXE_CORE", AXE))
    if not path.is_file():
        _absent(f"axe-core is not at {path.name}; `make axe` fetches it")
    return path.read_text(encoding="utf-8")


def casebook(profile: str = "internal", **rows: Sequence[Mapping[str, str]]) -> Casebook:
    """A casebook of hand-made rows: cells are text as in a CSV, lists joined with `|`; sources are given to all."""
    records = []
    for name, lines in rows.items():
        spec = tables()[name]
        for number, line in enumerate(lines):
            text = dict(line) if name in ("sources", "citations") else {"source_ids": "s1", **line}
            cells: dict[str, Cell] = {}
            for column, value in text.items():
                kind = spec.columns[column]
                if value != "":
                    plain: Cell = int(value) if kind.type in ("int", "year") else value
                    cells[column] = tuple(sorted(value.split("|"))) if kind.many else plain
            records.append(Record("inv", name, cells, "0" * 64, number + 2))
    if "sources" not in rows:
        source = {"source_id": "s1", "url": "https://example.org/1", "title": "An invented paper", "publisher": "Press"}
        records.append(Record("inv", "sources", dict(source), "0" * 64, 2))
    return Casebook(MemoryRows.of(records), profile=profile, today=TODAY)


def small_world(profile: str = "internal", **more: Sequence[Mapping[str, str]]) -> Casebook:
    """Two matters of one judge, one of them with two defendants; a prosecutor in one; a listing; an exchange."""
    world: dict[str, Sequence[Mapping[str, str]]] = {
        "people": [
            {"person_id": "judge", "name": "Pavel Polyanin", "name_ru": "Павел Полянин", "category": "official"},
            {"person_id": "prosecutor", "name": "Timur Tsvetov", "name_ru": "Тимур Цветов", "category": "official"},
            {"person_id": "kind", "name": "Rinat Yurkov", "name_ru": "Ринат Юрков", "category": "official"},
            {"person_id": "ann", "name": "Ann Vyazova", "name_ru": "Анна Вязова", "birth_year": "1980"},
            {"person_id": "bob", "name": "Boris Chalov", "name_ru": "Борис Чалов"},
            {"person_id": "cid", "name": "Sidor Gordin", "name_ru": "Сидор Гордин"},
        ],
        "bodies": [
            {"body_id": "court", "name": "Dolinsk court", "name_ru": "Долинский суд", "kind": "court", "level": "district",
             "city": "Dolinsk", "country": "RU"},
        ],
        "cases": [
            {"case_id": "c-ann", "person_id": "ann", "trial_id": "t1", "title": "Words", "articles": "RU-CC 207.3(2)(a)",
             "arrest_date": "2021-05"},
            {"case_id": "c-bob", "person_id": "bob", "trial_id": "t1", "articles": "RU-CC 207.3(1)"},
            {"case_id": "c-cid", "person_id": "cid", "articles": "RU-CC 318(1)"},
        ],
        "proceedings": [
            {"proceeding_id": "p-ann", "case_id": "c-ann", "stage": "first_instance", "body_id": "court",
             "decision_date": "2022-03-01", "outcome": "convicted", "sentence_kind": "imprisonment", "sentence_months": "84"},
            {"proceeding_id": "p-bob", "case_id": "c-bob", "stage": "first_instance", "body_id": "court",
             "decision_date": "2022-03-01", "outcome": "convicted", "sentence_kind": "imprisonment", "sentence_months": "60"},
            {"proceeding_id": "p-cid", "case_id": "c-cid", "stage": "first_instance", "body_id": "court",
             "decision_date": "2023", "outcome": "convicted"},
            {"proceeding_id": "p-cid2", "case_id": "c-cid", "stage": "appeal", "body_id": "court",
             "decision_date": "2023-11-02", "outcome": "acquitted"},
        ],
        "roles": [
            {"proceeding_id": "p-ann", "case_id": "c-ann", "person_id": "judge", "role": "presiding_judge", "basis": "stated"},
            {"proceeding_id": "p-bob", "case_id": "c-bob", "person_id": "judge", "role": "presiding_judge", "basis": "stated"},
            {"proceeding_id": "p-cid", "case_id": "c-cid", "person_id": "judge", "role": "presiding_judge", "basis": "stated"},
            {"proceeding_id": "p-cid", "case_id": "c-cid", "person_id": "judge", "role": "judge", "basis": "allegation"},
            {"proceeding_id": "p-ann", "case_id": "c-ann", "person_id": "prosecutor", "role": "prosecutor", "basis": "stated"},
            {"proceeding_id": "p-cid2", "case_id": "c-cid", "person_id": "kind", "role": "judge", "basis": "stated"},
        ],
        "sanctions": [
            {"person_id": "judge", "authority": "EU", "programme": "EU-2024-1485", "list_date": "2024-05-27",
             "reason_summary": "Sentenced Ann"},
        ],
        "list_checks": [
            {"authority": "EU", "programme": "EU-2024-1485", "scope": "official", "as_of": "2026-07-13"},
        ],
        "exchanges": [
            {"exchange_id": "deal", "name": "Dolinsk exchange", "date": "2024-08-01", "parties": "RU|US"},
        ],
        "exchange_participants": [
            {"exchange_id": "deal", "person_id": "ann", "released_by": "RU", "received_by": "US"},
            {"exchange_id": "deal", "person_id": "bob", "released_by": "US", "received_by": "RU"},
        ],
        "exchange_mentions": [
            {"mention_id": "m1", "exchange_id": "deal", "person_id": "cid", "name": "Gordin", "kind": "asked_for",
             "by": "US", "date": "2024-06-01", "quote": "We want him"},
        ],
        "classifications": [
            {"person_id": "ann", "category": "political_prisoner", "by": "Memorial", "date": "2022-04-01", "quote": "She is"},
        ],
    }  # fmt: skip
    for name, rows in more.items():
        world[name] = [*world.get(name, ()), *rows]
    return casebook(profile, **world)


@pytest.fixture(scope="session")
def world() -> Casebook:
    return small_world()


@pytest.fixture(scope="session")
def shipped() -> Casebook:
    """The shipped data as the public sees them."""
    if not (DATA / "judgements.csv").is_file():
        pytest.skip("the shared data are not beside the project")
    records: list[Record] = []
    for dataset in ("exchanges", "cases-ru"):
        files = [
            Original(p.name, p, hashlib.sha256(p.read_bytes()).hexdigest()) for p in case_tables.files(DATA / dataset)
        ]
        records += case_tables.read(files, dataset, [], today=TODAY)
    with (DATA / "judgements.csv").open(encoding="utf-8", newline="") as file:
        judgements = [_judgement(row, line) for line, row in enumerate(csv.DictReader(file))]
    return Casebook(MemoryRows.of(records), judgements, profile="public", today=TODAY)


def _judgement(row: Mapping[str, str], line: int) -> Judgement:
    day, by, why, evidence = (row[c] or None for c in ("decided_on", "by", "why", "evidence"))
    return Judgement(row["kind"], row["left"], row["right"], row["verdict"], day, by, why, evidence, line)
