"""Overlaps by chance: how often two parties meet if, within each stratum, one is dealt out blindly over the other.

A test is a sum of independent hypergeometric counts, one for each stratum (a court in a period): `size`
matters, of which the first party has `first` and the second `second`. Sums are exact, by convolution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_BATCH_WIDTH = 256  # wider sums are convolved one by one: padding would cost more than the Python loop
_BATCH_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class Strata:
    """The strata of many tests, flat: row r belongs to test `test[r]` (0 .. tests - 1, ascending)."""

    tests: int
    test: Ints
    size: Ints
    first: Ints
    second: Ints

    def chosen(self, which: NDArray[np.bool_]) -> Strata:
        """The strata of the tests marked in `which`, renumbered."""
        number = np.cumsum(which) - 1
        keep = which[self.test]
        return Strata(int(which.sum()), number[self.test[keep]], self.size[keep], self.first[keep], self.second[keep])


def log_factorials(most: int) -> Floats:
    """log(0!), log(1!), ... log(most!)."""
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, most + 1, dtype=np.float64)))])


def expected(strata: Strata) -> Floats:
    """Mean overlap of each test."""
    share = strata.first * strata.second / np.maximum(strata.size, 1)
    return np.asarray(np.bincount(strata.test, weights=share, minlength=strata.tests), dtype=np.float64)


def largest(strata: Strata) -> Ints:
    """The largest overlap that each test could have."""
    most = np.minimum(strata.first, strata.second)
    return np.bincount(strata.test, weights=most, minlength=strata.tests).astype(np.int64)


def least_p(strata: Strata) -> Floats:
    """The smallest p-value that each test could give: the chance of the largest overlap in every stratum."""
    lf = log_factorials(int(strata.size.max(initial=0)))
    most = np.minimum(strata.first, strata.second)
    logs = _log_pmf(lf, strata.size, strata.first, strata.second, most)
    return np.exp(np.bincount(strata.test, weights=logs, minlength=strata.tests))


def upper_tails(strata: Strata, observed: Ints) -> Floats:
    """Probability of an overlap of `observed` or more, for each test.

    Counts that are further off than ten standard deviations and ten are not summed: together they weigh less
    than 1e-18 of the answer. Above, that holds only for tests that are not extreme themselves.
    """
    lf = log_factorials(int(strata.size.max(initial=0)))
    low = np.maximum(0, strata.first + strata.second - strata.size)
    high = np.minimum(strata.first, strata.second)
    size, share = np.maximum(strata.size, 1), strata.second / np.maximum(strata.size, 1)
    mean = strata.first * share
    variance = mean * (1 - share) * (size - strata.first) / np.maximum(size - 1, 1)
    reach = 10 * np.sqrt(variance) + 10
    spread = np.sqrt(np.bincount(strata.test, weights=variance, minlength=strata.tests))
    tame = observed < np.bincount(strata.test, weights=mean, minlength=strata.tests) + 6 * spread + 1
    low = np.maximum(low, np.floor(mean - reach).astype(np.int64))
    high = np.where(tame[strata.test], np.minimum(high, np.ceil(mean + reach).astype(np.int64)), high)
    lengths = high - low + 1
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    row = np.repeat(np.arange(len(lengths)), lengths)
    count = np.arange(offsets[-1]) - offsets[row] + low[row]
    values = np.exp(_log_pmf(lf, strata.size[row], strata.first[row], strata.second[row], count))
    base = np.bincount(strata.test, weights=low, minlength=strata.tests).astype(np.int64)
    return sum_tails(strata.tests, strata.test, lengths, values, observed - base)


def _log_pmf(lf: Floats, size: Ints, first: Ints, second: Ints, count: Ints) -> Floats:
    rest = size - first
    return np.asarray(
        lf[first] - lf[count] - lf[first - count]
        + lf[rest] - lf[second - count] - lf[rest - second + count]
        - lf[size] + lf[second] + lf[size - second]
    )  # fmt: skip


def sum_tails(tests: int, test: Ints, lengths: Ints, values: Floats, threshold: Ints) -> Floats:
    """Upper tails of sums of independent counts, each counted from 0, with probabilities laid end to end.

    Part r adds to test `test[r]` (ascending) and has `lengths[r]` probabilities in `values`.
    Shape: one probability of `threshold` or more for each test.
    """
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    width = np.bincount(test, weights=lengths - 1, minlength=tests).astype(np.int64) + 1
    begin = np.searchsorted(test, np.arange(tests))
    parts = np.bincount(test, minlength=tests)
    out = np.ones(tests)
    floor = 1
    while floor <= _BATCH_WIDTH:
        ceiling = floor * 2
        mine = np.flatnonzero((width >= floor) & (width < ceiling) & (parts > 0))
        step = max(1, _BATCH_CELLS // ceiling)
        for at in range(0, len(mine), step):
            some = mine[at : at + step]
            total = _batch(ceiling, begin[some], parts[some], starts, lengths, values)
            out[some] = _tails(total, threshold[some])
        floor = ceiling
    for one in np.flatnonzero(width >= floor):
        total_one = np.ones(1)
        for r in range(begin[one], begin[one] + parts[one]):
            total_one = np.convolve(total_one, values[starts[r] : starts[r] + lengths[r]])
        out[one] = total_one[max(0, threshold[one]) :].sum()
    return np.asarray(np.minimum(1.0, np.where(threshold <= 0, 1.0, out)))


def _batch(width: int, begin: Ints, parts: Ints, starts: Ints, lengths: Ints, values: Floats) -> Floats:
    """Distributions of the sums of several tests at once, padded to `width`."""
    total = np.zeros((len(begin), width))
    total[:, 0] = 1.0
    for turn in range(int(parts.max(initial=0))):
        have = np.flatnonzero(parts > turn)
        rows = begin[have] + turn
        longest = int(lengths[rows].max(initial=1))
        column = np.arange(longest)
        inside = column < lengths[rows][:, None]
        part = np.where(inside, values[np.minimum(starts[rows][:, None] + column, len(values) - 1)], 0.0)
        before = total[have]
        after = before * part[:, :1]
        for shift in range(1, longest):
            after[:, shift:] += before[:, :-shift] * part[:, shift : shift + 1]
        total[have] = after
    return total


def _tails(total: Floats, threshold: Ints) -> Floats:
    """Sum of each row from its threshold on, smallest terms first so that far tails keep their digits."""
    backwards = np.cumsum(total[:, ::-1], axis=1)[:, ::-1]
    column = np.clip(threshold, 0, total.shape[1] - 1)
    found = backwards[np.arange(len(total)), column]
    return np.asarray(np.where(threshold >= total.shape[1], 0.0, found))
