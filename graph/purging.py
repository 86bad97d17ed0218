"""Purge: what the law or a person at risk demands to be gone goes, from originals, store and history.

The originals that hold the record are written anew without it, the state is made from nothing, and the states
before are deleted. A tombstone stays: the manifest line with the record's id, the reason, and where the
rewritten originals are. Names of files, reasons and judgements are lines of the manifest and stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from graph.answers import Answer, Row
from graph.custody import Loaders, references, replay_into
from graph.errors import NotFound, Refused
from graph.manifest import Line
from graph.reading import Original
from graph.records import Record
from graph.workspace import Workspace
from ontology import tables

_History = Mapping[str, pl.DataFrame]
_Place = tuple[str, str, int]
"""Where a record stands: SHA-256 of the original, table, row."""


def purge(
    workspace: Workspace,
    record: str,
    loaders: Loaders,
    *,
    why: str,
    by: str | None = None,
    with_referring: bool = False,
    wait: float = 0,
) -> Answer:
    """Delete a record (its id, or the id of a thing: then all its records) for ever.

    What cites it goes with it: a citation holds the words of its source. So do the records that another dataset
    made of the very same row.

    Raises:
        NotFound: there is no such record, now or in history.
        Refused: records that stay refer to it (`with_referring` purges them too), or the id names several things.
    """
    with workspace.change("purge", wait=wait, fresh=True) as change:
        rows = workspace.rows()
        history = {name: rows.history(name) for name in tables()}
        asked = _wanted(history, record)
        wanted = asked | _same_rows(workspace, loaders, asked)
        wanted |= _citing(history, wanted)
        referring = _referring(history, wanted)
        if referring and not with_referring:
            raise Refused(
                f"{len(referring)} records refer to what would be gone; purge them too with --with-referring, "
                "or load the dataset without them first"
            )
        while more := (referring | _same_rows(workspace, loaders, referring | wanted)) - wanted:
            wanted |= more
            wanted |= _citing(history, wanted)
            referring = _referring(history, wanted)
        rewritten = dict(_rewritten(workspace, loaders, history, wanted))
        earlier = {old: rewritten.get(new, new) for old, new in workspace.rewritten().items()}
        change.body |= {"records": sorted(wanted), "why": why, "by": by, "rewritten": rewritten}
        change.final = True
        replay_into(change.stage, workspace, loaders, earlier | rewritten)
        found: list[Row] = [{"record": r, "line": change.stage.line} for r in sorted(wanted)]
    notes = ["reasons and judgements are manifest lines and stay; a copy of the files elsewhere is yours to delete"]
    return Answer("purge", {"record": record}, ("record", "line"), found, notes)


def _wanted(history: _History, record: str) -> set[str]:
    """The record with this id, or all records of the thing with this id."""
    found: dict[str, set[str]] = {}
    for name, versions in history.items():
        hit = versions.filter((pl.col("record") == record.rpartition("/")[2]) | (pl.col("thing") == record))
        if hit.height:
            found[name] = set(hit["record"])
    if not found:
        raise NotFound(f"{record!r} is no record that is or was here; `repgraph history THING` shows them")
    if len(found) > 1:
        several = "; ".join(f"{name}: {', '.join(sorted(ids))}" for name, ids in sorted(found.items()))
        raise Refused(f"{record!r} names things of several tables; purge records by their own ids ({several})")
    return set().union(*found.values())


def _referring(history: _History, wanted: set[str]) -> set[str]:
    """All records, of any time, that refer to a thing which would have no record left; and those that refer to them."""
    found: set[str] = set()
    while True:
        gone_ids = wanted | found
        more: set[str] = set()
        for name, column, label in references():
            if gone := _gone_things(history[column.range], gone_ids):
                more |= _holding(history[name], label, gone)
        more |= _citing(history, gone_ids)
        if more <= gone_ids:
            return found
        found |= more - wanted


def _citing(history: _History, wanted: set[str]) -> set[str]:
    """Citations of these records: those of a thing that is gone, and those by a source that says nothing else of it."""
    citations, found = history["citations"], set[str]()
    if not citations.height:
        return found
    gone = pl.col("record").is_in(pl.Series(sorted(wanted), dtype=pl.String).implode())
    for name, versions in history.items():
        lost, left = (_said(versions.filter(which)) for which in (gone, ~gone))
        pairs = lost.join(left, on=["thing", "source_id"], how="anti").with_columns(pl.lit(name).alias("table"))
        named = citations.with_columns(pl.concat_str("dataset", pl.lit("/"), "key").alias("thing"))
        found |= set(named.join(pairs, on=["table", "thing", "source_id"], how="semi")["record"])
    return found


def _said(versions: pl.DataFrame) -> pl.DataFrame:
    """Which source speaks of which thing."""
    said = versions.select("thing", pl.col("sources").alias("source_id"))
    return said.explode("source_id", empty_as_null=True, keep_nulls=True).drop_nulls().unique()


def _gone_things(versions: pl.DataFrame, gone_ids: set[str]) -> set[str]:
    gone = pl.col("record").is_in(pl.Series(sorted(gone_ids), dtype=pl.String).implode())
    return set(versions.filter(gone)["thing"]) - set(versions.filter(~gone)["thing"])


def _holding(versions: pl.DataFrame, column: str, things: set[str]) -> set[str]:
    gone = pl.Series(sorted(things), dtype=pl.String).implode()
    if isinstance(versions.schema[column], pl.List):
        hit = pl.col(column).list.eval(pl.element().is_in(gone)).list.any()
    else:
        hit = pl.col(column).is_in(gone)
    return set(versions.filter(hit)["record"])


def _loads(workspace: Workspace) -> Iterator[Line]:
    return (line for line in workspace.lines() if line.command == "load")


def _read(workspace: Workspace, loaders: Loaders, line: Line) -> Iterator[Record]:
    """The records that the files of a load hold now."""
    before = workspace.rewritten()
    files = [_now(workspace, f, before) for f in line.body["files"]]
    return iter(loaders[line.body["loader"]].read(files, line.body["dataset"], []))


def _place(record: Record) -> _Place:
    return (record.file, record.table, record.row)


def _same_rows(workspace: Workspace, loaders: Loaders, wanted: set[str]) -> set[str]:
    """Records of other datasets that were made of the same rows of the same files: their bytes go too."""
    datasets: dict[str, set[str]] = {}
    for line in _loads(workspace):
        for file in line.body["files"]:
            datasets.setdefault(file["sha256"], set()).add(line.body["dataset"])
    shared = {sha for sha, names in datasets.items() if len(names) > 1}
    loads = [line for line in _loads(workspace) if shared & {f["sha256"] for f in line.body["files"]}]
    places = {_place(r) for line in loads for r in _read(workspace, loaders, line) if r.id in wanted}
    return {r.id for line in loads if places for r in _read(workspace, loaders, line) if _place(r) in places}


def _rewritten(
    workspace: Workspace, loaders: Loaders, history: _History, wanted: set[str]
) -> Iterator[tuple[str, str]]:
    """Originals without the rows of these records: the old hash and the new one (blank for a file that is deleted)."""
    before = workspace.rewritten()
    gone_sources = _gone_things(history["sources"], wanted)
    done: set[str] = set()
    for line in workspace.lines():
        for copy in line.body.get("copies", []):
            if copy["source"] in gone_sources and copy["sha256"] not in done:
                done.add(copy["sha256"])
                yield copy["sha256"], ""
    hit: dict[str, set[tuple[str, int]]] = {}
    for line in _loads(workspace):
        for record in _read(workspace, loaders, line):
            if record.id in wanted:
                hit.setdefault(record.file, set()).add((record.table, record.row))
    for line in _loads(workspace):
        loader: Any = loaders[line.body["loader"]]
        for file in (_now(workspace, f, before) for f in line.body["files"]):
            if file.sha256 in hit and file.sha256 not in done:
                done.add(file.sha256)
                yield file.sha256, workspace.originals.put(loader.without(file, hit[file.sha256]))


def _now(workspace: Workspace, file: Mapping[str, Any], before: Mapping[str, str]) -> Original:
    sha = before.get(file["sha256"], file["sha256"])
    return Original(file["name"], workspace.originals.path(sha), sha)
