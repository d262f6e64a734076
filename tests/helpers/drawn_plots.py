"""Studies made up to the point, and plots of them as pixels: what the tests of plots share."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnchoredOffsetbox
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from symmetry.cohort import Cohort, Study, analyze_cohort
from symmetry.measure.verdicts import IMPROVED, WORSE
from symmetry.output.colours import VERDICT_COLOURS

NAN = float("nan")
MM = 1 / 25.4
WHITE = (1.0, 1.0, 1.0)
GREEN, RED, GREY = VERDICT_COLOURS[IMPROVED], VERDICT_COLOURS[WORSE], "#8b97a3"
LONG = "a new serum with a very long name $x_1$ 猫"


def study(
    changes: dict[str, list[float]], *, groups: list[str] | None = None, mdc: float = 1.0, before: float = 3.0
) -> Study:
    """People 0, 1, ... with these changes in each region; NaN for those who cannot be compared."""
    rows = [
        {"person": f"{number:05}", "region": region, "change": change, "mdc": mdc, "before": before,
         "after": before + change, "reason": "" if np.isfinite(change) else "head held differently"}
        for region, values in changes.items()
        for number, change in enumerate(values)
    ]  # fmt: skip
    count = len(next(iter(changes.values())))
    people = pd.DataFrame({"person": [f"{number:05}" for number in range(count)]})
    if groups:
        people["group"] = groups
    return Study.of(changes=pd.DataFrame(rows), people=people)


def cohort(changes: dict[str, list[float]], **options: object) -> Cohort:
    return analyze_cohort(study(changes, **options))  # type: ignore[arg-type]


@lru_cache
def random_cohort(people: int, groups: tuple[str, ...], regions: tuple[str, ...] = ("eyes", "mouth")) -> Cohort:
    """Half of the treated beyond their detectable change, some who cannot be compared, several sessions."""
    draw = np.random.default_rng(people)
    of = [groups[number % len(groups)] for number in range(people)]
    treated = np.array([name != "placebo" for name in of])
    changes = {}
    for region in regions:
        values = draw.normal(0, 0.6, people) - 1.2 * treated
        values[draw.random(people) < 0.1] = NAN
        changes[region] = list(values)
    made = study(changes, groups=of)
    sessions = pd.DataFrame(
        [
            {"person": f"{number:05}", "region": region, "session": k + 1, "weeks": 3.0 * k, "error": 0.5, "unit": "mm",
             "value": float(abs(draw.normal(3 - 0.4 * k * treated[number], 0.5)))}
            for number in range(people)
            for region in regions
            for k in range(4)
        ]
    )  # fmt: skip
    people_frame = made.people[["person", "group"]]
    return analyze_cohort(Study.of(changes=made.changes, sessions=sessions, people=people_frame))


class Drawn:
    """A plot on Axes of a size, and its pixels."""

    def __init__(
        self, draw: Callable[[Axes], None], *, width: float = 85, height: float = 70, constrained: bool = True
    ) -> None:
        self.figure = Figure(figsize=(width * MM, height * MM), dpi=200, layout="constrained" if constrained else None)
        self.axes = self.figure.add_subplot()
        draw(self.axes)
        canvas = FigureCanvasAgg(self.figure)
        canvas.draw()
        self.pixels: NDArray[np.float64] = np.asarray(canvas.buffer_rgba())[..., :3] / 255

    def at(self, x: float, y: float) -> tuple[float, float, float]:
        """Colour at a place of the data."""
        column, row = self.axes.transData.transform((x, y))
        red, green, blue = self.pixels[len(self.pixels) - 1 - round(row), round(column)]
        return float(red), float(green), float(blue)

    def is_at(self, colour: object, x: float, y: float, *, off: float = 0.02) -> bool:
        return bool(np.abs(np.subtract(self.at(x, y), to_rgb(colour))).max() <= off)  # type: ignore[arg-type]

    def row_of(self, name: str) -> float:
        """Height at which a name is written in a table."""
        return next(float(text.xy[1]) for text in self.axes.texts if text.get_text() == name)  # type: ignore[attr-defined]

    def written(self, name: str) -> list[str]:
        return [text.get_text() for text in self.axes.texts if text.get_gid() == name]


def texts_of(figure: Figure) -> list[tuple[str, Bbox]]:
    """Every text that is seen, and its place."""
    found: list[Text] = []
    for axes in figure.axes:
        found += [*axes.texts, axes.xaxis.label, axes.yaxis.label, axes._left_title]  # type: ignore[attr-defined]
        if axes.axison:
            found += [*axes.get_xticklabels(), *axes.get_yticklabels()]
        for box in axes.findobj(AnchoredOffsetbox):
            found += [text for text in box.findobj(Text) if isinstance(text, Text)]
    return [(text.get_text(), text.get_window_extent()) for text in found if text.get_text() and text.get_visible()]


def assert_readable(figure: Figure) -> None:
    """Hold that no text leaves the figure or lies over another."""
    figure.draw_without_rendering()
    placed = texts_of(figure)
    width, height = figure.bbox.width, figure.bbox.height
    assert len(placed) > 3
    for text, box in placed:
        assert -1 <= box.x0 < box.x1 <= width + 1, f"'{text}' leaves the figure"
        assert -1 <= box.y0 < box.y1 <= height + 1, f"'{text}' leaves the figure"
    for (one, first), (other, second) in combinations(placed, 2):
        wide = min(first.x1, second.x1) - max(first.x0, second.x0)
        high = min(first.y1, second.y1) - max(first.y0, second.y0)
        # Letters do not fill the whole height of their line.
        assert wide <= 0 or high <= 0.3 * min(first.height, second.height), f"'{one}' lies over '{other}'"


def pixels(figure: Figure) -> NDArray[np.float64]:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3] / 255
