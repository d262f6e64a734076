"""Table of a plan: how many people a study needs."""

from __future__ import annotations

from typing import Any

from rich.console import Group
from rich.text import Text

from symmetry.cohort.planning import MOST_PEOPLE, Plan
from symmetry.measure.words import percent, the
from symmetry.output.tables.grid import UNKNOWN, FittedTable, notes


def plan_table(plan: Plan) -> Group:
    """Sentence of a plan, then one line for each number of photos."""
    rows = plan.to_dict()["plans"]
    table = FittedTable("photos of each\nin a session", [str(row["photos"]) for row in rows])
    table.add(f"people\n{_a_group(plan, 'needed')}", [_people(row) for row in rows])
    table.add("studies that find it\n[95 % interval]", [_power(row) for row in rows])
    table.add("minimal detectable\nchange", [f"{row['mdc']:.2f} mm" for row in rows])
    table.add("\nresponders", [f"{percent(row['responders'])} %" for row in rows])
    return Group(Text(_sentence(plan, rows), style="bold"), table, *notes(*_notes(plan, rows)))


def _sentence(plan: Plan, rows: list[dict[str, Any]]) -> str:
    """Sentence for the fewest and the most photos."""
    first, *others = sorted(rows, key=lambda row: int(row["photos"]))
    needed = f"{_people(first)} {_a_group(plan, 'people')} with {_photos(first['photos'])} of each in every session"
    also = ""
    if others:
        fewer = "as many" if _people(others[-1]) == _people(first) else _people(others[-1])
        also = f", or {fewer} with {others[-1]['photos']}"
    return (
        f"To find a change of {plan.change:g} mm at {the(plan.region)} in "
        f"{percent(plan.power)} of 100 studies, it takes {needed}{also}."
    )


def _notes(plan: Plan, rows: list[dict[str, Any]]) -> list[str]:
    test = (
        "One group, before and after, tested by sign flips, two-sided at 5 %"
        if plan.groups == 1
        else "Two groups of one size, one of which does not change, tested by permutation, two-sided at 5 %"
    )
    days = (
        "From day to day they differ as is assumed of the region; if you know by how much, give --day-to-day."
        if plan.day_to_day is None
        else f"From day to day they differ by {plan.day_to_day:g} mm, too (standard deviation)."
    )
    lines = [
        f"Simulated people: they really change by {plan.change:g} mm on average, with a standard deviation of",
        f"{plan.spread:g} mm between them, and their photos repeat as the reliability table says.",
        days,
        test + (f" / {plan.comparisons} (one of {plan.comparisons} regions)." if plan.comparisons > 1 else "."),
        "All photos are alike in pose, expression and light, the region is seen in each (cheeks and",
        "nasolabial folds often are not), and nobody leaves: plan for more people.",
        "Responders change by more than their own minimal detectable change.",
    ]
    if any(row["people"] is None for row in rows):
        lines.append(
            f"Beyond {MOST_PEOPLE:,} {_a_group(plan, 'people')} nothing is planned; found is what so many find."
        )
    return lines


def _a_group(plan: Plan, what: str) -> str:
    return f"{what} a group" if plan.groups > 1 else what


def _people(row: dict[str, Any]) -> str:
    return f"more than {MOST_PEOPLE:,}" if row["people"] is None else str(row["people"])


def _photos(count: int) -> str:
    return "1 photo" if count == 1 else f"{count} photos"


def _power(row: dict[str, Any]) -> str:
    if row["power"] is None:
        return UNKNOWN
    return f"{percent(row['power'])} % [{percent(row['power_low'])}, {percent(row['power_high'])}]"
