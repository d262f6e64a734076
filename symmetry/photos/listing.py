"""Photo files: listing them, recognising their format by their first bytes, and reading their bytes."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from symmetry.errors import PhotoError

PHOTO_SUFFIXES: Final = (".bmp", ".heic", ".heif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
MAX_BYTES: Final = 500_000_000
AS_JPEG: Final = "save or export it as JPEG"
RAW: Final = f"it is a camera RAW file, which cannot be read; {AS_JPEG}"

_RAW_SUFFIXES = {".arw", ".cr2", ".cr3", ".dng", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".srw"}
_HEIC_BRANDS: Final = (b"heic", b"heim", b"heis", b"heix", b"hevc", b"hevm", b"hevs", b"hevx", b"mif1", b"msf1")


def find_photos(paths: Iterable[str | os.PathLike[str]], recursive: bool = False) -> list[Path]:
    """Expand files and folders to a list of photos.

    Parameters
    ----------
    paths : iterable of path
        A file is kept as it is, whatever its name and even if it is missing. A folder is replaced by the photos in it,
        recognised by suffix, in natural order (img2 before img10), without hidden files.
    recursive : bool
        Search folders within folders too.

    Returns
    -------
    list of Path
        A folder without photos, or one that cannot be listed, stays in the list, so that `read_photo` reports what is
        wrong with it and nothing is dropped silently.
    """
    return [photo for path in map(Path, paths) for photo in _photos_in(path, recursive) or [path]]


def read_file(path: str | os.PathLike[str]) -> bytes:
    """Read the bytes of a photo file, without decoding it.

    Raises
    ------
    PhotoError
        If there is no such file, it cannot be read, or it is no photo by its first bytes.
    """
    file = Path(os.fsdecode(path))
    return _read_bytes(file, file.suffix.lower())


def kind_of(data: bytes, suffix: str = "") -> str:
    """Recognise the format of a file by its first bytes.

    Raises
    ------
    PhotoError
        If it cannot be read; the message says what the file is instead.
    """
    brand = data[8:12] if data[4:8] == b"ftyp" else b""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WebP"
    if brand in _HEIC_BRANDS:
        return "HEIC"
    if suffix in _RAW_SUFFIXES or brand == b"crx " or data[8:10] == b"CR":  # many RAW files look like TIFF
        raise PhotoError(RAW)
    if data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "TIFF"
    if data.startswith(b"BM"):
        return "BMP"
    what = "a file of another kind"
    if brand:
        what = "an AVIF picture" if brand in (b"avif", b"avis") else "a video"
    elif data.startswith((b"%PDF", b"GIF8")):
        what = "a PDF" if data.startswith(b"%") else "a GIF"
    elif not re.search(rb"[\0-\x08\x0e-\x1f]", data[:1024]):
        what = "an SVG drawing" if b"<svg" in data[:1024].lower() else "a text"
    raise PhotoError(f"it is {what}, not a photo that can be read; {AS_JPEG}")


def _photos_in(folder: Path, recursive: bool) -> list[Path]:
    """List the photos in a folder and, to have them reported, the folders in it that cannot be listed."""
    found: list[Path] = []
    with contextlib.suppress(ValueError):  # a null byte in the name
        for parent, folders, files in os.walk(folder, onerror=lambda error: found.append(Path(error.filename))):
            folders[:] = [name for name in folders if recursive and not name.startswith(".")]
            photos = (name for name in files if Path(name).suffix.lower() in PHOTO_SUFFIXES)
            found.extend(Path(parent, name) for name in photos if not name.startswith("."))
    return sorted(found, key=lambda path: ([_natural(part) for part in path.parts], str(path)))


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
            kind_of(file.read(1024), suffix)  # so that a video is refused before all of it is read
            if status.st_size > MAX_BYTES:
                raise PhotoError(f"the file is larger than {MAX_BYTES // 1_000_000} MB; {AS_JPEG}")
            file.seek(0)
            return file.read(MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a null byte in the name
        raise PhotoError("there is no such file; check the name and the folder") from None
    except PermissionError:
        raise PhotoError("reading is not permitted; change the file's permissions or copy it elsewhere") from None
    except OSError as error:
        raise PhotoError(f"it cannot be read ({error.strerror}); check the name and the disk") from None


def _about_folder(folder: Path) -> str:
    if not os.access(folder, os.R_OK | os.X_OK):
        return "reading this folder is not permitted; change its permissions"
    if _photos_in(folder, recursive=False):
        return "it is a folder, not a photo; give a photo in it"
    if _photos_in(folder, recursive=True):
        return "this folder holds photos only in folders inside it; add --recursive to read them"
    return f"this folder holds no photos; their names end in {', '.join(PHOTO_SUFFIXES)}"
