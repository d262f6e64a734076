"""Agreement of repeated photos: published tables, hand computations, and intervals that hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import seeds
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr
from scipy.stats import chi2, f

from symmetry.errors import InvalidPointsError
from symmetry.stats.agreement import Agreement, agreement, moderated_variance, pooled_variance

ESTIMATES = ("sem", "mdc95", "icc_2_1", "icc_3_1", "bias", "lower_limit", "upper_limit")
JUDGED = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
"""Six targets by four judges: Shrout & Fleiss (1979), table 2."""


def of_table(table) -> Agreement:
    """Agreement of a table (sessions, replicates) or (sessions, replicates, q)."""
    table = np.asarray(table, dtype=float)
    rows = np.repeat(np.arange(len(table)), table.shape[1])
    return agreement(table.reshape(len(rows), -1), rows)


def numbers(found: Agreement):
    """All that an agreement says, shape (23, q)."""
    parts = [(each.value, each.low, each.high) for each in (getattr(found, name) for name in ESTIMATES)]
    return np.vstack([found.sessions, found.freedom, *np.concatenate(parts)])


def ragged(seed, quantities=3):
    """Sessions of one to five photos in mixed order, a fifth of the values unknown."""
    rng = np.random.default_rng(seed)
    session = rng.permutation(np.repeat(np.arange(8), rng.integers(1, 6, 8)))
    values = 10 + 3 * rng.normal(size=(8, quantities))[session] + rng.normal(size=(len(session), quantities))
    values[rng.random(values.shape) < 0.2] = np.nan
    return values, session


# Known answers.


def test_published_correlations_of_shrout_and_fleiss():
    found = of_table(JUDGED)
    assert found.icc_2_1.value == pytest.approx([0.29], abs=0.005)
    assert found.icc_3_1.value == pytest.approx([0.71], abs=0.005)


def test_intervals_of_mcgraw_and_wong():
    # As pingouin 0.5.5 prints them for this table.
    found = of_table(JUDGED)
    assert (*found.icc_2_1.low, *found.icc_2_1.high) == pytest.approx((0.02, 0.76), abs=0.005)
    assert (*found.icc_3_1.low, *found.icc_3_1.high) == pytest.approx((0.34, 0.95), abs=0.005)


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_interval_of_absolute_agreement_is_as_mcgraw_and_wong_write_it(seed):
    rng = np.random.default_rng(seed)
    table = JUDGED if seed is None else rng.normal(size=(7, 1)) * 2 + rng.normal(size=(7, 3)) + rng.normal(size=3)
    n, k = table.shape
    rows, columns, mean = table.mean(axis=1), table.mean(axis=0), table.mean()
    r, c = k * rows.var(ddof=1), n * columns.var(ddof=1)
    e = ((table - rows[:, None] - columns + mean) ** 2).sum() / ((n - 1) * (k - 1))
    icc = (r - e) / (r + (k - 1) * e + k * (c - e) / n)
    a, b = k * icc / (n * (1 - icc)), 1 + k * icc * (n - 1) / (n * (1 - icc))
    v = (a * c + b * e) ** 2 / ((a * c) ** 2 / (k - 1) + (b * e) ** 2 / ((n - 1) * (k - 1)))
    below, above = f.ppf(0.975, n - 1, v), f.ppf(0.975, v, n - 1)
    found = of_table(table).icc_2_1
    assert icc > 0
    assert found.value == pytest.approx([icc])
    assert found.low == pytest.approx([n * (r - below * e) / (below * (k * c + (k * n - k - n) * e) + n * r)])
    assert found.high == pytest.approx([n * (above * r - e) / (k * c + (k * n - k - n) * e + n * above * r)])


def test_correlations_from_the_mean_squares_by_hand():
    # Sessions (1, 3), (4, 4), (7, 5): R = 8, C = 0, E = 2; n = 3, k = 2.
    found = of_table([[1, 3], [4, 4], [7, 5]])
    assert found.icc_2_1.value == pytest.approx([6 / (8 + 2 - 2 * 2 / 3)])
    assert found.icc_3_1.value == pytest.approx([6 / 10])


def test_sem_and_minimal_detectable_change_by_hand():
    # About the means 2, 5 and 7: squares 2 + 0 + 2 + 2 + 0 with 1 + 2 + 0 degrees of freedom.
    values = np.array([1.0, 3.0, 4.0, 6.0, 5.0, 7.0])[:, None]
    found = agreement(values, ["a", "a", "b", "b", "b", "c"])
    assert found.sessions == [2]
    assert found.freedom == [3]
    assert found.sem.value == pytest.approx([np.sqrt(4 / 3)])
    assert found.mdc95.value == pytest.approx([1.96 * np.sqrt(2) * np.sqrt(4 / 3)])
    # Quantiles 0.025 and 0.975 of chi-square with 3 degrees of freedom, from tables: 0.2158 and 9.348.
    assert found.sem.low == pytest.approx([np.sqrt(4 / 9.348)], rel=1e-3)
    assert found.sem.high == pytest.approx([np.sqrt(4 / 0.2158)], rel=1e-3)
    variance, freedom = pooled_variance(values, ["a", "a", "b", "b", "b", "c"])
    assert (*variance, *freedom) == pytest.approx((4 / 3, 3))


def test_bias_and_limits_by_hand():
    # Differences 1, 2, 3, 6: mean 3, squares 14, so a spread of sqrt(14 / 3); t of 3 degrees of freedom is 3.182.
    found = of_table([[0, 1], [5, 7], [1, 4], [-2, 4]])
    spread = np.sqrt(14 / 3)
    assert found.bias.value == pytest.approx([3.0])
    assert found.bias.low == pytest.approx([3 - 3.182 * spread / 2], abs=2e-3)
    assert found.bias.high == pytest.approx([3 + 3.182 * spread / 2], abs=2e-3)
    assert found.lower_limit.value == pytest.approx([3 - 1.96 * spread])
    assert found.upper_limit.value == pytest.approx([3 + 1.96 * spread])


@pytest.mark.parametrize("sessions", [2, 4, 30])
def test_intervals_of_the_limits_by_integration(sessions):
    # The upper limit lies above mean + c spread as often as a standard normal number z + 1.96 sqrt(n) lies above
    # c sqrt(n) w, w the root of chi-square over its n - 1 degrees of freedom.
    difference = np.random.default_rng(4).normal(2.0, 3.0, sessions)
    found = of_table(np.column_stack([np.zeros(sessions), difference]))
    mean, spread = difference.mean(), difference.std(ddof=1)
    squares = np.linspace(0.0, 12.0, 200_001)[1:] ** 2 * (sessions - 1)
    density = chi2.pdf(squares, sessions - 1) * np.sqrt(squares)  # over the root of chi-square
    w = np.sqrt(squares / (sessions - 1))
    for bound, share in ((found.upper_limit.low, 0.025), (found.upper_limit.high, 0.975)):
        below = ndtr(np.sqrt(sessions) * ((bound - mean) / spread * w - 1.96))
        assert (below * density).sum() / density.sum() == pytest.approx(share, abs=1e-4)
    assert mean - found.lower_limit.high == pytest.approx(found.upper_limit.low - mean)
    assert mean - found.lower_limit.low == pytest.approx(found.upper_limit.high - mean)


def test_negative_correlation_is_reported_as_it_is():
    found = of_table([[1, 2, 3], [3, 1, 2], [2, 3, 1]])
    assert found.icc_2_1.value < 0
    assert found.icc_3_1.value == pytest.approx([-0.5])
    for icc in (found.icc_2_1, found.icc_3_1):
        assert icc.low <= icc.value <= icc.high


def test_systematic_change_between_replicates_costs_absolute_agreement_only():
    level = np.random.default_rng(5).normal(0.0, 5.0, (30, 1))
    noise = np.random.default_rng(6).normal(0.0, 1.0, (30, 3))
    plain, drifting = of_table(level + noise), of_table(level + noise + [0.0, 4.0, 8.0])
    assert drifting.icc_3_1.value == pytest.approx(plain.icc_3_1.value)
    assert drifting.icc_2_1.value < plain.icc_2_1.value - 0.2
    assert drifting.bias.value == pytest.approx(plain.bias.value + 4)


# Which values count.


def test_correlations_and_limits_take_the_first_known_values_of_repeated_sessions():
    nan = np.nan
    # Of the first quantity the shortest repeated session knows three values, of the second two.
    a = [(4.0, 5.0, 6.5, 9.0), (1.0, 1.5, 2.5), (8.0, nan, 7.0, 9.5), (3.0, nan, nan)]
    b = [(2.0, nan, 3.0, 7.0), (5.0, 4.0, nan), (nan, 6.0, 8.0, 9.0), (nan, nan, 1.0)]
    session = np.repeat([7, 3, 5, 1], [4, 3, 4, 3])
    found = agreement(np.column_stack([np.concatenate(a), np.concatenate(b)]), session)
    alone = (of_table([(4.0, 5.0, 6.5), (1.0, 1.5, 2.5), (8.0, 7.0, 9.5)]), of_table([(2, 3), (5, 4), (6, 8)]))
    assert list(found.sessions) == [3, 3]
    assert list(found.freedom) == [3 + 2 + 2, 2 + 1 + 2]
    for name in ("icc_2_1", "icc_3_1", "bias", "lower_limit", "upper_limit"):
        for part in ("value", "low", "high"):
            expected = [getattr(getattr(one, name), part)[0] for one in alone]
            assert getattr(getattr(found, name), part) == pytest.approx(expected)


@given(seeds)
@examples(50)
def test_sem_is_that_of_a_plain_loop(seed):
    values, session = ragged(seed)
    variance, freedom = pooled_variance(values, session)
    for j, column in enumerate(values.T):
        groups = [column[(session == each) & ~np.isnan(column)] for each in np.unique(session)]
        squares = sum(((group - group.mean()) ** 2).sum() for group in groups if len(group))
        count = sum(max(len(group) - 1, 0) for group in groups)
        assert freedom[j] == count
        assert variance[j] == pytest.approx(squares / count if count else np.nan, nan_ok=True)


@given(seeds)
@examples(40)
def test_each_quantity_is_what_it_is_alone(seed):
    values, session = ragged(seed)
    together = numbers(agreement(values, session))
    for j in range(values.shape[1]):
        alone = numbers(agreement(values[:, [j]], session))
        assert together[:, [j]] == pytest.approx(alone, nan_ok=True)


@given(seeds)
@examples(40)
def test_order_and_names_of_sessions_make_no_difference(seed):
    values, session = ragged(seed)
    order = np.argsort(np.random.default_rng(seed).permutation(8)[session], kind="stable")
    names = np.array([f"face {9 - i}" for i in range(8)])
    found = numbers(agreement(values[order], names[session[order]]))
    assert found == pytest.approx(numbers(agreement(values, session)), nan_ok=True)


def test_order_of_photos_within_a_session_does():
    found, turned = of_table(JUDGED), of_table(JUDGED[:, ::-1])
    assert turned.sem.value == pytest.approx(found.sem.value)
    assert turned.bias.value != pytest.approx(found.bias.value)


@given(seeds, st.floats(-1e3, 1e3), st.floats(0.01, 100), st.booleans())
@examples(60)
def test_constant_changes_nothing_and_a_factor_scales(seed, constant, size, negative):
    values, session = ragged(seed)
    before, after = (agreement(given_, session) for given_ in (values, constant + size * values))
    for name in ESTIMATES:
        factor = 1.0 if name.startswith("icc") else size
        for part in ("value", "low", "high"):
            expected = factor * getattr(getattr(before, name), part)
            assert getattr(getattr(after, name), part) == pytest.approx(expected, rel=1e-6, abs=1e-6, nan_ok=True)
    if negative:
        mirrored = agreement(-size * values, session)
        assert mirrored.sem.value == pytest.approx(size * before.sem.value, nan_ok=True)
        assert mirrored.upper_limit.high == pytest.approx(-size * before.lower_limit.low, nan_ok=True)
        assert mirrored.icc_2_1.low == pytest.approx(before.icc_2_1.low, nan_ok=True)


@given(seeds)
@examples(60)
def test_intervals_hold_their_estimates(seed):
    # Noise alone as well: correlations about 0 are where their intervals are most at risk.
    values, session = ragged(seed, quantities=6)
    values[:, 3:] = np.random.default_rng(seed).normal(size=(len(values), 3))
    found = agreement(values, session)
    for name in ESTIMATES:
        each = getattr(found, name)
        known = ~np.isnan(each.low)
        assert (each.low[known] <= each.value[known]).all()
        assert (each.value[known] <= each.high[known]).all()
        assert np.array_equal(known, ~np.isnan(each.high))
    assert not np.isnan(agreement(*ragged(0)).icc_2_1.low).any()


# Too little to tell from.


def test_too_few_sessions_are_nan_without_a_warning():
    single = agreement(np.arange(4.0)[:, None], [1, 2, 3, 4])
    assert single.sessions == single.freedom == [0]
    assert np.isnan(numbers(single)[2:]).all()
    one = agreement(np.array([0.0, 1.0, 2.0])[:, None], [1, 1, 2])
    assert one.sessions == one.freedom == [1]
    assert one.sem.value == pytest.approx([np.sqrt(0.5)])
    assert np.isfinite([one.sem.low, one.sem.high]).all()
    assert one.bias.value == pytest.approx([1.0])
    for name in ("icc_2_1", "icc_3_1", "lower_limit", "upper_limit"):
        assert np.isnan(getattr(one, name).value)
    assert np.isnan(one.bias.low)


@pytest.mark.parametrize(("photos", "quantities"), [(0, 3), (0, 0), (5, 0), (6, 2)])
def test_nothing_known_is_nan(photos, quantities):
    values, session = np.full((photos, quantities), np.nan), np.arange(photos) // 2
    found = agreement(values, session)
    assert found.sem.value.shape == found.sessions.shape == (quantities,)
    assert (found.sessions == 0).all()
    assert np.isnan(numbers(found)[2:]).all()
    variance, freedom = pooled_variance(values, session)
    assert np.isnan(variance).all()
    assert (freedom == 0).all()


def test_quantity_that_is_not_known_leaves_the_others_known():
    values, session = ragged(1)
    whole = numbers(agreement(values, session))
    values[:, 1] = np.nan
    found = numbers(agreement(values, session))
    assert np.isnan(found[2:, 1]).all()
    assert found[:, [0, 2]] == pytest.approx(whole[:, [0, 2]])
    assert np.isfinite(whole).all()


@pytest.mark.parametrize("constant", [0.0, 0.1, -1e6 / 3])
def test_no_variance_at_all_is_a_sem_of_0_and_no_correlation(constant):
    found = of_table(np.full((5, 3), constant))
    assert found.sem.value == found.sem.low == found.sem.high == [0.0]
    assert found.bias.value == found.upper_limit.high == [0.0]
    assert np.isnan([found.icc_2_1.value, found.icc_3_1.value, found.icc_2_1.low, found.icc_3_1.high]).all()


def test_perfect_repetition_correlates_perfectly():
    found = of_table(np.repeat([[0.1], [0.7], [1.3]], 3, axis=1))
    assert found.sem.value == [0.0]
    for icc in (found.icc_2_1, found.icc_3_1):
        assert (*icc.value, *icc.low, *icc.high) == pytest.approx((1.0, 1.0, 1.0), abs=1e-12)


@pytest.mark.parametrize(
    ("values", "session"),
    [
        (np.zeros(4), np.zeros(4)),
        (np.zeros((4, 1, 1)), np.zeros(4)),
        (np.zeros((4, 2)), np.zeros(3)),
        (np.zeros((4, 2)), np.zeros((4, 1))),
        (np.zeros((4, 2)), 1),
        (np.full((4, 2), np.inf), np.zeros(4)),
        (np.zeros((4, 2)), [0, 0, 1, np.nan]),
    ],
)
@pytest.mark.parametrize("function", [agreement, pooled_variance])
def test_what_does_not_fit_is_refused(function, values, session):
    with pytest.raises(InvalidPointsError):
        function(values, session)


def test_input_is_left_alone():
    values, session = ragged(2)
    kept = values.copy()
    values.flags.writeable = session.flags.writeable = False
    agreement(values, session)
    assert np.array_equal(values, kept, equal_nan=True)


# Intervals, by simulation; the data sets are the quantities.

MANY = 4000
SESSIONS = 12


def simulated(seed, replicates, level=1.5, drift=0.0):
    """Tables (12, replicates, 4000): sessions of spread `level`, replicates that move by `drift`, error of spread 1."""
    rng = np.random.default_rng(seed)
    table = rng.normal(0.0, level, (SESSIONS, 1, MANY)) + rng.normal(size=(SESSIONS, replicates, MANY))
    return table + drift * np.arange(replicates)[:, None]


def coverage(each, truth):
    """Share of intervals that hold the truth, and shares of those wholly below and above it."""
    assert np.isfinite([each.low, each.high]).all()
    return ((each.low <= truth) & (truth <= each.high)).mean(), (each.high < truth).mean(), (each.low > truth).mean()


@pytest.mark.parametrize("replicates", [2, 4])
def test_intervals_cover_the_truth_as_often_as_they_say(replicates):
    found = of_table(simulated(7, replicates, drift=0.5))
    truths = {
        "sem": (of_table(simulated(8, replicates)).sem, 1.0),  # drift is part of the variance within sessions
        "mdc95": (of_table(simulated(8, replicates)).mdc95, 1.96 * np.sqrt(2)),
        "icc_3_1": (found.icc_3_1, 1.5**2 / (1.5**2 + 1)),
        "bias": (found.bias, 0.5),
        "lower_limit": (found.lower_limit, 0.5 - 1.96 * np.sqrt(2)),
        "upper_limit": (found.upper_limit, 0.5 + 1.96 * np.sqrt(2)),
    }
    for name, (each, truth) in truths.items():
        inside, below, above = coverage(each, truth)
        assert 0.94 <= inside <= 0.96, name
        # Each side misses as often as the other: an interval that is shifted would not.
        assert 0.018 <= below <= 0.032, name
        assert 0.018 <= above <= 0.032, name


@pytest.mark.parametrize("level", [0.3, 1.5, 4.0])
def test_interval_of_absolute_agreement_covers_the_truth(level):
    # Replicates are random ones here, with a variance of their own.
    drift = np.random.default_rng(9).normal(0.0, 0.7, (1, 3, MANY))
    found = of_table(simulated(10, 3, level) + drift)
    assert 0.92 <= coverage(found.icc_2_1, level**2 / (level**2 + 0.7**2 + 1))[0] <= 0.98


def test_intervals_with_values_unknown_at_random_cover_the_truth():
    table = simulated(11, 4)
    table[np.random.default_rng(12).random(table.shape) < 0.25] = np.nan
    found = of_table(table)
    assert len(np.unique(found.freedom)) > 5
    for each, truth in ((found.sem, 1.0), (found.icc_3_1, 1.5**2 / (1.5**2 + 1)), (found.bias, 0.0)):
        assert 0.94 <= coverage(each, truth)[0] <= 0.96


# Variances drawn toward a prior.


def test_moderated_variance_is_the_mean_weighted_by_freedom():
    variance, freedom = moderated_variance([1.0, 6.0], [2, 6], 4.0, 6)
    assert variance == pytest.approx([26 / 8, 5.0])
    assert freedom == pytest.approx([8.0, 12.0])


def test_what_is_not_known_falls_back_to_the_other():
    nan = np.nan
    own, own_freedom = [nan, 3.0, 3.0, nan, 3.0, nan], [4, 0, 4, 4, 0, 0]
    prior, prior_freedom = [2.0, 2.0, nan, nan, nan, 2.0], [7, 7, 7, 7, 7, 0]
    variance, freedom = moderated_variance(own, own_freedom, prior, prior_freedom)
    assert variance == pytest.approx([2.0, 2.0, 3.0, nan, nan, 2.0], nan_ok=True)
    assert list(freedom) == [7, 7, 4, 0, 0, 0]


def test_prior_of_infinite_freedom_overrules():
    variance, freedom = moderated_variance([3.0, 9.0], 5, [2.0, np.nan], np.inf)
    assert list(variance) == [2.0, 9.0]
    assert list(freedom) == [np.inf, 5]


@given(st.floats(0, 1e6), st.integers(0, 100), st.floats(0, 1e6), st.integers(1, 100))
def test_moderated_variance_lies_between(own, own_freedom, prior, prior_freedom):
    variance, freedom = moderated_variance(own, own_freedom, prior, prior_freedom)
    assert min(own, prior) - 1e-6 <= variance <= max(own, prior) + 1e-6
    assert variance * freedom == pytest.approx(own * own_freedom + prior * prior_freedom)


def test_moderated_variance_broadcasts():
    variance, freedom = moderated_variance(np.ones((3, 1)), 2, np.full(4, 3.0), [[1], [2], [6]])
    assert variance.shape == freedom.shape == (3, 4)
    assert variance[:, 0] == pytest.approx([5 / 3, 2.0, 2.5])


def test_moderated_variance_is_nearer_the_truth_than_ones_own():
    # Smyth's model: true variances scatter about the prior with 8 degrees of freedom, and 2 of one's own.
    rng = np.random.default_rng(3)
    truth = 8 * 2.0 / rng.chisquare(8, MANY)
    own = truth * rng.chisquare(2, MANY) / 2
    error = [np.mean((np.log(each) - np.log(truth)) ** 2) for each in (moderated_variance(own, 2, 2.0, 8)[0], own)]
    assert error[0] < error[1] / 4


@pytest.mark.parametrize(
    ("own", "own_freedom", "prior", "prior_freedom"),
    [
        (np.ones(2), 1, np.ones(3), 1),
        (1.0, -1, 1.0, 1),
        (1.0, 1, 1.0, -1),
        (1.0, np.nan, 1.0, 1),
        (1.0, 1, 1.0, np.nan),
        (1.0, np.inf, 1.0, 1),
    ],
)
def test_moderated_variance_refuses_what_does_not_fit(own, own_freedom, prior, prior_freedom):
    with pytest.raises(InvalidPointsError):
        moderated_variance(own, own_freedom, prior, prior_freedom)
