"""Head movement between two photos: a robust similarity in 3-D, fitted where the face does not deform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from symmetry.errors import InvalidPointsError
from symmetry.frame import MEDIAN_OF_CHI3, FloatArray

_ROUNDS: Final = 10
_LET_GO: Final = 2.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Similarity:
    """A movement: turn, scale, shift.

    Attributes
    ----------
    scale : ndarray, shape (...)
    rotation : ndarray, shape (..., 3, 3)
    shift : ndarray, shape (..., 3)
    """

    scale: FloatArray
    rotation: FloatArray
    shift: FloatArray

    def apply(self, points: ArrayLike) -> FloatArray:
        """Move points, shape (..., n, 3)."""
        turned = np.asarray(points) @ np.swapaxes(self.rotation, -1, -2)
        return np.asarray(self.scale[..., None, None] * turned + self.shift[..., None, :])


def fit_similarity(source: ArrayLike, target: ArrayLike) -> Similarity:
    """Fit the similarity that brings points onto others, letting go of those that moved by themselves.

    Parameters
    ----------
    source, target : array_like, shape (..., n, 3)
        Corresponding points, n >= 3, not all on a line.

    Returns
    -------
    Similarity
        With the leading axes of the points.

    Raises
    ------
    InvalidPointsError
        If the shapes differ or values are not finite.

    Notes
    -----
    Weighted least squares in closed form (Umeyama 1991), with weights 1 / (1 + (r / ks)^2), s from the median residual
    and k = 2.5, refitted ten times.
    """
    a, b = np.asarray(source, dtype=np.float64), np.asarray(target, dtype=np.float64)
    if a.shape != b.shape or a.ndim < 2 or a.shape[-1] != 3 or a.shape[-2] < 3:
        raise InvalidPointsError(f"two sets of at least 3 points are needed, not {a.shape} and {b.shape}")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise InvalidPointsError("points must be finite numbers")

    size = np.abs(b - b.mean(axis=-2, keepdims=True)).max(axis=(-1, -2))
    weight = np.ones(a.shape[:-1])
    for _ in range(_ROUNDS):
        found = _weighted(a, b, weight / weight.sum(axis=-1, keepdims=True))
        squared = ((found.apply(a) - b) ** 2).sum(axis=-1)
        spread = np.maximum(np.median(squared, axis=-1) / MEDIAN_OF_CHI3**2, (1e-8 * size) ** 2 + 1e-300)
        weight = 1 / (1 + squared / (_LET_GO**2 * spread[..., None]))
    return found


def _weighted(a: FloatArray, b: FloatArray, weight: FloatArray) -> Similarity:
    mean_a, mean_b = ((weight[..., None] * points).sum(axis=-2) for points in (a, b))
    from_a, from_b = a - mean_a[..., None, :], b - mean_b[..., None, :]
    covariance = np.swapaxes(from_b * weight[..., None], -1, -2) @ from_a
    u, singular, vt = np.linalg.svd(covariance)
    proper = np.ones(singular.shape)
    proper[..., 2] = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    rotation = (u * proper[..., None, :]) @ vt
    scale = (singular * proper).sum(axis=-1) / (weight * (from_a**2).sum(axis=-1)).sum(axis=-1)
    shift = mean_b - scale[..., None] * (rotation @ mean_a[..., None])[..., 0]
    return Similarity(scale=scale, rotation=rotation, shift=shift)
