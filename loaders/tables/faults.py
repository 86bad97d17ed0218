"""The faults of one file, quoted short; a child's name never stands in one."""

from __future__ import annotations

from graph.errors import Problem

QUOTED = 80
"""Characters of a cell that a message shows."""
LIMIT = 10_000
"""Faults of one file that are listed; a file with more is another kind of file."""


class TooMany(Exception):
    """A file has more faults than are listed; the rest of it is not read."""


class Faults:
    """Collects the faults of one file into the list of the whole load."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = printable(file)
        self._problems = problems
        self._count = 0

    def add(self, row: int | None, column: str | None, value: str | None, remedy: str) -> None:
        """Note a fault.

        Raises:
            TooMany: this file has `LIMIT` of them already; that is noted too.
        """
        self._count += 1
        if self._count > LIMIT:
            remedy = f"and the rows below were not read: {LIMIT} faults are listed already; correct those first"
            self._problems.append(Problem(self.file, row, None, None, remedy))
            raise TooMany
        self._problems.append(Problem(self.file, row, column, None if value is None else value[:QUOTED], remedy))


def printable(name: str) -> str:
    """The name of a file or sheet, safe to show on a terminal."""
    return name if name.isprintable() else name.encode("unicode_escape").decode("ascii")
