"""Bland-Altman: differences of two measurements of the same against their mean, with bias and limits of agreement."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError
from symmetry.output.colours import BAND, COURSE, INK, QUIET
from symmetry.output.plots.canvas import Canvas, in_unit, signed_number, spread_apart
from symmetry.stats.agreement import Agreement, agreement
from symmetry.stats.estimates import Estimate

_FAR: Final = 1.5
"""Reach of the intervals of the limits, in spans of all differences, beyond which they are cut off."""
_CROWD: Final = 150.0
"""Points from which on they are pale."""
_LIMIT_BAND: Final = "#e4e7eb"


def draw_bland_altman(
    axes: Axes,
    first: ArrayLike,
    second: ArrayLike,
    *,
    unit: str = "mm",
    names: tuple[str, str] = ("first", "second"),
    size: float | None = None,
) -> None:
    """Draw the difference of two measurements against their mean, with bias and 95 % limits of agreement.

    Parameters
    ----------
    axes : Axes
    first, second : array_like, shape (n,)
        Two measurements of each thing; NaN where one is not known: the pair is left out.
    unit : str
    names : (str, str)
        Of the two measurements.
    size : float, optional
        Of text, points; by the width of the Axes without it.

    Raises
    ------
    InvalidPointsError
        If the shapes differ, or a value is infinite.

    Notes
    -----
    Bias and limits with their intervals are those of `symmetry.stats.agreement` (Bland & Altman 1999; Carkeet 2015).
    """
    both = _pairs(first, second)
    canvas = Canvas(axes, size, above=0, below=2, beside=1)
    mean, difference = both.mean(axis=1), both[:, 1] - both[:, 0]
    count = len(both)
    found = agreement(both.reshape(-1, 1), np.repeat(np.arange(count), 2)) if count > 1 else None
    texts = _texts(found, canvas)
    behind = max((canvas.wide(line, weight="bold") for lines in texts for line in lines), default=0.0) + canvas.size
    low, high = _span(mean, 0.05)
    canvas.span_x(low, high, behind=behind if texts else 0.0)
    bottom, top = _heights(difference, found)
    canvas.span_y(bottom, top)
    axes.plot([low, high], [0, 0], color=INK, linewidth=canvas.thin, zorder=1, gid="no difference")
    if found is not None:
        _lines(canvas, found, (low, high), (bottom, top), texts)
    axes.plot(
        mean,
        difference,
        linestyle="none",
        marker="o",
        markersize=float(np.clip(0.55 * canvas.size * (40 / max(count, 40)) ** 0.25, 1.6, 0.55 * canvas.size)),
        color=COURSE,
        markeredgecolor="none",
        alpha=float(np.clip(np.sqrt(_CROWD / max(count, 1)) * 0.7, 0.15, 0.75)),
        zorder=4,
        gid="pairs",
    )
    left_out = np.size(first) - count
    told = ("1 pair" if count == 1 else f"{count} pairs") + (f", {left_out} left out" if left_out else "")
    canvas.label_x(in_unit(f"Mean of {names[0]} and {names[1]}", unit), told, at=(low + high) / 2)
    canvas.label_y(in_unit(f"{names[1]} − {names[0]}", unit), at=(bottom + top) / 2)


def _pairs(first: ArrayLike, second: ArrayLike) -> FloatArray:
    one, other = (np.asarray(values, dtype=np.float64) for values in (first, second))
    if one.ndim != 1 or one.shape != other.shape:
        raise InvalidPointsError(f"both measurements must have the same shape (n,), not {one.shape} and {other.shape}")
    both = np.column_stack([one, other])
    if np.isinf(both).any():
        raise InvalidPointsError("values must be finite numbers, or NaN where they are not known")
    return np.asarray(both[~np.isnan(both).any(axis=1)])


def _estimates(found: Agreement) -> tuple[Estimate, Estimate, Estimate]:
    return found.upper_limit, found.bias, found.lower_limit


def _texts(found: Agreement | None, canvas: Canvas) -> list[tuple[str, ...]]:
    if found is None:
        return []
    return [
        (
            name,
            signed_number(float(estimate.value[0])),
            f"{signed_number(float(estimate.low[0]))} to {signed_number(float(estimate.high[0]))}",
        )
        for name, estimate in zip(("upper limit", "bias", "lower limit"), _estimates(found), strict=True)
    ]


def _span(values: FloatArray, share: float) -> tuple[float, float]:
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    space = share * (high - low) or max(abs(low), 1.0) * share
    return low - space, high + space


def _heights(difference: FloatArray, found: Agreement | None) -> tuple[float, float]:
    """Give the ends of the scale: all differences and 0, and the intervals of the limits unless those reach far out."""
    bottom, top = _span(np.append(difference, 0.0), 0.06)
    if found is None:
        return bottom, top
    span = top - bottom
    limits = found.lower_limit, found.upper_limit
    lowest = max(float(limits[0].low[0]), bottom - _FAR * span)
    highest = min(float(limits[1].high[0]), top + _FAR * span)
    room = 0.04 * span
    return min(bottom, lowest - room), max(top, highest + room)


def _lines(
    canvas: Canvas,
    found: Agreement,
    ends: tuple[float, float],
    heights: tuple[float, float],
    texts: list[tuple[str, ...]],
) -> None:
    """Draw bias and limits over their intervals, and write their numbers beside them."""
    axes = canvas.axes
    estimates = _estimates(found)
    for estimate, name in zip(estimates, ("upper limit", "bias", "lower limit"), strict=True):
        value, low, high = (float(part[0]) for part in (estimate.value, estimate.low, estimate.high))
        bias = name == "bias"
        axes.fill_between(
            ends, *np.clip([low, high], *heights), facecolor=BAND if bias else _LIMIT_BAND, alpha=0.75,
            edgecolor="none", zorder=0.3, gid=f"{name} interval",
        )  # fmt: skip
        axes.plot(
            ends, [value, value], color=COURSE if bias else QUIET, linewidth=0.2 * canvas.size,
            linestyle="-" if bias else (0, (4, 2)), zorder=2, gid=name,
        )  # fmt: skip
    low, high = axes.get_ylim()
    point = (high - low) / canvas.height
    at = spread_apart([-float(estimate.value[0]) for estimate in estimates], 3.1 * canvas.line * point)
    for y, lines in zip(-at, texts, strict=True):
        for number, line in enumerate(lines):
            canvas.write(
                (ends[1], y), line, offset=(0.6 * canvas.size, (1 - number) * canvas.line),
                colour=INK if number == 1 else QUIET, weight="bold" if number == 1 else "normal", name="estimate",
            )  # fmt: skip
