"""The figure of a study: the answer, responders, mean changes, and everyone's change."""

from __future__ import annotations

from math import ceil, inf
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symmetry.cohort.responders import ANY_REGION
from symmetry.errors import OutputError
from symmetry.landmarks.networks import engine_label
from symmetry.measure.verdicts import NOT_COMPARABLE
from symmetry.output.colours import PAPER
from symmetry.output.figures.page import HEAD, MARGIN, ROOM, WIDTH, Page, caption_height
from symmetry.output.layout import Box
from symmetry.output.plots.forest import draw_forest, forest_rows
from symmetry.output.plots.people import numbers, unit_of
from symmetry.output.plots.responders import draw_responders, responder_rows
from symmetry.output.plots.rows import Row, row_count
from symmetry.output.plots.waterfall import CUT, change_limits, draw_waterfall, is_cut, legend_of
from symmetry.output.typography import ABOUT, BODY, HEADING, LINE_SPACING, NOTE, SMALL
from symmetry.version import __version__

if TYPE_CHECKING:
    from symmetry.cohort.cohort import Cohort

_TO_ANSWER, _TO_PANELS = 18.0, 34.0
"""Room above and below the answer."""
_HEADED: Final = 20.0
"""From a heading to its panel."""
_SCALE: Final = 70.0
"""Room for the scale below a panel."""
_BELOW: Final = 44.0
"""Between panels and the heading below them."""
_GAP: Final = 60.0
_HALF: Final = (ROOM - _GAP) / 2
_LEFT, _BESIDE = 72.0, 20.0
"""Room for labels on the left of a waterfall, and to its left neighbour."""
_HIGH: Final = 300.0
_KEYED, _NAMED, _UNDER = 30.0, 50.0, 36.0
"""Room for the legend of the waterfalls, above each of them and below."""
_COLUMNS: Final = 3
"""Most waterfalls in a row."""
_TEXT: Final = 15.0
_LEGEND_LINES: Final = 4.0
_CLOSE, _LOOSE = 1.06, 1.4
"""Heights of rows, in lines of text."""
_FOOT: Final = 46.0
_DETECTABLE: Final = (
    "Detectable change: how far photos of an unchanged face lie apart, 19 times out of 20, for that person’s photos."
)
_WIDENED: Final = (
    "For “any region” it is widened for the number of regions, so fewer people may count there than in one region."
)
_CAPTION: Final = (
    "Noise alone: what such a group would show had nobody changed.",
    "Intervals are 95 % (shares: Wilson; means: Student’s t; differences of means: Welch).",
)
_LEAST_WIDTH: Final = 140.0
"""Smallest width of the page in mm; its text is then 5 points high."""
_INCH: Final = 25.4
_TESTS: Final = "p by sign flips within groups and by permutation between them"


def draw_cohort(cohort: Cohort, figure: Figure | None = None, *, title: str | None = None) -> Figure:
    """Draw a study: the answer in words, responders, mean changes, and everyone's change in each region.

    Parameters
    ----------
    cohort : Cohort
    figure : Figure, optional
        Where to draw, at least 140 mm wide and as high as the page needs; by default a new one 1200 pixels wide.
    title : str, optional
        Title of the study, written below the question.

    Returns
    -------
    Figure

    Raises
    ------
    OutputError
        If the figure is too small; the message says how large it must be.
    """
    first, *others = (_drawable(sentence) for sentence in cohort.sentences)
    head, told = HEADING.wrap(first, ROOM), BODY.wrap(" ".join(others), ROOM)
    about = [*([ABOUT.fit(title, ROOM)] if title else []), *ABOUT.wrap(_drawable(_about(cohort)), ROOM)]
    answered = HEAD + len(about) * ABOUT.line + _TO_ANSWER
    panels = answered + len(head) * HEADING.line + len(told) * BODY.line + _TO_PANELS
    plan = _Plan.of(cohort, panels)
    caption = _caption(cohort)
    height = plan.end + caption_height(caption)
    if figure is not None:
        _check_size(figure, height)
    page = Page(figure, height=height)
    page.figure.set_facecolor(PAPER)
    page.head("Have the faces become more even?", *about)
    page.lines(page.lines(answered, head, HEADING), told)
    _tables(page, cohort, plan)
    _waterfalls(page, cohort, plan)
    page.rule(plan.end - 34)
    page.caption(plan.end - 12, caption)
    return page.figure


class _Plan(NamedTuple):
    """Layout of the page below the answer: y of headings, and heights of the tables."""

    panels: float
    below: float
    falls: float
    shares: float
    means: float
    against: float
    rows: list[NDArray[np.object_]]
    end: float

    @classmethod
    def of(cls, cohort: Cohort, panels: float) -> _Plan:
        """Lay out the tables from a heading at `panels` on, and the waterfalls below them."""
        shares = _lines(responder_rows(cohort.responders), extra=_LEGEND_LINES) * _CLOSE
        means = _lines(forest_rows(cohort.means, headings=[])) * _LOOSE
        against = _lines(forest_rows(cohort.contrasts, headings=[])) * _LOOSE if cohort.control is not None else 0.0
        below = panels + _HEADED + means + _SCALE + _BELOW
        lowest = max(panels + _HEADED + shares, below + _HEADED + against if against else 0.0)
        falls = lowest + _SCALE + _BELOW
        # Rows of equal length, so that no waterfall stands alone.
        rows = np.array_split(np.array(cohort.regions, dtype=object), -(-len(cohort.regions) // _COLUMNS))
        end = falls + _KEYED + len(rows) * (_NAMED + _HIGH + _UNDER) + _FOOT
        return cls(panels, below, falls, shares, means, against, rows, end)


def _tables(page: Page, cohort: Cohort, plan: _Plan) -> None:
    size, right = page.points(_TEXT), MARGIN + _HALF + _GAP
    draw_responders(_headed(page, "Who became more even", MARGIN, plan.panels, plan.shares), cohort, size=size)
    draw_forest(_headed(page, "By how much", right, plan.panels, plan.means), cohort, size=size)
    if plan.against:
        name = HEADING.fit(f"Against {cohort.control}", _HALF)
        draw_forest(_headed(page, name, right, plan.below, plan.against), cohort, contrasts=True, size=size)


def _waterfalls(page: Page, cohort: Cohort, plan: _Plan) -> None:
    page.text(MARGIN, plan.falls, "Everyone’s change", HEADING)
    _legend(page, cohort, plan.falls + _KEYED)
    for row, regions in enumerate(plan.rows):
        wide = (ROOM - len(regions) * _LEFT - (len(regions) - 1) * _BESIDE) / len(regions)
        top = plan.falls + _KEYED + _NAMED + row * (_HIGH + _NAMED + _UNDER)
        for column, region in enumerate(regions):
            panel = _panel(page, Box(MARGIN + _LEFT + column * (wide + _LEFT + _BESIDE), top, wide, _HIGH))
            limits, size = _limits(cohort, region), page.points(_TEXT)
            draw_waterfall(panel, cohort, region=region, limits=limits, legend=False, size=size)
            if column and unit_of(cohort, region) == unit_of(cohort, regions[column - 1]):
                panel.set_ylabel("")


def _caption(cohort: Cohort) -> str:
    tests = f"{_TESTS}, {'after Holm over the regions' if cohort.holm else 'not corrected for several regions'}."
    widened = [_WIDENED] if (cohort.responders["region"] == ANY_REGION).any() else []
    return " ".join((_DETECTABLE, *widened, *_CAPTION, tests, f"symmetry {__version__}, {engine_label()}."))


def _lines(rows: list[tuple[Row, Any]], *, extra: float = 0.0) -> float:
    """Return the height of a table with its legend, in pixels, with rows as high as their text."""
    return (row_count([row for row, _ in rows]) + extra) * LINE_SPACING * _TEXT


def _check_size(figure: Figure, height: float) -> None:
    """Raise `OutputError` if a figure is so small that its text cannot be read."""
    wide, high = (float(length) * _INCH for length in figure.get_size_inches())
    least = _LEAST_WIDTH * height / WIDTH
    if wide < _LEAST_WIDTH or high < least:
        raise OutputError(
            f"the page of this study needs a figure at least {_LEAST_WIDTH:.0f} mm wide and {ceil(least)} mm high; "
            f"this one is {wide:.0f} by {high:.0f} mm. Leave the figure out and one of the right size is made, or draw "
            f"the parts on Axes of your own (draw_responders, draw_forest, draw_waterfall)"
        )


def _headed(page: Page, name: str, left: float, top: float, height: float) -> Axes:
    """Add Axes half as wide as the page below a heading."""
    page.text(left, top, name, HEADING)
    return _panel(page, Box(left, top + _HEADED, _HALF, height))


def _drawable(text: str) -> str:
    """Replace characters that cannot be drawn."""
    return BODY.fit(text, inf)


def _about(cohort: Cohort) -> str:
    people = cohort.study.people
    if len(cohort.groups) == 1:
        return f"{len(people)} people"
    sizes = [f"{group}: {int((people['group'] == group).sum())}" for group in cohort.groups]
    return f"{len(people)} people, {', '.join(sizes)}"


def _limits(cohort: Cohort, region: str) -> tuple[float, float]:
    """Return the scale shared by all regions of one unit."""
    unit = unit_of(cohort, region)
    return change_limits(cohort, [name for name in cohort.regions if unit_of(cohort, name) == unit])


def _legend(page: Page, cohort: Cohort, y: float) -> None:
    """Draw the legend of all waterfalls."""
    changes = cohort.study.changes
    x = float(MARGIN)
    for key in legend_of(changes["verdict"], 0):
        page.swatch(x, y, key.fill)
        page.text(x + 22, y, key.label, SMALL)
        x += 22 + SMALL.width(key.label) + 30
    unknown = (changes["verdict"] == NOT_COMPARABLE).any()
    far = any(
        is_cut(numbers(changes.loc[changes["region"] == region, "mdc"]), _limits(cohort, region)).any()
        for region in cohort.regions
    )
    for there, sign, text in ((unknown, "×", "not comparable"), (far, "▴", CUT)):
        if there:
            page.text(x, y, sign, NOTE)
            page.text(x + 18, y, text, SMALL)
            x += 18 + SMALL.width(text) + 30


def _panel(page: Page, box: Box) -> Axes:
    """Add Axes over the drawing area of the page."""
    corners = page.axes.transData.transform([(box.left, box.bottom), (box.right, box.top)])
    (x0, y0), (x1, y1) = page.figure.transFigure.inverted().transform(corners)
    return page.figure.add_axes((x0, y0, x1 - x0, y1 - y0))
