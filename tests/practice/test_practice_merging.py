"""Clients come in from other practices, exports and older versions without loss; backups lose nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from helpers.command_line import run
from helpers.practice_samples import MODES, assert_whole, moment, photo

from symmetry.errors import BackupError, FullerBackupError, InvalidRecordError, OutputError
from symmetry.practice.records import Step, Treatment
from symmetry.practice.settings import kept_days
from symmetry.practice.store import open_practice, restore_practice

OLD = Path(__file__).with_name("practice_0002.zip")
"""A backup that the version with schema 0002 wrote, which is also its folder."""


def fill(folder):
    with open_practice(folder) as practice:
        practice.add_client("Anna", note="first")
        practice.add_session("anna", [photo(1), photo(2)], **moment(), note="n")
        practice.add_session("anna", [photo(3)], **moment(7))
        practice.add_scale("tension", high=5)
        practice.add_protocol("lift", [Step(name="jaw", minutes=3)], times_per_week=3)
        practice.edit_protocol("lift", since=date(2026, 3, 9), times_per_week=2)
        practice.add_treatment("anna", Treatment(protocol="lift", by="Mara", zones=("jaw",), **moment(1)))
        practice.add_entry("anna", values={"tension": 4}, **moment(1))
    return folder


def told(practice, client):
    page = practice.page(client).to_dict()
    for kind in ("treatments", "entries", "sessions"):
        for each in page[kind]:
            each.pop("number")
            for one in each.get("photos", ()):
                one.pop("file")
    return page


# A practice of the version before


@pytest.mark.parametrize("way", ["opened", "restored", "merged"])
def test_practice_of_the_version_before_is_brought_up_to_date_without_loss(tmp_path, way):
    folder = tmp_path / "practice"
    with zipfile.ZipFile(OLD) as archive:
        listed = {name: archive.read(name) for name in archive.namelist() if "/photos/" in name}
        archive.extractall(folder if way == "opened" else tmp_path / "old")
        database = (folder if way == "opened" else tmp_path / "old") / "practice.sqlite"
    (database.parent / "manifest.json").unlink()
    with closing(sqlite3.connect(database)) as db:
        tables = {
            name: {row[:width] for row in db.execute(f"SELECT * FROM {name} ORDER BY key")}  # noqa: S608
            for name, width in (("clients", 5), ("sessions", 6), ("photos", 12), ("scales", 6), ("entries", 6))
        }
        steps = db.execute("SELECT name, zones, side, minutes, product FROM steps ORDER BY position").fetchall()
    if way == "restored":
        assert restore_practice(OLD, folder).photos == 3
    with open_practice(folder) as practice:
        if way == "merged":
            assert practice.merge(OLD, agree=lambda preview: len(preview) == 3)
        anna, dora = practice.page("anna-kovacs"), practice.page("dora")
        assert [client.name for client in practice.clients()] == ["Anna Kovács", "Drawn Dora", "李小龙"]
        assert anna.client.note == "allergic to almond oil"
        assert [(each.at.isoformat()[:10], each.note) for each in anna.sessions] == [
            ("2026-03-02", "after the holidays"),
            ("2026-04-20", "after the holidays"),
        ]
        for each in (*anna.photos, *dora.photos):
            assert practice.read_photo(each) == listed[each.file]
        assert [(each.protocol, each.by, each.minutes) for each in anna.treatments] == [
            ("lifting ritual", "Mara", 3.5),
            (None, "Mara", 20),
        ]
        assert anna.treatments[1].zones == ("jawline", "cheeks")
        assert anna.treatments[1].side == "subject_left"
        assert dict(anna.entries[0].values) == {"screen hours": 6.5, "tension": 4}
        protocol = practice.protocol("lifting ritual")
        assert (protocol.times_per_week, protocol.since, protocol.note) == (3, None, "slow")
        assert [(s.name, json.dumps(list(s.zones)), s.side, s.minutes, s.product) for s in protocol.steps] == steps
        assert [(each.name, each.treatments, each.clients) for each in practice.people()] == [("Mara", 3, 2)]
        (kept_to,) = anna.adherence
        assert (kept_to.done, kept_to.planned) == (1, 3 * len(kept_to.weeks))
        # It can be worked with, and what was done before is no change of the journal.
        assert len(practice.history()) == (way == "merged")
        practice.add_treatment("dora", Treatment(protocol="lifting ritual", by="MARA", **moment()))
        practice.undo()
    if way != "merged":
        with closing(sqlite3.connect(folder / "practice.sqlite")) as db:
            for name, rows in tables.items():
                width = len(next(iter(rows)))
                assert {row[:width] for row in db.execute(f"SELECT * FROM {name}")} == rows  # noqa: S608


# Merging and exports


def test_practices_are_merged_after_a_preview_and_parted_again(tmp_path):
    one, two = fill(tmp_path / "one"), tmp_path / "two"
    with open_practice(one) as practice:
        practice.backup(tmp_path / "one.zip")
        before = told(practice, "anna")
    with open_practice(two) as practice:
        practice.add_client("Anna", note="another")
        practice.add_session("anna", [photo(9)], **moment())
        practice.add_scale("tension", high=3)
        assert practice.merge(tmp_path / "one.zip", agree=lambda preview: False) is None
        assert len(practice.clients()) == 1
        # Another Anna, by id and name: she is who is meant, unless somebody says no.
        (brought,) = practice.merge(tmp_path / "one.zip", agree=lambda preview: preview[0].into == "anna")
        assert (brought.sessions, brought.treatments, brought.entries) == (2, 1, 1)
        assert [len(each.photos) for each in practice.sessions("anna")] == [1, 2, 1]
        assert practice.scale("tension").high == 4
        assert len(practice.protocol_versions("lift")) == 2
        (again,) = practice.merge(tmp_path / "one.zip", agree=lambda preview: True)
        assert (again.sessions, again.treatments, again.entries) == (0, 0, 0)
        practice.undo()
        assert [len(each.photos) for each in practice.sessions("anna")] == [1]
        assert practice.protocols() == ()
        practice.edit_client("anna", name="Anna Szabó")
        (brought,) = practice.merge(tmp_path / "one.zip", agree=lambda preview: True)
        assert brought.into is None
        assert told(practice, "anna-2") == {**before, "id": "anna-2"}
    assert_whole(two, journal=True)


def test_export_of_a_client_comes_into_another_practice(tmp_path):
    folder, other = fill(tmp_path / "one"), tmp_path / "two"
    run("client", "export", "anna", tmp_path / "anna.zip", "--practice", folder)
    result = run("restore", tmp_path / "anna.zip", "--practice", other)
    assert result.exit_code == 2
    assert "Anna: new client, 2 sessions, 1 treatment, 1 entry" in result.stderr
    result = run("restore", tmp_path / "anna.zip", "--practice", other, "--yes")
    assert result.exit_code == 0, result.stderr
    assert "1 client added, 0 known" in result.stdout
    with open_practice(folder) as practice, open_practice(other) as there:
        assert told(there, "anna") == told(practice, "anna")
        assert there.protocol_versions("lift") == practice.protocol_versions("lift")
        assert there.scale("tension") == practice.scale("tension")
        data = [[p.read_photo(one) for one in p.page("anna").photos] for p in (practice, there)]
        assert data[0] == data[1]
    assert "nothing was added" in run("restore", tmp_path / "anna.zip", "--practice", other, "--yes").stdout


@pytest.mark.parametrize("wrong", ["{", "[]", '{"id": "a"}', '{"id": "../a"}', "photo", "missing"])
def test_spoilt_export_adds_nothing(tmp_path, wrong):
    folder = fill(tmp_path / "one")
    run("client", "export", "anna", tmp_path / "anna.zip", "--practice", folder)
    with zipfile.ZipFile(tmp_path / "anna.zip") as good, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in good.namelist():
            data = good.read(name)
            if name == "client.json" and wrong not in ("photo", "missing"):
                data = wrong.encode()
            if name.startswith("photos/"):
                if wrong == "missing":
                    continue
                data += b"x" if wrong == "photo" else b""
            bad.writestr(name, data)
    with open_practice(tmp_path / "two") as practice:
        with pytest.raises(BackupError, match="damaged or was changed"):
            practice.merge(tmp_path / "bad.zip", agree=lambda preview: True)
        assert practice.clients() == ()
    assert_whole(tmp_path / "two")


# Backups that are there


def test_backup_writes_over_nothing_unasked(tmp_path):
    folder, file = fill(tmp_path / "one"), tmp_path / "backup.zip"
    with open_practice(folder) as practice:
        practice.backup(file)
        kept = file.read_bytes()
        with pytest.raises(OutputError, match="there is a file already"):
            practice.backup(file)
        practice.remove_session("anna", 1)
        with pytest.raises(FullerBackupError, match=r"has more \(1 clients, 3 photos\)"):
            practice.backup(file, replace=True)
        assert file.read_bytes() == kept
    for options, status in (([], 1), (["--replace"], 2)):
        assert run("backup", file, "--practice", folder, *options).exit_code == status
        assert file.read_bytes() == kept
    assert run("backup", file, "--practice", folder, "--replace", "--yes").exit_code == 0
    assert file.read_bytes() != kept


def test_replaced_practice_is_kept_until_it_is_forgotten(tmp_path):
    folder, other = fill(tmp_path / "one"), tmp_path / "two"
    with open_practice(other) as practice:
        practice.add_client("Berta")
        practice.backup(tmp_path / "backup.zip")
    done = restore_practice(tmp_path / "backup.zip", folder, replace=True)
    assert done.kept is not None
    with open_practice(folder) as practice:
        assert [client.id for client in practice.clients()] == ["berta"]
    shutil.copytree(done.kept, tmp_path / "looked at")
    with open_practice(tmp_path / "looked at") as old:
        assert len(old.sessions("anna")) == 2
        assert old.read_photo(old.sessions("anna")[0].photos[0]) == photo(1).data
    assert not MODES or {p.stat().st_mode & 0o777 for p in done.kept.rglob("*")} == {0o600, 0o700}
    with open_practice(folder) as practice:
        assert done.kept.exists()
        practice.merge(tmp_path / "backup.zip", agree=lambda preview: True)
        assert practice.forget_client("berta").clean  # she is not in it
        assert done.kept.exists()
        with open_practice(tmp_path / "looked at") as old:
            old.backup(tmp_path / "anna.zip")
        practice.merge(tmp_path / "anna.zip", agree=lambda preview: True)
        assert done.kept.name in practice.forget_client("anna").backups
        assert not done.kept.exists()


def test_daily_backups_rotate(tmp_path):
    folder, target = fill(tmp_path / "one"), tmp_path / "daily"
    target.mkdir()
    (target / "mine.zip").write_bytes(b"mine")
    with open_practice(folder) as practice:
        with pytest.raises(InvalidRecordError, match="folder that is there"):
            practice.rotate_backups_into(folder / "clients")
        practice.rotate_backups_into(target)
        day = date(2026, 1, 1)
        for number in range(60):
            assert practice.rotate_backups(day + timedelta(days=number)) is not None
        assert practice.rotate_backups(day + timedelta(days=59)) is None
        made = {path.name for path in target.iterdir()} - {"mine.zip"}
        kept = {date.fromisoformat(name[9:19]) for name in made}
        assert kept == {*(date(2026, 2, 23 + n) for n in range(6)), date(2026, 3, 1), date(2026, 1, 31)} | {
            date(2026, 2, 8),
            date(2026, 2, 15),
            date(2026, 2, 22),
        }
        shutil.rmtree(target)
        with pytest.raises(OutputError, match="folder of the daily backups"):
            practice.rotate_backups(day)
    result = run("client", "list", "--practice", folder)  # only reads
    assert result.exit_code == 0
    result = run("client", "add", "Bo", "--practice", folder)
    assert result.exit_code == 0
    assert "daily backup: the folder" in result.stderr


def test_a_year_of_days_leaves_days_weeks_and_months():
    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(400)]
    kept = kept_days(days)
    assert len(kept) <= 7 + 4 + 12
    assert set(days[-7:]) <= kept
    assert len({(day.year, day.month) for day in kept}) == 12


@pytest.mark.parametrize("forgotten", [True, False])
def test_an_export_never_joins_another_client_who_has_one_of_its_photos(tmp_path, forgotten):
    folder = fill(tmp_path / "practice")
    with open_practice(folder) as practice:
        practice.add_client("Dora")
        practice.add_session("dora", [photo(1)], **moment(2))  # one of Anna's, by mistake
        before = told(practice, "anna")
    run("client", "export", "anna", tmp_path / "anna.zip", "--practice", folder)
    with open_practice(folder) as practice:
        if forgotten:
            practice.forget_client("anna")
        practice.merge(tmp_path / "anna.zip", agree=lambda told: {one.into for one in told} <= {None, "anna"})
        assert told(practice, "anna")["sessions"] == before["sessions"]
        assert len(practice.page("dora").sessions) == 1
