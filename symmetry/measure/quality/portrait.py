"""Input of the quality checks: a face as it was found in its photo."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.frame import FacialFrame
from symmetry.landmarks.scale import interpupillary_distance
from symmetry.photos.reading import Photo
from symmetry.registration import StandardFace


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Portrait:
    """A face as it was found in its photo."""

    photo: Photo
    landmarks: FloatArray  # shape (478, 3); mirror-averaged, pixels of the upright photo at full size
    frame: FacialFrame  # fitted to the landmarks; its pose is that of the head
    standard: StandardFace  # the face warped to the common shape
    # RMS distance between the meshes of the photo and of its mirror image, in interpupillary distances
    disagreement: float
    others: int  # number of other faces in the photo
    side_light: float = float("nan")  # as in `quality.picture.Light`; NaN if unknown
    pictures: dict[str, NDArray[Any]] = field(
        init=False, default_factory=dict, repr=False
    )  # of the face, kept once a check needed them

    @property
    def interpupillary(self) -> float:
        """Distance between the irises, pixels at full size."""
        return float(interpupillary_distance(self.landmarks))
