"""Whether three parties sit together more often than their pairs explain: no three-way interaction.

In one stratum every sitting has each of the three or not: a 2 x 2 x 2 table. With all pair counts held fixed
only one number is left free, how often all three sat; its exact distribution when there is no three-way
interaction is proportional to 1 / (product of the factorials of the eight cells). Strata add up. This is what
permuting within the pairs' counts would tend to, without the noise.

Source: Bartlett 1935, Supplement to J. R. Stat. Soc. 2, 248; exact form in Zelterman 1987, Biometrika 74, 413.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.analysis.hypergeometric import log_factorials, sum_tails

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tables:
    """Counts of sittings, one entry for each table: all, with each of the three, with each two, with all three."""

    size: Ints
    first: Ints
    second: Ints
    third: Ints
    first_second: Ints
    first_third: Ints
    second_third: Ints
    all_three: Ints


def upper_tails(tests: int, test: Ints, tables: Tables, observed: Ints) -> tuple[Floats, Floats, Ints, Floats]:
    """For each test (a sum over its tables; `test` ascending): p of `observed` or more, the mean, the largest count
    there could be, and the smallest p there could be."""
    low, high = _range(tables)
    lengths = high - low + 1
    ends = np.cumsum(lengths)
    starts = ends - lengths
    row = np.repeat(np.arange(len(lengths)), lengths)
    count = np.arange(int(ends[-1]) if len(ends) else 0) - starts[row] + low[row]
    logs = -_log_cells(tables, row, count)
    values = np.exp(logs - np.maximum.reduceat(logs, starts)[row]) if len(row) else logs
    values /= np.add.reduceat(values, starts)[row] if len(row) else 1.0
    base = np.bincount(test, weights=low, minlength=tests).astype(np.int64)
    p = sum_tails(tests, test, lengths, values, observed - base)
    mean = np.asarray(np.bincount(test[row], weights=values * count, minlength=tests), dtype=np.float64)
    most = np.bincount(test, weights=high, minlength=tests).astype(np.int64)
    tops = np.log(np.maximum(values[ends - 1], 1e-300))
    least = np.exp(np.bincount(test, weights=tops, minlength=tests))
    return p, mean, most, np.asarray(least, dtype=np.float64)


def _range(t: Tables) -> tuple[Ints, Ints]:
    """The least and the most sittings of all three that the pair counts allow."""
    low = np.max(
        [
            np.zeros_like(t.size),
            t.first_second + t.first_third - t.first,
            t.first_second + t.second_third - t.second,
            t.first_third + t.second_third - t.third,
        ],
        axis=0,
    )
    outside = t.size - t.first - t.second - t.third + t.first_second + t.first_third + t.second_third
    return low, np.min([t.first_second, t.first_third, t.second_third, outside], axis=0)


def _log_cells(t: Tables, row: Ints, count: Ints) -> Floats:
    """Sum of the log factorials of the eight cells when all three sat `count` times."""
    lf = log_factorials(int(t.size.max(initial=0)))
    ab, ac, bc = t.first_second[row], t.first_third[row], t.second_third[row]
    a, b, c, size = t.first[row], t.second[row], t.third[row], t.size[row]
    cells = (
        count, ab - count, ac - count, bc - count,
        a - ab - ac + count, b - ab - bc + count, c - ac - bc + count, size - a - b - c + ab + ac + bc - count,
    )  # fmt: skip
    return np.asarray(sum(lf[cell] for cell in cells))
