"""Changes of many people: whether there is one on average, how large, and whether another group's is as large.

A column is one quantity (a region) over all people; columns are tested one by one, each by the people known in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations
from math import comb
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError
from symmetry.stats.mean_changes import BoolArray, columns_of, membership
from symmetry.stats.trends import ratio

DRAWN: Final = 9999
"""Arrangements that are drawn where there are too many to try all."""
_FEW: Final = 15
"""People of whom all patterns of signs are tried."""
_MOST: Final = 2**14
"""Ways to split people into two groups that are all tried."""
_MANY: Final = 200
"""People in the smaller group from whom on groups are drawn by a coin for each; their sizes then vary a little."""
_CELLS: Final = 4_000_000
"""Numbers held at a time."""
_TIES: Final = 1e-9
"""Relative difference that is rounding."""


def sign_flip_test(values: ArrayLike, seed: int = 0) -> FloatArray:
    """Two-sided p that changes are 0 on average, by giving them random signs.

    Parameters
    ----------
    values : array_like, shape (n, ...)
        Changes of n people, NaN where one is not known: such a one counts for nothing.
    seed : int
        Of the signs that are drawn; all columns get the same ones.

    Returns
    -------
    ndarray, shape (...)
        NaN of fewer than two people.

    Raises
    ------
    InvalidPointsError
        If a value is infinite or there is no first axis.

    Notes
    -----
    Fisher (1935, The Design of Experiments, section 21). Up to 15 people all 2^n patterns of signs are tried and p is
    exact. Of more people 9,999 are drawn and p = (b + 1) / (10,000), b being those that give as large a mean (Phipson
    & Smyth 2010, Stat Appl Genet Mol Biol 9:39). It supposes that without an effect more and less are equally likely.
    """
    changes, shape = columns_of(values)
    p = _all_signs(changes)
    many = np.isnan(p)
    if many.any():
        p[many] = _drawn_signs(np.nan_to_num(changes[:, many]), seed)
    return _of_two_or_more(p, changes, shape)


def two_group_permutation(values: ArrayLike, in_group: ArrayLike, seed: int = 0) -> FloatArray:
    """Two-sided p that two groups changed alike on average, by shuffling who belongs to which.

    Parameters
    ----------
    values : array_like, shape (n, ...)
        Changes of n people, NaN where one is not known: such a one counts for nothing.
    in_group : array_like of bool, shape (n,)
        Who belongs to the one group; all others belong to the other.
    seed : int
        Of the groups that are drawn.

    Returns
    -------
    ndarray, shape (...)
        NaN where a group has fewer than two people.

    Raises
    ------
    InvalidPointsError
        If a shape does not fit, a value is infinite, or `in_group` is not of truth values.

    Notes
    -----
    Up to 16,384 ways to split the people are all tried and p is exact; else 9,999 are drawn and p = (b + 1) / 10,000.
    Where the smaller group has 200 people or more, each person's group is drawn by itself, by the groups' shares.

    It supposes that without an effect the groups differ in nothing. They are compared by Welch's t: with it the test
    comes to be right for large groups that differ in spread, too (Janssen 1997, Stat Probab Lett 36:9), but for small
    ones only about. Five people with three times the spread of 15 others are told apart in some 9 of 100 studies
    without an effect, ten and 30 in some 6.
    """
    changes, shape = columns_of(values)
    member = membership(in_group, len(changes))
    known = ~np.isnan(changes)
    told = np.minimum((known & member[:, None]).sum(axis=0), (known & ~member[:, None]).sum(axis=0)) >= 2
    p = np.full(changes.shape[1], np.nan)
    patterns, pattern_of = np.unique(known, axis=1, return_inverse=True)
    for number, people in enumerate(patterns.T):
        own = np.flatnonzero((np.ravel(pattern_of) == number) & told)
        if own.size:
            p[own] = _shuffled(changes[np.ix_(people, own)], member[people], seed)
    return p.reshape(shape)


def wilcoxon(values: ArrayLike) -> FloatArray:
    """Two-sided p of Wilcoxon's signed-rank test that changes lie evenly about 0.

    Parameters
    ----------
    values : array_like, shape (n, ...)
        Changes of n people, NaN where one is not known.

    Returns
    -------
    ndarray, shape (...)
        NaN of fewer than two people, 1 where nothing changed at all.

    Raises
    ------
    InvalidPointsError
        If a value is infinite or there is no first axis.

    Notes
    -----
    Changes of exactly 0 are left out (Wilcoxon 1945, Biometrics Bull 1:80). Up to 15 others p is exact, ties or not;
    of more, what `scipy.stats.wilcoxon` says: exact up to 50 without ties, else by the normal distribution.
    """
    changes, shape = columns_of(values)
    moved = np.where(changes == 0, np.nan, changes)
    p = _all_signs(np.sign(moved) * stats.rankdata(np.abs(moved), axis=0, nan_policy="omit"))
    for column in np.flatnonzero(np.isnan(p)):
        p[column] = stats.wilcoxon(moved[:, column], nan_policy="omit").pvalue
    return _of_two_or_more(p, changes, shape)


def holm(p: ArrayLike, axis: int = -1) -> FloatArray:
    """P-values made to hold for all tests along an axis together.

    Parameters
    ----------
    p : array_like
        NaN where there was no test: it counts for nothing.
    axis : int
        Along which the tests of one family lie.

    Returns
    -------
    ndarray
        As `p`; the chance that any true hypothesis has one below 0.05 is 0.05 at most.

    Raises
    ------
    InvalidPointsError
        If a p is not from 0 to 1.

    Notes
    -----
    Holm (1979, Scand J Stat 6:65).
    """
    given = np.asarray(p, dtype=np.float64)
    if ((given < 0) | (given > 1)).any():
        raise InvalidPointsError("p-values must be from 0 to 1")
    if given.ndim == 0:
        return given.copy()
    lined = np.moveaxis(given, axis, -1)
    order = np.argsort(lined, axis=-1)  # NaN last
    tests = (~np.isnan(lined)).sum(axis=-1, keepdims=True)
    left = np.maximum(tests - np.arange(lined.shape[-1]), 1)
    stepped = np.minimum(np.maximum.accumulate(np.take_along_axis(lined, order, axis=-1) * left, axis=-1), 1.0)
    adjusted = np.empty_like(lined)
    np.put_along_axis(adjusted, order, stepped, axis=-1)
    return np.moveaxis(adjusted, -1, axis)


def _of_two_or_more(p: FloatArray, columns: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """P of those columns in which at least two people are known, else NaN."""
    return np.where((~np.isnan(columns)).sum(axis=0) >= 2, p, np.nan).reshape(shape)


def _all_signs(columns: FloatArray) -> FloatArray:
    """Share of all patterns of signs with as large a sum; NaN of columns with too many known to try them all."""
    p = np.full(columns.shape[1], np.nan)
    for column, own in enumerate(columns.T):
        values = own[~np.isnan(own)]
        if len(values) <= _FEW:
            # Those of the last sign fixed do, as the rest mirror them.
            signs = 1 - 2 * ((np.arange(2 ** max(len(values) - 1, 0))[:, None] >> np.arange(len(values))) & 1)
            slack = _TIES * np.abs(values).sum()
            p[column] = (np.abs(signs @ values) >= np.abs(values.sum()) - slack).mean()
    return p


def _drawn_signs(values: FloatArray, seed: int) -> FloatArray:
    """P of columns (n, k) in which 0 stands for unknown."""
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
    return np.asarray((reached + 1) / (DRAWN + 1))


def _batches(row: int) -> Iterator[int]:
    """Sizes of batches that make up all draws, each draw taking so many numbers of memory."""
    # Even, as half a word that is left over at the end of a batch would be lost, and draws depend on the batches.
    size = max(2, _CELLS // row // 2 * 2)
    for start in range(0, DRAWN, size):
        yield min(size, DRAWN - start)


def _shuffled(values: FloatArray, member: BoolArray, seed: int) -> FloatArray:
    """P of columns (n, k) without gaps."""
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
            groups = _drawn_groups(rng, number, people, inside)
        else:
            border = round(2**16 * inside / people)
            groups = rng.integers(0, 2**16, size=(number, people), dtype=np.uint16) < border
        reached += (_welch(values, groups) >= least).sum(axis=0)
    return np.asarray((reached + 1) / (DRAWN + 1))


def _combinations(people: int, inside: int) -> NDArray[np.int64]:
    """All choices (m, inside) of so many out of the people."""
    flat = chain.from_iterable(combinations(range(people), inside))
    return np.fromiter(flat, dtype=np.int64, count=comb(people, inside) * inside).reshape(-1, inside)


def _drawn_groups(rng: np.random.Generator, number: int, people: int, inside: int) -> BoolArray:
    """So many groups (number, people), all choices of so many people being equally likely.

    Floyd's way (Bentley & Floyd 1987, Commun ACM 30:754): its steps are as many as the chosen, not as all people.
    """
    last = np.arange(people - inside, people)
    drawn = rng.integers(0, last + 1, size=(number, inside))
    groups, rows = np.zeros((number, people), dtype=np.bool_), np.arange(number)
    for newest, choice in zip(last, drawn.T, strict=True):
        groups[rows, np.where(groups[rows, choice], newest, choice)] = True
    return groups


def _welch(values: FloatArray, groups: BoolArray) -> FloatArray:
    """Welch's t without its sign (m, k) of values (n, k) whose columns sum to 0, their squares to 1."""
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
