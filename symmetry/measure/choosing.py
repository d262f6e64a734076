"""Which photos before and after count: each shot once, and none mirrored unlike the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from symmetry.measure.analysis import measure_photo, turned_back
from symmetry.measure.copies import copy_words, find_copies
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.options import Measuring
from symmetry.measure.quality.identity import check_identity
from symmetry.registration import register

_FEW: Final = 3
"""Photos from which on most of them can say which one is mirrored."""
MIRRORED: Final = "it seems to be mirrored, unlike the other photos"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPhotos:
    """Photos of a comparison."""

    # at least one each, if there was one
    befores: tuple[FaceAnalysis, ...]
    afters: tuple[FaceAnalysis, ...]
    left_out: dict[str, str]  # why other photos do not count
    turned_back: tuple[str, ...]  # photos that were mirrored, unlike the others, and count turned back


def choose_photos(
    befores: Sequence[FaceAnalysis], afters: Sequence[FaceAnalysis], measuring: Measuring, *, turn_back: bool = False
) -> ChosenPhotos:
    """Choose the photos of a comparison that count.

    Parameters
    ----------
    befores, afters : sequence of FaceAnalysis
        Of one person.
    measuring : Measuring
        How photos are measured that are turned back.
    turn_back : bool
        Turn back what is mirrored unlike most photos, instead of leaving it out; of two photos, the second. Photos
        without their pixels are left out all the same.
    """
    faces = [*befores, *afters]
    sides = ["before"] * len(befores) + ["after"] * len(afters)
    left_out: dict[str, str] = {}
    turned: list[str] = []
    kept = set(range(len(faces)))
    odd = _mirrored_unlike_most(faces) if len(faces) >= (2 if turn_back else _FEW) else set()
    for place in sorted(odd):
        face = faces[place]
        if turn_back and face.photo.pixels.size:
            faces[place] = measure_photo(turned_back(face.photo), measuring.unmirrored())
            turned.append(face.photo.name)
        elif any(sides[other] == sides[place] for other in kept - odd):
            kept.remove(place)
            left_out[face.photo.name] = MIRRORED
    chosen: dict[str, tuple[FaceAnalysis, ...]] = {}
    for side in ("before", "after"):
        here = [faces[place] for place in sorted(kept) if sides[place] == side]
        copies = find_copies(here)
        for place, copy in copies.items():
            left_out[here[place].photo.name] = copy_words(copy, here[copy.original].photo.name)
        chosen[side] = tuple(face for place, face in enumerate(here) if place not in copies)
    return ChosenPhotos(befores=chosen["before"], afters=chosen["after"], left_out=left_out, turned_back=tuple(turned))


def _mirrored_unlike_most(faces: Sequence[FaceAnalysis]) -> set[int]:
    """Places of the photos that are mirrored unlike most; of two halves, that without the first photo."""
    first = faces[0].portrait
    if first is None:
        return set()
    odd = set()
    for place, face in enumerate(faces):
        portrait = face.portrait
        if place and portrait is not None:
            found = check_identity(first, portrait, register(first.standard, portrait.standard))
            if any(flag.name == "one_mirrored" for flag in found):
                odd.add(place)
    return odd if 2 * len(odd) <= len(faces) else set(range(len(faces))) - odd
