"""What a test could have seen: intervals of a ratio, and the smallest ratio found four times in five."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, gammaincinv

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
POWER = 0.8


def ratio_interval(observed: Floats, expected: Floats, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Lower and upper limit of observed / expected, from the Poisson distribution of the count.

    Wider than the counts of drawn matters deserve (their variance is smaller), so on the safe side.
    Source: Garwood 1936, Biometrika 28, 437.
    """
    half = (1 - level) / 2
    low = np.where(observed > 0, gammaincinv(np.maximum(observed, 1e-9), half), 0.0)
    high = gammaincinv(observed + 1, 1 - half)
    safe = np.where(expected > 0, expected, np.nan)
    return np.asarray(low / safe), np.asarray(high / safe)


def smallest_ratio(draws: Floats, expected: Floats, *, level: float, power: float = POWER) -> Floats:
    """The smallest observed / expected that the test finds with the given power; NaN where no count could.

    `draws` is the largest count there can be, `expected` the mean by chance, `level` the p-value a single
    finding must reach. The count is taken as binomial in both worlds, which errs to the safe side.
    """
    most = np.maximum(draws, 1.0)
    chance = np.clip(expected / most, 1e-12, 1.0)
    needed = _critical(most, chance, level)
    possible = (needed <= draws) & (expected > 0)
    rate = betaincinv(np.where(possible, needed, 1.0), np.where(possible, most - needed + 1.0, 1.0), power)
    return np.asarray(np.where(possible, rate / chance, np.nan))


def _critical(draws: Floats, chance: Floats, level: float) -> Floats:
    """The smallest count whose binomial upper tail is at or below `level`; draws + 1 where there is none."""
    low, high = np.zeros_like(draws), draws + 1.0
    while np.any(high - low > 1):  # tail(low) > level >= tail(high)
        middle = np.floor((low + high) / 2)
        inside = np.clip(middle, 1, draws)
        # the upper tail of a binomial is an incomplete beta function
        tail = np.where(middle > draws, 0.0, np.where(middle < 1, 1.0, betainc(inside, draws - inside + 1, chance)))
        small = tail <= level
        high, low = np.where(small & (high - low > 1), middle, high), np.where(~small & (high - low > 1), middle, low)
    return high
