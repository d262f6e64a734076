"""Matplotlib Axes with the look of all plots: sizes in points, room for text beside the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnchoredOffsetbox, DrawingArea, HPacker, TextArea, VPacker
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from symmetry.measure.words import sentence, title_of
from symmetry.output.colours import BASELINE, INK, PAPER, QUIET, RULE
from symmetry.output.course_chart import round_levels
from symmetry.output.typography import FONT, LINE_SPACING, TextStyle

THIN: Final = 0.1
"""Width of thin lines, as a multiple of the size of text."""
MORE_EVEN, LESS_EVEN = "← more even", "less even →"
"""Directions of a change, written beside its axis."""

_USUAL, _USUAL_WIDTH, _GROWTH = 7.0, 3.0, 0.45
"""Size of text in points on Axes of this width in inches, and its growth with each further inch."""
_SMALLEST, _LARGEST = 6.5, 11.0
_POINTS: Final = 72.0
_LEAST_ROOM: Final = 0.2
"""Share of the Axes left to the data at least."""
_HANDLE, _HANDLE_GAP, _KEY_GAP = 1.6, 0.5, 1.3
"""Widths in a legend, as multiples of the size of its text."""
_TICK: Final = 2.4
"""Width of a tick label with the room beside it, as a multiple of the size of text."""
_ON_DARK: Final = (BASELINE, RULE)
"""Colours of labels and of ticks around the Axes of a dark figure."""
_LUMINANCE: Final = (0.299, 0.587, 0.114)
_DARK: Final = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An entry of a legend: an area, a line or a mark, and its label."""

    label: str
    fill: str = ""  # colour of the area; empty for none
    line: tuple[str, ...] = ()  # colours of lines above each other; the first is also that of the mark
    opacity: float = 1.0  # opacity of the area
    width: float = 0.1  # width of the line, as a multiple of the size of text
    upright: bool = False  # whether the line is vertical
    marker: str = ""


class Canvas:
    """Axes measured in points.

    Parameters
    ----------
    axes : Axes
    size : float, optional
        Size of text in points; by default it follows the width of the Axes.
    above, below, beside : int
        Lines of text around the box of the Axes, for which a constrained layout leaves room.
    """

    def __init__(
        self, axes: Axes, size: float | None = None, *, above: int = 1, below: int = 1, beside: int = 2
    ) -> None:
        self.axes = axes
        self.ink, self.quiet = _ON_DARK if _is_dark(axes.figure) else (INK, QUIET)
        self._measure(size)
        figure = axes.figure
        engine = figure.get_layout_engine()
        if engine is not None:
            # Placeholders of the same size, so that the layout leaves room for the labels.
            axes.set_title("\n".join("X" * above), loc="left", **self._label("pad"))
            axes.set_xlabel("\n".join("X" * below), **self._label())
            axes.set_ylabel("\n".join("X" * beside), **self._label())
            if not beside:
                axes.set_yticks([])
            engine.execute(figure.figure)
            axes.set(xlabel="", ylabel="")
            axes.set_title("", loc="left")
            self._measure(size)
        axes.set_facecolor(PAPER)
        axes.set_axisbelow(True)
        # Style sheets may turn these on.
        axes.grid(False)
        axes.minorticks_off()
        axes.tick_params(direction="out", left=True, bottom=True, right=False, top=False)
        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set(color=QUIET, linewidth=self.thin)

    def _measure(self, size: float | None) -> None:
        axes = self.axes
        # Axes without extent must not fail.
        self.width, self.height = (
            max(length / axes.figure.dpi * _POINTS, 1.0) for length in (axes.bbox.width, axes.bbox.height)
        )
        grown = _USUAL + _GROWTH * (self.width / _POINTS - _USUAL_WIDTH)
        self.resize(float(np.clip(grown, _SMALLEST, _LARGEST)) if size is None else size)

    def resize(self, size: float) -> None:
        """Set the size of text, points."""
        self.size = size
        self.axes.tick_params(
            labelsize=size,
            labelfontfamily=FONT,
            labelcolor=self.quiet,
            color=self.quiet,
            width=self.thin,
            length=size * 0.4,
            pad=size * 0.35,
        )

    @property
    def plain(self) -> TextStyle:
        """Style of text inside the box; its size is in points."""
        return TextStyle(self.size)

    @property
    def bold(self) -> TextStyle:
        """The same in bold."""
        return TextStyle(self.size, "bold")

    @property
    def line(self) -> float:
        """Distance between baselines, points."""
        return self.plain.line

    @property
    def thin(self) -> float:
        """Width of thin lines, points."""
        return THIN * self.size

    def title(self, text: str) -> None:
        """Write a heading above the Axes, aligned left."""
        style = TextStyle(1.15 * self.size, "bold", self.ink)
        shown, options = style.fit(text, self.width), style.options(style.size)
        self.axes.set_title(shown, loc="left", pad=0.6 * self.size, **options)

    def label_x(self, *lines: str, at: float | None = None) -> None:
        """Label the x axis, centred on a value as far as the width allows."""
        lines = tuple(self.plain.fit(line, self.width) for line in lines)
        self.axes.set_xlabel("\n".join(lines), **self._label())
        if at is not None:
            self.axes.xaxis.label.set_x(self._centre(at, self.axes.get_xlim(), lines, self.width))

    def label_y(self, *lines: str, at: float) -> None:
        """Label the y axis, centred on a value as far as the height allows."""
        lines = tuple(self.plain.fit(line, self.height) for line in lines)
        self.axes.set_ylabel("\n".join(lines), **self._label())
        self.axes.yaxis.label.set_y(self._centre(at, self.axes.get_ylim(), lines, self.height))

    def _centre(self, at: float, ends: tuple[float, float], lines: Sequence[str], length: float) -> float:
        """Return the place of a value as a share of the axis, far enough from the ends for the lines."""
        half = min(max(map(self.plain.width, lines)) / length / 2, 0.5)
        return float(np.clip((at - ends[0]) / (ends[1] - ends[0]), half, 1 - half))

    def _label(self, pad: str = "labelpad") -> dict[str, Any]:
        style = self.plain.but(colour=self.ink)
        return style.options(self.size) | {pad: 0.5 * self.size, "linespacing": 1.25}

    def write(
        self,
        at: tuple[float, float],
        text: str,
        style: TextStyle | None = None,
        *,
        coords: Any = "data",
        offset: tuple[float, float] = (0.0, 0.0),
        **other: Any,
    ) -> None:
        """Write a line at a place, moved by an offset in points; other options are those of `Axes.annotate`."""
        options = (style or self.plain).options(self.size) | {"ha": "left", "va": "center"} | other
        place = {"xycoords": coords, "xytext": offset, "textcoords": "offset points", "annotation_clip": False}
        self.axes.annotate(text, at, **place, **options)

    def say(self, text: str, **other: Any) -> None:
        """Write what is missing in the middle of the Axes."""
        self.write((0.5, 0.5), text, self.plain.but(colour=QUIET), coords="axes fraction", ha="center", **other)

    def stroke(self, x: ArrayLike, y: ArrayLike, colour: str, width: float, **style: Any) -> None:
        """Draw a line, its width a multiple of the size of text."""
        self.axes.plot(x, y, color=colour, linewidth=width * self.size, **style)

    def marks(self, x: ArrayLike, y: ArrayLike, marker: str, size: float, **style: Any) -> None:
        """Draw marks, their size a multiple of that of text."""
        self.axes.plot(x, y, linestyle="none", marker=marker, markersize=size * self.size, **style)

    def area(self, x: ArrayLike, low: ArrayLike, high: ArrayLike, colour: str, **style: Any) -> None:
        """Fill the area between two curves."""
        self.axes.fill_between(x, low, high, facecolor=colour, edgecolor="none", **style)

    def longest(self, texts: Sequence[str], room: float) -> str:
        """Return the first text that fits into `room` points; the last one is shortened to fit."""
        return next((text for text in texts if self.plain.width(text) <= room), self.plain.fit(texts[-1], room))

    def span_y(self, low: float, high: float, *, above: float = 0.0, below: float = 0.0, most: int = 6) -> None:
        """Set the y axis to reach from `low` to `high`, with room in points above and below."""
        scale = (high - low) / max(self.height - above - below, _LEAST_ROOM * self.height)
        self.axes.set_ylim(low - below * scale, high + above * scale)
        ticks = round_levels(low, high, most)
        self.axes.set_yticks(ticks, [signed_tick(tick) for tick in ticks])
        self.axes.spines["left"].set_bounds(low, high)

    def span_x(self, low: float, high: float, *, before: float = 0.0, behind: float = 0.0) -> None:
        """Set the x axis to reach from `low` to `high`, with room in points before and behind."""
        room = max(self.width - before - behind, _LEAST_ROOM * self.width)
        scale = (high - low) / room
        self.axes.set_xlim(low - before * scale, high + behind * scale)
        ticks = round_levels(low, high, int(np.clip(round(room / (_TICK * self.size)), 2, 6)))
        self.axes.set_xticks(ticks, [signed_tick(tick) for tick in ticks])
        self.axes.spines["bottom"].set_bounds(low, high)

    def levels(self, *, right: float = 1.0) -> None:
        """Draw thin lines at the y ticks, up to a share of the width."""
        low, high = self.axes.get_xlim()
        for level in self.axes.get_yticks():
            ends = low, low + (high - low) * right
            self.stroke(ends, (level, level), RULE, THIN, zorder=0.1, gid="level")

    def legend_height(self, keys: Sequence[Key]) -> float:
        """Return the height of a legend in points."""
        return len(self._lines(keys)) * self.line + 0.5 * self.size

    def legend(self, keys: Sequence[Key]) -> None:
        """Draw a legend along the upper edge, in as many lines as needed."""
        lines: list[Artist] = [
            HPacker(children=[self._entry(key) for key in line], pad=0, sep=_KEY_GAP * self.size, align="baseline")
            for line in self._lines(keys)
        ]
        whole = VPacker(children=lines, pad=0, sep=0, align="left")
        box = AnchoredOffsetbox("upper left", child=whole, pad=0, borderpad=0, frameon=False)
        box.set_gid("legend")
        self.axes.add_artist(box)

    def _entry(self, key: Key) -> HPacker:
        wide, high = _HANDLE * self.size, self.size
        area = DrawingArea(wide, high)
        if key.fill:
            fill = Rectangle((0, 0), wide, 0.8 * high, facecolor=key.fill, edgecolor="none", alpha=key.opacity)
            area.add_artist(fill)
        for colour, y in zip(key.line, np.linspace(0.8, 0.0, len(key.line) + 2)[1:-1] * high, strict=True):
            ends = ([wide / 2] * 2, [0, 0.8 * high]) if key.upright else ([0, wide], [y] * 2)
            line = Line2D(*ends, color=colour, linewidth=key.width * self.size, solid_capstyle="butt")
            if key.fill:
                line.set_path_effects([withStroke(linewidth=2 * key.width * self.size, foreground=PAPER)])
            area.add_artist(line)
        if key.marker:
            mark = Line2D([wide / 2], [0.4 * high], color=key.line[0] if key.line else QUIET, linestyle="none")
            mark.set(marker=key.marker, markersize=0.6 * self.size, markeredgewidth=self.thin)
            area.add_artist(mark)
        style = {"family": FONT, "size": self.size, "color": INK, "linespacing": LINE_SPACING, "parse_math": False}
        text = TextArea(key.label, textprops=style)
        return HPacker(children=[area, text], pad=0, sep=_HANDLE_GAP * self.size, align="baseline")

    def _lines(self, keys: Sequence[Key]) -> list[list[Key]]:
        """Break a legend into lines no wider than the Axes."""
        lines: list[list[Key]] = []
        taken = 0.0
        for key in keys:
            wide = self.plain.width(key.label) + (_HANDLE + _HANDLE_GAP) * self.size
            if lines and taken + _KEY_GAP * self.size + wide <= self.width:
                lines[-1].append(key)
                taken += _KEY_GAP * self.size + wide
            else:
                lines.append([key])
                taken = wide
        return lines


def _is_dark(figure: Figure | SubFigure) -> bool:
    """Return whether the background of a figure is dark; a transparent one lies on white."""
    shade = 1.0
    for part in (figure.figure, figure):
        *colour, opacity = to_rgba(part.get_facecolor())
        shade = (1 - opacity) * shade + opacity * float(np.dot(colour, _LUMINANCE))
    return shade < _DARK


def signed_tick(value: float) -> str:
    """Write a tick label with a true minus sign."""
    return f"{value:g}".replace("-", "−")


def signed_number(number: float) -> str:
    """Write a number with two digits and a true minus sign."""
    return f"{number:.2f}".replace("-0.00", "0.00").replace("-", "−")


def region_title(name: str) -> str:
    """Name a region or measure as a heading."""
    return sentence(title_of(name))


def in_unit(text: str, unit: str) -> str:
    """Append a unit after a comma."""
    return f"{text}, {unit}" if unit else text
