"""What a study needs, from the JSON object of `symmetry plan`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from symmetry.tabular.layout import Layout

PLAN_COLUMNS: Final = ("region", "change", "photos", "mdc", "responders", "people", "power", "power_low", "power_high")


def plan_rows(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row for each number of photos."""
    return [dict(row) for row in plan["plans"]]


PLANS: Final = Layout(
    name="plan",
    columns=PLAN_COLUMNS,
    texts=("region",),
    counts=("photos",),
    rows=plan_rows,
    keys=("region", "change", "comparisons", "plans"),
)
