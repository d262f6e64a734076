"""Robust trends over irregular times, with intervals for re-photographing error and a face that wanders.

The usual tests do not hold for so few sessions: Mann-Kendall ignores autocorrelation, and its correction (Hamed & Rao
1998, J Hydrol 204:182) needs an estimate that 10 sessions do not give. How often this one is wrong is tabulated in
`docs/api/arrays.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from symmetry.arrays import BoolArray, FloatArray
from symmetry.stats.autocorrelation import Courses, median_of_first
from symmetry.stats.checks import check_comparisons
from symmetry.stats.estimates import Estimate, ratio
from symmetry.stats.wandering import fit_wandering

LEAST_SESSIONS: Final = 5
"""Sessions below which a trend has no interval: four leave two degrees of freedom."""

_WIDENING: Final = (1.1, 11.0)
"""What the standard error lacks of n sessions, as 1.1 + 11 / n**2: Theil-Sen's loss over least squares, and that few
sessions do not tell how long a face wanders. Calibrated by `tests/benchmarks/wandering.py`."""
_UNTOLD: Final = (0.2, 2.4)
"""Probability from which on a course of n sessions that wanders for as long as it lasts tells nothing of a trend, as
0.2 + 2.4 / n: of a few sessions, no course is surely still."""
_REACH: Final = 3 * 1.4826
"""Median absolute deviations at which an outlier of many sessions is clipped: three standard deviations."""
_THEIL_SEN: Final = np.sqrt(np.pi / 3)
"""Standard error of a Theil-Sen slope over that of least squares, under normal noise (Sen 1968)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trends:
    """Trends of k courses; arrays (k,), NaN with too few sessions.

    Attributes
    ----------
    slope : Estimate
        Theil-Sen slope, the median over all pairs of sessions, in the unit of the values a week. Its interval has a
        coverage of 95 %, or 1 - 0.05 / comparisons.
    p : ndarray
        Two-sided, of no trend. Below 0.05 / comparisons exactly where the interval excludes zero.
    wanders : ndarray of bool
        Where the noise is correlated over about a third of the course or longer, so that wandering and a trend cannot
        be told apart: interval and p are then NaN.
    correlation_weeks : ndarray
        Correlation time of the wandering part of the noise: posterior mean.
    """

    slope: Estimate
    p: FloatArray
    wanders: BoolArray
    correlation_weeks: FloatArray


def trends(weeks: ArrayLike, values: ArrayLike, sd: ArrayLike, *, comparisons: int = 1) -> Trends:
    """Theil-Sen trend of each course, tested against noise that may wander.

    Parameters
    ----------
    weeks : array_like, shape (n,)
        Time of each session, in any order.
    values : array_like, shape (n, k)
        k courses; NaN where a session has no value.
    sd : array_like, shape (n, k) or (k,)
        Standard deviation of each value over re-photographing. A value whose `sd` is NaN counts as missing.
    comparisons : int
        Number of trends among which the clearest is reported: all intervals hold together (Bonferroni).

    Returns
    -------
    Trends
        Slopes from two sessions on, intervals and p from `LEAST_SESSIONS` on.

    Raises
    ------
    InvalidPointsError
        If the shapes do not fit, a time or a value is not finite, or `sd` is negative.
    ValueError
        If `comparisons` is below one.

    Notes
    -----
    The slope is that of Theil (1950) and Sen (1968, J Am Stat Assoc 63:1379). Its standard error is that of a
    least-squares slope in the noise of `symmetry.stats.wandering`, times 1.1 + 11 / n**2; for it, residuals of the
    Theil-Sen line beyond three robust standard deviations times n / (n - 6) are clipped. The interval is Student's t
    with n - 2 degrees of freedom, averaged over kinds of noise, and never narrower than re-photographing alone makes it
    (normal, `sd` over the sessions).

    Examples
    --------
    >>> slope = trends(range(6), [[5.0], [4.6], [4.1], [3.4], [3.1], [2.5]], sd=[0.1]).slope
    >>> print(slope.value.round(2), slope.low.round(2), slope.high.round(2))
    [-0.5] [-0.61] [-0.39]
    """
    check_comparisons(comparisons)
    courses = Courses.of(weeks, values, sd)
    slope = courses.scale * _theil_sen(courses)
    widening = _WIDENING[0] + _WIDENING[1] / np.maximum(courses.counts, 1) ** 2
    noise = fit_wandering(_clipped(courses, slope / courses.scale))
    enough = (courses.counts >= LEAST_SESSIONS) & np.isfinite(slope) & np.isfinite(noise.long)
    wanders = enough & (noise.long > _UNTOLD[0] + _UNTOLD[1] / np.maximum(courses.counts, 4))
    told = enough & ~wanders
    freedom = np.where(told, courses.counts - 2.0, np.nan)
    floor = np.where(told, _THEIL_SEN * noise.photo_error, np.nan)
    level = 0.05 / comparisons
    half = np.maximum(widening * noise.half_width(freedom, level), floor * special.ndtri(1 - level / 2))
    size = np.abs(slope)
    p = np.maximum(noise.p(size / widening, freedom), 2 * special.ndtr(-ratio(size, floor)))
    return Trends(
        slope=Estimate(value=slope, low=slope - half, high=slope + half),
        p=p,
        wanders=wanders,
        correlation_weeks=np.where(enough, noise.correlation_weeks, np.nan),
    )


def _theil_sen(courses: Courses) -> FloatArray:
    first, second = np.triu_indices(len(courses.known), 1)
    apart = courses.weeks[second] - courses.weeks[first]
    usable = courses.known[second] & (apart > 0)
    rise = courses.values[second] - courses.values[first]
    slopes = np.where(usable, rise / np.where(usable, apart, 1.0), np.inf)
    return median_of_first(slopes, usable.sum(axis=0))


def _clipped(courses: Courses, slope: FloatArray) -> Courses:
    """Residuals of the Theil-Sen line, far outliers clipped so that one odd session does not hide a trend."""
    left = courses.values - np.where(np.isnan(slope), 0.0, slope) * courses.weeks
    left -= _median_of_known(left, courses)
    distance = np.where(courses.known, np.abs(left), 0.0)
    # Few sessions are left alone: their median says too little about the spread.
    stretch = np.where(courses.counts > 6, courses.counts / np.maximum(courses.counts - 6, 1), np.inf)
    typical = _median_of_known(distance, courses)
    reach = np.where(typical > 0, _REACH * stretch * np.where(typical > 0, typical, 1.0), np.inf)
    return replace(courses, values=np.where(courses.known, np.clip(left, -reach, reach), 0.0))


def _median_of_known(values: FloatArray, courses: Courses) -> FloatArray:
    return median_of_first(np.where(courses.known, values, np.inf), courses.counts)
