"""What spans rows: double records, ids that lead nowhere, roles in the proceeding of another case, tables that shrank."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from pathlib import PurePosixPath
from typing import Protocol

import polars as pl

from graph.children import NAMES, children
from graph.errors import Problem
from graph.rows import in_parts
from ontology import Column, TableSpec, tables

SHRINK = 1 / 3
"""The part of a table's rows, or of a column's filled cells, whose loss needs a word from the user."""
_FEW_ROWS, _FEW_CELLS = 2, 3
"""The fewest whose loss does: one row that goes, or two cells, is what a correction looks like."""


class Scans(Protocol):
    """Rows of tables, read only as far as needed."""

    def scan(self, name: str) -> pl.LazyFrame: ...


class Coming:
    """A dataset as it will stand: the tables of this load, and the tables loaded before for the rest.

    Of a load that is a `part`, the records loaded before stand beside it in its own tables too.
    """

    def __init__(
        self, incoming: Scans, standing: Scans, dataset: str, covered: Set[str], *, part: bool = False
    ) -> None:
        self.incoming, self._standing, self.dataset, self.covered = incoming, standing, dataset, covered
        self.part = part
        self._heights: dict[str, int] = {}

    def scan(self, name: str) -> pl.LazyFrame:
        standing = self._standing.scan(name).filter(pl.col("dataset") == self.dataset)
        if name not in self.covered:
            return standing
        incoming = self.incoming.scan(name)
        if not self.part:
            return incoming
        return pl.concat([incoming, standing.join(incoming.select("record"), on="record", how="anti")])

    def height(self, name: str) -> int:
        """How many rows a table will have."""
        if name not in self._heights:
            self._heights[name] = self.scan(name).select(pl.len()).collect().item()
        return self._heights[name]

    def doubled(self, name: str) -> pl.Series:
        """The ids of a table's records that stand in several rows."""
        found = [pl.Series("record", dtype=pl.String)]
        for part in in_parts("record", self.height(name)):
            ids = self.scan(name).filter(part).select("record").collect()["record"]
            found.append(ids.filter(ids.is_duplicated()).unique())
        return pl.concat(found)

    def is_empty(self, name: str) -> bool:
        return not self.height(name)


def problems(
    coming: Coming, names: Mapping[str, str], *, today: date, part: bool = False, faults: Sequence[Problem] = ()
) -> list[Problem]:
    """Every fault that spans rows; `names` gives the name of an input file by its SHA-256.

    A `part` of a dataset (a bundle's selection) need not have all that a dataset has. `faults` are those found in
    reading: what was not read at all is not called missing in every row that refers to it.
    """
    found: list[Problem] = []
    found += _named_children(coming, names, today)
    unread = _unread(coming, faults)
    if not part and not any(f.row is None for f in faults):
        found += _too_little(coming)
    for name, spec in tables().items():
        if name in coming.covered:
            found += _double(coming, spec, names)
        for column in spec.columns.values():
            told = name in coming.covered or column.range in coming.covered
            if column.type in ("ref", "refs") and told and column.range not in unread:
                found += _dangling(coming, spec, column, names)
    if coming.covered & {"roles", "proceedings"}:
        found += _foreign_proceedings(coming, names)
    if "sanctions" in coming.covered:
        found += _subjectless(coming, names)
    if "citations" in coming.covered:
        found += _citations(coming, names, unread)
    return found


def _unread(coming: Coming, faults: Iterable[Problem]) -> set[str]:
    """The tables of which no row could be read, for a fault in the header or in the file."""
    whole = {f.file for f in faults if f.row is None or f.row == 1}
    return {t for t in coming.covered if coming.is_empty(t) and any(_holds(file, t) for file in whole)}


def _holds(file: str, table: str) -> bool:
    """Whether a place that a fault names holds the table: `roles.csv`, `book.xlsx[roles]`, or all of `book.xlsx`."""
    if file.endswith("]"):
        return file.endswith(f"[{table}]")
    return PurePosixPath(file).stem == table or file.lower().endswith(".xlsx")


def file_of(names: Mapping[str, str], original: str, table: str) -> str:
    """The input file of a row, with the sheet where a file holds several tables."""
    name = names.get(original, f"{table}.csv")
    return f"{name}[{table}]" if name.lower().endswith(".xlsx") else name


def _too_little(coming: Coming) -> Iterator[Problem]:
    there = [t for t in tables() if t in coming.covered or not coming.is_empty(t)]
    for needed in ("sources", "people"):
        if needed not in there:
            remedy = (
                f"is missing: a dataset needs sources, people and one more table (there: {', '.join(there) or 'none'}). "
                "Does this belong to a dataset that is loaded? Then name it with --dataset"
            )
            yield Problem(f"{needed}.csv", None, None, None, remedy)
    if not set(there) - {"sources", "people"}:
        yield Problem(
            coming.dataset, None, None, None, "has no table beside sources and people; add one (cases, roles ...)"
        )


def _double(coming: Coming, spec: TableSpec, names: Mapping[str, str]) -> Iterator[Problem]:
    """Rows of one key and one set of sources that say different things: nobody could tell them apart later."""
    twice = coming.doubled(spec.name)
    if twice.is_empty():
        return
    rows = coming.scan(spec.name).filter(pl.col("record").is_in(twice.implode()))
    groups = (
        rows.group_by("record")
        .agg(pl.col("version").n_unique().alias("versions"), pl.col("row").sort(), pl.col("thing", "original").first())
        .filter(pl.col("versions") > 1)
        .sort("row")
        .collect()
    )
    for group in groups.iter_rows(named=True):
        others = ", ".join(str(r) for r in group["row"][:-1])
        remedy = (
            f"has the same key and the same sources as row {others} but other values; "
            "correct one, or give each the sources that say it"
        )
        yield Problem(file_of(names, group["original"], spec.name), group["row"][-1], None, group["thing"], remedy)


def _dangling(coming: Coming, spec: TableSpec, column: Column, names: Mapping[str, str]) -> Iterator[Problem]:
    value = "sources" if column.name == "source_ids" else column.name
    target = tables()[column.range]
    known = coming.scan(target.name).select(pl.col("thing").alias(value)).unique()
    rows = coming.scan(spec.name).select(value, pl.col("row").alias("_row"), pl.col("original").alias("_original"))
    if column.many:
        rows = rows.explode(value, empty_as_null=True, keep_nulls=True)
    # what is lost is hardly ever anything, and looking for it without the places takes a fraction of the memory
    named = rows.select(value).drop_nulls()
    missing = pl.concat(
        [pl.Series(value, dtype=pl.String)]
        + [
            named.filter(part).unique().join(known.filter(part), on=value, how="anti").collect()[value]
            for part in in_parts(value, coming.height(spec.name), coming.height(target.name))
        ]
    )
    if missing.is_empty():
        return
    lost = rows.filter(pl.col(value).is_in(missing.implode())).sort("_original", "_row", value).collect()
    fresh = spec.name in coming.covered
    for line in lost.iter_rows(named=True):
        local = line[value].partition("/")[2]
        if fresh:
            remedy = f"is not a {target.key[0]} of {target.name}; add it there or correct it"
            yield Problem(file_of(names, line["_original"], spec.name), line["_row"], column.name, local, remedy)
        else:
            remedy = f"is gone from {target.name}, but {spec.name} (loaded before) refers to it; keep it or load {spec.name} too"
            yield Problem(f"{target.name}.csv", None, target.key[0], local, remedy)


def _foreign_proceedings(coming: Coming, names: Mapping[str, str]) -> Iterator[Problem]:
    pair = ["proceeding_id", "case_id"]
    acts, roles = (coming.scan(table).drop_nulls("proceeding_id") for table in ("proceedings", "roles"))
    foreign = pl.concat(
        roles.filter(part).select(pair).drop_nulls().unique()
        .join(acts.filter(part).select(pair), on=pair, how="anti")
        .join(acts.filter(part).select("proceeding_id"), on="proceeding_id", how="semi")
        .collect()
        for part in in_parts("proceeding_id", coming.height("proceedings"), coming.height("roles"))
    )  # fmt: skip
    if foreign.is_empty():
        return
    cases = acts.group_by("proceeding_id").agg(pl.col("case_id").unique().sort().alias("of"))
    wrong = (
        roles.join(foreign.lazy(), on=pair, how="semi")
        .join(cases, on="proceeding_id", how="inner")
        .sort("original", "row")
        .collect()
    )
    for line in wrong.iter_rows(named=True):
        of = ", ".join(c.partition("/")[2] for c in line["of"])
        remedy = f"is a proceeding of case {of}, not of {line['case_id'].partition('/')[2]}; correct one of them"
        file = file_of(names, line["original"], "roles")
        yield Problem(file, line["row"], "proceeding_id", line["proceeding_id"].partition("/")[2], remedy)


def _named_children(coming: Coming, names: Mapping[str, str], today: date) -> Iterator[Problem]:
    """A child carries no name in any table: in another row about it, or in one that quotes its name as written."""
    people = coming.scan("people").select("person_id", "category", "birth_date", "birth_year").collect()
    young = people.filter(children(people, today)).select("person_id").unique().lazy()
    for table, columns in _WRITTEN_NAMES.items():
        for column in columns if table in coming.covered else ():
            filled = (
                pl.col(column).list.len() > 0 if tables()[table].columns[column].many else pl.col(column).is_not_null()
            )
            rows = coming.scan(table).filter(filled).join(young, on="person_id", how="semi").sort("original", "row")
            for line in rows.select("row", "original").collect().iter_rows(named=True):
                yield Problem(
                    file_of(names, line["original"], table), line["row"], column, None, "names a child; blank the cell"
                )


_WRITTEN_NAMES = {"people": NAMES, "roles": ("name_as_written",), "exchange_mentions": ("name",)}


def _subjectless(coming: Coming, names: Mapping[str, str]) -> Iterator[Problem]:
    rows = coming.scan("sanctions").select("person_id", "body_id", "row", "original")
    wrong = rows.filter(pl.col("person_id").is_null() == pl.col("body_id").is_null()).sort("row").collect()
    for line in wrong.iter_rows(named=True):
        remedy = "has neither or both of person_id and body_id; a listing names one of them"
        yield Problem(file_of(names, line["original"], "sanctions"), line["row"], "person_id", None, remedy)


def _citations(coming: Coming, names: Mapping[str, str], unread: Set[str]) -> Iterator[Problem]:
    rows = coming.scan("citations").select("table", "key", "column", "dataset", "row", "original").sort("row").collect()
    for (name,), cited in rows.group_by("table", maintain_order=True):
        spec = tables().get(str(name))
        if spec is None:
            for line in cited.iter_rows(named=True):
                file = file_of(names, line["original"], "citations")
                yield Problem(file, line["row"], "table", str(name), "is not a table; correct it")
            continue
        things = cited.select(pl.concat_str("dataset", pl.lit("/"), "key").alias("thing")).unique()["thing"]
        there = coming.scan(spec.name).select("thing").filter(pl.col("thing").is_in(things.implode()))
        known = set(there.unique().collect()["thing"])
        for line in cited.iter_rows(named=True):
            file = file_of(names, line["original"], "citations")
            if f"{line['dataset']}/{line['key']}" not in known and spec.name not in unread:
                yield Problem(file, line["row"], "key", line["key"], f"is not the key of a row of {name}; correct it")
            if line["column"] is not None and line["column"] not in spec.columns:
                yield Problem(file, line["row"], "column", line["column"], f"is not a column of {name}; correct it")


def shrunk(coming: Coming, standing: Scans) -> list[str]:
    """What a new version of a dataset lost to a suspicious degree, in words: rows of a table, filled cells of a column."""
    found = []
    for name in sorted(coming.covered):
        before = standing.scan(name).filter(pl.col("dataset") == coming.dataset)
        old, new = _fill(before, name), _fill(coming.scan(name), name)
        rows, now = old.pop("record"), new.pop("record")
        if rows - now >= max(_FEW_ROWS, SHRINK * rows):
            found.append(f"{name} has {now} rows, before {rows}")
        elif now:
            for column, filled in old.items():
                rate, share = filled / max(rows, 1), new[column] / now
                if filled - new[column] >= _FEW_CELLS and rate - share >= SHRINK * rate:
                    found.append(f"{name}.{column} is filled in {share:.0%} of the rows, before {rate:.0%}")
    return found


def _fill(rows: pl.LazyFrame, name: str) -> dict[str, int]:
    columns = [c.name for c in tables()[name].columns.values() if not c.in_key and c.name in rows.collect_schema()]
    schema = rows.collect_schema()
    counts = [
        ((pl.col(c).list.len() > 0) if isinstance(schema[c], pl.List) else pl.col(c).is_not_null()).sum().alias(c)
        for c in columns
    ]
    return rows.select(pl.col("record").count(), *counts).collect().row(0, named=True)
