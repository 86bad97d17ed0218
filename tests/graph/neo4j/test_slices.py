"""Content by slices is the content of the whole, line for line, whatever holds things together or is hidden."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from graph.bolt import slices
from graph.bolt.parts import Content, content
from graph.bolt.slices import Slices
from graph.casebook import Casebook
from graph.identity import Judgement
from graph.rows import MemoryRows
from graph.workspace import Workspace
from ontology import tables
from tests.graph.conftest import judged, records
from tests.graph.neo4j.generated import generated_rows
from tests.thorough import more

TODAY = date(2026, 11, 23)
SEED = 7


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "_CASES", 20)
    monkeypatch.setattr(slices, "_PEOPLE", 60)
    monkeypatch.setattr(slices, "_RECORDS", 40)


def lines(content: Content) -> list[str]:
    """Each line with the columns, ends and labels that it is written with."""
    return [
        repr((p.name, p.ends, p.also, p.never, p.speaks_of, [(f.name, f.column) for f in p.fields], row))
        for p in content
        for row in p.frame.iter_rows(named=True)
    ]


def by_slices(casebook: Casebook) -> list[str]:
    return [line for part in Slices(casebook, seed=SEED).all() for line in lines(part)]


def assert_same(casebook: Casebook) -> None:
    found, whole = by_slices(casebook), lines(content(casebook, seed=SEED))
    assert len(found) == len(set(found))
    assert sorted(found) == sorted(whole)


def random_judgements(draw: random.Random, rows: MemoryRows, count: int) -> list[Judgement]:
    out = []
    for number in range(count):
        kind, table = draw.choice(
            [("person", "people"), ("body", "bodies"), ("case", "cases"), ("proceeding", "proceedings")]
        )
        known = rows.table(table)["thing"].unique().sort().to_list()
        left, right = draw.sample([*known, "no/body"], 2)
        verdict = draw.choice(["same", "same", "different", "unsure"])
        out.append(Judgement(kind, left, right, verdict, "2026-01-01", "tester", f"why {number}", None, number))
    return out


def disturbed(draw: random.Random, rows: MemoryRows) -> MemoryRows:
    """The rows with some hidden, some gone, children, trials of many names, and proceedings told of two cases."""
    frames = {}
    for name in tables():
        frame = rows.table(name)
        hidden = [
            draw.choice(["internal", "partner"]) if draw.random() < 0.01 else "public" for _ in range(frame.height)
        ]
        frames[name] = frame.with_columns(pl.Series("visibility", hidden, dtype=pl.String))
        if name in ("people", "sources", "cases", "bodies"):
            kept = pl.Series([draw.random() > 0.01 for _ in range(frame.height)], dtype=pl.Boolean)
            frames[name] = frames[name].filter(kept)
    people = frames["people"]
    born = [2020 if draw.random() < 0.02 else y for y in people["birth_year"].to_list()]
    frames["people"] = people.with_columns(pl.Series("birth_year", born, dtype=pl.Int64))
    frames["cases"] = moved(draw, frames["cases"], "trial_id", [*rows.table("cases")["thing"].to_list()])
    frames["proceedings"] = moved(draw, frames["proceedings"], "case_id", rows.table("cases")["thing"].to_list())
    again = moved(
        draw, frames["proceedings"].sample(10, seed=3), "case_id", rows.table("cases")["thing"].to_list(), 0.5
    )
    twice = again.with_columns(("again-" + pl.col("record")).alias("record"))
    frames["proceedings"] = pl.concat([frames["proceedings"], twice]).sort("record")
    return MemoryRows(frames)


def moved(
    draw: random.Random, frame: pl.DataFrame, column: str, values: list[str], share: float = 0.02
) -> pl.DataFrame:
    found = [draw.choice(values) if draw.random() < share else v for v in frame[column].to_list()]
    return frame.with_columns(pl.Series(column, found, dtype=pl.String))


@pytest.mark.parametrize("profile", ["public", *more("internal")])
def test_slices_of_the_shipped_data_are_the_whole(demo_workspace: Path, profile: str) -> None:
    assert_same(Workspace.open(demo_workspace).casebook(profile=profile))


@pytest.mark.parametrize(
    ("seed", "profile"),
    [(0, "public"), (1, "internal"), *more((2, "partner"), (3, "public"))],
)
def test_slices_of_a_generated_world_are_the_whole(tmp_path: Path, seed: int, profile: str) -> None:
    draw = random.Random(seed)
    rows, judgements = generated_rows(tmp_path, cases=80)
    rows = disturbed(draw, rows)
    judgements += random_judgements(draw, rows, 12)
    assert_same(Casebook(rows, judgements, profile=profile, today=TODAY))
    assert_same(Casebook(rows, judgements, profile=profile, today=TODAY, resolved=False))


def test_a_lone_case_that_has_the_name_of_a_trial_is_in_its_slice() -> None:
    cases = [{"case_id": n, "person_id": f"p{n}"} for n in ("a", "b", "c (case)", "z")]
    cases += [{"case_id": f"t{n}", "person_id": "p", "trial_id": n} for n in ("a", "c", "c (case)")]
    assert_same(Casebook(MemoryRows.of(records("a", {"cases": cases})), today=TODAY))


def test_rows_of_nobody_and_things_that_nothing_describes_are_there_once() -> None:
    tables = {
        "cases": [{"case_id": "c"}, {"case_id": "d", "person_id": "ghost"}],
        "proceedings": [{"proceeding_id": "h", "body_id": "nowhere"}, {"proceeding_id": "h", "case_id": "c", "src": "s2"}],
        "roles": [
            {"person_id": "ghost", "role": "judge"}, {"person_id": "ghost", "role": "judge", "src": "s2"},
            {"proceeding_id": "h", "person_id": "ghost", "role": "judge"},
            {"proceeding_id": "gone", "person_id": "ghost", "role": "judge"},
        ],
        "sanctions": [{"authority": "EU"}, {"authority": "EU", "src": "s2"}, {"body_id": "nowhere", "authority": "EU"}],
        "citations": [{"table": "cases", "key": "ghost-case", "column": "title", "source_id": "s"}],
    }  # fmt: skip
    assert_same(Casebook(MemoryRows.of(records("a", tables)), judged("person a/x same a/y"), today=TODAY))  # type: ignore[arg-type]


def test_a_slice_is_smaller_than_the_whole(tmp_path: Path) -> None:
    rows, judgements = generated_rows(tmp_path, cases=100)
    sizes = [len(lines(part)) for part in Slices(Casebook(rows, judgements, today=TODAY)).all()]
    assert max(sizes) < sum(sizes) / 3
