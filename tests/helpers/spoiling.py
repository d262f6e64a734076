"""Pictures spoilt in known ways, for the tests of the quality gate and its benchmark."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from symmetry.landmarks.mesh import (
    BROW_LOWER_RIGHT,
    BROW_UPPER_RIGHT,
    EYE_RIGHT,
    FACE_OVAL,
    IRIS_LEFT,
    IRIS_RIGHT,
    MIRROR,
    mirrored,
)
from symmetry.measure.quality.portrait import Portrait

Picture = NDArray[np.uint8]
Points = NDArray[np.float64]
Colour = tuple[float, float, float]

EYES_MM = 63.0
_JAW = (234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152)
MASK = (*_JAW, *mirrored(_JAW[-2::-1]), 346, 347, 343, 197, 114, 118, 117)
UNDER_NOSE = (*_JAW[3:], *mirrored(_JAW[-2:2:-1]), 426, 391, 164, 165, 206)
BLUE, WHITE, BLACK = (150, 185, 215), (226, 226, 222), (38, 38, 42)
RIGHT_EYE, LEFT_EYE = (33, 133), (263, 362)
"""Ends of the subject's eyes."""


def millimetre(portrait: Portrait) -> float:
    """Pixels a millimetre, about."""
    return portrait.interpupillary / EYES_MM


# The picture as a whole.


def resized(picture: Picture, by: float) -> Picture:
    return cv2.resize(picture, None, fx=by, fy=by, interpolation=cv2.INTER_AREA)


def blurred(picture: Picture, sigma: float) -> Picture:
    return cv2.GaussianBlur(picture, (0, 0), sigma)


def shaken(picture: Picture, length: int, *, down: bool = False) -> Picture:
    kernel = np.full((1, length), 1 / length)
    return cv2.filter2D(picture, -1, kernel.T if down else kernel)


def lit(picture: Picture, by: float | NDArray[np.float64]) -> Picture:
    """The picture with some times the light."""
    linear = (picture / 255) ** 2.2 * by
    return np.clip(linear ** (1 / 2.2) * 255, 0, 255).astype(np.uint8)


def lit_from_side(picture: Picture, ratio: float, *, middle: float | None = None, mm: float = 2.0) -> Picture:
    """Light that falls to 1 / ratio from the right of the picture to its left, within 60 mm of the middle."""
    at = picture.shape[1] / 2 if middle is None else middle
    across = np.clip((np.arange(picture.shape[1]) - at) / (60 * mm), -1, 1)
    return lit(picture, ratio ** ((across - 1) / 2)[:, None])


def grainy(picture: Picture, sigma: float) -> Picture:
    noise = np.random.default_rng(7).normal(0, sigma, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def saved(picture: Picture, quality: int) -> Picture:
    data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


def in_mirror(picture: Picture) -> Picture:
    return np.ascontiguousarray(picture[:, ::-1])


def cut_off(portrait: Portrait, side: str, share: float) -> Picture:
    """The picture without a share of the face at its chin, forehead, left or right (of the picture)."""
    x, y = portrait.landmarks[:IRIS_RIGHT, :2].T
    wide, high = np.ptp(x) * share, np.ptp(y) * share
    pixels = portrait.photo.pixels
    part = {
        "chin": np.s_[: int(y.max() - high)],
        "forehead": np.s_[int(y.min() + high) :],
        "right": np.s_[:, : int(x.max() - wide)],
        "left": np.s_[:, int(x.min() + wide) :],
    }[side]
    return np.ascontiguousarray(pixels[part])


def tilted(portrait: Portrait, degrees: float) -> Picture:
    """The picture turned about the face, counter-clockwise."""
    pixels = portrait.photo.pixels
    centre = portrait.landmarks[:IRIS_RIGHT, :2].mean(axis=0)
    turn = cv2.getRotationMatrix2D(tuple(centre), degrees, 1.0)
    return cv2.warpAffine(pixels, turn, pixels.shape[1::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def with_another(portrait: Portrait, other: Portrait, size: float) -> Picture:
    """The picture with another face, of a size relative to the first, at its right."""
    by = size * portrait.interpupillary / other.interpupillary
    x, y = (other.landmarks[:IRIS_RIGHT, i] for i in (0, 1))
    room = 0.15 * np.ptp(y)
    top, left = (max(0, int(at.min() - room)) for at in (y, x))
    face = resized(other.photo.pixels[top : int(y.max() + room), left : int(x.max() + room)], by)
    pixels = portrait.photo.pixels
    free = pixels.shape[1] - int(portrait.landmarks[:IRIS_RIGHT, 0].max() + 0.3 * portrait.interpupillary)
    wider = cv2.copyMakeBorder(pixels, 0, 0, 0, max(0, face.shape[1] - free), cv2.BORDER_REPLICATE)
    down = max(0, min(int(portrait.landmarks[151, 1]), wider.shape[0] - face.shape[0]))
    wider[down : down + face.shape[0], -face.shape[1] :] = face[: wider.shape[0] - down]
    return wider


# Something over the face.


def painted(picture: Picture, outlines: list[Points], colour: Colour, *, weave: float = 0.0) -> Picture:
    """The picture with soft-edged, shaded patches of one colour, with folds of some strength."""
    patch = np.zeros(picture.shape[:2], np.float32)
    for outline in outlines:
        cv2.fillPoly(patch, [np.rint(outline).astype(np.int32)], 1.0)
    patch = cv2.GaussianBlur(patch, (0, 0), 1.0)[..., None]
    middle = np.vstack(outlines).mean(axis=0)
    down, across = np.indices(picture.shape[:2])
    shade = 1 - 0.25 * (np.hypot(across - middle[0], down - middle[1]) / picture.shape[1] * 2) ** 2
    if weave:
        folds = np.random.default_rng(11).normal(size=(9, 9)).astype(np.float32)
        shade += weave * cv2.resize(folds, picture.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(5).normal(0, 2, picture.shape)
    return np.clip(picture * (1 - patch) + (shade[..., None] * colour + grain) * patch, 0, 255).astype(np.uint8)


def masked(portrait: Portrait, colour: Colour = BLUE, outline: Sequence[int] = MASK) -> Picture:
    return painted(portrait.photo.pixels, [portrait.landmarks[list(outline), :2]], colour)


def in_scarf(portrait: Portrait) -> Picture:
    """A folded, checked scarf from the nose down to below the chin."""
    unit, face = millimetre(portrait), portrait.landmarks[:, :2]
    left, right, nose, chin = face[454], face[234], face[4], face[152]
    corners = [(right, -6, 0), (nose, 0, -8), (left, 6, 0), (left, 12, 70), (chin, 0, 45), (right, -12, 70)]
    outline = np.array([at + np.array([x, y]) * unit for at, x, y in corners])
    scarf = painted(portrait.photo.pixels, [outline], (150, 52, 60), weave=0.12)
    down, across = np.indices(scarf.shape[:2]) / (9 * unit)
    stripes = ((down.astype(int) % 3 == 0) | (across.astype(int) % 3 == 0))[..., None] * 0.35
    inside = np.zeros(scarf.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.rint(outline).astype(np.int32)], 1)
    return np.where(inside[..., None] > 0, scarf * (1 - stripes), scarf).astype(np.uint8)


def in_dark_glasses(portrait: Portrait) -> Picture:
    turn = np.linspace(0, 2 * np.pi, 40)
    lens = np.column_stack([0.42 * np.cos(turn), 0.05 + 0.33 * np.sin(turn)]) * portrait.interpupillary
    eyes = [portrait.landmarks[list(eye), :2].mean(axis=0) for eye in (EYE_RIGHT, mirrored(EYE_RIGHT))]
    return painted(portrait.photo.pixels, [eye + lens for eye in eyes], (28, 26, 30))


def behind_hand(portrait: Portrait, over: int, towards: float) -> Picture:
    """Four fingers of the colour of the skin over a landmark, pointing in a direction, degrees clockwise from right."""
    unit = millimetre(portrait)
    pixels = portrait.photo.pixels
    x, y = portrait.landmarks[151, :2].astype(int)
    skin = pixels[y - 4 : y + 5, x - 4 : x + 5].reshape(-1, 3).mean(axis=0) * 0.95
    along = np.array([np.cos(np.radians(towards)), np.sin(np.radians(towards))])
    aside = np.array([-along[1], along[0]])
    places = np.dstack(np.meshgrid(np.arange(pixels.shape[1]), np.arange(pixels.shape[0])))
    picture = pixels.astype(np.float64)
    for finger in range(4):
        tip = portrait.landmarks[over, :2] + (finger - 1.5) * 17 * unit * aside + 18 * unit * along
        back = np.clip((tip - places) @ along, 0, 110 * unit)
        off = np.linalg.norm(places - (tip - back[..., None] * along), axis=-1) / (8.8 * unit)
        round_ = skin * np.sqrt(np.clip(1 - 0.75 * off**2, 0.1, 1))[..., None]
        shadow = 1 - 0.35 * np.exp(-3 * np.clip(off - 1, 0, 9))
        picture = np.where(off[..., None] < 1, round_, picture * np.where(off < 1, 1, shadow)[..., None])
    return picture.astype(np.uint8)


def behind_hair(portrait: Portrait) -> Picture:
    """A broad strand over the person's left eye."""
    unit, eye = millimetre(portrait), portrait.landmarks[473, :2]
    outline = np.array([(-20, -60), (-14, -20), (-10, 30), (0, 80), (40, 80), (45, -60)]) * unit + eye
    return painted(portrait.photo.pixels, [outline], (60, 42, 32))


def behind_microphone(portrait: Portrait) -> Picture:
    """A ball of black foam 50 mm wide before the lower lip, its handle coming from below."""
    unit, lip = millimetre(portrait), portrait.landmarks[17, :2] + [0, 6 * millimetre(portrait)]
    turn = np.linspace(0, 2 * np.pi, 40)
    ball = np.column_stack([25 * np.cos(turn), 27 * np.sin(turn)]) * unit + lip
    handle = np.array([(-12, 20), (12, 20), (34, 130), (4, 130)]) * unit + lip
    return painted(portrait.photo.pixels, [handle, ball], (46, 44, 46), weave=0.1)


# The face itself.


def warped(picture: Picture, here: Points, there: Points, *, give: float = 3.0) -> Picture:
    """The picture with points (n, 2) moved elsewhere, everything else following like a thin plate, its border fixed.

    The plate gives way where points fold over, the more the larger `give` is.
    """
    height, width = picture.shape[:2]
    edge = [(x, y) for x in (0, width / 2, width) for y in (0, height / 2, height) if (x, y) != (width / 2, height / 2)]
    knots = np.vstack([there, edge])
    shift = np.vstack([here - there, np.zeros((len(edge), 2))])
    scale = np.ptp(there, axis=0).max()
    n = len(knots)
    flat = np.column_stack([np.ones(n), knots / scale])
    plate = _plate(knots / scale, knots / scale) + give * 1e-4 * np.diag(
        np.r_[np.ones(len(there)), np.zeros(len(edge))]
    )
    system = np.block([[plate, flat], [flat.T, np.zeros((3, 3))]])
    weights = np.linalg.solve(system, np.vstack([shift, np.zeros((3, 2))]))
    step = 12
    x, y = np.meshgrid(np.arange(0, width + step, step), np.arange(0, height + step, step))
    grid = np.column_stack([x.ravel(), y.ravel()]) / scale
    coarse = _plate(grid, knots / scale) @ weights[:n] + np.column_stack([np.ones(len(grid)), grid]) @ weights[n:]
    across, down = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    at = np.dstack(np.meshgrid(across / step, down / step)).astype(np.float32)
    back = cv2.remap(coarse.reshape(*x.shape, 2).astype(np.float32), at, None, cv2.INTER_LINEAR)
    source = back + np.dstack(np.meshgrid(across, down))
    return cv2.remap(picture, source, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _plate(points: Points, knots: Points) -> Points:
    square = ((points[:, None] - knots[None]) ** 2).sum(axis=-1)
    return 0.5 * square * np.log(square + 1e-12)


def turned(portrait: Portrait, *, yaw: float | None = None, pitch: float | None = None) -> Picture:
    """The head turned in 3-D through its own mesh to a yaw (to the subject's left) and pitch (upward), degrees."""
    own_yaw, own_pitch, _ = portrait.frame.pose()
    yaw, pitch = 0.0 if yaw is None else yaw - own_yaw, 0.0 if pitch is None else pitch - own_pitch
    mesh = portrait.landmarks[:IRIS_RIGHT:2]
    centre = portrait.landmarks[:IRIS_RIGHT].mean(axis=0)
    # image axes: y down and z away are the facial ones turned by half a turn about x, which keeps rotations' handedness
    head = Rotation.from_euler("yx", [-yaw, -pitch], degrees=True).as_matrix()
    there = (mesh - centre) @ head.T + centre
    return warped(portrait.photo.pixels, mesh[:, :2], there[:, :2], give=30.0)


def from_near(portrait: Portrait, centimetres: float) -> Picture:
    """The face as it is seen from so far, through its own mesh."""
    mesh = portrait.landmarks[:IRIS_RIGHT:2]
    centre = portrait.landmarks[[IRIS_RIGHT, IRIS_LEFT]].mean(axis=0)
    distance = 10 * centimetres * millimetre(portrait)
    there = (mesh - centre)[:, :2] * (distance / (distance + (mesh - centre)[:, 2:])) + centre[:2]
    return warped(portrait.photo.pixels, mesh[:, :2], there)


def with_raised_brows(portrait: Portrait, millimetres: float) -> Picture:
    face, brow = portrait.landmarks[:, :2], [*BROW_LOWER_RIGHT, *BROW_UPPER_RIGHT]
    brows = [*brow, *mirrored(brow)]
    still = [*EYE_RIGHT, *mirrored(EYE_RIGHT), *FACE_OVAL, 4, 5, 197]
    here = np.vstack([face[brows], face[still]])
    there = here.copy()
    there[: len(brows), 1] -= millimetres * millimetre(portrait)
    return warped(portrait.photo.pixels, here, there)


def with_open_mouth(portrait: Portrait, millimetres: float) -> Picture:
    """The lower lip and the jaw drawn down from the line between the lips, dark between them."""
    unit, face, pixels = millimetre(portrait), portrait.landmarks[:, :2], portrait.photo.pixels
    inner = [78, 191, 80, 81, 82, 13]
    line = (face[[*inner, *mirrored(inner[-2::-1])]] + face[[78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308]]) / 2
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]].astype(np.float32)
    lips = np.interp(x[0], *line.T)
    middle, half = (line[0, 0] + line[-1, 0]) / 2, np.ptp(line[:, 0]) / 2
    opening = np.sqrt(np.clip(1 - ((x[0] - middle) / half) ** 2, 0, 1))
    jaw = np.clip(1.5 - np.abs(x[0] - middle) / (1.6 * half), 0, 1)
    below = (y - lips) / (25 * unit)
    follow = np.clip(opening + (jaw - opening) * np.clip(below, 0, 1), 0, 1)
    chin = face[152, 1] + millimetres * unit
    fade = np.clip(1 - (y - chin) / (80 * unit), 0, 1)
    gap = millimetres * unit
    source = np.where(y > lips, np.maximum(y - gap * follow * fade, lips), y).astype(np.float32)
    opened = cv2.remap(pixels, x, source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inside = ((y > lips) & (y < lips + gap * opening)).astype(np.float32)
    inside = cv2.GaussianBlur(inside, (0, 0), 0.5 * unit)[..., None]
    return (opened * (1 - inside) + np.array([58, 24, 24]) * inside).astype(np.uint8)


def lids_closed(portrait: Portrait, *eyes: tuple[int, int], by: float = 1.0) -> Picture:
    """Draw the upper lid over eyes: skin from above goes down some of the way to the lower lid."""
    picture, landmarks = portrait.photo.pixels, portrait.landmarks
    upper, lower = (160, 159, 158), (144, 145, 153)
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32)
    source = y.copy()
    for outer, inner in eyes:
        side = MIRROR if (outer, inner) == LEFT_EYE else np.arange(len(MIRROR))
        ends = landmarks[[outer, inner], :2]
        edges = []
        for lid in (upper, lower):
            line = np.vstack([ends, landmarks[side[list(lid)], :2]])
            line = line[np.argsort(line[:, 0])]
            edges.append(np.interp(np.arange(picture.shape[1]), *line.T))
        top = edges[0] - 0.35 * np.ptp(ends[:, 0])
        edge = edges[0] + by * (edges[1] - edges[0])
        within = (x[0] > ends[:, 0].min()) & (x[0] < ends[:, 0].max())
        share = (y - top) / (edge - top)
        source = np.where(within & (share > 0) & (share <= 1), top + share * (edges[0] - top), source)
    return cv2.remap(picture, x, source.astype(np.float32), cv2.INTER_LINEAR)


# What is no face.


def checkerboard(seed: int, size: int = 700) -> Picture:
    """A checkerboard with two dark rings and a bar, where a face would have eyes and a mouth."""
    rng = np.random.default_rng(seed)
    field = int(rng.integers(25, 60))
    down, across = np.indices((size, size)) // field
    picture = np.repeat(np.where((down + across) % 2, 205, 60)[..., None], 3, axis=2).astype(np.uint8)
    return _with_features(picture, rng)


def pattern(seed: int, size: int = 700) -> Picture:
    """Smooth random blotches in the colours of skin, even from left to right, with two dark rings and a bar."""
    rng = np.random.default_rng(seed)
    blotches = cv2.GaussianBlur(rng.normal(size=(size, size)).astype(np.float32), (0, 0), float(rng.uniform(12, 40)))
    blotches = (blotches + blotches[:, ::-1]) / np.abs(blotches).max() / 2
    picture = np.clip(np.array([200, 150, 125]) * (1 + 0.6 * blotches[..., None]), 0, 255).astype(np.uint8)
    return _with_features(picture, rng)


def cartoon(seed: int, size: int = 700) -> Picture:
    """A round face of flat colours: dots for eyes, lines for brows, nose and mouth."""
    rng = np.random.default_rng(seed)
    colours = [(255, 214, 60), (240, 190, 150), (150, 200, 240), (250, 250, 250)]
    picture = np.full((size, size, 3), 235, np.uint8)
    middle = (size // 2, size // 2)
    axes = (int(size * rng.uniform(0.24, 0.32)), int(size * rng.uniform(0.30, 0.36)))
    cv2.ellipse(picture, middle, axes, 0, 0, 360, colours[seed % 4], -1, cv2.LINE_AA)
    cv2.ellipse(picture, middle, axes, 0, 0, 360, (30, 30, 30), 5, cv2.LINE_AA)
    for side in (-1, 1):
        eye = (middle[0] + int(side * axes[0] * 0.42), middle[1] - int(0.2 * axes[1]))
        cv2.ellipse(
            picture, eye, (int(0.17 * axes[0]), int(0.13 * axes[1])), 0, 0, 360, (255, 255, 255), -1, cv2.LINE_AA
        )
        lids = (int(0.17 * axes[0]), int(0.13 * axes[1]))
        cv2.ellipse(picture, eye, lids, 0, 0, 360, (255, 255, 255), -1, cv2.LINE_AA)
        cv2.ellipse(picture, eye, lids, 0, 0, 360, (20, 20, 20), 4, cv2.LINE_AA)
        cv2.circle(picture, eye, int(0.08 * axes[0]), (20, 20, 20), -1, cv2.LINE_AA)
        brow = (eye[0], eye[1] - int(0.12 * axes[1]))
        cv2.ellipse(picture, brow, (int(0.22 * axes[0]), int(0.1 * axes[1])), 0, 200, 340, (20, 20, 20), 6, cv2.LINE_AA)
    nose = (middle[0], middle[1] + int(0.12 * axes[1]))
    cv2.ellipse(picture, nose, (int(0.1 * axes[0]), int(0.1 * axes[1])), 0, 20, 160, (20, 20, 20), 5, cv2.LINE_AA)
    mouth = (middle[0], middle[1] + int(0.38 * axes[1]))
    cv2.ellipse(picture, mouth, (int(0.4 * axes[0]), int(0.18 * axes[1])), 0, 10, 170, (150, 30, 40), 8, cv2.LINE_AA)
    return picture


def _with_features(picture: Picture, rng: np.random.Generator) -> Picture:
    size = picture.shape[0]
    eyes = int(size * rng.uniform(0.14, 0.18))
    for side in (-1, 1):
        at = (size // 2 + side * eyes, int(size * 0.42))
        cv2.ellipse(picture, at, (eyes // 2, eyes // 3), 0, 0, 360, (40, 30, 30), -1, cv2.LINE_AA)
        cv2.circle(picture, at, eyes // 7, (220, 220, 220), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (size // 2, int(size * 0.68)), (eyes, eyes // 4), 0, 0, 360, (110, 40, 40), -1, cv2.LINE_AA)
    return picture
