"""A face brought onto the shape that all faces share, so that the same place of two faces lies on the same pixel.

The landmarks say how: each pixel of the standard face looks up its photo where the mesh puts that part of the face.
Head turn, size and the person's own proportions drop out; what is left to find is what the landmarks missed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates
from scipy.sparse import csr_array
from scipy.spatial import Delaunay

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import IRIS_RIGHT, MIRROR, REFERENCE
from symmetry.photos.reading import Photo

Float32 = NDArray[np.float32]

PIXELS_PER_MM: Final = 1.1
"""Of the standard face: 70 pixels between the eyes. Twice as many see no more of any movement (bench gains within 0.02)
and take four times as long."""
WIDTH, HEIGHT = 176, 208
_EYES_DOWN: Final = 68.0
"""Row of the line between the eyes."""
_NODE: Final = 2
"""Pixels from one node of the grid that ties the standard face to its photo to the next."""
_CELLS: Final = (WIDTH // _NODE, HEIGHT // _NODE)

_STEPS: Final = 32
"""Places in the photo are rounded to 1 / 32 pixel, which OpenCV would do in a way that differs in the mirror image."""

_CONTRAST_MM: Final = 5.5
"""Neighbourhood within which brightness and contrast are made even."""
_LITTLE: Final = 0.3
"""Contrast that counts as little, as a share of the face's median: a share, so that exposure does not matter."""
_GREY_LEVELS: Final = 0.5
"""Contrast that rounding to whole grey levels makes."""
_MOST: Final = 3.0

_NO_SECOND_MAP: Final = np.empty(0, dtype=np.float32)
MESH: Final = np.arange(IRIS_RIGHT)
"""Landmarks that tie face and photo; irises move by themselves."""


def _to_pixels(points: FloatArray) -> FloatArray:
    """Pixels (..., 2) of the standard face at points (..., 2) of the reference face, mm, y up."""
    return np.asarray(points * [PIXELS_PER_MM, -PIXELS_PER_MM] + [(WIDTH - 1) / 2, _EYES_DOWN])


LANDMARK_PIXELS: Final = _to_pixels(REFERENCE[MESH, :2])
_AFFINE_FIT: Final = np.linalg.pinv(np.column_stack([LANDMARK_PIXELS, np.ones(len(MESH))]))
"""From places (468, n) of the landmarks to the affine map, shape (3, n), that fits them best."""

# Round the face stand anchors that follow the face as a whole.
_ANCHORS: Final = np.array(
    [
        (x, y)
        for y in np.linspace(-20, HEIGHT + 19, 5)
        for x in np.linspace(-20, WIDTH + 19, 5)
        if not (0 <= x < WIDTH and 0 <= y < HEIGHT)
    ]
)
_FOLLOWING: Final = np.column_stack([_ANCHORS, np.ones(len(_ANCHORS))]) @ _AFFINE_FIT


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StandardFace:
    """A face on the common shape.

    Attributes
    ----------
    pattern : ndarray, shape (208, 176), float32
        Luminance with local brightness and contrast made even: about 0, spread about 1, at most 3.
    inside : ndarray, shape (208, 176), bool
        Where the photo has pixels.
    nodes : ndarray, shape (104, 88, 3), float32
        Where in the photo (pixels at full size, and depth) every second pixel of the standard face lies.
    """

    pattern: Float32 = field(repr=False)  # the photo's own pixels
    inside: NDArray[np.bool_]
    nodes: Float32

    def mirrored(self) -> StandardFace:
        """Give the standard face of the mirror image of the photo, whose x axis runs the other way."""
        flipped = np.ascontiguousarray(self.nodes[:, ::-1])
        flipped[..., 0] *= -1
        return replace(
            self,
            pattern=np.ascontiguousarray(self.pattern[:, ::-1]),
            inside=np.ascontiguousarray(self.inside[:, ::-1]),
            nodes=flipped,
        )

    def locate(self, pixels: FloatArray) -> FloatArray:
        """Place in the photo, shape (n, 3), of points (n, 2) of the standard face."""
        return sample(self.nodes, (pixels - (_NODE - 1) / 2) / _NODE)


def standardize(photo: Photo, landmarks: FloatArray) -> StandardFace:
    """Bring the face of a photo onto the common shape.

    Parameters
    ----------
    photo : Photo
    landmarks : ndarray, shape (478, 3)
        Pixels of the upright photo at full size.

    Returns
    -------
    StandardFace
    """
    nodes = _spread(landmarks)
    at = cv2.resize(photo.to_decoded(nodes[..., :2]), (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    at = np.rint(at * _STEPS) / _STEPS
    height, width = photo.pixels.shape[:2]
    inside = ((at >= -0.5) & (at <= np.array([width, height]) - 0.5)).all(axis=-1)

    # Cut the face out, and let go of detail finer than a pixel of the standard face.
    step = float(np.sqrt(np.abs(np.linalg.det(_linear_part(photo.to_decoded(landmarks[MESH, :2]))))))
    reach = int(np.ceil(3 * step)) + 3
    first = np.clip(np.floor(at.min(axis=(0, 1))).astype(int) - reach, 0, [width - 1, height - 1])
    last = np.clip(np.ceil(at.max(axis=(0, 1))).astype(int) + reach, first, [width - 1, height - 1])
    cut = photo.pixels[first[1] : last[1] + 1, first[0] : last[0] + 1]
    grey = np.asarray(cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    if step > 1.2:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.4 * step), dtype=np.uint8)
    luminance = look_up(grey.astype(np.float32), (at - first).astype(np.float32), cv2.INTER_CUBIC)
    return StandardFace(pattern=_even_contrast(luminance), inside=inside, nodes=nodes.astype(np.float32))


def standard_face_from(pattern: Float32, inside: NDArray[np.bool_], landmarks: FloatArray) -> StandardFace:
    """Put a standard face together again whose picture was kept: its landmarks (478, 3) say where it lies."""
    return StandardFace(pattern=pattern, inside=inside, nodes=_spread(landmarks).astype(np.float32))


def sample(field: Float32, pixels: FloatArray) -> FloatArray:
    """Values (n, channels) of a field (h, w, channels) at points (n, 2), linear between pixels, level beyond."""
    at = pixels[:, ::-1].T  # row, column
    channels = [map_coordinates(field[..., i], at, order=1, mode="nearest") for i in range(field.shape[2])]
    return np.asarray(np.stack(channels, axis=-1), dtype=np.float64)


def look_up(image: Float32, at: Float32, interpolation: int = cv2.INTER_LINEAR) -> Float32:
    """Values of an image (h, w) or (h, w, channels) at places (m, n, 2), pixels; level beyond its edge."""
    found = cv2.remap(image, at, _NO_SECOND_MAP, interpolation, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, dtype=np.float32)


def _even_contrast(luminance: Float32) -> Float32:
    sigma = _CONTRAST_MM * PIXELS_PER_MM
    difference = luminance - cv2.GaussianBlur(luminance, (0, 0), sigma)
    spread = np.sqrt(cv2.GaussianBlur(difference * difference, (0, 0), sigma))
    spread += _LITTLE * np.median(spread) + _GREY_LEVELS
    return np.asarray(np.clip(difference / spread, -_MOST, _MOST), dtype=np.float32)


def _spread(landmarks: FloatArray) -> FloatArray:
    """Places in the photo, shape (104, 88, 3), of the nodes: linear within the triangles of the mesh, then smoothed."""
    corners = np.vstack([landmarks[MESH], _FOLLOWING @ landmarks[MESH]])
    places = (_node_weights() @ corners).reshape(*_CELLS[::-1], 3)
    return np.asarray(cv2.GaussianBlur(places, (0, 0), 1.0), dtype=np.float64)


def _linear_part(points: FloatArray) -> FloatArray:
    """Linear part (2, 2) of the affine map from pixels of the standard face to points (468, 2)."""
    return np.asarray((_AFFINE_FIT @ points)[:2])


@cache
def _node_weights() -> csr_array:
    """Weights (nodes, 468 + anchors) of landmarks and anchors in each node's place; exactly even."""
    corners = np.vstack([LANDMARK_PIXELS, _ANCHORS])
    triangles = Delaunay(corners)
    x, y = np.meshgrid(*(np.arange(cells) * _NODE + (_NODE - 1) / 2 for cells in _CELLS))
    nodes = np.column_stack([x.ravel(), y.ravel()])
    found = triangles.find_simplex(nodes)
    to_barycentric = triangles.transform[found]
    two = np.einsum("nij,nj->ni", to_barycentric[:, :2], nodes - to_barycentric[:, 2])
    shares = np.column_stack([two, 1 - two.sum(axis=1)])
    rows = np.repeat(np.arange(len(nodes)), 3)
    weights = csr_array((shares.ravel(), (rows, triangles.simplices[found].ravel())), (len(nodes), len(corners)))

    flipped_nodes = np.arange(len(nodes)).reshape(_CELLS[::-1])[:, ::-1].ravel()
    flipped_anchors = np.lexsort((-_ANCHORS[:, 0], _ANCHORS[:, 1]))  # they stand row by row, from left to right
    partner = np.concatenate([MIRROR[MESH], len(MESH) + flipped_anchors])
    return csr_array((weights + weights[flipped_nodes][:, partner]) / 2)
