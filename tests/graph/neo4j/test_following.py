"""A push of what changed leaves on the server what a full push leaves, whatever changed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from graph.bolt import slices
from graph.casebook import Casebook
from graph.custody import restore, retract
from graph.identity import Judgement
from graph.judging import judge
from graph.loading import load
from graph.neo4j_store import Neo4jStore
from graph.row_files import RowFiles, write_ended, write_part
from graph.rows import MemoryRows, Rows
from graph.workspace import Workspace
from loaders import tables as tables_loader
from ontology import tables
from tests.graph.neo4j.generated import generated_rows
from tests.graph.neo4j.test_slices import disturbed, moved, random_judgements
from tests.graph.neo4j.worlds import held
from tests.graph.tiny import tiny, write
from tests.thorough import more

TODAY = date(2026, 11, 23)

pytestmark = pytest.mark.neo4j


def record(rows: Rows, table: str, column: str, value: str) -> str:
    (found,) = rows.where(table, column, [value])["record"]
    return str(found)


def assert_follows(store: Neo4jStore, casebook: Casebook, *, looked: str = "looked at what changed") -> None:
    """The push of a casebook looks only there, and what is held then is what a full push leaves."""
    answer = store.push(casebook)
    assert answer.notes[1].startswith(looked), answer.notes
    found = held(store)
    counts = {row["label"]: row["held"] for row in answer.rows}
    full = store.push(casebook, full=True)
    assert found == held(store)
    assert counts == {row["label"]: row["held"] for row in full.rows} | {n: 0 for n in counts if not counts[n]}


@pytest.mark.thorough
def test_loads_retractions_and_judgements_arrive_as_by_a_full_push(store: Neo4jStore, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    dataset = tiny()
    load(workspace, [write(tmp_path / "1", dataset)], tables_loader, dataset="d")
    store.push(workspace.casebook(profile="public"))
    assert_follows(store, workspace.casebook(profile="public"))

    dataset["cases"][2]["trial_id"] = "t12"
    dataset["people"][0]["name"] = "Pyotr Corrected"
    dataset["sources"][0]["title"] = "Another title"
    dataset["proceedings"][1]["outcome"] = "acquitted"
    load(workspace, [write(tmp_path / "2", dataset)], tables_loader, dataset="d")
    assert_follows(store, workspace.casebook(profile="public"))

    dataset["cases"][1]["trial_id"] = ""
    dataset["cases"][0]["articles"] = "RU-CC 275"
    dataset["roles"].pop()
    dataset["people"].pop()
    load(workspace, [write(tmp_path / "3", dataset)], tables_loader, dataset="d")
    assert_follows(store, workspace.casebook(profile="public"))

    role = record(workspace.rows(), "roles", "proceeding_id", "d/v2")
    retract(workspace, role, why="wrong person")
    assert_follows(store, workspace.casebook(profile="public"))
    restore(workspace, role, why="right after all")
    assert_follows(store, workspace.casebook(profile="public"))

    judge(workspace, "d/p1", "d/p3", "same", why="one person")
    assert_follows(store, workspace.casebook(profile="public"), looked="compared everything")
    judge(workspace, "d/p1", "d/p2", "unsure", why="who knows")
    assert_follows(store, workspace.casebook(profile="public"))


@pytest.mark.thorough
def test_what_is_hidden_or_a_child_now_goes_by_comparing_everything(store: Neo4jStore, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    dataset = tiny()
    load(workspace, [write(tmp_path / "1", dataset)], tables_loader, dataset="d")
    store.push(workspace.casebook(profile="public"))
    dataset["people"][1]["visibility"] = "internal"
    load(workspace, [write(tmp_path / "2", dataset)], tables_loader, dataset="d")
    assert_follows(store, workspace.casebook(profile="public"), looked="compared everything")
    assert "Invented, Pavel" not in "".join(held(store))
    dataset["roles"][0]["visibility"] = "internal"
    load(workspace, [write(tmp_path / "3", dataset)], tables_loader, dataset="d")
    assert_follows(store, workspace.casebook(profile="public"))
    assert_follows(store, workspace.casebook(profile="internal"), looked="compared everything")


@pytest.mark.thorough
def test_what_somebody_removed_by_hand_shows_in_the_numbers(store: Neo4jStore, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    load(workspace, [write(tmp_path / "1", tiny())], tables_loader, dataset="d")
    for text in (
        "MATCH (p:Person {id: 'd/j1'}) DETACH DELETE p",
        "MATCH (:Record)-[r:CITES]->() WITH r LIMIT 1 DELETE r",
    ):
        store.push(workspace.casebook(profile="public"), full=True)
        with store.driver.session() as session:
            session.run(text).consume()
        assert_follows(store, workspace.casebook(profile="public"), looked="compared everything")


def test_what_hangs_as_before_is_changed_in_its_place_and_the_rest_made_anew(store: Neo4jStore, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    dataset = tiny()
    dataset["bodies"].append({**dataset["bodies"][0], "body_id": "other"})
    load(workspace, [write(tmp_path / "1", dataset)], tables_loader, dataset="d")
    store.push(workspace.casebook(profile="public"))
    records = places(store)

    dataset["proceedings"][1]["outcome"] = "acquitted"
    dataset["proceedings"][2]["body_id"] = "other"
    dataset["cases"][1]["title"] = "Another title"
    load(workspace, [write(tmp_path / "2", dataset)], tables_loader, dataset="d")
    store.push(workspace.casebook(profile="public"))

    assert places(store) == records
    found = held(store)
    store.push(workspace.casebook(profile="public"), full=True)
    assert found == held(store)


def places(store: Neo4jStore) -> dict[str, str]:
    """Where in the server the record of each proceeding lies."""
    rows = store.rows("MATCH (r:ProceedingRecord) RETURN r.id AS id, elementId(r) AS place")
    return {row["id"]: row["place"] for row in rows}


def versions(folder: Path, old: MemoryRows, new: MemoryRows) -> list[RowFiles]:
    """Two moments of row files: `old` at line 1, `new` at line 2."""
    for name in tables():
        before, after = old.table(name), new.table(name)
        cells = [c for c in before.columns if c not in ("since", "row")]
        kept = before.join(after, on=cells, how="semi", nulls_equal=True)
        came = after.join(kept, on="record", how="anti").with_columns(pl.lit(2, pl.Int64).alias("since"))
        gone = before.join(kept, on="record", how="anti").select("record").with_columns(
            pl.lit(1, pl.Int64).alias("since"), pl.lit(2, pl.Int64).alias("until"), pl.lit("replaced").alias("how")
        )  # fmt: skip
        write_part(folder, before.with_columns(pl.lit(1, pl.Int64).alias("since")), table=name, line=1)
        write_part(folder, came, table=name, line=2)
        write_ended(folder, gone, line=2)
    return [RowFiles(folder, at=line) for line in (1, 2)]


def changed(draw: random.Random, rows: MemoryRows) -> MemoryRows:
    """Other trials, other cases of proceedings, other words, rows less: nobody hidden, found or grown up by it."""
    frames = {name: rows.table(name) for name in tables()}
    cases = frames["cases"]["thing"].to_list()
    frames["cases"] = moved(draw, frames["cases"], "trial_id", [*cases, "gen/t1"], 0.05)
    frames["cases"] = moved(draw, frames["cases"], "title", ["other words"], 0.05)
    frames["proceedings"] = moved(draw, frames["proceedings"], "case_id", cases, 0.03)
    frames["roles"] = moved(
        draw, frames["roles"], "person_id", ["gen/nobody", *frames["people"]["thing"].to_list()], 0.02
    )
    frames["sources"] = moved(draw, frames["sources"], "publisher", ["Another paper"], 0.2)
    frames["people"] = moved(draw, frames["people"], "name", ["Another Name"], 0.05)
    frames["bodies"] = moved(draw, frames["bodies"], "kind", ["court", "other"], 0.2)
    for name in (
        "roles",
        "tenures",
        "sanctions",
        "exchange_participants",
        "classifications",
        "citations",
        "cases",
        "bodies",
    ):
        standing = [v != "public" or draw.random() > 0.03 for v in frames[name]["visibility"]]
        frames[name] = frames[name].filter(pl.Series(standing, dtype=pl.Boolean))
    return MemoryRows(frames)


@pytest.mark.parametrize("seed", [*more(1), 3])
def test_whatever_changes_arrives_as_by_a_full_push(
    store: Neo4jStore, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "_CASES", 10)
    draw = random.Random(seed)
    rows, judgements = generated_rows(tmp_path / "tables", cases=60)
    profile = ("internal", "public", "internal")[seed % 3]
    old = disturbed(draw, rows)
    judgements += random_judgements(draw, old, 8)
    before, after = (book(r, judgements, profile) for r in versions(tmp_path / "rows", old, changed(draw, old)))
    store.push(before)
    assert_follows(store, after)


def book(rows: RowFiles, judgements: Sequence[Judgement], profile: str) -> Casebook:
    return Casebook(rows, judgements, profile=profile, today=TODAY)
