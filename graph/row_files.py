"""The columnar projection on disk: every version of every record that ever was, in Parquet files that never change.

`<table>/<line>-<part>.parquet` has the versions that the load of manifest line `<line>` brought;
`ended/<line>-<part>.parquet` has those that the line let go: `record, since, until, how`. The state at line N is what
came by N and had not ended by N, so any moment can be read. All of it is derived from the originals.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import polars as pl

from graph.errors import WorkspaceError
from graph.records import Cell, Record, split_id
from graph.rows import Rows, is_reference, restricted, schema
from ontology import tables

ENDED = {"record": pl.String, "since": pl.Int64, "until": pl.Int64, "how": pl.String}


class RowFiles:
    """The rows of one state folder, as they were at line `at` (None = the latest).

    `pin` is what keeps the folder from being swept while these rows may still be read.
    """

    def __init__(self, folder: Path, *, at: int | None = None, pin: object = None) -> None:
        self.folder, self.at, self._pin = folder, at, pin
        self._cache: dict[str, pl.DataFrame] = {}

    def table(self, name: str) -> pl.DataFrame:
        if name not in self._cache:
            self._cache[name] = read(self.scan(name)).sort("record")
        return self._cache[name]

    def where(self, name: str, column: str, values: Collection[str]) -> pl.DataFrame:
        return restricted(self.table(name), column, values)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.stat().st_size for name in tables() for file in self._files(name))

    def scan(self, name: str) -> pl.LazyFrame:
        """The live rows of a table, unordered, read only as far as they are asked for."""
        found = self._files(name)
        if not found:
            return pl.LazyFrame(schema=schema(name))
        rows = pl.scan_parquet(found)
        ended = self.ended
        if ended.height:
            rows = rows.join(ended.lazy().select("record", "since"), on=["record", "since"], how="anti")
        return rows

    def _files(self, name: str) -> list[Path]:
        folder = self.folder / name
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        return [f for f in found if self.at is None or int(f.name.split("-")[0]) <= self.at]

    @cached_property
    def ended(self) -> pl.DataFrame:
        """The versions that are no more, with the line that ended each; read once, for every look asks for them."""
        found = self._files("ended")
        return read(pl.scan_parquet(found)) if found else pl.DataFrame(schema=ENDED)

    def before(self, line: int) -> RowFiles:
        """The rows as they were at an earlier manifest line."""
        return RowFiles(self.folder, at=line, pin=self._pin)

    def changed(self, name: str, line: int) -> pl.LazyFrame:
        """The versions of a table's records that came, or were let go, after a manifest line."""
        found = self._files(name)
        if not found:
            return pl.LazyFrame(schema=schema(name))
        ended = self.ended.filter(pl.col("until") > line).select("record", "since").lazy()
        rows, later = pl.scan_parquet(found), pl.col("since") > line
        gone = rows.filter(~later).join(ended, on=["record", "since"], how="semi")
        return pl.concat([rows.filter(later), gone])

    def is_new(self, name: str, dataset: str) -> bool:
        """Whether a table never had a record of a dataset, standing or not."""
        found = self._files(name)
        return not found or pl.scan_parquet(found).filter(pl.col("dataset") == dataset).head(1).collect().is_empty()

    def history(self, name: str, records: pl.Series | None = None) -> pl.DataFrame:
        """All versions of a table's records (of these records, if given), oldest first.

        Two columns more than a table: `until` and `how`, null while a version stands.
        """
        found = self._files(name)
        rows = pl.scan_parquet(found) if found else pl.LazyFrame(schema=schema(name))
        if records is not None:
            rows = rows.filter(pl.col("record").is_in(records.implode()))
        joined = rows.join(self.ended.lazy(), on=["record", "since"], how="left")
        return read(joined).sort("record", "since")


class Lean:
    """Rows of which nothing is kept: every look reads again what it needs."""

    def __init__(self, rows: Rows) -> None:
        self.given = rows

    def table(self, name: str) -> pl.DataFrame:
        return read(self.scan(name)).sort("record")

    def where(self, name: str, column: str, values: Collection[str]) -> pl.DataFrame:
        if not isinstance(self.given, RowFiles):
            return self.given.where(name, column, values)
        if not values:
            return read(self.scan(name).limit(0))
        return read(restricted(self.scan(name), column, values)).sort("record")

    def scan(self, name: str) -> pl.LazyFrame:
        return self.given.scan(name)


def read(rows: pl.LazyFrame) -> pl.DataFrame:
    """The rows, read from disk.

    Raises:
        WorkspaceError: a file is damaged.
    """
    try:
        return rows.collect()
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise unreadable(error) from error


def unreadable(error: BaseException) -> WorkspaceError:
    """What damaged rows are to the user."""
    told = " ".join(str(error).split())[:200]
    return WorkspaceError(f"the rows of this workspace cannot be read ({told}); run `repgraph rebuild`")


def write_part(folder: Path, rows: pl.DataFrame, *, table: str, line: int, part: int = 0) -> None:
    """Put rows that came with a manifest line beside those that are there."""
    target = folder / table / f"{line:08d}-{part:05d}.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    rows.write_parquet(target, compression="zstd", compression_level=1)


def write_ended(folder: Path, rows: pl.DataFrame, *, line: int) -> None:
    """Put down which versions ended with a manifest line."""
    if rows.height:
        part = len(list((folder / "ended").glob(f"{line:08d}-*")))
        target = folder / "ended" / f"{line:08d}-{part:05d}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        rows.select(pl.col(c).cast(t) for c, t in ENDED.items()).write_parquet(target)


def clone(old: Path, new: Path) -> None:
    """The same rows in another folder: hard links, for the files never change."""
    for folder in sorted(p for p in old.iterdir() if p.is_dir()) if old.is_dir() else []:
        (new / folder.name).mkdir(parents=True)
        for file in folder.iterdir():
            os.link(file, new / folder.name / file.name)
    new.mkdir(parents=True, exist_ok=True)


def records(table: str, rows: Iterable[dict[str, Any]]) -> Iterable[Record]:
    """The records that rows of a table's frame came from: the inverse of `graph.rows.frame`."""
    spec = tables()[table].columns
    columns = [c for c in spec.values() if not c.meta]
    about_record = [c for c in ("visibility", "status", "confidence") if spec[c].meta]
    for row in rows:
        cells: dict[str, Cell] = {}
        for column in columns:
            value = row[column.name]
            if value is None or value == []:
                continue
            if isinstance(value, list):
                values = [split_id(v)[1] for v in value] if is_reference(column) else value
                cells[column.name] = tuple(cast("list[str]", values))
            else:
                cells[column.name] = split_id(value)[1] if is_reference(column) else value
        if row["sources"] and table != "citations":
            cells["source_ids"] = tuple(split_id(s)[1] for s in row["sources"])
        cells |= {c: row[c] for c in about_record if row[c] is not None}
        yield Record(row["dataset"], table, cells, row["original"], row["row"])
