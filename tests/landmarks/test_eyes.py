"""Limbus and lid margins, found in drawn faces that have them at known places."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import pytest

from symmetry.landmarks.detection import detect_largest_face
from symmetry.landmarks.eye_patch import COLUMNS, ROWS, cut_eye
from symmetry.landmarks.eyes import MESH_TOO_WIDE, see_eyes
from symmetry.landmarks.limbus import find_limbus
from symmetry.landmarks.mesh import IRIS_LANDMARKS, IRIS_LEFT, IRIS_RIGHT, MIRROR
from symmetry.landmarks.scale import iris_diameter
from symmetry.synthetic import LOOKS, Asymmetry, Scene, draw_face, named_points

SCENE = Scene(width=900, height=1000, pixels_per_mm=3.5)
UPPER, LOWER = (159, 386), (145, 374)


@lru_cache
def image(look="hazel", **movement):
    return draw_face(look=LOOKS[look], scene=SCENE, asymmetry=Asymmetry(**movement))


@lru_cache
def seen(look="hazel", **movement):
    """The landmarks of the mesh, and what was found of the eyes."""
    picture = image(look, **movement)
    mesh = detect_largest_face(picture).landmarks
    return mesh, see_eyes(picture, mesh)


@pytest.mark.parametrize("look", LOOKS)
def test_irises_of_every_colour_lie_where_they_were_drawn(look):
    _, eyes = seen(look)
    points = named_points(look=LOOKS[look], scene=SCENE)
    assert eyes.irises
    for iris, side in ((IRIS_RIGHT, "subject_right"), (IRIS_LEFT, "subject_left")):
        drawn = np.array(points["pupil", side].pixel)
        assert np.linalg.norm(eyes.landmarks[iris, :2] - drawn) / SCENE.pixels_per_mm < 0.35
    right, left = (
        np.linalg.norm(eyes.landmarks[one, :2] - eyes.landmarks[other, :2]) for one, other in ((469, 471), (474, 476))
    )
    assert right == pytest.approx(left, rel=0.02)


@pytest.mark.parametrize(("moved", "which"), [("upper_lid", UPPER), ("lower_lid", LOWER)])
@pytest.mark.parametrize("mm", [-2.0, 1.5])
def test_a_lid_is_followed(moved, which, mm):
    before, after = (seen(**movement)[1] for movement in ({}, {f"{moved}_subject_left": mm}))
    assert after.upper_lids
    assert after.lower_lids
    up = (before.landmarks - after.landmarks)[list(which), 1] / SCENE.pixels_per_mm
    assert (up[1] - up[0]) / mm > 0.6
    assert (up[1] - up[0]) / mm < 1.3


def test_only_lids_and_irises_move_and_keep_their_depth():
    mesh, eyes = seen(upper_lid_subject_left=-2.0)
    still = np.ones(len(mesh), dtype=bool)
    still[IRIS_LANDMARKS] = False
    still[eyes.on_lids] = False
    assert eyes.on_lids.sum() == 28
    assert np.array_equal(eyes.on_lids, eyes.on_lids[MIRROR])
    assert np.array_equal(eyes.landmarks[still], mesh[still])
    assert np.array_equal(eyes.landmarks[:, 2], mesh[:, 2])


def test_a_mirrored_photo_gives_mirrored_eyes():
    picture = image(upper_lid_subject_left=-2.0)
    mesh, eyes = seen(upper_lid_subject_left=-2.0)
    other = mesh[MIRROR] * [-1, 1, 1] + [picture.shape[1] - 1, 0, 0]
    mirrored = see_eyes(np.ascontiguousarray(picture[:, ::-1]), other).landmarks
    back = mirrored[MIRROR] * [-1, 1, 1] + [picture.shape[1] - 1, 0, 0]
    assert np.abs(back - eyes.landmarks).max() / SCENE.pixels_per_mm < 0.05


@pytest.mark.parametrize("what", ["painted over", "blurred", "one painted over"])
def test_eyes_that_are_not_seen_are_the_meshs_with_narrower_irises(what):
    mesh, _ = seen()
    hidden = image().copy()
    for iris in (IRIS_RIGHT, IRIS_LEFT)[: 1 if what == "one painted over" else 2]:
        x, y = mesh[iris, :2].astype(int)
        around = np.s_[y - 60 : y + 60, x - 90 : x + 90]
        hidden[around] = cv2.GaussianBlur(hidden[around], (0, 0), 25) if what == "blurred" else (60, 50, 45)
    eyes = see_eyes(hidden, mesh)
    assert not eyes.irises
    assert not eyes.on_lids.any()
    assert np.array_equal(eyes.landmarks[:IRIS_RIGHT], mesh[:IRIS_RIGHT])
    assert iris_diameter(eyes.landmarks) == pytest.approx(iris_diameter(mesh) / MESH_TOO_WIDE)


def test_eyes_too_small_to_be_read_are_left_to_the_mesh():
    mesh, _ = seen()
    small = cv2.resize(image(), None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA)
    assert not see_eyes(small, mesh * 0.2).irises


@pytest.mark.parametrize("radius", [9.0, 20.0, 55.0])
@pytest.mark.parametrize("lid", [-1.0, -0.5])
def test_a_limbus_is_found_to_a_fiftieth_of_its_radius_with_a_lid_over_it(radius, lid):
    y, x = np.mgrid[0 : round(5 * radius), 0 : round(6 * radius)]
    middle = np.array([2.93 * radius, 2.46 * radius])
    off = np.hypot(x - middle[0], y - middle[1])
    grey = np.where(off < radius, 70.0, 200.0)
    grey[y < middle[1] + lid * radius] = 150.0
    picture = np.dstack([cv2.GaussianBlur(grey, (0, 0), 1.0)] * 3).round().astype(np.uint8)
    eye = cut_eye(picture, middle + 0.1 * radius, 1.08 * radius, np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    limbus = find_limbus(eye)
    assert limbus is not None
    assert np.linalg.norm(eye.to_image(limbus.centre) - middle) < 0.02 * radius
    assert limbus.radius * 1.08 == pytest.approx(1.0, abs=0.02)


def test_a_cut_out_maps_to_its_image_and_back():
    nose, down = np.array([0.8, 0.6]), np.array([-0.6, 0.8])
    eye = cut_eye(np.zeros((200, 300, 3), np.uint8), np.array([150.0, 90.0]), 20.0, nose, down)
    assert eye.pixels.shape == (len(ROWS), len(COLUMNS), 3)
    assert eye.to_image([1.0, 0.0]) == pytest.approx([166.0, 102.0])
    points = np.random.default_rng(0).normal(size=(5, 2))
    assert eye.to_eye(eye.to_image(points)) == pytest.approx(points)
    assert eye.radius == pytest.approx(20.0)
