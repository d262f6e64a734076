"""Comparisons as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from symmetry.change import Change, MeasureChange, RegionChange
from symmetry.output.face import face_to_dict
from symmetry.output.text import but, flag_names, without_nan

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
_ALIKE: Final = (
    "unit",
    "before",
    "after",
    "change",
    "verdict",
    "reason",
    "evenness",
    "came_from",
    "noticed_from",
    "moved",
)
_OF_REGION: Final = (
    "part",
    "noticed_by",
    "noticed_change",
    "noticed_error",
    "evenness_error",
    "lateral_before",
    "lateral_after",
    "vertical_before",
    "vertical_after",
    "lateral_change",
    "lateral_change_error",
    "vertical_change",
    "vertical_change_error",
    "lift",
    "lift_error",
)


def change_to_dict(change: Change, error: str | None = None) -> dict[str, Any]:
    """Turn a comparison into a JSON object; what is not known is null.

    Parameters
    ----------
    change : Change
    error : str, optional
        Why photos were left out of it.
    """
    return without_nan(
        {
            "before": but(face_to_dict(change.before), "error"),
            "after": but(face_to_dict(change.after), "error"),
            "befores": [face.photo.name for face in change.befores],
            "afters": [face.photo.name for face in change.afters],
            "error": error,
            "method": change.method,
            "regions": {name: but(asdict(region), "region") for name, region in change.regions.items()},
            "measures": {name: but(asdict(measure), "name") for name, measure in change.measures.items()},
            "flags": [asdict(flag) for flag in change.flags],
        }
    )


def failed_change_to_dict(befores: Sequence[str], afters: Sequence[str], error: str) -> dict[str, Any]:
    """Stand for a comparison that could not be made: the same keys, all null but the photos and the reason."""
    return {
        "before": {"photo": befores[0]},
        "after": {"photo": afters[0]},
        "befores": list(befores),
        "afters": list(afters),
        "error": error,
        "method": None,
        "regions": None,
        "measures": None,
        "flags": [],
    }


def change_rows(change: Change, error: str | None = None) -> list[dict[str, Any]]:
    """One row per region and per clinical measure."""
    of_both = {
        "before_photo": "; ".join(face.photo.name for face in change.befores),
        "after_photo": "; ".join(face.photo.name for face in change.afters),
        "error": error,
        "method": change.method,
        "flags": flag_names(change.flags),
    }
    return [
        *({**of_both, **_region_row(region)} for region in change.regions.values()),
        *({**of_both, **_measure_row(measure)} for measure in change.measures.values()),
    ]


def _region_row(region: RegionChange) -> dict[str, Any]:
    return {
        "kind": "region",
        "name": region.region,
        "change_error": region.error,
        "right_outward": region.subject_right.outward,
        "right_up": region.subject_right.up,
        "right_size": region.subject_right.size,
        "left_outward": region.subject_left.outward,
        "left_up": region.subject_left.up,
        "left_size": region.subject_left.size,
        **{name: getattr(region, name) for name in _ALIKE + _OF_REGION},
    }


def _measure_row(measure: MeasureChange) -> dict[str, Any]:
    return {
        "kind": "measure",
        "name": measure.name,
        "change_error": measure.error,
        # The difference is one number: its size changes by as much as it is unsure by.
        "evenness_error": measure.error,
        "norm": measure.norm,
        "right_change": measure.subject_right,
        "left_change": measure.subject_left,
        **{name: getattr(measure, name) for name in _ALIKE},
    }
