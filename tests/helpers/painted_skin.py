"""Skin that is painted redder, lighter or spotted, by a known amount."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symmetry.skin.colour import lab

Picture = NDArray[np.uint8]

CHEEKS: Final = ((50, 205), (280, 425))
"""Landmarks on either side of the middle of the subject's right and left cheek."""
SPOTS: Final = (50, 280, 205, 425, 151, 187, 411, 108, 337)
"""Landmarks on bare skin."""
_FROM_XYZ: Final = np.linalg.inv(
    np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
)
_WHITE: Final = np.array([0.95047, 1.0, 1.08883])


def painted(picture: Picture, at: ArrayLike, radius: float, change: ArrayLike) -> Picture:
    """Change L*, a*, b* of a patch with a soft edge: wholly within `radius` pixels, by e^-2 at twice as many."""
    return _changed(picture, np.exp(-2 * np.maximum(_distance(picture, at) / radius - 1, 0) ** 2), change)


def painted_spot(picture: Picture, at: ArrayLike, diameter: float, change: ArrayLike = (-8, 4, 3)) -> Picture:
    """Change L*, a*, b* of a spot with a narrow edge; sizes in pixels."""
    edge = (_distance(picture, at) - diameter / 2) / (diameter / 12)
    return _changed(picture, 1 / (1 + np.exp(np.clip(edge, -50, 50))), change)


def _distance(picture: Picture, at: ArrayLike) -> NDArray[np.float64]:
    row, column = np.indices(picture.shape[:2])
    x, y = np.asarray(at)
    return np.hypot(column - x, row - y)


def _changed(picture: Picture, share: NDArray[np.float64], change: ArrayLike) -> Picture:
    touched = share > 1e-3
    level = picture[touched] / 255
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    lightness, red, yellow = (lab(linear) + share[touched][:, None] * np.asarray(change)).T
    y = (lightness + 16) / 116
    root = np.stack([y + red / 500, y, y - yellow / 200], axis=-1)
    xyz = np.where(root > 6 / 29, root**3, 3 * (6 / 29) ** 2 * (root - 4 / 29)) * _WHITE
    linear = np.clip(xyz @ _FROM_XYZ.T, 0, 1)
    level = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    result = picture.copy()
    result[touched] = np.rint(level * 255).astype(np.uint8)
    return result
