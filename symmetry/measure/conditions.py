"""Conditions: what differs between two photos besides the face, and how much less certain that makes each number.

`conditions.csv` beside this file tells for each number which difference doubles the variance of two photos that are
taken exactly alike. `tools/fit_errors.py` fits it and the reliability table together, to photos of unchanged faces.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import files
from typing import Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import REGIONS
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.distance import bent_as_from_near
from symmetry.measure.quality.expression import expression_of_landmarks
from symmetry.measure.quality.pair import BROWS, GAP, OPENING, SMILE
from symmetry.measure.reliability_table import OF_PAIR, OF_PHOTO, Method, Quantity

CONDITIONS: Final = ("yaw", "pitch", "roll", "light", "perspective", "shared", "expression")
_TURN: Final = 10.0
"""Degrees of yaw, beyond those that are free, that double the variance of all numbers of a pair if both photos share
them: a turned face shows less of one side."""
_FREE_TURN: Final = 5.0
_PLACE: Final = {region: place for place, region in enumerate(REGIONS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoConditions:
    """How a photo was taken.

    Attributes
    ----------
    yaw, pitch : float
        Degrees.
    light : float
        Natural logarithm of the ratio of light between the halves of the face; NaN if it is not known.
    """

    yaw: float
    pitch: float = 0.0
    light: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairConditions:
    """Differences between the photos before and those after.

    Attributes
    ----------
    yaw, pitch, light : float
        As in `PhotoConditions`.
    roll : float
        Degrees: a tilted face hangs.
    perspective : float
        How much more bent the faces look, as from near, in standard deviations between people.
    turn : float
        Degrees of yaw beyond 5 that the photos have in common.
    shared : ndarray, shape (9,)
        How far both sides of each region moved together, mm.
    expression : float
        Difference in smile, parted lips, open eyes and raised brows together, in multiples of what a flag warns about.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    turn: float = 0.0
    light: float = 0.0
    perspective: float = 0.0
    shared: FloatArray
    expression: float = 0.0


def photo_conditions(face: FaceAnalysis) -> PhotoConditions:
    """Tell how a photo was taken."""
    return PhotoConditions(yaw=face.pose.yaw, pitch=face.pose.pitch, light=face.detection.side_light)


def pair_conditions(
    before: Sequence[FaceAnalysis], after: Sequence[FaceAnalysis], shared: FloatArray
) -> PairConditions:
    """Tell what differs between photos before and after, besides the face; `shared` as in `PairConditions`."""
    one, other = _mean_of(before), _mean_of(after)
    yaw, pitch, roll, light, perspective, *expression = (other - one).tolist()
    return PairConditions(
        yaw=yaw,
        pitch=pitch,
        roll=roll,
        turn=max(abs(one[0] + other[0]) / 2 - _FREE_TURN, 0.0),
        light=light,
        perspective=perspective,
        shared=shared,
        expression=float(np.linalg.norm(np.nan_to_num(expression))),
    )


def _mean_of(faces: Sequence[FaceAnalysis]) -> FloatArray:
    return np.asarray(np.mean([_described(face) for face in faces], axis=0))


def _described(face: FaceAnalysis) -> list[float]:
    of_photo, found = photo_conditions(face), expression_of_landmarks(face.landmarks)
    opening = (found.eye_right + found.eye_left) / 2
    with_limits = ((found.smile, SMILE), (found.gap, GAP), (found.brows, BROWS), (opening, OPENING))
    expression = [value / limits.by_severity["warn"] for value, limits in with_limits]
    bent = bent_as_from_near(face.landmarks, of_photo.pitch)
    return [of_photo.yaw, of_photo.pitch, face.pose.roll, of_photo.light, bent, *expression]


USUAL_PHOTO: Final = PhotoConditions(yaw=1.5, pitch=2.0, light=0.2)
USUAL_PAIR: Final = PairConditions(
    yaw=1.7, pitch=1.9, roll=3.0, light=0.2, perspective=0.25, shared=np.full(len(REGIONS), 0.3), expression=0.7
)
"""How photos are taken, and how two differ, that a person takes one after the other at home: root mean squares of 35
people, and of real pairs for the expression. The standard deviations of reliability tables are theirs."""


def photo_widening(conditions: PhotoConditions, method: Method) -> FloatArray:
    """Factor (54,) by which the variance of a photo's numbers differs from that of a usual photo."""
    return _widening(conditions, OF_PHOTO, doubled_by(method)["photo"]) / _usual(method)[0]


def pair_widening(conditions: PairConditions, method: Method) -> FloatArray:
    """Factor (76,) by which the variance of the numbers of a pair differs from that of a usual pair.

    What both sides share does not widen lift.
    """
    return _widening(conditions, OF_PAIR, doubled_by(method)["pair"]) / _usual(method)[1]


@lru_cache(maxsize=2)
def _usual(method: Method) -> tuple[FloatArray, FloatArray]:
    """Factors (54,) and (76,) by which usual photos and pairs vary more than those that are taken exactly alike."""
    doubled = doubled_by(method)
    return _widening(USUAL_PHOTO, OF_PHOTO, doubled["photo"]), _widening(USUAL_PAIR, OF_PAIR, doubled["pair"])


def _widening(
    conditions: PhotoConditions | PairConditions, quantities: Sequence[Quantity], doubled: dict[str, FloatArray]
) -> FloatArray:
    total = np.ones(len(quantities))
    for field in fields(conditions):
        value = getattr(conditions, field.name)
        if field.name == "shared":
            value = np.array([0.0 if q.number == "lift" else value[_PLACE[q.region]] for q in quantities])
        total += (np.nan_to_num(value) / doubled[field.name]) ** 2
    return total


@lru_cache(maxsize=2)
def doubled_by(method: Method) -> dict[str, dict[str, FloatArray]]:
    """Return which difference in each condition doubles the variance of the numbers of photos and pairs.

    Arrays in the order of `OF_PHOTO` and `OF_PAIR`; infinite where a condition does not matter.
    """
    text = files("symmetry.measure").joinpath("conditions.csv").read_text(encoding="utf-8")
    rows = {
        (row["of"], row["name"], row["number"]): row
        for row in csv.DictReader(io.StringIO(text))
        if row["method"] == method
    }

    def column(quantities: Sequence[Quantity], condition: str) -> FloatArray:
        found = [rows.get((q.of, q.name, q.number), {}).get(condition) for q in quantities]
        return np.array([float(value) if value else np.inf for value in found])

    kinds = {"photo": OF_PHOTO, "pair": OF_PAIR}
    return {
        kind: {"turn": np.full(len(of_kind), _TURN)} | {name: column(of_kind, name) for name in CONDITIONS}
        for kind, of_kind in kinds.items()
    }
