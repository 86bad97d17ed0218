"""Taking back, bringing back, history, the state made again, and the proof that nothing was tampered with."""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest

from graph.custody import history, rebuild, restore, retract
from graph.errors import NotFound, Refused, WorkspaceError
from graph.judging import judge
from graph.workspace import Workspace
from loaders import known_loaders
from tests.graph.tiny import Tables, changed, content, live, problems, record, take, tiny, without


class Place(NamedTuple):
    workspace: Workspace
    folder: Path

    def take(self, dataset: Tables) -> None:
        take(self.workspace, self.folder, dataset)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    found = Place(Workspace.create(tmp_path / "w"), tmp_path / "in")
    found.take(tiny())
    return found


def _quads(workspace: Workspace) -> set[str]:
    return set(workspace.store().lines())


# --- retract and restore -----------------------------------------------------------------------------------------


def test_a_retracted_record_leaves_the_answers_and_keeps_its_provenance(place: Place) -> None:
    workspace = place.workspace
    found = record(workspace, "roles", "v3|c3|j2|judge")
    before = _quads(workspace)

    retract(workspace, found, why="the source withdrew it", by="anna")

    gone = {q for q in before - _quads(workspace) if "/ns#provenance>" not in q}
    assert gone == {q for q in before if q.endswith(f"<https://w3id.org/repgraph/id/record/{found}> .")}
    kept = [q for q in _quads(workspace) if f"/record/{found}>" in q]
    assert any("record_status/retracted" in q for q in kept)
    assert found not in {r for r, _ in live(workspace)}
    assert problems(workspace) == []


def test_a_restored_record_stands_as_if_it_had_never_been_retracted(place: Place) -> None:
    workspace = place.workspace
    found, said = record(workspace, "roles", "v3|c3|j2|judge"), content(place.workspace)
    retract(workspace, found, why="a mistake")
    assert content(workspace) != said

    restore(workspace, found, why="it was one")

    again = [q for q in _quads(workspace) if f"/record/{found}>" in q]
    assert not any("retracted" in q for q in again)
    assert next(v for v in workspace.store().records() if v.record.id == found).since == 4
    assert content(workspace).replace('"load": 4', '"load": 2') == said
    assert problems(workspace) == []


def test_a_load_does_not_bring_back_what_was_retracted_by_hand(place: Place) -> None:
    workspace = place.workspace
    found = record(workspace, "roles", "v3|c3|j2|judge")
    retract(workspace, found, why="wrong")

    loaded = take(workspace, place.folder, tiny())

    assert loaded.line is None
    assert loaded.difference.notes[1] == "1 records stay retracted; bring them back with `repgraph restore`"
    assert found not in {r for r, _ in live(workspace)}


def test_what_a_load_says_of_a_retracted_record_is_what_restore_brings_back(place: Place) -> None:
    workspace = place.workspace
    found = record(workspace, "cases", "c3")
    retract(workspace, found, why="wrong title")
    place.take(changed(tiny(), "cases", 2, title="The right title"))
    assert found not in {r for r, _ in live(workspace)}
    assert take(workspace, place.folder, changed(tiny(), "cases", 2, title="The right title")).line is None

    restore(workspace, found)

    assert workspace.rows().where("cases", "thing", ["tiny/c3"])["title"].to_list() == ["The right title"]
    rows = [r for r in history(workspace, ["tiny/c3"], asked="c3").rows if r["table"] == "cases"]
    assert [r["how"] for r in rows] == ["retracted", "held", None]
    assert problems(workspace) == []


def test_what_refers_to_a_retracted_thing_is_counted(place: Place) -> None:
    answer = retract(place.workspace, record(place.workspace, "people", "j1"), why="x")

    assert answer.notes == ["3 records refer to it and stand: they speak of something without a record now"]
    assert problems(place.workspace) == []


def test_a_record_is_not_restored_into_nothing(place: Place) -> None:
    workspace = place.workspace
    found = record(workspace, "roles", "v3|c3|j2|judge")
    retract(workspace, found, why="x")
    place.take(without(without(tiny(), "roles", 3), "people", 4))

    with pytest.raises(Refused, match=r"speaks of tiny/j2, which is not here any more; bring that back first"):
        restore(workspace, found)


def test_only_what_stands_is_retracted_and_only_what_was_retracted_by_hand_is_restored(place: Place) -> None:
    workspace = place.workspace
    found = record(workspace, "cases", "c1")

    with pytest.raises(NotFound, match="is no record that stands"):
        retract(workspace, "feedbeef", why="x")
    with pytest.raises(NotFound, match="is no record that was retracted by hand"):
        restore(workspace, found)
    retract(workspace, found, why="x")
    with pytest.raises(NotFound, match="is no record that stands"):
        retract(workspace, found, why="x")
    assert len(workspace.lines()) == 3


def test_a_record_may_be_named_with_its_dataset(place: Place) -> None:
    found = record(place.workspace, "cases", "c1")

    assert retract(place.workspace, f"tiny/{found}", why="x").rows[0]["record"] == found


# --- history and moments -----------------------------------------------------------------------------------------


def test_history_has_every_version_with_file_row_line_and_reason(place: Place) -> None:
    workspace = place.workspace
    place.take(changed(tiny(), "cases", 0, title="Renamed"))
    retract(workspace, record(workspace, "cases", "c1"), why="withdrawn", by="anna")

    rows = [r for r in history(workspace, ["tiny/c1"], asked="tiny/c1").rows if r["table"] == "cases"]

    assert [(r["cells"]["title"], r["since"], r["until"], r["how"], r["why"]) for r in rows] == [
        ("Case 1", 2, 3, "replaced", None),
        ("Renamed", 3, 4, "retracted", "withdrawn"),
    ]
    assert {(r["file"], r["row"]) for r in rows} == {("cases.csv", 2)}
    assert rows[0]["loaded"] == workspace.lines()[1].time


def test_history_tells_what_spoke_of_a_thing_and_who_said_so(place: Place) -> None:
    gone = changed(tiny(), "roles", 3, note="x")
    del gone["roles"][3]
    place.take(gone)

    rows = history(place.workspace, ["tiny/j2"], asked="tiny/j2").rows

    assert [(r["table"], r["how"]) for r in rows] == [("people", None), ("roles", "retracted")]
    assert rows[1]["sources"] == [{"id": "tiny/s2", "url": "https://press.example/s2", "title": "Report s2"}]


def test_history_names_no_child(place: Place) -> None:
    told = changed(tiny(), "people", 2, name="", name_ru="", category="minor_family_member")
    place.take(told)

    answer = history(place.workspace, ["tiny/p3"], asked="tiny/p3")

    assert [r["table"] for r in answer.rows][:2] == ["people", "people"]
    assert "Polina" not in str(answer.rows)
    assert "Полина" not in str(answer.rows)


def test_nothing_known_has_an_empty_history(place: Place) -> None:
    answer = history(place.workspace, ["tiny/nobody"], asked="nobody")

    assert (answer.rows, answer.notes) == ([], ["nothing was ever recorded about nobody"])


def test_an_earlier_moment_answers_as_it_did_then(place: Place) -> None:
    workspace = place.workspace
    said = {2: content(workspace)}
    place.take(changed(tiny(), "roles", 0, basis="allegation"))
    said[3] = content(workspace)
    judge(workspace, "tiny/p1", "tiny/p2", "same", why="one name")
    said[4] = content(workspace)
    retract(workspace, record(workspace, "proceedings", "v3"), why="x")
    said[5] = content(workspace)

    assert len(set(said.values())) == 4
    assert {at: content(workspace, at) for at in said} == said
    rebuild(workspace, known_loaders())
    assert {at: content(workspace, at) for at in said} == said


# --- proof -------------------------------------------------------------------------------------------------------


def test_a_quad_that_nobody_loaded_and_one_that_is_missing_are_named(place: Place) -> None:
    workspace = place.workspace
    store = ox.Store(str(workspace.state / "store"))
    first = next(iter(store))
    store.remove(first)
    store.add(ox.Quad(ox.NamedNode("x:judge"), ox.NamedNode("x:took"), ox.Literal("bribes"), ox.NamedNode("x:g")))
    store.flush()
    del store

    found = problems(workspace)

    assert found == [
        'store: a quad that nobody loaded: <x:judge> <x:took> "bribes" <x:g>',
        f"store: a quad is missing: {first}",
    ]
    rebuild(workspace, known_loaders())
    assert problems(workspace) == []


def test_changed_rows_and_names_are_found(place: Place) -> None:
    workspace = place.workspace
    file = next((workspace.state / "rows" / "cases").iterdir())
    file.write_bytes(next((workspace.state / "rows" / "roles").iterdir()).read_bytes())
    (workspace.state / "names.sqlite").chmod(0o600)
    (workspace.state / "names.sqlite").write_bytes(b"no database")

    found = problems(workspace)

    assert any(p.startswith("rows/cases: ") for p in found)
    assert any(p.startswith("names.sqlite: cannot be read") for p in found)


def test_damaged_rows_send_the_reader_to_rebuild(place: Place) -> None:
    file = next((place.workspace.state / "rows" / "cases").iterdir())
    file.write_bytes(file.read_bytes()[:300])

    with pytest.raises(WorkspaceError, match="the rows of this workspace cannot be read .*; run `repgraph rebuild`"):
        content(place.workspace)
    assert any(p.startswith("rows/cases: ") for p in problems(place.workspace))


def test_a_state_that_is_gone_sends_the_reader_to_rebuild(place: Place) -> None:
    import shutil

    workspace, said = place.workspace, content(place.workspace)
    shutil.rmtree(workspace.path / "state")

    assert problems(workspace) == ["the state of this workspace is missing or damaged; run `repgraph rebuild`"]
    with pytest.raises(WorkspaceError, match="run `repgraph rebuild`"):
        take(workspace, place.folder, changed(tiny(), "cases", 0, title="x"))
    rebuild(workspace, known_loaders())
    assert content(workspace) == said
    assert problems(workspace) == []


def test_every_change_of_an_original_or_the_manifest_is_found(place: Place) -> None:
    rng = random.Random(7)
    workspace = place.workspace
    files = [*sorted(workspace.originals.folder.iterdir()), workspace.manifest.path]
    for turn in range(60):
        file = files[turn % len(files)]
        whole = file.read_bytes()
        data = bytearray(whole)
        at = rng.randrange(len(data))
        if turn % 3:
            data[at] ^= rng.randrange(1, 256)
        else:
            del data[at:]
        file.chmod(0o600)
        file.write_bytes(bytes(data))

        if file != workspace.manifest.path or workspace.manifest.is_begun():
            assert problems(workspace) != [], (file.name, at)
        file.write_bytes(whole)
    assert problems(workspace) == []


def test_an_original_that_is_missing_is_named_and_can_be_put_back(place: Place) -> None:
    workspace = place.workspace
    sha = workspace.lines()[1].body["files"][0]["sha256"]
    data = workspace.originals.path(sha).read_bytes()
    workspace.originals.forget([sha])

    assert problems(workspace) == [f"originals/{sha}: missing"]
    with pytest.raises(WorkspaceError, match=r"is missing; put a copy with this SHA-256 back"):
        rebuild(workspace, known_loaders())
    workspace.originals.put(data)
    assert problems(workspace) == []


def test_a_workspace_rewritten_end_to_end_is_found_against_the_head_kept_elsewhere(
    place: Place, tmp_path: Path
) -> None:
    kept = place.workspace.head.hash
    forged = Workspace.create(tmp_path / "forged")
    take(forged, tmp_path / "in", changed(tiny(), "roles", 0, person_id="j2"))

    assert problems(forged) == []
    assert "the chain was written anew" in problems(forged, kept=kept)[0]
    assert problems(place.workspace, kept=kept) == []


def test_a_line_whose_loader_is_gone_says_what_to_install(place: Place) -> None:
    with pytest.raises(WorkspaceError, match="line 2 was loaded with 'tables', which is not installed; install it"):
        rebuild(place.workspace, {})


def test_a_rebuild_that_fails_leaves_the_state_there_was(place: Place) -> None:
    said = content(place.workspace)
    with pytest.raises(WorkspaceError):
        rebuild(place.workspace, {})

    assert content(place.workspace) == said


def test_a_kill_between_the_two_renames_of_a_rebuild_loses_nothing(place: Place) -> None:
    workspace, said = place.workspace, content(place.workspace)
    state = workspace.state
    state.rename(state.with_name(f"old-{state.name}"))

    assert content(workspace) == said
    assert problems(workspace) == []
    retract(workspace, record(workspace, "roles", "v3|c3|j2|judge"), why="x")
    assert problems(workspace) == []


def test_a_rebuild_changes_no_line_and_no_answer(place: Place) -> None:
    workspace = place.workspace
    judge(workspace, "tiny/p1", "tiny/p2", "same", why="one name")
    before, text = _quads(workspace), workspace.manifest.path.read_bytes()

    rebuild(workspace, known_loaders())

    assert _quads(workspace) == before
    assert workspace.manifest.path.read_bytes() == text
