"""Landmarks refined by the image: one photo against its own mirror image, and one photo against another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.frame import ARM_MM, FacialFrame, across_jawline, fit_frame, made_even
from symmetry.landmarks.mesh import IRIS_LANDMARKS, LANDMARKS, MIRROR, STABLE_FACE
from symmetry.registration import GRID, ON_FACE, Registration, StandardFace, register
from symmetry.registration.motion import HeadMovement, fit_head_movement

_MIRRORED: Final = np.array([-1.0, 1.0, 1.0])
_NO_WEIGHT, _FULL_WEIGHT, _LEAST_WEIGHT = 0.3, 0.8, 0.02
"""Confidence at which a landmark has no weight and full weight in the head movement; weight that it always keeps."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FieldMap:
    """A vector field over the face, denser than the landmarks, for pictures."""

    points: FloatArray  # shape (52, 44, 2); positions, pixels of the upright photo at full size
    # shape (52, 44, 2); x and y of the facial frame, mm or the unit of the face; NaN off the face and where confidence
    # is low
    vectors: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MirrorRefinement:
    """Landmarks of one photo whose left-right difference is refined by the image."""

    # shape (478, 3); pixels at full size. The mean of a landmark and its mirrored partner stays that of the mesh.
    points: FloatArray
    seen: NDArray[np.bool_]  # shape (478,); whether the two sides could be matched; irises are taken from the mesh
    # shape (52, 44, 3); the same for the grid on which maps are drawn
    map_points: FloatArray
    map_seen: NDArray[np.bool_]


def refine_by_mirror_image(face: StandardFace, landmarks: FloatArray) -> MirrorRefinement:
    """Match a face with its mirror image and refine the left-right difference of its landmarks (478, 3), pixels."""
    registration = register(face, face.mirrored())
    matches = registration.match_landmarks()
    frame = fit_frame(landmarks, camera_mm=ARM_MM)
    correction = np.nan_to_num(frame.place(matches.first) - frame.place(landmarks))
    uneven = correction - made_even(correction)
    seen = matches.seen & matches.seen[MIRROR]
    seen[IRIS_LANDMARKS] = True
    dense = registration.match(GRID)
    return MirrorRefinement(
        points=np.where(seen[:, None], frame.to_image(frame.place(landmarks) + uneven), landmarks),
        seen=seen,
        map_points=dense.first,
        map_seen=ON_FACE & dense.seen & dense.seen[:, ::-1],
    )


def asymmetry_map(refined: MirrorRefinement, frame: FacialFrame, unit_per_pixel: float) -> FieldMap:
    """Left-right difference over the face: distance of either side from the mirror image of the other."""
    placed = frame.place(refined.map_points)
    vectors = (placed - placed[:, ::-1] * _MIRRORED)[..., :2] * unit_per_pixel
    return FieldMap(points=refined.map_points[..., :2], vectors=np.where(refined.map_seen[..., None], vectors, np.nan))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlacedFace:
    """A face as one of a pair."""

    points: FloatArray  # shape (478, 3); landmarks, refined or not, pixels at full size
    frame: FacialFrame
    mm_per_pixel: float  # size of a pixel
    standard: StandardFace | None  # None to use the landmarks alone

    def place(self, points: FloatArray) -> FloatArray:
        """Transform image points (..., 3) to the facial frame, in mm."""
        return self.frame.place(points) * self.mm_per_pixel

    def to_image(self, placed: FloatArray) -> FloatArray:
        """Inverse of `place`."""
        return self.frame.to_image(placed / self.mm_per_pixel)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairRefinement:
    """Two photos of a person, matched."""

    # shape (478, 3); landmarks of either photo, pixels at full size: the mean of both faces, plus and minus half the
    # movement. So an error of one photo does not pass for a change.
    before: FloatArray
    after: FloatArray
    # shape (478, 3); the same without head movement, in the facial frame of their mean, mm
    before_placed: FloatArray
    after_placed: FloatArray
    # shape (478, 2); displacement of each landmark from before to after without head movement: x and y of the facial
    # frame of before, mm; at the jawline across its edge alone. NaN where confidence is low.
    movement: FloatArray
    map: FieldMap | None  # the same on a denser grid in the photo before; None from landmarks alone
    registration: Registration | None  # None from landmarks alone


def refine_pair(before: PlacedFace, after: PlacedFace) -> PairRefinement:
    """Match two photos of a person and remove the movement of the head.

    The turn of the head is removed in 3-D, by placing each face in its facial frame; what remains of a movement of head
    or camera is fitted where faces hardly deform.
    """
    one, other = before.place(before.points), after.place(after.points)
    from_here, to_there = one, other
    weight, visible, registration = np.ones(LANDMARKS), np.ones(LANDMARKS, dtype=bool), None
    if before.standard is not None and after.standard is not None:
        registration = register(before.standard, after.standard)
        matches = registration.match_landmarks()
        known = matches.seen[:, None]
        from_here = np.where(known, before.place(matches.first), one)
        to_there = np.where(known, after.place(matches.second), other)
        weight = np.clip(
            (np.nan_to_num(matches.confidence) - _NO_WEIGHT) / (_FULL_WEIGHT - _NO_WEIGHT), _LEAST_WEIGHT, 1.0
        )
        visible = matches.seen.copy()
        visible[IRIS_LANDMARKS] = True
    moved, middle = (to_there - from_here)[:, :2], (from_here + to_there) / 2
    head = fit_head_movement(middle[STABLE_FACE], moved[STABLE_FACE], weight[STABLE_FACE])
    moved = across_jawline(moved - head.at(middle), middle)

    mean = (one + other) / 2  # each in its own frame: half of the head movement goes to either side
    first, second = _shifted(mean, -moved / 2), _shifted(mean, moved / 2)
    shared = fit_frame(before.to_image(mean), camera_mm=ARM_MM)
    first_placed, second_placed = (
        shared.place(before.to_image(placed)) * before.mm_per_pixel for placed in (first, second)
    )
    return PairRefinement(
        before=before.to_image(_shifted(first, -head.at(first) / 2)),
        after=after.to_image(_shifted(second, head.at(second) / 2)),
        before_placed=first_placed,
        after_placed=second_placed,
        movement=np.where(visible[:, None], moved, np.nan),
        map=None if registration is None else _movement_map(registration, before, after, head),
        registration=registration,
    )


def _movement_map(registration: Registration, before: PlacedFace, after: PlacedFace, head: HeadMovement) -> FieldMap:
    matches = registration.match(GRID)
    start, end = before.place(matches.first), after.place(matches.second)
    moved = (end - start)[..., :2] - head.at((start + end) / 2)
    known = ON_FACE & matches.seen
    return FieldMap(points=matches.first[..., :2], vectors=np.where(known[..., None], moved, np.nan))


def _shifted(placed: FloatArray, by: FloatArray) -> FloatArray:
    """Points (n, 3) of the facial frame moved in x and y by (n, 2)."""
    return placed + np.column_stack([by, np.zeros(len(by))])
