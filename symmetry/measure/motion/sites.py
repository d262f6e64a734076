"""Places of a face whose movement is followed through a film."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import BROW_UPPER_RIGHT, CHEEK_RIGHT, MIRROR


@dataclass(frozen=True, slots=True)
class Site:
    """A place on both sides of a face."""

    name: str  # stable, as in tables
    title: str  # for people
    region: str  # region that it belongs to
    landmarks: tuple[int, ...]  # of the subject's right side


SITES: Final = (
    Site("brow", "brow", "brows", BROW_UPPER_RIGHT[1:4]),
    Site("upper_lid", "upper lid", "eyes", (161, 160, 159, 158, 157)),
    Site("lower_lid", "lower lid", "eyes", (163, 144, 145, 153, 154)),
    Site("cheek", "cheek", "cheeks", CHEEK_RIGHT),
    Site("nose_wing", "nose wing", "nose", (98, 64, 129, 102)),
    Site("upper_lip", "upper lip", "mouth", (39, 40, 185)),
    Site("mouth_corner", "mouth corner", "mouth", (61, 62, 76, 78)),
    Site("lower_lip", "lower lip", "mouth", (181, 91, 146)),
)
SITE_NAMES: Final = tuple(site.name for site in SITES)
TITLES: Final = {site.name: site.title for site in SITES}
_LEAST_KNOWN: Final = 0.5

SIDES: Final = ("subject_right", "subject_left")
_OUTWARD: Final = np.array([[-1.0, 1.0], [1.0, 1.0]])
_LIDS: Final[NDArray[np.intp]] = np.array([(160, 159, 158), (144, 145, 153)])
_EYE_ENDS: Final = (33, 133)


def site_movement(movement: FloatArray) -> FloatArray:
    """Mean movement of each site and side of a field (..., 478, 2), outward and up; shape (..., 8, 2, 2), mm.

    NaN where less than half of the landmarks of a site are known.
    """
    found = np.full((*movement.shape[:-2], len(SITES), 2, 2), np.nan)
    for place, site in enumerate(SITES):
        right = np.array(site.landmarks)
        for side, landmarks in enumerate((right, MIRROR[right])):
            own = movement[..., landmarks, :]
            known = np.isfinite(own[..., 0])
            share = known.mean(axis=-1)
            mean = np.where(known[..., None], own, 0.0).sum(axis=-2) / np.maximum(known.sum(axis=-1), 1)[..., None]
            found[..., place, side, :] = np.where(share[..., None] >= _LEAST_KNOWN, mean * _OUTWARD[side], np.nan)
    return found


def eye_openings(placed: FloatArray) -> FloatArray:
    """Distance between the lids of both eyes, right first, in widths of the eye, of faces (..., 478, 3); (..., 2)."""
    both = []
    for face in (placed, placed[..., MIRROR, :]):
        gap = np.linalg.norm(face[..., _LIDS[0], :] - face[..., _LIDS[1], :], axis=-1).mean(axis=-1)
        both.append(gap / np.linalg.norm(face[..., _EYE_ENDS[0], :] - face[..., _EYE_ENDS[1], :], axis=-1))
    return np.stack(both, axis=-1)
