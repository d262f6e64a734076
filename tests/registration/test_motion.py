"""Head movement: what a turn, a shift or another distance does to a face, found although parts of it moved too."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import seeds
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from symmetry.errors import InvalidPointsError
from symmetry.landmarks.mesh import REFERENCE, STABLE_FACE
from symmetry.registration.motion import HeadMovement, fit_head_movement

FACE = np.array(REFERENCE[STABLE_FACE])
ALL = np.ones(len(FACE))
X, Y, Z = FACE.T
NONE = np.zeros(len(FACE))
# What 1 mm of each term does to a face: full size 50 mm off along each axis concerned.
MOVEMENTS = {
    "to the subject's left": (NONE + 1, NONE),
    "up": (NONE, NONE + 1),
    "larger": (X / 50, Y / 50),
    "rolled": (-Y / 50, X / 50),
    "turned to the left": (Z / 50, NONE),
    "turned up": (NONE, Z / 50),
    # A point nearer by z grows by z / d in proportion, and by (z / d)^2 more: twice 50 mm / 500 mm at half a metre.
    "camera nearer": (X * Z / 2500 * (1 + 0.2 * Z / 50), Y * Z / 2500 * (1 + 0.2 * Z / 50)),
}

terms_in_mm = st.lists(st.floats(-5.0, 5.0), min_size=7, max_size=7).map(np.array)


def plain_fit(points, moved):
    """Least squares in which every point keeps its say, as displacement of the points."""
    columns = [np.column_stack(list(unit)).ravel() for unit in MOVEMENTS.values()]
    bases = np.column_stack(columns)
    return (bases @ np.linalg.lstsq(bases, moved.ravel(), rcond=None)[0]).reshape(moved.shape)


def strayed(moved, seed, share, size):
    """The displacement after a share of the points went elsewhere, each in a direction of its own."""
    rng = np.random.default_rng(seed)
    strays = rng.permutation(len(moved))[: int(share * len(moved))]
    angle = rng.uniform(0, 2 * np.pi, len(strays))
    result = moved.copy()
    result[strays] += size * np.column_stack([np.cos(angle), np.sin(angle)])
    return result


@pytest.mark.parametrize("place", range(7), ids=list(MOVEMENTS))
@pytest.mark.parametrize("size", [-3.0, 0.5])
def test_each_term_is_the_movement_that_its_name_says(place, size):
    moved = size * np.column_stack(list(MOVEMENTS.values())[place])
    expected = np.zeros(7)
    expected[place] = size
    found = fit_head_movement(FACE, moved, ALL)
    assert found.terms == pytest.approx(expected, abs=1e-6)
    assert found.at(FACE) == pytest.approx(moved, abs=1e-6)


def test_movement_of_a_point_off_the_fitted_ones_follows_from_the_terms():
    movement = HeadMovement(terms=np.array([1.0, 2.0, 0.5, 0.25, 3.0, -1.0, 0.125]))
    # x = 50, y = -100, z = 25: in units of 50 mm 1, -2 and 0.5.
    across = 1.0 + 0.5 * 1 - 0.25 * -2 + 3.0 * 0.5 + 0.125 * 0.55 * 1
    up = 2.0 + 0.5 * -2 + 0.25 * 1 - 1.0 * 0.5 + 0.125 * 0.55 * -2
    assert movement.at([[50.0, -100.0, 25.0]])[0] == pytest.approx([across, up])


@given(seeds, terms_in_mm)
@examples(50)
def test_any_movement_is_recovered(seed, terms):
    points = FACE + np.random.default_rng(seed).normal(0.0, 3.0, FACE.shape)
    found = fit_head_movement(points, HeadMovement(terms=terms).at(points), ALL)
    assert found.terms == pytest.approx(terms, abs=1e-6)


@given(seeds, terms_in_mm, st.floats(0.0, 0.2), st.floats(1.0, 10.0))
@examples(50)
def test_fifth_of_the_points_that_went_elsewhere_has_no_say(seed, terms, share, size):
    moved = HeadMovement(terms=terms).at(FACE)
    found = fit_head_movement(FACE, strayed(moved, seed, share, size), ALL)
    assert found.at(FACE) == pytest.approx(moved, abs=1e-4)


def test_strays_hardly_drag_a_noisy_movement_and_would_have_dragged_plain_least_squares():
    rng = np.random.default_rng(3)
    noisy = rng.normal(0.0, 0.1, (len(FACE), 2))
    clean = fit_head_movement(FACE, noisy, ALL).at(FACE)
    one_way = noisy.copy()
    one_way[rng.permutation(len(FACE))[: len(FACE) // 5]] += [0.0, 3.0]
    dragged = fit_head_movement(FACE, one_way, ALL).at(FACE)
    assert np.abs(dragged - clean).max() < 0.1
    assert np.abs(plain_fit(FACE, one_way) - plain_fit(FACE, noisy)).max() > 0.6


def test_noise_is_averaged():
    moved = np.random.default_rng(1).normal(0.0, 0.2, (300, len(FACE), 2))
    found = fit_head_movement(np.broadcast_to(FACE, (300, *FACE.shape)), moved, np.broadcast_to(ALL, moved.shape[:2]))
    # Seven numbers out of 2 n: least squares without letting go would leave 0.2 * sqrt(7 / 2n).
    least = 0.2 * np.sqrt(7 / (2 * len(FACE)))
    assert np.sqrt((found.at(FACE) ** 2).mean()) < 1.2 * least


@given(seeds, st.integers(0, 2))
@examples(50)
def test_points_of_no_weight_are_as_good_as_absent(seed, extra):
    rng = np.random.default_rng(seed)
    moved = rng.normal(0.0, 1.0, (len(FACE), 2))
    weight = rng.uniform(0.2, 1.0, len(FACE))
    out = rng.permutation(len(FACE))[: len(FACE) // (2 + extra)]
    weight[out], moved[out] = 0.0, 1e3
    kept = weight > 0
    whole = fit_head_movement(FACE, moved, weight)
    assert whole.terms == pytest.approx(fit_head_movement(FACE[kept], moved[kept], weight[kept]).terms, abs=1e-9)


@given(seeds)
@examples(25)
def test_point_of_weight_two_counts_as_two_points(seed):
    rng = np.random.default_rng(seed)
    moved = rng.normal(0.0, 1.0, (len(FACE), 2))
    twice = rng.random(len(FACE)) < 0.5
    weighted = fit_head_movement(FACE, moved, 1.0 + twice)
    repeated = fit_head_movement(
        np.vstack([FACE, FACE[twice]]), np.vstack([moved, moved[twice]]), np.ones(len(FACE) + twice.sum())
    )
    assert weighted.terms == pytest.approx(repeated.terms, abs=1e-9)
    assert weighted.terms == pytest.approx(fit_head_movement(FACE, moved, 7 * (1.0 + twice)).terms, abs=1e-9)


@given(seeds, st.floats(0.2, 3.0))
@examples(50)
def test_small_turn_leaves_only_its_square(seed, degrees):
    axis = np.random.default_rng(seed).normal(size=3)
    axis /= np.linalg.norm(axis)

    def left_over(angle):
        moved = (Rotation.from_rotvec(angle * axis).apply(FACE) - FACE)[:, :2]
        return np.abs(moved - fit_head_movement(FACE, moved, ALL).at(FACE)).max(), np.abs(moved).max()

    angle = np.radians(degrees)
    whole, moved = left_over(angle)
    assert whole <= 0.6 * angle**2 * np.linalg.norm(FACE, axis=1).max()
    assert left_over(angle / 2)[0] < 0.3 * whole + 1e-7
    assert whole < 0.05 * moved


def test_other_distance_of_the_camera_is_taken_out():
    # The same head before a camera 60 and 45 cm away, brought to one size: noses grow. What is left is of second order.
    far, near = (FACE[:, :2] / (1 - FACE[:, 2:] / distance) for distance in (600.0, 450.0))
    moved = near - far
    assert np.abs(moved).max() > 1.0
    assert np.abs(moved - fit_head_movement(FACE, moved, ALL).at(FACE)).max() < 0.15


def test_flat_points_are_enough_for_what_shows_in_a_flat_face():
    flat = FACE * [1.0, 1.0, 0.0]
    terms = np.array([1.0, -2.0, 0.5, 0.25, 0.0, 0.0, 0.0])
    assert fit_head_movement(flat, HeadMovement(terms=terms).at(flat), ALL).terms == pytest.approx(terms, abs=1e-6)


@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (0,)])
def test_batch_gives_what_each_face_gives(shape):
    rng = np.random.default_rng(2)
    count, n = int(np.prod(shape)), len(FACE)
    points = FACE + rng.normal(0.0, 2.0, (count, n, 3))
    moved, weight = rng.normal(0.0, 1.0, (count, n, 2)), rng.uniform(0.0, 1.0, (count, n))
    found = fit_head_movement(*(array.reshape(*shape, *array.shape[1:]) for array in (points, moved, weight)))
    assert found.terms.shape == (*shape, 7)
    assert found.at(points.reshape(*shape, n, 3)).shape == (*shape, n, 2)
    for i in range(count):
        alone = fit_head_movement(points[i], moved[i], weight[i])
        assert found.terms.reshape(-1, 7)[i] == pytest.approx(alone.terms, abs=1e-9)


def test_input_is_left_alone():
    points, moved, weight = FACE.copy(), strayed(np.zeros((len(FACE), 2)), 0, 0.2, 3.0), ALL.copy()
    kept = [array.copy() for array in (points, moved, weight)]
    for array in (points, moved, weight):
        array.flags.writeable = False
    fit_head_movement(points, moved, weight).at(points)
    assert all(np.array_equal(now, then) for now, then in zip((points, moved, weight), kept, strict=True))


@pytest.mark.parametrize(
    ("points", "moved", "weight"),
    [
        ((9, 2), (9, 2), (9,)),
        ((9, 3), (9, 3), (9,)),
        ((9, 3), (8, 2), (9,)),
        ((9, 3), (9, 2), (8,)),
        ((9, 3), (9, 2), (9, 1)),
        ((4, 9, 3), (9, 2), (9,)),
    ],
)
def test_shapes_that_do_not_fit_are_refused(points, moved, weight):
    with pytest.raises(InvalidPointsError, match="do not match"):
        fit_head_movement(np.zeros(points), np.zeros(moved), np.ones(weight))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("which", [0, 1, 2])
def test_values_that_are_not_finite_are_refused(which, bad):
    given_arrays = [FACE.copy(), np.zeros((len(FACE), 2)), ALL.copy()]
    given_arrays[which][5] = bad
    with pytest.raises(InvalidPointsError, match="finite"):
        fit_head_movement(*given_arrays)


def test_fewer_than_four_points_with_a_say_are_refused():
    weight = np.zeros(len(FACE))
    weight[[2, 11, 30, 44]] = 0.1
    fit_head_movement(FACE, np.zeros((len(FACE), 2)), weight)
    weight[44] = 0.0
    with pytest.raises(InvalidPointsError, match="at least four"):
        fit_head_movement(FACE, np.zeros((len(FACE), 2)), weight)
    with pytest.raises(InvalidPointsError, match="at least four"):  # one face of a batch is enough
        fit_head_movement(np.stack([FACE] * 2), np.zeros((2, len(FACE), 2)), np.stack([ALL, weight]))


def test_negative_weight_is_refused():
    weight = ALL.copy()
    weight[7] = -1e-3
    with pytest.raises(InvalidPointsError, match="negative"):
        fit_head_movement(FACE, np.zeros((len(FACE), 2)), weight)
