"""All numbers as tables for the therapist, in the terms of the field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite, nan

from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.change import MeasureChange, RegionChange
from symmetry.measure.quality.flags import reason_words
from symmetry.measure.verdicts import NOT_COMPARABLE
from symmetry.measure.words import DASH, REGION_TITLES, sentence, title_of, unit_sign, with_error
from symmetry.output.report.words import day
from symmetry.output.words import part_in_words, probability
from symmetry.series.result import MeasureCourse, PhasesOf, RegionCourse, TrendOf
from symmetry.series.series import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose first column names its rows."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def all_numbers(series: Series) -> list[Table]:
    """Every table for the therapist that has rows."""
    tables = [region_numbers(series), measure_numbers(series), trend_numbers(series), phase_numbers(series)]
    return [table for table in tables if table.rows]


def region_numbers(series: Series) -> Table:
    """Every region: before, after, change and its error, verdict, where the change came from."""
    changes = {name: series.change.regions.get(name) if series.change else None for name in series.regions}
    return Table(
        caption=f"Regions, {unit_sign(series.unit)}: last against first sessions",
        head=(
            "Region",
            "Before",
            "After",
            "Change",
            "Signed change",
            "Verdict",
            "Came from",
            "Both sides up",
            "Noticed",
        ),
        rows=tuple((_title(name, change), *_region_cells(change)) for name, change in changes.items()),
    )


def measure_numbers(series: Series) -> Table:
    """Every clinical measure: left less right before and after, change and its error, verdict."""
    changes = {name: series.change.measures.get(name) if series.change else None for name in series.measures}
    return Table(
        caption="Clinical measures, left − right: last against first sessions",
        head=("Measure", "Before", "After", "Change", "Verdict", "Came from"),
        rows=tuple(
            (_with_unit(name, series.measures[name].unit), *_measure_cells(change)) for name, change in changes.items()
        ),
    )


def trend_numbers(series: Series) -> Table:
    """Trends of regions and measures."""
    return Table(
        caption="Trends of asymmetry, a week (Theil–Sen)",
        head=("Course", "Trend", "95 % interval", "p", "Verdict"),
        rows=tuple((title, *_trend_cells(course.trend)) for title, course in _courses(series)),
    )


def phase_numbers(series: Series) -> Table:
    """Regions and measures in the treatment phase against the baseline; no rows without phases."""
    return Table(
        caption="Treatment phase less baseline (permutation test)",
        head=("Course", "Difference", "95 % interval", "p", "NAP", "Standardised", "Sessions", "Verdict"),
        rows=tuple(
            (title, *_phase_cells(course.phases)) for title, course in _courses(series) if course.phases is not None
        ),
    )


def courses_by_session(series: Series) -> Table:
    """Signed asymmetry of every region in every session, with its error."""
    return _by_session(
        series,
        caption=f"Asymmetry of each region, {unit_sign(series.unit)}; 0 is even",
        head=tuple(REGION_TITLES[name] for name in series.regions),
        cells=lambda i: tuple(
            number(c.unevenness[i], c.unevenness_error[i], digits=1) for c in series.regions.values()
        ),
    )


def movement_by_session(series: Series) -> Table:
    """How far each side of the main regions has moved, in every session."""
    main = [series.regions[name] for name in MAIN_REGIONS]
    ways = [
        (right, left)
        for course in main
        for right, left in ((course.right_up, course.left_up), (course.right_outward, course.left_outward))
    ]
    return _by_session(
        series,
        caption=f"Movement since the first session, {unit_sign(series.unit)}: right / left; − is down or in",
        head=tuple(f"{REGION_TITLES[course.region]} {way}" for course in main for way in ("up", "out")),
        cells=lambda i: tuple(
            f"{number(right[i], signed=True, digits=1)} / {number(left[i], signed=True, digits=1)}"
            for right, left in ways
        ),
    )


def number(value: float, error: float = nan, *, signed: bool = False, digits: int = 2) -> str:
    """Write a number with its error, and with its sign where it has a direction; a dash for NaN."""
    return with_error(value, error, digits=digits, signed=signed).replace("-", "−")


def _by_session(
    series: Series, *, caption: str, head: tuple[str, ...], cells: Callable[[int], tuple[str, ...]]
) -> Table:
    rows = tuple((day(session.day), *cells(i)) for i, session in enumerate(series.sessions))
    return Table(caption=caption, head=("Session", *head), rows=rows)


def _courses(series: Series) -> list[tuple[str, RegionCourse | MeasureCourse]]:
    courses: dict[str, RegionCourse | MeasureCourse] = {**series.regions, **series.measures}
    return [(_with_unit(name, course.unit), course) for name, course in courses.items()]


def _title(name: str, change: RegionChange | None) -> str:
    part = part_in_words(change) if change else ""
    return f"{REGION_TITLES[name]} ({part})" if part else REGION_TITLES[name]


def _with_unit(name: str, unit: str) -> str:
    return f"{sentence(title_of(name))}, {unit_sign(unit)}"


def _verdict(change: RegionChange | MeasureChange) -> str:
    if change.verdict == NOT_COMPARABLE:
        return f"{change.verdict}: {reason_words(change.reason or 'not_seen')}"
    return change.verdict


def _region_cells(change: RegionChange | None) -> tuple[str, ...]:
    if change is None:
        return (DASH,) * 8
    return (
        number(change.before),
        number(change.after),
        number(change.change, change.error, signed=True),
        number(change.evenness, change.evenness_error, signed=True),
        _verdict(change),
        change.came_from or DASH,
        number(change.lift, change.lift_error, signed=True),
        _noticing(change),
    )


def _measure_cells(change: MeasureChange | None) -> tuple[str, ...]:
    if change is None:
        return (DASH,) * 5
    return (
        number(change.before, signed=True),
        number(change.after, signed=True),
        number(change.change, change.error, signed=True),
        _verdict(change),
        change.came_from or DASH,
    )


def _noticing(change: RegionChange) -> str:
    if change.noticed_from is None or change.noticed_by is None or change.unit != "mm":
        return DASH
    size = number(change.noticed_change, change.noticed_error, signed=True)
    return f"{size}, from {change.noticed_from:g} ({title_of(change.noticed_by)})"


def _trend_cells(trend: TrendOf) -> tuple[str, ...]:
    return (
        number(trend.slope, signed=True),
        _interval(trend.low, trend.high, signed=True),
        probability(trend.p),
        trend.verdict,
    )


def _phase_cells(phases: PhasesOf) -> tuple[str, ...]:
    return (
        number(phases.difference, signed=True),
        _interval(phases.low, phases.high, signed=True),
        probability(phases.p),
        f"{number(phases.nonoverlap)} {_interval(phases.nonoverlap_low, phases.nonoverlap_high)}",
        f"{number(phases.standardised, signed=True)} "
        f"{_interval(phases.standardised_low, phases.standardised_high, signed=True)}",
        f"{phases.baseline_sessions} + {phases.treatment_sessions}",
        phases.verdict,
    )


def _interval(low: float, high: float, *, signed: bool = False) -> str:
    if not (isfinite(low) or isfinite(high)):
        return DASH
    return f"[{number(low, signed=signed)}, {number(high, signed=signed)}]"
