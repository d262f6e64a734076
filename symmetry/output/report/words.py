"""Flags about a series in plain words: what changed, by how much, and whether that is real."""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import Final

import numpy as np

from symmetry.measure.change import RegionChange, SideMovement
from symmetry.measure.quality.flags import joined
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, CameFrom, Verdict, decimals
from symmetry.series.result import PhasesOf, RegionCourse, TrendOf
from symmetry.series.wording import Outcome
from symmetry.stats.trends import LEAST_SESSIONS

DASH: Final = "–"
KEPT: Final = "\u00a0"
"""A blank at which no line ends: a number stays with its error and its unit."""
TITLES: Final = {
    "jawline": "Jawline",
    "eyes": "Eyes",
    "mouth": "Mouth",
    "brows": "Brows",
    "nasolabial": "Folds beside the mouth",
    "cheeks": "Cheeks",
    "nose": "Nose",
    "lower_face": "Lower face",
    "face": "Whole face",
}
"""Regions as clients call them."""

VERDICTS: Final[dict[Verdict, str]] = {
    IMPROVED: "More even",
    WORSE: "Less even",
    NO_CHANGE: "No change that can be told from chance",
    NOT_COMPARABLE: "Cannot be compared",
}
UNCLEAR: Final = "Unclear"
_DISAGREE: Final = {
    "trend": "only the trend shows it",
    "change": "only the first and last sessions show it",
    None: "the trend and the first and last sessions disagree",
}
ONE_SESSION: Final = "there is only one session so far"
_NOT_SEEN: Final = "too little of it can be seen in the photos"
REASONS: Final = {
    "head_turned": "the head was turned",
    "head_raised": "the head was raised",
    "head_lowered": "the head was lowered",
    "head_tilted": "the head was tilted",
    "face_cut": "the edge of the photo cuts the face",
    "face_small": "the face is too small in the photo",
    "blurred": "the photo is blurred",
    "noisy": "the photo is grainy",
    "compressed": "the photo was saved with too little detail",
    "too_dark": "the photo is too dark",
    "too_bright": "the photo is too bright",
    "side_light": "the light comes from one side",
    "smiling": "the face smiles",
    "mouth_open": "the mouth is open",
    "brows_raised": "the brows are raised",
    "eyes_closed": "the eyes are not fully open",
    "phone_too_near": "the phone was too near",
    "face_covered": "something covers part of the face",
    "not_a_face": "no face was found",
    "several_faces": "several faces are in the photo",
    "not_seen": _NOT_SEEN,
    "pose_differs": "the head was held differently",
    "distance_differs": "the phone was nearer in one of the photos",
    "expression_differs": "the expression is not the same",
    "light_differs": "the light comes from elsewhere",
    "resolution_differs": "one photo shows far less detail",
    "one_mirrored": "one of the photos seems to be mirrored",
    "different_person": "the photos seem to show different people",
    "same_picture": "the same picture was given twice",
    "unreadable": "the file cannot be read",
    "no_face": "no face was found",
    "duplicate": "the same photo is there twice",
    "no_time": "nobody knows when it was taken",
}
"""Flags by name, as the second half of a sentence."""
_SOURCES: Final[dict[tuple[Verdict, CameFrom | None], str]] = {
    (IMPROVED, "worse side"): "the weaker side caught up",
    (IMPROVED, "better side"): "the better side moved towards the weaker one",
    (IMPROVED, "both sides"): "both sides came closer",
    (WORSE, "worse side"): "the weaker side fell behind further",
    (WORSE, "better side"): "the better side moved away",
    (WORSE, "both sides"): "both sides moved apart",
}


def sentence(text: str) -> str:
    """Begin with a capital letter."""
    return text[:1].upper() + text[1:]


def day(when: date, *, year: bool = True) -> str:
    """Write a day as "6 April 2026"."""
    return f"{when.day} {when:%B %Y}" if year else f"{when.day} {when:%B}"


def days(first: date, last: date) -> str:
    """Write two days as "6 April to 18 May 2026"."""
    if first == last:
        return day(first)
    return f"{day(first, year=first.year != last.year)} to {day(last)}"


def unit_word(unit: str) -> str:
    """Write a unit as it stands behind a number."""
    return {"mm": "mm", "degrees": "°"}.get(unit, "%")


def reason_words(name: str | None) -> str:
    """Say why something cannot be told."""
    return REASONS.get(name, name.replace("_", " ")) if name else _NOT_SEEN


def counted(number: int, one: str, several: str | None = None) -> str:
    """Write "1 photo", "3 photos"."""
    return f"{number} {one if number == 1 else several or f'{one}s'}"


def verdict_words(outcome: Outcome) -> str:
    """Say what trend and change together come to."""
    if outcome.by:
        return f"Perhaps {VERDICTS[outcome.verdict].lower()}"
    return VERDICTS[outcome.verdict] if outcome.sure else UNCLEAR


def why(outcome: Outcome, change: RegionChange | None) -> str:
    """Say why there is no verdict or no sure one; nothing where there is."""
    if outcome.verdict == NOT_COMPARABLE:
        return ONE_SESSION if change is None else reason_words(change.reason)
    if outcome.doubts:
        whys = joined([REASONS.get(doubt, doubt.replace("_", " ")) for doubt in outcome.doubts])
        return f"the photos cast doubt on it ({whys})"
    return "" if outcome.sure else _DISAGREE[outcome.by]


def size_of(change: RegionChange) -> str:
    """Write a change of evenness with its error."""
    return _with_error(abs(change.evenness), change.evenness_error, unit_word(change.unit))


def amount_words(change: RegionChange | None) -> str:
    """Say how much more or less even a region became from the first to the last sessions."""
    if change is None or change.verdict == NOT_COMPARABLE:
        return ""
    if change.verdict == NO_CHANGE:
        return f"up to {change.evenness_error:.1f}{KEPT}{unit_word(change.unit)} may be chance"
    return f"{size_of(change)} {'more' if change.evenness < 0 else 'less'} even"


def part_words(change: RegionChange | None) -> str:
    """Name the part of a region on which its verdict rests, where it is not the whole of it."""
    if change is None or change.part is None or change.part.replace(" ", "_") == change.region:
        return ""
    return "" if change.verdict == NOT_COMPARABLE else sentence(change.part)


def moved_words(change: RegionChange | None) -> str:
    """Say which side moved, where, and whether that was the weaker one."""
    if change is None or change.moved is None:
        return ""
    right, left = change.subject_right, change.subject_left
    unit = unit_word(change.unit)
    who = {
        "subject_right": f"Mostly the right side: {_direction(right, unit)}",
        "subject_left": f"Mostly the left side: {_direction(left, unit)}",
        "both": f"Both sides: right {_direction(right, unit)}; left {_direction(left, unit)}",
        "neither": "Neither side for certain",
    }[change.moved]
    source = _SOURCES.get((change.verdict, change.came_from))
    return f"{who}. {sentence(source)}" if source else who


def now_words(course: RegionCourse, unit: str) -> str:
    """Say which side is higher and which further out in the last session that shows the region."""
    known = np.flatnonzero(np.isfinite(course.vertical) | np.isfinite(course.lateral))
    if not known.size:
        return "Not known"
    last, shown = int(known[-1]), unit_word(unit)
    clear = [
        (float(value), float(error), word)
        for value, error, word in (
            (course.vertical[last], course.vertical_error[last], "higher"),
            (course.lateral[last], course.lateral_error[last], "further out"),
        )
        if isfinite(value) and abs(value) > error
    ]
    if not clear:
        return "Neither side clearly higher or further out"
    sides = [("left" if value > 0 else "right", abs(value), error, word) for value, error, word in clear]
    told = [
        f"{f'{side} side ' if i == 0 or side != sides[0][0] else ''}{_with_error(size, error, shown)} {word}"
        for i, (side, size, error, word) in enumerate(sides)
    ]
    return sentence(", ".join(told))


def trend_words(course: RegionCourse, unit: str) -> tuple[str, str]:
    """Say a trend and its interval, such as "0.5 mm a week more even" and ", between 0.3 and 0.7"."""
    trend = course.trend
    if not all(map(isfinite, (trend.slope, trend.low, trend.high))) or trend.verdict == NOT_COMPARABLE:
        known = int(np.isfinite(course.unevenness).sum())
        if not known:
            return "Not known in any session", ""
        few = known < LEAST_SESSIONS
        return "Too few sessions to tell a trend" if few else "No trend can be told", ""
    shown = unit_word(unit)
    ends = (trend.low, trend.high)
    digits = 1 if min(abs(trend.slope), *map(abs, ends)) >= 0.1 else 2
    if trend.verdict == NO_CHANGE:
        return "No clear trend", f": {_between(ends, shown, digits)}"
    small, large = sorted(map(abs, ends))
    more = "more" if trend.slope < 0 else "less"
    return (
        f"{rate_of(trend, unit)} {more} even",
        f", between {small:.{digits}f} and {large:.{digits}f}",
    )


def rate_of(trend: TrendOf, unit: str) -> str:
    """Write the size of a trend."""
    digits = 1 if min(map(abs, (trend.slope, trend.low, trend.high))) >= 0.1 else 2
    return f"{abs(trend.slope):.{digits}f}{KEPT}{unit_word(unit)} a week"


def phases_words(title: str, phases: PhasesOf, unit: str) -> str:
    """Say how a region differs in the weeks of treatment from those before."""
    if phases.verdict == NOT_COMPARABLE or not isfinite(phases.difference):
        return f"{title}: too few sessions before or after it to tell."
    shown, ends = unit_word(unit), (phases.low, phases.high)
    if phases.verdict == NO_CHANGE:
        return f"{title}: no difference that can be told from chance."
    small, large = sorted(map(abs, ends))
    more = "more" if phases.difference < 0 else "less"
    return f"{title}: {abs(phases.difference):.1f}{KEPT}{shown} {more} even, between {small:.1f} and {large:.1f}."


def _direction(movement: SideMovement, unit: str) -> str:
    parts = [
        f"{abs(value):.1f}{KEPT}{unit} {more if value > 0 else less}"
        for value, more, less in ((movement.up, "up", "down"), (movement.outward, "out", "in"))
        if isfinite(value) and round(abs(value), 1) > 0
    ]
    return ", ".join(parts) or f"less than 0.1 {unit}"


def _between(ends: tuple[float, float], unit: str, digits: int) -> str:
    low, high = ends
    return f"between {abs(low):.{digits}f}{KEPT}{unit} a week more even and {abs(high):.{digits}f} less even"


def _with_error(value: float, error: float, unit: str) -> str:
    """Write a number with its error, to the hundredth where tenths hide which is larger."""
    digits = decimals(value, error)
    return f"{value:.{digits}f} ± {error:.{digits}f} {unit}".replace(" ", KEPT)
