"""Children carry no name: who is one, and which columns would name them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from graph.dates import last_day
from graph.records import Cell

OF_AGE = 18
CATEGORY = "minor_family_member"
NAMES = ("name", "name_ru", "name_uk", "name_be", "aliases")
"""Columns of `people` that stay blank for a child."""


def is_child(person: Mapping[str, Cell], today: date) -> bool:
    """Whether a row of `people` is about somebody who may be under 18 on `today`, or of category `minor_family_member`.

    The birth date decides, else the year of birth. Where month or day are not known the latest possible day counts,
    so that somebody who turns 18 this year is a child until its end: a name shown too early cannot be taken back.
    """
    born = person.get("birth_date") or person.get("birth_year")
    return person.get("category") == CATEGORY or (born is not None and _age(last_day(str(born)), today) < OF_AGE)


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def children(people: pl.DataFrame, today: date) -> pl.Series:
    """The same of every row of the frame of `people` at once: which rows are about a child."""
    # Text compares as dates do; where the day is not known, no later day than this one can be meant.
    cut = f"{today.year - OF_AGE:04}-{today.month:02}-{today.day:02}"
    born = pl.coalesce("birth_date", pl.col("birth_year").cast(pl.String))
    open_end = pl.when(born.str.len_chars() == 4).then(pl.lit("-12-31"))
    latest = born + open_end.when(born.str.len_chars() == 7).then(pl.lit("-31")).otherwise(pl.lit(""))
    named_so = (pl.col("category") == CATEGORY).fill_null(False)
    return people.select((named_so | (latest > cut).fill_null(False)).alias("child"))["child"]
