"""Courses over time whose noise resembles itself."""

from __future__ import annotations

import numpy as np


def noise(weeks, resemblance, courses, rng):
    """Noise of variance one that resembles itself by so much over a mean gap, shape (n, courses)."""
    made = rng.normal(size=(len(weeks), courses))
    gaps = np.diff(weeks)
    for row, gap in enumerate(gaps, start=1):
        kept = resemblance ** (gap / gaps.mean())
        made[row] = kept * made[row - 1] + np.sqrt(1 - kept**2) * made[row]
    return made


def irregular(sessions, rng):
    return np.cumsum(rng.uniform(3, 10, sessions)) / 7
