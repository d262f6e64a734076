"""Expressions compared like with like: a photo that is meant to smile is not told to relax."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from symmetry.measure.analysis import measure_landmarks
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.motion.expressions import EXPRESSIONS
from symmetry.measure.quality.expression import (
    ABOUT_BROWS,
    ABOUT_EYES,
    ABOUT_MOUTH,
    CLOSED,
    SMILE,
    expression_of_landmarks,
)
from symmetry.measure.quality.flags import ALL, Flag, by_gravity
from symmetry.measure.reliability_table import ReliabilityTables

REST: Final = "rest"
POSED: Final = (REST, *EXPRESSIONS)
"""Expressions that a photo may be said to show."""


@dataclass(frozen=True, slots=True)
class _Meant:
    """What an expression brings with it."""

    excused: tuple[str, ...]  # flags that are no fault
    touches: tuple[str, ...]  # results that vary more from one time to the next
    stopped: tuple[str, ...] = ()  # results that it makes impossible


_MOUTH: Final = _Meant(("smiling", "mouth_open"), (*ABOUT_MOUTH, "jawline", "face"))
_EYES: Final = _Meant(("eyes_closed",), (*ABOUT_EYES, "face"), ("mrd1", "mrd2", "brow_height"))
"""Behind closed lids no iris is seen, from which these are measured."""
_MEANT: Final = {
    "brows up": _Meant(("brows_raised",), (*ABOUT_BROWS, "face")),
    "eyes closed gently": _EYES,
    "eyes closed tightly": _EYES,
    "small smile": _MOUTH,
    "big smile": _MOUTH,
    "pucker": _MOUTH,
    "lower teeth": _MOUTH,
    "snarl": _MOUTH,
}


def as_expression(face: FaceAnalysis, expression: str, *, reliability: ReliabilityTables | None = None) -> FaceAnalysis:
    """Take a face for one that makes an expression on purpose.

    What the quality gate finds wrong about that expression is dropped. The flag `posed` widens the errors of what it
    moves, since nobody smiles twice alike; `expression_missing` says that the face does not seem to make it.

    Parameters
    ----------
    face : FaceAnalysis
    expression : str
        "rest", "brows up", "eyes closed gently", "eyes closed tightly", "small smile", "big smile", "pucker",
        "lower teeth" or "snarl".
    reliability : mapping, optional
        As for `analyze`.

    Raises
    ------
    ValueError
        If there is no such expression.
    """
    if expression not in POSED:
        raise ValueError(f"'{expression}' is no expression; use {', '.join(POSED)}")
    if expression == REST:
        return face
    meant = _MEANT[expression]
    flags = [flag for flag in face.flags if flag.name not in (*meant.excused, "posed", "expression_missing")]
    flags.append(
        Flag(
            name="posed",
            severity="warn",
            advice=f"The face is meant to show this: {expression}. Nobody does it twice alike, so errors are wider.",
            touches=meant.touches,
        )
    )
    if meant.stopped:
        advice = "Closed lids hide the irises, from which these are measured."
        flags.append(Flag(name="irises_hidden", severity="reject", advice=advice, touches=meant.stopped))
    if not _shown(face, expression):
        advice = f"The face does not seem to show this: {expression}; check which photo it is."
        flags.append(Flag(name="expression_missing", severity="warn", advice=advice, touches=(ALL,)))
    evidence = replace(face.evidence, flags=by_gravity(flags))
    return measure_landmarks(face.photo, face.landmarks, scale=face.scale, evidence=evidence, reliability=reliability)


def _shown(face: FaceAnalysis, expression: str) -> bool:
    """Whether a face shows an expression, as far as one photo can tell: smiles and closed eyes."""
    shown = expression_of_landmarks(face.landmarks)
    if expression == "big smile":
        return shown.smile >= SMILE.by_severity["info"]
    if expression.startswith("eyes closed"):
        return max(shown.eye_right, shown.eye_left) < 1.5 * CLOSED
    return True
