"""Trends: Theil-Sen's slope, intervals by dense matrices, and false alarms no more often than promised."""

from __future__ import annotations

from operator import attrgetter

import numpy as np
import pytest
from helpers.courses import irregular, noise
from helpers.faces import seeds
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm, t, theilslopes

from symmetry.errors import InvalidPointsError
from symmetry.stats.autocorrelation import Courses, fit_noise
from symmetry.stats.trends import Trends, trends
from symmetry.stats.wandering import fit_wandering

FIELDS = ("slope.value", "slope.low", "slope.high", "p", "correlation_weeks")
AUTOCORRELATIONS = (np.arange(16) + 0.5) / 16


def numbers(found: Trends):
    return np.array([attrgetter(field)(found) for field in FIELDS])


def some(seed, courses=3):
    """Five to fourteen sessions, a tenth of the values unknown: weeks, values, sd."""
    rng = np.random.default_rng(seed)
    weeks = irregular(int(rng.integers(5, 15)), rng)
    values = noise(weeks, rng.uniform(0, 0.9), courses, rng) + rng.normal(size=courses) * weeks[:, None]
    values[rng.random(values.shape) < 0.1] = np.nan
    return weeks, values, rng.uniform(0, 1.5, values.shape)


# Known answers.


@pytest.mark.parametrize("regular", [True, False])
@pytest.mark.parametrize("sessions", [2, 3, 8, 25])
def test_slope_is_that_of_theil_and_sen(regular, sessions):
    rng = np.random.default_rng(sessions)
    weeks = np.arange(sessions) / 2 if regular else irregular(sessions, rng)
    values = rng.normal(size=(sessions, 4))
    found = trends(weeks, values, np.full(4, 0.1))
    assert found.slope.value == pytest.approx([theilslopes(column, weeks).slope for column in values.T])


def test_slope_of_the_known_sessions():
    weeks, values, sd = some(7)
    known = ~np.isnan(values)
    wanted = [theilslopes(column[own], weeks[own]).slope for column, own in zip(values.T, known.T, strict=True)]
    assert trends(weeks, values, sd).slope.value == pytest.approx(wanted)


def dense_error(weeks, values):
    """Standard error of a least-squares slope and the mean autocorrelation, by whole matrices."""
    count = len(weeks)
    gaps = np.diff(weeks)
    places = np.concatenate([[0], np.cumsum(np.sqrt(gaps / np.median(gaps)))])
    line = np.column_stack([np.ones(count), weeks - weeks.mean()])
    share = line[:, 1] / (line[:, 1] @ line[:, 1])
    logs, variances = [], []
    for autocorrelation in AUTOCORRELATIONS:
        matrix = autocorrelation ** np.abs(places[:, None] - places)
        inverse = np.linalg.inv(matrix)
        information = line.T @ inverse @ line
        left = values - line @ np.linalg.solve(information, line.T @ inverse @ values)
        square = left @ inverse @ left
        logs.append(
            -0.5 * (np.linalg.slogdet(matrix)[1] + np.linalg.slogdet(information)[1] + (count - 2) * np.log(square))
            - 0.5 * np.log(autocorrelation * (1 - autocorrelation))
        )
        variances.append(square / (count - 2) * (share @ matrix @ share))
    weights = np.exp(np.array(logs) - max(logs))
    weights /= weights.sum()
    return np.exp(0.5 * weights @ np.log(variances)), weights @ AUTOCORRELATIONS


@pytest.mark.parametrize("sessions", [5, 6, 12])
def test_noise_is_as_whole_matrices_give_it(sessions):
    rng = np.random.default_rng(sessions)
    weeks, values = irregular(sessions, rng), rng.normal(size=(sessions, 3))
    courses = Courses.of(weeks, values, np.zeros(3))
    found = fit_noise(courses, courses.weeks)
    wanted = np.transpose([dense_error(weeks, column) for column in values.T])
    assert [found.error, found.autocorrelation] == pytest.approx(wanted)


def test_slopes_and_their_likelihoods_are_those_of_statsmodels():
    from statsmodels.regression.linear_model import GLS

    rng = np.random.default_rng(5)
    weeks, values = np.sort(rng.uniform(0, 8, 9)), rng.normal(size=(9, 1))
    courses = Courses.of(weeks, values, np.zeros(1))
    found = fit_wandering(courses)
    line = np.column_stack([np.ones(9), courses.weeks[:, 0]])
    share = line[:, 1] / (line[:, 1] @ line[:, 1])
    logs, errors = [], []
    shortest = 0.4 * np.median(np.diff(weeks))
    kinds = [(0.0, 0.0)] + [
        (max(length * np.ptp(weeks), shortest), wandering)
        for length in (1 / 24, 1 / 12, 1 / 6, 1 / 3, 2 / 3, 1.5)
        for wandering in (0.3, 0.6, 0.85, 0.96, 0.99)
    ]
    for time, wandering in kinds:
        apart = np.abs(weeks[:, None] - weeks)
        matrix = np.eye(9) if not time else wandering * np.exp(-apart / time) + (1 - wandering) * np.eye(9)
        fit = GLS(values[:, 0], line, sigma=matrix).fit()
        information = np.linalg.inv(fit.normalized_cov_params)
        logs.append(
            -0.5 * (np.linalg.slogdet(matrix)[1] + np.linalg.slogdet(information)[1])
            - 7 / 2 * np.log(fit.scale)
            + (0.0 if time else np.log(15))
        )
        errors.append(np.sqrt(fit.scale * (share @ matrix @ share)))
    weights = np.exp(np.array(logs) - max(logs))
    assert found.weights[:, 0] == pytest.approx(weights / weights.sum(), rel=1e-6)
    assert found.errors[:, 0] == pytest.approx(errors)
    half = found.half_width(np.array([7.0]), 0.05)
    assert found.p(half, np.array([7.0])) == pytest.approx([0.05])
    assert found.weights[:, 0] @ (2 * t.sf(half / np.array(errors), 7)) == pytest.approx(0.05)


def test_a_straight_line_is_as_sure_as_its_photos():
    weeks = np.array([0.0, 1, 2, 4, 5, 8, 9])
    found = trends(weeks, 3 - 0.2 * weeks[:, None], [0.3])
    error = 0.3 * np.sqrt(np.pi / 3 / ((weeks - weeks.mean()) ** 2).sum())
    assert found.slope.value == pytest.approx([-0.2])
    assert found.slope.high - found.slope.value == pytest.approx([norm.ppf(0.975) * error])
    assert found.p == pytest.approx([2 * norm.sf(0.2 / error)])


def test_nothing_moves_where_nothing_moves():
    found = trends(np.arange(8), np.full((8, 1), 2.5), [0.0])
    assert (*found.slope.value, *found.p) == (0.0, 1.0)
    assert found.slope.low <= 0 <= found.slope.high


def test_too_few_sessions_have_no_interval():
    values = np.full((6, 4), np.nan)
    for column, count in enumerate((5, 4, 2, 1)):
        values[:count, column] = np.arange(count) ** 2
    found = trends(np.arange(6), values, np.ones(4))
    assert found.slope.value == pytest.approx([4, 3, 1, np.nan], nan_ok=True)
    for field in FIELDS[1:]:
        assert np.isnan(attrgetter(field)(found)).tolist() == [False, True, True, True]


def test_a_value_of_unknown_precision_is_not_known():
    weeks, values, sd = some(3)
    sd[2, 1] = np.nan
    fewer = values.copy()
    fewer[2, 1] = np.nan
    assert numbers(trends(weeks, values, sd)) == pytest.approx(
        numbers(trends(weeks, fewer, np.nan_to_num(sd))), nan_ok=True
    )


def test_sessions_at_one_time_make_no_slope_of_their_own():
    found = trends([0, 0, 1, 2, 3, 4], np.array([[0.0, 5, 1, 2, 3, 4]]).T, [0.1])
    assert np.isfinite(numbers(found)).all()
    assert np.isnan(numbers(trends(np.zeros(6), np.arange(6.0)[:, None], [0.1]))).all()


def test_no_courses_and_no_sessions():
    assert trends(np.arange(6), np.empty((6, 0)), np.empty(0)).slope.value.shape == (0,)
    assert np.isnan(numbers(trends([], np.empty((0, 2)), [1, 1]))).all()


def test_one_odd_session_does_not_hide_a_drift():
    rng = np.random.default_rng(1)
    weeks = np.arange(20.0)
    values = 0.4 * rng.normal(size=(20, 1)) - 0.15 * weeks[:, None]
    values[12] += 3
    found = trends(weeks, values, [0.3])
    assert found.slope.high < 0
    assert found.slope.low < -0.15 < found.slope.high


@pytest.mark.parametrize(
    ("weeks", "values", "sd", "words"),
    [
        (np.arange(4), np.zeros((5, 2)), np.ones(2), "shapes"),
        (np.arange(5), np.zeros(5), np.ones(5), "shapes"),
        (np.arange(5), np.zeros((5, 2)), np.ones(3), "shapes"),
        ([0, 1, np.nan, 3, 4], np.zeros((5, 2)), np.ones(2), "time"),
        (np.arange(5), np.full((5, 2), np.inf), np.ones(2), "finite"),
        (np.arange(5), np.zeros((5, 2)), [1, -1], "negative"),
    ],
)
def test_what_cannot_be_is_refused(weeks, values, sd, words):
    with pytest.raises(InvalidPointsError, match=words):
        trends(weeks, values, sd)


def test_one_look_at_least():
    with pytest.raises(ValueError, match="comparisons"):
        trends(np.arange(5), np.zeros((5, 1)), [1], comparisons=0)


# Properties.


@settings(deadline=None)
@given(seeds, st.integers(1, 30))
def test_interval_and_p_agree(seed, comparisons):
    found = trends(*some(seed), comparisons=comparisons)
    told = np.isfinite(found.p)
    outside = (found.slope.low > 0) | (found.slope.high < 0)
    assert (outside == (found.p < 0.05 / comparisons))[told].all()
    assert ((found.slope.low <= found.slope.value) & (found.slope.value <= found.slope.high))[told].all()
    assert (found.correlation_weeks[told] >= 0).all()
    assert not (found.wanders & told).any()


@settings(deadline=None)
@given(seeds)
def test_never_surer_than_photos_and_wider_with_more_comparisons(seed):
    weeks, values, sd = some(seed)
    one, photos = trends(weeks, values, sd), trends(weeks, values, 2 * sd)
    many = trends(weeks, values, sd, comparisons=5)
    told = np.isfinite(one.p)
    assert (photos.slope.high - photos.slope.low >= one.slope.high - one.slope.low)[told].all()
    assert (many.slope.high - many.slope.low > one.slope.high - one.slope.low)[told].all()
    assert (photos.p >= one.p)[told].all()
    assert many.p == pytest.approx(one.p, nan_ok=True)


@settings(deadline=None)
@given(seeds, st.floats(-50, 50), st.floats(-100, 100))
def test_a_shift_changes_nothing(seed, shift, later):
    weeks, values, sd = some(seed)
    moved = numbers(trends(weeks + later, values + shift, sd))
    assert moved == pytest.approx(numbers(trends(weeks, values, sd)), rel=1e-5, abs=1e-8, nan_ok=True)


@settings(deadline=None)
@given(seeds, st.floats(-6, 6), st.sampled_from([-1, 1]))
def test_scaled_and_mirrored(seed, power, sign):
    weeks, values, sd = some(seed)
    factor = sign * 10**power
    plain, scaled = trends(weeks, values, sd), trends(weeks, factor * values, abs(factor) * sd)
    ends = np.sort([factor * plain.slope.low, factor * plain.slope.high], axis=0)
    wanted = np.array([factor * plain.slope.value, *ends, plain.p, plain.correlation_weeks])
    assert numbers(scaled) == pytest.approx(wanted, rel=1e-6, abs=1e-9 * abs(factor), nan_ok=True)


@settings(deadline=None)
@given(seeds, st.floats(-3, 3))
def test_a_line_added_is_added_to_the_slope(seed, slope):
    weeks, values, sd = some(seed)
    plain, tilted = trends(weeks, values, sd), trends(weeks, values + slope * weeks[:, None], sd)
    for field in FIELDS[:3]:
        assert attrgetter(field)(tilted) == pytest.approx(attrgetter(field)(plain) + slope, abs=1e-7, nan_ok=True)


@settings(deadline=None)
@given(seeds)
def test_time_turned_round(seed):
    weeks, values, sd = some(seed)
    plain, back = trends(weeks, values, sd), trends(-weeks, values, sd)
    wanted = np.array([-plain.slope.value, -plain.slope.high, -plain.slope.low, plain.p, plain.correlation_weeks])
    assert numbers(back) == pytest.approx(wanted, rel=1e-6, abs=1e-9, nan_ok=True)


@settings(deadline=None)
@given(seeds)
def test_order_of_rows_and_company_of_columns_do_not_matter(seed):
    weeks, values, sd = some(seed)
    together = numbers(trends(weeks, values, sd))
    shuffled = np.random.default_rng(seed).permutation(len(weeks))
    for column in range(values.shape[1]):
        own = np.s_[shuffled, column : column + 1]
        alone = numbers(trends(weeks[shuffled], values[own], sd[own]))
        assert alone[:, 0] == pytest.approx(together[:, column], nan_ok=True)


@settings(deadline=None)
@given(seeds)
def test_a_session_that_knows_nothing_changes_nothing(seed):
    weeks, values, sd = some(seed)
    more = trends(
        np.append(weeks, weeks.mean()), np.vstack([values, np.full(values.shape[1], np.nan)]), np.vstack([sd, sd[:1]])
    )
    assert numbers(more) == pytest.approx(numbers(trends(weeks, values, sd)), nan_ok=True)


# Simulations. `tests/benchmarks/courses.py` prints the whole tables.


@pytest.mark.parametrize("sessions", [5, 8, 12, 20, 40])
@pytest.mark.parametrize("autocorrelation", [0, 0.3, 0.6])
@pytest.mark.parametrize("sd", [1, 0.5])
def test_false_alarms(sessions, autocorrelation, sd):
    rng = np.random.default_rng([sessions, int(10 * autocorrelation)])
    told = 0
    for _ in range(4):
        weeks = irregular(sessions, rng)
        found = trends(weeks, noise(weeks, autocorrelation, 50, rng), np.full(50, sd))
        told += ((found.slope.low > 0) | (found.slope.high < 0)).sum()
    # Eight sessions correlated over two cannot tell noise from a trend as well.
    assert told <= binom.ppf(0.99, 200, 0.1 if (sessions, autocorrelation) == (8, 0.6) else 0.05)


@pytest.mark.parametrize(("drift", "least"), [(4, 0.95), (2, 0.45)])
def test_eight_sessions_in_six_weeks_find_a_drift(drift, least):
    weeks = np.linspace(0, 6, 8)
    values = 0.4 * np.random.default_rng(8).normal(size=(8, 400)) - drift * weeks[:, None] / 6
    found = trends(weeks, values, np.full(400, 0.4))
    assert (found.slope.high < 0).mean() >= least
    inside = (found.slope.low < -drift / 6) & (-drift / 6 < found.slope.high)
    assert inside[np.isfinite(found.p)].mean() >= 0.95


def wandering(weeks, correlation_weeks, courses, rng, *, wander=0.2, photo=0.13):
    """A face that wanders, photographed: an Ornstein-Uhlenbeck process and white noise."""
    made = rng.normal(size=(len(weeks), courses))
    for row, gap in enumerate(np.diff(weeks), start=1):
        kept = np.exp(-gap / correlation_weeks) if correlation_weeks else 0.0
        made[row] = kept * made[row - 1] + np.sqrt(1 - kept**2) * made[row]
    return wander * made + photo * rng.normal(size=made.shape)


@pytest.mark.parametrize("weeks", [np.arange(6.0), np.arange(12.0), np.arange(40) / 7, np.arange(100) / 7])
@pytest.mark.parametrize("correlation_weeks", [0.0, 0.5, 2.0])
def test_a_face_that_wanders_shows_few_trends(weeks, correlation_weeks):
    rng = np.random.default_rng([len(weeks), int(2 * correlation_weeks)])
    found = trends(weeks, wandering(weeks, correlation_weeks, 200, rng), np.full(200, 0.13))
    assert (found.p < 0.05).sum() <= binom.ppf(0.99, 200, 0.05)
    assert (found.p < 0.05 / 7).sum() <= binom.ppf(0.99, 200, 0.08 / 7)


def test_twelve_sessions_find_a_millimetre_and_a_half():
    rng = np.random.default_rng(1)
    weeks = np.arange(12.0)
    values = wandering(weeks, 0.0, 300, rng, wander=0.3, photo=0.2) - 1.5 * weeks[:, None] / 11
    found = trends(weeks, values, np.full(300, 0.2))
    assert (found.slope.high < 0).mean() >= 0.6


def test_frequent_photos_of_a_face_that_wanders_slowly_tell_nothing():
    rng = np.random.default_rng(2)
    weeks = np.arange(60) / 7
    found = trends(weeks, wandering(weeks, 6.0, 100, rng, photo=0.05), np.full(100, 0.05))
    assert found.wanders.mean() > 0.7
    assert np.isnan(found.p[found.wanders]).all()
