"""Sessions: the files of their photos are on the disk before the rows that name them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete

from symmetry.errors import InvalidRecordError
from symmetry.practice import names
from symmetry.practice.photos import Photos, by_hash
from symmetry.practice.records import NewPhoto, StoredSession
from symmetry.practice.storage.models import ClientRow, SessionRow
from symmetry.practice.writing import OccasionChanges, change_occasion, local_time, told

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Sessions(Photos):
    """Adds, changes, moves and removes sessions."""

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
        row, new = SessionRow(note=names.note(note), **local_time(at, zone)), by_hash(photos)
        with self._changing("session add") as change:
            client = self._find(change.db, ClientRow, client_id)
            self._add_occasion(change.db, client, row, "session")
            self._write_photos(change, client, row, new)
            change.tell(f"session {row.number} of {client.id} added, {_photos(len(new))}", client)
            return self._page(change.db, client.id).session(row.number)

    def add_photos(self, client_id: str, number: int, photos: Sequence[NewPhoto]) -> StoredSession:
        """Add photos to a session that is there; see `add_session`.

        Raises
        ------
        UnknownIdError
        InvalidRecordError
            If there is no photo, or one cannot be stored.
        TakenIdError
            If the session has one of them.
        """
        new = by_hash(photos)
        with self._changing("session add") as change:
            client, row = self._occasion(change.db, SessionRow, client_id, number)
            self._write_photos(change, client, row, new)
            change.tell(f"{_photos(len(new))} added to session {number} of {client.id}", client)
            return self._page(change.db, client.id).session(number)

    def edit_session(self, client_id: str, number: int, **changes: Unpack[OccasionChanges]) -> StoredSession:
        """Change date or note of a session.

        Parameters
        ----------
        client_id : str
        number : int
        **changes
            `at` with `zone`, `note`.

        Raises
        ------
        UnknownIdError, InvalidRecordError
            See `add_session`.
        """
        with self._changing("session edit") as change:
            client, row = self._occasion(change.db, SessionRow, client_id, number)
            change_occasion(row, changes)
            change.tell(f"session {number} of {client.id} changed: {', '.join(told(changes))}", client)
            return self._page(change.db, client.id).session(number)

    def move_session(self, client_id: str, number: int, to: str) -> StoredSession:
        """Give a session with its photos to another client, with the next number there.

        Raises
        ------
        UnknownIdError
        InvalidRecordError
            If it is this client's already.
        """
        with self._changing("session move") as change:
            db = change.db
            client, row = self._occasion(db, SessionRow, client_id, number)
            owner = self._find(db, ClientRow, to)
            if owner.key == client.key:
                raise InvalidRecordError(f"session {number} is one of {owner.id} already; name another client")
            for photo in self._page(db, client.id).session(number).photos:
                change.needs |= self._copy_photo(photo, owner.uid)
            self._hand_over(db, row, owner, "session")
            change.tell(f"session {number} of {client.id} moved to {owner.id}, as session {row.number}", client, owner)
            return self._page(db, owner.id).session(row.number)

    def remove_session(self, client_id: str, number: int) -> None:
        """Remove a session with its photos; their files stay as long as this can be taken back.

        Raises
        ------
        UnknownIdError
        """
        with self._changing("session remove") as change:
            client, row = self._occasion(change.db, SessionRow, client_id, number)
            removed = self._page(change.db, client.id).session(number)
            change.needs |= {(client.uid, photo.file.rpartition("/")[2]) for photo in removed.photos}
            change.tell(f"session {number} of {client.id} removed, {_photos(len(removed.photos))}", client)
            change.db.execute(delete(SessionRow).where(SessionRow.key == row.key))

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep others from writing, such as between looking whether a photo is there and adding it."""
        with self._locked():
            yield


def _photos(count: int) -> str:
    return f"{count} photo{'' if count == 1 else 's'}"
