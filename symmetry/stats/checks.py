"""Checks of array arguments: each raises `InvalidPointsError`, or `ValueError` for a plain number."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from symmetry.arrays import BoolArray, FloatArray
from symmetry.errors import InvalidPointsError


def check_finite_or_nan(*arrays: FloatArray) -> None:
    """Refuse infinite values."""
    if any(np.isinf(array).any() for array in arrays):
        raise InvalidPointsError("values must be finite, or NaN where unknown")


def check_comparisons(comparisons: int) -> None:
    """Refuse a number of comparisons below one."""
    if comparisons < 1:
        raise ValueError(f"comparisons must be 1 or more, not {comparisons}")


def as_columns(values: ArrayLike) -> tuple[FloatArray, tuple[int, ...]]:
    """Values (n, ...) as columns (n, k), and the shape (...) of one result for each column."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0:
        raise InvalidPointsError("values must have a first axis, of n people")
    check_finite_or_nan(array)
    return array.reshape(len(array), int(np.prod(array.shape[1:]))), array.shape[1:]


def as_mask(mask: ArrayLike, length: int, name: str) -> BoolArray:
    """Mask as an array (length,) of truth values."""
    array = np.asarray(mask)
    if array.shape != (length,) or array.dtype != np.bool_:
        raise InvalidPointsError(f"{name} must be {length} truth values, not {array.dtype} of shape {array.shape}")
    return array


def as_broadcast(*values: ArrayLike) -> list[FloatArray]:
    """Values as arrays of one shape."""
    arrays = [np.asarray(each, dtype=np.float64) for each in values]
    try:
        return list(np.broadcast_arrays(*arrays))
    except ValueError as error:
        shapes = ", ".join(str(array.shape) for array in arrays)
        raise InvalidPointsError(f"shapes do not broadcast: {shapes}") from error
