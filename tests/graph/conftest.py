"""Small worlds written by hand, and the shipped data as a casebook."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from graph.casebook import Casebook
from graph.identity import Judgement
from graph.records import Cell, Record
from graph.rows import MemoryRows
from ontology import tables

TODAY = date(2026, 11, 23)
World: TypeAlias = Callable[..., Casebook]
_SHIPPED = Path(__file__).parents[2] / "loaders" / "shipped"


def record(table: str, dataset: str, number: int, cells: dict[str, Any]) -> Record:
    """A row; lists are written with `|`, and `src` names its sources (`s` unless given)."""
    spec = tables()[table]
    sources = cells.pop("src", "s")
    made: dict[str, Cell] = {}
    for column, value in cells.items():
        many = spec.columns[column].many
        made[column] = tuple(sorted(set(str(value).split("|")))) if many else value
    if "source_ids" in spec.columns:
        made["source_ids"] = tuple(sorted(sources.split("|")))
    return Record(dataset, table, made, "0" * 64, number)


def records(dataset: str, rows: dict[str, Iterable[dict[str, Any]]]) -> list[Record]:
    """The records of one dataset; sources that rows name and nobody describes are made up."""
    found = [record(t, dataset, n, dict(c)) for t, cells in rows.items() for n, c in enumerate(cells, 2)]
    described = {r.key[0] for r in found if r.table == "sources"}
    named = {s for r in found for s in r.sources} - described
    made = [
        {"source_id": s, "url": f"https://example.org/{dataset}/{s}", "title": s, "publisher": f"Publisher of {s}"}
        for s in sorted(named)
    ]
    return [*found, *(record("sources", dataset, n, cells) for n, cells in enumerate(made, 1000))]


def judged(*rows: str) -> list[Judgement]:
    """Judgements written `kind left verdict right`."""
    parts = [row.split() for row in rows]
    return [
        Judgement(k, left, right, v, "2026-01-01", "tester", "why", None, n)
        for n, (k, left, v, right) in enumerate(parts, 1)
    ]


@pytest.fixture
def world() -> World:
    """Makes a casebook: `world({"d": {"people": [...]}}, "person d/a same e/b", profile="public")`."""

    def make(datasets: dict[str, dict[str, Any]], *judgements: str, **options: Any) -> Casebook:
        rows = MemoryRows.of(r for name, found in datasets.items() for r in records(name, found))
        return Casebook(rows, judged(*judgements), **{"today": TODAY, **options})

    return make


def shipped_rows() -> MemoryRows:
    """The records of the two shipped datasets."""
    found = []
    for file in sorted(_SHIPPED.glob("*/*.csv")):
        spec = tables()[file.stem]
        with file.open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines), 2):
                cells: dict[str, Cell] = {}
                for column, text in row.items():
                    kind = spec.columns[column]
                    if text:
                        many = tuple(sorted(set(text.split("|"))))
                        cells[column] = many if kind.many else int(text) if kind.type in ("int", "year") else text
                found.append(Record(file.parent.name, file.stem, cells, "0" * 64, number))
    return MemoryRows.of(found)


def shipped_judgements() -> list[Judgement]:
    """The shipped judgements, in their order."""
    with (_SHIPPED / "judgements.csv").open(encoding="utf-8", newline="") as lines:
        return [Judgement(**row, line=n) for n, row in enumerate(csv.DictReader(lines), 2)]


@pytest.fixture(scope="session")
def shipped() -> Casebook:
    """The two shipped datasets, read through their judgements."""
    return Casebook(shipped_rows(), shipped_judgements(), today=TODAY)
