"""The limbus, where iris meets sclera: a circle through the steps of brightness on either side of the iris."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.eye_patch import COLUMNS, PER_RADIUS, ROWS, EyePatch, Float32
from symmetry.photos.resampling import resample

TOO_WIDE: Final = 1.006
"""How many times too wide it is found: 1.014 times as wide as by hand (35 people), 0.99 as wide as it is (6 heads)."""

_RAYS: Final = np.radians(np.concatenate([np.arange(-35, 66, 5), np.arange(115, 216, 5)]))
"""Directions from the centre, from the nose downward: above and below, lids cover the limbus."""
_UNIT: Final = np.stack([np.cos(_RAYS), np.sin(_RAYS)], axis=-1)
_REACH: Final = (0.42, 0.32, 0.27)
"""How far from the radius the step is looked for in each round, as a share of the radius."""
_SAMPLES: Final = 41
_BAND: Final = 0.12
"""Width of the bands that are compared at a step, in radii."""
_GREY: Final = np.array([0.4, 0.4, 0.2], dtype=np.float32)
_LEAST_STEP: Final = 5.0
"""Grey levels by which the sclera is brighter than the iris at a ray that counts."""
_HELD: Final = 1e-9 * np.eye(3)
_ROUNDS: Final = 6
_LEAST_SPREAD: Final = 0.015
_LEAST_SHARE, _MOST_SPREAD = 0.5, 0.07
"""Share of the rays that must meet the circle, and how far they may lie off it, in radii."""
_RADII: Final = (0.75, 1.25)
"""Radius, as a multiple of the mesh's, beyond which it is not the limbus."""


class Circle(NamedTuple):
    """A circle in the eye."""

    centre: FloatArray  # shape (2,)
    radius: float
    share: float  # of the rays that meet it
    spread: float  # of these about it, in its radii


def find_limbus(eye: EyePatch) -> Circle | None:
    """Find the limbus in an eye that was cut out by the mesh's iris; None if it is not clearly seen.

    Along each ray the step from dark to bright is located to a fraction of a pixel, and a circle is fitted to all,
    robustly: lids, lashes and reflections make steps, too. Three rounds, each from the circle before.
    """
    grey = np.ascontiguousarray(eye.pixels @ _GREY)
    circle = Circle(np.zeros(2), 1.0, 0.0, np.inf)
    for reach in _REACH:
        found = _fit(*_steps(grey, circle, reach))
        if found is None or not _RADII[0] < found.radius < _RADII[1] or np.abs(found.centre).max() > 1:
            return None
        circle = found
    return circle if circle.share >= _LEAST_SHARE and circle.spread <= _MOST_SPREAD else None


def _steps(grey: Float32, circle: Circle, reach: float) -> tuple[FloatArray, FloatArray]:
    """Where each ray meets the step from iris to sclera, shape (rays, 2), and how many grey levels high it is."""
    out = circle.radius * np.linspace(1 - reach, 1 + reach, _SAMPLES)
    at = circle.centre + out[:, None] * _UNIT[:, None]
    profile = resample(grey, (at - [COLUMNS[0], ROWS[0]]) * PER_RADIUS).astype(np.float64)
    spacing = out[1] - out[0]
    band = max(2, round(_BAND * circle.radius / spacing))
    total = np.cumsum(np.pad(profile, ((0, 0), (1, 0))), axis=1)
    step = (total[:, 2 * band :] - 2 * total[:, band:-band] + total[:, : -2 * band]) / band
    where = out[band - 1 : band - 1 + step.shape[1]] + spacing / 2
    likely = np.exp(-0.5 * ((where - circle.radius) / (0.6 * (reach - _BAND) * circle.radius)) ** 2)
    place, best = sharpest(np.maximum(step, 0.0) * likely)
    distance = where[0] + place * spacing
    rays = np.arange(len(_RAYS))
    return circle.centre + distance[:, None] * _UNIT, step[rays, best]


def sharpest(score: FloatArray) -> tuple[FloatArray, NDArray[np.intp]]:
    """Place of the peak of each row (n, m), to a fraction by a parabola, and its whole part."""
    best = np.clip(score.argmax(axis=1), 1, score.shape[1] - 2)
    rows = np.arange(len(score))
    before, peak, after = (score[rows, best + i] for i in (-1, 0, 1))
    bend = np.minimum(before - 2 * peak + after, -1e-9)
    return best + np.clip((before - after) / (2 * bend), -0.5, 0.5), best


def _fit(points: FloatArray, height: FloatArray) -> Circle | None:
    """Circle through points (n, 2) with steps of some height, by reweighted least squares (Kasa 1976)."""
    counts = height > _LEAST_STEP
    if counts.mean() < _LEAST_SHARE:
        return None
    base = np.clip(height / np.median(height[counts]), 0.0, 1.0) * counts
    weight, terms = base, np.column_stack([2 * points, np.ones(len(points))])
    squared = (points**2).sum(axis=1)
    for _ in range(_ROUNDS):
        weighted = (terms * weight[:, None]).T
        x, y, rest = np.linalg.solve(weighted @ terms + _HELD, weighted @ squared)
        radius = float(np.sqrt(max(rest + x * x + y * y, 1e-6)))
        off = np.hypot(points[:, 0] - x, points[:, 1] - y) - radius
        spread = max(1.4826 * float(np.median(np.abs(off[counts]))), _LEAST_SPREAD * radius)
        weight = base / (1 + (off / (2 * spread)) ** 2) ** 2
    share = float((counts & (np.abs(off) < 3 * spread)).mean())
    return Circle(np.array([x, y]), radius, share, spread / radius)
