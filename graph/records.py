"""A record: one validated row of an input file, the unit of provenance; and the names of things.

A thing goes by `dataset/id` where people and JSON see it. A record's id hashes its dataset, table, key and
sources, so a corrected cell is a new version of the same record; the version hashes all cells.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeAlias
from urllib.parse import quote

import orjson

from ontology import ID, tables

Cell: TypeAlias = "str | int | tuple[str, ...]"
DEFAULTS = {"visibility": "public", "status": "accepted"}
"""What a blank says in these columns."""


@dataclass(frozen=True)  # no slots: a load asks for key, id and version seven times, and they are made once
class Record:
    """One row. `cells` has the columns that are not blank: text, int, or a sorted tuple for a list.

    References are local ids (`person_id: "mendeleeva-olesya"`). `file` is the SHA-256 of the original
    and `row` the line in it.
    """

    dataset: str
    table: str
    cells: dict[str, Cell]
    file: str
    row: int

    def __post_init__(self) -> None:
        # Written or left blank, a default says the same: one version, not two.
        for column, default in DEFAULTS.items():
            if self.cells.get(column) == default:
                del self.cells[column]

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Local ids of the record's sources; a `citations` row cites the one it names."""
        found = self.cells.get("source_ids")
        if isinstance(found, tuple):
            return found
        if self.table == "citations":
            return (str(self.cells["source_id"]),)
        return ()

    @cached_property
    def key(self) -> tuple[str, ...]:
        return tuple([str(self.cells.get(column, "")) for column in tables()[self.table].key])

    @property
    def thing(self) -> str:
        """`dataset/id` of what the row is about; rows with a composite key are named by its parts."""
        return thing_id(self.dataset, "|".join(self.key))

    @cached_property
    def id(self) -> str:
        return _digest([self.dataset, self.table, *self.key, "", *self.sources])

    @cached_property
    def version(self) -> str:
        return _digest(self.cells)


def _digest(value: Any) -> str:
    return hashlib.sha256(_json(value)).hexdigest()[:20]


def _json(value: Any) -> bytes:
    """JSON without blanks, keys in order: what ids and versions are hashes of, so that it may never change."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a number beyond 64 bits
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def thing_id(dataset: str, local: str) -> str:
    return f"{dataset}/{local}"


def split_id(thing: str) -> tuple[str, str]:
    """Dataset and local id.

    Raises:
        ValueError: there is no slash.
    """
    dataset, slash, local = thing.partition("/")
    if not slash or not dataset or not local:
        raise ValueError(f"{thing!r} is not an id of the form dataset/id")
    return dataset, local


@lru_cache(maxsize=1 << 17)
def thing_iri(kind: str, dataset: str, local: str) -> str:
    """The IRI of a thing: a hash of its raw local id, for ids may hold names of people."""
    return f"{_base(kind, dataset)}{_digest([dataset, kind, local])}"


@lru_cache(maxsize=1 << 10)
def _base(kind: str, dataset: str) -> str:
    return f"{ID}{kind}/{quote(dataset, safe='')}/"


def record_iri(record_id: str) -> str:
    return f"{ID}record/{record_id}"
