"""Purge: the bytes go from originals, store and history; a tombstone stays."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from graph.asking import Moment
from graph.custody import history, rebuild, retract
from graph.errors import BadData, NotFound, Refused
from graph.purging import purge
from graph.workspace import Workspace
from loaders import known_loaders
from tests.graph.tiny import Tables, changed, lines, live, problems, record, take, tiny
from visualizations.drawing import network

CANARY = "person at risk"


class Place(NamedTuple):
    workspace: Workspace
    folder: Path


def _dataset() -> Tables:
    found = changed(tiny(), "roles", 3, note=CANARY)
    found["citations"] = [
        {
            "table": "roles",
            "key": "v3|c3|j2|judge",
            "column": "role",
            "source_id": "s2",
            "quote": f"the {CANARY} judged",
        },
        {"table": "cases", "key": "c3", "column": "title", "source_id": "s2", "quote": "another quote"},
    ]
    return found


@pytest.fixture
def place(tmp_path: Path) -> Place:
    workspace = Workspace.create(tmp_path / "w")
    take(workspace, tmp_path / "in", _dataset())
    return Place(workspace, tmp_path / "in")


def _holding(workspace: Workspace, text: str) -> list[str]:
    """Files of the workspace that hold a text; the manifest's own lines aside."""
    return [
        str(p.relative_to(workspace.path)) for p in workspace.path.rglob("*")
        if p.is_file() and p.name != "manifest.jsonl" and text.encode() in p.read_bytes()
    ]  # fmt: skip


def test_the_bytes_are_gone_everywhere_and_verify_is_clean(place: Place) -> None:
    workspace = place.workspace
    found = record(workspace, "roles", "v3|c3|j2|judge")
    assert _holding(workspace, CANARY) != []

    purge(workspace, found, known_loaders(), why="the law demands it")

    assert _holding(workspace, CANARY) == []
    assert found not in {r for r, _ in live(workspace)}
    assert history(workspace, [found], asked="it").rows == []
    assert problems(workspace) == []
    rebuild(workspace, known_loaders())
    assert problems(workspace) == []


def test_no_picture_remembers_who_was_purged(place: Place) -> None:
    workspace = place.workspace
    network(Moment(workspace), workspace, ".svg", profile="public", lang="en", min_shared=1)
    assert any("layouts" in name for name in _holding(workspace, "tiny/j2"))

    purge(workspace, "tiny/j2", known_loaders(), why="x", with_referring=True)

    assert _holding(workspace, "tiny/j2") == []


def test_what_cites_a_purged_record_goes_with_it_and_nothing_else(place: Place) -> None:
    workspace, before = place.workspace, len(live(place.workspace))

    purge(workspace, record(workspace, "roles", "v3|c3|j2|judge"), known_loaders(), why="x")

    assert workspace.rows().table("citations")["quote"].to_list() == ["another quote"]
    assert len(live(workspace)) == before - 2


def test_a_tombstone_names_the_records_the_reason_and_the_files(place: Place) -> None:
    found = record(place.workspace, "roles", "v3|c3|j2|judge")
    old = {f["name"]: f["sha256"] for f in lines(place.workspace)[1]["files"]}

    purge(place.workspace, found, known_loaders(), why="the law demands it", by="anna")

    line = lines(place.workspace)[-1]
    assert found in line["records"]
    assert (line["why"], line["by"]) == ("the law demands it", "anna")
    assert line["rewritten"].keys() == {old["roles.csv"], old["citations.csv"]}
    assert not any(place.workspace.originals.path(sha).exists() for sha in line["rewritten"])


def test_every_version_of_all_times_goes(place: Place) -> None:
    workspace = place.workspace
    found = record(workspace, "cases", "c1")
    take(workspace, place.folder, changed(_dataset(), "cases", 0, title=f"Retold by the {CANARY}"))
    take(workspace, place.folder, _dataset())

    purge(workspace, found, known_loaders(), why="x", with_referring=True)

    assert _holding(workspace, "Retold by") == []
    assert problems(workspace) == []


def test_what_others_refer_to_is_purged_only_with_them(place: Place) -> None:
    workspace = place.workspace

    with pytest.raises(Refused, match=r"records refer to what would be gone; purge them too with --with-referring"):
        purge(workspace, "tiny/p3", known_loaders(), why="x")
    assert len(lines(workspace)) == 2

    purge(workspace, "tiny/p3", known_loaders(), why="x", with_referring=True)
    assert _holding(workspace, "Polina") == []
    assert {r["case_id"] for r in workspace.rows().table("cases").to_dicts()} == {"tiny/c1", "tiny/c2"}
    assert problems(workspace) == []


def test_a_purged_record_does_not_come_back(place: Place) -> None:
    purge(place.workspace, record(place.workspace, "roles", "v3|c3|j2|judge"), known_loaders(), why="x")

    with pytest.raises(BadData, match=r"roles.csv:5: is a record that was purged; delete the row"):
        take(place.workspace, place.folder, _dataset())


def test_the_copy_of_a_purged_source_goes(place: Place) -> None:
    workspace = place.workspace
    paged = changed(_dataset(), "sources", 1, file="s2.html")
    (place.folder / "s2.html").write_text("page about the canary", encoding="utf-8")
    take(workspace, place.folder, paged)

    purge(workspace, "tiny/s2", known_loaders(), why="x", with_referring=True)

    assert _holding(workspace, "page about the canary") == []
    assert problems(workspace) == []


def test_the_same_row_loaded_under_another_name_goes_too_and_is_named(place: Place) -> None:
    workspace = place.workspace
    take(workspace, place.folder, _dataset(), name="copy")

    answer = purge(workspace, record(workspace, "roles", "v3|c3|j2|judge"), known_loaders(), why="x")

    assert len(answer.rows) == 4
    assert _holding(workspace, CANARY) == []
    assert problems(workspace) == []


def test_a_retracted_record_can_be_purged(place: Place) -> None:
    workspace = place.workspace
    found = record(workspace, "roles", "v3|c3|j2|judge")
    retract(workspace, found, why="wrong")

    purge(workspace, found, known_loaders(), why="x")

    assert _holding(workspace, CANARY) == []
    assert problems(workspace) == []


def test_an_id_of_nothing_or_of_several_things_is_refused(place: Place) -> None:
    workspace = place.workspace
    both = _dataset()
    both["bodies"].append({"body_id": "j2", "name": "A body by the same id", "source_ids": "s1"})
    take(workspace, place.folder, both)

    with pytest.raises(NotFound, match="is no record that is or was here"):
        purge(workspace, "tiny/nobody", known_loaders(), why="x")
    with pytest.raises(Refused, match=r"names things of several tables; purge records by their own ids \(bodies: "):
        purge(workspace, "tiny/j2", known_loaders(), why="x")


def test_two_purges_follow_each_other(place: Place) -> None:
    workspace = place.workspace
    purge(workspace, record(workspace, "roles", "v3|c3|j2|judge"), known_loaders(), why="first")
    purge(workspace, record(workspace, "roles", "v1|c1|j1|presiding_judge"), known_loaders(), why="second")

    assert problems(workspace) == []
    assert len(workspace.originals.names()) == len(_dataset())
