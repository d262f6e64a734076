"""The report about a client: what a practice knows of the person, put together with the series."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from symmetry.errors import UnknownIdError
from symmetry.measure.analysis import turned_back
from symmetry.measure.face import FaceAnalysis
from symmetry.output.report.content import DiaryCourse, Pictures, Report
from symmetry.output.report.handout import Handout, Letterhead
from symmetry.photos.reading import Photo, photo_from_bytes
from symmetry.practice.names import fold
from symmetry.practice.reading import PracticeReader, version_on
from symmetry.practice.records import Entry, Protocol, StoredPhoto, Treatment
from symmetry.series import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What of a client is shown."""

    note: str = ""
    # numbers of the sessions whose photos are shown; None = the best of the first and of the last that are compared
    before: int | None = None
    after: int | None = None


def report_of(
    practice: PracticeReader, client_id: str, series: Series, *, made: datetime, choice: Choice | None = None
) -> Report:
    """Put together the therapist's edition of the report; notes kept about the client are not in it.

    Raises
    ------
    UnknownIdError
        If a session that was chosen has no photo that counts.
    """
    choice = choice or Choice()
    page = practice.page(client_id)
    last = max([series.sessions[-1].at, *(treatment.at for treatment in page.treatments)])
    return Report(
        title=page.client.name,
        made=made,
        series=series,
        pictures=_pictures(practice, page.photos, series, choice),
        treatments=page.treatments,
        adherence=practice.adherence(client_id, until=last),  # nobody followed the client after that
        diary=_diary(practice, page.entries),
        work=worked(practice, page.treatments),
        history=practice.history(client_id),
        note=choice.note,
    )


def handout_of(
    practice: PracticeReader, client_id: str, series: Series, *, made: datetime, choice: Choice | None = None
) -> Handout:
    """Put together the client's edition of the report; see `report_of`."""
    choice = choice or Choice()
    page = practice.page(client_id)
    settings = practice.settings()
    home = page.client.home
    ritual = next((each for each in practice.protocols() if home and fold(each.name) == fold(home)), None)
    return Handout(
        title=page.client.name,
        made=made,
        series=series,
        pictures=_pictures(practice, page.photos, series, choice, alone=True),
        letterhead=Letterhead(**{name: settings.get(name, "") for name in ("name", "contact", "logo")}),
        ritual=ritual,
        home=home,
        next_visit=page.client.next_visit,
        note=choice.note,
    )


def worked(practice: PracticeReader, treatments: Sequence[Treatment]) -> tuple[tuple[str, str, float], ...]:
    """Add up the minutes of all treatments by zone and side; those of a step count for each of its zones.

    Returns
    -------
    tuple of (str, str, float)
        Zone, side and minutes, the most first.
    """
    minutes: dict[tuple[str, str], float] = {}
    versions: dict[str, tuple[Protocol, ...]] = {}

    def add(zones: Sequence[str], side: str, amount: float | None) -> None:
        for zone in zones:
            minutes[zone, side] = minutes.get((zone, side), 0.0) + (amount or 0.0)

    for done in treatments:
        if done.protocol is not None:
            known = versions.setdefault(done.protocol, practice.protocol_versions(done.protocol))
            for step in version_on(known, done.at.date()).steps:
                add(step.zones, step.side, step.minutes)
        add(done.zones, done.side, None if done.protocol is not None else done.minutes)
    ordered = sorted(minutes.items(), key=lambda each: (-each[1], each[0]))
    return tuple((zone, side, amount) for (zone, side), amount in ordered)


def _pictures(
    practice: PracticeReader, photos: Sequence[StoredPhoto], series: Series, choice: Choice, *, alone: bool = False
) -> Pictures | None:
    """Bring back the pixels of the two photos; with `alone` also that of a single session, twice."""
    stored = {photo.sha256: photo for photo in photos}

    def shown(face: FaceAnalysis) -> Photo:
        photo = stored[face.photo.sha256]
        upright = photo_from_bytes(practice.read_photo(photo), face.photo.name)
        upright = replace(upright, captured=face.photo.captured)  # the day of the session, see `faces_of`
        return turned_back(upright) if photo.mirrored else upright

    if choice.before is None and choice.after is None:
        if series.change is None and alone:
            return _two(series.reference, series.reference, shown)
        return Pictures.of(series.change, shown)
    by_session = _faces_by_session(series)
    numbers = sorted(by_session)
    before, after = choice.before or numbers[0], choice.after or numbers[-1]
    for number in (before, after):
        if number not in by_session:
            raise UnknownIdError(f"no photo of session {number} counts; those that do are of sessions {numbers}")
    return _two(_best(by_session[before]), _best(by_session[after]), shown)


def _two(before: FaceAnalysis, after: FaceAnalysis, shown: Callable[[FaceAnalysis], Photo]) -> Pictures:
    return Pictures(before=replace(before, photo=shown(before)), after=replace(after, photo=shown(after)))


def _faces_by_session(series: Series) -> dict[int, list[FaceAnalysis]]:
    """Sort the photos that count by the number of their session, as `faces_of` names them."""
    found: dict[int, list[FaceAnalysis]] = {}
    for session in series.sessions:
        for face in session.faces:
            number = face.photo.name.removeprefix("session ").partition(":")[0]
            found.setdefault(int(number), []).append(face)
    return found


def _best(faces: Sequence[FaceAnalysis]) -> FaceAnalysis:
    """Give the photo with the fewest and lightest flags, then the one that looks most straight ahead."""

    def doubts(face: FaceAnalysis) -> tuple[int, int, float]:
        grave = [flag.severity for flag in face.flags]
        return grave.count("reject"), grave.count("warn"), abs(face.pose.yaw) + abs(face.pose.pitch)

    return min(faces, key=doubts)


def _diary(practice: PracticeReader, entries: Sequence[Entry]) -> tuple[DiaryCourse, ...]:
    courses = []
    for scale in practice.scales():
        rated = tuple((entry.at, value) for entry in entries for name, value in entry.values if name == scale.name)
        if rated:
            courses.append(DiaryCourse(name=scale.name, low=scale.low, high=scale.high, entries=rated))
    return tuple(courses)
