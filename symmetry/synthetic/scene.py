"""Drawing a face: the painted textures are bent, turned, lit and photographed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from symmetry.photos.resampling import resample
from symmetry.synthetic import anatomy, painting
from symmetry.synthetic.asymmetry import Asymmetry, unit_movement
from symmetry.synthetic.canvas import Canvas, Colour, Plane, Points, soften
from symmetry.synthetic.looks import LOOKS, Look

LARGEST_TURN = 20.0
_ITERATIONS = 20
_LEAST_STRETCH = 0.15
_SPARK = 7.8
_BODY_DEPTH = -66.0
_BODY_DENSITY = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """How the drawn face is photographed.

    Attributes
    ----------
    width, height : int
        Size of the image, pixels.
    pixels_per_mm : float
        Scale of the image.
    yaw, pitch, roll : float
        Turn of the head in degrees: + yaw to the subject's left, + pitch upward, + roll raises the subject's left eye.
    offset : tuple of float
        Position of the point between the pupils, right and down from the middle of the image, pixels.
    light_azimuth, light_elevation : float
        Direction that the light comes from, degrees from straight ahead: + from the subject's left, + from above.
    light_strength : float
        Brightness of that light relative to the default; the light of the room stays.
    background : tuple of float
        Colour, red, green and blue from 0 to 1.
    blur : float
        Softness of the lens: standard deviation in pixels.
    noise : float
        Noise of the sensor: standard deviation in grey levels, 0 to 255.
    seed : int
        Seed of the noise.

    Raises
    ------
    ValueError
        If a size or scale is not positive, or the head is turned by more than `LARGEST_TURN` degrees in yaw or pitch.
    """

    width: int = 900
    height: int = 1200
    pixels_per_mm: float = 3.4
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    offset: tuple[float, float] = (0.0, -80.0)
    light_azimuth: float = 0.0
    light_elevation: float = 28.0
    light_strength: float = 1.0
    background: Colour = (0.70, 0.73, 0.72)
    blur: float = 0.5
    noise: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.width, self.height) < 1 or not self.pixels_per_mm > 0:
            raise ValueError("width, height and pixels_per_mm must be positive")
        if not (abs(self.yaw) <= LARGEST_TURN and abs(self.pitch) <= LARGEST_TURN):
            raise ValueError(f"the head turns by at most {LARGEST_TURN} degrees in yaw and pitch")
        if not (self.blur >= 0 and self.noise >= 0):
            raise ValueError("blur and noise must not be negative")

    @property
    def centre(self) -> tuple[float, float]:
        """Position of the point between the pupils, column and row in pixels."""
        return (self.width - 1) / 2 + self.offset[0], (self.height - 1) / 2 + self.offset[1]


def rotation(scene: Scene) -> NDArray[np.float64]:
    """Turn of the head: facial frame to a frame with x right, y up and z toward the viewer, shape (3, 3)."""
    yaw, pitch, roll = np.deg2rad([scene.yaw, scene.pitch, scene.roll])
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]])
    about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_x @ about_y, dtype=np.float64)


def draw_face(
    *, asymmetry: Asymmetry | None = None, scene: Scene | None = None, look: Look | None = None
) -> NDArray[np.uint8]:
    """Draw a face of exactly known asymmetry.

    Parameters
    ----------
    asymmetry : Asymmetry, optional
        Movement of each feature; an even face without it.
    scene : Scene, optional
        Size, scale, turn of the head, light and camera.
    look : Look, optional
        Who is drawn; ``LOOKS["hazel"]`` without it.

    Returns
    -------
    ndarray, shape (height, width, 3), uint8
        RGB. An even face that looks straight ahead, lit from the middle and without noise, equals its mirror image to
        within one grey level.

    Raises
    ------
    ValueError
        If the movements together would fold the face.

    Examples
    --------
    >>> from symmetry.synthetic import Asymmetry, Scene, draw_face
    >>> draw_face(asymmetry=Asymmetry(mouth_subject_right=-4.0), scene=Scene(roll=3.0)).shape
    (1200, 900, 3)
    """
    scene = scene or Scene()
    shot = _Shot(asymmetry or Asymmetry(), scene, look or LOOKS["hazel"], rotation(scene))
    flat = _picture_plane(scene)
    picture = _background(scene)
    on_even, on_bent = _trace(shot, flat)
    head = painting.head(shot.look, shot.density)
    colour, surface = _look_up(head.colour, head, on_even), _look_up(head.surface, head, on_even)
    coverage = colour[..., 3:4]
    matt, gloss = _light(surface, scene, shot.turn, shadow=(0.50, 0.36, 0.34))
    lit = colour[..., :3] * matt
    lit += gloss
    _put_eyes(lit, surface[..., 3], on_bent, shot)
    shadow = _thrown_shadow(np.ascontiguousarray(coverage[..., 0]), scene)
    _put_body(picture, shadow, flat, shot)
    picture += coverage * (lit - picture)
    return _develop(picture, scene)


@dataclass(frozen=True, slots=True)
class _Shot:
    """One drawing: who is drawn and how, with the turn of the head (3, 3)."""

    asymmetry: Asymmetry
    scene: Scene
    look: Look
    turn: NDArray[np.float64]

    @property
    def density(self) -> float:
        """Pixels per millimetre of the textures of the head."""
        return 3.0 if self.scene.pixels_per_mm <= 2.2 else 6.0


def _put_body(picture: Plane, shadow: Plane, flat: Plane, shot: _Shot) -> None:
    """Paint neck, shoulders and hanging hair over the background, in place, on a plane behind the face."""
    scene, turn = shot.scene, shot.turn
    body = painting.body(shot.look, _BODY_DENSITY)
    at = _unproject(flat, np.float32(_BODY_DEPTH), turn)
    colour = _look_up(body.colour, body, at)
    # Light changes slowly there: a third of the image's resolution is enough.
    surface = _look_up(body.surface, body, _resized(at, (scene.width + 2) // 3, (scene.height + 2) // 3))
    matt, _ = _light(surface, scene, turn, shadow=(0.46, 0.35, 0.34))
    lit = colour[..., :3] * _resized(matt, scene.width, scene.height)
    lit *= shadow[..., None]
    lit -= picture
    lit *= colour[..., 3:4]
    picture += lit


def _resized(plane: Plane, width: int, height: int) -> Plane:
    return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _picture_plane(scene: Scene) -> Plane:
    """Millimetres right and up of every pixel from the point between the pupils, shape (height, width, 2)."""
    column, row = scene.centre
    x = ((np.arange(scene.width) - column) / scene.pixels_per_mm).astype(np.float32)
    y = ((row - np.arange(scene.height)) / scene.pixels_per_mm).astype(np.float32)
    return np.asarray(np.stack(np.broadcast_arrays(x[None, :], y[:, None]), axis=-1), dtype=np.float32)


def _unproject(flat: Plane, depth: Plane | np.float32, turn: NDArray[np.float64]) -> Plane:
    """Facial x and y of what points of the image show if it lies at a depth."""
    back = np.linalg.inv(turn[:2, :2])
    shift = -back @ turn[:2, 2]
    x, y = flat[..., 0], flat[..., 1]
    return np.stack(
        [
            np.float32(back[0, 0]) * x + np.float32(back[0, 1]) * y + np.float32(shift[0]) * depth,
            np.float32(back[1, 0]) * x + np.float32(back[1, 1]) * y + np.float32(shift[1]) * depth,
        ],
        axis=-1,
    )


def _sample(texture: Plane, at: Plane, *, right: float, top: float, density: float) -> Plane:
    """Values of a whole texture at facial millimetres, linear between its pixels.

    Positions are rounded to 1/32 pixel about the midline, which keeps mirrored ones mirrored.
    """
    half = np.float32(right * density - 0.5)
    column = np.rint(at[..., 0] * np.float32(density * 32)) / np.float32(32) + half
    row = np.rint((np.float32(top) - at[..., 1]) * np.float32(density * 32)) / np.float32(32) - np.float32(0.5)
    return resample(texture, np.stack([column, row], axis=-1))


def _look_up(texture: Plane, layer: painting.Layer, at: Plane) -> Plane:
    return _sample(texture, at, right=layer.right, top=layer.top, density=layer.density)


@lru_cache(maxsize=6)
def _height(look: Look) -> Plane:
    height = painting.head_relief(look)
    return np.asarray(height - np.float32(_height_at(height, np.array(anatomy.PUPIL))), dtype=np.float32)


@lru_cache(maxsize=48)
def _unit_field(feature: str, look: Look) -> Plane:
    """Movement for 1 mm at the subject's left, on the right half of the relief's grid."""
    canvas = Canvas(density=painting.RELIEF_DENSITY, **painting.HEAD)
    x, y = canvas.coordinates()
    points = np.stack(np.broadcast_arrays(canvas.half(x), y), axis=-1)
    return unit_movement(feature, points, look=look).astype(np.float32)


def _height_at(height: Plane, points: Points) -> NDArray[np.float64]:
    at = np.asarray(points, dtype=np.float32).reshape(-1, 1, 2)
    found = _sample(height, at, right=painting.HEAD["right"], top=painting.HEAD["top"], density=painting.RELIEF_DENSITY)
    return found.astype(np.float64).reshape(np.shape(points)[:-1])


def depth_at(points: Points, *, look: Look) -> NDArray[np.float64]:
    """Facial z of places on the even face, in mm from the pupils toward the viewer, shape (...,)."""
    return _height_at(_height(look), np.asarray(points, dtype=np.float64))


def _bent_relief(asymmetry: Asymmetry, look: Look) -> Plane:
    """Height and the movement in x and y on the relief's grid, shape (h, w, 3)."""
    height = _height(look)
    middle = height.shape[1] // 2
    fields = np.zeros((*height.shape, 3), dtype=np.float32)
    fields[..., 0] = height
    for feature, side, value in asymmetry.items():
        if not value:
            continue
        moved = _unit_field(feature, look) * np.float32(value)
        if side == "subject_left":
            fields[:, middle:, 1:] += moved
        else:
            fields[:, :middle, 1:] += moved[:, ::-1] * np.array([-1.0, 1.0], dtype=np.float32)
    # Rows run downward: a point stays above the one below it unless that one moves up faster.
    squeeze = -np.diff(fields[..., 2], axis=0) * painting.RELIEF_DENSITY
    if squeeze.size and 1.0 + squeeze.min() < _LEAST_STRETCH:
        raise ValueError("these movements, taken together, would fold the face; give smaller ones")
    return fields


def _trace(shot: _Shot, flat: Plane) -> tuple[Plane, Plane]:
    """Find the place on the even face and on the bent face, mm, that every pixel shows.

    Solved by fixed-point iteration at steps of about a millimetre, over which height and movement hardly change.
    """
    scene, turn = shot.scene, shot.turn
    fields = _bent_relief(shot.asymmetry, shot.look)
    step = max(1, min(4, round(0.9 * scene.pixels_per_mm)))
    coarse = _resized(flat, -(-scene.width // step), -(-scene.height // step))
    place = {"right": painting.HEAD["right"], "top": painting.HEAD["top"], "density": painting.RELIEF_DENSITY}
    even = bent = _unproject(coarse, np.float32(0.0), turn)
    for _ in range(_ITERATIONS):
        seen = _sample(fields, even, **place)
        bent = _unproject(coarse, seen[..., 0], turn)
        even = bent - seen[..., 1:]
    both = _resized(np.concatenate([even, bent], axis=-1), scene.width, scene.height)
    return both[..., :2], both[..., 2:]


def _direction(scene: Scene) -> NDArray[np.float64]:
    azimuth, elevation = np.deg2rad([scene.light_azimuth, scene.light_elevation])
    return np.array([np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)])


def _halfway(scene: Scene) -> NDArray[np.float64]:
    """Direction between light and viewer: a mirror that faces it shows the light."""
    half = _direction(scene) + np.array([0.0, 0.0, 1.0])
    return np.asarray(half / np.linalg.norm(half), dtype=np.float64)


def _facing(surface: Plane, directions: list[NDArray[np.float64]], turn: NDArray[np.float64]) -> list[Plane]:
    """Cosines between the turned surface normal and directions in the camera's frame."""
    nx, ny = np.ascontiguousarray(surface[..., 0]), np.ascontiguousarray(surface[..., 1])
    nz = np.sqrt(np.maximum(1.0 - nx * nx - ny * ny, np.float32(0.0)))
    local = [(turn.T @ direction).astype(np.float32) for direction in directions]
    return [x * nx + y * ny + z * nz for x, y, z in local]


def _light(surface: Plane, scene: Scene, turn: NDArray[np.float64], *, shadow: Colour) -> tuple[Plane, Plane]:
    """Brightness of a matt surface under wrapped light, room light and coloured shadow; and gloss."""
    toward, ahead, shiny = _facing(surface, [_direction(scene), np.array([0.0, 0.0, 1.0]), _halfway(scene)], turn)
    wrap = np.float32(0.35)
    direct = np.clip((toward + wrap) * np.float32(0.72 * scene.light_strength / 1.35), 0.0, 0.72 * scene.light_strength)
    amount = direct + np.float32(0.28) * np.maximum(ahead, np.float32(0.0))
    dark = np.asarray(shadow, dtype=np.float32)
    matt = dark + (np.float32(1.14) - dark) * amount[..., None]
    gloss = np.maximum(shiny, np.float32(0.0))
    gloss = gloss * gloss
    gloss = (gloss * gloss) ** 2
    gloss = gloss * gloss * surface[..., 2] * np.float32(0.24 * scene.light_strength)
    return matt, gloss[..., None] * np.array([1.0, 0.96, 0.90], dtype=np.float32)


def _put_eyes(lit: Plane, opening: Plane, bent: Plane, shot: _Shot) -> None:
    """Paint the eyeballs between the lids, in place; they follow the whole eye but not its lids."""
    scene, asymmetry = shot.scene, shot.asymmetry
    seen = (opening > 0.002) & (np.abs(bent[..., 1]) < 30.0)
    rows, columns = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return
    part = (slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1))
    # Between the lids the whole eye moves as one, so its movement at the bent place is that at the even one.
    even = bent[part].copy()
    for side, value in ((1.0, asymmetry.eye_subject_left), (-1.0, asymmetry.eye_subject_right)):
        even[..., 1] -= np.float32(value) * (side * even[..., 0] > 0)
    eyes = painting.eyes(shot.look, shot.density)
    colour, surface = _look_up(eyes.colour, eyes, even), _look_up(eyes.surface, eyes, even)
    matt, _ = _light(surface, scene, shot.turn, shadow=(0.55, 0.48, 0.48))
    white = colour[..., :3] * (np.float32(0.42) + np.float32(0.58) * matt)
    # The upper lid shades what lies right below it: the opening, blurred and pushed down.
    open_here = np.ascontiguousarray(opening[part])
    mm = scene.pixels_per_mm
    shade = _shifted(soften(open_here, 1.5 * mm), 0.0, 1.3 * mm) * np.float32(1.35) - np.float32(0.1)
    white *= (np.float32(0.36) + np.float32(0.64) * np.clip(shade, 0.0, 1.0))[..., None]
    (facing,) = _facing(surface, [_halfway(scene)], shot.turn)
    edge = np.float32(np.cos(np.deg2rad(_SPARK)))
    spark = np.clip((facing - edge) / np.float32(0.4 * (1.0 - edge)), 0.0, 1.0) * surface[..., 2]
    white += (spark * np.float32(0.92))[..., None] * (np.float32(1.0) - white)
    lit[part] += open_here[..., None] * (white - lit[part])


def _shifted(plane: Plane, right: float, down: float) -> Plane:
    height, width = plane.shape
    at = np.stack(np.meshgrid(np.arange(width) - right, np.arange(height) - down), axis=-1)
    return resample(plane, at)


def _thrown_shadow(coverage: Plane, scene: Scene) -> Plane:
    """Shadow of the head on what is behind it; 1 where there is none."""
    light = _direction(scene)
    step = 4
    size = (max(1, scene.width // step), max(1, scene.height // step))
    small = np.asarray(cv2.resize(coverage, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    mm = scene.pixels_per_mm / step
    wide = _shifted(soften(small, max(9.0 * mm, 0.4)), -26.0 * mm * float(light[0]), 20.0 * mm)
    close = _shifted(soften(small, max(3.2 * mm, 0.4)), 0.0, 3.0 * mm)
    shadow = (1.0 - 0.52 * wide) * (1.0 - 0.30 * close)
    return _resized(np.asarray(shadow, dtype=np.float32), scene.width, scene.height)


def _background(scene: Scene) -> Plane:
    column, row = scene.centre
    reach = 210.0 * scene.pixels_per_mm
    x = ((np.arange(scene.width) - column) / reach)[None, :]
    y = ((np.arange(scene.height) - row) / reach)[:, None]
    glow = np.exp(-0.9 * (x**2 + (y + 0.05) ** 2)).astype(np.float32)
    tilt = np.float32(0.05 * np.sin(np.deg2rad(scene.light_azimuth))) * x.astype(np.float32)
    tone = (np.float32(0.72) + np.float32(0.34) * glow - tilt)[..., None]
    return np.asarray(tone * np.asarray(scene.background, dtype=np.float32), dtype=np.float32)


def _develop(picture: Plane, scene: Scene) -> NDArray[np.uint8]:
    if scene.blur > 0.2:
        picture = soften(picture, scene.blur)
    levels = np.clip(picture, 0.0, 1.0) * np.float32(255.0)
    if scene.noise > 0:
        rng = np.random.default_rng(scene.seed)
        levels = levels + np.float32(scene.noise) * rng.standard_normal(levels.shape, dtype=np.float32)
    return np.asarray(np.rint(np.clip(levels, 0.0, 255.0)), dtype=np.uint8)
