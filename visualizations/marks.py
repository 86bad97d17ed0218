"""One mark: its shape, its colours and its name, read from `styles.csv`; the legend comes from the same table.

Shape tells the type, colour supports it, a heavy outline says that somebody is on a sanctions list. Paths are drawn
in a box from -10 to 10 round the origin, so that a browser's canvas and an SVG draw the same thing.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from markupsafe import Markup, escape

from visualizations.texts import shown

_HERE = Path(__file__).parent
UNIT = 10
"""Half the side of the box in which paths are drawn."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How one kind of thing is drawn and called."""

    kind: str
    group: str
    roles: tuple[str, ...]
    path: str
    light: str
    dark: str
    label_en: str
    label_ru: str
    plural_en: str
    plural_ru: str

    def label(self, lang: str) -> str:
        return self.label_ru if lang == "ru" else self.label_en

    def plural(self, lang: str) -> str:
        return self.plural_ru if lang == "ru" else self.plural_en


@cache
def marks() -> Mapping[str, Mark]:
    """All marks by kind, in the order of the legend."""
    with (_HERE / "styles.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row.pop("kind"), row.pop("group"), row.pop("roles"), row) for row in csv.DictReader(file)]
    return MappingProxyType(
        {kind: Mark(kind, group, tuple(filter(None, roles.split("|"))), **more) for kind, group, roles, more in rows}
    )


def mark(kind: str) -> Mark:
    """The mark of a kind.

    Raises:
        LookupError: `styles.csv` has no such kind.
    """
    try:
        return marks()[kind]
    except KeyError:
        raise LookupError(f"{kind!r} is not in visualizations/styles.csv (it has {', '.join(marks())})") from None


@cache
def kind_of_role(role: str) -> str:
    """The kind whose mark an official in this role has; `officer` for a role that has none of its own."""
    return next((m.kind for m in marks().values() if role in m.roles), "officer")


def mark_svg(kind: str, x: float, y: float, size: float, *, listed: bool = False, tip: str = "") -> Markup:
    """One mark as an SVG path of radius `size` at (x, y), with a tooltip where `tip` is given.

    Colours stand in attributes, for programs that read no style sheet, and in classes, for pages with a dark theme.
    """
    style, scale = mark(kind), size / UNIT
    outline = Markup(' stroke="currentColor" stroke-width="{}" stroke-linejoin="round"').format(
        number(2.6 / scale * 0.9)
    )
    title = Markup("<title>{}</title>").format(shown(tip)) if tip else Markup("")
    return Markup('<path class="m m-{}" transform="translate({} {}) scale({})" d="{}" fill="{}"{}>{}</path>').format(
        kind, number(x), number(y), number(scale), style.path, style.light, outline if listed else "", title
    )


def glyph(kind: str, *, listed: bool = False, size: int = 14) -> Markup:
    """One mark as a small picture to stand in a line of text; readers of text alone get the words beside it."""
    return Markup(
        '<svg class="glyph" width="{}" height="{}" viewBox="-13 -13 26 26" aria-hidden="true">{}</svg>'
    ).format(size, size, mark_svg(kind, 0, 0, UNIT, listed=listed))


def sprite() -> Markup:
    """All marks as symbols, once in a page that has many glyphs; `used` draws one of them."""
    symbols = [
        Markup('<symbol id="g-{}" viewBox="-13 -13 26 26"><path class="m-{}" d="{}" fill="{}"/></symbol>').format(
            m.kind, m.kind, m.path, m.light
        )
        for m in marks().values()
    ]
    return Markup('<svg width="0" height="0" class="sr" aria-hidden="true">{}</svg>').format(Markup("").join(symbols))


def used(kind: str, *, listed: bool = False) -> Markup:
    """A glyph that refers to the page's sprite: a fifth of the size."""
    cls = "glyph listed" if listed else "glyph"
    return Markup('<svg class="{}" aria-hidden="true"><use href="#g-{}"/></svg>').format(cls, kind)


def used_at(kind: str, x: float, y: float, size: float, *, listed: bool = False) -> Markup:
    """A mark of radius `size` at (x, y) in a drawing that stands in a page with the sprite."""
    half = size / UNIT * 13
    return Markup('<use href="#g-{}" x="{}" y="{}" width="{}" height="{}"{}/>').format(
        kind,
        number(x - half),
        number(y - half),
        number(2 * half),
        number(2 * half),
        Markup(' class="listed"') if listed else "",
    )


@cache
def mark_css() -> str:
    """The style rules that colour marks in both themes."""
    light = "".join(f"--m-{m.kind}:{m.light};" for m in marks().values())
    dark = "".join(f"--m-{m.kind}:{m.dark};" for m in marks().values())
    rules = "".join(f".m-{kind}{{fill:var(--m-{kind})}}" for kind in marks())
    return f":root{{{light}}}[data-theme=dark]{{{dark}}}{rules}"


def number(value: float) -> str:
    """A coordinate with at most two decimals and no trailing zeros, so that pictures are small and stable."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def legend(kinds: list[str], lang: str) -> Markup:
    """A line of glyphs with their names, for pictures whose legend is not a filter."""
    items = [Markup("<li>{} {}</li>").format(glyph(k), mark(k).label(lang)) for k in kinds]
    return Markup('<ul class="legend">{}</ul>').format(Markup("").join(items))


def svg_text(x: float, y: float, text: object, *, anchor: str = "start", cls: str = "", size: float = 0) -> Markup:
    """One line of text in an SVG, cleaned and escaped."""
    extra = Markup(' font-size="{}"').format(number(size)) if size else ""
    return Markup('<text x="{}" y="{}" text-anchor="{}" class="{}"{}>{}</text>').format(
        number(x), number(y), anchor, cls, extra, escape(shown(text))
    )
