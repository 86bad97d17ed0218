"""A Neo4j server as a place to ask: names found by the keys of our own index, then the same answers as anywhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from graph.bolt.parts import key_text
from graph.bolt.pushing import Held
from graph.casebook import Casebook, around
from graph.name_entries import entries
from graph.name_index import NameIndex, blank
from graph.neo4j_store import Neo4jStore, connect
from graph.workspace import NAMED_TABLES, Workspace, today

_CLAUSES = 400
"""Keys in one search; Lucene takes 1,024."""
_BY_KEYS = "CALL db.index.fulltext.queryNodes('repgraph_names', $words) YIELD node RETURN DISTINCT node.thing AS thing"


@dataclass(frozen=True, slots=True)
class Server:
    """A connected server that holds a push."""

    store: Neo4jStore
    held: Held

    @classmethod
    def at(cls, address: str, folder: Path) -> Server:
        """The server at an address; user and password from the environment or the workspace in `folder`.

        Raises:
            StoreError: none answers there, it refuses, or it holds no whole push of this version of repgraph.
        """
        store = connect(address, workspace=folder if folder.is_dir() else None)
        try:
            return cls(store, store.held())
        except BaseException:
            store.close()
            raise

    def told(self, folder: Path) -> Iterator[str]:
        """What somebody who asks must know: what the push may not hold, and whose it is if not that of `folder`."""
        if self.held.profile != "internal":
            yield f"the server holds what the profile {self.held.profile} may see, and no more"
        own = Workspace(folder)
        if own.manifest.is_begun() and self.held.origin not in ("", own.origin):
            yield f"the server holds the push of another workspace than {folder}"

    def casebook(self, *, resolved: bool = True, profile: str = "internal") -> Casebook:
        return Casebook(self.store, self.store.judgements(), resolved=resolved, profile=profile, today=today())

    def about(
        self, kind: str, things: Collection[str], *, resolved: bool = True, profile: str = "internal"
    ) -> Casebook:
        """Only what answers about these things need is fetched."""
        judged = self.store.judgements()
        return around(self.store, judged, kind, things, resolved=resolved, profile=profile, today=today())

    @contextmanager
    def names(self) -> Iterator[_Names]:
        with closing(_Names(self.store)) as names:
            yield names


class _Names(NameIndex):
    """The index of a workspace, of which only what is asked for is fetched: by its own keys, which records carry."""

    def __init__(self, store: Neo4jStore) -> None:
        super().__init__(blank())
        self._store = store
        self._asked: set[int] = set()
        self._things: set[tuple[str, str]] = set()

    def _prepare(self, kind: str, keys: Sequence[int]) -> None:
        new = sorted(set(keys) - self._asked)
        self._asked.update(new)
        found: set[str] = set()
        for start in range(0, len(new), _CLAUSES):
            words = " ".join(map(key_text, new[start : start + _CLAUSES]))
            found.update(row["thing"] for row in self._store.rows(_BY_KEYS, words=words))
        found = {thing for thing in found if (kind, thing) not in self._things}
        if found:
            self._things.update((kind, thing) for thing in found)
            table = next(t for t, of in NAMED_TABLES.items() if of == kind)
            self.update(entries(table, self._store.where(table, "thing", found)), ())
