"""The skin of one person before and after: changes of the left-right differences, with errors and verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.skin.analysis import NAN, hairy, withheld
from symmetry.skin.errors import SkinReliability, shipped
from symmetry.skin.pairing import pair_surfaces
from symmetry.skin.quantities import ALL_ZONES, OF_ZONE, QUANTITIES, Numbers, listed
from symmetry.skin.spots import SpotChange, compare_spots
from symmetry.skin.survey import Survey
from symmetry.tabular.text import without_nan

SkinVerdict = Literal["more even", "less even", "no detectable change", "not comparable"]
MORE_EVEN: Final = "more even"
LESS_EVEN: Final = "less even"
NO_CHANGE: Final = "no detectable change"
NOT_COMPARABLE: Final = "not comparable"
CHANGED_SIDES: Final = "changed_sides"
_NEW_OR_GONE: Final = ("new", "gone")
_SAME_MM: Final = 3.0
"""Distance up to which spots of several comparisons are one and the same."""
_MEANS: Final = ("before", "after", "difference_change", "seen", "right_change", "left_change", "spread_change")


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinChangeNumber:
    """Change of one number of a zone.

    Attributes
    ----------
    before, after : float
        Left less right, over the patches that both photos show.
    difference_change : float
        After less before; + if the subject's left gained against the right.
    error : float
        95 % half-width over re-photographing an unchanged face: the minimal detectable change.
    verdict : {"more even", "less even", "no detectable change", "not comparable"}
    reason : str or None
        Why it is not comparable; "changed_sides" where the difference changed, but is about as large on the other side.
    unit : str
    seen : float
        Share of the zone that both sides show in both photos.
    right_change, left_change : float
        Change of each side against the face as a whole.
    spread_change, spread_error : float
        Change of the spread within the zone, mean of both sides, and its error; NaN where there is none.
    """

    before: float
    after: float
    difference_change: float
    error: float
    verdict: SkinVerdict
    reason: str | None
    unit: str
    seen: float
    right_change: float
    left_change: float
    spread_change: float = NAN
    spread_error: float = NAN


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SkinChange:
    """The skin of a person in two photos, as from `symmetry.compare_skin`.

    Attributes
    ----------
    zones : mapping of str to mapping of str to SkinChangeNumber
    spots : tuple of SpotChange
        New and gone spots, the most contrasting first.
    changed_spots : tuple of SpotChange
        Spots that both photos show, and that are plainly stronger or weaker.
    side_light_change : float
        Change of the light from one side, natural logarithm; it was taken out.
    """

    zones: Mapping[str, Mapping[str, SkinChangeNumber]]
    spots: tuple[SpotChange, ...]
    changed_spots: tuple[SpotChange, ...]
    side_light_change: float

    def to_dict(self) -> dict[str, Any]:
        """Convert the result to a JSON object; unknown values are None."""
        return without_nan(
            {
                "side_light_change": self.side_light_change,
                "zones": {
                    zone: {name: asdict(number) for name, number in numbers.items()}
                    for zone, numbers in self.zones.items()
                },
                "spots": [asdict(spot) for spot in (*self.spots, *self.changed_spots)],
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairNumbers:
    """Numbers of two photos over the same patches."""

    before: Numbers
    after: Numbers
    reasons: list[str | None]
    light: FloatArray  # shape (10,); change of the side light on each zone
    overall: float


def compare_surveys(
    befores: Sequence[Survey],
    afters: Sequence[Survey],
    *,
    reliability: SkinReliability | None = None,
    stopped: str | None = None,
) -> SkinChange:
    """Compare the skin in photos of one person, every one before with every one after.

    Parameters
    ----------
    befores, afters : sequence of Survey
        Of an unchanged face on either side; several make the error smaller.
    reliability : SkinReliability, optional
        Table behind the errors; the shipped one by default.
    stopped : str, optional
        Why nothing can be compared.
    """
    table = reliability or shipped()
    pairs = [pair_numbers(one, other) for one in befores for other in afters]
    means = _means(pairs)
    alone = np.sqrt((1 / len(befores) + 1 / len(afters)) / 2)
    light = means["light"][OF_ZONE]
    means["error"] = table.pair_error(light, means["seen"]) * alone + 0 * means["difference_change"]
    means["spread_error"] = table.spread_error(means["seen"]) * alone + 0 * means["spread_change"]
    zones: dict[str, dict[str, SkinChangeNumber]] = {zone: {} for zone in ALL_ZONES}
    for i, quantity in enumerate(QUANTITIES):
        row = {name: float(means[name][i]) for name in (*_MEANS, "error", "spread_error")}
        reason = stopped or next((pair.reasons[i] for pair in pairs if pair.reasons[i]), None)
        verdict, why = judge(row["before"], row["after"], row["error"], reason, stopped=stopped is not None)
        zones[quantity.zone][quantity.number] = SkinChangeNumber(verdict=verdict, reason=why, unit=quantity.unit, **row)
    spots = () if stopped else _common_spots([compare_spots(a.spots, b.spots) for a in befores for b in afters])
    return SkinChange(
        zones=MappingProxyType({zone: MappingProxyType(of_zone) for zone, of_zone in zones.items()}),
        spots=tuple(spot for spot in spots if spot.change in _NEW_OR_GONE),
        changed_spots=tuple(spot for spot in spots if spot.change not in _NEW_OR_GONE),
        side_light_change=float(np.mean([pair.overall for pair in pairs])),
    )


def _means(pairs: Sequence[PairNumbers]) -> dict[str, FloatArray]:
    """Means over pairs of what is known; NaN where nothing is."""
    each = [
        {
            "before": pair.before.difference,
            "after": pair.after.difference,
            "difference_change": pair.after.difference - pair.before.difference,
            "seen": np.minimum(pair.before.seen, pair.after.seen),
            "right_change": pair.after.sides[:, 0] - pair.before.sides[:, 0],
            "left_change": pair.after.sides[:, 1] - pair.before.sides[:, 1],
            "spread_change": (pair.after.spread - pair.before.spread).mean(axis=1),
            "light": pair.light,
        }
        for pair in pairs
    ]
    return {name: mean_known(np.array([one[name] for one in each])) for name in each[0]}


def mean_known(values: FloatArray) -> FloatArray:
    """Mean over the first axis of what is known; NaN where nothing is."""
    known = np.isfinite(values)
    count = known.sum(axis=0)
    return np.asarray(np.where(count > 0, np.where(known, values, 0.0).sum(axis=0) / np.maximum(count, 1), NAN))


def _common_spots(found: Sequence[tuple[SpotChange, ...]]) -> tuple[SpotChange, ...]:
    """Keep the spots that more than half of the pairs of photos agree about."""
    first, *others = found
    return tuple(
        spot
        for spot in first
        if 1 + sum(any(_is_same(spot, other) for other in pair) for pair in others) > len(found) / 2
    )


def _is_same(one: SpotChange, other: SpotChange) -> bool:
    return one.change == other.change and float(np.hypot(*np.subtract(one.place, other.place))) <= _SAME_MM


def pair_numbers(before: Survey, after: Survey) -> PairNumbers:
    """Give the numbers of two surveys over the patches that both show."""
    pair = pair_surfaces(before.surface, after.surface)
    jaws = [one.jaw.numbers + 0 * (before.jaw.numbers + after.jaw.numbers) for one in (before, after)]
    # What side light dominates in either photo, or in their difference, is not comparable.
    light = np.abs([before.surface.light.zones, after.surface.light.zones, pair.light.zones])
    worst = np.where(np.isfinite(light).any(axis=0), np.nanmax(np.nan_to_num(light), axis=0), NAN)
    hair = np.maximum(hairy(before.surface.hair), hairy(after.surface.hair))
    first, reasons = withheld(listed(pair.before, jaws[0]), worst, hair)
    second, other = withheld(listed(pair.after, jaws[1]), worst, hair)
    return PairNumbers(
        before=first,
        after=second,
        reasons=[one or two for one, two in zip(reasons, other, strict=True)],
        light=pair.light.zones,
        overall=pair.light.overall,
    )


def judge(
    before: float, after: float, error: float, reason: str | None = None, *, stopped: bool = False
) -> tuple[SkinVerdict, str | None]:
    """Judge whether a left-right difference became smaller or larger, by the error of its change."""
    if stopped or not np.isfinite(after - before) or not np.isfinite(error):
        return NOT_COMPARABLE, reason or "no_error"
    size = abs(after) - abs(before)
    if abs(size) > error:
        return (LESS_EVEN if size > 0 else MORE_EVEN), None
    return NO_CHANGE, CHANGED_SIDES if abs(after - before) > error else None
