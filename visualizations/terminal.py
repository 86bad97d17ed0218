"""An answer drawn on a terminal: the columns that fit a screen, names in the reader's language, nothing that acts."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from graph.answers import Answer, plain
from graph.names import display
from ontology import UnknownTerm, label

SHORT = {
    "who": ("name", "role", "defendants", "court_name", "date", "outcome", "sentence_months", "basis", "sources"),
    "case": ("date", "stage", "name", "role", "court_name", "outcome", "sentence_months", "basis", "sources"),
    "court": ("name", "roles", "matters", "cases", "first", "last", "sources"),
    "officials": ("name", "roles", "adverse", "favourable", "other", "cases", "first", "last", "source_origins", "listings"),
    "exchange": ("name", "released_by", "received_by", "categories", "mentions", "officials"),
    "sources": ("table", "cells", "source", "locator", "quote", "status"),
    "history": ("thing", "table", "cells", "since", "until", "how", "why", "file", "row"),
    "judgements": ("kind", "left", "right", "verdict", "why", "by"),
    "load": ("change", "table", "thing", "field", "before", "after"),
}  # fmt: skip
"""Columns a terminal shows of an answer that has more; `--json` and `--csv` always have all."""
_VOCABULARY = {
    "role": "role", "roles": "role", "stage": "stage", "outcome": "outcome", "basis": "basis", "effect": "effect",
    "status": "record_status", "verdict": "verdict",
}  # fmt: skip
_MANY = 3
_LONG = 120


def draw(answer: Answer, console: Console, *, lang: str) -> None:
    """Print the answer as a table; the columns that are not shown are named below it."""
    short = SHORT.get(answer.question, tuple(answer.columns))
    columns = [c for c in short if c in answer.columns]
    table = Table(show_lines=False, header_style="bold", expand=False)
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold", justify="right" if _is_count(answer, column) else "left")
    for row in answer.rows:
        table.add_row(*(Text(shown(column, row.get(column), lang)) for column in columns))
    if answer.rows:
        console.print(table)
    hidden = [c for c in answer.columns if c not in columns]
    if answer.rows and hidden:
        console.print(Text(f"also in --json and --csv: {', '.join(hidden)}", style="dim"))


def _is_count(answer: Answer, column: str) -> bool:
    return any(isinstance(r.get(column), (int, float)) for r in answer.rows[:20])


def shown(column: str, value: Any, lang: str) -> str:
    """One value as a reader of `lang` sees it."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return _listed(column, list(value), lang)
    if isinstance(value, dict):
        return display(_chosen(value, lang))[:_LONG]
    if column in _VOCABULARY and isinstance(value, str):
        try:
            return label(_VOCABULARY[column], value, lang)
        except UnknownTerm:
            return display(value)
    if isinstance(value, float):
        return f"{value:.3g}"
    text = display(plain(value))
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def _listed(column: str, values: list[Any], lang: str) -> str:
    if column == "listings":
        values = [v for v in values if v.get("state") != "not_looked"]
    head = [shown(column, v, lang) for v in values[:_MANY]]
    more = len(values) - len(head)
    return "; ".join(h for h in head if h) + (f" +{more}" if more > 0 else "")


def _chosen(value: dict[str, Any], lang: str) -> str:
    if set(value) <= {"en", "ru", "uk", "be"}:
        other = "ru" if lang == "en" else "en"
        return str(value.get(lang) or value.get(other) or "name not given")
    if isinstance(value.get("name"), dict):
        role = label("role", value["role"], lang) if value.get("role") else ""
        return _chosen(value["name"], lang) + (f" ({role})" if role else "")
    return plain(value)
