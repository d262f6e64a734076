"""Stretch and compression of the skin between two photos, in percent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.measure.change import Change

_SPREAD: Final = 1.0
"""Cells over which the displacement is smoothed: 4 mm."""
_LEAST_KNOWN: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StrainMap:
    """How the skin stretches between two photos, over the face, as seen from the front.

    Attributes
    ----------
    points : ndarray, shape (52, 44, 2)
        Positions, pixels of the upright photo before, at full size.
    stretch, compression : ndarray, shape (52, 44)
        Greatest and least change of length over all directions, percent; negative: shorter. NaN off the face and where
        the photos could not be matched.
    area : ndarray, shape (52, 44)
        Change of area, percent.
    """

    points: FloatArray
    stretch: FloatArray
    compression: FloatArray
    area: FloatArray


def strain_of(change: Change) -> StrainMap | None:
    """Compute how the skin stretches from before to after; None where faces were compared by landmarks alone.

    Parameters
    ----------
    change : Change

    Returns
    -------
    StrainMap or None

    Notes
    -----
    With X where a piece of skin lies before and u how it moves, F = I + du/dX; the singular values of F are the changes
    of length and its determinant that of area (Green & Zerna 1968). Derivatives are central differences on the grid of
    the displacement map, smoothed over 4 mm. What moves toward the camera seems to stretch without doing so, and skin
    that slides under light seems to move.
    """
    if change.map is None:
        return None
    face = change.before
    unit = face.unit_per_pixel
    flat = np.concatenate([change.map.points, np.zeros((*change.map.points.shape[:2], 1))], axis=-1)
    place = face.frame.place(flat)[..., :2] * unit
    moved = _smoothed(change.map.vectors)
    # (row, column, component, direction in the grid)
    of_place, of_moved = _slopes(place), _slopes(moved)
    gradient = np.full((*moved.shape[:2], 2, 2), np.nan)
    known = np.isfinite(of_moved).all(axis=(-1, -2)) & (np.abs(np.linalg.det(of_place)) > 1e-6)
    gradient[known] = np.eye(2) + of_moved[known] @ np.linalg.inv(of_place[known])
    lengths = np.full((*moved.shape[:2], 2), np.nan)
    lengths[known] = np.linalg.svd(gradient[known], compute_uv=False)
    return StrainMap(
        points=change.map.points,
        stretch=100 * (lengths[..., 0] - 1),
        compression=100 * (lengths[..., 1] - 1),
        area=np.where(known, 100 * (lengths.prod(axis=-1) - 1), np.nan),
    )


def _slopes(field: FloatArray) -> FloatArray:
    down, across = np.gradient(field, axis=(0, 1))
    return np.stack([down, across], axis=-1)


def _smoothed(vectors: FloatArray) -> FloatArray:
    """Smooth vectors (h, w, 2) with the known ones around them; unknown ones stay unknown."""
    from scipy.ndimage import gaussian_filter

    known = np.asarray(np.isfinite(vectors).all(axis=-1))
    weight = gaussian_filter(known.astype(float), _SPREAD, mode="constant")
    sums = gaussian_filter(np.where(known[..., None], vectors, 0.0), (_SPREAD, _SPREAD, 0), mode="constant")
    smooth = sums / np.maximum(weight, 1e-9)[..., None]
    return np.asarray(np.where((known & (weight > _LEAST_KNOWN))[..., None], smooth, np.nan))
