"""From words to answers: at a workspace, and at a workspace as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.asking import Moment, ask_about, conflicts_of, history_of, recurring, sources_of, the_one
from graph.errors import NotFound
from graph.judging import judge
from graph.workspace import Workspace
from tests.graph.tiny import changed, take, tiny


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "w")
    take(made, tmp_path / "in", tiny())
    take(made, tmp_path / "in", changed(tiny(), "people", 3, name="Yulia Renamed"))
    return made


def test_each_kind_is_found_by_name_and_by_id(workspace: Workspace) -> None:
    place = Moment(workspace)

    assert {r["case"] for r in ask_about(place, "person", "Судьиной Юлии").rows} == {"tiny/c1", "tiny/c2", "tiny/c3"}
    assert ask_about(place, "case", "tiny/c1").rows
    assert ask_about(place, "body", "invented district court").rows[0]["person"] == "tiny/j1"


def test_a_case_is_found_by_the_number_of_a_court_and_by_its_trial(workspace: Workspace, tmp_path: Path) -> None:
    dataset = tiny()
    dataset["proceedings"][0]["case_number"] = "дело № 1-12/2023 (1-345/2022)"
    take(workspace, tmp_path / "in", dataset)
    of = dataset["proceedings"][0]["case_id"]
    trial = next(c["trial_id"] for c in dataset["cases"] if c.get("trial_id"))
    tried = {f"tiny/{c['case_id']}" for c in dataset["cases"] if c.get("trial_id") == trial}

    for number in ("1-12/2023", "№ 1-12/2023", "1-345/2022", "дело 1-12/2023"):
        assert {r["case"] for r in ask_about(Moment(workspace), "case", number).rows} == {f"tiny/{of}"}
    assert ask_about(Moment(workspace), "case", "1-12/2024").rows == []
    assert {r["case"] for r in ask_about(Moment(workspace), "case", f"tiny/{trial}").rows} == tried


def test_an_exchange_goes_by_its_date_however_it_is_written(workspace: Workspace, tmp_path: Path) -> None:
    deal = {"exchange_id": "x", "name": "Invented swap", "date": "2024-08-01", "source_ids": "s1"}
    freed = {"exchange_id": "x", "person_id": "p1", "released_by": "RU", "source_ids": "s1"}
    take(workspace, tmp_path / "in", {"exchanges": [deal], "exchange_participants": [freed]})

    for asked in (
        "2024-08-01",
        "2024-08",
        "2024",
        "1 August 2024",
        "August 1, 2024",
        "1 августа 2024 года",
        "01.08.2024",
    ):
        assert [r["exchange"] for r in ask_about(Moment(workspace), "exchange", asked).rows] == ["tiny/x"]
    for asked in ("2 August 2024", "2024-07", "1 August", "02/08/2024"):
        assert ask_about(Moment(workspace), "exchange", asked).rows == []


def test_who_is_meant_but_for_a_slip_is_told_with_the_slip(workspace: Workspace, tmp_path: Path) -> None:
    take(workspace, tmp_path / "in", changed(tiny(), "people", 3, name="Yulia Mendeleeva"))

    (note, *_) = ask_about(Moment(workspace), "person", "Мендилеева").notes
    assert note == (
        "nobody is written so; Yulia Mendeleeva (tiny/j1) could be meant: Mendeleeva: a letter changed in the surname asked for"
    )


def test_a_filter_that_cannot_be_read_is_quoted(workspace: Workspace) -> None:
    for given, told in (
        ({"since": "2024-13"}, "'2024-13' is a date that does not exist"),
        ({"until": "May"}, "'May' is not a date"),
        ({"article": "blah"}, "'blah' is not an article"),
    ):
        with pytest.raises(ValueError, match=told):
            recurring(Moment(workspace), {"min_matters": 1, **given})


def test_a_name_of_then_is_found_then_and_no_more(workspace: Workspace) -> None:
    assert ask_about(Moment(workspace, 2), "person", "Yulia Judge").rows
    assert not ask_about(Moment(workspace, 2), "person", "Yulia Renamed").rows
    assert ask_about(Moment(workspace), "person", "Yulia Renamed").rows


def test_nobody_by_a_name_is_an_answer_with_a_note(workspace: Workspace) -> None:
    answer = ask_about(Moment(workspace), "person", "Zzyzx Qwfp")

    assert answer.rows == []
    assert answer.notes
    with pytest.raises(NotFound):
        the_one(Moment(workspace), workspace.casebook(), "person", "Zzyzx Qwfp")


def test_a_court_named_in_a_filter_is_looked_up(workspace: Workspace) -> None:
    found = recurring(Moment(workspace), {"court": "Invented District Court", "min_matters": 1, "role": None})

    assert {r["person"] for r in found.rows} == {"tiny/j1", "tiny/j2"}
    assert found.parameters == {"court": "Invented District Court", "min_matters": 1}
    nowhere = recurring(Moment(workspace), {"court": "No Such Court", "min_matters": 1})
    assert (nowhere.rows, nowhere.notes[0]) == ([], "nothing matches 'No Such Court'")


def test_sources_and_conflicts_are_asked_by_id(workspace: Workspace, tmp_path: Path) -> None:
    dataset = changed(tiny(), "cases", 0, source_ids="s1")
    dataset["cases"].append(dataset["cases"][0] | {"title": "Told otherwise", "source_ids": "s2"})
    take(workspace, tmp_path / "in", dataset)

    assert {r["table"] for r in sources_of(Moment(workspace), "tiny/c1").rows} >= {"cases", "proceedings", "roles"}
    assert [(r["thing"], r["field"]) for r in conflicts_of(Moment(workspace), "tiny/c1").rows] == [("tiny/c1", "title")]
    assert [r["thing"] for r in conflicts_of(Moment(workspace), None).rows] == ["tiny/c1"]


def test_the_history_of_a_thing_is_that_of_all_that_it_is_judged_to_be(workspace: Workspace) -> None:
    judge(workspace, "tiny/j1", "tiny/j2", "same", why="one")

    found = history_of(workspace, "tiny/j2")

    own = [(r["thing"], r["how"]) for r in found.rows if r["thing"] in ("tiny/j1", "tiny/j2")]
    assert own == [
        ("tiny/j1", "replaced"),
        ("tiny/j1", None),
        ("tiny/j2", None),
    ]
