"""What the face mesh does between its two halves: eleven operations of MediaPipe's attention mesh, in NumPy.

The trunk gives a map of features and a coarse mesh. Around lips and eyes as they lie there, a turned box is cut out of
the features (three boxes, three cuts); the heads find lips, eyes and irises within the boxes, and their answers are put
back into the crop (five). Formulas: Grishchenko et al., "Attention Mesh" (2020), and MediaPipe's
`util/tflite/operations`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

FEATURE_STEP: Final = 4
"""Pixels of the crop per pixel of the feature map."""
IRISES: Final = {"right_eye": range(468, 473), "left_eye": range(473, 478)}
"""Landmarks of the irises, by the box that they are found in."""
_OUTLINE: Final = 16
"""An eye's landmarks begin with its outline, whose mean depth its iris gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """How a part of the face is boxed."""

    level: tuple[int, int]  # landmarks of the coarse mesh whose line is level within the box
    scale: float  # sides of the box, as a multiple of the part's extent
    side: int  # pixels of the feature map's cut-out on each side
    around: NDArray[np.intp]  # landmarks that the box is put around: those that its head refines, in this order


def read_boxes(file: Path) -> dict[str, Box]:
    """Read the boxes of lips, right eye and left eye from the file that `tools/cut_networks.py` writes."""
    listed = json.loads(file.read_text(encoding="utf-8"))
    return {
        name: Box(
            level=tuple(listed[name]["level"]),
            scale=listed[name]["scale"],
            side=listed[name]["side"],
            around=np.array(listed[name]["around"], dtype=np.intp),
        )
        for name in ("lips", "right_eye", "left_eye")
    }


class Heads(NamedTuple):
    """What the heads find within the boxes, each shape (n, 2), in pixels from the box's corner before it is turned."""

    lips: Float32
    right_eye: Float32
    right_iris: Float32
    left_eye: Float32
    left_iris: Float32


def box_matrix(coarse: Float32, box: Box) -> Float32:
    """Affine map (2, 3) from pixels of a cut-out to the feature map (`Landmarks2TransformMatrix`).

    Parameters
    ----------
    coarse : ndarray, shape (468, 3)
        Coarse mesh, pixels of the feature map.
    box : Box
        The cut-out is `side` pixels wide and high; its corner is 0, its middle `side / 2`.
    """
    left, right = coarse[box.level[0], :2], coarse[box.level[1], :2]
    along = (right - left) / np.hypot(*(right - left))
    turn = np.array([[along[0], -along[1]], [along[1], along[0]]])
    levelled = coarse[box.around, :2] @ turn
    low, high = levelled.min(axis=0), levelled.max(axis=0)
    linear = turn * ((high - low) * box.scale / box.side)
    offset = turn @ ((low + high) / 2) - linear.sum(axis=1) * (box.side / 2)
    return np.column_stack([linear, offset]).astype(np.float32)


def cut_features(features: Float32, matrix: Float32, side: int) -> Float32:
    """Cut-out (side, side, channels) of a feature map (h, w, channels), bilinear (`TransformTensorBilinear`).

    Pixel centres map to pixel centres; what lies beyond the outermost centres is 0.
    """
    height, width, channels = features.shape
    steps = np.arange(side, dtype=np.float32) + np.float32(0.5)
    across, down = steps[None, :], steps[:, None]
    x, y = ((row[0] * across + row[1] * down + (row[2] - np.float32(0.5))).ravel() for row in matrix)
    within = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    left, top = np.clip(np.floor(x), 0, width - 2), np.clip(np.floor(y), 0, height - 2)
    right_share, lower_share = (x - left) * within, (y - top) * within
    upper_share = within - lower_share
    upper = (upper_share * (1 - right_share), upper_share * right_share)
    lower = (lower_share * (1 - right_share), lower_share * right_share)
    corner = (top * width + left).astype(np.intp)
    places = np.stack([corner, corner + 1, corner + width, corner + width + 1])
    found = features.reshape(-1, channels).take(places, axis=0)
    found *= np.stack([*upper, *lower]).astype(np.float32)[..., None]
    return np.asarray(found.sum(axis=0).reshape(side, side, channels))


def put_back(points: Float32, matrix: Float32) -> Float32:
    """Points (n, 2) that a head found in its box, in pixels of the crop (`TransformLandmarks`)."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2] * FEATURE_STEP, dtype=np.float32)


def refined(mesh: Float32, heads: Heads, boxes: dict[str, Box], matrices: Sequence[Float32]) -> Float32:
    """All landmarks (478, 3) in pixels of the crop: the mesh (468, 3) with what the heads found put into it.

    Lips and eyes keep their depth; an iris gets the mean depth of its eye's outline.
    """
    found = np.empty((478, 3), dtype=np.float32)
    found[: len(mesh)] = mesh
    for (name, box), matrix in zip(boxes.items(), matrices, strict=True):
        found[box.around, :2] = put_back(getattr(heads, name), matrix)
        if name in IRISES:
            iris = IRISES[name]
            found[iris, :2] = put_back(getattr(heads, name.replace("eye", "iris")), matrix)
            found[iris, 2] = found[box.around[:_OUTLINE], 2].mean()
    return found
