"""How the standard face is tied to its photo: the table of triangles, and sampling between the nodes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import map_coordinates
from scipy.spatial import Delaunay

from symmetry.registration.standard_face import ANCHORS, LANDMARK_PIXELS, NODES, _triangles, sample

CORNERS = np.vstack([LANDMARK_PIXELS, ANCHORS])


def test_each_node_lies_in_its_triangle():
    around, shares = _triangles()
    assert (CORNERS[around] * shares).sum(axis=0) == pytest.approx(NODES.reshape(-1, 2), abs=1e-9)
    assert shares.sum(axis=0) == pytest.approx(np.ones((len(around[0]), 1)))
    assert shares.min() >= -1e-9


def test_triangles_are_those_of_delaunay():
    listed = {tuple(sorted(corners)) for corners in _triangles()[0].T.tolist()}
    assert listed <= {tuple(sorted(corners)) for corners in Delaunay(CORNERS).simplices.tolist()}


def test_fields_are_sampled_as_scipy_does():
    rng = np.random.default_rng(5)
    field, places = rng.normal(size=(20, 30, 3)), rng.uniform(-4, 34, (500, 2))
    places[:3] = [(0, 0), (29, 19), (29, 3.5)]
    theirs = [map_coordinates(field[..., i], places[:, ::-1].T, order=1, mode="nearest") for i in range(3)]
    assert sample(field, places) == pytest.approx(np.stack(theirs, axis=-1), abs=1e-12)
