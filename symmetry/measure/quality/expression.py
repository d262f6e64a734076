"""What the face is doing: a smile, an open mouth, closed eyes, raised brows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import MIRROR
from symmetry.measure.quality.flags import Flag, Severity
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.pose import severity_of

ABOUT_MOUTH: Final = (
    "mouth",
    "nasolabial",
    "cheeks",
    "lower_face",
    "commissure_height",
    "mouth_cant",
    "commissure_excursion",
    "smile_angle",
    "upper_lip_height",
    "lower_lip_height",
    "dental_show",
    "nasolabial_angle",
)
ABOUT_EYES: Final = ("eyes", "mrd1", "mrd2", "palpebral_fissure")
ABOUT_BROWS: Final = ("brows", "brow_height")

SMILE: Final[dict[Severity, float]] = {"info": 34.0, "warn": 37.0}
"""Percent of the eye distance. 35 neutral people: 27.4 +- 2.5, none over 32.9; the same 35 smiling, 7 of them hardly:
26 of the 28 others over 34."""
_BACKWARD: Final = 1.5
"""Say of the corners' way back against their way up: what tells those 28 best from the neutral ones."""
_OPENED: Final = 0.5
_WIDENED: Final = 82.0
"""An open mouth has its middle lower and farther back: that share of the gap is no smile where the mouth is not wide
(neutral 76 +- 5, smiling 88). Of 35 mouths opened by 12 mm by a warp all seem to smile otherwise, and 2 do so still."""
GAP: Final[dict[Severity, float]] = {"info": 2.5, "warn": 6.0}
"""Percent of the eye distance (6: about 4 mm). 35 neutral people: one of them at 5.3, the others up to 1.9."""
BROWS: Final[dict[Severity, float]] = {"info": 36.0, "warn": 43.0}
"""Percent of the eye distance. Whose brows are raised can hardly be told from whose brows are high: 35 neutral people
spread by 4.5 about 28.5, 2 of them pass 36 and one reaches 38.6; raising the brows by 7 mm adds 8.5."""
CLOSED: Final = 0.175
"""Opening in widths of the eye. 35 people, neutral and smiling, go down to 0.21; with the lids of the neutral photos
drawn down by a warp, nine in ten come below this."""
HALF_CLOSED: Final = 0.2
ONE_HALF_CLOSED: Final[tuple[float, float]] = (0.25, 0.67)
"""Opening of one eye, and its share of the other's, below both; the two eyes of those people differ by 0.03 at most."""
DROWSY: Final[tuple[float, float]] = (0.258, 0.30)
"""Opening of both eyes, reduced to brows of usual distance, and as it is, below which they are perhaps half closed: a
lowered lid is farther from its brow. The reduced one is 0.248 and more on 35 neutral people, 0.27 for nine in ten; with
their lids drawn half down it is at most 0.254 for 13 of 14."""
_BROWS_AWAY: Final = 0.0185
"""Logarithm of the opening that a percent of brow distance stands for: what tells those two best."""
_USUAL_BROWS: Final = 28.6

# Landmarks of the subject's right: the lids' edges in their middle third, from the same to the same place; the ends of
# the eye; the middle of the brow's upper edge.
_LIDS: Final = ((160, 144), (159, 145), (158, 153))
_EYE_ENDS: Final = (33, 133)
_BROW: Final = (63, 105, 66)
_CORNER, _LIP_UPPER, _LIP_LOWER = 61, 13, 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """What the face is doing, in numbers.

    Attributes
    ----------
    smile : float
        How far the corners of the mouth stand above its middle, and 1.5 times how far behind it; percent of the eye
        distance.
    width : float
        Of the mouth, the same unit.
    gap : float
        Between the inner edges of the lips, the same unit.
    eye_right, eye_left : float
        Opening of the subject's eyes, in widths of the eye.
    brows : float
        Height of the brows above the upper lids, percent of the eye distance.
    """

    smile: float
    width: float
    gap: float
    eye_right: float
    eye_left: float
    brows: float

    @property
    def smile_alone(self) -> float:
        """The smile less what an open mouth adds to it."""
        return self.smile if self.width > _WIDENED else self.smile - _OPENED * max(self.gap, 0.0)

    @property
    def opening(self) -> float:
        """Mean opening of the eyes, reduced to brows of usual distance."""
        mean = (self.eye_right + self.eye_left) / 2
        return float(mean * np.exp(-_BROWS_AWAY * (self.brows - _USUAL_BROWS)))

    @property
    def eyes_closed(self) -> bool:
        """Whether one eye or both are closed."""
        return min(self.eye_right, self.eye_left) < CLOSED


def expression_of(portrait: Portrait) -> Expression:
    """Take an expression from the mesh, in the facial frame."""
    face = portrait.frame.place(portrait.landmarks) * (100 / portrait.interpupillary)
    middle = (face[_LIP_UPPER] + face[_LIP_LOWER]) / 2
    _, up, out = (face[_CORNER] + face[MIRROR[_CORNER]]) / 2 - middle
    upper_lids = [upper for upper, _ in _LIDS]
    lids, brows = (np.mean([face[part, 1].mean(), face[MIRROR[part], 1].mean()]) for part in (upper_lids, list(_BROW)))
    return Expression(
        smile=float(up - _BACKWARD * out),
        width=float(np.linalg.norm(face[_CORNER] - face[MIRROR[_CORNER]])),
        gap=float(face[_LIP_UPPER, 1] - face[_LIP_LOWER, 1]),
        eye_right=_opening(face),
        eye_left=_opening(face[MIRROR]),
        brows=float(brows - lids),
    )


def _opening(face: FloatArray) -> float:
    """Measure the opening of the eye at the right's landmarks of a placed face, in widths of the eye."""
    upper, lower = np.array(_LIDS).T
    gap = np.linalg.norm(face[upper] - face[lower], axis=-1).mean()
    return float(gap / np.linalg.norm(face[_EYE_ENDS[0]] - face[_EYE_ENDS[1]]))


def check_expression(portrait: Portrait) -> tuple[Flag, ...]:
    """Find a face that is not at rest; values as in `Expression`."""
    face = expression_of(portrait)
    found = (_about_eyes(face), *_about_mouth(face), _about_brows(face))
    return tuple(flag for flag in found if flag is not None)


def _about_mouth(face: Expression) -> tuple[Flag | None, ...]:
    return (
        _flag(
            "mouth_open",
            face.gap,
            GAP,
            ABOUT_MOUTH,
            "The mouth is open; close it, lips resting on each other, and take the photo again.",
        ),
        _flag(
            "smiling",
            face.smile_alone,
            SMILE,
            ABOUT_MOUTH,
            "The face seems to smile; relax it and take the photo again, unless the smile is what you want to measure.",
        ),
    )


def _about_brows(face: Expression) -> Flag | None:
    advice = "The brows seem raised; relax the forehead and take the photo again."
    return _flag("brows_raised", face.brows, BROWS, ABOUT_BROWS, advice)


def _flag(name: str, value: float, limits: dict[Severity, float], touches: tuple[str, ...], advice: str) -> Flag | None:
    reached = severity_of(max(value, 0.0), limits)
    if reached is None:
        return None
    return Flag(name=name, severity=reached[0], value=round(value, 1), limit=reached[1], touches=touches, advice=advice)


def _about_eyes(face: Expression) -> Flag | None:
    sides = {"right": face.eye_right, "left": face.eye_left}
    narrower, wider = sorted(sides, key=sides.__getitem__)
    least = sides[narrower]
    half, drowsy = sides[wider] < HALF_CLOSED, face.opening < DROWSY[0] and sides[wider] < DROWSY[1]
    one = least < ONE_HALF_CLOSED[0] and least < ONE_HALF_CLOSED[1] * sides[wider]
    which = "eyes are" if half or (drowsy and not one) else f"{narrower} eye is"
    reached: tuple[Severity, float, str]
    if face.eyes_closed:
        reached = "reject", CLOSED, "closed"
    elif half:
        reached = "warn", HALF_CLOSED, "half closed"
    elif one:
        reached = "info", ONE_HALF_CLOSED[0], "half closed"
    elif drowsy:
        reached, least = ("info", DROWSY[0], "perhaps half closed"), face.opening
    else:
        return None
    severity, limit, how = reached
    return Flag(
        name="eyes_closed",
        severity=severity,
        value=round(least, 3),
        limit=limit,
        touches=ABOUT_EYES,
        advice=f"The {which} {how}; take the photo again with both eyes open and looking into the lens.",
    )
