"""`symmetry session`: photos cleaned, measured and kept in one step; what is left out is named."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from helpers.command_line import BEFORE, EVEN, run, saved, with_strokes
from helpers.faces import SAMPLES, drawn
from PIL import ExifTags, Image

from symmetry.cli import main
from symmetry.errors import InvalidRecordError, OutputError
from symmetry.measure.face_cache import FaceCache
from symmetry.measure.options import Measuring
from symmetry.measure.quality.flags import Flag
from symmetry.practice import intake
from symmetry.practice.listing import SESSION_COLUMNS
from symmetry.practice.records import NewPhoto
from symmetry.practice.sessions import Sessions
from symmetry.tabular import SERIES_COLUMNS


def done(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def sessions(practice: Path, client: str = "ana") -> list[dict]:
    return json.loads(done("session", "list", client, "--practice", practice, "-f", "json"))


def files(practice: Path, kind: str) -> list[Path]:
    return sorted(path for path in practice.rglob("*") if path.is_file() and kind in path.parts)


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """A practice with one session of three photos: one with a place, one without any metadata, one by its name."""
    folder = tmp_path_factory.mktemp("sessions")
    exif = Image.Exif()
    exif[ExifTags.IFD.GPSInfo] = {ExifTags.GPS.GPSLatitude: (52.0, 30.0, 58.8)}
    exif[ExifTags.Base.Artist] = "Musterfrau"
    exif[ExifTags.IFD.Exif] = {ExifTags.Base.DateTimeOriginal: "2026:04:06 08:10:05"}
    Image.fromarray(drawn()).save(folder / "place.jpg", quality=95, exif=exif)
    Image.fromarray(drawn(mouth_subject_right=-4.0)).save(folder / "2026-04-06 08.12.00.png")
    (folder / "notes.txt").write_text("no photo")
    practice = folder / "practice"
    done("client", "add", "Ana", "--practice", practice)
    result = run("session", "add", "ana", folder, "--practice", practice, "--note", "first\nvisit")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == "session 1 of ana added: 2 photos, 2026-04-06 08:10\n"
    return practice


def test_photos_are_kept_without_their_place_and_with_their_time(kept):
    (session,) = sessions(kept)
    assert (session["number"], session["note"]) == (1, "first\nvisit")
    assert session["at"].startswith("2026-04-06T08:10:05")
    by_name = {photo["name"]: photo for photo in session["photos"]}
    assert set(by_name) == {"place.jpg", "2026-04-06 08.12.00.png"}
    assert by_name["place.jpg"]["captured"] == "2026-04-06T08:10:05"
    assert by_name["place.jpg"]["captured_source"] == "exif:DateTimeOriginal"
    assert by_name["2026-04-06 08.12.00.png"]["captured_source"] == "file name"
    assert by_name["2026-04-06 08.12.00.png"]["captured"].startswith("2026-04-06T08:12:00")
    for photo in session["photos"]:
        data = (kept / photo["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == photo["sha256"]
        assert len(data) == photo["size"]
        assert b"Musterfrau" not in data
        with Image.open(io.BytesIO(data)) as image:
            assert not image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    for path in kept.rglob("*"):
        assert b"Musterfrau" not in (path.read_bytes() if path.is_file() else b"")
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_what_was_measured_is_kept_by_the_photos_content(kept):
    (session,) = sessions(kept)
    (folder,) = {path.parent for path in files(kept, "results")}
    for photo in session["photos"]:
        face = FaceCache(folder).face(photo["sha256"], Measuring(), name="x")
        assert face is not None
        assert np.isfinite(face.regions["mouth"].asymmetry)


def test_sessions_in_every_form(kept):
    table = done("session", "list", "ana", "--practice", kept)
    for text in ("2026-04-06 08:10", "place.jpg", "first visit"):
        assert text in table
    shown = done("session", "list", "ANA", "--practice", kept, "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(shown)))
    assert tuple(rows[0]) == SESSION_COLUMNS
    assert [row["session"] for row in rows] == ["1", "1"]
    assert {row["mirrored"] for row in rows} == {"False"}


def test_a_photo_that_is_there_is_named_and_not_kept_twice(kept, tmp_path):
    before = sessions(kept), files(kept, "clients")
    result = run("session", "add", "ana", kept.parent / "place.jpg", "--practice", kept)
    assert result.exit_code == 0
    assert "place.jpg: already in session 1; not added again" in result.stderr
    assert result.stdout == "no session of ana was added\n"
    # The same picture that was cleaned before.
    (photo,) = [photo for photo in before[0][0]["photos"] if photo["name"] == "place.jpg"]
    (tmp_path / "copy.jpg").write_bytes((kept / photo["file"]).read_bytes())
    result = run("session", "add", "ana", tmp_path / "copy.jpg", "--practice", kept)
    assert "already in session 1" in result.stderr
    assert (sessions(kept), files(kept, "clients")) == before


def test_photos_that_cannot_be_used_are_named_and_the_rest_is_kept(tmp_path):
    practice = tmp_path / "practice"
    saved(np.full((300, 300, 3), 130, np.uint8), tmp_path / "wall.png")
    (tmp_path / "cut.jpg").write_bytes(Path(EVEN).read_bytes()[:20_000])
    (tmp_path / "twice.jpg").write_bytes(Path(EVEN).read_bytes())
    done("client", "add", "Ana", "--practice", practice)
    given = [EVEN, tmp_path / "wall.png", tmp_path / "cut.jpg", tmp_path / "missing.jpg", tmp_path / "twice.jpg"]
    result = run("session", "add", "ana", *given, "--practice", practice, "--date", "2026-04-07 10:00")
    assert result.exit_code == 1
    assert result.stdout == "session 1 of ana added: 1 photo, 2026-04-07 10:00\n"
    for name, words in (
        ("wall.png", "no face found"),
        ("cut.jpg", "cut short"),
        ("missing.jpg", "no such file"),
        ("twice.jpg", "the same picture as even.jpg; not added again"),
    ):
        assert re.search(rf"{name}: .*{words}", result.stderr), result.stderr
    assert len(files(practice, "photos")) == 1
    assert len(files(practice, "results")) == 1


def test_nothing_is_added_where_no_photo_can_be_used(tmp_path):
    practice = tmp_path / "practice"
    saved(np.full((300, 300, 3), 130, np.uint8), tmp_path / "wall.png")
    done("client", "add", "Ana", "--practice", practice)
    result = run("session", "add", "ana", tmp_path / "wall.png", "--practice", practice)
    assert result.exit_code == 1
    assert result.stdout == "no session of ana was added\n"
    assert sessions(practice) == []
    assert run("session", "add", "ana", "--practice", practice).exit_code == 2


def test_what_speaks_against_a_photo_is_said_at_once(tmp_path):
    practice = tmp_path / "practice"
    dark = (np.asarray(drawn()) * 0.02).astype(np.uint8)
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = "2000:01:01 00:00:00"
    Image.fromarray(dark).save(tmp_path / "dark.png", exif=exif)
    done("client", "add", "Ana", "--practice", practice)
    result = run("session", "add", "ana", tmp_path / "dark.png", "--practice", practice, "--mirrored")
    assert result.exit_code == 1
    assert re.search(r"dark\.png: not kept: \w.*; --keep keeps it", result.stderr)
    command = ("session", "add", "ana", tmp_path / "dark.png", "--practice", practice, "--mirrored", "--keep")
    result = run(*command)
    assert result.exit_code == 0
    assert re.search(r"dark\.png: (warn|reject): \w+", result.stderr)
    assert re.search(r"dark\.png: the photo says .*2000-01-01.*never set", result.stderr)
    (session,) = sessions(practice)
    assert session["photos"][0]["mirrored"] is True
    (folder,) = {path.parent for path in files(practice, "results")}
    sha256 = session["photos"][0]["sha256"]
    assert FaceCache(folder).face(sha256, Measuring(mirrored=True), name="x") is not None


def test_a_face_that_does_not_belong_is_said(tmp_path, monkeypatch):
    practice = tmp_path / "practice"
    first, second = with_strokes(tmp_path / "first.png"), with_strokes(tmp_path / "second.png", subject_left_up=6)
    with Image.open(second) as image:
        image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(tmp_path / "mirrored.png")
    done("client", "add", "Ana", "--practice", practice)
    result = run("session", "add", "ana", first, second, "--practice", practice)
    assert "seems to be" not in result.stderr
    result = run("session", "add", "ana", tmp_path / "mirrored.png", "--practice", practice)
    assert result.exit_code == 1
    assert "mirrored.png: not kept: this face, or the one in session 1 of ana, seems to be mirrored" in result.stderr
    result = run("session", "add", "ana", tmp_path / "mirrored.png", "--practice", practice, "--mirrored")
    assert "seems to be mirrored" not in result.stderr
    # All drawn faces are of one kind.
    stranger = Flag(name="different_person", severity="reject", advice="")
    monkeypatch.setattr("symmetry.practice.identity.check_identity", lambda *_: (stranger,))
    result = run("session", "add", "ana", EVEN, "--practice", practice)
    assert "even.jpg: not kept: this seems to be someone else than in session 1 of ana" in result.stderr
    assert len(sessions(practice)) == 1
    for answer, identity in (("yes", "confirmed"), ("keep", "doubted"), ("no", None)):
        monkeypatch.setattr("symmetry.cli.intake.can_ask", lambda: True)
        command = [str(each) for each in ("session", "add", "ana", EVEN, "--practice", practice)]
        result = CliRunner().invoke(main, command, input=f"{answer}\n")
        assert "Is it Ana (yes)" in result.stderr
        found = [
            photo["identity"] for session in sessions(practice) if session["number"] > 1 for photo in session["photos"]
        ]
        assert found == ([identity] if identity else [])
        if identity:
            done("undo", "--practice", practice)


def test_photos_of_several_days_are_several_sessions(tmp_path):
    practice = tmp_path / "p"
    run("client", "add", "Ana", "--practice", practice)
    days = [SAMPLES / "series" / f"{day}.jpg" for day in ("2026-04-12", "2026-04-06")]
    result = run("session", "add", "ana", *days, "--practice", practice)
    assert result.exit_code == 0
    assert [line.split(", ")[-1][:10] for line in result.stdout.splitlines()] == ["2026-04-06", "2026-04-12"]
    other = tmp_path / "q"
    run("client", "add", "Ana", "--practice", other)
    dated = run("session", "add", "ana", *days, "--date", "2026-04-20", "--practice", other)
    assert dated.stdout.count("session ") == 1
    assert "2 photos, 2026-04-20" in dated.stdout
    future = run("session", "add", "ana", EVEN, "--practice", other, "--date", f"{datetime.now().year + 1}-04-06")
    assert future.exit_code == 2
    assert "in the future" in future.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text")
def test_photo_whose_name_is_no_text_is_kept_under_one_that_is(tmp_path):
    practice = tmp_path / "p"
    (tmp_path / "photos").mkdir()
    name = os.fsencode(tmp_path / "photos") + b"/2026-04-12_caf\xe9.jpg"
    Path(os.fsdecode(name)).write_bytes((SAMPLES / "series" / "2026-04-12.jpg").read_bytes())
    (tmp_path / "photos" / "2026-04-13.jpg").write_bytes(Path(EVEN).read_bytes())
    done("client", "add", "Ana", "--practice", practice)
    result = run("session", "add", "ana", tmp_path / "photos", "--practice", practice, "--same-person")
    assert result.exit_code == 0, result.stderr
    kept = sorted(photo["name"] for session in sessions(practice) for photo in session["photos"])
    assert kept == ["2026-04-12_caf\\udce9.jpg", "2026-04-13.jpg"]
    assert len(files(practice, "results")) == 2


def test_a_photo_or_a_day_that_cannot_be_kept_costs_no_other(tmp_path, monkeypatch):
    days = [SAMPLES / "series" / f"{day}.jpg" for day in ("2026-04-06", "2026-04-12", "2026-04-19")]
    add_session, check = Sessions.add_session, intake.checked

    def add_some(self: Sessions, client: str, photos: list[NewPhoto], **rest: object) -> object:
        if photos[0].name == days[1].name:
            raise InvalidRecordError("no such day")
        return add_session(self, client, photos, **rest)

    def refuse(photo: NewPhoto) -> NewPhoto:
        if photo.name == extra:
            raise InvalidRecordError("no such photo")
        return check(photo)

    extra = Path(EVEN).name
    monkeypatch.setattr(Sessions, "add_session", add_some)
    monkeypatch.setattr(intake, "checked", refuse)
    practice = tmp_path / "p"
    done("client", "add", "Ana", "--practice", practice)
    result = run("session", "add", "ana", *days, EVEN, "--practice", practice)
    assert result.exit_code == 1
    assert [session["at"][:10] for session in sessions(practice)] == ["2026-04-06", "2026-04-19"]
    assert "session of 2026-04-12: no such day" in result.stderr
    assert f"{extra}: no such photo" in result.stderr
    assert len(files(practice, "photos")) == len(files(practice, "results")) == 2


def test_sessions_stay_where_what_was_measured_cannot_be_kept(tmp_path, monkeypatch):
    def fail(*_: object) -> None:
        raise OutputError("it cannot be written")

    monkeypatch.setattr(FaceCache, "keep", fail)
    practice = tmp_path / "p"
    done("client", "add", "Ana", "--practice", practice)
    result = run("session", "add", "ana", EVEN, "--practice", practice)
    assert "what was measured in session 1: it cannot be written; the photos are kept" in result.stderr
    assert len(sessions(practice)) == 1


def test_an_export_that_is_killed_leaves_nothing_for_long(kept, tmp_path):
    practice = tmp_path / "practice"
    shutil.copytree(kept, practice)
    code = (
        "import os, signal, sys; from symmetry.cli import main; from symmetry.output import export\n"
        "export._tables = lambda *_: [('x', 'x')]; export._results = lambda *_: []\n"
        "add = export._add\n"
        "def stop(archive, name, *rest, **more):\n"
        "    if name == 'x': archive.fp.flush(); os.kill(os.getpid(), signal.SIGKILL)\n"
        "    add(archive, name, *rest, **more)\n"
        "export._add = stop; main(sys.argv[1:])\n"
    )
    command = [sys.executable, "-c", code, "client", "export", "ana", tmp_path / "ana.zip", "--practice", practice]
    assert subprocess.run([str(each) for each in command]).returncode
    (half,) = [path for path in tmp_path.iterdir() if path != practice]
    assert half.stat().st_size > 1000
    done("client", "edit", "ana", "--note", "x", "--practice", practice)
    assert list(tmp_path.iterdir()) == [practice]


def test_stopping_adds_nothing(tmp_path, monkeypatch):
    practice = tmp_path / "practice"
    done("client", "add", "Ana", "--practice", practice)

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("symmetry.practice.intake.analyze", stop)
    result = run("session", "add", "ana", EVEN, BEFORE, "--practice", practice)
    assert result.exit_code == 130
    assert "stopped; no session was added" in result.stderr
    assert sessions(practice) == []
    assert files(practice, "photos") == []


def test_export_forget_and_removal_with_photos(kept, tmp_path):
    practice = tmp_path / "practice"
    run("backup", tmp_path / "all.zip", "--practice", kept)
    done("restore", tmp_path / "all.zip", "--practice", practice)
    (session,) = sessions(practice)
    result = run("client", "export", "ana", tmp_path / "ana.zip", "--practice", practice)
    assert result.exit_code == 0, result.stderr
    with zipfile.ZipFile(tmp_path / "ana.zip") as archive:
        (first, second) = [name for name in archive.namelist() if name.startswith("photos/")]
        assert first == "photos/session-001_2026-04-06/01" + Path(session["photos"][0]["file"]).suffix
        assert hashlib.sha256(archive.read(first)).hexdigest() == session["photos"][0]["sha256"]
        listed = list(csv.DictReader(io.StringIO(archive.read("sessions.csv").decode())))
        assert [row["file"] for row in listed] == [first, second]
        assert json.loads(archive.read("client.json"))["sessions"][0]["photos"][1]["file"] == second
        scores = list(csv.DictReader(io.StringIO(archive.read("scores.csv").decode())))
        assert {row["photo"] for row in scores} == {f"session 1: {photo['name']}" for photo in session["photos"]}
        assert archive.read("series.csv").decode().splitlines()[0] == ",".join(SERIES_COLUMNS)
        assert b"Ana" in archive.read("report.html")
    # A photo that was lost is named, the rest is exported.
    (practice / session["photos"][0]["file"]).unlink()
    result = run("client", "export", "ana", tmp_path / "ana.zip", "--practice", practice)
    assert result.exit_code == 1
    assert "not in it: session 1: the photo" in result.stderr
    result = run("session", "remove", "ana", "1", "--practice", practice)
    assert result.exit_code == 2
    assert "2 photos" in result.stderr
    assert "session 1 of ana removed" in done("session", "remove", "ana", "1", "--practice", practice, "--yes")
    done("history", "--clear", "--yes", "--practice", practice)
    assert files(practice, "photos") + files(practice, "results") == []
    done("restore", tmp_path / "all.zip", "--practice", practice, "--replace", "--yes")
    proof = done("client", "forget", "ana", "--practice", practice, "--yes")
    assert "1 session" in proof
    assert "nothing found" in proof
    assert [path for path in practice.rglob("*") if path.suffix in (".jpg", ".png", ".npz")] == []
