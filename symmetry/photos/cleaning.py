"""Cleaning: keeping the image and its time, and removing all else from a photo file (place, names, thumbnails)."""

from __future__ import annotations

import contextlib
import io
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from symmetry.errors import PhotoError
from symmetry.photos.listing import AS_JPEG, kind_of
from symmetry.photos.metadata import Metadata, exif_of
from symmetry.photos.reading import Decoded, Photo, decode, decoding, flat, photo_from_bytes, photo_of

_LOSSY_QUALITY: Final = 95
_PACKING: Final = 3
"""Compression of PNG: the usual 6 makes files 8 % smaller but takes five times as long, seconds per photo."""

# Markers of a JPEG file.
_START, _END, _SCAN, _LINES, _COMMENT = 0xD8, 0xD9, 0xDA, 0xDC, 0xFE
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_RARE: Final = f"its JPEG data are damaged or of a rare kind; copy the file again, or {AS_JPEG}"
_NEEDED: Final = {*range(0xC0, 0xD0), *range(0xDA, 0xE0)} - {0xC8, _LINES}  # frames, tables, scans
_ICC: Final = b"ICC_PROFILE\0"
_PART_OF_A_PROFILE: Final = 65519
# Within a scan, 0xFF is followed by a stuffed zero or a restart marker; anything else ends the scan.
_SCAN_IS_OVER: Final = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)
_PROBE: Final = 16
"""Bytes at the end of a scan. If the image is the same without them, they are no part of it."""

# Tags of a colour profile that define the colours, and the types of their numbers. Others may name the owner's screen
# and its serial number.
_COLOUR_TAGS: Final = {
    *(b"wtpt", b"bkpt", b"chad", b"chrm", b"lumi", b"cicp", b"gamt"),
    *(b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC"),
    *(b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2"),
}
_NUMBER_TYPES: Final = {b"XYZ ", b"curv", b"para", b"sf32", b"chrm", b"cicp", b"mft1", b"mft2", b"mAB ", b"mBA "}
_ANY_DATE: Final = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
_SPACES: Final = {"RGB": b"RGB ", "L": b"GRAY"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CleanPhoto:
    """A photo that does not reveal where it was taken, by whom or with what."""

    # the file. Besides the image it holds the orientation, the time of capture with its offset from UTC, the 35 mm
    # equivalent focal length, and a colour profile without names.
    data: bytes
    suffix: str  # {".jpg", ".png"}
    photo: Photo  # as read from `data`, under the given name, with the unread dates of the original


def clean_photo(data: bytes, name: str = "photo") -> CleanPhoto:
    """Copy the image and its time of capture out of a photo file, and nothing else.

    A JPEG keeps its image bit by bit, and nothing after the last bit that its pixels need. PNG, BMP, TIFF and lossless
    WebP become PNG with the pixels that `read_photo` returns (transparent ones, and CMYK above 6000 pixels per side, to
    within one of 256 levels). HEIC and lossy WebP become JPEG of quality 95 with colours at full resolution. Cleaning a
    clean photo changes nothing.

    Parameters
    ----------
    data : bytes
        Bytes of a JPEG, PNG, WebP, TIFF, HEIC or BMP file.
    name : str
        Name for the photo; its suffix distinguishes some RAW files from TIFF.

    Returns
    -------
    CleanPhoto

    Raises
    ------
    PhotoError
        If the bytes hold no complete photo of a reasonable size.
    """
    kind = kind_of(data, Path(name).suffix.lower())
    shown: Photo | None = None
    with decoding(kind):
        picture = decode(data, kind)
        if kind == "JPEG":
            shown = photo_of(picture, name=name, sha256="")
            head, parts, ended = _without_comments(data, picture.metadata, _colours(picture.profile))
            cleaned, suffix = _without_rests(head, parts, picture, ended=ended), ".jpg"
        elif kind == "HEIC" or (kind == "WebP" and not _is_lossless_webp(data)):
            cleaned, suffix = _encoded(picture, "JPEG"), ".jpg"
        else:
            cleaned, suffix = _encoded(picture, "PNG"), ".png"
    photo = replace(photo_from_bytes(cleaned, name), unread_dates=picture.metadata.unread_dates)
    if shown is not None and not np.array_equal(shown.pixels, photo.pixels):
        raise PhotoError(_RARE)
    return CleanPhoto(data=cleaned, suffix=suffix, photo=photo)


def _encoded(picture: Decoded, file_format: Literal["JPEG", "PNG"]) -> bytes:
    """Encode an upright image."""
    # From the pixels alone: Pillow would write some of the metadata it has read.
    image = Image.fromarray(np.asarray(flat(picture.image)))
    metadata = replace(picture.metadata, orientation=None)
    profile = _colours(picture.profile)
    if profile is not None and profile[16:20] != _SPACES[image.mode]:
        profile = None  # such as that of a CMYK image, which is RGB now
    stream = io.BytesIO()
    if file_format == "PNG":
        image.save(stream, "PNG", exif=exif_of(metadata), icc_profile=profile, compress_level=_PACKING)
        return stream.getvalue()
    image.save(stream, "JPEG", quality=_LOSSY_QUALITY, subsampling=0)
    return _whole(*_without_comments(stream.getvalue(), metadata, profile)[:2])


def _without_comments(data: bytes, metadata: Metadata, profile: bytes | None) -> tuple[bytes, list[bytes], bool]:
    """Split a JPEG into a head with the given metadata only and the segments that decoding its first image needs.

    Returns
    -------
    bytes
        Start of the file up to the image.
    list of bytes
        Segments of the image up to its last scan.
    bool
        Whether the end of the image is marked.
    """
    jfif = adobe = b""
    picture: list[bytes] = []
    marker = _START
    for marker, segment in _segments(data):
        body = segment[4:]
        if marker == _APP0 and body.startswith(b"JFIF\0") and len(body) >= 14:
            jfif = body[:12] + b"\0\0"  # the two numbers are the size of a thumbnail behind them
        elif marker == _APP14 and body.startswith(b"Adobe") and len(body) >= 12:
            adobe = body[:12]  # how the colours are coded
        elif marker in _NEEDED:
            picture.append(segment)
    colours = profile or b""
    parts = [colours[at : at + _PART_OF_A_PROFILE] for at in range(0, len(colours), _PART_OF_A_PROFILE)]
    numbered = [_ICC + bytes((number, len(parts))) + part for number, part in enumerate(parts, 1)]
    wanted = [(_APP0, jfif), (_APP1, exif_of(metadata)), (_APP14, adobe), *((_APP2, part) for part in numbered)]
    head = [_marked(marker, struct.pack(">H", len(body) + 2) + body) for marker, body in wanted if body]
    return _marked(_START) + b"".join(head), _up_to_a_scan(picture), marker == _END


def _without_rests(head: bytes, parts: list[bytes], picture: Decoded, *, ended: bool) -> bytes:
    """Join a JPEG without the bytes after the last bit of its image, where decoders do not look.

    Parameters
    ----------
    head : bytes
    parts : list of bytes
        Segments of the image, the last of them a scan.
    picture : Decoded
        The image as decoded from the whole file.
    ended : bool
        Whether the end of the image was marked; if not, the last scan extends to the end of the file.
    """
    shown = np.asarray(picture.image)

    @cache
    def shown_in_full() -> NDArray[np.uint8]:
        return _in_full(_whole(head, parts))

    def same(trial: list[bytes]) -> bool:
        data = _whole(head, trial)
        with contextlib.suppress(Exception):  # decoders raise anything at all
            return np.array_equal(np.asarray(decode(data, "JPEG").image), shown) and (
                picture.drafted == 1 or np.array_equal(_in_full(data), shown_in_full())
            )
        return False

    kept = parts
    while kept:
        *before, scan = kept
        length = len(scan)
        if ended:
            length = max(length - _PROBE, _data_of(scan))
            if length == len(scan) or not same([*before, _cut(scan, length)]):
                break
        earlier = _up_to_a_scan(before)
        if earlier and same(earlier):
            kept, ended = earlier, False
        else:
            kept, ended = _shortest(before, scan, length, same), True
    return _whole(head, kept)


def _shortest(before: list[bytes], scan: bytes, length: int, suffice: Callable[[list[bytes]], bool]) -> list[bytes]:
    """Cut a scan to the fewest bytes that suffice after the segments before it, knowing that `length` bytes do."""
    step = _PROBE
    least = _data_of(scan) - 1  # too few
    while (shorter := length - step) > least:
        if suffice([*before, _cut(scan, shorter)]):
            length, step = shorter, step * 8
        else:
            least = shorter
    while length - least > 1:
        middle = (length + least) // 2
        if suffice([*before, _cut(scan, middle)]):
            length = middle
        else:
            least = middle
    return [*before, _cut(scan, length)]


def _cut(scan: bytes, length: int) -> bytes:
    """Cut a scan, but not within a marker or a byte that looks like one."""
    start = _data_of(scan)
    return scan[:start] + scan[start:length].rstrip(b"\xff")


def _data_of(scan: bytes) -> int:
    """Start of the data of a scan, after its marker and its header."""
    return 2 + int.from_bytes(scan[2:4], "big")


def _up_to_a_scan(parts: list[bytes]) -> list[bytes]:
    """Drop the tables after the last scan."""
    scans = [place for place, part in enumerate(parts, 1) if part[1] == _SCAN]
    return parts[: scans[-1]] if scans else []


def _whole(head: bytes, parts: list[bytes]) -> bytes:
    return b"".join((head, *parts, _marked(_END)))


def _in_full(data: bytes) -> NDArray[np.uint8]:
    """Decode a JPEG of any size without reducing or turning it."""
    with JpegImageFile(io.BytesIO(data)) as image:
        return np.asarray(image)


def _marked(marker: int, rest: bytes = b"") -> bytes:
    return bytes((0xFF, marker)) + rest


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Iterate over the segments of a JPEG up to the end of its first image: each marker, and its bytes.

    If something else follows a scan, the image ends there too: only its end marker is missing.
    """
    at, seen = 2, False
    while (at := data.find(b"\xff", at)) >= 0:
        while data[at : at + 1] == b"\xff":  # any number of them may stand before a marker
            at += 1
        marker = data[at] if at < len(data) else _START
        if marker == _END:
            yield marker, _marked(marker)
        if marker in (_START, _END):
            return
        known = marker in _NEEDED or _APP0 <= marker <= _APP15 or marker in (_COMMENT, _LINES)
        end = at + 1 + int.from_bytes(data[at + 1 : at + 3], "big")
        if not known or end < at + 3 or end > len(data):
            if seen:
                return
            raise PhotoError(_RARE)
        if marker == _SCAN:
            seen = True
            after = _SCAN_IS_OVER.search(data, end)
            end = after.start() if after else len(data)
        yield marker, _marked(marker, data[at + 1 : end])
        at = end


def _is_lossless_webp(data: bytes) -> bool:
    """Whether the first image of a WebP file, which may be the first frame of an animation, is lossless."""
    at = 12
    while at + 8 <= len(data):
        kind = data[at : at + 4]
        if kind in (b"VP8L", b"VP8 "):
            return kind == b"VP8L"
        # Into a frame, after its 16 bytes of position and time; over any other chunk, to the next even offset.
        at += 24 if kind == b"ANMF" else 8 + (struct.unpack_from("<I", data, at + 4)[0] + 1) // 2 * 2
    return False


def _colours(profile: bytes | None) -> bytes | None:
    """Rebuild a colour profile from the tags that define its colours; None if it is damaged."""
    if profile is None or len(profile) < 132 or profile[36:40] != b"acsp":
        return None
    header = bytearray(128)
    for start, end in ((8, 24), (36, 40), (64, 80)):  # version, class and spaces; its signature; intent and white
        header[start:end] = profile[start:end]
    header[24:36] = _ANY_DATE
    (count,) = struct.unpack_from(">I", profile, 128)
    table = profile[132 : 132 + 12 * count]
    contents = {b"desc": _text(b"desc", profile[8]), b"cprt": _text(b"cprt", profile[8])}
    for tag, start, length in struct.iter_unpack(">4sII", table[: len(table) // 12 * 12]):
        content = profile[start : start + length]
        if tag in _COLOUR_TAGS and content[:4] in _NUMBER_TYPES and len(content) == length:
            contents.setdefault(tag, content)
    if len(contents) == 2:
        return None
    at = 132 + 12 * len(contents)
    places: dict[bytes, int] = {}
    for content in contents.values():  # tags may share one content
        if content not in places:
            places[content] = at
            at += (len(content) + 3) // 4 * 4
    header[:4] = struct.pack(">I", at)
    entries = [struct.pack(">4sII", tag, places[content], len(content)) for tag, content in contents.items()]
    padded = [content + b"\0" * (-len(content) % 4) for content in places]
    return b"".join((bytes(header), struct.pack(">I", len(contents)), *entries, *padded))


def _text(tag: bytes, version: int) -> bytes:
    """Encode a placeholder for a text that a profile must have, in the form of its version."""
    if version >= 4:
        return struct.pack(">4sIII2s2sII", b"mluc", 0, 1, 12, b"en", b"US", 2, 28) + "-".encode("utf-16-be")
    if tag == b"cprt":
        return b"text" + bytes(4) + b"-\0"
    return struct.pack(">4sII2sIIHB67s", b"desc", 0, 2, b"-\0", 0, 0, 0, 0, bytes(67))
