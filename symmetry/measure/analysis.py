"""From a photo to a measured face: detection, refinement, scores, errors, flags."""

from __future__ import annotations

import os
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.errors import SeveralFacesError
from symmetry.landmarks.frame import ARM_MM, FacialFrame, across_jawline, asymmetry_field, fit_frame, made_even
from symmetry.landmarks.mesh import AVERAGE_IPD_MM, MIDLINE, MIRROR, REGIONS, WHOLES
from symmetry.landmarks.scale import Scale, interpupillary_distance
from symmetry.measure.conditions import PhotoConditions
from symmetry.measure.face import (
    NAN,
    PERCENT,
    Detection,
    Evidence,
    FaceAnalysis,
    Measure,
    Pose,
    RegionScore,
    portrait_of,
)
from symmetry.measure.measures import DEFINITIONS, REGION_OF_MEASURE, ClinicalMeasures, clinical_measures
from symmetry.measure.options import Measuring, MeasuringOptions
from symmetry.measure.quality import check_photo, light_of
from symmetry.measure.quality.flags import ALL, Flag, joined, rejecting
from symmetry.measure.reliability_table import (
    PHOTO_NUMBERS,
    REGIONS_OF_PHOTO,
    Method,
    ReliabilityTable,
    ReliabilityTables,
    of_method,
)
from symmetry.measure.scores import REGION_NAMES, region_means
from symmetry.measure.uncertainty import noiseless_scores, photo_difficulty, photo_sds, unseen_part
from symmetry.photos.reading import Photo, photo_from_array, read_photo
from symmetry.registration import standardize
from symmetry.registration.refinement import refine_by_mirror_image
from symmetry.skin.analysis import measure_skin
from symmetry.stats.estimates import half_width

if TYPE_CHECKING:
    from typing_extensions import Unpack

_NO_EVIDENCE: Final = Evidence()
_IN_MM: Final = ("asymmetry", "lateral", "vertical", "asymmetry_error", "lateral_error", "vertical_error")
_IN_PERCENT: Final = (
    *("percent", "lateral_percent", "vertical_percent"),
    *("percent_error", "lateral_percent_error", "vertical_percent_error"),
)
ImageLike = Photo | str | os.PathLike[str] | NDArray[np.uint8]


def analyze(image: ImageLike, **options: Unpack[MeasuringOptions]) -> FaceAnalysis:
    """Measure the symmetry of the face in a photo.

    Parameters
    ----------
    image : path, ndarray or Photo
        A photo's file, RGB pixels (h, w, 3) uint8, or a photo read before.
    **options
        `scale` : Scale or str
            Where millimetres come from: "iris", "ipd=MM" (a known interpupillary distance), or "none" (percent only).
        `mirrored` : bool
            The photo is mirrored, as many front cameras save it: swap the sides back.
        `face` : {"largest", "only"}
            With several faces: measure the largest and raise a flag, or refuse.
        `landmarks_only` : bool
            Use the face mesh alone: faster, but nearly blind to local differences.
        `skin` : bool
            Measure the skin, too, as `analyze_skin` does.
        `reliability` : mapping
            Tables behind the errors, from `read_reliability`; the shipped ones by default.

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
    return measure_photo(image, Measuring.of(**options))


def measure_photo(image: ImageLike, measuring: Measuring) -> FaceAnalysis:
    """Measure the face in a photo as `analyze` does, with options that are checked already."""
    from symmetry.landmarks.detection import detect_largest_face  # loads the networks: only when a photo is at hand
    from symmetry.landmarks.eyes import see_eyes

    photo = _as_photo(image)
    if measuring.mirrored:
        photo = turned_back(photo)
    only = measuring.face == "only"
    found = detect_largest_face(photo.pixels, count_all=only)
    if found.others and only:
        raise SeveralFacesError(f"{found.others + 1} faces found; crop the photo to one, or let the largest be taken")

    eyes = see_eyes(photo.pixels, found.landmarks)
    landmarks = photo.to_full(eyes.landmarks)
    detection = Detection(
        crops=_read_only(photo.to_full(found.crops)),
        disagreement=found.disagreement,
        others=found.others,
        on_lids=eyes.on_lids,
    )
    standard = standardize(photo, landmarks)
    portrait = portrait_of(photo, landmarks, standard, detection)
    flags = check_photo(portrait)
    evidence = Evidence(
        standard=standard,
        refined=None if measuring.landmarks_only else refine_by_mirror_image(standard, landmarks),
        flags=flags,
        detection=replace(detection, side_light=light_of(portrait).side_light),
        skin=measure_skin(photo, landmarks, stopped=stopping(flags)) if measuring.skin else None,
    )
    return measure_landmarks(
        photo, landmarks, scale=measuring.scale, evidence=evidence, reliability=measuring.reliability
    )


def turned_back(photo: Photo) -> Photo:
    """Swap the sides of a photo that was saved mirrored."""
    pixels = np.ascontiguousarray(photo.pixels[:, ::-1])
    pixels.flags.writeable = False
    return replace(photo, pixels=pixels)


def measure_landmarks(
    photo: Photo,
    landmarks: FloatArray,
    *,
    scale: Scale,
    evidence: Evidence = _NO_EVIDENCE,
    as_pair: FloatArray | None = None,
    reliability: ReliabilityTables | None = None,
) -> FaceAnalysis:
    """Score a photo whose landmarks are known.

    NaN is what rests on landmarks beyond the photo's edge, could not be matched between the sides, or a flag rejects.

    Parameters
    ----------
    photo : Photo
    landmarks : ndarray, shape (478, 3)
        Pixels of the upright photo at full size.
    scale : Scale
    evidence : Evidence, optional
    as_pair : ndarray, shape (478, 3), optional
        Points to score for one photo of a pair, pixels of the facial frame that the two share.
    reliability : mapping, optional
    """
    refined, flags, detection = evidence.refined, evidence.flags, evidence.detection
    points = landmarks if refined is None else refined.points
    frame = fit_frame(points, camera_mm=ARM_MM)
    placed = frame.place(points) if as_pair is None else as_pair
    size = _size_of(landmarks, scale)
    shown = _shown(placed, beyond_edge(photo, landmarks), evidence)
    pose = _pose_of(frame)
    method: Method = "landmarks" if refined is None else "registration"
    table = of_method(reliability, method)
    errors = _errors(table, method, evidence, pose, size, unseen_part(shown.field * size.mm))
    scores = _region_scores(shown.field * size.mm, table.field_noise, errors, shown.cut, flags)
    regions = {name: _in_units(name, *one, size) for name, one in scores.items()}
    measured = placed.copy()
    if as_pair is None:  # on its margin, not on the skin beside it, by which registration reads a lid
        measured[detection.on_lids, 1] = frame.place(landmarks)[detection.on_lids, 1]
    taken = clinical_measures(placed, measured * size.unit, unit_per_pixel=size.unit, unknown=shown.hidden)
    return FaceAnalysis(
        photo=photo,
        landmarks=_read_only(landmarks),
        frame=frame,
        scale=scale,
        mm_per_pixel=size.mm_per_pixel,
        pose=pose,
        asymmetry=_read_only(shown.field * size.mm_per_pixel),
        difference=_read_only(shown.field * size.unit),
        regions=MappingProxyType(regions),
        measures=MappingProxyType(_measures(taken, errors[REGIONS_OF_PHOTO.stop :], flags, in_mm=size.in_mm)),
        flags=_with_what_is_missing(flags, shown.unmatched),
        standard=evidence.standard,
        refined=refined,
        detection=detection,
        skin=evidence.skin,
    )


def _errors(
    table: ReliabilityTable, method: Method, evidence: Evidence, pose: Pose, size: _Size, unseen: FloatArray
) -> FloatArray:
    """95 % half-widths (54,) of the numbers of a photo; `unseen` (9, 2), mm."""
    detection = evidence.detection
    taken = PhotoConditions(yaw=pose.yaw, pitch=pose.pitch, light=detection.side_light)
    spread = photo_sds(
        table,
        difficulty=photo_difficulty(taken, evidence.flags, method=method),
        jitter=detection.jitter(size.interpupillary),
        interpupillary=size.interpupillary,
        unseen=unseen,
    )
    return half_width(spread, table.photo_freedom)


def _pose_of(frame: FacialFrame) -> Pose:
    yaw, pitch, roll = (float(angle) for angle in frame.pose())
    return Pose(yaw=yaw, pitch=pitch, roll=roll)


class _Size(NamedTuple):
    """Size of a face; without a scale, an average interpupillary distance stands in where millimetres are needed."""

    interpupillary: float
    """Pixels."""
    mm_per_pixel: float
    """NaN without a scale."""
    mm: float
    """Millimetres a pixel, known or usual."""
    unit: float
    """Size of a pixel in the unit of the results: millimetres, or percent of the interpupillary distance."""
    in_mm: bool


def _size_of(landmarks: FloatArray, scale: Scale) -> _Size:
    interpupillary = float(interpupillary_distance(landmarks))
    mm_per_pixel = float(scale.mm_per_pixel(landmarks))
    if np.isfinite(mm_per_pixel):
        return _Size(interpupillary, mm_per_pixel, mm_per_pixel, mm_per_pixel, True)
    return _Size(interpupillary, mm_per_pixel, AVERAGE_IPD_MM / interpupillary, 100 / interpupillary, False)


class _Shown(NamedTuple):
    """What can be measured of a face."""

    field: FloatArray  # shape (478, 2); asymmetry in pixels; NaN where it is not known
    cut: list[bool]  # which regions lie partly beyond the photo's edge
    hidden: NDArray[np.bool_]  # shape (478,); landmarks without which no clinical measure is taken
    unmatched: list[str]  # regions whose two sides could not be matched


def _shown(placed: FloatArray, outside: NDArray[np.bool_], evidence: Evidence) -> _Shown:
    cut = outside | outside[MIRROR]
    field = across_jawline(asymmetry_field(placed), made_even(placed))
    unmatched = np.zeros_like(outside) if evidence.refined is None else ~evidence.refined.seen
    field[unmatched] = NAN
    unseen = [name for name, share in zip(REGION_NAMES, region_means(field[:, 0]), strict=True) if np.isnan(share)]
    field[cut] = NAN
    field[stopped_landmarks(evidence.flags)] = NAN
    hidden = outside | unmatched
    if (hidden | hidden[MIRROR])[REGIONS["face"]].mean() > _MOST_HIDDEN:
        hidden[MIDLINE] = True
    return _Shown(field, [bool(cut[pairs].any()) for pairs in REGIONS.values()], hidden, unseen)


def rescaled(face: FaceAnalysis, scale: Scale, reliability: ReliabilityTables | None = None) -> FaceAnalysis:
    """Score a face again with another scale."""
    return measure_landmarks(face.photo, face.landmarks, scale=scale, evidence=face.evidence, reliability=reliability)


def _region_scores(
    field: FloatArray, noise: FloatArray, errors: FloatArray, cut: list[bool], flags: tuple[Flag, ...]
) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Asymmetry, lateral and vertical (3,) of each region and their errors (3,), mm; NaN where a flag stops them."""
    scores = noiseless_scores(field, noise)
    errors = errors[REGIONS_OF_PHOTO].reshape(len(REGIONS), -1)
    found = {}
    for i, name in enumerate(REGION_NAMES):
        stopped = [cut[i] or rejecting(flags, f"{name}.{number}") is not None for number in PHOTO_NUMBERS[:3]]
        of_region = np.where(stopped, NAN, scores[i])
        found[name] = (of_region, np.where(np.isnan(of_region), NAN, errors[i, :3]))
    return found


def _in_units(region: str, scores: FloatArray, errors: FloatArray, size: _Size) -> RegionScore:
    """Give a region's numbers, mm of a face of this size, in millimetres and in percent."""
    ipd_mm = size.interpupillary * size.mm
    numbers = [float(value) for value in (*scores, *errors)]
    in_mm = dict(zip(_IN_MM, numbers if size.in_mm else [NAN] * len(numbers), strict=True))
    in_percent = dict(zip(_IN_PERCENT, [value * 100 / ipd_mm for value in numbers], strict=True))
    return RegionScore(region=region, **in_mm, **in_percent)


def _measures(
    taken: ClinicalMeasures, errors: FloatArray, flags: tuple[Flag, ...], *, in_mm: bool
) -> dict[str, Measure]:
    """Clinical measures with the errors (18,) of their differences; mm or degrees."""
    numbers = np.stack([taken.subject_right, taken.subject_left, taken.difference], axis=-1)
    measures = {}
    for definition, (right, left, difference), error in zip(
        DEFINITIONS, numbers.tolist(), errors.tolist(), strict=True
    ):
        stopped = NAN if stops_measure(flags, definition.name) else 0.0
        unit = PERCENT if definition.unit == "mm" and not in_mm else definition.unit
        measures[definition.name] = Measure(
            name=definition.name,
            subject_right=right + stopped,
            subject_left=left + stopped,
            difference=difference + stopped,
            unit=unit,
            difference_error=error * (100 / AVERAGE_IPD_MM if unit == PERCENT else 1.0) + 0.0 * (difference + stopped),
            noticed_from=definition.noticed_from(unit),
            norm=definition.norm.text,
        )
    return measures


def stopping(flags: tuple[Flag, ...]) -> str | None:
    """Name of a flag that stops every result of a photo or a pair; None if there is none."""
    found = rejecting(flags, ALL)
    return None if found is None else found.name


def stopped_landmarks(flags: tuple[Flag, ...]) -> NDArray[np.bool_]:
    """Landmarks stopped by flags, with their partners, shape (478,); regions that contain regions stop none."""
    stopped = np.zeros(len(MIRROR), dtype=bool)
    for name, pairs in REGIONS.items():
        if rejecting(flags, name) and (name not in WHOLES or rejecting(flags, ALL)):
            stopped[pairs] = stopped[MIRROR[pairs]] = True
    return stopped


def stops_measure(flags: tuple[Flag, ...], name: str) -> Flag | None:
    """Flag that stops a clinical measure, or the whole region that it belongs to; None if there is none."""
    return rejecting(flags, name) or rejecting(flags, REGION_OF_MEASURE[name])


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
"""Share of a face's pairs that may be unknown before the midline, which rests on them, is unknown too."""
NOT_SEEN: Final = "not_seen"


def _with_what_is_missing(flags: tuple[Flag, ...], unseen: list[str]) -> tuple[Flag, ...]:
    """Update the flag about regions that could not be matched."""
    kept = tuple(flag for flag in flags if flag.name != NOT_SEEN)
    if not unseen:
        return kept
    return (*kept, not_seen("Left and right look too different in the photo to be compared", unseen))


def not_seen(why: str, regions: list[str]) -> Flag:
    """Flag that names the regions that could not be matched."""
    listed = joined([region.replace("_", " ") for region in regions])
    return Flag(name=NOT_SEEN, severity="info", advice=f"{why}: {listed}.", touches=tuple(regions))


def beyond_edge(photo: Photo, landmarks: FloatArray) -> NDArray[np.bool_]:
    """Whether landmarks (478, 3), full-size pixels, lie beyond the edge of their photo; shape (478,)."""
    size = np.array(photo.size) - 0.5
    return np.asarray(((landmarks[:, :2] < -0.5) | (landmarks[:, :2] > size)).any(axis=-1))
