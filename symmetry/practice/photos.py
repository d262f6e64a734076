"""Photos: written once into the folder of their client, removed, and moved to other sessions or clients."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Transaction

from symmetry.errors import InvalidRecordError, TakenIdError, UnknownIdError
from symmetry.files import sync_folder
from symmetry.practice import names
from symmetry.practice.records import NewPhoto, StoredPhoto, StoredSession
from symmetry.practice.storage.folders import private_folder, write_durably
from symmetry.practice.storage.models import ClientRow, PhotoRow, SessionRow
from symmetry.practice.times import captured_to_text
from symmetry.practice.writing import Changing, PracticeWriter

SUFFIXES: Final = (".jpg", ".png")
_LONGEST_NAME: Final = 1000
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class Photos(PracticeWriter):
    """Removes and moves photos."""

    def remove_photo(self, client_id: str, number: int, photo: str) -> StoredSession | None:
        """Remove a photo from a session, and the session if it has no other.

        Parameters
        ----------
        client_id : str
        number : int
            Of the session.
        photo : str
            Name of the photo, or its place in the session from 1.

        Returns
        -------
        StoredSession or None
            What is left of the session.

        Raises
        ------
        UnknownIdError
        """
        with self._changing("photo remove") as change:
            client, session = self._occasion(change.db, SessionRow, client_id, number)
            row = _photo_row(change.db, client, session, photo)
            change.needs.add((client.uid, row.sha256 + row.suffix))
            change.tell(f"photo {row.name} of session {number} of {client.id} removed", client)
            change.db.delete(row)
            return self._left_of(change.db, client, session)

    def move_photo(
        self, client_id: str, number: int, photo: str, to: str | None = None, *, session: int | None = None
    ) -> StoredSession:
        """Move a photo to another session, of this client or another one.

        Parameters
        ----------
        client_id : str
        number : int
            Of the session that has it; it is removed if it has no other photo.
        photo : str
            See `remove_photo`.
        to : str, optional
            The client to get it; by default the same.
        session : int, optional
            The session to get it; by default a new one of the same time.

        Returns
        -------
        StoredSession
            The one that has it now.

        Raises
        ------
        UnknownIdError
        TakenIdError
            If that session has this photo already.
        InvalidRecordError
            If it is there already.
        """
        with self._changing("photo move") as change:
            db = change.db
            client, old = self._occasion(db, SessionRow, client_id, number)
            row = _photo_row(db, client, old, photo)
            owner = client if to is None else self._find(db, ClientRow, to)
            if session is None:
                new = SessionRow(at=old.at, zone=old.zone, note=old.note)
                self._add_occasion(db, owner, new, "session")
            else:
                _, new = self._occasion(db, SessionRow, owner.id, session)
            if new.key == old.key:
                raise InvalidRecordError("the photo is in this session already; name another one")
            stored = next(one for one in self._page(db, client.id).session(number).photos if one.sha256 == row.sha256)
            change.needs |= self._copy_photo(stored, owner.uid)
            row.position = _next_position(db, new, row.sha256)
            row.session = new.key
            whither = f"session {new.number} of {owner.id}"
            change.tell(f"photo {row.name} moved from session {number} of {client.id} to {whither}", client, owner)
            self._left_of(db, client, old)
            return self._page(db, owner.id).session(new.number)

    def confirm_photo(self, client_id: str, number: int, photo: str) -> StoredSession:
        """Say that a photo shows the client, so that results are made of it.

        Raises
        ------
        UnknownIdError
        """
        with self._changing("photo confirm") as change:
            client, session = self._occasion(change.db, SessionRow, client_id, number)
            row = _photo_row(change.db, client, session, photo)
            row.identity = "confirmed"
            change.tell(f"photo {row.name} of session {number} shows {client.id}", client)
            return self._page(change.db, client.id).session(number)

    def _left_of(self, db: Transaction, client: ClientRow, session: SessionRow) -> StoredSession | None:
        """Give what is left of a session; one without photos is removed."""
        db.flush()
        number = session.number
        if db.scalar(select(func.count(PhotoRow.key)).where(PhotoRow.session == session.key)):
            return self._page(db, client.id).session(number)
        db.delete(session)
        db.flush()
        return None

    def _write_photos(
        self, change: Changing, client: ClientRow, session: SessionRow, photos: dict[str, NewPhoto]
    ) -> None:
        """Write files and rows of photos, by their SHA-256; the files are on the disk before the rows count."""
        for sha256, photo in photos.items():
            self._write_photo(client.uid, sha256 + photo.suffix, photo.data)
            change.needs.add((client.uid, sha256 + photo.suffix))
            change.db.add(photo_row(session.key, _next_position(change.db, session, sha256), sha256, photo))
            change.db.flush()

    def _write_photo(self, uid: str, file: str, data: bytes) -> None:
        path = self._places.photos(uid) / file
        if path.exists() and path.read_bytes() == data:
            return
        for folder in (self._places.clients, self._places.client(uid), path.parent):
            if not folder.exists():
                private_folder(folder)
                sync_folder(folder.parent)
        write_durably(path, data)

    def _copy_photo(self, photo: StoredPhoto, uid: str) -> set[tuple[str, str]]:
        """Copy a photo, and what was measured in it, to another client; give both files, which undoing needs."""
        path = PurePath(photo.file)
        before = path.parts[1]
        if before != uid:
            self._write_photo(uid, path.name, self.read_photo(photo))
            with contextlib.suppress(OSError):  # it can be measured again
                private_folder(self._places.results(uid))
                for result in sorted(self._places.results(before).glob(f"*{photo.sha256}*")):
                    if _HASH.findall(result.name) == [photo.sha256]:
                        write_durably(self._places.results(uid) / result.name, result.read_bytes())
        return {(before, path.name), (uid, path.name)}


def by_hash(photos: Iterable[NewPhoto]) -> dict[str, NewPhoto]:
    """Check photos and give each once, by its SHA-256; raises `InvalidRecordError` if there is none."""
    found: dict[str, NewPhoto] = {}
    for photo in photos:
        found.setdefault(hashlib.sha256(photo.data).hexdigest(), checked(photo))
    if not found:
        raise InvalidRecordError("a session has at least one photo; give one")
    return found


def checked(photo: NewPhoto) -> NewPhoto:
    """Give a photo as it will be stored.

    Raises
    ------
    InvalidRecordError
        If it cannot be stored.
    """
    if not photo.data:
        raise InvalidRecordError(f"the photo {photo.name} is empty; give one that can be read")
    if photo.suffix not in SUFFIXES:
        raise InvalidRecordError(f'photos are kept as {" or ".join(SUFFIXES)}, not as "{photo.suffix}"; convert it')
    if not re.fullmatch(r"[0-9a-f]{64}", photo.source_sha256):
        raise InvalidRecordError("the SHA-256 of a photo's source has 64 hex digits in lower case")
    names.identity(photo.identity)
    return replace(photo, name=names.one_line(photo.name, "the photo's name", longest=_LONGEST_NAME))


def photo_row(session: int, position: int, sha256: str, photo: NewPhoto) -> PhotoRow:
    """Give the row of a photo."""
    captured, captured_zone = captured_to_text(photo.captured)
    return PhotoRow(
        session=session,
        position=position,
        name=photo.name,
        suffix=photo.suffix,
        sha256=sha256,
        size=len(photo.data),
        source_sha256=photo.source_sha256,
        captured=captured,
        captured_zone=captured_zone,
        captured_source=photo.captured_source,
        mirrored=photo.mirrored,
        identity=photo.identity,
    )


def _photo_row(db: Transaction, client: ClientRow, session: SessionRow, asked: str) -> PhotoRow:
    """Find a photo of a session by its name or its place."""
    rows = db.scalars(select(PhotoRow).where(PhotoRow.session == session.key).order_by(PhotoRow.position)).all()
    named = [row for row in rows if names.fold(row.name) == names.fold(asked)]
    if len(named) == 1:
        return named[0]
    if asked.isdecimal() and 1 <= int(asked) <= len(rows):
        return rows[int(asked) - 1]
    whose = f"session {session.number} of {client.id}"
    if named:
        raise UnknownIdError(f'{whose} has {len(named)} photos "{asked}"; give the place, from 1 to {len(rows)}')
    raise UnknownIdError(
        f'{whose} has no photo "{asked}"; give a name or a place: ' + ", ".join(row.name for row in rows)
    )


def _next_position(db: Transaction, session: SessionRow, sha256: str) -> int:
    """Give the place of a photo that joins a session; raises `TakenIdError` if the session has it."""
    if db.scalar(select(PhotoRow.key).where(PhotoRow.session == session.key, PhotoRow.sha256 == sha256)) is not None:
        raise TakenIdError(f"session {session.number} has this photo already")
    return 1 + (db.scalar(select(func.max(PhotoRow.position)).where(PhotoRow.session == session.key)) or 0)
