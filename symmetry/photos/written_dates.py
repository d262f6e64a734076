"""Dates in the metadata of a photo: EXIF, XMP, IPTC and texts in PNG, the moment of the shot first."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from PIL import ExifTags, Image
from PIL.ImageFile import ImageFile
from PIL.PngImagePlugin import PngImageFile

from symmetry.photos.dates import FIRST_YEAR, is_blank, read_date, read_offset, unclear_days

EXIF_TIMES: Final = (
    (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
    (ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
    (ExifTags.Base.DateTime, ExifTags.Base.OffsetTime),
)
_SHOT, _DIGITIZED, _CHANGED = range(3)
"""What a date is of, the best first."""
_EXIF_SPACES: Final = ("http://ns.adobe.com/exif/1.0/", "http://cipa.jp/exif/1.0/")
_XMP: Final = {
    **{f"{{{space}}}DateTimeOriginal": _SHOT for space in _EXIF_SPACES},
    "{http://ns.adobe.com/photoshop/1.0/}DateCreated": _SHOT,
    "{http://ns.adobe.com/xap/1.0/}CreateDate": _DIGITIZED,
    **{f"{{{space}}}DateTimeDigitized": _DIGITIZED for space in _EXIF_SPACES},
    "{http://ns.adobe.com/tiff/1.0/}DateTime": _CHANGED,
}
_IPTC: Final = (("DateCreated", (2, 55), (2, 60), _SHOT), ("DigitalCreationDate", (2, 62), (2, 63), _DIGITIZED))
_PNG: Final = {
    **dict.fromkeys(("datetimeoriginal", "exif:datetimeoriginal", "datetaken", "captured"), _SHOT),
    **dict.fromkeys(("creationtime", "creationdate", "createdate", "datecreated", "xmp:createdate"), _DIGITIZED),
    **dict.fromkeys(("datetimedigitized", "exif:datetimedigitized"), _DIGITIZED),
    **dict.fromkeys(("date", "datetime", "exif:datetime", "timestamp"), _CHANGED),
}
"""Keywords of texts, in small letters without blanks and the like."""
_LARGEST: Final = 4_000_000
"""Bytes of XMP beyond which it is not read: what cameras and programs write has some thousand."""
_SHOWN: Final = 40


class WrittenDate(NamedTuple):
    """A date as it stands in the metadata."""

    rank: int  # lower is nearer to the moment of the shot
    source: str  # such as "exif:DateTimeOriginal"
    text: str
    offset: str = ""  # from UTC, if it stands elsewhere


def exif_tags(image: Image.Image) -> Callable[[int], Any]:
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


def written_dates(image: Image.Image, tag: Callable[[int], Any]) -> list[WrittenDate]:
    """List the dates in the metadata of a loaded image that are not blank, the best first."""
    found: list[WrittenDate] = []
    for dates in (_in_exif(tag), _in_xmp(image), _in_iptc(image), _in_texts(image)):
        with contextlib.suppress(Exception):  # damaged metadata raise anything at all
            found += [date for date in dates if not is_blank(date.text)]
    return sorted(found, key=lambda date: date.rank)


def capture_date(written: Iterable[WrittenDate]) -> tuple[datetime | None, str | None, tuple[str, ...]]:
    """Take the first date that can be read and was not written by a clock that was never set, else the first.

    Returns
    -------
    captured : datetime or None
        Timezone-aware only if an offset is given.
    source : str or None
    unread : tuple of str
        Dates before it that cannot be read, each with its source.
    """
    unread: list[str] = []
    doubtful: tuple[datetime, str] | None = None
    for date in written:
        captured = read_date(date.text)
        if captured is None:
            meanings = [f"may mean {one} or {other}" for one, other in unclear_days(date.text)]
            why = meanings[0] if meanings else "cannot be read"
            unread.append(f'"{_shortened(date.text)}" ({date.source}), which {why}')
            continue
        if captured.tzinfo is None and date.offset:
            captured = captured.replace(tzinfo=read_offset(date.offset))
        if captured.year >= FIRST_YEAR:
            return captured, date.source, tuple(unread)
        doubtful = doubtful or (captured, date.source)
    return (*(doubtful or (None, None)), tuple(unread))


def _in_exif(tag: Callable[[int], Any]) -> Iterator[WrittenDate]:
    for rank, (time, offset) in enumerate(EXIF_TIMES):
        offsets = (_text(tag(one)) for one in (offset, ExifTags.Base.OffsetTime))
        if (value := tag(time)) is not None:
            known = next((text for text in offsets if read_offset(text) is not None), "")
            yield WrittenDate(rank, f"exif:{time.name}", _text(value), known)


def _in_xmp(image: Image.Image) -> Iterator[WrittenDate]:
    data = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if not data or len(data) > _LARGEST:
        return
    from defusedxml import ElementTree  # few photos need it

    for element in ElementTree.fromstring(data.strip(b"\0 \r\n") if isinstance(data, bytes) else data).iter():
        for name, value in ((element.tag, element.text), *element.attrib.items()):
            if name in _XMP and value:
                yield WrittenDate(_XMP[name], f"xmp:{name.partition('}')[2]}", value)


def _in_iptc(image: Image.Image) -> Iterator[WrittenDate]:
    from PIL import IptcImagePlugin

    fields = (IptcImagePlugin.getiptcinfo(image) if isinstance(image, ImageFile) else None) or {}
    for name, day, time, rank in _IPTC:
        if day in fields:
            clock = _text(fields.get(time))
            yield WrittenDate(rank, f"iptc:{name}", f"{_text(fields[day])} {clock}".strip())


def _in_texts(image: Image.Image) -> Iterator[WrittenDate]:
    if not isinstance(image, PngImageFile):
        return
    for keyword, value in image.text.items():
        plain = keyword.casefold().translate(str.maketrans("", "", " _-"))
        if plain in _PNG:
            yield WrittenDate(_PNG[plain], f"png:{keyword}", str(value))


def _text(value: Any) -> str:
    """Decode a text that may be stored as bytes, or as UTF-8 where ASCII belongs; up to its end mark."""
    if isinstance(value, list):
        value = value[0]
    if isinstance(value, str):
        with contextlib.suppress(UnicodeError):
            value = value.encode("latin-1")
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else "" if value is None else str(value)
    return text.partition("\0")[0]


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}..."
