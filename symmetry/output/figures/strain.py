"""Figure of how the skin stretches between two photos."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from symmetry.errors import OutputError
from symmetry.measure.change import Change
from symmetry.measure.strain import strain_of
from symmetry.output.colours import QUIET
from symmetry.output.figures.page import HEAD, MARGIN, Page, caption_height
from symmetry.output.typography import BODY, SMALL, STRONG
from symmetry.output.words import name_of

FULL_STRAIN: Final = 15.0
"""Percent at which colours end, the same in all figures."""
_COLOURS: Final = LinearSegmentedColormap.from_list("strain", ["#0b5d8a", "#8fc3e0", "#f7f7f5", "#f2b27a", "#a63c06"])
_WIDE, _HIGH = 520.0, 640.0


def draw_strain(change: Change, figure: Figure | None = None) -> Figure:
    """Draw where the skin stretches and where it is compressed, in percent of its area, on a fixed scale.

    Parameters
    ----------
    change : Change
        Compared by registration, with the pixels of the photo before.
    figure : Figure, optional
        Where to draw; by default a new one 1200 pixels wide.

    Raises
    ------
    OutputError
        If the faces were compared by landmarks alone, or have no pixels.
    """
    strain = strain_of(change)
    if strain is None or not change.before.photo.pixels.size:
        raise OutputError("strain is drawn of photos that were registered; compare them without --landmarks-only")
    caption = (
        "Change of area from before to after, seen from the front. Without colour: not seen in both photos. What moves "
        "toward the camera seems to stretch, too."
    )
    top = HEAD + BODY.line + 14
    page = Page(figure, height=top + _HIGH + 110 + caption_height(caption, ()))
    page.head(
        "Where does the skin stretch?", " to ".join(filter(None, (name_of(change.before), name_of(change.after))))
    )
    low, high = (np.nanmin(strain.points, axis=(0, 1)), np.nanmax(strain.points, axis=(0, 1)))
    zoom = min(_WIDE / (high[0] - low[0]), _HIGH / (high[1] - low[1]))
    pixels, size = change.before.photo.pixels, change.before.photo.size
    for place, name in enumerate(("before", "change of area")):
        left = MARGIN + place * (_WIDE + 60)
        x0, y0 = left - zoom * low[0], top - zoom * low[1]
        image = page.axes.imshow(
            pixels, extent=(x0, x0 + zoom * size[0], y0 + zoom * size[1], y0), aspect="auto", zorder=1
        )
        shown = Rectangle((left, top), *(zoom * (high - low)), transform=page.axes.transData)
        image.set_clip_path(shown)
        if place:
            at = strain.points * zoom + [x0, y0]
            page.axes.pcolormesh(
                at[..., 0],
                at[..., 1],
                np.ma.masked_invalid(strain.area),
                cmap=_COLOURS,
                norm=Normalize(-FULL_STRAIN, FULL_STRAIN),
                shading="gouraud" if np.isfinite(strain.area).all() else "nearest",
                alpha=0.75,
                antialiased=False,
                edgecolors="none",
                linewidth=0,
                zorder=2,
                rasterized=True,
            )
        page.text(left, top + _HIGH + 30, name, STRONG)
    _bar(page, top + _HIGH + 52)
    page.caption(top + _HIGH + 120, caption)
    return page.figure


def _bar(page: Page, y: float) -> None:
    left, wide = MARGIN + _WIDE + 60, 400.0
    shades = np.linspace(0, 1, 200)[None]
    page.axes.imshow(shades, cmap=_COLOURS, extent=(left, left + wide, y + 14, y), aspect="auto", zorder=1)
    style = SMALL.but(colour=QUIET)
    page.text(left, y + 36, f"{FULL_STRAIN:g} % smaller", style)
    page.text(left + wide / 2, y + 36, "0", style, align="center")
    page.text(left + wide, y + 36, f"{FULL_STRAIN:g} % larger", style, align="right")
