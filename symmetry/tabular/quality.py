"""Tables of quality flags, from the JSON objects of `check` or of `score`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from symmetry.tabular.layout import Layout

CHECK_COLUMNS: Final = ("photo", "error", "name", "severity", "value", "limit", "touches", "advice")
_KEYS: Final = ("photo", "error", "flags")


def check_object(face: Mapping[str, Any]) -> dict[str, Any]:
    """Reduce the JSON object of a face or a failure to its flags."""
    return {key: face[key] for key in _KEYS}


def check_rows(objects: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row per photo and flag; a photo without flags has one row too."""
    rows: list[dict[str, Any]] = []
    for face in objects:
        of_photo = {"photo": face["photo"], "error": face["error"]}
        found = [{**of_photo, **flag, "touches": " ".join(flag["touches"])} for flag in face["flags"]]
        rows += found or [of_photo]
    return rows


CHECKS: Final = Layout(
    name="check",
    columns=CHECK_COLUMNS,
    texts=("photo", "error", "name", "severity", "touches", "advice"),
    rows=check_rows,
    keys=_KEYS,
)
