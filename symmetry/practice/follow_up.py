"""A client's photos followed through all sessions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from symmetry.errors import SymmetryError
from symmetry.landmarks.scale import Scale
from symmetry.measure.batch import Failure, measure_once
from symmetry.measure.face_cache import FaceCache
from symmetry.measure.options import Measuring
from symmetry.measure.reliability_table import ReliabilityTables
from symmetry.practice.store import Practice
from symmetry.series import DatedFace, LeftOut, Series, analyze_series

_BY_SESSION = "session"
"""How the time of a photo is known: by the session that it was added to."""


def faces_of(
    practice: Practice, client_id: str, *, scale: Scale | str = "iris", reliability: ReliabilityTables | None = None
) -> Iterator[DatedFace | Failure]:
    """Measure all photos of a client, one after the other, or take what is known of them.

    Parameters
    ----------
    practice : Practice
    client_id : str
    scale, reliability
        As for `analyze`.

    Raises
    ------
    UnknownIdError
        If there is no such client.
    """
    cache = FaceCache(practice.results_folder(client_id), make=False)
    measuring = Measuring.of(scale=scale, reliability=reliability)
    for session in practice.sessions(client_id):
        for photo in session.photos:
            name = f"session {session.number}: {photo.name}"
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
                    face=face.without_pixels(comparable=True),
                    at=session.at,
                    source=_BY_SESSION,
                    session=f"session {session.number}",
                )


def series_of(
    practice: Practice,
    client_id: str,
    faces: list[DatedFace],
    *,
    treatment_start: date | datetime | None = None,
    same_person: bool = False,
    reliability: ReliabilityTables | None = None,
    left_out: tuple[LeftOut, ...] = (),
) -> Series:
    """Follow a client through the measured photos; the treatment phase begins with the first treatment.

    Raises
    ------
    NothingFitError
        If no photo is fit to be measured.
    """
    treatments = practice.treatments(client_id)
    if treatment_start is None and treatments:
        treatment_start = min(treatment.at for treatment in treatments)
    return analyze_series(
        [*faces, *left_out],
        treatment_start=treatment_start,
        same_person=same_person,
        reliability=reliability,
        cache=FaceCache(practice.results_folder(client_id), make=False),
    )
