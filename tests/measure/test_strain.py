"""Strain: known stretches of a displacement map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.faces import drawn

import symmetry
from symmetry.measure.strain import strain_of


@pytest.fixture(scope="module")
def change():
    return symmetry.compare(symmetry.analyze(drawn()), symmetry.analyze(drawn(mouth_subject_left=4.0)))


@pytest.fixture(scope="module")
def place(change):
    points = change.map.points
    flat = np.concatenate([points, np.zeros((*points.shape[:2], 1))], axis=-1)
    return change.before.frame.place(flat)[..., :2] * change.before.unit_per_pixel


def with_vectors(change, vectors):
    return replace(change, map=replace(change.map, vectors=vectors))


@pytest.mark.parametrize(
    ("matrix", "stretch", "compression", "area"),
    [
        ([[0.1, 0.0], [0.0, 0.0]], 10.0, 0.0, 10.0),
        ([[0.1, 0.0], [0.0, -0.05]], 10.0, -5.0, 4.5),
        ([[0.0, 0.1], [0.1, 0.0]], 10.0, -10.0, -1.0),
        ([[0.0, 0.0], [0.0, 0.0]], 0.0, 0.0, 0.0),
    ],
)
def test_even_stretches_are_found(change, place, matrix, stretch, compression, area):
    found = strain_of(with_vectors(change, place @ np.array(matrix).T))
    inner = (slice(8, -8), slice(8, -8))
    np.testing.assert_allclose(found.stretch[inner], stretch, atol=1.2)
    np.testing.assert_allclose(found.compression[inner], compression, atol=1.2)
    np.testing.assert_allclose(found.area[inner], area, atol=1.2)


def test_a_shift_stretches_nothing(change, place):
    found = strain_of(with_vectors(change, np.full_like(place, 2.0)))
    assert np.nanmax(np.abs(found.area)) < 1e-6


def test_what_is_not_seen_is_nan(change, place):
    vectors = np.zeros_like(place)
    vectors[20:30, 10:20] = np.nan
    assert np.isnan(strain_of(with_vectors(change, vectors)).area[20:30, 10:20]).all()
    assert strain_of(replace(change, map=None)) is None


def test_a_raised_mouth_corner_compresses_the_cheek_above(change):
    found = strain_of(change)
    left = np.nanmin(found.area[:, 22:])
    assert left < -5.0
    assert symmetry.draw_strain(change).axes
