"""One photo, measured: from a path or an array to scores, measures and findings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from symmetry.errors import SeveralFacesError
from symmetry.frame import FacialFrame, FloatArray, asymmetry_field, fit_frame
from symmetry.measures import DEFINITIONS, clinical_measures
from symmetry.mesh import MIRROR, REGIONS
from symmetry.photos import Photo, photo_from_array, read_photo
from symmetry.scale import Scale, interpupillary_distance
from symmetry.scores import REGION_NAMES, score_regions

NAN: Final = float("nan")
PERCENT: Final = "% IPD"
"""Unit of lengths where millimetres are not known: percent of the interpupillary distance."""

ImageLike = Photo | str | os.PathLike[str] | NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about a photo that its reader should know.

    Attributes
    ----------
    name : str
        Stable, for programs.
    severity : {"info", "warn", "reject"}
    advice : str
        What was found and what to do about it, one sentence.
    """

    name: str
    severity: Literal["info", "warn", "reject"]
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionScore:
    """Left-right difference of one facial region.

    Attributes
    ----------
    region : str
    asymmetry : float
        Root mean square length of the asymmetry field over the region's pairs, mm; 0 is even.
    lateral, vertical : float
        Mean over the subject-left landmarks, mm: + = the subject's left is further out, higher.
    percent, lateral_percent, vertical_percent : float
        The same three as percentages of the interpupillary distance.
    asymmetry_error, lateral_error, vertical_error : float
        95 % half-width over re-photographing an unchanged face, mm; NaN until it is known.
    """

    region: str
    asymmetry: float
    lateral: float
    vertical: float
    percent: float
    lateral_percent: float
    vertical_percent: float
    asymmetry_error: float = NAN
    lateral_error: float = NAN
    vertical_error: float = NAN

    def in_unit(self, unit: str) -> tuple[float, float, float]:
        """Asymmetry, lateral and vertical in "mm" or in "% IPD"."""
        if unit == "mm":
            return self.asymmetry, self.lateral, self.vertical
        return self.percent, self.lateral_percent, self.vertical_percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One clinical measure of a face.

    Attributes
    ----------
    name : str
    subject_right, subject_left : float
        Each side's value; NaN for measures of the midline.
    difference : float
        Left less right: + = the subject's left is higher, wider, larger, or the midline part lies toward it.
    unit : str
        "mm", "degrees", or "% IPD" where millimetres are not known.
    difference_error : float
        95 % half-width over re-photographing an unchanged face; NaN until it is known.
    """

    name: str
    subject_right: float
    subject_left: float
    difference: float
    unit: str
    difference_error: float = NAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where a head points, degrees: + = toward the subject's left, upward, the subject's left eye higher."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceAnalysis:
    """All that one photo says about the symmetry of a face.

    Attributes
    ----------
    photo : Photo
        The picture measured; swapped back if it came mirrored.
    landmarks : ndarray, shape (478, 3)
        Mirror-averaged, pixels of the upright photo at full size.
    frame : FacialFrame
        Origin and axes in those pixels.
    scale : Scale
        What was asked for.
    mm_per_pixel : float
        NaN with scale "none".
    pose : Pose
    asymmetry : ndarray, shape (478, 2)
        Each landmark less its mirrored partner, x and y of the facial frame, mm; NaN with scale "none".
    regions : mapping of str to RegionScore
    measures : mapping of str to Measure
    flags : tuple of Finding
    """

    photo: Photo
    landmarks: FloatArray
    frame: FacialFrame
    scale: Scale
    mm_per_pixel: float
    pose: Pose
    asymmetry: FloatArray
    regions: Mapping[str, RegionScore]
    measures: Mapping[str, Measure]
    flags: tuple[Finding, ...]

    @property
    def interpupillary(self) -> float:
        """Distance between the irises, pixels."""
        return float(interpupillary_distance(self.landmarks))

    @property
    def unit(self) -> str:
        """Unit of lengths in pictures and measures: "mm", or "% IPD" where millimetres are not known."""
        return "mm" if np.isfinite(self.mm_per_pixel) else PERCENT

    @property
    def unit_per_pixel(self) -> float:
        """Size of a pixel in `unit`."""
        return self.mm_per_pixel if self.unit == "mm" else 100 / self.interpupillary

    def without_pixels(self) -> FaceAnalysis:
        """Give the same result without its picture: a long series of them fits into memory."""
        return replace(self, photo=replace(self.photo, pixels=np.zeros((0, 0, 3), np.uint8)))


def analyze(
    image: ImageLike,
    *,
    scale: Scale | str = "iris",
    mirrored: bool = False,
    face: Literal["largest", "only"] = "largest",
) -> FaceAnalysis:
    """Measure the symmetry of the face in a photo.

    Parameters
    ----------
    image : path, ndarray or Photo
        A photo's file, RGB pixels (h, w, 3) uint8, or a photo read before.
    scale : Scale or str
        Where millimetres come from: "iris", "ipd=MM" (a known interpupillary distance), or "none" (percent only).
    mirrored : bool
        The photo shows the face as a mirror does, as many front cameras save it: swap the sides back.
    face : {"largest", "only"}
        With several faces: take the largest and say so, or refuse.

    Returns
    -------
    FaceAnalysis

    Raises
    ------
    PhotoError
        If the file is no photo that can be read.
    NoFaceError
        If no face is found.
    SeveralFacesError
        If there are several faces and `face` is "only".
    ScaleError
        If `scale` is not understood.
    """
    from symmetry.detection import detect_largest_face  # loads the networks: only when a photo is at hand

    wanted = Scale.parse(scale) if isinstance(scale, str) else scale
    photo = _as_photo(image)
    if mirrored:
        pixels = np.ascontiguousarray(photo.pixels[:, ::-1])
        pixels.flags.writeable = False
        photo = replace(photo, pixels=pixels)
    found = detect_largest_face(photo.pixels, count_all=face == "only")
    if found.others and face == "only":
        raise SeveralFacesError(f"{found.others + 1} faces found; crop the photo to one, or let the largest be taken")

    return measure_landmarks(photo, photo.to_full(found.landmarks), scale=wanted, flags=_other_faces(found.others))


def measure_landmarks(
    photo: Photo, landmarks: FloatArray, *, scale: Scale, flags: tuple[Finding, ...] = ()
) -> FaceAnalysis:
    """Score a photo whose landmarks (478, 3), pixels of the upright photo at full size, are known.

    What rests on landmarks beyond the photo's edge is NaN: the mesh guesses there.
    """
    outside = beyond_edge(photo, landmarks)
    if outside.any() and _FACE_CUT not in flags:
        flags = (*flags, _FACE_CUT)
    frame = fit_frame(landmarks)
    placed = frame.place(landmarks)
    interpupillary = float(interpupillary_distance(landmarks))
    mm_per_pixel = float(scale.mm_per_pixel(landmarks))
    in_mm = bool(np.isfinite(mm_per_pixel))
    unit_per_pixel = mm_per_pixel if in_mm else 100 / interpupillary

    field = asymmetry_field(placed)
    scores = score_regions(field, interpupillary)
    cut = outside | outside[MIRROR]
    unknown = [NAN if cut[pairs].any() else 0.0 for pairs in REGIONS.values()]
    regions = {
        name: RegionScore(
            region=name,
            asymmetry=float(scores.asymmetry[i]) * mm_per_pixel + unknown[i],
            lateral=float(scores.lateral[i]) * mm_per_pixel + unknown[i],
            vertical=float(scores.vertical[i]) * mm_per_pixel + unknown[i],
            percent=float(scores.percent[i]) + unknown[i],
            lateral_percent=float(scores.lateral_percent[i]) + unknown[i],
            vertical_percent=float(scores.vertical_percent[i]) + unknown[i],
        )
        for i, name in enumerate(REGION_NAMES)
    }
    taken = clinical_measures(landmarks, placed * unit_per_pixel, unit_per_pixel=unit_per_pixel, unknown=outside)
    measures = {
        definition.name: Measure(
            name=definition.name,
            subject_right=float(taken.subject_right[i]),
            subject_left=float(taken.subject_left[i]),
            difference=float(taken.difference[i]),
            unit=definition.unit if definition.unit != "mm" or in_mm else PERCENT,
        )
        for i, definition in enumerate(DEFINITIONS)
    }
    yaw, pitch, roll = (float(angle) for angle in frame.pose())
    return FaceAnalysis(
        photo=photo,
        landmarks=_read_only(landmarks),
        frame=frame,
        scale=scale,
        mm_per_pixel=mm_per_pixel,
        pose=Pose(yaw=yaw, pitch=pitch, roll=roll),
        asymmetry=_read_only(np.where(cut[:, None], NAN, field * mm_per_pixel)),
        regions=MappingProxyType(regions),
        measures=MappingProxyType(measures),
        flags=flags,
    )


def _as_photo(image: ImageLike) -> Photo:
    if isinstance(image, Photo):
        return image
    if isinstance(image, (str, os.PathLike)):
        return read_photo(image)
    return photo_from_array(image)


def _read_only(array: FloatArray) -> FloatArray:
    kept = np.array(array, dtype=np.float64)
    kept.flags.writeable = False
    return kept


_FACE_CUT: Final = Finding(
    name="face_cut",
    severity="warn",
    advice="Part of the face lies beyond the edge of the photo and is not measured; take the whole face.",
)


def beyond_edge(photo: Photo, landmarks: FloatArray) -> NDArray[np.bool_]:
    """Tell which landmarks (478, 3), full-size pixels, lie beyond the edge of their photo; shape (478,)."""
    size = np.array(photo.size) - 0.5
    return np.asarray(((landmarks[:, :2] < -0.5) | (landmarks[:, :2] > size)).any(axis=-1))


def _other_faces(others: int) -> tuple[Finding, ...]:
    if not others:
        return ()
    faces = "1 other face" if others == 1 else f"{others} other faces"
    return (
        Finding(
            name="several_faces",
            severity="info",
            advice=f"The largest face was measured, {faces} left out; crop the photo if you meant another.",
        ),
    )
