"""Courses at irregular times, and the autocorrelated noise about a regression of them.

A few sessions hardly determine the autocorrelation of a course, so no single estimate of it is taken for true. Noise is
of an Ornstein-Uhlenbeck kind, with autocorrelation r^sqrt(gap / median gap) between neighbouring sessions: exact for
even gaps; for uneven ones between noise that fades with time and noise that fades with each session. For each r on a
grid the noise has its variance by restricted maximum likelihood (Harville 1977, J Am Stat Assoc 72:320), and r its
likelihood with the regression integrated out, times a Beta(1/2, 1/2) prior. Standard errors are geometric means over r.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from symmetry.arrays import BoolArray, FloatArray, IntArray
from symmetry.errors import InvalidPointsError
from symmetry.stats.checks import check_finite_or_nan
from symmetry.stats.estimates import ratio

_GRID: Final = (np.arange(16) + 0.5) / 16
"""Autocorrelations from one session to the next."""
_PRIOR: Final = (_GRID * (1 - _GRID)) ** -0.5
"""Beta(1/2, 1/2): neither none nor a strong autocorrelation is ruled out beforehand."""
ROUNDING: Final = 1e-30
"""Squared rounding error, relative to the largest value."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Courses:
    """Courses with the sessions that have a value in the first rows, in order of time, and zeros below."""

    order: IntArray  # (n, k), row of the input
    known: BoolArray  # (n, k)
    counts: IntArray  # (k,), known sessions
    weeks: FloatArray  # (n, k), centred on their mean
    values: FloatArray  # (n, k), centred on the median, divided by `scale`
    scale: FloatArray  # (k,), largest distance from the median: it keeps squares from underflowing
    sd: FloatArray  # (n, k), in the unit of the input
    steps: FloatArray  # (n, k), square root of the gap to the row before over the median gap; infinite without one

    @classmethod
    def of(cls, weeks: ArrayLike, values: ArrayLike, sd: ArrayLike) -> Courses:
        """Check and sort the arguments of `trends.trends`."""
        time, raw, spread = _checked(weeks, values, sd)
        unknown = np.isnan(raw) | np.isnan(spread)
        by_time = np.argsort(time, kind="stable")
        order = by_time[np.argsort(unknown[by_time], axis=0, kind="stable")]
        known = ~np.take_along_axis(unknown, order, axis=0)
        counts = known.sum(axis=0)
        placed = np.where(known, np.take_along_axis(raw, order, axis=0), 0.0)
        middle = np.where(counts > 0, median_of_first(np.where(known, placed, np.inf), counts), 0.0)
        placed = np.where(known, placed - middle, 0.0)
        scale = np.abs(placed).max(axis=0, initial=0.0)
        scale[scale == 0] = 1.0
        when = np.where(known, time[order], 0.0)
        return cls(
            order=order,
            known=known,
            counts=counts,
            weeks=np.where(known, when - when.sum(axis=0) / np.maximum(counts, 1), 0.0),
            values=placed / scale,
            scale=scale,
            sd=np.where(known, np.take_along_axis(spread, order, axis=0), 0.0),
            steps=_steps(np.where(known[1:], np.diff(when, axis=0), 0.0), known),
        )

    def fading(self, autocorrelation: FloatArray) -> FloatArray:
        """Autocorrelation (..., n, k) of each row with the one before, given that of one step (..., k)."""
        return np.asarray(autocorrelation[..., None, :] ** self.steps)


def _checked(weeks: ArrayLike, values: ArrayLike, sd: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    time, raw, spread = (np.asarray(given, dtype=np.float64) for given in (weeks, values, sd))
    if raw.ndim != 2 or time.shape != raw.shape[:1] or spread.shape not in (raw.shape, raw.shape[1:]):
        shapes = f"{time.shape}, {raw.shape} and {spread.shape}"
        raise InvalidPointsError(f"shapes must be (n,), (n, k) and (n, k) or (k,), not {shapes}")
    if not np.isfinite(time).all():
        raise InvalidPointsError("every session needs a finite time")
    check_finite_or_nan(raw, spread)
    if (spread < 0).any():
        raise InvalidPointsError("a standard deviation cannot be negative")
    return time, raw, np.broadcast_to(spread, raw.shape)


def _steps(gaps: FloatArray, known: BoolArray) -> FloatArray:
    typical = median_of_first(np.where(gaps > 0, gaps, np.inf), (gaps > 0).sum(axis=0))
    steps = np.full(known.shape, np.inf)
    # The floor keeps sessions within hours of each other from counting as one and the same.
    steps[1:] = np.sqrt(np.maximum(gaps / np.where(np.isnan(typical), 1.0, typical), 0.01))
    return np.where(known, steps, np.inf)


def median_of_first(values: FloatArray, counts: IntArray) -> FloatArray:
    """Median of the `counts` (k,) smallest values (n, k) of each column; NaN without any."""
    ranked = np.sort(values, axis=0)
    if not len(ranked):
        return np.full(counts.shape, np.nan)
    places = np.maximum([(counts - 1) // 2, counts // 2], 0)
    middle = np.take_along_axis(ranked, places, axis=0).mean(axis=0)
    return np.where(counts > 0, middle, np.nan)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Noise:
    """Noise of each course about a regression; errors in the unit of the input."""

    weights: FloatArray  # (16, k), posterior probability of each autocorrelation of the grid
    error: FloatArray  # (k,), standard error of the least-squares coefficient
    white_error: FloatArray  # (k,), the same without autocorrelation
    photo_error: FloatArray  # (k,), the same from re-photographing alone
    autocorrelation: FloatArray  # (k,), posterior mean


def fit_noise(courses: Courses, regressor: FloatArray) -> Noise:
    """Fit the noise about the regression of each course on `regressor` (n, k), whose sum over known rows is zero."""
    freedom = np.maximum(courses.counts - 2, 1)
    fading = courses.fading(_GRID[:, None])
    known = courses.known.astype(np.float64)
    white = np.maximum((residuals(regressor, residuals(known, courses.values)) ** 2).sum(axis=0), ROUNDING)
    level = whitened(known, fading)
    level_square = (level**2).sum(axis=1)
    x, y = (residuals(level, whitened(of, fading)) for of in (regressor, courses.values))
    x_square = (x**2).sum(axis=1)
    left = np.maximum((residuals(x, y) ** 2).sum(axis=1), ROUNDING)
    with np.errstate(divide="ignore", invalid="ignore"):
        likelihood = (
            np.log(_PRIOR)[:, None]
            - 0.5 * np.log1p(-(fading**2)).sum(axis=1)
            - 0.5 * np.log(level_square * x_square)
            - 0.5 * freedom * np.log(left)
        )
        weights = np.exp(likelihood - likelihood.max(axis=0))
        weights /= weights.sum(axis=0)
        share = regressor / (regressor**2).sum(axis=0)
        variance = left / freedom * _variance_of_sum(share, fading)
        return Noise(
            weights=weights,
            error=courses.scale * np.exp(0.5 * (weights * np.log(variance)).sum(axis=0)),
            white_error=courses.scale * np.sqrt(white / freedom * (share**2).sum(axis=0)),
            photo_error=np.sqrt((share**2 * courses.sd**2).sum(axis=0)),
            autocorrelation=(weights * _GRID[:, None]).sum(axis=0),
        )


def whitened(values: FloatArray, fading: FloatArray) -> FloatArray:
    """Values (n, k) with the autocorrelation taken out, each row with unit variance; the shape of `fading`."""
    before = np.zeros_like(values)
    before[1:] = values[:-1]
    return np.asarray((values - fading * before) / np.sqrt(1 - fading**2))


def residuals(direction: FloatArray, values: FloatArray) -> FloatArray:
    """Residuals of the least-squares regression of `values` on `direction`, both (..., n, k)."""
    share = ratio((direction * values).sum(axis=-2), (direction**2).sum(axis=-2))
    return np.asarray(values - direction * share[..., None, :])


def _variance_of_sum(shares: FloatArray, fading: FloatArray) -> FloatArray:
    """Variance (g, k) of the sum, weighted by `shares` (n, k), of autocorrelated noise of unit variance."""
    carried = np.zeros((len(fading), shares.shape[1]))
    total = np.zeros_like(carried)
    for row in range(len(shares)):
        carried = fading[:, row] * carried + shares[row]
        total += shares[row] * (2 * carried - shares[row])
    return total
