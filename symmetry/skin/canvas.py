"""The canvas: a face's skin in linear light, on the standard face at twice its resolution.

A pixel of the canvas is the same place of every face, and its mirror image the same place of the other side. It is
averaged from the photo without the gamma of the file, since light adds up in linear values alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.photos.reading import Photo
from symmetry.photos.resampling import STEPS, cut_around, resample
from symmetry.registration import standard_face
from symmetry.registration.standard_face import Float32, node_positions

SCALE: Final = 2
"""Pixels of the canvas per pixel of the standard face: a spot of 3 mm has 7 across."""
HEIGHT, WIDTH = standard_face.HEIGHT * SCALE, standard_face.WIDTH * SCALE
PIXELS_PER_MM: Final = standard_face.PIXELS_PER_MM * SCALE
CELL: Final = 8
"""Pixels of the canvas per side of a patch, 3.6 mm."""
ROWS, COLUMNS = HEIGHT // CELL, WIDTH // CELL
_NODE: Final = 4
"""Pixels of the canvas between the nodes that tie it to the photo."""
_MOST_SAMPLES: Final = 4
CLIPPED: Final = 0.955
"""Linear value from which on a channel counts as clipped: 250 of 255."""
_WEIGHTS: Final = np.array([0.2126, 0.7152, 0.0722])
"""Luminance of linear sRGB (IEC 61966-2-1)."""

Mask = NDArray[np.bool_]
Picture = NDArray[np.floating[Any]]
"""Values of pixels, in single or double precision."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Canvas:
    """A face in linear light.

    Attributes
    ----------
    rgb : ndarray, shape (416, 352, 3), float32
        Linear sRGB, 0 to 1.
    inside : ndarray, shape (416, 352), bool
        Whether the photo covers the pixel.
    clipped : ndarray, shape (416, 352), bool
        Whether a channel is at its end, so that the colour is not known.
    normals : ndarray, shape (52, 44, 3)
        Which way each patch of the mesh faces: unit vectors, x right in the image, y down, z away from the
        camera.
    detail : float
        Decoded pixels of the photo per pixel of the canvas; below 1 the canvas shows no more than the photo does.
    """

    rgb: Float32 = field(repr=False)
    inside: Mask = field(repr=False)
    clipped: Mask = field(repr=False)
    normals: FloatArray = field(repr=False)
    detail: float


def canvas_of(photo: Photo, landmarks: FloatArray) -> Canvas:
    """Warp a face to the canvas.

    Parameters
    ----------
    photo : Photo
    landmarks : ndarray, shape (478, 3)
        Pixels of the upright photo at full size.
    """
    nodes = node_positions(landmarks)
    at = photo.to_decoded(nodes[..., :2])
    height, width = photo.pixels.shape[:2]
    detail = _detail(at)
    samples = int(np.clip(detail, 1, _MOST_SAMPLES))
    around, low = cut_around(photo.pixels, at, 2)
    cut = np.asarray(cv2.LUT(around, _linear()), dtype=np.float32)
    rgb = resample(cut, _rounded(_enlarged(at, samples), width, (int(low[0]), int(low[1]))))
    if samples > 1:
        rgb = np.asarray(cv2.resize(rgb, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), dtype=np.float32)
    inside = ((at >= -0.5) & (at <= np.array([width, height]) - 0.5)).all(axis=-1)
    red, green, blue = cv2.split(rgb)
    return Canvas(
        rgb=rgb,
        inside=np.asarray(
            cv2.resize(np.asarray(inside, dtype=np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
        )
        > 0,
        clipped=np.asarray(cv2.max(cv2.max(red, green), blue)) >= CLIPPED,
        normals=_normals(nodes),
        detail=detail,
    )


def luminance(rgb: Picture) -> Picture:
    """Luminance Y of linear RGB (..., 3), 0 to 1."""
    return np.asarray(rgb @ _WEIGHTS.astype(rgb.dtype))


def patches(values: Picture, weights: Picture) -> FloatArray:
    """Means of values (h, w) or (h, w, n) over patches, (52, 44) or (52, 44, n), by weights (h, w).

    NaN where a patch has no weight.
    """
    total = _block_sums(weights)
    sums = _block_sums(values * (weights if values.ndim == 2 else weights[..., None]))
    total = total if values.ndim == 2 else total[..., None]
    return np.asarray(np.where(total > 0, sums / np.where(total > 0, total, 1.0), np.nan))


def share(mask: Mask) -> FloatArray:
    """Share, shape (52, 44), of each patch that a mask (416, 352) covers."""
    return _block_sums(mask) / CELL**2


def _block_sums(values: Picture | Mask) -> FloatArray:
    # In double precision: sums of a mirror image have another order, and are the same all the same.
    height, width = values.shape[0] // ROWS, values.shape[1] // COLUMNS
    rows = values.reshape(ROWS, height, -1).sum(axis=1, dtype=np.float64)
    return np.asarray(rows.reshape(ROWS, COLUMNS, width, *values.shape[2:]).sum(axis=2))


@cache
def _linear() -> Float32:
    """Linear values of the 256 levels of sRGB (IEC 61966-2-1)."""
    level = np.arange(256) / 255
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear, dtype=np.float32)


def _enlarged(at: FloatArray, samples: int) -> FloatArray:
    """Positions of the canvas' pixels in the photo, from those of the nodes; some per side of each pixel."""
    size = (WIDTH * samples, HEIGHT * samples)
    return np.asarray(cv2.resize(at, size, interpolation=cv2.INTER_LINEAR), dtype=np.float64)


def _rounded(at: FloatArray, width: int, low: tuple[int, int]) -> FloatArray:
    """Round positions to the steps of `resample`, the same way from either side of the photo; within a cut at `low`."""
    for axis, middle in ((0, (width - 1) / 2), (1, 0.0)):  # axis by axis, which is faster than pairs
        plane = (at[..., axis] - middle) * STEPS
        np.rint(plane, out=plane)
        plane /= STEPS
        plane += middle - low[axis]
        at[..., axis] = plane
    return at


def _detail(at: FloatArray) -> float:
    whole = at[-1, -1] - at[0, 0], at[-1, 0] - at[0, -1]
    area = abs(whole[0][0] * whole[1][1] - whole[0][1] * whole[1][0]) / 2
    return float(np.sqrt(area / (HEIGHT * WIDTH)))


def _normals(nodes: FloatArray) -> FloatArray:
    """Give unit normals of patches from the nodes' positions and depths."""
    smooth = cv2.GaussianBlur(nodes, (0, 0), 2.0)
    across, down = np.gradient(smooth, axis=1), np.gradient(smooth, axis=0)
    normal = np.cross(down, across)  # depth grows away from the camera
    normal = normal.reshape(ROWS, 2, COLUMNS, 2, 3).mean(axis=(1, 3))
    return np.asarray(normal / np.linalg.norm(normal, axis=-1, keepdims=True))
