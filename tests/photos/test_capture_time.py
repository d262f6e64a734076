"""When a photo was taken: metadata, names, file times; what is not believed; summer time."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from helpers.faces import SAMPLES
from hypothesis import given
from hypothesis import strategies as st

from symmetry.errors import PhotoError
from symmetry.photos.capture_time import Moment, local_zone, moment_of
from symmetry.photos.reading import Photo, photo_from_array, read_photo

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 16, 0, tzinfo=timezone.utc)
BLANK = photo_from_array(np.zeros((40, 40), np.uint8))


def moment(photo: Photo = BLANK, path: Path | None = None) -> Moment:
    return moment_of(photo, path, BERLIN, now=NOW)


def taken(*when: int, offset: int | None = None) -> Photo:
    zone = None if offset is None else timezone(timedelta(hours=offset))
    return replace(BLANK, captured=datetime(*when, tzinfo=zone), captured_source="exif:DateTimeOriginal")


@pytest.fixture
def file(tmp_path: Path):
    """A file of a name and a time."""

    def make(name: str, at: datetime = datetime(2026, 5, 1, 9, 30, tzinfo=BERLIN)) -> Path:
        path = tmp_path / name
        path.touch()
        os.utime(path, (at.timestamp(),) * 2)
        return path

    return make


def test_metadata_come_before_the_name_and_the_name_before_the_file(file):
    path = file("2026-04-06 08.10.00.jpg")
    assert moment(taken(2026, 4, 2, 10, 0, 0), path) == Moment(
        at=datetime(2026, 4, 2, 10, tzinfo=BERLIN), source="exif"
    )
    assert moment(path=path) == Moment(at=datetime(2026, 4, 6, 8, 10, tzinfo=BERLIN), source="file name")
    assert moment(path=file("anna.jpg")) == Moment(at=datetime(2026, 5, 1, 9, 30, tzinfo=BERLIN), source="file time")


def test_the_samples_tell_by_their_metadata():
    path = SAMPLES / "series" / "2026-04-12.jpg"
    found = moment(read_photo(path), path)
    assert found.source == "exif"
    assert found.at.date() == date(2026, 4, 12)


def test_an_offset_in_the_metadata_is_kept():
    found = moment(taken(2026, 4, 6, 8, 10, 0, offset=9))
    assert found.at.isoformat() == "2026-04-06T08:10:00+09:00"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2026-04-06", "2026-04-06T12:00:00+02:00"),
        ("2026_04_06_front", "2026-04-06T12:00:00+02:00"),
        ("anna 2026.04.06", "2026-04-06T12:00:00+02:00"),
        ("20260406_081000", "2026-04-06T08:10:00+02:00"),
        ("IMG_20260406_081000_1", "2026-04-06T08:10:00+02:00"),
        ("20260406081000", "2026-04-06T08:10:00+02:00"),
        ("IMG-20260406-WA0003", "2026-04-06T12:00:00+02:00"),
        ("PXL_20260406_081000123", "2026-04-06T10:10:00+02:00"),  # in Greenwich time
        ("PXL_20260406_233000123.MP", "2026-04-07T01:30:00+02:00"),
        ("Screenshot 2026-04-06 at 08.10.00", "2026-04-06T08:10:00+02:00"),
        ("Screenshot 2026-04-06 at 8.10.00\u202fPM", "2026-04-06T20:10:00+02:00"),
        ("WhatsApp Image 2026-04-06 at 12.10.00 AM (2)", "2026-04-06T00:10:00+02:00"),
        ("Bildschirmfoto 2026-04-06 um 08.10.00", "2026-04-06T08:10:00+02:00"),
        ("Screenshot_2026-04-06-08-10-00-123_com.camera", "2026-04-06T08:10:00+02:00"),
        ("signal-2026-04-06-081000_002", "2026-04-06T08:10:00+02:00"),
        ("2026-04-06T08:10", "2026-04-06T08:10:00+02:00"),
        ("20260406_0003", "2026-04-06T12:00:00+02:00"),  # the fourth photo, or three past midnight
        ("2026-04-06 25.10.00", "2026-04-06T12:00:00+02:00"),
        ("2026-04-06 at 13.10 PM", "2026-04-06T12:00:00+02:00"),
        ("2026-04-06 copy of 20260406", "2026-04-06T12:00:00+02:00"),
        ("photo_2026-04-06_08-10-00", "2026-04-06T08:10:00+02:00"),
        ("signal-2026-04-06-08-10-00-123", "2026-04-06T08:10:00+02:00"),
        ("WIN_20260406_08_10_00_Pro", "2026-04-06T08:10:00+02:00"),
        ("KakaoTalk_20260406_081000123", "2026-04-06T08:10:00+02:00"),
        ("LINE_ALBUM_20260406_260406_1", "2026-04-06T12:00:00+02:00"),
        ("00100lrPORTRAIT_00100_BURST20260406081000123_COVER", "2026-04-06T08:10:00+02:00"),
        ("mmexport1775455800000", "2026-04-06T08:10:00+02:00"),
        ("1775455800000", "2026-04-06T08:10:00+02:00"),
        ("2026-4-6 8.10", "2026-04-06T08:10:00+02:00"),
        ("2026年4月6日 8.10.00", "2026-04-06T08:10:00+02:00"),
        ("Photo 26-04-2026", "2026-04-26T12:00:00+02:00"),
        ("Foto 26.04.2026 um 08.10", "2026-04-26T08:10:00+02:00"),
        ("04-26-2026", "2026-04-26T12:00:00+02:00"),
        ("06-06-2026", "2026-06-06T12:00:00+02:00"),
        ("6 April 2026", "2026-04-06T12:00:00+02:00"),
        ("Apr 6, 2026 at 8.10 AM", "2026-04-06T08:10:00+02:00"),
        ("2026-01-05", "2026-01-05T12:00:00+01:00"),
        ("2026-11-23", "2026-11-23T12:00:00+01:00"),  # tomorrow: it is tomorrow already somewhere
        ("1990-01-01", "1990-01-01T12:00:00+01:00"),
    ],
)
def test_names_that_tell_the_time(file, name, expected):
    found = moment(path=file(f"{name}.jpg"))
    assert (found.at.isoformat(), found.source, found.note) == (expected, "file name", None)


@pytest.mark.parametrize(
    "name",
    [
        "anna",
        "IMG_0417",
        "20261345",
        "2026-02-30",
        "2026-04-31_081000",
        "12345678",
        "120260406",
        "202604061",
        "2026040608100",
        "20260406999999",  # a number of 14 digits that is no time
        "2026-0406",
        "2026-04.06",
        "06.04.2026",  # or is it the fourth of June?
        "04-06-26",
        "1989-12-31",
        "2026-11-24",
        "2926-04-06",
        "9999-12-31",
        "0000-00-00",
        "2026-04-06 and 2026-04-07",
    ],
)
def test_names_that_tell_nothing(file, name):
    assert moment(path=file(f"{name}.jpg")).source == "file time"


def test_day_or_month_first_is_said_and_decided_by_the_file_alone(file):
    found = moment(path=file("Photo 06-04-2026.jpg"))
    assert found.source == "file time"
    assert "may mean 2026-04-06 or 2026-06-04" in found.note
    found = moment(path=file("Photo 06-04-2026.jpg", datetime(2026, 6, 4, 20, 15, tzinfo=BERLIN)))
    assert (found.source, found.at.isoformat()) == ("file name", "2026-06-04T20:15:00+02:00")
    assert "may mean" in found.note
    # A clear date beside it leaves nothing to say.
    assert moment(path=file("06-04-2026 2026-04-06.jpg")).note is None


def test_a_date_that_cannot_be_read_is_named_whatever_counts_instead(file):
    odd = ('"soon" (exif:DateTimeOriginal), which cannot be read',)
    for photo, source in ((replace(BLANK, unread_dates=odd), "file name"), (taken(2026, 4, 7, 8), "exif")):
        found = moment(replace(photo, unread_dates=odd), file("2026-04-06.jpg"))
        assert found.source == source
        assert found.note == f"its metadata give the date as {odd[0]}"
    with pytest.raises(PhotoError, match="soon"):
        moment(replace(BLANK, unread_dates=odd))


@pytest.mark.parametrize("kind", ["xmp", "iptc", "png"])
def test_other_metadata_are_named_as_the_source(kind):
    assert moment(replace(taken(2026, 4, 6, 8), captured_source=f"{kind}:Date")).source == kind


@pytest.mark.parametrize(
    ("captured", "words"),
    [
        ((1970, 1, 1, 0, 0, 0), "never set"),
        ((1980, 1, 1, 0, 0, 0), "never set"),
        ((2000, 1, 1, 0, 0, 0), "never set"),
        ((2000, 1, 1, 0, 7, 31), "never set"),
        ((2012, 1, 1, 0, 0, 0), "never set"),
        ((1, 1, 1, 0, 0, 0), "never set"),
        ((2026, 11, 24, 0, 0, 0), "yet to come"),
        ((9999, 12, 31, 23, 59, 59), "yet to come"),
    ],
)
def test_clocks_that_are_not_believed(file, captured, words):
    for offset in (None, -11):
        found = moment(taken(*captured, offset=offset), file("2026-04-06.jpg"))
        assert (found.source, found.at.day) == ("file name", 6)
        assert words in found.note
        with pytest.raises(PhotoError, match="give its date"):
            moment(taken(*captured, offset=offset))


def test_a_file_time_that_cannot_be_right_is_used_and_said(file):
    found = moment(path=file("anna.jpg", datetime(1980, 1, 1, tzinfo=BERLIN)))
    assert (found.source, found.at.year) == ("file time", 1980)
    assert "never set" in found.note
    found = moment(taken(2031, 1, 5, 10), file("anna.jpg", datetime(2030, 5, 1, tzinfo=timezone.utc)))
    assert found.note.count("yet to come") == 2


def test_nothing_to_go_by(tmp_path):
    for path in (None, tmp_path / "missing.jpg"):
        with pytest.raises(PhotoError, match="give its date"):
            moment(path=path)


def test_summer_time_is_that_of_the_photo_not_of_today(file):
    assert moment(taken(2026, 3, 29, 1, 59)).at.isoformat() == "2026-03-29T01:59:00+01:00"
    assert moment(taken(2026, 3, 29, 2, 30)).at.isoformat() == "2026-03-29T03:30:00+02:00"  # an hour that was skipped
    assert moment(taken(2026, 10, 25, 3, 0)).at.isoformat() == "2026-10-25T03:00:00+01:00"
    winter = datetime(2026, 1, 5, 8, tzinfo=BERLIN)
    assert moment(path=file("anna.jpg", winter)).at == winter


def test_the_zone_of_this_machine_is_the_default(file):
    assert datetime.now(local_zone()).utcoffset() == datetime.now().astimezone().utcoffset()
    found = moment_of(BLANK, file("2026-04-06.jpg"), now=NOW)
    assert found.at == datetime(2026, 4, 6, 12).astimezone()


def test_a_machine_without_a_zone_has_a_clock(monkeypatch):
    import tzlocal

    def fail() -> None:
        raise ValueError("settings contradict each other")

    monkeypatch.setattr(tzlocal, "get_localzone", fail)
    assert datetime.now(local_zone()).utcoffset() == datetime.now().astimezone().utcoffset()


days = st.dates(date(1990, 1, 2), date(2026, 11, 23)).filter(lambda day: day != date(2000, 1, 1))


@given(
    day=days,
    clock=st.times().map(lambda clock: clock.replace(microsecond=0)),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu"]),
)
def test_every_day_and_time_is_read_from_every_form(day, clock, zone):
    if (day.month, day.day, clock.isoformat()) == (1, 1, "00:00:00"):
        return
    place = ZoneInfo(zone)
    then = datetime.combine(day, clock, place).astimezone(timezone.utc).astimezone(place)
    latest = NOW + timedelta(days=1)
    if then.date() > latest.astimezone(place).date():
        return
    for layout in ("%Y-%m-%d %H.%M.%S", "IMG_%Y%m%d_%H%M%S", "%Y%m%d%H%M%S", "Shot %Y-%m-%d at %I.%M.%S %p"):
        found = moment_of(BLANK, Path(then.replace(tzinfo=None).strftime(layout) + ".jpg"), place, now=NOW)
        assert found.at.replace(tzinfo=None) == then.replace(tzinfo=None)
        assert found.source == "file name"


@given(stem=st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), max_size=40))
def test_any_name_is_harmless(stem):
    with contextlib.suppress(PhotoError):
        assert moment(path=Path(f"/nowhere/{stem}.jpg")).source == "file name"


@given(captured=st.datetimes(timezones=st.none() | st.timezones()))
def test_any_capture_time_is_believed_or_explained(captured):
    photo = replace(BLANK, captured=captured, captured_source="exif:DateTime")
    try:
        found = moment(photo)
    except PhotoError:
        return
    assert found.at.tzinfo is not None
    assert 1990 <= found.at.year <= 2026
