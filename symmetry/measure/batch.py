"""Many photos: each one measured, a failure never stops the others, and what is kept is not looked at twice."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from symmetry.errors import SymmetryError
from symmetry.landmarks.scale import Scale
from symmetry.measure.analysis import analyze
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.face_cache import KnownFaces, Look
from symmetry.measure.reliability_table import ReliabilityTables
from symmetry.photos.listing import read_file
from symmetry.photos.reading import photo_from_bytes
from symmetry.tabular.face import FACE_TABLES
from symmetry.tabular.frames import to_frame

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A photo that could not be measured.

    Attributes
    ----------
    photo : str
        The path as given.
    error : str
        What is wrong and what to do about it.
    """

    photo: str
    error: str

    def to_dict(self) -> dict[str, Any]:
        """Give the keys of a face that was measured, all None but the photo and the reason."""
        of_photo = ("size", "captured", "captured_source", "sha256")
        of_face = ("method", "mm_per_pixel", "scale_source", "pose", "regions", "measures")
        return {"photo": self.photo, "error": self.error, **dict.fromkeys(of_photo + of_face), "flags": []}

    def to_frame(self, of: Literal["regions", "measures", "flags"] = "regions") -> DataFrame:
        """Give the columns of a face that was measured, with one row for the reason."""
        return to_frame([self.to_dict()], FACE_TABLES, of)


def analyze_photos(
    photos: Iterable[Path],
    *,
    scale: Scale | str = "iris",
    mirrored: bool = False,
    face: Literal["largest", "only"] = "largest",
    landmarks_only: bool = False,
    reliability: ReliabilityTables | None = None,
    known: KnownFaces | None = None,
) -> Iterator[FaceAnalysis | Failure]:
    """Measure photos one after the other.

    Parameters
    ----------
    photos : iterable of Path
    scale, mirrored, face, landmarks_only, reliability
        As for `analyze`.
    known : KnownFaces, optional
        Where faces are kept; what it knows comes without pixels and takes a hundredth of the time.

    Yields
    ------
    FaceAnalysis or Failure
    """
    look = Look(mirrored=mirrored, face=face, landmarks_only=landmarks_only)
    wanted = Scale.parse(scale) if isinstance(scale, str) else scale
    for path in photos:
        try:
            yield _measure(path, look, wanted, reliability, known)
        except SymmetryError as error:
            yield Failure(photo=str(path), error=str(error))


def _measure(
    path: Path, look: Look, scale: Scale, reliability: ReliabilityTables | None, known: KnownFaces | None
) -> FaceAnalysis:
    if known is None:
        return analyze(path, scale=scale, reliability=reliability, **asdict(look))
    data = read_file(path)
    name = os.fsdecode(path)
    face = known.face(hashlib.sha256(data).hexdigest(), look, name=name, scale=scale, reliability=reliability)
    if face is None:
        face = analyze(photo_from_bytes(data, name), scale=scale, reliability=reliability, **asdict(look))
        known.keep(face, look)
    return face
