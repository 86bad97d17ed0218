"""One Neo4j server for all tests of a run, emptied between them; NEO4J_URI names a server of the user's own.

Tests that stop or kill a server start one of their own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from graph.neo4j_store import Neo4jStore, connect
from scripts.neo4j_server import CURRENT, LTS, Server, Unavailable, ready, running
from tests.thorough import more

Starting: TypeAlias = Callable[..., AbstractContextManager[Server]]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jStore]:
    """A store on a server of the LTS release that tests share."""
    if os.environ.get("NEO4J_URI"):
        with connect() as store:
            if store.rows("MATCH (n) RETURN count(n) AS n") != [{"n": 0}]:
                pytest.fail("the server of NEO4J_URI is not empty, and these tests empty it; name another one")
            yield store
        return
    with _started(tmp_path_factory.mktemp("neo4j"), LTS) as store:
        yield store


@pytest.fixture(scope="session")
def current_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jStore]:
    """A store on a server of the current release."""
    with _started(tmp_path_factory.mktemp("neo4j-current"), CURRENT) as store:
        yield store


@contextmanager
def _started(home: Path, version: str) -> Iterator[Neo4jStore]:
    _needs(version)
    with running(home, version, quick=True) as started:
        with connect(started.uri, password=started.password, environ={}) as store:
            yield store
        started.kill()  # its data are thrown away; to end in good order takes 11 to 16 seconds


@pytest.fixture
def store(server: Neo4jStore) -> Iterator[Neo4jStore]:
    """The shared server, with nothing in it."""
    emptied(server)
    yield server
    emptied(server)


@pytest.fixture(scope="module", params=[LTS, *more(CURRENT)])
def either(request: pytest.FixtureRequest) -> Iterator[Neo4jStore]:
    """A server of each release that we work with, with nothing in it when the module begins."""
    found: Neo4jStore = request.getfixturevalue("server" if request.param == LTS else "current_server")
    emptied(found)
    yield found
    emptied(found)


def emptied(store: Neo4jStore) -> None:
    """Remove every node, as nobody but a test may."""
    with store.driver.session(database=store.target.database) as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
    store.forget()


@pytest.fixture
def own_server(tmp_path: Path) -> Starting:
    """Starts a server of the test's own, to be stopped, killed or set read-only."""
    _needs(LTS)

    @contextmanager
    def start(settings: Mapping[str, str] | None = None) -> Iterator[Server]:
        with running(tmp_path / "server", LTS, settings=settings, quick=True) as started:
            yield started
            started.kill()

    return start


def _needs(version: str) -> None:
    try:
        ready(version)
    except Unavailable as reason:
        pytest.skip(str(reason))
