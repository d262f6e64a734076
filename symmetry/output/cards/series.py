"""Card of a series."""

from __future__ import annotations

import numpy as np

from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.verdicts import NO_CHANGE
from symmetry.measure.words import REGION_TITLES, change_words
from symmetry.output.cards.courses import WIDTH, draw_courses, together
from symmetry.output.cards.html import Card, Cell, flag_lines, shown_name
from symmetry.output.course_chart import Course, treatment_week
from symmetry.output.words import OF_PUPILS, name_of
from symmetry.series.answer import Outcome
from symmetry.series.result import RegionCourse
from symmetry.series.series import Series
from symmetry.series.wording import (
    known_sessions,
    left_out_line,
    part_of,
    photos_and_days,
    trend_line,
    verdict_words,
)


def series_card(series: Series) -> str:
    """Show whether a face has become more even: courses of the main regions, and the verdicts on all.

    Returns
    -------
    str
        HTML without the photos.
    """
    first, last, start = series.sessions[0], series.sessions[-1], series.treatment_start
    outcomes = series.outcome.regions
    main = {name: found for name, found in outcomes.items() if name in MAIN_REGIONS}
    described = ", ".join(f"{REGION_TITLES[name].lower()} {verdict_words(found)}" for name, found in main.items())
    faces = [face for session in series.sessions for face in session.faces]
    pooled = together(len(series.sessions))
    return Card(
        title="Has the face become more even?",
        about=" · ".join(filter(None, (photos_and_days(series.sessions), left_out_line(series.left_out)))),
        answer=series.sentences,
        svg=draw_courses(
            [Course.of(series.regions[name], REGION_TITLES[name]) for name in main],
            np.array([session.weeks for session in series.sessions]),
            unit=series.unit,
            ends=(first.day.isoformat(), last.day.isoformat()),
            treatment=treatment_week(start, first.day),
        ),
        described=f"Courses of asymmetry: {described}.",
        width=WIDTH,
        beside=False,
        head=("", "verdict", "since the first sessions", "trend"),
        rows=[_cells(series.regions[name], found, main=True) for name, found in main.items()],
        lesser=[
            _cells(series.regions[name], found, main=False) for name, found in outcomes.items() if name not in main
        ],
        doubts=flag_lines(
            series.change.flags if series.change else (),
            {face.photo.name: shown_name(name_of(face)) for face in faces if name_of(face)},
        ),
        notes=[
            f"Dots: signed asymmetry of a region, or of the part named, in {series.unit}; 0 is even. Bands: how far "
            "another photo of the unchanged face may lie off, 19 times out of 20. Lines: the trend and its 95 % "
            "interval.",
            *([] if start is None else ["Grey ground: before the treatment."]),
            *([f"Each dot is the median of {pooled} sessions."] if pooled > 1 else []),
            *([] if series.unit == "mm" else [OF_PUPILS]),
        ],
    ).html()


def _cells(course: RegionCourse, found: Outcome, *, main: bool) -> tuple[Cell, ...]:
    return (
        Cell(text=REGION_TITLES[course.region], below=(part_of(course),) if main else (), strong=main),
        # Colour is for what is sure.
        Cell(text=verdict_words(found), verdict=found.verdict if found.sure else NO_CHANGE, strong=main),
        Cell(text=change_words(found.change)),
        Cell(text=trend_line(course) if known_sessions(course) else ""),
    )
