"""Beards: hair over jaw and chin, dark or rough against the cheeks, around lips that show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from symmetry.measure.quality.flags import Flag, Limits
from symmetry.measure.quality.view import View
from symmetry.measure.quality.zones import CHEEKS, INNER_OVAL, MOUTH, Mask, rows_below, widened

TOUCHED: Final = ("jawline", "chin_deviation", "chin_angle", "jaw_angle_height", "jaw_angle_width")
"""Hair hides the edge of the jaw and the chin, which then are guessed; mouth, folds and eyes show."""
_BEARD: Final = Limits({"info": 0.7, "warn": 0.85, "reject": 1.4}, digits=2)

_JAW: Final = INNER_OVAL & rows_below(130) & ~widened(MOUTH, 3)
_CHEEK: Final = CHEEKS & rows_below(106) & ~rows_below(124)
_OFFSET: Final = 4.0
_ROUGH: Final = 1.5
"""Width, pixels of the standard face, of the blur whose rest is the texture."""
_PLAIN: Final = 0.004
_WEIGHT: Final = 0.6
"""Weight of roughness against darkness: grey and fair beards are hardly darker than skin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beard:
    """Jaw and chin against the cheeks.

    Attributes
    ----------
    dark : float
        Natural logarithm of the brightness of the cheeks over that of jaw and chin.
    rough : float
        Natural logarithm of the texture of jaw and chin over that of the cheeks.
    """

    dark: float
    rough: float

    @property
    def evidence(self) -> float:
        """Sum of both; about 0 for bare skin."""
        return self.dark + _WEIGHT * max(self.rough, 0.0)


def beard_of(view: View) -> Beard:
    """Compare jaw and chin with the cheeks."""
    bright = cv2.log(view.bright + np.float32(_OFFSET))
    rough = cv2.absdiff(bright, cv2.GaussianBlur(bright, (0, 0), _ROUGH))

    def rather(part: Mask, of: Mask, shown: cv2.typing.MatLike, least: float) -> float:
        return float(np.log((np.median(shown[part]) + least) / (np.median(shown[of]) + least)))

    return Beard(
        dark=float(np.median(bright[_CHEEK]) - np.median(bright[_JAW])), rough=rather(_JAW, _CHEEK, rough, _PLAIN)
    )


def check_beard(beard: Beard) -> tuple[Flag, ...]:
    """Find a beard, given that the mouth is not covered."""
    return _BEARD.flag(
        "beard",
        max(beard.evidence, 0.0),
        TOUCHED,
        "A beard hides jaw and chin, which cannot be measured through it; the rest of the face can.",
    )
