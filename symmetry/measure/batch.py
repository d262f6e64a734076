"""Many photos, measured one after the other."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from symmetry.errors import SymmetryError
from symmetry.measure.analysis import measure_photo
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.face_cache import FaceCache
from symmetry.measure.options import Measuring, MeasuringOptions
from symmetry.photos.listing import read_file
from symmetry.photos.reading import photo_from_bytes
from symmetry.tabular.face import FACE_TABLES
from symmetry.tabular.frames import to_frame

if TYPE_CHECKING:
    from pandas import DataFrame
    from typing_extensions import Unpack


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A photo that could not be measured."""

    photo: str  # its path as given
    error: str  # what is wrong and what to do

    def to_dict(self) -> dict[str, Any]:
        """Return the keys of a measured face, all None except photo and error."""
        of_photo = ("size", "captured", "captured_source", "sha256")
        of_face = ("method", "mm_per_pixel", "scale_source", "pose", "index", "regions", "measures")
        return {"photo": self.photo, "error": self.error, **dict.fromkeys(of_photo + of_face), "flags": []}

    def to_frame(self, of: Literal["regions", "measures", "flags", "skin"] = "regions") -> DataFrame:
        """Return the columns of a measured face, with one row for the reason."""
        return to_frame([self.to_dict()], FACE_TABLES, of)


def analyze_photos(
    photos: Iterable[Path], *, cache: FaceCache | None = None, **options: Unpack[MeasuringOptions]
) -> Iterator[FaceAnalysis | Failure]:
    """Measure photos one after the other; those that fail do not stop the others.

    Parameters
    ----------
    photos : iterable of Path
    cache : FaceCache, optional
        Faces in it are not measured again; they come without pixels.
    **options
        `scale`, `mirrored`, `face`, `landmarks_only`, `skin`, `reliability` as for `analyze`.
    """
    measuring = Measuring.of(**options)
    for path in photos:
        try:
            if cache is None:
                yield measure_photo(path, measuring)
            else:
                data = read_file(path)
                digest = hashlib.sha256(data).hexdigest()
                yield measure_once(cache, digest, partial(bytes, data), measuring, name=os.fsdecode(path))
        except SymmetryError as error:
            yield Failure(photo=str(path), error=str(error))


def without_pixels(
    results: Iterable[FaceAnalysis | Failure], *, comparable: bool = False
) -> Iterator[FaceAnalysis | Failure]:
    """Drop the pixels of faces as they come; `comparable` as for `FaceAnalysis.without_pixels`."""
    for result in results:
        yield result if isinstance(result, Failure) else result.without_pixels(comparable=comparable)


def measure_once(
    cache: FaceCache, sha256: str, read: Callable[[], bytes], measuring: Measuring, *, name: str
) -> FaceAnalysis:
    """Take a face from the cache, or measure its photo and keep it there.

    Parameters
    ----------
    cache : FaceCache
    sha256 : str
        Hash of the photo's file.
    read : callable
        Returns the bytes of the file; called only if the face is not in the cache.
    measuring : Measuring
    name : str
        What the result calls the photo.
    """
    face = cache.face(sha256, measuring, name=name)
    if face is None or measuring.skin:  # the cache does not hold skin
        face = measure_photo(photo_from_bytes(read(), name), measuring)
        cache.keep(face, measuring)
    return face
