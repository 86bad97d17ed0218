"""What spans rows: every fault with its place, and tables that shrank."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest

from graph.checks import Coming, problems, shrunk
from graph.rows import MemoryRows
from ontology import tables
from tests.graph.conftest import record

TODAY = date(2026, 11, 23)


class Scanned:
    """Rows in memory as a load scans them."""

    def __init__(self, rows: Mapping[str, list[dict[str, Any]]]) -> None:
        found = [record(t, "d", n, dict(c)) for t, cells in rows.items() for n, c in enumerate(cells, 2)]
        self._rows = MemoryRows.of(found)

    def scan(self, name: str) -> pl.LazyFrame:
        return self._rows.table(name).lazy()


WHOLE: dict[str, list[dict[str, Any]]] = {
    "sources": [{"source_id": "s", "url": "https://a.example"}],
    "people": [{"person_id": "p"}, {"person_id": "j"}],
    "bodies": [{"body_id": "b", "name": "B"}],
    "cases": [{"case_id": "c", "person_id": "p"}, {"case_id": "c2", "person_id": "p"}],
    "proceedings": [{"proceeding_id": "v", "case_id": "c", "stage": "first_instance"}],
    "roles": [{"proceeding_id": "v", "case_id": "c", "person_id": "j", "role": "judge"}],
}


def _found(
    rows: Mapping[str, list[dict[str, Any]]],
    before: Mapping[str, list[dict[str, Any]]] | None = None,
    *,
    part: bool = False,
) -> list[tuple[str, int | None, str | None, str]]:
    covered = frozenset(rows)
    coming = Coming(Scanned(rows), Scanned(before or {}), "d", covered)
    return [(p.file, p.row, p.column, p.remedy) for p in problems(coming, {"0" * 64: "in.csv"}, today=TODAY, part=part)]


def test_a_whole_dataset_has_no_problem() -> None:
    assert _found(WHOLE) == []


def test_a_dataset_needs_sources_people_and_one_more_table() -> None:
    assert _found({"cases": []})[0][3] == (
        "is missing: a dataset needs sources, people and one more table (there: cases). "
        "Does this belong to a dataset that is loaded? Then name it with --dataset"
    )
    two = {t: WHOLE[t] for t in ("sources", "people")}
    assert _found(two) == [("d", None, None, "has no table beside sources and people; add one (cases, roles ...)")]
    assert _found(two, part=True) == []


@pytest.mark.parametrize(
    ("table", "cells", "column", "remedy"),
    [
        ("roles", {"proceeding_id": "v", "case_id": "c", "person_id": "x", "role": "judge"}, "person_id", "is not a person_id of people; add it there or correct it"),
        ("cases", {"case_id": "c3", "person_id": "p", "src": "s|t"}, "source_ids", "is not a source_id of sources; add it there or correct it"),
        ("roles", {"proceeding_id": "v", "case_id": "c2", "person_id": "j", "role": "judge"}, "proceeding_id", "is a proceeding of case c, not of c2; correct one of them"),
        ("sanctions", {"authority": "EU"}, "person_id", "has neither or both of person_id and body_id; a listing names one of them"),
        ("sanctions", {"authority": "EU", "person_id": "j", "body_id": "b"}, "person_id", "has neither or both of person_id and body_id; a listing names one of them"),
        ("citations", {"table": "saints", "key": "c", "source_id": "s"}, "table", "is not a table; correct it"),
        ("citations", {"table": "cases", "key": "nobody", "source_id": "s"}, "key", "is not the key of a row of cases; correct it"),
        ("citations", {"table": "cases", "key": "c", "column": "halo", "source_id": "s"}, "column", "is not a column of cases; correct it"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_named_with_its_place(
    table: str, cells: dict[str, str], column: str, remedy: str
) -> None:
    rows = WHOLE | {table: [*WHOLE.get(table, []), cells]}

    assert ("in.csv", len(rows[table]) + 1, column, remedy) in _found(rows)


def test_rows_of_one_key_and_source_that_differ_cannot_be_told_apart() -> None:
    rows = WHOLE | {"cases": [*WHOLE["cases"], {"case_id": "c", "person_id": "p", "title": "Otherwise"}]}

    assert [f[:3] for f in _found(rows)] == [("in.csv", 4, None)]
    assert "as row 2 but other values" in _found(rows)[0][3]


def test_rows_of_one_key_and_other_sources_stand_beside_each_other() -> None:
    rows = WHOLE | {
        "sources": [*WHOLE["sources"], {"source_id": "t", "url": "https://b.example"}],
        "cases": [*WHOLE["cases"], {"case_id": "c", "person_id": "p", "title": "Otherwise", "src": "t"}],
    }

    assert _found(rows) == []


def test_a_table_loaded_before_still_needs_what_it_refers_to() -> None:
    found = _found({"people": [{"person_id": "p"}]}, WHOLE)

    assert found == [
        (
            "people.csv",
            None,
            "person_id",
            "is gone from people, but roles (loaded before) refers to it; keep it or load roles too",
        )
    ]


def test_a_child_is_named_in_no_table() -> None:
    rows = WHOLE | {
        "people": [*WHOLE["people"], {"person_id": "k", "birth_year": 2015}],
        "roles": [
            {"proceeding_id": "v", "case_id": "c", "person_id": "k", "role": "witness", "name_as_written": "A Child"}
        ],
    }

    assert _found(rows) == [("in.csv", 2, "name_as_written", "names a child; blank the cell")]


@pytest.mark.parametrize(
    ("left", "said"), [(9, []), (7, []), (6, ["people has 6 rows, before 10"]), (0, ["people has 0 rows, before 10"])]
)
def test_a_table_that_lost_a_third_is_told(left: int, said: list[str]) -> None:
    many = {"people": [{"person_id": f"p{n}", "name": "X"} for n in range(10)]}
    few = {"people": many["people"][:left]}

    assert shrunk(Coming(Scanned(few), Scanned(many), "d", frozenset(few)), Scanned(many)) == said


def test_a_column_that_lost_a_third_of_its_cells_is_told() -> None:
    many = {"people": [{"person_id": f"p{n}", "name": "X"} for n in range(10)]}
    bare = {"people": [{"person_id": f"p{n}"} | ({"name": "X"} if n < 5 else {}) for n in range(10)]}

    assert shrunk(Coming(Scanned(bare), Scanned(many), "d", frozenset(bare)), Scanned(many)) == [
        "people.name is filled in 50% of the rows, before 100%"
    ]


def test_every_reference_of_the_ontology_is_looked_at() -> None:
    from graph.custody import references

    wanted = {(t, c.name) for t, spec in tables().items() for c in spec.columns.values() if c.type in ("ref", "refs")}

    assert {(table, column.name) for table, column, _ in references()} == wanted
