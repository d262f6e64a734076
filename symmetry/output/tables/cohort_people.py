"""Table of a cohort with one line a person: who changed beyond their own error, where and by how much."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich.console import Group
from rich.text import Text

from symmetry.cohort import Cohort
from symmetry.landmarks.mesh import WHOLES
from symmetry.measure.verdicts import IMPROVED, NOT_COMPARABLE, WORSE, Verdict
from symmetry.measure.words import amount, title_of
from symmetry.output.tables.grid import FittedTable, notes
from symmetry.output.tables.layout import VERDICT_STYLES
from symmetry.tabular import printable
from symmetry.tabular.text import counted

_NOTE = "Beyond each person's own detectable change; whole face and lower face, which contain the others, are left out."


def cohort_people(cohort: Cohort) -> Group:
    """Name the people of a cohort, those who changed first: the surest change at the top."""
    changes = cohort.study.changes.loc[lambda rows: rows["region"].isin(cohort.regions)]
    of_each = changes.loc[~changes["region"].isin(WHOLES)]
    rows = [_Person(person, of_person) for person, of_person in of_each.groupby("person", sort=False, observed=True)]
    rows.sort(key=lambda row: (-row.surest, not row.known, row.name))
    table = FittedTable("person\n", [Text(printable(row.name)) for row in rows])
    if len(cohort.groups) > 1:
        table.add("group\n", [Text(printable(row.group)) for row in rows], left=True)
    table.add("more even\n", [row.listed(IMPROVED) for row in rows], left=True)
    table.add("less even\n", [row.listed(WORSE) for row in rows], left=True)
    table.add("cannot\nbe told", [row.unknown for row in rows])
    return Group(table, *notes(_NOTE))


class _Person:
    def __init__(self, name: Any, changes: pd.DataFrame) -> None:
        self.name, self.group = str(name), str(changes["group"].iloc[0])
        self._changes = changes
        self.known = bool((changes["verdict"] != NOT_COMPARABLE).any())
        changed = changes["verdict"].isin((IMPROVED, WORSE))
        times = (changes["change"].abs() / changes["mdc"]).where(changed)
        self.surest = float(times.max()) if times.notna().any() else 0.0

    def listed(self, verdict: Verdict) -> Text:
        """Regions of one verdict, each with how far it changed and the error."""
        rows = self._changes.loc[self._changes["verdict"] == verdict].itertuples()
        lines = [f"{title_of(str(row.region))} {amount(row.change, row.mdc, str(row.unit))}" for row in rows]
        return Text("\n".join(lines) or "–", style=VERDICT_STYLES[verdict] if lines else "")

    @property
    def unknown(self) -> str:
        of = int((self._changes["verdict"] == NOT_COMPARABLE).sum())
        return counted(of, "region") if of else ""
