"""Repeated photos of unchanged faces: the table behind the errors of skin."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.skin.analysis import numbers_of
from symmetry.skin.change import pair_numbers
from symmetry.skin.errors import SkinReliability, shipped
from symmetry.skin.survey import Survey


def skin_reliability(groups: Sequence[Sequence[Survey]], *, light: FloatArray | None = None) -> SkinReliability:
    """Find how far the numbers of skin differ between photos of unchanged faces.

    Parameters
    ----------
    groups : sequence of sequence of Survey
        Two or more photos of each face.
    light : ndarray, shape (122,), optional
        What side light adds; that of the shipped table by default, since repeated photos are rarely lit so differently.

    Returns
    -------
    SkinReliability

    Raises
    ------
    ValueError
        If no group has two photos.
    """
    repeated = [group for group in groups if len(group) > 1]
    if not repeated:
        raise ValueError("no group has two photos")
    photo, pair, spread, freedom = [], [], [], []
    for group in repeated:
        each = np.array([numbers_of(one)[0].difference for one in group])
        known = np.isfinite(each).sum(axis=0)
        freedom.append(np.maximum(known - 1, 0))
        photo.append(_variance(each))
        pairs = [pair_numbers(one, other) for one, other in combinations(group, 2)]
        pair.append(_mean_square([one.after.difference - one.before.difference for one in pairs]))
        spread.append(_mean_square([(one.after.spread - one.before.spread).mean(axis=1) for one in pairs]))
    weights = np.array(freedom, dtype=np.float64)
    return SkinReliability(
        photo=_pooled(photo, weights),
        pair=_pooled(pair, weights),
        spread=_pooled(spread, weights),
        light=shipped().light if light is None else light,
        freedom=weights.sum(axis=0),
    )


def _variance(values: FloatArray) -> FloatArray:
    known = np.isfinite(values)
    count = known.sum(axis=0)
    mean = np.where(known, values, 0.0).sum(axis=0) / np.maximum(count, 1)
    squares = np.where(known, (values - mean) ** 2, 0.0).sum(axis=0)
    return np.asarray(np.where(count > 1, squares / np.maximum(count - 1, 1), np.nan))


def _mean_square(changes: Sequence[FloatArray]) -> FloatArray:
    squares = np.square(changes)
    known = np.isfinite(squares)
    count = known.sum(axis=0)
    return np.asarray(np.where(count > 0, np.where(known, squares, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan))


def _pooled(variances: Sequence[FloatArray], freedom: FloatArray) -> FloatArray:
    """Pool the variances of groups by their degrees of freedom, into standard deviations."""
    values = np.array(variances)
    weights = np.where(np.isfinite(values), freedom, 0.0)
    total = weights.sum(axis=0)
    mean = (np.nan_to_num(values) * weights).sum(axis=0) / np.where(total > 0, total, 1.0)
    return np.asarray(np.where(total > 0, np.sqrt(mean), np.nan))
