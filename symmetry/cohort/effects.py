"""Statistics of a group in each region: mean change, contrast with the control, dose-response, own ratings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd
from scipy import special

from symmetry.arrays import BoolArray, FloatArray
from symmetry.cohort.panel import Panel
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE
from symmetry.stats.dose import sen_slope, spearman
from symmetry.stats.estimates import mean_and_squares
from symmetry.stats.mean_changes import difference_of_means, hedges_g, mean_change, standardised_change
from symmetry.stats.permutation_tests import sign_flip_test, two_group_permutation, wilcoxon
from symmetry.stats.proportions import fisher, kappa, newcombe

Correction = Callable[[FloatArray], FloatArray]
"""Adjusts p-values (k,) for testing k regions; gives NaN where none is wanted."""

_LEVEL: Final = 0.05
DOSES: Final = {"minutes": (60.0, "{} per hour"), "adherence": (1.0, "{} per 100 %")}
"""Amount of each dose that slopes are given for, and their unit."""
_LEAST: Final = 4
"""People below which there is no result."""


def not_corrected(p: FloatArray) -> FloatArray:
    """NaN in place of corrected p-values."""
    return np.full_like(p, np.nan)


def mean_changes(panel: Panel, group: str, *, correct: Correction, seed: int) -> pd.DataFrame:
    """Mean change of a group in each region, tested by sign flips with this seed and by Wilcoxon's test."""
    own = panel.of_groups(group)
    known = np.isfinite(own.change)
    measured = known.sum(axis=0)
    mean = mean_change(own.change)
    p = sign_flip_test(own.change, seed=seed)
    p_holm = correct(p)
    sd = np.sqrt(mean_and_squares(own.change)[1] / np.maximum(measured - 1, 1))
    return pd.DataFrame(
        {
            **own.labels(group),
            "people": len(own.change),
            "measured": measured,
            "before": mean_and_squares(np.where(known, own.before, np.nan))[0],
            "after": mean_and_squares(np.where(known, own.after, np.nan))[0],
            **mean.columns("change", prefix=""),
            "sd": np.where(measured > 1, sd, np.nan),
            **standardised_change(own.change).columns("effect"),
            "p": p,
            "p_wilcoxon": wilcoxon(own.change),
            "p_holm": p_holm,
            "verdict": _verdicts(mean.value, p, p_holm, 2 * 0.5**measured),
        }
    )


def contrasts(panel: Panel, group: str, control: str, *, correct: Correction, seed: int) -> pd.DataFrame:
    """Mean change and responders of a group less those of the control, by permutation and Fisher's exact test."""
    both = panel.of_groups(group, control)
    treated = np.asarray(both.group == group, dtype=np.bool_)
    difference = difference_of_means(both.change, treated)
    p = two_group_permutation(both.change, treated, seed=seed)
    p_holm = correct(p)
    responded, measured = both.responder == 1, np.isfinite(both.responder)
    counts = [each[side].sum(axis=0) for side in (treated, ~treated) for each in (responded, measured)]
    p_share = fisher(*counts)
    return pd.DataFrame(
        {
            **both.labels(group),
            "control": control,
            **difference.columns("difference", prefix=""),
            **hedges_g(both.change, treated).columns("effect"),
            "p": p,
            "p_holm": p_holm,
            **newcombe(*counts).columns("share_difference", prefix="share_"),
            "p_share": p_share,
            "p_share_holm": correct(p_share),
            "verdict": _verdicts(difference.value, p, p_holm, _least_p(both.change, treated)),
        }
    )


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
            "people": found.people,
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
            "people": correlation.people,
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


def _least_p(change: FloatArray, treated: BoolArray) -> FloatArray:
    """Smallest p (k,) that a permutation test of two groups of these sizes can reach."""
    one, other = (np.isfinite(change[side]).sum(axis=0) for side in (treated, ~treated))
    return np.asarray(np.where(one == other, 2.0, 1.0) / special.comb(one + other, one))


def _verdicts(change: FloatArray, p: FloatArray, p_holm: FloatArray, least: FloatArray) -> list[str]:
    """Verdict by p; not comparable where the `least` p of so few people cannot be significant."""
    tested = np.isfinite(p)
    if np.isfinite(p_holm).any() and least[tested].min(initial=1.0) * tested.sum() >= _LEVEL:
        least = np.ones_like(least)  # not even the clearest region could be significant after correction
    p = np.where(np.isnan(p_holm), p, p_holm)
    verdict = np.where(p < _LEVEL, np.where(change < 0, IMPROVED, WORSE), NO_CHANGE)
    judged = np.isfinite(p) & np.isfinite(change) & (least < _LEVEL)
    return [str(each) for each in np.where(judged, verdict, NOT_COMPARABLE)]
