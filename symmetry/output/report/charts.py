"""Charts of the report: the course of a region, the movement of its sides, and the diary.

Colours are left to the style sheet; lines differ in dashes and marks, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from markupsafe import Markup

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.words import unit_sign
from symmetry.output.course_chart import (
    Axes,
    Course,
    PlacedCourse,
    TimeAxis,
    ValueAxis,
    round_axis,
    treatment_week,
    value_axis,
)
from symmetry.output.layout import Box, Tick, spread
from symmetry.output.report.content import DiaryCourse
from symmetry.output.report.words import day, days
from symmetry.output.svg import CourseStyle, dots_svg, errors_svg, ground_svg, svg_text
from symmetry.series.result import RegionCourse
from symmetry.series.series import Series
from symmetry.series.wording import trend_line

WIDTH: Final = 300.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 26.0, 10.0, 12.0, 24.0
_LABELLED: Final = 42.0
"""Room to the right for the names of lines."""
_TALL, _LOW = 150.0, 112.0
_MOST_LEVELS, _MOST_DATES = 5, 4
_RADIUS: Final = 1.5
"""Half the width of the band of a lone session."""
_LABEL: Final = 12.0
_LETTER, _GAP = 7.1, 5.0
"""Assumed width of a character of a date, and the gap between two dates."""
_GROUND: Final = CourseStyle(
    parts={
        **{part: f'class="{part}"' for part in ("level", "even", "start", "band", "trend")},
        "date": 'class="level"',
        "level text": 'class="tick"',
        "date text": 'class="tick"',
        "inner date text": 'class="tick inner"',
    },
    marker="circle",
)
_COURSE: Final = CourseStyle(parts={"stroke": "", "dots": ""}, marker="circle")
_LINES: Final = {
    "course": _COURSE,
    "left": _COURSE,
    "right": CourseStyle(parts=_COURSE.parts, marker="square", radius=2.6),
}
"""By the class of the line in the style sheet."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chart:
    """One chart in its own coordinates."""

    key: str  # unique on the page
    # for readers who cannot see it
    title: str
    description: str
    axes: Axes
    courses: dict[str, PlacedCourse]  # by the class of the line
    treatments: tuple[float, ...] = ()  # places of treatments
    names: dict[str, float] = field(default_factory=dict)  # names beside lines and their heights

    @property
    def height(self) -> float:
        """Height of the drawing."""
        return self.axes.box.bottom + _BOTTOM

    @property
    def dates(self) -> tuple[Tick, ...]:
        """Dates below the chart."""
        return self.axes.dates(
            _MOST_DATES, months=False, beyond=0.0, gap=_GAP, width_of=lambda text: _LETTER * len(text)
        )

    @property
    def svg(self) -> Markup:
        """Content of the `svg` element."""
        box = self.axes.box
        parts = [ground_svg(self.axes, _GROUND, unit=None, dates=self.dates)]
        parts += [f'<path class="treatment" d="M{x:.1f} {box.bottom - 7:g}l3.4 6h-6.8z"/>' for x in self.treatments]
        for kind, course in self.courses.items():
            parts.append(errors_svg(course, _GROUND))
            parts.append(f'<g class="line {kind}">{dots_svg(course, _LINES[kind])}</g>')
        parts += [svg_text(box.right + 6, y, name, f'class="name {name}"') for name, y in self.names.items()]
        return Markup("".join(parts))  # noqa: S704 -- numbers, dates and names of sides


class SeriesCharts:
    """Charts of a series; those of a kind share one scale.

    Parameters
    ----------
    series : Series
    treatments : sequence of datetime
        Times of treatments, marked in the courses.
    """

    def __init__(self, series: Series, treatments: Sequence[datetime] = ()) -> None:
        self.series = series
        self.treatments = treatments
        self.weeks = np.array([session.weeks for session in series.sessions])
        self.values = self._scale([Course.of(course) for course in series.regions.values()])
        main = [course for name, course in series.regions.items() if name in MAIN_REGIONS]
        self.movements = self._scale(
            [side for course in main for upward in (True, False) for side in _sides(course, upward).values()]
        )

    def course(self, key: str, region: str, *, title: str, low: bool = False) -> Chart:
        """Draw the course of a region with its errors, its trend and the treatments."""
        series, course = self.series, self.series.regions[region]
        axes, weeks = self._axes(self.values, _LOW if low else _TALL), self._weeks(self.treatments)
        known = course.signed_asymmetry[np.isfinite(course.signed_asymmetry)]
        told = "It is not known."
        if len(known):
            told = f"It goes from {known[0]:.1f} to {known[-1]:.1f} {unit_sign(series.unit)}; 0 is even. "
        if len(known) > 1:
            told += f"Trend: {trend_line(course)}."
        return Chart(
            key=key,
            title=f"Asymmetry of the {title.lower()} over time",
            description=f"{self._when()} {told}".strip(),
            axes=axes,
            courses={"course": axes.course(Course.of(course), self.weeks, radius=_RADIUS)},
            treatments=tuple(float(axes.x(week)) for week in weeks if axes.time.start <= week <= axes.time.end),
        )

    def movement(self, key: str, region: str, *, title: str, upward: bool) -> Chart:
        """Draw how far each side of a region has moved since the first session."""
        axes = self._axes(self.movements, _LOW, right=_LABELLED)
        sides = _sides(self.series.regions[region], upward)
        placed = {name: axes.course(side, self.weeks, radius=_RADIUS) for name, side in sides.items()}
        ends = sorted((float(course.dots[-1, 1]), name) for name, course in placed.items() if len(course.dots))
        tops = spread([y - _LABEL / 2 for y, _ in ends], [_LABEL] * len(ends), low=0.0, high=axes.box.bottom + 16)
        more, less = ("up", "down") if upward else ("out", "in")
        unit = unit_sign(self.series.unit)
        now = {name: side.values[np.isfinite(side.values)][-1:] for name, side in sides.items()}
        told = [
            f"{name} {abs(last[0]):.1f} {unit} {more if last[0] >= 0 else less}" if len(last) else f"{name} not known"
            for name, last in now.items()
        ]
        return Chart(
            key=key,
            title=f"{title}: how far each side moved {more} since the first session",
            description=f"{self._when()} Last: {', '.join(told)}.",
            axes=axes,
            courses=placed,
            names={name: top + 0.8 * _LABEL for top, (_, name) in zip(tops, ends, strict=True)},
        )

    def diary(self, key: str, course: DiaryCourse) -> Chart:
        """Draw the entries of a diary on one scale."""
        weeks, values = self._weeks([at for at, _ in course.entries]), [value for _, value in course.entries]
        scale = round_axis(min([course.low, *values]), max([course.high, *values]), _MOST_LEVELS)
        axes = self._axes(scale, _LOW, weeks=weeks)
        told = f" It goes from {values[0]:g} to {values[-1]:g}." if values else ""
        noted = Course(title=course.name, values=np.array(values), errors=np.full(len(values), np.nan))
        return Chart(
            key=key,
            title="Diary over time",
            description=f"{len(values)} entries on a scale from {course.low:g} to {course.high:g}.{told}",
            axes=axes,
            courses={"course": axes.course(noted, weeks, radius=_RADIUS)},
        )

    def _scale(self, courses: Sequence[Course]) -> ValueAxis:
        return value_axis(courses, unit=self.series.unit, most=_MOST_LEVELS, rounded=True)

    def _axes(
        self, values: ValueAxis, height: float, *, right: float = _RIGHT, weeks: FloatArray | None = None
    ) -> Axes:
        """Return axes over whole days, from the first to the last session or other week."""
        days = 7 * (self.weeks if weeks is None else np.concatenate([self.weeks, weeks]))
        first = self.series.sessions[0].day
        return Axes(
            box=Box(_LEFT, _TOP, WIDTH - right - _LEFT, height - _BOTTOM - _TOP),
            time=TimeAxis.of(first, np.array([np.floor(days.min()), np.ceil(days.max())]) / 7, room=0.0),
            values=values,
            treatment=treatment_week(self.series.treatment_start, first),
        )

    def _weeks(self, times: Sequence[datetime]) -> FloatArray:
        start = self.series.sessions[0].at
        return np.array([(at - start) / timedelta(weeks=1) for at in times], dtype=np.float64)

    def _when(self) -> str:
        first, last = self.series.sessions[0].day, self.series.sessions[-1].day
        if first == last:
            return f"One session, {day(first)}."
        return f"{len(self.series.sessions)} sessions, {days(first, last)}."


def _sides(course: RegionCourse, upward: bool) -> dict[str, Course]:
    """Return the movements of both sides of a region, up or outward."""
    left, right = (course.left_up, course.right_up) if upward else (course.left_outward, course.right_outward)
    unknown = np.full(len(left), np.nan)
    return {
        name: Course(title=name, values=values, errors=unknown) for name, values in (("left", left), ("right", right))
    }
