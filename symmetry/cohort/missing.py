"""Missing data: people who could not be compared and why, and sessions that were missed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from symmetry.cohort.study import Study
from symmetry.measure.verdicts import NOT_COMPARABLE

_KEYS = ["region", "group"]


def missing_frame(study: Study, groups: tuple[str, ...]) -> pd.DataFrame:
    """Count people who could not be compared and missed sessions, in each region and group.

    Sessions are those in which the region has a value; of people with changes only, those of the table of people.
    """
    changes = study.changes.assign(stopped=study.changes["verdict"] == NOT_COMPARABLE)
    about = study.people.set_index("person")
    changes["planned"] = changes["person"].map(about["planned"])
    known = study.sessions.loc[study.sessions["value"].notna()]
    had = known.groupby(["person", "region"], observed=True).size()
    had = had.reindex(pd.MultiIndex.from_frame(changes[["person", "region"]]), fill_value=0).to_numpy(dtype=np.float64)
    followed = changes["person"].isin(set(study.sessions["person"]))
    changes["sessions"] = np.where(followed, had, changes["person"].map(about["sessions"]))
    changes["missing_sessions"] = (changes["planned"] - changes["sessions"]).clip(lower=0.0)
    by = changes.groupby(_KEYS, sort=False, observed=True)
    counted = by.agg(people=("person", "size"), not_comparable=("stopped", "sum"))
    counted["measured"] = counted["people"] - counted["not_comparable"]
    for name in ("sessions", "planned", "missing_sessions"):
        counted[name] = by[name].sum(min_count=1)
    counted["reasons"] = _reasons(changes.loc[changes["stopped"]]).reindex(counted.index).fillna("")
    every = pd.MultiIndex.from_product([study.regions, groups], names=_KEYS)
    return counted.reindex(every).reset_index()


def _reasons(stopped: pd.DataFrame) -> pd.Series:
    """Texts such as "no comparison: 3; light_differs: 1", the most frequent first."""
    counts = stopped.groupby([*_KEYS, "reason"], observed=True).size().reset_index(name="count")
    counts = counts.sort_values("count", ascending=False, kind="stable")
    counts["text"] = counts["reason"] + ": " + counts["count"].astype(str)
    return counts.groupby(_KEYS, observed=True)["text"].agg("; ".join)
