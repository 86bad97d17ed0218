"""XLSX files as rows of values, read as a stream and with nothing in them trusted.

A parser of our own on expat: it refuses every document type (so no entity is ever declared), keeps memory flat,
runs no formula or macro, follows no link, and drops no cell unseen. What the values mean for a column is `rows`'.

Source: ECMA-376 Part 1, 18.3 (worksheets), 18.4 (shared strings), 18.8 (styles), 22.9.2.19 (escapes in strings).
"""

from __future__ import annotations

import math
import posixpath
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple, TypeAlias
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from loaders.tables.delimited import FIELD_LIMIT

UNPACKED_LIMIT = 500_000_000
"""Bytes that all parts of a workbook may have together when unpacked."""
RATIO_LIMIT = 200
"""How many times smaller a large part may be packed; spreadsheets reach 10 to 40."""
_LARGE = 1_000_000
_PARTS = 10_000
_ROWS, _COLUMNS = 1_048_576, 16_384  # of a sheet, by Excel's own limits
_CHUNK = 1 << 16
_EXACT = 10**15  # beyond it a spreadsheet has rounded the digits

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_COORDINATE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]')
_ISO_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T00:00(?::00(?:\.0+)?)?Z?)?", re.ASCII)
# Date formats that have a number instead of a text (18.8.30); those of East Asia differ by locale and are refused.
_BUILT_IN = {14: "d.m.y", 15: "d.m.y", 16: "d.m", 17: "m.y", 18: "h", 19: "h", 20: "h", 21: "h", 22: "d.m.y h",
             45: "[m]", 46: "[h]", 47: "[m]"}  # fmt: skip
_BUILT_IN |= dict.fromkeys((*range(27, 37), *range(50, 59)), "d.m")
_FAILURES = (BadZipFile, zlib.error, expat.ExpatError, EOFError, KeyError, IndexError, ValueError, NotImplementedError,
             RuntimeError, OverflowError)  # fmt: skip


class BadWorkbook(ValueError):
    """A workbook that cannot or must not be read; the message says what to do."""


class Day(NamedTuple):
    """A date cell, as precise as its format shows it."""

    text: str


class Odd(NamedTuple):
    """A cell that no text can stand for: a formula, a boolean, an error."""

    text: str
    remedy: str


Value: TypeAlias = str | Day | Odd
Note: TypeAlias = Callable[[int, str], None]


class Sheet(NamedTuple):
    """A worksheet and the part of the package that holds it."""

    name: str
    part: str


def sheet_names(path: Path) -> list[str]:
    """The names of a workbook's sheets.

    Raises:
        BadWorkbook: it cannot be read.
    """
    with Workbook(path) as book:
        return [sheet.name for sheet in book.sheets]


class Workbook:
    """An open workbook: `sheets` in their order, `rows` of each.

    Raises:
        BadWorkbook: it is no XLSX, is too large, or holds what must not be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._zip = ZipFile(path)
        except BadZipFile:
            with path.open("rb") as file:
                ole = file.read(4) == b"\xd0\xcf\x11\xe0"
            why = "has a password or is an old XLS" if ole else "is not an XLSX file or is damaged"
            raise BadWorkbook(f"{why}; save it as XLSX without a password") from None
        try:
            _check_size(self._zip)
            self.sheets, self._strings_part, self._styles_part, self._epoch1904 = _structure(self._zip)
        except BadWorkbook:
            self._zip.close()
            raise
        except _FAILURES as error:
            self._zip.close()
            raise BadWorkbook(f"is not an XLSX file or is damaged ({_short(error)}); save it again") from None
        self._strings: list[str] | None = None
        self._styles: list[str] | None = None

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def rows(self, sheet: Sheet, note: Note) -> Iterator[tuple[int, list[Value]]]:
        """Row number and cells up to the last one that is not blank; blank rows are left out.

        `note` is told of faults that belong to no cell (merged cells).

        Raises:
            BadWorkbook: the sheet is damaged or holds what must not be read; rows before that were given.
        """
        try:
            if self._strings is None:
                self._strings = _strings(self._zip, self._strings_part)
                self._styles = _styles(self._zip, self._styles_part)
            reader = _SheetReader(self._strings, self._styles or [], self._epoch1904)
            for _ in _parse(self._zip, sheet.part, reader.start, reader.end, reader.characters):
                yield from reader.ready
                reader.ready.clear()
        except BadWorkbook:
            raise
        except _FAILURES as error:
            raise BadWorkbook(f"sheet {sheet.name!r} is damaged ({_short(error)}); save it again") from None
        for first, reference in reader.merged:
            note(
                first, f"has the merged cells {reference}, of which only one holds the value; unmerge and fill them in"
            )


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:80] or type(error).__name__


def _check_size(package: ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > _PARTS or sum(p.file_size for p in parts) > UNPACKED_LIMIT:
        raise BadWorkbook(f"unpacks to more than {UNPACKED_LIMIT // 1_000_000} MB; split it, or save the sheets as CSV")
    if len({p.filename for p in parts}) != len(parts):
        raise BadWorkbook("holds a part twice; save it again")
    for part in parts:
        if part.flag_bits & 1:
            raise BadWorkbook("has a password; save it without")
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise BadWorkbook("is packed in a way that spreadsheets do not use; save it again")
        if part.file_size > _LARGE and part.file_size > RATIO_LIMIT * part.compress_size:
            raise BadWorkbook("is packed as no spreadsheet is (a zip bomb?); save it again, or as CSV")


# --- XML ------------------------------------------------------------------------------------------------------

_Start: TypeAlias = Callable[[str, dict[str, str]], None]
_End: TypeAlias = Callable[[str], None]


def _parse(
    package: ZipFile, part: str, start: _Start, end: _End | None = None, characters: _End | None = None
) -> Iterator[None]:
    """Feeds one part to the handlers, piece by piece; names come without their namespace."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(" ")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    if characters is not None:
        parser.CharacterDataHandler = characters
    with package.open(part) as file:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
            yield
    parser.Parse(b"", True)
    yield


def _refuse_doctype(*_: object) -> None:
    raise BadWorkbook("holds a document type declaration, which no spreadsheet needs and an attack does; refused")


def _all(package: ZipFile, part: str, start: _Start, end: _End | None = None, characters: _End | None = None) -> None:
    for _ in _parse(package, part, start, end, characters):
        pass


def _relations(package: ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Id to kind and part of what a part refers to inside the package; links that lead outside are left alone."""
    folder, _, name = part.rpartition("/")
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"])).lstrip("/")
            found[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], target)

    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations in package.namelist():
        _all(package, relations, start)
    return found


def _structure(package: ZipFile) -> tuple[list[Sheet], str | None, str | None, bool]:
    """Sheets, the parts of strings and styles, and whether days are counted from 1904."""
    roots = [target for kind, target in _relations(package, "").values() if kind == "officeDocument"]
    book = roots[0] if roots else "xl/workbook.xml"
    relations = _relations(package, book)
    sheets: list[Sheet] = []
    epoch1904 = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal epoch1904
        if tag == "workbookPr":
            epoch1904 = attributes.get("date1904") in ("1", "true", "on")
        elif tag == "sheet":
            reference = next(v for k, v in attributes.items() if k.rpartition(" ")[2] == "id" and " " in k)
            if reference not in relations:
                raise BadWorkbook(f"has no sheet {attributes['name'][:80]!r} inside, only a link to it; save it again")
            kind, target = relations[reference]
            if kind == "worksheet":  # a chart sheet has no cells
                sheets.append(Sheet(attributes["name"], target))

    _all(package, book, start)
    parts = dict(relations.values())
    return sheets, parts.get("sharedStrings"), parts.get("styles"), epoch1904


def _strings(package: ZipFile, part: str | None) -> list[str]:
    """The shared strings; readings of Japanese words (`rPh`) are no part of them."""
    found: list[str] = []
    pieces: list[str] = []
    depth = {"t": 0, "rPh": 0}

    def start(tag: str, _: dict[str, str]) -> None:
        if tag in depth:
            depth[tag] += 1
        elif tag == "si":
            pieces.clear()

    def end(tag: str) -> None:
        if tag in depth:
            depth[tag] -= 1
        elif tag == "si":
            found.append(_unescaped("".join(pieces)))

    def characters(text: str) -> None:
        if depth["t"] and not depth["rPh"]:
            pieces.append(text)

    if part is not None:
        _all(package, part, start, end, characters)
    return found


def _unescaped(text: str) -> str:
    """`_x000D_` and its like as the characters they stand for."""
    if "_x" not in text:
        return text
    found = _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text)
    return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")  # joins pairs


def _styles(package: ZipFile, part: str | None) -> list[str]:
    """What each cell style makes of a number: see `_kind`; blank where it stays a number."""
    codes: dict[int, str] = dict(_BUILT_IN)
    found: list[int] = []
    inside: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif tag == "xf" and inside and inside[-1] == "cellXfs":
            found.append(int(attributes.get("numFmtId", "0")))
        inside.append(tag)

    def end(_: str) -> None:
        inside.pop()

    if part is not None:
        _all(package, part, start, end)
    return [_kind(codes.get(number, "")) for number in found]


def _kind(code: str) -> str:
    """What a number format shows of a date: `day`, `month`, `year`, `yearless`, `time`; blank if it shows a number.

    >>> [_kind(c) for c in ("dd.mm.yyyy", "mmm yy", "yyyy", "d mmm", "[h]:mm", "0.00", "General")]
    ['day', 'month', 'year', 'yearless', 'time', '', '']
    """
    shown = _LITERAL.sub("", code.partition(";")[0]).casefold()
    if shown == "general":
        return ""
    letters = {ch for ch in shown if ch in "ymdhs"}
    if "y" in letters:
        return "day" if "d" in letters else "month" if "m" in letters else "year"
    if letters & {"h", "s"} or "[" in shown:
        return "time"
    return "yearless" if letters else ""


# --- sheets ---------------------------------------------------------------------------------------------------


class _SheetReader:
    """Handlers for one sheet: rows gather in `ready`, merged ranges in `merged`."""

    def __init__(self, strings: list[str], styles: list[str], epoch1904: bool) -> None:
        self.ready: list[tuple[int, list[Value]]] = []
        self.merged: list[tuple[int, str]] = []
        self._strings, self._styles, self._epoch1904 = strings, styles, epoch1904
        self._row = self._column = 0
        self._cells: dict[int, Value] = {}
        self._columns: dict[str, int] = {}
        self._type = self._style = ""
        self._formula = self._in_cell = False
        self._reading = self._phonetic = False
        self._text: list[str] = []
        self._length = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._start_cell(attributes)
        elif tag in ("v", "t"):
            self._reading = self._in_cell and not self._phonetic
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "mergeCell":
            reference = attributes["ref"][:40]
            found = _COORDINATE.match(reference)
            self.merged.append((int(found[2]) if found else 1, reference))
            if len(self.merged) > _PARTS:
                raise BadWorkbook("has thousands of merged cells; unmerge them")

    def end(self, tag: str) -> None:
        if tag == "c":
            self._end_cell()
        elif tag in ("v", "t"):
            self._reading = False
        elif tag == "row":
            if self._cells:
                last = max(self._cells)
                self.ready.append((self._row, [self._cells.get(n, "") for n in range(1, last + 1)]))
        elif tag == "rPh":
            self._phonetic = False

    def characters(self, text: str) -> None:
        if self._reading:
            self._length += len(text)
            if self._length <= FIELD_LIMIT:
                self._text.append(text)

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r", self._row + 1))
        if number <= self._row or number > _ROWS:
            raise BadWorkbook(f"has row {number} after row {self._row}; save it again")
        self._row, self._column = number, 0
        self._cells = {}

    def _start_cell(self, attributes: dict[str, str]) -> None:
        column = self._column + 1
        if "r" in attributes:
            found = _COORDINATE.fullmatch(attributes["r"])
            if not found or int(found[2]) != self._row:
                raise BadWorkbook(f"has the cell {attributes['r'][:20]!r} in row {self._row}; save it again")
            column = self._columns.get(found[1]) or self._number(found[1])
        if column <= self._column or column > _COLUMNS:
            raise BadWorkbook(f"has its cells out of order in row {self._row}; save it again")
        self._column = column
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._formula, self._in_cell = False, True
        self._text, self._length = [], 0

    def _number(self, letters: str) -> int:
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - 64
        self._columns[letters] = number
        return number

    def _end_cell(self) -> None:
        self._in_cell = False
        text = "".join(self._text)
        if self._formula:
            value: Value = Odd(text, "is a formula; put its value in its place")
        elif self._length > FIELD_LIMIT:
            value = Odd(text[:100], f"has more than {FIELD_LIMIT} characters; shorten it")
        elif not text:
            return
        else:
            value = self._value(text)
        if value != "":
            self._cells[self._column] = value

    def _value(self, text: str) -> Value:
        match self._type:
            case "s":
                return self._strings[int(text)]
            case "str" | "inlineStr":
                return _unescaped(text)
            case "n":
                kind = self._styles[int(self._style)] if self._style and self._styles else ""
                return _dated(float(text), kind, self._epoch1904) if kind else _numeral(text)
            case "b":
                return Odd("TRUE" if text == "1" else "FALSE", "is a logical value; write the text that is meant")
            case "e":
                return Odd(text, "is an error of the spreadsheet; put the value in its place")
            case "d":
                found = _ISO_DAY.fullmatch(text)
                return Day(found[1]) if found else Odd(text, "has a time of day; keep the date alone")
        raise BadWorkbook(f"has a cell of the unknown type {self._type[:20]!r} in row {self._row}; save it again")


def _numeral(text: str) -> Value:
    """A number as a person would have typed it: 2021.0 is 2021."""
    number = float(text)
    if not math.isfinite(number) or abs(number) >= _EXACT:
        return Odd(
            text, "is a number too long for a spreadsheet to keep exactly; format the cell as text, write it again"
        )
    return str(int(number)) if number.is_integer() else format(number, ".15g")


def _dated(number: float, kind: str, epoch1904: bool) -> Value:
    """The date that a serial number and a format show, no more precisely than they do."""
    shown = format(number, ".15g")
    if kind == "time":
        return Odd(shown, "is a time of day; write a date")
    if kind == "yearless":
        return Odd(shown, "is a date whose format hides the year; write YYYY-MM-DD")
    if not number.is_integer():
        return Odd(shown, "has a time of day; keep the date alone")
    days = int(number)
    # Excel holds 1900 for a leap year: its day 60 never was, and days before it are off by one.
    if not 0 < days <= 2_958_465 or (days == 60 and not epoch1904):
        return Odd(shown, "is a date that does not exist; write YYYY-MM-DD")
    start = date(1904, 1, 1) if epoch1904 else date(1899, 12, 31) if days < 60 else date(1899, 12, 30)
    found = (start + timedelta(days=days)).isoformat()
    return Day(found[: {"day": 10, "month": 7, "year": 4}[kind]])
