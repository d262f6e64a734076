"""The result of a series of photos of one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from symmetry.landmarks.networks import engine_label
from symmetry.landmarks.scale import Scale
from symmetry.measure.change import Change
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.reliability_table import Method
from symmetry.series.answer import SeriesOutcome, series_outcome
from symmetry.series.result import LeftOut, MeasureCourse, RegionCourse, Session
from symmetry.series.skin import SkinSeries
from symmetry.series.wording import line_of, sentences
from symmetry.tabular import SERIES_TABLES, to_frame
from symmetry.tabular.series import NUMBERS
from symmetry.tabular.text import without, without_nan
from symmetry.version import __version__

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Series:
    """A series of photos of one person: sessions, courses with their errors, trends and verdicts.

    Attributes
    ----------
    sessions : tuple of Session
        In order of time; at least one.
    left_out : tuple of LeftOut
    reference : FaceAnalysis
        The best photo, to which all others are registered.
    regions : mapping of str to RegionCourse
        The nine regions.
    measures : mapping of str to MeasureCourse
        The clinical measures.
    change : Change or None
        Last sessions against first sessions, with a verdict for each region; None with fewer than two sessions. With a
        treatment start, the first are all baseline sessions, four at the most.
    change_sessions : int
        How many sessions stand before it.
    treatment_start : date or None
    scale : Scale
        Pooled over the series.
    unit : str
        "mm", or "% IPD" where millimetres are not known.
    method : {"registration", "landmarks"}
    turned_back : tuple of str
        Photos that were mirrored unlike the others and count turned back.
    """

    sessions: tuple[Session, ...]
    left_out: tuple[LeftOut, ...]
    reference: FaceAnalysis
    regions: Mapping[str, RegionCourse]
    measures: Mapping[str, MeasureCourse]
    change: Change | None
    change_sessions: int
    treatment_start: date | None
    scale: Scale
    unit: str
    method: Method
    turned_back: tuple[str, ...] = ()
    skin: SkinSeries | None = None

    def __repr__(self) -> str:
        return f"<Series {line_of(self.outcome, self.sessions)}>"

    def _repr_html_(self) -> str:
        from symmetry.output.cards.series import series_card

        return series_card(self)

    @property
    def outcome(self) -> SeriesOutcome:
        """Whether the face is getting more even, where and how surely, as data."""
        sources = [session.sources for session in self.sessions]
        return series_outcome(self.regions, self.measures, self.change, self.change_sessions, sources)

    @property
    def sentences(self) -> list[str]:
        """Whether the face is getting more even, where, by how much, and whether that is real; the headline first."""
        return sentences(self.outcome)

    @property
    def answer(self) -> str:
        """The same as one text."""
        return " ".join(self.sentences)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object that `symmetry series` writes; arrays have one entry a session, unknown is None."""
        change = self.change
        return without_nan(
            {
                "version": __version__,
                "engine": engine_label(),
                "error": None,
                "answer": self.answer,
                "unit": self.unit,
                "scale": asdict(self.scale),
                "method": self.method,
                "reference": self.reference.photo.name,
                "treatment_start": self.treatment_start.isoformat() if self.treatment_start else None,
                "sessions": [_session(number, session) for number, session in enumerate(self.sessions, 1)],
                "left_out": [{**asdict(one), "at": one.at.isoformat() if one.at else None} for one in self.left_out],
                "turned_back": list(self.turned_back),
                "regions": {name: _region(course, change) for name, course in self.regions.items()},
                "measures": {name: _measure(course, change) for name, course in self.measures.items()},
                "change": None
                if change is None
                else {
                    "sessions": self.change_sessions,
                    "befores": [face.photo.name for face in change.befores],
                    "afters": [face.photo.name for face in change.afters],
                    "days": change.days.to_dict(),
                    "flags": [asdict(flag) for flag in change.flags],
                },
                **({"skin": self.skin.to_dict()} if self.skin else {}),
            }
        )

    def to_frame(self, of: Literal["session", "series", "left_out"] = "session") -> DataFrame:
        """Return a table with the columns described in `docs/output.md`.

        Parameters
        ----------
        of : {"session", "series", "left_out"}
            One row for each session and number, for each number over the whole series, or for each photo left out:
            the rows of the CSV of `symmetry series`, with the columns that such rows fill.

        Raises
        ------
        TableError
            If `of` is none of these.
        """
        return to_frame(self.to_dict(), SERIES_TABLES, of)


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
