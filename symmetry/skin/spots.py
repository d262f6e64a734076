"""Spots: round places that are darker or redder than the skin around them, in one photo and from one to the next.

Spots are found as extrema of differences of Gaussians at two sizes (Lindeberg 1998), of the logarithms of luminance and
of red over green, so that neither exposure nor white balance matters.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any, Final, Literal

import cv2
import numpy as np

from symmetry.arrays import FloatArray
from symmetry.registration import standard_face
from symmetry.registration.standard_face import Float32
from symmetry.skin.canvas import SCALE, Canvas, Mask, Picture
from symmetry.skin.texture import fill, surroundings
from symmetry.skin.zones import narrowed, skin, zone_at

HEIGHT, WIDTH = standard_face.HEIGHT, standard_face.WIDTH
MM: Final = 1 / standard_face.PIXELS_PER_MM
"""Size of a pixel of the maps, mm."""
KINDS: Final = ("darker", "redder")
_WIDTHS: Final = (0.8, 1.6, 3.2)
"""Standard deviations, pixels of the standard face, between which the bands lie: spots of 2 to 4 and 4 to 8 mm."""
_FILL: Final = 3.0
_LEAST: Final = (0.03, 0.02)
"""Response, natural logarithm, from which on a spot of each kind counts."""
_SURROUNDINGS: Final = 12.0
"""Pixels over which the usual size of a response is averaged."""
_MOST: Final = 0.1
"""Response above which it counts no more: that of spots themselves."""
_TIMES: Final = (3.5, 4.0)
"""Response in standard deviations of the skin around from which on a spot of each kind counts. Of spots of 3 mm, 8 L*
darker, drawn into 35 faces, 89 % are then found as new when the face is photographed again, with 0.35 false changes a
pair; at 3.0, 92 % with 1.5; at 5.0, 73 % with 0.1."""
_LEAST_SPREAD: Final = 0.006
"""What rounding and compression leave of it in two copies of one photo."""
_NEAR: Final = 3
"""Pixels, 2.7 mm, within which a spot of one photo is looked for in another."""
_BLOCK: Final = 3
"""Patches per side, 11 mm, from which on what is no skin is hair: a mole may be as dark, but is smaller."""
_FROM_FEATURES: Final = 5
_ROUND: Final = 0.35
"""Curvature along a spot over that across it: less is a fold or an edge."""
_NOT_THERE: Final = 0.5
"""Share of a spot's response that is left at its place where it is not."""
_SIZES: Final = np.linspace(1.0, 9.0, 81)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A spot of the skin.

    Attributes
    ----------
    place : tuple of float
        On the standard face, mm from the middle between the pupils: toward the subject's left, and up.
    zone : str or None
        Zone that it lies in.
    side : {"subject_right", "subject_left"}
    size : float
        Diameter, mm.
    kind : {"darker", "redder"}
    contrast : float
        How much darker, or redder, than the skin around: percent of luminance, or of red to green.
    """

    place: tuple[float, float]
    zone: str | None
    side: Literal["subject_right", "subject_left"]
    size: float
    kind: Literal["darker", "redder"]
    contrast: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpotMap:
    """Where a face has spots.

    Attributes
    ----------
    response : ndarray, shape (2, 2, 208, 176), float32
        Of each kind and size: positive where skin is darker or redder than around.
    skin : ndarray, shape (208, 176), bool
        Where spots are looked for.
    """

    response: Float32 = field(repr=False)
    skin: Mask = field(repr=False)


def spot_map(canvas: Canvas, bright: Picture, usable: Mask, hair: Mask) -> SpotMap:
    """Filter a face for spots.

    Parameters
    ----------
    canvas : Canvas
    bright : ndarray, shape (416, 352)
        Natural logarithm of luminance.
    usable : ndarray, shape (416, 352), bool
        Where there is skin.
    hair : ndarray, shape (52, 44), bool
        Patches that are none.
    """
    red, green, _ = cv2.split(np.maximum(_halved(canvas.rgb), np.float32(1e-4)))
    whole = np.asarray(_halved(usable.astype(np.float32)) > 0.99)
    wide = cv2.morphologyEx(hair.astype(np.uint8), cv2.MORPH_OPEN, np.ones((_BLOCK, _BLOCK), np.uint8))
    free = whole & ~np.asarray(cv2.resize(wide, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST) > 0)
    responses = []
    for values, sign in ((_halved(bright), -1.0), (np.asarray(cv2.log(red / green)), 1.0)):
        filled = fill(values, whole.astype(np.float32), around=_FILL)
        soft = [np.asarray(cv2.GaussianBlur(filled, (0, 0), width)) for width in _WIDTHS]
        bands = [sign * (fine - wide) for fine, wide in pairwise(soft)]
        responses.append(bands)
    return SpotMap(
        response=np.asarray(responses, dtype=np.float32),
        skin=free & _where(),
    )


def find_spots(spots: SpotMap) -> tuple[Spot, ...]:
    """List the spots of one photo, the largest contrast first."""
    found = _peaks(spots.response, spots.response / _spreads(spots.response, spots.skin), spots.skin)
    return tuple(sorted((_spot(one, spots.response) for one in found), key=lambda spot: -spot.contrast))


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotChange:
    """A spot that came, went or changed.

    Attributes
    ----------
    change : {"new", "gone", "stronger", "weaker"}
        Stronger is darker or redder than before, by the kind of the spot.
    place, zone, side, size, kind, contrast
        As for `Spot`, in the photo that shows it more clearly.
    before, after : float
        Its contrast in either photo, percent.
    """

    change: Literal["new", "gone", "stronger", "weaker"]
    place: tuple[float, float]
    zone: str | None
    side: Literal["subject_right", "subject_left"]
    size: float
    kind: Literal["darker", "redder"]
    contrast: float
    before: float
    after: float


def compare_spots(before: SpotMap, after: SpotMap) -> tuple[SpotChange, ...]:
    """List the spots that differ between two photos; swapping the photos swaps new and gone."""
    common = before.skin & after.skin
    spread = _spreads(after.response - before.response, common)
    near = [_largest_near(one.response) for one in (before, after)]
    found: list[tuple[float, SpotChange]] = []
    for which, (one, other) in enumerate(((after, near[0]), (before, near[1]))):
        more = one.response - other
        for place in _peaks(one.response, more / spread, common):
            left = float(max(other[place], 0.0) / one.response[place])
            words = ("new", "stronger") if which == 0 else ("gone", "weaker")
            word: Any = words[0] if left <= _NOT_THERE else words[1]
            spot = _spot(place, one.response)
            rest = round(spot.contrast * left, 1)
            before_after = (rest, spot.contrast) if which == 0 else (spot.contrast, rest)
            change = SpotChange(change=word, before=before_after[0], after=before_after[1], **asdict(spot))
            found.append((-spot.contrast, change))
    return tuple(change for _, change in sorted(found, key=lambda one: (one[0], one[1].place)))


Place = tuple[int, int, int, int]


def _peaks(response: Picture, clarity: Picture, where: Mask) -> list[Place]:
    """Kind, size, row and column of round peaks that are clear enough; of those too near each other, the clearest."""
    found: list[tuple[float, Place]] = []
    for kind in range(len(KINDS)):
        for scale, one in enumerate(response[kind]):
            clear = clarity[kind, scale] / _TIMES[kind]
            peak = (one >= np.asarray(cv2.dilate(one, np.ones((3, 3), np.uint8)))) & (one >= _LEAST[kind])
            for row, column in zip(*np.nonzero(peak & (clear >= 1) & where), strict=True):
                if _is_round(one, row, column):
                    found.append((float(clear[row, column]), (kind, scale, int(row), int(column))))
    kept: list[Place] = []
    for _, place in sorted(found, reverse=True):
        if all(np.hypot(place[2] - other[2], place[3] - other[3]) > _NEAR for other in kept):
            kept.append(place)
    return kept


def _spreads(response: Float32, where: Mask) -> Float32:
    """Give the standard deviation of responses, or of their change, in the skin around."""
    spread = np.stack([np.stack([_spread(band, where) for band in bands]) for bands in response])
    return np.asarray(np.maximum(spread, _LEAST_SPREAD), dtype=np.float32)


def _is_round(response: Float32, row: int, column: int) -> bool:
    """Whether a peak falls off alike in all directions (Lowe 2004)."""
    if not (1 <= row < HEIGHT - 1 and 1 <= column < WIDTH - 1):
        return False
    near = response[row - 1 : row + 2, column - 1 : column + 2].astype(np.float64)
    across, down = near[1, 0] + near[1, 2] - 2 * near[1, 1], near[0, 1] + near[2, 1] - 2 * near[1, 1]
    mixed = (near[0, 0] + near[2, 2] - near[0, 2] - near[2, 0]) / 4
    middle, half = (across + down) / 2, np.hypot((across - down) / 2, mixed)
    least, most = middle + half, middle - half  # both negative at a peak
    return bool(most < 0 and least / most >= _ROUND)


def _spot(place: Place, response: Float32) -> Spot:
    kind, _, row, column = place
    both = np.maximum(response[kind, :, row, column], 1e-6)
    expected = _disc_response()
    size = float(np.interp(np.log(both[1] / both[0]), np.log(expected[1] / expected[0]), _SIZES))
    strength = float(both.max() / np.interp(size, _SIZES, expected.max(axis=0)))
    x, y = (column - (WIDTH - 1) / 2) * MM, (68.0 - row) * MM
    return Spot(
        place=(round(x, 1), round(y, 1)),
        zone=zone_at(row * SCALE, column * SCALE),
        side="subject_left" if x > 0 else "subject_right",
        size=round(size, 1),
        kind=KINDS[kind],
        contrast=round(float(-100 * np.expm1(-strength) if kind == 0 else 100 * np.expm1(strength)), 1),
    )


@cache
def _disc_response() -> FloatArray:
    """Response of the two bands at the middle of discs of unit depth and of the sizes, shape (2, 81)."""
    radius = _SIZES / 2 / MM
    kept = [np.exp(-(radius**2) / (2 * width**2)) for width in _WIDTHS]
    return np.array([wide - fine for fine, wide in pairwise(kept)])


def _spread(band: Float32, whole: Mask) -> Float32:
    """Estimate the standard deviation of a band around each pixel from mean sizes, which few spots hardly change."""
    size = np.minimum(np.abs(band), np.float32(_MOST))
    return np.asarray(1.2533 * surroundings(size, whole.astype(np.float32), _SURROUNDINGS), dtype=np.float32)


def _largest_near(response: Float32) -> Float32:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _NEAR + 1, 2 * _NEAR + 1))
    return np.stack([np.stack([np.asarray(cv2.dilate(band, disc)) for band in bands]) for bands in response])


def _halved(values: Picture) -> Float32:
    return np.asarray(cv2.resize(values, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), dtype=np.float32)


@cache
def _where() -> Mask:
    """Skin far enough from eyes, lips, brows and the face's outline, shape (208, 176)."""
    return np.asarray(narrowed(skin(), _FROM_FEATURES)[::SCALE, ::SCALE])
