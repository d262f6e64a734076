"""Layout of a table of results: its columns, their types, and how its rows come out of JSON objects."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal

Holds = Literal["text", "truth", "count", "number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Layout of a table, the same in CSV, JSON, parquet and pandas."""

    name: str  # command that writes it
    columns: tuple[str, ...]  # in order
    # columns of texts (also times, as ISO 8601), of booleans, and of whole numbers that are never missing. All other
    # columns are of numbers, NaN where one is unknown.
    texts: Collection[str]
    truths: Collection[str] = ()
    counts: Collection[str] = ()
    # turns the JSON of the command into rows by column; what a row leaves out is unknown
    rows: Callable[[Any], list[dict[str, Any]]]
    # keys by which the JSON object, or each object of its array, is recognised; empty for a table that is not read back
    keys: Collection[str] = ()

    def holds(self, column: str) -> Holds:
        """Type of a column."""
        if column in self.texts:
            return "text"
        if column in self.truths:
            return "truth"
        return "count" if column in self.counts else "number"
