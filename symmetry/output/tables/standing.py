"""Who of a practice has changed, as a table."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from symmetry.measure.words import REGION_TITLES, unit_sign
from symmetry.output.tables.grid import UNKNOWN, FittedTable, notes
from symmetry.practice.standing import Overview, OverviewLine
from symmetry.tabular.text import counted, printable

_STYLES = {"less even": "red", "more even": "green", "perhaps less even": "red dim", "perhaps more even": "green dim"}


def standing_table(found: Overview) -> RenderableType:
    """List where every client stands."""
    rest = f"{counted(found.without_photos, 'client')} without photos." if found.without_photos else ""
    if not found.lines:
        return Text(rest or "no clients yet; `symmetry client add NAME` adds one", style="dim")
    table = FittedTable("client", [Text(_short(line.name)) for line in found.lines])
    table.add(
        "answer",
        [Text(line.standing.answer, style=_STYLES.get(line.standing.answer, "")) for line in found.lines],
        left=True,
    )
    table.add("where", [_where(line) for line in found.lines], left=True)
    table.add("how much", [_how_much(line) for line in found.lines])
    table.add(
        "since",
        [UNKNOWN if line.standing.since is None else f"{line.standing.since}" for line in found.lines],
        left=True,
    )
    table.add(
        "last seen", [UNKNOWN if line.last_seen is None else f"{line.last_seen}" for line in found.lines], left=True
    )
    table.add("adherence", [UNKNOWN if line.adherence is None else f"{line.adherence:.0%}" for line in found.lines])
    return Group(table, *notes(*filter(None, (_HOW, rest))))


_HOW = (
    "How much: change since the first sessions and its error; - means more even. Sure is what is beyond the error, "
    "and what the trend does not contradict."
)


def _where(line: OverviewLine) -> Text:
    standing = line.standing
    if standing.region is None:
        return Text(standing.reason or UNKNOWN)
    title = REGION_TITLES[standing.region].lower()
    return Text(f"{title}: {standing.verdict}", style=_STYLES.get(standing.verdict, ""))


def _how_much(line: OverviewLine) -> str:
    standing = line.standing
    if standing.evenness is None or standing.evenness_error is None:
        return UNKNOWN
    return f"{standing.evenness:+.1f} ± {standing.evenness_error:.1f} {unit_sign(standing.unit)}"


def _short(text: str) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= 30 else f"{line[:29]}…"
