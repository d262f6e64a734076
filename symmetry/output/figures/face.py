"""Figure of one face: where it is asymmetric, by how much and toward which side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symmetry.landmarks.mesh import CHIN, MIRROR, REFERENCE, REGIONS
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.measures import REGION_OF_MEASURE
from symmetry.measure.words import DASH, REGION_TITLES, with_error
from symmetry.output.colours import FULL_SCALE, INK, PAPER, SUBJECT_LEFT_COLOUR, SUBJECT_RIGHT_COLOUR
from symmetry.output.contours import CONTOURS
from symmetry.output.figures.levelling import ASPECT, LevelledFace, Pixels, level_face
from symmetry.output.figures.page import MARGIN, WIDTH, Page, caption_height, on_page, subtitle
from symmetry.output.figures.tint import beside_colour, region_colour, tint_map, tint_regions
from symmetry.output.figures.wording import ACROSS_EDGE, Side, leanings, remarks
from symmetry.output.layout import Box, spread
from symmetry.output.typography import ABOUT, BODY, HEADING, STRONG
from symmetry.output.words import HOW_SURE, OF_PUPILS, OWN_SIDES, why_unknown
from symmetry.registration.refinement import FieldMap

_PICTURE: Final = Box(310.0, 142.0, 580.0, 580.0 * ASPECT)
_TO_SCALE, _TO_CAPTION = 52.0, 96.0
_BARE_HEIGHT: Final = _PICTURE.bottom + _TO_SCALE + _TO_CAPTION + 14
_HEAD_SCORES: Final = 850.0
"""Where the scores of the whole and the lower face begin: wide enough for "% IPD"."""
_SHARPNESS: Final = 2
"""Pixels of the crop per pixel of the page."""
_INDENT: Final = 24.0
"""From a swatch to the words beside it."""

# What each margin labels, and the landmark that its line leads to.
_LABELS: Final[dict[Side, dict[str, int]]] = {
    "right": {"brows": 63, "cheeks": 117, "nose": 64, "nasolabial": 216},
    "left": {"eyes": 263, "mouth": 291, "jawline": 365, "chin": CHIN},
}


@dataclass(frozen=True, slots=True)
class _Label:
    title: str
    number: str
    leanings: list[str]
    colour: str | None
    landmark: int

    @property
    def height(self) -> float:
        return HEADING.line + STRONG.line + len(self.leanings) * BODY.line


def draw_face(face: FaceAnalysis, figure: Figure | None = None, *, title: str | None = None) -> Figure:
    """Draw where a face is asymmetric.

    The levelled, grey photo is tinted by its asymmetry, on a scale that is the same in every figure: point by point
    with registration, region by region from landmarks alone. Over it lie the contours of the subject's left, those of
    the right mirrored onto them, and the fitted midline; the numbers stand in the margins.

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
    caption, limits, field = _caption(face), remarks(face.flags), face.asymmetry_map
    page = Page(figure, height=_BARE_HEIGHT + caption_height(caption, limits))
    levelled = level_face(face, width=int(_PICTURE.width) * _SHARPNESS)
    _head(page, face, title)
    page.sides(_PICTURE)
    page.picture(_tinted(levelled, field), _PICTURE)
    page.midline(levelled, _PICTURE)
    _contours(page, levelled)
    for side in _LABELS:
        _margin(page, levelled, field, side)
    _foot(page, face)
    page.caption(_BARE_HEIGHT - 14, caption, limits)
    return page.figure


def _head(page: Page, face: FaceAnalysis, title: str | None) -> None:
    page.head("How even this face is", subtitle(face, title, 760))
    for i, name in enumerate(("face", "lower_face")):
        number = _number(face, name)
        if number == DASH:
            number = f"{DASH} {why_unknown(face.flags, name)}"
        x, y, bold = _HEAD_SCORES, 54 + 32 * i, BODY.but(weight="bold")
        page.swatch(x, y, region_colour(face, name))
        page.text(x + _INDENT, y, REGION_TITLES[name])
        room = WIDTH - MARGIN - x - _INDENT - BODY.width(REGION_TITLES[name]) - 10
        page.text(WIDTH - MARGIN, y, bold.fit(number, room), bold, align="right")


def _number(face: FaceAnalysis, region: str) -> str:
    score = face.regions[region]
    return with_error(score.in_unit(face.unit)[0], score.errors_in_unit(face.unit)[0], face.unit)


def _tinted(levelled: LevelledFace, field: FieldMap | None) -> Pixels:
    if field is None:
        return tint_regions(levelled)
    amounts = np.linalg.norm(field.vectors, axis=-1)
    return tint_map(levelled, levelled.locate(field.points), amounts, full=FULL_SCALE[levelled.face.unit])


def _contours(page: Page, levelled: LevelledFace) -> None:
    face = levelled.face
    placed = face.frame.place(face.points)
    mirrored = placed * [-1.0, 1.0, 1.0]
    for _, right, closed in CONTOURS:
        path: NDArray[np.intp] = np.asarray([*right, right[0]] if closed else right, dtype=np.intp)
        for points, colour, name in (
            (placed[path], SUBJECT_RIGHT_COLOUR, "subject_right"),
            (mirrored[path], SUBJECT_RIGHT_COLOUR, "subject_right mirrored"),
            (placed[MIRROR[path]], SUBJECT_LEFT_COLOUR, "subject_left"),
        ):
            at = on_page(levelled.locate_in_frame(points), levelled, _PICTURE)
            page.line(at, colour=colour, width=1.8, halo=0.8, gid=name)


def _margin(page: Page, levelled: LevelledFace, field: FieldMap | None, side: Side) -> None:
    """Write the labels of one side, each with a line to its place on the face."""
    face = levelled.face
    labels = [
        _label(face, name, side, _anchor(face, field, name, side, landmark)) for name, landmark in _LABELS[side].items()
    ]
    points = on_page(levelled.locate(face.points), levelled, _PICTURE)
    anchors = np.array([points[label.landmark] for label in labels])
    tops = spread(
        [float(y) - 14 for _, y in anchors],
        [label.height for label in labels],
        low=_PICTURE.top,
        high=_PICTURE.bottom,
        gap=18,
    )
    for label, anchor, top in zip(labels, anchors, tops, strict=True):
        x, middle = _write_label(page, label, side, top), top + 0.64 * HEADING.size
        corner = (_PICTURE.left if side == "right" else _PICTURE.right, middle)
        page.line([(x, middle), corner, anchor], colour=INK, width=1.3, halo=1.2, halo_colour=PAPER)
        page.mark(anchor, 7, fill=INK, width=1.4)


def _write_label(page: Page, label: _Label, side: Side, top: float) -> float:
    """Write a label with its upper edge at `top`; return where its line starts."""
    x, end = (MARGIN, _PICTURE.left) if side == "right" else (_PICTURE.right + 24, WIDTH)
    y, indent = top + HEADING.size, x + _INDENT
    if label.colour is not None:
        page.swatch(x, y, label.colour)
    page.text(indent, y, label.title, HEADING)
    page.text(indent, y + STRONG.line, label.number, STRONG)
    lines = [BODY.fit(line, end - indent - 4) for line in label.leanings]
    page.lines(y + STRONG.line + BODY.line, lines, ABOUT, left=indent)
    return indent + HEADING.width(label.title) + 10 if side == "right" else x - 6


def _anchor(face: FaceAnalysis, field: FieldMap | None, name: str, side: Side, landmark: int) -> int:
    """Return the landmark a label points to: the given one, or the nearest of its region within the known area."""
    if field is None or name not in face.regions:
        return landmark
    seen = beside_colour(face.points[:, :2], field, face.interpupillary)
    of_region = REGIONS[name] if side == "left" else MIRROR[REGIONS[name]]
    of_region = of_region[seen[of_region]]
    if seen[landmark] or not of_region.size or not np.isfinite(face.regions[name].percent):
        return landmark
    return int(of_region[np.linalg.norm(REFERENCE[of_region] - REFERENCE[landmark], axis=1).argmin()])


def _label(face: FaceAnalysis, name: str, side: Side, landmark: int) -> _Label:
    if name == "chin":
        measure = face.measures["chin_deviation"]
        value = measure.difference
        number = with_error(abs(value), measure.difference_error, measure.unit)
        toward = f"toward the {'left' if value > 0 else 'right'}"
        if not np.isfinite(value):
            toward = why_unknown(face.flags, measure.name, REGION_OF_MEASURE[measure.name])
        return _Label("Chin", number, [] if round(abs(value), 1) == 0 else [toward], None, landmark)
    lines = leanings(face.regions[name], face.unit, side, face.flags)
    return _Label(REGION_TITLES[name], _number(face, name), lines, region_colour(face, name), landmark)


def _foot(page: Page, face: FaceAnalysis) -> None:
    y, full, found = _PICTURE.bottom + _TO_SCALE, FULL_SCALE[face.unit], face.method == "registration"
    page.colour_bar(y, full=full, unit=face.unit, title="Left–right difference", gaps=found)
    left, right = "contours of the person’s left", "contours of the person’s right, and mirrored onto the left"
    for at, colour, text in ((y - 18, SUBJECT_LEFT_COLOUR, left), (y + 12, SUBJECT_RIGHT_COLOUR, right)):
        page.line([(560, at), (600, at)], colour=colour, width=3, halo=0.9)
        page.text(612, at + 6, text)
    page.midline_key([(560, y + 42), (600, y + 42)])
    page.text(612, y + 48, "fitted midline")
    page.rule(y + 66)


def _caption(face: FaceAnalysis) -> str:
    parts = [
        OWN_SIDES,
        "A region’s number is the typical distance between its left half and its mirrored right half; 0 is even.",
        "Below it: where its left or right half lies on average, against the other.",
        HOW_SURE,
        ACROSS_EDGE,
    ]
    if face.method == "registration":
        parts.append("What has no colour was not seen: the image shows too little there that both sides share.")
    if face.unit != "mm":
        parts.append(OF_PUPILS)
    return " ".join(parts)
