"""Responders: people who changed beyond their own error, beside those who look improved and those noise would show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from symmetry.arrays import BoolArray, FloatArray, IntArray
from symmetry.landmarks.mesh import WHOLES
from symmetry.stats.estimates import Estimate, half_width, mean_and_squares
from symmetry.stats.proportions import wilson

ANY_REGION: Final = "any region"
BY_NOISE: Final = 0.025
"""Share of unchanged people whose change is beyond a 95 % half-width on the side of more even."""
_FREEDOM: Final = 10
"""Degrees of freedom assumed of a person's error where it is widened for several regions. Those of the shipped table
are 5 to 18; by the normal distribution 3.0 to 3.2 % of unchanged people would respond in any of seven regions, by
this one 1.4 to 1.7 %."""
_ROUNDING: Final = 1e-12
_ENOUGH: Final = 10
"""People in a control group from whom on it shows how regions are correlated."""


def any_by_noise(change: FloatArray, regions: Sequence[str], control: BoolArray) -> float:
    """Share of people whom noise alone would show improved in at least one region.

    Parameters
    ----------
    change : ndarray, shape (n, k)
        Change of each person in each region; NaN where unknown.
    regions : sequence of str, length k
    control : ndarray of bool, shape (n,)
        Who is in the control group.

    Returns
    -------
    float
        NaN where no change is known.

    Notes
    -----
    Of a person who did not change, all changes are as likely with the opposite signs: who has both signs counts in
    either case, the others in half the cases. A control group of ten or more, less its mean, shows how regions are
    correlated; people who were treated cannot, as they respond in all regions at once. Without a control group regions
    are taken as independent, 1 - 0.5**k, usually the upper bound; regions made of others are then left out.

    Examples
    --------
    >>> any_by_noise(np.ones((5, 3)), ("jawline", "eyes", "mouth"), np.zeros(5, dtype=bool))
    0.875
    """
    known = np.isfinite(change)
    if (known & control[:, None]).any(axis=1).sum() >= _ENOUGH:
        left = change[control] - mean_and_squares(change[control])[0]
        better, worse = (np.any(np.isfinite(left) & (sign * left < -_ROUNDING), axis=1) for sign in (1, -1))
        moved = better | worse
        if moved.any():
            return float(((better[moved].astype(float) + worse[moved]) / 2).mean())
    apart = [name not in WHOLES for name in regions]
    count = (known[:, apart] if any(apart) else known).sum(axis=1)
    return float(np.mean(1 - 0.5 ** count[count > 0])) if (count > 0).any() else np.nan


def responders(change: FloatArray, mdc: FloatArray, regions: Sequence[str], *, any_noise: float) -> pd.DataFrame:
    """Count the responders of one group, in each region and in any of them.

    Parameters
    ----------
    change, mdc : ndarray, shape (n, k)
        Change of each person in each region (negative = more even) and its minimal detectable change; NaN if unknown.
    regions : sequence of str, length k
    any_noise : float
        As from `any_by_noise`.

    Returns
    -------
    DataFrame
        One row for each region; with several, another for `ANY_REGION`.

    Notes
    -----
    A responder improves beyond the own minimal detectable change; for any region, that is corrected for k comparisons
    (Bonferroni). By the naive rule, any change toward more even, noise alone makes half of the people improve, within
    binomial quantiles. `share_itt` is by intention to treat: who could not be compared counts as a non-responder.

    Examples
    --------
    >>> change, mdc = np.array([[-1.0], [-1.0], [1.0], [np.nan]]), np.array([[0.5], [2.0], [0.5], [0.5]])
    >>> found = responders(change, mdc, ["mouth"], any_noise=0.5)
    >>> found.loc[0, ["measured", "improved", "naive_improved", "share_itt"]].tolist()
    [3.0, 1.0, 2.0, 0.25]
    """
    known = np.isfinite(change) & np.isfinite(mdc)
    several = len(regions) > 1
    freedom = np.array(_FREEDOM)
    wider = half_width(mdc, freedom, comparisons=len(regions)) / half_width(np.array(1.0), freedom)

    def count(hits: BoolArray, in_any: BoolArray) -> IntArray:
        by_region = (known & hits).sum(axis=0)
        return np.append(by_region, (known & in_any).any(axis=1).sum()) if several else by_region

    measured = count(known, known)
    improved = count(change < -mdc, change < -wider)
    naive = count(change < 0, change < 0)
    noise = np.append(np.full(len(regions), 0.5), any_noise) if several else np.full(len(regions), 0.5)
    whole, noise = np.where(measured > 0, measured, np.nan), np.where(measured > 0, noise, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = (stats.binom.ppf(tail, measured, noise) / whole for tail in (1 - 0.975, 0.975))
    return pd.DataFrame(
        {
            "region": [*regions, ANY_REGION] if several else list(regions),
            "people": len(change),
            "measured": measured,
            "improved": improved,
            **wilson(improved, measured).columns("share"),
            "by_noise": np.where(measured > 0, BY_NOISE, np.nan),
            "share_itt": improved / len(change),
            "worse": count(change > mdc, change > wider),
            "naive_improved": naive,
            **wilson(naive, measured).columns("naive_share", prefix="naive_"),
            **Estimate(value=noise, low=low, high=high).columns("naive_by_noise"),
        }
    )
