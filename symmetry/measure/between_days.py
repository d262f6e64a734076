"""Between days: how far a face that nobody treats differs from one day to the next, which no number of photos shrinks.

Photos of one sitting tell how well photos repeat. A change over weeks also holds what sleep, salt, chewing and mood do
to a face from day to day. That part of its error comes from the person's own untreated days, else from people who
were photographed on several days (`symmetry reliability`), else from an assumption.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any, Final, Literal

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.errors import PhotoError
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.reliability_table import OF_PAIR, PART_NAMES, PARTS_OF_PAIR, Quantity, ReliabilityTable
from symmetry.photos.capture_time import local_zone, moment_of
from symmetry.photos.named_dates import dates_in_name
from symmetry.stats.agreement import moderated_variance

DaysFrom = Literal["same day", "own days", "reliability", "assumed"]
SAME_DAY: Final = "same day"
OWN_DAYS: Final = "own days"
BY_TABLE: Final = "reliability"
ASSUMED: Final = "assumed"
"""Where the part between days comes from, in the order in which the sources count, but for the first."""

MOST_MM: Final = 0.29
"""Standard deviation, mm, of a resting face from day to day, at most: 3-D scans of faces at rest, repeated after a
week, have a minimal detectable change of 0.8 mm = 1.96 sqrt(2) 0.29 mm, the error of the scanner within it. Rest is
the expression that repeats best over weeks (Johnston 2003, Cleft Palate Craniofac J 40:291; Sawyer 2009, Otolaryngol
Head Neck Surg 140:76)."""
LEAST_MM: Final = 0.2
"""The same where bone or cartilage carries the skin, or where the mean over many parts counts."""
_CARRIED: Final = ("nose", "jawline", "lower_face", "face")
"""Regions that take `LEAST_MM`: no muscle holds the nose and the edge of the jaw up, and little swells over them. Lids,
brows and mouth stand where muscles hold them, cheeks and folds where fluid collects: `MOST_MM`."""
_LEVER_MM: Final = {"mouth_cant": 52.0, "smile_angle": 28.0, "chin_angle": 110.0, "nasolabial_angle": 25.0}
"""Length, mm, on which each angle is measured: a distance of an average face."""
LEAST_DAYS: Final = 3
"""Own untreated days from which on they count."""
_WORTH: Final = 4.0
"""Degrees of freedom that the assumption has beside a person's own days, so that three quiet days do not make a face
that never varies."""
_SITTING: Final = timedelta(hours=3)
"""Longest pause within a sitting that runs past midnight."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DayToDay:
    """How far the numbers of an untreated face differ from day to day.

    Attributes
    ----------
    sd : ndarray, shape (76,)
        Standard deviation of the true numbers of one day, in the order of `OF_PAIR`, mm or degrees.
    freedom : ndarray, shape (76,)
        Their degrees of freedom; infinite for an assumption.
    source : {"same day", "own days", "reliability", "assumed"}
    days : int or None
        Number of own days behind it.
    """

    sd: FloatArray
    freedom: FloatArray
    source: DaysFrom
    days: int | None = None

    def of(self, name: str, number: str) -> float:
        """Return the standard deviation of one number, such as "vertical_change" of "mouth"; NaN if there is none."""
        places = [i for i, quantity in enumerate(OF_PAIR) if (quantity.name, quantity.number) == (name, number)]
        return float(self.sd[places[0]]) if places else float("nan")

    @property
    def range_mm(self) -> tuple[float, float]:
        """The smallest and the largest of the parts of regions."""
        of_parts = self.sd[PARTS_OF_PAIR]
        return float(np.nanmin(of_parts)), float(np.nanmax(of_parts))

    def to_dict(self) -> dict[str, Any]:
        """Return where it comes from and the standard deviation of the parts of regions, as a JSON object."""
        of_parts = self.sd[PARTS_OF_PAIR].reshape(-1, 2)
        return {
            "source": self.source,
            "days": self.days,
            "sd": {
                f"{region}: {part}": {"lateral": sd[0], "vertical": sd[1]}
                for (region, part), sd in zip(PART_NAMES, of_parts.tolist(), strict=True)
            },
        }


def _assumed_sd(quantity: Quantity) -> float:
    millimetres = LEAST_MM if quantity.region in _CARRIED else MOST_MM
    if quantity.unit == "mm":
        return millimetres
    return float(np.degrees(millimetres / _LEVER_MM[quantity.name]))


ONE_DAY: Final = DayToDay(sd=np.zeros(len(OF_PAIR)), freedom=np.full(len(OF_PAIR), np.inf), source=SAME_DAY)
"""Of photos that were taken one after the other."""
ASSUMPTION: Final = DayToDay(
    sd=np.array([_assumed_sd(quantity) for quantity in OF_PAIR]),
    freedom=np.full(len(OF_PAIR), np.inf),
    source=ASSUMED,
)


def of_table(table: ReliabilityTable) -> DayToDay:
    """How far people behind a reliability table differ from day to day; the assumption where it does not tell."""
    known = np.isfinite(table.day_sd) & (table.day_freedom > 0)
    if not known[PARTS_OF_PAIR].any():
        return ASSUMPTION
    return DayToDay(
        sd=np.where(known, table.day_sd, ASSUMPTION.sd),
        freedom=np.where(known, table.day_freedom, ASSUMPTION.freedom),
        source=BY_TABLE,
    )


def of_own_days(days: FloatArray, photo_variance: FloatArray, prior: DayToDay) -> DayToDay:
    """How far a person differs from day to day, from untreated days.

    Parameters
    ----------
    days : ndarray, shape (n, 76)
        Numbers of each day, mm or degrees; NaN where unknown.
    photo_variance : ndarray, shape (76,)
        Variance of one of them over re-photographing.
    prior : DayToDay
        What is known of other people. The variance of the person's days, photos included, is averaged with it by their
        degrees of freedom (`symmetry.stats.agreement.moderated_variance`).
    """
    count = np.isfinite(days).sum(axis=0)
    if not (count[PARTS_OF_PAIR] >= LEAST_DAYS).any():
        return prior
    sd, freedom = moderated_days(days, photo_variance, prior.sd, prior.freedom)
    return DayToDay(sd=sd, freedom=freedom, source=OWN_DAYS, days=int(count.max()))


def moderated_days(
    days: FloatArray, photo_variance: FloatArray, prior_sd: FloatArray, prior_freedom: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Estimate standard deviations (...) between days from numbers of n days (n, ...), and their degrees of freedom.

    The arguments are those of `of_own_days`. Where fewer than three days are known, the prior stays.
    """
    known = np.isfinite(days)
    count = known.sum(axis=0)
    mean = np.where(known, days, 0.0).sum(axis=0) / np.maximum(count, 1)
    squares = (np.where(known, days - mean, 0.0) ** 2).sum(axis=0)
    enough = count >= LEAST_DAYS
    of_photos = np.nan_to_num(photo_variance)
    total, both = moderated_variance(
        np.where(enough, squares / np.maximum(count - 1, 1), np.nan),
        np.where(enough, count - 1.0, 0.0),
        prior_sd**2 + of_photos,
        np.minimum(prior_freedom, _WORTH),
    )
    sd = np.sqrt(np.maximum(total - of_photos, 0.0))
    return np.where(enough, sd, prior_sd), np.where(enough, both, prior_freedom)


def with_days(
    sd: FloatArray, freedom: FloatArray, days: DayToDay, count: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """Add the part between days to the standard deviations (76,) of a comparison, mm or degrees.

    Parameters
    ----------
    sd, freedom : ndarray, shape (76,)
        Over re-photographing, as from `symmetry.measure.uncertainty.pair_sds`.
    days : DayToDay
    count : tuple of float
        Number of days before and after; infinite for a side that shares its days with all that it is compared with.

    Returns
    -------
    sd, freedom : ndarray, shape (76,)
        Degrees of freedom by Satterthwaite (1946, Biometrics Bull 2:110).
    """
    return summed(sd**2, freedom, days.sd**2 * (1 / count[0] + 1 / count[1]), days.freedom)


def summed(
    one: FloatArray, one_freedom: FloatArray, other: FloatArray, other_freedom: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Add two independent variances; the standard deviation of the sum and its degrees of freedom."""
    total = one + other
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(one > 0, one**2 / one_freedom, 0.0) + np.where(other > 0, other**2 / other_freedom, 0.0)
        freedom = np.where(parts > 0, total**2 / parts, np.inf)
    return np.sqrt(total), np.where(other > 0, freedom, one_freedom)


def taken_at(face: FaceAnalysis) -> datetime | None:
    """When a photo was taken, by the clock of the place: from its metadata, else from its name; None if neither tells.

    The time of a file does not count: copying changes it.
    """
    zone = local_zone()
    with contextlib.suppress(PhotoError):
        return moment_of(face.photo, None, zone).at.replace(tzinfo=None)
    named = {at.replace(tzinfo=None) for at in dates_in_name(PurePath(face.photo.name).stem, zone)}
    return named.pop() if len(named) == 1 else None


def sittings(times: Sequence[datetime | None]) -> list[int | None]:
    """Give each photo the number of its day, from 0 in order of time; None where its time is not known.

    A sitting that runs past midnight is one day.
    """
    known = sorted({at for at in times if at is not None})
    number: dict[datetime, int] = {}
    for place, at in enumerate(known):
        before = known[place - 1]
        later = place > 0 and at.date() != before.date() and at - before > _SITTING
        number[at] = number[before] + later if place else 0
    return [None if at is None else number[at] for at in times]


def on_one_day(labels: Sequence[int | None]) -> bool:
    """Whether all photos are known to be of one day."""
    return None not in labels and len(set(labels)) == 1


def count_days(labels: Sequence[int | None]) -> int:
    """Count the days of photos; those of unknown time make one day together, if no time is known."""
    return max(len(set(labels) - {None}), 1)
