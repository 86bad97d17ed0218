"""Other ways to the same answers: workbooks, names instead of ids, judgements made and taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from graph import asking
from graph.answers import Answer, as_csv
from graph.workspace import Workspace
from tests.contract.calls import calls
from tests.contract.conftest import Command, Played
from tests.contract.test_frame import everything
from tests.contract.worlds import World, world, written
from tests.thorough import more

Play = Callable[[int], Played]


def test_a_workbook_gives_what_the_files_give(played: Play, tmp_path: Path) -> None:
    one = played(1)
    command = Command(tmp_path / "ws")
    for name, tables in one.world.datasets.items():
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for table, rows in tables.items():
            sheet = book.create_sheet(table)
            lines = rows or [dict.fromkeys(world_columns(one.folders[name] / f"{table}.csv"), "")]
            sheet.append(list(lines[0]))
            for number, row in enumerate(rows, 2):
                for column, text in enumerate(row.values(), 1):
                    if text:
                        cell = sheet.cell(number, column)
                        cell.value, cell.data_type, cell.number_format = text, "s", "@"  # a name may begin with =
        book.save(tmp_path / f"{name}.xlsx")
        assert command.load([tmp_path / f"{name}.xlsx"]).code == 0
    assert command.load([one.judgements]).code == 0
    assert everything(command, one.world) == everything(one.command, one.world)


def world_columns(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()[0].split(",")


def test_judging_and_judging_back_restores_every_answer(tmp_path: Path) -> None:
    made = world(3)
    command = Command(tmp_path / "ws")
    assert command.load([p for p in written(made, tmp_path) if p.is_dir()]).code == 0
    before = everything(command, made)
    first, second = sorted(made.datasets)[:2]
    for kind, thing in (("person", "o1"), ("body", "b1"), ("case", "c1")):
        call = ("judge", f"{first}/{thing}", f"{second}/{thing}", "same", "--kind", kind, "--why", "x")
        assert command.run(*call).code == 0
    assert everything(command, made) != before
    for kind, thing in (("person", "o1"), ("body", "b1"), ("case", "c1")):
        call = ("judge", f"{second}/{thing}", f"{first}/{thing}", "different", "--kind", kind, "--why", "y")
        assert command.run(*call).code == 0
    assert everything(command, made) == before


@pytest.mark.parametrize("seed", [3, *more(7, 11)])
def test_reading_only_what_an_answer_needs_changes_no_answer(
    played: Play, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = played(seed)
    near = [call for call in calls(made) if call[0] in ("who", "case")][:: 9 if seed == 3 else 2]
    last = len(Workspace.open(made.command.workspace).lines())
    asked = [
        [call[0], "--json", *options, *call[1:]]
        for options, some in (([], near), (["--profile", "public"], near), (["--unresolved"], near[::4]))
        for call in some
    ]
    asked += [["asof", str(last - 1), call[0], "--json", *call[1:]] for call in near[::4]]
    told = []
    for large in (1 << 60, 0):
        monkeypatch.setattr(asking, "LARGE", large)
        told.append([made.command.run(*call) for call in asked])

    assert told[0] == told[1]
    assert not any(said.code for said in told[0])
    assert sum('"rows": []' not in said.out for said in told[0]) > len(asked) / 4


def test_a_judged_copy_under_another_name_changes_sources_only(tmp_path: Path) -> None:
    made = world(2)
    name = sorted(made.datasets)[0]
    tables = made.datasets[name]
    copy = "zz-copy"
    pairs = [
        ("person", "people", "person_id"), ("body", "bodies", "body_id"), ("case", "cases", "case_id"),
        ("proceeding", "proceedings", "proceeding_id"),
    ]  # fmt: skip
    judgements = [
        {
            "kind": kind,
            "left": f"{name}/{i}",
            "right": f"{copy}/{i}",
            "verdict": "same",
            "decided_on": "",
            "by": "",
            "why": "copy",
        }
        for kind, table, column in pairs
        for i in sorted({row[column] for row in tables[table]})
    ]
    alone = Command(tmp_path / "alone")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert alone.load(written(World({name: tables}), tmp_path / "a")).code == 0
    twice = Command(tmp_path / "twice")
    said = twice.load(written(World({name: tables, copy: tables}, judgements), tmp_path / "b"))
    assert said.code == 0, said
    for call in (
        ["officials", "--min-matters", "1"],
        ["court", f"{name}/b1"],
        ["case", f"{name}/c1"],
        ["who", f"{name}/o1"],
    ):
        one, two = alone.ask(*call)["rows"], twice.ask(*call)["rows"]
        for rows in (one, two):
            for row in rows:
                for field in ("sources", "records", "conflicts", "name_as_written", "source_origins"):
                    row.pop(field, None)
        assert two == one, call


@pytest.mark.parametrize("typed", ["Щукин-Ёлкин", "щукин-елкин", "Менделеевой", "Mendeleeva"])
def test_people_are_found_by_name_and_several_stay_apart(played: Play, typed: str) -> None:
    one = played(0)
    surname = "Щукин-Ёлкин" if typed[0] in "Щщ" else "Менделеева"
    have = {
        f"{dataset}/{row['person_id']}"
        for dataset, tables in one.world.datasets.items()
        for row in tables["people"]
        if surname in row["name_ru"]
    }
    assert have
    answer = one.command.ask("who", typed, "--unresolved")
    told = {row["person"] for row in answer["rows"]} | {p for p in have if any(p in note for note in answer["notes"])}
    assert told == have


def test_a_name_that_is_no_persons_is_one_column() -> None:
    label = Answer("push", {}, ("name", "held"), [{"name": "Person", "held": 3}])
    person = Answer("who", {}, ("name",), [{"name": {"en": "Anna", "ru": None}}, {"name": None}])
    assert as_csv(label) == "name,held\nPerson,3\n"
    assert as_csv(person) == "name_en,name_ru\nAnna,\n,\n"
