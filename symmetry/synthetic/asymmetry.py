"""Asymmetry of a drawn face: smooth local movements of known size, in facial millimetres."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from symmetry.synthetic import anatomy
from symmetry.synthetic.canvas import Points
from symmetry.synthetic.looks import Look

FEATURES = ("brow", "eye", "upper_lid", "lower_lid", "mouth", "jaw")
SIDES = ("subject_left", "subject_right")
LARGEST = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asymmetry:
    """Movement of each feature away from an even face, mm, at the subject's own left and right.

    Each value is the movement at the site of the feature (see `named_points`), around which it fades smoothly.

    Attributes
    ----------
    brow_subject_left, brow_subject_right : float
        Whole brow, + upward; site: its apex.
    eye_subject_left, eye_subject_right : float
        Whole eye, lids and iris together, + upward; site: the pupil.
    upper_lid_subject_left, upper_lid_subject_right : float
        Upper lid over a resting iris, + upward (eye wider open), - downward (ptosis); site: middle of the lid's edge.
    lower_lid_subject_left, lower_lid_subject_right : float
        Lower lid, + upward; site: middle of the lid's edge.
    mouth_subject_left, mouth_subject_right : float
        Corner of the mouth, + upward, fading to nothing at the midline; site: the commissure.
    jaw_subject_left, jaw_subject_right : float
        Contour of the jaw along its normal, + outward, fading toward chin and ear; site: its middle.

    Raises
    ------
    ValueError
        If a movement is not finite or larger than `LARGEST` mm, beyond which the drawing could fold.
    """

    brow_subject_left: float = 0.0
    brow_subject_right: float = 0.0
    eye_subject_left: float = 0.0
    eye_subject_right: float = 0.0
    upper_lid_subject_left: float = 0.0
    upper_lid_subject_right: float = 0.0
    lower_lid_subject_left: float = 0.0
    lower_lid_subject_right: float = 0.0
    mouth_subject_left: float = 0.0
    mouth_subject_right: float = 0.0
    jaw_subject_left: float = 0.0
    jaw_subject_right: float = 0.0

    def __post_init__(self) -> None:
        for feature, side, value in self.items():
            if not abs(value) <= LARGEST:
                raise ValueError(f"{feature}_{side} is {value} mm; give -{LARGEST} to {LARGEST}")

    def items(self) -> Iterator[tuple[str, str, float]]:
        """Feature, side and movement in mm, for all of them."""
        for field in fields(self):
            feature, side = field.name.split("_subject_")
            yield feature, f"subject_{side}", float(getattr(self, field.name))

    def scaled(self, factor: float) -> Asymmetry:
        """Return all movements multiplied by a factor."""
        return Asymmetry(**{f"{feature}_{side}": value * factor for feature, side, value in self.items()})

    def mirrored(self) -> Asymmetry:
        """Return the same movements with the subject's sides swapped."""
        other = {"subject_left": "subject_right", "subject_right": "subject_left"}
        return Asymmetry(**{f"{feature}_{other[side]}": value for feature, side, value in self.items()})


def _step(position: NDArray[np.float64], start: float, end: float) -> NDArray[np.float64]:
    """Cosine step from 0 at `start` to 1 at `end` (which may lie on either side of `start`)."""
    share = np.clip((position - start) / (end - start), 0.0, 1.0)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * share), dtype=np.float64)


def _window(position: NDArray[np.float64], corners: tuple[float, float, float, float]) -> NDArray[np.float64]:
    """0 up to the first corner, 1 between the second and third, 0 from the fourth; cosine steps between."""
    first, second, third, fourth = corners
    return _step(position, first, second) * _step(position, fourth, third)


# Each window is 0 at the sites of the other features, so that every movement is exact even when all are combined.
_WINDOWS = {
    "brow": ((1.0, 16.0, 50.0, 72.0), (5.6, 19.5, 29.0, 56.0)),
    "eye": ((3.0, 14.5, 49.0, 66.0), (-24.0, -6.6, 5.6, 20.0)),
    "upper_lid": ((15.5, 27.0, 36.0, 48.5), (-5.4, 4.2, 7.0, 18.0)),
    "lower_lid": ((15.5, 27.0, 36.0, 48.5), (-20.0, -7.5, -4.6, 4.2)),
    "mouth": ((0.0, 24.5, 27.5, 50.0), (-94.0, -71.0, -61.0, -40.0)),
}
_JAW_REACH = (24.0, 4.0)


@lru_cache(maxsize=8)
def _jaw(look: Look) -> tuple[cKDTree, Points, NDArray[np.float64]]:
    contour = anatomy.jaw_contour(look)
    tangent = np.gradient(contour, axis=0)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(contour, axis=0), axis=1))])
    middle = length[_jaw_site_index(contour)]
    # The contour runs from the ear down to the chin and does not move at either end.
    weight = np.where(length < middle, _step(length, 0.0, middle), _step(length, length[-1] - 6.0, middle))
    return cKDTree(contour), normal, weight


def _jaw_site_index(contour: Points) -> int:
    return int(np.argmin(np.abs(contour[:, 1] - anatomy.JAW_MIDDLE)))


def jaw_site(look: Look) -> Points:
    """Middle of the subject's left jaw contour, shape (2,), mm."""
    contour = anatomy.jaw_contour(look)
    return np.array(contour[_jaw_site_index(contour)])


def unit_movement(feature: str, points: ArrayLike, *, look: Look) -> Points:
    """Movement of points of the even face when a feature of the subject's left side moves by 1 mm.

    Parameters
    ----------
    feature : str
        One of `FEATURES`.
    points : array_like, shape (..., 2)
        Facial millimetres.
    look : Look
        Whose jaw it is.

    Returns
    -------
    ndarray, shape (..., 2), float64
    """
    at = np.asarray(points, dtype=np.float64)
    if feature != "jaw":
        across, along = _WINDOWS[feature]
        weight = _window(at[..., 0], across) * _window(at[..., 1], along)
        return np.stack([np.zeros_like(weight), weight], axis=-1)
    tree, normal, weight = _jaw(look)
    result = np.zeros_like(at)
    near = (at[..., 0] > 0.0) & (at[..., 1] < anatomy.JAW_TOP + 24.0)
    distance, nearest = tree.query(at[near], distance_upper_bound=_JAW_REACH[0])
    reached = np.isfinite(distance)
    index = np.where(reached, nearest, 0)
    strength = np.where(reached, weight[index] * _step(distance, *_JAW_REACH), 0.0)
    result[near] = normal[index] * strength[..., None]
    return result


def movement(asymmetry: Asymmetry, points: ArrayLike, *, look: Look) -> Points:
    """Movement of points of the even face under an asymmetry.

    Parameters
    ----------
    asymmetry : Asymmetry
        How much each feature moves.
    points : array_like, shape (..., 2)
        Facial millimetres on the even face.
    look : Look
        Who is drawn.

    Returns
    -------
    ndarray, shape (..., 2), float64
        Facial millimetres.
    """
    at = np.asarray(points, dtype=np.float64)
    moved = np.zeros_like(at)
    for feature, side, value in asymmetry.items():
        if value:
            flip = np.array([1.0 if side == "subject_left" else -1.0, 1.0])
            moved += value * flip * unit_movement(feature, at * flip, look=look)
    return moved
