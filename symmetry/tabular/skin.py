"""Tables of skin, from the JSON objects of `score --skin` and `compare --skin`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from symmetry.tabular.layout import Layout

_NUMBER: Final = (
    *("unit", "subject_right", "subject_left", "difference", "difference_error", "seen"),
    *("spread_right", "spread_left", "reason"),
)
SKIN_COLUMNS: Final = ("photo", "error", "zone", "number", *_NUMBER, "side_light", "spots", "captured")


def skin_rows(faces: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row per photo, zone and number; one row with the reason for a photo that could not be measured."""
    rows: list[dict[str, Any]] = []
    for face in faces:
        if face["error"] is not None:
            rows.append({"photo": face["photo"], "error": face["error"]})
            continue
        skin = face.get("skin")
        if not skin:
            continue
        about = {
            "photo": face["photo"],
            "side_light": skin["side_light"],
            "spots": len(skin["spots"]),
            "captured": face["captured"],
        }
        rows += [
            {**number, **about, "zone": zone, "number": name}
            for zone, numbers in skin["zones"].items()
            for name, number in numbers.items()
        ]
    return rows


def skin_change_rows(skin: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row per zone and number, in the columns of `compare`."""
    return [
        {
            "kind": "skin",
            "name": f"{zone} {name}",
            "unit": number["unit"],
            "before": number["before"],
            "after": number["after"],
            "change": number["difference_change"],
            "change_error": number["error"],
            "verdict": number["verdict"],
            "reason": number["reason"],
            "right_change": number["right_change"],
            "left_change": number["left_change"],
        }
        for zone, numbers in skin["zones"].items()
        for name, number in numbers.items()
    ]


SKINS: Final = Layout(
    name="score",
    columns=SKIN_COLUMNS,
    texts=("photo", "error", "zone", "number", "unit", "reason", "captured"),
    rows=skin_rows,
    keys=("photo", "error", "skin"),
)
