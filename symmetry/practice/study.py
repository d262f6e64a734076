"""The clients of a practice as a study: before and after of each, treatments, how plans were kept, diaries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from math import nan
from typing import TYPE_CHECKING, Any, Final

from symmetry.cohort.reading import of_person, study_of
from symmetry.cohort.study import Study
from symmetry.errors import SymmetryError, TableError
from symmetry.measure.batch import Failure
from symmetry.measure.reliability_table import ReliabilityTables
from symmetry.practice.follow_up import faces_of, series_of
from symmetry.practice.names import fold, unknown
from symmetry.practice.records import Entry, Treatment
from symmetry.practice.store import Practice
from symmetry.series import DatedFace, Series, left_out_for

if TYPE_CHECKING:
    import pandas as pd

Measured = tuple[str, "DatedFace | Failure"]
"""A client's id and what was measured in a photo."""
Watch = Callable[[Iterator[Measured], int], Iterator[Measured]]

UNTREATED: Final = "no protocol"
"""Group of those who did no protocol."""
NO_PHOTOS: Final = "there are no photos yet"
_NOBODY: Final = "no client has photos that can be measured; add some with `symmetry session add CLIENT PHOTO`"


def study_of_practice(
    practice: Practice,
    *,
    clients: Collection[str] | None = None,
    by_protocol: bool = False,
    rating: str | None = None,
    regions: Sequence[str] | None = None,
    planned: int | None = None,
    reliability: ReliabilityTables | None = None,
    watch: Watch | None = None,
    complain: Callable[[str, str], object] | None = None,
) -> Study:
    """Follow every client through the sessions and put them together as a study.

    Parameters
    ----------
    practice : Practice
        What was measured in it before is not measured again.
    clients : collection of str, optional
        Ids of those who are in the study; everyone if not given.
    by_protocol : bool
        Group clients by the protocol that they did most often.
    rating : str, optional
        The diary's scale that stands for the change as clients see it; see `rated_change`. Where its lower end is the
        better one, `analyze_cohort` takes `rating="lower"`.
    regions : sequence of str, optional
        Regions or clinical measures; all regions by default.
    planned : int, optional
        Sessions that everyone was to have; by default the sessions that are kept.
    reliability : mapping, optional
        What is behind the errors; the shipped one by default.
    watch : callable, optional
        Called with an iterator over all photos as they are measured and with their number; gives one over the same.
    complain : callable, optional
        Called with what it is about, a client or a client's photo, and with what is wrong with it.

    Returns
    -------
    Study
        Those who cannot be compared are in it, too. Minutes and adherence count from the first session to the last.

    Raises
    ------
    UnknownIdError
        If the diary has no such scale.
    TableError
        If nobody can be measured.
    """
    import pandas as pd

    said = complain or (lambda about, why: None)
    scale = None if rating is None else _scale(practice, rating)
    chosen = None if clients is None else {fold(client) for client in clients}
    ids = [client.id for client in practice.clients() if chosen is None or client.id in chosen]
    sessions = {client: practice.sessions(client) for client in ids}
    photos = sum(len(session.photos) for kept in sessions.values() for session in kept)
    taken = ((client, face) for client in ids for face in faces_of(practice, client, reliability=reliability))
    frames: dict[str, pd.DataFrame] = {}
    about: dict[str, dict[str, Any]] = {}
    for client in ids:
        about[client] = {"person": client, "planned": float(len(sessions[client]))}
        if by_protocol:
            about[client]["group"] = main_protocol(practice.treatments(client))
        if not any(session.photos for session in sessions[client]):
            said(client, NO_PHOTOS)
    for client, series in _courses(practice, taken if watch is None else watch(taken, photos), reliability, said):
        # Only the numbers are kept: the faces of a whole practice would not fit into memory.
        frames[client] = of_person(client, series)
        about[client] |= _about(practice, client, series, scale)
    if not frames:
        raise TableError(_NOBODY)
    return study_of(frames, people=pd.DataFrame(list(about.values())), regions=regions, planned=planned)


def rated_change(entries: Sequence[Entry], scale: str, *, first: date, last: date) -> float:
    """Give how far a rating rose from the first session to the last.

    Parameters
    ----------
    entries : sequence of Entry
        In order of time; those after the last session do not count.
    scale : str
    first, last : date
        Days of the first and the last session.

    Returns
    -------
    float
        The last rating less the one that stood at the first session: the newest until that day, or else the next one.
        NaN where these are not two.
    """
    rated = [(entry.at.date(), value) for entry in entries for name, value in entry.values if name == scale]
    counted = [one for one in rated if one[0] <= last]
    begin = max(sum(day <= first for day, _ in counted) - 1, 0)
    return counted[-1][1] - counted[begin][1] if len(counted) > begin + 1 else nan


def minutes_of(treatments: Sequence[Treatment]) -> float:
    """Add up how long treatments took; NaN where one of them does not tell."""
    return float(sum(nan if one.minutes is None else one.minutes for one in treatments))


def main_protocol(treatments: Sequence[Treatment]) -> str:
    """Name the protocol that was done most often, of several the one that came first."""
    done = [one.protocol for one in treatments if one.protocol is not None]
    return max(done, key=done.count) if done else UNTREATED


def _scale(practice: Practice, wanted: str) -> str:
    names = [scale.name for scale in practice.scales()]
    for name in names:
        if fold(name) == fold(wanted):
            return name
    raise unknown("scale", wanted, names, see="`symmetry diary scales`")


def _courses(
    practice: Practice,
    taken: Iterator[Measured],
    reliability: ReliabilityTables | None,
    said: Callable[[str, str], object],
) -> Iterator[tuple[str, Series]]:
    """Follow one client after the other, so that only one client's faces are held at a time."""
    for client, results in groupby(taken, key=lambda one: one[0]):
        dated: list[DatedFace] = []
        failed = []
        for _, result in results:
            if isinstance(result, Failure):
                said(f"{client}: {result.photo}", result.error)
                failed.append(left_out_for(result))
            else:
                dated.append(result)
        try:
            yield client, series_of(practice, client, dated, reliability=reliability, left_out=tuple(failed))
        except SymmetryError as error:
            said(client, str(error))


def _about(practice: Practice, client: str, series: Series, scale: str | None) -> dict[str, Any]:
    """Tell what a client did and said from the first session to the last."""
    first, last = series.sessions[0], series.sessions[-1]
    treatments = _between(practice.treatments(client), first.day, last.at)
    plans = [one for one in practice.adherence(client, until=last.at) if one.planned]
    told: dict[str, Any] = {
        "minutes": minutes_of(treatments),
        "adherence": sum(one.done for one in plans) / sum(one.planned or 0.0 for one in plans) if plans else nan,
    }
    if scale is not None:
        told["rating"] = rated_change(practice.diary(client), scale, first=first.day, last=last.day)
    return told


def _between(treatments: Sequence[Treatment], first: date, last: datetime) -> list[Treatment]:
    return [one for one in treatments if first <= one.at.date() and one.at <= last]
