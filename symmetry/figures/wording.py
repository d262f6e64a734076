"""Numbers in words: which side, how many millimetres, how sure."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from pathlib import PurePath
from typing import Literal

from symmetry.change import RegionChange, SideMovement
from symmetry.face import FaceAnalysis, RegionScore
from symmetry.figures.page import unit_sign
from symmetry.findings import Finding
from symmetry.verdicts import NOT_COMPARABLE

Side = Literal["left", "right"]

REGION_TITLES = {
    "jawline": "Jawline",
    "eyes": "Eyes",
    "mouth": "Mouth",
    "brows": "Brows",
    "nasolabial": "Nasolabial folds",
    "cheeks": "Cheeks",
    "nose": "Nose",
    "lower_face": "Lower face",
    "face": "Whole face",
}
OWN_SIDES = "Left and right are the person’s own."
ACROSS_EDGE = "The jawline is measured across its edge only."
NOT_SEEN = "not seen"
DASH = "–"
OF_PUPILS = "Percentages are of the distance between the pupils (IPD)."


def with_error(value: float, error: float, unit: str, *, digits: int = 1) -> str:
    """Write a number, its error if that is known, and its unit; a dash if it could not be measured."""
    if not isfinite(value):
        return DASH
    return f"{_plus_minus(value, error, digits)} {unit_sign(unit)}"


def leanings(score: RegionScore, unit: str, side: Side) -> list[str]:
    """Say how one side of a region lies against the other, such as "left 1.9 higher", or that it was not seen."""
    asymmetry, lateral, vertical = score.in_unit(unit)
    if not isfinite(asymmetry):
        return [NOT_SEEN]
    _, lateral_error, vertical_error = score.errors_in_unit(unit)
    own = 1 if side == "left" else -1
    lines = []
    for value, error, more, less in (
        (own * vertical, vertical_error, "higher", "lower"),
        (own * lateral, lateral_error, "further out", "further in"),
    ):
        if isfinite(value) and _shows(value):
            lines.append(f"{side} {_plus_minus(abs(value), error, 1)} {more if value > 0 else less}")
    return lines


def change_in_words(change: RegionChange) -> tuple[str, str]:
    """Say the verdict on a region and what it rests on, such as "improved" and "upper lid less uneven by 0.9 ± 0.4"."""
    if change.verdict == NOT_COMPARABLE:
        return NOT_SEEN if change.reason == NOT_SEEN.replace(" ", "_") else change.verdict, ""
    amount = with_error(abs(change.evenness), change.evenness_error, change.unit)
    return change.verdict, f"{change.part}: {amount} {'less' if change.evenness < 0 else 'more'} uneven"


def movement_in_words(change: RegionChange) -> tuple[str, str]:
    """Say which side moved, and where both have gone."""
    right, left = change.subject_right, change.subject_left
    if not isfinite(right.size + left.size):
        return NOT_SEEN, ""
    where = f"right {_direction(right)}; left {_direction(left)}"
    if change.moved in ("both", "neither"):
        return f"{change.moved} side{'s' if change.moved == 'both' else ''}", where
    return f"mostly the {'right' if change.moved == 'subject_right' else 'left'}", where


def warnings_of(flags: Iterable[Finding]) -> str:
    """Join what casts doubt on the numbers to one text."""
    return " ".join(flag.advice for flag in flags if flag.severity != "info")


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


def _plus_minus(value: float, error: float, digits: int) -> str:
    return f"{value:.{digits}f} ± {error:.{digits}f}" if isfinite(error) else f"{value:.{digits}f}"


def _shows(value: float, digits: int = 1) -> bool:
    return round(abs(value), digits) > 0


def _direction(movement: SideMovement) -> str:
    parts = [
        f"{abs(value):.1f} {more if value > 0 else less}"
        for value, more, less in ((movement.up, "up", "down"), (movement.outward, "out", "in"))
        if isfinite(value) and _shows(value)
    ]
    return ", ".join(parts) or "0.0"
