"""When a photo was taken, and from which source that is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from symmetry.errors import PhotoError

if TYPE_CHECKING:
    from symmetry.photos.reading import Photo

TimeSource = Literal["exif", "file name", "file time"]

FIRST_YEAR: Final = 1990
"""Earliest year that is believed: older times come from clocks that were never set."""

_NOON: Final = time(12)
_SLACK: Final = timedelta(days=1)
"""A time without an offset may come from a place where it is already tomorrow."""

# Year first: 2026-04-06 or 20260406, also directly followed by six or nine digits of time.
_DATE: Final = re.compile(r"(?<!\d)(\d{4})([-_.]?)(\d\d)\2(\d\d)(?=(\d{6}|\d{9})?(?!\d))")
# After it 081000 or 081000123 (four digits need not be a time), 08-10, 8.10.00, 8:10 PM.
_TIME: Final = re.compile(
    r"(?:[-_T ]|\s+(?:at|um|à|alle|om|kl\.?)\s+)?"
    r"(?:(\d\d)(\d\d)(\d\d)(?:\d{3})?|(\d\d?)[-_.:h](\d\d)(?:[-_.:m](\d\d))?)(?!\d)(?:\s*([ap])\.?m\b)?",
    re.IGNORECASE,
)
_IN_UTC: Final = re.compile(r"PXL_\d{8}_\d{9}")
"""Google's camera names its photos by UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a photo was taken.

    Attributes
    ----------
    at : datetime
        Timezone-aware: in the zone of the photo if its metadata give an offset, else in the zone asked for.
    source : {"exif", "file name", "file time"}
        Listed from the most to the least reliable.
    note : str or None
        Which time was not believed, and why.
    """

    at: datetime
    source: TimeSource
    note: str | None = None


def local_zone() -> tzinfo:
    """Time zone of this machine, with its daylight saving rules."""
    from tzlocal import get_localzone

    try:
        return get_localzone()
    except Exception:  # noqa: BLE001  contradictory settings raise anything; the clock works all the same
        return datetime.now().astimezone().tzinfo or timezone.utc


def zone_name(at: datetime) -> str:
    """Name of the time zone of an aware time, such as Europe/Berlin; its offset if it has no standard name."""
    name = getattr(at.tzinfo, "key", None)
    try:
        return ZoneInfo(name).key if name else str(at.tzname())
    except (ValueError, OSError, LookupError):  # such as "local", copied from a file
        return str(at.tzname())


def aware(at: datetime, zone: tzinfo) -> datetime:
    """Attach a zone to a time without an offset; an hour that clocks skip in spring becomes the next one."""
    if at.tzinfo is not None:
        return at
    return at.replace(tzinfo=zone).astimezone(timezone.utc).astimezone(zone)


def moment_of(photo: Photo, path: Path | None, zone: tzinfo | None = None, *, now: datetime | None = None) -> Moment:
    """Find when a photo was taken: from its metadata, else from a date in its name, else from the time of its file.

    Names are read if the year comes first, such as 2026-04-06, IMG-20260406-WA0003, PXL_20260406_081000123 or
    "Screenshot 2026-04-06 at 8.10.00 PM". A name with two different dates is ignored; a day without a time counts as
    noon.

    Parameters
    ----------
    photo : Photo
    path : Path or None
        Its file, if any.
    zone : tzinfo, optional
        Zone of times without an offset; that of this machine by default.
    now : datetime, optional
        Timezone-aware current time; times later than tomorrow are not believed.

    Returns
    -------
    Moment

    Raises
    ------
    PhotoError
        If there is no source.
    """
    zone = zone or local_zone()
    latest = ((now or datetime.now(timezone.utc)) + _SLACK).astimezone(zone).date()
    note: str | None = None
    if photo.captured is not None:
        if (doubt := _doubt(photo.captured, zone, latest)) is None:
            return Moment(at=aware(photo.captured, zone), source="exif")
        note = f"the photo says it was taken on {photo.captured:%Y-%m-%d %H:%M}, {doubt}"
    if path is not None:
        if (named := _named(path.stem, zone, latest)) is not None:
            return Moment(at=named, source="file name", note=note)
        try:
            at = datetime.fromtimestamp(path.stat().st_mtime, zone)
        except (OSError, ValueError, OverflowError):
            pass
        else:
            if (doubt := _doubt(at, zone, latest)) is not None:
                note = "; ".join(filter(None, (note, f"its file is of {at:%Y-%m-%d %H:%M}, {doubt}")))
            return Moment(at=at, source="file time", note=note)
    raise PhotoError("nothing tells when it was taken; give its date")


def _doubt(at: datetime, zone: tzinfo, latest: date) -> str | None:
    """Why a time cannot be right, or None."""
    if at.year < FIRST_YEAR or at.date() == date(2000, 1, 1) or (at.month, at.day, at.time()) == (1, 1, time(0)):
        return "as of a clock that was never set"
    # The year first: the last days of 9999 overflow in other zones.
    return "which is yet to come" if at.year > latest.year + 1 or aware(at, zone).date() > latest else None


def _named(stem: str, zone: tzinfo, latest: date) -> datetime | None:
    """Read the date in a name, if there is exactly one."""
    stem_zone = timezone.utc if _IN_UTC.match(stem) else zone
    found = [aware(at, stem_zone).astimezone(zone) for at in _dates_in(stem) if _doubt(at, zone, latest) is None]
    return found[0] if len({at.date() for at in found}) == 1 else None


def _dates_in(stem: str) -> Iterator[datetime]:
    for match in _DATE.finditer(stem):
        year, _, month, day, glued = match.groups()
        try:
            day_of_year = date(int(year), int(month), int(day))
        except ValueError:
            continue
        if (clock := _time_behind(stem, match.end())) is not None:
            yield datetime.combine(day_of_year, clock)
        elif not glued:
            yield datetime.combine(day_of_year, _NOON)


def _time_behind(stem: str, at: int) -> time | None:
    match = _TIME.match(stem, at)
    if match is None:
        return None
    *numbers, half = match.groups()
    hour, minute, second = (int(number or 0) for number in (numbers[:3] if numbers[0] else numbers[3:]))
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (half in "pP")
    try:
        return time(hour, minute, second)
    except ValueError:
        return None
