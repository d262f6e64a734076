"""Responders: how many people are more even, how many beyond their own error, and how many by noise alone."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from symmetry.cohort.responders import ANY_REGION
from symmetry.output.colours import INK, NAIVE, NAIVE_TEXT, PAPER, QUIET, RESPONDERS
from symmetry.output.plots.canvas import Canvas, Key, region_title
from symmetry.output.plots.people import numbers
from symmetry.output.plots.rows import Cell, Row, RowTable, rows_by_region

if TYPE_CHECKING:
    import pandas as pd

    from symmetry.cohort.cohort import Cohort

_NOISE_OPACITY: Final = 0.3
_BAR: Final = 0.78
"""Height of a bar, in lines of text."""
_NOISE_WIDTH, _INTERVAL_WIDTH = 0.2, 0.16
"""Widths of lines, as multiples of the size of text."""
_LOWERED: Final = 0.15
"""Offset of the interval below the middle of its bar, in lines of text, clear of the mark of noise."""
_KEYS: Final = (
    Key(label="more even by any amount", fill=NAIVE),
    Key(label="beyond own detectable change, 95 % interval", fill=RESPONDERS, line=(INK,), width=_INTERVAL_WIDTH),
    Key(label="noise alone", line=(INK,), upright=True, width=_NOISE_WIDTH),
    Key(label="its 95 % range", fill=QUIET, opacity=_NOISE_OPACITY),
)
_CURVE_KEYS: Final = (
    Key(label="by any amount", line=(NAIVE_TEXT,), width=0.24, marker="s"),
    Key(label="beyond own detectable change", line=(RESPONDERS,), width=0.24, marker="o"),
)
_SOLID: Final[dict[str, Any]] = {"linestyle": "-", "marker": "o"}
_DASHED: Final[dict[str, Any]] = {"linestyle": (0, (3, 1.2)), "marker": "s"}
_ENOUGH, _AT_MOST = 0.8, 0.05


def draw_responders(axes: Axes, cohort: Cohort, *, size: float | None = None) -> None:
    """Draw the share of people who are more even by any amount, and of those beyond their own detectable change.

    The first is compared with what noise alone gives and the range of 95 % of such groups. The second has its Wilson
    interval, and a short mark at the share that noise alone would call improved.

    Parameters
    ----------
    axes : Axes
        About 8 mm high per region and group.
    cohort : Cohort
    size : float, optional
        Size of text in points; by default it follows the width of the Axes.
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
    """Return the rows of the table with what is drawn in them, as `rows_by_region`."""
    return rows_by_region(
        frame,
        lambda region: "Any region" if region == ANY_REGION else region_title(region),
        lambda found: (
            _cells(found["naive_improved"], found["measured"], found["naive_share"], colour=NAIVE_TEXT),
            _cells(found["improved"], found["measured"], found["share"], colour=RESPONDERS),
        ),
    )


def _cells(count: float, measured: float, share: float, *, colour: str) -> tuple[Cell, Cell]:
    percent = f"{100 * share:.0f} %" if isfinite(share) else "–"
    return Cell(text=f"{int(count)}/{int(measured)}", colour=colour), Cell(text=percent, colour=colour, weight="bold")


def _bars(canvas: Canvas, found: dict[str, Any], y: float) -> None:
    upper, lower = y - 0.5, y + 0.5
    for share, middle, colour, name in (
        (found["naive_share"], upper, NAIVE, "naive"),
        (found["share"], lower, RESPONDERS, "responders"),
    ):
        if isfinite(share):
            _box(canvas, (0, share), middle, _BAR, facecolor=colour, zorder=2, gid=name)
    low, high = (found[f"naive_by_noise_{end}"] for end in ("low", "high"))
    if isfinite(low) and isfinite(high):
        _box(canvas, (low, high), upper, 1.0, facecolor=QUIET, alpha=_NOISE_OPACITY, zorder=3, gid="noise range")
    # Outlined, so that dark lines are visible on dark bars.
    halo = [withStroke(linewidth=0.34 * canvas.size, foreground=PAPER)]
    style: dict[str, Any] = {"solid_capstyle": "butt", "zorder": 4, "path_effects": halo, "gid": "noise"}
    canvas.stroke([100 * found["naive_by_noise"]] * 2, (upper - 0.5, upper + 0.5), INK, _NOISE_WIDTH, **style)
    canvas.stroke([100 * found["by_noise"]] * 2, (lower - 0.5, lower - 0.1), INK, _NOISE_WIDTH, **style)
    shares, style = (100 * found["share_low"], 100 * found["share_high"]), {"path_effects": halo, "gid": "interval"}
    canvas.stroke(shares, [lower + _LOWERED] * 2, INK, _INTERVAL_WIDTH, zorder=5, **style)


def _box(canvas: Canvas, shares: tuple[float, float], y: float, height: float, **style: Any) -> None:
    """Draw a box between two shares, centred at y."""
    low, high = (100 * share for share in shares)
    canvas.axes.add_patch(Rectangle((low, y - height / 2), high - low, height, edgecolor="none", **style))


def draw_responder_curve(axes: Axes, frame: pd.DataFrame, *, size: float | None = None) -> None:
    """Draw how many people are called improved at each true effect, by their own detectable change and by any amount.

    Parameters
    ----------
    axes : Axes
    frame : DataFrame
        As `symmetry.cohort.simulation.responder_curve` gives it: `effect_in_mdc`, `share`, `share_low`, `share_high`,
        `naive_share`, `naive_low`, `naive_high`; shares from 0 to 1.
    size : float, optional
        Size of text in points; by default it follows the width of the Axes.
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
        canvas.stroke([first, last], [100 * level] * 2, QUIET, 0.13, linestyle=(0, (2, 2)), zorder=1, gid="bound")
        place: dict[str, Any] = {"offset": (0.0, 0.25 * canvas.size), "ha": "right", "va": "bottom"}
        canvas.write((last, 100 * level), f"{100 * level:.0f} %", canvas.plain.but(colour=QUIET), gid="bound", **place)
    for name, (middle, low, high), colour, pale, look in (
        ("naive", ("naive_share", "naive_low", "naive_high"), NAIVE_TEXT, NAIVE, _DASHED),
        ("responders", ("share", "share_low", "share_high"), RESPONDERS, RESPONDERS, _SOLID),
    ):
        share, lower, upper = (100 * numbers(frame[column]) for column in (middle, low, high))
        canvas.area(effect, lower, upper, pale, alpha=0.35, zorder=2, gid=f"{name} interval")
        look = {"markersize": 0.6 * canvas.size, "clip_on": False, "zorder": 3, "gid": name} | look
        canvas.stroke(effect, share, colour, 0.24, **look)
    canvas.legend(_CURVE_KEYS)
    canvas.label_x("True change toward even, in detectable changes")
    canvas.label_y("Called more even, % of people", at=50.0)
