"""Linear mixed model of repeated sessions: the slope of each group, with a random intercept and slope per person."""

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
from symmetry.stats.estimates import half_width, ratio
from symmetry.stats.multiple_testing import holm
from symmetry.tabular.cohort import COLUMNS, typed

_NEEDED: Final = ("person", "group", "region", "unit", "weeks", "value")
_LEAST_PEOPLE: Final = 3
"""People with sessions at two times or more, below which a group has no slope."""
_NONSENSE: Final = 10.0**2
"""Variance of a meaningless slope: ten times the SD of all values over the whole time, squared."""
_METHODS: Final = ("bfgs", "powell", "lbfgs")
"""Optimisers, each tried where the one before fails; the last is slow and may stop before the optimum."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fit:
    """Slopes (g,) of g groups a week, and their covariance (g, g)."""

    slopes: FloatArray
    covariance: FloatArray


def mixed_model(
    sessions: pd.DataFrame,
    *,
    control: str | None = None,
    regions: Sequence[str] | None = None,
    correct: Correction = holm,
) -> pd.DataFrame:
    """Slope of each group over the weeks, and its difference from that of the control group.

    Parameters
    ----------
    sessions : DataFrame
        Columns person, group, region, unit, weeks, value (size of the left-right difference, 0 = even), in any order;
        rows without a value or a time are dropped.
    control : str, optional
        Name of the control group.
    regions : sequence of str, optional
        In the order of the result; by default all, in the order of the rows.
    correct : callable
        Corrects the p-values (k,) of one term for testing k regions.

    Returns
    -------
    DataFrame
        Rows "slope: GROUP" and, with a control, "slope difference: GROUP - CONTROL" for each region. Estimates are in
        the region's unit a week, negative = becoming more even. NaN where a group has fewer than three people with
        sessions at two times or more, or nothing converges.

    Raises
    ------
    MissingExtraError
        If statsmodels is not installed.
    TableError
        If a column is missing.

    Notes
    -----
    Random intercept and slope of each person (Laird & Ware 1982, Biometrics 38:963), by restricted maximum likelihood
    with `statsmodels.MixedLM`; where that does not converge, a random intercept only. Intervals are Student's t with
    the number of people with sessions at two times or more, less one for each group, as degrees of freedom, because
    differences between people limit the precision. `p_holm` is corrected over regions, each term by itself (Holm 1979).
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
    frame = typed("mixed", pd.DataFrame(rows, columns=list(COLUMNS["mixed"])))
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
) -> list[tuple[object, ...]]:
    """Rows of one region, in the order of the columns."""
    unit = f"{table['unit'].iloc[0]} a week" if len(table) else ""
    table = table.assign(person=pd.factorize(table["person"])[0])
    size = {name: (own["person"].nunique(), len(own)) for name, own in table.groupby("group")}
    times = table.groupby(["group", "person"])["weeks"].nunique()
    following = (times >= 2).groupby("group").sum()
    fitted = [name for name in groups if following.get(name, 0) >= _LEAST_PEOPLE]
    fit = _fitted(table[table["group"].isin(fitted)], fitted, model) if fitted else None

    def row(term: str, weights: dict[str, float]) -> tuple[object, ...]:
        people, sessions = (sum(size.get(name, (0, 0))[part] for name in weights) for part in (0, 1))
        estimate = low = high = p = np.nan
        if fit is not None and set(weights) <= set(fitted):
            contrast = np.array([weights.get(name, 0.0) for name in fitted])
            freedom = sum(int(following[name]) - 1 for name in weights)
            estimate = float(contrast @ fit.slopes)
            error = float(np.sqrt(contrast @ fit.covariance @ contrast))
            half = float(half_width(np.array(error), np.array(freedom)))
            low, high = estimate - half, estimate + half
            p = float(2 * special.stdtr(freedom, -ratio(np.abs(np.array(estimate)), np.array(error))))
        return region, unit, term, estimate, low, high, p, np.nan, people, sessions

    rows = [row(f"slope: {name}", {name: 1.0}) for name in groups]
    if control is not None and control in groups:
        others = [name for name in groups if name != control]
        rows += [row(f"slope difference: {name} - {control}", {name: 1.0, control: -1.0}) for name in others]
    return rows


def _fitted(table: pd.DataFrame, groups: Sequence[str], model: Any) -> _Fit | None:
    """Fit the richest model that converges."""
    value, weeks = table["value"].to_numpy(dtype=np.float64), table["weeks"].to_numpy(dtype=np.float64)
    person = table["person"].to_numpy()
    # Standardised, as the optimiser starts from ones.
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
            unit = spread / length
            return _Fit(slopes=found.slopes * unit, covariance=found.covariance * unit**2)
    return None


def _searched(
    model: Any, value: FloatArray, fixed: FloatArray, person: NDArray[np.int64], random: FloatArray
) -> _Fit | None:
    """Slopes among the fixed effects, standardised; None where no optimiser converges."""
    for method in _METHODS:
        try:
            # A variance of zero, on the boundary of the parameter space, causes warnings but is fine.
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                result = model(value, fixed, groups=person, exog_re=random).fit(reml=True, method=method)
        except (np.linalg.LinAlgError, ValueError):
            continue
        effects = np.asarray(result.fe_params, dtype=np.float64)
        slopes = slice(len(effects) // 2, len(effects))  # after the levels
        covariance = np.asarray(result.cov_params(), dtype=np.float64)[slopes, slopes]
        variances = np.diagonal(covariance)
        sound = np.isfinite(effects).all() and (variances > 0).all() and (variances < _NONSENSE).all()
        if result.converged and sound:
            return _Fit(slopes=effects[slopes], covariance=covariance)
    return None
