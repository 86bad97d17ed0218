"""Children carry no name: who is one, and which columns would name them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

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
