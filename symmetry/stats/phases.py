"""Baseline phase against treatment phase of one person, tested for a step.

Residuals of a regression with the autocorrelation taken out are exchangeable. They are permuted (all n! orders of up to
seven sessions, else 4,999 random ones) after the levels of both phases have been removed, and Student's t of the course
is compared with 1.2 times that of each permutation (permutation under the full model, ter Braak 1992). The interval is
the inverse of that test, so the two agree. Neither is ever surer than re-photographing alone makes them.

The question is whether there is a step. A course that has gone down since before the treatment differs between the
phases, too, without an effect of the treatment: unless a step describes the sessions plainly better than a
straight line through all of them, none is claimed. One that goes down slowly under treatment looks more like a line,
too. Look at the trend as well. How often the test is wrong is tabulated in `docs/api/arrays.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from math import factorial
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from symmetry.arrays import BoolArray, FloatArray, IntArray
from symmetry.stats.autocorrelation import ROUNDING, Courses, fit_noise, residuals, whitened
from symmetry.stats.checks import as_mask, check_comparisons
from symmetry.stats.effect_sizes import effect_size
from symmetry.stats.estimates import Estimate, ratio

LEAST_SESSIONS: Final = 3
"""Sessions of each phase below which phases are not compared."""

_WIDENING: Final = 1.2
"""What permuting lacks, as the autocorrelation is itself an estimate. Calibrated by `tests/benchmarks/courses.py` to at
most 5 % of false alarms up to autocorrelation 0.6."""
_PLAINLY: Final = 1.0
"""Difference in the logarithm of the likelihood from which on a step describes a course better than a line does."""
_ALL: Final = 5040
"""Most permutations that are all used, those of seven sessions; for more sessions `_RANDOM` are drawn."""
_RANDOM: Final = 4999


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhaseTest:
    """Phases of k courses compared; arrays (k,), NaN where a phase has fewer than three sessions.

    Attributes
    ----------
    difference : Estimate
        Treatment less baseline by generalised least squares, in the unit of the values: the difference of the means
        without autocorrelation; the stronger it is, the more the sessions around the start of treatment count. This
        and the other intervals have a coverage of 95 %, or 1 - 0.05 / comparisons.
    p : ndarray
        Two-sided, of no difference. Below 0.05 / comparisons exactly where the interval excludes zero.
    nonoverlap : Estimate
        Nonoverlap of all pairs (NAP): share of the pairs of a baseline and a treatment session in which treatment is
        lower, ties count half. 0.5 = no difference.
    standardised : Estimate
        Hedges' g: the difference over the standard deviation within phases, corrected for few sessions.
    baseline_sessions, treatment_sessions : int
        Sessions of each phase with any value.
    drifts : ndarray of bool
        Where the phases differ, but a step does not describe the course plainly better than a steady drift: none can
        be claimed then, and interval and p are NaN.
    """

    difference: Estimate
    p: FloatArray
    nonoverlap: Estimate
    standardised: Estimate
    baseline_sessions: int
    treatment_sessions: int
    drifts: BoolArray


def compare_phases(
    weeks: ArrayLike, values: ArrayLike, in_treatment: ArrayLike, sd: ArrayLike, *, comparisons: int = 1, seed: int = 0
) -> PhaseTest:
    """Permutation test of a step between the baseline and the treatment phase of each course.

    Parameters
    ----------
    weeks, values, sd, comparisons
        As for `symmetry.stats.trends.trends`.
    in_treatment : array_like of bool, shape (n,)
        Whether each session belongs to the treatment phase.
    seed : int
        Of the random permutations.

    Returns
    -------
    PhaseTest

    Raises
    ------
    InvalidPointsError
        If the shapes do not fit, a time or a value is not finite, or `sd` is negative.
    ValueError
        If `comparisons` is below one.

    Notes
    -----
    The test stands at the top of the module; its noise is that of `symmetry.stats.autocorrelation`. The interval of
    NAP (Parker & Vannest 2009, Behav Ther 40:357) is method 5 of Newcombe (2006, Stat Med 25:559), its variance
    multiplied by what autocorrelation does to that of a difference of means. That of Hedges' g is by the noncentral
    t distribution, so it excludes zero where that of the difference does.

    Examples
    --------
    >>> values = [[5.0], [5.2], [4.9], [2.0], [2.2], [1.9]]
    >>> found = compare_phases(range(6), values, np.arange(6) >= 3, sd=[0.1])
    >>> print(found.difference.value.round(1), found.nonoverlap.value)
    [-3.] [1.]
    """
    check_comparisons(comparisons)
    courses = Courses.of(weeks, values, sd)
    mask, level = as_mask(in_treatment, len(courses.known), "in_treatment"), 0.05 / comparisons
    treated = mask[courses.order] & courses.known
    baseline = ~treated & courses.known
    step, growth = _Step.fitted(courses, treated)
    enough = np.minimum(baseline.sum(axis=0), treated.sum(axis=0)) >= LEAST_SESSIONS
    half, p, drifts = step.tested(courses.counts, enough, level, seed)
    nap, nap_low, nap_high = np.where(enough, _nonoverlap(courses.values, baseline, treated, growth, level), np.nan)
    difference, freedom = np.where(enough, step.difference, np.nan), np.asarray(courses.counts - 2.0, dtype=np.float64)
    error = half / special.stdtrit(freedom, 1 - level / 2)  # with which Student's t gives this half-width
    known = np.isin(np.arange(len(mask)), courses.order[courses.known])
    return PhaseTest(
        difference=Estimate(value=difference, low=difference - half, high=difference + half),
        p=p,
        nonoverlap=Estimate(value=nap, low=nap_low, high=nap_high),
        standardised=effect_size(difference, error, _within(courses, baseline, treated), freedom, level),
        baseline_sessions=int((known & ~mask).sum()),
        treatment_sessions=int((known & mask).sum()),
        drifts=drifts,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Step:
    """Regression of courses on the phase, autocorrelation taken out; arrays (n, k) and (k,)."""

    level: FloatArray  # of unit length
    phase: FloatArray  # orthogonal to the level, of unit length
    left: FloatArray  # residuals
    difference: FloatArray
    error: FloatArray  # standard error of the difference
    photo_error: FloatArray  # the same from re-photographing alone
    drifts: BoolArray  # where a straight line describes the course as well as the step

    @classmethod
    def fitted(cls, courses: Courses, treated: BoolArray) -> tuple[_Step, FloatArray]:
        """Fit the step; also the factor (k,) by which autocorrelation inflates the variance of a difference."""
        apart = np.where(courses.known, treated - treated.sum(axis=0) / np.maximum(courses.counts, 1), 0.0)
        noise = fit_noise(courses, apart)
        fading = courses.fading(noise.autocorrelation)
        level = _unit_length(whitened(courses.known.astype(np.float64), fading))
        phase = residuals(level, whitened(apart, fading))
        values = residuals(level, whitened(courses.values, fading))
        left = residuals(phase, values)
        line = residuals(level, whitened(courses.weeks, fading))
        beside_line = (residuals(line, values) ** 2).sum(axis=0)
        square = (phase**2).sum(axis=0)
        variance = np.maximum((left**2).sum(axis=0), ROUNDING) / np.maximum(courses.counts - 2, 1)
        # Weight of each value in the difference: whitening, transposed.
        shares = ratio(phase, square) / np.sqrt(1 - fading**2)
        shares[:-1] -= (fading * shares)[1:]
        step = cls(
            level=level,
            phase=_unit_length(phase),
            left=left,
            difference=courses.scale * ratio((phase * values).sum(axis=0), square),
            error=courses.scale * np.sqrt(ratio(variance, square)),
            photo_error=np.sqrt((shares**2 * courses.sd**2).sum(axis=0)),
            drifts=beside_line < (left**2).sum(axis=0) * np.exp(2 * _PLAINLY / np.maximum(courses.counts, 1)),
        )
        return step, np.maximum(ratio(noise.error, noise.white_error) ** 2, 1.0)

    def tested(
        self, counts: IntArray, enough: BoolArray, level: float, seed: int
    ) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Half-width of the interval, p, and where a drift explains a difference as well: both are NaN there."""
        half, p = np.full((2, len(counts)), np.nan)
        t = ratio(np.abs(self.difference), self.error)
        for count in np.unique(counts[enough]):
            own = np.flatnonzero(enough & (counts == count))
            permuted = _WIDENING * self._permuted_t(permuted_orders(int(count), seed), own)
            arranged = len(permuted) + 1
            p[own] = ((permuted >= t[own]).sum(axis=0) + 1) / arranged
            # p is below the level where fewer than this many are as large as the course's own.
            rank = int(np.ceil(level * arranged - 1))
            largest = np.partition(permuted, -rank, axis=0)[-rank] if rank > 0 else np.inf
            half[own] = largest * self.error[own]
        bound = -special.ndtri(level / 2) * self.photo_error
        by_photos = 2 * special.ndtr(-ratio(np.abs(self.difference), self.photo_error))
        half, p = np.maximum(half, bound), np.maximum(p, by_photos)
        drifts = (p < level) & self.drifts
        return np.where(drifts, np.nan, half), np.where(drifts, np.nan, p), drifts

    def _permuted_t(self, order: IntArray, own: IntArray) -> FloatArray:
        """Absolute t of the columns `own` in each order (m, count) of the residuals."""
        left, level, phase = self.left[:, own], self.level[:, own], self.phase[:, own]
        along_level, along_phase = np.zeros((2, len(order), len(own)))
        for row, taken in enumerate(order.T):
            along_level += level[row] * left[taken]
            along_phase += phase[row] * left[taken]
        square = along_phase**2
        rest = np.maximum((left**2).sum(axis=0) - along_level**2 - square, ROUNDING)
        return np.asarray(np.sqrt(square / rest * (order.shape[1] - 2)))


def permuted_orders(count: int, seed: int) -> IntArray:
    """Permutations (m, count) of the first numbers: all of them, or a random sample where they are many."""
    if factorial(count) <= _ALL:
        return np.array(list(permutations(range(count))))
    return np.random.default_rng(seed).permuted(np.tile(np.arange(count), (_RANDOM, 1)), axis=1)


def _unit_length(vectors: FloatArray) -> FloatArray:
    return ratio(vectors, np.sqrt((vectors**2).sum(axis=0)))


def _nonoverlap(
    values: FloatArray, baseline: BoolArray, treated: BoolArray, growth: FloatArray, level: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """NAP and its interval, its variance multiplied by `growth`."""
    less = np.sign(values[:, None] - values[None]) * (baseline[:, None] & treated[None])
    first, second = baseline.sum(axis=0), treated.sum(axis=0)
    share = 0.5 + 0.5 * ratio(less.sum(axis=(0, 1)), first * second)
    factor = special.ndtri(1 - level / 2) ** 2 * growth

    def limit(end: float) -> FloatArray:
        # There is one root between the share, which is always inside, and the end of the scale.
        inside, outside = share, np.full_like(share, end)
        for _ in range(60):
            middle = (inside + outside) / 2
            tail = (1 - middle) / (2 - middle) + middle / (1 + middle)
            variance = middle * (1 - middle) * (1 + ((first + second) / 2 - 1) * tail) / np.maximum(first * second, 1)
            near = (middle - share) ** 2 <= factor * variance
            inside, outside = np.where(near, middle, inside), np.where(near, outside, middle)
        return outside

    return share, limit(0.0), limit(1.0)


def _within(courses: Courses, baseline: BoolArray, treated: BoolArray) -> FloatArray:
    """Pooled standard deviation within phases; NaN if it is zero."""
    left = courses.values
    for phase in (baseline, treated):
        left = residuals(phase.astype(np.float64), left)
    square = (left**2).sum(axis=0)
    spread = np.sqrt(np.where(square > ROUNDING, square, np.nan) / np.maximum(courses.counts - 2, 1))
    return np.asarray(courses.scale * spread)
