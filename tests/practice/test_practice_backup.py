"""Backups hold everything, come back as they were, and nothing that was tampered with comes back."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import sqlite3
import zipfile
from pathlib import Path

import pytest
from helpers.practice_samples import MODES, assert_whole, moment, old_practice, photo, rows

from symmetry.errors import BackupError, NewerPracticeError, OutputError, PracticeError
from symmetry.practice.backups import MANIFEST
from symmetry.practice.records import Step, Treatment
from symmetry.practice.restoring import finish_restore
from symmetry.practice.storage.database import REVISIONS
from symmetry.practice.storage.folders import DATABASE, JOURNAL, Places
from symmetry.practice.storage.schema import expected_shape, shape_of
from symmetry.practice.store import open_practice, restore_practice
from symmetry.practice.writing import held, make_lock


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A practice and its backup, to be copied: making them takes longer than most tests of them."""
    folder = tmp_path_factory.mktemp("made") / "practice"
    with open_practice(folder) as practice:
        for name in ("Anna", "Berta"):
            practice.add_client(name, note=f"note of {name}")
            kept = practice.add_session(name, [photo(f"{name}1"), photo(f"{name}2")], **moment()).photos[0]
            result = practice.results_folder(name) / f"{kept.sha256}.npz"
            result.write_bytes(b"result")
            result.chmod(0o600)
        practice.add_protocol("Ritual", [Step(name="rest", zones=("brow",), minutes=5)], times_per_week=3)
        practice.add_treatment("anna", Treatment(protocol="Ritual", zones=("cheek",), **moment()))
        practice.add_scale("Tension")
        practice.add_entry("anna", values={"Tension": 4}, **moment())
        practice.backup(folder.with_name("backup.zip"))
    return folder.parent


@pytest.fixture
def folder(made, tmp_path):
    return shutil.copytree(made / "practice", tmp_path / "practice")


@pytest.fixture
def backup(made, tmp_path):
    return shutil.copy2(made / "backup.zip", tmp_path / "backup.zip")


def contents(folder):
    files = {path.relative_to(folder).as_posix(): path for path in (folder / "clients").rglob("*") if path.is_file()}
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as db:
        return list(db.iterdump()), {name: path.read_bytes() for name, path in files.items()}


def tampered(backup, change):
    """A backup whose members and manifest were changed; the manifest's hashes are made to fit unless they are given."""
    with zipfile.ZipFile(backup) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(members.pop(MANIFEST))
    change(members, about)
    target = backup.with_name("tampered.zip")
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr(MANIFEST, json.dumps(about))
    return target


def put(members, about, name, data):
    members[name] = data
    about["members"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


def test_backup_comes_back_as_it_was(folder, backup, tmp_path):
    with open_practice(folder) as practice:
        done = practice.backup(backup, replace=True)
    assert (done.clients, done.photos, done.files, done.damaged) == (2, 4, 7, ())
    assert done.size == backup.stat().st_size
    assert not MODES or backup.stat().st_mode & 0o777 == 0o600
    back = restore_practice(backup, tmp_path / "new" / "place")
    assert back == done
    assert contents(tmp_path / "new" / "place") == contents(folder)
    assert_whole(tmp_path / "new" / "place")
    assert {path.name for path in tmp_path.iterdir()} == {"practice", "new", "backup.zip"}


def test_damaged_photos_are_told_and_the_rest_is_kept(folder, tmp_path):
    with open_practice(folder) as practice:
        lost, changed = practice.sessions("anna")[0].photos
        practice.photo_path(lost).unlink()
        practice.photo_path(changed).write_bytes(b"x")
        assert set(practice.backup(tmp_path / "backup.zip").damaged) == {lost.file, changed.file}
    assert set(restore_practice(tmp_path / "backup.zip", tmp_path / "new").damaged) == {lost.file, changed.file}
    with open_practice(tmp_path / "new") as practice:
        assert practice.read_photo(practice.sessions("berta")[0].photos[0]) == photo("Berta1").data


@pytest.mark.parametrize("place", ["inside", "missing", "folder"])
def test_backup_goes_where_it_can_be_used(folder, tmp_path, place):
    target = {"inside": folder / "b.zip", "missing": tmp_path / "no" / "b.zip", "folder": tmp_path}[place]
    with open_practice(folder) as practice, pytest.raises(OutputError):
        practice.backup(target)
    assert_whole(folder)


def test_backup_that_fails_keeps_the_one_before(folder, backup, monkeypatch):
    before = backup.read_bytes()

    def fail(*_):
        raise OSError(28, "No space left on device")

    with open_practice(folder) as practice:
        monkeypatch.setattr("symmetry.practice.backups._add", fail)
        with pytest.raises(PracticeError, match="No space left"):
            practice.backup(backup, replace=True)
    assert backup.read_bytes() == before
    assert {path.name for path in backup.parent.iterdir()} == {"practice", "backup.zip"}
    assert_whole(folder)


def test_practice_that_is_there_is_replaced_only_if_told(folder, backup):
    with open_practice(folder) as practice:
        practice.add_client("Cleo")
        practice.forget_client("anna")
        before = contents(folder)
        with pytest.raises(PracticeError, match="there is a practice in this folder already"):
            restore_practice(backup, folder)
        assert contents(folder) == before
        restore_practice(backup, folder, replace=True)
        assert [client.id for client in practice.clients()] == ["anna", "berta"]  # one that was open goes on
    assert_whole(folder)


def test_copies_of_the_replaced_practice_go_with_it(tmp_path, backup):
    old_practice(tmp_path / "old")
    open_practice(tmp_path / "old").close()
    assert list((tmp_path / "old" / "backups").iterdir())
    restore_practice(backup, tmp_path / "old", replace=True)
    assert not list((tmp_path / "old" / "backups").glob("*.sqlite"))
    assert_whole(tmp_path / "old")


def test_damaged_practice_can_be_replaced(folder, backup):
    (folder / DATABASE).write_bytes(b"damaged" * 1000)
    (folder / JOURNAL).write_bytes(b"of the damaged one" * 100)
    restore_practice(backup, folder, replace=True)
    assert_whole(folder)


def test_older_backup_is_upgraded_when_opened(tmp_path, backup):
    old_practice(tmp_path / "old")
    members = {path.relative_to(tmp_path / "old").as_posix(): path.read_bytes() for path in photos(tmp_path / "old")}

    def change(kept, about):
        kept.clear()
        about["members"].clear()
        for name, data in members.items():
            put(kept, about, name, data)
        put(kept, about, DATABASE, (tmp_path / "old" / DATABASE).read_bytes())

    restore_practice(tampered(backup, change), tmp_path / "new")
    assert rows(tmp_path / "new", "SELECT version_num FROM alembic_version") == [("0001",)]
    with open_practice(tmp_path / "new") as practice:
        assert len(practice.sessions("client-2")) == 2
    assert_whole(tmp_path / "new")


def photos(folder):
    return (folder / "clients").rglob("*.jpg")


def changed_database(*statements):
    def change(members, about):
        path = Path("changed.sqlite")
        path.write_bytes(members[DATABASE])
        with contextlib.closing(sqlite3.connect(path)) as db:
            for statement in statements:
                db.execute(statement)
            db.commit()
        put(members, about, DATABASE, path.read_bytes())
        path.unlink()

    return change


def flip(members, about):
    name = next(name for name in members if "photos" in name)
    members[name] = b"\0" + members[name][1:]


def shorten(members, about):
    name = next(name for name in members if "photos" in name)
    members[name] = members[name][:-1]


def lose(members, about):
    name = next(name for name in members if "photos" in name)
    del members[name], about["members"][name]


def exchange(members, about):
    first, second, *_ = [name for name in members if "photos" in name]
    put(members, about, first, members[second])


# What is wrong with the rows, and how the message names it.
BERTA = " WHERE client = (SELECT key FROM clients WHERE id = 'berta')"
ANNA = " WHERE client = (SELECT key FROM clients WHERE id = 'anna')"
ROWS = {
    f"UPDATE sessions SET at = 'garbage'{BERTA}": 'session 1 of client "berta" cannot be read',  # noqa: S608
    f"UPDATE sessions SET at = '2026-03-02T09:30:00'{BERTA}": 'session 1 of client "berta" cannot be read',  # noqa: S608
    "UPDATE sessions SET at = '0001-01-01T00:00:00+14:00'": "session 1 of client",
    "UPDATE sessions SET at = '0001-06-01T00:00:00+00:00'": "session 1 of client",
    "UPDATE sessions SET at = '9999-12-31T23:59:59+00:00'": "session 1 of client",
    "UPDATE clients SET added = '9999-12-31T23:59:59+00:00' WHERE id = 'anna'": 'client "anna" cannot be read',
    f"UPDATE sessions SET zone = x'00'{BERTA}": "zone in table sessions",  # noqa: S608
    "UPDATE sessions SET number = 7": "session 7 of client",
    "UPDATE clients SET added = 'x' WHERE id = 'anna'": 'client "anna" cannot be read',
    "UPDATE clients SET id = 'ANNA' WHERE id = 'anna'": 'client "ANNA" cannot be read',
    "UPDATE clients SET name = x'ff'": "name in table clients",
    "UPDATE clients SET name = CAST(x'ff' AS TEXT)": "its database cannot be read",
    "UPDATE photos SET captured = 'noon'": "a photo of session 1 of client",
    "UPDATE photos SET mirrored = 'yes'": "mirrored in table photos",
    "UPDATE photos SET size = size + 1": "a photo of session 1 of client .* is not the one that was kept",
    "UPDATE photos SET sha256 = lower(hex(zeroblob(32))) WHERE position = 2": "photo of session 1 .* is missing in it",
    "UPDATE treatments SET side = 'up'": 'treatment 1 of client "anna"',
    "UPDATE treatments SET zones = '[[['": 'treatment 1 of client "anna"',
    "UPDATE treatments SET minutes = 9e999": "minutes in table treatments",
    "UPDATE treatments SET minutes = -1": 'treatment 1 of client "anna"',
    "UPDATE protocol_versions SET times_per_week = 0": "the plan of a protocol cannot be read",
    "UPDATE protocol_versions SET since = 'soon'": 'protocol "Ritual"',
    "INSERT INTO people VALUES (1, 'A', 'other', '')": "therapist",
    "UPDATE photos SET identity = 'perhaps'": "a photo of session 1 of client",
    "INSERT INTO settings VALUES ('name', '[')": 'setting "name"',
    "UPDATE changes SET at = 'x' WHERE key = 1": "change 1 cannot be read",
    "UPDATE changes SET clients = '[\"../..\"]' WHERE key = 1": "change 1 cannot be read",
    'UPDATE changes SET files = \'[["../..", "x"]]\' WHERE key = 2': "change 2 cannot be read",
    "UPDATE changes SET content = '[[1, 2]]' WHERE key = 3": "change 3 cannot be read",
    "UPDATE protocols SET folded = 'other'": 'protocol "Ritual"',
    "UPDATE steps SET zones = 'cheek'": "step 1 of a protocol",
    "UPDATE scales SET folded = 'other'": 'scale "Tension"',
    "UPDATE entries SET at = ''": 'diary entry 1 of client "anna"',
    "UPDATE ratings SET value = 'much'": "value in table ratings",
    "CREATE TRIGGER t AFTER INSERT ON clients BEGIN DELETE FROM photos; END": "is not built as this program",
    "CREATE VIEW v AS SELECT * FROM clients": "is not built as this program",
    "CREATE TABLE more (name)": "is not built as this program",
    "CREATE INDEX more ON clients (name)": "is not built as this program",
    "CREATE UNIQUE INDEX more ON clients (note)": "is not built as this program",
    "ALTER TABLE clients ADD COLUMN more": "is not built as this program",
    "ALTER TABLE clients RENAME COLUMN note TO notes": "is not built as this program",
    "DROP INDEX ix_ratings_scale": "is not built as this program",
    "DROP TABLE ratings": "is not built as this program",
    "INSERT INTO alembic_version VALUES ('0001')": "is not built as this program",
    "UPDATE alembic_version SET version_num = '0001'": "is not built as this program",
}

TAMPERED = {
    **{statement: changed_database(statement) for statement in ROWS},
    "photo of a row left out": lose,
    "photo of a row exchanged": exchange,
    "infinite size": lambda members, about: about["members"][DATABASE].update(size=float("inf")),
    "photo changed": flip,
    "photo shortened": shorten,
    "photo missing": lambda members, about: members.pop(next(name for name in members if "photos" in name)),
    "photo not in the manifest": lambda members, about: members.update(
        {f"clients/{'0' * 32}/photos/{'0' * 64}.jpg": b""}
    ),
    "no database": lambda members, about: (members.pop(DATABASE), about["members"].pop(DATABASE)),
    "no members": lambda members, about: about.pop("members"),
    "members a list": lambda members, about: about.update(members=[1, 2]),
    "negative size": lambda members, about: about["members"][DATABASE].update(size=-1),
    "size too small": lambda members, about: about["members"][DATABASE].update(size=10),
    "out of the folder": lambda members, about: put(members, about, "../evil.txt", b"evil"),
    "out by the root": lambda members, about: put(members, about, "/tmp/evil.txt", b"evil"),  # noqa: S108
    "out amid": lambda members, about: put(members, about, f"clients/{'0' * 32}/photos/../../../../evil.txt", b"evil"),
    "on another drive": lambda members, about: put(members, about, "C:\\evil.txt", b"evil"),
    "the lock": lambda members, about: put(members, about, "practice.lock", b"evil"),
    "a journal": lambda members, about: put(members, about, JOURNAL, b"evil"),
    "no real database": lambda members, about: put(members, about, DATABASE, b"none" * 1000),
    "another's database": changed_database("DROP TABLE alembic_version"),
    "uid that leads out": changed_database("UPDATE clients SET uid = '../../..' WHERE id = 'anna'"),
    "suffix that leads out": changed_database("UPDATE photos SET suffix = '/../../../../evil.txt'"),
    "row of nobody": changed_database(
        "UPDATE sessions SET client = 99 WHERE client = (SELECT key FROM clients WHERE id = 'anna')"
    ),
}


# Whether a practice is replaced matters to files; rows are judged before anything is written.
@pytest.mark.parametrize(
    ("how", "replace"),
    [(how, replace) for how in TAMPERED for replace in (False, True) if how not in ROWS or not replace],
)
def test_tampered_backup_is_refused_and_changes_nothing(folder, backup, tmp_path, monkeypatch, how, replace):
    monkeypatch.chdir(tmp_path)
    wrong = tampered(backup, TAMPERED[how])
    target = folder if replace else tmp_path / "new"
    before = contents(folder)
    with pytest.raises(BackupError, match=r"damaged or was changed; use another backup$") as raised:
        restore_practice(wrong, target, replace=replace)
    assert re.search(ROWS.get(how, ""), str(raised.value))
    assert contents(folder) == before
    assert not (tmp_path / "new" / DATABASE).exists()
    assert not list(tmp_path.rglob("evil*"))
    assert not list(tmp_path.rglob("restor*"))
    restore_practice(backup, target, replace=replace)
    assert_whole(target)


def test_photos_left_out_and_exchanged_are_told(backup, tmp_path):
    for change, words in ((lose, "is missing in it"), (exchange, "is not the one that was kept")):
        with pytest.raises(BackupError, match=rf'a photo of session \d of client "(anna|berta)" {words}'):
            restore_practice(tampered(backup, change), tmp_path / "new")


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_little_file_that_unpacks_to_much_is_refused_before(backup, tmp_path, monkeypatch, packing):
    wrong = tmp_path / "wrong.zip"
    about = {"layout": 1, "members": {DATABASE: {"sha256": "0" * 64, "size": 1000}}}
    with zipfile.ZipFile(wrong, "w", packing) as archive:
        archive.writestr(DATABASE, bytes(10_000_000))
        archive.writestr(MANIFEST, json.dumps(about))
    monkeypatch.setattr("symmetry.practice.restoring.unpack", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(BackupError, match="was changed"):
        restore_practice(wrong, tmp_path / "new")


@pytest.mark.parametrize("revision", REVISIONS)
def test_shape_of_a_schema_does_not_go_by_its_wording(tmp_path, revision):
    assert expected_shape(revision) == expected_shape(revision)
    assert (expected_shape(revision) == expected_shape(REVISIONS[0])) == (revision == REVISIONS[0])
    with contextlib.closing(sqlite3.connect(":memory:")) as one, contextlib.closing(sqlite3.connect(":memory:")) as two:
        one.execute("CREATE TABLE t (a VARCHAR NOT NULL, b FLOAT DEFAULT 0, CHECK (b < 1), UNIQUE (a))")
        two.execute('create table "t" ("a" TEXT  not null, b DOUBLE default (0), unique("a"), check(b<1))')
        assert shape_of(one) == shape_of(two)
        two.execute("DROP TABLE t")
        two.execute("CREATE TABLE t (a VARCHAR NOT NULL, b FLOAT DEFAULT 0, CHECK (b < 2), UNIQUE (a))")
        assert shape_of(one) != shape_of(two)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_name_that_stands_twice_is_refused(backup, tmp_path):
    with zipfile.ZipFile(backup, "a") as archive:
        archive.writestr(DATABASE, b"another")
    with pytest.raises(BackupError, match="was changed"):
        restore_practice(backup, tmp_path / "new")


@pytest.mark.parametrize("cut", [0, 10, 3000, -30])
def test_half_a_backup_is_refused(backup, tmp_path, cut):
    backup.write_bytes(backup.read_bytes()[:cut])
    with pytest.raises(BackupError, match="it is not a backup, or it is damaged"):
        restore_practice(backup, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_other_files_are_no_backups(backup, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("letter.txt", "Dear all")
    with pytest.raises(BackupError, match="not a backup of a practice"):
        restore_practice(tmp_path / "other.zip", tmp_path / "new")
    with pytest.raises(BackupError, match="there is no such file"):
        restore_practice(tmp_path / "nothing.zip", tmp_path / "new")
    with pytest.raises(PracticeError):
        restore_practice(tmp_path, tmp_path / "new")
    with pytest.raises(BackupError, match="a newer version of this program"):
        restore_practice(tampered(backup, lambda members, about: about.update(layout=2)), tmp_path / "new")
    newer = changed_database("UPDATE alembic_version SET version_num = '0042'")
    with pytest.raises(NewerPracticeError, match="schema 0042"):
        restore_practice(tampered(backup, newer), tmp_path / "new")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("Dear all")
    with pytest.raises(PracticeError, match="holds other things"):
        restore_practice(backup, tmp_path / "full")


def test_too_little_room_is_told_before(backup, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr("symmetry.practice.restoring.shutil.disk_usage", lambda _: usage)
    with pytest.raises(BackupError, match="too little room"):
        restore_practice(backup, tmp_path / "new")


@pytest.mark.parametrize("moved", range(4))
def test_restore_that_was_stopped_amid_its_moves_is_finished(folder, backup, tmp_path, moved):
    restore_practice(backup, tmp_path / "new")
    expected = contents(tmp_path / "new")
    with open_practice(folder) as practice:
        practice.forget_client("anna")
    (folder / "restored").mkdir()
    for name in ("clients", "backups", DATABASE):
        (tmp_path / "new" / name).rename(folder / "restored" / name)
    (folder / "replaced").mkdir()
    for name in ("clients", "backups", DATABASE)[:moved]:
        (folder / name).rename(folder / "replaced" / name)
        if name != DATABASE:  # the last was stopped between its two moves
            (folder / "restored" / name).rename(folder / name)
    assert_whole(folder)
    assert contents(folder) == expected


def test_finishing_does_nothing_where_nothing_was_restored(folder):
    before = contents(folder)
    with held(make_lock(folder / "practice.lock")):
        finish_restore(Places(folder))
    assert contents(folder) == before
    assert_whole(folder)
