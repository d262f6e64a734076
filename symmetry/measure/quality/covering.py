"""Whether what was found is a face, and whether something lies over part of it.

Two things tell: the part does not look as it does in other faces, and it does not have the colour of this face's skin.
Each part's evidence is a sum of cues of 0 to 1; no single one of them is trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from symmetry.arrays import FloatArray
from symmetry.measure.quality.appearance import (
    NOSE,
    RIGHT_EYE,
    RIGHT_EYE_AND_BROW,
    coarse,
    fit,
    likeness,
    strangeness,
    structure,
)
from symmetry.measure.quality.flags import ALL, Flag, Severity
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.zones import (
    EYES,
    FOREHEAD,
    INNER_OVAL,
    MOUTH,
    NOSTRILS,
    RIGHT,
    SKIN,
    Mask,
    cells,
    colours,
    rows_below,
)
from symmetry.registration.standard_face import Float32

_LEAST_FACE: Final = (0.12, 0.20)
"""Fit of the whole face, and where neither eye nor mouth is like one either. It is 0.51 and more on 70 studio faces
left out in turn, 0.28 and more on faces turned by 20 degrees or lit from one side, 0.18 and more behind masks, whose
eyes are like eyes; at most 0.17 on patterns and cartoons in which the mesh sees a face."""
_NO_EYES: Final = 0.8
_NO_MOUTH: Final = 1.0
"""Evidence against both eyes and against the mouth, of which cartoons have at least 1.0 and 1.2."""
_LOWER: Final = (2.0, 2.5)
"""Evidence from which on mouth and chin are perhaps, and surely, covered. Faces: at most 0.6 on the 70, 1.9 on selfies
in poor light, 2.3 where they are turned by 13 degrees. Masks: 2.8 and more; hands drawn over mouth or chin: 1.7 and
more, half of them more than 2.5."""
_CHIN: Final = (1.2, 2.0)
"""The same for the chin and for what is dark before the mouth. Faces left out in turn, turned and lit from one side: at
most 0.4, behind drawn beards 0.9. Hands that reach the chin only: 1.5 and more; microphones before the lower lip: most
of them 1.5 and more."""
_EYE: Final = (1.3, 2.0)
"""The same for an eye. Faces: at most 0.4 on studio photos and selfies, 0.7 behind glasses, 1.1 where they are
turned by 13 degrees. Hair over it: 3.6 and more; a hand: half of them more than 2.6; dark glasses: 1.1 and more, half
of them more than 2.7."""
_SIDE: Final = (0.78, 0.84)
"""The same for a cheek, as the share of what it shows that faces do not: at most 0.5 on the 70, 0.72 on selfies in poor
light and behind glasses, 0.76 where they are turned; hands: 0.75 and more, half of them more than 0.82."""
_LEAST_NOSE: Final = (0.42, 0.55)
"""Likeness and structure of a nose, below which what covers the mouth covers it too: of masks over both at most 0.35
or 0.58, of masks below the nose at least 0.48 and 0.87."""

_LOWER_PART: Final = cells(INNER_OVAL & rows_below(112) & ~MOUTH)
_CHIN_PART: Final = cells(INNER_OVAL & rows_below(150))
_LOWEST_PART: Final = cells(INNER_OVAL & rows_below(135))
_LIPS: Final = cells(MOUTH)
_UPPER_SKIN: Final = cells(FOREHEAD | (SKIN & ~rows_below(112)))
_RIGHT_EYE: Final = cells(EYES & RIGHT)
_LEFT_EYE: Final = cells(EYES & ~RIGHT)
_OFFSET: Final = 4.0
"""Grey levels added before colours are compared, so that black has one."""
_EACH: Final = np.full(3, 1 / 3, dtype=np.float32)

_ABOUT: Final = 2.0
"""Cells over which darkness is a mean."""
_SAY: Final = 1.5

_FROM_PUPILS: Final = ("commissure_height", "upper_lip_height", "lower_lip_height", "jaw_angle_height")
_OF_EYES: Final = ("eyes", "brows", "face", "brow_height", "mrd1", "mrd2", "palpebral_fissure", *_FROM_PUPILS)
_OF_JAW: Final = ("jaw_angle_height", "jaw_angle_width", "nasolabial_angle")
_OF_SIDE: Final = ("jawline", "cheeks", "nasolabial", "lower_face", "face", *_OF_JAW)
_OF_LOWER: Final = (
    *("jawline", "mouth", "nasolabial", "cheeks", "lower_face", "face", "commissure_height", "mouth_cant"),
    *("commissure_excursion", "smile_angle", "upper_lip_height", "lower_lip_height", "dental_show"),
    *("chin_deviation", "chin_angle", "philtrum_deviation", *_OF_JAW),
)
_OF_NOSE: Final = ("nose", "nose_tip_deviation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """How much speaks for something over each part of a face; 0 is nothing.

    Attributes
    ----------
    face : float
        How well the whole fits other faces, 0 to 1.
    lower : float
        Mouth, chin and the sides of the lower face, 0 to 7.
    chin : float
        The chin and what hangs before the lower lip, 0 to 3.
    nose : bool
        Whether what may cover the mouth covers the nose too.
    eyes : tuple of float
        The person's right and left eye, 0 to 7.
    sides : tuple of float
        Right and left side below the eyes, 0 to 1.
    """

    face: float
    lower: float
    chin: float
    nose: bool
    eyes: tuple[float, float]
    sides: tuple[float, float]


def check_covering(portrait: Portrait) -> tuple[Flag, ...]:
    """Find out whether a face is there, and which parts of it are covered."""
    covering = covering_of(portrait)
    found = []
    if (limit := _least_face(covering)) is not None:
        found.append(_not_a_face(covering.face, limit))
    found += _covered_eyes(covering.eyes)
    lower = _severity(covering.lower, _LOWER)
    if lower is not None:
        part = "the nose, mouth and chin" if covering.nose else "the mouth and chin"
        touches = (*_OF_LOWER, *_OF_NOSE) if covering.nose else _OF_LOWER
        found.append(_covered(part, lower, covering.lower, _LOWER, touches))
    elif (chin := _severity(covering.chin, _CHIN)) is not None and (chin == "reject" or not found):
        found.append(_covered("the chin", chin, covering.chin, _CHIN, _OF_LOWER))
    if lower != "reject":
        found += _covered_sides(covering.sides)
    return tuple(found)


def covering_of(portrait: Portrait) -> Covering:
    """Weigh up what speaks for something over each part of a face."""
    pattern = portrait.standard.pattern
    seen = coarse(pattern)
    other = np.ascontiguousarray(seen[:, ::-1])
    look = colours(portrait)
    skin = _colour(look, _UPPER_SKIN)
    sides = (fit(seen, "right_side"), fit(other, "right_side"))
    right = _Eye.see(seen, structure(pattern, EYES & RIGHT), _colour(look, _RIGHT_EYE) - skin)
    left = _Eye.see(other, structure(pattern, EYES & ~RIGHT), _colour(look, _LEFT_EYE) - skin)
    alike = likeness(seen, RIGHT_EYE_AND_BROW, to=other)
    bare = (structure(pattern, MOUTH), structure(pattern, NOSTRILS))
    return Covering(
        face=fit(seen, "face"),
        lower=_lower(seen, sides, bare, _colour(look, _LOWER_PART) - skin),
        chin=_chin(seen, look, skin),
        nose=likeness(seen, NOSE) < _LEAST_NOSE[0] or bare[1] < _LEAST_NOSE[1],
        eyes=(right.evidence(left, alike), left.evidence(right, alike)),
        sides=(1 - sides[0], 1 - sides[1]),
    )


def _lower(seen: Float32, sides: tuple[float, float], bare: tuple[float, float], colour: FloatArray) -> float:
    cues = (
        _cue(fit(seen, "mouth"), 0.75, 0.25),
        _cue(fit(seen, "mouth_and_nose"), 0.70, 0.20),
        _cue(fit(seen, "lower_face"), 0.55, 0.10),
        _cue(sum(sides) / 2, 0.45, 0.15),
        _cue(float(np.hypot(colour[0], colour[1])), 0.06, 0.21),
        _cue(bare[0], 0.70, 0.50),
        _cue(bare[1], 0.70, 0.45),
    )
    return sum(cues)


def _chin(seen: Float32, look: Float32, skin: FloatArray) -> float:
    """Weigh up a strange look of the chin, and darkness on both sides of the midline over lips that are not red."""
    strange = _cue(float(strangeness(seen, "lower_face")[_CHIN_PART].max()), 0.22, 0.30)
    red, green, _ = cv2.log(look[_LIPS].T + np.float32(_OFFSET))
    bare = _cue(float(np.percentile(red - green, 75) - skin[0]), 0.08, -0.02)
    bright = cv2.GaussianBlur(cv2.log(look @ _EACH + np.float32(_OFFSET)), (0, 0), _ABOUT)
    darkest = float(np.maximum(bright, bright[:, ::-1])[_LOWEST_PART].min())
    return _SAY * (strange + bare * _cue(darkest - skin[2], -0.5, -1.2))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Eye:
    """How like one an eye looks, alone and with its brow, how much is there to see, and its colour against the skin."""

    alone: float
    with_brow: float
    structure: float
    colour: FloatArray

    @classmethod
    def see(cls, seen: Float32, structure: float, colour: FloatArray) -> _Eye:
        """Look at the eye on the right of the person."""
        alone, with_brow = likeness(seen, RIGHT_EYE), likeness(seen, RIGHT_EYE_AND_BROW)
        return cls(alone=alone, with_brow=with_brow, structure=structure, colour=colour)

    def evidence(self, other: _Eye, alike: float) -> float:
        """Sum the cues; that the eyes are not alike speaks against the one that looks less like an eye."""
        less = _cue(other.with_brow - self.with_brow, 0.10, 0.35)
        cues = (
            _cue(self.alone, 0.60, 0.10),
            _cue(self.with_brow, 0.65, 0.15),
            _cue(float(np.hypot(self.colour[0], self.colour[1])), 0.12, 0.32),
            _cue(float(self.colour[2]), -0.6, -1.4),
            _cue(self.structure, 0.62, 0.35),
            less,
            less * _cue(alike, 0.65, 0.35),
        )
        return sum(cues)


def _cue(value: float, well: float, amiss: float) -> float:
    """0 for what is usual in faces, 1 for what is not, even in between."""
    return float(np.clip((value - well) / (amiss - well), 0.0, 1.0))


def _colour(look: Float32, part: Mask) -> FloatArray:
    """Colour of a part: log ratios red to green and green to blue, and log brightness, each the median."""
    red, green, blue = cv2.log(look[part].T + np.float32(_OFFSET))
    bright = np.median(look[part] @ _EACH)  # the logarithm keeps the order
    return np.array([np.median(red - green), np.median(green - blue), np.log(bright + _OFFSET)])


def _severity(evidence: float, limits: tuple[float, float]) -> Severity | None:
    perhaps, surely = limits
    return "reject" if evidence >= surely else "warn" if evidence >= perhaps else None


def _covered_eyes(eyes: tuple[float, float]) -> list[Flag]:
    right, left = (_severity(eye, _EYE) for eye in eyes)
    if right is not None and right == left:
        return [_covered("the eyes", right, max(eyes), _EYE, _OF_EYES)]
    sides = (("right", right, eyes[0]), ("left", left, eyes[1]))
    return [
        _covered(f"the person's {side} eye", severity, evidence, _EYE, _OF_EYES)
        for side, severity, evidence in sides
        if severity is not None
    ]


def _covered_sides(sides: tuple[float, float]) -> list[Flag]:
    right, left = (_severity(side, _SIDE) for side in sides)
    if right is not None and right == left:
        return [_covered("both cheeks", right, max(sides), _SIDE, _OF_SIDE)]
    return [
        _covered(f"the person's {side} cheek", severity, evidence, _SIDE, _OF_SIDE)
        for side, severity, evidence in (("right", right, sides[0]), ("left", left, sides[1]))
        if severity is not None
    ]


def _covered(
    part: str, severity: Severity, evidence: float, limits: tuple[float, float], touches: tuple[str, ...]
) -> Flag:
    found = "Something covers" if severity == "reject" else "Something may cover"
    return Flag(
        name="face_covered",
        severity=severity,
        advice=f"{found} {part}; take it off or brush it aside, and take the photo again.",
        value=round(evidence, 2),
        limit=limits[severity == "reject"],
        touches=touches,
    )


def _least_face(covering: Covering) -> float | None:
    """Give the limit that the fit of the whole misses, or None if it is a face."""
    surely, perhaps = _LEAST_FACE
    if covering.face < surely:
        return surely
    nothing = min(covering.eyes) >= _NO_EYES and covering.lower >= _NO_MOUTH
    return perhaps if nothing and covering.face < perhaps else None


def _not_a_face(fitting: float, limit: float) -> Flag:
    return Flag(
        name="not_a_face",
        severity="reject",
        advice="What was found does not look like a face; take a photo of one uncovered face from the front.",
        value=round(fitting, 2),
        limit=limit,
        touches=(ALL,),
    )
