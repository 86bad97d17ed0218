"""An answer drawn on a terminal: the columns that fit a screen, sources as numbered notes below, nothing that acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
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
    "officials": ("name", "roles", "adverse", "favourable", "other", "cases", "last", "source_origins", "listings"),
    "exchange": ("name", "released_by", "received_by", "categories", "mentions", "officials"),
    "sources": ("table", "cells", "source", "locator", "quote", "status"),
    "history": ("thing", "table", "cells", "since", "until", "how", "why", "file", "row"),
    "judgements": ("kind", "left", "right", "verdict", "why", "by"),
    "load": ("change", "table", "thing", "field", "before", "after"),
    "recurring": ("name", "role", "court_name", "observed", "expected", "ratio", "low", "high", "p", "q"),
    "teams": ("members", "matters", "observed", "expected", "ratio", "p", "q"),
}  # fmt: skip
"""Columns a terminal shows of an answer that has more; `--json` and `--csv` always have all."""
_HEADS = {
    "sentence_months": "months", "court_name": "court", "source_origins": "origins", "adverse": "against",
    "favourable": "for", "other": "open", "released_by": "from", "received_by": "to",
}  # fmt: skip
_VOCABULARY = {
    "role": "role", "roles": "role", "stage": "stage", "outcome": "outcome", "basis": "basis", "effect": "effect",
    "status": "record_status", "verdict": "verdict", "state": "listing_state", "category": "classification",
    "kind": "mention_kind",
}  # fmt: skip
_WIDTH = {"listings": 28, "first": 10, "last": 10, "date": 10, "outcome": 14, "roles": 12}
_MANY = 4
_LONG = 160


def draw(answer: Answer, console: Console, *, lang: str) -> None:
    """Print the answer as a table, its sources as numbered notes below; columns that are not shown are named."""
    if not answer.rows:
        return
    columns = _shown_columns(answer)
    numbers = _numbered(answer)
    table = Table(
        box=SIMPLE_HEAD,
        header_style="bold",
        pad_edge=False,
        padding=(0, 1, 0, 0),
        title=_title(answer, lang),
        title_justify="left",
    )
    for column in columns:
        right = any(isinstance(r.get(column), (int, float)) for r in answer.rows[:20])
        table.add_column(
            _HEADS.get(column, column.replace("_", " ")), overflow="fold", justify="right" if right else "left",
            min_width=_WIDTH.get(column, 4 if right else 9),
        )  # fmt: skip
    for row in answer.rows:
        table.add_row(*(_cell(column, row.get(column), lang, numbers) for column in columns))
    console.print(table)
    if "sources" in columns:
        for number, source in numbers.values():
            console.print(Text(f"[{number}] {_source(source)}"), soft_wrap=True)
    hidden = [c for c in answer.columns if c not in columns]
    if hidden:
        console.print(Text(f"also in --json and --csv: {', '.join(hidden)}", style="dim"))


def _shown_columns(answer: Answer) -> list[str]:
    columns = [c for c in SHORT.get(answer.question, answer.columns) if c in answer.columns]
    if _one_name(answer):
        columns.remove("name")
    if "basis" in columns and all(r["basis"] in (None, "stated") for r in answer.rows):
        columns.remove("basis")
    return columns


def _one_name(answer: Answer) -> bool:
    """Whether a table about one person would repeat the name in every row."""
    return answer.question == "who" and len({r["person"] for r in answer.rows}) == 1


def _title(answer: Answer, lang: str) -> Text | None:
    if not _one_name(answer):
        return None
    name = answer.rows[0]["name"] or {}
    both = [name.get(lang), name.get("ru" if lang == "en" else "en"), f"({answer.rows[0]['person']})"]
    return Text(display("  ".join(part for part in both if part)), style="bold")


def _numbered(answer: Answer) -> dict[str, tuple[int, Mapping[str, Any]]]:
    """The sources in the order in which the rows name them, each with its number."""
    found: dict[str, tuple[int, Mapping[str, Any]]] = {}
    for row in answer.rows:
        for source in _cited(row.get("sources")):
            found.setdefault(source["id"], (len(found) + 1, source))
    return found


def _cited(value: Any) -> list[Mapping[str, Any]]:
    """The sources of a cell; none where it counts them."""
    return [s for s in value if isinstance(s, Mapping)] if isinstance(value, (list, tuple)) else []


def _source(source: Mapping[str, Any]) -> str:
    parts = (source.get("title"), source.get("url"), f"({source['id']})")
    return display("  ".join(str(p) for p in parts if p))


def _cell(column: str, value: Any, lang: str, numbers: Mapping[str, tuple[int, Mapping[str, Any]]]) -> Text:
    if column == "sources" and not isinstance(value, int):
        found = sorted(numbers[s["id"]][0] for s in _cited(value))
        return Text(",".join(map(str, found)))
    if column == "listings":
        return Text(_listings(value or [], lang))
    return Text(shown(column, value, lang))


def shown(column: str, value: Any, lang: str) -> str:
    """One value as a reader of `lang` sees it."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        head = [shown(column, v, lang) for v in value[:_MANY]]
        more = len(value) - len(head)
        return "; ".join(h for h in head if h) + (f" +{more}" if more > 0 else "")
    if isinstance(value, Mapping):
        return display(_said(value, lang))[:_LONG]
    if column in _VOCABULARY and isinstance(value, str):
        return _word(_VOCABULARY[column], value, lang)
    if isinstance(value, float):
        return f"{value:.3g}"
    text = display(plain(value))
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def _word(vocabulary: str, token: str, lang: str) -> str:
    try:
        return label(vocabulary, token, lang)
    except UnknownTerm:
        return display(token)


def _listings(states: Sequence[Mapping[str, Any]], lang: str) -> str:
    """Where somebody stands, list by list, what was not looked up left out."""
    groups: dict[str, list[str]] = {}
    for s in states:
        if s["state"] != "not_looked":
            day = f" {s['date']}" if s.get("date") else ""
            groups.setdefault(s["state"], []).append(f"{s.get('programme') or s['authority']}{day}")
    return "; ".join(f"{_word('listing_state', state, lang)}: {', '.join(lists)}" for state, lists in groups.items())


def _said(value: Mapping[str, Any], lang: str) -> str:
    if set(value) <= {"en", "ru", "uk", "be"}:
        other = "ru" if lang == "en" else "en"
        return str(value.get(lang) or value.get(other) or "name not given")
    if isinstance(value.get("name"), Mapping):
        role = _word("role", value["role"], lang) if value.get("role") else ""
        return _said(value["name"], lang) + (f" ({role})" if role else "")
    for what, vocabulary in (("category", "classification"), ("kind", "mention_kind")):
        if what in value:
            by = value.get("by")
            who = ", ".join(by) if isinstance(by, list) else by
            told = ", ".join(str(p) for p in (who, value.get("date")) if p)
            return (_word(vocabulary, str(value[what]), lang) if value[what] else "") + (f" ({told})" if told else "")
    return plain(value)
