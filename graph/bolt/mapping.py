"""The model in Neo4j, read from `ontology/neo4j.csv`: labels, relationship types and what their properties are.

Push, pull, export and the documentation read this table; there is no other list.

    part        record (a row of a table), thing, edge (a claim between two things), link, extra
    frame       the table of a record; the frame of the casebook that a thing or edge is made of
    start, end  `Label:column`; `/` where another column stands in for a blank one, `|` between several
    key         the columns that make a thing or edge one and the same
    properties  columns; `new=old` renames, `:date` marks a date
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import ontology
from ontology import vocabulary

_FILE = Path(ontology.__file__).parent / "neo4j.csv"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
OURS = "Repgraph"
"""The label of every node that we put there."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its name in the graph, the column that it comes from, whether it is a date."""

    name: str
    column: str
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """One end of a relationship: a label, the column with the id, the vocabulary whose words the column holds."""

    label: str
    column: str
    vocabulary: str | None = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    label: str
    frame: str
    key: str
    properties: tuple[Property, ...]
    about: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A relationship type; a type that starts with `@` stands for one type for each word of that vocabulary."""

    type: str
    frame: str
    start: tuple[End, ...]
    end: tuple[End, ...]
    key: tuple[str, ...]
    properties: tuple[Property, ...]
    about: str

    @property
    def types(self) -> tuple[str, ...]:
        """The relationship types that this edge can have."""
        if not self.type.startswith("@"):
            return (self.type,)
        return tuple(sorted(set(relations().values()) - {e.type for e in edges()}))


@dataclass(frozen=True, slots=True)
class RecordKind:
    """The label of a table's records and the things that each of them speaks of: groups of ends, of which the
    first that is filled counts; None where that depends on the row (a citation)."""

    label: str
    table: str
    speaks_of: tuple[tuple[End, ...], ...] | None
    about: str


@cache
def _rows() -> tuple[Mapping[str, str], ...]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if not _NAME.fullmatch(row["name"].removeprefix("@")):
            raise ValueError(f"ontology/neo4j.csv: {row['name']!r} is no label or type; use letters and _")
    return tuple(MappingProxyType(row) for row in rows)


def _part(name: str) -> list[Mapping[str, str]]:
    return [row for row in _rows() if row["part"] == name]


@cache
def relations() -> Mapping[str, str]:
    """The relationship type of each role."""
    found = {token: word.more["relation"] for token, word in vocabulary("role").items()}
    for role, relation in found.items():
        if not _NAME.fullmatch(relation):
            raise ValueError(
                f"ontology/vocab/role.csv: the relation {relation!r} of {role} is no type; use letters and _"
            )
    return MappingProxyType(found)


@cache
def records() -> Mapping[str, RecordKind]:
    """The kinds of records by table."""
    return MappingProxyType(
        {
            row["frame"]: RecordKind(
                row["name"],
                row["frame"],
                None if row["end"] == "@cited" else tuple(_ends(group) for group in row["end"].split("|")),
                row["about_en"],
            )
            for row in _part("record")
        }
    )


@cache
def things() -> tuple[Thing, ...]:
    """The things, in the order in which they are written."""
    return tuple(
        Thing(row["name"], row["frame"], row["key"], _properties(row["properties"]), row["about_en"])
        for row in _part("thing")
    )


@cache
def edges() -> tuple[Edge, ...]:
    """The relationships between things, in the order in which they are written."""
    return tuple(
        Edge(
            row["name"], row["frame"], _ends(row["start"]), _ends(row["end"]), tuple(row["key"].split("|")),
            _properties(row["properties"]), row["about_en"],
        )
        for row in _part("edge")
    )  # fmt: skip


def links() -> Mapping[str, str]:
    """The types that tie records, entries and judgements to things and sources, with what they mean."""
    return {row["name"]: row["about_en"] for row in _part("link")}


def extras() -> Mapping[str, str]:
    """The labels that are no things, with what they mean."""
    return {row["name"]: row["about_en"] for row in _part("extra")}


@cache
def institution_labels() -> Mapping[str, str]:
    """The label of each kind of institution; those without a class of their own are an Institution only."""
    found = {token: word.more["class"] for token, word in vocabulary("body_kind").items()}
    return MappingProxyType({token: name for token, name in found.items() if name != "Institution"})


def _ends(text: str) -> tuple[End, ...]:
    return tuple(_end(part) for part in text.split("/"))


def _end(text: str) -> End:
    label, _, column = text.partition(":")
    words, is_word, named = column.partition("=")
    many = column.endswith("*")
    return End(label, (named if is_word else column).removesuffix("*"), words if is_word else None, many)


def _properties(text: str) -> tuple[Property, ...]:
    return tuple(_property(part) for part in text.split("|") if part)


def _property(text: str) -> Property:
    names, _, kind = text.partition(":")
    name, renamed, column = names.partition("=")
    return Property(name, column if renamed else name, kind == "date")


def labels() -> frozenset[str]:
    """Every label that the model has."""
    found = {t.label for t in things()} | {r.label for r in records().values()} | set(extras())
    return frozenset(found | set(institution_labels().values()))


def types() -> frozenset[str]:
    """Every relationship type that the model has."""
    return frozenset({t for edge in edges() for t in edge.types} | set(links()))
