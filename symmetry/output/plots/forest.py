"""Forest plot: the mean change of each region and group with its interval, number of people and p."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.axes import Axes

from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, WORSE, Verdict
from symmetry.output.colours import INK, PAPER, QUIET, VERDICT_COLOURS
from symmetry.output.plots.canvas import LESS_EVEN, MORE_EVEN, Canvas, in_unit, region_title, signed_number
from symmetry.output.plots.rows import HEAD, Cell, Row, RowTable, rows_by_region

if TYPE_CHECKING:
    import pandas as pd

    from symmetry.cohort.cohort import Cohort

_FAR: Final = 3.0
"""Half-width, in medians of all, at which intervals are clipped: a small group must not flatten all others."""
_ROOMY: Final = 50.0
"""Width of the Axes, in sizes of text, from which on the intervals are also written."""
_LEAST_REACH: Final = 0.1
_DASH: Final = "–"
_SURE: Final = 0.05


def draw_forest(axes: Axes, cohort: Cohort, *, contrasts: bool = False, size: float | None = None) -> None:
    """Draw the mean change of each region and group with its 95 % interval, number of people and p.

    Filled marks are significant changes: p < 0.05, after Holm's correction unless the cohort leaves it off. An interval
    far wider than the others is clipped, with an arrow. On wide Axes the intervals are written, too.

    Parameters
    ----------
    axes : Axes
        About 4 mm high per row.
    cohort : Cohort
    contrasts : bool
        Draw the differences of the groups from the control instead.
    size : float, optional
        Size of text in points; by default it follows the width of the Axes.
    """
    frame = cohort.contrasts if contrasts else cohort.means
    if not len(frame):
        canvas = Canvas(axes, size, above=0, below=0, beside=0)
        axes.set_axis_off()
        canvas.say("no control to compare with" if contrasts else "nothing was measured", gid="nothing")
        return
    value = "difference" if contrasts else "change"
    p = "p_holm" if cohort.holm else "p"
    canvas = Canvas(axes, size, above=0, below=2, beside=0)
    wide = canvas.width >= _ROOMY * canvas.size
    headings = [
        *([] if contrasts else ["people"]),
        *(["difference" if contrasts else "mean"] if wide else []),
        "p, Holm" if p == "p_holm" else "p",
    ]
    rows = forest_rows(frame, headings=headings, value=value, p=p)
    ends = _ends(frame, value)
    table = RowTable(canvas, [row for row, _ in rows], headings=headings, ends=ends)
    canvas.stroke([0, 0], [HEAD, axes.get_ylim()[0]], INK, 0.14, zorder=1, gid="no change")
    for (_, found), y in zip(rows, table.places, strict=True):
        if found is not None:
            _mark(canvas, found, value, y, ends)
    units = list(dict.fromkeys(frame["unit"]))
    what = "Difference of mean changes" if contrasts else "Mean change"
    canvas.label_x(in_unit(what, units[0] if len(units) == 1 else ""), f"{MORE_EVEN}      {LESS_EVEN}", at=0.0)


def forest_rows(
    frame: pd.DataFrame, *, headings: list[str], value: str = "change", p: str = "p_holm"
) -> list[tuple[Row, Any]]:
    """Return the rows of the table with what is drawn in them, as `rows_by_region`."""
    units = dict(zip(frame["region"], frame["unit"], strict=True))
    mixed = len(set(units.values())) > 1
    return rows_by_region(
        frame,
        lambda region: in_unit(region_title(region), units[region] if mixed else ""),
        lambda found: (tuple(_cell(found, heading, value, p) for heading in headings),),
    )


def p_text(p: float) -> str:
    """Write a p value in the style of journals."""
    if not isfinite(p):
        return _DASH
    if p < 0.001:
        return "<0.001"
    return f"{p:.3f}" if p < 0.0995 else f"{p:.2f}"


def _cell(found: dict[str, Any], heading: str, value: str, p: str) -> Cell:
    if heading == "people":
        people, measured = int(found["people"]), int(found["measured"])
        return Cell(text=str(people) if measured == people else f"{measured}/{people}")
    if heading in ("mean", "difference"):
        if not isfinite(found[value]):
            return Cell(text=_DASH, colour=QUIET)
        middle, *bounds = (signed_number(found[key]) for key in (value, "low", "high"))
        return Cell(text=f"{middle} ({bounds[0]} to {bounds[1]})" if isfinite(found["low"]) else middle)
    sure = found[p] < _SURE
    return Cell(text=p_text(found[p]), weight="bold" if sure else "normal")


def _ends(frame: pd.DataFrame, value: str) -> tuple[float, float]:
    """Return the ends of the scale: all means, and intervals up to the width at which they are clipped."""
    middle, low, high = (frame[key].to_numpy(dtype=np.float64, na_value=np.nan) for key in (value, "low", "high"))
    half = (high - low) / 2
    known = np.isfinite(middle)
    reach = np.where(np.isfinite(half), half, 0.0)
    usual = reach[known & (reach > 0)]
    reach = np.minimum(reach, _FAR * np.median(usual)) if len(usual) else reach
    bottom = float((middle - reach).min(initial=0.0, where=known))
    top = float((middle + reach).max(initial=0.0, where=known))
    space = 0.06 * (top - bottom) or _LEAST_REACH
    return bottom - space, top + space


def _mark(canvas: Canvas, found: dict[str, Any], value: str, y: float, ends: tuple[float, float]) -> None:
    middle, low, high = float(found[value]), float(found["low"]), float(found["high"])
    if not isfinite(middle):
        style, offset = canvas.plain.but(colour=QUIET), (0.4 * canvas.size, 0.0)
        canvas.write((0.0, y), "not measured", style, offset=offset, gid="not measured")
        return
    verdict = _verdict(found)
    colour = VERDICT_COLOURS[verdict]
    if isfinite(low) and isfinite(high):
        reach = np.clip([low, high], *ends)
        canvas.stroke(reach, [y, y], colour, 0.22, solid_capstyle="butt", zorder=3, gid="interval")
        for bound, end, marker in ((low, ends[0], "<"), (high, ends[1], ">")):
            if not ends[0] <= bound <= ends[1]:
                canvas.marks([end], [y], marker, 0.55, color=colour, gid="cut")
    fill = PAPER if verdict == NO_CHANGE else colour
    edge = {"markeredgecolor": colour, "markeredgewidth": 0.16 * canvas.size}
    canvas.marks([middle], [y], "o", 0.8, markerfacecolor=fill, zorder=4, gid=f"mean {verdict}", **edge)


def _verdict(found: dict[str, Any]) -> Verdict:
    return next((verdict for verdict in (IMPROVED, WORSE) if found["verdict"] == verdict), NO_CHANGE)
