"""What the quality gate found, for people who are about to take the photo again."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from symmetry.measure.batch import Failure
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import Flag, by_gravity, reason_words
from symmetry.output.tables.grid import notes
from symmetry.output.tables.layout import apart_from_folder, severity_mark, touched
from symmetry.tabular import printable

_HARM = {"reject": "stops", "warn": "makes less sure", "info": "may touch"}


def check_tables(results: Sequence[FaceAnalysis | Failure]) -> Group:
    """Everything found in each photo, the gravest first."""
    folder, names = apart_from_folder([r.photo if isinstance(r, Failure) else r.photo.name for r in results])
    lines: list[RenderableType] = [Text(printable(folder), style="bold")] if folder else []
    for result, name in zip(results, names, strict=True):
        title = Text(printable(name), style="bold")
        if isinstance(result, Failure):
            lines += [title, Padding(Text(result.error, style="red"), (0, 0, 0, 2))]
        elif not result.flags:
            lines.append(Text.assemble(title, Text(": nothing found", style="green")))
        else:
            lines += [title, Padding(_flags(result.flags), (0, 0, 0, 2))]
    return Group(
        *lines,
        *notes(
            "",
            _count(results),
            "reject stops the results named, warn makes them less sure, info is worth knowing.",
        ),
    )


def _flags(flags: Sequence[Flag]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    for flag in by_gravity(flags):
        lines = [Text(f"{reason_words(flag.name)}{_size(flag)}", style="bold"), Text(printable(flag.advice))]
        if flag.touches:
            lines.append(Text(f"{_HARM[flag.severity]}: {touched(flag.touches)}", style="dim"))
        table.add_row(severity_mark(flag), Group(*lines))
    return table


def _size(flag: Flag) -> str:
    if flag.value is None:
        return ""
    return f" {flag.value:.4g}" + ("" if flag.limit is None else f" (limit {flag.limit:.4g})")


def _count(results: Sequence[FaceAnalysis | Failure]) -> str:
    measured = [result for result in results if isinstance(result, FaceAnalysis)]
    gravest = [{flag.severity for flag in face.flags} for face in measured]
    rejected = sum("reject" in found for found in gravest)
    warned = sum("warn" in found and "reject" not in found for found in gravest)
    parts = [
        f"{len(measured) - rejected - warned} good to measure",
        f"{warned} with a warning",
        f"{rejected} with results stopped",
        f"{len(results) - len(measured)} without a result",
    ]
    photos = "1 photo" if len(results) == 1 else f"{len(results)} photos"
    return f"{photos}: {', '.join(part for part in parts if not part.startswith('0 '))}."
