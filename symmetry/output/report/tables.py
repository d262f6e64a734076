"""All numbers as tables for the therapist, in the terms of the field."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Final

from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.change import MeasureChange, RegionChange
from symmetry.measure.measures import DEFINITIONS
from symmetry.measure.verdicts import NOT_COMPARABLE
from symmetry.measure.words import REGION_TITLES
from symmetry.output.report.words import DASH, TITLES, day, reason_words, sentence, unit_word
from symmetry.series.result import MeasureCourse, PhasesOf, RegionCourse, TrendOf
from symmetry.series.series import Series

_MEASURES: Final = {definition.name: definition.title for definition in DEFINITIONS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose first column names its rows."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def all_numbers(series: Series) -> list[Table]:
    """Every table for the therapist that has something to tell."""
    tables = [region_numbers(series), measure_numbers(series), trend_numbers(series), phase_numbers(series)]
    return [table for table in tables if table.rows]


def region_numbers(series: Series) -> Table:
    """Every region: before, after, change and its error, verdict, what it came from."""
    unit = unit_word(series.unit)
    rows = []
    for name in series.regions:
        change = series.change.regions.get(name) if series.change else None
        rows.append((_title(name, change), *_region_cells(change)))
    return Table(
        caption=f"Regions, {unit}: first against last sessions",
        head=("Region", "Before", "After", "Change", "Uneven by", "Verdict", "Came from", "Both sides up", "Noticed"),
        rows=tuple(rows),
    )


def measure_numbers(series: Series) -> Table:
    """Every clinical measure: left less right before and after, change and its error, verdict."""
    rows = []
    for name in series.measures:
        change = series.change.measures.get(name) if series.change else None
        rows.append((_measure_title(name, series.measures[name].unit), *_measure_cells(change)))
    return Table(
        caption="Clinical measures, left − right: first against last sessions",
        head=("Measure", "Before", "After", "Change", "Verdict", "Came from"),
        rows=tuple(rows),
    )


def trend_numbers(series: Series) -> Table:
    """Trends of regions and measures."""
    return Table(
        caption="Trends of the unevenness, a week (Theil–Sen)",
        head=("Course", "Trend", "95 % interval", "p", "Verdict"),
        rows=tuple((title, *_trend_cells(course.trend)) for title, course in _courses(series)),
    )


def phase_numbers(series: Series) -> Table:
    """Regions and measures in the treatment phase against the baseline; no rows where there are no phases."""
    return Table(
        caption="Treatment phase less baseline (permutation test)",
        head=("Course", "Difference", "95 % interval", "p", "NAP", "Standardised", "Sessions", "Verdict"),
        rows=tuple(
            (title, *_phase_cells(course.phases)) for title, course in _courses(series) if course.phases is not None
        ),
    )


def _courses(series: Series) -> list[tuple[str, RegionCourse | MeasureCourse]]:
    return [
        *((f"{REGION_TITLES[name]}, {unit_word(course.unit)}", course) for name, course in series.regions.items()),
        *((_measure_title(name, course.unit), course) for name, course in series.measures.items()),
    ]


def unevenness_by_session(series: Series) -> Table:
    """Unevenness of every region in every session, with its error."""
    return Table(
        caption=f"Unevenness of each region, {unit_word(series.unit)}; 0 is even",
        head=("Session", *(TITLES[name] for name in series.regions)),
        rows=tuple(
            (
                day(session.day),
                *(number(c.unevenness[i], c.unevenness_error[i], digits=1) for c in series.regions.values()),
            )
            for i, session in enumerate(series.sessions)
        ),
    )


def movement_by_session(series: Series) -> Table:
    """How far each side of the main regions has moved, in every session."""
    return Table(
        caption=f"Movement since the first session, {unit_word(series.unit)}: right / left; − is down or in",
        head=("Session", *(f"{TITLES[name]} {way}" for name in MAIN_REGIONS for way in ("up", "out"))),
        rows=tuple(
            (
                day(session.day),
                *(
                    f"{number(right[i], signed=True, digits=1)} / {number(left[i], signed=True, digits=1)}"
                    for name in MAIN_REGIONS
                    for course in [series.regions[name]]
                    for right, left in (
                        (course.right_up, course.left_up),
                        (course.right_outward, course.left_outward),
                    )
                ),
            )
            for i, session in enumerate(series.sessions)
        ),
    )


def number(value: float, error: float = float("nan"), *, signed: bool = False, digits: int = 2) -> str:
    """Write a number with its error, and with its sign where that says something; a dash if it is not known."""
    if not isfinite(value):
        return DASH
    rounded = round(float(value), digits) + 0.0
    shown = f"{rounded:+.{digits}f}" if signed and rounded else f"{rounded:.{digits}f}"
    shown = shown.replace("-", "−")
    return f"{shown} ± {error:.{digits}f}" if isfinite(error) else shown


def _title(name: str, change: RegionChange | None) -> str:
    part = change.part if change else None
    known = REGION_TITLES[name]
    return known if part is None or part.replace(" ", "_") == name else f"{known} ({part})"


def _measure_title(name: str, unit: str) -> str:
    return f"{sentence(_MEASURES.get(name, name.replace('_', ' ')))}, {unit_word(unit)}"


def _verdict(change: RegionChange | MeasureChange) -> str:
    if change.verdict == NOT_COMPARABLE:
        return f"{change.verdict}: {reason_words(change.reason)}"
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
    by = _MEASURES.get(change.noticed_by, change.noticed_by)
    return f"{number(change.noticed_change, change.noticed_error, signed=True)}, from {change.noticed_from:g} ({by})"


def _trend_cells(trend: TrendOf) -> tuple[str, ...]:
    return (
        number(trend.slope, signed=True),
        _interval(trend.low, trend.high, signed=True),
        _p(trend.p),
        trend.verdict,
    )


def _phase_cells(phases: PhasesOf) -> tuple[str, ...]:
    return (
        number(phases.difference, signed=True),
        _interval(phases.low, phases.high, signed=True),
        _p(phases.p),
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


def _p(value: float) -> str:
    if not isfinite(value):
        return DASH
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
