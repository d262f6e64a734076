"""Photo files: listing them, saying what else lies in their folders, and reading their bytes."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from symmetry.errors import PhotoError
from symmetry.files import FIGURE_SUFFIXES, MARK
from symmetry.photos.addresses import is_address, read_address
from symmetry.photos.film_frames import frame_bytes
from symmetry.photos.film_names import named_frame
from symmetry.photos.films import ANIMATED_PICTURE, film_format, read_info
from symmetry.photos.formats import AS_JPEG, FILM_SUFFIXES, HEAD, PHOTO_SUFFIXES, RAW_SUFFIXES, kind_of

MAX_BYTES: Final = 500_000_000

_BESIDE_PHOTOS: Final = frozenset(
    (
        *(".aae", ".csv", ".db", ".htm", ".html", ".ini", ".ipynb", ".json", ".lnk", ".log", ".md", ".ods"),
        *(".parquet", ".pdf", ".py", ".svg", ".txt", ".xls", ".xlsx", ".xml", ".xmp"),
    )
)
"""Files that nobody takes for photos: they are not counted."""
_IN_THE_CLOUD: Final = (".icloud",)
_OWN: Final = "figure of symmetry"
_FOLDER: Final = "folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Photos, and what else lay in the folders.

    Attributes
    ----------
    photos : list of Path
        As from `find_photos`.
    skipped : mapping of str to int
        How many files and folders of each kind were passed over: "RAW", "film", "figure of symmetry", "file of another
        kind", "photo in the cloud", "folder".
    """

    photos: list[Path]
    skipped: Mapping[str, int]


def find_photos(paths: Iterable[str | os.PathLike[str]], recursive: bool = False) -> list[Path]:
    """Expand files and folders to a list of photos.

    Parameters
    ----------
    paths : iterable of path
        A file is kept as it is, whatever its name and even if it is missing. A folder is replaced by the photos in it,
        in natural order (img2 before img10), without hidden files and without figures that symmetry drew. They are
        recognised by suffix, or by content if their suffix is unknown. A folder that holds films and no photo is
        replaced by its films.
    recursive : bool
        Search folders within folders too, linked ones included.

    Returns
    -------
    list of Path
        A folder without photos, or one that cannot be listed, stays in the list, so that `read_photo` reports what is
        wrong with it and nothing is dropped silently.
    """
    return list_photos(paths, recursive).photos


def list_photos(paths: Iterable[str | os.PathLike[str]], recursive: bool = False) -> Listing:
    """Find photos as `find_photos` does, and count what is passed over."""
    photos: list[Path] = []
    skipped: Counter[str] = Counter()
    for path in map(Path, paths):
        found, others = _photos_in(path, recursive)
        if not found and others["film"]:
            found = _films_in(path, recursive)
            del others["film"]
        photos += found or [path]
        if found:  # else reading the folder says what is in it
            skipped += others
    return Listing(photos=photos, skipped=skipped)


def skipped_words(skipped: Mapping[str, int], how: str = "use -r") -> str:
    """Say what was passed over: "2 RAW, 1 film, 1 folder (use -r)"; empty if nothing was."""
    told = []
    for kind, count in sorted(skipped.items(), key=lambda item: (item[0] == _FOLDER, item[0])):
        one, _, rest = kind.partition(" ")
        many = f"{one}s {rest}".rstrip() if count > 1 and kind != "RAW" else kind
        told.append(f"{count} {many}{f' ({how})' if kind == _FOLDER and how else ''}")
    return ", ".join(told)


def read_file(path: str | os.PathLike[str]) -> bytes:
    """Read the bytes of a photo file, without decoding it; "film.mp4#t=1.5" gives a frame of a film as a PNG.

    An address such as s3://clinic/anna.jpg is read by fsspec.

    Raises
    ------
    PhotoError
        If there is no such file, it cannot be read, or it is no photo by its first bytes.
    MissingExtraError
        If it is a frame of a film and PyAV is not installed.
    """
    name = os.fsdecode(path)
    if is_address(name):
        return read_address(name, MAX_BYTES)
    file = Path(name)
    frame = named_frame(file)
    return _read_bytes(file, file.suffix.lower()) if frame is None else frame_bytes(frame)


def _photos_in(folder: Path, recursive: bool) -> tuple[list[Path], Counter[str]]:
    """List the photos in a folder and, to have them reported, the folders in it that cannot be listed.

    Returns
    -------
    found : list of Path
    skipped : Counter of str
        Kinds of other files, and folders that were not searched though photos are in them.
    """
    found: list[Path] = []
    skipped: Counter[str] = Counter()
    with contextlib.suppress(ValueError):  # a null byte in the name
        for parent, folders, files in _walk(folder, found):
            kinds = [(_kind(Path(parent, name)), name) for name in files]
            found.extend(Path(parent, name) for kind, name in kinds if kind == "photo")
            skipped.update(kind for kind, _ in kinds if kind not in ("photo", ""))
            if not recursive:
                skipped.update(_FOLDER for name in folders if _holds_photos(Path(parent, name)))
                break
    return sorted(found, key=lambda path: ([_natural(part) for part in path.parts], str(path))), skipped


def _films_in(folder: Path, recursive: bool) -> list[Path]:
    """List the films in a folder without photos."""
    found: list[Path] = []
    for parent, _, files in _walk(folder, []):
        found += [Path(parent, name) for name in files if _kind(Path(parent, name)) == "film"]
        if not recursive:
            break
    return sorted(found, key=lambda path: ([_natural(part) for part in path.parts], str(path)))


def _walk(folder: Path, unreadable: list[Path]) -> Iterator[tuple[str, list[str], list[str]]]:
    """Walk through a folder and those in it, linked ones too, each once; hidden ones are left out."""
    seen: set[tuple[int, int]] = set()
    _is_new(folder, seen)

    def note(error: OSError) -> None:
        unreadable.append(Path(error.filename))

    for parent, folders, files in os.walk(folder, onerror=note, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(".") and _is_new(Path(parent, name), seen)]
        yield parent, folders, files


def _is_new(folder: Path, seen: set[tuple[int, int]]) -> bool:
    try:
        status = folder.stat()
    except OSError:
        return True  # listing it says what is wrong
    place = (status.st_dev, status.st_ino)
    new = place not in seen or place[1] == 0
    seen.add(place)
    return new


def _holds_photos(folder: Path) -> bool:
    suffixes = {*PHOTO_SUFFIXES, *RAW_SUFFIXES}
    return any(
        Path(name).suffix.lower() in suffixes and not name.startswith(".")
        for _, _, files in _walk(folder, [])
        for name in files
    )


def _kind(path: Path) -> str:
    """Tell what a file in a folder of photos is: "photo", what it counts as, or nothing."""
    suffix = path.suffix.lower()
    if suffix in _IN_THE_CLOUD and Path(path.stem).suffix.lower() in PHOTO_SUFFIXES:
        return "photo in the cloud"
    if path.name.startswith(".") or suffix in _BESIDE_PHOTOS:
        return ""
    if suffix in RAW_SUFFIXES:
        return "RAW"
    if suffix in FILM_SUFFIXES:
        return "film"
    if suffix in PHOTO_SUFFIXES and suffix not in FIGURE_SUFFIXES:
        return "photo"
    head = _head(path)
    if MARK in head:
        return _OWN
    if suffix in PHOTO_SUFFIXES:
        return "photo"
    try:
        kind_of(head, suffix)
    except PhotoError as error:
        text = "a text" in str(error) or not head
        return "film" if "a video" in str(error) else "" if text else "file of another kind"
    return "photo"


def _head(path: Path) -> bytes:
    """Read the first bytes of a file; none of what cannot be read or is no plain file."""
    with contextlib.suppress(OSError, ValueError):
        if stat.S_ISREG(path.stat().st_mode):
            with path.open("rb") as file:
                return file.read(HEAD)
    return b""


def _natural(name: str) -> list[str | int]:
    # Text and numbers alternate and text comes first, so that only like is compared with like.
    return [int(part) if index % 2 else part for index, part in enumerate(re.split(r"(\d+)", name.casefold()))]


def _read_bytes(path: Path, suffix: str) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise PhotoError(_about_folder(path))
        if not stat.S_ISREG(status.st_mode):
            raise PhotoError("it is a device or a pipe, not a file; give a photo")
        if status.st_size == 0:
            raise PhotoError("the file is empty; copy it again from the phone or camera")
        with path.open("rb") as file:
            head = file.read(HEAD)
            if film_format(head) not in (None, ANIMATED_PICTURE):
                read_info(path)  # says what is wrong with it, if anything is
                raise PhotoError(f"it is a film, not a photo; name a moment of it, such as {path.name}#t=1.5")
            kind_of(head, suffix)  # so that other files are refused before all of them is read
            if status.st_size > MAX_BYTES:
                raise PhotoError(f"the file is larger than {MAX_BYTES // 1_000_000} MB; {AS_JPEG}")
            file.seek(0)
            return file.read(min(status.st_size + 1, MAX_BYTES))  # as much memory is taken as is asked for
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a null byte in the name
        raise PhotoError("there is no such file; check the name and the folder") from None
    except PermissionError:
        raise PhotoError("reading is not permitted; change the file's permissions or copy it elsewhere") from None
    except OSError as error:
        raise PhotoError(f"it cannot be read ({error.strerror}); check the name and the disk") from None


def _about_folder(folder: Path) -> str:
    if not os.access(folder, os.R_OK | os.X_OK):
        return "reading this folder is not permitted; change its permissions"
    photos, skipped = _photos_in(folder, recursive=False)
    if photos:
        return "it is a folder, not a photo; give a photo in it"
    if skipped.pop(_FOLDER, 0) and _photos_in(folder, recursive=True)[0]:
        return "this folder holds photos only in folders inside it; add --recursive to read them"
    if skipped:
        return f"this folder holds no photo that can be read ({skipped_words(skipped)}); {AS_JPEG}"
    return f"this folder holds no photos; their names end in {', '.join(PHOTO_SUFFIXES)}"
