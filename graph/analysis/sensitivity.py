"""Whether a finding stands when weak evidence is left out: any analysis on fewer involvements, and all choices at once."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence

import polars as pl

from graph.analysis.multiple_testing import LEVEL
from graph.answers import Answer, Row
from graph.casebook import Casebook

SINGLE, DISPUTED, LOW, ON_LISTS = "single-source", "disputed", "low-confidence", "found-on-lists"
CHOICES = (SINGLE, DISPUTED, LOW, ON_LISTS)
SWEPT = ("survives", "falls_without", "hangs_on")
_MOST_ORIGINS = 60
Run = Callable[[Casebook], Answer]


def narrowed(casebook: Casebook, without: Sequence[str], *, origins: bool = False) -> Casebook:
    """The same casebook with fewer involvements; everything else is shared and unchanged.

    `single-source` leaves out what rests on one source (with `origins` on sources of one origin: five reprints are
    one), `disputed` what is disputed or needs work, `low-confidence` what is rated low, `found-on-lists` the
    involvements of people the compilers came upon on a list, whose cases were searched harder.

    Raises:
        ValueError: no such choice.
    """
    for choice in without:
        if choice not in CHOICES:
            raise ValueError(f"{choice!r} is none of {', '.join(CHOICES)}")
    rows = casebook.involvements
    if SINGLE in without:
        rows = rows.filter(pl.col("origins" if origins else "sources").list.len() > 1)
    if DISPUTED in without:
        rows = rows.filter(pl.col("status").ne_missing("disputed") & pl.col("status").ne_missing("needs_work"))
    if LOW in without:
        rows = rows.filter(pl.col("confidence").ne_missing("low"))
    if ON_LISTS in without:
        people = casebook.people.filter(pl.col("found_by").list.contains("list"))["person"]
        rows = rows.filter(~pl.col("person").is_in(people.implode()).fill_null(False))
    return _with_involvements(casebook, rows)


def without_origin(casebook: Casebook, origin: str) -> Casebook:
    """The same casebook without the involvements that no other origin tells of."""
    others = pl.col("origins").list.set_difference(pl.lit([origin], dtype=pl.List(pl.String))).list.len()
    return _with_involvements(casebook, casebook.involvements.filter(others > 0))


def _with_involvements(casebook: Casebook, rows: pl.DataFrame) -> Casebook:
    """A shallow copy whose involvements are these: its other tables are those already read."""
    narrow = copy.copy(casebook)
    narrow.__dict__["involvements"] = rows
    narrow.__dict__["_positions"] = {}  # they point into the old rows
    return narrow


def swept(run: Run, casebook: Casebook, *, key: Sequence[str], origins: bool = True) -> Answer:
    """The analysis with, for each finding, the choices under which it stands or falls and the origins it hangs on.

    A finding is a row with q below 0.05, or, where the analysis makes no test, any row. It hangs on an origin if it
    is gone when what only that origin tells is left out.
    """
    whole = run(casebook)
    tested = "q" in whole.columns
    found = {_key(row, key): row for row in whole.rows if _stands(row, tested)}
    under = {c: _keys(run(narrowed(casebook, [c], origins=origins)), key, tested) for c in CHOICES} if found else {}
    telling = _origins(casebook, found.values())
    gone = {o: set(found) - _keys(run(without_origin(casebook, o)), key, tested) for o in telling[:_MOST_ORIGINS]}
    rows = []
    for row in whole.rows:
        mine = _key(row, key)
        stands = mine in found
        extra = {
            "survives": [c for c in CHOICES if stands and mine in under[c]],
            "falls_without": [c for c in CHOICES if stands and mine not in under[c]],
            "hangs_on": sorted(o for o, lost in gone.items() if mine in lost) if stands else [],
        }
        rows.append({**row, **extra})
    survivors = sum(not r["falls_without"] for r in rows if _key(r, key) in found)
    notes = [
        *whole.notes,
        f"{survivors} of {len(found)} findings stand under every choice: without {', '.join(CHOICES)}",
    ]
    if len(telling) > _MOST_ORIGINS:
        notes.append(f"hangs_on was tried for the {_MOST_ORIGINS} origins that tell most, of {len(telling)}")
    return Answer(
        whole.question, {**whole.parameters, "sweep": True}, [*whole.columns, *SWEPT], rows, notes, whole.left_out
    )


def _stands(row: Row, tested: bool) -> bool:
    return not tested or (row["q"] is not None and row["q"] < LEVEL)


def _keys(answer: Answer, key: Sequence[str], tested: bool) -> set[str]:
    return {_key(row, key) for row in answer.rows if _stands(row, tested)}


def _key(row: Row, key: Sequence[str]) -> str:
    """What makes a row the same finding in another run: members of a team count by who they are."""
    parts = []
    for column in key:
        value = row.get(column)
        parts.append(
            "+".join(str(m["person"]) for m in value) if column in ("members", "panel") and value else str(value)
        )
    return "|".join(parts)


def _origins(casebook: Casebook, rows: Iterable[Row]) -> list[str]:
    """The origins of the findings' sources, those that tell of most findings first."""
    origin = dict(casebook.sources.select("source", "origin").iter_rows())
    counts: dict[str, int] = {}
    for row in rows:
        for name in {origin.get(s["id"]) for s in row["sources"]}:
            if name:
                counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda n: (-counts[n], n))
