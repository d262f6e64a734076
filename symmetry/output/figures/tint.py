"""Grey photos tinted by an amount, point by point or region by region."""

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

# Closed outlines of the right side; regions that may cover others come last.
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
_PLAIN_SKIN = ("cheeks", "nasolabial", "nose")  # unordered landmarks: their hull

_OPACITY = 0.62
_BAND = 0.026
"""Width of the band along the jaw or around an eye, as a share of the crop's width."""
_FULL = (255,)

_MAP_OPACITY = 0.82
_SHADED, _LIGHT = 0.55, 200.0
"""How strongly colours follow the light and shade of the photo, and the grey level that leaves them unchanged."""
_DIMMED = 0.8
"""Brightness of the photo around a map, so that even the palest colour stands out."""
_COARSE = 4
"""Spacing in pixels at which a map is evaluated; the map itself is coarser still."""
_DENSER = 8
"""Upsampling of the map, so that every one of those pixels receives points."""
_BESIDE = 0.08
"""Distance within which a place counts as beside a point of a map, in interpupillary distances (spacing: 0.06)."""
_SOFT = 0.016
"""Smoothing of the edge of a map, as a share of the crop's width."""


def region_colour(face: FaceAnalysis, name: str) -> str:
    """Return the colour of a region's asymmetry; neutral grey where it could not be measured."""
    return amount_colour(face.regions[name].in_unit(face.unit)[0], face.unit)


def tint_map(levelled: LevelledFace, places: FloatArray, amounts: FloatArray, *, full: float) -> Pixels:
    """Tint a grey, levelled photo by an amount known at points of the face.

    Parameters
    ----------
    levelled : LevelledFace
    places : ndarray, shape (m, n, 2)
        Crop coordinates; neighbours in the array are neighbours on the face.
    amounts : ndarray, shape (m, n)
        NaN where unknown; the photo stays grey there.
    full : float
        Amount of the darkest colour.

    Returns
    -------
    ndarray, shape (h, w, 3), uint8
    """
    grey = _even_grey(levelled, levelled.locate(levelled.face.landmarks))[..., None]
    # At an edge the amount continues beyond the known side; only the opacity ends there.
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
    """Tint the levelled photo after by what moved since before; leave it as it is without a dense map.

    Parameters
    ----------
    change : Change
    onto : LevelledFace
        The face after.
    locate : callable
        Maps points (m, n, 2) of the photo before to its crop.
    """
    field, face = change.map, change.before
    if field is None:
        return onto.pixels
    gone = fill_gaps(field.vectors) / face.unit_per_pixel @ face.frame.axes[:2, :2]
    amounts = np.linalg.norm(field.vectors, axis=-1)
    return tint_map(onto, locate(field.points + gone), amounts, full=FULL_MOVEMENT[face.unit])


def beside_colour(points: FloatArray, field: FieldMap, interpupillary: float) -> NDArray[np.bool_]:
    """Return which points (n, 2) of the map's photo lie within its known area or at the edge of it, shape (n,)."""
    known = field.points[np.isfinite(field.vectors[..., 0])]
    distance = np.linalg.norm(points[:, None] - known, axis=-1).min(axis=1, initial=np.inf)
    return np.asarray(distance < _BESIDE * interpupillary)


def fill_gaps(vectors: FloatArray) -> FloatArray:
    """Replace vectors (m, n, k) that are NaN by their nearest known neighbours, or by zero if none is known."""
    unknown = np.isnan(vectors[..., 0])
    if unknown.all():
        return np.zeros_like(vectors)
    return np.asarray(vectors[tuple(distance_transform_edt(unknown, return_distances=False, return_indices=True))])


def _spread_over(levelled: LevelledFace, places: FloatArray, values: FloatArray) -> NDArray[np.float32]:
    """Interpolate values (m, n, k) at places in a crop to its pixels, shape (h, w, k); about 0 beyond the places."""
    height, width = levelled.pixels.shape[:2]
    rows, columns = -(-height // _COARSE), -(-width // _COARSE)
    given = np.dstack([places, values, np.ones(places.shape[:2])])
    dense = zoom(given, (_DENSER, _DENSER, 1), order=1, grid_mode=True, mode="nearest").reshape(-1, given.shape[-1])
    column, row = np.rint((dense[:, :2] - (_COARSE - 1) / 2) / _COARSE).astype(int).T
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    sums = np.zeros((rows, columns, given.shape[-1] - 2), dtype=np.float32)
    np.add.at(sums, (row[inside], column[inside]), dense[inside, 2:])
    sums = np.asarray(cv2.GaussianBlur(sums, (0, 0), 1.0))  # every pixel gets a value
    coarse = sums[..., :-1] / np.maximum(sums[..., -1:], 0.1)
    fine = cv2.resize(coarse, (columns * _COARSE, rows * _COARSE), interpolation=cv2.INTER_LINEAR)
    return np.asarray(fine[:height, :width], dtype=np.float32)


def _ramp(values: NDArray[np.float32], start: float, end: float) -> NDArray[np.float32]:
    """Rise linearly from 0 at `start` to 1 at `end`."""
    return np.asarray(np.clip((values - start) / (end - start), 0, 1), dtype=np.float32)


def tint_regions(levelled: LevelledFace) -> Pixels:
    """Tint the regions of a grey, levelled photo by their asymmetry.

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
    """Return the luminance, stretched so that no face is too dark or too bright, whatever the skin and the light."""
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
    """Return the part of a picture that holds a region, and the share of each of its pixels within the region."""
    mask = np.zeros(shape[:2], dtype=np.uint8)
    band = round(_BAND * shape[1])
    right = np.asarray(_OUTLINES[name])
    for side in (right, MIRROR[right]):
        outline = _whole(points[side])
        if name == "jawline":
            cv2.polylines(mask, [outline], False, _FULL, band, cv2.LINE_AA)
        elif name == "eyes":  # the lids only
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
    return where, np.asarray(soft / np.float32(255), dtype=np.float32)


def _whole(points: FloatArray) -> NDArray[np.int32]:
    return np.rint(points).astype(np.int32)
