"""Resampling: right values at exact places, the same whatever OpenCV makes of its positions."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symmetry.photos.resampling import resample

RAMP = np.add.outer(100 * np.arange(20), np.arange(30)).astype(np.float32)
"""Each pixel is 100 times its row and once its column."""


def at(*places):
    return np.array([places], dtype=np.float64)


def test_between_the_pixels_values_are_linear():
    assert resample(RAMP, at((3, 2), (3.5, 2), (3.25, 2.75))) == pytest.approx(np.array([[203, 203.5, 278.25]]))


def test_cubic_goes_through_the_pixels_and_keeps_a_ramp():
    found = resample(RAMP, at((7, 5), (7.5, 5.5)), interpolation=cv2.INTER_CUBIC)
    assert found == pytest.approx(np.array([[507, 557.5]]), abs=1e-3)


def test_positions_are_rounded_to_a_32nd():
    steps = np.arange(9) / 256
    found = resample(RAMP, at(*[(4 + step, 0) for step in steps]))
    assert np.array_equal(found[0], 4 + np.rint(steps * 32).astype(np.float32) / 32)


def test_beyond_the_edge_pixels_go_on_or_are_nothing():
    places = at((-9, 4), (90, 4), (5, -1e6), (5, 1e9))
    assert np.array_equal(resample(RAMP, places), [[400, 429, 5, 1905]])
    assert not resample(RAMP, places, border=cv2.BORDER_CONSTANT).any()


def test_colours_and_types_are_kept():
    colours = np.dstack([RAMP, -RAMP])
    assert np.array_equal(resample(colours, at((3, 2)))[0, 0], [203, -203])
    grey = np.array([[0, 100], [200, 255]], dtype=np.uint8)
    found = resample(grey, at((0.5, 0), (0, 0.5), (1, 1)))
    assert found.dtype == np.uint8
    assert np.array_equal(found, [[50, 100, 255]])


@given(seed=st.integers(0, 10**6))
def test_mirror_image_is_resampled_to_the_mirrored_values(seed):
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (12, 17), dtype=np.uint8)
    places = rng.uniform(-3, 20, (5, 6, 2))
    mirrored = places * [-1, 1] + [16, 0]
    apart = resample(image, places).astype(int) - resample(image[:, ::-1].copy(), mirrored)
    assert np.abs(apart).max() <= 1


@given(seed=st.integers(0, 10**6))
def test_opencv_gives_the_same_at_positions_that_need_no_rounding(seed):
    rng = np.random.default_rng(seed)
    image = rng.uniform(0, 255, (12, 17)).astype(np.float32)
    places = (rng.integers(-64, 600, (5, 6, 2)) / 32).astype(np.float32)
    theirs = cv2.remap(image, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    assert resample(image, places) == pytest.approx(theirs, abs=0.01)
