"""Clinical measures: one table says what each is, how it is taken, and from which difference on people notice it.

Definitions follow the sources named beside them; landmarks are those of the subject's right side. Norms and thresholds
come from other instruments (rulers, drawn-over photos, surface scans) and are only a guide.

To add a measure, write a function that takes it under `_measure`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import (
    BROW_UPPER_RIGHT,
    CHIN,
    CHIN_MIDLINE,
    CHIN_PAD,
    IRIS_LEFT_EDGES,
    IRIS_RIGHT,
    IRIS_RIGHT_EDGES,
    JAW_RIGHT,
    LIPS_INNER,
    LIPS_OUTER,
    MIRROR,
    NOSE_MIDLINE,
    NOSE_RIGHT,
    NOSE_TIP,
    PHILTRUM,
)
from symmetry.landmarks.planes import fit_plane
from symmetry.landmarks.points import check_points

NO_NORM: Final = "no published norm"


@dataclass(frozen=True, slots=True)
class Notice:
    """Left-right difference that most people notice: range over the studies, mm or degrees, and where they are."""

    least: float
    most: float
    source: str


@dataclass(frozen=True, slots=True)
class Norm:
    """What is published about healthy people, and where."""

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a clinical measure is."""

    name: str  # stable name, as in tables
    title: str  # name for people
    unit: str  # {"mm", "degrees"}
    region: str  # region that it belongs to: a flag that stops the region stops the measure
    # takes it from faces in the facial frame: both sides, right first, shape (..., 2), or one value of the midline,
    # shape (...). Its docstring says how, and by whose definition.
    take: Callable[[_Faces], FloatArray]
    midline: bool = False  # whether it is a measure of the midline, which has no sides
    # whether the side with the larger value is the worse one, as a lower lid that hangs; otherwise the smaller one
    wider_is_worse: bool = False
    noticed: Notice | None = None  # None where no study says
    norm: Norm = Norm(NO_NORM)  # its text is `NO_NORM` where there is none

    def noticed_from(self, unit: str) -> float | None:
        """Difference from which on people notice it; None where no study says, and in percent."""
        return self.noticed.least if self.noticed and unit in ("mm", "degrees") else None


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


def _both(landmark: int) -> NDArray[np.intp]:
    """Landmark of the right side and its partner, shape (2,)."""
    return np.array([landmark, MIRROR[landmark]], dtype=np.intp)


def _contours(*landmarks: int) -> NDArray[np.intp]:
    """Contour of the right side, from the midline outward, and that of the left, shape (2, n)."""
    return np.array([landmarks, MIRROR[list(landmarks)]], dtype=np.intp)


_IRIS, _CORNER = _both(IRIS_RIGHT), _both(61)
_UPPER_LID, _LOWER_LID = _both(159), _both(145)
_UPPER_LIP, _LOWER_LIP = _both(40), _both(91)
_NOSE_WING, _FOLD = _both(129), _both(216)
_BROW = _contours(*BROW_UPPER_RIGHT[::-1])
_LOWER_LIP_EDGE = _contours(17, 84, 181, 91)
_INNER_UPPER_LIP, _INNER_LOWER_LIP = _contours(13, 82, 81, 80, 191, 78), _contours(14, 87, 178, 88, 95, 78)
_JAW_ANGLE = _contours(58, 172, 136)

_TIPS: Final = (CHIN, PHILTRUM, NOSE_TIP)
_READ_AT: Final = (CHIN_PAD, (PHILTRUM, PHILTRUM), (NOSE_TIP, NOSE_TIP))
"""Landmarks at whose middle each is read. Along the edge of the chin no sideways movement can be seen."""
WITHOUT: Final = (
    (*JAW_RIGHT, *CHIN_MIDLINE),
    (*LIPS_OUTER, *LIPS_INNER, PHILTRUM),
    (*NOSE_RIGHT, *NOSE_MIDLINE),
)
"""Landmarks without which the midline plane of each is fitted."""


class _Faces:
    """A batch of faces in the facial frame, read at landmarks of both sides.

    Parameters
    ----------
    placed : ndarray, shape (..., 478, 3)
        Facial frame, in the unit of the results; NaN where a landmark is not to be trusted.
    deviations : ndarray, shape (..., 3)
        Of chin, philtrum and nose tip from midline planes fitted without them.
    """

    def __init__(self, placed: FloatArray, deviations: FloatArray) -> None:
        self.x, self.y = placed[..., 0], placed[..., 1]
        self._deviations = deviations

    def out(self, places: NDArray[np.intp]) -> FloatArray:
        """Distance of landmarks (2,) or (2, n) from the midline plane, + on their own side."""
        outward = np.array([-1.0, 1.0]).reshape(2, *[1] * (places.ndim - 1))
        return np.asarray(self.x[..., places] * outward)

    def height(self, places: NDArray[np.intp]) -> FloatArray:
        """Height of landmarks (2,) or (2, n) above the pupils."""
        return np.asarray(self.y[..., places])

    def contour_height(self, contours: NDArray[np.intp], out: FloatArray) -> FloatArray:
        """Height of both contours at a distance `out` (..., 2) from the midline."""
        return _interpolate(self.out(contours), self.height(contours), out)

    def iris_radius(self) -> FloatArray:
        """Horizontal radius of the irises, mean of both, shape (..., 1)."""
        across = np.abs(self.x[..., IRIS_RIGHT_EDGES[0]] - self.x[..., IRIS_RIGHT_EDGES[1]])
        across = across + np.abs(self.x[..., IRIS_LEFT_EDGES[0]] - self.x[..., IRIS_LEFT_EDGES[1]])
        return np.asarray(across[..., None] / 4)

    def corner_above_lip(self) -> FloatArray:
        """Height of the mouth corners above the point where the midline meets the lower lip's outer edge."""
        middle = _at_midline(self.x[..., _LOWER_LIP_EDGE], self.y[..., _LOWER_LIP_EDGE])
        return self.height(_CORNER) - middle[..., None]

    def deviation(self, tip: int) -> FloatArray:
        """Deviation of the chin, the philtrum or the nose tip; NaN if the landmark is not to be trusted."""
        return np.asarray(self._deviations[..., _TIPS.index(tip)] + 0.0 * self.x[..., tip])


_BROW_TOO_LOW: Final = 0.11
"""How much lower than by hand the mesh draws the upper edge of the brow, in radii of the iris (35 people)."""

_DEFINITIONS: list[Definition] = []
_Take = Callable[[_Faces], FloatArray]


def _measure(title: str, unit: str, region: str, **more: Any) -> Callable[[_Take], _Take]:
    """Define the measure that the decorated function takes and is named after."""

    def define(take: _Take) -> _Take:
        _DEFINITIONS.append(Definition(take.__name__.removeprefix("_"), title, unit, region, take, **more))
        return take

    return define


_REVIEW = "review of perception studies, Aesthetic Surgery Journal 2017, PMID 28200081"
_CHU = "Chu et al. 2011, doi 10.1001/archfacial.2010.101"
_HOHMAN = "Hohman et al. 2014, doi 10.1002/lary.24331"
_BROW_NOTICED = Notice(3.0, 3.5, f"{_CHU}; {_REVIEW}")
_LID_NOTICED = Notice(1.0, 2.0, f"Ophthalmic Plastic and Reconstructive Surgery 2024, PMID 38427814; {_REVIEW}")
_FISSURE_NOTICED = Notice(2.0, 2.0, f"{_HOHMAN}; {_REVIEW}")
_MOUTH_NOTICED = Notice(3.0, 3.0, f"{_CHU}; {_HOHMAN}; {_REVIEW}")  # the lips' edges are treated as the corner is
_CANT_NOTICED = Notice(3.0, 4.0, "review, PMC5556787")
_CHIN_NOTICED = Notice(4.0, 6.0, _REVIEW)
_NOSE_NOTICED = Notice(4.0, 4.0, _REVIEW)
_CHIN_NORM = Norm(
    text="up to 2 mm counts as normal, 2 to 4 mm as acceptable",
    source="Thai Journal of Orthodontics, chin deviation and lip canting rated by laypersons and orthodontists",
)


@_measure("brow height", "mm", "brows", noticed=_BROW_NOTICED)
def _brow_height(faces: _Faces) -> FloatArray:
    """Upper brow contour straight above the iris centre (Emotrics)."""
    contour = faces.contour_height(_BROW, faces.out(_IRIS)) - faces.height(_IRIS)
    return contour + _BROW_TOO_LOW * faces.iris_radius()


@_measure("MRD1", "mm", "eyes", noticed=_LID_NOTICED)
def _mrd1(faces: _Faces) -> FloatArray:
    """Iris centre to upper lid."""
    return faces.height(_UPPER_LID) - faces.height(_IRIS)


@_measure("MRD2", "mm", "eyes", noticed=_LID_NOTICED, wider_is_worse=True)
def _mrd2(faces: _Faces) -> FloatArray:
    """Iris centre to lower lid."""
    return faces.height(_IRIS) - faces.height(_LOWER_LID)


@_measure("palpebral fissure height", "mm", "eyes", noticed=_FISSURE_NOTICED)
def _palpebral_fissure(faces: _Faces) -> FloatArray:
    """Upper to lower lid at the eye's middle."""
    return faces.height(_UPPER_LID) - faces.height(_LOWER_LID)


@_measure("commissure height", "mm", "mouth", noticed=_MOUTH_NOTICED)
def _commissure_height(faces: _Faces) -> FloatArray:
    """Mouth corner, from the pupils' height."""
    return faces.height(_CORNER)


@_measure("mouth cant", "degrees", "mouth", midline=True, noticed=_CANT_NOTICED)
def _mouth_cant(faces: _Faces) -> FloatArray:
    """Line of the mouth corners against the frame's horizontal."""
    height = faces.height(_CORNER)
    return np.asarray(np.degrees(np.arctan2(height[..., 1] - height[..., 0], faces.out(_CORNER).sum(axis=-1))))


@_measure("commissure excursion", "mm", "mouth", noticed=_MOUTH_NOTICED)
def _commissure_excursion(faces: _Faces) -> FloatArray:
    """Mouth corner from where the midline meets the lower lip's outer edge (Emotrics)."""
    return np.asarray(np.hypot(faces.out(_CORNER), faces.corner_above_lip()))


@_measure("smile angle", "degrees", "mouth", wider_is_worse=True)
def _smile_angle(faces: _Faces) -> FloatArray:
    """Direction of the mouth corner from the same point, against the vertical (Emotrics)."""
    return np.asarray(np.degrees(np.arctan2(faces.out(_CORNER), faces.corner_above_lip())))


@_measure("upper lip height", "mm", "mouth", noticed=_MOUTH_NOTICED)
def _upper_lip_height(faces: _Faces) -> FloatArray:
    """Upper lip edge at the side, from the pupils' height."""
    return faces.height(_UPPER_LIP)


@_measure("lower lip height", "mm", "mouth", noticed=_MOUTH_NOTICED)
def _lower_lip_height(faces: _Faces) -> FloatArray:
    """Lower lip edge at the side, from the pupils' height."""
    return faces.height(_LOWER_LIP)


@_measure("dental show", "mm", "mouth")
def _dental_show(faces: _Faces) -> FloatArray:
    """Gap between the inner lips at the side, not below 0 (Emotrics)."""
    out = faces.out(_UPPER_LIP)
    gap = faces.contour_height(_INNER_UPPER_LIP, out) - faces.contour_height(_INNER_LOWER_LIP, out)
    return np.asarray(np.maximum(gap, 0.0))


@_measure("chin deviation", "mm", "jawline", midline=True, noticed=_CHIN_NOTICED, norm=_CHIN_NORM)
def _chin_deviation(faces: _Faces) -> FloatArray:
    """Middle of the chin's pad from the midline plane fitted without chin and jaw."""
    return faces.deviation(CHIN)


@_measure("chin deviation angle", "degrees", "jawline", midline=True)
def _chin_angle(faces: _Faces) -> FloatArray:
    """Deviation of the chin as an angle seen from between the eyes."""
    return np.asarray(np.degrees(np.arctan2(faces.deviation(CHIN), -faces.y[..., CHIN])))


@_measure("philtrum deviation", "mm", "mouth", midline=True)
def _philtrum_deviation(faces: _Faces) -> FloatArray:
    """Philtrum from the plane fitted without the mouth."""
    return faces.deviation(PHILTRUM)


@_measure("nose tip deviation", "mm", "nose", midline=True, noticed=_NOSE_NOTICED)
def _nose_tip_deviation(faces: _Faces) -> FloatArray:
    """Nose tip from the plane fitted without the nose."""
    return faces.deviation(NOSE_TIP)


@_measure("jaw angle height", "mm", "jawline")
def _jaw_angle_height(faces: _Faces) -> FloatArray:
    """Mean of three jaw-angle points, from the pupils' height."""
    return np.asarray(faces.height(_JAW_ANGLE).mean(axis=-1))


@_measure("jaw angle width", "mm", "jawline", wider_is_worse=True)
def _jaw_angle_width(faces: _Faces) -> FloatArray:
    """Mean of three jaw-angle points, from the midline."""
    return np.asarray(faces.out(_JAW_ANGLE).mean(axis=-1))


@_measure("nasolabial angle (proxy)", "degrees", "nasolabial")
def _nasolabial_angle(faces: _Faces) -> FloatArray:
    """Nose wing to fold; the mesh has no crease."""
    out, down = faces.out(_FOLD) - faces.out(_NOSE_WING), faces.height(_NOSE_WING) - faces.height(_FOLD)
    return np.asarray(np.degrees(np.arctan2(out, down)))


DEFINITIONS: Final = tuple(_DEFINITIONS)
MEASURE_NAMES: Final = tuple(definition.name for definition in DEFINITIONS)
REGION_OF_MEASURE: Final = {definition.name: definition.region for definition in DEFINITIONS}


def clinical_measures(
    points: ArrayLike, placed: ArrayLike, *, unit_per_pixel: ArrayLike = 1.0, unknown: ArrayLike | None = None
) -> ClinicalMeasures:
    """Take all clinical measures of a batch of faces.

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

    Raises
    ------
    InvalidPointsError
        If landmarks have another shape or are not finite.

    Examples
    --------
    >>> from symmetry.landmarks.mesh import REFERENCE
    >>> taken = clinical_measures(REFERENCE, REFERENCE)
    >>> taken.difference.shape, bool(abs(taken.difference).max() < 1e-9)
    ((18,), True)
    """
    face = check_points(placed)
    if unknown is not None:
        face = np.where(np.asarray(unknown, dtype=bool)[..., None], np.nan, face)
    normal, distance = fit_plane(points, without=WITHOUT)
    return take_measures(face, deviations(np.asarray(points), normal, distance) * np.asarray(unit_per_pixel)[..., None])


def take_measures(face: FloatArray, deviations: FloatArray) -> ClinicalMeasures:
    """Take all clinical measures of faces (..., 478, 3) whose midline's `deviations` (..., 3) are known."""
    faces = _Faces(face, deviations)
    blank = np.full(face.shape[:-2], np.nan)
    taken = [(definition.midline, definition.take(faces)) for definition in DEFINITIONS]
    right, left = (
        np.stack([blank if midline else values[..., side] for midline, values in taken], axis=-1) for side in range(2)
    )
    apart = [values if midline else values[..., 1] - values[..., 0] for midline, values in taken]
    return ClinicalMeasures(subject_right=right, subject_left=left, difference=np.stack(apart, axis=-1))


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
    return (there + back) / 2  # the two differ only where the contour folds back


def deviations(points: FloatArray, normal: FloatArray, distance: FloatArray) -> FloatArray:
    """Signed distance (..., 3) of chin, philtrum and nose tip from the planes that were fitted without them."""
    tips = points[..., _READ_AT, :].mean(axis=-2)
    return np.asarray((tips * normal).sum(axis=-1) - distance)
