"""Who is forgotten is gone, and the proof would see it if they were not."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3

import pytest
from helpers.practice_samples import assert_whole, moment, old_practice, photo, rows
from hypothesis import given
from hypothesis import strategies as st

from symmetry.errors import UnknownIdError
from symmetry.practice.records import Treatment
from symmetry.practice.storage import searching
from symmetry.practice.storage.searching import Traces, search_files
from symmetry.practice.store import open_practice

NAME = "Zenobia Featherstonehaugh"
NOTE = "her jaw clicks – on the left side"


@pytest.fixture
def practice(tmp_path):
    with open_practice(tmp_path / "practice") as opened:
        opened.add_client(NAME, note=NOTE)
        opened.add_client("Berta")
        opened.add_scale("Tension")
        for client in (opened.client("berta"), opened.clients()[1]):
            opened.add_session(
                client.id, [photo(f"{client.id}1"), photo(f"{client.id}2")], **moment(), note="usual day"
            )
            opened.add_treatment(client.id, Treatment(**moment(), minutes=3, note=f"treatment of {client.name}"))
            opened.add_entry(client.id, **moment(), values={"tension": 3}, note=f"diary of {client.name}")
            (opened.results_folder(client.id) / f"{'0' * 64}.npz").write_bytes(b"result")
        yield opened


def zenobia(practice):
    return next(client for client in practice.clients() if client.name == NAME)


def test_forgotten_client_is_gone_and_the_others_stay(practice):
    client = zenobia(practice)
    hashes = {each.sha256 for session in practice.sessions(client.id) for each in session.photos}
    forgotten = practice.forget_client(client.id.upper())
    assert (forgotten.id, forgotten.name) == (client.id, NAME)
    assert (forgotten.sessions, forgotten.treatments, forgotten.entries) == (1, 1, 1)
    assert (forgotten.files, forgotten.size) == (3, 2 * 2000 + 6)
    assert forgotten.clean
    assert (forgotten.left, forgotten.mentions, forgotten.too_short, forgotten.backups) == ((), (), (), ())
    files = [path for path in practice.folder.rglob("*") if path.is_file()]
    assert forgotten.searched_files == len(files)
    assert forgotten.searched_bytes == sum(path.stat().st_size for path in files)
    # Name, id, note, that of the session, treatment and diary; uid, two photos and what they were made from.
    assert forgotten.searched_for == 6 + 5
    with pytest.raises(UnknownIdError):
        practice.client(client.id)
    assert not [path for path in files if client.uid in str(path) or path.stem in hashes]
    data = b"".join(path.read_bytes() for path in files)
    for trace in (NAME, NOTE, client.uid, *hashes):
        assert trace.encode() not in data
        assert trace.encode("utf-16-le") not in data
    assert len(practice.sessions("berta")) == len(practice.treatments("berta")) == len(practice.diary("berta")) == 1
    for path in (practice.folder / "clients").rglob("*.npz"):
        path.unlink()
    assert_whole(practice.folder)


@pytest.mark.parametrize(
    "plant",
    [
        lambda client, sha256: NAME.encode(),
        lambda client, sha256: NAME.encode("utf-16"),
        lambda client, sha256: NAME.encode("utf-16-be"),
        lambda client, sha256: f'{{"id": "{client.id}"}}'.encode(),
        lambda client, sha256: client.uid.encode(),
        lambda client, sha256: (client.uid + sha256).encode(),
        lambda client, sha256: ("x" + sha256).encode("utf-16-be"),
        lambda client, sha256: ("x" + sha256 + "/").encode("utf-16-le"),
        lambda client, sha256: NOTE.encode(),
        lambda client, sha256: b"her jaw clicks \\u2013 on the left side",
        lambda client, sha256: os.urandom(searching._CHUNK - 7) + NAME.encode(),
        lambda client, sha256: os.urandom(searching._CHUNK - 120) + b"/" + sha256.encode(),
    ],
)
def test_search_finds_what_is_left(practice, plant):
    client = zenobia(practice)
    sha256 = practice.sessions(client.id)[0].photos[0].sha256
    planted = practice.folder / "clients" / practice.client("berta").uid / "results" / "planted.bin"
    planted.write_bytes(os.urandom(100) + plant(client, sha256) + os.urandom(100))
    forgotten = practice.forget_client(client.id)
    assert not forgotten.clean
    assert all("planted.bin: " in each for each in forgotten.left)


def test_search_finds_names_of_files(practice):
    client = zenobia(practice)
    (practice.folder / "backups" / f"{client.uid}.txt").write_bytes(b"")
    (left,) = practice.forget_client(client.id).left
    assert left.startswith(f"backups/{client.uid}.txt")


def test_backup_that_was_put_into_the_folder_is_found(practice, tmp_path):
    practice.backup(tmp_path / "mine.zip")
    (tmp_path / "mine.zip").rename(practice.folder / "mine.zip")
    left = practice.forget_client(zenobia(practice).id).left
    assert left
    assert all(each.startswith("mine.zip: ") for each in left)


def test_what_others_say_of_the_client_is_told_in_words(practice):
    client = zenobia(practice)
    practice.edit_client("berta", note=f"sister of {NAME.upper()}")
    practice.add_session("berta", [photo(f"{client.id}1")], **moment(1), note=f"came with {NAME}")
    practice.add_treatment("berta", Treatment(**moment(1), minutes=1, by=NAME))
    practice.add_client(NAME)
    forgotten = practice.forget_client(client.id)
    assert forgotten.clean
    assert [each for each in forgotten.mentions if each.startswith("the history, changes of others: ")]
    assert {each for each in forgotten.mentions if not each.startswith("the history")} == {
        f'note of client "berta": "{NAME}"',
        f'note of session 2 of client "berta": "{NAME}"',
        f'name of therapist "{NAME}": "{NAME}"',
        f'folded of therapist "{NAME}": "{NAME}"',
        f'name of client "{client.id}-2": "{NAME}"',
        f'id of client "{client.id}-2": "{client.id}"',
        'a photo of session 2 of client "berta" is the same',
        f'name of a photo of session 2 of client "berta": "{client.id}"',
    }


def test_short_names_are_looked_for_as_words_only(tmp_path):
    with open_practice(tmp_path / "practice") as practice:
        practice.add_client("Al", note="ok")
        practice.add_client("Berta", note="friend of AL, also of Aline")
        practice.add_client("Alan", note="although")
        practice.add_session("al", [photo(1)], **moment())
        forgotten = practice.forget_client("al")
    assert forgotten.clean
    assert forgotten.too_short == ("Al", "al", "ok")
    history = "the history, changes of others: 2; `symmetry history --clear` empties it"
    assert set(forgotten.mentions) == {history, 'note of client "berta": "Al"', 'note of client "berta": "al"'}


def test_copies_made_before_a_migration_go_with_the_client(tmp_path):
    folder = tmp_path / "practice"
    old_practice(folder)
    with open_practice(folder) as practice:
        (copy,) = (folder / "backups").iterdir()
        practice.add_client("Berta")
        assert practice.forget_client("berta").backups == ()
        assert copy.exists()
        forgotten = practice.forget_client("client-1")
    assert forgotten.backups == (copy.name,)
    assert forgotten.clean
    assert not copy.exists()
    assert_whole(folder)


def test_copy_that_a_killed_forget_left_is_swept(tmp_path):
    folder = tmp_path / "practice"
    old_practice(folder)
    open_practice(folder).close()
    (copy,) = (folder / "backups").iterdir()
    with contextlib.closing(sqlite3.connect(folder / "practice.sqlite")) as db:
        db.execute("PRAGMA foreign_keys=ON")
        db.execute("DELETE FROM clients WHERE id = 'client-2'")
        db.commit()
    (folder / "backups" / "before-0001-x.sqlite").write_bytes(b"no database at all, but long enough to be one" * 99)
    assert_whole(folder)
    assert not copy.exists()


def test_nothing_of_the_client_stays_in_free_pages(tmp_path):
    folder = tmp_path / "practice"
    with open_practice(folder) as practice:
        practice.add_client(NAME)
        for day in range(40):
            practice.add_treatment("zenobia-featherstonehaugh", Treatment(**moment(day), note=f"{NAME} {day} " * 50))
        size = (folder / "practice.sqlite").stat().st_size
        practice.forget_client("zenobia-featherstonehaugh")
    assert (folder / "practice.sqlite").stat().st_size < size
    assert rows(folder, "PRAGMA freelist_count") == [(0,)]


@given(
    st.text(st.characters(categories=["L", "N"]), min_size=6, max_size=40),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
    st.binary(max_size=50),
    st.binary(max_size=50),
)
def test_search_finds_any_text_in_any_encoding(tmp_path_factory, text, encoding, before, after):
    folder = tmp_path_factory.mktemp("search")
    (folder / "file").write_bytes(before + text.encode(encoding) + after)
    sha256 = hashlib.sha256(after).hexdigest()
    found = search_files(folder, Traces((text,), (), frozenset({sha256})))
    assert found.found == {folder / "file": frozenset({text})}
    assert (found.files, found.size) == (1, (folder / "file").stat().st_size)
    (folder / "file").write_bytes(before + (sha256 + sha256).encode(encoding) + after)
    assert search_files(folder, Traces((text,), (), frozenset({sha256}))).found == {
        folder / "file": frozenset({sha256})
    }
