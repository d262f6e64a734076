"""Take in a client's photos: clean them, measure the faces, and keep both as sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from symmetry.errors import PhotoError, SymmetryError
from symmetry.measure.analysis import analyze
from symmetry.measure.copies import copied_from
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.face_cache import FaceCache
from symmetry.measure.options import Measuring
from symmetry.measure.quality import Portrait
from symmetry.measure.quality.flags import by_gravity
from symmetry.measure.quality.identity import check_identity
from symmetry.photos.capture_time import METADATA, Moment, moment_of, zone_name
from symmetry.photos.cleaning import clean_photo
from symmetry.photos.listing import read_file
from symmetry.photos.reading import Photo
from symmetry.practice.follow_up import Watch
from symmetry.practice.photos import checked
from symmetry.practice.records import Client, NewPhoto, StoredSession
from symmetry.practice.store import Practice
from symmetry.practice.times import now
from symmetry.registration import register


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeOptions:
    """How photos are taken in."""

    # aware; when all photos were taken. If None, each photo belongs to the day that its metadata or its name gives,
    # else to today, and every day becomes a session.
    at: datetime | None = None
    note: str = ""  # kept with every session
    mirrored: bool = False  # whether the photos show the face as a mirror does
    face: Literal["largest", "only"] = "largest"  # which face of a photo to take, see `symmetry.analyze`


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoIntake:
    """What became of one photo."""

    photo: str  # the path as given
    status: Literal["accepted", "known", "refused"]  # "known" if the client has this picture already
    reason: str = ""  # why it was not accepted
    remarks: tuple[str, ...] = ()  # what speaks against an accepted photo or its date


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionIntake:
    """What became of the accepted photos of one occasion."""

    at: datetime
    session: StoredSession | None  # None if the session could not be kept
    # why the session could not be kept, or, if it was, why the measured faces were not
    error: SymmetryError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What was kept of a client's photos, what was not, and why."""

    photos: tuple[PhotoIntake, ...]  # in the order given
    occasions: tuple[SessionIntake, ...]  # in order of time

    @property
    def sessions(self) -> tuple[StoredSession, ...]:
        """The sessions that were added."""
        return tuple(each.session for each in self.occasions if each.session is not None)

    @property
    def complete(self) -> bool:
        """Whether every photo is in the practice now."""
        return len(self.sessions) == len(self.occasions) and all(each.status != "refused" for each in self.photos)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Accepted:
    new: NewPhoto
    face: FaceAnalysis
    moment: Moment | None


def take_in_photos(
    practice: Practice,
    client_id: str,
    photos: Iterable[Path],
    options: IntakeOptions | None = None,
    *,
    watch: Watch | None = None,
    tell: Callable[[PhotoIntake | SessionIntake], object] | None = None,
) -> Intake:
    """Clean and measure photos of a client and keep them, with the measured faces, as sessions.

    One photo or day that cannot be kept does not stop the others.

    Parameters
    ----------
    practice : Practice
    client_id : str
    photos : iterable of Path
    options : IntakeOptions, optional
    watch : Watch, optional
    tell : callable, optional
        Takes what became of each photo and each session, as soon as it is known.

    Raises
    ------
    UnknownIdError
        If there is no such client.
    """
    options, tell = options or IntakeOptions(), tell or (lambda outcome: None)
    client, paths = practice.client(client_id), list(photos)
    measured = _measure(practice, client, paths, options)
    accepted, outcomes, occasions = [], [], []
    for outcome, one in watch(measured, len(paths)) if watch else measured:
        outcomes.append(outcome)
        if one is not None:
            accepted.append(one)
        tell(outcome)
    for at, taken in [(options.at, accepted)] if options.at and accepted else _by_day(accepted):
        occasions.append(_keep(practice, client, taken, at, options))
        tell(occasions[-1])
    return Intake(photos=tuple(outcomes), occasions=tuple(occasions))


def _measure(
    practice: Practice, client: Client, paths: Iterable[Path], options: IntakeOptions
) -> Iterator[tuple[PhotoIntake, _Accepted | None]]:
    """Clean and measure photos one by one, except those that the client has already."""
    sessions = practice.known_photos(client.id)
    known = {digest: f"already in session {number}" for digest, number in sessions.items()}
    kept = _kept_faces(practice, client)
    portrait, where = next(((f.portrait, w) for f, w in reversed(kept) if f.portrait is not None), (None, ""))
    for path in paths:
        try:
            one = _look_at(path, known, options)
        except SymmetryError as error:
            yield PhotoIntake(photo=str(path), status="refused", reason=str(error)), None
            continue
        if isinstance(one, _Accepted) and (copied := copied_from(one.face, [face for face, _ in kept])) is not None:
            one = f"the same shot as one {kept[copied][1]}, saved anew"
        if isinstance(one, str):
            yield PhotoIntake(photo=str(path), status="known", reason=one), None
            continue
        kept.append((one.face, f"in {path.name}"))
        remarks = [f"{flag.severity}: {flag.advice}" for flag in by_gravity(one.face.flags) if flag.severity != "info"]
        if one.moment is not None and one.moment.note is not None:
            remarks.insert(0, one.moment.note)
        if one.face.portrait is not None:
            if portrait is None:
                portrait, where = one.face.portrait, f"in {path}"
            elif (doubt := _mix_up(portrait, one.face.portrait, where)) is not None:
                remarks.insert(0, f"warn: {doubt}")
        yield PhotoIntake(photo=str(path), status="accepted", remarks=tuple(remarks)), one


def _look_at(path: Path, known: dict[str, str], options: IntakeOptions) -> _Accepted | str:
    """Clean and measure a photo, or say where its picture is already."""
    data = read_file(path)
    source = hashlib.sha256(data).hexdigest()
    if source in known:
        return known[source]
    clean = clean_photo(data, str(path))
    if clean.photo.sha256 in known:
        return known[clean.photo.sha256]
    face = analyze(clean.photo, mirrored=options.mirrored, face=options.face)
    moment = _moment(clean.photo, path)
    from_name = moment is not None and moment.source not in METADATA
    new = NewPhoto(
        name=path.name.encode("utf-8", "backslashreplace").decode(),  # it need not be text
        data=clean.data,
        suffix=clean.suffix,
        source_sha256=source,
        captured=moment.at if moment and from_name else clean.photo.captured,
        captured_source=moment.source if moment and from_name else clean.photo.captured_source,
        mirrored=options.mirrored,
    )
    checked(new)
    known[source] = known[clean.photo.sha256] = f"the same picture as {path.name}"
    return _Accepted(new=new, face=face.without_pixels(comparable=True), moment=moment)


def _keep(
    practice: Practice, client: Client, taken: Sequence[_Accepted], at: datetime, options: IntakeOptions
) -> SessionIntake:
    """Keep the photos of one occasion, then the measured faces."""
    try:
        session = practice.add_session(
            client.id, [one.new for one in taken], at=at, zone=zone_name(at), note=options.note
        )
    except SymmetryError as error:
        return SessionIntake(at=at, session=None, error=error)
    # Not before: results of photos that are in no session are removed by whoever opens the practice next.
    try:
        faces = FaceCache(practice.results_folder(client.id))
        for one in taken:
            faces.keep(one.face, Measuring(mirrored=options.mirrored))  # an only face is the largest too
    except SymmetryError as error:
        return SessionIntake(at=at, session=session, error=error)
    return SessionIntake(at=at, session=session)


def _kept_faces(practice: Practice, client: Client) -> list[tuple[FaceAnalysis, str]]:
    """Find the client's measured faces that are kept, in order of time, and say where each is."""
    cache = FaceCache(practice.results_folder(client.id))
    kept = []
    for session in practice.sessions(client.id):
        for photo in session.photos:
            face = cache.face(photo.sha256, Measuring(mirrored=photo.mirrored), name=photo.name)
            if face is not None:
                kept.append((face, f"in session {session.number} of {client.id}"))
    return kept


def _mix_up(expected: Portrait, portrait: Portrait, where: str) -> str | None:
    """Say if a face seems to be another person's, or mirrored: photos get mixed up."""
    registration = register(expected.standard, portrait.standard)
    found = {flag.name for flag in check_identity(expected, portrait, registration)}
    if "one_mirrored" in found:
        return f"this face, or the one {where}, seems to be mirrored; see --mirrored"
    if "different_person" in found:
        return f"this seems to be someone else than {where}, or one of the two is mirrored; check whose photo it is"
    return None


def _moment(photo: Photo, path: Path) -> Moment | None:
    try:
        return moment_of(photo, path)
    except PhotoError:  # the file was removed meanwhile
        return None


def _by_day(accepted: Sequence[_Accepted]) -> list[tuple[datetime, list[_Accepted]]]:
    """Group photos by day; a session is of the time of its first photo.

    Photos that are dated by nothing but their file's time, or in the future, belong to today.
    """
    present = now()
    days: dict[date, list[tuple[datetime, _Accepted]]] = {}
    for one in accepted:
        moment = one.moment
        dated = moment is not None and moment.source != "file time" and moment.at <= present
        at = moment.at if moment and dated else present
        days.setdefault(at.date(), []).append((at, one))
    sessions = []
    for day in sorted(days):
        first = min(at for at, _ in days[day])
        here = first.astimezone(present.tzinfo)
        when = here if here.utcoffset() == first.utcoffset() else first
        sessions.append((when, [one for _, one in days[day]]))
    return sessions
