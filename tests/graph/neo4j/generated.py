"""A generated dataset as rows, with judgements that join some of its people."""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.generate import world
from graph.identity import Judgement
from graph.records import Cell, Record
from graph.rows import MemoryRows
from ontology import tables


def generated_rows(folder: Path, *, cases: int, changed: float = 0.0) -> tuple[MemoryRows, list[Judgement]]:
    """Rows of a generated world and judgements of each verdict about its officials."""
    world(folder, cases=cases, changed=changed)
    found = [record for name in tables() for record in _records(folder / f"{name}.csv", name)]
    rows = MemoryRows.of(found)
    people = rows.table("roles")["person_id"].unique().sort().to_list()
    verdicts = ("same", "same", "different", "unsure")
    judgements = [
        Judgement("person", people[2 * n], people[2 * n + 1], verdict, "2026-01-01", "tester", f"why {n}", None, n)
        for n, verdict in enumerate(verdicts)
    ]
    return rows, judgements


def _records(path: Path, name: str) -> list[Record]:
    spec = tables()[name]
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            cells: dict[str, Cell] = {}
            for column, text in row.items():
                kind = spec.columns[column]
                if text:
                    many = tuple(sorted(set(text.split("|"))))
                    cells[column] = many if kind.many else int(text) if kind.type in ("int", "year") else text
            found.append(Record("gen", name, cells, "0" * 64, number))
    return found
