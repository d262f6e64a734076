"""Card of a series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symmetry.arrays import FloatArray
from symmetry.measure.quality.flags import Flag
from symmetry.measure.verdicts import Verdict
from symmetry.output.cards.courses import WIDTH, draw_courses, together
from symmetry.output.cards.html import Cell, Picture, card, flag_lines
from symmetry.output.course_chart import Course
from symmetry.output.words import OF_PUPILS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CourseRow:
    """What is told of a region.

    Attributes
    ----------
    title, part : str
        The region, and the part of it on which its course rests.
    verdict : str
        Whose mark and colour is shown.
    said : str
        The verdict in words.
    since, trend : str
        The change since the first sessions, and the trend.
    course : Course or None
        To be drawn; None for a region that is only told.
    """

    title: str
    part: str
    verdict: Verdict
    said: str
    since: str
    trend: str
    course: Course | None


def series_card(
    rows: Sequence[CourseRow],
    weeks: FloatArray,
    *,
    answer: Sequence[str],
    about: str,
    unit: str,
    ends: tuple[str, str],
    treatment: float | None,
    flags: Sequence[Flag],
    names: Mapping[str, str],
) -> str:
    """Show whether a face has become more even: courses of the main regions, and what is told of all.

    Parameters
    ----------
    rows : sequence of CourseRow
    weeks : ndarray, shape (n,)
        Times of the sessions.
    answer : sequence of str
        Sentences.
    about : str
        What the series consists of.
    unit : str
        "mm" or "% IPD".
    ends : tuple of str
        Days of the first and the last session.
    treatment : float or None
        When the treatment began, weeks.
    flags : sequence of Flag
    names : mapping of str to str
        Photos' names as they stand in the flags, and what is to be written instead.

    Returns
    -------
    str
        HTML without the photos.
    """
    drawn = [row for row in rows if row.course is not None]
    described = ", ".join(f"{row.title.lower()} {row.said}" for row in drawn)
    courses = [row.course for row in drawn if row.course is not None]
    pooled = together(len(weeks))
    return card(
        title="Has the face become more even?",
        about=about,
        answer=answer,
        picture=Picture(
            svg=draw_courses(courses, weeks, unit=unit, ends=ends, treatment=treatment),
            width=WIDTH,
            described=f"Courses of the left-right difference: {described}.",
        ),
        beside=False,
        head=("", "verdict", "since the first sessions", "trend"),
        rows=[_cells(row) for row in drawn],
        lesser=[_cells(row) for row in rows if row.course is None],
        doubts=flag_lines(flags, names),
        notes=[
            f"Dots: left-right difference of a region, or of the part named, in {unit}; 0 is even. Bands: how far "
            "another photo of the unchanged face may lie off, 19 times out of 20. Lines: the trend and its 95 % "
            "interval; - is more even.",
            *([] if treatment is None else ["Grey ground: before the treatment."]),
            *([f"Each dot is the median of {pooled} sessions."] if pooled > 1 else []),
            *([] if unit == "mm" else [OF_PUPILS]),
        ],
    )


def _cells(row: CourseRow) -> tuple[Cell, ...]:
    main = row.course is not None
    return (
        Cell(text=row.title, below=(row.part,) if main else (), strong=main),
        Cell(text=row.said, verdict=row.verdict, strong=main),
        Cell(text=row.since),
        Cell(text=row.trend),
    )
