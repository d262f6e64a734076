"""Estimates with confidence intervals, and the arithmetic that all of the statistics share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from symmetry.arrays import FloatArray

Z95: Final = float(special.ndtri(0.975))
"""Quantile of the standard normal distribution that bounds a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate:
    """Estimates with their 95 % confidence intervals; arrays of one shape, NaN where not estimable."""

    value: FloatArray
    low: FloatArray
    high: FloatArray

    def reshaped(self, shape: tuple[int, ...]) -> Estimate:
        """Give all three arrays another shape."""
        return Estimate(value=self.value.reshape(shape), low=self.low.reshape(shape), high=self.high.reshape(shape))

    def columns(self, name: str, prefix: str | None = None) -> dict[str, FloatArray]:
        """Columns for a table: `name`, and the limits as `low` and `high` behind a prefix, by default the name and _.

        Examples
        --------
        >>> share = Estimate(value=np.array([0.5]), low=np.array([0.2]), high=np.array([0.8]))
        >>> list(share.columns("share"))
        ['share', 'share_low', 'share_high']
        """
        prefix = f"{name}_" if prefix is None else prefix
        return {name: self.value, f"{prefix}low": self.low, f"{prefix}high": self.high}


def half_width(sd: FloatArray, freedom: FloatArray, comparisons: FloatArray | int = 1) -> FloatArray:
    """95 % half-width from Student's t distribution.

    Parameters
    ----------
    sd, freedom : ndarray
        Standard deviation (error) of each number and its degrees of freedom; NaN without any.
    comparisons : int or ndarray
        Number of comparisons to correct for: each half-width is that of 1 - 0.05 / comparisons (Bonferroni).

    Examples
    --------
    >>> print(half_width(np.array(1.0), np.array(10.0)).round(3))
    2.228
    >>> print(half_width(np.array(1.0), np.array(10.0), comparisons=2).round(3))
    2.634
    """
    freedom = np.asarray(freedom, dtype=np.float64)
    quantile = special.stdtrit(np.where(freedom > 0, freedom, np.nan), 1 - (1 - 0.975) / np.asarray(comparisons))
    return np.asarray(sd * quantile)


def ratio(over: FloatArray, under: FloatArray) -> FloatArray:
    """Quotient: 0 where both are 0, infinite where the denominator alone is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(over == 0, np.where(np.isnan(under), np.nan, 0.0), over / under)


def ratio_or_nan(over: ArrayLike, under: ArrayLike) -> FloatArray:
    """Quotient: NaN where the denominator is not positive."""
    divisor = np.asarray(under, dtype=np.float64)
    return np.asarray(over / np.where(divisor > 0, divisor, np.nan))


def mean_and_squares(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and sum of squares about it, each (q,), of the columns of values (s, q) without their NaNs."""
    known = ~np.isnan(values)
    highest = values.max(axis=0, initial=-np.inf, where=known)
    off = np.where(known, values - highest, 0.0)
    mean = ratio_or_nan(off.sum(axis=0), known.sum(axis=0))
    return highest + mean, (np.where(known, off - mean, 0.0) ** 2).sum(axis=0)
