"""Correction of p-values for multiple testing."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError


def holm(p: ArrayLike, axis: int = -1) -> FloatArray:
    """P-values adjusted by Holm's step-down method, which controls the family-wise error rate.

    Parameters
    ----------
    p : array_like
        NaN where there was no test; such entries are not counted.
    axis : int
        Axis along which the tests of one family lie.

    Returns
    -------
    ndarray
        Shaped as `p`.

    Raises
    ------
    InvalidPointsError
        If a p-value is not from 0 to 1.

    Notes
    -----
    Holm (1979, Scand J Stat 6:65).

    Examples
    --------
    >>> print(holm([0.01, 0.04, 0.03, np.nan]))
    [0.03 0.06 0.06  nan]
    """
    given = np.asarray(p, dtype=np.float64)
    if ((given < 0) | (given > 1)).any():
        raise InvalidPointsError("p-values must be from 0 to 1")
    if given.ndim == 0:
        return np.array(given)
    lined = np.moveaxis(given, axis, -1)
    order = np.argsort(lined, axis=-1)  # NaN last
    tests = (~np.isnan(lined)).sum(axis=-1, keepdims=True)
    left = np.maximum(tests - np.arange(lined.shape[-1]), 1)
    stepped = np.minimum(np.maximum.accumulate(np.take_along_axis(lined, order, axis=-1) * left, axis=-1), 1.0)
    adjusted = np.empty_like(lined)
    np.put_along_axis(adjusted, order, stepped, axis=-1)
    return np.moveaxis(adjusted, -1, axis)
