"""Colours and line styles of cards, figures and plots: the same thing has the same colour everywhere."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from symmetry.arrays import FloatArray
from symmetry.measure.quality.flags import Severity
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, Verdict

INK: Final = "#1f2933"
QUIET: Final = "#52606d"
RULE: Final = "#cbd2d9"
PAPER: Final = "white"
HALO: Final = "#101418"
SUBJECT_RIGHT_COLOUR: Final = "#e69f00"
"""Okabe and Ito's orange."""
SUBJECT_LEFT_COLOUR: Final = "#56b4e9"
"""Okabe and Ito's sky blue; with their orange the pair that all kinds of colour vision tell apart."""

# A course over time: its sessions, their errors, the trend in the colour of its verdict, the time before a treatment.
COURSE: Final = "#701fae"
"""The purple of amounts: a course is an amount of asymmetry."""
BAND: Final = "#d9c2ee"
BAND_OPACITY: Final = 0.75
FAN_OPACITY: Final = 0.22
BASELINE: Final = "#eef1f4"
TREATMENT_DASHES: Final = (4, 3)

NOT_SEEN_COLOUR: Final = "#999999"
"""Neutral grey where nothing is known."""
AMOUNT_STEPS: Final = ("#f6effc", "#cfb2ee", "#a266d8", "#701fae", "#2f0652")
"""Colours of an amount, pale for none to dark purple for much: their lightness alone tells them apart."""
FULL_SCALE: Final = {"mm": 5.0, "% IPD": 8.0}
"""Asymmetry at the dark end, the same in every drawing, so that two of them can be compared by eye."""
FULL_MOVEMENT: Final = {"mm": 3.0, "% IPD": 5.0}
"""The same for movements, which are smaller."""

VERDICT_COLOURS: Final[dict[Verdict, str]] = {
    IMPROVED: "#00724f",
    WORSE: "#b02a00",
    NO_CHANGE: QUIET,
    NOT_COMPARABLE: QUIET,
}
"""Okabe and Ito's bluish green and vermilion, dark enough to be read on white."""
FLAG_SIGNS: Final[dict[Severity, tuple[str, str]]] = {
    "reject": ("✖", "#b02a00"),
    "warn": ("⚠", "#9a6700"),
    "info": ("·", QUIET),
}
"""What stands before a flag, and its colour."""

# Plots of a study.
GROUP_COLOURS: Final = (COURSE, "#0072b2", "#a85b00", "#00724f", "#b0457f")
"""The purple, then Okabe and Ito's colours, dark enough for thin lines; lightness and markers tell them apart, too."""
NO_CHANGE_BAR: Final = "#8b97a3"
MDC_BAND: Final = "#dfe4ea"
LIMIT_BAND: Final = "#e4e7eb"
RESPONDERS: Final = VERDICT_COLOURS[IMPROVED]
NAIVE: Final = "#a9d6c5"
NAIVE_TEXT: Final = "#47796a"

_STEPS = np.array([[int(step[i : i + 2], 16) for i in (1, 3, 5)] for step in AMOUNT_STEPS], dtype=np.float64)


def amount_rgb(shares: ArrayLike) -> FloatArray:
    """Colours (..., 3) from 0 to 255 of amounts, given as shares (...) of the full scale."""
    shares = np.clip(np.asarray(shares, dtype=np.float64), 0.0, 1.0)
    steps = np.linspace(0.0, 1.0, len(_STEPS))
    return np.stack([np.interp(shares, steps, channel) for channel in _STEPS.T], axis=-1)


def amount_colour(amount: float, unit: str) -> str:
    """Colour of an asymmetry in "mm" or "% IPD"; grey where it is not known."""
    if not np.isfinite(amount):
        return NOT_SEEN_COLOUR
    return "#" + "".join(f"{round(float(channel)):02x}" for channel in amount_rgb(amount / FULL_SCALE[unit]))
