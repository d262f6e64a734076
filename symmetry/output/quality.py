"""What the quality gate found, as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from symmetry.batch import Failure
from symmetry.face import FaceAnalysis
from symmetry.output.text import without_nan

CHECK_COLUMNS: Final = ("photo", "error", "name", "severity", "value", "limit", "touches", "advice")


def check_to_dict(result: FaceAnalysis | Failure) -> dict[str, Any]:
    """One photo's findings as a JSON object."""
    if isinstance(result, Failure):
        return {"photo": result.photo, "error": result.error, "flags": []}
    found = {"photo": result.photo.name, "error": None, "flags": [asdict(flag) for flag in result.flags]}
    return without_nan(found)


def check_rows(results: Iterable[FaceAnalysis | Failure]) -> list[dict[str, Any]]:
    """One row per photo and finding; a photo without any has one row too."""
    rows: list[dict[str, Any]] = []
    for result in results:
        if isinstance(result, Failure):
            rows.append({"photo": result.photo, "error": result.error})
            continue
        of_photo = {"photo": result.photo.name}
        rows += [of_photo | asdict(flag) | {"touches": " ".join(flag.touches)} for flag in result.flags] or [of_photo]
    return rows
