"""What a workspace holds: datasets, files, counts, and how many sources lack a copy."""

from __future__ import annotations

import polars as pl

from graph.answers import Answer, Row
from graph.workspace import Workspace
from ontology import tables

COLUMNS = ("dataset", "loader", "records", "tables", "sources", "without_copy", "loads", "last_load", "line", "files")


def status(workspace: Workspace) -> Answer:
    """One row for each dataset: what is loaded, from where, when, how much. `without_copy` counts sources that have neither
    a saved copy here nor an archive address; `files` are those of the last load and those that other standing rows came in."""
    rows, lines = workspace.rows(), workspace.lines()
    found: list[Row] = []
    loads = [line for line in lines if line.command == "load"]
    for dataset in sorted({line.body["dataset"] for line in loads}):
        own = [line for line in loads if line.body["dataset"] == dataset]
        counts = {t: _count(rows.scan(t), dataset) for t in tables()}
        named = {f["sha256"]: f["name"] for line in own for f in line.body["files"]}
        standing = {named[o] for t in tables() for o in _originals(rows.scan(t), dataset) if o in named}
        copied = {c["source"] for line in own for c in line.body.get("copies", [])}
        bare = rows.scan("sources").filter((pl.col("dataset") == dataset) & pl.col("archive_url").is_null())
        without = [t for t in bare.select("thing").unique().collect()["thing"] if t not in copied]
        found.append(
            {
                "dataset": dataset, "loader": own[-1].body["loader"], "records": sum(counts.values()),
                "tables": [f"{t} {n}" for t, n in counts.items() if n], "sources": counts["sources"],
                "without_copy": len(without), "loads": len(own), "last_load": own[-1].time, "line": own[-1].line,
                "files": sorted(standing.union(f["name"] for f in own[-1].body["files"])),
            }
        )  # fmt: skip
    judged = {(j.kind, j.pair): j.verdict for j in workspace.judgements()}
    head = workspace.head
    notes = [
        f"{len(judged)} judgements stand; {len(lines)} manifest lines, head {head.hash}",
        f"{sum(r['without_copy'] for r in found)} sources have neither a saved copy nor an archive address",
    ]
    return Answer("status", {}, COLUMNS, found, notes)


def _count(rows: pl.LazyFrame, dataset: str) -> int:
    return int(rows.filter(pl.col("dataset") == dataset).select(pl.len()).collect().item())


def _originals(rows: pl.LazyFrame, dataset: str) -> list[str]:
    return rows.filter(pl.col("dataset") == dataset).select(pl.col("original").unique()).collect()["original"].to_list()
