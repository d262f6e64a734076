"""Clients: added, changed and merged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session as Transaction

from symmetry.errors import InvalidRecordError, TakenIdError
from symmetry.practice import names
from symmetry.practice.photos import Photos
from symmetry.practice.records import Client
from symmetry.practice.storage.database import plain_failures
from symmetry.practice.storage.folders import private_folder
from symmetry.practice.storage.models import ClientRow, EntryRow, SessionRow, TreatmentRow

if TYPE_CHECKING:
    from typing_extensions import Unpack


class ClientChanges(TypedDict, total=False):
    """What `Clients.edit_client` can change."""

    name: str
    note: str
    new_id: str
    tags: Sequence[str]
    home: str
    next_visit: date | None


class Clients(Photos):
    """Adds, changes and merges clients."""

    def add_client(
        self,
        name: str,
        *,
        id: str | None = None,  # noqa: A002
        note: str = "",
        tags: Sequence[str] = (),
    ) -> Client:
        """Add a client.

        Parameters
        ----------
        name : str
            Any characters; line breaks become blanks.
        id : str, optional
            What a person will type; made of the name if not given.
        note : str
        tags : sequence of str
            Words by which clients are found.

        Raises
        ------
        InvalidRecordError
            If the name is empty or too long, or the id has characters other than letters, digits, "-", "_" and ".".
        TakenIdError
            If another client has the id.
        """
        row = ClientRow(
            uid=names.new_uid(),
            name=names.name(name, "the name"),
            note=names.note(note),
            added=datetime.now().astimezone().isoformat(timespec="seconds"),
            tags=names.list_to_text(names.words(tags, "the tags")),
        )
        chosen = None if id is None else names.given_id(id)
        with self._changing("client add") as change:
            db = change.db
            if chosen is None:
                count = db.scalar(select(func.count(ClientRow.key))) or 0
                chosen = names.free_id(row.name, count=count, is_taken=lambda each: _has_id(db, each))
            elif _has_id(db, chosen):
                raise _taken(chosen)
            row.id = chosen
            db.add(row)
            change.tell(f"client {row.id} added: {row.name}", row)
            return self._page(db, chosen).client

    def edit_client(self, client_id: str, **changes: Unpack[ClientChanges]) -> Client:
        """Change what is given; the rest stays.

        Parameters
        ----------
        client_id : str
        **changes
            name, note, new_id, tags, home, next_visit: see `Client`.

        Raises
        ------
        InvalidRecordError, TakenIdError
            See `add_client`.
        UnknownIdError
        """
        with self._changing("client edit") as change:
            db = change.db
            row = self._find(db, ClientRow, client_id)
            if "name" in changes:
                row.name = names.name(changes["name"], "the name")
            if "note" in changes:
                row.note = names.note(changes["note"])
            if "tags" in changes:
                row.tags = names.list_to_text(names.words(changes["tags"], "the tags"))
            if "home" in changes:
                row.home = names.one_line(changes["home"], "what is done at home")
            if "next_visit" in changes:
                row.next_visit = None if changes["next_visit"] is None else changes["next_visit"].isoformat()
            if "new_id" in changes and names.given_id(changes["new_id"]) != row.id:
                if _has_id(db, names.given_id(changes["new_id"])):
                    raise _taken(changes["new_id"])
                row.id = names.given_id(changes["new_id"])
            change.tell(f"client {row.id} changed: {', '.join(each.replace('_', ' ') for each in changes)}", row)
            return self._page(db, row.id).client

    def merge_clients(self, client_id: str, into: str) -> Client:
        """Move everything of a client to another one, who is the same person, and remove the first.

        Sessions, treatments and entries get the next numbers of the other; its name, card and note stay, and the note
        of the first is added to it.

        Raises
        ------
        UnknownIdError
        InvalidRecordError
            If both are one client.
        """
        with self._changing("client merge") as change:
            db = change.db
            gone, kept = self._find(db, ClientRow, client_id), self._find(db, ClientRow, into)
            if gone.key == kept.key:
                raise InvalidRecordError(f"{kept.id} cannot be merged with itself; name another client")
            for photo in self._page(db, gone.id).photos:
                change.needs |= self._copy_photo(photo, kept.uid)
            for table, what in ((SessionRow, "session"), (TreatmentRow, "treatment"), (EntryRow, "entry")):
                for row in db.scalars(select(table).where(table.client == gone.key).order_by(table.number)):
                    self._hand_over(db, row, kept, what)
            told = f"client {gone.id} ({gone.name}) merged into {kept.id}"
            kept.note = "\n".join(filter(None, (kept.note, gone.note)))
            kept.tags = names.list_to_text(
                list(dict.fromkeys((*names.list_from_text(kept.tags), *names.list_from_text(gone.tags))))
            )
            kept.home, kept.next_visit = kept.home or gone.home, kept.next_visit or gone.next_visit
            change.tell(told, gone, kept)
            db.flush()
            db.execute(delete(ClientRow).where(ClientRow.key == gone.key))
            return self._page(db, kept.id).client

    def results_folder(self, client_id: str) -> Path:
        """Give the folder for what is measured in a client's photos; make it if there is none.

        Raises
        ------
        UnknownIdError
        """
        uid = self.client(client_id).uid
        with plain_failures():
            for folder in (self._places.clients, self._places.client(uid), self._places.results(uid)):
                private_folder(folder)
        return self._places.results(uid)


def _has_id(db: Transaction, client_id: str) -> bool:
    return db.scalar(select(ClientRow.key).where(ClientRow.id == client_id)) is not None


def _taken(client_id: str) -> TakenIdError:
    return TakenIdError(f'another client has the id "{client_id}"; choose another')
