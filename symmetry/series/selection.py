"""Which photos make a series: fit to be measured, each once, of one person, matched to the best of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.errors import NothingFitError
from symmetry.landmarks.scale import AVERAGE_SCALE
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.face_cache import FaceCache, Match
from symmetry.measure.pairs import match_faces, visible_movement
from symmetry.measure.quality.flags import Flag
from symmetry.measure.sessions import unfit
from symmetry.series.result import DatedFace, LeftOut

_TRIES: Final = 3
"""Photos tried as the reference where some belong elsewhere: the stranger may be the first one tried."""
_SAME_SHOT: Final = 0.12
"""Millimetres, root mean square over the face, up to which two photos are one shot: re-saved, reduced or cropped,
photos of four faces move by 0.02 to 0.10; two shots of a face by 0.4 and more, of a drawn one by 0.1 and more."""
_SAME_POSE: Final = 0.2
"""Degrees of yaw, pitch and roll; the same copies seem turned by up to 0.13."""
_SAME_LIGHT: Final = 0.01
"""Difference of the side light; the same copies have up to 0.007."""
_WORTH: Final = {"reject": 10.0, "warn": 3.0, "info": 0.5}
"""What a flag counts against a photo as the reference; a degree of turn counts 1."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Selection:
    """Photos of a series, each seen from the reference.

    Attributes
    ----------
    dated : tuple of DatedFace
        The photos that count, in order of time.
    matches : tuple of Match
        What each shows together with the reference; of the reference itself no movement.
    reference : int
        Place of the reference among them.
    left_out : tuple of LeftOut
    """

    dated: tuple[DatedFace, ...]
    matches: tuple[Match, ...]
    reference: int
    left_out: tuple[LeftOut, ...]


def select(
    photos: Sequence[DatedFace],
    unusable: Sequence[LeftOut] = (),
    *,
    landmarks_only: bool,
    same_person: bool = False,
    cache: FaceCache | None = None,
) -> Selection:
    """Choose the photos that count and match them to the best one.

    A photo that seems to show someone else than the reference counts all the same if it is like the photo next to it in
    time: a face may change much in a long series. With `same_person` nobody is left out as someone else.

    Raises
    ------
    NothingFitError
        If no photo is fit to be measured.
    """
    fit, left_out = _each_once(sorted(photos, key=lambda one: one.at))
    left_out += unusable
    if not fit:
        raise NothingFitError("; ".join(f"{one.photo}: {one.advice}" for one in left_out) or "there are no photos")
    faces = [one.face for one in fit]
    candidates = list(np.argsort([_drawbacks(face, faces) for face in faces], kind="stable"))
    best: tuple[int, list[Match], dict[int, Flag]] | None = None
    for _ in range(_TRIES):
        place = int(candidates[0])
        matches = [_match(faces[place], face, landmarks_only=landmarks_only, cache=cache) for face in faces]
        strangers = _strangers(faces, matches, landmarks_only=landmarks_only, same_person=same_person, cache=cache)
        if best is None or len(strangers) < len(best[2]):
            best = place, matches, strangers
        candidates = [other for other in candidates if other in strangers]
        if not candidates:
            break
    assert best is not None  # noqa: S101  there was a photo to try
    place, matches, strangers = best
    left_out += [_stranger(fit[i], found) for i, found in strangers.items()]
    kept = [i for i in range(len(fit)) if i not in strangers]
    for copy, original in _copies(faces, matches, kept, place, landmarks_only=landmarks_only, cache=cache).items():
        kept.remove(copy)
        advice = f"The same picture as {fit[original].face.photo.name}, saved anew; it counts once."
        left_out.append(LeftOut(photo=fit[copy].face.photo.name, at=fit[copy].at, reason="duplicate", advice=advice))
    return Selection(
        dated=tuple(fit[i] for i in kept),
        matches=tuple(matches[i] for i in kept),
        reference=kept.index(place),
        left_out=tuple(left_out),
    )


def _each_once(photos: Sequence[DatedFace]) -> tuple[list[DatedFace], list[LeftOut]]:
    fit: list[DatedFace] = []
    left_out: list[LeftOut] = []
    first: dict[str, DatedFace] = {}
    for one in photos:
        flag = unfit(one.face)
        name = one.face.photo.name
        if first.setdefault(one.face.photo.sha256, one) is not one:
            same = first[one.face.photo.sha256].face.photo.name
            advice = f"The same picture as {same}; it counts once."
            left_out.append(LeftOut(photo=name, at=one.at, reason="duplicate", advice=advice))
        elif flag is not None:
            left_out.append(LeftOut(photo=name, at=one.at, reason=flag.name, advice=flag.advice))
        else:
            fit.append(one)
    return fit, left_out


def _drawbacks(face: FaceAnalysis, others: Sequence[FaceAnalysis]) -> float:
    """Say how little a photo suits as the reference: flags, and how far its pose is from the usual one."""
    usual = np.median([(other.pose.yaw, other.pose.pitch) for other in others], axis=0)
    turned = np.hypot(face.pose.yaw - usual[0], face.pose.pitch - usual[1])
    return float(turned + sum(_WORTH[flag.severity] for flag in face.flags))


def _match(reference: FaceAnalysis, face: FaceAnalysis, *, landmarks_only: bool, cache: FaceCache | None) -> Match:
    if face is reference:
        return Match(moved=np.zeros((len(face.landmarks), 2)), flags=())
    if cache is not None and (kept := cache.match(reference, face)) is not None:
        return kept
    pair, flags = match_faces(reference, face, scale=AVERAGE_SCALE, landmarks_only=landmarks_only)
    match = Match(moved=visible_movement(pair, reference, face), flags=flags)
    if cache is not None:
        cache.keep_match(reference, face, match)
    return match


def _strangers(
    faces: Sequence[FaceAnalysis],
    matches: Sequence[Match],
    *,
    landmarks_only: bool,
    same_person: bool,
    cache: FaceCache | None,
) -> dict[int, Flag]:
    """Find the photos of somebody else, or of a face in a mirror: unlike the reference and unlike their neighbours."""
    names = ("one_mirrored",) if same_person else ("one_mirrored", "different_person")
    found = {i: flag for i, one in enumerate(matches) if (flag := _named(one.flags, names)) is not None}
    undecided = [i for i, flag in found.items() if flag.name == "different_person"]
    while undecided:
        beside = {
            i: [other for other in (i - 1, i + 1) if 0 <= other < len(faces) and other not in found] for i in undecided
        }
        near = next((i for i, others in beside.items() if others), None)
        if near is None:
            break
        undecided.remove(near)
        matches_beside = [
            _match(faces[o], faces[near], landmarks_only=landmarks_only, cache=cache) for o in beside[near]
        ]
        if all(_named(one.flags, names) is None for one in matches_beside):
            del found[near]
    return found


def _named(flags: Sequence[Flag], names: Sequence[str]) -> Flag | None:
    return next((flag for flag in flags if flag.name in names), None)


def _copies(
    faces: Sequence[FaceAnalysis],
    matches: Sequence[Match],
    kept: Sequence[int],
    reference: int,
    *,
    landmarks_only: bool,
    cache: FaceCache | None,
) -> dict[int, int]:
    """Find photos that are one shot saved twice, each with the one that counts: the reference, or the earlier one."""
    if landmarks_only:
        return {}
    poses = np.array([(faces[i].pose.yaw, faces[i].pose.pitch, faces[i].pose.roll) for i in kept])
    light = np.array([faces[i].sightings.side_light for i in kept])
    moved = np.array([matches[i].moved for i in kept])
    copies: dict[int, int] = {}
    for place, one in enumerate(kept):
        for before, other in enumerate(kept[:place]):
            if other in copies or np.abs(poses[place] - poses[before]).max() > _SAME_POSE:
                continue
            if not abs(light[place] - light[before]) <= _SAME_LIGHT:
                continue
            if _apart(moved[place] - moved[before]) > 2 * _SAME_SHOT:
                continue
            between = _match(faces[other], faces[one], landmarks_only=landmarks_only, cache=cache)
            if _apart(between.moved) <= _SAME_SHOT:
                copy, original = (other, one) if one == reference else (one, other)
                copies[copy] = original
                break
    return copies


def _apart(moved: FloatArray) -> float:
    """Root mean square of a movement (478, 2), as far as it is known."""
    known = np.isfinite(moved).all(axis=-1)
    return float(np.sqrt((moved[known] ** 2).sum(axis=-1).mean())) if known.any() else np.inf


_INSTEAD: Final = {
    "different_person": "It seems to show someone else than the other photos, or the face in a mirror.",
    "one_mirrored": "It seems to be mirrored, unlike the other photos; turn it back, or keep it out.",
}


def _stranger(photo: DatedFace, flag: Flag) -> LeftOut:
    return LeftOut(photo=photo.face.photo.name, at=photo.at, reason=flag.name, advice=_INSTEAD[flag.name])
