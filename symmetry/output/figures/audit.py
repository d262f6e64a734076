"""What a photo can show: how much of known movements is seen, spot by spot, and which are called real."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from symmetry.arrays import FloatArray
from symmetry.measure.audit import OWN_SIDES, SITES, Audit, OwnSide, Trial
from symmetry.measure.words import DASH
from symmetry.output.colours import INK, PAPER, QUIET, RULE, SUBJECT_LEFT_COLOUR, SUBJECT_RIGHT_COLOUR
from symmetry.output.figures.levelling import ASPECT, LevelledFace, level_face
from symmetry.output.figures.page import (
    BODY,
    MARGIN,
    SMALL,
    TITLE,
    WIDTH,
    Box,
    Page,
    caption_height,
    fit,
    on_page,
)
from symmetry.output.figures.wording import remarks
from symmetry.output.words import NOT_SEEN, day_of, name_of
from symmetry.output.words import OWN_SIDES as OF_THE_PERSON

_FACE: Final[Box] = (MARGIN, 142.0, 520.0, 520.0 * ASPECT)
_SHARPNESS: Final = 2
_ON_FACE: Final = 2.0
"""Millimetres of the movement whose share is written on the face."""

_LEFT, _NAMES = 586.0, 178.0
_PANELS: Final = _LEFT + _NAMES
_REAL: Final = 74.0
"""Width of the last column."""
_GAP: Final = 22.0
_HEAD: Final = 54.0
_ROW: Final = (_FACE[3] - _HEAD) / len(SITES)
_APART: Final = 10.0
"""Half the distance between the lines of the two sides in a row."""
_FULL: Final = 1.25
"""Share at the right end of a panel; more is drawn there."""
_RADIUS: Final = 6.5
_RAISED: Final = {"mouth corner": 13.0}
"""Labels that stand higher than their spots, clear of those beside them."""

_TO_LEGEND, _TO_CAPTION = 44.0, 78.0
_BARE_HEIGHT: Final = _FACE[1] + _FACE[3] + _TO_LEGEND + _TO_CAPTION + 14

_COLOURS: Final[dict[OwnSide, str]] = {"subject_right": SUBJECT_RIGHT_COLOUR, "subject_left": SUBJECT_LEFT_COLOUR}
_CAPTION: Final = (
    "Each spot of this photo was moved by a known distance, one at a time, and the photo measured anew: brows, lids, "
    "cheeks, folds and mouth corners up, the jaw outward across its edge. Called real is what a comparison tells from "
    "the differences between photos of an unchanged face. It asks how even a region is: a movement that only swaps the "
    "higher side is seen, but no change. Two real photos differ in light and pose too: this is the best case."
)


def draw_audit(audit: Audit, figure: Figure | None = None, *, title: str | None = None) -> Figure:
    """Draw what a photo can show.

    The face with the spots that were moved and the share of 2 mm seen there, and beside it of every spot and either
    side the shares of all movements; filled where the movement is called real.

    Parameters
    ----------
    audit : Audit
    figure : Figure, optional
        Where to draw; one 1200 pixels wide is made without it.
    title : str, optional
        Instead of the photo's file name.

    Returns
    -------
    Figure
    """
    worth_knowing = [flag.advice for flag in audit.flags[len(audit.face.flags) :] if flag.severity == "info"]
    if audit.face.method == "landmarks":
        worth_knowing.append("Measured by the face mesh alone.")
    caption, mind = " ".join([OF_THE_PERSON, _CAPTION, *worth_knowing]), remarks(audit.flags)
    page = Page(figure, height=_BARE_HEIGHT + caption_height(caption, mind))
    page.text(MARGIN, 54, "What this photo can show", size=TITLE, weight="bold")
    about = " · ".join(filter(None, (name_of(audit.face) if title is None else title, day_of(audit.face))))
    page.text(MARGIN, 86, fit(about, WIDTH - 2 * MARGIN, size=BODY), colour=QUIET)
    _face(page, audit, level_face(audit.face, width=int(_FACE[2]) * _SHARPNESS))
    _panels(page, audit)
    _legend(page, audit, _FACE[1] + _FACE[3] + _TO_LEGEND)
    y = _FACE[1] + _FACE[3] + _TO_LEGEND + _TO_CAPTION
    page.rule(y - 30)
    page.caption(y, caption, mind)
    return page.figure


def _face(page: Page, audit: Audit, levelled: LevelledFace) -> None:
    page.sides(_FACE)
    page.picture(levelled.pixels, _FACE)
    amounts = [trial.millimetres for trial in audit.trials]
    shown = min(amounts, key=lambda amount: abs(amount - _ON_FACE), default=_ON_FACE)
    page.text(
        _FACE[0] + _FACE[2] / 2, _FACE[1] - 10, f"share of {shown:g} mm seen", size=SMALL, colour=INK, align="center"
    )
    places = on_page(levelled.locate(audit.face.landmarks), levelled, _FACE)
    for site in SITES:
        for side in OWN_SIDES:
            for trial in audit.at(site.name, side):
                if trial.millimetres == shown:
                    _spot(page, places[site.landmark_of(side)], trial)


def _spot(page: Page, at: FloatArray, trial: Trial) -> None:
    x, y = float(at[0]), float(at[1])
    left, top, width, height = _FACE
    if not (left < x < left + width and top < y < top + height):
        return
    _mark(page, x, y, trial, halo=True)
    outward = -1 if trial.side == "subject_right" else 1
    beside = x + outward * (_RADIUS + 6)
    level = y - _RAISED.get(trial.site, 0.0)
    _write(page, beside, level, _percent(trial.seen), align="right" if outward < 0 else "left", weight="bold")


def _write(page: Page, x: float, y: float, text: str, *, align: str, weight: str, colour: str = INK) -> None:
    """Write a line with its middle at y that can be read on whatever lies behind it."""
    page.axes.text(
        x,
        y,
        text,
        ha=align,
        va="center_baseline",
        fontfamily="DejaVu Sans",
        fontsize=page.points(SMALL),
        fontweight=weight,
        color=colour,
        path_effects=page.halo(3.2, PAPER, 0.85),
        gid="share",
    )


def _panels(page: Page, audit: Audit) -> None:
    amounts = sorted({trial.millimetres for trial in audit.trials})
    room = WIDTH - MARGIN - _REAL - _PANELS
    wide = (room - _GAP * len(amounts)) / max(len(amounts), 1)
    top = _FACE[1] + _HEAD
    end = WIDTH - MARGIN
    page.text(_PANELS, _FACE[1] - 10, "% seen of a movement by", size=SMALL, colour=QUIET)
    page.text(end, _FACE[1] - 10, "called real", size=SMALL, colour=QUIET, align="right")
    page.text(end, _FACE[1] + 14, "from", size=SMALL, colour=QUIET, align="right")
    for i, amount in enumerate(amounts):
        left = _PANELS + i * (wide + _GAP)
        page.text(left + wide * 0.5 / _FULL, _FACE[1] + 16, f"{amount:g} mm", size=BODY, weight="bold", align="center")
        for tick in (0.0, 0.5, 1.0):
            x = left + wide * tick / _FULL
            page.line([(x, top), (x, top + _ROW * len(SITES))], colour=RULE, width=2.2 if tick == 1 else 1.1)
            page.text(x, top - 10, f"{100 * tick:.0f}", size=SMALL, colour=QUIET, align="center")
    for row, site in enumerate(SITES):
        middle = top + (row + 0.5) * _ROW
        page.axes.plot([_LEFT, end], [middle + _ROW / 2] * 2, color=RULE, linewidth=page.points(1.0))
        page.text(_LEFT, middle + 6, site.name, size=BODY)
        for side, y in zip(OWN_SIDES, (middle - _APART, middle + _APART), strict=True):
            for trial in audit.at(site.name, side):
                left = _PANELS + amounts.index(trial.millimetres) * (wide + _GAP)
                if np.isfinite(trial.seen):
                    _mark(page, left + wide * min(max(trial.seen, 0.0), _FULL) / _FULL, y, trial)
                else:
                    _write(page, left, y, NOT_SEEN, align="left", weight="normal", colour=QUIET)
            least = audit.real_from(site.name, side)
            if audit.at(site.name, side):
                _key(page, end - 62, y, side)
                shown = f"{least:g} mm" if np.isfinite(least) else DASH
                page.text(end, y + 6, shown, size=SMALL, align="right")


def _legend(page: Page, audit: Audit, y: float) -> None:
    for side, x, text in zip(OWN_SIDES, (MARGIN, MARGIN + 190.0), ("person’s right", "person’s left"), strict=True):
        _key(page, x + 6, y - 5, side)
        page.text(x + 24, y, text)
    for real, x, text in ((True, _LEFT, "called real"), (False, _LEFT + 150, "seen, but not called real")):
        page.axes.plot(x + 6, y - 5, **_style(page, QUIET, filled=real))
        page.text(x + 22, y, text)
    most = max((trial.millimetres for trial in audit.trials), default=_ON_FACE)
    page.text(WIDTH - MARGIN, y, f"{DASH} none up to {most:g} mm", align="right")


def _mark(page: Page, x: float, y: float, trial: Trial, *, halo: bool = False) -> None:
    style = _style(page, _COLOURS[trial.side], filled=trial.called_real)
    if not np.isfinite(trial.seen):
        style |= {"marker": "x", "markerfacecolor": PAPER}
    if halo:
        style |= {"path_effects": page.halo(5.6, INK)}
    page.axes.plot(x, y, gid="real" if trial.called_real else "not real", **style)


def _key(page: Page, x: float, y: float, side: OwnSide) -> None:
    page.axes.add_patch(Rectangle((x - 6, y - 6), 12, 12, facecolor=_COLOURS[side], edgecolor="none"))


def _style(page: Page, colour: str, *, filled: bool) -> dict[str, Any]:
    return {
        "marker": "o",
        "linestyle": "none",
        "markersize": page.points(2 * _RADIUS),
        "markerfacecolor": colour if filled else PAPER,
        "markeredgecolor": colour,
        "markeredgewidth": page.points(2.6),
        "zorder": 4,
    }


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if np.isfinite(share) else DASH
