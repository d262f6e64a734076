"""Texture of skin: contrast of the logarithm of luminance in bands of size, without the sensor's noise."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np

from symmetry.arrays import FloatArray
from symmetry.skin.canvas import HEIGHT, PIXELS_PER_MM, WIDTH, Mask, Picture, patches

_WIDTHS: Final = (0.8, 1.6, 3.2, 6.4)
"""Standard deviations, pixels of the canvas, between which the bands lie: 0.7 to 1.5, 1.5 to 3 and 3 to 6 mm."""
_FILL: Final = 6.0
"""Width over which pixels that are no skin are filled from those around them."""
_QUIET: Final = 10
"""Percentile of patches whose finest detail counts as noise: skin there is as smooth as it gets."""
_LEAST: Final = 1e-12
_BOX: Final = 1 / 16
"""Variance, squared pixels of half the resolution, that halving adds to a blur."""
_COARSE: Final = 4
"""Pixels per side of those in which the surroundings of bare skin are averaged."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texture:
    """Detail of a face.

    Attributes
    ----------
    energy : ndarray, shape (52, 44, 3)
        Mean square in each patch; NaN where there is no skin.
    noise : ndarray, shape (3,)
        What noise adds to it, at most.
    """

    energy: FloatArray
    noise: FloatArray


def texture_of(bright: Picture, usable: Mask) -> Texture:
    """Split the logarithm of luminance (416, 352) into bands."""
    weights = usable.astype(np.float32)
    filled = fill(bright, weights)
    fine, finer = (_blurred(filled, width) for width in _WIDTHS[1::-1])
    # The wider blurs need no more than half the pixels.
    half, half_weights = (_halved(one) for one in (filled, weights))
    wide = [_blurred(half, float(np.sqrt(width**2 / 4 - _BOX))) for width in _WIDTHS[1:]]
    finest = filled - finer
    rest = patches(finest**2, weights)
    bands = [patches((finer - fine) ** 2, weights)]
    bands += [patches((one - other) ** 2, half_weights) for one, other in pairwise(wide)]
    energy = np.stack(bands, axis=-1)
    known = rest[np.isfinite(rest)]
    quiet = float(np.percentile(known, _QUIET)) if known.size else np.nan
    return Texture(energy=energy, noise=quiet * _gains())


def fill(values: Picture, weights: Picture, *, around: float = _FILL) -> Picture:
    """Replace pixels without weight by the mean of those around them."""
    return np.where(weights > 0, values, surroundings(values, weights, around))


def surroundings(values: Picture, weights: Picture, around: float) -> Picture:
    """Mean of values (h, w) over a neighbourhood, by weights; `around` is its standard deviation, pixels."""
    size = (values.shape[1] // _COARSE, values.shape[0] // _COARSE)
    small = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (values * weights, weights))
    soft = [cv2.GaussianBlur(one, (0, 0), around / _COARSE) for one in small]
    mean = soft[0] / np.maximum(soft[1], 1e-3)
    return np.asarray(cv2.resize(mean, values.shape[::-1], interpolation=cv2.INTER_LINEAR))


def _blurred(values: Picture, width: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), width))


def _halved(values: Picture) -> Picture:
    return np.asarray(cv2.resize(values, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA))


def rms_percent(energy: FloatArray, noise: FloatArray | float, *, least: float = 0.3) -> FloatArray:
    """Contrast in percent without noise; NaN where less than a share of the energy is left."""
    rest = energy - noise
    known = rest > least * np.maximum(energy, _LEAST)
    return np.asarray(100 * np.sqrt(np.where(known, rest, np.nan)))


def _gains() -> FloatArray:
    """Energy of white noise in each band over that in the rest of the finest blur."""

    # A blur by s keeps 1 / (4 pi s^2) of white noise; two blurs correlate as one of their mean square width.
    def kept(one: float, other: float) -> float:
        return 1 / (2 * np.pi * (one**2 + other**2))

    finest = 1 - 2 * kept(_WIDTHS[0], 0.0) + kept(_WIDTHS[0], _WIDTHS[0])
    bands = [kept(a, a) - 2 * kept(a, b) + kept(b, b) for a, b in pairwise(_WIDTHS)]
    return np.array(bands) / finest


SIZES_MM: Final = tuple(round(2 * width / PIXELS_PER_MM, 1) for width in _WIDTHS)
"""Sizes of detail, mm, between which the bands lie."""
