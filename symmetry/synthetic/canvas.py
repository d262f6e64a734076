"""Half a drawing in facial millimetres: soft shapes, strokes and blends, and its mirroring to a whole one.

Only the subject's left half is drawn (x > 0, plus a margin for shapes that cross the midline) and then mirrored: an
even face is exactly symmetric.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

Plane = NDArray[np.float32]
Points = NDArray[np.float64]
Colour = tuple[float, float, float]
Box = tuple[slice, slice]

_SUBPIXEL_BITS = 4
_MARGIN = 20.0


def spline(points: ArrayLike, *, closed: bool = False, samples: int = 80) -> Points:
    """Sample a smooth curve through points at even steps of its chord-length parameter.

    Parameters
    ----------
    points : array_like, shape (n, k)
        Points that the curve passes through; columns beyond the second are interpolated along.
    closed : bool
        Whether the curve returns to its first point.
    samples : int
        Number of points returned.

    Returns
    -------
    ndarray, shape (samples, k), float64
    """
    knots = np.asarray(points, dtype=np.float64)
    if closed:
        knots = np.vstack([knots, knots[:1]])
    steps = np.sqrt(np.linalg.norm(np.diff(knots[:, :2], axis=0), axis=1))
    parameter = np.concatenate([[0.0], np.cumsum(steps)])
    curve = CubicSpline(parameter, knots, bc_type="periodic" if closed else "natural")
    return np.asarray(curve(np.linspace(0.0, parameter[-1], samples)), dtype=np.float64)


def ribbon(points: ArrayLike, widths: Sequence[float], *, samples: int = 60) -> Points:
    """Outline of a brush stroke along a smooth curve.

    Parameters
    ----------
    points : array_like, shape (n, 2)
        Points that the middle of the stroke passes through, mm.
    widths : sequence of float, length n
        Width of the stroke at each of them, mm.
    samples : int
        Number of points along the stroke.

    Returns
    -------
    ndarray, shape (2 * samples, 2), float64
        Closed outline, mm.
    """
    curve = spline(np.column_stack([np.asarray(points, dtype=np.float64), widths]), samples=samples)
    tangent = np.gradient(curve[:, :2], axis=0)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    half = normal * np.maximum(curve[:, 2:], 0.0) / 2.0
    return np.vstack([curve[:, :2] + half, (curve[:, :2] - half)[::-1]])


def mirrored_outline(half: Points) -> Points:
    """Close an outline whose first and last points lie on the midline with its mirror image."""
    return np.vstack([half, (half * [-1.0, 1.0])[::-1]])


def mirror(plane: Plane) -> Plane:
    """Whole plane from its subject-left half, shape (h, w[, channels]) to (h, 2 w[, channels])."""
    return np.concatenate([plane[:, ::-1], plane], axis=1)


class Canvas:
    """The subject's left half of a picture in facial millimetres.

    Parameters
    ----------
    density : float
        Pixels per millimetre.
    right, bottom, top : float
        Extent in millimetres: x from the midline to `right`, y from `bottom` to `top`.
    """

    def __init__(self, *, density: float, right: float, bottom: float, top: float) -> None:
        self.density = density
        self.right, self.bottom, self.top = right, bottom, top
        self._margin = round(_MARGIN * density)
        self.shape = (round((top - bottom) * density), round(right * density) + self._margin)

    def coordinates(self) -> tuple[Plane, Plane]:
        """Millimetres x, shape (1, w), and y, shape (h, 1), of the pixel centres."""
        x = (np.arange(self.shape[1], dtype=np.float32) - self._margin + 0.5) / self.density
        y = self.top - (np.arange(self.shape[0], dtype=np.float32) + 0.5) / self.density
        return x[None, :], y[:, None]

    def plane(self, value: float = 0.0) -> Plane:
        """Plane filled with one value, shape (h, w)."""
        return np.full(self.shape, value, dtype=np.float32)

    def paper(self, colour: Colour) -> Plane:
        """Plane filled with one colour, shape (h, w, 3)."""
        return np.array(np.broadcast_to(colour, (*self.shape, 3)), dtype=np.float32)

    def half(self, plane: Plane) -> Plane:
        """Cut off the margin beyond the midline."""
        return plane[:, self._margin :]

    def pixels(self, points: ArrayLike) -> Points:
        """Column and row, in pixels of this canvas, of points in millimetres."""
        mm = np.asarray(points, dtype=np.float64)
        column = mm[..., 0] * self.density + self._margin - 0.5
        row = (self.top - mm[..., 1]) * self.density - 0.5
        return np.stack([column, row], axis=-1)

    def box(self, outline: ArrayLike, reach: float) -> Box:
        """Part of the canvas within `reach` millimetres of an outline's bounding box."""
        pixels = self.pixels(outline).reshape(-1, 2)
        pad = reach * self.density + 2.0
        low = np.floor(pixels.min(axis=0) - pad).astype(int)
        high = np.ceil(pixels.max(axis=0) + pad).astype(int) + 1
        rows = slice(int(np.clip(low[1], 0, self.shape[0])), int(np.clip(high[1], 0, self.shape[0])))
        columns = slice(int(np.clip(low[0], 0, self.shape[1])), int(np.clip(high[0], 0, self.shape[1])))
        return rows, columns

    def mask(self, outline: ArrayLike, *, soft: float = 0.0) -> tuple[Box, Plane]:
        """Box of the canvas around a closed outline and its coverage there, softened by a Gaussian of `soft` mm."""
        rows, columns = self.box(outline, 3.0 * soft)
        coverage = np.zeros((rows.stop - rows.start, columns.stop - columns.start), dtype=np.uint8)
        corners = (self.pixels(outline) - [columns.start, rows.start]) * 2**_SUBPIXEL_BITS
        if coverage.size:
            cv2.fillPoly(coverage, [np.rint(corners).astype(np.int32)], (255,), cv2.LINE_AA, _SUBPIXEL_BITS)
        covered = coverage.astype(np.float32) / np.float32(255.0)
        sigma = soft * self.density
        if sigma > 0.3 and covered.size:
            covered = soften(covered, sigma)
        return (rows, columns), covered

    def glow(self, centre: tuple[float, float], spread: tuple[float, float], *, turn: float = 0.0) -> tuple[Box, Plane]:
        """Box around a Gaussian spot and its values: height 1, standard deviations `spread` mm, `turn` in degrees."""
        reach = 3.2 * max(spread)
        rows, columns = self.box([centre], reach)
        x, y = self.coordinates()
        across, along = x[:, columns] - centre[0], y[rows] - centre[1]
        angle = np.deg2rad(turn)
        first = (across * np.cos(angle) + along * np.sin(angle)) / spread[0]
        second = (along * np.cos(angle) - across * np.sin(angle)) / spread[1]
        return (rows, columns), np.exp(-0.5 * (first**2 + second**2)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Planes of half a head, painted in place."""

    skin: Plane  # shape (h, w, 3); colour
    # shape (h, w); gloss, and where the head is, 0 to 1
    shine: Plane
    coverage: Plane
    # shape (h, w); x and y of the surface normal
    nx: Plane
    ny: Plane


def soften(plane: Plane, sigma: float) -> Plane:
    """Gaussian blur with a standard deviation in pixels; edges are extended outward."""
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), dtype=np.float32)


def blend(paper: Plane, patch: tuple[Box, Plane], colour: Colour | float, opacity: float = 1.0) -> None:
    """Lay a colour (or, on a single plane, a value) over `paper`, in place, as strongly as `patch` says."""
    box, covered = patch
    weight = covered * np.float32(opacity)
    if paper.ndim == 3:
        weight = weight[..., None]
    part = paper[box]
    part += weight * (np.asarray(colour, dtype=np.float32) - part)


def burn(paper: Plane, patch: tuple[Box, Plane], factor: Colour | float, opacity: float = 1.0) -> None:
    """Multiply `paper`, in place, by `factor` where `patch` is 1 and by 1 where it is 0."""
    box, covered = patch
    weight = covered * np.float32(opacity)
    if paper.ndim == 3:
        weight = weight[..., None]
    paper[box] *= 1.0 + weight * (np.asarray(factor, dtype=np.float32) - 1.0)
