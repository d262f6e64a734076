"""Layout of a page: boxes, and labels that do not overprint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np

Anchor = Literal["start", "middle", "end"]


class Box(NamedTuple):
    """A rectangle of a page, y down."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.top + self.height

    @property
    def middle(self) -> float:
        """The x of the centre."""
        return self.left + self.width / 2


class Tick(NamedTuple):
    """A tick and its label, which is empty if there is no room for it; `text_at` is the place of the label's anchor."""

    at: float
    text: str
    text_at: float
    anchor: Anchor = "middle"


def label_ticks(
    ticks: Iterable[tuple[float, str]], *, ends: tuple[float, float], gap: float, width_of: Callable[[str], float]
) -> tuple[Tick, ...]:
    """Label ticks along a horizontal axis so that no label overprints another or leaves the axis.

    Parameters
    ----------
    ticks : iterable of (float, str)
        Places and labels, from left to right.
    ends : (float, float)
        Where labels may start and end.
    gap : float
        Least distance between two labels.
    width_of : callable
        Width of a text.

    Returns
    -------
    tuple of Tick
        One per tick. Of two labels that would touch, the right one is left out, except that the last label takes
        precedence over those between it and the first.
    """
    low, high = ends
    given = list(ticks)
    widths = [width_of(text) for _, text in given]
    starts = [min(max(at - width / 2, low), high - width) for (at, _), width in zip(given, widths, strict=True)]
    free = [start + width + gap for start, width in zip(starts, widths, strict=True)]
    shown: list[int] = []
    for i, start in enumerate(starts):
        if i == len(starts) - 1 and shown and start >= free[shown[0]]:
            while start < free[shown[-1]]:
                shown.pop()
        if not shown or start >= free[shown[-1]]:
            shown.append(i)
    found = []
    for i, ((at, text), start, width) in enumerate(zip(given, starts, widths, strict=True)):
        if i not in shown:
            found.append(Tick(at, "", at))
        elif start == at - width / 2:
            found.append(Tick(at, text, at))
        else:
            found.append(Tick(at, text, start, "start") if start == low else Tick(at, text, start + width, "end"))
    return tuple(found)


def spread(
    wanted: Sequence[float], heights: Sequence[float], *, low: float = -np.inf, high: float = np.inf, gap: float = 0.0
) -> list[float]:
    """Move labels along a line until none overlap.

    Parameters
    ----------
    wanted : sequence of n floats
        Preferred starts of the labels.
    heights : sequence of n floats
        Lengths of the labels along the line.
    low, high : float
        Ends of the line.
    gap : float
        Least distance between two labels.

    Returns
    -------
    list of n floats
        Where each label starts: the least-squares solution that keeps the labels in the order given (isotonic
        regression by pooling adjacent violators). Too many labels run over the end of the line at `high`.
    """
    sizes = np.asarray(heights, dtype=np.float64) + gap
    before = np.concatenate([[0.0], np.cumsum(sizes)[:-1]])  # room of the labels above
    # Less that room, starts must not decrease: neighbours that do are pooled to their mean.
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
