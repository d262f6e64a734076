"""One page of a figure: a drawing area measured in pixels, 1200 wide, with the styles that all figures share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.patches import Polygon, Rectangle
from matplotlib.patheffects import AbstractPathEffect, withStroke
from matplotlib.textpath import TextPath
from numpy.typing import ArrayLike, NDArray

from symmetry.arrays import FloatArray
from symmetry.measure.quality.flags import Severity
from symmetry.measure.verdicts import IMPROVED, NOT_COMPARABLE, WORSE, Verdict

# Their look is that of the cards.
from symmetry.output.colours import (
    AMOUNT_STEPS,
    FULL_SCALE,
    INK,
    PAPER,
    QUIET,
    RULE,
    TREATMENT_DASHES,
    VERDICT_COLOURS,
)
from symmetry.output.figures.levelling import LevelledFace

WIDTH: Final = 1200
MARGIN: Final = 40
_DOTS_PER_INCH: Final = 100

HALO: Final = "#101418"

TITLE, HEADING, STRONG, BODY, SMALL = 30.0, 21.0, 19.0, 17.0, 16.5

AMOUNT: Final = LinearSegmentedColormap.from_list("amount", AMOUNT_STEPS)
"""Colours of an amount, pale for none to dark purple for much: their lightness alone tells them apart."""

FULL_MOVEMENT: Final = {"mm": 3.0, "% IPD": 5.0}
"""As `FULL_SCALE`, for movements, which are smaller."""

SIGNS: Final[dict[Severity, tuple[str, str]]] = {
    "reject": ("✖", "#b02a00"),
    "warn": ("⚠", "#9a6700"),
    "info": ("·", QUIET),
}
"""What stands before a flag, and its colour."""

TO_VERDICT: Final = 22.0
"""From a verdict's dot to its words."""
_TO_REMARK: Final = 28.0
_AFTER_REMARKS: Final = 10.0
_LINE_SPACING: Final = 1.36
_HINTED: Final = 1.04
"""Letters set on whole pixels take up to this much more room than their outlines."""
_FONT: Final = "DejaVu Sans"

Align = Literal["left", "center", "right"]
Weight = Literal["normal", "bold"]
Box = tuple[float, float, float, float]
"""Left, top, width, height."""


class Remark(NamedTuple):
    """A line about what a reader should mind; without a severity it tells how many more there are."""

    text: str
    severity: Severity | None = None


def amount_colour(amount: float, unit: str) -> tuple[float, float, float, float]:
    """Colour (red, green, blue, opacity) of an amount in "mm" or "% IPD"."""
    red, green, blue, opacity = AMOUNT(Normalize(0, FULL_SCALE[unit], clip=True)(amount))
    return float(red), float(green), float(blue), float(opacity)


class Page:
    """A drawing area 1200 pixels wide, x to the right and y down, as large as its figure allows.

    Parameters
    ----------
    figure : Figure or None
        Where to draw; one of the right size is made if there is none.
    height : float
        Of the page, in its pixels.
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
        """Typographic points of a length in the page's pixels."""
        return float(pixels * self._inches * 72)

    def halo(self, width: float, colour: str = PAPER, opacity: float = 1.0) -> list[AbstractPathEffect]:
        """Path effects that draw an outline `width` pixels wide behind a line or text."""
        return [withStroke(linewidth=self.points(width), foreground=colour, alpha=opacity)]

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = BODY,
        weight: Weight = "normal",
        colour: str = INK,
        align: Align = "left",
        name: str | None = None,
    ) -> None:
        """Write one line with its baseline at y; `name` becomes its `gid`."""
        self.axes.text(
            x,
            y,
            text,
            fontfamily=_FONT,
            fontsize=self.points(size),
            fontweight=weight,
            color=colour,
            ha=align,
            va="baseline",
            parse_math=False,
            gid=name,
        )

    def paragraph(self, y: float, text: str, *, left: float = MARGIN, colour: str = QUIET) -> float:
        """Write small lines from `left` to the right margin, the first baseline at y; return the next one's."""
        for line in wrap(text, WIDTH - MARGIN - left, size=SMALL):
            self.text(left, y, line, size=SMALL, colour=colour)
            y += line_height(SMALL)
        return y

    def remarks(self, y: float, lines: Sequence[Remark]) -> float:
        """Write what a reader should mind, the first baseline at y; return the next one's."""
        for remark in lines:
            if remark.severity is not None:
                sign, colour = SIGNS[remark.severity]
                self.text(MARGIN, y, sign, size=SMALL, weight="bold", colour=colour)
            y = self.paragraph(y, remark.text, left=MARGIN + _TO_REMARK, colour=INK)
        return y

    def caption(self, y: float, text: str, lines: Sequence[Remark] = ()) -> None:
        """Write what the reader of a figure should mind and, below that, what it shows."""
        y = self.remarks(y, lines)
        self.paragraph(y + (_AFTER_REMARKS if lines else 0.0), text)

    def picture(self, pixels: NDArray[Any], box: Box) -> None:
        """Lay pixels (h, w, 3) into a box."""
        left, top, width, height = box
        self.axes.imshow(
            pixels, extent=(left, left + width, top + height, top), aspect="auto", interpolation="antialiased"
        )

    def line(
        self, points: ArrayLike, *, colour: str, width: float, halo: float = 0.0, halo_colour: str = HALO, **style: Any
    ) -> None:
        """Draw a line through points (n, 2)."""
        x, y = np.asarray(points, dtype=np.float64).T
        effects = self.halo(width + 2 * halo, halo_colour, 0.75) if halo else None
        style = {"solid_capstyle": "round", "solid_joinstyle": "round"} | style
        self.axes.plot(x, y, color=colour, linewidth=self.points(width), path_effects=effects, **style)

    def treatment_start(self, x: float, top: float, bottom: float, **style: Any) -> None:
        """Draw the line at which a treatment begins."""
        style = {"dashes": TREATMENT_DASHES, "dash_capstyle": "butt"} | style
        self.line([(x, top), (x, bottom)], colour=INK, width=1.6, **style)

    def rule(self, y: float, *, colour: str = RULE) -> None:
        """Draw a thin line across the page."""
        self.axes.plot([MARGIN, WIDTH - MARGIN], [y, y], color=colour, linewidth=self.points(1.2))

    def swatch(self, x: float, y: float, colour: Any) -> None:
        """Draw a square of a colour, its lower left corner at (x, y)."""
        size = 15.0
        self.axes.add_patch(
            Rectangle((x, y - size), size, size, facecolor=colour, edgecolor=QUIET, linewidth=self.points(0.8))
        )

    def verdict(
        self, x: float, y: float, verdict: Verdict, text: str, *, size: float = BODY, weight: Weight = "bold"
    ) -> None:
        """Write a verdict in its colour with its baseline at y, behind a dot that is filled where something changed."""
        colour = VERDICT_COLOURS[verdict]
        self.axes.plot(
            [x + 7],
            [y - 0.36 * size],
            marker="_" if verdict == NOT_COMPARABLE else "o",
            markersize=self.points(12),
            markerfacecolor=colour if verdict in (IMPROVED, WORSE) else PAPER,
            markeredgecolor=colour,
            markeredgewidth=self.points(2.2),
            gid=verdict,
        )
        self.text(x + TO_VERDICT, y, text, size=size, weight=weight, colour=colour)

    def colour_bar(self, x: float, y: float, *, width: float, full: float, unit: str, title: str) -> None:
        """Draw a scale of amounts from 0 to `full`, its bar's upper edge at y and its title above."""
        high = 16.0
        self.text(x, y - 12, title, size=BODY)
        self.picture(AMOUNT(np.linspace(0, 1, 256))[None, :, :3], (x, y, width, high))
        tip = np.array([[x + width, y], [x + width + high, y + high / 2], [x + width, y + high]])
        self.axes.add_patch(Polygon(tip, facecolor=AMOUNT(1.0), edgecolor="none"))
        steps = range(int(full) + 1) if full <= 5 else range(0, int(full) + 1, 2)
        for tick in steps:
            at = x + width * tick / full
            self.line([(at, y + high), (at, y + high + 5)], colour=QUIET, width=1.2)
            label = f"{tick} {unit}" if tick == steps[-1] else f"{tick}"
            self.text(at, y + high + 23, label, size=SMALL, colour=QUIET, align="center")

    def sides(self, box: Box) -> None:
        """Write over a picture which side of the person is where."""
        left, top, width, _ = box
        self.text(left, top - 10, "person’s right", size=SMALL, colour=QUIET)
        self.text(left + width, top - 10, "person’s left", size=SMALL, colour=QUIET, align="right")

    def midline(self, levelled: LevelledFace, box: Box) -> None:
        """Draw the fitted midline over a levelled face."""
        self.midline_key(on_page(levelled.midline(), levelled, box))

    def midline_key(self, points: ArrayLike) -> None:
        """Draw a line as midlines are drawn: white dashes on dark, to be seen on any skin."""
        self.line(points, colour=HALO, width=2.4, alpha=0.7, gid="midline")
        self.line(points, colour="white", width=1.4, dashes=(6, 4), dash_capstyle="butt")


def on_page(points: FloatArray, levelled: LevelledFace, box: Box) -> FloatArray:
    """Place on the page of points (..., 2) of a crop that is laid into a box."""
    left, top, width, height = box
    rows, columns = levelled.pixels.shape[:2]
    return np.asarray([left, top] + (points + 0.5) / [columns, rows] * [width, height])


def line_height(size: float) -> float:
    """Distance between baselines of text."""
    return _LINE_SPACING * size


def caption_height(text: str, lines: Sequence[Remark] = ()) -> float:
    """Room that a caption takes, pixels."""
    count = len(wrap(text, WIDTH - 2 * MARGIN, size=SMALL))
    count += sum(len(wrap(remark.text, WIDTH - 2 * MARGIN - _TO_REMARK, size=SMALL)) for remark in lines)
    return count * line_height(SMALL) + (_AFTER_REMARKS if lines else 0.0)


def text_width(text: str, *, size: float, weight: Weight = "normal") -> float:
    """Width that a line of text may take, pixels."""
    return _HINTED * size * sum(_advance(character, weight) for character in text)


@lru_cache(maxsize=4096)
def _advance(character: str, weight: Weight) -> float:
    """Width of a character with the space beside it, at size 1."""
    font = FontProperties(family=_FONT, weight=weight)
    # An outline ends where its ink does: a mark behind the character tells where the next one begins.
    # A dollar sign would start a formula.
    alone, behind = (
        TextPath((0, 0), text, size=100, prop=font).get_extents().x1
        for text in ("|", f"{character}|".replace("$", "S"))
    )
    return float(behind - alone) / 100


def wrap(text: str, width: float, *, size: float) -> list[str]:
    """Break text into lines that are no wider than `width`."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size=size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def fit(text: str, width: float, *, size: float, weight: Weight = "normal") -> str:
    """Text that can be drawn and is no wider than `width`: its middle is left out if need be."""
    known = _characters()
    text = "".join(c if ord(c) in known else "?" for c in text)
    keep = len(text)
    shown = text
    while text_width(shown, size=size, weight=weight) > width and keep > 2:
        keep -= 1
        shown = f"{text[: (keep + 1) // 2]}…{text[len(text) - keep // 2 :]}"
    return shown


@lru_cache
def _characters() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family=_FONT))).get_charmap())
