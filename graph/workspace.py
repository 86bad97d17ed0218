"""The folder where everything is kept: originals and manifest are the truth, the state is made of them.

    originals/<sha256>     every file that was loaded
    manifest.jsonl, HEAD   one line for each change (`graph.manifest`)
    state/<head>/          store/ (Oxigraph), rows/ (Parquet), names.sqlite, state.json; never changed once committed
    layouts/               where the nodes of pictures stand, kept from one drawing to the next
    lock                   held by the one writer

`change` is the only way to write: it stages a new state beside the current one and commits it with one line.
"""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import polars as pl

from graph import row_files, store
from graph.claims import MAPPING, Versioned, judgement_quads, resolutions
from graph.errors import NotFound, WorkspaceError
from graph.manifest import FORMAT, Head, Line, Manifest, sealed
from graph.originals import Originals
from graph.records import Record
from graph.row_files import RowFiles, write_ended, write_part
from graph.store import Ended, OxigraphStore
from ontology import tables

if TYPE_CHECKING:
    from graph.casebook import Casebook
    from graph.identity import Judgement
    from graph.name_index import Entry, NameIndex

_STAGING = "staging-"
_BATCH = 2_000
_TRIES = 5
NAMED_TABLES = {"people": "person", "bodies": "body", "cases": "case", "exchanges": "exchange"}
"""Tables whose things are found by name, with the kind the name index knows them by."""
STATE_FORMAT = 2
"""Version of the layout of a state: one of another layout is made again, not called damaged."""
_OF_INIT = frozenset({"lock", "state", "manifest.jsonl", ".HEAD.new"})
_CUT = "the manifest is missing or cut off before its first line ends; put a copy of manifest.jsonl back"


def tool_version() -> str:
    """The version of repgraph that is running."""
    try:
        return version("repgraph")
    except PackageNotFoundError:
        return "0+source"


def now() -> str:
    """The time in UTC, to the microsecond."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Stage:
    """A state being made for manifest line `line`; nobody sees it before the line is appended.

    Names and identity of a stage that is not `kept` up to date are made once, by `finish`: a replay needs no others.
    """

    def __init__(self, folder: Path, line: int, *, old: Path | None, kept: bool = True) -> None:
        self.folder, self.line, self._kept = folder, line, kept
        if old is not None:
            store.clone(old / "store", folder / "store")
            row_files.clone(old / "rows", folder / "rows")
            shutil.copyfile(old / "names.sqlite", folder / "names.sqlite")
            (folder / "names.sqlite").chmod(0o600)
        else:
            (folder / "rows").mkdir(parents=True)
        self.store = OxigraphStore(folder / "store")

    @property
    def rows(self) -> RowFiles:
        """The rows as they stand in the stage now."""
        return RowFiles(self.folder / "rows")

    def change(
        self,
        coming: Mapping[str, pl.DataFrame],
        going: Mapping[str, pl.DataFrame],
        how: str | Mapping[str, pl.Series] = "retracted",
        *,
        in_store: bool = False,
    ) -> None:
        """Take in new versions of records and let go of old ones, both given as rows by table.

        `how` says why each of the old ones goes: one word for all, or a column of words for each table.
        `in_store` if the quads of what comes are there already.
        """
        ended = []
        for name in tables():
            new, old = coming.get(name), going.get(name)
            if new is not None and new.height:
                self._put(name, new)
            if old is not None:
                old = old.with_columns((pl.lit(how) if isinstance(how, str) else how[name]).alias("how"))
                ended.append(old.select("record", "since", pl.lit(self.line, pl.Int64).alias("until"), "how"))
            self.tell(name, None if in_store else new, old)
        if ended:
            write_ended(self.folder / "rows", pl.concat(ended), line=self.line)

    def adopt(self, name: str, parts: Path) -> None:
        """Take in a table's parts as they were written for this line; their quads are in the store."""
        target = self.folder / "rows" / name
        target.mkdir(parents=True, exist_ok=True)
        for part in sorted(parts.iterdir()):
            part.rename(target / part.name)

    def _put(self, name: str, rows: pl.DataFrame) -> None:
        rows = rows.with_columns(pl.lit(self.line, pl.Int64).alias("since")).sort("record")
        part = len(list((self.folder / "rows" / name).glob(f"{self.line:08d}-*")))
        write_part(self.folder / "rows", rows, table=name, line=self.line, part=part)

    def tell(self, name: str, coming: pl.DataFrame | None, going: pl.DataFrame | None = None) -> None:
        """Put what rows say in the store, in the place of what it says of their records; some records at a time.

        `going` are versions that end, in order by record as `coming` is, with a column `how`.
        """
        frames = [f for f in (coming, going) if f is not None and f.height]
        if not frames:
            return
        for piece in pl.concat([f["record"] for f in frames]).unique().sort().to_frame().iter_slices(_BATCH):
            new, old = (_of(f, piece["record"]) for f in (coming, going))
            ended = [] if old is None else zip(_records(name, old), old["since"], old["how"], strict=True)
            self.store.apply(
                [Versioned(r, self.line) for r in _records(name, new)],
                [Ended(r, since, self.line, how) for r, since, how in ended],
            )

    def hold(self, name: str, rows: pl.DataFrame) -> None:
        """Note versions that came and may not stand, because somebody retracted their records by hand."""
        if rows.height:
            self._put(name, rows)
            ended = {"until": pl.lit(self.line, pl.Int64), "how": pl.lit("held")}
            since = pl.lit(self.line, pl.Int64).alias("since")
            write_ended(self.folder / "rows", rows.select("record", since).with_columns(**ended), line=self.line)

    def name(self, things: Mapping[str, Iterable[str]] | None) -> None:
        """Bring the name index up to date for these things by table; None makes it anew."""
        from graph.name_index import NameIndex, StaleIndex

        if not self._kept and things is not None:
            return
        path = self.folder / "names.sqlite"
        wanted = {t: frozenset(ids) for t, ids in (things or {}).items() if t in NAMED_TABLES}
        if things is not None and path.exists():
            gone = [(NAMED_TABLES[t], thing) for t, ids in sorted(wanted.items()) for thing in sorted(ids)]
            try:
                if gone:
                    with NameIndex.open_for_update(path) as index:
                        index.update(_entries(self.rows, wanted), gone)
                return
            except StaleIndex:
                pass  # an index of an older form is derived like any other: it is made anew below
        path.unlink(missing_ok=True)
        NameIndex.build(path, _entries(self.rows, None))

    def identify(self, judgements: Iterable[Judgement], pseudonym: Callable[[str], str]) -> None:
        """Make the identity overlay anew from these judgements."""
        self.store.identify(identity_quads(judgements, pseudonym))

    def close(self) -> None:
        """Write what is in memory to disk."""
        self.store.keep()
        made = {"format": STATE_FORMAT, "mapping": MAPPING, "line": self.line}
        (self.folder / "state.json").write_text(json.dumps(made) + "\n")


def _of(rows: pl.DataFrame | None, records: pl.Series) -> pl.DataFrame | None:
    """The rows of these records, which are in order and next to each other."""
    return None if rows is None else rows.filter(pl.col("record").is_between(pl.lit(records[0]), pl.lit(records[-1])))


def _records(name: str, rows: pl.DataFrame | None) -> list[Record]:
    return [] if rows is None else list(row_files.records(name, rows.iter_rows(named=True)))


def identity_quads(judgements: Iterable[Judgement], pseudonym: Callable[[str], str]) -> str:
    """The identity overlay that these judgements make, as N-Quads text."""
    from graph.identity import resolve

    judged = list(judgements)
    identity = resolve(judged)
    things = {(j.kind, t) for j in judged for t in (j.left, j.right)}
    text = resolutions((k, t, identity.canonical(k, t)) for k, t in things)
    latest = {(j.kind, j.pair): j for j in judged}
    for j in latest.values():
        cells = {
            "verdict": j.verdict, "decided_on": j.decided_on, "why": j.why, "evidence": j.evidence,
            "decided_by": pseudonym(j.by) if j.by else None,
        }  # fmt: skip
        text += judgement_quads(j.kind, j.left, j.right, cells)
    return text


def _entries(rows: RowFiles, wanted: Mapping[str, frozenset[str]] | None) -> Iterator[Entry]:
    """The names of all things, or of the wanted ones by table."""
    from graph.name_entries import columns_of, entries

    for table in NAMED_TABLES:
        if wanted is not None and not wanted.get(table):
            continue
        found = rows.scan(table).select(columns_of(table))
        if wanted is not None:
            found = found.filter(pl.col("thing").is_in(pl.Series(sorted(wanted[table])).implode()))
        yield from entries(table, found.collect())


class Workspace:
    """A workspace that is there; `open` and `create` are how to get one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = Manifest(path)
        self.originals = Originals(path / "originals")
        self._pinned: _Pin | None = None

    @classmethod
    def create(cls, path: Path) -> Workspace:
        """A new, empty workspace.

        Raises:
            WorkspaceError: there is one already, the folder holds other things, or it cannot be written.
        """
        workspace = cls(path)
        if workspace.manifest.is_begun():
            raise WorkspaceError(f"{path} is a workspace already")
        try:
            path.mkdir(parents=True, exist_ok=True)
            there = set(os.listdir(path))
            if there & {"HEAD", "originals"} and "lock" in there:
                raise WorkspaceError(f"{path}: {_CUT}")
            if there - _OF_INIT or (there and "lock" not in there):  # what a killed `init` left is ours to go on with
                raise WorkspaceError(f"{path} is not empty and not a workspace; choose another folder")
        except OSError as error:
            raise WorkspaceError(f"{path}: cannot make a workspace here ({error.strerror})") from error
        with workspace.change("init") as change:
            change.stage.name(None)
            change.body |= {"format": FORMAT, "salt": secrets.token_hex(16)}
        return workspace

    @classmethod
    def open(cls, path: Path) -> Workspace:
        """The workspace in a folder.

        Raises:
            WorkspaceError: there is none, it is newer, or its manifest is gone. Other damage is `verify`'s to name.
        """
        if not cls(path).manifest.is_begun():
            if (path / "HEAD").exists() and (path / "lock").exists():
                raise WorkspaceError(f"{path}: {_CUT}")
            raise WorkspaceError(
                f"{path} is not a workspace; make one with `repgraph init {path.name}` or `repgraph demo`"
            )
        workspace = cls(path)
        workspace.manifest.check_format()
        return workspace

    # --- reading ------------------------------------------------------------------------------------

    def lines(self) -> list[Line]:
        return self.manifest.lines()

    @property
    def head(self) -> Head:
        return self.manifest.head()

    @property
    def state(self) -> Path:
        """The folder of the current state.

        Raises:
            WorkspaceError: it is missing, or was made by another mapping: `rebuild` makes it again.
        """
        for _ in range(_TRIES):
            head = self.head
            folder = self._found_state(head)
            if self._pin(folder) or head == self.head:
                break  # else a writer went on between the two looks, and swept the state away
        try:
            made = json.loads((folder / "state.json").read_text())
            by, form = made["mapping"], made["format"]
        except (OSError, ValueError, KeyError, TypeError):
            raise WorkspaceError("the state of this workspace is missing or damaged; run `repgraph rebuild`") from None
        if by != MAPPING:
            raise WorkspaceError(
                f"rebuild needed: the state was made by mapping {by}, this repgraph has {MAPPING}; run `repgraph rebuild`"
            )
        if form != STATE_FORMAT:
            raise WorkspaceError(
                f"rebuild needed: the state has layout {form}, this repgraph has {STATE_FORMAT}; run `repgraph rebuild`"
            )
        return folder

    def _pin(self, folder: Path) -> bool:
        """Mark a state as being read, for as long as this object lives: a writer does not sweep it away."""
        if self._pinned is None or self._pinned.folder != folder:
            try:
                self._pinned = _Pin(folder)
            except OSError:
                return False
        return (folder / "state.json").exists()

    @property
    def layouts(self) -> Path:
        """The folder where pictures keep the places of their nodes: derived, it may be deleted at any time."""
        return self.path / "layouts"

    def state_of(self, head: Head) -> Path:
        return self.path / "state" / head.hash[:16]

    def _found_state(self, head: Head) -> Path:
        folder = self.state_of(head)
        return folder if folder.exists() or not _former(folder).exists() else _former(folder)

    def rows(self, at: int | None = None) -> RowFiles:
        """The records as they are, or as they were at a manifest line."""
        return RowFiles(self.state / "rows", at=at, pin=self._pinned)

    @contextmanager
    def names(self, at: int | None = None) -> Iterator[NameIndex]:
        """The index that finds things by name; for an earlier moment it is made for the occasion."""
        from graph.name_index import NameIndex, StaleIndex

        if at is None:
            try:
                found = NameIndex.open(self.state / "names.sqlite")
            except (StaleIndex, FileNotFoundError) as error:
                raise WorkspaceError(
                    "rebuild needed: the name index has another form; run `repgraph rebuild`"
                ) from error
            with found as index:
                yield index
            return
        with tempfile.TemporaryDirectory(prefix="repgraph-names-") as folder:
            path = Path(folder) / "names.sqlite"
            NameIndex.build(path, _entries(self.rows(at), None))
            with NameIndex.open(path) as index:
                yield index

    def store(self) -> OxigraphStore:
        """The claims, read-only."""
        return OxigraphStore(self.state / "store", read_only=True)

    def store_at(self, at: int) -> OxigraphStore:
        """The claims as they were at a manifest line, in memory."""
        rows, found = self.rows(at), OxigraphStore()
        for name in tables():
            lines = rows.table(name)
            versions = zip(row_files.records(name, lines.iter_rows(named=True)), lines["since"], strict=True)
            found.apply([Versioned(record, since) for record, since in versions])
        found.identify(identity_quads(self.judgements(at), self.pseudonym))
        return found

    def judgements(self, at: int | None = None) -> list[Judgement]:
        """All judgements in the order in which they were made; the last of a pair stands."""
        return judgements_of(self.lines() if at is None else self.lines()[:at])

    def casebook(self, *, resolved: bool = True, profile: str = "internal", at: int | None = None) -> Casebook:
        """What every answer reads: the records with the judgements applied."""
        from graph.casebook import Casebook

        at = self.head.line if at is None else at  # rows and judgements of one moment, whatever a writer does
        return Casebook(self.rows(at), self.judgements(at), resolved=resolved, profile=profile, today=today())

    @property
    def data_hash(self) -> str:
        """A hash of what is known, whoever loaded it and when: the live record versions and the standing judgements."""
        rows, said = self.rows(), (pl.col("record") + pl.col("version")).alias("said")
        return data_hash({name: rows.scan(name).select(said).collect()["said"] for name in tables()}, self.judgements())

    @property
    def judgements_hash(self) -> str:
        """A hash of the standing judgements without who made them."""
        return verdicts_hash(self.judgements())

    def pseudonym(self, who: str) -> str:
        """A name that tells two people apart without telling who they are; another one in another workspace."""
        # The salt never leaves: with a hash that does, names could be tried one by one.
        salt = self.lines()[0].body["salt"]
        return "reviewer-" + hashlib.sha256(f"{salt}\0{who}".encode()).hexdigest()[:8]

    @property
    def origin(self) -> str:
        """A name of this workspace that says nothing about it: a server is not pushed to by two."""
        return hashlib.sha256(f"{self.lines()[0].body['salt']}\0origin".encode()).hexdigest()[:16]

    # --- writing ------------------------------------------------------------------------------------

    @contextmanager
    def change(self, command: str, *, wait: float = 0, fresh: bool = False) -> Iterator[Change]:
        """One change: stage, then commit at the end of the block; an exception leaves everything as it was.

        `fresh` stages from nothing instead of from the current state. A change whose `dropped` is set commits nothing.

        Raises:
            WorkspaceError: another process is writing, the folder cannot be written, or the disk is full.
        """
        with self._lock(command, wait):
            staging = self.path / "state" / f"{_STAGING}{os.getpid()}"
            kept: set[str] | None = None
            body: dict[str, Any] | None = None
            stage: Stage | None = None
            try:
                head = self.sweep()
                kept = self.originals.names()
                stage = Stage(staging, head.line + 1 if head else 1, old=self.state if head and not fresh else None)
                about = {"time": now(), "who": _user(), "command": command, "tool": tool_version(), "mapping": MAPPING}
                change = Change(stage, about)
                yield change
                stage.close()
                if change.dropped:
                    self._abandon(staging, kept)
                    return
                body = sealed(head, change.body)
                os.rename(staging, self.path / "state" / body["hash"][:16])
                self.manifest.append(body, at=head.end if head else 0)
            except BaseException as error:
                if stage is not None:
                    stage.store.close()  # the error holds on to it, and the next change opens one in its place
                if body is None or not self.manifest.ends_with(body):  # the line is the commit
                    self._abandon(staging, kept)
                    if body is not None:
                        shutil.rmtree(self.path / "state" / body["hash"][:16], ignore_errors=True)
                told = _told(error, self.path)
                if told is None:
                    raise
                raise told from error
            if change.final:
                self.sweep()
            else:
                self._tidy(keep=[body["hash"], head.hash if head else ""])

    def _abandon(self, staging: Path, kept: set[str] | None) -> None:
        shutil.rmtree(staging, ignore_errors=True)
        if kept is not None:
            self.originals.forget(self.originals.names() - kept)

    def sweep(self) -> Head | None:
        """Clear away what a killed writer left; the head, or None for a workspace that has no line yet."""
        if not self.manifest.is_begun():
            self._tidy(keep=[])
            return None
        head = self.manifest.head()
        if self.manifest.read_head() != head:
            self.manifest.write_head(head)
        found = self._found_state(head)
        if found != self.state_of(head):
            found.rename(self.state_of(head))
        last = self.lines()[-1]
        if last.command == "purge":  # what was purged must not live on in a state before, nor its id in a picture
            self._tidy(keep=[head.hash], force=True)
            shutil.rmtree(self.layouts, ignore_errors=True)
        else:
            self._tidy(keep=[head.hash, last.body["previous"]])
        self.originals.forget(self.originals.left_over(self.named_originals()))
        for left in self.originals.folder.glob(".*.new"):
            left.unlink(missing_ok=True)
        return head

    def _tidy(self, keep: Iterable[str], *, force: bool = False) -> None:
        """Delete all states but those of these heads and those that somebody reads; by `force` these too."""
        names = {h[:16] for h in keep}
        for folder in (self.path / "state").iterdir():
            if folder.name not in names and (force or not _is_read(folder)):
                shutil.rmtree(folder, ignore_errors=True)

    def named_originals(self) -> set[str]:
        """The hashes of all originals that should be there: those the lines name, less those purged since."""
        wanted: set[str] = set()
        for line in self.lines():
            wanted |= {f["sha256"] for f in line.body.get("files", [])}
            wanted |= {f["sha256"] for f in line.body.get("copies", [])}
            for old, new in line.body.get("rewritten", {}).items():
                wanted.discard(old)
                if new:
                    wanted.add(new)
        return wanted

    def rewritten(self) -> dict[str, str]:
        """Where the content of an original went that a purge rewrote: old hash to the newest."""
        found: dict[str, str] = {}
        for line in self.lines():
            new = dict(line.body.get("rewritten", {}))
            found = {old: new.get(to, to) for old, to in found.items()} | new
        return found

    @contextmanager
    def alone(self, command: str, *, wait: float = 0) -> Iterator[None]:
        """Nobody else writes inside this block."""
        with self._lock(command, wait):
            try:
                yield
            except Exception as error:
                told = _told(error, self.path)
                if told is None:
                    raise
                raise told from error

    def swap(self, state: Path, made: Path) -> None:
        """Put a state in the place of another; a kill in between leaves the old one to be found by its second name."""
        if state.exists():
            state.rename(_former(state))
        made.rename(state)
        shutil.rmtree(_former(state), ignore_errors=True)

    @contextmanager
    def _lock(self, command: str, wait: float) -> Iterator[None]:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            opened = (self.path / "lock").open("a+b", buffering=0)
            (self.path / "state").mkdir(exist_ok=True)
        except OSError as error:
            raise WorkspaceError(f"{self.path}: cannot be written ({error.strerror}); nothing was changed") from error
        with opened as file:
            until = time.monotonic() + wait
            while True:
                try:
                    # The system lets go of a lock when its holder dies, so a dead holder never blocks.
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= until:
                        file.seek(0)
                        held = file.read().decode(errors="replace").strip() or "another process"
                        raise WorkspaceError(
                            f"{self.path} is being written by {held}; wait for it, or give --wait SECONDS"
                        ) from None
                    time.sleep(0.05)
            try:
                with suppress(OSError):  # on a full disk the lock holds all the same, only nobody reads by whom
                    _inscribe(file, f"process {os.getpid()} ({command}) since {now()}")
                yield
            finally:
                with suppress(OSError):
                    _inscribe(file, "")


def _former(state: Path) -> Path:
    """Where a state lies while another takes its place."""
    return state.with_name(f"old-{state.name}")


def _inscribe(file: IO[bytes], text: str) -> None:
    file.truncate(0)
    file.write(text.encode())


class _Pin:
    """A mark on a state that somebody reads it; the mark goes with this object, or with its process."""

    def __init__(self, folder: Path) -> None:
        self._file = -1
        self.folder = folder
        self._file = os.open(folder / "state.json", os.O_RDONLY | os.O_CLOEXEC)
        with suppress(OSError):  # some network folders know no locks; there a reader may have to ask again
            fcntl.flock(self._file, fcntl.LOCK_SH)

    def __del__(self) -> None:
        if self._file >= 0:
            os.close(self._file)


def _is_read(folder: Path) -> bool:
    """Whether somebody has pinned a state."""
    try:
        file = os.open(folder / "state.json", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return isinstance(error, BlockingIOError)
    finally:
        os.close(file)
    return False


def _told(error: BaseException, path: Path) -> WorkspaceError | None:
    """What a failure of the disk or of a text is to the user; None for what is told by itself."""
    if isinstance(error, UnicodeEncodeError):
        return WorkspaceError(
            f"a text or file name holds a character that cannot be written; nothing was changed ({error.reason})"
        )
    if isinstance(error, OSError):
        return WorkspaceError(f"{error.filename or path}: {error.strerror or error}; nothing was changed")
    if isinstance(error, (sqlite3.Error, pl.exceptions.ComputeError)):
        return WorkspaceError(f"{path}: {error}; nothing was changed")
    return None


class Change:
    """What a writer works on: the stage, and the body of the line to come.

    `dropped` commits nothing; a `final` change leaves no earlier state behind.
    """

    def __init__(self, stage: Stage, body: dict[str, Any]) -> None:
        self.stage, self.body, self.dropped, self.final = stage, body, False, False


def data_hash(said: Mapping[str, Iterable[str]], judgements: Iterable[Judgement]) -> str:
    """A hash of records and standing judgements, in any order; `said` has `record + version` of each, by table."""
    digest = hashlib.sha256()
    for name in tables():
        digest.update(name.encode() + b"\0" + "".join(sorted(said.get(name, ()))).encode())
    digest.update(verdicts_hash(judgements).encode())
    return digest.hexdigest()


def verdicts_hash(judgements: Iterable[Judgement]) -> str:
    """A hash of the standing judgements without who made them, when and why."""
    latest = {(j.kind, *sorted((j.left, j.right))): j.verdict for j in judgements}
    return hashlib.sha256(json.dumps(sorted([*k, v] for k, v in latest.items())).encode()).hexdigest()


def judgements_of(lines: Iterable[Line]) -> list[Judgement]:
    """The judgements that these manifest lines hold, in order."""
    from graph.identity import Judgement

    return [Judgement(**cells, line=line.line) for line in lines for cells in line.body.get("judgements", [])]


def line_at(workspace: Workspace, when: str) -> int:
    """The number of the last line at a moment: a day (its end), an instant in UTC, or a line's number.

    Raises:
        NotFound: the workspace did not exist then.
        ValueError: another form.
    """
    lines = workspace.lines()
    if when.isascii() and when.isdigit() and len(when) < 8:
        number = int(when)
        if not 1 <= number <= len(lines):
            raise NotFound(f"there is no line {number}: the manifest has 1 to {len(lines)}")
        return number
    moment = _moment(when)
    known = [line.line for line in lines if datetime.fromisoformat(line.time) <= moment]
    if not known:
        raise NotFound(f"nothing was known at {when}: the workspace began at {lines[0].time}")
    return known[-1]


def _moment(when: str) -> datetime:
    try:
        if len(when) in (8, 10):
            day = date.fromisoformat(when)
            return datetime(day.year, day.month, day.day, 23, 59, 59, 999999, tzinfo=UTC)
        found = datetime.fromisoformat(when)
    except ValueError:
        raise ValueError(
            f"{when!r} is not a day (2026-11-23), an instant (2026-11-23T10:00:00Z) or a line number"
        ) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"
