"""Scores and measures of landmarks alone, of any number of faces: the core of the tool, without photos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from symmetry.arrays import FloatArray
from symmetry.errors import InvalidPointsError
from symmetry.landmarks.frame import ARM_MM, across_jawline, fit_frame
from symmetry.landmarks.mesh import AVERAGE_IPD_MM, LANDMARKS, MIRROR
from symmetry.landmarks.planes import fit_plane
from symmetry.landmarks.points import check_points
from symmetry.landmarks.scale import IRIS, Scale, interpupillary_distance
from symmetry.measure.measures import WITHOUT, ClinicalMeasures, deviations, take_measures
from symmetry.measure.scores import RegionScores, score_regions

_AT_ONCE: Final = 256
"""Faces that are measured at once: few enough for their arrays to stay in the processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LandmarkScores:
    """What landmarks alone say of a batch of faces.

    Attributes
    ----------
    regions : RegionScores
        Arrays (..., 9), mm.
    measures : ClinicalMeasures
        Arrays (..., 18), mm or degrees.
    pose : ndarray, shape (..., 3)
        Yaw, pitch and roll, degrees.
    mm_per_pixel : ndarray, shape (...)
        NaN with scale "none": lengths are then those of a face with an average interpupillary distance.
    """

    regions: RegionScores
    measures: ClinicalMeasures
    pose: FloatArray
    mm_per_pixel: FloatArray


def score_landmarks(landmarks: ArrayLike, *, scale: Scale | str = IRIS) -> LandmarkScores:
    """Score faces whose landmarks are known, without their photos.

    What an image adds to landmarks, errors and flags need the photo; and region scores are not corrected for noise.

    Parameters
    ----------
    landmarks : array_like, shape (..., 478, 3)
        MediaPipe's face mesh with irises, pixels: x right, y down, z away in the unit of x. An array on disk
        (`numpy.load(file, mmap_mode="r")`) is read piece by piece.
    scale : Scale or str
        As for `analyze`.

    Returns
    -------
    LandmarkScores

    Raises
    ------
    InvalidPointsError
        If they have another shape or are not finite.
    ScaleError
        If `scale` is not understood.

    Examples
    --------
    >>> from symmetry.landmarks.mesh import REFERENCE
    >>> scores = score_landmarks(np.stack([REFERENCE * [5.0, -5.0, -5.0]] * 2))  # two even faces
    >>> scores.regions.asymmetry.shape, bool(scores.regions.asymmetry.max() < 1e-9)
    ((2, 9), True)
    """
    chosen = Scale.parse(scale) if isinstance(scale, str) else scale
    points = landmarks if isinstance(landmarks, np.ndarray) else np.asarray(landmarks, dtype=np.float64)
    if points.ndim < 2 or points.shape[-2:] != (LANDMARKS, 3):
        raise InvalidPointsError(f"landmarks must have shape (..., {LANDMARKS}, 3), not {points.shape}")
    leading = points.shape[:-2]
    found = [_scored(check_points(some), chosen) for some in _pieces(points.reshape(-1, LANDMARKS, 3))]
    return LandmarkScores(
        regions=RegionScores(**_joined([one.regions for one in found], leading)),
        measures=ClinicalMeasures(**_joined([one.measures for one in found], leading)),
        pose=np.concatenate([one.pose for one in found]).reshape(*leading, 3),
        mm_per_pixel=np.concatenate([one.mm_per_pixel for one in found]).reshape(leading),
    )


def _pieces(points: np.ndarray) -> Iterator[np.ndarray]:
    for first in range(0, max(len(points), 1), _AT_ONCE):
        yield points[first : first + _AT_ONCE]


def _scored(points: FloatArray, scale: Scale) -> LandmarkScores:
    """Score a few faces (n, 478, 3)."""
    frame = fit_frame(points, camera_mm=ARM_MM)
    interpupillary = interpupillary_distance(points)
    mm_per_pixel = scale.mm_per_pixel(points)
    mm = np.where(np.isfinite(mm_per_pixel), mm_per_pixel, AVERAGE_IPD_MM / interpupillary)
    placed = frame.place(points)
    placed *= mm[:, None, None]
    off = deviations(placed, *fit_plane(placed, without=WITHOUT))
    return LandmarkScores(
        regions=score_regions(_field(placed), interpupillary * mm),
        measures=take_measures(placed, off),
        pose=frame.pose(),
        mm_per_pixel=mm_per_pixel,
    )


def _field(placed: FloatArray) -> FloatArray:
    """Asymmetry field (n, 478, 2) of placed faces, at the jawline across its edge."""
    x, y = placed[..., 0], placed[..., 1]
    other_x, other_y = np.take(x, MIRROR, axis=-1), np.take(y, MIRROR, axis=-1)
    even = np.stack([(x - other_x) / 2, (y + other_y) / 2], axis=-1)
    return across_jawline(np.stack([x + other_x, y - other_y], axis=-1), even)


def _joined(found: list[RegionScores] | list[ClinicalMeasures], leading: tuple[int, ...]) -> dict[str, FloatArray]:
    """Arrays of several results, put together."""
    joined = {}
    for name in found[0].__slots__:
        whole = np.concatenate([getattr(one, name) for one in found])
        joined[name] = whole.reshape(*leading, whole.shape[-1])
    return joined
