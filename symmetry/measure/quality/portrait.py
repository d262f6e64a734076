"""Input of the quality checks: a face as it was found in its photo."""

from __future__ import annotations

from dataclasses import dataclass

from symmetry.arrays import FloatArray
from symmetry.landmarks.frame import FacialFrame
from symmetry.landmarks.scale import interpupillary_distance
from symmetry.photos.reading import Photo
from symmetry.registration import StandardFace


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Portrait:
    """A face as it was found in its photo.

    Attributes
    ----------
    photo : Photo
    landmarks : ndarray, shape (478, 3)
        Mirror-averaged, pixels of the upright photo at full size.
    frame : FacialFrame
        Fitted to the landmarks; its pose is that of the head.
    standard : StandardFace
        The face warped to the common shape.
    disagreement : float
        RMS distance between the meshes of the photo and of its mirror image, in interpupillary distances.
    others : int
        Number of other faces in the photo.
    side_light : float
        As in `quality.picture.Light`; NaN if unknown.
    """

    photo: Photo
    landmarks: FloatArray
    frame: FacialFrame
    standard: StandardFace
    disagreement: float
    others: int
    side_light: float = float("nan")

    @property
    def interpupillary(self) -> float:
        """Distance between the irises, pixels at full size."""
        return float(interpupillary_distance(self.landmarks))
