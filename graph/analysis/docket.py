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
LONG = 5  # times the usual gap between two sightings, of those who are there 3 % are longer
LEAVE = 28
"""Days without a sighting that can be a leave; less makes no difference within a period."""
_UNDATED = -1
_FAR = 1_000_000  # days before 1970 stay above zero with it
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


def docket(involvements: pl.DataFrame, groups: Mapping[str, str] | None = GROUPS, *, everywhere: bool = True) -> Docket:
    """The sittings of an `involvements` frame (docs/architecture.md).

    `groups` maps roles to groups, other roles are not looked at; None takes each official role as its own
    group. Only involvements that count are used. Somebody without a court (an investigator) took part in every
    sitting of the matter, or where not `everywhere` in none; a matter without any court is left out and counted,
    for nobody can say who else could have been there.
    """
    wanted = pl.col("official") if groups is None else pl.col("role").is_in(list(groups))
    group = pl.col("role") if groups is None else pl.col("role").replace_strict(dict(groups), default=None)
    used = (
        involvements.lazy()
        .filter(wanted & pl.col("counts") & pl.col("person").is_not_null() & pl.col("matter").is_not_null())
        .select(
            "person", "matter", "court", group.alias("group"), pl.col("first_day", "last_day").to_physical(), "date"
        )
        .collect()
    )
    names = {c: used[c].drop_nulls().unique().sort() for c in ("person", "court", "matter", "group")}
    coded = used.with_columns(pl.col(c).cast(pl.Enum(n)).to_physical().cast(pl.Int64) for c, n in names.items())
    somewhere = coded.filter(pl.col("court").is_not_null())
    unplaced = coded["matter"].n_unique() - somewhere["matter"].n_unique()
    sittings = _sittings(somewhere)
    anywhere = coded.filter(pl.col("court").is_null()) if everywhere else coded.clear()
    sitting, groups_, people = _participations(somewhere, anywhere, sittings)
    court, day, last_day, matter = (sittings[c].to_numpy() for c in ("court", "day", "last_day", "matter"))
    return Docket(
        names["person"].to_list(), names["group"].to_list(), names["court"].to_list(), names["matter"].to_list(),
        sitting, groups_, people, court, day, last_day, matter, {"no_court": unplaced},
    )  # fmt: skip


def presence(docket: Docket, person: Ints, sitting: Ints) -> tuple[Ints, Ints]:
    """For each participation the first and the last sitting of a stretch in which the person was there.

    A stretch runs from sighting to sighting in one court. It ends where somebody was not seen for `LEAVE` days or more
    and for far longer than usual: by the median of the person's own gaps, one in 32 people who was there all the time
    is cut once. Sittings that may have been on the same day as the first or the last belong to it.
    """
    if not len(sitting):
        return sitting, sitting
    order = np.lexsort((sitting, docket.court[sitting], person))
    at, who = sitting[order], person[order]
    fresh = np.ones(len(at), dtype=bool)
    fresh[1:] = (who[1:] != who[:-1]) | (docket.court[at[1:]] != docket.court[at[:-1]])
    gap, days = np.diff(at, prepend=at[:1]), docket.day[at] - np.roll(docket.last_day[at], 1)
    line = np.cumsum(fresh) - 1
    inner = pl.DataFrame({"line": line[~fresh], "gap": gap[~fresh]})
    usual = inner.group_by("line").agg(pl.col("gap").median(), pl.len().log(2).alias("many"))
    limit = np.full(int(line[-1]) + 1, np.inf)
    limit[usual["line"].to_numpy()] = usual["gap"].to_numpy() * (LONG + usual["many"].to_numpy())
    stretch = np.cumsum(fresh | ((gap > limit[line]) & (days >= LEAVE))) - 1
    starts = np.flatnonzero(np.diff(stretch, prepend=-1))
    ends = np.append(starts[1:], len(at)) - 1
    far = int(docket.last_day.max(initial=0)) + _FAR
    days_of = docket.court * far * 2 + docket.day + far
    first = np.searchsorted(days_of, docket.court[at[starts]] * far * 2 + docket.day[at[starts]] + far, side="left")
    last = np.searchsorted(days_of, docket.court[at[ends]] * far * 2 + docket.last_day[at[ends]] + far, side="right")
    low, high = np.empty_like(at), np.empty_like(at)
    low[order], high[order] = first[stretch], last[stretch] - 1
    return low, high


def _sittings(somewhere: pl.DataFrame) -> pl.DataFrame:
    """Matter and court, each pair once, with the days of the first act there; by court, day, matter."""
    days = somewhere.group_by("court", "matter").agg(pl.col("first_day").min(), pl.col("last_day").min())
    undated = days.filter(pl.col("first_day").is_null()).select("court", "matter")
    if undated.height:
        # a name read at another hearing dates that hearing; its proceeding's date serves where there is no other
        day = pl.col("date").str.to_date("%Y-%m-%d", strict=False).to_physical().min().alias("spare")
        spare = somewhere.join(undated, on=["court", "matter"]).group_by("court", "matter").agg(day)
        days = days.join(spare, on=["court", "matter"], how="left").with_columns(
            pl.coalesce("first_day", "spare"), pl.coalesce("last_day", "spare")
        )
    return days.select(
        "court",
        "matter",
        pl.col("first_day").cast(pl.Int64).fill_null(_UNDATED).alias("day"),
        pl.col("last_day").cast(pl.Int64).fill_null(_UNDATED),
    ).sort("court", "day", "matter")


def _participations(somewhere: pl.DataFrame, anywhere: pl.DataFrame, sittings: pl.DataFrame) -> tuple[Ints, Ints, Ints]:
    """Sitting, group and person of each participation, sorted and without repeats."""
    columns = ["matter", "court", "group", "person"]
    both = somewhere.select(columns)
    if anywhere.height:
        courts = sittings.select("matter", "court")
        both = pl.concat([both, anywhere.drop("court").join(courts, on="matter").select(columns)])
    numbered = sittings.with_row_index("sitting").select("court", "matter", pl.col("sitting").cast(pl.Int64))
    rows = both.join(numbered, on=["court", "matter"])
    groups, people = (int(rows[c].max() or 0) + 1 for c in ("group", "person"))  # type: ignore[arg-type]
    key = np.unique(
        (rows["sitting"].to_numpy() * groups + rows["group"].to_numpy()) * people + rows["person"].to_numpy()
    )
    return key // people // groups, key // people % groups, key % people
