"""How often each official of a court would come up if matters were drawn evenly among those there at the time.

Who was there is not known; it is bounded from what was seen. An official counts as there at a sitting if seen
in the same period, surely (also where dates are vague) not before the first or after the last sighting in
that court and role, and not in a gap between two sightings that is far longer than usual there: somebody on leave
is not there. So hardly ever more count than were really there, chances are not too small and p-values not too
low, whoever comes and goes. The first and the last sighting themselves set the span; they are taken as given and only the sittings
between them are tested.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.analysis import poisson_binomial
from graph.analysis.docket import LEAVE, LONG, Docket

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_SHORT, _PLAUSIBLE = 300, 0.25
_OFTEN = 3  # gaps that make an official's median worth something


@dataclass(frozen=True, slots=True)
class Draws:
    """One line for each official, role and court: arrays of equal length.

    `sittings` is what the court and role had in all, `seen` how many of them the official had, `first` and
    `last` the first and last of them (numbers of the docket). `tested` of `seen` lie between first and last,
    among `draws` sittings where chance gives `mean`; `p` is the upper tail and `least` the smallest that it
    could be. `exact` says how the tail was had.
    """

    person: Ints
    group: Ints
    court: Ints
    sittings: Ints
    seen: Ints
    first: Ints
    last: Ints
    tested: Ints
    draws: Ints
    mean: Floats
    p: Floats
    least: Floats
    exact: NDArray[np.bool_]


_NO_INTS, _NO_FLOATS = np.zeros(0, dtype=np.int64), np.zeros(0)
_NOTHING = Draws(
    _NO_INTS, _NO_INTS, _NO_INTS, _NO_INTS, _NO_INTS, _NO_INTS, _NO_INTS, _NO_INTS, _NO_INTS, _NO_FLOATS, _NO_FLOATS,
    _NO_FLOATS, np.zeros(0, dtype=np.bool_),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Seats:
    """Sittings of one court and role in order, all courts and roles end to end."""

    at: Ints  # for each participation: the place of its sitting in this order
    cell: Ints  # for each place: which court and role
    period: Ints
    sitting: Ints
    taken: Ints  # officials of the role in the sitting
    day: Ints
    last_day: Ints


def even_draws(docket: Docket, *, period: str = "year", exact_draws: int = poisson_binomial.EXACT_DRAWS) -> Draws:
    """Observed and expected sittings of every official, by role and court.

    In a sitting with k officials of the role each of n that were there comes up with chance k / n. Sittings
    without a date are not used unless `period` is "none".

    Source: the chances add up to a Poisson-binomial count (Hong 2013); conditioning on the first and last
    sighting leaves the draws between them as they were, for they are independent.
    """
    periods = docket.period(period)
    dated = periods[docket.sitting] >= 0
    sitting, group, person = docket.sitting[dated], docket.group[dated], docket.person[dated]
    if not len(sitting):
        return _NOTHING
    seats = _seats(docket, sitting, group, periods)
    cell = seats.cell[seats.at]

    order = np.lexsort((seats.at, person, cell))
    line_of, starts = _runs(cell[order], person[order])
    places = seats.at[order]
    ends = np.concatenate([starts[1:], [len(places)]]) - 1
    first, last = places[starts], places[ends]
    seen = ends - starts + 1

    there, low, high, owner = _presence(seats, places, line_of, starts, all_time=period == "none")
    chance = seats.taken / there
    # Where an official is not surely there, the chance is that of one more beside those who are.
    vague = (seats.last_day > seats.day) & (period != "none")
    unseen = np.where(vague, chance, np.minimum(1.0, seats.taken / (there + 1)))
    *sums, logs = _sums(chance, unseen, first, last, low, high, owner)

    tested, draws = np.maximum(seen - 2, 0), np.maximum(last - first - 1, 0)
    p = np.where(tested > 0, poisson_binomial.approximate_tail(tested, *sums), 1.0)
    # Far from a finding nothing hangs on the third digit, so long stretches there keep the approximation.
    exact = (tested == 0) | (draws <= exact_draws) & ((p < _PLAUSIBLE) | (draws <= _SHORT))
    for line in np.flatnonzero(exact & (tested > 0)):
        mine = slice(np.searchsorted(owner, line), np.searchsorted(owner, line, side="right"))
        chances = _chances(chance, unseen, int(first[line]), int(last[line]), low[mine], high[mine])
        p[line] = poisson_binomial.upper_tail(int(tested[line]), chances)
    courts = docket.court[seats.sitting[first]]
    return Draws(
        person[order][starts], group[order][starts], courts,
        np.bincount(seats.cell)[seats.cell[first]], seen, seats.sitting[first], seats.sitting[last],
        tested, draws, sums[0], p, np.exp(logs), exact,
    )  # fmt: skip


def _seats(docket: Docket, sitting: Ints, group: Ints, periods: Ints) -> _Seats:
    court = docket.court
    key = group * (len(court) + 1) + sitting  # sittings are numbered by court, so a court's stay together
    places, at = np.unique(key, return_inverse=True)
    held = places % (len(court) + 1)
    cells = (places // (len(court) + 1)) * (int(court.max(initial=0)) + 1) + court[held]
    cell = np.unique(cells, return_inverse=True)[1]
    return _Seats(
        at.astype(np.int64), cell.astype(np.int64), periods[held], held, np.bincount(at, minlength=len(places)),
        docket.day[held], docket.last_day[held],
    )  # fmt: skip


def _runs(*keys: Ints) -> tuple[Ints, Ints]:
    """For sorted keys: the number of the run each row belongs to, and where each run starts."""
    change = np.zeros(len(keys[0]), dtype=bool)
    change[:1] = True
    for key in keys:
        change[1:] |= key[1:] != key[:-1]
    return np.cumsum(change) - 1, np.flatnonzero(change)


def _presence(
    seats: _Seats, places: Ints, line: Ints, starts: Ints, *, all_time: bool
) -> tuple[Ints, Ints, Ints, Ints]:
    """How many were surely there at each place; and, line by line, the stretches (low to high) that say so.

    The stretches hold at places dated to the day; at vague ones, those count who were surely seen both before
    and after all the days it can mean.
    """
    begin_of, end_of = _stretches(seats)
    away = np.zeros(len(places), dtype=bool) if all_time else _away(seats, places, line, starts)
    runs = _runs(line, begin_of[places], np.cumsum(away))[1]
    ends = np.concatenate([runs[1:], [len(places)]]) - 1
    owner = line[runs]
    back, leaving = away[runs], np.concatenate([away[runs[1:]], [False]])
    low = np.where(back, places[runs], begin_of[places[runs]])
    high = np.where(leaving, places[ends], end_of[places[ends]])
    if not all_time:
        surely_from = np.minimum.reduceat(seats.last_day[places], starts)
        surely_until = np.maximum.reduceat(seats.day[places], starts)
        far = int(seats.last_day.max(initial=0) - seats.day.min(initial=0)) + 2
        when = seats.cell * far + seats.day - int(seats.day.min(initial=0))
        cell, base = seats.cell[places[runs]] * far, int(seats.day.min(initial=0))
        low = np.maximum(low, np.searchsorted(when, cell + surely_from[owner] - base, side="left"))
        high = np.minimum(high, np.searchsorted(when, cell + surely_until[owner] - base, side="right") - 1)
    some = high >= low
    owner, low, high = owner[some], low[some], high[some]
    steps = np.zeros(len(seats.cell) + 1, dtype=np.int64)
    np.add.at(steps, low, 1)
    np.add.at(steps, high + 1, -1)
    there = np.cumsum(steps)[:-1]
    if not all_time:
        stays = _runs(line, np.cumsum(away))[1]
        stay_from = np.minimum.reduceat(seats.last_day[places], stays)
        stay_until = np.maximum.reduceat(seats.day[places], stays)
        cell_of = seats.cell[places[stays]]
        for place in np.flatnonzero(seats.last_day > seats.day):
            mine = slice(
                np.searchsorted(cell_of, seats.cell[place]), np.searchsorted(cell_of, seats.cell[place], "right")
            )
            there[place] = np.count_nonzero(
                (stay_from[mine] <= seats.day[place]) & (stay_until[mine] >= seats.last_day[place])
            )
    return np.maximum(there, seats.taken), low, high, owner


def _away(seats: _Seats, places: Ints, line: Ints, starts: Ints) -> NDArray[np.bool_]:
    """Which sightings come after a gap so long that the official was probably away: many times the usual gap of
    those of the same court and role (the median of their medians), and `LEAVE` days or more."""
    gap = np.zeros(len(places), dtype=np.int64)
    gap[1:] = np.diff(places)
    inner = np.ones(len(places), dtype=bool)
    inner[starts] = False
    gaps = pl.DataFrame({"cell": seats.cell[places[inner]], "line": line[inner], "gap": gap[inner]})
    each = gaps.group_by("cell", "line").agg(pl.col("gap").median(), pl.len().alias("n"))
    often = pl.col("n") >= _OFTEN
    usual = each.group_by("cell").agg(
        pl.coalesce(pl.col("gap").filter(often).median(), pl.col("gap").median()).alias("usual")
    )
    limit = np.full(int(seats.cell.max(initial=-1)) + 1, np.inf)
    limit[usual["cell"].to_numpy()] = LONG * usual["usual"].to_numpy()
    days = seats.day[places] - np.roll(seats.last_day[places], 1)
    return np.asarray(inner & (gap > limit[seats.cell[places]]) & (days >= LEAVE))


def _stretches(seats: _Seats) -> tuple[Ints, Ints]:
    """For each place: the first and the last place of its court, role and period."""
    number, starts = _runs(seats.cell, seats.period)
    ends = np.concatenate([starts[1:], [len(seats.cell)]]) - 1
    return starts[number], ends[number]


def _sums(chance: Floats, unseen: Floats, first: Ints, last: Ints, low: Ints, high: Ints, owner: Ints) -> list[Floats]:
    """Mean, variance, third central moment of each line's count between its first and last sitting, and the log
    of the chance to come up every time."""

    def between(values: Floats, start: Ints, stop: Ints) -> Floats:
        total = np.concatenate([[0.0], np.cumsum(values)])
        return np.asarray(np.where(stop > start, total[np.maximum(stop, start)] - total[start], 0.0))

    inner_low, inner_high = np.maximum(low, first[owner] + 1), np.minimum(high, last[owner] - 1) + 1
    out = []
    for power in (_mean, _variance, _third, np.log):
        whole = between(power(unseen), first + 1, last)
        extra = between(power(chance) - power(unseen), inner_low, np.maximum(inner_high, inner_low))
        out.append(whole + np.bincount(owner, weights=extra, minlength=len(first)))
    return out


def _mean(p: Floats) -> Floats:
    return p


def _variance(p: Floats) -> Floats:
    return np.asarray(p * (1 - p))


def _third(p: Floats) -> Floats:
    return np.asarray(p * (1 - p) * (1 - 2 * p))


def _chances(chance: Floats, unseen: Floats, first: int, last: int, low: Ints, high: Ints) -> Floats:
    """The chances of one line, place by place, between its first and last sitting."""
    out = unseen[first + 1 : last].copy()
    for start, stop in zip(np.maximum(low, first + 1), np.minimum(high + 1, last), strict=True):
        if stop > start:
            out[start - first - 1 : stop - first - 1] = chance[start:stop]
    return out
