"""Choose the photos of a series: fit to be measured, each once, of one person, all matched to the best of them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from symmetry.errors import NothingFitError
from symmetry.landmarks.scale import AVERAGE_SCALE
from symmetry.measure.copies import copy_words, find_copies
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.face_cache import FaceCache, Match
from symmetry.measure.pairs import match_faces, visible_movement
from symmetry.measure.quality.flags import Flag
from symmetry.measure.sessions import unfit
from symmetry.measure.words import sentence
from symmetry.series.result import DatedFace, LeftOut

_TRIES: Final = 3
"""Photos tried as the reference while some seem to show someone else: the first one tried may be the stranger."""
_DRAWBACK: Final = {"reject": 10.0, "warn": 3.0, "info": 0.5}
"""What a flag counts against a photo as the reference; one degree of turn counts 1."""
_STRANGER_ADVICE: Final = {
    "different_person": "It seems to show someone else than the other photos, or the face in a mirror.",
    "one_mirrored": "It seems to be mirrored, unlike the other photos; turn it back, or keep it out.",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Selection:
    """Photos of a series, each matched to the reference."""

    dated: tuple[DatedFace, ...]  # the photos that count, in order of time
    matches: tuple[Match, ...]  # each photo as seen from the reference; the reference itself did not move
    reference: int  # place of the reference among them
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

    Parameters
    ----------
    photos : sequence of DatedFace
    unusable : sequence of LeftOut
        Photos that could not be measured, for the record.
    landmarks_only : bool
        Match landmarks without the images.
    same_person : bool
        Leave nobody out as someone else. By default, photos that say who the person is (`DatedFace.identity`) decide,
        else the most; and a photo that seems to show someone else than the reference counts
        only if it is like the photo next to it in time: a face may change much in a long series.
    cache : FaceCache, optional
        Where matches are kept.

    Raises
    ------
    NothingFitError
        If no photo is fit to be measured.
    """
    fit, left_out = _each_once(sorted(photos, key=lambda one: one.at), landmarks_only=landmarks_only)
    left_out += unusable
    if not fit:
        raise NothingFitError("; ".join(f"{one.photo}: {one.advice}" for one in left_out) or "there are no photos")
    matching = _Matching(
        faces=[one.face for one in fit],
        landmarks_only=landmarks_only,
        cache=cache,
        first=[i for i, one in enumerate(fit) if one.identity == "first"],
        confirmed=[i for i, one in enumerate(fit) if one.identity == "confirmed"],
    )
    reference, matches, strangers = _matched_to_the_best(matching, same_person=same_person)
    left_out += [
        LeftOut(photo=fit[i].face.photo.name, at=fit[i].at, reason=flag.name, advice=_STRANGER_ADVICE[flag.name])
        for i, flag in strangers.items()
    ]
    kept = [i for i in range(len(fit)) if i not in strangers]
    return Selection(
        dated=tuple(fit[i] for i in kept),
        matches=tuple(matches[i] for i in kept),
        reference=kept.index(reference),
        left_out=tuple(left_out),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Matching:
    """Faces in order of time, and how two of them are matched."""

    faces: Sequence[FaceAnalysis]
    landmarks_only: bool
    cache: FaceCache | None
    # places of photos that say who the person is, and of those that a person said to be of the same one
    first: Sequence[int] = ()
    confirmed: Sequence[int] = ()

    def match(self, reference: int, other: int) -> Match:
        """Match a face to another one, or take what the cache holds."""
        first, second = self.faces[reference], self.faces[other]
        if first is second:
            return Match(moved=np.zeros((len(second.landmarks), 2)), flags=())
        if self.cache is not None and (kept := self.cache.match(first, second)) is not None:
            return kept
        pair, flags = match_faces(first, second, scale=AVERAGE_SCALE, landmarks_only=self.landmarks_only)
        match = Match(moved=visible_movement(pair, first, second), flags=flags)
        if self.cache is not None:
            self.cache.keep_match(first, second, match)
        return match


def _each_once(photos: Sequence[DatedFace], *, landmarks_only: bool) -> tuple[list[DatedFace], list[LeftOut]]:
    """Take the photos that are fit to be measured, each shot once; by landmarks alone only equal files are found."""
    left_out: list[LeftOut] = []

    def leave_out(one: DatedFace, reason: str, advice: str) -> None:
        left_out.append(LeftOut(photo=one.face.photo.name, at=one.at, reason=reason, advice=advice))

    fit: list[DatedFace] = []
    first: dict[str, DatedFace] = {}
    for one in photos:
        flag = unfit(one.face)
        original = first.setdefault(one.face.photo.sha256, one)
        if original is not one:
            leave_out(one, "duplicate", f"The same picture as {original.face.photo.name}; it counts once.")
        elif flag is not None:
            leave_out(one, flag.name, flag.advice)
        else:
            fit.append(one)
    copies = {} if landmarks_only else find_copies([one.face for one in fit])
    for place, copy in copies.items():
        words = sentence(copy_words(copy, fit[copy.original].face.photo.name))
        leave_out(fit[place], "duplicate", f"{words}; it counts once.")
    return [one for place, one in enumerate(fit) if place not in copies], left_out


def _matched_to_the_best(matching: _Matching, *, same_person: bool) -> tuple[int, list[Match], dict[int, Flag]]:
    """Find the reference that fewest photos do not belong to: its place, all matches, and those photos."""
    faces = matching.faces
    candidates = list(np.argsort([_drawbacks(face, faces) for face in faces], kind="stable"))
    best: tuple[int, list[Match], dict[int, Flag]] | None = None

    def rank(strangers: Container[int], count: int) -> tuple[int, int]:
        return sum(place in strangers for place in matching.first), count

    for _ in range(_TRIES):
        place = int(candidates[0])
        matches = [matching.match(place, other) for other in range(len(faces))]
        strangers = _strangers(matching, matches, same_person=same_person)
        if best is None or rank(strangers, len(strangers)) < rank(best[2], len(best[2])):
            best = place, matches, strangers
        candidates = [other for other in candidates if other in strangers]
        # Whoever is known to be the person is tried first.
        candidates.sort(key=lambda other: other not in matching.first)
        if not candidates:
            break
    assert best is not None  # noqa: S101  there was a photo to try
    return best


def _drawbacks(face: FaceAnalysis, others: Sequence[FaceAnalysis]) -> float:
    """Rate a photo as the reference, 0 is best: by its flags, and by how far its pose is from the median pose."""
    usual = np.median([(other.pose.yaw, other.pose.pitch) for other in others], axis=0)
    turned = np.hypot(face.pose.yaw - usual[0], face.pose.pitch - usual[1])
    return float(turned + sum(_DRAWBACK[flag.severity] for flag in face.flags))


def _strangers(matching: _Matching, matches: Sequence[Match], *, same_person: bool) -> dict[int, Flag]:
    """Find photos of someone else, or of a mirrored face: unlike the reference and unlike their neighbours in time."""
    names = ("one_mirrored",) if same_person else ("one_mirrored", "different_person")

    def stranger(match: Match) -> Flag | None:
        return next((flag for flag in match.flags if flag.name in names), None)

    found = {i: flag for i, match in enumerate(matches) if (flag := stranger(match)) is not None}
    found = {i: flag for i, flag in found.items() if flag.name == "one_mirrored" or i not in matching.confirmed}
    undecided = [i for i, flag in found.items() if flag.name == "different_person"]
    while undecided:
        beside = {
            i: [other for other in (i - 1, i + 1) if 0 <= other < len(matches) and other not in found]
            for i in undecided
        }
        near = next((i for i, others in beside.items() if others), None)
        if near is None:
            break
        undecided.remove(near)
        if all(stranger(matching.match(other, near)) is None for other in beside[near]):
            del found[near]
    return found
