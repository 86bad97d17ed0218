"""Invented courts with a known truth: matters dealt blindly, and matters with a team or a bias planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.casebook import Casebook
from graph.dates import first_day, last_day
from graph.records import Cell, Record
from graph.rows import MemoryRows

START = date(2018, 1, 1)
ARTICLES = ("RU-CC 207.3", "RU-CC 275", "RU-CC 280.3", "RU-CC 205.2")
KINDS = ("political_prisoner", "journalist", "lawyer")


@dataclass(frozen=True, slots=True)
class World:
    """How the matters of a world come about.

    `coming` is the share of officials who are there for a part of the time only; `yearly` has them there in
    some years and not in others, `returning` for months and again after a leave of months. `uneven` is the spread of workloads (0: all alike). `specialised` is how much
    likelier a judge is to get matters of the own article. `hunted` is how much harder the matters of one
    official were searched for. `panels` is the share of sittings with three judges. `planted` matters of each
    court go to one fixed judge and prosecutor, `steered` is the share of one article that goes to one judge.
    `dates` is the precision of dates: day, month or year.
    """

    courts: int = 4
    judges: int = 15
    prosecutors: int = 15
    matters: int = 120
    years: int = 4
    coming: float = 0.0
    yearly: bool = False
    returning: bool = False
    uneven: float = 0.0
    specialised: float = 1.0
    prosecutors_too: bool = False
    hunted: float = 1.0
    panels: float = 0.0
    planted: int = 0
    steered: float = 0.0
    dates: str = "day"


def involvements(world: World, seed: int) -> pl.DataFrame:
    """The `involvements` frame of one world: the columns that the analyses read, invented names."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[object, ...]] = []
    for court in range(world.courts):
        rows += _court(world, f"w/court-{court}", rng)
    return frame(rows)


def casebook(world: World, seed: int) -> Casebook:
    """The same world as case tables, read through a `Casebook`."""
    return Casebook(MemoryRows.of(records(involvements(world, seed))), today=date(2026, 1, 1))


def quick(world: World, seed: int) -> Casebook:
    """The same casebook without the way through records: its involvements and people are put in place as frames.

    A test holds that analyses give the same tests on both.
    """
    frame = involvements(world, seed)
    book = Casebook(MemoryRows({}), today=date(2026, 1, 1))
    texts = pl.List(pl.String)
    empty = pl.lit([], dtype=texts)
    book.__dict__["involvements"] = frame.with_columns(
        pl.lit(["w/s"], dtype=texts).alias("sources"), pl.lit(["w/s"], dtype=texts).alias("origins"),
        pl.lit("accepted").alias("status"), pl.lit(None, dtype=pl.String).alias("confidence"),
        pl.lit(None, dtype=pl.String).alias("sentence_kind"), pl.lit(None, dtype=pl.Int64).alias("sentence_months"),
    )  # fmt: skip
    kinds = (
        frame.select("defendant")
        .unique()
        .with_columns(pl.col("defendant").str.strip_prefix("w/").str.split("-").list.first().alias("kind"))
    )
    officials = frame.select(pl.col("person").unique(), pl.lit("official").alias("kind"))
    book.__dict__["people"] = pl.concat([kinds.rename({"defendant": "person"}), officials]).sort("person").select(
        "person", pl.concat_list("kind").alias("category"), pl.lit(None, dtype=pl.String).alias("sex"),
        empty.alias("citizenships"), empty.alias("found_by"), empty.alias("records"),
        *(pl.lit(None, dtype=pl.String).alias(c) for c in ("name_en", "name_ru", "name_uk", "name_be")),
    )  # fmt: skip
    return book


def records(frame: pl.DataFrame) -> list[Record]:
    """The rows of the case tables that give this `involvements` frame; a defendant's category is in its id."""
    tables: dict[str, list[dict[str, Cell]]] = {"sources": [{"source_id": "s", "url": "https://example.org/"}]}
    local = frame.with_columns(pl.col("person", "defendant", "matter", "court").str.strip_prefix("w/"))
    tables["bodies"] = [{"body_id": c, "name": c, "kind": "court"} for c in local["court"].unique().sort()]
    tables["people"] = [{"person_id": p, "category": "official"} for p in local["person"].unique().sort()]
    for row in local.unique("matter", keep="first", maintain_order=True).iter_rows(named=True):
        kind = str(row["defendant"]).split("-")[0]
        who, case = row["defendant"], row["matter"]
        tables["people"].append({"person_id": who, "category": kind})
        tables.setdefault("cases", []).append({"case_id": case, "person_id": who, "articles": tuple(row["articles"])})
        tables.setdefault("proceedings", []).append(
            {"proceeding_id": case + "-p", "case_id": case, "stage": "first_instance", "body_id": row["court"],
             "decision_date": row["date"], "outcome": "convicted"}
        )  # fmt: skip
    tables["roles"] = [
        {"proceeding_id": r["matter"] + "-p", "case_id": r["matter"], "person_id": r["person"], "role": r["role"],
         "basis": "stated"}
        for r in local.iter_rows(named=True)
    ]  # fmt: skip
    return [
        Record("w", name, cells if name == "sources" else {**cells, "source_ids": ("s",)}, "", line)
        for name, rows in tables.items()
        for line, cells in enumerate(rows, start=2)
    ]


def frame(rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    """Rows of (person, role, matter, defendant, court, first and last day, date, articles) as an `involvements` frame."""
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "person": pl.String, "role": pl.String, "matter": pl.String, "defendant": pl.String, "court": pl.String,
        "first_day": pl.Date, "last_day": pl.Date, "date": pl.String, "articles": pl.List(pl.String),
    }  # fmt: skip
    return pl.DataFrame(list(rows), schema=schema, orient="row").with_columns(
        proceeding=pl.col("matter") + "-p", case=pl.col("matter"), official=pl.lit(True), counts=pl.lit(True),
        basis=pl.lit("stated"), stage=pl.lit("first_instance"), year=pl.col("first_day").dt.year(), effect=pl.lit("adverse"),
    )  # fmt: skip


def _court(world: World, court: str, rng: np.random.Generator) -> list[tuple[object, ...]]:
    days = world.years * 365
    judges, prosecutors = _staff(world, world.judges, days, rng), _staff(world, world.prosecutors, days, rng)
    hunted = int(rng.integers(world.judges))
    rows: list[tuple[object, ...]] = []
    made, number = 0, 0
    while made < world.matters:
        number += 1
        day, article = int(rng.integers(days)), int(rng.integers(len(ARTICLES)))
        wanted = 3 if rng.random() < world.panels else 1
        mine = _drawn(judges, day, wanted, article, world.specialised, rng)
        other = _drawn(prosecutors, day, 1, article, world.specialised if world.prosecutors_too else 1.0, rng)
        if not mine or not other:
            continue
        if world.steered and article == 0 and rng.random() < world.steered:
            mine = [0]
        if world.hunted > 1 and hunted not in mine and rng.random() > 1 / world.hunted:
            continue  # not found: nobody looked through this judge's docket
        made += 1
        rows += _sitting(court, made, day, article, mine, other, world.dates, rng)
    for extra in range(world.planted):
        day, article = int(rng.integers(days)), int(rng.integers(len(ARTICLES)))
        rows += _sitting(court, world.matters + 1 + extra, day, article, [1], [1], world.dates, rng)
    return rows


@dataclass(frozen=True, slots=True)
class _Staff:
    weight: NDArray[np.float64]
    there: NDArray[np.bool_]  # officials x days
    own: NDArray[np.int64]  # the article each specialises in


def _staff(world: World, size: int, days: int, rng: np.random.Generator) -> _Staff:
    there = np.ones((size, days), dtype=bool)
    for one in np.flatnonzero(rng.random(size) < world.coming):
        if world.yearly:
            there[one] = np.repeat(rng.random(world.years) < 0.6, 365)
        elif world.returning:
            there[one] = _stints(days, rng)
        else:
            start, stop = sorted(int(x) for x in rng.integers(days, size=2))
            there[one] = False
            there[one, start : stop + 1] = True
    return _Staff(np.exp(world.uneven * rng.standard_normal(size)), there, rng.integers(len(ARTICLES), size=size))


def _stints(days: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """On duty for 20 days and more, nine months in the mean; then away for 20 and more, seven months in the mean."""
    there = np.zeros(days, dtype=bool)
    at = -int(rng.integers(400))
    while at < days:
        on, off = 20 + int(rng.exponential(250)), 20 + int(rng.exponential(200))
        there[max(0, at) : max(0, at + on)] = True
        at += on + off
    return there


def _drawn(staff: _Staff, day: int, wanted: int, article: int, special: float, rng: np.random.Generator) -> list[int]:
    weight = staff.weight * staff.there[:, day] * np.where(staff.own == article, special, 1.0)
    able = int((weight > 0).sum())
    if not able:
        return []
    return [int(x) for x in rng.choice(len(weight), size=min(wanted, able), replace=False, p=weight / weight.sum())]


def _sitting(
    court: str, number: int, day: int, article: int, judges: Sequence[int], prosecutors: Sequence[int], dates: str,
    rng: np.random.Generator,
) -> list[tuple[object, ...]]:  # fmt: skip
    matter = f"{court}-m{number}"
    when = START + timedelta(days=day)
    written = when.isoformat()[: {"year": 4, "month": 7, "day": 10}[dates]]
    kind = f"w/{KINDS[int(rng.integers(len(KINDS)))]}-{matter[2:]}"
    shared = (matter, kind, court, first_day(written), last_day(written), written, [ARTICLES[article]])
    return [
        *((f"{court}-j{one}", "presiding_judge", *shared) for one in judges),
        *((f"{court}-p{one}", "prosecutor", *shared) for one in prosecutors),
    ]
