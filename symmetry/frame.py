"""The facial frame: a plane of symmetry fitted in 3-D, and the asymmetry that is left in it.

Everything takes batches (..., 478, 3) and works on all faces at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symmetry.errors import InvalidPointsError
from symmetry.mesh import (
    EYE_RIGHT,
    IRIS_LEFT,
    IRIS_RIGHT,
    JAW_RIGHT,
    LANDMARKS,
    LIPS_INNER,
    LIPS_OUTER,
    MIDLINE,
    MIRROR,
    NOSE_MIDLINE,
    NOSE_RIGHT,
    REFERENCE,
    STABLE_UPPER_FACE,
    SUBJECT_LEFT,
    subject_left,
)

FloatArray = NDArray[np.float64]

# Only parts with an outline of their own have a say in the plane: on plain skin (cheeks, forehead) the mesh shows what
# faces usually look like, not what this one does. Brows are left out because they move most of all.
_OUTLINES = np.concatenate(
    [subject_left(part) for part in (EYE_RIGHT, LIPS_OUTER + LIPS_INNER, NOSE_RIGHT, JAW_RIGHT)]
    + [np.asarray(NOSE_MIDLINE)]
)
_FIRST: Final = np.concatenate([np.intersect1d(SUBJECT_LEFT, _OUTLINES), np.intersect1d(MIDLINE, _OUTLINES)])
_SECOND: Final = MIRROR[_FIRST]
_SAY: Final = np.where(_FIRST == _SECOND, 0.5, 1.0)  # a midline landmark is one point, a pair is two

_ROUNDS: Final = 8
_LET_GO: Final = 2.5
"""Residual, in robust standard deviations, at which a pair has half its say in the plane."""
_MEDIAN_OF_CHI3: Final = 1.5382
_FLOOR: Final = 1e-8
"""Least spread, as a share of the face: rounding alone must not make pairs let go."""

_UPPER_TRIANGLE = np.triu_indices(3)
_FULL = np.array([[0, 1, 2], [1, 3, 4], [2, 4, 5]])  # place of entry (i, j) of a symmetric matrix in its upper triangle
_SQUARES = np.array([0, 3, 5])
_TWICE_OFF_DIAGONAL = np.array([1.0, 2.0, 2.0, 1.0, 2.0, 1.0])
_UPRIGHT = np.array([1.0, -1.0, -1.0])
"""Image axes (x right, y down, z away) to axes of the same hand as the facial frame (y up, z toward the camera)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FacialFrame:
    """Where a face is in its photo and which way it points.

    Attributes
    ----------
    origin : ndarray, shape (..., 3)
        Point of the plane of symmetry midway between the irises; image pixels.
    axes : ndarray, shape (..., 3, 3)
        Rows: unit vectors toward the subject's left, up and out of the face, in image axes (x right, y down, z away).
    """

    origin: FloatArray
    axes: FloatArray

    def place(self, points: ArrayLike) -> FloatArray:
        """Bring image points (..., n, 3) into the facial frame: x toward the subject's left, y up, z out; pixels."""
        return np.asarray((np.asarray(points) - self.origin[..., None, :]) @ np.swapaxes(self.axes, -1, -2))

    def to_image(self, placed: ArrayLike) -> FloatArray:
        """Bring points (..., n, 3) of the facial frame (pixels) back into the image; the inverse of `place`."""
        return np.asarray(np.asarray(placed) @ self.axes + self.origin[..., None, :])

    def pose(self) -> FloatArray:
        """Yaw, pitch and roll in degrees, shape (..., 3).

        Positive: turned toward the subject's left, turned up, the subject's left eye higher in the picture.
        """
        left, up, out = (self.axes[..., i, :] * _UPRIGHT for i in range(3))
        yaw = np.arctan2(out[..., 0], out[..., 2])
        pitch = np.arcsin(np.clip(out[..., 1], -1.0, 1.0))
        roll = np.arctan2(left[..., 1], up[..., 1])
        return np.asarray(np.degrees(np.stack([yaw, pitch, roll], axis=-1)))


def check_points(points: ArrayLike) -> FloatArray:
    """Landmarks as float64, shape (..., 478, 3), all finite.

    Raises
    ------
    InvalidPointsError
        If the shape is another or a value is not finite.
    """
    array = np.asarray(points, dtype=np.float64)
    if array.ndim < 2 or array.shape[-2:] != (LANDMARKS, 3):
        raise InvalidPointsError(f"landmarks must have shape (..., {LANDMARKS}, 3), not {array.shape}")
    if not np.isfinite(array).all():
        raise InvalidPointsError("landmarks must be finite numbers")
    return array


def fit_frame(points: ArrayLike) -> FacialFrame:
    """Fit the facial frame: the plane in which the face is most like its own mirror image.

    Each landmark of an outline (eyes, nose, lips, jaw) is compared with its mirrored partner in 3-D. Pairs that
    disagree more than most lose their say and the plane is fitted again, so that one drooping corner does not drag the
    midline. Up is where the stable upper face, made even, points most like the reference face.

    Parameters
    ----------
    points : array_like, shape (..., 478, 3)
        Landmarks in image axes: x right, y down, z away from the camera, one unit for all three.

    Returns
    -------
    FacialFrame
        With the leading axes of `points`.

    Raises
    ------
    InvalidPointsError
        If `points` has another shape or holds values that are not finite.
    """
    array = check_points(points)
    normal, distance = fit_plane(array)
    upright, centre = _centred(array)
    normal = normal * _UPRIGHT
    up, out = _point_up(upright, normal)
    between = (upright[..., IRIS_LEFT, :] + upright[..., IRIS_RIGHT, :]) / 2 + centre
    off_plane = _dot(between * _UPRIGHT, normal * _UPRIGHT) - distance
    origin = (between - off_plane[..., None] * normal) * _UPRIGHT
    return FacialFrame(origin=origin, axes=np.stack([normal, up, out], axis=-2) * _UPRIGHT)


def fit_plane(points: ArrayLike, *, without: tuple[tuple[int, ...], ...] = ((),)) -> tuple[FloatArray, FloatArray]:
    """Fit the plane of symmetry, once for each set of landmarks to be left out.

    Parameters
    ----------
    points : array_like, shape (..., 478, 3)
        Landmarks in image axes.
    without : tuple of m tuples of int
        Landmarks that must have no say in the plane, nor their mirror partners; one fit each.

    Returns
    -------
    normal : ndarray, shape (m, ..., 3), or (..., 3) by default
        Unit normal toward the subject's left, in image axes.
    distance : ndarray, shape (m, ...), or (...) by default
        Of the plane from the image's origin, along the normal.

    Notes
    -----
    For a plane with unit normal n at distance d, a pair (p, q) has the squared residual
    |p - q|^2 - (n.(p - q))^2 + (n.(p + q) - 2d)^2. Summed with weights this is a quadratic form in n, so the best plane
    is an eigenvector of a 3 x 3 matrix: object symmetry by relabelling and reflection (Mardia, Bookstein & Moreton
    2000; Klingenberg, Barluenga & Meyer 2002). The weights 1 / (1 + (r / ks)^2), with s from the median residual and k
    = 2.5, let go of asymmetric parts as those of Claes et al. (2012) do.
    """
    array = check_points(points)
    upright, centre = _centred(array)
    first, second = upright[..., _FIRST, :], upright[..., _SECOND, :]
    left_out = np.array([np.isin(_FIRST, parts) | np.isin(_SECOND, parts) for parts in without])
    say = np.where(left_out, 0.0, _SAY).reshape(len(without), *(1,) * (array.ndim - 2), len(_FIRST))
    normal, distance = _robust_plane(first - second, first + second, say)

    facing_left = _dot(normal, upright[..., IRIS_LEFT, :] - upright[..., IRIS_RIGHT, :])
    side = np.where(facing_left < 0, -1.0, 1.0)
    normal = normal * side[..., None]
    distance = distance * side + _dot(normal, centre)
    if without == ((),):
        normal, distance = normal[0], distance[0]
    return normal * _UPRIGHT, distance


def asymmetry_field(placed: ArrayLike) -> FloatArray:
    """Each landmark less its mirrored partner, in x and y of the facial frame.

    Parameters
    ----------
    placed : array_like, shape (..., 478, 3)
        Landmarks in the facial frame (x toward the subject's left, y up), in any unit.

    Returns
    -------
    ndarray, shape (..., 478, 2)
        In the unit of `placed`. At a subject-left landmark +x means further out than its partner, +y higher.
    """
    points = check_points(placed)[..., :2]
    return np.asarray(points - points[..., MIRROR, :] * [-1.0, 1.0], dtype=np.float64)


def _dot(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray((a * b).sum(axis=-1))


def _centred(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Landmarks turned upright and brought to their mean, and that mean: large offsets would cost digits."""
    upright = points * _UPRIGHT
    centre = upright[..., _FIRST, :].mean(axis=-2)
    return upright - centre[..., None, :], centre


def _robust_plane(difference: FloatArray, total: FloatArray, say: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Plane of symmetry from pairs' differences and sums (..., pairs, 3), for weights (m, ..., pairs) to start with."""
    outer_difference = difference[..., _UPPER_TRIANGLE[0]] * difference[..., _UPPER_TRIANGLE[1]]
    outer_total = total[..., _UPPER_TRIANGLE[0]] * total[..., _UPPER_TRIANGLE[1]]
    apart = outer_difference[..., _SQUARES].sum(axis=-1)
    features = np.concatenate([outer_total - outer_difference, total], axis=-1)
    size = outer_total[..., _SQUARES].sum(axis=-1).max(axis=-1)
    floor = _FLOOR**2 * np.maximum(size, np.finfo(np.float64).tiny)

    weight = np.broadcast_to(say, np.broadcast_shapes(say.shape, apart.shape))
    for _ in range(_ROUNDS):
        sums = (weight[..., None, :] @ features)[..., 0, :] / weight.sum(axis=-1)[..., None]
        mean = sums[..., 6:]
        moment = sums[..., :6][..., _FULL] - mean[..., :, None] * mean[..., None, :]
        normal = np.linalg.eigh(moment)[1][..., :, 0]
        distance = _dot(mean, normal)  # of the sums: twice the plane's

        outer_normal = normal[..., _UPPER_TRIANGLE[0]] * normal[..., _UPPER_TRIANGLE[1]] * _TWICE_OFF_DIAGONAL
        form = np.concatenate([outer_normal, -2 * distance[..., None] * normal], axis=-1)
        squared = np.maximum(apart + (features @ form[..., None])[..., 0] + (distance**2)[..., None], 0.0)
        spread = np.maximum(np.median(squared, axis=-1) / _MEDIAN_OF_CHI3**2, floor)
        weight = say / (1 + squared / (_LET_GO**2 * spread[..., None]))
    return normal, distance / 2


def _point_up(upright: FloatArray, normal: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Up and outward directions within the plane, so that the stable upper face points as the reference does."""
    # Any two directions of the plane will do to measure the angle against the reference.
    helper = np.where(np.abs(normal[..., 1:2]) < 0.9, [0.0, 1.0, 0.0], [1.0, 0.0, 0.0])
    out = np.cross(normal, helper)
    out /= np.linalg.norm(out, axis=-1, keepdims=True)
    up = np.cross(out, normal)

    shape = upright[..., STABLE_UPPER_FACE, :]
    shape = shape - shape.mean(axis=-2, keepdims=True)
    reference = REFERENCE[STABLE_UPPER_FACE] - REFERENCE[STABLE_UPPER_FACE].mean(axis=0)
    y, z = (np.einsum("...ni,...i->...n", shape, axis) for axis in (up, out))
    sine = (z * reference[:, 1] - y * reference[:, 2]).sum(axis=-1)
    cosine = (y * reference[:, 1] + z * reference[:, 2]).sum(axis=-1)
    size = np.hypot(sine, cosine)
    sine, cosine = (sine / size)[..., None], (cosine / size)[..., None]
    return cosine * up + sine * out, cosine * out - sine * up
