"""Agreement of repeated measurements: SEM, minimal detectable change, ICC and limits of agreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from symmetry.arrays import FloatArray, IntArray
from symmetry.errors import InvalidPointsError
from symmetry.stats.checks import as_broadcast, check_finite_or_nan
from symmetry.stats.estimates import Estimate, mean_and_squares, ratio_or_nan

_Z: Final = 1.96
"""As the formulas of MDC95 and of the limits of agreement are published."""
_LOW: Final = 0.025
_HIGH: Final = 0.975


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Agreement:
    """Agreement of repeated measurements; arrays (q,), in the unit of each quantity unless noted.

    Attributes
    ----------
    sessions : ndarray of int
        Sessions with at least two values; the others do not count anywhere.
    freedom : ndarray of int
        Degrees of freedom of the SEM: the sum of k - 1 over sessions with k values.
    sem : Estimate
        Standard error of measurement: the pooled standard deviation within sessions.
    mdc95 : Estimate
        Minimal detectable change between two photos.
    icc_2_1, icc_3_1 : Estimate
        Intraclass correlations of single measurements, for absolute agreement and for consistency; no unit, 1 at
        best, not clipped at 0.
    bias : Estimate
        Mean of the second value less the first.
    lower_limit, upper_limit : Estimate
        95 % limits of agreement of the second value with the first.
    """

    sessions: IntArray
    freedom: IntArray
    sem: Estimate
    mdc95: Estimate
    icc_2_1: Estimate
    icc_3_1: Estimate
    bias: Estimate
    lower_limit: Estimate
    upper_limit: Estimate


@dataclass(frozen=True, slots=True, eq=False)
class _Replicates:
    """Measurements (n, q), sorted by their s sessions."""

    values: FloatArray
    index: IntArray  # (n,), session of each row, from 0
    starts: IntArray  # (s,), first row of each session
    rank: IntArray  # (n, q), number of values before this one in the same session
    counts: IntArray  # (s, q), number of values in each session

    @classmethod
    def of(cls, values: ArrayLike, session: ArrayLike) -> _Replicates:
        measured, label = np.asarray(values, dtype=np.float64), np.asarray(session)
        if measured.ndim != 2 or label.shape != measured.shape[:1]:
            raise InvalidPointsError(f"shapes must be (n, q) and (n,), not {measured.shape} and {label.shape}")
        check_finite_or_nan(measured)
        if label.dtype.kind == "f" and np.isnan(label).any():
            raise InvalidPointsError("every photo needs the label of its session, not NaN")
        _, index = np.unique(label, return_inverse=True)
        order = np.argsort(index, kind="stable")
        index, measured = index[order], measured[order]
        starts = np.flatnonzero(np.diff(index, prepend=-1))
        known = ~np.isnan(measured)
        before = np.cumsum(known, axis=0, dtype=np.int64) - known
        counts = np.add.reduceat(known, starts, axis=0, dtype=np.int64)
        return cls(measured, index, starts, before - before[starts][index], counts)

    def pooled(self) -> tuple[FloatArray, IntArray]:
        """Variance (q,) within sessions and its degrees of freedom."""
        known = ~np.isnan(self.values)
        first = np.add.reduceat(np.where(known & (self.rank == 0), self.values, 0.0), self.starts, axis=0)
        # Relative to the first value, so that equal values have a variance of exactly 0.
        off = np.where(known, self.values - first[self.index], 0.0)
        mean = np.add.reduceat(off, self.starts, axis=0) / np.maximum(self.counts, 1)
        squares = (np.where(known, off - mean[self.index], 0.0) ** 2).sum(axis=0)
        freedom = np.asarray(np.maximum(self.counts - 1, 0).sum(axis=0))
        return ratio_or_nan(squares, freedom), freedom

    def table(self) -> FloatArray:
        """First k values of each session with two or more, shape (s, at least 2, q); NaN elsewhere.

        For each quantity, k is the smallest number of values over these sessions.
        """
        repeated = self.counts >= 2
        most = max(2, len(self.values))
        length = np.where(repeated, self.counts, most).min(axis=0, initial=most)
        used = ~np.isnan(self.values) & repeated[self.index] & (self.rank < length)
        longest = int(length.max(initial=2, where=repeated.any(axis=0)))
        table = np.full((len(self.starts), longest, self.values.shape[1]), np.nan)
        row, quantity = np.nonzero(used)
        table[self.index[row], self.rank[row, quantity], quantity] = self.values[row, quantity]
        return table


def agreement(values: ArrayLike, session: ArrayLike) -> Agreement:
    """Agreement of repeated photos of unchanged faces.

    Parameters
    ----------
    values : array_like, shape (n, q)
        q quantities measured on each of n photos; NaN where unknown.
    session : array_like, shape (n,)
        Label of each photo; equal labels are repeated photos of one unchanged face, in this order.

    Returns
    -------
    Agreement
        NaN where a quantity has too few sessions or no variance.

    Raises
    ------
    InvalidPointsError
        If the shapes do not fit, a value is infinite, or a label is NaN.

    Notes
    -----
    SEM = sqrt(SSW / freedom), SSW the squares about the means of the sessions, over all values; its interval is from
    the chi-square distribution. MDC95 = 1.96 sqrt(2) SEM (Weir 2005, J Strength Cond Res 19:231).

    The ICCs need a table without gaps: for each quantity, the first k values of every session with at least two, k
    being the smallest number of values over these sessions. With n sessions and the mean squares of sessions R,
    replicates C and error E, ICC(2,1) = (R - E) / (R + (k - 1) E + k (C - E) / n) and ICC(3,1) = (R - E) /
    (R + (k - 1) E) (Shrout & Fleiss 1979, Psychol Bull 86:420). Their intervals are those of ICC(A,1) and ICC(C,1) of
    McGraw & Wong (1996, Psychol Methods 1:30), with a negative ICC(2,1) taken as 0 in the degrees of freedom.

    Bias and limits of agreement use the first two values of each session (Bland & Altman 1999, Stat Methods Med Res
    8:135); the interval of each limit is the exact one, from the noncentral t (Carkeet 2015, Optom Vis Sci 92:e71).

    Examples
    --------
    >>> found = agreement([[1.0], [3.0], [4.0], [4.0], [7.0], [5.0]], session=["a", "a", "b", "b", "c", "c"])
    >>> print(found.sem.value.round(2), found.icc_3_1.value)
    [1.15] [0.6]
    """
    replicates = _Replicates.of(values, session)
    variance, freedom = replicates.pooled()
    sem = _standard_error(variance, freedom)
    change = _Z * np.sqrt(2)
    table = replicates.table()
    icc_2_1, icc_3_1 = _correlations(table)
    bias, lower_limit, upper_limit = _limits(table[:, 1] - table[:, 0])
    return Agreement(
        sessions=(replicates.counts >= 2).sum(axis=0),
        freedom=freedom,
        sem=sem,
        mdc95=Estimate(value=change * sem.value, low=change * sem.low, high=change * sem.high),
        icc_2_1=icc_2_1,
        icc_3_1=icc_3_1,
        bias=bias,
        lower_limit=lower_limit,
        upper_limit=upper_limit,
    )


def pooled_variance(values: ArrayLike, session: ArrayLike) -> tuple[FloatArray, IntArray]:
    """Variance within sessions, pooled over them (one-way analysis of variance).

    Parameters
    ----------
    values, session
        As for `agreement`.

    Returns
    -------
    variance : ndarray, shape (q,)
        Squares about the means of the sessions over the degrees of freedom; NaN without any.
    freedom : ndarray of int, shape (q,)
        The sum of k - 1 over sessions with k values.

    Examples
    --------
    >>> print(pooled_variance([[1.0], [3.0], [4.0], [6.0], [5.0]], session=[1, 1, 2, 2, 2]))
    (array([1.33333333]), array([3]))
    """
    return _Replicates.of(values, session).pooled()


def moderated_variance(
    own: ArrayLike, own_freedom: ArrayLike, prior: ArrayLike, prior_freedom: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Shrink variances from few measurements toward prior variances from many others.

    Parameters
    ----------
    own, prior : array_like
        Variances; NaN where unknown. All four arrays are broadcast.
    own_freedom, prior_freedom : array_like
        Their degrees of freedom, 0 or more; with infinite ones the prior replaces the own variance.

    Returns
    -------
    variance, freedom : ndarray
        Mean weighted by the degrees of freedom, and the sum of these (Smyth 2004, Stat Appl Genet Mol Biol 3:3). Where
        the own variance is NaN or has no degrees of freedom, the prior; where the prior is NaN, the own; else NaN, 0.

    Raises
    ------
    InvalidPointsError
        If the shapes do not fit, degrees of freedom are negative or NaN, or the own ones infinite.

    Examples
    --------
    >>> print(moderated_variance([1.0, np.nan], [2, 0], prior=4.0, prior_freedom=6))
    (array([3.25, 4.  ]), array([8., 6.]))
    """
    ours, weight, theirs, prior_weight = as_broadcast(own, own_freedom, prior, prior_freedom)
    if not ((weight >= 0) & (weight < np.inf) & (prior_weight >= 0)).all():
        raise InvalidPointsError("degrees of freedom must be 0 or more, and finite unless the prior's")

    weight = np.where(np.isnan(ours), 0.0, weight)
    freedom = weight + np.where(np.isnan(theirs), 0.0, prior_weight)
    ours = np.where(weight > 0, ours, theirs)
    theirs = np.where(np.isnan(theirs), ours, theirs)
    share = weight / np.where(freedom > 0, freedom, 1.0)
    return theirs + share * (ours - theirs), freedom


def _standard_error(variance: FloatArray, freedom: IntArray) -> Estimate:
    from scipy import special  # slow to load, and no photo needs it

    # chdtri takes the upper tail: 0.025 gives the large quantile, hence the lower bound.
    low, high = (np.sqrt(variance * freedom / special.chdtri(freedom, tail)) for tail in (_LOW, _HIGH))
    return Estimate(value=np.sqrt(variance), low=low, high=high)


def _correlations(table: FloatArray) -> tuple[Estimate, Estimate]:
    """ICC(2,1) and ICC(3,1) of tables (s, k, q), NaN for unused sessions and replicates."""
    used = ~np.isnan(table)
    sessions, replicates = used.any(axis=1), used.any(axis=0)
    from scipy import special  # slow to load, and no photo needs it

    n = np.where(sessions.sum(axis=0) >= 2, sessions.sum(axis=0), np.nan)
    k = np.where(sessions.sum(axis=0) >= 2, replicates.sum(axis=0), np.nan)
    freedom = (n - 1) * (k - 1)

    # Relative to the first replicate of the session, so that equal ones differ by exactly 0.
    off = np.where(used, table - table[:, :1], 0.0)
    level, effect = off.sum(axis=1) / k, off.sum(axis=0) / n
    mean = level.sum(axis=0) / n
    left_over = np.where(used, off - level[:, None] - effect + mean, 0.0)
    between = k * mean_and_squares(table[:, 0] + level)[1] / (n - 1)
    drift = n * (np.where(replicates, effect - mean, 0.0) ** 2).sum(axis=0) / (k - 1)
    error = (left_over**2).sum(axis=(0, 1)) / freedom

    def absolute(f: FloatArray | float) -> FloatArray:
        return ratio_or_nan(n * (f * between - error), n * f * between + k * drift + (k * n - k - n) * error)

    def consistent(f: FloatArray | float) -> FloatArray:
        return ratio_or_nan(f * between - error, f * between + (k - 1) * error)

    # Both increase with the mean square between sessions: bounds of its F ratio give theirs.
    icc = np.maximum(absolute(1.0), 0.0)
    drift_part, error_part = k * icc * drift, (n * (1 - icc) + k * (n - 1) * icc) * error
    parts = drift_part**2 / (k - 1) + error_part**2 / freedom
    rest = np.where(drift + error > 0, ratio_or_nan((drift_part + error_part) ** 2, parts), freedom)
    low_2, high_2 = (special.fdtri(rest, n - 1, p) for p in (_LOW, _HIGH))
    low_3, high_3 = (special.fdtri(freedom, n - 1, p) for p in (_LOW, _HIGH))
    return (
        Estimate(value=absolute(1.0), low=absolute(low_2), high=absolute(high_2)),
        Estimate(value=consistent(1.0), low=consistent(low_3), high=consistent(high_3)),
    )


def _limits(difference: FloatArray) -> tuple[Estimate, Estimate, Estimate]:
    """Bias, lower and upper limit of agreement of differences (s, q), NaN where unknown."""
    from scipy import special  # slow to load, and no photo needs it

    count = (~np.isnan(difference)).sum(axis=0)
    n = np.where(count >= 2, count, np.nan)
    bias, squares = mean_and_squares(difference)
    spread = np.sqrt(squares / (n - 1))
    half = special.stdtrit(n - 1, _HIGH) * spread / np.sqrt(n)
    inner, outer = (special.nctdtrit(n - 1, _Z * np.sqrt(n), p) * spread / np.sqrt(n) for p in (_LOW, _HIGH))
    return (
        Estimate(value=bias, low=bias - half, high=bias + half),
        Estimate(value=bias - _Z * spread, low=bias - outer, high=bias - inner),
        Estimate(value=bias + _Z * spread, low=bias + inner, high=bias + outer),
    )
