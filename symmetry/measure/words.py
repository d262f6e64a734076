"""How people read names, units and numbers; every table, figure, card and report writes them this way."""

from __future__ import annotations

from typing import Final

from symmetry.measure.verdicts import decimals

REGION_TITLES: Final = {
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


def the(name: str) -> str:
    """Name a region or a measure within a sentence: "the nasolabial folds"."""
    return f"the {REGION_TITLES[name].lower() if name in REGION_TITLES else name.replace('_', ' ')}"


def sentence(text: str) -> str:
    """Begin with a capital letter."""
    return text[:1].upper() + text[1:]


def unit_sign(unit: str) -> str:
    """Write a unit as it stands behind a number.

    "% IPD" stays whole: a percent sign alone would be read as a share of the asymmetry.
    """
    return "°" if unit == "degrees" else unit


def size(value: float, error: float) -> str:
    """Write the size of a number with its error, to the hundredth where tenths hide which of them is larger."""
    digits = decimals(abs(value), error)
    return f"{abs(value):.{digits}f} ± {error:.{digits}f}"


def percent(share: float) -> str:
    """Write a share in whole percent, small ones to the tenth."""
    hundredfold = 100.0 * share
    return (f"{hundredfold:.1f}" if hundredfold < 2.95 else f"{hundredfold:.0f}").removesuffix(".0")
