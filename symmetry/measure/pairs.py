"""Two photos measured together: one scale, one frame, what moved between them, and the numbers taken of it.

`measure_pair` brings two faces together, `stack_fields` stacks the fields of many pairs, and `pair_numbers` takes the
numbers of the whole stack at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.errors import ScaleError
from symmetry.landmarks.frame import ARM_MM, fit_frame
from symmetry.landmarks.mesh import AVERAGE_IPD_MM, MIRROR
from symmetry.landmarks.scale import IRIS_MM, Scale, iris_diameter
from symmetry.measure.analysis import beyond_edge, measure_landmarks, stopped_landmarks
from symmetry.measure.face import NAN, FaceAnalysis
from symmetry.measure.quality import check_pair
from symmetry.measure.quality.flags import Flag, in_comparison
from symmetry.measure.reliability_table import ReliabilityTable, ReliabilityTables
from symmetry.measure.scores import part_means, region_scores
from symmetry.measure.uncertainty import noiseless_scores
from symmetry.registration.refinement import FieldMap, PairRefinement, PlacedFace, refine_pair

_OUTWARD = np.array([-1.0, 1.0])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """Two photos, measured together."""

    before: FaceAnalysis
    after: FaceAnalysis
    # shape (478, 2); displacement of each landmark from before to after, in the unit of the faces; NaN where it is not
    # known
    movement: FloatArray
    map: FieldMap | None  # the same on a denser grid, for pictures
    flags: tuple[Flag, ...]  # about the two photos as a pair


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairFields:
    """Fields of a batch of pairs, in the unit of the faces; NaN where they are not known."""

    # shape (..., 478, 2); asymmetry fields of both photos
    before: FloatArray
    after: FloatArray
    moved: FloatArray  # shape (..., 478, 2); displacement fields
    # shape (..., 18, 3); right, left and difference of the clinical measures
    measure_before: FloatArray
    measure_after: FloatArray

    def mean_known(self) -> PairFields:
        """Mean of the known values over the first two axes, photos before and photos after."""
        return PairFields(**{field.name: _mean_known(getattr(self, field.name)) for field in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairNumbers:
    """Numbers of a batch of pairs, in the unit of the fields."""

    # shape (..., 9, 3); asymmetry, lateral and vertical of each region
    before: FloatArray
    after: FloatArray
    # shape (..., 9, 3); mean outward and upward movement of each side of a region, and its root mean square length
    right: FloatArray
    left: FloatArray
    # shape (..., 11, 2); lateral and vertical of each part of a region
    part_before: FloatArray
    part_after: FloatArray
    # shape (..., 11, 2); mean outward and upward movement of each side of a part
    part_right: FloatArray
    part_left: FloatArray
    # shape (..., 18, 3); right, left and difference of each clinical measure
    measure_before: FloatArray
    measure_after: FloatArray

    @property
    def signed_change(self) -> FloatArray:
        """Signed change of asymmetry of each region: movement of the left less that of the right, shape (..., 9, 2)."""
        return np.asarray(self.left[..., :2] - self.right[..., :2])

    @property
    def part_signed_change(self) -> FloatArray:
        """Signed change of asymmetry of each part, shape (..., 11, 2)."""
        return np.asarray(self.part_left - self.part_right)

    @property
    def lift(self) -> FloatArray:
        """Mean upward movement of both sides of each region, shape (..., 9)."""
        return np.asarray((self.left[..., 1] + self.right[..., 1]) / 2)

    def listed(self) -> FloatArray:
        """All numbers in the order of `reliability_table.OF_PAIR`, shape (..., 76)."""
        change, signed = self.after[..., 0] - self.before[..., 0], self.signed_change
        of_regions = np.stack([change, signed[..., 0], signed[..., 1], self.lift], axis=-1)
        of_measures = self.measure_after[..., 2] - self.measure_before[..., 2]
        batch = change.shape[:-1]
        flat = (of_regions.reshape(*batch, -1), self.part_signed_change.reshape(*batch, -1), of_measures)
        return np.concatenate(flat, axis=-1)


def common_scale(faces: Sequence[FaceAnalysis]) -> Scale:
    """Scale shared by all photos of one person, with the ratio of iris to interpupillary distance pooled over them.

    Raises
    ------
    ScaleError
        If faces were scaled in different ways.
    """
    first = faces[0].scale
    if first.interpupillary_mm is not None and all(face.scale == first for face in faces):
        return first  # known, or pooled over more photos than these
    for face in faces:
        if face.scale.source != first.source or (first.source == "ipd" and face.scale != first):
            raise ScaleError("the faces were scaled in different ways; analyse all with the same scale")
    if first.source != "iris":
        return first
    shares = [float(iris_diameter(face.landmarks)) / face.interpupillary for face in faces]
    return Scale("iris", IRIS_MM / float(np.exp(np.log(shares).mean())))


def measure_pair(
    first: FaceAnalysis,
    second: FaceAnalysis,
    *,
    scale: Scale,
    landmarks_only: bool,
    reliability: ReliabilityTables | None,
) -> Pair:
    """Measure two photos as a pair: both get the mean of their shapes, and half of the movement each."""
    only = landmarks_only or any(face.refined is None or face.standard is None for face in (first, second))
    pair, flags = match_faces(first, second, scale=scale, landmarks_only=only)
    both_see = np.asarray(np.isfinite(pair.movement).all(axis=1))
    both_see &= both_see[MIRROR]
    for one in (first, second):
        if one.refined is not None:
            both_see &= one.refined.seen
    before, after = (
        measure_landmarks(
            one.photo,
            one.landmarks,
            scale=scale,
            evidence=replace(
                one.evidence,
                flags=in_comparison(one.evidence.flags),
                refined=None if only or one.refined is None else replace(one.refined, points=points, seen=both_see),
            ),
            as_pair=placed / _mm_per_pixel(one, scale),
            reliability=reliability,
        )
        for one, points, placed in (
            (first, pair.before, pair.before_placed),
            (second, pair.after, pair.after_placed),
        )
    )
    in_unit = before.unit_per_mm
    return Pair(
        before=before,
        after=after,
        movement=visible_movement(pair, before, after) * in_unit,
        map=None if pair.map is None else replace(pair.map, vectors=pair.map.vectors * in_unit),
        flags=flags,
    )


def match_faces(
    first: FaceAnalysis, second: FaceAnalysis, *, scale: Scale, landmarks_only: bool
) -> tuple[PairRefinement, tuple[Flag, ...]]:
    """Match two photos, and find what makes them hard to compare."""
    pair = refine_pair(placed_face(first, scale, landmarks_only), placed_face(second, scale, landmarks_only))
    portraits = first.portrait, second.portrait
    if portraits[0] is None or portraits[1] is None:
        return pair, ()
    return pair, check_pair(portraits[0], portraits[1], pair.registration)


def visible_movement(pair: PairRefinement, first: FaceAnalysis, second: FaceAnalysis) -> FloatArray:
    """Movement (478, 2) between two photos, mm; NaN too for landmarks beyond the edge of one of them."""
    moved = np.array(pair.movement)
    for face in (first, second):
        moved[beyond_edge(face.photo, face.landmarks)] = NAN
    return moved


def placed_face(face: FaceAnalysis, scale: Scale, landmarks_only: bool) -> PlacedFace:
    """Bring a face into its facial frame, ready to be matched."""
    return PlacedFace(
        points=face.landmarks if landmarks_only else face.points,
        frame=fit_frame(face.landmarks, camera_mm=ARM_MM) if landmarks_only else face.frame,
        mm_per_pixel=_mm_per_pixel(face, scale),
        standard=None if landmarks_only else face.standard,
    )


def _mm_per_pixel(face: FaceAnalysis, scale: Scale) -> float:
    """Millimetres a pixel; those of an average face where none are known, for what is not in proportion to size."""
    known = float(scale.mm_per_pixel(face.landmarks))
    return known if np.isfinite(known) else AVERAGE_IPD_MM / face.interpupillary


def stack_fields(pairs: list[list[Pair]]) -> PairFields:
    """Stack the fields of all pairs, one row per photo before, one column per photo after.

    A region that a flag stops in some of the pairs only is unknown in those.
    """
    before = np.array([[pair.before.difference for pair in row] for row in pairs])
    after = np.array([[pair.after.difference for pair in row] for row in pairs])
    moved = np.array([[pair.movement for pair in row] for row in pairs])
    stopped = np.array([[stopped_landmarks(pair.flags) for pair in row] for row in pairs])
    stopped &= ~stopped.all(axis=(0, 1))
    before[stopped] = after[stopped] = moved[stopped] = NAN
    return PairFields(
        before=before,
        after=after,
        moved=moved,
        measure_before=np.array([[_measures(pair.before) for pair in row] for row in pairs]),
        measure_after=np.array([[_measures(pair.after) for pair in row] for row in pairs]),
    )


def _measures(face: FaceAnalysis) -> list[tuple[float, float, float]]:
    return [(m.subject_right, m.subject_left, m.difference) for m in face.measures.values()]


def field_noise(table: ReliabilityTable, photos: int, unit_per_mm: float) -> FloatArray:
    """RMS noise (9,) of the asymmetry field of each region in the mean of some photos, in the unit of the faces."""
    return np.asarray(table.field_noise * unit_per_mm / np.sqrt(photos))


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


def left_right_difference(moved: FloatArray) -> FloatArray:
    """Movement of each landmark (..., 478, 2) less that of its mirrored partner; NaN where one of them is not known."""
    return np.asarray(moved - moved[..., MIRROR, :] * _OUTWARD)


def variance_of_one(
    listed: FloatArray, days: tuple[Sequence[int | None], Sequence[int | None]] | None = None
) -> tuple[FloatArray, float]:
    """Variance of one photo's share in the numbers of all pairs of some photos before and some after.

    The number of a pair is a value of its photo after less one of its photo before, so the means over rows and over
    columns vary as the photos do.

    Parameters
    ----------
    listed : ndarray, shape (before, after, 76)
    days : tuple of sequence, optional
        Day of each photo before and after; photos are compared with others of their day alone.

    Returns
    -------
    variance : ndarray, shape (76,)
        NaN where no day of a side has two photos.
    freedom : float
        Photos less days of either side.
    """
    squares, freedom = np.zeros(listed.shape[-1]), 0
    for side, means in enumerate((listed.mean(axis=1), listed.mean(axis=0))):
        labels = np.array([0] * len(means) if days is None else [-1 if day is None else day for day in days[side]])
        for label in np.unique(labels):
            own = means[labels == label]
            freedom += len(own) - 1
            squares += ((own - own.mean(axis=0)) ** 2).sum(axis=0) if len(own) > 1 else 0.0
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
