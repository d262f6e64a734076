"""A face drawn from its landmarks, levelled and seen from the front: its left on the right of the drawing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import (
    BROW_LOWER_RIGHT,
    BROW_UPPER_RIGHT,
    CHIN,
    EYE_RIGHT,
    FACE_OVAL,
    IRIS_LEFT,
    IRIS_LEFT_EDGES,
    IRIS_RIGHT,
    IRIS_RIGHT_EDGES,
    JAW_RIGHT,
    LIPS_INNER,
    LIPS_OUTER,
    MIRROR,
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

WIDTH: Final = 250.0
_HEAD, _FOOT, _SIDE = 20.0, 44.0, 12.0
_TALLEST: Final = 330.0
_GROUND: Final = "#f7f8fa"

_BROW = (*BROW_UPPER_RIGHT, *BROW_LOWER_RIGHT[::-1])
_NOSE = (115, 48, 64, 98, 97, 2)
_JAW = (*JAW_RIGHT, CHIN)
# Contours of the right side, their regions and whether they are closed; of the lips the half from below to above.
_HALVES: Final = (
    ("brows", _BROW, True),
    ("eyes", EYE_RIGHT, True),
    ("nose", _NOSE, False),
    ("mouth", (*LIPS_OUTER[15:], *LIPS_OUTER[:6]), False),
    ("mouth", (*LIPS_INNER[15:], *LIPS_INNER[:6]), False),
    ("jawline", _JAW, False),
)
_REGION_OF: Final = {"brows": _BROW, "eyes": EYE_RIGHT, "nose": _NOSE, "mouth": LIPS_OUTER, "jawline": _JAW}

_MAGNIFICATIONS: Final = (8, 6, 5, 4, 3, 2, 1)
_LONGEST: Final = 0.25
"""An arrow's greatest length, in interpupillary distances."""
_SHORTEST: Final = 5.0
"""An arrow's least length, pixels."""
_APART: Final = 9.0
"""Least distance between the feet of two arrows, pixels."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where points of the facial frame, in pixels of the photo, lie in the drawing."""

    scale: float
    top: float

    def __call__(self, placed: FloatArray) -> FloatArray:
        x = WIDTH / 2 + placed[..., 0] * self.scale
        return np.stack([x, _HEAD + (self.top - placed[..., 1]) * self.scale], axis=-1)


def draw_uneven(face: FaceAnalysis) -> str:
    """Draw the regions of a face in the colours of their left-right difference, the right mirrored onto the left."""
    placed = face.frame.place(face.points)
    place, chin = _fitted(placed)
    at = place(placed)
    colours = {name: amount_colour(face.regions[name].in_unit(face.unit)[0], face.unit) for name in _REGION_OF}
    unknown = [name for name, colour in colours.items() if colour == NOT_SEEN_COLOUR]
    across = place(placed * [-1.0, 1.0, 1.0])
    ghost = "".join(_path(across[list(half)], closed) for name, half, closed in _HALVES if name not in unknown)
    parts = [
        *_face(at),
        *(part for name in _REGION_OF if name not in unknown for part in _tint(name, at, colours[name], 1.0)),
        *_irises(at),
        *_contours(at, unknown, INK, 0.9),
        *_line(ghost, PAPER, 3.0, 'stroke-opacity=".6"'),
        *_line(ghost, SUBJECT_RIGHT_COLOUR, 1.5),
        *_legend(face.unit, chin),
    ]
    return svg(WIDTH, chin + _FOOT, parts)


def draw_moved(change: Change) -> str:
    """Draw a face as it was, with arrows along which its contours moved, in the colours of the verdicts."""
    face = change.before
    placed = face.frame.place(face.points)
    place, chin = _fitted(placed)
    at = place(placed)
    times = _magnification(change)
    heads = place(placed[:, :2] + change.movement * (times / face.unit_per_pixel))
    verdicts = {name: change.regions[name].verdict for name in _REGION_OF}
    unknown = [name for name, verdict in verdicts.items() if verdict == NOT_COMPARABLE]
    parts = _face(at)
    for name, verdict in verdicts.items():
        if name not in unknown:
            parts += _tint(name, at, VERDICT_COLOURS[verdict], 0.3 if verdict in (IMPROVED, WORSE) else 0.1)
    parts += [*_irises(at), *_contours(at, unknown, QUIET, 1.0)]
    drawn = [(name, _arrow(at[foot], heads[foot])) for name, foot in _feet(at, heads) if name not in unknown]
    for name, verdict in verdicts.items():
        arrows = "".join(arrow for of, arrow in drawn if of == name)
        parts += _line(arrows, PAPER, 3.6, 'stroke-opacity=".8"')
        parts += _line(arrows, VERDICT_COLOURS[verdict], 1.7)
    lines = ["not comparable" if len(unknown) == len(verdicts) else "nothing moved far enough for an arrow"]
    if drawn:
        lines = [f"arrows: {times} times the movement since before", "green: more even, red: less even"]
    parts += [text(WIDTH / 2, chin + 22 + 15 * i, line, anchor="middle") for i, line in enumerate(lines)]
    return svg(WIDTH, chin + _FOOT, parts)


def svg(width: float, height: float, parts: Sequence[str]) -> str:
    """Put a drawing together, on white."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="{FONT}" font-size="11" stroke-linejoin="round" '
        f'stroke-linecap="round"><rect width="100%" height="100%" fill="{PAPER}"/>{"".join(parts)}</svg>'
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", colour: str = QUIET, weight: int = 400) -> str:
    """Write a line with its baseline at y."""
    bold = f' font-weight="{weight}"' if weight != 400 else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}"{bold}>{escape(words)}</text>'


def _fitted(placed: FloatArray) -> tuple[_Place, float]:
    """Choose where a face lies: all of it in the drawing, its midline in the middle; and tell where its chin is."""
    wide, high = np.abs(placed[:, 0]).max(), np.ptp(placed[:, 1])
    scale = min((WIDTH / 2 - _SIDE) / wide, _TALLEST / high)
    return _Place(float(scale), float(placed[:, 1].max())), _HEAD + float(high * scale)


def _face(at: FloatArray) -> list[str]:
    """Draw what all drawings share: the oval of the face, its midline, and which side is where."""
    top, chin = at[:, 1].min(), at[:, 1].max()
    return [
        f'<path d="{_path(at[list(FACE_OVAL)])}" fill="{_GROUND}" stroke="{RULE}"/>',
        f'<path d="M{WIDTH / 2:g} {top - 4:.1f}V{chin + 4:.1f}" stroke="{QUIET}" stroke-width=".8" '
        'stroke-dasharray="4 4" stroke-opacity=".6"/>',
        text(4, 13, "person’s right"),
        text(WIDTH - 4, 13, "person’s left", anchor="end"),
    ]


def _tint(name: str, at: FloatArray, colour: str, opacity: float) -> list[str]:
    """Tint both sides of a region."""
    right, seen = _REGION_OF[name], f'opacity="{opacity:g}"'
    if name == "mouth":
        lips = _path(at[list(right)]) + _path(at[list(LIPS_INNER)])
        return [f'<path d="{lips}" fill="{colour}" fill-rule="evenodd" {seen}/>']
    path = "".join(_path(at[list(side)], name in ("brows", "eyes")) for side in (right, mirrored(right)))
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
    """Draw the contours of both sides, those of regions of which nothing is known with dots."""
    paths = {False: "", True: ""}
    for name, right, closed in _HALVES:
        for side in (right, mirrored(right)):
            paths[name in unknown] += _path(at[list(side)], closed)
    return [
        *_line(paths[False], colour, width),
        *_line(paths[True], NOT_SEEN_COLOUR, 1.6, 'stroke-dasharray=".1 4"'),
    ]


def _line(path: str, colour: str, width: float, more: str = "") -> list[str]:
    """Draw a path as a line, if there is any of it."""
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


def _magnification(change: Change) -> int:
    """Choose how many times as long as its movement an arrow is drawn."""
    face = change.before
    landmarks = [i for right in _REGION_OF.values() for i in (*right, *mirrored(right))]
    sizes = np.linalg.norm(change.movement[landmarks], axis=1) / face.unit_per_pixel
    sizes = sizes[np.isfinite(sizes)]
    longest = np.percentile(sizes, 95) if sizes.size else 0.0
    return next((m for m in _MAGNIFICATIONS if m * longest <= _LONGEST * face.interpupillary), 1)


def _feet(at: FloatArray, heads: FloatArray) -> list[tuple[str, int]]:
    """Landmarks for arrows, each with its region: long enough, and far enough apart."""
    chosen: list[tuple[str, int]] = []
    known = np.isfinite(heads).all(axis=1)
    long = np.linalg.norm(np.where(known[:, None], heads - at, 0.0), axis=1) >= _SHORTEST
    for name, right in _REGION_OF.items():
        for right_one in right:
            for landmark in dict.fromkeys((right_one, int(MIRROR[right_one]))):
                taken = at[[other for _, other in chosen]]
                if long[landmark] and not (np.linalg.norm(taken - at[landmark], axis=1) < _APART).any():
                    chosen.append((name, landmark))
    return chosen


def _arrow(foot: FloatArray, head: FloatArray) -> str:
    """Draw an arrow as one path."""
    ahead = (head - foot) / np.linalg.norm(head - foot)
    beside = np.array([-ahead[1], ahead[0]])
    barbs = head - 4.0 * ahead + np.array([[2.6], [-2.6]]) * beside
    return _path(np.array([foot, head]), False) + _path(np.array([barbs[0], head, barbs[1]]), False)


def _path(points: ArrayLike, closed: bool = True) -> str:
    """Write points (n, 2) as a path, to a tenth of a pixel."""
    tenths: NDArray[np.float64] = np.round(np.asarray(points, dtype=np.float64), 1) + 0.0
    pairs = [f"{x:g} {y:g}" for x, y in tenths]
    return f"M{pairs[0]}L{' '.join(pairs[1:])}{'Z' if closed else ''}"
