"""What a photo can show, for people at a terminal."""

from __future__ import annotations

import math
from typing import Final

from rich.console import Group
from rich.text import Text

from symmetry.measure.audit import OWN_SIDES, SITES, Audit, Trial
from symmetry.output.tables.grid import UNKNOWN, FittedTable, notes
from symmetry.output.tables.layout import MESH_ALONE, SIDES, flag_lines
from symmetry.tabular import printable

_ALONE_MM: Final = 2.0
"""Movement whose share without the photo as it was is told, or the one nearest to it."""


def audit_table(audit: Audit) -> Group:
    """Share seen of each movement, and the smallest that is called real: a line per spot and side."""
    amounts = sorted({trial.millimetres for trial in audit.trials}) or [_ALONE_MM]
    alone = min(amounts, key=lambda amount: abs(amount - _ALONE_MM))
    rows = [(site.name, side) for site in SITES for side in OWN_SIDES if audit.at(site.name, side)]
    trials = [{trial.millimetres: trial for trial in audit.at(*row)} for row in rows]
    table = FittedTable("spot", [f"{name}, {side.removeprefix('subject_')}" for name, side in rows])
    for amount in amounts:
        table.add(f"{amount:g} mm\nseen", [_seen(own.get(amount)) for own in trials])
    table.add("called\nreal from", [_millimetres(audit.real_from(*row)) for row in rows])
    table.add(f"one photo,\n{alone:g} mm", [_percent(own[alone].seen_alone) if alone in own else "" for own in trials])
    return Group(
        Text(printable(audit.face.photo.name), style="bold"),
        *flag_lines(audit.flags),
        table,
        *notes(
            "Each spot of the photo was moved, one at a time, and the photo measured again: brows, lids, cheeks,",
            "folds and mouth corners up, the jaw outward across its edge.",
            "Seen: how much of it a comparison with the photo as it was shows. * is called real: the verdict on",
            "the region is more or less even, by more than photos of an unchanged face differ. A movement that",
            "only swaps which side is higher is seen, but no change of evenness.",
            "One photo: how much is seen without the photo as it was.",
            f"{UNKNOWN} means not seen; as for called real, none up to {amounts[-1]:g} mm.",
            "Two real photos also differ in light and pose: this is the best case.",
            *([MESH_ALONE] if audit.face.method == "landmarks" else []),
            SIDES,
        ),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if math.isfinite(share) else UNKNOWN


def _seen(trial: Trial | None) -> Text:
    if trial is None:
        return Text("")
    return Text(f"{_percent(trial.seen)} {'*' if trial.called_real else ' '}", style="" if trial.called_real else "dim")


def _millimetres(amount: float) -> str:
    return f"{amount:g} mm" if math.isfinite(amount) else UNKNOWN
