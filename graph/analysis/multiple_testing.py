"""Many tests at once: which hypotheses could be refused at all, and q values over those.

Counts are small and p-values coarse, so most pairs of a court can never be found whatever is observed.
Such tests are set aside before the correction, by their margins alone (Tarone), never by what was seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEVEL = 0.05
"""The share of false findings that all analyses accept."""


def within_reach(least: Floats, *, level: float = LEVEL) -> NDArray[np.bool_]:
    """Which tests could be refused at `level` after correcting for just those that could.

    `least` is the smallest p-value that each test could have given. With K the smallest number such that at
    most K tests have `least` at or below `level / K`, these are the tests.

    Source: Tarone 1990, Biometrics 46, 515; for false discovery rates Gilbert 2005, Applied Statistics 54, 143.

    >>> within_reach(np.array([0.001, 0.02, 0.5, 0.9]))
    array([ True,  True, False, False])
    """
    reach = np.sort(least)
    low, high = 0, max(1, len(reach))  # the number within reach falls as K grows, so K is found by halving
    while high - low > 1:
        middle = (low + high) // 2
        if np.searchsorted(reach, level / middle, side="right") <= middle:
            high = middle
        else:
            low = middle
    return np.asarray(least <= level / high)


def q_values(p: Floats, *, family: int) -> Floats:
    """Benjamini-Hochberg q values of `p`, which are the smallest of `family` p-values.

    Tests of the family that are not handed in count as p = 1.

    Raises:
        ValueError: the family is smaller than the tests handed in.
    Source: Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57, 289.
    """
    if family < len(p):
        raise ValueError(f"a family of {family} cannot hold {len(p)} tests")
    order = np.argsort(p, kind="stable")
    scaled = p[order] * family / np.arange(1, len(p) + 1)
    q = np.empty_like(p)
    q[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return q


def corrected(
    p: Floats, least: Floats, *, others: Floats | None = None, level: float = LEVEL
) -> tuple[Floats, NDArray[np.bool_], int]:
    """q values of the tests at hand, whether each could have been found, and how many tests could.

    `others` are the least p-values of the family's further tests, whose p is 1 (pairs that never met).
    A test that could not have been found gets q = 1.
    """
    everyone = least if others is None else np.concatenate([least, others])
    able = within_reach(everyone, level=level)
    family, mine = int(able.sum()), able[: len(p)]
    q = np.ones_like(p)
    q[mine] = q_values(p[mine], family=family)
    return q, mine, family
