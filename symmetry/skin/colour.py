"""Colour of skin: CIE L*a*b* and the indices that dermatology takes from cameras.

L*, a*, b*: CIE 15:2004, D65, 2 degrees. Individual typology angle: Chardon, Cretois & Hourseau 1991. Erythema index
100 log10(R / G) and melanin index 100 log10(1 / R): Takiwaki et al. 1997, after the reflectance indices of Diffey et
al. 1984 and Dawson et al. 1980; the camera's red and green stand for 650 and 550 nm.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from symmetry.arrays import FloatArray

_TO_XYZ: Final = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
"""Linear sRGB to CIE XYZ (IEC 61966-2-1)."""
_WHITE: Final = _TO_XYZ.sum(axis=1)
_EDGE: Final = (6 / 29) ** 3


def lab(rgb: FloatArray) -> FloatArray:
    """Convert linear sRGB (..., 3) to L*, a*, b* (..., 3)."""
    ratio = rgb @ (_TO_XYZ / _WHITE[:, None]).T
    root = np.where(ratio > _EDGE, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def typology_angle(lightness: FloatArray, yellow: FloatArray) -> FloatArray:
    """Individual typology angle in degrees, from L* and b*: higher for lighter skin."""
    return np.degrees(np.arctan2(lightness - 50.0, yellow))


def haemoglobin(rgb: FloatArray) -> FloatArray:
    """Erythema index 100 log10(R / G) of linear RGB (..., 3)."""
    return np.asarray(100 * np.log10(rgb[..., 0] / rgb[..., 1]))


def melanin(red: FloatArray) -> FloatArray:
    """Melanin index 100 log10(1 / R) of linear red; only differences within a photo mean anything."""
    return np.asarray(-100 * np.log10(red))
