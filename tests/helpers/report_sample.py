"""A report to be rendered: drawn faces, courses made up to the point, and texts of all kinds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from helpers.faces import SAMPLES
from helpers.made_series import phase_on
from symmetry.landmarks.mesh import REGIONS
from symmetry.measure.analysis import analyze
from symmetry.measure.change import Change
from symmetry.measure.comparison import compare
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import Flag
from symmetry.measure.verdicts import verdict_on
from symmetry.output.report import DiaryCourse, Pictures, Report
from symmetry.practice.adherence import adherence
from symmetry.practice.records import Treatment
from symmetry.series.result import LeftOut, MeasureCourse, PhasesOf, RegionCourse, Session, TrendOf
from symmetry.series.series import Series

ZONE = timezone(timedelta(hours=2))
FIRST = datetime(2026, 4, 6, 8, 14, tzinfo=ZONE)
DAYS = (0, 6, 13, 18, 24, 31, 36, 42)
START = date(2026, 4, 19)
ENDS = {"jawline": (2.2, 0.9), "mouth": (3.4, 1.1), "eyes": (1.8, 1.7), "brows": (2.3, 2.3), "nose": (0.2, 0.1)}
NAN = float("nan")

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "\"'><img src=x onerror=alert(3)>",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "\u202eevil\u202c \u2067abc",
    "עברית العربية",
    "W" * 300,
    "a\x00b\x1b[31m\udcff",
)


@lru_cache
def faces() -> tuple[FaceAnalysis, FaceAnalysis, Change]:
    before, after = (analyze(SAMPLES / name) for name in ("before.jpg", "after.jpg"))
    return before, after, compare(before, after)


def _course(region: str, weeks: NDArray[np.float64], seed: int) -> RegionCourse:
    noise = np.random.default_rng(seed).normal(0, 0.12, (8, len(weeks)))
    start, end = ENDS.get(region, (1.0, 0.9))
    share = weeks / max(weeks[-1], 1e-9)
    uneven = start + (end - start) * share + noise[0]
    gone = (start - end) * share
    if region == "cheeks" and len(weeks) > 5:
        uneven[[2, 5]] = NAN
    error = np.full(len(weeks), 0.45)
    slope = (end - start) / max(weeks[-1], 1e-9)
    low, high = slope - 0.09, slope + 0.08
    few = len(weeks) < 3
    return RegionCourse(
        region=region,
        part=region.replace("_", " "),
        signed_asymmetry=uneven,
        asymmetry=np.abs(uneven) + 0.2,
        lateral=noise[1],
        vertical=-uneven,
        lift=noise[2],
        left_outward=noise[3],
        left_up=gone + noise[4],
        right_outward=noise[5],
        right_up=noise[6],
        signed_asymmetry_error=error,
        asymmetry_error=error,
        lateral_error=error,
        vertical_error=error,
        lift_error=error,
        trend=TrendOf(
            slope=NAN if few else slope,
            low=NAN if few else low,
            high=NAN if few else high,
            p=NAN if few else 0.004,
            verdict="not comparable" if few else verdict_on(slope, 0.085),
        ),
        phases=None if few else _phases(slope * 4),
        unit="mm",
    )


def _phases(difference: float) -> PhasesOf:
    return PhasesOf(
        difference=difference,
        low=difference - 0.5,
        high=difference + 0.4,
        p=0.031,
        nonoverlap=0.92,
        nonoverlap_low=0.61,
        nonoverlap_high=0.99,
        standardised=-1.8,
        standardised_low=-3.1,
        standardised_high=-0.5,
        baseline_sessions=2,
        treatment_sessions=6,
        verdict=verdict_on(difference, 0.45),
    )


def _at(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def sample_series(days: tuple[int, ...] = DAYS) -> Series:
    before, _, change = faces()
    weeks = np.array(days) / 7
    nobody = before.without_pixels()
    turned = Flag(
        name="head_turned",
        severity="warn",
        advice="The head is turned 6 degrees to its left; look straight into the lens.",
        value=6.0,
        limit=5.0,
        touches=("lateral",),
    )
    sessions = tuple(
        Session(
            day=_at(day).date(),
            at=_at(day),
            weeks=day / 7,
            phase=phase_on(_at(day).date(), START if len(days) > 1 else None),
            faces=(replace(nobody, flags=(turned,)), nobody) if i % 3 == 1 else (nobody, nobody),
            sources=("file name",) if i == 3 else ("exif",),
        )
        for i, day in enumerate(days)
    )
    several = len(days) > 1
    return Series(
        sessions=sessions,
        left_out=(
            LeftOut(
                photo="2026-05-01.jpg",
                at=_at(25),
                reason="face_covered",
                advice="Something covers the lower face; take it off or brush it aside, and take the photo again.",
            ),
            LeftOut(photo="copy of 2026-04-06.jpg", at=FIRST, reason="duplicate", advice="The same photo, twice."),
        ),
        reference=before,
        regions=MappingProxyType({name: _course(name, weeks, i) for i, name in enumerate(REGIONS)}),
        measures=MappingProxyType(
            {
                name: MeasureCourse(
                    name=name,
                    difference=np.linspace(measure.before, measure.after, len(days)),
                    error=np.full(len(days), measure.error),
                    trend=TrendOf(
                        slope=measure.evenness / 6,
                        low=measure.evenness / 6 - 0.1,
                        high=measure.evenness / 6 + 0.1,
                        p=0.02,
                        verdict=verdict_on(measure.evenness / 6, 0.1),
                    ),
                    phases=_phases(measure.evenness / 2) if several else None,
                    unit=measure.unit,
                )
                for name, measure in change.measures.items()
            }
        ),
        change=change if several else None,
        change_sessions=2,
        treatment_start=START if several else None,
        scale=before.scale,
        unit="mm",
        method="registration",
    )


@lru_cache
def sample_report() -> Report:
    """A usual report of a practice: eight sessions, treatments, a diary."""
    before, after, change = faces()
    treatments = tuple(
        Treatment(at=_at(day), protocol="Lifting ritual" if day % 2 else "Jaw release", minutes=25.0)
        for day in range(14, 43, 3)
    )
    return Report(
        title="Anna Kovács",
        made=datetime(2026, 5, 19, 10, 0, tzinfo=ZONE),
        series=sample_series(),
        pictures=Pictures(before=before, after=after, change=change),
        treatments=treatments,
        adherence=adherence(
            treatments, {"Lifting ritual": [(date.min, 1.5)], "Jaw release": [(date.min, None)]}, until=_at(42)
        ),
        diary=tuple(
            DiaryCourse(
                name=name,
                low=0,
                high=10,
                entries=tuple((_at(day), float((7 + sign * day // 8) % 11)) for day in range(0, 43, 4)),
            )
            for name, sign in (("Tension in the jaw", -1), ("Sleep", 1))
        ),
        note="Sleeps on the left side. Wears a night guard since March.",
        engine="MediaPipe face mesh e06a804e, litert 2.3.0",
    )


@lru_cache
def hostile_report() -> Report:
    """The same with texts that want to be more than texts."""
    usual = sample_report()
    text = " ".join(HOSTILE)
    treatments = tuple(Treatment(at=_at(3 * i), protocol=bad) for i, bad in enumerate(HOSTILE))
    series = replace(
        usual.series,
        left_out=tuple(LeftOut(photo=bad, at=None, reason=bad, advice=bad) for bad in HOSTILE),
    )
    return replace(
        usual,
        title=text,
        series=series,
        treatments=treatments,
        adherence=adherence(treatments, {bad: [(date.min, 2.0)] for bad in HOSTILE}, until=_at(42)),
        diary=tuple(replace(usual.diary[0], name=bad) for bad in HOSTILE),
        note=text,
        engine=text,
        version=text,
    )


def plain_report() -> Report:
    """What `symmetry series --report` gives: nothing but photos."""
    return Report(title="selfies", made=FIRST, series=sample_series())


def first_session() -> Report:
    """One session, nothing to compare."""
    before, after, _ = faces()
    return Report(title="Ben", made=FIRST, series=sample_series((0,)), pictures=Pictures(before=before, after=after))


def doubtful_report() -> Report:
    """Nothing can be compared, for reasons that take many words, and much was found."""
    usual = sample_report()
    change = usual.series.change
    assert change is not None
    regions = {
        name: replace(region, verdict="not comparable", reason="not_seen") for name, region in change.regions.items()
    }
    found = tuple(
        Flag(name=name, severity="warn", advice="The photos differ in more than the face; take both in one place.")
        for name in ("different_person", "pose_differs", "distance_differs", "expression_differs", "light_differs")
    )
    unknown = TrendOf(slope=NAN, low=NAN, high=NAN, p=NAN, verdict="not comparable")
    series = replace(
        usual.series,
        regions={name: replace(course, trend=unknown) for name, course in usual.series.regions.items()},
        change=replace(change, regions=regions, flags=found),
        left_out=tuple(replace(usual.series.left_out[0], photo=f"IMG_20260501_0814{i:02}.jpg") for i in range(14)),
    )
    return replace(usual, series=series, note=f"{usual.note} " * 3)


def full_report() -> Report:
    """As doubtful, with six diaries and minutes of twelve zones and sides."""
    doubtful = doubtful_report()
    sides = ("subject_left", "subject_right")
    return replace(
        doubtful,
        diary=tuple(replace(doubtful.diary[0], name=f"Scale {number}") for number in range(6)),
        work=tuple((f"zone {number}", side, 10.0 * number) for number in range(6) for side in sides),
    )
