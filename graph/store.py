"""Stores of claims: what a store must do, and the embedded one (Oxigraph, on disk or in memory)."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import polars as pl
import pyoxigraph as ox

from graph.claims import IDENTITY, PROVENANCE, Versioned, nquads_of, records, retracted
from graph.errors import StoreError
from graph.records import Record, record_iri
from graph.rows import frame_of, line, restricted, schema

if TYPE_CHECKING:
    import rdflib


class Ended(NamedTuple):
    """A version of a record that left the state: the record, the line that brought it, the line that ended it.

    `how` is `replaced` (another version came), `retracted` (it vanished or was taken back) or `purged`.
    """

    record: Record
    since: int
    line: int
    how: str


class Store(Protocol):
    """Where claims live. All of them give the same rows for the same records."""

    def apply(self, added: Iterable[Versioned], ended: Iterable[Ended] = ()) -> None:
        """Take in new versions and let go of old ones; the old ones first.

        A version that takes the place of another is given together with it: what both say stays as it is.
        """
        ...

    def identify(self, quads: str) -> None:
        """Replace the identity overlay by these quads (N-Quads text)."""
        ...

    def table(self, name: str) -> pl.DataFrame:
        """All records of a table (`graph.rows`)."""
        ...

    def where(self, name: str, column: str, values: Collection[str]) -> pl.DataFrame:
        """The records of a table whose column is, or holds, one of the values."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


class OxigraphStore:
    """Claims in Oxigraph: on disk in `path`, or in memory without one."""

    def __init__(self, path: Path | None = None, *, read_only: bool = False) -> None:
        self._path = path
        try:
            if path is None:
                self.quads = ox.Store()
            else:
                self.quads = ox.Store.read_only(str(path)) if read_only else ox.Store(str(path))
        except (OSError, RuntimeError) as error:  # what is corrupt comes as the latter
            remedy = "run `repgraph rebuild`" if read_only else "nothing was changed"
            raise StoreError(f"{path}: the store cannot be opened ({error}); {remedy}") from error

    def apply(self, added: Iterable[Versioned], ended: Iterable[Ended] = ()) -> None:
        fresh = {version.record.id: version for version in added}
        text, gone = [], []
        for record, since, until, how in ended:
            if (new := fresh.pop(record.id, None)) is not None:
                # One changed cell changes few of a record's quads, and each costs the store as much as any other.
                old, now = (_lines(nquads_of(*version)) for version in ((record, since), new))
                gone += [line for line in old if line not in now]
                text += [line for line in now if line not in old]
                continue
            self._forget(record)
            if how == "retracted":
                text.append(retracted(record, since, until))
        for version in fresh.values():  # one that comes back leaves what was kept of it behind
            self._forget(version.record)
            text.append(nquads_of(*version))
        for quad in ox.parse(input="".join(gone).encode(), format=ox.RdfFormat.N_QUADS):
            self.quads.remove(quad)
        self.add("".join(text))

    def add(self, text: str) -> None:
        """Add quads (N-Quads text); in bulk where there are many, else as one transaction."""
        data = text.encode()
        if len(data) > _BULK_BYTES:
            self.quads.bulk_load(input=data, format=ox.RdfFormat.N_QUADS)
        elif data:
            self.quads.extend(ox.parse(input=data, format=ox.RdfFormat.N_QUADS))

    def add_file(self, path: Path) -> None:
        """Add the quads of an N-Quads file or pipe in bulk; on a failure the store is to be thrown away.

        Raises:
            StoreError: the text is not N-Quads, or the disk is full.
        """
        try:
            with _memory_given_back():
                self.quads.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
        except (OSError, RuntimeError, SyntaxError) as error:
            raise StoreError(f"the store could not take the quads: {error}; free some space and load again") from error

    def _forget(self, record: Record) -> None:
        graph = ox.NamedNode(record_iri(record.id))
        told = list(self.quads.quads_for_pattern(graph, None, None, _PROVENANCE))
        for quad in told:
            self.quads.remove(quad)
        if told:  # no claims without provenance
            self.quads.remove_graph(graph)

    def identify(self, quads: str) -> None:
        self.quads.remove_graph(ox.NamedNode(IDENTITY))
        self.add(quads)

    def lines(self) -> Iterator[str]:
        """Every quad as a line of N-Quads, in the store's order."""
        return (f"{quad} ." for quad in self.quads)

    def content_hash(self) -> str:
        """A hash of the set of quads, whatever order the store keeps them in."""
        # The sum of the hashes of a set's members does not ask for their order; 256 bits leave no room for chance.
        total = 0
        for text in self.lines():
            total += int.from_bytes(hashlib.sha256(text.encode()).digest())
        return f"{total % (1 << 256):064x}"

    def records(self) -> list[Versioned]:
        """Every record that the claims say."""
        return records(iter(self.quads))

    def table(self, name: str) -> pl.DataFrame:
        found = [line(r, since) for r, since in self.records() if r.table == name]
        return frame_of(schema(name), found).sort("record")

    def where(self, name: str, column: str, values: Collection[str]) -> pl.DataFrame:
        return restricted(self.table(name), column, values)

    def graph(self) -> rdflib.Dataset:
        """The same store as an rdflib dataset (oxrdflib): nothing is copied."""
        import oxrdflib
        import rdflib

        return rdflib.Dataset(store=oxrdflib.OxigraphStore(store=self.quads), default_union=True)

    def keep(self) -> None:
        """Write what is in memory to disk, and close the store."""
        # Opening writes what the log holds at once; `flush` would wait until some of the many files that bulk loads
        # leave are merged, which takes longer than a small change itself. The next writer goes on merging.
        self.close()
        OxigraphStore(self._path).close()

    def close(self) -> None:
        # pyoxigraph lets go of its files when the last reference goes.
        self.__dict__.pop("quads", None)


def _lines(text: str) -> dict[str, None]:
    """The lines of N-Quads text in their order, each once."""
    # `splitlines` would cut at U+2028, U+0085 and others too, which may stand in a literal as they are.
    return dict.fromkeys(f"{line}\n" for line in text.split("\n") if line)


@contextmanager
def _memory_given_back() -> Iterator[None]:
    """What a bulk load frees goes back to the system every few seconds.

    One thread makes the batches and others free them, so that the C library of Linux would keep ever more scattered
    pieces: a gigabyte after 20 million quads, and growing. Other C libraries have nothing of the kind to ask for.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is None:
        yield
        return
    over = threading.Event()

    def give_back() -> None:
        while not over.wait(_SECONDS):
            trim(0)

    thread = threading.Thread(target=give_back, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


_SECONDS = 5
_BULK_BYTES = 8_000_000
_PROVENANCE = ox.NamedNode(PROVENANCE)


def clone(old: Path, new: Path) -> None:
    """A copy of a store that nobody writes to: its data files are hard links, so it takes milliseconds.

    The files of a sorted table never change, so both stores can share them; what RocksDB rewrites is copied.
    """
    new.mkdir(parents=True)
    for name in sorted(os.listdir(old)):
        if name.endswith((".sst", ".blob")):
            os.link(old / name, new / name)
        elif name != "LOCK" and not name.startswith("LOG"):
            shutil.copy2(old / name, new / name)
