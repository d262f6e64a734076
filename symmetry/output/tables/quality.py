"""What the quality gate found, for people who are about to take the photo again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from symmetry.measure.answers import Common, Fitness, common_flags, fitness_of
from symmetry.measure.batch import Failure
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import by_gravity, reason_words
from symmetry.measure.wording import fit_sentence, fitness_words
from symmetry.output.tables.grid import notes
from symmetry.output.tables.layout import apart_from_folder, severity_mark, touched
from symmetry.tabular import printable

_HARM = {"reject": "stops", "warn": "makes less sure", "info": "may touch"}
_STYLES: Final[dict[Fitness, str]] = {"fit": "green", "less sure": "yellow", "in part": "red", "unfit": "bold red"}


def check_tables(results: Sequence[FaceAnalysis | Failure]) -> Group:
    """Whether each photo is fit to be measured, and what was found, that of several photos once."""
    folder, names = apart_from_folder([r.photo if isinstance(r, Failure) else r.photo.name for r in results])
    fitnesses = [None if isinstance(result, Failure) else fitness_of(result.flags) for result in results]
    lines: list[RenderableType] = [Text(printable(folder), style="bold")] if folder else []
    if len(results) == 1:
        lines.append(Text(printable(names[0]), style="bold"))
    lines.append(Text(fit_sentence(fitnesses), style="bold"))
    if len(results) > 1 or isinstance(results[0], Failure):
        lines.append(_photos(results, names, fitnesses))
    found = common_flags([() if isinstance(result, Failure) else result.flags for result in results])
    if found:
        lines.append(Padding(_found(found, names), (0, 0, 0, 2)))
    return Group(
        *lines,
        *notes("", "reject stops the results named, warn makes them less sure, info is worth knowing."),
    )


def _photos(
    results: Sequence[FaceAnalysis | Failure], names: Sequence[str], fitnesses: Sequence[Fitness | None]
) -> Table:
    """Give a line a photo: whether it is fit, and the names of what was found."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("photo", overflow="fold", min_width=8)
    table.add_column("fit?", no_wrap=True)
    table.add_column("found", overflow="fold")
    for result, name, fitness in zip(results, names, fitnesses, strict=True):
        if isinstance(result, Failure) or fitness is None:
            why = result.error if isinstance(result, Failure) else ""
            table.add_row(Text(printable(name)), Text("no result", style="bold red"), Text(why, style="red"))
            continue
        named = ", ".join(reason_words(flag.name) for flag in by_gravity(result.flags))
        table.add_row(Text(printable(name)), Text(fitness_words(fitness), style=_STYLES[fitness]), Text(named))
    return table


def _found(found: Sequence[Common], names: Sequence[str]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    for common in found:
        flag = common.flag
        lines = [
            Text(f"{reason_words(flag.name)}{_where(common, names)}", style="bold"),
            Text(printable(flag.advice)),
        ]
        if flag.touches:
            lines.append(Text(f"{_HARM[flag.severity]}: {touched(flag.touches)}", style="dim"))
        table.add_row(severity_mark(flag), Group(*lines))
    return table


def _where(common: Common, names: Sequence[str]) -> str:
    """Say in how many photos something was found, and in which one it is worst; nothing of a lone photo."""
    if len(names) == 1:
        return ""
    worst, count = printable(names[common.worst]), len(common.photos)
    return f" in {worst}" if count == 1 else f" in {count} of {len(names)} photos, worst in {worst}"
