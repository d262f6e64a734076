"""The result of a study of many people, as tables, as a JSON object and in a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any, Final

import pandas as pd

from symmetry.cohort.responders import ANY_REGION
from symmetry.cohort.study import Study
from symmetry.cohort.wording import contrast_sentences, mean_sentences, missing_sentences, responder_sentences
from symmetry.tabular.cohort import COHORT_TABLES, OF_COHORT, typed
from symmetry.tabular.frames import frame_of_columns, layout_of
from symmetry.tabular.text import without_nan
from symmetry.version import __version__

OF_STUDY: Final = ("people", "changes", "sessions")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Cohort:
    """Group statistics of a before-and-after study.

    The tables are DataFrames with fixed columns, described in `docs/output.md`; what is not known is NaN.

    Attributes
    ----------
    study : Study
        What the statistics rest on.
    groups : tuple of str
        The control group is the last.
    control : str or None
        None without a control group.
    regions : tuple of str
    unit : str
        Of the regions; a clinical measure among them may have another.
    holm : bool
        Whether p is corrected for the number of regions (Holm); if not, `p_holm` is NaN and verdicts go by `p`.
    responders : DataFrame
        Who changed beyond their own error, beside the naive count and what noise alone would show.
    means : DataFrame
        Mean change of each group, its interval, effect size and tests.
    contrasts : DataFrame
        Each group against the control; empty without one.
    missing : DataFrame
        Who could not be judged and why, and sessions that were missed.
    dose : DataFrame
        Change against minutes of treatment and adherence, as far as they are known.
    ratings : DataFrame
        Change against how people rate themselves, as far as that is known.
    mixed : DataFrame
        Mixed model over all sessions; empty unless asked for.
    notes : tuple of str
        What to know before reading.
    """

    study: Study
    groups: tuple[str, ...]
    control: str | None
    regions: tuple[str, ...]
    unit: str
    holm: bool
    responders: pd.DataFrame
    means: pd.DataFrame
    contrasts: pd.DataFrame
    missing: pd.DataFrame
    dose: pd.DataFrame
    ratings: pd.DataFrame
    mixed: pd.DataFrame
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"Cohort({len(self.study.people)} people, groups={self.groups}, control={self.control!r}, "
            f"regions={self.regions})"
        )

    @property
    def answer(self) -> str:
        """What the study says, as one text."""
        return " ".join(self.sentences)

    @property
    def sentences(self) -> list[str]:
        """What the study says: how the groups did, notes, how many people responded, and who is missing."""
        told = mean_sentences(self.means) if self.control is None else contrast_sentences(self.contrasts, self.control)
        return [*told, *self.notes, *responder_sentences(self.responders), *missing_sentences(self.study)]

    def to_frame(self, of: str = "responders") -> pd.DataFrame:
        """Return one of the tables, with the columns and types described in `docs/output.md`.

        Parameters
        ----------
        of : str
            "responders", "means", "contrasts", "missing", "dose", "ratings", "mixed", or one of the tables that the
            statistics rest on: "people", "changes", "sessions".

        Raises
        ------
        TableError
            If there is no such table.
        """
        layout = layout_of(COHORT_TABLES, of)
        frame = self._table(of)
        return frame_of_columns({column: frame[column].tolist() for column in layout.columns}, layout)

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON object; unknown values are None. It leaves out the sessions, which are input."""
        tables = {name: self._table(name) for name in OF_COHORT}
        for name, column in (("missing", "reasons"), ("changes", "reason")):
            tables[name][column] = tables[name][column].astype(object).where(tables[name][column] != "", None)
        return without_nan(
            {
                "version": __version__,
                "answer": self.answer,
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
        return f"<p>{escape(self.answer)}</p>{shown.to_html(index=False, float_format='{:.0%}'.format, border=0)}"
