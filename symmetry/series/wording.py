"""What a series says in words; the terminal, figures, cards, reports and JSON share them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import isfinite
from typing import Final

from symmetry.measure.between_days import DaysFrom
from symmetry.measure.change import MeasureChange, RegionChange
from symmetry.measure.quality.flags import joined, reason_words
from symmetry.measure.verdicts import NOT_COMPARABLE
from symmetry.measure.words import HOW_EVEN, amount, are, behind, beyond_words, sentence, the
from symmetry.series.answer import BY_FILE_TIMES, Outcome, SeriesOutcome
from symmetry.series.result import LeftOut, MeasureCourse, RegionCourse, Session
from symmetry.stats.trends import LEAST_SESSIONS
from symmetry.tabular.text import counted

_SOURCES: Final = {"exif": "EXIF", "xmp": "XMP", "iptc": "IPTC", "png": "PNG text"}
_IN_MONTHS: Final = 26.0
"""Weeks from which on a length is written in months."""
_MONTHS_A_WEEK: Final = 12 * 7 / 365.25
_NOT_SURE: Final = {
    "trend": "only the trend shows it",
    "change": "only the first and last sessions show it",
    None: "trend and change disagree",
}
_MIND: Final = {
    "different_person": "the photos seem to show different people",
    "one_mirrored": "one of the photos seems to be mirrored",
    "same_picture": "the same picture was given twice",
    "file_times": "no photo tells when it was taken; their order is that of the files' times, which copying changes",
    "some_file_times": "some photos do not tell when they were taken; their files' times count, which copying changes",
}
_APART: Final[dict[DaysFrom, str]] = {
    "same day": "differ",
    "own days": "differ on untreated days",
    "reliability": "differ from day to day",
    "assumed": "may differ from day to day",
}
_IF_FILES_ARE_RIGHT: Final = ", if the times of the files are right"
_FIRST_SESSION: Final = (
    "This is the first session: there is nothing to compare yet.",
    "Whether the face is getting more even shows from the second one on.",
)


def headline(outcome: SeriesOutcome) -> str:
    """Answer in a few words whether the face is getting more even, and where."""
    better, worse, same = (_named(outcome.main(group)) for group in ("better", "worse", "same"))
    maybe = [(how, [one for one in outcome.main("perhaps") if one.verdict == kind]) for kind, how in HOW_EVEN.items()]
    perhaps = [f"{how}: {_named(found)}" for how, found in maybe if found]
    if_so = _IF_FILES_ARE_RIGHT if _by_file_times(outcome) else ""
    unknown = outcome.main("unknown")
    untold = f"; {_named(unknown)} {are([one.name for one in unknown])} not comparable" if unknown else ""
    everywhere = not (outcome.main("unknown") or outcome.others("better") or outcome.others("worse"))
    return {
        "one session": _FIRST_SESSION[0],
        "mixed": f"Partly: {better} more even, {worse} less even{if_so}.",
        "more even": f"Yes, more even: {better}{if_so}.",
        "less even": f"No, less even: {worse}{if_so}.",
        "not sure": f"Not sure yet{f'; perhaps {joined(perhaps)}' if perhaps else ''}.",
        "no change": f"No detectable change{'' if everywhere else f' of {same}'}{untold}.",
        "not known": "It cannot be told.",
    }[outcome.answer]


def sentences(outcome: SeriesOutcome) -> list[str]:
    """Say whether the face is getting more even, where, by how much, and whether that is real; the headline first."""
    if outcome.answer == "one session":
        return list(_FIRST_SESSION)
    told = [headline(outcome), *(f"Mind: {_MIND[name]}." for name in outcome.doubts), *_real(outcome)]
    for one in outcome.main("perhaps"):
        told.append(f"{the(one.name)} {are([one.name])} perhaps {HOW_EVEN[one.verdict]} by {_size(one)}: {why(one)}.")
    if same := outcome.main("same"):
        told.append(f"{_named(same)} changed no more than photos of an unchanged face {_APART[outcome.days]}.")
    for found, what in ((outcome.main("unclear"), "unclear"), (outcome.main("unknown"), "not comparable")):
        if found:
            whys = joined(list(dict.fromkeys(map(why, found))))
            told.append(f"{_named(found)} {are([one.name for one in found])} {what}: {whys}.")
    for found, how in ((outcome.others("better"), "more even"), (outcome.others("worse"), "less even")):
        if found:
            told.append(f"Of the other regions, {_named(found)} became {how}.")
    return list(map(sentence, told))


def line_of(outcome: SeriesOutcome, sessions: Sequence[Session]) -> str:
    """Sum a series up: "8 photos in 8 sessions, 2026-04-06 to 2026-05-18 (6 weeks): Yes, more even: the mouth."."""
    return f"{photos_and_days(sessions)}: {headline(outcome)}"


def verdict_words(found: Outcome) -> str:
    """Write the verdict of trend and change together: "more even", "perhaps more even", "unclear"."""
    if not found.sure:
        return f"perhaps {HOW_EVEN[found.verdict]}" if found.by else "unclear"
    if found.change is None and found.verdict == NOT_COMPARABLE:
        return "one session so far"
    return HOW_EVEN.get(found.verdict, found.verdict)


def why(found: Outcome) -> str:
    """Say why there is no verdict or no sure one; empty where there is."""
    if found.doubts == ("wanders",):
        return f"{reason_words('wanders')}, so nothing can be told from wandering yet"
    if found.doubts:
        return f"the photos cast doubt on it ({joined([reason_words(doubt) for doubt in found.doubts])})"
    if not found.sure:
        return _NOT_SURE[found.by]
    if found.change is None or found.verdict != NOT_COMPARABLE:
        return ""
    return reason_words(found.change.reason or "not_seen")


def verdict_line(found: Outcome) -> str:
    """Write a verdict with how much a week, or with why it is not sure: "more even, 0.42 mm a week"."""
    size = (rate(found.course) or _since_first(found.change)) if found.verdict in HOW_EVEN else ""
    reason = why(found)
    return f"{verdict_words(found)}{f': {reason}' if reason else f', {size}' if size else ''}"


def trend_words(course: RegionCourse | MeasureCourse) -> tuple[str, str]:
    """Write a trend and its interval: "0.50 mm a week more even", "(0.40 to 0.60)"; or what it lacks."""
    trend, sessions = course.trend, known_sessions(course)
    if not all(map(isfinite, (trend.slope, trend.low, trend.high))):
        few = f"trend from {LEAST_SESSIONS} sessions on" if sessions < LEAST_SESSIONS else "trend not known"
        if trend.wanders:
            return "wanders as long as it lasts: no trend can be told", ""
        return (few if sessions else "not known in any session"), ""
    if trend.verdict not in HOW_EVEN:
        low, high = f"{abs(trend.low):.2f}{behind(course.unit)} a week", f"{abs(trend.high):.2f}"
        return "no clear trend", f"({low} more even to {high} less)"
    small, large = sorted((abs(trend.low), abs(trend.high)))
    return f"{rate(course)} {HOW_EVEN[trend.verdict]}", f"({small:.2f} to {large:.2f})"


def trend_line(course: RegionCourse | MeasureCourse) -> str:
    """Write a trend with its interval as one text."""
    return " ".join(filter(None, trend_words(course)))


def rate(course: RegionCourse | MeasureCourse) -> str:
    """Write the size of a trend: "0.50 mm a week"; empty where there is none."""
    if course.trend.verdict == NOT_COMPARABLE:
        return ""
    slope = abs(course.trend.slope)
    return f"{f'{slope:.2f}' if slope >= 0.005 else 'under 0.01'}{behind(course.unit)} a week"


def part_of(course: RegionCourse) -> str:
    """Name the part of a region on which its course rests; empty where that is the whole region."""
    return "" if course.part is None or course.part.replace(" ", "_") == course.region else course.part


def known_sessions(course: RegionCourse | MeasureCourse) -> int:
    """Count the sessions in which a course is known."""
    values = course.signed_asymmetry if isinstance(course, RegionCourse) else course.difference
    return sum(map(isfinite, values.tolist()))


def photos_and_days(sessions: Sequence[Session]) -> str:
    """Write how many photos and sessions there are, and when: "8 photos in 8 sessions, 2026-04-06 to ..."."""
    photos = sum(len(session.faces) for session in sessions)
    return f"{counted(photos, 'photo')} in {counted(len(sessions), 'session')}, {days(sessions)}"


def days(sessions: Sequence[Session]) -> str:
    """Write the first and the last day of a series, and how long it is: "2026-04-06 to 2026-05-18 (6 weeks)"."""
    first, last = sessions[0], sessions[-1]
    if first.day == last.day:
        return first.day.isoformat()
    weeks = last.weeks - first.weeks
    if weeks < 1.5:
        length = counted((last.day - first.day).days, "day")
    elif weeks < _IN_MONTHS:
        length = f"{weeks:.0f} weeks"
    else:
        length = f"{weeks * _MONTHS_A_WEEK:.0f} months"
    return f"{first.day.isoformat()} to {last.day.isoformat()} ({length})"


def times_known(sessions: Sequence[Session]) -> str:
    """Write where the times come from: "EXIF (7 sessions) and file name (1 session)"."""
    found = Counter(_SOURCES.get(source, source) for session in sessions for source in session.sources)
    if len(found) < 2:
        return next(iter(found), "an unknown source")
    return joined([f"{source} ({counted(count, 'session')})" for source, count in found.items()])


def left_out_line(left_out: Sequence[LeftOut]) -> str:
    """Count the photos that were left out, with the reasons; empty where there are none."""
    whys = [
        reason if count == 1 else f"{reason} ({count})"
        for reason, count in Counter(reason_words(one.reason) for one in left_out).items()
    ]
    return f"{counted(len(left_out), 'photo')} left out: {', '.join(whys)}" if whys else ""


def since(sessions: int) -> str:
    """Write which sessions a change is measured from: "since the first 2 sessions"."""
    return f"since the first {f'{sessions} sessions' if sessions > 1 else 'session'}"


def _real(outcome: SeriesOutcome) -> list[str]:
    """Say what became more or less even for sure, and by how much."""
    parts = []
    for found in filter(None, (outcome.main("better"), outcome.main("worse"))):
        first, *others = found
        became = f"{the(first.name)} became {HOW_EVEN[first.verdict]} by {_size(first)}"
        parts.append(joined([became, *(f"{the(one.name)} by {_size(one)}" for one in others)]))
    if not parts:
        return []
    changes = len(outcome.main("better") + outcome.main("worse"))
    if_so = _IF_FILES_ARE_RIGHT if _by_file_times(outcome) else ""
    return [
        f"{since(outcome.change_sessions)}, {', but '.join(parts)}.",
        f"{'This is' if changes == 1 else 'These changes are'} real as far as photos can tell{if_so}: "
        f"{beyond_words(outcome.days)}.",
    ]


def _by_file_times(outcome: SeriesOutcome) -> bool:
    """Whether the order of the sessions rests on the times of files."""
    return any(doubt in BY_FILE_TIMES for doubt in outcome.doubts)


def _size(found: Outcome) -> str:
    """Write how large a change is: since the first sessions and a week, or the one of the two that shows it."""
    whole, weekly = _since_first(found.change), rate(found.course)
    if found.by == "trend" or not whole:
        return weekly
    return whole if not weekly or (found.by and not found.doubts) else f"{whole} ({weekly})"


def _since_first(change: RegionChange | MeasureChange | None) -> str:
    if change is None or change.verdict == NOT_COMPARABLE or not isfinite(change.evenness):
        return ""
    return amount(change.evenness, change.evenness_error, change.unit)


def _named(outcomes: Sequence[Outcome]) -> str:
    return the(*(one.name for one in outcomes)) if outcomes else ""
