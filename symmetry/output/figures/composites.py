"""Each half of a face doubled: what it would look like if both sides were the same."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.figure import Figure

from symmetry.measure.face import FaceAnalysis
from symmetry.output.colours import QUIET
from symmetry.output.figures.levelling import ASPECT, LevelledFace, Pixels, level_face
from symmetry.output.figures.page import BODY, HEADING, MARGIN, SMALL, TITLE, Box, Page, caption_height, fit
from symmetry.output.figures.wording import remarks
from symmetry.output.words import OWN_SIDES, day_of, name_of

_WIDE: Final = 360.0
_SPACE: Final = 20.0
_TOP: Final = 146.0
_SHARPNESS: Final = 2
_CAPTION: Final = (
    "The outer pictures are mirrored across the midline of the middle one. A turned head or light from one side "
    "changes them too: they illustrate, the numbers measure."
)


def make_composites(levelled: LevelledFace) -> tuple[Pixels, Pixels]:
    """Mirror each half of a levelled face across the midline.

    Parameters
    ----------
    levelled : LevelledFace

    Returns
    -------
    right_twice, left_twice : ndarray, shape (h, w, 3), uint8
        The subject's right side and its mirror image; the same of the left.
    """
    pixels = levelled.pixels
    middle = pixels.shape[1] // 2
    right, left = pixels[:, :middle], pixels[:, middle:]
    return np.hstack([right, right[:, ::-1]]), np.hstack([left[:, ::-1], left])


def draw_composites(face: FaceAnalysis, figure: Figure | None = None, *, title: str | None = None) -> Figure:
    """Draw a face between its right half doubled and its left half doubled.

    Parameters
    ----------
    face : FaceAnalysis
    figure : Figure, optional
        Where to draw; one 1200 pixels wide is made without it.
    title : str, optional
        Instead of the photo's file name.

    Returns
    -------
    Figure
    """
    caption, mind = f"{OWN_SIDES} {_CAPTION}", remarks(face.flags)
    bottom = _TOP + _WIDE * ASPECT
    page = Page(figure, height=bottom + 76 + caption_height(caption, mind))
    page.text(MARGIN, 54, "Each side twice", size=TITLE, weight="bold")
    about = " · ".join(filter(None, (name_of(face) if title is None else title, day_of(face))))
    page.text(MARGIN, 86, fit(about, 1100, size=BODY), colour=QUIET)

    levelled = level_face(face, width=int(_WIDE) * _SHARPNESS)
    right_twice, left_twice = make_composites(levelled)
    pictures = (
        ("person’s right side twice", right_twice),
        ("photo, levelled", levelled.pixels),
        ("person’s left side twice", left_twice),
    )
    for i, (text, pixels) in enumerate(pictures):
        box: Box = (MARGIN + i * (_WIDE + _SPACE), _TOP, _WIDE, _WIDE * ASPECT)
        page.text(box[0] + _WIDE / 2, _TOP - 14, text, size=HEADING, align="center")
        page.picture(pixels, box)
        if pixels is levelled.pixels:
            page.midline(levelled, box)
    page.text(MARGIN + _WIDE + _SPACE, bottom + 24, "person’s right", size=SMALL, colour=QUIET)
    page.text(MARGIN + 2 * _WIDE + _SPACE, bottom + 24, "person’s left", size=SMALL, colour=QUIET, align="right")
    page.caption(bottom + 62, caption, mind)
    return page.figure
