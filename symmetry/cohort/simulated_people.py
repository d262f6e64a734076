"""Simulated people: drawn with known left-right differences, photographed, and judged as by `symmetry compare`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import BoolArray, FloatArray
from symmetry.errors import PlanError
from symmetry.landmarks.mesh import WHOLES
from symmetry.measure.between_days import ASSUMPTION, moderated_days, of_table, summed
from symmetry.measure.quality.flags import joined
from symmetry.measure.reliability_table import PART_NAMES, PARTS_OF_PAIR, ReliabilityTables, of_method
from symmetry.measure.scores import REGION_NAMES
from symmetry.measure.uncertainty import shot_variance
from symmetry.measure.verdicts import FOR_CORRELATION, surest_change
from symmetry.stats.estimates import half_width

HEALTHY: Final = {
    ("jawline", "jaw angle"): (1.46, 0.91, -0.97),
    ("jawline", "jaw beside the chin"): (0.65, 0.89, -0.97),
    ("eyes", "upper lid"): (0.51, 0.89, 0.72),
    ("eyes", "lower lid"): (0.58, 0.74, 0.74),
    ("mouth", "mouth"): (0.47, 0.71, 0.30),
    ("brows", "brows"): (0.83, 1.50, 0.0),
    ("nasolabial", "nasolabial"): (0.44, 0.33, 0.0),
    ("cheeks", "cheeks"): (0.69, 0.64, 0.0),
    ("nose", "nose"): (0.78, 0.30, -0.2),
}
"""Root mean square left-right difference of healthy adults, outward and upward, mm, and their correlation: 35 adults of
the Face Research Lab London Set (DeBruine & Jones 2017), one neutral photo each, measured with this tool, measurement
error subtracted. Nasolabial folds and cheeks rest on the 16 and 11 people in whom they were visible."""
REGIONS_TO_DRAW: Final = tuple(name for name in REGION_NAMES if name not in WHOLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How people are photographed; raises `PlanError` if that makes no sense."""

    photos: int = 3  # per session
    # standard deviation of the true left-right difference from day to day, mm, in each direction; None for as much as
    # is assumed of each region (`symmetry.measure.between_days`)
    day_to_day: float | None = None
    # the same as verdicts allow for; None for as much as the reliability table tells, or is assumed
    allowed: float | None = None
    untreated: int = 0  # days, of three or more of which verdicts take it instead; all of them stand before the change
    reliability: ReliabilityTables | None = None  # by default the shipped ones

    def __post_init__(self) -> None:
        if self.photos < 1:
            raise PlanError(f"a session takes at least 1 photo, not {self.photos}")
        for name, value in (("day_to_day", self.day_to_day), ("allowed", self.allowed)):
            if value is not None:
                check_millimetres(name, value)

    @property
    def more_before(self) -> int:
        """Number of sessions before the first one of the course."""
        return max(self.untreated - 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Effect:
    """How much more even each person really gets in a region from the first session to the last.

    Millimetres, and multiples of the minimal detectable change of each part of the region, add up.
    """

    millimetres: FloatArray  # (people,)
    of_mdc: FloatArray  # (people,)
    room: float  # mm by which everyone starts more uneven than a healthy adult: room to improve
    room_of_mdc: float

    @classmethod
    def on(
        cls, rng: np.random.Generator, treated: BoolArray, millimetres: float, of_mdc: float | None, spread: float
    ) -> Effect:
        """Effect on the `treated` people (n,), with a standard deviation `spread` in mm; `of_mdc` takes precedence."""
        mean = 0.0 if of_mdc is not None else millimetres
        return cls(
            millimetres=np.where(treated, mean + spread * rng.standard_normal(len(treated)), 0.0),
            of_mdc=np.where(treated, of_mdc or 0.0, 0.0),
            room=max(mean, 0.0),
            room_of_mdc=max(of_mdc or 0.0, 0.0),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """What the photos show of one region of simulated people, mm."""

    change: FloatArray  # (people,), first to last session, negative = more even; NaN with one session
    error: FloatArray  # (people,), its 95 % half-width, the minimal detectable change of each person
    values: FloatArray  # (sessions, people), left-right difference in the direction of `change`, 0 = even
    value_errors: FloatArray  # (people,), their 95 % half-width


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Parts:
    """Parts of a region: places in `PART_NAMES`, and how far two photos of each differ."""

    places: list[int]
    sd: FloatArray  # (parts, 2)
    freedom: FloatArray  # (parts, 2), degrees of freedom of the SD
    correlation: FloatArray  # (parts,), of both directions
    day_sd: FloatArray  # (parts, 2), how far days differ, as far as verdicts know
    day_freedom: FloatArray

    @classmethod
    def of(cls, region: str, conditions: Conditions) -> _Parts:
        table, places = of_method(conditions.reliability, "registration"), places_of(region)
        sd, freedom = (values[PARTS_OF_PAIR].reshape(-1, 2)[places] for values in (table.pair_sd, table.pair_freedom))
        if not (np.isfinite(sd) & (freedom > FOR_CORRELATION)).all():
            raise PlanError(
                f"the reliability table has too little data on {region}; "
                "make it from more photos, with symmetry reliability --table"
            )
        days = of_table(table)
        day_sd, day_freedom = (of_day[PARTS_OF_PAIR].reshape(-1, 2)[places] for of_day in (days.sd, days.freedom))
        if conditions.allowed is not None:
            day_sd, day_freedom = np.full_like(day_sd, conditions.allowed), np.full_like(day_freedom, np.inf)
        return cls(
            places=places,
            sd=sd,
            freedom=freedom,
            correlation=table.part_correlation[places],
            day_sd=day_sd,
            day_freedom=day_freedom,
        )

    def mdc(self, direction: FloatArray, photos: int) -> FloatArray:
        """Minimal detectable change along unit vectors (people, parts, 2) where photos repeat as usual, mm."""
        own = self.freedom + 2 * (photos - 1)
        sd, freedom = summed(self.sd**2 / photos, own, 2 * self.day_sd**2, self.day_freedom)
        weights = direction / sd**2
        weights = weights / np.linalg.norm(weights, axis=-1, keepdims=True)
        each = weights * sd
        spread = np.sqrt((each**2).sum(axis=-1) + 2 * self.correlation * each.prod(axis=-1))
        error = half_width(spread, freedom.min(axis=-1) - FOR_CORRELATION, comparisons=len(self.sd))
        return np.asarray(error / (weights * direction).sum(axis=-1))


def measure_people(
    rng: np.random.Generator,
    region: str,
    effect: Effect,
    conditions: Conditions,
    *,
    times: FloatArray,
    last: NDArray[np.intp],
) -> Measured:
    """Draw people, change them, photograph them in every session, and judge the photos.

    Parameters
    ----------
    rng : numpy.random.Generator
    region : str
        One of `REGIONS_TO_DRAW`.
    effect : Effect
    conditions : Conditions
    times : ndarray, shape (sessions,)
        Share of the effect reached by each session, 0 in the first.
    last : ndarray of int, shape (people,)
        Index of each person's last session, 0 without another.

    Raises
    ------
    PlanError
        If the region cannot be drawn, or the reliability table says too little about it.

    Notes
    -----
    Photos of some people repeat better than those of others: the variance of each person and region is drawn from the
    scaled inverse chi-square distribution that the degrees of freedom of the table leave. Photos are alike in pose,
    expression and light. Errors of regions, and of parts of a region, are independent.
    """
    parts = _Parts.of(region, conditions)
    early = np.zeros(conditions.more_before)
    real = _real_differences(rng, parts, effect, conditions, np.concatenate([early, times]))
    means, squares = _photographed(rng, parts, real, conditions.photos)
    return _judged(means, squares, parts, conditions, last)


def places_of(region: str) -> list[int]:
    """Places of a region's parts in `PART_NAMES`.

    Raises
    ------
    PlanError
        If the region cannot be drawn.
    """
    if region not in REGIONS_TO_DRAW:
        raise PlanError(f'"{region}" cannot be simulated; take one of {joined(REGIONS_TO_DRAW)}')
    return [place for place, (name, _) in enumerate(PART_NAMES) if name == region]


def check_millimetres(name: str, value: float) -> None:
    """Refuse a standard deviation that is negative or not finite."""
    if not (np.isfinite(value) and value >= 0):
        raise PlanError(f"{name} must be 0 mm or more, not {value:g}")


def _real_differences(
    rng: np.random.Generator, parts: _Parts, effect: Effect, conditions: Conditions, times: FloatArray
) -> FloatArray:
    """Draw true left-right differences (sessions, people, parts, 2), mm."""
    outward, upward, correlation = np.array([HEALTHY[PART_NAMES[place]] for place in parts.places]).T
    people = len(effect.millimetres)
    healthy = _pairs(rng, (people, len(parts.places)), correlation) * np.stack([outward, upward], axis=-1)
    direction = healthy / np.linalg.norm(healthy, axis=-1, keepdims=True)
    mdc = parts.mdc(direction, conditions.photos)
    start = (effect.room + effect.room_of_mdc * mdc)[..., None] * direction
    gone = (effect.millimetres[:, None] + effect.of_mdc[:, None] * mdc)[..., None] * direction
    real = (healthy + start)[None] - times[:, None, None, None] * gone
    days = ASSUMPTION.sd[PARTS_OF_PAIR].reshape(-1, 2)[parts.places]
    if conditions.day_to_day is not None:
        days = np.full_like(days, conditions.day_to_day)
    return np.asarray(real + rng.standard_normal(real.shape) * days)


def _photographed(
    rng: np.random.Generator, parts: _Parts, real: FloatArray, photos: int
) -> tuple[FloatArray, FloatArray]:
    """Mean over the photos of each session, shaped as `real`, and the sum of squares about it."""
    sessions, people, count, _ = real.shape
    own_sd = np.sqrt(_inverse_chi_square(rng, float(parts.freedom.min()), people))
    noise = _pairs(rng, (sessions, photos, people, count), parts.correlation) * parts.sd / np.sqrt(2)
    noise *= own_sd[:, None, None]
    mean = noise.mean(axis=1)
    return real + mean, ((noise - mean[:, None]) ** 2).sum(axis=1)


def _judged(
    means: FloatArray, squares: FloatArray, parts: _Parts, conditions: Conditions, last: NDArray[np.intp]
) -> Measured:
    """Change of the part that changed most surely, as `symmetry compare` takes it.

    The first sessions of `means` are the untreated days, all of which stand before the change.
    """
    photos, skipped = conditions.photos, conditions.more_before
    who, days = np.arange(len(last)), skipped + 1
    before, after = means[:days].mean(axis=0), means[skipped + last, who]
    own_freedom = float((days + 1) * (photos - 1))
    own = (
        ((squares[:days].sum(axis=0) + squares[skipped + last, who]) / own_freedom, own_freedom)
        if own_freedom
        else None
    )
    variance, freedom = shot_variance(parts.sd**2, parts.freedom, photos=(photos * days, photos), own=own)
    day_sd, day_freedom = parts.day_sd, parts.day_freedom
    if skipped:
        day_sd, day_freedom = moderated_days(means[:days], variance * days / (days + 1), day_sd, day_freedom)
    summed_up = summed(variance, freedom, day_sd**2 * (1 / days + 1), day_freedom)
    sd, freedom = (np.broadcast_to(values, before.shape) for values in summed_up)
    surest = surest_change(before, after, after - before, sd, freedom, parts.correlation)
    course = np.take_along_axis(means[skipped:], surest.part[None, :, None, None], axis=2)[:, :, 0]
    return Measured(
        change=np.where(last > 0, surest.change, np.nan),
        error=np.where(last > 0, surest.error, np.nan),
        values=np.abs((course * surest.weights).sum(axis=-1)),
        # One session has half the variance of the difference of two.
        value_errors=surest.error / np.sqrt(2),
    )


def _pairs(rng: np.random.Generator, shape: tuple[int, ...], correlation: FloatArray) -> FloatArray:
    """Draw standard normal pairs (*shape, 2) with a correlation for each entry of the last axis of `shape`."""
    drawn = rng.standard_normal((*shape, 2))
    drawn[..., 1] = correlation * drawn[..., 0] + np.sqrt(1 - correlation**2) * drawn[..., 1]
    return drawn


def _inverse_chi_square(rng: np.random.Generator, freedom: float, people: int) -> FloatArray:
    """Variances (people,) relative to an estimate with these degrees of freedom."""
    return np.asarray(freedom / rng.chisquare(freedom, people) if np.isfinite(freedom) else np.ones(people))
