"""Rows of acts as timelines draw and list them: a mark by what was decided, a line of the table with its sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from graph.casebook import Casebook
from visualizations.evidence import EvidenceBook
from visualizations.marks import mark_svg, svg_text
from visualizations.sheets import Axis, Numbering, Table, line, rect
from visualizations.texts import message, months_text, short, shown, token_label

Row = Mapping[str, Any]
LANE = 26
LEFT = 250
MOST_ROWS = 2000
"""So many acts a sheet lists; who wants all of a large court asks for CSV or JSON."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One mark on a lane: when, which mark, and what its tooltip says. `counts` false is drawn pale."""

    date: str
    kind: str
    tip: str
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of a swim-lane picture: a name with its glyph, its marks, and spans shown as bars."""

    name: str
    kind: str
    spots: Sequence[Spot]
    listed: bool = False
    bars: Sequence[tuple[str, str, str]] = ()


def mark_of(row: Row) -> str:
    """The mark of an act: for the defendant, a term in custody, or neither."""
    if row["effect"] == "favourable":
        return "favourable"
    kind = row["sentence_kind"]
    held = kind in ("life", "death") or (kind in ("imprisonment", None) and row["sentence_months"])
    return "custody" if held else "no_term"


def term_text(row: Row, lang: str) -> str:
    """The length of a sentence, and its kind where that is not plain imprisonment: `life`, `5 y, suspended`."""
    kind = row["sentence_kind"]
    words = [months_text(row["sentence_months"], lang)]
    if kind and kind != "imprisonment":
        words.append(token_label("sentence_kind", kind, lang))
    return ", ".join(filter(None, words))


def tip_of(book: EvidenceBook, row: Row, lang: str) -> str:
    """What one act was, in a line."""
    court = book.name("body", row["court"]).first(lang) if row["court"] else ""
    words = [
        row["date"], token_label("stage", row["stage"], lang), token_label("outcome", row["outcome"], lang),
        term_text(row, lang), court, book.name("person", row["defendant"]).first(lang),
    ]  # fmt: skip
    return " · ".join(shown(w) for w in words if w)


def lanes(rows: Sequence[Lane], axis: Axis, *, top: float = 0) -> tuple[Markup, float]:
    """The lanes under each other with the years below; and the height they take."""
    bottom = top + LANE * len(rows) + 8
    out = [axis.grid(top, bottom)]
    for number, lane in enumerate(rows):
        y = top + LANE * number + LANE / 2 + 4
        out.append(line(LEFT - 8, y, axis.right, y, "grid"))
        out.append(mark_svg(lane.kind, 14, y, 7, listed=lane.listed))
        out.append(svg_text(28, y + 4, short(lane.name, 34), cls="strong" if lane.listed else "ink"))
        for start, end, tip in lane.bars:
            a, b = axis.span(start)[0], axis.span(end)[1]
            out.append(rect(a, y - 8, max(b - a, 3), 16, "band", tip=tip))
        for spot, count in _gathered(lane.spots):
            out.append(axis.doubt(spot.date, y))
            drawn = mark_svg(spot.kind, axis.middle(spot.date), y, 6.5, tip=spot.tip)
            out.append(drawn if spot.counts else Markup('<g opacity="0.45">{}</g>').format(drawn))
            if count > 1:
                out.append(svg_text(axis.middle(spot.date) + 8, y - 4, f"×{count}", cls="mut", size=10))
    return Markup("").join(out), bottom + 26


def _gathered(spots: Sequence[Spot]) -> list[tuple[Spot, int]]:
    """Marks that would lie on each other as one, with their number; its tooltip has a line for each."""
    groups: dict[tuple[str, str, bool], list[str]] = {}
    for spot in spots:
        groups.setdefault((spot.date, spot.kind, spot.counts), []).append(spot.tip)
    return [(Spot(d, k, " | ".join(tips), c), len(tips)) for (d, k, c), tips in groups.items()]


def act_table(book: EvidenceBook, rows: Iterable[Row], numbers: Numbering, lang: str, *, who: bool) -> Table:
    """The acts behind a picture, in order of time, each with its sources; `who` adds the official's name."""
    t = {
        k: message(k, lang)
        for k in ("date", "name", "role", "stage", "matter", "court", "outcome", "rests_on", "sources")
    }
    columns = [t["date"], *([t["name"]] if who else []), t["role"], t["stage"], t["matter"], t["court"], t["outcome"],
               t["rests_on"], t["sources"]]  # fmt: skip
    cells = []
    ordered = sorted(rows, key=lambda r: (r["date"] or "9999", r["matter"] or "", r["role"], r["person"]))
    note = message("acts.more", lang, n=len(ordered) - MOST_ROWS) if len(ordered) > MOST_ROWS else ""
    for row in ordered[-MOST_ROWS:]:
        outcome = ", ".join(filter(None, [token_label("outcome", row["outcome"], lang), term_text(row, lang)]))
        basis = token_label("basis", row["basis"], lang)
        cells.append([
            row["date"] or "", *([book.name("person", row["person"]).first(lang)] if who else []),
            token_label("role", row["role"], lang),
            token_label("stage", row["stage"], lang) or message("case_as_whole", lang),
            book.name("person", row["defendant"]).first(lang),
            book.name("body", row["court"]).first(lang) if row["court"] else "", outcome,
            basis if row["counts"] else f"{basis} ({message('not_counted', lang)})", numbers.cite(row["sources"]),
        ])  # fmt: skip
    return Table(message("acts", lang), columns, cells, note)


def references_of(book: EvidenceBook, numbers: Numbering) -> Sequence[Any]:
    """The documents that a sheet cites, in the order of their numbers."""
    return numbers.listed(book.references(numbers.ids))


def listed_now(casebook: Casebook, person: str) -> bool:
    """Whether somebody is on any list now."""
    return any(s["state"] == "listed" for s in casebook.listing_states(person))
