"""Spaghetti plot: the course of each person, and the median of each group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patheffects import withStroke
from scipy import special

from symmetry.arrays import FloatArray
from symmetry.output.colours import INK, PAPER
from symmetry.output.layout import spread
from symmetry.output.plots.canvas import Canvas, Key, in_unit, region_title
from symmetry.output.plots.people import Look, check_region, looks, numbers, unit_of

if TYPE_CHECKING:
    from symmetry.cohort.cohort import Cohort

_BEFORE_AFTER: Final = ("before", "after")
_MOST_TIMES: Final = 12
"""Number of different weeks up to which each has its own median."""
_BINS: Final = 8
"""Number of bins, with a median each, where there are more."""
_FEWEST: Final = 3
"""Number of people from which on a median is drawn."""
_TAIL: Final = 0.025
_NAMES_SHARE: Final = 0.3
"""Largest share of the width for the names of the groups."""
_BESIDE: Final = 1.4
"""Room beside the medians of the first and the last session, as a multiple of the size of text."""
_ASIDE: Final = 1.0
"""Distance between the medians of two groups, as a multiple of the size of text."""
_MOST_ASIDE: Final = 0.6
"""Largest distance between the medians of all groups, as a share of the time between two sessions."""
_MOST_THREADS: Final = 400
"""Number of thin lines that can still be distinguished."""
_PALEST, _DARKEST, _OF_ONE = 0.09, 0.5, 2.2
"""Opacity of thin lines: a constant over the square root of their number, within bounds."""


def draw_spaghetti(axes: Axes, cohort: Cohort, *, region: str, size: float | None = None) -> None:
    """Draw the course of each person as a thin line, and the median of each group with its 95 % interval.

    Medians are taken per week, or in eight bins if sessions lie in more than twelve different weeks. Their intervals
    rest on order statistics, which need six people. Of more than 400 people an even selection is drawn; medians are
    of all. Without sessions, the values before and after are joined.

    Parameters
    ----------
    axes : Axes
    cohort : Cohort
    region : str
    size : float, optional
        Size of text in points; by default it follows the width of the Axes.

    Raises
    ------
    TableError
        If the cohort has no such region.
    """
    check_region(cohort, region)
    canvas = Canvas(axes, size)
    rows, timed = _sessions(cohort, region)
    canvas.title(region_title(region))
    if not len(rows):
        canvas.span_y(0.0, 1.0)
        canvas.span_x(0.0, 1.0)
        canvas.say("no size is known")
        return
    threads, shown = _sample(rows), looks(cohort)
    keys = _keys(rows, threads, shown)
    low, high = _span_y(canvas, numbers(rows["value"]), keys)
    texts = [in_unit(text, unit_of(cohort, region)) for text in ("Left-right difference", "Difference")]
    canvas.label_y(canvas.longest(texts, canvas.height), "0 = even", at=(low + high) / 2)

    names = {group: canvas.bold.fit(group, _NAMES_SHARE * canvas.width) for group in shown} if len(shown) > 1 else {}
    taken = max(map(canvas.bold.width, names.values())) + canvas.size if names else 0.0
    weeks = numbers(rows["weeks"])
    first, last = float(weeks.min()), float(weeks.max())
    step, margin = _beside(canvas, weeks, len(shown), canvas.width - taken)
    canvas.span_x(first - margin, last + margin, behind=taken)
    if not timed:
        axes.set_xticks([0.0, 1.0], list(_BEFORE_AFTER))
    canvas.levels(right=1 - taken / canvas.width)
    ends = []
    for number, (group, look) in enumerate(shown.items()):
        _threads(canvas, threads.loc[threads["group"] == group], look, crowd=threads["person"].nunique())
        aside = step * (number - (len(shown) - 1) / 2)
        ends.append(_medians(canvas, rows.loc[rows["group"] == group], look, aside, group))
    if names:
        _name_groups(canvas, names, shown, ends, last + margin)
    canvas.label_x(timed, at=(first + last) / 2)
    canvas.legend(keys)


def _keys(rows: pd.DataFrame, threads: pd.DataFrame, shown: dict[str, Look]) -> list[Key]:
    people, few = rows["person"].nunique(), threads["person"].nunique()
    colours = tuple(look.colour for look in shown.values())
    keys = [Key(label="one person" if few == people else f"one person, {few} of {people} drawn", line=colours)]
    if rows.groupby("group")["person"].nunique().max() >= _FEWEST:
        several = len(shown) > 1
        label = "median of a group, 95 % interval" if several else "median, 95 % interval"
        keys.append(Key(label=label, line=(INK if several else colours[0],), width=0.3, marker="o"))
    return keys


def _span_y(canvas: Canvas, values: FloatArray, keys: list[Key]) -> tuple[float, float]:
    """Set the y axis to hold all values and 0, below the legend; return its ends."""
    space = 0.04 * float(np.ptp(values)) or 0.5
    low, high = min(0.0, float(values.min()) - space), float(values.max()) + space
    canvas.span_y(low, high, above=canvas.legend_height(keys) + 0.4 * canvas.size)
    return low, high


def _beside(canvas: Canvas, weeks: FloatArray, groups: int, width: float) -> tuple[float, float]:
    """Return the time between the medians of two groups, drawn side by side, and that around all sessions."""
    length = float(np.ptp(weeks)) or 1.0
    places = [float(np.median(weeks[chosen])) for chosen in _times(weeks)]
    least = min(np.diff(places), default=length)
    # The room around the sessions takes part of the width.
    aside = _ASIDE * (groups - 1)
    point = length / max(width - (2 * _BESIDE + aside) * canvas.size, width / 2)
    all_aside = min(aside * canvas.size * point, _MOST_ASIDE * least)
    return all_aside / max(groups - 1, 1), _BESIDE * canvas.size * point + all_aside / 2


def median_interval(values: FloatArray) -> tuple[float, float]:
    """Return the 95 % interval of a median by order statistics (Conover 1999, Practical Nonparametric Statistics, 3.2).

    Returns
    -------
    low, high : float
        NaN for fewer than six values.
    """
    ordered = np.sort(values)
    count = len(ordered)
    rank = int(np.searchsorted(special.bdtr(np.arange(count), count, 0.5), _TAIL)) if count else 0
    return (float(ordered[rank - 1]), float(ordered[count - rank])) if rank else (np.nan, np.nan)


def _sessions(cohort: Cohort, region: str) -> tuple[pd.DataFrame, str]:
    """Return the known values of a region (person, group, weeks, value) in order of time, and the label of the time."""
    sessions = cohort.study.sessions
    rows = sessions.loc[(sessions["region"] == region) & sessions["value"].notna()]
    columns = ["person", "group", "weeks", "value"]
    if len(rows) and rows["weeks"].notna().all():
        return rows.sort_values(["person", "weeks"], kind="stable")[columns], "Weeks since the first session"
    if len(rows) and rows["session"].notna().all():
        rows = rows.assign(weeks=rows["session"])
        return rows.sort_values(["person", "weeks"], kind="stable")[columns], "Session"
    changes = cohort.study.changes
    changes = changes.loc[changes["region"] == region]
    both = pd.concat([changes.assign(weeks=float(at), value=changes[name]) for at, name in enumerate(_BEFORE_AFTER)])
    return both.loc[both["value"].notna()].sort_values(["person", "weeks"], kind="stable")[columns], ""


def _sample(rows: pd.DataFrame) -> pd.DataFrame:
    """Select people evenly, no more than can be distinguished."""
    people = rows["person"].unique()
    if len(people) <= _MOST_THREADS:
        return rows
    chosen = np.linspace(0, len(people) - 1, _MOST_THREADS).round().astype(np.int64)
    return rows.loc[rows["person"].isin(people[chosen])]


def _threads(canvas: Canvas, rows: pd.DataFrame, look: Look, *, crowd: int) -> None:
    if not len(rows):
        return
    places = np.column_stack([numbers(rows["weeks"]), numbers(rows["value"])])
    people = rows["person"].to_numpy()
    starts = np.flatnonzero(people[1:] != people[:-1]) + 1
    lines = np.split(places, starts)
    opacity = float(np.clip(_OF_ONE / np.sqrt(crowd), _PALEST, _DARKEST))
    several = [line for line in lines if len(line) > 1]
    style: dict[str, Any] = {"linewidths": 1.2 * canvas.thin, "zorder": 2, "gid": "people"}
    canvas.axes.add_collection(LineCollection(several, colors=look.colour, alpha=opacity, **style), autolim=False)
    x, y = np.array([line[0] for line in lines if len(line) == 1]).reshape(-1, 2).T
    canvas.marks(x, y, ".", 0.4, color=look.colour, alpha=opacity)


def _medians(canvas: Canvas, rows: pd.DataFrame, look: Look, aside: float, group: str) -> float:
    """Draw the median of a group over time; return its last value, or NaN."""
    weeks, values, people = numbers(rows["weeks"]), numbers(rows["value"]), rows["person"].to_numpy()
    at: list[float] = []
    middle: list[float] = []
    bounds: list[tuple[float, float]] = []
    for chosen in _times(weeks):
        # Each person counts once: several sessions in one bin are averaged.
        own = pd.Series(values[chosen]).groupby(people[chosen]).mean().to_numpy()
        if len(own) >= _FEWEST:
            at.append(float(np.median(weeks[chosen])) + aside)
            middle.append(float(np.median(own)))
            bounds.append(median_interval(own))
    if not at:
        return np.nan
    halo = [withStroke(linewidth=0.4 * canvas.size, foreground=PAPER)]
    low, high = np.array(bounds).T
    style: dict[str, Any] = {"path_effects": halo, "gid": "interval", "linewidth": 0.18 * canvas.size}
    canvas.axes.vlines(at, low, high, color=look.colour, zorder=5, **style)
    dashes = (0, (3, 1.2)) if look.dashed else "-"
    canvas.stroke(at, middle, look.colour, 0.3, linestyle=dashes, zorder=4, path_effects=halo, gid=f"median {group}")
    edge = {"markeredgecolor": PAPER, "markeredgewidth": canvas.thin}
    canvas.marks(at, middle, look.marker, 0.75, color=look.colour, zorder=6, gid=f"median {group} at", **edge)
    return middle[-1]


def _times(weeks: FloatArray) -> list[FloatArray]:
    """Return masks of the sessions that share a median, in order of time."""
    rounded = np.round(weeks)
    if len(np.unique(rounded)) > _MOST_TIMES:
        step = (weeks.max() - weeks.min()) / _BINS
        rounded = np.minimum(np.floor((weeks - weeks.min()) / step), _BINS - 1)
    return [rounded == time for time in np.unique(rounded)]


def _name_groups(canvas: Canvas, names: dict[str, str], shown: dict[str, Look], ends: list[float], x: float) -> None:
    """Write the name of each group where its median ends, without overlap."""
    low, high = canvas.axes.get_ylim()
    line = canvas.line * (high - low) / canvas.height
    found = sorted(zip(np.where(np.isfinite(ends), ends, (low + high) / 2), names, strict=True), key=lambda end: end[0])
    heights = spread([end for end, _ in found], [line] * len(found))
    for y, (_, group) in zip(heights, found, strict=True):
        style = canvas.bold.but(colour=shown[group].colour)
        canvas.write((x, y), names[group], style, offset=(0.5 * canvas.size, 0.0), gid="group")
