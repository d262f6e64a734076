"""Regions of a face tinted by how asymmetric they are, over a photo without its colours."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from symmetry.analysis import FaceAnalysis
from symmetry.figures.levelling import OUTSIDE, LevelledFace, Pixels
from symmetry.figures.page import amount_colour
from symmetry.frame import FloatArray
from symmetry.mesh import (
    BROW_LOWER_RIGHT,
    BROW_UPPER_RIGHT,
    CHEEK_RIGHT,
    CHIN,
    EYE_RIGHT,
    FOLD_RIGHT,
    IRIS_RIGHT,
    JAW_RIGHT,
    LIPS_OUTER,
    MIRROR,
    NOSE_MIDLINE,
    NOSE_RIGHT,
)

BROW_RIGHT: Final = (*BROW_UPPER_RIGHT, *BROW_LOWER_RIGHT[::-1])
JAWLINE_RIGHT: Final = (*JAW_RIGHT, CHIN)

# Regions of the right side as closed outlines; those that may lie over others come last.
_OUTLINES: Final[dict[str, tuple[int, ...]]] = {
    "cheeks": CHEEK_RIGHT,
    "nasolabial": FOLD_RIGHT,
    "nose": (*NOSE_RIGHT, *NOSE_MIDLINE[4:]),
    "brows": BROW_RIGHT,
    "eyes": EYE_RIGHT,
    "jawline": JAWLINE_RIGHT,
    "mouth": LIPS_OUTER,
}
TINTED: Final = tuple(_OUTLINES)
_PLAIN_SKIN = ("cheeks", "nasolabial", "nose")  # landmarks in no order: the hull round them

_OPACITY = 0.62
_BAND = 0.026
"""Width of the band along a jaw or round an eye, as a share of the crop's width."""
_FULL = (255,)
_NOT_MEASURED = (0.6, 0.6, 0.6, 1.0)


def region_colour(face: FaceAnalysis, name: str) -> tuple[float, float, float, float]:
    """Colour of a region's asymmetry; neutral grey where it could not be measured."""
    amount = face.regions[name].in_unit(face.unit)[0]
    return amount_colour(amount, face.unit) if np.isfinite(amount) else _NOT_MEASURED


def tint_regions(levelled: LevelledFace) -> Pixels:
    """Levelled photo in grey, with the regions tinted by their asymmetry.

    Parameters
    ----------
    levelled : LevelledFace

    Returns
    -------
    ndarray, shape (h, w, 3), uint8
    """
    face = levelled.face
    points = levelled.locate(face.landmarks)
    grey = _even_grey(levelled, points)
    picture = np.repeat(grey[..., None], 3, axis=2)
    for name in TINTED:
        colour = 255 * np.array(region_colour(face, name)[:3], dtype=np.float32)
        where, mask = _region_mask(name, points, grey.shape)
        part = picture[where]
        part += _OPACITY * (mask * levelled.inside[where])[..., None] * (colour - part)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _even_grey(levelled: LevelledFace, points: FloatArray) -> NDArray[np.float32]:
    """Luminance, stretched so that the face is neither dark nor glaring whatever the skin and the light."""
    grey = np.asarray(cv2.cvtColor(levelled.pixels, cv2.COLOR_RGB2GRAY), dtype=np.float32)
    face = np.zeros(grey.shape, dtype=np.uint8)
    cv2.fillConvexPoly(face, cv2.convexHull(_whole(points[:IRIS_RIGHT])), (1,))
    shown = grey[(face > 0) & levelled.inside]
    dark, light = np.percentile(shown, [2, 98]) if shown.size else (0.0, 255.0)
    stretched = 60 + (grey - dark) * (165 / max(light - dark, 40.0))
    return np.where(levelled.inside, np.clip(stretched, 20, 240), OUTSIDE).astype(np.float32)


def _region_mask(
    name: str, points: FloatArray, shape: tuple[int, ...]
) -> tuple[tuple[slice, slice], NDArray[np.float32]]:
    """Find the part of a picture that holds a region, and how much of each pixel in it belongs to the region."""
    mask = np.zeros(shape[:2], dtype=np.uint8)
    band = round(_BAND * shape[1])
    right = np.asarray(_OUTLINES[name])
    for side in (right, MIRROR[right]):
        outline = _whole(points[side])
        if name == "jawline":
            cv2.polylines(mask, [outline], False, _FULL, band, cv2.LINE_AA)
        elif name == "eyes":  # the lids; the eye itself stays as it is
            cv2.polylines(mask, [outline], True, _FULL, 2 * band, cv2.LINE_AA)
            cv2.fillPoly(mask, [outline], (0,))
        elif name in _PLAIN_SKIN:
            cv2.fillConvexPoly(mask, cv2.convexHull(outline), _FULL)
        else:
            cv2.fillPoly(mask, [outline], _FULL)
    softness = max(shape[1] / (80 if name in _PLAIN_SKIN else 350), 0.5)
    left, top, width, height = cv2.boundingRect(mask)
    reach = round(4 * softness)
    where = (
        slice(max(top - reach, 0), top + height + reach),
        slice(max(left - reach, 0), left + width + reach),
    )
    soft = cv2.GaussianBlur(mask[where], (0, 0), softness)
    return where, np.asarray(soft, dtype=np.float32) / 255


def _whole(points: FloatArray) -> NDArray[np.int32]:
    return np.rint(points).astype(np.int32)
