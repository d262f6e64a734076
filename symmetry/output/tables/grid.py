"""Tables that fit the screen, whatever they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

UNKNOWN: Final = "–"
T = TypeVar("T")


class FittedTable:
    """A table that is cut into several, one below the other, where it is too wide for the screen.

    The first column is repeated, so that no cell ever breaks.
    """

    def __init__(self, first: str, names: Sequence[Text | str]) -> None:
        self._columns: list[tuple[str, list[Text], bool]] = []
        self.add(first, names, left=True)

    def add(self, header: str, cells: Iterable[Text | str], *, left: bool = False) -> None:
        """Add a column to the right; its header and its cells may have several lines."""
        plain = [cell if isinstance(cell, Text) else Text(cell) for cell in cells]
        self._columns.append((header, plain, left))

    def each(
        self, header: str, items: Iterable[T | None], write: Callable[[T], Text | str], *, left: bool = False
    ) -> None:
        """Add a column with a cell for each item, a dash for None."""
        self.add(header, [UNKNOWN if item is None else write(item) for item in items], left=left)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Give as few tables as fit, from left to right."""
        names, *others = self._columns
        group = [names]
        for column in others:
            if len(group) > 1 and _width([*group, column]) > options.max_width:
                yield _table(group)
                group = [names]
            group.append(column)
        yield _table(group)


def _width(columns: Sequence[tuple[str, list[Text], bool]]) -> int:
    def of(header: str, cells: list[Text]) -> int:
        texts = (header, *(cell.plain for cell in cells))
        return max(cell_len(line) for text in texts for line in text.split("\n"))

    return sum(of(header, cells) + 2 for header, cells, _ in columns)


def _table(columns: Sequence[tuple[str, list[Text], bool]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for header, _, left in columns:
        table.add_column(Text(header), justify="left" if left else "right", overflow="fold")
    for row in zip(*(cells for _, cells, _ in columns), strict=True):
        table.add_row(*row)
    return table


def render(content: RenderableType, width: int = 100) -> str:
    """Plain text of a table, for files and pipes."""
    console = Console(width=width, color_system=None, force_terminal=False, legacy_windows=False)
    with console.capture() as captured:
        console.print(content)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def notes(*lines: str) -> list[RenderableType]:
    """Give what must be known to read a table."""
    return [Text(line, style="dim") for line in lines]
