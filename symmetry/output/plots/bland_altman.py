"""Bland-Altman plot: differences of paired measurements against their means, with bias and limits of agreement."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError
from symmetry.output.colours import BAND, BAND_OPACITY, COURSE, INK, LIMIT_BAND, QUIET
from symmetry.output.layout import spread
from symmetry.output.plots.canvas import THIN, Canvas, in_unit, signed_number
from symmetry.stats.agreement import Agreement, agreement
from symmetry.stats.estimates import Estimate

_FAR: Final = 1.5
"""Distance beyond the differences, in spans of these, at which intervals of the limits are clipped."""
_CROWD: Final = 150.0
"""Number of points from which on they are drawn paler."""


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
        Paired measurements; pairs with a NaN are left out.
    unit : str
    names : (str, str)
        Names of the two measurements.
    size : float, optional
        Size of text in points; by default it follows the width of the Axes.

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
    found = _estimates(agreement(both.reshape(-1, 1), np.repeat(np.arange(count), 2))) if count > 1 else {}
    texts = [_texts(name, estimate) for name, estimate in found.items()]
    behind = max((canvas.bold.width(line) for lines in texts for line in lines), default=-canvas.size) + canvas.size
    ends, heights = _span(mean, 0.05), _heights(difference, found)
    canvas.span_x(*ends, behind=behind)
    canvas.span_y(*heights)
    canvas.stroke(ends, [0, 0], INK, THIN, zorder=1, gid="no difference")
    for name, estimate in found.items():
        _line(canvas, name, estimate, ends, heights)
    _write(canvas, found, texts, ends[1])
    size = float(np.clip(0.55 * (40 / max(count, 40)) ** 0.25, 1.6 / canvas.size, 0.55))
    opacity = float(np.clip(np.sqrt(_CROWD / max(count, 1)) * 0.7, 0.15, 0.75))
    style = {"color": COURSE, "markeredgecolor": "none", "zorder": 4, "gid": "pairs"}
    canvas.marks(mean, difference, "o", size, alpha=opacity, **style)
    left_out = np.size(first) - count
    told = ("1 pair" if count == 1 else f"{count} pairs") + (f", {left_out} left out" if left_out else "")
    canvas.label_x(in_unit(f"Mean of {names[0]} and {names[1]}", unit), told, at=sum(ends) / 2)
    canvas.label_y(in_unit(f"{names[1]} − {names[0]}", unit), at=sum(heights) / 2)


def _pairs(first: ArrayLike, second: ArrayLike) -> FloatArray:
    one, other = (np.asarray(values, dtype=np.float64) for values in (first, second))
    if one.ndim != 1 or one.shape != other.shape:
        raise InvalidPointsError(f"both measurements must have the same shape (n,), not {one.shape} and {other.shape}")
    both = np.column_stack([one, other])
    if np.isinf(both).any():
        raise InvalidPointsError("values must be finite numbers, or NaN where they are not known")
    return np.asarray(both[~np.isnan(both).any(axis=1)])


def _estimates(found: Agreement) -> dict[str, Estimate]:
    return {"upper limit": found.upper_limit, "bias": found.bias, "lower limit": found.lower_limit}


def _texts(name: str, estimate: Estimate) -> tuple[str, str, str]:
    value, low, high = (signed_number(float(part[0])) for part in (estimate.value, estimate.low, estimate.high))
    return name, value, f"{low} to {high}"


def _span(values: FloatArray, share: float) -> tuple[float, float]:
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    space = share * (high - low) or max(abs(low), 1.0) * share
    return low - space, high + space


def _heights(difference: FloatArray, found: dict[str, Estimate]) -> tuple[float, float]:
    """Return the ends of the scale: all differences, 0, and the intervals of the limits unless they reach far out."""
    bottom, top = _span(np.append(difference, 0.0), 0.06)
    if not found:
        return bottom, top
    span = top - bottom
    lowest = max(float(found["lower limit"].low[0]), bottom - _FAR * span)
    highest = min(float(found["upper limit"].high[0]), top + _FAR * span)
    room = 0.04 * span
    return min(bottom, lowest - room), max(top, highest + room)


def _line(
    canvas: Canvas, name: str, estimate: Estimate, ends: tuple[float, float], heights: tuple[float, float]
) -> None:
    """Draw the bias or a limit over its interval."""
    value, low, high = (float(part[0]) for part in (estimate.value, estimate.low, estimate.high))
    colour, band, dashes = (COURSE, BAND, "-") if name == "bias" else (QUIET, LIMIT_BAND, (0, (4, 2)))
    low, high = np.clip([low, high], *heights)
    canvas.area(ends, low, high, band, alpha=BAND_OPACITY, zorder=0.3, gid=f"{name} interval")
    canvas.stroke(ends, [value, value], colour, 0.2, linestyle=dashes, zorder=2, gid=name)


def _write(canvas: Canvas, found: dict[str, Estimate], texts: list[tuple[str, str, str]], x: float) -> None:
    """Write bias and limits with their intervals beside the lines, without overlap."""
    low, high = canvas.axes.get_ylim()
    distance = 3.1 * canvas.line * (high - low) / canvas.height
    down = spread([-float(estimate.value[0]) for estimate in found.values()], [distance] * len(found))
    for y, lines in zip(down, texts, strict=True):
        for number, line in enumerate(lines):
            style = canvas.bold if number == 1 else canvas.plain.but(colour=QUIET)
            canvas.write((x, -y), line, style, offset=(0.6 * canvas.size, (1 - number) * canvas.line), gid="estimate")
