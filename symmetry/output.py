"""Results as data for other programs: JSON objects and tidy CSV rows, and files written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from symmetry.face import FaceAnalysis
from symmetry.batch import Failure
from symmetry.change import Change
from symmetry.findings import Finding

SCORE_COLUMNS: Final = (
    "photo",
    "error",
    "region",
    "asymmetry_mm",
    "lateral_mm",
    "vertical_mm",
    "asymmetry_percent",
    "lateral_percent",
    "vertical_percent",
    "asymmetry_error_mm",
    "lateral_error_mm",
    "vertical_error_mm",
    "method",
    "mm_per_pixel",
    "scale_source",
    "yaw_degrees",
    "pitch_degrees",
    "roll_degrees",
    "captured",
    "flags",
)
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
    "moved",
    "right_outward",
    "right_up",
    "left_outward",
    "left_up",
    "lateral_change",
    "vertical_change",
    "right_change",
    "left_change",
    "lift",
    "lift_error",
    "verdict",
    "method",
    "flags",
)


def face_to_dict(face: FaceAnalysis) -> dict[str, Any]:
    """One photo's result as a JSON object; what is not known is null."""
    return _without_nan(
        {
            "photo": face.photo.name,
            "error": None,
            "size": list(face.photo.size),
            "captured": face.photo.captured.isoformat() if face.photo.captured else None,
            "captured_source": face.photo.captured_source,
            "sha256": face.photo.sha256,
            "method": face.method,
            "mm_per_pixel": face.mm_per_pixel,
            "scale_source": face.scale.source,
            "pose": asdict(face.pose),
            "regions": {name: _but(asdict(region), "region") for name, region in face.regions.items()},
            "measures": {name: _but(asdict(measure), "name") for name, measure in face.measures.items()},
            "flags": [asdict(flag) for flag in face.flags],
        }
    )


def failure_to_dict(failure: Failure) -> dict[str, Any]:
    """Stand for a photo that could not be measured: the same keys as a result, all null but two."""
    of_photo = ("size", "captured", "captured_source", "sha256")
    of_face = ("method", "mm_per_pixel", "scale_source", "pose", "regions", "measures")
    return {"photo": failure.photo, "error": failure.error, **dict.fromkeys(of_photo + of_face), "flags": []}


def change_to_dict(change: Change) -> dict[str, Any]:
    """Turn a comparison into a JSON object; what is not known is null."""
    return _without_nan(
        {
            "before": _but(face_to_dict(change.before), "error"),
            "after": _but(face_to_dict(change.after), "error"),
            "error": None,
            "method": change.method,
            "regions": {name: _but(asdict(region), "region") for name, region in change.regions.items()},
            "measures": {name: _but(asdict(measure), "name") for name, measure in change.measures.items()},
            "flags": [asdict(flag) for flag in change.flags],
        }
    )


def failed_change_to_dict(before: str, after: str, error: str) -> dict[str, Any]:
    """Stand for a comparison that could not be made: the same keys, all null but the photos and the reason."""
    photos = {"before": {"photo": before}, "after": {"photo": after}}
    return {**photos, "error": error, "method": None, "regions": None, "measures": None, "flags": []}


def score_rows(results: Iterable[FaceAnalysis | Failure]) -> list[dict[str, Any]]:
    """One row per photo and region; a photo that could not be measured has one row with its reason."""
    rows: list[dict[str, Any]] = []
    for result in results:
        if isinstance(result, Failure):
            rows.append({"photo": result.photo, "error": result.error})
            continue
        of_photo = {
            "photo": result.photo.name,
            "method": result.method,
            "mm_per_pixel": result.mm_per_pixel,
            "scale_source": result.scale.source,
            "yaw_degrees": result.pose.yaw,
            "pitch_degrees": result.pose.pitch,
            "roll_degrees": result.pose.roll,
            "captured": result.photo.captured.isoformat() if result.photo.captured else "",
            "flags": _flag_names(result.flags),
        }
        rows += [
            {
                **of_photo,
                "region": region.region,
                "asymmetry_mm": region.asymmetry,
                "lateral_mm": region.lateral,
                "vertical_mm": region.vertical,
                "asymmetry_percent": region.percent,
                "lateral_percent": region.lateral_percent,
                "vertical_percent": region.vertical_percent,
                "asymmetry_error_mm": region.asymmetry_error,
                "lateral_error_mm": region.lateral_error,
                "vertical_error_mm": region.vertical_error,
            }
            for region in result.regions.values()
        ]
    return rows


def change_rows(change: Change) -> list[dict[str, Any]]:
    """One row per region and per clinical measure."""
    of_both = {
        "before_photo": change.before.photo.name,
        "after_photo": change.after.photo.name,
        "method": change.method,
        "flags": _flag_names(change.flags),
    }
    regions = [
        {
            **of_both,
            "kind": "region",
            "name": region.region,
            "unit": region.unit,
            "before": region.before,
            "after": region.after,
            "change": region.change,
            "change_error": region.error,
            "moved": region.moved,
            "right_outward": region.subject_right.outward,
            "right_up": region.subject_right.up,
            "left_outward": region.subject_left.outward,
            "left_up": region.subject_left.up,
            "lateral_change": region.lateral_change,
            "vertical_change": region.vertical_change,
            "lift": region.lift,
            "lift_error": region.lift_error,
            "verdict": region.verdict,
        }
        for region in change.regions.values()
    ]
    measures = [
        {
            **of_both,
            "kind": "measure",
            "name": measure.name,
            "unit": measure.unit,
            "before": measure.before,
            "after": measure.after,
            "change": measure.change,
            "change_error": measure.error,
            "moved": measure.moved,
            "right_change": measure.subject_right,
            "left_change": measure.subject_left,
            "verdict": measure.verdict,
        }
        for measure in change.measures.values()
    ]
    return regions + measures


def to_json(value: object) -> str:
    """JSON text, indented, ending in a line break."""
    return json.dumps(value, indent=2, allow_nan=False) + "\n"


def to_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """CSV text with a header; numbers in full, what is not known left empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return text.getvalue()


def printable(name: str) -> str:
    """Show a file's name without what would confuse a terminal: control characters, direction marks, broken bytes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in name)


def _but(fields: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != name}


def _flag_names(flags: Iterable[Finding]) -> str:
    return " ".join(dict.fromkeys(flag.name for flag in flags))


def _without_nan(fields: dict[str, Any]) -> dict[str, Any]:
    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return _without_nan(value)
        if isinstance(value, list):
            return [clean(item) for item in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return {key: clean(value) for key, value in fields.items()}


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, float):
        return f"{round(value, 6) + 0.0:.10g}"
    text = str(value)
    # A spreadsheet would run a text that starts like a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
