"""What MediaPipe's face finders need around their networks: the picture they see, and faces from what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.photos.resampling import STEPS, resample

Float32 = NDArray[np.float32]

_SAME_FACE: Final = 0.3
"""Overlap of two boxes, intersection over union, from which on they are answers to one face."""
_KEYPOINTS: Final = 6


class SpottedFace(NamedTuple):
    """A face found by the detection network."""

    keypoints: FloatArray  # shape (6, 2); right eye, left eye, nose tip, mouth, right ear, left ear; pixels
    score: float  # confidence, 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """One of the two finders."""

    file: str  # its network
    side: int  # side of the network's input, pixels
    grids: tuple[tuple[int, int], ...]  # cells along a side, and answers per cell, of each grid that it answers on
    least: float  # score from which on an answer counts


NEAR: Final = Finder(file="finder_near.tflite", side=128, grids=((16, 2), (8, 6)), least=0.5)
FAR: Final = Finder(file="finder_far.tflite", side=192, grids=((48, 1),), least=0.6)
"""Scores are MediaPipe's; its far finder goes by 0.6 whatever it is asked for."""


def letterbox(image: NDArray[np.uint8], side: int) -> Float32:
    """Picture (side, side, 3) that a finder sees: the whole image (h, w, 3) with black bars, values from -1 to 1."""
    scale, bars = _fit(image.shape, side)
    # In MediaPipe's way: many positions lie half-way between two steps of OpenCV, and the last digits of this decide.
    corners = np.array([(0, side), (0, 0), (side, 0), (side, side)])
    ends = (corners * scale - bars).astype(np.float32)
    _, back = cv2.invert(cv2.getPerspectiveTransform(ends, corners.astype(np.float32)))
    x, y = np.arange(side), np.arange(side)[:, None]
    across, down, far = (row[0] * x + row[1] * y + row[2] for row in back)
    steps = np.rint(np.stack([across, down], axis=-1) * (STEPS / far)[..., None])
    picture = resample(image, steps / STEPS, border=cv2.BORDER_CONSTANT)
    return np.asarray(picture / np.float32(127.5) - np.float32(1), dtype=np.float32)


def _fit(shape: tuple[int, ...], side: int) -> tuple[float, FloatArray]:
    """Image pixels per pixel of the finder's picture, and the widths of the bars left and above in image pixels."""
    height, width = shape[:2]
    longer = max(height, width)
    return longer / side, np.array([longer - width, longer - height]) / 2


@cache
def anchors(finder: Finder) -> FloatArray:
    """Centres (n, 2) of the cells that a finder answers for, as shares of its picture."""
    centres = []
    for cells, answers in finder.grids:
        middle = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(middle, middle), axis=-1).reshape(-1, 2)
        centres.append(np.repeat(grid, answers, axis=0))
    return np.concatenate(centres)


def faces_from(boxes: Float32, logits: Float32, finder: Finder, shape: tuple[int, ...]) -> list[SpottedFace]:
    """Faces in an image of a shape, best first.

    Parameters
    ----------
    boxes : ndarray, shape (n, 16)
        Answers of the network, pixels of its picture from each anchor: centre, width and height, six keypoints.
    logits : ndarray, shape (n,)
        Confidence of each.
    finder : Finder
    shape : tuple
        Height and width of the image.
    """
    scores = 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -100, 100)))
    counts = scores >= finder.least
    scores = scores[counts]
    answers = boxes[counts].astype(np.float64).reshape(-1, 2 + _KEYPOINTS, 2) / finder.side
    centre = anchors(finder)[counts]
    middle, half = answers[:, 0] + centre, answers[:, 1] / 2
    keypoints = answers[:, 2:] + centre[:, None]
    scale, bars = _fit(shape, finder.side)
    faces = []
    left = np.argsort(-scores, kind="stable")
    while len(left):
        best = left[0]
        same = _overlap(middle[best], half[best], middle[left], half[left]) > _SAME_FACE
        same[0] = True
        group = left[same]
        mean = np.average(keypoints[group], axis=0, weights=scores[group])
        faces.append(SpottedFace(mean * finder.side * scale - bars - 0.5, float(scores[best])))
        left = left[~same]
    return faces


def _overlap(middle: FloatArray, half: FloatArray, middles: FloatArray, halves: FloatArray) -> FloatArray:
    """Intersection over union (n,) of a box with others, by their middles and half sides."""
    low, high = np.maximum(middle - half, middles - halves), np.minimum(middle + half, middles + halves)
    common = np.clip(high - low, 0, None).prod(axis=-1)
    return np.asarray(common / (4 * (half.prod() + halves.prod(axis=-1)) - common))
