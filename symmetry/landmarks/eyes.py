"""The eyes by their own edges: limbus and lid margins, found in the picture where the mesh has put them roughly.

The mesh knows where an eye is, but draws an average eye rather than this one: of a lid that moves it follows half, and
its irises are 4 % too wide.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.eye_patch import EyePatch, cut_eye
from symmetry.landmarks.lids import LidCurve, find_lids
from symmetry.landmarks.limbus import TOO_WIDE, find_limbus
from symmetry.landmarks.mesh import IRIS_LEFT, IRIS_LEFT_EDGES, IRIS_RIGHT, IRIS_RIGHT_EDGES, LANDMARKS, MIRROR

MESH_TOO_WIDE: Final = 1.043
"""How many times too wide the mesh places the iris: 1.035 and 1.05 times as wide as by hand in photos of 67 and of 40
people, 1.046 and 1.06 times as wide as it is in two sets of rendered heads."""
_LEAST_RADIUS: Final = 5.0
"""Radius of an iris, pixels, from which on it is looked at."""
_ALIKE: Final = 0.1
"""Share by which the radii of both limbuses may differ."""

_IRISES: Final = ((IRIS_RIGHT, IRIS_RIGHT_EDGES), (IRIS_LEFT, IRIS_LEFT_EDGES))
# Lids of the right eye from the outer to the inner corner, which both share.
_UPPER: Final = np.array([33, 246, 161, 160, 159, 158, 157, 173, 133])
_LOWER: Final = np.array([33, 7, 163, 144, 145, 153, 154, 155, 133])
_LIDS: Final = ((_UPPER, _LOWER), (MIRROR[_UPPER], MIRROR[_LOWER]))

_LEAST_SCORE: Final = 0.5
"""How well the colours on both sides of a lid must fit; 1 is best."""


class SeenEyes(NamedTuple):
    """Landmarks whose irises and lids lie on the edges in the picture, where these were found in both eyes."""

    landmarks: FloatArray  # shape (478, 3); pixels; depth is the mesh's
    irises: bool  # otherwise irises are the mesh's, made narrower by what it is usually off
    upper_lids: bool  # otherwise they are the mesh's
    lower_lids: bool

    @property
    def on_lids(self) -> NDArray[np.bool_]:
        """Landmarks (478,) that lie on lid margins found in the picture."""
        found = np.zeros(LANDMARKS, dtype=bool)
        for upper, lower in _LIDS:
            found[upper[1:-1]], found[lower[1:-1]] = self.upper_lids, self.lower_lids
        return found


def see_eyes(image: NDArray[np.uint8], landmarks: FloatArray) -> SeenEyes:
    """Find the limbus and the lid margins of both eyes in an image.

    What is found in one eye alone is not used: the two would then not be read by the same rule.

    Parameters
    ----------
    image : ndarray, shape (h, w, 3), uint8
        RGB.
    landmarks : ndarray, shape (478, 3)
        Of the mesh, pixels of the image.
    """
    found = np.array(landmarks)
    across = (found[IRIS_LEFT] - found[IRIS_RIGHT])[:2]
    across /= max(float(np.linalg.norm(across)), 1e-9)
    down = np.array([-across[1], across[0]])
    eyes = [_cut_by_limbus(image, landmarks, side, (across, -across)[side], down) for side in range(2)]
    whole = [eye for eye in eyes if eye is not None]
    if len(whole) < 2 or abs(float(np.log(whole[0].radius / whole[1].radius))) > _ALIKE:
        for centre, _ in _IRISES:
            ring = np.arange(centre + 1, centre + 5)
            found[ring, :2] = found[centre, :2] + (found[ring, :2] - found[centre, :2]) / MESH_TOO_WIDE
        return SeenEyes(found, irises=False, upper_lids=False, lower_lids=False)

    ways = np.stack([across, -across, down, -down])
    for eye, (centre, _) in zip(whole, _IRISES, strict=True):
        ring = np.arange(centre + 1, centre + 5)
        way = ways[((found[ring] - found[centre])[:, :2] @ ways.T).argmax(axis=1)]
        found[centre, :2] = eye.centre
        found[ring, :2] = eye.centre + eye.radius / TOO_WIDE * way
    lids = [_lids_of(eye, landmarks, side) for side, eye in enumerate(whole)]
    seen = [all(lid[which] is not None for lid in lids) for which in range(2)]
    for side, eye in enumerate(whole):
        for which, places in enumerate(_LIDS[side]):
            points = lids[side][which]
            if seen[which] and points is not None:
                found[places[1:-1], :2] = eye.to_image(points[1:-1])
    return SeenEyes(found, irises=True, upper_lids=seen[0], lower_lids=seen[1])


def _cut_by_limbus(
    image: NDArray[np.uint8], landmarks: FloatArray, side: int, nose: FloatArray, down: FloatArray
) -> EyePatch | None:
    """Cut an eye out so that the limbus is the unit circle; None if the limbus is not clearly seen."""
    centre, ends = _IRISES[side]
    one, other = landmarks[list(ends), :2]
    radius = float(np.linalg.norm(one - other)) / (2 * MESH_TOO_WIDE)
    if radius < _LEAST_RADIUS:
        return None
    rough = cut_eye(image, landmarks[centre, :2], radius, nose, down)
    limbus = find_limbus(rough)
    if limbus is None:
        return None
    return cut_eye(image, rough.to_image(limbus.centre), limbus.radius * radius, nose, down)


def _lids_of(eye: EyePatch, landmarks: FloatArray, side: int) -> list[FloatArray | None]:
    """Landmarks (9, 2) of upper and lower lid from corner to corner on the margins; None where not clearly seen."""
    lids = [eye.to_eye(landmarks[lid, :2]) for lid in _LIDS[side]]
    curves = find_lids(eye, *lids)
    if curves is None:
        return [None, None]
    return [
        _moved(lid, curve) if curve.score >= _LEAST_SCORE else None for lid, curve in zip(lids, curves, strict=True)
    ]


def _moved(lid: FloatArray, curve: LidCurve) -> FloatArray:
    """Move a lid onto its curve; the corners of the eye stay."""
    x, y = lid.T
    corners = sorted(x[[0, -1]])
    down = np.interp(x, [corners[0], *curve.x, corners[1]], [0.0, *curve.moved, 0.0])
    return np.column_stack([x, y + down])
