"""Records as quads and back."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.claims import Versioned, nquads, records, vocabulary_quads
from graph.records import Cell, Record, _json
from graph.rows import frame_of
from ontology import Column, tables, vocabulary
from tests.graph.conftest import shipped_rows

_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(str.strip).filter(bool)
_IDS = st.sampled_from(["a", "b", "ё", "with space", "a/b", "<x>", '"q"', "%41"])
_DATES = st.sampled_from(["2021", "2021-02", "2021-02-16"])


def _cell(column: Column) -> st.SearchStrategy[Cell]:
    kind = column.type.partition("@")[0]
    one: st.SearchStrategy[Cell]
    if kind in ("id", "ref", "local", "refs"):
        one = _IDS
    elif kind == "word":
        one = st.sampled_from(list(vocabulary(column.range)))
    elif kind == "date":
        one = _DATES
    elif kind in ("int", "year"):
        return st.integers(1900, 2100)
    elif kind in ("country", "countries"):
        one = st.sampled_from(["RU", "DE", "BY"])
    elif kind == "articles":
        one = st.sampled_from(["RU-CC 207.3(2)(a)", "RU-CC 30(1)-278"])
    elif kind == "url":
        one = st.sampled_from(["https://a.example/?q=%20", "http://b.example"])
    else:
        one = _TEXT
    return (
        st.lists(one.map(str), min_size=1, max_size=3, unique=True).map(lambda v: tuple(sorted(v)))
        if column.many
        else one
    )


@st.composite
def _records(draw: st.DrawFn) -> list[Record]:
    """Records of any tables, with all that they refer to."""
    found: dict[str, Record] = {}
    for name in draw(st.lists(st.sampled_from(list(tables())), min_size=1, max_size=4)):
        spec = tables()[name]
        cells: dict[str, Cell] = {}
        for column in spec.columns.values():
            if column.need in ("key", "required") or draw(st.booleans()):
                cells[column.name] = draw(_cell(column))
        record = Record("d", name, cells, "0" * 64, draw(st.integers(2, 99)))
        found[record.id] = record
    for record in list(found.values()):
        _describe(record, found)
    return sorted(found.values(), key=lambda r: r.id)


def _describe(record: Record, found: dict[str, Record]) -> None:
    """Add a bare record of each thing that a record refers to and nobody describes."""
    for column in tables()[record.table].columns.values():
        if column.type not in ("ref", "refs") or column.name not in record.cells:
            continue
        cell = record.cells[column.name]
        for local in cell if isinstance(cell, tuple) else (str(cell),):
            if not any(r.table == column.range and r.key == (local,) for r in found.values()):
                bare = Record("d", column.range, {tables()[column.range].key[0]: local}, "0" * 64, 1)
                found[bare.id] = bare


@settings(max_examples=120)
@given(found=_records())
def test_records_to_quads_and_back_are_the_same_records(found: list[Record]) -> None:
    text = nquads(Versioned(r, 7) for r in found)

    again = records(ox.parse(input=text, format=ox.RdfFormat.N_QUADS))

    assert [(v.record, v.since) for v in again] == [(r, 7) for r in found]
    assert [v.record.version for v in again] == [r.version for r in found]


@settings(max_examples=40)
@given(found=_records())
def test_quads_written_as_trig_say_the_same(found: list[Record]) -> None:
    quads = list(ox.parse(input=nquads(Versioned(r, 7) for r in found), format=ox.RdfFormat.N_QUADS))
    trig = ox.serialize(quads, format=ox.RdfFormat.TRIG)
    assert trig is not None

    assert {v.record.id for v in records(ox.parse(input=trig, format=ox.RdfFormat.TRIG))} == {r.id for r in found}


def test_the_shipped_records_are_the_same_after_quads() -> None:
    from graph.row_files import records as of

    rows = shipped_rows()
    found = [r for name in tables() for r in of(name, rows.table(name).iter_rows(named=True))]

    again = records(ox.parse(input=nquads(Versioned(r, 1) for r in found), format=ox.RdfFormat.N_QUADS))

    assert [v.record for v in again] == sorted(found, key=lambda r: r.id)


def test_a_reference_to_nothing_is_an_error() -> None:
    text = nquads([Versioned(Record("d", "cases", {"case_id": "c", "person_id": "p"}, "0" * 64, 2), 1)])

    with pytest.raises(LookupError):
        records(ox.parse(input=text, format=ox.RdfFormat.N_QUADS))


def test_every_word_has_a_label_in_an_export_that_stands_alone() -> None:
    labelled = {str(q.subject) for q in ox.parse(input=vocabulary_quads(), format=ox.RdfFormat.N_QUADS)}

    for name in {c.range for t in tables().values() for c in t.columns.values() if c.type == "word"}:
        assert all(f"<https://w3id.org/repgraph/vocab/{name}/{token}>" in labelled for token in vocabulary(name))


@given(
    st.recursive(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.integers(-(2**70), 2**70),
        lambda inner: st.lists(inner, max_size=4).map(tuple) | st.dictionaries(st.text("abcя_", max_size=3), inner),
        max_leaves=8,
    )
)
def test_ids_are_hashes_of_the_json_that_python_writes(value: object) -> None:
    assert _json(value) == json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@given(st.lists(st.none() | st.lists(st.text("ab|\x1fя", max_size=3), max_size=3), max_size=5))
def test_a_frame_keeps_every_list(lists: list[list[str] | None]) -> None:
    types: dict[str, Any] = {"n": pl.Int64, "texts": pl.List(pl.String)}
    expected = pl.DataFrame(list(enumerate(v or [] for v in lists)), schema=types, orient="row")
    assert frame_of(types, list(enumerate(lists))).equals(expected)
