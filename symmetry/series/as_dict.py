"""A series as a JSON object; arrays have one entry a session."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from symmetry.measure.change import Change
from symmetry.measure.face import FaceAnalysis
from symmetry.series.result import MeasureCourse, RegionCourse, SeriesResult, Session
from symmetry.series.wording import answer
from symmetry.tabular.series import NUMBERS
from symmetry.tabular.text import without, without_nan
from symmetry.version import ENGINE, __version__


def series_as_dict(series: SeriesResult) -> dict[str, Any]:
    """Turn a series into a JSON object; what is not known is None."""
    change = series.change
    return without_nan(
        {
            "version": __version__,
            "engine": ENGINE,
            "error": None,
            "answer": answer(series),
            "unit": series.unit,
            "scale": asdict(series.scale),
            "method": series.method,
            "reference": series.reference.photo.name,
            "treatment_start": series.treatment_start.isoformat() if series.treatment_start else None,
            "sessions": [_session(number, session) for number, session in enumerate(series.sessions, 1)],
            "left_out": [{**asdict(one), "at": one.at.isoformat() if one.at else None} for one in series.left_out],
            "regions": {name: _region(course, change) for name, course in series.regions.items()},
            "measures": {name: _measure(course, change) for name, course in series.measures.items()},
            "change": None
            if change is None
            else {
                "sessions": series.change_sessions,
                "befores": [face.photo.name for face in change.befores],
                "afters": [face.photo.name for face in change.afters],
                "flags": [asdict(flag) for flag in change.flags],
            },
        }
    )


def _session(number: int, session: Session) -> dict[str, Any]:
    return {
        "session": number,
        "day": session.day.isoformat(),
        "at": session.at.isoformat(),
        "weeks": session.weeks,
        "phase": session.phase,
        "times_from": list(session.sources),
        "photos": [_photo(face) for face in session.faces],
    }


def _photo(face: FaceAnalysis) -> dict[str, Any]:
    return {
        "photo": face.photo.name,
        "sha256": face.photo.sha256,
        "captured": face.photo.captured.isoformat() if face.photo.captured else None,
        "captured_source": face.photo.captured_source,
        "flags": [asdict(flag) for flag in face.flags],
    }


def _region(course: RegionCourse, change: Change | None) -> dict[str, Any]:
    return {
        "part": course.part,
        "unit": course.unit,
        "course": {name: getattr(course, name).tolist() for name in NUMBERS},
        "trend": asdict(course.trend),
        "phases": asdict(course.phases) if course.phases else None,
        "change": without(asdict(change.regions[course.region]), "region") if change else None,
    }


def _measure(course: MeasureCourse, change: Change | None) -> dict[str, Any]:
    return {
        "unit": course.unit,
        "course": {"difference": course.difference.tolist(), "difference_error": course.error.tolist()},
        "trend": asdict(course.trend),
        "phases": asdict(course.phases) if course.phases else None,
        "change": without(asdict(change.measures[course.name]), "name") if change else None,
    }
