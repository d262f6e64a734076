"""The answer of a series as data: what trend and change say together of each region and of the whole face."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from symmetry.landmarks.mesh import MAIN_REGIONS, WHOLES
from symmetry.measure.change import Change, MeasureChange, RegionChange
from symmetry.measure.quality.flags import Flag
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, Verdict
from symmetry.series.result import MeasureCourse, RegionCourse

Answer = Literal["more even", "less even", "mixed", "not sure", "no change", "not known", "one session"]

_OTHER_FACE: Final = ("different_person", "one_mirrored")
"""Flags that cast doubt on every change, however sure it seems."""
_SAME_PICTURE: Final = "same_picture"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What the trend and the change since the first sessions say together of one region or clinical measure.

    Attributes
    ----------
    name : str
    course : RegionCourse or MeasureCourse
        With the trend.
    change : RegionChange, MeasureChange or None
        Last sessions against first sessions; None with one session.
    verdict : {"improved", "worse", "no detectable change", "not comparable"}
    sure : bool
        Whether both agree, or only one of them has a verdict, and nothing casts doubt on it.
    by : {"trend", "change"} or None
        For a change that is not sure, which of the two finds it.
    doubts : tuple of str
        Names of the flags that keep a change from being sure.
    """

    name: str
    course: RegionCourse | MeasureCourse
    change: RegionChange | MeasureChange | None
    verdict: Verdict
    sure: bool
    by: Literal["trend", "change"] | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """Outcomes, each in one group.

    Attributes
    ----------
    better, worse : tuple of Outcome
        Sure changes.
    perhaps : tuple of Outcome
        Changes that are not sure.
    same : tuple of Outcome
        No detectable change.
    unclear : tuple of Outcome
        Trend and change contradict each other.
    unknown : tuple of Outcome
        Not comparable.
    """

    better: tuple[Outcome, ...]
    worse: tuple[Outcome, ...]
    perhaps: tuple[Outcome, ...]
    same: tuple[Outcome, ...]
    unclear: tuple[Outcome, ...]
    unknown: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesOutcome:
    """Whether a face is getting more even, as data; `wording` puts it into sentences.

    Attributes
    ----------
    answer : {"more even", "less even", "mixed", "not sure", "no change", "not known", "one session"}
        By the main regions: jawline, eyes and mouth.
    regions, measures : mapping of str to Outcome
    main : Groups
        Outcomes of the main regions.
    others : Groups
        Outcomes of the other regions, without those that contain them (lower face, face).
    change_sessions : int
        How many sessions stand on either side of the change since the first sessions.
    doubts : tuple of str
        Names of the flags that cast doubt on the whole comparison.
    """

    answer: Answer
    regions: Mapping[str, Outcome]
    measures: Mapping[str, Outcome]
    main: Groups
    others: Groups
    change_sessions: int
    doubts: tuple[str, ...]


def series_outcome(
    regions: Mapping[str, RegionCourse],
    measures: Mapping[str, MeasureCourse],
    change: Change | None,
    change_sessions: int,
) -> SeriesOutcome:
    """Combine the trends of all sessions with the change since the first sessions.

    Parameters
    ----------
    regions : mapping of str to RegionCourse
    measures : mapping of str to MeasureCourse
    change : Change or None
        Last sessions against first sessions; None with one session.
    change_sessions : int
        How many sessions stand on either side of it.
    """
    flags = change.flags if change else ()
    of_regions = {
        name: outcome_of(name, course, change.regions.get(name) if change else None, flags)
        for name, course in regions.items()
    }
    of_measures = {
        name: outcome_of(name, course, change.measures.get(name) if change else None, flags)
        for name, course in measures.items()
    }
    main = _grouped(found for name, found in of_regions.items() if name in MAIN_REGIONS)
    others = _grouped(found for name, found in of_regions.items() if name not in (*MAIN_REGIONS, *WHOLES))
    return SeriesOutcome(
        answer="one session" if change is None else _answer(main),
        regions=of_regions,
        measures=of_measures,
        main=main,
        others=others,
        change_sessions=change_sessions,
        doubts=tuple(dict.fromkeys(flag.name for flag in flags if flag.name in (*_OTHER_FACE, _SAME_PICTURE))),
    )


def outcome_of(
    name: str,
    course: RegionCourse | MeasureCourse,
    change: RegionChange | MeasureChange | None,
    flags: Sequence[Flag] = (),
) -> Outcome:
    """Combine the trend of a region or measure with its change since the first sessions.

    Parameters
    ----------
    name : str
    course : RegionCourse or MeasureCourse
    change : RegionChange, MeasureChange or None
    flags : sequence of Flag
        Of the photos compared and between them. A warning keeps a change from being sure if it says that the photos
        show another face, or if it concerns the region and there is no trend beside the change.
    """
    trend, since = course.trend.verdict, NOT_COMPARABLE if change is None else change.verdict
    verdict, sure, by = _combined(trend, since)
    warnings = [flag for flag in flags if flag.severity == "warn"]
    doubtful = [
        flag for flag in warnings if flag.name in _OTHER_FACE or (trend == NOT_COMPARABLE and flag.concerns(name))
    ]
    doubts: tuple[str, ...] = ()
    if doubtful and sure and verdict in (IMPROVED, WORSE):
        sure, by, doubts = False, "change", tuple(dict.fromkeys(flag.name for flag in doubtful))
    return Outcome(name=name, course=course, change=change, verdict=verdict, sure=sure, by=by, doubts=doubts)


def _combined(trend: Verdict, change: Verdict) -> tuple[Verdict, bool, Literal["trend", "change"] | None]:
    """Verdict of two verdicts together, whether it is sure, and which of them alone finds a change."""
    if NOT_COMPARABLE in (trend, change) or trend == change:
        return (change if trend == NOT_COMPARABLE else trend), True, None
    if trend == NO_CHANGE:
        return change, False, "change"
    if change == NO_CHANGE:
        return trend, False, "trend"
    return NO_CHANGE, False, None


def _grouped(outcomes: Iterable[Outcome]) -> Groups:
    all_of_them = tuple(outcomes)

    def sure(verdict: Verdict) -> tuple[Outcome, ...]:
        return tuple(one for one in all_of_them if one.sure and one.verdict == verdict)

    return Groups(
        better=sure(IMPROVED),
        worse=sure(WORSE),
        perhaps=tuple(one for one in all_of_them if one.by),
        same=sure(NO_CHANGE),
        unclear=tuple(one for one in all_of_them if not one.sure and not one.by),
        unknown=sure(NOT_COMPARABLE),
    )


def _answer(main: Groups) -> Answer:
    if main.better or main.worse:
        return "mixed" if main.better and main.worse else "more even" if main.better else "less even"
    if main.perhaps or main.unclear:
        return "not sure"
    return "no change" if main.same else "not known"
