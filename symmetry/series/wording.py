"""What a series says, in words that the terminal, the picture and the data share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from symmetry.landmarks.mesh import MAIN_REGIONS, WHOLES
from symmetry.measure.change import MeasureChange, RegionChange
from symmetry.measure.quality.flags import joined, reason_words
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, Verdict, decimals
from symmetry.measure.words import the
from symmetry.series.result import MeasureCourse, RegionCourse, SeriesResult, TrendOf
from symmetry.stats.trends import LEAST_SESSIONS

_SOURCES: Final = {"exif": "EXIF"}
_HOW: Final[dict[Verdict, str]] = {IMPROVED: "more even", WORSE: "less even"}
_IN_MONTHS: Final = 26.0
"""Weeks from which on a length is written in months."""
_MONTHS_A_WEEK: Final = 12 * 7 / 365.25
_WHO: Final = ("different_person", "one_mirrored")
_REAL: Final = "photos of an unchanged face differ by less"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the trend and the change since the first sessions say together of one region or measure.

    Attributes
    ----------
    verdict : {"improved", "worse", "no detectable change", "not comparable"}
    sure : bool
        Both say the same, or one of them says nothing; a change of which only one of them is sure is not.
    by : {"trend", "change"} or None
        Which of the two is sure of a change that the other does not find.
    doubts : tuple of str
        Names of the flags that keep a change from being sure.
    """

    verdict: Verdict
    sure: bool
    by: str | None = None
    doubts: tuple[str, ...] = ()


def outcome_of(trend: TrendOf, change: RegionChange | MeasureChange | None) -> Outcome:
    """Weigh a trend and a change since the first sessions: real is what neither speaks against."""
    since = NOT_COMPARABLE if change is None else change.verdict
    if NOT_COMPARABLE in (trend.verdict, since) or trend.verdict == since:
        return Outcome(verdict=since if trend.verdict == NOT_COMPARABLE else trend.verdict, sure=True)
    if NO_CHANGE not in (trend.verdict, since):
        return Outcome(verdict=NO_CHANGE, sure=False)
    if trend.verdict == NO_CHANGE:
        return Outcome(verdict=since, sure=False, by="change")
    return Outcome(verdict=trend.verdict, sure=False, by="trend")


def change_in(series: SeriesResult, name: str) -> RegionChange | MeasureChange | None:
    """Give the change of a region or a measure since the first sessions; None with one session."""
    if series.change is None:
        return None
    return series.change.regions.get(name) or series.change.measures.get(name)


def outcome_in(series: SeriesResult, name: str) -> Outcome:
    """Give the outcome of a region or a measure."""
    course = series.regions.get(name) or series.measures[name]
    found = outcome_of(course.trend, change_in(series, name))
    doubts = _doubts(series, name, told_by_trend=course.trend.verdict != NOT_COMPARABLE)
    if not doubts or not found.sure or found.verdict not in _HOW:
        return found
    return Outcome(verdict=found.verdict, sure=False, by=found.by or "change", doubts=doubts)


def _doubts(series: SeriesResult, name: str, *, told_by_trend: bool) -> tuple[str, ...]:
    """Name what casts doubt on a change: other people always, other warnings where it rests on two looks alone."""
    warnings = [flag for flag in (series.change.flags if series.change else ()) if flag.severity == "warn"]
    heard = [flag for flag in warnings if flag.name in _WHO or (not told_by_trend and flag.concerns(name))]
    return tuple(dict.fromkeys(flag.name for flag in heard))


def line_of(series: SeriesResult) -> str:
    """Sum a series up in a line: "8 photos in 8 sessions, 2026-04-06 to 2026-05-18 (6 weeks): Yes, more even."."""
    return f"{counted(series)}: {answer_sentences(series)[0]}"


def answer(series: SeriesResult) -> str:
    """Say whether the face is getting more even, where, by how much, and whether that is real."""
    return " ".join(answer_sentences(series))


def answer_sentences(series: SeriesResult) -> list[str]:
    """Give the answer sentence by sentence: the first is the shortest, the others say where and by how much."""
    if len(series.sessions) == 1:
        return ["There is one session.", "Whether the face is getting more even shows from the second one on."]
    outcomes = {name: outcome_in(series, name) for name in series.regions}
    main = {name: outcomes[name] for name in MAIN_REGIONS}
    better, worse = ([name for name, o in main.items() if o.sure and o.verdict == v] for v in (IMPROVED, WORSE))
    perhaps = [name for name, o in main.items() if o.by]
    same, unclear = (
        [name for name, o in main.items() if o.verdict == NO_CHANGE and o.sure is s] for s in (True, False)
    )
    unknown = [name for name, o in main.items() if o.verdict == NOT_COMPARABLE]
    told = []
    if better or worse:
        told += _real(series, better, worse)
    elif perhaps or unclear:
        told.append("Not sure yet.")
    elif same:
        whole = len(same) == len(main) and not _others(outcomes)
        where = "" if whole else f" of {joined([the(name) for name in same])}"
        told += [f"No change{where} can be told.", "Photos of an unchanged face differ as much."]
    else:
        told.append("It cannot be told.")
    told += [_perhaps(series, name, main[name]) for name in perhaps]
    if same and (better or worse or perhaps or unclear):
        told.append(f"No detectable change: {joined([the(name) for name in same])}.")
    if unclear:
        told.append(f"Unclear: {joined([the(name) for name in unclear])}, as trend and change disagree.")
    if unknown:
        whys = dict.fromkeys(why_not(series, name) for name in unknown)
        told.append(f"Not comparable: {joined([the(name) for name in unknown])} ({joined(list(whys))}).")
    for how, others in _others(outcomes).items():
        told.append(f"Of the other regions {how}: {joined([the(name) for name in others])}.")
    return told


def _others(outcomes: Mapping[str, Outcome]) -> dict[str, list[str]]:
    """List the regions beside the main ones that surely changed, by how."""
    beside = [name for name in outcomes if name not in (*MAIN_REGIONS, *WHOLES)]
    found = {
        how: [name for name in beside if outcomes[name].sure and outcomes[name].verdict == verdict]
        for verdict, how in _HOW.items()
    }
    return {how: names for how, names in found.items() if names}


def verdict_line(series: SeriesResult, name: str, *, sized: bool = True) -> str:
    """Say the outcome of a region in a line, such as "more even, 0.42 mm a week, real"; `sized` with how much."""
    found = outcome_in(series, name)
    if found.verdict == NOT_COMPARABLE:
        if len(series.sessions) == 1:
            return "one session so far"
        return f"{NOT_COMPARABLE}: {why_not(series, name)}" if sized else NOT_COMPARABLE
    if found.verdict == NO_CHANGE:
        return NO_CHANGE if found.sure else "unclear: trend and change disagree" if sized else "unclear"
    if not found.sure:
        return f"perhaps {_HOW[found.verdict]}"
    return f"{_HOW[found.verdict]}{f', {_size(series, name, by_trend=True)}' if sized else ''}, real"


def change_line(series: SeriesResult, name: str) -> str:
    """Say a change since the first sessions in a line; nothing where there is none."""
    change = change_in(series, name)
    if change is None or change.verdict == NOT_COMPARABLE or not isfinite(change.evenness):
        return ""
    return f"{size_of(change.evenness, _error_of(change))} {sign(change.unit)} {since(series)}"


def trend_line(trend: TrendOf, unit: str, known: int) -> str:
    """Write a trend with its interval, with signs where it is not clear (- is more even); or what it lacks."""
    if not (isfinite(trend.slope) and isfinite(trend.low) and isfinite(trend.high)):
        return f"trend from {LEAST_SESSIONS} sessions on" if known < LEAST_SESSIONS else "trend not known"
    if trend.verdict in _HOW:
        small, large = sorted((abs(trend.low), abs(trend.high)))
        return f"{rate(trend.slope, unit)} ({small:.2f} to {large:.2f})"
    return f"{trend.low:+.2f} to {trend.high:+.2f} {sign(unit)} a week"


def part_of(course: RegionCourse) -> str:
    """Name the part of a region on which its course rests; nothing where that is the whole of it."""
    return "" if course.part is None or course.part.replace(" ", "_") == course.region else course.part


def why_not(series: SeriesResult, name: str) -> str:
    """Say why a region or a measure is not comparable."""
    change = change_in(series, name)
    return reason_words(change.reason) if change is not None and change.reason else "not seen"


def counted(series: SeriesResult) -> str:
    """Say how many photos and sessions there are, and from when to when."""
    photos, sessions = sum(len(session.faces) for session in series.sessions), len(series.sessions)
    return f"{_many(photos, 'photo')} in {_many(sessions, 'session')}, {days(series)}"


def days(series: SeriesResult) -> str:
    """Write from which day to which a series goes, and how long that is."""
    first, last = series.sessions[0], series.sessions[-1]
    if first.day == last.day:
        return first.day.isoformat()
    weeks = last.weeks - first.weeks
    if weeks < 1.5:
        length = _many((last.day - first.day).days, "day")
    elif weeks < _IN_MONTHS:
        length = f"{weeks:.0f} weeks"
    else:
        length = f"{weeks * _MONTHS_A_WEEK:.0f} months"
    return f"{first.day.isoformat()} to {last.day.isoformat()} ({length})"


def times_known(series: SeriesResult) -> str:
    """Say how the times are known, such as "EXIF (7 sessions) and file name (1 session)"."""
    counts: dict[str, int] = {}
    for session in series.sessions:
        for source in session.sources:
            counts[source] = counts.get(source, 0) + 1
    if not counts:
        return "not told"
    if len(counts) == 1:
        return _SOURCES.get(next(iter(counts)), next(iter(counts)))
    return joined([f"{_SOURCES.get(source, source)} ({_many(count, 'session')})" for source, count in counts.items()])


def left_out_line(series: SeriesResult) -> str:
    """Count the photos left out and say why; nothing where there are none."""
    counts: dict[str, int] = {}
    for one in series.left_out:
        reason = reason_words(one.reason)
        counts[reason] = counts.get(reason, 0) + 1
    if not counts:
        return ""
    whys = [reason if count == 1 else f"{reason} ({count})" for reason, count in counts.items()]
    return f"{_many(len(series.left_out), 'photo')} left out: {', '.join(whys)}"


def since(series: SeriesResult) -> str:
    """Write since when there is a change: "since the first 2 sessions"."""
    return (
        "since the first session"
        if series.change_sessions == 1
        else f"since the first {series.change_sessions} sessions"
    )


def sentence(text: str) -> str:
    """Begin with a capital letter."""
    return text[:1].upper() + text[1:]


def sign(unit: str) -> str:
    """Write a unit as it stands behind a number; a percent sign alone would be read as a share of the unevenness."""
    return "°" if unit == "degrees" else unit


def size_of(value: float, error: float) -> str:
    """Write a size with its error, to the hundredth where tenths hide which is larger."""
    size = abs(value)
    digits = decimals(size, error)
    return f"{size:.{digits}f} ± {error:.{digits}f}"


def rate(slope: float, unit: str) -> str:
    """Write the size of a trend."""
    return f"{abs(slope):.2f} {sign(unit)} a week" if abs(slope) >= 0.005 else f"under 0.01 {sign(unit)} a week"


def known_sessions(course: RegionCourse | MeasureCourse) -> int:
    """Count the sessions that know a course."""
    values = course.unevenness if isinstance(course, RegionCourse) else course.difference
    return sum(map(isfinite, values.tolist()))


def _real(series: SeriesResult, better: Sequence[str], worse: Sequence[str]) -> list[str]:
    parts = []
    for names, how in ((better, _HOW[IMPROVED]), (worse, _HOW[WORSE])):
        places = [
            f"{the(name)}{f' became {how}' if i == 0 else ''} by {_size(series, name)}" for i, name in enumerate(names)
        ]
        parts += [joined(places)] if places else []
    begin = "Partly" if better and worse else "Yes, more even" if better else "No, less even"
    told = f"{sentence(since(series))} {', but '.join(parts)}."
    return [f"{begin}.", told, f"This is real: {_REAL}."]


def _perhaps(series: SeriesResult, name: str, found: Outcome) -> str:
    begin = f"Perhaps {_HOW[found.verdict]}: {the(name)}, by"
    if found.doubts:
        whys = joined([reason_words(doubt) for doubt in found.doubts])
        return f"{begin} {_size(series, name)}, but the photos cast doubt on it ({whys})."
    if found.by == "trend":
        return f"{begin} {_size(series, name, by_trend=True)}, though first and last sessions do not tell."
    return f"{begin} {change_line(series, name)}, though the trend does not tell."


def _size(series: SeriesResult, name: str, *, by_trend: bool = False) -> str:
    """Write how large a change is: since the first sessions and a week, or what is known of the two."""
    course = series.regions[name]
    change = change_in(series, name)
    whole = ""
    if change is not None and change.verdict != NOT_COMPARABLE and isfinite(change.evenness):
        whole = f"{size_of(change.evenness, _error_of(change))} {sign(change.unit)}"
    weekly = rate(course.trend.slope, course.unit) if course.trend.verdict != NOT_COMPARABLE else ""
    if by_trend or not (whole and weekly):
        return weekly or whole
    return f"{whole} ({weekly})"


def _error_of(change: RegionChange | MeasureChange) -> float:
    return change.evenness_error if isinstance(change, RegionChange) else change.error


def _many(number: int, one: str) -> str:
    return f"{number} {one}{'' if number == 1 else 's'}"
