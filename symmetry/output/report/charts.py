"""Charts as geometry: what stands where in a drawing, for the template to write as SVG.

Colours are left to the style sheet, and nothing is told by colour alone: lines differ in dashes and marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, floor, isfinite
from typing import Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.output.figures.labels import spread
from symmetry.output.report.content import DiaryCourse
from symmetry.output.report.words import day, days, trend_words, unit_word
from symmetry.series.result import RegionCourse
from symmetry.series.series import Series

WIDTH: Final = 300.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 26.0, 10.0, 12.0, 24.0
_LABELLED: Final = 42.0
"""Room to the right for the names of lines."""
_TALL, _LOW = 150.0, 112.0
_STEPS: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
_DAYS: Final = (1, 2, 7, 14, 28, 56, 91, 182, 365, 730, 1826)
_MOST_LINES, _MOST_TICKS = 5, 4
_LEAST_SPAN: Final = 2.0
"""Of the scale in its unit: noise of an even face is not drawn as mountains."""
_LABEL: Final = 12.0
_HOURS_A_WEEK: Final = 168.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A place on an axis with what is written there."""

    at: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A course: its kind for the style sheet, its strokes, and its sessions."""

    kind: str
    path: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart in its own coordinates, y down.

    Attributes
    ----------
    key : str
        Unique on the page.
    title, description : str
        For those who cannot see it.
    height, right : float
        Of the drawing, and where the area within it ends.
    levels : tuple of Tick
        Horizontal lines.
    even : float or None
        Height of the line that means even or unmoved.
    dates : tuple of Tick
    band : tuple of str
        SVG paths round what the error leaves open.
    trend : str
    lines : tuple of Line
    start : float or None
        Where the treatments begin.
    treatments : tuple of float
    names : tuple of (float, str, str)
        Height, kind and text of what is written beside lines.
    """

    key: str
    title: str
    description: str
    height: float
    right: float
    levels: tuple[Tick, ...]
    even: float | None
    dates: tuple[Tick, ...]
    lines: tuple[Line, ...]
    band: tuple[str, ...] = ()
    trend: str = ""
    start: float | None = None
    treatments: tuple[float, ...] = ()
    names: tuple[tuple[float, str, str], ...] = ()

    @property
    def width(self) -> float:
        """Of the drawing."""
        return WIDTH

    @property
    def left(self) -> float:
        """Where the area within begins."""
        return _LEFT

    @property
    def top(self) -> float:
        """Upper edge of the area within."""
        return _TOP

    @property
    def bottom(self) -> float:
        """Lower edge of the area within."""
        return self.height - _BOTTOM


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Ends of an axis of values, and what is written along it."""

    low: float
    high: float
    levels: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Area:
    """From weeks and values to places in a drawing."""

    first: date
    start: float
    end: float
    span: Span
    right: float
    height: float

    def x(self, weeks: float) -> float:
        within = (weeks - self.start) / (self.end - self.start)
        return _LEFT + within * (self.right - _LEFT)

    def y(self, value: float) -> float:
        within = (value - self.span.low) / (self.span.high - self.span.low)
        return self.height - _BOTTOM - within * (self.height - _BOTTOM - _TOP)

    def levels(self) -> tuple[Tick, ...]:
        digits = 0 if all(level == round(level) for level in self.span.levels) else 1
        return tuple(Tick(at=self.y(level), text=f"{level:.{digits}f}".replace("-", "−")) for level in self.span.levels)

    def dates(self) -> tuple[Tick, ...]:
        begin, whole = (self.first + timedelta(weeks=weeks) for weeks in (self.start, self.end))
        step = next((step for step in _DAYS if (whole - begin).days // step + 1 <= _MOST_TICKS), 3652)
        shown = f"{begin:%Y}" != f"{whole:%Y}"
        ticks = []
        for i in range((whole - begin).days // step + 1):
            at = begin + timedelta(days=i * step)
            text = f"{at.day} {at:%b %y}" if shown else f"{at.day} {at:%b}"
            x = self.x(self.start + i * step / 7)
            anchor = "start" if i == 0 else "end" if x > self.right - 14 else "middle"
            ticks.append(Tick(at=x, text=text, anchor=anchor))
        return tuple(ticks)


def span_of(values: Iterable[float], *, least: float = _LEAST_SPAN) -> Span:
    """Find a scale of round numbers that holds all values and 0."""
    known = [value for value in values if isfinite(value)]
    low, high = min([0.0, *known]), max([0.0, *known])
    if high - low < least:
        low, high = (low, low + least) if high > -low else (high - least, high)
    return span_between(low, high)


def span_between(low: float, high: float) -> Span:
    """Find a scale of round numbers from below `low` to above `high`."""
    step = next((step for step in _STEPS if (high - low) / step <= _MOST_LINES), (high - low) / _MOST_LINES)
    lowest, highest = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    if lowest == highest:
        highest += 1
    levels = tuple(i * step for i in range(lowest, highest + 1))
    return Span(low=levels[0], high=levels[-1], levels=levels)


def course_span(series: Series) -> Span:
    """Find the scale that all courses of a series share."""
    edges = [
        course.unevenness + sign * np.nan_to_num(course.unevenness_error)
        for course in series.regions.values()
        for sign in (-1, 1)
    ]
    return span_of(np.concatenate(edges).tolist())


def course_chart(
    key: str,
    course: RegionCourse,
    series: Series,
    *,
    title: str,
    span: Span,
    treatments: Sequence[datetime] = (),
    low: bool = False,
) -> Chart:
    """Draw how uneven a region was in each session, with its error, its trend and the treatments."""
    area = _area(series, span, height=_LOW if low else _TALL)
    weeks = _weeks(series)
    known = np.isfinite(course.unevenness)
    first, last = course.unevenness[known][[0, -1]] if known.any() else (np.nan, np.nan)
    unit = unit_word(series.unit)
    told = "It is not known." if not known.any() else f"It goes from {first:.1f} to {last:.1f} {unit}; 0 is even. "
    if known.sum() > 1:
        told += f"Trend: {''.join(trend_words(course, series.unit))}."
    return Chart(
        key=key,
        title=f"Unevenness of the {title.lower()} over time",
        description=f"{_when(series)} {told}".strip(),
        levels=area.levels(),
        even=area.y(0.0),
        dates=area.dates(),
        band=_band(area, weeks, course.unevenness, course.unevenness_error),
        trend=_trend(area, weeks, course),
        lines=(_line("course", area, weeks, course.unevenness),),
        start=_start(area, series),
        treatments=_marks(area, series, treatments),
        right=area.right,
        height=area.height,
    )


def movement_span(courses: Iterable[RegionCourse]) -> Span:
    """Find the scale that all movements share."""
    values = [v for c in courses for v in (c.left_up, c.right_up, c.left_outward, c.right_outward)]
    return span_of(np.concatenate(values).tolist() if values else [])


def movement_chart(key: str, course: RegionCourse, series: Series, *, title: str, upward: bool, span: Span) -> Chart:
    """Draw how far each side of a region has moved since the first session."""
    area = _area(series, span, height=_LOW, labelled=True)
    weeks = _weeks(series)
    sides = {
        "left": course.left_up if upward else course.left_outward,
        "right": course.right_up if upward else course.right_outward,
    }
    lines = {name: _line(name, area, weeks, values) for name, values in sides.items()}
    ended = sorted((line.points[-1][1], name) for name, line in lines.items() if line.points)
    tops = spread([y - _LABEL / 2 for y, _ in ended], [_LABEL] * len(ended), low=0.0, high=area.height - 8.0, gap=0.0)
    more, less = ("up", "down") if upward else ("out", "in")
    unit = unit_word(series.unit)
    now = {name: _last(values) for name, values in sides.items()}
    told = [
        f"{name} {abs(value):.1f} {unit} {more if value >= 0 else less}" if isfinite(value) else f"{name} not known"
        for name, value in now.items()
    ]
    return Chart(
        key=key,
        title=f"{title}: how far each side moved {more} since the first session",
        description=f"{_when(series)} Last: {', '.join(told)}.",
        levels=area.levels(),
        even=area.y(0.0),
        dates=area.dates(),
        lines=tuple(lines.values()),
        start=_start(area, series),
        names=tuple((top + _LABEL * 0.8, name, name) for top, (_, name) in zip(tops, ended, strict=True)),
        right=area.right,
        height=area.height,
    )


def diary_chart(key: str, course: DiaryCourse, series: Series) -> Chart:
    """Draw what was written down on one scale."""
    weeks = np.array([_week(series, at) for at, _ in course.entries])
    values = np.array([value for _, value in course.entries], dtype=np.float64)
    span = span_between(min([course.low, *values]), max([course.high, *values]))
    area = _area(series, span, height=_LOW, weeks=weeks)
    told = f" It goes from {values[0]:g} to {values[-1]:g}." if len(values) else ""
    return Chart(
        key=key,
        title="Diary over time",
        description=f"{len(values)} entries on a scale from {course.low:g} to {course.high:g}.{told}",
        levels=area.levels(),
        even=None,
        dates=area.dates(),
        lines=(_line("course", area, weeks, values),),
        start=_start(area, series),
        right=area.right,
        height=area.height,
    )


def _area(
    series: Series, span: Span, *, height: float, labelled: bool = False, weeks: FloatArray | None = None
) -> _Area:
    known = _weeks(series) if weeks is None or not len(weeks) else np.concatenate([_weeks(series), weeks])
    start, end = floor(known.min() * 7) / 7, ceil(known.max() * 7) / 7
    if end - start < 1 / 7:
        start, end = start - 0.5, end + 0.5
    right = WIDTH - (_LABELLED if labelled else _RIGHT)
    return _Area(first=series.sessions[0].day, start=start, end=end, span=span, right=right, height=height)


def _weeks(series: Series) -> FloatArray:
    return np.array([session.weeks for session in series.sessions])


def _week(series: Series, at: datetime) -> float:
    return (at - series.sessions[0].at).total_seconds() / 3600 / _HOURS_A_WEEK


def _start(area: _Area, series: Series) -> float | None:
    if series.treatment_start is None:
        return None
    # A line in the middle of the night before: sessions of that day are of the treatment.
    weeks = ((series.treatment_start - series.sessions[0].day).days - 0.5) / 7
    return area.x(weeks) if area.start <= weeks <= area.end else None


def _marks(area: _Area, series: Series, treatments: Sequence[datetime]) -> tuple[float, ...]:
    weeks = [_week(series, at) for at in treatments]
    return tuple(area.x(week) for week in weeks if area.start <= week <= area.end)


def _runs(values: FloatArray) -> list[tuple[int, int]]:
    """Where values are known one after the other: start and end of each stretch."""
    known = np.concatenate([[False], np.isfinite(values), [False]])
    edges = np.flatnonzero(known[1:] != known[:-1])
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _line(kind: str, area: _Area, weeks: FloatArray, values: FloatArray) -> Line:
    # A session that does not know leaves a gap no line crosses.
    strokes = [
        " L".join(f"{area.x(weeks[i]):.1f} {area.y(values[i]):.1f}" for i in range(a, b))
        for a, b in _runs(values)
        if b - a > 1
    ]
    points = tuple(
        (round(area.x(float(week)), 1), round(area.y(float(value)), 1))
        for week, value in zip(weeks, values, strict=True)
        if isfinite(value)
    )
    return Line(kind=kind, path=" ".join(f"M{stroke}" for stroke in strokes), points=points)


def _band(area: _Area, weeks: FloatArray, values: FloatArray, errors: FloatArray) -> tuple[str, ...]:
    paths = []
    for a, b in _runs(values + errors):
        if b - a == 1:  # a bar as narrow as its point
            x, top, bottom = area.x(weeks[a]), area.y(values[a] + errors[a]), area.y(values[a] - errors[a])
            paths.append(f"M{x - 1.5:.1f} {top:.1f} H{x + 1.5:.1f} V{bottom:.1f} H{x - 1.5:.1f} Z")
            continue
        upper = [f"{area.x(weeks[i]):.1f} {area.y(values[i] + errors[i]):.1f}" for i in range(a, b)]
        lower = [f"{area.x(weeks[i]):.1f} {area.y(values[i] - errors[i]):.1f}" for i in reversed(range(a, b))]
        paths.append(f"M{' L'.join(upper + lower)} Z")
    return tuple(paths)


def _trend(area: _Area, weeks: FloatArray, course: RegionCourse) -> str:
    known = np.isfinite(course.unevenness)
    if known.sum() < 2 or not isfinite(course.trend.slope) or course.trend.crosses:
        return ""
    middle = float(np.median(course.unevenness[known] - course.trend.slope * weeks[known]))
    ends = [float(weeks[known][i]) for i in (0, -1)]
    (x1, y1), (x2, y2) = ((area.x(week), area.y(middle + course.trend.slope * week)) for week in ends)
    return f"M{x1:.1f} {y1:.1f} L{x2:.1f} {y2:.1f}"


def _when(series: Series) -> str:
    first, last = series.sessions[0].day, series.sessions[-1].day
    if first == last:
        return f"One session, {day(first)}."
    return f"{len(series.sessions)} sessions, {days(first, last)}."


def _last(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(known[-1]) if known.size else float("nan")
