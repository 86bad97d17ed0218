"""Claims: TriG and N-Quads that `repgraph export` wrote, or anybody with our terms, and bundles that hold them.

One file can hold several datasets. Nothing in it is believed: `graph.claim_reading` makes every record of its
statements, writes it again and compares; here every cell is read as if it stood in a table. A record's `row` is its
number in the file: the first graph that begins is 1; a purge leaves no gap. Who made a judgement is not taken over.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path, PurePosixPath

import pyoxigraph as ox

from graph import bundles
from graph.children import NAMES, is_child
from graph.claim_reading import ClaimFile, Fault, read_claims, without_records
from graph.errors import BadData, Problem
from graph.identity import Judgement
from graph.reading import Original
from graph.records import Cell, Record
from loaders.tables.cells import BLANKS, parser
from loaders.tables.faults import QUOTED, printable
from ontology import Column, tables

NAME = "claims"
TITLE = "Claims: TriG and N-Quads of repgraph, and its bundles (ZIP)"

LARGEST = 2 << 30
"""Bytes of a file that is read: its statements are held in memory."""
_FORMS = {".trig": ox.RdfFormat.TRIG, ".nq": ox.RdfFormat.N_QUADS}
_BUNDLE = ".zip"


def files(path: Path) -> list[Path]:
    """The file itself, if it is one of claims or a bundle; folders are not looked through."""
    suffix = path.suffix.lower()
    if not path.is_file() or not (suffix in _FORMS or (suffix == _BUNDLE and bundles.is_bundle(path))):
        return []
    return [path]


def read(files: Sequence[Original], dataset: str, problems: list[Problem]) -> Iterator[Record]:
    """The records of one dataset in the order of the files; every fault of a file is appended to `problems`.

    A file that holds one dataset is read under whatever name it is given.
    """
    for original in files:
        found = _content(original)
        problems += [_problem(original, fault) for fault in found.faults]
        alone = len({r.dataset for r in found.records}) == 1
        for record in found.records:
            if record.dataset == dataset or alone:
                problems += _wrong_cells(original, record)
                yield replace(record, dataset=dataset, cells=dict(record.cells))


def judgements(original: Original, problems: list[Problem]) -> list[Judgement]:
    """The judgements of a file, without who made them; every fault is appended to `problems`."""
    found = _content(original)
    problems += [_problem(original, fault) for fault in found.faults]
    for j in found.judgements:
        for column, text in (("why", j.why), ("evidence", j.evidence), ("decided_on", j.decided_on)):
            try:
                if text is not None and parser(_LIKE[column])(text) != text:
                    raise ValueError("is not written as a judgement's cell is")
            except ValueError as error:
                problems.append(_problem(original, Fault(None, str(error), text), column))
    return [replace(j, by=None) for j in found.judgements]


_LIKE = {
    "why": tables()["people"].columns["note"],
    "evidence": tables()["people"].columns["note"],
    "decided_on": tables()["sources"].columns["read_on"],
}
"""Columns whose cells are of the kind that a judgement's are."""


def datasets(files: Sequence[Original]) -> list[str]:
    """The names of the datasets in these files, sorted."""
    return sorted({r.dataset for f in files for r in _content(f).records})


def tables_in(files: Sequence[Original]) -> list[str]:
    """Names of the tables that have a record in these files, in the ontology's order."""
    found = {r.table for f in files for r in _content(f).records}
    return [name for name in tables() if name in found]


def tables_of(files: Sequence[Original], dataset: str) -> list[str]:
    """Names of the tables in which a dataset has a record in these files, in the ontology's order."""
    alone = len(datasets(files)) == 1
    found = {r.table for f in files for r in _content(f).records if alone or r.dataset == dataset}
    return [name for name in tables() if name in found]


def is_part(files: Sequence[Original]) -> bool:
    """Whether one of the files is a bundle: it holds what somebody chose, or what a profile may see."""
    return any(PurePosixPath(f.name).suffix.lower() == _BUNDLE for f in files)


def without(file: Original, rows: Collection[tuple[str, int]]) -> bytes:
    """The file without these records, nor judgements on things that have no other; of a bundle, its claims alone."""
    numbers = {number for _, number in rows}
    suffix = PurePosixPath(file.name).suffix.lower()
    out = io.BytesIO()
    form = _FORMS.get(suffix, ox.RdfFormat.TRIG)
    ox.serialize(without_records(_quads(file), numbers), out, form)
    return bundles.emptied(file.path, out.getvalue()) if suffix == _BUNDLE else out.getvalue()


# --- one file -----------------------------------------------------------------------------------------------


def _content(original: Original) -> ClaimFile:
    # Copies under their hash never change, so what was read once need not be read again.
    if original.sha256:
        return _remembered(original)
    return _parsed(original)


@lru_cache(maxsize=1)
def _remembered(original: Original) -> ClaimFile:
    return _parsed(original)


def _parsed(original: Original) -> ClaimFile:
    if original.path.stat().st_size > LARGEST:
        found = ClaimFile()
        found.fault(None, f"is larger than {LARGEST >> 20:,} MB; load it in parts")
        return found
    try:
        return read_claims(_quads(original), file=original.sha256)
    except (SyntaxError, OSError, BadData) as error:
        found = ClaimFile()
        found.fault(None, f"cannot be read as claims: {error}")
        return found


def _quads(original: Original) -> Iterator[ox.Quad]:
    suffix = PurePosixPath(original.name).suffix.lower()
    if suffix == _BUNDLE:
        with bundles.opened(original.path) as archive:
            return iter(ox.parse(input=archive.read(bundles.CLAIMS), format=ox.RdfFormat.TRIG))
    return iter(ox.parse(path=str(original.path), format=_FORMS[suffix]))


def _problem(original: Original, fault: Fault, column: str | None = None) -> Problem:
    value = None if fault.value is None else fault.value[:QUOTED]
    return Problem(printable(original.name), fault.number, column, value, fault.what)


# --- cells --------------------------------------------------------------------------------------------------


def _wrong_cells(original: Original, record: Record) -> Iterator[Problem]:
    """What would be wrong with the record if it stood in a table."""
    spec = tables()[record.table]
    where = f"{printable(original.name)}: {spec.name}"
    child, hidden = _child(record) if spec.name == "people" else (False, False)
    for name, column in spec.columns.items():
        cell = record.cells.get(name)
        if cell is None:
            if column.need in ("key", "required"):
                yield Problem(where, record.row, name, None, "is blank; the record cannot stand without it")
        elif child and name in NAMES:
            yield Problem(where, record.row, name, None, "names a child; take it out")
        elif (wrong := _fault_of(column, cell)) is not None:
            yield Problem(where, record.row, name, None if hidden else str(cell)[:QUOTED], wrong)


def _child(person: Record) -> tuple[bool, bool]:
    """Whether somebody is a child, and whether nothing of the record may be shown for it."""
    try:
        child = is_child(person.cells, datetime.now(UTC).date())
    except ValueError:  # an age that cannot be read may be a child's
        return False, True
    return child, child


def _fault_of(column: Column, cell: Cell) -> str | None:
    text = "|".join(cell) if isinstance(cell, tuple) else str(cell)
    try:
        if text.strip(BLANKS) != text or parser(column)(text) != cell:
            return "is not written as a table's cell is read: outer blanks, line ends or separators differ"
    except ValueError as error:
        return str(error)
    return None
