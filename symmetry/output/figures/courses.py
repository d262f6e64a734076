"""One course over time: sessions with their errors, the trend, and where the treatment begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.patches import Polygon, Rectangle

from symmetry.arrays import FloatArray
from symmetry.output.colours import BAND, BASELINE, COURSE, INK, PAPER, QUIET, RULE, VERDICT_COLOURS
from symmetry.output.figures.page import SMALL, Box, Page, text_width, unit_sign
from symmetry.series.result import RegionCourse
from symmetry.series.series import Series

FAN_OPACITY: Final = 0.22

_STEPS: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_MOST_LEVELS: Final = 6
_LEAST: Final = {"mm": 2.0, "% IPD": 3.0}
"""Span of the scale at least: noise of an even face is not drawn as mountains."""
_DAY_STEPS: Final = (1, 2, 3, 7, 14, 28, 56)
_MONTH_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120)
_FAR: Final = 2.5
"""Errors, in medians of all, that are cut off beyond this."""
_BEYOND: Final = 4.0
"""How far days may be written beyond a box, pixels."""
_ROOM_BESIDE: Final = 0.04
"""Room before the first and after the last session, as a share of the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    """What all courses of a figure share.

    Attributes
    ----------
    first : date
        Day of the first session, week 0.
    last : float
        The last session, weeks.
    start, end : float
        Ends of the time axis, weeks.
    low, high : float
        Ends of the axis of unevenness.
    unit : str
    """

    first: date
    last: float
    start: float
    end: float
    low: float
    high: float
    unit: str

    def levels(self) -> list[float]:
        """Give a few round values, 0 among them."""
        step = next((s for s in _STEPS if (self.high - self.low) / s <= _MOST_LEVELS), _STEPS[-1])
        return [step * i for i in range(int(np.ceil(self.low / step)), int(np.floor(self.high / step)) + 1)]

    def days(self, most: int) -> list[tuple[float, str]]:
        """Give a few days along the axis, in weeks, and how they are written."""
        ahead = int(np.ceil(self.last * 7 - 0.5))
        step = next((s for s in _DAY_STEPS if ahead // s < most), None)
        if step is not None:
            days = [self.first + timedelta(days=n) for n in range(0, ahead + 1, step)]
            return [((day - self.first).days / 7, f"{day.day} {day:%b}") for day in days]
        last = self.first + timedelta(days=ahead)
        months = next(
            (found for s in _MONTH_STEPS if len(found := list(_months(self.first, last, s))) <= most),
            [],
        )
        return [((day - self.first).days / 7, f"{day:%b %Y}") for day in months]


def scales_of(series: Series) -> Scales:
    """Choose axes that hold all courses; what errors reach beyond is cut off."""
    weeks = [session.weeks for session in series.sessions]
    length = weeks[-1] - weeks[0]
    room = _ROOM_BESIDE * length if length > 0 else 0.5
    values = np.concatenate([course.unevenness for course in series.regions.values()])
    errors = np.concatenate([course.unevenness_error for course in series.regions.values()])
    known = np.isfinite(values)
    ends = np.concatenate([[0.0], values[known]])
    erring = known & np.isfinite(errors)
    if erring.any():
        # Sessions that know very little must not flatten all others.
        errors = np.minimum(errors[erring], _FAR * np.median(errors[erring]))
        ends = np.concatenate([ends, values[erring] - errors, values[erring] + errors])
    low, high = float(ends.min()), float(ends.max())
    high = max(high, low + _LEAST.get(series.unit, _LEAST["mm"]))
    space = 0.05 * (high - low)
    return Scales(
        first=series.sessions[0].day,
        last=weeks[-1],
        start=weeks[0] - room,
        end=weeks[-1] + room,
        low=low - space,
        high=high + space,
        unit=series.unit,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A box of the page with the scales of a figure in it."""

    page: Page
    box: Box
    scales: Scales

    def x(self, weeks: float | FloatArray) -> FloatArray:
        """Place of a time on the page."""
        left, _, width, _ = self.box
        return np.asarray(
            left + (np.asarray(weeks) - self.scales.start) / (self.scales.end - self.scales.start) * width
        )

    def y(self, values: float | FloatArray) -> FloatArray:
        """Place of an unevenness on the page."""
        _, top, _, height = self.box
        return np.asarray(top + (self.scales.high - np.asarray(values)) / (self.scales.high - self.scales.low) * height)

    def ground(self, treatment_start: date | None, *, most_days: int, labelled: bool) -> None:
        """Draw what lies behind a course: levels with even, days, baseline; `labelled` with numbers on the left."""
        left, top, width, height = self.box
        right, bottom = left + width, top + height
        if treatment_start is not None:
            # Midnight before: sessions of that day are of the treatment.
            begins = ((treatment_start - self.scales.first).days - 0.5) / 7
            edge = float(np.clip(self.x(begins), left, right))
            if edge > left:
                self._add(
                    Rectangle((left, top), edge - left, height, facecolor=BASELINE, edgecolor="none", zorder=0),
                    "baseline",
                )
            if left < edge < right:
                self.page.line(
                    [(edge, top), (edge, bottom)],
                    colour=INK,
                    width=1.6,
                    dashes=(4, 3),
                    dash_capstyle="butt",
                    gid="treatment",
                )
        for level in self.scales.levels():
            even = level == 0
            y = float(self.y(level))
            self.page.line(
                [(left, y), (right, y)],
                colour=INK if even else RULE,
                width=2.2 if even else 1.0,
                zorder=1.2 if even else 1.0,
                gid="even" if even else "level",
            )
        for weeks, _ in self.scales.days(most_days):
            x = float(self.x(weeks))
            self.page.line([(x, bottom), (x, bottom + 5)], colour=QUIET, width=1.2)
        if labelled:
            self._write_levels()

    def write_days(self, most_days: int) -> None:
        """Write days below the box, none far beyond its edges nor over another."""
        left, top, width, height = self.box
        free = -np.inf
        for weeks, text in self.scales.days(most_days):
            half = text_width(text, size=SMALL) / 2
            x = float(np.clip(self.x(weeks), left - _BEYOND + half, left + width + _BEYOND - half))
            if x - half > free:
                self.page.text(x, top + height + 24, text, size=SMALL, colour=QUIET, align="center")
                free = x + half + 2 * _BEYOND

    def course(self, course: RegionCourse, weeks: FloatArray, *, radius: float) -> None:
        """Draw a course: its error as a band, its trend as a line in a fan, its sessions as dots."""
        known = np.isfinite(course.unevenness)
        for run in _runs(known & np.isfinite(course.unevenness_error)):
            self._band(weeks[run], course.unevenness[run], course.unevenness_error[run], radius)
        if np.isfinite([course.trend.slope, course.trend.low, course.trend.high]).all() and not course.trend.crosses:
            self._trend(course, weeks[known])
        self.page.axes.plot(
            self.x(weeks[known]),
            self.y(course.unevenness[known]),
            linestyle="none",
            marker="o",
            markersize=self.page.points(2 * radius),
            markerfacecolor=COURSE,
            markeredgecolor=PAPER,
            markeredgewidth=self.page.points(1.2),
            zorder=5,
            gid=f"{course.region} sessions",
        )

    def _write_levels(self) -> None:
        levels = self.scales.levels()
        for level in levels:
            unit = f" {unit_sign(self.scales.unit)}" if level == levels[-1] else ""
            text = "even" if level == 0 else f"{level:g}{unit}"
            self.page.text(
                self.box[0] - 10,
                float(self.y(level)) + 0.36 * SMALL,
                text,
                size=SMALL,
                colour=INK if level == 0 else QUIET,
                align="right",
            )

    def _band(self, weeks: FloatArray, values: FloatArray, errors: FloatArray, radius: float) -> None:
        x, upper, lower = self.x(weeks), self.y(values + errors), self.y(values - errors)
        if len(x) == 1:  # a bar as wide as its dot
            x, upper, lower = x[0] + np.array([-radius, radius]), upper.repeat(2), lower.repeat(2)
        outline = np.concatenate([np.column_stack([x, upper]), np.column_stack([x, lower])[::-1]])
        self._add(Polygon(outline, facecolor=BAND, edgecolor="none", alpha=0.75, zorder=2), "band")

    def _trend(self, course: RegionCourse, weeks: FloatArray) -> None:
        trend = course.trend
        values = course.unevenness[np.isfinite(course.unevenness)]
        middle = float(np.median(weeks))
        level = float(np.median(values - trend.slope * weeks)) + trend.slope * middle
        ends = np.array([weeks[0], weeks[-1]])
        colour = VERDICT_COLOURS[trend.verdict]
        low, high = (level + slope * (ends - middle) for slope in (trend.low, trend.high))
        corners = [(ends[0], low[0]), (middle, level), (ends[1], low[1])]
        corners += [(ends[1], high[1]), (middle, level), (ends[0], high[0])]
        outline = [(float(self.x(week)), float(self.y(value))) for week, value in corners]
        fan = Polygon(outline, facecolor=colour, edgecolor="none", alpha=FAN_OPACITY, zorder=3)
        self._add(fan, f"{course.region} fan")
        line = np.column_stack([self.x(ends), self.y(level + trend.slope * (ends - middle))])
        (drawn,) = self.page.axes.plot(
            *line.T, color=colour, linewidth=self.page.points(2.6), zorder=4, gid=f"{course.region} trend"
        )
        self._clip(drawn)

    def _add(self, patch: Any, name: str) -> None:
        patch.set_gid(name)
        self.page.axes.add_patch(patch)
        self._clip(patch)

    def _clip(self, artist: Artist) -> None:
        left, top, width, height = self.box
        artist.set_clip_path(Rectangle((left, top), width, height, transform=self.page.axes.transData))


def _runs(known: Any) -> Iterator[slice]:
    """Give each stretch of sessions that know a value."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield slice(int(start), int(stop))


def _months(first: date, last: date, step: int) -> Iterator[date]:
    """Give the first days of months, those whose number from January is a multiple of the step."""
    number = first.year * 12 + first.month - 1 + (first.day > 1)
    number += -number % step
    while (day := date(number // 12, number % 12 + 1, 1)) <= last:
        yield day
        number += step
