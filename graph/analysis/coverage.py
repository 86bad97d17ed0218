"""What is known and what is missing: by stage, role, court, region and year; and the footnote of every other output."""

from __future__ import annotations

import polars as pl

from graph.analysis.finding import named
from graph.answers import Answer, Row
from graph.casebook import Casebook
from graph.officials import JUDGES

COLUMNS = (
    "by", "value", "name", "proceedings", "matters", "dated", "court_known", "outcome_known", "judge_named",
    "prosecutor_named", "articles_known", "roles", "roles_counted", "one_source", "disputed", "source_count",
)  # fmt: skip
BY = ("all", "stage", "role", "court", "city", "year", "dataset")
_UNKNOWN = "unknown"


def coverage(casebook: Casebook, *, by: str | None = None, min_proceedings: int = 1) -> Answer:
    """Fractions of the proceedings and roles for which something is known, in all and by kind.

    For `by` role the row counts involvements in that role; the rest count proceedings. `one_source` is the share of
    roles that rest on sources of a single origin. `source_count` is the number of sources behind the row.

    Shape: one row per value, in the order of BY, most proceedings first.
    Units: shares are fractions of the row's proceedings, for one_source and disputed of its roles.
    Raises:
        ValueError: `by` is none of BY.
    """
    if by is not None and by not in BY:
        raise ValueError(f"{by!r} is none of {', '.join(BY)}")
    acts = _acts(casebook)
    roles = casebook.involvements.with_columns((pl.col("origins").list.len() == 1).alias("single"))
    roles = roles.join(acts.select("proceeding", *(c for c in BY if c not in ("role", "stage", "court", "year"))), on="proceeding", how="left")  # fmt: skip
    roles = roles.with_columns(pl.col("year").cast(pl.String), pl.lit("all").alias("all"))
    rows: list[Row] = []
    left = 0
    for kind in BY:
        if by not in (None, kind):
            continue
        found = _by_role(roles) if kind == "role" else _by_act(acts, roles, kind)
        shown = [r for r in found if (r["proceedings"] or 0) >= min_proceedings]
        left += len(found) - len(shown)
        rows += shown
    courts = named(casebook, "body", (r["value"] for r in rows if r["by"] == "court"))
    for row in rows:
        row["name"] = courts.get(row["value"]) if row["by"] == "court" else None
    parameters = {"by": by, "min_proceedings": min_proceedings}
    return Answer(
        "coverage", {k: v for k, v in parameters.items() if v is not None}, COLUMNS, rows, [footnote(casebook)],
        {"below_min_proceedings": left} if left else {},
    )  # fmt: skip


def footnote(casebook: Casebook) -> str:
    """One line on what the data know: the footnote of other outputs."""
    acts, roles = _acts(casebook), casebook.involvements
    if not acts.height or not roles.height:
        return f"{casebook.cases.height} cases, no roles: nothing can be said of officials"
    cases = casebook.cases
    arrest = cases["arrest_date"].is_not_null().mean()
    charged = (cases["articles"].list.len() > 0).mean()
    single = (roles["origins"].list.len() == 1).mean()
    return (
        f"known: {cases.height} cases in {cases['matter'].n_unique()} matters, arrest date of {_share(arrest)}, articles of"
        f" {_share(charged)}; {acts.height} proceedings, a day of {_share(acts['dated'].mean())}, a judge of"
        f" {_share(acts['judge_named'].mean())}; {roles.height} roles, {_share(single)} on one origin;"
        " the courts' other cases were not counted"
    )


def _share(value: object) -> str:
    return f"{float(str(value)):.0%}" if value is not None else "none"


def _acts(casebook: Casebook) -> pl.DataFrame:
    """Proceedings with what is known of each, and its place."""
    counted = casebook.involvements.filter("counts")
    judged = counted.filter(pl.col("role").is_in(JUDGES))["proceeding"].drop_nulls().unique()
    prosecuted = counted.filter(pl.col("role") == "prosecutor")["proceeding"].drop_nulls().unique()
    bodies = casebook.bodies.select(pl.col("body").alias("court"), "city")
    cases = casebook.cases.select("case", (pl.col("articles").list.len() > 0).alias("articles_known"))
    return casebook.proceedings.select("proceeding", "case", "matter", "stage", "court", "date", "outcome", "sources").join(
        bodies, on="court", how="left"
    ).join(cases, on="case", how="left").with_columns(
        pl.lit("all").alias("all"),
        pl.col("date").str.slice(0, 4).alias("year"),
        pl.col("proceeding").str.split("/").list.first().alias("dataset"),
        (pl.col("date").str.len_chars() == len("2024-08-01")).fill_null(False).alias("dated"),
        pl.col("court").is_not_null().alias("court_known"),
        pl.col("outcome").is_not_null().alias("outcome_known"),
        pl.col("proceeding").is_in(judged.implode()).alias("judge_named"),
        pl.col("proceeding").is_in(prosecuted.implode()).alias("prosecutor_named"),
    )  # fmt: skip


_KNOWN = ("dated", "court_known", "outcome_known", "judge_named", "prosecutor_named", "articles_known")


def _by_act(acts: pl.DataFrame, roles: pl.DataFrame, kind: str) -> list[Row]:
    found = acts.group_by(kind).agg(
        pl.len().alias("proceedings"),
        pl.col("matter").n_unique().alias("matters"),
        *(pl.col(c).mean().round(4) for c in _KNOWN),
        pl.col("sources").explode().drop_nulls().n_unique().alias("source_count"),
    )
    more = roles.group_by(kind).agg(*_of_roles()) if kind in roles.columns else None
    if more is not None:
        found = found.join(more, on=kind, how="left", nulls_equal=True)
    rows = [
        {**dict.fromkeys(COLUMNS), **r, "by": kind, "value": r[kind] or _UNKNOWN} for r in found.iter_rows(named=True)
    ]
    for row in rows:
        row.pop(kind)
    return sorted(rows, key=lambda r: (-r["proceedings"], r["value"]))


def _by_role(roles: pl.DataFrame) -> list[Row]:
    found = roles.group_by("role").agg(
        pl.col("proceeding").n_unique().alias("proceedings"),
        pl.col("matter").n_unique().alias("matters"),
        (pl.col("date").str.len_chars() == len("2024-08-01")).fill_null(False).mean().round(4).alias("dated"),
        pl.col("court").is_not_null().mean().round(4).alias("court_known"),
        pl.col("sources").explode().drop_nulls().n_unique().alias("source_count"),
        *_of_roles(),
    )
    rows = [{**dict.fromkeys(COLUMNS), **r, "by": "role", "value": r.pop("role")} for r in found.to_dicts()]
    return sorted(rows, key=lambda r: (-r["roles"], r["value"]))


def _of_roles() -> list[pl.Expr]:
    return [
        pl.len().alias("roles"),
        pl.col("counts").sum().alias("roles_counted"),
        pl.col("single").mean().round(4).alias("one_source"),
        (pl.col("status") == "disputed").mean().round(4).alias("disputed"),
    ]
