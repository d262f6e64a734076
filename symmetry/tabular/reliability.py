"""Tables of reliability, from the JSON object of `reliability`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from symmetry.tabular.layout import Layout

FIGURES: Final = ("sem", "mdc95", "icc_2_1", "icc_3_1", "bias", "lower_limit", "upper_limit")
RELIABILITY_COLUMNS: Final = (
    "kind",
    "name",
    "number",
    "unit",
    "sessions",
    "freedom",
    *(f"{figure}{end}" for figure in FIGURES for end in ("", "_low", "_high")),
)


def reliability_rows(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row per number of a region and per clinical measure."""
    return [
        *(
            _row("region", name, number, numbers)
            for name, region in found["regions"].items()
            for number, numbers in region.items()
        ),
        *(_row("measure", name, "difference", numbers) for name, numbers in found["measures"].items()),
    ]


def _row(kind: str, name: str, number: str, numbers: Mapping[str, Any]) -> dict[str, Any]:
    row = {"kind": kind, "name": name, "number": number}
    row |= {key: numbers[key] for key in ("unit", "sessions", "freedom")}
    for figure in FIGURES:
        estimate = numbers[figure]
        row |= {figure: estimate["value"], f"{figure}_low": estimate["low"], f"{figure}_high": estimate["high"]}
    return row


RELIABILITY: Final = Layout(
    name="reliability",
    columns=RELIABILITY_COLUMNS,
    texts=("kind", "name", "number", "unit"),
    counts=("sessions", "freedom"),
    rows=reliability_rows,
    keys=("photos", "sessions", "groups", "regions", "measures", "sources"),
)
