"""Exchange deals side by side: who was released and what was known of them before, who stays behind and resembles
them, who of exchange value was arrested before a deal, and whether the numbers were filled up with combatants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import polars as pl

from graph import articles
from graph.analysis.finding import named
from graph.answers import Answer, Row
from graph.casebook import Casebook
from graph.dates import first_day, last_day
from ontology import vocabulary

COLUMNS = (
    "exchange", "exchange_name", "date", "part", "person", "name", "released_by", "received_by", "categories",
    "classifications", "recognised_before", "days_in_custody", "days_from_verdict", "officials", "mentions", "overlap",
    "reasons", "arrest_date", "days_before", "remarks", "sources",
)  # fmt: skip
PARTS = ("released", "named", "behind", "arrests")
RELEASED, NAMED, BEHIND, ARRESTS = PARTS
_COMBATANTS = frozenset({"combatant", "prisoner_of_war"})
_SERVICEMEN = "ukrainian_serviceman"
_VALUE = frozenset({"dual_or_foreign_national", "journalist", "intelligence_agent"})
_CONVICTED = ("convicted", "convicted_in_absentia")
_IN_CUSTODY = ("imprisonment", "life", "death", "compulsory_treatment", None)
_DAYS_OF_MONTH = 30.44


def exchanges(
    casebook: Casebook, *, exchange: str | None = None, part: str | None = None, days: int = 730, top: int = 20
) -> Answer:
    """The people of each deal by part, in order of time.

    `released`: both sides, with who calls them what, days in custody and from the last conviction to release,
    recognitions that began before, and the officials of their cases. `named`: asked for, offered, refused or
    spoken of and not released in this deal, or without any deal (then `exchange` is null and the row comes last); a
    group or somebody without a record has no `person` and the name as the source writes it. `behind`: those who can
    have been in custody on its day and were not released by then, who share officials, articles, courts or the year
    with those released, by overlap (the `top` of each deal); a later release is among the remarks. `arrests`: people
    of exchange value arrested in the `days` before a deal; no test is made, for there are too few deals.

    Shape: one row per deal, part and person; ties are ordered by id.
    Raises:
        ValueError: a part that does not exist, or a negative number of days.
    """
    if days < 0:
        raise ValueError(f"days must be 0 or more, got {days}")
    if part is not None and part not in PARTS:
        raise ValueError(f"{part!r} is none of {', '.join(PARTS)}")
    deals = casebook.exchanges
    if exchange is not None:
        deals = deals.filter(pl.col("exchange") == exchange)
    facts = _Facts(casebook)
    rows: list[Row] = []
    notes = [
        "so few deals carry no test: what is beside each other here need not hang together",
        "behind: arrested before the deal and not yet tried, or serving a term that had not run out; who died or was let go early is known only from the remarks",
    ]
    cut = 0
    for deal in sorted(deals.iter_rows(named=True), key=lambda d: (d["date"] or "9999", d["exchange"])):
        released = facts.released(deal)
        behind = facts.behind(deal, released)
        cut += max(0, len(behind) - top) if top else 0
        for name, found in (
            (RELEASED, released), (NAMED, facts.named(deal, released)), (BEHIND, behind[:top] if top else behind),
            (ARRESTS, facts.arrests(deal, days)),
        ):  # fmt: skip
            if part in (None, name):
                rows += [_row(deal, name, row) for row in found]
        notes.append(facts.padding(deal))
    if exchange is None and part in (None, NAMED):
        rows += [_row(_NO_DEAL, NAMED, row) for row in facts.named(_NO_DEAL, ())]
    people = named(
        casebook, "person", {r["person"] for r in rows} | {o["person"] for r in rows for o in r["officials"]}
    )
    for row in rows:
        row["name"] = people[row["person"]] if row["person"] else {"en": row.pop("called"), "ru": None}
        row["officials"] = [{**o, "name": people[o["person"]]} for o in row["officials"]]
        row["sources"] = casebook.source_list(row["sources"])
    parameters = {"exchange": exchange, "part": part, "days": days, "top": top}
    return Answer(
        "exchanges", {k: v for k, v in parameters.items() if v is not None}, COLUMNS, rows, notes,
        {"beyond_top": cut} if cut else {},
    )  # fmt: skip


def _row(deal: Row, part: str, found: Row) -> Row:
    blank: Row = {c: [] if c in _LISTS else None for c in COLUMNS}
    return {**blank, "exchange": deal["exchange"], "exchange_name": {"en": deal["name_en"], "ru": None}, "date": deal["date"], "part": part, **found}  # fmt: skip


_NO_DEAL: Row = {"exchange": None, "name_en": None, "date": None}
_LISTS = frozenset({
    "released_by", "received_by", "categories", "classifications", "recognised_before", "officials", "mentions", "reasons", "remarks", "sources",
})  # fmt: skip


class _Facts:
    """What is asked of the casebook again and again, by person."""

    def __init__(self, casebook: Casebook) -> None:
        self._casebook = casebook
        self._cases = _by(casebook.cases.drop_nulls("defendant").to_dicts(), "defendant")
        self._acts = _by(casebook.proceedings.drop_nulls("case").to_dicts(), "case")
        officials = casebook.involvements.filter(pl.col("official") & pl.col("counts"))
        self._officials = _by(officials.select("person", "role", "defendant").unique().sort("person", "role").to_dicts(), "defendant")  # fmt: skip
        told = officials.select("defendant", "sources").explode("sources").drop_nulls()
        self._told = {
            p: set(found) for p, found in told.group_by("defendant").agg(pl.col("sources").unique()).iter_rows()
        }
        self._called = _by(casebook.classifications.to_dicts(), "person")
        self._recognised = _by(casebook.recognitions.to_dicts(), "person")
        self._people = {r["person"]: r for r in casebook.people.to_dicts()}
        self._transfers = _by(casebook.participants.to_dicts(), "exchange")
        self._mentions = _by(casebook.mentions.to_dicts(), "exchange")
        self._children = casebook.children
        dates = {d["exchange"]: d["date"] for d in casebook.exchanges.to_dicts()}
        self._freed: defaultdict[str, list[str | None]] = defaultdict(list)
        for deal, found in self._transfers.items():
            for row in found:
                self._freed[row["person"]].append(dates.get(deal))
        self._traits = {p: self._traits_of(p) for p in self._cases}

    def released(self, deal: Row) -> list[Row]:
        rows = []
        for transfer in self._transfers.get(deal["exchange"], ()):
            person = transfer["person"]
            said = [m for m in self._mentions.get(deal["exchange"], ()) if m["person"] == person]
            rows.append(
                {
                    **self._known(person, deal["date"]), "released_by": transfer["released_by"],
                    "received_by": transfer["received_by"], "officials": self._behind_person(person),
                    "days_in_custody": self._days(deal["date"], self._arrests(person)),
                    "days_from_verdict": self._days(deal["date"], self._verdicts(person), latest=True),
                    "mentions": _said(said),
                    "sources": sorted({*transfer["sources"], *_sources(said), *self._sources_about(person, deal["date"])}),
                }
            )  # fmt: skip
        return sorted(rows, key=lambda r: ("|".join(r["released_by"] or []), r["person"]))

    def named(self, deal: Row, released: Sequence[Row]) -> list[Row]:
        gone = {r["person"] for r in released}
        spoken = self._mentions.get(deal["exchange"], ())
        said = _by([m for m in spoken if m["person"] and m["person"] not in gone], "person")
        people = [
            {
                **self._known(p, deal["date"]), "mentions": _said(found), "officials": self._behind_person(p),
                "sources": sorted({*_sources(found), *self._sources_about(p, deal["date"])}),
            }
            for p, found in sorted(said.items())
        ]  # fmt: skip
        groups = sorted((m for m in spoken if not m["person"]), key=lambda m: str(m["mention"]))
        return people + [{"called": m["name"], "mentions": _said([m]), "sources": m["sources"]} for m in groups]

    def behind(self, deal: Row, released: Sequence[Row]) -> list[Row]:
        """Prisoners who were not released by then, by how much they share with those released in this deal."""
        if not deal["date"]:
            return []
        when = first_day(deal["date"])
        shared: defaultdict[str, set[str]] = defaultdict(set)
        for row in released:
            for trait in self._traits.get(row["person"], ()):
                shared[trait].add(row["person"])
        rows = []
        for person, traits in self._traits.items():
            common = sorted(traits & set(shared))
            if (
                self._free_by(person, when)
                or not any(not t.startswith("year ") for t in common)
                or not self._held(person, when)
            ):
                continue
            said = [m for m in self._mentions.get(deal["exchange"], ()) if m["person"] == person]
            rows.append(
                {
                    **self._known(person, deal["date"]), "overlap": len(common),
                    "reasons": [f"{t} (with {len(shared[t])} released)" for t in common], "mentions": _said(said),
                    "officials": self._behind_person(person), "remarks": [*self._later(person), *self._remarks(person)],
                    "sources": sorted({*_sources(said), *self._sources_about(person, deal["date"])}),
                }
            )  # fmt: skip
        return sorted(rows, key=lambda r: (-r["overlap"], r["person"]))

    def arrests(self, deal: Row, days: int) -> list[Row]:
        """People of exchange value arrested within so many days before the deal, and what came of it."""
        if not deal["date"] or len(deal["date"]) != len("2024-08-01"):
            return []
        rows = []
        gone = {t["person"] for t in self._transfers.get(deal["exchange"], ())}
        for person, cases in sorted(self._cases.items()):
            if not _VALUE & set(self._people.get(person, {}).get("category") or ()):
                continue
            for case in cases:
                if not self._within(case["arrest_date"], first_day(deal["date"]), days):
                    continue
                rows.append(
                    {
                        **self._known(person, deal["date"]), "arrest_date": case["arrest_date"],
                        "days_before": self._days(deal["date"], [case["arrest_date"]]),
                        "reasons": ["released in this deal" if person in gone else "not released in this deal"],
                        "sources": case["sources"],
                    }
                )  # fmt: skip
        return sorted(rows, key=lambda r: (first_day(r["arrest_date"]), r["person"]))

    def _within(self, arrest: str | None, until: date, days: int) -> bool:
        """Whether the arrest can only have been in the `days` before; a month or year that reaches beyond is not taken."""
        if not arrest:
            return False
        return (until - first_day(arrest)).days <= days and last_day(arrest) <= until

    def _free_by(self, person: str, when: date) -> bool:
        """Whether the person had been released in a deal of that day or before, or of a day that nobody knows."""
        return any(d is None or first_day(d) <= when for d in self._freed.get(person, ()))

    def _later(self, person: str) -> list[str]:
        return [f"released in a later deal, {d}" for d in sorted(d for d in self._freed.get(person, ()) if d)]

    def _sources_about(self, person: str, when: str | None) -> set[str]:
        """The sources of what a row says of the person: classifications, recognitions, cases, verdicts, officials."""
        cases = self._cases.get(person, ())
        rows = [
            *self._called.get(person, ()), *self._recognised_before(person, when), *cases,
            *(a for c in cases for a in self._acts.get(c["case"], ()) if a["outcome"] in _CONVICTED),
        ]  # fmt: skip
        return {s for r in rows for s in r["sources"]} | self._told.get(person, set())

    def padding(self, deal: Row) -> str:
        """What can be said of combatants among those who were offered."""
        offered = {
            m["person"] for m in self._mentions.get(deal["exchange"], ()) if m["kind"] == "offered" and m["person"]
        }
        label = deal["name_en"] or deal["exchange"]
        if not offered:
            return f"{label}: padding: cannot tell: only the released are known"
        combatants = sum(self._combatant(p) for p in offered)
        return (
            f"{label}: padding: {combatants} of {len(offered)} who are known to have been offered are called combatants"
        )

    def _combatant(self, person: str) -> bool:
        called = {c["category"] for c in self._called.get(person, ())}
        return bool(_COMBATANTS & called) or _SERVICEMEN in (self._people.get(person, {}).get("category") or ())

    def _known(self, person: str, when: str | None) -> Row:
        called = sorted(
            ({"category": c["category"], "by": c["by"], "date": c["date"]} for c in self._called.get(person, ())),
            key=lambda c: (c["category"], c["by"] or "", c["date"] or ""),
        )
        return {
            "person": person, "categories": self._people.get(person, {}).get("category") or [],
            "classifications": called, "recognised_before": self._recognitions(person, when),
            "remarks": self._remarks(person),
        }  # fmt: skip

    def _remarks(self, person: str) -> list[str]:
        """What the tables say of the person in words: a death or a release stands there when nowhere else."""
        if person in self._children:
            return []  # a note may hold the name
        said = [self._people.get(person, {}).get("note"), *(c["status_text"] for c in self._cases.get(person, ()))]
        return list(dict.fromkeys(text for text in said if text))

    def _recognised_before(self, person: str, when: str | None) -> list[Row]:
        """Recognitions in the strict sense that began before the day; undated ones are marked by a null date."""
        strict = {t for t, w in vocabulary("recognition").items() if w.more["strict"] == "yes"}
        found = [r for r in self._recognised.get(person, ()) if r["status"] in strict]
        return [r for r in found if not r["from"] or not when or first_day(r["from"]) < first_day(when)]

    def _recognitions(self, person: str, when: str | None) -> list[Row]:
        return [
            {"by": r["body"], "status": r["status"], "from": r["from"]} for r in self._recognised_before(person, when)
        ]

    def _behind_person(self, person: str) -> list[Row]:
        return [{"person": o["person"], "name": None, "role": o["role"]} for o in self._officials.get(person, ())]

    def _arrests(self, person: str) -> list[str | None]:
        return [c["arrest_date"] for c in self._cases.get(person, ())]

    def _verdicts(self, person: str) -> list[str | None]:
        acts = [a for c in self._cases.get(person, ()) for a in self._acts.get(c["case"], ())]
        return [a["date"] for a in acts if a["outcome"] in _CONVICTED]

    def _days(self, until: str | None, since: Iterable[str | None], *, latest: bool = False) -> int | None:
        """Days from the first (or last) of the dates before `until`; None where a day is not known."""
        if not until or len(until) != len("2024-08-01"):
            return None
        days = [first_day(d) for d in since if d and len(d) == len(until) and first_day(d) <= first_day(until)]
        return (first_day(until) - (max if latest else min)(days)).days if days else None

    def _held(self, person: str, when: date) -> bool:
        """Whether the person can have been in custody on the day: arrested before and not yet tried, or serving a term
        that had not run out. Somebody convicted in absentia was in nobody's hands."""
        died = self._people.get(person, {}).get("death_date")
        if died and first_day(died) <= when:
            return False
        return any(self._held_in(case, when) for case in self._cases.get(person, ()))

    def _held_in(self, case: Row, when: date) -> bool:
        start = first_day(case["arrest_date"]) if case["arrest_date"] else None
        acts = [a for a in self._acts.get(case["case"], ()) if a["date"] and first_day(a["date"]) <= when]
        verdicts = [a for a in acts if a["outcome"] in (*_CONVICTED, "acquitted", "compulsory_treatment")]
        if not verdicts:
            return start is not None and start <= when
        last = max(verdicts, key=lambda a: first_day(a["date"]))
        if last["outcome"] not in ("convicted", "compulsory_treatment") or last["sentence_kind"] not in _IN_CUSTODY:
            return False
        if last["sentence_months"] is None:
            return True  # nobody knows when it ends
        since = start or first_day(last["date"])
        return (when - since).days <= int(last["sentence_months"]) * _DAYS_OF_MONTH

    def _traits_of(self, person: str) -> frozenset[str]:
        """What two prisoners can share: officials, articles without parts, courts, the year of the conviction."""
        out = {f"official {o['person']}" for o in self._officials.get(person, ())}
        for case in self._cases.get(person, ()):
            out |= {f"article {_whole(a)}" for a in case["articles"]}
            for act in self._acts.get(case["case"], ()):
                if act["court"]:
                    out.add(f"court {act['court']}")
                if act["outcome"] in _CONVICTED and act["date"]:
                    out.add(f"year {act['date'][:4]}")
        return frozenset(out)


def _whole(text: str) -> str:
    try:
        return articles.parse(text).whole
    except ValueError:
        return text


def _by(rows: Iterable[Row], key: str) -> Mapping[str, list[Row]]:
    out: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        out[row[key]].append(row)
    return out


def _said(mentions: Iterable[Row]) -> list[Row]:
    found = [{"kind": m["kind"], "by": m["by"], "date": m["date"]} for m in mentions]
    return sorted(found, key=lambda m: (m["date"] or "", m["kind"], m["by"]))


def _sources(rows: Iterable[Row]) -> list[str]:
    return sorted({s for r in rows for s in r["sources"]})
