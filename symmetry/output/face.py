"""Single photos as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from symmetry.batch import Failure
from symmetry.face import FaceAnalysis
from symmetry.output.text import but, flag_names, without_nan

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
    "asymmetry_error_percent",
    "lateral_error_percent",
    "vertical_error_percent",
    "method",
    "mm_per_pixel",
    "scale_source",
    "yaw_degrees",
    "pitch_degrees",
    "roll_degrees",
    "captured",
    "flags",
)


def face_to_dict(face: FaceAnalysis) -> dict[str, Any]:
    """One photo's result as a JSON object; what is not known is null."""
    return without_nan(
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
            "regions": {name: but(asdict(region), "region") for name, region in face.regions.items()},
            "measures": {name: but(asdict(measure), "name") for name, measure in face.measures.items()},
            "flags": [asdict(flag) for flag in face.flags],
        }
    )


def failure_to_dict(failure: Failure) -> dict[str, Any]:
    """Stand for a photo that could not be measured: the same keys as a result, all null but two."""
    of_photo = ("size", "captured", "captured_source", "sha256")
    of_face = ("method", "mm_per_pixel", "scale_source", "pose", "regions", "measures")
    return {"photo": failure.photo, "error": failure.error, **dict.fromkeys(of_photo + of_face), "flags": []}


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
            "flags": flag_names(result.flags),
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
                "asymmetry_error_percent": region.percent_error,
                "lateral_error_percent": region.lateral_percent_error,
                "vertical_error_percent": region.vertical_percent_error,
            }
            for region in result.regions.values()
        ]
    return rows
