"""Reading tables in tests: from texts by file name, or from paths."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pytest

from graph.errors import Problem
from graph.reading import Original
from graph.records import Record
from loaders import tables

TODAY = date(2026, 11, 23)
Read: TypeAlias = Callable[[Mapping[str, str | bytes]], tuple[list[Record], list[Problem]]]
ReadPaths: TypeAlias = Callable[[Iterable[Path]], tuple[list[Record], list[Problem]]]


def original(path: Path) -> Original:
    return Original(path.name, path, hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.fixture
def read_paths() -> ReadPaths:
    """Records and faults of the tables at these paths, read on a fixed day."""

    def of(paths: Iterable[Path]) -> tuple[list[Record], list[Problem]]:
        problems: list[Problem] = []
        records = list(tables.read([original(p) for p in paths], "invented", problems, today=TODAY))
        return records, problems

    return of


@pytest.fixture
def read(tmp_path: Path, read_paths: ReadPaths) -> Read:
    """Records and faults of files given as name and content."""

    def of(contents: Mapping[str, str | bytes]) -> tuple[list[Record], list[Problem]]:
        for name, content in contents.items():
            data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
            (tmp_path / name).write_bytes(data)
        return read_paths(tmp_path / name for name in contents)

    return of
