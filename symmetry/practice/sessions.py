"""Sessions with their photos: the files are on the disk before the rows that name them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as Transaction

from symmetry.errors import DamagedPracticeError, InvalidRecordError, UnknownIdError
from symmetry.practice import names
from symmetry.practice.base import Base, find_client, moment, rows
from symmetry.practice.failures import plain_failures
from symmetry.practice.folders import private_folder, sync_folder, write_durably
from symmetry.practice.models import ClientRow, PhotoRow, SessionRow
from symmetry.practice.reading import sessions_of
from symmetry.practice.records import NewPhoto, StoredPhoto, StoredSession
from symmetry.practice.sweeping import sweep_client
from symmetry.practice.times import captured_to_text

SUFFIXES: Final = (".jpg", ".png")
_LONGEST_NAME: Final = 1000


class Sessions(Base):
    """Sessions of the practice's clients."""

    def add_session(
        self, client_id: str, photos: Sequence[NewPhoto], *, at: datetime, zone: str, note: str = ""
    ) -> StoredSession:
        """Add a session with its photos; when this returns all of it is on the disk, else nothing counts.

        Parameters
        ----------
        client_id : str
        photos : sequence of NewPhoto
            At least one; those with the same content are kept once.
        at : datetime
            Aware, local time of `zone`.
        zone : str
            Such as "Europe/Berlin".
        note : str

        Raises
        ------
        UnknownIdError
        InvalidRecordError
            If there is no photo, or a photo, the time or the note cannot be kept.
        """
        when, remark = moment(at, zone), names.note(note)
        by_hash: dict[str, NewPhoto] = {}
        for photo in photos:
            by_hash.setdefault(hashlib.sha256(photo.data).hexdigest(), checked(photo))
        if not by_hash:
            raise InvalidRecordError("a session has at least one photo; give one")
        with self._writing() as db:
            client = find_client(db, client_id)
            for sha256, photo in by_hash.items():
                self._write_photo(client.uid, sha256, photo)
            client.last_session += 1
            session = SessionRow(client=client.key, number=client.last_session, note=remark, **when)
            db.add(session)
            db.flush()
            for position, (sha256, photo) in enumerate(by_hash.items(), 1):
                db.add(_row(session.key, position, sha256, photo))
            db.flush()
            return sessions_in(db, client, session.number)[0]

    def sessions(self, client_id: str) -> tuple[StoredSession, ...]:
        """Give a client's sessions, in order of time.

        Raises
        ------
        UnknownIdError
        """
        with self._reading() as db:
            return sessions_in(db, find_client(db, client_id))

    def session(self, client_id: str, number: int) -> StoredSession:
        """Give one session.

        Raises
        ------
        UnknownIdError
        """
        with self._reading() as db:
            found = sessions_in(db, find_client(db, client_id), number)
        if not found:
            raise _no_session(number)
        return found[0]

    def remove_session(self, client_id: str, number: int) -> None:
        """Remove a session for good, with those of its photos that no other session has, and what was measured in them.

        Raises
        ------
        UnknownIdError
        """
        with self._locked():
            with self._transaction() as db:
                client = find_client(db, client_id)
                key = db.scalar(
                    select(SessionRow.key).where(SessionRow.client == client.key, SessionRow.number == number)
                )
                if key is None:
                    raise _no_session(number)
                db.execute(delete(SessionRow).where(SessionRow.key == key))
                uid, kept = client.uid, {photo.sha256 for each in sessions_in(db, client) for photo in each.photos}
            sweep_client(self._places, uid, kept)

    def known_photos(self, client_id: str) -> dict[str, int]:
        """Give in which session a client's photos are, by the SHA-256 of the files that they were made from.

        Raises
        ------
        UnknownIdError
        """
        return {
            photo.source_sha256: session.number
            for session in reversed(self.sessions(client_id))
            for photo in session.photos
        }

    def photo_path(self, photo: StoredPhoto) -> Path:
        """Give where a photo's file is."""
        return self._places.root / photo.file

    def read_photo(self, photo: StoredPhoto) -> bytes:
        """Read a photo's file.

        Raises
        ------
        DamagedPracticeError
            If it is missing or not what was kept.
        """
        with plain_failures():
            try:
                data = self.photo_path(photo).read_bytes()
            except FileNotFoundError:
                raise DamagedPracticeError(
                    f"the photo {photo.name} is missing from the practice; restore a backup"
                ) from None
        if hashlib.sha256(data).hexdigest() != photo.sha256:
            raise DamagedPracticeError(f"the photo {photo.name} is not what was kept; restore a backup")
        return data

    def _write_photo(self, uid: str, sha256: str, photo: NewPhoto) -> None:
        path = self._places.photos(uid) / f"{sha256}{photo.suffix}"
        if path.exists() and path.read_bytes() == photo.data:
            return
        for folder in (self._places.clients, self._places.client(uid), path.parent):
            if not folder.exists():
                private_folder(folder)
                sync_folder(folder.parent)
        write_durably(path, photo.data)


def checked(photo: NewPhoto) -> NewPhoto:
    """Give a photo as it is kept.

    Raises
    ------
    InvalidRecordError
        If it cannot be kept.
    """
    if not photo.data:
        raise InvalidRecordError(f"the photo {photo.name} is empty; give one that can be read")
    if photo.suffix not in SUFFIXES:
        raise InvalidRecordError(f'photos are kept as {" or ".join(SUFFIXES)}, not as "{photo.suffix}"; convert it')
    if not re.fullmatch(r"[0-9a-f]{64}", photo.source_sha256):
        raise InvalidRecordError("the SHA-256 of a photo's source has 64 hex digits in lower case")
    return replace(photo, name=names.one_line(photo.name, "the photo's name", longest=_LONGEST_NAME))


def _row(session: int, position: int, sha256: str, photo: NewPhoto) -> PhotoRow:
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
    )


def sessions_in(db: Transaction, client: ClientRow, number: int | None = None) -> tuple[StoredSession, ...]:
    """Give a client's sessions, or only the one with a number, in order of time."""
    chosen = select(SessionRow.__table__).where(SessionRow.client == client.key)
    if number is not None:
        chosen = chosen.where(SessionRow.number == number)
    found = rows(db, chosen)
    photos = (
        select(PhotoRow.__table__)
        .join(SessionRow, SessionRow.key == PhotoRow.session)
        .where(SessionRow.client == client.key)
        .order_by(PhotoRow.session, PhotoRow.position)
    )
    return sessions_of(client.uid, found, rows(db, photos))


def _no_session(number: int) -> UnknownIdError:
    return UnknownIdError(f"this client has no session {number}; `symmetry client show` lists them")
