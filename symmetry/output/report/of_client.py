"""The report about a client: what a practice knows of the person, put together with the series."""

from __future__ import annotations

from datetime import datetime

from symmetry.measure.analysis import turned_back
from symmetry.measure.face import FaceAnalysis
from symmetry.output.report.content import Adherence, DiaryCourse, Pictures, Report, Treatment
from symmetry.photos.reading import Photo, photo_from_bytes
from symmetry.practice.records import Treatment as KeptTreatment
from symmetry.practice.store import Practice
from symmetry.series import Series


def report_of(practice: Practice, client_id: str, series: Series, *, made: datetime, note: str = "") -> Report:
    """Put together what the report about a client shows; notes that are kept about the client are not for it."""
    client = practice.client(client_id)
    treatments = practice.treatments(client_id)
    last = max([series.sessions[-1].at, *(treatment.at for treatment in treatments)])
    return Report(
        title=client.name,
        made=made,
        series=series,
        pictures=_pictures(practice, client_id, series),
        treatments=tuple(_treatment(one) for one in treatments),
        adherence=tuple(
            Adherence(
                label=f"{one.protocol}, {one.since:%Y-%m-%d} to {last:%Y-%m-%d}",
                done=one.done,
                planned=None if one.planned is None else round(one.planned),
            )
            for one in practice.adherence(client_id, until=last)  # what came after nobody followed
        ),
        diary=_diary(practice, client_id),
        note=note,
    )


def _pictures(practice: Practice, client_id: str, series: Series) -> Pictures | None:
    if series.change is None:
        return None
    kept = {photo.sha256: photo for session in practice.sessions(client_id) for photo in session.photos}

    def shown(face: FaceAnalysis) -> Photo:
        photo = kept[face.photo.sha256]
        upright = photo_from_bytes(practice.read_photo(photo), face.photo.name)
        return turned_back(upright) if photo.mirrored else upright

    change = series.change.with_photos(shown(series.change.before), shown(series.change.after))
    return Pictures(before=change.before, after=change.after, change=change)


def _treatment(one: KeptTreatment) -> Treatment:
    label = one.protocol or ", ".join(filter(None, (one.product, *one.zones))) or "treatment"
    return Treatment(at=one.at, label=label, minutes=one.minutes)


def _diary(practice: Practice, client_id: str) -> tuple[DiaryCourse, ...]:
    entries = practice.diary(client_id)
    courses = []
    for scale in practice.scales():
        rated = tuple((entry.at, value) for entry in entries for name, value in entry.values if name == scale.name)
        if rated:
            courses.append(DiaryCourse(name=scale.name, low=scale.low, high=scale.high, entries=rated))
    return tuple(courses)
