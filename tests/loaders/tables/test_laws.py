"""What holds for any rows: their order, their hostile texts, the two formats."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from graph.errors import Problem
from graph.reading import Original
from graph.records import Record
from loaders import tables

COLUMNS = (
    "person_id",
    "name",
    "name_ru",
    "aliases",
    "sex",
    "birth_date",
    "citizenships",
    "category",
    "source_ids",
    "note",
)
TEXT = st.text(st.characters(blacklist_categories=["Cc", "Cs"], blacklist_characters="|\ufffe\uffff"), max_size=20)
ID = st.text("abcdefgъ-/7", min_size=1, max_size=8)
ROW = st.tuples(
    ID, TEXT, TEXT, st.lists(TEXT.filter(str.strip), max_size=3).map("|".join), st.sampled_from(["", "m", "f"]),
    st.sampled_from(["", "1971", "1971-02", "1971-02-16"]), st.sampled_from(["", "RU", "UA|RU"]),
    st.sampled_from(["", "official", "journalist"]), st.lists(ID, min_size=1, max_size=3).map("|".join), TEXT,
)  # fmt: skip
HOSTILE = [
    "<script>alert(1)</script>", "=cmd()", "=HYPERLINK(1)", '"><img src=x onerror=alert(1)>', "@SUM(1)", "+1", "-1",
    "\u202egnp.exe", "\u2066x\u2069", "x" * 10_000, "{{7*7}}", "'; DROP TABLE people; --", "${jndi:x}", "\\", "a\u0301",
    "\U0001f600", "%00", "&lt;&#0;", "\u2028", "\ufeffx\ufeffy", "<!DOCTYPE x>", "]]>", "_x0041_",
]  # fmt: skip


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, *rows])
    return out.getvalue().encode()


def as_xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "people"
    for number, row in enumerate([COLUMNS, *rows], start=1):
        for position, text in enumerate(row, start=1):
            if text:
                cell = sheet.cell(number, position)
                # An underscore that looks like an escape is escaped itself, as Excel does.
                cell.value = text.replace("_x", "_x005F_x")
                cell.data_type = "s"  # else openpyxl makes a formula of =cmd()
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(name: str, content: bytes) -> tuple[list[Record], list[Problem]]:
    problems: list[Problem] = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        original = Original(name, path, hashlib.sha256(content).hexdigest())
        return list(tables.read([original], "d", problems, today=date(2026, 11, 23))), problems


def facts(records: Sequence[Record]) -> list[str]:
    return sorted(f"{r.id} {r.version}" for r in records)


@given(st.lists(ROW, max_size=8).flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
@settings(max_examples=60, deadline=None)
def test_any_order_of_rows_gives_the_same_records(pair: tuple[list[tuple[str, ...]], list[tuple[str, ...]]]) -> None:
    rows, shuffled = pair
    (first, faults), (second, _) = read("people.csv", as_csv(rows)), read("people.csv", as_csv(shuffled))

    assert faults == []
    assert len(first) == len(rows)
    assert facts(first) == facts(second)


@given(st.lists(ROW, max_size=4))
@settings(max_examples=30, deadline=None)
def test_a_workbook_gives_the_records_of_the_csv(rows: list[tuple[str, ...]]) -> None:
    by_csv, by_xlsx = read("people.csv", as_csv(rows)), read("book.xlsx", as_xlsx(rows))

    assert by_csv[1] == by_xlsx[1] == []
    assert [(r.row, r.cells) for r in by_csv[0]] == [(r.row, r.cells) for r in by_xlsx[0]]


@given(st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_no_bytes_make_it_fail(content: bytes) -> None:
    header = b"person_id,name,source_ids\n"
    for name in ("people.csv", "judgements.csv", "book.xlsx", "poeple.tsv"):
        records, problems = read(name, content)
        assert records == []
        assert problems or name == "judgements.csv"
        assert all(p.remedy and p.file.startswith(name) for p in [*problems, *read(name, header + content)[1]])


@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: ascii(t)[1:25])
def test_hostile_text_is_kept_as_the_source_wrote_it(text: str) -> None:
    row = ["p1", text, text, text.replace("|", ""), "", "", "", "", "s1", text]
    kept = text.strip("\ufeff")

    for name, content in (("people.csv", as_csv([row])), ("book.xlsx", as_xlsx([row]))):
        records, problems = read(name, content)

        assert problems == [], name
        assert records[0].cells["name"] == records[0].cells["name_ru"] == records[0].cells["note"] == kept
        assert records[0].cells["aliases"] == (kept,)
