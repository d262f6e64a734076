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
from symmetry.findings import Finding
from symmetry.frame import FacialFrame, FloatArray, across_jawline, asymmetry_field, fit_frame, made_even
from symmetry.measures import DEFINITIONS, clinical_measures
from symmetry.mesh import MIDLINE, MIRROR, REGIONS
from symmetry.photos import Photo, photo_from_array, read_photo
from symmetry.refinement import FieldMap, MirrorRefinement, asymmetry_map, refine_by_mirror_image
from symmetry.registration import StandardFace, standardize
from symmetry.scale import Scale, interpupillary_distance
from symmetry.scores import REGION_NAMES, score_regions

NAN: Final = float("nan")
PERCENT: Final = "% IPD"
"""Unit of lengths where millimetres are not known: percent of the interpupillary distance."""

ImageLike = Photo | str | os.PathLike[str] | NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionScore:
    """Left-right difference of one facial region.

    Attributes
    ----------
    region : str
    asymmetry : float
        Root mean square length of the asymmetry field over the region's pairs, mm; 0 is even. Pairs that could not be
        matched are left out; NaN if fewer than a third could be. Of the jawline: across its edge alone.
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
        Each landmark less its mirrored partner, x and y of the facial frame, mm; at the jawline across its edge alone.
        NaN where the image says too little, and with scale "none".
    regions : mapping of str to RegionScore
    measures : mapping of str to Measure
    flags : tuple of Finding
    standard : StandardFace or None
        The face on the shape that all faces share, for a comparison with another photo.
    refined : MirrorRefinement or None
        What the image adds to the landmarks; None from landmarks alone.
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
    standard: StandardFace | None
    refined: MirrorRefinement | None

    @property
    def method(self) -> Literal["registration", "landmarks"]:
        """What the numbers rest on: the image, begun by the landmarks, or the landmarks alone."""
        return "landmarks" if self.refined is None else "registration"

    @property
    def points(self) -> FloatArray:
        """Landmarks (478, 3) that were scored: refined where the image allows."""
        return self.landmarks if self.refined is None else self.refined.points

    @property
    def asymmetry_map(self) -> FieldMap | None:
        """Left-right difference over the face in `unit`, for pictures; None from landmarks alone."""
        return None if self.refined is None else asymmetry_map(self.refined, self.frame, self.unit_per_pixel)

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
        """Give the same result without its pictures: a long series of them fits into memory.

        Compared with another face it goes by the landmarks alone.
        """
        return replace(self, photo=replace(self.photo, pixels=np.zeros((0, 0, 3), np.uint8)), standard=None)


def analyze(
    image: ImageLike,
    *,
    scale: Scale | str = "iris",
    mirrored: bool = False,
    face: Literal["largest", "only"] = "largest",
    landmarks_only: bool = False,
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
    landmarks_only : bool
        Go by the face mesh alone: faster, and nearly blind to local differences.

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

    landmarks = photo.to_full(found.landmarks)
    flags = _other_faces(found.others)
    if landmarks_only:
        return measure_landmarks(photo, landmarks, scale=wanted, flags=flags)
    standard = standardize(photo, landmarks)
    refined = refine_by_mirror_image(standard, landmarks)
    return measure_landmarks(photo, landmarks, scale=wanted, standard=standard, refined=refined, flags=flags)


def measure_landmarks(
    photo: Photo,
    landmarks: FloatArray,
    *,
    scale: Scale,
    standard: StandardFace | None = None,
    refined: MirrorRefinement | None = None,
    as_pair: FloatArray | None = None,
    flags: tuple[Finding, ...] = (),
) -> FaceAnalysis:
    """Score a photo whose landmarks (478, 3), pixels of the upright photo at full size, are known.

    What rests on landmarks beyond the photo's edge is NaN, for the mesh guesses there, and so is what the image could
    not match between the sides. As one of a pair, the points that are scored are given too (478, 3), in pixels of the
    facial frame that the pair shares.
    """
    points = landmarks if refined is None else refined.points
    outside = beyond_edge(photo, landmarks)
    cut = outside | outside[MIRROR]
    frame = fit_frame(points)
    placed = frame.place(points) if as_pair is None else as_pair
    interpupillary = float(interpupillary_distance(landmarks))
    mm_per_pixel = float(scale.mm_per_pixel(landmarks))
    in_mm = bool(np.isfinite(mm_per_pixel))
    unit_per_pixel = mm_per_pixel if in_mm else 100 / interpupillary

    field = across_jawline(asymmetry_field(placed), made_even(placed))
    unmatched = np.zeros_like(outside) if refined is None else ~refined.seen
    field[unmatched] = NAN
    hidden = outside | unmatched
    if (hidden | hidden[MIRROR])[REGIONS["face"]].mean() > _MOST_HIDDEN:
        hidden[MIDLINE] = True
    scores = score_regions(field, interpupillary)
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
    taken = clinical_measures(placed, placed * unit_per_pixel, unit_per_pixel=unit_per_pixel, unknown=hidden)
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
    unseen = [name for i, name in enumerate(REGION_NAMES) if np.isnan(scores.percent[i]) and unknown[i] == 0.0]
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
        flags=_with_what_is_missing(flags, cut=bool(outside.any()), unseen=unseen),
        standard=standard,
        refined=refined,
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


_MOST_HIDDEN: Final = 0.5
"""Share of a face's pairs that may be unknown before its midline, which they set, is not known either."""
NOT_SEEN: Final = "not_seen"
_FACE_CUT: Final = Finding(
    name="face_cut",
    severity="warn",
    advice="Part of the face lies beyond the edge of the photo and is not measured; take the whole face.",
)


def _with_what_is_missing(flags: tuple[Finding, ...], *, cut: bool, unseen: list[str]) -> tuple[Finding, ...]:
    """Bring the findings about what could not be measured up to date."""
    kept = [flag for flag in flags if flag.name not in (_FACE_CUT.name, NOT_SEEN)]
    if cut:
        kept.append(_FACE_CUT)
    if unseen:
        kept.append(not_seen("Left and right look too different in the photo to be compared", unseen))
    return tuple(kept)


def not_seen(why: str, regions: list[str]) -> Finding:
    """Name the regions that could not be matched."""
    names = [region.replace("_", " ") for region in regions]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return Finding(name=NOT_SEEN, severity="info", advice=f"{why}: {listed}.")


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
