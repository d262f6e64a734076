"""How well repeated photos of unchanged faces agree, as tables."""

from __future__ import annotations

from math import isfinite
from typing import Any

from rich.console import Group
from rich.text import Text

from symmetry.measure.answers import repeats_to
from symmetry.measure.reliability import SOURCES, Reliability
from symmetry.measure.wording import repeat_sentences
from symmetry.measure.words import title_of, unit_sign
from symmetry.output.tables.grid import UNKNOWN, FittedTable, notes
from symmetry.output.tables.layout import answer_lines, title_cell
from symmetry.tabular import reliability_rows

_TABLES = (("sem", "mdc95"), ("icc_2_1", "icc_3_1"), ("bias", "lower_limit", "upper_limit"))
_HEADERS = {
    "sem": "SEM",
    "mdc95": "MDC95",
    "icc_2_1": "ICC(2,1)",
    "icc_3_1": "ICC(3,1)",
    "bias": "bias",
    "lower_limit": "lower limit",
    "upper_limit": "upper limit",
}


def reliability_tables(found: Reliability, *, named_above: bool = False, details: bool = False) -> Group:
    """Show how far one photo lies off, and from which size on a change shows, by region.

    Parameters
    ----------
    found : Reliability
    named_above : bool
        The photos that were left out are named above the table.
    details : bool
        Add the spread of each region and measure, its detectable change, its correlations and its limits.
    """
    rows = reliability_rows(found.to_dict())
    errors = repeats_to(found)
    photos = f"{found.photos} photos in {found.sessions} {'session' if found.sessions == 1 else 'sessions'}"
    tables = [_repeats(rows, errors)]
    lines = [
        "Photo: how far one photo lies off, 19 times out of 20; of heights and widths, the worse.",
        "Shows from (MDC95): the least change between two photos that an unchanged face would hardly show. In mm.",
        "--details: standard errors, correlations, limits of agreement, clinical measures.",
    ]
    if details:
        tables += _every_figure(rows)
        lines = [*SOURCES, f"In mm where no ° stands; an ICC has no unit. {UNKNOWN} means too few sessions to tell."]
    return Group(
        Text(photos, style="bold"),
        *(Text(notice) for notice in _notices(found, named_above=named_above)),
        *answer_lines(repeat_sentences(errors, found.sessions)),
        *tables,
        *notes(*lines),
    )


def _repeats(rows: list[dict[str, Any]], errors: dict[str, float]) -> FittedTable:
    """Give a line a region: how far one photo lies off, and from which size on a change shows."""
    shown = {(row["name"], row["number"]): row["mdc95"] for row in rows}
    table = FittedTable("region", [title_cell(name) for name in errors])
    table.add("photo\n±", [f"± {one:.1f}" if isfinite(one) else UNKNOWN for one in errors.values()])
    for number, title in (("vertical", "height"), ("lateral", "width"), ("asymmetry", "asymmetry")):
        sizes = [shown.get((name, number)) for name in errors]
        header = f"{title}\nshows from"
        table.add(header, [UNKNOWN if size is None else f"{size:.1f}" for size in sizes])
    return table


def _every_figure(rows: list[dict[str, Any]]) -> list[FittedTable]:
    tables = []
    for kind in ("region", "measure"):
        of_kind = [row for row in rows if row["kind"] == kind]
        names = [_name(row["name"], row["number"], row["unit"]) for row in of_kind]
        for figures in _TABLES:
            table = FittedTable(kind, names)
            if "sem" in figures:
                table.add("sessions", [str(row["sessions"]) for row in of_kind])
            for figure in figures:
                table.add(
                    f"{_HEADERS[figure]}\n[95 % interval]",
                    [_estimate(row[figure], row[f"{figure}_low"], row[f"{figure}_high"]) for row in of_kind],
                )
            tables.append(table)
    return tables


def _notices(found: Reliability, *, named_above: bool) -> list[str]:
    repeats = found.repeats
    notices = []
    if named_above and repeats and repeats.left_out:
        notices.append(f"{len(repeats.left_out)} left out, see above.")
    if found.strangers:
        notices.append(f"{found.strangers} seem to show someone else than their session's first; check --group-by.")
    if repeats and repeats.undated:
        notices.append(f"{repeats.undated} of them tell no time of capture; those of one folder count as one session.")
    return notices


def _name(name: str, number: str, unit: str) -> str:
    sign = unit_sign(unit)
    of = "" if number == "difference" else f" {number}"
    return f"{title_of(name)}{of}{', °' if sign == '°' else ''}"


def _estimate(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return UNKNOWN
    if low is None or high is None:
        return _two_digits(value)
    return f"{_two_digits(value)} [{_two_digits(low)}, {_two_digits(high)}]"


def _two_digits(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"  # never -0.00
