"""Estimates with confidence intervals, and the arithmetic that all of the statistics share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from symmetry.arrays import FloatArray

Z95: Final = 1.959963984540054
"""Quantile of the standard normal distribution that bounds a two-sided 95 % interval."""

# Quantiles 0.975 of Student's t with 0, 1, 2 ... degrees of freedom. SciPy computes the others; it takes longer to load
# than a photo takes to measure, and photos need only these.
_T975: Final = np.array([
    np.nan, 12.706204736174694, 4.302652729749462, 3.1824463052837078, 2.7764451051977934,
    2.5705818356363146, 2.4469118511449786, 2.364624251592784, 2.306004135204166, 2.262157162798205,
    2.228138851986274, 2.200985160091639, 2.1788128296672284, 2.1603686564627913, 2.144786687917804,
    2.131449545559776, 2.1199052992212546, 2.1098155778333156, 2.1009220402410382, 2.0930240544083087,
    2.085963447265864, 2.0796138447276795, 2.0738730679040254, 2.0686576104190486, 2.0638985616280245,
    2.0595385527532972, 2.0555294386428735, 2.0518305164802846, 2.0484071417952454, 2.045229642132703,
    2.0422724563012378, 2.039513446396408, 2.0369333434601016, 2.0345152974493383, 2.0322445093177186,
    2.030107928250343, 2.0280940009804502, 2.0261924630291093, 2.0243941639119694, 2.022690920036761,
    2.021075390306273,
])  # fmt: skip


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
    listed = np.isnan(freedom) | ((freedom == np.rint(freedom)) & (freedom < len(_T975)))
    if np.all(np.asarray(comparisons) == 1) and np.all(listed):
        quantile = _T975[np.nan_to_num(np.maximum(freedom, 0)).astype(np.intp)]
    else:
        from scipy import special

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
