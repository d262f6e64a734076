"""Dates in the names of files, as phones, messengers and people write them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timezone, tzinfo
from typing import Final

from symmetry.photos.dates import NOON, YEAR_LAST, day_or_month_first, month_number, time_of

# Year first: 2026-04-06, 2026-4-6 or 20260406, the last also directly followed by six or nine digits of time.
_YEAR_FIRST: Final = re.compile(
    r"(?<!\d)(?P<year>\d{4})(?:(?P<between>[-_. ])(?P<month>\d\d?)(?P=between)(?P<day>\d\d?)(?!\d)"
    r"|(?P<month2>\d\d)(?P<day2>\d\d)(?=(?P<glued>\d{6}|\d{9})?(?!\d))|年(?P<month3>\d\d?)月(?P<day3>\d\d?)日)"
)
_MONTH: Final = re.compile(
    r"(?:(?<!\d)(?P<day>\d\d?)\.?[-_ ](?P<name>[a-z]{3,9})\.?,?[-_ ]"
    r"|(?<![a-z])(?P<name2>[a-z]{3,9})\.?[-_ ](?P<day2>\d\d?),?[-_ ])(?P<year>\d{4})(?!\d)",
    re.IGNORECASE,
)
# After it 081000 or 081000123 (four digits need not be a time), 08-10, 8.10.00, 8:10 PM.
_TIME: Final = re.compile(
    r"(?:[-_T ,]|,?\s+(?:at|um|à|alle|om|kl\.?|a las|às)\s+)?"
    r"(?:(\d\d)(\d\d)(\d\d)(?:\d{3})?|(\d\d?)[-_.:h](\d\d)(?:[-_.:m](\d\d))?)(?!\d)(?:\s*([ap])\.?\s?m\b)?",
    re.IGNORECASE,
)
_IN_UTC: Final = re.compile(r"PXL_\d{8}_\d{9}")
"""Google's camera names its photos by UTC."""
_MILLISECONDS: Final = re.compile(r"(?:mmexport|wx_camera_|FB_IMG_|IMG_)?(1\d{12})(?!\d)", re.IGNORECASE)
"""WeChat, Facebook and some cameras count since 1970."""


def dates_in_name(stem: str, zone: tzinfo) -> list[datetime]:
    """Find the dates in a name whose order of year, month and day is clear.

    Parameters
    ----------
    stem : str
        Such as 2026-04-06, IMG-20260406-WA0003, PXL_20260406_081000123, "Screenshot 2026-04-06 at 8.10.00 PM",
        26.04.2026 or "6 April 2026".
    zone : tzinfo
        Of times without an offset.

    Returns
    -------
    list of datetime
        Aware; noon where there is no time.
    """
    if (since := _MILLISECONDS.match(stem)) is not None:
        return [datetime.fromtimestamp(int(since[1]) / 1000, timezone.utc).replace(microsecond=0).astimezone(zone)]
    written_in = timezone.utc if _IN_UTC.match(stem) else zone
    # An hour that clocks skip in spring becomes the next one.
    return [
        datetime.combine(day, clock, written_in).astimezone(timezone.utc).astimezone(zone)
        for day, clock in _days_in(stem)
    ]


def _days_in(stem: str) -> Iterator[tuple[date, time]]:
    for match in _YEAR_FIRST.finditer(stem):
        month, day = (
            next(filter(None, (match[name], match[f"{name}2"], match[f"{name}3"]))) for name in ("month", "day")
        )
        yield from _with_time(stem, match, int(month), int(day))
    for match in YEAR_LAST.finditer(stem):
        days = day_or_month_first(int(match["one"]), int(match["two"]), int(match["year"]))
        if len(days) == 1:
            yield from _with_time(stem, match, days[0].month, days[0].day)
    for match in _MONTH.finditer(stem):
        yield from _with_time(
            stem, match, month_number(match["name"] or match["name2"]), int(match["day"] or match["day2"])
        )


def _with_time(stem: str, match: re.Match[str], month: int, day: int) -> Iterator[tuple[date, time]]:
    """Give a day with the time behind it, or noon; nothing if there is no such day."""
    with contextlib.suppress(ValueError):
        found = date(int(match["year"]), month, day)
        clock = _time_behind(stem, match.end())
        if clock is not None or not match.groupdict().get("glued"):
            yield found, NOON if clock is None else clock


def _time_behind(stem: str, at: int) -> time | None:
    match = _TIME.match(stem, at)
    if match is None:
        return None
    *numbers, half = match.groups()
    hour, minute, second = (int(number or 0) for number in (numbers[:3] if numbers[0] else numbers[3:]))
    return time_of(hour, minute, second, (half or "").casefold())
