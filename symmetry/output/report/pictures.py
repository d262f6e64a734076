"""The two photos for the page: same framing, with lines and colours to be laid over them."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import (
    BROW_UPPER_RIGHT,
    CHIN_MIDLINE,
    EYE_RIGHT,
    IRIS_RIGHT,
    JAW_RIGHT,
    LIPS_OUTER,
    MIRROR,
)
from symmetry.measure.change import Change
from symmetry.output.figures.levelling import LevelledFace, Pixels, level_face
from symmetry.output.figures.page import AMOUNT, FULL_MOVEMENT
from symmetry.output.figures.tint import fill_gaps, tint_map
from symmetry.output.report.content import Pictures

WIDTH: Final = 640
_QUALITY: Final = 86
_STEPS: Final = 7

_UPPER_LIP = (61, 185, 40, 39, 37, 0)
_LOWER_LIP = (61, 146, 91, 181, 84, 17)
_JAW = (*JAW_RIGHT, CHIN_MIDLINE[-1])
_CONTOURS: Final = ((*EYE_RIGHT, EYE_RIGHT[0]), BROW_UPPER_RIGHT, _UPPER_LIP, _LOWER_LIP, _JAW)
"""Lines of the right side; those of the left are their mirror partners."""

_MAGNIFIED: Final = 4
_APART: Final = 26.0
_SHORTEST: Final = 12.0
"""Pixels of the crop from one arrow to the next, and below which none is drawn."""
_CARRIED: Final = (LIPS_OUTER, EYE_RIGHT, BROW_UPPER_RIGHT, JAW_RIGHT, CHIN_MIDLINE)
_FIRST: Final = tuple(
    dict.fromkeys([*(i for part in _CARRIED for j in part for i in (j, int(MIRROR[j]))), *range(IRIS_RIGHT)])
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """One arrow in a crop: its line, and the two strokes of its head."""

    line: str
    head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A photo as it stands on the page.

    Attributes
    ----------
    name : {"before", "after"}
    source : str
        JPEG as a data URI.
    midline : str
        SVG path in pixels of the crop.
    left, right : tuple of str
        SVG paths of each side's contours in their own place.
    left_mirrored, right_mirrored : tuple of str
        The same laid onto the other side.
    map : str
        JPEG of what moved since before; empty where that is not known.
    arrows : tuple of Arrow
    """

    name: str
    source: str
    midline: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    left_mirrored: tuple[str, ...]
    right_mirrored: tuple[str, ...]
    map: str = ""
    arrows: tuple[Arrow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourScale:
    """Colours of the map: a CSS gradient, and what its ticks say."""

    gradient: str
    ticks: tuple[str, ...]
    magnified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """Both photos, of one size."""

    before: Shown
    after: Shown
    width: int
    height: int
    scale: ColourScale | None
    coloured: bool


def lay_out(pictures: Pictures) -> Laid:
    """Bring both photos into one framing and make what is laid over them.

    Raises
    ------
    PhotoError
        If one of them is without its pixels.
    """
    before, after = (level_face(face, width=WIDTH) for face in (pictures.before, pictures.after))
    change = pictures.change
    height, width = before.pixels.shape[:2]
    known = change is not None and bool(np.isfinite(change.movement).any())
    map_source = ""
    arrows: tuple[Arrow, ...] = ()
    if change is not None and known:
        arrows = _arrows(change, after)
        if change.map is not None:
            map_source = _jpeg(_tinted(change, before, after))
    return Laid(
        before=_shown("before", before),
        after=_shown("after", after, map_source, arrows),
        width=width,
        height=height,
        scale=_scale(pictures.before.unit) if known else None,
        coloured=bool(map_source),
    )


def _shown(name: str, levelled: LevelledFace, tinted: str = "", arrows: tuple[Arrow, ...] = ()) -> Shown:
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


def _tinted(change: Change, before: LevelledFace, after: LevelledFace) -> Pixels:
    """Picture after in the colours of what moved since before."""
    field, face = change.map, change.before
    if field is None:
        return after.pixels
    gone = fill_gaps(field.vectors) / face.unit_per_pixel @ face.frame.axes[:2, :2]
    places = _carried(change, before, after, before.locate(field.points + gone))
    amounts = np.linalg.norm(field.vectors, axis=-1)
    return tint_map(after, places, amounts, full=FULL_MOVEMENT[face.unit])


def _carried(change: Change, before: LevelledFace, after: LevelledFace, places: FloatArray) -> FloatArray:
    """Bring places of one crop into the other, as most of the landmarks go that did not move."""
    moved = np.nan_to_num(change.movement / change.before.unit_per_pixel) @ change.before.frame.axes[:2, :2]
    own = before.locate(change.before.landmarks[:, :2] + moved)[:IRIS_RIGHT]
    given = np.column_stack([own, np.ones(len(own))])
    fitted = np.linalg.lstsq(given, after.locate(change.after.landmarks)[:IRIS_RIGHT], rcond=None)[0]
    return np.asarray(places @ fitted[:2] + fitted[2])


def _arrows(change: Change, levelled: LevelledFace) -> tuple[Arrow, ...]:
    """Arrows from where landmarks were, drawn longer than they are."""
    face = levelled.face
    step = np.column_stack([change.movement / face.unit_per_pixel, np.zeros(len(change.movement))])
    placed = face.frame.place(face.points)
    feet, heads = (levelled.locate_in_frame(placed + step * share) for share in (-1.0, _MAGNIFIED - 1.0))
    length = np.linalg.norm(heads - feet, axis=1)
    height, width = levelled.pixels.shape[:2]
    chosen: list[int] = []
    for landmark in _FIRST:
        foot = feet[landmark]
        drawn = np.isfinite(length[landmark]) and length[landmark] >= _SHORTEST
        inside = drawn and 0 < foot[0] < width and 0 < foot[1] < height
        if inside and not (np.linalg.norm(feet[chosen] - foot, axis=1) < _APART).any():
            chosen.append(int(landmark))
    return tuple(_arrow(feet[i], heads[i]) for i in chosen)


def _arrow(foot: NDArray[np.float64], head: NDArray[np.float64]) -> Arrow:
    along = (head - foot) / np.linalg.norm(head - foot)
    across = np.array([-along[1], along[0]])
    barbs = [head - 6.0 * along + 4.0 * across, head, head - 6.0 * along - 4.0 * across]
    return Arrow(line=svg_path([foot, head]), head=svg_path(barbs))


def _scale(unit: str) -> ColourScale:
    full = FULL_MOVEMENT[unit]
    colours = [
        "#{:02x}{:02x}{:02x}".format(*(round(255 * part) for part in AMOUNT(share)[:3]))
        for share in np.linspace(0, 1, _STEPS)
    ]
    shown = "mm" if unit == "mm" else "%"
    ticks = [f"{tick}" for tick in range(int(full))] + [f"{full:.0f}+ {shown}"]
    return ColourScale(
        gradient=f"linear-gradient(to right, {', '.join(colours)})", ticks=tuple(ticks), magnified=_MAGNIFIED
    )


def svg_path(points: Iterable[Iterable[float]]) -> str:
    """Write a line through points as the path of an SVG."""
    return "M" + " L".join(" ".join(f"{value:.1f}" for value in point) for point in points)


def _jpeg(pixels: NDArray[np.uint8]) -> str:
    """Write a picture as a data URI; a picture made from pixels alone has nothing to tell but its pixels."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
