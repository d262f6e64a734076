"""The page of a figure: a drawing area 1200 pixels wide, with the parts that all figures share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from matplotlib.patheffects import AbstractPathEffect, withStroke
from numpy.typing import ArrayLike, NDArray

from symmetry.arrays import FloatArray
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import Severity
from symmetry.measure.verdicts import IMPROVED, NOT_COMPARABLE, WORSE, Verdict
from symmetry.output.colours import (
    AMOUNT_STEPS,
    FLAG_SIGNS,
    HALO,
    INK,
    NOT_SEEN_COLOUR,
    PAPER,
    QUIET,
    RULE,
    TREATMENT_DASHES,
    VERDICT_COLOURS,
    amount_rgb,
)
from symmetry.output.figures.levelling import LevelledFace
from symmetry.output.layout import Box
from symmetry.output.typography import ABOUT, BODY, NOTE, SMALL, TITLE, Align, TextStyle
from symmetry.output.words import NOT_SEEN, day_of, name_of

WIDTH: Final = 1200
MARGIN: Final = 40
ROOM: Final = WIDTH - 2 * MARGIN
HEAD: Final = 86.0
"""Baseline of the line below the title."""
TO_VERDICT: Final = 22.0
"""From the dot of a verdict to its words."""
_DOTS_PER_INCH: Final = 100
_TO_REMARK: Final = 28.0
_AFTER_REMARKS: Final = 10.0
_BAR: Final = 16.0
"""Height of a colour bar."""


class Remark(NamedTuple):
    """A line about what limits the results; without a severity, a count of further ones."""

    text: str
    severity: Severity | None = None


class Page:
    """A drawing area 1200 pixels wide, x to the right and y down, as large as its figure allows.

    Parameters
    ----------
    figure : Figure or None
        Where to draw; by default a new figure of the right size.
    height : float
        Height of the page in its pixels.
    """

    def __init__(self, figure: Figure | None, *, height: float) -> None:
        if figure is None:
            size = (WIDTH / _DOTS_PER_INCH, height / _DOTS_PER_INCH)
            figure = Figure(figsize=size, dpi=_DOTS_PER_INCH, facecolor=PAPER)
        self.figure = figure
        wide, high = figure.get_size_inches()
        self._inches = min(wide / WIDTH, high / height)
        share_x, share_y = self._inches * WIDTH / wide, self._inches * height / high
        self.axes = figure.add_axes(
            ((1 - share_x) / 2, (1 - share_y) / 2, share_x, share_y),
            facecolor=PAPER,
            xlim=(0, WIDTH),
            ylim=(height, 0),
            autoscale_on=False,
            xticks=[],
            yticks=[],
        )
        for spine in self.axes.spines.values():
            spine.set_visible(False)

    def points(self, pixels: float) -> float:
        """Convert a length from pixels of the page to typographic points."""
        return float(pixels * self._inches * 72)

    def halo(self, width: float, colour: str = PAPER, opacity: float = 1.0) -> list[AbstractPathEffect]:
        """Return path effects that outline a line or text by `width` pixels."""
        return [withStroke(linewidth=self.points(width), foreground=colour, alpha=opacity)]

    def text(
        self, x: float, y: float, text: str, style: TextStyle = BODY, *, align: Align = "left", **other: Any
    ) -> None:
        """Write one line with its baseline at y; other options are those of `Axes.text`."""
        other = style.options(self.points(style.size)) | {"ha": align, "va": "baseline"} | other
        self.axes.text(x, y, text, **other)

    def lines(self, y: float, lines: Sequence[str], style: TextStyle = BODY, *, left: float = MARGIN) -> float:
        """Write lines below each other, the first baseline at y; return the next baseline."""
        for line in lines:
            self.text(left, y, line, style)
            y += style.line
        return y

    def head(self, title: str, *about: str) -> float:
        """Write the title of the page and lines below it; return the next baseline."""
        self.text(MARGIN, 54, title, TITLE)
        return self.lines(HEAD, about, ABOUT)

    def caption(self, y: float, text: str, remarks: Sequence[Remark] = ()) -> None:
        """Write what limits the results and what the figure shows, the first baseline at y."""
        for remark in remarks:
            if remark.severity is not None:
                sign, colour = FLAG_SIGNS[remark.severity]
                self.text(MARGIN, y, sign, SMALL.but(weight="bold", colour=colour))
            y = self.lines(y, SMALL.wrap(remark.text, ROOM - _TO_REMARK), SMALL, left=MARGIN + _TO_REMARK)
        self.lines(y + (_AFTER_REMARKS if remarks else 0.0), NOTE.wrap(text, ROOM), NOTE)

    def picture(self, pixels: NDArray[Any], box: Box) -> None:
        """Lay pixels (h, w, 3) into a box."""
        extent = (box.left, box.right, box.bottom, box.top)
        self.axes.imshow(pixels, extent=extent, aspect="auto", interpolation="antialiased")

    def line(
        self, points: ArrayLike, *, colour: str, width: float, halo: float = 0.0, halo_colour: str = HALO, **style: Any
    ) -> None:
        """Draw a line through points (n, 2)."""
        x, y = np.asarray(points, dtype=np.float64).T
        effects = self.halo(width + 2 * halo, halo_colour, 0.75) if halo else None
        style = {"solid_capstyle": "round", "solid_joinstyle": "round"} | style
        self.axes.plot(x, y, color=colour, linewidth=self.points(width), path_effects=effects, **style)

    def mark(self, at: ArrayLike, size: float, *, fill: str, edge: str = PAPER, width: float, **style: Any) -> None:
        """Draw marks at a point (2,) or points (n, 2), with an edge `width` pixels wide."""
        x, y = np.asarray(at, dtype=np.float64).reshape(-1, 2).T
        look: dict[str, Any] = {
            "marker": "o",
            "markersize": self.points(size),
            "markerfacecolor": fill,
            "markeredgecolor": edge,
            "markeredgewidth": self.points(width),
        }
        self.axes.plot(x, y, linestyle="none", **(look | style))

    def area(self, box: Box, colour: str, **style: Any) -> None:
        """Fill a box."""
        style = {"facecolor": colour, "edgecolor": "none"} | style
        self.axes.add_patch(Rectangle((box.left, box.top), box.width, box.height, **style))

    def outline(self, points: FloatArray, colour: str, **style: Any) -> None:
        """Fill an outline (n, 2)."""
        self.axes.add_patch(Polygon(points, facecolor=colour, edgecolor="none", **style))

    def rule(self, y: float) -> None:
        """Draw a thin line across the page."""
        self.line([(MARGIN, y), (WIDTH - MARGIN, y)], colour=RULE, width=1.2, solid_capstyle="projecting")

    def treatment_start(self, x: float, top: float, bottom: float, **style: Any) -> None:
        """Draw the line at which a treatment begins."""
        style = {"dashes": TREATMENT_DASHES, "dash_capstyle": "butt"} | style
        self.line([(x, top), (x, bottom)], colour=INK, width=1.6, **style)

    def swatch(self, x: float, y: float, colour: str) -> None:
        """Draw a square of a colour, its lower left corner at (x, y)."""
        self.area(Box(x, y - 15, 15, 15), colour, edgecolor=QUIET, linewidth=self.points(0.8))

    def verdict(self, x: float, y: float, verdict: Verdict, text: str, style: TextStyle) -> None:
        """Write a verdict in its colour, its baseline at y, after a dot that is filled where something changed."""
        colour = VERDICT_COLOURS[verdict]
        fill = colour if verdict in (IMPROVED, WORSE) else PAPER
        marker = "_" if verdict == NOT_COMPARABLE else "o"
        self.mark((x + 7, y - 0.36 * style.size), 12, fill=fill, edge=colour, width=2.2, marker=marker, gid=verdict)
        self.text(x + TO_VERDICT, y, text, style.but(colour=colour))

    def colour_bar(self, y: float, *, full: float, unit: str, title: str, gaps: bool) -> None:
        """Draw the scale of amounts from 0 to `full`, its upper edge at y; `gaps` adds the colour of unknown ones."""
        box = Box(MARGIN, y, 330, _BAR)
        self.text(box.left, y - 12, title)
        self.picture(amount_rgb(np.linspace(0, 1, 256))[None].astype(np.uint8), box)
        tip = np.array([[box.right, y], [box.right + _BAR, y + _BAR / 2], [box.right, box.bottom]])
        self.outline(tip, AMOUNT_STEPS[-1])
        steps = range(int(full) + 1) if full <= 5 else range(0, int(full) + 1, 2)
        for tick in steps:
            at = box.left + box.width * tick / full
            self.line([(at, box.bottom), (at, box.bottom + 5)], colour=QUIET, width=1.2)
            label = f"{tick} {unit}" if tick == steps[-1] else f"{tick}"
            self.text(at, box.bottom + 23, label, NOTE, align="center")
        if gaps:
            self.swatch(420, y + 15, NOT_SEEN_COLOUR)
            self.text(444, y + 15, NOT_SEEN)

    def sides(self, box: Box) -> None:
        """Write above a picture which side of the person is where."""
        self.text(box.left, box.top - 10, "person’s right", NOTE)
        self.text(box.right, box.top - 10, "person’s left", NOTE, align="right")

    def midline(self, levelled: LevelledFace, box: Box) -> None:
        """Draw the fitted midline over a levelled face."""
        self.midline_key(on_page(levelled.midline(), levelled, box))

    def midline_key(self, points: ArrayLike) -> None:
        """Draw a line in the style of midlines: white dashes on dark, visible on any skin."""
        self.line(points, colour=HALO, width=2.4, alpha=0.7, gid="midline")
        self.line(points, colour="white", width=1.4, dashes=(6, 4), dash_capstyle="butt")


def on_page(points: FloatArray, levelled: LevelledFace, box: Box) -> FloatArray:
    """Convert points (..., 2) from a crop that fills a box to the page."""
    rows, columns = levelled.pixels.shape[:2]
    return np.asarray([box.left, box.top] + (points + 0.5) / [columns, rows] * [box.width, box.height])


def caption_height(text: str, remarks: Sequence[Remark] = ()) -> float:
    """Return the height of a caption in pixels."""
    count = len(NOTE.wrap(text, ROOM)) + sum(len(SMALL.wrap(remark.text, ROOM - _TO_REMARK)) for remark in remarks)
    return count * NOTE.line + (_AFTER_REMARKS if remarks else 0.0)


def subtitle(face: FaceAnalysis, title: str | None, room: float = ROOM) -> str:
    """Name a photo by a title or its file, and the day it was taken."""
    return ABOUT.fit(" · ".join(filter(None, (name_of(face) if title is None else title, day_of(face)))), room)
