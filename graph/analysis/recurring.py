"""Officials who recur, by role and court, against an even draw among those who were there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graph.analysis import power
from graph.analysis.docket import Docket, docket
from graph.analysis.even_draw import Draws, even_draws
from graph.analysis.finding import NO_PATTERN, UNTESTABLE, named, power_notes, rounded
from graph.analysis.multiple_testing import LEVEL, corrected
from graph.analysis.roster import Post, read_roster, roster_draws
from graph.answers import Answer, Row
from graph.casebook import Casebook
from ontology import word

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = (
    "person", "name", "role", "court", "court_name", "matters", "adverse", "favourable", "other", "cases",
    "defendants", "months", "share", "first", "last", "observed", "expected", "ratio", "low", "high", "p", "q",
    "smallest_ratio", "reading", "method", "origins", "matter_ids", "case_ids", "sources",
)  # fmt: skip
UNEVEN = "uneven"
_CANNOT = (
    "uneven is not chosen: without the court's other cases a busy judge and a chosen one look the same",
    "those who were there are at least those who were seen, so the test errs to the safe side",
    "the first and the last matter of an official set the span and are counted as expected",
)


def recurring(
    casebook: Casebook,
    *,
    role: str | None = None,
    court: str | None = None,
    period: str = "year",
    min_matters: int = 2,
    roster: Path | None = None,
    top: int = 0,
) -> Answer:
    """Officials by role and court with what an even draw would give, the most uneven first.

    An official counts once per matter and role, whatever the number of defendants and hearings. `expected` is the
    mean number of matters if each had been dealt evenly among the officials of the role who were surely there;
    with a `roster` (columns court, person, role, from, to, weight) among those on it, by weight. Rows with fewer
    than `min_matters` matters are left out of the list but not of the family of tests; `top` cuts the list.

    Shape: one row per person, role and court; ties are ordered by matters, then by id.
    Units: `months` are months of imprisonment imposed, `share` a fraction of the court's matters that name
    somebody in that role.
    Raises:
        ValueError: a period that does not exist, or a threshold below 1.
        BadData: the roster cannot be read.
    Source: Poisson-binomial counts (Hong 2013); Benjamini-Hochberg over the testable (Tarone 1990, Gilbert 2005).
    """
    if min_matters < 1:
        raise ValueError(f"min_matters must be 1 or more, got {min_matters}")
    asked = _asked(casebook, role, court)
    book = docket(asked, None, everywhere=False)  # an even draw is one of a court; who has none was drawn elsewhere
    posts = _posts(casebook, roster) if roster else []
    draws = roster_draws(book, posts) if roster else even_draws(book, period=period)
    tests, notes = _tests(casebook, book, draws)
    if unknown := sorted({p.court for p in posts} - set(book.courts)):
        notes.append(f"the roster's courts that no counted role names: {', '.join(unknown)}")
    facts = _facts(asked)
    shown = facts.filter(pl.col("matters") >= min_matters)
    rows = [_row(row, tests.get((row["person"], row["role"], row["court"]))) for row in shown.iter_rows(named=True)]
    rows.sort(key=_order)
    kept = rows[:top] if top else rows
    _fill(casebook, kept)
    undated = int((book.day < 0).sum())
    left = {
        "below_min_matters": facts.height - shown.height, "beyond_top": len(rows) - len(kept),
        "sittings_without_date": undated, "matters_without_court": book.left_out["no_court"],
    }  # fmt: skip
    parameters = {
        "role": role, "court": court, "period": period, "min_matters": min_matters,
        "roster": roster.name if roster else None, "top": top or None,
    }  # fmt: skip
    return Answer(
        "recurring",
        {k: v for k, v in parameters.items() if v is not None},
        COLUMNS,
        kept,
        [*_CANNOT[: 1 if roster else 3], *_vague(book), *notes],
        {k: v for k, v in left.items() if v},
    )


def _posts(casebook: Casebook, roster: Path) -> list[Post]:
    """The posts of a roster under the ids by which courts and people go here."""
    return [
        replace(p, court=casebook.canonical("body", p.court), person=casebook.canonical("person", p.person))
        for p in read_roster(roster)
    ]


def _asked(casebook: Casebook, role: str | None, court: str | None) -> pl.DataFrame:
    rows = casebook.involvements.filter(pl.col("official") & pl.col("counts"))
    if role is not None:
        word("role", role)
        rows = rows.filter(pl.col("role") == role)
    if court is not None:
        rows = rows.filter(pl.col("court") == casebook.canonical("body", court))
    return rows


def _tests(
    casebook: Casebook, book: Docket, draws: Draws
) -> tuple[Mapping[tuple[str, str, str | None], Row], list[str]]:
    """The cells of the test by person, role and court; and notes on power."""
    q, able, family = corrected(draws.p, draws.least)
    given = draws.seen - draws.tested
    expected = draws.mean + given
    low, high = power.ratio_interval(draws.seen.astype(np.float64), expected)
    # the given sightings add to both sides, so the ratio that is found is drawn towards 1 as the tested one is
    tested = power.smallest_ratio(draws.draws.astype(np.float64), draws.mean, level=LEVEL / max(family, 1))
    smallest = np.where(able, (tested * draws.mean + given) / np.maximum(expected, 1e-12), np.nan)
    found: dict[tuple[str, str, str | None], Row] = {}
    for i in range(len(q)):
        found[book.people[draws.person[i]], book.groups[draws.group[i]], book.courts[draws.court[i]]] = {
            "observed": int(draws.seen[i]), "expected": rounded(float(expected[i])),
            "ratio": rounded(float(draws.seen[i] / expected[i])) if expected[i] else None,
            "low": rounded(float(low[i])), "high": rounded(float(high[i])),
            "p": rounded(float(draws.p[i])), "q": rounded(float(q[i])), "smallest_ratio": rounded(float(smallest[i])),
            "reading": UNEVEN if q[i] < LEVEL else NO_PATTERN if able[i] else UNTESTABLE,
            "method": "exact" if draws.exact[i] else "approximation",
        }  # fmt: skip
    return found, [f"{family} of {len(q)} tests could have found something", *_power(casebook, book, draws, smallest)]


def _power(casebook: Casebook, book: Docket, draws: Draws, smallest: NDArray[np.float64]) -> list[str]:
    names = named(casebook, "body", book.courts)
    texts = {i: str(names[c].get("en") or c) for i, c in enumerate(book.courts)}
    return power_notes(texts, draws.court, smallest)


def _vague(book: Docket) -> list[str]:
    vague = int(book.vague.sum())
    return [f"{vague} of {len(book.day)} sittings are not dated to the day; there only those seen before and after count as there"] if vague else []  # fmt: skip


def _facts(asked: pl.DataFrame) -> pl.DataFrame:
    """Counts, spans and ids of each person, role and court."""
    keys = ["person", "role", "court"]
    effect = pl.col("effect")
    rank = pl.when(effect == "adverse").then(2).when(effect == "favourable").then(1).otherwise(0)
    matters = asked.group_by([*keys, "matter"]).agg(rank.max().alias("rank"))
    per_matter = matters.group_by(keys).agg(
        pl.len().alias("matters"),
        (pl.col("rank") == 2).sum().alias("adverse"),
        (pl.col("rank") == 1).sum().alias("favourable"),
        (pl.col("rank") == 0).sum().alias("other"),
        pl.col("matter").sort().alias("matter_ids"),
    )
    months = asked.unique([*keys, "proceeding"]).filter(pl.col("sentence_kind") == "imprisonment")
    imposed = months.group_by(keys).agg(pl.col("sentence_months").sum().alias("months"))
    cases = asked.group_by([*keys, pl.coalesce("defendant", "case").alias("who"), "matter"]).agg(pl.col("case").min())
    per_case = cases.group_by(keys).agg(
        pl.col("case").sort().alias("case_ids"), pl.col("who").n_unique().alias("defendants")
    )
    dated = pl.col("first_day").is_not_null()
    spans = asked.group_by(keys).agg(
        pl.col("date").filter(dated).sort_by(pl.col("first_day").filter(dated)).first().alias("first"),
        pl.col("date").filter(dated).sort_by(pl.col("first_day").filter(dated)).last().alias("last"),
        pl.col("origins").explode().drop_nulls().n_unique().alias("origins"),
        pl.col("sources").explode().drop_nulls().unique().alias("sources"),
    )
    out = per_matter
    for more in (per_case, spans, imposed):
        out = out.join(more, on=keys, how="left", nulls_equal=True)
    tried = asked.group_by("role", "court").agg(pl.col("matter").n_unique().alias("tried"))
    out = out.join(tried, on=["role", "court"], how="left").with_columns(
        (pl.col("matters") / pl.col("tried")).round(4).alias("share")
    )
    return out.drop("tried").with_columns(pl.col("case_ids").list.len().alias("cases"), pl.col("months").fill_null(0))


def _row(facts: Row, test: Row | None) -> Row:
    return {**dict.fromkeys(COLUMNS), "reading": UNTESTABLE, **facts, **(test or {})}


def _order(row: Row) -> tuple[float, float, int, str, str, str]:
    q, p = (1.0 if row[c] is None else row[c] for c in ("q", "p"))
    return q, p, -row["matters"], row["person"], row["role"], row["court"] or ""


def _fill(casebook: Casebook, rows: list[Row]) -> None:
    """Names and sources of the rows that are shown."""
    people = named(casebook, "person", (row["person"] for row in rows))
    courts = named(casebook, "body", (row["court"] for row in rows))
    for row in rows:
        row["name"] = people[row["person"]]
        row["court_name"] = courts.get(row["court"])
        row["sources"] = casebook.source_list(row["sources"])
