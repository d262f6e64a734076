"""Standardised effects: differences over a standard deviation, with intervals from the noncentral t distribution."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import special

from symmetry.arrays import FloatArray
from symmetry.stats.trends import ratio

_FAR: Final = 100.0
"""Student's t beyond which the limits of its noncentrality are taken to be in proportion to it."""
_MANY: Final = 300.0
"""Degrees of freedom from which on the normal approximation of the limits is right to 0.1 %, however large t is."""


def standardised(
    difference: FloatArray, error: FloatArray, spread: FloatArray, freedom: FloatArray, level: float = 0.05
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Hedges' g and its interval.

    Parameters
    ----------
    difference, error : ndarray
        A difference of means and its standard error.
    spread : ndarray
        Standard deviation to express it in, NaN where there is none; from it comes the error, up to a factor.
    freedom : ndarray
        Degrees of freedom of the spread.
    level : float
        What the interval may miss.

    Returns
    -------
    value, low, high : ndarray
        NaN below two degrees of freedom.

    Notes
    -----
    The exact correction of Hedges (1981, J Educ Stat 6:107); the limits are those of the noncentrality of Student's t
    (Steiger & Fouladi 1997). So up to 300 degrees of freedom they leave zero out exactly where Student's interval of
    the difference by the same error does. Above, they are approximate, and the two may part where p is within 0.00001
    of `level`.
    """
    freedom = np.where(np.isnan(difference) | np.isnan(spread) | (freedom < 2), np.nan, freedom)
    size = ratio(difference, error)
    # Finding limits that are far out would take for ever.
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
    return hedges_correction(freedom) * ratio(difference, spread), low, high


def hedges_correction(freedom: FloatArray) -> FloatArray:
    """Factor that makes a difference over a standard deviation of so many degrees of freedom right on average."""
    return np.asarray(np.exp(special.gammaln(freedom / 2) - special.gammaln((freedom - 1) / 2)) / np.sqrt(freedom / 2))


def _noncentrality_of_many(freedom: FloatArray, tail: float, size: FloatArray) -> FloatArray:
    """Noncentrality with which t is below `size` in the share `tail`, standard deviations being nearly normal."""
    # Mean of a standard deviation of so many degrees of freedom that should be 1.
    mean = hedges_correction(freedom + 1) * np.sqrt((freedom + 1) / np.maximum(freedom, 1))
    return np.asarray(size * mean - special.ndtri(tail) * np.sqrt(1 + size**2 * (1 - mean**2)))
