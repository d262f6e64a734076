"""Faces tinted by an amount, over a photo without its colours: point by point, or region by region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, zoom

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import (
    CHEEK_RIGHT,
    EYE_RIGHT,
    FOLD_RIGHT,
    IRIS_RIGHT,
    LIPS_OUTER,
    MIRROR,
    NOSE_MIDLINE,
    NOSE_RIGHT,
)
from symmetry.measure.change import Change
from symmetry.measure.face import FaceAnalysis
from symmetry.output.colours import FULL_MOVEMENT, amount_colour, amount_rgb
from symmetry.output.contours import BROW, JAWLINE
from symmetry.output.figures.levelling import OUTSIDE, LevelledFace, Pixels
from symmetry.registration.refinement import FieldMap

# Regions of the right side as closed outlines; those that may lie over others come last.
_OUTLINES: Final[dict[str, tuple[int, ...]]] = {
    "cheeks": CHEEK_RIGHT,
    "nasolabial": FOLD_RIGHT,
    "nose": (*NOSE_RIGHT, *NOSE_MIDLINE[4:]),
    "brows": BROW,
    "eyes": EYE_RIGHT,
    "jawline": JAWLINE,
    "mouth": LIPS_OUTER,
}
TINTED: Final = tuple(_OUTLINES)
_PLAIN_SKIN = ("cheeks", "nasolabial", "nose")  # landmarks in no order: the hull round them

_OPACITY = 0.62
_BAND = 0.026
"""Width of the band along a jaw or round an eye, as a share of the crop's width."""
_FULL = (255,)

_MAP_OPACITY = 0.82
_SHADED, _LIGHT = 0.55, 200.0
"""How far the colours of a map follow the photo's light and shade, and the grey level that leaves them unchanged."""
_DIMMED = 0.8
"""Brightness of the photo round a map: the palest colour stands out from what has none."""
_COARSE = 4
"""Pixels of the crop from one at which a map is worked out to the next; the map itself is coarser still."""
_DENSER = 8
"""Points of a map along one, so that some fall on each of those pixels."""
_BESIDE = 0.08
"""What counts as beside a point of a map, in interpupillary distances: the next one is 0.06 away."""
_SOFT = 0.016
"""Smoothing of a map's edge, as a share of the crop's width."""


def region_colour(face: FaceAnalysis, name: str) -> str:
    """Colour of a region's asymmetry; neutral grey where it could not be measured."""
    return amount_colour(face.regions[name].in_unit(face.unit)[0], face.unit)


def tint_map(levelled: LevelledFace, places: FloatArray, amounts: FloatArray, *, full: float) -> Pixels:
    """Levelled photo in grey, tinted by an amount that is known at points of the face.

    Parameters
    ----------
    levelled : LevelledFace
    places : ndarray, shape (m, n, 2)
        Of the points in the crop; neighbours in the array are neighbours on the face.
    amounts : ndarray, shape (m, n)
        NaN where there is nothing to tell; there the photo stays grey.
    full : float
        Amount at the dark end of the colours.

    Returns
    -------
    ndarray, shape (h, w, 3), uint8
    """
    grey = _even_grey(levelled, levelled.locate(levelled.face.landmarks))[..., None]
    # The colour at an edge is that of the known side: there the amount goes on, and only the opacity ends.
    values = np.stack([fill_gaps(amounts[..., None])[..., 0], np.isfinite(amounts)], axis=-1)
    amount, known = np.moveaxis(_spread_over(levelled, places, values), -1, 0)
    smooth = cv2.GaussianBlur(known, (0, 0), _SOFT * known.shape[1])
    opacity = _MAP_OPACITY * _ramp(known, 0.35, 0.85) * _ramp(smooth, 0.45, 0.6) * levelled.inside
    colour = amount_rgb(amount / full).astype(np.float32)
    shaded = colour * (1 - _SHADED + _SHADED * grey / _LIGHT)
    picture = _DIMMED * grey
    picture = picture + opacity[..., None] * (shaded - picture)
    return np.asarray(np.clip(np.rint(picture), 0, 255), dtype=np.uint8)


def tint_movement(change: Change, onto: LevelledFace, locate: Callable[[FloatArray], FloatArray]) -> Pixels:
    """Levelled photo tinted by what has moved since before; as it is where that is known from landmarks alone.

    Parameters
    ----------
    change : Change
    onto : LevelledFace
        The face after.
    locate : callable
        Place in its crop of points (m, n, 2) of the photo before.
    """
    field, face = change.map, change.before
    if field is None:
        return onto.pixels
    gone = fill_gaps(field.vectors) / face.unit_per_pixel @ face.frame.axes[:2, :2]
    amounts = np.linalg.norm(field.vectors, axis=-1)
    return tint_map(onto, locate(field.points + gone), amounts, full=FULL_MOVEMENT[face.unit])


def beside_colour(points: FloatArray, field: FieldMap, interpupillary: float) -> NDArray[np.bool_]:
    """Tell which points (n, 2), pixels of the map's photo, stand within its colours or at their edge; shape (n,)."""
    known = field.points[np.isfinite(field.vectors[..., 0])]
    distance = np.linalg.norm(points[:, None] - known, axis=-1).min(axis=1, initial=np.inf)
    return np.asarray(distance < _BESIDE * interpupillary)


def fill_gaps(vectors: FloatArray) -> FloatArray:
    """Vectors (m, n, k) with those that are NaN replaced by the nearest that are not; by zero if all are NaN."""
    unknown = np.isnan(vectors[..., 0])
    if unknown.all():
        return np.zeros_like(vectors)
    return np.asarray(vectors[tuple(distance_transform_edt(unknown, return_distances=False, return_indices=True))])


def _spread_over(levelled: LevelledFace, places: FloatArray, values: FloatArray) -> NDArray[np.float32]:
    """Values (m, n, k) at places in a crop for each of its pixels, shape (h, w, k); about 0 beyond the places."""
    height, width = levelled.pixels.shape[:2]
    rows, columns = -(-height // _COARSE), -(-width // _COARSE)
    given = np.dstack([places, values, np.ones(places.shape[:2])])
    dense = zoom(given, (_DENSER, _DENSER, 1), order=1, grid_mode=True, mode="nearest").reshape(-1, given.shape[-1])
    column, row = np.rint((dense[:, :2] - (_COARSE - 1) / 2) / _COARSE).astype(int).T
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    sums = np.zeros((rows, columns, given.shape[-1] - 2), dtype=np.float32)
    np.add.at(sums, (row[inside], column[inside]), dense[inside, 2:])
    sums = np.asarray(cv2.GaussianBlur(sums, (0, 0), 1.0))  # no pixel stays without a value
    coarse = sums[..., :-1] / np.maximum(sums[..., -1:], 0.1)
    fine = cv2.resize(coarse, (columns * _COARSE, rows * _COARSE), interpolation=cv2.INTER_LINEAR)
    return np.asarray(fine[:height, :width], dtype=np.float32)


def _ramp(values: NDArray[np.float32], start: float, end: float) -> NDArray[np.float32]:
    """0 up to `start`, 1 from `end` on."""
    return np.asarray(np.clip((values - start) / (end - start), 0, 1), dtype=np.float32)


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
        colour = np.array([*bytes.fromhex(region_colour(face, name)[1:])], dtype=np.float32)
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
