"""Agreement: how well repeated measurements of unchanged faces agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError

IntArray = NDArray[np.int64]

_Z: Final = 1.96
_LOW: Final = 0.025
_HIGH: Final = 0.975


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate:
    """Estimates with their 95 % confidence intervals; arrays (q,), NaN where the data do not tell."""

    value: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Agreement:
    """Agreement of repeated measurements; arrays (q,), one value a quantity, in the quantity's unit unless said.

    Attributes
    ----------
    sessions : ndarray of int
        Sessions with at least two known values; no other session counts anywhere.
    freedom : ndarray of int
        Degrees of freedom of the SEM: the sum of k - 1 over sessions with k known values.
    sem : Estimate
        Standard error of measurement: the standard deviation within sessions, pooled.
    mdc95 : Estimate
        Minimal detectable change between two photos.
    icc_2_1, icc_3_1 : Estimate
        Intraclass correlations without a unit, 1 at best: single measurements, by absolute agreement and by
        consistency. Negative ones are reported as they are.
    bias : Estimate
        Mean of the second known value less the first.
    lower_limit, upper_limit : Estimate
        95 % limits of agreement of the second known value with the first.
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
    """Measurements (n, q) in the order of their s sessions, and where the known ones stand."""

    values: FloatArray
    index: IntArray  # (n,), each row's session, from 0
    starts: IntArray  # (s,), first row of each session
    rank: IntArray  # (n, q), how many values of the same session are known before this one
    counts: IntArray  # (s, q), known values of each session

    @classmethod
    def of(cls, values: ArrayLike, session: ArrayLike) -> _Replicates:
        measured, label = np.asarray(values, dtype=np.float64), np.asarray(session)
        if measured.ndim != 2 or label.shape != measured.shape[:1]:
            raise InvalidPointsError(f"shapes must be (n, q) and (n,), not {measured.shape} and {label.shape}")
        if np.isinf(measured).any():
            raise InvalidPointsError("values must be finite numbers, or NaN where they are not known")
        if label.dtype.kind == "f" and np.isnan(label).any():
            raise InvalidPointsError("every photo must belong to a session, and NaN is none")
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
        # Less the first value first: equal values then differ by nothing at all, not by rounding.
        off = np.where(known, self.values - first[self.index], 0.0)
        mean = np.add.reduceat(off, self.starts, axis=0) / np.maximum(self.counts, 1)
        squares = (np.where(known, off - mean[self.index], 0.0) ** 2).sum(axis=0)
        freedom = np.asarray(np.maximum(self.counts - 1, 0).sum(axis=0))
        return _ratio(squares, freedom), freedom

    def table(self) -> FloatArray:
        """First k known values of the sessions that have two or more, shape (s, at least 2, q); NaN elsewhere.

        k is a quantity's own: the least number of known values over these sessions.
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
        q quantities measured on each of n photos; NaN where one is not known.
    session : array_like, shape (n,)
        Photos with the same label are repeated photos of one unchanged face, in the order of their rows.

    Returns
    -------
    Agreement
        NaN, without a warning, where a quantity has too few sessions or no variance to tell from.

    Raises
    ------
    InvalidPointsError
        If the shapes do not fit, a value is infinite, or a label is NaN.

    Notes
    -----
    SEM = sqrt(SSW / freedom), SSW the squares about the means of the sessions, all known values of every session; its
    interval is from the chi-square distribution. MDC95 = 1.96 sqrt(2) SEM (Weir 2005, J Strength Cond Res 19:231).

    The ICCs need a table without gaps. It has, for each quantity, the sessions with at least two known values and
    their first k known ones, k the least number of known values over these sessions. With n sessions and the mean
    squares of sessions R, replicates C and error E: ICC(2,1) = (R - E) / (R + (k - 1) E + k (C - E) / n) and
    ICC(3,1) = (R - E) / (R + (k - 1) E) (Shrout & Fleiss 1979, Psychol Bull 86:420). Their intervals are those of
    ICC(A,1) and ICC(C,1) of McGraw & Wong (1996, Psychol Methods 1:30), except that a negative ICC(2,1) counts as 0
    in the degrees of freedom, which else fall below those of any of its parts.

    Bias and limits are of the first two known values of each session: the mean difference, with its interval from the
    t distribution, and the mean -+ 1.96 standard deviations (Bland & Altman 1999, Stat Methods Med Res 8:135). The
    intervals of the limits are the exact ones from the noncentral t distribution, each limit by itself (Carkeet 2015,
    Optom Vis Sci 92:e71); of few sessions they reach further out than in.
    """
    replicates = _Replicates.of(values, session)
    variance, freedom = replicates.pooled()
    # chdtri takes the upper tail: of 0.025 for the large quantile, hence the lower bound.
    low, high = (np.sqrt(variance * freedom / special.chdtri(freedom, tail)) for tail in (_LOW, _HIGH))
    sem = Estimate(value=np.sqrt(variance), low=low, high=high)
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
    """Variance within sessions, pooled over them (one-way analysis of variance); takes what `agreement` takes.

    Returns
    -------
    variance : ndarray, shape (q,)
        Squares about the means of the sessions over the degrees of freedom; NaN where there are none of these.
    freedom : ndarray of int, shape (q,)
        The sum of k - 1 over sessions with k known values.

    Raises
    ------
    InvalidPointsError
        As in `agreement`.
    """
    return _Replicates.of(values, session).pooled()


def half_width(sd: FloatArray, freedom: FloatArray, comparisons: FloatArray | int = 1) -> FloatArray:
    """95 % half-width of numbers whose standard deviation is known with so many degrees of freedom (Student's t).

    With several `comparisons`, each half-width is that of 5 % / comparisons (Bonferroni).
    """
    freedom = np.asarray(freedom, dtype=np.float64)
    quantile = special.stdtrit(np.where(freedom > 0, freedom, np.nan), 1 - (1 - _HIGH) / np.asarray(comparisons))
    return np.asarray(sd * quantile)


def moderated_variance(
    own: ArrayLike, own_freedom: ArrayLike, prior: ArrayLike, prior_freedom: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Draw variances from few measurements of one's own toward prior ones from many of others.

    Parameters
    ----------
    own, prior : array_like
        Variances; NaN where not known. All four arrays are broadcast.
    own_freedom, prior_freedom : array_like
        Their degrees of freedom, 0 or more; infinite ones of the prior overrule what is one's own.

    Returns
    -------
    variance, freedom : ndarray
        The mean weighted by the degrees of freedom, and the sum of these (Smyth 2004, Stat Appl Genet Mol Biol 3:3).
        Where one's own is NaN or has no freedom, the prior; where the prior is NaN, one's own; else NaN and 0.

    Raises
    ------
    InvalidPointsError
        If the shapes do not fit, or degrees of freedom are negative, NaN, or infinite of one's own.
    """
    given = [np.asarray(array, dtype=np.float64) for array in (own, own_freedom, prior, prior_freedom)]
    try:
        ours, weight, theirs, prior_weight = np.broadcast_arrays(*given)
    except ValueError as error:
        raise InvalidPointsError(f"shapes do not fit: {', '.join(str(array.shape) for array in given)}") from error
    if not ((weight >= 0) & (weight < np.inf) & (prior_weight >= 0)).all():
        raise InvalidPointsError("degrees of freedom must be 0 or more, and finite unless the prior's")

    weight = np.where(np.isnan(ours), 0.0, weight)
    freedom = weight + np.where(np.isnan(theirs), 0.0, prior_weight)
    ours = np.where(weight > 0, ours, theirs)
    theirs = np.where(np.isnan(theirs), ours, theirs)
    share = weight / np.where(freedom > 0, freedom, 1.0)
    return theirs + share * (ours - theirs), freedom


def _correlations(table: FloatArray) -> tuple[Estimate, Estimate]:
    """ICC(2,1) and ICC(3,1) of tables (s, k, q) whose unused sessions and replicates are NaN."""
    used = ~np.isnan(table)
    sessions, replicates = used.any(axis=1), used.any(axis=0)
    n = np.where(sessions.sum(axis=0) >= 2, sessions.sum(axis=0), np.nan)
    k = np.where(sessions.sum(axis=0) >= 2, replicates.sum(axis=0), np.nan)
    freedom = (n - 1) * (k - 1)

    # Replicates less the first of their session: equal ones then differ by nothing at all, not by rounding.
    off = np.where(used, table - table[:, :1], 0.0)
    level, effect = off.sum(axis=1) / k, off.sum(axis=0) / n
    mean = level.sum(axis=0) / n
    left_over = np.where(used, off - level[:, None] - effect + mean, 0.0)
    between = k * mean_and_squares(table[:, 0] + level)[1] / (n - 1)
    drift = n * (np.where(replicates, effect - mean, 0.0) ** 2).sum(axis=0) / (k - 1)
    error = (left_over**2).sum(axis=(0, 1)) / freedom

    def absolute(f: FloatArray | float) -> FloatArray:
        return _ratio(n * (f * between - error), n * f * between + k * drift + (k * n - k - n) * error)

    def consistent(f: FloatArray | float) -> FloatArray:
        return _ratio(f * between - error, f * between + (k - 1) * error)

    # Both rise with the mean square between sessions: their bounds are those of its F ratio to the rest.
    icc = np.maximum(absolute(1.0), 0.0)
    drift_part, error_part = k * icc * drift, (n * (1 - icc) + k * (n - 1) * icc) * error
    parts = drift_part**2 / (k - 1) + error_part**2 / freedom
    rest = np.where(drift + error > 0, _ratio((drift_part + error_part) ** 2, parts), freedom)
    low_2, high_2 = (special.fdtri(rest, n - 1, p) for p in (_LOW, _HIGH))
    low_3, high_3 = (special.fdtri(freedom, n - 1, p) for p in (_LOW, _HIGH))
    return (
        Estimate(value=absolute(1.0), low=absolute(low_2), high=absolute(high_2)),
        Estimate(value=consistent(1.0), low=consistent(low_3), high=consistent(high_3)),
    )


def _limits(difference: FloatArray) -> tuple[Estimate, Estimate, Estimate]:
    """Bias, lower and upper limit of agreement of differences (s, q), NaN where there is none."""
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


def mean_and_squares(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and sum of squares about it of the known ones of values (s, q), each (q,)."""
    known = ~np.isnan(values)
    highest = values.max(axis=0, initial=-np.inf, where=known)
    off = np.where(known, values - highest, 0.0)
    mean = _ratio(off.sum(axis=0), known.sum(axis=0))
    return highest + mean, (np.where(known, off - mean, 0.0) ** 2).sum(axis=0)


def _ratio(top: ArrayLike, bottom: ArrayLike) -> FloatArray:
    """Quotient, NaN where the denominator is not above 0."""
    divisor = np.asarray(bottom, dtype=np.float64)
    return np.asarray(top / np.where(divisor > 0, divisor, np.nan))
