"""The manifest: lines that follow each other, a head that says where they end."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from graph.errors import WorkspaceError
from graph.manifest import Manifest, encoded, line_hash, sealed


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """Four lines."""
    made = Manifest(tmp_path)
    head = None
    for command in ("init", "load", "judge", "retract"):
        line = sealed(head, {"time": "2026-01-01T00:00:00.000000Z", "command": command, "text": "Судья «Х»"})
        head = made.append(line, at=head.end if head else 0)
    return made


def test_a_whole_chain_has_no_problem(manifest: Manifest) -> None:
    assert manifest.problems() == []
    assert [line.command for line in manifest.lines()] == ["init", "load", "judge", "retract"]
    assert manifest.read_head() == manifest.head()


def test_each_line_holds_the_hash_of_the_one_before_and_its_own(manifest: Manifest) -> None:
    bodies = [json.loads(raw) for raw in manifest.path.read_bytes().splitlines()]

    assert [b["previous"] for b in bodies[1:]] == [b["hash"] for b in bodies[:-1]]
    assert all(line_hash(b) == b["hash"] for b in bodies)


@pytest.mark.parametrize("name", ["manifest.jsonl", "HEAD"])
def test_every_changed_byte_is_found(manifest: Manifest, name: str) -> None:
    rng, path = random.Random(1), manifest.path.with_name(name)
    whole = path.read_bytes()
    for at in range(len(whole)):
        data = bytearray(whole)
        data[at] ^= rng.randrange(1, 256)
        path.write_bytes(bytes(data))

        assert manifest.problems() != [], (at, bytes(data))


@pytest.mark.parametrize("name", ["manifest.jsonl", "HEAD"])
def test_every_truncation_is_found(manifest: Manifest, name: str) -> None:
    path = manifest.path.with_name(name)
    whole = path.read_bytes()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])

        assert manifest.problems() != [], end


def test_a_missing_a_moved_and_an_added_line_are_found(manifest: Manifest) -> None:
    first, second, third, fourth = manifest.path.read_bytes().splitlines(keepends=True)

    for lines in (
        (first, third, fourth),
        (first, third, second, fourth),
        (first, second, second, third, fourth),
        (first, second, third),
    ):
        manifest.path.write_bytes(b"".join(lines))
        assert manifest.problems() != []


def test_a_chain_written_anew_is_found_only_against_a_hash_kept_elsewhere(manifest: Manifest) -> None:
    kept = manifest.head().hash
    bodies = [json.loads(raw) for raw in manifest.path.read_bytes().splitlines()]
    manifest.path.write_bytes(b"")
    head = None
    for body in bodies:
        plain = {k: v for k, v in body.items() if k not in ("hash", "previous", "line")}
        head = manifest.append(sealed(head, plain | {"text": "another"}), at=head.end if head else 0)

    assert manifest.problems() == []
    assert "that was kept elsewhere: the chain was written anew" in manifest.problems(kept=kept)[0]


def test_a_hash_kept_earlier_is_still_in_the_chain(manifest: Manifest) -> None:
    assert manifest.problems(kept=manifest.lines()[1].hash) == []


def test_an_append_that_was_cut_short_is_no_line(manifest: Manifest) -> None:
    head = manifest.head()
    with manifest.path.open("ab") as file:
        file.write(b'{"command":"lo')

    assert manifest.head() == head
    assert len(manifest.lines()) == 4
    assert manifest.problems() == []

    manifest.append(sealed(head, {"time": "t", "command": "load"}), at=head.end)
    assert len(manifest.lines()) == 5
    assert manifest.problems() == []


def test_a_line_without_its_head_is_committed(manifest: Manifest) -> None:
    before = manifest.read_head()
    assert before is not None
    manifest.append(sealed(before, {"time": "t", "command": "load"}), at=before.end)
    manifest.write_head(before)  # a kill between the line and its head

    assert len(manifest.lines()) == 5
    assert manifest.problems() == []


def test_two_lines_without_a_head_are_more_than_a_kill_leaves(manifest: Manifest) -> None:
    before = manifest.read_head()
    assert before is not None
    head = before
    for _ in range(2):
        head = manifest.append(sealed(head, {"time": "t", "command": "load"}), at=head.end)
    manifest.write_head(before)

    assert manifest.problems() == ["HEAD ends at line 4, the manifest goes on to 6"]


def test_a_newer_format_is_refused_with_what_to_do(tmp_path: Path) -> None:
    made = Manifest(tmp_path)
    made.append(sealed(None, {"time": "t", "command": "init", "format": 2}), at=0)

    with pytest.raises(WorkspaceError, match="has format 2, this repgraph knows 1; upgrade repgraph"):
        made.lines()
    with pytest.raises(WorkspaceError, match="upgrade repgraph"):
        made.check_format()


def test_a_line_that_is_no_json_sends_the_reader_to_verify(manifest: Manifest) -> None:
    manifest.path.write_bytes(b"[]\n" + manifest.path.read_bytes())

    with pytest.raises(WorkspaceError, match=r"manifest.jsonl:1: not a manifest line; run `repgraph verify`"):
        manifest.lines()


def test_a_manifest_that_is_gone_is_a_problem(manifest: Manifest) -> None:
    manifest.path.unlink()

    assert manifest.problems() == ["HEAD names line 4, which the manifest lacks: lines were cut off or changed"]


def test_the_same_line_is_the_same_bytes() -> None:
    assert encoded({"b": 1, "a": "ё"}) == encoded({"a": "ё", "b": 1}) == '{"a":"ё","b":1}\n'.encode()
