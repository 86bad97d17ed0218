"""What the columns of views mean, and what it means when one is empty: unknown, not looked and none are three things."""

from __future__ import annotations

from typing import Any, NamedTuple

import polars as pl

from graph.exports.graph_files import Table
from ontology import vocabulary


class Entry(NamedTuple):
    """One column: what it holds, what an empty cell says, the vocabulary of its words."""

    about: str
    empty: str
    words: str | None = None


_UNKNOWN = "unknown: no source that was read says it"
_NEVER = "never empty"
_NONE = "none"
_OTHER_NODES = "does not apply to this kind of node, or unknown where it does"

COLUMNS: dict[str, Entry] = {
    "id": Entry("the node: its kind, a colon, its id", _NEVER),
    "kind": Entry("what the node is", _NEVER),
    "label": Entry(
        "what to write beside the node: the name in the wanted language, else in another, else the id", _NEVER
    ),
    "thing": Entry("the id, as dataset/id, by which repgraph knows it", _NEVER),
    "name_en": Entry("name in Latin letters", f"{_OTHER_NODES}; children carry no name"),
    "name_ru": Entry("name in Russian", f"{_OTHER_NODES}; children carry no name"),
    "name_uk": Entry("name in Ukrainian", f"{_OTHER_NODES}; children carry no name"),
    "name_be": Entry("name in Belarusian", f"{_OTHER_NODES}; children carry no name"),
    "category": Entry(
        "the compilers' own categories of the person", f"{_OTHER_NODES}; not a statement that none fits", "category"
    ),
    "child": Entry("whether the person is a child and so carries no name", _OTHER_NODES),
    "roles": Entry("roles in the involvements counted here", _OTHER_NODES, "role"),
    "role": Entry("the role; `defendant` is the person who is prosecuted", _NEVER, "role"),
    "person": Entry("the person", _NEVER),
    "matters": Entry("matters (what was tried together) in the involvements counted here", _OTHER_NODES),
    "matter": Entry("the matter: the trial, or the case itself where it stood alone", _OTHER_NODES),
    "matter_ids": Entry("the matters behind the weight", _NONE),
    "cases": Entry("cases, each once for a defendant and a matter", _OTHER_NODES),
    "case": Entry("the case: one person's prosecution", _NEVER),
    "defendant": Entry("the prosecuted person", _OTHER_NODES),
    "articles": Entry("articles of law, as RU-CC 207.3(2)(a)", f"{_OTHER_NODES}; not a statement that there are none"),
    "arrest_date": Entry("date of arrest, with the precision of the source", _OTHER_NODES),
    "title": Entry("title of the article", "the vocabulary has no title of it"),
    "body_kind": Entry("kind of institution", _OTHER_NODES, "body_kind"),
    "level": Entry("level of a court", _OTHER_NODES, "level"),
    "city": Entry("city", _OTHER_NODES),
    "country": Entry("state whose territory it is, ISO 3166-1 alpha-2", _OTHER_NODES),
    "place": Entry("place of the exchange", _OTHER_NODES),
    "parties": Entry("parties of the exchange, ISO 3166-1 alpha-2", _OTHER_NODES),
    "mediators": Entry("mediators of the exchange", _OTHER_NODES),
    "authority": Entry("who lists", _OTHER_NODES, "authority"),
    "source": Entry("one end of the edge (not a document: those are in `sources`)", _NEVER),
    "target": Entry("the other end of the edge", _NEVER),
    "weight": Entry("what the view's description says", _NEVER),
    "same_court": Entry("shared matters before one court", _NEVER),
    "adverse": Entry("matters with an act against the defendant", _NEVER),
    "favourable": Entry("matters with an act for the defendant and none against", _NEVER),
    "other": Entry("matters with neither: mixed, unknown or no decision", _NEVER),
    "first": Entry("the earliest date of an act", _UNKNOWN),
    "last": Entry("the latest date of an act", _UNKNOWN),
    "basis": Entry("what the role rests on", _UNKNOWN, "basis"),
    "proceeding": Entry("the proceeding", "the role is known for the case as a whole, not for one proceeding"),
    "court": Entry("the court of the proceeding", _UNKNOWN),
    "institution": Entry("the person's own institution", _UNKNOWN),
    "stage": Entry("stage", _UNKNOWN, "stage"),
    "date": Entry("date, with the precision of the source", _UNKNOWN),
    "outcome": Entry("outcome", f"{_UNKNOWN}, or sources differ: see conflicts", "outcome"),
    "effect": Entry("for or against the defendant", _UNKNOWN, "effect"),
    "sentence_kind": Entry("kind of sentence", f"{_UNKNOWN}, or there was none: see outcome", "sentence_kind"),
    "sentence_months": Entry("length of the sentence in months", f"{_UNKNOWN}, or there was none: see outcome"),
    "name_as_written": Entry("the name as the source writes it", _UNKNOWN),
    "status": Entry("what the compilers say of the record", _OTHER_NODES, "record_status"),
    "confidence": Entry("how sure the compilers are", "not rated", "confidence"),
    "conflicts": Entry(
        "fields on which the records differ; they are empty here and both versions are in the claims", _NONE
    ),
    "records": Entry("ids of the records that say it", _NONE),
    "sources": Entry("ids of the sources that say it", _NONE),
    "origins": Entry("who wrote the sources first: reprints count once", _NONE),
    "state": Entry("where the person stands on the programme", _NEVER, "listing_state"),
    "released_by": Entry("party that released the person", f"{_UNKNOWN}, or sources differ: see conflicts"),
    "received_by": Entry("party that received the person", f"{_UNKNOWN}, or sources differ: see conflicts"),
    "custody_before": Entry("where the person was held before", _UNKNOWN),
}
"""Every column that a view can have, but `listing_<AUTHORITY>`."""


def entry(column: str) -> Entry:
    """The entry of a column.

    Raises:
        KeyError: no view has such a column.
    """
    if column.startswith("listing_"):
        authority = column.removeprefix("listing_")
        about = (
            f"where the official stands with {authority}; not_found only if all its published lists were looked through"
        )
        return Entry(about, "does not apply to this kind of node: for officials never empty", "listing_state")
    return COLUMNS[column]


def codebook(view: Table) -> list[dict[str, Any]]:
    """One entry for each column of the view: table, column, type, about, empty, and its words with their labels."""
    frames = [("nodes", view.nodes), ("edges" if view.nodes is not None else "rows", view.edges)]
    return [
        _said(where, column, kind)
        for where, frame in frames
        if frame is not None
        for column, kind in frame.schema.items()
    ]


def _said(where: str, column: str, kind: pl.DataType) -> dict[str, Any]:
    found = entry(column)
    said = {"table": where, "column": column, "type": _plain(kind), "about": found.about, "empty": found.empty}
    if found.words:
        words = vocabulary(found.words)
        return {**said, "words": {token: {"en": w.label_en, "ru": w.label_ru} for token, w in words.items()}}
    return said


def _plain(kind: pl.DataType) -> str:
    if isinstance(kind, pl.List):
        return "list of texts"
    return "whole number" if kind.is_integer() else "truth value" if kind == pl.Boolean else "text"
