"""Shares of people: score intervals, differences between two groups, agreement of two yes-or-no answers."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError
from symmetry.stats.agreement import Estimate

_Z: Final = float(special.ndtri(0.975))


def wilson(count: ArrayLike, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """95 % score interval of a share, without continuity correction.

    Parameters
    ----------
    count, n : array_like
        How many of how many, broadcast; NaN where not known.

    Returns
    -------
    low, high : ndarray
        Within 0 to 1; NaN of nobody.

    Raises
    ------
    InvalidPointsError
        If shapes do not fit, or a count is negative or more than its `n`.

    Notes
    -----
    Wilson (1927, J Am Stat Assoc 22:209); method 3 of Newcombe (1998, Stat Med 17:857).
    """
    hits, people = _checked(count, n)
    centre = hits + _Z**2 / 2
    half = _Z * np.sqrt(hits * (people - hits) / people + _Z**2 / 4)
    low, high = (centre - half) / (people + _Z**2), (centre + half) / (people + _Z**2)
    # Rounding must not leave out what was seen.
    return np.where((hits == 0) & (people > 0), 0.0, low), np.where(hits == people, 1.0, high)


def newcombe(
    count1: ArrayLike, n1: ArrayLike, count2: ArrayLike, n2: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Difference between the shares of two separate groups, the first less the second, with its 95 % interval.

    Parameters
    ----------
    count1, n1, count2, n2 : array_like
        How many of how many in each group, broadcast; NaN where not known.

    Returns
    -------
    difference, low, high : ndarray
        Within -1 to 1; NaN where a group has nobody.

    Raises
    ------
    InvalidPointsError
        As in `wilson`.

    Notes
    -----
    Method 10 of Newcombe (1998, Stat Med 17:873): square and add the Wilson intervals of both groups.
    """
    hits1, people1 = _checked(count1, n1)
    hits2, people2 = _checked(count2, n2)
    (low1, high1), (low2, high2) = wilson(hits1, people1), wilson(hits2, people2)
    share1, share2 = hits1 / people1, hits2 / people2
    difference = np.asarray(share1 - share2)
    return (
        difference,
        np.asarray(difference - np.hypot(share1 - low1, high2 - share2)),
        np.asarray(difference + np.hypot(high1 - share1, share2 - low2)),
    )


def fisher(count1: ArrayLike, n1: ArrayLike, count2: ArrayLike, n2: ArrayLike) -> FloatArray:
    """Two-sided p of Fisher's exact test that two groups have the same share; takes what `newcombe` takes.

    Returns
    -------
    ndarray
        NaN where a group has nobody.

    Raises
    ------
    InvalidPointsError
        As in `wilson`.
    """
    hits1, people1, hits2, people2 = np.broadcast_arrays(*_checked(count1, n1), *_checked(count2, n2))
    tables = np.stack([hits1, people1 - hits1, hits2, people2 - hits2], axis=-1).reshape(-1, 2, 2)
    p = [np.nan if np.isnan(table).any() else stats.fisher_exact(table.astype(np.int64))[1] for table in tables]
    return np.array(p, dtype=np.float64).reshape(hits1.shape)


def kappa(table: ArrayLike) -> Estimate:
    """Cohen's kappa of two yes-or-no answers about the same people, with its 95 % interval.

    Parameters
    ----------
    table : array_like, shape (..., 4)
        People with yes to both, only to the first, only to the second, to neither.

    Returns
    -------
    Estimate
        Arrays (...): 1 where both always agree, 0 where they agree as often as by chance. NaN where an answer is the
        same for everybody in both, so that chance alone would agree; the interval is NaN, too, where they agree (or
        disagree) without exception, as the large-sample variance is 0 then and says nothing.

    Raises
    ------
    InvalidPointsError
        If the last axis is not of four counts, none of them negative.

    Notes
    -----
    Cohen (1960, Educ Psychol Meas 20:37); the variance is that of Fleiss, Cohen & Everitt (1969, Psychol Bull 72:323,
    formula 13), which holds for large samples.
    """
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim == 0 or counts.shape[-1] != 4 or (counts < 0).any():
        raise InvalidPointsError(f"a table must be four counts of 0 or more on the last axis, not {counts.shape}")
    people = counts.sum(axis=-1)
    people = np.where(people > 0, people, np.nan)
    cells = (counts / people[..., None]).reshape(*counts.shape[:-1], 2, 2)
    first, second = cells.sum(axis=-1), cells.sum(axis=-2)
    agreed = np.trace(cells, axis1=-2, axis2=-1)
    by_chance = (first * second).sum(axis=-1)
    disagreeing = 1 - by_chance
    disagreeing = np.where(disagreeing > 1e-12, disagreeing, np.nan)
    value = (agreed - by_chance) / disagreeing

    apart = 1 - value
    same = np.diagonal(cells, axis1=-2, axis2=-1)
    on = (same * (1 - (first + second) * apart[..., None]) ** 2).sum(axis=-1)
    # Cell (i, j) is weighed by the second answer's share of i and the first answer's share of j.
    crossed = second[..., :, None] + first[..., None, :]
    off = apart**2 * (cells * crossed**2 * (1 - np.eye(2))).sum(axis=(-2, -1))
    variance = (on + off - (value - by_chance * apart) ** 2) / (people * disagreeing**2)
    half = _Z * np.sqrt(np.where(variance > 1e-12, variance, np.nan))
    low, high = np.maximum(value - half, -1.0), np.minimum(value + half, 1.0)
    return Estimate(value=np.asarray(value), low=np.asarray(low), high=np.asarray(high))


def _checked(count: ArrayLike, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Check and broadcast counts and people; these are NaN where there is nobody."""
    try:
        hits, people = np.broadcast_arrays(np.asarray(count, dtype=np.float64), np.asarray(n, dtype=np.float64))
    except ValueError as error:
        raise InvalidPointsError(f"shapes do not fit: {np.shape(count)} and {np.shape(n)}") from error
    if ((hits < 0) | (hits > people) | np.isinf(people)).any():
        raise InvalidPointsError("a count must be from 0 to the number of people that it is of")
    return hits, np.where(people > 0, people, np.nan)
