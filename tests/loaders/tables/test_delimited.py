"""Encodings, separators, lines: what a CSV of somebody else's program looks like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from loaders.tables import delimited

if TYPE_CHECKING:
    from tests.loaders.conftest import Read

HEADER = "person_id,name_ru,note,source_ids\n"
ROW = "p1,Анна Вымышленная,Судья «Небывалого» суда № 5 — по делу о библиотеке,s1\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_encoding_and_separator_gives_the_same_records(
    read: Read, encoding: str, separator: str, line_end: str
) -> None:
    text = (HEADER + ROW).replace(",", separator).replace("\n", line_end)

    records, problems = read({"people.csv": text.encode(encoding)})

    assert problems == []
    assert records[0].cells == {
        "person_id": "p1",
        "name_ru": "Анна Вымышленная",
        "note": "Судья «Небывалого» суда № 5 — по делу о библиотеке",
        "source_ids": ("s1",),
    }


def test_ukrainian_and_belarusian_in_cp1251_are_read(read: Read) -> None:
    text = HEADER + "p1,Ганна Вигадана,Її ґанок і європейський під'їзд,s1\np2,Ганна Ўяўная,Яе ўяўны ганак і двор,s1\n"

    records, problems = read({"people.csv": text.encode("cp1251")})

    assert problems == []
    assert [r.cells["note"] for r in records] == ["Її ґанок і європейський під'їзд", "Яе ўяўны ганак і двор"]


@pytest.mark.parametrize(
    ("content", "line", "remedy"),
    [
        ((HEADER + ROW).encode() + ROW.encode("cp1251"), 3, "mixes UTF-8 with another encoding: at byte 168"),
        (
            (HEADER + "p1,Müller,Grüße aus Köln,s1\n").encode("latin-1"),
            2,
            "neither UTF-8 nor Cyrillic CP1251 at byte 38",
        ),
        (
            (HEADER + "p1,Анна Вымышленная,судья,s1\n").encode("koi8-r"),
            2,
            "neither UTF-8 nor Cyrillic CP1251 at byte 37",
        ),
        ((HEADER + ROW).encode("cp866", "replace"), 2, "neither UTF-8 nor Cyrillic CP1251 at byte 37"),
        ((HEADER + "p1,Анна\udc80,x,s1\n").encode("utf-8", "surrogatepass"), 2, "lone surrogate at byte 45"),
        ((HEADER + "p1,\ud800,x,s1\n").encode("utf-8", "surrogatepass"), 2, "lone surrogate at byte 37"),
        ((HEADER + ROW).encode("utf-16"), None, "is in UTF-16; save it as UTF-8"),
        ((HEADER + "p1,Анна\n").encode()[:-2], 2, "mixes UTF-8 with another encoding: at byte 43"),
        (HEADER.encode() + b"p1,\x98,x,s1\n", 2, "neither UTF-8 nor Cyrillic CP1251 at byte 37"),
    ],
    ids=["mixed", "latin-1", "koi8-r", "cp866", "surrogate-after-text", "surrogate", "utf-16", "cut-off", "undefined"],
)
def test_bytes_in_no_encoding_of_ours_are_refused_with_their_place(
    read: Read, content: bytes, line: int | None, remedy: str
) -> None:
    records, problems = read({"people.csv": content})

    assert records == []
    assert [p.row for p in problems] == [line]
    assert remedy in problems[0].remedy


def test_a_break_between_two_chunks_is_found_at_its_byte(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"a\n" * (1 << 19) + "я".encode() * 3 + b"\xff")

    with pytest.raises(delimited.Unreadable, match=f"at byte {(1 << 20) + 6}") as caught:
        delimited.form(path, {"person_id"})

    assert caught.value.line == (1 << 19) + 1


def test_a_letter_that_lies_across_two_chunks_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"a" * ((1 << 20) - 1) + "я".encode())

    assert delimited.form(path, {"person_id"}).encoding == "utf-8"


def test_a_row_number_is_the_line_on_which_the_row_starts(read: Read) -> None:
    text = 'person_id,note,source_ids\np1,"two\nlines",s1\n\n  , ,\np2,"three\r\n\r\nlines",s1\np3,x,s1\n'

    records, problems = read({"people.csv": text})

    assert problems == []
    assert [(r.row, r.cells["note"]) for r in records] == [(2, "two\nlines"), (6, "three\n\nlines"), (9, "x")]


def test_outer_blanks_are_cut_and_a_cell_of_blanks_is_blank(read: Read) -> None:
    records, problems = read({"people.csv": "person_id , name,note,source_ids\n p1 ,\xa0Anna\xa0,  , s1 | s2 |\n"})

    assert problems == []
    assert records[0].cells == {"person_id": "p1", "name": "Anna", "source_ids": ("s1", "s2")}


def test_a_list_is_a_set(read: Read) -> None:
    records, _ = read({"people.csv": "person_id,aliases,source_ids\np1,b|a|b| a ,s2|s1|s2\n"})

    assert records[0].cells == {"person_id": "p1", "aliases": ("a", "b"), "source_ids": ("s1", "s2")}


def test_an_id_may_hold_a_slash(read: Read) -> None:
    records, problems = read({"people.csv": "person_id,source_ids\ncourt/7,s1\n"})

    assert problems == []
    assert records[0].thing == "invented/court/7"


def test_a_last_line_without_an_end_is_read(read: Read) -> None:
    records, problems = read({"people.csv": "person_id,source_ids\np1,s1"})

    assert (len(records), problems) == (1, [])


def test_a_line_without_an_end_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "LINE_LIMIT", 1000)

    _, problems = read({"people.csv": HEADER + "x" * 2000})

    assert [(p.row, "line of more than 1000 bytes" in p.remedy) for p in problems] == [(2, True)]
