"""Registration: positions of the same part of a face in two photos, or on its two sides.

It starts from the landmarks and is refined by the image; the confidence tells where the image shows too little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import EYE_RIGHT, FACE_OVAL, LANDMARKS, MIRROR
from symmetry.registration.flow import confidence, symmetric_flow
from symmetry.registration.standard_face import (
    HEIGHT,
    LANDMARK_PIXELS,
    MESH,
    PIXELS_PER_MM,
    WIDTH,
    Float32,
    StandardFace,
    sample,
)

SEEN: Final = 0.6
SEEN_AT_EYES: Final = 0.75
"""Confidence from which on a place counts as seen in both photos, and a landmark of the eyes: beside a lid lies the
eyeball, which looks alike wherever the lid is. Of the selfies of one woman, 21 % of verdicts then cannot be given
instead of 27 %, and no more of them are false."""

_AT_EYES: Final = np.concatenate([EYE_RIGHT, MIRROR[list(EYE_RIGHT)]])
_LID_MM: Final = 0.8
"""Lids are read this far outside their edge, on the skin that moves: inside it is the eyeball, which does not."""

_LEAST: Final = np.full(LANDMARKS, SEEN)
_LEAST[_AT_EYES] = SEEN_AT_EYES

_GRID_STEP: Final = 4
GRID: Final = np.stack(
    np.meshgrid(
        np.arange(WIDTH // _GRID_STEP) * _GRID_STEP + (_GRID_STEP - 1) / 2,
        np.arange(HEIGHT // _GRID_STEP) * _GRID_STEP + (_GRID_STEP - 1) / 2,
    ),
    axis=-1,
)
"""Grid on which maps of a face are drawn, pixels of the standard face, shape (52, 44, 2)."""


def _within(polygon: FloatArray, points: FloatArray) -> NDArray[np.bool_]:
    """Tell which points (..., 2) lie within a polygon (n, 2): a ray to the right leaves it an odd number of times."""
    (x1, y1), (x2, y2) = polygon.T, np.roll(polygon, -1, axis=0).T
    x, y = points[..., :1], points[..., 1:]
    passed = ((y1 > y) != (y2 > y)) & (x < x1 + (y - y1) * (x2 - x1) / np.where(y2 == y1, np.inf, y2 - y1))
    return np.asarray(passed.sum(axis=-1) % 2 == 1)


ON_FACE: Final = _within(LANDMARK_PIXELS[list(FACE_OVAL)], GRID)
"""Which of its points lie within the face oval, shape (52, 44)."""


def _read_at() -> FloatArray:
    places = np.array(LANDMARK_PIXELS)
    for lids in (np.array(EYE_RIGHT), MIRROR[list(EYE_RIGHT)]):
        outward = places[lids] - places[lids].mean(axis=0)
        places[lids] += _LID_MM * PIXELS_PER_MM * outward / np.linalg.norm(outward, axis=1, keepdims=True)
    return places


_READ_AT: Final = _read_at()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matches:
    """The same parts of a face in two photos."""

    # shape (..., 3); position of each part in either photo: pixels at full size, and depth
    first: FloatArray
    second: FloatArray
    # shape (...); correlation of the aligned photos around it, -1 to 1; lower where the match strains the face
    confidence: FloatArray
    least: FloatArray | float = SEEN  # confidence from which on a part counts as seen

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Whether the confidence is high enough; False where anything is unknown."""
        return np.asarray(self.confidence >= self.least)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Registration:
    """Two standard faces, matched."""

    first: StandardFace
    second: StandardFace
    # shape (208, 176, 2); pixels of the standard face, x right, y down: what is at p - d/2 in the first is at p + d/2
    # in the second
    displacement: Float32
    confidence: Float32  # shape (208, 176); confidence of each pixel as in `Matches`; -1 beyond the edge of a photo

    def match(self, pixels: FloatArray) -> Matches:
        """Match the parts of the face at points (..., 2) of the standard face."""
        at = pixels.reshape(-1, 2)
        found = sample(np.dstack([self.displacement, self.confidence]), at)
        half = found[:, :2] / 2
        shape = pixels.shape[:-1]
        return Matches(
            first=self.first.locate(at - half).reshape(*shape, 3),
            second=self.second.locate(at + half).reshape(*shape, 3),
            confidence=found[:, 2].reshape(shape),
        )

    def match_landmarks(self) -> Matches:
        """Match the 478 landmarks, lids just outside their edge; irises move by themselves and are NaN."""
        of_mesh = self.match(_READ_AT)
        blank = np.full((LANDMARKS, 3), np.nan)
        matches = Matches(first=blank, second=blank.copy(), confidence=blank[:, 0].copy(), least=_LEAST)
        matches.first[MESH], matches.second[MESH] = of_mesh.first, of_mesh.second
        matches.confidence[MESH] = of_mesh.confidence
        return matches


def register(first: StandardFace, second: StandardFace) -> Registration:
    """Find the same parts of a face in two photos.

    Parameters
    ----------
    first, second : StandardFace
        Of two photos of a person, or of a photo and its mirror image.

    Returns
    -------
    Registration
        ``register(b, a)`` is the reverse of ``register(a, b)``, and mirrored faces give mirrored results, both to
        rounding (0.01 mm).
    """
    inside = first.inside & second.inside
    displacement = symmetric_flow(first.pattern, second.pattern, inside.astype(np.float32))
    certainty = confidence(first.pattern, second.pattern, displacement)
    return Registration(
        first=first,
        second=second,
        displacement=displacement,
        confidence=np.where(inside, certainty, np.float32(-1)),
    )
