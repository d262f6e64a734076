"""Permutation and rank tests of the changes of people: of a mean of zero, and of no difference between two groups.

Each column is one quantity (a region) over all people; people without a value (NaN) are left out of that column.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations
from math import comb
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from symmetry.arrays import BoolArray, FloatArray, IntArray
from symmetry.stats.checks import as_columns, as_mask
from symmetry.stats.estimates import ratio

RESAMPLES: Final = 9999
"""Random permutations where there are too many to use all."""
_FEW: Final = 15
"""People up to whom all sign patterns are used."""
_MOST: Final = 2**14
"""Splits of people into two groups up to which all are used."""
_MANY: Final = 200
"""People in the smaller group from whom on the group of each is drawn by itself; group sizes then vary a little."""
_CELLS: Final = 4_000_000
"""Numbers held in memory at a time."""
_TIES: Final = 1e-9
"""Relative difference that is rounding."""


def sign_flip_test(values: ArrayLike, seed: int = 0) -> FloatArray:
    """Two-sided sign-flip permutation test that changes have a mean of zero.

    Parameters
    ----------
    values : array_like, shape (n, ...)
        Changes of n people; NaN where unknown.
    seed : int
        Of the random signs; all columns share them.

    Returns
    -------
    ndarray, shape (...)
        P-values; NaN with fewer than two people.

    Raises
    ------
    InvalidPointsError
        If a value is infinite or there is no first axis.

    Notes
    -----
    Fisher (1935, The Design of Experiments, section 21): without an effect the distribution of changes is assumed to be
    symmetric about zero. Up to 15 people p is exact, over all 2^n patterns of signs. Otherwise 9,999 are drawn and
    p = (b + 1) / 10,000, b counting those with a mean as large (Phipson & Smyth 2010, Stat Appl Genet Mol Biol 9:39).

    Examples
    --------
    >>> print(sign_flip_test([-1.2, -0.4, -0.9, -0.1, -0.6]))  # all on one side: 2 of 32 patterns
    0.0625
    """
    changes, shape = as_columns(values)
    p = _all_signs(changes)
    many = np.isnan(p)
    if many.any():
        p[many] = _random_signs(np.nan_to_num(changes[:, many]), seed)
    return _of_two_or_more(p, changes, shape)


def two_group_permutation(values: ArrayLike, in_group: ArrayLike, seed: int = 0) -> FloatArray:
    """Two-sided permutation test, by Welch's t, that two groups have the same mean change.

    Parameters
    ----------
    values : array_like, shape (n, ...)
        Changes of n people; NaN where unknown.
    in_group : array_like of bool, shape (n,)
        Who belongs to one group; all others are in the other.
    seed : int
        Of the random groups.

    Returns
    -------
    ndarray, shape (...)
        P-values; NaN where a group has fewer than two people.

    Raises
    ------
    InvalidPointsError
        If a shape does not fit, a value is infinite, or `in_group` is not n truth values.

    Notes
    -----
    Up to 16,384 splits of the people p is exact; else 9,999 are drawn and p = (b + 1) / 10,000. Where the smaller
    group has 200 people or more, each person's group is drawn independently, by the shares of the groups.

    The null hypothesis is that the groups do not differ in any way. With Welch's t the test is asymptotically valid for
    groups of different variance, too (Janssen 1997, Stat Probab Lett 36:9), but only roughly for small ones: five
    people with three times the SD of 15 others give some 9 % of false alarms, ten and 30 some 6 %.

    Examples
    --------
    >>> in_group = np.arange(8) < 4
    >>> print(two_group_permutation([5.0, 6.0, 7.0, 8.0, 1.0, 1.5, 2.0, 2.5], in_group).round(4))  # 2 of 70 splits
    0.0286
    """
    changes, shape = as_columns(values)
    member = as_mask(in_group, len(changes), "in_group")
    known = ~np.isnan(changes)
    enough = np.minimum((known & member[:, None]).sum(axis=0), (known & ~member[:, None]).sum(axis=0)) >= 2
    p = np.full(changes.shape[1], np.nan)
    patterns, pattern_of = np.unique(known, axis=1, return_inverse=True)
    for number, people in enumerate(patterns.T):
        own = np.flatnonzero((np.ravel(pattern_of) == number) & enough)
        if own.size:
            p[own] = _permuted(changes[np.ix_(people, own)], member[people], seed)
    return p.reshape(shape)


def wilcoxon(values: ArrayLike) -> FloatArray:
    """Two-sided Wilcoxon signed-rank test that changes are symmetric about zero.

    Parameters
    ----------
    values
        As for `sign_flip_test`.

    Returns
    -------
    ndarray, shape (...)
        P-values; NaN with fewer than two people, 1 where nothing changed at all.

    Notes
    -----
    Changes of exactly 0 are dropped (Wilcoxon 1945, Biometrics Bull 1:80). Up to 15 others p is exact, with ties, too;
    beyond, `scipy.stats.wilcoxon`: exact up to 50 without ties, else the normal approximation.

    Examples
    --------
    >>> print(wilcoxon([-1.2, -0.4, -0.9, 0.1, -0.6]))
    0.125
    """
    changes, shape = as_columns(values)
    moved = np.where(changes == 0, np.nan, changes)
    p = _all_signs(np.sign(moved) * stats.rankdata(np.abs(moved), axis=0, nan_policy="omit"))
    for column in np.flatnonzero(np.isnan(p)):
        p[column] = stats.wilcoxon(moved[:, column], nan_policy="omit").pvalue
    return _of_two_or_more(p, changes, shape)


def _of_two_or_more(p: FloatArray, columns: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """P-values of the columns with at least two people, else NaN."""
    return np.where((~np.isnan(columns)).sum(axis=0) >= 2, p, np.nan).reshape(shape)


def _all_signs(columns: FloatArray) -> FloatArray:
    """Share of all sign patterns with as large a sum; NaN for columns with too many people to use them all."""
    p = np.full(columns.shape[1], np.nan)
    for column, own in enumerate(columns.T):
        values = own[~np.isnan(own)]
        if len(values) <= _FEW:
            # The patterns with the last sign fixed suffice, as the others mirror them.
            signs = 1 - 2 * ((np.arange(2 ** max(len(values) - 1, 0))[:, None] >> np.arange(len(values))) & 1)
            slack = _TIES * np.abs(values).sum()
            p[column] = (np.abs(signs @ values) >= np.abs(values.sum()) - slack).mean()
    return p


def _random_signs(values: FloatArray, seed: int) -> FloatArray:
    """P-values of columns (n, k) in which 0 stands for unknown."""
    people, columns = values.shape
    scale = np.abs(values).sum(axis=0)
    values = values / np.where(scale > 0, scale, 1.0)
    total = values.sum(axis=0)
    rng = np.random.default_rng(seed)
    words = -(-people // 32)
    reached = np.zeros(columns, dtype=np.int64)
    for number in _batches(people + columns):
        drawn = rng.integers(0, 2**32, size=(number, words), dtype=np.uint32)
        minus = np.unpackbits(drawn.view(np.uint8), axis=1, count=people).astype(np.float64)
        reached += (np.abs(total - 2 * (minus @ values)) >= np.abs(total) - _TIES).sum(axis=0)
    return np.asarray((reached + 1) / (RESAMPLES + 1))


def _batches(row: int) -> Iterator[int]:
    """Sizes of the batches of resamples, given how many numbers each resample holds in memory."""
    # Even, so that no half of a random word is lost at the end of a batch and draws do not depend on the batches.
    size = max(2, _CELLS // row // 2 * 2)
    for start in range(0, RESAMPLES, size):
        yield min(size, RESAMPLES - start)


def _permuted(values: FloatArray, member: BoolArray, seed: int) -> FloatArray:
    """P-values of columns (n, k) without gaps."""
    people, columns = values.shape
    values = values - values.mean(axis=0)
    scale = np.sqrt((values**2).sum(axis=0))
    values = np.where(scale > _TIES, values / np.where(scale > 0, scale, 1.0), 0.0)
    least = _welch(values, member[None]) * (1 - _TIES) - _TIES
    inside = min(int(member.sum()), people - int(member.sum()))
    splits = comb(people, inside)
    if splits <= _MOST:
        groups = np.zeros((splits, people), dtype=np.bool_)
        np.put_along_axis(groups, _combinations(people, inside), True, axis=1)
        return np.asarray((_welch(values, groups) >= least).mean(axis=0))
    rng = np.random.default_rng(seed)
    reached = np.zeros(columns, dtype=np.int64)
    for number in _batches(people + 4 * columns):
        if inside < _MANY:
            groups = _random_groups(rng, number, people, inside)
        else:
            border = round(2**16 * inside / people)
            groups = rng.integers(0, 2**16, size=(number, people), dtype=np.uint16) < border
        reached += (_welch(values, groups) >= least).sum(axis=0)
    return np.asarray((reached + 1) / (RESAMPLES + 1))


def _combinations(people: int, inside: int) -> IntArray:
    """All choices (m, inside) of `inside` people."""
    flat = chain.from_iterable(combinations(range(people), inside))
    return np.fromiter(flat, dtype=np.int64, count=comb(people, inside) * inside).reshape(-1, inside)


def _random_groups(rng: np.random.Generator, number: int, people: int, inside: int) -> BoolArray:
    """Random groups (number, people) of `inside` people, all equally likely.

    Floyd's algorithm (Bentley & Floyd 1987, Commun ACM 30:754): one step for each chosen person, not for everyone.
    """
    last = np.arange(people - inside, people)
    drawn = rng.integers(0, last + 1, size=(number, inside))
    groups, rows = np.zeros((number, people), dtype=np.bool_), np.arange(number)
    for newest, choice in zip(last, drawn.T, strict=True):
        groups[rows, np.where(groups[rows, choice], newest, choice)] = True
    return groups


def _welch(values: FloatArray, groups: BoolArray) -> FloatArray:
    """Absolute Welch's t (m, k) of values (n, k) whose columns sum to 0 and whose squares sum to 1."""
    weights = groups.astype(np.float64)
    first = weights.sum(axis=1, keepdims=True)
    second = len(values) - first
    total, squares = weights @ values, weights @ values**2
    # The other group's sum is the negative of this one's.
    within1 = squares - total**2 / first
    within2 = (values**2).sum(axis=0) - squares - total**2 / second
    variance = within1 / (first - 1) / first + within2 / (second - 1) / second
    apart = np.abs(total) * (1 / first + 1 / second)
    return ratio(np.where(apart > _TIES, apart, 0.0), np.sqrt(np.where(variance > _TIES**2, variance, 0.0)))
