"""Queries of strangers: what they may ask, what is refused, and that nothing reaches out."""

from __future__ import annotations

import platform
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.errors import QueryError
from graph.sparql_sandbox import checked, run_query

EX = "http://example.org/"
NO_SOCKETS = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six judges in two named graphs, on disk and closed."""
    path = tmp_path_factory.mktemp("store") / "со стором"
    opened = ox.Store(str(path))
    for number in range(6):
        graph = ox.NamedNode(f"{EX}record/{number % 2}")
        judge = ox.NamedNode(f"{EX}judge/{number}")
        opened.add(ox.Quad(judge, ox.NamedNode(EX + "matters"), ox.Literal(number * 7), graph))
        opened.add(ox.Quad(judge, ox.NamedNode(EX + "name"), ox.Literal(f"Судья {number}", language="ru"), graph))
    opened.flush()
    del opened
    return path


@dataclass
class Listener:
    """A socket on this machine that remembers who knocked."""

    port: int
    calls: list[object] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/x"


@pytest.fixture
def listener() -> Iterator[Listener]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Listener(server.getsockname()[1])

        def accept() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                found.calls.append(address)
                connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield found
        time.sleep(0.05)
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_the_default_graph_is_all_graphs_together(store: Path) -> None:
    answer = run_query(store, f"SELECT ?j ?n {{ ?j <{EX}matters> ?n }}")
    assert [row["n"] for row in answer.rows] == [0, 7, 14, 21, 28, 35]
    assert answer.columns == ["j", "n"]


def test_named_graphs_can_be_asked_for(store: Path) -> None:
    answer = run_query(store, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{EX}record/1> {{ ?j <{EX}matters> ?m }} }}")
    assert answer.rows == [{"n": 3}]


def test_ask_gives_one_truth_value(store: Path) -> None:
    assert run_query(store, f"ASK {{ ?j <{EX}matters> 35 }}").rows == [{"answer": True}]


def test_construct_gives_triples(store: Path) -> None:
    answer = run_query(store, f"CONSTRUCT {{ ?j a <{EX}Busy> }} WHERE {{ ?j <{EX}matters> ?n FILTER(?n > 30) }}")
    assert answer.columns == ["subject", "predicate", "object"]
    assert [row["subject"] for row in answer.rows] == [EX + "judge/5"]


def test_what_is_not_bound_is_none(store: Path) -> None:
    answer = run_query(store, f"SELECT ?j ?x {{ ?j <{EX}matters> 7 OPTIONAL {{ ?j <{EX}none> ?x }} }}")
    assert answer.rows == [{"j": EX + "judge/1", "x": None}]


def test_an_order_of_the_query_is_kept(store: Path) -> None:
    answer = run_query(store, f"SELECT ?n {{ ?j <{EX}matters> ?n }} ORDER BY DESC(?n)")
    assert [row["n"] for row in answer.rows] == [35, 28, 21, 14, 7, 0]


def test_rows_beyond_the_limit_are_cut_off_and_it_is_said(store: Path) -> None:
    answer = run_query(store, f"SELECT ?n {{ ?j <{EX}matters> ?n }} ORDER BY ?n", rows=2)
    assert [row["n"] for row in answer.rows] == [0, 7]
    assert answer.notes == [
        "stopped at 2 rows, there are more: ask for less or page with ORDER BY, LIMIT and OFFSET",
    ]


def test_a_query_is_stopped_at_its_time(store: Path) -> None:
    many = " . ".join(f"?a{n} ?b{n} ?c{n}" for n in range(12))
    began = time.monotonic()
    with pytest.raises(QueryError, match="was stopped after 1 s; ask for less"):
        run_query(store, f"SELECT (COUNT(*) AS ?n) {{ {many} }}", seconds=1)
    assert time.monotonic() - began < 5


@pytest.mark.skipif(sys.platform == "win32", reason="no memory limit for a process there")
def test_a_query_is_stopped_at_its_memory(store: Path) -> None:
    many = " . ".join(f"?a{n} ?b{n} ?c{n}" for n in range(8))
    with pytest.raises(QueryError, match="more than 400 MB; ask for less"):
        run_query(store, f"SELECT * {{ {many} }} ORDER BY ?c1", seconds=30, memory_mb=400)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
        "select * { service <URL> { ?s ?p ?o } }",
        "SELECT * { VALUES ?u { <URL> } SERVICE ?u { ?s ?p ?o } }",
        "SELECT * { ?a ?b ?c FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
        "SELECT * { ?a ?b ?c FILTER NOT EXISTS { { SERVICE <URL> { ?s ?p ?o } } } }",
        "SELECT * { { SELECT * { OPTIONAL { SERVICE <URL> { ?s ?p ?o } } } } UNION { ?s ?p ?o } }",
        "SELECT * { BIND(EXISTS { SERVICE <URL> { ?s ?p ?o } } AS ?x) }",
        "SELECT (EXISTS { SERVICE <URL> { ?s ?p ?o } } AS ?x) {}",
        "SELECT * { ?s ?p ?o } ORDER BY (EXISTS { SERVICE <URL> { ?s ?p ?o } })",
        "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (EXISTS { SERVICE <URL> { ?s ?p ?o } })",
        "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
        "ASK { MINUS { SERVICE <URL> { ?s ?p ?o } } }",
        "DESCRIBE ?s { SERVICE <URL> { ?s ?p ?o } }",
        r"SELECT * { \u0053ERVICE <URL> { ?s ?p ?o } }",
        r"SELECT * { \U00000053ERVICE <URL> { ?s ?p ?o } }",
        "SELECT * { # a comment\rSERVICE <URL> { ?s ?p ?o }\n}",
        "SELECT * { # a comment\x0bSERVICE <URL> { ?s ?p ?o }\n}",
        "SELECT * FROM <URL> { ?s ?p ?o }",
        "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
        "ASK FROM <file:///etc/passwd> { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p ?o } FROM <URL> WHERE { ?s ?p ?o }",
        "DESCRIBE <URL> FROM <URL>",
        "LOAD <URL>",
        "LOAD SILENT <URL> INTO GRAPH <urn:x>",
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "DELETE WHERE { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o } ; LOAD <URL>",
        "CLEAR ALL",
        "DROP ALL",
        "not sparql at all",
        "",
        "SELECT * { ?s ?p \ud800 }",
        "SELECT * { " + "{ " * 3000 + "} " * 3000 + "}",
        "# " + "x" * 200_000,
    ],
)
def test_what_reaches_outside_or_changes_is_refused_and_nobody_is_called(
    store: Path, listener: Listener, query: str
) -> None:
    with pytest.raises(QueryError) as refused:
        run_query(store, query.replace("URL", listener.url))
    assert str(refused.value)
    assert "\n" not in str(refused.value)
    assert listener.calls == []


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT * { SERVICE <urn:x> { ?s ?p ?o } }", "SERVICE reaches out to another server"),
        ("SELECT * FROM <urn:x> { ?s ?p ?o }", "FROM names a data set to fetch"),
        ("LOAD <urn:x>", "LOAD changes a store or fetches data"),
        (r"SELECT * { \u0053ERVICE <urn:x> { } }", "escapes can hide what it does"),
        ("SELECT * {", "this is no SPARQL 1.1 query"),
    ],
)
def test_a_refusal_says_why(query: str, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        checked(query)


def test_the_words_service_and_load_may_stand_in_texts_and_names(store: Path) -> None:
    query = f'SELECT * {{ ?load <{EX}name> ?service FILTER(?service != "SERVICE <urn:x> FROM LOAD") }} # LOAD <urn:x>'
    assert len(run_query(store, query).rows) == 6


@pytest.mark.skipif(not NO_SOCKETS, reason="the kernel filter is made for Linux on x86-64 and ARM64")
def test_the_process_that_runs_a_query_can_open_no_socket() -> None:
    """Even if both parsers were fooled: the kernel refuses."""
    code = (
        "from graph.sparql_sandbox import _confine; import socket; _confine(512, 5)\n"
        "try: socket.socket()\nexcept PermissionError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "refused\n", done.stderr


def test_a_query_changes_no_file_of_the_store(store: Path) -> None:
    before = {p.name: p.read_bytes() for p in store.iterdir()}
    run_query(store, "SELECT * { ?s ?p ?o }")
    assert {p.name: p.read_bytes() for p in store.iterdir()} == before


def test_a_file_of_the_current_folder_is_not_imported(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rdflib.py").write_text("raise SystemExit('a stranger was imported')")
    monkeypatch.chdir(tmp_path)
    assert run_query(store, "ASK { ?s ?p ?o }").rows == [{"answer": True}]


def test_a_store_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="the store cannot be opened .* run `repgraph rebuild`"):
        run_query(tmp_path / "none", "ASK {}")


def test_a_limit_below_one_is_a_slip(store: Path) -> None:
    with pytest.raises(ValueError, match="limits must be positive"):
        run_query(store, "ASK {}", rows=0)
