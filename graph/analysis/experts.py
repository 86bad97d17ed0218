"""Who certifies what for whom: experts and witnesses beside the investigators and prosecutors they serve."""

from __future__ import annotations

import polars as pl

from graph.analysis.finding import joined, named, sources_of
from graph.answers import Answer, Row
from graph.casebook import Casebook
from ontology import word

COLUMNS = (
    "person", "name", "role", "institutions", "institution_names", "partner", "partner_name", "partner_role", "matters",
    "partner_matters", "share", "articles", "matter_ids", "sources",
)  # fmt: skip
ROLES = ("expert_witness", "witness")
PARTNERS = ("investigator", "prosecutor", "expert_witness")
_ALL = "all matters"


def experts(casebook: Casebook, *, role: str | None = None, min_matters: int = 1, top: int = 0) -> Answer:
    """Experts and witnesses with all their matters, and beside each investigator, prosecutor or fellow expert.

    `share` is the fraction of the partner's counted matters that have this expert. A row without a partner sums up
    the expert's own matters. Only roles whose basis counts are counted; witnesses are not officials and no finding
    is made of them.

    Shape: one row per expert, and per expert and partner, most matters first; ties are ordered by id.
    Raises:
        ValueError: a threshold below 1 or a role that is neither.
    """
    if min_matters < 1:
        raise ValueError(f"min_matters must be 1 or more, got {min_matters}")
    if role is not None and role not in ROLES:
        word("role", role)
        raise ValueError(f"{role!r} is none of {', '.join(ROLES)}")
    counted = casebook.involvements.filter("counts")
    mine = counted.filter(pl.col("role").is_in([role] if role else list(ROLES)))
    keys = ["person", "role"]
    own = mine.group_by(keys).agg(
        pl.col("matter").unique().sort().alias("matter_ids"),
        pl.col("institution").drop_nulls().unique().sort().alias("institutions"),
        pl.col("articles").explode().drop_nulls().unique().sort().alias("articles"),
    )
    rows = [_row(r, None, None, 0) for r in own.iter_rows(named=True)]
    partners = (
        counted.filter(pl.col("role").is_in(PARTNERS)).select("matter", partner="person", partner_role="role").unique()
    )
    counts = partners.group_by("partner", "partner_role").agg(pl.col("matter").n_unique())
    totals = {(p, r): n for p, r, n in counts.iter_rows()}
    both = mine.join(partners, on="matter").filter(pl.col("person") != pl.col("partner"))
    # two experts of one case are named once, by the lesser id
    both = both.filter((pl.col("partner_role") != "expert_witness") | (pl.col("person") < pl.col("partner")))
    met = both.group_by([*keys, "partner", "partner_role"]).agg(
        pl.col("matter").unique().sort().alias("matter_ids"),
        pl.col("institution").drop_nulls().unique().sort().alias("institutions"),
        pl.col("articles").explode().drop_nulls().unique().sort().alias("articles"),
    )
    rows += [
        _row(r, r["partner"], r["partner_role"], totals[r["partner"], r["partner_role"]])
        for r in met.iter_rows(named=True)
    ]
    shown = [r for r in rows if r["matters"] >= min_matters]
    shown.sort(key=lambda r: (-r["matters"], r["person"], r["partner"] is not None, r["partner"] or "", r["role"]))
    kept = shown[:top] if top else shown
    _fill(casebook, counted, kept)
    parameters = {"role": role, "min_matters": min_matters, "top": top or None}
    left = {"below_min_matters": len(rows) - len(shown), "beyond_top": len(shown) - len(kept)}
    notes = [
        *_institutions(casebook, mine),
        "described, not tested: nobody counted the cases in which other experts were asked",
    ]
    return Answer(
        "experts", {k: v for k, v in parameters.items() if v is not None}, COLUMNS, kept, notes,
        {k: v for k, v in left.items() if v},
    )  # fmt: skip


def _row(found: Row, partner: str | None, partner_role: str | None, total: int) -> Row:
    matters = len(found["matter_ids"])
    return {
        "person": found["person"], "role": found["role"], "institutions": found["institutions"], "partner": partner,
        "partner_role": partner_role, "matters": matters, "partner_matters": total or None,
        "share": round(matters / total, 4) if total else None, "articles": found["articles"],
        "matter_ids": found["matter_ids"],
    }  # fmt: skip


def _fill(casebook: Casebook, counted: pl.DataFrame, rows: list[Row]) -> None:
    people = named(casebook, "person", (p for r in rows for p in (r["person"], r["partner"])))
    bodies = named(casebook, "body", (b for r in rows for b in r["institutions"]))
    involved = counted.filter(pl.col("person").is_in(pl.Series(sorted(people), dtype=pl.String).implode()))
    cards = sources_of(casebook, involved, ("person", "matter"))
    for row in rows:
        row["name"] = people[row["person"]]
        row["partner_name"] = people.get(row["partner"]) if row["partner"] else None
        row["institution_names"] = [bodies[b] for b in row["institutions"]]
        row["sources"] = joined(
            cards.get((p, m), []) for p in (row["person"], row["partner"]) if p for m in row["matter_ids"]
        )


def _institutions(casebook: Casebook, mine: pl.DataFrame) -> list[str]:
    """A note on the institutions whose experts stand in more than one matter."""
    counts = mine.drop_nulls("institution").group_by("institution").agg(
        pl.col("matter").n_unique().alias("n"), pl.col("person").n_unique().alias("people")
    ).filter(pl.col("n") > 1).sort("n", "institution", descending=[True, False])  # fmt: skip
    names = named(casebook, "body", counts["institution"].to_list())
    known = "; ".join(f"{names[b].get('en') or b}: {n} matters, {p} people" for b, n, p in counts.iter_rows())
    unknown = mine["institution"].is_null().sum()
    notes = [f"institutions that recur: {known}"] if known else ["no institution of an expert recurs"]
    return [*notes, f"{unknown} of {mine.height} involvements of experts and witnesses name no institution"]
