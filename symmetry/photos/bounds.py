"""Bounds of what is decoded, so that no file takes hours or all memory: checked before a decoder sees the file."""

from __future__ import annotations

import struct
from typing import Final

from symmetry.errors import PhotoError
from symmetry.photos.formats import AS_JPEG
from symmetry.photos.jpeg import PROGRESSIVE, SCAN, spans

MIN_SIDE: Final = 32
MAX_PIXELS: Final = 250_000_000
"""Above the 200 megapixels of some phones, whose JPEG files are decoded at half their size."""
MAX_WHOLE: Final = 100_000_000
"""Pixels of an image that can only be decoded whole: 4 bytes each, up to four times at once."""
MAX_SCANS: Final = 100
"""Scans of a JPEG; progressive photos have about ten."""
_MAX_SCANNED: Final = 2_500_000_000
"""Scans times pixels: each scan goes over all of them."""
_MAX_CHUNKS: Final = 50_000
"""Chunks of a PNG: one for every 8 kB of image in 400 MB."""

TOO_LARGE: Final = f"it has more than {MAX_PIXELS // 1_000_000} megapixels; {AS_JPEG} at a smaller size"
TOO_LARGE_WHOLE: Final = (
    f"it has more than {MAX_WHOLE // 1_000_000} megapixels, too many for its format; {AS_JPEG} at a smaller size"
)
_TOO_MANY: Final = f"it is made of more parts than any photo; {AS_JPEG}"


def check_size(size: tuple[int, int], *, whole: bool = False) -> None:
    """Check the size of an image in pixels; `whole` if it can only be decoded at that size.

    Raises
    ------
    PhotoError
        If it is too small to show a face, or too large to be decoded.
    """
    if min(size) < MIN_SIDE:
        raise PhotoError(f"it is only {size[0]} x {size[1]} pixels; give the photo at its original size")
    if size[0] * size[1] > MAX_PIXELS:
        raise PhotoError(TOO_LARGE)
    if whole and size[0] * size[1] > MAX_WHOLE:
        raise PhotoError(TOO_LARGE_WHOLE)


def check_parts(data: bytes, kind: str) -> None:
    """Check of how many scans, segments or chunks a JPEG or PNG is made.

    Raises
    ------
    PhotoError
        If they are more than photos have.
    """
    if kind == "JPEG":
        _check_scans(data)
    elif kind == "PNG":
        _check_chunks(data)


def _check_scans(data: bytes) -> None:
    scans = pixels = 0
    for marker, start, end in spans(data):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and end - start >= 7:
            height, width = struct.unpack_from(">HH", data, start + 3)
            pixels = height * width
            if pixels > (
                MAX_WHOLE if marker in PROGRESSIVE else MAX_PIXELS
            ):  # all of a progressive one is held at full size
                raise PhotoError(TOO_LARGE if pixels > MAX_PIXELS else TOO_LARGE_WHOLE)
        elif marker == SCAN:
            scans += 1
            if scans > MAX_SCANS or scans * pixels > _MAX_SCANNED:
                raise PhotoError(_TOO_MANY)


def _check_chunks(data: bytes) -> None:
    at = 8
    for _ in range(_MAX_CHUNKS):
        if at + 8 > len(data):
            return
        length, name = struct.unpack_from(">I4s", data, at)
        if name == b"IEND":
            return
        at += length + 12
    raise PhotoError(_TOO_MANY)
