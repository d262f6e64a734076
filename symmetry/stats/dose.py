"""Dose-response: slopes and rank correlations of quantities against one other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

from symmetry.arrays import BoolArray, FloatArray, IntArray
from symmetry.errors import InvalidPointsError
from symmetry.stats.checks import as_columns, check_finite_or_nan
from symmetry.stats.estimates import Z95, Estimate

_VERY_FEW: Final = 9
"""People up to whom all pairings of both quantities are used: 362,880."""
_FEW: Final = 1500
"""People up to whom the slopes of all pairs are held in memory: a million."""
_SAMPLED: Final = 20_000
"""Pairs sampled to bracket the slopes of more people."""
_PRECISE: Final = 1e-10
"""Relative to a slope and to the distance between slopes of neighbouring rank."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoseResponse:
    """Slopes of quantities against one dose; arrays shaped as one row of the quantities."""

    people: IntArray  # number with both a dose and the quantity
    slope: Estimate  # Theil-Sen slope, unit of the quantity by unit of the dose, with Sen's 95 % interval
    tau: FloatArray  # kendall's tau-b
    p: FloatArray  # two-sided, of no association, by tau


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankCorrelation:
    """Spearman's correlations of quantities with one other; arrays shaped as one row of the quantities."""

    people: IntArray  # number with both
    rho: Estimate  # with its 95 % interval
    p: FloatArray  # two-sided, of no association


def sen_slope(x: ArrayLike, y: ArrayLike) -> DoseResponse:
    """Theil-Sen slope and Kendall's tau of each quantity against a dose.

    Parameters
    ----------
    x : array_like, shape (n,)
        Doses of n people; NaN where unknown.
    y : array_like, shape (n, ...)
        Quantities of the same people; NaN where unknown.

    Returns
    -------
    DoseResponse
        NaN with fewer than two people, or where all have the same dose. The interval is NaN with so few people that
        even the steepest and the flattest pair do not span 95 %.

    Raises
    ------
    InvalidPointsError
        If a shape does not fit or a value is infinite.

    Notes
    -----
    The median slope over all pairs with different doses, and the slopes at the ranks that Kendall's test, corrected
    for ties, would just accept (Sen 1968, J Am Stat Assoc 63:1379). `scipy.stats.theilslopes` agrees, except that it
    gives the extreme slopes where there are no such ranks, which is no 95 % interval. With more than 1,500 people the
    pairs are not held in memory: the slope of a given rank is the one whose removal leaves the wanted number of
    concordant pairs, found by search in n log n steps each.

    With up to nine people p is exact, ties or not, over all pairings of doses and quantities; with more it is that of
    `scipy.stats.kendalltau`: exact up to 33 without ties, else the normal approximation.

    Examples
    --------
    >>> found = sen_slope([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.1, -0.2, -0.2, -0.5, -0.7, -0.6])
    >>> print(found.slope.value.round(2), found.tau.round(2), found.p.round(3))
    -0.15 -0.83 0.028
    """
    dose, quantities, shape = _checked(x, y)
    numbers = np.full((5, quantities.shape[1]), np.nan)
    for column, over, of in _complete_pairs(dose, quantities):
        if len(over) >= 2 and np.ptp(over) > 0:
            numbers[:3, column] = _slope(over, of)
            numbers[3:, column] = _kendall(over, of)
    value, low, high, tau, p = (row.reshape(shape) for row in numbers)
    people = _both_known(dose, quantities).sum(axis=0).reshape(shape)
    return DoseResponse(people=people, slope=Estimate(value=value, low=low, high=high), tau=tau, p=p)


def spearman(x: ArrayLike, y: ArrayLike) -> RankCorrelation:
    """Spearman's rank correlation of each quantity with one other.

    Parameters
    ----------
    x, y
        As for `sen_slope`.

    Returns
    -------
    RankCorrelation
        NaN with fewer than three people, or where either is the same for all. The interval needs four people; it is
        NaN where the ranks agree (or oppose each other) perfectly, where Fisher's z is infinite.

    Raises
    ------
    InvalidPointsError
        If a shape does not fit or a value is infinite.

    Notes
    -----
    The interval is by Fisher's z with the variance (1 + rho^2 / 2) / (n - 3) of Bonett & Wright (2000, Psychometrika
    65:23). With up to nine people p is exact, ties or not, over all pairings. With more it is by Student's t with n - 2
    degrees of freedom, as in `scipy.stats.spearmanr`, but never below 1 / n!, the probability of one pairing.

    Examples
    --------
    >>> found = spearman([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.1, -0.2, -0.2, -0.5, -0.7, -0.6])
    >>> print(found.rho.value.round(2), found.p.round(3))
    -0.93 0.017
    """
    other, quantities, shape = _checked(x, y)
    people = _both_known(other, quantities).sum(axis=0)
    rho, exact = np.full((2, len(people)), np.nan)
    for column, *pair in _complete_pairs(other, quantities):
        ranks = [stats.rankdata(values) for values in pair]
        if people[column] >= 3 and all(np.ptp(rank) > 0 for rank in ranks):
            rho[column] = np.clip(np.corrcoef(ranks)[0, 1], -1.0, 1.0)
            if people[column] <= _VERY_FEW:
                exact[column] = _rank_p(*ranks)
    inside = np.where(np.abs(rho) < 1 - 1e-12, rho, np.nan)
    error = np.sqrt((1 + inside**2 / 2) / np.where(people > 3, people - 3, np.nan))
    low, high = (np.tanh(np.arctanh(inside) + side * Z95 * error) for side in (-1, 1))
    freedom = np.where(people > 2, people - 2.0, np.nan)
    t = np.abs(inside) * np.sqrt(freedom / (1 - inside**2))
    by_t = np.where(np.isnan(inside) & ~np.isnan(rho), 0.0, 2 * special.stdtr(freedom, -t))
    p = np.where(np.isnan(exact), np.maximum(by_t, np.exp(-special.gammaln(people + 1))), exact)
    estimate = Estimate(value=rho, low=low, high=high).reshaped(shape)
    return RankCorrelation(people=people.reshape(shape), rho=estimate, p=p.reshape(shape))


def _checked(x: ArrayLike, y: ArrayLike) -> tuple[FloatArray, FloatArray, tuple[int, ...]]:
    """Dose (n,), quantities (n, k), and the shape of results."""
    dose, quantities = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if dose.ndim != 1 or quantities.shape[:1] != dose.shape:
        raise InvalidPointsError(f"shapes must be (n,) and (n, ...), not {dose.shape} and {quantities.shape}")
    check_finite_or_nan(dose)
    return dose, *as_columns(quantities)


def _both_known(dose: FloatArray, quantities: FloatArray) -> BoolArray:
    return np.asarray(~np.isnan(dose)[:, None] & ~np.isnan(quantities))


def _complete_pairs(dose: FloatArray, quantities: FloatArray) -> Iterator[tuple[int, FloatArray, FloatArray]]:
    """Each column with the doses and the quantities of those who have both."""
    for column, own in enumerate(_both_known(dose, quantities).T):
        yield column, dose[own], quantities[own, column]


@cache
def _orders(n: int) -> NDArray[np.int8]:
    """All permutations (n, n!) of the numbers below n, the identity last."""
    if n == 0:
        return np.zeros((0, 1), dtype=np.int8)
    shorter = _orders(n - 1)
    return np.concatenate([np.insert(shorter, place, n - 1, axis=0) for place in range(n)], axis=1)


def _rank_p(first: FloatArray, second: FloatArray) -> float:
    """Exact two-sided p of Spearman's rho, from ranks."""
    # Multiples of one half: sums of their products are exact.
    first, second = first - first.mean(), second - second.mean()
    return float((np.abs(second @ first[_orders(len(first))]) >= np.abs(second @ first)).mean())


def _kendall(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Tau-b and its two-sided p, for doses that are not all the same."""
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
    """Median slope and its limits, for pairs with more than one dose."""
    n = len(x)
    _, repeats = np.unique(x, return_counts=True)
    slopes = (n * (n - 1) - int((repeats * (repeats - 1)).sum())) // 2
    ranked = _ranked_few(x, y) if n <= _FEW else _ranked_many(x, y, slopes)
    value = (ranked((slopes - 1) // 2) + ranked(slopes // 2)) / 2
    ties = sum(_score_variance(np.unique(values, return_counts=True)[1]) for values in (x, y))
    # Formula 2.6 of Sen (1968).
    reach = Z95 * np.sqrt(max(_score_variance(np.array([n])) - ties, 0))
    low, high = round((slopes - reach) / 2) - 1, round((slopes + reach) / 2)
    if low < 0 or high >= slopes:
        return value, np.nan, np.nan
    return value, ranked(low), ranked(high)


def _score_variance(sizes: IntArray) -> float:
    """Variance of Kendall's score within groups of these sizes."""
    return float((sizes * (sizes - 1.0) * (2.0 * sizes + 5)).sum() / 18)


def _ranked_few(x: FloatArray, y: FloatArray) -> Callable[[int], float]:
    """Slopes of all pairs, by rank from 0."""
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    first, second = np.triu_indices(len(x), 1)
    apart = x[second] - x[first]
    rising = apart > 0
    slopes = np.sort((y[second] - y[first])[rising] / apart[rising])
    return lambda rank: float(slopes[rank])


def _ranked_many(x: FloatArray, y: FloatArray, slopes: int) -> Callable[[int], float]:
    """Slopes of all pairs, by rank from 0, without holding them in memory."""
    sample = _sampled(x, y)
    middle, whole = float(np.subtract(*np.quantile(sample, [0.75, 0.25]))), float(np.ptp(sample))
    pairs = len(x) * (len(x) - 1) / 2

    def below(slope: float) -> float:
        """Count the lower slopes, equal ones as half."""
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
        # Where the slopes about this rank are all equal, the others set the scale of a step.
        step = high - low if high - low > _PRECISE * whole else middle or whole or 1.0
        precision = _PRECISE * step
        while below(low) >= target:
            low, step = low - step, 2 * step
        while below(high) <= target:
            high, step = high + step, 2 * step
        found = optimize.brentq(
            lambda slope: below(slope) - target, low, high, xtol=precision, rtol=_PRECISE, maxiter=1000
        )
        # A slope that many pairs share is given exactly.
        nearest = sample[np.abs(sample - found).argmin()]
        return float(nearest if abs(nearest - found) <= 2 * (precision + _PRECISE * abs(found)) else found) + 0.0

    return ranked


def _sampled(x: FloatArray, y: FloatArray) -> FloatArray:
    """Sorted slopes of a random sample of the pairs with different doses, all equally likely."""
    rng = np.random.default_rng(0)
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    _, start, group, size = np.unique(x, return_index=True, return_inverse=True, return_counts=True)
    others = len(x) - size[group]
    first = rng.choice(len(x), size=_SAMPLED, p=others / others.sum())
    second = rng.integers(0, others[first])
    # Skip those of the same dose.
    second += np.where(second >= start[group[first]], size[group[first]], 0)
    return np.sort((y[second] - y[first]) / (x[second] - x[first]))
