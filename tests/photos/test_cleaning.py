"""Cleaned photos: the same picture, and nothing that tells where, by whom or with what it was taken."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from helpers.examples import examples
from helpers.faces import SAMPLES
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from symmetry.errors import PhotoError
from symmetry.photos.cleaning import CleanPhoto, clean_photo
from symmetry.photos.reading import decode, photo_from_bytes

WIDTH, HEIGHT = 64, 48
Y, X = np.mgrid[:HEIGHT, :WIDTH]
# No two corners alike, smooth enough for lossy formats.
PICTURE = np.dstack([X * 3 + 30, Y * 4 + 20, 220 - X - 2 * Y]).astype(np.uint8)
NOISE = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)

SECRETS = (b"GPS", b"Musterfrau", b"SN12345678", b"5230N", b"xpacket", b"Secret", b"52.5163", b"ftyp", b"MPF")
XMP = b'<?xpacket begin=""?><x:xmpmeta exif:GPSLatitude="52,5163N" GPS="5230N">Secret Musterfrau</x:xmpmeta>'
TIME = datetime(2026, 4, 6, 8, 10, 5, tzinfo=timezone(timedelta(hours=5, minutes=30)))


def telling_exif(orientation: int | None = 6, thumbnail: bytes = b"") -> bytes:
    """EXIF with a place, names, numbers, a maker's note, and perhaps a thumbnail."""
    exif = Image.Exif()
    if orientation is not None:
        exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Secret Cameras"
    exif[ExifTags.Base.Artist] = "Erika Musterfrau"
    exif[ExifTags.Base.DateTime] = "2026:04:07 00:00:00"
    exif[ExifTags.IFD.Exif] = {
        ExifTags.Base.DateTimeOriginal: "2026:04:06 08:10:05",
        ExifTags.Base.OffsetTimeOriginal: "+05:30",
        ExifTags.Base.FocalLengthIn35mmFilm: 26,
        ExifTags.Base.BodySerialNumber: "SN12345678",
        ExifTags.Base.CameraOwnerName: "Erika Musterfrau",
        ExifTags.Base.MakerNote: b"Secret SN12345678",
        ExifTags.Base.UserComment: b"ASCII\0\0\0Secret",
    }
    exif[ExifTags.IFD.GPSInfo] = {
        ExifTags.GPS.GPSLatitudeRef: "N",
        ExifTags.GPS.GPSLatitude: (52.0, 30.0, 58.8),
        ExifTags.GPS.GPSProcessingMethod: b"GPS 52.5163",
    }
    return exif.tobytes() + thumbnail


def encode(image: Image.Image | np.ndarray, file_format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    if file_format == "HEIF":
        heif = pillow_heif.from_pillow(image)
        for name in ("exif", "xmp"):
            if name in options:
                heif[0].info[name] = options.pop(name)
        heif.save(stream, **options)
    else:
        image.save(stream, file_format, **options)
    return stream.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def after_start(jpeg: bytes, *segments: bytes) -> bytes:
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def thumbnail() -> bytes:
    return encode(PICTURE[:40, :40], "JPEG", comment=b"Secret thumbnail")


def srgb(description: str = "Musterfrau's screen SN12345678") -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    (count,) = struct.unpack(">I", profile[128:132])
    # One more tag, as computers write it about their screens.
    body = description.encode()
    moved = b"".join(
        struct.pack(">4sII", tag, at + 12, length)
        for tag, at, length in struct.iter_unpack(">4sII", profile[132 : 132 + 12 * count])
    )
    telling = struct.pack(">4sII", b"mmod", len(profile) + 12, len(body))
    whole = profile[:128] + struct.pack(">I", count + 1) + moved + telling + profile[132 + 12 * count :] + body
    return struct.pack(">I", len(whole)) + whole[4:]


def telling_jpeg(picture: np.ndarray | Image.Image = NOISE, **options: object) -> bytes:
    """A phone's photo with all that phones put in."""
    jpeg = encode(picture, "JPEG", exif=telling_exif(), icc_profile=srgb(), comment=b"Secret comment", **options)
    jpeg = after_start(
        jpeg,
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        segment(0xE2, b"MPF\0MM\0*Secret"),
        segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04Secret Musterfrau"),
        segment(0xE0, b"JFXX\0\x10" + thumbnail()),
        segment(0xE5, b"Secret"),
        segment(0xFE, b"Secret"),
    )
    film = b"\0\0\0\x18ftypmp42" + b"Secret 52.5163"
    return jpeg + encode(255 - PICTURE, "JPEG", exif=telling_exif()) + film


def same_pixels(cleaned: CleanPhoto, data: bytes) -> None:
    before = photo_from_bytes(data)
    assert np.array_equal(cleaned.photo.pixels, before.pixels)
    assert cleaned.photo.size == before.size
    assert cleaned.photo.reduction == before.reduction
    assert cleaned.photo.captured == before.captured
    assert cleaned.photo.captured_source == before.captured_source
    assert cleaned.photo.focal_length_35mm == before.focal_length_35mm


def nothing_told(cleaned: CleanPhoto) -> None:
    for secret in SECRETS:
        assert secret not in cleaned.data, secret
    with Image.open(io.BytesIO(cleaned.data)) as image:
        image.load()
        assert getattr(image, "n_frames", 1) == 1
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "exif", "icc_profile"} | {
            *("adobe", "adobe_transform", "progressive", "progression", "dpi"),
        }
        exif = image.getexif()
        assert not exif.get_ifd(ExifTags.IFD.GPSInfo)
        assert set(exif) <= {ExifTags.Base.Orientation, ExifTags.Base.DateTime, ExifTags.IFD.Exif}
        assert not exif.get_ifd(ExifTags.IFD.IFD1)
    assert clean_photo(cleaned.data).data == cleaned.data


@pytest.mark.parametrize(
    "options",
    [
        {"quality": 90},
        {"quality": 90, "subsampling": 0, "progressive": True},
        {"quality": 70, "restart_marker_blocks": 2},
        {"quality": 100, "optimize": True},
    ],
)
def test_a_telling_jpeg_tells_nothing_and_keeps_every_pixel(options):
    data = telling_jpeg(**options)
    for secret in SECRETS[1:]:
        assert secret in data, secret
    cleaned = clean_photo(data)
    assert cleaned.suffix == ".jpg"
    same_pixels(cleaned, data)
    nothing_told(cleaned)
    assert cleaned.photo.captured == TIME
    assert cleaned.photo.captured.utcoffset() == TIME.utcoffset()
    assert cleaned.photo.captured_source == "exif:DateTimeOriginal"
    assert cleaned.photo.focal_length_35mm == 26
    assert cleaned.photo.pixels.shape == (WIDTH, HEIGHT, 3)  # turned


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
def test_gray_and_cmyk_jpegs(mode):
    data = telling_jpeg(Image.fromarray(NOISE).convert(mode))
    cleaned = clean_photo(data)
    same_pixels(cleaned, data)
    nothing_told(cleaned)
    with Image.open(io.BytesIO(cleaned.data)) as image:
        assert image.mode == mode


@pytest.mark.parametrize("sample", sorted(SAMPLES.rglob("*.jpg")), ids=lambda path: path.stem)
def test_samples(sample: Path):
    data = sample.read_bytes()
    cleaned = clean_photo(data)
    same_pixels(cleaned, data)
    nothing_told(cleaned)
    assert cleaned.photo.captured is not None
    assert b"synthetic" in data
    assert b"synthetic" not in cleaned.data
    # The picture itself is copied, not coded anew.
    scan = data[data.index(b"\xff\xda") :]
    assert cleaned.data.endswith(scan)


def test_rgb_jpeg_without_any_marker_of_its_colours():
    # Stored as RGB: only Adobe's marker, or the names of its components, say so.
    data = encode(NOISE, "JPEG", keep_rgb=True, quality=90)
    same_pixels(clean_photo(data), data)
    plain = b"".join(part for part in (data[:2], data[data.index(b"\xff\xdb") :]))
    assert b"Adobe" not in plain
    same_pixels(clean_photo(plain), plain)


@pytest.mark.parametrize("fill", [1, 5])
def test_fill_bytes_and_junk_between_segments(fill):
    data = encode(NOISE, "JPEG", quality=90, comment=b"Secret")
    padded = data.replace(b"\xff\xdb", b"\xff" * fill + b"\xff\xdb", 1).replace(
        b"\xff\xda", b"\xff" * fill + b"\xff\xda"
    )
    padded = padded[:-2] + b"\xff" * fill + b"\xff\xd9Secret"
    cleaned = clean_photo(padded)
    same_pixels(cleaned, data)
    nothing_told(cleaned)
    assert cleaned.data == clean_photo(data).data


def test_a_jpeg_within_the_thumbnail_of_jfif_goes():
    data = encode(NOISE, "JPEG", quality=90)
    at = data.index(b"JFIF\0")
    small = bytes((2, 1)) + b"Secret"
    data = data[: at - 2] + struct.pack(">H", 16 + 6) + data[at : at + 12] + small + data[at + 14 :]
    cleaned = clean_photo(data)
    same_pixels(cleaned, data)
    nothing_told(cleaned)


def test_extended_exif_thumbnail_is_gone():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 3
    body = exif.tobytes()
    # A second directory with a thumbnail, by hand: Pillow writes none.
    tiff = body[6:]
    second = len(tiff)
    count = struct.unpack_from(">H", tiff, 8)[0]
    link = 10 + 12 * count
    small = thumbnail()
    entries = struct.pack(">HHII", 0x0201, 4, 1, second + 30) + struct.pack(">HHII", 0x0202, 4, 1, len(small))
    tiff = tiff[:link] + struct.pack(">I", second) + tiff[link + 4 :]
    tiff += struct.pack(">H", 2) + entries + bytes(4) + small
    data = encode(NOISE, "JPEG", exif=b"Exif\0\0" + tiff)
    assert b"Secret thumbnail" in data
    cleaned = clean_photo(data)
    same_pixels(cleaned, data)
    nothing_told(cleaned)
    assert cleaned.data.count(b"\xff\xd8") == 1


def test_a_phone_photo_with_a_second_picture_inside():
    data = encode(Image.fromarray(NOISE), "MPO", save_all=True, append_images=[Image.fromarray(PICTURE)], quality=90)
    assert b"MPF" in data
    cleaned = clean_photo(data)
    same_pixels(cleaned, data)
    nothing_told(cleaned)
    assert len(cleaned.data) < len(data) - 500


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "BMP", "WEBP"])
@pytest.mark.parametrize("orientation", [None, 6])
def test_lossless_formats_become_png_with_the_pixels_shown(file_format, orientation):
    options: dict[str, object] = {"exif": telling_exif(orientation), "icc_profile": srgb()}
    if file_format == "WEBP":
        options |= {"lossless": True, "xmp": XMP}
    elif file_format == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Author", "Erika Musterfrau")
        texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
        options["pnginfo"] = texts
    elif file_format == "TIFF":
        options |= {"description": "Secret", "artist": "Erika Musterfrau"}
        del options["exif"]
    else:
        options = {}
    data = encode(NOISE, file_format, **options)
    if file_format == "PNG":
        data += b"Secret Musterfrau"  # behind the end, as screenshots that were cropped have it
    cleaned = clean_photo(data)
    assert cleaned.suffix == ".png"
    same_pixels(cleaned, data)
    nothing_told(cleaned)
    if file_format in ("PNG", "WEBP"):
        assert cleaned.photo.captured == TIME
        assert cleaned.photo.focal_length_35mm == 26


def test_transparent_palette_and_16_bit_png():
    alpha = np.repeat([0, 128, 255], HEIGHT // 3)[:, None] * np.ones(WIDTH, int)
    clear = np.dstack([NOISE, alpha]).astype(np.uint8)
    palette = Image.fromarray(PICTURE).quantize(16)
    deep = Image.fromarray((NOISE[..., 0].astype(np.uint16) << 8) + 77)
    for picture in (clear, palette, deep, NOISE[..., 0]):
        data = encode(picture, "PNG")
        cleaned = clean_photo(data)
        same_pixels(cleaned, data)
        nothing_told(cleaned)


def test_what_lies_under_transparent_parts_is_gone():
    hidden = np.dstack([NOISE, np.zeros((HEIGHT, WIDTH), np.uint8)])
    cleaned = clean_photo(encode(hidden, "PNG"))
    with Image.open(io.BytesIO(cleaned.data)) as image:
        assert np.all(np.asarray(image) == 255)


@pytest.mark.parametrize("file_format", ["HEIF", "WEBP"])
def test_lossy_formats_become_good_jpegs(file_format):
    options = {"quality": 90, "exif": telling_exif(None), "xmp": XMP}
    data = encode(PICTURE, file_format, **options)
    cleaned = clean_photo(data)
    assert cleaned.suffix == ".jpg"
    nothing_told(cleaned)
    before = photo_from_bytes(data)
    difference = cleaned.photo.pixels.astype(int) - before.pixels
    assert np.abs(difference).max() <= 5
    assert np.abs(difference).mean() < 1
    assert cleaned.photo.captured == TIME
    assert cleaned.photo.focal_length_35mm == 26
    with Image.open(io.BytesIO(cleaned.data)) as image:
        assert image.layer[1][1:3] == (1, 1)  # colours at full resolution


def test_turned_heic_stays_upright():
    data = encode(PICTURE, "HEIF", quality=90, exif=telling_exif(6))
    cleaned = clean_photo(data)
    before = photo_from_bytes(data)
    assert cleaned.photo.size == before.size
    assert np.abs(cleaned.photo.pixels.astype(int) - before.pixels).mean() < 1


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "TIFF"])
def test_only_the_first_frame_is_kept(file_format):
    options: dict[str, object] = {"lossless": True} if file_format == "WEBP" else {}
    data = encode(
        Image.fromarray(NOISE), file_format, save_all=True, append_images=[Image.fromarray(PICTURE)], **options
    )
    cleaned = clean_photo(data)
    assert cleaned.suffix == ".png"
    same_pixels(cleaned, data)
    nothing_told(cleaned)


def test_the_first_frame_of_a_lossy_animation():
    frames = [Image.fromarray(PICTURE), Image.fromarray(NOISE)]
    data = encode(frames[0], "WEBP", save_all=True, append_images=frames[1:], quality=80)
    assert clean_photo(data).suffix == ".jpg"


def test_large_photos():
    wide = np.repeat(np.repeat(NOISE[:32, :], 4, 0), 100, 1)
    for file_format in ("JPEG", "PNG"):
        data = encode(wide, file_format)
        cleaned = clean_photo(data)
        same_pixels(cleaned, data)
        assert cleaned.photo.reduction == 2
        with Image.open(io.BytesIO(cleaned.data)) as image:
            assert image.size == (6400, 128)
    shade = np.tile(np.uint8([0, 128, 255, 77]), (128, 1600))
    data = encode(np.dstack([wide, shade]), "PNG")
    difference = clean_photo(data).photo.pixels.astype(int) - photo_from_bytes(data).pixels
    assert np.abs(difference).max() <= 1


# Colour profiles


def profile_of(cleaned: CleanPhoto) -> bytes | None:
    with Image.open(io.BytesIO(cleaned.data)) as image:
        return image.info.get("icc_profile")


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_colours_mean_the_same_and_the_screen_is_not_named(file_format):
    picture = Image.fromarray(NOISE)
    cleaned = clean_photo(encode(picture, file_format, icc_profile=srgb(), quality=95))
    profile = profile_of(cleaned)
    assert profile is not None
    assert b"SN1234" in srgb()
    assert b"SN1234" not in profile
    lab = ImageCms.createProfile("LAB")
    shown = [
        np.asarray(ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(io.BytesIO(icc)), lab, outputMode="LAB"))
        for icc in (srgb(), profile)
    ]
    assert np.array_equal(*shown)
    assert ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).strip() == "-"


def test_profiles_of_several_parts():
    def profile(version: int) -> bytes:
        table = b"mft2" + bytes(200_000)
        header = bytearray(srgb()[:128])
        header[8] = version
        header[16:20] = b"CMYK"
        body = struct.pack(">I4sII", 1, b"A2B0", 144, len(table)) + table
        header[:4] = struct.pack(">I", 128 + len(body))
        return bytes(header) + body

    for version in (2, 4):
        data = encode(Image.fromarray(NOISE).convert("CMYK"), "JPEG", icc_profile=profile(version))
        cleaned = clean_photo(data)
        same_pixels(cleaned, data)
        nothing_told(cleaned)
        kept = profile_of(cleaned)
        assert kept is not None
        assert len(kept) > 200_000
        assert kept[8] == version
        # Of a CMYK picture that is RGB now, it would be wrong.
        print_ready = encode(Image.fromarray(NOISE).convert("CMYK"), "TIFF", icc_profile=profile(version))
        assert profile_of(clean_photo(print_ready)) is None


@given(flips=st.lists(st.tuples(st.integers(0, 700), st.integers(1, 255)), max_size=8), keep=st.integers(0, 700))
def test_damaged_profiles_do_not_cost_the_photo(flips, keep):
    profile = bytearray(srgb())
    for where, bits in flips:
        profile[where % len(profile)] ^= bits
    data = encode(NOISE, "PNG")
    chunk = b"iCCP" + b"x\0\0" + zlib.compress(bytes(profile[: max(keep, 1)]))
    data = data[:33] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + data[33:]
    same_pixels(clean_photo(data), data)


# Metadata of any kind


@examples(60)
@given(
    captured=st.datetimes().map(lambda at: at.replace(microsecond=0)),
    offset=st.none() | st.integers(-14 * 60, 14 * 60),
    tag=st.sampled_from(["DateTimeOriginal", "DateTimeDigitized", "DateTime"]),
    orientation=st.none() | st.integers(0, 9),
    focal=st.none() | st.integers(0, 70_000),
    file_format=st.sampled_from(["JPEG", "PNG", "WEBP"]),
)
def test_time_orientation_and_focal_length_are_kept(captured, offset, tag, orientation, focal, file_format):
    offset_tag = {"DateTimeOriginal": "OffsetTimeOriginal", "DateTimeDigitized": "OffsetTimeDigitized"}.get(tag)
    exif = Image.Exif()
    if orientation is not None:
        exif[ExifTags.Base.Orientation] = orientation
    inner: dict[int, object] = {}
    text = captured.isoformat(" ").replace("-", ":")
    (exif if tag == "DateTime" else inner)[ExifTags.Base[tag]] = text
    if offset is not None:
        hours, minutes = divmod(abs(offset), 60)
        inner[ExifTags.Base[offset_tag or "OffsetTime"]] = f"{'-' if offset < 0 else '+'}{hours:02d}:{minutes:02d}"
    if focal is not None:
        inner[ExifTags.Base.FocalLengthIn35mmFilm] = focal
    exif[ExifTags.IFD.Exif] = inner
    data = encode(NOISE, file_format, exif=exif.tobytes(), **({"lossless": True} if file_format == "WEBP" else {}))
    cleaned = clean_photo(data)
    if focal is not None and focal > 65535:
        assert cleaned.photo.focal_length_35mm is None
    else:
        same_pixels(cleaned, data)
    before = photo_from_bytes(data)
    assert (cleaned.photo.captured, cleaned.photo.captured_source) == (before.captured, before.captured_source)
    if before.captured is not None:
        assert cleaned.photo.captured.tzinfo == before.captured.tzinfo
    assert clean_photo(cleaned.data).data == cleaned.data


# Bytes of any kind

SEEDS = {
    "phone.jpg": telling_jpeg(PICTURE),
    "progressive.jpg": encode(NOISE, "JPEG", progressive=True),
    "restart.jpg": encode(NOISE, "JPEG", restart_marker_blocks=1),
    "cmyk.jpg": encode(Image.fromarray(NOISE).convert("CMYK"), "JPEG"),
    "rgba.png": encode(np.dstack([PICTURE, PICTURE[..., 0]]), "PNG", exif=telling_exif(), icc_profile=srgb()),
    "lossless.webp": encode(PICTURE, "WEBP", lossless=True, exif=telling_exif(), icc_profile=srgb()),
    "lossy.webp": encode(PICTURE, "WEBP", exif=telling_exif()),
    "moving.webp": encode(Image.fromarray(PICTURE), "WEBP", save_all=True, append_images=[Image.fromarray(NOISE)]),
    "lzw.tif": encode(PICTURE, "TIFF", compression="tiff_lzw"),
    "plain.bmp": encode(PICTURE, "BMP"),
    "exif.heic": encode(PICTURE, "HEIF", exif=telling_exif()),
}


def clean_or_photo_error(data: bytes) -> None:
    message = None
    try:
        cleaned = clean_photo(data)
    except PhotoError as error:
        message = str(error)
    if message is not None:
        assert "; " in message
        assert "\n" not in message
        return
    assert clean_photo(cleaned.data).data == cleaned.data
    if data[:2] == b"\xff\xd8":
        same_pixels(cleaned, data)


@examples(150)
@given(start=st.sampled_from(sorted({seed[:24] for seed in SEEDS.values()} | {b""})), rest=st.binary(max_size=300))
def test_any_bytes(start, rest):
    clean_or_photo_error(start + rest)


@examples(500)
@given(
    name=st.sampled_from(sorted(SEEDS)),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), max_size=6),
    in_head=st.booleans(),
    keep=st.just(1.0) | st.floats(0, 1),
    behind=st.binary(max_size=20),
)
def test_damaged_files(name, flips, in_head, keep, behind):
    data = bytearray(SEEDS[name])
    for where, bits in flips:
        data[int(where * (min(len(data), 700) if in_head else len(data)))] ^= bits
    clean_or_photo_error(bytes(data[: int(len(data) * keep)]) + behind)


@examples(200)
@given(
    name=st.sampled_from([name for name in sorted(SEEDS) if name.endswith("jpg")]),
    inserts=st.lists(
        st.tuples(
            st.floats(0, 1),
            st.sampled_from(
                [b"\xff", b"\xff\xff", b"\xff\xd9", b"\xff\xd8", b"\xff\xd0", b"\xff\x00", b"\xff\xfe\0\4ab"]
            )
            | st.binary(min_size=1, max_size=4),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_jpegs_with_bytes_put_in(name, inserts):
    data = SEEDS[name]
    for where, extra in inserts:
        at = int(where * len(data))
        data = data[:at] + extra + data[at:]
    clean_or_photo_error(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "another kind|text"), (b"Dear diary", "text"), (b"\xff\xd8\xff", "damaged"), (b"GIF89a\0", "GIF")],
)
def test_what_is_no_photo_is_said(data, words):
    with pytest.raises(PhotoError, match=words):
        clean_photo(data)


def test_raw_files_are_told_by_their_name():
    with pytest.raises(PhotoError, match="RAW"):
        clean_photo(SEEDS["lzw.tif"], "face.NEF")


# Behind the last bit of the picture

FILM = b"\0\0\0\x18ftypmp42\xff\x00\xff\xd0\xff\xe5\0\4ab" + b"Secret 52.5163" * 40
RESTS = {"words": b"Secret 52.5163 Musterfrau", "film": FILM, "restarts": b"\xff\xd0Secret Musterfrau" * 9}
WAYS = {"plain": {}, "progressive": {"progressive": True}, "restarts": {"restart_marker_blocks": 2}}


@pytest.mark.parametrize("marked", [True, False], ids=["marked", "unmarked"])
@pytest.mark.parametrize("rest", RESTS)
@pytest.mark.parametrize("way", WAYS)
def test_what_stands_behind_the_picture_goes(way, rest, marked):
    data = encode(NOISE, "JPEG", quality=90, **WAYS[way])
    telling = data[:-2] + RESTS[rest] + (b"\xff\xd9" if marked else b"")
    if way == "progressive" and not marked and rest != "words":
        with pytest.raises(PhotoError, match="cut short"):
            clean_photo(telling)
        return
    same_pixels(CleanPhoto(data=b"", suffix="", photo=photo_from_bytes(data)), telling)
    cleaned = clean_photo(telling)
    same_pixels(cleaned, data)
    nothing_told(cleaned)
    assert len(cleaned.data) <= len(clean_photo(data).data)
    assert cleaned.data.endswith(b"\xff\xd9")


def test_a_number_of_lines_that_holds_more_goes():
    data = encode(NOISE, "JPEG", quality=90)
    lines = segment(0xDC, struct.pack(">H", HEIGHT) + b"Secret Musterfrau")
    for telling in (data[:-2] + lines + data[-2:], data[:-2] + lines + b"Secret" * 20 + lines + data[-2:]):
        cleaned = clean_photo(telling)
        same_pixels(cleaned, data)
        nothing_told(cleaned)
        assert cleaned.data == clean_photo(data).data


@pytest.mark.parametrize("way", WAYS)
def test_rests_of_large_photos_go_and_their_finest_details_stay(way):
    wide = np.tile(np.repeat(NOISE, 2, 0), (1, 100, 1))
    data = encode(wide, "JPEG", quality=95, **WAYS[way])
    clean = clean_photo(data)
    assert clean.photo.reduction == 2
    cleaned = clean_photo(data[:-2] + FILM + data[-2:])
    nothing_told(cleaned)
    for each in (clean, cleaned):
        with Image.open(io.BytesIO(each.data)) as kept, Image.open(io.BytesIO(data)) as before:
            assert np.array_equal(np.asarray(kept), np.asarray(before))


def test_a_picture_of_one_gray_keeps_its_pixels():
    # Decoders show gray where data are missing, so that little of this is needed.
    data = encode(np.full((HEIGHT, WIDTH, 3), 128, np.uint8), "JPEG")
    cleaned = clean_photo(data[:-2] + FILM + data[-2:])
    same_pixels(cleaned, data)
    nothing_told(cleaned)


def test_a_clean_photo_costs_one_more_look(monkeypatch):
    looks = []
    monkeypatch.setattr("symmetry.photos.cleaning.decode", lambda *given: looks.append(1) or decode(*given))
    clean_photo(encode(NOISE, "JPEG", quality=90))
    assert len(looks) == 2


@examples(60)
@given(
    way=st.sampled_from(sorted(WAYS)),
    rest=st.binary(min_size=16, max_size=400),
    marked=st.booleans(),
    picture=st.sampled_from(["noise", "smooth", "flat"]),
)
def test_any_rest(way, rest, marked, picture):
    pixels = {"noise": NOISE, "smooth": PICTURE, "flat": np.full((HEIGHT, WIDTH, 3), (200, 180, 170), np.uint8)}[
        picture
    ]
    data = encode(pixels, "JPEG", quality=90, **WAYS[way])
    telling = data[:-2] + b"\x55" + rest + (b"\xff\xd9" if marked else b"")
    try:
        before = photo_from_bytes(telling)
        cleaned = clean_photo(telling)
    except PhotoError:
        return
    assert np.array_equal(cleaned.photo.pixels, before.pixels)
    assert clean_photo(cleaned.data).data == cleaned.data
    if np.array_equal(before.pixels, photo_from_bytes(data).pixels):
        assert len(cleaned.data) <= len(clean_photo(data).data) + 16
