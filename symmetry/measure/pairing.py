"""Two photos brought together: one scale, one frame, the points that both show, and whether they can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.errors import ScaleError
from symmetry.landmarks.frame import fit_frame
from symmetry.landmarks.mesh import MIRROR
from symmetry.landmarks.scale import IRIS_MM, USUAL_EYES, Scale, iris_diameter
from symmetry.measure.analysis import beyond_edge, measure_landmarks, stopped_landmarks
from symmetry.measure.face import NAN, FaceAnalysis
from symmetry.measure.pair_numbers import PairFields
from symmetry.measure.quality import check_pair
from symmetry.measure.quality.flags import Flag
from symmetry.measure.reliability_table import ReliabilityTable, ReliabilityTables
from symmetry.registration.refinement import FieldMap, PairRefinement, PlacedFace, refine_pair


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """Two photos, measured together.

    Attributes
    ----------
    before, after : FaceAnalysis
    movement : ndarray, shape (478, 2)
        Where each landmark of before has gone, in the unit of the faces; NaN where it is not known.
    map : FieldMap or None
        The same, denser.
    flags : tuple of Flag
        What was found between the photos.
    """

    before: FaceAnalysis
    after: FaceAnalysis
    movement: FloatArray
    map: FieldMap | None
    flags: tuple[Flag, ...]


def common_scale(faces: Sequence[FaceAnalysis]) -> Scale:
    """Millimetres that one person's eye distance gives in all photos: the iris to eye-distance ratio is pooled.

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
    """Measure two photos on what both say: their mean, and half of what moved to either side."""
    only = landmarks_only or any(face.refined is None or face.standard is None for face in (first, second))
    pair, flags = match_faces(first, second, scale=scale, landmarks_only=only)
    both_see = np.isfinite(pair.movement).all(axis=1)
    both_see &= both_see[MIRROR]
    for one in (first, second):
        if one.refined is not None:
            both_see &= one.refined.seen
    before, after = (
        measure_landmarks(
            one.photo,
            one.landmarks,
            scale=scale,
            standard=one.standard,
            refined=None if only or one.refined is None else replace(one.refined, points=points, seen=both_see),
            as_pair=placed / _mm_per_pixel(one, scale),
            flags=one.flags,
            sightings=one.sightings,
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
    """Movement (478, 2) of two photos, mm; NaN too for what lies beyond the edge of one of them."""
    moved = pair.movement.copy()
    for face in (first, second):
        moved[beyond_edge(face.photo, face.landmarks)] = NAN
    return moved


def fields_of(pairs: list[list[Pair]]) -> PairFields:
    """Stack what all pairs show, one row a photo before, one column a photo after.

    Where a flag stops a region in some of the pairs only, those say nothing of it.
    """
    before = np.array([[pair.before.difference for pair in row] for row in pairs])
    after = np.array([[pair.after.difference for pair in row] for row in pairs])
    moved = np.array([[pair.movement for pair in row] for row in pairs])
    silent = np.array([[stopped_landmarks(pair.flags) for pair in row] for row in pairs])
    silent &= ~silent.all(axis=(0, 1))
    before[silent] = after[silent] = moved[silent] = NAN
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


def placed_face(face: FaceAnalysis, scale: Scale, landmarks_only: bool) -> PlacedFace:
    """Bring a face into its facial frame, ready to be matched."""
    return PlacedFace(
        points=face.landmarks if landmarks_only else face.points,
        frame=fit_frame(face.landmarks) if landmarks_only else face.frame,
        mm_per_pixel=_mm_per_pixel(face, scale),
        standard=None if landmarks_only else face.standard,
    )


def _mm_per_pixel(face: FaceAnalysis, scale: Scale) -> float:
    """Millimetres a pixel; where none are known those of usual eyes, for what is not in proportion to size."""
    known = float(scale.mm_per_pixel(face.landmarks))
    return known if np.isfinite(known) else USUAL_EYES / face.interpupillary
