"""How much people changed on average, and how much more one group did than another; with intervals.

A column is one quantity (a region) over all people; each is told by the people known in it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError
from symmetry.stats.agreement import Estimate, mean_and_squares
from symmetry.stats.effect_sizes import standardised

BoolArray = NDArray[np.bool_]


def mean_change(values: ArrayLike) -> Estimate:
    """Mean of changes with its 95 % interval from Student's t; takes what `paired_tests.sign_flip_test` takes.

    Returns
    -------
    Estimate
        Arrays (...). The mean from one person on, the interval from two.

    Raises
    ------
    InvalidPointsError
        If a value is infinite or there is no first axis.
    """
    changes, shape = columns_of(values)
    count, mean, variance = _moments(changes)
    half = special.stdtrit(count - 1, 0.975) * np.sqrt(variance / count)
    return _estimate(mean, mean - half, mean + half, shape)


def standardised_change(values: ArrayLike) -> Estimate:
    """Mean of changes over their standard deviation, with its 95 % interval.

    Takes what `paired_tests.sign_flip_test` takes.

    Returns
    -------
    Estimate
        Arrays (...), without a unit. NaN of fewer than three people, or where all changed by the same.

    Raises
    ------
    InvalidPointsError
        If a value is infinite or there is no first axis.

    Notes
    -----
    Hedges' correction and the noncentral t distribution: see `effect_sizes.standardised`.
    """
    changes, shape = columns_of(values)
    count, mean, variance = _moments(changes)
    spread = np.sqrt(np.where(variance > 0, variance, np.nan))
    return _estimate(*standardised(mean, spread / np.sqrt(count), spread, count - 1), shape)


def difference_of_means(values: ArrayLike, in_group: ArrayLike) -> Estimate:
    """Mean of a group less that of all others, with Welch's 95 % interval.

    Takes what `symmetry.stats.paired_tests.two_group_permutation` takes.

    Returns
    -------
    Estimate
        Arrays (...). The difference from one person a group on, the interval from two.

    Raises
    ------
    InvalidPointsError
        As in `two_group_permutation`.

    Notes
    -----
    Welch (1947, Biometrika 34:28): spreads of the groups may differ.
    """
    changes, shape = columns_of(values)
    member = membership(in_group, len(changes))
    (count1, mean1, variance1), (count2, mean2, variance2) = _moments(changes[member]), _moments(changes[~member])
    part1, part2 = variance1 / count1, variance2 / count2
    # Where nobody differs from anybody, any degrees of freedom do.
    spread = np.where(part1 + part2 > 0, part1 + part2, 1.0)
    shares = (part1 / spread) ** 2 / (count1 - 1) + (part2 / spread) ** 2 / (count2 - 1)
    freedom = np.where(shares > 0, 1 / np.where(shares > 0, shares, 1.0), np.where(np.isnan(shares), np.nan, 1.0))
    half = special.stdtrit(freedom, 0.975) * np.sqrt(part1 + part2)
    difference = mean1 - mean2
    return _estimate(difference, difference - half, difference + half, shape)


def hedges_g(values: ArrayLike, in_group: ArrayLike) -> Estimate:
    """Difference of means over the spread within both groups, with its 95 % interval; a group less all others.

    Takes what `two_group_permutation` takes.

    Returns
    -------
    Estimate
        Arrays (...), without a unit. NaN where a group has fewer than two people, or nobody differs within them.

    Raises
    ------
    InvalidPointsError
        As in `two_group_permutation`.

    Notes
    -----
    Hedges' correction and the noncentral t distribution: see `effect_sizes.standardised`. The spread is taken
    to be the same in both groups. Welch's interval in `difference_of_means` is not built on that, so where spreads
    differ the one may leave zero out and the other not.
    """
    changes, shape = columns_of(values)
    member = membership(in_group, len(changes))
    (count1, mean1, variance1), (count2, mean2, variance2) = _moments(changes[member]), _moments(changes[~member])
    freedom = count1 + count2 - 2
    variance = ((count1 - 1) * variance1 + (count2 - 1) * variance2) / np.where(freedom > 0, freedom, np.nan)
    spread = np.sqrt(np.where(variance > 0, variance, np.nan))
    return _estimate(*standardised(mean1 - mean2, spread * np.sqrt(1 / count1 + 1 / count2), spread, freedom), shape)


def columns_of(values: ArrayLike) -> tuple[FloatArray, tuple[int, ...]]:
    """Values as columns (n, k), and the shape of what is told of them."""
    given = np.asarray(values, dtype=np.float64)
    if given.ndim == 0 or np.isinf(given).any():
        raise InvalidPointsError("values must be finite numbers of n people, or NaN where they are not known")
    return given.reshape(len(given), int(np.prod(given.shape[1:]))), given.shape[1:]


def membership(in_group: ArrayLike, people: int) -> BoolArray:
    """Who is in the group, a truth value for each of the people."""
    member = np.asarray(in_group)
    if member.shape != (people,) or member.dtype != np.bool_:
        raise InvalidPointsError(f"in_group must be {people} truth values, not {member.dtype} of shape {member.shape}")
    return member


def _estimate(value: FloatArray, low: FloatArray, high: FloatArray, shape: tuple[int, ...]) -> Estimate:
    return Estimate(value=value.reshape(shape), low=low.reshape(shape), high=high.reshape(shape))


def _moments(columns: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """How many are known in each column, NaN for none, their mean and their variance, NaN of one."""
    known = (~np.isnan(columns)).sum(axis=0)
    count = np.where(known > 0, known, np.nan)
    if not columns.size:
        return count, count, count
    mean, squares = mean_and_squares(columns)
    return count, np.where(known > 0, mean, np.nan), squares / np.where(known > 1, known - 1, np.nan)
