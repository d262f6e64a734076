"""What a photo can show, as data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from symmetry.audit import OWN_SIDES, SITES, Audit, Trial
from symmetry.output.text import flag_names, without_nan

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


def audit_to_dict(audit: Audit) -> dict[str, Any]:
    """Turn an audit into a JSON object; what is not known is null."""
    return without_nan(
        {
            "photo": audit.face.photo.name,
            "error": None,
            **_measured_by(audit),
            "trials": [_trial(trial) for trial in audit.trials],
            "real_from": [
                {"site": site.name, "side": side, "millimetres": audit.real_from(site.name, side)}
                for site in SITES
                for side in OWN_SIDES
                if audit.at(site.name, side)
            ],
            "flags": [asdict(flag) for flag in audit.flags],
        }
    )


def failed_audit_to_dict(photo: str, error: str) -> dict[str, Any]:
    """Stand for a photo that could not be measured: the same keys, all null or empty but two."""
    of_face = dict.fromkeys(("method", "mm_per_pixel", "scale_source"))
    return {"photo": photo, "error": error, **of_face, "trials": [], "real_from": [], "flags": []}


def audit_rows(audit: Audit) -> list[dict[str, Any]]:
    """One row per trial."""
    of_photo = {"photo": audit.face.photo.name, **_measured_by(audit), "flags": flag_names(audit.face.flags)}
    return [of_photo | _trial(trial) for trial in audit.trials]


def _measured_by(audit: Audit) -> dict[str, Any]:
    face = audit.face
    return {"method": face.method, "mm_per_pixel": face.mm_per_pixel, "scale_source": face.scale.source}


def _trial(trial: Trial) -> dict[str, Any]:
    return asdict(trial) | {"reason": trial.reason.name if trial.reason else None}
