"""Numbers in words: which side, how many millimetres, how sure. Cards and figures say the same."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from pathlib import PurePath
from typing import Final

from symmetry.measure.change import RegionChange, SideMovement
from symmetry.measure.face import FaceAnalysis, RegionScore
from symmetry.measure.quality.flags import Flag, reason_words
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, CameFrom, Verdict, decimals

NOT_SEEN: Final = "not seen"
DASH: Final = "–"
OWN_SIDES: Final = "Left and right are the person’s own."
OF_PUPILS: Final = "Percentages are of the distance between the pupils (IPD)."
HOW_SURE: Final = "± is how far another photo of the unchanged face may lie off, 19 times out of 20."

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
_CUT: Final = "face_cut"
"""As a warning, too, of a face that touches the photo's edge."""


def plus_minus(value: float, error: float, digits: int = 1) -> str:
    """Write a number and its error if that is known; a dash if it could not be measured."""
    if not isfinite(value):
        return DASH
    return f"{value:.{digits}f} ± {error:.{digits}f}" if isfinite(error) else f"{value:.{digits}f}"


def shows(value: float, digits: int = 1) -> bool:
    """Tell whether anything but zeros is written of a number."""
    return round(abs(value), digits) > 0


def sides_in_words(score: RegionScore, unit: str) -> list[str]:
    """Say which side is clearly higher or further out, such as "left 1.9 ± 0.4 higher"; nothing if not known."""
    _, lateral, vertical = score.in_unit(unit)
    _, lateral_error, vertical_error = score.errors_in_unit(unit)
    told = []
    for value, error, more in ((vertical, vertical_error, "higher"), (lateral, lateral_error, "further out")):
        if isfinite(value) and shows(value) and not abs(value) <= error:
            told.append(f"{'left' if value > 0 else 'right'} {plus_minus(abs(value), error)} {more}")
    if told or not isfinite(lateral + vertical):
        return told
    return ["neither clearly higher or further out"]


def why_unknown(flags: Iterable[Flag], *results: str) -> str:
    """Name what stops a result, or a region that it belongs to, in plain words: "head turned", else "not seen"."""
    for flag in flags:
        stops = flag.severity == "reject" or flag.name == _CUT
        if stops and any(flag.concerns(result) for result in results):
            return reason_words(flag.name)
    return NOT_SEEN


def verdict_in_words(change: RegionChange) -> str:
    """Say what the verdict on a region rests on, such as "upper lid 0.9 ± 0.4 mm less uneven", or why there is none."""
    if change.verdict == NOT_COMPARABLE:
        return reason_words(change.reason) if change.reason else NOT_SEEN
    whole = change.part is None or change.part.replace(" ", "_") == change.region
    part = "" if whole else f"{change.part} "
    if not shows(change.evenness) and change.verdict == NO_CHANGE:
        return f"{part}as uneven as before, ± {change.evenness_error:.1f} {change.unit}"
    return f"{part}{_amount(change)} {'less' if change.evenness < 0 else 'more'} uneven"


def verdict_in_short(change: RegionChange) -> str:
    """Say a verdict in one line, such as "improved by 0.9 ± 0.4 mm"."""
    if change.verdict == NOT_COMPARABLE:
        return f"{change.verdict}: {verdict_in_words(change)}"
    if change.verdict == NO_CHANGE:
        return f"{change.verdict} (± {change.evenness_error:.1f} {change.unit})"
    return f"{change.verdict} by {_amount(change)}"


def movement_in_words(change: RegionChange) -> tuple[str, str, str]:
    """Say which side moved and whether that was the worse one, and where the right and the left have gone."""
    right, left = change.subject_right, change.subject_left
    if not isfinite(right.size + left.size):
        return NOT_SEEN, "", ""
    who = _MOVED[change.moved]
    source = _SOURCES.get((change.verdict, change.came_from))
    return f"{who}: {source}" if source else who, f"right {_direction(right)}", f"left {_direction(left)}"


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


def _amount(change: RegionChange) -> str:
    """Write the size of a change of evenness with its error, to the hundredth where tenths hide which is larger.

    A percent sign alone would be read as a share of what was uneven before.
    """
    size, error = abs(change.evenness), change.evenness_error
    return f"{plus_minus(size, error, decimals(size, error))} {change.unit}"


def _direction(movement: SideMovement) -> str:
    parts = [
        f"{abs(value):.1f} {more if value > 0 else less}"
        for value, more, less in ((movement.up, "up", "down"), (movement.outward, "out", "in"))
        if isfinite(value) and shows(value)
    ]
    return ", ".join(parts) or "0.0"
