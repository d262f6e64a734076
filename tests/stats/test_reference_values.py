"""Statistics against tables printed in papers and against other packages. ICC forms: `test_agreement.py`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from symmetry.cohort.mixed import mixed_model
from symmetry.stats.dose import sen_slope, spearman
from symmetry.stats.mean_changes import hedges_g, mean_change, standardised_change
from symmetry.stats.multiple_testing import holm
from symmetry.stats.permutation_tests import sign_flip_test, two_group_permutation, wilcoxon
from symmetry.stats.proportions import fisher, kappa, newcombe, wilson

DARWIN = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48])
"""Cross- less self-fertilised maize, eighths of an inch: Fisher (1935), The Design of Experiments, section 17."""
GIRLS = [
    *([21, 20, 21.5, 23], [21, 21.5, 24, 25.5], [20.5, 24, 24.5, 26], [23.5, 24.5, 25, 26.5], [21.5, 23, 22.5, 23.5]),
    *([20, 21, 21, 22.5], [21.5, 22.5, 23, 25], [23, 23, 23.5, 24], [20, 21, 22, 21.5], [16.5, 19, 19, 19.5]),
    [24.5, 25, 28, 28],
]
BOYS = [
    *([26, 25, 29, 31], [21.5, 22.5, 23, 26.5], [23, 22.5, 24, 27.5], [25.5, 27.5, 26.5, 27], [20, 23.5, 22.5, 26]),
    *([24.5, 25.5, 27, 28.5], [22, 22, 24.5, 26.5], [24, 21.5, 24.5, 25.5], [23, 20.5, 31, 26], [27.5, 28, 31, 31.5]),
    *([23, 23, 23.5, 25], [21.5, 23.5, 24, 28], [17, 24.5, 26, 29.5], [22.5, 25.5, 25.5, 26], [23, 24.5, 26, 30]),
    [22, 21.5, 23.5, 25],
]
"""Distance from pituitary to pterygomaxillary fissure at 8, 10, 12 and 14 years, mm: Potthoff & Roy (1964), table 1."""


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_newcombe_prints_it(count, n, low, high):
    # Newcombe (1998, Stat Med 17:857), table I, method 3.
    found = wilson(count, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_difference_as_newcombe_prints_it(counts, low, high):
    # Newcombe (1998, Stat Med 17:873), table II, method 10.
    hits1, people1, hits2, people2 = counts
    found = newcombe(*counts)
    expected = (hits1 / people1 - hits2 / people2, low, high)
    assert (found.value, found.low, found.high) == pytest.approx(expected, abs=5e-5)


def test_shares_as_in_statsmodels():
    rng = np.random.default_rng(0)
    n1, n2 = rng.integers(1, 200, size=(2, 50))
    hits1, hits2 = rng.binomial(n1, 0.2), rng.binomial(n2, 0.5)
    found = wilson(hits1, n1)
    expected = np.array(proportion_confint(hits1, n1, method="wilson"))
    assert np.array([found.low, found.high]) == pytest.approx(expected)
    difference = newcombe(hits1, n1, hits2, n2)
    found = np.array([difference.low, difference.high]).T
    expected = [confint_proportions_2indep(*each, method="newcomb") for each in zip(hits1, n1, hits2, n2, strict=True)]
    assert found == pytest.approx(np.array(expected))


def test_lady_tasting_tea():
    # Fisher (1935), section 5, with three of four right: 17 of 70 ways to one side (as R's `?fisher.test` prints).
    assert fisher(3, 4, 1, 4) == pytest.approx(34 / 70)


@pytest.mark.parametrize("table", [(20, 5, 10, 15), (44, 3, 7, 46), (1, 9, 12, 3), (2, 30, 0, 500)])
def test_kappa_as_in_statsmodels(table):
    expected = cohens_kappa(np.reshape(table, (2, 2)))
    found = kappa(table)
    assert (found.value, found.low, found.high) == pytest.approx(
        (expected.kappa, max(expected.kappa_low, -1), min(expected.kappa_upp, 1))
    )


def test_holm_as_in_statsmodels():
    p = np.random.default_rng(0).random((20, 6)) ** 3
    expected = [multipletests(row, method="holm")[1] for row in p]
    assert holm(p) == pytest.approx(np.array(expected))
    turned = holm(p.T, axis=0).T
    assert turned == pytest.approx(np.array(expected))


def test_fisher_s_test_of_darwin_s_maize():
    # Fisher (1935), section 21: 863 of 32,768 patterns of signs give as large a total to one side.
    assert sign_flip_test(DARWIN) == pytest.approx(2 * 863 / 32768)


def test_mean_of_darwin_s_maize():
    # As R prints t.test(ZeaMays$diff), inches: 0.003899165 to 5.229434169.
    found = mean_change(DARWIN / 8)
    assert (found.value, found.low, found.high) == pytest.approx((2.616667, 0.003899165, 5.229434169), rel=1e-6)


def test_standardised_change_of_darwin_s_maize():
    # Hedges (1981): 1 - 3 / (4 x 14 - 1) is nearly the correction; limits by Steiger & Fouladi (1997) in scipy.
    found = standardised_change(DARWIN)
    d, size = DARWIN.mean() / DARWIN.std(ddof=1), stats.ttest_1samp(DARWIN, 0).statistic
    assert found.value == pytest.approx((1 - 3 / 55) * d, rel=1e-3)
    for limit, tail in ((found.low, 0.975), (found.high, 0.025)):
        noncentral = limit / found.value * d * np.sqrt(15)
        assert stats.nct.cdf(size, 14, noncentral) == pytest.approx(tail, abs=1e-6)


def test_signed_ranks_of_hollander_and_wolfe():
    # Hollander & Wolfe (1973), p. 29, as in R's `?wilcox.test`: p = 0.01953 to one side.
    first = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    assert wilcoxon(np.subtract(second, first)) == pytest.approx(2 * 0.01953, abs=1e-5)


@pytest.mark.parametrize(("first", "second"), [(4, 4), (3, 6), (6, 5)])
def test_two_groups_as_in_scipy(first, second):
    rng = np.random.default_rng(first)
    groups = rng.normal(1, 1, first), rng.normal(0, 3, second)

    def size(x, y, axis=-1):
        return np.abs(stats.ttest_ind(x, y, axis=axis, equal_var=False).statistic)

    expected = stats.permutation_test(groups, size, n_resamples=np.inf, alternative="greater", vectorized=True).pvalue
    found = two_group_permutation(np.concatenate(groups), np.arange(first + second) < first)
    assert found == pytest.approx(expected)


def test_hedges_g_by_its_definition():
    # Hedges (1981): 1 - 3 / (4 x 27 - 9) is nearly the correction for 27 people; slopes of Potthoff & Roy's children.
    slopes = np.polyfit([8, 10, 12, 14], np.array(BOYS + GIRLS).T, 1)[0]
    boys, girls = slopes[:16], slopes[16:]
    spread = np.sqrt((15 * boys.var(ddof=1) + 10 * girls.var(ddof=1)) / 25)
    found = hedges_g(slopes, np.arange(27) < 16)
    assert found.value == pytest.approx((1 - 3 / 99) * (boys.mean() - girls.mean()) / spread, rel=1e-3)
    test = stats.ttest_ind(boys, girls)
    noncentral = found.low / found.value * test.statistic
    assert stats.nct.cdf(test.statistic, 25, noncentral) == pytest.approx(0.975, abs=1e-6)


def test_slope_as_sen_prints_it():
    # Sen (1968, J Am Stat Assoc 63:1379), section 6, after Graybill: slope 4, limits 3.71 and 4.38.
    found = sen_slope([1, 2, 3, 4, 10, 12, 18], [9, 15, 19, 20, 45, 55, 78]).slope
    assert (found.value, found.low, found.high) == pytest.approx((4, 3.71, 4.38), abs=0.006)


def test_slope_and_correlation_as_statpsych_prints_them():
    # R package statpsych 2.0, `?ci.theil` and `?ci.spear` (Bonett & Wright 2000).
    y = [21, 4, 9, 12, 35, 18, 10, 22, 24, 1, 6, 8, 13, 16, 19]
    x = [67, 28, 30, 28, 52, 40, 25, 37, 44, 10, 14, 20, 28, 40, 51]
    slope, rho = sen_slope(x, y).slope, spearman(x, y).rho
    assert (slope.value, slope.low, slope.high) == pytest.approx((0.5, 0.3243243, 0.75), abs=1e-7)
    assert (rho.value, rho.low, rho.high) == pytest.approx((0.8699639, 0.5840951, 0.9638297), abs=1e-7)


@pytest.mark.parametrize("decimals", [None, 1, 0])
@pytest.mark.parametrize("n", [8, 12, 60, 300])
def test_slope_and_correlation_as_in_scipy(n, decimals):
    x, noise = np.random.default_rng(n).normal(size=(2, n))
    y = 0.4 * x + noise
    if decimals is not None:
        x, y = x.round(decimals), y.round(decimals)
    expected, found = stats.theilslopes(y, x), sen_slope(x, y)
    assert (found.slope.value, found.slope.low, found.slope.high) == pytest.approx(
        (expected.slope, expected.low_slope, expected.high_slope)
    )
    tau, p = stats.kendalltau(x, y)
    assert found.tau == pytest.approx(tau)
    if n > 9 or decimals is None:  # with ties, scipy's is not exact: see `test_dose.py`
        assert found.p == pytest.approx(p)
    correlation = spearman(x, y)
    rho, p = stats.spearmanr(x, y)
    assert correlation.rho.value == pytest.approx(rho)
    if n > 9:  # below, scipy's is not exact: see `test_dose.py`
        assert correlation.p == pytest.approx(p)


def test_mixed_model_as_nlme_prints_it():
    # Pinheiro & Bates (2000): lme(distance ~ I(age - 11) * Sex, Orthodont, random = ~ I(age - 11) | Subject), REML:
    # age 0.784375, standard error 0.0859995; age:SexFemale -0.304830, standard error 0.1347353.
    table = pd.DataFrame(
        {
            "person": np.repeat(np.arange(27), 4),
            "group": np.repeat(["girls", "boys"], [44, 64]),
            "region": "jawline",
            "unit": "mm",
            "weeks": np.tile([8.0, 10, 12, 14], 27),
            "value": np.ravel(GIRLS + BOYS),
        }
    )
    found = mixed_model(table, control="boys").set_index("term")
    for term, estimate, error, freedom in (
        ("slope: boys", 0.784375, 0.0859995, 15),
        ("slope difference: girls - boys", -0.304830, 0.1347353, 25),
    ):
        row = found.loc[term]
        assert row["estimate"] == pytest.approx(estimate, abs=1e-6)
        assert (row["high"] - row["low"]) / 2 == pytest.approx(error * stats.t.ppf(0.975, freedom), rel=1e-4)
        assert row["p"] == pytest.approx(2 * stats.t.sf(abs(estimate) / error, freedom), rel=1e-3)
