"""Figure of a series: whether the face has become more even, where, and by how much."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.figure import Figure

from symmetry.landmarks.mesh import MAIN_REGIONS, REGIONS
from symmetry.landmarks.networks import engine_label
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, Verdict
from symmetry.measure.words import REGION_TITLES, change_words
from symmetry.output.colours import BAND, BAND_OPACITY, BASELINE, COURSE, FAN_OPACITY, INK, VERDICT_COLOURS
from symmetry.output.course_chart import Axes, Course, TimeAxis, treatment_week, value_axis
from symmetry.output.figures.courses import paint_course, paint_ground, write_dates, write_levels
from symmetry.output.figures.page import HEAD, MARGIN, ROOM, TO_VERDICT, Page, caption_height
from symmetry.output.figures.wording import ACROSS_EDGE, remarks
from symmetry.output.layout import Box
from symmetry.output.typography import ABOUT, BODY, HEADING, NOTE, SMALL, STRONG, TextStyle
from symmetry.output.words import NOT_SEEN, OF_PUPILS, name_of
from symmetry.series.answer import Outcome
from symmetry.series.result import RegionCourse
from symmetry.series.series import Series
from symmetry.series.wording import (
    known_sessions,
    left_out_line,
    part_of,
    photos_and_days,
    since,
    times_known,
    trend_words,
    verdict_line,
    verdict_words,
    why,
)
from symmetry.version import __version__

_OTHERS: Final = tuple(name for name in REGIONS if name not in MAIN_REGIONS)
_COLUMNS: Final = 3
_LEVELS: Final = 52.0
"""Room for the level labels on the left."""
_GAP: Final = 18.0
_WIDE: Final = (ROOM - _LEVELS - (_COLUMNS - 1) * _GAP) / _COLUMNS
_HIGH, _LOW = 270.0, 120.0
_TITLED, _SHORT_TITLED = 126.0, 54.0
"""Room for the lines above a course."""
_DATED: Final = 34.0
_TO_ANSWER: Final = 48.0
_TO_LEGEND, _TO_COURSES, _BETWEEN = 20.0, 46.0, 26.0
_RADIUS, _SMALL_RADIUS = 5.0, 3.4
_ROOM_BESIDE: Final = 0.04
"""Room before the first and after the last session, as a share of the time."""
_FEW: Final = 24
"""Sessions up to which dots are large."""
_FOOT: Final = 46.0
_OF_SEVERAL: Final = (
    "Trend: robust (Theil-Sen).",
    "More or less even: its interval leaves 0 out, and what changed since the first sessions is larger than its "
    "error, or only one of the two is known; perhaps: only one of the two shows it.",
)
_MOST_LEVELS: Final = 6


def draw_series(series: Series, figure: Figure | None = None, *, title: str | None = None) -> Figure:
    """Draw whether a face has become more even.

    The answer in words stands above the courses of the main regions, with the error of each session, trends and
    verdicts, and smaller courses of the other regions. All share one scale.

    Parameters
    ----------
    series : Series
    figure : Figure, optional
        Where to draw; by default a new one 1200 pixels wide.
    title : str, optional
        Name of the person or of the series, written before the number of photos.

    Returns
    -------
    Figure
    """
    outcomes = series.outcome.regions
    first, *others = series.sentences
    told = BODY.wrap(" ".join(others), ROOM)
    flags = series.change.flags if series.change else ()
    shown = (*series.change.befores, *series.change.afters) if series.change else ()
    caption, limits = _caption(series), remarks(flags, names={face.photo.name: name_of(face) for face in shown})
    about = _about(series, title)
    answered = HEAD + len(about) * BODY.line + _TO_ANSWER
    legend = answered - 24 + len(told) * BODY.line + _TO_LEGEND
    main = legend + _TO_COURSES + _TITLED
    small = main + _HIGH + _DATED + _BETWEEN + _SHORT_TITLED
    rows = -(-len(_OTHERS) // _COLUMNS)
    end = small + rows * _LOW + (rows - 1) * (_SHORT_TITLED + _BETWEEN) + _DATED + _FOOT

    page = Page(figure, height=end + caption_height(caption, limits))
    page.head("Has the face become more even?", *about)
    page.text(MARGIN, answered - 30, first, HEADING)
    page.lines(answered, told)
    _legend(page, series, legend + 24)
    for i, name in enumerate(MAIN_REGIONS):
        _course(page, series, outcomes[name], axes_of(series, Box(_left(i), main, _WIDE, _HIGH)))
    for i, name in enumerate(_OTHERS):
        top = small + (i // _COLUMNS) * (_LOW + _SHORT_TITLED + _BETWEEN)
        axes = axes_of(series, Box(_left(i % _COLUMNS), top, _WIDE, _LOW))
        _course(page, series, outcomes[name], axes, dated=i >= len(_OTHERS) - _COLUMNS)
    page.rule(end - 34)
    page.caption(end - 12, caption, limits)
    return page.figure


def _left(column: int) -> float:
    return MARGIN + _LEVELS + column * (_WIDE + _GAP)


def _about(series: Series, title: str | None) -> list[str]:
    told = f"{photos_and_days(series.sessions)} · times by {times_known(series.sessions)}"
    parts = [told, left_out_line(series.left_out)]
    names = [] if title is None else [ABOUT.fit(title, ROOM)]
    return [*names, *(line for part in parts for line in ABOUT.wrap(part, ROOM))]


def axes_of(series: Series, box: Box) -> Axes:
    """Return the axes shared by all courses of a series, in a box."""
    first = series.sessions[0].day
    courses = [Course.of(course) for course in series.regions.values()]
    return Axes(
        box=box,
        time=TimeAxis.of(first, [session.weeks for session in series.sessions], room=_ROOM_BESIDE),
        values=value_axis(courses, unit=series.unit, most=_MOST_LEVELS),
        treatment=treatment_week(series.treatment_start, first),
    )


def _course(page: Page, series: Series, found: Outcome, axes: Axes, *, dated: bool = True) -> None:
    """Draw the course of one region below its verdict."""
    course, large, box = series.regions[found.name], axes.box.height == _HIGH, axes.box
    paint_ground(page, axes)
    if box.left == _left(0):
        write_levels(page, axes, series.unit)
    if dated:
        write_dates(page, axes)
    if known_sessions(course):
        weeks = np.array([session.weeks for session in series.sessions])
        radius = _RADIUS if large and len(weeks) <= _FEW else _SMALL_RADIUS
        placed = axes.course(Course.of(course), weeks, radius=radius)
        paint_course(page, placed, name=found.name, colour=VERDICT_COLOURS[course.trend.verdict], radius=radius)
    else:
        page.text(box.middle, box.top + 0.4 * box.height, why(found) or NOT_SEEN, ABOUT, align="center")
    (_titles if large else _short_titles)(page, found, course, box)


def _titles(page: Page, found: Outcome, course: RegionCourse, box: Box) -> None:
    _name(page, course, box, box.top - 106, STRONG)
    page.verdict(box.left, box.top - 81, _marked(found), verdict_words(found), BODY.but(weight="bold"))
    if not known_sessions(course):
        return
    trend = list(filter(None, trend_words(course)))
    if any(NOTE.width(line) > box.width for line in trend):
        trend = NOTE.wrap(" ".join(trend), box.width)
    change = NOTE.fit(change_words(found.change) or why(found), box.width)
    page.lines(box.top - 57, [change, *trend], NOTE, left=box.left)


def _short_titles(page: Page, found: Outcome, course: RegionCourse, box: Box) -> None:
    _name(page, course, box, box.top - 34, BODY)
    said = SMALL.fit(verdict_line(found), box.width - TO_VERDICT)
    page.verdict(box.left, box.top - 11, _marked(found), said, SMALL)


def _marked(found: Outcome) -> Verdict:
    """Return the verdict whose mark is drawn: only sure ones have a colour."""
    return found.verdict if found.sure else NO_CHANGE


def _name(page: Page, course: RegionCourse, box: Box, y: float, style: TextStyle) -> None:
    """Name a region, and the part of it on which its course rests."""
    name, part, bold = REGION_TITLES[course.region], part_of(course), style.but(weight="bold")
    page.text(box.left, y, name, bold)
    if part:
        beside = bold.width(f"{name} ") + 4
        page.text(box.left + beside, y, NOTE.fit(part, box.width - beside), NOTE)


def _legend(page: Page, series: Series, y: float) -> None:
    """Draw the legend of the courses."""
    middle, box = y - 0.36 * SMALL.size, Box(MARGIN, y - 16, 30, 20)
    page.area(box, BAND, alpha=BAND_OPACITY)
    page.mark((box.middle, middle), 2 * _RADIUS, fill=COURSE, width=1.2)
    box = _key(page, box, y, f"a session and its error, {series.unit}")
    if any(np.isfinite(course.trend.low) for course in series.regions.values()):
        colour = VERDICT_COLOURS[IMPROVED]
        page.area(box, colour, alpha=FAN_OPACITY)
        page.line([(box.left, middle), (box.right, middle)], colour=colour, width=2.6, solid_capstyle="butt")
        box = _key(page, box, y, "trend and its 95 % interval")
    page.line([(box.left, middle), (box.right, middle)], colour=INK, width=2.2, solid_capstyle="butt")
    box = _key(page, box, y, "even")
    if series.treatment_start is not None:
        page.area(box, BASELINE)
        page.treatment_start(box.right, y - 18, y + 6)
        _key(page, box, y, f"baseline, treatment from {series.treatment_start.isoformat()}")


def _key(page: Page, box: Box, y: float, text: str) -> Box:
    """Label a box of the legend; return the next one."""
    page.text(box.right + 8, y, text, SMALL)
    return box._replace(left=box.right + 8 + SMALL.width(text) + 30)


def _caption(series: Series) -> str:
    several = len(series.sessions) > 1
    parts = [
        "Courses: signed asymmetry of a region, or of the part named, along one direction; 0 is even, and all have the "
        "same scale.",
        *([f"Above each: the change {since(series.change_sessions)}, and the trend."] if several else []),
        "Error: how far another photo of the unchanged face may lie off, 19 times out of 20.",
        *(_OF_SEVERAL if several else ()),
        ACROSS_EDGE,
        *([OF_PUPILS] if series.unit != "mm" else []),
        f"symmetry {__version__}, {engine_label()}.",
    ]
    return " ".join(parts)
