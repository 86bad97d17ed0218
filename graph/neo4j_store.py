"""The graph on a Neo4j server: pushed to, read back as rows, asked in Cypher.

    with connect("neo4j://localhost:7687") as store:
        store.push(casebook)
        rows = store.table("roles")          # equal to the workspace's

`docs/neo4j.md` shows the model; `ontology/neo4j.csv` is it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import polars as pl

from graph.answers import Answer
from graph.bolt import statements
from graph.bolt.connection import Target, open_driver, said_plainly, target
from graph.bolt.pushing import Held, push, readable
from graph.casebook import Casebook
from graph.errors import QueryError
from graph.identity import Judgement
from graph.ingest import Progress
from graph.rows import frame_of, schema

if TYPE_CHECKING:
    import neo4j

_FETCH = 10_000


class Neo4jStore:
    """A server that holds, or will hold, a push; use `connect` to get one. It is `Rows`, so a casebook reads from it."""

    def __init__(self, driver: neo4j.Driver, found: Target) -> None:
        self.driver, self.target = driver, found
        self._tables: dict[str, pl.DataFrame] = {}

    def __enter__(self) -> Neo4jStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self.driver.close()

    def forget(self) -> None:
        """Read tables from the server again: somebody else may have pushed."""
        self._tables.clear()

    def push(
        self,
        casebook: Casebook,
        *,
        full: bool = False,
        into: bool = False,
        origin: str = "",
        pseudonym: Callable[[str], str] | None = None,
        progress: Progress | None = None,
    ) -> Answer:
        """Make the server hold what the casebook shows (`graph.bolt.pushing.push`)."""
        self.forget()
        return push(
            casebook, self.driver, self.target,
            full=full, into=into, origin=origin, pseudonym=pseudonym, progress=progress,
        )  # fmt: skip

    def held(self) -> Held:
        """Which push the server holds.

        Raises:
            StoreError: none, half of one, or one of another version of repgraph.
        """
        with said_plainly(self.target, "reading"), self.driver.session(database=self.target.database) as session:
            return readable(session, self.target)

    def table(self, name: str) -> pl.DataFrame:
        """All records of one table, ordered by `record`; read once and kept."""
        if name not in self._tables:
            self._tables[name] = self._frame(name, statements.read(name), {})
        return self._tables[name]

    def where(self, name: str, column: str, values: Collection[str]) -> pl.DataFrame:
        """The records of one table whose `column` is (or, for a list, holds) one of `values`, ordered by `record`."""
        return self._frame(name, statements.read(name, column), {"values": sorted(values)})

    def scan(self, name: str) -> pl.LazyFrame:
        """All records of one table, to be filtered."""
        return self.table(name).lazy()

    def _frame(self, name: str, text: str, parameters: Mapping[str, Any]) -> pl.DataFrame:
        lines = [row["cells"] for row in self._run(text, parameters)]
        return frame_of(schema(name), lines).sort("record")  # a server keeps no empty list

    def judgements(self) -> list[Judgement]:
        """The judgements that were pushed, in the order in which they were made; `by` is a pseudonym."""
        text = "MATCH (j:Judgement:Repgraph) RETURN j {.*} AS j ORDER BY j.line, j.kind, j.left, j.right"
        names = ("kind", "left", "right", "verdict", "decided_on", "by", "why", "evidence", "line")
        return [Judgement(*(row["j"].get(n) for n in names)) for row in self._run(text, {})]

    def rows(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a Cypher query that reads; values as the driver gives them.

        Raises:
            QueryError: the query is wrong, or writes.
            StoreError: the server failed.
        """
        from neo4j import exceptions

        try:
            return self._run(text, parameters)
        except Exception as error:
            cause = error.__cause__
            if isinstance(cause, exceptions.ClientError):
                raise QueryError(f"the query was refused: {(cause.message or '').strip()}") from cause
            raise

    def _run(self, text: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        import neo4j

        def work(tx: neo4j.ManagedTransaction) -> list[dict[str, Any]]:
            return tx.run(text, dict(parameters)).data()

        with said_plainly(self.target, "reading"):
            access = neo4j.READ_ACCESS
            with self.driver.session(
                database=self.target.database, default_access_mode=access, fetch_size=_FETCH
            ) as session:
                return session.execute_read(work)


def connect(
    address: str | None = None,
    *,
    user: str | None = None,
    password: str | None = None,
    database: str | None = None,
    workspace: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Neo4jStore:
    """A store on the server that is named here, in the environment or in the workspace; close it, or use `with`.

    Raises:
        StoreError: no server is named, none answers there, it refuses the password, or it is too old.
    """
    found = target(
        address, user=user, password=password, database=database, workspace=workspace, environ=environ
    )  # fmt: skip
    return Neo4jStore(open_driver(found), found)
