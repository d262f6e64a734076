"""Whether two photos show the same face, and neither of them in a mirror."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from symmetry.landmarks.frame import made_even
from symmetry.landmarks.mesh import IRIS_RIGHT, REFERENCE
from symmetry.measure.quality.flags import ALL, Flag
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.zones import EYES, INNER_OVAL, MOUTH
from symmetry.registration import Registration, register
from symmetry.registration.standard_face import HEIGHT, WIDTH, Float32, look_up

FINEST, COARSEST = 1.5, 5.0
"""Scales of the detail that is compared, pixels of the standard face: folds, moles, stubble; coarser than noise, finer
than light."""

DIFFERENT: Final = -0.5
"""Similarity below which two photos show two people. Photos of one person have at least 0.6 (35 pairs, neutral and
smiling), 0.3 (12 pairs of selfies of one session) and -0.4 (16 pairs across two sessions and cameras); 96 % of the
pairs of two people lie below."""
MIRRORED_DETAIL: Final = 0.2
MIRRORED_MATCH: Final = 0.045
"""Gains in detail and in confidence that together reveal a mirrored photo. Mirroring one photo of those pairs costs at
least 0.49 and 0.072, 0.2 and 0.076, 0.11 and 0.039: of the last, 6 of 16 are missed. In 400 pairs of two people it
changes them by at most 0.3 and 0.037."""
SURE: Final = 0.9
"""Detail from which on neither photo is mirrored; those pairs with one photo mirrored have at most 0.6, drawn faces
that are nearly even 0.82."""
ALIKE: Final = 0.9
LITTLE_GAIN: Final = 0.1
"""Detail with a mirrored photo, and gain, that need no gain in confidence; at most 0.7 is reached by two people."""
SAME: Final = 1.0
"""Similarity that only one person reaches."""

SURELY_DIFFERENT: Final = -1.2
"""Similarity below which nothing is compared: three of four pairs of different people lie below, while the least
similar photos of one person, a selfie from 15 cm among them, have -0.4."""
_DETAIL, _SHAPE, _OFFSET = 9.1, 1.23, 5.1
"""Linear discriminant between those pairs of one and of two people."""

_SKIN = INNER_OVAL & ~EYES & ~MOUTH
# Above the mouth, which moves most.
_UPPER: Final = np.flatnonzero((REFERENCE[:, 1] > -28.0) & (np.arange(len(REFERENCE)) < IRIS_RIGHT))
_GRID: Final = np.dstack(np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How well two registered photos agree.

    Attributes
    ----------
    detail : float
        Correlation of the left-right differences of both: they are individual, and at this scale depend least on
        light.
    confidence : float
        Mean confidence over the face.
    """

    detail: float
    confidence: float


def match_of(registration: Registration) -> Match:
    """Measure how well two photos agree once they are registered."""
    half = registration.displacement / np.float32(2)
    first = _sides_apart(look_up(registration.first.pattern, _GRID - half))
    second = _sides_apart(look_up(registration.second.pattern, _GRID + half))
    product = float((first * second).sum())
    size = float(np.sqrt((first * first).sum() * (second * second).sum()))
    return Match(
        detail=product / max(size, 1e-9),
        confidence=float(np.maximum(registration.confidence, 0)[INNER_OVAL].mean()),
    )


def _sides_apart(pattern: Float32) -> Float32:
    fine = cv2.GaussianBlur(pattern, (0, 0), FINEST) - cv2.GaussianBlur(pattern, (0, 0), COARSEST)
    return np.asarray((fine - fine[:, ::-1])[_SKIN])


def shape_difference(first: Portrait, second: Portrait) -> float:
    """RMS distance between the upper parts of two faces made symmetric, percent of the interpupillary distance."""
    one, other = (
        made_even(portrait.frame.place(portrait.landmarks) * (100 / portrait.interpupillary))[_UPPER]
        for portrait in (first, second)
    )
    return float(np.sqrt(((one - other) ** 2).sum(axis=-1).mean()))


def similarity(match: Match, difference: float) -> float:
    """Similarity of two faces by image and shape, in standard deviations from the boundary of one person."""
    return _DETAIL * match.detail - _SHAPE * float(np.log(max(difference, 1e-3))) - _OFFSET


def check_identity(first: Portrait, second: Portrait, registration: Registration) -> tuple[Flag, ...]:
    """Find photos of two people (value: their similarity), or one that is mirrored (value: the gain in detail)."""
    match = match_of(registration)
    if match.detail < SURE:
        mirrored = match_of(register(first.standard, second.standard.mirrored()))
        gain = mirrored.detail - match.detail
        if gain >= MIRRORED_DETAIL and mirrored.confidence - match.confidence >= MIRRORED_MATCH:
            return (_mirrored(gain),)
        if gain >= LITTLE_GAIN and mirrored.detail >= ALIKE:
            return (_mirrored(gain),)
        difference = shape_difference(first, second)
        if similarity(match, difference) < DIFFERENT and similarity(mirrored, difference) >= SAME:
            return (_mirrored(gain),)
    alike = similarity(match, shape_difference(first, second))
    return () if alike >= DIFFERENT else (_different(alike),)


def _mirrored(gain: float) -> Flag:
    return Flag(
        name="one_mirrored",
        severity="warn",
        value=round(gain, 2),
        limit=MIRRORED_DETAIL,
        touches=(ALL,),
        advice="One of the two photos seems to be mirrored; add --mirrored-after if it is the second.",
    )


def _different(alike: float) -> Flag:
    return Flag(
        name="different_person",
        severity="reject" if alike < SURELY_DIFFERENT else "warn",
        value=round(alike, 1),
        limit=SURELY_DIFFERENT if alike < SURELY_DIFFERENT else DIFFERENT,
        touches=(ALL,),
        advice="The photos seem to show different people, or one of them is mirrored; check that they belong together.",
    )
