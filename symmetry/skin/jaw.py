"""Definition of the jaw: how steep the step of lightness across its contour is, and how smoothly the contour runs.

The canvas is read along lines across the mean contour, from inside the face outward. Where lightness changes most along
a line is the edge; its distance from a smooth run along the jaw shows jowls and the mesh's own waviness alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import CHIN, JAW_RIGHT
from symmetry.photos.resampling import resample
from symmetry.registration.standard_face import LANDMARK_PIXELS
from symmetry.skin.canvas import PIXELS_PER_MM, SCALE, Mask, Picture

PARTS: Final[dict[str, tuple[int, int]]] = {
    "whole": (4, 44),
    "angle": (4, 18),
    "body": (18, 32),
    "beside_chin": (32, 44),
}
"""Lines of each part; the first lie at the ear lobe, the last under the chin."""
JAW_UNITS: Final = {"definition": "L*/mm", "step": "L*", "waviness": "mm"}
"""Numbers of the jaw and their units."""
_LINES: Final = 48
_REACH_MM: Final = 10.0
_STEP_MM: Final = 0.4
_ALONG: Final = 1.5
"""Lines over which lightness is averaged."""
_SMOOTH_MM: Final = 0.9
"""Blur across the edge before its slope is taken: finer is noise and beard."""
_EDGE_MM: Final = 6.0
"""Distance from the mesh's contour within which the edge is looked for."""
_BESIDE_MM: Final = 3.0
"""Distance from the edge at which the two levels of the step are read."""
_MOST_HAIR: Final = 0.25
"""Share of a line that hair may cover: half of it lies within the face."""
_LEAST_SEEN: Final = 0.5
_LEAST_STEP: Final = 2.0
"""L* that an edge must step by for its place to be known."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Jaw:
    """The jaw of a face.

    Attributes
    ----------
    numbers : ndarray, shape (4, 3, 2)
        Definition, step and waviness of each part, on the subject's right and left; NaN where the contour is not seen.
    """

    numbers: FloatArray


def jaw_of(luminance: Picture, inside: Mask, hair: Mask) -> Jaw:
    """Measure the jaw's contour.

    Parameters
    ----------
    luminance : ndarray, shape (416, 352)
        Within the face and beyond its outline, 0 to 1.
    inside : ndarray, shape (416, 352), bool
        Where the photo covers it.
    hair : ndarray, shape (52, 44), bool
        Patches of skin that hair hides.
    """
    size = (luminance.shape[1], luminance.shape[0])
    bearded = np.asarray(cv2.resize(hair.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)) > 0
    lightness = (116 * np.cbrt(luminance) - 16).astype(np.float32)
    sides = []
    for of_side in (slice(None), slice(None, None, -1)):
        values = resample(np.ascontiguousarray(lightness[:, of_side]), _lines())
        within, hairy = (
            resample(np.ascontiguousarray(mask[:, of_side].astype(np.float32)), _lines()) for mask in (inside, bearded)
        )
        seen = (within.min(axis=1) > 0.5) & (hairy.mean(axis=1) < _MOST_HAIR)
        sides.append(_side(np.asarray(values, dtype=np.float64), np.asarray(seen)))
    return Jaw(numbers=np.stack(sides, axis=-1))


def _side(values: FloatArray, seen: Mask) -> FloatArray:
    soft = cv2.GaussianBlur(values, (0, 0), sigmaX=_SMOOTH_MM / _STEP_MM, sigmaY=_ALONG)
    slope = np.gradient(soft, _STEP_MM, axis=1)
    middle = values.shape[1] // 2
    reach = round(_EDGE_MM / _STEP_MM)
    near = np.abs(slope[:, middle - reach : middle + reach + 1])
    at = near.argmax(axis=1) + middle - reach
    line = np.arange(len(values))
    beside = round(_BESIDE_MM / _STEP_MM)
    step = np.abs(soft[line, at + beside] - soft[line, at - beside])
    found = []
    for first, last in PARTS.values():
        part = slice(first, last)
        enough = seen[part].mean() >= _LEAST_SEEN
        kept = seen[part]
        found.append(
            [
                np.median(np.abs(slope[line, at])[part][kept]) if enough else np.nan,
                np.median(step[part][kept]) if enough else np.nan,
                _waviness(at[part] * _STEP_MM, kept & (step[part] >= _LEAST_STEP)) if enough else np.nan,
            ]
        )
    return np.array(found)


def _waviness(place: FloatArray, kept: Mask) -> float:
    """Median distance of the edge from a smooth run, mm; NaN if too little of it is known."""
    if kept.mean() < _LEAST_SEEN:
        return np.nan
    along = np.linspace(-1, 1, len(place))
    run = np.polynomial.polynomial.polyfit(along[kept], place[kept], 3 if len(place) > 20 else 2)
    rest = np.abs(place - np.polynomial.polynomial.polyval(along, run))[kept]
    return float(np.median(rest))


@cache
def _lines() -> FloatArray:
    """Points on lines across the subject's right jaw, pixels of the canvas, shape (48, 51, 2)."""
    corners = LANDMARK_PIXELS[[*JAW_RIGHT, CHIN]] * SCALE + (SCALE - 1) / 2
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    at = np.linspace(0, along[-1], _LINES)
    contour = np.stack([np.interp(at, along, corners[:, i]) for i in range(2)], axis=-1)
    run = np.gradient(contour, axis=0)
    normal = np.stack([-run[:, 1], run[:, 0]], axis=-1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    count = round(_REACH_MM / _STEP_MM)
    reach = np.arange(-count, count + 1) * _STEP_MM * PIXELS_PER_MM
    return np.asarray(contour[:, None] + reach[None, :, None] * normal[:, None])
