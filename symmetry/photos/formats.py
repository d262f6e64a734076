"""Formats of photo files, recognised by their first bytes, and kinds of files that are no photos."""

from __future__ import annotations

import re
from typing import Final

from symmetry.errors import PhotoError
from symmetry.files import MARK

PHOTO_SUFFIXES: Final = (
    *(".avif", ".bmp", ".dib", ".gif", ".heic", ".heif", ".hif", ".j2k", ".jfif", ".jif", ".jp2", ".jpe", ".jpeg"),
    *(".jpf", ".jpg", ".jpx", ".mpo", ".png", ".tif", ".tiff", ".webp"),
)
RAW_SUFFIXES: Final = frozenset(
    (
        *(".3fr", ".ari", ".arw", ".bay", ".cap", ".cr2", ".cr3", ".crw", ".dcr", ".dcs", ".dng", ".erf", ".fff"),
        *(".gpr", ".iiq", ".k25", ".kdc", ".mdc", ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".ptx"),
        *(".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"),
    )
)
FILM_SUFFIXES: Final = frozenset(
    (
        *(".3g2", ".3gp", ".avi", ".flv", ".insv", ".lrv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg"),
        *(".mts", ".ogv", ".ts", ".webm", ".wmv"),
    )
)
HEAD: Final = 4096
"""Bytes that tell what a file is."""
AS_JPEG: Final = "save or export it as JPEG"
RAW: Final = f"it is a camera RAW file, which cannot be read; {AS_JPEG}"
OWN: Final = "it is a figure that symmetry drew, not a photo; give the photo"

_HEIC_BRANDS: Final = {b"heic", b"heim", b"heis", b"heix", b"hevc", b"hevm", b"hevs", b"hevx"}
_AVIF_BRANDS: Final = {b"avif", b"avis"}
_EITHER: Final = {b"mif1", b"mif2", b"msf1", b"miaf", b"1pic"}
"""Brands of pictures of any coding."""
_STARTS: Final = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"\0\0\0\x0cjP  \r\n\x87\n": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000",
}
_TIFF: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def kind_of(data: bytes, suffix: str = "") -> str:
    """Recognise the format of a file by its first bytes.

    Raises
    ------
    PhotoError
        If it cannot be read; the message says what the file is instead.
    """
    if MARK in data[:HEAD]:
        raise PhotoError(OWN)
    for start, kind in _STARTS.items():
        if data.startswith(start):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WebP"
    brands = _brands(data)
    if (coded := _coding(brands, data)) is not None:
        return coded
    if suffix in RAW_SUFFIXES or b"crx " in brands or data[8:10] == b"CR":  # many RAW files look like TIFF
        raise PhotoError(RAW)
    if data.startswith(_TIFF):
        return "TIFF"
    if data.startswith(b"BM"):
        return "BMP"
    raise PhotoError(f"it is {_what_else(data, brands)}, not a photo that can be read; {AS_JPEG}")


def _brands(data: bytes) -> list[bytes]:
    """Brands of a file of boxes, the major one first; none in other files."""
    if data[4:8] != b"ftyp":
        return []
    end = min(int.from_bytes(data[:4], "big"), len(data), HEAD)
    return [data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))]


def _coding(brands: list[bytes], data: bytes) -> str | None:
    """How the picture of a file with these brands is coded; None if it holds no picture that can be read."""
    if not brands or brands[0] not in _HEIC_BRANDS | _AVIF_BRANDS | _EITHER:
        return None
    for brand in brands:
        if brand in _AVIF_BRANDS:
            return "AVIF"
        if brand in _HEIC_BRANDS:
            return "HEIC"
    return "AVIF" if b"av01" in data[:HEAD] else "HEIC"


def _what_else(data: bytes, brands: list[bytes]) -> str:
    if brands:
        return "a video"
    if data.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL ")):
        return "a JPEG XL picture"
    if data.startswith(b"%PDF"):
        return "a PDF"
    if not re.search(rb"[\0-\x08\x0e-\x1f]", data[:1024]):
        return "an SVG drawing" if b"<svg" in data[:1024].lower() else "a text"
    return "a file of another kind"
