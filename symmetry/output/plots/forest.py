"""Forest: mean change of each region and group with its interval, how many people, how sure."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.axes import Axes

from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, WORSE, Verdict
from symmetry.output.colours import INK, PAPER, QUIET, VERDICT_COLOURS
from symmetry.output.figures.page import Weight
from symmetry.output.plots.canvas import LESS_EVEN, MORE_EVEN, Canvas, in_unit, region_title, signed_number
from symmetry.output.plots.rows import HEAD, Cell, Row, RowTable

if TYPE_CHECKING:
    import pandas as pd

    from symmetry.cohort.cohort import Cohort

_FAR: Final = 3.0
"""Half-widths of intervals, in medians of all, that are cut off beyond this: few people must not flatten all others."""
_ROOMY: Final = 50.0
"""Width of the Axes, in sizes of its text, from which on the numbers of the intervals stand beside."""
_LEAST_REACH: Final = 0.1
_DASH: Final = "–"
_SURE: Final = 0.05


def draw_forest(axes: Axes, cohort: Cohort, *, contrasts: bool = False, size: float | None = None) -> None:
    """Draw the mean change of each region and group with its 95 % interval, the people behind it and its p.

    Filled marks are changes that are sure: p < 0.05, after Holm's correction unless the cohort leaves it off. An
    interval that reaches far beyond the others is cut off with an arrow. On wide Axes the numbers stand beside.

    Parameters
    ----------
    axes : Axes
        About 4 mm high for each row.
    cohort : Cohort
    contrasts : bool
        Draw the difference of each group to the control instead.
    size : float, optional
        Of text, points; by the width of the Axes without it.
    """
    frame = cohort.contrasts if contrasts else cohort.means
    if not len(frame):
        _say_nothing(
            Canvas(axes, size, above=0, below=0, beside=0),
            "no control to compare with" if contrasts else "nothing was measured",
        )
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
    axes.plot([0, 0], [HEAD, axes.get_ylim()[0]], color=INK, linewidth=1.4 * canvas.thin, zorder=1, gid="no change")
    for (_, found), y in zip(rows, table.places, strict=True):
        if found is not None:
            _mark(canvas, found, value, y, ends)
    units = list(dict.fromkeys(frame["unit"]))
    what = "Difference of mean changes" if contrasts else "Mean change"
    canvas.label_x(in_unit(what, units[0] if len(units) == 1 else ""), f"{MORE_EVEN}      {LESS_EVEN}", at=0.0)


def forest_rows(
    frame: pd.DataFrame, *, headings: list[str], value: str = "change", p: str = "p_holm"
) -> list[tuple[Row, Any]]:
    """Rows of the table with what is drawn in each, None in headings."""
    mixed = frame["unit"].nunique() > 1
    rows: list[tuple[Row, Any]] = []
    for region, own in frame.groupby("region", sort=False):
        title = region_title(str(region))
        title = in_unit(title, str(own["unit"].iloc[0])) if mixed else title
        single = len(own) == 1
        if not single:
            rows.append((Row(name=title, weight="bold", first=True), None))
        for found in own.to_dict("records"):
            name = title if single else _name(found)
            cells = tuple(_cell(found, heading, value, p) for heading in headings)
            weight: Weight = "bold" if single else "normal"
            rows.append((Row(name=name, cells=(cells,), weight=weight, indented=not single, first=single), found))
    return rows


def p_text(p: float) -> str:
    """Write a p value as journals do."""
    if not isfinite(p):
        return _DASH
    if p < 0.001:
        return "<0.001"
    return f"{p:.3f}" if p < 0.0995 else f"{p:.2f}"


def _name(found: dict[str, Any]) -> str:
    return f"{found['group']} − {found['control']}" if "control" in found else str(found["group"])


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
    """Give the ends of the scale: all means, and the intervals that do not reach far beyond the others."""
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
        canvas.write((0.0, y), "not measured", offset=(0.4 * canvas.size, 0.0), colour=QUIET, name="not measured")
        return
    verdict = _verdict(found)
    colour = VERDICT_COLOURS[verdict]
    if isfinite(low) and isfinite(high):
        canvas.axes.plot(
            np.clip([low, high], *ends),
            [y, y],
            color=colour,
            linewidth=0.22 * canvas.size,
            solid_capstyle="butt",
            zorder=3,
            gid="interval",
        )
        for bound, end, marker in ((low, ends[0], "<"), (high, ends[1], ">")):
            if not ends[0] <= bound <= ends[1]:
                canvas.axes.plot(
                    [end], [y], marker=marker, markersize=0.55 * canvas.size, color=colour, linestyle="none", gid="cut"
                )
    canvas.axes.plot(
        [middle],
        [y],
        marker="o",
        markersize=0.8 * canvas.size,
        markerfacecolor=PAPER if verdict == NO_CHANGE else colour,
        markeredgecolor=colour,
        markeredgewidth=0.16 * canvas.size,
        linestyle="none",
        zorder=4,
        gid=f"mean {verdict}",
    )


def _verdict(found: dict[str, Any]) -> Verdict:
    for verdict in (IMPROVED, WORSE):
        if found["verdict"] == verdict:
            return verdict
    return NO_CHANGE


def _say_nothing(canvas: Canvas, text: str) -> None:
    canvas.axes.set_axis_off()
    canvas.write((0.5, 0.5), text, coords="axes fraction", colour=QUIET, align="center", name="nothing")
