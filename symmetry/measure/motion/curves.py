"""Curves of movement: what the turning head adds is taken out, and how far they stray while the face is at rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.measure.motion.tracking import Track

_ROUNDS: Final = 15
_SEARCHED, _STARTS, _FIRST, _STEPS = 400, 40, 6, 5
"""Frames among which the calmest half is searched; starts, frames in each at first, and steps from it."""
_RESTS: Final = 3.5
_LEAST: Final = 0.12
"""Spreads from the resting level up to which a face is at rest, and the least such spread, mm."""
_SLOPE: Final = 0.4
"""Movement that a degree of turn may seem to add, mm: what the drawn mouth showed under pitch."""
_SMOOTHED: Final = 0.18
"""Seconds over which a curve is smoothed, by parabolas (Savitzky & Golay 1964): a smile rises in 0.3 s."""
_LONGEST_GAP: Final = 0.2
"""Seconds that are bridged where frames show nothing."""
_CORRELATED: Final = 0.25
"""Seconds within which frames of a film do not err independently."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curves:
    """Movement of all sites over time, at even steps; n steps.

    Attributes
    ----------
    times : ndarray, shape (n,)
        Seconds.
    raw, smooth : ndarray, shape (n, 8, 2, 2)
        Movement from rest of each site and side (right, left), outward and up, mm; NaN where it is not known.
    openings : ndarray, shape (n, 2)
        Of the right and left eye, widths of the eye.
    gap : ndarray, shape (n,)
        Of the lips, percent of the interpupillary distance.
    resting : ndarray of bool, shape (n,)
        Whether the face is at rest.
    noise : ndarray, shape (8, 2, 2)
        Standard deviation from frame to frame at rest, mm; NaN if the face hardly rests.
    wander : ndarray, shape (n, 8, 2, 2)
        Standard deviation of what is left of the turn of the head and of the light, mm: what more frames do not mend.
        It grows as the head turns farther than it did at rest.
    """

    times: FloatArray
    raw: FloatArray
    smooth: FloatArray
    openings: FloatArray
    gap: FloatArray
    resting: NDArray[np.bool_]
    noise: FloatArray
    wander: FloatArray

    @property
    def step(self) -> float:
        """Seconds from one to the next."""
        return float(self.times[1] - self.times[0]) if len(self.times) > 1 else np.nan


def take_curves(track: Track) -> Curves:
    """Level the movement of a track and find out how far it strays at rest.

    Notes
    -----
    The mesh gives a face some depth, and a turn of the head moves what is nearer than it says: at the drawn mouth by
    0.4 mm a degree of pitch. So each curve is regressed on yaw and pitch over the frames at rest, and what they explain
    is taken out of all frames. Which frames rest, and their level, are found together: frames beyond 3.5 spreads of
    the level get no weight. It begins with the half of the frames that fit best (least trimmed squares: Rousseeuw & Van
    Driessen 2006).
    """
    movement = track.movement.reshape(len(track.times), -1)
    design = np.column_stack([np.ones(len(track.times)), track.pose[:, :2] - np.median(track.pose[:, :2], axis=0)])
    level, resting, inverse = _level(design, movement)
    left = movement - design @ level
    times, even = _even(track.times, np.column_stack([left, track.openings, track.gap, design]))
    shape = (len(times), *track.movement.shape[1:])
    raw = even[:, : movement.shape[1]].reshape(shape)
    smooth = _smoothed(raw, times)
    rests = np.interp(times, track.times, resting.astype(float)) > 0.5
    noise, wander = _strays(raw, smooth, rests, times)
    leverage = np.einsum("ni,ij,nj->n", even[:, -3:], inverse, even[:, -3:])
    independent = max(_CORRELATED / (times[1] - times[0]), 1.0) if len(times) > 1 else 1.0
    spread = wander * np.sqrt(1 + np.minimum(leverage * independent, 1e4))[:, None, None, None]
    return Curves(
        times=times,
        raw=raw,
        smooth=smooth,
        openings=even[:, -6:-4],
        gap=even[:, -4],
        resting=rests,
        noise=noise,
        wander=spread,
    )


def _level(design: FloatArray, movement: FloatArray) -> tuple[FloatArray, NDArray[np.bool_], FloatArray]:
    """Fit the movement at rest; its terms (3, m), which frames rest, and the inverse of the normal matrix (3, 3)."""
    known = np.isfinite(movement)
    filled = np.where(known, movement, 0.0)
    resting = _calmest_half(design, filled)
    held = np.diag([1e-9, *[(_LEAST / _SLOPE) ** 2] * 2])
    for _ in range(_ROUNDS):
        inverse = np.linalg.inv(design[resting].T @ design[resting] + held)
        level = inverse @ (design[resting].T @ filled[resting])
        left = np.where(known, movement - design @ level, 0.0)
        spread = np.maximum(1.4826 * np.median(np.abs(left[resting]), axis=0), _LEAST)
        now = (np.abs(left) / spread).max(axis=1) < _RESTS
        if not now.any() or (now == resting).all():
            break
        resting = now
    return level, resting, inverse


def _calmest_half(design: FloatArray, movement: FloatArray) -> NDArray[np.bool_]:
    """Find the half of the frames that one level and one effect of turning explain best."""
    every = np.linspace(0, len(design) - 1, min(len(design), _SEARCHED)).round().astype(int)
    held, noise = np.diag([1e-9, *[(_LEAST / _SLOPE) ** 2] * 2]), np.random.default_rng(0)
    half, best, level = max(len(every) // 2, 1), np.inf, np.zeros((3, movement.shape[1]))
    for _ in range(_STARTS):
        kept = noise.choice(every, size=min(_FIRST, len(every)), replace=False)
        for _ in range(_STEPS):
            x = design[kept]
            found = np.linalg.solve(x.T @ x + held, x.T @ movement[kept])
            apart = np.abs(movement[every] - design[every] @ found).max(axis=1)
            kept = every[np.argsort(apart, kind="stable")[:half]]
        if (size := float(np.sort(apart)[:half].sum())) < best:
            best, level = size, found
    apart = np.abs(movement - design @ level).max(axis=1)
    return np.asarray(apart <= np.median(apart))


def _even(times: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Interpolate values (n, m) at even steps; NaN within gaps."""
    if len(times) < 3:
        return times, values
    step = float(np.median(np.diff(times)))
    even = np.arange(times[0], times[-1] + step / 2, step)
    out = np.full((len(even), values.shape[1]), np.nan)
    for column in range(values.shape[1]):
        known = np.isfinite(values[:, column])
        if known.sum() < 2:
            continue
        at, here = times[known], values[known, column]
        out[:, column] = np.interp(even, at, here)
        after = np.clip(np.searchsorted(at, even), 1, len(at) - 1)
        out[(at[after] - at[after - 1] > max(_LONGEST_GAP, 1.5 * step)) & (even > at[after - 1]), column] = np.nan
        out[(even < at[0] - step) | (even > at[-1] + step), column] = np.nan
    return even, out


def _smoothed(raw: FloatArray, times: FloatArray) -> FloatArray:
    """Smooth curves; where a value is unknown, so are those around it."""
    if len(times) < 5:
        return raw
    window = max(2 * round(_SMOOTHED / (times[1] - times[0]) / 2) + 1, 3)
    window = min(window, len(times) - 1 + len(times) % 2)
    from scipy.signal import savgol_filter  # slow to load, and only films need it

    return np.asarray(savgol_filter(raw, window, 2, axis=0, mode="nearest"))


def _strays(
    raw: FloatArray, smooth: FloatArray, resting: NDArray[np.bool_], times: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Spread at rest from frame to frame, and of what is slower; NaN with less than half a second of rest."""
    if len(times) < 3 or resting.sum() * (times[1] - times[0]) < 0.5:
        unknown = np.full(raw.shape[1:], np.nan)
        return unknown, unknown
    window = np.maximum(1 - 9 / 35, 0.5)  # what smoothing over five frames by a parabola leaves of white noise
    fast = np.nanstd(np.where(resting[:, None, None, None], raw - smooth, np.nan), axis=0) / np.sqrt(window)
    slow = np.sqrt(np.nanmean(np.where(resting[:, None, None, None], smooth, np.nan) ** 2, axis=0))
    return fast, slow
