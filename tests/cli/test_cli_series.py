"""`symmetry series`: what a person gets, and what happens when something is wrong."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
from pathlib import Path

import pytest
from helpers.command_line import run
from helpers.faces import SAMPLES

FOLDER = SAMPLES / "series"
PHOTOS = sorted(FOLDER.glob("*.jpg"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    """One cache for all tests, so that each photo is measured once."""
    folder = tmp_path_factory.mktemp("cache")
    assert run("series", FOLDER, "--cache", folder).exit_code == 0
    return folder


def test_a_folder_of_selfies_has_its_answer(cache):
    result = run("series", FOLDER, "--cache", cache)
    assert result.exit_code == 0
    assert "8 photos" in result.stdout
    lines = result.stdout.lower()
    assert "mouth" in lines
    assert "more even" in lines or "improved" in lines


def test_no_photo_is_measured_twice(cache, monkeypatch):
    monkeypatch.setattr("symmetry.landmarks.detection.detect_largest_face", None)
    assert run("series", FOLDER, "--cache", cache).exit_code == 0
    monkeypatch.setenv("SYMMETRY_CACHE", str(cache))
    assert run("series", *PHOTOS[:3]).exit_code == 0


def test_without_a_cache_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("symmetry.measure.usual_folder", lambda: tmp_path / "usual", raising=False)
    assert run("series", *PHOTOS[:2], "--no-cache").exit_code == 0
    assert not (tmp_path / "usual").exists()
    assert run("series", *PHOTOS[:2]).exit_code == 0
    assert len(list((tmp_path / "usual").iterdir())) == 3  # two faces, and what they show together


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_what_is_kept_and_written_is_the_owners_alone(cache, tmp_path):
    target = tmp_path / "series.json"
    assert run("series", *PHOTOS[:2], "--cache", cache, "-o", target).exit_code == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.stat().st_mode) & 0o077 == 0
    assert {stat.S_IMODE(file.stat().st_mode) for file in cache.iterdir()} == {0o600}


def test_json_holds_courses_trends_and_sources(cache, tmp_path):
    target = tmp_path / "series.json"
    result = run("series", FOLDER, "--cache", cache, "--treatment-start", "2026-04-24", "-o", target)
    assert result.exit_code == 0
    found = json.loads(target.read_text())
    text = json.dumps(found)
    assert len(found["sessions"]) == 8
    assert "exif" in text
    assert found["engine"].startswith("MediaPipe face mesh e06a804e, litert ")
    assert found["regions"]["mouth"]["trend"]["verdict"] == "improved"
    assert found["regions"]["mouth"]["phases"]["baseline_sessions"] == 3


def test_csv_figure_and_report_are_written(cache, tmp_path):
    files = [tmp_path / name for name in ("series.csv", "course.png", "report.html")]
    table, figure, report = files
    arguments = ("-o", table, "--figure", figure, "--report", report, "--title", "<script>alert(1)</script>")
    result = run("series", FOLDER, "--cache", cache, *arguments)
    assert result.exit_code == 0
    assert all(file.stat().st_size > 1000 for file in files)
    page = report.read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert table.read_text().count("\n") > 8


def test_the_time_of_a_photo_without_metadata_is_that_of_its_name_or_file(tmp_path, cache):
    from PIL import Image

    for place, photo in enumerate(PHOTOS[:3]):
        name = f"2026-03-0{place + 1}.jpg" if place < 2 else "me.jpg"
        with Image.open(photo) as picture:
            picture.save(tmp_path / name, quality=92)
    long_ago = time.mktime((2026, 3, 20, 9, 0, 0, 0, 0, -1))
    os.utime(tmp_path / "me.jpg", (long_ago, long_ago))
    result = run("series", tmp_path, "--cache", cache, "-f", "json")
    found = json.loads(result.stdout)
    assert [session["day"] for session in found["sessions"]] == ["2026-03-01", "2026-03-02", "2026-03-20"]
    text = result.stdout
    assert "file name" in text
    assert "file time" in text


def test_a_bad_photo_is_named_and_the_others_are_done(cache, tmp_path):
    shutil.copy(SAMPLES / "README.md", tmp_path / "notes.jpg")
    for photo in PHOTOS[:3]:
        shutil.copy(photo, tmp_path)
    shutil.copy(PHOTOS[0], tmp_path / "copy.jpg")
    result = run("series", tmp_path, "--cache", cache, "-f", "json")
    assert result.exit_code == 1
    assert "notes.jpg" in result.stderr
    assert "duplicate" in result.stderr
    found = json.loads(result.stdout)
    assert len(found["sessions"]) == 3
    assert {one["reason"] for one in found["left_out"]} == {"unreadable", "duplicate"}
    table = run("series", tmp_path, "--cache", cache)
    assert table.exit_code == 1
    assert "left out, 2 photos:" in table.stdout
    assert ".jpg" not in table.stderr  # each is named once


def test_nothing_usable_is_one_line_and_leaves_the_reason(tmp_path, cache):
    (tmp_path / "a.jpg").write_text("no photo")
    target = tmp_path / "out.json"
    result = run("series", tmp_path / "a.jpg", "--cache", cache, "-o", target)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert "a.jpg" in result.stderr
    assert "not a photo" in target.read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--treatment-start", "soon"),
        ("--report", "page.pdf"),
        ("--figure", "course.txt"),
        ("--pool", "month"),
        ("--scale", "ell"),
    ],
)
def test_wrong_usage_is_status_2(arguments):
    result = run("series", FOLDER, *arguments)
    assert result.exit_code == 2
    assert "Error" in result.stderr


def test_a_target_that_cannot_be_written_is_said_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr("symmetry.measure.batch.measure_photo", None)
    result = run("series", FOLDER, "--report", tmp_path / "none" / "r.html", "--no-cache")
    assert result.exit_code == 1
    assert "folder does not exist" in result.stderr
