"""Model of the appearance of standard faces, and how well a face fits it.

`appearance.npz` holds what `learn` returns for the standard faces of 35 adults, neutral and smiling, of the Face
Research Lab London Set (DeBruine & Jones 2017, CC BY 4.0): the mean pattern, 52 x 44, and for each area the principal
components between people, all made symmetric by adding the mirror image of each face. It was written by
``np.savez_compressed("appearance.npz", **learn([standardize(photo, landmarks).pattern for ...]))``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.measure.quality.zones import (
    BROWS,
    CELL,
    EYES,
    INNER_OVAL,
    MOUTH,
    NOSTRILS,
    OVAL,
    RIGHT,
    Mask,
    cells,
    rows_below,
    widened,
)
from symmetry.registration.standard_face import Float32

_SOFTNESS: Final = 1.5
_COMPONENTS: Final = 8
"""Number of components. With none, a smile or a beard fits no better than a hand; with 8, all 70 faces fit when left
out in turn, and no cover does."""
_SHIFT: Final = 1
"""Cells by which the mesh may be off."""
_STEPS: Final = 127
_ABOUT: Final = 3.0
"""Cells over which novelty is averaged: 11 mm."""
_LEAST_SHARE: Final = 0.05


_MOUTH: Final = cells(widened(MOUTH, 5))
NOSE: Final = cells(widened(NOSTRILS, 7))
AREAS: Final[dict[str, Mask]] = {
    "mouth": _MOUTH,
    "mouth_and_nose": _MOUTH | NOSE,
    "lower_face": cells(OVAL & rows_below(115)),
    "right_side": cells(INNER_OVAL & rows_below(84) & RIGHT),
    "face": cells(INNER_OVAL),
}
"""Areas that are compared; the left side is the right side of the mirror image."""
RIGHT_EYE: Final = cells(widened(EYES, 4) & RIGHT)
RIGHT_EYE_AND_BROW: Final = RIGHT_EYE | cells(widened(BROWS, 4) & RIGHT)


def coarse(pattern: Float32) -> Float32:
    """Reduce the pattern of a standard face to cells, shape (52, 44)."""
    soft = cv2.GaussianBlur(pattern, (0, 0), _SOFTNESS)
    size = (pattern.shape[1] // CELL, pattern.shape[0] // CELL)
    return np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def fit(seen: Float32, area: str) -> float:
    """Share, 0 to 1, of a coarse pattern in an area that the model explains."""
    shown = _shifted(seen, AREAS[area])
    explained = ((shown @ _bases()[area]) ** 2).sum(axis=1)
    return float((explained / ((shown**2).sum(axis=1) + 1e-9)).max())


def novelty(seen: Float32, area: str) -> Float32:
    """Mean square around each cell of an area, shape (52, 44), of the residuals of the model in a coarse pattern."""
    shown = _shifted(seen, AREAS[area])
    basis = _bases()[area]
    weights = shown @ basis
    best = int(((weights**2).sum(axis=1) / ((shown**2).sum(axis=1) + 1e-9)).argmax())
    rest = np.zeros(seen.shape, dtype=np.float32)
    rest[AREAS[area]] = shown[best] - basis @ weights[best]
    about = (cv2.GaussianBlur(picture, (0, 0), _ABOUT) for picture in (rest * rest, AREAS[area].astype(np.float32)))
    square, share = about
    return np.asarray(np.where(AREAS[area], square / (share + _LEAST_SHARE), 0), dtype=np.float32)


def correlation(seen: Float32, area: Mask, to: Float32 | None = None) -> float:
    """Correlation, -1 to 1, of a coarse pattern with another one, or with the mean face, within an area (52, 44)."""
    shown = _shifted(seen, area)
    other = (_mean() if to is None else to)[area].astype(np.float64)
    other -= other.mean()
    lengths = np.sqrt((shown**2).sum(axis=1) * (other**2).sum()) + 1e-9
    return float((shown @ other / lengths).max())


def structure(pattern: Float32, area: Mask) -> float:
    """Root mean square of the pattern of a standard face in an area (208, 176): 0 where it has no detail."""
    return float(np.sqrt((pattern[area] ** 2).mean()))


def learn(patterns: Sequence[Float32]) -> dict[str, NDArray[np.float16] | NDArray[np.int8]]:
    """Build the model, the content of the file, from the patterns (208, 176) of standard faces."""
    seen = np.stack([coarse(pattern) for pattern in patterns])
    seen = np.concatenate([seen, seen[:, :, ::-1]])
    learned: dict[str, NDArray[np.float16] | NDArray[np.int8]] = {"mean": seen.mean(axis=0).astype(np.float16)}
    for name, area in AREAS.items():
        shown = seen[:, area]
        directions = np.linalg.svd(shown - shown.mean(axis=0), full_matrices=False)[2][:_COMPONENTS]
        largest = np.abs(directions).max(axis=1, keepdims=True)
        learned[name] = np.rint(directions / largest * _STEPS).astype(np.int8)
    return learned


def _shifted(seen: Float32, area: Mask) -> FloatArray:
    """Values in an area, less their mean, of the pattern shifted by up to a cell in each direction, shape (9, n)."""
    wide = cv2.copyMakeBorder(seen, _SHIFT, _SHIFT, _SHIFT, _SHIFT, cv2.BORDER_REPLICATE)
    rows, columns = np.nonzero(area)
    first = rows * wide.shape[1] + columns
    places = range(2 * _SHIFT + 1)
    shifts = np.array([y * wide.shape[1] + x for y in places for x in places])
    shown = wide.ravel()[first + shifts[:, None]].astype(np.float64)
    return np.asarray(shown - shown.mean(axis=1, keepdims=True))


@cache
def _learned() -> dict[str, FloatArray]:
    with files("symmetry.measure.quality").joinpath("appearance.npz").open("rb") as file, np.load(file) as stored:
        return {name: stored[name].astype(np.float64) for name in stored.files}


def _mean() -> FloatArray:
    return _learned()["mean"]


@cache
def _bases() -> dict[str, FloatArray]:
    """Orthonormal columns (n, 10) for each area: constant, mean face, components."""
    return {
        name: np.linalg.qr(np.vstack([np.ones(int(area.sum())), _mean()[area], _learned()[name]]).T)[0]
        for name, area in AREAS.items()
    }
