"""The segments of a JPEG file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from symmetry.errors import PhotoError
from symmetry.photos.formats import AS_JPEG

START, END, SCAN, LINES, COMMENT = 0xD8, 0xD9, 0xDA, 0xDC, 0xFE
APP0, APP1, APP2, APP14, APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
RARE: Final = f"its JPEG data are damaged or of a rare kind; copy the file again, or {AS_JPEG}"
NEEDED: Final = frozenset({*range(0xC0, 0xD0), *range(0xDA, 0xE0)} - {0xC8, LINES})
"""Markers of what an image is made of: frames, tables, scans."""

_WITHIN_SCAN: Final = np.zeros(256, dtype=bool)
_WITHIN_SCAN[[0x00, *range(0xD0, 0xD8), 0xFF]] = True
"""Within a scan, 0xFF is followed by a stuffed zero, a restart marker or itself; anything else ends the scan."""
_AT_ONCE: Final = 1 << 20
"""Bytes that are searched at once for the end of a scan."""
_MARK: Final = 0xFF
_NO_FILL: Final = re.compile(rb"[^\xff]")
_LARGEST_GAP: Final = 4096
"""Bytes that may lie between two segments; decoders step over them one by one."""
_MOST_SEGMENTS: Final = 20_000


def marked(marker: int, rest: bytes = b"") -> bytes:
    """Put a marker before some bytes."""
    return bytes((0xFF, marker)) + rest


def segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Iterate over the segments of a JPEG as `spans` does: each marker, and its bytes, without fill bytes."""
    for marker, start, end in spans(data):
        yield marker, marked(marker, data[start:end])


def spans(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Iterate over the segments of a JPEG up to the end of its first image: each marker, and what follows it.

    If something else follows a scan, the image ends there too: only its end marker is missing.

    Yields
    ------
    marker : int
    start, end : int
        Where its bytes are, without the marker.

    Raises
    ------
    PhotoError
        If something else follows another segment, or there are more segments or bytes between them than in any photo.
    """
    at, seen = 2, False
    for _ in range(_MOST_SEGMENTS):
        before, at = at, data.find(b"\xff", at)
        if at < 0:
            return
        found = _NO_FILL.search(data, at)  # any number of 0xFF may stand before a marker
        at = found.start() if found else len(data)
        if at - before > _LARGEST_GAP:
            raise PhotoError(RARE)
        marker = data[at] if at < len(data) else START
        if marker == END:
            yield marker, at + 1, at + 1
        if marker in (START, END):
            return
        known = marker in NEEDED or APP0 <= marker <= APP15 or marker in (COMMENT, LINES)
        end = at + 1 + int.from_bytes(data[at + 1 : at + 3], "big")
        if not known or end < at + 3 or end > len(data):
            if seen:
                return
            raise PhotoError(RARE)
        if marker == SCAN:
            seen = True
            end = _end_of_scan(data, end)
        yield marker, at + 1, end
        at = end
    raise PhotoError(RARE)


def _end_of_scan(data: bytes, at: int) -> int:
    """Place of the first 0xFF of the marker that ends a scan whose data begin at `at`; the file's end without one."""
    for start in range(at, len(data) - 1, _AT_ONCE):
        part = np.frombuffer(data, np.uint8, min(_AT_ONCE + 1, len(data) - start), start)
        marks = np.flatnonzero(part[:-1] == _MARK)
        ends = marks[~_WITHIN_SCAN[part[marks + 1]]]
        if len(ends):
            end = start + int(ends[0])
            while end > at and data[end - 1] == _MARK:  # any number of 0xFF may stand before a marker
                end -= 1
            return end
    return len(data)


def last_scan(data: bytes) -> tuple[int, int] | None:
    """Give the place of the data of the last scan if the file ends in it and its coefficients are the final ones."""
    scan: tuple[int, int] | None = None
    progressive = False
    for marker, start, end in spans(data):
        progressive |= marker in PROGRESSIVE
        scan = (start, end) if marker == SCAN else None
    if scan is None or scan[1] != len(data):
        return None
    body = scan[0] + int.from_bytes(data[scan[0] : scan[0] + 2], "big")
    first, _, approximation = data[body - 3 : body]
    return None if progressive and (first == 0 or approximation & 0x0F) else (body, scan[1])
