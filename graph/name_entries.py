"""Which columns of which tables name a thing: what the name index is made of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import polars as pl

from graph.name_index import Entry
from graph.workspace import NAMED_TABLES

NAME_COLUMNS = {
    "people": ("name", "name_ru", "name_uk", "name_be", "aliases"),
    "bodies": ("name", "name_ru"),
    "cases": ("title",),
    "exchanges": ("name", "place"),
}
"""The columns of a table that hold its things' names."""


def columns_of(table: str) -> tuple[str, ...]:
    """The columns that `entries` reads, the thing first."""
    return ("thing", *NAME_COLUMNS[table])


def entries(table: str, rows: pl.DataFrame) -> Iterator[Entry]:
    """One entry for each thing of a table that has a name, ordered by thing, with all its spellings."""
    lines = rows.select(columns_of(table)).sort("thing").iter_rows()
    for thing, group in groupby(lines, key=lambda line: str(line[0])):
        names = {name for line in group for value in line[1:] for name in _each(value)}
        if names:
            yield Entry(NAMED_TABLES[table], thing, tuple(sorted(names)))


def _each(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []
