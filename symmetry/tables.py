"""Results as tables for people at a terminal."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from symmetry.face import FaceAnalysis
from symmetry.batch import Failure
from symmetry.change import Change
from symmetry.findings import Finding
from symmetry.measures import DEFINITIONS
from symmetry.mesh import MAIN_REGIONS
from symmetry.output import printable

_TITLES = {"face": "whole face"} | {definition.name: definition.title for definition in DEFINITIONS}
_SIDES = "Sides are the person's own: left is the person's left."
_JAWLINE = "Jawline: measured across its edge alone; along an edge no movement can be seen."
_MESH_ALONE = "Method: landmarks (the face mesh alone), nearly blind to what is local."
_OF_WHAT_IS_SEEN = "A region's numbers rest on the part of it that is seen, the whole face's too."
_UNKNOWN = "–"
_BEYOND = f"{_UNKNOWN} means beyond the edge of the photo."
_NOT_SEEN = f"{_UNKNOWN} means not seen: no match between the two sides (or beyond the photo's edge)."
_NOT_SEEN_OF_TWO = (
    f"{_UNKNOWN} means not seen: in before and after, no match between a photo's two sides;",
    "in out and up, none between the two photos (or beyond the edge of one).",
)
_SIDE_NAMES = {"subject_right": "right", "subject_left": "left", "both": "both", "neither": "neither"}


def face_tables(face: FaceAnalysis) -> Group:
    """Every region and measure of one photo."""
    unit = face.unit
    regions = _table(
        "region", f"asymmetry\n{unit}", "% of eye\ndistance", f"higher\nside, {unit}", f"wider\nside, {unit}"
    )
    for region in face.regions.values():
        asymmetry, lateral, vertical = region.in_unit(unit)
        regions.add_row(
            _region(region.region),
            _number(asymmetry, region.asymmetry_error),
            _number(region.percent),
            _side(vertical, region.vertical_error),
            _side(lateral, region.lateral_error),
        )
    measures = _table("measure", "right", "left", "left - right", "unit")
    for measure in face.measures.values():
        measures.add_row(
            _TITLES[measure.name],
            *_of_sides(measure.difference, _number(measure.subject_right), _number(measure.subject_left)),
            _signed(measure.difference, measure.difference_error),
            _unit(measure.unit),
        )
    numbers = [*(r.percent for r in face.regions.values()), *(m.difference for m in face.measures.values())]
    unknown = any(map(math.isnan, numbers))
    return Group(
        Text(printable(face.photo.name), style="bold"),
        *_circumstances(face),
        *_finding_lines(face.flags),
        regions,
        measures,
        *_notes(*_method(face), _JAWLINE, *(_dash(face) if unknown else []), _SIDES),
    )


def overview_table(results: Sequence[FaceAnalysis | Failure]) -> Group:
    """One line a photo: the three main regions and the whole face."""
    measured = [result for result in results if isinstance(result, FaceAnalysis)]
    unit = measured[0].unit if measured else "mm"
    folder, names = _apart_from_folder([r.photo if isinstance(r, Failure) else r.photo.name for r in results])
    table = _table("photo", *(f"{_words(name)}\n{unit}" for name in (*MAIN_REGIONS, "face")), "note", left=(0, 5))
    for result, name in zip(results, names, strict=True):
        if isinstance(result, Failure):
            table.add_row(Text(printable(name)), "", "", "", "", Text(result.error, style="red"))
            continue
        scores = [result.regions[name] for name in (*MAIN_REGIONS, "face")]
        table.add_row(
            Text(printable(name)),
            *(_number(score.in_unit(result.unit)[0], score.asymmetry_error) for score in scores),
            Text(" ".join(flag.name.replace("_", " ") for flag in result.flags)),
        )
    unknown = any(math.isnan(region.percent) for face in measured for region in face.regions.values())
    title = [Text(printable(folder), style="bold")] if folder else []
    return Group(
        *title,
        table,
        *_notes(
            "Asymmetry of each region, 0 is even.",
            *([*_method(measured[0]), _JAWLINE] if measured else []),
            *(_dash(measured[0]) if unknown else []),
            "For sides, clinical measures and what was not seen: one photo, or --details.",
        ),
    )


def change_tables(change: Change) -> Group:
    """Every region and measure before and after, and what each side did."""
    unit = change.before.unit
    regions = _table(
        "region",
        f"before\n{unit}",
        f"after\n{unit}",
        f"change\n{unit}",
        "right\nout",
        "right\nup",
        "left\nout",
        "left\nup",
        "which\nside",
    )
    for region in change.regions.values():
        regions.add_row(
            _region(region.region),
            _number(region.before),
            _number(region.after),
            _signed(region.change, region.error),
            _signed(region.subject_right.outward),
            _signed(region.subject_right.up),
            _signed(region.subject_left.outward),
            _signed(region.subject_left.up),
            _SIDE_NAMES[region.moved] if region.moved else _UNKNOWN,
        )
    measures = _table("left - right of", "before", "after", "change", "right\nby", "left\nby", "which\nside", "unit")
    for measure in change.measures.values():
        measures.add_row(
            _TITLES[measure.name],
            _signed(measure.before),
            _signed(measure.after),
            _signed(measure.change, measure.error),
            *_of_sides(
                measure.change,
                _signed(measure.subject_right),
                _signed(measure.subject_left),
                _SIDE_NAMES[measure.moved] if measure.moved else _UNKNOWN,
            ),
            _unit(measure.unit),
        )
    lines: list[RenderableType] = []
    for label, face in (("before", change.before), ("after", change.after)):
        lines += [Text(f"{label}: {printable(face.photo.name)}"), *_circumstances(face)]
    numbers = [*(r.change + r.lift for r in change.regions.values()), *(m.change for m in change.measures.values())]
    unknown = any(map(math.isnan, numbers))
    not_assessed = [Text("How large a change must be to be real is not assessed yet.", style="yellow")]
    any_error = any(math.isfinite(region.error) for region in change.regions.values())
    return Group(
        *lines,
        *_finding_lines(change.flags),
        regions,
        measures,
        *_notes(
            "A negative change of a region means more even.",
            f"Out, up: how far each side moved, {unit} (- in, down); head movement is removed.",
            *_method_of_two(change),
            _JAWLINE,
            *(_dash_of_two(change) if unknown else []),
            _SIDES,
        ),
        *([] if any_error else not_assessed),
    )


def render(content: RenderableType) -> str:
    """Plain text of a table, for files and pipes."""
    console = Console(width=100, color_system=None, force_terminal=False, legacy_windows=False)
    with console.capture() as captured:
        console.print(content)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _table(*columns: str, left: tuple[int, ...] = (0,)) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place in left else "right", overflow="fold")
    return table


def _apart_from_folder(names: Sequence[str]) -> tuple[str, list[str]]:
    """Split the folder that all photos are in from their names, to keep a table narrow."""
    folders = {os.path.dirname(name) for name in names}  # noqa: PTH120
    try:
        folder = os.path.commonpath(folders) if len(names) > 1 else ""
    except ValueError:  # relative and absolute paths, or several drives
        folder = ""
    if not folder or folder == os.path.abspath(os.sep):  # noqa: PTH100
        return "", list(names)
    return folder, [os.path.relpath(name, folder) for name in names]


def _words(name: str) -> str:
    return _TITLES.get(name, name.replace("_", " "))


def _unit(unit: str) -> str:
    return "°" if unit == "degrees" else unit


def _region(name: str) -> Text:
    return Text(_words(name), style="bold" if name in MAIN_REGIONS else "")


def _error(error: float) -> str:
    return f" ± {error:.2f}" if math.isfinite(error) else ""


def _number(value: float, error: float = math.nan) -> str:
    return f"{value:.2f}{_error(error)}" if math.isfinite(value) else _UNKNOWN


def _signed(value: float, error: float = math.nan) -> str:
    if not math.isfinite(value):
        return _UNKNOWN
    return f"{'0.00' if abs(value) < 0.005 else f'{value:+.2f}'}{_error(error)}"


def _side(value: float, error: float = math.nan) -> str:
    if not math.isfinite(value):
        return _UNKNOWN
    side = "even" if abs(value) < 0.005 else "left" if value > 0 else "right"
    return side if side == "even" else f"{side} {abs(value):.2f}{_error(error)}"


def _of_sides(of_both: float, *cells: str) -> list[str]:
    """Cells about single sides; empty for a measure of the midline, which has none."""
    midline = math.isfinite(of_both) and _UNKNOWN in cells
    return [""] * len(cells) if midline else list(cells)


def _method(face: FaceAnalysis) -> list[str]:
    if face.method == "landmarks":
        return [_MESH_ALONE]
    return ["Method: registration of a photo with its own mirror image.", _OF_WHAT_IS_SEEN]


def _dash(face: FaceAnalysis) -> list[str]:
    return [_BEYOND if face.method == "landmarks" else _NOT_SEEN]


def _dash_of_two(change: Change) -> list[str]:
    return [_BEYOND] if change.method == "landmarks" else list(_NOT_SEEN_OF_TWO)


def _method_of_two(change: Change) -> list[str]:
    if change.method == "landmarks":
        return [_MESH_ALONE]
    return [
        "Method: registration of the two photos, and of each with its own mirror image.",
        _OF_WHAT_IS_SEEN,
        "Before and after are measured as a pair; a photo scored alone differs.",
    ]


def _notes(*lines: str) -> list[RenderableType]:
    return [Text(line, style="dim") for line in lines]


def _circumstances(face: FaceAnalysis) -> list[RenderableType]:
    pose = face.pose
    turned = _angle(pose.yaw, "turned {} to the left", "turned {} to the right")
    raised = _angle(pose.pitch, "raised {}", "lowered {}")
    tilted = _angle(pose.roll, "tilted {} to the right", "tilted {} to the left")
    taken = f"taken {face.photo.captured:%Y-%m-%d %H:%M}; " if face.photo.captured else ""
    scale = f"{face.mm_per_pixel:.3f} mm a pixel by {face.scale.source}" if face.unit == "mm" else "no millimetres"
    return [Padding(Text(line), (0, 0, 0, 2)) for line in (f"{taken}{scale}", f"head {turned}, {raised}, {tilted}")]


def _angle(value: float, plus: str, minus: str) -> str:
    return (plus if value >= 0 else minus).format(f"{abs(value):.1f}°")


def _finding_lines(flags: Sequence[Finding]) -> list[RenderableType]:
    return [Padding(Text(f"{flag.severity}: {flag.advice}", style="yellow"), (0, 0, 0, 2)) for flag in flags]
