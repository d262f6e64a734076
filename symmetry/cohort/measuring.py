"""What photos show of people whose left-right differences are known: drawn, measured and judged as by `compare`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.errors import PlanError
from symmetry.landmarks.mesh import WHOLES
from symmetry.measure.quality.flags import joined
from symmetry.measure.reliability_table import PART_NAMES, PARTS_OF_PAIR, ReliabilityTable, ReliabilityTables, of_method
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
"""Root mean square left-right difference of healthy adults, outward and upward, mm, and the correlation of both: 35
adults of the Face Research Lab London Set (DeBruine & Jones 2017), one neutral photo each, measured with this tool,
less what noise adds. Nasolabial folds and cheeks rest on the 16 and 11 in whom they were seen."""
REGIONS_TO_DRAW: Final = tuple(name for name in REGION_NAMES if name not in WHOLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How people are measured.

    Attributes
    ----------
    photos : int
        Per session.
    day_to_day : float
        Standard deviation by which a left-right difference really differs from day to day, mm, in each direction.
    reliability : mapping, optional
        Of the photos, from `symmetry.measure.reliability_table.read_reliability`; the shipped one by default.
    """

    photos: int = 3
    day_to_day: float = 0.0
    reliability: ReliabilityTables | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Effect:
    """By how much each person really gets more even in a region from the first session to the last.

    Attributes
    ----------
    millimetres : ndarray, shape (people,)
        By which the left-right difference of each part of the region gets smaller.
    of_mdc : ndarray, shape (people,)
        The same as a multiple of the change that is detectable in the part; both add up.
    start_millimetres, start_of_mdc : ndarray, shape (people,)
        By how much more uneven than a healthy adult the person begins, likewise: room to improve.
    """

    millimetres: FloatArray
    of_mdc: FloatArray
    start_millimetres: FloatArray
    start_of_mdc: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """What photos show of one region of simulated people, mm.

    Attributes
    ----------
    change : ndarray, shape (people,)
        Of evenness from the first session to the last that the person had, negative = more even; NaN with one session.
    error : ndarray, shape (people,)
        Its 95 % half-width, the person's own minimal detectable change.
    values : ndarray, shape (sessions, people)
        Size of the left-right difference in each session, along the direction in which `change` is taken; 0 = even.
    value_errors : ndarray, shape (people,)
        Their 95 % half-width.
    """

    change: FloatArray
    error: FloatArray
    values: FloatArray
    value_errors: FloatArray


def measured(
    rng: np.random.Generator,
    region: str,
    effect: Effect,
    conditions: Conditions,
    *,
    times: FloatArray,
    last: NDArray[np.intp],
) -> Shown:
    """Draw people, change them, photograph them in every session and judge what the photos show.

    Parameters
    ----------
    rng : numpy.random.Generator
    region : str
        One of `REGIONS_TO_DRAW`.
    effect : Effect
    conditions : Conditions
    times : ndarray, shape (sessions,)
        Share of the effect that has come about by each session, 0 in the first.
    last : ndarray of int, shape (people,)
        Place of each person's last session; 0 for those who had the first alone.

    Raises
    ------
    PlanError
        If the region is none that can be drawn, or nothing is known of how well it repeats.

    Notes
    -----
    A person's photos repeat better or worse than the table says: the variance behind the table was estimated with a few
    degrees of freedom from a few sessions, so each person's own is drawn from the distribution that this leaves (scaled
    inverse chi-square, one draw a person and region). Photos are alike in pose, expression and light; what differing
    photos add to the error is left out. Regions, and parts of a region, stray independently of each other.
    """
    known = of_method(conditions.reliability, "registration")
    places = places_of(region)
    sd, freedom, correlation = _repeats(known, region, places)
    people, photos = len(last), conditions.photos

    healthy = _healthy(rng, places, people)
    away = healthy / np.linalg.norm(healthy, axis=-1, keepdims=True)
    detectable = _detectable(away, sd, freedom, correlation, photos)
    start, gone = (
        (millimetres[:, None] + of_mdc[:, None] * detectable)[..., None] * away
        for millimetres, of_mdc in (
            (effect.start_millimetres, effect.start_of_mdc),
            (effect.millimetres, effect.of_mdc),
        )
    )
    real = (healthy + start)[None] - times[:, None, None, None] * gone
    if conditions.day_to_day > 0:
        real = real + rng.normal(0.0, conditions.day_to_day, real.shape)

    own_spread = np.sqrt(_inverse_chi_square(rng, float(freedom.min()), people))
    strays = _pairs(rng, (len(times), photos, people, len(places)), correlation) * sd / np.sqrt(2)
    strays *= own_spread[:, None, None]
    means = real + strays.mean(axis=1)
    squares = ((strays - strays.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)

    who = np.arange(people)
    before, after = means[0], means[last, who]
    own_freedom = 2.0 * (photos - 1)
    own = (squares[0] + squares[last, who]) / own_freedom if own_freedom else None
    variance, known_by = shot_variance(sd**2, freedom, photos=(photos, photos), own=own, own_freedom=own_freedom)
    spread, known_by = (np.broadcast_to(values, before.shape) for values in (np.sqrt(variance), known_by))
    surest = surest_change(before, after, after - before, spread, known_by, correlation)
    course = np.take_along_axis(means, surest.part[None, :, None, None], axis=2)[:, :, 0]
    return Shown(
        change=np.where(last > 0, surest.change, np.nan),
        error=np.where(last > 0, surest.error, np.nan),
        values=np.abs((course * surest.weights).sum(axis=-1)),
        # One session has half the variance of the difference of two.
        value_errors=surest.error / np.sqrt(2),
    )


def places_of(region: str) -> list[int]:
    """Places of a region's parts in `PART_NAMES`.

    Raises
    ------
    PlanError
        If the region is none that can be drawn.
    """
    if region not in REGIONS_TO_DRAW:
        raise PlanError(f'"{region}" is no region that can be simulated; take one of {joined(REGIONS_TO_DRAW)}')
    return [place for place, (name, _) in enumerate(PART_NAMES) if name == region]


def _repeats(known: ReliabilityTable, region: str, places: list[int]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Spread (parts, 2) between two photos, its degrees of freedom, and the correlation (parts,) of directions."""
    sd, freedom = (values[PARTS_OF_PAIR].reshape(-1, 2)[places] for values in (known.pair_sd, known.pair_freedom))
    if not (np.isfinite(sd) & (freedom > FOR_CORRELATION)).all():
        raise PlanError(
            f"the reliability table tells too little of {region}; "
            "make it from more photos, with symmetry reliability --table"
        )
    return sd, freedom, known.part_correlation[places]


def _pairs(rng: np.random.Generator, shape: tuple[int, ...], correlation: FloatArray) -> FloatArray:
    """Draw standard normal pairs (*shape, 2); the last axis of `shape` is that of the correlations."""
    drawn = rng.standard_normal((*shape, 2))
    drawn[..., 1] = correlation * drawn[..., 0] + np.sqrt(1 - correlation**2) * drawn[..., 1]
    return drawn


def _healthy(rng: np.random.Generator, places: list[int], people: int) -> FloatArray:
    """Left-right differences (people, parts, 2) of healthy adults, mm."""
    outward, upward, correlation = np.array([HEALTHY[PART_NAMES[place]] for place in places]).T
    return np.asarray(_pairs(rng, (people, len(places)), correlation) * np.stack([outward, upward], axis=-1))


def _inverse_chi_square(rng: np.random.Generator, freedom: float, people: int) -> FloatArray:
    """Variances of people as shares of one that was estimated with so many degrees of freedom."""
    return np.asarray(freedom / rng.chisquare(freedom, people) if np.isfinite(freedom) else np.ones(people))


def _detectable(
    away: FloatArray, sd: FloatArray, freedom: FloatArray, correlation: FloatArray, photos: int
) -> FloatArray:
    """Change along `away` (people, parts, 2) that is as large as its half-width where photos repeat as usual, mm."""
    weights = away / sd**2
    weights = weights / np.linalg.norm(weights, axis=-1, keepdims=True)
    each = weights * sd
    spread = np.sqrt((each**2).sum(axis=-1) + 2 * correlation * each.prod(axis=-1)) / np.sqrt(photos)
    degrees = freedom.min(axis=-1) + 2 * (photos - 1) - FOR_CORRELATION
    return np.asarray(half_width(spread, degrees, comparisons=len(sd)) / (weights * away).sum(axis=-1))
