"""Courses over time, side by side: sessions with their errors, the trend, and where the treatment begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.measure.verdicts import Verdict
from symmetry.output.cards.drawing import svg, text
from symmetry.output.colours import BAND, BASELINE, COURSE, INK, RULE, VERDICT_COLOURS

WIDTH: Final = 744.0
_LEFT, _GAP, _TOP, _HIGH, _FOOT = 44.0, 14.0, 24.0, 128.0, 24.0
_STEPS: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_MOST_LEVELS: Final = 4
_LEAST: Final = {"mm": 2.0, "% IPD": 3.0}
"""Span of the scale at least: noise of an even face is not drawn as mountains."""
_FAR: Final = 2.5
"""Errors, in medians of all, that are cut off beyond this."""
_MOST_DOTS: Final = 60
"""Dots of a course at the most: of more sessions several share one, and a card stays small."""
_FEW: Final = 24
"""Dots up to which they are large."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """A course of unevenness; arrays have one entry a session, NaN where it is not known.

    Attributes
    ----------
    title : str
    values, errors : ndarray, shape (n,)
    trend : tuple of float or None
        Slope a week and its 95 % interval (low, high); None where there is no line to draw.
    verdict : str
        Whose colour the trend has.
    """

    title: str
    values: FloatArray
    errors: FloatArray
    trend: tuple[float, float, float] | None
    verdict: Verdict


def together(sessions: int) -> int:
    """Tell how many sessions share a dot."""
    return -(-sessions // _MOST_DOTS)


def draw_courses(
    courses: Sequence[Course], weeks: FloatArray, *, unit: str, ends: tuple[str, str], treatment: float | None
) -> str:
    """Draw courses side by side on one scale.

    Parameters
    ----------
    courses : sequence of Course
    weeks : ndarray, shape (n,)
        Times of the sessions.
    unit : str
    ends : tuple of str
        What is written below the first and the last session.
    treatment : float or None
        When the treatment begins, weeks.
    """
    count = together(len(weeks))
    times = _pooled(weeks, count)
    dots = [(_pooled(course.values, count), _pooled(course.errors, count)) for course in courses]
    low, high = _span(dots, unit)
    wide = (WIDTH - _LEFT - (len(courses) - 1) * _GAP - 4) / len(courses)
    length = float(np.ptp(weeks))
    room = 0.05 * length or 0.5
    parts: list[str] = []
    for i, (course, (values, errors)) in enumerate(zip(courses, dots, strict=True)):
        left = _LEFT + i * (wide + _GAP)
        axes = _Axes(left=left, wide=wide, start=float(weeks[0]) - room, length=length + 2 * room, low=low, high=high)
        parts += _ground(axes, course.title, treatment)
        if np.isfinite(values).any():
            clip = f"box{i}"
            box = f'<rect x="{left:.1f}" y="{_TOP:g}" width="{wide:.1f}" height="{_HIGH:g}"/>'
            parts.append(f'<clipPath id="{clip}">{box}</clipPath><g clip-path="url(#{clip})">')
            parts += [*_band(axes, times, values, errors), *_trend(axes, course, weeks), _dots(axes, times, values)]
            parts.append("</g>")
        else:
            parts.append(text(left + wide / 2, _TOP + 0.4 * _HIGH, "not seen", anchor="middle"))
        y = _TOP + _HIGH + 16
        if ends[0] == ends[1]:
            parts.append(text(left + wide / 2, y, ends[0], anchor="middle"))
        else:
            parts += [text(left + 2, y, ends[0]), text(left + wide - 2, y, ends[1], anchor="end")]
    parts += [
        text(_LEFT - 6, float(axes.y(level)) + 4, _level(level, levels[-1], unit), anchor="end")
        for levels in [_levels(low, high)]
        for level in levels
    ]
    return svg(WIDTH, _TOP + _HIGH + _FOOT, parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axes:
    left: float
    wide: float
    start: float
    length: float
    low: float
    high: float

    def x(self, weeks: float | FloatArray) -> FloatArray:
        return np.asarray(self.left + (np.asarray(weeks) - self.start) / self.length * self.wide)

    def y(self, values: float | FloatArray) -> FloatArray:
        return np.asarray(_TOP + (self.high - np.asarray(values)) / (self.high - self.low) * _HIGH)


def _pooled(numbers: FloatArray, count: int) -> FloatArray:
    """Give the medians of neighbours, as many together as told; NaN where none is known."""
    groups = (numbers[start : start + count] for start in range(0, len(numbers), count))
    known = (group[np.isfinite(group)] for group in groups)
    return np.array([np.median(group) if group.size else np.nan for group in known])


def _span(dots: Sequence[tuple[FloatArray, FloatArray]], unit: str) -> tuple[float, float]:
    """Choose a scale that holds all courses; what errors reach beyond is cut off."""
    values, errors = (np.concatenate(parts) for parts in zip(*dots, strict=True))
    known = np.isfinite(values)
    ends = np.concatenate([[0.0], values[known]])
    erring = known & np.isfinite(errors)
    if erring.any():
        errors = np.minimum(errors[erring], _FAR * np.median(errors[erring]))
        ends = np.concatenate([ends, values[erring] - errors, values[erring] + errors])
    low, high = float(ends.min()), float(ends.max())
    high = max(high, low + _LEAST[unit])
    space = 0.05 * (high - low)
    return low - space, high + space


def _levels(low: float, high: float) -> list[float]:
    step = next((step for step in _STEPS if (high - low) / step <= _MOST_LEVELS), _STEPS[-1])
    return [step * i for i in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]


def _level(level: float, last: float, unit: str) -> str:
    if level == 0:
        return "even"
    return f"{level:g} {'%' if unit == '% IPD' else unit}" if level == last else f"{level:g}"


def _ground(axes: _Axes, title: str, treatment: float | None) -> list[str]:
    left, right, bottom = axes.left, axes.left + axes.wide, _TOP + _HIGH
    parts = [text(left, 15, title, colour=INK, weight=600)]
    if treatment is not None:
        edge = float(np.clip(axes.x(treatment), left, right))
        parts.append(
            f'<rect x="{left:.1f}" y="{_TOP:g}" width="{edge - left:.1f}" height="{_HIGH:g}" fill="{BASELINE}"/>'
        )
        if left < edge < right:
            parts.append(f'<path d="M{edge:.1f} {_TOP:g}V{bottom:g}" stroke="{INK}" stroke-dasharray="3 3"/>')
    for level in _levels(axes.low, axes.high):
        colour, width = (INK, 1.4) if level == 0 else (RULE, 0.7)
        parts.append(
            f'<path d="M{left:.1f} {float(axes.y(level)):.1f}H{right:.1f}" stroke="{colour}" stroke-width="{width}"/>'
        )
    return parts


def _band(axes: _Axes, weeks: FloatArray, values: FloatArray, errors: FloatArray) -> list[str]:
    """Draw the errors of a course, a band for each stretch in which they are known."""
    parts, radius = [], _radius(weeks)
    for run in _runs(np.isfinite(values) & np.isfinite(errors)):
        x, upper, lower = axes.x(weeks[run]), axes.y((values + errors)[run]), axes.y((values - errors)[run])
        if len(x) == 1:  # a bar as wide as its dot
            x, upper, lower = x[0] + np.array([-radius, radius]), upper.repeat(2), lower.repeat(2)
        outline = np.concatenate([np.column_stack([x, upper]), np.column_stack([x, lower])[::-1]])
        parts.append(f'<polygon points="{_points(outline)}" fill="{BAND}" fill-opacity=".75"/>')
    return parts


def _dots(axes: _Axes, weeks: FloatArray, values: FloatArray) -> str:
    """Draw the dots of a course: lines of no length with round ends take a third of the room of circles."""
    known = np.isfinite(values)
    places = zip(axes.x(weeks[known]), axes.y(values[known]), strict=True)
    drawn = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in places)
    return f'<path d="{drawn}" stroke="{COURSE}" stroke-width="{2 * _radius(weeks):g}"/>'


def _radius(weeks: FloatArray) -> float:
    return 3.0 if len(weeks) <= _FEW else 2.0


def _trend(axes: _Axes, course: Course, weeks: FloatArray) -> list[str]:
    """Draw the trend of all sessions as a line in a fan of its interval."""
    if course.trend is None:
        return []
    slope, *ends = course.trend
    known = np.isfinite(course.values)
    weeks, values = weeks[known], course.values[known]
    middle = float(np.median(weeks))
    level = float(np.median(values - slope * weeks)) + slope * middle
    times = np.array([weeks[0], weeks[-1]])
    low, high = (level + end * (times - middle) for end in ends)
    corners = [(times[0], low[0]), (middle, level), (times[1], low[1]), (times[1], high[1]), (middle, level)]
    fan = np.array([(axes.x(week), axes.y(value)) for week, value in [*corners, (times[0], high[0])]])
    line = np.column_stack([axes.x(times), axes.y(level + slope * (times - middle))])
    colour = VERDICT_COLOURS[course.verdict]
    return [
        f'<polygon points="{_points(fan)}" fill="{colour}" fill-opacity=".22"/>',
        f'<polyline points="{_points(line)}" fill="none" stroke="{colour}" stroke-width="1.8"/>',
    ]


def _points(points: FloatArray) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _runs(known: NDArray[np.bool_]) -> Iterator[slice]:
    """Give each stretch of sessions that know a value."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield slice(int(start), int(stop))
