"""When the photos of a series were taken."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from symmetry.errors import PhotoError
from symmetry.measure.batch import Failure, analyze_photos
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.face_cache import FaceCache
from symmetry.measure.film_choice import expand_films
from symmetry.measure.options import MeasuringOptions
from symmetry.measure.posed import as_expression
from symmetry.photos.capture_time import local_zone, moment_of
from symmetry.series.result import DatedFace, LeftOut

if TYPE_CHECKING:
    from typing_extensions import Unpack

Given = DatedFace | LeftOut | FaceAnalysis | str | os.PathLike[str]


def date_photos(
    photos: Sequence[Given], *, cache: FaceCache | None = None, **options: Unpack[MeasuringOptions]
) -> Iterator[DatedFace | LeftOut]:
    """Measure the photos of a series and find out when they were taken, one after the other.

    Parameters
    ----------
    photos : sequence of path, FaceAnalysis, DatedFace or LeftOut
        The last two are yielded as they are. A film stands for its best frames.
    cache : FaceCache, optional
        As for `analyze_photos`.
    **options
        `scale`, `mirrored`, `face`, `landmarks_only`, `reliability` as for `analyze`.

    Yields
    ------
    DatedFace or LeftOut
        Without the pixels; left out are photos that cannot be measured, or do not tell when they were taken.
    """
    zone = local_zone()
    for given in photos:
        if isinstance(given, (DatedFace, LeftOut)):
            yield given
        elif isinstance(given, FaceAnalysis):
            yield date_face(given, zone)
        else:
            for measured in analyze_photos(expand_films([Path(given)]), cache=cache, **options):
                yield left_out_for(measured) if isinstance(measured, Failure) else date_face(measured, zone)


def all_posed(
    photos: Iterable[DatedFace | LeftOut], expression: str, options: MeasuringOptions
) -> Iterator[DatedFace | LeftOut]:
    """Take all faces for ones that make an expression on purpose; those that do not are left out."""
    for one in photos:
        if isinstance(one, LeftOut):
            yield one
            continue
        face = as_expression(one.face, expression, reliability=options.get("reliability"))
        missing = next((flag for flag in face.flags if flag.name == "expression_missing"), None)
        if missing is None:
            yield replace(one, face=face)
        else:
            yield LeftOut(photo=face.photo.name, at=one.at, reason=missing.name, advice=missing.advice)


def left_out_for(failure: Failure) -> LeftOut:
    """Record that a photo could not be measured."""
    return LeftOut(photo=failure.photo, at=None, reason="unreadable", advice=failure.error)


def date_face(face: FaceAnalysis, zone: tzinfo | None = None) -> DatedFace | LeftOut:
    """Find out when the photo of a face was taken; the result is without its pixels."""
    try:
        moment = moment_of(face.photo, Path(face.photo.name), zone)
    except PhotoError as error:
        return LeftOut(photo=face.photo.name, at=None, reason="no_time", advice=str(error))
    return DatedFace(face=face.without_pixels(comparable=True), at=moment.at, source=moment.source, note=moment.note)
