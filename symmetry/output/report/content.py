"""What a report shows: a series of photos, and what else is known about the person and the treatments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from symmetry.landmarks.networks import engine_label
from symmetry.measure.change import Change
from symmetry.measure.face import FaceAnalysis
from symmetry.photos.reading import Photo
from symmetry.practice.records import Adherence, JournalEntry, Treatment
from symmetry.series.series import Series
from symmetry.version import __version__


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pictures:
    """Two photos laid over each other."""

    # with their pixels
    before: FaceAnalysis
    after: FaceAnalysis
    change: Change | None = None  # between these two; without it no movement is drawn

    @classmethod
    def of(cls, change: Change | None, photo_of: Callable[[FaceAnalysis], Photo]) -> Pictures | None:
        """Bring back the pixels of the two photos of a change; `photo_of` reads the photo of a face."""
        if change is None:
            return None
        shown = change.with_photos(photo_of(change.before), photo_of(change.after))
        return cls(before=shown.before, after=shown.after, change=shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryCourse:
    """A person's ratings on one scale."""

    name: str
    # ends of the scale
    low: float
    high: float
    entries: tuple[tuple[datetime, float], ...]  # in order of time; aware


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Report:
    """Everything that a report shows. Texts may contain anything; nothing in them is taken for HTML."""

    title: str  # name of the person, or of the series
    made: datetime  # aware
    series: Series
    pictures: Pictures | None = None
    # in order of time; only `at`, the protocol (or product and zones) and `minutes` are shown
    treatments: tuple[Treatment, ...] = ()
    adherence: tuple[Adherence, ...] = ()  # see `symmetry.practice.adherence`
    diary: tuple[DiaryCourse, ...] = ()
    work: tuple[tuple[str, str, float], ...] = ()  # zone, side and minutes of all treatments, the most first
    history: tuple[JournalEntry, ...] = ()  # what was changed of the person in the practice, the latest first
    note: str = ""
    version: str = __version__  # of this program
    engine: str = field(default_factory=engine_label)  # what found the landmarks

    @property
    def followed_until(self) -> date:
        """Day of the last session or treatment."""
        return max([self.series.sessions[-1].at, *(treatment.at for treatment in self.treatments)]).date()
