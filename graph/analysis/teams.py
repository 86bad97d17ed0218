"""Officials who recur together: judge, prosecutor, investigator and expert, in pairs and in threes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.analysis import power
from graph.analysis.docket import GROUPS, Docket, docket
from graph.analysis.finding import NO_PATTERN, UNTESTABLE, joined, named, power_notes, rounded, sources_of
from graph.analysis.multiple_testing import LEVEL, corrected
from graph.analysis.pairing import Pairs, Triples, pairs, triples
from graph.analysis.specialisation import DIVIDED, article_groups, divided, kinds
from graph.answers import Answer, Row
from graph.casebook import Casebook

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
COLUMNS = (
    "members", "size", "matters", "courts", "observed", "expected", "ratio", "low", "high", "p", "q",
    "smallest_ratio", "reading", "matter_ids", "sources",
)  # fmt: skip
TOGETHER = "together beyond chance"
STRATA = ("auto", "court,period", "court,period,article-group")
SIZES = ("all", "pairs", "triples")


def teams(
    casebook: Casebook,
    *,
    period: str = "year",
    strata: str = "auto",
    size: str = "all",
    court: str | None = None,
    min_matters: int = 2,
    top: int = 0,
) -> Answer:
    """Pairs and triples of officials of different kinds who sat in the same matters, the least likely first.

    Pairs: expected is the mean of what blind pairing gives within each court and period, given how often each of
    the two worked there while both were there. The family is every pair that could have met. `strata` "auto" also
    holds the group of articles fixed in courts where both sides divide the work by it. Triples are looked at where
    one of their pairs stands out, against what their pairs explain.

    Shape: one row per pair or triple that met in `min_matters` matters or more; ties are ordered by matters, then id.
    Raises:
        ValueError: a period, strata or size that does not exist, or a threshold below 1.
    Source: pairs are sums of hypergeometric counts, triples the exact test of no three-way interaction (Zelterman
        1987); q values are Benjamini-Hochberg over the testable (Tarone 1990, Gilbert 2005).
    """
    if min_matters < 1:
        raise ValueError(f"min_matters must be 1 or more, got {min_matters}")
    for value, known in ((strata, STRATA), (size, SIZES)):
        if value not in known:
            raise ValueError(f"{value!r} is none of {'; '.join(known)}")
    asked = casebook.involvements
    if court is not None:
        here = casebook.canonical("body", court)
        asked = asked.filter((pl.col("court") == here) | pl.col("court").is_null())
    book = docket(asked)
    often = max(2, min_matters)
    tested = tested_pairs(book, article_groups(asked), casebook, period=period, strata=strata, least=often)
    notes = list(tested.notes)
    drafts = _pair_rows(book, tested, min_matters) if size != "triples" else []
    if size != "pairs":
        drafts += _triple_rows(book, tested.standing(len(book.people)), period, often, notes)
    rows = _rows(casebook, asked, book, drafts, min_matters)
    kept = rows[:top] if top else rows
    _with_sources(casebook, asked, kept)
    left = {"beyond_top": len(rows) - len(kept), "sittings_without_date": int((book.day < 0).sum()), "matters_without_court": book.left_out["no_court"]}  # fmt: skip
    parameters = {"period": period, "strata": strata, "size": size, "court": court, "min_matters": min_matters, "top": top or None}  # fmt: skip
    return Answer(
        "teams", {k: v for k, v in parameters.items() if v is not None}, COLUMNS, kept, notes,
        {k: v for k, v in left.items() if v},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tested:
    """Pairs of every two groups with their q values in one family of so many testable pairs, and notes."""

    pairs: Mapping[tuple[int, int], Pairs]
    q: Mapping[tuple[int, int], Floats]
    family: int
    notes: Sequence[str]

    def standing(self, people: int) -> dict[tuple[int, int], Ints]:
        """Codes (left * people + right) of the pairs that stand out."""
        return {key: (p.left * people + p.right)[self.q[key] < LEVEL] for key, p in self.pairs.items()}


def tested_pairs(
    book: Docket,
    groups: dict[str, list[str]],
    casebook: Casebook | None,
    *,
    period: str = "year",
    strata: str = "auto",
    least: int = 2,
) -> Tested:
    """The pairs of every two groups, tested in one family; without a casebook courts go by their ids."""
    _, kind = kinds(book, groups)
    found: dict[tuple[int, int], Pairs] = {}
    notes: list[str] = []
    names = named(casebook, "body", book.courts) if casebook else {}
    texts = {i: str(names.get(c, {}).get("en") or c) for i, c in enumerate(book.courts)}
    split: set[int] = set()
    by_group: dict[int, NDArray[np.bool_]] = {}
    for left, right in combinations(range(len(book.groups)), 2):
        within = None
        if strata == "court,period,article-group":
            within = kind
        elif strata == "auto":
            for group in (left, right):
                if group not in by_group:
                    by_group[group] = divided(book, group, kind, period=period) < DIVIDED
            both = by_group[left] & by_group[right]
            within = np.where(both[book.court], kind + 1, 0)
            split |= set(np.flatnonzero(both).tolist())
        found[left, right] = pairs(book, left, right, period=period, kinds=within, min_met=least)
    if not found:
        return Tested({}, {}, 0, ["no two kinds of officials are named"])
    q, able, family = corrected(
        np.concatenate([f.p for f in found.values()]), np.concatenate([f.least for f in found.values()])
    )
    cuts = np.cumsum([len(f.p) for f in found.values()])[:-1]
    by_pair = dict(zip(found, np.split(q, cuts), strict=True))
    notes.append(f"{family} of the {len(q)} pairs that could have met could have been found")
    if split:
        notes.append(
            "officials on both sides divide the work by article in "
            + "; ".join(sorted(texts[c] for c in split))
            + ": there pairs are compared within groups of articles"
        )
    vague = int(book.vague.sum())
    if vague * 10 > len(book.day):
        notes.append(f"{vague} of {len(book.day)} sittings are not dated to the day: comings and goings within the period are not allowed for, and may look like teams")  # fmt: skip
    smallest = np.concatenate([_smallest(f, family) for f in found.values()])
    smallest = np.where(able, smallest, np.nan)
    notes += power_notes(texts, np.concatenate([f.court for f in found.values()]), smallest)
    return Tested(found, by_pair, family, notes)


def _smallest(found: Pairs, family: int) -> Floats:
    return power.smallest_ratio(found.most.astype(np.float64), found.expected, level=LEVEL / max(family, 1))


def _pair_rows(book: Docket, tested: Tested, least: int) -> list[Row]:
    """Rows of the pairs that met, in codes: members as (group, person), and the cells of the test."""
    rows = []
    for (left, right), pair in tested.pairs.items():
        smallest = _smallest(pair, tested.family)
        codes = pair.left * len(book.people) + pair.right
        for one, other in _met(book, left, right, least):
            members = ((left, one), (right, other))
            code = one * len(book.people) + other
            i = int(np.searchsorted(codes, code))
            if i == len(codes) or codes[i] != code:  # they met on days that nobody knows
                rows.append({"codes": members, "size": 2, "reading": UNTESTABLE})
                continue
            value, able = float(tested.q[left, right][i]), bool(np.isfinite(smallest[i]))
            rows.append(
                _draft(members, int(pair.observed[i]), float(pair.expected[i]), float(pair.p[i]), value)
                | {
                    "smallest_ratio": rounded(float(smallest[i])),
                    "reading": TOGETHER if value < LEVEL else NO_PATTERN if able else UNTESTABLE,
                }
            )
    return rows


def _met(book: Docket, left: int, right: int, least: int) -> list[tuple[int, int]]:
    """The pairs of two groups that sat in `least` matters or more, dated or not."""
    sides = [
        pl.DataFrame(
            {"sitting": book.sitting[mine], name: book.person[mine], "matter": book.matter[book.sitting[mine]]}
        )
        for mine, name in ((book.group == left, "left"), (book.group == right, "right"))
    ]
    both = sides[0].join(sides[1].drop("matter"), on="sitting").filter(pl.col("left") != pl.col("right"))
    often = both.group_by("left", "right").agg(pl.col("matter").n_unique()).filter(pl.col("matter") >= least)
    return often.select("left", "right").sort("left", "right").rows()


def _draft(members: tuple[tuple[int, int], ...], observed: int, expected: float, p: float, q: float) -> Row:
    low, high = power.ratio_interval(np.array([float(observed)]), np.array([expected]))
    return {
        "codes": members, "size": len(members), "observed": observed, "expected": rounded(expected),
        "ratio": rounded(observed / expected) if expected > 0 else None, "low": rounded(float(low[0])),
        "high": rounded(float(high[0])), "p": rounded(p), "q": rounded(q),
    }  # fmt: skip


def _triple_rows(
    book: Docket, standing: Mapping[tuple[int, int], Ints], period: str, least: int, notes: list[str]
) -> list[Row]:
    sets: list[tuple[tuple[int, int, int], Triples]] = []
    for a, b, c in combinations(range(len(book.groups)), 3):
        known = (standing[a, b], standing[a, c], standing[b, c])
        if any(len(codes) for codes in known):
            sets.append(((a, b, c), triples(book, (a, b, c), known, period=period, min_met=least)))
    if not sets:
        notes.append("no triple was looked at: no pair stands out")
        return []
    p = np.concatenate([t.p for _, t in sets])
    unseen = np.zeros(sum(t.family for _, t in sets) - len(p))
    values, able, family = corrected(p, np.concatenate([t.least for _, t in sets]), others=unseen)
    notes.append(f"{family} triples with a pair that stands out were tested against what their pairs explain")
    rows, at = [], 0
    for groups, t in sets:
        for i in range(len(t.p)):
            members = tuple((g, int(m[i])) for g, m in zip(groups, t.members, strict=True))
            value = float(values[at])
            rows.append(
                _draft(members, int(t.observed[i]), float(t.expected[i]), float(t.p[i]), value)
                | {
                    "smallest_ratio": rounded(float(t.most[i] / t.expected[i])) if able[at] and t.expected[i] else None,
                    "reading": TOGETHER if value < LEVEL else NO_PATTERN if able[at] else UNTESTABLE,
                }
            )
            at += 1
    return rows


def _rows(casebook: Casebook, asked: pl.DataFrame, book: Docket, drafts: Sequence[Row], least: int) -> list[Row]:
    """Rows with matters, names and roles; those below the threshold are dropped."""
    sat = _sittings(book, {member for draft in drafts for member in draft["codes"]})
    people = {book.people[p] for draft in drafts for _, p in draft["codes"]}
    names, roles = named(casebook, "person", people), _roles(asked, people)
    rows = []
    for draft in drafts:
        together = set.intersection(*(sat[m] for m in draft["codes"]))
        matters = sorted({book.matters[book.matter[s]] for s in together})
        if len(matters) < least:
            continue
        members = [
            {
                "person": (person := book.people[code]), "name": names[person],
                "role": roles.get((person, book.groups[group]), book.groups[group]),
            }
            for group, code in draft["codes"]
        ]  # fmt: skip
        courts = sorted({book.courts[book.court[s]] for s in together})
        row: Row = {**dict.fromkeys(COLUMNS), **draft}
        del row["codes"]
        rows.append(
            row | {"members": members, "matters": len(matters), "matter_ids": matters, "courts": courts, "sources": []}
        )
    return sorted(rows, key=_order)


def _sittings(book: Docket, members: Iterable[tuple[int, int]]) -> dict[tuple[int, int], set[int]]:
    """The sittings of each (group, person)."""
    key = book.group * len(book.people) + book.person
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    out = {}
    for group, person in members:
        code = group * len(book.people) + person
        low, high = np.searchsorted(ordered, code), np.searchsorted(ordered, code, side="right")
        out[group, person] = set(book.sitting[order[low:high]].tolist())
    return out


def _roles(asked: pl.DataFrame, people: set[str]) -> dict[tuple[str, str], str]:
    """The role that each person has most often within each group."""
    wanted = pl.Series(sorted(people), dtype=pl.String)
    rows = asked.filter(
        pl.col("person").is_in(wanted.implode()) & pl.col("role").is_in(list(GROUPS)) & pl.col("counts")
    )
    counts = rows.group_by("person", "role").len().sort("person", "len", "role", descending=[False, True, False])
    out: dict[tuple[str, str], str] = {}
    for person, role, _ in counts.iter_rows():
        out.setdefault((person, GROUPS[role]), role)
    return out


def _order(row: Row) -> tuple[float, float, int, list[str]]:
    q, p = (1.0 if row.get(c) is None else row[c] for c in ("q", "p"))
    return q, p, -row["matters"], [m["person"] for m in row["members"]]


def _with_sources(casebook: Casebook, asked: pl.DataFrame, rows: Sequence[Row]) -> None:
    people = {m["person"] for row in rows for m in row["members"]}
    wanted = pl.Series(sorted(people), dtype=pl.String)
    mine = asked.filter(pl.col("counts") & pl.col("person").is_in(wanted.implode()))
    cards = sources_of(casebook, mine, ("person", "matter"))
    for row in rows:
        row["sources"] = joined(
            cards.get((m["person"], matter), []) for m in row["members"] for matter in row["matter_ids"]
        )
