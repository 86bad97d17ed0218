"""Bringing a server to what a casebook says: only what differs is written, and any state of it is mended.

A push goes slice by slice (`graph.bolt.slices`), in one of three ways. To an empty server it writes everything. Where
the server holds a whole push of an earlier moment of the workspace, it compares what the slices in which something
changed since then held with what they hold. Else, and where the server has other numbers of nodes or relationships
than that push left, it compares stamps (a hash of each line) of everything. So a push cut in the middle is completed
by the next one, retractions and judgements arrive, and pushing again writes nothing.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

import ontology
from graph.answers import Answer
from graph.bolt import mapping, statements
from graph.bolt.connection import Target, said_plainly
from graph.bolt.parts import Content, Part
from graph.bolt.slices import Slices
from graph.casebook import Casebook
from graph.errors import StoreError
from graph.ingest import Progress
from graph.name_index import FORMAT

if TYPE_CHECKING:
    import neo4j

_BATCH = 5_000
_WORKERS = 2
"""Transactions at a time on a server that has nothing of ours yet. Plain CREATE takes its locks in one order when it
commits, so these wait for each other but never meet in a deadlock: none in 6 pushes of 10,000 cases."""
_AHEAD = 1
"""Slices that may wait for the server while the next one is compared."""
_VERSION = 2
"""Of the statements: a server filled by another one is filled anew."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the `Push` node of a server says.

    `model` is a hash of the mapping and the tables, without which nobody can read; `stamps` one of all that the
    stamps and the texts beside them are made with. `line` is the manifest line of the workspace that was pushed (0 for
    other rows), `rows` a hash of its records, `reference` one of what else the lines rest on, `counts` one of the
    numbers of nodes and relationships that the push left.
    """

    model: str
    stamps: str
    profile: str
    origin: str
    complete: bool
    seed: int
    line: int = 0
    rows: str = ""
    reference: str = ""
    counts: str = ""


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
    tell = progress or (lambda *_: None)
    with said_plainly(target, "pushing"), driver.session(database=target.database) as session:
        held = _held(session)
        _refuse_others(session, held, target, full=full, into=into, origin=origin)
        if held is not None and (full or (held.model, held.stamps) != (model(), stamps())):
            _mark(session, replace(held, complete=False))  # whoever asks meanwhile is told
            clear(session, tell)
            held = None
        _constrain(session)
        seed = held.seed if held else _VERSION
        slices = Slices(casebook, pseudonym=pseudonym, seed=seed)
        held_now = Held(
            model(), stamps(), casebook.profile, origin, complete=True, seed=seed, line=slices.line,
            rows=slices.rows_hash() if slices.line else "", reference=slices.frame_of_reference,
        )  # fmt: skip
        old = _before(session, held, held_now, slices)
        _mark(session, replace(held_now, complete=False))
        fresh = held is None and not _count(session, f"MATCH (n:{mapping.OURS}) WHERE NOT n:Push RETURN count(n)")
        writer = _Writer(driver, session, target, fresh=fresh, progress=tell)
        if fresh:
            writer.create(slices)
        elif old is not None:
            writer.follow(old, slices)
            writer.looked = f"looked at what changed after manifest line {old.line}"
        else:
            writer.compare(slices)
            writer.looked = "compared everything with what the server held"
        numbers = _numbers(session)
        _mark(session, replace(held_now, counts=_counts_hash(numbers)))
        return _answer(writer, numbers, casebook, target)


def _before(session: neo4j.Session, held: Held | None, now: Held, slices: Slices) -> Slices | None:
    """What the server holds, if that is a whole push of an earlier moment that still can be seen, else None."""
    if held is None or not held.complete or not 0 < held.line <= now.line or held.reference != now.reference:
        return None
    if held.counts != _counts_hash(_numbers(session)):
        return None
    old = slices.at(held.line)
    return old if old.rows_hash() == held.rows else None


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
    return Held(**{"stamps": "", **{f.name: p[f.name] for f in fields(Held) if f.name in p}})


def _constrain(session: neo4j.Session) -> None:
    """Constraints and indexes first; those that are there already are only looked for, which takes no time."""
    there = {name for kind in ("CONSTRAINTS", "INDEXES") for name in session.run(f"SHOW {kind} YIELD name").value()}
    lacking = [(text, ()) for name, text in statements.constraints().items() if name not in there]
    if lacking:
        session.execute_write(_batch, lacking)
    session.run("CALL db.awaitIndexes(600)").consume()


def _numbers(session: neo4j.Session) -> dict[str, int]:
    """How many nodes of each label and relationships of each type of ours there are: the server has these at hand."""
    found = session.run(statements.numbers(_counted()))
    return {record["name"]: record["held"] for record in found}


def _counts_hash(numbers: Mapping[str, int]) -> str:
    return hashlib.sha256(repr(sorted(numbers.items())).encode()).hexdigest()[:20]


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


def clear(session: neo4j.Session, progress: Progress) -> None:
    """Remove everything of ours, the note on what it is last.

    A server holds a transaction in memory, and a node goes with its ties. So the nodes of which there are most go
    first, in many small transactions; the few that everything hangs on are bare when their turn comes.
    """
    labels = [name for name, edge in _stamped().items() if not edge and name not in statements.record_labels()]
    numbers = _numbers(session)
    done = 0
    for label in ("Record", *sorted(labels, key=lambda name: -numbers.get(name, 0)), mapping.OURS):
        while gone := session.execute_write(_remove_some, statements.remove(label)):
            done += gone
            progress("removals", done)
    session.run("MATCH (n:Push:Repgraph) DETACH DELETE n").consume()


def _remove_some(tx: neo4j.ManagedTransaction, text: str) -> int:
    return int(tx.run(text, size=_BATCH).single(strict=True)[0])


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
        self.looked = "the server held nothing yet"
        self._done: dict[str, int] = {}
        self.tallies = {name: _Tally() for name in _stamped()}

    def create(self, slices: Slices) -> None:
        """Write everything to a server that has nothing of it."""
        for wanted in slices.all():
            for title, parts in _groups(wanted):
                self._create(title, parts)

    def follow(self, old: Slices, new: Slices) -> None:
        """Bring a server that holds what `old` says to what `new` says, which differ in some slices only."""
        gone: dict[str, set[str]] = {}
        came: dict[str, set[str]] = {}
        # The server writes a slice while the next one is compared: each takes about half of the time. What the slice
        # held before is made beside what it holds now, for neither keeps both cores busy.
        with ThreadPoolExecutor(1) as server, ThreadPoolExecutor(1) as beside:
            running: deque[Future[None]] = deque()
            for filters in new.differing(old):
                earlier = beside.submit(old.of, filters)
                wanted = new.of(filters)
                before = earlier.result()
                was = {
                    name: pl.concat(p.frame.select("key", "stamp", _tie(p)) for p in before if p.name == name)
                    for name in {p.name for p in before}
                }
                todo: list[tuple[Part, pl.DataFrame, pl.DataFrame]] = []
                for title, parts in _groups(wanted):
                    for part in parts:
                        lacking, tied = _lacking(part, was.get(part.name))
                        todo.append((part, lacking, tied))
                        came.setdefault(part.name, set()).update(lacking["key"].to_list(), tied["key"].to_list())
                        self._tell(title, part.frame.height)
                running.append(server.submit(self._write_all, todo))
                while len(running) > _AHEAD:
                    running.popleft().result()
                has = {
                    name: pl.concat(p.frame["key"] for p in wanted if p.name == name)
                    for name in {p.name for p in wanted}
                }
                for name, frame in was.items():
                    keys = set(frame["key"].to_list()) - (set(has[name].to_list()) if name in has else set())
                    gone.setdefault(name, set()).update(keys)
            for job in running:
                job.result()
        self._compare_entries(new)
        gone = {name: keys - came.get(name, set()) for name, keys in gone.items()}
        for title in _TITLES[1:]:
            for name, edge in _names(title).items():
                self._forget(name, sorted(gone.get(name, ())), edge=edge)
        for name in _names(_TITLES[0]):
            self._let_go(name, gone.get(name, set()), new)

    def _write_all(self, todo: Iterable[tuple[Part, pl.DataFrame, pl.DataFrame]]) -> None:
        for part, lacking, tied in todo:
            self._write(part, lacking)
            self._renew(part, tied)

    def _let_go(self, label: str, keys: set[str], slices: Slices) -> None:
        """Remove things that nothing describes any more; those that something still points at stay, by their ids."""
        bare = slices.undescribed(label, pl.Series(sorted(keys), dtype=pl.String)).to_list()
        text = statements.tied(label)
        for start in range(0, len(bare), _BATCH):
            batch = bare[start : start + _BATCH]
            record = self._session.run(text, rows=batch).single(strict=True)
            for part in slices.stubs(label, record["keys"]):
                self._write(part, part.frame)
            self._forget(label, sorted(set(batch) - set(record["keys"])), edge=False)

    def compare(self, slices: Slices) -> None:
        """Write what differs from what the server has, whatever that is; at the end remove what is gone.

        Every line is whole with its stamp, so that a push cut anywhere leaves nothing that the next one would miss.
        """
        edges = _stamped()
        there = {name: _Stamps(self._stamps(name, edge=edge)) for name, edge in edges.items()}
        ties = [0, 0]
        for wanted in slices.all():
            for title, parts in _groups(wanted):
                for part in parts:
                    self._write(part, part.frame.filter(~there[part.name].found(part.frame["stamp"])))
                    self._tell(title, part.frame.height)
            ties = [a + b for a, b in zip(ties, _ties(wanted), strict=True)]
        for title in (*_TITLES[1:], _TITLES[0]):
            for name, edge in _names(title).items():
                self._forget_stamps(name, there[name], edge=edge)
        # somebody removed ties by hand: every record is written anew
        if ties != [_count(self._session, f"MATCH ()-[r:{kind}]->() RETURN count(r)") for kind in ("CITES", "STATES")]:
            for wanted in slices.all():
                for part in wanted.records:
                    self._write(part, part.frame)

    def _compare_entries(self, slices: Slices) -> None:
        """The judgements and entries, of which there are few, by their stamps."""
        there = {name: _Stamps(self._stamps(name, edge=edge)) for name, edge in _names(_TITLES[3]).items()}
        wanted = slices.judged()
        for part in (*wanted.things, *sorted(wanted.entries, key=lambda p: p.ends is not None)):
            known = there.get(part.name)
            self._write(part, part.frame if known is None else part.frame.filter(~known.found(part.frame["stamp"])))
        for name, edge in _names(_TITLES[3]).items():
            self._forget_stamps(name, there[name], edge=edge)

    def _forget_stamps(self, name: str, stamps: _Stamps, *, edge: bool) -> None:
        extra = stamps.left()
        self._forget(name, sorted(self._keys(name, extra, edge=edge)) if extra else (), edge=edge)

    def _tell(self, title: str, lines: int) -> None:
        self._done[title] = self._done.get(title, 0) + lines
        self._progress(title, self._done[title])

    def _create(self, title: str, parts: Sequence[Part]) -> None:
        """Write lines to a server that has nothing of them, some transactions at a time."""
        # Nodes before what ties them: of the judgements, the entries come first.
        for layer in ([p for p in parts if not p.ends], [p for p in parts if p.ends]):
            with ThreadPoolExecutor(_WORKERS) as pool:
                running: deque[tuple[Future[int], str]] = deque()
                try:
                    for part, batch in ((p, b) for p in layer for b in p.frame.iter_slices(_BATCH)):
                        running.append((pool.submit(self._create_batch, part, batch), part.name))
                        while len(running) > _WORKERS + 1:  # no more in memory than is needed to keep them busy
                            self._count_in(running.popleft(), title)
                    while running:
                        self._count_in(running.popleft(), title)
                except BaseException:
                    for future, _ in running:
                        future.cancel()
                    raise

    def _create_batch(self, part: Part, batch: pl.DataFrame) -> int:
        with self._driver.session(database=self._target.database) as session:
            session.execute_write(_batch, [(statements.write(part, fresh=True), _lines(part, batch))])
        return batch.height

    def _count_in(self, job: tuple[Future[int], str], title: str) -> None:
        future, name = job
        self.tallies[name].written += future.result()
        self._tell(title, future.result())

    def _stamps(self, name: str, *, edge: bool) -> pl.Series:
        record = self._session.run(statements.stamps(name, edge=edge)).single(strict=True)
        return pl.Series("stamp", record["stamps"], dtype=pl.Int64)

    def _keys(self, name: str, extra: Sequence[int], *, edge: bool) -> list[str]:
        record = self._session.run(statements.stamped(name, edge=edge), rows=extra).single(strict=True)
        return list(record["keys"])

    def _write(self, part: Part, lines: pl.DataFrame) -> None:
        """Write lines in batches, each one transaction."""
        # A node is brought up to date in its place; a relationship may have other ends now, a record other ties.
        anew = _hangs(part)
        text = statements.write(part, fresh=False)
        forget = statements.forget(part.name, edge=part.ends is not None)
        for batch in lines.iter_slices(_BATCH):
            rows = _lines(part, batch)
            first = [(forget, [row[0] for row in rows])] if anew else []
            self._session.execute_write(_batch, [*first, (text, rows)])
            self.tallies[part.name].written += len(rows)

    def _renew(self, part: Part, lines: pl.DataFrame) -> None:
        """Give relationships and records that are there by their keys, with these ends and ties, other properties."""
        text = statements.renew(part)
        for batch in lines.iter_slices(_BATCH):
            self._session.execute_write(_batch, [(text, _lines(part, batch))])
            self.tallies[part.name].written += batch.height

    def _forget(self, name: str, keys: Sequence[str], *, edge: bool) -> None:
        text = statements.forget(name, edge=edge)
        for start in range(0, len(keys), _BATCH):
            self._session.execute_write(_batch, [(text, keys[start : start + _BATCH])])
        self.tallies[name].removed += len(keys)
        self._tell("removals", len(keys))


def _tie(part: Part) -> pl.Expr:
    """A hash of what a line hangs on: the ends of a relationship, what a record cites and speaks of."""
    if not _hangs(part):
        return pl.lit(0, pl.UInt64).alias("tie")
    hung = ["start", "end"] if part.ends else ["sources", *(f"speaks_{label}" for label in part.speaks_of or ())]
    labels = pl.lit(" ".join(part.ends or ())).alias("labels")  # things of two labels may have one id
    return pl.struct(labels, *hung).hash().alias("tie")


def _hangs(part: Part) -> bool:
    """Whether a line is written between or with other lines: a relationship, a record. A thing stands by itself."""
    return part.is_record or part.ends is not None


def _lacking(part: Part, there: pl.DataFrame | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The lines of a part that differ from those that are there: to be written, and to be renewed where they hang."""
    if there is None:
        return part.frame, part.frame.clear()
    differ = part.frame.join(there, on=["key", "stamp"], how="anti")
    if not _hangs(part):  # it is brought up to date in its place anyway
        return differ, differ.clear()
    hung, place = differ.with_columns(_tie(part)), ["key", "tie"]
    return (
        hung.join(there, on=place, how="anti").drop("tie"),
        hung.join(there, on=place, how="semi").drop("tie"),
    )


class _Stamps:
    """The stamps that a server has of one label or type, and which of them should be there."""

    def __init__(self, stamps: pl.Series) -> None:
        self._stamps = stamps.sort().to_numpy()
        self._wanted = np.zeros(len(self._stamps), dtype=bool)

    def found(self, wanted: pl.Series) -> pl.Series:
        """Which of these the server has."""
        if not len(self._stamps):
            return pl.repeat(False, wanted.len(), eager=True)
        values = wanted.to_numpy()
        places = np.searchsorted(self._stamps, values).clip(max=len(self._stamps) - 1)
        there = self._stamps[places] == values
        self._wanted[places[there]] = True
        return pl.Series(there)

    def left(self) -> list[int]:
        """Those that nobody asked for."""
        found: list[int] = self._stamps[~self._wanted].tolist()
        return found


def _ties(wanted: Content) -> tuple[int, int]:
    """How many CITES and STATES the records of a slice have."""
    cited = sum(int(p.frame["sources"].list.len().sum() or 0) for p in wanted.records)
    spoken = sum(p.frame[f"speaks_{label}"].count() for p in wanted.records for label in p.speaks_of or ())
    return cited, spoken


_TITLES = ("things", "relationships", "records", "judgements")


def _groups(wanted: Content) -> Iterator[tuple[str, Sequence[Part]]]:
    """The parts of a slice in the order in which they can be written."""
    entries = sorted(wanted.entries, key=lambda part: part.ends is not None)
    return zip(_TITLES, (wanted.things, wanted.edges, wanted.records, entries), strict=True)


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


def _stamped() -> dict[str, bool]:
    """Every label and type whose lines have keys and stamps, with whether it is a type."""
    return {name: edge for title in _TITLES for name, edge in _names(title).items()}


def _counted() -> dict[str, bool]:
    """These, and the ties of records."""
    return _stamped() | {"STATES": True, "CITES": True}


def _answer(writer: _Writer, held: Mapping[str, int], casebook: Casebook, target: Target) -> Answer:
    """One row for each label and type that the server holds, or that lost something."""
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
        [note, writer.looked],
        {f"hidden in {table}": count for table, count in casebook.hidden.items()},
    )
