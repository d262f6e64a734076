"""What only the report puts into words: days as people write them, and one line on each side of a region."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from math import isfinite
from typing import Final

import numpy as np

from symmetry.measure.change import RegionChange
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE
from symmetry.measure.words import HOW_EVEN, REGION_TITLES, amount, sentence, with_error
from symmetry.output.words import movement_in_words, sides_in_words
from symmetry.series.result import RegionCourse, Session
from symmetry.series.series import Series

_BREAKS: Final = re.compile(r"(?<=\d) (?=±|mm\b|%)|(?<=±) |(?<=%) (?=IPD)|(?<=\d) (?=to \d)|(?<=\d to) ")


def unbroken(text: str) -> str:
    """Keep each number on one line with its error and its unit."""
    return _BREAKS.sub("\u00a0", text)


def day(when: date, *, year: bool = True) -> str:
    """Write a day as "6 April 2026"."""
    return f"{when.day} {when:%B %Y}" if year else f"{when.day} {when:%B}"


def days(first: date, last: date) -> str:
    """Write two days as "6 April to 18 May 2026"."""
    if first == last:
        return day(first)
    return f"{day(first, year=first.year != last.year)} to {day(last)}"


def by_words(change: RegionChange | None) -> str:
    """Write by how much a region became more or less even; empty where it did not."""
    if change is None or change.verdict not in HOW_EVEN:
        return ""
    return f"by {amount(change.evenness, change.evenness_error, change.unit)}"


def moved_words(change: RegionChange | None) -> str:
    """Say which side moved, where both went, and whether that was the worse one."""
    if change is None or change.moved is None:
        return ""
    return sentence("; ".join(filter(None, movement_in_words(change, change.unit))))


def now_words(course: RegionCourse, sessions: Sequence[Session]) -> str:
    """Say which side is higher and which further out in the last session; of one that does not show it, when last."""
    known = np.flatnonzero(np.isfinite(course.vertical) | np.isfinite(course.lateral))
    if not known.size:
        return "Not known"
    last = int(known[-1])
    vertical, vertical_error, lateral, lateral_error = (
        float(values[last]) for values in (course.vertical, course.vertical_error, course.lateral, course.lateral_error)
    )
    sides = sides_in_words(vertical, vertical_error, lateral, lateral_error, course.unit)
    told = ", ".join(sides) or "neither side clearly higher or further out"
    if last == len(sessions) - 1:
        return sentence(told)
    return f"Not known from the last session; on {day(sessions[last].day)}: {told}"


def phases_words(course: RegionCourse) -> str:
    """Say how a region differs in the weeks of treatment from those before; empty without treatment."""
    title, phases = REGION_TITLES[course.region], course.phases
    if phases is None:
        return ""
    if phases.verdict == NOT_COMPARABLE or not isfinite(phases.difference):
        return f"{title}: too few sessions before or after it to tell."
    if phases.verdict == NO_CHANGE:
        return f"{title}: no detectable difference."
    small, large = sorted((abs(phases.low), abs(phases.high)))
    how = HOW_EVEN[IMPROVED if phases.difference < 0 else WORSE]
    return f"{title}: {with_error(abs(phases.difference), unit=course.unit)} {how} ({small:.1f} to {large:.1f})."


def smiled(series: Series) -> bool:
    """Whether the photos that are compared differ in expression."""
    return series.change is not None and any(flag.name == "expression_differs" for flag in series.change.flags)
