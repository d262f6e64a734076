"""How much several photos of an unchanged face say: frames of one film share light, distance and day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from symmetry.measure.face import FaceAnalysis
from symmetry.photos.film_names import film_of

WITHIN_FILM: Final = 0.4
"""Share of the variance between free photos of a day that also differs between chosen frames of one film.

Twelve people photographed anew by `rephotograph`, as free photos and as films whose frames share light, distance and
camera while the head sways by 1.5 degrees. Changes between two films, five frames of each, spread 0.82 times as far as
those between two photos (RMS over seven regions: mouth 0.73, eyes 0.78, brows 1.04), and so they do here."""


def share_a_film(faces: Sequence[FaceAnalysis]) -> bool:
    """Whether two of the photos are frames of one film."""
    return any(count > 1 for count in _sittings(faces))


def effective_photos(faces: Sequence[FaceAnalysis]) -> float:
    """Count free photos whose mean is as sure as that of these; frames of a film count for less than photos.

    The variance of a free photo has a part that differs between the frames of a film, `WITHIN_FILM`, and one that they
    share: over n frames of one film the mean keeps (1 - w) + w / n of it.
    """
    every = len(faces)
    kept = sum((count / every) ** 2 * ((1 - WITHIN_FILM) + WITHIN_FILM / count) for count in _sittings(faces))
    return 1 / kept


def _sittings(faces: Sequence[FaceAnalysis]) -> list[int]:
    """Count the frames of each film; a photo that is no frame stands alone."""
    films = [film_of(face.photo.name) for face in faces]
    counted = Counter(film for film in films if film is not None)
    return [*counted.values(), *[1] * films.count(None)]
