"""What a photo, a comparison, a check or a reliability study says in words; tables, figures and cards share them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Final

from symmetry.landmarks.mesh import MAIN_REGIONS, WHOLES
from symmetry.measure.answers import ChangeAnswer, FaceAnswer, Finding, Fitness, Leaning, Way, shifts_of
from symmetry.measure.change import Change, RegionChange
from symmetry.measure.quality.flags import joined, reason_words
from symmetry.measure.symmetry_index import HEALTHY_RANGE, MOST_ERROR, TOO_UNSURE, SymmetryIndex
from symmetry.measure.words import HOW_EVEN, amount, behind, beyond_words, sentence, the, title_of
from symmetry.tabular.text import counted

SIDES_OF: Final = {
    "jawline": "{} jawline",
    "eyes": "{} eye",
    "mouth": "{} half of the mouth",
    "brows": "{} brow",
    "nasolabial": "{} nasolabial fold",
    "cheeks": "{} cheek",
    "nose": "{} side of the nose",
}
_DOUBTS: Final = {
    "different_person": "These seem to be different people.",
    "one_mirrored": "One of the two seems to be mirrored: add --mirrored-after.",
    "same_picture": "Before and after are the same picture.",
}
_MOVED_WAYS: Final[dict[Way, str]] = {"further out": "out", "higher": "up"}
_FITNESS: Final[dict[Fitness, str]] = {
    "fit": "fit to measure",
    "less sure": "fit, but less exact",
    "in part": "fit in part",
    "unfit": "not fit",
}


def fitness_words(fitness: Fitness) -> str:
    """Say whether a photo is fit to be measured."""
    return _FITNESS[fitness]


def face_sentences(answer: FaceAnswer) -> list[str]:
    """Say how even a face is: the largest sure difference first, then the others, and what cannot be told."""
    largest, uneven = answer.largest, answer.having("uneven")
    even, unknown = answer.having("even"), answer.having("unknown")
    if not uneven and not even:
        return ["This photo does not tell how even the face is.", *_untold(unknown, answer.unit)]
    told = ["No difference between left and right is larger than the error of this photo."]
    if largest is not None:
        told = [sentence(f"the {_leans(largest, answer.unit)}.")]
        others = [f"the {_leans(finding, answer.unit)}" for finding in uneven if finding is not largest]
        if others:
            told.append(f"Smaller: {'; '.join(others)}.")
    if even:
        told.append(f"Even as far as this photo can show: {_within(even, answer.unit)}.")
    return [*told, *_untold(unknown, answer.unit)]


def index_words(index: SymmetryIndex) -> str:
    """Write the symmetry index with its error and that of healthy adults, or why there is none."""
    if index.reason is not None:
        wide = f"its error would exceed {MOST_ERROR:.0f} points"
        why = wide if index.reason == TOO_UNSURE else reason_words(index.reason)
        return f"No symmetry index: {why}."
    low, high = HEALTHY_RANGE
    return (
        f"Symmetry index {index.value:.0f} ± {max(index.error, 1):.0f} of 100 (healthy adults mostly {low} to {high})."
    )


def overview_sentences(indices: Sequence[SymmetryIndex], photos: int) -> list[str]:
    """Sum up the symmetry index of several photos."""
    known = [index.value for index in indices if index.reason is None]
    if not known:
        return [f"None of {counted(photos, 'photo')} can carry a symmetry index."]
    low, high = HEALTHY_RANGE
    span = f"{min(known):.0f}" if len(known) == 1 else f"{min(known):.0f} to {max(known):.0f}"
    told = f"{counted(photos, 'photo')}: symmetry index {span} of 100 (healthy adults mostly {low} to {high})"
    return [f"{told}{'' if len(known) == photos else f'; {photos - len(known)} of the photos cannot carry one'}."]


def leaning_words(leaning: Leaning, unit: str = "") -> str:
    """Write which side is higher or further out: "left 1.2 ± 0.9 mm higher"; or that both differ in shape."""
    size = amount(leaning.size, leaning.error, unit)
    return f"halves differ by {size}" if leaning.side is None else f"{leaning.side} {size} {leaning.way}"


def standing_words(finding: Finding, unit: str) -> str:
    """Say in a few words what is known of a region: "left 1.2 ± 0.9 mm higher", "even, within 0.7 mm", "not seen"."""
    if finding.standing == "uneven":
        first, *others = (leaning_words(leaning, unit) for leaning in finding.leanings)
        same = len({leaning.side for leaning in finding.leanings}) == 1
        return "".join([first, *(f", {one.partition(' ')[2]}" if same else f"\n{one}" for one in others)])
    if finding.standing == "even":
        return f"even, within {finding.error:.1f}{behind(unit)}"
    return f"cannot be told: {_why(finding, unit)}"


def change_sentences(answer: ChangeAnswer) -> list[str]:
    """Say what changed for sure and by how much, what did not, and what cannot be told."""
    told = [_DOUBTS[name] for name in answer.doubts]
    better, worse, same = (answer.having(group) for group in ("better", "worse", "same"))
    unknown = answer.having("unknown")
    if not (better or worse or same):
        moved = _shifted(answer) or ["It cannot be told whether the face changed."]
        return [*told, *moved, *_unchanged_unknown(answer, unknown)]
    told += _changed(answer, better, worse) if better or worse else _nothing(answer)
    told += _shifted(answer)
    if same:
        sizes = [f"{one.evenness_error:.1f}{behind(one.unit)} at {the(one.region)}" for one in same]
        told.append(f"Changes below these would not show: {joined(sizes)}.")
        told += _within_days(answer)
    return [*told, *_unchanged_unknown(answer, unknown)]


def _within_days(answer: ChangeAnswer) -> list[str]:
    """Name regions that moved beyond the photos of one day alone; empty if there are none."""
    found = answer.within_days
    if not found:
        return []
    differ = f"{the(*(one.region for one in found))} {'differs' if len(found) == 1 else 'differ'}"
    return [sentence(f"{differ} by more than photos of one day, but not by more than untreated days may.")]


def lift_sentences(change: Change) -> list[str]:
    """Say which regions went up or down on both sides together; empty if none did for sure."""
    moved: dict[str, list[str]] = {}
    for region in change.regions.values():
        if region.region not in WHOLES and abs(region.lift) > region.lift_error:
            way = "up" if region.lift > 0 else "down"
            moved.setdefault(way, []).append(
                f"{the(region.region)} by {amount(region.lift, region.lift_error, region.unit)}"
            )
    return [f"Moved {way} on both sides alike: {joined(regions)}." for way, regions in moved.items()]


def repeat_sentences(errors: Mapping[str, float], sessions: int) -> list[str]:
    """Say how far one photo lies off, the main regions first."""
    main = [_repeats(name, errors[name]) for name in MAIN_REGIONS if isfinite(errors[name])]
    others = [_repeats(name, error) for name, error in errors.items() if name not in MAIN_REGIONS and isfinite(error)]
    if not main and not others:
        return ["Too few photos were repeated to tell how well they agree."]
    told = [f"Your photos repeat to {joined(main or others)}."]
    if main and others:
        told.append(f"Others: {joined(others)}.")
    missing = [title_of(name) for name, error in errors.items() if not isfinite(error)]
    if missing:
        told.append(f"Seen in too few photos: {joined(missing)}.")
    if sessions == 1:
        told.append("One session is little to go by: add photos of other days or people.")
    return told


def fit_sentence(fitnesses: Sequence[Fitness | None]) -> str:
    """Count the photos that are fit to be measured; None is one without a face or that cannot be read."""
    if len(fitnesses) == 1 and fitnesses[0] is not None:
        return f"This photo is {fitness_words(fitnesses[0])}."
    counts = [f"{fitnesses.count(one)} {words}" for one, words in _FITNESS.items() if one in fitnesses]
    if None in fitnesses:
        counts.append(f"{fitnesses.count(None)} without a result")
    return f"{counted(len(fitnesses), 'photo')}: {'; '.join(counts)}."


def _repeats(region: str, error: float) -> str:
    return f"± {error:.1f} mm at {the(region)}"


def _leans(finding: Finding, unit: str) -> str:
    """Write the largest difference of a region without an article: "left brow lies 1.2 ± 0.9 mm higher"."""
    largest = finding.leanings[0]
    size = amount(largest.size, largest.error, unit)
    if largest.side is None:
        return f"halves of {the(finding.region)} differ by {size}"
    return f"{SIDES_OF[finding.region].format(largest.side)} lies {size} {largest.way}"


def _within(findings: Iterable[Finding], unit: str) -> str:
    return joined([f"{the(one.region)} (within {one.error:.1f}{behind(unit)})" for one in findings])


def _why(finding: Finding, unit: str) -> str:
    if finding.reason == TOO_UNSURE:
        return f"error of {finding.error:.1f}{behind(unit)}"
    return reason_words(finding.reason or "not_seen")


def _untold(findings: Sequence[Finding], unit: str) -> list[str]:
    return _cannot([(finding.region, _why(finding, unit)) for finding in findings])


def _cannot(regions: Sequence[tuple[str, str]]) -> list[str]:
    """Name what cannot be told, those of one reason together; empty if there is nothing."""
    by_reason: dict[str, list[str]] = {}
    for region, why in regions:
        by_reason.setdefault(why, []).append(region)
    parts = [f"{the(*names)} ({why})" for why, names in by_reason.items()]
    return [f"Cannot be told: {joined(parts)}."] if parts else []


def _changed(answer: ChangeAnswer, better: list[RegionChange], worse: list[RegionChange]) -> list[str]:
    """Say what changed for sure, the main regions in a sentence of their own."""
    told = []
    for main in (True, False):
        parts = []
        for found in ([one for one in group if (one.region in MAIN_REGIONS) == main] for group in (better, worse)):
            if found:
                sizes = [f"{the(one.region)} by {amount(one.evenness, one.evenness_error, one.unit)}" for one in found]
                parts.append(f"{HOW_EVEN[found[0].verdict]}: {joined(sizes)}")
        if parts:
            told.append(f"{'' if main else 'of the other regions, '}{'; '.join(parts)}.")
        elif main:
            told += _nothing(answer, main=True)
    if not answer.doubts:
        real = "This is" if len(better) + len(worse) == 1 else "These changes are"
        told.append(f"{real} real as far as photos can tell: {beyond_words(answer.days)}.")
    return list(map(sentence, told))


def _nothing(answer: ChangeAnswer, *, main: bool | None = None) -> list[str]:
    """Say which regions did not change as far as can be told; empty if none is known."""
    same, unknown = (answer.having(group, main=main) for group in ("same", "unknown"))
    if not same:
        return []
    if not unknown and main is None:
        return ["No detectable change in any region."]
    lacking = [title_of(one.region) for one in unknown if one.region in MAIN_REGIONS]
    untold = f"; {joined(lacking)} cannot be told" if lacking else ""
    return [f"No detectable change of {joined([title_of(one.region) for one in same])}{untold}."]


def _shifted(answer: ChangeAnswer) -> list[str]:
    """Say which regions moved on one side more than the other, though not whether that made them more even."""
    moved = []
    for one in answer.having("shifted"):
        first, *others = shifts_of(one)
        rest = "".join(f" and {_shift(other, one.unit)}" for other in others if other.side == first.side)
        moved.append(f"the {SIDES_OF[one.region].format(first.side)} {_shift(first, one.unit)}{rest}")
    if not moved:
        return []
    return [f"Moved, but toward or away from even cannot be told: {joined(moved)} than the other side."]


def shift_words(change: RegionChange) -> str:
    """Say in a few words how one side moved more than the other: "left moved 0.9 ± 0.4 mm further up"."""
    first = shifts_of(change)[0]
    return f"{first.side} moved {_shift(first, change.unit)}"


def _shift(leaning: Leaning, unit: str) -> str:
    return f"{amount(leaning.size, leaning.error, unit)} further {_MOVED_WAYS[leaning.way]}"


def _unchanged_unknown(answer: ChangeAnswer, unknown: Sequence[RegionChange]) -> list[str]:
    whys = []
    for one in unknown:
        too_wide = answer.too_unsure(one.region)
        why = (
            f"error of {one.evenness_error:.1f}{behind(one.unit)}"
            if too_wide
            else reason_words(one.reason or "not_seen")
        )
        whys.append((one.region, why))
    return _cannot(whys)
