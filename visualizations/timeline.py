"""When what happened: the acts of an official, the course of a case, the years of a court."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from markupsafe import Markup

from graph.casebook import Casebook
from graph.errors import NotFound
from visualizations.acts import (
    LEFT,
    Lane,
    Spot,
    act_table,
    lanes,
    listed_now,
    mark_of,
    references_of,
    term_text,
    tip_of,
)
from visualizations.evidence import EvidenceBook
from visualizations.marks import kind_of_role, mark_svg, svg_text
from visualizations.sheets import WIDTH, Axis, Figure, Numbering, Sheet, Table, flag, levels, line, rect
from visualizations.shell import Footing
from visualizations.texts import counted, message, months_text, plural, short, shown, token_label

Row = Mapping[str, Any]
_STEMS = 190
_MARKS = ("custody", "no_term", "favourable")


def timeline(
    casebook: Casebook,
    *,
    official: str | None = None,
    case: str | None = None,
    court: str | None = None,
    lang: str = "en",
    data_hash: str = "",
    as_of: str = "",
) -> Sheet:
    """The timeline of one official, case or court, by its canonical id.

    Raises:
        ValueError: not exactly one of the three is given.
        NotFound: the casebook has no act of it.
    """
    given = [g for g in (official, case, court) if g]
    if len(given) != 1:
        raise ValueError(f"give one of official, case and court, got {len(given)}")
    footing = Footing(data_hash=data_hash, as_of=as_of or EvidenceBook(casebook).cut_off(), profile=casebook.profile)
    if official:
        return _official(casebook, official, lang, footing)
    return _case(casebook, case, lang, footing) if case else _court(casebook, str(court), lang, footing)


def _official(casebook: Casebook, person: str, lang: str, footing: Footing) -> Sheet:
    book, numbers = EvidenceBook(casebook), Numbering()
    frame = casebook.at("involvements", "person", [person]).filter("official")
    rows = frame.to_dicts()
    if not rows:
        raise NotFound(f"{person!r} has no role as an official here; ask `who` for what is known of this person")
    listings = casebook.at("listings", "person", [person]).to_dicts()
    posts = casebook.at("tenures", "person", [person]).to_dicts()
    name = book.name("person", person)
    dated = [r for r in rows if r["date"] and r["basis"] != "other_hearing"]
    flags = [(r["list_date"], _listing_text(r)) for r in listings if r["list_date"]]
    figure = _stems(book, dated, posts, flags, lang)
    kinds = [kind_of_role(r["role"]) for r in rows]
    months = sum(r["sentence_months"] or 0 for r in dated if r["counts"] and mark_of(r) == "custody")
    matters = frame.filter("counts")["matter"].n_unique()
    table = act_table(book, rows, numbers, lang, who=False)
    lists = _listing_table(casebook, person, listings, numbers, lang)
    return Sheet(
        message("title.timeline", lang, name=name.first(lang)),
        message("lead.official", lang, dated=len(dated), all=len(rows)), lang, [figure] if figure else [],
        [table, lists], references_of(book, numbers),
        [
            (str(matters), _noun("matter", matters, lang)),
            (str(len(rows)), message("acts", lang)),
            (months_text(months, lang) or "–", message("terms_total" if "judge" in kinds else "terms_there", lang)),
            (", ".join(token_label("role", r, lang) for r in sorted({r["role"] for r in rows})), message("roles", lang)),
        ],
        " · ".join(filter(None, [name.second(lang), Counter(kinds).most_common(1)[0][0] and ""])), footing,
    )  # fmt: skip


def _noun(key: str, count: int, lang: str) -> str:
    return message(f"{key}.{plural(count, lang)}", lang, n="").strip()


def _listing_text(row: Row) -> str:
    return f"{row['programme'] or row['authority']} {row['list_date']}"


def _stems(
    book: EvidenceBook, rows: Sequence[Row], posts: Sequence[Row], flags: Sequence[tuple[str, str]], lang: str
) -> Figure | None:
    """Acts as stems whose height is the term, posts as bars above them, listings as flags."""
    stretch = [d for p in posts for d in (p["from"], p["to"])]
    axis = Axis.over([*(r["date"] for r in rows), *(d for d, _ in flags), *stretch], left=60, right=WIDTH - 90)
    if axis is None:
        return None
    marked = sorted(flags)
    steps = levels([(axis.middle(d), 7.0 * len(text) + 12) for d, text in marked])
    top = 8 + 13 * (max(steps) + 1 if steps else 0)
    base = top + 20 * len(posts) + _STEMS
    longest = max((r["sentence_months"] or 0 for r in rows), default=0)
    unit = (_STEMS - 40) / max(longest, 12)
    out = [axis.grid(top, base), *_scale(axis, base, unit, longest, lang)]
    for i, post in enumerate(posts):
        a = axis.span(post["from"])[0] if post["from"] else axis.left
        b = axis.span(post["to"])[1] if post["to"] else axis.right
        label = f"{post['post']}, {book.name('body', post['body']).first(lang) if post['body'] else ''}".strip(", ")
        out += [
            rect(a, top + 20 * i, b - a, 16, "band", tip=label),
            svg_text(a + 5, top + 20 * i + 12, short(label, 60), size=11),
        ]
    out.append(line(axis.left, base, axis.right, base, "axis"))
    for row in sorted(rows, key=lambda r: (r["date"], r["matter"] or "")):
        x, kind = axis.middle(row["date"]), mark_of(row)
        y = base - _height(row, longest) * unit if kind == "custody" else base
        tip = tip_of(book, row, lang)
        stem = line(x, base, x, y, "stem", width=1.6) if kind == "custody" else Markup("")
        act = axis.doubt(row["date"], y) + stem + mark_svg(kind, x, y, 6, tip=tip)
        out.append(act if row["counts"] else Markup('<g opacity="0.45">{}</g>').format(act))
    out += _names_of_stems(book, rows, axis, base, unit, longest, lang)
    for (day, text), level in zip(marked, steps, strict=True):
        out.append(flag(axis.middle(day), 0, base, text, level))
    title = message("figure.acts", lang)
    return Figure(
        title, Markup("").join(out), base + 26, caption=message("figure.stems", lang), kinds=(*_MARKS, "listing")
    )


def _height(row: Row, longest: int) -> int:
    """The months that a stem stands for; life stands as high as the longest term there, and is named."""
    return row["sentence_months"] or max(longest, 12)


def _scale(axis: Axis, base: float, unit: float, longest: int, lang: str) -> list[Markup]:
    step = 12 * next((s for s in (1, 2, 3, 5, 10) if longest / 12 / s <= 5), 20)
    out = []
    for months in range(step, longest + 1, step):
        y = base - months * unit
        out += [line(axis.left, y, axis.right, y, "grid", dash="2 4"),
                svg_text(axis.left - 8, y + 4, months_text(months, lang), anchor="end", cls="mut", size=11)]  # fmt: skip
    return out


def _names_of_stems(
    book: EvidenceBook, rows: Sequence[Row], axis: Axis, base: float, unit: float, longest: int, lang: str
) -> list[Markup]:
    """The defendant's name above each term, longest first, where there is room."""
    taken: list[tuple[float, float, float, float]] = []
    out = []
    for row in sorted(rows, key=lambda r: (-(r["sentence_months"] or 0), r["date"])):
        if mark_of(row) != "custody":
            continue
        text = short(book.name("person", row["defendant"]).first(lang), 24)
        if not row["sentence_months"]:
            text += f" ({term_text(row, lang)})"
        x, y = axis.middle(row["date"]) + 9, base - _height(row, longest) * unit + 4
        box = (x, y - 11, x + 6.4 * len(text), y + 3)
        if not any(box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3] for o in taken):
            taken.append(box)
            out.append(svg_text(x, y, text, cls="mut", size=11))
    return out


def _listing_table(casebook: Casebook, person: str, listings: Sequence[Row], numbers: Numbering, lang: str) -> Table:
    proof: dict[tuple[str, str | None], list[str]] = {}
    reason: dict[tuple[str, str | None], str] = {}
    for row in listings:
        key = (row["authority"], row["programme"])
        proof.setdefault(key, []).extend(row["sources"])
        reason[key] = reason.get(key) or row["reason"] or ""
    cells = []
    for state in casebook.listing_states(person):
        key = (state["authority"], state["programme"])
        cells.append([
            token_label("authority", state["authority"], lang), state["programme"] or message("programme_unknown", lang),
            message("state." + state["state"], lang), state["date"] or "", reason.get(key, ""),
            numbers.cite(proof.get(key, ())),
        ])  # fmt: skip
    heads = [message(k, lang) for k in ("authority", "programme", "state", "date", "reason", "sources")]
    return Table(message("listings", lang), heads, cells)


def _case(casebook: Casebook, case: str, lang: str, footing: Footing) -> Sheet:
    book, numbers = EvidenceBook(casebook), Numbering()
    found = casebook.at("cases", "case", [case]).to_dicts()
    if not found:
        raise NotFound(f"there is no case {case!r}; `case NAME` lists those of a person")
    card = found[0]
    acts = casebook.at("proceedings", "case", [case]).to_dicts()
    rows = casebook.at("involvements", "case", [case]).filter("official").to_dicts()
    steps = [
        Lane(token_label("stage", stage, lang), "matter",
             [Spot(p["date"], mark_of(p), tip_of(book, {**p, "defendant": None}, lang)) for p in acts if p["stage"] == stage and p["date"]])
        for stage in dict.fromkeys(p["stage"] for p in sorted(acts, key=lambda p: p["date"] or "9999"))
    ]  # fmt: skip
    if card["arrest_date"]:
        arrest = Spot(card["arrest_date"], "arrest", message("fact.arrested", lang) + " " + card["arrest_date"])
        steps.insert(0, Lane(message("fact.arrested", lang), "defendant", [arrest]))
    releases = _releases(casebook, book, card["defendant"], lang)
    people = _lanes_of_people(casebook, book, rows, lang)
    every = [*[s for s in steps if s.spots], *people, *releases]
    axis = Axis.over([s.date for lane in every for s in lane.spots], left=LEFT, right=WIDTH - 20)
    body, height = lanes(every, axis) if axis else (Markup(""), 0.0)
    name = book.name("person", card["defendant"])
    figures = (
        [
            Figure(
                message("figure.course", lang), body, height, caption=message("figure.lanes", lang), kinds=_kinds(every)
            )
        ]
        if axis
        else []
    )
    own = Table(
        message("proceedings", lang),
        [message(k, lang) for k in ("date", "stage", "court", "outcome", "sources")],
        [
            [p["date"] or "", token_label("stage", p["stage"], lang),
             book.name("body", p["court"]).first(lang) if p["court"] else "",
             ", ".join(filter(None, [token_label("outcome", p["outcome"], lang), term_text(p, lang)])),
             numbers.cite(p["sources"])]
            for p in sorted(acts, key=lambda p: p["date"] or "9999")
        ],
    )  # fmt: skip
    title = None if card["defendant"] in casebook.children else card["title"]
    return Sheet(
        message("title.timeline", lang, name=name.first(lang)), shown(title or ""), lang, figures,
        [own, act_table(book, rows, numbers, lang, who=True)], references_of(book, numbers),
        [(", ".join(card["articles"]) or "–", message("fact.articles", lang)), (card["arrest_date"] or "–", message("fact.arrested", lang))],
        name.second(lang), footing,
    )  # fmt: skip


def _kinds(rows: Sequence[Lane]) -> tuple[str, ...]:
    """The marks that stand on these lanes, for the legend."""
    used = {s.kind for lane in rows for s in lane.spots}
    return tuple(k for k in ("arrest", *_MARKS, "exchange") if k in used)


def _releases(casebook: Casebook, book: EvidenceBook, person: str | None, lang: str) -> list[Lane]:
    if person is None:
        return []
    out = []
    for row in casebook.at("participants", "person", [person]).to_dicts():
        deal = casebook.at("exchanges", "exchange", [row["exchange"]]).to_dicts()
        if deal and deal[0]["date"]:
            name = book.name("exchange", row["exchange"]).first(lang)
            out.append(Lane(name, "exchange", [Spot(deal[0]["date"], "exchange", f"{name} {deal[0]['date']}")]))
    return out


def _lanes_of_people(
    casebook: Casebook, book: EvidenceBook, rows: Sequence[Row], lang: str, *, most: int = 40
) -> list[Lane]:
    """A lane for each official with dated acts: most matters first in courts, by first act where all have one."""
    per: dict[str, list[Row]] = {}
    for row in rows:
        if row["date"] and row["basis"] != "other_hearing":
            per.setdefault(row["person"], []).append(row)
    weight = {p: len({r["matter"] for r in own if r["counts"]}) for p, own in per.items()}
    order = sorted(per, key=lambda p: (-weight[p], min(r["date"] for r in per[p]), p))[:most]
    return [
        Lane(
            book.name("person", p).first(lang),
            kind_of_role(Counter(r["role"] for r in per[p]).most_common(1)[0][0]),
            [Spot(r["date"], mark_of(r), tip_of(book, r, lang), bool(r["counts"])) for r in sorted(per[p], key=lambda r: r["date"])],
            listed_now(casebook, p),
        )
        for p in order
    ]  # fmt: skip


def _court(casebook: Casebook, body: str, lang: str, footing: Footing) -> Sheet:
    book, numbers = EvidenceBook(casebook), Numbering()
    rows = acts_at(casebook, body)
    if not rows:
        raise NotFound(f"no official's act is known at {body!r}; `court NAME` lists courts by name")
    figure = lanes_of_court(casebook, book, rows, lang)
    name = book.name("body", body)
    return Sheet(
        message("title.timeline", lang, name=name.first(lang)), message("lead.court", lang), lang,
        [figure] if figure else [], [act_table(book, rows, numbers, lang, who=True)], references_of(book, numbers),
        _court_numbers(rows, lang), name.second(lang), footing,
    )  # fmt: skip


def acts_at(casebook: Casebook, body: str) -> Sequence[Row]:
    """The officials' acts in a court, and those of officials who sit there by their own institution."""
    frame = casebook.involvements.filter(
        pl.col("official") & ((pl.col("court") == body) | (pl.col("institution") == body)).fill_null(False)
    )
    return frame.sort("person", "date", "case", "role", nulls_last=True).to_dicts()


def lanes_of_court(casebook: Casebook, book: EvidenceBook, rows: Sequence[Row], lang: str) -> Figure | None:
    """A lane for each official of a court."""
    people = _lanes_of_people(casebook, book, rows, lang)
    axis = Axis.over([s.date for lane in people for s in lane.spots], left=LEFT, right=WIDTH - 20)
    if axis is None:
        return None
    body, height = lanes(people, axis)
    return Figure(message("figure.judges", lang), body, height, caption=message("figure.lanes", lang), kinds=_MARKS)


def _court_numbers(rows: Sequence[Row], lang: str) -> list[tuple[str, str]]:
    counting = [r for r in rows if r["counts"]]
    matters, people = ({r[c] for r in counting} for c in ("matter", "person"))
    return [
        (str(len(matters)), message("matters", lang)), (str(len(people)), message("officials", lang)),
        (str(len(rows)), message("acts", lang)),
        (counted("source", len({s for r in rows for s in r["sources"]}), lang).split("\u202f")[0].split(" ")[0], message("sources", lang)),
    ]  # fmt: skip
