"""Verdicts: the statistic is a standard one where nothing changed, and says the right thing where something did."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import seeds
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import kstest

from symmetry.measure.verdicts import came_from, evenness, surest_change, verdict_on

TRIALS = 20_000
number = st.floats(-5, 5).map(lambda millimetres: round(millimetres, 12))  # 1e-303 mm is nothing in one unit only
spread = st.floats(0.05, 3)
pair = st.tuples(number, number).map(np.array)
spreads = st.tuples(spread, spread).map(np.array)


# The statistic.


@pytest.mark.parametrize("asymmetry", [(0.0, 0.0), (0.2, -0.1), (3.0, 0.0), (0.0, -3.0), (-2.0, 5.0)])
@pytest.mark.parametrize("sd", [(0.5, 0.5), (0.8, 0.2), (0.1, 1.5)])
def test_unchanged_face_gives_a_standard_normal_number_however_uneven_it_is(asymmetry, sd):
    # What moved is the difference of the two photos, whose mean gives the direction: independent, so nothing biases it.
    rng = np.random.default_rng(1)
    before, after = asymmetry + rng.normal(0.0, np.array(sd) / np.sqrt(2), (2, TRIALS, 2))
    found = evenness(before, after, after - before, np.array(sd))
    statistic = found.change / found.sd
    assert statistic.mean() == pytest.approx(0.0, abs=4 / np.sqrt(TRIALS))
    assert statistic.var() == pytest.approx(1.0, abs=4 * np.sqrt(2 / TRIALS))
    assert kstest(statistic, "norm").pvalue > 1e-4
    assert np.corrcoef(found.weights[:, 0], statistic)[0, 1] == pytest.approx(0.0, abs=4 / np.sqrt(TRIALS))


@pytest.mark.parametrize("correlation", [-0.9, -0.5, 0.0, 0.7])
@pytest.mark.parametrize("asymmetry", [(0.0, 0.0), (1.0, -2.0), (3.0, 3.0)])
def test_noise_that_both_directions_share_is_part_of_the_spread(correlation, asymmetry):
    rng = np.random.default_rng(2)
    sd = np.array([0.6, 0.3])
    covariance = np.outer(sd, sd) * [[1.0, correlation], [correlation, 1.0]]
    before, after = asymmetry + rng.multivariate_normal([0.0, 0.0], covariance / 2, (2, TRIALS))
    found = evenness(before, after, after - before, sd, correlation)
    statistic = found.change / found.sd
    assert statistic.mean() == pytest.approx(0.0, abs=4 / np.sqrt(TRIALS))
    assert statistic.var() == pytest.approx(1.0, abs=4 * np.sqrt(2 / TRIALS))
    assert found.weights == pytest.approx(evenness(before, after, after - before, sd).weights)


@given(pair, spreads, st.floats(-1, 1))
def test_spread_with_correlation_is_a_number_and_none_without_one(asymmetry, sd, correlation):
    found = evenness(asymmetry, asymmetry, np.zeros(2), sd, correlation)
    assert found.sd >= 0
    x, y = found.weights * sd
    assert found.sd**2 == pytest.approx(x * x + y * y + 2 * correlation * x * y, abs=1e-9)
    assert evenness(asymmetry, asymmetry, np.zeros(2), sd).sd == pytest.approx(np.hypot(x, y))


def test_change_of_a_known_place_by_hand():
    # 3 mm lower on the left, twice as sure as it is wide: precisions 1 and 4, direction (1, -12) / sqrt(145).
    found = evenness(np.array([1.0, -3.0]), np.array([1.0, -3.0]), np.array([0.5, 1.0]), np.array([1.0, 0.5]))
    assert found.weights == pytest.approx(np.array([1.0, -12.0]) / np.sqrt(145))
    assert found.change == pytest.approx((0.5 - 12.0) / np.sqrt(145))
    assert found.sd == pytest.approx(np.sqrt((1.0 + 144 * 0.25) / 145))


def test_direction_is_that_of_before_and_after_together():
    found = evenness(np.array([0.0, -4.0]), np.array([0.0, 1.0]), np.array([0.0, 5.0]), np.ones(2))
    assert found.weights == pytest.approx([0.0, -1.0])
    assert found.change == pytest.approx(-5.0)


@given(pair, spreads, st.floats(0.1, 3))
def test_movement_that_enlarges_the_difference_is_positive(asymmetry, sd, share):
    assume(np.linalg.norm(asymmetry) > 0.01)
    enlarged = evenness(asymmetry, asymmetry * (1 + share), share * asymmetry, sd)
    evened = evenness(asymmetry * (1 + share), asymmetry, -share * asymmetry, sd)
    assert enlarged.change > 0 > evened.change
    assert evened.change == pytest.approx(-enlarged.change)


@given(pair, spreads, st.floats(0, 2 * np.pi))
def test_no_fixed_direction_shows_a_change_of_size_as_surely(asymmetry, sd, angle):
    assume(np.linalg.norm(asymmetry) > 0.01)
    moved = 0.3 * asymmetry
    found = evenness(asymmetry, asymmetry + moved, moved, sd)
    fixed = np.array([np.cos(angle), np.sin(angle)])
    assert found.change / found.sd >= abs(fixed @ moved) / np.linalg.norm(fixed * sd) - 1e-9
    assert found.change / found.sd == pytest.approx(np.linalg.norm(moved / sd))


@given(pair, pair, pair, spreads)
def test_mirrored_face_changes_the_same(before, after, moved, sd):
    # Mirrored, the left is the right: every difference turns round.
    found, mirrored = evenness(before, after, moved, sd), evenness(-before, -after, -moved, sd)
    assert mirrored.change == pytest.approx(found.change)
    assert mirrored.sd == pytest.approx(found.sd)
    assert mirrored.weights == pytest.approx(-found.weights)


@given(pair, pair, pair, spreads)
def test_sign_of_a_direction_makes_no_difference(before, after, moved, sd):
    flip = np.array([-1.0, 1.0])
    found, flipped = evenness(before, after, moved, sd), evenness(before * flip, after * flip, moved * flip, sd)
    assert flipped.change == pytest.approx(found.change)
    assert flipped.sd == pytest.approx(found.sd)


@given(pair, pair, pair, spreads, st.floats(0.1, 20))
def test_unit_makes_no_difference_to_how_sure_it_is(before, after, moved, sd, unit):
    found = evenness(before, after, moved, sd)
    scaled = evenness(unit * before, unit * after, unit * moved, unit * sd)
    assert scaled.change == pytest.approx(unit * found.change, abs=1e-9)
    assert scaled.sd == pytest.approx(unit * found.sd, abs=1e-9)


@pytest.mark.parametrize("unknown", [np.nan, np.inf])
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("nonsense", [1e6, np.nan])
def test_direction_of_unknown_spread_is_not_used(unknown, place, nonsense):
    before, after, moved, sd = np.array([[2.0, 2.0], [3.0, 3.0], [1.0, 1.0], [0.4, 0.4]])
    sd[place] = unknown
    for each in (before, after, moved):
        each[place] = nonsense
    found = evenness(before, after, moved, sd, 0.8)
    assert (found.change, found.sd) == (1.0, 0.4)
    assert found.weights.tolist() == ([0.0, 1.0] if place == 0 else [1.0, 0.0])


def test_nothing_known_is_nan():
    found = evenness(np.ones(2), np.ones(2), np.ones(2), np.full(2, np.nan))
    assert np.isnan([found.change, found.sd, *found.weights]).all()
    unseen = evenness(np.full(2, np.nan), np.full(2, np.nan), np.full(2, np.nan), np.ones(2))
    assert np.isnan([unseen.change, unseen.sd]).all()
    not_moved = evenness(np.ones(2), np.ones(2), np.full(2, np.nan), np.ones(2))
    assert np.isnan(not_moved.change)


@pytest.mark.parametrize(("before", "after"), [((0.0, 0.0), (0.0, 0.0)), ((1.0, -2.0), (-1.0, 2.0))])
def test_face_that_is_even_in_the_mean_has_no_detectable_change(before, after):
    # Even, or as uneven the other way round.
    found = evenness(np.array(before), np.array(after), np.array([3.0, 3.0]), np.ones(2))
    assert (found.change, found.sd) == (0.0, 0.0)
    assert verdict_on(float(found.change), 1.96 * float(found.sd)) == "no detectable change"


@given(seeds)
@examples(30)
def test_batch_gives_what_each_place_gives(seed):
    rng = np.random.default_rng(seed)
    before, after, moved = rng.normal(0.0, 2.0, (3, 4, 5, 2))
    before[rng.random((4, 5)) < 0.2] = 0.0
    after[before == 0] = 0.0
    sd = rng.uniform(0.1, 1.0, (4, 5, 2))
    sd[rng.random(sd.shape) < 0.2] = np.nan
    correlation = rng.uniform(-1, 1, (4, 5))
    found = evenness(before, after, moved, sd, correlation)
    assert found.change.shape == found.sd.shape == (4, 5)
    assert found.weights.shape == (4, 5, 2)
    for at in np.ndindex(4, 5):
        alone = evenness(before[at], after[at], moved[at], sd[at], correlation[at])
        for name in ("change", "sd", "weights"):
            assert getattr(found, name)[at] == pytest.approx(getattr(alone, name), nan_ok=True)


def test_input_is_left_alone():
    given_ = [np.array([1.0, 2.0]), np.array([1.0, 2.0]), np.array([0.0, np.nan]), np.array([1.0, np.nan])]
    kept = [each.copy() for each in given_]
    for each in given_:
        each.flags.writeable = False
    evenness(*given_)
    assert all(np.array_equal(one, other, equal_nan=True) for one, other in zip(given_, kept, strict=True))


# Verdicts.


@pytest.mark.parametrize(
    ("change", "error", "verdict"),
    [
        (-1.01, 1.0, "improved"),
        (1.01, 1.0, "worse"),
        (-1.0, 1.0, "no detectable change"),
        (1.0, 1.0, "no detectable change"),
        (0.0, 0.0, "no detectable change"),
        (-1e-9, 0.0, "improved"),
        (np.nan, 1.0, "not comparable"),
        (5.0, np.nan, "not comparable"),
        (np.nan, np.nan, "not comparable"),
        (5.0, np.inf, "not comparable"),
        (-np.inf, 1.0, "not comparable"),
    ],
)
def test_verdict_is_by_the_change_against_its_error(change, error, verdict):
    assert verdict_on(change, error) == verdict


@given(number, st.floats(0, 5))
def test_verdict_of_the_opposite_change_is_the_opposite(change, error):
    opposite = {"improved": "worse", "worse": "improved", "no detectable change": "no detectable change"}
    assert verdict_on(-change, error) == opposite[verdict_on(change, error)]


# Where it came from.

UP, OUT = np.array([0.0, 1.0]), np.array([1.0, 0.0])


@pytest.mark.parametrize(
    ("of_worse", "of_better", "source"),
    [
        (3.0, 0.0, "worse side"),  # the worse side rises
        (0.0, -3.0, "better side"),  # the better side sinks
        (2.0, -2.0, "both sides"),
        (2.1, -1.0, "worse side"),  # a little more than two thirds of 3.1
        (1.9, -1.0, "both sides"),
        (1.0, -1.9, "both sides"),
        (1.0, -2.1, "better side"),
        (4.0, 1.0, "worse side"),  # both rise, the worse one farther
        (-1.0, -4.0, "better side"),  # both sink
        (-3.0, 0.0, "worse side"),  # worse by the worse side's sinking further
        (0.0, 3.0, "better side"),
        (1.0, 1.0, "both sides"),  # nothing between them changed
        (0.0, 0.0, "both sides"),
    ],
)
@pytest.mark.parametrize("left_is_worse", [True, False])
@pytest.mark.parametrize("axis", [UP, OUT])
def test_change_came_from_the_side_that_moved(of_worse, of_better, source, left_is_worse, axis):
    # Lower is worse, and further out is worse: moving inward is what rising is in height.
    mended = axis if axis is UP else -axis
    difference = -2.5 * mended if left_is_worse else 2.5 * mended
    left, right = (of_worse, of_better) if left_is_worse else (of_better, of_worse)
    weights = np.sign(difference)
    assert came_from(difference, weights, left * mended, right * mended) == source


def test_height_or_width_whichever_weighs_more_tells_the_worse_side():
    # The left hangs lower by 2, the right stands further out by 3: it is the weights that decide.
    difference = np.array([-3.0, -2.0])
    left_rose, right_stood = np.array([0.0, 1.5]), np.zeros(2)
    by_height, by_width = np.array([-0.3, -0.95]), np.array([-0.95, -0.3])
    assert came_from(difference, by_height, left_rose, right_stood) == "worse side"
    assert came_from(difference, by_width, left_rose, right_stood) == "better side"


@given(pair, spreads, pair, pair)
def test_sides_swapped_give_the_same_source(difference, sd, left, right):
    assume(np.abs(difference).min() > 0.01)
    weights = evenness(difference, difference, np.zeros(2), sd).weights
    assert came_from(difference, weights, left, right) == came_from(-difference, -weights, right, left)


@given(pair, spreads, pair)
def test_movement_of_one_side_alone_is_from_that_side(difference, sd, moved):
    assume(np.abs(difference).min() > 0.01)
    weights = evenness(difference, difference, np.zeros(2), sd).weights
    assume(abs(weights @ moved) > 1e-3)
    by_left, by_right = (came_from(difference, weights, *s) for s in ((moved, 0 * moved), (0 * moved, moved)))
    assert {by_left, by_right} == {"worse side", "better side"}
    higher = np.abs(weights * difference)[1] >= np.abs(weights * difference)[0]
    left_is_worse = difference[1] < 0 if higher else difference[0] > 0
    assert (by_left == "worse side") == left_is_worse


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(3.0, 1.0, -2.0), (3.0, -1.0, -2.0), (-1.0, 3.0, 2.0), (2.0, -2.0, 0.0), (1, 2, 1)],
)
def test_what_went_past_even_counts_by_its_size(before, after, expected):
    found = evenness(np.array([0.0, before]), np.array([0.0, after]), np.array([0.0, after - before]), np.ones(2))
    assert found.size_change == pytest.approx(expected)


@given(pair, pair, spreads)
def test_size_changes_by_no_more_than_the_difference(before, after, sd):
    found = evenness(before, after, after - before, sd)
    along = abs(found.weights @ after) - abs(found.weights @ before)
    assert found.size_change == pytest.approx(along, abs=1e-9)
    assert abs(found.size_change) <= abs(found.change) + 1e-9


# The part that changed most surely.


def judged(before, moved, sd, freedom=20.0, correlation=0.0):
    before, moved, sd = (np.asarray(array, dtype=float) for array in (before, moved, sd))
    return surest_change(
        before, before + moved, moved, sd, np.full(before.shape, freedom), np.full(before.shape[:-1], correlation)
    )


def test_a_region_goes_by_the_part_with_the_most_half_widths():
    # The upper lid rose by more, the lower lid's height is known far better.
    found = judged([[0.0, -3.0], [0.0, -3.0]], [[0.0, 1.0], [0.0, 0.8]], [[0.5, 0.5], [0.5, 0.1]])
    assert found.part == 1
    assert found.change == pytest.approx(-0.8)
    # Student's t with 19 degrees of freedom, 5 % over two looks: 2.433 (t tables: 0.9875 quantile).
    assert found.error == pytest.approx(0.1 * 2.433, rel=1e-3)
    assert found.weights.tolist() == [0.0, -1.0]


def test_a_region_of_which_nothing_is_known_has_no_change():
    for before, sd, freedom in ((np.nan, 0.5, 20.0), (1.0, np.nan, 20.0), (1.0, 0.5, 1.0)):
        found = judged(np.full((2, 2), before), np.ones((2, 2)), np.full((2, 2), sd), freedom)
        assert np.isnan([found.change, found.error, *found.weights]).all()
        assert verdict_on(float(found.change), float(found.error)) == "not comparable"


def test_an_unknown_part_leaves_the_other():
    found = judged([[0.0, -3.0], [0.0, -3.0]], [[0.0, 5.0], [0.0, 1.0]], [[np.nan, np.nan], [0.5, 0.5]])
    assert found.part == 1
    assert found.change == pytest.approx(-1.0)


@given(seeds, st.integers(1, 3))
def test_regions_are_judged_at_once_as_one_by_one(seed, parts):
    rng = np.random.default_rng(seed)
    before, moved = rng.normal(size=(2, 4, 5, parts, 2))
    sd = np.where(rng.random(before.shape) < 0.2, np.nan, rng.uniform(0.1, 1.0, before.shape))
    freedom, correlation = rng.uniform(1, 30, before.shape), rng.uniform(-1, 1, before.shape[:-1])
    at_once = surest_change(before, before + moved, moved, sd, freedom, correlation)
    for at in np.ndindex(4, 5):
        alone = surest_change(before[at], before[at] + moved[at], moved[at], sd[at], freedom[at], correlation[at])
        for name in ("part", "change", "error", "weights"):
            assert np.array_equal(getattr(alone, name), getattr(at_once, name)[at], equal_nan=True)
