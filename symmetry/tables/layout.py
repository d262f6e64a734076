"""What all tables share: columns that fit, cells, findings, notes."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from symmetry.face import FaceAnalysis
from symmetry.findings import ALL, Finding, by_gravity, joined
from symmetry.measures import DEFINITIONS
from symmetry.mesh import MAIN_REGIONS, REGIONS
from symmetry.norms import NO_NORM
from symmetry.output import printable

UNKNOWN: Final = "–"
SIDES: Final = "Sides are the person's own: left is the person's left."
JAWLINE: Final = "Jawline: measured across its edge alone; along an edge no movement can be seen."
MESH_ALONE: Final = "Method: landmarks (the face mesh alone), nearly blind to what is local."
OF_WHAT_IS_SEEN: Final = "A region's numbers rest on the part of it that is seen, the whole face's too."
ERRORS: Final = "± is the 95 % error: how far the number strays when an unchanged face is photographed again."

_MEASURES: Final = {definition.name: definition.title for definition in DEFINITIONS}
_TITLES: Final = {"face": "whole face"} | _MEASURES
_NUMBERS: Final = {"lateral": "sideways", "vertical": "in height", "asymmetry": "asymmetry"}
_STYLES: Final = {"reject": "bold white on red", "warn": "yellow", "info": "dim"}
_MOST_NAMED: Final = 4


class FittedTable:
    """A table that is cut into several, one below the other, where it is too wide for the screen.

    The first column is repeated, so that no cell ever breaks.
    """

    def __init__(self, first: str, names: Sequence[Text | str]) -> None:
        self._columns: list[tuple[str, list[Text], bool]] = []
        self.add(first, names, left=True)

    def add(self, header: str, cells: Iterable[Text | str], *, left: bool = False) -> None:
        """Add a column to the right; its header and its cells may have several lines."""
        plain = [cell if isinstance(cell, Text) else Text(cell) for cell in cells]
        self._columns.append((header, plain, left))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Give as few tables as fit, from left to right."""
        names, *others = self._columns
        group = [names]
        for column in others:
            if len(group) > 1 and _width([*group, column]) > options.max_width:
                yield _table(group)
                group = [names]
            group.append(column)
        yield _table(group)


def _width(columns: Sequence[tuple[str, list[Text], bool]]) -> int:
    def of(header: str, cells: list[Text]) -> int:
        texts = (header, *(cell.plain for cell in cells))
        return max(cell_len(line) for text in texts for line in text.split("\n"))

    return sum(of(header, cells) + 2 for header, cells, _ in columns)


def _table(columns: Sequence[tuple[str, list[Text], bool]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for header, _, left in columns:
        table.add_column(header, justify="left" if left else "right", overflow="fold")
    for row in zip(*(cells for _, cells, _ in columns), strict=True):
        table.add_row(*row)
    return table


def render(content: RenderableType, width: int = 100) -> str:
    """Plain text of a table, for files and pipes."""
    console = Console(width=width, color_system=None, force_terminal=False, legacy_windows=False)
    with console.capture() as captured:
        console.print(content)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def words(name: str) -> str:
    """Name a region, a measure or a finding for people."""
    return _TITLES.get(name, name.replace("_", " "))


def unit_sign(unit: str) -> str:
    """Write a unit as it stands behind a number."""
    return "°" if unit == "degrees" else unit


def region_title(name: str) -> Text:
    """Name a region; the three main ones stand out."""
    return Text(words(name), style="bold" if name in MAIN_REGIONS else "")


def number(value: float, error: float = math.nan, sign: str = "") -> str:
    """Write a number of no direction with its error."""
    return f"{value:.2f}{_error(error)}{sign}" if math.isfinite(value) else UNKNOWN


def signed(value: float, error: float = math.nan, sign: str = "") -> str:
    """Write a number with its sign and its error."""
    if not math.isfinite(value):
        return UNKNOWN
    return f"{'0.00' if abs(value) < 0.005 else f'{value:+.2f}'}{_error(error)}{sign}"


def side(value: float, error: float = math.nan) -> str:
    """Write a left-right difference as the side that has more, and by how much."""
    if not math.isfinite(value):
        return UNKNOWN
    if abs(value) < 0.005:
        return f"even{_error(error)}"
    return f"{'left' if value > 0 else 'right'} {abs(value):.2f}{_error(error)}"


def noticing(value: float, error: float, least: float | None, unit: str) -> str:
    """Say whether people notice a difference; nothing where no study tells."""
    if least is None or unit not in ("mm", "degrees") or not math.isfinite(value):
        return ""
    spread = error if math.isfinite(error) else 0.0
    if abs(value) + spread < least:
        return f"no, < {least:g}"
    return f"yes, > {least:g}" if abs(value) - spread >= least else f"near {least:g}"


def norm_notes(norms: dict[str, str]) -> list[str]:
    """Tell the published norms of clinical measures, and that the others have none."""
    known = [f"{words(name)} {text}" for name, text in norms.items() if text != NO_NORM]
    return [f"Of healthy people: {'; '.join(known)}. Other measures: {NO_NORM}."]


def touched(touches: Sequence[str]) -> str:
    """Say which results a finding touches."""
    if ALL in touches:
        return "every result"
    parts = [
        f"every region {_NUMBERS[name]}" if name != "asymmetry" else "asymmetry of every region"
        for name in touches
        if name in _NUMBERS
    ]
    whole = [words(name) for name in touches if name in REGIONS]
    if whole:
        parts.append(joined(whole))
    for key, word in _NUMBERS.items():
        own = [words(name.partition(".")[0]) for name in touches if name.endswith(f".{key}")]
        if own:
            parts.append(f"asymmetry of {joined(own)}" if key == "asymmetry" else f"{joined(own)} {word}")
    measures = [_MEASURES[name] for name in touches if name in _MEASURES]
    if len(measures) > _MOST_NAMED:
        parts.append(f"{len(measures)} clinical measures")
    elif measures:
        parts.append(joined(measures))
    return "; ".join(parts)


def severity_mark(flag: Finding) -> Text:
    """Write how grave a finding is."""
    return Text(flag.severity, style=_STYLES[flag.severity])


def finding_lines(flags: Iterable[Finding]) -> list[RenderableType]:
    """Tell what was found and what to do about it, the gravest first."""
    lines = Table.grid(padding=(0, 2, 0, 0))
    lines.add_column(no_wrap=True)
    lines.add_column()
    found = by_gravity(flags)
    for flag in found:
        stops = f" Stops {touched(flag.touches)}." if flag.severity == "reject" and flag.touches else ""
        style = {"reject": "bold red", "warn": "yellow", "info": ""}[flag.severity]
        lines.add_row(severity_mark(flag), Text(printable(flag.advice) + stops, style=style))
    return [Padding(lines, (0, 0, 0, 2))] if found else []


def notes(*lines: str) -> list[RenderableType]:
    """Give what must be known to read a table."""
    return [Text(line, style="dim") for line in lines]


def dash_note(flags: Iterable[Finding], method: str, *, two: bool = False) -> list[str]:
    """Say why a number may be missing."""
    why = []
    if any(flag.severity == "reject" for flag in flags):
        why.append("stopped by a finding marked reject")
    if method == "registration":
        why.append("not seen: no match between the two sides" if not two else "not seen")
    why.append("beyond the edge of the photo" if not two else "beyond the edge of a photo")
    lines = [f"{UNKNOWN} means {', or '.join(why)}."]
    if two and method == "registration":
        lines.append("Before and after need a match between the two sides, out and up one between the photos.")
    return lines


def circumstances(face: FaceAnalysis) -> list[RenderableType]:
    """Say when a photo was taken, its scale, and where the head points."""
    pose = face.pose
    turned = _angle(pose.yaw, "turned {} to the left", "turned {} to the right")
    raised = _angle(pose.pitch, "raised {}", "lowered {}")
    tilted = _angle(pose.roll, "tilted {} to the right", "tilted {} to the left")
    taken = f"taken {face.photo.captured:%Y-%m-%d %H:%M}; " if face.photo.captured else ""
    scale = f"{face.mm_per_pixel:.3f} mm a pixel by {face.scale.source}" if face.unit == "mm" else "no millimetres"
    return [Padding(Text(line), (0, 0, 0, 2)) for line in (f"{taken}{scale}", f"head {turned}, {raised}, {tilted}")]


def apart_from_folder(names: Sequence[str]) -> tuple[str, list[str]]:
    """Split the folder that all photos are in from their names, to keep a table narrow."""
    folders = {os.path.dirname(name) for name in names}  # noqa: PTH120
    try:
        folder = os.path.commonpath(folders) if len(names) > 1 else ""
    except ValueError:  # relative and absolute paths, or several drives
        folder = ""
    if not folder or folder == os.path.abspath(os.sep):  # noqa: PTH100
        return "", list(names)
    return folder, [os.path.relpath(name, folder) for name in names]


def _error(error: float) -> str:
    return f" ± {error:.2f}" if math.isfinite(error) else ""


def _angle(value: float, plus: str, minus: str) -> str:
    return (plus if value >= 0 else minus).format(f"{abs(value):.1f}°")
