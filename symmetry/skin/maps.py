"""Skin patch by patch, for pictures: left less right over the face, and pictures of both photos in one light."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from symmetry.arrays import FloatArray
from symmetry.photos.reading import Photo
from symmetry.skin.canvas import Picture, canvas_of, luminance
from symmetry.skin.colour import lab
from symmetry.skin.light import lamp_share
from symmetry.skin.surface import Surface
from symmetry.skin.survey import pair_levels
from symmetry.skin.zones import HALF, zone_weights

MAPS: Final = ("tone", "redness", "texture")
_SMOOTH: Final = 0.8
"""Patches over which a map is smoothed: single ones are noise."""


def difference_map(surface: Surface, name: str) -> FloatArray:
    """Left less right of a number at each patch of the right half, light taken out, shape (52, 22); NaN where unseen.

    Parameters
    ----------
    surface : Surface
    name : {"tone", "redness", "texture"}
        L*, a*, or percent of contrast.
    """
    pairs = surface.pairs
    right, left = surface.rgb[:, :HALF], surface.rgb[:, ::-1][:, :HALF]
    if name == "texture":
        energy = surface.texture.energy[..., :2].sum(axis=-1)
        noise = float(surface.texture.noise[:2].sum())
        amounts = [100 * np.sqrt(np.maximum(one - noise, 0.0)) for one in (energy[:, :HALF], energy[:, ::-1][:, :HALF])]
        values = amounts[1] - amounts[0]
    elif name == "tone":
        light = np.exp(surface.light.map / 2)
        values = _lightness(luminance(left) / light) - _lightness(luminance(right) * light)
    else:
        tint = np.exp(_tint(surface) / 2)[..., None] * np.array([1.0, 0.0, 0.0]) + np.array([0.0, 1.0, 1.0])
        level = np.cbrt(pair_levels(surface.rgb))
        red = [lab(one / luminance(one)[..., None])[..., 1] for one in (right * tint, left / tint)]
        values = level * (red[1] - red[0])
    return _smoothed(np.asarray(values), pairs)


def even_picture(photo: Photo, landmarks: FloatArray) -> Picture:
    """Return a face on the canvas in linear light, shape (416, 352, 3)."""
    return canvas_of(photo, landmarks).rgb


def _lightness(bright: Picture) -> FloatArray:
    return np.asarray(116 * np.cbrt(bright) - 16)


def _tint(surface: Surface) -> FloatArray:
    """Tint of red to green at each patch, from those of the zones."""
    weights = (zone_weights() * surface.pairs).reshape(len(surface.light.zones), -1)
    share = lamp_share(surface.light.map)
    total = weights.sum(axis=1)
    known = (total > 0) & np.isfinite(surface.light.tints[:, 0])
    mean = (weights @ share.ravel())[known] / total[known]
    size = float((mean**2).sum())
    return np.asarray(share * (float((mean * surface.light.tints[known, 0]).sum()) / size if size > 0 else 0.0))


def _smoothed(values: FloatArray, weights: FloatArray) -> FloatArray:
    known = (weights > 0) & np.isfinite(values)
    weight = np.where(known, weights, 0.0)
    soft = [cv2.GaussianBlur(one, (0, 0), _SMOOTH) for one in (np.where(known, values, 0.0) * weight, weight)]
    return np.asarray(np.where(known, soft[0] / np.maximum(soft[1], 1e-9), np.nan))
