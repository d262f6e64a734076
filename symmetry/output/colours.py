"""Colours of cards and figures: the same amount has the same colour everywhere."""

from __future__ import annotations

from typing import Final

import numpy as np

from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, Verdict

INK: Final = "#1f2933"
QUIET: Final = "#52606d"
RULE: Final = "#cbd2d9"
PAPER: Final = "white"
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
"""Neutral grey where there is nothing to tell."""

AMOUNT_STEPS: Final = ("#f6effc", "#cfb2ee", "#a266d8", "#701fae", "#2f0652")
"""Colours of an amount, pale for none to dark purple for much: their lightness alone tells them apart."""
FULL_SCALE: Final = {"mm": 5.0, "% IPD": 8.0}
"""Asymmetry at the dark end, the same in every drawing: two of them can be compared by eye."""

VERDICT_COLOURS: Final[dict[Verdict, str]] = {
    IMPROVED: "#00724f",
    WORSE: "#b02a00",
    NO_CHANGE: QUIET,
    NOT_COMPARABLE: QUIET,
}
"""Okabe and Ito's bluish green and vermilion, dark enough to be read on white."""

_STEPS = np.array([[int(step[i : i + 2], 16) for i in (1, 3, 5)] for step in AMOUNT_STEPS], dtype=np.float64)


def amount_colour(amount: float, unit: str) -> str:
    """Colour of an asymmetry in "mm" or "% IPD"; grey where it is not known."""
    if not np.isfinite(amount):
        return NOT_SEEN_COLOUR
    at = np.clip(amount / FULL_SCALE[unit], 0.0, 1.0) * (len(_STEPS) - 1)
    channels = [round(float(np.interp(at, np.arange(len(_STEPS)), channel))) for channel in _STEPS.T]
    return "#" + "".join(f"{channel:02x}" for channel in channels)
