"""Generated worlds: repeatable, loadable, of the size that was asked for."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

import loaders.tables
from benchmarks.generate import CANARY, world
from graph.errors import Problem
from graph.reading import Original
from ontology import tables


def lines(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world(tmp_path_factory.mktemp("worlds") / "w", cases=1000, seed=3)


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again, other = world(tmp_path / "a", cases=1000, seed=3), world(tmp_path / "b", cases=1000, seed=4)
    for path in folder.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes()
    assert (other / "people.csv").read_bytes() != (folder / "people.csv").read_bytes()


def test_every_table_is_filled_and_has_no_fault(folder: Path) -> None:
    problems: list[Problem] = []
    files = [Original(p.name, p, hashlib.sha256(p.read_bytes()).hexdigest()) for p in loaders.tables.files(folder)]
    found = {record.table for record in loaders.tables.read(files, "w", problems)}
    assert problems == []
    assert found == set(tables())


def test_there_are_about_two_proceedings_and_four_roles_a_case(folder: Path) -> None:
    cases = {line["case_id"] for line in lines(folder, "cases")}
    assert len(cases) == 1000
    assert 2 <= len(lines(folder, "proceedings")) / len(cases) <= 2.2
    assert 4 <= len(lines(folder, "roles")) / len(cases) <= 4.4


def test_some_trials_have_several_defendants(folder: Path) -> None:
    trials = [line["trial_id"] for line in lines(folder, "cases") if line["trial_id"]]
    assert 2 <= len(trials) / len(set(trials)) <= 5


def test_workloads_are_uneven(folder: Path) -> None:
    judges = [line["person_id"] for line in lines(folder, "roles") if line["role"] == "presiding_judge"]
    counts = sorted(map(judges.count, set(judges)))
    assert counts[-1] > 5 * counts[len(counts) // 2]


def test_the_canary_stands_where_the_public_may_not_look(folder: Path) -> None:
    noted = [line["visibility"] for line in lines(folder, "roles") if line["note"] == CANARY]
    assert {"internal", "partner"} == set(noted)
    assert "" not in noted


def test_the_next_version_differs_in_the_share_of_rows_that_was_asked_for(folder: Path, tmp_path: Path) -> None:
    changed = world(tmp_path / "next", cases=1000, seed=3, changed=0.1)
    before, after = lines(folder, "roles"), lines(changed, "roles")
    assert len(before) == len(after)
    assert 0.07 < sum(a != b for a, b in zip(before, after, strict=True)) / len(before) < 0.13
    assert (changed / "sources.csv").read_bytes() == (folder / "sources.csv").read_bytes()


@pytest.mark.parametrize(("cases", "changed"), [(0, 0.0), (5, 1.5), (5, -0.1)])
def test_a_size_or_share_that_cannot_be_is_refused(tmp_path: Path, cases: int, changed: float) -> None:
    with pytest.raises(ValueError, match="must be 1 or more|a share from 0 to 1"):
        world(tmp_path, cases=cases, changed=changed)
