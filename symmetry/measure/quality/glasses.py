"""Clear glasses: thin lines across the bridge of the nose and around the orbits, where a face has none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from symmetry.measure.quality.flags import Flag, Limits
from symmetry.measure.quality.view import View
from symmetry.registration.standard_face import Float32

TOUCHED: Final = ("eyes", "brows", "brow_height", "mrd1", "mrd2", "palpebral_fissure")
_GLASSES: Final = Limits({"warn": 0.65}, digits=2)
"""Evidence. 43 faces without glasses, also bearded, behind a hand and lit from one side, have at most 0.35; with thick
frames drawn on at least 1.0, with thin metal ones at least 0.5."""

_OFFSET: Final = 8.0
_WIDTH: Final = 1.2
"""Width of the lines that are looked for, pixels of the standard face."""
_ALONG: Final = 5
"""Pixels over which a line is followed."""
_BRIDGE: Final = (slice(56, 92), slice(81, 95))
_UNDER: Final = (slice(80, 106), slice(34, 72))
_BESIDE: Final = (slice(56, 92), slice(20, 36))
_TEMPLE: Final = (slice(52, 84), slice(14, 30))
"""Rows and columns, pixels of the standard face, in which the bridge of glasses, the lower and outer rim of the
subject's right lens, and its temple are looked for."""
_NONE: Final = 0.006
_BARE: Final = (0.009, 0.0065, 0.012, 0.0065)
"""Lines of bare faces: bridge, under and beside the eyes, temple; each the median."""
_WEIGHTS: Final = (0.35, 0.35, 0.15, 0.15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Strength of lines, second derivative of the logarithm of brightness, the two sides' mean.

    Attributes
    ----------
    bridge : float
        Across the bridge of the nose.
    under, beside : float
        Below and beside the eyes.
    temple : float
        From there to the ears.
    """

    bridge: float
    under: float
    beside: float
    temple: float

    @property
    def evidence(self) -> float:
        """Mean of the logarithms of all lines over those of bare faces; about 0 without glasses."""
        found = np.array([self.bridge, self.under, self.beside, self.temple])
        more = np.log((found + _NONE) / (np.array(_BARE) + _NONE)).clip(0.0)
        return float(more @ np.array(_WEIGHTS))


def lines_of(view: View) -> Lines:
    """Measure the lines where glasses have them."""
    bright = cv2.GaussianBlur(cv2.log(view.bright + np.float32(_OFFSET)), (0, 0), _WIDTH)
    across, down = (cv2.Sobel(bright, cv2.CV_32F, *order, ksize=3, scale=0.25) for order in ((2, 0), (0, 2)))
    flat = np.abs(cv2.blur(down, (_ALONG, 1)))
    upright = np.abs(cv2.blur(across, (1, _ALONG)))

    def both(shown: Float32, place: tuple[slice, slice], axis: int, share: float) -> float:
        """Strongest line in each column or row, exceeded in all but a share of them."""
        sides = (shown, shown[:, ::-1])
        return float(np.mean([np.percentile(side[place].max(axis=axis), share) for side in sides]))

    return Lines(
        bridge=float(np.abs(down[_BRIDGE].mean(axis=1)).max()),
        under=both(flat, _UNDER, 0, 30),
        beside=both(upright, _BESIDE, 1, 40),
        temple=both(flat, _TEMPLE, 0, 30),
    )


def check_glasses(view: View) -> tuple[Flag, ...]:
    """Find clear glasses; dark ones cover the eyes."""
    return _GLASSES.flag(
        "glasses",
        lines_of(view).evidence,
        TOUCHED,
        "Glasses lie over eyes and brows, which are measured less certainly; take them off for the photo.",
    )
