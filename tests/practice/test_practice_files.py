"""Files of the practice: rights, what is swept, who waits for whom."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.practice_samples import MODES, assert_whole, moment, photo, rows

from symmetry.errors import DamagedPracticeError, OutputError, PracticeBusyError, PracticeError
from symmetry.practice import writing
from symmetry.practice.store import open_practice

TESTS = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path):
    with open_practice(tmp_path / "practice") as practice:
        practice.add_client("Anna")
        practice.add_session("anna", [photo(1), photo(2)], **moment())
        practice.results_folder("anna")
    return tmp_path / "practice"


@pytest.mark.skipif(not MODES, reason="rights of another kind")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o277])
def test_rights_are_the_owners_alone_whatever_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        with open_practice(tmp_path / "over" / "practice") as practice:
            practice.add_client("Anna")
            practice.add_session("anna", [photo(1)], **moment())
            practice.results_folder("anna")
            practice.backup(tmp_path / "backup.zip")
    finally:
        os.umask(before)
    paths = [tmp_path / "over" / "practice", *(tmp_path / "over" / "practice").rglob("*"), tmp_path / "backup.zip"]
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_file()} == {0o600}
    assert len(paths) >= 9


@pytest.mark.skipif(not MODES, reason="rights of another kind")
def test_rights_that_were_loosened_are_set_again(folder):
    for path in (folder, folder / "practice.sqlite", folder / "clients", folder / "backups", folder / "practice.lock"):
        path.chmod(0o777)
    assert_whole(folder)


@pytest.mark.skipif(not MODES, reason="rights of another kind")
def test_database_is_private_before_anything_is_in_it(tmp_path, monkeypatch):
    seen = []
    connect = writing.connect

    def look(database):
        seen.append((database.stat().st_mode & 0o777, database.stat().st_size))
        return connect(database)

    monkeypatch.setattr("symmetry.practice.writing.connect", look)
    before = os.umask(0)
    try:
        open_practice(tmp_path / "practice").close()
    finally:
        os.umask(before)
    assert seen[0] == (0o600, 0)
    assert {mode for mode, _ in seen} == {0o600}


def test_no_name_is_in_any_path(folder):
    assert not [path for path in folder.rglob("*") if "anna" in path.as_posix().lower().removeprefix(folder.as_posix())]


def test_what_no_row_knows_is_swept(folder):
    client = next((folder / "clients").iterdir())
    unknown = "0" * 64
    planted = [
        folder / "clients" / ("f" * 32) / "photos" / f"{unknown}.jpg",
        client / "photos" / f"{unknown}.jpg",
        client / "photos" / "half.1234.part",
        client / "results" / f"{unknown}-mirrored.npz",
        client / "results" / f"{next((client / 'photos').iterdir()).stem}-{unknown}-0123456789abcdef.npz",
        folder / "backups" / "before-0002.part",
        folder / "restoring" / "practice.sqlite",
        folder / "replaced" / "clients" / "x",
        folder / "x.part",
    ]
    for path in planted:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"rest")
    assert_whole(folder)
    assert not [path for path in planted if path.exists()]
    assert not (folder / "clients" / ("f" * 32)).exists()


def test_what_is_not_ours_or_still_being_written_is_not_swept(folder):
    client = next((folder / "clients").iterdir())
    known = next((client / "photos").iterdir()).stem
    kept = [
        folder / "clients" / "readme.txt",
        folder / "letter.txt",
        client / "photos" / "note.txt",
        client / "results" / f"{known}.npz",
        client / "results" / ".symmetry-fresh.part",
    ]
    for path in kept:
        path.write_bytes(b"mine")
    abandoned = client / "results" / ".symmetry-old.part"
    abandoned.write_bytes(b"rest")
    os.utime(abandoned, (time.time() - 7200,) * 2)
    open_practice(folder).close()
    assert all(path.exists() for path in kept)
    assert not abandoned.exists()


def test_half_of_a_file_outside_goes_when_its_writer_was_killed(folder, tmp_path):
    code = (
        "import os, signal, sys; from pathlib import Path; from symmetry.practice.store import open_practice\n"
        "with open_practice(Path(sys.argv[1])) as practice, practice.file_outside(Path(sys.argv[2])) as part:\n"
        "    part.write_bytes(b'photos'); print(part, flush=True); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    target = tmp_path / "anna.zip"
    target.write_bytes(b"before")
    done = subprocess.run([sys.executable, "-c", code, str(folder), str(target)], capture_output=True, text=True)
    part = Path(done.stdout.strip())
    assert part.parent == tmp_path
    assert part.read_bytes() == b"photos"
    assert "anna" not in part.name
    assert not MODES or part.stat().st_mode & 0o777 == 0o600
    assert_whole(folder)
    assert {each.name for each in tmp_path.iterdir()} == {"practice", "anna.zip"}
    assert target.read_bytes() == b"before"


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text")
def test_half_of_a_file_goes_from_a_folder_whose_name_is_no_text(folder, tmp_path):
    outside = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    outside.mkdir()
    with open_practice(folder) as practice:
        with practice.file_outside(outside / "a.zip") as part:
            (record,) = (folder / "backups").glob("unfinished-*")
            kept = record.read_bytes()
            part.write_bytes(b"whole")
        assert (outside / "a.zip").read_bytes() == b"whole"
        assert not record.exists()
        with pytest.raises(KeyError), practice.file_outside(outside / "a.zip"):
            raise KeyError
    assert [each.name for each in outside.iterdir()] == ["a.zip"]
    part.write_bytes(b"half")
    record.write_bytes(kept)
    open_practice(folder).close()
    assert not part.exists()
    assert not record.exists()


def test_a_file_outside_that_cannot_be_written_is_told(folder, tmp_path):
    with open_practice(folder) as practice:
        writing = practice.file_outside(tmp_path / "missing" / "a.zip")
        with pytest.raises(OutputError, match="cannot be written"), writing:
            pass
    assert_whole(folder)


def test_nothing_is_swept_while_somebody_writes(folder):
    part = folder / "clients" / "x.part"
    part.write_bytes(b"being written")
    with writing.held(writing.make_lock(folder / "practice.lock")):
        open_practice(folder).close()
        assert part.exists()
    open_practice(folder).close()
    assert not part.exists()


def test_lost_database_is_told_and_no_photo_swept(folder):
    photos = sorted(folder.rglob("*.jpg"))
    for lose in (Path.unlink, lambda path: path.write_bytes(b"")):
        lose(folder / "practice.sqlite")
        with pytest.raises(DamagedPracticeError, match="the database is missing but clients' photos are here"):
            open_practice(folder)
        assert sorted(folder.rglob("*.jpg")) == photos


@pytest.mark.parametrize("damage", [b"this is no database" * 500, b"SQLite format 3\0" + bytes(4000)])
def test_damaged_database_is_told(folder, damage):
    (folder / "practice.sqlite").write_bytes(damage)
    with pytest.raises(PracticeError, match=r"damaged|cannot be used|not one of this program"):
        open_practice(folder)
    assert len(list(folder.rglob("*.jpg"))) == 2


def test_settings_of_every_connection(folder):
    with writing.connect(folder / "practice.sqlite") as connection:
        asked = ("journal_mode", "secure_delete", "foreign_keys", "busy_timeout", "synchronous", "trusted_schema")
        answers = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in asked]
    connection.close()
    assert answers == ["delete", 1, 1, 60000, 3, 0]


def test_writer_waits_for_the_lock_and_says_so_at_last(folder, monkeypatch):
    with open_practice(folder) as practice, writing.held(writing.make_lock(folder / "practice.lock")):
        monkeypatch.setattr(practice._lock, "timeout", 0.05)
        with pytest.raises(PracticeBusyError, match="another program has been writing"):
            practice.add_client("Berta")
        assert practice.client("anna").name == "Anna"


def test_writer_goes_on_after_another_was_killed_with_the_lock(folder):
    code = (
        "import os, sys; from pathlib import Path; from symmetry.practice import writing\n"
        "lock = writing.make_lock(Path(sys.argv[1])); lock.acquire(); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(folder / "practice.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline().strip() == b"held"
        with open_practice(folder) as practice:
            practice._lock.timeout = 0.05
            with pytest.raises(PracticeBusyError):
                practice.add_client("Berta")
            holder.kill()
            holder.wait()
            practice._lock.timeout = 10
            assert practice.add_client("Berta").id == "berta"
    assert_whole(folder)


def test_two_processes_adding_sessions_at_once_lose_nothing(folder):
    code = (
        f"import sys; sys.path.insert(0, {str(TESTS)!r})\n"
        "from pathlib import Path\nfrom helpers.practice_samples import moment, photo\n"
        "from symmetry.practice.store import open_practice\n"
        "folder, who = Path(sys.argv[1]), sys.argv[2]\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "for number in range(20):\n"
        "    with open_practice(folder) as practice:\n"
        "        added = practice.add_session('anna', [photo(f'{who}{number}')], **moment(number), note=who)\n"
        "    print(added.number, flush=True)\n"
    )
    command = [sys.executable, "-W", "error", "-c", code, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    writers = [subprocess.Popen([*command, who], **pipes) for who in "ab"]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = [writer.communicate(timeout=120) for writer in writers]
    assert [errors for _, errors in said] == ["", ""]
    numbers = [[int(number) for number in output.split()] for output, _ in said]
    assert sorted(numbers[0] + numbers[1]) == list(range(2, 42))
    with open_practice(folder) as practice:
        for who, own in zip("ab", numbers, strict=True):
            mine = {session.number: session for session in practice.sessions("anna") if session.note == who}
            assert list(mine) == own
            for number, session in enumerate(mine.values()):
                assert practice.read_photo(session.photos[0]) == photo(f"{who}{number}").data
    assert_whole(folder)


def test_full_disk_is_told_and_leaves_nothing(folder, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    with open_practice(folder) as practice:
        with monkeypatch.context() as patch:
            patch.setattr("symmetry.practice.storage.folders.os.fsync", fail)
            with pytest.raises(PracticeError, match="No space left on device"):
                practice.add_session("anna", [photo(3)], **moment())
        assert len(practice.sessions("anna")) == 1
    assert_whole(folder)
    assert rows(folder, "SELECT count(*) FROM photos") == [(2,)]
