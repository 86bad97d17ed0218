"""Which part of a casebook a network shows, and that part as a `NetworkPicture`.

A node is an official, a matter, a defendant, a court or an exchange. A link between an official and a matter is one
role held in it, with every act behind it; two roles are two links. What is drawn is chosen by the number of matters:
nobody reads a hairball, and the page says what it left out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import polars as pl

from graph.answers import Answer
from graph.casebook import Casebook
from graph.dates import first_day, last_day
from graph.places import one_name_each, place_name
from visualizations.evidence import EvidenceBook, distinct
from visualizations.marks import kind_of_role, marks
from visualizations.network_model import (
    Act,
    Chance,
    Edge,
    Evidence,
    Fact,
    ListingState,
    NetworkPicture,
    Node,
)
from visualizations.texts import Name, message, months_text, token_label

LIMIT = 2000
"""So many nodes a page draws; `FORCED` where somebody insists."""
FORCED = 5000
_OFFICIALS = tuple(k for k, m in marks().items() if m.group == "official")
_FAMILY = re.compile(r"(?P<n>\d+) of the (?P<all>\d+) pairs that could have met could have been found", re.ASCII)
"""The note in which the analysis of teams says how many pairs it could have found."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """What a picture is about: officials and matters with their satellites; `focus` are nodes, `around` names the way."""

    around: str
    people: frozenset[str]
    matters: frozenset[str]
    exchanges: frozenset[str] = frozenset()
    focus: tuple[str, ...] = ()
    least: int = 1


def network_of(
    casebook: Casebook,
    *,
    official: Sequence[str] = (),
    case: Sequence[str] = (),
    court: Sequence[str] = (),
    exchange: Sequence[str] = (),
    team: Sequence[str] = (),
    depth: int = 1,
    min_shared: int = 2,
    pairs: bool = False,
    limit: int = LIMIT,
    chance: Answer | None = None,
    data_hash: str = "",
    as_of: str = "",
) -> NetworkPicture:
    """The network round the given things, else that of all recurring officials and the matters they share.

    Ids are canonical. `depth` counts steps from officials to matters and back. `min_shared` is the number of matters
    with which an official is seen at first; the others are in the page while everything fits `limit` nodes. With `pairs`
    officials are linked with each other instead, by the number of matters in which both count, and the page opens with
    links of at least `min_shared`: those within the selection that met more than once are the cut. `chance`
    is the answer of the analysis `teams`: pairs that it tested are shown with what chance would give.

    Raises:
        ValueError: more than one kind of thing is given, or a number is below 1.
    """
    chosen = [n for n, v in zip(_WAYS, (official, case, court, exchange, team), strict=True) if v]
    if len(chosen) > 1:
        raise ValueError(f"choose one of {', '.join(_WAYS)}, got {' and '.join(chosen)}")
    if min(depth, min_shared, limit) < 1:
        raise ValueError(f"depth, min_shared and limit must be 1 or more, got {depth}, {min_shared}, {limit}")
    acts = _Acts(casebook)
    selection = (
        _around(acts, chosen[0], official or case or court or exchange or team, depth)
        if chosen
        else _recurring(acts, min_shared, limit)
    )
    drawn = _limited(acts, selection, limit)
    drawing = _Drawing(acts, drawn, selection, min_shared if not chosen else 1, chance, limit)
    picture = drawing.picture(data_hash, as_of or drawing.book.cut_off())
    return _paired(picture, min_shared) if pairs else picture


def _paired(picture: NetworkPicture, least: int) -> NetworkPicture:
    """The officials of a picture linked by the matters they shared; a link rests on the sources of both their acts."""
    proof: defaultdict[tuple[str, str], dict[str, Evidence]] = defaultdict(dict)
    for edge in picture.edges:
        if edge.acts and edge.counts:
            found = {e.source: e for a in edge.acts if a.counts for e in a.evidence}
            proof[edge.target, edge.source].update(found)
    teams: defaultdict[str, list[str]] = defaultdict(list)
    for matter, person in sorted(proof):
        teams[matter].append(person)
    behind: defaultdict[tuple[str, str], dict[str, Evidence]] = defaultdict(dict)
    for matter, team in sorted(teams.items()):
        for a, b in combinations(team, 2):
            behind[a, b].update(proof[matter, a] | proof[matter, b])
    edges = tuple(
        Edge(
            f"{a} {b} met",
            a,
            b,
            "met",
            picture.shared[a, b],
            evidence=tuple(behind[a, b][s] for s in sorted(behind[a, b])),
        )
        for a, b in sorted(behind)
    )
    met = {i for e in edges for i in (e.source, e.target)}
    seen = {i for e in edges if e.weight >= least for i in (e.source, e.target)}
    nodes = tuple(replace(n, core=n.id in seen) for n in picture.nodes if n.id in met)
    values = {"min": least, "drawn": sum(e.weight >= least for e in edges), "all": len(edges)}
    cut = Name(*(message("cut.pairs", lang, **values) for lang in ("en", "ru")))
    used = {s.source for e in edges for s in e.evidence} | {e.source for n in nodes for e in _all_evidence(n)}
    return replace(
        picture, nodes=nodes, edges=edges, min_matters=1, min_weight=least if seen else 1, cut=cut,
        kinds_on=_OFFICIALS, focus=tuple(f for f in picture.focus if f in met),
        references={i: r for i, r in picture.references.items() if i in used},
    )  # fmt: skip


_WAYS = ("official", "case", "court", "exchange", "team")


class _Acts:
    """The officials' involvements of a casebook, and who meets whom in which matter."""

    def __init__(self, casebook: Casebook) -> None:
        self.casebook = casebook
        self.frame = casebook.involvements.filter("official")

    @cached_property
    def counts(self) -> pl.DataFrame:
        """By official: matters, cases and whether the acts were for or against; only roles that count."""
        counted = self.frame.filter("counts")
        by_matter = counted.group_by("person", "matter").agg(
            (pl.col("effect") == "adverse").any().alias("against"),
            (pl.col("effect") == "favourable").any().alias("for"),
            pl.col("defendant").n_unique().alias("cases"),
        )
        against, helped = pl.col("against").fill_null(False), pl.col("for").fill_null(False)
        return by_matter.group_by("person").agg(
            pl.len().cast(pl.Int64).alias("matters"),
            pl.col("cases").sum().cast(pl.Int64),
            against.sum().cast(pl.Int64).alias("adverse"),
            (~against & helped).sum().cast(pl.Int64).alias("favourable"),
        ).with_columns((pl.col("matters") - pl.col("adverse") - pl.col("favourable")).alias("other")).sort(
            ["adverse", "other", "person"], descending=[True, True, False]
        )  # fmt: skip

    @cached_property
    def by_person(self) -> dict[str, Row]:
        return {r["person"]: r for r in self.counts.iter_rows(named=True)}

    def matters_of(self, people: Collection[str]) -> frozenset[str]:
        return frozenset(_within(self.frame, "person", people)["matter"].drop_nulls().to_list())

    def people_of(self, matters: Collection[str]) -> frozenset[str]:
        return frozenset(_within(self.frame, "matter", matters)["person"].to_list())

    def rank(self, person: str) -> tuple[int, int]:
        """Matters that are not for defendants, and all of them: what an official is ranked by."""
        row = self.by_person.get(person)
        return (row["adverse"] + row["other"], row["matters"]) if row else (0, 0)


def _within(frame: pl.DataFrame, column: str, values: Collection[str]) -> pl.DataFrame:
    return frame.filter(pl.col(column).is_in(pl.Series(sorted(values), dtype=pl.String).implode()))


def _recurring(acts: _Acts, least: int, limit: int) -> Selection:
    """Everybody while it fits, else those with at least `least` matters; nobody whose acts were all for defendants."""
    ranked = acts.counts.filter(pl.col("adverse") + pl.col("other") > 0)
    people = frozenset(ranked["person"].to_list())
    matters = acts.matters_of(people)
    if len(people) + len(matters) > limit:
        people = frozenset(ranked.filter(pl.col("adverse") + pl.col("other") >= least)["person"].to_list())
        matters = acts.matters_of(people)
    return Selection("default", people, matters, least=least)


def _around(acts: _Acts, way: str, things: Sequence[str], depth: int) -> Selection:
    casebook = acts.casebook
    if way == "exchange":
        people = frozenset(casebook.at("participants", "exchange", things)["person"].drop_nulls().to_list())
        matters = _matters_of_defendants(casebook, people)
        found = _spread(acts, acts.people_of(matters), matters, depth - 1)
        return Selection(way, *found, exchanges=frozenset(things), focus=tuple(f"exchange:{t}" for t in things))
    if way == "court":
        there = _within(acts.frame, "court", things)
        seats = _within(acts.frame, "institution", things)
        people = frozenset([*there["person"].to_list(), *seats["person"].to_list()])
        matters = frozenset([*there["matter"].drop_nulls().to_list(), *seats["matter"].drop_nulls().to_list()])
        found = _spread(acts, people, matters, depth - 1)
        return Selection(way, *found, focus=tuple(f"court:{t}" for t in things))
    if way == "case":
        matters = frozenset(casebook.at("cases", "case", things)["matter"].to_list())
        found = _spread(acts, acts.people_of(matters), matters, depth - 1)
        return Selection(way, *found, focus=tuple(f"matter:{m}" for m in sorted(matters)))
    focus = tuple(f"person:{t}" for t in things)
    if way == "official":
        matters = acts.matters_of(things)
        found = _spread(acts, acts.people_of(matters) | set(things), matters, depth - 1)
        return Selection(way, *found, focus=focus)
    teams = Counter(m for t in things for m in acts.matters_of([t]))
    common = frozenset(m for m, members in teams.items() if members > 1)
    people = frozenset(things) if depth == 1 else frozenset(things) | acts.people_of(common)
    return Selection(way, *_spread(acts, people, common, depth - 2), focus=focus)


def _spread(
    acts: _Acts, people: frozenset[str], matters: frozenset[str], steps: int
) -> tuple[frozenset[str], frozenset[str]]:
    for _ in range(max(steps, 0)):
        wider = matters | acts.matters_of(people)
        people, matters = people | acts.people_of(wider), wider
    return people, matters


def _matters_of_defendants(casebook: Casebook, people: Collection[str]) -> frozenset[str]:
    return frozenset(casebook.at("cases", "defendant", people)["matter"].to_list())


def _limited(acts: _Acts, selection: Selection, limit: int) -> Selection:
    """The selection, or its strongest part where it has more nodes than `limit`.

    Kept are the officials that rank first, up to a quarter of the nodes, and of the matters those in which most of
    them meet: what recurs is what such a picture is for.
    """
    if len(selection.people) + len(selection.matters) <= limit:
        return selection
    focus = {f.split(":", 1)[1] for f in selection.focus}
    ranked = sorted(selection.people, key=lambda p: (p not in focus, [-r for r in acts.rank(p)], p))
    people = frozenset(ranked[: max(limit // 4, 1)])
    seats = _within(acts.frame, "person", people).filter("counts").select("person", "matter").unique()
    met = _within(seats, "matter", selection.matters).group_by("matter").len()
    order = met.sort(["len", "matter"], descending=[True, False])["matter"].to_list()
    first = [m for m in order if m in focus] + [m for m in order if m not in focus]
    matters = frozenset(first[: max(limit - len(people), 0)])
    return Selection(selection.around, people, matters, selection.exchanges, selection.focus, selection.least)


class _Drawing:
    """One selection on its way to a picture."""

    def __init__(
        self, acts: _Acts, drawn: Selection, wanted: Selection, least: int, chance: Answer | None, limit: int
    ) -> None:
        self.limit, self.dropped = limit, 0
        self.acts, self.drawn, self.wanted, self.least, self.chance = acts, drawn, wanted, least, chance
        self.casebook = acts.casebook
        self.book = EvidenceBook(acts.casebook)
        frame = _within(_within(acts.frame, "person", drawn.people), "matter", drawn.matters)
        self.rows: Sequence[Row] = frame.to_dicts()
        self.cases: Sequence[Row] = self.casebook.at("cases", "matter", drawn.matters).to_dicts()
        self.proceedings: Sequence[Row] = self.casebook.at("proceedings", "matter", drawn.matters).to_dicts()
        rows = self.casebook.bodies.filter(pl.col("city").is_not_null()).select("body", "city", "country").rows()
        names = one_name_each((city, country) for _, city, country in rows)
        self.cities = {body: names[city, country] for body, city, country in rows}

    def picture(self, data_hash: str, as_of: str) -> NetworkPicture:
        officials = [self._official(p) for p in sorted(self.drawn.people)]
        core = {n.id for n in officials if n.core}
        matters = [self._matter(m, core) for m in sorted(self.drawn.matters)]
        others = [*self._defendants(), *self._courts(), *self._exchanges()]
        nodes = _unique([*officials, *matters, *others])
        if len(nodes) > self.limit:
            # what the legend adds gives way to what the page is about
            kept = [n for n in nodes if n.kind in self._kinds_on() or n.id in self.drawn.focus]
            self.dropped, nodes = len(nodes) - len(kept), kept
        edges = _between([*self._roles(), *self._prosecutions(), *self._hearings(), *self._releases()], nodes)
        shared = self._shared()
        used = {e.source for n in nodes for e in _all_evidence(n)} | {
            s.source for e in edges for s in (*e.evidence, *(i for a in e.acts for i in a.evidence))
        }
        return NetworkPicture(
            self._title(), tuple(nodes), tuple(edges), self.book.references(used), self._kinds_on(), self.least,
            tuple(f for f in self.drawn.focus if f in {n.id for n in nodes}), shared, _tested(self.chance), self._cut(officials),
            self._left_out(), self._notes(), data_hash, as_of, self.casebook.profile,
        )  # fmt: skip

    # --- nodes

    @cached_property
    def _by_person(self) -> Mapping[str, Sequence[Row]]:
        found: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            found[row["person"]].append(row)
        return dict(found)

    @cached_property
    def _people(self) -> dict[str, Row]:
        ids = self.drawn.people | {c["defendant"] for c in self.cases if c["defendant"]} | self._released
        return {r["person"]: r for r in self.casebook.at("people", "person", ids).iter_rows(named=True)}

    @cached_property
    def _released(self) -> frozenset[str]:
        if not self.drawn.exchanges:
            return frozenset()
        rows = self.casebook.at("participants", "exchange", self.drawn.exchanges)
        return frozenset(rows["person"].drop_nulls().to_list())

    def _official(self, person: str) -> Node:
        rows = self._by_person.get(person, [])
        counted = [r for r in rows if r["counts"]] or rows
        roles = Counter(r["role"] for r in counted)
        ordered = dict(sorted(roles.items(), key=lambda p: (-p[1], p[0])))
        per_kind = Counter(kind_of_role(r["role"]) for r in counted)
        kind = min(per_kind, key=lambda k: (-per_kind[k], _OFFICIALS.index(k))) if per_kind else "officer"
        count = self.acts.by_person.get(person, {"matters": 0, "cases": 0, "adverse": 0, "favourable": 0, "other": 0})
        states = self._listings(person)
        seats = distinct([*(r["institution"] for r in counted), *(r["court"] for r in counted if kind == "judge")])
        card = self._people.get(person)
        return Node(
            f"person:{person}", kind, self.book.name("person", person), count["matters"], count["cases"],
            count["adverse"], count["favourable"], count["other"], any(s.state == "listed" for s in states),
            self._is_core(person), ordered, _span(r["date"] for r in counted),
            tuple(sorted(set(distinct(self.cities.get(r["court"]) for r in counted if r["court"])))),
            tuple(self.book.name("body", b) for b in sorted(seats)), states, self._person_facts(person, card),
            self.book.of("people", (), card["sources"]) if card else (),
        )  # fmt: skip

    def _is_core(self, person: str) -> bool:
        against = self.acts.rank(person)[0]
        return self.drawn.around != "default" or against >= self.drawn.least

    def _listings(self, person: str) -> tuple[ListingState, ...]:
        """What is known of a person on every list; lists that nobody looked in are left to `not_looked`."""
        rows = [s for s in self.casebook.listing_states(person) if s["state"] != "not_looked"]
        if not rows:
            return ()
        proof: defaultdict[tuple[str, str | None], list[Evidence]] = defaultdict(list)
        for row in self.casebook.at("listings", "person", [person]).iter_rows(named=True):
            proof[row["authority"], row["programme"]] += self.book.of(
                "sanctions", row["records"], row["sources"], quote=row["reason"]
            )
        return tuple(
            ListingState(
                s["authority"], s["programme"], s["state"], s["date"], tuple(proof[s["authority"], s["programme"]])
            )
            for s in rows
        )

    def _matter(self, matter: str, core: set[str]) -> Node:
        cases = self._cases_of.get(matter, [])
        acts = self._proceedings_of.get(matter, [])
        mine = self._by_matter.get(matter, [])
        courts = distinct(p["court"] for p in acts)
        return Node(
            f"matter:{matter}", "matter", self._matter_name(matter, cases), 1, len({c["defendant"] for c in cases}),
            core=any(f"person:{r['person']}" in core for r in mine) or f"matter:{matter}" in self.drawn.focus,
            years=_span(p["date"] for p in acts),
            places=tuple(sorted(set(distinct(self.cities.get(c) for c in courts)))),
            facts=self._matter_facts(cases, acts),
            evidence=self.book.of("cases", [i for c in cases for i in c["records"]], [s for c in cases for s in c["sources"]]),
        )  # fmt: skip

    @cached_property
    def _by_matter(self) -> Mapping[str, Sequence[Row]]:
        return _grouped(self.rows, "matter")

    @cached_property
    def _cases_of(self) -> Mapping[str, Sequence[Row]]:
        return _grouped(self.cases, "matter")

    @cached_property
    def _proceedings_of(self) -> Mapping[str, Sequence[Row]]:
        return _grouped(self.proceedings, "matter")

    def _matter_name(self, matter: str, cases: Sequence[Row]) -> Name:
        who = sorted({c["defendant"] for c in cases if c["defendant"]})
        if not who:
            return Name(matter, None)
        names = [self.book.name("person", d) for d in who]
        rest = f" +{len(who) - 1}" if len(who) > 1 else ""
        first = min(names, key=lambda n: (n.first("en"), n.first("ru")))
        return Name(first.en + rest if first.en else None, first.ru + rest if first.ru else None)

    def _matter_facts(self, cases: Sequence[Row], acts: Sequence[Row]) -> tuple[Fact, ...]:
        facts = []
        for case in sorted(cases, key=lambda c: str(c["defendant"])):
            proof = self.book.of("cases", case["records"], case["sources"])
            facts.append(Fact("defendants", self.book.name("person", case["defendant"]), proof))
            for label, value in (
                ("title", self._title_of(case)), ("articles", ", ".join(case["articles"])),
                ("arrested", case["arrest_date"]),
            ):  # fmt: skip
                if value:
                    facts.append(Fact(label, Name(value, None), proof))
        for act in sorted(acts, key=lambda p: (p["date"] or "9", p["proceeding"])):
            if act["stage"] in ("first_instance", "retrial") and (act["outcome"] or act["date"]):
                proof = self.book.of("proceedings", act["records"], act["sources"])
                facts.append(Fact("verdict", _verdict(act), proof))
        return tuple(dict.fromkeys(facts))

    def _title_of(self, case: Row) -> str | None:
        """The title of a case; not where its defendant is a child, whom it may name."""
        return None if case["defendant"] in self.casebook.children else case["title"]

    def _person_facts(self, person: str, card: Row | None) -> tuple[Fact, ...]:
        if card is None or card["child"]:
            return ()
        proof = self.book.of("people", (), card["sources"])
        facts = [Fact("born", Name(str(card["birth_year"]), None), proof)] if card["birth_year"] else []
        for row in self.casebook.at("classifications", "person", [person]).iter_rows(named=True):
            en, ru = (token_label("classification", row["category"], lang) for lang in ("en", "ru"))
            when = f", {row['date']}" if row["date"] else ""
            proof = self.book.of("classifications", row["records"], row["sources"], quote=row["quote"])
            facts.append(Fact("classified", Name(f"{en} ({row['by']}{when})", f"{ru} ({row['by']}{when})"), proof))
        for row in self.casebook.at("recognitions", "person", [person]).iter_rows(named=True):
            token = row["status"]
            en, ru = (token_label("recognition", token, lang) for lang in ("en", "ru"))
            proof = self.book.of("recognitions", row["records"], row["sources"])
            facts.append(Fact("recognised", Name(f"{en} ({row['body']})", f"{ru} ({row['body']})"), proof))
        return tuple(facts)

    def _defendants(self) -> list[Node]:
        own = _grouped([c for c in self.cases if c["defendant"]], "defendant")
        out = []
        for person in sorted({*own, *self._released} - self.drawn.people):
            card = self._people.get(person)
            out.append(
                Node(
                    f"person:{person}",
                    "defendant",
                    self.book.name("person", person),
                    1,
                    len(own.get(person, [])),
                    core=True,
                    facts=self._person_facts(person, card),
                    evidence=self.book.of("people", (), card["sources"]) if card else (),
                )
            )
        return out

    def _courts(self) -> list[Node]:
        heard: defaultdict[str, set[str]] = defaultdict(set)
        for act in self.proceedings:
            if act["court"]:
                heard[act["court"]].add(act["matter"])
        cards = {r["body"]: r for r in self.casebook.at("bodies", "body", heard).iter_rows(named=True)}
        return [
            Node(
                f"court:{court}", "court", self.book.name("body", court), len(heard[court]), 0,
                places=tuple(filter(None, [self.cities.get(court)])),
                facts=_court_facts(cards.get(court), self.cities.get(court)),
                evidence=self.book.of("bodies", (), cards[court]["sources"]) if court in cards else (),
            )
            for court in sorted(heard)
        ]  # fmt: skip

    @cached_property
    def _participations(self) -> Sequence[Row]:
        people = {c["defendant"] for c in self.cases if c["defendant"]} | self._released
        rows = self.casebook.at("participants", "person", people).to_dicts()
        if self.drawn.exchanges:
            rows = [r for r in rows if r["exchange"] in self.drawn.exchanges]
        return rows

    def _exchanges(self) -> list[Node]:
        count = Counter(r["exchange"] for r in self._participations)
        rows = self.casebook.at("exchanges", "exchange", count).to_dicts()
        return [
            Node(
                f"exchange:{r['exchange']}", "exchange", Name(r["name_en"], None), count[r["exchange"]], 0,
                years=_span([r["date"]]),
                facts=tuple(
                    Fact(label, Name(text, None), self.book.of("exchanges", r["records"], r["sources"]))
                    for label, text in (
                        ("date", r["date"]), ("place", r["place"]), ("parties", ", ".join(r["parties"])),
                        ("mediators", ", ".join(r["mediators"])),
                    )
                    if text
                ),
                evidence=self.book.of("exchanges", r["records"], r["sources"]),
            )
            for r in rows
        ]  # fmt: skip

    # --- links

    def _roles(self) -> list[Edge]:
        groups: defaultdict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for row in self.rows:
            groups[row["person"], row["matter"], row["role"]].append(row)
        return [
            Edge(
                f"{person} {matter} {role}", f"person:{person}", f"matter:{matter}", role,
                counts=any(r["counts"] for r in rows),
                acts=tuple(self._act(r) for r in sorted(rows, key=_when)),
            )
            for (person, matter, role), rows in sorted(groups.items())
        ]  # fmt: skip

    def _act(self, row: Row) -> Act:
        return Act(
            row["role"], row["case"], row["stage"],
            self.book.name("body", row["court"]) if row["court"] else None, row["date"], row["outcome"], row["effect"],
            row["sentence_months"], row["basis"], row["counts"], row["status"] or "accepted", row["confidence"],
            row["name_as_written"], self.book.of("roles", row["records"], row["sources"]),
        )  # fmt: skip

    def _prosecutions(self) -> list[Edge]:
        return [
            Edge(
                f"{c['defendant']} {c['case']} defendant_in", f"person:{c['defendant']}", f"matter:{c['matter']}",
                "defendant_in", evidence=self.book.of("cases", c["records"], c["sources"]),
            )
            for c in self.cases
            if c["defendant"]
        ]  # fmt: skip

    def _hearings(self) -> list[Edge]:
        groups: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
        for act in self.proceedings:
            if act["court"]:
                groups[act["court"], act["matter"]].append(act)
        return [
            Edge(
                f"{court} {matter} heard_at", f"court:{court}", f"matter:{matter}", "heard_at",
                evidence=self.book.of(
                    "proceedings", [i for a in acts for i in a["records"]], [s for a in acts for s in a["sources"]]
                ),
            )
            for (court, matter), acts in sorted(groups.items())
        ]  # fmt: skip

    def _releases(self) -> list[Edge]:
        return [
            Edge(
                f"{r['person']} {r['exchange']} released_in", f"person:{r['person']}", f"exchange:{r['exchange']}",
                "released_in", evidence=self.book.of("exchange_participants", r["records"], r["sources"]),
            )
            for r in self._participations
        ]  # fmt: skip

    # --- the whole

    def _shared(self) -> dict[tuple[str, str], int]:
        found: Counter[tuple[str, str]] = Counter()
        for rows in self._by_matter.values():
            team = sorted({f"person:{r['person']}" for r in rows if r["counts"]})
            found.update(combinations(team, 2))
        return dict(sorted(found.items()))

    def _kinds_on(self) -> tuple[str, ...]:
        more = {
            "default": (), "official": ("defendant",), "case": ("defendant", "court"), "court": (),
            "exchange": ("defendant", "exchange"), "team": (),
        }[self.drawn.around]  # fmt: skip
        return (*_OFFICIALS, "matter", *more)

    def _title(self) -> Name:
        focus = self.drawn.focus
        names = [self._focus_name(f) for f in focus]
        key = f"title.{self.drawn.around}"
        return Name(
            *(message(key, lang, name=", ".join(distinct(n.first(lang) for n in names))) for lang in ("en", "ru"))
        )

    def _focus_name(self, focus: str) -> Name:
        kind, thing = focus.split(":", 1)
        if kind == "matter":
            return self._matter_name(thing, self._cases_of.get(thing, []))
        return self.book.name({"person": "person", "court": "body", "exchange": "exchange"}[kind], thing)

    def _cut(self, officials: Sequence[Node]) -> Name:
        core = sum(n.core for n in officials)
        values = {"min": self.least, "core": core, "all": len(officials)}
        key = "cut.min" if self.least > 1 else "cut.all"
        texts = [message(key, lang, **values) for lang in ("en", "ru")]
        drawn, wanted = (len(s.people) + len(s.matters) for s in (self.drawn, self.wanted))
        if drawn < wanted:
            more = [message("cut.limit", lang, drawn=drawn, all=wanted) for lang in ("en", "ru")]
            texts = [f"{a} {b}" for a, b in zip(texts, more, strict=True)]
        return Name(*texts)

    def _left_out(self) -> dict[str, int]:
        drawn = len(self.drawn.people) + len(self.drawn.matters)
        wanted = len(self.wanted.people) + len(self.wanted.matters)
        out = {"too_many": wanted - drawn + self.dropped}
        if self.drawn.around == "default":
            counts = self.acts.counts
            out["only_favourable"] = counts.filter(pl.col("adverse") + pl.col("other") == 0).height
            out["not_stated"] = len(set(self.acts.frame["person"].to_list()) - set(counts["person"].to_list()))
            out["below_min_matters"] = self.acts.counts.filter(pl.col("adverse") + pl.col("other") > 0).height - len(
                self.wanted.people
            )
        return {k: v for k, v in out.items() if v > 0}

    def _notes(self) -> tuple[Name, ...]:
        """What the test of pairs says of itself: how many it could have found."""
        found = [m for n in self.chance.notes if (m := _FAMILY.fullmatch(n))] if self.chance else []
        return tuple(
            Name(*(message("pairs_tested", lang, n=m["n"], all=m["all"]) for lang in ("en", "ru"))) for m in found
        )


def _verdict(act: Row) -> Name:
    def text(lang: str) -> str:
        words = [act["date"], token_label("outcome", act["outcome"], lang), months_text(act["sentence_months"], lang)]
        return ", ".join(filter(None, words))

    return Name(text("en"), text("ru"))


def _court_facts(card: Row | None, city: str | None) -> tuple[Fact, ...]:
    if card is None:
        return ()
    facts = []
    if card["level"]:
        facts.append(Fact("level", Name(*(token_label("level", card["level"], lang) for lang in ("en", "ru")))))
    if city:
        facts.append(Fact("place", Name(*(place_name(city, lang) for lang in ("en", "ru")))))
    return tuple(facts)


def _grouped(rows: Iterable[Row], column: str) -> Mapping[str, Sequence[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return dict(found)


def _when(row: Row) -> tuple[str, str, str]:
    return (row["date"] or "9999", row["proceeding"] or "", row["case"] or "")


def _span(dates: Iterable[str | None]) -> tuple[int, int] | None:
    """The years that dates touch; None where there is none."""
    texts = [d for d in dates if d]
    return (min(first_day(t).year for t in texts), max(last_day(t).year for t in texts)) if texts else None


def _unique(nodes: Sequence[Node]) -> list[Node]:
    """The nodes, the first of two with one id: somebody who is an official here and a defendant there."""
    found: dict[str, Node] = {}
    for node in nodes:
        found.setdefault(node.id, node)
    return sorted(found.values(), key=lambda n: n.id)


def _between(edges: Sequence[Edge], nodes: Sequence[Node]) -> list[Edge]:
    ids = {n.id for n in nodes}
    return sorted((e for e in edges if e.source in ids and e.target in ids), key=lambda e: e.id)


def _all_evidence(node: Node) -> Iterable[Evidence]:
    yield from node.evidence
    for fact in node.facts:
        yield from fact.evidence
    for state in node.listings:
        yield from state.evidence


def _tested(chance: Answer | None) -> dict[tuple[str, str], Chance]:
    """The pairs that the analysis of teams tested, by node ids in order."""
    found = {}
    for row in chance.rows if chance else ():
        members = sorted(f"person:{m['person']}" for m in row["members"])
        if len(members) == 2 and row.get("expected") is not None:
            found[members[0], members[1]] = Chance(row["matters"], row["expected"], row.get("ratio"), row.get("q"))
    return found
