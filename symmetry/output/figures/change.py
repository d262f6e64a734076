"""Figure of a comparison: what moved between two faces, and whether each region became more even."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from symmetry.landmarks.mesh import IRIS_RIGHT, MAIN_REGIONS, REGIONS
from symmetry.measure.change import Change, RegionChange
from symmetry.measure.face import NAN
from symmetry.measure.words import REGION_TITLES, with_error
from symmetry.output.colours import AMOUNT_STEPS, FULL_MOVEMENT, INK, PAPER
from symmetry.output.contours import CONTOURS_FIRST, magnification, spaced
from symmetry.output.figures.levelling import ASPECT, LevelledFace, align_face, level_face
from symmetry.output.figures.page import MARGIN, ROOM, TO_VERDICT, WIDTH, Page, caption_height, on_page
from symmetry.output.figures.tint import beside_colour, tint_movement
from symmetry.output.figures.wording import ACROSS_EDGE, notice_in_words, remarks
from symmetry.output.layout import Box
from symmetry.output.typography import ABOUT, BODY, HEADING, NOTE, SMALL, STRONG
from symmetry.output.words import (
    HOW_SURE,
    OF_PUPILS,
    OWN_SIDES,
    day_of,
    movement_in_words,
    name_of,
    verdict_in_short,
    verdict_in_words,
    verdict_name,
    why_unknown,
)

AMOUNT: Final = LinearSegmentedColormap.from_list("amount", AMOUNT_STEPS)

_WIDE: Final = 550.0
_TOP: Final = 162.0
_BEFORE: Final = Box(MARGIN, _TOP, _WIDE, _WIDE * ASPECT)
_AFTER: Final = _BEFORE._replace(left=WIDTH - MARGIN - _WIDE)
_OTHERS: Final = tuple(name for name in REGIONS if name not in MAIN_REGIONS)
_TO_SCALE, _TO_TABLE, _ROW, _SHORT_ROW = 50.0, 82.0, 88.0, 32.0
_TABLE: Final = _BEFORE.bottom + _TO_SCALE + _TO_TABLE
_BARE_HEIGHT: Final = _TABLE + len(MAIN_REGIONS) * _ROW + len(_OTHERS) / 2 * _SHORT_ROW + 80
_SHARPNESS: Final = 2

_APART: Final = 26.0
"""Least distance between the feet of two arrows, pixels of the page."""
_SHORTEST: Final = 14.0
"""Drawn length, pixels of the page, below which a dot replaces the arrow."""
_COLUMNS: Final = (MARGIN, 137.0, 245.0, 352.0, 788.0)
_TO_SHORT_VERDICT: Final = 168.0


def draw_change(change: Change, figure: Figure | None = None, *, title: str | None = None) -> Figure:
    """Draw what changed between two photos.

    Both faces are aligned. The second carries the colours of the movement, on a scale that is the same in every figure,
    and arrows where something moved. Below stand the numbers and verdicts of the main regions, with the side that
    changed and whether people would notice, and the verdicts on the other regions. From landmarks alone only the arrows
    are coloured. Of several photos on a side, the first is shown.

    Parameters
    ----------
    change : Change
    figure : Figure, optional
        Where to draw; by default a new one 1200 pixels wide.
    title : str, optional
        Instead of the photos' file names.

    Returns
    -------
    Figure
    """
    names = {one.photo.name: name_of(one) for one in change.befores + change.afters if name_of(one)}
    caption, limits = _caption(change), remarks(change.flags, names=names)
    page = Page(figure, height=_BARE_HEIGHT + caption_height(caption, limits))
    shown = [name_of(face) for face in (change.before, change.after)]
    about = " → ".join(name or "unnamed" for name in shown) if any(shown) else ""
    page.head("What changed", ABOUT.fit(about if title is None else title, ROOM))

    before = level_face(change.before, width=int(_WIDE) * _SHARPNESS)
    after = align_face(change.after, before)
    for levelled, pixels, box in (
        (before, before.pixels, _BEFORE),
        (after, tint_movement(change, after, before.locate), _AFTER),
    ):
        _title(page, change, box)
        page.sides(box)
        page.picture(pixels, box)
        page.midline(levelled, box)
    magnified = _arrows(page, change, before)
    _scale(page, change, magnified)
    _table(page, change)
    page.caption(_BARE_HEIGHT - 14, caption, limits)
    return page.figure


def _title(page: Page, change: Change, box: Box) -> None:
    """Write above a picture when it was taken and how many more photos its side has."""
    name, face, other, photos = "before", change.before, change.after, change.befores
    if box is _AFTER:
        name, face, other, photos = "after", change.after, change.before, change.afters
    day, y = day_of(face, other), _TOP - 10
    if len(photos) > 1:
        page.text(box.middle, y, f"and {len(photos) - 1} more", NOTE, align="center")
        y -= NOTE.line + 2
    page.text(box.middle, y, f"{name} · {day}" if day else name, HEADING, align="center")


def _arrows(page: Page, change: Change, levelled: LevelledFace) -> int:
    """Draw arrows along which landmarks moved; return their magnification."""
    face, moved = change.before, change.movement
    size = np.linalg.norm(moved, axis=1)
    magnified = magnification(change, range(IRIS_RIGHT))
    placed = face.frame.place(face.points)
    ahead = np.column_stack([moved * (magnified / face.unit_per_pixel), np.zeros(len(moved))])
    feet, heads = (on_page(levelled.locate_in_frame(points), levelled, _AFTER) for points in (placed, placed + ahead))
    inside = (feet > [_AFTER.left, _AFTER.top]) & (feet < [_AFTER.right, _AFTER.bottom])
    shown = np.isfinite(size) & inside.all(axis=1)
    if change.map is not None:
        shown &= beside_colour(face.points[:, :2], change.map, face.interpupillary)
    drawn = spaced(CONTOURS_FIRST, feet, shown, _APART)
    short = np.linalg.norm(heads - feet, axis=1) < _SHORTEST
    dots, arrows = drawn[short[drawn]], drawn[~short[drawn]]
    look: dict[str, Any] = {
        "edgecolor": INK,
        "linewidth": page.points(1.0),
        "path_effects": page.halo(3.4, PAPER, 0.8),
    }
    shape: dict[str, Any] = {"width": 4.0, "headwidth": 3.0, "headlength": 2.6, "headaxislength": 2.4, "minlength": 0.0}
    quiver = page.axes.quiver(
        *feet[arrows].T,
        *(heads - feet)[arrows].T,
        angles="xy",
        scale_units="xy",
        scale=1,
        units="xy",
        gid="moved",
        zorder=4,
        facecolor=PAPER,
        **shape,
        **look,
    )
    clip = Rectangle((_AFTER.left, _AFTER.top), _AFTER.width, _AFTER.height, transform=page.axes.transData)
    quiver.set_clip_path(clip)
    if change.map is None:  # otherwise the colours lie below the arrows
        colours: dict[str, Any] = {"cmap": AMOUNT, "norm": Normalize(0, FULL_MOVEMENT[face.unit])}
        quiver.set(array=size[arrows], **colours)
        x, y = feet[dots].T
        area = page.points(5.5) ** 2
        page.axes.scatter(x, y, area, size[dots], gid="hardly moved", zorder=3, **colours, **look)
    return magnified


def _scale(page: Page, change: Change, magnified: int) -> None:
    """Draw the colour scale and explain the arrows."""
    unit, mapped, y = change.before.unit, change.map is not None, _BEFORE.bottom + _TO_SCALE
    page.colour_bar(y, full=FULL_MOVEMENT[unit], unit=unit, title="Movement since before", gaps=mapped)
    length = "as long as" if magnified == 1 else f"{magnified} times as long as"
    text = (
        f"Arrows on the after photo start where a point was before; they are drawn {length} its movement, "
        f"{'but not' if mapped else 'as dots'} where that is too short. Head movement is removed."
    )
    page.lines(y - 12, SMALL.wrap(text, _WIDE), SMALL, left=_AFTER.left)


def _table(page: Page, change: Change) -> None:
    """Write numbers and verdicts of the main regions, and verdicts on the others."""
    y = _TABLE
    for x, text in zip(_COLUMNS, (f"in {change.before.unit}", "before", "after", "verdict", "what moved"), strict=True):
        page.text(x, y, text, NOTE)
    for name in MAIN_REGIONS:
        page.rule(y + 12)
        _row(page, change, change.regions[name], y + 36)
        y += _ROW
    page.rule(y + 12)
    rows = -(-len(_OTHERS) // 2)
    for i, name in enumerate(_OTHERS):
        column = _BEFORE if i < rows else _AFTER
        _short_row(page, change.regions[name], column, y + 40 + _SHORT_ROW * (i % rows))
    page.rule(y + 30 + _SHORT_ROW * rows)


def _caption(change: Change) -> str:
    parts = [
        OWN_SIDES,
        "Before, after: typical distance of a region’s left half from its mirrored right half; 0 is even.",
        "The verdict is on the part that changed most surely.",
        HOW_SURE,
        ACROSS_EDGE,
    ]
    if len(change.befores) + len(change.afters) > 2:
        parts.append("Numbers and arrows are of all photos, pictures and colours of the first ones.")
    if change.map is not None:
        parts.append("What has no colour was not seen: the images show too little there that both share.")
    return " ".join(parts if change.before.unit == "mm" else [*parts, OF_PUPILS])


def _row(page: Page, change: Change, region: RegionChange, y: float) -> None:
    """Write the row of a main region, the first of its three baselines at y."""
    name, before, after, verdict, moved = _COLUMNS
    page.text(name, y, REGION_TITLES[region.region], STRONG.but(weight="bold"))
    for x, value, face, photos in (
        (before, region.before, change.before, change.befores),
        (after, region.after, change.after, change.afters),
    ):
        # The error of one photo does not hold for a mean of several.
        error = face.regions[region.region].errors_in_unit(face.unit)[0] if len(photos) == 1 else NAN
        page.text(x, y, BODY.fit(with_error(value, error), after - before - 2))
        if not np.isfinite(value):
            why = NOTE.fit(why_unknown(face.flags, region.region), after - before - 6)
            page.text(x, y + NOTE.line, why, NOTE)
    page.verdict(verdict, y, region.verdict, verdict_name(region), STRONG.but(weight="bold"))
    first, second, third = movement_in_words(region)
    rests, notice = verdict_in_words(region), notice_in_words(region)
    for x, end, texts in (
        (verdict + TO_VERDICT, moved, (("", SMALL), (rests, SMALL), (notice, NOTE))),
        (moved, WIDTH - MARGIN, ((first, SMALL), (second, NOTE), (third, NOTE))),
    ):
        for i, (text, style) in enumerate(texts):
            if text:
                page.text(x, y + i * style.line, style.fit(text, end - x), style)


def _short_row(page: Page, region: RegionChange, column: Box, y: float) -> None:
    page.text(column.left, y, REGION_TITLES[region.region], BODY.but(weight="bold"))
    said = SMALL.fit(verdict_in_short(region), column.width - _TO_SHORT_VERDICT - TO_VERDICT)
    page.verdict(column.left + _TO_SHORT_VERDICT, y, region.verdict, said, SMALL)
