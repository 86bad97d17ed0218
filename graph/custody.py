"""Custody: take records back, bring them back, make the state again, and prove that it is what the originals say."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from graph.answers import Answer, Row
from graph.children import children
from graph.errors import NotFound, Refused, StoreError, WorkspaceError
from graph.identity import KINDS
from graph.ingest import Progress
from graph.loading import apply_again, held_records, source_cards
from graph.manifest import Line
from graph.reading import Loader, Original
from graph.row_files import RowFiles
from graph.surroundings import REFERRING
from graph.versions import NAMES, WORDS
from graph.workspace import Stage, Workspace, judgements_of, today
from ontology import Column, tables

if TYPE_CHECKING:
    from graph.store import OxigraphStore

Loaders = Mapping[str, Loader]


# --- retract and restore -------------------------------------------------------------------------------


def find_records(rows: RowFiles, wanted: str) -> dict[str, pl.DataFrame]:
    """The live records that an id names (a record's id, with or without its dataset), by table."""
    record = wanted.rpartition("/")[2]
    found = {name: rows.where(name, "record", [record]) for name in tables()}
    return {name: frame for name, frame in found.items() if frame.height}


def retract(workspace: Workspace, record: str, *, why: str, by: str | None = None, wait: float = 0) -> Answer:
    """Take a record back: its claims leave the store, its provenance and history stay. Loads do not bring it back.

    Raises:
        NotFound: there is no such record, or it is retracted already.
    """
    with workspace.change("retract", wait=wait) as change:
        found = find_records(workspace.rows(), record)
        if not found:
            raise NotFound(
                f"{record!r} is no record that stands; `repgraph sources THING` shows the records of a thing"
            )
        left = _referring(workspace.rows(), found)
        _let_go(change.stage, found)
        change.body |= {"records": _ids(found), "why": why, "by": by}
        notes = [f"{left} records refer to it and stand: they speak of something without a record now"] if left else []
        return _told("retract", record, found, change.stage.line, notes)


def _let_go(stage: Stage, found: Mapping[str, pl.DataFrame]) -> None:
    stage.change({}, found)
    stage.name({name: set(frame["thing"]) for name, frame in found.items()})


def _ids(found: Mapping[str, pl.DataFrame]) -> list[str]:
    return sorted(r for frame in found.values() for r in frame["record"])


def restore(
    workspace: Workspace, record: str, *, why: str | None = None, by: str | None = None, wait: float = 0
) -> Answer:
    """Bring a record back that somebody retracted, in the last version that was loaded.

    Raises:
        NotFound: there is no such retracted record.
    """
    with workspace.change("restore", wait=wait) as change:
        wanted = record.rpartition("/")[2]
        if wanted not in held_records(workspace.lines()):
            raise NotFound(
                f"{record!r} is no record that was retracted by hand; `repgraph history THING` shows what happened to it"
            )
        found = _last_versions(workspace.rows(), wanted)
        if not found:
            raise NotFound(f"{record!r} was retracted, but no version of it is left to restore (purged)")
        if lost := _lacking(workspace.rows(), found):
            raise Refused(f"{record!r} speaks of {', '.join(lost)}, which is not here any more; bring that back first")
        change.stage.change(found, {})
        change.stage.name({name: set(frame["thing"]) for name, frame in found.items()})
        change.body |= {"records": [wanted], "why": why, "by": by}
        return _told("restore", record, found, change.stage.line)


def _lacking(rows: RowFiles, found: Mapping[str, pl.DataFrame]) -> list[str]:
    """Things that these records refer to and of which no record stands."""
    lost: set[str] = set()
    for table, column, label in references():
        if table in found:
            named = set(found[table][label].explode().drop_nulls())
            lost |= named - set(rows.where(column.range, "thing", named)["thing"])
    return sorted(lost)


def references() -> Iterator[tuple[str, Column, str]]:
    """Every column that refers to things of a table, with the name that it has in a frame."""
    for name, spec in tables().items():
        for column in spec.columns.values():
            if column.type in ("ref", "refs"):
                yield name, column, "sources" if column.name == "source_ids" else column.name


def _referring(rows: RowFiles, gone: Mapping[str, pl.DataFrame]) -> int:
    """How many records that stand refer to things of which no record stands when these are gone."""
    count = 0
    for table, column, label in references():
        if column.range in gone:
            frame = gone[column.range]
            others = rows.where(column.range, "thing", set(frame["thing"])).join(frame, on="record", how="anti")
            things = set(frame["thing"]) - set(others["thing"])
            count += (
                rows.where(table, label, things).join(gone.get(table, frame.clear()), on="record", how="anti").height
            )
    return count


def _last_versions(rows: RowFiles, record: str) -> dict[str, pl.DataFrame]:
    found = {}
    for name in tables():
        versions = rows.history(name).filter(pl.col("record") == record).sort("since")
        if versions.height:
            found[name] = versions.tail(1).drop("until", "how")
    return found


def _told(
    question: str, record: str, found: Mapping[str, pl.DataFrame], line: int, notes: Sequence[str] = ()
) -> Answer:
    rows: list[Row] = [
        {"record": r["record"], "table": name, "thing": r["thing"], "line": line}
        for name, frame in found.items()
        for r in frame.to_dicts()
    ]
    return Answer(question, {"record": record}, ("record", "table", "thing", "line"), rows, notes)


# --- history ---------------------------------------------------------------------------------------------


def history(workspace: Workspace, things: Iterable[str], *, asked: str) -> Answer:
    """Every version of every record about these things or that speaks of them: what it said, from which line to which,
    out of which file and row. Names and quotes of children are left out.

    Shape: one row for each version: first the things' own records, then what speaks of them, each in order of time.
    """
    wanted, rows = set(things), workspace.rows()
    by_line = {line.line: line for line in workspace.lines()}
    reasons = {(r, line.line): line.body for line in by_line.values() for r in line.body.get("records", [])}
    people = rows.history("people")
    minors = frozenset(people.filter(children(people, today()))["thing"])
    found: list[tuple[bool, Row]] = []
    for name, versions in _behind(rows, wanted):
        for v in versions.to_dicts():
            ended = reasons.get((v["record"], v["until"]), {})
            row: Row = {
                "thing": v["thing"], "record": v["record"], "table": name, "version": v["version"],
                "cells": _without_child(cells_of(name, v), v, minors), "since": v["since"],
                "loaded": by_line[v["since"]].time, "until": v["until"],
                "ended": by_line[v["until"]].time if v["until"] else None, "how": v["how"], "why": ended.get("why"),
                "file": _file_name(by_line, v), "row": v["row"], "sources": v["sources"],
            }  # fmt: skip
            found.append((not wanted & {v["thing"], v["record"]}, row))
    found.sort(key=lambda f: (f[0], f[1]["thing"], f[1]["table"], f[1]["record"], f[1]["since"]))
    cards = source_cards([rows.history("sources").lazy()], {s for _, row in found for s in row["sources"]})
    shown = [{**row, "sources": [cards[s] for s in row["sources"]]} for _, row in found]
    notes = [] if shown else [f"nothing was ever recorded about {asked}"]
    return Answer("history", {"thing": asked}, HISTORY, shown, notes)


def _behind(rows: RowFiles, wanted: set[str]) -> Iterator[tuple[str, pl.DataFrame]]:
    """All versions, by table, of the records about these things, of these records, and of what refers to the things."""
    all_of = {name: rows.history(name) for name in tables()}
    here = pl.Series(sorted(wanted), dtype=pl.String).implode()
    owned = {name: frozenset(f.filter(pl.col("thing").is_in(here))["thing"]) for name, f in all_of.items()}
    for name, versions in all_of.items():
        hit = pl.any_horizontal(pl.col(c).is_in(here) for c in ("thing", "record"))
        for kind, table, column in REFERRING:
            if table == name:
                # things of two tables may have one id, so only those that are of this kind
                own = pl.Series(sorted(owned[KINDS.get(kind, "exchanges")]), dtype=pl.String).implode()
                hit |= pl.col(column).is_in(own).fill_null(value=False)
        yield name, versions.filter(hit)


def _without_child(cells: dict[str, Any], version: Row, minors: frozenset[str]) -> dict[str, Any]:
    about = {version.get("person_id")} | {f"{version['dataset']}/{p}" for p in str(version.get("key")).split("|")}
    return {c: v for c, v in cells.items() if c not in NAMES | WORDS} if about & minors else cells


HISTORY = (
    "thing", "record", "table", "version", "cells", "since", "loaded", "until", "ended", "how", "why", "file", "row",
    "sources",
)  # fmt: skip


def cells_of(table: str, row: Row) -> dict[str, Any]:
    """The cells of a frame's row that are filled, by column."""
    spec = tables()[table].columns
    return {c: row[c] for c in spec if not spec[c].meta and row.get(c) not in (None, [])}


def _file_name(by_line: Mapping[int, Line], version: Row) -> str | None:
    for line in sorted(by_line.values(), key=lambda one: one.line):
        for file in line.body.get("files", []):
            if file["sha256"] == version["original"] or version["original"] in line.body.get("rewritten", {}).values():
                return str(file["name"])
    return None


# --- rebuild and verify -----------------------------------------------------------------------------------


def replay(workspace: Workspace, folder: Path, loaders: Loaders, *, progress: Progress | None = None) -> None:
    """The state that originals and manifest make, in a new folder.

    Raises:
        WorkspaceError: a line that this version cannot read, or an original that is missing.
    """
    stage = Stage(folder, 0, old=None, kept=False)
    replay_into(stage, workspace, loaders, workspace.rewritten(), progress=progress)
    stage.line = workspace.head.line
    stage.close()


def replay_into(
    stage: Stage,
    workspace: Workspace,
    loaders: Loaders,
    rewritten: Mapping[str, str],
    *,
    progress: Progress | None = None,
) -> None:
    """Do to an empty stage what all lines did; `rewritten` says where a purge put the content of an original."""
    lines, last = workspace.lines(), stage.line
    judged = judgements_of(lines)
    for number, line in enumerate(lines):
        stage.line = line.line
        if progress is not None:
            progress("replaying", line.line)
        _again(workspace, stage, line, lines[:number], loaders, rewritten)
    stage.line = last
    if judged:  # rebuilt whole by every judgement, so the last one is enough
        stage.identify(judged, workspace.pseudonym)
    stage.name(None)


def _again(
    workspace: Workspace,
    stage: Stage,
    line: Line,
    before: Sequence[Line],
    loaders: Loaders,
    rewritten: Mapping[str, str],
) -> None:
    body = line.body
    if line.command == "load":
        loader = loaders.get(body["loader"])
        if loader is None:
            raise WorkspaceError(
                f"line {line.line} was loaded with {body['loader']!r}, which is not installed; install it"
            )
        files = [_original(workspace, f, rewritten) for f in body["files"]]
        apply_again(stage, loader, files, body["dataset"], held=held_records(before))
    elif line.command == "retract":
        _let_go(stage, _by_id(stage.rows, body["records"]))
    elif line.command == "restore":
        for record in body["records"]:
            stage.change(_last_versions(stage.rows, record), {})
    elif line.command not in ("init", "judge", "purge"):
        raise WorkspaceError(
            f"line {line.line} has a command {line.command!r} that this repgraph does not know; upgrade it"
        )


def _by_id(rows: RowFiles, records: Iterable[str]) -> dict[str, pl.DataFrame]:
    found: dict[str, list[pl.DataFrame]] = {}
    for record in records:
        for name, frame in find_records(rows, record).items():
            found.setdefault(name, []).append(frame)
    return {name: pl.concat(frames) for name, frames in found.items()}


def _original(workspace: Workspace, file: Mapping[str, Any], rewritten: Mapping[str, str]) -> Original:
    sha = rewritten.get(file["sha256"], file["sha256"])
    path = workspace.originals.path(sha)
    if not path.is_file():
        raise WorkspaceError(f"originals/{sha} ({file['name']}) is missing; put a copy with this SHA-256 back")
    return Original(file["name"], path, sha)


def rebuild(workspace: Workspace, loaders: Loaders, *, wait: float = 0, progress: Progress | None = None) -> Path:
    """Make the current state again from originals and manifest; the old one is replaced.

    Raises:
        WorkspaceError: an original is missing, or the disk is full; the old state stays.
    """
    with workspace.alone("rebuild", wait=wait):
        head = workspace.sweep()
        if head is None:
            raise WorkspaceError(f"{workspace.path} has no manifest line; there is nothing to rebuild")
        target = workspace.state_of(head)
        staging = target.with_name(f"rebuilt-{target.name}")
        try:
            replay(workspace, staging, loaders, progress=progress)
            workspace.swap(target, staging)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
    return target


def verify(
    workspace: Workspace, loaders: Loaders, *, kept: str | None = None, progress: Progress | None = None
) -> Answer:
    """Every disagreement between manifest, originals and state; `kept` is a head hash that was kept elsewhere.

    The state is made again from the originals and compared quad for quad and row for row.
    """
    kept = kept.strip().lower() if kept is not None else None  # as it was written down, or came out of a mail
    rows: list[Row] = [{"where": "manifest", "what": p} for p in workspace.manifest.problems(kept=kept)]
    notes: list[str] = []
    if not rows:
        named = workspace.named_originals()
        gone = workspace.rewritten().keys()
        rows += [{"where": "originals", "what": p} for p in workspace.originals.problems(named, gone=gone)]
        notes += _tombstones(workspace.lines())
        if left := workspace.originals.left_over(named):
            notes.append(f"{len(left)} originals belong to no line: a change that did not come to its end left them")
    if not rows:
        rows += [{"where": "state", "what": p} for p in _state_problems(workspace, loaders, progress)]
    else:
        notes.append("the state was not compared: manifest and originals come first")
    head = workspace.manifest.read_head()
    if head is not None:
        notes.append(f"head {head.hash} (line {head.line})")
    if kept is None:
        notes.append("a chain written anew from end to end is found only against a head kept elsewhere: --head HASH")
    if not rows:
        notes.insert(0, "originals, manifest, judgements and state agree")
    return Answer("verify", {"head": kept}, ("where", "what"), rows, notes)


def _tombstones(lines: Iterable[Line]) -> list[str]:
    purged = [line for line in lines if line.command == "purge"]
    return [f"line {p.line}: {len(p.body['records'])} records were purged ({p.body['why']})" for p in purged]


def _state_problems(workspace: Workspace, loaders: Loaders, progress: Progress | None) -> list[str]:
    while True:
        head = workspace.head
        found = _state_compared(workspace, loaders, progress)
        if not found or workspace.head == head:
            return found  # else a writer went on meanwhile, and lines and state were not of one moment


def _state_compared(workspace: Workspace, loaders: Loaders, progress: Progress | None) -> list[str]:
    try:
        state = workspace.state
    except WorkspaceError as error:
        return [str(error)]
    # beside the workspace's folders, not in them: a reader may not write there
    with tempfile.TemporaryDirectory(prefix="repgraph-verify-") as folder:
        made = Path(folder) / "state"
        replay(workspace, made, loaders, progress=progress)
        if progress is not None:
            progress("comparing", 0)
        return [*_row_problems(state, made), *_quad_problems(state, made), *_name_problems(state, made)]


def _row_problems(state: Path, made: Path) -> list[str]:
    found = []
    for name in (*tables(), "ended"):
        try:
            there, wanted = (_sorted_rows(folder, name) for folder in (state, made))
        except WorkspaceError as error:
            found.append(f"rows/{name}: {error}")
            continue
        if not there.equals(wanted):
            found.append(f"rows/{name}: differs from what the originals say; run `repgraph rebuild`")
    return found


def _sorted_rows(folder: Path, name: str) -> pl.DataFrame:
    rows = RowFiles(folder / "rows")
    return rows.ended.sort("record", "since") if name == "ended" else rows.history(name)


def _quad_problems(state: Path, made: Path, *, shown: int = 20) -> list[str]:
    from graph.store import OxigraphStore

    try:
        there, wanted = (OxigraphStore(folder / "store", read_only=True) for folder in (state, made))
        if there.content_hash() == wanted.content_hash():
            return []
        strange = _missing(there, wanted, shown)
        missing = _missing(wanted, there, shown)
    except (OSError, RuntimeError, ValueError, StoreError) as error:
        return [f"store: cannot be read ({error}); run `repgraph rebuild`"]
    found = [f"store: a quad that nobody loaded: {q}" for q in strange]
    found += [f"store: a quad is missing: {q}" for q in missing]
    return found or ["store: cannot be compared; run `repgraph rebuild`"]


def _missing(some: OxigraphStore, others: OxigraphStore, shown: int) -> list[str]:
    """The first quads of one store that another lacks."""
    return [str(q) for q in islice((q for q in some.quads if q not in others.quads), shown)]


def _name_problems(state: Path, made: Path) -> list[str]:
    from graph.name_index import NameIndex, StaleIndex

    try:
        with NameIndex.open(state / "names.sqlite") as there, NameIndex.open(made / "names.sqlite") as wanted:
            same = there.content_hash() == wanted.content_hash()
    except (OSError, StaleIndex, sqlite3.Error) as error:
        return [f"names.sqlite: cannot be read ({error}); run `repgraph rebuild`"]
    return [] if same else ["names.sqlite: differs from what the originals say; run `repgraph rebuild`"]
