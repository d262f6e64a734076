"""Detection of faces in a photo and of their 478 landmarks.

A face is found in the whole frame, then the face mesh runs on level crops of fixed size around it. The networks are not
mirror-symmetric, so both run on the photo and on its mirror image and the results are averaged: a mirrored photo then
gives mirrored landmarks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.errors import NoFaceError
from symmetry.landmarks.mesh import IRIS_LEFT, IRIS_RIGHT, MIRROR, REFERENCE
from symmetry.landmarks.networks import CROP, Pixels, mesh_pass, spot_faces
from symmetry.landmarks.networks.finders import SpottedFace
from symmetry.photos.resampling import resample

FIRST_CROPS: Final = ((240.0, 0.0),)
SECOND_CROPS: Final = ((220.0, 12.0), (260.0, -12.0))
"""Crops of the photo and of its mirror image: width in mm, turn in degrees.

The first crop corrects where the face is, the landmarks come from the second ones. Choice of the number of passes, on
12 adults (median change of asymmetry of the worst region when the photo is turned by 10 degrees, when it is halved;
mm): 4 passes (240 mm twice) 0.060, 0.026; 6 passes (these) 0.039, 0.026; 10 passes (each crop turned both ways) 0.023,
0.022. Between two photos of a face that region differs by 0.3 mm, so more than six passes do not pay.
"""

_DETECTOR_SIDE: Final = 512
"""Photos are halved until they fit into this; the detectors' own inputs are 128 and 192 pixels wide."""
_DISAGREEMENT: Final = 0.06
"""RMS distance between the meshes of a photo and of its mirror image, in interpupillary distances, from which on it is
no face: at most 0.04 on real and drawn faces, at least 0.07 where the mesh sat on something else."""
_SMALL_IN_FRAME: Final = 0.1
"""Interpupillary distance, as a share of the frame's longer side, below which other faces may fit beside a face."""
_ALIKE: Final = 0.5
"""Size of another face, as a share of the largest, from which on it is counted."""
_UPRIGHT_SCORE: Final = 0.85
"""The near detector gives upright faces a score of 0.90 to 0.97, upside-down ones 0.54 to 0.78."""
_LINEAR_BITS: Final = 14
_MIDDLE_BITS: Final = 7
"""Binary places of where a crop lies, its linear part and its middle: processors and engines differ in the last digits
of the landmarks, and should cut the same crop all the same."""
_KEYPOINT_MIRROR: Final = np.array([1, 0, 2, 3, 5, 4])
# Where the detector puts eyes, nose, mouth and ears on a level face (mm, y up): symmetric means over 35 adults.
_KEYPOINTS: Final = np.array([(-31.5, 0), (31.5, 0), (0, -31), (0, -64), (-64.5, -20), (64.5, -20)], dtype=np.float64)
_Y_DOWN: Final = np.array([1.0, -1.0])
_CENTRE: Final = (REFERENCE[:IRIS_RIGHT, :2].max(axis=0) + REFERENCE[:IRIS_RIGHT, :2].min(axis=0)) / 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DetectedFace:
    """One face of a photo."""

    # shape (478, 3); mirror-averaged; pixels of the given image, x right, y down, z away in the unit of x
    landmarks: FloatArray
    others: int  # number of other faces in the photo
    # RMS distance between the meshes of the image and of its mirror image, in interpupillary distances
    disagreement: float
    crops: FloatArray  # shape (2, 478, 3); landmarks by each of the second crops: how much they depend on the framing


def detect_largest_face(image: Pixels, *, count_all: bool = False) -> DetectedFace:
    """Detect the largest face in an image and its landmarks.

    Parameters
    ----------
    image : ndarray, shape (h, w, 3), uint8
        RGB, upright.
    count_all : bool
        Count small faces in the background too, by a second search of the whole frame.

    Raises
    ------
    NoFaceError
        If no face is found.
    """
    views, margin = _views_of(image)
    for search in (_find_upright, _find_near, _find_far, _find_in_tiles, _find_far_turned):
        found = _largest_of(views, _distinct(search(views)), margin, count_all=count_all)
        if found is not None:
            return found
    raise NoFaceError(
        "no face found; use a photo taken from the front, in good light, with nothing over the face, or crop it"
    )


def _views_of(image: Pixels) -> tuple[_Views, int]:
    """Cut off a few columns of an image, as many on either side; return how many, too.

    Halving is then exact: the halves of the mirror image are the mirrored halves of the image.
    """
    spare = image.shape[1] % 2 ** _halvings(image)
    margin = spare // 2 if spare % 2 == 0 else 0
    return _Views(image[:, margin : image.shape[1] - margin]), margin


def _largest_of(views: _Views, candidates: list[SpottedFace], margin: int, *, count_all: bool) -> DetectedFace | None:
    """Landmarks of the largest candidate that is a face, in an image that has so many more columns on either side."""
    for place, face in enumerate(candidates):
        found = _landmarks_at(views, face.keypoints)
        if found is not None:
            landmarks, crops, disagreement = found
            landmarks[:, 0] += margin
            crops[..., 0] += margin
            others = _count_others(views, candidates[place:], landmarks, count_all=count_all)
            return DetectedFace(landmarks=landmarks, others=others, disagreement=disagreement, crops=crops)
    return None


def _count_others(views: _Views, candidates: list[SpottedFace], landmarks: FloatArray, *, count_all: bool) -> int:
    """Count the faces besides the largest: all, or those of similar size.

    Beside a face that is small in its frame there may be others that only the far detector sees.
    """
    between_eyes = np.linalg.norm((landmarks[IRIS_LEFT] - landmarks[IRIS_RIGHT])[:2])
    if count_all or between_eyes < _SMALL_IN_FRAME * max(views.plain.halved(0).shape[:2]):
        candidates = _distinct(candidates + _find_far(views))
    alike = [face for face in candidates if count_all or _size(face) >= _ALIKE * _size(candidates[0])]
    return max(len(alike) - 1, 0)


class _View:
    """An image at full, half, quarter ... size: reduced step by step, each pixel the mean of four."""

    def __init__(self, pixels: Pixels) -> None:
        self._levels = {0: pixels}

    @property
    def width(self) -> int:
        return int(self._levels[0].shape[1])

    def halved(self, times: int) -> Pixels:
        """Image halved several times; an odd last row or column is dropped."""
        if times not in self._levels:
            finer = self.halved(times - 1)
            half = (max(1, finer.shape[1] // 2), max(1, finer.shape[0] // 2))
            even = finer[: 2 * half[1], : 2 * half[0]]
            self._levels[times] = np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        return self._levels[times]

    def cut(self, to_image: FloatArray) -> Pixels:
        """Sample a crop from the size closest to its own scale; `to_image` (2, 3) maps its pixels into the image."""
        times = max(0, round(np.log2(_step(to_image))))  # leaves a factor within sqrt(2)
        to_level = to_image / 2**times
        to_level[:, 2] += 0.5 / 2**times - 0.5
        steps = np.arange(CROP)
        at = np.empty((CROP, CROP, 2))
        for axis, (across, down, start) in enumerate(to_level):
            at[..., axis] = across * steps + (down * steps + start)[:, None]
        return resample(self.halved(times), at)


class _MirrorView(_View):
    """The mirror image of a view, pixel by pixel what a view of the mirrored photo would be."""

    def __init__(self, plain: _View) -> None:
        self._plain = plain
        self._levels = {}

    @property
    def width(self) -> int:
        return self._plain.width

    def halved(self, times: int) -> Pixels:
        if times not in self._levels and self.width % 2**times == 0:  # else each would drop another column
            self._levels[times] = np.asarray(cv2.flip(self._plain.halved(times), 1), dtype=np.uint8)
        return super().halved(times)


class _Views:
    """A photo and its mirror image."""

    def __init__(self, image: Pixels) -> None:
        self.plain = _View(image)
        self.mirrored = _MirrorView(self.plain)

    def mirror(self, points: FloatArray, partner: NDArray[np.intp]) -> FloatArray:
        """Points of one view in the other, renumbered to the partners they are there."""
        other = points[partner]
        other[:, 0] = self.plain.width - 1 - other[:, 0]
        return other


def _landmarks_at(views: _Views, keypoints: FloatArray) -> tuple[FloatArray, FloatArray, float] | None:
    """Landmarks (478, 3) of the face at some keypoints (6, 2), those of each crop, disagreement; None if no face."""
    places, shape, partner = keypoints[:4], _KEYPOINTS[:4], _KEYPOINT_MIRROR[:4]  # ears hide behind hair
    for crops in (FIRST_CROPS, SECOND_CROPS):
        plain = _landmarks_in(views.plain, crops, shape, places)
        mirrored = _landmarks_in(views.mirrored, crops, shape, views.mirror(places, partner))
        if plain is None or mirrored is None:
            return None
        each = np.stack([plain, [views.mirror(points, MIRROR) for points in mirrored]])  # view, crop, landmark
        landmarks = each.mean(axis=(0, 1))
        places, shape, partner = landmarks[:IRIS_RIGHT, :2], REFERENCE[:IRIS_RIGHT, :2], MIRROR[:IRIS_RIGHT]
    between_eyes = np.linalg.norm(landmarks[IRIS_LEFT] - landmarks[IRIS_RIGHT])
    of_photo, of_mirror_image = each.mean(axis=1)
    apart = (of_photo - of_mirror_image)[:, :2]
    disagreement = float(np.sqrt((apart**2).sum(axis=-1).mean()) / between_eyes)
    return (landmarks, each.mean(axis=0), disagreement) if disagreement < _DISAGREEMENT else None


def _landmarks_in(
    view: _View, crops: tuple[tuple[float, float], ...], shape: FloatArray, seen_at: FloatArray
) -> list[FloatArray] | None:
    """Landmarks by each crop around a face whose points of `shape` (mm, y up) lie at `seen_at` (pixels)."""
    answers = []
    for width, turn in crops:
        to_image = _crop_to_image(shape, seen_at, width, turn)
        points = mesh_pass(view.cut(to_image))
        if points is None:
            return None
        points[:, :2] = points[:, :2] @ to_image[:, :2].T + to_image[:, 2]
        points[:, 2] *= _step(to_image)
        answers.append(points)
    return answers


def _crop_to_image(shape: FloatArray, seen_at: FloatArray, width: float, turn: float) -> FloatArray:
    """Similarity, shape (2, 3), from pixels of a level crop `width` mm wide, then turned, to image pixels."""
    face_to_image = _similarity(shape * _Y_DOWN, seen_at)
    angle = np.radians(turn)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = _rounded(face_to_image[:, :2] @ rotation * (width / CROP), _LINEAR_BITS)
    middle = _rounded(face_to_image[:, :2] @ (_CENTRE * _Y_DOWN) + face_to_image[:, 2], _MIDDLE_BITS)
    return np.column_stack([linear, middle - linear @ np.full(2, (CROP - 1) / 2)])


def _rounded(values: FloatArray, bits: int) -> FloatArray:
    return np.asarray(np.rint(values * 2.0**bits) / 2.0**bits)


def _similarity(source: FloatArray, target: FloatArray) -> FloatArray:
    """Least-squares similarity, shape (2, 3), that maps points (n, 2) onto others."""
    a, b = (points - points.mean(axis=0) for points in (source, target))
    a_complex, b_complex = (points[:, 0] + 1j * points[:, 1] for points in (a, b))
    factor = np.vdot(a_complex, b_complex) / np.vdot(a_complex, a_complex).real
    linear = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return np.column_stack([linear, target.mean(axis=0) - linear @ source.mean(axis=0)])


def _step(to_image: FloatArray) -> float:
    """Image pixels per crop pixel."""
    return float(np.hypot(to_image[0, 0], to_image[1, 0]))


# Searches for faces, the cheapest first.


def _find_upright(views: _Views) -> list[SpottedFace]:
    """Faces wider than about 12 % of the frame, if one of them is certainly upright."""
    faces = _find_in(views, far=False)
    return faces if max((face.score for face in faces), default=0.0) >= _UPRIGHT_SCORE else []


def _find_near(views: _Views) -> list[SpottedFace]:
    """Faces of that size, in any orientation."""
    return _find_turned(views, far=False)


def _find_far(views: _Views) -> list[SpottedFace]:
    """Faces wider than about 7 % of the frame."""
    return _find_in(views, far=True)


def _find_far_turned(views: _Views) -> list[SpottedFace]:
    """Faces of that size, in any orientation."""
    return _find_turned(views, far=True)


def _find_in_tiles(views: _Views) -> list[SpottedFace]:
    """Smaller faces, in nine overlapping tiles of half the frame's width and height."""
    times = max(0, _halvings(views.plain.halved(0)) - 1)  # as fine as the tiles will be looked at
    image = views.plain.halved(times)
    height, width = image.shape[:2]
    faces = []
    for top in (0, height // 4, height - height // 2):
        for left in (0, width // 4, width - width // 2):
            tile = np.ascontiguousarray(image[top : top + height // 2, left : left + width // 2])
            corner = np.array([left, top], dtype=np.float64)
            faces += [SpottedFace(points + corner, score) for points, score in _find_in(_Views(tile), far=True)]
    return _finer(faces, times)


def _find_turned(views: _Views, *, far: bool) -> list[SpottedFace]:
    """Faces at the quarter turn at which the detector is most confident: it half sees upside-down faces."""
    times = _halvings(views.plain.halved(0))
    image = views.plain.halved(times)
    height, width = image.shape[:2]
    best: list[SpottedFace] = []
    for turns in range(4):
        turned = _Views(np.ascontiguousarray(np.rot90(image, turns)))
        faces = _find_in(turned, far=far)
        if max((face.score for face in faces), default=0.0) <= max((face.score for face in best), default=0.0):
            continue
        best = []
        for points, score in faces:
            x, y = points[:, 0], points[:, 1]
            back = ((x, y), (width - 1 - y, x), (width - 1 - x, height - 1 - y), (y, height - 1 - x))[turns]
            best.append(SpottedFace(np.column_stack(back), score))
    return _finer(best, times)


def _find_in(views: _Views, *, far: bool) -> list[SpottedFace]:
    """Faces that a detector sees in a photo or in its mirror image, averaged where it sees them in both."""
    times = _halvings(views.plain.halved(0))

    def spotted(view: _View) -> list[SpottedFace]:
        return _finer(spot_faces(view.halved(times), far=far), times)

    mirrored = [SpottedFace(views.mirror(points, _KEYPOINT_MIRROR), score) for points, score in spotted(views.mirrored)]
    faces = []
    for face in spotted(views.plain):
        twin = next((i for i, other in enumerate(mirrored) if _same_face(face, other)), None)
        if twin is not None:
            other = mirrored.pop(twin)
            face = SpottedFace((face.keypoints + other.keypoints) / 2, (face.score + other.score) / 2)
        faces.append(face)
    return faces + mirrored


def _finer(faces: list[SpottedFace], times: int) -> list[SpottedFace]:
    """Faces of an image that was halved so many times, in pixels of the image itself."""
    return [SpottedFace((points + 0.5) * 2**times - 0.5, score) for points, score in faces]


def _halvings(image: Pixels) -> int:
    """How many times an image is halved for the detector."""
    return max(0, int(np.ceil(np.log2(max(image.shape[:2]) / _DETECTOR_SIDE))))


def _size(face: SpottedFace) -> float:
    points = face.keypoints[:4]
    return float(np.linalg.norm(points - points.mean(axis=0)))


def _same_face(one: SpottedFace, other: SpottedFace) -> bool:
    apart = np.linalg.norm(one.keypoints[:4].mean(axis=0) - other.keypoints[:4].mean(axis=0))
    return bool(apart < max(_size(one), _size(other)))


def _distinct(faces: list[SpottedFace]) -> list[SpottedFace]:
    kept: list[SpottedFace] = []
    for face in sorted(faces, key=_size, reverse=True):
        if not any(_same_face(face, other) for other in kept):
            kept.append(face)
    return kept
