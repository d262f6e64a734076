"""What landmarks must be before they are measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError
from symmetry.landmarks.mesh import LANDMARKS


def check_points(points: ArrayLike) -> FloatArray:
    """Check landmarks and convert them to float64, shape (..., 478, 3).

    Raises
    ------
    InvalidPointsError
        If they have another shape or are not finite.
    """
    array = np.asarray(points, dtype=np.float64)
    if array.ndim < 2 or array.shape[-2:] != (LANDMARKS, 3):
        raise InvalidPointsError(f"landmarks must have shape (..., {LANDMARKS}, 3), not {array.shape}")
    if not np.isfinite(array).all():
        raise InvalidPointsError("landmarks must be finite numbers")
    return array
