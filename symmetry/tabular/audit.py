"""Tables of audits, from the JSON object of `audit`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from symmetry.tabular.layout import Layout
from symmetry.tabular.text import flag_names

AUDIT_COLUMNS: Final = (
    "photo",
    "error",
    "site",
    "region",
    "side",
    "millimetres",
    "seen",
    "seen_alone",
    "verdict",
    "evenness",
    "evenness_error",
    "reason",
    "method",
    "mm_per_pixel",
    "scale_source",
    "flags",
)
_OF_FACE: Final = ("method", "mm_per_pixel", "scale_source")


def failed_audit(photo: str, error: str) -> dict[str, Any]:
    """Object for a photo that could not be measured: the usual keys, all None or empty but the photo and the reason."""
    return {"photo": photo, "error": error, **dict.fromkeys(_OF_FACE), "trials": [], "real_from": [], "flags": []}


def audit_rows(audit: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row per trial; one row with the reason for a photo that could not be measured."""
    if audit["error"] is not None:
        return [{"photo": audit["photo"], "error": audit["error"]}]
    of_photo = {
        "photo": audit["photo"],
        **{name: audit[name] for name in _OF_FACE},
        "flags": flag_names(audit["flags"]),
    }
    return [{**of_photo, **trial} for trial in audit["trials"]]


AUDITS: Final = Layout(
    name="audit",
    columns=AUDIT_COLUMNS,
    texts=("photo", "error", "site", "region", "side", "verdict", "reason", "method", "scale_source", "flags"),
    rows=audit_rows,
    keys=("photo", "error", "trials", "real_from"),
)
