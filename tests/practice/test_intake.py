"""Photos taken in from Python: what was kept, what was not, and why."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from helpers.command_line import EVEN, saved
from helpers.faces import SAMPLES
from helpers.metadata import exif_of_times
from PIL import Image

from symmetry.errors import UnknownIdError
from symmetry.practice.intake import IntakeOptions, PhotoIntake, SessionIntake, take_in_photos
from symmetry.practice.store import open_practice

DAYS = [SAMPLES / "series" / f"{day}.jpg" for day in ("2026-04-12", "2026-04-06")]


@pytest.fixture
def practice(tmp_path):
    with open_practice(tmp_path / "practice") as opened:
        opened.add_client("Ana")
        yield opened


def test_each_day_becomes_a_session_and_each_photo_has_its_outcome(practice, tmp_path):
    saved(np.full((300, 300, 3), 130, np.uint8), tmp_path / "wall.png")
    told, watched = [], []

    def watch(photos, total):
        watched.append(total)
        yield from photos

    given = [*DAYS, tmp_path / "wall.png", DAYS[0]]
    taken = take_in_photos(practice, "ANA", given, IntakeOptions(note="at home"), watch=watch, tell=told.append)
    assert [(each.photo, each.status) for each in taken.photos] == [
        *((str(day), "accepted") for day in DAYS),
        (str(tmp_path / "wall.png"), "refused"),
        (str(DAYS[0]), "known"),
    ]
    assert "no face found" in taken.photos[2].reason
    assert taken.photos[3].reason == "the same picture as 2026-04-12.jpg"
    assert [session.at.day for session in taken.sessions] == [6, 12]
    assert taken.sessions == practice.sessions("ana")
    assert {session.note for session in taken.sessions} == {"at home"}
    assert not taken.complete
    assert told == [*taken.photos, *taken.occasions]
    assert [type(each) for each in told] == [PhotoIntake] * 4 + [SessionIntake] * 2
    assert watched == [4]
    again = take_in_photos(practice, "ana", DAYS)
    assert [each.reason for each in again.photos] == ["already in session 2", "already in session 1"]
    assert again.sessions == ()
    assert again.complete


def test_a_time_that_is_given_makes_one_session(practice):
    at = datetime(2026, 4, 20, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    taken = take_in_photos(practice, "ana", DAYS, IntakeOptions(at=at))
    (session,) = taken.sessions
    assert (session.at, session.zone, len(session.photos)) == (at, "Europe/Berlin", 2)
    assert taken.complete


def test_nobody_takes_no_photos(practice):
    with pytest.raises(UnknownIdError):
        take_in_photos(practice, "bo", [EVEN])
    assert take_in_photos(practice, "ana", []).complete


def test_a_shot_saved_anew_is_known_in_the_same_run_and_in_later_ones(practice, tmp_path):
    def copy(name: str, longest: int, quality: int):
        picture = Image.open(DAYS[0]).convert("RGB")
        picture.thumbnail((longest, longest))
        picture.save(tmp_path / name, quality=quality)
        return tmp_path / name

    taken = take_in_photos(practice, "ana", [*DAYS, copy("IMG-20260412-WA0001.jpg", 960, 30)])
    assert [each.status for each in taken.photos] == ["accepted", "accepted", "known"]
    assert taken.photos[2].reason == "the same shot as one in 2026-04-12.jpg, saved anew"
    again = take_in_photos(practice, "ana", [copy("small.jpg", 700, 60)])
    assert [each.reason for each in again.photos] == ["the same shot as one in session 2 of ana, saved anew"]
    assert again.sessions == ()


def test_a_date_that_cannot_be_read_is_remarked(practice, tmp_path):
    path = tmp_path / "2026-04-12.jpg"
    Image.open(DAYS[0]).convert("RGB").save(path, exif=exif_of_times(DateTimeOriginal="06/04/2026 09:30"))
    (photo,) = take_in_photos(practice, "ana", [path]).photos
    assert "06/04/2026 09:30" in photo.remarks[0]
    assert "may mean 2026-04-06 or 2026-06-04" in photo.remarks[0]
