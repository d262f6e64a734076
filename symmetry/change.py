"""Two photos of one person, compared: what moved between them, on which side, and whether it got more even."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from symmetry.analysis import (
    NAN,
    NOT_SEEN,
    PERCENT,
    FaceAnalysis,
    ImageLike,
    analyze,
    beyond_edge,
    measure_landmarks,
    not_seen,
)
from symmetry.errors import ScaleError
from symmetry.findings import Finding
from symmetry.frame import FloatArray, fit_frame
from symmetry.mesh import MIRROR
from symmetry.refinement import FieldMap, PlacedFace, refine_pair
from symmetry.scale import IRIS_MM, Scale, iris_diameter
from symmetry.scores import REGION_NAMES, region_means

NOT_ASSESSED: Final = "not assessed"
_CLEARLY_MORE: Final = 1.5
"""One side moved when it moved this many times as much as the other; else both did."""

_USUAL_EYES: Final = 63.0
"""Millimetres between the pupils of the reference face."""
_STILL: Final = {"mm": 0.3, PERCENT: 0.3 * 100 / _USUAL_EYES, "degrees": 0.3}
"""Movement that even two photos of an unchanged face show, by unit."""

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

    Attributes
    ----------
    region : str
    before, after, change : float
        Asymmetry of the region in each photo, and after less before: negative = more even.
    error : float
        95 % half-width of `change` over re-photographing an unchanged face; NaN until it is known.
    lateral_before, lateral_after, vertical_before, vertical_after : float
        Signed scores: + = the subject's left is further out, higher.
    lateral_change, vertical_change : float
        Mirror-antisymmetric part of the movement: how far the subject's left went out, and up, more than the right.
    lift : float
        Its symmetric part: mean upward movement of both sides together; negative = lower.
    lift_error : float
    subject_right, subject_left : SideMovement
        What each side did.
    moved : {"subject_right", "subject_left", "both", "neither"} or None
        The side that moved clearly more; "neither" below what two photos of an unchanged face show; None where the
        region could not be measured.
    unit : str
        "mm", or "% IPD" where millimetres are not known.
    verdict : str
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
    vertical_change: float
    lift: float
    lift_error: float = NAN
    subject_right: SideMovement
    subject_left: SideMovement
    moved: Side | None
    unit: str
    verdict: str = NOT_ASSESSED


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
        95 % half-width of `change`; NaN until it is known.
    subject_right, subject_left : float
        Change of each side's own value; NaN for measures of the midline.
    moved : {"subject_right", "subject_left", "both", "neither"} or None
        The side whose value changed clearly more; None for measures of the midline.
    unit : str
    verdict : str
    """

    name: str
    before: float
    after: float
    change: float
    error: float = NAN
    subject_right: float
    subject_left: float
    moved: Side | None
    unit: str
    verdict: str = NOT_ASSESSED


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Change:
    """All that two photos say about what changed in a face.

    Attributes
    ----------
    before, after : FaceAnalysis
        Both photos, on one common scale.
    displacement : ndarray, shape (478, 2)
        Where each landmark of `before` has gone in `after`, head movement removed; x and y of the facial frame of
        `before`, mm; NaN with scale "none".
        At the jawline across its edge alone; NaN where the image says too little.
    movement : ndarray, shape (478, 2)
        The same in the unit of the faces: "mm", or "% IPD" where millimetres are not known.
    map : FieldMap or None
        The same, denser, for pictures; None from landmarks alone.
    regions : mapping of str to RegionChange
    measures : mapping of str to MeasureChange
    flags : tuple of Finding
        What was found in either photo and between them.
    """

    before: FaceAnalysis
    after: FaceAnalysis
    displacement: FloatArray
    movement: FloatArray
    map: FieldMap | None
    regions: Mapping[str, RegionChange]
    measures: Mapping[str, MeasureChange]
    flags: tuple[Finding, ...]

    @property
    def method(self) -> Literal["registration", "landmarks"]:
        """What the numbers rest on: the images, begun by the landmarks, or the landmarks alone."""
        return self.before.method


def compare(
    before: ImageLike | FaceAnalysis,
    after: ImageLike | FaceAnalysis,
    *,
    scale: Scale | str = "iris",
    mirrored: bool = False,
    face: Literal["largest", "only"] = "largest",
    landmarks_only: bool = False,
) -> Change:
    """Compare two photos of one person.

    Parameters
    ----------
    before, after : path, ndarray, Photo or FaceAnalysis
        As for `analyze`; faces analysed before keep their own scale, which must be the same for both.
    scale, mirrored, face
        As for `analyze`, for whatever is not analysed yet.
    landmarks_only : bool
        Go by the face mesh alone; so does a comparison with a face that was analysed that way.

    Returns
    -------
    Change

    Raises
    ------
    PhotoError, NoFaceError, SeveralFacesError
        As for `analyze`.
    ScaleError
        If two analysed faces were scaled in different ways.

    Notes
    -----
    A person's eyes stay as far apart as they are, so the ratio of iris to interpupillary distance is pooled over both
    photos: an error of the iris then cannot pass for a change.
    """
    first, second = (
        given
        if isinstance(given, FaceAnalysis)
        else analyze(given, scale=scale, mirrored=mirrored, face=face, landmarks_only=landmarks_only)
        for given in (before, after)
    )
    pooled = _common_scale(first, second)
    only = landmarks_only or first.standard is None or second.standard is None
    pair = refine_pair(_placed(first, pooled, only), _placed(second, pooled, only))
    both_see = np.isfinite(pair.movement).all(axis=1)
    both_see &= both_see[MIRROR]
    for one in (first, second):
        if one.refined is not None:
            both_see &= one.refined.seen
    first, second = (
        measure_landmarks(
            one.photo,
            one.landmarks,
            scale=pooled,
            standard=one.standard,
            refined=None if only or one.refined is None else replace(one.refined, points=points, seen=both_see),
            as_pair=placed / _mm_per_pixel(one, pooled),
            flags=one.flags,
        )
        for one, points, placed in (
            (first, pair.before, pair.before_placed),
            (second, pair.after, pair.after_placed),
        )
    )
    in_unit = 1.0 if first.unit == "mm" else 100 / _USUAL_EYES
    moved = pair.movement * in_unit
    for one in (first, second):
        moved[beyond_edge(one.photo, one.landmarks)] = NAN
    moved.flags.writeable = False
    regions = _region_changes(first, second, moved)
    unknown = np.full_like(moved, NAN)
    unknown.flags.writeable = False
    return Change(
        before=first,
        after=second,
        displacement=moved if first.unit == "mm" else unknown,
        movement=moved,
        map=None if pair.map is None else replace(pair.map, vectors=pair.map.vectors * in_unit),
        regions=MappingProxyType(regions),
        measures=MappingProxyType({name: _measure_change(first, second, name) for name in first.measures}),
        flags=(*_named(first.flags, "before"), *_named(second.flags, "after"), *_unmatched(regions)),
    )


def _common_scale(first: FaceAnalysis, second: FaceAnalysis) -> Scale:
    """Millimetres that one person's eye distance gives in both photos."""
    if first.scale.source != second.scale.source or (first.scale.source == "ipd" and first.scale != second.scale):
        raise ScaleError("the two faces were scaled in different ways; analyse both with the same scale")
    if first.scale.source != "iris":
        return first.scale
    shares = [float(iris_diameter(face.landmarks)) / face.interpupillary for face in (first, second)]
    return Scale("iris", IRIS_MM / float(np.sqrt(shares[0] * shares[1])))


def _placed(face: FaceAnalysis, scale: Scale, landmarks_only: bool) -> PlacedFace:
    return PlacedFace(
        points=face.landmarks if landmarks_only else face.points,
        frame=fit_frame(face.landmarks) if landmarks_only else face.frame,
        mm_per_pixel=_mm_per_pixel(face, scale),
        standard=None if landmarks_only else face.standard,
    )


def _mm_per_pixel(face: FaceAnalysis, scale: Scale) -> float:
    """Millimetres a pixel; where none are known those of usual eyes, for what is not in proportion to size."""
    known = float(scale.mm_per_pixel(face.landmarks))
    return known if np.isfinite(known) else _USUAL_EYES / face.interpupillary


def _region_changes(first: FaceAnalysis, second: FaceAnalysis, moved: FloatArray) -> dict[str, RegionChange]:
    both_known = np.where(np.isnan(moved[MIRROR]), NAN, moved)
    left = _side_movements(both_known)
    right = _side_movements(both_known[MIRROR] * [-1.0, 1.0])
    changes = {}
    for i, name in enumerate(REGION_NAMES):
        (before, lateral_before, vertical_before), (after, lateral_after, vertical_after) = (
            face.regions[name].in_unit(first.unit) for face in (first, second)
        )
        changes[name] = RegionChange(
            region=name,
            before=before,
            after=after,
            change=after - before,
            lateral_before=lateral_before,
            lateral_after=lateral_after,
            vertical_before=vertical_before,
            vertical_after=vertical_after,
            lateral_change=left[i].outward - right[i].outward,
            vertical_change=left[i].up - right[i].up,
            lift=(left[i].up + right[i].up) / 2,
            subject_right=right[i],
            subject_left=left[i],
            moved=_which_side(right[i].size, left[i].size, first.unit) if np.isfinite(left[i].size) else None,
            unit=first.unit,
        )
    return changes


def _side_movements(moved: FloatArray) -> list[SideMovement]:
    """Movement of the subject-left landmarks of each region, in a field whose x is outward there."""
    outward, up = region_means(moved[:, 0]), region_means(moved[:, 1])
    size = np.sqrt(region_means((moved**2).sum(axis=-1)))
    return [
        SideMovement(outward=float(o), up=float(u), size=float(s)) for o, u, s in zip(outward, up, size, strict=True)
    ]


def _which_side(right: float, left: float, unit: str) -> Side:
    if max(right, left) < _STILL[unit]:
        return "neither"
    if right > _CLEARLY_MORE * left:
        return "subject_right"
    if left > _CLEARLY_MORE * right:
        return "subject_left"
    return "both"


def _measure_change(first: FaceAnalysis, second: FaceAnalysis, name: str) -> MeasureChange:
    before, after = first.measures[name], second.measures[name]
    right, left = after.subject_right - before.subject_right, after.subject_left - before.subject_left
    return MeasureChange(
        name=name,
        before=before.difference,
        after=after.difference,
        change=after.difference - before.difference,
        subject_right=right,
        subject_left=left,
        moved=None if np.isnan(right) else _which_side(abs(right), abs(left), before.unit),
        unit=before.unit,
    )


def _unmatched(regions: Mapping[str, RegionChange]) -> tuple[Finding, ...]:
    """Tell what could not be matched: between the photos, or between the sides of the face in both."""
    between = [name for name, region in regions.items() if np.isnan(region.lift)]
    sides = [name for name, region in regions.items() if np.isnan(region.change) and name not in between]
    findings = []
    if between:
        findings.append(not_seen("The two photos look too different to be compared", between))
    if sides:
        findings.append(not_seen("Left and right look too different to be compared, though what moved is known", sides))
    return tuple(findings)


def _named(findings: tuple[Finding, ...], photo: str) -> tuple[Finding, ...]:
    return tuple(
        replace(finding, advice=f"{photo}: {finding.advice}") for finding in findings if finding.name != NOT_SEEN
    )
