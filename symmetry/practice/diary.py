"""Diaries: scales that the practice defines, and clients' ratings on them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as Transaction

from symmetry.errors import InvalidRecordError
from symmetry.practice import names
from symmetry.practice.records import DiaryScale, Entry
from symmetry.practice.storage.models import ClientRow, EntryRow, RatingRow, ScaleRow
from symmetry.practice.writing import OccasionChanges, PracticeWriter, change_occasion, local_time, told

if TYPE_CHECKING:
    from typing_extensions import Unpack


class EntryChanges(OccasionChanges, total=False):
    """What `Diary.edit_entry` can change."""

    values: Mapping[str, float | None]


class Diary(PracticeWriter):
    """Adds and removes scales and entries of diaries."""

    def add_scale(self, name: str, *, low: float = 0.0, high: float = 10.0, note: str = "") -> DiaryScale:
        """Add a scale that clients rate.

        Raises
        ------
        InvalidRecordError
            If the name is empty or `low` is not below `high`.
        TakenIdError
            If there is a scale of that name, in any case.
        """
        kept, remark = names.name(name, "the scale's name"), names.note(note)
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise InvalidRecordError(f"a scale from {low:g} to {high:g} has no room; the second must be the larger")
        row = ScaleRow(name=kept, low=float(low), high=float(high), note=remark)
        with self._changing("scale add") as change:
            self._add_named(change.db, row)
            change.tell(f"scale {row.name} added")
            return DiaryScale(name=row.name, low=row.low, high=row.high, note=row.note)

    def remove_scale(self, name: str, *, with_ratings: bool = False) -> None:
        """Remove a scale.

        Parameters
        ----------
        name : str
        with_ratings : bool
            Whether to remove its ratings, too; entries that have nothing else stay without any.

        Raises
        ------
        UnknownIdError
        TakenIdError
            If somebody has rated it, without `with_ratings`.
        """
        if not with_ratings:
            self._remove_named(ScaleRow, name, RatingRow.scale, ("entry of a diary", "entries of diaries"))
            return
        with self._changing("scale remove") as change:
            row = self._find(change.db, ScaleRow, name)
            rated = select(ClientRow.uid).join(EntryRow, EntryRow.client == ClientRow.key)
            change.about(
                *change.db.scalars(
                    rated.join(RatingRow, RatingRow.entry == EntryRow.key).where(RatingRow.scale == row.key)
                )
            )
            change.tell(f"scale {row.name} removed with its ratings")
            change.db.execute(delete(RatingRow).where(RatingRow.scale == row.key))
            change.db.delete(row)

    def add_entry(
        self, client_id: str, *, at: datetime, zone: str, values: Mapping[str, float], note: str = ""
    ) -> Entry:
        """Add an entry to a client's diary.

        Parameters
        ----------
        client_id : str
        at : datetime
            Aware, local time of `zone`.
        zone : str
        values : mapping of str to float
            Ratings by name of the scale, in any case.
        note : str

        Raises
        ------
        UnknownIdError
            If there is no such client or scale.
        InvalidRecordError
            If a value is not on its scale, a scale is named twice, or there is neither a value nor a note.
        """
        row = EntryRow(note=names.note(note), **local_time(at, zone))
        if not values and not row.note:
            raise InvalidRecordError("an entry has at least one value or a note; give one")
        with self._changing("diary add") as change:
            db = change.db
            client = self._find(db, ClientRow, client_id)
            ratings = self._ratings(db, values)
            self._add_occasion(db, client, row, "entry")
            db.add_all(RatingRow(entry=row.key, scale=key, value=value) for key, value in ratings.items())
            change.tell(f"entry {row.number} of {client.id} added", client)
            return self._page(db, client.id).entry(row.number)

    def edit_entry(self, client_id: str, number: int, **changes: Unpack[EntryChanges]) -> Entry:
        """Change what is given of an entry; the rest stays.

        Parameters
        ----------
        client_id : str
        number : int
        **changes
            `at` and `zone`, `note`, and `values`: new ratings by name of the scale, None to remove one.

        Raises
        ------
        UnknownIdError, InvalidRecordError
            See `add_entry`.
        """
        with self._changing("diary edit") as change:
            db = change.db
            client, row = self._occasion(db, EntryRow, client_id, number)
            change_occasion(row, changes)
            values = changes.get("values", {})
            rated = {rating.scale: rating for rating in db.scalars(select(RatingRow).where(RatingRow.entry == row.key))}
            for name in [name for name, value in values.items() if value is None]:
                if (old := rated.pop(self._find(db, ScaleRow, name).key, None)) is not None:
                    db.delete(old)
            for key, value in self._ratings(db, {n: v for n, v in values.items() if v is not None}).items():
                if key in rated:
                    rated[key].value = value
                else:
                    rated[key] = RatingRow(entry=row.key, scale=key, value=value)
                    db.add(rated[key])
            if not rated and not row.note:
                raise InvalidRecordError("an entry has at least one value or a note; remove the entry instead")
            change.tell(f"entry {number} of {client.id} changed: {', '.join(told(changes))}", client)
            return self._page(db, client.id).entry(number)

    def remove_entry(self, client_id: str, number: int) -> None:
        """Remove an entry from a client's diary.

        Raises
        ------
        UnknownIdError
        """
        with self._changing("diary remove") as change:
            client, row = self._occasion(change.db, EntryRow, client_id, number)
            change.tell(f"entry {number} of {client.id} removed", client)
            change.db.execute(delete(EntryRow).where(EntryRow.key == row.key))

    def _ratings(self, db: Transaction, values: Mapping[str, float]) -> dict[int, float]:
        ratings: dict[int, float] = {}
        for name, value in values.items():
            scale = self._find(db, ScaleRow, name)
            if not scale.low <= value <= scale.high:
                raise InvalidRecordError(f'"{scale.name}" goes from {scale.low:g} to {scale.high:g}, not {value:g}')
            if scale.key in ratings:
                raise InvalidRecordError(f'"{scale.name}" is rated twice; give one value')
            ratings[scale.key] = float(value)
        return ratings
