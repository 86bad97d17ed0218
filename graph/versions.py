"""What each record says of one field of a thing, side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING

import polars as pl

from graph.answers import Row
from graph.identity import KINDS
from ontology import tables

if TYPE_CHECKING:
    from graph.casebook import Casebook

NAMES = frozenset({"name", "name_ru", "name_uk", "name_be", "aliases"})
WORDS = frozenset({"name_as_written", "quote", "translation"})
"""What a source writes in its own words, which may name a child."""


def versions(casebook: Casebook, thing: str, field: str) -> list[Row]:
    """The values of a field that the records of a thing give, with the records, sources and statuses of each.

    Most records first; blanks are left out. A child's names are not given.
    """
    things = members(casebook, thing)
    found: list[Row] = []
    for name, spec in tables().items():
        if field in spec.columns and name != "citations":
            found += table_versions(casebook, name, things, field)
    return found


def members(casebook: Casebook, thing: str) -> set[str]:
    """All ids by which a thing goes, whatever its kind."""
    return {thing}.union(*(casebook.identity.members(kind, thing) for kind in KINDS))


def table_versions(casebook: Casebook, name: str, things: Collection[str], field: str) -> list[Row]:
    """The values of a field in the records of one table that are about `things`."""
    rows = casebook.at_table(name, "thing", things)
    if field in NAMES | WORDS and "person_id" in rows.columns:
        rows = rows.filter(~pl.col("person_id").is_in(sorted(casebook.children)))
    by_value: defaultdict[object, list[Row]] = defaultdict(list)
    own = tables()[name].columns["status"].meta  # the status of a recognition is not that of its record
    columns = ["record", "sources", *(["status"] if own else [])]
    for row in rows.select(field, *(c for c in columns if c != field)).iter_rows(named=True):
        value = row[field]
        if value not in (None, []):
            by_value[tuple(value) if isinstance(value, list) else value].append(row)
    return [_version(value, said) for value, said in sorted(by_value.items(), key=lambda v: (-len(v[1]), str(v[0])))]


def _version(value: object, said: Collection[Row]) -> Row:
    return {
        "value": list(value) if isinstance(value, tuple) else value,
        "records": sorted(row["record"] for row in said),
        "sources": sorted({source for row in said for source in row["sources"]}),
        "status": sorted({row["status"] for row in said if row.get("status")}),
    }
