"""Repeated photos: which of them show one unchanged face, and which are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from symmetry.measure.batch import Failure
from symmetry.measure.copies import copy_words, find_copies
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RepeatPhotos:
    """Photos sorted into groups, each of one unchanged face."""

    groups: Mapping[str, tuple[FaceAnalysis, ...]]  # at least two photos each, by the name of the group
    left_out: Mapping[str, str]  # why other photos do not count
    undated: int  # number of photos without a time of capture, where that matters


def group_repeats(results: Iterable[FaceAnalysis | Failure], by: GroupBy = "session") -> RepeatPhotos:
    """Sort measured photos into groups of one unchanged face, in the order in which they come.

    Unfit photos, copies of a shot, and photos that are alone in their group are left out.

    Parameters
    ----------
    results : iterable of FaceAnalysis or Failure
        As `analyze_photos` yields them.
    by : {"session", "folder", "prefix"}
        See `label_of`.
    """
    groups: dict[str, list[FaceAnalysis]] = {}
    left_out: dict[str, str] = {}
    fit: list[FaceAnalysis] = []
    for result in results:
        if isinstance(result, Failure):
            left_out[result.photo] = result.error
            continue
        if (flag := unfit(result)) is not None:
            left_out[result.photo.name] = flag.advice
        else:
            fit.append(result)
    copies = find_copies(fit)
    for place, face in enumerate(fit):
        if place in copies:
            left_out[face.photo.name] = copy_words(copies[place], fit[copies[place].original].photo.name)
        else:
            groups.setdefault(label_of(face, by), []).append(face)
    for label in [label for label, faces in groups.items() if len(faces) == 1]:
        (alone,) = groups.pop(label)
        left_out[alone.photo.name] = f"the only photo of its group ({label})"
    used = [face for faces in groups.values() for face in faces]
    return RepeatPhotos(
        groups={label: tuple(faces) for label, faces in groups.items()},
        left_out=left_out,
        undated=sum(face.photo.captured is None for face in used) if by == "session" else 0,
    )


def unfit(face: FaceAnalysis) -> Flag | None:
    """Return the flag that rejects the whole photo, or None."""
    return next((flag for flag in face.flags if flag.severity == "reject" and ALL in flag.touches), None)
