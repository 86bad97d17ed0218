"""The manifest: one line for each change of a workspace, each holding the hash of the one before.

A line is the commit: what it names (originals, a staged state) is on disk before the line is appended, and
nothing counts until it is. `HEAD` repeats the number, hash and end of the last line, so a truncated or
extended file is noticed. The chain proves order and content only against a hash kept elsewhere
(`repgraph head`): whoever can write the folder can also write the whole chain anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import WorkspaceError

FORMAT = 1
"""Version of the workspace; a newer one is refused."""
_FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends: number and hash of the last line, length of the file in bytes."""

    line: int
    hash: str
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number, hash, UTC time, command and what else the command says."""

    line: int
    hash: str
    time: str
    command: str
    body: Mapping[str, Any]


def line_hash(body: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of a line without its own hash, as canonical JSON."""
    bare = {k: v for k, v in body.items() if k != "hash"}
    text = json.dumps(bare, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(previous: Head | None, body: Mapping[str, Any]) -> dict[str, Any]:
    """The next line: `body` with its number, the hash before it and its own."""
    line = {
        "line": previous.line + 1 if previous else 1,
        **body,
        "previous": previous.hash if previous else _FIRST,
    }
    return {**line, "hash": line_hash(line)}


def encoded(line: Mapping[str, Any]) -> bytes:
    """The bytes of a line: canonical JSON and a line break."""
    return json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


class Manifest:
    """The lines of a workspace in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "manifest.jsonl"
        self._head = folder / "HEAD"

    def lines(self) -> list[Line]:
        """All committed lines.

        A last line without a line break was never finished: it is not committed, and left out.

        Raises:
            WorkspaceError: a line that is not JSON or of a newer format. `problems` finds everything else.
        """
        found = []
        for number, raw in enumerate(self._raw(), start=1):
            try:
                body = json.loads(raw)
                found.append(Line(body["line"], body["hash"], body["time"], body["command"], body))
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise WorkspaceError(
                    f"{self.path.name}:{number}: not a manifest line; run `repgraph verify`"
                ) from error
        if found:
            _refuse_newer(found[0].body)
        return found

    def check_format(self) -> None:
        """Refuse a workspace of a newer format, by its first line.

        Raises:
            WorkspaceError: it is newer than this repgraph.
        """
        with self.path.open("rb") as file:
            try:
                body = json.loads(file.readline())
            except (ValueError, RecursionError):
                return  # damage is for `problems` to name
        if isinstance(body, dict):
            _refuse_newer(body)

    def _raw(self) -> Iterator[bytes]:
        data = self.path.read_bytes()
        for raw in data.splitlines(keepends=True):
            if raw.endswith(b"\n"):
                yield raw

    def is_begun(self) -> bool:
        """Whether there is a line: a workspace whose first line was never finished is none yet."""
        try:
            with self.path.open("rb") as file:
                return file.readline().endswith(b"\n")
        except OSError:
            return False

    def ends_with(self, line: Mapping[str, Any]) -> bool:
        """Whether a sealed line was committed as the last one."""
        try:
            return self.head().hash == str(line["hash"])
        except (OSError, WorkspaceError):
            return False

    def head(self) -> Head:
        """The end of the chain, read from its last line."""
        data = self.path.read_bytes()
        end = data.rfind(b"\n") + 1
        last = data[data.rfind(b"\n", 0, max(end - 1, 0)) + 1 : end]
        try:
            body = json.loads(last)
            return Head(int(body["line"]), str(body["hash"]), end)
        except (ValueError, KeyError, TypeError) as error:
            raise WorkspaceError(f"{self.path.name}: the last line is damaged; run `repgraph verify`") from error

    def append(self, line: Mapping[str, Any], *, at: int) -> Head:
        """Commit a sealed line whose place is byte `at`; what an interrupted append left behind it is cut off.

        Raises:
            OSError: the line could not be written; no part of it stays.
        """
        data = encoded(line)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(descriptor, at)
            written = 0
            while written < len(data):
                written += os.pwrite(descriptor, data[written:], at + written)
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, at)  # a full disk: the line was not committed, so no part of it stays
            raise
        finally:
            os.close(descriptor)
        head = Head(int(line["line"]), str(line["hash"]), at + len(data))
        # The line is the commit. A `HEAD` that cannot be written now is written by the next change.
        with suppress(OSError):
            self.write_head(head)
        return head

    def write_head(self, head: Head) -> None:
        """Replace `HEAD` in one step."""
        replace(self._head, _head_bytes(head))

    def read_head(self) -> Head | None:
        """What `HEAD` says; None if it is absent or damaged."""
        try:
            data = self._head.read_bytes()
            body = json.loads(data)
            head = Head(int(body["line"]), str(body["hash"]), int(body["end"]))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return head if _head_bytes(head) == data else None

    def problems(self, *, kept: str | None = None) -> list[str]:
        """What is wrong with the chain, in words; `kept` is a hash kept elsewhere that must be in it."""
        found: list[str] = []
        previous, data = _FIRST, self.path.read_bytes() if self.path.exists() else b""
        head, hashes = self.read_head(), []
        if head is not None and head.end <= data.rfind(b"\n") + 1:
            data = data[: data.rfind(b"\n") + 1]  # a kill in mid-append: nothing of it was committed
        for number, raw in enumerate(data.splitlines(keepends=True), start=1):
            where = f"{self.path.name}:{number}"
            try:
                body = json.loads(raw)
                if encoded(body) != raw:
                    found.append(f"{where}: the bytes are not those that were written")
                if body["hash"] != line_hash(body):
                    found.append(f"{where}: its hash does not fit its content: the line was changed")
                if body["previous"] != previous or body["line"] != number:
                    found.append(f"{where}: does not follow the line before it: a line is missing, added or moved")
                previous = body["hash"]
                hashes.append(previous)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                found.append(f"{where}: not a manifest line: the line was changed or cut")
                previous = ""
        if head is None:
            found.append("HEAD: absent or damaged")
        elif head.hash not in hashes or head.line != hashes.index(head.hash) + 1 or len(data) < head.end:
            found.append(f"HEAD names line {head.line}, which the manifest lacks: lines were cut off or changed")
        elif head.line < len(hashes) - 1 or head.end != sum(map(len, data.splitlines(keepends=True)[: head.line])):
            found.append(f"HEAD ends at line {head.line}, the manifest goes on to {len(hashes)}")
        if kept is not None and kept not in hashes:
            found.append(f"no line has the hash {kept} that was kept elsewhere: the chain was written anew")
        return found


def _refuse_newer(first: Mapping[str, Any]) -> None:
    found = first.get("format", FORMAT)
    if not isinstance(found, int) or found > FORMAT:
        raise WorkspaceError(f"the workspace has format {found}, this repgraph knows {FORMAT}; upgrade repgraph")


def _head_bytes(head: Head) -> bytes:
    return json.dumps({"line": head.line, "hash": head.hash, "end": head.end}).encode() + b"\n"


def replace(path: Path, data: bytes) -> None:
    """Write a file in one step: whole, or as it was."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(folder: Path) -> None:
    """See to it that the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
