"""Sessions: the files of their photos are on the disk before the rows that name them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from symmetry.errors import InvalidRecordError
from symmetry.files import sync_folder
from symmetry.practice import names
from symmetry.practice.records import NewPhoto, StoredSession
from symmetry.practice.storage.folders import private_folder, write_durably
from symmetry.practice.storage.models import ClientRow, PhotoRow, SessionRow
from symmetry.practice.storage.sweeping import sweep_client
from symmetry.practice.times import captured_to_text
from symmetry.practice.writing import PracticeWriter, local_time

SUFFIXES: Final = (".jpg", ".png")
_LONGEST_NAME: Final = 1000


class Sessions(PracticeWriter):
    """Adds and removes sessions."""

    def add_session(
        self, client_id: str, photos: Sequence[NewPhoto], *, at: datetime, zone: str, note: str = ""
    ) -> StoredSession:
        """Add a session with its photos; when this returns all of it is on the disk, else nothing counts.

        Parameters
        ----------
        client_id : str
        photos : sequence of NewPhoto
            At least one; of those with the same content the first is stored.
        at : datetime
            Aware, local time of `zone`.
        zone : str
            Such as "Europe/Berlin".
        note : str

        Raises
        ------
        UnknownIdError
        InvalidRecordError
            If there is no photo, or a photo, the time or the note cannot be stored.
        """
        session = SessionRow(note=names.note(note), **local_time(at, zone))
        by_hash: dict[str, NewPhoto] = {}
        for photo in photos:
            by_hash.setdefault(hashlib.sha256(photo.data).hexdigest(), checked(photo))
        if not by_hash:
            raise InvalidRecordError("a session has at least one photo; give one")
        with self._writing() as db:
            client = self._find(db, ClientRow, client_id)
            for sha256, photo in by_hash.items():
                self._write_photo(client.uid, sha256, photo)
            self._add_occasion(db, client, session, "session")
            for position, (sha256, photo) in enumerate(by_hash.items(), 1):
                db.add(_row(session.key, position, sha256, photo))
            return self._page(db, client.id).session(session.number)

    def remove_session(self, client_id: str, number: int) -> None:
        """Remove a session for good, with the photos that no other session has, and what was measured in them.

        Raises
        ------
        UnknownIdError
        """
        with self._locked():
            with self._transaction() as db:
                removed = self._page(db, client_id).session(number)
                self._remove_occasion(db, SessionRow, client_id, removed)
                page = self._page(db, client_id)
            sweep_client(self._places, page.client.uid, {photo.sha256 for photo in page.photos})

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
