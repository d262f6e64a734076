"""One face surveyed: its patches of skin, and the numbers of its zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.photos.reading import Photo
from symmetry.skin.canvas import ROWS, canvas_of, luminance
from symmetry.skin.colour import haemoglobin, lab, melanin, typology_angle
from symmetry.skin.jaw import Jaw, jaw_of
from symmetry.skin.spots import SpotMap, spot_map
from symmetry.skin.surface import Surface, find_skin, surface_of
from symmetry.skin.texture import rms_percent
from symmetry.skin.zones import HALF, NAMES, zone_weights

UNITS: Final[dict[str, str]] = {
    "tone": "L*",
    "redness": "a*",
    "pigment": "b*",
    "texture": "%",
    "shine": "%",
    "typology_angle": "degrees",
    "haemoglobin": "index",
    "melanin": "index",
    "pores": "%",
    "lines": "%",
    "coarse": "%",
}
"""Numbers of every zone and their units."""
NUMBERS: Final = tuple(UNITS)
LIT: Final = ("tone", "typology_angle", "melanin", "texture", "pores", "lines", "coarse", "shine")
"""Numbers that depend on the strength of the light, not on its colour alone."""
_LEAST_SEEN: Final = 1 / 3
"""Share of a zone that must be seen on both sides."""
_RESOLVED: Final = 0.75
"""Pixels of the photo per pixel of the canvas below which the finest band shows the photo's size, not the skin."""
_NOTHING: Final = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Survey:
    """What one photo shows of the skin: what its numbers, and its comparison with another photo, are made of."""

    surface: Surface
    spots: SpotMap
    jaw: Jaw


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ZoneNumbers:
    """Numbers of the zones of a face.

    Attributes
    ----------
    sides : ndarray, shape (10, 11, 2)
        Value of each number on the subject's right and left.
    spread : ndarray, shape (10, 11, 2)
        Standard deviation over each side's patches, without their slope.
    seen : ndarray, shape (10,)
        Share of each zone that is seen on both sides.
    """

    sides: FloatArray
    spread: FloatArray
    seen: FloatArray

    @property
    def difference(self) -> FloatArray:
        """Left less right, shape (10, 11)."""
        return np.asarray(self.sides[..., 1] - self.sides[..., 0])


def survey(photo: Photo, landmarks: FloatArray) -> Survey:
    """Survey the skin of a face, whose landmarks (478, 3) are pixels of the upright photo at full size."""
    canvas = canvas_of(photo, landmarks)
    pixels = find_skin(canvas)
    surface = surface_of(canvas, pixels)
    return Survey(
        surface=surface,
        spots=spot_map(canvas, pixels.bright, pixels.usable, surface.hair),
        jaw=jaw_of(pixels.level * np.exp(pixels.bright), canvas.inside, surface.hair),
    )


def zone_numbers(
    surface: Surface,
    pairs: FloatArray,
    light: FloatArray,
    *,
    rgb: FloatArray | None = None,
    levels: FloatArray | None = None,
) -> ZoneNumbers:
    """Give the numbers of all zones.

    Parameters
    ----------
    surface : Surface
    pairs : ndarray, shape (52, 22)
        How much of each pair of patches counts.
    light : ndarray, shape (10, 3)
        Light on the left over that on the right, to be taken out of each zone, from `zone_lights`.
    rgb : ndarray, shape (52, 44, 3), optional
        Colours to use instead of the photo's own.
    levels : ndarray, shape (52, 22), optional
        Luminance of each pair of patches at which a* and b* are given, instead of the photo's own.
    """
    colours = surface.rgb if rgb is None else rgb
    weights = zone_weights() * pairs
    total = weights.sum(axis=(1, 2))
    whole = zone_weights().sum(axis=(1, 2))
    seen = total / whole
    share = weights / np.where(total > 0, total, 1.0)[:, None, None]
    right, left = (_sided(values) for values in (colours, colours[:, ::-1]))
    bright = [_luminance(side) for side in (right, left)]
    level = _sided(pair_levels(colours) if levels is None else levels)
    sides, spreads = [], []
    for side, (rgb_side, y, sign) in enumerate(((right, bright[0], 1), (left, bright[1], -1))):
        even = y * np.exp(sign * light[:, :1] / 2)  # (10, patches): luminance under the same light
        tint = np.exp(sign * light[:, 1:] / 2)
        values = _patch_values(rgb_side * np.insert(tint, 1, 1.0, axis=1)[:, None], level, even)
        of_side = slice(None) if side == 0 else slice(None, None, -1)
        values["shine"] = 100 * _sided(surface.shine[:, of_side])
        mean, spread = _means(values, share.reshape(len(NAMES), -1))
        energy = _sided(surface.texture.energy[:, of_side])
        mean |= _texture(energy, share, surface.texture.noise, surface.detail)
        sides.append([mean[name] for name in NUMBERS])
        spreads.append([spread.get(name, np.full(len(NAMES), np.nan)) for name in NUMBERS])
    known = np.where(seen >= _LEAST_SEEN, 0.0, np.nan)[:, None, None]
    return ZoneNumbers(
        sides=np.moveaxis(np.array(sides), (0, 1, 2), (2, 1, 0)) + known,
        spread=np.moveaxis(np.array(spreads), (0, 1, 2), (2, 1, 0)) + known,
        seen=seen,
    )


def pair_levels(rgb: FloatArray) -> FloatArray:
    """Geometric mean of the luminance of each patch of the right half and its partner, shape (52, 22)."""
    bright = _luminance(rgb)
    return np.asarray(np.sqrt(bright[:, :HALF] * bright[:, ::-1][:, :HALF]))


def _sided(values: FloatArray) -> FloatArray:
    """Patches of the right half in one row: (1144,) or (1144, n)."""
    return np.asarray(values[:, :HALF].reshape(ROWS * HALF, *values.shape[2:]))


def _luminance(rgb: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(luminance(rgb), _NOTHING))


def _patch_values(rgb: FloatArray, level: FloatArray, even: FloatArray) -> dict[str, FloatArray]:
    """Colour numbers of patches under the light of each zone, each (10, patches), from colours (10, patches, 3)."""
    own = _luminance(rgb)
    # Light and shade change a* and b* of one and the same skin; at one luminance they do not.
    colour = lab(rgb / own[..., None])
    chroma = np.cbrt(level)[:, None] * colour[..., 1:]
    lightness = 116 * np.cbrt(np.maximum(even, 0.0)) - 16
    return {
        "tone": lightness,
        "redness": chroma[..., 0],
        "pigment": chroma[..., 1],
        "typology_angle": typology_angle(lightness, chroma[..., 1]),
        "haemoglobin": haemoglobin(rgb),
        "melanin": melanin(np.maximum(even * (rgb[..., 0] / own), _NOTHING)),
    }


def _means(values: dict[str, FloatArray], share: FloatArray) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Mean and spread of patch values, (patches,) or (10, patches), over zones by shares that sum to 1."""
    place = np.stack(np.meshgrid(np.arange(ROWS), np.arange(HALF), indexing="ij"), axis=-1).reshape(-1, 2)
    features = np.column_stack([np.ones(len(place)), (place - [ROWS / 2, HALF / 2]) / HALF])
    squares = (features[:, :, None] * features[:, None]).reshape(-1, 9)
    normal = (share @ squares).reshape(-1, 3, 3) + 1e-9 * np.eye(3)
    means, spreads = {}, {}
    for name, of_patches in values.items():
        clean = np.where(share > 0, np.nan_to_num(of_patches), 0.0)
        means[name] = (share * clean).sum(axis=1)
        slope = np.linalg.solve(normal, ((share * clean) @ features)[..., None])[..., 0]
        rest = clean - slope @ features.T
        spreads[name] = np.sqrt((share * rest * rest).sum(axis=1))
    return means, spreads


def _texture(energy: FloatArray, share: FloatArray, noise: FloatArray, detail: float) -> dict[str, FloatArray]:
    """Contrast of texture in each zone (10,), percent."""
    flat = share.reshape(len(NAMES), -1)
    mean = flat @ np.nan_to_num(energy)
    fine = detail >= _RESOLVED
    bands = rms_percent(mean, noise)
    pores = np.where(fine, bands[:, 0], np.nan)
    both = rms_percent(mean[:, :2].sum(axis=1), float(noise[:2].sum()))
    return {"pores": pores, "lines": bands[:, 1], "coarse": bands[:, 2], "texture": np.where(fine, both, np.nan)}
