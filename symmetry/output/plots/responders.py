"""Responders: how many people are more even at all, how many beyond their own error, and what noise alone gives."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.patheffects import AbstractPathEffect, withStroke

from symmetry.cohort.responders import ANY_REGION
from symmetry.measure.verdicts import IMPROVED
from symmetry.output.colours import INK, PAPER, QUIET, VERDICT_COLOURS
from symmetry.output.figures.page import Weight
from symmetry.output.plots.canvas import Canvas, Key, region_title
from symmetry.output.plots.people import numbers
from symmetry.output.plots.rows import Cell, Row, RowTable

if TYPE_CHECKING:
    import pandas as pd

    from symmetry.cohort.cohort import Cohort

BEYOND: Final = VERDICT_COLOURS[IMPROVED]
NAIVE: Final = "#a9d6c5"
_NAIVE_TEXT: Final = "#47796a"
NOISE: Final = "#52606d"
_NOISE_OPACITY: Final = 0.3
_BAR: Final = 0.78
"""Height of a bar, in lines of text."""
_NOISE_WIDTH, _INTERVAL_WIDTH = 0.2, 0.16
"""Of lines, as multiples of the size of text."""
_LOWERED: Final = 0.15
"""Interval below the middle of its bar, in lines of text: the mark of noise ends above it."""
_KEYS: Final = (
    Key(label="more even by any amount", fill=NAIVE),
    Key(label="beyond own detectable change, 95 % interval", fill=BEYOND, line=(INK,), width=_INTERVAL_WIDTH),
    Key(label="noise alone", line=(INK,), upright=True, width=_NOISE_WIDTH),
    Key(label="its 95 % range", fill=NOISE, opacity=_NOISE_OPACITY),
)
_CURVE_KEYS: Final = (
    Key(label="by any amount", line=(_NAIVE_TEXT,), width=0.24, marker="s"),
    Key(label="beyond own detectable change", line=(BEYOND,), width=0.24, marker="o"),
)
_ENOUGH, _AT_MOST = 0.8, 0.05


def draw_responders(axes: Axes, cohort: Cohort, *, size: float | None = None) -> None:
    """Draw the share of people who are more even by any amount, and of those beyond their own detectable change.

    The first is set against what noise alone gives, with the range in which 95 % of such groups lie; the second has its
    Wilson interval, and a short mark at the share that noise alone would call improved.

    Parameters
    ----------
    axes : Axes
        About 8 mm high for each region and group.
    cohort : Cohort
    size : float, optional
        Of text, points; by the width of the Axes without it.
    """
    canvas = Canvas(axes, size, above=0, beside=0)
    rows = responder_rows(cohort.responders)
    table = RowTable(
        canvas,
        [row for row, _ in rows],
        headings=["people", "share"],
        ends=(0.0, 100.0),
        legend=_KEYS,
    )
    for (_, found), y in zip(rows, table.places, strict=True):
        if found is not None and found["measured"]:
            _bars(canvas, found, y)
    long, short = "People who became more even, % of those measured", "More even, % of those measured"
    canvas.label_x(canvas.longest((long, short), canvas.width), at=50.0)


def responder_rows(frame: pd.DataFrame) -> list[tuple[Row, Any]]:
    """Rows of the table with what is drawn in each, None in headings."""
    rows: list[tuple[Row, Any]] = []
    for region, own in frame.groupby("region", sort=False):
        title = "Any region" if region == ANY_REGION else region_title(str(region))
        single = len(own) == 1
        if not single:
            rows.append((Row(name=title, weight="bold", first=True), None))
        for found in own.to_dict("records"):
            cells = (
                _cells(found["naive_improved"], found["measured"], found["naive_share"], colour=_NAIVE_TEXT),
                _cells(found["improved"], found["measured"], found["share"], colour=BEYOND),
            )
            name = title if single else str(found["group"])
            weight: Weight = "bold" if single else "normal"
            rows.append((Row(name=name, cells=cells, weight=weight, indented=not single, first=single), found))
    return rows


def _cells(count: float, measured: float, share: float, *, colour: str) -> tuple[Cell, Cell]:
    percent = f"{100 * share:.0f} %" if isfinite(share) else "–"
    return Cell(text=f"{int(count)}/{int(measured)}", colour=colour), Cell(text=percent, colour=colour, weight="bold")


def _bars(canvas: Canvas, found: dict[str, Any], y: float) -> None:
    axes = canvas.axes
    upper, lower = y - 0.5, y + 0.5
    _bar(axes, found["naive_share"], upper, NAIVE, "naive")
    _bar(axes, found["share"], lower, BEYOND, "responders")
    low, high = (100 * found[f"naive_by_noise_{end}"] for end in ("low", "high"))
    if isfinite(low) and isfinite(high):
        axes.add_patch(
            Rectangle(
                (low, upper - 0.5), high - low, 1.0, facecolor=NOISE, edgecolor="none", alpha=_NOISE_OPACITY,
                zorder=3, gid="noise range",
            )
        )  # fmt: skip
    for share, ends in (
        (found["naive_by_noise"], (upper - 0.5, upper + 0.5)),
        (found["by_noise"], (lower - 0.5, lower - 0.1)),
    ):
        axes.plot(
            [100 * share] * 2, ends, color=INK, linewidth=_NOISE_WIDTH * canvas.size, zorder=4,
            solid_capstyle="butt", path_effects=_halo(canvas), gid="noise",
        )  # fmt: skip
    axes.plot(
        (100 * found["share_low"], 100 * found["share_high"]), [lower + _LOWERED] * 2, color=INK,
        linewidth=_INTERVAL_WIDTH * canvas.size, zorder=5, path_effects=_halo(canvas), gid="interval",
    )  # fmt: skip


def _halo(canvas: Canvas) -> list[AbstractPathEffect]:
    """Outline by which a dark line is seen on a dark bar."""
    return [withStroke(linewidth=0.34 * canvas.size, foreground=PAPER)]


def _bar(axes: Axes, share: float, y: float, colour: str, name: str) -> None:
    if isfinite(share):
        axes.add_patch(
            Rectangle((0, y - _BAR / 2), 100 * share, _BAR, facecolor=colour, edgecolor="none", zorder=2, gid=name)
        )


def draw_responder_curve(axes: Axes, frame: pd.DataFrame, *, size: float | None = None) -> None:
    """Draw how many are called improved at each size of a true effect, by the own detectable change and by any amount.

    Parameters
    ----------
    axes : Axes
    frame : DataFrame
        As `symmetry.cohort.simulation.responder_curve` gives it: `effect_in_mdc`, `share`, `share_low`, `share_high`,
        `naive_share`, `naive_low`, `naive_high`; shares from 0 to 1.
    size : float, optional
        Of text, points; by the width of the Axes without it.
    """
    canvas = Canvas(axes, size, above=0, beside=1)
    frame = frame.sort_values("effect_in_mdc", kind="stable")
    effect = numbers(frame["effect_in_mdc"])
    first, last = float(effect.min()), float(effect.max())
    last = last if last > first else first + 1
    canvas.span_x(first, last)
    canvas.span_y(0.0, 100.0, above=canvas.legend_height(_CURVE_KEYS) + 0.4 * canvas.size)
    canvas.levels()
    for level in (_ENOUGH, _AT_MOST):
        axes.plot([first, last], [100 * level] * 2, color=QUIET, linewidth=1.3 * canvas.thin, linestyle=(0, (2, 2)),
                  zorder=1, gid="bound")  # fmt: skip
        canvas.write((last, 100 * level), f"{100 * level:.0f} %", offset=(0.0, 0.25 * canvas.size), colour=QUIET,
                     align="right", level="bottom", name="bound")  # fmt: skip
    curves = (
        ("naive", "naive_share", "naive_low", "naive_high", _NAIVE_TEXT, NAIVE, "s", (0, (3, 1.2))),
        ("responders", "share", "share_low", "share_high", BEYOND, BEYOND, "o", "-"),
    )
    for name, middle, low, high, colour, pale, marker, style in curves:
        values = 100 * numbers(frame[middle])
        axes.fill_between(
            effect, 100 * numbers(frame[low]), 100 * numbers(frame[high]), facecolor=pale, alpha=0.35, edgecolor="none",
            zorder=2, gid=f"{name} interval",
        )  # fmt: skip
        axes.plot(
            effect, values, color=colour, linestyle=style, linewidth=0.24 * canvas.size, marker=marker,
            markersize=0.6 * canvas.size, clip_on=False, zorder=3, gid=name,
        )  # fmt: skip
    canvas.legend(_CURVE_KEYS)
    canvas.label_x("True change toward even, in detectable changes")
    canvas.label_y("Called more even, % of people", at=50.0)
