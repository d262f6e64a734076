"""Verdicts: improved, worse, or no more different than photos of an unchanged face are.

A region is judged by the part of it that changed most clearly against its error. Within each part the two directions,
outward and upward, are weighted by their precision: a height that repeats to 0.2 mm counts more than a width that
repeats to 0.8 mm. `symmetry.measure.judgement` applies this to all regions and measures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.stats.estimates import half_width

Verdict = Literal["improved", "worse", "no detectable change", "not comparable"]
IMPROVED: Final = "improved"
WORSE: Final = "worse"
NO_CHANGE: Final = "no detectable change"
NOT_COMPARABLE: Final = "not comparable"
SIDE_UNSURE: Final = "side_unsure"
"""Reason for which what surely moved is not judged: on which side of even it stood is not known well enough, so it may
have moved toward even or away from it."""

CameFrom = Literal["worse side", "better side", "both sides"]
_MOSTLY: Final = 2 / 3
"""Share of a change from which on it came from one side; otherwise it came from both."""
_TINY: Final = 1e-9
_NOTHING: Final = 1e-300
"""Below this, floating point numbers keep no direction."""
FOR_CORRELATION: Final = 1
"""Degrees of freedom lost to estimating the correlation of both directions."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evenness:
    """Change of evenness of a batch of parts; arrays (...)."""

    # change of the left-right difference along the direction in which it is known best; negative: toward even
    change: FloatArray
    # change of the size of that difference, negative: more even. It is smaller than `change` if the difference passed
    # even and changed sides.
    size_change: FloatArray
    sd: FloatArray  # standard deviation of the change over re-photographing
    weights: FloatArray  # shape (..., 2); the direction, a unit vector, x outward and y upward on the subject's left


def evenness(
    before: FloatArray, after: FloatArray, moved: FloatArray, sd: FloatArray, correlation: FloatArray | float = 0.0
) -> Evenness:
    """Measure the change of evenness along the direction in which it is known best.

    With the variances V = diag(sd**2), the difference A (mean of before and after) and its change D, this is the
    matched filter: A' V^-1 D along a unit vector. Its standard deviation includes the correlation of both directions;
    the weights do not, because they would then depend on a correlation known from few photos.

    Parameters
    ----------
    before, after : ndarray, shape (..., 2)
        Left-right difference, outward and upward.
    moved : ndarray, shape (..., 2)
        Movement of the left less that of the right.
    sd : ndarray, shape (..., 2)
        Standard deviation of `moved` over re-photographing; NaN or infinite to ignore a direction.
    correlation : ndarray, shape (...)
        Between both directions, over re-photographing.

    Returns
    -------
    Evenness
        NaN where nothing is known.

    Examples
    --------
    A left corner that hung 2 mm lower and rose by 1 mm is 1 mm more even:

    >>> before, after = np.array([0.0, -2.0]), np.array([0.0, -1.0])
    >>> float(evenness(before, after, after - before, sd=np.array([0.8, 0.2])).size_change)
    -1.0
    """
    usable = np.isfinite(sd)
    precision = np.where(usable, 1.0 / np.maximum(sd, _TINY) ** 2, 0.0)
    toward = np.where(usable, (before + after) / 2, 0.0) * precision
    largest = np.abs(toward).max(axis=-1, keepdims=True)
    even = largest <= _NOTHING  # False where unknown
    toward = np.where(even, 0.0, toward / np.where(even, 1.0, largest))
    length = np.linalg.norm(toward, axis=-1, keepdims=True)  # of values about 1, so that squares do not underflow
    weights = toward / np.where(length > 0, length, 1.0)  # 0 where the mean is even: there is no direction to judge
    weights = np.where(usable.any(axis=-1, keepdims=True), weights, np.nan)
    each = weights * np.where(usable, sd, 0.0)
    change = (weights * np.where(usable, moved, 0.0)).sum(axis=-1)
    middle = np.abs((weights * np.where(usable, before + after, 0.0)).sum(axis=-1))  # twice the mean of both
    return Evenness(
        change=np.asarray(change),
        size_change=np.asarray(np.clip(change, -middle, middle)),  # |m + c / 2| - |m - c / 2|
        sd=np.asarray(np.sqrt(np.maximum((each**2).sum(axis=-1) + 2 * correlation * each.prod(axis=-1), 0.0))),
        weights=np.asarray(weights),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurestChange:
    """Change of evenness of a batch of regions, each by its part that changed most clearly; arrays (...)."""

    part: NDArray[np.intp]  # index of that part; 0 where nothing is known
    # as `Evenness.size_change`, negative: more even. NaN where nothing is known, as `error` and `weights`.
    change: FloatArray
    error: FloatArray  # its 95 % half-width: the minimal detectable change
    weights: FloatArray  # shape (..., 2); as `Evenness.weights`


def surest_change(
    before: FloatArray,
    after: FloatArray,
    moved: FloatArray,
    sd: FloatArray,
    freedom: FloatArray,
    correlation: FloatArray,
) -> SurestChange:
    """Judge regions by the part whose change has the most half-widths, which are corrected for the number of parts.

    Parameters
    ----------
    before, after, moved, sd : ndarray, shape (..., parts, 2)
        As for `evenness`.
    freedom : ndarray, shape (..., parts, 2)
        Degrees of freedom of `sd`.
    correlation : ndarray, shape (..., parts)
        As for `evenness`.
    """
    found = evenness(before, after, moved, sd, correlation)
    known_by = np.where(np.isfinite(sd), freedom, np.inf).min(axis=-1)
    errors = half_width(found.sd, known_by - FOR_CORRELATION, comparisons=before.shape[-2])
    unknown = np.isnan(found.size_change) | np.isnan(errors)
    surely = np.where(errors > 0, np.abs(found.size_change) / np.where(errors > 0, errors, 1.0), 0.0)
    best = np.argmax(np.where(unknown, -1.0, surely), axis=-1)

    def of_best(values: FloatArray) -> FloatArray:
        known = np.where(unknown, np.nan, values)
        return np.asarray(np.take_along_axis(known, best[..., None], axis=-1)[..., 0])

    weights = np.stack([of_best(found.weights[..., direction]) for direction in range(2)], axis=-1)
    return SurestChange(
        part=np.asarray(best), change=of_best(found.size_change), error=of_best(errors), weights=weights
    )


def verdict_on(change: float, error: float) -> Verdict:
    """Decide the verdict: compare a change of evenness (negative: more even) with its 95 % half-width."""
    if not (np.isfinite(change) and np.isfinite(error)):
        return NOT_COMPARABLE
    if abs(change) <= error:
        return NO_CHANGE
    return IMPROVED if change < 0 else WORSE


def came_from(difference: FloatArray, weights: FloatArray, left: FloatArray, right: FloatArray) -> CameFrom:
    """Side from which a change of evenness came.

    The worse side is the one that hangs lower or, where width counts more, stands further out.

    Parameters
    ----------
    difference : ndarray, shape (2,)
        Left-right difference, outward and upward, sum of before and after.
    weights : ndarray, shape (2,)
        As `Evenness.weights`.
    left, right : ndarray, shape (2,)
        Movement of each side, outward and upward.
    """
    difference, left, right = (np.where(weights == 0, 0.0, values) for values in (difference, left, right))
    outward, upward = np.abs(weights * difference)
    left_is_worse = difference[1] < 0 if upward >= outward else difference[0] > 0
    of_left, of_right = float(weights @ left), -float(weights @ right)
    whole = of_left + of_right
    share = (of_left if left_is_worse else of_right) / whole if abs(whole) > _TINY else 0.5
    if share > _MOSTLY:
        return "worse side"
    return "better side" if share < 1 - _MOSTLY else "both sides"
