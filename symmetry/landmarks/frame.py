"""The facial frame: a plane of symmetry fitted in 3-D, and the asymmetry that remains in it.

All functions take batches (..., 478, 3) and work on all faces at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError
from symmetry.landmarks.mesh import (
    AVERAGE_IPD_MM,
    CHIN,
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

# The plane is fitted to parts with an outline of their own: on plain skin (cheeks, forehead) the mesh follows the
# average face rather than this one. Brows are left out because they move most.
_OUTLINES = np.concatenate(
    [subject_left(part) for part in (EYE_RIGHT, LIPS_OUTER + LIPS_INNER, NOSE_RIGHT, JAW_RIGHT)]
    + [np.asarray(NOSE_MIDLINE)]
)
_FIRST: Final = np.concatenate([np.intersect1d(SUBJECT_LEFT, _OUTLINES), np.intersect1d(MIDLINE, _OUTLINES)])
_SECOND: Final = MIRROR[_FIRST]
_BASE_WEIGHT: Final = np.where(_FIRST == _SECOND, 0.5, 1.0)  # a midline landmark is one point, a pair is two

# Contour of the jaw, with one more landmark at either end.
_JAWLINE: Final = np.array([93, *JAW_RIGHT, CHIN, *MIRROR[list(JAW_RIGHT[::-1])], MIRROR[93]], dtype=np.intp)

_MOST_ROUNDS: Final = 100
_STILL: Final = 1e-4
"""Angle, radians, that a plane may still be expected to turn once it counts as found: 0.01 mm at the jaw."""
_DOWNWEIGHT: Final = 3.0
"""Residual, in robust standard deviations, at which a pair has half its weight."""
MEDIAN_OF_CHI3: Final = 1.5382
"""Median length of a vector of three standard normal numbers; turns a median residual into a standard deviation."""
_FLOOR: Final = 1e-8
"""Least spread, as a share of the face, so that rounding alone does not downweight pairs."""

ARM_MM: Final = 550.0
"""Distance of a camera at arm's length, for which perspective is taken out of photos. A face that looks into the camera
stays even from any distance, so a wrong one costs little."""
_TINY: Final = float(np.finfo(np.float64).tiny)
_FIRST_AXIS, _SECOND_AXIS = [0, 1, 2, 0, 1, 2], [0, 1, 2, 1, 2, 0]
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
        turn = np.ascontiguousarray(np.swapaxes(self.axes, -1, -2))  # three times as fast as the view
        from_origin = np.asarray(points) - self.origin[..., None, :]
        from_origin[..., :2] *= 1 + from_origin[..., 2:] * np.asarray(self.nearness)[..., None, None]
        return np.asarray(from_origin @ turn)

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


def check_points(points: ArrayLike) -> FloatArray:
    """Check landmarks and convert them to float64, shape (..., 478, 3).

    Raises
    ------
    InvalidPointsError
        If they have another shape or are not finite.
    """
    array = np.asarray(points, dtype=np.float64)
    if array.ndim < 2 or array.shape[-2:] != (LANDMARKS, 3):
        raise InvalidPointsError(f"landmarks must have shape (..., {LANDMARKS}, 3), not {array.shape}")
    if not np.isfinite(array).all():
        raise InvalidPointsError("landmarks must be finite numbers")
    return array


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
    seen_from_afar = FacialFrame(origin=between, axes=np.eye(3), nearness=nearness).place(array)
    normals, distances = fit_plane(seen_from_afar)
    normal, distance = normals[..., 0, :], distances[..., 0]
    up, out = _point_up(seen_from_afar[..., STABLE_UPPER_FACE, :] * _UPRIGHT, normal * _UPRIGHT)
    origin = between + distance[..., None] * normal
    return FacialFrame(
        origin=origin, axes=np.stack([normal, up * _UPRIGHT, out * _UPRIGHT], axis=-2), nearness=nearness
    )


def fit_plane(points: ArrayLike, *, without: tuple[tuple[int, ...], ...] = ((),)) -> tuple[FloatArray, FloatArray]:
    """Fit the plane of symmetry, once for each set of landmarks to leave out.

    Parameters
    ----------
    points : array_like, shape (..., 478, 3)
        Landmarks in image axes.
    without : tuple of m tuples of int
        Landmarks to leave out of each fit, together with their mirror partners.

    Returns
    -------
    normal : ndarray, shape (..., m, 3)
        Unit normals toward the subject's left, in image axes.
    distance : ndarray, shape (..., m)
        Distances of the planes from the origin of the image, along the normals.

    Notes
    -----
    For a plane with unit normal n at distance d, a pair (p, q) has the squared residual
    |p - q|^2 - (n.(p - q))^2 + (n.(p + q) - 2d)^2. The weighted sum is a quadratic form in n, so the best plane is an
    eigenvector of a 3 x 3 matrix: object symmetry by relabelling and reflection (Mardia, Bookstein & Moreton 2000;
    Klingenberg, Barluenga & Meyer 2002). The weights 1 / (1 + (r / ks)^2), with s from the median residual and k = 3,
    downweight asymmetric parts as those of Claes et al. (2012) do.
    """
    array = check_points(points)
    first, second = np.take(array, _FIRST, axis=-2), np.take(array, _SECOND, axis=-2)
    centre = first.mean(axis=-2)  # large offsets would cost digits
    left_out = np.zeros((len(without), LANDMARKS), dtype=bool)
    for parts, row in zip(without, left_out, strict=True):
        row[list(parts)] = True
    base = np.where(left_out[:, _FIRST] | left_out[:, _SECOND], 0.0, _BASE_WEIGHT)
    normal, distance = _robust_planes(first - second, first + second - 2 * centre[..., None, :], base)

    to_left = array[..., IRIS_LEFT, :] - array[..., IRIS_RIGHT, :]
    side = np.where(_dot(normal, to_left[..., None, :]) < 0, -1.0, 1.0)
    normal = normal * side[..., None]
    return normal, distance * side + _dot(normal, centre[..., None, :])


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


def _robust_planes(difference: FloatArray, total: FloatArray, base: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Planes of symmetry from pairs' differences and sums (..., pairs, 3), one for each row of weights."""
    leading = difference.shape[:-2]
    outer_difference, outer_total = _products(difference), _products(total)
    apart = outer_difference[:, :3].sum(axis=1)[:, None]
    sums_of_pairs = np.swapaxes(total.reshape(-1, *total.shape[-2:]), 1, 2)
    features = np.concatenate([outer_total - outer_difference, sums_of_pairs], axis=1)
    floor = _FLOOR**2 * np.maximum(outer_total[:, :3].sum(axis=1).max(axis=-1), _TINY)[:, None]
    excluded = np.where(base > 0, 0.0, np.inf)
    middle = (np.arange(len(base)), (base > 0).sum(axis=-1) // 2)

    found = np.full((len(features), len(base), 4), np.nan)
    faces = np.arange(len(features))  # whose planes still turn
    weight = np.broadcast_to(base, (len(features), *base.shape))
    spread, step = np.full((len(features), len(base)), np.inf), np.full((len(features), len(base)), 2.0)
    for _ in range(_MOST_ROUNDS):
        means = weight @ np.swapaxes(features, 1, 2) / weight.sum(axis=-1)[..., None]
        middle_point = means[..., 6:]
        moments = means[..., :6] - middle_point[..., _FIRST_AXIS] * middle_point[..., _SECOND_AXIS]
        normal = _least_eigenvector(moments)
        distance = _dot(middle_point, normal)  # of the sums: twice the plane's
        aligned = np.abs(_dot(normal, found[faces, :, :3]))  # cosine; a normal may point either way
        longer, step = step, np.sqrt(2 * np.clip(1 - np.nan_to_num(aligned), 0.0, 0.5))
        found[faces, :, :3], found[faces, :, 3] = normal, distance / 2

        form = np.concatenate(
            [normal * normal, 2 * normal * normal[..., [1, 2, 0]], -2 * distance[..., None] * normal], axis=-1
        )
        squared = np.maximum(form @ features + apart + (distance**2)[..., None], 0.0)
        ranked = np.sort(squared + excluded, axis=-1)
        wider, spread = spread, np.maximum(ranked[:, middle[0], middle[1]] / MEDIAN_OF_CHI3**2, floor)
        weight = base / (1 + squared / (_DOWNWEIGHT**2 * spread)[..., None])

        # Steps shrink by a steady factor, which tells how far the plane still has to turn. Where all but a few pairs
        # agree to the last digit, the spread keeps falling until the plane is exact.
        to_go = step * np.maximum(1.0, step / np.maximum(longer - step, 1e-9))
        moving = ((to_go > _STILL) | (spread < 0.9 * wider)).any(axis=-1)
        if not moving.all():
            faces, weight, features, apart = faces[moving], weight[moving], features[moving], apart[moving]
            floor, spread, step = floor[moving], spread[moving], step[moving]
        if not len(faces):
            break
    found = found.reshape(*leading, len(base), 4)
    return found[..., :3], found[..., 3]


def _products(pairs: FloatArray) -> FloatArray:
    """Products xx, yy, zz, xy, yz, zx of vectors (..., pairs, 3), shape (faces, 6, pairs)."""
    axes = np.swapaxes(pairs.reshape(-1, *pairs.shape[-2:]), 1, 2)
    return np.concatenate([axes * axes, axes * axes[:, [1, 2, 0]]], axis=1)


def _least_eigenvector(moments: FloatArray) -> FloatArray:
    """Find the unit eigenvector of the least eigenvalue of symmetric matrices given as xx, yy, zz, xy, yz, zx (..., 6).

    The eigenvalue comes in closed form (Smith 1961), the vector as a column of the adjugate of the shifted matrix. This
    is several times as fast as LAPACK on many small matrices, and as exact as long as the eigenvalue is well separated.
    That of the plane of a face is, because a face is wide.
    """
    xx, yy, zz, xy, yz, zx = (moments[..., i] for i in range(6))
    mean = (xx + yy + zz) / 3
    a, b, c = xx - mean, yy - mean, zz - mean
    size = np.sqrt((a * a + b * b + c * c + 2 * (xy * xy + yz * yz + zx * zx)) / 6)
    size = np.maximum(size, _TINY)
    determinant = a * (b * c - yz * yz) - xy * (xy * c - yz * zx) + zx * (xy * yz - b * zx)
    angle = np.arccos(np.clip(determinant / (2 * size**3), -1.0, 1.0)) / 3
    least = mean + 2 * size * np.cos(angle + 2 * np.pi / 3)

    a, b, c = xx - least, yy - least, zz - least
    xy_, yz_, zx_ = zx * yz - xy * c, xy * zx - yz * a, xy * yz - zx * b
    adjugate = np.stack([b * c - yz * yz, xy_, zx_, xy_, a * c - zx * zx, yz_, zx_, yz_, a * b - xy * xy], axis=-1)
    columns = adjugate.reshape(-1, 3, 3)
    longest = np.abs(columns[:, [0, 1, 2], [0, 1, 2]]).argmax(axis=-1)
    vector = columns[np.arange(len(columns)), longest].reshape(*least.shape, 3)
    length = np.sqrt(_dot(vector, vector))
    return np.asarray(vector / np.maximum(length, _TINY)[..., None])


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
