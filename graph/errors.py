"""The errors that users and records cause; the command line shows each as one line.

    RepgraphError
    ├── BadData            an input that cannot be loaded; carries every problem found
    ├── NotFound           a thing that was asked for by name or id is not there
    ├── Refused            an operation that would lose or contradict something
    │   └── Contradiction  a judgement against the judgements there are
    ├── WorkspaceError     the folder cannot be used: absent, locked, newer, damaged
    ├── StoreError         a store or server failed, or holds something else
    └── QueryError         a query that is refused or hit a limit

A caller's slip is a `ValueError` or `LookupError`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class RepgraphError(Exception):
    """Base of all errors whose text is written for the user: where, what was there, what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of an input file.

    `row` is the number of the line as a text editor or spreadsheet counts it (header = 1), None for the file.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    remedy: str

    def __str__(self) -> str:
        where = self.file + (f":{self.row}" if self.row is not None else "")
        column = f" {self.column}:" if self.column else ""
        value = "" if self.value is None else f" {self.value[:80]!r}"
        return f"{where}:{column}{value} {self.remedy}".replace(":  ", ": ")


class BadData(RepgraphError):
    """An input that cannot be loaded; `problems` has every fault that was found."""

    def __init__(self, problems: Sequence[Problem], *, nothing: str = "nothing was loaded") -> None:
        self.problems = sorted(problems, key=lambda p: (p.file, p.row or 0, p.column or ""))
        count = f"{len(self.problems)} problem{'s' if len(self.problems) != 1 else ''}"
        super().__init__("\n".join([*(str(p) for p in self.problems), f"{count}; {nothing}"]))


class NotFound(RepgraphError):
    """A thing asked for by name or id is not there."""


class Refused(RepgraphError):
    """An operation that would lose or contradict something."""


class Contradiction(Refused):
    """A judgement that contradicts the judgements there are."""


class WorkspaceError(RepgraphError):
    """The workspace cannot be used: absent, locked, of a newer version, damaged."""


class StoreError(RepgraphError):
    """A store or server failed, cannot be reached, or holds something else."""


class QueryError(RepgraphError):
    """A query that is refused, wrong, or hit a limit."""
