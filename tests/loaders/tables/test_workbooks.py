"""Workbooks: what spreadsheets make of cells, and what an attacker makes of a workbook."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from loaders.tables import workbooks

if TYPE_CHECKING:
    from tests.loaders.conftest import Read

XML = '<?xml version="1.0" encoding="UTF-8"?>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS: Mapping[str, str] = {
    "_rels/.rels": f'{XML}<Relationships><Relationship Id="r" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="people" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{XML}<Relationships><Relationship Id="r1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}  # fmt: skip
HEADER = "<row><c t='inlineStr'><is><t>person_id</t></is></c><c t='inlineStr'><is><t>source_ids</t></is></c></row>"


def text(value: str, coordinate: str = "") -> str:
    return f"<c {f'r={coordinate!r}' if coordinate else ''} t='inlineStr'><is><t>{value}</t></is></c>"


def package(
    rows: str = "", parts: Mapping[str, str | bytes] | None = None, *, after: str = "", compression: int = ZIP_DEFLATED
) -> bytes:
    """A workbook of one sheet `people`, written by hand; `parts` replace those there are."""
    sheet = f'{XML}<worksheet xmlns="{MAIN}"><sheetData>{HEADER}{rows}</sheetData>{after}</worksheet>'
    contents: dict[str, str | bytes] = {**PARTS, "xl/worksheets/sheet1.xml": sheet}
    contents |= parts or {}
    out = io.BytesIO()
    with ZipFile(out, "w", compression) as made:
        for name, content in contents.items():
            made.writestr(name, content)
    return out.getvalue()


def book(sheets: Mapping[str, list[list[object]]], formats: Mapping[str, str] | None = None) -> bytes:
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for coordinate, code in (formats or {}).items():
            sheet[coordinate].number_format = code
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


PEOPLE: list[object] = ["person_id", "birth_year", "birth_date", "death_date", "note", "source_ids"]


def test_what_a_person_types_into_a_spreadsheet_is_read(read: Read) -> None:
    rows: list[list[object]] = [
        PEOPLE,
        ["p1", 1971, date(1971, 2, 16), datetime(2020, 3, 1), "two\nlines", "s1|s2"],  # noqa: DTZ001 - spreadsheets know no zones
        [],
        [12, 1971.0, 1971, "2020-03", 207.3, "s1"],
    ]

    records, problems = read({"book.xlsx": book({"people": rows})})

    assert problems == []
    assert [(r.row, r.cells) for r in records] == [
        (2, {"person_id": "p1", "birth_year": 1971, "birth_date": "1971-02-16", "death_date": "2020-03-01",
             "note": "two\nlines", "source_ids": ("s1", "s2")}),
        (4, {"person_id": "12", "birth_year": 1971, "birth_date": "1971", "death_date": "2020-03", "note": "207.3",
             "source_ids": ("s1",)}),
    ]  # fmt: skip


@pytest.mark.parametrize(("code", "shown"), [("dd.mm.yyyy", "1971-02-16"), ("mmmm yyyy", "1971-02"), ("yyyy", "1971")])
def test_a_date_cell_is_as_precise_as_it_is_shown(read: Read, code: str, shown: str) -> None:
    made = book({"people": [PEOPLE, ["p1", None, date(1971, 2, 16), None, None, "s1"]]}, {"C2": code})

    records, problems = read({"book.xlsx": made})

    assert problems == []
    assert records[0].cells["birth_date"] == shown


@pytest.mark.parametrize(
    ("column", "value", "code", "remedy"),
    [
        ("note", "=1+1", None, "is a formula; put its value in its place"),
        ("note", True, None, "is a logical value"),
        ("note", "#REF!", None, "is an error of the spreadsheet"),
        ("note", date(2021, 12, 1), None, "is a date cell, perhaps made by the spreadsheet"),
        ("person_id", date(2021, 12, 1), None, "is a date cell, perhaps made by the spreadsheet"),
        ("note", 12345678901234567, None, "too long for a spreadsheet to keep exactly"),
        ("birth_date", datetime(1971, 2, 16, 10, 30), None, "has a time of day; keep the date alone"),  # noqa: DTZ001 - as above
        ("birth_date", time(10, 30), None, "is a time of day; write a date"),
        ("birth_date", date(1971, 2, 16), "d mmm", "hides the year"),
        ("birth_date", 60, "yyyy-mm-dd", "does not exist"),
        ("birth_date", 44000, None, "write YYYY, YYYY-MM or YYYY-MM-DD"),
        ("birth_year", 1971.5, None, "write YYYY"),
    ],
)
def test_a_cell_that_no_text_can_stand_for_is_refused(
    read: Read, column: str, value: object, code: str | None, remedy: str
) -> None:
    row: list[object] = ["p1", None, None, None, None, "s1"]
    row[PEOPLE.index(column)] = value
    where = f"{'ABCDEF'[PEOPLE.index(column)]}2"

    records, problems = read({"book.xlsx": book({"people": [PEOPLE, row]}, {where: code} if code else None)})

    assert [(p.file, p.row, p.column) for p in problems] == [("book.xlsx[people]", 2, column)]
    assert remedy in problems[0].remedy
    assert [r.key for r in records] == ([] if column == "person_id" else [("p1",)])


def test_dates_before_the_leap_day_that_never_was_are_right(read: Read) -> None:
    made = book({"people": [PEOPLE, ["p1", None, 59, 61, None, "s1"]]}, {"C2": "yyyy-mm-dd", "D2": "yyyy-mm-dd"})

    records, _ = read({"book.xlsx": made})

    assert (records[0].cells["birth_date"], records[0].cells["death_date"]) == ("1900-02-28", "1900-03-01")


def test_every_sheet_is_a_table_and_those_of_the_user_are_set_aside(read: Read) -> None:
    made = book({
        "people": [["person_id", "source_ids"], ["p1", "s1"]],
        "_my notes": [["anything", "=x"]],
        "Sheet3": [],
        "poeple": [["person_id"]],
    })  # fmt: skip

    records, problems = read({"book.xlsx": made})

    assert [r.thing for r in records] == ["invented/p1"]
    assert [str(p) for p in problems] == ["book.xlsx[poeple]: 'poeple' is not a table; did you mean people?"]


def test_a_cell_to_the_right_of_the_header_is_not_lost(read: Read) -> None:
    records, problems = read({"book.xlsx": package("<row>" + text("p1") + text("s1") + text("stray") + "</row>")})

    assert [(p.row, p.remedy.partition(";")[0]) for p in problems] == [
        (2, "has a cell to the right of the last column")
    ]
    assert records == []


def test_a_header_below_the_first_row_is_refused(read: Read) -> None:
    made = book({"people": [[], ["person_id", "source_ids"], ["p1", "s1"]]})

    _, problems = read({"book.xlsx": made})

    assert ["line 1" in p.remedy for p in problems] == [True]


def test_a_formula_whose_result_is_a_childs_name_is_not_quoted(read: Read) -> None:
    cells = "<row><c t='str'><f>A1</f><v>Canaria</v></c>" + text("s1") + "</row>"

    _, problems = read({"book.xlsx": package(cells)})

    assert [(p.column, p.value) for p in problems] == [("person_id", None)]


def test_merged_cells_are_refused(read: Read) -> None:
    after = '<mergeCells><mergeCell ref="B2:B4"/></mergeCells>'

    _, problems = read({"book.xlsx": package("<row>" + text("p1") + text("s1") + "</row>", after=after)})

    assert [(p.row, "unmerge" in p.remedy) for p in problems] == [(2, True)]


def test_shared_and_rich_strings_are_read_and_readings_left_out(read: Read) -> None:
    strings = (
        f"{XML}<sst xmlns='{MAIN}'><si><r><t>Anna </t></r><r><t>Inv_x0065_nted</t></r><rPh><t>no</t></rPh></si>"
        "<si><t>a_x005F_x0041_b</t></si></sst>"
    )
    rels = PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="r2" Type="{REL}/sharedStrings" Target="/xl/strings.xml"/></Relationships>',
    )
    sheet = (
        f"{XML}<worksheet xmlns='{MAIN}'><sheetData><row>{text('person_id')}{text('name')}{text('source_ids')}</row>"
        "<row><c t='s'><v>1</v></c><c t='s'><v>0</v></c><c t='str'><v>s1</v></c></row></sheetData></worksheet>"
    )
    made = package(
        parts={"xl/strings.xml": strings, "xl/_rels/workbook.xml.rels": rels, "xl/worksheets/sheet1.xml": sheet}
    )

    records, problems = read({"book.xlsx": made})

    assert problems == []
    assert records[0].cells == {"person_id": "a_x0041_b", "name": "Anna Invented", "source_ids": ("s1",)}


def test_a_lone_surrogate_by_escape_is_refused(read: Read) -> None:
    _, problems = read({"book.xlsx": package("<row>" + text("p1_xD800_") + text("s1") + "</row>")})

    assert "U+D800" in problems[0].remedy


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"]
)
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
def test_a_document_type_is_refused_in_every_part_and_encoding(read: Read, part: str, encoding: str) -> None:
    with ZipFile(io.BytesIO(package())) as made:
        content = made.read(part).decode().removeprefix(XML)
    hostile = f'<?xml version="1.0" encoding="{encoding}"?>{BOMB}{content}'.encode(encoding)

    _, problems = read({"book.xlsx": package(parts={part: hostile})})

    assert ["document type declaration" in p.remedy for p in problems] == [True]


def test_an_external_entity_is_not_fetched(read: Read, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("canary", encoding="utf-8")
    hostile = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{(tmp_path / "secret").as_uri()}">]><worksheet><sheetData/></worksheet>'

    records, problems = read({"book.xlsx": package(parts={"xl/worksheets/sheet1.xml": hostile})})

    assert records == []
    assert "canary" not in str(problems)


@pytest.mark.parametrize(
    ("made", "remedy"),
    [
        (b"not a zip", "is not an XLSX file"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "has a password or is an old XLS"),
        (package()[:-30], "is not an XLSX file"),
        (package(parts={"xl/bomb.xml": b" " * 20_000_000}), "zip bomb"),
        (package(compression=ZIP_BZIP2), "packed in a way that spreadsheets do not use"),
        (package(parts={"xl/workbook.xml": "<workbook>"}), "is damaged"),
        (package("<row r='5'/><row r='3'/>"), "row 3 after row 5"),
        (package("<row r='99999999999'/>"), "row 99999999999 after row 1"),
        (package("<row r='2'><c r='A3'/></row>"), "the cell 'A3' in row 2"),
        (package("<row r='2'><c r='ZZZ2'/></row>"), "cells out of order in row 2"),
        (package("<row r='2'><c r='B2'/><c r='A2'/></row>"), "cells out of order in row 2"),
        (package("<row><c t='s'><v>7</v></c></row>"), "is damaged"),
        (package("<row><c t='n'><v>x</v></c></row>"), "is damaged"),
        (package("<row><c t='zzz'><v>7</v></c></row>"), "unknown type 'zzz'"),
        (package("<row>"), "is damaged"),
        (package(parts={"xl/workbook.xml": PARTS["xl/workbook.xml"].replace('"r1"', '"r9"')}), "only a link to it"),
        (
            package(parts={"xl/_rels/workbook.xml.rels": PARTS["xl/_rels/workbook.xml.rels"].replace(
                "<Relationship ", '<Relationship TargetMode="External" ')}),
            "only a link to it",
        ),
        (
            package(parts={"xl/_rels/workbook.xml.rels": PARTS["xl/_rels/workbook.xml.rels"].replace(
                "worksheets/sheet1.xml", "../../etc/passwd")}),
            "is damaged",
        ),
    ],
)  # fmt: skip
def test_a_workbook_that_must_not_be_read_is_refused(read: Read, made: bytes, remedy: str) -> None:
    records, problems = read({"book.xlsx": made})

    assert records == []
    assert [remedy in str(p) for p in problems] == [True], problems


def test_more_unpacked_than_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "book.xlsx").write_bytes(package())
    monkeypatch.setattr(workbooks, "UNPACKED_LIMIT", 100)

    with pytest.raises(workbooks.BadWorkbook, match="unpacks to more than"):
        workbooks.sheet_names(tmp_path / "book.xlsx")


@pytest.mark.parametrize("size", [1, 7])
def test_pieces_of_any_size_give_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(package("<row>" + text("Анна &amp; Ко") + text("s1") + "</row>"))
    monkeypatch.setattr(workbooks, "_CHUNK", size)

    with workbooks.Workbook(path) as opened:
        assert list(opened.rows(opened.sheets[0], lambda *_: None)) == [
            (1, ["person_id", "source_ids"]),
            (2, ["Анна & Ко", "s1"]),
        ]
