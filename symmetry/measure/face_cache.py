"""A cache of measured faces, found by the content of their photos, so that no photo is measured twice.

It holds landmarks, fields and flags, not scores: a new version scores them anew, and does not need the photo. The files
hold an evenly lit picture of the face, so they are as private as the photo.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.errors import OutputError, SymmetryError
from symmetry.files import make_folder, write_whole
from symmetry.landmarks.mesh import LANDMARKS
from symmetry.landmarks.networks import MODEL, engine_label
from symmetry.measure.analysis import measure_landmarks
from symmetry.measure.face import Detection, Evidence, FaceAnalysis
from symmetry.measure.options import Measuring
from symmetry.measure.quality.flags import Flag
from symmetry.photos.reading import Photo
from symmetry.registration import GRID, standard_face_from
from symmetry.registration.refinement import MirrorRefinement
from symmetry.registration.standard_face import HEIGHT, WIDTH
from symmetry.version import __version__

_LAYOUT: Final = 3
"""Version of the files; faces in files of another version are measured anew."""
_DAMAGED: Final = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, EOFError, ArithmeticError),
    *(MemoryError, RecursionError, zipfile.BadZipFile, zlib.error, SymmetryError),
)
"""Errors that reading a damaged or foreign file may raise."""
_OF_PHOTO: Final = ("size", "reduction", "captured_source", "sha256", "focal_length_35mm", "unread_dates")


def usual_folder() -> Path:
    """Folder of this user's cache; it may not exist yet."""
    from platformdirs import user_cache_path

    return user_cache_path("symmetry", appauthor=False) / "faces"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Match:
    """How a photo differs from another that it was matched to."""

    # shape (478, 2); where each landmark has moved, mm in a face of usual size; NaN where that is unknown
    moved: FloatArray
    flags: tuple[Flag, ...]  # what was found between the two photos


class FaceCache:
    """A folder of measured faces, and of matches between them.

    Parameters
    ----------
    folder : Path
        Only its owner can read it.
    make : bool
        Make the folder if there is none; otherwise nothing is kept without it.

    Attributes
    ----------
    trouble : str or None
        Why something could not be kept. Results do not depend on it.
    """

    def __init__(self, folder: Path, *, make: bool = True) -> None:
        self.folder = folder
        self.trouble: str | None = None
        self._make = make

    def face(self, sha256: str, measuring: Measuring, *, name: str) -> FaceAnalysis | None:
        """Score the face of a photo with these bytes anew, without its pixels; None if it is not in the cache."""
        kept = self._read(_face_file(sha256, measuring), _shapes(measuring))
        if kept is None:
            return None
        try:
            return _face_from(*kept, measuring, name)
        except _DAMAGED:
            return None

    def keep(self, face: FaceAnalysis, measuring: Measuring) -> None:
        """Keep a face that was measured."""
        if face.standard is None or face.detection.crops is None:
            return
        arrays: dict[str, Any] = {
            "landmarks": face.landmarks,
            "crops": face.detection.crops,
            "on_lids": face.detection.on_lids,
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
            "detection": {
                "disagreement": face.detection.disagreement,
                "others": face.detection.others,
                "side_light": face.detection.side_light,
            },
        }
        self._write(_face_file(face.photo.sha256, measuring), about, arrays)

    def match(self, first: FaceAnalysis, second: FaceAnalysis) -> Match | None:
        """Return how the second face differs from the first, or None if that is not in the cache."""
        kept = self._read(_pair_file(first, second), {"moved": (LANDMARKS, 2)})
        if kept is None:
            return None
        try:
            return Match(moved=kept[1]["moved"], flags=_flags(kept[0]["flags"]))
        except _DAMAGED:
            return None

    def keep_match(self, first: FaceAnalysis, second: FaceAnalysis, match: Match) -> None:
        """Keep how the second face differs from the first."""
        about = {"flags": [asdict(flag) for flag in match.flags]}
        self._write(_pair_file(first, second), about, {"moved": match.moved})

    def forget(self, photos: Collection[str]) -> int:
        """Remove what is kept of photos with these hashes; return how many files that were."""
        hashes, removed = set(photos), 0
        with contextlib.suppress(OSError):  # no such folder
            for file in self.folder.glob("*.npz"):
                if not hashes.isdisjoint(file.stem.split("-")):
                    file.unlink(missing_ok=True)
                    removed += 1
        return removed

    def _read(self, name: str, shapes: dict[str, tuple[int, ...]]) -> tuple[dict[str, Any], dict[str, Any]] | None:
        try:
            with (self.folder / name).open("rb") as file, np.load(file, allow_pickle=False) as kept:
                about = json.loads(str(kept["about"]))
                if about["layout"] != _LAYOUT or about["model"] != MODEL:
                    return None
                arrays = {key: kept[key] for key in shapes}
        except _DAMAGED:
            return None  # not there or damaged: measured again
        whole = all(arrays[key].shape == shape for key, shape in shapes.items())
        return (about, arrays) if whole else None

    def _write(self, name: str, about: dict[str, Any], arrays: dict[str, Any]) -> None:
        made_by = {"layout": _LAYOUT, "version": __version__, "engine": engine_label(), "model": MODEL}
        buffer = io.BytesIO()
        np.savez_compressed(buffer, about=json.dumps(made_by | about), **arrays)
        try:
            if self._make:
                make_folder(self.folder)
            write_whole(self.folder / name, buffer.getvalue(), durable=False)
        except OutputError as error:
            self.trouble = str(error)


def _face_from(about: dict[str, Any], arrays: dict[str, Any], measuring: Measuring, name: str) -> FaceAnalysis:
    """Score a face from what is kept of it."""
    of_photo, landmarks = about["photo"], arrays["landmarks"]
    captured = of_photo.pop("captured")
    photo = Photo(
        name=name,
        pixels=np.zeros((0, 0, 3), np.uint8),
        captured=None if captured is None else datetime.fromisoformat(captured),
        **{**of_photo, **{name: tuple(of_photo[name]) for name in ("size", "unread_dates")}},
    )
    refined = None
    if not measuring.landmarks_only:
        names = [field.name for field in fields(MirrorRefinement)]
        refined = MirrorRefinement(**{name: arrays[f"refined_{name}"] for name in names})
    evidence = Evidence(
        standard=standard_face_from(arrays["pattern"], arrays["inside"], landmarks),
        refined=refined,
        flags=_flags(about["flags"]),
        detection=Detection(crops=arrays["crops"], on_lids=arrays["on_lids"], **about["detection"]),
    )
    return measure_landmarks(
        photo, landmarks, scale=measuring.scale, evidence=evidence, reliability=measuring.reliability
    )


def _shapes(measuring: Measuring) -> dict[str, tuple[int, ...]]:
    """Shapes of the arrays that are kept of a face."""
    picture = (HEIGHT, WIDTH)
    shapes: dict[str, tuple[int, ...]] = {
        "landmarks": (LANDMARKS, 3),
        "crops": (2, LANDMARKS, 3),
        "on_lids": (LANDMARKS,),
        "pattern": picture,
        "inside": picture,
    }
    if not measuring.landmarks_only:
        grid = GRID.shape[:2]
        shapes |= {"refined_points": (LANDMARKS, 3), "refined_seen": (LANDMARKS,)}
        shapes |= {"refined_map_points": (*grid, 3), "refined_map_seen": grid}
    return shapes


def _face_file(sha256: str, measuring: Measuring) -> str:
    """Name the file of a face by its photo and the options that change what is kept; scale and errors do not."""
    options = {
        "mirrored": measuring.mirrored,
        "only": measuring.face == "only",
        "landmarks": measuring.landmarks_only,
    }
    return "-".join([sha256, *(name for name, taken in options.items() if taken)]) + ".npz"


def _pair_file(first: FaceAnalysis, second: FaceAnalysis) -> str:
    """Name the file of a pair by its faces, not only by their photos: the same photo mirrored is another face."""
    digest = hashlib.sha256()
    for face in (first, second):
        digest.update(face.points.tobytes())
        digest.update(b"" if face.standard is None else face.standard.pattern.tobytes())
    return f"{first.photo.sha256}-{second.photo.sha256}-{digest.hexdigest()[:16]}.npz"


def _flags(listed: list[dict[str, Any]]) -> tuple[Flag, ...]:
    return tuple(Flag(**{**flag, "touches": tuple(flag["touches"])}) for flag in listed)
