"""Clients: added and changed."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Transaction

from symmetry.errors import TakenIdError
from symmetry.practice import names
from symmetry.practice.records import Client
from symmetry.practice.storage.database import plain_failures
from symmetry.practice.storage.folders import private_folder
from symmetry.practice.storage.models import ClientRow
from symmetry.practice.writing import PracticeWriter


class Clients(PracticeWriter):
    """Adds and changes clients."""

    def add_client(self, name: str, *, id: str | None = None, note: str = "") -> Client:  # noqa: A002
        """Add a client.

        Parameters
        ----------
        name : str
            Any characters; line breaks become blanks.
        id : str, optional
            What a person will type; made of the name if not given.
        note : str

        Raises
        ------
        InvalidRecordError
            If the name is empty or too long, or the id has characters other than letters, digits, "-", "_" and ".".
        TakenIdError
            If another client has the id.
        """
        row = ClientRow(
            uid=secrets.token_hex(16),
            name=names.name(name, "the name"),
            note=names.note(note),
            added=datetime.now().astimezone().isoformat(timespec="seconds"),
        )
        chosen = None if id is None else names.given_id(id)
        with self._writing() as db:
            if chosen is None:
                count = db.scalar(select(func.count(ClientRow.key))) or 0
                chosen = names.free_id(row.name, count=count, is_taken=lambda each: _has_id(db, each))
            elif _has_id(db, chosen):
                raise _taken(chosen)
            row.id = chosen
            db.add(row)
            return self._page(db, chosen).client

    def edit_client(
        self, client_id: str, *, name: str | None = None, note: str | None = None, new_id: str | None = None
    ) -> Client:
        """Change what is given; the rest stays.

        Raises
        ------
        InvalidRecordError, TakenIdError
            See `add_client`.
        UnknownIdError
        """
        with self._writing() as db:
            row = self._find(db, ClientRow, client_id)
            if name is not None:
                row.name = names.name(name, "the name")
            if note is not None:
                row.note = names.note(note)
            if new_id is not None and names.given_id(new_id) != row.id:
                if _has_id(db, names.given_id(new_id)):
                    raise _taken(new_id)
                row.id = names.given_id(new_id)
            return self._page(db, row.id).client

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
