"""Waterfall plot: the sorted changes of all people, over the change that is detectable for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, Verdict
from symmetry.output.colours import INK, MDC_BAND, NO_CHANGE_BAR, QUIET, RESPONDERS, VERDICT_COLOURS
from symmetry.output.plots.canvas import LESS_EVEN, MORE_EVEN, THIN, Canvas, Key, in_unit, region_title
from symmetry.output.plots.people import check_region, numbers, unit_of

if TYPE_CHECKING:
    from symmetry.cohort.cohort import Cohort

_BARS: Final[dict[Verdict, str]] = {**VERDICT_COLOURS, NO_CHANGE: NO_CHANGE_BAR}
_LEGEND: Final[dict[Verdict, str]] = {
    IMPROVED: "more even",
    NO_CHANGE: "no detectable change",
    WORSE: "less even",
    NOT_COMPARABLE: "not comparable",
}
_OWN: Final = "own detectable change"
CUT: Final = "wider than shown"
_FAR: Final = 4.0
"""Width, in medians of all, at which bands are clipped: a few of them must not flatten all changes."""
_GAP: Final = 0.04
"""Gap between groups, as a share of the people, and at least this many people:"""
_LEAST_GAP: Final = 0.8
_BETWEEN: Final = 0.6
"""Room between the texts above two groups, as a multiple of the size of text."""
_APART: Final = 3.0
"""Width of a person in points from which on bars have gaps."""
_NEIGHBOURS: Final = 0.7
"""Width of a bar as a share of its person's, so that the band is visible beside it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Block:
    """The sorted people of a group; arrays (n,) of those who can be compared."""

    group: str
    change: FloatArray
    mdc: FloatArray
    verdict: np.ndarray[tuple[int], np.dtype[np.str_]]
    unknown: int

    @property
    def people(self) -> int:
        return len(self.change) + self.unknown

    @classmethod
    def of(cls, cohort: Cohort, region: str, group: str) -> _Block:
        changes = cohort.study.changes
        rows = changes.loc[(changes["region"] == region) & (changes["group"] == group)]
        change, mdc = numbers(rows["change"]), numbers(rows["mdc"])
        verdict = rows["verdict"].to_numpy(dtype=np.str_)
        there = np.isfinite(change) & np.isfinite(mdc) & (verdict != NOT_COMPARABLE)
        order = np.flatnonzero(there)[np.argsort(-change[there], kind="stable")]
        unknown = int((~there).sum())
        return cls(group=group, change=change[order], mdc=mdc[order], verdict=verdict[order], unknown=unknown)


def draw_waterfall(
    axes: Axes,
    cohort: Cohort,
    *,
    region: str,
    limits: tuple[float, float] | None = None,
    legend: bool = True,
    size: float | None = None,
) -> None:
    """Draw the change of each person, sorted within groups, over the band of what is detectable for that person.

    A bar that exceeds its band is a detectable change. Bars are coloured by verdict; crosses at the end are people who
    cannot be compared. A band far wider than most is clipped, with an arrow.

    Parameters
    ----------
    axes : Axes
        At least about 60 mm wide and 45 mm high.
    cohort : Cohort
    region : str
    limits : (float, float), optional
        Ends of the scale, so that several plots can share it.
    legend : bool
        Draw a legend above.
    size : float, optional
        Size of text in points; by default it follows the width of the Axes.

    Raises
    ------
    TableError
        If the cohort has no such region.
    """
    check_region(cohort, region)
    canvas = Canvas(axes, size)
    blocks = [_Block.of(cohort, region, group) for group in cohort.groups]
    named = len(blocks) > 1
    gap = max(_GAP * sum(block.people for block in blocks), _LEAST_GAP) if named else 0.0
    starts = np.cumsum([0.0, *(block.people + gap for block in blocks)])[:-1]
    whole = max(starts[-1] + blocks[-1].people, 1.0) + _LEAST_GAP
    axes.set_xlim(-0.5 * _LEAST_GAP, whole - 0.5 * _LEAST_GAP)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)

    ends = change_limits(cohort, [region]) if limits is None else limits
    keys = legend_of(
        [str(verdict) for block in blocks for verdict in block.verdict],
        sum(block.unknown for block in blocks),
        cut=any(is_cut(block.mdc, ends).any() for block in blocks),
    )
    down = canvas.legend_height(keys) if legend else 0.0
    canvas.span_y(*ends, above=down + (2 if named else 1) * canvas.line + 0.3 * canvas.size)
    person = canvas.width / whole
    rooms = [(block.people + gap) * person - named * _BETWEEN * canvas.size for block in blocks]
    for block, start, room, text in zip(blocks, starts, rooms, _improved_counts(canvas, blocks, rooms), strict=True):
        _draw(canvas, block, start, ends, wide=person)
        _write(canvas, start, down, canvas.bold.fit(block.group, room) if named else "", text)
    canvas.levels()
    if legend:
        canvas.legend(keys)
    _name_axes(canvas, cohort, region, named=named)


def _write(canvas: Canvas, x: float, down: float, group: str, counted: str) -> None:
    """Write the name of a group, if it has one, and its count, so many points below the upper edge."""
    lines = [(group, canvas.bold, "group")] if group else []
    for i, (text, style, name) in enumerate([*lines, (counted, canvas.plain.but(colour=RESPONDERS), "improved")]):
        place, offset = (x, 1.0), (0.0, -down - i * canvas.line)
        canvas.write(place, text, style, coords=("data", "axes fraction"), offset=offset, va="top", gid=name)


def _name_axes(canvas: Canvas, cohort: Cohort, region: str, *, named: bool) -> None:
    canvas.title(region_title(region))
    within = ("one bar a person, sorted within groups", "one bar a person")
    canvas.label_x(canvas.longest(within if named else ("one bar a person, sorted",), canvas.width))
    texts = [in_unit(text, unit_of(cohort, region)) for text in ("Change of left-right difference", "Change")]
    canvas.label_y(canvas.longest(texts, canvas.height), f"{MORE_EVEN}      {LESS_EVEN}", at=0.0)


def change_limits(cohort: Cohort, regions: list[str]) -> tuple[float, float]:
    """Return the ends of a scale for all changes of some regions and all bands but those far wider than most."""
    changes = cohort.study.changes
    rows = changes.loc[changes["region"].isin(regions)]
    change, mdc = numbers(rows["change"]), numbers(rows["mdc"])
    change, mdc = change[np.isfinite(change)], mdc[np.isfinite(mdc)]
    widest = float(mdc[mdc <= _FAR * np.median(mdc)].max()) if len(mdc) else 1.0
    low = min(-widest, float(change.min(initial=0.0)))
    high = max(widest, float(change.max(initial=0.0)))
    space = 0.03 * (high - low) or 1.0
    return low - space, high + space


def is_cut(mdc: FloatArray, limits: tuple[float, float]) -> NDArray[np.bool_]:
    """Return which bands do not fit into a scale."""
    return np.asarray(mdc > min(-limits[0], limits[1]))


def _draw(canvas: Canvas, block: _Block, start: float, limits: tuple[float, float], *, wide: float) -> None:
    count = len(block.change)
    middles = np.arange(count, dtype=np.float64) + (start + 0.5)
    if count:
        reach = np.append(block.mdc, block.mdc[-1])
        low, high = np.clip(-reach, *limits), np.clip(reach, *limits)
        edges = start + np.arange(count + 1)
        canvas.area(edges, low, high, MDC_BAND, step="post", zorder=0.2, gid="detectable band")
        for end, marker in zip(limits, "v^", strict=True):
            _marks(canvas, middles[block.mdc > abs(end)], end, marker, wide=wide, name="cut")
    half = (_NEIGHBOURS if wide >= _APART else 1.0) / 2
    for verdict, colour in _BARS.items():
        chosen = block.verdict == verdict
        x, y = middles[chosen], np.clip(block.change[chosen], *limits)
        sides = np.stack([x - half, x - half, x + half, x + half], axis=-1)
        corners = np.stack([sides, np.stack([0 * y, y, y, 0 * y], axis=-1)], axis=-1)
        bars = PolyCollection(list(corners), facecolor=colour, edgecolor="none", zorder=2, gid=f"bars {verdict}")
        canvas.axes.add_collection(bars, autolim=False)
    beside = np.arange(block.unknown, dtype=np.float64) + (start + count + 0.5)
    _marks(canvas, beside, 0.0, "x", wide=wide, name="not comparable")
    canvas.stroke([start, start + count], [0, 0], INK, THIN, zorder=2.5, gid="no change")


def _marks(canvas: Canvas, x: FloatArray, y: float, marker: str, *, wide: float, name: str) -> None:
    """Draw marks no wider than a person."""
    if len(x):
        style = {"markeredgewidth": canvas.thin, "color": QUIET, "clip_on": False, "zorder": 3}
        size = float(np.clip(0.6 * wide / canvas.size, 1.5 / canvas.size, 0.55))
        canvas.marks(x, np.full(len(x), y), marker, size, gid=name, **style)


def _improved_counts(canvas: Canvas, blocks: list[_Block], rooms: list[float]) -> list[str]:
    """Say how many people of each group are detectably more even, in words short enough for all groups."""
    counts = [f"{int((block.verdict == IMPROVED).sum())} of {len(block.change)}" for block in blocks]
    for words in (" detectably more even", " more even"):
        if all(canvas.plain.width(count + words) <= room for count, room in zip(counts, rooms, strict=True)):
            return [count + words for count in counts]
    return [canvas.plain.fit(count, room) for count, room in zip(counts, rooms, strict=True)]


def legend_of(verdicts: Iterable[str], unknown: int, *, cut: bool = False) -> list[Key]:
    """Return the legend of some verdicts, of people who cannot be compared, and of clipped bands."""
    there = set(verdicts)
    keys = [Key(label=_OWN, fill=MDC_BAND)]
    if cut:
        keys.append(Key(label=CUT, marker="^"))
    keys += [
        Key(label=_LEGEND[verdict], fill=_BARS[verdict]) for verdict in (IMPROVED, NO_CHANGE, WORSE) if verdict in there
    ]
    if unknown:
        keys.append(Key(label=f"{_LEGEND[NOT_COMPARABLE]} ({unknown})", marker="x"))
    return keys
