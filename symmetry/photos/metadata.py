"""Metadata of a photo: the few that are used, read from any format and written again as EXIF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PIL import ExifTags, Image

from symmetry.photos.written_dates import EXIF_TIMES, capture_date, exif_tags, written_dates

TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""Transposition that brings a stored image upright, by its orientation."""

_LARGEST_SHORT: Final = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The metadata that are used."""

    orientation: int | None = None  # 2 to 8 if the stored image must be turned or flipped to be upright
    captured: datetime | None = None  # when the photo was taken; timezone-aware only if an offset from UTC is given
    captured_source: str | None = None  # source of `captured`, such as "exif:DateTimeOriginal" or "xmp:CreateDate"
    # dates that should come before `captured` but cannot be read, each with its source
    unread_dates: tuple[str, ...] = ()
    focal_length_35mm: float | None = None  # 35 mm equivalent focal length, mm


def read_metadata(image: Image.Image) -> Metadata:
    """Read the metadata of an opened photo; missing or damaged tags are None."""
    tag = exif_tags(image)
    orientation = tag(ExifTags.Base.Orientation)
    captured, source, unread = capture_date(written_dates(image, tag))
    return Metadata(
        orientation=orientation if orientation in TURNS else None,
        captured=captured,
        captured_source=source,
        unread_dates=unread,
        focal_length_35mm=_focal_length(tag),
    )


def exif_of(metadata: Metadata) -> bytes:
    """Encode these metadata, and nothing else, as EXIF; empty if nothing is known.

    `read_metadata` reads the same back; a time that stood elsewhere becomes that of EXIF.
    """
    exif = Image.Exif()
    inner: dict[int, Any] = {}
    if metadata.orientation is not None:
        exif[ExifTags.Base.Orientation] = metadata.orientation
    if metadata.captured is not None:
        time, offset = next(
            (tags for tags in EXIF_TIMES if metadata.captured_source == f"exif:{tags[0].name}"),
            EXIF_TIMES[0],
        )
        text = metadata.captured.replace(microsecond=0).isoformat(" ")
        (exif if time == ExifTags.Base.DateTime else inner)[time] = text[:19].replace("-", ":")
        if text[19:]:
            inner[offset] = text[19:]
    focal = metadata.focal_length_35mm
    if focal is not None and 1 <= focal <= _LARGEST_SHORT:
        inner[ExifTags.Base.FocalLengthIn35mmFilm] = round(focal)
    if inner:
        exif[ExifTags.IFD.Exif] = inner
    return exif.tobytes() if len(exif) else b""


def _focal_length(tag: Callable[[int], Any]) -> float | None:
    value = tag(ExifTags.Base.FocalLengthIn35mmFilm)
    return float(value) if isinstance(value, int) and value > 0 else None  # 0 stands for unknown
