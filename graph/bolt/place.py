"""A Neo4j server as a place to ask: candidates by its full-text index, then the same finding and answers as anywhere."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graph.casebook import Casebook, around
from graph.name_entries import entries
from graph.name_index import Entry, Found, NameIndex
from graph.names import fold
from graph.neo4j_store import Neo4jStore, connect
from graph.workspace import NAMED_TABLES, today

_CANDIDATES = 500
_INDEX = {
    "person": "repgraph_people",
    "body": "repgraph_places",
    "case": "repgraph_places",
    "exchange": "repgraph_places",
}
_WORD = re.compile(r"\w{2,}")


@dataclass(frozen=True, slots=True)
class Server:
    """A connected server that holds a push."""

    store: Neo4jStore

    @classmethod
    def at(cls, address: str, folder: Path) -> Server:
        """The server at an address; user and password from the environment or the workspace in `folder`.

        Raises:
            StoreError: none answers there, or it refuses.
        """
        return cls(connect(address, workspace=folder if folder.is_dir() else None))

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
        yield _Names(self.store)


class _Names:
    """Finds things by name: the server offers candidates, our own index says which of them can be meant."""

    def __init__(self, store: Neo4jStore) -> None:
        self._store = store

    def search(self, kind: str, text: str, *, limit: int = 20) -> Found:
        things = self._candidates(kind, text)
        with tempfile.TemporaryDirectory(prefix="repgraph-names-") as folder:
            path = Path(folder) / "names.sqlite"
            NameIndex.build(path, self._entries(kind, things))
            with NameIndex.open(path) as index:
                return index.search(kind, text, limit=limit)

    def _candidates(self, kind: str, text: str) -> list[str]:
        words = _WORD.findall(fold(text)) + _WORD.findall(text.casefold())
        if not words:
            return []
        # Words only, so nothing in the text can be an operator of the query language.
        asked = " ".join(dict.fromkeys(part for w in words[:20] for part in (f"{w[:100]}~2", f"{w[:4]}*")))
        query = "CALL db.index.fulltext.queryNodes($index, $asked, {limit: $limit}) YIELD node RETURN node.ids AS ids, node.id AS id"
        rows = self._store.rows(query, index=_INDEX[kind], asked=asked, limit=_CANDIDATES)
        return sorted({i for row in rows for i in (row["ids"] or [row["id"]]) if i})

    def _entries(self, kind: str, things: Collection[str]) -> Iterator[Entry]:
        for table, named in NAMED_TABLES.items():
            if named == kind:
                yield from entries(table, self._store.where(table, "thing", things))
