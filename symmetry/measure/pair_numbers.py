"""The numbers of a pair of photos, or of many pairs at once, from their fields."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import MIRROR
from symmetry.measure.scores import part_means, region_scores
from symmetry.measure.uncertainty import noiseless_scores

_OUTWARD = np.array([-1.0, 1.0])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairFields:
    """What a batch of pairs shows, in the unit of the faces; NaN where it is not known.

    Attributes
    ----------
    before, after : ndarray, shape (..., 478, 2)
        Asymmetry fields of both photos.
    moved : ndarray, shape (..., 478, 2)
        Displacement field.
    measure_before, measure_after : ndarray, shape (..., 18, 3)
        Right, left and difference of the clinical measures.
    """

    before: FloatArray
    after: FloatArray
    moved: FloatArray
    measure_before: FloatArray
    measure_after: FloatArray

    def mean_known(self) -> PairFields:
        """Mean over the first two axes, photos before and photos after, of what is known."""
        return PairFields(**{field.name: _mean_known(getattr(self, field.name)) for field in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairNumbers:
    """Numbers of a batch of pairs, in the unit of the fields.

    Attributes
    ----------
    before, after : ndarray, shape (..., 9, 3)
        Asymmetry, lateral and vertical of each region.
    right, left : ndarray, shape (..., 9, 3)
        Mean outward and upward movement of each side, and its root mean square length.
    part_before, part_after : ndarray, shape (..., 11, 2)
        Lateral and vertical of each part of a region.
    part_right, part_left : ndarray, shape (..., 11, 2)
        Mean outward and upward movement of each side.
    measure_before, measure_after : ndarray, shape (..., 18, 3)
        Right, left and difference of each clinical measure.
    """

    before: FloatArray
    after: FloatArray
    right: FloatArray
    left: FloatArray
    part_before: FloatArray
    part_after: FloatArray
    part_right: FloatArray
    part_left: FloatArray
    measure_before: FloatArray
    measure_after: FloatArray

    @property
    def uneven(self) -> FloatArray:
        """How far the left of each region moved more than the right, outward and upward, shape (..., 9, 2)."""
        return np.asarray(self.left[..., :2] - self.right[..., :2])

    @property
    def part_uneven(self) -> FloatArray:
        """The same of each part, shape (..., 11, 2)."""
        return np.asarray(self.part_left - self.part_right)

    @property
    def lift(self) -> FloatArray:
        """How far both sides of each region went up together, shape (..., 9)."""
        return np.asarray((self.left[..., 1] + self.right[..., 1]) / 2)

    def listed(self) -> FloatArray:
        """All numbers in the order of `reliability_table.OF_PAIR`, shape (..., 76)."""
        change = self.after[..., 0] - self.before[..., 0]
        of_regions = np.stack([change, self.uneven[..., 0], self.uneven[..., 1], self.lift], axis=-1)
        of_measures = self.measure_after[..., 2] - self.measure_before[..., 2]
        batch = change.shape[:-1]
        flat = (of_regions.reshape(*batch, -1), self.part_uneven.reshape(*batch, -1), of_measures)
        return np.concatenate(flat, axis=-1)


def pair_numbers(pairs: PairFields, noise: FloatArray) -> PairNumbers:
    """Take the numbers of pairs whose asymmetry fields have a root mean square noise of (..., 9) in each region."""
    of_left = np.where(np.isnan(pairs.moved[..., MIRROR, :]), np.nan, pairs.moved)
    of_right = of_left[..., MIRROR, :] * _OUTWARD
    return PairNumbers(
        before=noiseless_scores(pairs.before, noise),
        after=noiseless_scores(pairs.after, noise),
        right=_movements(of_right),
        left=_movements(of_left),
        part_before=_parts(pairs.before),
        part_after=_parts(pairs.after),
        part_right=_parts(of_right),
        part_left=_parts(of_left),
        measure_before=pairs.measure_before,
        measure_after=pairs.measure_after,
    )


def beyond_partner(moved: FloatArray) -> FloatArray:
    """How far each landmark (..., 478, 2) moved more than its mirrored partner; NaN where one of them is not known."""
    return np.asarray(moved - moved[..., MIRROR, :] * _OUTWARD)


def variance_of_one(listed: FloatArray) -> tuple[FloatArray, float]:
    """Variance of one photo's share in the numbers of all pairs of some photos before and some after.

    A pair's number is what its photo after says less what its photo before says, so the means over rows and columns
    vary as the photos do.

    Parameters
    ----------
    listed : ndarray, shape (before, after, 76)

    Returns
    -------
    variance : ndarray, shape (76,)
        NaN where it cannot be told.
    freedom : float
        Photos less two.
    """
    ways = [(listed.mean(axis=1), listed.shape[0] - 1), (listed.mean(axis=0), listed.shape[1] - 1)]
    freedom = sum(count for _, count in ways)
    squares = np.zeros(listed.shape[-1])
    for means, count in ways:
        squares += ((means - means.mean(axis=0)) ** 2).sum(axis=0) if count else 0.0
    return (squares / freedom, float(freedom)) if freedom else (np.full_like(squares, np.nan), 0.0)


def _mean_known(stack: FloatArray) -> FloatArray:
    known = np.isfinite(stack)
    count = known.sum(axis=(0, 1))
    total = np.where(known, stack, 0.0).sum(axis=(0, 1))
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _parts(field: FloatArray) -> FloatArray:
    return np.stack([part_means(field[..., 0]), part_means(field[..., 1])], axis=-1)


def _movements(moved: FloatArray) -> FloatArray:
    """Mean outward, upward and RMS length over the subject-left landmarks of a field whose x is outward there."""
    return np.roll(region_scores(moved), -1, axis=-1)
