"""Who says so: every record behind a thing, with each of its sources and the place in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

import polars as pl

from graph.answers import Answer, Row
from graph.casebook import Casebook
from graph.exports.claims import without_texts_of_children
from graph.identity import KINDS
from graph.surroundings import REFERRING
from graph.versions import members
from ontology import tables

COLUMNS = (
    "thing", "record", "table", "cells", "source", "column", "locator", "quote", "status", "confidence", "load",
    "visibility", "file", "row", "sources",
)  # fmt: skip
_PLACE = ("page", "paragraph", "timecode")
_NOT_CELLS = frozenset(
    (
        "record",
        "version",
        "dataset",
        "thing",
        "sources",
        "visibility",
        "status",
        "confidence",
        "row",
        "since",
        "original",
    )
)


def sources(casebook: Casebook, things: Sequence[str]) -> Answer:
    """The records behind things, and those that speak of them, once for each source and each place cited in it.

    A thing is an id of any kind, of a record or of a row (`dataset/part|part`). `cells` are what the record says;
    `column` is the cell that a citation is about (null: the whole row); `load` is the manifest line that brought
    this version; `file` and `row` say where it stood.

    Shape: one row per record, source and citation: first the things' own records, then what speaks of them.
    """
    rows: list[Row] = []
    seen: set[str] = set()
    notes = []
    for thing in things:
        known = False
        for table, found in _behind(casebook, thing):
            known = known or found.height > 0
            fresh = casebook.unquoted(found) if table == "citations" else found
            fresh = fresh.filter(~pl.col("record").is_in(sorted(seen)))
            seen.update(fresh["record"].to_list())
            rows += _rows(casebook, table, fresh.sort("thing", "record"))
        if not known:
            notes.append(f"{thing}: no record is known")
    return Answer("sources", {"things": list(things)}, COLUMNS, rows, notes)


def _behind(casebook: Casebook, thing: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """The records about a thing, by table, then those that refer to it."""
    ids = members(casebook, thing)
    for table in tables():
        own = casebook.at_table(table, "thing", ids)
        yield table, own if own.height else casebook.at_table(table, "record", [thing])
    for kind, table, column in REFERRING:
        owner = KINDS.get(kind, "exchanges")
        own_ids = set(casebook.identity.members(kind, thing))
        if casebook.at_table(owner, "thing", own_ids).height:
            yield table, casebook.at_table(table, column, own_ids)


def _rows(casebook: Casebook, table: str, records: pl.DataFrame) -> list[Row]:
    """The rows of the records of one table."""
    cited = _citations(casebook, table, records)
    records = without_texts_of_children(casebook).hushed(table, records)
    cards = _cards(casebook, {s for ids in records["sources"].to_list() for s in ids})
    out = []
    for record in records.iter_rows(named=True):
        base = {
            "thing": record["thing"],
            "record": record["record"],
            "table": table,
            "cells": _cells(record),
            "status": record["status"] if table != "recognitions" else record.get("record_status"),
            "confidence": record["confidence"],
            "load": record["since"],
            "visibility": record["visibility"],
            "file": record["original"],
            "row": record["row"],
        }
        for source in record["sources"] or [None]:
            for place in _places(cited, record["thing"], source):
                card = cards.get(source) if source else None
                out.append(
                    {
                        **base,
                        **_place(place),
                        "source": card,
                        "sources": casebook.source_list([source] if source else []),
                    }
                )
    return out


def _cells(record: Row) -> Row:
    """What the record says, without blanks."""
    return {column: value for column, value in record.items() if column not in _NOT_CELLS and value not in (None, [])}


def _citations(casebook: Casebook, table: str, records: pl.DataFrame) -> Mapping[tuple[str, str], list[Row]]:
    """Citations by the thing and the source that they cite."""
    found: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    keys = {thing.partition("/")[2] for thing in records["thing"].to_list()}
    cited = casebook.unquoted(casebook.at_table("citations", "key", keys).filter(pl.col("table") == table))
    for row in cited.sort("column", "record").iter_rows(named=True):
        found[f"{row['dataset']}/{row['key']}", row["source_id"]].append(row)
    return found


def _places(cited: Mapping[tuple[str, str], list[Row]], thing: str, source: str | None) -> Sequence[Row | None]:
    """The citations of a thing by a source; where there is none, the source stands for the whole row."""
    return cited.get((thing, source), []) if source and (thing, source) in cited else [None]


def _place(citation: Row | None) -> Row:
    """Where in a source it stands, and in which words."""
    if citation is None:
        return {"column": None, "locator": None, "quote": None}
    locator = {part: citation[part] for part in _PLACE if citation[part]}
    return {"column": citation["column"], "locator": locator or None, "quote": citation["quote"]}


def _cards(casebook: Casebook, ids: Collection[str]) -> dict[str, Row]:
    """Sources by id, with publisher, origin and archived copy."""
    columns = ("source", "url", "title", "publisher", "origin", "archive_url")
    known = {row["source"]: row for row in casebook.at("sources", "source", ids).select(columns).iter_rows(named=True)}
    return {i: _card(known.get(i) or dict.fromkeys(columns), i) for i in ids}


def _card(row: Row, source: str) -> Row:
    return {"id": source, **{c: v for c, v in row.items() if c != "source"}}
