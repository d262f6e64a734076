"""Plain patches over a face: something painted, pasted or held over it that has no texture at all."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from symmetry.landmarks.mesh import IRIS_RIGHT, MIRROR, REGIONS
from symmetry.measure.quality.flags import Flag
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.zones import INNER_OVAL, Mask, cells, patchwork
from symmetry.registration.standard_face import LANDMARK_PIXELS

_CELL: Final = 2
_WINDOW: Final = 5
"""Cells per side of a window, 9 mm."""
_FLAT: Final = 0.06
"""Spread within a window, as a share of the median of the face, below which there is no texture: skin has 0.2 and more
in 70 studio photos, selfies and drawn faces; a painted patch 0.00 to 0.03, also after JPEG."""
_LEAST: Final = 0.02
"""Share of the face that must be flat: 0 in all those photos, 0.05 with a patch of 3 cm over a cheek."""
_INNER: Final = cells(INNER_OVAL, _CELL)
_WHITE, _BLACK = 248.0, 6.0
"""Clipped white and black are flat too, and have flags of their own."""


def flat_of(portrait: Portrait) -> Mask:
    """Whether each cell of the face, shape (104, 88), has no texture."""
    grey = patchwork(portrait, _CELL).mean(axis=-1)
    mean = cv2.blur(grey, (_WINDOW, _WINDOW))
    spread = np.sqrt(np.maximum(cv2.blur(grey * grey, (_WINDOW, _WINDOW)) - mean * mean, 0.0))
    usual = float(np.median(spread[_INNER]))
    return np.asarray(_INNER & (spread < _FLAT * usual) & (mean < _WHITE) & (mean > _BLACK))


def check_patches(portrait: Portrait) -> tuple[Flag, ...]:
    """Find what lies over a face and has no texture."""
    flat = flat_of(portrait)
    share = float(flat.sum() / _INNER.sum())
    if share < _LEAST:
        return ()
    under = np.zeros(len(MIRROR), dtype=bool)
    reach = cv2.dilate(flat.astype(np.uint8), np.ones((_WINDOW, _WINDOW), dtype=np.uint8)) > 0
    column, row = np.clip(LANDMARK_PIXELS / _CELL, 0, np.array(flat.shape[::-1]) - 1).astype(int).T
    under[:IRIS_RIGHT] = reach[row, column]
    touched = tuple(name for name, pairs in REGIONS.items() if (under[pairs] | under[MIRROR[pairs]]).any())
    return (
        Flag(
            name="face_covered",
            severity="reject",
            value=round(share, 2),
            limit=_LEAST,
            touches=touched,
            advice="Something of one plain colour lies over part of the face; take a photo with nothing over it.",
        ),
    )
