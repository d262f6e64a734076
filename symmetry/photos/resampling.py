"""Resampling of pictures that gives the same numbers under every OpenCV.

While they resample, OpenCV's versions and its builds for different processors round positions differently. Here
positions are rounded first, to the 32nd of a pixel that OpenCV works with, and handed over as whole numbers.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = TypeVar("Picture", NDArray[np.uint8], NDArray[np.float32])

STEPS: Final = 32
"""Steps of a position per pixel."""
_FARTHEST: Final = 2**15 - 1
"""OpenCV's largest position, pixels."""


def cut_around(image: Picture, at: NDArray[Any], reach: int) -> tuple[Picture, NDArray[np.intp]]:
    """Cut out of a picture what is sampled at some positions, and so many pixels around them.

    Parameters
    ----------
    image : ndarray, shape (h, w) or (h, w, channels)
    at : ndarray, shape (m, n, 2)
        As for `resample`.
    reach : int

    Returns
    -------
    cut : ndarray
        A view; at least a pixel large.
    first : ndarray, shape (2,)
        Column and row of the picture at which it begins.
    """
    most = np.array(image.shape[1::-1]) - 1
    first = np.clip(np.floor(at.min(axis=(0, 1))).astype(np.intp) - reach, 0, most)
    last = np.clip(np.ceil(at.max(axis=(0, 1))).astype(np.intp) + reach, first, most)
    return image[first[1] : last[1] + 1, first[0] : last[0] + 1], first


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
    if at.dtype != np.float32:
        at = np.rint(at * STEPS) / STEPS  # single precision holds steps exactly, but not what lies between them
    x, y = cv2.split(np.clip(at, -_FARTHEST, _FARTHEST).astype(np.float32))
    whole, part = cv2.convertMaps(x, y, cv2.CV_16SC2)
    found = cv2.remap(image, whole, part, interpolation, borderMode=border)
    return np.asarray(found, dtype=image.dtype)
