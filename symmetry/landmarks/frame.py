"""The facial frame: a plane of symmetry fitted in 3-D, and the asymmetry that remains in it.

All functions take batches (..., 478, 3) and work on all faces at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import (
    AVERAGE_IPD_MM,
    CHIN,
    IRIS_LEFT,
    IRIS_RIGHT,
    JAW_RIGHT,
    MIRROR,
    REFERENCE,
    STABLE_UPPER_FACE,
)
from symmetry.landmarks.planes import fit_plane
from symmetry.landmarks.points import check_points

# Contour of the jaw, with one more landmark at either end.
_JAWLINE: Final = np.array([93, *JAW_RIGHT, CHIN, *MIRROR[list(JAW_RIGHT[::-1])], MIRROR[93]], dtype=np.intp)

ARM_MM: Final = 550.0
"""Distance of a camera at arm's length, for which perspective is taken out of photos. A face that looks into the camera
stays even from any distance, so a wrong one costs little."""
_TINY: Final = float(np.finfo(np.float64).tiny)
_UPRIGHT = np.array([1.0, -1.0, -1.0])
"""From image axes (x right, y down, z away) to axes of the facial frame's handedness (y up, z toward the camera)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FacialFrame:
    """Position and orientation of a face in its photo.

    Attributes
    ----------
    origin : ndarray, shape (..., 3)
        Point of the plane of symmetry midway between the irises, image pixels.
    axes : ndarray, shape (..., 3, 3)
        Rows: unit vectors toward the subject's left, up and out of the face, in image axes (x right, y down, z away).
    nearness : ndarray, shape (...)
        Inverse of the distance between camera and irises, 1/pixel: how strongly perspective enlarges what is nearer.
        0: seen from afar.
    """

    origin: FloatArray
    axes: FloatArray
    nearness: FloatArray | float = 0.0

    def __post_init__(self) -> None:
        for name in ("origin", "axes", "nearness"):
            kept = np.array(getattr(self, name), dtype=np.float64)
            kept.flags.writeable = False
            object.__setattr__(self, name, kept)

    def place(self, points: ArrayLike) -> FloatArray:
        """Transform image points (..., n, 3) to the facial frame: x toward the subject's left, y up, z out; pixels."""
        return np.swapaxes(self.axes @ _from_afar(np.asarray(points), self.origin, self.nearness), -1, -2)

    def to_image(self, placed: ArrayLike) -> FloatArray:
        """Transform points (..., n, 3) of the facial frame (pixels) to the image; the inverse of `place`."""
        from_origin = np.asarray(placed) @ self.axes
        from_origin[..., :2] /= 1 + from_origin[..., 2:] * np.asarray(self.nearness)[..., None, None]
        return np.asarray(from_origin + self.origin[..., None, :])

    def pose(self) -> FloatArray:
        """Yaw, pitch and roll in degrees, shape (..., 3).

        Positive angles: turned toward the subject's left, turned up, the subject's left eye higher in the image.
        """
        left, up, out = (self.axes[..., i, :] * _UPRIGHT for i in range(3))
        # Roll comes last, so that turning the image changes roll alone. R = Rz(roll) Ry(yaw) Rx(-pitch).
        yaw = np.arcsin(np.clip(-left[..., 2], -1.0, 1.0))
        pitch = np.arctan2(-up[..., 2], out[..., 2])
        roll = np.arctan2(left[..., 1], left[..., 0])
        return np.asarray(np.degrees(np.stack([yaw, pitch, roll], axis=-1)))


def fit_frame(points: ArrayLike, *, camera_mm: float = np.inf) -> FacialFrame:
    """Fit the facial frame: the plane in which the face is most like its own mirror image.

    Each landmark of an outline (eyes, nose, lips, jaw) is compared with its mirrored partner in 3-D. Pairs that
    disagree more than most are downweighted and the plane is fitted again, so that one drooping corner does not drag
    the midline. The pitch is that at which the stable upper face is best aligned with the reference face.

    Parameters
    ----------
    points : array_like, shape (..., 478, 3)
        Landmarks in image axes: x right, y down, z away from the camera, one unit for all three.
    camera_mm : float
        Distance of the camera, mm, by which perspective is taken out. A turned head is not the mirror image of itself
        in perspective: each degree raises one side of the jaw by 0.15 mm, seen from 55 cm. Infinite: from afar.

    Returns
    -------
    FacialFrame
        With the leading axes of `points`.

    Raises
    ------
    InvalidPointsError
        If `points` has another shape or is not finite.

    Examples
    --------
    >>> from symmetry.landmarks.mesh import REFERENCE
    >>> frame = fit_frame(REFERENCE * [1, -1, -1])  # an upright, symmetric face in image axes
    >>> bool(abs(frame.pose()).max() < 1e-6)
    True
    """
    array = check_points(points)
    between = (array[..., IRIS_LEFT, :] + array[..., IRIS_RIGHT, :]) / 2
    apart = np.linalg.norm(array[..., IRIS_LEFT, :] - array[..., IRIS_RIGHT, :], axis=-1)
    nearness = AVERAGE_IPD_MM / camera_mm / np.maximum(apart, _TINY)
    seen_from_afar = np.swapaxes(_from_afar(array, between, nearness), -1, -2)
    normals, distances = fit_plane(seen_from_afar)
    normal, distance = normals[..., 0, :], distances[..., 0]
    up, out = _point_up(seen_from_afar[..., STABLE_UPPER_FACE, :] * _UPRIGHT, normal * _UPRIGHT)
    origin = between + distance[..., None] * normal
    return FacialFrame(
        origin=origin, axes=np.stack([normal, up * _UPRIGHT, out * _UPRIGHT], axis=-2), nearness=nearness
    )


def _from_afar(points: FloatArray, origin: FloatArray, nearness: FloatArray | float) -> FloatArray:
    """Points (..., n, 3) from an origin, without perspective, shape (..., 3, n): long inner axes are much faster."""
    seen = np.array(np.swapaxes(points, -1, -2), dtype=np.float64, order="C")
    seen = seen - origin[..., None]
    seen[..., :2, :] *= 1 + seen[..., 2:, :] * np.asarray(nearness)[..., None, None]
    return np.asarray(seen)


def asymmetry_field(placed: ArrayLike) -> FloatArray:
    """Each landmark less its mirrored partner, in x and y of the facial frame.

    Parameters
    ----------
    placed : array_like, shape (..., 478, 3)
        Landmarks in the facial frame (x toward the subject's left, y up), in any unit.

    Returns
    -------
    ndarray, shape (..., 478, 2)
        In the unit of `placed`. At a subject-left landmark, +x: further out than its partner, +y: higher.
    """
    points = check_points(placed)
    x, y = points[..., 0], points[..., 1]
    return np.stack([x + x[..., MIRROR], y - y[..., MIRROR]], axis=-1)


def made_even(placed: ArrayLike) -> FloatArray:
    """Mean of a face (..., 478, 3) in the facial frame and its mirror image."""
    points = np.asarray(placed)
    return np.asarray((points + points[..., MIRROR, :] * [-1.0, 1.0, 1.0]) / 2)


def across_jawline(field: ArrayLike, placed: ArrayLike) -> FloatArray:
    """Reduce vectors at the jawline to their component across it: no movement can be seen along an edge.

    Parameters
    ----------
    field : array_like, shape (..., 478, 2)
        Vectors in x and y of the facial frame.
    placed : array_like, shape (..., 478, 3)
        Landmarks in the facial frame.

    Returns
    -------
    ndarray, shape (..., 478, 2)
        The field, projected onto the normal of the contour at the landmarks of the jawline.
    """
    vectors = np.array(field, dtype=np.float64)
    contour = np.asarray(placed)[..., _JAWLINE, :2]
    along = contour[..., 2:, :] - contour[..., :-2, :]
    normal = np.stack([along[..., 1], -along[..., 0]], axis=-1) / np.linalg.norm(along, axis=-1, keepdims=True)
    inner = _JAWLINE[1:-1]
    vectors[..., inner, :] = _dot(vectors[..., inner, :], normal)[..., None] * normal
    return vectors


def _dot(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray((a * b).sum(axis=-1))


def _point_up(upright: FloatArray, normal: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Up and outward directions within the plane that align the stable upper face with the reference face.

    Both the stable upper face (..., n, 3) and the plane's normal are in axes of the facial frame's handedness.
    """
    # Any two directions within the plane will do to measure the angle to the reference.
    helper = np.where(np.abs(normal[..., 1:2]) < 0.9, [0.0, 1.0, 0.0], [1.0, 0.0, 0.0])
    out = np.cross(normal, helper)
    out /= np.linalg.norm(out, axis=-1, keepdims=True)
    up = np.cross(out, normal)

    shape = upright - upright.mean(axis=-2, keepdims=True)
    reference = REFERENCE[STABLE_UPPER_FACE] - REFERENCE[STABLE_UPPER_FACE].mean(axis=0)
    y, z = (np.einsum("...ni,...i->...n", shape, axis) for axis in (up, out))
    sine = (z * reference[:, 1] - y * reference[:, 2]).sum(axis=-1)
    cosine = (y * reference[:, 1] + z * reference[:, 2]).sum(axis=-1)
    size = np.hypot(sine, cosine)
    sine, cosine = (sine / size)[..., None], (cosine / size)[..., None]
    return cosine * up + sine * out, cosine * out - sine * up
