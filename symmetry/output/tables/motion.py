"""How a face moves in a film, for people at a terminal."""

from __future__ import annotations

import math

from rich.console import Group
from rich.text import Text

from symmetry.measure.motion.motion import Motion
from symmetry.measure.motion.movements import Movement, SideMotion
from symmetry.measure.motion.sites import SITE_NAMES, TITLES
from symmetry.output.tables.grid import UNKNOWN, FittedTable, notes
from symmetry.output.tables.layout import SIDES, answer_lines, flag_lines
from symmetry.tabular import printable


def motion_tables(motion: Motion, *, details: bool = False) -> Group:
    """Tell the answer, then each expression and site; `details` adds sites that hardly move, and speeds."""
    parts = [Text(printable(motion.film), style="bold"), *answer_lines(motion.sentences)]
    if motion.movements:
        parts.append(_table(motion, details=details))
    shown = [
        f"{motion.frames} frames in {motion.seconds:.1f} s, all compared with the one at rest ({_at(motion)} s).",
        "Distance from rest at the peak. Less/more: the side that moves less, in percent of the other.",
        "Later: which side passes the quarters of its way later. ± holds 19 times out of 20.",
        SIDES,
    ]
    return Group(*parts, *flag_lines(motion.flags, brief=not details), *notes(*shown))


def _table(motion: Motion, *, details: bool) -> FittedTable:
    rows = [(one, name) for one in motion.movements for name in SITE_NAMES if details or _told(one, name)]
    firsts = [place == 0 or rows[place - 1][0] is not one for place, (one, _) in enumerate(rows)]
    table = FittedTable(
        "expression",
        [f"{one.expression} {one.peak:.1f} s" if first else "" for (one, _), first in zip(rows, firsts, strict=True)],
    )
    table.add("place", [TITLES[name] for _, name in rows])
    table.add("right\nmm", [_excursion(one.sites[name].subject_right) for one, name in rows])
    table.add("left\nmm", [_excursion(one.sites[name].subject_left) for one, name in rows])
    table.add(
        "left less\nright, mm",
        [_pm(one.sites[name].difference, one.sites[name].difference_error, 1, "+") for one, name in rows],
    )
    table.add("less/more\n%", [_pm(one.sites[name].ratio, one.sites[name].ratio_error, 0) for one, name in rows])
    table.add("later\nms", [_later(one.sites[name].lag, one.sites[name].lag_error) for one, name in rows])
    if details:
        table.add("mm/s\nright, left", [_two(one, name, "velocity", 0) for one, name in rows])
        table.add("s to peak\nright, left", [_two(one, name, "time_to_peak", 2) for one, name in rows])
    return table


def _told(one: Movement, name: str) -> bool:
    """Whether a site is worth a line: it is judged, moves by itself, or differs between the sides."""
    site = one.sites[name]
    moves = max(site.subject_right.excursion, site.subject_left.excursion) >= 1.0
    return name == one.site or moves or any(found.site == name for found in one.synkinesis)


def _excursion(side: SideMotion) -> str:
    return _pm(side.excursion, side.excursion_error, 1)


def _pm(value: float, error: float, digits: int, sign: str = "") -> str:
    if not math.isfinite(value):
        return UNKNOWN
    told = f"{value:{sign}.{digits}f}"
    return f"{told} ± {error:.{digits}f}" if math.isfinite(error) else told


def _later(lag: float, error: float) -> str:
    if not math.isfinite(lag):
        return UNKNOWN
    side = "" if abs(lag) <= error else "left " if lag > 0 else "right "
    return f"{side}{abs(lag):.0f} ± {error:.0f}"


def _two(one: Movement, name: str, number: str, digits: int) -> str:
    both = [getattr(side, number) for side in (one.sites[name].subject_right, one.sites[name].subject_left)]
    return ", ".join(f"{value:.{digits}f}" if math.isfinite(value) else UNKNOWN for value in both)


def _at(motion: Motion) -> str:
    return motion.rest.photo.name.rpartition("#t=")[2]
