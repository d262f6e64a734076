"""The one place where photos are read: every format becomes upright RGB pixels, every failure one plain sentence."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import stat
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import ExifTags, Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from symmetry.errors import InvalidPointsError, PhotoError

PHOTO_SUFFIXES = (".bmp", ".heic", ".heif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")

# Photos are halved as long as the long side keeps this many pixels. Measured on three faces in 50-megapixel JPEGs
# (8160 x 6120, halved): decoding takes 0.3 s for 0.55 s; landmarks move by 0.0006-0.0014 of the eye distance where the
# face fills the frame and by 0.0016-0.0020 where it is 5 % of the width. Shifting the full-scale crop by 4 px moves
# them by 0.002-0.008.
MIN_LONG_SIDE = 3000
MIN_SIDE = 32
MAX_PIXELS = 250_000_000  # above the 200 megapixels of some phones; decoding takes 4 bytes each, twice when turned
MAX_BYTES = 500_000_000

_AS_JPEG = "save or export it as JPEG"
_RAW = f"it is a camera RAW file, which cannot be read; {_AS_JPEG}"
_TOO_LARGE = f"it has more than {MAX_PIXELS // 1_000_000} megapixels; {_AS_JPEG} at a smaller size"
_RAW_SUFFIXES = {".arw", ".cr2", ".cr3", ".dng", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".srw"}
_DNG_VERSION, _SUBFILE_TYPE = 50706, 254  # TIFF tags
_HEIC_BRANDS = (b"heic", b"heim", b"heis", b"heix", b"hevc", b"hevm", b"hevs", b"hevx", b"mif1", b"msf1")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_TIMES = (
    (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
    (ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
    (ExifTags.Base.DateTime, ExifTags.Base.OffsetTime),
)
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
        Full-scale pixels along one side of a pixel of `pixels`; 1 unless the photo is very large.
    captured : datetime or None
        When the photo was taken; aware only if its metadata name an offset from UTC.
    captured_source : str or None
        Where `captured` comes from, such as "exif:DateTimeOriginal".
    sha256 : str
        Hash of the file's bytes; of an array its type, shape and pixel bytes.
    focal_length_35mm : float or None
        Focal length that sees as much on 35 mm film, millimetres; None where the metadata do not tell it.
    """

    name: str
    pixels: NDArray[np.uint8] = field(repr=False)
    size: tuple[int, int]
    reduction: int
    captured: datetime | None
    captured_source: str | None
    sha256: str
    focal_length_35mm: float | None = None

    def to_full(self, points: ArrayLike) -> NDArray[np.float64]:
        """Convert points from pixels of `pixels` to full-scale pixels.

        Parameters
        ----------
        points : array_like, shape (..., 2) or (..., 3)
            x, y and perhaps z; the centre of a pixel has whole coordinates.

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


def find_photos(paths: Iterable[str | os.PathLike[str]], recursive: bool = False) -> list[Path]:
    """List the photos that files and folders stand for.

    Parameters
    ----------
    paths : iterable of path
        A file stands for itself, whatever its name and even if it is missing. A folder stands for the photos in it,
        by suffix and in natural order of their names (img2 before img10); hidden files are left out.
    recursive : bool
        Look into the folders inside folders too.

    Returns
    -------
    list of Path
        A folder without photos, or one that cannot be listed, is kept as an entry of its own: `read_photo` says what
        is wrong with it, so that nothing that was asked for drops out in silence.
    """
    return [photo for path in map(Path, paths) for photo in _photos_in(path, recursive) or [path]]


def read_photo(path: str | os.PathLike[str]) -> Photo:
    """Read a photo: JPEG, PNG, WebP, TIFF, HEIC or BMP, told by content and not by name.

    Transparent parts are shown on white, of 16 bits the upper 8 are kept, of several frames the first is taken.
    Colour profiles are left alone: converting costs more than decoding (0.45 s for 12 megapixels), and neither the
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
        If there is no such file, it cannot be read, or it holds no whole photo of a sensible size.
    """
    name = os.fsdecode(path)
    suffix = Path(name).suffix.lower()
    data = _read_bytes(Path(name), suffix)
    kind = _kind(data, suffix)
    try:
        # One photo at a time: all threads share the warning filters and stderr.
        with _one_at_a_time, warnings.catch_warnings(), _quiet(kind):
            warnings.filterwarnings("ignore", module=r"(PIL|pillow_heif)\b")  # they warn of damaged metadata
            return _decode(data, kind, name)
    except PhotoError:
        raise
    except Image.DecompressionBombError:
        raise PhotoError(_TOO_LARGE) from None
    except MemoryError:
        raise PhotoError(f"it needs more memory than is free; {_AS_JPEG} at a smaller size") from None
    except ImportError:
        raise PhotoError(f"{kind} cannot be read on this computer; {_AS_JPEG}") from None
    except Exception as error:  # decoders raise anything at all on damaged files
        message = f"its {kind} data are damaged, cut short or of a rare kind; copy the file again, or {_AS_JPEG}"
        raise PhotoError(message) from error


def photo_from_array(array: ArrayLike) -> Photo:
    """Take pixels from memory as a photo.

    Parameters
    ----------
    array : array_like, shape (h, w), (h, w, 3) or (h, w, 4), uint8 or uint16
        Gray, RGB or RGBA; an upright picture. It is copied.

    Returns
    -------
    Photo

    Raises
    ------
    PhotoError
        If shape or type do not fit, or the picture is too small or too large.
    """
    pixels = np.ascontiguousarray(array)
    if not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (3, 4))):
        raise PhotoError(f"the array has shape {pixels.shape}; give (h, w), (h, w, 3) or (h, w, 4)")
    if pixels.dtype not in (np.uint8, np.uint16):
        raise PhotoError(f"the array has type {pixels.dtype}; give uint8 (0 to 255) or uint16 (0 to 65535)")
    height, width = pixels.shape[:2]
    _check_size((width, height))
    digest = hashlib.sha256(f"{pixels.dtype}{pixels.shape}".encode())
    digest.update(pixels.data)
    return _photo(Image.fromarray(_to_8_bit(pixels)), name="array", sha256=digest.hexdigest())


def _points(points: ArrayLike) -> NDArray[np.float64]:
    copy = np.array(points, dtype=np.float64)
    if copy.ndim == 0 or copy.shape[-1] not in (2, 3):
        raise InvalidPointsError(f"points have shape {copy.shape}; give (..., 2) or (..., 3)")
    return copy


def _photos_in(folder: Path, recursive: bool) -> list[Path]:
    """List a folder's photos and, so that they get reported, the folders in it that cannot be listed."""
    found: list[Path] = []
    with contextlib.suppress(ValueError):  # a null byte in the name
        for parent, folders, files in os.walk(folder, onerror=lambda error: found.append(Path(error.filename))):
            folders[:] = [name for name in folders if recursive and not name.startswith(".")]
            photos = (name for name in files if Path(name).suffix.lower() in PHOTO_SUFFIXES)
            found.extend(Path(parent, name) for name in photos if not name.startswith("."))
    return sorted(found, key=lambda path: ([_natural(part) for part in path.parts], str(path)))


def _natural(name: str) -> list[str | int]:
    # Text and number alternate and text comes first, so that like is always compared with like.
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
            _kind(file.read(1024), suffix)  # a film is refused before all of it is read
            if status.st_size > MAX_BYTES:
                raise PhotoError(f"the file is larger than {MAX_BYTES // 1_000_000} MB; {_AS_JPEG}")
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


def _kind(data: bytes, suffix: str) -> str:
    """Tell the format by the file's first bytes, or say what the file is instead."""
    brand = data[8:12] if data[4:8] == b"ftyp" else b""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WebP"
    if brand in _HEIC_BRANDS:
        return "HEIC"
    if suffix in _RAW_SUFFIXES or brand == b"crx " or data[8:10] == b"CR":  # many of them look like TIFF
        raise PhotoError(_RAW)
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
    raise PhotoError(f"it is {what}, not a photo that can be read; {_AS_JPEG}")


def _decode(data: bytes, kind: str, name: str) -> Photo:
    image = _open(io.BytesIO(data), kind)
    _check_size(image.size)
    if isinstance(image, TiffImageFile) and (_DNG_VERSION in image.tag_v2 or image.tag_v2.get(_SUBFILE_TYPE) == 1):
        raise PhotoError(_RAW)  # in a photo the first picture is never the thumbnail
    drafted = 1
    if isinstance(image, JpegImageFile):
        # A last pixel that stands for fewer full-scale pixels than the others would shift the scale once turning makes
        # it the first, so only as far as both sides divide. In a camera's own photos they do.
        drafted = min(_reduction(image.size), 8)
        while image.width % drafted or image.height % drafted:
            drafted //= 2
        image.draft(None, (image.width // drafted, image.height // drafted))
    image.load()
    tag = _exif(image)  # not before loading: PNG may hold it behind the pixels, and TIFF files are turned by loading
    image = _plain_mode(image, kind)
    if (turn := _TURNS.get(tag(ExifTags.Base.Orientation))) is not None:
        image = image.transpose(turn)
    captured, source = _capture_time(tag)
    photo = _photo(image, name, hashlib.sha256(data).hexdigest(), drafted, captured, source)
    return replace(photo, focal_length_35mm=_focal_length(tag))


def _open(stream: io.BytesIO, kind: str) -> Image.Image:
    # Pillow's classes are called directly: Image.open() would put its own global limit on pixels (a warning from 89
    # million, an error from 179 million) and would need pillow-heif registered for the whole process.
    classes: dict[str, Callable[[io.BytesIO], Image.Image]]
    classes = {"JPEG": JpegImageFile, "PNG": PngImageFile, "WebP": WebPImageFile, "TIFF": TiffImageFile}
    if kind == "HEIC":
        from pillow_heif import HeifImageFile  # few photos need it

        classes[kind] = HeifImageFile
    return classes.get(kind, BmpImageFile)(stream)


@contextlib.contextmanager
def _quiet(kind: str) -> Iterator[None]:
    """Drop what libtiff and libde265 print about damaged files; Python has no other way to stop them."""
    with contextlib.ExitStack() as undo:
        if kind in ("TIFF", "HEIC"):
            with contextlib.suppress(OSError):  # there may be no stderr at all
                kept = os.dup(2)
                undo.callback(os.close, kept)
                with Path(os.devnull).open("wb") as nowhere:
                    os.dup2(nowhere.fileno(), 2)
                undo.callback(os.dup2, kept, 2)
        yield


def _check_size(size: tuple[int, int]) -> None:
    if min(size) < MIN_SIDE:
        raise PhotoError(f"it is only {size[0]} x {size[1]} pixels; give the photo at its original size")
    if size[0] * size[1] > MAX_PIXELS:
        raise PhotoError(_TOO_LARGE)


def _reduction(size: tuple[int, int]) -> int:
    reduction = 1
    while max(size) // (2 * reduction) >= MIN_LONG_SIDE:
        reduction *= 2
    return reduction


def _plain_mode(image: Image.Image, kind: str) -> Image.Image:
    """Bring the pixels to 8 bits, gray, RGB, RGBA or CMYK: what Pillow can turn and reduce."""
    if image.mode.startswith("I;16"):
        return Image.fromarray(_to_8_bit(np.asarray(image).astype(np.uint16)))  # Pillow's own conversion clips
    if image.mode in ("I", "F", "LAB"):
        raise PhotoError(f"its pixels are of a kind that is not for viewing ({image.mode}); {_AS_JPEG}")
    if image.mode in ("PA", "LA", "La", "RGBa") or image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _to_8_bit(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Keep the upper byte of 16-bit values, as Pillow does where it reads 16-bit RGB."""
    return pixels if pixels.dtype == np.uint8 else (pixels >> 8).astype(np.uint8)


def _exif(image: Image.Image) -> Callable[[int], Any]:
    """Return a look-up of EXIF tags that gives None for what is missing or damaged."""
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


def _photo(
    image: Image.Image,
    name: str,
    sha256: str,
    drafted: int = 1,
    captured: datetime | None = None,
    captured_source: str | None = None,
) -> Photo:
    size = (image.width * drafted, image.height * drafted)
    reduction = _reduction(size)
    if reduction > drafted:
        image = image.reduce(reduction // drafted)  # the mean of each block
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return Photo(
        name=name,
        pixels=np.asarray(image.convert("RGB")),
        size=size,
        reduction=reduction,
        captured=captured,
        captured_source=captured_source,
        sha256=sha256,
    )
