"""A series from beginning to end: photos in order of time, sessions, courses, trends, what changed since the first."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from symmetry.measure.analysis import rescaled
from symmetry.measure.batch import analyze_photos
from symmetry.measure.between_days import DayToDay, of_table
from symmetry.measure.change import Change
from symmetry.measure.comparison import compare_faces
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.face_cache import FaceCache
from symmetry.measure.options import Measuring, MeasuringOptions
from symmetry.measure.pairs import common_scale
from symmetry.measure.reliability_table import Method, ReliabilityTables, of_method
from symmetry.series.course import MatchedPhotos, days_of_course, take_course
from symmetry.series.dating import Given, date_photos
from symmetry.series.judgement import Times, measure_courses, region_courses
from symmetry.series.result import DatedFace, LeftOut, Session
from symmetry.series.selection import Selection, select
from symmetry.series.series import Series
from symmetry.series.skin import skin_series

if TYPE_CHECKING:
    from typing_extensions import Unpack

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
    turn_back: bool = False,
    cache: FaceCache | None = None,
    **options: Unpack[MeasuringOptions],
) -> Series:
    """Follow one person through many photos.

    Parameters
    ----------
    photos : sequence of path, FaceAnalysis, or what `date_photos` yields
        In any order. Faces that are measured already must have the same scale.
    treatment_start : date or datetime, optional
        First day of the treatment phase, or time (aware) of its first treatment: sessions before it are the baseline.
    pool : {"day", "photo"}
        What makes a session: the photos of one local day, or each photo by itself.
    same_person : bool
        All photos show one person, whatever they look like: none is left out as someone else's.
    turn_back : bool
        Turn back photos that are mirrored unlike the others, if their files are there; by default they are left out.
    cache : FaceCache, optional
        Where measured faces, and how they differ from each other, are kept.
    **options
        `scale`, `mirrored`, `face`, `landmarks_only`, `reliability` as for `analyze`.

    Returns
    -------
    Series

    Raises
    ------
    NothingFitError
        If no photo is fit to be measured.
    ScaleError
        If `scale` is not understood, or the faces were scaled in different ways.

    Notes
    -----
    Every photo is registered to the best one, the reference, so that errors do not add up from photo to photo. The
    ratio of iris to interpupillary distance is pooled over all photos that count.
    """
    reliability = Measuring.of(**options).reliability
    found = list(date_photos(photos, cache=cache, **options))
    dated = [one for one in found if isinstance(one, DatedFace)]
    unusable = [one for one in found if isinstance(one, LeftOut)]
    method: Method = "landmarks" if any(one.face.method == "landmarks" for one in dated) else "registration"

    def chosen_of(photos: Sequence[DatedFace]) -> Selection:
        return select(photos, unusable, landmarks_only=method == "landmarks", same_person=same_person, cache=cache)

    chosen, turned = chosen_of(dated), tuple[str, ...]()
    if turn_back and (odd := {one.photo for one in chosen.left_out if one.reason == "one_mirrored"}):
        dated, turned = _turned_back(dated, odd, cache, options)
        chosen = chosen_of(dated)
    series = _series_of(chosen, _numbered(chosen.dated, pool), treatment_start, method, reliability)
    return replace(series, turned_back=turned)


def _turned_back(
    dated: Sequence[DatedFace], odd: Container[str], cache: FaceCache | None, options: MeasuringOptions
) -> tuple[list[DatedFace], tuple[str, ...]]:
    """Measure photos with these names again, the other way round; also the names of those that could be."""
    other_way: MeasuringOptions = {**options, "mirrored": not options.get("mirrored", False)}
    faces, turned = list(dated), []
    for place, one in enumerate(dated):
        name = one.face.photo.name
        if name in odd:
            (found,) = analyze_photos([Path(name)], cache=cache, **other_way)
            if isinstance(found, FaceAnalysis):
                faces[place] = replace(one, face=found.without_pixels(comparable=True))
                turned.append(name)
    return faces, tuple(turned)


def _series_of(
    chosen: Selection,
    number: Sequence[int],
    treatment_start: date | datetime | None,
    method: Method,
    reliability: ReliabilityTables | None,
) -> Series:
    """Measure the courses of photos, each of the session with this number, and what changed since the first."""
    scale = common_scale([one.face for one in chosen.dated])
    faces = [rescaled(one.face, scale, reliability) for one in chosen.dated]
    sessions = _sessions(chosen.dated, faces, number, treatment_start)
    reference = faces[chosen.reference]
    unit = reference.unit
    table = of_method(reliability, method)
    photos = MatchedPhotos(faces=faces, matches=chosen.matches, session=number, reference=chosen.reference)
    course = take_course(photos, table)
    treated = None if treatment_start is None else np.array([one.phase == "treatment" for one in sessions])
    times = Times(weeks=np.array([session.weeks for session in sessions]), treated=treated)
    count = max(1, min(_EACH_SIDE[1], len(sessions) // _EACH_SIDE[0]))
    baseline = [one.phase == "baseline" for one in sessions]
    first = min(sum(baseline), _PHOTOS) if 0 < sum(baseline) < len(sessions) else count
    days = days_of_course(course, [one.day for one in sessions], baseline, reference.unit_per_mm, of_table(table))
    change = _since_the_first(sessions, (first, count), reliability, days)
    return Series(
        sessions=sessions,
        left_out=tuple(sorted(chosen.left_out, key=lambda one: (one.at is None, str(one.at), one.photo))),
        reference=reference,
        regions=MappingProxyType(region_courses(course, times, table.part_correlation, unit)),
        measures=MappingProxyType(measure_courses(course, times, unit)),
        change=change,
        change_sessions=first,
        treatment_start=treatment_start.date() if isinstance(treatment_start, datetime) else treatment_start,
        scale=scale,
        unit=unit,
        method=reference.method,
        skin=skin_series([one.faces for one in sessions], reference, times, None if change is None else change.skin),
    )


def _phase(at: datetime, start: date | datetime | None) -> Literal["baseline", "treatment"] | None:
    if start is None:
        return None
    later = at >= start if isinstance(start, datetime) else at.date() >= start
    return "treatment" if later else "baseline"


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


def _since_the_first(
    sessions: Sequence[Session], count: tuple[int, int], reliability: ReliabilityTables | None, days: DayToDay
) -> Change | None:
    """Compare so many of the last sessions with so many of the first, or baseline sessions."""
    if len(sessions) < 2:
        return None
    # The pictures shown are the first of either side.
    first, last = sessions[: count[0]], sessions[: -count[1] - 1 : -1]
    before, after = (_best([session.faces for session in some]) for some in (first, last))
    return compare_faces(
        tuple(before),
        tuple(after),
        landmarks_only=any(face.method == "landmarks" for face in (*before, *after)),
        reliability=reliability,
        same_day=len({session.day for session in (*first, *last)}) == 1,
        own_days=days,
    )


def _best(sessions: Sequence[Sequence[FaceAnalysis]]) -> list[FaceAnalysis]:
    """Take the photos with the fewest flags, one of each session before a second of any, in their order."""
    ranked = []
    for place, faces in enumerate(sessions):
        order = sorted(range(len(faces)), key=lambda i: sum(flag.severity != "info" for flag in faces[i].flags))
        ranked += [(turn, place, i) for turn, i in enumerate(order)]
    taken = sorted(ranked)[:_PHOTOS]
    return [sessions[place][i] for _, place, i in sorted(taken, key=lambda one: one[1:])]
