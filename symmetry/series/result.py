"""What a series is made of: dated photos, sessions, courses with their errors, trends and phases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from symmetry.arrays import FloatArray
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.verdicts import Verdict

Identity = Literal["", "first", "confirmed"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DatedFace:
    """A measured photo and when it was taken.

    Attributes
    ----------
    face : FaceAnalysis
    at : datetime
        Aware.
    source : str
        Where the time comes from, such as "exif" or "file name".
    note : str or None
        What was not believed about it, and why.
    session : str or None
        Name of its session, if known; otherwise its day, or the photo itself, makes the session.
    identity : {"", "first", "confirmed"}
        "first" if the photo says whom the series is about, "confirmed" if a person said that it shows the same one.
    """

    face: FaceAnalysis
    at: datetime
    source: str
    note: str | None = None
    session: str | None = None
    identity: Identity = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Session:
    """Photos of one day, pooled.

    Attributes
    ----------
    day : date
        Local.
    at : datetime
        When the first of its photos was taken; aware.
    weeks : float
        Since the first session.
    phase : {"baseline", "treatment"} or None
        None without a treatment start.
    faces : tuple of FaceAnalysis
        The photos that count.
    sources : tuple of str
        Where the times of its photos come from, each once, such as "exif" or "file name".
    """

    day: date
    at: datetime
    weeks: float
    phase: Literal["baseline", "treatment"] | None
    faces: tuple[FaceAnalysis, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A photo that was left out.

    Attributes
    ----------
    photo : str
    at : datetime or None
    reason : str
        Name of the flag, or "unreadable", "no_face", "duplicate".
    advice : str
        What was found and what to do about it.
    """

    photo: str
    at: datetime | None
    reason: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendOf:
    """Robust trend of one course.

    Attributes
    ----------
    slope, low, high : float
        Theil-Sen slope, unit a week, and its 95 % interval; negative = more even.
    p : float
        Two-sided, under no trend.
    verdict : {"improved", "worse", "no detectable change", "not comparable"}
        By whether the interval excludes zero.
    crosses : bool
        Whether the course crosses even, to the other side: the slope is then that of its size.
    wanders : bool
        Whether the course wanders for about as long as it lasts, so that no trend can be told from that.
    """

    slope: float
    low: float
    high: float
    p: float
    verdict: Verdict
    crosses: bool = False
    wanders: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PhasesOf:
    """Treatment phase against baseline phase of one course; negative differences = more even.

    Attributes
    ----------
    difference, low, high : float
        Treatment less baseline, and its 95 % interval, unit of the course.
    p : float
        Of a permutation test that respects autocorrelation.
    nonoverlap, nonoverlap_low, nonoverlap_high : float
        Share of pairs of sessions in which treatment is more even than baseline (NAP): 0.5 = no difference.
    standardised, standardised_low, standardised_high : float
        Difference over the standard deviation within phases.
    baseline_sessions, treatment_sessions : int
    verdict : {"improved", "worse", "no detectable change", "not comparable"}
    drifts : bool
        Whether a steady drift through both phases describes the course as well as a step, so that none is claimed.
    """

    difference: float
    low: float
    high: float
    p: float
    nonoverlap: float
    nonoverlap_low: float
    nonoverlap_high: float
    standardised: float
    standardised_low: float
    standardised_high: float
    baseline_sessions: int
    treatment_sessions: int
    verdict: Verdict
    drifts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegionCourse:
    """Course of one region; arrays have one entry a session, NaN where not measurable.

    Attributes
    ----------
    region : str
    part : str or None
        The part of the region on which `signed_asymmetry` and the trend rest; None where nothing is known.
    signed_asymmetry : ndarray, shape (n,)
        Signed asymmetry of that part along one direction, the same in all sessions: 0 = even. It begins above 0 and
        falls as the face gets more even; below 0 the other side is higher or wider.
    asymmetry : ndarray, shape (n,)
        Root mean square of the region's asymmetry field.
    lateral, vertical : ndarray, shape (n,)
        Mean of the field over the subject-left landmarks: + = the subject's left is further out, higher.
    lift : ndarray, shape (n,)
        Mean upward movement of both sides together since the first session.
    left_outward, left_up, right_outward, right_up : ndarray, shape (n,)
        Mean movement of each side since the first session.
    signed_asymmetry_error, asymmetry_error, lateral_error, vertical_error, lift_error : ndarray, shape (n,)
        95 % half-widths over re-photographing.
    trend : TrendOf
        Of `signed_asymmetry`.
    phases : PhasesOf or None
        None without a treatment start.
    unit : str
    """

    region: str
    part: str | None
    signed_asymmetry: FloatArray
    asymmetry: FloatArray
    lateral: FloatArray
    vertical: FloatArray
    lift: FloatArray
    left_outward: FloatArray
    left_up: FloatArray
    right_outward: FloatArray
    right_up: FloatArray
    signed_asymmetry_error: FloatArray
    asymmetry_error: FloatArray
    lateral_error: FloatArray
    vertical_error: FloatArray
    lift_error: FloatArray
    trend: TrendOf
    phases: PhasesOf | None
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasureCourse:
    """Course of one clinical measure: `difference` is left less right, one entry a session.

    Trend and phases are those of its size: negative = more even.
    """

    name: str
    difference: FloatArray
    error: FloatArray
    trend: TrendOf
    phases: PhasesOf | None
    unit: str
