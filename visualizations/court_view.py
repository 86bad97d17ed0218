"""A court: who judged there when, and what was tried by year and article."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from graph.articles import parse
from graph.casebook import Casebook
from graph.dates import first_day
from graph.errors import NotFound
from visualizations.acts import act_table, listed_now, references_of
from visualizations.evidence import EvidenceBook
from visualizations.marks import svg_text
from visualizations.sheets import Figure, Numbering, Sheet, Table, rect
from visualizations.shell import Footing
from visualizations.texts import message, short, shown, token_label
from visualizations.timeline import acts_at, lanes_of_court

Row = Mapping[str, Any]
_MOST = 18


def court_view(casebook: Casebook, court: str, *, lang: str = "en", data_hash: str = "", as_of: str = "") -> Sheet:
    """The page of one court, by its canonical id.

    Raises:
        NotFound: no official's act is known there.
    """
    book, numbers = EvidenceBook(casebook), Numbering()
    rows = acts_at(casebook, court)
    if not rows:
        raise NotFound(f"no official's act is known at {court!r}; `court NAME` lists courts by name")
    name = book.name("body", court)
    counting = [r for r in rows if r["counts"]]
    figures = [f for f in (lanes_of_court(casebook, book, rows, lang), _by_article(counting, lang)) if f]
    matters, people = ({r[c] for r in counting} for c in ("matter", "person"))
    return Sheet(
        message("title.court_view", lang, name=name.first(lang)), message("lead.court", lang), lang, figures,
        [_officials(casebook, book, rows, numbers, lang), act_table(book, rows, numbers, lang, who=True)],
        references_of(book, numbers),
        [(str(len(matters)), message("matters", lang)), (str(len(people)), message("officials", lang)),
         (str(sum(listed_now(casebook, p) for p in sorted(people))), message("officials_listed", lang))],
        name.second(lang), Footing(data_hash=data_hash, as_of=as_of or book.cut_off(), profile=casebook.profile),
    )  # fmt: skip


def _by_article(rows: Sequence[Row], lang: str) -> Figure | None:
    """Matters by year and article: the darker a field, the more; the number stands in it."""
    found: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for row in rows:
        if row["date"] and row["basis"] != "other_hearing":
            for article in row["articles"] or [message("article_unknown", lang)]:
                found[_whole(article), first_day(row["date"]).year].add(row["matter"])
    if not found:
        return None
    years = sorted({y for _, y in found})
    span = list(range(years[0], years[-1] + 1))
    totals: defaultdict[str, set[str]] = defaultdict(set)
    for (article, _), matters in found.items():
        totals[article] |= matters
    articles = sorted(totals, key=lambda a: (-len(totals[a]), a))[:_MOST]
    most = max(len(m) for m in found.values())
    side = min(64.0, (1100 - 250) / len(span))
    out = [svg_text(230 + side * (i + 0.5), 16, y, anchor="middle", cls="mut", size=11) for i, y in enumerate(span)]
    for r, article in enumerate(articles):
        y = 24 + 24 * r
        out.append(svg_text(222, y + 16, short(article, 32), anchor="end"))
        for i, year in enumerate(span):
            count = len(found.get((article, year), ()))
            if count:
                tip = f"{shown(article)}, {year}: {count}"
                out.append(rect(230 + side * i, y, side - 3, 21, "acc", tip=tip, opacity=0.12 + 0.3 * count / most))
                out.append(svg_text(230 + side * (i + 0.5), y + 15, count, anchor="middle", cls="strong", size=12))
    height = 24 + 24 * len(articles) + 8
    return Figure(
        message("figure.articles", lang), Markup("").join(out), height, caption=message("figure.articles_note", lang)
    )


def _whole(article: str) -> str:
    """The article without part and point; what was only prepared or tried counts with it."""
    try:
        return str(parse(article).whole)
    except ValueError:
        return article


def _officials(casebook: Casebook, book: EvidenceBook, rows: Sequence[Row], numbers: Numbering, lang: str) -> Table:
    per: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        per[row["person"]].append(row)
    lines = []
    for person, own in per.items():
        counting = [r for r in own if r["counts"]]
        matters = len({r["matter"] for r in counting})
        years = sorted({first_day(r["date"]).year for r in counting if r["date"]})
        name = book.name("person", person)
        roles = ", ".join(token_label("role", r, lang) for r in sorted({r["role"] for r in own}))
        states = [s for s in casebook.listing_states(person) if s["state"] == "listed"]
        lists = "; ".join(f"{s['programme'] or s['authority']} {s['date'] or ''}".strip() for s in states)
        span = "–".join(map(str, dict.fromkeys((years[0], years[-1])))) if years else ""
        lines.append((-matters, person, [name.first(lang), name.second(lang), roles, str(matters), span, lists,
                      numbers.cite({s for r in own for s in r["sources"]})]))  # fmt: skip
    columns = [message(k, lang) for k in ("name", "name_other", "roles", "matters", "active", "listings", "sources")]
    return Table(message("officials", lang), columns, [cells for _, _, cells in sorted(lines, key=lambda x: x[:2])])
