"""Results in words: which side, how far, how surely. Figures, cards and reports share them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from pathlib import PurePath
from typing import Final

from symmetry.measure.answers import tells, unknown_because
from symmetry.measure.between_days import ASSUMED, BY_TABLE, OWN_DAYS, SAME_DAY, DayToDay
from symmetry.measure.change import RegionChange, SideMovement
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import Flag, Severity, by_gravity, reason_words
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, CameFrom, Verdict
from symmetry.measure.words import DASH, amount, behind, change_words
from symmetry.tabular.text import printable

NOT_SEEN: Final = reason_words("not_seen")
OWN_SIDES: Final = "Left and right are the person’s own."
OF_PUPILS: Final = "Percentages are of the distance between the pupils (IPD)."
HOW_SURE: Final = "± is how far another photo of the unchanged face may lie off, 19 times out of 20."
OVER_DAYS: Final = "± is how far photos of the untreated face on another day may lie off, 19 times out of 20."

_SOURCES: Final[dict[tuple[Verdict, CameFrom | None], str]] = {
    (IMPROVED, "worse side"): "the worse side improved",
    (IMPROVED, "better side"): "the better side followed",
    (IMPROVED, "both sides"): "they came closer",
    (WORSE, "worse side"): "the worse side got worse",
    (WORSE, "better side"): "the better side moved off",
    (WORSE, "both sides"): "they moved apart",
}
_MOVED: Final[dict[str | None, str]] = {
    None: NOT_SEEN,
    "both": "both sides",
    "neither": "neither side for sure",
    "subject_right": "mostly the right",
    "subject_left": "mostly the left",
}


def shows(value: float, digits: int = 1) -> bool:
    """Return whether a number is written with anything but zeros."""
    return round(abs(value), digits) > 0


def sides_in_words(
    vertical: float, vertical_error: float, lateral: float, lateral_error: float, unit: str = ""
) -> list[str]:
    """Say which side is clearly higher and further out: ["left 1.9 ± 0.4 mm higher"]; empty if not known.

    Parameters
    ----------
    vertical, lateral : float
        Signed scores of a region: + = the subject's left is higher, further out.
    vertical_error, lateral_error : float
        Their 95 % half-widths.
    unit : str
    """
    told = [
        f"{'left' if value > 0 else 'right'} {amount(value, error, unit)} {more}"
        for value, error, more in ((vertical, vertical_error, "higher"), (lateral, lateral_error, "further out"))
        if isfinite(value) and shows(value) and not abs(value) <= error
    ]
    if told or not isfinite(lateral + vertical):
        return told
    return ["neither side clearly higher or further out"]


def why_unknown(flags: Iterable[Flag], *results: str) -> str:
    """Name what stops a result or the region it belongs to: "head turned"; "not seen" if no flag does."""
    return reason_words(unknown_because(flags, *results))


def doubts(flags: Iterable[Flag], names: Mapping[str, str]) -> dict[str, Severity]:
    """Advice of the flags that cast doubt on numbers, each once, the gravest first, with its severity.

    Parameters
    ----------
    flags : iterable of Flag
        Those that are only worth knowing are left out.
    names : mapping of str to str
        Names of photos as they stand in the advice, and what to write instead: folders are private.
    """
    found: dict[str, Severity] = {}
    for flag in by_gravity(flag for flag in flags if flag.severity != "info"):
        text = printable(flag.advice)
        for name, short in sorted(names.items(), key=lambda pair: -len(pair[0])):
            text = text.replace(printable(name), short)
        found.setdefault(text, flag.severity)
    return found


def verdict_in_words(change: RegionChange) -> str:
    """Say what a verdict rests on, such as "upper lid 0.9 ± 0.4 mm more even", or why there is none."""
    if change.verdict == NOT_COMPARABLE:
        return reason_words(change.reason) if change.reason else NOT_SEEN
    part = part_in_words(change)
    return f"{part}{' ' if part else ''}{change_words(change)}"


def part_in_words(change: RegionChange | None) -> str:
    """Name the part of a region on which its verdict rests; empty where that is the whole region."""
    if change is None or change.part is None or change.verdict == NOT_COMPARABLE:
        return ""
    return "" if change.part.replace(" ", "_") == change.region else change.part


def verdict_name(change: RegionChange) -> str:
    """Name a verdict; one of no change within an error so wide that it says nothing is "cannot be told"."""
    told = tells(0.0, change.evenness_error, change.unit)
    return change.verdict if told or change.verdict != NO_CHANGE else "cannot be told"


def verdict_in_short(change: RegionChange) -> str:
    """Write a verdict in one line, such as "improved by 0.9 ± 0.4 mm"."""
    if change.verdict == NOT_COMPARABLE:
        return f"{change.verdict}: {verdict_in_words(change)}"
    if change.verdict == NO_CHANGE:
        return f"{verdict_name(change)} (± {change.evenness_error:.1f}{behind(change.unit)})"
    return f"{change.verdict} by {amount(change.evenness, change.evenness_error, change.unit)}"


def movement_in_words(change: RegionChange, unit: str = "") -> tuple[str, str, str]:
    """Say which side moved and whether that was the worse one, and where the right and the left went."""
    right, left = change.subject_right, change.subject_left
    if not isfinite(right.size + left.size):
        return NOT_SEEN, "", ""
    who = _MOVED[change.moved]
    if change.verdict == NOT_COMPARABLE:
        return "seen to move, but not judged", f"right {_went(right, unit)}", f"left {_went(left, unit)}"
    source = _SOURCES.get((change.verdict, change.came_from))
    return f"{who}: {source}" if source else who, f"right {_went(right, unit)}", f"left {_went(left, unit)}"


def probability(value: float) -> str:
    """Write the p of a test."""
    if not isfinite(value):
        return DASH
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def name_of(face: FaceAnalysis) -> str:
    """File name of a photo without its folder; nothing for pixels from memory."""
    return "" if face.photo.name == "array" else PurePath(face.photo.name).name


def day_of(face: FaceAnalysis, other: FaceAnalysis | None = None) -> str:
    """Day on which a photo was taken, with the time if another was taken on the same day; nothing if unknown."""
    taken = face.photo.captured
    if taken is None:
        return ""
    same = other is not None and other.photo.captured is not None and other.photo.captured.date() == taken.date()
    return taken.strftime("%Y-%m-%d %H:%M" if same else "%Y-%m-%d")


def _went(movement: SideMovement, unit: str) -> str:
    parts = [
        f"{abs(value):.1f}{behind(unit)} {more if value > 0 else less}"
        for value, more, less in ((movement.up, "up", "down"), (movement.outward, "out", "in"))
        if isfinite(value) and shows(value)
    ]
    return ", ".join(parts) or f"0.0{behind(unit)}"


def days_note(days: DayToDay) -> str:
    """Say how far the face is taken to differ from day to day, and where that comes from."""
    if days.source == SAME_DAY:
        return "All photos are of one day, so nothing is allowed for days."
    low, high = (f"{size:.2f}" for size in days.range_mm)
    size = f"{low if low == high else f'{low} to {high}'} mm"
    whence = {
        OWN_DAYS: f"from {days.days} untreated days of this person",
        BY_TABLE: "from the reliability table",
        ASSUMED: "assumed (3-D scans of resting faces repeat to an MDC95 of 0.8 mm over a week)",
    }[days.source]
    return f"Days: an untreated face differs from day to day by {size} (standard deviation), {whence}."
