"""Movements of a film: how each side of each site moves in every expression."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.measure.motion.curves import Curves
from symmetry.measure.motion.expressions import MAIN, PLATEAU, Z95, find_synkinesis, propose_expression
from symmetry.measure.motion.movements import Movement, SideMotion, SiteMotion
from symmetry.measure.motion.sites import SITE_NAMES
from symmetry.measure.motion.spans import find_spans

_CROSSINGS: Final = (0.25, 0.5, 0.75)
_SHARE: Final = 0.05
"""Error of a movement that grows with it: the drawn smiles, brows and lids of 1 to 4 mm are seen to 0.9 to 1.07."""
_MOVES: Final = 1.0
"""Movement, mm, from which on a side is said to have a time and a speed."""
_BEFORE: Final = 0.25
"""Seconds before a span in which one side may have begun to move."""


def find_movements(curves: Curves, names: tuple[str, ...] = ()) -> list[Movement]:
    """Find the expressions in a film and measure them.

    Parameters
    ----------
    curves : Curves
    names : tuple of str
        What the expressions are, in order; counts only if there are as many.
    """
    spans = find_spans(curves)
    given = names if len(names) == len(spans) else (None,) * len(spans)
    return [_measured(curves, span, name) for span, name in zip(spans, given, strict=True)]


def _measured(curves: Curves, span: slice, name: str | None) -> Movement:
    sites = {name: _site_motion(curves, span, place) for place, name in enumerate(SITE_NAMES)}
    proposed: str = propose_expression(curves, span, sites)
    most = max((name for name in SITE_NAMES if not name.endswith("lid")), key=lambda name: _size(sites[name]))
    expression = name or proposed
    site = MAIN.get(expression, most)
    length = np.nan_to_num(np.linalg.norm(curves.smooth[span, SITE_NAMES.index(site)], axis=-1)).sum(axis=-1)
    peak = span.start + int(length.argmax())
    return Movement(
        expression=expression,
        proposed=proposed,
        start=float(curves.times[span.start]),
        peak=float(curves.times[peak]),
        end=float(curves.times[span.stop - 1]),
        site=site,
        sites=sites,
        synkinesis=find_synkinesis(curves, span, expression, site),
    )


def _size(motion: SiteMotion) -> float:
    return float(np.nan_to_num([motion.subject_right.excursion, motion.subject_left.excursion]).max())


def _site_motion(curves: Curves, span: slice, place: int) -> SiteMotion:
    sides = [_side_motion(curves, span, place, side) for side in range(2)]
    right, left = sides
    error = float(np.hypot(right.excursion_error, left.excursion_error))
    less, more = sorted(sides, key=lambda side: side.excursion)
    ratio = ratio_error = np.nan
    if more.excursion >= _MOVES:
        ratio = less.excursion / more.excursion
        ratio_error = np.hypot(less.excursion_error, ratio * more.excursion_error) / more.excursion
    lag, lag_error = _lag(curves, span, place, (right, left))
    return SiteMotion(
        site=SITE_NAMES[place],
        subject_right=right,
        subject_left=left,
        difference=left.excursion - right.excursion,
        difference_error=error,
        ratio=float(100 * ratio),
        ratio_error=float(100 * ratio_error),
        lag=lag,
        lag_error=lag_error,
    )


def _with_start(curves: Curves, span: slice) -> slice:
    return slice(max(span.start - round(_BEFORE / curves.step), 0), span.stop)


def _along(curves: Curves, span: slice, place: int, side: int) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """Movement along the direction of the peak, mm; the mean vector at the peak; which steps are at the peak."""
    path = curves.smooth[span, place, side]
    length = np.linalg.norm(path, axis=-1)
    if not np.isfinite(length).any():
        return length, np.full(2, np.nan), np.zeros(len(length), dtype=bool)
    at_peak = np.nan_to_num(length) >= PLATEAU * np.nanmax(length)
    vector = np.nanmean(curves.raw[span, place, side][at_peak], axis=0)
    size = np.linalg.norm(vector)
    along = path @ (vector / size) if size > 0 else length
    return along, vector, at_peak


def _side_motion(curves: Curves, span: slice, place: int, side: int) -> SideMotion:
    along, vector, at_peak = _along(curves, span, place, side)
    rising, _, _ = _along(curves, _with_start(curves, span), place, side)
    excursion = float(np.linalg.norm(vector))
    error = _error(curves, span, place, side, at_peak, excursion)
    moves = excursion >= max(_MOVES, error)
    rise = _crossing(rising, 0.9 * excursion) - _crossing(rising, 0.1 * excursion) if moves else np.nan
    speed = np.gradient(along, curves.step)[: max(int(np.nanargmax(along)), 1) + 1].max() if moves else np.nan
    steps = np.linalg.norm(np.diff(curves.smooth[span, place, side], axis=0), axis=-1)
    return SideMotion(
        excursion=excursion,
        excursion_error=error,
        outward=float(vector[0]),
        up=float(vector[1]),
        time_to_peak=float(rise * curves.step),
        velocity=float(speed),
        path=float(np.nansum(steps)) if moves else np.nan,
    )


def _error(curves: Curves, span: slice, place: int, side: int, at_peak: NDArray[np.bool_], excursion: float) -> float:
    """95 % half-width of an excursion: what more frames do not mend, noise of those at the peak, and its own share."""
    if not at_peak.any():
        return np.nan
    slow = np.linalg.norm(curves.wander[span, place, side][at_peak], axis=-1).max()
    fast = np.linalg.norm(curves.noise[place, side]) / np.sqrt(at_peak.sum())
    return float(Z95 * np.sqrt(slow**2 + fast**2 + (_SHARE * excursion) ** 2))


def _crossing(along: FloatArray, level: float) -> float:
    """Step, with its fraction, at which a curve last rises through a level before its peak; NaN if it does not."""
    if not np.isfinite(along).all():
        return np.nan
    before = along[: int(along.argmax()) + 1]
    below = np.flatnonzero(before < level)
    if not below.size or below[-1] + 1 >= len(before):
        return np.nan
    low = int(below[-1])
    return low + float((level - before[low]) / (before[low + 1] - before[low]))


def _lag(curves: Curves, span: slice, place: int, sides: tuple[SideMotion, SideMotion]) -> tuple[float, float]:
    """How much later the left moves than the right, ms, and its 95 % half-width; by when each passes its quarters."""
    if not all(side.excursion >= _MOVES and side.velocity > 0 for side in sides):
        return np.nan, np.nan
    wider = _with_start(curves, span)
    times = []
    spreads = []
    for number, side in enumerate(sides):
        along, _, _ = _along(curves, wider, place, number)
        times.append([_crossing(along, share * side.excursion) for share in _CROSSINGS])
        fast = np.linalg.norm(curves.noise[place, number]) / np.sqrt(2)
        slow = np.linalg.norm(curves.wander[span, place, number], axis=-1).max() / 2
        spreads.append(np.hypot(fast, slow) / side.velocity)
    lag = np.mean(np.array(times[1]) - np.array(times[0])) * curves.step
    return float(1000 * lag), float(1000 * Z95 * np.hypot(*spreads))
