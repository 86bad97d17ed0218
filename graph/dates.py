"""Dates with the precision they came with: `2021`, `2021-02`, `2021-02-16`; nothing invents a day."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date

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
