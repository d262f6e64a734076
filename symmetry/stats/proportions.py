"""Proportions of people: score intervals, differences between two groups, and agreement of two binary ratings."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError
from symmetry.stats.checks import as_broadcast
from symmetry.stats.estimates import Z95, Estimate


def wilson(count: ArrayLike, n: ArrayLike) -> Estimate:
    """Proportion with Wilson's 95 % score interval, without continuity correction.

    Parameters
    ----------
    count, n : array_like
        Successes and people, broadcast; NaN where unknown.

    Returns
    -------
    Estimate
        Within 0 to 1; NaN where n is 0.

    Raises
    ------
    InvalidPointsError
        If the shapes do not broadcast, or a count is negative or above its `n`.

    Notes
    -----
    Wilson (1927, J Am Stat Assoc 22:209); method 3 of Newcombe (1998, Stat Med 17:857).

    Examples
    --------
    >>> share = wilson(23, 40)
    >>> print(share.value, share.low.round(3), share.high.round(3))
    0.575 0.422 0.715
    """
    hits, people = _checked(count, n)
    centre = hits + Z95**2 / 2
    half = Z95 * np.sqrt(hits * (people - hits) / people + Z95**2 / 4)
    low, high = (centre - half) / (people + Z95**2), (centre + half) / (people + Z95**2)
    # Rounding must not exclude the observed proportion.
    low, high = np.where((hits == 0) & (people > 0), 0.0, low), np.where(hits == people, 1.0, high)
    return Estimate(value=np.asarray(hits / people), low=low, high=high)


def newcombe(count1: ArrayLike, n1: ArrayLike, count2: ArrayLike, n2: ArrayLike) -> Estimate:
    """Difference between the proportions of two independent groups, the first less the second.

    Parameters
    ----------
    count1, n1, count2, n2 : array_like
        Successes and people of each group, broadcast; NaN where unknown.

    Returns
    -------
    Estimate
        Within -1 to 1; NaN where a group is empty.

    Raises
    ------
    InvalidPointsError
        As in `wilson`.

    Notes
    -----
    Method 10 of Newcombe (1998, Stat Med 17:873): square-and-add of the Wilson intervals of both groups.

    Examples
    --------
    >>> difference = newcombe(23, 40, 11, 38)
    >>> print(difference.value.round(3), difference.low.round(3), difference.high.round(3))
    0.286 0.065 0.469
    """
    one, other = wilson(count1, n1), wilson(count2, n2)
    difference = np.asarray(one.value - other.value)
    low = np.asarray(difference - np.hypot(one.value - one.low, other.high - other.value))
    high = np.asarray(difference + np.hypot(one.high - one.value, other.value - other.low))
    return Estimate(value=difference, low=low, high=high)


def fisher(count1: ArrayLike, n1: ArrayLike, count2: ArrayLike, n2: ArrayLike) -> FloatArray:
    """Two-sided p of Fisher's exact test that two groups have the same proportion.

    Parameters
    ----------
    count1, n1, count2, n2
        As for `newcombe`.

    Returns
    -------
    ndarray
        NaN where a group is empty.

    Examples
    --------
    >>> print(fisher(23, 40, 11, 38).round(4))
    0.0132
    """
    hits1, people1, hits2, people2 = np.broadcast_arrays(*_checked(count1, n1), *_checked(count2, n2))
    tables = np.stack([hits1, people1 - hits1, hits2, people2 - hits2], axis=-1).reshape(-1, 2, 2)
    p = [np.nan if np.isnan(table).any() else stats.fisher_exact(table.astype(np.int64))[1] for table in tables]
    return np.array(p, dtype=np.float64).reshape(hits1.shape)


def kappa(table: ArrayLike) -> Estimate:
    """Cohen's kappa of two binary ratings of the same people, with its 95 % interval.

    Parameters
    ----------
    table : array_like, shape (..., 4)
        Number of people positive by both ratings, by the first only, by the second only, by neither.

    Returns
    -------
    Estimate
        Arrays (...): 1 for full agreement, 0 for that of chance. NaN where both ratings are the same for everyone. The
        interval is also NaN where they agree (or disagree) without exception, as the large-sample variance is 0 then.

    Raises
    ------
    InvalidPointsError
        If the last axis is not four counts of 0 or more.

    Notes
    -----
    Cohen (1960, Educ Psychol Meas 20:37), with the large-sample variance of Fleiss, Cohen & Everitt (1969, Psychol Bull
    72:323, formula 13).

    Examples
    --------
    >>> agreement = kappa([12, 4, 5, 9])
    >>> print(agreement.value.round(3), agreement.low.round(3), agreement.high.round(3))
    0.395 0.065 0.724
    """
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim == 0 or counts.shape[-1] != 4 or (counts < 0).any():
        raise InvalidPointsError(f"a table must be four counts of 0 or more on the last axis, not {counts.shape}")
    people = counts.sum(axis=-1)
    people = np.where(people > 0, people, np.nan)
    shares = (counts / people[..., None]).reshape(*counts.shape[:-1], 2, 2)
    first, second = shares.sum(axis=-1), shares.sum(axis=-2)
    observed = np.trace(shares, axis1=-2, axis2=-1)
    by_chance = (first * second).sum(axis=-1)
    disagreeing = 1 - by_chance
    disagreeing = np.where(disagreeing > 1e-12, disagreeing, np.nan)
    value = (observed - by_chance) / disagreeing

    apart = 1 - value
    same = np.diagonal(shares, axis1=-2, axis2=-1)
    on = (same * (1 - (first + second) * apart[..., None]) ** 2).sum(axis=-1)
    # Cell (i, j) is weighted by the share of i in the second rating and of j in the first.
    crossed = second[..., :, None] + first[..., None, :]
    off = apart**2 * (shares * crossed**2 * (1 - np.eye(2))).sum(axis=(-2, -1))
    variance = (on + off - (value - by_chance * apart) ** 2) / (people * disagreeing**2)
    half = Z95 * np.sqrt(np.where(variance > 1e-12, variance, np.nan))
    low, high = np.maximum(value - half, -1.0), np.minimum(value + half, 1.0)
    return Estimate(value=np.asarray(value), low=np.asarray(low), high=np.asarray(high))


def _checked(count: ArrayLike, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Check and broadcast counts and people; people are NaN where there are none."""
    hits, people = as_broadcast(count, n)
    if ((hits < 0) | (hits > people) | np.isinf(people)).any():
        raise InvalidPointsError("a count must be from 0 to its number of people")
    return hits, np.where(people > 0, people, np.nan)
