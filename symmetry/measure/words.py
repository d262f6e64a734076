"""How names, units and numbers are written for people, in every table, figure, card and report."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, nan
from typing import TYPE_CHECKING, Final, Literal

from symmetry.measure.between_days import ASSUMED, BY_TABLE, OWN_DAYS, SAME_DAY, DaysFrom
from symmetry.measure.measures import DEFINITIONS
from symmetry.measure.quality.flags import joined
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, Verdict

if TYPE_CHECKING:
    from symmetry.measure.change import MeasureChange, RegionChange

DASH: Final = "–"
"""Stands for a number that is not known."""
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
_TITLES: Final = {name: title.lower() for name, title in REGION_TITLES.items()} | {
    definition.name: definition.title for definition in DEFINITIONS
}
_PLAIN: Final = {
    "mrd1": "iris to upper lid",
    "mrd2": "iris to lower lid",
    "palpebral_fissure": "eye opening",
    "commissure_height": "mouth corner",
    "commissure_excursion": "mouth width",
    "chin_deviation": "chin",
    "nose_tip_deviation": "nose tip",
}
"""Clinical measures in words of everyday."""
HOW_EVEN: Final[dict[Verdict, str]] = {IMPROVED: "more even", WORSE: "less even"}


def title_of(name: str) -> str:
    """Name a region, a measure or a flag within a sentence: "nasolabial folds", "MRD1", "head turned"."""
    return _TITLES.get(name, name.replace("_", " "))


def plain_title(name: str) -> str:
    """Name a clinical measure in words of everyday: "iris to lower lid"."""
    return _PLAIN.get(name, title_of(name))


def the(*names: str) -> str:
    """Name regions or measures with their article: "the eyes and the nasolabial folds"."""
    return joined([f"the {title_of(name)}" for name in names])


def are(names: Sequence[str]) -> str:
    """Give the verb for regions or measures: "is" or "are"."""
    return "are" if len(names) > 1 or title_of(names[0]).endswith("s") else "is"


def sentence(text: str) -> str:
    """Begin with a capital letter."""
    return text[:1].upper() + text[1:]


def unit_sign(unit: str) -> str:
    """Write a unit; "% IPD" stays whole, as a percent sign alone would be read as a share of the asymmetry."""
    return "°" if unit == "degrees" else unit


def behind(unit: str) -> str:
    """Write a unit as it stands behind a number: " mm", "°"."""
    return unit_sign(unit) if unit == "degrees" else f" {unit}" if unit else ""


def with_error(value: float, error: float = nan, unit: str = "", *, digits: int = 1, signed: bool = False) -> str:
    """Write a number, its error if that is known, and its unit; a dash for NaN."""
    if not isfinite(value):
        return DASH
    rounded = round(float(value), digits) + 0.0
    shown = f"{rounded:+.{digits}f}" if signed and rounded else f"{rounded:.{digits}f}"
    return f"{shown}{f' ± {error:.{digits}f}' if isfinite(error) else ''}{behind(unit)}"


def decimals(size: float, error: float) -> int:
    """Choose the decimals of a size and its error: two where tenths hide which of them is larger."""
    return 1 if (round(size, 1) > round(error, 1)) == (size > error) else 2


def amount(value: float, error: float, unit: str) -> str:
    """Write the size of a number with its error and unit, to the hundredth where tenths hide which is larger."""
    size = abs(value)
    return with_error(size, error, unit, digits=decimals(size, error))


def change_words(change: RegionChange | MeasureChange | None) -> str:
    """Write a change of asymmetry: "2.5 ± 0.4 mm more even"; empty where there is no verdict on it."""
    if change is None or change.verdict == NOT_COMPARABLE or not isfinite(change.evenness):
        return ""
    if not round(abs(change.evenness), 1) and change.verdict == NO_CHANGE:
        return f"as even as before, ± {change.evenness_error:.1f}{behind(change.unit)}"
    how = HOW_EVEN[IMPROVED if change.evenness < 0 else WORSE]
    return f"{amount(change.evenness, change.evenness_error, change.unit)} {how}"


def noticed(size: float, error: float, least: float) -> Literal["no", "near", "yes"]:
    """Say whether people would notice a difference of a size, where they do from `least` on."""
    spread = error if isfinite(error) else 0.0
    return "no" if size + spread < least else "yes" if size - spread >= least else "near"


def percent(share: float) -> str:
    """Write a share in whole percent, small ones to the tenth."""
    hundredfold = 100.0 * share
    return (f"{hundredfold:.1f}" if hundredfold < 2.95 else f"{hundredfold:.0f}").removesuffix(".0")


def beyond_words(days: DaysFrom) -> str:
    """Say of a sure change what it is larger than, and what is not known: by where the part between days comes from."""
    return {
        SAME_DAY: "photos of an unchanged face differ by less",
        OWN_DAYS: "photos of this face on untreated days differ by less",
        BY_TABLE: "photos of untreated faces on several days differ by less",
        ASSUMED: "photos of one day differ by less, and faces at rest from day to day, too, as far as that is "
        "published. How much this face differs from day to day is not known: take photos on three days before you "
        "begin",
    }[days]
