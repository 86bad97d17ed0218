"""Which files are tables of ours."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from graph.reading import Original
from loaders import tables


def book(*sheets: str) -> bytes:
    made = Workbook()
    made.remove(made.worksheets[0])
    for name in sheets:
        made.create_sheet(name)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_folder_gives_its_spreadsheets_sorted_and_nothing_else(tmp_path: Path) -> None:
    for name in (
        "sources.csv",
        "people.csv",
        "cases.tsv",
        "README.md",
        "page.html",
        ".~lock.people.csv#",
        ".hidden.csv",
    ):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "~$book.xlsx").write_text("x", encoding="utf-8")
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "roles.csv").write_text("x", encoding="utf-8")

    assert [p.name for p in tables.files(tmp_path)] == ["cases.tsv", "people.csv", "sources.csv"]


def test_a_misspelt_table_beside_right_ones_is_taken_in_so_that_it_can_be_refused(tmp_path: Path) -> None:
    for name in ("people.csv", "roels.csv", "budget.csv", "old.xls"):
        (tmp_path / name).write_text("x", encoding="utf-8")

    assert [p.name for p in tables.files(tmp_path)] == ["budget.csv", "old.xls", "people.csv", "roels.csv"]


def test_judgements_are_left_to_their_own_reader(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person_id,source_ids\n", encoding="utf-8")
    (tmp_path / "judgements.csv").write_text("kind,left,right,verdict\n", encoding="utf-8")

    assert [p.name for p in tables.files(tmp_path)] == ["people.csv"]


def test_a_folder_of_something_else_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "budget.csv").write_text("x", encoding="utf-8")
    (tmp_path / "other.xlsx").write_bytes(book("Sheet1"))

    assert tables.files(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("people.csv", True),
        ("poeple.csv", True),
        ("people.tsv", True),
        ("prisoners.csv", False),
        ("people.json", False),
    ],
)
def test_a_single_file_is_ours_by_its_name(tmp_path: Path, name: str, ours: bool) -> None:
    (tmp_path / name).write_text("x", encoding="utf-8")

    assert tables.files(tmp_path / name) == ([tmp_path / name] if ours else [])


def test_a_workbook_is_ours_by_its_sheets_and_a_broken_one_so_that_it_is_said(tmp_path: Path) -> None:
    for name, content in (("a.xlsx", book("notes", "people")), ("b.xlsx", book("x")), ("c.xlsx", b"no zip")):
        (tmp_path / name).write_bytes(content)

    assert [bool(tables.files(tmp_path / name)) for name in ("a.xlsx", "b.xlsx", "c.xlsx")] == [True, False, True]


def test_nothing_is_found_where_there_is_nothing(tmp_path: Path) -> None:
    assert tables.files(tmp_path / "absent") == []


def test_tables_without_a_row_are_known_to_be_there(tmp_path: Path) -> None:
    (tmp_path / "roles.csv").write_text("case_id,person_id,role,source_ids\n", encoding="utf-8")
    (tmp_path / "book.xlsx").write_bytes(book("people", "_notes"))
    files = [Original(p.name, p, "") for p in sorted(tmp_path.iterdir())]

    assert tables.tables_in(files) == ["people", "roles"]


def test_the_form_of_each_file_is_described(tmp_path: Path) -> None:
    header = "person_id;name_ru;source_ids\n"
    contents = {
        "a/people.csv": header.encode(),
        "b/people.csv": header.encode("utf-8-sig"),
        "c/people.csv": (header + "p1;Анна Вымышленная;s1\n").encode("cp1251"),
        "d/people.csv": header.replace(";", "\t").encode(),
        "e/people.csv": b"person_id,\xe9\x98",
        "f/book.xlsx": book("people", "_notes"),
        "g/people.ods": b"x",
    }
    for name, content in contents.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(content)

    assert tables.describe([Original(name, tmp_path / name, "") for name in contents]) == [
        "a/people.csv: UTF-8, separator semicolon",
        "b/people.csv: UTF-8 with a byte order mark, separator semicolon",
        "c/people.csv: CP1251, separator semicolon",
        "d/people.csv: UTF-8, separator tab",
        "e/people.csv: is neither UTF-8 nor Cyrillic CP1251 at byte 10; save it as UTF-8",
        "f/book.xlsx: XLSX, sheets people, _notes",
        "g/people.ods: cannot be read; save it as CSV or XLSX",
    ]
