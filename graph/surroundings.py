"""The records that answers about some things need, and no others: for stores where fetching everything is dear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

import polars as pl

from graph.identity import KINDS, Identity
from graph.rows import MemoryRows, Rows, schema
from ontology import tables

REFERRING: tuple[tuple[str, str, str], ...] = (
    ("person", "cases", "person_id"),
    ("person", "roles", "person_id"),
    ("person", "tenures", "person_id"),
    ("person", "sanctions", "person_id"),
    ("person", "exchange_participants", "person_id"),
    ("person", "exchange_mentions", "person_id"),
    ("person", "classifications", "person_id"),
    ("person", "recognitions", "person_id"),
    ("body", "sanctions", "body_id"),
    ("case", "proceedings", "case_id"),
    ("case", "roles", "case_id"),
    ("proceeding", "roles", "proceeding_id"),
    ("exchange", "exchange_participants", "exchange_id"),
    ("exchange", "exchange_mentions", "exchange_id"),
)
"""Rows that speak of a thing that is not their own: kind of the thing, table, column."""


def surroundings(rows: Rows, identity: Identity, kind: str, things: Collection[str]) -> MemoryRows:
    """The records from which `who`, `case`, `court`, `exchange` and `sources` answer the same of `things` as from all.

    `kind` is person, case, proceeding, body or exchange; any other fetches what `sources` needs.

    Shape: the involvements of the things, everybody in the same proceedings, the cases of the same matters.
    """
    found = _Found(rows, identity)
    ids = found.all_ids(kind, things)
    for table in tables():
        found.fetch(table, "thing", ids)
        found.fetch(table, "record", things)
    for of_kind, table, column in REFERRING:
        if of_kind == kind or kind not in (*KINDS, "exchange"):
            found.fetch(table, column, ids)
    if kind == "body":
        found.fetch("proceedings", "body_id", ids)
        found.fetch("roles", "body_id", ids)
        found.fetch("roles", "proceeding_id", found.ids("proceedings", "proceeding_id", "proceeding"))
    if kind == "exchange":
        released = found.ids("exchange_participants", "person_id", "person")
        people = released | found.ids("exchange_mentions", "person_id", "person")
        for table in ("cases", "classifications"):
            found.fetch(table, "person_id", people)
    found.matters()
    found.context()
    return MemoryRows(found.frames())


class _Found:
    """Records that were fetched, each table and value once."""

    def __init__(self, rows: Rows, identity: Identity) -> None:
        self._rows, self._identity = rows, identity
        self._parts: defaultdict[str, list[pl.DataFrame]] = defaultdict(list)
        self._seen: defaultdict[tuple[str, str], set[str]] = defaultdict(set)

    def fetch(self, table: str, column: str, values: Iterable[str]) -> None:
        new = set(values) - self._seen[table, column]
        if new:
            self._seen[table, column] |= new
            self._parts[table].append(self._rows.where(table, column, new))

    def frame(self, table: str) -> pl.DataFrame:
        parts = self._parts[table]
        if not parts:
            return pl.DataFrame(schema=schema(table))
        merged = pl.concat(parts).unique("record", maintain_order=True).sort("record") if len(parts) > 1 else parts[0]
        self._parts[table] = [merged]
        return merged

    def frames(self) -> dict[str, pl.DataFrame]:
        return {table: self.frame(table) for table in tables()}

    def all_ids(self, kind: str, things: Iterable[str]) -> set[str]:
        """All ids by which things go; those of any kind where `kind` is none that is judged."""
        kinds = [kind] if kind in KINDS else list(KINDS)
        return set(things).union(*(self._identity.members(k, t) for t in things for k in kinds))

    def ids(self, table: str, column: str, kind: str) -> set[str]:
        """All ids of the things that a column of the fetched rows names."""
        return self.all_ids(kind, set(self.frame(table)[column].drop_nulls().to_list()))

    def matters(self) -> None:
        """Cases and proceedings of what was fetched, everybody in them, and the other cases of the same matters."""
        own = self.ids("cases", "case_id", "case") | self.ids("roles", "case_id", "case")
        acts = self.ids("roles", "proceeding_id", "proceeding")
        self.fetch("cases", "case_id", own)
        self.fetch("proceedings", "case_id", own)
        self.fetch("proceedings", "proceeding_id", acts)
        acts |= self.ids("proceedings", "proceeding_id", "proceeding")
        self.fetch("roles", "case_id", own)
        self.fetch("roles", "proceeding_id", acts)
        before = -1
        while (now := self.frame("cases").height + self.frame("proceedings").height) != before:
            before = now
            cases = self.ids("proceedings", "case_id", "case") | self.ids("roles", "case_id", "case")
            self.fetch("cases", "case_id", cases | self.ids("cases", "case_id", "case"))
            self.fetch("cases", "trial_id", self.frame("cases")["trial_id"].drop_nulls().to_list())
            self.fetch("cases", "case_id", self.ids("cases", "case_id", "case"))
            self.fetch("proceedings", "case_id", self.ids("cases", "case_id", "case"))
            self.fetch("proceedings", "proceeding_id", self.ids("proceedings", "proceeding_id", "proceeding"))

    def context(self) -> None:
        """People, institutions, deals, sources and citations that the fetched rows name."""
        people: set[str] = set()
        for table, spec in tables().items():
            for column in spec.columns.values():
                if column.range == "people":
                    people |= self.ids(table, column.name, "person")
        doubted = {d for p in people for d in self._identity.unsure("person", p)}
        self.fetch("people", "person_id", people | self.all_ids("person", doubted))
        for table in ("proceedings", "roles", "tenures"):
            self.fetch("bodies", "body_id", self.ids(table, "body_id", "body"))
        for table in ("exchange_participants", "exchange_mentions"):
            self.fetch("exchanges", "exchange_id", self.frame(table)["exchange_id"].drop_nulls().to_list())
        keys = {t.partition("/")[2] for table in tables() if table != "citations" for t in self._things(table)}
        self.fetch("citations", "key", keys)
        self.fetch("sources", "source_id", {s for table in tables() for s in self._sources(table)})
        # a reprint counts as its original, which may be a reprint itself
        before = -1
        while (now := self.frame("sources").height) != before:
            before = now
            self.fetch("sources", "url", self.frame("sources")["canonical_url"].drop_nulls().to_list())

    def _things(self, table: str) -> list[str]:
        found: list[str] = self.frame(table)["thing"].to_list()
        return found

    def _sources(self, table: str) -> list[str]:
        found: list[str] = self.frame(table)["sources"].explode().drop_nulls().to_list()
        return found
