"""Everybody in a case, in order of time."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graph.answers import Answer
from graph.casebook import Casebook
from graph.who import COLUMNS, lines, own_cases


def case(casebook: Casebook, cases: Sequence[str], *, asked: str) -> Answer:
    """All involvements in these cases, the defendant's among them, in order of time.

    Every proceeding has a row at least for its defendant, so those whose officials nobody named are seen too.

    Shape: one row per involvement, as `graph.who.who` gives them; undated ones come last.
    """
    wanted = list(dict.fromkeys(casebook.canonical("case", c) for c in cases))
    known = casebook.at("cases", "case", wanted)
    roles = casebook.at("involvements", "case", wanted)
    own = own_cases(casebook, known)
    rows = lines(casebook, pl.concat([roles.select(own.columns), own]))
    place = {c: i for i, c in enumerate(wanted)}
    rows.sort(key=lambda row: place[row["case"]])
    absent = sorted(set(wanted) - set(known["case"].to_list()))
    return Answer("case", {"name": asked}, COLUMNS, rows, [f"{c}: no such case is known" for c in absent])
