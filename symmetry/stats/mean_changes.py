"""Mean changes of people and differences between the mean changes of two groups, with intervals.

Each column is one quantity (a region) over all people; people without a value (NaN) are left out of that column.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from symmetry.arrays import FloatArray
from symmetry.stats.checks import as_columns, as_mask
from symmetry.stats.effect_sizes import effect_size
from symmetry.stats.estimates import Estimate, mean_and_squares


def mean_change(values: ArrayLike) -> Estimate:
    """Mean change with its 95 % t interval.

    Parameters
    ----------
    values : array_like, shape (n, ...)
        Changes of n people; NaN where unknown.

    Returns
    -------
    Estimate
        Arrays (...). The mean from one person on, the interval from two.

    Raises
    ------
    InvalidPointsError
        If a value is infinite or there is no first axis.

    Examples
    --------
    >>> mean = mean_change([-1.2, -0.4, -0.9, 0.1, -0.6])
    >>> print(mean.value.round(2), mean.low.round(2), mean.high.round(2))
    -0.6 -1.21 0.01
    """
    changes, shape = as_columns(values)
    n, mean, variance = _moments(changes)
    half = special.stdtrit(n - 1, 0.975) * np.sqrt(variance / n)
    return Estimate(value=mean, low=mean - half, high=mean + half).reshaped(shape)


def standardised_change(values: ArrayLike) -> Estimate:
    """Standardised mean change, the mean over the standard deviation of changes, with its 95 % interval.

    Parameters
    ----------
    values
        As for `mean_change`.

    Returns
    -------
    Estimate
        Arrays (...), no unit. NaN with fewer than three people, or where all changed by the same.

    Notes
    -----
    Hedges' correction and the noncentral t distribution: see `effect_sizes.effect_size`.

    Examples
    --------
    >>> print(standardised_change([-1.2, -0.4, -0.9, 0.1, -0.6]).value.round(3))
    -0.967
    """
    changes, shape = as_columns(values)
    n, mean, variance = _moments(changes)
    spread = np.sqrt(np.where(variance > 0, variance, np.nan))
    return effect_size(mean, spread / np.sqrt(n), spread, n - 1).reshaped(shape)


def difference_of_means(values: ArrayLike, in_group: ArrayLike) -> Estimate:
    """Mean change of a group less that of all others, with Welch's 95 % interval.

    Parameters
    ----------
    values
        As for `mean_change`.
    in_group : array_like of bool, shape (n,)
        Who belongs to the group.

    Returns
    -------
    Estimate
        Arrays (...). The difference from one person in each group on, the interval from two.

    Raises
    ------
    InvalidPointsError
        As in `mean_change`, or if `in_group` is not n truth values.

    Notes
    -----
    Welch (1947, Biometrika 34:28): the groups may have different variances.

    Examples
    --------
    >>> found = difference_of_means([-1.2, -0.4, -0.9, 0.1, 0.3, -0.2], np.arange(6) < 3)
    >>> print(found.value.round(2), found.low.round(2), found.high.round(2))
    -0.9 -1.73 -0.07
    """
    one, other, shape = _two_groups(values, in_group)
    part1, part2 = one.variance / one.n, other.variance / other.n
    # Where no one differs from anyone, any degrees of freedom will do.
    spread = np.where(part1 + part2 > 0, part1 + part2, 1.0)
    shares = (part1 / spread) ** 2 / (one.n - 1) + (part2 / spread) ** 2 / (other.n - 1)
    freedom = np.where(shares > 0, 1 / np.where(shares > 0, shares, 1.0), np.where(np.isnan(shares), np.nan, 1.0))
    half = special.stdtrit(freedom, 0.975) * np.sqrt(part1 + part2)
    difference = one.mean - other.mean
    return Estimate(value=difference, low=difference - half, high=difference + half).reshaped(shape)


def hedges_g(values: ArrayLike, in_group: ArrayLike) -> Estimate:
    """Hedges' g of a group against all others, with its 95 % interval: the difference of means over the pooled SD.

    Parameters
    ----------
    values, in_group
        As for `difference_of_means`.

    Returns
    -------
    Estimate
        Arrays (...), no unit. NaN where a group has fewer than two people, or no one differs within them.

    Notes
    -----
    Hedges' correction and the noncentral t distribution: see `effect_sizes.effect_size`. Both groups are assumed to
    have the same variance; Welch's interval in `difference_of_means` is not, so where variances differ one of the two
    may exclude zero and the other not.

    Examples
    --------
    >>> print(hedges_g([-1.2, -0.4, -0.9, 0.1, 0.3, -0.2], np.arange(6) < 3).value.round(2))
    -2.13
    """
    one, other, shape = _two_groups(values, in_group)
    freedom = one.n + other.n - 2
    squares = (one.n - 1) * one.variance + (other.n - 1) * other.variance
    variance = squares / np.where(freedom > 0, freedom, np.nan)
    spread = np.sqrt(np.where(variance > 0, variance, np.nan))
    error = spread * np.sqrt(1 / one.n + 1 / other.n)
    return effect_size(one.mean - other.mean, error, spread, freedom).reshaped(shape)


class _Moments(NamedTuple):
    """Of each column (k,): number of values, NaN for none; mean; variance, NaN for one value."""

    n: FloatArray
    mean: FloatArray
    variance: FloatArray


def _moments(columns: FloatArray) -> _Moments:
    known = (~np.isnan(columns)).sum(axis=0)
    n = np.where(known > 0, known, np.nan)
    if not columns.size:
        return _Moments(n, n, n)
    mean, squares = mean_and_squares(columns)
    return _Moments(n, np.where(known > 0, mean, np.nan), squares / np.where(known > 1, known - 1, np.nan))


def _two_groups(values: ArrayLike, in_group: ArrayLike) -> tuple[_Moments, _Moments, tuple[int, ...]]:
    changes, shape = as_columns(values)
    member = as_mask(in_group, len(changes), "in_group")
    return _moments(changes[member]), _moments(changes[~member]), shape
