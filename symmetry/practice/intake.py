"""Take in a client's photos: clean them, measure the faces, and keep both as sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final, Literal

from symmetry.errors import InvalidRecordError, PhotoError, SymmetryError
from symmetry.measure.analysis import analyze
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.face_cache import FaceCache
from symmetry.measure.options import Measuring
from symmetry.measure.quality.flags import by_gravity
from symmetry.photos.capture_time import METADATA, Moment, moment_of, zone_name
from symmetry.photos.cleaning import clean_photo
from symmetry.photos.listing import read_file
from symmetry.photos.reading import Photo
from symmetry.practice.follow_up import Watch
from symmetry.practice.identity import Doubt, KnownFaces
from symmetry.practice.photos import checked
from symmetry.practice.records import Client, NewPhoto, StoredSession
from symmetry.practice.store import Practice
from symmetry.practice.times import now

FAR_DAYS: Final = 365
"""Days from every other session from which on a date is asked about."""

Verdict = Literal["no", "keep", "confirm"]
"""What becomes of something doubtful: left out; kept, without results if it seems to be someone else; or accepted."""
Ask = Callable[[Doubt], Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeOptions:
    """How photos are taken in."""

    # aware; when all photos were taken. If None, each photo belongs to the day that its metadata or its name gives,
    # else to today, and every day becomes a session.
    at: datetime | None = None
    note: str = ""  # kept with every session
    mirrored: bool = False  # whether the photos show the face as a mirror does
    face: Literal["largest", "only"] = "largest"  # which face of a photo to take, see `symmetry.analyze`
    session: int | None = None  # add all photos to the session with this number; `at` and `note` do not count then
    # whether to keep a photo that seems to show someone else or cannot be measured, or a date far from all others
    ask: Ask = lambda doubt: "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoIntake:
    """What became of one photo."""

    photo: str  # the path as given
    # "known" if the client has this picture already, "doubtful" if it was not kept because of a doubt
    status: Literal["accepted", "known", "doubtful", "refused"]
    reason: str = ""  # why it was not accepted
    remarks: tuple[str, ...] = ()  # what speaks against an accepted photo or its date


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionIntake:
    """What became of the accepted photos of one occasion."""

    at: datetime
    session: StoredSession | None  # None if the session could not be kept, or there was nothing left to keep
    # why the session could not be kept, or, if it was, why the measured faces were not
    error: SymmetryError | None = None
    known: tuple[str, ...] = ()  # photos that somebody else kept meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What was kept of a client's photos, what was not, and why."""

    photos: tuple[PhotoIntake, ...]  # in the order given
    occasions: tuple[SessionIntake, ...]  # in order of time

    @property
    def sessions(self) -> tuple[StoredSession, ...]:
        """The sessions that were added, or got photos."""
        return tuple(each.session for each in self.occasions if each.session is not None)

    @property
    def complete(self) -> bool:
        """Whether every photo is in the practice now."""
        return all(each.session is not None or each.error is None for each in self.occasions) and all(
            each.status in ("accepted", "known") for each in self.photos
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Accepted:
    new: NewPhoto
    face: FaceAnalysis
    moment: Moment | None
    doubt: Doubt | None = None


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
        If there is no such client, or session to add to.
    """
    options, tell = options or IntakeOptions(), tell or (lambda outcome: None)
    client, paths = practice.client(client_id), list(photos)
    if options.session is not None:
        practice.session(client.id, options.session)
    known = KnownFaces.of(practice, client)
    seen = practice.known_photos(client.id)
    measured = _measure(known, seen, paths, options)
    outcomes: list[PhotoIntake] = []
    found: list[_Accepted | None] = []
    for outcome, one in watch(measured, len(paths)) if watch else measured:
        outcomes.append(outcome)
        found.append(one)
        if one is None or one.doubt is None:
            tell(outcome)
    # Only now: a question would stand in the way of a progress bar.
    for place, one in enumerate(found):
        if one is not None and one.doubt is not None:
            outcomes[place], found[place] = _decided(outcomes[place], one, options.ask)
            tell(outcomes[place])
    accepted, occasions = [one for one in found if one is not None], []
    at_once = options.at or (practice.session(client.id, options.session).at if options.session else None)
    for at, taken in [(at_once, accepted)] if at_once and accepted else _by_day(accepted):
        occasions.append(_keep(practice, known, taken, at, options))
        tell(occasions[-1])
    return Intake(photos=tuple(outcomes), occasions=tuple(occasions))


def _measure(
    faces: KnownFaces, sessions: dict[str, int], paths: Iterable[Path], options: IntakeOptions
) -> Iterator[tuple[PhotoIntake, _Accepted | None]]:
    """Clean and measure photos one by one, except those that the client has already."""
    known = {digest: f"already in session {number}" for digest, number in sessions.items()}
    for path in paths:
        try:
            one = _look_at(path, known, options)
        except SymmetryError as error:
            yield PhotoIntake(photo=str(path), status="refused", reason=str(error)), None
            continue
        if isinstance(one, _Accepted) and (copied := faces.copy_of(one.face)) is not None:
            one = copied
        if isinstance(one, str):
            yield PhotoIntake(photo=str(path), status="known", reason=one), None
            continue
        doubt = faces.doubt(one.face, path.name)
        remarks = [f"{flag.severity}: {flag.advice}" for flag in by_gravity(one.face.flags) if flag.severity != "info"]
        if one.moment is not None and one.moment.note is not None:
            remarks.insert(0, one.moment.note)
        yield PhotoIntake(photo=str(path), status="accepted", remarks=tuple(remarks)), replace(one, doubt=doubt)


def _decided(outcome: PhotoIntake, one: _Accepted, ask: Ask) -> tuple[PhotoIntake, _Accepted | None]:
    """Ask about a doubtful photo: what becomes of it."""
    assert one.doubt is not None  # noqa: S101  the caller has looked
    verdict = ask(one.doubt)
    if verdict == "no":
        return PhotoIntake(photo=outcome.photo, status="doubtful", reason=one.doubt.why), None
    remarks = outcome.remarks
    if one.doubt.kind == "person":
        identity: Literal["doubted", "confirmed"] = "confirmed" if verdict == "confirm" else "doubted"
        one = replace(one, new=replace(one.new, identity=identity))
        remarks = (f"warn: {one.doubt.why}" if one.doubt else "", *remarks)
    return replace(outcome, remarks=remarks), one


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
    practice: Practice, known: KnownFaces, taken: Sequence[_Accepted], at: datetime, options: IntakeOptions
) -> SessionIntake:
    """Keep the photos of one occasion with the measured faces, as far as nobody has kept them meanwhile."""
    client = known.client
    try:
        sessions = practice.sessions(client.id)
        if options.session is None and (doubt := far_off(at, sessions)) is not None and options.ask(doubt) == "no":
            return SessionIntake(at=at, session=None, error=InvalidRecordError(doubt.why))
        with practice.alone():
            left = _not_yet(practice, known, taken)
            gone = tuple(one.new.name for one in taken if one not in left)
            if not left:
                return SessionIntake(at=at, session=None, known=gone)
            session = _added(practice, client, left, at, options)
            known.seen |= {one.face.photo.sha256 for one in left}
            # Before anybody else looks whether a shot is there; not before the session is: results of photos that are
            # in no session are removed by whoever opens the practice next.
            try:
                faces = FaceCache(practice.results_folder(client.id))
                for one in left:
                    faces.keep(one.face, Measuring(mirrored=options.mirrored))  # an only face is the largest too
            except SymmetryError as error:
                return SessionIntake(at=at, session=session, error=error, known=gone)
    except SymmetryError as error:
        return SessionIntake(at=at, session=None, error=error)
    return SessionIntake(at=at, session=session, known=gone)


def _added(
    practice: Practice, client: Client, taken: Sequence[_Accepted], at: datetime, options: IntakeOptions
) -> StoredSession:
    photos = [one.new for one in taken]
    if options.session is not None:
        return practice.add_photos(client.id, options.session, photos)
    return practice.add_session(client.id, photos, at=at, zone=zone_name(at), note=options.note)


def _not_yet(practice: Practice, known: KnownFaces, taken: Sequence[_Accepted]) -> list[_Accepted]:
    """Give the photos that nobody has kept since they were compared; the caller holds the lock."""
    digests = practice.known_photos(known.client.id)
    left = [one for one in taken if not {one.new.source_sha256, one.face.photo.sha256} & {*digests}]
    since = known.added_since(practice)
    return [one for one in left if since.copy_of(one.face) is None]


def far_off(at: datetime, sessions: Sequence[StoredSession]) -> Doubt | None:
    """Say if a date is far from that of every other session: a wrong year is easily typed."""
    days = min((abs((at - session.at).days) for session in sessions), default=0)
    if days < FAR_DAYS:
        return None
    why = f"{at:%Y-%m-%d} is {days} days from every other session; check the year, and give it with --date"
    return Doubt(kind="date", about=f"session of {at:%Y-%m-%d}", why=why)


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
