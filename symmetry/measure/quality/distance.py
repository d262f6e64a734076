"""How near the camera was: near a phone the middle of a face is drawn too large and its outline too small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from symmetry.landmarks.mesh import MIRROR
from symmetry.landmarks.scale import IRIS_MM, iris_diameter
from symmetry.measure.quality.flags import Flag, Severity
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.pose import severity_of
from symmetry.photos.reading import Photo

TOUCHED: Final = ("jawline", "cheeks", "nose", "face", "jaw_angle_width", "jaw_angle_height")
"""Perspective does not make an even face uneven, but it adds to what a slight turn does to parts that stand deep."""

NEAR_CM: Final[dict[Severity, float]] = {"info": 35.0, "warn": 25.0}
"""At these distances the tip of the nose, 4 cm before the eyes, is drawn 13 and 19 % larger than they are."""
BENT: Final[dict[Severity, float]] = {"info": 2.0, "warn": 2.6}
"""In standard deviations between people. 35 people photographed from afar reach 1.9, smiling 2.2; one person at about
15, 30, 45 and 60 cm has 2.9, 2.1, 1.8 and 1.3, and 35 photos bent as if from 15 cm have 2.9 +- 1.2: people differ so
much that half of those pass."""
MOST_PITCH: Final = 8.0
"""Degrees up or down from which a face looks as it does from near by its pitch alone, and by how near it is seems to
be lowered: from there on it is found from the graver limit on, and only worth knowing."""

_SLIMMER: Final = 22.0
_LOWERED: Final = 0.14
"""Say of jaw width over face height, and of a degree of pitch: what tells those 35 photos best from their originals."""
_USUAL_WIDTH, _USUAL_PITCH = 0.65, 0.9
_JAW_ANGLE, _TOP, _BOTTOM = 172, 10, 152

_FILM_MM: Final = 43.27
"""Diagonal of 35 mm film."""
_PLAIN: Final = (4 / 3, 3 / 2, 16 / 9)
"""Shapes in which cameras save whole photos."""
_SHAPE_ERROR: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Perspective:
    """How near the camera seems to have been.

    Attributes
    ----------
    centimetres : float or None
        Distance by the focal length that the photo states; None where it states none or is cropped.
    bent : float
        How much the face looks as faces do from near, in standard deviations between people.
    pitch : float
        Of the head, degrees.
    """

    centimetres: float | None
    bent: float
    pitch: float


def perspective_of(portrait: Portrait) -> Perspective:
    """Estimate how near the camera was."""
    face = portrait.landmarks
    pitch = float(portrait.frame.pose()[1])
    width = np.linalg.norm(face[_JAW_ANGLE] - face[MIRROR[_JAW_ANGLE]])
    height = np.linalg.norm(face[_TOP] - face[_BOTTOM])
    bent = _SLIMMER * (_USUAL_WIDTH - width / height) - _LOWERED * (pitch - _USUAL_PITCH)
    return Perspective(centimetres=_centimetres(portrait), bent=float(bent), pitch=pitch)


def _centimetres(portrait: Portrait) -> float | None:
    photo = portrait.photo
    if photo.focal_length_35mm is None or not _is_whole(photo):
        return None
    focal_pixels = photo.focal_length_35mm * float(np.hypot(*photo.size)) / _FILM_MM
    return focal_pixels * IRIS_MM / float(iris_diameter(portrait.landmarks)) / 10


def _is_whole(photo: Photo) -> bool:
    """Tell whether a photo has a shape that cameras make; a cropped one seldom has."""
    shape = max(photo.size) / min(photo.size)
    return any(abs(shape / plain - 1) < _SHAPE_ERROR for plain in _PLAIN)


def check_distance(portrait: Portrait) -> tuple[Flag, ...]:
    """Find a photo taken from too near.

    The value is the distance in centimetres where the photo tells its focal length, else how much the face is bent, as
    in `Perspective`: then only the strongest perspective stands out from how faces differ.
    """
    seen = perspective_of(portrait)
    if seen.centimetres is not None:
        reached = severity_of(-1 / seen.centimetres, {name: 1 / limit for name, limit in NEAR_CM.items()})
        limit = None if reached is None else NEAR_CM[reached[0]]
        value, how = seen.centimetres, f"from about {seen.centimetres:.0f} cm"
    else:
        level = abs(seen.pitch) <= MOST_PITCH
        reached = severity_of(max(seen.bent, 0.0), BENT if level else {"info": BENT["warn"]})
        limit = None if reached is None else reached[1]
        value, how = seen.bent, "from very near"
    if reached is None:
        return ()
    return (
        Flag(
            name="phone_too_near",
            severity=reached[0],
            value=round(value, 1),
            limit=limit,
            touches=TOUCHED,
            advice=f"The photo seems taken {how}, which bends the face; hold the phone at arm's length or farther.",
        ),
    )
