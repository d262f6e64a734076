"""What a photo can show: spots are moved by known amounts, the photo is measured again, and the two are compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from symmetry.arrays import FloatArray
from symmetry.errors import ScaleError, SymmetryError
from symmetry.landmarks.mesh import JAW_RIGHT, MIRROR
from symmetry.measure.analysis import NOT_SEEN, ImageLike, beyond_edge, measure_photo
from symmetry.measure.change import Change
from symmetry.measure.comparison import compare
from symmetry.measure.face import NAN, FaceAnalysis
from symmetry.measure.options import Measuring, MeasuringOptions
from symmetry.measure.quality.flags import Flag
from symmetry.measure.reliability_table import ReliabilityTables
from symmetry.measure.verdicts import IMPROVED, NOT_COMPARABLE, WORSE, Verdict
from symmetry.photos.resampling import resample
from symmetry.tabular.audit import AUDITS
from symmetry.tabular.frames import frame_of
from symmetry.tabular.text import without_nan

if TYPE_CHECKING:
    from pandas import DataFrame
    from typing_extensions import Unpack

OwnSide = Literal["subject_right", "subject_left"]

OWN_SIDES: Final[tuple[OwnSide, OwnSide]] = ("subject_right", "subject_left")
MILLIMETRES: Final = (1.0, 2.0, 3.0)
"""How far each spot is moved."""
FARTHEST: Final = 5.0
"""Larger movements would crease the skin around a lid."""

_REACH: Final = 4.5
"""Standard deviations around a spot within which pixels move; beyond, it would be less than a thousandth of a pixel."""
_ROUNDS: Final = 8
"""Fixed-point iterations; each leaves at most 0.61 of the error, usually less than a third."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A spot that is moved."""

    name: str  # in words
    region: str  # the region whose verdict is asked for
    landmark: int  # on the subject's right; the other side's is its mirror partner
    spread_mm: float  # the movement fades out as a Gaussian with this standard deviation
    direction: Literal["up", "out"] = "up"  # up in the facial frame, or outward across the edge of the jaw

    def landmark_of(self, side: OwnSide) -> int:
        """Landmark on one side."""
        return self.landmark if side == "subject_right" else int(MIRROR[self.landmark])

    def toward(self, face: FaceAnalysis, side: OwnSide) -> FloatArray:
        """Direction of the movement, a unit vector (2,) in x and y of the facial frame."""
        if self.direction == "up":
            return np.array([0.0, 1.0])
        place = JAW_RIGHT.index(self.landmark)
        contour = np.array([JAW_RIGHT[place - 1], JAW_RIGHT[place + 1]])
        contour = contour if side == "subject_right" else MIRROR[contour]
        upper, lower = face.frame.place(face.landmarks)[contour, :2]
        outward = np.array([upper[1] - lower[1], lower[0] - upper[0]])
        outward *= (-1.0 if side == "subject_right" else 1.0) / np.linalg.norm(outward)
        return np.asarray(outward)


SITES: Final = (
    Site(name="brow", region="brows", landmark=105, spread_mm=12.0),
    Site(name="upper lid", region="eyes", landmark=159, spread_mm=6.0),
    Site(name="lower lid", region="eyes", landmark=145, spread_mm=6.0),
    Site(name="cheek", region="cheeks", landmark=50, spread_mm=15.0),
    Site(name="nasolabial fold", region="nasolabial", landmark=205, spread_mm=15.0),
    Site(name="mouth corner", region="mouth", landmark=61, spread_mm=12.0),
    Site(name="jaw angle", region="jawline", landmark=172, spread_mm=15.0, direction="out"),
    Site(name="middle of the jaw", region="jawline", landmark=136, spread_mm=15.0, direction="out"),
    Site(name="jaw beside the chin", region="jawline", landmark=150, spread_mm=15.0, direction="out"),
)
"""From top to bottom of a face."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One movement of one spot, and how much of it was seen."""

    site: str
    region: str
    side: OwnSide
    millimetres: float  # how far the spot was moved
    # share of the movement that a comparison of the two photos shows at the spot, 1 for all of it; NaN if unknown
    seen: float = NAN
    # the same from the moved photo alone, by how much its left-right difference changed
    seen_alone: float = NAN
    verdict: Verdict = NOT_COMPARABLE  # of the comparison on the region
    # what the verdict rests on, mm, and how much re-photographing an unchanged face changes it
    evenness: float = NAN
    evenness_error: float = NAN
    reason: Flag | None = None  # why the share or the verdict is missing

    @property
    def called_real(self) -> bool:
        """Whether the movement exceeds what re-photographing does."""
        return self.verdict in (IMPROVED, WORSE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Audit:
    """What a photo can show."""

    face: FaceAnalysis  # the photo as it is
    trials: tuple[Trial, ...]

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Flags of the photo, and why trials gave no result."""
        found = {flag.name for flag in self.face.flags}
        reasons = {trial.reason.name: trial.reason for trial in self.trials if trial.reason is not None}
        return (*self.face.flags, *(flag for name, flag in reasons.items() if name not in found))

    def at(self, site: str, side: OwnSide) -> tuple[Trial, ...]:
        """Trials of one spot on one side, the smallest movement first."""
        found = [trial for trial in self.trials if trial.site == site and trial.side == side]
        return tuple(sorted(found, key=lambda trial: trial.millimetres))

    def real_from(self, site: str, side: OwnSide) -> float:
        """Smallest movement tried that is called real, mm; NaN if none is."""
        return next((trial.millimetres for trial in self.at(site, side) if trial.called_real), NAN)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as a JSON object, as `symmetry audit` writes it; unknown values are None."""
        return without_nan(
            {
                "photo": self.face.photo.name,
                "error": None,
                "method": self.face.method,
                "mm_per_pixel": self.face.mm_per_pixel,
                "scale_source": self.face.scale.source,
                "trials": [asdict(one) | {"reason": one.reason.name if one.reason else None} for one in self.trials],
                "real_from": [
                    {"site": site.name, "side": side, "millimetres": self.real_from(site.name, side)}
                    for site in SITES
                    for side in OWN_SIDES
                    if self.at(site.name, side)
                ],
                "flags": [asdict(flag) for flag in self.flags],
            }
        )

    def to_frame(self) -> DataFrame:
        """Return one row per movement, as in the CSV of `symmetry audit`."""
        return frame_of(AUDITS.rows(self.to_dict()), AUDITS)


def audit(
    image: ImageLike,
    *,
    millimetres: Sequence[float] = MILLIMETRES,
    **options: Unpack[MeasuringOptions],
) -> Audit:
    """Test what a photo can show: move spots of it by known amounts and measure it again from its pixels.

    Parameters
    ----------
    image : path, ndarray or Photo
    millimetres : sequence of float
        How far each spot is moved, up to 5 mm.
    **options
        `scale`, `mirrored`, `face`, `landmarks_only`, `reliability` as for `analyze`.

    Raises
    ------
    PhotoError, NoFaceError, SeveralFacesError
        As for `analyze`.
    ScaleError
        If `scale` is not understood, or gives no millimetres.
    ValueError
        If a movement is not between 0 and 5 mm.

    Notes
    -----
    A photo and its moved copy share their light, pose and noise, which two photos do not: what is seen here is the best
    case. Verdicts use the errors of re-photographing, and are about evenness: a movement that only swaps which side is
    higher is seen, but is no change of evenness.
    """
    measuring = Measuring.of(**options)
    found = measure_photo(image, measuring)
    trials = run_trials(found, millimetres=millimetres, reliability=measuring.reliability)
    return Audit(face=found, trials=tuple(trials))


def run_trials(
    face: FaceAnalysis, *, millimetres: Sequence[float] | None = None, reliability: ReliabilityTables | None = None
) -> Iterator[Trial]:
    """Move every spot of a face on either side by every amount, and yield one trial after the other.

    Parameters
    ----------
    face : FaceAnalysis
        With its pixels; the moved photos are measured in the same way.
    millimetres, reliability
        As for `audit`.

    Raises
    ------
    ScaleError, ValueError
        As for `audit`, and before the first trial is requested.
    """
    if not np.isfinite(face.mm_per_pixel):
        raise ScaleError("spots are moved by millimetres, which scale 'none' does not give; use iris or ipd=MM")
    amounts = MILLIMETRES if millimetres is None else millimetres
    if not all(0 < amount <= FARTHEST for amount in amounts):
        raise ValueError(f"movements must be more than 0 and at most {FARTHEST:g} mm")
    return (
        _trial(face, site, side, float(amount), reliability)
        for site in SITES
        for side in OWN_SIDES
        for amount in sorted(amounts)
    )


def count_trials() -> int:
    """Count the trials that `run_trials` yields for one face by default."""
    return len(SITES) * len(OWN_SIDES) * len(MILLIMETRES)


def moved_photo(face: FaceAnalysis, site: Site, side: OwnSide, millimetres: float) -> FaceAnalysis:
    """Measure the photo of a face again, with one spot moved (negative: down, inward).

    Raises
    ------
    NoFaceError
        If the face is not found any more.
    """
    photo = face.photo
    pixels = move_area(
        photo.pixels,
        photo.to_decoded(face.landmarks[site.landmark_of(side)])[:2],
        (millimetres * site.toward(face, side)) @ face.frame.axes[:2, :2] / (face.mm_per_pixel * photo.reduction),
        site.spread_mm / (face.mm_per_pixel * photo.reduction),
    )
    pixels.flags.writeable = False
    measuring = Measuring(scale=face.scale, landmarks_only=face.method == "landmarks")
    return measure_photo(replace(photo, pixels=pixels), measuring)


def move_area(pixels: NDArray[np.uint8], centre: ArrayLike, shift: ArrayLike, spread: float) -> NDArray[np.uint8]:
    """Move a spot of a picture; the movement fades out around it.

    Parameters
    ----------
    pixels : ndarray, shape (h, w) or (h, w, 3), uint8
    centre : array_like, shape (2,)
        x and y of the spot, pixels.
    shift : array_like, shape (2,)
        Movement of the spot.
    spread : float
        Standard deviation of the Gaussian fade, pixels; more than the length of the shift.

    Returns
    -------
    ndarray of the same shape, uint8
        A copy. Pixels farther from the spot than the shift and 4.5 spreads are unchanged; beyond the edge of the
        picture its border is repeated.

    Raises
    ------
    ValueError
        If the spread is not more than the length of the shift: the picture would fold.
    """
    (centre_x, centre_y), (shift_x, shift_y) = (np.asarray(given, dtype=np.float64) for given in (centre, shift))
    far = float(np.hypot(shift_x, shift_y))
    if not far < spread:
        raise ValueError("the shift must be shorter than its spread, or the picture folds")
    moved = np.array(pixels)
    reach = _REACH * spread + far
    left, top = (max(int(np.floor(middle - reach)), 0) for middle in (centre_x, centre_y))
    right = min(int(np.ceil(centre_x + reach)) + 1, pixels.shape[1])
    bottom = min(int(np.ceil(centre_y + reach)) + 1, pixels.shape[0])
    if left >= right or top >= bottom:
        return moved
    x = np.arange(left, right, dtype=np.float32)[None, :]
    y = np.arange(top, bottom, dtype=np.float32)[:, None]
    # A pixel shows what was at (x, y) - share * shift, where the share is that of the source: a fixed point.
    across, down = x - np.float32(centre_x), y - np.float32(centre_y)
    steepness = np.float32(-0.5 / spread**2)
    still = (across**2 + down**2) * steepness
    along = (across * np.float32(shift_x) + down * np.float32(shift_y)) * (2 * steepness)
    share = np.zeros_like(still)
    for _ in range(_ROUNDS):
        share = cv2.exp(still - share * along + share * share * (np.float32(far**2) * steepness))
    at = np.stack([x - share * np.float32(shift_x), y - share * np.float32(shift_y)], axis=-1)
    moved[top:bottom, left:right] = resample(pixels, at, interpolation=cv2.INTER_CUBIC)
    return moved


def _trial(
    face: FaceAnalysis, site: Site, side: OwnSide, millimetres: float, reliability: ReliabilityTables | None
) -> Trial:
    empty = Trial(site=site.name, region=site.region, side=side, millimetres=millimetres)
    try:
        after = moved_photo(face, site, side, millimetres)
        change = compare(face, after, reliability=reliability, same_day=True)
    except SymmetryError as error:
        return replace(empty, reason=Flag(name="not_measured", severity="info", advice=f"Once moved: {error}."))
    landmark, toward = site.landmark_of(side), site.toward(face, side)
    region = change.regions[site.region]
    seen = float(change.displacement[landmark] @ toward) / millimetres
    alone = float((after.asymmetry[landmark] - face.asymmetry[landmark]) @ toward) / millimetres
    unknown = np.isnan(seen) or region.verdict == NOT_COMPARABLE
    return replace(
        empty,
        seen=seen,
        seen_alone=alone,
        verdict=region.verdict,
        evenness=region.evenness,
        evenness_error=region.evenness_error,
        reason=_reason(face, change, site, landmark) if unknown else None,
    )


def _reason(face: FaceAnalysis, change: Change, site: Site, landmark: int) -> Flag:
    """Say why nothing is known of a spot, or of its region."""
    name = change.regions[site.region].reason
    for flag in (*face.flags, *change.flags):
        if flag.name == name != NOT_SEEN:
            return flag
    if beyond_edge(face.photo, face.landmarks)[landmark]:
        advice = "Some spots lie beyond the edge of the photo; take one that shows the whole face."
        return Flag(name="beyond_edge", severity="info", advice=advice)
    if np.isfinite(change.displacement[landmark]).all():
        advice = "In some regions the two sides do not match: movement is seen, but not whether they become more even."
        return Flag(name="sides_not_matched", severity="info", advice=advice)
    advice = "Some spots are not seen: the image shows nothing there that could be matched."
    return Flag(name=NOT_SEEN, severity="info", advice=advice)
