"""Noise of a course that wanders and is re-photographed: an autocorrelated part and an independent part.

A face wanders slowly, and each photo of it is off by itself. With one autocorrelation for both, as between neighbouring
sessions, the independent part hides how long the other lasts, and frequent photos of a wandering face show trends that
are none. Here the noise of a course is an Ornstein-Uhlenbeck process with a correlation time beside white noise. A few
sessions determine neither, so no single estimate is taken for true: every pair on a grid of correlation times and
shares has its likelihood with the regression integrated out (restricted maximum likelihood, Harville 1977, J Am Stat
Assoc 72:320), and what is said of a slope is the average over the grid by that (Bayesian model averaging, Hoeting et
al. 1999, Stat Sci 14:382).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special
from scipy.linalg import solve_triangular

from symmetry.arrays import FloatArray, IntArray
from symmetry.stats.autocorrelation import ROUNDING, Courses, residuals
from symmetry.stats.estimates import ratio

_LENGTHS: Final = (1 / 24, 1 / 12, 1 / 6, 1 / 3, 2 / 3, 1.5)
"""Correlation times, as shares of the length of a course."""
_SHORTEST: Final = 0.4
"""Shortest correlation time, as a share of the median distance of sessions."""
_SHARES: Final = (0.3, 0.6, 0.85, 0.96, 0.99)
"""Shares of the variance that wander."""
_STILL: Final = 3.0
"""How much more likely than all shares of one correlation time it is beforehand that nothing wanders."""
_LEAST: Final = 3
"""Sessions below which nothing is fitted."""
LONG: Final = 0.3
"""Share of the length of a course from which on a correlation time is as long as the course."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wandering:
    """Slopes of k courses under each of g kinds of noise; errors in the unit of the input a week."""

    weights: FloatArray  # (g, k), posterior probability of each kind
    errors: FloatArray  # (g, k), standard error of the least-squares slope
    photo_error: FloatArray  # (k,), the same from re-photographing alone
    long: FloatArray  # (k,), posterior probability that the course wanders for as long as it lasts
    correlation_weeks: FloatArray  # (k,), posterior mean of the correlation time, 0 where nothing wanders

    def p(self, size: FloatArray, freedom: FloatArray) -> FloatArray:
        """Two-sided p (k,) of slopes at least so far from zero: Student's t, averaged over the kinds of noise."""
        return np.asarray((self.weights * 2 * special.stdtr(freedom, -ratio(size, self.errors))).sum(axis=0))

    def half_width(self, freedom: FloatArray, level: float) -> FloatArray:
        """Distance (k,) from zero from which on `p` is below a level."""
        known = np.isfinite(self.errors).all(axis=0) & np.isfinite(freedom)
        inside = np.zeros(len(freedom))
        outside = self.errors.max(axis=0) * special.stdtrit(freedom, 1 - level / 2)
        for _ in range(60):
            middle = (inside + outside) / 2
            near = self.p(middle, freedom) > level
            inside, outside = np.where(near, middle, inside), np.where(near, outside, middle)
        return np.where(known, outside, np.nan)


def fit_wandering(courses: Courses) -> Wandering:
    """Fit the noise about a straight line through each course."""
    kinds, count = 1 + len(_LENGTHS) * len(_SHARES), courses.known.shape[1]
    weights, errors = np.full((kinds, count), np.nan), np.full((kinds, count), np.nan)
    photo_error, long, lasting = (np.full(count, np.nan) for _ in range(3))
    for own in _of_one_time(courses):
        number = int(courses.counts[own[0]])
        weeks = courses.weeks[:number, own[0]]
        if number < _LEAST or np.ptp(weeks) == 0:
            continue
        share = weeks / (weeks**2).sum()
        photos = courses.sd[:number, own]
        photo_error[own] = np.sqrt((share[:, None] ** 2 * photos**2).sum(axis=0))
        values, scale = courses.values[:number, own], courses.scale[own]
        times, fitted, variances = _kinds(weeks, values, share)
        weights[:, own], errors[:, own] = fitted, scale * np.sqrt(variances)
        # What strays no further than photos do does not wander, however smooth it is.
        line = share * (weeks**2).sum()
        left = residuals(np.ones((number, 1)), values)
        spread = (residuals(line[:, None], left) ** 2).sum(axis=0) / (number - 2)
        strays = spread > np.maximum((photos / scale) ** 2, ROUNDING).mean(axis=0)
        long[own] = np.where(strays, fitted[times >= LONG * np.ptp(weeks)].sum(axis=0), 0.0)
        lasting[own] = (fitted * times[:, None]).sum(axis=0)
    return Wandering(weights=weights, errors=errors, photo_error=photo_error, long=long, correlation_weeks=lasting)


def _of_one_time(courses: Courses) -> list[IntArray]:
    """Group the courses whose sessions with a value are the same."""
    order = np.where(courses.known, courses.order, -1)
    _, group = np.unique(order, axis=1, return_inverse=True)
    return [np.flatnonzero(group.ravel() == each) for each in range(int(group.max(initial=-1)) + 1)]


def _kinds(weeks: FloatArray, values: FloatArray, share: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Correlation times (g,) of the kinds of noise, their posterior and the variance of the slope under each (g, k)."""
    number, apart = len(weeks), np.abs(weeks[:, None] - weeks)
    line = np.column_stack([np.ones(number), weeks])
    shortest = _SHORTEST * float(np.median(np.diff(np.sort(weeks))))
    kinds = [(0.0, 0.0), *((max(one * np.ptp(weeks), shortest), of) for one in _LENGTHS for of in _SHARES)]
    likelihood, variances = [], []
    for time, wandering in kinds:
        correlation = wandering * np.exp(-apart / time) if time else np.zeros_like(apart)
        correlation[np.diag_indices(number)] = 1.0
        root = np.linalg.cholesky(correlation)
        square, triangle = np.linalg.qr(solve_triangular(root, line, lower=True))
        freed = solve_triangular(root, values, lower=True)
        freed = freed - square @ (square.T @ freed)
        variance = np.maximum((freed**2).sum(axis=0), ROUNDING) / (number - 2)
        spread = -np.log(np.diag(root)).sum() - np.log(np.abs(np.diag(triangle))).sum()
        prior = np.log(_STILL * len(_SHARES)) if not time else 0.0
        likelihood.append(spread - (number - 2) / 2 * np.log(variance) + prior)
        variances.append(variance * (share @ correlation @ share))
    posterior = np.exp(np.array(likelihood) - np.max(likelihood, axis=0))
    return np.array([time for time, _ in kinds]), posterior / posterior.sum(axis=0), np.array(variances)
