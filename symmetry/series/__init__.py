"""Many photos of one person over weeks: sessions, courses, trends."""

from symmetry.series.assembly import analyze_series
from symmetry.series.dating import date_photos, left_out_for
from symmetry.series.result import DatedFace, LeftOut, MeasureCourse, PhasesOf, RegionCourse, Session, TrendOf
from symmetry.series.series import Series

__all__ = [
    "DatedFace",
    "LeftOut",
    "MeasureCourse",
    "PhasesOf",
    "RegionCourse",
    "Series",
    "Session",
    "TrendOf",
    "analyze_series",
    "date_photos",
    "left_out_for",
]
