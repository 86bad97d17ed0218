"""Who acted against defendants and stands on no list: officials by programme, looked up or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import polars as pl

from graph.analysis.finding import named
from graph.answers import Answer, Row
from graph.casebook import Casebook
from graph.listings import LISTED, NOT_FOUND, named_lists

COLUMNS = (
    "person", "name", "roles", "matters", "adverse", "favourable", "other", "origins", "listed_on", "not_found_on",
    "cannot_tell_on", "not_looked_on", "beside_listed", "reading", "listings", "adverse_ids", "matter_ids", "sources",
)  # fmt: skip
BESIDE = "not found where looked up, acted beside listed officials"
UNFOUND = "not found where looked up"
PARTLY = "listed on some, not found on others"
ON = "listed"
OPEN = "cannot tell"
UNLOOKED = "not looked up"
_ORDER = (BESIDE, UNFOUND, PARTLY, OPEN, UNLOOKED, ON)


def gaps(
    casebook: Casebook,
    *,
    lists: Sequence[str] | None = None,
    role: str | None = None,
    min_matters: int = 1,
    top: int = 0,
) -> Answer:
    """Officials with acts against defendants and where they stand on each list, gaps first, then by documented acts.

    Only roles whose basis counts are counted. An official all of whose acts were for defendants, or undecided, is
    left out and counted. `beside_listed` names officials listed now who took part in the same proceedings against a
    defendant. `lists` (authorities or programmes) narrows the programmes looked at. A list nobody was looked up in
    is never a gap.

    Shape: one row per official; ties are ordered by id.
    Raises:
        ValueError: an authority or programme that does not exist, or a threshold below 1.
    """
    if min_matters < 1:
        raise ValueError(f"min_matters must be 1 or more, got {min_matters}")
    wanted = named_lists(lists or ())
    counted = casebook.involvements.filter(pl.col("official") & pl.col("counts"))
    if role is not None:
        counted = counted.filter(pl.col("role") == role)
    tallies = _tallies(counted)
    against = [row for row in tallies if row["adverse"] >= min_matters]
    states = {}
    for row in against:
        found = casebook.listing_states(row["person"])
        states[row["person"]] = [s for s in found if not wanted or any(w.holds(s) for w in wanted)]
    listed = {person for person, found in states.items() if any(s["state"] == LISTED for s in found)}
    beside = _beside(counted.filter(pl.col("effect") == "adverse"), listed)
    names = named(casebook, "person", states)
    rows = []
    for row in against:
        person = row["person"]
        by_state: defaultdict[str, list[str]] = defaultdict(list)
        for state in states[person]:
            by_state[state["state"]].append(state["programme"] or state["authority"])
        colleagues = [{"person": p, "name": names[p], "matters": n} for p, n in beside.get(person, [])]
        rows.append(
            {
                **row, "name": names[person], "listings": states[person], "listed_on": by_state[LISTED],
                "not_found_on": by_state[NOT_FOUND], "cannot_tell_on": by_state["cannot_tell"],
                "not_looked_on": by_state["not_looked"], "beside_listed": colleagues,
                "reading": _reading(by_state, bool(colleagues)), "sources": casebook.source_list(row["sources"]),
            }
        )  # fmt: skip
    rows.sort(key=lambda r: (_ORDER.index(r["reading"]), -r["adverse"], -r["origins"], r["person"]))
    kept = rows[:top] if top else rows
    left = {
        "no_act_against_defendants": sum(r["adverse"] == 0 for r in tallies),
        "below_min_matters": sum(0 < r["adverse"] < min_matters for r in tallies),
        "beyond_top": len(rows) - len(kept),
    }
    parameters = {
        "lists": [w.token for w in wanted] or None,
        "role": role,
        "min_matters": min_matters,
        "top": top or None,
    }
    notes = [
        "not found is as of the day of the look-up; not looked up is not not listed",
        *(f"nobody was looked up on {p}" for p in _nobody(rows)),
    ]
    return Answer(
        "gaps", {k: v for k, v in parameters.items() if v is not None}, COLUMNS, kept, notes,
        {k: v for k, v in left.items() if v},
    )  # fmt: skip


def _tallies(counted: pl.DataFrame) -> list[Row]:
    """Matters against, for and undecided of each official, and what they rest on."""
    effect = pl.col("effect")
    rank = pl.when(effect == "adverse").then(2).when(effect == "favourable").then(1).otherwise(0)
    matters = counted.group_by("person", "matter").agg(rank.max().alias("rank")).group_by("person").agg(
        pl.len().alias("matters"), *((pl.col("rank") == n).sum().alias(name) for n, name in enumerate(("other", "favourable", "adverse"))),
        pl.col("matter").filter(pl.col("rank") == 2).sort().alias("adverse_ids"), pl.col("matter").sort().alias("matter_ids"),
    )  # fmt: skip
    rest = counted.group_by("person").agg(
        pl.col("role").unique().sort().alias("roles"),
        pl.col("origins").explode().drop_nulls().n_unique().alias("origins"),
        pl.col("sources").explode().drop_nulls().unique().sort().alias("sources"),
    )
    return matters.join(rest, on="person").sort("person").to_dicts()


def _beside(adverse: pl.DataFrame, listed: set[str]) -> dict[str, list[tuple[str, int]]]:
    """For each official the listed ones in the same proceedings against a defendant, with how many matters."""
    acts = adverse.drop_nulls("proceeding").select("person", "proceeding", "matter").unique()
    marked = acts.filter(pl.col("person").is_in(pl.Series(sorted(listed), dtype=pl.String).implode()))
    pairs = acts.join(marked, on="proceeding", suffix="_listed").filter(pl.col("person") != pl.col("person_listed"))
    counts = pairs.group_by("person", "person_listed").agg(pl.col("matter").n_unique().alias("n"))
    out: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for person, other, n in counts.sort("person", "n", "person_listed", descending=[False, True, False]).iter_rows():
        out[person].append((other, n))
    return out


def _reading(by_state: dict[str, list[str]], colleagues: bool) -> str:
    if by_state["cannot_tell"]:
        return OPEN
    if by_state[LISTED]:
        return PARTLY if by_state[NOT_FOUND] else ON
    if by_state[NOT_FOUND]:
        return BESIDE if colleagues else UNFOUND
    return UNLOOKED


def _nobody(rows: Sequence[Row]) -> list[str]:
    """Programmes on which every official was not looked up."""
    open_ = [set(r["not_looked_on"]) for r in rows]
    return sorted(set.intersection(*open_)) if open_ else []
