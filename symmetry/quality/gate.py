"""The gate of one photo: every check, the gravest finding first."""

from __future__ import annotations

from symmetry.findings import Finding
from symmetry.quality.distance import check_distance
from symmetry.quality.expression import check_expression
from symmetry.quality.portrait import Portrait
from symmetry.quality.pose import check_framing, check_pose

_GRAVITY = {"reject": 0, "warn": 1, "info": 2}


def check_photo(portrait: Portrait) -> tuple[Finding, ...]:
    """Find what is wrong with a photo and which results it touches."""
    findings = [
        *_company(portrait),
        *check_framing(portrait),
        *check_pose(portrait),
        *check_expression(portrait),
        *check_distance(portrait),
    ]
    return tuple(sorted(findings, key=lambda finding: _GRAVITY[finding.severity]))


def _company(portrait: Portrait) -> tuple[Finding, ...]:
    if not portrait.others:
        return ()
    faces = "1 other face" if portrait.others == 1 else f"{portrait.others} other faces"
    return (
        Finding(
            name="several_faces",
            severity="info",
            value=float(portrait.others),
            limit=1.0,
            advice=f"The largest face was measured, {faces} left out; crop the photo if you meant another.",
        ),
    )
