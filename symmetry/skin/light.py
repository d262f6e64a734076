"""Light on a face: what a smooth light explains of the difference between the two sides.

Skin of both sides is much alike, light is not. What left and right differ by in the logarithm of luminance is explained
by the way the mesh faces (spherical harmonics up to the second order, Ramamoorthi & Hanrahan 2001) and by the place on
the face (a near lamp). A lamp on one side mostly has another colour than the light that fills the shade: where one side
has more light, its colour differs in proportion. The light on a zone is taken from the rest of the face, so that a zone
that is lighter or redder by itself does not pass for light.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np

from symmetry.arrays import FloatArray
from symmetry.skin.canvas import COLUMNS, ROWS, luminance
from symmetry.skin.zones import HALF, zone_weights

_ROUNDS, _SCALES = 6, 3
"""Rounds of the fit, and of those in which the scale is estimated anew."""
_TUNING: Final = 4.685
"""Tukey's biweight with 95 % efficiency at the normal distribution."""
_NORMAL: Final = 0.6745
_RIDGE: Final = 0.002
"""Of the sum of weights: what keeps weights finite where the head's shape hardly distinguishes two features."""
_FILLED: Final = 1.5
"""How fast the colour of the lamp outweighs that of the light in the shade, per unit of side light: on rendered heads
lit from one side, a* of both sides then differs by the same share of it in all zones, under weak and strong light."""
_TINT_RIDGE: Final = 0.8
"""What keeps tints small where hardly any side light tells of them: skin that varies by 2 % over 20 patches that are
alike, against lamps that differ by 10 %."""
_ALIKE: Final = 20.0
"""Patches that vary together, so that one of them says as much as all."""
_AROUND: Final = 2
"""Patches around a zone, 7 mm, that say nothing about the light on it."""
_LEAST: Final = 0.01
"""Scale of the differences in logarithms of luminance below which patches do not vary."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SideLight:
    """Light on the subject's left over that on the right, natural logarithms.

    Attributes
    ----------
    map : ndarray, shape (52, 22)
        At each patch of the right half, from the whole face.
    zones : ndarray, shape (10,)
        Mean over each zone, from the rest of the face.
    zones_sd : ndarray, shape (10,)
        Standard error of these means.
    tints : ndarray, shape (10, 2)
        Colour of the light on the left over that on the right in each zone: of red to green and of blue to green.
    overall : float
        Mean over the face.
    """

    map: FloatArray
    zones: FloatArray
    zones_sd: FloatArray
    tints: FloatArray
    overall: float


def zone_lights(light: SideLight) -> FloatArray:
    """Strength and both tints of the light on each zone, shape (10, 3)."""
    return np.column_stack([light.zones, light.tints])


def lamp_share(light: FloatArray) -> FloatArray:
    """How much more of the lamp's colour the left has than the right, by the side light (...): 0 to 1, or to -1."""
    return np.asarray(np.sign(light) * -np.expm1(-_FILLED * np.abs(light)))


def light_logs(rgb: FloatArray) -> FloatArray:
    """Natural logarithm of luminance and of red and blue over green (..., 3) of linear RGB (..., 3)."""
    logs = np.log(rgb)
    bright = np.log(luminance(rgb))
    return np.stack([bright, logs[..., 0] - logs[..., 1], logs[..., 2] - logs[..., 1]], axis=-1)


def left_less_right(values: FloatArray) -> FloatArray:
    """Each patch (52, 44, ...) of the left half less its mirrored partner, in place of that: (52, 22, ...)."""
    return np.asarray(values[:, ::-1][:, :HALF] - values[:, :HALF])


def side_light(rgb: FloatArray, normals: FloatArray, weights: FloatArray) -> SideLight:
    """Fit the light from one side to left-right differences.

    Parameters
    ----------
    rgb : ndarray, shape (52, 22, 3)
        Left less right, natural logarithm of luminance and of red and blue over green; of one photo or of its change.
    normals : ndarray, shape (52, 44, 3)
        Which way patches face.
    weights : ndarray, shape (52, 22)
        How much of each patch and its partner is seen; 0 to leave it out.

    Returns
    -------
    SideLight
    """
    everywhere = _features(normals).reshape(ROWS * HALF, -1)
    seen = ((weights > 0) & np.isfinite(rgb).all(axis=-1)).ravel()
    features, weight = everywhere[seen], weights.ravel()[seen]
    target = rgb.reshape(-1, 3)[seen]
    zones = zone_weights().reshape(-1, ROWS * HALF)[:, seen]
    # The whole face first, then each zone from all patches outside it.
    kept = np.vstack([weight, weight * _outside_zones()[:, seen]])
    fit, spread, inverse = _robust(features, target[:, 0], kept)
    in_zone = zones * weight
    total = in_zone.sum(axis=1)
    share = in_zone / np.where(total > 0, total, 1.0)[:, None]
    mean = share @ features
    variance = np.einsum("zi,zij,zj->z", mean, inverse[1:], mean) * spread[1:] ** 2 * _ALIKE
    unknown = np.where(total > 0, 0.0, np.nan)
    lit = features @ fit[0]
    more = lamp_share(lit)
    tints = [_robust(more[:, None], target[:, i], kept[1:], ridge=_TINT_RIDGE)[0][:, 0] for i in (1, 2)]
    return SideLight(
        map=(everywhere @ fit[0]).reshape(ROWS, HALF),
        zones=(mean * fit[1:]).sum(axis=1) + unknown,
        zones_sd=np.sqrt(np.maximum(variance, 0.0)) + unknown,
        tints=np.stack(tints, axis=-1) * (share @ more)[:, None] + unknown[:, None],
        overall=float((lit * weight).sum() / max(weight.sum(), 1e-9)),
    )


def light_map(bright: FloatArray, normals: FloatArray, weights: FloatArray) -> FloatArray:
    """Fit the light from one side to the whole face; arguments as for `side_light`, shape (52, 22)."""
    everywhere = _features(normals).reshape(ROWS * HALF, -1)
    seen = ((weights > 0) & np.isfinite(bright)).ravel()
    fit, _, _ = _robust(everywhere[seen], bright.ravel()[seen], weights.ravel()[None, seen])
    return np.asarray((everywhere @ fit[0]).reshape(ROWS, HALF))


@cache
def _outside_zones() -> FloatArray:
    """Patches (10, 1144) away from each zone: 1, else 0. What makes a zone lighter does not stop at its edge."""
    zones = (zone_weights() > 0).astype(np.uint8)
    around = np.ones((2 * _AROUND + 1, 2 * _AROUND + 1), dtype=np.uint8)
    whole = [np.hstack([zone, zone[:, ::-1]]) for zone in zones]
    return np.stack([1.0 - cv2.dilate(zone, around)[:, :HALF].astype(float) for zone in whole]).reshape(len(zones), -1)


def _features(normals: FloatArray) -> FloatArray:
    """Give what changes sign from side to side, left less right, shape (52, 22, 4)."""
    across = normals[..., 0]
    place = np.broadcast_to((np.arange(COLUMNS) - (COLUMNS - 1) / 2) / HALF, (ROWS, COLUMNS))
    odd = (across, place, across * normals[..., 1], across * normals[..., 2])
    return np.stack([left_less_right(one) for one in odd], axis=-1)


def _robust(
    features: FloatArray, target: FloatArray, weights: FloatArray, *, ridge: FloatArray | float | None = None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Fit by Tukey's biweight, for sets of weights (k, n): (k, f), scale (k,), inverse normal matrix (k, f, f)."""
    trust = np.ones_like(weights)
    count = features.shape[1]
    squares = (features[:, :, None] * features[:, None]).reshape(-1, count**2)
    if ridge is None:
        ridge = _RIDGE * np.maximum(weights.sum(axis=1), 1e-6)[:, None, None]
    ridge = ridge * np.eye(count)
    for done in range(_ROUNDS):
        now = weights * trust
        normal = (now @ squares).reshape(-1, count, count) + ridge
        fit = np.linalg.solve(normal, ((now * target) @ features)[..., None])[..., 0]
        rest = np.abs(target - fit @ features.T)
        if done < _SCALES:
            scale: FloatArray = np.maximum(_weighted_median(rest, weights) / _NORMAL, _LEAST)
        trust = np.clip(1 - (rest / (_TUNING * scale[:, None])) ** 2, 0.0, None) ** 2
    return np.asarray(fit, dtype=np.float64), scale, np.linalg.inv(normal)


def _weighted_median(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Median of each row (k, n) by weights; 0 of a row without any."""
    if not values.shape[1]:
        return np.zeros(len(values))
    order = np.argsort(values, axis=1)
    below = np.cumsum(np.take_along_axis(weights, order, axis=1), axis=1)
    place = (below < below[:, -1:] / 2).sum(axis=1)
    found = np.take_along_axis(values, np.take_along_axis(order, place[:, None].clip(0, values.shape[1] - 1), 1), 1)
    return np.asarray(np.where(below[:, -1] > 0, found[:, 0], 0.0))
