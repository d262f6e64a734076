"""Clinical measures from the mesh: heights, distances and angles of each side, and the signed difference.

Definitions follow the sources named beside each one; landmarks are written for the subject's right side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.frame import check_points, fit_plane
from symmetry.landmarks.mesh import (
    BROW_UPPER_RIGHT,
    CHIN,
    CHIN_MIDLINE,
    IRIS_RIGHT,
    JAW_RIGHT,
    LIPS_INNER,
    LIPS_OUTER,
    MIRROR,
    NOSE_MIDLINE,
    NOSE_RIGHT,
    NOSE_TIP,
    PHILTRUM,
)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a clinical measure is.

    Attributes
    ----------
    name : str
        Stable name, as in tables.
    title : str
        For people.
    unit : {"mm", "degrees"}
    text : str
        How it is taken from the mesh, and by whose definition.
    """

    name: str
    title: str
    unit: str
    text: str


DEFINITIONS: Final = (
    Definition("brow_height", "brow height", "mm", "upper brow contour straight above the iris centre (Emotrics)"),
    Definition("mrd1", "MRD1", "mm", "iris centre to upper lid"),
    Definition("mrd2", "MRD2", "mm", "iris centre to lower lid"),
    Definition("palpebral_fissure", "palpebral fissure height", "mm", "upper to lower lid at the eye's middle"),
    Definition("commissure_height", "commissure height", "mm", "mouth corner, from the pupils' height"),
    Definition("mouth_cant", "mouth cant", "degrees", "line of the mouth corners against the frame's horizontal"),
    Definition(
        "commissure_excursion",
        "commissure excursion",
        "mm",
        "mouth corner from where the midline meets the lower lip's outer edge (Emotrics)",
    ),
    Definition("smile_angle", "smile angle", "degrees", "direction of that line against the vertical (Emotrics)"),
    Definition("upper_lip_height", "upper lip height", "mm", "upper lip edge at the side, from the pupils' height"),
    Definition("lower_lip_height", "lower lip height", "mm", "lower lip edge at the side, from the pupils' height"),
    Definition("dental_show", "dental show", "mm", "gap between the inner lips at the side, not below 0 (Emotrics)"),
    Definition("chin_deviation", "chin deviation", "mm", "chin from the midline plane fitted without chin and jaw"),
    Definition("chin_angle", "chin deviation angle", "degrees", "the same as an angle seen from between the eyes"),
    Definition("philtrum_deviation", "philtrum deviation", "mm", "philtrum from the plane fitted without the mouth"),
    Definition("nose_tip_deviation", "nose tip deviation", "mm", "nose tip from the plane fitted without the nose"),
    Definition("jaw_angle_height", "jaw angle height", "mm", "mean of three jaw-angle points, from the pupils' height"),
    Definition("jaw_angle_width", "jaw angle width", "mm", "mean of three jaw-angle points, from the midline"),
    Definition("nasolabial_angle", "nasolabial angle (proxy)", "degrees", "nose wing to fold; the mesh has no crease"),
)
MEASURE_NAMES: Final = tuple(definition.name for definition in DEFINITIONS)
IS_ANGLE: Final = np.array([definition.unit == "degrees" for definition in DEFINITIONS])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClinicalMeasures:
    """All measures of a batch of faces; arrays (..., 18) in the order of `MEASURE_NAMES`.

    Attributes
    ----------
    subject_right, subject_left : ndarray
        Each side's own value; NaN for measures of the midline.
    difference : ndarray
        Left less right: + = the subject's left is higher, wider, larger; of the midline: + = toward the subject's left.
    """

    subject_right: FloatArray
    subject_left: FloatArray
    difference: FloatArray


def _both(*indices: int) -> NDArray[np.intp]:
    """Landmarks of both sides, shape (2, n): the subject's right, then left."""
    return np.array([indices, MIRROR[list(indices)]], dtype=np.intp)


_IRIS = _both(IRIS_RIGHT)
_BROW = _both(*BROW_UPPER_RIGHT[::-1])  # from the midline outward, as all contours here
_UPPER_LID, _LOWER_LID = _both(159), _both(145)
_CORNER = _both(61)
_LOWER_EDGE = _both(17, 84, 181, 91)
_UPPER_STATION, _LOWER_STATION = _both(40), _both(91)
_INNER_UPPER, _INNER_LOWER = _both(13, 82, 81, 80, 191, 78), _both(14, 87, 178, 88, 95, 78)
_JAW_ANGLE = _both(58, 172, 136)
_NOSE_WING, _FOLD = _both(129), _both(216)
_OUTWARD = np.array([[-1.0], [1.0]])

_TIPS: Final = (CHIN, PHILTRUM, NOSE_TIP)
_WITHOUT = (
    (*JAW_RIGHT, *CHIN_MIDLINE),
    (*LIPS_OUTER, *LIPS_INNER, PHILTRUM),
    (*NOSE_RIGHT, *NOSE_MIDLINE),
)


def clinical_measures(
    points: ArrayLike, placed: ArrayLike, *, unit_per_pixel: ArrayLike = 1.0, unknown: ArrayLike | None = None
) -> ClinicalMeasures:
    """Take all clinical measures.

    Parameters
    ----------
    points : array_like, shape (..., 478, 3)
        Landmarks in pixels, in image axes or in the facial frame; for the midline planes that leave a part out.
    placed : array_like, shape (..., 478, 3)
        The same landmarks in the facial frame, in the unit of the results.
    unit_per_pixel : array_like, shape (...)
        Size of a pixel in that unit.
    unknown : array_like of bool, shape (..., 478), optional
        Landmarks that are not to be trusted: what rests on them is NaN.

    Returns
    -------
    ClinicalMeasures
        Lengths in the unit of `placed`, angles in degrees.
    """
    face = check_points(placed)
    if unknown is not None:
        face = np.where(np.asarray(unknown, dtype=bool)[..., None], np.nan, face)
    x, y = face[..., 0], face[..., 1]

    def out(side: NDArray[np.intp]) -> FloatArray:
        """Distance from the midline plane, + on the landmark's own side, shape (..., 2, n)."""
        return np.asarray(x[..., side] * _OUTWARD)

    def height(side: NDArray[np.intp]) -> FloatArray:
        return np.asarray(y[..., side])

    def at(contour: NDArray[np.intp], place: FloatArray) -> FloatArray:
        return _interpolate(out(contour), height(contour), place)

    iris_y, iris_out = height(_IRIS)[..., 0], out(_IRIS)[..., 0]
    upper_lid, lower_lid = height(_UPPER_LID)[..., 0], height(_LOWER_LID)[..., 0]
    corner_out, corner_y = out(_CORNER)[..., 0], height(_CORNER)[..., 0]
    lip_middle = _at_midline(x[..., _LOWER_EDGE], y[..., _LOWER_EDGE])[..., None]
    station = out(_UPPER_STATION)[..., 0]
    jaw_y, jaw_out = height(_JAW_ANGLE).mean(axis=-1), out(_JAW_ANGLE).mean(axis=-1)
    fold_out = (out(_FOLD) - out(_NOSE_WING))[..., 0]
    fold_down = (height(_NOSE_WING) - height(_FOLD))[..., 0]

    by_side = {
        "brow_height": at(_BROW, iris_out) - iris_y,
        "mrd1": upper_lid - iris_y,
        "mrd2": iris_y - lower_lid,
        "palpebral_fissure": upper_lid - lower_lid,
        "commissure_height": corner_y,
        "commissure_excursion": np.hypot(corner_out, corner_y - lip_middle),
        "smile_angle": np.degrees(np.arctan2(corner_out, corner_y - lip_middle)),
        "upper_lip_height": height(_UPPER_STATION)[..., 0],
        "lower_lip_height": height(_LOWER_STATION)[..., 0],
        "dental_show": np.maximum(at(_INNER_UPPER, station) - at(_INNER_LOWER, station), 0.0),
        "jaw_angle_height": jaw_y,
        "jaw_angle_width": jaw_out,
        "nasolabial_angle": np.degrees(np.arctan2(fold_out, fold_down)),
    }
    deviation = _deviations(check_points(points), np.asarray(unit_per_pixel))
    chin, philtrum, nose_tip = (deviation[..., i] + 0.0 * x[..., tip] for i, tip in enumerate(_TIPS))
    of_midline = {
        "mouth_cant": np.degrees(np.arctan2(corner_y[..., 1] - corner_y[..., 0], corner_out.sum(axis=-1))),
        "chin_deviation": chin,
        "chin_angle": np.degrees(np.arctan2(chin, -y[..., CHIN])),
        "philtrum_deviation": philtrum,
        "nose_tip_deviation": nose_tip,
    }
    blank = np.full(x.shape[:-1], np.nan)
    return ClinicalMeasures(
        subject_right=np.stack([by_side[n][..., 0] if n in by_side else blank for n in MEASURE_NAMES], axis=-1),
        subject_left=np.stack([by_side[n][..., 1] if n in by_side else blank for n in MEASURE_NAMES], axis=-1),
        difference=np.stack(
            [by_side[n][..., 1] - by_side[n][..., 0] if n in by_side else of_midline[n] for n in MEASURE_NAMES],
            axis=-1,
        ),
    )


def _interpolate(out: FloatArray, height: FloatArray, place: FloatArray) -> FloatArray:
    """Height at `place` (..., 2) of contours (..., 2, n) that run outward; level beyond their ends."""
    step = np.diff(out, axis=-1)
    along = (place[..., None] - out[..., :-1]) / np.where(step > 0, step, np.inf)
    return np.asarray(height[..., 0] + (np.clip(along, 0.0, 1.0) * np.diff(height, axis=-1)).sum(axis=-1))


def _at_midline(x: FloatArray, y: FloatArray) -> FloatArray:
    """Height, shape (...), at which contours (..., 2, n) from their common middle landmark outward cross x = 0."""
    across = np.concatenate([x[..., 0, ::-1], x[..., 1, 1:]], axis=-1)
    height = np.concatenate([y[..., 0, ::-1], y[..., 1, 1:]], axis=-1)
    middle = np.zeros(across.shape[:-1])
    there = _interpolate(across, height, middle)
    back = _interpolate(-across[..., ::-1], height[..., ::-1], middle)
    return (there + back) / 2  # the same only where the contour does not fold back


def _deviations(points: FloatArray, unit_per_pixel: FloatArray) -> FloatArray:
    """Chin, philtrum and nose tip: signed distance (..., 3) from planes fitted without them."""
    normal, distance = fit_plane(points, without=_WITHOUT)
    tips = points[..., list(_TIPS), :]
    return np.asarray(((tips * normal).sum(axis=-1) - distance) * unit_per_pixel[..., None])
