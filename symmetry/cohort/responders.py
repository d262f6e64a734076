"""Who changed beyond their own error, beside how many look improved, and how many noise alone would show."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import WHOLES
from symmetry.stats.estimates import mean_and_squares
from symmetry.stats.proportions import wilson

ANY_REGION: Final = "any region"
BY_NOISE: Final = 0.025
"""Share of unchanged people whose change goes beyond a 95 % half-width on the side of more even."""
_QUANTILE: Final = 0.975
_FREEDOM: Final = 10
"""Degrees of freedom that a person's error is taken to have, where it is widened for several regions. Those of the
shipped table are 5 to 18; with as many as a normal distribution has, 3.0 to 3.2 % of unchanged people would respond in
any of seven regions; so it is 1.4 to 1.7 %."""
_ROUNDING: Final = 1e-12
_ENOUGH: Final = 10
"""People of a control group from whom on it tells what regions have in common."""


def any_by_noise(change: FloatArray, regions: tuple[str, ...], control: NDArray[np.bool_]) -> float:
    """Share of people whom noise alone would show improved in at least one region.

    Parameters
    ----------
    change : ndarray, shape (n, k)
        Change of each person in each region, NaN where it is not known.
    regions : tuple of str, length k
    control : ndarray of bool, shape (n,)
        Who is in the control group.

    Returns
    -------
    float
        NaN where no change is known.

    Notes
    -----
    Of a person who did not change, all changes are as likely the other way round: who has both signs counts either
    way, the others in half the cases. What regions have in common is so seen in a control group of some size, less
    its mean. People who were treated cannot tell: they respond more or less, in all regions at once. Without a control
    group regions are taken to have nothing in common, 1 - 0.5**k, which is the most that noise usually shows; those
    that are made of others do not count beside these.
    """
    known = np.isfinite(change)
    if (known & control[:, None]).any(axis=1).sum() >= _ENOUGH:
        left = change[control] - mean_and_squares(change[control])[0]
        better, worse = ((np.isfinite(left) & (sign * left < -_ROUNDING)).any(axis=1) for sign in (1, -1))
        told = better | worse
        if told.any():
            return float(((better[told].astype(float) + worse[told]) / 2).mean())
    apart = [name not in WHOLES for name in regions]
    count = (known[:, apart] if any(apart) else known).sum(axis=1)
    return float(np.mean(1 - 0.5 ** count[count > 0])) if (count > 0).any() else np.nan


def responders(
    change: FloatArray, mdc: FloatArray, *, region: tuple[str, ...], group: str, by_noise: float
) -> list[dict[str, Any]]:
    """Count the responders of one group, in each region and in any of them.

    Parameters
    ----------
    change, mdc : ndarray, shape (n, k)
        Change of each person in each region (negative = more even) and the person's own minimal detectable change;
        NaN where it is not known.
    region : tuple of str, length k
    group : str
    by_noise : float
        As `any_by_noise`.

    Returns
    -------
    list of dict
        Rows of `RESPONDER_COLUMNS`, one a region; with several regions one more for `ANY_REGION`.

    Notes
    -----
    A responder's change goes beyond the person's own minimal detectable change toward more even. The naive rule counts
    any change toward more even. Of people who did not change, noise makes either sign as likely: half of them improve
    by the naive rule (the range is that of 95 % of groups of this size: quantiles of the binomial distribution). In any
    of several regions more do: see `any_by_noise`. For responders in any region the half-widths are those of 95 % for
    all k regions together (Bonferroni, by Student's t).
    """
    known = np.isfinite(change) & np.isfinite(mdc)
    better = known & (change < -mdc)
    naive = known & (change < 0)
    counts = {
        "measured": known.sum(axis=0),
        "improved": better.sum(axis=0),
        "worse": (known & (change > mdc)).sum(axis=0),
        "naive_improved": naive.sum(axis=0),
        "naive_by_noise": np.full(len(region), 0.5),
    }
    names = list(region)
    if len(region) > 1:
        wider = (
            mdc * special.stdtrit(_FREEDOM, 1 - (1 - _QUANTILE) / len(region)) / special.stdtrit(_FREEDOM, _QUANTILE)
        )
        of_any = {
            "measured": known.any(axis=1).sum(),
            "improved": (known & (change < -wider)).any(axis=1).sum(),
            "worse": (known & (change > wider)).any(axis=1).sum(),
            "naive_improved": naive.any(axis=1).sum(),
            "naive_by_noise": by_noise,
        }
        counts = {name: np.append(counts[name], of_any[name]) for name in counts}
        names.append(ANY_REGION)
    return _rows(names, group, len(change), counts)


def _rows(names: list[str], group: str, people: int, counts: dict[str, Any]) -> list[dict[str, Any]]:
    measured = counts["measured"]
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.where(measured > 0, measured, np.nan)
        share, naive = counts["improved"] / whole, counts["naive_improved"] / whole
        low, high = wilson(counts["improved"], measured)
        naive_low, naive_high = wilson(counts["naive_improved"], measured)
        noise = np.where(measured > 0, counts["naive_by_noise"], np.nan)
        noise_low, noise_high = (stats.binom.ppf(tail, measured, noise) / whole for tail in (1 - _QUANTILE, _QUANTILE))
    columns = {
        "measured": measured,
        "improved": counts["improved"],
        "share": share,
        "share_low": low,
        "share_high": high,
        "by_noise": np.where(measured > 0, BY_NOISE, np.nan),
        "share_of_all": counts["improved"] / people,
        "worse": counts["worse"],
        "naive_improved": counts["naive_improved"],
        "naive_share": naive,
        "naive_low": naive_low,
        "naive_high": naive_high,
        "naive_by_noise": noise,
        "naive_by_noise_low": noise_low,
        "naive_by_noise_high": noise_high,
    }
    return [
        {"region": name, "group": group, "people": people, **{key: values[i] for key, values in columns.items()}}
        for i, name in enumerate(names)
    ]
