"""Who could not be judged and why, and which sessions were missed: nothing is dropped without a word."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from symmetry.cohort.study import Study
from symmetry.measure.verdicts import NOT_COMPARABLE
from symmetry.tabular.cohort import MISSING_COLUMNS


def missing_frame(study: Study, groups: tuple[str, ...]) -> pd.DataFrame:
    """Count, in each region and group, who could not be judged and the sessions that were missed.

    Sessions are those in which anything of the region is known.
    """
    changes = study.changes.assign(stopped=study.changes["verdict"] == NOT_COMPARABLE)
    about = study.people.set_index("person")
    changes["planned"] = changes["person"].map(about["planned"])
    # Of those who were compared, and not followed, the table of people tells.
    followed = changes["person"].isin(set(study.sessions["person"]))
    changes["sessions"] = np.where(followed, _sessions_had(study), changes["person"].map(about["sessions"]))
    changes["missing_sessions"] = (changes["planned"] - changes["sessions"]).clip(lower=0.0)
    by = changes.groupby(["region", "group"], sort=False, observed=True)
    counted = by.agg(people=("person", "size"), not_comparable=("stopped", "sum"))
    counted["measured"] = counted["people"] - counted["not_comparable"]
    for name in ("sessions", "planned", "missing_sessions"):
        counted[name] = by[name].sum(min_count=1)
    counted["reasons"] = _reasons(changes.loc[changes["stopped"]]).reindex(counted.index).fillna("")
    every = pd.MultiIndex.from_product([study.regions, groups], names=["region", "group"])
    return counted.reindex(every).reset_index().loc[:, list(MISSING_COLUMNS)]


def _sessions_had(study: Study) -> NDArray[np.float64]:
    """Sessions in which anything is known, of each row of the changes."""
    known = study.sessions.loc[study.sessions["value"].notna()]
    had = known.groupby(["person", "region"], observed=True).size()
    keys = pd.MultiIndex.from_frame(study.changes[["person", "region"]])
    return np.asarray(had.reindex(keys, fill_value=0), dtype=np.float64)


def _reasons(stopped: pd.DataFrame) -> pd.Series:
    """Texts such as "no comparison: 3; light_differs: 1", the most frequent first."""
    keys = ["region", "group"]
    counts = stopped.groupby([*keys, "reason"], observed=True).size().reset_index(name="count")
    counts = counts.sort_values("count", ascending=False, kind="stable")
    counts["text"] = counts["reason"] + ": " + counts["count"].astype(str)
    return counts.groupby(keys, observed=True)["text"].agg("; ".join)
