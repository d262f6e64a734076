"""Tables of single photos, from the JSON objects of `score`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from symmetry.tabular.layout import Layout
from symmetry.tabular.quality import CHECKS
from symmetry.tabular.skin import SKINS
from symmetry.tabular.text import flag_names

_OF_PHOTO: Final = ("method", "mm_per_pixel", "scale_source")
_POSE: Final = {"yaw_degrees": "yaw", "pitch_degrees": "pitch", "roll_degrees": "roll"}
_NUMBERS: Final = {
    "asymmetry_mm": "asymmetry",
    "lateral_mm": "lateral",
    "vertical_mm": "vertical",
    "asymmetry_percent": "percent",
    "lateral_percent": "lateral_percent",
    "vertical_percent": "vertical_percent",
    "asymmetry_error_mm": "asymmetry_error",
    "lateral_error_mm": "lateral_error",
    "vertical_error_mm": "vertical_error",
    "asymmetry_error_percent": "percent_error",
    "lateral_error_percent": "lateral_percent_error",
    "vertical_error_percent": "vertical_percent_error",
}
"""Columns that name their unit, and the keys of JSON that they show."""
_OF_MEASURE: Final = (
    *("unit", "subject_right", "subject_left", "difference", "difference_error", "noticed_from", "norm"),
)
_TEXTS: Final = (
    *(
        "photo",
        "error",
        "region",
        "measure",
        "unit",
        "norm",
        "method",
        "scale_source",
        "index_reason",
        "captured",
        "flags",
    ),
)
_INDEX: Final = {"index": "value", "index_error": "error", "index_reason": "reason"}
_ABOUT: Final = (*_OF_PHOTO, *_POSE, *_INDEX, "captured", "flags")
SCORE_COLUMNS: Final = ("photo", "error", "region", *_NUMBERS, *_ABOUT)
MEASURE_COLUMNS: Final = ("photo", "error", "measure", *_OF_MEASURE, *_ABOUT)


def score_rows(faces: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row per photo and region; one row with the reason for a photo that could not be measured."""
    return _rows(faces, "regions", "region", _NUMBERS)


def measure_rows(faces: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row per photo and clinical measure; one row with the reason for a photo that could not be measured."""
    return _rows(faces, "measures", "measure", {})


def _rows(
    faces: Iterable[Mapping[str, Any]], parts: str, column: str, numbers: Mapping[str, str]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for face in faces:
        if face["error"] is not None:
            rows.append({"photo": face["photo"], "error": face["error"]})
            continue
        about = _about(face)
        for name, part in face[parts].items():
            rows.append({**part, **{own: part[key] for own, key in numbers.items()}, **about, column: name})
    return rows


def _about(face: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "photo": face["photo"],
        **{name: face[name] for name in _OF_PHOTO},
        **{column: face["pose"][angle] for column, angle in _POSE.items()},
        **{column: (face.get("index") or {}).get(key) for column, key in _INDEX.items()},
        "captured": face["captured"],
        "flags": flag_names(face["flags"]),
    }


SCORES: Final = Layout(
    name="score",
    columns=SCORE_COLUMNS,
    texts=_TEXTS,
    rows=score_rows,
    keys=("photo", "error", "sha256", "pose", "regions", "measures"),
)
MEASURES: Final = Layout(name="score", columns=MEASURE_COLUMNS, texts=_TEXTS, rows=measure_rows)
FACE_TABLES: Final = {"regions": SCORES, "measures": MEASURES, "flags": CHECKS, "skin": SKINS}
