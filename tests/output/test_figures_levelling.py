"""Faces brought upright, and made of one half twice."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from helpers.figure_faces import (
    BEFORE,
    LEFT_MOUTH,
    PAPER,
    ROLL,
    SCENE,
    face_of_landmarks,
    found_face,
    rolled_face,
    texts,
    uneven,
)
from numpy.typing import NDArray
from PIL import Image

from symmetry.landmarks.mesh import IRIS_LEFT, MIRROR
from symmetry.measure.face import FaceAnalysis
from symmetry.output.figures import draw_composites, draw_face, level_face, make_composites
from symmetry.output.figures.tint import tint_regions
from symmetry.synthetic import named_points


@pytest.fixture
def face() -> FaceAnalysis:
    return found_face()


@pytest.fixture
def rolled() -> FaceAnalysis:
    return rolled_face()


def tilt(line: NDArray[np.float64]) -> float:
    """Degrees between a line through points and the vertical."""
    x, y = np.polyfit(line[:, 1], line[:, 0], 1)[0], 1.0
    return float(np.degrees(np.arctan2(x, y)))


def test_midline_of_a_rolled_face_is_vertical_and_in_the_middle(face: FaceAnalysis, rolled: FaceAnalysis) -> None:
    assert abs(rolled.pose.roll - face.pose.roll) == pytest.approx(ROLL, abs=0.5)
    for each in (face, rolled):
        line = level_face(each, width=400).midline()
        assert abs(tilt(line)) < 0.5
        assert line[:, 0].mean() == pytest.approx(199.5, abs=0.01)
        assert (np.diff(line[:, 1]) > -2).all()


def test_drawn_midline_is_vertical(rolled: FaceAnalysis) -> None:
    (line,) = (
        line for line in draw_face(rolled).axes[0].lines if line.get_gid() == "midline" and len(line.get_xdata()) > 2
    )
    assert abs(tilt(np.asarray(line.get_xydata()))) < 0.5


def test_midline_follows_the_plane_of_a_known_face() -> None:
    levelled = level_face(face_of_landmarks((LEFT_MOUTH, 0.0, 3.0), roll=-33.0), width=300)
    assert np.allclose(levelled.midline()[:, 0], 149.5, atol=0.5)
    left, right = levelled.locate(levelled.face.landmarks[[IRIS_LEFT, MIRROR[IRIS_LEFT]]])
    assert left[0] - 149.5 == pytest.approx(149.5 - right[0], abs=0.5)
    assert left[1] == pytest.approx(right[1], abs=0.5)
    assert left[0] > right[0]


def test_levelled_crop_does_not_depend_on_roll(face: FaceAnalysis, rolled: FaceAnalysis) -> None:
    upright, turned = (level_face(each, width=300) for each in (face, rolled))
    assert upright.pixels.shape == turned.pixels.shape
    both = (upright.inside & turned.inside)[30:-30, 60:-60]
    assert both.all()
    one, other = (cv2.GaussianBlur(each.pixels, (0, 0), 2).astype(float)[30:-30, 60:-60] for each in (upright, turned))
    assert np.abs(one - other).mean() < 3
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.99


@pytest.mark.parametrize("width", [80, 300, 900])
def test_crop_shows_a_point_where_it_says(width: int) -> None:
    face = face_of_landmarks(roll=-20.0)
    spot = np.array([270.0, 300.0])
    pixels = np.zeros((*PAPER, 3), dtype=np.uint8)
    pixels[298:303, 268:273] = 255
    levelled = level_face(replace(face, photo=replace(face.photo, pixels=pixels)), width=width)
    light = levelled.pixels[..., 0] * levelled.inside.astype(float)
    rows, columns = np.indices(light.shape)
    centre = np.array([(light * columns).sum(), (light * rows).sum()]) / light.sum()
    assert np.allclose(centre, levelled.locate(spot), atol=0.1)


def shift_between(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Pixels by which two pictures of one size are shifted against each other."""
    first, second = (cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) for pixels in (one, other))
    window = cv2.createHanningWindow(first.shape[::-1], cv2.CV_32F)
    return float(np.hypot(*cv2.phaseCorrelate(first, second, window)[0]))


def test_photo_held_at_half_size_gives_the_same_crop(face: FaceAnalysis) -> None:
    half = np.asarray(Image.fromarray(face.photo.pixels).reduce(2))
    reduced = replace(face, photo=replace(face.photo, pixels=half, reduction=2))
    full, held = (level_face(each, width=400).pixels for each in (face, reduced))
    assert np.abs(full.astype(float) - held.astype(float)).mean() < 3
    assert shift_between(full, held) < 0.1


def test_small_crop_is_the_large_one_made_small(face: FaceAnalysis) -> None:
    large, small = (level_face(face, width=width).pixels for width in (480, 80))
    made_small = cv2.resize(large, small.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(made_small.astype(float) - small.astype(float)).mean() < 3
    assert shift_between(np.asarray(made_small, dtype=np.uint8), small) < 0.1


def test_outside_of_the_photo_is_grey_and_has_no_tint() -> None:
    levelled = level_face(uneven(centre=(20.0, 260.0), grey=90), width=300)
    assert not levelled.inside[:, 60].any()
    assert levelled.inside[:, 200].all()
    for pixels in (levelled.pixels, tint_regions(levelled)):
        assert np.ptp(pixels[:, :60]) == 0
    assert (levelled.pixels[:, 200] == 90).all()


def test_composites_are_exactly_symmetric_and_made_of_the_halves(rolled: FaceAnalysis) -> None:
    levelled = level_face(rolled, width=360)
    right_twice, left_twice = make_composites(levelled)
    for composite in (right_twice, left_twice):
        assert composite.shape == levelled.pixels.shape
        assert np.array_equal(composite, composite[:, ::-1])
    assert np.array_equal(right_twice[:, :180], levelled.pixels[:, :180])
    assert np.array_equal(left_twice[:, 180:], levelled.pixels[:, 180:])
    assert not np.array_equal(right_twice, left_twice)


def test_right_twice_shows_the_right_mouth_corner_twice(face: FaceAnalysis) -> None:
    # The right corner was painted 4 mm lower: where both its copies should lie there is a dark corner on either side.
    levelled = level_face(face, width=360)
    corner = levelled.locate([*named_points(asymmetry=BEFORE, scene=SCENE)["commissure", "subject_right"].pixel, 0.0])
    assert corner[0] < 180
    right_twice, _ = make_composites(levelled)
    column, row = np.rint(corner).astype(int)
    assert np.array_equal(
        right_twice[row - 5 : row + 6, column - 5 : column + 6],
        right_twice[row - 5 : row + 6, 359 - column - 5 : 359 - column + 6][:, ::-1],
    )
    written = texts(draw_composites(face))
    assert {"person’s right side twice", "photo, levelled", "person’s left side twice"} <= set(written)


def test_composites_stand_beside_their_titles(face: FaceAnalysis) -> None:
    axes = draw_composites(face).axes[0]
    right_twice, _, left_twice = (np.asarray(image.get_array()) for image in axes.images)
    expected = make_composites(level_face(face, width=right_twice.shape[1]))
    titles = {text.get_text(): text.get_position()[0] for text in axes.texts}
    for image, title, pixels in (
        (axes.images[0], "person’s right side twice", expected[0]),
        (axes.images[2], "person’s left side twice", expected[1]),
    ):
        left, right, _, _ = image.get_extent()
        assert left < titles[title] < right
        assert np.array_equal(np.asarray(image.get_array()), pixels)
    assert left_twice.shape == right_twice.shape
