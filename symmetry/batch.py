"""Many photos: each one measured, a failure never stops the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from symmetry.analysis import analyze
from symmetry.errors import SymmetryError
from symmetry.face import FaceAnalysis
from symmetry.repeatability import Table
from symmetry.scale import Scale


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


def analyze_photos(
    photos: Iterable[Path],
    *,
    scale: Scale | str = "iris",
    mirrored: bool = False,
    face: Literal["largest", "only"] = "largest",
    landmarks_only: bool = False,
    table: Table | None = None,
) -> Iterator[FaceAnalysis | Failure]:
    """Measure photos one after the other; options as for `analyze`."""
    for photo in photos:
        try:
            yield analyze(photo, scale=scale, mirrored=mirrored, face=face, landmarks_only=landmarks_only, table=table)
        except SymmetryError as error:
            yield Failure(photo=str(photo), error=str(error))
