"""The statistical cores, against counting by hand, against scipy and against brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import binom, hypergeom

from graph.analysis import hypergeometric, poisson_binomial, power, three_way
from graph.analysis.hypergeometric import Strata
from graph.analysis.multiple_testing import corrected, q_values, within_reach
from graph.analysis.steering import permutation_test


def ints(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def brute_force(chances: list[float], observed: int) -> float:
    """Every outcome of the draws, one by one."""
    total = 0.0
    for outcome in product((0, 1), repeat=len(chances)):
        if sum(outcome) >= observed:
            total += float(np.prod([c if hit else 1 - c for c, hit in zip(chances, outcome, strict=True)]))
    return total


def test_the_poisson_binomial_tail_equals_counting_every_outcome() -> None:
    chances = [0.5, 0.25, 0.25, 1 / 3, 0.9]
    for observed in range(7):
        expected = brute_force(chances, observed)
        assert poisson_binomial.upper_tail(observed, np.array(chances)) == pytest.approx(expected, abs=1e-12)


def test_draws_of_one_chance_are_a_binomial() -> None:
    tail = poisson_binomial.upper_tail(40, np.full(100, 0.2))
    assert tail == pytest.approx(float(binom.sf(39, 100, 0.2)), rel=1e-9)


def test_far_tails_keep_their_digits() -> None:
    tail = poisson_binomial.upper_tail(90, np.full(100, 0.1))
    assert tail == pytest.approx(float(binom.sf(89, 100, 0.1)), rel=1e-6)
    assert 0 < tail < 1e-70


def test_the_approximation_is_within_a_thousandth_of_the_exact_tail() -> None:
    chances = np.linspace(0.02, 0.3, 1000)
    mean, variance = chances.sum(), (chances * (1 - chances)).sum()
    third = (chances * (1 - chances) * (1 - 2 * chances)).sum()
    for observed in (130, 150, 160, 175, 190):
        near = poisson_binomial.approximate_tail(
            np.array([observed]), np.array([mean]), np.array([variance]), np.array([third])
        )
        assert near[0] == pytest.approx(poisson_binomial.upper_tail(observed, chances), abs=1e-3)


def test_one_stratum_is_the_hypergeometric_distribution() -> None:
    strata = Strata(1, ints(0), ints(20), ints(7), ints(8))
    assert hypergeometric.expected(strata)[0] == pytest.approx(7 * 8 / 20)
    for observed in range(8):
        p = hypergeometric.upper_tails(strata, ints(observed))[0]
        assert p == pytest.approx(float(hypergeom.sf(observed - 1, 20, 7, 8)), rel=1e-9)


def test_strata_add_up_by_convolution() -> None:
    strata = Strata(2, ints(0, 0, 0, 1), ints(10, 12, 6, 9), ints(3, 5, 2, 4), ints(4, 3, 6, 3))
    parts = [
        [float(hypergeom.pmf(k, n, a, b)) for k in range(min(a, b) + 1)]
        for n, a, b in ((10, 3, 4), (12, 5, 3), (6, 2, 6))
    ]
    whole = np.convolve(np.convolve(parts[0], parts[1]), parts[2])
    for observed in range(9):
        p = hypergeometric.upper_tails(strata, ints(observed, 1))
        assert p[0] == pytest.approx(float(whole[observed:].sum()), abs=1e-12)
        assert p[1] == pytest.approx(float(hypergeom.sf(0, 9, 4, 3)), rel=1e-9)


def test_batches_and_single_sums_give_the_same_tails() -> None:
    """Some sums are wide enough to be convolved one by one, the others in a batch of their width."""
    rng = np.random.default_rng(1)
    sizes = rng.integers(20, 1500, 60)
    first, second = (rng.integers(1, sizes) for _ in range(2))
    strata = Strata(60, np.arange(60), sizes, first, second)
    observed = np.asarray(np.round(first * second / sizes), dtype=np.int64) + 3
    p = hypergeometric.upper_tails(strata, observed)
    expected = hypergeom.sf(observed - 1, sizes, first, second)
    np.testing.assert_allclose(p, expected, rtol=1e-6, atol=1e-16)


def test_an_extreme_overlap_keeps_its_digits() -> None:
    strata = Strata(1, ints(0), ints(4000), ints(300), ints(400))
    p = hypergeometric.upper_tails(strata, ints(150))[0]
    assert p == pytest.approx(float(hypergeom.sf(149, 4000, 300, 400)), rel=1e-6)
    assert p < 1e-50


def test_the_least_p_is_that_of_the_largest_overlap() -> None:
    strata = Strata(1, ints(0, 0), ints(10, 8), ints(3, 2), ints(2, 4))
    assert hypergeometric.largest(strata)[0] == 4
    assert hypergeometric.least_p(strata)[0] == pytest.approx(hypergeometric.upper_tails(strata, ints(4))[0])


def test_no_three_way_interaction_is_counted_as_by_hand() -> None:
    """8 sittings; each of three sits in 4, each two in 2. All three can sit 0, 1 or 2 times. The cells are then
    (x, 2-x, 2-x, 2-x, x, x, x, 2-x): weights 1/(2!)^4 = 1/16, 1 and 1/16, so p of 2 or more is (1/16)/(18/16)."""
    four, two = ints(4), ints(2)
    tables = three_way.Tables(ints(8), four, four, four, two, two, two, ints(2))
    p, mean, most, least = three_way.upper_tails(1, ints(0), tables, ints(2))
    assert p[0] == pytest.approx(1 / 18)
    assert mean[0] == pytest.approx(1.0)
    assert (most[0], least[0]) == (2, pytest.approx(1 / 18))


def test_q_values_are_those_of_benjamini_and_hochberg() -> None:
    """By hand: 0.01 x 4/1 = 0.04, 0.02 x 4/2 = 0.04, 0.03 x 4/3 = 0.04, 0.5 x 4/4 = 0.5."""
    assert q_values(np.array([0.02, 0.5, 0.01, 0.03]), family=4).tolist() == pytest.approx([0.04, 0.5, 0.04, 0.04])


def test_tests_that_are_not_handed_in_count_in_the_family() -> None:
    assert q_values(np.array([0.01]), family=100).tolist() == [1.0]


def test_a_family_smaller_than_its_tests_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot hold 2 tests"):
        q_values(np.array([0.1, 0.2]), family=1)


def test_a_test_that_no_count_could_decide_is_set_aside_and_does_not_weigh_on_the_others() -> None:
    least = np.array([0.001, *[0.2] * 999])
    assert within_reach(least).sum() == 1
    q, able, family = corrected(np.array([0.04, 0.2]), np.array([0.001, 0.2]), others=np.full(998, 0.2))
    assert (q.tolist(), able.tolist(), family) == ([0.04, 1.0], [True, False], 1)


def test_the_smallest_ratio_is_found_four_times_in_five() -> None:
    ratio = power.smallest_ratio(np.array([50.0]), np.array([5.0]), level=0.001)[0]
    needed = next(k for k in range(51) if binom.sf(k - 1, 50, 0.1) <= 0.001)
    assert binom.sf(needed - 1, 50, 0.1 * ratio) == pytest.approx(0.8, abs=1e-6)


def test_too_few_draws_can_find_nothing() -> None:
    assert np.isnan(power.smallest_ratio(np.array([2.0]), np.array([1.0]), level=0.01)[0])


def test_the_interval_of_a_ratio_is_that_of_garwood() -> None:
    """Ten events: 4.795 to 18.39, the table's values."""
    low, high = power.ratio_interval(np.array([10.0]), np.array([1.0]))
    assert (low[0], high[0]) == (pytest.approx(4.7954, abs=1e-3), pytest.approx(18.3904, abs=1e-3))


def test_few_arrangements_are_all_tried() -> None:
    """Two judges, three sittings each, kinds split cleanly: 2 of the 20 orders are as extreme, so p is 0.1."""
    test = permutation_test(
        ints(1, 1, 1, 2, 2, 2), np.arange(6), ints(0, 0, 0, 1, 1, 1), np.zeros(6, dtype=np.int64), seed=0
    )
    assert test.method == "exact"
    assert [test.p, test.least] == pytest.approx([0.1, 0.1])
    assert test.effect == pytest.approx(1.0)


def test_a_bench_of_three_is_one_draw() -> None:
    """Two sittings with three judges each: swapping the kinds of the sittings gives the same split, so p is 1."""
    test = permutation_test(ints(1, 2, 3, 4, 5, 6), ints(0, 0, 0, 1, 1, 1), ints(0, 1), ints(0, 0), seed=0)
    assert test.p == 1.0


def test_random_arrangements_repeat_with_their_seed() -> None:
    rng = np.random.default_rng(3)
    person, kind = rng.integers(0, 5, 200), rng.integers(0, 3, 200)
    stratum = rng.integers(0, 2, 200)
    runs = {permutation_test(person, np.arange(200), kind, stratum, seed=7).p for _ in range(2)}
    assert len(runs) == 1
    assert next(iter(runs)) > 0.01
