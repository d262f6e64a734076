"""Changes of many people; printed tables are in `test_reference_values.py`."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import seeds
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from symmetry.errors import InvalidPointsError
from symmetry.stats import permutation_tests
from symmetry.stats.effect_sizes import effect_size
from symmetry.stats.mean_changes import difference_of_means, hedges_g, mean_change, standardised_change
from symmetry.stats.multiple_testing import holm
from symmetry.stats.permutation_tests import sign_flip_test, two_group_permutation, wilcoxon

OF_ONE = (sign_flip_test, wilcoxon, mean_change, standardised_change)
OF_TWO = (two_group_permutation, difference_of_means, hedges_g)


def all_of(found):
    """What a test or an estimate says, as one array."""
    return np.stack([found.value, found.low, found.high]) if hasattr(found, "value") else np.asarray(found)


def changes(seed, people=24, columns=4, mean=0.5):
    """Changes of people, a fifth of them unknown, and who is treated."""
    rng = np.random.default_rng(seed)
    values = rng.normal(mean, 1, (people, columns))
    values[rng.random(values.shape) < 0.2] = np.nan
    return values, np.arange(people) % 2 == 0


# Known answers.


def test_all_signs_are_tried_of_few():
    values = np.array([0.3, -0.1, 0.8, 1.1, -0.4, 0.9])
    totals = [abs(np.dot(signs, values)) for signs in product((1, -1), repeat=6)]
    assert sign_flip_test(values) == np.mean(np.array(totals) >= abs(values.sum()) - 1e-12)


def test_changes_all_to_one_side_are_as_sure_as_their_number():
    assert sign_flip_test(np.arange(1.0, 7)) == 2 / 2**6
    assert wilcoxon(np.arange(1.0, 7)) == 2 / 2**6
    assert sign_flip_test(np.arange(1.0, 101)) == 1 / 10_000


def test_groups_apart_are_as_sure_as_their_number():
    values = np.array([5.0, 6, 7, 8, 1, 1.5, 2, 2.5])
    assert two_group_permutation(values, np.arange(8) < 4) == 2 / 70


def test_drawn_signs_come_near_the_exact_answer(monkeypatch):
    values = np.random.default_rng(3).normal(0.4, 1, (14, 6))
    exact = sign_flip_test(values)
    monkeypatch.setattr(permutation_tests, "_FEW", 1)
    assert sign_flip_test(values) == pytest.approx(exact, abs=4 * 0.5 / np.sqrt(9999))


@pytest.mark.parametrize("first", [4, 7, 10])
def test_drawn_groups_come_near_the_exact_answer(monkeypatch, first):
    values, member = np.random.default_rng(4).normal(0, 1, (14, 6)), np.arange(14) < first
    values[:first] += 0.7
    exact = two_group_permutation(values, member)
    monkeypatch.setattr(permutation_tests, "_MOST", 1)
    assert two_group_permutation(values, member) == pytest.approx(exact, abs=4 * 0.5 / np.sqrt(9999))


@pytest.mark.parametrize(("many", "first"), [(200, 500), (1000, 500), (200, 1000)])
def test_many_people_as_by_welch(monkeypatch, many, first):
    values, member = np.random.default_rng(5).normal(0, 1, (1200, 3)), np.arange(1200) < first
    values[:first] += [0.0, 0.1, 0.2]
    monkeypatch.setattr(permutation_tests, "_MANY", many)
    expected = stats.ttest_ind(values[:first], values[first:], equal_var=False).pvalue
    assert two_group_permutation(values, member) == pytest.approx(expected, abs=4 * 0.5 / np.sqrt(9999))


@pytest.mark.parametrize("few_first", [True, False])
def test_two_of_a_thousand_come_near_all_their_pairs(few_first):
    values = np.random.default_rng(11).exponential(1, (1000, 3))
    values[1] = values[0] + [0.01, 0.1, 0.3]
    one, other = (values[index] for index in np.triu_indices(1000, 1))
    mean, spread = (one + other) / 2, (one - other) ** 2 / 4
    rest = (values.sum(axis=0) - 2 * mean) / 998
    squares = (values**2).sum(axis=0) - one**2 - other**2 - 998 * rest**2
    sizes = np.abs(mean - rest) / np.sqrt(spread + squares / 997 / 998)
    exact = (sizes >= sizes[0] * (1 - 1e-9)).mean(axis=0)  # the first pair is that of the first two people
    found = two_group_permutation(values, (np.arange(1000) < 2) == few_first)
    assert (np.abs(found - exact) < 4 * np.sqrt(exact * (1 - exact) / 9999) + 1e-4).all()
    assert exact.max() < 0.5  # else any p would do


def test_three_of_many_people_are_right_five_times_in_a_hundred():
    # 400 studies without an effect: 5 % +- 4 standard errors.
    p = two_group_permutation(np.random.default_rng(12).normal(size=(1200, 400)), np.arange(1200) < 3)
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 400))
    assert p.mean() == pytest.approx(0.5, abs=4 * np.sqrt(1 / 12 / 400))


def test_means_as_in_scipy():
    values, member = changes(1)
    found = mean_change(values)
    interval = stats.ttest_1samp(values, 0, nan_policy="omit").confidence_interval()
    assert all_of(found) == pytest.approx(np.stack([np.nanmean(values, axis=0), *interval]))
    for column in range(values.shape[1]):
        one, two = (group[~np.isnan(group)] for group in (values[member, column], values[~member, column]))
        interval = stats.ttest_ind(one, two, equal_var=False).confidence_interval()
        found = difference_of_means(values[:, column], member)
        assert all_of(found) == pytest.approx([one.mean() - two.mean(), *interval])


def test_signed_ranks_as_in_scipy():
    values = np.random.default_rng(2).normal(0.3, 1, (60, 3))
    assert wilcoxon(values) == pytest.approx(stats.wilcoxon(values, axis=0).pvalue)
    assert wilcoxon(values[:10]) == pytest.approx(stats.wilcoxon(values[:10], axis=0, method="exact").pvalue)
    values[::7] = np.nan
    values[3:50:4] = values[1]
    values[5:60:9] = 0
    for column, p in zip(values.T, wilcoxon(values), strict=True):
        assert p == pytest.approx(stats.wilcoxon(column[(column < 0) | (column > 0)]).pvalue)


def test_limits_of_large_effects_of_many_people_are_finite_and_near_the_exact_ones():
    freedom = np.array([299.0, 301.0, 1000.0])
    found = all_of(effect_size(np.full(3, 5.0), np.full(3, 0.0625), np.ones(3), freedom))
    assert found[:, 0] == pytest.approx(found[:, 1], rel=2e-3)  # either side of where the formula changes
    tails = stats.nct.cdf(80, 1000, found[1:, 2] / found[0, 2] * 80)
    assert tails == pytest.approx([0.975, 0.025], abs=2e-3)
    value, low, high = all_of(effect_size(np.array([5.0]), np.array([0.001]), np.ones(1), np.array([9999.0])))
    assert low < value < high


@pytest.mark.parametrize("freedom", [301.0, 1000.0, 30_000.0])
def test_limits_of_effects_of_many_people_are_near_the_exact_ones_and_nearly_go_with_p(freedom):
    size = np.concatenate([[0.0, 1.0, 3.0, 8.0], stats.t.isf(np.array([0.04998, 0.05002]) / 2, freedom)])
    error = 1 / np.sqrt(freedom + 1)
    value, low, high = all_of(effect_size(size * error, np.full(6, error), np.ones(6), np.full(6, freedom)))
    unit = (1 - 3 / (4 * freedom - 1)) * error
    assert value == pytest.approx(unit * size, rel=1e-5)
    for limit, tail in ((low, 0.975), (high, 0.025)):
        assert stats.nct.cdf(size, freedom, limit / unit) == pytest.approx(tail, abs=1e-3)
    assert (low > 0).tolist() == [False, False, True, True, True, False]


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.01, np.nan, 0.04, 0.03]) == pytest.approx([0.03, np.nan, 0.06, 0.06], nan_ok=True)
    assert holm(0.02) == 0.02


# Properties.


@pytest.mark.parametrize("test", [sign_flip_test, wilcoxon])
def test_test_of_no_change_is_right_five_times_in_a_hundred(test):
    # 2,000 studies of 18 people whose faces did not change: 5 % +- 4 standard errors.
    p = test(np.random.default_rng(6).standard_t(4, size=(18, 2000)))
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 2000))


def test_groups_of_unequal_size_and_spread_do_not_fool_the_test():
    # The smaller group has three times the spread: Student's t would be wrong in some 20 of 100 (Welch 1938).
    rng = np.random.default_rng(7)
    values = np.concatenate([rng.normal(0, 3, (10, 800)), rng.normal(0, 1, (30, 800))])
    p = two_group_permutation(values, np.arange(40) < 10)
    assert 0.03 < (p < 0.05).mean() < 0.085
    assert (stats.ttest_ind(values[:10], values[10:]).pvalue < 0.05).mean() > 0.15


def test_effect_sizes_are_right_on_average_and_as_often_as_said():
    values = np.random.default_rng(8).normal(0.8, 1, (10, 4000))
    found = standardised_change(values)
    assert found.value.mean() == pytest.approx(0.8, abs=0.03)
    assert ((found.low < 0.8) & (found.high > 0.8)).mean() == pytest.approx(0.95, abs=0.015)
    values[:5] -= 0.5
    found = hedges_g(values, np.arange(10) < 5)
    assert found.value.mean() == pytest.approx(-0.5, abs=0.04)
    assert ((found.low < -0.5) & (found.high > -0.5)).mean() == pytest.approx(0.95, abs=0.015)


@examples(15)
@given(seeds, st.sampled_from([8, 24]))
def test_unknown_changes_count_for_nothing(seed, people):
    values, member = changes(seed, people)
    for test in OF_ONE:
        if test is sign_flip_test and people > 15:
            continue  # whose draws depend on the number of rows
        for column, told in zip(values.T, all_of(test(values)).T, strict=True):
            assert np.allclose(told, all_of(test(column[~np.isnan(column)])), equal_nan=True)
    for test in OF_TWO:
        for column, told in zip(values.T, all_of(test(values, member)).T, strict=True):
            known = ~np.isnan(column)
            assert np.allclose(told, all_of(test(column[known], member[known])), equal_nan=True)


@examples(15)
@given(seeds, st.sampled_from([8, 24]), st.sampled_from([1e-3, 1.0, 2.0**20]))
def test_signs_units_and_order_of_columns_do_not_matter(seed, people, unit):
    values, member = changes(seed, people)
    for test in (sign_flip_test, wilcoxon):
        assert np.allclose(test(values), test(-unit * values[:, ::-1])[::-1], equal_nan=True)
    p = two_group_permutation(values, member)
    assert np.allclose(p, two_group_permutation(7 - unit * values[:, ::-1], member)[::-1], equal_nan=True)
    told = all_of(mean_change(values))
    assert np.allclose(all_of(mean_change(unit * values)), unit * told, equal_nan=True)
    assert np.allclose(all_of(standardised_change(unit * values)), all_of(standardised_change(values)), equal_nan=True)
    for test in (difference_of_means, hedges_g):
        one, other = all_of(test(values, member)), all_of(test(values, ~member))
        assert np.allclose(other, -one[[0, 2, 1]], equal_nan=True, rtol=1e-6)


@examples(15)
@given(seeds)
def test_interval_leaves_zero_out_where_that_of_the_effect_size_does(seed):
    few, _ = changes(seed, people=12)
    many, _ = changes(seed, people=500, mean=0.1)  # above 300 nearly exactly
    for values in (few, many):
        mean, size = mean_change(values), standardised_change(values)
        known = ~np.isnan(size.low)
        assert (((mean.low > 0) | (mean.high < 0)) == ((size.low > 0) | (size.high < 0)))[known].all()


def test_welch_s_interval_and_that_of_g_may_part_about_zero():
    # The smaller group has the larger spread: the spread of both together makes g look surer than it is.
    values, member = np.concatenate([[-3.0, 0, 3, 6, 9], np.tile([-0.5, 0, 0.5], 20)]), np.arange(65) < 5
    difference, g = difference_of_means(values, member), hedges_g(values, member)
    assert difference.low < 0 < g.low


@given(st.lists(st.one_of(st.floats(0, 1), st.just(np.nan)), min_size=1, max_size=12), seeds)
def test_holm_is_never_below_p_nor_above_bonferroni_and_follows_its_order(p, seed):
    given_p = np.array(p)
    found, known = holm(given_p), ~np.isnan(given_p)
    assert (np.isnan(found) == ~known).all()
    assert (found[known] >= given_p[known]).all()
    assert (found[known] <= np.minimum(known.sum() * given_p[known], 1) + 1e-12).all()
    assert (np.diff(found[known][np.argsort(given_p[known])]) >= 0).all()
    order = np.random.default_rng(seed).permutation(len(given_p))
    assert np.array_equal(holm(given_p[order]), found[order], equal_nan=True)


def test_same_seed_same_p_and_any_number_of_columns_at_a_time():
    values, member = changes(9, people=60, columns=5)
    assert np.array_equal(sign_flip_test(values, seed=3)[2], sign_flip_test(values[:, 2], seed=3))
    assert np.array_equal(two_group_permutation(values, member, 3)[2], two_group_permutation(values[:, 2], member, 3))
    assert not np.array_equal(sign_flip_test(values, seed=3), sign_flip_test(values, seed=4))


def test_batches_do_not_matter(monkeypatch):
    values, member = np.random.default_rng(10).normal(0.2, 1, (40, 3)), np.arange(40) < 25
    whole = sign_flip_test(values), two_group_permutation(values, member)
    monkeypatch.setattr(permutation_tests, "_CELLS", 10_000)
    assert np.array_equal(whole, (sign_flip_test(values), two_group_permutation(values, member)))
    values, member = np.random.default_rng(11).normal(size=(401, 2)), np.arange(401) < 200
    by_coins = two_group_permutation(values, member)
    monkeypatch.setattr(permutation_tests, "_CELLS", 30_000)
    assert np.array_equal(by_coins, two_group_permutation(values, member))


# Too little to tell from.


def test_shapes_are_kept():
    values, member = np.random.default_rng(0).normal(size=(9, 2, 3)), np.arange(9) < 4
    assert {all_of(test(values)).shape[-2:] for test in OF_ONE} == {(2, 3)}
    assert {all_of(test(values, member)).shape[-2:] for test in OF_TWO} == {(2, 3)}
    assert all_of(sign_flip_test(np.empty((0, 2)))).tolist() == pytest.approx([np.nan, np.nan], nan_ok=True)


@pytest.mark.parametrize("rows", [0, 1])
def test_one_person_tells_nothing(rows):
    values, member = np.ones((rows, 2)), np.ones(rows, dtype=bool)
    for test in OF_ONE:
        told = all_of(test(values))
        assert np.isnan(told if test is not mean_change else told[1:]).all()
    for test in OF_TWO:
        assert np.isnan(all_of(test(values, member))).all()


def test_nothing_changed_at_all():
    values, member = np.zeros((20, 1)), np.arange(20) < 10
    assert (sign_flip_test(values), wilcoxon(values), two_group_permutation(values, member)) == (1, 1, 1)
    assert all_of(mean_change(values)).tolist() == [[0], [0], [0]]
    assert all_of(difference_of_means(values, member)).tolist() == [[0], [0], [0]]
    assert np.isnan(all_of(standardised_change(values))).all()
    assert np.isnan(all_of(hedges_g(values, member))).all()


def test_all_changed_by_the_same():
    # Their spread is rounding and no spread.
    values, member = np.full((20, 1), 0.1), np.arange(20) < 10
    assert np.isnan(all_of(standardised_change(values))).all()
    assert two_group_permutation(values, member) == 1
    assert two_group_permutation(values + member[:, None], member) < 1e-3


@pytest.mark.parametrize(("values", "says"), [(3.0, "first axis"), ([1.0, np.inf], "finite")])
def test_values_that_cannot_be_are_refused(values, says):
    for test in OF_ONE:
        with pytest.raises(InvalidPointsError, match=says):
            test(values)


@pytest.mark.parametrize("member", [[True, False], [1, 0, 1]])
def test_groups_that_cannot_be_are_refused(member):
    for test in OF_TWO:
        with pytest.raises(InvalidPointsError, match="truth values"):
            test([1.0, 2.0, 3.0], member)


@pytest.mark.parametrize("p", [[-0.1], [1.1]])
def test_p_that_cannot_be_is_refused(p):
    with pytest.raises(InvalidPointsError, match="0 to 1"):
        holm(p)
