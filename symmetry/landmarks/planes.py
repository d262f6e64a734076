"""Planes of symmetry: robust fits to landmarks and their mirrored partners in 3-D, of many faces at once."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import (
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
    SUBJECT_LEFT,
    subject_left,
)
from symmetry.landmarks.points import check_points

# The plane is fitted to parts with an outline of their own: on plain skin (cheeks, forehead) the mesh follows the
# average face rather than this one. Brows are left out because they move most.
_OUTLINES = np.concatenate(
    [subject_left(part) for part in (EYE_RIGHT, LIPS_OUTER + LIPS_INNER, NOSE_RIGHT, JAW_RIGHT)]
    + [np.asarray(NOSE_MIDLINE)]
)
_FIRST: Final = np.concatenate([np.intersect1d(SUBJECT_LEFT, _OUTLINES), np.intersect1d(MIDLINE, _OUTLINES)])
_SECOND: Final = MIRROR[_FIRST]
_BASE_WEIGHT: Final = np.where(_FIRST == _SECOND, 0.5, 1.0)  # a midline landmark is one point, a pair is two

_MOST_ROUNDS: Final = 100
_STILL: Final = 1e-4
"""Angle, radians, that a plane may still be expected to turn once it counts as found: 0.01 mm at the jaw."""
_DOWNWEIGHT: Final = 3.0
"""Residual, in robust standard deviations, at which a pair has half its weight."""
_MEDIAN_OF_CHI3: Final = 1.5382
"""Median length of a vector of three standard normal numbers; turns a median residual into a standard deviation."""
_FLOOR: Final = 1e-8
"""Least spread, as a share of the face, so that rounding alone does not downweight pairs."""

_TINY: Final = float(np.finfo(np.float64).tiny)
_FIRST_AXIS, _SECOND_AXIS = [0, 1, 2, 0, 1, 2], [0, 1, 2, 1, 2, 0]


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
    pairs = _pairs_of(array)
    to_left = array[..., IRIS_LEFT, :] - array[..., IRIS_RIGHT, :]
    left_out = np.zeros((len(without), LANDMARKS), dtype=bool)
    for parts, row in zip(without, left_out, strict=True):
        row[list(parts)] = True
    base = np.where(left_out[:, _FIRST] | left_out[:, _SECOND], 0.0, _BASE_WEIGHT)
    normal, distance = _robust_planes(pairs, base)
    leading = pairs.centre.shape[:-1]
    normal, distance = normal.reshape(*leading, len(base), 3), distance.reshape(*leading, len(base))
    side = np.where(_dot(normal, to_left[..., None, :]) < 0, -1.0, 1.0)
    normal = normal * side[..., None]
    return normal, distance * side + _dot(normal, pairs.centre[..., None, :])


class _Pairs(NamedTuple):
    """Landmarks and their mirrored partners, as the fit of a plane needs them."""

    centre: FloatArray  # shape (..., 3); near the middle of the face
    features: FloatArray  # shape (faces, 9, pairs); coefficients of a plane's terms in the squared residual
    apart: FloatArray  # shape (faces, 1, pairs); squared distance of the two
    floor: FloatArray  # shape (faces, 1); least squared spread


def _pairs_of(array: FloatArray) -> _Pairs:
    """Prepare faces (..., 478, 3) for the fit of planes."""
    axes = np.swapaxes(array, -1, -2).reshape(-1, 3, LANDMARKS)  # long inner axes are several times as fast
    first, second = np.take(axes, _FIRST, axis=-1), np.take(axes, _SECOND, axis=-1)
    centre = first.mean(axis=-1)  # large offsets would cost digits
    total = first + second - 2 * centre[..., None]
    outer_difference, outer_total = _products(first - second), _products(total)
    return _Pairs(
        centre=centre.reshape(*array.shape[:-2], 3),
        features=np.concatenate([outer_total - outer_difference, total], axis=1),
        apart=outer_difference[:, :3].sum(axis=1)[:, None],
        floor=_FLOOR**2 * np.maximum(outer_total[:, :3].sum(axis=1).max(axis=-1), _TINY)[:, None],
    )


def _robust_planes(pairs: _Pairs, base: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Planes of symmetry (faces, m, 3) and (faces, m) of pairs, one for each row of weights."""
    _, features, apart, floor = pairs
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
        squared = form @ features
        squared += apart
        squared += (distance**2)[..., None]
        np.maximum(squared, 0.0, out=squared)
        ranked = np.sort(squared + excluded, axis=-1)
        wider, spread = spread, np.maximum(ranked[:, middle[0], middle[1]] / _MEDIAN_OF_CHI3**2, floor)
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
    return found[..., :3], found[..., 3]


def _products(vectors: FloatArray) -> FloatArray:
    """Products xx, yy, zz, xy, yz, zx of vectors (faces, 3, pairs), shape (faces, 6, pairs)."""
    return np.concatenate([vectors * vectors, vectors * vectors[:, [1, 2, 0]]], axis=1)


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


def _dot(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray((a * b).sum(axis=-1))
