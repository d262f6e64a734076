"""Dose-response, and agreement of people's own ratings with what was measured."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from symmetry.cohort.effects import Correction
from symmetry.cohort.panel import Panel
from symmetry.stats.dose import sen_slope, spearman
from symmetry.stats.proportions import kappa

DOSES: Final = {"minutes": (60.0, "{} per hour"), "adherence": (1.0, "{} per 100 %")}
"""Amount of each dose that slopes are given for, and their unit."""
_LEAST: Final = 4
"""People below which there is no result."""


def dose_response(panel: Panel, group: str, dose: str, *, correct: Correction) -> pd.DataFrame:
    """Slope of the change of a group against "minutes" or "adherence", in each region; empty if that is constant."""
    own = panel.of_groups(group)
    amount = getattr(own, dose)
    known = np.isfinite(amount)
    if known.sum() < _LEAST or np.ptp(amount[known]) == 0:
        return pd.DataFrame()
    step, unit = DOSES[dose]
    found = sen_slope(amount[known] / step, own.change[known])
    return pd.DataFrame(
        {
            **own.labels(group),
            "dose": dose,
            "unit": [unit.format(each) for each in own.units.values()],
            "people": np.isfinite(own.change[known]).sum(axis=0),
            **found.slope.columns("slope", prefix=""),
            "tau": found.tau,
            "p": found.p,
            "p_holm": correct(found.p),
        }
    )


def rating_agreement(panel: Panel, group: str, *, correct: Correction) -> pd.DataFrame:
    """Rank correlation of ratings with changes, and kappa of rated better with responder; empty if too few rated."""
    own = panel.of_groups(group)
    known = np.isfinite(own.rating)[:, None] & np.isfinite(own.change) & np.isfinite(own.responder)
    if known.sum(axis=0).max(initial=0) < _LEAST:
        return pd.DataFrame()
    rated, measured = (own.rating > 0)[:, None], own.responder == 1
    both, only_rated, only_measured, neither = (
        (known & one & other).sum(axis=0) for one in (rated, ~rated) for other in (measured, ~measured)
    )
    correlation = spearman(own.rating, np.where(known, -own.change, np.nan))
    return pd.DataFrame(
        {
            **own.labels(group),
            "people": known.sum(axis=0),
            **correlation.rho.columns("rho", prefix=""),
            "p": correlation.p,
            "p_holm": correct(correlation.p),
            **kappa(np.stack([both, only_rated, only_measured, neither], axis=-1)).columns("kappa"),
            "both": both,
            "only_rated": only_rated,
            "only_measured": only_measured,
            "neither": neither,
        }
    )
