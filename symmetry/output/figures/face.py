"""One face: where it is uneven, by how much and toward which side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symmetry.landmarks.mesh import CHIN, EYE_RIGHT, LIPS_INNER, LIPS_OUTER, MIRROR, REFERENCE, REGIONS
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.measures import REGION_OF_MEASURE
from symmetry.measure.words import DASH, REGION_TITLES, with_error
from symmetry.output.colours import FULL_SCALE, INK, PAPER, QUIET, SUBJECT_LEFT_COLOUR, SUBJECT_RIGHT_COLOUR
from symmetry.output.figures.levelling import ASPECT, LevelledFace, Pixels, level_face
from symmetry.output.figures.page import (
    BODY,
    HALO,
    HEADING,
    MARGIN,
    STRONG,
    TITLE,
    WIDTH,
    Box,
    Page,
    caption_height,
    fit,
    line_height,
    on_page,
    text_width,
)
from symmetry.output.figures.tint import (
    BROW_RIGHT,
    JAWLINE_RIGHT,
    NOT_SEEN_COLOUR,
    beside_colour,
    region_colour,
    tint_map,
    tint_regions,
)
from symmetry.output.figures.wording import ACROSS_EDGE, Side, leanings, remarks
from symmetry.output.layout import spread
from symmetry.output.words import HOW_SURE, NOT_SEEN, OF_PUPILS, OWN_SIDES, day_of, name_of, why_unknown
from symmetry.registration.refinement import FieldMap

_PICTURE: Final[Box] = (310.0, 142.0, 580.0, 580.0 * ASPECT)
_HEAD_SCORES: Final = 850.0
"""Where the scores of the whole and the lower face begin: wide enough for "% IPD"."""
_TO_SCALE, _TO_CAPTION = 52.0, 96.0
_BARE_HEIGHT: Final = _PICTURE[1] + _PICTURE[3] + _TO_SCALE + _TO_CAPTION + 14
_SHARPNESS: Final = 2
"""Pixels of the crop along one of the page's."""

_NOSE_WING_RIGHT = (115, 48, 64, 98, 97, 2)
# Contours of the right side and whether they are closed; of the lips the half from below to above.
_CONTOURS: Final = (
    (BROW_RIGHT, True),
    (EYE_RIGHT, True),
    (_NOSE_WING_RIGHT, False),
    ((*LIPS_OUTER[15:], *LIPS_OUTER[:6]), False),
    ((*LIPS_INNER[15:], *LIPS_INNER[:6]), False),
    (JAWLINE_RIGHT, False),
)

# What is labelled in each margin, and the landmark that its line leads to.
_LABELS: Final[dict[Side, dict[str, int]]] = {
    "right": {"brows": 63, "cheeks": 117, "nose": 64, "nasolabial": 216},
    "left": {"eyes": 263, "mouth": 291, "jawline": 365, "chin": CHIN},
}


@dataclass(frozen=True, slots=True)
class _Label:
    title: str
    number: str
    leanings: list[str]
    colour: tuple[float, float, float, float] | None
    landmark: int

    @property
    def height(self) -> float:
        return line_height(HEADING) + line_height(STRONG) + len(self.leanings) * line_height(BODY)


def draw_face(face: FaceAnalysis, figure: Figure | None = None, *, title: str | None = None) -> Figure:
    """Draw where a face is uneven.

    The photo, levelled and in grey, tinted by its asymmetry on a scale that is the same in every figure: point by
    point where the image says enough, or region by region from landmarks alone; the contours of the subject's left
    with those of the right mirrored onto them; the fitted midline; and the numbers in the margins.

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
    caption, mind, uneven = _caption(face), remarks(face.flags), face.asymmetry_map
    page = Page(figure, height=_BARE_HEIGHT + caption_height(caption, mind))
    levelled = level_face(face, width=int(_PICTURE[2]) * _SHARPNESS)
    _head(page, face, title)
    page.sides(_PICTURE)
    page.picture(_tinted(levelled, uneven), _PICTURE)
    page.midline(levelled, _PICTURE)
    _contours(page, levelled)
    for side in _LABELS:
        _margin(page, levelled, uneven, side)
    _foot(page, face)
    page.caption(_BARE_HEIGHT - 14, caption, mind)
    return page.figure


def _head(page: Page, face: FaceAnalysis, title: str | None) -> None:
    page.text(MARGIN, 54, "How even this face is", size=TITLE, weight="bold")
    about = " · ".join(filter(None, (name_of(face) if title is None else title, day_of(face))))
    page.text(MARGIN, 86, fit(about, 760, size=BODY), colour=QUIET)
    for i, name in enumerate(("face", "lower_face")):
        score = face.regions[name]
        number = with_error(score.in_unit(face.unit)[0], score.errors_in_unit(face.unit)[0], face.unit)
        if number == DASH:
            number = f"{DASH} {why_unknown(face.flags, name)}"
        x, y = _HEAD_SCORES, 54 + 32 * i
        page.swatch(x, y, region_colour(face, name))
        page.text(x + 24, y, REGION_TITLES[name])
        room = WIDTH - MARGIN - x - 24 - text_width(REGION_TITLES[name], size=BODY) - 10
        page.text(WIDTH - MARGIN, y, fit(number, room, size=BODY, weight="bold"), weight="bold", align="right")


def _tinted(levelled: LevelledFace, uneven: FieldMap | None) -> Pixels:
    if uneven is None:
        return tint_regions(levelled)
    amounts = np.linalg.norm(uneven.vectors, axis=-1)
    return tint_map(levelled, levelled.locate(uneven.points), amounts, full=FULL_SCALE[levelled.face.unit])


def _contours(page: Page, levelled: LevelledFace) -> None:
    face = levelled.face
    placed = face.frame.place(face.points)
    mirrored = placed * [-1.0, 1.0, 1.0]
    for right, closed in _CONTOURS:
        path: NDArray[np.intp] = np.asarray([*right, right[0]] if closed else right, dtype=np.intp)
        for points, colour, name in (
            (placed[path], SUBJECT_RIGHT_COLOUR, "subject_right"),
            (mirrored[path], SUBJECT_RIGHT_COLOUR, "subject_right mirrored"),
            (placed[MIRROR[path]], SUBJECT_LEFT_COLOUR, "subject_left"),
        ):
            at = on_page(levelled.locate_in_frame(points), levelled, _PICTURE)
            page.line(at, colour=colour, width=1.8, halo=0.8, gid=name)


def _margin(page: Page, levelled: LevelledFace, uneven: FieldMap | None, side: Side) -> None:
    face = levelled.face
    left, top, width, height = _PICTURE
    labels = [
        _label(face, name, side, _anchor(face, uneven, name, side, landmark))
        for name, landmark in _LABELS[side].items()
    ]
    points = on_page(levelled.locate(face.points), levelled, _PICTURE)
    anchors = np.array([points[label.landmark] for label in labels])
    edges = spread(
        [float(y) - 14 for _, y in anchors],
        [label.height for label in labels],
        low=top,
        high=top + height,
        gap=18,
    )
    x = MARGIN if side == "right" else left + width + 24
    room = (left if side == "right" else WIDTH) - x - 24 - 4
    for label, anchor, edge in zip(labels, anchors, edges, strict=True):
        baseline = edge + HEADING
        if label.colour is not None:
            page.swatch(x, baseline, label.colour)
        indent = x + 24
        page.text(indent, baseline, label.title, size=HEADING, weight="bold")
        baseline += line_height(STRONG)
        page.text(indent, baseline, label.number, size=STRONG)
        for line in label.leanings:
            baseline += line_height(BODY)
            page.text(indent, baseline, fit(line, room, size=BODY), size=BODY, colour=QUIET)
        middle = edge + 0.64 * HEADING
        start = indent + text_width(label.title, size=HEADING, weight="bold") + 10 if side == "right" else x - 6
        corner = left if side == "right" else left + width
        page.line([(start, middle), (corner, middle), anchor], colour=INK, width=1.3, halo=1.2, halo_colour=PAPER)
        page.axes.plot(
            *anchor,
            marker="o",
            markersize=page.points(7),
            markerfacecolor=INK,
            markeredgecolor=PAPER,
            markeredgewidth=page.points(1.4),
        )


def _anchor(face: FaceAnalysis, field: FieldMap | None, name: str, side: Side, landmark: int) -> int:
    """Landmark that a label's line leads to: the given one, or that of its region next to it where there is colour."""
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
    score = face.regions[name]
    number = with_error(score.in_unit(face.unit)[0], score.errors_in_unit(face.unit)[0], face.unit)
    return _Label(
        REGION_TITLES[name], number, leanings(score, face.unit, side, face.flags), region_colour(face, name), landmark
    )


def _foot(page: Page, face: FaceAnalysis) -> None:
    y = _PICTURE[1] + _PICTURE[3] + _TO_SCALE
    page.colour_bar(MARGIN, y, width=330, full=FULL_SCALE[face.unit], unit=face.unit, title="Left–right difference")
    if face.method == "registration":
        page.swatch(420, y + 15, NOT_SEEN_COLOUR)
        page.text(444, y + 15, NOT_SEEN)
    for i, (colour, text) in enumerate(
        (
            (SUBJECT_LEFT_COLOUR, "contours of the person’s left"),
            (SUBJECT_RIGHT_COLOUR, "contours of the person’s right, and mirrored onto the left"),
        )
    ):
        at = y - 18 + 30 * i
        page.line([(560, at), (600, at)], colour=colour, width=3, halo=0.9, halo_colour=HALO)
        page.text(612, at + 6, text)
    at = y + 42
    page.midline_key([(560, at), (600, at)])
    page.text(612, at + 6, "fitted midline")

    page.rule(y + 66)


def _caption(face: FaceAnalysis) -> str:
    parts = [
        OWN_SIDES,
        "A region’s number is the typical distance between its left half and its mirrored right half; 0 is even.",
        "Below it: where its left or right half lies on average, against the other.",
    ]
    parts += [HOW_SURE, ACROSS_EDGE]
    if face.method == "registration":
        parts.append("What has no colour was not seen: the image shows too little there that both sides share.")
    if face.unit != "mm":
        parts.append(OF_PUPILS)
    return " ".join(parts)
