"""The answer of a series as data: what trend and change say together of each region and of the whole face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from symmetry.landmarks.mesh import MAIN_REGIONS, PARTS, WHOLES
from symmetry.measure.between_days import ASSUMED, DaysFrom
from symmetry.measure.change import Change, MeasureChange, RegionChange
from symmetry.measure.quality.flags import Flag
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, Verdict
from symmetry.photos.capture_time import FILE_TIME
from symmetry.series.result import MeasureCourse, RegionCourse
from symmetry.stats.multiple_testing import holm

_LEVEL: Final = 0.05
Answer = Literal["more even", "less even", "mixed", "not sure", "no change", "not known", "one session"]
Group = Literal["better", "worse", "perhaps", "same", "unclear", "unknown"]

_GROUPS: Final[dict[Verdict, Group]] = {
    IMPROVED: "better",
    WORSE: "worse",
    NO_CHANGE: "same",
    NOT_COMPARABLE: "unknown",
}
_OTHER_FACE: Final = ("different_person", "one_mirrored")
"""Flags that cast doubt on every change, however sure it seems."""
_SAME_PICTURE: Final = "same_picture"
BY_FILE_TIMES: Final = ("file_times", "some_file_times")
"""Doubts about the order of sessions whose photos do not tell when they were taken: of all of them, or of some."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What the trend and the change since the first sessions say together of one region or clinical measure."""

    name: str
    course: RegionCourse | MeasureCourse  # with the trend
    change: RegionChange | MeasureChange | None  # last sessions against first sessions; None with one session
    verdict: Verdict
    sure: bool  # whether both agree, or only one of them has a verdict, and nothing casts doubt on it
    by: Literal["trend", "change"] | None = None  # for a change that is not sure, which of the two finds it
    doubts: tuple[str, ...] = ()  # names of the flags that keep a change from being sure

    @property
    def only_trend(self) -> bool:
        """Whether the trend decides alone, as there is no change to compare it with."""
        return self.change is None or self.change.verdict == NOT_COMPARABLE

    @property
    def group(self) -> Group:
        """Sure changes are "better" or "worse", others "perhaps"; "unclear" if trend and change contradict."""
        return _GROUPS[self.verdict] if self.sure else "perhaps" if self.by else "unclear"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesOutcome:
    """Whether a face is getting more even, as data; `wording` puts it into sentences."""

    regions: Mapping[str, Outcome]
    measures: Mapping[str, Outcome]
    change_sessions: int  # number of sessions on either side of the change since the first sessions; 0 with one session
    # what casts doubt on the whole comparison: names of flags, "file_times" or "some_file_times"
    doubts: tuple[str, ...]
    days: DaysFrom = ASSUMED  # where the part of the errors comes from that days add to the change

    def main(self, group: Group) -> list[Outcome]:
        """Outcomes of jawline, eyes and mouth in a group."""
        return [self.regions[name] for name in MAIN_REGIONS if self.regions[name].group == group]

    def others(self, group: Group) -> list[Outcome]:
        """Outcomes in a group of the other regions, without those that contain them (lower face, face)."""
        beside = [found for name, found in self.regions.items() if name not in (*MAIN_REGIONS, *WHOLES)]
        return [found for found in beside if found.group == group]

    @property
    def answer(self) -> Answer:
        """The answer by the main regions."""
        if not self.change_sessions:
            return "one session"
        better, worse = self.main("better"), self.main("worse")
        if better or worse:
            return "mixed" if better and worse else "more even" if better else "less even"
        if self.main("perhaps") or self.main("unclear"):
            return "not sure"
        return "no change" if self.main("same") else "not known"


def series_outcome(
    regions: Mapping[str, RegionCourse],
    measures: Mapping[str, MeasureCourse],
    change: Change | None,
    change_sessions: int,
    sources: Sequence[Sequence[str]] = (),
) -> SeriesOutcome:
    """Combine the trends of all sessions with the change since the first sessions.

    Parameters
    ----------
    regions : mapping of str to RegionCourse
    measures : mapping of str to MeasureCourse
    change : Change or None
        Last sessions against first sessions; None with one session.
    change_sessions : int
        Number of sessions on either side of it.
    sources : sequence of sequence of str
        Where the times of each session come from.
    """
    flags = change.flags if change else ()
    by_file = [FILE_TIME in session for session in sources]
    order = () if not change or not any(by_file) else BY_FILE_TIMES[:1] if all(by_file) else BY_FILE_TIMES[1:]
    found = {
        name: outcome_of(name, course, change.regions.get(name) if change else None, flags)
        for name, course in regions.items()
    }
    return SeriesOutcome(
        regions=_corrected(found),
        measures={
            name: outcome_of(name, course, change.measures.get(name) if change else None, flags)
            for name, course in measures.items()
        },
        change_sessions=change_sessions if change else 0,
        days=change.days.source if change else ASSUMED,
        doubts=(*dict.fromkeys(flag.name for flag in flags if flag.name in (*_OTHER_FACE, _SAME_PICTURE)), *order),
    )


def _corrected(outcomes: Mapping[str, Outcome]) -> dict[str, Outcome]:
    """Let trends that decide alone count only if they hold for all regions together (Holm 1979, Scand J Stat 6:65)."""
    parts = [name for name in outcomes if name not in WHOLES]
    p = np.array([min(outcomes[name].course.trend.p * len(PARTS[name]), 1.0) for name in parts])
    holds = dict(zip(parts, holm(p) < _LEVEL, strict=True))
    alone = (one for one in outcomes.values() if one.sure and one.verdict in (IMPROVED, WORSE) and one.only_trend)
    return {**outcomes} | {
        one.name: replace(one, sure=False, by="trend") for one in alone if not holds.get(one.name, True)
    }


def outcome_of(
    name: str,
    course: RegionCourse | MeasureCourse,
    change: RegionChange | MeasureChange | None,
    flags: Sequence[Flag] = (),
) -> Outcome:
    """Combine the trend of a region or measure with its change since the first sessions.

    A warning among the flags of the comparison keeps a change from being sure if it says that the photos show another
    face, or if it concerns the region and there is no trend beside the change.
    """
    trend, since = course.trend.verdict, NOT_COMPARABLE if change is None else change.verdict
    verdict, sure, by = _combined(trend, since)
    if course.trend.wanders and verdict in (IMPROVED, WORSE):
        return Outcome(
            name=name, course=course, change=change, verdict=verdict, sure=False, by="change", doubts=("wanders",)
        )
    doubtful = [
        flag.name
        for flag in flags
        if flag.severity == "warn" and (flag.name in _OTHER_FACE or (trend == NOT_COMPARABLE and flag.concerns(name)))
    ]
    doubts: tuple[str, ...] = ()
    if doubtful and sure and verdict in (IMPROVED, WORSE):
        sure, by, doubts = False, "change", tuple(dict.fromkeys(doubtful))
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
