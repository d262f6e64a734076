"""Reliability tables that are known exactly, for simulated studies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symmetry.measure.reliability_table import OF_PAIR, PART_NAMES, ReliabilityTables, shipped_table

MANY = 1e9
"""Degrees of freedom of a spread that is all but known."""


def table_with(sd: float, freedom: float = MANY) -> ReliabilityTables:
    """Every number of a pair repeats with one spread, in both directions independently."""
    known = replace(
        shipped_table()["registration"],
        pair_sd=np.full(len(OF_PAIR), sd),
        pair_freedom=np.full(len(OF_PAIR), freedom),
        part_correlation=np.zeros(len(PART_NAMES)),
    )
    return {"registration": known}
