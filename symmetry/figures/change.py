"""Two faces: what moved between them, and whether each region got more even."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from symmetry.face import NAN
from symmetry.change import Change, RegionChange
from symmetry.figures.levelling import ASPECT, LevelledFace, Pixels, align_face, level_face
from symmetry.figures.page import (
    AMOUNT,
    BODY,
    FULL_MOVEMENT,
    HEADING,
    INK,
    MARGIN,
    PAPER,
    QUIET,
    SMALL,
    STRONG,
    TITLE,
    WIDTH,
    Box,
    Page,
    caption_height,
    fit,
    on_page,
    unit_sign,
)
from symmetry.figures.tint import NOT_SEEN_COLOUR, beside_colour, fill_gaps, tint_map
from symmetry.figures.wording import (
    ACROSS_EDGE,
    NOT_SEEN,
    OF_PUPILS,
    OWN_SIDES,
    REGION_TITLES,
    change_in_words,
    day_of,
    movement_in_words,
    name_of,
    warnings_of,
    with_error,
)
from symmetry.frame import FloatArray
from symmetry.mesh import (
    BROW_UPPER_RIGHT,
    CHIN_MIDLINE,
    EYE_RIGHT,
    IRIS_RIGHT,
    JAW_RIGHT,
    LIPS_OUTER,
    MAIN_REGIONS,
    MIRROR,
)

_WIDE: Final = 550.0
_TOP: Final = 162.0
_BOXES: Final[tuple[Box, Box]] = (
    (MARGIN, _TOP, _WIDE, _WIDE * ASPECT),
    (WIDTH - MARGIN - _WIDE, _TOP, _WIDE, _WIDE * ASPECT),
)
_TO_SCALE, _TO_TABLE, _ROW = 50.0, 82.0, 62.0
_BARE_HEIGHT: Final = _TOP + _WIDE * ASPECT + _TO_SCALE + _TO_TABLE + len(MAIN_REGIONS) * _ROW + 56
_SHARPNESS: Final = 2

_APART: Final = 26.0
"""Least distance between the feet of two arrows, pixels of the page."""
_MAGNIFICATIONS: Final = (8, 6, 5, 4, 3, 2, 1)
_LONGEST: Final = 0.25
"""An arrow's greatest length, in interpupillary distances."""
_CONTOURS = (LIPS_OUTER, EYE_RIGHT, BROW_UPPER_RIGHT, JAW_RIGHT, CHIN_MIDLINE)
_CONTOURS_FIRST: Final = tuple(
    dict.fromkeys([*(i for part in _CONTOURS for j in part for i in (j, int(MIRROR[j]))), *range(IRIS_RIGHT)])
)
_SHORTEST: Final = 14.0
"""Drawn length, pixels of the page, below which there is a dot instead of an arrow."""
_COLUMNS: Final = (MARGIN, 180.0, 285.0, 390.0, 710.0)


def draw_change(change: Change, figure: Figure | None = None, *, title: str | None = None) -> Figure:
    """Draw what changed between two photos.

    Both faces in one frame, the second in the colours of the movement on a scale that is the same in every figure and
    with arrows where something moved, and the main regions' numbers below. From landmarks alone only the arrows are
    coloured.

    Parameters
    ----------
    change : Change
    figure : Figure, optional
        Where to draw; one 1200 pixels wide is made without it.
    title : str, optional
        Instead of the photos' file names.

    Returns
    -------
    Figure
    """
    caption, warnings = _caption(change), warnings_of(change.flags)
    page = Page(figure, height=_BARE_HEIGHT + caption_height(caption, warnings))
    page.text(MARGIN, 54, "What changed", size=TITLE, weight="bold")
    names = [name_of(face) for face in (change.before, change.after)]
    about = " → ".join(name or "unnamed" for name in names) if any(names) else ""
    page.text(MARGIN, 86, fit(about if title is None else title, WIDTH - 2 * MARGIN, size=BODY), colour=QUIET)

    before = level_face(change.before, width=int(_WIDE) * _SHARPNESS)
    after = align_face(change.after, before)
    for name, pixels, levelled, other, box in (
        ("before", before.pixels, before, change.after, _BOXES[0]),
        ("after", _tinted(change, before, after), after, change.before, _BOXES[1]),
    ):
        day = day_of(levelled.face, other)
        middle = box[0] + box[2] / 2
        page.text(middle, _TOP - 10, f"{name} · {day}" if day else name, size=HEADING, weight="bold", align="center")
        page.sides(box)
        page.picture(pixels, box)
        page.midline(levelled, box)
    magnified = _arrows(page, change, before)
    _foot(page, change, magnified)
    page.caption(_BARE_HEIGHT - 14, caption, warnings)
    return page.figure


def _tinted(change: Change, before: LevelledFace, after: LevelledFace) -> Pixels:
    """Picture of the face after, with colours where the parts of the face have gone; as it is from landmarks alone."""
    face = change.before
    if change.map is None:
        return after.pixels
    gone = fill_gaps(change.map.vectors) / face.unit_per_pixel @ face.frame.axes[:2, :2]
    amounts = np.linalg.norm(change.map.vectors, axis=-1)
    return tint_map(after, before.locate(change.map.points + gone), amounts, full=FULL_MOVEMENT[face.unit])


def _arrows(page: Page, change: Change, levelled: LevelledFace) -> int:
    """Draw arrows from where landmarks were before to where they went; return how many times their length."""
    face = change.before
    moved = change.movement
    size = np.linalg.norm(moved, axis=1)
    known = np.isfinite(size)
    of_face = size[:IRIS_RIGHT][known[:IRIS_RIGHT]]
    longest = np.percentile(of_face, 95) / face.unit_per_pixel if of_face.size else 0.0
    magnified = next((m for m in _MAGNIFICATIONS if m * longest <= _LONGEST * face.interpupillary), 1)

    if change.map is not None:
        known &= beside_colour(face.points[:, :2], change.map, face.interpupillary)
    placed = face.frame.place(face.points)
    ahead = np.column_stack([moved * (magnified / face.unit_per_pixel), np.zeros(len(moved))])
    feet, heads = (
        on_page(levelled.locate_in_frame(points), levelled, _BOXES[1]) for points in (placed, placed + ahead)
    )
    drawn = _thinned(feet, known)
    short = np.linalg.norm(heads - feet, axis=1) < _SHORTEST
    dots, arrows = drawn[short[drawn]], drawn[~short[drawn]]
    outline: dict[str, Any] = {
        "edgecolor": INK,
        "linewidth": page.points(1.0),
        "path_effects": page.halo(3.4, PAPER, 0.8),
    }
    quiver = page.axes.quiver(
        *feet[arrows].T,
        *(heads - feet)[arrows].T,
        angles="xy",
        scale_units="xy",
        scale=1,
        units="xy",
        width=4.0,
        headwidth=3.0,
        headlength=2.6,
        headaxislength=2.4,
        minlength=0.0,
        gid="moved",
        zorder=4,
        facecolor=PAPER,
        **outline,
    )
    left, top, width, height = _BOXES[1]
    quiver.set_clip_path(Rectangle((left, top), width, height, transform=page.axes.transData))
    if change.map is None:  # else the colours are below the arrows, also where hardly anything moved
        colours: dict[str, Any] = {"cmap": AMOUNT, "norm": Normalize(0, FULL_MOVEMENT[face.unit])}
        quiver.set(array=size[arrows], **colours)
        x, y = feet[dots].T
        area = page.points(5.5) ** 2
        page.axes.scatter(x, y, area, size[dots], gid="hardly moved", zorder=3, **colours, **outline)
    return magnified


def _thinned(feet: FloatArray, known: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Landmarks for arrows that stand far enough apart: contours first, then what is left."""
    left, top, width, height = _BOXES[1]
    inside = ((feet > [left, top]) & (feet < [left + width, top + height])).all(axis=1)
    chosen: list[int] = []
    for landmark in _CONTOURS_FIRST:
        near = np.linalg.norm(feet[chosen] - feet[landmark], axis=1) < _APART
        if known[landmark] and inside[landmark] and not near.any():
            chosen.append(int(landmark))
    return np.array(chosen, dtype=np.intp)


def _foot(page: Page, change: Change, magnified: int) -> None:
    unit = change.before.unit
    y = _TOP + _BOXES[0][3] + _TO_SCALE
    page.colour_bar(MARGIN, y, width=330, full=FULL_MOVEMENT[unit], unit=unit, title="Movement since before")
    if change.map is not None:
        page.swatch(420, y + 15, NOT_SEEN_COLOUR)
        page.text(444, y + 15, NOT_SEEN)
    length = "as long as" if magnified == 1 else f"{magnified} times as long as"
    short = "as dots" if change.map is None else "but not"
    page.paragraph(
        y - 12,
        f"Arrows on the after photo start where a point was before; they are drawn {length} its movement, {short} "
        "where that is too short. Head movement is removed.",
        left=_BOXES[1][0],
        colour=INK,
    )

    y += _TO_TABLE
    titles = ("", "before", "after", "change", f"what moved, {unit_sign(unit)}")
    for x, text in zip(_COLUMNS, titles, strict=True):
        page.text(x, y, text, size=SMALL, colour=QUIET)
    for name in MAIN_REGIONS:
        page.rule(y + 14)
        _row(page, change.regions[name], y + 42)
        y += _ROW
    page.rule(y + 14)


def _caption(change: Change) -> str:
    parts = [
        OWN_SIDES,
        "Before, after: typical distance of a region’s left half from its mirrored right half; 0 is even.",
        ACROSS_EDGE,
    ]
    if change.map is not None:
        parts.append("What has no colour was not seen: the images show too little there that both share.")
    return " ".join(parts if change.before.unit == "mm" else [*parts, OF_PUPILS])


def _row(page: Page, region: RegionChange, y: float) -> None:
    name, before, after, change, moved = _COLUMNS
    page.text(name, y, REGION_TITLES[region.region], size=STRONG, weight="bold")
    for x, value in ((before, region.before), (after, region.after)):
        page.text(x, y, with_error(value, NAN, region.unit), size=STRONG)
    for x, end, (first, second) in (
        (change, moved, change_in_words(region)),
        (moved, WIDTH - MARGIN, movement_in_words(region)),
    ):
        page.text(x, y - 8 if second else y, fit(first, end - x, size=BODY))
        page.text(x, y + 15, fit(second, end - x, size=SMALL), size=SMALL, colour=QUIET)
