"""Facial expression: a smile, an open mouth, closed eyes, raised brows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.landmarks.frame import ARM_MM, fit_frame
from symmetry.landmarks.mesh import MIRROR
from symmetry.landmarks.scale import interpupillary_distance
from symmetry.measure.quality.flags import Flag, Limits, Severity
from symmetry.measure.quality.portrait import Portrait

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
    "chin_deviation",
    "chin_angle",
    "philtrum_deviation",
)
ABOUT_EYES: Final = ("eyes", "mrd1", "mrd2", "palpebral_fissure")
ABOUT_BROWS: Final = ("brows", "brow_height")

SMILE: Final = Limits({"info": 36.0, "warn": 41.0}, digits=1)
"""Percent of the interpupillary distance (IPD). 35 neutral people: 27.4 +- 2.5, at most 32.9, others up to 38.8: mouths
differ so much at rest. Of the same people smiling, without 7 who hardly did: 24 of 28 over 36, 14 over 41."""
_BACKWARD: Final = 1.5
"""Weight of the corners' way back against their way up that best tells those 28 from the neutral ones."""
_OPENED: Final = 0.5
_WIDENED: Final = 82.0
"""The middle of an open mouth is lower and farther back: that share of the gap is no smile unless the mouth is wide
(neutral 76 +- 5, smiling 88). Without this, all of 35 mouths opened by 12 mm by a warp seem to smile; with it, 2."""
GAP: Final = Limits({"info": 2.5, "warn": 7.5}, digits=1)
"""Percent of the IPD (7.5: nearly 5 mm). 35 neutral people: one at 5.3, the others up to 1.9."""
BROWS: Final = Limits({"info": 36.0, "warn": 46.0}, digits=1)
"""Percent of the IPD. Raised brows can hardly be told from high ones: 35 neutral people have 28.5 +- 4.5, 2 of them
pass 36 and one reaches 38.6; raising the brows by 7 mm adds 8.5."""
CLOSED: Final = 0.175
"""Opening in widths of the eye. 35 people, neutral and smiling, have 0.21 and more; with the lids of the neutral photos
closed by a warp, nine in ten are below this."""
HALF_CLOSED: Final = 0.19
ONE_HALF_CLOSED: Final[tuple[float, float]] = (0.25, 0.67)
"""Opening of one eye, and its ratio to the other's, when it is below both; the eyes of those people differ by 0.03 at
most."""
DROWSY: Final[tuple[float, float]] = (0.258, 0.30)
"""Opening of both eyes, corrected for the distance of the brows and uncorrected, below which they are perhaps half
closed: a lowered lid is farther from its brow. The corrected opening of 35 neutral people is 0.248 and more, 0.27 for
nine in ten; with their lids half closed by a warp it is at most 0.254 for 13 of 14."""
_BROWS_AWAY: Final = 0.0185
"""Change of the logarithm of the opening per percent of brow distance that best tells those two apart."""
_AVERAGE_BROWS: Final = 28.6

# Landmarks of the subject's right: opposite points of the lids' edges in their middle third; the ends of the eye; the
# middle of the brow's upper edge.
_LIDS: Final = ((160, 144), (159, 145), (158, 153))
_EYE_ENDS: Final = (33, 133)
_BROW: Final = (63, 105, 66)
_CORNER, _LIP_UPPER, _LIP_LOWER = 61, 13, 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """Measurements of a facial expression; lengths in percent of the interpupillary distance.

    Attributes
    ----------
    smile : float
        Height of the corners of the mouth above its middle, plus 1.5 times their distance behind it.
    width : float
        Width of the mouth.
    gap : float
        Distance between the inner edges of the lips.
    eye_right, eye_left : float
        Opening of the subject's eyes, in widths of the eye.
    brows : float
        Height of the brows above the upper lids.
    """

    smile: float
    width: float
    gap: float
    eye_right: float
    eye_left: float
    brows: float

    @property
    def smile_alone(self) -> float:
        """The smile without what an open mouth adds to it."""
        return self.smile if self.width > _WIDENED else self.smile - _OPENED * max(self.gap, 0.0)

    @property
    def opening(self) -> float:
        """Mean opening of the eyes, corrected for the distance of the brows."""
        mean = (self.eye_right + self.eye_left) / 2
        return float(mean * np.exp(-_BROWS_AWAY * (self.brows - _AVERAGE_BROWS)))

    @property
    def eyes_closed(self) -> bool:
        """Whether at least one eye is closed."""
        return min(self.eye_right, self.eye_left) < CLOSED


def expression_of(portrait: Portrait) -> Expression:
    """Measure the expression of a face from its mesh."""
    return _expression(portrait.frame.place(portrait.landmarks) * (100 / portrait.interpupillary))


def expression_of_landmarks(landmarks: FloatArray) -> Expression:
    """Measure the expression of a face from its landmarks (478, 3), pixels."""
    placed = fit_frame(landmarks, camera_mm=ARM_MM).place(landmarks)
    return _expression(placed * (100 / float(interpupillary_distance(landmarks))))


def _expression(face: FloatArray) -> Expression:
    """Measure an expression from landmarks in the facial frame, in percent of the interpupillary distance."""
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
    """Measure the opening of the right eye of a face in the facial frame, in widths of the eye."""
    upper, lower = np.array(_LIDS).T
    gap = np.linalg.norm(face[upper] - face[lower], axis=-1).mean()
    return float(gap / np.linalg.norm(face[_EYE_ENDS[0]] - face[_EYE_ENDS[1]]))


def check_expression(portrait: Portrait) -> tuple[Flag, ...]:
    """Find a face that is not at rest; values as in `Expression`."""
    face = expression_of(portrait)
    return (
        *_about_eyes(face),
        *GAP.flag(
            "mouth_open",
            max(face.gap, 0.0),
            ABOUT_MOUTH,
            "The mouth is open; close it, lips resting on each other, and take the photo again.",
        ),
        *SMILE.flag(
            "smiling",
            max(face.smile_alone, 0.0),
            ABOUT_MOUTH,
            "The face seems to smile; relax it and take the photo again, unless the smile is what you want to measure.",
        ),
        *BROWS.flag(
            "brows_raised",
            max(face.brows, 0.0),
            ABOUT_BROWS,
            "The brows seem raised; relax the forehead and take the photo again.",
        ),
    )


def _about_eyes(face: Expression) -> tuple[Flag, ...]:
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
        return ()
    severity, limit, how = reached
    advice = f"The {which} {how}; take the photo again with both eyes open and looking into the lens."
    value = round(least, 3)
    return (Flag(name="eyes_closed", severity=severity, value=value, limit=limit, touches=ABOUT_EYES, advice=advice),)
