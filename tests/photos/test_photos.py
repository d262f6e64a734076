"""Reading photos: known pixels for every format, mode and orientation; a plain PhotoError for everything else."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import subprocess
import sys
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
import simplejpeg
from helpers.examples import examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import ExifTags, Image
from PIL.JpegImagePlugin import JpegImageFile

from symmetry.errors import InvalidPointsError, PhotoError, SymmetryError
from symmetry.files import MARK
from symmetry.photos import reading as photos
from symmetry.photos.bounds import MAX_PIXELS
from symmetry.photos.listing import find_photos, list_photos, skipped_words
from symmetry.photos.reading import Photo, photo_from_array, read_photo

WIDTH, HEIGHT = 64, 48
Y, X = np.mgrid[:HEIGHT, :WIDTH]
# No two corners alike, smooth enough for lossy formats.
PICTURE = np.dstack([X * 3 + 30, Y * 4 + 20, 220 - X - 2 * Y]).astype(np.uint8)
GRAY = PICTURE[..., 0]

SAVED = {
    "jpg": ("JPEG", {"quality": 97, "subsampling": 0}, 4),
    "progressive.jpg": ("JPEG", {"quality": 97, "subsampling": 0, "progressive": True}, 4),
    "png": ("PNG", {}, 0),
    "webp": ("WEBP", {"lossless": True}, 0),
    "lossy.webp": ("WEBP", {"quality": 100}, 8),
    "tif": ("TIFF", {}, 0),
    "lzw.tiff": ("TIFF", {"compression": "tiff_lzw"}, 0),
    "bmp": ("BMP", {}, 0),
    "heic": ("HEIF", {"quality": -1, "chroma": 444}, 3),
}


def encode(image: Image.Image | np.ndarray, file_format: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    if file_format == "HEIF":
        heif = pillow_heif.from_pillow(image)
        if "exif" in options:
            heif[0].info["exif"] = options.pop("exif")
        heif.save(stream, format="HEIF", **options)
    else:
        image.save(stream, file_format, **options)
    return stream.getvalue()


def read_bytes(folder: Path, data: bytes, name: str = "photo.jpg") -> Photo:
    path = folder / name
    path.write_bytes(data)
    return read_photo(path)


def difference(photo: Photo, expected: np.ndarray) -> int:
    assert photo.pixels.shape == expected.shape
    return int(np.abs(photo.pixels.astype(int) - expected).max())


def exif_bytes(orientation: int | None = None, times: dict[int, str] | None = None) -> bytes:
    exif = Image.Exif()
    if orientation is not None:
        exif[ExifTags.Base.Orientation] = orientation
    times = dict(times or {})
    if ExifTags.Base.DateTime in times:
        exif[ExifTags.Base.DateTime] = times.pop(ExifTags.Base.DateTime)
    if times:
        exif[ExifTags.IFD.Exif] = times
    return exif.tobytes()


def tiff(pixels: np.ndarray, *, sample_format: int = 1, subfile: int | None = None, dng: bool = False) -> bytes:
    """Write an uncompressed little-endian TIFF by hand, of types that Pillow cannot write."""
    samples = 1 if pixels.ndim == 2 else pixels.shape[2]
    height, width = pixels.shape[:2]
    bits = pixels.dtype.itemsize * 8
    tags = [
        (256, 4, [width]),
        (257, 4, [height]),
        (258, 3, [bits] * samples),
        (259, 3, [1]),
        (262, 3, [1 if samples == 1 else 2]),
        (273, 4, [8]),
        (277, 3, [samples]),
        (278, 4, [height]),
        (279, 4, [pixels.nbytes]),
        (339, 3, [sample_format] * samples),
    ]
    if subfile is not None:
        tags.insert(0, (254, 4, [subfile]))
    if dng:
        tags.append((50706, 1, [1, 4, 0, 0]))
    body = pixels.tobytes()
    extra_at = 8 + len(body)
    extra = b""
    entries = b""
    for tag, kind, values in tags:
        packed = struct.pack("<" + {1: "B", 3: "H", 4: "I"}[kind] * len(values), *values)
        if len(packed) > 4:
            packed, extra = struct.pack("<I", extra_at + len(extra)), extra + packed
        entries += struct.pack("<HHI", tag, kind, len(values)) + packed.ljust(4, b"\0")
    directory = struct.pack("<H", len(tags)) + entries + b"\0\0\0\0"
    return b"II*\0" + struct.pack("<I", extra_at + len(extra)) + body + extra + directory


def png_header(width: int, height: int) -> bytes:
    chunks = b"\x89PNG\r\n\x1a\n"
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    for name, body in ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")):
        chunks += struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return chunks


# Formats and modes


@pytest.mark.parametrize("name", SAVED)
def test_every_format_gives_the_known_pixels(tmp_path: Path, name: str) -> None:
    file_format, options, tolerance = SAVED[name]
    data = encode(PICTURE, file_format, **options)
    photo = read_bytes(tmp_path, data, f"face.{name}")
    assert difference(photo, PICTURE) <= tolerance
    assert photo.name == str(tmp_path / f"face.{name}")
    assert photo.size == (WIDTH, HEIGHT)
    assert photo.reduction == 1
    assert photo.captured is None
    assert photo.captured_source is None
    assert photo.sha256 == hashlib.sha256(data).hexdigest()
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.flags.c_contiguous
    assert not photo.pixels.flags.writeable


def test_content_decides_not_the_name(tmp_path: Path) -> None:
    for name in ("png.jpg", "no_suffix", "photo.dng", "photo.txt", "PHOTO.HEIC"):
        assert difference(read_bytes(tmp_path, encode(PICTURE), name), PICTURE) == 0


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF", "BMP", "WEBP", "HEIF"])
def test_gray(tmp_path: Path, file_format: str) -> None:
    options = (
        {"quality": 97} if file_format in ("JPEG", "HEIF") else {"lossless": True} if file_format == "WEBP" else {}
    )
    photo = read_bytes(tmp_path, encode(GRAY, file_format, **options))
    assert difference(photo, np.dstack([GRAY] * 3)) <= 3


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "WEBP", "HEIF"])
def test_transparent_parts_are_white(tmp_path: Path, file_format: str) -> None:
    alpha = np.repeat([0, 128, 255], HEIGHT // 3)[:, None] * np.ones(WIDTH, int)
    options = {"lossless": True, "exact": True} if file_format == "WEBP" else {}
    if file_format == "HEIF":
        options = {"quality": -1, "chroma": 444}
    data = encode(np.dstack([PICTURE, alpha]).astype(np.uint8), file_format, **options)
    expected = PICTURE * (alpha[..., None] / 255) + 255 * (1 - alpha[..., None] / 255)
    assert difference(read_bytes(tmp_path, data), expected.round().astype(int)) <= (4 if file_format == "HEIF" else 1)


def test_gray_with_alpha(tmp_path: Path) -> None:
    half = np.full_like(GRAY, 128)
    expected = np.dstack([(GRAY.astype(float) * 128 + 255 * 127) / 255] * 3).round().astype(int)
    assert (
        difference(read_bytes(tmp_path, encode(Image.merge("LA", [*map(Image.fromarray, (GRAY, half))]))), expected)
        <= 1
    )


def test_palette_with_and_without_transparency(tmp_path: Path) -> None:
    indexed = Image.fromarray((X // 32 + 2 * (Y // 24)).astype(np.uint8))
    colours = np.array([[200, 10, 10], [10, 200, 10], [10, 10, 200], [90, 80, 70]], np.uint8)
    indexed.putpalette(colours.tobytes())
    expected = colours[np.asarray(indexed)]
    assert difference(read_bytes(tmp_path, encode(indexed)), expected) == 0
    assert difference(read_bytes(tmp_path, encode(indexed, "BMP")), expected) == 0
    clear = expected.copy()
    clear[(X < 32) & (Y < 24)] = 255
    assert difference(read_bytes(tmp_path, encode(indexed, transparency=b"\0\xff\xff\xff")), clear) == 0
    assert difference(read_bytes(tmp_path, encode(indexed, transparency=0)), clear) == 0


def test_transparent_colour_of_rgb_and_gray_png(tmp_path: Path) -> None:
    picture = np.full((40, 50, 3), (10, 20, 30), np.uint8)
    picture[:20] = (99, 98, 97)
    photo = read_bytes(tmp_path, encode(picture, transparency=(10, 20, 30)))
    picture[20:] = 255
    assert difference(photo, picture) == 0
    photo = read_bytes(tmp_path, encode(picture[..., 0].copy(), transparency=99))
    assert photo.pixels.min() == 255


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "BMP"])
def test_one_bit(tmp_path: Path, file_format: str) -> None:
    bits = Image.fromarray(((X + Y) % 3 == 0) * np.uint8(255)).convert("1", dither=Image.Dither.NONE)
    expected = np.dstack([((X + Y) % 3 == 0) * 255] * 3)
    assert difference(read_bytes(tmp_path, encode(bits, file_format)), expected) == 0


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF"])
def test_cmyk(tmp_path: Path, file_format: str) -> None:
    # Pillow writes CMYK JPEGs inverted with an Adobe marker, as Photoshop does.
    cmyk = Image.fromarray(PICTURE).convert("CMYK")
    options = {"quality": 97, "subsampling": 0} if file_format == "JPEG" else {}
    data = encode(cmyk, file_format, **options)
    assert file_format != "JPEG" or b"Adobe" in data
    assert difference(read_bytes(tmp_path, data), PICTURE) <= 5


SIXTEEN = (PICTURE.astype(np.uint16) << 8) + 77


def sixteen_bit_files() -> dict[str, tuple[bytes, np.ndarray]]:
    bgr = np.ascontiguousarray(SIXTEEN[..., ::-1])
    gray = SIXTEEN[..., 0].copy()
    rgba = np.dstack([SIXTEEN, np.full(GRAY.shape, 65535, np.uint16)])
    grays = np.dstack([GRAY] * 3)
    files = {
        "rgb.png": (cv2.imencode(".png", bgr)[1].tobytes(), PICTURE),
        "rgba.png": (cv2.imencode(".png", rgba[..., [2, 1, 0, 3]])[1].tobytes(), PICTURE),
        "gray.png": (cv2.imencode(".png", gray)[1].tobytes(), grays),
        "rgb.tif": (tiff(SIXTEEN), PICTURE),
        "rgb-lzw.tif": (cv2.imencode(".tif", bgr)[1].tobytes(), PICTURE),
        "gray.tif": (tiff(gray), grays),
        "gray-lzw.tif": (cv2.imencode(".tif", gray)[1].tobytes(), grays),
        "gray-deflate.tif": (encode(Image.fromarray(gray), "TIFF", compression="tiff_adobe_deflate"), grays),
    }
    big_endian = encode(Image.frombytes("I;16B", (WIDTH, HEIGHT), gray.astype(">u2").tobytes()), "TIFF")
    return files | {"gray-big-endian.tif": (big_endian, grays)}


@pytest.mark.parametrize("name", sixteen_bit_files())
def test_sixteen_bits_are_scaled_not_clipped(tmp_path: Path, name: str) -> None:
    data, expected = sixteen_bit_files()[name]
    assert difference(read_bytes(tmp_path, data, name), expected) == 0


@pytest.mark.parametrize(
    ("pixels", "sample_format"), [(GRAY.astype(np.float32) / 255, 3), (GRAY.astype(np.int32) << 20, 2)]
)
def test_values_without_a_known_white_are_refused(tmp_path: Path, pixels: np.ndarray, sample_format: int) -> None:
    with pytest.raises(PhotoError, match=r"not for viewing.*JPEG"):
        read_bytes(tmp_path, tiff(pixels, sample_format=sample_format))


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "TIFF", "HEIF"])
def test_first_of_several_frames(tmp_path: Path, file_format: str) -> None:
    first, second = Image.fromarray(PICTURE), Image.fromarray(255 - PICTURE)
    if file_format == "HEIF":
        heif = pillow_heif.from_pillow(first)
        heif.add_from_pillow(second)
        stream = io.BytesIO()
        heif.save(stream, quality=-1, chroma=444)
        data = stream.getvalue()
    else:
        options = {"lossless": True} if file_format == "WEBP" else {}
        data = encode(first, file_format, save_all=True, append_images=[second], **options)
    assert difference(read_bytes(tmp_path, data), PICTURE) <= 3


def test_phone_jpeg_with_a_second_picture_inside(tmp_path: Path) -> None:
    data = encode(Image.fromarray(PICTURE), "MPO", save_all=True, append_images=[Image.fromarray(255 - PICTURE)])
    assert difference(read_bytes(tmp_path, data), PICTURE) <= 30


# Orientation

UPRIGHT = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.swapaxes(0, 1),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: stored[::-1, ::-1].swapaxes(0, 1),
    8: lambda stored: np.rot90(stored),
}


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF"])
@pytest.mark.parametrize("orientation", UPRIGHT)
def test_all_orientations(tmp_path: Path, orientation: int, file_format: str) -> None:
    options = {"JPEG": {"quality": 97, "subsampling": 0}, "WEBP": {"lossless": True}}.get(file_format, {})
    if file_format == "HEIF":
        options = {"quality": -1, "chroma": 444}
    time = {ExifTags.Base.DateTimeOriginal: "2024:02:29 12:34:56"}
    if file_format == "TIFF":
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        exif[ExifTags.Base.DateTime] = "2024:02:29 12:34:56"
        options["exif"] = exif
    else:
        options["exif"] = exif_bytes(orientation, time)
    photo = read_bytes(tmp_path, encode(PICTURE, file_format, **options))
    expected = UPRIGHT[orientation](PICTURE)
    assert difference(photo, expected) <= 4
    assert photo.size == expected.shape[1::-1]
    assert photo.captured == datetime(2024, 2, 29, 12, 34, 56)


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_senseless_orientation_is_left_alone(tmp_path: Path, orientation: int) -> None:
    assert difference(read_bytes(tmp_path, encode(PICTURE, exif=exif_bytes(orientation))), PICTURE) == 0


@pytest.mark.parametrize(
    "exif", [b"", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\0\x09abc"]
)
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_damaged_exif_does_not_cost_the_photo(tmp_path: Path, exif: bytes, file_format: str) -> None:
    if file_format == "HEIF" and len(exif) < 10:
        exif = b"Exif\0\0II*\0"  # less than this cannot be written
    photo = read_bytes(tmp_path, encode(PICTURE, file_format, exif=exif, quality=95))
    assert photo.size == (WIDTH, HEIGHT)
    assert photo.captured is None


# Capture time

ORIGINAL, OFFSET_ORIGINAL = ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal
DIGITIZED, OFFSET_DIGITIZED = ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized
CHANGED, OFFSET = ExifTags.Base.DateTime, ExifTags.Base.OffsetTime
NOON = datetime(2023, 7, 1, 12, 0, 5)
AT = "2023:07:01 12:00:05"


@pytest.mark.parametrize(
    ("times", "captured", "source"),
    [
        ({ORIGINAL: AT, DIGITIZED: "2020:01:01 00:00:00", CHANGED: "2021:01:01 00:00:00"}, NOON, "DateTimeOriginal"),
        ({DIGITIZED: AT, CHANGED: "2021:01:01 00:00:00"}, NOON, "DateTimeDigitized"),
        ({CHANGED: AT}, NOON, "DateTime"),
        ({ORIGINAL: "0000:00:00 00:00:00", CHANGED: AT}, NOON, "DateTime"),
        (
            {ORIGINAL: AT, OFFSET_ORIGINAL: "+05:30", OFFSET: "-01:00"},
            NOON.replace(tzinfo=timezone(timedelta(hours=5, minutes=30))),
            "DateTimeOriginal",
        ),
        ({DIGITIZED: AT, OFFSET_DIGITIZED: "Z"}, NOON.replace(tzinfo=timezone.utc), "DateTimeDigitized"),
        ({CHANGED: AT, OFFSET: "-08:00"}, NOON.replace(tzinfo=timezone(timedelta(hours=-8))), "DateTime"),
        ({ORIGINAL: AT, OFFSET_ORIGINAL: "   :  "}, NOON, "DateTimeOriginal"),
        ({ORIGINAL: AT + "\0 "}, NOON, "DateTimeOriginal"),
    ],
)
def test_capture_time(tmp_path: Path, times: dict[int, str], captured: datetime, source: str) -> None:
    for file_format in ("JPEG", "PNG", "WEBP", "HEIF"):
        photo = read_bytes(tmp_path, encode(PICTURE, file_format, quality=95, exif=exif_bytes(times=times)))
        assert photo.captured == captured
        assert photo.captured.tzinfo == captured.tzinfo
        assert photo.captured_source == f"exif:{source}"


@pytest.mark.parametrize(
    "text", ["", " ", "0000:00:00 00:00:00", "    :  :     :  :  ", "2023:02:30 10:00:00", "yesterday", "2023:07"]
)
def test_no_capture_time(tmp_path: Path, text: str) -> None:
    photo = read_bytes(tmp_path, encode(PICTURE, exif=exif_bytes(times={ORIGINAL: text})))
    assert (photo.captured, photo.captured_source) == (None, None)


@pytest.mark.parametrize(("stored", "expected"), [(26, 26.0), (0, None), (None, None), ("26", None)])
def test_focal_length(tmp_path: Path, stored: int | str | None, expected: float | None) -> None:
    exif = Image.Exif()
    exif[ExifTags.IFD.Exif] = {} if stored is None else {ExifTags.Base.FocalLengthIn35mmFilm: stored}
    for file_format in ("JPEG", "PNG", "WEBP", "HEIF"):
        photo = read_bytes(tmp_path, encode(PICTURE, file_format, quality=95, exif=exif.tobytes()))
        assert photo.focal_length_35mm == expected
    assert photo_from_array(PICTURE).focal_length_35mm is None


# Scale

SIGMA = 3.0


def dot(width: int, height: int, x: float, y: float, radius: float) -> np.ndarray:
    return (
        255
        * np.exp(-((np.arange(height)[:, None] - y) ** 2) / (2 * radius**2))
        * np.exp(-((np.arange(width) - x) ** 2) / (2 * radius**2))
    ).astype(np.uint8)


def centroid(photo: Photo) -> np.ndarray:
    weight = photo.pixels[..., 0].astype(float)
    weight[weight < 8] = 0
    y, x = np.mgrid[: weight.shape[0], : weight.shape[1]]
    return photo.to_full([(weight * x).sum() / weight.sum(), (weight * y).sum() / weight.sum()])


@pytest.mark.parametrize(
    ("width", "height", "file_format", "reduction"),
    [
        (5999, 96, "JPEG", 1),
        (6000, 96, "JPEG", 2),
        (12000, 96, "JPEG", 4),
        (12006, 99, "JPEG", 4),  # nothing divides: no draft
        (12006, 98, "JPEG", 4),  # draft by 2, the rest by averaging
        (24000, 160, "JPEG", 8),
        (48000, 320, "JPEG", 16),  # more than the JPEG decoder can reduce
        (12003, 97, "PNG", 4),
        (12000, 96, "WEBP", 4),
        (6001, 97, "TIFF", 2),
        (6000, 96, "BMP", 2),
        (6002, 98, "HEIF", 2),
    ],
)
def test_reduced_photos_keep_their_scale(
    tmp_path: Path, width: int, height: int, file_format: str, reduction: int
) -> None:
    x, y = width - 20.3 * reduction, 9.6 * reduction
    picture = dot(width, height, x, y, SIGMA * reduction)
    options = {"quality": 95} if file_format in ("JPEG", "HEIF") else {}
    photo = read_bytes(tmp_path, encode(picture, file_format, **options))
    assert photo.reduction == reduction
    assert photo.size == (width, height)
    assert photo.pixels.shape == (-(-height // reduction), -(-width // reduction), 3)
    assert centroid(photo) == pytest.approx([x, y], abs=0.03 * reduction)


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("size", [(6000, 64), (6003, 65)])
def test_reduced_photos_keep_their_scale_when_turned(tmp_path: Path, orientation: int, size: tuple[int, int]) -> None:
    stored = dot(*size, 5980.7, 20.4, 2 * SIGMA)
    data = encode(stored, "JPEG", quality=95, exif=exif_bytes(orientation))
    photo = read_bytes(tmp_path, data)
    upright = UPRIGHT[orientation](stored)
    weight = np.where(upright < 8, 0, upright).astype(float)
    y, x = np.mgrid[: upright.shape[0], : upright.shape[1]]
    expected = [(weight * x).sum() / weight.sum(), (weight * y).sum() / weight.sum()]
    assert photo.reduction == 2
    assert photo.size == upright.shape[1::-1]
    assert centroid(photo) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(
    ("size", "drafted"), [((12000, 96), (3000, 24)), ((12006, 98), (6003, 49)), ((12006, 99), (12006, 99))]
)
def test_jpeg_is_decoded_no_larger_than_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], drafted: tuple[int, int]
) -> None:
    asked = []
    draft = JpegImageFile.draft
    monkeypatch.setattr(JpegImageFile, "draft", lambda *arguments: asked.append(arguments[2]) or draft(*arguments))
    quickly = simplejpeg.decode_jpeg
    monkeypatch.setattr(
        simplejpeg,
        "decode_jpeg",
        lambda *given, **sizes: asked.append((sizes["min_width"], sizes["min_height"])) or quickly(*given, **sizes),
    )
    assert read_bytes(tmp_path, encode(Image.new("L", size), "JPEG")).size == size
    assert asked == [drafted]


def test_draft_and_full_decoding_agree(tmp_path: Path) -> None:
    # A part of a pixel's shift would show in a smooth picture.
    y, x = np.mgrid[:128, :6000]
    wave = (128 + 60 * np.sin(x / 40) + 60 * np.cos(y / 17)).astype(np.uint8)
    photo = read_bytes(tmp_path, encode(np.dstack([wave, 255 - wave, wave // 2]), "JPEG", quality=97))
    mean = wave.reshape(64, 2, 3000, 2).mean((1, 3))
    assert np.abs(photo.pixels[..., 0] - mean).mean() < 1


def test_conversion_of_points_by_hand() -> None:
    photo = photo_from_array(np.zeros((64, 12000), np.uint8))
    assert photo.reduction == 4
    assert photo.to_full([[0, 0, 1], [10, 2, -3]]).tolist() == [[1.5, 1.5, 4], [41.5, 9.5, -12]]
    assert photo.to_decoded([[1.5, 1.5, 4], [41.5, 9.5, -12]]).tolist() == [[0, 0, 1], [10, 2, -3]]
    assert photo.to_full([-0.5, 2999.5]).tolist() == [-0.5, 11999.5]  # outer edges stay outer edges
    for points in (3, [1], [[1, 2, 3, 4]]):
        with pytest.raises(InvalidPointsError, match=r"\(\.\.\., 2\)"):
            photo.to_full(points)
        with pytest.raises(InvalidPointsError):
            photo.to_decoded(points)


@given(
    points=arrays(np.float64, st.sampled_from([(2,), (5, 2), (2, 4, 3)]), elements=st.floats(-1e5, 1e5)),
    reduction=st.sampled_from([1, 2, 4, 8]),
)
def test_conversion_of_points_is_invertible(points: np.ndarray, reduction: int) -> None:
    photo = Photo(
        name="",
        pixels=np.zeros((1, 1, 3), np.uint8),
        size=(1, 1),
        reduction=reduction,
        captured=None,
        captured_source=None,
        sha256="",
    )
    before = points.copy()
    assert photo.to_decoded(photo.to_full(points)) == pytest.approx(points, abs=1e-9)
    assert photo.to_full(photo.to_decoded(points)) == pytest.approx(points, abs=1e-9)
    assert np.array_equal(points, before)
    if reduction == 1:
        assert np.array_equal(photo.to_full(points), points)


# Arrays


def test_arrays() -> None:
    grays = np.dstack([GRAY] * 3)
    alpha = np.full(GRAY.shape, 255, np.uint8)
    for array, expected in [
        (PICTURE, PICTURE),
        (GRAY, grays),
        (np.dstack([PICTURE, alpha]), PICTURE),
        (SIXTEEN, PICTURE),
        (SIXTEEN[..., 0], grays),
        (PICTURE[::-1, ::-1], PICTURE[::-1, ::-1]),
        (np.asfortranarray(PICTURE), PICTURE),
        (PICTURE.tolist(), None),
    ]:
        if expected is None:
            with pytest.raises(PhotoError, match="uint8"):
                photo_from_array(array)
            continue
        photo = photo_from_array(array)
        assert difference(photo, expected) == 0
        assert (photo.name, photo.size, photo.reduction, photo.captured) == ("array", (WIDTH, HEIGHT), 1, None)
        assert photo.pixels.flags.c_contiguous
        assert not photo.pixels.flags.writeable


@pytest.mark.parametrize("shape", [(HEIGHT, WIDTH), (HEIGHT, WIDTH, 3), (HEIGHT, WIDTH, 4)])
def test_arrays_are_copied(shape: tuple[int, ...]) -> None:
    array = np.full(shape, 255, np.uint8)
    photo = photo_from_array(array)
    array[:] = 9
    assert photo.pixels.min() == 255
    assert photo_from_array(array).sha256 != photo.sha256


def test_hash_of_arrays() -> None:
    same = photo_from_array(PICTURE).sha256
    assert len(same) == 64
    assert photo_from_array(PICTURE.copy(order="F")).sha256 == same
    assert photo_from_array(PICTURE.reshape(HEIGHT // 2 * 2, WIDTH, 3)).sha256 == same
    assert photo_from_array(PICTURE.reshape(WIDTH, HEIGHT, 3)).sha256 != same


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (PICTURE / 255, "float64.*uint8"),
        (PICTURE.astype(np.int64), "int64.*uint8"),
        (PICTURE > 9, "bool.*uint8"),
        (GRAY[0], "shape.*give"),
        (PICTURE[..., :2], "shape.*give"),
        (PICTURE[None], "shape.*give"),
        (PICTURE[:31], "64 x 31 pixels"),
        (PICTURE[:0], "64 x 0 pixels"),
        (np.broadcast_to(np.uint8(0), (1, 1)), "1 x 1 pixels"),
        ("photo.jpg", "shape"),
    ],
)
def test_arrays_that_are_no_photos(array: np.ndarray, words: str) -> None:
    with pytest.raises(PhotoError, match=words):
        photo_from_array(array)


# Failures

FTYP = b"\0\0\0\x18ftyp"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.jpg", b"", "empty; copy it again"),
        ("a.jpg", b"Dear diary,\n", "text.*JPEG"),
        ("a.jpg", b"\xff\xd8\xff", "JPEG data are damaged.*copy the file again"),
        ("a.jpg", b"\x01\x02\x03" * 99, "another kind.*JPEG"),
        ("a.pdf", b"%PDF-1.7\n\0\0", "PDF.*JPEG"),
        ("a.gif", b"GIF89a\0\0", "GIF.*JPEG"),
        ("a.svg", b"<?xml version='1.0'?><SVG xmlns='x'/>", "SVG.*JPEG"),
        ("a.avif", FTYP + b"avif\0\0", "AVIF.*JPEG"),
        ("a.mov", FTYP + b"qt  \0\0", "damaged or cut short.*MP4"),
        ("a.mp4", FTYP + b"isom\0\0", "damaged or cut short.*MP4"),
        ("a.cr3", FTYP + b"crx \0\0", "RAW.*JPEG"),
        ("a.tif", b"II*\0\x10\0\0\0CR\x02\0", "RAW.*JPEG"),
        ("A.NEF", tiff(PICTURE), "RAW.*JPEG"),
        ("a.raf", b"FUJIFILMCCD-RAW\0", "RAW.*JPEG"),
        ("a.tif", tiff(PICTURE, dng=True), "RAW.*JPEG"),
        ("a.tif", tiff(PICTURE, subfile=1), "RAW.*JPEG"),
        ("a.png", encode(PICTURE[:31]), "only 64 x 31 pixels"),
        ("a.png", png_header(30_000, 30_000), "250 megapixels.*smaller"),
        ("a.png", png_header(15_900, 15_900), "250 megapixels"),
        ("a.png", png_header(2**31 - 1, 2**31 - 1), "250 megapixels"),
        ("a.png", png_header(0, 40), "damaged|pixels"),
    ],
)
def test_failures_say_what_is_wrong_and_what_to_do(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    with pytest.raises(PhotoError, match=words) as raised:
        read_bytes(tmp_path, data, name)
    assert name not in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "; " in str(raised.value)


def test_bombs_are_refused_by_their_header(tmp_path: Path) -> None:
    jpeg = encode(PICTURE, "JPEG")
    at = jpeg.index(b"\xff\xc0") + 5
    bomb = jpeg[:at] + struct.pack(">HH", 60_000, 60_000) + jpeg[at + 4 :]
    bitmap = encode(PICTURE, "BMP")
    bitmap = bitmap[:18] + struct.pack("<ii", 60_000, 60_000) + bitmap[26:]
    scan = bytearray(tiff(PICTURE))
    for tag in (256, 257):
        where = scan.rindex(struct.pack("<HHI", tag, 4, 1)) + 8
        scan[where : where + 4] = struct.pack("<I", 60_000)
    for data in (bomb, bitmap, bytes(scan)):
        with pytest.raises(PhotoError, match="250 megapixels"):
            read_bytes(tmp_path, data)


def test_large_photos_below_the_limit_are_read(tmp_path: Path) -> None:
    # Image.open() would refuse this one.
    data = encode(Image.new("L", (16_320, 12_240), 100), "JPEG", quality=50)
    photo = read_bytes(tmp_path, data)
    assert (photo.size, photo.reduction, photo.pixels.shape) == ((16_320, 12_240), 4, (3060, 4080, 3))


@pytest.mark.parametrize("name", SAVED)
@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9])
def test_truncated_files_are_refused(tmp_path: Path, name: str, keep: float) -> None:
    file_format, options, _ = SAVED[name]
    noise = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    data = encode(noise, file_format, **options)
    with pytest.raises(PhotoError, match="cut short"):
        read_bytes(tmp_path, data[: int(len(data) * keep)])


@pytest.mark.parametrize("progressive", [False, True])
def test_truncated_jpeg_is_refused_in_draft_mode(tmp_path: Path, progressive: bool) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 6000, 3), np.uint8)
    data = encode(noise, "JPEG", progressive=progressive)
    assert read_bytes(tmp_path, data).reduction == 2
    for keep in (0.3, 0.8, 0.98):
        with pytest.raises(PhotoError, match="cut short"):
            read_bytes(tmp_path, data[: int(len(data) * keep)])


@pytest.mark.parametrize("path", ["missing.jpg", "photo.png/under_a_file.jpg", "null\0byte.jpg"])
def test_missing_file(tmp_path: Path, path: str) -> None:
    (tmp_path / "photo.png").write_bytes(encode(PICTURE))
    with pytest.raises(PhotoError, match="no such file; check"):
        read_photo(tmp_path / path)


def test_name_too_long(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="cannot be read"):
        read_photo(tmp_path / ("a" * 5000 + ".jpg"))


def test_folder_as_photo(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match=r"no photos.*jpg"):
        read_photo(tmp_path)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.jpg").touch()
    with pytest.raises(PhotoError, match="--recursive"):
        read_photo(tmp_path)
    (tmp_path / "b.jpg").touch()
    with pytest.raises(PhotoError, match="a folder, not a photo"):
        read_photo(tmp_path)


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jpg").write_bytes(encode(PICTURE))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # the tests may run as root, whom no permissions stop
    with pytest.raises(PhotoError, match=r"not permitted.*permissions"):
        read_photo(tmp_path / "a.jpg")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PhotoError, match="folder is not permitted"):
        read_photo(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX only")
def test_pipes_and_devices_neither_hang_nor_fill_the_memory(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    for path in (tmp_path / "pipe.jpg", Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(PhotoError, match="device or a pipe"):
            read_photo(path)


def test_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.jpg"
    for start, words in ((encode(PICTURE, "JPEG"), "larger than 500 MB"), (FTYP + b"isom", "damaged or cut short")):
        with path.open("wb") as file:
            file.write(start)
            file.truncate(3 * 10**12)  # sparse
        with pytest.raises(PhotoError, match=words):
            read_photo(path)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (struct.error("x"), "damaged"),
        (SyntaxError("x"), "damaged"),
        (zlib.error("x"), "damaged"),
        (KeyError("x"), "damaged"),
        (RecursionError(), "damaged"),
        (MemoryError(), "memory.*smaller"),
        (ImportError("x"), "cannot be read on this computer"),
        (Image.DecompressionBombError("x"), "megapixels"),
    ],
)
def test_odd_exceptions_of_decoders_are_translated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(photos, "PngImageFile", fail)
    with pytest.raises(PhotoError, match=words):
        read_bytes(tmp_path, encode(PICTURE))


def test_errors_belong_to_the_family() -> None:
    assert issubclass(PhotoError, SymmetryError)


def test_import_is_cheap_and_warning_filters_are_put_back(tmp_path: Path) -> None:
    heavy = {"cv2", "pillow_heif", "ai_edge_litert", "matplotlib"}
    code = f"import sys, symmetry.photos.reading; print({heavy} & set(sys.modules))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert output.stdout.strip() == "set()"
    before = list(warnings.filters)
    read_bytes(tmp_path, encode(PICTURE))
    assert list(warnings.filters) == before


def test_threads_share_warning_filters_and_stderr(tmp_path: Path) -> None:
    paths = []
    for name, data in SEEDS.items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(data)
    before, stderr = list(warnings.filters), os.fstat(2)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(read_photo, paths * 10))
    assert [Path(photo.name) for photo in found] == paths * 10
    assert list(warnings.filters) == before
    assert os.fstat(2) == stderr


# Any bytes, any name

SEEDS = {name: encode(PICTURE[:40, :40], saved[0], **saved[1]) for name, saved in SAVED.items()}
SEEDS["exif.jpg"] = encode(PICTURE[:40, :40], "JPEG", exif=exif_bytes(6, {ORIGINAL: AT, OFFSET_ORIGINAL: "+01:00"}))
SEEDS["exif.png"] = encode(PICTURE[:40, :40], exif=exif_bytes(6, {ORIGINAL: AT}))
SEEDS["palette.png"] = encode(Image.fromarray(PICTURE[:40, :40]).quantize(16), transparency=b"\0\x80")
SEEDS["gray16.png"] = encode(Image.fromarray(SIXTEEN[:40, :40, 0].copy()))
SEEDS["jpeg.tif"] = encode(PICTURE[:40, :40], "TIFF", compression="jpeg")
SEEDS["exif.heic"] = encode(PICTURE[:40, :40], "HEIF", exif=exif_bytes(6, {ORIGINAL: AT}))
FUZZ = {"suppress_health_check": [HealthCheck.function_scoped_fixture]}


def photo_or_photo_error(folder: Path, data: bytes) -> None:
    message = None
    try:
        photo = read_bytes(folder, data)
    except PhotoError as error:
        message = str(error)
    if message is not None:
        assert "; " in message
        assert "\n" not in message
        return
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.ndim == 3
    assert photo.size[0] * photo.size[1] <= MAX_PIXELS


@examples(100, **FUZZ)
@given(start=st.sampled_from(sorted({seed[:16] for seed in SEEDS.values()} | {b""})), rest=st.binary(max_size=400))
def test_any_bytes(tmp_path: Path, start: bytes, rest: bytes) -> None:
    photo_or_photo_error(tmp_path, start + rest)


@examples(400, **FUZZ)
@given(
    name=st.sampled_from(sorted(SEEDS)),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), max_size=6),
    in_head=st.booleans(),
    keep=st.one_of(st.just(1.0), st.floats(0, 1)),
)
def test_damaged_files(tmp_path: Path, name: str, flips: list[tuple[float, int]], in_head: bool, keep: float) -> None:
    data = bytearray(SEEDS[name])
    for where, bits in flips:
        data[int(where * (min(len(data), 200) if in_head else len(data)))] ^= bits
    photo_or_photo_error(tmp_path, bytes(data[: int(len(data) * keep)]))


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_decoders_print_nothing(tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    generator = np.random.default_rng(7)
    for _ in range(60):
        data = bytearray(SEEDS[name])
        for where in generator.integers(0, len(data), 5):
            data[where] ^= int(generator.integers(1, 256))
        photo_or_photo_error(tmp_path, bytes(data[: generator.integers(len(data) // 2, len(data))]))
    assert capfd.readouterr() == ("", "")


@examples(100, **FUZZ)
@given(name=st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_any_file_name(tmp_path: Path, name: str) -> None:
    if name in (".", ".."):
        return
    photo = read_bytes(tmp_path, SEEDS["png"], name)
    assert photo.name == str(tmp_path / name)
    assert find_photos([tmp_path / name]) == [tmp_path / name]


@pytest.mark.parametrize("name", ["ä ñ 顔.jpg", 'it\'s "me".jpg', "two\nlines.jpg", "-o.jpg", "~.jpg", "%s{x}.jpg"])
def test_awkward_file_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(encode(PICTURE))
    assert read_photo(name).name == name
    assert find_photos([name]) == [Path(name)]
    assert find_photos(["."]) == [Path(name)]


# Flag photos


def test_files_stay_in_the_order_given(tmp_path: Path) -> None:
    given_paths = [tmp_path / name for name in ("z.jpg", "missing.jpg", "a.txt", ".hidden.jpg", "z.jpg")]
    for path in given_paths[2:]:
        path.touch()
    assert find_photos(given_paths) == given_paths
    assert find_photos([str(path) for path in given_paths]) == given_paths
    assert find_photos([]) == []
    assert find_photos(["null\0byte"]) == [Path("null\0byte")]


def test_folder_gives_its_photos_in_natural_order(tmp_path: Path) -> None:
    names = [
        "IMG_1.jpg",
        "img_2.JPEG",
        "img_10.Png",
        "img_010a.webp",
        "x.bmp",
        "x.heic",
        "x.HEIF",
        "x.jpe",
        "x.tif",
        "x.tiff",
    ]
    for name in [*names, ".img_3.jpg", "._IMG_1.jpg", "notes.txt", "jpg", "x.jpg.part"]:
        (tmp_path / name).touch()
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "folder.jpg" / "deep.jpg").touch()
    (tmp_path / ".thumbnails").mkdir()
    (tmp_path / ".thumbnails" / "t.jpg").touch()
    assert [path.name for path in find_photos([tmp_path])] == names
    found = [path.relative_to(tmp_path).as_posix() for path in find_photos([tmp_path], recursive=True)]
    assert found == ["folder.jpg/deep.jpg", *names]
    assert find_photos([tmp_path / "x.jpe", tmp_path])[:2] == [tmp_path / "x.jpe", tmp_path / "IMG_1.jpg"]


def test_folders_are_in_natural_order_too(tmp_path: Path) -> None:
    for name in ("week 10", "week 2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "b1.jpg").touch()
        (tmp_path / name / "a2.jpg").touch()
    found = [path.relative_to(tmp_path).as_posix() for path in find_photos([tmp_path], recursive=True)]
    assert found == ["week 2/a2.jpg", "week 2/b1.jpg", "week 10/a2.jpg", "week 10/b1.jpg"]


def test_folder_without_photos_stands_for_itself(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "outer" / "inner").mkdir(parents=True)
    (tmp_path / "outer" / "inner" / "a.jpg").touch()
    assert find_photos([tmp_path / "empty", tmp_path / "outer"]) == [tmp_path / "empty", tmp_path / "outer"]
    assert find_photos([tmp_path / "outer"], recursive=True) == [tmp_path / "outer" / "inner" / "a.jpg"]


def test_folder_that_cannot_be_listed_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jpg").touch()
    (tmp_path / "locked").mkdir()
    list_folder = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return list_folder(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert find_photos([tmp_path], recursive=True) == [tmp_path / "a.jpg", tmp_path / "locked"]
    assert find_photos([tmp_path / "locked"]) == [tmp_path / "locked"]


def test_what_is_passed_over_is_counted_by_kind(tmp_path: Path) -> None:
    for name in ("a.jfif", "b.HIF", "c.mpo", "d.avif", "e.gif", "f.jpg", "raw.CR3", "raw.dng", "film.MOV", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "archive.zip").write_bytes(b"PK\3\4\0\0")
    (tmp_path / "no_suffix").write_bytes(encode(PICTURE))
    (tmp_path / "own.png").write_bytes(encode(PICTURE)[:33] + b"tEXtSoftware\0" + MARK)
    (tmp_path / "own 2.jpg").write_bytes(encode(PICTURE, "JPEG", comment=MARK))
    (tmp_path / "here.HEIC.icloud").touch()
    for folder in ("more", "empty", ".hidden"):
        (tmp_path / folder).mkdir()
    (tmp_path / "more" / "g.jpg").touch()
    (tmp_path / ".hidden" / "h.jpg").touch()
    elsewhere = tmp_path.parent / f"{tmp_path.name} elsewhere"
    elsewhere.mkdir()
    (elsewhere / "i.jpg").touch()
    (tmp_path / "linked").symlink_to(elsewhere, target_is_directory=True)
    listing = list_photos([tmp_path])
    names = ["a.jfif", "b.HIF", "c.mpo", "d.avif", "e.gif", "f.jpg", "no_suffix"]
    assert [path.name for path in listing.photos] == names
    assert skipped_words(listing.skipped) == (
        "2 RAW, 2 figures of symmetry, 1 file of another kind, 1 film, 1 photo in the cloud, 2 folders (use -r)"
    )
    deep = list_photos([tmp_path], recursive=True)
    assert sorted(path.name for path in deep.photos) == sorted([*names, "g.jpg", "i.jpg"])
    assert "folder" not in deep.skipped
    assert skipped_words({}) == ""


def test_a_folder_without_readable_photos_says_what_is_in_it(tmp_path: Path) -> None:
    for name in ("a.nef", "b.nef", "c.zip"):
        (tmp_path / name).write_bytes(b"PK\3\4\0\0")
    assert list_photos([tmp_path]).skipped == {}
    with pytest.raises(PhotoError, match=r"no photo that can be read \(2 RAW, 1 file of another kind\)"):
        read_photo(tmp_path)


def test_a_folder_with_films_alone_stands_for_its_films(tmp_path: Path) -> None:
    for name in ("clip10.mp4", "clip2.MOV", "raw.nef"):
        (tmp_path / name).touch()
    listing = list_photos([tmp_path])
    assert [path.name for path in listing.photos] == ["clip2.MOV", "clip10.mp4"]
    assert listing.skipped == {"RAW": 1}
    with pytest.raises(PhotoError, match="the file is empty"):
        read_photo(tmp_path / "clip2.MOV")


def test_link_in_a_circle_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "broken.jpg").symlink_to(tmp_path / "gone.jpg")
    assert find_photos([tmp_path], recursive=True) == [tmp_path / "a.jpg", tmp_path / "broken.jpg"]
    with pytest.raises(PhotoError, match="no such file"):
        read_photo(tmp_path / "broken.jpg")


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("orientation", [None, *range(1, 9)])
def test_jpeg_is_decoded_quickly_to_the_last_bit_of_pillow(monkeypatch, orientation, mode, progressive):
    exif = Image.Exif()
    if orientation is not None:
        exif[ExifTags.Base.Orientation] = orientation
    picture = Image.fromarray(PICTURE).resize((203, 151)).convert(mode)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=80, progressive=progressive, exif=exif.tobytes())
    quick = photos.photo_from_bytes(stream.getvalue())
    assert photos.jpeg_pixels(stream.getvalue(), 1) is not None
    monkeypatch.setattr(photos, "jpeg_pixels", lambda *_: None)
    by_pillow = photos.photo_from_bytes(stream.getvalue())
    assert np.array_equal(quick.pixels, by_pillow.pixels)
    assert (quick.size, quick.reduction) == (by_pillow.size, by_pillow.reduction)
    assert quick.pixels.flags.c_contiguous
    assert not quick.pixels.flags.writeable


def test_large_jpeg_is_reduced_quickly_to_the_last_bit_of_pillow(monkeypatch):
    stream = io.BytesIO()
    Image.fromarray(PICTURE).resize((6400, 640)).save(stream, "JPEG", quality=80)
    quick = photos.photo_from_bytes(stream.getvalue())
    monkeypatch.setattr(photos, "jpeg_pixels", lambda *_: None)
    assert quick.reduction == 2
    assert np.array_equal(quick.pixels, photos.photo_from_bytes(stream.getvalue()).pixels)
