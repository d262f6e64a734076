"""A series of photos of one person, and how it shows itself: in a line, in a notebook, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from symmetry.series.as_dict import series_as_dict
from symmetry.series.result import SeriesResult
from symmetry.series.wording import line_of
from symmetry.tabular import SERIES_TABLES, to_frame

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Series(SeriesResult):
    """A series of photos of one person; what it holds stands at `SeriesResult`."""

    def __repr__(self) -> str:
        return f"<Series {line_of(self)}>"

    def _repr_html_(self) -> str:
        from symmetry.output.cards.of_series import card_of

        return card_of(self)

    def to_dict(self) -> dict[str, Any]:
        """Give the result as a JSON object, as `symmetry series` writes it; what is not known is None."""
        return series_as_dict(self)

    def to_frame(self, of: Literal["session", "series", "left_out"] = "session") -> DataFrame:
        """Give the result as a table, with the columns that docs/output.md lists.

        Parameters
        ----------
        of : {"session", "series", "left_out"}
            Rows of the CSV of `symmetry series`, with the columns that such rows fill: a row a session and number, a
            row a number for the whole series, or a row a photo that does not count.

        Raises
        ------
        TableError
            If `of` is none of them.
        """
        return to_frame(self.to_dict(), SERIES_TABLES, of)
