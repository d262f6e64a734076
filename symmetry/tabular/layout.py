"""What a table of results is: its columns, what they hold, and the JSON objects whose rows it shows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal

Holds = Literal["text", "truth", "count", "number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Layout of a table, the same whichever form it is written in.

    Attributes
    ----------
    name : str
        The command that writes it.
    columns : tuple of str
        In their order; never renamed lightly.
    texts, truths, counts : collection of str
        Columns that hold texts (times too: ISO 8601), true or false, and whole numbers that are never missing.
        All others hold numbers, NaN where one is not known.
    rows : callable
        Turns what the JSON of the command holds into rows, by column; what a row leaves out is not known.
    keys : collection of str
        Keys that tell the JSON object, or each one of its array, from that of other commands; empty for a table that
        is not read back.
    """

    name: str
    columns: tuple[str, ...]
    texts: Collection[str]
    truths: Collection[str] = ()
    counts: Collection[str] = ()
    rows: Callable[[Any], list[dict[str, Any]]]
    keys: Collection[str] = ()

    def holds(self, column: str) -> Holds:
        """Tell what a column holds."""
        if column in self.texts:
            return "text"
        if column in self.truths:
            return "truth"
        return "count" if column in self.counts else "number"
