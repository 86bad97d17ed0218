"""The officials of a court."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graph.answers import Answer
from graph.casebook import Casebook
from graph.officials import TALLIED, at_bodies, tallied

COLUMNS = (
    "person", "name", "roles", "matters", "cases", "first", "last", "matter_ids", "case_ids", "records", "sources",
)  # fmt: skip


def court(casebook: Casebook, bodies: Sequence[str], *, asked: str) -> Answer:
    """The officials who took part in proceedings of these institutions or belong to them, most matters first.

    Only roles whose basis counts are counted: `not_stated` says how many others there are. Officials who have no
    other are not shown.

    Shape: one row per official; ties are ordered by id.
    """
    wanted = list(dict.fromkeys(casebook.canonical("body", b) for b in bodies))
    here = casebook.involved(pl.col("official") & at_bodies(wanted), TALLIED)
    counted = here.filter("counts")
    rows = tallied(casebook, counted, COLUMNS)
    rows.sort(key=lambda row: (-row["matters"], row["person"]))
    names = casebook.names("body", wanted)
    notes = [f"{b}: no such institution is known" for b in wanted if b not in names]
    notes += [
        f"cannot tell whether {b} and {other} are one institution" for b in wanted for other in _doubts(casebook, b)
    ]
    return Answer("court", {"name": asked}, COLUMNS, rows, notes, {"not_stated": here.height - counted.height})


def _doubts(casebook: Casebook, body: str) -> tuple[str, ...]:
    return casebook.identity.unsure("body", body)
