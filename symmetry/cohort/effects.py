"""How much a group changed on average, against noise and against a control group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from symmetry.arrays import FloatArray
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE
from symmetry.stats.estimates import mean_and_squares
from symmetry.stats.mean_changes import difference_of_means, hedges_g, mean_change, standardised_change
from symmetry.stats.permutation_tests import sign_flip_test, two_group_permutation, wilcoxon
from symmetry.stats.proportions import fisher, newcombe
from symmetry.tabular.cohort import CONTRAST_COLUMNS, MEAN_COLUMNS

Correction = Callable[[FloatArray], FloatArray]

_LEVEL: Final = 0.05


def not_corrected(p: FloatArray) -> FloatArray:
    """Stand for corrected p where none is wanted: NaN."""
    return np.full_like(p, np.nan)


def mean_rows(
    change: FloatArray,
    before: FloatArray,
    after: FloatArray,
    *,
    regions: dict[str, str],
    group: str,
    correct: Correction,
    seed: int,
) -> pd.DataFrame:
    """Mean change of one group in each region.

    Parameters
    ----------
    change, before, after : ndarray, shape (n, k)
        NaN where it is not known.
    regions : dict
        Unit of each region, in the order of the columns.
    group : str
    correct : callable
        Corrects p (k,) for having looked at several regions.
    seed : int
        Of the permutations that are drawn.
    """
    mean, effect = mean_change(change), standardised_change(change)
    p = sign_flip_test(change, seed=seed)
    known = np.isfinite(change)
    spread = np.sqrt(mean_and_squares(change)[1] / np.maximum(known.sum(axis=0) - 1, 1))
    p_holm = correct(p)
    return pd.DataFrame(
        {
            "region": list(regions),
            "group": group,
            "unit": list(regions.values()),
            "people": len(change),
            "measured": known.sum(axis=0),
            "before": mean_and_squares(np.where(known, before, np.nan))[0],
            "after": mean_and_squares(np.where(known, after, np.nan))[0],
            "change": mean.value,
            "low": mean.low,
            "high": mean.high,
            "sd": np.where(known.sum(axis=0) > 1, spread, np.nan),
            "effect": effect.value,
            "effect_low": effect.low,
            "effect_high": effect.high,
            "p": p,
            "p_wilcoxon": wilcoxon(change),
            "p_holm": p_holm,
            "verdict": _verdicts(mean.value, p, p_holm, 2 * 0.5 ** known.sum(axis=0)),
        },
        columns=list(MEAN_COLUMNS),
    )


def contrast_rows(
    change: FloatArray,
    better: FloatArray,
    treated: NDArray[np.bool_],
    *,
    regions: dict[str, str],
    group: str,
    control: str,
    correct: Correction,
    seed: int,
) -> pd.DataFrame:
    """Compare a group with the control in each region.

    Parameters
    ----------
    change : ndarray, shape (n, k)
        Of the people of both groups.
    better : ndarray, shape (n, k)
        1 for responders, 0 for others, NaN where it is not known.
    treated : ndarray of bool, shape (n,)
        Who is in `group`; the others are in `control`.
    regions, correct, seed
        As for `mean_rows`.
    """
    difference, effect = difference_of_means(change, treated), hedges_g(change, treated)
    p = two_group_permutation(change, treated, seed=seed)
    responded, measured = (
        [each[side].sum(axis=0) for side in (treated, ~treated)] for each in (better == 1, np.isfinite(better))
    )
    counts = (responded[0], measured[0], responded[1], measured[1])
    share = newcombe(*counts)
    p_share = fisher(*counts)
    p_holm = correct(p)
    return pd.DataFrame(
        {
            "region": list(regions),
            "unit": list(regions.values()),
            "group": group,
            "control": control,
            "difference": difference.value,
            "low": difference.low,
            "high": difference.high,
            "effect": effect.value,
            "effect_low": effect.low,
            "effect_high": effect.high,
            "p": p,
            "p_holm": p_holm,
            "share_difference": share.value,
            "share_low": share.low,
            "share_high": share.high,
            "p_share": p_share,
            "p_share_holm": correct(p_share),
            "verdict": _verdicts(difference.value, p, p_holm, _least_p(change, treated)),
        },
        columns=list(CONTRAST_COLUMNS),
    )


def _least_p(change: FloatArray, treated: NDArray[np.bool_]) -> FloatArray:
    """Give the smallest p that two groups of these sizes can come to by permutation."""
    one, other = (np.isfinite(change[side]).sum(axis=0) for side in (treated, ~treated))
    return np.asarray(np.where(one == other, 2.0, 1.0) / special.comb(one + other, one))


def _verdicts(change: FloatArray, p: FloatArray, p_holm: FloatArray, least: FloatArray) -> list[str]:
    """Judge changes by their p; where no p of so few people could be small enough, there is nothing to judge."""
    tested = np.isfinite(p)
    if np.isfinite(p_holm).any() and least[tested].min(initial=1.0) * tested.sum() >= _LEVEL:
        least = np.ones_like(least)  # not even the surest region could hold for all of them
    p = np.where(np.isnan(p_holm), p, p_holm)
    verdict = np.where(p < _LEVEL, np.where(change < 0, IMPROVED, WORSE), NO_CHANGE)
    judged = np.isfinite(p) & np.isfinite(change) & (least < _LEVEL)
    return [str(each) for each in np.where(judged, verdict, NOT_COMPARABLE)]
