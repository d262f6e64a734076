"""Head movement between two photos: what a turn, a shift or another distance does to a projected face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError

_ROUNDS: Final = 20
_KEEPING: Final = (2.5, 1.0)
_LETTING_GO: Final = (1.5, 2.0)
"""Spreads from which on a point loses its say, and how fast."""
_SAME, _OTHER = 1.4, 2.2
"""Root mean square distance of both fits, in spreads, up to which they are the same, and from which on they are not."""
_MEDIAN_OF_CHI2: Final = 1.1774
"""Median length of a vector of two standard normal numbers."""
_LENGTH: Final = 50.0
"""Millimetres by which points are divided, so that all seven terms are of one size."""
_NEARER: Final = 2 * _LENGTH / 500.0
"""How much more a nearer part grows than in proportion, before cameras about half a metre away."""
_LEAST: Final = 1e-4
"""Millimetres below which all points say the same."""
_UNKNOWNS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeadMovement:
    """A movement of the whole head, small after both faces have been placed in their facial frames.

    Attributes
    ----------
    terms : ndarray, shape (..., 7)
        Shift in x and y, scale, roll, yaw, pitch, and camera distance, as displacements in mm of a point that lies
        50 mm off along each axis concerned.
    """

    terms: FloatArray

    def at(self, points: ArrayLike) -> FloatArray:
        """Displacement (..., n, 2) that the movement gives points (..., n, 3) of the facial frame, mm."""
        return np.asarray((_bases(np.asarray(points)) @ self.terms[..., None, :, None])[..., 0])


def fit_head_movement(points: ArrayLike, displacement: ArrayLike, weight: ArrayLike) -> HeadMovement:
    """Fit the head movement that explains a displacement, letting go of points that moved by themselves.

    Parameters
    ----------
    points : array_like, shape (..., n, 3)
        Facial frame, mm; n >= 4, not all in one plane through the line of sight.
    displacement : array_like, shape (..., n, 2)
        In x and y of the facial frame, mm.
    weight : array_like, shape (..., n)
        Say of each point, 0 or more.

    Returns
    -------
    HeadMovement
        With the leading axes of the points.

    Raises
    ------
    InvalidPointsError
        If the shapes do not fit, a value is not finite, or fewer than four points have a say.

    Notes
    -----
    To first order a rigid movement displaces the projection of a point (x, y, z) by a shift, by s (x, y) for scale, by
    r (-y, x) for roll, by (a z, 0) and (0, b z) for yaw and pitch, and another distance of the camera by d z (x, y)
    (instantaneous motion under weak perspective: Longuet-Higgins & Prazdny 1980); of that last one the second order is
    taken too, as before a camera half a metre away. Weighted least squares, with each weight divided by
    (1 + (r / ks)^2)^p, s from the weighted median residual, refitted twenty times: with k = 2.5 and p = 1, where a
    point that moved by itself keeps some say and few are wasted, and with k = 1.5 and p = 2 (Geman & McClure 1987),
    where it keeps none. The first counts unless both differ by more than noise explains (as in the specification test
    of Hausman 1978): by 1.4 s, and from 2.2 s on the second alone. Photos of unchanged faces differ by 0.2 to 1.3 s. A
    mouth and a jaw that move by 4 mm take brows and eyes along by 0.45 mm under the first, by 0.15 under both; the
    second alone widens what repeats at the jaw by a sixth.
    """
    at, moved, say = (np.asarray(given, dtype=np.float64) for given in (points, displacement, weight))
    if at.shape[-1:] != (3,) or moved.shape != (*at.shape[:-1], 2) or say.shape != at.shape[:-1]:
        raise InvalidPointsError(f"points, displacement and weight do not fit: {at.shape}, {moved.shape}, {say.shape}")
    if not (np.isfinite(at).all() and np.isfinite(moved).all() and np.isfinite(say).all()):
        raise InvalidPointsError("points, displacements and weights must be finite numbers")
    if ((say > 0).sum(axis=-1) < 4).any() or (say < 0).any():
        raise InvalidPointsError("at least four points must have a say, and none a negative one")

    bases = _bases(at)
    keeping, letting_go = (_fit(bases, moved, say, reach, power) for reach, power in (_KEEPING, _LETTING_GO))
    apart = np.sqrt((((bases @ (keeping - letting_go)[..., None, :, None])[..., 0]) ** 2).sum(axis=-1).mean(axis=-1))
    spread = _spread(_left_over(bases, moved, letting_go), say)
    share = np.clip((apart / spread - _SAME) / (_OTHER - _SAME), 0.0, 1.0)
    return HeadMovement(terms=keeping + share[..., None] * (letting_go - keeping))


def _fit(bases: FloatArray, moved: FloatArray, say: FloatArray, reach: float, power: float) -> FloatArray:
    """Terms (..., 7) of a fit in which a point beyond `reach` spreads loses its say."""
    fitted = say
    for _ in range(_ROUNDS):
        weighted = bases * fitted[..., None, None]
        normal = np.einsum("...nip,...niq->...pq", weighted, bases)
        right = np.einsum("...nip,...ni->...p", weighted, moved)
        held = 1e-9 * np.trace(normal, axis1=-2, axis2=-1)[..., None, None] * np.eye(_UNKNOWNS)
        terms = np.linalg.solve(normal + held, right[..., None])[..., 0]
        left_over = _left_over(bases, moved, terms)
        fitted = say / (1 + (left_over / (reach * _spread(left_over, say)[..., None])) ** 2) ** power
    return np.asarray(terms)


def _left_over(bases: FloatArray, moved: FloatArray, terms: FloatArray) -> FloatArray:
    """Length (..., n) of what a fit does not explain."""
    return np.asarray(np.linalg.norm(moved - (bases @ terms[..., None, :, None])[..., 0], axis=-1))


def _spread(left_over: FloatArray, say: FloatArray) -> FloatArray:
    return np.maximum(_weighted_median(left_over, say) / _MEDIAN_OF_CHI2, _LEAST)


def _bases(points: FloatArray) -> FloatArray:
    """Displacements (..., n, 2, 7) that a unit of each term gives."""
    x, y, z = (points[..., i] / _LENGTH for i in range(3))
    one, none = np.ones_like(x), np.zeros_like(x)
    nearer = z * (1 + _NEARER * z)
    across = (one, none, x, -y, z, none, x * nearer)
    up = (none, one, y, x, none, z, y * nearer)
    return np.stack([np.stack(across, axis=-1), np.stack(up, axis=-1)], axis=-2)


def _weighted_median(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Median of (..., n) values, each counted as often as its weight says, shape (...)."""
    order = np.argsort(values, axis=-1)
    ranked, share = (np.take_along_axis(array, order, axis=-1) for array in (values, weight))
    reached = np.cumsum(share, axis=-1) >= share.sum(axis=-1, keepdims=True) / 2
    return np.asarray(np.take_along_axis(ranked, reached.argmax(axis=-1)[..., None], axis=-1)[..., 0])
