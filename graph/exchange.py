"""Exchange deals: who was released by whom to whom, who was asked for or offered and stayed, and the officials behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import polars as pl

from graph.answers import Answer, Row
from graph.casebook import Casebook
from graph.versions import table_versions

COLUMNS = (
    "exchange", "exchange_name", "date", "person", "name", "part", "released_by", "received_by", "categories", "cases",
    "officials", "mentions", "status", "conflicts", "public", "case_ids", "records", "sources",
)  # fmt: skip
RELEASED, MENTIONED = "released", "mentioned"
COMPILERS = "compilers"
"""By whom a category is that stands in our own table of people."""


def exchange(casebook: Casebook, exchanges: Sequence[str], *, asked: str) -> Answer:
    """The people of these deals: first those released, by the party that released them, then those only mentioned.

    `categories` are `{category, by, date}`: the compilers' own and what each source calls the person. `officials`
    are those of the person's own cases, as `{person, name, role, basis, case}`. A party on which sources differ is
    null, and `conflicts` has the versions. Mentions of groups and of people without a record are in the notes.

    Shape: one row per deal and person.
    """
    wanted = list(dict.fromkeys(exchanges))
    released = casebook.at("participants", "exchange", wanted).to_dicts()
    spoken = casebook.at("mentions", "exchange", wanted).to_dicts()
    people = sorted({row["person"] for row in [*released, *spoken]} - {None})
    told = _Told(casebook, people)
    mentions: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in spoken:
        if row["person"]:
            mentions[row["exchange"], row["person"]].append(row)
    rows = [told.row(r["exchange"], r["person"], r, mentions[r["exchange"], r["person"]]) for r in released]
    gone = {(r["exchange"], r["person"]) for r in released}
    rows += [
        told.row(deal, person, None, said) for (deal, person), said in mentions.items() if (deal, person) not in gone
    ]
    place = {deal: i for i, deal in enumerate(wanted)}
    rows.sort(key=lambda row: _order(row, place))
    known = set(casebook.at("exchanges", "exchange", wanted)["exchange"].to_list())
    notes = [f"{deal}: no such exchange is known" for deal in wanted if deal not in known]
    groups = sorted((row for row in spoken if not row["person"]), key=lambda row: str(row["mention"]))
    notes += [_group(row) for row in groups]
    left = {"without_person": len(groups)} if groups else {}
    return Answer("exchange", {"name": asked}, COLUMNS, rows, notes, left)


def _order(row: Row, place: Mapping[str, int]) -> tuple[int, bool, str, str]:
    return place[row["exchange"]], row["part"] != RELEASED, "|".join(row["released_by"] or ()) or "~", row["person"]


def _group(row: Row) -> str:
    words = " ".join(str(part) for part in (row["date"], "|".join(row["by"])) if part)
    return f"{row['kind'] or 'mentioned'}: {row['name'] or 'nobody named'}" + (f" ({words})" if words else "")


class _Told:
    """What is known of the people of deals, gathered once."""

    def __init__(self, casebook: Casebook, people: Sequence[str]) -> None:
        self._casebook = casebook
        self._names = casebook.names("person", people)
        self._deals = {
            row["exchange"]: row
            for row in casebook.exchanges.select("exchange", "name_en", "date").iter_rows(named=True)
        }
        self._own = {r["person"]: r for r in casebook.at("people", "person", people).iter_rows(named=True)}
        self._called: defaultdict[str, list[Row]] = defaultdict(list)
        for row in casebook.at("classifications", "person", people).iter_rows(named=True):
            self._called[row["person"]].append(row)
        self._cases: defaultdict[str, list[str]] = defaultdict(list)
        for case, defendant in casebook.at("cases", "defendant", people).select("case", "defendant").iter_rows():
            self._cases[defendant].append(case)
        self._officials = _officials(casebook, [case for cases in self._cases.values() for case in cases])

    def row(self, deal: str, person: str, released: Row | None, mentions: Sequence[Row]) -> Row:
        """One person of one deal."""
        known = self._deals.get(deal, {"name_en": None, "date": None})
        cases = sorted(self._cases[person])
        behind = released or {"released_by": None, "received_by": None, "conflicts": [], "records": [], "sources": []}
        records = [*behind["records"], *(r for m in mentions for r in m["records"])]
        sources = [*behind["sources"], *(s for m in [*mentions, *self._called[person]] for s in m["sources"])]
        return {
            "exchange": deal,
            "exchange_name": {"en": known["name_en"], "ru": None},
            "date": known["date"],
            "person": person,
            "name": self._names.get(person, {"en": None, "ru": None}),
            "part": RELEASED if released else MENTIONED,
            "released_by": behind["released_by"] or None,
            "received_by": behind["received_by"] or None,
            "categories": self._categories(person),
            "cases": len(cases),
            "officials": [official for case in cases for official in self._officials[case]],
            "mentions": [_mention(m, released=released is not None) for m in sorted(mentions, key=_said_at)],
            "status": behind["status"] if released else None,
            "conflicts": self._conflicts(released),
            "public": self._casebook.not_public.isdisjoint([*records, *sources, person, deal]),
            "case_ids": cases,
            "records": self._own[person]["records"] if person in self._own else [person],
            "sources": self._casebook.source_list(sources),
        }

    def _categories(self, person: str) -> list[Row]:
        own = self._own.get(person, {"category": []})["category"] or []
        said = sorted(self._called[person], key=lambda r: (r["category"], r["by"], r["date"] or ""))
        return [
            *({"category": category, "by": COMPILERS, "date": None} for category in own),
            *({"category": r["category"], "by": r["by"], "date": r["date"]} for r in said),
        ]

    def _conflicts(self, released: Row | None) -> list[Row]:
        if not released:
            return []
        return [
            {
                "field": field,
                "versions": table_versions(self._casebook, "exchange_participants", released["ids"], field),
            }
            for field in released["conflicts"]
        ]


def _said_at(mention: Row) -> tuple[str, str]:
    return mention["date"] or "", mention["mention"]


def _mention(row: Row, *, released: bool) -> Row:
    return {"kind": row["kind"], "by": row["by"], "date": row["date"], "released": released, "mention": row["mention"]}


def _officials(casebook: Casebook, cases: Sequence[str]) -> defaultdict[str, list[Row]]:
    """The officials of each case, each role once, with its strongest basis."""
    rows = casebook.at("involvements", "case", cases).filter(pl.col("official"))
    names = casebook.names("person", rows["person"].to_list())
    found: defaultdict[str, list[Row]] = defaultdict(list)
    best = rows.sort(pl.col("counts"), descending=True, maintain_order=True).unique(
        ["case", "person", "role"], keep="first", maintain_order=True
    )
    for case, person, role, basis in (
        best.sort("case", "person", "role").select("case", "person", "role", "basis").iter_rows()
    ):
        name = names.get(person, {"en": None, "ru": None})
        found[case].append({"person": person, "name": name, "role": role, "basis": basis, "case": case})
    return found
