"""Files of judgements."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import Problem
from graph.reading import Original
from loaders.tables.judgements import JudgementRow, is_judgements, judgement_files, judgement_lines, read_judgements

HEADER = "kind,left,right,verdict,decided_on,by,why,evidence\n"


def read(tmp_path: Path, text: str, name: str = "judgements.csv") -> tuple[list[JudgementRow], list[Problem]]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    return read_judgements(Original(name, path, ""), problems), problems


def test_rows_come_in_their_order_for_the_last_of_a_pair_wins(tmp_path: Path) -> None:
    rows, problems = read(
        tmp_path, HEADER + 'person,a/1,b/1,same,2026-11-23,me,"same court,\nsame years",\nperson,a/1,b/1,unsure,,,,\n'
    )

    assert problems == []
    assert rows == [
        JudgementRow("person", "a/1", "b/1", "same", "2026-11-23", "me", "same court,\nsame years"),
        JudgementRow("person", "a/1", "b/1", "unsure"),
    ]


@pytest.mark.parametrize(
    ("row", "column", "remedy"),
    [
        ("people,a/1,b/1,same,,,,", "kind", "write person"),
        (",a/1,b/1,same,,,,", "kind", "fill it in"),
        ("person,a1,b/1,same,,,,", "left", "write dataset/id"),
        ("person,a/1,/b,same,,,,", "right", "not an id of the form dataset/id"),
        ("person,a/1,,same,,,,", "right", "fill it in"),
        ("person,a/1,a/1,same,,,,", "right", "is the same id as left"),
        ("person,a/1,b/1|c/1,same,,,,", "right", "without it"),
        ("person,a/1,b/1,maybe,,,,", "verdict", "is not in ontology/vocab/verdict.csv"),
        ("person,a/1,b/1,same,23.11.2026,,,", "decided_on", "write 2026-11-23"),
        ("person,a/1,b/1,same,,me\x07,,", "by", "control character U+0007"),
        ("person,a/1,b/1,same,,,x\x00,", "why", "control character U+0000"),
        ("person,a/1,b/1,same,,,,,", None, "has 9 cells, the header has 8"),
    ],
)
def test_a_judgement_that_cannot_be_is_refused(tmp_path: Path, row: str, column: str | None, remedy: str) -> None:
    rows, problems = read(tmp_path, HEADER + row + "\n")

    assert rows == []
    assert [(p.file, p.row, p.column) for p in problems] == [("judgements.csv", 2, column)]
    assert remedy in problems[0].remedy


def test_a_header_must_have_what_a_judgement_needs_and_nothing_unknown(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, "kind,left,rigth\nperson,a/1,b/1\n")

    assert rows == []
    assert [str(p) for p in problems] == [
        "judgements.csv:1: 'rigth' is not a column of judgements; did you mean right?",
        "judgements.csv:1: right: is not in the header; judgements cannot be read without it: add the column",
        "judgements.csv:1: verdict: is not in the header; judgements cannot be read without it: add the column",
    ]


def test_the_line_of_each_judgement_is_known_to_checks_that_go_on(tmp_path: Path) -> None:
    path = tmp_path / "judgements.csv"
    path.write_text(HEADER + "\nperson,a/1,b/1,same,,,,\n", encoding="utf-8")

    assert [line for line, _ in judgement_lines(Original("judgements.csv", path, ""), [])] == [3]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("judgements.csv", "", True),
        ("Judgements.CSV", "x", True),
        ("ours.csv", HEADER, True),
        ("ours.csv", "verdict;right;left;kind\n", True),
        ("people.csv", "person_id,source_ids\n", False),
        ("judgements.xlsx", "x", False),
    ],
)
def test_a_file_of_judgements_is_known_by_name_or_header(tmp_path: Path, name: str, text: str, found: bool) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")

    assert is_judgements(tmp_path / name) is found


def test_judgements_beside_the_tables_are_found(tmp_path: Path) -> None:
    for name, text in (
        ("judgements.csv", HEADER),
        ("more.csv", HEADER),
        ("people.csv", "person_id\n"),
        (".x.csv", HEADER),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert [p.name for p in judgement_files(tmp_path)] == ["judgements.csv", "more.csv"]
    assert judgement_files(tmp_path / "more.csv") == [tmp_path / "more.csv"]
    assert judgement_files(tmp_path / "people.csv") == []


def test_a_broken_file_is_refused_with_its_place(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, HEADER + 'person,a/1,b/1,same,,,"open\n')

    assert (rows, [p.row for p in problems]) == ([], [2])
