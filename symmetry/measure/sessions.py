"""Which photos belong together: those of an unchanged face, taken in one session."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import ALL, Flag

GroupBy = Literal["session", "folder", "prefix"]
_PREFIX = re.compile(r"(?P<prefix>.+?)(?:[_\- ][^_\- ]*|\d+)")


def label_of(face: FaceAnalysis, by: GroupBy) -> str:
    """Name the group of a photo.

    Parameters
    ----------
    face : FaceAnalysis
    by : {"session", "folder", "prefix"}
        Same folder and day of capture (without a time of capture the folder alone); same folder; or same folder and
        same beginning of the name, up to the last "_", "-" or blank, or to the number at its end.
    """
    path = Path(face.photo.name)
    folder = str(path.parent)
    if by == "session" and face.photo.captured is not None:
        return f"{folder}, {face.photo.captured:%Y-%m-%d}"
    if by == "prefix":
        found = _PREFIX.fullmatch(path.stem)
        return str(path.parent / (found["prefix"] if found else path.stem))
    return folder


def group(faces: Sequence[FaceAnalysis], by: GroupBy) -> dict[str, list[FaceAnalysis]]:
    """Put photos that belong together into groups, in the order in which they come."""
    groups: dict[str, list[FaceAnalysis]] = {}
    for face in faces:
        groups.setdefault(label_of(face, by), []).append(face)
    return groups


def unfit(face: FaceAnalysis) -> Flag | None:
    """Give the flag that makes a whole photo worthless, or None."""
    return next((flag for flag in face.flags if flag.severity == "reject" and ALL in flag.touches), None)
