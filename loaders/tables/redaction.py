"""A file of tables without some of its rows: what a purge leaves of an original. All other rows keep their numbers."""

from __future__ import annotations

import io
from collections.abc import Collection
from pathlib import PurePosixPath

from graph.reading import Original
from loaders.tables import delimited
from ontology import tables


def without(file: Original, rows: Collection[tuple[str, int]]) -> bytes:
    """The file's bytes with these rows (table, number) blanked.

    A CSV keeps all other bytes, line for line. A workbook is written anew, because its texts are kept in one place
    for all cells.
    """
    if PurePosixPath(file.name).suffix.lower() == ".xlsx":
        return _workbook(file, rows)
    return _delimited(file, {number for _, number in rows})


def _delimited(file: Original, numbers: Collection[int]) -> bytes:
    columns = {c for spec in tables().values() for c in spec.columns}
    starts = [number for number, _ in delimited.rows(file.path, delimited.form(file.path, columns))]
    lines = file.path.read_bytes().splitlines(keepends=True)  # of bytes: at \n, \r\n and a lone \r, as CSV has it
    ends = dict(zip(starts, [*starts[1:], len(lines) + 1], strict=True))
    for start in numbers:
        for at in range(start - 1, ends[start] - 1):
            lines[at] = b"\r\n" if lines[at].endswith(b"\r\n") else b"\n"
    return b"".join(lines)


def _workbook(file: Original, rows: Collection[tuple[str, int]]) -> bytes:
    import openpyxl

    book = openpyxl.load_workbook(file.path)
    for sheet, number in sorted(rows):
        for cell in book[sheet][number]:
            cell.value = None
            cell.comment = None
            cell.hyperlink = None
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
