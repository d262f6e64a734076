"""What a comparison of two sets of photos of one person says: the numbers, how sure they are, and the verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.face import NAN, FaceAnalysis, shown_name
from symmetry.measure.measures import NO_NORM
from symmetry.measure.quality.flags import Flag
from symmetry.measure.reliability_table import Method
from symmetry.measure.verdicts import NOT_COMPARABLE, CameFrom, Verdict
from symmetry.photos.reading import Photo
from symmetry.registration.refinement import FieldMap
from symmetry.tabular.change import CHANGES
from symmetry.tabular.frames import frame_of
from symmetry.tabular.text import without, without_nan

if TYPE_CHECKING:
    from pandas import DataFrame

Side = Literal["subject_right", "subject_left", "both", "neither"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideMovement:
    """How far one side of a region moved from before to after, head movement removed.

    Attributes
    ----------
    outward, up : float
        Mean movement away from the midline and upward.
    size : float
        Root mean square length of the movement.
    """

    outward: float
    up: float
    size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionChange:
    """Change of one region between two photos.

    Errors are 95 % half-widths over re-photographing an unchanged face, the minimal detectable change; NaN where they
    are not known.

    Attributes
    ----------
    region : str
    before, after, change : float
        Asymmetry of the region in each photo, and after less before: negative = more even.
    error : float
        Of `change`.
    lateral_before, lateral_after, vertical_before, vertical_after : float
        Signed scores: + = the subject's left is further out, higher.
    lateral_change, vertical_change : float
        Mirror-antisymmetric part of the movement: how far the subject's left went out, and up, more than the right.
    lateral_change_error, vertical_change_error : float
    lift : float
        Its symmetric part: mean upward movement of both sides together; negative = lower.
    lift_error : float
    subject_right, subject_left : SideMovement
        What each side did.
    moved : {"subject_right", "subject_left", "both", "neither"} or None
        The side that moved clearly more; "neither" where nothing exceeds its error; None where the region could not
        be measured.
    part : str or None
        The part of the region that changed most surely, on which the verdict rests.
    evenness : float
        Change of the size of that part's left-right difference in the direction in which it is known best: negative =
        more even.
    evenness_error : float
    verdict : {"improved", "worse", "no detectable change", "not comparable"}
        By `evenness` against its error.
    reason : str or None
        Name of the flag why it is not comparable.
    came_from : {"worse side", "better side", "both sides"} or None
        Where a change came from: the worse side is the one that hangs lower or stands further out,
        before and after taken together.
    noticed_by : str or None
        The clinical measure of the region whose change comes nearest to what people notice, by published studies.
    noticed_from : float or None
        Difference from which on people notice it, in its unit.
    noticed_change, noticed_error : float
        Its change, left less right, and the error.
    unit : str
        "mm", or "% IPD" where millimetres are not known.
    """

    region: str
    before: float
    after: float
    change: float
    error: float = NAN
    lateral_before: float
    lateral_after: float
    vertical_before: float
    vertical_after: float
    lateral_change: float
    lateral_change_error: float = NAN
    vertical_change: float
    vertical_change_error: float = NAN
    lift: float
    lift_error: float = NAN
    subject_right: SideMovement
    subject_left: SideMovement
    moved: Side | None
    part: str | None = None
    evenness: float = NAN
    evenness_error: float = NAN
    verdict: Verdict = NOT_COMPARABLE
    reason: str | None = None
    came_from: CameFrom | None = None
    noticed_by: str | None = None
    noticed_from: float | None = None
    noticed_change: float = NAN
    noticed_error: float = NAN
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureChange:
    """Change of one clinical measure between two photos.

    Attributes
    ----------
    name : str
    before, after : float
        The measure's signed difference (left less right) in each photo.
    change : float
        After less before.
    error : float
        95 % half-width of `change`, the minimal detectable change; NaN where it is not known.
    subject_right, subject_left : float
        Change of each side's own value; NaN for measures of the midline.
    moved : {"subject_right", "subject_left", "both", "neither"} or None
        The side whose value changed clearly more; None for measures of the midline.
    evenness : float
        Change of the difference's size: negative = more even.
    verdict : {"improved", "worse", "no detectable change", "not comparable"}
        By `evenness` against `error`.
    reason : str or None
        Name of the flag why it is not comparable.
    came_from : {"worse side", "better side", "both sides"} or None
        The worse side is the one with the smaller value, of the jaw's width the larger.
    noticed_from : float or None
        Difference from which on people notice it, by published studies; None where there is none.
    norm : str
        What is published of healthy people, or that nothing is.
    unit : str
        "mm", "degrees", or "% IPD" where millimetres are not known.
    """

    name: str
    before: float
    after: float
    change: float
    error: float = NAN
    subject_right: float
    subject_left: float
    moved: Side | None
    evenness: float = NAN
    verdict: Verdict = NOT_COMPARABLE
    reason: str | None = None
    came_from: CameFrom | None = None
    noticed_from: float | None = None
    norm: str = NO_NORM
    unit: str

    @property
    def evenness_error(self) -> float:
        """95 % half-width of `evenness`."""
        return self.error


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Change:
    """All that photos before and after say about what changed in a face.

    Attributes
    ----------
    before, after : FaceAnalysis
        The first photo of either side, measured as a pair on one common scale; pictures show these.
    befores, afters : tuple of FaceAnalysis
        All photos, each measured by itself.
    displacement : ndarray, shape (478, 2)
        Where each landmark of `before` has gone in `after`, head movement removed; x and y of the facial frame of
        `before`, mm; NaN with scale "none".
        At the jawline across its edge alone; NaN where the image says too little. Of several photos the mean.
    movement : ndarray, shape (478, 2)
        The same in the unit of the faces: "mm", or "% IPD" where millimetres are not known.
    map : FieldMap or None
        The same for `before` and `after`, denser, for pictures; None from landmarks alone.
    regions : mapping of str to RegionChange
    measures : mapping of str to MeasureChange
    flags : tuple of Flag
        What was found in the photos and between them.
    """

    before: FaceAnalysis
    after: FaceAnalysis
    befores: tuple[FaceAnalysis, ...]
    afters: tuple[FaceAnalysis, ...]
    displacement: FloatArray
    movement: FloatArray
    map: FieldMap | None
    regions: Mapping[str, RegionChange]
    measures: Mapping[str, MeasureChange]
    flags: tuple[Flag, ...]

    def __repr__(self) -> str:
        verdicts = ", ".join(f"{name} {self.regions[name].verdict}" for name in MAIN_REGIONS)
        return f"<Change {shown_name(self.before.photo)} → {shown_name(self.after.photo)}: {verdicts}>"

    def _repr_html_(self) -> str:
        from symmetry.output.cards import change_card

        return change_card(self)

    @property
    def method(self) -> Method:
        """What the numbers rest on: the images, begun by the landmarks, or the landmarks alone."""
        return self.before.method

    def with_photos(self, before: Photo, after: Photo) -> Change:
        """Give the same result with the pixels of `before` and `after`, which were let go of to save memory."""
        return replace(self, before=replace(self.before, photo=before), after=replace(self.after, photo=after))

    def to_dict(self, error: str | None = None) -> dict[str, Any]:
        """Give the result as a JSON object, as `symmetry compare` writes it; what is not known is None.

        Parameters
        ----------
        error : str, optional
            Why photos were left out of it.
        """
        return without_nan(
            {
                "before": without(self.before.to_dict(), "error"),
                "after": without(self.after.to_dict(), "error"),
                "befores": [face.photo.name for face in self.befores],
                "afters": [face.photo.name for face in self.afters],
                "error": error,
                "method": self.method,
                "regions": {name: without(asdict(region), "region") for name, region in self.regions.items()},
                "measures": {name: without(asdict(measure), "name") for name, measure in self.measures.items()},
                "flags": [asdict(flag) for flag in self.flags],
            }
        )

    def to_frame(self) -> DataFrame:
        """Give the result as a table: a row a region and a clinical measure, as in the CSV of `symmetry compare`."""
        return frame_of(CHANGES.rows(self.to_dict()), CHANGES)
