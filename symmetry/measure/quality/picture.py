"""Whether a picture is good enough: size, sharpness, light, noise and compression, each measured in the face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from symmetry.arrays import FloatArray
from symmetry.measure.quality.flags import ALL, Flag, Severity
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.zones import (
    HEIGHT,
    INNER_OVAL,
    OVAL,
    RIGHT,
    SKIN,
    WIDTH,
    cells,
    luminance,
    pixels_of_standard,
)
from symmetry.registration.standard_face import PIXELS_PER_MM, Float32

# Limits come from nine photos of the London set made worse step by step, with 0.3 mm as what two photos of an unchanged
# face differ by, and from what good photos show.
_SMALL: Final = (60.0, 30.0)
"""Pixels between the eyes, warn and reject below. The worst region moves by at most 0.10 mm down to 60, by 0.11 at 45,
0.2 at 35 and 0.34 at 18; selfies have 89 and more."""
_BLUR: Final = (1.5, 2.6)
"""Blur in mm. It reads at most 1.33 on 70 sharp studio photos, 1.43 on soft selfies and 1.59 on one whose
numbers stray from those of its neighbours; 1.7 to 2.1 at a true blur of
1.5 mm, which moves the jawline by 0.46 mm, and 3.0 and more at 3 mm. A movement of 10 mm reads 1.8 and more."""
_DARK: Final = (70.0, 20.0)
"""Brightest parts of the face, grey levels. Good photos of dark and light skin have 99 and more; a quarter of the light
leaves 30 to 73 and moves the jawline by 0.2 mm."""
_CRUSHED: Final = (0.2, 0.7)
_CLIPPED: Final = (0.1, 0.6)
"""Shares of the skin that are black, and white. White is at most 0.02 in good photos; at a median of 0.26 scores move
by 0.34 mm, at 0.82 by 1.2 mm."""
_SIDE_LIGHT: Final = 1.1
"""Natural logarithm of the ratio of light between the halves: studio photos have at most 0.3, selfies 0.8; 1.3 moves
scores by 0.29 mm, 0.9 by 0.13."""
_NOISE: Final = (3.0, 20.0)
"""Noise in percent of the face's contrast. Good photos have at most 0.8; noise of 20 grey levels at 200 pixels between
the eyes gives 3.4 and moves the jawline by 0.11 mm, of 80 gives 16; beyond 20 faces are no longer found."""
_BLOCKS: Final = 3.0
"""Step at the edges of 8 x 8 blocks, grey levels: at most 1.5 in good photos, 1.9 at JPEG quality 50, 3.2 and more at
20, 3.8 and more at 12, where the mouth moves by 1 mm."""

_HALF_SKIN: Final = cells(SKIN, 2)
_HALF_RIGHT_SKIN: Final = cells(SKIN & RIGHT, 2)
_HALF_OVAL: Final = cells(OVAL, 2)
_ROW, _COLUMN = np.indices((HEIGHT, WIDTH))
_INNER: Final = np.flatnonzero(INNER_OVAL & (_ROW % 2 == 0) & (np.minimum(_COLUMN, WIDTH - 1 - _COLUMN) % 2 == 0))
"""Places whose slopes are looked at: every fourth pixel, the same in the mirror image."""
_BLACK, _WHITE = 12, 247
_GAMMA: Final = 2.2
_FINE, _WIDE = 0.7, 1.4
"""Widths, in pixels of the standard face, at which edges are compared: blur takes more from the first."""
_SHARPEST: Final = 0.02
_UNEVEN: Final = ("nose", "cheeks", "nasolabial", "face", "lower_face", "jawline")
_PATCHES: Final = (50, 280, 151, 205, 425)
"""Landmarks on smooth skin: cheekbones, forehead, cheeks."""
_LAPLACIAN: Final = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32) / 6
"""Blind to brightness that changes evenly; white noise passes with its own standard deviation."""
_NORMAL: Final = 0.6745
_BLOCK: Final = 8
_LARGEST_CUT: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Light on a face.

    Attributes
    ----------
    brightness : float
        Median of the skin, 0 to 255.
    brightest : float
        Exceeded by 2 % of the face.
    contrast : float
        From the darkest 2 % of the face to there, 0 to 255.
    clipped, crushed : float
        Shares of the skin that are white, and black.
    side_light : float
        Natural logarithm of the light on the subject's left half over that on the right half.
    """

    brightness: float
    brightest: float
    contrast: float
    clipped: float
    crushed: float
    side_light: float


def check_picture(portrait: Portrait) -> tuple[Flag, ...]:
    """Find what is wrong with a picture of a face."""
    bright = luminance(portrait)
    light = _light(bright)
    found = (
        _face_small(portrait.interpupillary),
        _blurred(_blur(bright)),
        _too_dark(light),
        _too_bright(light),
        _side_light(light),
        _noisy(_noise(portrait, light)),
        _compressed(blockiness(portrait)),
    )
    return tuple(flag for flag in found if flag is not None)


def light_of(portrait: Portrait) -> Light:
    """Measure the light on a face."""
    return _light(luminance(portrait))


def blur_of(portrait: Portrait) -> float:
    """Measure the blur of a face: standard deviation in mm, at the sharpest edges, in the blurriest direction."""
    return _blur(luminance(portrait))


def noise_of(portrait: Portrait) -> float:
    """Measure the noise of a face at the size at which faces are compared, percent of the face's contrast."""
    return _noise(portrait, light_of(portrait))


def blockiness(portrait: Portrait) -> float:
    """Measure the steps at the edges of JPEG blocks, grey levels; about 0 if a photo was resized since."""
    at = portrait.photo.to_decoded(portrait.landmarks[:, :2])
    centre, half = (at.min(axis=0) + at.max(axis=0)) / 2, (at.max(axis=0) - at.min(axis=0)) / 2
    cut = _grey(portrait, centre, np.minimum(half, _LARGEST_CUT))
    if min(cut.shape) < 4 * _BLOCK:
        return 0.0
    return (_grid(cut) + _grid(np.ascontiguousarray(cut.T))) / 2


def _light(bright: Float32) -> Light:
    half = np.asarray(cv2.resize(bright, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    skin = half[_HALF_SKIN]
    darkest, brightest = np.percentile(half[_HALF_OVAL], [2, 98])
    linear = np.asarray(cv2.log(half + 1)) * _GAMMA
    left_over_right = linear[:, ::-1] - linear  # the subject's right is on the left of a photo
    return Light(
        brightness=float(np.median(skin)),
        brightest=float(brightest),
        contrast=float(brightest - darkest),
        clipped=float((skin >= _WHITE).mean()),
        crushed=float((skin <= _BLACK).mean()),
        side_light=float(np.median(left_over_right[_HALF_RIGHT_SKIN])),
    )


def _blur(bright: Float32) -> float:
    """Edges that were sharp before a blur b have slopes as 1 / sqrt(b² + s²) after another one of s."""
    worst = 0.0
    count = int(_SHARPEST * len(_INNER))
    for fine, wide in zip(_slopes(bright, _FINE), _slopes(bright, _WIDE), strict=True):
        steepest = [np.partition(np.abs(slope.ravel()[_INNER]), -count)[-count:].mean() for slope in (fine, wide)]
        ratio = max((float(steepest[0]) / max(float(steepest[1]), 1e-6)) ** 2, 1.001)
        worst = max(worst, (_WIDE**2 - ratio * _FINE**2) / (ratio - 1))
    return float(np.sqrt(worst)) / PIXELS_PER_MM


def _slopes(bright: Float32, width: float) -> list[Float32]:
    """Slopes of a picture in four directions after a blur."""
    soft = cv2.GaussianBlur(bright, (0, 0), width)
    across, down = (
        np.asarray(cv2.Scharr(soft, cv2.CV_32F, *order, scale=1 / 32), dtype=np.float32) for order in ((1, 0), (0, 1))
    )
    diagonal = np.float32(np.sqrt(0.5))
    return [across, down, (across + down) * diagonal, (across - down) * diagonal]


def _noise(portrait: Portrait, light: Light) -> float:
    at = portrait.photo.to_decoded(portrait.landmarks[:, :2])
    reach = float(np.clip(0.12 * portrait.interpupillary / portrait.photo.reduction, 5, 24))
    found = []
    for centre in at[list(_PATCHES)]:
        patch = _grey(portrait, centre, np.array([reach, reach]))
        if min(patch.shape) > 4:
            rest = cv2.filter2D(patch, cv2.CV_32F, _LAPLACIAN)[1:-1, 1:-1]
            found.append(float(np.median(np.abs(rest))) / _NORMAL)
    if not found:
        return 0.0
    # The mean over as many pixels as make one of the standard face leaves as much.
    left = float(np.median(found)) / max(1.0, pixels_of_standard(portrait))
    return 100 * left / max(light.contrast, 1.0)


def _grey(portrait: Portrait, centre: FloatArray, half: FloatArray) -> Float32:
    """Brightness within a rectangle of the photo as decoded."""
    size = np.array(portrait.photo.pixels.shape[1::-1])
    first = np.clip(np.rint(centre - half).astype(int), 0, size)
    last = np.clip(np.rint(centre + half).astype(int) + 1, first, size)
    cut = portrait.photo.pixels[first[1] : last[1], first[0] : last[0]]
    if cut.size == 0:
        return np.zeros((0, 0), dtype=np.float32)
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(cut), cv2.COLOR_RGB2GRAY), dtype=np.float32)


def _grid(bright: Float32) -> float:
    """Step at every eighth column beyond that of its neighbours, over that of the next best place of the grid."""
    steps = np.asarray(cv2.absdiff(bright[:, 1:], bright[:, :-1]))
    beside = np.asarray(cv2.addWeighted(steps[:, :-2], 0.5, steps[:, 2:], 0.5, 0.0))
    further = np.clip(steps[:, 1:-1] - beside, -20, 20)
    beyond = np.asarray(cv2.reduce(further, 0, cv2.REDUCE_AVG))[0]
    second, first = np.sort([beyond[start::_BLOCK].mean() for start in range(_BLOCK)])[-2:]
    return float(first - max(second, 0.0))


def _graded(value: float, limits: tuple[float, float]) -> tuple[Severity, float] | None:
    """Severity and the limit that a value passes; limits run upward, or downward where little is bad."""
    sign = 1 if limits[1] > limits[0] else -1
    if sign * value >= sign * limits[1]:
        return "reject", limits[1]
    return ("warn", limits[0]) if sign * value >= sign * limits[0] else None


def _found(
    name: str, advice: str, value: float, limits: tuple[float, float], *, digits: int, touches: tuple[str, ...] = (ALL,)
) -> Flag | None:
    graded = _graded(value, limits)
    if graded is None:
        return None
    severity, limit = graded
    return Flag(name=name, severity=severity, advice=advice, value=round(value, digits), limit=limit, touches=touches)


def _face_small(between_eyes: float) -> Flag | None:
    advice = "The face is small in the photo; come closer, to about an arm's length, or use a larger version of it."
    return _found("face_small", advice, between_eyes, _SMALL, digits=0)


def _blurred(blur: float) -> Flag | None:
    advice = "The photo is blurred; hold the phone still, tap on the face to focus, and clean the lens."
    return _found("blurred", advice, blur, _BLUR, digits=2)


def _too_dark(light: Light) -> Flag | None:
    advice = "The face is too dark; face a window or a lamp, and have no bright light behind you."
    return _found("too_dark", advice, light.brightest, _DARK, digits=0) or _found(
        "too_dark", advice, light.crushed, _CRUSHED, digits=2
    )


def _too_bright(light: Light) -> Flag | None:
    advice = "Parts of the face are too bright and show nothing; turn away from direct light and switch off the flash."
    return _found("too_bright", advice, light.clipped, _CLIPPED, digits=2)


def _side_light(light: Light) -> Flag | None:
    if abs(light.side_light) < _SIDE_LIGHT:
        return None
    return Flag(
        name="side_light",
        severity="warn",
        advice="The light comes from one side; face the window or lamp, so that both halves of the face are as bright.",
        value=round(light.side_light, 2),
        limit=_SIDE_LIGHT,
        touches=_UNEVEN,
    )


def _noisy(noise: float) -> Flag | None:
    return _found("noisy", "The photo is grainy; take it in brighter light.", noise, _NOISE, digits=1)


def _compressed(blocks: float) -> Flag | None:
    advice = "The photo lost detail when it was saved or sent; use the original file from the phone."
    return _found("compressed", advice, blocks, (_BLOCKS, float("inf")), digits=1)
