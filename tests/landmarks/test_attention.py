"""The eleven operations between the halves of the mesh, one by one, against answers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symmetry.landmarks import mesh as tables
from symmetry.landmarks.networks.attention import (
    FEATURE_STEP,
    IRISES,
    Box,
    Heads,
    box_matrix,
    cut_features,
    put_back,
    read_boxes,
    refined,
)
from symmetry.landmarks.networks.litert_engine import MODELS

BOXES = read_boxes(MODELS / "boxes.json")
FOUR = Box(level=(0, 1), scale=1.5, side=16, around=np.array([0, 1, 2, 3]))
"""Of two corners, a top and a bottom."""
IDENTITY = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], dtype=np.float32)


def coarse(points):
    """A coarse mesh of a few points; what depth they have does not matter."""
    return np.column_stack([points, np.arange(len(points))]).astype(np.float32)


def corners(matrix, side=16):
    """Where the corners of a cut-out lie in the feature map."""
    square = np.array([(0, 0), (side, 0), (side, side), (0, side)])
    return square @ matrix[:, :2].T + matrix[:, 2]


# Boxes: `Landmarks2TransformMatrix`.


def test_box_of_a_level_part_is_one_and_a_half_times_as_large_about_its_middle():
    found = corners(box_matrix(coarse([(10, 20), (18, 20), (14, 18), (14, 22)]), FOUR))
    assert found == pytest.approx(np.array([(8, 17), (20, 17), (20, 23), (8, 23)]))


def test_box_of_a_part_that_stands_upright_is_turned_with_it():
    # Its corners lie one below the other, so the box's own x axis points down.
    found = corners(box_matrix(coarse([(20, 10), (20, 18), (22, 14), (18, 14)]), FOUR))
    assert found == pytest.approx(np.array([(23, 8), (23, 20), (17, 20), (17, 8)]))


def test_box_has_the_middle_of_the_extent_not_the_mean_of_the_points():
    lopsided = Box(level=(0, 1), scale=1.0, side=16, around=np.array([0, 1, 2, 3, 4, 5]))
    found = corners(box_matrix(coarse([(10, 20), (18, 20), (11, 18), (11, 22), (11, 20), (12, 20)]), lopsided))
    assert found.mean(axis=0) == pytest.approx([14, 20])


@given(
    angle=st.floats(-3.1, 3.1),
    shift=st.tuples(st.floats(-20, 20), st.floats(-20, 20)),
    points=st.lists(st.tuples(st.floats(-9, 9), st.floats(1, 9)), min_size=2, max_size=6),
)
def test_box_turns_and_moves_with_the_part(angle, shift, points):
    part = np.array([(-10, 0), (10, 0), *points])
    box = Box(level=(0, 1), scale=1.5, side=16, around=np.arange(len(part)))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = corners(box_matrix(coarse(part @ turn.T + shift), box))
    assert moved == pytest.approx(corners(box_matrix(coarse(part), box)) @ turn.T + shift, abs=1e-3)


def test_boxes_of_the_mesh_are_those_of_lips_and_both_eyes():
    assert list(BOXES) == ["lips", "right_eye", "left_eye"]
    assert [box.level for box in BOXES.values()] == [(61, 291), (33, 133), (362, 263)]
    assert {(box.scale, box.side) for box in BOXES.values()} == {(1.5, 16)}
    assert set(BOXES["lips"].around) >= {*tables.LIPS_OUTER, *tables.LIPS_INNER}
    right, left = (BOXES[eye].around for eye in ("right_eye", "left_eye"))
    assert set(right[:16]) == set(tables.EYE_RIGHT)
    assert np.array_equal(tables.MIRROR[right], left)


# Cuts: `TransformTensorBilinear`.


def ramp(height=48, width=48):
    """Features that are their own place: column, row, and one."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    return np.stack([x, y, np.ones_like(x)], axis=-1).astype(np.float32)


def test_cut_without_a_turn_is_the_corner_of_the_features():
    assert np.array_equal(cut_features(ramp(), IDENTITY, 16), ramp()[:16, :16])


def test_cut_at_twice_the_step_reads_between_the_pixels():
    # Pixel 0 of the cut-out covers 10 to 12 of the features, whose pixel centres lie at halves: its middle is at 10.5.
    matrix = np.array([[2.0, 0.0, 10.0], [0.0, 2.0, 6.0]], dtype=np.float32)
    found = cut_features(ramp(), matrix, 4)
    assert found[0, :, 0] == pytest.approx([10.5, 12.5, 14.5, 16.5])
    assert found[:, 0, 1] == pytest.approx([6.5, 8.5, 10.5, 12.5])


def test_quarter_turn_reads_rows_as_columns():
    matrix = np.array([[0.0, 1.0, 5.0], [1.0, 0.0, 7.0]], dtype=np.float32)
    found = cut_features(ramp(), matrix, 3)
    assert found[..., 0] == pytest.approx(np.array([[5, 5, 5], [6, 6, 6], [7, 7, 7]]))
    assert found[..., 1] == pytest.approx(np.array([[7, 8, 9], [7, 8, 9], [7, 8, 9]]))


def test_beyond_the_outermost_centres_there_is_nothing():
    matrix = np.array([[1.0, 0.0, -1.25], [0.0, 1.0, 44.25]], dtype=np.float32)
    seen = cut_features(ramp(), matrix, 4)[..., 2]
    assert np.array_equal(seen > 0, np.outer([True, True, True, False], [False, False, True, True]))
    assert seen[seen > 0] == pytest.approx(1.0)
    edge = np.array([[1.0, 0.0, 44.0], [0.0, 1.0, 44.0]], dtype=np.float32)
    assert np.array_equal(cut_features(ramp(), edge, 4), ramp()[44:, 44:])  # the last centre itself is there


@given(
    linear=st.lists(st.floats(-1.2, 1.2), min_size=4, max_size=4),
    offset=st.tuples(st.floats(-5, 50), st.floats(-5, 50)),
)
def test_cut_of_a_ramp_is_the_place_it_was_cut_at(linear, offset):
    matrix = np.column_stack([np.reshape(linear, (2, 2)), offset]).astype(np.float32)
    found = cut_features(ramp(), matrix, 8)
    steps = np.stack(np.meshgrid(np.arange(8) + 0.5, np.arange(8) + 0.5), axis=-1)
    place = steps @ matrix[:, :2].T + matrix[:, 2] - 0.5
    beyond = np.abs(place - 23.5).max(axis=-1)
    assert found[beyond < 23.49] == pytest.approx(np.dstack([place, np.ones((8, 8))])[beyond < 23.49], abs=1e-3)
    assert not found[beyond > 23.51].any()


# Back into the crop: `TransformLandmarks`.


def test_points_go_back_turned_and_scaled_with_the_box_whose_corner_is_in_features():
    matrix = np.array([[0.0, -0.5, 12.0], [0.5, 0.0, 8.0]], dtype=np.float32)
    points = np.array([(0, 0), (64, 0), (0, 64), (10, 20)], dtype=np.float32)
    assert put_back(points, matrix) == pytest.approx(np.array([(48, 32), (48, 64), (16, 32), (38, 37)]))


@given(angle=st.floats(-1.0, 1.0), shift=st.tuples(st.floats(-9, 9), st.floats(-9, 9)))
def test_middle_of_the_box_goes_back_to_the_middle_of_the_part(angle, shift):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    part = np.array([(-6, 0), (6, 0), (0, -3), (0, 3)]) @ turn.T + [24, 24] + shift
    middle = put_back(np.array([(32, 32)], dtype=np.float32), box_matrix(coarse(part), FOUR))
    assert middle[0] == pytest.approx((np.array([24, 24]) + shift) * FEATURE_STEP, abs=1e-3)


def refined_of(mesh, **given_points):
    """A refined mesh of given heads, with boxes that change nothing."""
    points = {name: np.full((len(BOXES[name].around), 2), 7.0, np.float32) for name in BOXES}
    points |= {name.replace("eye", "iris"): np.full((5, 2), 9.0, np.float32) for name in IRISES}
    return refined(mesh, Heads(**(points | given_points)), BOXES, [IDENTITY] * 3)


def test_lips_and_eyes_get_what_the_heads_found_and_keep_their_depth():
    mesh = np.random.default_rng(3).normal(90, 20, (468, 3)).astype(np.float32)
    lips = np.random.default_rng(4).normal(50, 9, (80, 2)).astype(np.float32)
    found = refined_of(mesh, lips=lips)
    assert np.array_equal(found[BOXES["lips"].around, :2], lips)
    assert np.array_equal(found[:468, 2], mesh[:, 2])
    others = np.setdiff1d(np.arange(468), np.concatenate([box.around for box in BOXES.values()]))
    assert np.array_equal(found[others], mesh[others])


def test_iris_lies_where_its_head_found_it_as_deep_as_the_outline_of_its_eye():
    mesh = np.zeros((468, 3), dtype=np.float32)
    mesh[list(tables.EYE_RIGHT), 2] = np.arange(16)
    ring = np.arange(10, dtype=np.float32).reshape(5, 2)
    found = refined_of(mesh, right_iris=ring)
    assert np.array_equal(found[468:473, :2], ring)
    assert found[468:473, 2] == pytest.approx(7.5)
    assert found[473:478, 2] == pytest.approx(0.0)
