"""What a loader is: the Protocol that `loaders` fills and that the load path calls."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from graph.errors import Problem
from graph.records import Record


@dataclass(frozen=True, slots=True)
class Original:
    """A file as it was handed in: its name (relative to the folder of tables), our copy of it, the copy's SHA-256."""

    name: str
    path: Path
    sha256: str


class Loader(Protocol):
    """A source format. A module with these names is one."""

    NAME: str
    TITLE: str

    def files(self, path: Path) -> list[Path]:
        """The input files below `path` that this loader reads, sorted; empty if it cannot read it."""
        ...

    def read(self, files: Sequence[Original], dataset: str, problems: list[Problem]) -> Iterator[Record]:
        """One record for each row, in file order; every fault is appended to `problems`."""
        ...

    def without(self, file: Original, rows: Collection[tuple[str, int]]) -> bytes:
        """The file's bytes with these rows (table, number) blanked; every other row keeps its number. For a purge."""
        ...

    def tables_in(self, files: Sequence[Original]) -> Sequence[str]:
        """The tables that these files hold, also those without a row: a load replaces these and no others."""
        ...


@runtime_checkable
class ManyDatasets(Protocol):
    """What a loader has beside that, if one file of its format can hold several datasets (claims, bundles)."""

    def datasets(self, files: Sequence[Original]) -> list[str]:
        """The names of the datasets in these files, sorted."""
        ...

    def tables_of(self, files: Sequence[Original], dataset: str) -> Sequence[str]:
        """The tables of one dataset that these files hold."""
        ...

    def is_part(self, files: Sequence[Original]) -> bool:
        """Whether the files are a selection: what they lack was not chosen, which does not mean that it is gone."""
        ...
