"""The load path: copy the files, read the copies, check, compare with what stands, stage, commit.

A load happens whole or not at all. `replay` does the same from a manifest line, which is how a state is made again.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from graph.answers import Answer, Row, plain
from graph.checks import Coming, file_of, problems, shrunk
from graph.errors import BadData, Problem, Refused, WorkspaceError
from graph.ingest import Progress, ingest, ingested_beside
from graph.manifest import Line
from graph.originals import Originals
from graph.reading import Loader, ManyDatasets, Original
from graph.row_files import RowFiles
from graph.rows import in_parts, schema
from graph.workspace import NAMED_TABLES, Stage, Workspace, today
from ontology import tables

DIFFERENCE = ("change", "table", "thing", "field", "before", "after", "record", "sources")
_NOT_FIELDS = frozenset({"record", "version", "dataset", "thing", "original", "row", "since"})
LARGE = 4_000_000
"""Bytes of input from which a process of its own pays."""
LISTED = 10_000
"""Faults of one file that are listed; the rest is counted."""
SHOWN = 1000
"""Rows of a difference that are listed; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a load changes: rows that come, rows that go (both by table) and counts.

    `held` counts records that somebody retracted by hand: a load does not bring them back, but new versions of
    them (`kept_out`) are noted. `beside` counts records that stand though a part does not hold them. `doubled` are
    rows of `coming` that stand more than once in the files. All rows of the tables `as_read` come.
    """

    coming: Mapping[str, pl.DataFrame]
    going: Mapping[str, pl.DataFrame]
    how: Mapping[str, pl.Series]
    counts: Mapping[str, int]
    held: int = 0
    beside: int = 0
    kept_out: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    doubled: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    as_read: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not self.as_read and not any(
            f.height for f in (*self.coming.values(), *self.going.values(), *self.kept_out.values())
        )


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did (or would do): the manifest line (None if nothing was written), counts, difference, notes."""

    dataset: str
    line: int | None
    counts: Mapping[str, int]
    rows: Mapping[str, int]
    difference: Answer
    notes: Sequence[str] = field(default_factory=tuple)


def load(
    workspace: Workspace,
    paths: Sequence[Path],
    loader: Loader,
    *,
    dataset: str,
    accept_drop: bool = False,
    beside: Path | None = None,
    wait: float = 0,
    progress: Progress | None = None,
) -> Loaded:
    """Load files, or the files of folders, as (the next version of) a dataset; its tables replace those of the same name.

    Saved copies are looked for in the folder `beside` (the one that holds the files unless given).

    Raises:
        BadData: faults in the files; all of them.
        Refused: a table or a column lost a third, and `accept_drop` is not given.
        WorkspaceError, StoreError: the folder or the store cannot take it. In each case nothing was changed.
    """
    found, place = _files(loader, paths, dataset), beside or folder_of(paths)
    with workspace.change("load", wait=wait) as change:
        workspace.originals.space_for(found.values())
        files = [workspace.originals.keep(p, name=n) for n, p in found.items()]
        result = _apply(
            change.stage, loader, files, dataset, held=held_records(workspace.lines()),
            purged=purged_records(workspace.lines()), progress=progress, accept_drop=accept_drop, beside=place,
        )  # fmt: skip
        comparison, rows, notes = result.comparison, result.rows, result.notes
        copies = list(_copies(change.stage.rows, workspace.originals, place, dataset))
        if comparison.is_empty and not _new_copies(workspace, copies):
            change.dropped = True
        change.body |= {
            "loader": loader.NAME,
            "dataset": dataset,
            "files": [_described(f) for f in files],
            "copies": copies,
            "counts": dict(comparison.counts),
        }
        line = None if change.dropped else change.stage.line
    return Loaded(dataset, line, comparison.counts, rows, result.difference, notes)


def check(
    workspace: Workspace | None,
    paths: Sequence[Path],
    loader: Loader,
    *,
    dataset: str,
    accept_drop: bool = True,
    progress: Progress | None = None,
) -> Loaded:
    """What `load` would do; nothing is written, and a workspace need not be there.

    Raises:
        BadData, Refused: as `load`.
    """
    found = _files(loader, paths, dataset)
    with tempfile.TemporaryDirectory(prefix="repgraph-") as folder:
        copies = Originals(Path(folder) / "originals")
        files = [copies.keep(p, name=n) for n, p in found.items()]
        standing = workspace.rows() if workspace else RowFiles(Path(folder) / "none")
        held = held_records(workspace.lines()) if workspace else frozenset()
        incoming = Path(folder) / "incoming"
        faults = ingest(loader, files, dataset, incoming, since=0, progress=progress)
        coming = _coming(RowFiles(incoming), standing, loader, files, dataset)
        part = isinstance(loader, ManyDatasets)
        faults += problems(coming, _names(files), today=today(), part=part, faults=faults)
        faults += _copy_faults(loader, RowFiles(incoming), folder_of(paths), _names(files))
        purged = purged_records(workspace.lines()) if workspace else frozenset()
        _raise(faults + _purged_again(coming, purged, _names(files)))
        if not accept_drop:
            _refuse_shrunk(coming, standing)
        lost = shrunk(coming, standing)
        drop = [f"{dataset}: {'; '.join(lost)}: to load this, add --accept-drop"] if lost else []
        result = compare(coming, standing, held)
        return Loaded(
            dataset,
            None,
            result.counts,
            row_counts(coming),
            difference(result, standing, dataset),
            [*drop, *_notes(result)],
        )


def apply_again(stage: Stage, loader: Loader, files: Sequence[Original], dataset: str, *, held: frozenset[str]) -> None:
    """Do to a stage what a load of these files did; they were checked when they were first loaded.

    Raises:
        WorkspaceError: the loader of today finds fault with what it took then.
    """
    _apply(stage, loader, files, dataset, held=held, progress=None, accept_drop=True)


@dataclass(frozen=True, slots=True)
class _Applied:
    comparison: Comparison
    rows: Mapping[str, int]
    difference: Answer
    notes: Sequence[str]


def _apply(
    stage: Stage,
    loader: Loader,
    files: Sequence[Original],
    dataset: str,
    *,
    held: frozenset[str],
    purged: frozenset[str] = frozenset(),
    progress: Progress | None,
    accept_drop: bool,
    beside: Path | None = None,
) -> _Applied:
    """Read the files and change the stage accordingly.

    `beside` is the folder that saved copies lie in; None for files that were checked when they were first loaded.
    """
    standing, folder = stage.rows, stage.folder / "incoming"
    coming = _coming(RowFiles(folder), standing, loader, files, dataset)
    # Only what was never here goes into the store unseen: a record that comes back takes the place of what was kept.
    first = not held and all(standing.is_new(t, dataset) for t in coming.covered)
    with _ingested(stage, loader, files, dataset, folder, into_store=first, progress=progress) as faults:
        if progress is not None:
            progress("checking", 0)
        if beside is not None:
            part = isinstance(loader, ManyDatasets)
            faults += problems(coming, _names(files), today=today(), part=part, faults=faults)
            faults += _copy_faults(loader, RowFiles(folder), beside, _names(files))
            _raise(faults + _purged_again(coming, purged, _names(files)))
            if not accept_drop:
                _refuse_shrunk(coming, standing)
        elif faults:
            raise WorkspaceError(f"line {stage.line}: this repgraph refuses what an earlier one loaded: {faults[0]}")
        comparison = compare(coming, standing, held, first=first and _is_new(standing, dataset))
        rows, shown = row_counts(coming), difference(comparison, standing, dataset)
        if not comparison.is_empty:
            if progress is not None:
                progress("writing", 0)
            _write(stage, comparison, folder, dataset, first=first)
    for name, frame in comparison.doubled.items() if first else ():
        stage.tell(name, frame)
    shutil.rmtree(folder, ignore_errors=True)
    return _Applied(comparison, rows, shown, _notes(comparison))


def _write(stage: Stage, comparison: Comparison, folder: Path, dataset: str, *, first: bool) -> None:
    """Put what changed into the rows and the name index, and into the store but for what it is still taking in."""
    for name in comparison.as_read:
        stage.adopt(name, folder / name)
    stage.change(comparison.coming, comparison.going, comparison.how, in_store=first)
    for name, frame in comparison.kept_out.items():
        stage.hold(name, frame)
    changed = {t: _things(comparison, stage.rows, dataset, t) for t in tables()}
    everything = first and not stage.rows.scan("people").head(1).collect().is_empty() and not _others(stage, dataset)
    stage.name(None if everything else changed)


def _others(stage: Stage, dataset: str) -> bool:
    """Whether the name index holds things of other datasets."""
    return any(
        not stage.rows.scan(t).filter(pl.col("dataset") != dataset).head(1).collect().is_empty()
        for t in ("people", "bodies", "cases", "exchanges")
    )


def _things(comparison: Comparison, rows: RowFiles, dataset: str, table: str) -> set[str]:
    if table in comparison.as_read:
        own = rows.scan(table).filter(pl.col("dataset") == dataset)
        return set(own.select(pl.col("thing").unique()).collect()["thing"]) if table in NAMED_TABLES else set()
    frames = (comparison.coming.get(table), comparison.going.get(table))
    return {t for f in frames if f is not None for t in f["thing"].unique()}


@contextmanager
def _ingested(
    stage: Stage,
    loader: Loader,
    files: Sequence[Original],
    dataset: str,
    folder: Path,
    *,
    into_store: bool,
    progress: Progress | None,
) -> Iterator[list[Problem]]:
    """The faults of the files, whose rows are in `folder`; the store has their quads when the context ends."""
    options: dict[str, Any] = {"since": stage.line, "progress": progress}
    if sum(f.path.stat().st_size for f in files) >= LARGE and isinstance(getattr(loader, "__name__", None), str):
        store = stage.store.add_file if into_store else None
        with ingested_beside(loader, files, dataset, folder, store=store, **options) as faults:
            yield faults
    elif not into_store:
        yield ingest(loader, files, dataset, folder, **options)
    else:
        with tempfile.TemporaryFile() as quads:
            faults = ingest(loader, files, dataset, folder, sink=quads, **options)
            quads.seek(0)
            if not faults:
                stage.store.add(quads.read().decode())
        yield faults


def _files(loader: Loader, paths: Sequence[Path], dataset: str) -> dict[str, Path]:
    """The input files by the name they are kept under: relative to their folder."""
    odd = any(c in dataset for c in "/|\\") or not dataset.isprintable() or dataset != dataset.strip()
    if odd or not dataset.strip("."):
        raise ValueError(f"{dataset!r} cannot be the name of a dataset; give one without / and | with --dataset NAME")
    found: dict[str, Path] = {}
    for path in paths:
        below = loader.files(path)
        if not below:
            raise BadData([Problem(path.name, None, None, None, f"has nothing that the loader {loader.NAME!r} reads")])
        for file in below:
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            if name in found:
                raise BadData([Problem(name, None, None, None, "is given twice; load one of them")])
            found[_named(name)] = file
    return found


def folder_of(paths: Sequence[Path]) -> Path:
    """The folder that saved copies are looked up in: the one that holds the tables."""
    return paths[0] if paths[0].is_dir() else paths[0].parent


def _named(name: str) -> str:
    """The name of an input file, if it can be written down.

    Raises:
        BadData: it holds what no text can hold.
    """
    if not name.isprintable():
        shown = name.encode("unicode_escape", "backslashreplace").decode("ascii")
        raise BadData(
            [Problem(shown, None, None, None, "is the name of the file: it is not plain text; rename the file")]
        )
    return name


def _names(files: Iterable[Original]) -> dict[str, str]:
    return {f.sha256: f.name for f in files}


def _described(file: Original) -> dict[str, Any]:
    return {"name": file.name, "size": file.path.stat().st_size, "sha256": file.sha256}


def covered_tables(loader: Loader, files: Sequence[Original], dataset: str) -> frozenset[str]:
    """The tables of a dataset that these files hold, also when they have no rows."""
    if isinstance(loader, ManyDatasets):
        return frozenset(loader.tables_of(files, dataset))
    return frozenset(loader.tables_in(files))


def _coming(incoming: RowFiles, standing: RowFiles, loader: Loader, files: Sequence[Original], dataset: str) -> Coming:
    part = isinstance(loader, ManyDatasets) and loader.is_part(files)
    return Coming(incoming, standing, dataset, covered_tables(loader, files, dataset), part=part)


def row_counts(coming: Coming) -> dict[str, int]:
    """Records by table of the tables that a load brings."""
    counts = {t: coming.incoming.scan(t).select(pl.len()).collect().item() for t in tables() if t in coming.covered}
    return {t: int(n) for t, n in counts.items()}


def _raise(faults: Sequence[Problem]) -> None:
    if faults:
        raise BadData(_limited(dict.fromkeys(faults)))


def _limited(faults: Iterable[Problem]) -> list[Problem]:
    """The first `LISTED` faults of each file, and how many more there are."""
    by_file: defaultdict[str, list[Problem]] = defaultdict(list)
    for fault in faults:
        by_file[fault.file].append(fault)
    for file, found in by_file.items():
        if len(found) > LISTED + 1:
            more = f"and {len(found) - LISTED} more faults like these; correct those first"
            by_file[file] = [*found[:LISTED], Problem(file, None, None, None, more)]
    return [fault for found in by_file.values() for fault in found]


def _refuse_shrunk(coming: Coming, standing: RowFiles) -> None:
    lost = shrunk(coming, standing)
    if lost:
        raise Refused(
            f"{coming.dataset}: {'; '.join(lost)}: this looks like a damaged file; nothing was loaded. "
            "If it is right, load again with --accept-drop"
        )


def compare(coming: Coming, standing: RowFiles, held: frozenset[str], *, first: bool = False) -> Comparison:
    """What is new, replaced and gone, by record id and version; identical double rows count once.

    Of a `first` load a table without doubles is not looked at row by row: it is taken as it was read.

    Shape: holds ids and versions of some of a table's rows at a time, and whole rows only of what changes.
    """
    new: dict[str, pl.DataFrame] = {}
    going: dict[str, pl.DataFrame] = {}
    how: dict[str, pl.Series] = {}
    kept_out: dict[str, pl.DataFrame] = {}
    more_than_once: dict[str, pl.DataFrame] = {}
    as_read: set[str] = set()
    counts = {"added": 0, "replaced": 0, "retracted": 0, "unchanged": 0}
    kept = beside = 0
    for name in tables():
        if name not in coming.covered:
            continue
        rows = coming.incoming.scan(name)
        twice = coming.doubled(name)
        if first and twice.is_empty():
            if coming.height(name):
                counts["added"] += coming.height(name)
                as_read.add(name)
            continue
        live = standing.scan(name).filter(pl.col("dataset") == coming.dataset)
        before = int(live.select(pl.len()).collect().item())
        # Of several rows of a record the first counts. Hardly any table has such: then a record's id says which row.
        place = ["record"] if twice.is_empty() else ["record", "original", "row"]
        told = [_told(rows, live, part, place, held) for part in in_parts("record", coming.height(name), before)]
        changed, gone, back = (pl.concat([getattr(t, n) for t in told]) for n in ("changed", "gone", "back"))
        if coming.part:
            beside, gone = beside + gone.height, gone.clear()
        replaced = changed.filter(pl.col("old").is_not_null())
        counts["added"] += changed.height - replaced.height
        counts["replaced"] += replaced.height
        counts["retracted"] += gone.height
        counts["unchanged"] += sum(t.unchanged for t in told)
        kept += back.height
        if changed.height:
            new[name] = _at(rows, changed, place).collect().sort("record")
            if twice.len():
                more_than_once[name] = new[name].filter(pl.col("record").is_in(twice.implode()))
        if back.height:
            kept_out[name] = _fresh(rows, back, place, standing.history(name, back["record"]))
        leaving = pl.concat([replaced.select("record"), gone.select("record")])
        if leaving.height:
            going[name] = _at(live, leaving, ["record"]).collect().sort("record")
            is_gone = going[name]["record"].is_in(gone["record"].implode())
            how[name] = pl.select(
                pl.when(is_gone).then(pl.lit("retracted")).otherwise(pl.lit("replaced")).alias("how")
            )["how"]
    return Comparison(
        new, going, how, counts, kept, beside,
        {t: f for t, f in kept_out.items() if f.height}, more_than_once, frozenset(as_read),
    )  # fmt: skip


class _Told(NamedTuple):
    """Of some records of a table: those that come in a new version, that go, that come though held; how many stay."""

    changed: pl.DataFrame
    gone: pl.DataFrame
    back: pl.DataFrame
    unchanged: int


def _told(rows: pl.LazyFrame, live: pl.LazyFrame, part: pl.Expr, place: list[str], held: frozenset[str]) -> _Told:
    old = live.filter(part).select("record", pl.col("version").alias("old")).collect()
    ids = rows.filter(part).select(*place, "version").collect()
    if len(place) > 1:
        ids = ids.sort("original", "row").unique("record", keep="first", maintain_order=True)
    is_held = pl.col("record").is_in(pl.Series(sorted(held), dtype=pl.String).implode())
    back, ids = ids.filter(is_held), ids.filter(~is_held)
    both = ids.join(old, on="record", how="left")
    changed = both.filter(pl.col("old").is_null() | (pl.col("old") != pl.col("version")))
    gone = old.join(ids, on="record", how="anti")
    return _Told(_alone(changed), _alone(gone), _alone(back), both.height - changed.height)


def _alone(chosen: pl.DataFrame) -> pl.DataFrame:
    """The same rows without the texts of those that they were chosen from, which Polars goes on holding."""
    texts = [c for c, kind in chosen.schema.items() if kind == pl.String]
    return chosen.with_columns(pl.concat_str(pl.col(c), pl.lit("")).alias(c) for c in texts)


def _at(rows: pl.LazyFrame, chosen: pl.DataFrame, place: Sequence[str]) -> pl.LazyFrame:
    """The rows of a table that `chosen` names: a filter, for which Polars reads no others, where ids tell them apart."""
    if len(place) == 1:
        return rows.filter(pl.col("record").is_in(chosen["record"].implode()))
    return rows.join(chosen.lazy().select(place), on=list(place), how="semi")


def _fresh(rows: pl.LazyFrame, back: pl.DataFrame, place: Sequence[str], history: pl.DataFrame) -> pl.DataFrame:
    """Of held records that come, those in another version than the last that was noted."""
    last = history.sort("since").unique("record", keep="last").select("record", pl.col("version").alias("last"))
    other = back.join(last, on="record", how="left").filter(
        pl.col("last").is_null() | (pl.col("last") != pl.col("version"))
    )
    return _at(rows, other, place).collect().sort("record")


def difference(comparison: Comparison, standing: RowFiles, dataset: str) -> Answer:
    """The difference as a table: a row for each field of each record that comes, changes or goes.

    The first load of a dataset adds everything, so there only the counts are given. The first `SHOWN` rows are made, all are counted.
    """
    left_out: dict[str, int] = {}
    rows = [] if _is_new(standing, dataset) else list(islice(_differences(comparison), SHOWN))
    came = comparison.coming.get("sources", pl.DataFrame(schema=schema("sources")))
    cards = source_cards((standing.scan("sources"), came.lazy()), {s for row in rows for s in row["sources"]})
    rows = [{**row, "sources": [cards[s] for s in row["sources"]]} for row in rows]
    if len(rows) == SHOWN and (more := _count(comparison) - SHOWN) > 0:
        left_out["more_rows"] = more
    counts = comparison.counts
    note = ", ".join(f"{counts[k]} {k}" for k in ("added", "replaced", "retracted", "unchanged"))
    notes = [f"{dataset}: {note} (records)", *_notes(comparison)]
    return Answer("load", {"dataset": dataset}, DIFFERENCE, rows, notes, left_out)


def _is_new(standing: RowFiles, dataset: str) -> bool:
    """Whether nothing was ever known of a dataset."""
    return all(standing.is_new(name, dataset) for name in tables())


def source_cards(told: Iterable[pl.LazyFrame], wanted: Set[str]) -> dict[str, Row]:
    """Address and title of these sources, as the last of the records that describe each says."""
    cards: dict[str, Row] = {s: {"id": s, "url": None, "title": None} for s in wanted}
    for frame in told:
        found = frame.filter(pl.col("thing").is_in(pl.Series(sorted(wanted), dtype=pl.String).implode()))
        for thing, url, title in found.sort("since").select("thing", "url", "title").collect().iter_rows():
            cards[thing] = {"id": thing, "url": url, "title": title}
    return cards


def _differences(comparison: Comparison) -> Iterator[Row]:
    for name in tables():
        before, after = comparison.going.get(name), comparison.coming.get(name)
        ids = pl.concat([f["record"] for f in (before, after) if f is not None] or [pl.Series(dtype=pl.String)])
        for piece in ids.unique().sort().to_frame().iter_slices(_AT_ONCE):
            old, new = ({r["record"]: r for r in _dicts(f, piece["record"])} for f in (before, after))
            for record in piece["record"]:
                one, other = old.get(record), new.get(record)
                change = "replaced" if one and other else "added" if other else "retracted"
                yield from _fields(change, name, one, other)


_AT_ONCE = 500


def _count(comparison: Comparison) -> int:
    """How many rows the whole difference has, counted column by column."""
    total = 0
    for name in tables():
        before, after = comparison.going.get(name), comparison.coming.get(name)
        if before is not None and after is not None:
            total += _changed_fields(before, after)
            total += _filled(before.join(after, on="record", how="anti")) + _filled(
                after.join(before, on="record", how="anti")
            )
        else:
            total += sum(_filled(f) for f in (before, after) if f is not None)
    return total


def _changed_fields(before: pl.DataFrame, after: pl.DataFrame) -> int:
    fields = [c for c in before.columns if c not in _NOT_FIELDS and c != "sources"]
    both = before.join(after, on="record", how="inner", suffix="'")
    return sum(int(both[c].ne_missing(both[f"{c}'"]).sum()) for c in fields)


def _filled(rows: pl.DataFrame) -> int:
    """Cells that say something, of columns that speak of the thing or its record."""
    filled = 0
    for name in rows.columns:
        if name not in _NOT_FIELDS:
            cells = rows[name]
            said = cells.list.len() > 0 if isinstance(cells.dtype, pl.List) else cells.is_not_null()
            if cells.dtype == pl.String:
                said &= ~cells.is_in(["public", "accepted"]).fill_null(True)
            filled += int(said.sum())
    return filled


def _dicts(frame: pl.DataFrame | None, records: pl.Series) -> list[dict[str, Any]]:
    return frame.filter(pl.col("record").is_in(records.implode())).to_dicts() if frame is not None else []


def _fields(change: str, table: str, before: Row | None, after: Row | None) -> Iterator[Row]:
    row = after or before or {}
    for name in row:
        if name in _NOT_FIELDS or (name == "sources" and change == "replaced"):
            continue
        old, new = (before or {}).get(name), (after or {}).get(name)
        if (
            old != new
            and plain(old) != plain(new)
            and (change == "replaced" or (new or old) not in ("public", "accepted"))
        ):
            yield {
                "change": change, "table": table, "thing": row["thing"], "field": name,
                "before": plain(old) or None, "after": plain(new) or None, "record": row["record"],
                "sources": row["sources"],
            }  # fmt: skip


def _notes(comparison: Comparison) -> list[str]:
    notes = []
    if comparison.held:
        notes.append(f"{comparison.held} records stay retracted; bring them back with `repgraph restore`")
    if comparison.beside:
        notes.append(f"{comparison.beside} records that are not in the bundle stay as they are: it holds a selection")
    return notes


# --- saved copies of sources ---------------------------------------------------------------------------


def _copies(rows: RowFiles, originals: Originals, path: Path, dataset: str) -> Iterator[dict[str, Any]]:
    """Keep the saved pages that `sources.file` names, under their hashes."""
    for row in _with_copies(rows, dataset):
        file = path / row["file_name"]
        if _beside(file, path):
            kept = originals.keep(file, name=row["file_name"])
            yield {"source": row["thing"], **_described(kept)}


def _beside(file: Path, folder: Path) -> bool:
    """Whether a file is in the folder: a link that leads out of it would bring a stranger's file in."""
    return file.is_file() and file.resolve().is_relative_to(folder.resolve())


def _with_copies(rows: RowFiles, dataset: str | None) -> list[dict[str, Any]]:
    found = rows.scan("sources").filter(pl.col("file").is_not_null())
    if dataset is not None:
        found = found.filter(pl.col("dataset") == dataset)
    return found.select("thing", pl.col("file").alias("file_name"), "sha256", "original", "row").collect().to_dicts()


def _copy_faults(loader: Loader, rows: RowFiles, path: Path, names: Mapping[str, str]) -> list[Problem]:
    faults: list[Problem] = []
    if isinstance(loader, ManyDatasets):  # claims travel without the pages; where those are, their hashes say
        return faults
    for row in _with_copies(rows, None):
        file = path / row["file_name"]
        if not _beside(file, path):
            remedy = "is not beside the tables; add it or blank the cell"
            faults.append(
                Problem(file_of(names, row["original"], "sources"), row["row"], "file", row["file_name"], remedy)
            )
    return faults


def _new_copies(workspace: Workspace, copies: Sequence[Mapping[str, Any]]) -> bool:
    known = {f["sha256"] for line in workspace.lines() for f in line.body.get("copies", [])}
    return any(c["sha256"] not in known for c in copies)


# --- retracted by hand -----------------------------------------------------------------------------------


def held_records(lines: Iterable[Line]) -> frozenset[str]:
    """Records that somebody retracted and nobody restored."""
    held: set[str] = set()
    for line in lines:
        if line.command == "retract":
            held |= set(line.body["records"])
        elif line.command == "restore":
            held -= set(line.body["records"])
    return frozenset(held)


def purged_records(lines: Iterable[Line]) -> frozenset[str]:
    """Records that were purged: they may not come back."""
    return frozenset(r for line in lines if line.command == "purge" for r in line.body["records"])


def _purged_again(coming: Coming, purged: frozenset[str], names: Mapping[str, str]) -> list[Problem]:
    """A file that brings a purged record back would bring its bytes back into the originals."""
    if not purged:
        return []
    gone = pl.Series(sorted(purged), dtype=pl.String).implode()
    faults = []
    for table in sorted(coming.covered):
        rows = coming.incoming.scan(table).filter(pl.col("record").is_in(gone)).select("original", "row").collect()
        for original, row in rows.iter_rows():
            faults.append(
                Problem(names.get(original, table), row, None, None, "is a record that was purged; delete the row")
            )
    return faults
