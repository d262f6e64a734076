"""How far numbers move, though the face does not change, if a head is turned, raised, smiling or lit from a side.

`shifts.csv` holds what was measured, by `tests/benchmarks/shifts.py`, on rendered heads and on photographs turned and
relit through their own mesh: root mean square per degree of yaw and of pitch, per unit of side light (natural logarithm
of the ratio of light between the halves), and for a full smile; mm or degrees. What a flag touches follows from it.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import numpy as np

Circumstance = Literal["yaw", "pitch", "light", "smile"]

OF_MEASURE: Final = "difference"
NOTABLE: Final = 0.5
"""Shift, mm or degrees, from which on a circumstance spoils a number: more than errors usually are."""


@cache
def _table() -> dict[tuple[str, str], dict[str, str]]:
    text = files("symmetry.measure").joinpath("shifts.csv").read_text(encoding="utf-8")
    return {(row["name"], row["number"]): row for row in csv.DictReader(io.StringIO(text))}


def shift_of(circumstance: Circumstance, name: str, number: str = OF_MEASURE) -> float:
    """Shift of a number of a region, or of a clinical measure; NaN where it was not seen."""
    known = _table().get((name, number), {}).get(circumstance, "")
    return float(known) if known else float("nan")


def spoilt_by(circumstance: Circumstance, amount: float = 1.0) -> tuple[str, ...]:
    """Results, named as in `Flag.touches`, that so much of a circumstance spoils; unknown ones count."""
    found = []
    for name, number in _table():
        shift = shift_of(circumstance, name, number) * abs(amount)
        if np.isnan(shift) or shift >= NOTABLE:
            found.append(name if number == OF_MEASURE else f"{name}.{number}")
    return tuple(found)
