"""Paints the hair that grows on the head, strand by strand."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from symmetry.synthetic.canvas import Box, Canvas, Plane, Points, Sheet, blend, burn, mirrored_outline, soften, spline
from symmetry.synthetic.features import mix, times
from symmetry.synthetic.looks import Look

# Outer outline, then hairline, both from the midline outward and down, mm.
_OUTLINES: dict[str, tuple[tuple[tuple[float, float], ...], tuple[tuple[float, float], ...]]] = {
    "long": (
        ((0, 116), (26, 114), (50, 101), (67, 78), (76, 46), (80, 10), (82.5, -30), (84.5, -70), (84, -104)),
        ((0, 70), (6, 66), (18, 57), (33, 44), (46, 27), (55, 7), (60.5, -15), (63.6, -40), (65.5, -62), (67, -84),
         (69, -104)),
    ),
    "short": (
        ((0, 125), (22, 123), (44, 112), (60, 91), (68.5, 65), (71.2, 38), (71, 16), (68.8, 2), (66.2, -9)),
        ((0, 65), (15, 65.5), (30, 62.5), (42, 56), (50, 46), (53.6, 34), (56.4, 22), (60, 8), (62.4, -9)),
    ),
    "tied": (
        ((0, 111), (24, 108.5), (46, 96), (61.5, 74), (69, 48), (71.4, 24), (70.6, 8), (68.2, 1), (66, -6)),
        ((0, 64), (10, 64.5), (23, 61.5), (36, 54.5), (47, 43), (54, 28), (58, 14), (61.6, 5), (63.6, -6)),
    ),
}  # fmt: skip
_ALONG = 160


def hair(canvas: Canvas, sheet: Sheet, look: Look, rng: np.random.Generator) -> None:
    """Hair from the hairline to its outer outline, with the shadow that it casts on the skin."""
    skin, coverage = sheet.skin, sheet.coverage
    outer, inner = (spline(knots, samples=_ALONG) for knots in _OUTLINES[look.hair_style])
    half = np.vstack([outer, inner[::-1]])
    whole = np.vstack([half, half[::-1] * [-1.0, 1.0]])
    x, y = canvas.coordinates()
    strands = _strands(canvas, look, outer, inner, rng)
    burn(skin, canvas.mask(whole + np.array([0.0, -2.5]), soft=2.6), (0.64, 0.49, 0.44), 0.7)
    box, covered = _frayed(canvas, outer, inner, strands)
    if look.hair_style == "long":
        covered *= np.clip((y[box[0]] + 100.0) / 45.0, 0.0, 1.0)
    wide, beyond = canvas.mask(whole, soft=2.0)
    outside = np.minimum(beyond * 6.0, 1.0) * (1.0 - coverage[wide])
    tilt_x = np.broadcast_to(np.clip(x / 88.0, -0.85, 0.85), canvas.shape)
    tilt_y = np.broadcast_to(np.clip((y - 40.0) / 95.0, -0.4, 0.80), canvas.shape)
    # The colour reaches beyond the edge where no skin is, so that no rim of skin shows.
    for part, weight in ((wide, outside), (box, covered)):
        blend(skin, (part, weight), times(look.hair, 0.80))
        sheet.nx[part] += weight * (tilt_x[part] - sheet.nx[part])
        sheet.ny[part] += weight * (tilt_y[part] - sheet.ny[part])
    blend(sheet.shine, (box, covered), 0.10)
    coverage[box] = np.maximum(coverage[box], covered)
    inside = canvas.plane()
    inside[wide] = outside
    inside[box] = np.maximum(inside[box], covered)
    skin *= (1.0 + np.float32(0.62) * strands * inside)[..., None]
    # A soft band of light across the hair, broken up by the strands.
    band = np.exp(-0.5 * ((np.hypot(x, 0.92 * y) - 86.0) / 7.5) ** 2) * np.clip((y - 5.0) / 50.0, 0.0, 1.0)
    weight = (inside * band * np.clip(0.5 + 1.8 * strands, 0.0, 1.0) * 0.38).astype(np.float32)[..., None]
    skin += weight * (np.asarray(mix(look.hair, (1.0, 0.86, 0.70), 0.40), np.float32) - skin)


def _frayed(canvas: Canvas, outer: Points, inner: Points, strands: Plane) -> tuple[Box, Plane]:
    """Coverage of the hair: clean outside, thinning out strand by strand at the hairline."""
    end = [(0.0, float(outer[-1, 1]))]
    box, covered = canvas.mask(mirrored_outline(np.vstack([outer, end])), soft=0.35)
    above = np.vstack([inner, [(150.0, float(inner[-1, 1])), (150.0, 200.0), (0.0, 200.0)]])
    area, thick = canvas.mask(mirrored_outline(above), soft=1.1)
    thinning = canvas.plane()
    thinning[area] = thick
    return box, covered * np.clip((thinning[box] + 0.35 * strands[box] - 0.30) / 0.45, 0.0, 1.0).astype(np.float32)


def _strands(canvas: Canvas, look: Look, outer: Points, inner: Points, rng: np.random.Generator) -> Plane:
    """Light (+) and dark (-) strands, mostly within 0.5 of 0, that run along the combed hair."""
    picture = np.full(canvas.shape, 128, np.uint8)
    thick = max(1, round(0.2 * canvas.density))
    steps = np.linspace(0.0, 1.0, _ALONG)

    def between(share: float, at: NDArray[np.float64], skew: float = 1.0) -> Points:
        low = np.column_stack([np.interp(at, steps, inner[:, k]) for k in (0, 1)])
        high = np.column_stack([np.interp(at * skew, steps, outer[:, k]) for k in (0, 1)])
        return np.asarray(low + (high - low) * share)

    for _ in range(1500):
        first = float(rng.uniform(-0.1, 0.75))
        reach = np.linspace(first, first + float(rng.uniform(0.25, 0.55)), 12)
        place = float(rng.uniform(-0.04, 1.04))
        if look.hair_style == "long":
            path = between(place, np.clip(reach, 0.0, 1.0))
        else:
            # Combed from the hairline back: tied hair gathers toward the crown.
            skew = 0.80 if look.hair_style == "tied" else 0.92
            start, end = (between(share, np.array([place]), skew)[0] for share in (0.0, 1.0))
            bow = np.array([3.0 * np.sin(3.0 * place), 3.0])
            path = start + (end - start) * reach[:, None] + np.sin(np.pi * reach)[:, None] * bow
        path = path + rng.normal(0.0, 0.5, 2)
        pixels = np.rint(canvas.pixels(path) * 16).astype(np.int32)
        value = int(np.clip(128 + rng.normal(0.0, 38.0), 0, 255))
        cv2.polylines(picture, [pixels], False, (value,), thick + int(rng.integers(0, 2)), cv2.LINE_AA, 4)
    return soften((picture.astype(np.float32) - 128.0) / 100.0, 0.16 * canvas.density)
