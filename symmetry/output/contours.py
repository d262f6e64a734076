"""Contours of a face, and arrows on it: the landmarks that drawings join, and those that have an arrow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import (
    BROW_LOWER_RIGHT,
    BROW_UPPER_RIGHT,
    CHIN,
    CHIN_MIDLINE,
    EYE_RIGHT,
    IRIS_RIGHT,
    JAW_RIGHT,
    LIPS_INNER,
    LIPS_OUTER,
    MIRROR,
)
from symmetry.measure.change import Change

BROW: Final = (*BROW_UPPER_RIGHT, *BROW_LOWER_RIGHT[::-1])
NOSE_WING: Final = (115, 48, 64, 98, 97, 2)
JAWLINE: Final = (*JAW_RIGHT, CHIN)
CONTOURS: Final = (
    ("brows", BROW, True),
    ("eyes", EYE_RIGHT, True),
    ("nose", NOSE_WING, False),
    ("mouth", (*LIPS_OUTER[15:], *LIPS_OUTER[:6]), False),
    ("mouth", (*LIPS_INNER[15:], *LIPS_INNER[:6]), False),
    ("jawline", JAWLINE, False),
)
"""Contours of the right side as (region, landmarks, closed); of the lips the right half."""

_MAGNIFICATIONS: Final = (8, 6, 5, 4, 3, 2, 1)
_LONGEST: Final = 0.25
"""Length of the longest arrows, in interpupillary distances."""


def both_sides(right: Iterable[int]) -> tuple[int, ...]:
    """Return landmarks of the right side, each followed by its mirror partner, without repetition."""
    return tuple(dict.fromkeys(i for landmark in right for i in (int(landmark), int(MIRROR[landmark]))))


_CARRIED: Final = (*LIPS_OUTER, *EYE_RIGHT, *BROW_UPPER_RIGHT, *JAW_RIGHT, *CHIN_MIDLINE)
CONTOURS_FIRST: Final = tuple(dict.fromkeys([*both_sides(_CARRIED), *range(IRIS_RIGHT)]))
"""All landmarks except the irises, those of contours first."""


def magnification(change: Change, landmarks: Sequence[int]) -> int:
    """Choose the magnification of arrows by the 95th percentile of the movement of some landmarks."""
    face = change.before
    sizes = np.linalg.norm(change.movement[list(landmarks)], axis=1) / face.unit_per_pixel
    sizes = sizes[np.isfinite(sizes)]
    longest = np.percentile(sizes, 95) if sizes.size else 0.0
    return next((times for times in _MAGNIFICATIONS if times * longest <= _LONGEST * face.interpupillary), 1)


def spaced(landmarks: Sequence[int], places: FloatArray, shown: NDArray[np.bool_], distance: float) -> NDArray[np.intp]:
    """Choose landmarks, in the order given, that are shown and not closer together than a distance.

    Parameters
    ----------
    landmarks : sequence of int
    places : ndarray, shape (478, 2)
    shown : ndarray, shape (478,)
    distance : float
        In the units of the places.
    """
    chosen: list[int] = []
    for landmark in landmarks:
        near = np.linalg.norm(places[chosen] - places[landmark], axis=1) < distance
        if shown[landmark] and not near.any():
            chosen.append(landmark)
    return np.array(chosen, dtype=np.intp)
