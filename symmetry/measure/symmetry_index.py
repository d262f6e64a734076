"""The symmetry index: how even a whole face is, from 0 to 100, on a scale set by healthy adults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite, nan
from typing import Final

from symmetry.measure.quality.flags import Flag, by_gravity

HEALTHY_MEAN: Final = 2.2
"""Asymmetry of the whole face of an average healthy adult, percent of the interpupillary distance, as measured by
registration: 35 adults of the Face Research Lab London Set, neutral, mean 2.19, standard deviation 0.55 (1.31 and
0.32 mm). Between people it varies by a quarter of its mean, as in surface scans, 0.8 +- 0.2 mm (Linden et al. 2018,
n = 191); those follow the skin along its normal and so give smaller numbers."""
HEALTHY_SPREAD: Final = 0.55
POINTS_A_MEAN: Final = 25.0
"""Points that the asymmetry of an average healthy adult costs."""
HEALTHY_RANGE: Final = tuple(
    round(100.0 - POINTS_A_MEAN * (1 + sign * 1.96 * HEALTHY_SPREAD / HEALTHY_MEAN)) for sign in (1, -1)
)
"""Index of the middle 95 % of healthy adults."""
MOST_ERROR: Final = 20.0
"""Error, points, beyond which the index would not tell a healthy face from a very uneven one."""

TOO_UNSURE: Final = "too_unsure"
LANDMARKS_ALONE: Final = "landmarks_alone"
_NOT_SEEN: Final = "not_seen"
_LEAST_SEEN: Final = 0.6
"""Share of the face's pairs that must be matched; in the London set it is 0.77 to 0.86."""
_STOPPING: Final = ("smiling", "mouth_open", "eyes_closed", "brows_raised", "face_covered", "side_light")
"""Warnings that stop the index: it is defined for bare faces at rest, in light from the front."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SymmetryIndex:
    """Symmetry of a whole face in one number.

    100 is perfectly even, 75 an average healthy adult; every further point is a twenty-fifth of that adult's asymmetry:
    `100 - 25 * percent / 2.2`, where `percent` is the asymmetry of the whole face in percent of the interpupillary
    distance, and 2.2 its mean in healthy adults. 95 % of healthy adults lie between 63 and 87. Four times the average
    asymmetry, or more, is 0.

    Attributes
    ----------
    value : float
        0 to 100; NaN if the photo cannot carry it.
    error : float
        95 % half-width over re-photographing an unchanged face, points.
    reason : str or None
        Why it is not known: the name of a flag, "not_seen", "landmarks_alone" or "too_unsure".
    """

    value: float = nan
    error: float = nan
    reason: str | None = None


def symmetry_index(
    percent: float,
    error: float,
    *,
    seen: float = 1.0,
    flags: Iterable[Flag] = (),
) -> SymmetryIndex:
    """Give the symmetry index of a face, or the reason why its photo cannot carry one.

    Parameters
    ----------
    percent, error : float
        Asymmetry of the whole face and its 95 % half-width, percent of the interpupillary distance.
    seen : float
        Share of the face's pairs whose difference is known; 0 if jawline, eyes or mouth are not known as a whole.
    flags : iterable of Flag

    Examples
    --------
    >>> found = symmetry_index(2.2, 0.88)
    >>> found.value, found.error
    (75.0, 10.0)
    """
    reason = _stopped_by(flags)
    if reason is None and (not isfinite(percent) or seen < _LEAST_SEEN):
        reason = _NOT_SEEN
    if reason is not None:
        return SymmetryIndex(reason=reason)
    points = POINTS_A_MEAN / HEALTHY_MEAN
    own = points * error
    if not own <= MOST_ERROR:
        return SymmetryIndex(reason=TOO_UNSURE)
    return SymmetryIndex(value=max(100.0 - points * percent, 0.0), error=own)


def _stopped_by(flags: Iterable[Flag]) -> str | None:
    """Name of the gravest flag that stops the index."""
    stopping = (
        f for f in by_gravity(flags) if f.severity == "reject" or (f.severity == "warn" and f.name in _STOPPING)
    )
    return next((flag.name for flag in stopping), None)
