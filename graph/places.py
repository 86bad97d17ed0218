"""Towns under one name each: spellings of one town are one place, in whatever script or romanisation."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from graph.name_folding import display, fold

_FILE = Path(__file__).parent / "places.csv"
Town = tuple[str, str | None]
"""A town as a source writes it, and its country (ISO 3166-1) where that is known."""


def one_name_each(towns: Iterable[Town]) -> dict[Town, str]:
    """The name by which each of these towns goes.

    A town of `places.csv` goes by its name there. Others are one where country and letters agree, be they written in
    Cyrillic or in a romanisation, and go by the least of their spellings, a Latin one first. A spelling that is in
    neither way the same stays a place of its own: nobody guesses.
    """
    found: dict[Town, str] = {}
    other: dict[Town, set[str]] = {}
    for name, country in set(towns):
        text = display(name)
        key = _key(text)
        known = _known().get((key, country)) if country else _anywhere(key)
        if known:
            found[name, country] = known
        else:
            other.setdefault((key, country), set()).add(text)
            found[name, country] = ""
    return {
        town: name or min(other[_key(display(town[0])), town[1]], key=lambda s: (not s.isascii(), s))
        for town, name in found.items()
    }


def place_name(place: str, lang: str) -> str:
    """A place that `one_name_each` gave, as readers of `lang` write it; as it is where no Russian name is known."""
    return _russian().get(place, place) if lang == "ru" else place


def _key(text: str) -> str:
    words = text.casefold().replace("-", " ").replace(".", " ").split()
    if len(words) > 1 and words[0] in ("г", "город", "м", "місто", "city"):
        words = words[1:]
    if len(words) > 1 and words[0] == "st":
        words[0] = "saint"
    return fold(" ".join(words)).replace(" ", "") or "".join(words)


@cache
def _rows() -> tuple[Mapping[str, str], ...]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def _known() -> Mapping[Town, str]:
    return MappingProxyType(
        {
            (_key(spelling), row["country"]): row["name"]
            for row in _rows()
            for spelling in (row["name"], row["name_ru"], *filter(None, row["spellings"].split("|")))
        }
    )


@cache
def _russian() -> Mapping[str, str]:
    return MappingProxyType({row["name"]: row["name_ru"] for row in _rows()})


def _anywhere(key: str) -> str | None:
    """The town of this spelling where only one country has one."""
    names = {name for (known, _), name in _known().items() if known == key}
    return names.pop() if len(names) == 1 else None
