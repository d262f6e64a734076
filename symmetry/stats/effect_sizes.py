"""Standardised effects: differences over a standard deviation, with intervals from the noncentral t distribution."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import special

from symmetry.arrays import FloatArray
from symmetry.stats.estimates import Estimate, ratio

_FAR: Final = 100.0
"""Student's t beyond which the limits of its noncentrality are taken as proportional to it."""
_MANY: Final = 300.0
"""Degrees of freedom above which the normal approximation of the limits is right to 0.1 %, however large t is."""


def effect_size(
    difference: FloatArray, error: FloatArray, spread: FloatArray, freedom: FloatArray, level: float = 0.05
) -> Estimate:
    """Hedges' g and its interval, from summary statistics.

    Parameters
    ----------
    difference, error : ndarray
        A difference of means and its standard error.
    spread : ndarray
        Standard deviation to divide by, NaN if unknown; the error is proportional to it.
    freedom : ndarray
        Degrees of freedom of the spread.
    level : float
        1 less the coverage of the interval.

    Returns
    -------
    Estimate
        No unit; NaN below two degrees of freedom.

    Notes
    -----
    The exact correction of Hedges (1981, J Educ Stat 6:107); the limits are those of the noncentrality of Student's t
    (Steiger & Fouladi 1997). Up to 300 degrees of freedom they therefore exclude zero exactly where Student's interval
    of the difference does. Above, they are approximate, and the two may disagree where p is within 0.00001 of `level`.

    Examples
    --------
    >>> g = effect_size(np.array(0.5), np.array(0.2), np.array(1.0), np.array(24.0))
    >>> print(g.value.round(3), g.low.round(3), g.high.round(3))
    0.484 0.076 0.883
    """
    freedom = np.where(np.isnan(difference) | np.isnan(spread) | (freedom < 2), np.nan, freedom)
    size = ratio(difference, error)
    # Finding limits that are far out would take forever.
    near = np.clip(size, -_FAR, _FAR)
    many = np.where(freedom > _MANY, size, 0.0)
    unit = hedges_correction(freedom) * ratio(error, spread)
    low, high = (
        np.where(
            freedom > _MANY,
            unit * _noncentrality_of_many(freedom, tail, many),
            unit * np.maximum(np.abs(size) / _FAR, 1.0) * special.nctdtrinc(freedom, tail, near),
        )
        for tail in (1 - level / 2, level / 2)
    )
    return Estimate(value=hedges_correction(freedom) * ratio(difference, spread), low=low, high=high)


def hedges_correction(freedom: FloatArray) -> FloatArray:
    """Factor (n,) that makes a difference over a standard deviation unbiased, given its degrees of freedom (n,).

    Examples
    --------
    >>> print(hedges_correction(np.array([2.0, 10.0, 100.0])).round(3))
    [0.564 0.923 0.992]
    """
    return np.asarray(np.exp(special.gammaln(freedom / 2) - special.gammaln((freedom - 1) / 2)) / np.sqrt(freedom / 2))


def _noncentrality_of_many(freedom: FloatArray, tail: float, size: FloatArray) -> FloatArray:
    """Noncentrality for which t is below `size` with probability `tail`, the standard deviation being nearly normal."""
    # Mean of a standard deviation with so many degrees of freedom whose true value is 1.
    mean = hedges_correction(freedom + 1) * np.sqrt((freedom + 1) / np.maximum(freedom, 1))
    return np.asarray(size * mean - special.ndtri(tail) * np.sqrt(1 + size**2 * (1 - mean**2)))
