"""The two photos of the report in the same framing, with the lines and colours laid over them."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import BROW_UPPER_RIGHT, EYE_RIGHT, IRIS_RIGHT, MIRROR
from symmetry.measure.change import Change
from symmetry.measure.words import unit_sign
from symmetry.output.colours import AMOUNT_STEPS, FULL_MOVEMENT
from symmetry.output.contours import CONTOURS_FIRST, JAWLINE, spaced
from symmetry.output.figures.levelling import LevelledFace, level_face
from symmetry.output.figures.tint import tint_movement
from symmetry.output.report.content import Pictures
from symmetry.output.svg import arrow_paths, svg_path

WIDTH: Final = 640
_QUALITY: Final = 86

_UPPER_LIP = (61, 185, 40, 39, 37, 0)
_LOWER_LIP = (61, 146, 91, 181, 84, 17)
_CONTOURS: Final = ((*EYE_RIGHT, EYE_RIGHT[0]), BROW_UPPER_RIGHT, _UPPER_LIP, _LOWER_LIP, JAWLINE)
"""Contours of the right side; those of the left are their mirror partners."""

_MAGNIFIED: Final = 4
_APART: Final = 26.0
_SHORTEST: Final = 12.0
"""Least distance and least length of arrows, pixels of the crop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A photo on the page."""

    name: str  # {"before", "after"}
    source: str  # JPEG as a data URI
    midline: str  # SVG path in pixels of the crop
    # SVG paths of the contours of each side
    left: tuple[str, ...]
    right: tuple[str, ...]
    # the same, mirrored onto the other side
    left_mirrored: tuple[str, ...]
    right_mirrored: tuple[str, ...]
    map: str = ""  # JPEG of the photo tinted by what moved; empty if unknown
    arrows: tuple[str, ...] = ()  # SVG paths


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourScale:
    """Colours of the map: a CSS gradient and labels of its ticks."""

    gradient: str
    ticks: tuple[str, ...]
    magnified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """Both photos in one size."""

    before: Shown
    after: Shown
    width: int
    height: int
    scale: ColourScale | None
    coloured: bool


def lay_out(pictures: Pictures) -> Laid:
    """Bring both photos into the same framing and make the layers over them.

    Raises
    ------
    PhotoError
        If a face was kept without its pixels.
    """
    before, after = (level_face(face, width=WIDTH) for face in (pictures.before, pictures.after))
    change = pictures.change
    height, width = before.pixels.shape[:2]
    tinted = ""
    arrows: tuple[str, ...] = ()
    known = change is not None and bool(np.isfinite(change.movement).any())
    if change is not None and known:
        arrows = _arrows(change, after)
        if change.map is not None:
            tinted = _jpeg(tint_movement(change, after, lambda points: _carried(change, before, after, points)))
    return Laid(
        before=_shown("before", before),
        after=_shown("after", after, tinted, arrows),
        width=width,
        height=height,
        scale=_scale(pictures.before.unit) if known else None,
        coloured=bool(tinted),
    )


def _shown(name: str, levelled: LevelledFace, tinted: str = "", arrows: tuple[str, ...] = ()) -> Shown:
    face = levelled.face
    placed = face.frame.place(face.points)
    mirrored = placed * [-1.0, 1.0, 1.0]

    def lines(points: FloatArray, *, left: bool) -> tuple[str, ...]:
        paths = (MIRROR[list(contour)] if left else np.array(contour) for contour in _CONTOURS)
        return tuple(svg_path(levelled.locate_in_frame(points[path])) for path in paths)

    return Shown(
        name=name,
        source=_jpeg(levelled.pixels),
        midline=svg_path(levelled.midline()),
        left=lines(placed, left=True),
        right=lines(placed, left=False),
        left_mirrored=lines(mirrored, left=True),
        right_mirrored=lines(mirrored, left=False),
        map=tinted,
        arrows=arrows,
    )


def _carried(change: Change, before: LevelledFace, after: LevelledFace, points: FloatArray) -> FloatArray:
    """Map points of the photo before to the crop after, by an affine fit to the landmarks."""
    moved = np.nan_to_num(change.movement / change.before.unit_per_pixel) @ change.before.frame.axes[:2, :2]
    own = before.locate(change.before.landmarks[:, :2] + moved)[:IRIS_RIGHT]
    given = np.column_stack([own, np.ones(len(own))])
    fitted = np.linalg.lstsq(given, after.locate(change.after.landmarks)[:IRIS_RIGHT], rcond=None)[0]
    return np.asarray(before.locate(points) @ fitted[:2] + fitted[2])


def _arrows(change: Change, levelled: LevelledFace) -> tuple[str, ...]:
    """Return magnified arrows from where landmarks were before."""
    face = levelled.face
    step = np.column_stack([change.movement / face.unit_per_pixel, np.zeros(len(change.movement))])
    placed = face.frame.place(face.points)
    feet, heads = (levelled.locate_in_frame(placed + step * share) for share in (-1.0, _MAGNIFIED - 1.0))
    height, width = levelled.pixels.shape[:2]
    inside = ((feet > 0) & (feet < [width, height])).all(axis=1)
    shown = inside & (np.linalg.norm(heads - feet, axis=1) >= _SHORTEST)
    chosen = spaced(CONTOURS_FIRST, feet, shown, _APART)
    return tuple(" ".join(arrow_paths(feet[i], heads[i], back=6.0, beside=4.0)) for i in chosen)


def _scale(unit: str) -> ColourScale:
    full = FULL_MOVEMENT[unit]
    ticks = [f"{tick}" for tick in range(int(full))] + [f"{full:.0f}+ {unit_sign(unit)}"]
    gradient = f"linear-gradient(to right, {', '.join(AMOUNT_STEPS)})"
    return ColourScale(gradient=gradient, ticks=tuple(ticks), magnified=_MAGNIFIED)


def _jpeg(pixels: NDArray[np.uint8]) -> str:
    """Encode pixels as a JPEG data URI, without metadata."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
