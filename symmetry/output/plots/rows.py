"""A table with a plot in its middle: names on the left, numbers on the right, one scale below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from symmetry.output.colours import INK, QUIET, RULE
from symmetry.output.figures.page import Weight
from symmetry.output.plots.canvas import LINE, Canvas, Key

_INDENT: Final = 0.9
_NAMES_SHARE: Final = 0.36
"""Share of the width that the names take at most."""
_PLOT_SHARE: Final = 0.25
"""Share of the width that is left to the plot at least."""
_GAP: Final = 1.1
_BETWEEN, _BELOW_ANOTHER = 0.55, 0.3
"""Room between blocks, and between rows of several lines, in lines of text."""
_LEAST: Final = 4.0
"""Text is no smaller than this, points, however low the Axes are."""
_SLACK: Final = 0.01
"""Rounding must not shorten the longest name, points."""
HEAD: Final = 1.3
"""Room of the headings, in lines of text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A number on the right of a row."""

    text: str
    colour: str = INK
    weight: Weight = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table.

    Attributes
    ----------
    name : str
        On the left.
    cells : tuple of tuple of Cell
        Lines of numbers on the right, one below the other; a row is as high as it has lines. None: a heading.
    weight : str
    indented : bool
        Whether it stands below a heading.
    first : bool
        Whether a block begins with it.
    """

    name: str
    cells: tuple[tuple[Cell, ...], ...] = ()
    weight: Weight = "normal"
    indented: bool = False
    first: bool = False

    @property
    def height(self) -> int:
        """Lines of text."""
        return max(len(self.cells), 1)

    @property
    def space(self) -> float:
        """Room above it, in lines of text."""
        return _BETWEEN if self.first else _BELOW_ANOTHER if self.height > 1 else 0.0


def row_count(rows: Sequence[Row]) -> float:
    """Measure a table with its headings, in lines of text."""
    return HEAD + sum(row.height + row.space for row in rows)


class RowTable:
    """Names, numbers, and between them room for data from `low` to `high`.

    Attributes
    ----------
    places : list of float
        Middle of each row on the y axis, whose unit is a line of text.
    """

    def __init__(
        self,
        canvas: Canvas,
        rows: Sequence[Row],
        *,
        headings: Sequence[str],
        ends: tuple[float, float],
        legend: Sequence[Key] = (),
    ) -> None:
        axes = canvas.axes
        total = row_count(rows)
        above = canvas.legend_height(legend) if legend else 0.0
        canvas.resize(max(min(canvas.size, (canvas.height - above) / (total * LINE)), _LEAST))
        above = canvas.legend_height(legend) if legend else 0.0
        self.canvas = canvas
        line = (canvas.height - above) / total
        # A legend stands over the headings: below would part the data from their scale.
        axes.set_ylim(total, -above / line)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        names, widths = self._widths(rows, headings)
        gap = _GAP * canvas.size
        behind = sum(widths) + gap * len(widths)
        room = (1 - _PLOT_SHARE) * canvas.width - behind - 2 * gap
        names = max(min(names, _NAMES_SHARE * canvas.width, room), 2 * canvas.size)
        canvas.span_x(*ends, before=names + gap, behind=behind + gap)
        self.right = [canvas.width - sum(widths[at + 1 :]) - gap * (len(widths) - at - 1) for at in range(len(widths))]
        if legend:
            canvas.legend(legend)
        for level in axes.get_xticks():
            axes.plot([level, level], [HEAD, total], color=RULE, linewidth=canvas.thin, zorder=0.5, gid="level")
        self.places = self._write(rows, headings, names)

    def _widths(self, rows: Sequence[Row], headings: Sequence[str]) -> tuple[float, list[float]]:
        canvas = self.canvas
        names = max((canvas.wide(row.name, weight=row.weight) + self._indent(row) for row in rows), default=0.0)
        widths = [canvas.wide(heading) for heading in headings]
        for row in rows:
            for cells in row.cells:
                for at, cell in enumerate(cells):
                    widths[at] = max(widths[at], canvas.wide(cell.text, weight=cell.weight))
        return names, widths

    def _indent(self, row: Row) -> float:
        return _INDENT * self.canvas.size if row.indented else 0.0

    def _write(self, rows: Sequence[Row], headings: Sequence[str], names: float) -> list[float]:
        canvas = self.canvas
        coords = ("axes fraction", "data")
        for right, heading in zip(self.right, headings, strict=True):
            canvas.write(
                (right / canvas.width, 0.5), heading, coords=coords, colour=QUIET, align="right", name="heading"
            )
        y, places = HEAD, []
        for row in rows:
            y += row.space
            middle = y + row.height / 2
            # A heading may reach over the plot: nothing is drawn in its row.
            room = names - self._indent(row) + _SLACK if row.cells else canvas.width
            canvas.write(
                (0.0, middle),
                canvas.fitted(row.name, room, weight=row.weight),
                coords=coords,
                offset=(self._indent(row), 0.0),
                weight=row.weight,
                name="name",
            )
            for number, cells in enumerate(row.cells):
                for right, cell in zip(self.right, cells, strict=True):
                    canvas.write(
                        (right / canvas.width, y + number + 0.5),
                        cell.text,
                        coords=coords,
                        colour=cell.colour,
                        weight=cell.weight,
                        align="right",
                        name="number",
                    )
            places.append(middle)
            y += row.height
        return places
