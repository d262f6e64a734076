"""Region scores: how asymmetric each region of a face is, and toward which side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError
from symmetry.landmarks.mesh import LANDMARKS, PARTS, REGIONS

REGION_NAMES: Final = tuple(REGIONS)
LEAST_SHARE: Final = 1 / 3
"""Share of a region's pairs that must be known for the region to be known."""


def _membership(groups: list[NDArray[np.intp]]) -> FloatArray:
    """Weights (478, groups) that average per-landmark values over the pairs of each group."""
    weights = np.zeros((LANDMARKS, len(groups)))
    for column, pairs in enumerate(groups):
        weights[pairs, column] = 1 / len(pairs)
    return weights


_REGIONS: Final = _membership(list(REGIONS.values()))
_PARTS: Final = _membership([pairs for parts in PARTS.values() for pairs in parts.values()])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegionScores:
    """Scores of all regions of a batch of faces; arrays (..., 9) in the order of `REGION_NAMES`.

    Attributes
    ----------
    asymmetry : ndarray
        Root mean square length of the asymmetry field over the region's pairs; 0 is even. The field's unit.
    lateral, vertical : ndarray
        Mean of the field over the subject-left landmarks; +: the subject's left is further out, higher.
    percent : ndarray
        `asymmetry` as a percentage of the interpupillary distance, as are `lateral_percent` and `vertical_percent`.
    """

    asymmetry: FloatArray
    lateral: FloatArray
    vertical: FloatArray
    percent: FloatArray
    lateral_percent: FloatArray
    vertical_percent: FloatArray


def region_means(field: ArrayLike) -> FloatArray:
    """Mean of per-landmark values (..., 478) over the subject-left landmarks of each region, shape (..., 9).

    NaN values are left out; the mean is NaN if fewer than a third of a region's values are known.

    Raises
    ------
    InvalidPointsError
        If the last axis does not hold one value per landmark.
    """
    return _means(field, _REGIONS)


def part_means(field: ArrayLike) -> FloatArray:
    """Mean over each part of the regions, shape (..., 11), in the order of `symmetry.landmarks.mesh.PARTS`."""
    return _means(field, _PARTS)


def _means(field: ArrayLike, membership: FloatArray) -> FloatArray:
    values = np.asarray(field, dtype=np.float64)
    if values.shape[-1:] != (LANDMARKS,):
        raise InvalidPointsError(f"a field must hold {LANDMARKS} values along its last axis, not {values.shape}")
    known = np.isfinite(values)
    if known.all():
        return np.asarray(values @ membership)
    share = known @ membership
    enough = share > LEAST_SHARE - 1e-9
    return np.where(enough, (np.where(known, values, 0.0) @ membership) / np.where(enough, share, 1.0), np.nan)


def region_scores(field: FloatArray) -> FloatArray:
    """Root mean square length, mean x and mean y, shape (..., 9, 3), of fields (..., 478, 2) over each region."""
    x, y = field[..., 0], field[..., 1]
    return np.stack([np.sqrt(region_means(x * x + y * y)), region_means(x), region_means(y)], axis=-1)


def score_regions(asymmetry: ArrayLike, interpupillary: ArrayLike) -> RegionScores:
    """Score all regions from asymmetry fields.

    Parameters
    ----------
    asymmetry : array_like, shape (..., 478, 2)
        Each landmark less its mirrored partner, in x and y of the facial frame; NaN where unknown.
    interpupillary : array_like, shape (...)
        Distance between the irises in the same unit.

    Returns
    -------
    RegionScores
        NaN for regions of which less than a third is known.

    Raises
    ------
    InvalidPointsError
        If the field has another shape.

    Examples
    --------
    >>> scores = score_regions(np.zeros((2, 478, 2)), 63.0)  # two even faces
    >>> scores.asymmetry.shape, float(scores.percent.max())
    ((2, 9), 0.0)
    """
    field = np.asarray(asymmetry, dtype=np.float64)
    if field.shape[-2:] != (LANDMARKS, 2):
        raise InvalidPointsError(f"an asymmetry field must have shape (..., {LANDMARKS}, 2), not {field.shape}")
    to_percent = 100 / np.asarray(interpupillary, dtype=np.float64)[..., None]
    size, lateral, vertical = np.moveaxis(region_scores(field), -1, 0)
    return RegionScores(
        asymmetry=size,
        lateral=lateral,
        vertical=vertical,
        percent=size * to_percent,
        lateral_percent=lateral * to_percent,
        vertical_percent=vertical * to_percent,
    )
