"""Our own tables (docs/tables.md): a folder of CSV files, an XLSX with a sheet for each, or single CSV files.

What tables and columns there are is `ontology.tables()`'s to say; nothing here lists them again. What spans
rows (dangling ids, doubles) is checked by the load path.

Odd about this source: it is filled in by hand, in Excel, by people in a hurry. Hence CP1251, semicolons, dates
with dots, sheets that the user keeps for notes (their names begin with `_`: set aside).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from graph.errors import BadData, Problem
from graph.reading import Original
from graph.records import Record
from loaders.tables import delimited, workbooks
from loaders.tables.faults import Faults, TooMany, printable
from loaders.tables.judgements import is_judgements
from loaders.tables.redaction import without as without
from loaders.tables.rows import Header, header, nameless, nearest, records
from ontology import TableSpec, tables

NAME = "tables"
TITLE = "Case tables: our own CSV and XLSX"

USUAL = "UTF-8, separator comma"
"""How `describe` ends for a file that needs no mention."""

_DELIMITED = (".csv", ".tsv")
_WORKBOOK = ".xlsx"
# Spreadsheets that are not read; taken in so that the user hears of it.
_OTHER = (".xls", ".xlsm", ".xlsb", ".ods")


def files(path: Path) -> list[Path]:
    """The tables at `path`, sorted: a file, or all spreadsheets of a folder if one of them is a table of ours.

    A folder's file that is no table is among them: `read` refuses it by name, so that `poeple.csv` is not lost
    in silence. Judgements are not: `judgements.judgement_files` finds those.

    Raises:
        BadData: the folder may not be read.
    """
    if path.is_file():
        return [path] if _ours(path) else []
    if not path.is_dir():
        return []
    try:
        found = sorted(p for p in path.iterdir() if p.is_file() and _spreadsheet(p) and not is_judgements(p))
    except OSError as error:
        why = f"cannot be read ({error.strerror or type(error).__name__}); check who may read it"
        raise BadData([Problem(printable(path.name), None, None, None, why)]) from error
    return found if any(_ours(p) for p in found) else []


def _spreadsheet(path: Path) -> bool:
    hidden = path.name.startswith((".", "~$"))  # what an open office leaves beside a file
    return not hidden and path.suffix.lower() in (*_DELIMITED, _WORKBOOK, *_OTHER)


def _ours(path: Path) -> bool:
    """Whether a file is a table of ours by its name, or a workbook with a sheet that is."""
    if path.suffix.lower() == _WORKBOOK:
        try:
            return any(map(_like_a_table, workbooks.sheet_names(path)))
        except (workbooks.BadWorkbook, OSError):
            return True  # nobody else reads XLSX, and `read` says what is wrong with it
    return _spreadsheet(path) and _like_a_table(path.stem) and not is_judgements(path)


def _like_a_table(name: str) -> bool:
    return name in tables() or bool(get_close_matches(name.casefold()[:100], tables(), n=1, cutoff=0.8))


def tables_in(files: Sequence[Original]) -> list[str]:
    """Names of the tables that these files hold, also of those without a row, in the ontology's order."""
    found = set()
    for original in files:
        name = PurePosixPath(original.name)
        if name.suffix.lower() == _WORKBOOK:
            try:
                found.update(workbooks.sheet_names(original.path))
            except (workbooks.BadWorkbook, OSError):
                continue
        else:
            found.add(name.stem)
    return [name for name in tables() if name in found]


def describe(files: Sequence[Original]) -> list[str]:
    """How each file is written, one line each: encoding and separator, or the sheets."""
    return [f"{printable(f.name)}: {_description(f)}" for f in files]


def _description(original: Original) -> str:
    name = PurePosixPath(original.name)
    try:
        if name.suffix.lower() in _DELIMITED:
            spec = tables().get(name.stem)
            return str(delimited.form(original.path, spec.columns.keys() if spec else set()))
        if name.suffix.lower() == _WORKBOOK:
            return f"XLSX, sheets {', '.join(map(printable, workbooks.sheet_names(original.path)))}"
    except (delimited.Unreadable, workbooks.BadWorkbook, OSError) as error:
        return str(error)
    return "cannot be read; save it as CSV or XLSX"


def read(
    files: Sequence[Original], dataset: str, problems: list[Problem], *, today: date | None = None
) -> Iterator[Record]:
    """One record for each row with a key, in file order; every fault is appended to `problems`.

    Shape: streams; a CSV file is held a row at a time, of a workbook its shared strings are.
    `today` decides who is a child (the current day in UTC unless given).
    """
    day = today or datetime.now(UTC).date()
    for original in files:
        suffix = PurePosixPath(original.name).suffix.lower()
        faults = Faults(original.name, problems)
        try:
            if suffix in _DELIMITED:
                yield from _delimited(original, dataset, faults, day)
            elif suffix == _WORKBOOK:
                yield from _workbook(original, dataset, problems, day)
            else:
                faults.add(None, None, None, "is not a format that is read here; save it as CSV (UTF-8) or XLSX")
        except TooMany:
            continue
        except OSError as error:
            faults.add(None, None, None, f"cannot be read ({error.strerror or type(error).__name__}); check the file")


def _delimited(original: Original, dataset: str, faults: Faults, today: date) -> Iterator[Record]:
    stem = PurePosixPath(original.name).stem
    spec = _table(stem, faults)
    if spec is None:
        return
    try:
        rows = delimited.rows(original.path, delimited.form(original.path, spec.columns.keys()))
        _, names = next(rows, (1, []))
        head = header(spec, names, faults)
        if head is not None:
            yield from records(head, rows, faults, dataset=dataset, file=original.sha256, today=today)
    except delimited.Unreadable as error:
        faults.add(error.line, None, None, str(error))


def _workbook(original: Original, dataset: str, problems: list[Problem], today: date) -> Iterator[Record]:
    faults = Faults(original.name, problems)
    try:
        with workbooks.Workbook(original.path) as book:
            for sheet in book.sheets:
                if sheet.name.startswith("_"):
                    continue
                of_sheet = Faults(f"{original.name}[{sheet.name}]", problems)
                try:
                    yield from _sheet(book, sheet, original, dataset, of_sheet, today)
                except TooMany:
                    continue
    except workbooks.BadWorkbook as error:
        faults.add(None, None, None, str(error))


def _sheet(
    book: workbooks.Workbook, sheet: workbooks.Sheet, original: Original, dataset: str, faults: Faults, today: date
) -> Iterator[Record]:
    def note(row: int, remedy: str) -> None:
        faults.add(row, None, None, remedy)

    rows = book.rows(sheet, note)
    number, names = next(rows, (0, []))
    if sheet.name not in tables() and not number:
        return  # the blank sheets that a new workbook comes with
    spec = _table(sheet.name, faults)
    if spec is None:
        return
    head = header(spec, [n if isinstance(n, str) else "" for n in names] if number == 1 else [], faults)
    if head is None:
        return
    texts = ((row, _texts(head, row, cells, faults)) for row, cells in rows)
    yield from records(head, texts, faults, dataset=dataset, file=original.sha256, today=today, short=True)


def _texts(head: Header, row: int, cells: Sequence[workbooks.Value], faults: Faults) -> list[str | None]:
    """The cells of a spreadsheet as the texts that a CSV would have; None, and a fault, for what no text can say."""
    found: list[str | None] = []
    for position, cell in enumerate(cells):
        column = head.columns[position] if position < len(head.columns) else None
        if isinstance(cell, str):
            found.append(cell)
        elif isinstance(cell, workbooks.Day) and (column is None or column.type == "date"):
            found.append(cell.text)
        else:
            remedy = "is a date cell, perhaps made by the spreadsheet out of something else; format the column as text"
            # Whose row this is shows only when all of it is read, so of people nothing is quoted that may be a name.
            shown = head.table.name != "people" or (column is not None and nameless(column))
            faults.add(
                row,
                column.name if column else None,
                cell.text if shown else None,
                remedy if isinstance(cell, workbooks.Day) else cell.remedy,
            )
            found.append(None)
    return found


def _table(name: str, faults: Faults) -> TableSpec | None:
    spec = tables().get(name)
    if spec is None:
        hint = nearest(name, tables())
        if name.casefold() == "judgements":
            hint = "judgements are the workspace's, not a dataset's: keep them in a file judgements.csv of their own"
        faults.add(None, None, name, f"is not a table; {hint}")
    return spec
