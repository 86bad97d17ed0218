"""CSV files as rows of text: which encoding and separator a file has, and where each row starts.

Nothing is guessed: a file that is neither UTF-8 nor plainly Cyrillic CP1251 is refused with the place where it breaks.
"""

from __future__ import annotations

import csv
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

FIELD_LIMIT = 1_000_000
"""Characters that a cell may have."""
LINE_LIMIT = 64_000_000
"""Bytes that a line may have: the reader takes a line at a time, and a file without line ends whole."""
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}

_CHUNK = 1 << 20
_OVERLAP = 8
# Letters of CP1251 that Russian, Ukrainian and Belarusian use. The others (Serbian, Macedonian) are what
# the second bytes of UTF-8 look like, so that they mean a broken file rather than a Serbian one.
_LETTERS = rb"\xa1\xa2\xa5\xa8\xaa\xaf\xb2-\xb4\xb8\xba\xbf\xc0-\xff"
_FOREIGN = re.compile(rb"[\x80\x81\x83\x8a\x8c-\x90\x98\x9a\x9c-\x9f\xa3\xbc-\xbe]")
_WORDS = re.compile(rb"[" + _LETTERS + rb"]{3,}")
_HIGH = re.compile(rb"[" + _LETTERS + rb"]")
# KOI8-R has small letters where CP1251 has capitals: its words would begin small and go on in capitals.
_KOI8 = re.compile(rb"[\xe0-\xff][\xc0-\xdf]{2}")
_PROPER = re.compile(rb"[\xc0-\xdf][\xe0-\xff]{2}")
# Two Cyrillic letters, a dash or a quotation mark in UTF-8: in CP1251 they would be words like those of mojibake.
_UTF8 = re.compile(rb"(?:[\xd0\xd1][\x80-\xbf]){2}|\xe2\x80[\x90-\xbf]")
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")


class Unreadable(ValueError):
    """A file that cannot be read to its end; `line` is where it breaks, None where the whole file is meant."""

    def __init__(self, remedy: str, line: int | None = None) -> None:
        super().__init__(remedy)
        self.line = line


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written."""

    encoding: str
    separator: str

    def __str__(self) -> str:
        named = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 with a byte order mark", "cp1251": "CP1251"}[self.encoding]
        return f"{named}, separator {SEPARATORS[self.separator]}"


def form(path: Path, columns: Set[str]) -> Form:
    """Encoding and separator of a file whose header should hold names out of `columns`.

    Raises:
        Unreadable: the bytes are in neither encoding, or in both; or a line has no end.
    """
    _refuse_endless_lines(path)
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        header = file.readline(FIELD_LIMIT)
    return Form(encoding, _separator(header, columns))


def _separator(header: str, columns: Set[str]) -> str:
    """The separator that finds the most known columns in the header; the comma where none is better."""

    def known(separator: str) -> int:
        try:
            names = next(csv.reader([header], delimiter=separator), [])
            return len(columns & {n.strip() for n in names})
        except csv.Error:
            return 0

    return max(SEPARATORS, key=known)


def _refuse_endless_lines(path: Path) -> None:
    length, lines = 0, 1
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            lines += chunk.count(b"\n")
            length = len(chunk) - chunk.rfind(b"\n") - 1 if b"\n" in chunk else length + len(chunk)
            if length > LINE_LIMIT:
                raise Unreadable(f"has a line of more than {LINE_LIMIT} bytes, so it is no table; look into it", lines)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable("is in UTF-16; save it as UTF-8")
    broken = _first_break(path)
    if broken is None:
        return "utf-8-sig" if start.startswith(b"\xef\xbb\xbf") else "utf-8"
    offset, line, surrogate = broken
    where = f"at byte {offset}"
    if surrogate:
        raise Unreadable(f"holds a lone surrogate {where}, which is no character; remove it", line)
    words = letters = koi8 = 0
    for chunk in _chunks(path):
        if _UTF8.search(chunk):
            raise Unreadable(f"mixes UTF-8 with another encoding: {where} it is not UTF-8; save it as UTF-8", line)
        if _FOREIGN.search(chunk):
            raise Unreadable(f"is neither UTF-8 nor Cyrillic CP1251 {where}; save it as UTF-8", line)
        letters += len(_HIGH.findall(chunk))
        words += sum(map(len, _WORDS.findall(chunk)))
        koi8 += len(_KOI8.findall(chunk)) - len(_PROPER.findall(chunk))
    # In Russian text nearly all letters stand in words of three or more; in German or French read as CP1251
    # they stand alone between Latin ones.
    if words * 2 < letters or not letters or koi8 > 0:
        raise Unreadable(f"is neither UTF-8 nor Cyrillic CP1251 {where}; save it as UTF-8", line)
    return "cp1251"


def _first_break(path: Path) -> tuple[int, int, bool] | None:
    """Byte offset and line of the first bytes that are not UTF-8, and whether they are a surrogate's."""
    decoder = getincrementaldecoder("utf-8")()
    done, lines = 0, 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            waiting = decoder.getstate()[0]
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                data = waiting + chunk
                line = lines + data[: error.start].count(b"\n")
                here = data[error.start : error.start + 3] + file.read(3)
                return done - len(waiting) + error.start, line, bool(_SURROGATE.match(here))
            if not chunk:
                return None
            done += len(chunk)
            lines += chunk.count(b"\n")


def _chunks(path: Path) -> Iterator[bytes]:
    """The file in pieces that overlap a little, so that no sequence of bytes falls between two."""
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield tail + chunk
            tail = chunk[-_OVERLAP:]


def rows(path: Path, written: Form) -> Iterator[tuple[int, list[str]]]:
    """Line on which a row starts (the first is 1) and its cells; an empty line is a row without cells.

    Raises:
        Unreadable: quotation marks that do not pair, a cell longer than `FIELD_LIMIT`, a file changed meanwhile.
            Where the next row starts is then anybody's guess, so that nothing below is read.
    """
    csv.field_size_limit(FIELD_LIMIT)  # the module has one limit for the whole process, 131,072 unless told
    start = 1
    with path.open(encoding=written.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=written.separator, strict=True)
        try:
            for cells in reader:
                yield start, cells
                start = reader.line_num + 1
        except csv.Error as error:
            raise Unreadable(f"{_why(str(error))}; nothing below was read", start) from None
        except UnicodeDecodeError:
            raise Unreadable("changed while it was read; load it again", start) from None


def _why(message: str) -> str:
    if "field limit" in message:
        return f"has a cell of more than {FIELD_LIMIT} characters (an open quotation mark?); shorten or close it"
    if "unexpected end" in message:
        return "opens a quotation mark that nothing closes; close it"
    return 'has a quotation mark out of place; write " inside a text as ""'
