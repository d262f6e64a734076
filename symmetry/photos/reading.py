"""Reading photos: every format becomes upright RGB pixels, every failure a `PhotoError` with one plain sentence."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageChops
from PIL.BmpImagePlugin import BmpImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from symmetry.errors import InvalidPointsError, PhotoError
from symmetry.files import silent_stderr
from symmetry.photos.bounds import MAX_WHOLE, TOO_LARGE, TOO_LARGE_WHOLE, check_parts, check_size
from symmetry.photos.formats import AS_JPEG, RAW, kind_of
from symmetry.photos.jpeg import END, last_scan, marked
from symmetry.photos.jpeg_pixels import JpegPixels, dividing, jpeg_pixels
from symmetry.photos.listing import read_file
from symmetry.photos.metadata import TURNS, Metadata, read_metadata

# Photos are halved as long as the long side keeps this many pixels. Measured on three faces in 50-megapixel JPEGs
# (8160 x 6120, halved): decoding takes 0.3 s instead of 0.55 s; landmarks move by 0.0006-0.0014 of the interpupillary
# distance where the face fills the frame, by 0.0016-0.0020 where it is 5 % of the width. Shifting the full-scale crop
# by 4 px moves them by 0.002-0.008.
MIN_LONG_SIDE = 3000
_FEWER = (2, 8, 32)
"""Bytes at the end of a scan that are left out to see what part of the image they are."""
_BLOCK, _MOST_BLOCKS = 16, 24
"""Pixels of a block of a JPEG, and blocks at most that so few bytes hold."""
_DNG_VERSION, _SUBFILE_TYPE = 50706, 254  # TIFF tags
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Photo:
    """An upright photo.

    Attributes
    ----------
    name : str
        The path as given, or "array".
    pixels : ndarray, shape (h, w, 3), uint8
        RGB, EXIF orientation applied, C-contiguous, read-only.
    size : tuple of int
        Width and height of the upright photo at full scale, pixels.
    reduction : int
        Full-scale pixels per side of a pixel of `pixels`; 1 unless the photo is very large.
    captured : datetime or None
        When the photo was taken; timezone-aware only if its metadata give an offset from UTC.
    captured_source : str or None
        Source of `captured`, such as "exif:DateTimeOriginal".
    sha256 : str
        Hash of the bytes of the file; of an array, of its type, shape and bytes.
    focal_length_35mm : float or None
        35 mm equivalent focal length, mm; None if the metadata do not give it.
    unread_dates : tuple of str
        Dates in the metadata that cannot be read, each with its source.
    """

    name: str
    pixels: NDArray[np.uint8] = field(repr=False)
    size: tuple[int, int]
    reduction: int
    captured: datetime | None
    captured_source: str | None
    sha256: str
    focal_length_35mm: float | None = None
    unread_dates: tuple[str, ...] = ()

    def to_full(self, points: ArrayLike) -> NDArray[np.float64]:
        """Convert points from pixels of `pixels` to full-scale pixels.

        Parameters
        ----------
        points : array_like, shape (..., 2) or (..., 3)
            x, y and optionally z; pixel centres have whole coordinates.

        Returns
        -------
        ndarray of the same shape, float64

        Raises
        ------
        InvalidPointsError
            If the last axis has neither 2 nor 3 entries.
        """
        full = _points(points) * self.reduction
        full[..., :2] += (self.reduction - 1) / 2
        return full

    def to_decoded(self, points: ArrayLike) -> NDArray[np.float64]:
        """Convert points from full-scale pixels to pixels of `pixels`: the inverse of `to_full`, with its shapes.

        Raises
        ------
        InvalidPointsError
            If the last axis has neither 2 nor 3 entries.
        """
        decoded = _points(points)
        decoded[..., :2] -= (self.reduction - 1) / 2
        return decoded / self.reduction


def read_photo(path: str | os.PathLike[str]) -> Photo:
    """Read a photo: JPEG, PNG, WebP, TIFF, HEIC, AVIF, GIF, JPEG 2000 or BMP, by its content and not by its name.

    Transparent parts become white, 16 bits are reduced to the upper 8, and only the first of several frames is read.
    Colour profiles are ignored: conversion would cost more than decoding (0.45 s for 12 megapixels), and neither the
    face mesh nor locally normalised luminance gains from it.

    Parameters
    ----------
    path : path

    Returns
    -------
    Photo

    Raises
    ------
    PhotoError
        If there is no such file, it cannot be read, or it holds no complete photo of a reasonable size.

    Examples
    --------
    >>> photo = symmetry.read_photo("before.jpg")  # doctest: +SKIP
    >>> photo.size, photo.captured  # doctest: +SKIP
    ((900, 1200), datetime.datetime(2026, 4, 6, 9, 30, ...))
    """
    name = os.fsdecode(path)
    return photo_from_bytes(read_file(name), name)


def photo_from_bytes(data: bytes, name: str = "photo") -> Photo:
    """Read a photo from the bytes of its file, as `read_photo` does.

    Raises
    ------
    PhotoError
        If they hold no complete photo of a reasonable size.
    """
    kind = kind_of(data, Path(name).suffix.lower())
    with decoding(kind):
        sha256 = hashlib.sha256(data).hexdigest()
        quick = _quick_jpeg(data) if kind == "JPEG" else None
        if quick is None:
            return photo_of(decode(data, kind), name=name, sha256=sha256)
        size = (quick.pixels.shape[1] * quick.drafted, quick.pixels.shape[0] * quick.drafted)
        return _photo(quick.pixels, size, quick.drafted, quick.metadata, name=name, sha256=sha256)


def _quick_jpeg(data: bytes) -> JpegPixels | None:
    """Decode a JPEG without Pillow's copies, or None if it has to be decoded by Pillow."""
    check_parts(data, "JPEG")
    size = JpegImageFile(io.BytesIO(data)).size
    check_size(size)
    drafted = dividing(size, _reduction(size))
    return None if drafted < _reduction(size) else jpeg_pixels(data, drafted)


def photo_from_array(array: ArrayLike) -> Photo:
    """Make a photo of an array of pixels.

    Parameters
    ----------
    array : array_like, shape (h, w), (h, w, 3) or (h, w, 4), uint8 or uint16
        Upright, grey, RGB or RGBA. It is copied.

    Returns
    -------
    Photo

    Raises
    ------
    PhotoError
        If the shape or type is another, or the image is too small or too large.
    """
    pixels = np.ascontiguousarray(array)
    if not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (3, 4))):
        raise PhotoError(f"the array has shape {pixels.shape}; give (h, w), (h, w, 3) or (h, w, 4)")
    if pixels.dtype not in (np.uint8, np.uint16):
        raise PhotoError(f"the array has type {pixels.dtype}; give uint8 (0 to 255) or uint16 (0 to 65535)")
    height, width = pixels.shape[:2]
    check_size((width, height))
    digest = hashlib.sha256(f"{pixels.dtype}{pixels.shape}".encode())
    digest.update(pixels.data)
    return photo_of(Decoded(Image.fromarray(_to_8_bit(pixels))), name="array", sha256=digest.hexdigest())


class Decoded(NamedTuple):
    """A decoded image."""

    image: Image.Image  # upright, of mode L, RGB, RGBA or CMYK
    drafted: int = 1  # full-scale pixels per side of its pixels
    metadata: Metadata = Metadata()
    profile: bytes | None = None  # colour profile


@contextlib.contextmanager
def decoding(kind: str) -> Iterator[None]:
    """Context in which to decode: one photo at a time, silently, and with every failure turned into a `PhotoError`."""
    noisy = kind in ("TIFF", "HEIC")  # libtiff and libde265 print about damaged files
    try:
        # One photo at a time: all threads share the warning filters and stderr.
        with _one_at_a_time, warnings.catch_warnings(), silent_stderr() if noisy else contextlib.nullcontext():
            warnings.filterwarnings("ignore", module=r"(PIL|pillow_heif)\b")  # they warn of damaged metadata
            yield
    except PhotoError:
        raise
    except Image.DecompressionBombError:
        raise PhotoError(TOO_LARGE) from None
    except MemoryError:
        raise PhotoError(f"it needs more memory than is free; {AS_JPEG} at a smaller size") from None
    except ImportError:
        raise PhotoError(f"{kind} cannot be read on this computer; {AS_JPEG}") from None
    except Exception as error:  # decoders raise anything at all on damaged files
        message = f"its {kind} data are damaged, cut short or of a rare kind; copy the file again, or {AS_JPEG}"
        raise PhotoError(message) from error


def decode(data: bytes, kind: str) -> Decoded:
    """Decode a photo of a known kind within `decoding`; a very large JPEG at reduced size.

    Raises
    ------
    PhotoError
        If its size is unreasonable or it is not meant for viewing; decoders raise other errors too.
    """
    check_parts(data, kind)
    drafted = 1
    if kind == "JPEG":
        try:
            image, drafted = _decode_jpeg(data)
        except OSError:
            image, drafted = _decode_jpeg(_with_end(data))
    else:
        image = _open(io.BytesIO(data), kind)
        check_size(image.size, whole=True)
    if isinstance(image, TiffImageFile) and (_DNG_VERSION in image.tag_v2 or image.tag_v2.get(_SUBFILE_TYPE) == 1):
        raise PhotoError(RAW)  # in a photo the first picture is never the thumbnail
    image.load()
    # Only after loading: PNG may hold metadata after the pixels, and loading turns TIFF files.
    metadata = read_metadata(image)
    profile = image.info.get("icc_profile")
    image = _plain_mode(image, kind)
    if metadata.orientation is not None:
        image = image.transpose(TURNS[metadata.orientation])
    return Decoded(image, drafted, metadata, profile if isinstance(profile, bytes) and profile else None)


def _decode_jpeg(data: bytes) -> tuple[Image.Image, int]:
    """Decode a JPEG, a very large one at reduced size, and say at which."""
    image = JpegImageFile(io.BytesIO(data))
    check_size(image.size)
    drafted = dividing(image.size, _reduction(image.size))
    size = (image.width // drafted, image.height // drafted)
    if size[0] * size[1] > MAX_WHOLE:
        raise PhotoError(TOO_LARGE_WHOLE)
    image.draft(None, size)
    image.load()
    return image, drafted


def _with_end(data: bytes) -> bytes:
    """Add the end that a JPEG lacks, if nothing else does.

    Raises
    ------
    OSError
        If more is missing: then the last bytes say nothing about the last corner of the image.
    """
    place = last_scan(data)
    if place is None:
        raise OSError("not the end alone is missing")
    whole, drafted = _decode_jpeg(data + marked(END))
    for less in _FEWER:
        if place[1] - less <= place[0]:
            break
        cut, _ = _decode_jpeg(data[: place[1] - less].rstrip(b"\xff") + marked(END))
        apart = np.asarray(ImageChops.difference(whole.convert("RGB"), cut.convert("RGB")))
        changed = np.asarray((apart > 0).any(axis=-1))
        if changed.any():
            block = max(_BLOCK // drafted, 1)
            rows, columns = np.nonzero(changed)
            blocks = len(set(zip((rows // block).tolist(), (columns // block).tolist(), strict=True)))
            corner = changed[-block:, -block:].any()
            if corner and blocks <= _MOST_BLOCKS:
                return data + marked(END)
            break
    raise OSError("not the end alone is missing")


def flat(image: Image.Image) -> Image.Image:
    """Flatten a decoded image to L or RGB, with transparent parts white."""
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB") if image.mode != "L" else image


def photo_of(decoded: Decoded, *, name: str, sha256: str) -> Photo:
    """Make a photo of a decoded image, reduced if it is very large."""
    image, drafted, metadata, _ = decoded
    size = (image.width * drafted, image.height * drafted)
    reduction = _reduction(size)
    if reduction > drafted:
        image = image.reduce(reduction // drafted)  # the mean of each block
    image = flat(image)
    pixels = np.asarray(image if image.mode == "RGB" else image.convert("RGB"))
    return _photo(pixels, size, reduction, metadata, name=name, sha256=sha256)


def _photo(
    pixels: NDArray[np.uint8], size: tuple[int, int], reduction: int, metadata: Metadata, *, name: str, sha256: str
) -> Photo:
    return Photo(
        name=name,
        pixels=pixels,
        size=size,
        reduction=reduction,
        captured=metadata.captured,
        captured_source=metadata.captured_source,
        sha256=sha256,
        focal_length_35mm=metadata.focal_length_35mm,
        unread_dates=metadata.unread_dates,
    )


def _points(points: ArrayLike) -> NDArray[np.float64]:
    copy = np.array(points, dtype=np.float64)
    if copy.ndim == 0 or copy.shape[-1] not in (2, 3):
        raise InvalidPointsError(f"points have shape {copy.shape}; give (..., 2) or (..., 3)")
    return copy


def _open(stream: io.BytesIO, kind: str) -> Image.Image:
    # Pillow's classes are called directly: Image.open() would put its own global limit on pixels (a warning from 89
    # million, an error from 179 million) and would need pillow-heif registered for the whole process.
    classes: dict[str, Callable[[io.BytesIO], Image.Image]]
    classes = {"JPEG": JpegImageFile, "PNG": PngImageFile, "WebP": WebPImageFile, "TIFF": TiffImageFile}
    if kind == "HEIC":
        from pillow_heif import HeifImageFile  # few photos need it

        classes[kind] = HeifImageFile
    elif kind == "AVIF":
        from PIL.AvifImagePlugin import AvifImageFile

        stream.getbuffer()[8:12] = b"avif"  # its decoder knows no other brand
        classes[kind] = AvifImageFile
    elif kind == "JPEG 2000":
        from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

        classes[kind] = Jpeg2KImageFile
    elif kind == "GIF":
        from PIL.GifImagePlugin import GifImageFile

        classes[kind] = GifImageFile
    return classes.get(kind, BmpImageFile)(stream)


def _reduction(size: tuple[int, int]) -> int:
    reduction = 1
    while max(size) // (2 * reduction) >= MIN_LONG_SIDE:
        reduction *= 2
    return reduction


def _plain_mode(image: Image.Image, kind: str) -> Image.Image:
    """Convert the pixels to 8 bits and to grey, RGB, RGBA or CMYK, which Pillow can turn and reduce."""
    if image.mode.startswith("I;16"):
        return Image.fromarray(_to_8_bit(np.asarray(image).astype(np.uint16)))  # Pillow's own conversion clips
    if image.mode in ("I", "F", "LAB"):
        raise PhotoError(f"its pixels are of a kind that is not for viewing ({image.mode}); {AS_JPEG}")
    if image.mode in ("PA", "LA", "La", "RGBa") or image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _to_8_bit(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Keep the upper byte of 16-bit values, as Pillow does when it reads 16-bit RGB."""
    return pixels if pixels.dtype == np.uint8 else (pixels >> 8).astype(np.uint8)
