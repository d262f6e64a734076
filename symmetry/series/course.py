"""The numbers of each session and their standard deviations, from photos matched to one reference.

All photos together give one shared face: each shows the reference, less what moved since. A session is that face plus
the mean movement in its photos, so its numbers rest on one matching, not on a chain of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.frame import ARM_MM, across_jawline, asymmetry_field, fit_frame, made_even
from symmetry.landmarks.mesh import AVERAGE_IPD_MM, MIDLINE, MIRROR, REGIONS
from symmetry.landmarks.scale import AVERAGE_SCALE
from symmetry.measure.analysis import beyond_edge, stopped_landmarks, stops_measure
from symmetry.measure.between_days import LEAST_DAYS, DayToDay, of_own_days
from symmetry.measure.conditions import pair_conditions
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
from symmetry.measure.pooling import effective_photos
from symmetry.measure.quality.flags import Flag, rejecting
from symmetry.measure.reliability_table import OF_PAIR, OF_PHOTO, PART_NAMES, ReliabilityTable
from symmetry.measure.scores import REGION_NAMES, part_means
from symmetry.measure.uncertainty import noiseless_scores, pair_difficulty, pair_sds, shared_movement, unseen_part

_MOST: Final = 0.5
"""Share of the photos that must have matched both sides of a landmark for its asymmetry to be known."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """Numbers of n sessions, in the unit of the series; NaN where not measurable."""

    numbers: PairNumbers  # from the reference to each session, shape (n, ...)
    regions: FloatArray  # shape (n, 9, 3); asymmetry, lateral and vertical
    parts: FloatArray  # shape (n, 11, 2); lateral and vertical of each part of a region
    measures: FloatArray  # shape (n, 18); left less right of each clinical measure
    # shape (n, 76); standard deviations over re-photographing from session to session, in the order of
    # `reliability_table.OF_PAIR`
    sd: FloatArray
    level_sd: FloatArray  # shape (n, 76); those of the numbers themselves, with the error of the shared face
    freedom: FloatArray  # shape (76,); their degrees of freedom


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatchedPhotos:
    """The photos of a series, in order of their sessions, each matched to the reference."""

    faces: Sequence[FaceAnalysis]
    matches: Sequence[Match]  # each photo as seen from the reference
    session: Sequence[int]  # number of each photo's session, from 0
    reference: int  # place of the reference among the photos

    @property
    def of_session(self) -> list[NDArray[np.intp]]:
        """Places of the photos of each session."""
        return [np.flatnonzero(np.asarray(self.session) == number) for number in range(max(self.session) + 1)]

    @property
    def unit_per_mm(self) -> float:
        """Size of a millimetre in the unit of the results."""
        return self.faces[self.reference].unit_per_mm

    @property
    def unit_per_average_mm(self) -> float:
        """Size of a millimetre of `AVERAGE_SCALE`, in which photos are matched, in the unit of the results."""
        reference = self.faces[self.reference]
        return reference.unit_per_pixel * reference.interpupillary / AVERAGE_IPD_MM


def take_course(photos: MatchedPhotos, table: ReliabilityTable) -> Course:
    """Take the numbers of every session and their standard deviations."""
    of_session, unit = photos.of_session, photos.unit_per_mm
    shared, known = _shared_face(photos)
    field = across_jawline(asymmetry_field(shared), made_even(shared))
    field[~known] = np.nan
    moved = _session_movement(photos)
    signed_change = left_right_difference(moved)
    before = np.where(np.isnan(signed_change), np.nan, field)
    measured = _measures(shared, np.zeros((1, len(shared), 2)), ~known)[0]
    fields = PairFields(
        before=before,
        after=before + signed_change,
        moved=moved,
        measure_before=np.broadcast_to(measured, (len(of_session), *measured.shape)),
        measure_after=_measures(shared, moved, ~known),
    )
    numbers = pair_numbers(fields, np.stack([field_noise(table, len(own), unit) for own in of_session]))
    regions = noiseless_scores(field, field_noise(table, len(photos.faces), unit)) + np.concatenate(
        [(numbers.after - numbers.before)[..., :1], numbers.signed_change], axis=-1
    )
    regions[..., 0] = np.maximum(regions[..., 0], 0.0)
    parts = np.stack([part_means(field[:, i]) for i in range(2)], axis=-1) + numbers.part_signed_change
    measures = numbers.measure_after[..., 2].copy()
    for place, own in enumerate(of_session):
        flags = [(*photos.faces[i].flags, *photos.matches[i].flags) for i in own]
        _stop(regions[place], parts[place], measures[place], flags)
    sd, level_sd = _spreads(photos, numbers, signed_change, table)
    return Course(
        numbers=replace(numbers, left=_since_first(numbers.left), right=_since_first(numbers.right)),
        regions=regions,
        parts=parts,
        measures=measures,
        sd=sd,
        level_sd=level_sd,
        freedom=table.pair_freedom,
    )


def days_of_course(
    course: Course, days: Sequence[date], untreated: Sequence[bool], unit_per_mm: float, prior: DayToDay
) -> DayToDay:
    """Tell how far a person differs from day to day, by the untreated sessions, one of each day.

    Parameters
    ----------
    course : Course
    days : sequence of date, length n
    untreated : sequence of bool, length n
    unit_per_mm : float
    prior : DayToDay
        What is known of other people, which also counts where fewer than three days are untreated.
    """
    own = [i for i, free in enumerate(untreated) if free and days[i] not in days[:i]]
    if len(own) < LEAST_DAYS:
        return prior
    to_unit = np.array([unit_per_mm if quantity.unit == "mm" else 1.0 for quantity in OF_PAIR])
    numbers, sd = course.numbers.listed()[own] / to_unit, course.sd[own] / to_unit
    return of_own_days(numbers, (sd**2).mean(axis=0), prior)


def _shared_face(photos: MatchedPhotos) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Pool all photos to one face, shape (478, 3), in the unit of the results, and where its asymmetry is known.

    Each photo shows the face of the reference, less what moved since.
    """
    faces, reference = photos.faces, photos.faces[photos.reference]
    only = reference.method == "landmarks"
    placed = np.stack([_placed(face, only) for face in faces])
    before = placed.copy()
    before[..., :2] -= np.stack([one.moved for one in photos.matches])
    shown = np.isfinite(before[..., 0])[..., None]
    shared = np.where(shown, before, 0.0).sum(axis=0) / np.maximum(shown.sum(axis=0), 1)
    shared = np.where(shown.any(axis=0), shared, placed[photos.reference])
    seen = np.stack(
        [~_outside(face) if face.refined is None else face.refined.seen & ~_outside(face) for face in faces]
    )
    of_reference = placed_face(reference, AVERAGE_SCALE, only)
    frame = fit_frame(of_reference.to_image(shared), camera_mm=ARM_MM)
    level = frame.place(of_reference.to_image(shared)) * of_reference.mm_per_pixel * photos.unit_per_average_mm
    known = seen.mean(axis=0) >= _MOST
    return np.asarray(level), np.asarray(known & known[MIRROR])


def _placed(face: FaceAnalysis, landmarks_only: bool) -> FloatArray:
    placed = placed_face(face, AVERAGE_SCALE, landmarks_only)
    return placed.place(placed.points)


def _outside(face: FaceAnalysis) -> NDArray[np.bool_]:
    outside = beyond_edge(face.photo, face.landmarks)
    return np.asarray(outside | outside[MIRROR])


def _session_movement(photos: MatchedPhotos) -> FloatArray:
    """Mean movement of each session since the reference, shape (n, 478, 2), over its photos that show a landmark best.

    A photo shows a landmark worse where flags stop a number of its region, and not at all where they stop the landmark.
    """
    shown = np.full((len(photos.faces), len(MIRROR)), 2)
    for place, (face, match) in enumerate(zip(photos.faces, photos.matches, strict=True)):
        flags = (*face.flags, *match.flags)
        for name, pairs in REGIONS.items():
            if any(rejecting(flags, f"{name}.{number}") for number in ("lateral", "vertical")):
                both = np.concatenate([pairs, MIRROR[pairs]])
                shown[place, both] = np.minimum(shown[place, both], 1)
        shown[place, stopped_landmarks(flags)] = 0
    moved = np.array([match.moved for match in photos.matches]) * photos.unit_per_average_mm
    means = []
    for own in photos.of_session:
        best = (shown[own] == shown[own].max(axis=0)) & (shown[own] > 0)
        taken = best[..., None] & np.isfinite(moved[own])
        count = taken.sum(axis=0)
        mean = np.where(taken, moved[own], 0.0).sum(axis=0) / np.maximum(count, 1)
        means.append(np.where(count > 0, mean, np.nan))
    return np.stack(means)


def _measures(shared: FloatArray, moved: FloatArray, unknown: NDArray[np.bool_]) -> FloatArray:
    """Right, left and difference (n, 18, 3) of the clinical measures of a face (478, 3) that moved by (n, 478, 2)."""
    placed = shared + np.concatenate([np.nan_to_num(moved), np.zeros((*moved.shape[:-1], 1))], axis=-1)
    hidden = np.isnan(moved[..., 0]) | unknown
    of_face = hidden[:, REGIONS["face"]] | hidden[:, MIRROR[REGIONS["face"]]]
    hidden[:, MIDLINE] |= (of_face.mean(axis=1) > _MOST)[:, None]
    taken = clinical_measures(placed, placed, unknown=hidden)
    return np.stack([taken.subject_right, taken.subject_left, taken.difference], axis=-1)


def _stop(regions: FloatArray, parts: FloatArray, measures: FloatArray, flags: Sequence[tuple[Flag, ...]]) -> None:
    """Set to NaN what flags stop in all photos of a session: in its numbers (9, 3), (11, 2) and (18,)."""

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
    photos: MatchedPhotos, numbers: PairNumbers, signed_change: FloatArray, table: ReliabilityTable
) -> tuple[FloatArray, FloatArray]:
    """Estimate the standard deviations of n sessions' numbers, shape (n, 76): between sessions, and of the levels.

    The face that all photos share is common to the sessions; the levels rest on the mean over all photos.
    """
    unit, reference = photos.unit_per_mm, photos.faces[photos.reference]
    between: list[FloatArray] = []
    levels: list[FloatArray] = []
    for place, own in enumerate(photos.of_session):
        faces = [photos.faces[i] for i in own]
        flags = [face.flags for face in faces]
        shared = shared_movement(numbers.left[place, :, :2], numbers.right[place, :, :2]) / unit
        difficulty = pair_difficulty(
            pair_conditions([reference], faces, shared),
            flags=(flags, flags),
            between=[flag for i in own for flag in photos.matches[i].flags],
            method=reference.method,
        )
        eyes = float(np.mean([face.interpupillary for face in faces]))
        for found, others in ((between, np.inf), (levels, effective_photos(photos.faces))):
            sd, _ = pair_sds(
                table,
                difficulty=difficulty,
                photos=(others, effective_photos(faces)),
                interpupillary=(eyes, eyes),
                unseen=unseen_part(signed_change[place]) / unit,
            )
            found.append(sd)
    to_unit = np.array([unit if quantity.unit == "mm" else 1.0 for quantity in OF_PAIR])
    return np.stack(between) * to_unit, np.hypot(np.stack(levels), _in_a_photo(table)) * to_unit


def _in_a_photo(table: ReliabilityTable) -> FloatArray:
    """Take the standard deviation in a photo of each number (76,) of a pair, or of its region; 0 if there is none.

    Much of it the photos of a face share, such as freckles on one side, so that the mean of many keeps it.
    """
    known = {(q.name, q.number): sd for q, sd in zip(OF_PHOTO, table.photo_sd.tolist(), strict=True)}
    named = {"change": "asymmetry", "lateral_change": "lateral", "vertical_change": "vertical"}
    found = [known.get((q.name, "difference"), known.get((q.region, named.get(q.number, "")), 0.0)) for q in OF_PAIR]
    return np.nan_to_num(np.array(found, dtype=np.float64))


def _since_first(movement: FloatArray) -> FloatArray:
    """Movement (n, 9, 3) since the first session in which each region is known."""
    known = np.isfinite(movement[..., :1])
    first = np.take_along_axis(movement, known.argmax(axis=0)[None], axis=0)
    since = movement - first
    since[..., 2] = movement[..., 2]
    return np.asarray(since)
