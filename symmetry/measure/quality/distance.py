"""Distance of the camera: close to a phone, the middle of a face is drawn too large and its outline too small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.landmarks.mesh import MIRROR
from symmetry.landmarks.scale import IRIS_MM, iris_diameter
from symmetry.measure.quality.flags import Flag, Limits
from symmetry.measure.quality.portrait import Portrait
from symmetry.photos.reading import Photo

TOUCHED: Final = ("jawline", "cheeks", "nose", "face", "jaw_angle_width", "jaw_angle_height")
"""Perspective does not make an even face uneven, but it amplifies what a slight turn does to deep parts."""

NEAR_CM: Final = Limits({"info": 35.0, "warn": 25.0}, digits=1, below=True)
"""At these distances the tip of the nose, 4 cm in front of the eyes, is drawn 13 and 19 % larger than they are."""
BENT: Final = Limits({"info": 2.0, "warn": 2.6}, digits=1)
"""In standard deviations between people. 35 people photographed from afar reach 1.9, smiling 2.2; one person at about
15, 30, 45 and 60 cm has 2.9, 2.1, 1.8 and 1.3, and 35 photos bent as if from 15 cm have 2.9 +- 1.2: people differ so
much that half of those pass."""
_BENT_TILTED: Final = Limits({"info": 2.6}, digits=1)
MOST_PITCH: Final = 8.0
"""Degrees up or down from which on pitch alone makes a face look near, and nearness makes it look lowered: only the
graver limit counts then, and the flag is only worth knowing."""

_SLIMMER: Final = 22.0
_LOWERED: Final = 0.14
"""Weights of jaw width over face height, and of a degree of pitch, that best tell the bent photos from the
originals."""
_AVERAGE_WIDTH, _AVERAGE_PITCH = 0.65, 0.9
_JAW_ANGLE, _TOP, _BOTTOM = 172, 10, 152

_FILM_MM: Final = 43.27
"""Diagonal of 35 mm film."""
_PLAIN: Final = (4 / 3, 3 / 2, 16 / 9)
"""Aspect ratios in which cameras save whole photos."""
_SHAPE_ERROR: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Perspective:
    """How near the camera seems to have been."""

    # distance by the focal length in the metadata; None if there is none or the photo is cropped
    centimetres: float | None
    bent: float  # how strongly the face looks as from near, in standard deviations between people
    pitch: float  # of the head, degrees


def perspective_of(portrait: Portrait) -> Perspective:
    """Estimate how near the camera was."""
    pitch = float(portrait.frame.pose()[1])
    bent = bent_as_from_near(portrait.landmarks, pitch)
    return Perspective(centimetres=_centimetres(portrait), bent=bent, pitch=pitch)


def bent_as_from_near(landmarks: FloatArray, pitch: float) -> float:
    """Tell how strongly a face (478, 3) looks as from near, in standard deviations between people."""
    width = np.linalg.norm(landmarks[_JAW_ANGLE] - landmarks[MIRROR[_JAW_ANGLE]])
    height = np.linalg.norm(landmarks[_TOP] - landmarks[_BOTTOM])
    return float(_SLIMMER * (_AVERAGE_WIDTH - width / height) - _LOWERED * (pitch - _AVERAGE_PITCH))


def _centimetres(portrait: Portrait) -> float | None:
    photo = portrait.photo
    if photo.focal_length_35mm is None or not _is_whole(photo):
        return None
    focal_pixels = photo.focal_length_35mm * float(np.hypot(*photo.size)) / _FILM_MM
    return focal_pixels * IRIS_MM / float(iris_diameter(portrait.landmarks)) / 10


def _is_whole(photo: Photo) -> bool:
    """Whether a photo has an aspect ratio of cameras; a cropped one seldom has."""
    shape = max(photo.size) / min(photo.size)
    return any(abs(shape / plain - 1) < _SHAPE_ERROR for plain in _PLAIN)


def check_distance(portrait: Portrait) -> tuple[Flag, ...]:
    """Find a photo taken from too near.

    The value is the distance in centimetres if the focal length is known, otherwise how bent the face is, as in
    `Perspective`: then only the strongest perspective stands out from the differences between people.
    """
    seen = perspective_of(portrait)
    if seen.centimetres is not None:
        value, limits, how = seen.centimetres, NEAR_CM, f"from about {seen.centimetres:.0f} cm"
    else:
        level = abs(seen.pitch) <= MOST_PITCH
        value, limits = max(seen.bent, 0.0), BENT if level else _BENT_TILTED
        how = "from very near" if level else "from very near, or only looks so as the head is raised or lowered"
    advice = f"The photo seems taken {how}, which bends the face; hold the phone at arm's length or farther."
    return limits.flag("phone_too_near", value, TOUCHED, advice)
