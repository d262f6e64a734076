"""A series from beginning to end: photos in order of time, sessions, courses, trends, what changed since the first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from symmetry.landmarks.scale import AVERAGE_IPD_MM
from symmetry.measure.analysis import rescaled
from symmetry.measure.change import Change
from symmetry.measure.comparison import compare
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.face_cache import KnownFaces
from symmetry.measure.pairs import common_scale
from symmetry.measure.reliability_table import ReliabilityTables, of_method
from symmetry.series.course import take_course
from symmetry.series.dating import Given, dated_faces
from symmetry.series.judgement import Times, measure_courses, region_courses
from symmetry.series.result import DatedFace, LeftOut, Session
from symmetry.series.selection import select
from symmetry.series.series import Series

Pool = Literal["day", "photo"]
SECONDS_A_WEEK: Final = 7 * 24 * 3600.0
_EACH_SIDE: Final = (4, 3)
"""First and last sessions compared: one for every four, three at the most."""
_PHOTOS: Final = 4
"""Photos compared on either side at the most: more take long and add little."""


def analyze_series(
    photos: Sequence[Given],
    *,
    treatment_start: date | datetime | None = None,
    pool: Pool = "day",
    same_person: bool = False,
    reliability: ReliabilityTables | None = None,
    known: KnownFaces | None = None,
    left_out: Sequence[LeftOut] = (),
) -> Series:
    """Follow one person through many photos.

    Parameters
    ----------
    photos : sequence of path, FaceAnalysis or DatedFace
        In any order; what is measured has the same scale. Times that are not given are those of `timing.moment_of`.
    treatment_start : date or datetime, optional
        First day of the treatment phase, or when (aware) its first treatment was: sessions before it are the baseline.
    pool : {"day", "photo"}
        What makes a session: the photos of one local day, or each photo by itself.
    same_person : bool
        All photos show one person, whatever they look like: none is left out as someone else's.
    reliability : mapping, optional
        Tables behind the errors, from `read_reliability`; the shipped ones by default.
    known : KnownFaces, optional
        Where faces, and what two photos show together, are kept.
    left_out : sequence of LeftOut
        Photos that could not be measured, for the record.

    Returns
    -------
    Series

    Raises
    ------
    NothingFitError
        If no photo is fit to be measured.
    ScaleError
        If the faces were scaled in different ways.

    Notes
    -----
    Every photo is registered to the best one, the reference, so that the course adds up no errors from photo to photo.
    The ratio of iris to interpupillary distance is pooled over all photos that count.
    """
    dated, not_dated = dated_faces(photos, known=known, reliability=reliability)
    only = any(one.face.method == "landmarks" for one in dated)
    chosen = select(dated, not_dated, landmarks_only=only, same_person=same_person, known=known)
    scale = common_scale([one.face for one in chosen.dated])
    faces = [rescaled(one.face, scale, reliability) for one in chosen.dated]
    number = _numbered(chosen.dated, pool)
    sessions = _sessions(chosen.dated, faces, number, treatment_start)
    reference = faces[chosen.reference]
    unit = reference.unit
    per_usual = _per_usual(reference)
    known_by = of_method(reliability, "landmarks" if only else "registration")
    course = take_course(
        faces,
        chosen.met,
        number,
        chosen.reference,
        unit_per_usual=per_usual,
        unit_per_mm=reference.unit_per_mm,
        table=known_by,
    )
    treated = None
    if treatment_start is not None:
        treated = np.array([session.phase == "treatment" for session in sessions])
    times = Times(weeks=np.array([session.weeks for session in sessions]), treated=treated)
    count = max(1, min(_EACH_SIDE[1], len(sessions) // _EACH_SIDE[0]))
    return Series(
        sessions=sessions,
        left_out=tuple(sorted([*chosen.left_out, *left_out], key=lambda one: (one.at is None, str(one.at), one.photo))),
        reference=reference,
        regions=MappingProxyType(region_courses(course, times, known_by.part_correlation, unit)),
        measures=MappingProxyType(measure_courses(course, times, unit)),
        change=_since_the_first(sessions, count, reliability),
        change_sessions=count,
        treatment_start=treatment_start.date() if isinstance(treatment_start, datetime) else treatment_start,
        scale=scale,
        unit=unit,
        method=reference.method,
    )


def _phase(at: datetime, start: date | datetime | None) -> Literal["baseline", "treatment"] | None:
    if start is None:
        return None
    later = at >= start if isinstance(start, datetime) else at.date() >= start
    return "treatment" if later else "baseline"


def _per_usual(face: FaceAnalysis) -> float:
    """Size of a millimetre of usual eyes in the unit of a face."""
    return face.unit_per_pixel * face.interpupillary / AVERAGE_IPD_MM


def _numbered(photos: Sequence[DatedFace], pool: Pool) -> list[int]:
    """Give each photo, in order of time, the number of its session, from 0."""
    if pool == "photo":
        return list(range(len(photos)))
    names = [one.session or one.at.date() for one in photos]
    order = list(dict.fromkeys(names))
    return [order.index(name) for name in names]


def _sessions(
    photos: Sequence[DatedFace],
    faces: Sequence[FaceAnalysis],
    number: Sequence[int],
    treatment_start: date | datetime | None,
) -> tuple[Session, ...]:
    start = photos[0].at
    found = []
    for session in range(max(number) + 1):
        own = [i for i, place in enumerate(number) if place == session]
        at = photos[own[0]].at
        found.append(
            Session(
                day=at.date(),
                at=at,
                weeks=(at - start).total_seconds() / SECONDS_A_WEEK,
                phase=_phase(at, treatment_start),
                faces=tuple(faces[i] for i in own),
                sources=tuple(dict.fromkeys(photos[i].source for i in own)),
            )
        )
    return tuple(found)


def _since_the_first(sessions: Sequence[Session], count: int, reliability: ReliabilityTables | None) -> Change | None:
    if len(sessions) < 2:
        return None
    first, last = sessions[:count], sessions[: -count - 1 : -1]  # the pictures shown are the first of either side
    before, after = (_best([face for session in some for face in session.faces]) for some in (first, last))
    return compare(before, after, reliability=reliability)


def _best(faces: Sequence[FaceAnalysis]) -> list[FaceAnalysis]:
    """Take the photos with the fewest flags, in their order."""
    gravest = sorted(range(len(faces)), key=lambda i: sum(flag.severity != "info" for flag in faces[i].flags))
    return [faces[i] for i in sorted(gravest[:_PHOTOS])]
