"""Figure of an audit: how much of known movements a photo shows, spot by spot, and which are called real."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure

from symmetry.arrays import FloatArray
from symmetry.measure.audit import OWN_SIDES, SITES, Audit, OwnSide, Trial
from symmetry.measure.words import DASH
from symmetry.output.colours import INK, PAPER, QUIET, RULE, SUBJECT_LEFT_COLOUR, SUBJECT_RIGHT_COLOUR
from symmetry.output.figures.levelling import ASPECT, LevelledFace, level_face
from symmetry.output.figures.page import MARGIN, WIDTH, Page, caption_height, on_page, subtitle
from symmetry.output.figures.wording import remarks
from symmetry.output.layout import Box
from symmetry.output.typography import BODY, NOTE, SMALL, Align, TextStyle
from symmetry.output.words import NOT_SEEN
from symmetry.output.words import OWN_SIDES as OF_THE_PERSON

_FACE: Final = Box(MARGIN, 142.0, 520.0, 520.0 * ASPECT)
_SHARPNESS: Final = 2
_ON_FACE: Final = 2.0
"""Movement whose share is written on the face, mm."""

_LEFT, _NAMES = 586.0, 178.0
_PANELS: Final = _LEFT + _NAMES
_REAL: Final = 74.0
"""Width of the last column."""
_GAP: Final = 22.0
_HEAD: Final = 54.0
_ROW: Final = (_FACE.height - _HEAD) / len(SITES)
_APART: Final = 10.0
"""Half the distance between the lines of the two sides in a row."""
_FULL: Final = 1.25
"""Share at the right end of a panel; larger ones are drawn there."""
_RADIUS: Final = 6.5
_RAISED: Final = {"mouth corner": 13.0}
"""Labels raised above their spots, clear of their neighbours."""

_TOP: Final = _FACE.top + _HEAD
"""Upper edge of the rows."""
_TO_LEGEND, _TO_CAPTION = 44.0, 78.0
_BARE_HEIGHT: Final = _FACE.bottom + _TO_LEGEND + _TO_CAPTION + 14

_COLOURS: Final[dict[OwnSide, str]] = {"subject_right": SUBJECT_RIGHT_COLOUR, "subject_left": SUBJECT_LEFT_COLOUR}
_CAPTION: Final = (
    "Each spot of this photo was moved by a known distance, one at a time, and the photo measured anew: brows, lids, "
    "cheeks, folds and mouth corners up, the jaw outward across its edge. Called real is what a comparison tells from "
    "the differences between photos of an unchanged face. It asks how even a region is: a movement that only swaps the "
    "higher side is seen, but no change. Two real photos differ in light and pose too: this is the best case."
)


def draw_audit(audit: Audit, figure: Figure | None = None, *, title: str | None = None) -> Figure:
    """Draw how much of known movements a photo shows.

    The face carries the spots that were moved, with the share of 2 mm seen at each; beside it stand the shares of all
    movements for each spot and side. Marks are filled where the movement is called real.

    Parameters
    ----------
    audit : Audit
    figure : Figure, optional
        Where to draw; by default a new one 1200 pixels wide.
    title : str, optional
        Instead of the photo's file name.

    Returns
    -------
    Figure
    """
    worth_knowing = [flag.advice for flag in audit.flags[len(audit.face.flags) :] if flag.severity == "info"]
    if audit.face.method == "landmarks":
        worth_knowing.append("Measured by the face mesh alone.")
    caption, limits = " ".join([OF_THE_PERSON, _CAPTION, *worth_knowing]), remarks(audit.flags)
    page = Page(figure, height=_BARE_HEIGHT + caption_height(caption, limits))
    page.head("What this photo can show", subtitle(audit.face, title))
    _face(page, audit, level_face(audit.face, width=int(_FACE.width) * _SHARPNESS))
    _panels(page, audit)
    y = _FACE.bottom + _TO_LEGEND
    _legend(page, audit, y)
    page.rule(y + _TO_CAPTION - 30)
    page.caption(y + _TO_CAPTION, caption, limits)
    return page.figure


def _face(page: Page, audit: Audit, levelled: LevelledFace) -> None:
    page.sides(_FACE)
    page.picture(levelled.pixels, _FACE)
    amounts = [trial.millimetres for trial in audit.trials]
    shown = min(amounts, key=lambda amount: abs(amount - _ON_FACE), default=_ON_FACE)
    page.text(_FACE.middle, _FACE.top - 10, f"share of {shown:g} mm seen", SMALL, align="center")
    places = on_page(levelled.locate(audit.face.landmarks), levelled, _FACE)
    for site in SITES:
        for side in OWN_SIDES:
            for trial in audit.at(site.name, side):
                if trial.millimetres == shown:
                    _spot(page, places[site.landmark_of(side)], trial)


def _spot(page: Page, at: FloatArray, trial: Trial) -> None:
    x, y = float(at[0]), float(at[1])
    if not (_FACE.left < x < _FACE.right and _FACE.top < y < _FACE.bottom):
        return
    _mark(page, x, y, trial, path_effects=page.halo(5.6, INK))
    outward = -1 if trial.side == "subject_right" else 1
    seen = f"{100 * trial.seen:.0f} %" if np.isfinite(trial.seen) else DASH
    place = (x + outward * (_RADIUS + 6), y - _RAISED.get(trial.site, 0.0))
    _write(page, place, seen, SMALL.but(weight="bold"), align="right" if outward < 0 else "left")


def _write(page: Page, at: tuple[float, float], text: str, style: TextStyle, *, align: Align = "left") -> None:
    """Write a line centred vertically at a place, outlined so that it can be read on any background."""
    page.text(
        *at, text, style, align=align, va="center_baseline", path_effects=page.halo(3.2, PAPER, 0.85), gid="share"
    )


def _panels(page: Page, audit: Audit) -> None:
    """Draw the shares seen: a panel for each amount, a row for each spot, a line for each side."""
    amounts = sorted({trial.millimetres for trial in audit.trials})
    end = WIDTH - MARGIN
    wide = (end - _REAL - _PANELS - _GAP * len(amounts)) / max(len(amounts), 1)
    page.text(_PANELS, _FACE.top - 10, "% seen of a movement by", NOTE)
    page.text(end, _FACE.top - 10, "called real", NOTE, align="right")
    page.text(end, _FACE.top + 14, "from", NOTE, align="right")
    panels = {
        amount: Box(_PANELS + i * (wide + _GAP), _TOP, wide, _ROW * len(SITES)) for i, amount in enumerate(amounts)
    }
    for amount, box in panels.items():
        middle = box.left + wide * 0.5 / _FULL
        page.text(middle, _FACE.top + 16, f"{amount:g} mm", BODY.but(weight="bold"), align="center")
        for tick in (0.0, 0.5, 1.0):
            x = box.left + wide * tick / _FULL
            page.line([(x, box.top), (x, box.bottom)], colour=RULE, width=2.2 if tick == 1 else 1.1)
            page.text(x, box.top - 10, f"{100 * tick:.0f}", NOTE, align="center")
    for row, site in enumerate(SITES):
        middle = _TOP + (row + 0.5) * _ROW
        page.line([(_LEFT, middle + _ROW / 2), (end, middle + _ROW / 2)], colour=RULE, width=1.0)
        page.text(_LEFT, middle + 6, site.name)
        for side, y in zip(OWN_SIDES, (middle - _APART, middle + _APART), strict=True):
            for trial in audit.at(site.name, side):
                box = panels[trial.millimetres]
                if np.isfinite(trial.seen):
                    _mark(page, box.left + wide * min(max(trial.seen, 0.0), _FULL) / _FULL, y, trial)
                else:
                    _write(page, (box.left, y), NOT_SEEN, NOTE)
            if audit.at(site.name, side):
                least = audit.real_from(site.name, side)
                _key(page, end - 62, y, side)
                page.text(end, y + 6, f"{least:g} mm" if np.isfinite(least) else DASH, SMALL, align="right")


def _legend(page: Page, audit: Audit, y: float) -> None:
    for side, x, text in zip(OWN_SIDES, (MARGIN, MARGIN + 190.0), ("person’s right", "person’s left"), strict=True):
        _key(page, x + 6, y - 5, side)
        page.text(x + 24, y, text)
    for fill, x, text in ((QUIET, _LEFT, "called real"), (PAPER, _LEFT + 150, "seen, but not called real")):
        page.mark((x + 6, y - 5), 2 * _RADIUS, fill=fill, edge=QUIET, width=2.6, zorder=4)
        page.text(x + 22, y, text)
    most = max((trial.millimetres for trial in audit.trials), default=_ON_FACE)
    page.text(WIDTH - MARGIN, y, f"{DASH} none up to {most:g} mm", align="right")


def _mark(page: Page, x: float, y: float, trial: Trial, **style: Any) -> None:
    colour, seen = _COLOURS[trial.side], bool(np.isfinite(trial.seen))
    fill = colour if trial.called_real and seen else PAPER
    style = {"marker": "o" if seen else "x", "gid": "real" if trial.called_real else "not real", "zorder": 4} | style
    page.mark((x, y), 2 * _RADIUS, fill=fill, edge=colour, width=2.6, **style)


def _key(page: Page, x: float, y: float, side: OwnSide) -> None:
    page.area(Box(x - 6, y - 6, 12, 12), _COLOURS[side])
