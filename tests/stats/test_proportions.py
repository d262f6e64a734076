"""Shares and agreement of answers; printed tables are in `test_reference_values.py`."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.faces import seeds
from hypothesis import given
from hypothesis import strategies as st

from symmetry.errors import InvalidPointsError
from symmetry.stats.proportions import fisher, kappa, newcombe, wilson

people = st.integers(1, 500)


def limits(found):
    return found.low, found.high


@st.composite
def shares(draw):
    n = draw(people)
    return draw(st.integers(0, n)), n


def coverage(covered, share, n):
    hits = np.arange(n + 1)
    return (np.where(covered(hits), 1, 0) * [float(x) for x in binomial(hits, n, share)]).sum()


def binomial(hits, n, share):
    from scipy.stats import binom

    return binom.pmf(hits, n, share)


@given(shares())
def test_interval_holds_what_was_seen_and_mirrors(share):
    count, n = share
    low, high = limits(wilson(count, n))
    assert 0 <= low <= count / n <= high <= 1
    assert (low == 0) == (count == 0)
    assert (high == 1) == (count == n)
    assert limits(wilson(n - count, n)) == pytest.approx((1 - high, 1 - low))


@given(shares(), shares())
def test_difference_turns_with_the_groups(first, second):
    found, turned = newcombe(*first, *second), newcombe(*second, *first)
    difference, low, high = found.value, found.low, found.high
    assert -1 - 1e-12 <= low <= difference <= high <= 1 + 1e-12
    assert (turned.value, turned.low, turned.high) == pytest.approx((-difference, -high, -low))


@pytest.mark.parametrize(("share", "n"), [(0.025, 40), (0.1, 40), (0.5, 20), (0.3, 200)])
def test_interval_keeps_its_promise_about(share, n):
    # Brown, Cai & DasGupta (2001, Stat Sci 16:101): coverage swings about 95 % by some percent.
    def covered(hits):
        low, high = limits(wilson(hits, n))
        return (low <= share) & (share <= high)

    assert 0.92 < coverage(covered, share, n) < 0.99


def test_more_people_make_the_interval_narrower():
    low, high = limits(wilson(np.array([1, 10, 100]), np.array([4, 40, 400])))
    assert (np.diff(high - low) < 0).all()


def test_nobody_tells_nothing():
    assert np.isnan(limits(wilson(0, 0))).all()
    empty = newcombe(0, 0, 3, 7)
    assert np.isnan([empty.value, empty.low, empty.high]).all()
    assert np.isnan(limits(wilson(np.nan, 5))).all()
    assert np.isnan(fisher(0, 0, 3, 7))
    estimate = kappa([0, 0, 0, 0])
    assert np.isnan([estimate.value, estimate.low, estimate.high]).all()


def test_arrays_are_broadcast():
    assert wilson([[1], [2]], [5, 6, 7]).low.shape == (2, 3)
    assert fisher([[1], [2]], 5, 3, [5, 6, 7]).shape == (2, 3)
    assert kappa(np.ones((2, 3, 4))).low.shape == (2, 3)


@pytest.mark.parametrize(("count", "n"), [(-1, 5), (6, 5), (1, np.inf), ([1, 2], [3, 4, 5])])
def test_counts_that_cannot_be_are_refused(count, n):
    with pytest.raises(InvalidPointsError):
        wilson(count, n)
    with pytest.raises(InvalidPointsError):
        newcombe(1, 2, count, n)


@pytest.mark.parametrize("table", [[1, 2, 3], [1, 2, 3, -1], 4])
def test_tables_that_cannot_be_are_refused(table):
    with pytest.raises(InvalidPointsError, match="four counts"):
        kappa(table)


def test_kappa_of_answers_without_exception_has_no_interval():
    same, opposite = kappa([5, 0, 0, 5]), kappa([0, 5, 5, 0])
    assert (same.value, opposite.value) == (pytest.approx(1), pytest.approx(-1))
    assert np.isnan([same.low, same.high, opposite.low, opposite.high]).all()


def test_kappa_is_unknown_where_everybody_says_the_same():
    assert np.isnan(kappa([0, 0, 0, 9]).value)
    assert kappa([0, 0, 3, 6]).value == pytest.approx(0)  # agreement as good as by chance


@given(seeds)
def test_kappa_stays_in_its_bounds_and_turns_with_the_answers(seed):
    table = np.random.default_rng(seed).integers(0, 30, size=4)
    found, turned = kappa(table), kappa(table[[0, 2, 1, 3]])
    numbers = np.array([found.value, found.low, found.high])
    assert np.allclose(numbers, [turned.value, turned.low, turned.high], equal_nan=True)
    known = numbers[~np.isnan(numbers)]
    assert (np.abs(known) <= 1 + 1e-12).all()
    if len(known) == 3:
        assert found.low <= found.value <= found.high
