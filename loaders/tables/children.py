"""Children carry no name: who is one, and which columns would name them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from graph.dates import first_day, last_day
from graph.records import Cell

OF_AGE = 18
CATEGORY = "minor_family_member"
NAMES = ("name", "name_ru", "name_uk", "name_be", "aliases")
"""Columns of `people` that stay blank for a child."""


def is_child(person: Mapping[str, Cell], today: date) -> bool:
    """Whether a row of `people` is about somebody who may be under 18 on `today`, or of category `minor_family_member`.

    The birth date decides where it can; where it is absent or too coarse, the year of birth does. A year alone
    leaves somebody who turns 18 in it a child until its end: a name shown too early cannot be taken back.
    """
    if person.get("category") == CATEGORY:
        return True
    born, year = person.get("birth_date"), person.get("birth_year")
    if isinstance(born, str):
        oldest, youngest = _age(first_day(born), today), _age(last_day(born), today)
        if (oldest < OF_AGE) == (youngest < OF_AGE) or not isinstance(year, int):
            return youngest < OF_AGE
    return isinstance(year, int) and _age(date(year, 12, 31), today) < OF_AGE


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
