"""Two faces: what moved between them, and whether each region got more even."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import (
    BROW_UPPER_RIGHT,
    CHIN_MIDLINE,
    EYE_RIGHT,
    IRIS_RIGHT,
    JAW_RIGHT,
    LIPS_OUTER,
    MAIN_REGIONS,
    MIRROR,
    REGIONS,
)
from symmetry.measure.change import Change, RegionChange
from symmetry.measure.face import NAN, FaceAnalysis
from symmetry.measure.words import REGION_TITLES, with_error
from symmetry.output.colours import INK, PAPER, QUIET
from symmetry.output.figures.levelling import ASPECT, LevelledFace, Pixels, align_face, level_face
from symmetry.output.figures.page import (
    AMOUNT,
    BODY,
    FULL_MOVEMENT,
    HEADING,
    MARGIN,
    SMALL,
    STRONG,
    TITLE,
    TO_VERDICT,
    WIDTH,
    Box,
    Page,
    caption_height,
    fit,
    line_height,
    on_page,
)
from symmetry.output.figures.tint import NOT_SEEN_COLOUR, beside_colour, fill_gaps, tint_map
from symmetry.output.figures.wording import ACROSS_EDGE, noticing_in_words, remarks
from symmetry.output.words import (
    HOW_SURE,
    NOT_SEEN,
    OF_PUPILS,
    OWN_SIDES,
    day_of,
    movement_in_words,
    name_of,
    verdict_in_short,
    verdict_in_words,
    why_unknown,
)

_WIDE: Final = 550.0
_TOP: Final = 162.0
_BOXES: Final[tuple[Box, Box]] = (
    (MARGIN, _TOP, _WIDE, _WIDE * ASPECT),
    (WIDTH - MARGIN - _WIDE, _TOP, _WIDE, _WIDE * ASPECT),
)
_OTHERS: Final = tuple(name for name in REGIONS if name not in MAIN_REGIONS)
_TO_SCALE, _TO_TABLE, _ROW, _SHORT_ROW = 50.0, 82.0, 88.0, 32.0
_BARE_HEIGHT: Final = (
    _TOP + _WIDE * ASPECT + _TO_SCALE + _TO_TABLE + len(MAIN_REGIONS) * _ROW + len(_OTHERS) / 2 * _SHORT_ROW + 80
)
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
_COLUMNS: Final = (MARGIN, 137.0, 245.0, 352.0, 788.0)
_TO_SHORT_VERDICT: Final = 168.0


def draw_change(change: Change, figure: Figure | None = None, *, title: str | None = None) -> Figure:
    """Draw what changed between two photos.

    Both faces in one frame, the second in the colours of the movement on a scale that is the same in every figure and
    with arrows where something moved; below, the main regions' numbers with verdicts, what these rest on, where the
    change came from and whether people would notice; of the other regions the verdicts. From landmarks alone only the
    arrows are coloured. Of several photos a side the first is shown.

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
    names = {one.photo.name: name_of(one) for one in change.befores + change.afters if name_of(one)}
    caption, mind = _caption(change), remarks(change.flags, names=names)
    page = Page(figure, height=_BARE_HEIGHT + caption_height(caption, mind))
    page.text(MARGIN, 54, "What changed", size=TITLE, weight="bold")
    shown = [name_of(face) for face in (change.before, change.after)]
    about = " → ".join(name or "unnamed" for name in shown) if any(shown) else ""
    page.text(MARGIN, 86, fit(about if title is None else title, WIDTH - 2 * MARGIN, size=BODY), colour=QUIET)

    before = level_face(change.before, width=int(_WIDE) * _SHARPNESS)
    after = align_face(change.after, before)
    for name, pixels, levelled, all_of_side, other, box in (
        ("before", before.pixels, before, change.befores, change.after, _BOXES[0]),
        ("after", _tinted(change, before, after), after, change.afters, change.before, _BOXES[1]),
    ):
        _title(page, name, levelled.face, all_of_side, other, box)
        page.sides(box)
        page.picture(pixels, box)
        page.midline(levelled, box)
    magnified = _arrows(page, change, before)
    _foot(page, change, magnified)
    page.caption(_BARE_HEIGHT - 14, caption, mind)
    return page.figure


def _title(
    page: Page, name: str, face: FaceAnalysis, all_of_side: tuple[FaceAnalysis, ...], other: FaceAnalysis, box: Box
) -> None:
    """Write over a picture when it was taken and how many more photos there are on its side."""
    day, middle, baseline = day_of(face, other), box[0] + box[2] / 2, _TOP - 10
    if len(all_of_side) > 1:
        page.text(middle, baseline, f"and {len(all_of_side) - 1} more", size=SMALL, colour=QUIET, align="center")
        baseline -= line_height(SMALL) + 2
    page.text(middle, baseline, f"{name} · {day}" if day else name, size=HEADING, weight="bold", align="center")


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
    titles = (f"in {unit}", "before", "after", "verdict", "what moved")
    for x, text in zip(_COLUMNS, titles, strict=True):
        page.text(x, y, text, size=SMALL, colour=QUIET)
    for name in MAIN_REGIONS:
        page.rule(y + 12)
        _row(page, change, change.regions[name], y + 36)
        y += _ROW
    page.rule(y + 12)
    rows = -(-len(_OTHERS) // 2)
    for i, name in enumerate(_OTHERS):
        _short_row(page, change.regions[name], _BOXES[i // rows], y + 40 + _SHORT_ROW * (i % rows))
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
    """Write what is said of a main region, the first of three baselines at y."""
    name, before, after, verdict, moved = _COLUMNS
    page.text(name, y, REGION_TITLES[region.region], size=STRONG, weight="bold")
    for x, value, face, photos in (
        (before, region.before, change.before, change.befores),
        (after, region.after, change.after, change.afters),
    ):
        # The error of a mean over photos is not that of one.
        error = face.regions[region.region].errors_in_unit(face.unit)[0] if len(photos) == 1 else NAN
        page.text(x, y, fit(with_error(value, error), after - before - 2, size=BODY))
        if not np.isfinite(value):
            why = fit(why_unknown(face.flags, region.region), after - before - 6, size=SMALL)
            page.text(x, y + line_height(SMALL), why, size=SMALL, colour=QUIET)
    page.verdict(verdict, y, region.verdict, region.verdict, size=STRONG)
    first, second, third = movement_in_words(region)
    rests, notice = verdict_in_words(region), noticing_in_words(region)
    for x, end, texts in (
        (verdict + TO_VERDICT, moved, (("", INK), (rests, INK), (notice, QUIET))),
        (moved, WIDTH - MARGIN, ((first, INK), (second, QUIET), (third, QUIET))),
    ):
        for i, (text, colour) in enumerate(texts):
            if text:
                at = y + i * line_height(SMALL)
                page.text(x, at, fit(text, end - x, size=SMALL), size=SMALL, colour=colour)


def _short_row(page: Page, region: RegionChange, column: Box, y: float) -> None:
    left, _, width, _ = column
    page.text(left, y, REGION_TITLES[region.region], weight="bold")
    x = left + _TO_SHORT_VERDICT
    said = fit(verdict_in_short(region), left + width - x - TO_VERDICT, size=SMALL)
    page.verdict(x, y, region.verdict, said, size=SMALL, weight="normal")
