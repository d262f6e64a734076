"""Metadata of a photo: the few EXIF tags that are used, read from any format and written again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PIL import ExifTags, Image

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

_TIMES: Final = (
    (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
    (ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
    (ExifTags.Base.DateTime, ExifTags.Base.OffsetTime),
)
_LARGEST_SHORT: Final = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The metadata that are used.

    Attributes
    ----------
    orientation : int or None
        2 to 8 if the stored image must be turned or flipped to be upright.
    captured : datetime or None
        When the photo was taken; timezone-aware only if an offset from UTC is given.
    captured_source : str or None
        Source of `captured`, such as "exif:DateTimeOriginal".
    focal_length_35mm : float or None
        35 mm equivalent focal length, mm.
    """

    orientation: int | None = None
    captured: datetime | None = None
    captured_source: str | None = None
    focal_length_35mm: float | None = None


def read_metadata(image: Image.Image) -> Metadata:
    """Read the metadata of an opened photo; missing or damaged tags are None."""
    tag = _look_up(image)
    orientation = tag(ExifTags.Base.Orientation)
    captured, source = _capture_time(tag)
    return Metadata(
        orientation=orientation if orientation in TURNS else None,
        captured=captured,
        captured_source=source,
        focal_length_35mm=_focal_length(tag),
    )


def exif_of(metadata: Metadata) -> bytes:
    """Encode these metadata, and nothing else, as EXIF; empty if nothing is known.

    `read_metadata` reads the same back.
    """
    exif = Image.Exif()
    inner: dict[int, Any] = {}
    if metadata.orientation is not None:
        exif[ExifTags.Base.Orientation] = metadata.orientation
    if metadata.captured is not None:
        time, offset = next(
            (tags for tags in _TIMES if metadata.captured_source == f"exif:{tags[0].name}"),
            _TIMES[0],
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


def _look_up(image: Image.Image) -> Callable[[int], Any]:
    """Return a function that looks up EXIF tags; missing or damaged ones are None."""
    groups: list[Any] = []
    with contextlib.suppress(Exception):
        exif = image.getexif()
        groups.append(exif)
        groups.append(exif.get_ifd(ExifTags.IFD.Exif))

    def look_up(tag: int) -> Any:
        for group in groups:
            with contextlib.suppress(Exception):
                if isinstance(value := group.get(tag), int | str | bytes):
                    return value
        return None

    return look_up


def _capture_time(tag: Callable[[int], Any]) -> tuple[datetime | None, str | None]:
    def parse(value: Any, layout: str) -> datetime:
        text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
        return datetime.strptime(text.strip("\0 "), layout)

    for time, offset in _TIMES:
        with contextlib.suppress(ValueError):  # no date, or one such as 0000:00:00 00:00:00
            captured = parse(tag(time), "%Y:%m:%d %H:%M:%S")
            with contextlib.suppress(ValueError):
                captured = captured.replace(tzinfo=parse(tag(offset), "%z").tzinfo)
            return captured, f"exif:{time.name}"
    return None, None


def _focal_length(tag: Callable[[int], Any]) -> float | None:
    value = tag(ExifTags.Base.FocalLengthIn35mmFilm)
    return float(value) if isinstance(value, int) and value > 0 else None  # 0 stands for unknown
