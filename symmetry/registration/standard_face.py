"""The standard face: a face warped to a common shape, so that the same place of two faces has the same pixel.

Each pixel of the standard face samples the photo where the mesh puts that part of the face. That removes head turn,
size and individual proportions, and leaves registration only what the landmarks missed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import as_file, files
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import IRIS_RIGHT, MIRROR, REFERENCE
from symmetry.photos.reading import Photo
from symmetry.photos.resampling import cut_around, resample

Float32 = NDArray[np.float32]

PIXELS_PER_MM: Final = 1.1
"""Resolution of the standard face: 70 pixels between the eyes. Twice as much sees no more of any movement (gains within
0.02) and takes four times as long."""
WIDTH, HEIGHT = 176, 208
_EYES_DOWN: Final = 68.0
"""Row of the line between the eyes."""
_NODE: Final = 2
"""Pixels between the nodes of the grid that ties the standard face to its photo."""
_CELLS: Final = (WIDTH // _NODE, HEIGHT // _NODE)

_CONTRAST_MM: Final = 4.0
"""Neighbourhood within which brightness and contrast are normalised."""
_LOW_CONTRAST: Final = 0.3
"""Contrast that counts as low, as a share of the median of the face, so that exposure does not matter."""
_GREY_LEVELS: Final = 0.5
"""Contrast that comes from rounding to whole grey levels."""
_LARGEST: Final = 3.0

MESH: Final = np.arange(IRIS_RIGHT)
"""Landmarks that tie the standard face to the photo; irises move by themselves."""


def _to_pixels(points: FloatArray) -> FloatArray:
    """Pixels (..., 2) of the standard face at points (..., 2) of the reference face, mm, y up."""
    return np.asarray(points * [PIXELS_PER_MM, -PIXELS_PER_MM] + [(WIDTH - 1) / 2, _EYES_DOWN])


LANDMARK_PIXELS: Final = _to_pixels(REFERENCE[MESH, :2])
_AFFINE_FIT: Final = np.linalg.pinv(np.column_stack([LANDMARK_PIXELS, np.ones(len(MESH))]))
"""Gives the best affine map, shape (3, n), from positions (468, n) of the landmarks."""

NODES: Final = np.stack(np.meshgrid(*(np.arange(cells) * _NODE + (_NODE - 1) / 2 for cells in _CELLS)), axis=-1)
"""Nodes of the grid, pixels of the standard face, shape (104, 88, 2)."""

# Anchors around the face, which follow the face as a whole.
ANCHORS: Final = np.array(
    [
        (x, y)
        for y in np.linspace(-20, HEIGHT + 19, 5)
        for x in np.linspace(-20, WIDTH + 19, 5)
        if not (0 <= x < WIDTH and 0 <= y < HEIGHT)
    ]
)
_FLIPPED: Final = np.lexsort((-ANCHORS[:, 0], ANCHORS[:, 1]))  # they are listed row by row, from left to right
_PARTNER: Final = np.concatenate([MIRROR[MESH], len(MESH) + _FLIPPED])
_FOLLOWING: Final = np.column_stack([ANCHORS, np.ones(len(ANCHORS))]) @ _AFFINE_FIT


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StandardFace:
    """A face warped to the common shape."""

    # shape (208, 176); luminance with local brightness and contrast normalised: mean about 0, spread about 1, at most 3
    pattern: Float32 = field(repr=False)  # the photo's own pixels
    inside: NDArray[np.bool_]  # shape (208, 176); whether the photo covers the pixel
    # shape (104, 88, 3); position in the photo (pixels at full size, and depth) of every second pixel of the standard
    # face
    nodes: Float32

    def mirrored(self) -> StandardFace:
        """Return the standard face of the photo's mirror image, whose x axis is reversed."""
        flipped = np.ascontiguousarray(self.nodes[:, ::-1])
        flipped[..., 0] *= -1
        return replace(
            self,
            pattern=np.ascontiguousarray(self.pattern[:, ::-1]),
            inside=np.ascontiguousarray(self.inside[:, ::-1]),
            nodes=flipped,
        )

    def locate(self, pixels: FloatArray) -> FloatArray:
        """Positions in the photo, shape (n, 3), of points (n, 2) of the standard face."""
        return sample(self.nodes, (pixels - (_NODE - 1) / 2) / _NODE)


def standardize(photo: Photo, landmarks: FloatArray) -> StandardFace:
    """Warp the face of a photo to the common shape.

    Parameters
    ----------
    photo : Photo
    landmarks : ndarray, shape (478, 3)
        Pixels of the upright photo at full size.
    """
    nodes = node_positions(landmarks)
    at = cv2.resize(photo.to_decoded(nodes[..., :2]), (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    height, width = photo.pixels.shape[:2]
    inside = np.asarray(((at >= -0.5) & (at <= np.array([width, height]) - 0.5)).all(axis=-1))

    # Cut out the face, and blur detail finer than a pixel of the standard face.
    step = float(np.sqrt(np.abs(np.linalg.det(_linear_part(photo.to_decoded(landmarks[MESH, :2]))))))
    cut, first = cut_around(photo.pixels, at, int(np.ceil(3 * step)) + 3)
    grey = np.asarray(cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    if step > 1.2:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.4 * step), dtype=np.uint8)
    luminance = resample(grey.astype(np.float32), at - first, interpolation=cv2.INTER_CUBIC)
    return StandardFace(pattern=_normalised(luminance), inside=inside, nodes=nodes.astype(np.float32))


def standard_face_from(pattern: Float32, inside: NDArray[np.bool_], landmarks: FloatArray) -> StandardFace:
    """Restore a standard face from its stored pattern and its landmarks (478, 3)."""
    return StandardFace(pattern=pattern, inside=inside, nodes=node_positions(landmarks).astype(np.float32))


def sample(field: Float32, pixels: FloatArray) -> FloatArray:
    """Values (n, channels) of a field (h, w, channels) at points (n, 2): linear between pixels, constant beyond."""
    height, width, channels = field.shape
    at = np.clip(pixels, 0, [width - 1, height - 1])
    column, row = np.minimum(at.astype(np.intp), [width - 2, height - 2]).T
    right, down = (at[:, 0] - column)[:, None], (at[:, 1] - row)[:, None]
    corner = row * width + column
    values = field.reshape(-1, channels)
    one, other, below, beside = (values.take(corner + step, axis=0) for step in (0, 1, width, width + 1))
    upper, lower = one + (other - one) * right, below + (beside - below) * right
    return np.asarray(upper + (lower - upper) * down, dtype=np.float64)  # where all are the same, so is their mean


def look_up(image: Float32, at: Float32) -> Float32:
    """Values of an image (h, w) or (h, w, channels) at positions (m, n, 2), pixels; constant beyond its edge."""
    return resample(image, at)


def _normalised(luminance: Float32) -> Float32:
    sigma = _CONTRAST_MM * PIXELS_PER_MM
    difference = luminance - cv2.GaussianBlur(luminance, (0, 0), sigma)
    spread = np.sqrt(cv2.GaussianBlur(difference * difference, (0, 0), sigma))
    spread += _LOW_CONTRAST * np.median(spread) + _GREY_LEVELS
    return np.asarray(np.clip(difference / spread, -_LARGEST, _LARGEST), dtype=np.float32)


def node_positions(landmarks: FloatArray) -> FloatArray:
    """Positions of the nodes in the photo, shape (104, 88, 3): linear within the mesh's triangles, then smoothed."""
    corners = np.vstack([landmarks[MESH], _FOLLOWING @ landmarks[MESH]])
    # The mesh's triangles and their mirror images have equal say, so mirrored faces have mirrored nodes.
    both = np.hstack([corners, corners[_PARTNER]])
    first, second, third = (both.take(corner, axis=0) * share for corner, share in zip(*_triangles(), strict=True))
    placed = (first + second + third).reshape(*_CELLS[::-1], 6)
    return np.asarray(cv2.GaussianBlur((placed[..., :3] + placed[:, ::-1, 3:]) / 2, (0, 0), 1.0), dtype=np.float64)


def _linear_part(points: FloatArray) -> FloatArray:
    """Linear part (2, 2) of the affine map from pixels of the standard face to points (468, 2)."""
    return np.asarray((_AFFINE_FIT @ points)[:2])


@cache
def _triangles() -> tuple[NDArray[np.intp], FloatArray]:
    """Corners (3, nodes) of the triangle around each node, row by row, and the share of each corner (3, nodes, 1).

    The triangles are those of Delaunay between landmarks and anchors; `tools/tabulate_nodes.py` wrote them down.
    """
    with as_file(files("symmetry.registration").joinpath("nodes.npy")) as file:
        around = np.ascontiguousarray(np.load(file).reshape(-1, 3).T, dtype=np.intp)
    first, second, third = np.vstack([LANDMARK_PIXELS, ANCHORS])[around]
    edges = np.stack([first - third, second - third], axis=-1)
    two = np.linalg.solve(edges, (NODES.reshape(-1, 2) - third)[..., None])[..., 0].T
    return around, np.vstack([two, 1 - two.sum(axis=0)])[..., None]
