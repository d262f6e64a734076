"""Zones of the standard face (skin, eyes, mouth), and the colours of a face in them."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import (
    BROW_LOWER_RIGHT,
    BROW_UPPER_RIGHT,
    CHEEK_RIGHT,
    EYE_RIGHT,
    FACE_OVAL,
    LIPS_OUTER,
    mirrored,
)
from symmetry.measure.quality.portrait import Portrait
from symmetry.registration import standard_face
from symmetry.registration.standard_face import LANDMARK_PIXELS, Float32, look_up

Mask = NDArray[np.bool_]

CELL: Final = 4
"""Pixels per side of a cell, 4 mm: fine enough for features, too coarse for individuals and pores."""
HEIGHT, WIDTH = standard_face.HEIGHT, standard_face.WIDTH


def widened(mask: Mask, by: int) -> Mask:
    """Dilate a mask by some pixels."""
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((2 * by + 1, 2 * by + 1), dtype=np.uint8)) > 0)


def rows_below(row: int) -> Mask:
    """Mask of all rows of the standard face from one on downward."""
    return np.broadcast_to(np.arange(HEIGHT)[:, None] >= row, (HEIGHT, WIDTH))


def within(*points: int) -> Mask:
    """Pixels of the standard face within the convex hull of landmarks."""
    filled = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    hull = cv2.convexHull(LANDMARK_PIXELS[list(points)].astype(np.float32))
    cv2.fillConvexPoly(filled, np.rint(hull).astype(np.int32), (1,))
    return np.asarray(filled > 0)


def _even(mask: Mask) -> Mask:
    return np.asarray(mask | mask[:, ::-1])


_EYE_RIGHT: Final = widened(within(*EYE_RIGHT), 5)
_BROW_RIGHT: Final = widened(within(*BROW_LOWER_RIGHT, *BROW_UPPER_RIGHT), 2)
_FOREHEAD: Final = (10, 109, 67, 69, 108, 151)

OVAL: Final = _even(within(*FACE_OVAL))
EYES: Final = _even(_EYE_RIGHT)
BROWS: Final = _even(_BROW_RIGHT)
MOUTH: Final = _even(widened(within(*LIPS_OUTER), 3))
NOSTRILS: Final = _even(widened(within(98, 97, 2, 326, 327, 1, 48, 278), 1))
CHEEKS: Final = _even(within(*CHEEK_RIGHT)) & ~EYES & ~NOSTRILS & ~MOUTH
FOREHEAD: Final = _even(within(*_FOREHEAD, *mirrored(_FOREHEAD))) & ~BROWS
INNER_OVAL: Final = np.asarray(cv2.erode(OVAL.astype(np.uint8), np.ones((13, 13), dtype=np.uint8)) > 0)
RIGHT: Final = np.broadcast_to(np.arange(WIDTH) < WIDTH // 2, (HEIGHT, WIDTH))
"""The subject's right half, which a photo shows on the left."""
SKIN: Final = INNER_OVAL & ~EYES & ~BROWS & ~MOUTH & ~NOSTRILS


def colours(portrait: Portrait) -> Float32:
    """Colours of the face, RGB, 0 to 255, shape (52, 44, 3), each about the mean over its cell."""
    return patchwork(portrait, CELL)


def patchwork(portrait: Portrait, cell: int) -> Float32:
    """Colours of cells of any size, shape (208 / cell, 176 / cell, 3)."""
    return _looked_up(portrait, cell)


def luminance(portrait: Portrait) -> Float32:
    """Brightness of the face, 0 to 255, shape (208, 176), each about the mean over its pixel."""
    if "luminance" not in portrait.pictures:
        portrait.pictures["luminance"] = _looked_up(portrait, 1)
        portrait.pictures["luminance"].flags.writeable = False
    return portrait.pictures["luminance"]


def cells(mask: Mask, of: int = CELL) -> Mask:
    """Reduce a mask to cells of several pixels, by default to shape (52, 44)."""
    share = cv2.resize(mask.astype(np.float32), None, fx=1 / of, fy=1 / of, interpolation=cv2.INTER_AREA)
    return np.asarray(share > 0.4)


def pixels_of_standard(portrait: Portrait) -> float:
    """Size of a pixel of the standard face, decoded pixels of the photo."""
    return _step(_places(portrait))


def _looked_up(portrait: Portrait, cell: int) -> Float32:
    """Colours of cells of the standard face, or the brightness of its pixels for cells of one pixel."""
    at = _places(portrait)
    wanted = _step(at) * cell if cell == 1 else _step(at) * cell / 2  # finer aliasing does not show in cells
    left, right = _span(at[..., 0], portrait.photo.pixels.shape[1])
    top, bottom = _span(at[..., 1], portrait.photo.pixels.shape[0])
    cut = small = portrait.photo.pixels[top:bottom, left:right]
    times = 0
    while wanted >= 2 and min(small.shape[:2]) > 1:  # halving is fast
        times += 1
        wanted /= 2
        small = _halved(portrait, small, times)
    if cell == 1:
        width, height = (max(1, round(side / max(1.0, wanted))) for side in small.shape[1::-1])
        small = _reduced(np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), dtype=np.uint8), (width, height))
    shrunk = np.array(small.shape[1::-1]) / cut.shape[1::-1]
    within = (at - (left - 0.5, top - 0.5)) * shrunk - 0.5
    places = cv2.resize(within.astype(np.float32), (WIDTH // cell, HEIGHT // cell), interpolation=cv2.INTER_LINEAR)
    return look_up(np.asarray(small, dtype=np.float32), np.asarray(places, dtype=np.float32))


def _halved(portrait: Portrait, finer: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """Halve a picture of the face that was halved once less; kept, for all checks look at the same ones."""
    name = f"halved {times}"
    if name not in portrait.pictures:
        half = (finer.shape[1] // 2, finer.shape[0] // 2)
        portrait.pictures[name] = _reduced(finer[: 2 * half[1], : 2 * half[0]], half)
    return portrait.pictures[name]


def _reduced(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _span(places: FloatArray, size: int) -> tuple[int, int]:
    """First pixel that some positions need, and the one after the last."""
    first = int(np.clip(np.floor(places.min()), 0, size - 1))
    return first, int(np.clip(np.ceil(places.max()), first, size - 1)) + 1


def _places(portrait: Portrait) -> FloatArray:
    """Positions of the nodes in the decoded photo, shape (104, 88, 2)."""
    return portrait.photo.to_decoded(portrait.standard.nodes[..., :2].astype(np.float64))


def _step(at: FloatArray) -> float:
    """Size of a pixel of the standard face, decoded pixels, from the positions of its nodes."""
    whole = at[-1, -1] - at[0, 0], at[-1, 0] - at[0, -1]
    area = abs(whole[0][0] * whole[1][1] - whole[0][1] * whole[1][0]) / 2
    return float(np.sqrt(area / (HEIGHT * WIDTH)))
