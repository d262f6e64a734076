"""Check of the time of day: lids and cheeks are swollen in the morning, and less so in the evening."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from symmetry.measure.quality.flags import Flag, Limits

HOURS: Final = Limits({"warn": 5.0}, digits=1)
"""Hours between the usual times of day before and after."""
_TOUCHES: Final = ("eyes", "cheeks", "nasolabial")
_HOUR: Final = 2 * math.pi / 24


def check_time_of_day(before: Sequence[datetime | None], after: Sequence[datetime | None]) -> tuple[Flag, ...]:
    """Check whether the photos before and after were taken at the same time of day, as far as they tell."""
    known = [[at for at in side if at is not None and _has_a_clock(at)] for side in (before, after)]
    if not all(known):
        return ()
    one, other = map(_usual_hour, known)
    apart = abs((other - one + 12) % 24 - 12)
    advice = (
        f"The photos before were taken at about {_clock(one)}, those after at about {_clock(other)}; lids and cheeks "
        "swell overnight, so take both at the same time of day."
    )
    return HOURS.flag("time_of_day_differs", apart, _TOUCHES, advice)


def _has_a_clock(at: datetime) -> bool:
    """Whether a time has more than its day: a day alone is written as noon or midnight."""
    return bool(at.minute or at.second or at.hour not in (0, 12))


def _usual_hour(times: Sequence[datetime]) -> float:
    """Mean time of day, hours from midnight, around the clock."""
    angles = [(at.hour + at.minute / 60) * _HOUR for at in times]
    mean = math.atan2(sum(map(math.sin, angles)), sum(map(math.cos, angles)))
    return (mean / _HOUR) % 24


def _clock(hour: float) -> str:
    minutes = round(hour * 60) % (24 * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
