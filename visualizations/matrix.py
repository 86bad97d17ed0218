"""Who is on which list: officials against sanctions programmes, with listed, delisted, cannot tell, looked up and not
found, and not looked kept apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from graph.casebook import Casebook
from graph.officials import officials
from ontology import vocabulary
from visualizations.acts import references_of
from visualizations.evidence import EvidenceBook
from visualizations.marks import kind_of_role, mark_svg, marks, number, svg_text
from visualizations.sheets import Figure, Numbering, Sheet, Table, line
from visualizations.shell import Footing
from visualizations.texts import message, short, shown, token_label

Row = Mapping[str, Any]
STATES = tuple(k for k, m in marks().items() if m.group == "state")
_SIDE, _LEFT, _TOP = 56.0, 300.0, 120.0


def matrix(
    casebook: Casebook,
    *,
    min_matters: int = 2,
    role: str | None = None,
    court: Sequence[str] | None = None,
    most: int = 80,
    lang: str = "en",
    data_hash: str = "",
    as_of: str = "",
) -> Sheet:
    """The matrix of the officials with at least `min_matters` matters that are not for the defendant.

    The figure draws the first `most` of them; the table has all.
    """
    answer = officials(casebook, role=role, court=list(court) if court else None, min_matters=min_matters)
    rows = list(answer.rows)
    book, numbers = EvidenceBook(casebook), Numbering()
    programmes = _programmes(rows)
    figure = _figure(book, rows[:most], programmes, lang)
    count = Counter(s["state"] for r in rows for s in r["listings"])
    notes = [message("matrix.more", lang, n=len(rows) - most)] if len(rows) > most else []
    return Sheet(
        message("title.matrix", lang), message("lead.matrix", lang, min=min_matters), lang, [figure] if rows else [],
        [_table(casebook, book, rows, programmes, numbers, lang)], references_of(book, numbers),
        [(str(len(rows)), message("officials", lang)),
         *((str(count[s]), message("state." + s, lang)) for s in STATES if count[s])],
        "", Footing(data_hash=data_hash, as_of=as_of or book.cut_off(), profile=casebook.profile, left_out=answer.left_out, notes=notes),
    )  # fmt: skip


def _programmes(rows: Sequence[Row]) -> list[tuple[str, str | None]]:
    """All programmes of the vocabulary, then listings that name none, by authority."""
    known = [(w.more["authority"], token) for token, w in vocabulary("programme").items()]
    more = sorted({(s["authority"], s["programme"]) for r in rows for s in r["listings"]} - set(known), key=str)
    return sorted([*known, *more], key=lambda p: (p[0], p[1] is None, p[1] or ""))


def _figure(book: EvidenceBook, rows: Sequence[Row], programmes: Sequence[tuple[str, str | None]], lang: str) -> Figure:
    out = []
    for i, (authority, programme) in enumerate(programmes):
        x = _LEFT + _SIDE * (i + 0.5)
        label = (programme or f"{authority} (?)").removeprefix(f"{authority}-")
        out.append(
            Markup('<text transform="translate({} {}) rotate(-38)" class="ink" font-size="11">{}</text>').format(
                number(x), number(_TOP - 12), shown(f"{authority} {label}" if programme else label)
            )
        )
    for r, row in enumerate(rows):
        y = _TOP + 24 * r
        states = {(s["authority"], s["programme"]): s for s in row["listings"]}
        listed = any(s["state"] == "listed" for s in row["listings"])
        name = book.name("person", row["person"]).first(lang)
        out += [
            line(10, y + 12, _LEFT + _SIDE * len(programmes), y + 12, "grid"),
            mark_svg(kind_of_role(row["roles"][0]), 18, y, 7, listed=listed),
            svg_text(34, y + 4, short(name, 30), cls="strong" if listed else "ink"),
            svg_text(_LEFT - 24, y + 4, row["matters"], anchor="end", cls="mut"),
        ]
        for i, key in enumerate(programmes):
            state = states.get(key, {"state": "not_looked", "date": None})
            words = f"{name} · {key[1] or key[0]} · {message('state.' + state['state'], lang)} {state['date'] or ''}"
            out.append(mark_svg(state["state"], _LEFT + _SIDE * (i + 0.5), y, 6.5, tip=words.strip()))
    width = _LEFT + _SIDE * len(programmes) + 70
    return Figure(message("figure.matrix", lang), Markup("").join(out), _TOP + 24 * len(rows) + 8, width,
                  message("figure.matrix_note", lang), STATES)  # fmt: skip


def _table(
    casebook: Casebook, book: EvidenceBook, rows: Sequence[Row], programmes: Sequence[tuple[str, str | None]],
    numbers: Numbering, lang: str,
) -> Table:  # fmt: skip
    cells = []
    for row in rows:
        name = book.name("person", row["person"])
        said = []
        for state in row["listings"]:
            if state["state"] != "not_looked":
                when = state["date"] or ""
                when = message("as_of_date", lang, date=when) if state["state"] == "not_found" and when else when
                said.append(
                    f"{state['programme'] or state['authority']}: {message('state.' + state['state'], lang)} {when}".strip()
                )
        open_ = [s["programme"] for s in row["listings"] if s["state"] == "not_looked" and s["programme"]]
        proof = casebook.at("listings", "person", [row["person"]])["sources"].to_list()
        cells.append([
            name.first(lang), name.second(lang), ", ".join(token_label("role", r, lang) for r in row["roles"]),
            str(row["matters"]), "; ".join(said), ", ".join(open_), numbers.cite({s for p in proof for s in p}),
        ])  # fmt: skip
    columns = [
        message(k, lang) for k in ("name", "name_other", "roles", "matters", "listings", "state.not_looked", "sources")
    ]
    return Table(message("officials", lang), columns, cells)
