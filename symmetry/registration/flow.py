"""Dense displacement between two standard faces, symmetric in both.

Least squares within a window (Lucas & Kanade 1981), made symmetric: both faces are warped half-way toward each other
and the gradient is that of their mean, so that exchanging the two only reverses the field. It runs from coarse to fine,
downweights pixels that disagree, and lets poorly visible places follow well visible ones nearby.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np

from symmetry.registration.standard_face import HEIGHT, PIXELS_PER_MM, WIDTH, Float32, look_up


@dataclass(frozen=True, slots=True)
class _Stage:
    """Reductions of the patterns and of the displacement grid, rounds, and widths (mm) of window and smoothing."""

    pictures: int
    grid: int
    rounds: int
    window: float
    smoothing: float


_STAGES: Final = (
    _Stage(4, 4, 4, 3.0, 2.0),
    _Stage(2, 2, 4, 3.0, 2.0),
    _Stage(1, 2, 3, 3.0, 2.0),
    _Stage(1, 2, 3, 2.0, 1.0),
)
_LEAST_DETAIL: Final = 0.02
"""Squared gradient (per mm) below which a window stays where it is."""
_DOWNWEIGHT: Final = 2.0
"""Difference of the patterns at which a pixel has half its weight."""
_LONGEST_STEP: Final = 1.5
"""Pixels."""
_AGREEMENT_MM: Final = 3.0
_STRAIN: Final = 0.85
"""Change of the displacement over a distance, as a share of the distance, that halves the confidence."""
_FARTHEST: Final = 6.0
"""Displacement from where the landmarks put a place, mm, that halves the confidence."""
_NO_CONTRAST: Final = 1e-2
"""Spread of a pattern within a window that counts as none."""


def symmetric_flow(first: Float32, second: Float32, weight: Float32) -> Float32:
    """Find where each place of one pattern lies in another.

    Parameters
    ----------
    first, second : ndarray, shape (208, 176)
        Patterns of standard faces.
    weight : ndarray, shape (208, 176)
        Weight of each pixel, 0 to 1.

    Returns
    -------
    ndarray, shape (208, 176, 2), float32
        Displacement d, pixels: what is at p - d/2 in the first is at p + d/2 in the second.
    """
    moved = np.zeros((HEIGHT // _STAGES[0].grid, WIDTH // _STAGES[0].grid, 2), dtype=np.float32)
    for stage in _STAGES:
        size = (WIDTH // stage.pictures, HEIGHT // stage.pictures)
        a, b, base = (_resized(image, size, cv2.INTER_AREA) for image in (first, second, weight))
        moved = _rescaled(moved, (WIDTH // stage.grid, HEIGHT // stage.grid))
        for _ in range(stage.rounds):
            moved = _refined(a, b, base, moved, stage)
    return _rescaled(moved, (WIDTH, HEIGHT))


def confidence(first: Float32, second: Float32, moved: Float32) -> Float32:
    """Compute the confidence in a displacement, shape (208, 176).

    The correlation of the two patterns around each place once they are aligned: near 1 where both show the same, about
    0 where there is no detail or both show different things. It is lower where the displacement strains the face more
    than skin stretches, or is longer than the errors of the landmarks: there the match has slipped.
    """
    a, b = _half_way(first, second, moved)
    sigma = _AGREEMENT_MM * PIXELS_PER_MM
    means = cv2.GaussianBlur(cv2.merge([a, b, a * a, b * b]), (0, 0), sigma)
    together = cv2.GaussianBlur(a * b, (0, 0), sigma) - means[..., 0] * means[..., 1]
    spread_a, spread_b = (means[..., 2 + i] - means[..., i] ** 2 for i in (0, 1))
    product = np.maximum(spread_a, 0) * np.maximum(spread_b, 0)
    correlation = together / np.sqrt(product + _NO_CONTRAST**2)
    slopes = [cv2.Sobel(moved, cv2.CV_32F, *order, scale=1 / 8) for order in ((1, 0), (0, 1))]
    strain = np.sqrt(sum((slope * slope).sum(axis=-1) for slope in slopes))
    length = np.sqrt((moved * moved).sum(axis=-1)) / PIXELS_PER_MM
    believed = correlation / (1 + (strain / _STRAIN) ** 8 + (length / _FARTHEST) ** 8)
    return np.asarray(believed, dtype=np.float32)


def _refined(a: Float32, b: Float32, base: Float32, moved: Float32, stage: _Stage) -> Float32:
    """One round: add a step to the displacement, then smooth it. Displacements are in pixels of their grid."""
    one, other = _half_way(a, b, _rescaled(moved, (a.shape[1], a.shape[0])))
    difference, mean = other - one, (one + other) / 2
    per_mm = PIXELS_PER_MM / stage.pictures / 8
    across, down = (cv2.Sobel(mean, cv2.CV_32F, *order, scale=per_mm) for order in ((1, 0), (0, 1)))
    weight = base / (1 + (difference / _DOWNWEIGHT) ** 2)
    weighted_across, weighted_down = weight * across, weight * down
    products = (
        weighted_across * across,
        weighted_across * down,
        weighted_down * down,
        weighted_across * difference,
        weighted_down * difference,
    )
    px, size = PIXELS_PER_MM / stage.grid, (moved.shape[1], moved.shape[0])
    xx, xy, yy, xe, ye = (
        cv2.GaussianBlur(_resized(product, size, cv2.INTER_AREA), (0, 0), stage.window * px) for product in products
    )
    xx, yy = xx + _LEAST_DETAIL, yy + _LEAST_DETAIL
    determinant = xx * yy - xy * xy
    step = np.stack([xy * ye - yy * xe, xy * xe - xx * ye], axis=-1) * (px / determinant)[..., None]
    step /= np.maximum(np.hypot(step[..., 0], step[..., 1]) / _LONGEST_STEP, 1)[..., None]

    detail = determinant / (xx + yy)
    known = (detail / (detail + _LEAST_DETAIL)).astype(np.float32)
    sums = cv2.GaussianBlur(
        np.dstack([known[..., None] * (moved + step), known]).astype(np.float32), (0, 0), stage.smoothing * px
    )
    return np.asarray(sums[..., :2] / (sums[..., 2:] + 1e-3), dtype=np.float32)


def _half_way(a: Float32, b: Float32, moved: Float32) -> tuple[Float32, Float32]:
    """Both patterns, each warped half-way toward the other."""
    at = _pixels(*a.shape)
    half = moved / np.float32(2)
    return look_up(a, at - half), look_up(b, at + half)


def _resized(image: Float32, size: tuple[int, int], interpolation: int) -> Float32:
    return np.asarray(cv2.resize(image, size, interpolation=interpolation), dtype=np.float32)


def _rescaled(moved: Float32, size: tuple[int, int]) -> Float32:
    """Resample displacements to another grid, in pixels of that grid."""
    if moved.shape[1] == size[0]:
        return moved
    larger = _resized(moved, size, cv2.INTER_LINEAR) * np.float32(size[0] / moved.shape[1])
    return np.asarray(larger, dtype=np.float32)


@cache
def _pixels(height: int, width: int) -> Float32:
    return np.dstack(np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)))
