"""The command says the same bytes with `--store` as without, over odd worlds; what it may not know, it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph.bolt.pushing import stamps
from graph.bolt.script import export_cypher, lines
from graph.neo4j_store import Neo4jStore
from graph.workspace import Workspace
from tests.contract.calls import calls
from tests.contract.conftest import Command, Played, Said
from tests.contract.conftest import played as played
from tests.graph.neo4j.conftest import emptied
from tests.thorough import more

Ask = Callable[..., tuple[Said, Said]]

pytestmark = pytest.mark.neo4j


@pytest.fixture(autouse=True)
def entry(server: Neo4jStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert server.target.password
    monkeypatch.setenv("NEO4J_USERNAME", server.target.user)
    monkeypatch.setenv("NEO4J_PASSWORD", server.target.password)


@pytest.fixture(scope="module")
def pushed(
    request: pytest.FixtureRequest, server: Neo4jStore, played: Callable[[int], Played]
) -> Iterator[tuple[Played, str]]:
    """A world on both stores, and the server's address."""
    emptied(server)
    made = played(request.param)
    workspace = Workspace.open(made.command.workspace)
    server.push(workspace.casebook(), origin=workspace.origin, pseudonym=workspace.pseudonym)
    yield made, server.target.uri
    emptied(server)


@pytest.mark.parametrize(
    ("pushed", "every"),
    [(3, 23), *more((3, 2), (7, 2))],
    indirect=["pushed"],
)
def test_answers_are_the_same_bytes(pushed: tuple[Played, str], every: int) -> None:
    made, address = pushed
    asked = 0
    for call in list(calls(made))[::every]:  # each is two runs of the command
        here = made.command.run(call[0], "--json", *call[1:])
        there = made.command.run("--store", address, call[0], "--json", *call[1:])
        assert (there.code, there.out) == (here.code, here.out), call
        asked += '"rows": []' not in here.out
    assert asked > 50 / every


@pytest.fixture
def one(played: Callable[[int], Played]) -> Command:
    return played(3).command


def told(command: Command, store: Neo4jStore) -> Said:
    return command.run("--store", store.target.uri, "who", "Petrov")


def test_a_server_that_holds_nothing_is_said(one: Command, store: Neo4jStore) -> None:
    said = told(one, store)
    assert (said.code, said.out) == (1, "")
    assert said.err.endswith(f"holds nothing of repgraph; push to it first: repgraph push {store.target.uri}\n")


def test_half_a_push_and_one_of_another_version_are_not_read(one: Command, store: Neo4jStore) -> None:
    store.push(Workspace.open(one.workspace).casebook())
    for change, text in (("complete: false", "holds half a push"), ("model: 'old'", "was filled by another version")):
        with store.driver.session() as session:
            session.run(f"MATCH (p:Push) SET p += {{{change}}}").consume()
        said = told(one, store)
        assert (said.code, said.out) == (1, "")
        assert text in said.err
        assert said.err.count("\n") == 1


def test_what_the_push_may_not_hold_and_whose_it_is_are_said(one: Command, store: Neo4jStore) -> None:
    casebook = Workspace.open(one.workspace).casebook(profile="public")
    store.push(casebook, origin="another")
    said = told(one, store)
    assert said.code == 0
    assert "the server holds what the profile public may see, and no more\n" in said.err
    assert "the server holds the push of another workspace than" in said.err


@pytest.mark.thorough
def test_a_script_is_asked_like_a_push_and_replaced_only_on_demand(
    one: Command, store: Neo4jStore, tmp_path: Path
) -> None:
    workspace = Workspace.open(one.workspace)
    export_cypher(workspace.casebook(), tmp_path / "graph.cypher")
    with store.driver.session() as session:
        for statement in lines(tmp_path / "graph.cypher"):
            session.run(statement).consume()
    assert told(one, store).out == one.run("who", "Petrov").out
    assert "by --full" in one.run("push", store.target.uri, "--profile", "internal").err
    assert one.run("push", store.target.uri, "--profile", "internal", "--full").code == 0
    assert store.held().stamps == stamps()
