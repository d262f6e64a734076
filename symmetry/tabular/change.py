"""Tables of comparisons, from the JSON object of `compare`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from symmetry.tabular.layout import Layout
from symmetry.tabular.skin import skin_change_rows
from symmetry.tabular.text import flag_names

CHANGE_COLUMNS: Final = (
    "before_photo",
    "after_photo",
    "error",
    "kind",
    "name",
    "unit",
    "before",
    "after",
    "change",
    "change_error",
    "verdict",
    "reason",
    "part",
    "evenness",
    "evenness_error",
    "same_day_error",
    "days",
    "came_from",
    "noticed_from",
    "noticed_by",
    "noticed_change",
    "noticed_error",
    "norm",
    "moved",
    "right_outward",
    "right_up",
    "right_size",
    "left_outward",
    "left_up",
    "left_size",
    "lateral_before",
    "lateral_after",
    "vertical_before",
    "vertical_after",
    "lateral_change",
    "lateral_change_error",
    "vertical_change",
    "vertical_change_error",
    "right_change",
    "left_change",
    "lift",
    "lift_error",
    "method",
    "flags",
)
_SIDES: Final = {"right": "subject_right", "left": "subject_left"}
_MOVEMENTS: Final = ("outward", "up", "size")


def failed_change(befores: Sequence[str], afters: Sequence[str], error: str) -> dict[str, Any]:
    """Object for a comparison that failed: the usual keys, all None but the photos and the reason."""
    return {
        "before": {"photo": befores[0]},
        "after": {"photo": afters[0]},
        "befores": list(befores),
        "afters": list(afters),
        "left_out": [],
        "turned_back": [],
        "error": error,
        "method": None,
        "taken": [[], []],
        "days": None,
        "regions": None,
        "measures": None,
        "flags": [],
    }


def change_rows(change: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row per region, clinical measure and number of skin; one row with the reason where the comparison failed."""
    about = {
        "before_photo": "; ".join(change["befores"]),
        "after_photo": "; ".join(change["afters"]),
        "error": change["error"],
        "method": change["method"],
        "days": change["days"] and change["days"]["source"],
        "flags": flag_names(change["flags"]),
    }
    if change["regions"] is None:
        return [about]
    return [
        *({**_region_row(name, region), **about} for name, region in change["regions"].items()),
        *({**_measure_row(name, measure), **about} for name, measure in change["measures"].items()),
        *({**row, **about} for row in skin_change_rows(change.get("skin") or {"zones": {}})),
    ]


def _region_row(name: str, region: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **region,
        "kind": "region",
        "name": name,
        "change_error": region["error"],
        **{f"{side}_{number}": region[key][number] for side, key in _SIDES.items() for number in _MOVEMENTS},
    }


def _measure_row(name: str, measure: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **measure,
        "kind": "measure",
        "name": name,
        "change_error": measure["error"],
        "evenness_error": measure["error"],  # the difference is one number: its size is as uncertain as itself
        **{f"{side}_change": measure[key] for side, key in _SIDES.items()},
    }


CHANGES: Final = Layout(
    name="compare",
    columns=CHANGE_COLUMNS,
    texts=(
        *("before_photo", "after_photo", "error", "kind", "name", "unit", "verdict", "reason", "part", "came_from"),
        *("noticed_by", "norm", "moved", "method", "flags", "days"),
    ),
    rows=change_rows,
    keys=("before", "after", "befores", "afters", "regions", "measures"),
)
