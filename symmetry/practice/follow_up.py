"""A client's photos measured and followed through all sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from symmetry.errors import SymmetryError
from symmetry.landmarks.scale import Scale
from symmetry.measure.batch import Failure, measure_once
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.face_cache import FaceCache
from symmetry.measure.options import Measuring
from symmetry.measure.reliability_table import ReliabilityTables
from symmetry.practice.store import Practice
from symmetry.series import DatedFace, LeftOut, Series, analyze_series, left_out_for

_CONFIRM: Final = "if it is the client, `symmetry photo confirm` makes it count."
_BY_SESSION: Final = "session"
"""How the time of a photo is known: from its session."""

Watch = Callable[[Iterator[Any], int], Iterator[Any]]
"""Takes an iterator over photos as they are measured, and their number; gives an iterator over the same, such as one
that shows a progress bar."""


def faces_of(
    practice: Practice,
    client_id: str,
    *,
    scale: Scale | str = "iris",
    same_person: bool = False,
    reliability: ReliabilityTables | None = None,
    skin: bool = False,
) -> Iterator[DatedFace | LeftOut | Failure]:
    """Measure all photos of a client one by one; measured faces that are kept are not measured again.

    Parameters
    ----------
    practice : Practice
    client_id : str
    scale, reliability
        See `symmetry.analyze`.
    same_person : bool
        Measure photos, too, that were kept though they seem to show someone else; by default they are left out.
    skin : bool
        Measure the skin, too; for that every photo is measured anew.

    Raises
    ------
    UnknownIdError
        If there is no such client.
    """
    cache = FaceCache(practice.results_folder(client_id), make=False)
    measuring = Measuring.of(scale=scale, reliability=reliability, skin=skin)
    sessions = practice.sessions(client_id)
    accepted = [each for each in sessions if any(photo.identity != "doubted" for photo in each.photos)]
    first = min(accepted, key=lambda each: each.number, default=None)
    for session in sessions:
        for photo in session.photos:
            name = f"session {session.number}: {photo.name}"
            if photo.identity == "doubted" and not same_person:
                advice = f"It was kept though it seems to show someone else; {_CONFIRM}"
                yield LeftOut(photo=name, at=session.at, reason="different_person", advice=advice)
                continue
            try:
                face = measure_once(
                    cache,
                    photo.sha256,
                    partial(practice.read_photo, photo),
                    replace(measuring, mirrored=photo.mirrored),
                    name=name,
                )
            except SymmetryError as error:
                yield Failure(photo=name, error=str(error))
            else:
                yield DatedFace(
                    face=on_day(face.without_pixels(comparable=True), session.at),
                    at=session.at,
                    source=_BY_SESSION,
                    session=f"session {session.number}",
                    identity="confirmed" if photo.identity == "confirmed" else "first" if session is first else "",
                )


def on_day(face: FaceAnalysis, at: datetime) -> FaceAnalysis:
    """Put a face on the day of its session: that counts, and the camera's clock may have been wrong."""
    taken = face.photo.captured
    if taken is None or taken.date() == at.date():
        return face
    moved = taken + (at.date() - taken.date())
    return replace(face, photo=replace(face.photo, captured=moved, captured_source=_BY_SESSION))


def series_of(
    practice: Practice,
    client_id: str,
    faces: Iterable[DatedFace | LeftOut | Failure],
    *,
    treatment_start: date | datetime | None = None,
    same_person: bool = False,
    reliability: ReliabilityTables | None = None,
) -> Series:
    """Follow a client through measured photos.

    Parameters
    ----------
    practice : Practice
    client_id : str
    faces : iterable of DatedFace, LeftOut or Failure
        See `faces_of`.
    treatment_start : date or datetime, optional
        Beginning of the treatment phase; by default the client's first treatment.
    same_person, reliability
        See `symmetry.analyze_series`.

    Raises
    ------
    NothingFitError
        If no photo is fit to be measured.
    """
    if treatment_start is None:
        treatment_start = min((treatment.at for treatment in practice.treatments(client_id)), default=None)
    return analyze_series(
        [left_out_for(face) if isinstance(face, Failure) else face for face in faces],
        treatment_start=treatment_start,
        same_person=same_person,
        reliability=reliability,
        cache=FaceCache(practice.results_folder(client_id), make=False),
    )
