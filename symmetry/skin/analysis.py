"""The skin of one face: the numbers of its zones with their errors, and its spots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.photos.reading import Photo
from symmetry.skin.canvas import Mask
from symmetry.skin.errors import SkinReliability, shipped
from symmetry.skin.light import zone_lights
from symmetry.skin.quantities import ALL_ZONES, OF_JAW, OF_ZONE, QUANTITIES, Numbers, listed
from symmetry.skin.spots import Spot, find_spots
from symmetry.skin.survey import LIT, Survey, survey, zone_numbers
from symmetry.skin.zones import NAMES, zone_weights
from symmetry.tabular.text import without_nan

NAN: Final = float("nan")
MOST_LIGHT: Final = 1.0
"""Natural logarithm of the light on one side of a zone over that on the other from which on what depends on its
strength is not measured."""
_LIT: Final = np.array([quantity.number in LIT for quantity in QUANTITIES]) | OF_JAW
_MOSTLY: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinNumber:
    """One number of a zone of skin.

    Attributes
    ----------
    subject_right, subject_left : float
        Each side's value; only their difference is to be trusted across photos. NaN where unknown.
    difference : float
        Left less right.
    difference_error : float
        95 % half-width over re-photographing an unchanged face; NaN if unknown.
    unit : str
    seen : float
        Share of the zone that is seen on both sides, 0 to 1.
    spread_right, spread_left : float
        Standard deviation over each side's patches of 3.6 mm: how even it is within the zone. NaN where there is none.
    reason : str or None
        Why it is NaN.
    """

    subject_right: float
    subject_left: float
    difference: float
    difference_error: float
    unit: str
    seen: float
    spread_right: float = NAN
    spread_left: float = NAN
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SkinAnalysis:
    """The skin of a face in one photo, as from `symmetry.analyze_skin`.

    Attributes
    ----------
    zones : mapping of str to mapping of str to SkinNumber
        ``zones["cheek"]["redness"]``; docs/skin.md describes zones and numbers.
    spots : tuple of Spot
        The most contrasting first.
    side_light : float
        Natural logarithm of the light on the subject's left over that on the right, as the skin shows it.
    survey : Survey
        What the photo shows of the skin, for comparison with another photo.
    """

    zones: Mapping[str, Mapping[str, SkinNumber]]
    spots: tuple[Spot, ...]
    side_light: float
    survey: Survey = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Convert the result to a JSON object; unknown values are None."""
        return without_nan(
            {
                "side_light": self.side_light,
                "zones": {
                    zone: {name: asdict(number) for name, number in numbers.items()}
                    for zone, numbers in self.zones.items()
                },
                "spots": [asdict(spot) for spot in self.spots],
            }
        )


def measure_skin(
    photo: Photo, landmarks: FloatArray, *, reliability: SkinReliability | None = None, stopped: str | None = None
) -> SkinAnalysis:
    """Measure the skin of a face.

    Parameters
    ----------
    photo : Photo
    landmarks : ndarray, shape (478, 3)
        Pixels of the upright photo at full size.
    reliability : SkinReliability, optional
        Table behind the errors; the shipped one by default.
    stopped : str, optional
        Why nothing can be measured.
    """
    return analysis_of(survey(photo, landmarks), reliability=reliability, stopped=stopped)


def analysis_of(
    found: Survey, *, reliability: SkinReliability | None = None, stopped: str | None = None
) -> SkinAnalysis:
    """Give the numbers of a face that was surveyed, with their errors."""
    table = reliability or shipped()
    numbers, reasons = numbers_of(found)
    if stopped:
        numbers = Numbers(sides=numbers.sides + NAN, spread=numbers.spread + NAN, seen=numbers.seen)
        reasons = [stopped] * len(reasons)
    light = found.surface.light
    errors = table.photo_error(light.zones[OF_ZONE], numbers.seen)
    values = np.column_stack([numbers.sides, numbers.difference, errors + 0 * numbers.difference, numbers.seen])
    zones: dict[str, dict[str, SkinNumber]] = {zone: {} for zone in ALL_ZONES}
    for quantity, row, spread, reason in zip(
        QUANTITIES, values.tolist(), numbers.spread.tolist(), reasons, strict=True
    ):
        zones[quantity.zone][quantity.number] = SkinNumber(
            subject_right=row[0],
            subject_left=row[1],
            difference=row[2],
            difference_error=row[3],
            unit=quantity.unit,
            seen=row[4],
            spread_right=spread[0],
            spread_left=spread[1],
            reason=reason,
        )
    return SkinAnalysis(
        zones=MappingProxyType({zone: MappingProxyType(of_zone) for zone, of_zone in zones.items()}),
        spots=() if stopped else find_spots(found.spots),
        side_light=light.overall,
        survey=found,
    )


def numbers_of(found: Survey) -> tuple[Numbers, list[str | None]]:
    """Numbers of a survey, and why each that is NaN is so."""
    surface = found.surface
    numbers = listed(zone_numbers(surface, surface.pairs, zone_lights(surface.light)), found.jaw.numbers)
    return withheld(numbers, surface.light.zones, hairy(surface.hair))


def withheld(numbers: Numbers, light: FloatArray, hair: FloatArray) -> tuple[Numbers, list[str | None]]:
    """Withhold what side light (10,) dominates, and say why numbers are unknown.

    Parameters
    ----------
    numbers : Numbers
    light : ndarray, shape (10,)
    hair : ndarray, shape (10,)
        Share of each zone that hair hides.
    """
    lit = _LIT & (np.abs(np.nan_to_num(light[OF_ZONE])) > MOST_LIGHT)
    sides = np.where(lit[:, None], NAN, numbers.sides)
    reasons = [
        None if known else _reason(lit[i], numbers.seen[i], hair[OF_ZONE[i]], QUANTITIES[i].number)
        for i, known in enumerate(np.isfinite(sides.sum(axis=1)))
    ]
    return Numbers(sides=sides, spread=numbers.spread + 0 * sides, seen=numbers.seen), reasons


def hairy(hair: Mask) -> FloatArray:
    """Share of each zone (10,) that hair, or something else that is no skin, hides on either side."""
    half = hair.shape[1] // 2
    either = hair[:, :half] | hair[:, ::-1][:, :half]
    weights = zone_weights().reshape(len(NAMES), -1)
    return np.asarray(weights @ either.ravel() / weights.sum(axis=1))


def _reason(lit: bool, seen: float, hair: float, number: str) -> str:
    if lit:
        return "side_light"
    if hair >= _MOSTLY:
        return "hair"
    return "too_little_detail" if number in ("texture", "pores", "lines", "coarse") and seen >= _MOSTLY else "not_seen"
