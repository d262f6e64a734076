"""Courses, trends and phases of every region and clinical measure, from the numbers of all sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import WHOLES
from symmetry.measure.face import NAN
from symmetry.measure.measures import DEFINITIONS
from symmetry.measure.reliability_table import (
    MEASURES_OF_PAIR,
    PAIR_NUMBERS,
    PART_NAMES,
    PARTS_OF_PAIR,
    REGIONS_OF_PAIR,
)
from symmetry.measure.scores import REGION_NAMES
from symmetry.measure.verdicts import FOR_CORRELATION, IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, Verdict, evenness
from symmetry.series.course import Course
from symmetry.series.result import MeasureCourse, PhasesOf, RegionCourse, TrendOf
from symmetry.stats.estimates import half_width
from symmetry.stats.phases import PhaseTest, compare_phases
from symmetry.stats.trends import Trends, trends

_CHANGE, _LATERAL, _VERTICAL, _LIFT = range(len(PAIR_NUMBERS))
_TINY: Final = 1e-9
_LEAST_WEEKS: Final = 1.0
"""Length of a series from which on it has trends: a rate a week takes a week."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Times:
    """Times of the sessions."""

    weeks: FloatArray  # shape (n,); since the first session
    treated: NDArray[np.bool_] | None  # shape (n,); sessions of the treatment phase; None without a treatment start


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Candidates:
    """Courses (n, k), the surest of which is taken for a region, with their standard deviations."""

    names: tuple[str | None, ...]
    values: FloatArray
    sd: FloatArray
    level_sd: FloatArray
    freedom: FloatArray


def region_courses(course: Course, times: Times, correlation: FloatArray, unit: str) -> dict[str, RegionCourse]:
    """Find course, trend and phases of every region.

    A region is represented by the part of it whose trend is surest; one that contains others, by its asymmetry.

    Parameters
    ----------
    course : Course
    times : Times
    correlation : ndarray, shape (11,)
        As `ReliabilityTable.part_correlation`.
    unit : {"mm", "% IPD"}
    """
    numbers = course.numbers
    errors = half_width(_of_regions(course.level_sd), _of_regions(course.freedom))
    courses = {}
    for i, name in enumerate(REGION_NAMES):
        candidates = _whole(i, course) if name in WHOLES else _parts(name, course, correlation)
        sizes, crossing = sizes_of_courses(times.weeks, candidates.values)
        found = trends(times.weeks, sizes, candidates.sd, comparisons=len(candidates.names))
        best = _surest(found)
        values = candidates.values[:, best]
        asymmetry, lateral, vertical = course.regions[:, i].T
        courses[name] = RegionCourse(
            region=name,
            part=candidates.names[best] if np.isfinite(values).any() else None,
            signed_asymmetry=values,
            asymmetry=asymmetry,
            lateral=lateral,
            vertical=vertical,
            lift=numbers.lift[:, i],
            left_outward=numbers.left[:, i, 0],
            left_up=numbers.left[:, i, 1],
            right_outward=numbers.right[:, i, 0],
            right_up=numbers.right[:, i, 1],
            signed_asymmetry_error=_where_known(
                values, half_width(candidates.level_sd[:, best], candidates.freedom[best])
            ),
            asymmetry_error=_where_known(asymmetry, errors[:, i, _CHANGE]),
            lateral_error=_where_known(lateral, errors[:, i, _LATERAL]),
            vertical_error=_where_known(vertical, errors[:, i, _VERTICAL]),
            lift_error=_where_known(numbers.lift[:, i], errors[:, i, _LIFT]),
            trend=_trend(found, best, bool(crossing[best]), times),
            phases=_phases(candidates, best, times),
            unit=unit,
        )
    return courses


def measure_courses(course: Course, times: Times, unit: str) -> dict[str, MeasureCourse]:
    """Find course, trend and phases of every clinical measure, of the size of its difference, as `region_courses`."""
    sd, freedom = course.sd[:, MEASURES_OF_PAIR], course.freedom[MEASURES_OF_PAIR]
    errors = half_width(course.level_sd[:, MEASURES_OF_PAIR], freedom)
    toward = toward_even(course.measures)
    sizes, crossing = sizes_of_courses(times.weeks, toward)
    found = trends(times.weeks, sizes, sd)
    courses = {}
    for i, definition in enumerate(DEFINITIONS):
        own = _Candidates(
            names=(definition.name,), values=toward[:, [i]], sd=sd[:, [i]], level_sd=sd[:, [i]], freedom=freedom[[i]]
        )
        courses[definition.name] = MeasureCourse(
            name=definition.name,
            difference=course.measures[:, i],
            error=_where_known(course.measures[:, i], errors[:, i]),
            trend=_trend(found, i, bool(crossing[i]), times),
            phases=_phases(own, 0, times),
            unit=unit if definition.unit == "mm" else definition.unit,
        )
    return courses


def _of_regions(values: FloatArray) -> FloatArray:
    """Take the four numbers of each region out of all 76, shape (..., 9, 4)."""
    return values[..., REGIONS_OF_PAIR].reshape(*values.shape[:-1], len(REGION_NAMES), -1)


def _whole(place: int, course: Course) -> _Candidates:
    """Asymmetry of a region that contains others."""
    sd, level_sd, freedom = (
        _of_regions(values)[..., place, [_CHANGE]] for values in (course.sd, course.level_sd, course.freedom)
    )
    return _Candidates(
        names=(REGION_NAMES[place].replace("_", " "),),
        values=course.regions[:, place, :1],
        sd=sd,
        level_sd=level_sd,
        freedom=freedom,
    )


def _parts(region: str, course: Course, correlation: FloatArray) -> _Candidates:
    """Signed asymmetry of each part of a region along the direction known best, the same in all sessions."""
    own = [place for place, (name, _) in enumerate(PART_NAMES) if name == region]
    sd, level_sd = (each[:, PARTS_OF_PAIR].reshape(len(each), -1, 2)[:, own] for each in (course.sd, course.level_sd))
    freedom = course.freedom[PARTS_OF_PAIR].reshape(-1, 2)[own]
    differences = course.parts[:, own]
    known = np.isfinite(differences)
    middle = np.where(known, differences, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    usable = np.where(known.any(axis=0), np.median(sd, axis=0), np.nan)
    direction = evenness(middle, middle, np.zeros_like(middle), usable, correlation[own]).weights
    counts = np.abs(direction) > 0

    def along(spread: FloatArray) -> FloatArray:
        each = np.where(counts, direction * spread, 0.0)
        return np.asarray(np.sqrt(np.maximum((each**2).sum(axis=-1) + 2 * correlation[own] * each.prod(axis=-1), 0.0)))

    values = np.where(counts, direction * differences, 0.0).sum(axis=-1)
    return _Candidates(
        names=tuple(PART_NAMES[place][1] for place in own),
        values=toward_even(np.where(counts.any(axis=-1), values, np.nan)),
        sd=along(sd),
        level_sd=along(level_sd),
        freedom=np.where(np.isfinite(usable), freedom, np.inf).min(axis=-1) - FOR_CORRELATION,
    )


def _surest(found: Trends) -> int:
    """Place of the trend with the largest slope in units of its interval."""
    slope = found.slope
    reach = (slope.high - slope.low) / 2
    sure = np.where(reach > 0, np.abs(slope.value) / np.where(reach > 0, reach, 1.0), -1.0)
    return int(np.argmax(np.nan_to_num(sure, nan=-1.0)))


def toward_even(values: FloatArray) -> FloatArray:
    """Turn the signs of courses (n, k) so that the first third of their known values is above 0 on average."""
    known = np.isfinite(values)
    early = known & (known.cumsum(axis=0) <= np.maximum(known.sum(axis=0) / 3, 1))
    return np.asarray(values * np.where(np.where(early, values, 0.0).sum(axis=0) < 0, -1.0, 1.0))


def sizes_of_courses(weeks: FloatArray, values: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Replace courses (n, k) that cross even by their sizes; and say which do (k,), by a straight line."""
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=0), 1)
    at = np.where(known, weeks[:, None], 0.0)
    middle, level = at.sum(axis=0) / count, np.where(known, values, 0.0).sum(axis=0) / count
    off = np.where(known, weeks[:, None] - middle, 0.0)
    slope = (off * np.where(known, values - level, 0.0)).sum(axis=0) / np.maximum((off**2).sum(axis=0), _TINY)
    first, last = level + slope * off.min(axis=0), level + slope * off.max(axis=0)
    crossing = np.asarray(first * last < 0)
    return np.where(crossing, np.abs(values), values), crossing


def _trend(found: Trends, place: int, crosses: bool, times: Times) -> TrendOf:
    slope, low, high = (float(numbers[place]) for numbers in (found.slope.value, found.slope.low, found.slope.high))
    if times.weeks[-1] < _LEAST_WEEKS:
        return TrendOf(slope=NAN, low=NAN, high=NAN, p=NAN, verdict=NOT_COMPARABLE)
    verdict = _verdict(slope, low, high)
    return TrendOf(
        slope=slope,
        low=low,
        high=high,
        p=float(found.p[place]),
        verdict=verdict,
        crosses=crosses,
        wanders=bool(found.wanders[place]),
    )


def _phases(candidates: _Candidates, place: int, times: Times) -> PhasesOf | None:
    if times.treated is None:
        return None
    values = candidates.values[:, [place]]
    known = np.isfinite(values[:, 0])
    levels = [values[known & phase, 0] for phase in (~times.treated, times.treated)]
    if all(map(len, levels)) and levels[0].mean() * levels[1].mean() < 0:
        values = np.abs(values)  # it crosses even: compare the sizes
    sd = candidates.sd[:, [place]]
    return _phases_of(compare_phases(times.weeks, values, times.treated, sd, comparisons=len(candidates.names)))


def _phases_of(found: PhaseTest) -> PhasesOf:
    columns = {
        **found.difference.columns("difference", prefix=""),
        **found.nonoverlap.columns("nonoverlap"),
        **found.standardised.columns("standardised"),
    }
    numbers = {name: float(values[0]) for name, values in columns.items()}
    return PhasesOf(
        **numbers,
        p=float(found.p[0]),
        baseline_sessions=found.baseline_sessions,
        treatment_sessions=found.treatment_sessions,
        verdict=_verdict(numbers["difference"], numbers["low"], numbers["high"]),
        drifts=bool(found.drifts[0]),
    )


def _verdict(change: float, low: float, high: float) -> Verdict:
    """By whether the interval of a change (negative = more even) excludes zero."""
    if not np.isfinite([change, low, high]).all():
        return NOT_COMPARABLE
    return NO_CHANGE if low <= 0 <= high else IMPROVED if change < 0 else WORSE


def _where_known(values: FloatArray, errors: FloatArray) -> FloatArray:
    """Blank the errors of numbers that are not known."""
    return np.where(np.isfinite(values), errors, np.nan)
