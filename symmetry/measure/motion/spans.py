"""Spans of a film in which the face is not at rest, and its blinks."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.measure.motion.curves import Curves
from symmetry.measure.motion.movements import Blink
from symmetry.measure.motion.sites import SITE_NAMES
from symmetry.measure.quality.expression import CLOSED

_BEGINS, _ENDS = 0.8, 0.4
"""Movement, mm, with which an expression has begun, and within which it begins and ends."""
_ABOVE_NOISE: Final = 5.0
_SHORTEST, _APART = 0.15, 0.15
"""Seconds that an expression lasts at least, and that lie between two."""
_SHUT: Final = 0.7
"""Share of its usual opening below which an eye is narrowed."""
_LONGER_THAN_A_BLINK: Final = 0.8
"""Seconds; spontaneous blinks take 0.1 to 0.4 s (Kwon et al. 2013, doi 10.1098/rsif.2013.0227)."""
_SLOWEST_FOR_BLINKS: Final = 1 / 14
"""Seconds between frames beyond which blinks fall in between."""


def find_spans(curves: Curves) -> list[slice]:
    """Spans of time in which the face is not at rest."""
    if len(curves.times) < 5:
        return []
    length = np.linalg.norm(curves.smooth, axis=-1)  # n, site, side
    length[:, [SITE_NAMES.index("upper_lid"), SITE_NAMES.index("lower_lid")]] = 0.0  # blinks are no expressions
    most = np.nanmax(np.nan_to_num(length), axis=(1, 2))
    noise = float(np.nan_to_num(np.nanmedian(curves.wander))) if np.isfinite(curves.wander).any() else 0.0
    begins = max(_BEGINS, _ABOVE_NOISE * noise)
    shut = shut_for_long(curves)
    active = (most > begins * _ENDS / _BEGINS) | shut
    spans = []
    for first, last in _runs(active, round(_APART / curves.step)):
        lasts = (last - first) * curves.step >= _SHORTEST
        if lasts and (most[first:last].max() > begins or shut[first:last].any()):
            spans.append(slice(first, last))
    return spans


def shut_for_long(curves: Curves) -> NDArray[np.bool_]:
    """Where an eye is narrowed for longer than a blink."""
    shut = _narrowed(curves)
    out = np.zeros(len(shut), dtype=bool)
    for first, last in _runs(shut, 1):
        if (last - first) * curves.step >= _LONGER_THAN_A_BLINK:
            out[first:last] = True
    return out


def _runs(active: NDArray[np.bool_], bridged: int) -> list[tuple[int, int]]:
    """First and last places (exclusive) of runs of True, those a few places apart joined."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]]).astype(int)))
    runs: list[tuple[int, int]] = []
    for first, last in edges.reshape(-1, 2).tolist():
        if runs and first - runs[-1][1] <= bridged:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    return runs


def _narrowed(curves: Curves) -> NDArray[np.bool_]:
    """Where at least one eye is narrowed."""
    return np.asarray((np.nan_to_num(curves.openings, nan=1.0) < _SHUT * usual_openings(curves)).any(axis=1))


def usual_openings(curves: Curves) -> FloatArray:
    """Find the opening of both eyes at rest, widths of the eye, shape (2,)."""
    at_rest = curves.openings[curves.resting] if curves.resting.any() else curves.openings
    return np.asarray(np.nanmedian(at_rest, axis=0))


def find_blinks(curves: Curves) -> tuple[Blink, ...]:
    """Find the blinks: both eyes, or one, narrow to seven tenths for less than 0.8 s."""
    if len(curves.times) < 5 or curves.step > _SLOWEST_FOR_BLINKS:
        return ()
    usual, shut = usual_openings(curves), _narrowed(curves)
    blinks = []
    for first, last in _runs(shut, 1):
        if (last - first) * curves.step >= _LONGER_THAN_A_BLINK:
            continue
        least = np.nanmin(curves.openings[first:last], axis=0)
        closed = np.clip((usual - least) / np.maximum(usual - CLOSED, 1e-3), 0.0, 1.0)
        middle = float(curves.times[first:last].mean())
        blinks.append(Blink(time=middle, closed_right=float(closed[0]), closed_left=float(closed[1])))
    return tuple(blinks)
