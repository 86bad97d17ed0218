"""Records as columnar tables: one frame for each input table, a row for each record.

This is what every answer starts from, whatever store it came out of. A frame of table T has, in this order:

    record, version        ids of the record and of this version of it (text)
    dataset, thing         the dataset, and `dataset/id` of what the row is about
    <columns of T>         as ontology/columns.csv names them: text, Int64, or List(text); references and the
                           own id are `dataset/id`; blank is null, a blank list is empty
    sources                `dataset/id` of the record's sources, List(text)
    visibility, status     `public` and `accepted` where the row leaves them blank
    confidence             null = not rated
    original, row, since   SHA-256 of the original, line in it, manifest line of the load that brought this version
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Protocol, TypeVar

import polars as pl

from graph.records import Record, thing_id
from ontology import Column, tables

_TEXTS = pl.List(pl.String)
_HEAD = {"record": pl.String, "version": pl.String, "dataset": pl.String, "thing": pl.String}
_TAIL = {
    "sources": _TEXTS, "visibility": pl.String, "status": pl.String, "confidence": pl.String,
    "original": pl.String, "row": pl.Int64, "since": pl.Int64,
}  # fmt: skip
_DEFAULTS = {"visibility": "public", "status": "accepted", "confidence": None}


Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)


class Rows(Protocol):
    """Where the records of one state are read from."""

    def table(self, name: str) -> pl.DataFrame:
        """All records of one table, ordered by `record`."""
        ...

    def where(self, name: str, column: str, values: Collection[str]) -> pl.DataFrame:
        """The records of one table whose `column` is (or, for a list, holds) one of `values`, ordered by `record`."""
        ...

    def scan(self, name: str) -> pl.LazyFrame:
        """All records of one table in any order, of which no more is read than is asked for."""
        ...


def is_reference(column: Column) -> bool:
    """Whether a column's values are ids of things, which a frame writes as `dataset/id`."""
    return column.type in ("id", "ref", "refs", "local")


def schema(name: str) -> dict[str, Any]:
    """Column types of the frame of table `name`, in order."""
    middle = {c.name: _type(c) for c in tables()[name].columns.values() if not c.meta}
    return {**_HEAD, **middle, **_TAIL}


def _type(column: Column) -> Any:
    if column.type in ("int", "year"):
        return pl.Int64
    return _TEXTS if column.many else pl.String


@cache
def _plan(name: str) -> tuple[tuple[tuple[str, bool, bool], ...], tuple[tuple[str, str | None], ...]]:
    """Of a table: each column with whether it is a list and whether it names things; what blanks of the record say.

    A column of the table's own keeps its place and meaning: the status of a recognition.
    """
    columns = tables()[name].columns
    own = tuple((c.name, c.many, is_reference(c)) for c in columns.values() if not c.meta)
    return own, tuple((c, default) for c, default in _DEFAULTS.items() if c not in columns or columns[c].meta)


def line(record: Record, since: int) -> tuple[Any, ...]:
    """One record as a row of its table's frame."""
    cells, dataset = record.cells, record.dataset
    own, defaults = _plan(record.table)
    here = thing_id(dataset, "")
    out: list[Any] = [record.id, record.version, dataset, record.thing]
    for name, many, named in own:
        value: Any = cells.get(name)
        if many:
            out.append([here + v for v in value or ()] if named else list(value or ()))
        else:
            out.append(f"{here}{value}" if named and value is not None else value)
    out.append([here + s for s in record.sources])
    out += [cells.get(c, default) for c, default in defaults]
    return (*out, record.file, record.row, since)


def frame(name: str, records: Iterable[Record], *, since: int = 0) -> pl.DataFrame:
    """The frame of table `name` with these records, ordered by `record`."""
    return frame_of(schema(name), [line(r, since) for r in records]).sort("record")


def frame_of(types: Mapping[str, Any], lines: Sequence[Sequence[Any]]) -> pl.DataFrame:
    """A frame of these lines (a value for each column), in their order; a list that is null comes as an empty one."""
    columns = zip(*lines, strict=True) if lines else [()] * len(types)
    return pl.DataFrame([_column(n, t, values) for (n, t), values in zip(types.items(), columns, strict=True)])


def _column(name: str, kind: Any, values: Sequence[Any]) -> pl.Series:
    if kind == _TEXTS:
        # Polars makes a series of every single list; cutting texts apart says the same in a twentieth of the time.
        joined = pl.Series(name, [_CUT.join(v) if v else None for v in values], dtype=pl.String)
        texts = joined.str.split(_CUT).fill_null([])
        if texts.list.len().sum() == sum(len(v) for v in values if v):  # no text holds the mark itself
            return texts
        return pl.Series(name, [v or [] for v in values], dtype=kind)
    return pl.Series(name, values, dtype=kind)


_CUT = "\x1f"


def restricted(table: Frame, column: str, values: Collection[str]) -> Frame:
    """The rows whose `column` is, or holds, one of `values`."""
    wanted = pl.Series(sorted(values), dtype=pl.String)
    if table.collect_schema()[column] == _TEXTS:
        return table.filter(pl.col(column).list.eval(pl.element().is_in(wanted.implode())).list.any())
    return table.filter(pl.col(column).is_in(wanted.implode()))


def in_parts(column: str, *heights: int) -> Iterator[pl.Expr]:
    """Conditions on a column that cut rows into parts, equal values into one part; `heights` are numbers of rows.

    What is done part by part needs memory for about `PART` rows, however many there are.
    """
    parts = max(1, -(-max(heights) // PART))
    for n in range(parts):
        yield pl.col(column).hash() % parts == n if parts > 1 else pl.lit(value=True)


PART = 200_000


class MemoryRows:
    """Frames at hand; a table that is not there is empty."""

    def __init__(self, frames: Mapping[str, pl.DataFrame]) -> None:
        self._frames = dict(frames)

    @classmethod
    def of(cls, records: Iterable[Record]) -> MemoryRows:
        """Frames of these records."""
        by_table: dict[str, list[Record]] = {}
        for record in records:
            by_table.setdefault(record.table, []).append(record)
        return cls({name: frame(name, found) for name, found in by_table.items()})

    def table(self, name: str) -> pl.DataFrame:
        return self._frames.get(name, pl.DataFrame(schema=schema(name)))

    def where(self, name: str, column: str, values: Collection[str]) -> pl.DataFrame:
        return restricted(self.table(name), column, values)

    def scan(self, name: str) -> pl.LazyFrame:
        return self.table(name).lazy()
