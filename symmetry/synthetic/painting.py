"""Textures of an even face (skin, eyes, hair, clothes), which a scene then bends, turns and lights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from symmetry.synthetic import anatomy, features
from symmetry.synthetic.canvas import (
    Box,
    Canvas,
    Colour,
    Plane,
    Points,
    Sheet,
    blend,
    burn,
    mirror,
    mirrored_outline,
    ribbon,
    soften,
    spline,
)
from symmetry.synthetic.features import mix, times
from symmetry.synthetic.hair import hair
from symmetry.synthetic.looks import Look

HEAD = {"right": 100.0, "bottom": -126.0, "top": 152.0}
EYES = {"right": 58.0, "bottom": -16.0, "top": 16.0}
BODY = {"right": 240.0, "bottom": -270.0, "top": 176.0}
RELIEF_DENSITY = 2.0


_HANGING = {
    "long": (
        (0, 110),
        (48, 96),
        (74, 50),
        (79, 0),
        (83, -60),
        (84, -110),
        (79, -150),
        (64, -178),
        (40, -186),
        (0, -184),
    ),
    "tied": ((0, 133), (9, 132), (19, 126.5), (24.5, 115), (22, 102), (12, 94), (0, 92)),
}
_NECK = (
    (0, -60), (38, -60), (41.6, -84), (40, -108), (40.4, -128), (46, -142), (64, -153), (104, -167), (146, -196),
    (160, -290), (0, -290),
)  # fmt: skip
_NECK_FOLDS = (
    (((33, -100), (23, -124), (9, -150)), (2.0, 6.0, 3.0), 3.5, 0.40),
    (((8, -158), (34, -155), (70, -158)), (2.0, 4.0, 1.0), 2.4, 0.40),
)
_COLLAR = ((0, -171), (18, -168.6), (37, -160), (50, -149), (54.5, -143.5))
_SHOULDER = ((54.5, -143.5), (62, -147), (80, -153), (110, -163.5), (136, -181), (152, -212), (162, -290))
_CREASES = (
    (((62, -156), (59, -180), (50, -205)), 6.0),
    (((98, -172), (94, -196), (84, -220)), 8.0),
    (((30, -176), (38, -195), (40, -214)), 5.0),
)


@dataclass(frozen=True, slots=True)
class Layer:
    """A whole texture, mirror-symmetric in the midline."""

    colour: Plane  # shape (h, w, 4); red, green, blue and coverage, 0 to 1
    # shape (h, w, 4); x and y of the surface normal, shine, and (head only) 1 between the lids, where the eye shows
    surface: Plane
    # extent to either side and upward (mm) and pixels per millimetre
    right: float
    top: float
    density: float


@lru_cache(maxsize=6)
def _half_relief(look: Look) -> Plane:
    return anatomy.relief(look, Canvas(density=RELIEF_DENSITY, **HEAD))


def head_relief(look: Look) -> Plane:
    """Height of the whole head, mm, over the extent of `HEAD` at `RELIEF_DENSITY` pixels per millimetre."""
    return mirror(Canvas(density=RELIEF_DENSITY, **HEAD).half(_half_relief(look)))


def _normals(canvas: Canvas, look: Look) -> tuple[Plane, Plane]:
    height = _half_relief(look)
    down, across = np.gradient(height, 1.0 / RELIEF_DENSITY)
    length = np.sqrt(1.0 + across**2 + down**2)
    size = (canvas.shape[1], canvas.shape[0])
    nx = cv2.resize((-across / length).astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    ny = cv2.resize((down / length).astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(nx, np.float32), np.asarray(ny, np.float32)


def _layer(canvas: Canvas, colour: Plane, surface: Plane) -> Layer:
    """Whole texture from the colour (h, w, 4) and the surface (h, w, 4) of its subject-left half."""
    half = canvas.half(surface)
    whole = mirror(half)
    whole[:, : half.shape[1], 0] *= -1.0
    return Layer(mirror(canvas.half(colour)), whole, canvas.right, canvas.top, canvas.density)


@lru_cache(maxsize=6)
def head(look: Look, density: float) -> Layer:
    """Paint skin, lids, lips, brows, ears and the hair that grows on the head."""
    canvas = Canvas(density=density, **HEAD)
    rng = np.random.default_rng(look.seed)
    sheet = Sheet(canvas.paper(look.skin), canvas.plane(0.10), canvas.plane(), *_normals(canvas, look))
    skin, shine = sheet.skin, sheet.shine
    features.complexion(canvas, skin, shine, look)
    features.nose(canvas, skin, look)
    features.folds(canvas, skin)
    features.lips(canvas, skin, shine, look)
    features.skin_texture(canvas, skin, look, rng)
    opening = features.lids(canvas, skin, shine, look, rng)
    features.brows(canvas, skin, shine, look, rng)
    outline = mirrored_outline(anatomy.face_outline(look)[:, :2])
    blend(sheet.coverage, canvas.mask(outline, soft=0.25), 1.0)
    features.face_edge(canvas, skin, outline)
    if look.hair_style != "long":
        features.ears(canvas, sheet, look)
    hair(canvas, sheet, look, rng)
    colour = np.dstack([skin, sheet.coverage])
    surface = np.dstack([sheet.nx, sheet.ny, shine, opening])
    return _layer(canvas, colour, surface)


@lru_cache(maxsize=6)
def eyes(look: Look, density: float) -> Layer:
    """Paint the eyeballs: white, iris and pupil, without the shadow of the lids."""
    canvas = Canvas(density=density, **EYES)
    rng = np.random.default_rng(look.seed + 1)
    paper = canvas.paper((0.925, 0.905, 0.89))
    x, y = canvas.coordinates()
    dx, dy = x - anatomy.PUPIL[0], y - anatomy.PUPIL[1]
    burn(paper, canvas.glow((17.0, -1.6), (5.0, 6.0)), (0.80, 0.66, 0.64), 0.8)
    burn(paper, canvas.glow((48.0, -0.5), (5.0, 6.0)), (0.76, 0.66, 0.64), 0.8)
    blend(
        paper,
        canvas.mask(
            spline([(15.6, -2.6), (17.6, -1.0), (19.4, -1.8), (18.6, -3.2), (16.6, -3.4)], closed=True), soft=0.35
        ),
        (0.80, 0.50, 0.47),
        0.8,
    )
    radius = np.hypot(dx, dy)
    angle = np.arctan2(dy, dx)
    spokes = np.zeros_like(angle)
    for waves in (17, 29, 43, 61):
        spokes += (
            np.sin(waves * angle + float(rng.uniform(0, 6.28)) + 0.6 * np.sin(3 * radius + float(rng.uniform(0, 6.28))))
            / 4.0
        )
    share = np.clip((radius - anatomy.PUPIL_RADIUS) / (anatomy.IRIS_RADIUS - anatomy.PUPIL_RADIUS), 0.0, 1.0)
    iris = np.asarray(look.iris, np.float32) * (1.0 + 0.30 * spokes)[..., None]
    collar = np.exp(-0.5 * ((share - 0.16) / 0.13) ** 2)[..., None]
    iris += collar * (np.asarray(mix(look.iris, (0.66, 0.47, 0.22), 0.6), np.float32) - iris) * 0.55
    iris *= (1.0 + 0.38 * np.clip(-dy / 5.0, -0.8, 1.0))[..., None]
    iris *= (1.0 - 0.72 * np.clip((share - 0.66) / 0.30, 0.0, 1.0) ** 1.5)[..., None]
    blurred = 0.22
    pupil = np.clip(0.5 + (anatomy.PUPIL_RADIUS - radius) / (2 * blurred), 0.0, 1.0)[..., None]
    iris += pupil * (np.float32(0.03) - iris)
    disc = np.clip(0.5 + (anatomy.IRIS_RADIUS - radius) / (2 * blurred), 0.0, 1.0)[..., None]
    paper += disc.astype(np.float32) * (np.clip(iris, 0.0, 1.0).astype(np.float32) - paper)
    cornea = np.clip((6.4 - radius) / 0.8, 0.0, 1.0)
    bend = 7.6 * cornea + 13.0 * (1.0 - cornea)
    nx, ny = np.clip(dx / bend, -0.9, 0.9), np.clip(dy / bend, -0.9, 0.9)
    surface = np.dstack([nx, ny, cornea, np.zeros_like(cornea)]).astype(np.float32)
    colour = np.dstack([paper, np.ones_like(cornea, dtype=np.float32)])
    return _layer(canvas, colour, surface)


@lru_cache(maxsize=6)
def body(look: Look, density: float) -> Layer:
    """Paint what lies behind the face: hair that hangs down or is tied up, neck, shoulders and shirt."""
    canvas = Canvas(density=density, **BODY)
    rng = np.random.default_rng(look.seed + 2)
    paper, coverage = canvas.paper(look.shirt), canvas.plane()
    nx, ny = canvas.plane(), canvas.plane()
    x, y = canvas.coordinates()

    def lay(outline: Points, colour: Colour, tilt_x: Plane, tilt_y: Plane) -> tuple[Box, Plane]:
        wide, beyond = canvas.mask(outline, soft=1.5)
        # The colour extends beyond the edge where nothing else is, so that no rim of another one shows.
        outside = np.minimum(8.0 * beyond, 1.0) * (1.0 - coverage[wide])
        box, covered = canvas.mask(outline, soft=0.3)
        for part, weight in ((wide, outside), (box, covered)):
            blend(paper, (part, weight), colour)
            for tilt, plane in ((tilt_x, nx), (tilt_y, ny)):
                plane[part] += weight * (np.broadcast_to(tilt, canvas.shape)[part] - plane[part])
        coverage[box] = np.maximum(coverage[box], covered)
        return box, covered

    if look.hair_style in _HANGING:
        tilt = x / 110.0 if look.hair_style == "long" else x / 32.0
        patch = lay(mirrored_outline(spline(_HANGING[look.hair_style])), times(look.hair, 0.68), tilt, 0.0 * y)
        strand = soften(rng.standard_normal((1, canvas.shape[1]), dtype=np.float32), 0.5 * density)
        paper[patch[0]] *= 1.0 + (patch[1] * strand[:, patch[0][1]] * np.float32(0.30))[..., None]
    throat = np.clip((-y - 128.0) / 30.0, 0.0, 1.0)
    lean = np.clip(x / 44.0, -0.95, 0.95) * (1.0 - throat) + np.clip(x / 190.0, -0.8, 0.8) * throat
    lay(mirrored_outline(spline(_NECK, samples=200)), times(look.skin, 0.95), lean, 0.30 * throat)
    for side in (1.0, -1.0):
        for points, widths, soft, opacity in _NECK_FOLDS:
            fold = ribbon(np.array(points) * [side, 1.0], widths)
            burn(paper, canvas.mask(fold, soft=soft), (0.78, 0.64, 0.60), opacity)
    burn(paper, canvas.glow((0.0, -156.0), (6.0, 4.0)), (0.78, 0.64, 0.60), 0.28)
    collar = spline(_COLLAR, samples=60)
    outline = mirrored_outline(np.vstack([collar, spline(_SHOULDER, samples=80)[1:], [(0.0, -290.0)]]))
    burn(paper, canvas.mask(outline + np.array([0.0, 1.6]), soft=1.6), (0.60, 0.47, 0.43), 0.7)
    lay(outline, look.shirt, np.clip(x / 190.0, -0.8, 0.8), 0.0 * y + np.float32(0.25))
    seam = np.vstack([(collar * [-1.0, 1.0])[:0:-1], collar]) * [1.045, 1.0] - [0.0, 4.6]
    burn(paper, canvas.mask(ribbon(seam, [0.8] * len(seam), samples=200), soft=0.4), (0.70, 0.70, 0.72), 0.8)
    for side in (1.0, -1.0):
        for points, width in _CREASES:
            crease = ribbon(np.array(points) * [side, 1.0], [1.0, width, 1.0])
            burn(paper, canvas.mask(crease, soft=4.0), (0.80, 0.80, 0.83), 0.6)
    paper *= (1.0 + 0.02 * soften(rng.standard_normal(canvas.shape, dtype=np.float32), 0.4 * density))[..., None]
    colour = np.dstack([paper, coverage])
    surface = np.dstack([nx, ny, canvas.plane(0.03), canvas.plane()])
    return _layer(canvas, colour, surface)
