"""What is published about how uneven faces are, and from which difference on people notice it.

The figures come from other instruments (rulers, drawn-over photos, surface scans) and are a guide only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NO_NORM: Final = "no published norm"

_REVIEW = "review of perception studies, Aesthetic Surgery Journal 2017, PMID 28200081"
_CHU = "Chu et al. 2011, doi 10.1001/archfacial.2010.101"
_HOHMAN = "Hohman et al. 2014, doi 10.1002/lary.24331"
_LIDS = "Ophthalmic Plastic and Reconstructive Surgery 2024, PMID 38427814"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """From which difference between the sides on most people notice it.

    Attributes
    ----------
    least, most : float
        Range over the studies, mm or degrees.
    source : str
    """

    least: float
    most: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """What healthy people have.

    Attributes
    ----------
    text : str
    source : str
    """

    text: str
    source: str


_LID = Notice(least=1.0, most=2.0, source=f"{_LIDS}; {_REVIEW}")
_MOUTH = Notice(least=3.0, most=3.0, source=f"{_CHU}; {_HOHMAN}; {_REVIEW}")
_BROW = Notice(least=3.0, most=3.5, source=f"{_CHU}; {_REVIEW}")

NOTICED: Final[dict[str, Notice]] = {
    "brow_height": _BROW,
    "mrd1": _LID,
    "mrd2": _LID,
    "palpebral_fissure": Notice(least=2.0, most=2.0, source=f"{_HOHMAN}; {_REVIEW}"),
    "commissure_height": _MOUTH,
    "mouth_cant": Notice(least=3.0, most=4.0, source="review, PMC5556787"),
    "commissure_excursion": _MOUTH,
    "upper_lip_height": _MOUTH,
    "lower_lip_height": _MOUTH,
    "chin_deviation": Notice(least=4.0, most=6.0, source=_REVIEW),
    "nose_tip_deviation": Notice(least=4.0, most=4.0, source=_REVIEW),
}
"""Of clinical measures; for what is missing none is published. The lips' edges are taken as the mouth corner is. A
region is noticed by the measures that belong to it: studies moved mouth corners and lids, not means over a region."""

NORMS: Final[dict[str, Norm]] = {
    "chin_deviation": Norm(
        text="up to 2 mm counts as normal, 2 to 4 mm as acceptable",
        source="Thai Journal of Orthodontics, chin deviation and lip canting rated by laypersons and orthodontists",
    ),
}
"""Published norms of clinical measures; for what is missing there is none."""


def norm_of(name: str) -> str:
    """Give the published norm of a measure in words, or say that there is none."""
    return NORMS[name].text if name in NORMS else NO_NORM
