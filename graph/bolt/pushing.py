"""Bringing a server to what a casebook says: only what differs is written, and any state of it is mended.

A push compares stamps (a hash of each line) that the server holds with those it should hold. So a push cut in the
middle is completed by the next one, retractions and judgements arrive, and pushing again writes nothing.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl

import ontology
from graph.answers import Answer
from graph.bolt import mapping, statements
from graph.bolt.connection import Target, said_plainly
from graph.bolt.parts import Content, Part, content
from graph.casebook import Casebook
from graph.errors import StoreError
from graph.name_index import FORMAT

if TYPE_CHECKING:
    import neo4j

Progress: TypeAlias = Callable[[str, int], None]
"""Told what is being written and how many lines of it are done."""

_BATCH = 5_000
_WORKERS = 2
"""Transactions at a time on a server that has nothing of ours yet. Plain CREATE takes its locks in one order when it
commits, so these wait for each other but never meet in a deadlock: none in 6 pushes of 10,000 cases."""
_VERSION = 2
"""Of the statements: a server filled by another one is filled anew."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the `Push` node of a server says.

    `model` is a hash of the mapping and the tables, without which nobody can read; `stamps` one of all that the
    stamps and the texts beside them are made with.
    """

    model: str
    stamps: str
    profile: str
    origin: str
    complete: bool
    seed: int


def push(
    casebook: Casebook,
    driver: neo4j.Driver,
    target: Target,
    *,
    full: bool = False,
    into: bool = False,
    origin: str = "",
    pseudonym: Callable[[str], str] | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Make the server hold what the casebook shows; a row of the answer is a part, a label or type, with its counts.

    `full` starts from nothing: everything of ours is removed first. `into` allows a database that holds other
    people's data too. `origin` names the workspace, so that one workspace does not overwrite another's push.

    Raises:
        StoreError: other data are in the way, the database is read-only, the connection was lost ...
    """
    with said_plainly(target, "pushing"), driver.session(database=target.database) as session:
        held = _held(session)
        _refuse_others(session, held, target, full=full, into=into, origin=origin)
        if held is not None and (full or (held.model, held.stamps) != (model(), stamps())):
            _mark(session, replace(held, complete=False))  # whoever asks meanwhile is told
            _clear(session)
            held = None
        session.execute_write(_batch, [(text, ()) for text in statements.constraints()])
        session.run("CALL db.awaitIndexes(600)").consume()
        seed = held.seed if held else _VERSION
        wanted = content(casebook, pseudonym=pseudonym, seed=seed)
        _mark(session, Held(model(), stamps(), casebook.profile, origin, complete=False, seed=seed))
        fresh = held is None and not _count(session, f"MATCH (n:{mapping.OURS}) WHERE NOT n:Push RETURN count(n)")
        writer = _Writer(driver, session, target, fresh=fresh, progress=progress or (lambda *_: None))
        writer.bring(wanted)
        if not fresh and writer.links_missing(wanted):
            writer.rewrite_records(wanted)
        _mark(session, Held(model(), stamps(), casebook.profile, origin, complete=True, seed=seed))
    return _answer(writer, wanted, casebook, target)


def model() -> str:
    """A hash of the mapping and the tables, and of how names are found."""
    return _hash(f"{_VERSION} {FORMAT}", Path(ontology.__file__).parent)


def stamps() -> str:
    """A hash of the versions that make the stamps, and of the vocabularies."""
    return _hash(f"{pl.__version__}", Path(ontology.__file__).parent / "vocab")


def _hash(text: str, folder: Path) -> str:
    digest = hashlib.sha256(text.encode())
    for file in sorted(folder.glob("*.csv")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:20]


def readable(session: neo4j.Session, target: Target) -> Held:
    """What a server says that it holds.

    Raises:
        StoreError: no push, half of one, or one of another version of repgraph.
    """
    held = _held(session)
    if held is None:
        raise StoreError(f"{target}: holds nothing of repgraph; push to it first: repgraph push {target.uri}")
    if held.model != model():
        raise StoreError(f"{target}: was filled by another version of repgraph; push again: repgraph push {target.uri}")
    if not held.complete:
        raise StoreError(f"{target}: holds half a push; push again, it goes on from there: repgraph push {target.uri}")
    return held


# --- what is there ----------------------------------------------------------------------------------------


def _count(session: neo4j.Session, text: str) -> int:
    record = session.run(text).single(strict=True)
    return int(record[0])


def _held(session: neo4j.Session) -> Held | None:
    record = session.run("MATCH (p:Push:Repgraph) RETURN p {.*} AS p LIMIT 1").single()
    if record is None:
        return None
    p: Mapping[str, Any] = record["p"]
    # that of an older version may say less
    return Held(p["model"], p.get("stamps", ""), p["profile"], p["origin"], p["complete"], p["seed"])


def by_script(casebook: Casebook) -> dict[str, str | int]:
    """The `Push` node of a script: whole once it ran to its end, of no known workspace and without stamps."""
    return {"id": "push", **asdict(Held(model(), "", casebook.profile, "", complete=True, seed=_VERSION))}


def _mark(session: neo4j.Session, held: Held) -> None:
    values = asdict(held)
    session.execute_write(
        lambda tx: tx.run("MERGE (p:Push:Repgraph {id: 'push'}) SET p += $values", values=values).consume()
    )


def _refuse_others(
    session: neo4j.Session, held: Held | None, target: Target, *, full: bool, into: bool, origin: str
) -> None:
    others = _count(session, "MATCH (n) RETURN count(n)") - _count(session, "MATCH (n:Repgraph) RETURN count(n)")
    if others and not into:
        raise StoreError(
            f"{target}: {others:,} nodes there are not of repgraph; push to an empty database, "
            "or mix with them by --into (they are left alone)"
        )
    if held and held.origin != origin and not full:
        raise StoreError(
            f"{target}: holds the push of another workspace; replace it by --full, or name another database"
        )


def _clear(session: neo4j.Session) -> None:
    session.run(
        "MATCH (n:Repgraph) WHERE NOT n:Push CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
    ).consume()
    session.run("MATCH (n:Push:Repgraph) DETACH DELETE n").consume()


# --- writing ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Tally:
    written: int = 0
    removed: int = 0


class _Writer:
    """One push: what it has still to write, and what it wrote."""

    def __init__(
        self, driver: neo4j.Driver, session: neo4j.Session, target: Target, *, fresh: bool, progress: Progress
    ) -> None:
        self._driver, self._session, self._target = driver, session, target
        self._fresh, self._progress = fresh, progress
        self.tallies: dict[str, _Tally] = {}

    def bring(self, wanted: Content) -> None:
        """Write what differs: things, then what is between them; at the end remove things that are gone.

        Every line is whole with its stamp, so that a push cut anywhere leaves nothing that the next one would miss.
        """
        gone: dict[str, list[str]] = {}
        groups = (("things", wanted.things), ("relationships", wanted.edges), ("records", wanted.records),
                  ("judgements", wanted.entries))  # fmt: skip
        for title, parts in groups:
            names = _names(title)
            for name in names:
                self.tallies.setdefault(name, _Tally())
            if self._fresh:
                self._create(title, parts)
                continue
            done = 0
            for name, edge in names.items():
                mine = [p for p in parts if p.name == name]
                gone[name] = self._bring_part(name, mine, edge=edge)
                if title != "things":
                    self._forget(name, gone.pop(name), edge=edge)
                done += sum(p.frame.height for p in mine)
                self._progress(title, done)
        for name, keys in gone.items():
            self._forget(name, keys, edge=False)

    def _create(self, title: str, parts: Sequence[Part]) -> None:
        """Write everything to a server that has nothing of it, some transactions at a time."""
        done = 0
        # Nodes before what ties them: of the judgements, the entries come first.
        for layer in ([p for p in parts if not p.ends], [p for p in parts if p.ends]):
            with ThreadPoolExecutor(_WORKERS) as pool:
                running: deque[tuple[Future[int], str]] = deque()
                try:
                    for part, batch in ((p, b) for p in layer for b in p.frame.iter_slices(_BATCH)):
                        running.append((pool.submit(self._create_batch, part, batch), part.name))
                        while len(running) > _WORKERS + 1:  # no more in memory than is needed to keep them busy
                            done = self._count_in(running.popleft(), title, done)
                    while running:
                        done = self._count_in(running.popleft(), title, done)
                except BaseException:
                    for future, _ in running:
                        future.cancel()
                    raise

    def _create_batch(self, part: Part, batch: pl.DataFrame) -> int:
        with self._driver.session(database=self._target.database) as session:
            session.execute_write(_batch, [(statements.write(part, fresh=True), _lines(part, batch))])
        return batch.height

    def _count_in(self, job: tuple[Future[int], str], title: str, done: int) -> int:
        future, name = job
        self.tallies[name].written += future.result()
        self._progress(title, done + future.result())
        return done + future.result()

    def _bring_part(self, name: str, parts: Sequence[Part], *, edge: bool) -> list[str]:
        """Write the lines of one label or type that the server lacks; the keys of what should not be there."""
        there = self._stamps(name, edge=edge)
        wanted = pl.concat([pl.Series("stamp", [], dtype=pl.Int64), *(p.frame["stamp"] for p in parts)])
        extra = there.filter(~there.is_in(wanted.implode()))
        stale = set(self._keys(name, extra, edge=edge)) if extra.len() else set()
        for part in parts:
            lacking = part.frame.filter(~pl.col("stamp").is_in(there.implode()))
            changed = stale.intersection(lacking["key"].to_list())
            stale -= changed
            self._write(part, lacking, changed)
        return sorted(stale)

    def _stamps(self, name: str, *, edge: bool) -> pl.Series:
        record = self._session.run(statements.stamps(name, edge=edge)).single(strict=True)
        return pl.Series("stamp", record["stamps"], dtype=pl.Int64)

    def _keys(self, name: str, extra: pl.Series, *, edge: bool) -> list[str]:
        record = self._session.run(statements.stamped(name, edge=edge), rows=extra.to_list()).single(strict=True)
        return list(record["keys"])

    def _write(self, part: Part, lines: pl.DataFrame, changed: Iterable[str]) -> None:
        """Write lines in batches, each one transaction; what is there by a changed key goes in the same one."""
        # A node is brought up to date in its place; a relationship may have other ends now, a record other ties.
        old = frozenset(changed) if part.is_record or part.ends else frozenset()
        text = statements.write(part, fresh=False)
        forget = statements.forget(part.name, edge=part.ends is not None)
        for batch in lines.iter_slices(_BATCH):
            rows = _lines(part, batch)
            first = [row[0] for row in rows if row[0] in old]
            self._session.execute_write(_batch, [(forget, first), (text, rows)] if first else [(text, rows)])
            self.tallies[part.name].written += len(rows)

    def _forget(self, name: str, keys: Sequence[str], *, edge: bool) -> None:
        text = statements.forget(name, edge=edge)
        for start in range(0, len(keys), _BATCH):
            self._session.execute_write(_batch, [(text, keys[start : start + _BATCH])])
        self.tallies[name].removed += len(keys)

    def links_missing(self, wanted: Content) -> bool:
        """Whether the server has other numbers of STATES and CITES than it should: somebody removed things by hand."""
        cited = sum(int(p.frame["sources"].list.len().sum() or 0) for p in wanted.records)
        spoken = sum(p.frame[f"speaks_{label}"].count() for p in wanted.records for label in p.speaks_of or ())
        there = [_count(self._session, f"MATCH ()-[r:{kind}]->() RETURN count(r)") for kind in ("CITES", "STATES")]
        return there != [cited, spoken]

    def rewrite_records(self, wanted: Content) -> None:
        """Write every record anew."""
        for part in wanted.records:
            self._write(part, part.frame, part.frame["key"].to_list())


def _batch(tx: neo4j.ManagedTransaction, work: Sequence[tuple[str, Sequence[Any]]]) -> None:
    for text, rows in work:
        tx.run(text, rows=rows).consume()


def _lines(part: Part, batch: pl.DataFrame) -> list[tuple[Any, ...]]:
    filled = part.late(batch) if part.late else batch
    return filled.select(statements.columns(part)).rows()


def _names(title: str) -> dict[str, bool]:
    """The labels and types of one group, with whether they are types, in the order in which they are written."""
    if title == "things":
        return {thing.label: False for thing in mapping.things()}
    if title == "relationships":
        return {kind: True for edge in mapping.edges() for kind in edge.types}
    if title == "records":
        return {kind.label: False for kind in mapping.records().values()}
    return {"Judgement": False, "Entry": False, "SAME_AS": True, "LEFT": True, "RIGHT": True}


def _answer(writer: _Writer, wanted: Content, casebook: Casebook, target: Target) -> Answer:
    """One row for each label and type that the server holds, or that lost something."""
    held: dict[str, int] = {}
    for part in wanted:
        held[part.name] = held.get(part.name, 0) + part.frame.height
    edges = _names("relationships") | _names("judgements")
    rows = [
        {
            "label": name, "kind": "relationship" if edges.get(name) else "node", "held": held.get(name, 0),
            "written": tally.written, "removed": tally.removed,
        }
        for name, tally in writer.tallies.items()
        if held.get(name) or tally.removed
    ]  # fmt: skip
    written, removed = (sum(int(row[c]) for row in rows) for c in ("written", "removed"))
    note = f"{written:,} written, {removed:,} removed" if written or removed else "nothing had changed"
    return Answer(
        "push",
        {"store": str(target), "profile": casebook.profile},
        ["label", "kind", "held", "written", "removed"],
        rows,
        [note],
        {f"hidden in {table}": count for table, count in casebook.hidden.items()},
    )
