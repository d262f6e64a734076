"""Local times as text: both the offset from UTC and the name of the zone are kept."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from symmetry.errors import InvalidRecordError

_LONGEST_ZONE = 64
_NOON: Final = time(12)
_NAMES: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"),
    "December",
)
_MONTHS: Final = {name[:3].casefold(): number for number, name in enumerate(_NAMES, 1)}
_MONTHS_A_YEAR: Final = 12
_WRITTEN: Final = (
    (r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", "sure"),
    (r"(?P<y>\d{4})[./](?P<m>\d{1,2})[./](?P<d>\d{1,2})\.?", "sure"),
    (r"(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\. ?(?P<y>\d{4})", "sure"),
    (r"(?P<d>\d{1,2})[/-](?P<m>\d{1,2})[/-](?P<y>\d{4})", "unsure"),
    (r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.)? (?P<m>[a-z]{3,9})\.?,? (?P<y>\d{4})", "sure"),
    (r"(?P<m>[a-z]{3,9})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})", "sure"),
)
"""Ways to write a day; with slashes, the day comes first in some countries and the month in others."""


def now() -> datetime:
    """Give the time in this machine's zone, to the second."""
    from symmetry.photos.capture_time import local_zone

    return datetime.now(local_zone()).replace(microsecond=0)


def to_text(at: datetime, zone: str) -> str:
    """Write a local time with its offset from UTC.

    Raises
    ------
    InvalidRecordError
        If the time is not aware, there is no such zone, or the zone has another offset at that time.
    """
    offset = at.utcoffset()
    if offset is None:
        raise InvalidRecordError("the time does not say how far from UTC it is; give a time with its zone")
    place = _zone(zone)
    if place is None:
        # This computer may have no data for the zone that the time itself names.
        if not 0 < len(zone) <= _LONGEST_ZONE or not zone.isprintable() or zone != at.tzname():
            raise InvalidRecordError(f'there is no time zone "{zone}"; give a name such as Europe/Berlin')
    elif at.astimezone(place).utcoffset() != offset:
        raise InvalidRecordError(f"the time's offset from UTC is not that of {zone}; give the time of that zone")
    return at.isoformat()


def from_text(text: str, zone: str) -> datetime:
    """Read a local time: in its zone if this computer knows it with that offset, else with the offset alone."""
    at = datetime.fromisoformat(text)
    place = _zone(zone)
    if place is None or at.tzinfo is None:
        return at
    for fold in (0, 1):
        local = at.replace(tzinfo=place, fold=fold)
        if local.utcoffset() == at.utcoffset():
            return local
    return at


def read_date(text: str, present: datetime) -> datetime:
    """Read a day, or a day and a time, as people write them: 2026-04-06, 6.4.2026 08:10, 22/10/2026, 6 April 2026.

    Parameters
    ----------
    text : str
    present : datetime
        Aware; the result is in its zone. A day without a time means noon, today means now.

    Raises
    ------
    InvalidRecordError
        If it is no date, may be two, or does not exist.
    """
    from symmetry.photos.capture_time import aware

    zone = present.tzinfo or timezone.utc
    plain = " ".join(text.split()).casefold()
    if plain in ("today", "now"):
        return present
    if plain == "yesterday":
        return aware(datetime.combine(present.date() - timedelta(days=1), _NOON), zone)
    written, clock = _split(plain)
    day = _day(written, text)
    try:
        if clock is None and day == present.date():
            return present
        return aware(datetime.combine(day, clock or _NOON), zone)
    except (ValueError, OverflowError):
        raise InvalidRecordError(f"'{text}' does not exist; check day, month and time") from None


def _split(text: str) -> tuple[str, time | None]:
    match = re.fullmatch(r"(.+?)(?:t|[ ,]+)(\d{1,2}):(\d\d)(?::(\d\d))?", text)
    if match is None:
        return text, None
    hour, minute, second = int(match[2]), int(match[3]), int(match[4] or 0)
    try:
        return match[1], time(hour, minute, second)
    except ValueError:
        raise InvalidRecordError(f"'{text}' does not exist; check day, month and time") from None


def _day(text: str, given: str) -> date:
    for pattern, order in _WRITTEN:
        if (match := re.fullmatch(pattern, text)) is not None:
            parts = {name: match[name] for name in ("y", "m", "d")}
            month = _MONTHS.get(parts["m"][:3]) if parts["m"].isalpha() else int(parts["m"])
            if month is None:
                continue
            year, day = int(parts["y"]), int(parts["d"])
            if order == "unsure" and month <= _MONTHS_A_YEAR and day <= _MONTHS_A_YEAR and day != month:
                either = f"{day} {_NAMES[month - 1]} or {month} {_NAMES[day - 1]}"
                raise InvalidRecordError(f"'{given}' may be {either}; write {year}-{month:02}-{day:02} for the first")
            if order == "unsure" and month > _MONTHS_A_YEAR:
                month, day = day, month
            try:
                return date(year, month, day)
            except ValueError:
                raise InvalidRecordError(f"'{given}' does not exist; check day, month and time") from None
    raise InvalidRecordError(
        f"'{given}' is not a date; write 2026-04-06, '2026-04-06 08:10', 6.4.2026, '6 April 2026', today or yesterday"
    )


def captured_to_text(captured: datetime | None) -> tuple[str | None, str | None]:
    """Write when a photo was taken, with or without an offset, and the name of its zone if it has one."""
    if captured is None:
        return None, None
    zone = getattr(captured.tzinfo, "key", None)
    return captured.isoformat(), zone if isinstance(zone, str) else None


def captured_from_text(text: str | None, zone: str | None) -> datetime | None:
    """Read when a photo was taken."""
    if text is None:
        return None
    return from_text(text, zone) if zone is not None else datetime.fromisoformat(text)


def _zone(name: str) -> tzinfo | None:
    if name == "UTC":
        return timezone(timedelta(0), "UTC")  # Windows has no data of zones
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # no such key, a name that is a folder or leads elsewhere
        return None
