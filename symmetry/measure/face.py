"""Results of one photo: region scores, clinical measures, their errors, and the flags about them."""

from __future__ import annotations

import copyreg
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.frame import ARM_MM, FacialFrame, fit_frame
from symmetry.landmarks.mesh import AVERAGE_IPD_MM, LANDMARKS, MAIN_REGIONS, REGIONS
from symmetry.landmarks.scale import Scale, interpupillary_distance
from symmetry.measure.measures import NO_NORM
from symmetry.measure.quality import Portrait
from symmetry.measure.quality.flags import Flag, reason_words, rejecting
from symmetry.measure.reliability_table import Method
from symmetry.measure.symmetry_index import LANDMARKS_ALONE, SymmetryIndex, symmetry_index
from symmetry.photos.reading import Photo
from symmetry.registration import StandardFace
from symmetry.registration.refinement import FieldMap, MirrorRefinement, asymmetry_map
from symmetry.skin.analysis import SkinAnalysis
from symmetry.tabular.face import FACE_TABLES
from symmetry.tabular.frames import to_frame
from symmetry.tabular.text import printable, without, without_nan

if TYPE_CHECKING:
    from pandas import DataFrame


def _read_only(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


# Read-only mappings are in every result; without this none could be sent to another process or kept in a file.
copyreg.pickle(MappingProxyType, lambda mapping: (_read_only, (dict(mapping),)))

NAN: Final = float("nan")
_LONGEST_NAME: Final = 60
PERCENT: Final = "% IPD"
"""Unit of lengths where millimetres are not known: percent of the interpupillary distance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionScore:
    """Left-right difference of one facial region.

    Attributes
    ----------
    region : str
    asymmetry : float
        Root mean square length of the asymmetry field over the region's pairs, corrected for noise, mm; 0 is even.
        Pairs that could not be matched are left out; NaN if fewer than a third could be. Of the jawline, only the
        component across its edge counts.
    lateral, vertical : float
        Mean over the subject-left landmarks, mm; +: the subject's left is further out, higher.
    percent, lateral_percent, vertical_percent : float
        The same three as percentages of the interpupillary distance.
    asymmetry_error, lateral_error, vertical_error : float
        95 % half-width over re-photographing an unchanged face, mm; NaN if unknown.
    percent_error, lateral_percent_error, vertical_percent_error : float
        The same three as percentages of the interpupillary distance.
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
    percent_error: float = NAN
    lateral_percent_error: float = NAN
    vertical_percent_error: float = NAN

    def in_unit(self, unit: str) -> tuple[float, float, float]:
        """Asymmetry, lateral and vertical in "mm" or in "% IPD"."""
        if unit == "mm":
            return self.asymmetry, self.lateral, self.vertical
        return self.percent, self.lateral_percent, self.vertical_percent

    def errors_in_unit(self, unit: str) -> tuple[float, float, float]:
        """Errors of asymmetry, lateral and vertical in "mm" or in "% IPD"."""
        if unit == "mm":
            return self.asymmetry_error, self.lateral_error, self.vertical_error
        return self.percent_error, self.lateral_percent_error, self.vertical_percent_error


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One clinical measure of a face.

    Attributes
    ----------
    name : str
    subject_right, subject_left : float
        Each side's value; NaN for measures of the midline.
    difference : float
        Left less right; +: the subject's left is higher, wider or larger, or a midline part lies toward it.
    unit : str
        "mm", "degrees", or "% IPD" where millimetres are not known.
    difference_error : float
        95 % half-width over re-photographing an unchanged face; NaN if unknown.
    noticed_from : float or None
        Difference from which on people notice it, by published studies; None if there are none.
    norm : str
        Published norm of healthy people, or that there is none.
    """

    name: str
    subject_right: float
    subject_left: float
    difference: float
    unit: str
    difference_error: float = NAN
    noticed_from: float | None = None
    norm: str = NO_NORM


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Orientation of a head, degrees; +: toward the subject's left, upward, the subject's left eye higher."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Detection:
    """What the detector reported about a face."""

    # shape (2, 478, 3); landmarks by each of two crops, pixels at full size: how much they depend on framing
    crops: FloatArray | None = None
    # RMS distance between the meshes of the photo and of its mirror image, in interpupillary distances
    disagreement: float = NAN
    others: int = 0  # number of other faces in the photo
    # natural logarithm of the light on the subject's left over that on the right; NaN if unknown
    side_light: float = NAN
    # shape (478,); landmarks that lie on lid margins found in the picture
    on_lids: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(LANDMARKS, dtype=bool))

    def jitter(self, interpupillary: float) -> float:
        """RMS distance between the landmarks of both crops, in interpupillary distances (given in pixels)."""
        if self.crops is None:
            return NAN
        apart = (self.crops[0] - self.crops[1])[:, :2]
        return float(np.sqrt((apart**2).sum(axis=-1).mean()) / interpupillary)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What a photo shows of a face besides its landmarks."""

    standard: StandardFace | None = None  # the face on the shape that all faces share
    refined: MirrorRefinement | None = None  # what the image adds to the landmarks
    flags: tuple[Flag, ...] = ()
    detection: Detection = Detection()
    skin: SkinAnalysis | None = None  # its skin, where that was asked for


def portrait_of(photo: Photo, landmarks: FloatArray, standard: StandardFace, detection: Detection) -> Portrait:
    """Put together the input of the quality checks."""
    return Portrait(
        photo=photo,
        landmarks=landmarks,
        frame=fit_frame(landmarks, camera_mm=ARM_MM),
        standard=standard,
        disagreement=detection.disagreement,
        others=detection.others,
        side_light=detection.side_light,
    )


def shown_name(photo: Photo) -> str:
    """File name of a photo, safe to print and not too long; "unnamed" for pixels from memory."""
    return "unnamed" if photo.name == "array" else printable(PurePath(photo.name).name)[:_LONGEST_NAME]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceAnalysis:
    """Symmetry of the face in one photo, as from `symmetry.analyze`.

    Attributes
    ----------
    photo : Photo
        The photo; its sides are swapped back if it was mirrored.
    landmarks : ndarray, shape (478, 3)
        Mirror-averaged, pixels of the upright photo at full size.
    frame : FacialFrame
        Facial frame: origin and axes in those pixels.
    scale : Scale
        Scale that was asked for.
    mm_per_pixel : float
        NaN with scale "none".
    pose : Pose
    asymmetry : ndarray, shape (478, 2)
        Each landmark less its mirrored partner, x and y of the facial frame, mm; at the jawline across its edge alone.
        NaN where the two sides could not be matched, and with scale "none".
    difference : ndarray, shape (478, 2)
        The same in `unit`.
    regions : mapping of str to RegionScore
    measures : mapping of str to Measure
    flags : tuple of Flag
    standard : StandardFace or None
        The face warped to the common shape, for comparison with another photo.
    refined : MirrorRefinement or None
        Landmarks refined by the image; None from landmarks alone.
    detection : Detection
        What the detector reported.
    skin : SkinAnalysis or None
        The skin; None unless it was asked for.

    Examples
    --------
    >>> face = symmetry.analyze("before.jpg")  # doctest: +SKIP
    >>> mouth = face.regions["mouth"]  # doctest: +SKIP
    >>> mouth.vertical, mouth.vertical_error  # mm, + if the subject's left is higher  # doctest: +SKIP
    """

    photo: Photo
    landmarks: FloatArray
    frame: FacialFrame
    scale: Scale
    mm_per_pixel: float
    pose: Pose
    asymmetry: FloatArray
    difference: FloatArray
    regions: Mapping[str, RegionScore]
    measures: Mapping[str, Measure]
    flags: tuple[Flag, ...]
    standard: StandardFace | None
    refined: MirrorRefinement | None
    detection: Detection
    skin: SkinAnalysis | None = None

    def __repr__(self) -> str:
        main = ", ".join(f"{name} {self._in_words(self.regions[name])}" for name in MAIN_REGIONS)
        return f"<FaceAnalysis {shown_name(self.photo)}: {main}>"

    def _in_words(self, region: RegionScore) -> str:
        value, error = region.in_unit(self.unit)[0], region.errors_in_unit(self.unit)[0]
        if np.isfinite(value):
            return f"{value:.1f} ± {error:.1f} {self.unit}" if np.isfinite(error) else f"{value:.1f} {self.unit}"
        stopped = rejecting(self.flags, region.region)
        return f"– {reason_words(stopped.name) if stopped else 'not seen'}"

    def _repr_html_(self) -> str:
        from symmetry.output.cards import face_card

        return face_card(self)

    @property
    def method(self) -> Method:
        """Basis of the numbers: registration of the image, or the landmarks alone."""
        return "landmarks" if self.refined is None else "registration"

    @property
    def index(self) -> SymmetryIndex:
        """How even the whole face is, from 0 to 100; see `SymmetryIndex`."""
        if self.method == "landmarks":
            return SymmetryIndex(reason=LANDMARKS_ALONE)
        whole, main = self.regions["face"], [self.regions[name].percent for name in MAIN_REGIONS]
        return symmetry_index(
            whole.percent,
            whole.percent_error,
            seen=float(np.isfinite(self.difference[REGIONS["face"], 0]).mean()) if np.isfinite(main).all() else 0.0,
            flags=self.flags,
        )

    @property
    def evidence(self) -> Evidence:
        """What the photo shows besides the landmarks, to score it again."""
        return Evidence(
            standard=self.standard, refined=self.refined, flags=self.flags, detection=self.detection, skin=self.skin
        )

    @property
    def points(self) -> FloatArray:
        """Landmarks (478, 3) that were scored, refined by the image where possible."""
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
    def unit_per_mm(self) -> float:
        """Size of a millimetre in `unit`; of an average face where millimetres are not known."""
        return 1.0 if self.unit == "mm" else 100 / AVERAGE_IPD_MM

    @property
    def unit_per_pixel(self) -> float:
        """Size of a pixel in `unit`."""
        return self.mm_per_pixel if self.unit == "mm" else 100 / self.interpupillary

    @property
    def portrait(self) -> Portrait | None:
        """Input of the quality checks of a pair, and of a photo that has its pixels; None without a standard face."""
        if self.standard is None:
            return None
        return portrait_of(self.photo, self.landmarks, self.standard, self.detection)

    def without_pixels(self, *, comparable: bool = False) -> FaceAnalysis:
        """Copy the result without its pixels, so that a long series fits into memory.

        It is compared with other faces by the landmarks alone, unless `comparable` keeps the standard face (0.3 MB).
        """
        blank = replace(self.photo, pixels=np.zeros((0, 0, 3), np.uint8))
        return replace(self, photo=blank, standard=self.standard if comparable else None)

    def to_dict(self) -> dict[str, Any]:
        """Convert the result to a JSON object, as `symmetry score` writes it; unknown values are None."""
        return without_nan(
            {
                "photo": self.photo.name,
                "error": None,
                "size": list(self.photo.size),
                "captured": self.photo.captured.isoformat() if self.photo.captured else None,
                "captured_source": self.photo.captured_source,
                "sha256": self.photo.sha256,
                "method": self.method,
                "mm_per_pixel": self.mm_per_pixel,
                "scale_source": self.scale.source,
                "pose": asdict(self.pose),
                "index": asdict(self.index),
                "regions": {name: without(asdict(region), "region") for name, region in self.regions.items()},
                "measures": {name: without(asdict(measure), "name") for name, measure in self.measures.items()},
                "flags": [asdict(flag) for flag in self.flags],
                **({"skin": self.skin.to_dict()} if self.skin else {}),
            }
        )

    def to_frame(self, of: Literal["regions", "measures", "flags", "skin"] = "regions") -> DataFrame:
        """Convert the result to a table with the columns listed in docs/output.md.

        Parameters
        ----------
        of : {"regions", "measures", "flags", "skin"}
            One row per region, as in the CSV of `symmetry score`; per clinical measure; per flag, as in the CSV of
            `symmetry check`; or per zone and number of the skin, as in the CSV of `symmetry score --skin`.

        Raises
        ------
        TableError
            If `of` is anything else.
        """
        return to_frame([self.to_dict()], FACE_TABLES, of)
