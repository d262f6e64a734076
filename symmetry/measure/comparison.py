"""Photos before and after, compared: from pairs of photos to changes with their errors and verdicts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.measure.analysis import NOT_SEEN, ImageLike, measure_photo, not_seen
from symmetry.measure.between_days import (
    ONE_DAY,
    DayToDay,
    count_days,
    of_table,
    on_one_day,
    sittings,
    taken_at,
    with_days,
)
from symmetry.measure.change import Change, MeasureChange, RegionChange
from symmetry.measure.choosing import choose_photos
from symmetry.measure.conditions import pair_conditions, photo_conditions
from symmetry.measure.face import NAN, FaceAnalysis
from symmetry.measure.film_choice import expand_films
from symmetry.measure.judgement import Spread, measure_changes, region_changes
from symmetry.measure.options import Measuring, MeasuringOptions
from symmetry.measure.pairs import (
    Pair,
    PairNumbers,
    common_scale,
    field_noise,
    left_right_difference,
    measure_pair,
    pair_numbers,
    stack_fields,
    variance_of_one,
)
from symmetry.measure.pooling import effective_photos, share_a_film
from symmetry.measure.posed import REST, as_expression
from symmetry.measure.quality.flags import ALL, GRAVITY, Flag, by_gravity, in_comparison
from symmetry.measure.quality.time_of_day import check_time_of_day
from symmetry.measure.reliability_table import (
    OF_PAIR,
    OF_PHOTO,
    PARTS_OF_PAIR,
    ReliabilityTable,
    ReliabilityTables,
    of_method,
)
from symmetry.measure.skin import compare_measured_skin
from symmetry.measure.uncertainty import (
    Variance,
    pair_difficulty,
    pair_sds,
    photo_difficulty,
    photo_sds,
    posed_factor,
    shared_movement,
    unseen_part,
)

if TYPE_CHECKING:
    from typing_extensions import Unpack

Given = ImageLike | FaceAnalysis


def compare(
    before: Given | Sequence[Given],
    after: Given | Sequence[Given],
    *,
    mirrored_after: bool = False,
    turn_back: bool = False,
    same_day: bool | None = None,
    expression: str = REST,
    **options: Unpack[MeasuringOptions],
) -> Change:
    """Compare photos of one person before and after.

    Parameters
    ----------
    before, after : path, ndarray, Photo or FaceAnalysis, or a list of them
        Analysed faces keep their own scale, which must be the same for all. Several photos of an unchanged face on one
        side make the error smaller. A film stands for its best frames, see `choose_frames`.
    mirrored_after : bool
        Only the photos after show the face as a mirror does.
    turn_back : bool
        Turn back photos that are mirrored unlike the others; by default they are left out if others are there.
    same_day : bool, optional
        Whether all photos are of one day, so that the face cannot differ as it does from day to day. By default the
        times at which they were taken decide; photos that do not tell when are taken to be of different days.
    expression : str
        What all photos show on purpose, such as "big smile"; like is compared with like, see `as_expression`.
    **options
        `scale`, `mirrored`, `face`, `landmarks_only`, `reliability` as for `analyze`. Faces analysed by landmarks alone
        are compared by landmarks alone.

    Returns
    -------
    Change

    Raises
    ------
    PhotoError, NoFaceError, SeveralFacesError
        As for `analyze`.
    ScaleError
        If analysed faces were scaled in different ways.

    Notes
    -----
    Of copies of one shot, one counts. Every photo before is paired with every photo after, and the fields are averaged.
    The distance between a person's eyes does not change, so the ratio of iris to interpupillary distance is pooled over
    all photos: an error of the iris then cannot pass for a change. How far a face differs from day to day comes from
    the reliability table, if that holds people on several days; otherwise from an assumption (`Change.days`).
    """
    measuring = Measuring.of(**options)
    befores = _analyzed(before, measuring, expression)
    afters = _analyzed(after, replace(measuring, mirrored=measuring.mirrored or mirrored_after), expression)
    if not befores or not afters:
        raise ValueError("give at least one photo before and one after")
    chosen = choose_photos(befores, afters, measuring, turn_back=turn_back)
    only = measuring.landmarks_only or any(one.method == "landmarks" for one in befores + afters)
    change = compare_faces(
        chosen.befores, chosen.afters, landmarks_only=only, reliability=measuring.reliability, same_day=same_day
    )
    return replace(change, left_out=MappingProxyType(chosen.left_out), turned_back=chosen.turned_back)


def _analyzed(given: Given | Sequence[Given], measuring: Measuring, expression: str) -> tuple[FaceAnalysis, ...]:
    several: list[Any] = []
    for one in given if isinstance(given, (list, tuple)) else [given]:
        is_path = isinstance(one, (str, os.PathLike))
        several += expand_films([Path(os.fsdecode(one))]) if is_path else [one]  # type: ignore[arg-type]
    faces = (one if isinstance(one, FaceAnalysis) else measure_photo(one, measuring) for one in several)
    return tuple(as_expression(face, expression, reliability=measuring.reliability) for face in faces)


def compare_faces(
    befores: tuple[FaceAnalysis, ...],
    afters: tuple[FaceAnalysis, ...],
    *,
    landmarks_only: bool,
    reliability: ReliabilityTables | None,
    same_day: bool | None = None,
    own_days: DayToDay | None = None,
) -> Change:
    """Compare measured faces as `compare` does, all of them; `own_days` is what is known of this person's days."""
    pooled = common_scale(befores + afters)
    pairs = [
        [
            measure_pair(one, other, scale=pooled, landmarks_only=landmarks_only, reliability=reliability)
            for other in afters
        ]
        for one in befores
    ]
    taken = [[taken_at(face) for face in faces] for faces in (befores, afters)]
    flags = (*_flags(befores, afters, pairs), *(() if same_day else check_time_of_day(*taken)))
    first = pairs[0][0]
    unit, table = first.before.unit, of_method(reliability, first.before.method)
    unit_per_mm = first.before.unit_per_mm
    fields = stack_fields(pairs)
    each = pair_numbers(fields, field_noise(table, 1, unit_per_mm))
    means = fields.mean_known()
    mean = pair_numbers(means, field_noise(table, min(len(befores), len(afters)), unit_per_mm))
    moved = means.moved
    labels = sittings(taken[0] + taken[1])
    sides = labels[: len(befores)], labels[len(befores) :]
    together = on_one_day(labels) if same_day is None else same_day
    days = ONE_DAY if together else own_days or _as_posed(of_table(table), befores)
    by_photos = _spread(pairs, table, mean, moved, variance_of_one(each.listed(), None if together else sides))
    shown = effective_photos(befores), effective_photos(afters)
    spread = _over_days(by_photos, days, (count_days(sides[0]), count_days(sides[1])), shown, unit_per_mm)
    measures = measure_changes(mean, spread, flags, unit)
    regions = region_changes(mean, spread, flags, unit, measures)
    if not together:
        regions, measures = _with_one_day(regions, measures, mean, by_photos, flags, unit)
    moved.flags.writeable = False
    unknown = np.full_like(moved, NAN)
    unknown.flags.writeable = False
    return Change(
        before=first.before,
        after=first.after,
        befores=befores,
        afters=afters,
        displacement=moved if unit == "mm" else unknown,
        movement=moved,
        map=first.map,
        regions=MappingProxyType(regions),
        measures=MappingProxyType(measures),
        flags=(*flags, *_unmatched(regions)),
        days=days,
        taken=(tuple(taken[0]), tuple(taken[1])),
        skin=compare_measured_skin(befores, afters, flags),
    )


def _as_posed(days: DayToDay, faces: Sequence[FaceAnalysis]) -> DayToDay:
    """Widen what differs from day to day at rest, if the faces make an expression on purpose."""
    return replace(days, sd=days.sd * posed_factor([flag for face in faces for flag in face.flags], OF_PAIR))


def _over_days(
    spread: Spread, days: DayToDay, count: tuple[int, int], photos: tuple[float, float], unit_per_mm: float
) -> Spread:
    """Add the part between days, which more photos of a day do not shrink."""
    to_unit = _to_unit(unit_per_mm)
    sd, freedom = with_days(spread.sd / to_unit, spread.freedom, days, count)
    one_photo = (spread.sd / to_unit) ** 2 / (1 / photos[0] + 1 / photos[1])
    before, after = (one_photo / shots + days.sd**2 / of_days for shots, of_days in zip(photos, count, strict=True))
    of_after = (after / (before + after))[PARTS_OF_PAIR]
    known = of_after[np.isfinite(of_after)]
    share = float(np.median(known)) if known.size else 0.5
    return replace(spread, sd=sd * to_unit, freedom=freedom, share=share)


def _with_one_day(
    regions: Mapping[str, RegionChange],
    measures: Mapping[str, MeasureChange],
    numbers: PairNumbers,
    by_photos: Spread,
    flags: Sequence[Flag],
    unit: str,
) -> tuple[dict[str, RegionChange], dict[str, MeasureChange]]:
    """Add the error that each change would have had within one day."""
    of_measures = measure_changes(numbers, by_photos, flags, unit)
    of_regions = region_changes(numbers, by_photos, flags, unit, of_measures)
    return (
        {name: replace(one, same_day_error=of_regions[name].evenness_error) for name, one in regions.items()},
        {name: replace(one, same_day_error=of_measures[name].evenness_error) for name, one in measures.items()},
    )


def _to_unit(unit_per_mm: float) -> FloatArray:
    return np.array([unit_per_mm if quantity.unit == "mm" else 1.0 for quantity in OF_PAIR])


def _spread(
    pairs: list[list[Pair]],
    table: ReliabilityTable,
    mean: PairNumbers,
    moved: FloatArray,
    own: Variance,
) -> Spread:
    """Spread over re-photographing; `own` is the variance of one photo among the user's own, in the unit of faces."""
    befores, afters = [row[0].before for row in pairs], [pair.after for pair in pairs[0]]
    unit_per_mm = befores[0].unit_per_mm
    to_unit = _to_unit(unit_per_mm)
    sd, freedom = pair_sds(
        table,
        difficulty=pair_difficulty(
            pair_conditions(befores, afters, shared_movement(mean.left[:, :2], mean.right[:, :2]) / unit_per_mm),
            flags=([face.flags for face in befores], [face.flags for face in afters]),
            between=[flag for row in pairs for pair in row for flag in pair.flags],
            method=befores[0].method,
        ),
        photos=(effective_photos(befores), effective_photos(afters)),
        interpupillary=(_mean_eyes(befores), _mean_eyes(afters)),
        unseen=unseen_part(left_right_difference(moved)) / unit_per_mm,
        # What differs between frames of a film is less than what differs between photos.
        own=None if share_a_film(befores) or share_a_film(afters) else (own[0] / to_unit**2, own[1]),
    )
    return Spread(
        sd=sd * to_unit,
        freedom=freedom,
        correlation=table.part_correlation,
        level=_level((*befores, *afters), table) * np.array([unit_per_mm if q.unit == "mm" else 1.0 for q in OF_PHOTO]),
    )


def _level(faces: Sequence[FaceAnalysis], table: ReliabilityTable) -> FloatArray:
    """Take the standard deviations of the numbers (54,) of photos; what these share, more of them do not mend."""
    sds = [
        photo_sds(
            table,
            difficulty=photo_difficulty(photo_conditions(face), face.flags, method=face.method),
            jitter=face.detection.jitter(face.interpupillary),
            interpupillary=face.interpupillary,
            unseen=unseen_part(face.difference) / face.unit_per_mm,
        )
        for face in faces
    ]
    return np.asarray(np.mean(sds, axis=0))


def _flags(
    befores: Sequence[FaceAnalysis], afters: Sequence[FaceAnalysis], pairs: list[list[Pair]]
) -> tuple[Flag, ...]:
    """Gather what was found in the photos and between them, the gravest first."""
    found = []
    for label, faces in (("before", befores), ("after", afters)):
        for face in faces:
            who = label if len(faces) == 1 else f"{label}, {PurePath(face.photo.name).name}"
            found += [
                replace(flag, advice=f"{who}: {flag.advice}")
                for flag in in_comparison(face.flags)
                if flag.name != NOT_SEEN
            ]
    between: dict[str, list[Flag]] = {}
    every = [pair for row in pairs for pair in row]
    for pair in every:
        who = "" if len(every) == 1 else " and ".join(PurePath(f.photo.name).name for f in (pair.before, pair.after))
        for flag in pair.flags:
            named = replace(flag, advice=f"{who}: {flag.advice}") if who else flag
            between.setdefault(flag.name, []).append(named)
    for same in between.values():
        # What stops a result in some pairs is left out of them, so that it stops the result only where all agree.
        gravest = min(same, key=lambda flag: GRAVITY[flag.severity])
        if gravest.severity == "reject" and sum(f.severity == "reject" for f in same) < len(every):
            gravest = replace(gravest, severity="warn")
        found.append(gravest)
    pictures = [{face.photo.sha256 for face in faces} for faces in (befores, afters)]
    if pictures[0] & pictures[1]:
        advice = "The same picture stands before and after; give two photos that were taken at different times."
        found.append(Flag(name="same_picture", severity="warn", touches=(ALL,), advice=advice))
    return by_gravity(found)


def _mean_eyes(faces: Sequence[FaceAnalysis]) -> float:
    return float(np.mean([face.interpupillary for face in faces]))


def _unmatched(regions: Mapping[str, RegionChange]) -> tuple[Flag, ...]:
    """Tell what could not be matched: between the photos, or between the sides of the face in both."""
    between = [name for name, region in regions.items() if np.isnan(region.lift)]
    sides = [name for name, region in regions.items() if np.isnan(region.change) and name not in between]
    flags = []
    if between:
        flags.append(not_seen("The two photos look too different to be compared", between))
    if sides:
        flags.append(not_seen("Left and right look too different to be compared, though what moved is known", sides))
    return tuple(flags)
