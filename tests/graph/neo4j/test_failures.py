"""Every failure is one sentence that says where, what and what to do; no sentence holds a password."""

from __future__ import annotations

import os
import socket
from datetime import date
from pathlib import Path

import pytest

from graph.bolt.connection import FILE, Target, is_address, target
from graph.casebook import Casebook
from graph.errors import QueryError, StoreError
from graph.neo4j_store import Neo4jStore, connect
from graph.rows import MemoryRows
from tests.graph.conftest import records
from tests.graph.neo4j.conftest import Starting
from tests.graph.neo4j.generated import generated_rows
from tests.graph.neo4j.worlds import first, held

TODAY = date(2026, 11, 23)
SECRET = "correct-horse-battery"


def small() -> Casebook:
    return Casebook(MemoryRows.of(records("a", first())), today=TODAY)  # type: ignore[arg-type]


def test_options_come_before_the_environment_and_that_before_the_workspace(tmp_path: Path) -> None:
    file = tmp_path / FILE
    file.write_text(f'uri = "neo4j://file:7687"\nusername = "of-file"\npassword = "{SECRET}"\ndatabase = "d"\n')
    file.chmod(0o600)
    assert target(workspace=tmp_path, environ={}) == Target("neo4j://file:7687", "of-file", SECRET, "d")
    env = {"NEO4J_URI": "neo4j://env:7687", "NEO4J_USERNAME": "of-env"}
    assert target(workspace=tmp_path, environ=env) == Target("neo4j://env:7687", "of-env", SECRET, "d")
    assert target("bolt://option", user="me", workspace=tmp_path, environ=env).uri == "bolt://option"
    assert target("bolt://option", user="me", environ=env).user == "me"


def test_a_target_does_not_show_its_password() -> None:
    found = target("bolt://host", password=SECRET, environ={})
    assert SECRET not in f"{found} {found!r}"


@pytest.mark.skipif(os.name != "posix", reason="file modes are a matter of POSIX")
def test_a_password_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(f'password = "{SECRET}"\n')
    (tmp_path / FILE).chmod(0o644)
    with pytest.raises(StoreError, match=r"others may read the password in it; run: chmod 600"):
        target("bolt://host", workspace=tmp_path, environ={})


@pytest.mark.parametrize("text", [f'password = "{SECRET}', f'passwort = "{SECRET}"\n', f"password = ['{SECRET}']\n"])
def test_a_wrong_password_file_is_refused_without_being_quoted(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    (tmp_path / FILE).chmod(0o600)
    with pytest.raises(StoreError) as refused:
        target("bolt://host", workspace=tmp_path, environ={})
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


def test_no_address_anywhere_is_said() -> None:
    with pytest.raises(StoreError, match="no Neo4j address; give one"):
        target(environ={})


@pytest.mark.parametrize("text", ["localhost", "http://host", "neo4j://", "bolt:host", "neo4j:///x"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(StoreError, match="is no address of a Neo4j server; write it as"):
        target(text, environ={})


def test_an_address_with_a_password_is_refused_without_being_quoted() -> None:
    with pytest.raises(StoreError, match="must not hold user or password") as refused:
        target(f"neo4j://me:{SECRET}@host", environ={})
    assert SECRET not in str(refused.value)


def test_addresses_are_told_from_paths() -> None:
    assert is_address("neo4j+s://host")
    assert is_address("bolt://host:1")
    assert not is_address("./neo4j")
    assert not is_address("http://host")
    assert not is_address("neo4j")


def test_an_unreachable_server_is_said() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        address = f"bolt://127.0.0.1:{unheard.getsockname()[1]}"
        with pytest.raises(StoreError, match=f"{address}: no Neo4j server answers there; start it"):
            connect(address, password=SECRET, environ={})


@pytest.mark.neo4j
def test_an_encrypted_address_of_a_server_without_encryption_is_said(server: Neo4jStore) -> None:
    address = server.target.uri.replace("bolt://", "bolt+s://")
    with pytest.raises(StoreError, match="a server without encryption wants bolt://$"):
        connect(address, password=SECRET, environ={})


@pytest.mark.neo4j
def test_a_wrong_password_is_said_and_not_shown(server: Neo4jStore) -> None:
    with pytest.raises(StoreError, match="the server refused user 'neo4j' and the password") as refused:
        connect(server.target.uri, password=SECRET, environ={})
    assert SECRET not in str(refused.value)
    assert SECRET not in str(refused.value.__cause__)


@pytest.mark.neo4j
def test_no_password_at_all_is_said(server: Neo4jStore) -> None:
    with pytest.raises(StoreError, match="set NEO4J_USERNAME and NEO4J_PASSWORD"):
        connect(server.target.uri, environ={})


@pytest.mark.neo4j
def test_a_database_that_is_not_there_is_said(server: Neo4jStore) -> None:
    with pytest.raises(StoreError, match="there is no database 'elsewhere'; name another one"):
        connect(server.target.uri, password=server.target.password, database="elsewhere", environ={})


@pytest.mark.neo4j
def test_a_query_that_is_wrong_or_writes_is_refused(store: Neo4jStore) -> None:
    with pytest.raises(QueryError, match="the query was refused"):
        store.rows("MATCH (n RETURN n")
    with pytest.raises(QueryError, match="the query was refused"):
        store.rows("CREATE (n:Person) RETURN n")
    assert store.rows("MATCH (n) RETURN count(n) AS n") == [{"n": 0}]


@pytest.mark.thorough
@pytest.mark.neo4j
def test_a_read_only_database_is_said_and_can_be_read(own_server: Starting) -> None:
    with own_server() as server:
        with connect(server.uri, password=server.password, environ={}) as store:
            store.push(small())
        server.stop()
        server.start({"server.databases.default_to_read_only": "true"})
        with connect(server.uri, password=server.password, environ={}) as store:
            with pytest.raises(StoreError, match=r"the database is read-only; push to another one, or set server\."):
                store.push(small())
            assert store.table("people").height == 3


@pytest.mark.thorough
@pytest.mark.neo4j
def test_a_server_killed_in_mid_push_is_said_and_the_next_push_equals_a_full_one(
    own_server: Starting, tmp_path: Path
) -> None:
    rows, judgements = generated_rows(tmp_path / "world", cases=400)
    casebook = Casebook(rows, judgements, today=TODAY)
    with own_server() as server:

        def kill(title: str, _done: int) -> None:
            if title == "records" and server.process.poll() is None:
                server.kill()

        with (
            connect(server.uri, password=server.password, environ={}) as store,
            pytest.raises(StoreError, match="the connection was lost in mid-push; push again"),
        ):
            store.push(casebook, progress=kill)
        server.start()
        with connect(server.uri, password=server.password, environ={}) as store:
            store.push(casebook)
            mended = held(store)
            store.push(casebook, full=True)
            assert mended == held(store)


@pytest.mark.thorough
@pytest.mark.neo4j
def test_the_password_of_the_server_is_in_no_process_list_and_no_file_of_its_own(own_server: Starting) -> None:
    with own_server() as server:
        shown = Path(f"/proc/{server.process.pid}/cmdline")
        assert not shown.exists() or server.password.encode() not in shown.read_bytes()
        for file in [p for part in ("conf", "logs", "run") for p in (server.home / part).rglob("*") if p.is_file()]:
            assert server.password.encode() not in file.read_bytes(), file
