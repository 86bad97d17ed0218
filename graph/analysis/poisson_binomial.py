"""The number of successes in independent draws of unequal chance (the Poisson-binomial distribution)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr

Floats = NDArray[np.float64]
EXACT_DRAWS = 2000
"""Up to so many draws the tail is exact; beyond it is the refined normal approximation."""


def pmf(chances: Floats) -> Floats:
    """Probabilities of 0, 1, ... successes; draws of one chance are taken together as a binomial.

    Shape: len(chances) + 1 values. Only sums of positive terms, so small tails keep their digits.
    Source: convolution of binomials (Hong 2013, Computational Statistics and Data Analysis 59, 41).
    """
    values, counts = np.unique(np.clip(chances, 0.0, 1.0), return_counts=True)
    total = np.ones(1)
    for chance, count in zip(values, counts, strict=True):
        total = np.convolve(total, _binomial(int(count), float(chance)))
    return total


def _binomial(draws: int, chance: float) -> Floats:
    hits = np.arange(draws + 1, dtype=np.float64)
    if chance in (0.0, 1.0):
        return np.asarray(hits == draws * chance, dtype=np.float64)
    ways = gammaln(draws + 1) - gammaln(hits + 1) - gammaln(draws - hits + 1)
    return np.asarray(np.exp(ways + hits * np.log(chance) + (draws - hits) * np.log1p(-chance)), dtype=np.float64)


def upper_tail(observed: int, chances: Floats) -> float:
    """Probability of `observed` or more successes, exact.

    >>> round(upper_tail(2, np.array([0.5, 0.5])), 6)
    0.25
    """
    if observed <= 0:
        return 1.0
    if observed > len(chances):
        return 0.0
    return float(min(1.0, pmf(chances)[observed:].sum()))


def approximate_tail(observed: Floats, mean: Floats, variance: Floats, third: Floats) -> Floats:
    """Probability of `observed` or more successes by the normal curve with a term for skewness.

    `third` is the third central moment. Good to about 0.001 beyond a hundred draws; far tails are rough.
    Source: refined normal approximation (Volkova 1996, Theory Probab. Appl. 40, 791; Hong 2013).
    """
    deviation = np.sqrt(np.where(variance > 0, variance, 1.0))
    z = (observed - 0.5 - mean) / deviation
    skew = np.where(variance > 0, third, 0.0) / np.where(variance > 0, deviation, 1.0) ** 3
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    lower = ndtr(z) + skew * (1 - z**2) * density / 6
    tail = np.where(observed <= 0, 1.0, np.clip(1 - lower, 0.0, 1.0))
    return np.asarray(np.where(variance <= 0, np.where(observed <= np.round(mean), 1.0, 0.0), tail))
