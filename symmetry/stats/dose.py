"""Does more treatment go with more change: slopes and rank correlations of one quantity against another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError
from symmetry.stats.agreement import Estimate
from symmetry.stats.trends import IntArray

_Z: Final = float(special.ndtri(0.975))
_VERY_FEW: Final = 9
"""People of whom all ways to pair both quantities are tried: 362,880."""
_FEW: Final = 1500
"""People of whom the slopes of all pairs are held at once: a million."""
_SAMPLED: Final = 20_000
"""Pairs whose slopes say where to look for those of more people."""
_PRECISE: Final = 1e-10
"""Relative to a slope and to how far slopes of much the same rank lie apart."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoseResponse:
    """Slopes of k quantities against one dose; arrays as the quantities without their first axis.

    Attributes
    ----------
    people : ndarray of int
        For whom dose and quantity are known.
    slope : Estimate
        Theil-Sen slope, unit of the quantity by unit of the dose, with Sen's 95 % interval.
    tau : ndarray
        Kendall's tau-b.
    p : ndarray
        Two-sided, of no association, by tau.
    """

    people: IntArray
    slope: Estimate
    tau: FloatArray
    p: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankCorrelation:
    """Spearman's correlations of k quantities with one other; arrays as the quantities without their first axis.

    Attributes
    ----------
    people : ndarray of int
        For whom both are known.
    rho : Estimate
        With its 95 % interval.
    p : ndarray
        Two-sided, of no association.
    """

    people: IntArray
    rho: Estimate
    p: FloatArray


def sen_slope(x: ArrayLike, y: ArrayLike) -> DoseResponse:
    """Theil-Sen slope of each quantity against a dose.

    Parameters
    ----------
    x : array_like, shape (n,)
        Dose of n people, NaN where it is not known.
    y : array_like, shape (n, ...)
        Quantities of the same people, NaN where one is not known.

    Returns
    -------
    DoseResponse
        NaN where fewer than two people are known or all have the same dose; the interval is NaN where so few are known
        that even the steepest and the flattest pair do not span 95 %.

    Raises
    ------
    InvalidPointsError
        If a shape does not fit or a value is infinite.

    Notes
    -----
    The median slope over all pairs with different doses, and the slopes at the ranks that Kendall's test with its
    correction for ties would just accept (Sen 1968, J Am Stat Assoc 63:1379). That is what `scipy.stats.theilslopes`
    gives, too, but where there are no such ranks it gives the flattest and the steepest slope, which is no 95 %
    interval, and NaN is given here. Of more than 1,500 people the pairs are not held: a slope of given rank is where
    as many pairs rise as fall once it is taken out, found by search in n log n steps each.

    Up to nine people p is exact, ties or not: the share of all ways to pair doses and quantities with as large a tau.
    Of more, what `scipy.stats.kendalltau` says: exact up to 33 without ties, else by the normal distribution.
    """
    dose, quantities, shape = _pairs(x, y)
    numbers = np.full((5, quantities.shape[1]), np.nan)
    known = ~np.isnan(dose)[:, None] & ~np.isnan(quantities)
    for column, own in enumerate(known.T):
        over, of = dose[own], quantities[own, column]
        if len(over) < 2 or np.ptp(over) == 0:
            continue
        numbers[:3, column] = _slope(over, of)
        numbers[3:, column] = _kendall(over, of)
    value, low, high, tau, p = (row.reshape(shape) for row in numbers)
    return DoseResponse(
        people=known.sum(axis=0).reshape(shape), slope=Estimate(value=value, low=low, high=high), tau=tau, p=p
    )


def spearman(x: ArrayLike, y: ArrayLike) -> RankCorrelation:
    """Spearman's rank correlation of each quantity with one other; takes what `sen_slope` takes.

    Returns
    -------
    RankCorrelation
        NaN of fewer than three people, or where one of both is the same for all. The interval needs four people; it is
        NaN where the ranks agree (or oppose each other) without exception, as Fisher's z has no end there.

    Raises
    ------
    InvalidPointsError
        If a shape does not fit or a value is infinite.

    Notes
    -----
    The interval is by Fisher's z with the variance (1 + rho^2 / 2) / (n - 3) of Bonett & Wright (2000, Psychometrika
    65:23). Up to nine people p is exact, ties or not: the share of all ways to pair both with as large a rho. Of more,
    it is by Student's t with n - 2 degrees of freedom, as in `scipy.stats.spearmanr`, but never below 1 / n!, which is
    what one of these ways is worth.
    """
    other, quantities, shape = _pairs(x, y)
    known = ~np.isnan(other)[:, None] & ~np.isnan(quantities)
    people = known.sum(axis=0)
    rho, exact = np.full((2, len(people)), np.nan)
    for column, own in enumerate(known.T):
        ranks = [stats.rankdata(values[own]) for values in (other, quantities[:, column])]
        if people[column] >= 3 and all(np.ptp(rank) > 0 for rank in ranks):
            rho[column] = np.clip(np.corrcoef(ranks)[0, 1], -1.0, 1.0)
            if people[column] <= _VERY_FEW:
                exact[column] = _rank_p(*ranks)
    inside = np.where(np.abs(rho) < 1 - 1e-12, rho, np.nan)
    error = np.sqrt((1 + inside**2 / 2) / np.where(people > 3, people - 3, np.nan))
    low, high = (np.tanh(np.arctanh(inside) + side * _Z * error) for side in (-1, 1))
    freedom = np.where(people > 2, people - 2.0, np.nan)
    size = np.abs(inside) * np.sqrt(freedom / (1 - inside**2))
    by_t = np.where(np.isnan(inside) & ~np.isnan(rho), 0.0, 2 * special.stdtr(freedom, -size))
    p = np.where(np.isnan(exact), np.maximum(by_t, np.exp(-special.gammaln(people + 1))), exact)
    return RankCorrelation(
        people=people.reshape(shape),
        rho=Estimate(value=rho.reshape(shape), low=low.reshape(shape), high=high.reshape(shape)),
        p=p.reshape(shape),
    )


def _pairs(x: ArrayLike, y: ArrayLike) -> tuple[FloatArray, FloatArray, tuple[int, ...]]:
    dose, quantities = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if dose.ndim != 1 or quantities.shape[:1] != dose.shape:
        raise InvalidPointsError(f"shapes must be (n,) and (n, ...), not {dose.shape} and {quantities.shape}")
    if np.isinf(dose).any() or np.isinf(quantities).any():
        raise InvalidPointsError("values must be finite numbers, or NaN where they are not known")
    return dose, quantities.reshape(len(dose), int(np.prod(quantities.shape[1:]))), quantities.shape[1:]


@cache
def _orders(n: int) -> NDArray[np.int8]:
    """All orders (n, n!) of the numbers below n, the last one rising."""
    if n == 0:
        return np.zeros((0, 1), dtype=np.int8)
    shorter = _orders(n - 1)
    return np.concatenate([np.insert(shorter, place, n - 1, axis=0) for place in range(n)], axis=1)


def _rank_p(first: FloatArray, second: FloatArray) -> float:
    """Exact two-sided p of Spearman's rho of ranks."""
    # Halves of whole numbers, whose sums of products have no rounding.
    first, second = first - first.mean(), second - second.mean()
    return float((np.abs(second @ first[_orders(len(first))]) >= np.abs(second @ first)).mean())


def _kendall(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Tau-b and its two-sided p of doses that are not all the same."""
    if np.ptp(y) == 0:
        return np.nan, 1.0
    tau, p = stats.kendalltau(x, y)
    if len(x) > _VERY_FEW or len(np.unique(x)) == len(np.unique(y)) == len(x):
        return float(tau), float(p)
    first, second = (np.unique(values, return_inverse=True)[1].astype(np.int8) for values in (x, y))
    paired = second[_orders(len(x))]
    scores = np.zeros(paired.shape[1], dtype=np.int8)
    for one, other in combinations(range(len(x)), 2):
        scores += np.sign(first[one] - first[other]) * np.sign(paired[one] - paired[other])
    return float(tau), float((np.abs(scores) >= np.abs(scores[-1])).mean())


def _slope(x: FloatArray, y: FloatArray) -> tuple[float, float, float]:
    """Median slope and limits of known pairs with more than one dose."""
    n = len(x)
    _, repeats = np.unique(x, return_counts=True)
    slopes = (n * (n - 1) - int((repeats * (repeats - 1)).sum())) // 2
    ranked = _ranked_few(x, y) if n <= _FEW else _ranked_many(x, y, slopes)
    value = (ranked((slopes - 1) // 2) + ranked(slopes // 2)) / 2
    ties = sum(_score_variance(np.unique(values, return_counts=True)[1]) for values in (x, y))
    # Formula 2.6 of Sen (1968).
    reach = _Z * np.sqrt(max(_score_variance(np.array([n])) - ties, 0))
    low, high = round((slopes - reach) / 2) - 1, round((slopes + reach) / 2)
    if low < 0 or high >= slopes:
        return value, np.nan, np.nan
    return value, ranked(low), ranked(high)


def _score_variance(sizes: IntArray) -> float:
    """Variance of Kendall's score within groups of so many people each."""
    return float((sizes * (sizes - 1.0) * (2.0 * sizes + 5)).sum() / 18)


def _ranked_few(x: FloatArray, y: FloatArray) -> Callable[[int], float]:
    """Slopes of all pairs by rank, from 0."""
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    first, second = np.triu_indices(len(x), 1)
    apart = x[second] - x[first]
    rising = apart > 0
    slopes = np.sort((y[second] - y[first])[rising] / apart[rising])
    return lambda rank: float(slopes[rank])


def _ranked_many(x: FloatArray, y: FloatArray, slopes: int) -> Callable[[int], float]:
    """Slopes by rank, from 0, without holding those of all pairs."""
    sample = _sampled(x, y)
    middle, whole = float(np.subtract(*np.quantile(sample, [0.75, 0.25]))), float(np.ptp(sample))
    pairs = len(x) * (len(x) - 1) / 2

    def below(slope: float) -> float:
        """How many slopes are less, those that are equal by half."""
        left = y - slope * x
        sizes = np.unique(left, return_counts=True)[1]
        if len(sizes) == 1:
            return slopes / 2
        unequal = np.sqrt(float(slopes) * (pairs - float((sizes * (sizes - 1)).sum()) / 2))
        return float((slopes - stats.kendalltau(x, left, method="asymptotic").statistic * unequal) / 2)

    def ranked(rank: int) -> float:
        target = rank + 0.5
        share = target / slopes
        margin = 5 * np.sqrt(share * (1 - share) / len(sample)) + 2 / len(sample)
        low, high = np.quantile(sample, np.clip([share - margin, share + margin], 0, 1)).tolist()
        # Where the slopes about this rank are all the same, all others say what is a small step.
        step = high - low if high - low > _PRECISE * whole else middle or whole or 1.0
        precision = _PRECISE * step
        while below(low) >= target:
            low, step = low - step, 2 * step
        while below(high) <= target:
            high, step = high + step, 2 * step
        found = optimize.brentq(
            lambda slope: below(slope) - target, low, high, xtol=precision, rtol=_PRECISE, maxiter=1000
        )
        # A slope that many pairs share is told as it is, and not as a hair beside it.
        nearest = sample[np.abs(sample - found).argmin()]
        return float(nearest if abs(nearest - found) <= 2 * (precision + _PRECISE * abs(found)) else found) + 0.0

    return ranked


def _sampled(x: FloatArray, y: FloatArray) -> FloatArray:
    """Slopes of some of the pairs with different doses, each as likely as any other, in order."""
    rng = np.random.default_rng(0)
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    _, start, group, size = np.unique(x, return_index=True, return_inverse=True, return_counts=True)
    others = len(x) - size[group]
    first = rng.choice(len(x), size=_SAMPLED, p=others / others.sum())
    second = rng.integers(0, others[first])
    # Those of the same dose are skipped.
    second += np.where(second >= start[group[first]], size[group[first]], 0)
    return np.sort((y[second] - y[first]) / (x[second] - x[first]))
