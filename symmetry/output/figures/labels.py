"""Labels in the margins: one above the other without touching, as near as can be to what they are about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def spread(wanted: Sequence[float], heights: Sequence[float], *, low: float, high: float, gap: float) -> list[float]:
    """Move labels along a line until none overlap.

    Parameters
    ----------
    wanted : sequence of n floats
        Where the upper edge of each label would best be.
    heights : sequence of n floats
    low, high : float
        Ends of the line.
    gap : float
        Least distance between two labels.

    Returns
    -------
    list of n floats
        Upper edges: the least squares solution that keeps the labels in the order given, so that the same label stands
        in the same row of every figure. Labels that are too many for the line run over its end at `high`.
    """
    sizes = np.asarray(heights, dtype=np.float64) + gap
    before = np.concatenate([[0.0], np.cumsum(sizes)[:-1]])  # what the labels above take up
    # Without it the task is to make a sequence ascend: neighbours that do not are pooled to their mean.
    pools: list[tuple[float, int]] = []
    for value in np.asarray(wanted, dtype=np.float64) - before[: len(sizes)]:
        mean, count = float(value), 1
        while pools and pools[-1][0] > mean:
            other, others = pools.pop()
            mean, count = (mean * count + other * others) / (count + others), count + others
        pools.append((mean, count))
    edges = np.repeat([mean for mean, _ in pools], [count for _, count in pools])
    edges = np.maximum(np.minimum(edges, high - (sizes.sum() - gap)), low)
    return [float(edge) for edge in edges + before[: len(sizes)]]
