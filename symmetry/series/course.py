"""From photos matched to one reference to the numbers of each session and how sure they are.

All photos say what the reference looks like: each less what moved since. Each session is that face and what its photos
saw move, so its numbers rest on one matching, not on a chain of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.frame import across_jawline, asymmetry_field, fit_frame, made_even
from symmetry.landmarks.mesh import MIDLINE, MIRROR, REGIONS
from symmetry.landmarks.scale import AVERAGE_SCALE
from symmetry.measure.analysis import beyond_edge, stopped_landmarks, stops_measure
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.face_cache import Match
from symmetry.measure.measures import DEFINITIONS, clinical_measures
from symmetry.measure.pairs import (
    PairFields,
    PairNumbers,
    field_noise,
    left_right_difference,
    pair_numbers,
    placed_face,
)
from symmetry.measure.quality.flags import Flag, rejecting
from symmetry.measure.reliability_table import OF_PAIR, PART_NAMES, ReliabilityTable
from symmetry.measure.scores import REGION_NAMES, part_means
from symmetry.measure.uncertainty import noiseless_scores, pair_difficulty, pair_sds, shared_movement, unseen_part

_MOST: Final = 0.5
"""Share of the photos that must have matched a landmark's two sides for its difference to be known."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """Numbers of n sessions, in the unit of the series; NaN where they are not known.

    Attributes
    ----------
    numbers : PairNumbers
        From the reference to each session, shape (n, ...).
    regions : ndarray, shape (n, 9, 3)
        Asymmetry, lateral and vertical.
    parts : ndarray, shape (n, 11, 2)
        Lateral and vertical of each part of a region.
    measures : ndarray, shape (n, 18)
        Left less right of each clinical measure.
    sd : ndarray, shape (n, 76)
        Standard deviations over re-photographing from session to session, in the order of `reliability_table.OF_PAIR`.
    level_sd : ndarray, shape (n, 76)
        Those of the numbers themselves: the face that all photos share, on which they stand, has an error too.
    freedom : ndarray, shape (76,)
        Their degrees of freedom.
    """

    numbers: PairNumbers
    regions: FloatArray
    parts: FloatArray
    measures: FloatArray
    sd: FloatArray
    level_sd: FloatArray
    freedom: FloatArray


def take_course(
    faces: Sequence[FaceAnalysis],
    matches: Sequence[Match],
    session: Sequence[int],
    reference: int,
    *,
    unit_per_usual: float,
    unit_per_mm: float,
    table: ReliabilityTable,
) -> Course:
    """Take the numbers of every session.

    Parameters
    ----------
    faces : sequence of FaceAnalysis
        In order of their sessions.
    matches : sequence of Match
        As each is seen from the reference.
    session : sequence of int
        Number of each photo's session, from 0.
    reference : int
        Place of the reference among the faces.
    unit_per_usual : float
        Size of a millimetre of usual eyes in the unit of the results.
    unit_per_mm : float
        Size of a real millimetre in it.
    table : ReliabilityTable
    """
    of_session = [np.flatnonzero(np.asarray(session) == number) for number in range(max(session) + 1)]
    moved = np.array([one.moved for one in matches]) * unit_per_usual
    shared, known = _shared_face(faces, matches, reference)
    shared = shared * unit_per_usual
    counting = _counting(faces, matches)
    means = np.stack([_mean_of(moved[photos], counting[photos]) for photos in of_session])

    field = across_jawline(asymmetry_field(shared), made_even(shared))
    field[~known] = np.nan
    uneven = left_right_difference(means)
    before = np.where(np.isnan(uneven), np.nan, field)
    measured = _measures(shared, np.zeros((1, len(shared), 2)), ~known)[0]
    fields = PairFields(
        before=before,
        after=before + uneven,
        moved=means,
        measure_before=np.broadcast_to(measured, (len(of_session), *measured.shape)),
        measure_after=_measures(shared, means, ~known),
    )
    noise = np.stack([field_noise(table, len(photos), unit_per_mm) for photos in of_session])
    numbers = pair_numbers(fields, noise)
    whole = noiseless_scores(field, field_noise(table, len(faces), unit_per_mm))
    regions = whole + np.concatenate([(numbers.after - numbers.before)[..., :1], numbers.signed_change], axis=-1)
    regions[..., 0] = np.maximum(regions[..., 0], 0.0)
    parts = np.stack([part_means(field[:, i]) for i in range(2)], axis=-1) + numbers.part_signed_change
    measures = numbers.measure_after[..., 2].copy()
    for place, photos in enumerate(of_session):
        _stop(regions[place], parts[place], measures[place], [(*faces[i].flags, *matches[i].flags) for i in photos])
    spreads = [
        _spreads(
            [faces[i] for i in photos],
            [matches[i].flags for i in photos],
            faces[reference],
            shared_movement(numbers.left[place, :, :2], numbers.right[place, :, :2]) / unit_per_mm,
            unseen_part(uneven[place]) / unit_per_mm,
            table,
            beside=len(faces),
        )
        for place, photos in enumerate(of_session)
    ]
    to_unit = np.array([unit_per_mm if quantity.unit == "mm" else 1.0 for quantity in OF_PAIR])
    return Course(
        numbers=replace(numbers, left=_since_first(numbers.left), right=_since_first(numbers.right)),
        regions=regions,
        parts=parts,
        measures=measures,
        sd=np.stack([sd for sd, _ in spreads]) * to_unit,
        level_sd=np.stack([level_sd for _, level_sd in spreads]) * to_unit,
        freedom=table.pair_freedom,
    )


def _shared_face(
    faces: Sequence[FaceAnalysis], matches: Sequence[Match], reference: int
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Give the reference as all photos say it is (478, 3), mm of usual eyes, and where its difference is known."""
    only = faces[reference].method == "landmarks"
    placed = np.stack([_placed(face, only) for face in faces])
    before = placed.copy()
    before[..., :2] -= np.stack([one.moved for one in matches])
    says = np.isfinite(before[..., 0])[..., None]
    shared = np.where(says, before, 0.0).sum(axis=0) / np.maximum(says.sum(axis=0), 1)
    shared = np.where(says.any(axis=0), shared, placed[reference])
    seen = np.stack(
        [~_outside(face) if face.refined is None else face.refined.seen & ~_outside(face) for face in faces]
    )
    of_reference = placed_face(faces[reference], AVERAGE_SCALE, only)
    frame = fit_frame(of_reference.to_image(shared))
    level = frame.place(of_reference.to_image(shared)) * of_reference.mm_per_pixel
    known = seen.mean(axis=0) >= _MOST
    return np.asarray(level), np.asarray(known & known[MIRROR])


def _placed(face: FaceAnalysis, landmarks_only: bool) -> FloatArray:
    placed = placed_face(face, AVERAGE_SCALE, landmarks_only)
    return placed.place(placed.points)


def _outside(face: FaceAnalysis) -> NDArray[np.bool_]:
    outside = beyond_edge(face.photo, face.landmarks)
    return np.asarray(outside | outside[MIRROR])


def _counting(faces: Sequence[FaceAnalysis], matches: Sequence[Match]) -> NDArray[np.int_]:
    """How well each photo shows each landmark (n, 478): 0 stopped, 1 stopped in some number of its region, 2 shown."""
    counting = np.full((len(faces), len(MIRROR)), 2)
    for place, (face, one) in enumerate(zip(faces, matches, strict=True)):
        flags = (*face.flags, *one.flags)
        for name, pairs in REGIONS.items():
            if any(rejecting(flags, f"{name}.{number}") for number in ("lateral", "vertical")):
                both = np.concatenate([pairs, MIRROR[pairs]])
                counting[place, both] = np.minimum(counting[place, both], 1)
        counting[place, stopped_landmarks(flags)] = 0
    return counting


def _mean_of(moved: FloatArray, counting: NDArray[np.int_]) -> FloatArray:
    """Mean movement (478, 2) over the photos of a session that show each landmark best."""
    best = counting.max(axis=0)
    taken = ((counting == best) & (best > 0))[..., None] & np.isfinite(moved)
    count = taken.sum(axis=0)
    return np.where(count > 0, np.where(taken, moved, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)


def _measures(shared: FloatArray, moved: FloatArray, unknown: NDArray[np.bool_]) -> FloatArray:
    """Right, left and difference (n, 18, 3) of the clinical measures of a face (478, 3) that moved by (n, 478, 2)."""
    placed = shared + np.concatenate([np.nan_to_num(moved), np.zeros((*moved.shape[:-1], 1))], axis=-1)
    hidden = np.isnan(moved[..., 0]) | unknown
    of_face = hidden[:, REGIONS["face"]] | hidden[:, MIRROR[REGIONS["face"]]]
    hidden[:, MIDLINE] |= (of_face.mean(axis=1) > _MOST)[:, None]
    taken = clinical_measures(placed, placed, unknown=hidden)
    return np.stack([taken.subject_right, taken.subject_left, taken.difference], axis=-1)


def _stop(regions: FloatArray, parts: FloatArray, measures: FloatArray, flags: Sequence[tuple[Flag, ...]]) -> None:
    """Take out of a session's numbers (9, 3), (11, 2) and (18,) what flags stop in all of its photos."""

    def stopped(result: str) -> bool:
        return all(rejecting(found, result) is not None for found in flags)

    for i, name in enumerate(REGION_NAMES):
        for j, number in enumerate(("asymmetry", "lateral", "vertical")):
            if stopped(f"{name}.{number}"):
                regions[i, j] = np.nan
    for i, (region, _) in enumerate(PART_NAMES):
        for j, number in enumerate(("lateral", "vertical")):
            if stopped(f"{region}.{number}"):
                parts[i, j] = np.nan
    for i, definition in enumerate(DEFINITIONS):
        if all(stops_measure(found, definition.name) is not None for found in flags):
            measures[i] = np.nan


def _spreads(
    faces: Sequence[FaceAnalysis],
    between: Sequence[tuple[Flag, ...]],
    reference: FaceAnalysis,
    shared: FloatArray,
    unseen: FloatArray,
    table: ReliabilityTable,
    *,
    beside: int,
) -> tuple[FloatArray, FloatArray]:
    """Give the standard deviations (76,) of a session's numbers, mm or degrees: to other sessions, and of their levels.

    The face that all photos share is common to the sessions; the levels stand on the mean over `beside` photos.
    """
    flags = [face.flags for face in faces]
    difficulty = pair_difficulty(
        float(np.mean([face.pose.yaw for face in faces])) - reference.pose.yaw,
        float(np.mean([face.pose.pitch for face in faces])) - reference.pose.pitch,
        shared,
        flags=(flags, flags),
        between=[flag for found in between for flag in found],
    )
    eyes = (float(np.mean([face.interpupillary for face in faces])),) * 2
    sd, level_sd = (
        pair_sds(table, difficulty=difficulty, photos=(others, len(faces)), interpupillary=eyes, unseen=unseen)[0]
        for others in (np.inf, beside)
    )
    return sd, level_sd


def _since_first(movement: FloatArray) -> FloatArray:
    """Movement (n, 9, 3) since the first session in which each region is known."""
    known = np.isfinite(movement[..., :1])
    first = np.take_along_axis(movement, known.argmax(axis=0)[None], axis=0)
    since = movement - first
    since[..., 2] = movement[..., 2]
    return np.asarray(since)
