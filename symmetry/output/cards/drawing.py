"""Faces drawn from their landmarks, upright and from the front: their left is on the right of the drawing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import (
    EYE_RIGHT,
    FACE_OVAL,
    IRIS_LEFT,
    IRIS_LEFT_EDGES,
    IRIS_RIGHT,
    IRIS_RIGHT_EDGES,
    LIPS_INNER,
    LIPS_OUTER,
    mirrored,
)
from symmetry.measure.change import Change
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.verdicts import IMPROVED, NOT_COMPARABLE, WORSE
from symmetry.output.cards.html import FONT
from symmetry.output.colours import (
    AMOUNT_STEPS,
    FULL_SCALE,
    INK,
    NOT_SEEN_COLOUR,
    PAPER,
    QUIET,
    RULE,
    SUBJECT_RIGHT_COLOUR,
    VERDICT_COLOURS,
    amount_colour,
)
from symmetry.output.contours import BROW, CONTOURS, JAWLINE, NOSE_WING, both_sides, magnification, spaced
from symmetry.output.layout import Anchor
from symmetry.output.svg import arrow_paths, svg_path, svg_text

WIDTH: Final = 250.0
_HEAD, _FOOT, _SIDE = 20.0, 44.0, 12.0
_TALLEST: Final = 330.0
_GROUND: Final = "#f7f8fa"
_OUTLINES: Final = {"brows": BROW, "eyes": EYE_RIGHT, "nose": NOSE_WING, "mouth": LIPS_OUTER, "jawline": JAWLINE}
"""Outlines of the right side that are tinted and have arrows."""
_LANDMARKS: Final = {name: both_sides(right) for name, right in _OUTLINES.items()}
_SHORTEST: Final = 5.0
"""Least length of an arrow, pixels."""
_APART: Final = 9.0
"""Least distance between the feet of two arrows, pixels."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Convert points of the facial frame, in pixels of the photo, to the drawing."""

    scale: float
    top: float

    def __call__(self, placed: FloatArray) -> FloatArray:
        x = WIDTH / 2 + placed[..., 0] * self.scale
        return np.stack([x, _HEAD + (self.top - placed[..., 1]) * self.scale], axis=-1)


def draw_uneven(face: FaceAnalysis) -> str:
    """Draw the regions of a face in the colours of their asymmetry, with the right mirrored onto the left."""
    placed = face.frame.place(face.points)
    place, chin = _fitted(placed)
    at = place(placed)
    colours = {name: amount_colour(face.regions[name].in_unit(face.unit)[0], face.unit) for name in _OUTLINES}
    unknown = [name for name, colour in colours.items() if colour == NOT_SEEN_COLOUR]
    across = place(placed * [-1.0, 1.0, 1.0])
    ghost = "".join(
        svg_path(across[list(half)], closed=closed) for name, half, closed in CONTOURS if name not in unknown
    )
    parts = [
        *_face(at),
        *(part for name in _OUTLINES if name not in unknown for part in _tint(name, at, colours[name], 1.0)),
        *_irises(at),
        *_contours(at, unknown, INK, 0.9),
        *_line(ghost, PAPER, 3.0, 'stroke-opacity=".6"'),
        *_line(ghost, SUBJECT_RIGHT_COLOUR, 1.5),
        *_legend(face.unit, chin),
    ]
    return svg(WIDTH, chin + _FOOT, parts)


def draw_moved(change: Change) -> str:
    """Draw the face before, with arrows along the movement of its contours in the colours of the verdicts."""
    face = change.before
    placed = face.frame.place(face.points)
    place, chin = _fitted(placed)
    at = place(placed)
    every = [landmark for landmarks in _LANDMARKS.values() for landmark in landmarks]
    times = magnification(change, [i for right in _OUTLINES.values() for i in (*right, *mirrored(right))])
    heads = place(placed[:, :2] + change.movement * (times / face.unit_per_pixel))
    verdicts = {name: change.regions[name].verdict for name in _OUTLINES}
    unknown = [name for name, verdict in verdicts.items() if verdict == NOT_COMPARABLE]
    parts = _face(at)
    for name, verdict in verdicts.items():
        if name not in unknown:
            parts += _tint(name, at, VERDICT_COLOURS[verdict], 0.3 if verdict in (IMPROVED, WORSE) else 0.1)
    parts += [*_irises(at), *_contours(at, unknown, QUIET, 1.0)]
    feet = {*spaced(every, at, np.linalg.norm(heads - at, axis=1) >= _SHORTEST, _APART)}
    drawn = False
    for name, verdict in verdicts.items():
        own = [landmark for landmark in _LANDMARKS[name] if landmark in feet and name not in unknown]
        arrows = "".join("".join(arrow_paths(at[i], heads[i], back=4.0, beside=2.6)) for i in own)
        parts += _line(arrows, PAPER, 3.6, 'stroke-opacity=".8"')
        parts += _line(arrows, VERDICT_COLOURS[verdict], 1.7)
        drawn |= bool(arrows)
    lines = ["not comparable" if len(unknown) == len(verdicts) else "nothing moved far enough for an arrow"]
    if drawn:
        lines = [f"arrows: {times} times the movement since before", "green: more even, red: less even"]
    parts += [text(WIDTH / 2, chin + 22 + 15 * i, line, anchor="middle") for i, line in enumerate(lines)]
    return svg(WIDTH, chin + _FOOT, parts)


def svg(width: float, height: float, parts: Sequence[str]) -> str:
    """Put a drawing together on a white background."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="{FONT}" font-size="11" stroke-linejoin="round" '
        f'stroke-linecap="round"><rect width="100%" height="100%" fill="{PAPER}"/>{"".join(parts)}</svg>'
    )


def text(x: float, y: float, words: str, *, anchor: Anchor = "start", colour: str = QUIET, weight: int = 400) -> str:
    """Write a line with its baseline at y."""
    bold = f' font-weight="{weight}"' if weight != 400 else ""
    return svg_text(x, y, words, f'fill="{colour}"{bold}', anchor=anchor)


def _fitted(placed: FloatArray) -> tuple[_Place, float]:
    """Fit a face into the drawing, its midline centred; return the conversion and the y of the chin."""
    wide, high = np.abs(placed[:, 0]).max(), np.ptp(placed[:, 1])
    scale = min((WIDTH / 2 - _SIDE) / wide, _TALLEST / high)
    return _Place(float(scale), float(placed[:, 1].max())), _HEAD + float(high * scale)


def _face(at: FloatArray) -> list[str]:
    """Draw what all drawings share: the oval of the face, its midline, and the names of the sides."""
    top, chin = at[:, 1].min(), at[:, 1].max()
    return [
        f'<path d="{svg_path(at[list(FACE_OVAL)], closed=True)}" fill="{_GROUND}" stroke="{RULE}"/>',
        f'<path d="M{WIDTH / 2:g} {top - 4:.1f}V{chin + 4:.1f}" stroke="{QUIET}" stroke-width=".8" '
        'stroke-dasharray="4 4" stroke-opacity=".6"/>',
        text(4, 13, "person’s right"),
        text(WIDTH - 4, 13, "person’s left", anchor="end"),
    ]


def _tint(name: str, at: FloatArray, colour: str, opacity: float) -> list[str]:
    """Tint both sides of a region."""
    right, seen = _OUTLINES[name], f'opacity="{opacity:g}"'
    if name == "mouth":
        lips = "".join(svg_path(at[list(edge)], closed=True) for edge in (right, LIPS_INNER))
        return [f'<path d="{lips}" fill="{colour}" fill-rule="evenodd" {seen}/>']
    closed = name in ("brows", "eyes")
    path = "".join(svg_path(at[list(side)], closed=closed) for side in (right, mirrored(right)))
    if name == "brows":
        return [f'<path d="{path}" fill="{colour}" stroke="{colour}" stroke-width="2" {seen}/>']
    ring = _line(path, colour, {"eyes": 7.0, "nose": 6.0, "jawline": 8.0}[name], seen)
    return [*ring, f'<path d="{path}" fill="{PAPER}"/>'] if name == "eyes" else ring


def _irises(at: FloatArray) -> list[str]:
    drawn = []
    for iris, edges in ((IRIS_RIGHT, IRIS_RIGHT_EDGES), (IRIS_LEFT, IRIS_LEFT_EDGES)):
        x, y = at[iris]
        radius = 0.42 * np.linalg.norm(at[edges[0]] - at[edges[1]])
        drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{RULE}"/>')
    return drawn


def _contours(at: FloatArray, unknown: Collection[str], colour: str, width: float) -> list[str]:
    """Draw the contours of both sides; those of unknown regions are dotted."""
    paths = {False: "", True: ""}
    for name, right, closed in CONTOURS:
        for side in (right, mirrored(right)):
            paths[name in unknown] += svg_path(at[list(side)], closed=closed)
    return [
        *_line(paths[False], colour, width),
        *_line(paths[True], NOT_SEEN_COLOUR, 1.6, 'stroke-dasharray=".1 4"'),
    ]


def _line(path: str, colour: str, width: float, more: str = "") -> list[str]:
    """Draw a path as a line, unless it is empty."""
    return [f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" {more}/>'] if path else []


def _legend(unit: str, chin: float) -> list[str]:
    """Explain the colours and the mirrored contours."""
    left, wide, y = 6.0, 92.0, chin + 14
    stops = "".join(
        f'<stop offset="{i / (len(AMOUNT_STEPS) - 1):g}" stop-color="{step}"/>' for i, step in enumerate(AMOUNT_STEPS)
    )
    return [
        f'<defs><linearGradient id="amount">{stops}</linearGradient></defs>',
        f'<rect x="{left:g}" y="{y:g}" width="{wide:g}" height="8" fill="url(#amount)" stroke="{RULE}" '
        'stroke-width=".6"/>',
        text(left, y + 20, "0"),
        text(left + wide, y + 20, f"{FULL_SCALE[unit]:g} {unit}", anchor="end"),
        f'<path d="M132 {y + 4:g}h18" stroke="{SUBJECT_RIGHT_COLOUR}" stroke-width="2"/>',
        text(155, y + 8, "right, mirrored"),
    ]
