"""Errors: the 95 % half-width of each number over re-photographing an unchanged face.

The variances of three sources add up. From shot to shot: a reliability table, combined with the user's own repeated
photos by their degrees of freedom; more if the head is turned or the expression differs. From the detector: how far the
landmarks depend on framing, beyond what they do in the photos behind the table, and how few pixels the face has. From
registration: the part of a region that was not seen may differ from the part that was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import REGIONS
from symmetry.measure.conditions import PairConditions, PhotoConditions, pair_widening, photo_widening
from symmetry.measure.quality.flags import Flag
from symmetry.measure.reliability_table import (
    OF_PAIR,
    OF_PHOTO,
    PAIR_NUMBERS,
    PHOTO_NUMBERS,
    Method,
    Quantity,
    ReliabilityTable,
)
from symmetry.measure.scores import LEAST_SHARE, region_means, region_scores
from symmetry.stats.agreement import moderated_variance

Variance = tuple[FloatArray, float]
"""Variances and their common degrees of freedom."""

_PICTURE_FLAGS: Final = {
    *("blurred", "too_dark", "too_bright", "noisy", "compressed", "face_small", "phone_too_near"),
    *("face_cut", "resolution_differs", "distance_differs", "glasses", "beard"),
}
"""Flags about the image. Pose, expression and light have terms of their own in `conditions.csv`."""
_WARNING_FACTOR: Final = 1.5
"""Factor by which a warning widens the errors that it concerns. The blurred selfie among the photos behind the table
differs from its neighbours 1.5 to 2 times as much as the others do."""
_POSED: Final = 1.9
"""Factor by which a posed expression widens the errors of what it moves: over a week the detectable change of surface
scans is 1.5 mm for a posed smile, 1.3 mm for the widest one, and 0.8 mm at rest (see docs/measures.md)."""
_FEW_PIXELS: Final = (0.1, 33.0)
"""Standard deviation, mm, added by a face of this many pixels between the eyes; it falls with the square of their
number. The scores of five adults, reduced to 33 and 22 pixels, moved by 0.05 to 0.1 and by 0.2 mm."""
INDEPENDENT: Final = np.clip([len(pairs) / 6 for pairs in REGIONS.values()], 4.0, 20.0)
"""Number of independent places in each region, shape (9,); fields are smooth between them."""


def without_noise(rms: FloatArray, noise: FloatArray) -> FloatArray:
    """Correct a root mean square for the root mean square of noise in it: E rms**2 = true**2 + noise**2."""
    return np.asarray(np.sqrt(np.maximum(np.asarray(rms) ** 2 - np.nan_to_num(noise) ** 2, 0.0)))


def noiseless_scores(field: FloatArray, noise: FloatArray) -> FloatArray:
    """Asymmetry corrected for `noise` (..., 9), lateral and vertical, of fields (..., 478, 2); shape (..., 9, 3)."""
    scores = region_scores(field)
    scores[..., 0] = without_noise(scores[..., 0], noise)
    return scores


def few_pixels(interpupillary: float) -> float:
    """Spread, mm, that so many pixels between the eyes add to all numbers."""
    spread, pixels = _FEW_PIXELS
    return spread * (pixels / interpupillary) ** 2


def unseen_part(field: FloatArray) -> FloatArray:
    """Spread of region means due to the unseen part of a field (478, 2), shape (9, 2).

    The seen part is a sample of the region: variance within it * (1 - share) / (share * number of independent places).
    """
    left = np.where(np.isnan(field), 0.0, 1.0)
    share = np.stack([region_means(left[:, i]) for i in range(2)], axis=-1)
    within = np.stack([region_means(field[:, i] ** 2) - region_means(field[:, i]) ** 2 for i in range(2)], axis=-1)
    seen = np.maximum(share, LEAST_SHARE) * INDEPENDENT[:, None]
    missing = (1 - share) / (seen - 1)  # Bessel: the variance within is that of what was seen
    return np.asarray(np.sqrt(np.maximum(within, 0.0) * missing))


def shared_movement(left: FloatArray, right: FloatArray) -> FloatArray:
    """Distance (...) that both sides moved the same way, from the outward and upward movement (..., 2) of each."""
    together = np.where(np.sign(left) == np.sign(right), np.minimum(np.abs(left), np.abs(right)), 0.0)
    return np.asarray(np.linalg.norm(together, axis=-1))


def warning_factor(flags: Iterable[Flag], quantities: Sequence[Quantity]) -> FloatArray:
    """Factor by which warnings about the image, and posed expressions, widen the spread of each quantity."""
    flags = list(flags)
    warnings = [f for f in flags if f.severity == "warn" and f.name in _PICTURE_FLAGS]
    return np.where(_touched(warnings, quantities), _WARNING_FACTOR, 1.0) * posed_factor(flags, quantities)


def posed_factor(flags: Iterable[Flag], quantities: Sequence[Quantity]) -> FloatArray:
    """Factor by which a posed expression widens the spread of each quantity, between photos and between days."""
    return np.where(_touched([f for f in flags if f.name == "posed"], quantities), _POSED, 1.0)


def _touched(flags: list[Flag], quantities: Sequence[Quantity]) -> list[bool]:
    return [any(flag.concerns(_result(quantity)) for flag in flags) for quantity in quantities]


def _result(quantity: Quantity) -> str:
    """Name of a quantity as in `Flag.touches`."""
    if quantity.region not in (quantity.name, quantity.name.partition(":")[0]):
        return quantity.name
    number = quantity.number.removesuffix("_change")
    return f"{quantity.region}.{number}" if number in ("lateral", "vertical") else quantity.region


def photo_difficulty(
    conditions: PhotoConditions, flags: Sequence[Flag] = (), *, method: Method = "registration"
) -> FloatArray:
    """Factor (54,) that widens the spread of a photo's numbers, for how it was taken and for warnings."""
    return np.asarray(np.sqrt(photo_widening(conditions, method)) * warning_factor(flags, OF_PHOTO))


def pair_difficulty(
    conditions: PairConditions,
    *,
    flags: tuple[Sequence[Sequence[Flag]], Sequence[Sequence[Flag]]] = ((), ()),
    between: Sequence[Flag] = (),
    method: Method = "registration",
) -> FloatArray:
    """Factor (76,) that widens the spread of the numbers of a pair of photos.

    Parameters
    ----------
    conditions : PairConditions
    flags : tuple of sequences
        Of each photo before, and of each photo after.
    between : sequence of Flag
        About the photos as a pair.
    method : {"registration", "landmarks"}
    """
    of_photos = [np.mean([warning_factor(found, OF_PAIR) ** 2 for found in side or [()]], axis=0) for side in flags]
    widened = pair_widening(conditions, method) * (of_photos[0] + of_photos[1]) / 2
    return np.asarray(np.sqrt(widened) * warning_factor(between, OF_PAIR))


def photo_sds(
    table: ReliabilityTable,
    *,
    difficulty: FloatArray,
    jitter: float,
    interpupillary: float,
    unseen: FloatArray,
) -> FloatArray:
    """Estimate the standard deviations of the numbers of one photo.

    Parameters
    ----------
    table : ReliabilityTable
    difficulty : ndarray, shape (54,)
        As from `photo_difficulty`.
    jitter : float
        `Detection.jitter` of the photo; NaN if unknown.
    interpupillary : float
        Pixels between the irises.
    unseen : ndarray, shape (9, 2)
        `unseen_part` of the asymmetry field, mm.

    Returns
    -------
    ndarray, shape (54,)
        In the order of `OF_PHOTO`, mm or degrees; NaN where the table has no value.
    """
    shots = (table.photo_sd * difficulty) ** 2
    known = np.isfinite(jitter) and table.jitter > 0
    excess = max((jitter / table.jitter) ** 2 - 1, 0.0) if known else 0.0
    detector = np.nan_to_num(table.photo_detector) ** 2 * excess + few_pixels(interpupillary) ** 2
    registration = of_regions(unseen, len(PHOTO_NUMBERS), len(OF_PHOTO))
    return np.asarray(np.sqrt(shots + detector + registration**2))


def of_regions(unseen: FloatArray, numbers: int, every: int) -> FloatArray:
    """Spread (every,) of all numbers from that of each region (9, 2); a region's first number has both directions."""
    spread = np.zeros(every)
    by_region = spread[: len(REGIONS) * numbers].reshape(len(REGIONS), numbers)
    by_region[:, 0], by_region[:, 1:3] = np.linalg.norm(unseen, axis=-1), unseen
    return np.nan_to_num(spread)


def pair_sds(
    table: ReliabilityTable,
    *,
    difficulty: FloatArray,
    photos: tuple[float, float],
    interpupillary: tuple[float, float],
    unseen: FloatArray,
    own: Variance | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Estimate the standard deviations of the numbers of a comparison, and their degrees of freedom.

    Parameters
    ----------
    table : ReliabilityTable
    difficulty : ndarray, shape (76,)
        As from `pair_difficulty`.
    photos : tuple of float
        Number of photos before and after: the spread of a mean over n is divided by sqrt(n), and is 0 for infinity.
    interpupillary : tuple of float
        Pixels between the irises, before and after.
    unseen : ndarray, shape (9, 2)
        `unseen_part` of the left-right difference of the movement, mm.
    own : tuple of ndarray, shape (76,), and float, optional
        Variance of the numbers of one photo among the user's own repeated photos, and its degrees of freedom.

    Returns
    -------
    sd, freedom : ndarray, shape (76,)
        In the order of `OF_PAIR`, mm or degrees.
    """
    shots, freedom = shot_variance((table.pair_sd * difficulty) ** 2, table.pair_freedom, photos=photos, own=own)
    pixels = sum(few_pixels(size) ** 2 / count for size, count in zip(interpupillary, photos, strict=True))
    registration = of_regions(unseen, len(PAIR_NUMBERS), len(OF_PAIR))
    return np.sqrt(shots + pixels + registration**2), freedom


def shot_variance(
    of_pair: FloatArray,
    freedom: FloatArray,
    *,
    photos: tuple[float, float],
    own: Variance | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Variance of the numbers of a comparison from shot to shot, and its degrees of freedom.

    Parameters
    ----------
    of_pair, freedom : ndarray
        Variance between two photos of an unchanged face and its degrees of freedom, broadcast with `own`.
    photos, own
        As for `pair_sds`.
    """
    one_photo = of_pair / 2
    if own is not None:
        one_photo, freedom = moderated_variance(*own, one_photo, freedom)
    return np.asarray(one_photo * (1 / photos[0] + 1 / photos[1])), np.asarray(freedom, dtype=np.float64)
