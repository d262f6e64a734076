"""Shine: light that an oily or damp surface reflects unchanged, brighter and whiter than the skin around it.

Gloss keeps the colour of the light (the dichromatic model, Shafer 1985): where skin is brighter than around it and less
saturated, the excess is gloss; where it is brighter and as saturated, it is shape or lighter skin.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from symmetry.arrays import FloatArray
from symmetry.skin.canvas import PIXELS_PER_MM, Canvas, Mask, Picture, patches
from symmetry.skin.texture import surroundings

_AROUND_MM: Final = 9.0
"""Width of the surroundings that a highlight is compared with."""
_BRIGHTER: Final = 0.05
"""Natural logarithm of luminance that a highlight exceeds its surroundings by."""
_WHITER: Final = 0.02
"""Fall of the logarithm of red to blue in a highlight."""
_HALF: Final = 2
"""Canvas pixels per side of those in which gloss is looked for."""


def shine_of(canvas: Canvas, bright: Picture, shown: Mask, usable: Mask) -> FloatArray:
    """Light that gloss adds in each patch, as a share of the skin's own, shape (52, 44).

    Parameters
    ----------
    canvas : Canvas
    bright : ndarray, shape (416, 352)
        Natural logarithm of luminance.
    shown : ndarray, shape (416, 352), bool
        Where there is skin, clipped or not.
    usable : ndarray, shape (416, 352), bool
        Where its colour is known.
    """
    red, _, blue = cv2.split(np.maximum(_halved(canvas.rgb), np.float32(1e-4)))
    weights = _halved(usable.astype(np.float32))
    around = _AROUND_MM * PIXELS_PER_MM / _HALF
    above, faded = (one - surroundings(one, weights, around) for one in (_halved(bright), cv2.log(red / blue)))
    likely = np.clip(above / _BRIGHTER - 0.5, 0, 1) * np.clip(-faded / _WHITER - 0.5, 0, 1)
    gloss = likely * np.expm1(np.clip(above, 0.0, 2.0))
    return patches(gloss, _halved(shown.astype(np.float32)))


def _halved(values: Picture) -> Picture:
    size = (values.shape[1] // _HALF, values.shape[0] // _HALF)
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA))
