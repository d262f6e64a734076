"""Whether those who did more changed more, and whether people see what is measured."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from symmetry.arrays import FloatArray
from symmetry.cohort.effects import Correction
from symmetry.stats.dose import sen_slope, spearman
from symmetry.stats.proportions import kappa
from symmetry.tabular.cohort import DOSE_COLUMNS, RATING_COLUMNS

DOSES: Final = {"minutes": (60.0, "{} per hour"), "adherence": (1.0, "{} per 100 %")}
"""What is told of each dose: how much of it makes the step, and the unit of the slope."""
_LEAST: Final = 4
"""People below which nothing is said."""


def dose_rows(
    change: FloatArray, dose: FloatArray, *, name: str, regions: dict[str, str], group: str, correct: Correction
) -> pd.DataFrame:
    """Slope of change against a dose, in each region; no row where the dose is not known or the same for all.

    Parameters
    ----------
    change : ndarray, shape (n, k)
        Negative = more even.
    dose : ndarray, shape (n,)
    name : {"minutes", "adherence"}
    regions : dict
        Unit of each region, in the order of the columns.
    group : str
    correct : callable
        Corrects p (k,) for having looked at several regions; NaN for not corrected.
    """
    known = np.isfinite(dose)
    if known.sum() < _LEAST or np.ptp(dose[known]) == 0:
        return pd.DataFrame(columns=list(DOSE_COLUMNS))
    step, unit = DOSES[name]
    slope = sen_slope(dose[known] / step, change[known])
    return pd.DataFrame(
        {
            "region": list(regions),
            "dose": name,
            "unit": [unit.format(each) for each in regions.values()],
            "group": group,
            "people": np.isfinite(change[known]).sum(axis=0),
            "slope": slope.slope.value,
            "low": slope.slope.low,
            "high": slope.slope.high,
            "tau": slope.tau,
            "p": slope.p,
            "p_holm": correct(slope.p),
        },
        columns=list(DOSE_COLUMNS),
    )


def rating_rows(
    change: FloatArray,
    better: FloatArray,
    rating: FloatArray,
    *,
    regions: dict[str, str],
    group: str,
    correct: Correction,
) -> pd.DataFrame:
    """Agreement of what people say with what is measured, in each region; no row where too few say anything.

    Parameters
    ----------
    change : ndarray, shape (n, k)
        Negative = more even.
    better : ndarray, shape (n, k)
        1 for responders, 0 for others, NaN where it is not known.
    rating : ndarray, shape (n,)
        Change as each person rates it, + = more even.
    regions, group, correct
        As for `dose_rows`.
    """
    known = np.isfinite(rating)[:, None] & np.isfinite(change) & np.isfinite(better)
    if known.sum(axis=0).max(initial=0) < _LEAST:
        return pd.DataFrame(columns=list(RATING_COLUMNS))
    said, measured = (rating > 0)[:, None], better == 1
    table = np.stack(
        [(known & one & other).sum(axis=0) for one in (said, ~said) for other in (measured, ~measured)], axis=-1
    )
    agreed = kappa(table)
    together = spearman(rating, np.where(known, -change, np.nan))
    columns: dict[str, Any] = {
        "region": list(regions),
        "group": group,
        "people": known.sum(axis=0),
        "rho": together.rho.value,
        "low": together.rho.low,
        "high": together.rho.high,
        "p": together.p,
        "p_holm": correct(together.p),
        "kappa": agreed.value,
        "kappa_low": agreed.low,
        "kappa_high": agreed.high,
        "both": table[:, 0],
        "only_rated": table[:, 1],
        "only_measured": table[:, 2],
        "neither": table[:, 3],
    }
    return pd.DataFrame(columns, columns=list(RATING_COLUMNS))
