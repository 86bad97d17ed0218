"""Empty tables for somebody to fill in, as CSV and as one workbook, and the page that explains each column.

All of it is made from the ontology, so that no description can fall behind what `read` accepts.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from graph.errors import Refused
from ontology import Column, TableSpec, tables, vocabulary

if TYPE_CHECKING:
    from openpyxl.worksheet.datavalidation import DataValidation

BOOK = "template.xlsx"
_ROWS = 5_000
"""Rows of the workbook that offer their words in a list."""
_WORDS = "_words"
"""The sheet with the words; the loader sets aside sheets whose name begins with `_`."""

_TYPES = {
    "id": ("your own short name, such as `ivanov-ivan`; no `|`", "ваше короткое имя, например `ivanov-ivan`; без `|`"),
    "local": ("your own short name", "ваше короткое имя"),
    "ref": ("a {range} id", "идентификатор из {range}"),
    "refs": ("{range} ids, joined with `|`", "идентификаторы из {range} через `|`"),
    "text": ("text", "текст"),
    "text@en": ("text in Latin letters, one line", "текст латиницей, одна строка"),
    "text@ru": ("text in Russian, one line", "текст по-русски, одна строка"),
    "text@uk": ("text in Ukrainian, one line", "текст по-украински, одна строка"),
    "text@be": ("text in Belarusian, one line", "текст по-белорусски, одна строка"),
    "texts": ("texts, joined with `|`", "тексты через `|`"),
    "url": ("address, http or https", "адрес, http или https"),
    "date": ("`2021`, `2021-02` or `2021-02-16`", "`2021`, `2021-02` или `2021-02-16`"),
    "year": ("`1971`", "`1971`"),
    "int": ("whole number, digits only", "целое число, только цифры"),
    "word": ("one word of the list [{range}](#{range})", "одно слово из списка [{range}](#{range})"),
    "country": ("country code, such as `RU`", "код страны, например `RU`"),
    "countries": ("country codes, joined with `|`", "коды стран через `|`"),
    "lang": ("language code, such as `ru`", "код языка, например `ru`"),
    "articles": ("articles as `RU-CC 207.3(2)(a)`, joined with `|`", "статьи в виде `RU-CC 207.3(2)(a)` через `|`"),
    "sha256": ("64 hexadecimal digits", "64 шестнадцатеричные цифры"),
    "file": ("path of a file beside the tables", "путь к файлу рядом с таблицами"),
}
_NEEDS = {
    "key": ("key, must be filled", "ключ, обязательно"),
    "key?": ("part of the key, may be blank", "часть ключа, может быть пусто"),
    "required": ("must be filled", "обязательно"),
    "": ("", ""),
}


def template(folder: Path) -> list[Path]:
    """The files written into `folder`: a table each, `COLUMNS.md`, `README.md` and the same tables in one workbook.

    Raises:
        Refused: one of them is there already; nothing was written.
    """
    contents = {f"{spec.name}.csv": _csv(spec) for spec in tables().values()}
    contents |= {"COLUMNS.md": columns_page().encode(), "README.md": _README.encode(), BOOK: _workbook()}
    there = [name for name in contents if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        raise Refused(f"{folder} has {', '.join(there)} already; name another folder, nothing was written")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        with (folder / name).open("xb") as file:  # never over a file that came meanwhile
            file.write(content)
    return [folder / name for name in contents]


def _csv(spec: TableSpec) -> bytes:
    """A header, with the mark by which Excel knows UTF-8: without it Cyrillic typed there comes out as CP1251."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(spec.columns)
    return out.getvalue().encode("utf-8-sig")


def columns_page() -> str:
    """Markdown: every table and column with its type and meaning, then every list of words with its labels."""
    lines = [_INTRODUCTION]
    for spec in tables().values():
        lines += [f"## {spec.name}", "", f"{spec.about_en}.", "", f"*{spec.about_ru}.*", ""]
        lines += ["| column | needed | what to write | about |", "|---|---|---|---|"]
        lines += [_column_line(column) for column in spec.columns.values()]
        lines.append("")
    lines += ["# Words", "", "*Слова*", ""]
    for name, words in _vocabularies().items():
        lines += [f"## {name}", "", "| write | English | русский |", "|---|---|---|"]
        lines += [f"| `{token}` | {_escaped(en)} | {_escaped(ru)} |" for token, (en, ru) in words.items()]
        lines.append("")
    return "\n".join(lines)


def _column_line(column: Column) -> str:
    english, russian = (text.format(range=column.range) for text in _TYPES[column.type])
    need_en, need_ru = _NEEDS[column.need]
    need = f"{need_en}<br>*{need_ru}*" if need_en else ""
    about = _escaped(column.about) + (f"<br>*{_escaped(column.about_ru)}*" if column.about_ru else "")
    kind = _escaped(english) + (f"<br>*{_escaped(russian)}*" if russian != english else "")
    return f"| `{column.name}` | {need} | {kind} | {about} |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _vocabularies() -> dict[str, dict[str, tuple[str, str]]]:
    """The words that tables may use, by vocabulary, with their labels."""
    names = [c.range for spec in tables().values() for c in spec.columns.values() if c.type == "word"]
    return {
        name: {t: (w.label_en, w.label_ru) for t, w in vocabulary(name).items() if w.more.get("in_tables") != "no"}
        for name in dict.fromkeys([*names, "country"])
    }


def _workbook() -> bytes:
    """A sheet for each table, with drop-down lists where a column has closed words; the same bytes every time."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.worksheets[0])
    words = _vocabularies()
    ranges = _ranges(words)
    for spec in tables().values():
        sheet = book.create_sheet(spec.name)
        sheet.append(list(spec.columns))
        sheet.freeze_panes = "A2"
        for position, column in enumerate(spec.columns.values(), start=1):
            letter = get_column_letter(position)
            sheet[f"{letter}1"].font = Font(bold=column.need in ("key", "required"))
            sheet.column_dimensions[letter].width = max(12, len(column.name) + 4)
            # Text from the start: else a spreadsheet makes dates and numbers of ids, case numbers and dates.
            sheet.column_dimensions[letter].number_format = "@"
            if validation := _drop_down(column, ranges):
                validation.add(f"{letter}2:{letter}{_ROWS}")
                sheet.add_data_validation(validation)
    lists = book.create_sheet(_WORDS)
    lists.sheet_state = "hidden"
    for position, (name, tokens) in enumerate(words.items(), start=1):
        for row, value in enumerate([name, *tokens], start=1):
            lists.cell(row, position, value)
    out = io.BytesIO()
    book.save(out)
    return _timeless(out.getvalue())


def _ranges(words: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    """Where each vocabulary stands on the sheet of words."""
    from openpyxl.utils import get_column_letter

    return {
        name: f"{_WORDS}!${letter}$2:${letter}${len(tokens) + 1}"
        for letter, (name, tokens) in zip(map(get_column_letter, range(1, len(words) + 1)), words.items(), strict=True)
    }


def _drop_down(column: Column, ranges: Mapping[str, str]) -> DataValidation | None:
    """The list of words that a cell of this column offers; None where any text may stand."""
    from openpyxl.worksheet.datavalidation import DataValidation

    name = "country" if column.type == "country" else column.range if column.type == "word" else ""
    if not name:
        return None
    found = DataValidation(type="list", formula1=ranges[name], allow_blank=True, showErrorMessage=True)
    found.error, found.errorTitle = f"Not a word of the list {name}; see COLUMNS.md", column.name
    return found


def _timeless(book: bytes) -> bytes:
    """The same workbook without the time at which it was made."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(book)) as made, ZipFile(out, "w", ZIP_DEFLATED) as clean:
        for name in made.namelist():
            content = made.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", content)
            part = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type = ZIP_DEFLATED
            clean.writestr(part, content)
    return out.getvalue()


_INTRODUCTION = """# Tables and columns

One file (or one sheet of a workbook) for each table, the names of the columns in line 1. Only `people`, `sources` and one
more table must be there; columns you do not need may be left out unless they are keys or must be filled. Blank means
"not known". Several values in one cell are joined with `|`.

*Один файл (или один лист книги) на таблицу, в первой строке названия столбцов. Обязательны только `people`, `sources` и ещё
одна таблица; ненужные столбцы можно убрать, кроме ключей и обязательных. Пустая ячейка значит «неизвестно». Несколько
значений в одной ячейке соединяют знаком `|`.*
"""

_README = """# Case tables for repgraph

1. Fill in the `.csv` files here, or the same tables in `template.xlsx` (it offers the allowed words in lists): one or the
   other, not both. `COLUMNS.md` explains every column.
2. Begin with `sources.csv`: every other row names in `source_ids` the documents that say it.
3. Then `people.csv`, then what you have: cases, proceedings, roles, listings, exchanges.
4. Check: `repgraph load --check .` names every fault with file, line, column and what to do. Then: `repgraph load .`

Children carry no name: a person under 18, or of the category `minor_family_member`, has an id and no name at all.
A role in a proceeding is not a finding of guilt.

---

1. Заполните файлы `.csv` или те же таблицы в `template.xlsx` (там допустимые слова можно выбрать из списка): либо то,
   либо другое. Каждый столбец объяснён в `COLUMNS.md`.
2. Начните с `sources.csv`: каждая строка других таблиц называет в `source_ids` документы, которые это говорят.
3. Затем `people.csv`, затем всё, что есть: дела, заседания, роли, санкции, обмены.
4. Проверьте: `repgraph load --check .` назовёт каждую ошибку с файлом, строкой, столбцом и советом. Затем: `repgraph load .`

У детей нет имён: у человека младше 18 лет или категории `minor_family_member` есть идентификатор и нет имени.
Роль в заседании не означает вины.
"""
