"""Lips: whether their border shows. Whatever hides the mouth hides it, whether it is cloth, a hand or hair."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import LIPS_OUTER
from symmetry.measure.quality.view import FINE
from symmetry.measure.quality.zones import MOUTH, cells, widened, within
from symmetry.registration.standard_face import LANDMARK_PIXELS, Float32, sample

_INWARD, _OUTWARD, _BEYOND = 2.5, 3.5, 9.5
"""Pixels of the standard face from the border at which both sides of it are compared, and how far the shading goes on
that is not part of the step."""
_STEPS: Final = 60
_FROM_MIDDLE: Final = 20.0
"""The ends of the mouth are left out: there the border is seen least."""
_SOFTNESS: Final = 0.8
_OFFSET: Final = 6.0
_OF_BRIGHTNESS: Final = 0.5
"""Weight of brightness against hue: shadows are no lips."""
_PLAIN: Final = 0.03
"""Difference of the logarithm of colours that is none."""


def _border() -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """Points along the outer border of the lips, what is outward there, and which belong to the upper lip."""
    knots = LANDMARK_PIXELS[list(LIPS_OUTER)]
    at = np.linspace(0, len(knots), _STEPS, endpoint=False)
    first, share = at.astype(int), (at % 1)[:, None]
    points = knots[first] * (1 - share) + knots[(first + 1) % len(knots)] * share
    along = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
    outward = np.column_stack([along[:, 1], -along[:, 0]])
    from_middle = points - points.mean(axis=0)
    outward *= np.sign((from_middle * outward).sum(axis=1))[:, None]
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    kept = np.abs(from_middle[:, 0]) < _FROM_MIDDLE
    return points[kept], outward[kept], from_middle[kept, 1] < 0


_POINTS, _NORMALS, _UPPER = _border()


_LIPS: Final = cells(within(*LIPS_OUTER), FINE)
_AROUND: Final = cells(widened(MOUTH, 8) & ~widened(MOUTH, 2), FINE)


def lip_borders(fine: Float32) -> tuple[float, float]:
    """How alike the step of colour is all along the border of the upper and of the lower lip.

    It is the length of the mean step over the spread of the steps: lips differ from what is around them in the same way
    everywhere, and where there are none the steps point anywhere.

    Parameters
    ----------
    fine : ndarray, shape (104, 88, 3)
        Colours of a face.
    """
    shown = _colours(fine)
    inside, outside, beyond = (_sampled(shown, _POINTS + at * _NORMALS) for at in (-_INWARD, _OUTWARD, _BEYOND))
    steps = inside - 2 * outside + beyond
    upper, lower = (_alike(steps[part]) for part in (_UPPER, ~_UPPER))
    return upper, lower


def lip_contrast(fine: Float32) -> float:
    """How much lips differ from what is around them, in the logarithm of colours: 0 under a cloth or behind a hand."""
    lips, around = (np.median(_colours(fine)[part], axis=0) for part in (_LIPS, _AROUND))
    difference = np.abs(lips - around)
    return float(np.hypot(np.hypot(difference[0], difference[1]), _OF_BRIGHTNESS * difference[2]))


def _colours(fine: Float32) -> Float32:
    """Logarithms of red over green, green over blue, and brightness, of softened colours."""
    look = cv2.log(cv2.GaussianBlur(fine, (0, 0), _SOFTNESS) + np.float32(_OFFSET))
    red, green, blue = cv2.split(look)
    return np.asarray(cv2.merge([red - green, green - blue, (red + green + blue) / 3]), dtype=np.float32)


def _sampled(shown: Float32, points: FloatArray) -> FloatArray:
    return sample(shown, (points + 0.5) / FINE - 0.5)


def _alike(steps: FloatArray) -> float:
    mean = steps.mean(axis=0)
    spread = np.sqrt(((steps - mean) ** 2).sum(axis=1).mean())
    return float(np.linalg.norm(mean) / (spread + _PLAIN))
