"""Copies of one shot: re-saved, reduced, cropped or filtered, they say nothing about the error of a photo.

The picture and its copy differ by a shift, a turn and a scale alone, wherever the face shows detail. Between two shots
the head turns or comes nearer and the face moves, if only by half a millimetre.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import AVERAGE_IPD_MM, IRIS_RIGHT
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.zones import INNER_OVAL
from symmetry.photos.capture_time import METADATA
from symmetry.photos.film_names import film_of
from symmetry.registration import Registration, StandardFace, register
from symmetry.registration.standard_face import HEIGHT, WIDTH, Float32, look_up

_NEAR: Final = 0.9
"""Root mean square distance of the landmarks, mm, beyond which two photos are not looked at. Copies saved at quality 20
and 640 pixels reach 0.5, photos of one sitting mostly more than 0.8."""
_CANDIDATES: Final = 3
"""Photos with the nearest landmarks to which each photo is compared."""
_LEAST, _PER_NOISE, _MOST = 0.07, 8.0, 0.5
"""Root mean square distance in mm up to which two pictures are one shot: for equal pictures, how it grows with the
share of the detail in which they differ, and at the most. Ninety-six copies of fifteen real faces (quality 20 to 95,
500 to 1350 pixels, crops, HEIC, filters) have 0.02 to 0.43; two shots of real faces 0.59 and more, two rendered ones
that turn by half a degree 0.17, where the least noise allows 0.13."""
_OTHER_TIME: Final = 0.6
"""Share of it that is allowed if the photos tell different times."""
_STEP: Final = 4
_ROUNDS: Final = 6
_CORNER: Final = 2.0
_STEADIEST: Final = 90.0
"""Percentile of detail beyond which a place counts no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyOf:
    """A photo that is a copy."""

    original: int  # place of the photo that counts
    same_file: bool  # whether the files are equal


def find_copies(faces: Sequence[FaceAnalysis], *, first: Sequence[int] = ()) -> dict[int, CopyOf]:
    """Find photos that are one shot saved several times.

    Parameters
    ----------
    faces : sequence of FaceAnalysis
        Of one person. Without their standard faces only equal files are found.
    first : sequence of int
        Places of photos that count if they have copies; else it is one that tells when it was taken, with the most
        pixels, and of those the first.

    Returns
    -------
    dict of int to CopyOf
        By the place of each photo that is a copy.
    """
    group = list(range(len(faces)))

    def join(one: int, other: int) -> None:
        low, high = sorted((group[one], group[other]))
        group[:] = [low if label == high else label for label in group]

    by_file: dict[str, list[int]] = {}
    for place, face in enumerate(faces):
        of_file = by_file.setdefault(face.photo.sha256, [])
        for other in of_file:
            if np.array_equal(face.landmarks, faces[other].landmarks):  # not turned back
                join(other, place)
        of_file.append(place)
    for one, other in _candidates(faces):
        if group[one] != group[other] and same_shot(faces[one], faces[other]):
            join(one, other)

    def rank(place: int) -> tuple[bool, bool, int, int]:
        face = faces[place]
        dated = face.photo.captured is not None
        return place not in first, not dated, -round(face.interpupillary), place

    copies: dict[int, CopyOf] = {}
    for label in set(group):
        members = sorted((place for place, one in enumerate(group) if one == label), key=rank)
        for place in members[1:]:
            same_file = faces[place].photo.sha256 == faces[members[0]].photo.sha256
            copies[place] = CopyOf(original=members[0], same_file=same_file)
    return dict(sorted(copies.items()))


def copy_words(copy: CopyOf, original: str) -> str:
    """Say of what a photo is a copy."""
    return f"the same {'picture' if copy.same_file else 'shot'} as {original}{'' if copy.same_file else ', saved anew'}"


def same_shot(first: FaceAnalysis, second: FaceAnalysis) -> bool:
    """Whether two photos are copies of one shot."""
    if first.standard is None or second.standard is None:
        return False
    film = film_of(first.photo.name)
    if film is not None and film == film_of(second.photo.name):  # the next frame may look alike and is none
        return False
    registration = register(first.standard, second.standard)
    noise = 1 - _agreement(registration)
    allowed = min(_LEAST + _PER_NOISE * noise, _MOST)
    if _tell_different_times(first, second):
        allowed *= _OTHER_TIME
    return _moved(registration) * AVERAGE_IPD_MM / second.interpupillary <= allowed


def copied_from(face: FaceAnalysis, others: Sequence[FaceAnalysis]) -> int | None:
    """Place of a photo of which this one is a copy, or None."""
    if not others:
        return None
    apart = _apart([face], others)[0]
    near = [int(place) for place in np.argsort(apart, kind="stable")[:_CANDIDATES] if apart[place] <= _NEAR]
    return next((place for place in near if same_shot(others[place], face)), None)


def _apart(firsts: Sequence[FaceAnalysis], seconds: Sequence[FaceAnalysis]) -> FloatArray:
    """RMS distance in mm of the landmarks of each second photo from those of each first, best shifted and turned."""
    (one, size), (other, other_size) = (_centred(faces) for faces in (firsts, seconds))
    explained = np.abs(one.conj() @ other.T) ** 2 / size[:, None]
    left = np.sqrt(np.maximum(other_size[None, :] - explained, 0) / one.shape[1])
    return np.asarray(left * AVERAGE_IPD_MM / np.array([face.interpupillary for face in seconds]))


def _centred(faces: Sequence[FaceAnalysis]) -> tuple[NDArray[np.complex128], FloatArray]:
    points = np.array([face.landmarks[:IRIS_RIGHT, 0] + 1j * face.landmarks[:IRIS_RIGHT, 1] for face in faces])
    points -= points.mean(axis=1, keepdims=True)
    return points, np.asarray((np.abs(points) ** 2).sum(axis=1))


def _candidates(faces: Sequence[FaceAnalysis]) -> list[tuple[int, int]]:
    """List pairs of photos whose landmarks fit each other, the nearest of each photo."""
    if len(faces) < 2:
        return []
    apart = _apart(faces, faces)
    np.fill_diagonal(apart, np.inf)
    nearest = np.argsort(apart, axis=1, kind="stable")[:, :_CANDIDATES]
    near = {(min(i, int(j)), max(i, int(j))) for i, row in enumerate(nearest) for j in row if apart[i, j] <= _NEAR}
    return sorted(near)


def _tell_different_times(first: FaceAnalysis, second: FaceAnalysis) -> bool:
    """Whether the same field of both photos gives another second."""
    one, other = first.photo, second.photo
    if one.captured is None or other.captured is None or one.captured_source != other.captured_source:
        return False
    known = (one.captured_source or "").partition(":")[0] in METADATA
    return known and one.captured.replace(tzinfo=None) != other.captured.replace(tzinfo=None)


_GRID: Final = np.dstack(np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32)))
_PLACES: Final = np.argwhere(INNER_OVAL)[:, ::-1][(np.argwhere(INNER_OVAL) % _STEP == 0).all(axis=1)]


def _agreement(registration: Registration) -> float:
    """Correlation of two registered faces."""
    half = registration.displacement / 2
    one = look_up(registration.first.pattern, np.asarray(_GRID - half, dtype=np.float32))[INNER_OVAL]
    other = look_up(registration.second.pattern, np.asarray(_GRID + half, dtype=np.float32))[INNER_OVAL]
    if min(np.ptp(one), np.ptp(other)) == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _moved(registration: Registration) -> float:
    """RMS distance of places that show detail, pixels of the second photo, from where the best similarity puts them."""
    matches = registration.match(_PLACES.astype(np.float64))
    x, y = _PLACES.T
    detail = np.minimum(_detail(registration.first)[y, x], _detail(registration.second)[y, x])
    known = (
        np.isfinite(matches.first).all(axis=-1)
        & np.isfinite(matches.second).all(axis=-1)
        & (registration.confidence[y, x] >= 0)
    )
    weight = np.minimum(detail, np.percentile(detail, _STEADIEST)) * known
    if weight.sum() <= 0:
        return np.inf
    first, second = (
        np.where(known, one[:, 0] + 1j * one[:, 1], 0) for one in (matches.first[:, :2], matches.second[:, :2])
    )
    trust = weight
    for _ in range(_ROUNDS):  # places that moved pull less
        distance = np.abs(_after_similarity(first, second, trust))
        trust = weight / (1 + (distance / (np.median(distance[known]) + 1e-6)) ** 2)
    return float(np.sqrt((weight * distance**2).sum() / weight.sum()))


def _after_similarity(first: FloatArray, second: FloatArray, weight: FloatArray) -> FloatArray:
    """Shift, turn and scale points (complex numbers) onto others, and return what is left."""
    share = weight / weight.sum()
    first, second = first - share @ first, second - share @ second
    return np.asarray(second - (share @ (first.conj() * second)) / (share @ np.abs(first) ** 2) * first)


def _detail(face: StandardFace) -> Float32:
    """How well each pixel is fixed in both directions: the lesser eigenvalue of the structure tensor."""
    along_x, along_y = (cv2.Sobel(face.pattern, cv2.CV_32F, *way) / 8 for way in ((1, 0), (0, 1)))
    xx, xy, yy = (
        cv2.GaussianBlur(product, (0, 0), _CORNER)
        for product in (along_x * along_x, along_x * along_y, along_y * along_y)
    )
    return np.asarray((xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy**2), dtype=np.float32)
