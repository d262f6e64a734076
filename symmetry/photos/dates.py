"""Dates as cameras, phones and programs write them, read strictly: a form that allows two readings is not guessed."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

FIRST_YEAR: Final = 1990
"""Earliest year that is believed: older times come from clocks that were never set."""
NOON: Final = time(12)
"""Time of a day whose time is not known."""
YEAR_LAST: Final = re.compile(
    r"(?<!\d)(?P<one>\d\d?)(?P<between>[-_. /:])(?P<two>\d\d?)(?P=between)(?P<year>\d{4})(?!\d)"
)
"""A date whose day or month may come first."""

_LONGEST: Final = 80
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NUMBER_OF: Final = {name: number for number, full in enumerate(_MONTHS, 1) for name in (full, full[:3])} | {"sept": 9}
_MONTH: Final = r"(?P<name>[A-Za-z]{3,9})\.?"
_WEEKDAY: Final = r"(?:[A-Za-z]{3,9}\.?,?\s+)?"
_CLOCK: Final = (
    r"(?P<before>[ap]m|上午|下午)?\s*"
    r"(?P<hour>\d{1,2})(?:\s*(?P<between>[:. -])\s*(?P<minute>\d{1,2})"
    r"(?:\s*(?P=between)\s*(?P<second>\d{1,2})?(?:[.,:]\d{1,9})?)?"
    r"|(?P<minute2>\d\d)(?P<second2>\d\d)?(?:[.,]\d{1,9})?)"
    r"\s*(?P<after>[ap]\.?\s?m\b\.?)?"
)
_ZONE: Final = r"\s*(?P<zone>Z|(?:UTC|GMT)?\s*[+-]\s*\d{1,2}(?::?\d\d)?|[A-Z]{3,5})?(?:\s*\[[\w/+-]+\])?"
_BEHIND: Final = rf"(?:(?:\s*[T,;_]\s*|\s+(?:at\s+)?|[-:.]){_CLOCK}{_ZONE}|[T\s:.,-]*)"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<year>\d{{4}})\s*(?P<sep>[-:/._\s])\s*(?P<month>\d{{1,2}})\s*(?P=sep)\s*(?P<day>\d{{1,2}}){_BEHIND}",
        rf"(?P<year>\d{{4}})年\s*(?P<month>\d{{1,2}})月\s*(?P<day>\d{{1,2}})日?{_BEHIND}",
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d){_CLOCK}{_ZONE}",
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d){_BEHIND}",
        rf"(?P<one>\d{{1,2}})\s*(?P<sep>[-:/.])\s*(?P<two>\d{{1,2}})\s*(?P=sep)\s*(?P<year>\d{{4}}){_BEHIND}",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})\.?[\s-]+{_MONTH},?[\s-]+(?P<year>\d{{4}}){_BEHIND}",
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}}){_BEHIND}",
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})",
    )
)
_OFFSET: Final = re.compile(r"(?:UTC|GMT)?\s*([+-])\s*(\d{1,2})(?::?(\d\d))?(?::00)?", re.IGNORECASE)
_FARTHEST: Final = timedelta(hours=14)


def is_blank(text: str) -> bool:
    """Whether a field for a date holds none: nothing but blanks, zeros and separators."""
    return not text.strip("\0 \t\r\n:-/.T0")


def read_date(text: str) -> datetime | None:
    """Read a date with or without a time, in the year-first forms of metadata or with the month in English.

    Fractions of a second are dropped. A day without a time counts as noon. The result is timezone-aware if the text
    gives an offset from UTC; names of zones other than UTC are passed over.

    Parameters
    ----------
    text : str
        Such as "2026:04:06 09:30:00", "2026-04-06T09:30:00.123+02:00", "20260406 093000", "6 April 2026 9:30 PM".

    Returns
    -------
    datetime or None
        None for everything else, such as 06/04/2026, which may be the sixth of April or the fourth of June.
    """
    text = text.strip("\0 \t\r\n")
    if len(text) > _LONGEST:
        return None
    for form in _FORMS:
        found = form.fullmatch(text)
        if found is not None and (read := _read(found.groupdict())) is not None:
            return read
    return None


def read_offset(text: str) -> timezone | None:
    """Read an offset from UTC, such as "+02:00", "-0330", "UTC+2" or "Z"."""
    text = text.strip("\0 \t\r\n")
    if text.upper() in ("Z", "UTC", "GMT"):
        return timezone.utc
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(offset if sign == "+" else -offset) if offset <= _FARTHEST else None


def unclear_days(text: str) -> list[tuple[date, date]]:
    """Find the dates in a text that may have the day or the month first, each with what it may mean."""
    found = [
        day_or_month_first(int(match["one"]), int(match["two"]), int(match["year"]))
        for match in YEAR_LAST.finditer(text)
    ]
    return [(days[0], days[1]) for days in found if len(days) == 2]


def month_number(name: str) -> int:
    """Give the number of a month by its English name, short or long; 0 if there is none."""
    return _NUMBER_OF.get(name.casefold(), 0)


def day_or_month_first(one: int, two: int, year: int) -> list[date]:
    """Give the days that two numbers before a year may mean: none, one, or two."""
    days = {_day(year, month, day) for day, month in ((one, two), (two, one))}
    return sorted(day for day in days if day is not None)


def time_of(hour: int, minute: int, second: int, half: str = "") -> time | None:
    """Give the time of a clock of 24 hours, or of 12 with "a" or "p" as its half of the day; None if there is none."""
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (half == "p")
    elif hour == 24:  # as some cameras write the first hour of the day
        hour = 0
    try:
        return time(hour, minute, min(second, 59) if second == 60 else second)
    except ValueError:
        return None


def _read(parts: dict[str, str | None]) -> datetime | None:
    """Put the parts of a date together; None if there is no such day or time."""
    year = int(parts["year"] or 0)
    if "one" in parts:
        days = day_or_month_first(int(parts["one"] or 0), int(parts["two"] or 0), year)
        day = days[0] if len(days) == 1 else None
    else:
        month = month_number(parts["name"] or "") if "name" in parts else int(parts["month"] or 0)
        day = _day(year, month, int(parts["day"] or 0))
    if day is None:
        return None
    if parts.get("hour") is None:
        return datetime.combine(day, NOON)
    half = (parts.get("before") or parts.get("after") or "")[:1].casefold()
    clock = time_of(
        int(parts["hour"] or 0),
        int(parts.get("minute") or parts.get("minute2") or 0),
        int(parts.get("second") or parts.get("second2") or 0),
        {"上": "a", "下": "p"}.get(half, half),
    )
    if clock is None:
        return None
    zone = parts.get("zone") or ""
    offset = read_offset(zone) if zone else None
    if zone and offset is None and not zone.isalpha():
        return None
    return datetime.combine(day, clock, offset)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
