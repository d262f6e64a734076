"""Change against dose; printed examples are in `test_reference_values.py`."""

from __future__ import annotations

import time

import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import seeds
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from symmetry.errors import InvalidPointsError
from symmetry.stats import dose
from symmetry.stats.dose import sen_slope, spearman


def numbers(estimate):
    return np.stack([estimate.value, estimate.low, estimate.high])


def doses(seed, people=40, columns=3):
    """Dose and changes of people, some unknown."""
    rng = np.random.default_rng(seed)
    x = rng.gamma(2, 60, people)
    y = -0.005 * x[:, None] + rng.normal(size=(people, columns))
    y[rng.random(y.shape) < 0.1] = np.nan
    return np.where(rng.random(people) < 0.1, np.nan, x), y


def test_a_line_is_found_as_it_is():
    x = np.arange(12.0)
    found = sen_slope(x, 3 - 0.25 * x)
    assert numbers(found.slope) == pytest.approx([-0.25, -0.25, -0.25])
    assert found.tau == pytest.approx(-1)
    assert spearman(x, 3 - 0.25 * x).rho.value == pytest.approx(-1)


def paired_p(correlation, x, y):
    """P of all ways to pair x and y, by scipy."""

    def size(paired):
        return abs(correlation(x, paired).statistic)

    return stats.permutation_test(
        (y,), size, permutation_type="pairings", n_resamples=np.inf, alternative="greater", vectorized=False
    ).pvalue


def test_few_people_are_never_surer_than_there_are_ways_to_pair_them():
    for n, ways in ((3, 6), (4, 24), (5, 120), (9, 362_880)):
        x = np.arange(float(n))
        assert spearman(x, -x).p == pytest.approx(2 / ways)
        assert sen_slope(x, -x).p == pytest.approx(2 / ways)
    # The third must be the largest again, in 2 of 6 ways; or the largest or the least, in 4.
    tied = [1.0, 1.0, 2.0]
    assert spearman(tied, tied).p == sen_slope(tied, tied).p == pytest.approx(2 / 6)
    assert spearman(tied, [1.0, 2.0, 3.0]).p == sen_slope(tied, [1.0, 2.0, 3.0]).p == pytest.approx(4 / 6)
    assert sen_slope([1.0, 2.0], [3.0, 4.0]).p == 1
    assert spearman(np.arange(10.0), np.arange(10.0)).p == pytest.approx(1 / 3_628_800)


@pytest.mark.parametrize("steps", [20, 2, 0.7])
@pytest.mark.parametrize("n", [4, 6])
def test_few_people_as_by_scipy_s_permutations(n, steps):
    rng = np.random.default_rng(n)
    x, noise = rng.normal(size=(2, n))
    x, y = (x * steps).round(), ((noise - 0.5 * x) * steps).round()
    x[0], y[1] = x[0] + 1, y[1] + 1  # not all the same
    assert spearman(x, y).p == pytest.approx(paired_p(stats.spearmanr, x, y))
    assert sen_slope(x, y).p == pytest.approx(paired_p(stats.kendalltau, x, y))


def test_p_of_few_people_is_right_five_times_in_a_hundred():
    rng = np.random.default_rng(6)
    x, y = rng.integers(0, 4, 7), rng.normal(size=(7, 400)).round(1)
    x[:2] = 0, 3
    for p in (spearman(x, y).p, sen_slope(x, y).p):
        assert 0.01 < (p <= 0.05).mean() < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 400)


def test_one_wild_person_hardly_matters():
    x = np.arange(20.0)
    y = 0.5 * x + np.random.default_rng(0).normal(0, 0.1, 20)
    wild = np.where(np.arange(20) == 19, -1000.0, y)
    assert sen_slope(x, wild).slope.value == pytest.approx(sen_slope(x, y).slope.value, abs=0.02)


@pytest.mark.parametrize("made", ["smooth", "rounded", "steps", "long tails", "large numbers"])
def test_many_people_as_few_without_holding_the_pairs(monkeypatch, made):
    x, noise = np.random.default_rng(1).normal(size=(2, 900))
    y = 0.3 * x + noise
    if made == "rounded":
        x, y = x.round(1), y.round(1)
    elif made == "steps":
        x, y = x.round(), y.round()
    elif made == "long tails":
        x, y = np.exp(5 * x), np.exp(5 * y)
    elif made == "large numbers":
        x, y = 1e6 * x + 1e8, 1e-9 * y
    expected = stats.theilslopes(y, x)
    monkeypatch.setattr(dose, "_FEW", 10)
    found = numbers(sen_slope(x, y).slope)
    assert found == pytest.approx([expected.slope, expected.low_slope, expected.high_slope], rel=1e-6, abs=0)


def test_ten_thousand_people_in_a_second():
    rng = np.random.default_rng(2)
    x = rng.gamma(2, 300, 10_000)
    y = -0.001 * x + rng.normal(size=10_000)
    start = time.process_time()
    found = sen_slope(x, y)
    # Half a second on a slow core; the pairs would take some.
    assert time.process_time() - start < 3
    assert found.slope.low < -0.001 < found.slope.high
    assert found.slope.high - found.slope.low < 2e-4


def test_hardly_anyone_had_another_dose(monkeypatch):
    x, y = np.zeros(3000), np.random.default_rng(3).normal(size=3000)
    x[7] = 2.0
    found = sen_slope(x, y)
    assert found.slope.value == pytest.approx((y[7] - np.median(np.delete(y, 7))) / 2)


def test_interval_holds_the_true_slope_as_often_as_said():
    rng = np.random.default_rng(4)
    x = rng.gamma(2, 60, 25)
    found = sen_slope(x, 0.01 * x[:, None] + rng.standard_t(3, size=(25, 800)))
    held = (found.slope.low <= 0.01) & (found.slope.high >= 0.01)
    assert held.mean() == pytest.approx(0.95, abs=0.03)
    assert (sen_slope(x, rng.normal(size=(25, 800))).p < 0.05).mean() == pytest.approx(0.05, abs=0.03)


def test_interval_holds_the_true_correlation_as_often_as_said():
    rng = np.random.default_rng(5)
    covered = []
    for _ in range(600):
        first, second = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], size=40).T
        found = spearman(first, second).rho
        covered.append(found.low <= 6 / np.pi * np.arcsin(0.25) <= found.high)  # Pearson (1907)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)


@examples(20)
@given(seeds)
def test_unknown_people_count_for_nothing(seed):
    x, y = doses(seed)
    slope, correlation = sen_slope(x, y), spearman(x, y)
    for column, own in enumerate((~np.isnan(x)[:, None] & ~np.isnan(y)).T):
        alone = sen_slope(x[own], y[own, column])
        assert numbers(slope.slope)[:, column] == pytest.approx(numbers(alone.slope))
        assert (slope.tau[column], slope.p[column], slope.people[column]) == (alone.tau, alone.p, own.sum())
        alone = spearman(x[own], y[own, column])
        assert numbers(correlation.rho)[:, column] == pytest.approx(numbers(alone.rho))
        assert correlation.p[column] == pytest.approx(alone.p)


@examples(20)
@given(seeds, st.sampled_from([0.5, 64.0]), st.floats(-100, 100))
def test_units_order_and_sign_do_what_they_must(seed, unit, shift):
    x, y = doses(seed)
    order = np.random.default_rng(seed).permutation(len(x))
    slope, other = sen_slope(x, y), sen_slope(unit * x[order] + shift, -y[order])
    assert numbers(other.slope)[[0, 2, 1]] * unit == pytest.approx(-numbers(slope.slope), rel=1e-6)
    assert other.tau == pytest.approx(-slope.tau)
    rho, turned = spearman(x, y).rho, spearman(-unit * x[order], y[order]).rho
    assert numbers(turned)[[0, 2, 1]] == pytest.approx(-numbers(rho))
    assert (numbers(slope.slope)[1] <= numbers(slope.slope)[2]).all()


def test_too_few_to_tell():
    one, same = sen_slope([1.0], [2.0]), sen_slope([1.0, 1, 1], [1.0, 2, 3])
    for found in (one, same):
        assert np.isnan([*numbers(found.slope), found.tau, found.p]).all()
    few = sen_slope([1.0, 2, 3, 4], [1.0, 2, 4, 3])
    assert few.slope.value == pytest.approx(2 / 3 + (1 - 2 / 3) / 2)
    assert np.isnan([few.slope.low, few.slope.high]).all()
    flat = sen_slope(np.arange(9.0), np.ones(9))
    assert (flat.slope.value, flat.p) == (0, 1)
    assert np.isnan(flat.tau)
    assert np.isnan(numbers(spearman([1.0, 2], [1.0, 2]).rho)).all()
    assert np.isnan(numbers(spearman([1.0, 2, 3, 4], [5.0, 5, 5, 5]).rho)).all()
    alike = spearman([1.0, 2, 3, 4, 5], [2.0, 3, 5, 7, 11])
    assert alike.rho.value == pytest.approx(1)
    assert np.isnan([alike.rho.low, alike.rho.high]).all()


def test_shapes_are_kept():
    x, y = np.arange(6.0), np.random.default_rng(0).normal(size=(6, 2, 3))
    found = sen_slope(x, y)
    assert found.slope.low.shape == found.tau.shape == found.people.shape == spearman(x, y).rho.high.shape == (2, 3)


@pytest.mark.parametrize(("x", "y"), [([1, 2], [1, 2, 3]), ([[1, 2]], [[1, 2]]), ([1, np.inf], [1, 2])])
def test_values_that_cannot_be_are_refused(x, y):
    for test in (sen_slope, spearman):
        with pytest.raises(InvalidPointsError):
            test(x, y)
