"""Faces that were measured before, kept by what their photos hold: no photo is looked at twice.

What is kept are landmarks, fields and flags, not scores: a new version scores them anew, and the photo itself is
needed no more. The files hold a picture of the face, made even, so they are as private as the photo.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.errors import OutputError, SymmetryError
from symmetry.files import make_folder, write_whole
from symmetry.landmarks.mesh import LANDMARKS
from symmetry.landmarks.scale import Scale
from symmetry.measure.analysis import measure_landmarks
from symmetry.measure.face import FaceAnalysis, Sightings
from symmetry.measure.quality.flags import Flag
from symmetry.measure.reliability_table import ReliabilityTables
from symmetry.photos.reading import Photo
from symmetry.registration import GRID, standard_face_from
from symmetry.registration.refinement import MirrorRefinement
from symmetry.registration.standard_face import HEIGHT, WIDTH
from symmetry.version import ENGINE, __version__

_LAYOUT: Final = 1
"""Of the files; others are not understood and measured anew."""
_DAMAGED: Final = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, EOFError, ArithmeticError),
    *(MemoryError, RecursionError, zipfile.BadZipFile, zlib.error, SymmetryError),
)
"""What reading a file that is damaged, or of somebody else's making, may end in."""
_OF_PHOTO: Final = ("size", "reduction", "captured_source", "sha256", "focal_length_35mm")


def usual_folder() -> Path:
    """Folder of this user's known faces; it may not exist."""
    from platformdirs import user_cache_path

    return user_cache_path("symmetry", appauthor=False) / "faces"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a photo is looked at; another way of looking is another result.

    Attributes
    ----------
    mirrored : bool
    face : {"largest", "only"}
    landmarks_only : bool
    """

    mirrored: bool = False
    face: Literal["largest", "only"] = "largest"
    landmarks_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Met:
    """What two photos show together: the second as seen from the first.

    Attributes
    ----------
    moved : ndarray, shape (478, 2)
        Where each landmark has gone, in a face of usual eyes, mm; NaN where it is not known.
    flags : tuple of Flag
        Between the photos.
    """

    moved: FloatArray
    flags: tuple[Flag, ...]


class KnownFaces:
    """A folder of faces measured before.

    Parameters
    ----------
    folder : Path
        Readable by its owner only.
    make : bool
        Make the folder when something is kept first; else nothing is kept where there is none (any more).

    Attributes
    ----------
    trouble : str or None
        Why something could not be kept; what is measured counts all the same.
    """

    def __init__(self, folder: Path, *, make: bool = True) -> None:
        self.folder = folder
        self.trouble: str | None = None
        self._make = make

    def face(
        self, sha256: str, look: Look, *, name: str, scale: Scale, reliability: ReliabilityTables | None = None
    ) -> FaceAnalysis | None:
        """Give the face of a photo with these bytes, scored anew and without its pixels; None if it is not known."""
        kept = self._read(_face_file(sha256, look), _shapes(look))
        if kept is None:
            return None
        about, arrays = kept
        try:
            return self._face(about, arrays, look, name=name, scale=scale, reliability=reliability)
        except _DAMAGED:
            return None

    def _face(
        self,
        about: dict[str, Any],
        arrays: dict[str, Any],
        look: Look,
        *,
        name: str,
        scale: Scale,
        reliability: ReliabilityTables | None,
    ) -> FaceAnalysis:
        of_photo, landmarks = about["photo"], arrays["landmarks"]
        captured = of_photo.pop("captured")
        photo = Photo(
            name=name,
            pixels=np.zeros((0, 0, 3), np.uint8),
            captured=None if captured is None else datetime.fromisoformat(captured),
            **{**of_photo, "size": tuple(of_photo["size"])},
        )
        refined = None
        if not look.landmarks_only:
            names = [field.name for field in fields(MirrorRefinement)]
            refined = MirrorRefinement(**{name: arrays[f"refined_{name}"] for name in names})
        return measure_landmarks(
            photo,
            landmarks,
            scale=scale,
            standard=standard_face_from(arrays["pattern"], arrays["inside"], landmarks),
            refined=refined,
            flags=_flags(about["flags"]),
            sightings=Sightings(crops=arrays["crops"], **about["sightings"]),
            reliability=reliability,
        )

    def keep(self, face: FaceAnalysis, look: Look) -> None:
        """Keep a face that was measured."""
        if face.standard is None or face.sightings.crops is None:
            return
        arrays: dict[str, Any] = {
            "landmarks": face.landmarks,
            "crops": face.sightings.crops,
            "pattern": face.standard.pattern,
            "inside": face.standard.inside,
        }
        if face.refined is not None:
            arrays |= {f"refined_{f.name}": getattr(face.refined, f.name) for f in fields(MirrorRefinement)}
        captured = face.photo.captured
        about = {
            "photo": {name: getattr(face.photo, name) for name in _OF_PHOTO}
            | {"captured": None if captured is None else captured.isoformat()},
            "flags": [asdict(flag) for flag in face.flags],
            "sightings": {
                "disagreement": face.sightings.disagreement,
                "others": face.sightings.others,
                "side_light": face.sightings.side_light,
            },
        }
        self._write(_face_file(face.photo.sha256, look), about, arrays)

    def met(self, first: FaceAnalysis, second: FaceAnalysis) -> Met | None:
        """Give what two faces show together, or None if that is not known."""
        kept = self._read(_pair_file(first, second), {"moved": (LANDMARKS, 2)})
        if kept is None:
            return None
        try:
            return Met(moved=kept[1]["moved"], flags=_flags(kept[0]["flags"]))
        except _DAMAGED:
            return None

    def keep_met(self, first: FaceAnalysis, second: FaceAnalysis, met: Met) -> None:
        """Keep what two faces show together."""
        about = {"flags": [asdict(flag) for flag in met.flags]}
        self._write(_pair_file(first, second), about, {"moved": met.moved})

    def _read(self, name: str, shapes: dict[str, tuple[int, ...]]) -> tuple[dict[str, Any], dict[str, Any]] | None:
        try:
            with (self.folder / name).open("rb") as file, np.load(file, allow_pickle=False) as kept:
                about = json.loads(str(kept["about"]))
                if about["layout"] != _LAYOUT or about["engine"] != ENGINE:
                    return None
                arrays = {key: kept[key] for key in shapes}
        except _DAMAGED:
            return None  # unknown or damaged: the photo says it again
        whole = all(arrays[key].shape == shape for key, shape in shapes.items())
        return (about, arrays) if whole else None

    def _write(self, name: str, about: dict[str, Any], arrays: dict[str, Any]) -> None:
        made_by = {"layout": _LAYOUT, "version": __version__, "engine": ENGINE}
        buffer = io.BytesIO()
        np.savez_compressed(buffer, about=json.dumps(made_by | about), **arrays)
        try:
            if self._make:
                make_folder(self.folder)
            write_whole(self.folder / name, buffer.getvalue())
        except OutputError as error:
            self.trouble = str(error)


def _shapes(look: Look) -> dict[str, tuple[int, ...]]:
    """Shapes of what is kept of a face."""
    picture = (HEIGHT, WIDTH)
    shapes: dict[str, tuple[int, ...]] = {
        "landmarks": (LANDMARKS, 3),
        "crops": (2, LANDMARKS, 3),
        "pattern": picture,
        "inside": picture,
    }
    if not look.landmarks_only:
        grid = GRID.shape[:2]
        shapes |= {"refined_points": (LANDMARKS, 3), "refined_seen": (LANDMARKS,)}
        shapes |= {"refined_map_points": (*grid, 3), "refined_map_seen": grid}
    return shapes


def _face_file(sha256: str, look: Look) -> str:
    ways = [way for way, taken in (("mirrored", look.mirrored), ("only", look.face == "only")) if taken]
    return "-".join([sha256, *ways, *(["landmarks"] if look.landmarks_only else [])]) + ".npz"


def _pair_file(first: FaceAnalysis, second: FaceAnalysis) -> str:
    """Name a pair by what its faces are, not by their photos alone: a mirrored look is another face."""
    digest = hashlib.sha256()
    for face in (first, second):
        digest.update(face.points.tobytes())
        digest.update(b"" if face.standard is None else face.standard.pattern.tobytes())
    return f"{first.photo.sha256}-{second.photo.sha256}-{digest.hexdigest()[:16]}.npz"


def _flags(listed: list[dict[str, Any]]) -> tuple[Flag, ...]:
    return tuple(Flag(**{**flag, "touches": tuple(flag["touches"])}) for flag in listed)
