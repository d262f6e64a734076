"""Courses over time, side by side: sessions with their errors, the trend, and where the treatment begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.output.cards.drawing import svg, text
from symmetry.output.colours import (
    BAND,
    BAND_OPACITY,
    BASELINE,
    COURSE,
    FAN_OPACITY,
    INK,
    QUIET,
    RULE,
    TREATMENT_DASHES,
    VERDICT_COLOURS,
)
from symmetry.output.course_chart import Axes, Course, TimeAxis, sessions_per_dot, value_axis
from symmetry.output.layout import Box, Tick
from symmetry.output.svg import CourseStyle, dots_svg, errors_svg, ground_svg

WIDTH: Final = 744.0
_LEFT, _GAP, _TOP, _HIGH, _FOOT = 44.0, 14.0, 24.0, 128.0, 24.0
_MOST_LEVELS: Final = 4
_MOST_DOTS: Final = 60
"""Most dots of a course; more sessions share dots, so that a card stays small."""
_FEW: Final = 24
"""Number of dots up to which they are large."""
_ROOM: Final = 0.05
"""Room before the first and after the last session, as a share of the time."""
_PARTS: Final = {
    "baseline": f'fill="{BASELINE}"',
    "start": f'stroke="{INK}" stroke-dasharray="{TREATMENT_DASHES[0]} {TREATMENT_DASHES[1]}"',
    "level": f'stroke="{RULE}" stroke-width="0.7"',
    "even": f'stroke="{INK}" stroke-width="1.4"',
    "date text": f'fill="{QUIET}"',
    "band": f'fill="{BAND}" fill-opacity="{BAND_OPACITY:g}"',
}
_LEVEL_TEXT: Final = {"level text": f'fill="{QUIET}"'}
"""For the leftmost course only, as all share one scale."""


def together(sessions: int) -> int:
    """Return how many sessions share a dot."""
    return sessions_per_dot(sessions, _MOST_DOTS)


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
        Labels below the first and the last session.
    treatment : float or None
        When the treatment begins, weeks.

    Returns
    -------
    str
        SVG.
    """
    count = together(len(weeks))
    radius = 3.0 if len(weeks) <= _FEW else 2.0
    values = value_axis([course.pooled(count) for course in courses], unit=unit, most=_MOST_LEVELS)
    time = TimeAxis.of(date.min, weeks, room=_ROOM)
    width = (WIDTH - _LEFT - (len(courses) - 1) * _GAP - 4) / len(courses)
    parts: list[str] = []
    for i, course in enumerate(courses):
        box = Box(_LEFT + i * (width + _GAP), _TOP, width, _HIGH)
        axes = Axes(box=box, time=time, values=values, treatment=treatment)
        colour = VERDICT_COLOURS[course.verdict]
        own = {
            "dots": f'stroke="{COURSE}" stroke-width="{2 * radius:g}"',
            "fan": f'fill="{colour}" fill-opacity="{FAN_OPACITY:g}"',
            "trend": f'fill="none" stroke="{colour}" stroke-width="1.8"',
        }
        style = CourseStyle(parts=_PARTS | own | (_LEVEL_TEXT if i == 0 else {}), marker="point")
        parts.append(text(box.left, 15, course.title, colour=INK, weight=600))
        parts.append(ground_svg(axes, style, unit="%" if unit == "% IPD" else unit, dates=_ends(box, ends)))
        if np.isfinite(course.values).any():
            placed = axes.course(course, weeks, radius=radius, together=count)
            parts += [errors_svg(placed, style), dots_svg(placed, style)]
        else:
            parts.append(text(box.middle, _TOP + 0.4 * _HIGH, "not seen", anchor="middle"))
    return svg(WIDTH, _TOP + _HIGH + _FOOT, parts)


def _ends(box: Box, ends: tuple[str, str]) -> list[Tick]:
    first, last = ends
    if first == last:
        return [Tick(box.middle, first, box.middle)]
    return [Tick(box.left, first, box.left + 2, "start"), Tick(box.right, last, box.right - 2, "end")]
