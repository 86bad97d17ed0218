"""Rows of text into records: the header against the ontology's columns, each cell by its type, what spans cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import TypeAlias

from graph.children import NAMES, is_child
from graph.records import Cell, Record
from loaders.tables.cells import BLANKS, BadPart, Parse, parser
from loaders.tables.faults import Faults
from ontology import Column, TableSpec

Rows: TypeAlias = Iterable[tuple[int, Sequence[str | None]]]
"""Row number and cells; None is a cell whose fault was noted when it was read."""

# Types whose values repeat from row to row: what was read once need not be read again.
_REPEATING = frozenset({"word", "date", "year", "int", "country", "countries", "lang", "refs", "articles"})
_REMEMBERED = 50_000
_NAMELESS = frozenset({"word", "date", "year", "int", "country", "countries", "lang", "sha256"})
_SAYS_AGE = ("category", "birth_date", "birth_year")


@dataclass(slots=True)
class _Reading:
    """How to read one column: its parser and the values it gave before, by the text of the cell."""

    column: Column
    parse: Parse
    seen: dict[str, Cell] = field(default_factory=dict)


_Wrong: TypeAlias = tuple[Column, str | None, ValueError | None]
"""A cell that cannot be read: its column, its text and why; the latter two are None where that was said already."""


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file in its order; None where the header has a name that we do not know."""

    table: TableSpec
    columns: tuple[Column | None, ...]
    needed: frozenset[str]
    """Columns of this file that no row may leave blank."""
    keys: frozenset[str]
    """Columns that make up the key; some of them may be blank."""


def header(table: TableSpec, names: Sequence[str | None], faults: Faults) -> Header | None:
    """The header read; None, with the reason among the faults, if no row could be read with it."""
    written = [(name or "").strip(BLANKS) for name in names]
    if table.columns.keys().isdisjoint(written):  # not quoted: a file without a header has people in line 1
        faults.add(1, None, None, f"has no header; write the columns of {table.name} in line 1: {_some(table)}")
        return None
    columns: list[Column | None] = []
    for position, name in enumerate(written, start=1):
        column = table.columns.get(name)
        if name in written[: position - 1] and name:
            faults.add(1, None, name, f"stands twice in the header (column {position}); remove or rename one")
            column = None
        elif not name:
            faults.add(1, None, None, f"has no name for column {position}; name it or remove the column")
        elif column is None:
            faults.add(1, None, name, f"is not a column of {table.name}; {nearest(name, table.columns)}")
        columns.append(column)
    present = {c.name for c in columns if c}
    absent = [c for c in table.columns.values() if c.name not in present]
    for column in absent:
        if column.need in ("key", "required"):
            remedy = f"is not in the header; {table.name} cannot be read without it: add the column"
            faults.add(1, column.name, None, remedy)
    if any(c.need == "key" for c in absent):
        return None
    needed = frozenset(c.name for c in columns if c and c.need in ("key", "required"))
    return Header(table, tuple(columns), needed, frozenset(table.key))


def nearest(name: str, known: Iterable[str]) -> str:
    """An offer of the known name that is likest, else all of them."""
    names = list(known)
    folded = {n.casefold(): n for n in names}
    near = get_close_matches(name.casefold().strip()[:100], folded, n=1, cutoff=0.6)
    return f"did you mean {folded[near[0]]}?" if near else f"there are {', '.join(names)}"


def _some(table: TableSpec) -> str:
    return ", ".join(c.name for c in table.columns.values() if c.need or c.name in table.key)


def records(
    head: Header, rows: Rows, faults: Faults, *, dataset: str, file: str, today: date, short: bool = False
) -> Iterator[Record]:
    """One record for each row that has its key; faulty cells are left out of it and noted.

    `short` says that cells may be missing at the end of a row (a spreadsheet stores none that are blank).
    """
    table = head.table.name
    plan = [_Reading(c, parser(c)) if c else None for c in head.columns]
    width = len(plan)
    needed = head.needed
    people = table == "people"
    for number, row in rows:
        whole = row if len(row) == width else _fitted(row, width, number, faults, short=short)
        if whole is None:
            continue
        cells, wrong = _read(plan, whole)
        if not cells and not wrong:
            continue  # a blank row
        if (wrong or people or not needed <= cells.keys()) and not _checked(
            head, number, cells, wrong, faults, today=today
        ):
            continue
        yield Record(dataset, table, cells, file, number)


def _read(plan: Sequence[_Reading | None], row: Sequence[str | None]) -> tuple[dict[str, Cell], list[_Wrong]]:
    """The cells of a row that are not blank, by column, and those that cannot be read."""
    cells: dict[str, Cell] = {}
    wrong: list[_Wrong] = []
    for reading, text in zip(plan, row, strict=True):
        if text == "" or reading is None:
            continue
        if text is None:
            wrong.append((reading.column, None, None))
            continue
        value = reading.seen.get(text)
        if value is None:
            try:
                value = _value(reading, text)
            except ValueError as error:
                wrong.append((reading.column, text, error))
                continue
            if value is None:
                continue
        cells[reading.column.name] = value
    return cells, wrong


def _checked(
    head: Header, number: int, cells: dict[str, Cell], wrong: Sequence[_Wrong], faults: Faults, *, today: date
) -> bool:
    """Whether the row has its key; what is wrong with it is noted, and a child's names are taken out of `cells`."""
    bad = {column.name for column, _, _ in wrong}
    people = head.table.name == "people"
    child = people and is_child(cells, today)
    _note(number, wrong, faults, hidden=child or (people and not bad.isdisjoint(_SAYS_AGE)))
    missing = [c for c in head.table.columns if c in head.needed and c not in cells and c not in bad]
    for column in missing:
        faults.add(number, column, None, _blank(column))
    if child:
        _forget_names(number, cells, faults)
    return bad.isdisjoint(head.keys) and head.keys.isdisjoint(missing)


def _value(reading: _Reading, text: str) -> Cell | None:
    """What the cell says; None if it is blank but for outer blanks."""
    stripped = text.strip(BLANKS)
    if not stripped:
        return None
    value = reading.parse(stripped)
    if reading.column.type in _REPEATING:
        if len(reading.seen) >= _REMEMBERED:
            reading.seen.clear()
        reading.seen[text] = value
    return value


def _fitted(
    row: Sequence[str | None], width: int, number: int, faults: Faults, *, short: bool
) -> Sequence[str | None] | None:
    """The row with as many cells as the header; None if that cannot be."""
    if not any(cell is None or cell.strip(BLANKS) for cell in row):
        return None
    if short:
        spare = next((cell for cell in row[width:] if cell is None or cell.strip(BLANKS)), "")
        if spare == "":
            return [*row[:width], *[""] * (width - len(row))]
        faults.add(number, None, None, "has a cell to the right of the last column; give it a header or remove it")
        return None
    remedy = (
        f"has {len(row)} cells, the header has {width}; put a text that holds the separator between quotation marks"
    )
    faults.add(number, None, None, remedy)
    return None


def _note(number: int, wrong: Iterable[_Wrong], faults: Faults, *, hidden: bool) -> None:
    """Note what cannot be read; `hidden` keeps back every cell that could hold a name."""
    for column, text, error in wrong:
        if text is None or error is None:
            continue  # noted when the cell was read
        if hidden and not nameless(column):
            faults.add(number, column.name, None, f"{error} (not shown: this may be a child)")
        else:
            faults.add(
                number, column.name, error.part if isinstance(error, BadPart) else text.strip(BLANKS), str(error)
            )


def nameless(column: Column) -> bool:
    """Whether a cell of this column cannot hold a name, so that a message about a child's row may quote it."""
    return column.type in _NAMELESS


def _blank(column: str) -> str:
    if column == "source_ids":
        return "is blank; name the source_id of what says this row (several are joined with |)"
    return "is blank; fill it in"


def _forget_names(number: int, cells: dict[str, Cell], faults: Faults) -> None:
    """Take the names out of a child's row and say so, without them."""
    for column in NAMES:
        if column in cells:
            del cells[column]
            faults.add(
                number, column, None,
                "names a child (category minor_family_member, or under 18 today); blank the names. "
                "Of age already? Then give the birth_date",
            )  # fmt: skip
