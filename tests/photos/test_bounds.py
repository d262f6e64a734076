"""Files that would take hours or all memory are refused at once; what only looks odd is read."""

from __future__ import annotations

import contextlib
import io
import resource
import struct
import subprocess
import sys
import time
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from symmetry.errors import PhotoError
from symmetry.files import MARK
from symmetry.photos.bounds import MAX_SCANS, MAX_WHOLE
from symmetry.photos.cleaning import clean_photo
from symmetry.photos.formats import kind_of
from symmetry.photos.reading import photo_from_bytes

NOISE = Image.fromarray(np.random.default_rng(3).integers(0, 256, (150, 170, 3), np.uint8))
SECONDS = 5.0


def encode(kind: str, picture: Image.Image = NOISE, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def quickly(read, data: bytes, words: str) -> None:
    before = time.process_time()
    with pytest.raises(PhotoError, match=words):
        read(data)
    assert time.process_time() - before < SECONDS


def with_scans(count: int, size: int = 200) -> bytes:
    data = encode("JPEG", Image.new("L", (size, size), 128), progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * count + data[-2:]


@pytest.mark.parametrize("read", [photo_from_bytes, clean_photo])
def test_a_jpeg_of_many_scans_is_refused_and_one_of_some_is_cleaned_in_few_looks(read, monkeypatch):
    quickly(read, with_scans(1500, 1000), "more parts than any photo")
    looks = []
    real = photo_from_bytes
    monkeypatch.setattr("symmetry.photos.cleaning.photo_from_bytes", lambda *g: looks.append(1) or real(*g))
    read(with_scans(MAX_SCANS - 20))
    assert len(looks) <= 2


@pytest.mark.parametrize("read", [photo_from_bytes, clean_photo])
def test_fill_bytes_and_segments_without_end_are_refused(read):
    jpeg = encode("JPEG")
    quickly(read, jpeg[:2] + b"\xff" * 20_000_000 + jpeg[2:], "rare kind")
    quickly(read, jpeg[:20] + b"\0" * 20_000_000 + jpeg[20:], "rare kind")
    quickly(read, jpeg[:2] + b"\xff\xe5\0\2" * 2_000_000 + jpeg[2:], "rare kind")
    few = jpeg[:2] + b"\xff" * 100 + jpeg[2:]
    assert np.array_equal(photo_from_bytes(few).pixels, photo_from_bytes(jpeg).pixels)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


@pytest.mark.parametrize("read", [photo_from_bytes, clean_photo])
def test_a_png_of_a_million_chunks_is_refused(read):
    png = encode("PNG")
    for body in (b"a\0b", b"Comment\0" + b"x" * 30):
        quickly(read, png[:33] + chunk(b"tEXt", body) * 1_000_000 + png[33:], "more parts")
    quickly(
        read, png[:33] + chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 400_000_000, 1)) + png[33:], "damaged|parts"
    )


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "GIF", "WEBP"])
def test_pixels_of_what_is_decoded_whole_are_bounded(kind):
    side = int(MAX_WHOLE**0.5) + 50
    if kind == "WEBP":
        pytest.skip("at most 16383 pixels a side, but slow to write")
    data = encode(
        kind,
        Image.new("1" if kind != "GIF" else "L", (side, side)),
        **({"compression": "group4"} if kind == "TIFF" else {}),
    )
    quickly(photo_from_bytes, data, "100 megapixels")


CHUNKS = st.tuples(
    st.sampled_from(
        [
            b"tEXt",
            b"zTXt",
            b"iTXt",
            b"eXIf",
            b"iCCP",
            b"gAMA",
            b"cHRM",
            b"pHYs",
            b"tRNS",
            b"sRGB",
            b"tIME",
            b"IDAT",
            b"PLTE",
            b"acTL",
            b"fcTL",
            b"fdAT",
            b"IHDR",
            b"qqQq",
        ]
    ),
    st.one_of(st.binary(max_size=60), st.binary(max_size=20).map(lambda b: b"Creation Time\0\0" + zlib.compress(b))),
)


@given(chunks=st.lists(CHUNKS, max_size=6), place=st.sampled_from(["first", "last"]))
def test_any_well_formed_chunk_is_read_or_refused_in_one_sentence(chunks, place):
    png = encode("PNG")
    at = 33 if place == "first" else len(png) - 12
    data = png[:at] + b"".join(chunk(*one) for one in chunks) + png[at:]
    for read in (photo_from_bytes, clean_photo):
        with contextlib.suppress(PhotoError):  # anything else fails
            assert read(data)


def test_a_jpeg_that_lacks_its_end_alone_is_read_and_cleaned():
    for picture in (NOISE, Image.linear_gradient("L").resize((170, 150)).convert("RGB")):
        for options in ({"quality": 90}, {"quality": 60, "subsampling": 0}, {"restart_marker_blocks": 3}):
            data = encode("JPEG", picture, **options)
            for short in (data[:-2], data[:-1]):
                assert np.array_equal(photo_from_bytes(short).pixels, photo_from_bytes(data).pixels)
                assert np.array_equal(clean_photo(short).photo.pixels, photo_from_bytes(data).pixels)
            for keep in (0.3, 0.7, 0.9):
                with pytest.raises(PhotoError, match=r"cut short|rare kind"):
                    photo_from_bytes(data[: int(len(data) * keep)])


@pytest.mark.parametrize(
    ("kind", "known"), [("AVIF", "AVIF"), ("GIF", "GIF"), ("JPEG2000", "JPEG 2000"), ("MPO", "JPEG")]
)
def test_more_formats_are_read_and_cleaned(kind, known):
    data = encode(kind)
    assert kind_of(data) == known
    exact = photo_from_bytes(data)
    assert exact.size == NOISE.size
    cleaned = clean_photo(data)
    assert cleaned.suffix == (".jpg" if known in ("AVIF", "JPEG") else ".png")
    assert np.abs(cleaned.photo.pixels.astype(int) - exact.pixels).mean() < 6
    with pytest.raises(PhotoError):
        photo_from_bytes(data[: len(data) // 2])


@pytest.mark.parametrize("brands", [b"mif1\0\0\0\0avifmif1", b"mif1\0\0\0\0mif1miaf", b"avif\0\0\0\0mif1"])
def test_avif_under_any_brand(brands):
    data = encode("AVIF")
    length = int.from_bytes(data[:4], "big")
    box = struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands
    if len(box) != length:  # boxes behind it are found by their place in the file
        box = box[:4].replace(box[:4], struct.pack(">I", length)) + (box[4:] + b"mif1" * 9)[: length - 4]
    assert kind_of(box + data[length:]) == "AVIF"
    assert photo_from_bytes(box + data[length:]).size == NOISE.size


def test_figures_are_known_by_their_mark():
    for kind, options in (("JPEG", {"comment": MARK}), ("PNG", {"pnginfo": None})):
        data = encode(kind, **options)
        if kind == "PNG":
            data = data[:33] + chunk(b"tEXt", b"Software\0" + MARK) + data[33:]
        with pytest.raises(PhotoError, match="figure that symmetry drew"):
            photo_from_bytes(data)


@pytest.mark.slow
def test_the_largest_photos_take_less_than_two_gigabytes(tmp_path):
    big = tmp_path / "big.jpg"
    Image.new("RGB", (16000, 15600), (90, 120, 150)).save(big, quality=80)
    whole = tmp_path / "whole.png"
    Image.new("RGBA", (10000, 9990), (90, 120, 150, 100)).save(whole, compress_level=1)
    for path in (big, whole):
        code = f"from symmetry.photos.cleaning import clean_photo; clean_photo(open({str(path)!r}, 'rb').read())"
        limits = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_DATA, (2 << 30, 2 << 30))}
        subprocess.run([sys.executable, "-c", code], check=True, **limits)
