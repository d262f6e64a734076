"""What of a face is skin, and what each patch of it looks like.

Features, clipped and black pixels are left out by the pixel; hair, beard and what covers the face by the patch, where
its colour, darkness or roughness is not that of this face's skin.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np

from symmetry.arrays import FloatArray
from symmetry.skin.canvas import Canvas, Mask, Picture, luminance, patches, share
from symmetry.skin.light import SideLight, left_less_right, light_logs, light_map, side_light
from symmetry.skin.shine import shine_of
from symmetry.skin.texture import Texture, texture_of
from symmetry.skin.zones import HALF, skin, zone_pixels

_BLACK: Final = 0.004
"""Luminance up to which a pixel counts as black: grey level 13."""
_DARKEST: Final = 1e-5
"""Least linear value of a patch, so that its logarithm is finite."""
_SHADOW: Final = 0.08
"""Share of the skin's usual luminance up to which a pixel lies in shadow or is hair."""
_DARKER: Final = 0.95
"""Natural logarithm by which a patch is darker than the face's skin, light taken out, from which on it is none."""
_OTHER_COLOUR: Final = 0.28
"""Distance in the logarithms of red to green and green to blue from which on a patch is no skin of this face."""
_VARIED: Final = 4.0
"""The same in standard deviations of the face's skin, which gloss and freckles make varied; the larger one counts."""
_ROUGH, _ROUGH_DARKER, _ROUGH_COLOUR = 2.2, 0.22, 0.07
"""Contrast against that of the face's skin, natural logarithm by which it is darker and distance in colour, which
together tell hair."""
_MEDIAN_DISTANCE: Final = 1.1774
"""Median length of a vector of two standard normal numbers."""
_LEAST_SHARE: Final = 0.3
"""Share of a patch's skin that must be seen."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surface:
    """Patches of skin; arrays over the 52 x 44 patches of the canvas.

    Attributes
    ----------
    rgb : ndarray, shape (52, 44, 3)
        Mean linear colour; NaN where no skin is seen.
    shine : ndarray, shape (52, 44)
        Light that gloss adds, as a share of the skin's own.
    texture : Texture
    seen : ndarray, shape (52, 44)
        Share of each patch in which skin is seen.
    hair : ndarray, shape (52, 44), bool
        Where hair, or something else that is no skin, was found.
    light : SideLight
    normals : ndarray, shape (52, 44, 3)
        Which way patches face.
    detail : float
        Pixels of the photo per pixel of the canvas.
    """

    rgb: FloatArray
    shine: FloatArray
    texture: Texture
    seen: FloatArray
    hair: Mask
    light: SideLight
    normals: FloatArray
    detail: float

    @property
    def pairs(self) -> FloatArray:
        """How much of each patch of the right half is seen in it and in its partner, shape (52, 22)."""
        return _pairs(self.seen)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SkinPixels:
    """Pixels of the canvas; arrays (416, 352)."""

    usable: Mask  # skin whose colour is known
    bright: Picture  # natural logarithm of luminance over its usual one
    level: float  # usual luminance


def find_skin(canvas: Canvas) -> SkinPixels:
    """Find the pixels that may be skin."""
    whole = luminance(canvas.rgb)
    candidates = skin() & canvas.inside & (whole > _BLACK)
    usual = whole[candidates & _middle()]
    level = float(np.median(usual)) if usual.size else 1.0
    usable = np.asarray(candidates & ~canvas.clipped & (whole > _SHADOW * level))
    bright = cv2.log(np.maximum(whole, np.float32(_BLACK)) / np.float32(level))
    return SkinPixels(usable=usable, bright=np.asarray(bright), level=level)


def surface_of(canvas: Canvas, pixels: SkinPixels) -> Surface:
    """Measure the patches of skin, and find those that are none."""
    usable, bright = pixels.usable, pixels.bright
    texture = texture_of(bright, usable)
    rgb = patches(canvas.rgb, usable.astype(np.float32))
    of_skin = share(skin())
    seen = np.where(share(usable) >= _LEAST_SHARE * of_skin, share(usable), 0.0)
    rgb = np.maximum(rgb, _DARKEST)
    logs = light_logs(rgb)
    dark = logs[..., 0]
    light = _both(light_map(left_less_right(dark), canvas.normals, _pairs(seen)))
    hair = _hair(logs, dark - light / 2, texture, seen)
    seen = np.where(hair, 0.0, seen)
    return Surface(
        rgb=rgb,
        shine=shine_of(canvas, bright, skin() & canvas.inside, usable),
        texture=texture,
        seen=seen,
        hair=hair,
        light=side_light(left_less_right(logs), canvas.normals, _pairs(seen)),
        normals=canvas.normals,
        detail=canvas.detail,
    )


@cache
def _middle() -> Mask:
    """Cheeks and nose, where hair and beards are rare."""
    return np.asarray(zone_pixels()["upper_cheek"] | zone_pixels()["nose"])


def _pairs(seen: FloatArray) -> FloatArray:
    """How much of each patch of the right half is seen in it and in its partner, shape (52, 22)."""
    return np.minimum(seen[:, :HALF], seen[:, ::-1][:, :HALF])


def _both(light: FloatArray) -> FloatArray:
    """Light on each patch of both halves (52, 44) from that of left over right at the right half's (52, 22)."""
    return np.concatenate([-light, light[:, ::-1]], axis=1)


def _hair(logs: FloatArray, dark: FloatArray, texture: Texture, seen: FloatArray) -> Mask:
    """Find patches that are no skin of this face."""
    known = seen > 0
    usual = known & (share(_middle()) > 0.5)
    if not usual.any():
        return np.asarray(~known)
    colour = logs[..., 1:]
    off = colour - np.median(colour[usual], axis=0)
    distance = np.hypot(off[..., 0], off[..., 1])
    limit = max(_OTHER_COLOUR, _VARIED * float(np.median(distance[usual])) / _MEDIAN_DISTANCE)
    darker = np.median(dark[usual]) - dark
    rough = np.sqrt(texture.energy[..., :2].sum(axis=-1))
    rough = rough / np.median(rough[usual])
    rough_hair = (rough > _ROUGH) & (darker > _ROUGH_DARKER) & (distance > _ROUGH_COLOUR)
    return np.asarray(known & ((distance > limit) | (darker > _DARKER) | rough_hair))
