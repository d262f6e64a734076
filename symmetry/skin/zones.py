"""Zones of skin on the canvas, the same for every face and alike on both sides."""

from __future__ import annotations

from functools import cache
from typing import Final

import cv2
import numpy as np

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import (
    BROW_LOWER_RIGHT,
    BROW_UPPER_RIGHT,
    EYE_RIGHT,
    FACE_OVAL,
    JAW_RIGHT,
    LIPS_OUTER,
)
from symmetry.registration.standard_face import LANDMARK_PIXELS
from symmetry.skin.canvas import COLUMNS, HEIGHT, SCALE, WIDTH, Mask, share

OUTLINES: Final[dict[str, tuple[int, ...]]] = {
    "forehead": (10, 109, 67, 103, 104, 69, 108, 9, 151),
    "temple": (68, 71, 21, 162, 127, 34, 143, 35, 124, 156),
    "cheek": (116, 117, 118, 101, 36, 205, 207, 214, 192, 213, 147, 123),
    "nose": (168, 193, 198, 131, 49, 129, 98, 1, 4),
    "mouth": (2, 98, 203, 206, 216, 212, 202, 204, 194, 201, 18),
    "chin": (18, 83, 182, 194, 211, 32, 208, 199, 200),
    "upper_cheek": (116, 117, 118, 101, 36, 50, 123),
    "lower_cheek": (123, 50, 36, 205, 207, 214, 192, 213, 147),
    "fold": (129, 203, 206, 216, 212, 214, 207),
}
"""Landmarks around each zone on the subject's right, or around its right half; the jaw follows the face's outline."""
_JAW_DEPTH: Final = 26
"""Pixels of the canvas, 12 mm, that the zone of the jaw reaches inward from the face's outline."""
ZONES: Final = ("forehead", "temple", "cheek", "nose", "mouth", "chin", "jaw")
"""Zones that do not overlap, but for the folds between cheek and mouth."""
PARTS: Final = ("upper_cheek", "lower_cheek", "fold")
"""Parts of zones that are reported by themselves."""
NAMES: Final = (*ZONES, *PARTS)
HALF: Final = COLUMNS // 2

_AROUND_EYES, _AROUND_BROWS, _AROUND_LIPS, _AROUND_NOSTRILS, _FROM_EDGE = 4, 4, 6, 3, 9
"""Pixels of the canvas by which features are widened, and by which skin stays away from the face's outline."""
_NOSTRILS: Final = (98, 97, 2, 326, 327, 1, 48, 278)


def filled(*landmarks: int) -> Mask:
    """Pixels of the canvas within the convex hull of landmarks."""
    at = (LANDMARK_PIXELS[list(landmarks)] * SCALE + (SCALE - 1) / 2).astype(np.float32)
    mask = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    cv2.fillConvexPoly(mask, np.rint(cv2.convexHull(at)).astype(np.int32), (1,))
    return np.asarray(mask > 0)


def widened(mask: Mask, by: int) -> Mask:
    """Dilate a mask (h, w) by some pixels."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1, 2 * by + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), disc) > 0)


def narrowed(mask: Mask, by: int) -> Mask:
    """Erode a mask (h, w) by some pixels."""
    return np.asarray(~widened(~mask, by))


@cache
def skin() -> Mask:
    """Where a face has bare skin unless something covers it, shape (416, 352)."""
    features = (
        widened(filled(*EYE_RIGHT), _AROUND_EYES)
        | widened(filled(*BROW_LOWER_RIGHT, *BROW_UPPER_RIGHT), _AROUND_BROWS)
        | widened(filled(*LIPS_OUTER), _AROUND_LIPS)
        | widened(filled(*_NOSTRILS), _AROUND_NOSTRILS)
    )
    face = narrowed(filled(*FACE_OVAL), _FROM_EDGE)
    return np.asarray((face & face[:, ::-1]) & ~(features | features[:, ::-1]))


@cache
def zone_pixels() -> dict[str, Mask]:
    """Pixels (416, 352) of each zone, of both sides."""
    found = {}
    right = np.arange(WIDTH) < WIDTH // 2
    for name in NAMES:
        mask = (_jaw() if name == "jaw" else filled(*OUTLINES[name])) & right & skin()
        found[name] = np.asarray(mask | mask[:, ::-1])
    for name in ("cheek", *PARTS[:2]):
        found[name] = found[name] & ~found["fold"]
    found["mouth"] = found["mouth"] & ~found["chin"]
    found["jaw"] = found["jaw"] & ~found["chin"] & ~found["mouth"]
    found["cheek"], found["lower_cheek"] = found["cheek"] & ~found["jaw"], found["lower_cheek"] & ~found["jaw"]
    return found


def _jaw() -> Mask:
    """Skin along the contour of the subject's right jaw, from the ear lobe to the chin."""
    face = filled(*FACE_OVAL)
    highest = int(LANDMARK_PIXELS[JAW_RIGHT[0], 1] * SCALE)
    return np.asarray(face & ~narrowed(face, _JAW_DEPTH) & (np.arange(HEIGHT)[:, None] >= highest))


@cache
def zone_weights() -> FloatArray:
    """Share of each patch of the right half that lies in each zone, shape (10, 52, 22)."""
    return np.stack([share(zone_pixels()[name])[:, :HALF] for name in NAMES])


def zone_at(row: int, column: int) -> str | None:
    """Name the zone at a pixel of the canvas; None where there is none."""
    return next((name for name in NAMES if zone_pixels()[name][row, column]), None)
