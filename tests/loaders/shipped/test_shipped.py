"""The data that ship: unchanged, read without a fault, described truly."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.errors import Problem
from graph.reading import Original
from loaders import shipped, tables
from loaders.tables.judgements import is_judgements, read_judgements

if TYPE_CHECKING:
    from tests.loaders.conftest import ReadPaths

README = Path(shipped.__file__ or "").parent / "README.md"
SHARED = Path(__file__).parents[4] / "shared" / "data"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def all_rows(table: str) -> list[dict[str, str]]:
    return [row for folder in shipped.datasets() for row in rows(folder / f"{table}.csv")]


@pytest.mark.parametrize("folder", shipped.datasets(), ids=lambda p: str(p.name))
def test_a_shipped_dataset_is_read_without_a_fault(folder: Path, read_paths: ReadPaths) -> None:
    files = tables.files(folder)

    records, problems = read_paths(files)

    assert problems == []
    assert len(records) == sum(len(rows(path)) for path in files)
    assert {p.name for p in files} == {p.name for p in folder.iterdir()}


def test_the_shipped_judgements_are_read_without_a_fault() -> None:
    path = shipped.judgements()
    problems: list[Problem] = []

    found = read_judgements(Original(path.name, path, ""), problems)

    assert problems == []
    assert len(found) == len(rows(path))
    assert is_judgements(path)
    assert f"{len(found)} judgements." in README.read_text(encoding="utf-8")


def test_the_shipped_data_are_the_compilers_byte_for_byte() -> None:
    if not SHARED.is_dir():
        pytest.skip("the compilers' own copy (../shared/data) is not here")
    for path in shipped.paths():
        for ours in sorted(path.rglob("*.csv")) if path.is_dir() else [path]:
            theirs = SHARED / ours.relative_to(README.parent)
            assert ours.read_bytes() == theirs.read_bytes(), ours.name
        if path.is_dir():
            assert {p.name for p in path.iterdir()} == {p.name for p in (SHARED / path.name).iterdir()}


def test_every_shipped_row_has_a_source_that_can_be_opened() -> None:
    for folder in shipped.datasets():
        known = {row["source_id"]: row["url"] for row in rows(folder / "sources.csv")}
        for path in tables.files(folder):
            for row in rows(path):
                for source in filter(None, row.get("source_ids", "").split("|")):
                    assert known[source].startswith("http")


def test_the_readme_counts_the_rows_of_each_table() -> None:
    text = README.read_text(encoding="utf-8")
    said = {m[1]: (int(m[2]), int(m[3])) for m in re.finditer(r"^\| (\w+) \| (\d+) \| (\d+) \|$", text, re.MULTILINE)}
    names = {path.stem for folder in shipped.datasets() for path in folder.glob("*.csv")}

    assert said == {
        name: tuple(len(rows(f / f"{name}.csv")) if (f / f"{name}.csv").exists() else 0 for f in shipped.datasets())
        for name in names
    }


def test_the_readme_says_what_the_data_lack() -> None:
    cases, roles, sources = all_rows("cases"), all_rows("roles"), all_rows("sources")
    text = " ".join(README.read_text(encoding="utf-8").split())

    dated, charged = sum(bool(c["arrest_date"]) for c in cases), sum(bool(c["articles"]) for c in cases)
    assert f"{dated} of {len(cases)} cases have an arrest date, {charged} have articles." in text
    assert f"{sum('|' not in r['source_ids'] for r in roles)} of {len(roles)} roles rest on one source." in text
    assert f"({sum(bool(s['origin']) for s in sources)} of {len(sources)} sources)" in text
    assert "A role in a proceeding is not a finding of guilt." in text
    assert "CC BY 4.0" in text


def test_no_shipped_child_has_a_name() -> None:
    children = [p for p in all_rows("people") if p["category"] == "minor_family_member"]

    assert len(children) == 2
    assert not any(p[column] for p in children for column in ("name", "name_ru", "aliases"))
