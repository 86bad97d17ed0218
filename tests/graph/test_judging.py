"""Judgements that are made: checked, written down as a line, applied, and taken back by another."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from graph.asking import Moment, recurring
from graph.errors import BadData, Contradiction, NotFound
from graph.judging import judge, judgements, load_judgements
from graph.workspace import Workspace
from loaders.tables.judgements import read_judgements
from tests.graph.tiny import content, lines, problems, take, tiny


class Place(NamedTuple):
    workspace: Workspace
    folder: Path


@pytest.fixture
def place(tmp_path: Path) -> Place:
    workspace = Workspace.create(tmp_path / "w")
    take(workspace, tmp_path / "in", tiny())
    return Place(workspace, tmp_path)


def _file(place: Place, text: str) -> Path:
    (place.folder / "judgements.csv").write_text("kind,left,right,verdict,by,why\n" + text, encoding="utf-8")
    return place.folder / "judgements.csv"


def test_judging_and_unjudging_restores_every_answer(place: Place) -> None:
    said = content(place.workspace)
    judge(place.workspace, "tiny/j1", "tiny/j2", "same", why="one judge")
    assert [r["person"] for r in recurring(Moment(place.workspace), {"min_matters": 1}).rows] == ["tiny/j1"]

    judge(place.workspace, "tiny/j1", "tiny/j2", "different", why="two after all")

    assert content(place.workspace) == said
    assert problems(place.workspace) == []


def test_a_judgement_is_a_line_with_all_its_cells(place: Place) -> None:
    judge(place.workspace, "tiny/p1", "tiny/p2", "unsure", why="one name", by="anna", evidence="https://e.example")

    made = lines(place.workspace)[-1]["judgements"]
    assert [{k: made[0][k] for k in ("kind", "left", "right", "verdict", "by", "why", "evidence")}] == [
        {"kind": "person", "left": "tiny/p1", "right": "tiny/p2", "verdict": "unsure", "by": "anna", "why": "one name", "evidence": "https://e.example"}
    ]  # fmt: skip
    assert judgements(place.workspace).rows[0]["line"] == 3


def test_who_judged_is_in_the_store_by_a_pseudonym_only(place: Place) -> None:
    judge(place.workspace, "tiny/p1", "tiny/p2", "same", why="x", by="anna secret")

    text = "\n".join(place.workspace.store().lines())
    assert "anna" not in text
    assert place.workspace.pseudonym("anna secret") in text


def test_things_of_two_kinds_or_of_none_are_refused(place: Place) -> None:
    with pytest.raises(NotFound, match="'tiny/p1' and 'tiny/c1' are things of different kinds"):
        judge(place.workspace, "tiny/p1", "tiny/c1", "same", why="x")
    with pytest.raises(NotFound, match="'tiny/x' is no person, body, case or proceeding here"):
        judge(place.workspace, "tiny/p1", "tiny/x", "same", why="x")
    assert len(lines(place.workspace)) == 2


def test_an_id_of_several_kinds_asks_for_the_kind(place: Place) -> None:
    both = tiny()
    both["bodies"] += [{"body_id": p, "name": p, "source_ids": "s1"} for p in ("p1", "p2")]
    take(place.workspace, place.folder / "in", both)

    with pytest.raises(NotFound, match=r"name things of several kinds \(body, person\); add --kind"):
        judge(place.workspace, "tiny/p1", "tiny/p2", "same", why="x")
    assert judge(place.workspace, "tiny/p1", "tiny/p2", "same", why="x", kind="body").kind == "body"


def test_a_contradiction_is_refused_whole(place: Place) -> None:
    judge(place.workspace, "tiny/p1", "tiny/p2", "same", why="a")
    file = _file(place, "person,tiny/p2,tiny/p3,same,anna,b\nperson,tiny/p1,tiny/p3,different,anna,c\n")

    with pytest.raises(Contradiction, match=r"tiny/p1 same tiny/p2 because a \(manifest line 3\)"):
        load_judgements(place.workspace, file, read_judgements)
    assert len(lines(place.workspace)) == 3
    assert problems(place.workspace) == []


def test_a_file_of_judgements_is_kept_and_loaded_once(place: Place) -> None:
    file = _file(place, "person,tiny/p1,tiny/p2,same,anna,a\nperson,tiny/p2,tiny/p1,different,anna,later row wins\n")

    assert load_judgements(place.workspace, file, read_judgements) == (1, 1, [])
    assert judgements(place.workspace).rows[0]["verdict"] == "different"
    assert (
        place.workspace.originals.path(lines(place.workspace)[-1]["files"][0]["sha256"]).read_bytes()
        == file.read_bytes()
    )
    assert load_judgements(place.workspace, file, read_judgements)[0] == 0
    assert len(lines(place.workspace)) == 3


def test_faults_of_a_file_of_judgements_change_nothing(place: Place) -> None:
    with pytest.raises(BadData, match=r"judgements.csv:2: verdict: 'perhaps'"):
        load_judgements(place.workspace, _file(place, "person,tiny/p1,tiny/p2,perhaps,,\n"), read_judgements)
    assert len(lines(place.workspace)) == 2
    assert problems(place.workspace) == []


def test_judgements_on_what_is_not_loaded_yet_wait_and_are_counted(place: Place) -> None:
    found = load_judgements(place.workspace, _file(place, "person,tiny/p1,later/p1,same,,x\n"), read_judgements)

    assert found[2] == ["1 ids are not loaded (yet): later/p1; their judgements wait for them"]
    take(place.workspace, place.folder / "in", tiny(), name="later")
    assert place.workspace.casebook().canonical("person", "tiny/p1") == "later/p1"


def test_an_earlier_moment_has_the_judgements_of_then(place: Place) -> None:
    judge(place.workspace, "tiny/p1", "tiny/p2", "same", why="a")

    assert judgements(place.workspace, at=2).rows == []
    assert len(judgements(place.workspace, at=3).rows) == 1
