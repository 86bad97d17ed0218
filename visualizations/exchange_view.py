"""An exchange in one picture: two sides, each person with what they are called and the officials behind; then what
came before and after."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from graph.casebook import Casebook
from graph.errors import NotFound
from graph.exchange import COMPILERS, RELEASED, exchange
from visualizations.acts import LEFT, Lane, Spot, lanes, listed_now, mark_of, references_of, tip_of
from visualizations.evidence import EvidenceBook, distinct
from visualizations.marks import kind_of_role, mark_svg, svg_text
from visualizations.sheets import WIDTH, Axis, Figure, Numbering, Sheet, Table, line
from visualizations.shell import Footing
from visualizations.texts import message, short, shown, token_label

Row = Mapping[str, Any]
_ROW, _HALF = 40.0, WIDTH / 2
_GLYPHS = 14
_MOST_LANES = 60


def exchange_view(casebook: Casebook, deal: str, *, lang: str = "en", data_hash: str = "", as_of: str = "") -> Sheet:
    """The page of one deal, by its id.

    Raises:
        NotFound: there is no such deal.
    """
    found = casebook.at("exchanges", "exchange", [deal]).to_dicts()
    if not found:
        raise NotFound(f"there is no exchange {deal!r}; `exchange NAME_OR_DATE` finds one by name, place or date")
    card, book, numbers = found[0], EvidenceBook(casebook), Numbering()
    rows = list(exchange(casebook, [deal], asked=deal).rows)
    gone = [r for r in rows if r["part"] == RELEASED]
    stayed = [r for r in rows if r["part"] != RELEASED]
    name = book.name("exchange", deal)
    figures = [_sides(casebook, book, gone, card, lang)] if gone else []
    course = _course(casebook, book, rows, card, lang)
    tables = [_people(casebook, book, gone, numbers, message("released", lang), lang)]
    if stayed:
        tables.append(_people(casebook, book, stayed, numbers, message("not_released", lang), lang))
    tables += [_mentions(casebook, book, deal, numbers, lang), _officials(casebook, book, gone, numbers, lang)]
    numbers.cite(card["sources"])
    lead = ", ".join(filter(None, [card["date"], card["place"], "–".join(card["parties"])]))
    mediators = f"{message('fact.mediators', lang)}: {', '.join(card['mediators'])}" if card["mediators"] else ""
    behind = {o["person"] for r in gone for o in r["officials"]}
    return Sheet(
        message("title.exchange_view", lang, name=name.first(lang)), ". ".join(filter(None, [lead, mediators])), lang,
        [*figures, *([course] if course else [])], tables, references_of(book, numbers),
        [(str(len(gone)), message("released", lang)), (str(len(stayed)), message("not_released", lang)),
         (str(len(behind)), message("officials_behind", lang)),
         (str(sum(listed_now(casebook, p) for p in sorted(behind))), message("officials_listed", lang))],
        name.second(lang), Footing(data_hash=data_hash, as_of=as_of or book.cut_off(), profile=casebook.profile),
    )  # fmt: skip


def sides(rows: Sequence[Row]) -> tuple[list[Row], list[Row], list[Row]]:
    """Those whom one side let go, those whom the other did, and those of whom sources do not say or differ.

    The left side is the party that let most go, with whoever released people to the same parties; the right side is
    all that received from it.
    """
    count = Counter(p for r in rows for p in r["released_by"] or ())
    if not count:
        return [], [], list(rows)
    left = {min(count, key=lambda p: (-count[p], p))}
    right: set[str] = set()
    for _ in range(len(count) + 1):
        for row in rows:
            by, to = set(row["released_by"] or ()), set(row["received_by"] or ())
            if by & left:
                right |= to - left
            elif by & right:
                left |= to - right
            elif by and to & right and not to & left:
                left |= by - right
            elif by and to & left and not to & right:
                right |= by - left
    ours = [r for r in rows if r["released_by"] and set(r["released_by"]) & left]
    theirs = [r for r in rows if r["released_by"] and not set(r["released_by"]) & left]
    return ours, theirs, [r for r in rows if not r["released_by"]]


def _sides(casebook: Casebook, book: EvidenceBook, rows: Sequence[Row], card: Row, lang: str) -> Figure:
    left, right, unknown = sides(rows)
    out = [line(_HALF, 6, _HALF, 46 + _ROW * max(len(left), len(right)), "wire")]
    for column, (x, people) in enumerate(((16.0, left), (_HALF + 24, right))):
        parties = sorted({p for r in people for p in r["released_by"]})
        takers = sorted({p for r in people for p in r["received_by"] or ()})
        head = message("sides.head", lang, by=", ".join(parties) or "?", to=", ".join(takers) or "?", n=len(people))
        out.append(svg_text(x, 24, head, cls="strong", size=14))
        for i, row in enumerate(people):
            out.append(_person(casebook, book, row, x, 52 + _ROW * i, lang))
        del column
    height = 52 + _ROW * max(len(left), len(right))
    if unknown:
        out.append(svg_text(16, height + 10, message("sides.unknown", lang), cls="strong", size=14))
        for i, row in enumerate(unknown):
            x = 16.0 if i % 2 == 0 else _HALF + 24
            out.append(_person(casebook, book, row, x, height + 38 + _ROW * (i // 2), lang))
        height += 38 + _ROW * ((len(unknown) + 1) // 2)
    kinds = ("defendant", "judge", "prosecutor", "investigator", "expert", "officer")
    return Figure(
        message("figure.sides", lang),
        Markup("").join(out),
        height,
        caption=message("figure.sides_note", lang),
        kinds=kinds,
    )


def _person(casebook: Casebook, book: EvidenceBook, row: Row, x: float, y: float, lang: str) -> Markup:
    """One person of a side: the name, what they are called by whom, and a glyph for each official behind."""
    name = book.name("person", row["person"]).first(lang)
    called = called_text(row, lang)
    room = int((_HALF - 100 - 16 * min(len(row["officials"]), _GLYPHS)) / 5.6)
    out = [
        mark_svg("defendant", x + 8, y, 6, tip=name),
        svg_text(x + 24, y + 1, short(name, 34), cls="strong", size=13),
    ]
    out.append(
        Markup("<g>{}<title>{}</title></g>").format(
            svg_text(x + 24, y + 17, short(called, room), cls="mut", size=11), shown(called)
        )
    )
    behind = distinct(o["person"] for o in row["officials"])
    role = {o["person"]: o["role"] for o in row["officials"]}
    start = x + _HALF - 70 - 16 * min(len(behind), _GLYPHS)
    for i, person in enumerate(behind[:_GLYPHS]):
        tip = f"{book.name('person', person).first(lang)}, {token_label('role', role[person], lang)}"
        out.append(
            mark_svg(kind_of_role(role[person]), start + 16 * i, y, 5.5, listed=listed_now(casebook, person), tip=tip)
        )
    if len(behind) > _GLYPHS:
        out.append(svg_text(start + 16 * _GLYPHS, y + 4, f"+{len(behind) - _GLYPHS}", cls="mut", size=11))
    return Markup("").join(out)


def called_text(row: Row, lang: str) -> str:
    """What somebody is called, each with who says so: `political prisoner (Memorial); spy (Russian court)`."""
    said: defaultdict[str, list[str]] = defaultdict(list)
    for one in row["categories"]:
        ours = one["by"] == COMPILERS
        word = token_label("category" if ours else "classification", one["category"], lang)
        said[word].append(message("compilers", lang) if ours else str(one["by"]))
    return "; ".join(f"{word} ({', '.join(sorted(set(by)))})" for word, by in sorted(said.items()))


def _course(casebook: Casebook, book: EvidenceBook, rows: Sequence[Row], card: Row, lang: str) -> Figure | None:
    """Arrest, verdicts, mentions and the exchange of each person on one scale of time."""
    found = []
    for row in rows:
        spots = [*_before(casebook, book, row, lang), *_said(row, lang)]
        if card["date"] and row["part"] == RELEASED:
            spots.append(Spot(card["date"], "exchange", f"{message('fact.released', lang)} {card['date']}"))
        if len(spots) > (1 if row["part"] == RELEASED else 0):
            found.append(Lane(book.name("person", row["person"]).first(lang), "defendant", spots))
    if not found:
        return None
    drawn = found[:_MOST_LANES]
    axis = Axis.over([s.date for lane in drawn for s in lane.spots], left=LEFT, right=WIDTH - 20)
    if axis is None:
        return None
    body, height = lanes(drawn, axis)
    note = message("figure.course_note", lang)
    if len(found) > len(drawn):
        note += " " + message("matrix.more", lang, n=len(found) - len(drawn))
    kinds = ("arrest", "custody", "no_term", "favourable", "mention", "exchange")
    return Figure(message("figure.before_after", lang), body, height, caption=note, kinds=kinds)


def _before(casebook: Casebook, book: EvidenceBook, row: Row, lang: str) -> Iterable[Spot]:
    """Arrests and verdicts of a person."""
    for case in casebook.at("cases", "defendant", [row["person"]]).to_dicts():
        if case["arrest_date"]:
            yield Spot(case["arrest_date"], "arrest", f"{message('fact.arrested', lang)} {case['arrest_date']}")
        for act in casebook.at("proceedings", "case", [case["case"]]).to_dicts():
            if act["date"] and act["stage"] in ("first_instance", "retrial"):
                yield Spot(act["date"], mark_of(act), tip_of(book, {**act, "defendant": None}, lang))


def _said(row: Row, lang: str) -> Iterable[Spot]:
    for mention in row["mentions"]:
        if mention["date"]:
            by = "|".join(mention["by"]) if isinstance(mention["by"], list) else mention["by"] or ""
            kind = token_label("mention_kind", mention["kind"], lang)
            yield Spot(mention["date"], "mention", f"{mention['date']} · {kind} · {by}")


def _people(
    casebook: Casebook, book: EvidenceBook, rows: Sequence[Row], numbers: Numbering, title: str, lang: str
) -> Table:
    columns = [
        message(k, lang)
        for k in ("name", "name_other", "released_by", "received_by", "called", "officials_behind", "sources")
    ]
    cells = []
    for row in rows:
        name = book.name("person", row["person"])
        behind = "; ".join(
            f"{book.name('person', o['person']).first(lang)} ({token_label('role', o['role'], lang)})"
            for o in row["officials"]
        )
        cells.append([
            name.first(lang), name.second(lang), _parties(row, "released_by", lang), _parties(row, "received_by", lang),
            called_text(row, lang), behind, numbers.cite(s["id"] for s in row["sources"]),
        ])  # fmt: skip
    return Table(title, columns, cells)


def _parties(row: Row, field: str, lang: str) -> str:
    """The parties; where sources differ, each version."""
    if row[field]:
        return ", ".join(row[field])
    versions = [c for c in row["conflicts"] if isinstance(c, Mapping) and c.get("field") == field]
    values = [str(v["value"]) for c in versions for v in c.get("versions", ())]
    return message("sources_differ", lang, versions=" / ".join(values)) if values else ""


def _mentions(casebook: Casebook, book: EvidenceBook, deal: str, numbers: Numbering, lang: str) -> Table:
    rows = casebook.at("mentions", "exchange", [deal]).to_dicts()
    cells = [
        [
            r["date"] or "", book.name("person", r["person"]).first(lang) if r["person"] else r["name"] or "",
            token_label("mention_kind", r["kind"], lang), ", ".join(r["by"]), r["quote"] or "", numbers.cite(r["sources"]),
        ]
        for r in sorted(rows, key=lambda r: (r["date"] or "9999", r["mention"]))
    ]  # fmt: skip
    columns = [message(k, lang) for k in ("date", "name", "what", "by", "quote", "sources")]
    return Table(message("mentions", lang), columns, cells)


def _officials(casebook: Casebook, book: EvidenceBook, rows: Sequence[Row], numbers: Numbering, lang: str) -> Table:
    behind: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        for official in row["officials"]:
            behind[official["person"]].add((official["role"], row["person"]))
    cells = []
    for person, ties in sorted(behind.items(), key=lambda p: (-len({t[1] for t in p[1]}), p[0])):
        states = [s for s in casebook.listing_states(person) if s["state"] == "listed"]
        proof = casebook.at("involvements", "person", [person])["sources"].to_list()
        name = book.name("person", person)
        cells.append([
            name.first(lang), name.second(lang),
            ", ".join(token_label("role", r, lang) for r in sorted({r for r, _ in ties})),
            ", ".join(book.name("person", p).first(lang) for p in sorted({p for _, p in ties})),
            "; ".join(f"{s['programme'] or s['authority']} {s['date'] or ''}".strip() for s in states),
            numbers.cite({s for p in proof for s in p}),
        ])  # fmt: skip
    columns = [message(k, lang) for k in ("name", "name_other", "roles", "in_cases_of", "listings", "sources")]
    return Table(message("officials_behind", lang), columns, cells)
