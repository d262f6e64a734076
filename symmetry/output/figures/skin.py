"""Figures of skin: where left and right differ, and matched patches before and after."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from matplotlib.figure import Figure

from symmetry.arrays import FloatArray
from symmetry.errors import NothingFitError
from symmetry.measure.change import Change
from symmetry.measure.face import FaceAnalysis
from symmetry.output.colours import SUBJECT_LEFT_COLOUR, SUBJECT_RIGHT_COLOUR
from symmetry.output.figures.levelling import Pixels
from symmetry.output.figures.page import MARGIN, ROOM, WIDTH, Page, caption_height, subtitle
from symmetry.output.layout import Box
from symmetry.output.typography import ABOUT, BODY, HEADING, NOTE
from symmetry.output.words import OWN_SIDES
from symmetry.skin.analysis import SkinAnalysis
from symmetry.skin.canvas import Picture
from symmetry.skin.change import NO_CHANGE, NOT_COMPARABLE, SkinChange, SkinChangeNumber
from symmetry.skin.maps import difference_map, even_picture
from symmetry.skin.wording import MORE, shown, shown_changes, skin_change_sentences, skin_sentences
from symmetry.skin.zones import zone_pixels

FULL: Final = {"tone": 8.0, "redness": 4.0, "texture": 3.0}
"""Difference of the strongest colour, the same in every figure."""
_UNITS: Final = {"tone": "L*", "redness": "a*", "texture": "%"}
_GAP: Final = 22.0
_OPACITY: Final = 0.85
_UNSEEN: Final = 0.62
"""Brightness of what is not measured."""
_SCALE: Final = 2
_LIST: Final = 4
_CROP: Final = 190.0
_MOST_ROWS, _FEWEST_ROWS = 4, 2
_AROUND: Final = 6
"""Pixels of the canvas shown around a zone."""
_MAP_CAPTION: Final = (
    "Colour lies on the side that has more: orange on the person’s right, blue on the left, stronger for larger "
    "differences; grey is even, plain is not seen. Light from one side, and its colour, are taken out."
)
_PATCH_CAPTION: Final = (
    "The same patches of the standard face, brought to the same usual colour of the face. Pictures illustrate; the "
    "numbers measure, with the light of each photo taken out."
)


def draw_skin(face: FaceAnalysis, figure: Figure | None = None, *, title: str | None = None) -> Figure:
    """Draw where the skin of a face differs from left to right: tone, redness, texture.

    Parameters
    ----------
    face : FaceAnalysis
        With its skin and its pixels.
    figure : Figure, optional
        Where to draw; by default a new one 1200 pixels wide.
    title : str, optional
        Instead of the photo's file name.

    Returns
    -------
    Figure

    Raises
    ------
    NothingFitError
        If the skin was not measured, or the pixels are gone.
    """
    if face.skin is None or face.photo.pixels.size == 0:
        raise NothingFitError("its skin was not measured, or its pixels are gone; measure it with skin=True")
    caption = f"{OWN_SIDES} {_MAP_CAPTION}"
    wide = (ROOM - 2 * _GAP) / 3
    high = wide * 416 / 352
    answer = BODY.wrap(" ".join(skin_sentences(face.skin)), ROOM)
    top = 126 + len(answer) * BODY.line + 46
    bottom = top + high
    page = Page(figure, height=bottom + 92 + _LIST * NOTE.line + caption_height(caption))
    page.head("Skin, left against right", subtitle(face, title))
    page.lines(126, answer)
    grey = _grey(even_picture(face.photo, face.landmarks))
    for i, name in enumerate(FULL):
        box = Box(MARGIN + i * (wide + _GAP), top, wide, high)
        page.text(box.middle, top - 30, name.capitalize(), HEADING, align="center")
        page.sides(box)
        page.picture(_tinted(grey, difference_map(face.skin.survey.surface, name), FULL[name]), box)
        _scale(page, box, name)
        _differences(page, box, face.skin, name)
    page.caption(bottom + 92 + _LIST * NOTE.line, caption)
    return page.figure


def draw_skin_change(change: Change, figure: Figure | None = None) -> Figure:
    """Draw matched patches of skin before and after, where it changed most clearly.

    Parameters
    ----------
    change : Change
        With its skin, and with the pixels of both photos.
    figure : Figure, optional
        Where to draw; by default a new one 1200 pixels wide.

    Returns
    -------
    Figure

    Raises
    ------
    NothingFitError
        If the skin was not compared, or pixels are gone.
    """
    if change.skin is None or min(one.photo.pixels.size for one in (change.before, change.after)) == 0:
        raise NothingFitError("the skin was not compared, or pixels are gone; compare photos measured with skin=True")
    rows = _clearest(change.skin)
    caption = f"{OWN_SIDES} {_PATCH_CAPTION}"
    answer = BODY.wrap(" ".join(skin_change_sentences(change.skin)), ROOM)
    top = 126 + len(answer) * BODY.line + 52
    page = Page(figure, height=top + len(rows) * (_CROP + 18) + 40 + caption_height(caption))
    named = (subtitle(one, None, 520) for one in (change.before, change.after))
    page.head("Skin before and after", "  →  ".join(filter(None, named)))
    page.lines(126, answer)
    pictures = _alike(
        even_picture(change.before.photo, change.before.landmarks),
        even_picture(change.after.photo, change.after.landmarks),
    )
    columns = [WIDTH - MARGIN - (4 - i) * (_CROP + 8) - (12 if i < 2 else 0) for i in range(4)]
    for x, side in ((columns[0], "person’s right"), (columns[2], "person’s left")):
        page.text(x, top - 34, side, HEADING)
    for i, x in enumerate(columns):
        page.text(x, top - 10, ("before", "after")[i % 2], NOTE)
    for row, (zone, name, number) in enumerate(rows):
        y = top + row * (_CROP + 18)
        _words(page, y, zone, name, number)
        for i, x in enumerate(columns):
            page.picture(_crop(pictures[i % 2], zone, left=i >= 2), Box(x, y, _CROP, _CROP))
    page.caption(top + len(rows) * (_CROP + 18) + 26, caption)
    return page.figure


def _grey(rgb: Picture) -> FloatArray:
    """Return a pale grey picture (832, 704, 3), 0 to 255, of linear colours."""
    bright = np.clip(rgb @ np.array([0.2126, 0.7152, 0.0722]), 0, 1) ** (1 / 2.2)
    middle = float(np.median(bright[zone_pixels()["cheek"]]))
    shown = np.clip(70 + 115 * bright / max(middle, 1e-3), 0, 255)
    large = cv2.resize(shown, None, fx=_SCALE, fy=_SCALE, interpolation=cv2.INTER_CUBIC)
    return np.repeat(np.clip(large, 0, 255)[..., None], 3, axis=2)


def _tinted(grey: FloatArray, difference: FloatArray, full: float) -> Pixels:
    """Tint each side where it has more, by left less right (52, 22)."""
    amounts = np.hstack([np.maximum(-difference, 0), np.maximum(difference, 0)[:, ::-1]])
    known = np.hstack([np.isfinite(difference), np.isfinite(difference)[:, ::-1]])
    size = (grey.shape[1], grey.shape[0])
    share = cv2.resize(np.where(known, amounts / full, 0.0), size, interpolation=cv2.INTER_LINEAR)
    share = np.clip(share, 0, 1)[..., None] * _OPACITY
    half = grey.shape[1] // 2
    colour = np.empty_like(grey)
    colour[:, :half], colour[:, half:] = _rgb(SUBJECT_RIGHT_COLOUR), _rgb(SUBJECT_LEFT_COLOUR)
    shade = grey / 185.0
    soft = cv2.GaussianBlur(cv2.resize(known.astype(np.float64), size, interpolation=cv2.INTER_CUBIC), (0, 0), 4.0)
    seen = np.clip(4 * soft - 1.5, 0, 1)[..., None]  # the edge runs between patches, and is narrow
    shown = grey * (_UNSEEN + (1 - _UNSEEN) * seen) * (1 - share) + colour * np.clip(shade, 0.4, 1.15) * share
    return np.asarray(np.clip(np.rint(shown), 0, 255), dtype=np.uint8)


def _rgb(colour: str) -> FloatArray:
    return np.asarray([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)


def _scale(page: Page, box: Box, name: str) -> None:
    """Draw the scale below a map."""
    y = box.bottom + 14
    steps = np.linspace(-1, 1, 256)
    grey = np.full((1, 256, 3), 185.0)
    colours = np.where(steps[None, :, None] < 0, _rgb(SUBJECT_RIGHT_COLOUR), _rgb(SUBJECT_LEFT_COLOUR))
    share = np.abs(steps)[None, :, None] * _OPACITY
    page.picture((grey * (1 - share) + colours * share).astype(np.uint8), Box(box.left, y, box.width, 14))
    full, more = FULL[name], MORE[name]
    page.text(box.left, y + 34, f"right {more} by {full:g}", NOTE)
    page.text(box.right, y + 34, f"left {more} by {full:g} {_UNITS[name]}", NOTE, align="right")


def _differences(page: Page, box: Box, skin: SkinAnalysis, name: str) -> None:
    """List the zones that differ for sure below a map."""
    sure = [
        (zone, number)
        for zone, which, number in shown(skin)
        if which == name and abs(number.difference) > number.difference_error
    ]
    sure.sort(key=lambda one: -abs(one[1].difference) / one[1].difference_error)
    lines = [f"{zone}: {number.difference:+.1f} ± {number.difference_error:.1f} {number.unit}" for zone, number in sure]
    page.lines(box.bottom + 78, lines[: _LIST - 1] or ["no zone differs for sure"], NOTE, left=box.left)


def _clearest(change: SkinChange) -> list[tuple[str, str, SkinChangeNumber]]:
    """Name the changes that exceed their errors most, one a zone; without any, the two that come nearest."""
    told = [one for one in shown_changes(change) if one[2].verdict != NOT_COMPARABLE and one[1] != "definition"]
    told.sort(key=lambda one: -abs(one[2].difference_change) / one[2].error)
    found: dict[str, tuple[str, str, SkinChangeNumber]] = {}
    for one in told:
        found.setdefault(one[0], one)
    sure = [one for one in found.values() if one[2].verdict != NO_CHANGE]
    return sure[:_MOST_ROWS] or list(found.values())[:_FEWEST_ROWS]


def _words(page: Page, y: float, zone: str, name: str, number: SkinChangeNumber) -> None:
    page.text(MARGIN, y + 24, f"{name.capitalize()}, {zone}", HEADING)
    verdict = number.verdict
    page.text(MARGIN, y + 54, verdict, BODY.but(weight="normal" if verdict == NO_CHANGE else "bold"))
    page.text(MARGIN, y + 84, f"left less right, {number.unit}", ABOUT)
    page.text(MARGIN, y + 110, f"{number.before:+.1f} before, {number.after:+.1f} after", BODY)
    page.text(MARGIN, y + 136, f"change {number.difference_change:+.1f} ± {number.error:.1f}", BODY)


def _alike(before: Picture, after: Picture) -> tuple[Picture, Picture]:
    """Give two pictures in linear light the same usual colour of skin, halfway between theirs."""
    middle = zone_pixels()["cheek"] | zone_pixels()["nose"] | zone_pixels()["forehead"]
    gain = np.sqrt(np.median(after[middle], axis=0) / np.maximum(np.median(before[middle], axis=0), 1e-4))
    return before * gain, after / gain


def _crop(picture: Picture, zone: str, *, left: bool) -> Pixels:
    """Cut one side of a zone out of a picture in linear light, as a square."""
    mask = zone_pixels()[zone].copy()
    half = mask.shape[1] // 2
    mask[:, :half] &= not left
    mask[:, half:] &= left
    rows, columns = np.nonzero(mask)
    centre = np.array([rows.min() + rows.max(), columns.min() + columns.max()]) // 2
    reach = max(int(np.ptp(rows)), int(np.ptp(columns))) // 2 + _AROUND
    low = np.clip(centre - reach, 0, np.array(mask.shape) - 2 * reach)
    cut = picture[low[0] : low[0] + 2 * reach, low[1] : low[1] + 2 * reach]
    shown = np.clip(cut, 0, 1) ** (1 / 2.2)
    large = cv2.resize(shown, (int(_CROP) * 2, int(_CROP) * 2), interpolation=cv2.INTER_CUBIC)
    return np.clip(np.rint(255 * large), 0, 255).astype(np.uint8)
