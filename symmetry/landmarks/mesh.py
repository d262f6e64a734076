"""The MediaPipe face mesh as tables: mirror partners, contours, regions, reference shape.

Indices are MediaPipe's. Sets are listed for the subject's right side; `MIRROR` gives the other side.

To add a region, add its pairs to `REGIONS` (and its parts to `PARTS` if they move by themselves).
"""

from __future__ import annotations

from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

LANDMARKS: Final = 478

_table = np.loadtxt(
    files("symmetry.landmarks").joinpath("mesh.csv").read_text().splitlines(), delimiter=",", skiprows=1
)

MIRROR: Final[NDArray[np.intp]] = _table[:, 1].astype(np.intp)
"""Mirror partner of each landmark; a landmark of the midline is its own partner."""

REFERENCE: Final[NDArray[np.float64]] = _table[:, 2:]
"""Mean neutral face in the facial frame (mm, 63 mm between the irises), exactly symmetric.

Mean of 35 adults of the Face Research Lab London Set (DeBruine & Jones 2017, CC BY 4.0) as the detector sees them. It
serves only to tell which way a head points and where on a face a landmark lies.
"""

MIRROR.flags.writeable = False
REFERENCE.flags.writeable = False

MIDLINE: Final = np.flatnonzero(np.arange(LANDMARKS) == MIRROR)
SUBJECT_LEFT: Final = np.flatnonzero(REFERENCE[:, 0] > REFERENCE[MIRROR, 0])
SUBJECT_RIGHT: Final = MIRROR[SUBJECT_LEFT]

IRIS_RIGHT: Final = 468
IRIS_LEFT: Final = 473
IRIS_LANDMARKS: Final = np.arange(468, 478)
IRIS_RIGHT_EDGES: Final = (469, 471)
IRIS_LEFT_EDGES: Final = (474, 476)
"""Ends of the horizontal diameters of the irises."""
AVERAGE_IPD_MM: Final = 63.0
"""Interpupillary distance of the reference face, for what needs a size where millimetres are not known."""

CHIN: Final = 152
PHILTRUM: Final = 164
NOSE_TIP: Final = 4

# Outlines of the subject's right side in drawing order (MediaPipe's published connection sets).
EYE_RIGHT: Final = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
BROW_UPPER_RIGHT: Final = (70, 63, 105, 66, 107)
BROW_LOWER_RIGHT: Final = (46, 53, 52, 65, 55)
LIPS_OUTER: Final = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
LIPS_INNER: Final = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
_OVAL_RIGHT = (152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109, 10)
FACE_OVAL: Final = (*_OVAL_RIGHT, *(int(MIRROR[i]) for i in _OVAL_RIGHT[-2:0:-1]))
JAW_RIGHT: Final = (132, 58, 172, 136, 150, 149, 176, 148)
"""Jaw contour from ear lobe to chin: the lower part of the face oval."""
NOSE_RIGHT: Final = (45, 48, 64, 97, 98, 115, 220)
NOSE_MIDLINE: Final = (168, 6, 197, 195, 5, 4, 1, 19, 94, 2)
CHIN_MIDLINE: Final = (200, 199, 175, 152)
CHIN_PAD: Final = (199, 175)
FOLD_RIGHT: Final = (36, 92, 165, 186, 203, 205, 206, 207, 212, 216)
"""Skin on both sides of the nasolabial fold; the mesh has no line along the crease."""
CHEEK_RIGHT: Final = (50, 100, 101, 116, 117, 118, 119, 123, 147, 187)

# Landmarks over bone, which expression hardly moves: nasal bridge, corners of the eyes, temples.
STABLE_UPPER_FACE: Final = np.unique(
    [
        (i, MIRROR[i])
        for i in (6, 168, 197, 195, 122, 193, 188, 196, 245, 244, 243, 133, 33, 130, 127, 34, 139, 162, 21, 71)
    ]
)

_x, _y = np.abs(REFERENCE[:, 0]), REFERENCE[:, 1]
_mesh = np.arange(LANDMARKS) < IRIS_RIGHT
_sides = np.flatnonzero(_mesh & (_x > 45) & (_y > -80))
_nose = np.flatnonzero(_mesh & (_x < 14) & (_y > -45) & (_y < 10))
STABLE_FACE: Final = np.union1d(STABLE_UPPER_FACE, np.union1d(_sides, _nose))
"""Stable upper face, nose, and sides of the face down to the jaw angle. They lie near to and far from the camera, and
little but the movement of the head shows in them."""


def mirrored(indices: tuple[int, ...]) -> tuple[int, ...]:
    """Mirror partners of landmarks, in the same order."""
    return tuple(int(MIRROR[i]) for i in indices)


def subject_left(indices: tuple[int, ...] | NDArray[np.intp]) -> NDArray[np.intp]:
    """Subject-left landmarks of the pairs that contain the given landmarks, ascending; the midline is dropped."""
    given = np.asarray(indices)
    return np.asarray(np.intersect1d(np.union1d(given, MIRROR[given]), SUBJECT_LEFT), dtype=np.intp)


_below_nose = np.flatnonzero((REFERENCE[:, 1] < REFERENCE[2, 1]) & (np.arange(LANDMARKS) < IRIS_RIGHT))

REGIONS: Final[dict[str, NDArray[np.intp]]] = {
    "jawline": subject_left(JAW_RIGHT),
    "eyes": subject_left(EYE_RIGHT),
    "mouth": subject_left(LIPS_OUTER + LIPS_INNER),
    "brows": subject_left(BROW_UPPER_RIGHT + BROW_LOWER_RIGHT),
    "nasolabial": subject_left(FOLD_RIGHT),
    "cheeks": subject_left(CHEEK_RIGHT),
    "nose": subject_left(NOSE_RIGHT),
    "lower_face": subject_left(_below_nose),
    "face": subject_left(np.arange(IRIS_RIGHT)),
}
"""Subject-left landmark of each pair of a region. Irises belong to no region: they follow the gaze."""

PARTS: Final[dict[str, dict[str, NDArray[np.intp]]]] = {
    region: {region: pairs} for region, pairs in REGIONS.items()
} | {
    "jawline": {
        "jaw angle": subject_left((58, 172, 136, 150)),
        "jaw beside the chin": subject_left((136, 150, 149, 176)),
    },
    "eyes": {
        "upper lid": subject_left((246, 161, 160, 159, 158, 157, 173)),
        "lower lid": subject_left((155, 154, 153, 145, 144, 163, 7)),
    },
}
"""Parts of each region that move by themselves, in the order of `REGIONS`: a lid that rises by 2 mm hardly shows in the
mean of the eye. Near the ear lobe and under the chin the mesh slides too much along the jaw for a verdict."""

WHOLES: Final = ("lower_face", "face")
"""Regions that contain other regions."""
MAIN_REGIONS: Final = ("jawline", "eyes", "mouth")
