"""Beards, glasses, hands, masks and light from the side, drawn over a face in as many ways as there are seeds."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator

from helpers.spoiling import MASK, UNDER_NOSE, Colour, Picture, Points, millimetre, painted
from symmetry.landmarks.mesh import IRIS_LEFT, IRIS_RIGHT, LIPS_OUTER, MIRROR, mirrored
from symmetry.measure.quality.portrait import Portrait

Plane = NDArray[np.float32]

_JAW = (127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152)
_CHEEK_EDGE = (207, 187, 147, 137)
_FINE = 4
"""Thin rims are drawn so many times finer than the picture, so that their edges are soft."""
_BEARDS: tuple[Colour, ...] = (
    (28, 22, 20),
    (60, 42, 30),
    (98, 68, 44),
    (125, 72, 42),
    (120, 118, 116),
    (165, 142, 110),
)
_HEAVY: tuple[Colour, ...] = ((22, 21, 22), (62, 38, 26), (40, 30, 60), (120, 30, 34), (36, 52, 44))
_LIGHT: tuple[Colour, ...] = ((50, 48, 48), (120, 112, 104), (150, 120, 70), (84, 84, 90))
_CLOTHS: tuple[Colour, ...] = ((150, 185, 215), (226, 226, 222), (38, 38, 42), (120, 150, 120), (200, 150, 160))


def bearded(portrait: Portrait, seed: int, *, full: bool = True) -> Picture:
    """A beard with a moustache; the lips stay visible. A full one hides the skin and hangs over the chin."""
    rng = np.random.default_rng(seed)
    unit, face, pixels = millimetre(portrait), portrait.landmarks[:, :2], portrait.photo.pixels
    down = _down(portrait)
    long = rng.uniform(8, 40) if full else rng.uniform(0, 3)
    jaw = face[list(_JAW)][2:]
    depth = np.linspace(0.05, 1, len(jaw)) ** 1.5
    edge = jaw + depth[:, None] * long * unit * down
    other = face[list(mirrored(_JAW))][2:] + depth[:, None] * long * unit * down
    middle = face[[2, 164]].mean(axis=0)
    lip_side, other_lip = face[216] + rng.uniform(-2, 4) * unit * down, face[MIRROR[216]]
    cheek, other_cheek = face[list(_CHEEK_EDGE)], face[MIRROR[list(_CHEEK_EDGE)]]
    outline = np.vstack([edge, other[::-1][1:], other_cheek[::-1], [other_lip], [middle], [lip_side], cheek])
    cover = _filled(pixels.shape, [outline])
    cover *= 1 - _filled(pixels.shape, [_grown(face[list(LIPS_OUTER)], 1.0 + 0.6 * unit / 20)])
    cover = cv2.GaussianBlur(cover, (0, 0), (1.2 if full else 2.5) * unit)
    hair = _strands(rng, pixels.shape, unit)
    colour = np.array(_BEARDS[rng.integers(len(_BEARDS))]) * rng.uniform(0.8, 1.15)
    opacity = rng.uniform(0.86, 0.98) if full else rng.uniform(0.35, 0.55)
    shade = _brightness(pixels, 4 * unit) / max(_brightness(pixels, 4 * unit)[tuple(face[151].astype(int)[::-1])], 1)
    density = np.clip(opacity + (0.10 if full else 0.35) * hair, 0, 1) * cover
    paint = colour * (1 + 0.45 * hair[..., None]) * np.clip(shade, 0.25, 1.3)[..., None]
    return _blend(pixels, paint, density)


def in_glasses(portrait: Portrait, seed: int, *, heavy: bool = True) -> Picture:
    """Clear glasses with a frame of thick plastic, or of thin metal."""
    rng = np.random.default_rng(seed)
    unit, face, pixels = millimetre(portrait), portrait.landmarks[:, :2], portrait.photo.pixels
    across = face[IRIS_LEFT] - face[IRIS_RIGHT]
    across, down = across / np.linalg.norm(across), _down(portrait)
    half_wide, half_high = rng.uniform(22, 26), rng.uniform(14, 23)
    power, drop = rng.uniform(2.0, 4.5), rng.uniform(0, 4)
    thick = rng.uniform(2.4, 5.5) if heavy else rng.uniform(0.9, 1.5)
    turn = np.linspace(0, 2 * np.pi, 120)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    rim = np.sign(circle) * np.abs(circle) ** (2 / power) * [half_wide, half_high] + [0.0, drop]
    middle = face[[IRIS_RIGHT, IRIS_LEFT]].mean(axis=0)
    lines, lenses = [], []
    for side, eye in ((-1, IRIS_RIGHT), (1, IRIS_LEFT)):
        outward = max(abs((face[eye] - middle) @ across) / unit + 1.0, half_wide + 8.0)
        centre = np.array([side * outward, ((face[eye] - middle) @ down) / unit])
        lens = centre + rim
        lenses.append(lens)
        hinge = centre + np.array([side * half_wide, -0.45 * half_high + drop])
        ear = (face[127 if side < 0 else MIRROR[127]] - middle) @ np.column_stack([across, down]) / unit
        lines += [lens, np.array([hinge, [ear[0], 0.5 * (hinge[1] + ear[1])]])]
    inner = 2 * (abs(lenses[1][:, 0]).min())
    bow = np.linspace(-0.5, 0.5, 20)
    height = rng.uniform(-6, -1) + drop
    lines.append(np.column_stack([bow * inner, height - 2.5 * np.cos(np.pi * bow)]))
    to_pixels = np.vstack([across, down]) * unit
    lines, lenses = ([middle + one @ to_pixels for one in many] for many in (lines, lenses))
    frame = _stroked(pixels.shape, lines, thick * unit)
    shadow = cv2.GaussianBlur(np.roll(frame, round(2 * unit), axis=0), (0, 0), 1.2 * unit)
    picture = pixels * (1 - rng.uniform(0.1, 0.35) * shadow[..., None])
    glass = _filled(pixels.shape, lenses)
    gleam = cv2.GaussianBlur(rng.normal(size=(7, 7)).astype(np.float32), (0, 0), 1.0)
    gleam = np.clip(cv2.resize(gleam, pixels.shape[1::-1], interpolation=cv2.INTER_CUBIC) - 0.25, 0, 1)
    picture = _blend(picture, np.full(3, 235.0), glass * gleam * rng.uniform(0.1, 0.8))
    colours = _HEAVY if heavy else _LIGHT
    glint = np.random.default_rng(seed + 1).normal(size=(9, 9)).astype(np.float32)
    glint = cv2.resize(glint, pixels.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    paint = np.array(colours[rng.integers(len(colours))]) * (1 + 0.25 * glint[..., None])
    return _blend(picture, paint, frame * (1.0 if heavy else rng.uniform(0.75, 1.0)))


def behind_hand_on_mouth(portrait: Portrait, seed: int) -> Picture:
    """A hand of the person's own skin that covers the mouth: fingers from a side, or a fist from below."""
    rng = np.random.default_rng(seed)
    unit, face, pixels = millimetre(portrait), portrait.landmarks[:, :2], portrait.photo.pixels
    side = rng.choice([-1.0, 1.0])
    lean = rng.uniform(-5, 50)
    towards = np.radians(180 - lean if side > 0 else lean)  # where the fingertips point, 0 to the right of the picture
    along = np.array([np.cos(towards), -np.sin(towards)])
    aside = np.array([-along[1], along[0]]) * (1 if side < 0 else -1)
    mouth = face[[13, 14]].mean(axis=0) + rng.normal(0, 2, 2) * unit
    patches = face[[50, 280, 151]].astype(int)
    skin = np.median([pixels[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, 3).mean(axis=0) for x, y in patches], axis=0)
    skin = skin * rng.uniform(0.82, 1.1) * np.array([1.03, 0.98, 0.97])
    y, x = np.indices(pixels.shape[:2]).astype(np.float32)
    picture = pixels.astype(np.float64)
    wide = rng.uniform(8.5, 10.5)
    for finger in (3, 0, 2, 1):
        tip = (
            mouth
            + ((finger - 1.5) * 1.85 * wide * aside + (26 + 5 * (finger in (1, 2)) + rng.normal(0, 2)) * along) * unit
        )
        away_x, away_y = (tip[0] - x), (tip[1] - y)
        back = away_x * along[0] + away_y * along[1]
        off = np.abs(-away_x * along[1] + away_y * along[0])
        beyond = np.where(back < wide * unit, np.hypot(off, back - wide * unit), off)
        radius = beyond / (wide * unit)
        shadow = 1 - 0.4 * np.exp(-4 * np.clip(radius - 1, 0, 9))
        shape = np.sqrt(np.clip(1 - 0.8 * np.minimum(radius, 1) ** 2, 0.1, 1))
        crease = 1 - 0.18 * sum(np.exp(-(((back / unit - at) / 1.4) ** 2)) for at in (25.0, 28.0, 50.0))
        nail = np.exp(-(((back / unit - 8) / 6) ** 4 + (off / unit / 5.5) ** 4))
        colour = skin * (shape * crease)[..., None] * (1 + nail[..., None] * np.array([0.12, 0.06, 0.08]))
        inside = np.clip((1.02 - radius) * wide * unit / 1.5, 0, 1)[..., None]
        picture = picture * shadow[..., None] * (1 - inside) + colour * inside
    return _developed(picture, rng, unit)


def masked_somehow(portrait: Portrait, seed: int) -> Picture:
    """A mask of some cloth, over or under the nose."""
    rng = np.random.default_rng(seed)
    cloth = _CLOTHS[rng.integers(len(_CLOTHS))]
    outline = MASK if rng.random() < 0.7 else UNDER_NOSE
    points = portrait.landmarks[list(outline), :2]
    picture = painted(portrait.photo.pixels, [points], cloth, weave=float(rng.uniform(0.02, 0.12)))
    unit, middle = millimetre(portrait), portrait.landmarks[[2, 17], :2].mean(axis=0)
    rows = (np.indices(picture.shape[:2])[0] - middle[1]) / unit
    pleats = 1 - 0.18 * sum(np.exp(-(((rows - at) / 0.8) ** 2)) for at in (-10.0, 2.0, 14.0))
    return _blend(picture, picture * pleats[..., None], _filled(picture.shape, [points]))


def side_lit(portrait: Portrait, seed: int, *, azimuth: float | None = None, ambient: float | None = None) -> Picture:
    """A hard lamp from one side, with the shadows that nose and brow throw; the other half has the light of the room.

    Parameters
    ----------
    azimuth : float, optional
        Degrees from straight ahead, + from the right of the picture; 45 to 80 by default.
    ambient : float, optional
        Light of the room against that of the lamp; 0.04 to 0.25 by default.
    """
    rng = np.random.default_rng(seed)
    azimuth = float(rng.choice([-1.0, 1.0]) * rng.uniform(45, 80)) if azimuth is None else azimuth
    ambient = float(rng.uniform(0.04, 0.25)) if ambient is None else ambient
    elevation = rng.uniform(5, 35)
    pixels, coarse = portrait.photo.pixels, max(1, round(millimetre(portrait)))
    depth, skin = _depth(portrait, coarse)
    a, e = np.radians([azimuth, elevation])
    light = np.array([np.sin(a) * np.cos(e), -np.sin(e), np.cos(a) * np.cos(e)])
    across, down = np.gradient(depth, axis=1), np.gradient(depth, axis=0)  # depth toward the camera, same unit
    normal = np.stack([-across, -down, np.ones_like(depth)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    shading = np.clip(normal @ light, 0, None)
    shadow = np.zeros_like(depth)
    y, x = np.indices(depth.shape).astype(np.float32)
    for step in np.arange(2.0, 70.0, 1.5):
        at = step / np.hypot(light[0], light[1]) * light
        there = cv2.remap(
            depth, x + np.float32(at[0]), y + np.float32(at[1]), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        shadow = np.maximum(shadow, np.clip((there - depth - at[2]) / 1.5, 0, 1))
    amount = ambient * normal[..., 2] + cv2.GaussianBlur(shading * (1 - shadow), (0, 0), 1.0)
    amount = np.where(skin > 0, amount, ambient + 0.4)
    amount = cv2.GaussianBlur(amount.astype(np.float32), (0, 0), 1.0)
    amount = cv2.resize(amount, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    linear = (pixels / 255.0) ** 2.2 * amount[..., None]
    bright = np.percentile(linear[_inside(portrait)], 97)
    picture = 255 * np.clip(linear * 0.75 / bright, 0, 1) ** (1 / 2.2)
    return _developed(picture, rng, millimetre(portrait))


def in_light(picture: Picture, by: float, *, noise: float, seed: int = 0) -> Picture:
    """The picture with some times the light, in linear light, with the noise of a sensor and 8 bits.

    `noise` is the standard deviation of read noise in 1 / 255 of full linear scale at the sensor's pixels; the noise
    of the light itself comes on top.
    """
    rng = np.random.default_rng(seed)
    linear = (picture / 255.0) ** 2.2 * by
    spread = np.sqrt((noise / 255) ** 2 + linear * 5e-5)
    linear = linear + spread * rng.standard_normal(linear.shape)
    return np.rint(255 * np.clip(linear, 0, 1) ** (1 / 2.2)).astype(np.uint8)


def in_skin(portrait: Portrait, albedo: float) -> Picture:
    """The picture with the skin of the face, and around it, some times as light, linear."""
    pixels = portrait.photo.pixels
    oval = cv2.convexHull(portrait.landmarks[:IRIS_RIGHT, :2].astype(np.float32))[:, 0]
    weight = cv2.GaussianBlur(_filled(pixels.shape, [_grown(oval, 1.05)]), (0, 0), 4 * millimetre(portrait))
    linear = (pixels / 255.0) ** 2.2 * (1 - weight * (1 - albedo))[..., None]
    return np.rint(255 * linear ** (1 / 2.2)).astype(np.uint8)


def _down(portrait: Portrait) -> Points:
    down = portrait.landmarks[152, :2] - portrait.landmarks[10, :2]
    return np.asarray(down / np.linalg.norm(down))


def _grown(outline: Points, by: float) -> Points:
    middle = outline.mean(axis=0)
    return np.asarray(middle + by * (outline - middle))


def _filled(shape: tuple[int, ...], outlines: list[Points]) -> Plane:
    plane = np.zeros(shape[:2], np.float32)
    for outline in outlines:
        cv2.fillPoly(plane, [np.rint(outline).astype(np.int32)], 1.0)
    return cv2.GaussianBlur(plane, (0, 0), 0.8)


def _stroked(shape: tuple[int, ...], lines: list[Points], width: float) -> Plane:
    plane = np.zeros((shape[0] * _FINE, shape[1] * _FINE), np.uint8)
    for line in lines:
        cv2.polylines(plane, [np.rint(line * _FINE).astype(np.int32)], False, 255, max(1, round(width * _FINE)))
    small = cv2.resize(plane, shape[1::-1], interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) / 255


def _strands(rng: np.random.Generator, shape: tuple[int, ...], unit: float) -> Plane:
    """Hairs that hang down, of mean 0 and standard deviation 1."""
    small = rng.normal(size=shape[:2]).astype(np.float32)
    kernel = np.zeros((31, 31), np.float32)
    length = int(np.clip(4 * unit, 5, 15))
    hairs = np.zeros_like(small)
    for lean in (-0.5, 0.0, 0.5):
        kernel[:] = 0
        end = (int(15 + lean * length), 15 + length // 2)
        cv2.line(kernel, (int(15 - lean * length), 15 - length // 2), end, 1.0, 1)
        hairs += cv2.filter2D(small if lean == 0 else rng.normal(size=shape[:2]).astype(np.float32), -1, kernel)
    hairs = cv2.GaussianBlur(hairs, (0, 0), max(0.12 * unit, 0.4))
    return np.asarray((hairs - hairs.mean()) / hairs.std(), np.float32)


def _brightness(pixels: Picture, about: float) -> Plane:
    return cv2.GaussianBlur(pixels.mean(axis=-1).astype(np.float32), (0, 0), about)


def _blend(picture: NDArray[np.generic], paint: NDArray[np.generic], share: Plane) -> Picture:
    mixed = picture * (1 - share[..., None]) + paint * share[..., None]
    return np.clip(mixed, 0, 255).astype(np.uint8)


def _developed(picture: NDArray[np.float64], rng: np.random.Generator, unit: float) -> Picture:
    soft = cv2.GaussianBlur(picture, (0, 0), max(0.15 * unit, 0.3))
    return np.clip(soft + rng.normal(0, 1.5, picture.shape), 0, 255).astype(np.uint8)


def _inside(portrait: Portrait) -> NDArray[np.bool_]:
    oval = cv2.convexHull(portrait.landmarks[:IRIS_RIGHT, :2].astype(np.float32))[:, 0]
    return np.asarray(_filled(portrait.photo.pixels.shape, [oval]) > 0.5)


def _depth(portrait: Portrait, coarse: int) -> tuple[Plane, Plane]:
    """Depth of the face toward the camera, in cells of some pixels, and whether a cell belongs to the head."""
    height, width = portrait.photo.pixels.shape[:2]
    mesh = portrait.landmarks[:IRIS_RIGHT] / coarse
    at = np.meshgrid(np.arange(width // coarse), np.arange(height // coarse))
    depth = LinearNDInterpolator(mesh[:, :2], -mesh[:, 2])(*at)
    skin = np.isfinite(depth).astype(np.float32)
    depth = np.where(skin > 0, depth, NearestNDInterpolator(mesh[:, :2], -mesh[:, 2])(*at) - 2.0)
    return cv2.GaussianBlur(depth.astype(np.float32), (0, 0), 1.5), skin
