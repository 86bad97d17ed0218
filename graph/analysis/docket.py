"""Who took part in which matter, before which court, when: involvements as integer codes.

The unit is a *sitting*: one matter before one court, dated by its first act there. An official counts once in
it for each group of roles, whatever the number of defendants and hearings. Sittings are numbered by court,
then date, then matter, so "between two sittings of a court" is a range of numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]
GROUPS: Mapping[str, str] = {
    "presiding_judge": "judge",
    "judge": "judge",
    "prosecutor": "prosecutor",
    "investigator": "investigator",
    "expert_witness": "expert",
}
"""The roles that make teams, by what the official is in them."""
PERIODS = {"year": 12, "half": 6, "quarter": 3, "month": 1, "none": 0}
"""Lengths of a period in months; 0 takes all time as one and does not allow for coming and going."""
_UNDATED = -1
_BEFORE = 12 * 3000  # keeps the months before 1970 above zero


@dataclass(frozen=True, slots=True)
class Docket:
    """Sittings and who took part in them. `sitting`, `group`, `person` are the codes of one participation each,
    sorted by sitting, group, person and without repeats; `court`, `day`, `matter` describe each sitting.

    `day` to `last_day` is when its first act can have been, in days from 1970-01-01; -1 where no date is known.
    `left_out` counts what could not be placed.
    """

    people: Sequence[str]
    groups: Sequence[str]
    courts: Sequence[str]
    matters: Sequence[str]
    sitting: Ints
    group: Ints
    person: Ints
    court: Ints
    day: Ints
    last_day: Ints
    matter: Ints
    left_out: Mapping[str, int]

    def period(self, name: str) -> Ints:
        """The period of each sitting as a number; -1 where it has no date.

        Raises:
            ValueError: no period of that name.
        """
        if name not in PERIODS:
            raise ValueError(f"period {name!r} is none of {', '.join(PERIODS)}")
        months = PERIODS[name]
        if months == 0:
            return np.zeros(len(self.day), dtype=np.int64)
        month = self.day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        return np.asarray(np.where(self.day == _UNDATED, -1, (month + _BEFORE) // months), dtype=np.int64)

    @property
    def vague(self) -> NDArray[np.bool_]:
        """Which sittings are dated, but not to the day."""
        return np.asarray(self.last_day > self.day)


def docket(involvements: pl.DataFrame, groups: Mapping[str, str] | None = GROUPS) -> Docket:
    """The sittings of an `involvements` frame (docs/architecture.md).

    `groups` maps roles to groups, other roles are not looked at; None takes each official role as its own
    group. Only involvements that count are used. Somebody without a court (an investigator) took part in every
    sitting of the matter; a matter without any court is left out and counted, for nobody can say who else
    could have been there.
    """
    wanted = pl.col("official") if groups is None else pl.col("role").is_in(list(groups))
    group = pl.col("role") if groups is None else pl.col("role").replace_strict(dict(groups), default=None)
    # a name read at another hearing dates that hearing; its proceeding's date serves where there is no other
    spare = pl.col("date").str.to_date("%Y-%m-%d", strict=False)
    used = (
        involvements.lazy()
        .filter(wanted & pl.col("counts") & pl.col("person").is_not_null() & pl.col("matter").is_not_null())
        .select("person", "matter", "court", "first_day", "last_day", spare.alias("spare"), group.alias("group"))
        .collect()
    )
    placed = _placed(used)
    return _coded(placed, {"no_court": used["matter"].n_unique() - placed["matter"].n_unique()})


def _placed(used: pl.DataFrame) -> pl.DataFrame:
    """One row for each matter, court, group and person, with the days of the sitting's first act."""
    somewhere = used.filter(pl.col("court").is_not_null())
    anywhere = used.filter(pl.col("court").is_null())
    columns = ["matter", "court", "group", "person"]
    both = somewhere.select(columns)
    if anywhere.height:
        courts = somewhere.select("matter", "court").unique()
        both = pl.concat([both, anywhere.drop("court").join(courts, on="matter").select(columns)])
    days = somewhere.group_by("matter", "court").agg(
        pl.coalesce(pl.col("first_day").min(), pl.col("spare").min()).alias("day"),
        pl.coalesce(pl.col("last_day").min(), pl.col("spare").min()).alias("last_day"),
    )
    return both.unique().join(days, on=["matter", "court"])


def _coded(placed: pl.DataFrame, left_out: Mapping[str, int]) -> Docket:
    people, courts, matters, groups = (placed[c].unique().sort() for c in ("person", "court", "matter", "group"))
    frame = placed.select(
        pl.col("person").cast(pl.Enum(people)).to_physical().cast(pl.Int64),
        pl.col("court").cast(pl.Enum(courts)).to_physical().cast(pl.Int64),
        pl.col("matter").cast(pl.Enum(matters)).to_physical().cast(pl.Int64),
        pl.col("group").cast(pl.Enum(groups)).to_physical().cast(pl.Int64),
        pl.col("day", "last_day").dt.epoch("d").cast(pl.Int64).fill_null(_UNDATED),
    )
    sittings = frame.select("court", "day", "last_day", "matter").unique().sort("court", "day", "matter")
    numbered = sittings.with_row_index("sitting").select("court", "matter", pl.col("sitting").cast(pl.Int64))
    rows = frame.join(numbered, on=["court", "matter"]).sort("sitting", "group", "person")
    return Docket(
        people.to_list(), groups.to_list(), courts.to_list(), matters.to_list(),
        rows["sitting"].to_numpy(), rows["group"].to_numpy(), rows["person"].to_numpy(),
        sittings["court"].to_numpy(), sittings["day"].to_numpy(), sittings["last_day"].to_numpy(),
        sittings["matter"].to_numpy(), left_out,
    )  # fmt: skip
