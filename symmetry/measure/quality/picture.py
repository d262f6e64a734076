"""Image quality: size, sharpness, light, noise and compression, each measured in the face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import REGIONS
from symmetry.measure.quality.flags import ALL, Flag, Limits
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.shifts import spoilt_by
from symmetry.measure.quality.view import lit_half
from symmetry.measure.quality.zones import (
    BROWS,
    EYES,
    HEIGHT,
    INNER_OVAL,
    MOUTH,
    NOSTRILS,
    OVAL,
    RIGHT,
    SKIN,
    WIDTH,
    cells,
    luminance,
    pixels_of_standard,
    widened,
)
from symmetry.registration.standard_face import PIXELS_PER_MM, Float32

# Limits come from good photos, and from nine photos of the London set degraded step by step, given that two photos of
# an unchanged face differ by 0.3 mm.
_SMALL: Final = Limits({"warn": 60.0, "reject": 30.0}, digits=0, below=True)
"""Pixels between the eyes. The worst region moves by at most 0.10 mm down to 60, by 0.11 at 45, 0.2 at 35 and 0.34 at
18; selfies have 89 and more."""
_BLUR: Final = Limits({"warn": 1.4, "reject": 2.6}, digits=2)
"""Blur in mm: at most 1.31 on 70 sharp studio photos, and 1.46 on a selfie whose numbers deviate from those of its
neighbours; 1.7 to 2.1 at a true blur of 1.5 mm, which moves the jawline by 0.46 mm; 3.0 and more at 3 mm.
A motion blur of 10 mm has 1.8 and more."""
_DARK_LEVEL: Final = 110.0
"""Brightest parts of the face, grey levels, up to which grain comes from too little light. It decides about the name
of the flag alone: a face is dark because of its light or because of its skin, and grain alone tells whether it
matters."""
_DARK: Final = Limits({"info": 2.0, "warn": 3.0, "reject": 6.0}, digits=1)
"""Noise, see `_NOISE`. People of light and of dark skin at 1 / 4 of the light, with noise of 2 grey levels, have 0.8 to
1.0; at 1 / 32, 2.1 to 2.4, and brows, eyes, mouth and jawline move by 0.2 mm (root mean square), the same for all; from
6 on faces are no longer found."""
_CLIPPED: Final = Limits({"warn": 0.1, "reject": 0.6}, digits=2)
"""Share of the skin that is white: at most 0.02 in good photos; at 0.26 scores move by 0.34 mm (median), at 0.82 by
1.2 mm."""
_SIDE_LIGHT: Final = Limits({"warn": 0.85}, digits=2)
"""Natural logarithm of the ratio of light between the halves of the face: at most 0.3 in studio photos, 0.8 in selfies.
On rendered heads 0.9 to 1.2 moves brows, eyes and mouth sideways by 0.7 to 1.0 mm."""
_NOISE: Final = Limits({"info": 2.0, "warn": 3.0, "reject": 20.0}, digits=1)
"""Noise in percent of the contrast of the face: at most 0.9 in good photos. At 200 pixels between the eyes, noise of 20
grey levels gives 3.4 and moves the jawline by 0.11 mm, noise of 80 gives 16; above 20 faces are no longer found."""
_LEAST_NOISE: Final = 1.0
"""Grey levels: what rounding, to whole levels and in compression, takes from a photo without any grain."""
_BLOCKS: Final = Limits({"warn": 3.0}, digits=1)
"""Step at the edges of 8 x 8 blocks, grey levels: at most 1.5 in good photos, 1.9 at JPEG quality 50, 3.2 and more at
20, 3.8 and more at 12, where the mouth moves by 1 mm."""

_HALF_SKIN: Final = cells(SKIN, 2)
_HALF_RIGHT_SKIN: Final = cells(SKIN & RIGHT, 2)
_HALF_OVAL: Final = cells(OVAL, 2)
_ROW, _COLUMN = np.indices((HEIGHT, WIDTH))
_FEATURES: Final = INNER_OVAL & widened(EYES | BROWS | MOUTH | NOSTRILS, 3)
_INNER: Final = np.flatnonzero(_FEATURES & (_ROW % 2 == 0) & (np.minimum(_COLUMN, WIDTH - 1 - _COLUMN) % 2 == 0))
"""Pixels whose slopes are measured: every fourth of eyes, brows, mouth and nostrils, the same ones in the mirror image.
On bare skin the edges are those of shadows, which are soft in a sharp photo."""
_WHITE: Final = 247
_GAMMA: Final = 2.2
_FINE, _WIDE = 0.7, 1.4
"""Widths, pixels of the standard face, at which edges are compared: blur affects the first more."""
_SHARPEST: Final = 0.02
UNEVEN: Final = (*REGIONS, *(name for name in spoilt_by("light") if "." not in name))
"""What light from one side touches: on rendered heads and relit photos every region moves, by 0.5 to 1.0 mm."""
_PATCHES: Final = (50, 280, 151, 205, 425)
"""Landmarks on smooth skin: cheekbones, forehead, cheeks."""
_LAPLACIAN: Final = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32) / 6
"""Zero for brightness that changes linearly; keeps the standard deviation of white noise."""
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
        Level exceeded by 2 % of the face.
    contrast : float
        `brightest` less the level below which 2 % of the face are.
    clipped : float
        Share of the skin that is white.
    side_light : float
        Natural logarithm of the light on the subject's left half over that on the right half.
    """

    brightness: float
    brightest: float
    contrast: float
    clipped: float
    side_light: float


def check_picture(portrait: Portrait) -> tuple[Flag, ...]:
    """Find what is wrong with the image of a face."""
    bright = luminance(portrait)
    light = _light(bright)
    return (
        *_SMALL.flag(
            "face_small",
            portrait.interpupillary,
            (ALL,),
            "The face is small in the photo; come closer, to about an arm's length, or use a larger version of it.",
        ),
        *_BLUR.flag(
            "blurred",
            _blur(bright),
            (ALL,),
            "The photo is blurred; hold the phone still, tap on the face to focus, and clean the lens.",
        ),
        *_CLIPPED.flag(
            "too_bright",
            light.clipped,
            (ALL,),
            "Parts of the face are too bright and show nothing; turn away from direct light and switch off the flash.",
        ),
        *_SIDE_LIGHT.flag(
            "side_light",
            light.side_light,
            UNEVEN,
            "The light comes from one side; face the window or lamp, so that both halves of the face are as bright.",
        ),
        *_grain(portrait, light),
        *_BLOCKS.flag(
            "compressed",
            max(blockiness(portrait), 0.0),
            (ALL,),
            "The photo lost detail when it was saved or sent; use the original file from the phone.",
        ),
    )


def _grain(portrait: Portrait, light: Light) -> tuple[Flag, ...]:
    noise = _noise(portrait, light)
    if light.brightest > _DARK_LEVEL:
        return _NOISE.flag("noisy", noise, (ALL,), "The photo is grainy; take it in brighter light.")
    advice = "The face is too dark to show its detail; face a window or a lamp, and have no bright light behind you."
    return _DARK.flag("too_dark", noise, (ALL,), advice)


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
    """Measure the steps at the edges of JPEG blocks, grey levels; about 0 if the photo was resized afterwards."""
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
        side_light=float(np.median(left_over_right[_HALF_RIGHT_SKIN])),
    )


def _blur(bright: Float32) -> float:
    """Blur, mm: a sharp edge that was blurred by b has a slope of 1 / sqrt(b² + s²) after another blur by s."""
    bright = lit_half(bright)
    worst = 0.0
    count = int(_SHARPEST * len(_INNER))
    for fine, wide in zip(_slopes(bright, _FINE), _slopes(bright, _WIDE), strict=True):
        steepest = [np.partition(np.abs(slope.ravel()[_INNER]), -count)[-count:].mean() for slope in (fine, wide)]
        ratio = max((float(steepest[0]) / max(float(steepest[1]), 1e-6)) ** 2, 1.001)
        worst = max(worst, (_WIDE**2 - ratio * _FINE**2) / (ratio - 1))
    return float(np.sqrt(worst)) / PIXELS_PER_MM


def _slopes(bright: Float32, width: float) -> list[Float32]:
    """Slopes of an image in four directions after a blur."""
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
    # Averaging over the pixels that make up one of the standard face leaves this much.
    left = float(np.hypot(np.median(found), _LEAST_NOISE)) / max(1.0, pixels_of_standard(portrait))
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
    """Step at every eighth column in excess of its neighbours, less that of the second-best offset of the grid."""
    steps = np.asarray(cv2.absdiff(bright[:, 1:], bright[:, :-1]))
    beside = np.asarray(cv2.addWeighted(steps[:, :-2], 0.5, steps[:, 2:], 0.5, 0.0))
    further = np.clip(steps[:, 1:-1] - beside, -20, 20)
    beyond = np.asarray(cv2.reduce(further, 0, cv2.REDUCE_AVG))[0]
    second, first = np.sort([beyond[start::_BLOCK].mean() for start in range(_BLOCK)])[-2:]
    return float(first - max(second, 0.0))
