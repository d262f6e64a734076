"""Dates in metadata: every form that people's files hold, and nothing guessed."""

from __future__ import annotations

import io
from datetime import datetime, timedelta, timezone

import numpy as np
import pillow_heif
import pytest
from helpers.metadata import exif_of_times, iptc_segment, with_segment, xmp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from symmetry.photos.cleaning import clean_photo
from symmetry.photos.dates import is_blank, read_date, read_offset
from symmetry.photos.reading import photo_from_bytes

PICTURE = Image.fromarray(np.tile(np.arange(64, dtype=np.uint8), (64, 1)))
SHOT = datetime(2026, 4, 6, 9, 30)
BERLIN = timezone(timedelta(hours=2))


def file_of(kind: str = "JPEG", **options: object) -> bytes:
    stream = io.BytesIO()
    PICTURE.save(stream, kind, **options)
    return stream.getvalue()


def heic(**metadata: bytes) -> bytes:
    picture = pillow_heif.from_pillow(PICTURE.convert("RGB"))
    picture.info.update(metadata)
    stream = io.BytesIO()
    picture.save(stream)
    return stream.getvalue()


def png_with(keyword: str, text: str, *, packed: bool = False, international: bool = False) -> bytes:
    info = PngImagePlugin.PngInfo()
    (info.add_itxt if international else info.add_text)(keyword, text, zip=packed)
    return file_of("PNG", pnginfo=info)


def date_of(data: bytes) -> tuple[datetime | None, str | None]:
    photo = photo_from_bytes(data)
    return photo.captured, photo.captured_source


@pytest.mark.parametrize(
    "text",
    [
        "2026:04:06 09:30:00",
        "2026-04-06 09:30:00",
        "2026/04/06 09:30:00",
        "2026.04.06 09.30.00",
        "2026:04:06T09:30:00",
        "2026:04:06:09:30:00",
        "2026-04-06-09-30-00",
        "2026:04:06 09:30:00.123",
        "2026:04:06 09:30:00,5",
        "2026:04:06 09:30:00:123",
        "2026:04:06 09:30",
        "2026:04:06 09:30:  ",
        "2026: 4: 6  9:30: 0",
        "2026:04:06 09:30:00\0garbage"[:20],
        "20260406 093000",
        "20260406T093000",
        "20260406093000",
        "2026:04:06 09:30:00 AM",
        "2026:04:06 上午 09:30:00",
        "2026:04:06 09:30:00 CEST",
        "Mon Apr  6 09:30:00 2026",
        "6 April 2026, 9:30",
        "Apr 6, 2026 9:30 AM",
        "٢٠٢٦:٠٤:٠٦ ٠٩:٣٠:٠٠",
    ],
)
def test_every_usual_form_is_read(text):
    assert read_date(text) == SHOT


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2026:04:06 09:30:00+02:00", 2.0),
        ("2026:04:06 09:30:00 +0200", 2.0),
        ("2026-04-06T09:30:00.123+02:00", 2.0),
        ("2026-04-06T09:30-05:00", -5.0),  # no fifth second
        ("2026-04-06T09:30+02", 2.0),
        ("20260406 093000-0330", -3.5),
        ("2026:04:06 09:30:00Z", 0.0),
        ("2026:04:06 09:30:00 UTC", 0.0),
        ("2026:04:06 09:30:00 GMT+2", 2.0),
        ("Mon, 06 Apr 2026 09:30:00 +0200", 2.0),
        ("2026-04-06T09:30:00+02:00[Europe/Berlin]", 2.0),
    ],
)
def test_a_zone_within_the_date_is_kept(text, offset):
    found = read_date(text)
    assert found is not None
    assert (found.replace(tzinfo=None), found.utcoffset()) == (SHOT, timedelta(hours=offset))


def test_what_lacks_a_time_counts_as_noon_and_24_is_the_first_hour():
    for text in ("2026:04:06", "20260406", "2026:04:06   :  :  ", "6 April 2026", "26.04.2026"):
        found = read_date(text)
        assert found is not None
        assert found.hour == 12
    assert read_date("2026:04:06 24:10:00") == datetime(2026, 4, 6, 0, 10)
    assert read_date("2026:04:06 09:30:00 PM") == datetime(2026, 4, 6, 21, 30)


def test_a_day_behind_12_or_twice_the_same_number_leaves_no_doubt():
    assert read_date("26/04/2026 09:30") == read_date("04/26/2026 09:30") == datetime(2026, 4, 26, 9, 30)
    assert read_date("06.06.2026 09:30") == datetime(2026, 6, 6, 9, 30)


@pytest.mark.parametrize(
    "text",
    [
        *("06/04/2026 09:30", "06.04.2026", "26:04:06 09:30:00", "2026:13:06 09:30:00", "2026-04", "2026", "yesterday"),
        *("2026:04:06 09:30:00 +99:00", "2026:04:06 25:30:00", "2026:04:06 21:30:00 PM", "2026-04-06 09:30 x", ""),
        "2026:04:06 09:30:00" + " " * 99 + ".",
    ],
)
def test_nothing_is_guessed(text):
    assert read_date(text) is None


@given(text=st.text(max_size=90))
def test_any_text_is_harmless(text):
    read_date(text)
    read_offset(text)


@given(
    at=st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(microsecond=0)),
    minutes=st.integers(-14 * 4, 14 * 4).map(lambda quarters: quarters * 15),
)
def test_iso_dates_are_read_back(at, minutes):
    aware = at.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    found = read_date(aware.isoformat())
    assert found == aware
    assert found.utcoffset() == aware.utcoffset()


def test_blank_fields_hold_no_date():
    for text in ("    :  :     :  :  ", "0000:00:00 00:00:00", "\0\0", "", "0000-00-00T00:00:00"):
        assert is_blank(text)
        assert photo_from_bytes(file_of(exif=exif_of_times(DateTimeOriginal=text))).unread_dates == ()
    assert not is_blank("2026")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIC"])
def test_exif_of_every_format(kind):
    exif = exif_of_times(DateTimeOriginal="2026-04-06 09:30:00", OffsetTime="+02:00")
    data = heic(exif=exif) if kind == "HEIC" else file_of(kind, exif=exif)
    assert date_of(data) == (SHOT.replace(tzinfo=BERLIN), "exif:DateTimeOriginal")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIC"])
def test_xmp_of_every_format(kind):
    packet = xmp(photoshop_DateCreated="2026-04-06T09:30:00+02:00", xmp_CreateDate="2026-04-07T10:00:00")
    if kind == "HEIC":
        data = heic(xmp=packet)
    elif kind == "PNG":
        data = png_with("XML:com.adobe.xmp", packet.decode(), international=True)
    else:
        data = file_of(kind, **({"tiffinfo": {700: packet}} if kind == "TIFF" else {"xmp": packet}))
    assert date_of(data) == (SHOT.replace(tzinfo=BERLIN), "xmp:DateCreated")


@pytest.mark.parametrize("name", ["exif_DateTimeOriginal", "xmp_CreateDate", "exif_DateTimeDigitized"])
@pytest.mark.parametrize("within", [False, True])
def test_fields_of_xmp_as_attribute_or_element(name, within):
    found = date_of(file_of(xmp=xmp(within=within, **{name: "2026-04-06T09:30"})))
    assert found == (SHOT, f"xmp:{name.partition('_')[2]}")


def test_xmp_that_is_no_xml_is_passed_over():
    bomb = b'<!DOCTYPE a [<!ENTITY b "2026-04-06">]><a xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreateDate="&b;"/>'
    for packet in (b"<x:xmpmeta", b"2026-04-06", bomb):
        assert date_of(file_of(xmp=packet)) == (None, None)


def test_iptc():
    data = with_segment(file_of(), 0xED, iptc_segment({55: b"20260406", 60: b"093000+0200"}))
    assert date_of(data) == (SHOT.replace(tzinfo=BERLIN), "iptc:DateCreated")
    assert date_of(with_segment(file_of(), 0xED, iptc_segment({55: b"20260406"})))[0] == SHOT.replace(hour=12, minute=0)


@pytest.mark.parametrize("keyword", ["Creation Time", "date_taken", "exif:DateTimeOriginal", "Date"])
@pytest.mark.parametrize(("packed", "international"), [(False, False), (True, False), (False, True), (True, True)])
def test_texts_in_png(keyword, packed, international):
    data = png_with(keyword, "Mon, 06 Apr 2026 09:30:00 +0200", packed=packed, international=international)
    assert date_of(data) == (SHOT.replace(tzinfo=BERLIN), f"png:{keyword}")
    assert date_of(png_with("date:modify", "2026-04-06T09:30:00"))[0] is None  # the time of a file


def test_the_shot_comes_before_what_was_done_to_it():
    exif = exif_of_times(DateTime="2026:05:01 10:00:00", DateTimeDigitized="2026:04:07 10:00:00")
    packet = xmp(exif_DateTimeOriginal="2026-04-06T09:30:00")
    assert date_of(file_of(exif=exif, xmp=packet)) == (SHOT, "xmp:DateTimeOriginal")
    assert date_of(file_of(exif=exif))[1] == "exif:DateTimeDigitized"
    # A clock that was never set does not hide a date that was.
    exif = exif_of_times(DateTimeOriginal="1970:01:01 00:00:00", DateTimeDigitized="2026:04:06 09:30:00")
    assert date_of(file_of(exif=exif)) == (SHOT, "exif:DateTimeDigitized")


def test_an_offset_of_its_own_comes_before_that_of_the_last_change():
    exif = exif_of_times(DateTimeOriginal="2026:04:06 09:30:00", OffsetTimeOriginal="+02:00", OffsetTime="+09:00")
    assert date_of(file_of(exif=exif))[0] == SHOT.replace(tzinfo=BERLIN)
    exif = exif_of_times(DateTimeOriginal="2026:04:06 09:30:00", OffsetTimeOriginal="   :  ", OffsetTime="+09:00")
    assert date_of(file_of(exif=exif))[0].utcoffset() == timedelta(hours=9)
    exif = exif_of_times(DateTimeOriginal="2026:04:06 09:30:00Z", OffsetTimeOriginal="+02:00")
    assert date_of(file_of(exif=exif))[0].utcoffset() == timedelta(0)


def test_a_date_that_cannot_be_read_is_kept_for_a_word():
    exif = exif_of_times(DateTimeOriginal="06/04/2026 09:30", DateTimeDigitized="soon", DateTime="2026:04:06 09:30:00")
    photo = photo_from_bytes(file_of(exif=exif))
    assert photo.captured == SHOT
    assert photo.unread_dates == (
        '"06/04/2026 09:30" (exif:DateTimeOriginal), which may mean 2026-04-06 or 2026-06-04',
        '"soon" (exif:DateTimeDigitized), which cannot be read',
    )
    assert clean_photo(file_of(exif=exif)).photo.unread_dates == photo.unread_dates


def test_cleaning_keeps_the_time_wherever_it_stood():
    clean = clean_photo(file_of(xmp=xmp(photoshop_DateCreated="2026-04-06T09:30:00+02:00")))
    assert clean.photo.captured == SHOT.replace(tzinfo=BERLIN)
    assert b"photoshop" not in clean.data
