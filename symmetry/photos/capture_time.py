"""When a photo was taken, and from which source that is known."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from symmetry.errors import PhotoError
from symmetry.photos.dates import FIRST_YEAR, unclear_days
from symmetry.photos.film_names import named_frame
from symmetry.photos.named_dates import dates_in_name

if TYPE_CHECKING:
    from symmetry.photos.reading import Photo

TimeSource = Literal["exif", "xmp", "iptc", "png", "file name", "file time"]

FILE_TIME: Final = "file time"
METADATA: Final[tuple[TimeSource, ...]] = ("exif", "xmp", "iptc", "png")
"""Kinds of metadata that may hold the time."""
SOURCE_WORDS: Final[dict[str, str]] = {
    "exif": "its EXIF date",
    "xmp": "its XMP date",
    "iptc": "its IPTC date",
    "png": "the date in its PNG text",
    "file name": "the date in its name",
    "file time": "the time of its file",
}
_SLACK: Final = timedelta(days=1)
"""A time without an offset may come from a place where it is already tomorrow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a photo was taken."""

    at: datetime  # timezone-aware: in the zone of the photo if its metadata give an offset, else in the zone asked for
    source: TimeSource  # the time of a file is the least reliable: copying may change it
    note: str | None = None  # which time could not be read or was not believed, and why


def local_zone() -> tzinfo:
    """Time zone of this machine, with its daylight saving rules."""
    from tzlocal import get_localzone

    try:
        return get_localzone()
    except Exception:  # noqa: BLE001  contradictory settings raise anything; the clock works all the same
        with contextlib.suppress(ValueError, OverflowError):  # an offset of more than a day
            return datetime.now().astimezone().tzinfo or timezone.utc
        return timezone.utc


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

    Names are read as phones and messengers write them, see `dates_in_name`. A name with two different dates is ignored,
    and one such as 06-04-2026 counts only if the time of the file decides between April and June. A day without a time
    counts as noon.

    Parameters
    ----------
    photo : Photo
    path : Path or None
        Its file, if any.
    zone : tzinfo, optional
        Zone of times without an offset; that of this machine by default.
    now : datetime, optional
        Timezone-aware current time; times later than tomorrow are not believed.

    Raises
    ------
    PhotoError
        If there is no source.
    """
    zone = zone or local_zone()
    latest = ((now or datetime.now(timezone.utc)) + _SLACK).astimezone(zone).date()
    notes = [f"its metadata give the date as {unread}" for unread in photo.unread_dates]
    if photo.captured is not None:
        if (doubt := _doubt(photo.captured, zone, latest)) is None:
            return _moment(photo.captured, _kind(photo), zone, notes)
        notes.append(f"the photo says it was taken on {photo.captured:%Y-%m-%d %H:%M}, {doubt}")
    if path is None:
        raise PhotoError("; ".join((*notes, "nothing tells when it was taken; give its date")))
    frame = named_frame(path)
    path = path if frame is None else frame.film
    of_file = _file_time(path, zone)
    named = [at for at in dates_in_name(path.stem, zone) if _doubt(at, zone, latest) is None]
    if len({at.date() for at in named}) == 1:
        return _moment(named[0], "file name", zone, notes)
    if not named:
        for one, other in unclear_days(path.stem):
            notes.append(f"its name may mean {one:%Y-%m-%d} or {other:%Y-%m-%d}; write the year first")
            meant = [day for day in (one, other) if of_file is not None and day == of_file.date()]
            if meant and of_file is not None and _doubt(of_file, zone, latest) is None:
                return _moment(of_file, "file name", zone, notes)
    if of_file is None:
        raise PhotoError("; ".join((*notes, "nothing tells when it was taken; give its date")))
    if (doubt := _doubt(of_file, zone, latest)) is not None:
        notes.append(f"its file is of {of_file:%Y-%m-%d %H:%M}, {doubt}")
    return _moment(of_file, "file time", zone, notes)


def _moment(at: datetime, source: TimeSource, zone: tzinfo, notes: list[str]) -> Moment:
    return Moment(at=aware(at, zone), source=source, note="; ".join(notes) or None)


def _kind(photo: Photo) -> TimeSource:
    """Which of the metadata tell when a photo was taken."""
    kind = (photo.captured_source or "").partition(":")[0]
    return next((known for known in METADATA if known == kind), "exif")


def _file_time(path: Path, zone: tzinfo) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, zone)
    except (OSError, ValueError, OverflowError):
        return None


def _doubt(at: datetime, zone: tzinfo, latest: date) -> str | None:
    """Why a time cannot be right, or None."""
    if at.year < FIRST_YEAR or at.date() == date(2000, 1, 1) or (at.month, at.day, at.time()) == (1, 1, time(0)):
        return "as of a clock that was never set"
    # The year first: the last days of 9999 overflow in other zones.
    return "which is yet to come" if at.year > latest.year + 1 or aware(at, zone).date() > latest else None
