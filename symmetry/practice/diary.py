"""Diaries: scales that the practice defines, and clients' ratings on them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime

from symmetry.errors import InvalidRecordError
from symmetry.practice import names
from symmetry.practice.records import DiaryScale, Entry
from symmetry.practice.storage.models import ClientRow, EntryRow, RatingRow, ScaleRow
from symmetry.practice.writing import PracticeWriter, local_time


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
        with self._writing() as db:
            self._add_named(db, row)
            return DiaryScale(name=row.name, low=row.low, high=row.high, note=row.note)

    def remove_scale(self, name: str) -> None:
        """Remove a scale that nobody has rated.

        Raises
        ------
        UnknownIdError
        TakenIdError
            If somebody has.
        """
        self._remove_named(ScaleRow, name, RatingRow.scale, ("entry of a diary", "entries of diaries"))

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
        with self._writing() as db:
            client = self._find(db, ClientRow, client_id)
            ratings: dict[int, float] = {}
            for name, value in values.items():
                scale = self._find(db, ScaleRow, name)
                if not scale.low <= value <= scale.high:
                    raise InvalidRecordError(f'"{scale.name}" goes from {scale.low:g} to {scale.high:g}, not {value:g}')
                if scale.key in ratings:
                    raise InvalidRecordError(f'"{scale.name}" is rated twice; give one value')
                ratings[scale.key] = float(value)
            self._add_occasion(db, client, row, "entry")
            db.add_all(RatingRow(entry=row.key, scale=key, value=value) for key, value in ratings.items())
            return self._page(db, client.id).entry(row.number)

    def remove_entry(self, client_id: str, number: int) -> None:
        """Remove an entry from a client's diary.

        Raises
        ------
        UnknownIdError
        """
        with self._writing() as db:
            self._remove_occasion(db, EntryRow, client_id, self._page(db, client_id).entry(number))
