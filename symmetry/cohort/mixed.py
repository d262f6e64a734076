"""Mixed model of repeated sessions: how fast each group becomes more even, each person with a course of their own."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from symmetry.arrays import FloatArray
from symmetry.cohort.effects import Correction
from symmetry.errors import MissingExtraError, TableError
from symmetry.stats.estimates import ratio
from symmetry.stats.multiple_testing import holm
from symmetry.tabular.cohort import MIXED_COLUMNS

_NEEDED: Final = ("person", "group", "region", "unit", "weeks", "value")
_LEAST_PEOPLE: Final = 3
"""With two sessions or more at different times; of a group with fewer nothing is told."""
_NONSENSE: Final = 10.0**2
"""Variance of a slope that tells nothing: ten times the spread of all values over the whole time, squared."""
_METHODS: Final = ("bfgs", "powell", "lbfgs")
"""Searches, the next where one ends nowhere; the last is slow and stops at times before the best."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fit:
    """Slopes (g,) a week, one a group, and their covariance (g, g)."""

    slopes: FloatArray
    covariance: FloatArray


def mixed_model(
    sessions: pd.DataFrame,
    *,
    control: str | None = None,
    regions: Sequence[str] | None = None,
    correct: Correction = holm,
) -> pd.DataFrame:
    """Slope of each group over the weeks, and how it differs from that of the control group.

    Parameters
    ----------
    sessions : DataFrame
        Columns person, group, region, unit, weeks, value (size of the left-right difference, 0 = even), in any order;
        rows without a value or a time count for nothing.
    control : str, optional
        Name of the control group.
    regions : sequence of str, optional
        Regions to look at, in this order; by default all, in the order of the rows.
    correct : callable
        Corrects p (k,) of one term for having looked at several regions; NaN for not corrected.

    Returns
    -------
    DataFrame
        Columns `MIXED_COLUMNS`; rows "slope: GROUP" and, with a control, "slope difference: GROUP - CONTROL" for each
        region. Estimates are in the region's unit a week, negative = becoming more even. NaN where a group has fewer
        than three people with sessions at two times or more, or nothing converges.

    Raises
    ------
    MissingExtraError
        If statsmodels is not installed.
    TableError
        If a column is missing.

    Notes
    -----
    Each person has a level and a slope of their own, drawn from a normal distribution about those of the group (Laird
    & Ware 1982, Biometrics 38:963), fitted by restricted maximum likelihood with `statsmodels.MixedLM`. Where that
    does not converge, all people of a group share the slope. Intervals are Student's t with the group's people less
    one degrees of freedom (both groups' people less two for a difference), counting those with sessions at two times
    or more, as what limits the slope of a group is how much people differ. `p_holm` is corrected over regions, each
    term by itself (Holm 1979).
    """
    missing = [name for name in _NEEDED if name not in sessions.columns]
    if missing:
        raise TableError(f"a table of sessions must have the column {missing[0]}")
    model = _statsmodels()
    known = sessions.loc[sessions["value"].notna() & sessions["weeks"].notna(), list(_NEEDED)]
    groups = sorted(known["group"].unique(), key=lambda name: (name == control, name))
    rows = [
        row
        for region in (sessions["region"].unique() if regions is None else regions)
        for row in _rows(known[known["region"] == region], str(region), groups, control, model)
    ]
    frame = pd.DataFrame(rows, columns=list(MIXED_COLUMNS))
    numbers = ["estimate", "low", "high", "p", "p_holm"]
    frame[numbers] = frame[numbers].astype(np.float64)
    frame[["people", "sessions"]] = frame[["people", "sessions"]].astype(np.int64)
    for _, own in frame.groupby("term", sort=False).indices.items():
        frame.loc[own, "p_holm"] = correct(frame["p"].to_numpy()[own])
    return frame


def _statsmodels() -> Any:
    try:
        from statsmodels.regression.mixed_linear_model import MixedLM
    except ImportError as error:
        raise MissingExtraError(
            'the mixed model needs statsmodels: pip install "facial-symmetry[mixed]", or pip install ".[mixed]" in a '
            "clone of this project"
        ) from error
    return MixedLM


def _rows(
    table: pd.DataFrame, region: str, groups: Sequence[str], control: str | None, model: Any
) -> list[dict[str, object]]:
    """All terms of one region."""
    unit = f"{table['unit'].iloc[0]} a week" if len(table) else ""
    table = table.assign(person=pd.factorize(table["person"])[0])
    size = {name: (own["person"].nunique(), len(own)) for name, own in table.groupby("group")}
    times = table.groupby(["group", "person"])["weeks"].nunique()
    following = (times >= 2).groupby("group").sum()
    told = [name for name in groups if following.get(name, 0) >= _LEAST_PEOPLE]
    fit = _fitted(table[table["group"].isin(told)], told, model) if told else None

    def row(term: str, weights: dict[str, float]) -> dict[str, object]:
        people, sessions = (sum(size.get(name, (0, 0))[part] for name in weights) for part in (0, 1))
        estimate = low = high = p = np.nan
        if fit is not None and set(weights) <= set(told):
            contrast = np.array([weights.get(name, 0.0) for name in told])
            freedom = sum(int(following[name]) - 1 for name in weights)
            estimate = float(contrast @ fit.slopes)
            error = float(np.sqrt(contrast @ fit.covariance @ contrast))
            half = float(special.stdtrit(freedom, 0.975)) * error
            low, high = estimate - half, estimate + half
            p = float(2 * special.stdtr(freedom, -ratio(np.abs(np.array(estimate)), np.array(error))))
        values = (region, unit, term, estimate, low, high, p, np.nan, people, sessions)
        return dict(zip(MIXED_COLUMNS, values, strict=True))

    rows = [row(f"slope: {name}", {name: 1.0}) for name in groups]
    if control is not None and control in groups:
        others = [name for name in groups if name != control]
        rows += [row(f"slope difference: {name} - {control}", {name: 1.0, control: -1.0}) for name in others]
    return rows


def _fitted(table: pd.DataFrame, groups: Sequence[str], model: Any) -> _Fit | None:
    """Fit the model that holds most among those that converge."""
    value, weeks = table["value"].to_numpy(dtype=np.float64), table["weeks"].to_numpy(dtype=np.float64)
    person = table["person"].to_numpy()
    # In units of their own spread, as the search starts from ones.
    spread, length = float(value.std()), float(np.ptp(weeks))
    if spread == 0:
        return _Fit(slopes=np.zeros(len(groups)), covariance=np.zeros((len(groups), len(groups))))
    time = (weeks - weeks.mean()) / length
    member = (table["group"].to_numpy()[:, None] == np.asarray(groups, dtype=object)[None]).astype(np.float64)
    fixed = np.hstack([member, member * time[:, None]])
    own_level = np.ones((len(value), 1))
    for random in (np.column_stack([own_level, time]), own_level):
        found = _searched(model, value / spread, fixed, person, random)
        if found is not None:
            slopes, covariance = found
            unit = spread / length
            return _Fit(slopes=slopes[len(groups) :] * unit, covariance=covariance * unit**2)
    return None


def _searched(
    model: Any, value: FloatArray, fixed: FloatArray, person: NDArray[np.int64], random: FloatArray
) -> tuple[FloatArray, FloatArray] | None:
    """Find the fixed effects and the covariance of the slopes among them; None where the search ends nowhere."""
    for method in _METHODS:
        try:
            # A variance of nothing, at the border of what may be, is a flag and no trouble.
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                result = model(value, fixed, groups=person, exog_re=random).fit(reml=True, method=method)
        except (np.linalg.LinAlgError, ValueError):
            continue
        slopes = np.asarray(result.fe_params, dtype=np.float64)
        half = len(slopes) // 2
        covariance = np.asarray(result.cov_params(), dtype=np.float64)[half : 2 * half, half : 2 * half]
        variances = np.diagonal(covariance)
        sound = np.isfinite(slopes).all() and (variances > 0).all() and (variances < _NONSENSE).all()
        if result.converged and sound:
            return slopes, covariance
    return None
