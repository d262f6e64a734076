"""Composites of a face: each half doubled, as if both sides were the same."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.figure import Figure

from symmetry.measure.face import FaceAnalysis
from symmetry.output.figures.levelling import ASPECT, LevelledFace, Pixels, level_face
from symmetry.output.figures.page import MARGIN, Page, caption_height, subtitle
from symmetry.output.figures.wording import remarks
from symmetry.output.layout import Box
from symmetry.output.typography import HEADING, NOTE
from symmetry.output.words import OWN_SIDES

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

    Returns
    -------
    right_twice, left_twice : ndarray, shape (h, w, 3), uint8
        The subject's right side beside its mirror image, and the left side beside its own.
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
        Where to draw; by default a new one 1200 pixels wide.
    title : str, optional
        Instead of the photo's file name.

    Returns
    -------
    Figure
    """
    caption, limits = f"{OWN_SIDES} {_CAPTION}", remarks(face.flags)
    bottom = _TOP + _WIDE * ASPECT
    page = Page(figure, height=bottom + 76 + caption_height(caption, limits))
    page.head("Each side twice", subtitle(face, title))

    levelled = level_face(face, width=int(_WIDE) * _SHARPNESS)
    right_twice, left_twice = make_composites(levelled)
    boxes = [Box(MARGIN + i * (_WIDE + _SPACE), _TOP, _WIDE, _WIDE * ASPECT) for i in range(3)]
    for box, text, pixels in zip(
        boxes,
        ("person’s right side twice", "photo, levelled", "person’s left side twice"),
        (right_twice, levelled.pixels, left_twice),
        strict=True,
    ):
        page.text(box.middle, _TOP - 14, text, HEADING.but(weight="normal"), align="center")
        page.picture(pixels, box)
    page.midline(levelled, boxes[1])
    page.text(boxes[1].left, bottom + 24, "person’s right", NOTE)
    page.text(boxes[1].right, bottom + 24, "person’s left", NOTE, align="right")
    page.caption(bottom + 62, caption, limits)
    return page.figure
