"""How sure a number is: each source by itself, and intervals that cover the truth as often as they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from symmetry.landmarks.mesh import LANDMARKS, REGIONS
from symmetry.measure.conditions import USUAL_PAIR, USUAL_PHOTO
from symmetry.measure.face import Detection
from symmetry.measure.pairs import variance_of_one
from symmetry.measure.quality.flags import Flag
from symmetry.measure.reliability_table import OF_PAIR, OF_PHOTO, PAIR_NUMBERS, PART_NAMES, ReliabilityTable
from symmetry.measure.scores import REGION_NAMES, region_means
from symmetry.measure.uncertainty import (
    INDEPENDENT,
    few_pixels,
    pair_difficulty,
    pair_sds,
    photo_difficulty,
    photo_sds,
    shared_movement,
    unseen_part,
    warning_factor,
    without_noise,
)
from symmetry.measure.verdicts import evenness
from symmetry.stats.agreement import moderated_variance
from symmetry.stats.estimates import half_width

PHOTO, PAIR = len(OF_PHOTO), len(OF_PAIR)
SHARP = 1e6
"""Pixels between the eyes at which their number no longer matters."""
SEEN = np.zeros((9, 2))
ALIKE = np.ones(PAIR)
EXPRESSIVE = ("mouth", "nasolabial", "cheeks", "lower_face", "face")


def table_of(sd=0.5, freedom=8.0, detector=0.3, jitter=0.02) -> ReliabilityTable:
    return ReliabilityTable(
        photo_sd=np.full(PHOTO, sd),
        photo_freedom=np.full(PHOTO, freedom),
        photo_detector=np.full(PHOTO, detector),
        pair_sd=np.full(PAIR, sd),
        pair_freedom=np.full(PAIR, freedom),
        part_correlation=np.zeros(len(PART_NAMES)),
        jitter=jitter,
    )


def errors_of(table, **given_):
    usual = {"difficulty": np.ones(PHOTO), "jitter": table.jitter, "interpupillary": SHARP, "unseen": SEEN}
    return half_width(photo_sds(table, **(usual | given_)), table.photo_freedom)


def sds_of(table, **given_):
    usual = {"difficulty": ALIKE, "photos": (1, 1), "interpupillary": (SHARP, SHARP), "unseen": SEEN}
    return pair_sds(table, **(usual | given_))


def of_region(quantities, region, numbers):
    return [i for i, q in enumerate(quantities) if q.name == region and q.number in numbers]


# Half-widths.


@given(st.floats(0, 100), st.floats(0.5, 1e4), st.integers(1, 20))
def test_half_width_is_students(sd, freedom, comparisons):
    expected = sd * student.ppf(1 - 0.025 / comparisons, freedom)
    assert half_width(sd, freedom, comparisons=comparisons) == pytest.approx(expected, rel=1e-6)


def test_half_widths_from_a_printed_table():
    # Two-sided 5 % points of Student's t: 1, 5, 10, 30 degrees of freedom and the normal one.
    found = half_width(np.ones(5), np.array([1, 5, 10, 30, np.inf]))
    assert found == pytest.approx([12.706, 2.571, 2.228, 2.042, 1.960], abs=5e-4)
    # Bonferroni of two comparisons: the 2.5 % point at 10 degrees of freedom.
    assert half_width(np.array(1.0), np.array(10.0), comparisons=2) == pytest.approx(2.634, abs=5e-4)


def test_half_widths_are_students_with_any_freedom_a_table_has():
    freedom = np.arange(1, 60).astype(float)
    listed = half_width(np.ones(40), freedom[:40])
    assert listed == pytest.approx(student.ppf(0.975, freedom[:40]), rel=1e-12)
    assert half_width(np.ones(59), freedom) == pytest.approx(student.ppf(0.975, freedom), rel=1e-12)
    assert half_width(np.ones(2), np.array([3.0, 3.5])) == pytest.approx(student.ppf(0.975, [3.0, 3.5]), rel=1e-12)


def test_half_width_without_freedom_is_unknown():
    found = half_width(np.array([1.0, 1.0, np.nan]), np.array([0.0, 3.0, 3.0]))
    assert np.isnan(found).tolist() == [True, False, True]


# Root mean squares.


@pytest.mark.parametrize(("true", "noise"), [(2.0, 0.5), (1.0, 0.5), (0.7, 0.4)])
def test_root_mean_square_loses_what_noise_added(true, noise):
    # 40 places in two directions: the square is unbiased where it is seldom as small as the noise's.
    rng = np.random.default_rng(2)
    places = np.full((20_000, 40, 2), true / np.sqrt(2)) + rng.normal(0.0, noise / np.sqrt(2), (20_000, 40, 2))
    rms = np.sqrt((places**2).sum(axis=-1).mean(axis=-1))
    found = without_noise(rms, np.array(noise))
    assert (found**2).mean() == pytest.approx(true**2, rel=0.005)
    assert (rms**2).mean() > true**2 + 0.9 * noise**2


@given(st.floats(0, 1e3), st.floats(0, 1e3) | st.just(np.nan))
def test_root_mean_square_without_noise_is_a_number_no_larger_than_it_was(rms, noise):
    found = without_noise(rms, noise)
    assert 0 <= found <= rms + 1e-9
    if np.isnan(noise):
        assert found == pytest.approx(rms)


def test_root_mean_square_without_noise_by_hand():
    assert without_noise(np.array([5.0, 3.0, 4.0, np.nan]), np.array([3.0, 4.0, 4.0, 1.0])) == pytest.approx(
        [4.0, 0.0, 0.0, np.nan], nan_ok=True
    )


# Detector and pixels.


def test_jitter_is_how_far_two_crops_lie_apart():
    first, apart = np.random.default_rng(3).normal(0.0, 100.0, (LANDMARKS, 3)), np.array([3.0, -4.0, 50.0])
    assert Detection(crops=np.stack([first, first + apart])).jitter(100.0) == pytest.approx(0.05)  # depth left out
    assert Detection(crops=np.stack([first, first])).jitter(100.0) == 0.0
    half = np.zeros((LANDMARKS, 3))
    half[: LANDMARKS // 2, 0] = 4.0
    assert Detection(crops=np.stack([first, first + half])).jitter(80.0) == pytest.approx(0.05 / np.sqrt(2))


def test_small_faces_add_a_spread_that_falls_with_the_square_of_their_size():
    assert few_pixels(33) == pytest.approx(0.1)
    assert few_pixels(66) == pytest.approx(0.025)
    assert few_pixels(16.5) == pytest.approx(0.4)
    assert few_pixels(330) == pytest.approx(0.001)


# What was not seen.


def test_nothing_is_missing_of_a_field_that_was_seen():
    field = np.random.default_rng(4).normal(0.0, 2.0, (LANDMARKS, 2))
    assert unseen_part(field).shape == (9, 2)
    assert unseen_part(field) == pytest.approx(np.zeros((9, 2)), abs=1e-6)


@pytest.mark.parametrize("region", REGION_NAMES)
def test_less_seen_of_a_region_is_less_sure(region):
    at, pairs = REGION_NAMES.index(region), np.random.default_rng(5).permutation(REGIONS[region])
    field = np.zeros((LANDMARKS, 2))
    field[pairs, 0] = np.resize([1.0, -1.0], len(pairs))
    least, found = -(-len(pairs) // 3), []
    for seen in range(len(pairs), least - 1, -1):
        known = field.copy()
        known[pairs[seen:]] = np.nan
        share, values = seen / len(pairs), known[pairs[:seen], 0]
        found.append(unseen_part(known)[at, 0])
        assert found[-1] == pytest.approx(np.sqrt(values.var() * (1 - share) / (share * INDEPENDENT[at] - 1)), abs=1e-6)
    assert found[0] < 1e-6
    assert (np.diff(found[::2]) > 0).all()  # every other: as many of either sign


def test_constant_field_may_be_seen_in_part():
    field = np.full((LANDMARKS, 2), 1.7)
    field[REGIONS["mouth"][:9]] = np.nan
    assert unseen_part(field) == pytest.approx(np.zeros((9, 2)), abs=1e-7)


def test_region_that_was_hardly_seen_is_unknown_and_the_directions_stand_alone():
    field = np.random.default_rng(6).normal(0.0, 1.0, (LANDMARKS, 2))
    field[REGIONS["nose"], 1] = np.nan
    found = dict(zip(REGION_NAMES, unseen_part(field), strict=True))
    assert found["nose"][0] < 1e-6
    assert np.isnan(found["nose"][1])
    assert found["face"][1] > 0
    assert (found["mouth"] < 1e-6).all()


@pytest.mark.parametrize("region", ["jawline", "eyes"])
@pytest.mark.parametrize("seen", [2, 3])
def test_spread_of_what_was_not_seen_has_the_right_size(region, seen):
    # Four places that vary by themselves, of which some are seen at random. Of so few the seen ones' own variance is
    # an underestimate, by (seen - 1) / seen.
    rng = np.random.default_rng(7)
    at, places = REGION_NAMES.index(region), REGIONS[region].reshape(4, -1)
    stated, missed = [], []
    for _ in range(1500):
        field = np.zeros((LANDMARKS, 2))
        field[places] = rng.normal(0.3, 1.0, (4, 1, 2))
        whole = region_means(field.T)[:, at]
        field[places[rng.permutation(4)[seen:]]] = np.nan
        stated.append(unseen_part(field)[at])
        missed.append(region_means(field.T)[:, at] - whole)
    ratio = np.sqrt(np.mean(np.square(stated)) / np.mean(np.square(missed)))
    assert 0.6 < ratio < 1.1


# Expression.


def test_shared_movement_is_what_both_sides_have_in_common():
    left = np.array([[3.0, 4.0], [3.0, -4.0], [0.0, 5.0], [-3.0, -4.0], [np.nan, 1.0]])
    right = np.array([[6.0, 4.0], [3.0, 4.0], [9.0, 2.0], [-1.0, -9.0], [1.0, 1.0]])
    expected = [5.0, 3.0, 2.0, np.hypot(1.0, 4.0)]
    assert shared_movement(left, right)[:4] == pytest.approx(expected)
    assert shared_movement(left[0], right[0]).shape == ()


two = st.tuples(st.floats(-9, 9), st.floats(-9, 9)).map(np.array)


@given(two, two)
def test_shared_movement_is_no_more_than_either_sides(left, right):
    shared = shared_movement(left, right)
    assert shared == shared_movement(right, left)
    assert 0 <= shared <= min(np.linalg.norm(left), np.linalg.norm(right)) + 1e-9
    assert shared_movement(left, left) == pytest.approx(np.linalg.norm(left))
    assert shared_movement(left, -left) == 0


# Difficulty.


def warning(name="blurred", touches=("all",), severity="warn"):
    return Flag(name=name, severity=severity, advice="", touches=touches)


def test_warning_about_the_picture_widens_what_it_touches():
    everywhere = photo_difficulty(USUAL_PHOTO, [warning()])
    assert everywhere == pytest.approx(np.full(PHOTO, 1.5))
    for quantity, factor in zip(OF_PHOTO, photo_difficulty(USUAL_PHOTO, [warning(touches=("mouth",))]), strict=True):
        assert factor == (1.5 if quantity.region == "mouth" and quantity.name == "mouth" else 1.0), quantity
    for quantity, factor in zip(OF_PAIR, warning_factor([warning(touches=("jawline.lateral",))], OF_PAIR), strict=True):
        assert factor == (1.5 if quantity.region == "jawline" and quantity.number == "lateral_change" else 1.0)
    assert warning_factor([warning(touches=("mrd1",))], OF_PAIR)[
        of_region(OF_PAIR, "mrd1", ["change"])
    ] == pytest.approx([1.5])


@pytest.mark.parametrize("given", [warning(severity="info"), warning(name="head_turned"), warning(name="smiling")])
def test_other_flags_widen_nothing(given):
    assert warning_factor([given], OF_PHOTO).tolist() == [1.0] * PHOTO


def test_pair_is_as_doubtful_as_its_photos_are_on_the_whole():
    still, clear, blurred = USUAL_PAIR, [()], [[warning()]]
    assert pair_difficulty(still, flags=(clear, clear)) == pytest.approx(np.ones(PAIR))
    one = pair_difficulty(still, flags=(blurred, clear))
    assert one == pytest.approx(np.full(PAIR, np.sqrt((1.5**2 + 1) / 2)))
    assert pair_difficulty(still, flags=(blurred, blurred)) == pytest.approx(np.full(PAIR, 1.5))
    half = pair_difficulty(still, flags=([*blurred, ()], clear))
    assert ((half > 1) & (half < one)).all()
    between = pair_difficulty(still, between=[warning("resolution_differs")])
    assert between == pytest.approx(np.full(PAIR, 1.5))


# One photo.


def test_errors_of_a_usual_photo_are_the_tables():
    expected = 0.5 * student.ppf(0.975, 8)
    assert errors_of(table_of()) == pytest.approx(np.full(PHOTO, expected))


def test_sources_add_up_as_variances():
    unseen = np.zeros((9, 2))
    unseen[REGION_NAMES.index("mouth")] = [0.3, 0.4]
    table = table_of()
    found = errors_of(
        table, difficulty=np.full(PHOTO, np.sqrt(2)), jitter=0.04, interpupillary=33.0, unseen=unseen
    ) / student.ppf(0.975, 8)
    # A difficulty doubles the variance, twice the jitter adds three times the detector's share.
    common = 2 * 0.5**2 + 3 * 0.3**2 + 0.1**2
    for number, extra in (("asymmetry", 0.5), ("lateral", 0.3), ("vertical", 0.4)):
        assert found[of_region(OF_PHOTO, "mouth", [number])] == pytest.approx([np.sqrt(common + extra**2)])
    assert found[of_region(OF_PHOTO, "eyes", ["vertical"])] == pytest.approx([np.sqrt(common)])
    assert found[of_region(OF_PHOTO, "mouth_cant", ["difference"])] == pytest.approx([np.sqrt(common)])


@given(st.floats(1, 15), st.floats(0, 0.2) | st.just(np.nan), st.floats(15, 1000), st.floats(0, 3) | st.just(np.nan))
def test_photo_is_never_surer_than_the_table(factor, jitter, interpupillary, unseen):
    found = errors_of(
        table_of(),
        difficulty=np.full(PHOTO, factor),
        jitter=jitter,
        interpupillary=interpupillary,
        unseen=np.full((9, 2), unseen),
    )
    assert (found >= errors_of(table_of()) * (1 - 1e-12)).all()


@pytest.mark.parametrize("jitter", [np.nan, 0.0, 0.01, 0.02])
def test_steady_or_unknown_landmarks_add_nothing(jitter):
    assert errors_of(table_of(), jitter=jitter) == pytest.approx(errors_of(table_of()))
    assert (errors_of(table_of(), jitter=0.021) > errors_of(table_of())).all()


def test_jitter_that_the_table_does_not_know_adds_nothing():
    assert errors_of(table_of(jitter=np.nan), jitter=0.5) == pytest.approx(errors_of(table_of()))


def test_error_is_unknown_where_the_table_knows_nothing():
    table = table_of()
    sd, freedom = table.photo_sd.copy(), table.photo_freedom.copy()
    sd[3], freedom[5] = np.nan, 0.0
    found = errors_of(
        replace(table, photo_sd=sd, photo_freedom=freedom), difficulty=np.full(PHOTO, 2.0), interpupillary=50.0
    )
    assert np.flatnonzero(np.isnan(found)).tolist() == [3, 5]


# Comparisons.


def test_comparison_of_two_photos_spreads_as_the_tables_pairs():
    sd, freedom = sds_of(table_of())
    assert sd == pytest.approx(np.full(PAIR, 0.5))
    assert freedom == pytest.approx(np.full(PAIR, 8.0))


@pytest.mark.parametrize("photos", [(1, 1), (2, 1), (1, 4), (3, 2), (5, 5)])
def test_several_photos_shrink_the_spread(photos):
    before, after = photos
    sd, _ = sds_of(table_of(), photos=photos, interpupillary=(33.0, 66.0))
    shots = 0.5**2 / 2 * (1 / before + 1 / after)
    pixels = 0.1**2 / before + 0.025**2 / after
    assert sd == pytest.approx(np.full(PAIR, np.sqrt(shots + pixels)))


def test_more_photos_never_show_what_was_not_seen():
    unseen = np.zeros((9, 2))
    unseen[REGION_NAMES.index("brows")] = [0.6, 0.8]
    sd, _ = sds_of(table_of(), photos=(10_000, 10_000), unseen=unseen)
    for number, expected in zip(PAIR_NUMBERS, (1.0, 0.6, 0.8, 0.0), strict=True):
        assert sd[of_region(OF_PAIR, "brows", [number])] == pytest.approx([expected], abs=0.006)
    assert sd[of_region(OF_PAIR, "mouth", PAIR_NUMBERS)] == pytest.approx(np.full(4, 0.005))


def test_difficulty_multiplies_the_tables_spread():
    difficulty = np.linspace(1, 3, PAIR)
    assert sds_of(table_of(), difficulty=difficulty)[0] == pytest.approx(0.5 * difficulty)


@pytest.mark.parametrize("own_sd", [0.1, 1.0])
def test_own_replicates_draw_the_spread_toward_their_own(own_sd):
    # The table's pairs spread by 0.5, so that one photo of theirs has a variance of 0.125.
    own = np.full(PAIR, own_sd**2)
    seen = []
    for own_freedom in (0.0, 2.0, 8.0, 50.0, 1e6):
        sd, freedom = sds_of(table_of(), own=(own, own_freedom))
        seen.append(sd[0])
        expected = (own_freedom * own_sd**2 + 8 * 0.125) / (own_freedom + 8)
        assert sd == pytest.approx(np.full(PAIR, np.sqrt(2 * expected)))
        assert freedom == pytest.approx(np.full(PAIR, own_freedom + 8))
    assert seen[0] == pytest.approx(0.5)
    assert seen[-1] == pytest.approx(np.sqrt(2) * own_sd, rel=1e-4)
    assert (np.diff(seen) * np.sign(own_sd - 0.3) > 0).all()


def test_without_own_replicates_the_table_holds():
    unknown = np.full(PAIR, np.nan)
    for given_ in ({}, {"own": (unknown, 0.0)}, {"own": (unknown, 5.0)}):
        sd, freedom = sds_of(table_of(), **given_)
        assert sd == pytest.approx(np.full(PAIR, 0.5))
        assert freedom.tolist() == [8.0] * PAIR


def test_own_replicates_stand_in_where_the_table_knows_nothing():
    table = table_of()
    unknown = replace(table, pair_sd=np.full(PAIR, np.nan), pair_freedom=np.zeros(PAIR))
    assert np.isnan(sds_of(unknown)[0]).all()
    sd, freedom = sds_of(unknown, own=(np.full(PAIR, 0.09), 3.0))
    assert sd == pytest.approx(np.full(PAIR, 0.3 * np.sqrt(2)))
    assert freedom.tolist() == [3.0] * PAIR


# Coverage, by simulation.

TRIALS = 40_000


def estimated_variance(rng, true, freedom, size):
    return true * rng.chisquare(freedom, size) / freedom


def share_within(error, half):
    assert np.isfinite(half).all()
    return (np.abs(error) <= half).mean()


@pytest.mark.parametrize("freedom", [2, 5, 11])
def test_interval_of_one_photo_covers_the_truth(freedom):
    rng, trials = np.random.default_rng(8), TRIALS // PHOTO
    true = rng.uniform(0.1, 1.0, PHOTO)
    table = table_of(freedom=freedom)
    inside = []
    for sd in np.sqrt(estimated_variance(rng, true**2, freedom, (trials, PHOTO))):
        noise = rng.normal(0.0, true)
        inside.append(share_within(noise, errors_of(replace(table, photo_sd=sd))))
    assert 0.94 < np.mean(inside) < 0.96


def test_interval_of_a_difficult_small_and_half_seen_face_covers_the_truth():
    # The spread is known here (many degrees of freedom); what is known of the sources makes the noise.
    rng = np.random.default_rng(9)
    numbers = [i for i, q in enumerate(OF_PHOTO) if q.number in ("lateral", "vertical", "difference")]
    difficulty = rng.uniform(1, 5, PHOTO)
    seen = np.array([0.4 if q.number in ("lateral", "vertical") else 0.0 for q in OF_PHOTO])
    parts = (0.5 * difficulty, 0.3 * np.sqrt(3), 0.1, seen)  # shot, jitter, pixels, what was not seen
    noise = sum(part * rng.normal(size=(1000, PHOTO)) for part in parts)
    half = errors_of(
        table_of(freedom=1e6), difficulty=difficulty, jitter=0.04, interpupillary=33.0, unseen=np.full((9, 2), 0.4)
    )
    assert share_within(noise[:, numbers], half[numbers]) == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize("prior_freedom", [2, 8])
@pytest.mark.parametrize("own_freedom", [1, 4])
def test_interval_from_a_moderated_variance_covers_the_truth(own_freedom, prior_freedom):
    rng = np.random.default_rng(10)
    own, prior = (estimated_variance(rng, 0.49, freedom, TRIALS) for freedom in (own_freedom, prior_freedom))
    variance, freedom = moderated_variance(own, own_freedom, prior, prior_freedom)
    half = half_width(np.sqrt(variance), freedom)
    assert 0.94 < share_within(rng.normal(0.0, 0.7, TRIALS), half) < 0.96
    # Nor are they wide for nothing: one's own alone would need more.
    assert half.mean() < half_width(np.sqrt(own), np.full(TRIALS, own_freedom)).mean()


@pytest.mark.parametrize("photos", [(1, 1), (2, 1), (1, 3), (2, 2), (3, 5), (5, 5)])
@pytest.mark.parametrize("freedom", [3, 11])
def test_interval_of_a_comparison_covers_the_truth(photos, freedom):
    # Photos with noise of their own, every one before against every one after, and a table that was estimated.
    rng, trials = np.random.default_rng(11), TRIALS // PAIR
    true = rng.uniform(0.1, 1.0, (trials, PAIR))
    before, after = (true * rng.normal(size=(count, trials, PAIR)) for count in photos)
    change = rng.normal(0.0, 2.0, (trials, PAIR))
    listed = (after + change)[None] - before[:, None]
    own, own_freedom = variance_of_one(listed.reshape(*photos, -1))
    assert own_freedom == sum(photos) - 2
    table = replace(
        table_of(freedom=freedom), pair_sd=np.sqrt(2 * estimated_variance(rng, true**2, freedom, true.shape))
    )
    sd, degrees = sds_of(table, photos=photos, own=(own.reshape(true.shape), own_freedom))
    assert 0.94 < share_within(listed.mean(axis=(0, 1)) - change, half_width(sd, degrees)) < 0.96


@pytest.mark.parametrize("replicates", [2, 3, 4, 5])
def test_interval_from_own_replicates_alone_covers_the_truth(replicates):
    rng, trials = np.random.default_rng(12), TRIALS // PAIR
    before, after = 0.4 * rng.normal(size=(2, replicates, trials, PAIR))
    listed = after[None] - before[:, None]
    own, own_freedom = variance_of_one(listed.reshape(replicates, replicates, -1))
    nothing = replace(table_of(), pair_sd=np.full(PAIR, np.nan), pair_freedom=np.zeros(PAIR))
    sd, freedom = sds_of(nothing, photos=(replicates, replicates), own=(own.reshape(trials, PAIR), own_freedom))
    assert 0.94 < share_within(listed.mean(axis=(0, 1)), half_width(sd, freedom)) < 0.96


@pytest.mark.parametrize("freedom", [11, 60])
@pytest.mark.parametrize("parts", [1, 2])
@pytest.mark.parametrize("correlation", [0.0, 0.6, -0.98])
def test_unchanged_face_is_seldom_judged_changed(freedom, parts, correlation):
    # As regions are judged: the surest of their parts, each by the direction in which it seems known best. Spread and
    # correlation are estimated from the same pairs of photos.
    rng, trials = np.random.default_rng(13), 20_000
    together = np.linalg.cholesky([[1.0, correlation], [correlation, 1.0]]) * [[0.6], [0.3]]

    def noise(count):
        return rng.normal(size=(count, trials, parts, 2)) @ together.T

    known = noise(freedom)
    sd = np.sqrt((known**2).mean(axis=0))
    estimated = known.prod(axis=-1).mean(axis=0) / sd.prod(axis=-1)
    before, after = 0.7 * rng.normal(size=(trials, parts, 2)) + noise(2) / np.sqrt(2)
    found = evenness(before, after, after - before, sd, estimated)
    changed = np.abs(found.change) > half_width(found.sd, np.full((trials, parts), float(freedom)), comparisons=parts)
    assert 0.04 < changed.any(axis=-1).mean() < 0.07
