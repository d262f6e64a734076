"""Drawings as SVG: paths, texts, and courses over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symmetry.output.course_chart import Axes, PlacedCourse
from symmetry.output.layout import Anchor, Tick


def svg_path(points: ArrayLike, *, closed: bool = False) -> str:
    """Write path data through points (n, 2) to a tenth of a unit; empty without points."""
    tenths: NDArray[np.float64] = np.asarray(np.round(np.asarray(points, dtype=np.float64), 1) + 0.0)  # no -0
    if not len(tenths):
        return ""
    first, *others = (f"{x:g} {y:g}" for x, y in tenths)
    return f"M{first}L{' '.join(others)}{'Z' if closed else ''}"


def arrow_paths(foot: NDArray[np.float64], head: NDArray[np.float64], *, back: float, beside: float) -> tuple[str, str]:
    """Write path data of the shaft and the head of an arrow, whose barbs reach `back` and `beside` the tip."""
    ahead = (head - foot) / np.linalg.norm(head - foot)
    aside = np.array([[-ahead[1], ahead[0]]]) * [[beside], [-beside]]
    one, other = head - back * ahead + aside
    return svg_path([foot, head]), svg_path([one, head, other])


def svg_text(x: float, y: float, words: str, attributes: str, *, anchor: Anchor = "start") -> str:
    """Write a line of text with its baseline at y."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {attributes}>{escape(words)}</text>'


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseStyle:
    """How the parts of a course are painted."""

    # attributes of the elements, such as a class or a stroke: "baseline", "start", "level", "even", "level text",
    # "date", "date text", "inner date text", "band", "fan", "trend", "stroke", "dots". Missing parts are not painted.
    parts: Mapping[str, str]
    # shape of the dots. Points are strokes of no length with round ends, a third of the size of circles in bytes.
    marker: Literal["circle", "square", "point"]
    radius: float = 3.0  # radius of circles, half the side of squares

    def shapes(self, shapes: Iterable[tuple[str, str]]) -> str:
        """Write shapes, such as `path d="M0 0"`, with the attributes of their parts."""
        return "".join(f"<{shape} {self.parts[part]}/>" for part, shape in shapes if part in self.parts)

    def text(self, part: str, x: float, y: float, words: str, anchor: Anchor) -> str:
        """Write a line of text with the attributes of its part."""
        return svg_text(x, y, words, self.parts[part], anchor=anchor) if words and part in self.parts else ""


def ground_svg(axes: Axes, style: CourseStyle, *, unit: str | None, dates: Iterable[Tick]) -> str:
    """Paint the time before the treatment, levels and dates; `unit` as for `Axes.levels`."""
    left, top, right, bottom = axes.box.left, axes.box.top, axes.box.right, axes.box.bottom
    dates, levels = list(dates), axes.levels(unit)
    shapes = []
    if axes.baseline > left:
        shapes.append(("baseline", f'path d="M{left:.1f} {top:g}H{axes.baseline:.1f}V{bottom:g}H{left:.1f}Z"'))
    shapes += [("level" if value else "even", f'path d="M{left:.1f} {y:.1f}H{right:.1f}"') for value, y, _ in levels]
    shapes += [("date", f'path d="M{tick.at:.1f} {bottom:g}v4"') for tick in dates]
    if axes.start is not None:
        shapes.append(("start", f'path d="M{axes.start:.1f} {top:g}V{bottom:g}"'))
    texts = [style.text("level text", left - 5, y + 4, text, "end") for _, y, text in levels]
    shown = [tick for tick in dates if tick.text]
    for tick in shown:
        inner = "" if tick in (shown[0], shown[-1]) else "inner "
        texts.append(style.text(f"{inner}date text", tick.text_at, bottom + 17, tick.text, tick.anchor))
    return style.shapes(shapes) + "".join(texts)


def errors_svg(course: PlacedCourse, style: CourseStyle) -> str:
    """Paint the errors of a course, its trend and the interval of its trend."""
    shapes = [("band", f'path d="{svg_path(band, closed=True)}"') for band in course.bands if len(band)]
    if len(course.fan):
        shapes.append(("fan", f'path d="{svg_path(course.fan, closed=True)}"'))
    if len(course.trend):
        shapes.append(("trend", f'path d="{svg_path(course.trend)}"'))
    return style.shapes(shapes)


def dots_svg(course: PlacedCourse, style: CourseStyle) -> str:
    """Paint the sessions of a course and the lines between them."""
    strokes = "".join(svg_path(stroke) for stroke in course.strokes if len(stroke) > 1)
    shapes = [("stroke", f'path d="{strokes}"')] if strokes else []
    radius = style.radius
    if style.marker == "point":
        shapes.append(("dots", f'path d="{"".join(f"M{x:.1f} {y:.1f}h0" for x, y in course.dots)}"'))
    elif style.marker == "circle":
        shapes += [("dots", f'circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"') for x, y in course.dots]
    else:
        side = 2 * radius
        shapes += [
            ("dots", f'rect x="{x - radius:.1f}" y="{y - radius:.1f}" width="{side:g}" height="{side:g}"')
            for x, y in course.dots
        ]
    return style.shapes(shapes)
