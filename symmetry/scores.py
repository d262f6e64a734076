"""Region scores: how asymmetric each region of a face is, by how much and toward which side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from symmetry.errors import InvalidPointsError
from symmetry.frame import FloatArray
from symmetry.mesh import LANDMARKS, REGIONS

REGION_NAMES: Final = tuple(REGIONS)

# Column r averages a field over the pairs of region r; the doubled table does so for x and y of a flattened field.
_MEMBERSHIP = np.zeros((LANDMARKS, len(REGIONS)))
for _column, _pairs in enumerate(REGIONS.values()):
    _MEMBERSHIP[_pairs, _column] = 1 / len(_pairs)
_X_AND_Y = np.kron(_MEMBERSHIP, np.eye(2))
_BOTH = np.repeat(_MEMBERSHIP, 2, axis=0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegionScores:
    """Scores of all regions of a batch of faces; arrays (..., 9) in the order of `REGION_NAMES`.

    Attributes
    ----------
    asymmetry : ndarray
        Root mean square length of the asymmetry field over the region's pairs; 0 is even. The field's unit.
    lateral, vertical : ndarray
        Mean of the field over the subject-left landmarks: + = the subject's left is further out, higher.
    percent : ndarray
        `asymmetry` as a percentage of the interpupillary distance; `lateral_percent` and `vertical_percent` likewise.
    """

    asymmetry: FloatArray
    lateral: FloatArray
    vertical: FloatArray
    percent: FloatArray
    lateral_percent: FloatArray
    vertical_percent: FloatArray


def region_means(field: ArrayLike) -> FloatArray:
    """Mean of per-landmark values (..., 478) over the subject-left landmarks of each region, shape (..., 9).

    Raises
    ------
    InvalidPointsError
        If the last axis does not hold one value a landmark.
    """
    values = np.asarray(field, dtype=np.float64)
    if values.shape[-1:] != (LANDMARKS,):
        raise InvalidPointsError(f"a field must hold {LANDMARKS} values along its last axis, not {values.shape}")
    return np.asarray(values @ _MEMBERSHIP)


def score_regions(asymmetry: ArrayLike, interpupillary: ArrayLike) -> RegionScores:
    """Score all regions from asymmetry fields.

    Parameters
    ----------
    asymmetry : array_like, shape (..., 478, 2)
        Each landmark less its mirrored partner, in x and y of the facial frame.
    interpupillary : array_like, shape (...)
        Distance between the irises in the same unit.

    Returns
    -------
    RegionScores

    Raises
    ------
    InvalidPointsError
        If the field has another shape.
    """
    field = np.asarray(asymmetry, dtype=np.float64)
    if field.shape[-2:] != (LANDMARKS, 2):
        raise InvalidPointsError(f"an asymmetry field must have shape (..., {LANDMARKS}, 2), not {field.shape}")
    flat = field.reshape(*field.shape[:-2], 2 * LANDMARKS)
    to_percent = 100 / np.asarray(interpupillary, dtype=np.float64)[..., None]
    size = np.sqrt((flat * flat) @ _BOTH)
    means = flat @ _X_AND_Y
    lateral, vertical = means[..., 0::2], means[..., 1::2]
    return RegionScores(
        asymmetry=size,
        lateral=lateral,
        vertical=vertical,
        percent=size * to_percent,
        lateral_percent=lateral * to_percent,
        vertical_percent=vertical * to_percent,
    )
