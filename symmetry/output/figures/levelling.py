"""Upright faces: roll removed, the midline vertical and centred, all of one size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from symmetry.arrays import FloatArray
from symmetry.errors import PhotoError
from symmetry.landmarks.mesh import MIDLINE, REFERENCE, STABLE_UPPER_FACE
from symmetry.measure.face import FaceAnalysis

Pixels = NDArray[np.uint8]

OUTSIDE: Final = 208
"""Grey level where the photo has no pixels."""

# What a crop shows, in interpupillary distances from the point between the eyes.
_ABOVE, _BELOW, _BESIDE = 1.42, 2.06, 1.45
ASPECT: Final = (_ABOVE + _BELOW) / (2 * _BESIDE)
"""Height of a crop over its width."""

_DOWN_THE_MIDLINE = MIDLINE[np.argsort(-REFERENCE[MIDLINE, 1])]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LevelledFace:
    """An upright face in a crop of fixed shape."""

    face: FaceAnalysis
    pixels: Pixels  # shape (h, w, 3); RGB; neutral grey where the photo ends
    inside: NDArray[np.bool_]  # shape (h, w); where the photo has pixels
    matrix: FloatArray  # shape (2, 3); from pixels of the upright photo at full size to pixels of the crop

    def locate(self, points: ArrayLike) -> FloatArray:
        """Return the crop coordinates (..., 2) of full-size image points (..., 2 or 3)."""
        return _moved(self.matrix, np.asarray(points, dtype=np.float64)[..., :2])

    def locate_in_frame(self, placed: ArrayLike) -> FloatArray:
        """Return the crop coordinates (n, 2) of points (n, 3) in the facial frame."""
        return self.locate(self.face.frame.to_image(placed))

    def midline(self) -> FloatArray:
        """Return the line (28, 2) in which the plane of symmetry cuts the mesh, from forehead to chin."""
        return self.locate(_midline(self.face))


def level_face(face: FaceAnalysis, *, width: int) -> LevelledFace:
    """Crop a photo so that the midline of the face is vertical and centred.

    Parameters
    ----------
    face : FaceAnalysis
    width : int
        Width of the crop in pixels; even, so that the midline runs between two columns.

    Returns
    -------
    LevelledFace
        The straight line fitted to the midline is vertical at x = (width - 1) / 2, and the interpupillary distance
        is the same for every face.
    """
    line = _midline(face)
    centre = line.mean(axis=0)
    down = np.linalg.svd(line - centre)[2][0]
    down = down * np.sign(down @ (line[-1] - line[0]))
    size = width / (2 * _BESIDE * face.interpupillary)
    turn = size * np.array([[down[1], -down[0]], [down[0], down[1]]])
    between_eyes = centre + down * ((face.frame.origin[:2] - centre) @ down)
    height = 2 * round(width * ASPECT / 2)
    place = np.array([(width - 1) / 2, height * _ABOVE / (_ABOVE + _BELOW) - 0.5])
    return _cut(face, np.column_stack([turn, place - turn @ between_eyes]), (width, height))


def align_face(face: FaceAnalysis, onto: LevelledFace) -> LevelledFace:
    """Crop another photo of a person so that the stable upper face lies where it does in the first crop."""
    source = face.points[STABLE_UPPER_FACE, :2] @ [1, 1j]
    target = onto.locate(onto.face.points[STABLE_UPPER_FACE]) @ [1, 1j]
    from_middle = source - source.mean()
    turn = (from_middle.conj() @ (target - target.mean())) / (from_middle.conj() @ from_middle).real
    shift = target.mean() - turn * source.mean()
    matrix = np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
    height, width = onto.pixels.shape[:2]
    return _cut(face, matrix, (width, height))


def _midline(face: FaceAnalysis) -> FloatArray:
    """Return the midline in full-size pixels: the mesh's midline landmarks projected onto the plane of symmetry."""
    placed = face.frame.place(face.landmarks)[_DOWN_THE_MIDLINE]
    placed[:, 0] = 0.0
    return face.frame.to_image(placed)[:, :2]


def _cut(face: FaceAnalysis, matrix: FloatArray, size: tuple[int, int]) -> LevelledFace:
    photo = face.photo
    pixels: NDArray[np.uint8] = photo.pixels
    if not pixels.size:
        raise PhotoError("this result is without its picture; analyse the photo again to draw it")
    # The photo may be held at a reduced size; it is reduced further where it would be sampled sparsely.
    shrink = max(int(1 / (np.sqrt(abs(np.linalg.det(matrix[:, :2]))) * photo.reduction)), 1)
    if shrink > 1:
        height, width = (side // shrink for side in pixels.shape[:2])
        whole = np.ascontiguousarray(pixels[: height * shrink, : width * shrink])
        pixels = np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    steps = shrink * photo.reduction
    from_held = np.column_stack([matrix[:, :2] * steps, _moved(matrix, np.full(2, (steps - 1) / 2))])
    inside = cv2.warpAffine(np.ones(pixels.shape[:2], dtype=np.uint8), from_held, size, flags=cv2.INTER_NEAREST) > 0
    cut = np.array(
        cv2.warpAffine(pixels, from_held, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8
    )
    cut[~inside] = OUTSIDE
    return LevelledFace(face=face, pixels=cut, inside=inside, matrix=matrix)


def _moved(matrix: FloatArray, points: FloatArray) -> FloatArray:
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2])
