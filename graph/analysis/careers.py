"""Posts over time: what tenures state and what involvements show. Described; there is nobody to compare with yet."""

from __future__ import annotations

import polars as pl

from graph.analysis.finding import named
from graph.answers import Answer, Row
from graph.casebook import Casebook
from graph.dates import first_day

COLUMNS = (
    "person", "name", "from", "to", "post", "institution", "institution_name", "basis", "matters", "matter_ids", "sources",
)  # fmt: skip
STATED, SEEN = "tenure", "seen in proceedings"


def careers(casebook: Casebook, *, person: str | None = None, min_posts: int = 2) -> Answer:
    """Posts of each official in order of time: tenures as stated, and roles by court or institution as seen.

    A seen post runs from the first to the last dated act there, which says nothing of when it was taken up or left.
    Officials with fewer than `min_posts` posts are left out unless asked for by `person`.

    Shape: one row per person and post; undated ones come last.
    Raises:
        ValueError: a threshold below 1.
    """
    if min_posts < 1:
        raise ValueError(f"min_posts must be 1 or more, got {min_posts}")
    rows = [*_stated(casebook), *_seen(casebook)]
    if person is not None:
        asked, min_posts = casebook.canonical("person", person), 1
        rows = [r for r in rows if r["person"] == asked]
    posts: dict[str, int] = {}
    for row in rows:
        posts[row["person"]] = posts.get(row["person"], 0) + 1
    shown = [r for r in rows if posts[r["person"]] >= min_posts]
    shown.sort(key=lambda r: (r["person"], r["from"] is None, str(first_day(r["from"])) if r["from"] else "", r["post"], r["institution"] or ""))  # fmt: skip
    people = named(casebook, "person", (r["person"] for r in shown))
    bodies = named(casebook, "body", (r["institution"] for r in shown))
    for row in shown:
        row["name"], row["institution_name"] = people[row["person"]], bodies.get(row["institution"])
        row["sources"] = casebook.source_list(row["sources"])
    tenures = casebook.tenures.height
    notes = [
        f"{tenures} tenures are known"
        + ("" if tenures else ": posts are only what proceedings show, and nothing is compared"),
        "a seen post is a span of sightings, not of office",
    ]
    left = {"people_with_fewer_posts": sum(n < min_posts for n in posts.values())}
    parameters = {"person": person, "min_posts": min_posts}
    return Answer(
        "careers", {k: v for k, v in parameters.items() if v is not None}, COLUMNS, shown, notes,
        {k: v for k, v in left.items() if v},
    )  # fmt: skip


def _stated(casebook: Casebook) -> list[Row]:
    return [
        {
            "person": r["person"], "from": r["from"], "to": r["to"], "post": r["post"], "institution": r["body"],
            "basis": STATED, "matters": None, "matter_ids": [], "sources": r["sources"],
        }
        for r in casebook.tenures.iter_rows(named=True)
    ]  # fmt: skip


def _seen(casebook: Casebook) -> list[Row]:
    counted = casebook.involvements.filter(pl.col("official") & pl.col("counts"))
    # a judge's own court is the one that sat, unless the record names another
    own = pl.when(pl.col("role").is_in(["presiding_judge", "judge"])).then(pl.coalesce("institution", "court")).otherwise("institution")  # fmt: skip
    dated = pl.col("first_day").is_not_null()
    rows = counted.with_columns(own.alias("institution")).group_by("person", "role", "institution").agg(
        pl.col("date").filter(dated).sort_by(pl.col("first_day").filter(dated)).first().alias("from"),
        pl.col("date").filter(dated).sort_by(pl.col("first_day").filter(dated)).last().alias("to"),
        pl.col("matter").unique().sort().alias("matter_ids"),
        pl.col("sources").explode().drop_nulls().unique().sort().alias("sources"),
    )  # fmt: skip
    return [
        {
            "person": r["person"], "from": r["from"], "to": r["to"], "post": r["role"], "institution": r["institution"],
            "basis": SEEN, "matters": len(r["matter_ids"]), "matter_ids": r["matter_ids"], "sources": r["sources"],
        }
        for r in rows.iter_rows(named=True)
    ]  # fmt: skip
