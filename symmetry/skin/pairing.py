"""The skin of one person in two photos: changes of the numbers of zones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.skin.light import SideLight, left_less_right, light_logs, side_light, zone_lights
from symmetry.skin.surface import Surface
from symmetry.skin.survey import NUMBERS, ZoneNumbers, pair_levels, zone_numbers

_OF_TEXTURE: Final = [NUMBERS.index(name) for name in ("texture", "pores", "lines", "coarse")]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurfacePair:
    """Two photos on the same patches, under the same white balance and exposure.

    Attributes
    ----------
    before, after : ZoneNumbers
    light : SideLight
        Change of the light from one side, after less before.
    """

    before: ZoneNumbers
    after: ZoneNumbers
    light: SideLight


def pair_surfaces(before: Surface, after: Surface) -> SurfacePair:
    """Compare the patches that both photos show; swapping the photos swaps the result."""
    pairs = np.minimum(before.pairs, after.pairs)
    first, second = _balanced(before.rgb, after.rgb, pairs)
    change = side_light(left_less_right(light_logs(second) - light_logs(first)), _mean_normals(before, after), pairs)
    middle = zone_lights(before.light) / 2 + zone_lights(after.light) / 2
    step = zone_lights(change) / 2
    levels = np.sqrt(pair_levels(first) * pair_levels(second))
    numbers = (
        zone_numbers(before, pairs, middle - step, rgb=first, levels=levels),
        zone_numbers(after, pairs, middle + step, rgb=second, levels=levels),
    )
    sharp = _equally_sharp(*numbers)
    return SurfacePair(before=sharp[0], after=sharp[1], light=change)


def _balanced(before: FloatArray, after: FloatArray, pairs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give both photos' patches (52, 44, 3) the same usual colour, halfway between theirs."""
    both = np.concatenate([pairs, pairs[:, ::-1]], axis=1) > 0
    ratio = np.log(after) - np.log(before)
    known = both & np.isfinite(ratio).all(axis=-1)
    gain = np.exp(np.median(ratio[known], axis=0) / 2) if known.any() else np.full(3, np.nan)
    return before * gain, after / gain


def _mean_normals(before: Surface, after: Surface) -> FloatArray:
    total = before.normals + after.normals
    return np.asarray(total / np.linalg.norm(total, axis=-1, keepdims=True))


def _equally_sharp(before: ZoneNumbers, after: ZoneNumbers) -> tuple[ZoneNumbers, ZoneNumbers]:
    """Take the usual change of texture over all zones, which focus and size of the photo make, out of both."""
    ratio = np.ones(len(NUMBERS))
    amounts = [numbers.sides[:, _OF_TEXTURE].mean(axis=-1) for numbers in (before, after)]
    logs = np.log(amounts[1]) - np.log(amounts[0])
    known = np.isfinite(logs).any(axis=0)
    ratio[_OF_TEXTURE] = np.where(known, np.exp(np.nanmedian(np.where(known, logs, 0.0), axis=0) / 2), np.nan)
    return (
        replace(before, sides=before.sides * ratio[:, None]),
        replace(after, sides=after.sides / ratio[:, None]),
    )
