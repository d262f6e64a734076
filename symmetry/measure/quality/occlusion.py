"""Occlusion: whether a face was found at all, and whether something covers part of it.

A covered part does not look as in other faces, and does not have the colour of this face's skin; over a covered mouth
there is no border of lips. The evidence for each part is a sum of cues, none of which is trusted alone. Where light
comes from one side, only the lit half is looked at; a beard around visible lips and clear glasses are no covers.
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
    correlation,
    fit,
    novelty,
    structure,
)
from symmetry.measure.quality.flags import ALL, Flag, Severity
from symmetry.measure.quality.glasses import check_glasses
from symmetry.measure.quality.hair import beard_of, check_beard
from symmetry.measure.quality.lips import lip_borders, lip_contrast
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.view import View, view_of
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
    rows_below,
)
from symmetry.registration.standard_face import Float32

_LEAST_FACE: Final = (0.11, 0.20)
"""Fit of the whole face below which there is none, and below which there is none if eyes and mouth do not look like
any. It is at least 0.51 on 70 studio faces left out in turn, 0.28 on faces turned by 20 degrees or lit from one side,
0.18 behind masks, whose eyes look like eyes; at most 0.17 on patterns and cartoons in which the mesh sees a face."""
_NO_EYES: Final = 0.9
_NO_MOUTH: Final = 1.0
"""Evidence against both eyes and against the mouth; cartoons have at least 1.0 and 1.2."""
_LOWER: Final = (1.9, 2.4)
"""Evidence from which on mouth and chin are perhaps, and certainly, covered. Faces: at most 0.8 on the 70, lit from one
side or from above, 1.7 on selfies in poor light. 43 hands over the mouth: at least 2.6; 42 masks: at least 2.3."""
_SHOWN: Final = (1.3, 0.9, 0.5, 0.08)
"""Borders of the upper and lower lip, fit of the mouth and contrast of the lips from which on the mouth shows, whatever
grows around it. Beards: at least 1.8, 1.3, 0.5 and 0.2; masks: at most 2.0, 1.1, 0.7 and 0.07; hands: 9 in 10 less than
1.4, 1.2, 0.45 and 0.05."""
_CHIN: Final = (1.2, 2.0)
"""The same for the chin and for something dark in front of the mouth. Faces left out in turn, turned and lit from one
side: at most 0.4, with drawn beards 0.9. Hands that reach the chin only: at least 1.5; microphones in front of the
lower lip: mostly 1.5 and more."""
_EYE: Final = (1.3, 2.0)
"""The same for an eye. Faces: at most 0.4 on studio photos and selfies, 0.7 behind glasses, 1.1 when turned by 13
degrees. Hair over it: at least 3.6; hands: half of them more than 2.6; dark glasses: at least 1.1, half of them more
than 2.7."""
_SIDE: Final = (0.78, 0.84)
"""The same for a cheek, as the share that the model does not explain: at most 0.5 on the 70, 0.72 on selfies in poor
light and behind glasses, 0.76 when turned; hands: at least 0.75, half of them more than 0.82."""
_LEAST_NOSE: Final = (0.42, 0.55)
"""Correlation and structure of the nose below which what covers the mouth covers it too: with masks over both at most
0.35 or 0.58, with masks below the nose at least 0.48 and 0.87."""

_IN_SHADE: Final = 1.35
"""Factor of the limits of eyes and chin for faces of which only the lit half is looked at."""

_LOWER_PART: Final = cells(INNER_OVAL & rows_below(112) & ~MOUTH)
_CHIN_PART: Final = cells(INNER_OVAL & rows_below(150))
_LOWEST_PART: Final = cells(INNER_OVAL & rows_below(135))
_LIPS: Final = cells(MOUTH)
_UPPER_SKIN: Final = cells(FOREHEAD | (SKIN & ~rows_below(112)))
_RIGHT_EYE: Final = cells(EYES & RIGHT)
_LEFT_EYE: Final = cells(EYES & ~RIGHT)
_OFFSET: Final = 4.0
"""Grey levels added before logarithms are taken."""
_EACH: Final = np.full(3, 1 / 3, dtype=np.float32)

_ABOUT: Final = 2.0
"""Cells over which darkness is averaged."""
_WEIGHT: Final = 1.5
_OF_SURROUNDINGS: Final = 0.5
"""Weight of how strange the lower face looks against what is seen of the mouth itself."""
_STRANGE_ALONE: Final = 0.6
"""A mask whose print passes for lips is found by its strangeness less this."""
_TOO_STRANGE: Final = 3.0
"""Strangeness from which on a mouth seems to show by chance: beards have at most 2.8, masks and hands up to 5.1."""

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
class Occlusion:
    """Evidence that parts of a face are covered; 0 is none.

    Attributes
    ----------
    face : float
        How well the whole face fits the model of faces, 0 to 1.
    strange : float
        How little the lower face looks like that of a face, 0 to 7.
    lower : float
        Mouth, chin and the sides of the lower face, 0 to 7.
    mouth_shown : bool
        Whether the lips show, whatever is around them.
    chin : float
        The chin and what is in front of the lower lip, 0 to 3.
    nose : bool
        Whether what may cover the mouth covers the nose too.
    eyes : tuple of float
        The subject's right and left eye, 0 to 7.
    sides : tuple of float
        Right and left side below the eyes, 0 to 1.
    """

    face: float
    strange: float
    lower: float
    mouth_shown: bool
    chin: float
    nose: bool
    eyes: tuple[float, float]
    sides: tuple[float, float]


def check_occlusion(portrait: Portrait) -> tuple[Flag, ...]:
    """Find out whether there is a face, and what lies over it."""
    view = view_of(portrait)
    occlusion = _occlusion_of(view)
    found = []
    if (limit := _least_face(occlusion)) is not None:
        found.append(_not_a_face(occlusion.face, limit))
    doubt = _IN_SHADE if view.shaded else 1.0
    chin_limits, eye_limits = (_times(limits, doubt) for limits in (_CHIN, _EYE))
    lower = None if occlusion.mouth_shown else _severity(occlusion.lower, _LOWER)
    eyes = _covered_pair("eye", "the eyes", occlusion.eyes, eye_limits, _OF_EYES)
    # The upper edge of a mask is a line across the nose, too, and dark glasses hide the eyes.
    hidden = lower == "reject" or any(flag.severity == "reject" for flag in eyes)
    glasses = () if hidden else check_glasses(view)
    found += [flag for flag in eyes if flag.severity == "reject" or not glasses]
    beard = check_beard(beard_of(view)) if lower is None else ()
    found += [*glasses, *beard]
    if lower is not None:
        part = "the nose, mouth and chin" if occlusion.nose else "the mouth and chin"
        touches = (*_OF_LOWER, *_OF_NOSE) if occlusion.nose else _OF_LOWER
        found.append(_covered(part, lower, occlusion.lower, _LOWER, touches))
    elif not beard and (chin := _severity(occlusion.chin, chin_limits)) is not None and (chin == "reject" or not eyes):
        found.append(_covered("the chin", chin, occlusion.chin, chin_limits, _OF_LOWER))
    if lower != "reject" and not beard and not view.shaded:
        found += _covered_pair("cheek", "both cheeks", occlusion.sides, _SIDE, _OF_SIDE)
    return tuple(found)


def occlusion_of(portrait: Portrait) -> Occlusion:
    """Collect the evidence that parts of a face are covered."""
    return _occlusion_of(view_of(portrait))


def _occlusion_of(view: View) -> Occlusion:
    pattern, seen, look = view.pattern, view.seen, view.look
    other = np.ascontiguousarray(seen[:, ::-1])
    skin = _colour(look, _UPPER_SKIN)
    sides = (fit(seen, "right_side"), fit(other, "right_side"))
    right = _Eye.measure(seen, structure(pattern, EYES & RIGHT), _colour(look, _RIGHT_EYE) - skin)
    left = _Eye.measure(other, structure(pattern, EYES & ~RIGHT), _colour(look, _LEFT_EYE) - skin)
    alike = correlation(seen, RIGHT_EYE_AND_BROW, to=other)
    bare = (structure(pattern, MOUTH), structure(pattern, NOSTRILS))
    mouth, borders, contrast = fit(seen, "mouth"), lip_borders(view.fine), lip_contrast(view.fine)
    strange = _strange(seen, sides, bare, mouth, _colour(look, _LOWER_PART) - skin)
    return Occlusion(
        face=fit(seen, "face"),
        strange=strange,
        lower=max(_hidden_mouth(mouth, borders, contrast) + _OF_SURROUNDINGS * strange, strange - _STRANGE_ALONE),
        mouth_shown=strange < _TOO_STRANGE
        and all(value >= least for value, least in zip((*borders, mouth, contrast), _SHOWN, strict=True)),
        chin=_chin(seen, look, skin, borders),
        nose=correlation(seen, NOSE) < _LEAST_NOSE[0] or bare[1] < _LEAST_NOSE[1],
        eyes=(right.evidence(left, alike), left.evidence(right, alike)),
        sides=(1 - sides[0], 1 - sides[1]),
    )


def _hidden_mouth(mouth: float, borders: tuple[float, float], contrast: float) -> float:
    return 2.0 * _cue(mouth, 0.70, 0.35) + _WEIGHT * _cue(sum(borders) / 2, 1.2, 0.5) + 1.2 * _cue(contrast, 0.08, 0.03)


def _strange(
    seen: Float32, sides: tuple[float, float], bare: tuple[float, float], mouth: float, colour: FloatArray
) -> float:
    cues = (
        _cue(mouth, 0.75, 0.25),
        _cue(fit(seen, "mouth_and_nose"), 0.70, 0.20),
        _cue(fit(seen, "lower_face"), 0.55, 0.10),
        _cue(sum(sides) / 2, 0.45, 0.15),
        _cue(float(np.hypot(colour[0], colour[1])), 0.06, 0.21),
        _cue(bare[0], 0.70, 0.50),
        _cue(bare[1], 0.70, 0.45),
    )
    return sum(cues)


def _chin(seen: Float32, look: Float32, skin: FloatArray, borders: tuple[float, float]) -> float:
    """Weigh novelty of the chin, and darkness on both sides of the midline with lips that are not red or do not show.

    The shadow of a lamp overhead is strange, too, but alike on both sides.
    """
    strange = _cue(float(novelty(seen, "lower_face")[_CHIN_PART].max()), 0.22, 0.30)
    strange *= _cue(correlation(seen, _CHIN_PART, to=np.ascontiguousarray(seen[:, ::-1])), 0.85, 0.55)
    red, green, _ = cv2.log(look[_LIPS].T + np.float32(_OFFSET))
    bare = _cue(float(np.percentile(red - green, 75) - skin[0]), 0.08, -0.02)
    bare *= _cue(min(borders), 1.0, 0.5)
    bright = cv2.GaussianBlur(cv2.log(look @ _EACH + np.float32(_OFFSET)), (0, 0), _ABOUT)
    darkest = float(np.maximum(bright, bright[:, ::-1])[_LOWEST_PART].min())
    return _WEIGHT * (strange + bare * _cue(darkest - skin[2], -0.5, -1.2))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Eye:
    """Correlation of an eye with the mean face, alone and with its brow; its detail; its colour against skin."""

    alone: float
    with_brow: float
    structure: float
    colour: FloatArray

    @classmethod
    def measure(cls, seen: Float32, structure: float, colour: FloatArray) -> _Eye:
        """Measure the subject's right eye."""
        alone, with_brow = correlation(seen, RIGHT_EYE), correlation(seen, RIGHT_EYE_AND_BROW)
        return cls(alone=alone, with_brow=with_brow, structure=structure, colour=colour)

    def evidence(self, other: _Eye, alike: float) -> float:
        """Sum the cues; eyes that differ count against the one that looks less like an eye."""
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


def _cue(value: float, normal: float, abnormal: float) -> float:
    """0 at a value that is normal for faces, 1 at one that is not, linear in between."""
    return float(np.clip((value - normal) / (abnormal - normal), 0.0, 1.0))


def _colour(look: Float32, part: Mask) -> FloatArray:
    """Colour of a part: log ratios red to green and green to blue, and log brightness, each the median."""
    red, green, blue = cv2.log(look[part].T + np.float32(_OFFSET))
    bright = np.median(look[part] @ _EACH)  # the logarithm keeps the order
    return np.array([np.median(red - green), np.median(green - blue), np.log(bright + _OFFSET)])


def _times(limits: tuple[float, float], factor: float) -> tuple[float, float]:
    return round(limits[0] * factor, 2), round(limits[1] * factor, 2)


def _severity(evidence: float, limits: tuple[float, float]) -> Severity | None:
    perhaps, certainly = limits
    return "reject" if evidence >= certainly else "warn" if evidence >= perhaps else None


def _covered_pair(
    name: str, both: str, evidence: tuple[float, float], limits: tuple[float, float], touches: tuple[str, ...]
) -> list[Flag]:
    """Make the flags about the right and left eye or cheek; a single one if both are covered alike."""
    right, left = (_severity(one, limits) for one in evidence)
    if right is not None and right == left:
        return [_covered(both, right, max(evidence), limits, touches)]
    return [
        _covered(f"the person's {side} {name}", severity, one, limits, touches)
        for side, severity, one in (("right", right, evidence[0]), ("left", left, evidence[1]))
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


def _least_face(occlusion: Occlusion) -> float | None:
    """Limit that the fit of the whole face misses, or None if it is a face."""
    certainly, perhaps = _LEAST_FACE
    if occlusion.face < certainly:
        return certainly
    nothing = min(occlusion.eyes) >= _NO_EYES and occlusion.strange >= _NO_MOUTH
    return perhaps if nothing and occlusion.face < perhaps else None


def _not_a_face(fitting: float, limit: float) -> Flag:
    return Flag(
        name="not_a_face",
        severity="reject",
        advice="What was found does not look like a face; take a photo of one uncovered face from the front.",
        value=round(fitting, 2),
        limit=limit,
        touches=(ALL,),
    )
