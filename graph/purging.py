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
from graph.custody import Loaders, replay_into
from graph.errors import NotFound, Refused
from graph.reading import Original
from graph.row_files import RowFiles
from graph.workspace import Workspace
from ontology import tables


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

    Raises:
        NotFound: there is no such record, now or in history.
        Refused: records that stay refer to it; `with_referring` purges them too.
    """
    with workspace.change("purge", wait=wait, fresh=True) as change:
        rows = workspace.rows()
        wanted = _wanted(rows, record)
        if not wanted:
            raise NotFound(f"{record!r} is no record that is or was here; `repgraph history THING` shows them")
        referring = _referring(rows, wanted)
        if referring and not with_referring:
            raise Refused(
                f"{len(referring)} records refer to what would be gone; purge them too with --with-referring, "
                "or load the dataset without them first"
            )
        wanted |= referring
        rewritten = dict(_rewritten(workspace, loaders, wanted))
        earlier = {old: rewritten.get(new, new) for old, new in workspace.rewritten().items()}
        change.body |= {"records": sorted(wanted), "why": why, "by": by, "rewritten": rewritten}
        change.final = True
        replay_into(change.stage, workspace, loaders, earlier | rewritten)
        found: list[Row] = [{"record": r, "line": change.stage.line} for r in sorted(wanted)]
    notes = ["reasons and judgements are manifest lines and stay; a copy of the files elsewhere is yours to delete"]
    return Answer("purge", {"record": record}, ("record", "line"), found, notes)


def _versions(rows: RowFiles) -> Iterator[tuple[str, pl.DataFrame]]:
    for name in tables():
        yield name, rows.history(name)


def _wanted(rows: RowFiles, record: str) -> set[str]:
    """The record with this id, or all records of the thing with this id."""
    found: set[str] = set()
    for _, versions in _versions(rows):
        hit = (pl.col("record") == record.rpartition("/")[2]) | (pl.col("thing") == record)
        found |= set(versions.filter(hit)["record"])
    return found


def _referring(rows: RowFiles, wanted: set[str]) -> set[str]:
    """All records, of any time, that refer to a thing which would have no record left; and those that refer to them."""
    history = dict(_versions(rows))
    found: set[str] = set()
    while True:
        gone_ids = wanted | found
        more: set[str] = set()
        for name, versions in history.items():
            for column in tables()[name].columns.values():
                if column.type in ("ref", "refs"):
                    gone = _gone_things(history[column.range], gone_ids)
                    label = "sources" if column.name == "source_ids" else column.name
                    if gone and label in versions.columns:
                        more |= _holding(versions, label, gone)
        if more <= gone_ids:
            return found
        found |= more - wanted


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


def _rewritten(workspace: Workspace, loaders: Loaders, wanted: set[str]) -> Iterator[tuple[str, str]]:
    """Originals without the rows of these records: the old hash and the new one (blank for a file that is deleted)."""
    before = workspace.rewritten()
    gone_sources = _source_things(workspace.rows(), wanted)
    done: set[str] = set()
    for line in workspace.lines():
        for copy in line.body.get("copies", []):
            if copy["source"] in gone_sources and copy["sha256"] not in done:
                done.add(copy["sha256"])
                yield copy["sha256"], ""
        if line.command != "load":
            continue
        loader: Any = loaders[line.body["loader"]]
        files = [_now(workspace, f, before) for f in line.body["files"]]
        hit: dict[str, set[tuple[str, int]]] = {}
        for record in loader.read(files, line.body["dataset"], []):
            if record.id in wanted:
                hit.setdefault(record.file, set()).add((record.table, record.row))
        for file in files:
            if file.sha256 in hit and file.sha256 not in done:
                done.add(file.sha256)
                new = workspace.originals.put(loader.without(file, hit[file.sha256]))
                yield file.sha256, new


def _source_things(rows: RowFiles, wanted: set[str]) -> set[str]:
    return _gone_things(rows.history("sources"), wanted)


def _now(workspace: Workspace, file: Mapping[str, Any], before: Mapping[str, str]) -> Original:
    sha = before.get(file["sha256"], file["sha256"])
    return Original(file["name"], workspace.originals.path(sha), sha)
