"""A table around a plot: names on the left, numbers on the right, one scale below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from symmetry.output.colours import INK, QUIET, RULE
from symmetry.output.plots.canvas import THIN, Canvas, Key
from symmetry.output.typography import LINE_SPACING, TextStyle, Weight

if TYPE_CHECKING:
    import pandas as pd

_INDENT: Final = 0.9
_NAMES_SHARE: Final = 0.36
"""Largest share of the width for the names."""
_PLOT_SHARE: Final = 0.25
"""Smallest share of the width for the plot."""
_GAP: Final = 1.1
_BETWEEN, _BELOW_ANOTHER = 0.55, 0.3
"""Room between blocks, and between rows of several lines, in lines of text."""
_LEAST: Final = 4.0
"""Smallest size of text in points, however low the Axes are."""
_SLACK: Final = 0.01
"""Tolerance in points, so that rounding does not shorten the longest name."""
HEAD: Final = 1.3
"""Room of the headings, in lines of text."""
_COORDS: Final = ("axes fraction", "data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A number on the right of a row."""

    text: str
    colour: str = INK
    weight: Weight = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table."""

    name: str
    cells: tuple[tuple[Cell, ...], ...] = ()  # lines of numbers; empty in a heading
    weight: Weight = "normal"
    indented: bool = False  # whether the row belongs to a heading
    first: bool = False  # whether the row begins a block

    @property
    def height(self) -> int:
        """Lines of text."""
        return max(len(self.cells), 1)

    @property
    def space(self) -> float:
        """Room above it, in lines of text."""
        return _BETWEEN if self.first else _BELOW_ANOTHER if self.height > 1 else 0.0


def rows_by_region(
    frame: pd.DataFrame, title: Callable[[str], str], cells: Callable[[dict[str, Any]], tuple[tuple[Cell, ...], ...]]
) -> list[tuple[Row, Any]]:
    """Make the rows of a table from a frame with columns `region` and `group`.

    Parameters
    ----------
    frame : DataFrame
    title : callable
        Heading of a region.
    cells : callable
        Lines of numbers for a row of the frame.

    Returns
    -------
    list of (Row, dict or None)
        Rows and what is drawn in them: a row of the frame, or None in a heading.
    """
    rows: list[tuple[Row, Any]] = []
    for region, own in frame.groupby("region", sort=False):
        name = title(str(region))
        if len(own) == 1:
            (found,) = own.to_dict("records")
            rows.append((Row(name=name, cells=cells(found), weight="bold", first=True), found))
            continue
        rows.append((Row(name=name, weight="bold", first=True), None))
        for found in own.to_dict("records"):
            group = f"{found['group']} − {found['control']}" if "control" in found else str(found["group"])
            rows.append((Row(name=group, cells=cells(found), indented=True), found))
    return rows


def row_count(rows: Sequence[Row]) -> float:
    """Return the height of a table with its headings, in lines of text."""
    return HEAD + sum(row.height + row.space for row in rows)


class RowTable:
    """Names, numbers, and between them room for data.

    Attributes
    ----------
    places : list of float
        Middle of each row on the y axis, in lines of text.
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
        canvas.resize(max(min(canvas.size, (canvas.height - above) / (total * LINE_SPACING)), _LEAST))
        above = canvas.legend_height(legend) if legend else 0.0
        self.canvas = canvas
        line = (canvas.height - above) / total
        # The legend stands above the headings: below, it would separate the data from their scale.
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
            canvas.stroke([level, level], [HEAD, total], RULE, THIN, zorder=0.5, gid="level")
        self.places = self._write(rows, headings, names)

    def _style(self, cell: Row | Cell) -> TextStyle:
        return TextStyle(self.canvas.size, cell.weight, cell.colour if isinstance(cell, Cell) else INK)

    def _widths(self, rows: Sequence[Row], headings: Sequence[str]) -> tuple[float, list[float]]:
        names = max((self._style(row).width(row.name) + self._indent(row) for row in rows), default=0.0)
        widths = [self.canvas.plain.width(heading) for heading in headings]
        for row in rows:
            for cells in row.cells:
                own = [self._style(cell).width(cell.text) for cell in cells]
                widths = [max(pair) for pair in zip(widths, own, strict=True)]
        return names, widths

    def _indent(self, row: Row) -> float:
        return _INDENT * self.canvas.size if row.indented else 0.0

    def _write(self, rows: Sequence[Row], headings: Sequence[str], names: float) -> list[float]:
        canvas = self.canvas
        self._write_cells(0.5, [Cell(text=heading, colour=QUIET) for heading in headings], "heading")
        y, places = HEAD, []
        for row in rows:
            y += row.space
            middle, style = y + row.height / 2, self._style(row)
            # A heading may extend over the plot: nothing is drawn in its row.
            room = names - self._indent(row) + _SLACK if row.cells else canvas.width
            place, offset = (0.0, middle), (self._indent(row), 0.0)
            canvas.write(place, style.fit(row.name, room), style, coords=_COORDS, offset=offset, gid="name")
            for number, cells in enumerate(row.cells):
                self._write_cells(y + number + 0.5, cells, "number")
            places.append(middle)
            y += row.height
        return places

    def _write_cells(self, y: float, cells: Sequence[Cell], name: str) -> None:
        for right, cell in zip(self.right, cells, strict=True):
            place = (right / self.canvas.width, y)
            self.canvas.write(place, cell.text, self._style(cell), coords=_COORDS, ha="right", gid=name)
