"""Resampling of pictures that gives the same numbers under every OpenCV.

OpenCV's versions, and its builds for different processors, round positions differently. Here they are rounded before
OpenCV gets them, to the 32nd of a pixel that it works with.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = TypeVar("Picture", NDArray[np.uint8], NDArray[np.float32])

_BITS: Final = 5
STEPS: Final = 2**_BITS
"""Steps of a position per pixel."""
_FARTHEST: Final = 2**15 - 1
"""OpenCV's largest position, pixels."""


def resample(
    image: Picture, at: NDArray[Any], *, interpolation: int = cv2.INTER_LINEAR, border: int = cv2.BORDER_REPLICATE
) -> Picture:
    """Sample a picture at positions that are rounded to 1/32 pixel.

    Parameters
    ----------
    image : ndarray, shape (h, w) or (h, w, channels), uint8 or float32
    at : ndarray, shape (m, n, 2)
        Column and row of each position, whole numbers at pixel centres.
    interpolation : int
        `cv2.INTER_LINEAR` or `cv2.INTER_CUBIC`.
    border : int
        What lies beyond the edge: its pixels go on (`cv2.BORDER_REPLICATE`), or 0 (`cv2.BORDER_CONSTANT`).

    Returns
    -------
    ndarray, shape (m, n) or (m, n, channels), of the type of the image
    """
    steps = np.rint(np.clip(at, -_FARTHEST, _FARTHEST) * STEPS).astype(np.int32)
    share = steps & (STEPS - 1)
    part = (share[..., 1] << _BITS | share[..., 0]).astype(np.uint16)
    found = cv2.remap(image, (steps >> _BITS).astype(np.int16), part, interpolation, borderMode=border)
    return np.asarray(found, dtype=image.dtype)
