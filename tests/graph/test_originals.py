"""The originals: every file that was loaded, byte for byte under its hash."""

from __future__ import annotations

import hashlib
import random
import threading
from pathlib import Path

import pytest

from graph.errors import WorkspaceError
from graph.originals import Originals, sha256_of


@pytest.fixture
def originals(tmp_path: Path) -> Originals:
    return Originals(tmp_path / "originals")


def test_a_copy_has_the_bytes_and_is_named_by_their_hash(originals: Originals, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(b"\xef\xbb\xbfname\r\n")

    kept = originals.keep(file, name="people.csv")

    assert kept.path.read_bytes() == file.read_bytes()
    assert kept.sha256 == kept.path.name == hashlib.sha256(file.read_bytes()).hexdigest()


def test_the_same_bytes_are_kept_once(originals: Originals, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(b"same")
        originals.keep(tmp_path / name, name=name)

    assert len(originals.names()) == 1


def test_a_damaged_copy_is_healed_by_the_true_bytes(originals: Originals, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"true")
    kept = originals.keep(file, name="a.csv")
    kept.path.chmod(0o600)
    kept.path.write_bytes(b"false")

    originals.keep(file, name="a.csv")

    assert kept.path.read_bytes() == b"true"
    assert originals.problems([kept.sha256]) == []


def test_a_file_that_changes_while_it_is_read_is_refused(originals: Originals, tmp_path: Path) -> None:
    file = tmp_path / "big.csv"
    file.write_bytes(b"x" * 3_000_000)
    stop = threading.Event()

    def write_on() -> None:
        while not stop.is_set():
            with file.open("ab") as more:
                more.write(b"y")

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        with pytest.raises(WorkspaceError, match=r"big.csv: the file changed while it was read; load it again"):
            originals.keep(file, name="big.csv")
    finally:
        stop.set()
        writer.join()
    assert originals.names() == set()
    assert list(originals.folder.iterdir()) == []


def test_a_file_that_is_not_there_is_named(originals: Originals, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"gone.csv: cannot be copied into the workspace \(No such file"):
        originals.keep(tmp_path / "gone.csv", name="gone.csv")


def test_a_changed_byte_and_a_truncation_are_found(originals: Originals) -> None:
    rng = random.Random(4)
    whole = rng.randbytes(200)
    sha = originals.put(whole)
    path = originals.path(sha)
    path.chmod(0o600)
    for turn in range(200):
        data = bytearray(whole)
        if turn % 2:
            data[rng.randrange(len(data))] ^= rng.randrange(1, 256)
        else:
            del data[rng.randrange(len(data)) :]
        path.write_bytes(bytes(data))

        assert originals.problems([sha]) == [f"originals/{sha}: its bytes were changed"]


def test_a_missing_copy_and_a_file_that_is_none_are_found(originals: Originals) -> None:
    sha = originals.put(b"here")
    (originals.folder / "notes.txt").write_text("mine")

    assert originals.problems([sha, "0" * 64]) == [
        f"originals/{'0' * 64}: missing",
        "originals/notes.txt: its bytes were changed",
    ]


def test_what_a_killed_load_left_is_told_apart_from_damage(originals: Originals) -> None:
    sha = originals.put(b"left")

    assert originals.problems([]) == []
    assert originals.left_over([]) == [sha]


def test_purged_bytes_that_are_still_there_are_found(originals: Originals) -> None:
    sha = originals.put(b"purged")

    assert originals.problems([], gone=[sha]) == [
        f"originals/{sha}: was purged and is there; `repgraph rebuild` deletes it"
    ]


def test_a_disk_that_cannot_hold_the_load_is_said_before_it_begins(originals: Originals, tmp_path: Path) -> None:
    file = tmp_path / "huge.csv"
    with file.open("wb") as sparse:
        sparse.truncate(1 << 43)

    with pytest.raises(WorkspaceError, match=r"the disk has .* MB free, the load needs about"):
        originals.space_for([file])


def test_the_hash_is_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")

    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"a").hexdigest()
