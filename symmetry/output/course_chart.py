"""A course over time as geometry: what a chart shows and where, whoever paints it.

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
"""Errors, in medians of all, beyond which bands are clipped: one session must not flatten all others."""
_SPACE: Final = 0.05
_DAYS: Final = (1, 2, 3, 7, 14, 28, 56, 91, 182, 365, 730, 1826, 3652, 7305, 18262)
_MOST_DAYS: Final = 56
"""Steps of days up to which dates are counted in days where months may be named."""
_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """A course to be drawn; arrays have one entry a session, NaN where it is not known.

    Attributes
    ----------
    title : str
    values, errors : ndarray, shape (n,)
        Left-right difference, and the 95 % half-width of its error.
    trend : tuple of float or None
        Slope a week and its 95 % interval (low, high); None where there is no line to draw.
    verdict : str
        Whose colour the trend has.
    """

    title: str
    values: FloatArray
    errors: FloatArray
    trend: tuple[float, float, float] | None = None
    verdict: Verdict = NO_CHANGE

    @classmethod
    def of(cls, course: RegionCourse, title: str = "") -> Course:
        """Take the course of a region, without its trend where that is not known or the course crosses even."""
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
    """Ends of an axis of values, and the round values that are marked on it."""

    low: float
    high: float
    levels: tuple[float, ...]

    def texts(self, unit: str | None = None) -> list[str]:
        """Labels of the levels: "even" at 0 and `unit` at the top, or plain numbers of one format without a unit."""
        if unit is None:
            digits = 0 if all(level == round(level) for level in self.levels) else 1
            return [f"{level:.{digits}f}".replace("-", "−") for level in self.levels]
        texts = [f"{level:g}" if level else "even" for level in self.levels]
        return texts if texts[-1] == "even" else [*texts[:-1], f"{texts[-1]} {unit}"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """An axis of time.

    Attributes
    ----------
    first : date
        Day of week 0.
    start, end : float
        First and last session, weeks.
    room : float
        Weeks before the first and after the last session.
    """

    first: date
    start: float
    end: float
    room: float

    @classmethod
    def of(cls, first: date, weeks: ArrayLike, *, room: float) -> TimeAxis:
        """Span some weeks, with a share of their length free at either end."""
        start, end = float(np.min(weeks)), float(np.max(weeks))
        return cls(first=first, start=start, end=end, room=room * (end - start) if end > start else 0.5)

    def holds(self, week: float) -> bool:
        """Whether a time lies between the first and the last session."""
        return self.start <= week <= self.end

    def dates(self, most: int, *, months: bool) -> list[tuple[float, str]]:
        """Choose a few dates on the axis, in weeks, with their labels.

        Parameters
        ----------
        most : int
        months : bool
            Name calendar months on a long axis; otherwise dates are counted from the first session, with the year
            where it changes.
        """
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
    """A course in its place.

    Attributes
    ----------
    dots : ndarray, shape (n, 2)
        The sessions that know a value.
    strokes : tuple of ndarray, shape (k, 2)
        Lines through sessions that follow each other; a session that does not know its value leaves a gap.
    bands : tuple of ndarray, shape (k, 2)
        Outlines of the errors, clipped to the box.
    trend : ndarray, shape (2, 2) or (0, 2)
        Line of the trend, clipped to the box; empty where there is none.
    fan : ndarray, shape (k, 2)
        Outline of its interval, clipped to the box.
    """

    dots: FloatArray
    strokes: tuple[FloatArray, ...]
    bands: tuple[FloatArray, ...]
    trend: FloatArray
    fan: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """A box with its axes: places of times and values.

    Attributes
    ----------
    box : Box
    time : TimeAxis
    values : ValueAxis
    treatment : float or None
        When the treatment begins, weeks.
    """

    box: Box
    time: TimeAxis
    values: ValueAxis
    treatment: float | None = None

    def x(self, weeks: float | FloatArray) -> FloatArray:
        """Place of a time."""
        time = self.time
        share = (np.asarray(weeks) - time.start + time.room) / (time.end - time.start + 2 * time.room)
        return np.asarray(self.box.left + share * self.box.width)

    def y(self, values: float | FloatArray) -> FloatArray:
        """Place of a value."""
        share = (self.values.high - np.asarray(values)) / (self.values.high - self.values.low)
        return np.asarray(self.box.top + share * self.box.height)

    def at(self, weeks: FloatArray, values: FloatArray) -> FloatArray:
        """Places (n, 2) of values at times."""
        return np.column_stack([self.x(weeks), self.y(values)])

    @property
    def baseline(self) -> float:
        """Where the time before the treatment ends: the left edge without such a time."""
        if self.treatment is None:
            return self.box.left
        return float(np.clip(self.x(self.treatment), self.box.left, self.box.right))

    @property
    def start(self) -> float | None:
        """Where the treatment begins, if that is within the box."""
        return self.baseline if self.box.left < self.baseline < self.box.right else None

    def levels(self, unit: str | None = None) -> list[tuple[float, str]]:
        """Heights of the levels with their labels, as `ValueAxis.texts` gives them."""
        labelled = zip(self.values.levels, self.values.texts(unit), strict=True)
        return [(float(self.y(level)), text) for level, text in labelled]

    def dates(
        self, most: int, *, months: bool, beyond: float, gap: float, width_of: Callable[[str], float]
    ) -> tuple[Tick, ...]:
        """Dates below the box, labelled where there is room, none more than `beyond` outside its edges."""
        ticks = [(float(self.x(weeks)), text) for weeks, text in self.time.dates(most, months=months)]
        ends = (self.box.left - beyond, self.box.right + beyond)
        return label_ticks(ticks, ends=ends, gap=gap, width_of=width_of)

    def course(self, course: Course, weeks: FloatArray, *, radius: float, together: int = 1) -> PlacedCourse:
        """Place a course.

        Parameters
        ----------
        course : Course
        weeks : ndarray, shape (n,)
            Times of its sessions.
        radius : float
            Half the width of the band of a session that stands alone.
        together : int
            Sessions that share a dot.
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
        if len(weeks) == 1:  # a bar as wide as its dot
            beside = np.array([[-radius, 0.0], [radius, 0.0]])
            upper, lower = upper + beside, lower + beside
        return self._clipped(np.concatenate([upper, lower[::-1]]))

    def _trend(self, course: Course, weeks: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Line of the trend of all sessions, and the fan of its interval round the median session."""
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
    """Choose an axis that holds all values of some courses, even, and all errors but those far wider than most.

    Parameters
    ----------
    courses : sequence of Course
    unit : str
    most : int
        Steps between levels at most.
    rounded : bool
        Begin and end at a level, instead of a little beyond what is shown.
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
    """Choose an axis that begins and ends at a level and holds two values."""
    step = _step(low, high, most)[-1]
    lowest, highest = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    levels = tuple(i * step for i in range(lowest, max(highest, lowest + 1) + 1))
    return ValueAxis(low=levels[0], high=levels[-1], levels=levels)


def round_levels(low: float, high: float, most: int) -> list[float]:
    """Choose round values within a span: at least two, and at most `most` steps."""
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
    """When a treatment begins, in weeks: the midnight before its first day, whose sessions are of the treatment."""
    return None if start is None else ((start - first).days - 0.5) / 7


def sessions_per_dot(sessions: int, most: int) -> int:
    """How many sessions share a dot if there are to be no more dots than told."""
    return -(-sessions // most)


def pooled(numbers: FloatArray, count: int) -> FloatArray:
    """Medians of `count` neighbours each; NaN where none is known."""
    if count == 1:
        return numbers
    groups = (numbers[start : start + count] for start in range(0, len(numbers), count))
    known = (group[np.isfinite(group)] for group in groups)
    return np.array([np.median(group) if group.size else np.nan for group in known])


def runs(known: NDArray[np.bool_]) -> Iterator[slice]:
    """Each stretch of sessions that know a value."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield slice(int(start), int(stop))


def _months(first: date, last: date, step: int) -> Iterator[date]:
    """First days of the months whose number, counted from January, is a multiple of the step."""
    number = first.year * 12 + first.month - 1 + (first.day > 1)
    number += -number % step
    while (day := date(number // 12, number % 12 + 1, 1)) <= last:
        yield day
        number += step
