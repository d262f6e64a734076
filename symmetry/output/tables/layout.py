"""What all tables share: columns that fit, cells, flags, notes."""

from __future__ import annotations

import math
import os
import textwrap
from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from symmetry.landmarks.mesh import MAIN_REGIONS, REGIONS
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.measures import MEASURE_NAMES, NO_NORM
from symmetry.measure.quality.flags import ALL, Flag, by_gravity, joined
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, Verdict
from symmetry.measure.words import noticed, title_of, with_error
from symmetry.output.tables.grid import UNKNOWN
from symmetry.tabular.text import counted, printable

SIDES: Final = "Sides are the person's own: left is the person's left."
JAWLINE: Final = "Jawline: measured across its edge alone; along an edge no movement can be seen."
MESH_ALONE: Final = "Method: landmarks (the face mesh alone), nearly blind to what is local."
OF_WHAT_IS_SEEN: Final = "A region's numbers rest on the part of it that is seen, the whole face's too."
ERRORS: Final = "± is the 95 % error: how far the number strays when an unchanged face is photographed again."

_NUMBERS: Final = {"lateral": "sideways", "vertical": "in height", "asymmetry": "asymmetry"}
_STYLES: Final = {"reject": "bold white on red", "warn": "yellow", "info": "dim"}
VERDICT_STYLES: Final[dict[Verdict, str]] = {
    IMPROVED: "green",
    WORSE: "red",
    NO_CHANGE: "dim",
    NOT_COMPARABLE: "yellow",
}
SIDES_MOVED: Final = {"subject_right": "right", "subject_left": "left", "both": "both", "neither": "neither"}
_MOST_NAMED: Final = 4
_SAID_ALWAYS: Final = ("several_faces",)
_MOST_FLAGS: Final = 4
"""Flags that an answer of one screen names."""
_TITLE_WIDTH, _REASON_WIDTH = 12, 14


def region_title(name: str) -> Text:
    """Name a region; the three main ones stand out."""
    return Text("\n".join(textwrap.wrap(title_of(name), _TITLE_WIDTH)), style="bold" if name in MAIN_REGIONS else "")


def title_cell(name: str) -> Text:
    """Name a region in one line; the three main ones stand out."""
    return Text(title_of(name), style="bold" if name in MAIN_REGIONS else "")


def answer_lines(sentences: Sequence[str]) -> list[RenderableType]:
    """Write an answer, its first sentence standing out."""
    first, *others = (printable(sentence) for sentence in sentences)
    return [Text(first, style="bold"), *map(Text, others)]


def verdict_cell(verdict: Verdict | None, reason: str = "") -> Text:
    """Write a verdict in its colour, below it the reason why there is none."""
    if verdict is None:
        return Text(UNKNOWN)
    lines = [verdict.replace("detectable ", "detectable\n"), *textwrap.wrap(reason, _REASON_WIDTH)]
    return Text("\n".join(lines), style=VERDICT_STYLES[verdict])


def number(value: float, error: float = math.nan, sign: str = "") -> str:
    """Write a number of no direction with its error."""
    return f"{with_error(value, error, digits=2)}{sign}" if math.isfinite(value) else UNKNOWN


def signed(value: float, error: float = math.nan, sign: str = "") -> str:
    """Write a number with its sign and its error."""
    return f"{with_error(value, error, digits=2, signed=True)}{sign}" if math.isfinite(value) else UNKNOWN


def interval(value: float, low: float, high: float, *, apart: str = "\n", plain: bool = False) -> str:
    """Write a number and its interval; `plain` for those that have no direction."""
    write = number if plain else signed
    if not math.isfinite(low + high):
        return write(value)
    return f"{write(value)}{apart}[{write(low)}, {write(high)}]"


def side(value: float, error: float = math.nan) -> str:
    """Write a left-right difference as the side that has more, and by how much."""
    if not math.isfinite(value):
        return UNKNOWN
    whose = "left" if value > 0 else "right"
    size = with_error(abs(value), error, digits=2)
    return f"even{size.removeprefix('0.00')}" if abs(value) < 0.005 else f"{whose} {size}"


def notice(value: float, error: float, least: float | None, unit: str) -> str:
    """Say whether people notice a difference; nothing where no study tells."""
    if least is None or unit not in ("mm", "degrees") or not math.isfinite(value):
        return ""
    return {"no": "no, < ", "near": "near ", "yes": "yes, > "}[noticed(abs(value), error, least)] + f"{least:g}"


def norm_notes(norms: dict[str, str]) -> list[str]:
    """Tell the published norms of clinical measures, and that the others have none."""
    known = [f"{title_of(name)} {text}" for name, text in norms.items() if text != NO_NORM]
    return [f"Of healthy people: {'; '.join(known)}. Other measures: {NO_NORM}."]


def touched(touches: Sequence[str]) -> str:
    """Say which results a flag touches."""
    if ALL in touches:
        return "every result"
    parts = [
        f"every region {_NUMBERS[name]}" if name != "asymmetry" else "asymmetry of every region"
        for name in touches
        if name in _NUMBERS
    ]
    whole = [title_of(name) for name in touches if name in REGIONS]
    if whole:
        parts.append(joined(whole))
    for key, word in _NUMBERS.items():
        own = [title_of(name.partition(".")[0]) for name in touches if name.endswith(f".{key}")]
        if own:
            parts.append(f"asymmetry of {joined(own)}" if key == "asymmetry" else f"{joined(own)} {word}")
    measures = [title_of(name) for name in touches if name in MEASURE_NAMES]
    if len(measures) > _MOST_NAMED:
        parts.append(f"{len(measures)} clinical measures")
    elif measures:
        parts.append(joined(measures))
    return "; ".join(parts)


def severity_mark(flag: Flag) -> Text:
    """Write how grave a flag is."""
    return Text(flag.severity, style=_STYLES[flag.severity])


def flag_lines(flags: Iterable[Flag], *, brief: bool = False) -> list[RenderableType]:
    """Tell what was found and what to do about it, the gravest first; `brief` leaves out what is only worth knowing."""
    lines = Table.grid(padding=(0, 2, 0, 0))
    lines.add_column(no_wrap=True)
    lines.add_column()
    every = by_gravity(flags)
    found = every
    if brief:
        found = tuple(flag for flag in every if flag.severity != "info" or flag.name in _SAID_ALWAYS)[:_MOST_FLAGS]
    for flag in found:
        stops = f" Stops {touched(flag.touches)}." if flag.severity == "reject" and flag.touches else ""
        style = {"reject": "bold red", "warn": "yellow", "info": ""}[flag.severity]
        lines.add_row(severity_mark(flag), Text(printable(flag.advice) + stops, style=style))
    rest = len(every) - len(found)
    if rest:
        lines.add_row(
            Text(),
            Text(f"{'and ' if found else ''}{counted(rest, 'more remark')}: --details", style="dim"),
        )
    return [Padding(lines, (0, 0, 0, 2))] if every else []


def dash_note(flags: Iterable[Flag], method: str, *, two: bool = False) -> list[str]:
    """Say why a number may be missing."""
    why = []
    if any(flag.severity == "reject" for flag in flags):
        why.append("stopped by a flag marked reject")
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


def _angle(value: float, plus: str, minus: str) -> str:
    return (plus if value >= 0 else minus).format(f"{abs(value):.1f}°")
