"""A sheet: a page with figures drawn as SVG, the tables behind them and their sources; and the figure alone as SVG.

Timelines, exchanges, the matrix and courts are sheets. They are drawn with the few strokes of this module, so that no
picture has a style of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from markupsafe import Markup, escape

from graph.dates import first_day, last_day
from visualizations.marks import legend, number, svg_text
from visualizations.network_model import Reference
from visualizations.shell import Footing, page
from visualizations.texts import shown

WIDTH = 1100
_STYLE = (
    ".ink{fill:#14181f}.mut{fill:#59616e}.acc{fill:#7a1f1f}.strong{font-weight:600;fill:#14181f}.axis{stroke:#59616e}"
    ".grid{stroke:#dcd8cd}.band{fill:#ece9e0}.stem{stroke:#14181f}.wire{stroke:#9aa1ad}.flagline{stroke:#7a1f1f}"
)
Cell = "str | Markup"


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing of `width` × `height`, what it is, and the kinds of mark in its legend."""

    title: str
    body: Markup
    height: float
    width: float = WIDTH
    caption: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text; cells that are `Markup` are ours, all others are escaped by the template."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page on one question. `references` is the list that the numbers in cells point to."""

    title: str
    lead: str
    lang: str
    figures: Sequence[Figure]
    tables: Sequence[Table]
    references: Sequence[Reference] = ()
    figures_in_short: Sequence[tuple[str, str]] = ()
    second: str = ""
    footing: Footing = field(default_factory=Footing)


def sheet_page(sheet: Sheet) -> str:
    """The sheet as one HTML file."""
    return page(
        "sheet.html.j2", lang=sheet.lang, title=sheet.title, footing=sheet.footing, sheet=sheet,
        drawings=[_inline(f, i) for i, f in enumerate(sheet.figures)],
        legends=[legend(list(f.kinds), sheet.lang) if f.kinds else "" for f in sheet.figures],
    )  # fmt: skip


def sheet_svg(sheet: Sheet, which: int = 0) -> str:
    """One figure of the sheet as an SVG file: with its title, its sources' number and the sentence on guilt.

    Raises:
        ValueError: the sheet has no such figure.
    """
    if not 0 <= which < len(sheet.figures):
        raise ValueError(f"the sheet has {len(sheet.figures)} figures, there is no number {which}")
    figure = sheet.figures[which]
    title = f"{shown(sheet.title)} · {shown(figure.title)}"
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -40 {} {}" width="{}" height="{}" role="img" color="#14181f" '
        'font-family="Noto Sans, DejaVu Sans, sans-serif" font-size="12"><title>{}</title><style>{}</style>'
        '<rect x="0" y="-40" width="{}" height="{}" fill="#fffefb"/>'
    ).format(
        number(figure.width), number(figure.height + 76), number(figure.width), number(figure.height + 76), title,
        Markup(_STYLE), number(figure.width), number(figure.height + 76),
    )  # fmt: skip
    top = svg_text(12, -16, title, cls="strong", size=15)
    from visualizations.texts import message

    foot = svg_text(12, figure.height + 24, message("not_guilt", sheet.lang), cls="mut", size=11)
    return str(head + top + figure.body + foot + Markup("</svg>")) + "\n"


def _inline(figure: Figure, which: int) -> Markup:
    return Markup(
        '<svg viewBox="0 0 {} {}" width="{}" role="img" aria-labelledby="figure-{}" font-size="12">{}</svg>'
    ).format(number(figure.width), number(figure.height), number(figure.width), which, figure.body)


class Numbering:
    """Numbers of sources in the order in which a sheet first cites them."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def cite(self, ids: Iterable[str]) -> Markup:
        """Links to the sources' numbers, ascending."""
        numbers = sorted({self._numbers.setdefault(i, len(self._numbers) + 1) for i in sorted(ids)})
        return Markup(" ").join(Markup('<a href="#r{0}">{0}</a>').format(n) for n in numbers)

    def listed(self, references: Mapping[str, Reference]) -> list[Reference]:
        return [references[i] for i in self._numbers]

    @property
    def ids(self) -> list[str]:
        return list(self._numbers)


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale of time: whole years from `first` to `last`, from x `left` to `right`."""

    first: int
    last: int
    left: float
    right: float

    @classmethod
    def over(cls, dates: Iterable[str | None], *, left: float, right: float) -> Axis | None:
        """The scale that holds these dates; None where there is none."""
        texts = [d for d in dates if d]
        if not texts:
            return None
        return cls(min(first_day(t).year for t in texts), max(last_day(t).year for t in texts) + 1, left, right)

    def day(self, day: date) -> float:
        """Where a day is."""
        start, end = date(self.first, 1, 1).toordinal(), date(self.last, 1, 1).toordinal()
        return self.left + (self.right - self.left) * (day.toordinal() - start) / (end - start)

    def span(self, text: str) -> tuple[float, float]:
        """From where to where a date may lie: a year is a year wide."""
        return self.day(first_day(text)), self.day(last_day(text))

    def middle(self, text: str) -> float:
        a, b = self.span(text)
        return (a + b) / 2

    def grid(self, top: float, bottom: float) -> Markup:
        """A line at each year's start and its number under the middle of the year, thinned out where it is narrow."""
        years = self.last - self.first
        step = max(1, round(42 * years / (self.right - self.left) + 0.49))
        out = []
        for year in range(self.first, self.last + 1):
            x = self.day(date(year, 1, 1))
            out.append(line(x, top, x, bottom, "grid"))
            if year < self.last and (year - self.first) % step == 0:
                out.append(
                    svg_text(
                        (x + self.day(date(year + 1, 1, 1))) / 2, bottom + 16, year, anchor="middle", cls="mut", size=11
                    )
                )
        return Markup("").join(out)

    def doubt(self, text: str, y: float) -> Markup:
        """The stretch in which a date may lie, where it is not a day."""
        a, b = self.span(text)
        return line(a, y, b, y, "wire", width=2) if b - a > 6 else Markup("")


def line(x1: float, y1: float, x2: float, y2: float, cls: str, *, width: float = 1, dash: str = "") -> Markup:
    """One stroke."""
    return Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}" stroke-width="{}"{}/>').format(
        number(x1), number(y1), number(x2), number(y2), cls, number(width),
        Markup(' stroke-dasharray="{}"').format(dash) if dash else "",
    )  # fmt: skip


def rect(x: float, y: float, width: float, height: float, cls: str, *, tip: str = "", opacity: float = 1) -> Markup:
    """One bar or field, with a tooltip where there is one."""
    title = Markup("<title>{}</title>").format(escape(shown(tip))) if tip else ""
    fade = Markup(' fill-opacity="{}"').format(number(opacity)) if opacity < 1 else ""
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" class="{}"{}>{}</rect>').format(
        number(x), number(y), number(width), number(height), cls, fade, title
    )


def flag(x: float, top: float, bottom: float, text: str, level: int) -> Markup:
    """A dated event across the whole picture: a dashed line with its name at the top, on one of several levels."""
    y = top + 13 * level
    return line(x, y, x, bottom, "flagline", dash="3 3") + svg_text(x + 4, y + 9, text, cls="acc", size=11)


def levels(spots: Sequence[tuple[float, float]]) -> list[int]:
    """For each (x, width), left to right, the first level on which it does not run into the one before."""
    ends: list[float] = []
    out = []
    for x, width in spots:
        level = next((i for i, end in enumerate(ends) if end <= x), len(ends))
        ends[level : level + 1] = [x + width]
        out.append(level)
    return out
