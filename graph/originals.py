"""The originals: every file that was loaded, kept byte for byte under its SHA-256."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from graph.errors import WorkspaceError
from graph.manifest import replace, sync
from graph.reading import Original

_PIECE = 1 << 20


def sha256_of(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Originals:
    """Copies in `folder`, each named by its hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        return self.folder / sha256

    def keep(self, path: Path, *, name: str) -> Original:
        """A copy of the file under its hash; the same bytes are kept once.

        Raises:
            WorkspaceError: the file cannot be read, or changed while it was read, or the disk is full.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / f".{os.getpid()}.new"
        try:
            before = path.stat()
            digest = hashlib.sha256()
            with path.open("rb") as source, temporary.open("wb") as copy:
                while piece := source.read(_PIECE):
                    digest.update(piece)
                    copy.write(piece)
                copy.flush()
                os.fsync(copy.fileno())
            after = path.stat()
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise WorkspaceError(
                    f"{path.name}: the file changed while it was read; load it again when it is at rest"
                )
            target = self.path(digest.hexdigest())
            if not target.exists() or sha256_of(target) != target.name:  # a damaged copy is healed by the true bytes
                temporary.chmod(0o400)
                os.replace(temporary, target)
                sync(self.folder)
            return Original(name, target, digest.hexdigest())
        except OSError as error:
            raise WorkspaceError(f"{path.name}: cannot be copied into the workspace ({error.strerror})") from error
        finally:
            temporary.unlink(missing_ok=True)

    def put(self, data: bytes) -> str:
        """The SHA-256 under which these bytes are kept now."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        self.folder.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            replace(target, data)
            target.chmod(0o400)
        return sha256

    def forget(self, hashes: Iterable[str]) -> None:
        """Delete copies."""
        for sha256 in hashes:
            self.path(sha256).unlink(missing_ok=True)

    def names(self) -> set[str]:
        """The hashes of all copies."""
        if not self.folder.is_dir():
            return set()
        return {n for n in os.listdir(self.folder) if not n.startswith(".")}

    def problems(self, expected: Iterable[str], *, gone: Iterable[str] = ()) -> list[str]:
        """What is wrong with the copies: missing, changed, no copy at all, or there again after a purge (`gone`)."""
        wanted, purged = set(expected), set(gone)
        found = [f"originals/{sha}: missing" for sha in sorted(wanted - self.names())]
        for sha in sorted(self.names()):
            if sha in purged - wanted:
                found.append(f"originals/{sha}: was purged and is there; `repgraph rebuild` deletes it")
            elif not self.path(sha).is_file() or sha256_of(self.path(sha)) != sha:
                found.append(f"originals/{sha}: its bytes were changed")
        return found

    def left_over(self, expected: Iterable[str]) -> list[str]:
        """Whole copies that no line names: a load that was killed left them, the next change deletes them."""
        return sorted(self.names() - set(expected))

    def space_for(self, paths: Iterable[Path]) -> None:
        """Refuse early what the disk cannot hold.

        Raises:
            WorkspaceError: less is free than three times the files' size (copies, claims, rows).
        """
        need = 3 * sum(p.stat().st_size for p in paths)
        self.folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self.folder).free
        if free < need:
            raise WorkspaceError(f"the disk has {free >> 20} MB free, the load needs about {need >> 20} MB")
