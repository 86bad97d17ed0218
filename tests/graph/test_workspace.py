"""The folder: one writer, readers that go on, changes that happen whole or not at all."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.claims import MAPPING
from graph.custody import rebuild, retract, verify
from graph.errors import NotFound, StoreError, WorkspaceError
from graph.workspace import STATE_FORMAT, Workspace, line_at
from loaders import known_loaders
from tests.graph.tiny import changed, content, lines, live, problems, record, take, tiny

ROOT = Path(__file__).parents[2]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "w")


def test_a_new_workspace_holds_one_line_and_is_whole(workspace: Workspace) -> None:
    assert [line["command"] for line in lines(workspace)] == ["init"]
    assert problems(workspace) == []
    assert live(workspace) == set()


def test_a_line_says_when_who_and_with_what(workspace: Workspace, tmp_path: Path) -> None:
    take(workspace, tmp_path / "in", tiny())

    line = lines(workspace)[-1]
    assert {
        "time",
        "who",
        "tool",
        "mapping",
        "command",
        "dataset",
        "files",
        "counts",
        "previous",
        "hash",
    } <= line.keys()
    assert {f["name"] for f in line["files"]} == {f"{t}.csv" for t in tiny()}
    assert line["counts"] == {"added": 18, "replaced": 0, "retracted": 0, "unchanged": 0}


def test_a_folder_with_other_things_is_no_place_for_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_bytes(b"mine")

    with pytest.raises(WorkspaceError, match="is not empty and not a workspace; choose another folder"):
        Workspace.create(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_workspace_is_not_made_twice(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match="is a workspace already"):
        Workspace.create(workspace.path)


def test_what_a_killed_init_left_is_gone_on_with(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    (folder / "state" / "staging-1").mkdir(parents=True)
    (folder / "lock").touch()
    (folder / "manifest.jsonl").write_bytes(b'{"command":"in')

    assert problems(Workspace.create(folder)) == []


def test_a_manifest_that_was_cut_to_nothing_is_not_begun_anew(workspace: Workspace, tmp_path: Path) -> None:
    take(workspace, tmp_path / "in", tiny())
    workspace.manifest.path.write_bytes(b"")
    kept = workspace.originals.names()

    for use in (Workspace.create, Workspace.open):
        with pytest.raises(WorkspaceError, match=r"put a copy of manifest.jsonl back"):
            use(workspace.path)
    assert workspace.originals.names() == kept


def test_where_there_is_none_the_way_to_make_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        WorkspaceError, match=r"is not a workspace; make one with `repgraph init none` or `repgraph demo`"
    ):
        Workspace.open(tmp_path / "none")


def test_an_exception_in_a_change_leaves_everything_as_it_was(workspace: Workspace, tmp_path: Path) -> None:
    take(workspace, tmp_path / "in", tiny())
    before = _files(workspace.path)

    with pytest.raises(RuntimeError, match="half-way"), workspace.change("load") as change:
        workspace.originals.put(b"new")
        change.stage.name(None)
        raise RuntimeError("half-way")

    assert _files(workspace.path) == before


def test_a_head_that_cannot_be_written_does_not_undo_the_line(workspace: Workspace, tmp_path: Path) -> None:
    (workspace.path / ".HEAD.new").mkdir()  # where the next head would be written

    take(workspace, tmp_path / "in", tiny())

    assert lines(workspace)[-1]["command"] == "load"
    assert problems(workspace) == []
    (workspace.path / ".HEAD.new").rmdir()
    retract(workspace, record(workspace, "roles", "v3|c3|j2|judge"), why="to write the head again")
    assert problems(workspace) == []


def test_text_that_cannot_be_written_down_is_refused_whole(workspace: Workspace, tmp_path: Path) -> None:
    take(workspace, tmp_path / "in", tiny())

    with pytest.raises(WorkspaceError, match="holds a character that cannot be written; nothing was changed"):
        retract(workspace, record(workspace, "cases", "c1"), why="\ud800")
    assert len(lines(workspace)) == 2
    assert problems(workspace) == []


# --- one writer, many readers ----------------------------------------------------------------------------------


def test_a_second_writer_is_told_who_writes_since_when(workspace: Workspace) -> None:
    with workspace.change("load") as change:
        change.dropped = True
        with pytest.raises(
            WorkspaceError, match=rf"is being written by process {os.getpid()} \(load\) since 20.*--wait SECONDS"
        ):
            take(Workspace.open(workspace.path), workspace.path.parent / "in", tiny())


def test_a_second_writer_can_wait(workspace: Workspace, tmp_path: Path) -> None:
    begun, over = threading.Event(), threading.Event()

    def hold() -> None:
        with workspace.alone("rebuild"):
            begun.set()
            time.sleep(0.3)
            over.set()

    holder = threading.Thread(target=hold)
    holder.start()
    begun.wait()
    with Workspace.open(workspace.path).change("load", wait=30) as change:
        assert over.is_set()
        change.dropped = True
    holder.join()


def test_the_lock_of_a_dead_writer_does_not_hold(workspace: Workspace) -> None:
    code = (
        "import os, signal; from pathlib import Path; from graph.workspace import Workspace\n"
        f"w = Workspace.open(Path({str(workspace.path)!r}))\n"
        "with w.change('load') as c:\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == -9

    with workspace.change("load") as change:
        change.dropped = True
    assert problems(workspace) == []
    assert [p.name for p in (workspace.path / "state").iterdir()] == [workspace.head.hash[:16]]


def test_readers_go_on_during_a_change_and_see_the_state_before(workspace: Workspace, tmp_path: Path) -> None:
    take(workspace, tmp_path / "in", tiny())
    said = content(workspace)
    reader = Workspace.open(workspace.path)

    with workspace.change("retract") as change:
        frame = workspace.rows().where("cases", "thing", ["tiny/c1"])
        change.stage.change({}, {"cases": frame})
        assert content(reader) == said
        change.body |= {"records": frame["record"].to_list(), "why": "test", "by": None}

    assert content(reader) != said


def test_a_state_that_somebody_reads_stays_through_many_changes(workspace: Workspace, tmp_path: Path) -> None:
    dataset = tiny()
    take(workspace, tmp_path / "in", dataset)
    rows = Workspace.open(workspace.path)
    scanned = rows.rows().scan("cases")
    for turn in range(4):
        take(workspace, tmp_path / "in", changed(dataset, "cases", 0, title=f"Version {turn}"))

    assert sorted(scanned.collect()["title"]) == ["Case 1", "Case 2", "Case 3"]
    del rows
    take(workspace, tmp_path / "in", dataset)
    assert len(list((workspace.path / "state").iterdir())) == 2


# --- disks and folders -----------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() != 0 or libc.mount(b"tmpfs", bytes(place), b"tmpfs", 0, b"size=3m") != 0:
        pytest.skip("a small disk can be mounted by root only, where the system lets it")
    yield place
    libc.umount2(bytes(place), 2)


def test_a_full_disk_changes_nothing_and_says_so(small_disk: Path, tmp_path: Path) -> None:
    workspace = Workspace.create(small_disk / "w")
    take(workspace, tmp_path / "in", tiny())
    filler = small_disk / "filler"
    for free in range(0, 900_000, 75_000):  # so that it fills up at another step each time
        room = shutil.disk_usage(small_disk).free
        filler.write_bytes(b"x" * max(0, room - free))
        before = lines(workspace)
        try:
            take(workspace, tmp_path / "in", changed(tiny(), "cases", 0, title=f"With {free} bytes free"))
        except (WorkspaceError, StoreError) as error:
            assert (
                "nothing was changed" in str(error)
                or "the load needs about" in str(error)
                or "cannot be copied" in str(error)
            )
            assert lines(workspace) == before
        filler.unlink()
        assert problems(workspace) == []
    assert workspace.rows().where("cases", "thing", ["tiny/c1"])["title"].to_list() != ["Case 1"]


def test_a_file_that_may_not_grow_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    take(workspace, tmp_path / "in", tiny())
    code = (
        "import resource; from pathlib import Path; from graph.workspace import Workspace; from graph.custody import retract\n"
        "from graph.errors import WorkspaceError, StoreError\n"
        f"w = Workspace.open(Path({str(workspace.path)!r}))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))\n"
        f"try:\n    retract(w, {record(workspace, 'cases', 'c1')!r}, why='x')\n"
        "except (WorkspaceError, StoreError) as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)

    assert "nothing was changed" in done.stdout
    assert len(lines(workspace)) == 2
    assert problems(workspace) == []


def test_a_folder_that_may_only_be_read_answers_and_refuses_to_be_changed(small_disk: Path, tmp_path: Path) -> None:
    workspace = Workspace.create(small_disk / "w")
    take(workspace, tmp_path / "in", tiny())
    said, found = content(workspace), record(workspace, "cases", "c1")
    _remount(small_disk, read_only=True)

    assert content(Workspace.open(workspace.path)) == said
    assert problems(workspace) == []
    with pytest.raises(WorkspaceError, match=r"cannot be written \(Read-only file system\); nothing was changed"):
        retract(workspace, found, why="x")


def _remount(place: Path, *, read_only: bool) -> None:
    remount, readonly = 32, 1  # MS_REMOUNT, MS_RDONLY
    assert ctypes.CDLL(None).mount(b"tmpfs", bytes(place), b"tmpfs", remount | (readonly if read_only else 0), b"") == 0


# --- versions -------------------------------------------------------------------------------------------------


def _remade(workspace: Workspace, **said: int) -> None:
    file = workspace.state / "state.json"
    file.write_text(json.dumps({"format": STATE_FORMAT, "mapping": MAPPING, **said}), encoding="utf-8")


@pytest.mark.parametrize("said", [{"mapping": MAPPING + 1}, {"format": STATE_FORMAT - 1}])
def test_after_a_change_of_the_mapping_a_rebuild_is_needed_and_nothing_was_tampered_with(
    workspace: Workspace, tmp_path: Path, said: dict[str, int]
) -> None:
    take(workspace, tmp_path / "in", tiny())
    before = content(workspace)
    _remade(workspace, **said)

    found = problems(workspace)
    assert len(found) == 1
    assert found[0].startswith("rebuild needed: ")
    with pytest.raises(WorkspaceError, match="run `repgraph rebuild`"):
        workspace.rows()

    rebuild(workspace, known_loaders())
    assert problems(workspace) == []
    assert content(workspace) == before


def test_a_name_index_of_another_form_is_made_again_by_rebuild(workspace: Workspace, tmp_path: Path) -> None:
    import sqlite3

    take(workspace, tmp_path / "in", tiny())
    file = workspace.state / "names.sqlite"
    file.chmod(0o600)
    with sqlite3.connect(file) as db:
        db.execute("UPDATE about SET format = 0")
    db.close()

    with (
        pytest.raises(WorkspaceError, match="rebuild needed: the name index has another form; run `repgraph rebuild`"),
        workspace.names(),
    ):
        pass
    rebuild(workspace, known_loaders())
    assert problems(workspace) == []


def test_a_workspace_of_a_newer_format_is_refused(workspace: Workspace) -> None:
    text = workspace.manifest.path.read_text(encoding="utf-8")
    workspace.manifest.path.write_text(text.replace('"format":1', '"format":2'), encoding="utf-8")

    with pytest.raises(WorkspaceError, match="has format 2, this repgraph knows 1; upgrade repgraph"):
        Workspace.open(workspace.path)


# --- moments -----------------------------------------------------------------------------------------------------


def test_a_moment_is_a_line_a_day_or_an_instant(workspace: Workspace, tmp_path: Path) -> None:
    take(workspace, tmp_path / "in", tiny())
    first, second = (line["time"] for line in lines(workspace))

    assert line_at(workspace, "1") == 1
    assert line_at(workspace, first) == 1
    assert line_at(workspace, second) == 2
    assert line_at(workspace, second[:10]) == 2
    assert line_at(workspace, second[:10].replace("-", "")) == 2


def test_a_moment_before_the_workspace_or_of_another_form_is_refused(workspace: Workspace) -> None:
    with pytest.raises(NotFound, match="nothing was known at 2001-01-01"):
        line_at(workspace, "2001-01-01")
    with pytest.raises(NotFound, match="there is no line 2024: the manifest has 1 to 1"):
        line_at(workspace, "2024")
    for text in ("yesterday", "²", "2024-13-01", ""):
        with pytest.raises(ValueError, match="is not a day"):
            line_at(workspace, text)


def test_a_pseudonym_tells_people_apart_and_differs_between_workspaces(workspace: Workspace, tmp_path: Path) -> None:
    other = Workspace.create(tmp_path / "other")

    assert workspace.pseudonym("anna") == workspace.pseudonym("anna") != workspace.pseudonym("boris")
    assert workspace.pseudonym("anna") != other.pseudonym("anna")
    assert "anna" not in workspace.pseudonym("anna")


def test_the_data_hash_does_not_know_who_loaded_when(workspace: Workspace, tmp_path: Path) -> None:
    other = Workspace.create(tmp_path / "other")
    take(workspace, tmp_path / "in", tiny())
    take(other, tmp_path / "in", changed(tiny(), "cases", 0, title="first otherwise"))
    assert workspace.data_hash != other.data_hash
    take(other, tmp_path / "in", tiny())

    assert workspace.data_hash == other.data_hash


def test_verify_answers_with_the_head(workspace: Workspace) -> None:
    assert f"head {workspace.head.hash} (line 1)" in verify(workspace, known_loaders()).notes
    assert verify(workspace, known_loaders(), kept=f" {workspace.head.hash.upper()}\n").rows == []


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "LOG"
    }
