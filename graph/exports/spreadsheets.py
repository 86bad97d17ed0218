"""XLSX files with the same bytes for the same rows: a sheet for each table, texts and whole numbers only.

Written here and not with openpyxl, which stamps the clock into the file and holds all of it in memory.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

from graph.answers import neutralised
from graph.errors import Refused

Cell: TypeAlias = "str | int | float | bool | None"
MOST_ROWS = 1_048_576
LONGEST = 32_767
"""The most rows a sheet, and characters a cell, can have. Source: ECMA-376 readers, Excel's stated limits."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name (31 characters at most), its header, its rows as they come."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


@dataclass(slots=True)
class Written:
    """What became of the cells: how many were kept from being formulas, how many were too long and cut."""

    neutralised: int = 0
    cut: int = 0


def write_xlsx(path: Path, sheets: Sequence[Sheet]) -> Written:
    """Write the sheets in this order; rows are taken one by one, so memory does not grow with them.

    Raises:
        Refused: a sheet has more rows than the format can hold.
    """
    written = Written()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in _frame(sheets):
            archive.writestr(_entry(name), _HEAD + text)
        for number, sheet in enumerate(sheets, 1):
            with archive.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True) as out:
                for piece in _sheet(sheet, written):
                    out.write(piece.encode())
    return written


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=_EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    info.create_system = 3  # else the system that writes would show
    return info


def _frame(sheets: Sequence[Sheet]) -> Iterator[tuple[str, str]]:
    """The parts around the sheets, by name."""
    numbers = range(1, len(sheets) + 1)
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>' for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{types}</Types>',
    )
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    listed = "".join(
        f'<sheet name={quoteattr(s.name[:31])} sheetId="{n}" r:id="rId{n}"/>'
        for n, s in zip(numbers, sheets, strict=True)
    )
    yield "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}"><sheets>{listed}</sheets></workbook>'
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*targets, ("styles", "styles.xml")])
    yield "xl/styles.xml", _STYLES


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    found = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


def _sheet(sheet: Sheet, written: Written) -> Iterator[str]:
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
    )
    yield "<row>" + "".join(_cell(h, written, style=' s="1"') for h in sheet.header) + "</row>"
    for number, row in enumerate(sheet.rows, 2):
        if number > MOST_ROWS:
            raise Refused(f"a sheet holds {MOST_ROWS:,} rows and {sheet.name} has more; export .csv or .trig instead")
        yield "<row>" + "".join(_cell(value, written) for value in row) + "</row>"
    yield "</sheetData></worksheet>"


def _cell(value: Cell, written: Written, *, style: str = "") -> str:
    if value is None or value == "":
        return f"<c{style}/>"
    if isinstance(value, bool):
        return f'<c{style} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f"<c{style}><v>{value}</v></c>"
    safe = neutralised(value)
    written.neutralised += safe != value
    if len(safe.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST:  # Excel counts UTF-16 units
        written.cut += 1
        safe = safe.encode("utf-16-le", "surrogatepass")[: 2 * LONGEST].decode("utf-16-le", "ignore")
    text = escape(_NO_XML.sub("\ufffd", safe)).replace("\r", "&#13;")
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
