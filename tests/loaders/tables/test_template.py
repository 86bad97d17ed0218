"""The empty tables for somebody to fill in."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from graph.errors import Refused
from loaders import tables as loader
from loaders.tables.template import BOOK, columns_page, template
from ontology import tables

if TYPE_CHECKING:
    from tests.loaders.conftest import ReadPaths


def test_an_empty_template_is_read_without_a_fault(tmp_path: Path, read_paths: ReadPaths) -> None:
    written = template(tmp_path / "mine")

    assert read_paths(loader.files(tmp_path / "mine")) == ([], [])
    assert {p.name for p in written} == {f"{t}.csv" for t in tables()} | {"README.md", "COLUMNS.md", BOOK}


def test_every_header_has_the_columns_of_the_ontology_in_their_order(tmp_path: Path) -> None:
    template(tmp_path)

    for name, spec in tables().items():
        with (tmp_path / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            assert next(csv.reader(file)) == list(spec.columns)
        assert [c.value for c in load_workbook(tmp_path / BOOK)[name][1]] == list(spec.columns)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "roles.csv").write_text("mine", encoding="utf-8")

    with pytest.raises(Refused, match=r"has roles\.csv already; name another folder, nothing was written"):
        template(tmp_path)

    assert [(p.name, p.read_text(encoding="utf-8")) for p in tmp_path.iterdir()] == [("roles.csv", "mine")]


def test_what_a_person_fills_into_the_workbook_is_read(tmp_path: Path, read_paths: ReadPaths) -> None:
    template(tmp_path)
    book = load_workbook(tmp_path / BOOK)
    book["sources"].append(["s1", "https://example.org/1"])
    book["people"].append(["p1", "Anna Invented"])
    people = list(tables()["people"].columns)
    book["people"].cell(2, people.index("source_ids") + 1, "s1")
    book["people"].cell(2, people.index("birth_year") + 1, 1980)
    book.save(tmp_path / BOOK)

    records, problems = read_paths(loader.files(tmp_path))

    assert problems == []
    assert [r.cells for r in records] == [
        {"source_id": "s1", "url": "https://example.org/1"},
        {"person_id": "p1", "name": "Anna Invented", "birth_year": 1980, "source_ids": ("s1",)},
    ]


def test_the_workbook_offers_the_words_that_the_loader_takes(tmp_path: Path) -> None:
    template(tmp_path)
    book = load_workbook(tmp_path / BOOK)

    (of_role,) = [v for v in book["roles"].data_validations.dataValidation if v.sqref == "D2:D5000"]
    sheet, cells = str(of_role.formula1).split("!")
    offered = [row[0].value for row in book[sheet][cells.replace("$", "")]]

    assert list(tables()["roles"].columns)[3] == "role"
    assert "presiding_judge" in offered
    assert "defendant" not in offered


def test_two_templates_are_the_same_bytes(tmp_path: Path) -> None:
    first, second = template(tmp_path / "a"), template(tmp_path / "b")

    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_the_page_explains_every_column_and_word_in_both_languages() -> None:
    page = columns_page()

    for spec in tables().values():
        assert spec.about_en in page
        assert spec.about_ru in page
        for column in spec.columns.values():
            assert f"| `{column.name}` |" in page
            assert column.about.replace("|", "\\|") in page
            if column.type == "word":
                assert f"\n## {column.range}\n" in page
    assert "| `presiding_judge` | presiding judge | председательствующий судья |" in page
