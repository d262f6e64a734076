"""One eye cut out of its photo: level, scaled by its iris, the nose on the right, so that both are read by one rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from symmetry.arrays import FloatArray
from symmetry.photos.resampling import cut_around, resample

Float32 = NDArray[np.float32]

PER_RADIUS: Final = 20
"""Pixels of the cut-out per radius of the iris: about those of a photo of 1000 pixels that a face fills."""
_WIDE, _HIGH = 1.9, 2.0
COLUMNS: Final = np.arange(-round(_WIDE * PER_RADIUS), round(_WIDE * PER_RADIUS) + 1) / PER_RADIUS
ROWS: Final = np.arange(-round(_HIGH * PER_RADIUS), round(_HIGH * PER_RADIUS) + 1) / PER_RADIUS
"""Where columns and rows of the cut-out lie, radii from the centre of the iris: toward the nose, and down."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EyePatch:
    """One eye, cut out.

    Positions in the eye are in radii of its iris from the iris's centre: x toward the nose, y down.
    """

    pixels: Float32  # shape (81, 77, 3); RGB
    centre: FloatArray  # shape (2,); of the iris, pixels of the image
    axes: FloatArray  # shape (2, 2); rows: a radius toward the nose and down, pixels of the image

    @property
    def radius(self) -> float:
        """Radius of the iris, pixels of the image."""
        return float(np.linalg.norm(self.axes[0]))

    def to_image(self, points: ArrayLike) -> FloatArray:
        """Pixels of the image (..., 2) of points of the eye."""
        return np.asarray(np.asarray(points) @ self.axes + self.centre)

    def to_eye(self, points: ArrayLike) -> FloatArray:
        """Points of the eye of pixels (..., 2) of the image."""
        return np.asarray((np.asarray(points) - self.centre) @ self.axes.T / (self.axes[0] @ self.axes[0]))


def cut_eye(
    image: NDArray[np.uint8], centre: FloatArray, radius: float, nose: FloatArray, down: FloatArray
) -> EyePatch:
    """Cut an eye out of an image.

    Parameters
    ----------
    image : ndarray, shape (h, w, 3), uint8
    centre : ndarray, shape (2,)
        Of the iris, pixels.
    radius : float
        Of the iris, pixels.
    nose, down : ndarray, shape (2,)
        Unit vectors toward the nose and down, at right angles.
    """
    axes = radius * np.stack([nose, down])
    at = COLUMNS[None, :, None] * axes[0] + ROWS[:, None, None] * axes[1] + centre
    step = radius / PER_RADIUS
    around, first = cut_around(image, at, int(np.ceil(2 * step)) + 2)
    cut = around.astype(np.float32)
    if step > 1.2:
        cut = np.asarray(cv2.GaussianBlur(cut, (0, 0), 0.4 * step), dtype=np.float32)
    return EyePatch(pixels=resample(cut, at - first), centre=centre, axes=axes)
