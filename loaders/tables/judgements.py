"""Files of judgements: which things of several datasets are the same, different, or cannot be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath

from graph.errors import Problem
from graph.reading import Original
from graph.records import split_id
from loaders.tables import delimited
from loaders.tables.cells import BLANKS, Parse, date, line, local_id, text, word_of
from loaders.tables.faults import Faults, TooMany
from loaders.tables.rows import nearest


@dataclass(frozen=True, slots=True)
class JudgementRow:
    """One row, as written; the last row of a pair wins. `left` and `right` are `dataset/id`."""

    kind: str
    left: str
    right: str
    verdict: str
    decided_on: str | None = None
    by: str | None = None
    why: str | None = None
    evidence: str | None = None


COLUMNS = tuple(f.name for f in fields(JudgementRow))
_REQUIRED = ("kind", "left", "right", "verdict")
_HEADER = 10_000
"""Bytes in which a header of judgements ends; files of any size are asked whether they have one."""


def is_judgements(path: Path) -> bool:
    """Whether a file holds judgements: by its name, or by a header that has what every judgement needs."""
    if path.suffix.lower() not in (".csv", ".tsv") or not path.is_file():
        return False
    if path.stem.casefold() == "judgements":
        return True
    try:
        with path.open("rb") as file:
            header = file.readline(_HEADER).decode("utf-8-sig", "replace")
    except OSError:
        return False
    return any(set(_REQUIRED) <= {n.strip(f'{BLANKS}"') for n in header.split(s)} for s in delimited.SEPARATORS)


def judgement_files(path: Path) -> list[Path]:
    """The files of judgements at `path`, sorted: the file itself, or those that lie in the folder beside the tables."""
    found = sorted(path.iterdir()) if path.is_dir() else [path]
    return [p for p in found if not p.name.startswith(".") and is_judgements(p)]


def read_judgements(original: Original, problems: list[Problem]) -> list[JudgementRow]:
    """The judgements of a file in its order, each row that is whole; every fault is appended to `problems`."""
    return [row for _, row in judgement_lines(original, problems)]


def judgement_lines(original: Original, problems: list[Problem]) -> list[tuple[int, JudgementRow]]:
    """As `read_judgements`, each with the line on which it starts: for checks that go on from here."""
    faults = Faults(original.name, problems)
    found: list[tuple[int, JudgementRow]] = []
    if PurePosixPath(original.name).suffix.lower() not in (".csv", ".tsv"):
        faults.add(None, None, None, "is not a CSV file; save the judgements as CSV (UTF-8)")
        return found
    try:
        rows = delimited.rows(original.path, delimited.form(original.path, set(COLUMNS)))
        _, header = next(rows, (1, []))
        if (names := _header([n.strip(BLANKS) for n in header], faults)) is not None:
            found += _rows(names, rows, faults)
    except delimited.Unreadable as error:
        faults.add(error.line, None, None, str(error))
    except OSError as error:
        faults.add(None, None, None, f"cannot be read ({error.strerror or type(error).__name__}); check the file")
    except TooMany:
        pass
    return found


def _header(names: list[str], faults: Faults) -> list[str] | None:
    """The columns of the file; None if a row could not be read with them."""
    for position, name in enumerate(names):
        if name not in COLUMNS:
            faults.add(1, None, name, f"is not a column of judgements; {nearest(name, COLUMNS)}")
        elif name in names[:position]:
            faults.add(1, None, name, "stands twice in the header; remove one")
    absent = [name for name in _REQUIRED if name not in names]
    for name in absent:
        faults.add(1, name, None, "is not in the header; judgements cannot be read without it: add the column")
    return None if absent else names


def _rows(
    names: list[str], rows: Iterator[tuple[int, list[str]]], faults: Faults
) -> Iterator[tuple[int, JudgementRow]]:
    parsers = _parsers()
    for number, row in rows:
        cells = [c.strip(BLANKS) for c in row]
        if not any(cells):
            continue
        if len(cells) != len(names):
            remedy = (
                f"has {len(cells)} cells, the header has {len(names)}; put a text that holds the separator in quotes"
            )
            faults.add(number, None, None, remedy)
            continue
        values: dict[str, str] = {}
        whole = True
        for name, cell in zip(names, cells, strict=True):
            if cell and name in parsers:
                try:
                    values[name] = str(parsers[name](cell))
                except ValueError as error:
                    faults.add(number, name, cell, str(error))
                    whole = False
            elif name in _REQUIRED:
                faults.add(number, name, None, "is blank; fill it in")
                whole = False
        if whole and values["left"] == values["right"]:
            faults.add(number, "right", values["right"], "is the same id as left; a judgement is on two things")
            whole = False
        if whole:
            yield number, JudgementRow(**values)


def _parsers() -> dict[str, Parse]:
    return {
        "kind": word_of("judged_kind"), "left": _thing, "right": _thing, "verdict": word_of("verdict"),
        "decided_on": date, "by": line, "why": text, "evidence": text,
    }  # fmt: skip


def _thing(cell: str) -> str:
    """`dataset/id`."""
    try:
        split_id(local_id(cell))
    except ValueError as error:
        raise ValueError("is not an id; write dataset/id" if "/" not in cell else str(error)) from None
    return cell
