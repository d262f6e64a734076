"""The answer of a photo, a comparison, a check or a reliability study, as data; `measure.wording` says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Final, Literal

import numpy as np

from symmetry.landmarks.mesh import AVERAGE_IPD_MM, MAIN_REGIONS, REGIONS, WHOLES
from symmetry.measure.between_days import ASSUMED, DaysFrom
from symmetry.measure.change import Change, RegionChange
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import ALL, GRAVITY, Flag
from symmetry.measure.reliability import Reliability
from symmetry.measure.reliability_table import OF_PHOTO
from symmetry.measure.symmetry_index import TOO_UNSURE, SymmetryIndex
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, SIDE_UNSURE, WORSE, Verdict
from symmetry.stats.estimates import half_width

MOST_ERROR_MM: Final = 2.0
"""Error, mm, beyond which a number that may be zero tells nothing: people notice a lid from 1 to 2 mm, brow and mouth
from 3 mm."""
LEAST_SIZE_MM: Final = 1.0
"""Size, mm, below which no study found people to notice a difference: what surely is smaller counts as even."""
OF_REGIONS: Final = (*MAIN_REGIONS, *(name for name in REGIONS if name not in (*MAIN_REGIONS, *WHOLES)))
"""Regions that an answer names, the main ones first; not those that contain others."""

Standing = Literal["uneven", "even", "unknown"]
Way = Literal["higher", "further out", "uneven"]
Group = Literal["better", "worse", "same", "shifted", "unknown"]
Fitness = Literal["fit", "less sure", "in part", "unfit"]

_GROUPS: Final[dict[Verdict, Group]] = {IMPROVED: "better", WORSE: "worse", NO_CHANGE: "same"}
_OTHER_FACE: Final = ("different_person", "one_mirrored", "same_picture")
_CUT: Final = "face_cut"
"""Stops what lies beyond the edge as a warning, too."""
_NOT_SEEN: Final = "not_seen"


def tells(value: float, error: float, unit: str = "mm") -> bool:
    """Whether a number tells anything: it exceeds its error, or that is small enough for zero to mean something."""
    return isfinite(value) and isfinite(error) and (abs(value) > error or error <= _in_unit(MOST_ERROR_MM, unit))


def _in_unit(millimetres: float, unit: str) -> float:
    """Give a length in "mm" or, of an average face, in "% IPD"."""
    return millimetres if unit == "mm" else millimetres * 100 / AVERAGE_IPD_MM


def unknown_because(flags: Iterable[Flag], *results: str) -> str:
    """Name of the flag that stops a result or the region it belongs to; "not_seen" if none does."""
    for flag in flags:
        stops = flag.severity == "reject" or flag.name == _CUT
        if stops and any(flag.concerns(result) for result in results):
            return flag.name
    return _NOT_SEEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaning:
    """A left-right difference that exceeds its error: one side is higher or further out, or both differ in shape."""

    way: Way
    side: Literal["left", "right"] | None  # the person's own; None for "uneven"
    size: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """State of one region in a photo."""

    region: str
    standing: Standing  # "even": no difference exceeds its error, and the errors are small enough to say so
    leanings: tuple[Leaning, ...] = ()  # the largest first; empty unless uneven
    error: float = nan  # of an even region, the largest difference that would not show
    reason: str | None = None  # why it is unknown: the name of a flag, "not_seen" or "too_unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceAnswer:
    """Answer of one photo: findings by region, the main ones first, and the symmetry index."""

    findings: Mapping[str, Finding]
    index: SymmetryIndex
    unit: str

    def having(self, standing: Standing) -> list[Finding]:
        """List the findings of one standing."""
        return [finding for finding in self.findings.values() if finding.standing == standing]

    @property
    def largest(self) -> Finding | None:
        """Region with the largest difference that exceeds its error; None if there is none."""
        return max(self.having("uneven"), key=lambda finding: finding.leanings[0].size, default=None)


def face_answer(face: FaceAnalysis) -> FaceAnswer:
    """Find which regions of a face are uneven for sure, which are even as far as the photo can show."""
    return FaceAnswer(findings={name: finding_of(face, name) for name in OF_REGIONS}, index=face.index, unit=face.unit)


def finding_of(face: FaceAnalysis, region: str) -> Finding:
    """Find what a photo tells of a region."""
    score = face.regions[region]
    size, lateral, vertical = score.in_unit(face.unit)
    size_error, *errors = score.errors_in_unit(face.unit)
    if not isfinite(size):
        return Finding(region=region, standing="unknown", reason=unknown_because(face.flags, region))
    sides: list[tuple[Way, float, float]] = [("further out", lateral, errors[0]), ("higher", vertical, errors[1])]
    found = [
        Leaning(way=way, side="left" if value > 0 else "right", size=abs(value), error=error)
        for way, value, error in sides
        if abs(value) > error and abs(value) + error >= _in_unit(LEAST_SIZE_MM, face.unit)
    ]
    if not found and size > size_error and size + size_error >= _in_unit(LEAST_SIZE_MM, face.unit):
        found = [Leaning(way="uneven", side=None, size=size, error=size_error)]
    if found:
        found.sort(key=lambda leaning: -leaning.size)
        return Finding(region=region, standing="uneven", leanings=tuple(found), error=found[0].error)
    known = [max(error, abs(value)) for _, value, error in sides if isfinite(value) and isfinite(error)]
    if not known:
        return Finding(region=region, standing="unknown", reason=unknown_because(face.flags, f"{region}.lateral"))
    if not tells(0.0, max(known), face.unit):
        return Finding(region=region, standing="unknown", error=max(known), reason=TOO_UNSURE)
    return Finding(region=region, standing="even", error=max(known))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAnswer:
    """What two sides of photos tell: the changes of regions, the main ones first, and what casts doubt on all."""

    regions: Mapping[str, RegionChange]
    doubts: tuple[str, ...]
    unit: str
    days: DaysFrom = ASSUMED  # where the part of the errors comes from that the days between the photos add

    @property
    def within_days(self) -> list[RegionChange]:
        """Regions that moved by more than photos of one day differ, but not by more than untreated days may."""
        return [
            one
            for one in self.having("same")
            if isfinite(one.same_day_error) and abs(one.evenness) > one.same_day_error
        ]

    def group(self, region: str) -> Group:
        """Group of a region; a change that may be zero within a wide error is unknown, not "same".

        One side of "shifted" moved more than the other, but whether toward even or away from it is not known.
        """
        change = self.regions[region]
        if change.reason == SIDE_UNSURE:
            return "shifted"
        group = _GROUPS.get(change.verdict, "unknown")
        return "unknown" if group == "same" and self.too_unsure(region) else group

    def too_unsure(self, region: str) -> bool:
        """Whether a change is too unsure for its verdict to say that nothing changed."""
        change = self.regions[region]
        return change.verdict == NO_CHANGE and not tells(0.0, change.evenness_error, self.unit)

    def having(self, group: Group, *, main: bool | None = None) -> list[RegionChange]:
        """List the changes of one group, without regions that contain others; `main` or other ones only, if given."""
        return [
            self.regions[name]
            for name in OF_REGIONS
            if self.group(name) == group and main in (None, name in MAIN_REGIONS)
        ]


def change_answer(change: Change) -> ChangeAnswer:
    """Find which regions changed for sure, which did not, and which cannot be told."""
    names = dict.fromkeys(flag.name for flag in change.flags if flag.name in _OTHER_FACE)
    return ChangeAnswer(
        regions={name: change.regions[name] for name in (*OF_REGIONS, *WHOLES)},
        doubts=tuple(names),
        unit=change.before.unit,
        days=change.days.source,
    )


def shifts_of(change: RegionChange) -> list[Leaning]:
    """Find how one side of a region moved more than the other, the surest first.

    The surest alone if none exceeds its error, for a part of the region may have moved where the whole did not.
    """
    sides: list[tuple[Way, float, float]] = [
        ("further out", change.lateral_change, change.lateral_change_error),
        ("higher", change.vertical_change, change.vertical_change_error),
    ]
    known = sorted((one for one in sides if isfinite(one[1])), key=lambda one: -abs(one[1]) / one[2])
    sure = [one for one in known if abs(one[1]) > one[2]] or known[:1]
    return [
        Leaning(way=way, side="left" if value > 0 else "right", size=abs(value), error=error)
        for way, value, error in sure
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """A flag that one photo or several have, the gravest of its name, and the places of the photos."""

    flag: Flag
    photos: tuple[int, ...]
    worst: int  # place of the photo with the gravest


def fitness_of(flags: Sequence[Flag]) -> Fitness:
    """Tell from its flags whether a photo is fit to be measured."""
    stopping = [flag for flag in flags if flag.severity == "reject"]
    if any(ALL in flag.touches or all(flag.concerns(name) for name in MAIN_REGIONS) for flag in stopping):
        return "unfit"
    if stopping:
        return "in part"
    return "less sure" if any(flag.severity == "warn" for flag in flags) else "fit"


def common_flags(photos: Sequence[Sequence[Flag]]) -> list[Common]:
    """Group the flags of photos by name, the gravest first, then the most frequent."""
    found: dict[str, dict[int, Flag]] = {}
    for place, flags in enumerate(photos):
        for flag in flags:
            found.setdefault(flag.name, {}).setdefault(place, flag)
    grouped = []
    for of_name in found.values():
        worst = min(of_name, key=lambda place: _gravity(of_name[place]))
        grouped.append(Common(flag=of_name[worst], photos=tuple(of_name), worst=worst))
    return sorted(grouped, key=lambda common: (GRAVITY[common.flag.severity], -len(common.photos)))


def repeats_to(found: Reliability) -> dict[str, float]:
    """Give for each region how far one photo lies off: the 95 % half-width of its vertical and lateral scores, mm.

    The wider of the two counts; NaN where too few photos show the region.
    """
    errors = half_width(found.agreement.sem.value, found.agreement.freedom.astype(np.float64))
    by_name = {(quantity.name, quantity.number): float(error) for quantity, error in zip(OF_PHOTO, errors, strict=True)}
    return {name: max(by_name[name, "vertical"], by_name[name, "lateral"]) for name in OF_REGIONS}


def _gravity(flag: Flag) -> tuple[int, float]:
    return GRAVITY[flag.severity], -abs(flag.value or 0.0)
