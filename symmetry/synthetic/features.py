"""Features of the face, painted on half a canvas: complexion, nose, folds, lips, lids, brows, ears."""

from __future__ import annotations

import numpy as np

from symmetry.synthetic import anatomy
from symmetry.synthetic.canvas import (
    Box,
    Canvas,
    Colour,
    Plane,
    Points,
    Sheet,
    blend,
    burn,
    mirrored_outline,
    ribbon,
    soften,
    spline,
)
from symmetry.synthetic.looks import Look

_CREAM = (1.0, 0.96, 0.91)
_CREASE = (0.62, 0.44, 0.40)
_LASH = (0.13, 0.085, 0.08)
_SIDES = (np.array([1.0, 1.0]), np.array([-1.0, 1.0]))


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Colour a share of the way from the first to the second."""
    red, green, blue = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return red, green, blue


def times(colour: Colour, factor: float) -> Colour:
    """Colour made brighter or darker."""
    return colour[0] * factor, colour[1] * factor, colour[2] * factor


def complexion(canvas: Canvas, skin: Plane, shine: Plane, look: Look) -> None:
    """Blush, shaded hollows and the places that shine."""
    red, deep = look.blush, mix(times(look.skin, 0.74), look.blush, 0.25)
    violet = mix(deep, times((0.75, 0.57, 0.71), sum(look.skin) / 3.0), 0.3)
    for at, spread, turn, colour, opacity in (
        ((41.0, -32.0), (13.0, 9.5), -25.0, red, 0.32),
        ((0.0, -34.0), (9.0, 7.0), 0.0, red, 0.16),
        ((0.0, -104.0), (13.0, 8.0), 0.0, red, 0.12),
        ((0.0, 48.0), (34.0, 16.0), 0.0, mix(look.skin, (1.0, 0.95, 0.82), 0.25), 0.30),
        ((27.0, -11.5), (9.0, 3.6), 14.0, violet, 0.20),
        ((14.6, 4.0), (4.2, 7.0), 0.0, deep, 0.36),
        ((31.0, 12.0), (13.0, 3.8), 0.0, deep, 0.34),
        ((47.0, 5.0), (6.0, 6.0), 0.0, deep, 0.18),
        ((0.0, -93.0), (40.0, 22.0), 0.0, mix(look.skin, deep, 0.5), 0.12),
    ):
        for flip in _SIDES if at[0] > 0 else _SIDES[:1]:
            blend(skin, canvas.glow((flip[0] * at[0], at[1]), spread, turn=flip[0] * turn), colour, opacity)
    for at, spread, value in (
        ((0.0, 45.0), (24.0, 14.0), 0.13),
        ((0.0, -20.0), (4.0, 18.0), 0.22),
        ((0.0, -33.0), (5.0, 4.0), 0.36),
        ((41.0, -23.0), (10.0, 6.0), 0.26),
        ((0.0, -101.0), (9.0, 6.0), 0.22),
    ):
        blend(shine, canvas.glow(at, spread), value, 0.8)


def nose(canvas: Canvas, skin: Plane, look: Look) -> None:
    """Shaded sides and underside, wings, nostrils and the light along the ridge."""
    shadow = (0.76, 0.62, 0.59)
    slope = spline(
        [
            (7.0, 3.0),
            (7.6, -10.0),
            (10.4, -24.0),
            (15.2, -31.0),
            (13.2, -34.0),
            (9.0, -28.0),
            (6.4, -14.0),
            (5.4, -2.0),
        ],
        closed=True,
    )
    under = [(0.0, -40.6), (5.0, -40.0), (10.4, -40.8), (14.4, -42.4), (9.6, -45.4), (4.0, -46.4), (0.0, -47.2)]
    burn(skin, canvas.mask(mirrored_outline(spline(under)), soft=1.3), shadow, 0.70)
    burn(skin, canvas.glow((0.0, -49.0), (9.0, 3.2)), shadow, 0.30)
    wing = np.array([(14.4, -30.2), (17.0, -33.8), (17.2, -38.4), (15.0, -41.8), (11.8, -42.2)])
    hole = np.array([(3.6, -43.2), (6.0, -41.7), (9.0, -41.4), (10.6, -42.6), (8.8, -43.8), (5.4, -44.2)])
    tip = np.array([(4.8, -38.2), (7.8, -36.4), (9.2, -32.6)])
    for flip in _SIDES:
        burn(skin, canvas.mask(slope * flip, soft=2.2), (0.86, 0.77, 0.74), 0.50)
        burn(skin, canvas.mask(ribbon(wing * flip, [0.3, 1.0, 1.4, 1.2, 0.5]), soft=0.75), (0.60, 0.40, 0.36), 0.75)
        burn(skin, canvas.mask(spline(hole * flip, closed=True), soft=0.5), (0.28, 0.15, 0.14), 0.92)
        burn(skin, canvas.mask(ribbon(tip * flip, [0.8, 1.5, 0.5]), soft=1.2), (0.80, 0.66, 0.63), 0.40)
    bright = mix(look.skin, _CREAM, 0.5)
    ridge = ribbon([(0.0, 6.0), (0.0, -10.0), (0.0, -27.0)], [3.4, 3.2, 3.0])
    blend(skin, canvas.mask(ridge, soft=1.6), bright, 0.34)
    blend(skin, canvas.glow((0.0, -33.2), (2.8, 2.2)), bright, 0.5)


def folds(canvas: Canvas, skin: Plane) -> None:
    """Nasolabial folds, the hollow beside the mouth, tear troughs, philtrum and the crease above the chin."""
    for points, widths, soft, opacity in (
        ([(19.0, -38.5), (24.0, -46.0), (28.6, -54.0), (31.6, -62.0)], [0.6, 1.9, 1.6, 0.4], 1.1, 0.36),
        ([(29.6, -66.0), (30.6, -71.0), (29.6, -77.0)], [0.5, 1.8, 0.4], 1.3, 0.18),
        ([(17.5, -6.4), (23.5, -9.8), (31.0, -11.2)], [0.4, 1.5, 0.4], 0.9, 0.22),
        ([(1.9, -48.0), (2.5, -52.5), (3.2, -57.0)], [0.4, 1.2, 0.7], 0.9, 0.20),
    ):
        for flip in _SIDES:
            burn(skin, canvas.mask(ribbon(np.array(points) * flip, widths), soft=soft), _CREASE, opacity)
    burn(skin, canvas.glow((0.0, -83.4), (11.0, 3.0)), (0.68, 0.54, 0.50), 0.5)


def lips(canvas: Canvas, skin: Plane, shine: Plane, look: Look) -> None:
    """Both lips, the line between them, its corners and the shadow below."""
    upper, lower = anatomy.lip_edges(look)
    line = spline(anatomy.MOUTH_LINE)
    upper_lip, lower_lip = (np.vstack([edge, edge[::-1] * _SIDES[1]]) for edge in (
        np.vstack([upper, line[::-1]]), np.vstack([lower, line])))  # fmt: skip
    for outline, factor in ((upper_lip, 0.87), (lower_lip, 1.03)):
        patch = canvas.mask(outline, soft=0.32)
        blend(skin, patch, times(look.lips, factor), 0.90)
        blend(shine, patch, 0.42, 0.9)
    bottom = float(lower[-1, 1])
    light = mix(look.lips, (1.0, 0.86, 0.82), 0.55)
    bow = np.array([(1.6, -58.2), (5.6, -56.9), (10.0, -57.8)])
    for flip in _SIDES:
        blend(skin, canvas.glow((flip[0] * 6.0, bottom + 5.0), (4.6, 1.5)), light, 0.40)
        burn(skin, canvas.glow((flip[0] * 20.0, -66.2), (4.0, 2.2)), (0.80, 0.66, 0.66), 0.45)
        blend(skin, canvas.mask(ribbon(bow * flip, [0.5, 1.0, 0.3]), soft=0.5), mix(look.skin, _CREAM, 0.4), 0.45)
    burn(skin, canvas.mask(upper_lip + np.array([0.0, -2.6]), soft=1.1), (0.78, 0.66, 0.66), 0.4)
    burn(skin, canvas.glow((0.0, bottom - 2.6), (9.5, 1.6)), (0.66, 0.48, 0.44), 0.6)
    middle = np.array(anatomy.MOUTH_LINE)
    knots = np.vstack([middle[:0:-1] * _SIDES[1], middle])
    widths = [0.5, 1.0, 1.0, 1.0, 1.1, 1.0, 1.1, 1.0, 1.0, 1.0, 0.5]
    burn(skin, canvas.mask(ribbon(knots, widths, samples=140), soft=0.28), (0.34, 0.18, 0.18), 0.95)
    burn(skin, canvas.mask(ribbon(knots, [2.2] * 11, samples=140), soft=0.9), (0.60, 0.42, 0.42), 0.5)
    x, y = anatomy.COMMISSURE
    for flip in _SIDES:
        burn(skin, canvas.glow((flip[0] * (x + 0.4), y - 0.1), (1.3, 0.9)), (0.42, 0.25, 0.23), 0.75)
        burn(skin, canvas.glow((flip[0] * (x + 2.2), y - 0.8), (2.4, 3.0)), (0.78, 0.62, 0.58), 0.5)


def skin_texture(canvas: Canvas, skin: Plane, look: Look, rng: np.random.Generator) -> None:
    """Pores, uneven colour, freckles and small moles: the detail that registration needs."""
    for spread, strength in ((0.30, 0.011), (0.9, 0.007), (2.4, 0.008)):
        sigma = spread * canvas.density
        grain = soften(rng.standard_normal(canvas.shape, dtype=np.float32), sigma)
        skin *= (1.0 + np.float32(strength * 3.5 * sigma) * grain)[..., None]

    def spot(at: tuple[float, float], size: float, factor: Colour, opacity: float) -> None:
        if not (-16.0 < at[1] < 16.0 and 10.0 < at[0] < 52.0):
            burn(skin, canvas.glow(at, (size, size)), factor, opacity)

    for _ in range(round(190 * look.freckles)):
        at = (float(abs(rng.normal(0.0, 26.0)) + 1.0), float(rng.normal(-20.0, 10.0)))
        spot(at, float(rng.uniform(0.3, 0.7)), (0.74, 0.60, 0.52), float(rng.uniform(0.15, 0.5)))
    for _ in range(34):
        at = (float(rng.uniform(4.0, 56.0)), float(rng.uniform(-104.0, 58.0)))
        spot(at, float(rng.uniform(0.25, 0.45)), (0.70, 0.56, 0.50), float(rng.uniform(0.2, 0.5)))


def lids(canvas: Canvas, skin: Plane, shine: Plane, look: Look, rng: np.random.Generator) -> Plane:
    """Lids with crease, lash line and lashes; returns the opening between them, 1 where the eye shows."""
    opening = canvas.plane(0.0)
    dark = mix(_LASH, times(look.hair, 0.45), 0.4)
    upper, lower = np.array(anatomy.UPPER_LID), np.array(anatomy.LOWER_LID)
    lid = canvas.mask(np.vstack([spline(anatomy.UPPER_LID), spline(anatomy.LID_CREASE)[::-1]]), soft=1.0)
    blend(skin, lid, mix(look.skin, look.blush, 0.35), 0.35)
    blend(shine, lid, 0.26, 0.7)
    blend(skin, canvas.glow((31.5, 7.0), (5.5, 1.1)), mix(look.skin, _CREAM, 0.4), 0.32)
    crease = ribbon(anatomy.LID_CREASE, [0.2, 0.8, 1.1, 1.2, 1.1, 0.8, 0.2])
    burn(skin, canvas.mask(crease, soft=0.38), (0.52, 0.36, 0.33), 0.58)
    burn(skin, canvas.mask(crease + np.array([0.3, 0.9]), soft=1.4), (0.70, 0.56, 0.52), 0.5)
    bag = ribbon(lower[:-1] + np.array([0.0, -3.8]), [0.3, 0.9, 1.2, 1.4, 1.3, 1.1, 0.4])
    burn(skin, canvas.mask(bag, soft=0.8), (0.76, 0.62, 0.59), 0.32)
    rim = ribbon(lower, [0.6, 1.3, 1.4, 1.4, 1.4, 1.3, 1.1, 0.6])
    blend(skin, canvas.mask(rim, soft=0.3), mix(look.skin, (0.90, 0.62, 0.58), 0.5), 0.70)
    blend(opening, canvas.mask(anatomy.eye_opening(), soft=0.16), 1.0)
    shade = ribbon(lower[:-1] + np.array([0.0, -0.75]), [1.1, 0.9, 0.6, 0.45, 0.4, 0.3, 0.2])
    burn(skin, canvas.mask(shade, soft=0.35), (0.44, 0.30, 0.28), 0.62)
    thickness = np.array([0.5, 0.8, 1.1, 1.3, 1.4, 1.5, 1.5, 0.9]) * look.lashes**0.5
    liner = canvas.mask(ribbon(upper + np.array([0.0, 0.15]), thickness.tolist()), soft=0.18)
    blend(skin, liner, dark, 0.95)
    opening[liner[0]] *= 1.0 - liner[1]
    wing = ribbon([(43.6, 0.9), (45.9, -0.1), (47.8, 0.9)], [1.3, 1.0, 0.2])
    blend(skin, canvas.mask(wing, soft=0.22), dark, 0.85 * look.lashes)
    _lashes(canvas, skin, opening, dark, look, rng)
    return opening


def _lashes(canvas: Canvas, skin: Plane, opening: Plane, dark: Colour, look: Look, rng: np.random.Generator) -> None:
    edge = spline(anatomy.UPPER_LID, samples=200)
    for place in np.linspace(0.14, 0.985, 30) + rng.normal(0.0, 0.006, 30):
        root = edge[int(np.clip(place, 0.0, 1.0) * 199)] + np.array([0.0, 0.2])
        length = (
            float(np.interp(place, [0.15, 0.5, 0.85, 1.0], [1.1, 2.3, 3.7, 2.6]) * rng.uniform(0.8, 1.1)) * look.lashes
        )
        lean = np.deg2rad(np.interp(place, [0.15, 0.5, 1.0], [114.0, 82.0, 22.0]) + rng.normal(0.0, 6.0))
        along = np.array([np.cos(lean), np.sin(lean)])
        bow = np.array([along[1], -along[0]]) * 0.16 * length
        lash = ribbon([root, root + along * length * 0.55 + bow, root + along * length], [0.36, 0.26, 0.05], samples=10)
        box, covered = canvas.mask(lash, soft=0.09)
        blend(skin, (box, covered), dark, 0.8)
        opening[box] *= 1.0 - 0.8 * covered
    edge = spline(anatomy.LOWER_LID, samples=200)
    for place in np.linspace(0.06, 0.62, 16):
        root = edge[int(place * 199)] + np.array([0.0, -0.8])
        lean = np.deg2rad(np.interp(place, [0.0, 0.65], [-38.0, -100.0]) + rng.normal(0.0, 5.0))
        tip = root + np.array([np.cos(lean), np.sin(lean)]) * rng.uniform(0.9, 1.6)
        burn(skin, canvas.mask(ribbon([root, tip], [0.26, 0.05], samples=6), soft=0.09), (0.38, 0.28, 0.26), 0.55)


def brows(canvas: Canvas, skin: Plane, shine: Plane, look: Look, rng: np.random.Generator) -> None:
    """Brows of a soft ground and single hairs."""
    widths = np.array(anatomy.BROW_WIDTHS) * look.brow_weight
    ground = canvas.mask(ribbon(anatomy.BROW, widths.tolist()), soft=0.85)
    blend(skin, ground, mix(look.brows, look.skin, 0.20), 0.66)
    blend(shine, ground, 0.03, 0.9)
    curve = spline(np.column_stack([np.array(anatomy.BROW), widths]), samples=400)
    tangent = np.gradient(curve[:, :2], axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    for _ in range(300):
        place = float(rng.uniform(0.0, 0.95))
        at, along = curve[int(place * 399)], tangent[int(place * 399)]
        normal = np.array([-along[1], along[0]])
        offset = float(rng.uniform(-0.48, 0.40))
        steep = np.interp(place, [0.0, 0.15, 0.5, 1.0], [62.0, 42.0, 22.0, 4.0]) * (1.0 if offset < 0.1 else -0.2)
        lean = np.deg2rad(steep + rng.normal(0.0, 6.0))
        heading = along * np.cos(lean) + normal * np.sin(lean)
        length = float(rng.uniform(2.6, 4.4)) * (1.0 - 0.35 * place) * (0.7 if place < 0.08 else 1.0)
        root = at[:2] + normal * offset * at[2]
        knots = [root, root + heading * length * 0.5 + along * 0.3, root + heading * length]
        hair = canvas.mask(ribbon(knots, [0.28, 0.32, 0.05], samples=8), soft=0.12)
        blend(skin, hair, times(look.brows, float(rng.uniform(0.7, 1.25))), float(rng.uniform(0.35, 0.75)))


def face_edge(canvas: Canvas, skin: Plane, outline: Points) -> None:
    """Darker, redder skin toward the outline, where the face turns away."""
    box, inside = canvas.mask(outline)
    depth = soften(np.pad(inside, 1), 4.2 * canvas.density)[1:-1, 1:-1]
    burn(skin, (box, np.clip(2.0 - 2.0 * depth, 0.0, 1.0)), (0.70, 0.54, 0.49), 0.62)


def ears(canvas: Canvas, sheet: Sheet, look: Look) -> None:
    """Ears, behind the outline of the face."""
    skin, coverage = sheet.skin, sheet.coverage
    outline = spline(
        [(63.0, 2.0), (67.8, 9.0), (73.4, 9.4), (76.4, 3.0), (75.6, -8.0), (72.6, -18.0), (70.4, -26.5), (66.8, -32.0),
         (62.0, -30.0)],
        closed=True,
        samples=160,
    )  # fmt: skip
    box, covered = canvas.mask(outline, soft=0.25)
    behind: tuple[Box, Plane] = (box, covered * (1.0 - coverage[box]))
    wide, extended = canvas.mask(outline, soft=1.5)
    halo = (wide, np.minimum(4.0 * extended, 1.0) * (1.0 - coverage[wide]))
    tone = mix(look.skin, look.blush, 0.24)
    blend(skin, halo, times(tone, 0.95))
    blend(sheet.nx, behind, 0.35, 0.9)
    blend(sheet.shine, behind, 0.12, 0.9)
    free = 1.0 - coverage
    for points, widths, factor in (
        ([(66.0, 4.0), (70.0, 6.2), (73.2, 2.4), (72.6, -7.0), (69.8, -16.0)], [0.5, 1.5, 1.6, 1.5, 0.5], _CREASE),
        ([(65.4, -2.0), (68.6, -7.0), (67.8, -15.0), (65.8, -20.0)], [1.0, 3.2, 2.8, 1.0], (0.58, 0.40, 0.37)),
    ):
        part, stroke = canvas.mask(ribbon(points, widths), soft=0.8)
        burn(skin, (part, stroke * free[part]), factor, 0.8)
    near, shade = canvas.mask(mirrored_outline(anatomy.face_outline(look)[:, :2]), soft=2.6)
    burn(skin, (near, shade * free[near]), (0.50, 0.34, 0.31), 0.9)
    coverage[box] = np.maximum(coverage[box], covered)
