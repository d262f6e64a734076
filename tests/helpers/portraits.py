"""Portraits for the tests of the quality gate: of pictures, of bare points, and the photographs beside the project."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from helpers.faces import ROOT, TO_IMAGE
from symmetry.landmarks.detection import detect_largest_face
from symmetry.landmarks.frame import fit_frame
from symmetry.landmarks.mesh import IRIS_RIGHT, MIRROR, REFERENCE
from symmetry.landmarks.scale import IRIS_MM, iris_diameter
from symmetry.measure.quality.picture import light_of
from symmetry.measure.quality.portrait import Portrait
from symmetry.photos.reading import Photo, photo_from_array, read_photo
from symmetry.registration import standardize

LONDON = ROOT.parent / "shared" / "faces" / "london"
RESHOOTS = LONDON.parent / "reshoots"
HARDLY_SMILING = {"024", "042", "043", "068", "115", "125", "173"}
needs_faces = pytest.mark.skipif(not LONDON.exists(), reason="the photographs are not here")

Picture = NDArray[np.uint8]
Points = NDArray[np.float64]


def portrait_of(picture: Picture) -> Portrait:
    """What the gate gets to see of a picture."""
    photo = photo_from_array(picture)
    found = detect_largest_face(photo.pixels)
    portrait = Portrait(
        photo=photo,
        landmarks=found.landmarks,
        frame=fit_frame(found.landmarks),
        standard=standardize(photo, found.landmarks),
        disagreement=found.disagreement,
        others=found.others,
    )
    return replace(portrait, side_light=light_of(portrait).side_light)


def portrait_from(facial: Points, *, turn: tuple[float, float, float] = (0, 0, 0), **of_photo: object) -> Portrait:
    """A portrait without a picture, from points of the facial frame, mm, at 5 pixels a mm, turned by degrees."""
    yaw, pitch, roll = turn
    head = Rotation.from_euler("yxz", [yaw, -pitch, roll], degrees=True).as_matrix()
    landmarks = (facial @ head.T) * TO_IMAGE * 5.0 + [1000.0, 800.0, 0.0]
    photo = Photo(
        **{
            "name": "none",
            "pixels": np.zeros((1, 1, 3), np.uint8),
            "size": (2000, 2000),
            "reduction": 1,
            "captured": None,
            "captured_source": None,
            "sha256": "",
            **of_photo,
        }
    )
    return Portrait(
        photo=photo, landmarks=landmarks, frame=fit_frame(landmarks), standard=None, disagreement=0.0, others=0
    )


def bent(facial: Points, centimetres: float) -> Points:
    """A face as a camera sees it that is so far from the eyes."""
    seen = facial.copy()
    seen[:, :2] *= 10 * centimetres / (10 * centimetres - (facial[:, 2:] - facial[IRIS_RIGHT, 2]))
    return seen


def moved(landmarks: tuple[int, ...], shift: tuple[float, float, float]) -> Points:
    """The mean face with landmarks of the subject's right and their partners moved, mm."""
    face = REFERENCE.copy()
    face[MIRROR[list(landmarks)]] = REFERENCE[MIRROR[list(landmarks)]] + np.array(shift) * [-1.0, 1.0, 1.0]
    face[list(landmarks)] = REFERENCE[list(landmarks)] + shift
    return face


def with_focal_length(at: float, size: tuple[int, int]) -> Portrait:
    """A portrait of a camera of 26 mm (35 mm film), `at` centimetres from the eyes."""
    face = portrait_from(REFERENCE, size=size, focal_length_35mm=26.0)
    wanted = IRIS_MM / (10 * at) * 26.0 * np.hypot(*size) / np.hypot(36, 24)
    landmarks = face.landmarks * (wanted / iris_diameter(face.landmarks))
    return replace(face, landmarks=landmarks, frame=fit_frame(landmarks))


@lru_cache
def photographed(name: str) -> Portrait:
    return portrait_of(read_photo(LONDON.parent / name).pixels)


def people() -> list[str]:
    return sorted(path.name[:3] for path in LONDON.glob("*_neutral.jpg"))[::3]
