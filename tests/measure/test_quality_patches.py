"""Patches without texture over a face."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from helpers.faces import drawn
from helpers.portraits import portrait_of
from helpers.spoiling import saved

from symmetry.measure.quality.gate import check_photo
from symmetry.measure.quality.patches import check_patches, flat_of

COLOUR = (150, 110, 90)


def patched(place, size=50):
    """A drawn face with an ellipse of one colour round a landmark."""
    picture = np.array(drawn())
    x, y = (int(value) for value in portrait_of(drawn()).landmarks[place, :2])
    return cv2.ellipse(picture, (x, y), (size, round(0.7 * size)), 20, 0, 360, COLOUR, -1)


def test_drawn_face_has_no_flat_place():
    assert not flat_of(portrait_of(drawn())).any()
    assert check_patches(portrait_of(drawn())) == ()


@pytest.mark.parametrize(("place", "touched", "left_alone"), [(50, "cheeks", "eyes"), (61, "mouth", "brows")])
def test_patch_is_found_and_touches_what_lies_under_it(place, touched, left_alone):
    (flag,) = check_patches(portrait_of(patched(place)))
    assert (flag.name, flag.severity) == ("face_covered", "reject")
    assert flag.value >= flag.limit
    assert flag.concerns(touched)
    assert not flag.concerns(left_alone)
    assert "face_covered" in [found.name for found in check_photo(portrait_of(patched(place)))]


def test_patch_is_found_on_the_same_cells_in_the_mirror():
    plain, mirrored = patched(50), np.ascontiguousarray(patched(50)[:, ::-1])
    flat = flat_of(portrait_of(plain))
    assert (flat != flat_of(portrait_of(mirrored))[:, ::-1]).sum() <= 0.1 * flat.sum()


def test_small_patch_is_no_cover_and_darkness_and_blur_are_none():
    assert check_patches(portrait_of(patched(50, size=8))) == ()
    for picture in (drawn() // 4, cv2.GaussianBlur(drawn(), (0, 0), 3)):
        assert check_patches(portrait_of(np.asarray(picture, dtype=np.uint8))) == ()


def test_blocks_of_jpeg_are_no_cover():
    assert "face_covered" not in [found.name for found in check_photo(portrait_of(saved(np.array(drawn()), 8)))]
