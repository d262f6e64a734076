"""Results of a comparison of photos before and after: changes, their errors and the verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.between_days import ASSUMPTION, DayToDay
from symmetry.measure.face import NAN, FaceAnalysis, shown_name
from symmetry.measure.measures import NO_NORM
from symmetry.measure.quality.flags import Flag
from symmetry.measure.reliability_table import Method
from symmetry.measure.verdicts import NOT_COMPARABLE, CameFrom, Verdict
from symmetry.photos.reading import Photo
from symmetry.registration.refinement import FieldMap
from symmetry.skin.change import SkinChange
from symmetry.tabular.change import CHANGES
from symmetry.tabular.frames import frame_of
from symmetry.tabular.text import without, without_nan

if TYPE_CHECKING:
    from pandas import DataFrame

Side = Literal["subject_right", "subject_left", "both", "neither"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideMovement:
    """Movement of one side of a region from before to after, without head movement.

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

    Errors are 95 % half-widths over re-photographing an unchanged face, the minimal detectable change; NaN if unknown.

    Attributes
    ----------
    region : str
    before, after, change : float
        Asymmetry of the region in each photo, and after less before; negative: more even.
    error : float
        Of `change`.
    lateral_before, lateral_after, vertical_before, vertical_after : float
        Signed scores; +: the subject's left is further out, higher.
    lateral_change, vertical_change : float
        Signed change of asymmetry, the antisymmetric part of the movement: how far the left moved out, and up, more
        than the right.
    lateral_change_error, vertical_change_error : float
    lift : float
        Symmetric part of the movement: mean upward movement of both sides; negative: lower.
    lift_error : float
    subject_right, subject_left : SideMovement
        Movement of each side.
    moved : {"subject_right", "subject_left", "both", "neither"} or None
        The side that moved clearly more; "neither" if nothing exceeds its error; None if the region could not be
        measured.
    part : str or None
        Part of the region that changed most clearly, on which the verdict rests.
    evenness : float
        Change of the size of the left-right difference of that part, in the direction in which it is known best;
        negative: more even.
    evenness_error : float
    same_day_error : float
        What it would be if all photos were of one day; NaN where they are.
    verdict : {"improved", "worse", "no detectable change", "not comparable"}
        By `evenness` against its error.
    reason : str or None
        Name of the flag for which it is not comparable.
    came_from : {"worse side", "better side", "both sides"} or None
        Side from which the change came. The worse side is the one that hangs lower or stands further out, before and
        after taken together.
    noticed_by : str or None
        Clinical measure of the region whose change comes closest to what people notice, by published studies.
    noticed_from : float or None
        Difference from which on people notice it, in its unit.
    noticed_change, noticed_error : float
        Change of that measure, left less right, and its error.
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
    same_day_error: float = NAN
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
        Signed difference (left less right) in each photo.
    change : float
        After less before.
    error : float
        95 % half-width of `change`, the minimal detectable change; NaN if unknown.
    subject_right, subject_left : float
        Change of the value of each side; NaN for measures of the midline.
    moved : {"subject_right", "subject_left", "both", "neither"} or None
        The side whose value changed clearly more; None for measures of the midline.
    evenness : float
        Change of the size of the difference; negative: more even.
    same_day_error : float
        What `error` would be if all photos were of one day; NaN where they are.
    verdict : {"improved", "worse", "no detectable change", "not comparable"}
        By `evenness` against `error`.
    reason : str or None
        Name of the flag for which it is not comparable.
    came_from : {"worse side", "better side", "both sides"} or None
        The worse side is the one with the smaller value; of MRD2, jaw width and smile angle, the larger.
    noticed_from : float or None
        Difference from which on people notice it, by published studies; None if there are none.
    norm : str
        Published norm of healthy people, or that there is none.
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
    same_day_error: float = NAN
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
    """Change of a face between photos before and after, as from `symmetry.compare`.

    Attributes
    ----------
    before, after : FaceAnalysis
        First photo before and after, measured as a pair on a common scale; figures show these.
    befores, afters : tuple of FaceAnalysis
        All photos, each measured alone.
    displacement : ndarray, shape (478, 2)
        Movement of each landmark from `before` to `after` without head movement, x and y of the facial frame of
        `before`, mm; the mean over several photos. At the jawline across its edge alone; NaN where the photos could not
        be matched, and with scale "none".
    movement : ndarray, shape (478, 2)
        The same in the unit of the faces: "mm", or "% IPD" where millimetres are not known.
    map : FieldMap or None
        The same for `before` and `after` on a denser grid, for figures; None from landmarks alone.
    regions : mapping of str to RegionChange
    measures : mapping of str to MeasureChange
    flags : tuple of Flag
        About the photos, and about them as pairs.
    left_out : mapping of str to str
        Photos that were given but do not count, such as copies, each with the reason.
    turned_back : tuple of str
        Photos that were mirrored unlike the others and count turned back.
    days : DayToDay
        How far this face is taken to differ from day to day, which the errors include, and where that comes from.
    taken : tuple of tuple of datetime or None
        When the photos before and after were taken, by the clock of the place; None where they do not tell.
    skin : SkinChange or None
        Change of the skin; None unless the skin of all photos was measured.

    Examples
    --------
    >>> change = symmetry.compare("before.jpg", "after.jpg")  # doctest: +SKIP
    >>> mouth = change.regions["mouth"]  # doctest: +SKIP
    >>> mouth.verdict, mouth.evenness, mouth.evenness_error  # mm, negative: more even  # doctest: +SKIP
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
    left_out: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    turned_back: tuple[str, ...] = ()
    days: DayToDay = ASSUMPTION
    taken: tuple[tuple[datetime | None, ...], tuple[datetime | None, ...]] = ((), ())
    skin: SkinChange | None = None

    def __repr__(self) -> str:
        verdicts = ", ".join(f"{name} {self.regions[name].verdict}" for name in MAIN_REGIONS)
        return f"<Change {shown_name(self.before.photo)} → {shown_name(self.after.photo)}: {verdicts}>"

    def _repr_html_(self) -> str:
        from symmetry.output.cards import change_card

        return change_card(self)

    @property
    def method(self) -> Method:
        """Basis of the numbers: registration of the images, or the landmarks alone."""
        return self.before.method

    def with_photos(self, before: Photo, after: Photo) -> Change:
        """Copy the result with the pixels of `before` and `after`, which were dropped to save memory."""
        return replace(self, before=replace(self.before, photo=before), after=replace(self.after, photo=after))

    def to_dict(self, error: str | None = None) -> dict[str, Any]:
        """Convert the result to a JSON object, as `symmetry compare` writes it; unknown values are None.

        Parameters
        ----------
        error : str, optional
            Why photos were left out.
        """
        return without_nan(
            {
                "before": without(self.before.to_dict(), "error", "skin"),
                "after": without(self.after.to_dict(), "error", "skin"),
                "befores": [face.photo.name for face in self.befores],
                "afters": [face.photo.name for face in self.afters],
                "left_out": [{"photo": name, "reason": reason} for name, reason in self.left_out.items()],
                "turned_back": list(self.turned_back),
                "error": error,
                "method": self.method,
                "taken": [[None if at is None else at.isoformat() for at in side] for side in self.taken],
                "days": self.days.to_dict(),
                "regions": {name: without(asdict(region), "region") for name, region in self.regions.items()},
                "measures": {name: without(asdict(measure), "name") for name, measure in self.measures.items()},
                "flags": [asdict(flag) for flag in self.flags],
                **({"skin": self.skin.to_dict()} if self.skin else {}),
            }
        )

    def to_frame(self) -> DataFrame:
        """Convert the result to a table, one row per region and clinical measure, as the CSV of `symmetry compare`."""
        return frame_of(CHANGES.rows(self.to_dict()), CHANGES)
