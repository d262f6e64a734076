"""All numbers as tables for the therapist, in the terms of the field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import isfinite, nan
from typing import Final, TypeVar

from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.change import MeasureChange, RegionChange
from symmetry.measure.quality.flags import reason_words
from symmetry.measure.verdicts import NOT_COMPARABLE
from symmetry.measure.words import DASH, REGION_TITLES, sentence, title_of, unit_sign, with_error
from symmetry.output.report.words import day
from symmetry.output.words import part_in_words, probability
from symmetry.series.result import MeasureCourse, PhasesOf, RegionCourse, TrendOf
from symmetry.series.series import Series

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose first column names its rows."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def number(value: float, error: float = nan, *, signed: bool = False, digits: int = 2) -> str:
    """Write a number with its error, and with its sign where it has a direction; a dash for NaN."""
    return with_error(value, error, digits=digits, signed=signed).replace("-", "−")


def _interval(low: float, high: float, *, signed: bool = False) -> str:
    if not (isfinite(low) or isfinite(high)):
        return DASH
    return f"[{number(low, signed=signed)}, {number(high, signed=signed)}]"


def _verdict(change: RegionChange | MeasureChange) -> str:
    reason = f": {reason_words(change.reason or 'not_seen')}" if change.verdict == NOT_COMPARABLE else ""
    return f"{change.verdict}{reason}"


def _noticed(change: RegionChange) -> str:
    if change.noticed_from is None or change.noticed_by is None or change.unit != "mm":
        return DASH
    size = number(change.noticed_change, change.noticed_error, signed=True)
    return f"{size}, from {change.noticed_from:g} ({title_of(change.noticed_by)})"


_REGION: Final[dict[str, Callable[[RegionChange], str]]] = {
    "Before": lambda change: number(change.before),
    "After": lambda change: number(change.after),
    "Change": lambda change: number(change.change, change.error, signed=True),
    "Signed change": lambda change: number(change.evenness, change.evenness_error, signed=True),
    "Verdict": _verdict,
    "Came from": lambda change: change.came_from or DASH,
    "Both sides up": lambda change: number(change.lift, change.lift_error, signed=True),
    "Noticed": _noticed,
}
_MEASURE: Final[dict[str, Callable[[MeasureChange], str]]] = {
    "Before": lambda change: number(change.before, signed=True),
    "After": lambda change: number(change.after, signed=True),
    "Change": lambda change: number(change.change, change.error, signed=True),
    "Verdict": _verdict,
    "Came from": lambda change: change.came_from or DASH,
}
_TREND: Final[dict[str, Callable[[TrendOf], str]]] = {
    "Trend": lambda trend: number(trend.slope, signed=True),
    "95 % interval": lambda trend: _interval(trend.low, trend.high, signed=True),
    "p": lambda trend: probability(trend.p),
    "Verdict": lambda trend: trend.verdict,
}
_PHASES: Final[dict[str, Callable[[PhasesOf], str]]] = {
    "Difference": lambda phases: number(phases.difference, signed=True),
    "95 % interval": lambda phases: _interval(phases.low, phases.high, signed=True),
    "p": lambda phases: probability(phases.p),
    "NAP": lambda phases: f"{number(phases.nonoverlap)} {_interval(phases.nonoverlap_low, phases.nonoverlap_high)}",
    "Standardised": lambda phases: (
        f"{number(phases.standardised, signed=True)} "
        f"{_interval(phases.standardised_low, phases.standardised_high, signed=True)}"
    ),
    "Sessions": lambda phases: f"{phases.baseline_sessions} + {phases.treatment_sessions}",
    "Verdict": lambda phases: phases.verdict,
}


def all_numbers(series: Series) -> list[Table]:
    """Every table for the therapist that has rows: changes, trends and phases of regions and clinical measures."""
    courses: dict[str, RegionCourse | MeasureCourse] = {**series.regions, **series.measures}
    named = {_with_unit(name, course.unit): course for name, course in courses.items()}
    regions = series.change.regions if series.change else {}
    measures = series.change.measures if series.change else {}
    tables = [
        _table(
            f"Regions, {unit_sign(series.unit)}: last against first sessions",
            "Region",
            _REGION,
            ((_with_part(name, regions.get(name)), regions.get(name)) for name in series.regions),
        ),
        _table(
            "Clinical measures, left − right: last against first sessions",
            "Measure",
            _MEASURE,
            ((_with_unit(name, course.unit), measures.get(name)) for name, course in series.measures.items()),
        ),
        _table(
            "Trends of asymmetry, a week (Theil–Sen)",
            "Course",
            _TREND,
            ((title, course.trend) for title, course in named.items()),
        ),
        _table(
            "Treatment phase less baseline (permutation test)",
            "Course",
            _PHASES,
            ((title, course.phases) for title, course in named.items() if course.phases),
        ),
    ]
    return [table for table in tables if table.rows]


def courses_by_session(series: Series) -> Table:
    """Signed asymmetry of every region in every session, with its error."""
    return _by_session(
        series,
        f"Asymmetry of each region, {unit_sign(series.unit)}; 0 is even",
        {
            REGION_TITLES[name]: [
                number(value, error, digits=1)
                for value, error in zip(course.signed_asymmetry, course.signed_asymmetry_error, strict=True)
            ]
            for name, course in series.regions.items()
        },
    )


def movement_by_session(series: Series) -> Table:
    """How far each side of the main regions has moved, in every session."""
    main = {REGION_TITLES[name]: series.regions[name] for name in MAIN_REGIONS}
    return _by_session(
        series,
        f"Movement since the first session, {unit_sign(series.unit)}: right / left; − is down or in",
        {
            f"{title} {way}": [
                f"{number(one, signed=True, digits=1)} / {number(other, signed=True, digits=1)}"
                for one, other in zip(right, left, strict=True)
            ]
            for title, course in main.items()
            for way, right, left in (
                ("up", course.right_up, course.left_up),
                ("out", course.right_outward, course.left_outward),
            )
        },
    )


def _table(
    caption: str, first: str, columns: Mapping[str, Callable[[T], str]], rows: Iterable[tuple[str, T | None]]
) -> Table:
    """Make a table with a column for each function; dashes where there is nothing to write."""
    cells = ((title, *(DASH if one is None else cell(one) for cell in columns.values())) for title, one in rows)
    return Table(caption=caption, head=(first, *columns), rows=tuple(cells))


def _by_session(series: Series, caption: str, columns: Mapping[str, list[str]]) -> Table:
    days = [day(session.day) for session in series.sessions]
    return Table(caption=caption, head=("Session", *columns), rows=tuple(zip(days, *columns.values(), strict=True)))


def _with_unit(name: str, unit: str) -> str:
    return f"{sentence(title_of(name))}, {unit_sign(unit)}"


def _with_part(name: str, change: RegionChange | None) -> str:
    part = part_in_words(change)
    return f"{REGION_TITLES[name]} ({part})" if part else REGION_TITLES[name]
