"""Repeated photos of unchanged faces: how well the tool agrees with itself, and the table behind its errors."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.errors import NothingFitError
from symmetry.landmarks.frame import ARM_MM, across_jawline, asymmetry_field, fit_frame, made_even
from symmetry.landmarks.mesh import REGIONS
from symmetry.measure.analysis import measure_landmarks
from symmetry.measure.conditions import pair_conditions, photo_conditions
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.measures import clinical_measures
from symmetry.measure.pairs import common_scale, field_noise, measure_pair, pair_numbers, stack_fields
from symmetry.measure.quality.identity import check_identity
from symmetry.measure.reliability_table import (
    METHODS,
    OF_PAIR,
    OF_PHOTO,
    PART_NAMES,
    PARTS_OF_PAIR,
    PHOTO_NUMBERS,
    REGIONS_OF_PHOTO,
    Method,
    ReliabilityTable,
    ReliabilityTables,
)
from symmetry.measure.scores import region_means, region_scores
from symmetry.measure.sessions import RepeatPhotos
from symmetry.measure.uncertainty import pair_difficulty, photo_difficulty, shared_movement, without_noise
from symmetry.registration import register
from symmetry.stats.agreement import Agreement, agreement
from symmetry.stats.estimates import Estimate
from symmetry.tabular.frames import frame_of
from symmetry.tabular.reliability import FIGURES, RELIABILITY
from symmetry.tabular.text import without_nan

if TYPE_CHECKING:
    from pandas import DataFrame

_ALIKE: Final = 1.25
"""Parts of a region vary partly together (correlation 0.5): two have 1 + 0.5**2 times fewer degrees of freedom."""
_FIELD = PHOTO_NUMBERS.index("field")
SOURCES: Final = (
    "SEM: standard deviation within sessions, pooled; MDC95 = 1.96 sqrt(2) SEM (Weir 2005).",
    "ICC(2,1), ICC(3,1): Shrout & Fleiss 1979; their intervals: McGraw & Wong 1996.",
    "Bias, 95 % limits of agreement: second photo of a session less the first, Bland & Altman 1986; the intervals of "
    "the limits: Carkeet 2015.",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reliability:
    """How repeated photos agree."""

    # photos and sessions that were used: those with at least two photos
    photos: int
    sessions: int
    agreement: Agreement  # of the numbers of single photos, in the order of `reliability_table.OF_PHOTO`
    tables: ReliabilityTables  # for `analyze` and `compare`
    strangers: int  # photos that seem to show someone else than the first of their session, or the face in a mirror
    repeats: RepeatPhotos | None = None  # the photos themselves, where `assess_reliability` sorted them

    def to_dict(self) -> dict[str, Any]:
        """Return the result as a JSON object, as `symmetry reliability` writes it; unknown values are None."""
        groups = self.repeats.groups if self.repeats else {}
        left_out = self.repeats.left_out if self.repeats else {}
        regions: dict[str, dict[str, Any]] = {}
        measures: dict[str, Any] = {}
        for place, quantity in enumerate(OF_PHOTO):
            if quantity.number == "field":
                continue  # only corrects asymmetry for noise; not reported
            numbers = {
                "unit": quantity.unit,
                "sessions": int(self.agreement.sessions[place]),
                "freedom": int(self.agreement.freedom[place]),
                **{figure: self._estimate(figure, place) for figure in FIGURES},
            }
            if quantity.number == "difference":
                measures[quantity.name] = numbers
            else:
                regions.setdefault(quantity.name, {})[quantity.number] = numbers
        return without_nan(
            {
                "photos": self.photos,
                "sessions": self.sessions,
                "groups": [
                    {"session": label, "photos": [face.photo.name for face in faces]} for label, faces in groups.items()
                ],
                "left_out": [{"photo": photo, "reason": reason} for photo, reason in left_out.items()],
                "regions": regions,
                "measures": measures,
                "sources": list(SOURCES),
            }
        )

    def to_frame(self) -> DataFrame:
        """Return one row per number of a region or measure, as in the CSV of `symmetry reliability`."""
        return frame_of(RELIABILITY.rows(self.to_dict()), RELIABILITY)

    def _estimate(self, figure: str, place: int) -> dict[str, float]:
        found: Estimate = getattr(self.agreement, figure)
        return {name: float(getattr(found, name)[place]) for name in ("value", "low", "high")}


def assess_reliability(repeats: RepeatPhotos) -> Reliability:
    """Assess how well repeated photos agree.

    Parameters
    ----------
    repeats : RepeatPhotos
        From `group_repeats`, of photos that were measured with `reliability=NO_TABLES`.

    Raises
    ------
    NothingFitError
        If there is no group of two photos.
    """
    if not repeats.groups:
        raise NothingFitError(
            "no group has two photos; take two or more of each face in one session, or change --group-by"
        )
    faces = [face for faces in repeats.groups.values() for face in faces]
    labels = [label for label, faces in repeats.groups.items() for _ in faces]
    return replace(reliability(faces, labels), repeats=repeats)


def reliability(faces: Sequence[FaceAnalysis], session: Sequence[Hashable]) -> Reliability:
    """Assess how well repeated photos of unchanged faces agree.

    Parameters
    ----------
    faces : sequence of FaceAnalysis
        With millimetres, and with the table `NO_TABLES`, so that nothing is corrected yet.
    session : sequence
        Label of each photo's session; photos of one session show an unchanged face.

    Raises
    ------
    ValueError
        If no session has two photos.
    """
    groups: dict[Hashable, list[FaceAnalysis]] = {}
    for face, label in zip(faces, session, strict=True):
        groups.setdefault(label, []).append(face)
    repeated = [group for group in groups.values() if len(group) > 1]
    if not repeated:
        raise ValueError("no session has two photos")
    as_meshes = [[by_landmarks(face) for face in group] for group in repeated]
    tables: dict[Method, ReliabilityTable] = {"landmarks": _table_of(as_meshes)}
    if all(face.method == "registration" for group in repeated for face in group):
        tables["registration"] = _table_of(repeated)
    known = tables.get("registration", tables["landmarks"])
    values = np.array([corrected(photo_numbers(face), known) for group in repeated for face in group])
    labels = [place for place, group in enumerate(repeated) for _ in group]
    return Reliability(
        photos=len(labels),
        sessions=len(repeated),
        agreement=agreement(values, np.array(labels)),
        tables=tables,
        strangers=sum(_strangers(group) for group in repeated),
    )


def photo_numbers(face: FaceAnalysis) -> FloatArray:
    """Numbers of one photo in the order of `reliability_table.OF_PHOTO`, shape (54,); "field" is NaN."""
    of_regions = [(r.asymmetry, r.lateral, r.vertical, np.nan) for r in face.regions.values()]
    return np.array([*np.ravel(of_regions), *(measure.difference for measure in face.measures.values())])


def corrected(numbers: FloatArray, known: ReliabilityTable) -> FloatArray:
    """Correct the asymmetries among numbers (..., 54) for what noise adds to them."""
    result = np.array(numbers)
    asymmetry = slice(PHOTO_NUMBERS.index("asymmetry"), REGIONS_OF_PHOTO.stop, len(PHOTO_NUMBERS))
    result[..., asymmetry] = without_noise(numbers[..., asymmetry], known.field_noise)
    return result


def _strangers(group: list[FaceAnalysis]) -> int:
    """Count the photos of a session that seem to show someone else than its first, or in a mirror."""
    first, *others = (face.portrait for face in group)
    return sum(
        bool(check_identity(first, other, register(first.standard, other.standard)))
        for other in others
        if first is not None and other is not None
    )


def by_landmarks(face: FaceAnalysis) -> FaceAnalysis:
    """Score a face by its landmarks alone, as if its image had not been registered."""
    return measure_landmarks(
        face.photo,
        face.landmarks,
        scale=face.scale,
        evidence=replace(face.evidence, refined=None),
        reliability=NO_TABLES,
    )


def _table_of(groups: list[list[FaceAnalysis]]) -> ReliabilityTable:
    of_fields = _pooled([_field_squares(group) for group in groups], [len(group) for group in groups])
    noise = np.full(len(OF_PHOTO), np.nan)
    noise[_FIELD : REGIONS_OF_PHOTO.stop : len(PHOTO_NUMBERS)] = np.sqrt(of_fields[0])
    known = _blank(photo_sd=noise)
    sizes = [len(group) for group in groups]
    photo, photo_freedom = _pooled([_photo_squares(group, known) for group in groups], sizes)
    photo_freedom[np.isfinite(noise)] = of_fields[1][np.isfinite(of_fields[0])]
    of_pairs, judged = zip(*(_pair_numbers(group, known) for group in groups), strict=True)
    _leave_out_unjudged(of_pairs, judged)
    pair, pair_freedom = _pooled([numbers**2 for numbers in of_pairs], sizes)
    lateral, vertical = ([numbers[:, PARTS_OF_PAIR][:, i::2] for numbers in of_pairs] for i in range(2))
    together, _ = _pooled([x * y for x, y in zip(lateral, vertical, strict=True)], sizes)
    of_parts = np.stack([pair[PARTS_OF_PAIR][::2], pair[PARTS_OF_PAIR][1::2], together])
    (of_parts, freedom) = _over_parts(of_parts, pair_freedom[PARTS_OF_PAIR][::2])
    pair[PARTS_OF_PAIR], pair_freedom[PARTS_OF_PAIR] = of_parts[:2].T.ravel(), np.repeat(freedom, 2)
    framed = [face for group in groups for face in group if face.detection.crops is not None]
    detector = [_detector_squares(face) for face in framed] or [np.full(len(OF_PHOTO), np.nan)]
    jitter = [face.detection.jitter(face.interpupillary) ** 2 for face in framed] or [np.nan]
    return ReliabilityTable(
        photo_sd=np.where(np.isfinite(noise), noise, np.sqrt(photo)),
        photo_freedom=photo_freedom,
        photo_detector=np.sqrt(np.mean(detector, axis=0)),
        pair_sd=np.sqrt(pair),
        pair_freedom=pair_freedom,
        part_correlation=_correlation(of_parts[2], of_parts[0], of_parts[1]),
        jitter=float(np.sqrt(np.mean(jitter))),
    )


def _pooled(squares: list[FloatArray], sizes: list[int]) -> tuple[FloatArray, FloatArray]:
    """Pool squared differences (pairs, n) of sessions of k photos, each session with k - 1 degrees of freedom."""
    total, freedom = np.zeros(squares[0].shape[1]), np.zeros(squares[0].shape[1])
    for of_session, size in zip(squares, sizes, strict=True):
        known = np.isfinite(of_session)
        count = known.sum(axis=0)
        mean = np.where(known, of_session, 0.0).sum(axis=0) / np.maximum(count, 1)
        total += np.where(count > 0, mean * (size - 1), 0.0)
        freedom += np.where(count > 0, size - 1, 0)
    return np.where(freedom > 0, total / np.maximum(freedom, 1), np.nan), freedom


def _leave_out_unjudged(numbers: Sequence[FloatArray], judged: Sequence[NDArray[np.bool_]]) -> None:
    """Drop (NaN) pairs in which a part could not be judged, where at least half of its pairs remain."""
    known = [np.isfinite(of_session[:, PARTS_OF_PAIR][:, ::2]) for of_session in numbers]
    left = sum((one & other).sum(axis=0) for one, other in zip(known, judged, strict=True))
    enough = left >= 0.5 * sum(of_session.sum(axis=0) for of_session in known)
    for of_session, could_be in zip(numbers, judged, strict=True):
        of_session[:, PARTS_OF_PAIR][np.repeat(~could_be & enough, 2, axis=1)] = np.nan


def _over_parts(moments: FloatArray, freedom: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Pool moments (3, 11) over the parts of each region: they vary alike, and photos are few."""
    pooled, shared = moments.copy(), freedom.copy()
    for region in REGIONS:
        own = [place for place, (name, _) in enumerate(PART_NAMES) if name == region and freedom[place] > 0]
        if len(own) > 1:
            pooled[:, own] = np.average(moments[:, own], axis=1, weights=freedom[own])[:, None]
            shared[own] = freedom[own].sum() / _ALIKE
    return pooled, shared


def _correlation(together: FloatArray, one: FloatArray, other: FloatArray) -> FloatArray:
    """Correlation from a covariance and two variances; 0 where nothing varies or nothing is known."""
    scale = np.sqrt(one * other)
    known = np.isfinite(together) & (scale > 0)
    return np.where(known, together / np.where(known, scale, 1.0), 0.0).clip(-1.0, 1.0)


def _photo_squares(group: list[FaceAnalysis], known: ReliabilityTable) -> FloatArray:
    """Squared differences between every two photos, scaled to the variance of one frontal photo, (pairs, 54)."""
    numbers = [corrected(photo_numbers(face), known) for face in group]
    hard = [photo_difficulty(photo_conditions(face), face.flags, method=face.method) ** 2 for face in group]
    return np.array(
        [(numbers[i] - numbers[j]) ** 2 / (hard[i] + hard[j]) for i, j in combinations(range(len(group)), 2)]
    )


def _field_squares(group: list[FaceAnalysis]) -> FloatArray:
    """Mean squares of the noise of the asymmetry fields, (pairs, 9)."""
    return np.array(
        [
            region_means(((one.asymmetry - other.asymmetry) ** 2).sum(axis=-1)) / 2
            for one, other in combinations(group, 2)
        ]
    )


def _pair_numbers(group: list[FaceAnalysis], known: ReliabilityTable) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Numbers of every two photos as a pair, scaled to equal pose and expression, and which parts could be judged.

    Returns
    -------
    numbers : ndarray, shape (pairs, 76)
    judged : ndarray, shape (pairs, 11), bool
        Where the left-right difference itself is known, without which no verdict is given.
    """
    found, judged = [], []
    for one, other in combinations(group, 2):
        pair = measure_pair(
            one, other, scale=common_scale((one, other)), landmarks_only=one.refined is None, reliability=NO_TABLES
        )
        numbers = pair_numbers(stack_fields([[pair]]).mean_known(), field_noise(known, 1, 1.0))
        difficulty = pair_difficulty(
            pair_conditions([one], [other], shared_movement(numbers.left[:, :2], numbers.right[:, :2])),
            flags=([one.flags], [other.flags]),
            between=pair.flags,
            method=one.method,
        )
        found.append(numbers.listed() / difficulty)
        judged.append(np.isfinite(numbers.part_before + numbers.part_after).all(axis=-1))
    return np.array(found), np.array(judged)


def _detector_squares(face: FaceAnalysis) -> FloatArray:
    """Squared standard errors of the numbers (54,) of a photo that come from the framing of its two crops."""
    crops = np.asarray(face.detection.crops)
    placed = fit_frame(crops, camera_mm=ARM_MM).place(crops) * face.mm_per_pixel
    field = across_jawline(asymmetry_field(placed), made_even(placed))
    scores = region_scores(field)
    of_regions = np.concatenate([scores, np.zeros_like(scores[..., :1])], axis=-1).reshape(2, -1)
    of_measures = clinical_measures(crops, placed, unit_per_pixel=face.mm_per_pixel).difference
    numbers = np.concatenate([of_regions, of_measures], axis=-1)
    return np.asarray(((numbers[0] - numbers[1]) / 2) ** 2)


def _blank(photo_sd: FloatArray) -> ReliabilityTable:
    return ReliabilityTable(
        photo_sd=photo_sd,
        photo_freedom=np.zeros(len(OF_PHOTO)),
        photo_detector=np.zeros(len(OF_PHOTO)),
        pair_sd=np.full(len(OF_PAIR), np.nan),
        pair_freedom=np.zeros(len(OF_PAIR)),
        part_correlation=np.zeros(len(PART_NAMES)),
        jitter=float("nan"),
    )


NO_TABLES: ReliabilityTables = dict.fromkeys(METHODS, _blank(np.full(len(OF_PHOTO), np.nan)))
"""For measuring without errors and corrections, as a table is made."""
