"""Local times as text: both the offset from UTC and the name of the zone are kept."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from symmetry.errors import InvalidRecordError

_LONGEST_ZONE = 64


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
