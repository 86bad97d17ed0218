"""What can exist: classes and properties, the columns of our tables, the closed vocabularies.

Everything is a file in this folder (`repression.ttl`, `shapes.ttl`, `tables.csv`, `columns.csv`,
`vocab/*.csv`); the code here only reads them and refuses what they lack.
"""

from __future__ import annotations

import builtins
import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType

BASE = "https://w3id.org/repgraph/"
"""Where our names live; whoever publishes can register it or change it here."""
NS = BASE + "ns#"
ID = BASE + "id/"
VOCAB = BASE + "vocab/"

_HERE = Path(__file__).parent


class UnknownTerm(LookupError):
    """A name that the ontology's files do not have."""


@dataclass(frozen=True, slots=True)
class Word:
    """One entry of a closed vocabulary: its token, its labels and the further columns of its file."""

    token: str
    label_en: str
    label_ru: str
    more: Mapping[str, str]

    def label(self, lang: str) -> str:
        """The label in `lang` (`en` or `ru`), else in English."""
        return self.label_ru if lang == "ru" and self.label_ru else self.label_en


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an input table, as `columns.csv` describes it.

    `need` is `key` (part of the key), `key?` (part of the key that may be blank), `required` or blank.
    `type` is one of the names that `graph.records` reads; `range` is the vocabulary of a `word` or the
    table of a `ref`. `property` is the local name of our property; `a/b` goes through a node of its own.
    """

    table: str
    name: str
    need: str
    type: str
    range: str
    property: str
    about: str
    about_ru: str = ""

    @builtins.property  # `property` is a field here
    def in_key(self) -> bool:
        return self.need in ("key", "key?")

    @builtins.property  # `property` is a field here
    def meta(self) -> bool:
        """Whether it speaks of the record, not of the thing: such a column has no property."""
        return not self.property

    @builtins.property
    def many(self) -> bool:
        """Whether a cell holds a list, joined with `|`."""
        return self.type in _LISTS


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One input table: the class its rows fill, the kind of thing a row is about, its columns in order."""

    name: str
    cls: str
    kind: str
    key: tuple[str, ...]
    about_en: str
    about_ru: str
    columns: Mapping[str, Column]


_LISTS = frozenset({"texts", "refs", "countries", "articles"})
# Tables whose rows stand for themselves: a document is its own source.
UNSOURCED = frozenset({"sources", "list_checks", "citations"})


def _rows(name: str) -> list[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def tables() -> Mapping[str, TableSpec]:
    """The input tables by name, in the order in which they are read and written."""
    rows = _rows("columns.csv")
    return MappingProxyType(
        {
            row["table"]: TableSpec(
                row["table"], row["class"], row["kind"], tuple(row["key"].split("|")), row["about_en"], row["about_ru"],
                MappingProxyType(_columns(row["table"], rows)),
            )
            for row in _rows("tables.csv")
        }
    )  # fmt: skip


def _columns(table: str, rows: list[dict[str, str]]) -> dict[str, Column]:
    """The columns of one table: its own, then those that all tables have.

    A table's own column hides that of all tables: the status of a recognition is not that of its record.
    """
    own = [r for r in rows if r["table"] == table]
    common = [r for r in rows if r["table"] == "*" and r["column"] not in {o["column"] for o in own}]
    columns = {r["column"]: _column(table, r) for r in [*own, *common]}
    if table == "list_checks":
        columns["source_ids"] = replace(columns["source_ids"], need="")
    elif table in UNSOURCED:  # a document needs no source, and a citation cites the one that it names
        del columns["source_ids"]
    return columns


def _column(table: str, row: Mapping[str, str]) -> Column:
    fields = ("column", "need", "type", "range", "property", "about_en", "about_ru")
    return Column(table, *(row[field] for field in fields))


def vocabularies() -> list[str]:
    """The names of all closed vocabularies, in alphabetical order."""
    return sorted(path.stem for path in (_HERE / "vocab").glob("*.csv"))


@cache
def vocabulary(name: str) -> Mapping[str, Word]:
    """The words of `vocab/<name>.csv` by token, in the file's order.

    Raises:
        UnknownTerm: there is no such vocabulary; the message offers the nearest ones.
    """
    if name not in vocabularies():
        raise UnknownTerm(_refusal(name, "ontology/vocab", vocabularies()))
    plain = ("token", "label_en", "label_ru")
    return MappingProxyType(
        {
            row["token"]: Word(
                row["token"], row["label_en"], row["label_ru"],
                MappingProxyType({k: v for k, v in row.items() if k not in plain}),
            )
            for row in _rows(f"vocab/{name}.csv")
        }
    )  # fmt: skip


def word(name: str, token: str) -> Word:
    """The entry `token` of the vocabulary `name`.

    Raises:
        UnknownTerm: the vocabulary has no such token; the message offers the nearest ones.
    """
    try:
        return vocabulary(name)[token]
    except KeyError:
        raise UnknownTerm(_refusal(token, f"ontology/vocab/{name}.csv", list(vocabulary(name)))) from None


def label(name: str, token: str | None, lang: str = "en") -> str:
    """What a reader sees for a token; the token itself where the vocabulary has no such word, blank for None."""
    if token is None:
        return ""
    found = vocabulary(name).get(token)
    return found.label(lang) if found else token


@cache
def terms() -> frozenset[str]:
    """Local names of the classes and properties that `repression.ttl` defines."""
    from pyoxigraph import NamedNode, RdfFormat, parse

    text = (_HERE / "repression.ttl").read_bytes()
    return frozenset(
        quad.subject.value.removeprefix(NS)
        for quad in parse(input=text, format=RdfFormat.TURTLE)
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(NS)
    )


@cache
def term(name: str) -> str:
    """The IRI of a class or property that `repression.ttl` defines.

    Raises:
        UnknownTerm: no such name; the message offers the nearest ones.
    """
    if name not in terms():
        raise UnknownTerm(_refusal(name, "ontology/repression.ttl", list(terms())))
    return NS + name


def _refusal(name: str, file: str, known: list[str]) -> str:
    near = ", ".join(get_close_matches(name, known, n=3, cutoff=0.5)) or "nothing near it"
    return f"{name!r} is not in {file} (it has {near})"
