"""The clients of a practice as a study: before and after, treatments, adherence and diaries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import nan
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from symmetry.cohort.reading import facts_of, of_person, study_of
from symmetry.cohort.study import EVERYONE, Study
from symmetry.errors import SymmetryError, TableError
from symmetry.measure.batch import Failure
from symmetry.measure.reliability_table import ReliabilityTables
from symmetry.practice.follow_up import Watch, faces_of, series_of
from symmetry.practice.names import fold
from symmetry.practice.records import ClientPage, Entry, Treatment
from symmetry.practice.store import Practice
from symmetry.series import Series

if TYPE_CHECKING:
    import pandas as pd

UNTREATED: Final = "no protocol"
"""Group of clients who did no protocol."""
BY_PROTOCOL: Final = "protocol"
"""Name of the grouping by the protocol that each client did most often."""
NO_PHOTOS: Final = "there are no photos yet"
NO_CLIENT: Final = "no client has this id; counted as a person without photos"
_NOBODY: Final = "no client has photos that can be measured; add some with `symmetry session add CLIENT PHOTO`"

Complain = Callable[[str, str], object]
"""Takes what is concerned, a client or a client's photo, and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StudyOptions:
    """Who is in a study of a practice, and what is known of them."""

    # what is known of the clients in the study, `person` holding their ids; None = all clients
    facts: pd.DataFrame | None = None
    by_protocol: bool = False  # group clients by the protocol that they did most often
    # diary scale that stands for the change as clients see it; see `rated_change`. Where its lower end is the better
    # one, `analyze_cohort` takes `rating="lower"`.
    rating: str | None = None
    regions: Sequence[str] | None = None  # regions or clinical measures; None = all regions
    planned: int | None = None  # sessions planned for everyone; None = the sessions that are kept
    # reliability tables that the errors come from; None = the shipped ones
    reliability: ReliabilityTables | None = None

    @classmethod
    def of(cls, people: Path | None, group: str | None, **options: Any) -> StudyOptions:
        """Read who is in the study, and their groups, from a table of people.

        Parameters
        ----------
        people : Path or None
            As for `analyze_cohort`; without it all clients are in the study.
        group : str or None
            Column of the table that names the groups; `BY_PROTOCOL` needs no column. None without a column `group`
            makes one group of everyone.
        **options
            The other attributes.
        """
        facts = facts_of(people, group)
        if facts is not None:
            if group not in (None, BY_PROTOCOL) and "group" not in facts:
                raise TableError(f'{people}: there is no column "{group}" that tells groups apart')
            if group is None and "group" not in facts:
                facts = facts.assign(group=EVERYONE)
            facts = facts.assign(person=[fold(str(person)) for person in facts["person"]])
        by_protocol = group == BY_PROTOCOL and (facts is None or "group" not in facts)
        return cls(facts=facts, by_protocol=by_protocol, **options)


def study_of_practice(
    practice: Practice,
    options: StudyOptions | None = None,
    *,
    watch: Watch | None = None,
    complain: Complain | None = None,
) -> Study:
    """Follow every client through the sessions and put them together as a study.

    Parameters
    ----------
    practice : Practice
        Measured faces that it keeps are not measured again.
    options : StudyOptions, optional
    watch : Watch, optional
    complain : Complain, optional

    Returns
    -------
    Study
        Clients who cannot be compared are in it, too. Minutes and adherence count from the first session to the last.

    Raises
    ------
    UnknownIdError
        If the diary has no such scale.
    TableError
        If nobody can be measured.
    """
    import pandas as pd

    options, complain = options or StudyOptions(), complain or (lambda about, why: None)
    scale = None if options.rating is None else practice.scale(options.rating).name
    ids = [client.id for client in practice.clients()]
    if options.facts is not None:
        chosen = [fold(str(person)) for person in options.facts["person"]]
        for stranger in [person for person in chosen if person not in ids]:
            complain(stranger, NO_CLIENT)
        ids = [client for client in ids if client in chosen]
    pages = {client: practice.page(client) for client in ids}
    about: dict[str, dict[str, Any]] = {}
    for client, page in pages.items():
        about[client] = {"person": client, "planned": float(len(page.sessions))}
        if options.by_protocol:
            about[client]["group"] = main_protocol(page.treatments)
        if not page.photos:
            complain(client, NO_PHOTOS)
    frames: dict[str, pd.DataFrame] = {}
    for client, series in _followed(practice, pages, options.reliability, watch, complain):
        # Only the numbers are kept: the faces of a whole practice would not fit into memory.
        frames[client] = of_person(client, series)
        about[client] |= _about(practice, pages[client], series, scale)
    if not frames:
        raise TableError(_NOBODY)
    people = pd.DataFrame(list(about.values()))
    return study_of(frames, people=people, regions=options.regions, planned=options.planned)


def rated_change(entries: Sequence[Entry], scale: str, *, first: date, last: date) -> float:
    """Give how much a rating rose from the first session to the last.

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
        The last rating minus the one at the first session: the latest until that day, or else the next one. NaN if
        these are not two ratings.
    """
    rated = [(entry.at.date(), value) for entry in entries for name, value in entry.values if name == scale]
    counted = [one for one in rated if one[0] <= last]
    begin = max(sum(day <= first for day, _ in counted) - 1, 0)
    return counted[-1][1] - counted[begin][1] if len(counted) > begin + 1 else nan


def minutes_of(treatments: Sequence[Treatment]) -> float:
    """Give the minutes of all treatments; NaN if those of one are not known."""
    return float(sum(nan if one.minutes is None else one.minutes for one in treatments))


def main_protocol(treatments: Sequence[Treatment]) -> str:
    """Give the name of the protocol done most often; the first of them if there are several."""
    done = [one.protocol for one in treatments if one.protocol is not None]
    return max(done, key=done.count) if done else UNTREATED


def _followed(
    practice: Practice,
    pages: Mapping[str, ClientPage],
    reliability: ReliabilityTables | None,
    watch: Watch | None,
    complain: Complain,
) -> Iterator[tuple[str, Series]]:
    """Follow one client after the other, so that only one client's faces are held at a time."""
    measured = ((client, face) for client in pages for face in faces_of(practice, client, reliability=reliability))
    total = sum(len(page.photos) for page in pages.values())
    for client, results in groupby(watch(measured, total) if watch else measured, key=itemgetter(0)):
        faces = [face for _, face in results]
        for face in faces:
            if isinstance(face, Failure):
                complain(f"{client}: {face.photo}", face.error)
        try:
            yield client, series_of(practice, client, faces, reliability=reliability)
        except SymmetryError as error:
            complain(client, str(error))


def _about(practice: Practice, page: ClientPage, series: Series, scale: str | None) -> dict[str, Any]:
    """Give what a client did and rated from the first session to the last."""
    first, last = series.sessions[0], series.sessions[-1]
    treatments = [one for one in page.treatments if first.day <= one.at.date() and one.at <= last.at]
    plans = [one for one in practice.adherence(page.client.id, until=last.at) if one.planned]
    about: dict[str, Any] = {
        "minutes": minutes_of(treatments),
        "adherence": sum(one.done for one in plans) / sum(one.planned or 0.0 for one in plans) if plans else nan,
    }
    if scale is not None:
        about["rating"] = rated_change(page.entries, scale, first=first.day, last=last.day)
    return about
