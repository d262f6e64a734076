"""Head movement: found exactly although a part of the points moved by itself."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import movements, seeds
from hypothesis import given, settings
from hypothesis import strategies as st

from symmetry.errors import InvalidPointsError
from symmetry.mesh import REFERENCE, STABLE_UPPER_FACE
from symmetry.motion import fit_similarity

UPPER_FACE = REFERENCE[STABLE_UPPER_FACE]


@given(seeds, movements(), st.floats(0.0, 0.35), st.floats(0.5, 30.0))
@settings(max_examples=80, deadline=None)
def test_movement_is_found_though_a_third_of_the_points_went_elsewhere(seed, movement, share, size):
    rotation, scale, shift = movement
    rng = np.random.default_rng(seed)
    source = UPPER_FACE + rng.normal(0.0, 2.0, UPPER_FACE.shape)
    target = scale * source @ rotation.T + shift
    strays = rng.permutation(len(source))[: int(share * len(source))]
    away = rng.normal(size=(len(strays), 3))
    target[strays] += scale * size * away / np.linalg.norm(away, axis=1, keepdims=True)
    found = fit_similarity(source, target)
    assert found.rotation == pytest.approx(rotation, abs=1e-9)
    assert found.scale == pytest.approx(scale, rel=1e-9)
    assert found.apply(source) / scale == pytest.approx((scale * source @ rotation.T + shift) / scale, abs=1e-9)


def test_strays_would_have_dragged_a_plain_least_squares_fit():
    target = UPPER_FACE.copy()
    target[:9] += [0.0, 5.0, 0.0]
    mean_shift = (target - UPPER_FACE).mean(axis=0)
    assert mean_shift[1] > 1
    rng = np.random.default_rng(0)
    target = UPPER_FACE.copy()
    target[rng.permutation(36)[:9]] += [0.0, 5.0, 0.0]
    assert fit_similarity(UPPER_FACE, target).shift == pytest.approx(np.zeros(3), abs=1e-9)


def test_noise_is_averaged():
    rng = np.random.default_rng(1)
    target = UPPER_FACE + rng.normal(0.0, 0.2, (500, *UPPER_FACE.shape))
    found = fit_similarity(np.broadcast_to(UPPER_FACE, target.shape), target)
    error = np.linalg.norm(found.apply(UPPER_FACE) - UPPER_FACE, axis=-1)
    assert np.sqrt((error**2).mean()) < 0.15


def test_mirror_image_is_not_taken_for_a_movement():
    flipped = UPPER_FACE * [-1.0, 1.0, 1.0] + [0.0, 3.0, 1.0] * np.sin(np.arange(36.0))[:, None]
    found = fit_similarity(UPPER_FACE, flipped)
    assert np.linalg.det(found.rotation) == pytest.approx(1.0)
    assert found.rotation @ found.rotation.T == pytest.approx(np.eye(3), abs=1e-12)


def test_flat_points_are_enough():
    flat = UPPER_FACE * [1.0, 1.0, 0.0]
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    found = fit_similarity(flat, 2 * flat @ turn.T + [1.0, 2.0, 3.0])
    assert found.rotation == pytest.approx(turn, abs=1e-9)
    assert found.scale == pytest.approx(2.0)
    assert found.shift == pytest.approx([1.0, 2.0, 3.0])


def test_apply_turns_then_scales_then_shifts():
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    found = fit_similarity(UPPER_FACE, 3.0 * UPPER_FACE @ turn.T + [10.0, 0.0, 0.0])
    assert found.apply([[1.0, 2.0, 5.0]])[0] == pytest.approx([4.0, 3.0, 15.0])


@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (0,)])
def test_batch_gives_what_each_pair_gives(shape):
    rng = np.random.default_rng(2)
    count = int(np.prod(shape))
    source = UPPER_FACE + rng.normal(0.0, 1.0, (count, 36, 3))
    target = 1.3 * source[..., [1, 2, 0]] + rng.normal(0.0, 1.0, (count, 36, 3)) + 7.0
    found = fit_similarity(source.reshape(*shape, 36, 3), target.reshape(*shape, 36, 3))
    assert found.scale.shape == shape
    assert found.rotation.shape == (*shape, 3, 3)
    assert found.shift.shape == (*shape, 3)
    for i in range(count):
        alone = fit_similarity(source[i], target[i])
        assert found.scale.reshape(-1)[i] == pytest.approx(alone.scale, abs=1e-12)
        assert found.rotation.reshape(-1, 3, 3)[i] == pytest.approx(alone.rotation, abs=1e-12)
        assert found.shift.reshape(-1, 3)[i] == pytest.approx(alone.shift, abs=1e-9)


def test_input_is_left_alone():
    source, target = UPPER_FACE.copy(), UPPER_FACE * 2
    source.flags.writeable = target.flags.writeable = False
    fit_similarity(source, target)
    assert np.array_equal(target, UPPER_FACE * 2)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (np.zeros((4, 3)), np.zeros((5, 3))),
        (np.zeros((2, 3)), np.zeros((2, 3))),
        (np.zeros((4, 2)), np.zeros((4, 2))),
        (np.zeros(3), np.zeros(3)),
        (UPPER_FACE, np.where(np.arange(108).reshape(36, 3) == 50, np.nan, UPPER_FACE)),
        (np.where(np.arange(108).reshape(36, 3) == 50, np.inf, UPPER_FACE), UPPER_FACE),
    ],
)
def test_points_that_do_not_fit_are_refused(source, target):
    with pytest.raises(InvalidPointsError, match=r"at least 3 points|finite"):
        fit_similarity(source, target)
