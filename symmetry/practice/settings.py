"""What a practice sets for itself: its name, logo and contact on reports, and backups made by themselves every day."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Final

from symmetry.errors import InvalidRecordError, OutputError
from symmetry.practice import names
from symmetry.practice.backups import Backups
from symmetry.practice.storage.models import SettingRow

NAME: Final = "name"
CONTACT: Final = "contact"
LOGO: Final = "logo"
BACKUPS: Final = "backups"
_TEXTS: Final = (NAME, CONTACT)
_DAYS, _WEEKS, _MONTHS = 7, 4, 12
_ROTATED: Final = re.compile(r"symmetry-(\d{4}-\d{2}-\d{2})\.zip")


class Settings(Backups):
    """Keeps settings, and makes the daily backups that they ask for."""

    def change_settings(self, **changes: str | None) -> dict[str, Any]:
        """Set or, with None, unset something.

        Parameters
        ----------
        **changes
            `name` and `contact` (lines for reports), `logo` (a picture as a data URI), `backups` (a folder).

        Returns
        -------
        dict
            All settings.

        Raises
        ------
        InvalidRecordError
            If something cannot be stored.
        """
        with self._changing("practice set") as change:
            for name, value in changes.items():
                if name in _TEXTS and value is not None:
                    value = names.note(value)
                row = change.db.get(SettingRow, name)
                if not value:
                    if row is not None:
                        change.db.delete(row)
                elif row is None:
                    change.db.add(SettingRow(name=name, value=json.dumps(value, ensure_ascii=False)))
                else:
                    row.value = json.dumps(value, ensure_ascii=False)
            change.tell(f"practice set: {', '.join(changes)}")
        return self.settings()

    def rotate_backups_into(self, folder: Path | None) -> None:
        """Ask for a backup of every day in a folder, or for none.

        Raises
        ------
        InvalidRecordError
            If the folder is not there, or is the practice's own.
        """
        if folder is None:
            self.change_settings(backups=None)
            return
        place = folder.expanduser().resolve()
        if not place.is_dir() or place.is_relative_to(self._places.root.resolve()):
            raise InvalidRecordError("daily backups need a folder that is there, outside the practice's folder")
        self.change_settings(backups=str(place))

    def rotate_backups(self, today: date) -> Path | None:
        """Make the backup of a day if daily ones are asked for and it is not there, and remove old ones.

        Kept are the backups of the last 7 days, and of 4 weeks and 12 months the last one.

        Returns
        -------
        Path or None
            The backup, if one was made.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        asked = self.settings().get(BACKUPS)
        if asked is None:
            return None
        folder = Path(asked)
        target = folder / f"symmetry-{today.isoformat()}.zip"
        if target.exists():
            return None
        if not folder.is_dir():
            raise OutputError("the folder of the daily backups is not there; connect its disk or choose another")
        self.backup(target)
        made = {day: each for each in folder.iterdir() if (day := _day_of(each)) is not None}
        for day in set(made) - kept_days(made):
            made[day].unlink(missing_ok=True)
        return target


def kept_days(days: Iterable[date]) -> set[date]:
    """Choose the backups that stay: the last 7, and the last one of each of the last 4 weeks and 12 months."""
    ordered = sorted(days, reverse=True)
    by_week: dict[tuple[int, int], date] = {}
    by_month: dict[tuple[int, int], date] = {}
    for day in ordered:
        by_week.setdefault(day.isocalendar()[:2], day)
        by_month.setdefault((day.year, day.month), day)
    return {*ordered[:_DAYS], *list(by_week.values())[:_WEEKS], *list(by_month.values())[:_MONTHS]}


def _day_of(path: Path) -> date | None:
    match = _ROTATED.fullmatch(path.name)
    try:
        return None if match is None or not path.is_file() else date.fromisoformat(match[1])
    except ValueError:
        return None
