"""The geometry of a course over time, for every output that paints one.

Places are in the units of the output, x to the right and y down. Nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, log10
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symmetry.arrays import FloatArray
from symmetry.measure.verdicts import NO_CHANGE, Verdict
from symmetry.output.layout import Box, Tick, label_ticks
from symmetry.series.result import RegionCourse

LEAST_SPAN: Final = {"mm": 2.0, "% IPD": 3.0}
"""Span of the value axis at least: the noise of an even face is not drawn as mountains."""
_WIDEST: Final = 2.5
"""Largest error, in medians of all, that the value axis holds: one session must not flatten all others."""
_SPACE: Final = 0.05
_DAYS: Final = (1, 2, 3, 7, 14, 28, 56, 91, 182, 365, 730, 1826, 3652, 7305, 18262)
_MOST_DAYS: Final = 56
"""Largest step between dates, in days, before months are named instead."""
_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """A course to be drawn; arrays have one entry a session, NaN where it is not known."""

    title: str
    # shape (n,); signed asymmetry, and 95 % half-widths
    values: FloatArray
    errors: FloatArray
    # slope per week and its 95 % interval (slope, low, high); None if there is no line to draw
    trend: tuple[float, float, float] | None = None
    verdict: Verdict = NO_CHANGE  # verdict on the trend

    @classmethod
    def of(cls, course: RegionCourse, title: str = "") -> Course:
        """Take the course of a region; the trend is left out if it is unknown or the course crosses even."""
        trend = course.trend
        slopes = (trend.slope, trend.low, trend.high)
        return cls(
            title=title or course.region,
            values=course.signed_asymmetry,
            errors=course.signed_asymmetry_error,
            trend=slopes if np.isfinite(slopes).all() and not trend.crosses else None,
            verdict=trend.verdict,
        )

    def pooled(self, count: int) -> Course:
        """Replace every `count` neighbouring sessions by their medians; the trend stays."""
        values, errors = pooled(self.values, count), pooled(self.errors, count)
        return Course(title=self.title, values=values, errors=errors, trend=self.trend, verdict=self.verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueAxis:
    """Ends of an axis of values, and its round values."""

    low: float
    high: float
    levels: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """An axis of time."""

    first: date  # day of week 0
    # weeks of the first and the last session
    start: float
    end: float
    room: float  # weeks before the first and after the last session

    @classmethod
    def of(cls, first: date, weeks: ArrayLike, *, room: float) -> TimeAxis:
        """Span some weeks, with a share of their length free at either end."""
        start, end = float(np.min(weeks)), float(np.max(weeks))
        return cls(first=first, start=start, end=end, room=room * (end - start) if end > start else 0.5)

    def dates(self, most: int, *, months: bool) -> list[tuple[float, str]]:
        """Choose at most `most` dates (weeks, label): `months` on a long axis, else days counted from the first."""
        begin = self.first + timedelta(weeks=self.start)
        ahead = ceil((self.end - self.start) * 7 - 0.5)
        last = begin + timedelta(days=ahead)
        step = next((step for step in _DAYS if ahead // step < most), _DAYS[-1])
        if months and step > _MOST_DAYS:
            tried = (list(_months(begin, last, step)) for step in _MONTHS)
            named = next((found for found in tried if len(found) <= most), [])
            return [((day - self.first).days / 7, f"{day:%b %Y}") for day in named]
        year = " %y" if begin.year != last.year and not months else ""
        dated = ((n, begin + timedelta(days=n)) for n in range(0, ahead + 1, step))
        return [(self.start + n / 7, f"{day.day} {day:%b}{day.strftime(year)}") for n, day in dated]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlacedCourse:
    """A course in its place."""

    dots: FloatArray  # shape (n, 2); sessions with a known value
    strokes: tuple[FloatArray, ...]  # shape (k, 2); lines through consecutive sessions; an unknown value leaves a gap
    bands: tuple[FloatArray, ...]  # shape (k, 2); outlines of the errors, clipped to the box
    trend: FloatArray  # shape (2, 2) or (0, 2); line of the trend, clipped to the box
    fan: FloatArray  # shape (k, 2); outline of the interval of the trend, clipped to the box


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """A box with axes of time and values."""

    box: Box
    time: TimeAxis
    values: ValueAxis
    treatment: float | None = None  # when the treatment begins, weeks

    def x(self, weeks: float | FloatArray) -> FloatArray:
        """Return the x of times."""
        time = self.time
        share = (np.asarray(weeks) - time.start + time.room) / (time.end - time.start + 2 * time.room)
        return np.asarray(self.box.left + share * self.box.width)

    def y(self, values: float | FloatArray) -> FloatArray:
        """Return the y of values."""
        share = (self.values.high - np.asarray(values)) / (self.values.high - self.values.low)
        return np.asarray(self.box.top + share * self.box.height)

    def at(self, weeks: FloatArray, values: FloatArray) -> FloatArray:
        """Return the places (n, 2) of values at times."""
        return np.column_stack([self.x(weeks), self.y(values)])

    @property
    def baseline(self) -> float:
        """The x at which the time before the treatment ends; the left edge if there is none."""
        if self.treatment is None:
            return self.box.left
        return float(np.clip(self.x(self.treatment), self.box.left, self.box.right))

    @property
    def start(self) -> float | None:
        """The x at which the treatment begins, if it lies within the box."""
        return self.baseline if self.box.left < self.baseline < self.box.right else None

    def levels(self, unit: str | None = None) -> list[tuple[float, float, str]]:
        """Return levels as (value, y, label): "even" at 0 and `unit` at the top, or plain numbers without a unit."""
        levels = self.values.levels
        if unit is None:
            digits = 0 if all(level == round(level) for level in levels) else 1
            texts = [f"{level:.{digits}f}".replace("-", "−") for level in levels]
        else:
            texts = [f"{level:g}" if level else "even" for level in levels]
            texts[-1] += f" {unit}" if levels[-1] else ""
        return [(level, float(self.y(level)), text) for level, text in zip(levels, texts, strict=True)]

    def dates(
        self, most: int, *, months: bool, beyond: float, gap: float, width_of: Callable[[str], float]
    ) -> tuple[Tick, ...]:
        """Return dates below the box, labelled where there is room up to `beyond` outside its edges."""
        ticks = [(float(self.x(weeks)), text) for weeks, text in self.time.dates(most, months=months)]
        ends = (self.box.left - beyond, self.box.right + beyond)
        return label_ticks(ticks, ends=ends, gap=gap, width_of=width_of)

    def course(self, course: Course, weeks: FloatArray, *, radius: float, together: int = 1) -> PlacedCourse:
        """Place a course over its sessions' weeks (n,).

        `radius` is half the width of the band of a lone session, `together` the number of sessions per dot.
        """
        shown, times = course.pooled(together), pooled(weeks, together)
        known = np.isfinite(shown.values)
        trend, fan = self._trend(course, weeks)
        return PlacedCourse(
            dots=self.at(times[known], shown.values[known]),
            strokes=tuple(self.at(times[run], shown.values[run]) for run in runs(known)),
            bands=tuple(
                self._band(times[run], shown.values[run], shown.errors[run], radius)
                for run in runs(known & np.isfinite(shown.errors))
            ),
            trend=trend,
            fan=fan,
        )

    def _band(self, weeks: FloatArray, values: FloatArray, errors: FloatArray, radius: float) -> FloatArray:
        upper, lower = self.at(weeks, values + errors), self.at(weeks, values - errors)
        if len(weeks) == 1:  # a bar as wide as the dot
            beside = np.array([[-radius, 0.0], [radius, 0.0]])
            upper, lower = upper + beside, lower + beside
        return self._clipped(np.concatenate([upper, lower[::-1]]))

    def _trend(self, course: Course, weeks: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Place the line of the trend, and the fan of its interval around the median session."""
        known = np.isfinite(course.values)
        if course.trend is None or known.sum() < 2:
            return np.empty((0, 2)), np.empty((0, 2))
        slope, low, high = course.trend
        weeks, values = weeks[known], course.values[known]
        middle = float(np.median(weeks))
        level = float(np.median(values - slope * weeks)) + slope * middle
        ends = weeks[[0, -1]]
        line, lower, upper = (self.at(ends, level + each * (ends - middle)) for each in (slope, low, high))
        centre = self.at(np.array([middle]), np.array([level]))[0]
        fan = np.array([lower[0], centre, lower[1], upper[1], centre, upper[0]])
        return self._clipped_line(line), self._clipped(fan)

    def _clipped(self, outline: FloatArray) -> FloatArray:
        """Clip an outline to the height of the box (Sutherland & Hodgman 1974)."""
        for edge, sign in ((self.box.top, 1.0), (self.box.bottom, -1.0)):
            kept = []
            for point, before in zip(outline, np.roll(outline, 1, axis=0), strict=True):
                inside, was_inside = (sign * (one[1] - edge) >= 0 for one in (point, before))
                if inside != was_inside:
                    kept.append(before + (edge - before[1]) / (point[1] - before[1]) * (point - before))
                if inside:
                    kept.append(point)
            outline = np.array(kept).reshape(-1, 2)
        return outline

    def _clipped_line(self, line: FloatArray) -> FloatArray:
        """Clip a line (2, 2) to the height of the box."""
        heights = line[:, 1]
        within = np.clip(heights, self.box.top, self.box.bottom)
        if heights[0] == heights[1]:
            return line if (within == heights).all() else line[:0]
        shares = (within - heights[0]) / (heights[1] - heights[0])
        return line[0] + shares[:, None] * (line[1] - line[0]) if shares[0] < shares[1] else line[:0]


def value_axis(courses: Sequence[Course], *, unit: str, most: int, rounded: bool = False) -> ValueAxis:
    """Choose an axis for all values of some courses, 0, and all errors except those far wider than most.

    Parameters
    ----------
    courses : sequence of Course
    unit : str
    most : int
        Most steps between levels.
    rounded : bool
        Begin and end at levels instead of slightly beyond the data.
    """
    values, errors = (
        np.concatenate([getattr(course, name) for course in courses] or [np.empty(0)]) for name in ("values", "errors")
    )
    known = np.isfinite(values)
    ends = np.append(values[known], 0.0)
    erring = known & np.isfinite(errors)
    if erring.any():
        reach = np.minimum(errors[erring], _WIDEST * np.median(errors[erring]))
        ends = np.concatenate([ends, values[erring] - reach, values[erring] + reach])
    low, high, least = float(ends.min()), float(ends.max()), LEAST_SPAN.get(unit, LEAST_SPAN["mm"])
    if high - low < least:
        low, high = (low, low + least) if high >= -low else (high - least, high)
    if rounded:
        return round_axis(low, high, most)
    space = _SPACE * (high - low)
    low, high = low - space, high + space
    return ValueAxis(low=low, high=high, levels=tuple(round_levels(low, high, most)))


def round_axis(low: float, high: float, most: int) -> ValueAxis:
    """Choose an axis that begins and ends at levels and holds two values."""
    step = _step(low, high, most)[-1]
    lowest, highest = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    levels = tuple(i * step for i in range(lowest, max(highest, lowest + 1) + 1))
    return ValueAxis(low=levels[0], high=levels[-1], levels=levels)


def round_levels(low: float, high: float, most: int) -> list[float]:
    """Choose round values within a span, at least two and at most `most` steps apart."""
    low, high = sorted((low, high))
    for step in reversed(_step(low, high, most)):
        levels = [i * step for i in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]
        if len(levels) > 1:
            break
    return levels


def _step(low: float, high: float, most: int) -> list[float]:
    """List steps of 1, 2 or 5 times a power of ten, up to the first of which `most` cover the span."""
    span = (high - low) or 1.0
    power = floor(log10(span / most))
    steps = [
        digit * 10.0**exponent if exponent >= 0 else digit / 10.0**-exponent
        for exponent in range(power - 1, power + 2)
        for digit in (1, 2, 5)
    ]
    return steps[: next(i for i, step in enumerate(steps) if span / step <= most) + 1]


def treatment_week(start: date | None, first: date) -> float | None:
    """Return when a treatment begins, in weeks: at midnight, so that sessions of its first day belong to it."""
    return None if start is None else ((start - first).days - 0.5) / 7


def sessions_per_dot(sessions: int, most: int) -> int:
    """Return how many sessions share a dot so that there are at most `most` dots."""
    return -(-sessions // most)


def pooled(numbers: FloatArray, count: int) -> FloatArray:
    """Return medians of every `count` neighbours; NaN where none is known."""
    if count == 1:
        return numbers
    groups = (numbers[start : start + count] for start in range(0, len(numbers), count))
    known = (group[np.isfinite(group)] for group in groups)
    return np.array([np.median(group) if group.size else np.nan for group in known])


def runs(known: NDArray[np.bool_]) -> Iterator[slice]:
    """Yield stretches of consecutive sessions with known values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield slice(int(start), int(stop))


def _months(first: date, last: date, step: int) -> Iterator[date]:
    """Yield the first days of months whose number, counted from January, is a multiple of the step."""
    number = first.year * 12 + first.month - 1 + (first.day > 1)
    number += -number % step
    while (day := date(number // 12, number % 12 + 1, 1)) <= last:
        yield day
        number += step
