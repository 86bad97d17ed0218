"""The index that finds persons, institutions, cases and exchanges by name: one SQLite file, derived, rebuilt at will."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from graph.names import fold

KINDS = ("person", "body", "case", "exchange")


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing (`dataset/id`) with all its spellings."""

    kind: str
    thing: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A thing that a text can mean: the spelling that fits best, a score (0 to 1) and what made it."""

    thing: str
    name: str
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gives: `matches` can be meant, `nearest` are offered where there is no match."""

    matches: list[Match]
    nearest: list[Match]


class NameIndex:
    """An open index. Close it, or use it as a context manager."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @classmethod
    def build(
        cls, path: Path, entries: Iterable[Entry], *, progress: Callable[[int], None] | None = None
    ) -> None:
        """Write the index of `entries` to the new file `path`."""
        db = sqlite3.connect(path)
        with db:
            db.execute("CREATE TABLE names (kind TEXT, thing TEXT, name TEXT, folded TEXT)")
        index = cls(db)
        index.update(entries, ())
        index.close()

    @classmethod
    def open(cls, path: Path) -> NameIndex:
        """The index at `path`, read-only."""
        return cls(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True))

    @classmethod
    def open_for_update(cls, path: Path) -> NameIndex:
        """The index at `path`, writable."""
        return cls(sqlite3.connect(path))

    def update(self, add: Iterable[Entry], remove: Iterable[tuple[str, str]]) -> None:
        """Take out the things of `remove`, then put in (or replace) those of `add`."""
        with self._db:
            for kind, thing in remove:
                self._db.execute("DELETE FROM names WHERE kind = ? AND thing = ?", (kind, thing))
            for entry in add:
                self._db.execute("DELETE FROM names WHERE kind = ? AND thing = ?", (entry.kind, entry.thing))
                rows = [(entry.kind, entry.thing, name, fold(name)) for name in sorted(set(entry.names))]
                self._db.executemany("INSERT INTO names VALUES (?, ?, ?, ?)", rows)

    def search(self, kind: str, text: str, *, limit: int = 20) -> Found:
        """The things of `kind` that `text` can mean."""
        wanted = set(fold(text).split())
        best: dict[str, Match] = {}
        for thing, name, folded in self._db.execute(
            "SELECT thing, name, folded FROM names WHERE kind = ? ORDER BY thing, name", (kind,)
        ):
            have = set(folded.split())
            if wanted and wanted <= have:
                match = Match(thing, name, len(wanted) / len(have), ("words",))
                best[thing] = max(best.get(thing, match), match, key=lambda m: m.score)
        return Found(sorted(best.values(), key=lambda m: (-m.score, m.thing))[:limit], [])

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> NameIndex:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
