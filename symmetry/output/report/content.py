"""What a report is made of: a series of photos, and what else is known about the person and the treatments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from symmetry.measure.change import Change
from symmetry.measure.face import FaceAnalysis
from symmetry.series.series import Series
from symmetry.version import ENGINE, __version__


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pictures:
    """The two photos that are laid over each other.

    Attributes
    ----------
    before, after : FaceAnalysis
        With their pixels.
    change : Change or None
        Between these two; without it nothing tells what moved.
    """

    before: FaceAnalysis
    after: FaceAnalysis
    change: Change | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """One treatment, marked in the courses.

    Attributes
    ----------
    at : datetime
        Aware.
    label : str
        Protocol, or what was done.
    minutes : float or None
    """

    at: datetime
    label: str
    minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adherence:
    """How often something was done, and how often it was planned in the same time.

    Attributes
    ----------
    label : str
    done : int
    planned : int or None
        None where there is no plan.
    """

    label: str
    done: int
    planned: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryCourse:
    """What a person wrote down on one scale.

    Attributes
    ----------
    name : str
    low, high : float
        Ends of the scale.
    entries : tuple of (datetime, float)
        In order of time; aware.
    """

    name: str
    low: float
    high: float
    entries: tuple[tuple[datetime, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Report:
    """All that a report shows. Texts may hold anything; nothing in them is taken for HTML.

    Attributes
    ----------
    title : str
        Name of the person, or of the series.
    made : datetime
        Aware.
    series : Series
    pictures : Pictures or None
    treatments : tuple of Treatment
        In order of time.
    adherence : tuple of Adherence
    diary : tuple of DiaryCourse
    note : str
    version : str
        Of this program.
    engine : str
        What found the landmarks, such as "mediapipe 0.10.21".
    """

    title: str
    made: datetime
    series: Series
    pictures: Pictures | None = None
    treatments: tuple[Treatment, ...] = ()
    adherence: tuple[Adherence, ...] = ()
    diary: tuple[DiaryCourse, ...] = ()
    note: str = ""
    version: str = __version__
    engine: str = ENGINE
