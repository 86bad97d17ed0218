"""What `load` makes of several paths: all checked before the first is loaded, every fault with its file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from graph.errors import BadData
from graph.workspace import Workspace
from loaders.loading import load_paths

SOURCES = "source_id,url\ns1,https://paper.example/1\n"
PEOPLE = "person_id,name,source_ids\np1,Anna Invented,s1\np2,Boris Fictional,s1\n"
CASES = "case_id,person_id,arrest_date,source_ids\nk1,p1,2022,s1\n"
JUDGED = "kind,left,right,verdict,decided_on,by,why,evidence\n"


def _folder(path: Path, **changed: str) -> Path:
    path.mkdir()
    for name, text in ({"sources": SOURCES, "people": PEOPLE, "cases": CASES} | changed).items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path


def _refused(workspace: Path, *paths: Path, dry: str | None = None) -> list[tuple[str, int | None, str | None]]:
    with pytest.raises(BadData) as refusal:
        load_paths(workspace, paths, dry=dry)
    return [(p.file, p.row, p.column) for p in refusal.value.problems]


@pytest.mark.parametrize("dry", [None, "check"])
def test_faults_of_several_datasets_are_told_together_and_none_is_loaded(tmp_path: Path, dry: str | None) -> None:
    whole = _folder(tmp_path / "whole")
    one = _folder(tmp_path / "one", cases=CASES.replace("2022", "2022-13"))
    two = _folder(tmp_path / "two", people=PEOPLE.replace("p2,Boris Fictional,s1", "p2,Boris Fictional,"))

    found = _refused(tmp_path / "ws", whole, one, two, dry=dry)

    assert found == [("one/cases.csv", 2, "arrest_date"), ("two/people.csv", 3, "source_ids")]
    assert not (tmp_path / "ws").exists()


@pytest.mark.parametrize("dry", [None, "check"])
def test_faulty_judgements_beside_the_tables_keep_these_from_being_loaded(tmp_path: Path, dry: str | None) -> None:
    folder = _folder(tmp_path / "ds", judgements=JUDGED + "persn,ds/p1,ds/p2,same,2024,,,\n")
    assert _refused(tmp_path / "ws", folder, dry=dry) == [("judgements.csv", 2, "kind")]
    assert not (tmp_path / "ws").exists()


@pytest.mark.parametrize("dry", [None, "check"])
def test_judgements_that_contradict_those_that_stand_are_found_before_anything_is_loaded(
    tmp_path: Path, dry: str | None
) -> None:
    first = _folder(tmp_path / "ds", judgements=JUDGED + "person,ds/p1,ds/p2,same,2024,,,\n")
    load_paths(tmp_path / "ws", [first])
    more = JUDGED + "person,ds/p2,more/p1,same,2024,,,\nperson,ds/p1,more/p1,different,2024,,,\n"
    second = _folder(tmp_path / "more", judgements=more)
    head = Workspace.open(tmp_path / "ws").head

    with pytest.raises(BadData, match=r"judgements.csv: .* cannot be the same and different"):
        load_paths(tmp_path / "ws", [second], dry=dry)
    assert Workspace.open(tmp_path / "ws").head == head


def test_a_table_that_cannot_be_read_is_not_called_missing_in_every_row_that_refers_to_it(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "ds", people=PEOPLE.replace("person_id", "persn_id"))
    found = _refused(tmp_path / "ws", folder)
    assert found == [("people.csv", 1, None), ("people.csv", 1, "person_id")]


def test_an_id_that_leads_nowhere_is_named_beside_faults_of_other_rows(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "ds", people=PEOPLE + "p3,Short\n", cases=CASES + "k2,p9,,s1\n")
    assert _refused(tmp_path / "ws", folder) == [("cases.csv", 3, "person_id"), ("people.csv", 4, None)]


def test_a_damaged_workbook_is_one_fault(tmp_path: Path) -> None:
    (tmp_path / "ds.xlsx").write_bytes(b"nothing of the kind")
    assert _refused(tmp_path / "ws", tmp_path / "ds.xlsx") == [("ds.xlsx", None, None)]


def test_a_fault_across_the_sheets_of_a_workbook_names_the_sheet(tmp_path: Path) -> None:
    sheets: Mapping[str, str] = {"sources": SOURCES, "people": PEOPLE, "cases": CASES.replace("p1", "p9")}
    book = openpyxl.Workbook()
    for name, text in sheets.items():
        sheet = book.create_sheet(name)
        for line in text.splitlines():
            sheet.append(line.split(","))
    book.remove(book.worksheets[0])
    book.save(tmp_path / "ds.xlsx")
    assert _refused(tmp_path / "ws", tmp_path / "ds.xlsx") == [("ds.xlsx[cases]", 2, "person_id")]


def test_a_check_tells_that_a_load_would_want_a_word(tmp_path: Path) -> None:
    many = PEOPLE + "".join(f"q{n},Some Body,s1\n" for n in range(20))
    load_paths(tmp_path / "ws", [_folder(tmp_path / "ds", people=many)])
    (tmp_path / "ds" / "people.csv").write_text(PEOPLE, encoding="utf-8")

    for dry in ("check", "diff"):
        notes = load_paths(tmp_path / "ws", [tmp_path / "ds"], dry=dry).notes
        assert "ds: people has 2 rows, before 22: to load this, add --accept-drop" in notes
    assert not any("--accept-drop" in n for n in load_paths(tmp_path / "new", [tmp_path / "ds"], dry="check").notes)


def test_a_name_in_one_row_of_a_child_of_another_row_is_refused_and_not_told(tmp_path: Path) -> None:
    people = "person_id,name,aliases,category,source_ids\np1,Anna Invented,,,s1\np2,Small One,Tiny,,s1\n"
    folder = _folder(
        tmp_path / "ds",
        people=people + "p2,,,minor_family_member,s2\n",
        sources=SOURCES + "s2,https://paper.example/2\n",
    )
    with pytest.raises(BadData) as refusal:
        load_paths(tmp_path / "ws", [folder])
    assert [(p.file, p.row, p.column) for p in refusal.value.problems] == [
        ("people.csv", 3, "aliases"), ("people.csv", 3, "name"),
    ]  # fmt: skip
    assert "Small" not in str(refusal.value)
    assert "Tiny" not in str(refusal.value)
