"""What a study of many people says."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from symmetry.cohort.study import Study


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CohortResult:
    """Group statistics of a before-and-after study.

    The tables are DataFrames with fixed columns, described in `docs/cohort.md`; what is not known is NaN.

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
        Whether p is corrected for having looked at several regions; if not, `p_holm` is NaN and verdicts go by `p`.
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
