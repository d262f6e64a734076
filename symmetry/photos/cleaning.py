"""Cleaning: keeping the image and its time, and removing all else from a photo file (place, names, thumbnails)."""

from __future__ import annotations

import bisect
import contextlib
import hashlib
import io
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, Literal

import numpy as np
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from symmetry.errors import PhotoError
from symmetry.photos.formats import AS_JPEG, kind_of
from symmetry.photos.jpeg import APP0, APP1, APP2, APP14, END, NEEDED, RARE, SCAN, START, marked, segments
from symmetry.photos.metadata import Metadata, exif_of
from symmetry.photos.reading import Decoded, Photo, decode, decoding, flat, photo_from_bytes, photo_of

_LOSSY_QUALITY: Final = 95
_PACKING: Final = 3
"""Compression of PNG: the usual 6 makes files 8 % smaller but takes five times as long, seconds per photo."""

_ICC: Final = b"ICC_PROFILE\0"
_PART_OF_A_PROFILE: Final = 65519
_MAX_BYTES: Final = 300_000_000
_STRIP: Final = 256
"""Rows that are hashed at once."""
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

    A JPEG keeps its image bit by bit, and nothing after the last bit that its pixels need. HEIC, AVIF and lossy WebP
    become JPEG of quality 95 with colours at full resolution. All others become PNG with the pixels that `read_photo`
    returns (transparent ones, and CMYK above 6000 pixels per side, to within one of 256 levels). Cleaning a clean photo
    changes nothing.

    Parameters
    ----------
    data : bytes
        Bytes of a photo file, see `read_photo`.
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
    if len(data) > _MAX_BYTES:  # it is held several times over
        raise PhotoError(f"the file is larger than {_MAX_BYTES // 1_000_000} MB; {AS_JPEG} at a smaller size")
    shown: Photo | None = None
    with decoding(kind):
        picture = decode(data, kind)
        if kind == "JPEG":
            shown = photo_of(picture, name=name, sha256="")
            head, parts, ended = _without_comments(data, picture.metadata, _colours(picture.profile))
            cleaned, suffix = _without_rests(head, parts, picture, ended=ended), ".jpg"
        elif kind in ("HEIC", "AVIF") or (kind == "WebP" and not _is_lossless_webp(data)):
            cleaned, suffix = _encoded(picture, "JPEG"), ".jpg"
        else:
            cleaned, suffix = _encoded(picture, "PNG"), ".png"
    photo = replace(photo_from_bytes(cleaned, name), unread_dates=picture.metadata.unread_dates)
    if shown is not None and not np.array_equal(shown.pixels, photo.pixels):
        raise PhotoError(RARE)
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
    marker = START
    for marker, segment in segments(data):
        body = segment[4:]
        if marker == APP0 and body.startswith(b"JFIF\0") and len(body) >= 14:
            jfif = body[:12] + b"\0\0"  # the two numbers are the size of a thumbnail behind them
        elif marker == APP14 and body.startswith(b"Adobe") and len(body) >= 12:
            adobe = body[:12]  # how the colours are coded
        elif marker in NEEDED:
            picture.append(segment)
    colours = profile or b""
    parts = [colours[at : at + _PART_OF_A_PROFILE] for at in range(0, len(colours), _PART_OF_A_PROFILE)]
    numbered = [_ICC + bytes((number, len(parts))) + part for number, part in enumerate(parts, 1)]
    wanted = [(APP0, jfif), (APP1, exif_of(metadata)), (APP14, adobe), *((APP2, part) for part in numbered)]
    head = [marked(marker, struct.pack(">H", len(body) + 2) + body) for marker, body in wanted if body]
    return marked(START) + b"".join(head), _up_to_a_scan(picture), marker == END


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
    def shown_in_full() -> bytes:
        return _in_full(_whole(head, parts))

    def same(trial: list[bytes]) -> bool:
        data = _whole(head, trial)
        with contextlib.suppress(Exception):  # decoders raise anything at all
            return np.array_equal(np.asarray(decode(data, "JPEG").image), shown) and (
                picture.drafted == 1 or _in_full(data) == shown_in_full()
            )
        return False

    scans = [place for place, part in enumerate(parts, 1) if part[1] == SCAN]
    # The fewest scans that show the whole image: those behind them are not needed.
    kept = parts[: scans[bisect.bisect_left(scans[:-1], True, key=lambda end: same(parts[:end]))]] if scans else parts
    ended = ended and len(kept) == len(parts)
    while kept:
        *before, scan = kept
        length = len(scan)
        if ended:
            length = max(length - _PROBE, _data_of(scan))
            if length == len(scan) or not same([*before, _cut(scan, length)]):
                break
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
    scans = [place for place, part in enumerate(parts, 1) if part[1] == SCAN]
    return parts[: scans[-1]] if scans else []


def _whole(head: bytes, parts: list[bytes]) -> bytes:
    return b"".join((head, *parts, marked(END)))


def _in_full(data: bytes) -> bytes:
    """Hash of the pixels of a JPEG, decoded without reducing or turning it."""
    digest = hashlib.sha256()
    with JpegImageFile(io.BytesIO(data)) as image:
        for top in range(0, image.height, _STRIP):
            digest.update(image.crop((0, top, image.width, min(top + _STRIP, image.height))).tobytes())
    return digest.digest()


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
