"""The journal: changes taken back, and no longer kept so that they can be."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from symmetry.errors import DamagedPracticeError, TakenIdError, UnknownIdError
from symmetry.practice import names
from symmetry.practice.reading import kept_hashes
from symmetry.practice.records import JournalEntry
from symmetry.practice.storage.models import ChangeRow
from symmetry.practice.storage.recording import RowChange, apply_changes, changes_from_text, rows_touched, same_rows
from symmetry.practice.storage.sweeping import sweep
from symmetry.practice.writing import Changing, PracticeWriter

DAYS: Final = 30
"""How long a change can be taken back."""


class Journal(PracticeWriter):
    """Takes changes back."""

    def undo(self, number: int | None = None) -> JournalEntry:
        """Take back a change: everything that it changed is as it was before.

        Parameters
        ----------
        number : int, optional
            Of the change, see `history`; by default the latest that was not taken back. That of an undo does it again.

        Returns
        -------
        JournalEntry
            The change that took it back.

        Raises
        ------
        UnknownIdError
            If there is no such change, or none to be taken back.
        TakenIdError
            If it was taken back already, is too old, or something else builds on it.
        DamagedPracticeError
            If a photo that it needs is missing.
        """
        with self._changing("undo") as change:
            row = _asked(change.db, number)
            for uid, file in json.loads(row.files):
                if not (self._places.photos(uid) / file).is_file():
                    raise DamagedPracticeError(f"change {row.key} needs a photo that is missing; restore a backup")
                change.needs.add((uid, file))
            self._take_back(change, row)
            change.undoes = row.key
            change.about(*names.list_from_text(row.clients))
            change.tell(f"took back change {row.key}: {row.told}")
        return self.history(number=change.number)[0]

    def clear_history(self, client_id: str | None = None) -> int:
        """Give up that changes can be taken back, of one client or of all; who did what stays in the journal.

        Photos that were removed before are removed for good.

        Returns
        -------
        int
            How many changes could have been taken back.
        """
        with self._locked():
            with self._transaction() as db:
                uid = None if client_id is None else self._page(db, client_id).client.uid
                kept = db.scalars(select(ChangeRow).where(ChangeRow.content.is_not(None))).all()
                cleared = [row for row in kept if uid is None or uid in names.list_from_text(row.clients)]
                for row in cleared:
                    row.content, row.files = None, "[]"
            self._sweep()
        return len(cleared)

    def _sweep(self) -> None:
        """Remove files that no row and no change names; the caller holds the lock."""
        with self.reading() as db:
            known = kept_hashes(db)
        sweep(self._places, known)

    def _expire(self) -> None:
        """Let changes be that are too old to be taken back; the caller holds the lock."""
        oldest = datetime.now().astimezone() - timedelta(days=DAYS)
        if any(entry.can_be_undone and entry.at < oldest for entry in self.history()):
            with self._transaction() as db:
                for row in db.scalars(select(ChangeRow).where(ChangeRow.content.is_not(None))):
                    if datetime.fromisoformat(row.at) < oldest:
                        row.content, row.files = None, "[]"

    def _take_back(self, change: Changing, row: ChangeRow) -> None:
        below = self._below(change.db)
        try:
            wanted = [each.inverse for each in changes_from_text(row.content or "[]")]
        except (ValueError, TypeError):
            raise DamagedPracticeError(f"change {row.key} cannot be read; restore a backup") from None
        try:
            apply_changes(below, wanted)
            # What went along with it shows that something builds on the change.
            why = "" if same_rows(change.recorder.changes(), wanted) else "something was added to it since"
        except TakenIdError as error:
            why = str(error)
        except sqlite3.IntegrityError:
            why = "something else builds on it, or has its name now"
        if why:
            later = _later(change.db, below, row.key, wanted)
            advice = f"; take back change {later.key} first: {later.told}" if later is not None else ""
            raise TakenIdError(f"change {row.key} cannot be taken back: {why}{advice}") from None
        row.undone_by = change.number
        if row.undoes is not None and (original := change.db.get(ChangeRow, row.undoes)) is not None:
            original.undone_by = None


def _asked(db: Transaction, number: int | None) -> ChangeRow:
    """Find the change to be taken back."""
    if number is None:
        latest = select(ChangeRow).where(
            ChangeRow.undone_by.is_(None), ChangeRow.undoes.is_(None), ChangeRow.content.is_not(None)
        )
        row = db.scalar(latest.order_by(ChangeRow.key.desc()).limit(1))
        if row is None:
            raise UnknownIdError("there is nothing to take back; `symmetry history` lists all changes")
        return row
    row = db.get(ChangeRow, number)
    if row is None:
        raise UnknownIdError(f"there is no change {number}; `symmetry history` lists all changes")
    if row.undone_by is not None:
        raise TakenIdError(f"change {number} was taken back already, by change {row.undone_by}")
    if row.content is None:
        raise TakenIdError(f"change {number} cannot be taken back any more: that is possible for {DAYS} days")
    return row


def _later(db: Transaction, below: sqlite3.Connection, number: int, wanted: Collection[RowChange]) -> ChangeRow | None:
    """Find the latest change since that touched the same rows, or rows of them."""
    touched = {*rows_touched(below, wanted)}
    keys = {key[0] for _, key in touched}
    since = select(ChangeRow).where(
        ChangeRow.key > number,
        ChangeRow.undone_by.is_(None),
        ChangeRow.undoes.is_(None),
        ChangeRow.content.is_not(None),
    )
    for row in db.scalars(since.order_by(ChangeRow.key.desc())):
        for each in changes_from_text(row.content or "[]"):
            values = {*(each.before or {}).values(), *(each.after or {}).values()}
            if keys & values:
                return row
    return None
