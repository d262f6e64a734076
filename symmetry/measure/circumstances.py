"""What differs between photos apart from the face, and how far that moves their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.shifts import Circumstance, shift_of
from symmetry.measure.reliability_table import OF_PAIR

_SAME_YAW: Final = 1.0
"""Degrees of yaw by which photos behind the reliability table differ, too."""
_SAME_LIGHT: Final = 0.2
"""The same for side light."""
_ROLL: Final = 10.0
"""Degrees of roll between two photos that double the variance: it is removed, but a tilted face hangs, and landmarks
follow the frame of the photo by 0.1 mm in 10 degrees."""
_FREE_TURN: Final = 5.0
_TURN: Final = 10.0
"""Degrees of yaw that both photos share, beyond 5, that double the variance: a turned face shows less of one side."""
_NUMBERS: Final = {"change": "asymmetry", "lateral_change": "lateral", "vertical_change": "vertical"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Mean differences between photos before and after."""

    yaw: float  # degrees
    pitch: float
    roll: float
    light: float  # of side light, see `quality.picture.Light`; 0 where it is not known
    turn: float = 0.0  # mean yaw of all, degrees


def apart(befores: Sequence[FaceAnalysis], afters: Sequence[FaceAnalysis]) -> Apart:
    """Compare the circumstances of photos before and after."""
    poses = [np.mean([(f.pose.yaw, f.pose.pitch, f.pose.roll) for f in faces], axis=0) for faces in (befores, afters)]
    light = [np.mean([face.detection.side_light for face in faces]) for faces in (befores, afters)]
    yaw, pitch, roll = (poses[1] - poses[0]).tolist()
    return Apart(
        yaw=yaw,
        pitch=pitch,
        roll=roll,
        light=float(np.nan_to_num(light[1] - light[0])),
        turn=float(poses[0][0] + poses[1][0]) / 2,
    )


def widened(difficulty: FloatArray, sd: FloatArray, circumstances: Apart) -> FloatArray:
    """Widen the factors (76,) of a pair's spread by what its circumstances add.

    Parameters
    ----------
    difficulty : ndarray, shape (76,)
        As from `pair_difficulty`.
    sd : ndarray, shape (76,)
        Spread of the numbers between photos taken alike, which the factors multiply.
    circumstances : Apart

    Notes
    -----
    The numbers move by so many millimetres, however well they repeat otherwise; so shifts are added to the spread.
    """
    yaw = max(abs(circumstances.yaw) - _SAME_YAW, 0.0) * _shifts("yaw")
    light = (abs(circumstances.light) > _SAME_LIGHT) * circumstances.light * _shifts("light")
    beyond = max(abs(circumstances.turn) - _FREE_TURN, 0.0)
    factor = 1 + (circumstances.roll / _ROLL) ** 2 + (beyond / _TURN) ** 2
    added = np.nan_to_num((yaw**2 + light**2) / np.where(sd > 0, sd, np.nan) ** 2)
    return np.asarray(np.sqrt(difficulty**2 * factor + added))


@cache
def _shifts(circumstance: Circumstance) -> FloatArray:
    """Shift of each number of a pair (76,), 0 where it is not known; lift, which both sides share, does not move."""
    found = []
    for quantity in OF_PAIR:
        if quantity.number == "lift":
            found.append(0.0)
        elif quantity.name.partition(":")[0] == quantity.region:  # a region, or a part of it
            found.append(shift_of(circumstance, quantity.region, _NUMBERS[quantity.number]))
        else:
            found.append(shift_of(circumstance, quantity.name))
    return np.asarray(np.nan_to_num(np.array(found)), dtype=np.float64)
