"""The report about a client: what a practice knows of the person, put together with the series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from symmetry.measure.analysis import turned_back
from symmetry.measure.face import FaceAnalysis
from symmetry.output.report.content import DiaryCourse, Pictures, Report
from symmetry.photos.reading import Photo, photo_from_bytes
from symmetry.practice.reading import PracticeReader
from symmetry.practice.records import Entry, StoredPhoto
from symmetry.series import Series


def report_of(practice: PracticeReader, client_id: str, series: Series, *, made: datetime, note: str = "") -> Report:
    """Put together the report about a client; notes kept about the client are not in it."""
    page = practice.page(client_id)
    last = max([series.sessions[-1].at, *(treatment.at for treatment in page.treatments)])
    return Report(
        title=page.client.name,
        made=made,
        series=series,
        pictures=_pictures(practice, page.photos, series),
        treatments=page.treatments,
        adherence=practice.adherence(client_id, until=last),  # nobody followed the client after that
        diary=_diary(practice, page.entries),
        note=note,
    )


def _pictures(practice: PracticeReader, photos: Sequence[StoredPhoto], series: Series) -> Pictures | None:
    stored = {photo.sha256: photo for photo in photos}

    def shown(face: FaceAnalysis) -> Photo:
        photo = stored[face.photo.sha256]
        upright = photo_from_bytes(practice.read_photo(photo), face.photo.name)
        upright = replace(upright, captured=face.photo.captured)  # the day of the session, see `faces_of`
        return turned_back(upright) if photo.mirrored else upright

    return Pictures.of(series.change, shown)


def _diary(practice: PracticeReader, entries: Sequence[Entry]) -> tuple[DiaryCourse, ...]:
    courses = []
    for scale in practice.scales():
        rated = tuple((entry.at, value) for entry in entries for name, value in entry.values if name == scale.name)
        if rated:
            courses.append(DiaryCourse(name=scale.name, low=scale.low, high=scale.high, entries=rated))
    return tuple(courses)
