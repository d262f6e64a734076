"""Paint a course over time on a page: sessions with their errors, the trend, and where the treatment begins."""

from __future__ import annotations

from typing import Final

from symmetry.output.colours import BAND, BAND_OPACITY, BASELINE, COURSE, FAN_OPACITY, INK, QUIET, RULE
from symmetry.output.course_chart import Axes, PlacedCourse
from symmetry.output.figures.page import Page
from symmetry.output.layout import Anchor, Box, Tick
from symmetry.output.typography import NOTE, SMALL, Align

_BEYOND: Final = 4.0
"""How far dates may extend beyond a box, pixels."""
_MOST_DATES: Final = 4
_ALIGN: Final[dict[Anchor, Align]] = {"start": "left", "middle": "center", "end": "right"}


def paint_ground(page: Page, axes: Axes) -> None:
    """Paint the baseline phase, levels and ticks of the dates."""
    left, top, right, bottom = axes.box.left, axes.box.top, axes.box.right, axes.box.bottom
    if axes.baseline > left:
        page.area(Box(left, top, axes.baseline - left, bottom - top), BASELINE, zorder=0, gid="baseline")
    if axes.start is not None:
        page.treatment_start(axes.start, top, bottom, gid="treatment")
    for value, y, _ in axes.levels():
        colour, width, zorder, name = (RULE, 1.0, 1.0, "level") if value else (INK, 2.2, 1.2, "even")
        page.line([(left, y), (right, y)], colour=colour, width=width, zorder=zorder, gid=name)
    for tick in _dates(axes):
        page.line([(tick.at, bottom), (tick.at, bottom + 5)], colour=QUIET, width=1.2)


def write_levels(page: Page, axes: Axes, unit: str) -> None:
    """Write the levels on the left of a box."""
    for value, y, text in axes.levels(unit):
        style = NOTE if value else SMALL
        page.text(axes.box.left - 10, y + 0.36 * style.size, text, style, align="right")


def write_dates(page: Page, axes: Axes) -> None:
    """Write the dates below a box, without overlap."""
    for tick in _dates(axes):
        if tick.text:
            page.text(tick.text_at, axes.box.bottom + 24, tick.text, NOTE, align=_ALIGN[tick.anchor])


def paint_course(page: Page, course: PlacedCourse, *, name: str, colour: str, radius: float) -> None:
    """Paint errors as a band, the trend as a line in a fan of its colour, and sessions as dots."""
    for band in course.bands:
        page.outline(band, BAND, alpha=BAND_OPACITY, zorder=2, gid="band")
    if len(course.trend):
        page.outline(course.fan, colour, alpha=FAN_OPACITY, zorder=3, gid=f"{name} fan")
        page.line(course.trend, colour=colour, width=2.6, solid_capstyle="projecting", zorder=4, gid=f"{name} trend")
    page.mark(course.dots, 2 * radius, fill=COURSE, width=1.2, zorder=5, gid=f"{name} sessions")


def _dates(axes: Axes) -> tuple[Tick, ...]:
    return axes.dates(_MOST_DATES, months=True, beyond=_BEYOND, gap=2 * _BEYOND, width_of=NOTE.width)
