"""`symmetry session`: photos of a client, taken on one occasion."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from symmetry.cli.options import (
    chosen_format,
    complain,
    finding_options,
    output_options,
    photos_argument,
    recursive_option,
    say,
)
from symmetry.cli.practice import (
    NumberOf,
    Rows,
    client_argument,
    confirm,
    counted,
    date_option,
    note_option,
    now,
    opened,
    page_of,
    practice_option,
    present,
    tell,
    yes_option,
    zone_of,
)
from symmetry.cli.running import check_targets, photos_of, with_progress
from symmetry.errors import SymmetryError

if TYPE_CHECKING:
    from symmetry.measure.batch import Failure
    from symmetry.measure.face import FaceAnalysis
    from symmetry.measure.quality import Portrait
    from symmetry.photos.capture_time import Moment
    from symmetry.photos.reading import Photo
    from symmetry.practice.records import NewPhoto
    from symmetry.practice.records import Session as KeptSession
    from symmetry.practice.store import Practice


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A photo that can be kept."""

    new: NewPhoto
    face: FaceAnalysis
    moment: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A photo that is there already."""

    photo: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A face that the others should be like."""

    portrait: Portrait
    where: str


@click.group()
def session() -> None:
    """Keep sessions: photos of a client that were taken on one occasion.

    \b
    Examples:
      symmetry session add anna-kovacs monday1.jpg monday2.jpg
      symmetry session list anna-kovacs
    """


@session.command()
@client_argument
@photos_argument
@recursive_option
@date_option
@note_option
@finding_options
@practice_option
def add(
    client: str,
    photos: tuple[Path, ...],
    recursive: bool,
    at: datetime | None,
    note: str,
    mirrored: bool,
    face: Literal["largest", "only"],
    practice: Path | None,
) -> None:
    """Add a session, or one for each day of the photos: clean the photos, measure the faces, and keep both.

    PHOTO is a photo or a folder of photos. What is kept holds no place, no names and no camera's notes; the files given
    stay as they are. What speaks against a photo is said at once, so that another can be taken. Without --date each
    photo is of the day that it tells, by metadata or name, else of now; photos of several days make several sessions.

    \b
    Example:
      symmetry session add anna-kovacs monday/ --note "after the holidays"
    """
    paths = photos_of(photos, recursive=recursive)
    with opened(practice) as store:
        owner = store.client(client)
        looks = _look_at(paths, _known_in(store.sessions(owner.id)), mirrored=mirrored, face=face)
        taken, failed = _take(looks, len(paths), _last_seen(store, owner.id))
        added = 0
        for when, photos_then in [(at, taken)] if at and taken else _by_day(taken):
            try:
                _add(store, owner.id, photos_then, at=when, note=note, mirrored=mirrored)
                added += 1
            except SymmetryError as error:  # the other days are kept all the same
                complain(f"session of {when:%Y-%m-%d}", error)
                failed += len(photos_then)
        if not added:
            tell(f"no session of {owner.id} was added")
    if failed:
        raise SystemExit(1)


@session.command("list")
@client_argument
@practice_option
@output_options
def list_(client: str, practice: Path | None, output: Path | None, format_: str | None) -> None:
    """List a client's sessions with their photos.

    \b
    Example:
      symmetry session list anna-kovacs
    """
    from symmetry.practice.rows import SESSION_COLUMNS, session_rows, session_to_dict

    wanted = chosen_format(format_, output)
    check_targets(output, inputs=())
    page = page_of(client, practice)
    present(
        wanted,
        output,
        table=lambda tables: tables.sessions_table(page.sessions),
        data=lambda: [session_to_dict(each) for each in page.sessions],
        rows=lambda: Rows(session_rows(page.client.id, page.sessions), SESSION_COLUMNS),
    )


@session.command()
@client_argument
@click.argument("number", type=NumberOf("a session", see="symmetry session list CLIENT"), metavar="NUMBER")
@yes_option
@practice_option
def remove(client: str, number: int, yes: bool, practice: Path | None) -> None:
    """Remove a session for good, with its photos and what was measured in them; asks first.

    \b
    Example:
      symmetry session remove anna-kovacs 3
    """
    with opened(practice) as store:
        owner, found = store.client(client), store.session(client, number)
        confirm(
            f"Session {number} of {owner.id}, {found.at:%Y-%m-%d %H:%M}, {counted(len(found.photos), 'photo')}: "
            "remove it for good?",
            yes=yes,
            undone="nothing was removed",
        )
        store.remove_session(owner.id, number)
    tell(f"session {number} of {owner.id} removed: {counted(len(found.photos), 'photo')}")


def _add(store: Practice, client: str, taken: Sequence[_Taken], *, at: datetime, note: str, mirrored: bool) -> None:
    """Keep the photos of one occasion, and what was measured in them."""
    from symmetry.measure.face_cache import KnownFaces, Look

    added = store.add_session(client, [one.new for one in taken], at=at, zone=zone_of(at), note=note)
    tell(f"session {added.number} of {client} added: {counted(len(added.photos), 'photo')}, {added.at:%Y-%m-%d %H:%M}")
    # Only now: what no session knows is cleared away by whoever opens the practice next.
    try:
        known = KnownFaces(store.results_folder(client))
        for one in taken:
            known.keep(one.face, Look(mirrored=mirrored))  # an only face is the largest too
    except SymmetryError as error:
        complain(f"what was measured in session {added.number}", f"{error}; the photos are kept")


def _known_in(sessions: Iterable[KeptSession]) -> dict[str, str]:
    """Name where each picture is already, by the hash of its file as it came and as it is kept."""
    known: dict[str, str] = {}
    for each in sessions:
        for photo in each.photos:
            for digest in (photo.source_sha256, photo.sha256):
                known.setdefault(digest, f"already in session {each.number}")
    return known


def _look_at(
    paths: Iterable[Path], known: dict[str, str], *, mirrored: bool, face: Literal["largest", "only"]
) -> Iterator[_Taken | Failure | _Known]:
    """Clean and measure photos one after the other; those that are known are not looked at again."""
    from symmetry.measure.analysis import analyze
    from symmetry.measure.batch import Failure
    from symmetry.photos.cleaning import clean_photo
    from symmetry.photos.reading import read_file
    from symmetry.practice.records import NewPhoto
    from symmetry.practice.sessions import checked

    for path in paths:
        try:
            data = read_file(path)
            source = hashlib.sha256(data).hexdigest()
            if source not in known:
                clean = clean_photo(data, str(path))
                if clean.photo.sha256 in known:
                    source = clean.photo.sha256
            if source in known:
                yield _Known(photo=str(path), where=known[source])
                continue
            measured = analyze(clean.photo, mirrored=mirrored, face=face)
            moment = _moment(clean.photo, path)
            by_name = moment if moment is not None and moment.source != "exif" else None
            new = NewPhoto(
                name=path.name.encode("utf-8", "backslashreplace").decode(),  # it need not be text
                data=clean.data,
                suffix=clean.suffix,
                source_sha256=source,
                captured=clean.photo.captured if by_name is None else by_name.at,
                captured_source=clean.photo.captured_source if by_name is None else by_name.source,
                mirrored=mirrored,
            )
            checked(new)
            known[source] = known[clean.photo.sha256] = f"the same picture as {path.name}"
            yield _Taken(new=new, face=measured.without_pixels(comparable=True), moment=moment)
        except SymmetryError as error:
            yield Failure(photo=str(path), error=str(error))


def _moment(photo: Photo, path: Path) -> Moment | None:
    from symmetry.errors import PhotoError
    from symmetry.photos.capture_time import moment_of

    try:
        return moment_of(photo, path)
    except PhotoError:  # the file was removed meanwhile
        return None


def _last_seen(store: Practice, client: str) -> _Seen | None:
    """Give the client's face as it is known from the latest session of which something is known."""
    from symmetry.landmarks.scale import Scale
    from symmetry.measure.face_cache import KnownFaces, Look

    known = KnownFaces(store.results_folder(client))
    for each in reversed(store.sessions(client)):
        for photo in each.photos:
            look = Look(mirrored=photo.mirrored)
            face = known.face(photo.sha256, look, name=photo.name, scale=Scale.parse("iris"))
            if face is not None and face.portrait is not None:
                return _Seen(portrait=face.portrait, where=f"in session {each.number} of {client}")
    return None


def _stranger(face: FaceAnalysis, seen: _Seen | None) -> str | None:
    """Say that a face seems to be another person's, or the wrong way round: photos get mixed up."""
    from symmetry.measure.quality.likeness import check_likeness
    from symmetry.registration import register

    portrait = face.portrait
    if seen is None or portrait is None:
        return None
    registration = register(seen.portrait.standard, portrait.standard)
    found = {flag.name for flag in check_likeness(seen.portrait, portrait, registration)}
    if "one_mirrored" in found:
        return f"this face, or the one {seen.where}, seems to be mirrored; see --mirrored"
    if "different_person" in found:
        return (
            f"this seems to be someone else than {seen.where}, or one of the two is mirrored; check whose photo it is"
        )
    return None


def _take(looks: Iterator[_Taken | Failure | _Known], total: int, seen: _Seen | None) -> tuple[list[_Taken], int]:
    """Take the photos that can be kept, saying at once what speaks against each; count those that cannot."""
    from symmetry.measure.quality.flags import by_gravity

    taken: list[_Taken] = []
    failed = 0
    try:
        for look in with_progress(looks, total, "measuring"):
            if isinstance(look, _Taken):
                taken.append(look)
                if (doubt := _stranger(look.face, seen)) is not None:
                    say(f"{look.face.photo.name}: warn: {doubt}")
                if seen is None and look.face.portrait is not None:
                    seen = _Seen(portrait=look.face.portrait, where=f"in {look.face.photo.name}")
                if look.moment is not None and look.moment.note is not None:
                    say(f"{look.face.photo.name}: {look.moment.note}")
                for flag in by_gravity(look.face.flags):
                    if flag.severity != "info":
                        say(f"{look.face.photo.name}: {flag.severity}: {flag.advice}")
            elif isinstance(look, _Known):
                say(f"{look.photo}: {look.where}; not added again")
            else:
                complain(look.photo, look.error)
                failed += 1
    except KeyboardInterrupt:
        say("symmetry: stopped; no session was added")
        raise SystemExit(130) from None
    return taken, failed


def _by_day(taken: Sequence[_Taken]) -> list[tuple[datetime, list[_Taken]]]:
    """Put photos into sessions by the day that they tell of themselves; those that tell none are of now.

    A session is of the time of its first photo.
    """
    present = now()
    days: dict[date, list[tuple[datetime, _Taken]]] = {}
    for one in taken:
        told = one.moment is not None and one.moment.source != "file time" and one.moment.at <= present
        at = one.moment.at if told and one.moment is not None else present
        days.setdefault(at.date(), []).append((at, one))
    sessions = []
    for day in sorted(days):
        first = min(at for at, _ in days[day])
        here = first.astimezone(present.tzinfo)
        when = here if here.utcoffset() == first.utcoffset() else first
        sessions.append((when, [one for _, one in days[day]]))
    return sessions
