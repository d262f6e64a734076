"""Size of a pixel in millimetres, from the iris or from a known interpupillary distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from symmetry.arrays import FloatArray
from symmetry.errors import ScaleError
from symmetry.landmarks.mesh import AVERAGE_IPD_MM, IRIS_LEFT, IRIS_LEFT_EDGES, IRIS_RIGHT, IRIS_RIGHT_EDGES
from symmetry.landmarks.points import check_points

IRIS_MM: Final = 11.7
"""Horizontal visible iris diameter of adults, mm; its standard deviation between people is 0.5 mm (4 %)."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where millimetres come from: the iris, a known interpupillary distance, or nowhere (percent only).

    Attributes
    ----------
    source : {"iris", "ipd", "none"}
    interpupillary_mm : float or None
        Interpupillary distance: known for "ipd"; for "iris" pooled over the photos of one person.

    Examples
    --------
    >>> Scale.parse("ipd=62.5")
    Scale(source='ipd', interpupillary_mm=62.5)
    """

    source: str = "iris"
    interpupillary_mm: float | None = None

    @classmethod
    def parse(cls, text: str) -> Scale:
        """Parse `iris`, `ipd=MM` or `none`.

        Raises
        ------
        ScaleError
            If the text is anything else, or the distance is not 40 to 80 mm.
        """
        if text in ("iris", "none"):
            return cls(text)
        name, _, value = text.partition("=")
        try:
            distance = float(value)
        except ValueError:
            distance = float("nan")
        if name != "ipd" or not 40 <= distance <= 80:
            raise ScaleError(f"scale '{text}' is not known; use iris, none or ipd=MM with 40 to 80 mm (ipd=63)")
        return cls("ipd", distance)

    def mm_per_pixel(self, points: ArrayLike) -> FloatArray:
        """Millimetres per pixel of faces (..., 478, 3) in pixels, shape (...); NaN for `source="none"`."""
        if self.source == "none":
            return np.full(np.shape(points)[:-2], np.nan)
        if self.interpupillary_mm is not None:
            return np.asarray(self.interpupillary_mm / interpupillary_distance(points))
        return np.asarray(IRIS_MM / iris_diameter(points))


IRIS: Final = Scale("iris")
AVERAGE_SCALE: Final = Scale("ipd", AVERAGE_IPD_MM)
"""Makes every face as large as the reference face: for photos whose common scale is not known yet."""


def _distance(points: FloatArray, a: int, b: int) -> FloatArray:
    return np.asarray(np.linalg.norm(points[..., a, :] - points[..., b, :], axis=-1))


def interpupillary_distance(points: ArrayLike) -> FloatArray:
    """Distance between the iris centres of faces (..., 478, 3), shape (...), in their unit."""
    return _distance(check_points(points), IRIS_RIGHT, IRIS_LEFT)


def iris_diameter(points: ArrayLike) -> FloatArray:
    """Horizontal iris diameter of faces (..., 478, 3), mean of both eyes, shape (...), in their unit."""
    array = check_points(points)
    both = _distance(array, *IRIS_RIGHT_EDGES) + _distance(array, *IRIS_LEFT_EDGES)
    return both / 2
