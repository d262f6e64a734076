"""Robust trends of courses over irregular times, with intervals that know about re-photographing and autocorrelation.

How wide the interval of a trend must be depends on how strongly neighbouring sessions resemble each other, and few
sessions hardly tell. So nothing is estimated and then taken for true: every autocorrelation from none to nearly one is
weighed by how likely it makes the course.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError

IntArray = NDArray[np.int64]

LEAST_SESSIONS: Final = 5
"""Known sessions below which a trend has no interval: with four, two degrees of freedom are left after the line."""

_GRID: Final = (np.arange(16) + 0.5) / 16
"""Autocorrelations from one session to the next that are weighed."""
_PRIOR: Final = (_GRID * (1 - _GRID)) ** -0.5
"""What is held of each beforehand: Beta(1/2, 1/2), so that neither none nor much of it is ruled out by habit."""
_WIDENING: Final = 1.15
"""What the standard error lacks: Theil-Sen's loss over least squares and the weighing of autocorrelations with few
sessions. Measured by `tests/benchmarks/courses.py`: with it, 5 % at most are false alarms up to autocorrelation 0.6."""
_REACH: Final = 3 * 1.4826
"""Median absolute deviations at which an outlier of many sessions is clipped: three standard deviations."""
_THEIL_SEN: Final = np.sqrt(np.pi / 3)
"""Standard error of a Theil-Sen slope over that of least squares, under normal noise (Sen 1968)."""
ROUNDING: Final = 1e-30
"""Square of what rounding leaves, relative to the largest value."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trends:
    """Trends of k courses; arrays (k,), NaN where the sessions do not tell.

    Attributes
    ----------
    slope : ndarray
        Theil-Sen slope: the median over all pairs of sessions, unit of the values a week.
    low, high : ndarray
        Its interval: 95 %, or 1 - 0.05 / comparisons.
    p : ndarray
        Two-sided, of no trend. Below 0.05 / comparisons exactly where the interval leaves zero out.
    autocorrelation : ndarray
        Of what the trend leaves, from one session to the next: its mean over what is likely, 0 to 1.
    """

    slope: FloatArray
    low: FloatArray
    high: FloatArray
    p: FloatArray
    autocorrelation: FloatArray


def trends(weeks: ArrayLike, values: ArrayLike, sd: ArrayLike, *, comparisons: int = 1) -> Trends:
    """Robust trend of each course, tested against noise that may be autocorrelated.

    Parameters
    ----------
    weeks : array_like, shape (n,)
        When each session was, in any order and at any distances.
    values : array_like, shape (n, k)
        k courses; NaN where a session does not know a value.
    sd : array_like, shape (n, k) or (k,)
        Standard deviation of each value over re-photographing. A value whose `sd` is NaN counts as not known.
    comparisons : int
        Trends among which any change would be told: the intervals hold for all of them together (Bonferroni).

    Returns
    -------
    Trends
        Slopes from two known sessions on, intervals and p from `LEAST_SESSIONS` on.

    Raises
    ------
    InvalidPointsError
        If a shape does not fit, a time or a value is not finite, or `sd` is negative.
    ValueError
        If `comparisons` is less than one.

    Notes
    -----
    The slope is that of Theil (1950) and Sen (1968). Its standard error is that of a least-squares slope in noise of
    an Ornstein-Uhlenbeck kind, autocorrelation r^sqrt(gap / median gap): exact for even gaps; for uneven ones between
    noise that fades with time and noise that fades with each session. For each r the noise has its variance by
    restricted maximum likelihood (Harville 1977) and r its likelihood given the course, the line integrated out. The
    standard error is the geometric mean over r, each weighed by its likelihood and a Beta(1/2, 1/2) prior, times 1.15.
    For it, residuals of the Theil-Sen line beyond three robust standard deviations times n / (n - 6) are moved in.
    The interval is Student's t with n - 2 degrees of freedom; it is never narrower than re-photographing alone would
    make it (normal, `sd` over the sessions).

    The usual tests do not hold for so few sessions: Mann-Kendall ignores autocorrelation and its correction (Hamed &
    Rao 1998) needs an estimate that 10 sessions do not give. Measured here, with `sd` half of what the noise had,
    10,000 courses without a trend a cell, sessions 3 to 10 days apart; trends told, %:

    ========  =====  ====  ====  ====
    sessions  white   0.3   0.6   0.8
    ========  =====  ====  ====  ====
    5           1.0   2.2   3.9   5.7
    6           0.7   2.2   5.1   8.2
    8           0.4   1.5   5.0  10.3
    12          0.3   1.4   4.7  10.9
    20          0.8   2.0   4.0   8.6
    40          1.3   3.3   3.9   5.0
    ========  =====  ====  ====  ====

    With noise of 0.4 mm, 8 sessions in 6 weeks show a drift of 2 mm in 53 and of 4 mm in 99 of 100 cases; 12 in 10
    weeks in 81 and 100.
    """
    courses = Courses.of(weeks, values, sd)
    level = 0.05 / checked_comparisons(comparisons)
    slope = courses.scale * _theil_sen(courses)
    noise = fit_noise(_clipped(courses, slope / courses.scale), courses.weeks)
    told = (courses.counts >= LEAST_SESSIONS) & np.isfinite(slope) & np.isfinite(noise.error)
    freedom = np.where(told, courses.counts - 2, np.nan)
    spread = _WIDENING * noise.error
    floor = _THEIL_SEN * noise.photo_error
    half = np.maximum(spread * special.stdtrit(freedom, 1 - level / 2), floor * special.ndtri(1 - level / 2))
    half = np.where(told, half, np.nan)
    return Trends(
        slope=slope,
        low=slope - half,
        high=slope + half,
        p=np.maximum(
            2 * special.stdtr(freedom, -ratio(np.abs(slope), spread)),
            np.where(told, 2 * special.ndtr(-ratio(np.abs(slope), floor)), np.nan),
        ),
        autocorrelation=np.where(told, noise.autocorrelation, np.nan),
    )


def checked_comparisons(comparisons: int) -> int:
    """Refuse a number of comparisons below one."""
    if comparisons < 1:
        raise ValueError(f"comparisons must be 1 or more, not {comparisons}")
    return comparisons


def ratio(over: FloatArray, under: FloatArray) -> FloatArray:
    """Quotient; 0 of nothing over nothing, infinite of something over nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(over == 0, np.where(np.isnan(under), np.nan, 0.0), over / under)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Courses:
    """Courses with the known sessions of each in its first rows, in order of time; zeros below them.

    Attributes
    ----------
    order : ndarray of int, shape (n, k)
        Row of the input that stands in each row.
    known : ndarray of bool, shape (n, k)
    counts : ndarray of int, shape (k,)
    weeks : ndarray, shape (n, k)
        Less their mean.
    values : ndarray, shape (n, k)
        Less a middle value, over `scale`.
    scale : ndarray, shape (k,)
        Largest distance of a value from the middle one, which keeps squares from being lost.
    sd : ndarray, shape (n, k)
        In the unit of the input.
    steps : ndarray, shape (n, k)
        Sessions that each row counts as after the one before it, square root of gap over median gap; infinite in the
        first row, which none precedes, and below the known ones.
    """

    order: IntArray
    known: NDArray[np.bool_]
    counts: IntArray
    weeks: FloatArray
    values: FloatArray
    scale: FloatArray
    sd: FloatArray
    steps: FloatArray

    @classmethod
    def of(cls, weeks: ArrayLike, values: ArrayLike, sd: ArrayLike) -> Courses:
        """Check and sort."""
        time, raw, spread = (np.asarray(given, dtype=np.float64) for given in (weeks, values, sd))
        if raw.ndim != 2 or time.shape != raw.shape[:1] or spread.shape not in (raw.shape, raw.shape[1:]):
            shapes = f"{time.shape}, {raw.shape} and {spread.shape}"
            raise InvalidPointsError(f"shapes must be (n,), (n, k) and (n, k) or (k,), not {shapes}")
        if not np.isfinite(time).all():
            raise InvalidPointsError("every session needs a time that is a finite number")
        if np.isinf(raw).any() or np.isinf(spread).any():
            raise InvalidPointsError("values and sd must be finite numbers, or NaN where they are not known")
        if (spread < 0).any():
            raise InvalidPointsError("a standard deviation cannot be negative")
        spread = np.broadcast_to(spread, raw.shape)
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
        gaps = np.where(known[1:], np.diff(when, axis=0), 0.0)
        return cls(
            order=order,
            known=known,
            counts=counts,
            weeks=np.where(known, when - when.sum(axis=0) / np.maximum(counts, 1), 0.0),
            values=placed / scale,
            scale=scale,
            sd=np.where(known, np.take_along_axis(spread, order, axis=0), 0.0),
            steps=_steps(gaps, known),
        )

    def fading(self, autocorrelation: FloatArray) -> FloatArray:
        """Autocorrelation (..., n, k) of each row with the one before it, given that of one step (..., k)."""
        return np.asarray(autocorrelation[..., None, :] ** self.steps)


def _steps(gaps: FloatArray, known: NDArray[np.bool_]) -> FloatArray:
    typical = median_of_first(np.where(gaps > 0, gaps, np.inf), (gaps > 0).sum(axis=0))
    steps = np.full(known.shape, np.inf)
    # Sessions within hours of each other would else be held for one and the same.
    steps[1:] = np.sqrt(np.maximum(gaps / np.where(np.isnan(typical), 1.0, typical), 0.01))
    return np.where(known, steps, np.inf)


def median_of_first(values: FloatArray, counts: IntArray) -> FloatArray:
    """Median of the `counts` (k,) smallest values (n, k) of each column; NaN of none."""
    ranked = np.sort(values, axis=0)
    if not len(ranked):
        return np.full(counts.shape, np.nan)
    places = np.maximum([(counts - 1) // 2, counts // 2], 0)
    middle = np.take_along_axis(ranked, places, axis=0).mean(axis=0)
    return np.where(counts > 0, middle, np.nan)


def _theil_sen(courses: Courses) -> FloatArray:
    first, second = np.triu_indices(len(courses.known), 1)
    apart = courses.weeks[second] - courses.weeks[first]
    usable = courses.known[second] & (apart > 0)
    rise = courses.values[second] - courses.values[first]
    slopes = np.where(usable, rise / np.where(usable, apart, 1.0), np.inf)
    return median_of_first(slopes, usable.sum(axis=0))


def _clipped(courses: Courses, slope: FloatArray) -> Courses:
    """Residuals of the Theil-Sen line, far outliers moved in: one odd session should not make all the others mute."""
    left = courses.values - np.where(np.isnan(slope), 0.0, slope) * courses.weeks
    left -= _median_of_known(left, courses)
    distance = np.where(courses.known, np.abs(left), 0.0)
    # Few sessions are left as they are: of them the median tells too little of the spread.
    stretch = np.where(courses.counts > 6, courses.counts / np.maximum(courses.counts - 6, 1), np.inf)
    typical = _median_of_known(distance, courses)
    reach = np.where(typical > 0, _REACH * stretch * np.where(typical > 0, typical, 1.0), np.inf)
    return replace(courses, values=np.where(courses.known, np.clip(left, -reach, reach), 0.0))


def _median_of_known(values: FloatArray, courses: Courses) -> FloatArray:
    return median_of_first(np.where(courses.known, values, np.inf), courses.counts)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Noise:
    """What a regression leaves of each course; arrays (k,) unless said.

    Attributes
    ----------
    weights : ndarray, shape (16, k)
        How likely each autocorrelation is; the sum is one.
    error : ndarray
        Standard error of the regression's coefficient by least squares, unit of the input.
    white_error : ndarray
        The same if there were no autocorrelation.
    photo_error : ndarray
        The same from re-photographing alone.
    autocorrelation : ndarray
    """

    weights: FloatArray
    error: FloatArray
    white_error: FloatArray
    photo_error: FloatArray
    autocorrelation: FloatArray


def fit_noise(courses: Courses, regressor: FloatArray) -> Noise:
    """Noise around the regression of each course on `regressor` (n, k), whose sum over known rows is zero."""
    freedom = np.maximum(courses.counts - 2, 1)
    fading = courses.fading(_GRID[:, None])
    known = courses.known.astype(np.float64)
    white = np.maximum((without(regressor, without(known, courses.values)) ** 2).sum(axis=0), ROUNDING)
    level = whitened(known, fading)
    level_square = (level**2).sum(axis=1)
    x, y = (without(level, whitened(of, fading)) for of in (regressor, courses.values))
    x_square = (x**2).sum(axis=1)
    left = np.maximum((without(x, y) ** 2).sum(axis=1), ROUNDING)
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
    """Values (n, k) less what each row's predecessor tells of it, over what then spreads; the shape of `fading`."""
    before = np.zeros_like(values)
    before[1:] = values[:-1]
    return np.asarray((values - fading * before) / np.sqrt(1 - fading**2))


def without(direction: FloatArray, values: FloatArray) -> FloatArray:
    """Residuals of `values` by least squares on `direction`, both (..., n, k)."""
    share = ratio((direction * values).sum(axis=-2), (direction**2).sum(axis=-2))
    return np.asarray(values - direction * share[..., None, :])


def _variance_of_sum(shares: FloatArray, fading: FloatArray) -> FloatArray:
    """Variance (g, k) of a sum of noise of variance one and this autocorrelation, weighed by `shares` (n, k)."""
    carried = np.zeros((len(fading), shares.shape[1]))
    total = np.zeros_like(carried)
    for row in range(len(shares)):
        carried = fading[:, row] * carried + shares[row]
        total += shares[row] * (2 * carried - shares[row])
    return total
