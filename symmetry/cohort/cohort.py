"""A study of many people, and how it shows itself: in a line, in a notebook, as tables and as data."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any, Final

import pandas as pd

from symmetry.cohort.responders import ANY_REGION
from symmetry.cohort.result import CohortResult
from symmetry.cohort.wording import answer
from symmetry.tabular.cohort import COHORT_TABLES, OF_COHORT, typed
from symmetry.tabular.frames import frame_of_columns, layout_of
from symmetry.tabular.text import without_nan
from symmetry.version import __version__

OF_STUDY: Final = ("people", "changes", "sessions")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Cohort(CohortResult):
    """Group statistics of a before-and-after study; what it holds stands at `CohortResult`."""

    def __repr__(self) -> str:
        return (
            f"Cohort({len(self.study.people)} people, groups={self.groups}, control={self.control!r}, "
            f"regions={self.regions})"
        )

    @property
    def answer(self) -> str:
        """What the study says, in sentences."""
        return answer(self)

    def to_frame(self, of: str = "responders") -> pd.DataFrame:
        """Give one of the tables, with the columns and types of `docs/output.md`.

        Parameters
        ----------
        of : str
            "responders", "means", "contrasts", "missing", "dose", "ratings", "mixed", or what they rest on: "people",
            "changes", "sessions".

        Raises
        ------
        TableError
            If there is no such table.
        """
        layout = layout_of(COHORT_TABLES, of)
        frame = self._table(of)
        return frame_of_columns({column: frame[column].tolist() for column in layout.columns}, layout)

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON object; what is not known is null. The sessions are what was given, and not in it."""
        tables = {name: self._table(name) for name in OF_COHORT}
        for name, column in (("missing", "reasons"), ("changes", "reason")):
            tables[name][column] = tables[name][column].astype(object).where(tables[name][column] != "", None)
        return without_nan(
            {
                "version": __version__,
                "answer": answer(self),
                "groups": list(self.groups),
                "control": self.control,
                "regions": list(self.regions),
                "unit": self.unit,
                "holm": self.holm,
                "notes": list(self.notes),
                **{name: frame.to_dict(orient="records") for name, frame in tables.items()},
            }
        )

    def _table(self, of: str) -> pd.DataFrame:
        return typed(of, getattr(self.study if of in OF_STUDY else self, of))

    def _repr_html_(self) -> str:
        columns = ["region", "group", "measured", "improved", "share", "share_low", "share_high", "naive_share"]
        shown = self.responders.loc[self.responders["region"].isin([*self.regions[:3], ANY_REGION]), columns]
        return f"<p>{escape(answer(self))}</p>{shown.to_html(index=False, float_format='{:.0%}'.format, border=0)}"
