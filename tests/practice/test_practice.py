"""What is put into the practice comes back out as it was: clients, sessions, photos."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from helpers.practice_samples import START, ZONE, assert_whole, moment, photo

from symmetry.errors import (
    AmbiguousNameError,
    DamagedPracticeError,
    InvalidRecordError,
    PracticeError,
    TakenIdError,
    UnknownIdError,
)
from symmetry.practice.storage.folders import ENVIRONMENT, practice_folder
from symmetry.practice.store import open_practice


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "practice"


@pytest.fixture
def practice(folder):
    with open_practice(folder) as opened:
        yield opened
    assert_whole(folder)


def test_client_comes_back_as_added(practice, folder):
    added = practice.add_client("Ánna  Kovács\n", note="first line\r\nsecond line ")
    assert (added.id, added.name, added.note) == ("anna-kovacs", "Ánna Kovács", "first line\nsecond line")
    assert added.added.tzinfo is not None
    assert abs(datetime.now(timezone.utc) - added.added) < timedelta(minutes=5)
    with open_practice(folder) as again:
        assert again.clients() == (added,)
        assert again.client("ANNA-Kovacs") == added
        assert again.folder == folder


def test_ids_are_made_of_names_and_free(practice):
    names = ["Anna", "ANNA", "Анна", "Zoë O'Neill", "李", "Åsa Ørsted Łuk", "12 3"]
    ids = [practice.add_client(name).id for name in names]
    assert ids == ["anna", "anna-2", "анна", "zoe-oneill", "李", "asa-orsted-luk", "client-7"]


def test_given_id_is_kept_in_lower_case_and_once(practice):
    assert practice.add_client("Anna", id="A17.b_c").id == "a17.b_c"
    assert practice.client("A17.B_C").name == "Anna"
    with pytest.raises(TakenIdError, match="choose another"):
        practice.add_client("Berta", id="a17.B_c")
    assert practice.add_client("Анна", id="Анна").id == "анна"


@pytest.mark.parametrize("wrong", ["", " ", "a b", "-a", "a/b", "..", "a" * 65, "a'b", "a\nb", "é%"])
def test_id_that_cannot_be_typed_is_refused(practice, wrong):
    with pytest.raises(InvalidRecordError, match="an id has letters"):
        practice.add_client("Anna", id=wrong)


@pytest.mark.parametrize("wrong", ["", " \n ", "\x00", "\u200b", "\ud800", "a" * 201])
def test_name_that_nobody_can_read_is_refused(practice, wrong):
    with pytest.raises(InvalidRecordError, match="the name"):
        practice.add_client(wrong)
    assert practice.clients() == ()


def test_edited_client_keeps_what_was_not_given(practice):
    practice.add_client("Anna", note="note")
    other = practice.add_client("Berta")
    edited = practice.edit_client("anna", name="Anna Lena", new_id="AL")
    assert (edited.id, edited.name, edited.note) == ("al", "Anna Lena", "note")
    assert practice.edit_client("al", note="", new_id="AL").note == ""
    with pytest.raises(TakenIdError):
        practice.edit_client("al", name="Lost", new_id="berta")
    assert practice.client("al").name == "Anna Lena"
    assert practice.client("berta") == other
    assert practice.client("anna").id == "al"  # a part of the name
    with pytest.raises(UnknownIdError):
        practice.edit_client("anna", note="")  # but not to write to it


def test_unknown_id_names_the_nearest(practice):
    for name in ("Anna Kovács", "Berta", "Maximilian Mustermann"):
        practice.add_client(name)
    with pytest.raises(UnknownIdError, match='no client "ana-kovaks"; did you mean anna-kovacs'):
        practice.client("ana-kovaks")
    assert practice.client("Mustermann").id == practice.client("max must").id == "maximilian-mustermann"
    assert practice.client("kovacs").id == practice.client("ANNA KOVÁCS").id == "anna-kovacs"
    with pytest.raises(UnknownIdError, match="did you mean maximilian-mustermann"):
        practice.remove_session("Mustermann", 1)
    with pytest.raises(AmbiguousNameError, match=r"3 clients fit .*: anna-kovacs \(Anna Kovács\), berta .*give the id"):
        practice.client("a")
    with pytest.raises(UnknownIdError, match="`symmetry client list` shows them all"):
        practice.diary("zzz")


def test_session_comes_back_as_added(practice, folder):
    practice.add_client("Anna")
    photos = [photo(1), replace(photo(2, suffix=".png"), captured=START, mirrored=True), photo(3)]
    photos[2] = replace(photos[2], captured=None, captured_source=None)
    added = practice.add_session("Anna", [*photos, photos[0]], **moment(), note="after work")
    with open_practice(folder) as again:
        assert again.sessions("anna") == (added,)
        assert again.session("anna", 1) == added
    assert (added.number, added.at, added.zone, added.note) == (1, START, ZONE, "after work")
    assert added.at.tzinfo == ZoneInfo(ZONE)
    for kept, given in zip(added.photos, photos, strict=True):
        assert (kept.name, kept.size, kept.source_sha256) == (given.name, len(given.data), given.source_sha256)
        assert (kept.captured, kept.captured_source) == (given.captured, given.captured_source)
        assert kept.mirrored is given.mirrored
        assert kept.sha256 == hashlib.sha256(given.data).hexdigest()
        assert practice.read_photo(kept) == given.data
        assert practice.photo_path(kept).read_bytes() == given.data
        assert practice.photo_path(kept).suffix == given.suffix
    known = {digest: 1 for kept in added.photos for digest in (kept.source_sha256, kept.sha256)}
    assert practice.known_photos("anna") == known
    assert {given.source_sha256 for given in photos} < set(known)


def test_sessions_come_in_order_of_time_with_numbers_of_their_own(practice):
    practice.add_client("Anna")
    practice.add_client("Berta")
    for day in (5, 1, 3):
        practice.add_session("anna", [photo(day)], **moment(day))
    assert [session.number for session in practice.sessions("anna")] == [2, 3, 1]
    assert practice.add_session("berta", [photo(9)], **moment()).number == 1
    practice.remove_session("anna", 3)
    assert practice.add_session("anna", [photo(3)], **moment(4)).number == 4
    with pytest.raises(UnknownIdError, match="no session 3"):
        practice.session("anna", 3)
    with pytest.raises(UnknownIdError, match="no session 3"):
        practice.remove_session("anna", 3)


def test_order_is_that_of_the_moment_not_of_the_clock(practice):
    practice.add_client("Anna")
    tokyo = datetime(2026, 3, 2, 12, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    practice.add_session("anna", [photo(1)], **moment())  # 09:30 in Berlin is 17:30 in Tokyo
    practice.add_session("anna", [photo(2)], at=tokyo, zone="Asia/Tokyo")
    assert [session.at.hour for session in practice.sessions("anna")] == [12, 9]


def test_photo_of_two_sessions_is_one_file_until_neither_needs_it(practice, folder):
    practice.add_client("Anna")
    first = practice.add_session("anna", [photo(1), photo(2)], **moment())
    second = practice.add_session("anna", [photo(1)], **moment(1))
    assert first.photos[0].file == second.photos[0].file
    assert practice.known_photos("anna")[photo(1).source_sha256] == 1
    results = practice.results_folder("anna")
    for kept in first.photos:
        (results / f"{kept.sha256}-mirrored.npz").write_bytes(b"result")
        (results / f"{kept.sha256}-{first.photos[1].sha256}-0123456789abcdef.npz").write_bytes(b"pair")
    for path in results.iterdir():
        path.chmod(0o600)
    practice.remove_session("anna", 1)
    assert practice.read_photo(first.photos[1]) == photo(2).data
    assert practice.clear_history("anna") > 0
    assert practice.read_photo(second.photos[0]) == photo(1).data
    assert not practice.photo_path(first.photos[1]).exists()
    assert [path.name for path in results.iterdir()] == [f"{second.photos[0].sha256}-mirrored.npz"]
    practice.remove_session("anna", 2)
    practice.clear_history()
    assert not [path for path in (folder / "clients").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("photos", "message"),
    [
        ([], "at least one photo"),
        ([replace(photo(1), data=b"")], "empty"),
        ([replace(photo(1), suffix=".heic")], "kept as .jpg or .png"),
        ([replace(photo(1), suffix="/../x.jpg")], "kept as .jpg or .png"),
        ([replace(photo(1), source_sha256="no hash")], "64 hex digits"),
    ],
)
def test_session_that_cannot_be_kept_is_refused(practice, photos, message):
    practice.add_client("Anna")
    with pytest.raises(InvalidRecordError, match=message):
        practice.add_session("anna", photos, **moment())
    assert practice.sessions("anna") == ()


def test_session_of_nobody_leaves_no_photo(practice, folder):
    with pytest.raises(UnknownIdError):
        practice.add_session("nobody", [photo(1)], **moment())
    assert not list((folder / "clients").iterdir())


def test_photo_that_was_lost_or_changed_is_told(folder):
    with open_practice(folder) as practice:
        practice.add_client("Anna")
        lost, changed = practice.add_session("anna", [photo(1), photo(2)], **moment()).photos
        practice.photo_path(lost).unlink()
        practice.photo_path(changed).write_bytes(b"something else")
        with pytest.raises(DamagedPracticeError, match="is missing from the practice"):
            practice.read_photo(lost)
        with pytest.raises(DamagedPracticeError, match="is not what was kept"):
            practice.read_photo(changed)
        practice.add_session("anna", [photo(1), photo(2)], **moment(1))
        assert [practice.read_photo(each) for each in (lost, changed)] == [photo(1).data, photo(2).data]


def test_folder_is_the_one_named_else_the_environments_else_the_users(monkeypatch, tmp_path):
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "named"))
    assert practice_folder(tmp_path / "given") == tmp_path / "given"
    assert practice_folder() == tmp_path / "named"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv(ENVIRONMENT, "")
    assert practice_folder().name == "symmetry"
    assert practice_folder().is_absolute()


def test_folder_of_other_things_is_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear all")
    with pytest.raises(PracticeError, match="holds other things and no practice"):
        open_practice(tmp_path)
    with pytest.raises(PracticeError, match="is a file"):
        open_practice(tmp_path / "letter.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
