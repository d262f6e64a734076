"""Treatment phase against baseline phase of one person: whether a course took a step with the treatment."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from math import factorial
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError
from symmetry.stats.effect_sizes import standardised
from symmetry.stats.trends import ROUNDING, Courses, IntArray, checked_comparisons, fit_noise, ratio, whitened, without

LEAST_SESSIONS: Final = 3
"""Known sessions of each phase below which nothing is told."""

_WIDENING: Final = 1.2
"""What permuting lacks, as the autocorrelation that it takes out is an estimate. Measured by
`tests/benchmarks/courses.py`: with it, 5 % at most are false alarms up to autocorrelation 0.6."""
_MOST: Final = 5040
"""Arrangements that are all tried, those of seven sessions; of more sessions 4999 are drawn."""
_DRAWN: Final = 4999


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhaseTest:
    """Phases of k courses compared; arrays (k,), NaN where a phase has fewer than three known sessions.

    Attributes
    ----------
    difference : ndarray
        Treatment less baseline by generalised least squares, unit of the values: the difference in means where there
        is no autocorrelation, and the more about the sessions around the start of treatment the more there is.
    low, high : ndarray
        Its interval: 95 %, or 1 - 0.05 / comparisons.
    p : ndarray
        Two-sided, of no difference. Below 0.05 / comparisons exactly where the interval leaves zero out.
    nonoverlap, nonoverlap_low, nonoverlap_high : ndarray
        Nonoverlap of all pairs (NAP): share of the pairs of a baseline and a treatment session in which treatment lies
        lower, ties half. 0.5 = no difference.
    standardised, standardised_low, standardised_high : ndarray
        Hedges' g: the difference over the standard deviation within phases, corrected for few sessions.
    baseline_sessions, treatment_sessions : int
        Sessions of each phase that know any value.
    """

    difference: FloatArray
    low: FloatArray
    high: FloatArray
    p: FloatArray
    nonoverlap: FloatArray
    nonoverlap_low: FloatArray
    nonoverlap_high: FloatArray
    standardised: FloatArray
    standardised_low: FloatArray
    standardised_high: FloatArray
    baseline_sessions: int
    treatment_sessions: int


def compare_phases(
    weeks: ArrayLike,
    values: ArrayLike,
    in_treatment: ArrayLike,
    sd: ArrayLike,
    *,
    comparisons: int = 1,
    seed: int = 0,
) -> PhaseTest:
    """Compare the treatment phase of each course with its baseline phase.

    Parameters
    ----------
    weeks : array_like, shape (n,)
        When each session was, in any order and at any distances.
    values : array_like, shape (n, k)
        k courses; NaN where a session does not know a value.
    in_treatment : array_like of bool, shape (n,)
        Whether each session belongs to the treatment phase.
    sd : array_like, shape (n, k) or (k,)
        Standard deviation of each value over re-photographing. A value whose `sd` is NaN counts as not known.
    comparisons : int
        Comparisons among which any difference would be told: the intervals hold for all of them together (Bonferroni).
    seed : int
        Of the arrangements that are drawn.

    Returns
    -------
    PhaseTest

    Raises
    ------
    InvalidPointsError
        If a shape does not fit, a time or a value is not finite, or `sd` is negative.
    ValueError
        If `comparisons` is less than one.

    Notes
    -----
    The noise of a course is of the same kind as in `trends.trends`, with its autocorrelation at the mean of
    what is likely. Taking it out leaves residuals that may change places. They are permuted (all n! arrangements of
    up to seven sessions, else 4999 drawn ones) after both phases' levels have been taken out, and Student's t of the
    course is compared with 1.2 times that of each arrangement (ter Braak 1992: permutation under the full model). The
    interval is the inverse of that test, so the two agree. Neither is ever surer than re-photographing alone would
    make them (normal, `sd` over the sessions).

    The interval of NAP (Parker & Vannest 2009) is method 5 of Newcombe (2006), its variance multiplied by what
    autocorrelation does to that of a difference in means. That of Hedges' g (Hedges 1981) is by the noncentral t
    distribution of the difference over its standard error (Steiger & Fouladi 1997), so it leaves zero out where the
    difference does.

    What is asked is whether there is a step. A course that has been going down since before the treatment differs
    between the phases, too, and is no effect of it; one that goes down slowly under treatment looks more like
    autocorrelation than like a step. Look at the trend beside it, and at that of the baseline alone.

    Measured with `sd` half of what the noise had, 2,500 courses without a step a cell, sessions 3 to 10 days apart;
    steps told, %:

    =======  =====  ====  ====  ====
    phases   white   0.3   0.6   0.8
    =======  =====  ====  ====  ====
    3 + 3      1.1   1.8   3.2   3.3
    4 + 4      0.8   2.2   4.0   5.0
    3 + 9      0.8   1.6   3.4   4.8
    6 + 14     0.8   1.9   3.9   5.8
    10 + 30    0.7   2.4   3.6   4.2
    =======  =====  ====  ====  ====
    """
    courses = Courses.of(weeks, values, sd)
    given = np.asarray(in_treatment)
    if given.shape != courses.known.shape[:1] or given.dtype != np.bool_:
        raise InvalidPointsError(f"in_treatment must be n truth values, not {given.dtype} of shape {given.shape}")
    level = 0.05 / checked_comparisons(comparisons)
    treated = given[courses.order] & courses.known
    baseline = ~treated & courses.known
    told = np.minimum(baseline.sum(axis=0), treated.sum(axis=0)) >= LEAST_SESSIONS
    apart = np.where(courses.known, treated - treated.sum(axis=0) / np.maximum(courses.counts, 1), 0.0)
    noise = fit_noise(courses, apart)
    step = _Step.of(courses, apart, noise.autocorrelation)
    half, p = step.tested(courses.counts, told, level, seed)
    difference = np.where(told, step.difference, np.nan)
    growth = np.maximum(ratio(noise.error, noise.white_error) ** 2, 1.0)
    share, *share_limits = np.where(told, _nonoverlap(courses.values, baseline, treated, growth, level), np.nan)
    within, freedom = _within(courses, baseline, treated), courses.counts - 2.0
    # The standard error with which Student's t would give the interval of the difference.
    error = half / special.stdtrit(freedom, 1 - level / 2)
    g, *g_limits = standardised(difference, error, within, freedom, level)
    any_known = np.zeros(len(given), dtype=np.bool_)
    any_known[courses.order[courses.known]] = True
    return PhaseTest(
        difference=difference,
        low=difference - half,
        high=difference + half,
        p=p,
        nonoverlap=share,
        nonoverlap_low=share_limits[0],
        nonoverlap_high=share_limits[1],
        standardised=g,
        standardised_low=g_limits[0],
        standardised_high=g_limits[1],
        baseline_sessions=int((any_known & ~given).sum()),
        treatment_sessions=int((any_known & given).sum()),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Step:
    """Regression of courses on the phase, autocorrelation taken out; arrays (n, k) and (k,)."""

    level: FloatArray  # of length one
    phase: FloatArray  # less its part along the level; of length one
    left: FloatArray
    difference: FloatArray
    error: FloatArray  # standard error of the difference
    photo_error: FloatArray  # the same from re-photographing alone

    @classmethod
    def of(cls, courses: Courses, apart: FloatArray, autocorrelation: FloatArray) -> _Step:
        fading = courses.fading(autocorrelation)
        level = _of_length_one(whitened(courses.known.astype(np.float64), fading))
        phase = without(level, whitened(apart, fading))
        values = without(level, whitened(courses.values, fading))
        left = without(phase, values)
        square = (phase**2).sum(axis=0)
        variance = np.maximum((left**2).sum(axis=0), ROUNDING) / np.maximum(courses.counts - 2, 1)
        # The share that each value has in the difference: whitening the other way round.
        shares = ratio(phase, square) / np.sqrt(1 - fading**2)
        shares[:-1] -= (fading * shares)[1:]
        return cls(
            level=level,
            phase=_of_length_one(phase),
            left=left,
            difference=courses.scale * ratio((phase * values).sum(axis=0), square),
            error=courses.scale * np.sqrt(ratio(variance, square)),
            photo_error=np.sqrt((shares**2 * courses.sd**2).sum(axis=0)),
        )

    def tested(
        self, counts: IntArray, told: NDArray[np.bool_], level: float, seed: int
    ) -> tuple[FloatArray, FloatArray]:
        """Half-width of the interval and p."""
        half, p = np.full((2, len(counts)), np.nan)
        size = ratio(np.abs(self.difference), self.error)
        for count in np.unique(counts[told]):
            own = np.flatnonzero(told & (counts == count))
            by_chance = _WIDENING * self._by_chance(arrangements(int(count), seed), own)
            tried = len(by_chance) + 1
            p[own] = ((by_chance >= size[own]).sum(axis=0) + 1) / tried
            # p is below the level where fewer than this many are as large as the course's own.
            rank = int(np.ceil(level * tried - 1))
            largest = np.partition(by_chance, -rank, axis=0)[-rank] if rank > 0 else np.inf
            half[own] = largest * self.error[own]
        bound = -special.ndtri(level / 2) * self.photo_error
        return np.maximum(half, bound), np.maximum(
            p, 2 * special.ndtr(-ratio(np.abs(self.difference), self.photo_error))
        )

    def _by_chance(self, order: IntArray, own: IntArray) -> FloatArray:
        """Student's t, without its sign, of the columns `own` in each arrangement (m, count)."""
        left, level, phase = self.left[:, own], self.level[:, own], self.phase[:, own]
        along_level, along_phase = np.zeros((2, len(order), len(own)))
        for row, taken in enumerate(order.T):
            along_level += level[row] * left[taken]
            along_phase += phase[row] * left[taken]
        square = along_phase**2
        rest = np.maximum((left**2).sum(axis=0) - along_level**2 - square, ROUNDING)
        return np.asarray(np.sqrt(square / rest * (order.shape[1] - 2)))


def arrangements(count: int, seed: int) -> IntArray:
    """Orders (m, count) of so many things: all where they are few, else drawn ones."""
    if factorial(count) <= _MOST:
        return np.array(list(permutations(range(count))))
    return np.random.default_rng(seed).permuted(np.tile(np.arange(count), (_DRAWN, 1)), axis=1)


def _of_length_one(vectors: FloatArray) -> FloatArray:
    return ratio(vectors, np.sqrt((vectors**2).sum(axis=0)))


def _nonoverlap(
    values: FloatArray, baseline: NDArray[np.bool_], treated: NDArray[np.bool_], growth: FloatArray, level: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """NAP and its interval."""
    less = np.sign(values[:, None] - values[None]) * (baseline[:, None] & treated[None])
    first, second = baseline.sum(axis=0), treated.sum(axis=0)
    share = 0.5 + 0.5 * ratio(less.sum(axis=(0, 1)), first * second)
    factor = special.ndtri(1 - level / 2) ** 2 * growth

    def limit(end: float) -> FloatArray:
        # Between the share, which is never left out, and the end of the scale there is one root.
        inside, outside = share, np.full_like(share, end)
        for _ in range(60):
            middle = (inside + outside) / 2
            tail = (1 - middle) / (2 - middle) + middle / (1 + middle)
            variance = middle * (1 - middle) * (1 + ((first + second) / 2 - 1) * tail) / np.maximum(first * second, 1)
            near = (middle - share) ** 2 <= factor * variance
            inside, outside = np.where(near, middle, inside), np.where(near, outside, middle)
        return outside

    return share, limit(0.0), limit(1.0)


def _within(courses: Courses, baseline: NDArray[np.bool_], treated: NDArray[np.bool_]) -> FloatArray:
    """Pooled standard deviation within phases; NaN where there is none."""
    left = courses.values
    for phase in (baseline, treated):
        left = without(phase.astype(np.float64), left)
    square = (left**2).sum(axis=0)
    spread = np.sqrt(np.where(square > ROUNDING, square, np.nan) / np.maximum(courses.counts - 2, 1))
    return np.asarray(courses.scale * spread)
