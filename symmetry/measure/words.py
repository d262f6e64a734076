"""Names of regions and measures as people read them, and shares in percent."""

from __future__ import annotations

from typing import Final

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


def percent(share: float) -> str:
    """Write a share in whole percent, small ones to the tenth."""
    hundredfold = 100.0 * share
    return (f"{hundredfold:.1f}" if hundredfold < 2.95 else f"{hundredfold:.0f}").removesuffix(".0")
