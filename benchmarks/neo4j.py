"""Pushing to Neo4j against three other ways to fill it, changes, memory, and questions beside Oxigraph.

python -m benchmarks.neo4j --cases 100000

One server of the LTS release for all: it has the same constraints and indexes for every way but followthemoney's,
whose statements can use none. A rate is nodes and relationships a second. The other ways fill it with a part of the
cases, so that a run ends in a quarter of an hour: a rate only falls as a graph grows, so that favours them.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import neo4j
import polars as pl

from benchmarks.figures import Figure, in_child, quantile, report, timed
from benchmarks.generate import world
from benchmarks.load import load_world
from graph.asking import Moment, ask_about
from graph.bolt import statements
from graph.bolt.parts import Content, Part, content
from graph.bolt.place import Server as Place
from graph.bolt.pushing import clear
from graph.neo4j_store import Neo4jStore, connect
from graph.questions import ask, questions
from graph.workspace import Workspace
from scripts.neo4j_server import LTS, Server, Unavailable, ready, running

_TEXTS = pl.List(pl.String)
_BATCH = 5_000
_PART = 4
"""The other ways write one case in so many."""
_FTM = 1_500
"""Statements of followthemoney that are timed: each looks at every node, so its rate only falls with the size."""


def measure(cases: int, folder: Path, server: Server) -> list[Figure]:
    """The figures of one run."""
    load_world(world(folder / "one", cases=cases, seed=1), folder / "workspace")
    os.environ |= {"NEO4J_USERNAME": server.user, "NEO4J_PASSWORD": server.password}
    with connect(server.uri) as store:
        half_memory = _half(cases, folder, server)  # warms the server up besides
        _empty(store)
        load_world(world(folder / "part", cases=max(1, cases // _PART), seed=1), folder / "part-workspace")
        wanted = content(Workspace.open(folder / "part-workspace").casebook(profile="public"))
        plain = _rate(store, "plain UNWIND MERGE", lambda: _plain(store, wanted))
        _empty(store)
        loaded = _rate(store, "LOAD CSV", lambda: _load_csv(store, wanted, server.home / "import"))
        _empty(store)
        ftm = _rate(store, f"followthemoney's Cypher, {_FTM:,} statements", lambda: _followthemoney(store, wanted))
        _empty(store)
        seconds, memory = in_child(push, folder / "workspace", server.uri)
        size = _size(store)
        print(f"push: {size:,} nodes and relationships in {seconds:.1f} s, {size / seconds:,.0f}/s, {memory:,.0f} MB")
        again, _ = in_child(push, folder / "workspace", server.uri)
        print(f"pushed again, nothing changed: {again:.1f} s")
        _questions(folder / "workspace", store)
        load_world_again(world(folder / "two", cases=cases, seed=1, changed=0.01), folder / "workspace")
        part, _ = in_child(push, folder / "workspace", server.uri)
    rate = size / seconds
    return [
        _against("push against followthemoney's Cypher", rate, ftm, 5),
        _against("push against LOAD CSV", rate, loaded, 0.8),
        _against("push against plain UNWIND MERGE", rate, plain, 1.2),
        Figure("push of 1 % changes", f"{part:.1f} s", f"{seconds:.1f} s for all", part / seconds, most=0.05),
        Figure(
            "memory of a push of twice the cases",
            f"{memory:,.0f} MB",
            f"{half_memory:,.0f} MB",
            memory / half_memory,
            most=1.25,
        ),
    ]


def push(workspace: Path, uri: str) -> None:
    """A push as the command makes it."""
    opened = Workspace.open(workspace)
    with connect(uri) as store:
        store.push(opened.casebook(profile="public"), origin=opened.origin, pseudonym=opened.pseudonym)


def load_world_again(tables: Path, workspace: Path) -> None:
    """The next version of the same dataset."""
    import loaders.tables
    from graph.loading import load

    load(Workspace.open(workspace), [tables], loaders.tables, dataset="bench")


def _half(cases: int, folder: Path, server: Server) -> float:
    """MB of a push of half as many cases."""
    load_world(world(folder / "half", cases=cases // 2, seed=1), folder / "half-workspace")
    return in_child(push, folder / "half-workspace", server.uri)[1]


def _against(name: str, rate: float, other: float, least: float) -> Figure:
    return Figure(name, f"{rate:,.0f}/s", f"{other:,.0f}/s", rate / other, least=least)


def _size(store: Neo4jStore) -> int:
    (nodes,) = store.rows("MATCH (n) RETURN count(n) AS size")
    (edges,) = store.rows("MATCH ()-[r]->() RETURN count(r) AS size")
    return int(nodes["size"]) + int(edges["size"])


def _empty(store: Neo4jStore) -> None:
    with store.driver.session() as session:
        clear(session, lambda *_: None)  # the others' nodes bear our labels, but for some hundreds
        session.run("MATCH (n) DETACH DELETE n").consume()


def _rate(store: Neo4jStore, name: str, work: Callable[[], object]) -> float:
    seconds = timed(work)
    size = _size(store)
    print(f"{name}: {size:,} in {seconds:.1f} s, {size / seconds:,.0f}/s")
    return size / seconds


def _run(tx: neo4j.ManagedTransaction, texts: Sequence[str], rows: Sequence[Any]) -> None:
    for text in texts:
        tx.run(text, rows=rows).consume()


# --- other ways -------------------------------------------------------------------------------------------


def _lines(part: Part) -> Iterator[list[dict[str, Any]]]:
    """The lines of a part as maps, in batches: `key`, ends, ties and the properties that are there."""
    for batch in part.frame.iter_slices(_BATCH):
        filled = part.late(batch) if part.late else batch
        yield [
            {**line, "properties": {f.name: line[f.column] for f in part.fields if line[f.column] is not None}}
            for line in filled.select(statements.columns(part)).to_dicts()
        ]


def _plain(store: Neo4jStore, wanted: Content) -> None:
    """The loop that everybody writes: maps, MERGE, SET, one transaction after the other."""
    with store.driver.session() as session:
        for part in wanted:
            for rows in _lines(part):
                for text in _plain_statements(part):
                    session.execute_write(_run, [text], rows)


def _plain_statements(part: Part) -> Iterator[str]:
    if part.ends:
        start, end = part.ends
        yield (
            f"UNWIND $rows AS row MATCH (a:{start} {{id: row.start}}) MATCH (b:{end} {{id: row.end}}) "
            f"MERGE (a)-[r:{part.name} {{key: row.key}}]->(b) SET r += row.properties"
        )
        return
    label = "Record" if part.is_record else part.name
    more = "".join(f":{name}" for name in ("Repgraph", part.name, *part.also))
    yield f"UNWIND $rows AS row MERGE (n:{label} {{id: row.key}}) SET n{more} SET n += row.properties"
    if part.is_record:
        yield (
            "UNWIND $rows AS row MATCH (r:Record {id: row.key}) UNWIND row.sources AS id "
            "MATCH (s:Source {id: id}) MERGE (r)-[:CITES]->(s)"
        )
    for other in part.speaks_of or ():
        yield (
            f"UNWIND $rows AS row MATCH (r:Record {{id: row.key}}) MATCH (t:{other} {{id: row.speaks_{other}}}) "
            "MERGE (r)-[:STATES]->(t)"
        )


def _load_csv(store: Neo4jStore, wanted: Content, folder: Path) -> None:
    """The same lines as CSV files that the server reads; writing the files is part of it."""
    with store.driver.session() as session:
        for number, part in enumerate(wanted):
            name = f"{number}.csv"
            _as_csv(part, folder / name)
            for text in _csv_statements(part):
                session.run(
                    f"LOAD CSV WITH HEADERS FROM 'file:///{name}' AS row CALL (row) {{ {text} }} IN TRANSACTIONS OF {_BATCH} ROWS"
                ).consume()
            (folder / name).unlink()


def _as_csv(part: Part, file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        order = statements.columns(part)
        writer = csv.writer(out)
        writer.writerow(order)
        for batch in part.frame.iter_slices(50_000):
            filled = (part.late(batch) if part.late else batch).select(order)
            joined = [c for c in order if filled.schema[c] == _TEXTS]
            writer.writerows(filled.with_columns(pl.col(c).list.join("|") for c in joined).rows())


def _csv_statements(part: Part) -> Iterator[str]:
    types = part.frame.schema
    values = [f"{'key' if part.ends else 'id'}: row.key"]
    for field in part.fields:
        cell = f"row.`{field.column}`"
        kind = types.get(field.column, pl.String())
        value = f"split({cell}, '|')" if kind == _TEXTS else f"toInteger({cell})" if kind == pl.Int64 else cell
        values.append(f"`{field.name}`: date({value})" if field.is_date else f"`{field.name}`: {value}")
    properties = ", ".join(values)
    if part.ends:
        start, end = part.ends
        yield (
            f"MATCH (a:{start} {{id: row.start}}) MATCH (b:{end} {{id: row.end}}) "
            f"CREATE (a)-[:{part.name} {{{properties}}}]->(b)"
        )
        return
    labels = "".join(
        f":{name}" for name in ("Repgraph", *(["Record"] if part.is_record else []), part.name, *part.also)
    )
    if not part.is_record:
        yield f"CREATE ({labels.replace(':Record:Record', ':Record')} {{{properties}}})"
        return
    yield f"CREATE (r:Repgraph:Record:{part.name} {{{properties}}})"
    yield (
        "MATCH (r:Record {id: row.key}) UNWIND split(row.sources, '|') AS id "
        "MATCH (s:Source {id: id}) CREATE (r)-[:CITES]->(s)"
    )
    for other in part.speaks_of or ():
        yield f"MATCH (r:Record {{id: row.key}}) MATCH (t:{other} {{id: row.speaks_{other}}}) CREATE (r)-[:STATES]->(t)"


def _followthemoney(store: Neo4jStore, wanted: Content) -> None:
    """The first statements of the form that followthemoney 4.11 (`export/neo4j.py`) writes for nodes and edges.

    A statement for each; nodes are matched by `id` without a label, so no index can serve. They run in transactions
    of 500, where a shell that is fed the file runs each in its own.
    """
    nodes = [p for p in wanted.things if p.name == "Person"]
    edges = [p for p in wanted.edges if p.name == "DEFENDANT_IN"]
    cases = [p for p in wanted.things if p.name == "CriminalCase"]
    third = _FTM // 3
    text = [_ftm_node(part, line) for part in (*nodes, *cases) for line in _first(part, third)]
    text += [_ftm_edge(part, line) for part in edges for line in _first(part, third)]
    with store.driver.session() as session:
        for start in range(0, len(text), 500):
            batch = text[start : start + 500]
            session.execute_write(_run, batch, ())


def _first(part: Part, count: int) -> list[dict[str, Any]]:
    return part.frame.head(count).to_dicts()


def _ftm_map(cells: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {json.dumps(value)}" for name, value in cells.items() if value)


def _ftm_node(part: Part, line: dict[str, Any]) -> str:
    cells = {f.name: line[f.column] for f in part.fields if f.column in line}
    cells["id"] = line["key"]
    labels = "Thing:LegalEntity:Person" if part.name == "Person" else "Thing:CourtCase"
    return f"MERGE (p {{ {_ftm_map({'id': line['key']})} }}) SET p += {{ {_ftm_map(cells)} }} SET p :{labels}"


def _ftm_edge(part: Part, line: dict[str, Any]) -> str:
    cells = {"id": line["key"], "weight": "1.0"}
    return (
        f"MATCH (s {{ {_ftm_map({'id': line['start']})} }}), (t {{ {_ftm_map({'id': line['end']})} }}) "
        f"MERGE (s)-[:{part.name} {{ {_ftm_map(cells)} }}]->(t)"
    )


# --- questions --------------------------------------------------------------------------------------------


def _questions(folder: Path, store: Neo4jStore) -> None:
    """`who` and every ready question on both stores, told as p50 and p95 in milliseconds."""
    workspace = Workspace.open(folder)
    embedded = workspace.store()
    people = workspace.rows().table("people").filter(pl.col("name_ru").is_not_null())
    chosen = random.Random(1).sample(people.select("thing", "name_ru").rows(), 30)
    here, there = Moment(workspace), Place(store, store.held())
    _told("who", [_both(partial(_who, name), here, there) for _, name in chosen])
    values = _values(workspace)
    for name, question in questions().items():
        (parameter,) = question.parameters
        given = [{parameter.name: v} for v in values[parameter.kind]]
        _told(name, [_both(partial(_ask, name, g), embedded, store) for g in given])


def _who(name: str, place: Any) -> object:
    return ask_about(place, "person", name)


def _ask(name: str, given: dict[str, str], store: Any) -> object:
    return ask(store, name, **given)


def _values(workspace: Workspace) -> dict[str, list[str]]:
    rows = workspace.rows()
    draw = random.Random(2)

    def some(table: str, column: str) -> list[str]:
        found = rows.table(table)[column].drop_nulls().unique().sort().to_list()
        return draw.sample(found, min(20, len(found)))

    return {
        "person": some("roles", "person_id"), "body": some("bodies", "body_id")[:5], "thing": some("cases", "thing"),
        "exchange": some("exchanges", "exchange_id")[:5], "word:role": ["expert_witness"],
    }  # fmt: skip


def _both(work: Callable[[Any], object], here: object, there: object) -> tuple[float, float]:
    return timed(lambda: work(here)), timed(lambda: work(there))


def _told(name: str, pairs: Sequence[tuple[float, float]]) -> None:
    warm = pairs[1:] or pairs
    columns = [[1000 * pair[side] for pair in warm] for side in (0, 1)]
    shown = ", ".join(
        f"{where} p50 {quantile(times, 0.5):.1f} ms, p95 {quantile(times, 0.95):.1f} ms"
        for where, times in zip(("Oxigraph", "Neo4j"), columns, strict=True)
    )
    print(f"{name}: {shown}")


@contextmanager
def _server(folder: Path) -> Iterator[Server]:
    ready(LTS)
    with running(folder / "server", settings={"server.directories.import": "import"}) as server:
        yield server


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=int(os.environ.get("CASES", "100000")))
    cases = parser.parse_args().cases
    # a benchmark that is ended must not leave its server behind: the signal becomes an exit, which unwinds
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="repgraph-bench-") as folder:
        try:
            with _server(Path(folder)) as server:
                begin = time.perf_counter()
                figures = measure(cases, Path(folder), server)
                print(f"{cases:,} cases, {time.perf_counter() - begin:.0f} s in all")
        except Unavailable as reason:
            print(f"skipped: {reason}", file=sys.stderr)
            return 0
    return report(figures)


if __name__ == "__main__":
    raise SystemExit(main())
