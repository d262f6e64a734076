"""Head movement between two photos: the effect of a turn, a shift or another distance on a projected face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError

_ROUNDS: Final = 20
_MILD: Final = (2.5, 1.0)
_STRICT: Final = (1.5, 2.0)
"""Spread from which on a point is downweighted, and the power of the decrease."""
_SAME, _OTHER = 1.4, 2.2
"""RMS distance between both fits, in spreads, up to which they agree, and from which on they do not."""
_MEDIAN_OF_CHI2: Final = 1.1774
"""Median length of a vector of two standard normal numbers."""
_LENGTH: Final = 50.0
"""Millimetres by which points are divided, so that all seven terms have similar size."""
_NEARER: Final = 2 * _LENGTH / 500.0
"""Growth of nearer parts beyond proportion, for cameras about half a metre away."""
_LEAST: Final = 1e-4
"""Spread, mm, below which all points agree."""
_UNKNOWNS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeadMovement:
    """A movement of the whole head that is left, and small, once both faces are in their facial frames."""

    # shape (..., 7); shift in x and y, scale, roll, yaw, pitch and camera distance, as displacements (mm) of a point 50
    # mm away along each axis concerned
    terms: FloatArray

    def at(self, points: ArrayLike) -> FloatArray:
        """Displacement (..., n, 2), mm, of points (..., n, 3) of the facial frame."""
        return np.asarray((_bases(np.asarray(points)) @ self.terms[..., None, :, None])[..., 0])


def fit_head_movement(points: ArrayLike, displacement: ArrayLike, weight: ArrayLike) -> HeadMovement:
    """Fit the head movement that explains a displacement, downweighting points that moved by themselves.

    Parameters
    ----------
    points : array_like, shape (..., n, 3)
        Facial frame, mm; n >= 4, not all in one plane through the line of sight.
    displacement : array_like, shape (..., n, 2)
        In x and y of the facial frame, mm.
    weight : array_like, shape (..., n)
        Weight of each point, not negative.

    Returns
    -------
    HeadMovement
        With the leading axes of the points.

    Raises
    ------
    InvalidPointsError
        If shapes do not match, a value is not finite, or fewer than four points have a weight.

    Notes
    -----
    To first order, a rigid movement displaces the projection of a point (x, y, z) by a shift, by s (x, y) for scale, by
    r (-y, x) for roll, by (a z, 0) and (0, b z) for yaw and pitch, and by d z (x, y) for another distance of the camera
    (instantaneous motion under weak perspective: Longuet-Higgins & Prazdny 1980). The last term includes the second
    order of a camera half a metre away.

    Weighted least squares, with each weight divided by (1 + (r / ks)^2)^p and s from the weighted median residual,
    refitted twenty times. The mild fit (k = 2.5, p = 1) wastes few points but leaves some weight to a point that moved
    by itself; the strict one (k = 1.5, p = 2: Geman & McClure 1987) leaves it none. The mild fit counts unless the two
    differ by more than noise explains, as in the specification test of Hausman (1978): they are blended from 1.4 s on,
    and from 2.2 s on the strict one counts alone. Photos of unchanged faces differ by 0.2 to 1.3 s. A mouth and a jaw
    that move by 4 mm drag brows and eyes by 0.45 mm under the mild fit and by 0.15 mm under the blend; the strict fit
    alone would widen the repeatability at the jaw by a sixth.
    """
    at, moved, weights = (np.asarray(given, dtype=np.float64) for given in (points, displacement, weight))
    if at.shape[-1:] != (3,) or moved.shape != (*at.shape[:-1], 2) or weights.shape != at.shape[:-1]:
        raise InvalidPointsError(
            f"points, displacement and weight do not match: {at.shape}, {moved.shape}, {weights.shape}"
        )
    if not (np.isfinite(at).all() and np.isfinite(moved).all() and np.isfinite(weights).all()):
        raise InvalidPointsError("points, displacement and weight must be finite")
    if ((weights > 0).sum(axis=-1) < 4).any() or (weights < 0).any():
        raise InvalidPointsError("at least four points must have a weight, and none a negative one")

    bases = _bases(at)
    mild, strict = (_fit(bases, moved, weights, reach, power) for reach, power in (_MILD, _STRICT))
    apart = np.sqrt((((bases @ (mild - strict)[..., None, :, None])[..., 0]) ** 2).sum(axis=-1).mean(axis=-1))
    spread = _spread(_residual(bases, moved, strict), weights)
    share = np.clip((apart / spread - _SAME) / (_OTHER - _SAME), 0.0, 1.0)
    return HeadMovement(terms=mild + share[..., None] * (strict - mild))


def _fit(bases: FloatArray, moved: FloatArray, weights: FloatArray, reach: float, power: float) -> FloatArray:
    """Terms (..., 7) of a fit that downweights points beyond `reach` spreads."""
    fitted = weights
    for _ in range(_ROUNDS):
        weighted = bases * fitted[..., None, None]
        normal = np.einsum("...nip,...niq->...pq", weighted, bases)
        right = np.einsum("...nip,...ni->...p", weighted, moved)
        held = 1e-9 * np.trace(normal, axis1=-2, axis2=-1)[..., None, None] * np.eye(_UNKNOWNS)
        terms = np.linalg.solve(normal + held, right[..., None])[..., 0]
        residual = _residual(bases, moved, terms)
        fitted = weights / (1 + (residual / (reach * _spread(residual, weights)[..., None])) ** 2) ** power
    return np.asarray(terms)


def _residual(bases: FloatArray, moved: FloatArray, terms: FloatArray) -> FloatArray:
    """Length (..., n) of the residuals of a fit."""
    return np.asarray(np.linalg.norm(moved - (bases @ terms[..., None, :, None])[..., 0], axis=-1))


def _spread(residual: FloatArray, weights: FloatArray) -> FloatArray:
    return np.maximum(_weighted_median(residual, weights) / _MEDIAN_OF_CHI2, _LEAST)


def _bases(points: FloatArray) -> FloatArray:
    """Displacements (..., n, 2, 7) by a unit of each term."""
    x, y, z = (points[..., i] / _LENGTH for i in range(3))
    one, none = np.ones_like(x), np.zeros_like(x)
    nearer = z * (1 + _NEARER * z)
    across = (one, none, x, -y, z, none, x * nearer)
    up = (none, one, y, x, none, z, y * nearer)
    return np.stack([np.stack(across, axis=-1), np.stack(up, axis=-1)], axis=-2)


def _weighted_median(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted median of values (..., n), shape (...)."""
    order = np.argsort(values, axis=-1)
    ranked, share = (np.take_along_axis(array, order, axis=-1) for array in (values, weight))
    reached = np.cumsum(share, axis=-1) >= share.sum(axis=-1, keepdims=True) / 2
    return np.asarray(np.take_along_axis(ranked, reached.argmax(axis=-1)[..., None], axis=-1)[..., 0])
