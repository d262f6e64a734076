"""Tables of skin: a row for each zone, a column for each number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from symmetry.output.tables.grid import UNKNOWN, FittedTable, notes
from symmetry.output.tables.layout import signed
from symmetry.skin.analysis import SkinAnalysis, SkinNumber
from symmetry.skin.change import LESS_EVEN, MORE_EVEN, NOT_COMPARABLE, SkinChange, SkinChangeNumber
from symmetry.skin.wording import SHOWN, skin_change_sentences, skin_sentences
from symmetry.skin.zones import ZONES

_STYLES: Final = {MORE_EVEN: "green", LESS_EVEN: "red"}
_WHAT: Final = (
    "Skin: left less right, + if the person's left is lighter (tone, L*), redder (a*), more yellow (b*), rougher or "
    "shinier (%), or has the sharper edge (definition, L*/mm); light from one side is taken out."
)
_CHANCE: Final = "Of forty verdicts, one or two claim a change by chance: those that stand alone and hardly exceed ±."


def skin_table(skin: SkinAnalysis) -> Group:
    """Lay out the skin of one photo."""
    first, *others = skin_sentences(skin)
    table = FittedTable("skin", [zone.capitalize() for zone in ZONES])
    for name in SHOWN:
        table.add(_header(name, skin.zones), [_cell(skin.zones[zone].get(name)) for zone in ZONES])
    return Group(Text(first, style="bold"), *map(Text, others), table, *notes(_WHAT))


def skin_change_table(change: SkinChange) -> Group:
    """Lay out what became of the skin."""
    first, *others = skin_change_sentences(change)
    table = FittedTable("skin", [zone.capitalize() for zone in ZONES])
    for name in SHOWN:
        table.add(_header(name, change.zones), [_change_cell(change.zones[zone].get(name)) for zone in ZONES])
    return Group(Text(first, style="bold"), *map(Text, others), table, *_spots(change), *notes(_WHAT, _CHANCE))


def _header(name: str, zones: Mapping[str, Mapping[str, SkinNumber | SkinChangeNumber]]) -> str:
    unit = next(of_zone[name].unit for of_zone in zones.values() if name in of_zone)
    return f"{name}\n{unit}"


def _cell(number: SkinNumber | None) -> Text:
    if number is None:
        return Text("")
    if math.isnan(number.difference):
        return Text(UNKNOWN)
    sure = abs(number.difference) > number.difference_error
    return Text(signed(number.difference, number.difference_error), style="bold" if sure else "dim")


def _change_cell(number: SkinChangeNumber | None) -> Text:
    if number is None:
        return Text("")
    if number.verdict == NOT_COMPARABLE:
        return Text(UNKNOWN)
    if number.verdict in _STYLES:
        by = signed(abs(number.after) - abs(number.before), number.error)
        return Text(f"{number.verdict}\n{by}", style=_STYLES[number.verdict])
    return Text(f"± {number.error:.2g}", style="dim")


def _spots(change: SkinChange) -> list[RenderableType]:
    """List the spots that came and went, and those that plainly changed."""
    return [
        Text(
            f"  {spot.change} spot, {spot.size:.0f} mm, {spot.contrast:.0f} % {spot.kind} than around: "
            f"{spot.zone.replace('_', ' ') if spot.zone else 'face'}, {spot.side.replace('subject_', '')} side"
        )
        for spot in (*change.spots, *change.changed_spots)[:8]
    ]
