"""A client's photos followed through all sessions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from symmetry.errors import SymmetryError
from symmetry.landmarks.scale import Scale
from symmetry.measure.analysis import analyze
from symmetry.measure.batch import Failure
from symmetry.measure.face_cache import KnownFaces, Look
from symmetry.measure.reliability_table import ReliabilityTables
from symmetry.photos.reading import photo_from_bytes
from symmetry.practice.records import StoredPhoto
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
    known = KnownFaces(practice.results_folder(client_id), make=False)
    wanted = Scale.parse(scale) if isinstance(scale, str) else scale
    for session in practice.sessions(client_id):
        for photo in session.photos:
            name = f"session {session.number}: {photo.name}"
            try:
                face = known.face(photo.sha256, _look(photo), name=name, scale=wanted, reliability=reliability)
                if face is None:
                    face = analyze(
                        photo_from_bytes(practice.read_photo(photo), name),
                        scale=wanted,
                        mirrored=photo.mirrored,
                        reliability=reliability,
                    )
                    known.keep(face, _look(photo))
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
        faces,
        treatment_start=treatment_start,
        same_person=same_person,
        reliability=reliability,
        known=KnownFaces(practice.results_folder(client_id), make=False),
        left_out=left_out,
    )


def _look(photo: StoredPhoto) -> Look:
    return Look(mirrored=photo.mirrored)
