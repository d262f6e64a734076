"""What the checks look at: the standard face as its photo shows it, without a half that lies in shade.

A half in deep shade shows too little to tell whether something covers it, and the edge of a shadow looks like the edge
of a thing. So the lit half is looked at, together with its mirror image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from symmetry.measure.quality.appearance import RIGHT_EYE_AND_BROW, coarse, correlation
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.zones import RIGHT, SKIN, luminance, patchwork
from symmetry.registration.standard_face import Float32

SHADED: Final = 0.7
"""Natural logarithm of the ratio of light between the halves from which on only the lit one is looked at. Studio photos
have at most 0.3, selfies 0.8."""
FINE: Final = 2
"""Pixels of the standard face a fine cell."""
_GAMMA: Final = 2.2
_LIKE_AN_EYE: Final = 0.35
"""Correlation with the mean eye and brow: at least 0.47 in shade, at most 0.22 under hair."""
_BLACK: Final = 15.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """A standard face as the checks of its surface see it.

    Attributes
    ----------
    pattern : ndarray, shape (208, 176), float32
        Locally normalised luminance.
    seen : ndarray, shape (52, 44), float32
        The same in cells.
    look : ndarray, shape (52, 44, 3), float32
        Colours, 0 to 255.
    fine : ndarray, shape (104, 88, 3), float32
        Colours in finer cells.
    bright : ndarray, shape (208, 176), float32
        Luminance, 0 to 255.
    shaded : {"right", "left", None}
        The subject's side that was replaced by the mirror image of the other.
    """

    pattern: Float32
    seen: Float32
    look: Float32
    fine: Float32
    bright: Float32
    shaded: str | None


def view_of(portrait: Portrait) -> View:
    """Look at a face."""
    bright = luminance(portrait)
    fine = patchwork(portrait, FINE)
    pattern = portrait.standard.pattern
    dark = _dark_side(bright)
    shaded = dark if dark and _is_shade(dark, coarse(pattern), bright) else None
    pattern, fine, bright = (_lit(plane, shaded) for plane in (pattern, fine, bright))
    return View(
        pattern=pattern,
        seen=coarse(pattern),
        look=_halved(fine),
        fine=fine,
        bright=bright,
        shaded=shaded,
    )


def lit_half(bright: Float32) -> Float32:
    """Replace the half of a face that is much darker by the mirror image of the other; luminance (208, 176)."""
    return _lit(bright, _dark_side(bright))


def _dark_side(bright: Float32) -> str | None:
    linear = np.log(bright + 1.0) * _GAMMA
    light = float(np.median((linear[:, ::-1] - linear)[SKIN & RIGHT]))
    return None if abs(light) < SHADED else "right" if light > 0 else "left"


def _is_shade(dark: str, seen: Float32, bright: Float32) -> bool:
    """Tell shade from something dark over half of the face: in shade there is an eye, unless nothing shows at all."""
    if dark == "left":
        seen, bright = np.ascontiguousarray(seen[:, ::-1]), bright[:, ::-1]
    eye = correlation(seen, RIGHT_EYE_AND_BROW) >= _LIKE_AN_EYE
    return eye or float(np.median(bright[SKIN & RIGHT])) < _BLACK


def _lit(plane: NDArray[Any], shaded: str | None) -> Float32:
    """Replace the shaded half of an array (h, w, ...) by the mirror image of the other."""
    if shaded is None:
        return np.asarray(plane, dtype=np.float32)
    half = plane.shape[1] // 2
    lit = plane[:, half:] if shaded == "right" else plane[:, :half][:, ::-1]
    return np.ascontiguousarray(np.concatenate([lit[:, ::-1], lit], axis=1), dtype=np.float32)


def _halved(fine: Float32) -> Float32:
    """Mean of every two by two cells."""
    height, width, colours = fine.shape
    return np.asarray(fine.reshape(height // 2, 2, width // 2, 2, colours).mean(axis=(1, 3)), dtype=np.float32)
