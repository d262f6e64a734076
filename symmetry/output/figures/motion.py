"""Figure of a film: key frames with contours, and how far both sides move over time."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import IRIS_LEFT, IRIS_RIGHT, MIRROR
from symmetry.measure.motion.expressions import Z95
from symmetry.measure.motion.motion import Motion
from symmetry.measure.motion.sites import SITE_NAMES, TITLES
from symmetry.output.colours import BASELINE, INK, QUIET, RULE, SUBJECT_LEFT_COLOUR, SUBJECT_RIGHT_COLOUR
from symmetry.output.contours import CONTOURS
from symmetry.output.figures.page import HEAD, MARGIN, ROOM, Page, caption_height
from symmetry.output.figures.wording import remarks
from symmetry.output.layout import Box
from symmetry.output.typography import BODY, HEADING, SMALL, STRONG
from symmetry.photos.film_names import film_of, frame_name
from symmetry.photos.reading import read_photo

_PICTURES: Final = 5
_GAP: Final = 16.0
_HIGH: Final = 190.0
_TITLED: Final = 72.0
_AXIS: Final = 56.0
_MOST_PANELS: Final = 4
_SIDES: Final = ((0, "right", SUBJECT_RIGHT_COLOUR), (1, "left", SUBJECT_LEFT_COLOUR))
_CUT: Final = (1.35, 1.0, 2.1)
"""Half the width of a picture, and its height above and below the pupils, in interpupillary distances."""


def draw_motion(motion: Motion, figure: Figure | None = None) -> Figure:
    """Draw how evenly a face moves.

    The answer in words stands above key frames of the film with the contours of the face, and the movement of both
    sides over time with its error; expressions are shaded, blinks are ticks.

    Parameters
    ----------
    motion : Motion
        Its film must still be there.
    figure : Figure, optional
        Where to draw; by default a new one 1200 pixels wide.

    Returns
    -------
    Figure

    Raises
    ------
    PhotoError
        If the film cannot be read.
    """
    first, *others = motion.sentences
    headline, told = HEADING.wrap(first, ROOM), BODY.wrap(" ".join(others), ROOM)
    times = _key_times(motion)
    wide = (ROOM - (_PICTURES - 1) * _GAP) / _PICTURES
    tall = wide * (_CUT[1] + _CUT[2]) / (2 * _CUT[0])
    answered = HEAD + BODY.line + 34
    strip = answered + len(headline) * HEADING.line + len(told) * BODY.line + 14
    panels = _panels(motion)
    start = strip + tall + 84
    end = start + len(panels) * (_HIGH + _TITLED) + 70
    caption = (
        f"{motion.frames} frames in {motion.seconds:.1f} s. Each was registered to the one at rest, and the movement "
        "of the head was taken out. Bands: 19 of 20 times the movement lies within. Sides are the person's own."
    )
    limits = remarks(motion.flags, names={})
    page = Page(figure, height=end + caption_height(caption, limits))
    page.head("How evenly does the face move?", BODY.fit(motion.film, ROOM))
    page.lines(page.lines(answered, headline, HEADING), told)
    for place, (name, time) in enumerate(times):
        box = Box(MARGIN + place * (wide + _GAP), strip, wide, tall)
        _picture(page, motion, time, box)
        page.text(box.left, box.bottom + 26, STRONG.fit(name, wide), STRONG)
        page.text(box.left, box.bottom + 26 + SMALL.line, f"{time:.2f} s", SMALL.but(colour=QUIET))
    for place, site in enumerate(panels):
        _panel(
            page, motion, site, Box(MARGIN + _AXIS, start + place * (_HIGH + _TITLED) + _TITLED, ROOM - _AXIS, _HIGH)
        )
    page.rule(end - 34)
    page.caption(end - 12, caption, limits)
    return page.figure


def _key_times(motion: Motion) -> list[tuple[str, float]]:
    rest = float(motion.rest.photo.name.rpartition("#t=")[2])
    largest = sorted(motion.movements, key=lambda one: -_size(motion, one.site))[: _PICTURES - 1]
    shown = sorted(largest, key=lambda one: one.peak)
    return [("at rest", rest), *((one.expression, one.peak) for one in shown)]


def _size(motion: Motion, site: str) -> float:
    return float(np.nan_to_num(np.linalg.norm(motion.curves.smooth[:, SITE_NAMES.index(site)], axis=-1)).max())


def _panels(motion: Motion) -> list[str]:
    """Sites that are drawn: those that are judged, those that move along, else mouth corners and brows."""
    judged = [one.site for one in motion.movements]
    along = [found.site for one in motion.movements for found in one.synkinesis]
    return list(dict.fromkeys([*judged, *along, "mouth_corner", "brow"]))[:_MOST_PANELS]


def _picture(page: Page, motion: Motion, time: float, box: Box) -> None:
    """Draw a frame, upright and cut to the face, with its contours."""
    from symmetry.landmarks.detection import detect_largest_face

    pixels = read_photo(frame_name(film_of(motion.rest.photo.name) or motion.film, time)).pixels
    found = detect_largest_face(pixels).landmarks
    eyes = found[[IRIS_RIGHT, IRIS_LEFT], :2]
    between = float(np.linalg.norm(eyes[1] - eyes[0]))
    roll = float(np.degrees(np.arctan2(*(eyes[1] - eyes[0])[::-1])))
    zoom = box.width * 2 / (2 * _CUT[0] * between)
    middle = eyes.mean(axis=0)
    place = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), roll, zoom)
    size = (round(2 * box.width), round(2 * box.height))
    place[:, 2] += np.array([size[0] / 2, _CUT[1] * between * zoom]) - middle
    image = cv2.warpAffine(pixels, place, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    page.axes.imshow(image, extent=(box.left, box.right, box.bottom, box.top), aspect="auto", zorder=1)
    points = (found[:, :2] @ place[:, :2].T + place[:, 2]) / 2 + [box.left, box.top]
    for side, _, colour in _SIDES:
        for _, landmarks, closed in CONTOURS:
            line = np.array(landmarks) if side == 0 else MIRROR[list(landmarks)]
            path = points[np.append(line, line[0]) if closed else line]
            inside = (path[:, 0] >= box.left) & (path[:, 0] <= box.right) & (path[:, 1] <= box.bottom)
            path = np.where(inside[:, None], path, np.nan)
            page.axes.plot(
                *path.T, color=colour, linewidth=page.points(1.6), zorder=2, path_effects=page.halo(3.2, INK, 0.5)
            )


def _panel(page: Page, motion: Motion, site: str, box: Box) -> None:
    """Draw the movement of both sides of a site over time."""
    times = motion.curves.times
    lines, errors, way = _along(motion, site)
    low, high = min(-0.5, float(np.nanmin(lines, initial=0.0))), max(1.5, float(np.nanmax(lines, initial=0.0)))
    low, high = low - 0.06 * (high - low), high + 0.2 * (high - low)

    def at(time: FloatArray | float, value: FloatArray | float) -> tuple[FloatArray, FloatArray]:
        x = box.left + (np.asarray(time) - times[0]) / max(float(times[-1] - times[0]), 1e-9) * box.width
        return np.asarray(x), np.asarray(box.bottom - (np.asarray(value) - low) / (high - low) * box.height)

    page.text(box.left, box.top - 18, f"{TITLES[site].capitalize()}: mm from rest, {way}", STRONG)
    for one in motion.movements:
        (left, _), (right, _) = at(one.start, 0.0), at(one.end, 0.0)
        page.axes.add_patch(
            Rectangle(
                (float(left), box.top), float(right - left), box.height, facecolor=BASELINE, edgecolor="none", zorder=0
            )
        )
        page.text(
            float(left) + 6, box.top + 20, SMALL.fit(one.expression, float(right - left) - 8), SMALL.but(colour=QUIET)
        )
    for level in range(int(np.ceil(low)), int(np.floor(high)) + 1):
        _, y = at(0.0, float(level))
        page.axes.plot(
            [box.left, box.right], [y, y], color=QUIET if level == 0 else RULE, linewidth=page.points(1.0), zorder=0.5
        )
        page.text(box.left - 10, float(y) + 6, str(level), SMALL, align="right")
    for side, name, colour in _SIDES:
        x, y = at(times, lines[:, side])
        _, over = at(times, lines[:, side] + errors[:, side])
        _, under = at(times, lines[:, side] - errors[:, side])
        page.axes.fill_between(
            x,
            np.clip(under, box.top, box.bottom),
            np.clip(over, box.top, box.bottom),
            color=colour,
            alpha=0.25,
            linewidth=0,
            zorder=1,
        )
        page.axes.plot(x, y, color=colour, linewidth=page.points(2.6), zorder=2)
        page.text(
            box.right - 4 - 90 * (1 - side),
            box.top - 18,
            f"— {name}",
            STRONG.but(colour=colour, weight="bold"),
            align="right",
        )
    for blink in motion.blinks:
        x_of, _ = at(blink.time, 0.0)
        page.axes.plot([x_of, x_of], [box.bottom - 8, box.bottom], color=INK, linewidth=page.points(1.6), zorder=2)
    for second in range(int(np.ceil(times[0])), int(times[-1]) + 1):
        x_of, _ = at(float(second), 0.0)
        page.text(float(x_of), box.bottom + 22, f"{second} s", SMALL.but(colour=QUIET), align="center")


def _along(motion: Motion, site: str) -> tuple[FloatArray, FloatArray, str]:
    """Movement of both sides (n, 2) along the way in which the site moves most, its error, and that way in words."""
    place = SITE_NAMES.index(site)
    smooth = motion.curves.smooth[:, place]
    known = np.nan_to_num(smooth.reshape(-1, 2))
    _, _, ways = np.linalg.svd(known, full_matrices=False)
    way = ways[0]
    if (known @ way)[np.abs(known @ way).argmax()] < 0:
        way = -way
    words = [
        word
        for value, word in ((way[1], "up"), (-way[1], "down"), (way[0], "outward"), (-way[0], "inward"))
        if value > 0.4
    ]
    spread = np.hypot(motion.curves.noise[place], motion.curves.wander[:, place]) @ np.abs(way)
    return np.asarray(smooth @ way), np.asarray(Z95 * np.nan_to_num(spread)), " and ".join(words)
