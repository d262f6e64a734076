"""Series made up to the point: what the tests of their tables, pictures and data share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from helpers.figure_faces import LEFT_MOUTH, face_of_landmarks
from symmetry.landmarks.mesh import REGIONS
from symmetry.measure.change import Change
from symmetry.measure.comparison import compare
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.measures import DEFINITIONS
from symmetry.measure.quality.flags import Flag
from symmetry.measure.verdicts import NOT_COMPARABLE, Verdict, verdict_on
from symmetry.series.result import LeftOut, MeasureCourse, PhasesOf, RegionCourse, Session, TrendOf
from symmetry.series.series import Series

NAN = float("nan")
ZONE = timezone(timedelta(hours=2))
FIRST = datetime(2026, 4, 6, 8, 14, tzinfo=ZONE)
WEEKLY = (0, 7, 14, 21, 28, 35)
ENDS = {"mouth": (3.0, 0.5), "jawline": (2.0, 2.6), "eyes": (1.5, 1.5)}
"""Signed asymmetry of regions in the first and the last session; of the others 0.6."""
PARTS = {"jawline": "jaw angle", "eyes": "upper lid"}
ERROR = 0.4
COVERED = LeftOut(
    photo="b.jpg",
    at=FIRST + timedelta(days=9),
    reason="face_covered",
    advice="Something covers the mouth; take it off.",
)
UNREADABLE = LeftOut(photo="c.jpg", at=None, reason="unreadable", advice="It is no picture.")


@lru_cache
def _faces(scale: str) -> tuple[FaceAnalysis, Change]:
    before, after = (face_of_landmarks((LEFT_MOUTH, 0.0, up), scale=scale) for up in (3.0, 0.5))
    return before, compare(before, after)


def trend_of(slope: float, reach: float = 0.1, verdict: Verdict | None = None) -> TrendOf:
    return TrendOf(
        slope=slope, low=slope - reach, high=slope + reach, p=0.001, verdict=verdict or verdict_on(slope, reach)
    )


def phases_of(difference: float, reach: float = 0.5) -> PhasesOf:
    return PhasesOf(
        difference=difference,
        low=difference - reach,
        high=difference + reach,
        p=0.0004,
        nonoverlap=0.92,
        nonoverlap_low=0.61,
        nonoverlap_high=0.99,
        standardised=-1.8,
        standardised_low=-3.1,
        standardised_high=-0.5,
        baseline_sessions=2,
        treatment_sessions=4,
        verdict=verdict_on(difference, reach),
    )


NO_TREND = TrendOf(slope=NAN, low=NAN, high=NAN, p=NAN, verdict=NOT_COMPARABLE)


def phase_on(day: date, start: date | None) -> Literal["baseline", "treatment"] | None:
    return None if start is None else "treatment" if day >= start else "baseline"


def made_series(
    days: Sequence[int] = WEEKLY,
    *,
    ends: Mapping[str, tuple[float, float]] | None = None,
    noise: float = 0.0,
    unit: str = "mm",
    treatment_start: date | None = None,
    left_out: Sequence[LeftOut] = (COVERED, UNREADABLE),
    name: str = "photo{}.jpg",
) -> Series:
    """A series whose regions go straight from one asymmetry to another, ± 0.4, and whose last photo has a twin."""
    face, change = _faces("ipd=63" if unit == "mm" else "none")
    known_ends = ENDS | dict(ends or {})
    weeks = np.array(days) / 7
    share = weeks / max(weeks[-1], 1e-9)
    random = np.random.default_rng(0)
    few = len(days) < 5
    regions = {}
    for region in REGIONS:
        first, last = known_ends.get(region, (0.6, 0.6))
        slope = (last - first) / max(weeks[-1], 1e-9)
        regions[region] = _course(
            region,
            first + (last - first) * share + noise * random.standard_normal(len(days)),
            unit=unit,
            trend=NO_TREND if few else trend_of(slope),
            phases=None if treatment_start is None else phases_of(slope * 3),
        )
    changed = {
        region: replace(
            old,
            part=regions[region].part,
            evenness=float(np.subtract(*known_ends.get(region, (0.6, 0.6))[::-1])),
            evenness_error=ERROR,
            verdict=verdict_on(float(np.subtract(*known_ends.get(region, (0.6, 0.6))[::-1])), ERROR),
            reason=None,
            moved="subject_left",
            came_from=None,
            unit=unit,
        )
        for region, old in change.regions.items()
    }
    sessions = tuple(
        Session(
            day=(FIRST + timedelta(days=day)).date(),
            at=FIRST + timedelta(days=day),
            weeks=day / 7,
            phase=phase_on((FIRST + timedelta(days=day)).date(), treatment_start),
            faces=tuple(named(face, name.format(f"{i}{twin}")) for twin in ("", "b")[: 1 + (i == len(days) - 1)]),
            sources=("file name",) if i == 1 else ("exif",),
        )
        for i, day in enumerate(days)
    )
    return Series(
        sessions=sessions,
        left_out=tuple(left_out),
        reference=sessions[0].faces[0],
        regions=MappingProxyType(regions),
        measures=MappingProxyType(
            {
                one.name: MeasureCourse(
                    name=one.name,
                    difference=-3.0 + 2.0 * share,
                    error=np.full(len(days), 0.7),
                    trend=NO_TREND if few else trend_of(-0.4),
                    phases=None if treatment_start is None else phases_of(-1.0),
                    unit=unit if one.unit == "mm" else one.unit,
                )
                for one in DEFINITIONS
            }
        ),
        change=replace(change, regions=changed, flags=without_warnings(change)) if len(days) > 1 else None,
        change_sessions=1 if len(days) < 8 else 2,
        treatment_start=treatment_start,
        scale=face.scale,
        unit=unit,
        method="registration",
    )


def without_warnings(change: Change) -> tuple[Flag, ...]:
    return tuple(flag for flag in change.flags if flag.severity == "info")


def named(face: FaceAnalysis, name: str) -> FaceAnalysis:
    return replace(face, photo=replace(face.photo, name=name))


def with_region(series: Series, region: str, **values: object) -> Series:
    """The same series with something else about the course of a region."""
    course = replace(series.regions[region], **values)  # type: ignore[arg-type]
    return replace(series, regions=MappingProxyType({**series.regions, region: course}))


def with_change(series: Series, region: str, **values: object) -> Series:
    """The same series with something else about what changed in a region since the first sessions."""
    assert series.change is not None
    changed = replace(series.change.regions[region], **values)  # type: ignore[arg-type]
    return replace(series, change=replace(series.change, regions={**series.change.regions, region: changed}))


def unknown(series: Series, region: str, reason: str | None = None) -> Series:
    """The same series without anything known of a region."""
    nothing = np.full(len(series.sessions), NAN)
    arrays = {name: nothing for name in RegionCourse.__slots__ if isinstance(_get(series, region, name), np.ndarray)}
    phases = None
    if series.treatment_start is not None:
        numbers = [
            name for name in PhasesOf.__slots__ if name not in ("baseline_sessions", "treatment_sessions", "verdict")
        ]
        phases = replace(phases_of(0.0), verdict=NOT_COMPARABLE, **dict.fromkeys(numbers, NAN))
    without = with_region(series, region, part=None, trend=NO_TREND, phases=phases, **arrays)
    return with_change(
        without, region, evenness=NAN, evenness_error=NAN, verdict=NOT_COMPARABLE, reason=reason, part=None, moved=None
    )


def _get(series: Series, region: str, name: str) -> object:
    return getattr(series.regions[region], name)


def _course(
    region: str, values: NDArray[np.float64], *, unit: str, trend: TrendOf, phases: PhasesOf | None
) -> RegionCourse:
    error = np.full(len(values), ERROR)
    return RegionCourse(
        region=region,
        part=PARTS.get(region, region.replace("_", " ")),
        signed_asymmetry=values,
        asymmetry=np.abs(values) + 0.2,
        lateral=0.1 + 0 * values,
        vertical=-values,
        lift=0.2 + 0 * values,
        left_outward=0.3 + 0 * values,
        left_up=values[0] - values,
        right_outward=0.5 + 0 * values,
        right_up=0.6 + 0 * values,
        signed_asymmetry_error=error,
        asymmetry_error=error + 0.01,
        lateral_error=error + 0.02,
        vertical_error=error + 0.03,
        lift_error=error + 0.04,
        trend=trend,
        phases=phases,
        unit=unit,
    )
