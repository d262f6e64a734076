"""What a series shows of itself in a notebook, put together from its courses and its words."""

from __future__ import annotations

from math import isfinite

import numpy as np

from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.verdicts import NO_CHANGE
from symmetry.measure.words import REGION_TITLES
from symmetry.output.cards import Course, CourseRow, series_card
from symmetry.output.cards.html import shown_name
from symmetry.output.words import name_of
from symmetry.series.result import SeriesResult
from symmetry.series.wording import (
    answer_sentences,
    change_line,
    counted,
    known_sessions,
    left_out_line,
    outcome_in,
    part_of,
    since,
    trend_line,
    verdict_line,
)


def card_of(series: SeriesResult) -> str:
    """Give the card of a series, as HTML."""
    first, last = series.sessions[0], series.sessions[-1]
    start = series.treatment_start
    change = series.change
    photos = [face for session in series.sessions for face in session.faces]
    return series_card(
        [_row(series, name) for name in series.regions],
        np.array([session.weeks for session in series.sessions]),
        answer=answer_sentences(series),
        about=" · ".join(filter(None, (counted(series), left_out_line(series)))),
        unit=series.unit,
        ends=(first.day.isoformat(), last.day.isoformat()),
        # Midnight before: sessions of that day are of the treatment.
        treatment=None if start is None else ((start - first.day).days - 0.5) / 7,
        flags=change.flags if change else (),
        names={face.photo.name: shown_name(name_of(face)) for face in photos if name_of(face)},
    )


def _row(series: SeriesResult, name: str) -> CourseRow:
    course, found = series.regions[name], outcome_in(series, name)
    main = name in MAIN_REGIONS
    known, trend = known_sessions(course), course.trend
    drawn = not trend.crosses and all(map(isfinite, (trend.slope, trend.low, trend.high)))
    return CourseRow(
        title=REGION_TITLES[name],
        part=part_of(course),
        verdict=found.verdict if found.sure else NO_CHANGE,  # colour is for what is sure
        said=verdict_line(series, name, sized=False),
        since=change_line(series, name).removesuffix(f" {since(series)}"),
        trend=trend_line(trend, course.unit, known) if known else "",
        course=Course(
            title=REGION_TITLES[name],
            values=course.unevenness,
            errors=course.unevenness_error,
            trend=(trend.slope, trend.low, trend.high) if drawn else None,
            verdict=trend.verdict,
        )
        if main
        else None,
    )
