"""Photos taken in from Python: what was kept, what was not, and why."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from helpers.command_line import EVEN, saved
from helpers.faces import SAMPLES
from helpers.metadata import exif_of_times
from PIL import Image

from symmetry.errors import UnknownIdError
from symmetry.practice import intake
from symmetry.practice.follow_up import faces_of, series_of
from symmetry.practice.intake import IntakeOptions, PhotoIntake, SessionIntake, take_in_photos
from symmetry.practice.store import open_practice
from symmetry.series.result import LeftOut

LATER = SAMPLES / "series" / "2026-04-19.jpg"
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
        take_in_photos(practice, "bo", [Path(EVEN)])
    assert take_in_photos(practice, "ana", []).complete


def test_a_shot_saved_anew_is_known_in_the_same_run_and_in_later_ones(practice, tmp_path):
    def copy(name: str, longest: int, quality: int):
        picture = Image.open(DAYS[0]).convert("RGB")
        picture.thumbnail((longest, longest))
        picture.save(tmp_path / name, quality=quality)
        return tmp_path / name

    taken = take_in_photos(practice, "ana", [*DAYS, copy("IMG-20260412-WA0001.jpg", 960, 60)])
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


def test_a_stranger_is_not_kept_unless_one_says_so_and_never_measured(practice):
    asked = []

    def answer(verdict):
        def ask(doubt):
            asked.append(doubt)
            return verdict

        return ask

    take_in_photos(practice, "ana", [DAYS[0]])
    first = list(faces_of(practice, "ana"))
    refused = take_in_photos(practice, "ana", [Path(EVEN)])
    assert (refused.photos[0].status, refused.sessions, refused.complete) == ("doubtful", (), False)
    assert "someone else than in session 1 of ana" in refused.photos[0].reason
    kept = take_in_photos(practice, "ana", [Path(EVEN)], IntakeOptions(ask=answer("keep")))
    assert kept.sessions[0].photos[0].identity == "doubted"
    assert [each.kind for each in asked] == ["person"]
    # The stranger in the last session is nobody to compare with: the client is still the client.
    assert take_in_photos(practice, "ana", [LATER]).photos[0].status == "accepted"
    found = list(faces_of(practice, "ana"))
    assert sorted(type(each).__name__ for each in found) == ["DatedFace", "DatedFace", "LeftOut"]
    found.sort(key=lambda each: isinstance(each, LeftOut))
    assert found[0].face.photo.sha256 == first[0].face.photo.sha256
    series = series_of(practice, "ana", found)
    assert [one.reason for one in series.left_out] == ["different_person"]
    assert "photo confirm" in series.left_out[0].advice
    # A person may know better.
    number = kept.sessions[0].number
    practice.confirm_photo("ana", number, "1")
    assert not series_of(practice, "ana", faces_of(practice, "ana")).left_out


def test_a_stranger_of_an_older_version_is_left_out_whatever_the_photos(practice):
    """Nobody asked then: the first sitting says who the client is, not the better photo."""
    for path, day in ((DAYS[0], 6), (Path(EVEN), 20)):
        at = datetime(2026, 4, day, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
        take_in_photos(practice, "ana", [path], IntakeOptions(at=at, ask=lambda doubt: "keep"))
    with practice._transaction() as db:
        db.connection().exec_driver_sql("UPDATE photos SET identity = ''")
    series = series_of(practice, "ana", faces_of(practice, "ana"))
    assert [one.photo for one in series.left_out] == ["session 2: even.jpg"]


def test_a_date_a_year_from_all_others_is_asked_about(practice):
    take_in_photos(practice, "ana", [DAYS[0]])
    at = datetime(2025, 4, 6, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    asked = []
    refused = take_in_photos(practice, "ana", [DAYS[1]], IntakeOptions(at=at, ask=lambda d: asked.append(d) or "no"))
    assert [each.kind for each in asked] == ["date"]
    assert "2025-04-06 is 3" in str(refused.occasions[0].error)
    assert not refused.complete
    assert len(practice.sessions("ana")) == 1
    assert take_in_photos(practice, "ana", [DAYS[1]], IntakeOptions(at=at, ask=lambda d: "keep")).complete


def test_photos_join_a_session_and_its_date_is_theirs(practice):
    take_in_photos(practice, "ana", [DAYS[0]])
    taken = take_in_photos(practice, "ana", [DAYS[1]], IntakeOptions(session=1))
    assert [len(each.photos) for each in taken.sessions] == [2]
    at = datetime(2026, 6, 1, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    practice.edit_session("ana", 1, at=at, zone="Europe/Berlin")
    assert {each.face.photo.captured.date() for each in faces_of(practice, "ana")} == {at.date()}
    with pytest.raises(UnknownIdError):
        take_in_photos(practice, "ana", [Path(EVEN)], IntakeOptions(session=7))


def test_copies_are_noticed_though_two_add_at_once(practice, tmp_path, monkeypatch):
    """The other one keeps the shot, or a copy of it, between looking and keeping."""
    copy = tmp_path / "small.jpg"
    picture = Image.open(DAYS[0]).convert("RGB")
    picture.thumbnail((700, 700))
    picture.save(copy, quality=60)
    keep = intake._keep

    def keep_after_the_other(*given):
        monkeypatch.setattr(intake, "_keep", keep)
        with open_practice(practice.folder) as other:
            assert take_in_photos(other, "ana", [DAYS[0]]).complete
        return keep(*given)

    for path in (DAYS[0], copy):
        monkeypatch.setattr(intake, "_keep", keep_after_the_other)
        taken = take_in_photos(practice, "ana", [path])
        (session,) = practice.sessions("ana")
        assert len(session.photos) == 1
        assert (taken.sessions, taken.complete) == ((), True)
        assert taken.occasions[0].known == (path.name,)
        practice.remove_session("ana", session.number)
