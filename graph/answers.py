"""The form of every answer: one table with its parameters, notes and what was left out, and its plain texts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]
NOTHING = "there is nothing to show"
"""What an answer without rows says where it has nothing better to say."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gives. Rows have every column; unknown is None, a list is a list.

    A name is `{"en": ..., "ru": ...}`; `sources` is a list of `{"id", "url", "title"}`. `left_out` counts
    what the rows do not show, by reason. That nothing was found is an answer: without rows there is a note.
    """

    question: str
    parameters: Mapping[str, Any]
    columns: Sequence[str]
    rows: Sequence[Row]
    notes: Sequence[str] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.rows and not self.notes:
            object.__setattr__(self, "notes", (NOTHING,))


def as_json(answer: Answer) -> str:
    """The contract of `--json`: keys in this order, UTF-8, no NaN, a newline at the end."""
    body = {
        "question": answer.question,
        "parameters": dict(answer.parameters),
        "columns": list(answer.columns),
        "rows": [{c: row.get(c) for c in answer.columns} for row in answer.rows],
        "notes": list(answer.notes),
        "left_out": dict(answer.left_out),
    }
    return json.dumps(body, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def neutralised(text: str) -> str:
    """The text as a spreadsheet cell that no program takes for a formula.

    Source: OWASP, CSV Injection.
    """
    return "'" + text if text.lstrip(" \ufeff").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def plain(value: Any) -> str:
    """One value as text: lists join with `|`, a name or source by its main part, None is blank."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return _one(value)
    if isinstance(value, (list, tuple)):
        return "|".join(plain(v) for v in value)
    return str(value)


def _one(value: Mapping[str, Any]) -> str:
    if "id" in value and "url" in value:  # a source
        return str(value["id"])
    if "programme" in value and "state" in value:  # a listing
        parts = (value.get("programme") or value.get("authority"), value["state"], value.get("date"))
        return " ".join(str(p) for p in parts if p)
    if "person" in value:
        return str(value["person"])
    if set(value) <= {"en", "ru", "uk", "be"}:
        return next((str(v) for v in value.values() if v), "")
    return "; ".join(f"{k}: {plain(v)}" for k, v in value.items() if v not in (None, [], ""))


def flat(answer: Answer) -> tuple[list[str], list[list[str]]]:
    """Header and rows of text: a name column becomes `name_en` and `name_ru`."""
    names = {column for column in answer.columns if _is_name(column, answer.rows)}
    header: list[str] = []
    for column in answer.columns:
        header += [f"{column}_en", f"{column}_ru"] if column in names else [column]
    lines = []
    for row in answer.rows:
        cells: list[str] = []
        for column in answer.columns:
            value = row.get(column)
            if column in names:
                cells += [(value or {}).get("en") or "", (value or {}).get("ru") or ""]
            else:
                cells.append(plain(value))
        lines.append(cells)
    return header, lines


def _is_name(column: str, rows: Sequence[Row]) -> bool:
    """Whether a column holds names in two languages; that of a label or a field is a text."""
    named = column == "name" or (column.endswith("_name") and column != "source_name")
    return named and all(isinstance(row.get(column), (Mapping, type(None))) for row in rows)


def as_csv(answer: Answer) -> str:
    """Comma-separated text, safe to open in a spreadsheet."""
    header, lines = flat(answer)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([neutralised(c) for c in line] for line in lines)
    return out.getvalue()


def as_tsv(answer: Answer) -> str:
    """Tab-separated text for a pipe: tabs and line breaks inside a cell become spaces."""
    header, lines = flat(answer)
    safe = [["".join(" " if ch in "\t\r\n" else ch for ch in cell) for cell in line] for line in [header, *lines]]
    return "".join("\t".join(line) + "\n" for line in safe)
