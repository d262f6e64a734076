"""Judgement: from the numbers of a comparison and their spread to a verdict on each region and clinical measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import REGIONS, WHOLES
from symmetry.measure.analysis import NOT_SEEN, stops_measure
from symmetry.measure.change import MeasureChange, RegionChange, Side, SideMovement
from symmetry.measure.face import NAN
from symmetry.measure.measures import DEFINITIONS, REGION_OF_MEASURE, Definition
from symmetry.measure.pairs import PairNumbers
from symmetry.measure.quality.flags import Flag, rejecting
from symmetry.measure.reliability_table import (
    MEASURES_OF_PAIR,
    PAIR_NUMBERS,
    PART_NAMES,
    PARTS_OF_PAIR,
    PHOTO_NUMBERS,
    REGIONS_OF_PAIR,
    REGIONS_OF_PHOTO,
)
from symmetry.measure.scores import REGION_NAMES
from symmetry.measure.verdicts import (
    IMPROVED,
    NO_CHANGE,
    NOT_COMPARABLE,
    SIDE_UNSURE,
    WORSE,
    CameFrom,
    Verdict,
    came_from,
    surest_change,
    verdict_on,
)
from symmetry.stats.estimates import half_width

_SURE_SIDE: Final = 0.75
"""Standard deviations by which a region must stand to one side of even, halfway between the photos, before a movement
can be said to have gone toward even or away from it."""
_BOTH_SIDES: Final = 2.0
"""Standard deviations of its level by which half a movement must exceed zero to have gone from one side of even to the
other, whatever it is halfway."""
_CLEARLY_MORE: Final = 1.5
"""One side moved if it moved this many times as much as the other; otherwise both did."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spread:
    """Spread of the numbers of a comparison over re-photographing."""

    # shape (76,); standard deviations in the units of the numbers, and their degrees of freedom, in the order of
    # `OF_PAIR`
    sd: FloatArray
    freedom: FloatArray
    correlation: FloatArray  # shape (11,); between the lateral and vertical change of each part of a region
    # shape (54,); standard deviations of the numbers of single photos, in the order of `OF_PHOTO`: how sure it is on
    # which side of even a face stands; None to take that as known
    level: FloatArray | None = None
    share: float = 0.5  # weight of before in the mean of before and after, by which a change is toward even or away

    def of_region(self, region: str) -> FloatArray:
        """Return the standard deviations of a region's lateral and vertical in a photo, shape (2,)."""
        first = REGION_NAMES.index(region) * len(PHOTO_NUMBERS) + 1
        return np.zeros(2) if self.level is None else self.level[first : first + 2]

    @property
    def of_measures(self) -> FloatArray:
        """Standard deviations of the clinical measures in a photo, shape (18,)."""
        return np.zeros(len(DEFINITIONS)) if self.level is None else self.level[REGIONS_OF_PHOTO.stop :]


def region_changes(
    numbers: PairNumbers,
    spread: Spread,
    flags: Sequence[Flag],
    unit: str,
    measures: Mapping[str, MeasureChange] | None = None,
) -> dict[str, RegionChange]:
    """Judge every region.

    Parameters
    ----------
    numbers : PairNumbers
        Of one pair, or the mean over several.
    spread : Spread
        Of these numbers over re-photographing.
    flags : sequence of Flag
        Of the photos, and of each pair.
    unit : {"mm", "% IPD"}
    measures : mapping of str to MeasureChange, optional
        As from `measure_changes`: they tell whether people notice a change.
    """
    errors = half_width(spread.sd, spread.freedom)[REGIONS_OF_PAIR].reshape(len(REGIONS), -1)
    changes = {}
    for place, name in enumerate(REGION_NAMES):
        judged = _judge(name, numbers, spread, flags)
        noticed = _most_noticed(name, measures or {})
        changes[name] = _region_change(place, numbers, errors[place], judged, noticed, unit)
    return changes


def _region_change(
    place: int, numbers: PairNumbers, errors: FloatArray, judged: _Judged, noticed: MeasureChange | None, unit: str
) -> RegionChange:
    """Put together the change of the region at a place, with the errors of its change, lateral, vertical and lift."""
    before, after = numbers.before[place].tolist(), numbers.after[place].tolist()
    right, left = _side(numbers.right[place]), _side(numbers.left[place])
    lateral, vertical = numbers.signed_change[place].tolist()
    lift = float(numbers.lift[place])
    certain = judged.verdict in (IMPROVED, WORSE) or bool((np.abs([lateral, vertical, lift]) > errors[1:]).any())
    return RegionChange(
        region=REGION_NAMES[place],
        before=before[0],
        after=after[0],
        change=after[0] - before[0],
        error=_known(errors[0], after[0] - before[0]),
        lateral_before=before[1],
        lateral_after=after[1],
        vertical_before=before[2],
        vertical_after=after[2],
        lateral_change=lateral,
        lateral_change_error=_known(errors[1], lateral),
        vertical_change=vertical,
        vertical_change_error=_known(errors[2], vertical),
        lift=lift,
        lift_error=_known(errors[3], lift),
        subject_right=right,
        subject_left=left,
        moved=_which_side(right.size, left.size, certain) if np.isfinite(left.size) else None,
        part=judged.part,
        evenness=judged.change,
        evenness_error=judged.error,
        verdict=judged.verdict,
        reason=judged.reason,
        came_from=judged.source,
        noticed_by=noticed.name if noticed else None,
        noticed_from=noticed.noticed_from if noticed else None,
        noticed_change=noticed.change if noticed else NAN,
        noticed_error=noticed.error if noticed else NAN,
        unit=unit,
    )


def _most_noticed(region: str, measures: Mapping[str, MeasureChange]) -> MeasureChange | None:
    """Clinical measure of a region whose change comes closest to what people notice."""
    nearness = {
        name: abs(measure.change) / measure.noticed_from
        for name, measure in measures.items()
        if REGION_OF_MEASURE[name] == region
        and measure.unit == "mm"
        and measure.noticed_from
        and np.isfinite(measure.change)
    }
    return measures[max(nearness, key=lambda name: nearness[name])] if nearness else None


def measure_changes(numbers: PairNumbers, spread: Spread, flags: Sequence[Flag], unit: str) -> dict[str, MeasureChange]:
    """Judge every clinical measure; parameters as for `region_changes`."""
    errors = np.column_stack([half_width(spread.sd, spread.freedom)[MEASURES_OF_PAIR], spread.of_measures]).tolist()
    rows = zip(DEFINITIONS, numbers.measure_before.tolist(), numbers.measure_after.tolist(), errors, strict=True)
    return {
        definition.name: _measure_change(
            definition, before, after, error, flags, "degrees" if definition.unit == "degrees" else unit
        )
        for definition, before, after, error in rows
    }


def _measure_change(
    definition: Definition,
    before: list[float],
    after: list[float],
    errors: tuple[float, float],
    flags: Sequence[Flag],
    unit: str,
) -> MeasureChange:
    """Judge one measure by the error of its change and the standard deviation of its level."""
    error, level = errors
    name, change = definition.name, after[2] - before[2]
    right, left = after[0] - before[0], after[1] - before[1]
    more_uneven = abs(after[2]) - abs(before[2])
    stopped = stops_measure(tuple(flags), name)
    verdict: Verdict = NOT_COMPARABLE if stopped else verdict_on(more_uneven, error)
    source: CameFrom | None = None
    unsure = verdict in (IMPROVED, WORSE) and abs(before[2] + after[2]) / 2 < _SURE_SIDE * level
    if unsure:
        verdict = NOT_COMPARABLE
    if verdict in (IMPROVED, WORSE) and np.isfinite(right):
        axis = np.array([1.0, 0.0] if definition.wider_is_worse else [0.0, 1.0])
        toward = axis * np.sign(before[2] + after[2])
        source = came_from(axis * (before[2] + after[2]), toward, axis * left, axis * right)
    return MeasureChange(
        name=name,
        before=before[2],
        after=after[2],
        change=change,
        error=_known(error, change),
        subject_right=right,
        subject_left=left,
        moved=None if np.isnan(right) else _which_side(abs(right), abs(left), abs(change) > error),
        evenness=more_uneven,
        verdict=verdict,
        reason=_reason(stopped, unsure) if verdict == NOT_COMPARABLE else None,
        came_from=source,
        noticed_from=definition.noticed_from(unit),
        norm=definition.norm.text,
        unit=unit,
    )


class _Judged(NamedTuple):
    """Judgement on the evenness of a region."""

    verdict: Verdict
    part: str | None = None
    change: float = NAN
    error: float = NAN
    source: CameFrom | None = None
    reason: str | None = None


def _reason(stopped: Flag | None, unsure: bool) -> str:
    return stopped.name if stopped else SIDE_UNSURE if unsure else NOT_SEEN


def _judge(region: str, numbers: PairNumbers, spread: Spread, flags: Sequence[Flag]) -> _Judged:
    """Judge a region by its part that changed most clearly; one that contains regions, by the size of its asymmetry."""
    stopped = rejecting(flags, region)
    if stopped is not None:
        return _Judged(NOT_COMPARABLE, reason=stopped.name)
    if region in WHOLES:
        return _judge_whole(region, numbers, spread, flags)
    own = [place for place, (name, _) in enumerate(PART_NAMES) if name == region]
    sd, freedom = (values[PARTS_OF_PAIR].reshape(-1, 2)[own] for values in (spread.sd, spread.freedom))
    for place, direction in enumerate(("lateral", "vertical")):
        flag = rejecting(flags, f"{region}.{direction}")
        if flag is not None:
            stopped, sd[:, place] = flag, NAN
    before, after = numbers.part_before[own], numbers.part_after[own]
    moved = numbers.part_signed_change[own]
    # About the mean of both by their precision: otherwise the less precise one looks the more uneven.
    mean = spread.share * before + (1 - spread.share) * after
    before, after = mean - moved / 2, mean + moved / 2
    surest = surest_change(before, after, moved, sd, freedom, spread.correlation[own])
    best, change, error = int(surest.part), float(surest.change), float(surest.error)
    verdict, source = verdict_on(change, error), None
    if verdict == NOT_COMPARABLE:
        return _judge_movement(moved, sd, freedom, [PART_NAMES[place][1] for place in own], stopped)
    levels = spread.of_region(region)
    middle = float(np.abs(surest.weights @ (before + after)[best])) / 2
    unsure = middle < _SURE_SIDE * float(np.linalg.norm(surest.weights * levels))
    if unsure and (verdict != NO_CHANGE or _moved_within(moved, sd, freedom, levels)):
        return _Judged(NOT_COMPARABLE, PART_NAMES[own[best]][1], change, error, reason=SIDE_UNSURE)
    if verdict in (IMPROVED, WORSE):
        sides = numbers.part_left[own][best], numbers.part_right[own][best]
        source = came_from((before + after)[best], surest.weights, *sides)
    return _Judged(verdict, PART_NAMES[own[best]][1], change, error, source)


def _judge_whole(region: str, numbers: PairNumbers, spread: Spread, flags: Sequence[Flag]) -> _Judged:
    """Judge a region of many parts that move independently by the size of its asymmetry, the only summary of them."""
    place = REGION_NAMES.index(region)
    change = float(numbers.after[place, 0] - numbers.before[place, 0])
    of_change = place * len(PAIR_NUMBERS)
    error = float(half_width(spread.sd[of_change], spread.freedom[of_change]))
    stopped = rejecting(flags, f"{region}.asymmetry")
    verdict = verdict_on(change, error)
    part = region.replace("_", " ")
    if stopped is not None or verdict == NOT_COMPARABLE:
        signed = slice(of_change + 1, of_change + 3)
        sd, freedom = spread.sd[None, signed], spread.freedom[None, signed]
        return _judge_movement(numbers.signed_change[[place]], sd, freedom, [part], stopped)
    return _Judged(verdict, part, change, error)


def _moved_within(moved: FloatArray, sd: FloatArray, freedom: FloatArray, levels: FloatArray) -> bool:
    """Whether parts surely moved (n, 2), by so little that they may have been to one side of even all the time.

    `levels` (2,) are the standard deviations of where the region stands.
    """
    surely = np.abs(moved) > half_width(sd, freedom, comparisons=moved.size)
    return bool((surely & (np.abs(moved) / 2 < _BOTH_SIDES * levels)).any())


def _judge_movement(
    moved: FloatArray, sd: FloatArray, freedom: FloatArray, parts: Sequence[str], stopped: Flag | None
) -> _Judged:
    """Judge parts of which at most the movement (n, 2) is known, and not how even they are.

    What did not move in either direction got neither more nor less even, wherever it stands; what did may have gone
    either way.
    """
    errors = half_width(sd, freedom, comparisons=moved.size)
    share = np.abs(moved) / errors
    if stopped is not None or np.isnan(share).all():
        return _Judged(NOT_COMPARABLE, reason=stopped.name if stopped else NOT_SEEN)
    part = int(np.nan_to_num(share).max(axis=1).argmax())
    if (share > 1).any():
        return _Judged(NOT_COMPARABLE, parts[part], reason=SIDE_UNSURE)
    if np.isnan(share).any():
        return _Judged(NOT_COMPARABLE, reason=NOT_SEEN)
    return _Judged(NO_CHANGE, parts[part], NAN, float(errors[part].max()))


def _side(movement: FloatArray) -> SideMovement:
    outward, up, size = movement.tolist()
    return SideMovement(outward=outward, up=up, size=size)


def _known(error: float, number: float) -> float:
    """Error of a number; NaN if the number is not known."""
    return float(error) if np.isfinite(number) else NAN


def _which_side(right: float, left: float, certain: bool) -> Side:
    if not certain:
        return "neither"
    if right > _CLEARLY_MORE * left:
        return "subject_right"
    if left > _CLEARLY_MORE * right:
        return "subject_left"
    return "both"
