"""Dates with the precision they came with: `2021`, `2021-02`, `2021-02-16`; nothing invents a day."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from functools import cache

_SHAPE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
XSD_TYPE = {4: "gYear", 7: "gYearMonth", 10: "date"}
"""The XSD datatype of a date by the length of its text."""


def checked(text: str) -> str:
    """The same text, if it is a date that can be.

    Raises:
        ValueError: another shape, or a month or day that does not exist.
    """
    found = _SHAPE.fullmatch(text)
    if not found:
        raise ValueError("is not a date; write YYYY, YYYY-MM or YYYY-MM-DD")
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        raise ValueError("is a date that does not exist; correct it") from None
    return text


def meant(text: str) -> str | None:
    """The date that another way of writing can only mean; None where it is none, or where day and month could be
    taken for each other (02/03/2021 is February in one country and March in another).

    >>> meant("1 августа 2024 г."), meant("01.08.2024"), meant("August 2024"), meant("02/03/2024")
    ('2024-08-01', '2024-08-01', '2024-08', None)
    """
    year = month = day = None
    if found := _DAY_FIRST.fullmatch(text) or _IN_WORDS.fullmatch(text):
        day, month, year = found.groups()
    elif found := _SLASHES.fullmatch(text):
        day, month, year = found.groups()
        if int(day) <= 12:
            return None
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := _MONTH_FIRST.fullmatch(text):
        month, day, year = found.groups()
    if year is None or month is None:
        return None
    number = int(month) if month.isdigit() else _months().get(month.casefold())
    try:
        return checked("-".join([year, f"{number or 0:02}", *([f"{int(day):02}"] if day else [])]))
    except ValueError:
        return None


_DAY_FIRST = re.compile(r"(?:(\d{1,2})[.])?(\d{1,2})[.](\d{4})(?:\s*(?:г|г\.|года))?", re.ASCII)
_IN_WORDS = re.compile(r"(?:([0-9]{1,2})(?:st|nd|rd|th)?\s+)?([^\W\d_]+)\.?,?\s+([0-9]{4})(?:\s*(?:г|г\.|года))?")
_MONTH_FIRST = re.compile(r"([^\W\d_]+)\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_MIDNIGHT = r"(?:[T ]00:00(?::00(?:\.0+)?)?)?"  # what programs add to a day that has no time
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-./](\d{{1,2}})(?:[-./](\d{{1,2}}){_MIDNIGHT})?", re.ASCII)


@cache
def _months() -> dict[str, int]:
    """Months by their names and usual short forms, in English and Russian."""
    written = """january jan январь января янв|february feb февраль февраля фев|march mar март марта мар|april apr апрель
    апреля апр|may май мая|june jun июнь июня июн|july jul июль июля июл|august aug август августа авг|september sept sep
    сентябрь сентября сен|october oct октябрь октября окт|november nov ноябрь ноября ноя|december dec декабрь декабря
    дек"""
    return {name: n for n, names in enumerate(written.split("|"), 1) for name in names.split()}


def first_day(text: str) -> date:
    """The earliest day that a date can mean."""
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    return date(year, month, day)


def last_day(text: str) -> date:
    """The latest day that a date can mean."""
    parts = [int(p) for p in text.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) > 2 else monthrange(year, month)[1])


def contains(wide: str, narrow: str) -> bool:
    """Whether `narrow` says the same as `wide`, perhaps more precisely: a year holds its days."""
    return narrow == wide or narrow.startswith(wide + "-")


def earliest(texts: Iterable[str]) -> str | None:
    """The date that begins first (the more precise of two that begin alike); None where there is none."""
    return min(texts, key=lambda t: (first_day(t), -len(t)), default=None)


def latest(texts: Iterable[str]) -> str | None:
    """The date whose earliest day is last (the more precise of two that begin alike); None where there is none."""
    return max(texts, key=lambda t: (first_day(t), len(t)), default=None)
