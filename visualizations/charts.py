"""Charts of the analyses: from the rows of an answer to one list of marks, and from it to SVG or PNG.

A chart holds lines, boxes, signs and texts with places and colours, nothing else; both formats are drawn from the
same list. Signs differ in shape as well as colour. The same answer gives the same bytes.
"""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

from graph.answers import Answer, Row
from graph.dates import first_day, last_day
from visualizations.marks import number
from visualizations.texts import short, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, ORANGE, PURPLE, GREEN, GREY, OCHRE = "#0072B2", "#D55E00", "#B0508A", "#009E73", "#757575", "#B8860B"
INK, FAINT, PAPER = "#14181f", "#dcd8cd", "#fffefb"
FORMS = ("svg", "png")
_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 900.0, 290.0, 60.0, 64.0, 22.0
_MOST = 40
_WHOLE = ("chain", "exchanges", "coverage")  # of these every row is drawn that can be
_LINE = 165  # characters of the smallest text that fit in the width
Sign = Literal["circle", "square", "diamond", "triangle", "cross", "ring"]
_STATES: Mapping[str, tuple[Sign, str, str]] = {
    "listed": ("square", ORANGE, "listed"),
    "delisted": ("triangle", PURPLE, "delisted"),
    "cannot_tell": ("diamond", OCHRE, "cannot tell"),
    "not_found": ("ring", BLUE, "looked up, not found"),
    "not_looked": ("cross", GREY, "not looked up"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that is drawn. `line` from (x, y) to (x2, y2); `box` with corners there; `sign` and `text` at (x, y)."""

    kind: Literal["line", "box", "sign", "text"]
    x: float
    y: float
    x2: float = 0
    y2: float = 0
    colour: str = INK
    text: str = ""
    sign: Sign = "circle"
    size: float = 11
    anchor: Literal["start", "middle", "end"] = "start"
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing: what it shows, its size, its marks in the order in which they are drawn."""

    title: str
    width: float
    height: float
    marks: Sequence[Mark]


def plotted(answer: Answer, suffix: str = ".svg", *, lang: str = "en") -> bytes:
    """The chart of an analysis' answer as a file with this ending; `lang` is that of people's names.

    Raises:
        ValueError: another ending than .svg or .png, or the analysis has no chart.
    """
    rows = [{k: _in(lang, v) for k, v in row.items()} for row in answer.rows]
    return plot(replace(answer, rows=rows), suffix.removeprefix(".").lower() or "svg")


def _in(lang: str, value: Any) -> Any:
    """The same value with the name in `lang`, where there is one, before the others."""
    if isinstance(value, Mapping):
        if "en" in value and "ru" in value:
            return {k: value[k] for k in sorted(value, key=lambda k: k != lang)}
        return {k: _in(lang, v) for k, v in value.items()}
    return [_in(lang, v) for v in value] if isinstance(value, list) else value


def plot(answer: Answer, form: str = "svg") -> bytes:
    """The chart of an analysis' answer.

    Raises:
        ValueError: the form is neither svg nor png, or the analysis has no chart.
    """
    if form not in FORMS:
        raise ValueError(f"a chart is drawn as {' or '.join(FORMS)}, not {form}")
    if answer.question not in PLOTS:
        raise ValueError(f"{answer.question} has no chart (there are {', '.join(PLOTS)})")
    chart = _footed(PLOTS[answer.question](answer), answer)
    return as_svg(chart).encode() if form == "svg" else as_png(chart)


# --- charts -----------------------------------------------------------------------------------------------------


def observed_and_expected(answer: Answer) -> Chart:
    """For each tested row: the observed ratio with its 95 % interval, and 1 as the line of chance. Filled signs stand
    at q below 0.05, rings do not."""
    rows = [r for r in answer.rows if r.get("ratio") is not None and r.get("low") is not None][:_MOST]
    title = f"{answer.question}: observed against expected"
    if not rows:
        return _nothing(title, "no row was tested")
    high = min(20.0, max(2.0, *(min(r["high"], 3 * r["ratio"] + 1) for r in rows)))
    scale = _Scale(0, high, _LEFT, _WIDTH - _RIGHT)
    bottom = _TOP + _ROW * len(rows)
    marks = [
        *_ticks(scale, _TOP, bottom, "observed / expected"),
        _line(scale.at(1), _TOP - 6, scale.at(1), bottom, INK),
    ]
    for i, row in enumerate(rows):
        y = _TOP + _ROW * (i + 0.5)
        stands = row["q"] is not None and row["q"] < 0.05
        tip = f"observed {row['observed']}, expected {row['expected']}, p {row['p']}, q {row['q']}: {row['reading']}"
        marks.append(_text(_LEFT - 8, y + 4, _who(row), anchor="end"))
        marks.append(_line(scale.at(row["low"]), y, scale.at(min(row["high"], high)), y, GREY))
        marks.append(
            _sign(
                "diamond" if stands else "ring", scale.at(min(row["ratio"], high)), y, ORANGE if stands else BLUE, tip
            )
        )
    legend: list[tuple[Sign, str, str]] = [
        ("diamond", ORANGE, "q below 0.05"),
        ("ring", BLUE, "not beyond chance, or untestable"),
    ]
    return _framed(title, marks, bottom, legend)


def gap_matrix(answer: Answer) -> Chart:
    """Officials by programme: listed, delisted, cannot tell, looked up and not found, not looked up."""
    rows = list(answer.rows)[:_MOST]
    title = "officials with acts against defendants, list by list"
    programmes = list(dict.fromkeys(s["programme"] or s["authority"] for r in rows for s in r["listings"]))
    if not rows:
        return _nothing(title, "nobody")
    step = (_WIDTH - _LEFT - _RIGHT) / max(1, len(programmes))
    top = _TOP + 70
    bottom = top + _ROW * len(rows)
    marks: list[Mark] = []
    for j, programme in enumerate(programmes):
        marks.append(_text(_LEFT + step * (j + 0.5), _TOP + 14 * (j % 5), programme, anchor="middle", size=9))
        marks.append(_line(_LEFT + step * (j + 0.5), _TOP + 14 * (j % 5) + 4, _LEFT + step * (j + 0.5), bottom, FAINT))
    for i, row in enumerate(rows):
        y = top + _ROW * (i + 0.5)
        marks.append(_text(_LEFT - 8, y + 4, f"{_who(row)} ({row['adverse']})", anchor="end"))
        for state in row["listings"]:
            sign, colour, label = _STATES[state["state"]]
            x = _LEFT + step * (programmes.index(state["programme"] or state["authority"]) + 0.5)
            marks.append(_sign(sign, x, y, colour, f"{label} {state['date'] or ''}".strip()))
    return _framed(title, marks, bottom, list(_STATES.values()))


def exchange_balance(answer: Answer) -> Chart:
    """For each deal how many each side released: to the left the party with most, to the right all others."""
    deals: dict[str, dict[str, int]] = {}
    names: dict[str, str] = {}
    for row in answer.rows:
        if row["part"] == "released":
            party = "|".join(row["released_by"] or ["?"])
            deals.setdefault(row["exchange"], {}).setdefault(party, 0)
            deals[row["exchange"]][party] += 1
            name = _name(row["exchange_name"], row["exchange"])
            names[row["exchange"]] = f"{row['date'] or '?'} {short(name, 31)}"
    title = "released in each deal, by the party that released them (of those named in the sources)"
    if not deals:
        return _nothing(title, "no deal")
    most = max(max(d.values()) for d in deals.values())
    scale = _Scale(0, most, _LEFT, _WIDTH - _RIGHT)
    colours = dict(zip(_parties(deals), (BLUE, ORANGE, PURPLE, GREEN, OCHRE), strict=False))
    marks: list[Mark] = []
    y = _TOP
    for deal, sides in deals.items():
        marks.append(_text(_LEFT - 8, y + 13, names[deal], anchor="end"))
        for party, count in sorted(sides.items(), key=lambda s: (-s[1], s[0])):
            marks.append(
                Mark("box", _LEFT, y + 3, scale.at(count), y + 15, colours.get(party, GREY), tip=f"{party}: {count}")
            )
            marks.append(_text(scale.at(count) + 5, y + 13, f"{party} {count}"))
            y += 17
        y += 8
    return _framed(title, marks, y, [("square", c, p) for p, c in colours.items()] + [("square", GREY, "others")])


def coverage_bars(answer: Answer) -> Chart:
    """What share of the proceedings of each stage is known in each respect."""
    rows = [r for r in answer.rows if r["by"] in ("all", "stage")]
    fields = ("dated", "court_known", "outcome_known", "judge_named", "prosecutor_named", "articles_known")
    title = "share of proceedings for which something is known"
    if not rows:
        return _nothing(title, "no proceedings")
    step = (_WIDTH - _LEFT - _RIGHT) / len(fields)
    bottom = _TOP + 20 + 26 * len(rows)
    marks = [_text(_LEFT + step * j + 4, _TOP + 8, f.replace("_", " "), size=9) for j, f in enumerate(fields)]
    for i, row in enumerate(rows):
        y = _TOP + 20 + 26 * i
        marks.append(_text(_LEFT - 8, y + 15, f"{row['value'].replace('_', ' ')} ({row['proceedings']})", anchor="end"))
        for j, name in enumerate(fields):
            x, value = _LEFT + step * j + 4, row[name] or 0.0
            marks.append(Mark("box", x, y + 4, x + step - 10, y + 20, FAINT))
            marks.append(Mark("box", x, y + 4, x + (step - 10) * value, y + 20, BLUE, tip=f"{name}: {value:.0%}"))
            end = x + (step - 10) * value
            inside = value > 0.4
            marks.append(
                _text(x + 4 if inside else end + 4, y + 16, f"{value:.0%}", size=9, colour=PAPER if inside else INK)
            )
    return _framed(title, marks, bottom, [])


def posts(answer: Answer) -> Chart:
    """Timelines of officials: one bar for each post, stated ones filled, seen ones as a line between two signs."""
    rows = [r for r in answer.rows if r["from"]][:_MOST]
    title = "posts over time"
    if not rows:
        return _nothing(title, "no dated post")
    days = [first_day(r["from"]).toordinal() for r in rows] + [last_day(r["to"] or r["from"]).toordinal() for r in rows]
    scale = _Scale(min(days), max(max(days), min(days) + 365), _LEFT, _WIDTH - _RIGHT)
    bottom = _TOP + _ROW * len(rows)
    marks = _years(scale, _TOP, bottom)
    for i, row in enumerate(rows):
        y = _TOP + _ROW * (i + 0.5)
        a, b = scale.at(first_day(row["from"]).toordinal()), scale.at(last_day(row["to"] or row["from"]).toordinal())
        tip = f"{row['post']}, {(row['institution_name'] or {}).get('en') or row['institution'] or 'institution not known'}"
        marks.append(_text(_LEFT - 8, y + 4, _who(row), anchor="end"))
        if row["basis"] == "tenure":
            marks.append(Mark("box", a, y - 5, max(b, a + 2), y + 5, GREEN, tip=tip))
        else:
            marks += [_line(a, y, b, y, BLUE), _sign("circle", a, y, BLUE, tip), _sign("circle", b, y, BLUE, tip)]
        post, wide = row["post"].replace("_", " "), 5 * len(row["post"])
        beside = b + 8 + wide <= _WIDTH
        marks.append(
            _text(b + 8 if beside else a - 8, y + 4, post, size=9, colour=GREY, anchor="start" if beside else "end")
        )
    return _framed(
        title, marks, bottom, [("square", GREEN, "tenure as stated"), ("circle", BLUE, "first and last seen")]
    )


def tempo(answer: Answer) -> Chart:
    """Days of each step against the median of its court and stage; or reviews by court as bars."""
    if "decisions" in answer.columns:
        return _reviews(answer)
    # the only interval of a court is its own median and says nothing
    rows = [r for r in answer.rows if r["days"] is not None and r["court_steps"] > 1]
    title = "days since the step before, against the median of the same court and stage"
    if not rows:
        return _nothing(title, "no court with two dated intervals of one stage")
    most = _decades(max(max(r["days"], r["court_median_days"]) for r in rows))
    scale, high = _Scale(0, most, _LEFT, _WIDTH - _RIGHT), _Scale(0, most, 560, _TOP)
    marks = [_line(scale.at(0), high.at(0), scale.at(most), high.at(most), GREY)]
    for days in (d for d in (1, 3, 10, 30, 100, 300, 1000, 3000, 10000) if _decades(d) <= most):
        x, y = scale.at(_decades(days)), high.at(_decades(days))
        marks += [_line(x, _TOP, x, 560, FAINT), _line(_LEFT, y, _WIDTH - _RIGHT, y, FAINT)]
        marks += [
            _text(x, 574, str(days), anchor="middle", size=9, colour=GREY),
            _text(_LEFT - 8, y + 3, str(days), anchor="end", size=9, colour=GREY),
        ]
    marks.append(_text(_WIDTH - _RIGHT, 588, "median of the court (days)", anchor="end", size=10, colour=GREY))
    signs: Mapping[str, tuple[Sign, str]] = {
        "detention_extension": ("triangle", OCHRE), "first_instance": ("circle", BLUE), "retrial": ("cross", GREY),
        "appeal": ("square", ORANGE), "cassation": ("diamond", PURPLE),
    }  # fmt: skip
    for row in rows:
        sign, colour = signs.get(row["stage"], ("ring", GREY))
        marks.append(
            _sign(
                sign,
                scale.at(_decades(row["court_median_days"])),
                high.at(_decades(row["days"])),
                colour,
                f"{row['case']} {row['stage']}: {row['days']} days",
            )
        )
    marks.append(_text(_LEFT - 40, _TOP + 8, "days of the step", anchor="end", size=10, colour=GREY))
    legend = [(s, c, stage.replace("_", " ")) for stage, (s, c) in signs.items()]
    return _framed(title, marks, 570, [*legend, ("ring", GREY, "another stage")])


def _decades(days: float) -> float:
    return math.log10(max(1.0, days))


def _reviews(answer: Answer) -> Chart:
    rows = [r for r in answer.rows if not r["panel"]][:_MOST]
    if not rows:
        return _nothing("decisions reviewed", "none")
    parts = (("upheld", BLUE), ("changed", OCHRE), ("overturned", ORANGE), ("not_stated", GREY))
    scale = _Scale(0, max(r["decisions"] for r in rows), _LEFT, _WIDTH - _RIGHT)
    marks: list[Mark] = []
    for i, row in enumerate(rows):
        y, at = _TOP + _ROW * i, 0
        marks.append(
            _text(
                _LEFT - 8,
                y + 15,
                f"{short((row['court_name'] or {}).get('en') or row['court'], 34)}, {row['stage']}",
                anchor="end",
            )
        )
        for name, colour in parts:
            marks.append(
                Mark("box", scale.at(at), y + 4, scale.at(at + row[name]), y + 18, colour, tip=f"{name}: {row[name]}")
            )
            at += row[name]
    return _framed(
        "what became of the decisions reviewed",
        marks,
        _TOP + _ROW * len(rows),
        [("square", c, n.replace("_", " ")) for n, c in parts],
    )


def ranks(answer: Answer) -> Chart:
    """Betweenness of the first officials with the middle 95 % of the draws without a tenth of the matters."""
    rows = [r for r in answer.rows if r["betweenness"]][:_MOST]
    title = "betweenness among officials, and its span when a tenth of the matters is missing"
    if not rows:
        return _nothing(title, "nobody lies between others")
    scale = _Scale(0, max(max(r["high"] or 0, r["betweenness"]) for r in rows), _LEFT, _WIDTH - _RIGHT)
    bottom = _TOP + _ROW * len(rows)
    marks = _ticks(scale, _TOP, bottom, "betweenness")
    for i, row in enumerate(rows):
        y = _TOP + _ROW * (i + 0.5)
        marks.append(_text(_LEFT - 8, y + 4, _who(row), anchor="end"))
        if row["low"] is not None:
            marks.append(_line(scale.at(row["low"]), y, scale.at(row["high"]), y, GREY))
        marks.append(
            _sign(
                "square" if row["bridge"] else "circle",
                scale.at(row["betweenness"]),
                y,
                ORANGE if row["bridge"] else BLUE,
                row["reading"],
            )
        )
    return _framed(title, marks, bottom, [("square", ORANGE, "sat in two courts or more"), ("circle", BLUE, "in one")])


def shares(answer: Answer) -> Chart:
    """Matters of each expert beside each partner."""
    rows = [r for r in answer.rows if r["partner"]][:_MOST]
    title = "matters in which an expert stands beside the same partner"
    if not rows:
        return _nothing(title, "no expert beside anybody")
    scale = _Scale(0, max(r["matters"] for r in rows), _LEFT, _WIDTH - _RIGHT)
    marks: list[Mark] = []
    for i, row in enumerate(rows):
        y = _TOP + _ROW * i
        partner = (row["partner_name"] or {}).get("en") or row["partner"]
        marks.append(_text(_LEFT - 8, y + 15, f"{short(_who(row), 20)} – {short(partner, 20)}", anchor="end"))
        marks.append(
            Mark(
                "box",
                _LEFT,
                y + 4,
                scale.at(row["matters"]),
                y + 18,
                BLUE,
                tip=f"{row['matters']} of {row['partner_matters']}",
            )
        )
        marks.append(_text(_LEFT + 5, y + 15, f"{row['matters']} of {row['partner_matters']}", size=9, colour=PAPER))
    return _framed(title, marks, _TOP + _ROW * len(rows), [])


def power_curve(points: Sequence[tuple[int, float]]) -> Chart:
    """The share of planted teams that are found, by the number of judges (and prosecutors) of a court."""
    title = "planted teams found (10 of 120 matters), by the size of the court"
    if not points:
        return _nothing(title, "not measured")
    scale = _Scale(0, max(n for n, _ in points), _LEFT, _WIDTH - _RIGHT)
    high = _Scale(0, 1, 420, _TOP)
    marks = _ticks(scale, _TOP, 420, "judges, and as many prosecutors, in the court")
    marks += [
        _line(_LEFT, high.at(0.95), _WIDTH - _RIGHT, high.at(0.95), GREY),
        _text(_LEFT - 8, high.at(0.95) + 4, "95 %", anchor="end"),
    ]
    marks += [_text(_LEFT - 8, high.at(v) + 4, f"{v:.0%}", anchor="end") for v in (0.0, 0.5)]
    places = [(scale.at(n), high.at(v)) for n, v in sorted(points)]
    marks += [_line(a[0], a[1], b[0], b[1], BLUE) for a, b in itertools.pairwise(places)]
    marks += [
        _sign("circle", x, y, BLUE, f"{n}: {v:.1%}") for (x, y), (n, v) in zip(places, sorted(points), strict=True)
    ]
    return _framed(title, marks, 430, [])


PLOTS: Mapping[str, Callable[[Answer], Chart]] = {
    "recurring": observed_and_expected,
    "teams": observed_and_expected,
    "steering": observed_and_expected,
    "chain": tempo,
    "experts": shares,
    "careers": posts,
    "exchanges": exchange_balance,
    "gaps": gap_matrix,
    "structure": ranks,
    "coverage": coverage_bars,
}


# --- parts of charts ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scale:
    """Values from `low` to `high` laid over the stretch from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        span = self.high - self.low
        return self.start + (self.end - self.start) * ((value - self.low) / span if span else 0.0)


def _parties(deals: Mapping[str, Mapping[str, int]]) -> list[str]:
    totals: dict[str, int] = {}
    for sides in deals.values():
        for party, count in sides.items():
            totals[party] = totals.get(party, 0) + count
    return sorted(totals, key=lambda p: (-totals[p], p))[:6]


def _who(row: Row) -> str:
    """The label of a row: members of a team, a judge and what is attracted, or a person; in English, else Russian."""
    if row.get("members"):
        return " + ".join(short(_name(m["name"], m["person"]), 22) for m in row["members"])
    name = _name(row.get("name"), row.get("person") or row.get("court") or "")
    more = row.get("kind") or (row.get("role") if "months" in row else None)
    if row.get("by") in ("sex", "citizenship"):
        more = f"{row['by']} {more}"
    return f"{short(name, 26)}: {more.replace('_', ' ')}" if more else short(name, 44)


def _name(name: Mapping[str, str | None] | None, thing: str) -> str:
    return next((v for v in (name or {}).values() if v), thing)


def _ticks(scale: _Scale, top: float, bottom: float, label: str) -> list[Mark]:
    """Five or so round values with a faint line each, and what is measured."""
    span = scale.high - scale.low
    step = next((m * 10**e for e in range(-6, 10) for m in (1, 2, 5) if span / (m * 10**e) <= 8), span or 1)
    out: list[Mark] = []
    value = scale.low
    while value <= scale.high + 1e-9:
        out.append(_line(scale.at(value), top, scale.at(value), bottom, FAINT))
        out.append(_text(scale.at(value), bottom + 14, f"{value:g}", anchor="middle", size=9, colour=GREY))
        value = round(value + step, 10)
    out.append(_text(scale.at(scale.high), bottom + 28, label, anchor="end", size=10, colour=GREY))
    return out


def _years(scale: _Scale, top: float, bottom: float) -> list[Mark]:
    from datetime import date

    first, last = date.fromordinal(int(scale.low)).year, date.fromordinal(int(scale.high)).year + 1
    out = []
    for year in range(first + 1, last + 1, max(1, (last - first) // 12)):
        x = scale.at(date(year, 1, 1).toordinal())
        if scale.start <= x <= scale.end:
            out += [
                _line(x, top, x, bottom, FAINT),
                _text(x, bottom + 14, str(year), anchor="middle", size=9, colour=GREY),
            ]
    return out


def _framed(title: str, marks: Sequence[Mark], bottom: float, legend: Sequence[tuple[Sign, str, str]]) -> Chart:
    """A chart with its title and legend."""
    out = [_text(16, 26, title, size=15), *marks]
    x, y = 24.0, bottom + 48
    for sign, colour, label in legend:
        out += [_sign(sign, x, y - 4, colour), _text(x + 10, y, label)]
        x += 28 + 7 * len(label)
    return Chart(title, _WIDTH, bottom + 70, out)


def _footed(chart: Chart, answer: Answer) -> Chart:
    """The chart with what the data cover, and that not all rows are drawn where that is so."""
    drawn_in_part = answer.question not in _WHOLE and len(answer.rows) > _MOST
    said = [f"at most {_MOST} rows are drawn, of {len(answer.rows)}"] if drawn_in_part else []
    lines = [line for note in [*said, *answer.notes[-1:]] for line in wrap(note, _LINE)]
    marks = [_text(16, chart.height + 13 * i, line, size=9, colour=GREY) for i, line in enumerate(lines)]
    return replace(chart, height=chart.height + 13 * len(lines), marks=[*chart.marks, *marks])


def _nothing(title: str, why: str) -> Chart:
    return Chart(
        title, _WIDTH, 90, [_text(16, 26, title, size=15), _text(16, 56, f"nothing to draw: {why}", colour=GREY)]
    )


def _line(x: float, y: float, x2: float, y2: float, colour: str) -> Mark:
    return Mark("line", x, y, x2, y2, colour)


def _text(
    x: float,
    y: float,
    text: str,
    *,
    anchor: Literal["start", "middle", "end"] = "start",
    size: float = 11,
    colour: str = INK,
) -> Mark:
    return Mark("text", x, y, colour=colour, text=shown(text), size=size, anchor=anchor)


def _sign(sign: Sign, x: float, y: float, colour: str, tip: str = "") -> Mark:
    return Mark("sign", x, y, colour=colour, sign=sign, size=5, tip=shown(tip))


# --- formats --------------------------------------------------------------------------------------------------------


def as_svg(chart: Chart) -> str:
    """The chart as an SVG file of its own; all text is escaped."""
    size = (number(chart.width), number(chart.height))
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img"'
        ' font-family="Noto Sans, DejaVu Sans, sans-serif"><title>{2}</title><rect width="{0}" height="{1}" fill="{3}"/>'
    ).format(*size, shown(chart.title), PAPER)
    return str(head + Markup("").join(_svg(m) for m in chart.marks) + Markup("</svg>")) + "\n"


def drawn(chart: Chart) -> Markup:
    """The marks of a chart on its paper, to stand in a page."""
    size = (number(chart.width), number(chart.height))
    paper = Markup('<rect width="{}" height="{}" fill="{}"/>').format(*size, PAPER)
    return paper + Markup("").join(_svg(m) for m in chart.marks)


def _svg(mark: Mark) -> Markup:
    tip = Markup("<title>{}</title>").format(mark.tip) if mark.tip else Markup("")
    x, y, x2, y2 = (number(v) for v in (mark.x, mark.y, mark.x2, mark.y2))
    if mark.kind == "line":
        return Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="1.4"/>').format(
            x, y, x2, y2, mark.colour
        )
    if mark.kind == "box":
        width, height = number(max(0.0, mark.x2 - mark.x)), number(max(0.0, mark.y2 - mark.y))
        return Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}">{}</rect>').format(
            x, y, width, height, mark.colour, tip
        )
    if mark.kind == "text":
        return Markup('<text x="{}" y="{}" font-size="{}" text-anchor="{}" fill="{}">{}</text>').format(
            x, y, number(mark.size), mark.anchor, mark.colour, mark.text
        )
    if mark.sign in ("circle", "ring"):
        fill = mark.colour if mark.sign == "circle" else PAPER
        return Markup('<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="{}" stroke-width="1.6">{}</circle>').format(
            x, y, number(mark.size), fill, mark.colour, tip
        )
    points = " ".join(f"{number(a)},{number(b)}" for a, b in _outline(mark))
    return Markup('<polygon points="{}" fill="{}">{}</polygon>').format(points, mark.colour, tip)


def _outline(mark: Mark) -> list[tuple[float, float]]:
    """The corners of a sign."""
    s = mark.size
    shapes: Mapping[str, Sequence[tuple[float, float]]] = {
        "square": ((-s, -s), (s, -s), (s, s), (-s, s)),
        "diamond": ((0, -s * 1.3), (s * 1.3, 0), (0, s * 1.3), (-s * 1.3, 0)),
        "triangle": ((0, -s * 1.2), (s * 1.2, s), (-s * 1.2, s)),
        "cross": ((-s, -1), (s, -1), (s, 1), (-s, 1)),
    }
    return [(mark.x + a, mark.y + b) for a, b in shapes[mark.sign]]


def as_png(chart: Chart) -> bytes:
    """The same marks as a PNG of twice the size, drawn with matplotlib; without date or version in the file."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(chart.width / 72, chart.height / 72), dpi=144, facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, chart.width)
    axes.set_ylim(chart.height, 0)
    axes.axis("off")
    for order, mark in enumerate(chart.marks):
        _draw(axes, mark, order)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _draw(axes: Axes, mark: Mark, order: int) -> None:
    """Draws a mark above those before it; left to itself matplotlib puts lines above signs."""
    from matplotlib.patches import Circle, Polygon, Rectangle

    if mark.kind == "line":
        axes.plot([mark.x, mark.x2], [mark.y, mark.y2], color=mark.colour, linewidth=1.4, zorder=order)
    elif mark.kind == "box":
        axes.add_patch(
            Rectangle(
                (mark.x, mark.y),
                max(0.0, mark.x2 - mark.x),
                max(0.0, mark.y2 - mark.y),
                color=mark.colour,
                linewidth=0,
                zorder=order,
            )
        )
    elif mark.kind == "text":
        place: Mapping[str, Literal["left", "center", "right"]] = {"start": "left", "middle": "center", "end": "right"}
        text = mark.text.replace("$", r"\$")  # matplotlib reads a dollar as the start of a formula
        axes.text(
            mark.x,
            mark.y,
            text,
            fontsize=mark.size * 0.95,
            color=mark.colour,
            ha=place[mark.anchor],
            va="baseline",
            zorder=order,
        )
    elif mark.sign in ("circle", "ring"):
        fill = mark.colour if mark.sign == "circle" else PAPER
        axes.add_patch(
            Circle((mark.x, mark.y), mark.size, facecolor=fill, edgecolor=mark.colour, linewidth=1.6, zorder=order)
        )
    else:
        axes.add_patch(Polygon(_outline(mark), closed=True, facecolor=mark.colour, linewidth=0, zorder=order))
