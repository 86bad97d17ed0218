"""What rows of analyses have in common: rounding, names, sources, and how a finding reads."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import polars as pl

from graph.answers import Row
from graph.casebook import Casebook

NO_PATTERN = "nothing beyond chance"
UNTESTABLE = "untestable"
_NOBODY: Mapping[str, str | None] = {"en": None, "ru": None}


def rounded(value: float | None, digits: int = 4) -> float | None:
    """The number to so many significant digits; None for what is not a number."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{digits}g}")


def named(casebook: Casebook, kind: str, things: Iterable[str | None]) -> dict[str, Mapping[str, str | None]]:
    """Names by id, of everything that is asked for."""
    wanted = sorted({t for t in things if t is not None})
    found = casebook.names(kind, wanted)
    return {t: found.get(t, _NOBODY) for t in wanted}


def sources_of(casebook: Casebook, involvements: pl.DataFrame, keys: Sequence[str]) -> dict[tuple[str, ...], list[Row]]:
    """The sources of involvements by the values of `keys`."""
    found = involvements.select(*keys, "sources").explode("sources").drop_nulls("sources")
    found = found.group_by(list(keys)).agg(pl.col("sources").unique())
    return {tuple(row[:-1]): casebook.source_list(row[-1]) for row in found.iter_rows()}


def joined(lists: Iterable[Sequence[Row]]) -> list[Row]:
    """Several lists of sources as one, each source once, ordered by id."""
    return [card for _, card in sorted({card["id"]: card for cards in lists for card in cards}.items())]


def of_people(involvements: pl.DataFrame, people: Collection[str]) -> pl.DataFrame:
    """The involvements that count, of these people."""
    wanted = pl.Series(sorted(people), dtype=pl.String)
    return involvements.filter(pl.col("counts") & pl.col("person").is_in(wanted.implode()))


def power_notes(names: Mapping[int, str], court: np.ndarray, ratio: np.ndarray) -> list[str]:
    """One note for each court: the smallest ratio of any of its tests that four in five would find."""
    best: dict[int, float] = {}
    for place, value in zip(court.tolist(), ratio.tolist(), strict=True):
        known = best.get(place, math.inf)
        best[place] = min(known, value) if math.isfinite(value) else known
    able = sorted((f"{names[c]} {v:.2g}" for c, v in best.items() if math.isfinite(v)))
    not_able = sorted(names[c] for c, v in best.items() if not math.isfinite(v))
    notes = []
    if able:
        notes.append("smallest ratio found in four of five such courts: " + "; ".join(able))
    if not_able:
        notes.append(f"untestable ({len(not_able)} courts; silence says nothing of them): " + "; ".join(not_able))
    return notes
