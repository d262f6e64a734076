"""When the photos of a series were taken."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

from symmetry.errors import PhotoError
from symmetry.measure.batch import Failure, analyze_photos
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.face_cache import KnownFaces
from symmetry.measure.reliability_table import ReliabilityTables
from symmetry.photos.capture_time import moment_of
from symmetry.series.result import DatedFace, LeftOut

Given = DatedFace | FaceAnalysis | str | os.PathLike[str]


def left_out_for(failure: Failure) -> LeftOut:
    """Put a photo that could not be measured on the record."""
    return LeftOut(photo=failure.photo, at=None, reason="unreadable", advice=failure.error)


def date_face(measured: FaceAnalysis | Failure, zone: tzinfo | None = None) -> DatedFace | LeftOut:
    """Find out when the photo of a face was taken, or put it on the record; its pixels are let go of."""
    if isinstance(measured, Failure):
        return left_out_for(measured)
    try:
        moment = moment_of(measured.photo, Path(measured.photo.name), zone)
    except PhotoError as error:
        return LeftOut(photo=measured.photo.name, at=None, reason="no_time", advice=str(error))
    face = measured.without_pixels(comparable=True)
    return DatedFace(face=face, at=moment.at, source=moment.source, note=moment.note)


def dated_faces(
    photos: Sequence[Given], *, known: KnownFaces | None, reliability: ReliabilityTables | None
) -> tuple[list[DatedFace], list[LeftOut]]:
    """Measure what is not measured yet and find out when it was taken."""
    dated: list[DatedFace] = []
    left_out: list[LeftOut] = []
    for given in photos:
        if isinstance(given, DatedFace):
            dated.append(given)
            continue
        measured: FaceAnalysis | Failure
        if isinstance(given, FaceAnalysis):
            measured = given
        else:
            (measured,) = analyze_photos([Path(given)], known=known, reliability=reliability)
        found = date_face(measured)
        if isinstance(found, DatedFace):
            dated.append(found)
        else:
            left_out.append(found)
    return dated, left_out
