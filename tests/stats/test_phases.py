"""Phases: permutations against refitted regressions, effect sizes by hand, and false alarms no more than promised."""

from __future__ import annotations

from itertools import permutations
from operator import attrgetter

import numpy as np
import pytest
from helpers.courses import irregular, noise
from helpers.examples import examples
from helpers.faces import seeds
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, nct, norm, t, ttest_ind

from symmetry.errors import InvalidPointsError
from symmetry.stats.autocorrelation import Courses, fit_noise
from symmetry.stats.phases import PhaseTest, compare_phases, permuted_orders

ESTIMATES = ("difference", "nonoverlap", "standardised")
FIELDS = ("p", *(f"{name}.{part}" for name in ESTIMATES for part in ("value", "low", "high")))
THREE_AND_THREE = np.arange(6) >= 3


def numbers(found: PhaseTest):
    return np.array([attrgetter(field)(found) for field in FIELDS])


def some(seed, courses=3):
    """Three to six sessions of each phase, a few values unknown: weeks, values, phases, sd."""
    rng = np.random.default_rng(seed)
    baseline, treatment = rng.integers(3, 7, 2)
    weeks = irregular(baseline + treatment, rng)
    treated = np.arange(len(weeks)) >= baseline
    values = noise(weeks, rng.uniform(0, 0.9), courses, rng) + 3 * rng.normal(size=courses) * treated[:, None]
    values[rng.random(values.shape) < 0.05] = np.nan
    return weeks, values, treated, rng.uniform(0, 1.5, values.shape)


# Known answers.


def test_p_and_interval_are_those_of_refitted_permuted_orders():
    rng = np.random.default_rng(3)
    weeks, values = irregular(6, rng), rng.normal(size=6) - 2.0 * THREE_AND_THREE
    courses = Courses.of(weeks, values[:, None], [0.0])
    autocorrelation = fit_noise(courses, (THREE_AND_THREE - 0.5)[:, None]).autocorrelation[0]
    gaps = np.diff(weeks)
    places = np.concatenate([[0], np.cumsum(np.sqrt(gaps / np.median(gaps)))])
    half = np.linalg.cholesky(autocorrelation ** np.abs(places[:, None] - places))
    plan = np.linalg.solve(half, np.column_stack([np.ones(6), THREE_AND_THREE]))

    def fit(whitened):
        coefficients = np.linalg.lstsq(plan, whitened, rcond=None)[0]
        left = whitened - plan @ coefficients
        error = np.sqrt(left @ left / 4 * np.linalg.inv(plan.T @ plan)[1, 1])
        return coefficients[1], error, left

    difference, error, left = fit(np.linalg.solve(half, values))
    by_chance = []
    for order in permutations(range(6)):
        other, its_error, _ = fit(left[list(order)])
        by_chance.append(1.2 * abs(other / its_error))
    p = (sum(np.array(by_chance) >= abs(difference / error)) + 1) / 721
    wide = sorted(by_chance)[-36] * error  # 36 of 721 arrangements are just 5 %
    found = compare_phases(weeks, values[:, None], THREE_AND_THREE, [0.0])
    assert [found.difference.value[0], found.difference.low[0], found.difference.high[0], found.p[0]] == pytest.approx(
        [difference, difference - wide, difference + wide, p]
    )
    # Re-photographing alone, far above what the course shows, through the shares of the values in the difference.
    photos = np.linspace(50, 60, 6)
    shares = (np.linalg.pinv(plan) @ np.linalg.inv(half))[1]
    found = compare_phases(weeks, values[:, None], THREE_AND_THREE, photos[:, None])
    assert found.difference.high - found.difference.value == pytest.approx(
        [norm.ppf(0.975) * np.linalg.norm(shares * photos)]
    )


def test_a_clean_step_is_as_sure_as_the_number_of_permuted_orders():
    found = compare_phases(np.arange(6), np.array([[5.0, 5, 5, 2, 2, 2]]).T, THREE_AND_THREE, [0.0])
    assert found.difference.value == pytest.approx([-3])
    assert found.p == pytest.approx([1 / 721])
    assert (found.difference.low, found.difference.high) == (
        pytest.approx([-3], abs=1e-9),
        pytest.approx([-3], abs=1e-9),
    )
    assert np.isnan(found.standardised.value)  # over no spread at all


def test_a_clean_step_is_no_surer_than_its_photos():
    # Where phases differ by nothing but the step, the likeliest autocorrelation is close to one and the difference is
    # that of the two sessions beside the step, so it can be no surer than two photos.
    values = np.array([[5.0, 5, 5, 5, 2, 2, 2, 2]]).T
    found = compare_phases(np.arange(8), values, np.arange(8) >= 4, [0.5])
    half = found.difference.high - found.difference.value
    assert 1.96 * 0.5 * np.sqrt(2 / 4) < half < 1.96 * 0.5 * np.sqrt(2)
    assert found.p == pytest.approx(max(2 * norm.sf(3 / (half[0] / norm.ppf(0.975))), 1 / 5000))


def test_permuted_orders_are_all_of_few_and_a_sample_of_many():
    assert len({tuple(order) for order in permuted_orders(6, 0)}) == 720
    drawn = permuted_orders(9, 0)
    assert len(drawn) == 4999
    assert (np.sort(drawn, axis=1) == np.arange(9)).all()
    assert (permuted_orders(9, 0) == drawn).all()
    assert (permuted_orders(9, 1) != drawn).any()


def test_nonoverlap_by_hand():
    # Lower in 3 + 3 pairs, and in one and a tie of the pairs with 4.
    found = compare_phases(np.arange(6), np.array([[3.0, 4, 5, 1, 2, 4]]).T, THREE_AND_THREE, [0.1])
    assert found.nonoverlap.value == pytest.approx([7.5 / 9])
    up = compare_phases(np.arange(6), -np.array([[3.0, 4, 5, 1, 2, 4]]).T, THREE_AND_THREE, [0.1])
    assert up.nonoverlap.value == pytest.approx([1.5 / 9])
    assert up.nonoverlap.low == pytest.approx(1 - found.nonoverlap.high)
    assert up.nonoverlap.high == pytest.approx(1 - found.nonoverlap.low)


def test_interval_of_nonoverlap_is_method_5_of_newcombe():
    rng = np.random.default_rng(2)
    weeks, treated = irregular(40, rng), np.arange(40) >= 15
    values = noise(weeks, 0.5, 1, rng) - 0.5 * treated[:, None]
    found = compare_phases(weeks, values, treated, [0.1], comparisons=2)
    fitted = fit_noise(Courses.of(weeks, values, [0.1]), (treated - 25 / 40)[:, None])
    growth = (fitted.error / fitted.white_error) ** 2
    assert growth > 1
    for limit in (found.nonoverlap.low, found.nonoverlap.high):
        tail = (1 - limit) / (2 - limit) + limit / (1 + limit)
        variance = growth * limit * (1 - limit) * (1 + 19 * tail) / (15 * 25)
        assert np.abs(limit - found.nonoverlap.value) == pytest.approx(norm.ppf(1 - 0.05 / 4) * np.sqrt(variance))


def test_white_error_is_that_of_students_test():
    rng = np.random.default_rng(6)
    treated = np.arange(9) >= 4
    values = rng.normal(size=(9, 1))
    found = fit_noise(Courses.of(np.arange(9), values, [0.0]), (treated - 5 / 9)[:, None])
    test = ttest_ind(values[treated], values[~treated])
    assert found.white_error == pytest.approx((values[treated].mean() - values[~treated].mean()) / test.statistic)


def test_effect_size_by_hand():
    values = np.array([[1.0, 2, 4, 5, 7, 6, 9]]).T
    found = compare_phases(np.arange(7), values, np.arange(7) >= 3, [0.0])
    spread = np.sqrt((np.var(values[:3]) * 3 + np.var(values[3:]) * 4) / 5)
    corrected = 1 - 3 / (4 * 5 - 1)  # as Hedges approximates it
    assert found.standardised.value == pytest.approx(corrected * found.difference.value / spread, rel=2e-3)
    error = (found.difference.high - found.difference.value) / t.ppf(0.975, 5)
    for limit, tail in ((found.standardised.low, 0.975), (found.standardised.high, 0.025)):
        away = limit / found.standardised.value * found.difference.value / error
        assert nct.cdf(found.difference.value / error, 5, away) == pytest.approx([tail], abs=1e-5)


def test_too_few_sessions_of_a_phase():
    values = np.arange(24.0).reshape(8, 3) ** 2
    values[:2, 1] = np.nan  # two of baseline left
    values[7] = np.nan
    found = compare_phases(np.arange(8), values, np.arange(8) >= 4, np.array([1, 1, np.nan]))
    assert np.isnan(numbers(found)).tolist() == [[False, True, True]] * len(FIELDS)
    assert (found.baseline_sessions, found.treatment_sessions) == (4, 3)


def test_more_comparisons_than_arrangements_have_no_bounds():
    found = compare_phases(np.arange(6), np.array([[5.0, 5.1, 5, 2, 2.2, 2]]).T, THREE_AND_THREE, [0.0], comparisons=40)
    assert (*found.difference.low, *found.difference.high) == (-np.inf, np.inf)
    assert found.p >= 1 / 721


def test_no_courses():
    assert compare_phases(np.arange(6), np.empty((6, 0)), THREE_AND_THREE, np.empty(0)).p.shape == (0,)


@pytest.mark.parametrize(
    ("phases", "words"),
    [(np.arange(5) >= 3, "truth"), (np.arange(6), "truth"), ([[True] * 6], "truth")],
)
def test_phases_must_be_known(phases, words):
    with pytest.raises(InvalidPointsError, match=words):
        compare_phases(np.arange(6), np.zeros((6, 1)), phases, [1])


def test_other_arguments_are_checked():
    with pytest.raises(InvalidPointsError, match="shapes"):
        compare_phases(np.arange(6), np.zeros((5, 1)), THREE_AND_THREE, [1])
    with pytest.raises(ValueError, match="comparisons"):
        compare_phases(np.arange(6), np.zeros((6, 1)), THREE_AND_THREE, [1], comparisons=0)


# Properties.

few = examples(25)


@few
@given(seeds, st.integers(1, 30))
def test_interval_and_p_agree(seed, comparisons):
    found = compare_phases(*some(seed), comparisons=comparisons)
    told = np.isfinite(found.p)
    outside = (found.difference.low > 0) | (found.difference.high < 0)
    assert (outside == (found.p < 0.05 / comparisons))[told].all()
    assert ((found.standardised.low > 0) | (found.standardised.high < 0) == outside)[told].all()
    for name in ("nonoverlap", "standardised"):
        each = getattr(found, name)
        assert ((each.low <= each.value + 1e-9) & (each.value <= each.high + 1e-9))[told].all()
    assert ((found.nonoverlap.low >= 0) & (found.nonoverlap.high <= 1))[told].all()


@few
@given(seeds)
def test_never_surer_than_photos(seed):
    weeks, values, treated, sd = some(seed)
    one, photos = (compare_phases(weeks, values, treated, factor * sd) for factor in (1, 2))
    told = np.isfinite(one.p)
    least = np.sqrt([1 / n for n in ((~treated).sum(), treated.sum())]).max() * sd.min()
    assert (one.difference.high - one.difference.value >= 1.96 * least * (1 - 1e-5))[told].all()
    assert (photos.difference.high - photos.difference.low >= one.difference.high - one.difference.low)[told].all()
    assert (photos.p >= one.p)[told].all()


@few
@given(seeds, st.floats(-50, 50), st.floats(-100, 100))
def test_a_shift_changes_nothing(seed, shift, later):
    weeks, values, treated, sd = some(seed)
    plain, moved = (
        compare_phases(weeks, values, treated, sd),
        compare_phases(weeks + later, values + shift, treated, sd),
    )
    assert numbers(moved) == pytest.approx(numbers(plain), rel=1e-4, abs=1e-3, nan_ok=True)


@few
@given(seeds, st.floats(-6, 6))
def test_scaled_and_mirrored(seed, power):
    weeks, values, treated, sd = some(seed)
    factor = -(10**power)
    plain, scaled = (
        compare_phases(weeks, values, treated, sd),
        compare_phases(weeks, factor * values, treated, -factor * sd),
    )
    assert scaled.p == pytest.approx(plain.p, abs=1e-3, nan_ok=True)
    for name, turn, scale in (
        ("difference", lambda v: factor * v, abs(factor)),
        ("nonoverlap", lambda v: 1 - v, 1),
        ("standardised", lambda v: -v, 1),
    ):
        before, after = getattr(plain, name), getattr(scaled, name)
        for value, wanted in ((after.value, before.value), (after.low, before.high), (after.high, before.low)):
            assert value == pytest.approx(turn(wanted), rel=1e-3, abs=1e-3 * scale, nan_ok=True)


@few
@given(seeds, st.floats(-5, 5))
def test_a_step_added_is_added_to_the_difference(seed, step):
    weeks, values, treated, sd = some(seed)
    plain, stepped = (compare_phases(weeks, values + more * treated[:, None], treated, sd) for more in (0, step))
    for part in ("value", "low", "high"):
        before, after = (getattr(found.difference, part) for found in (plain, stepped))
        assert after == pytest.approx(before + step, abs=1e-3, nan_ok=True)


@few
@given(seeds)
def test_order_of_rows_and_company_of_columns_do_not_matter(seed):
    weeks, values, treated, sd = some(seed)
    together = numbers(compare_phases(weeks, values, treated, sd))
    order = np.random.default_rng(seed).permutation(len(weeks))
    for column in range(values.shape[1]):
        own = np.s_[order, column : column + 1]
        alone = numbers(compare_phases(weeks[order], values[own], treated[order], sd[own]))
        assert alone[:, 0] == pytest.approx(together[:, column], rel=1e-4, abs=1e-3, nan_ok=True)


@few
@given(seeds)
def test_a_session_that_knows_nothing_changes_nothing(seed):
    weeks, values, treated, sd = some(seed)
    plain = compare_phases(weeks, values, treated, sd)
    empty = np.full((1, values.shape[1]), np.nan)
    more = compare_phases(
        np.append(weeks, weeks.mean()), np.vstack([values, empty]), np.append(treated, True), np.vstack([sd, sd[:1]])
    )
    assert numbers(more) == pytest.approx(numbers(plain), rel=1e-4, abs=1e-3, nan_ok=True)
    assert more.treatment_sessions == plain.treatment_sessions


# Simulations. `tests/benchmarks/courses.py` prints the whole tables.


@pytest.mark.parametrize("sizes", [(3, 3), (4, 4), (3, 9), (6, 14), (10, 30)])
@pytest.mark.parametrize("autocorrelation", [0, 0.3, 0.6])
def test_false_alarms(sizes, autocorrelation):
    rng = np.random.default_rng([*sizes, int(10 * autocorrelation)])
    told = 0
    for _ in range(4):
        weeks = irregular(sum(sizes), rng)
        found = compare_phases(
            weeks, noise(weeks, autocorrelation, 50, rng), np.arange(len(weeks)) >= sizes[0], np.full(50, 0.5)
        )
        told += ((found.difference.low > 0) | (found.difference.high < 0)).sum()
    assert told <= binom.ppf(0.99, 200, 0.05)


def test_a_step_is_found_on_its_side():
    rng = np.random.default_rng(4)
    weeks = irregular(12, rng)
    treated = np.arange(12) >= 4
    found = compare_phases(weeks, 0.4 * rng.normal(size=(12, 200)) - 2 * treated[:, None], treated, np.full(200, 0.4))
    assert (found.difference.high < 0).mean() > 0.9
    assert ((found.difference.low < -2) & (found.difference.high > -2)).mean() >= 0.95
    assert (found.nonoverlap.value > 0.9).mean() > 0.9
    assert np.median(found.standardised.value) < -3


@pytest.mark.parametrize("sizes", [(10, 20), (30, 70)])
@pytest.mark.parametrize("drift", [1.0, 2.0])
def test_a_steady_drift_is_no_step(sizes, drift):
    rng = np.random.default_rng(sum(sizes))
    weeks = np.cumsum(rng.uniform(3, 10, sum(sizes))) / 7
    treated = np.arange(len(weeks)) >= sizes[0]
    values = 0.4 * rng.normal(size=(len(weeks), 200)) + drift * ((weeks - weeks[0]) / np.ptp(weeks))[:, None]
    found = compare_phases(weeks, values, treated, np.full(200, 0.2))
    assert (found.p < 0.05).sum() <= binom.ppf(0.99, 200, 0.05)
    assert np.isnan(found.p[found.drifts]).all()
    stepped = compare_phases(
        weeks, values + 1.5 * treated[:, None] - values.mean(axis=1, keepdims=True), treated, np.full(200, 0.2)
    )
    assert (stepped.p < 0.05).mean() > 0.9
