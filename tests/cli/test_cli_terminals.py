"""Terminals and consoles of all kinds: encodings, names that are not text, and stopping before a command begins."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from helpers.command_line import run, saved
from helpers.faces import ROOT, drawn

import symmetry.cli


def shown(arguments: list[str | bytes], encoding: str, folder) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"PYTHONIOENCODING": encoding, "SYMMETRY_PRACTICE": str(folder / "practice")}
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("encoding", ["cp1252", "cp932", "cp437"])
def test_every_encoding_shows_what_it_can_and_escapes_the_rest(encoding, tmp_path):
    added = shown(["client", "add", "Łukasz 顔 ✓", "--id", "lukas"], encoding, tmp_path)
    assert added.returncode == 0
    assert b"Traceback" not in added.stderr
    listed = shown(["client", "list"], encoding, tmp_path)
    assert listed.returncode == 0
    assert b"\\u0141ukasz" in listed.stdout
    part = shown(["client", "show", "顔"], encoding, tmp_path)
    assert part.returncode == 0
    assert b"\\u0141ukasz" in part.stdout
    missing = shown(["client", "show", "鼻"], encoding, tmp_path)
    assert (missing.returncode, b"Traceback" in missing.stderr) == (1, False)


def test_a_photo_with_any_name_is_checked_in_a_small_encoding(tmp_path):
    saved(drawn(), tmp_path / "Łukasz.png")
    told = shown(["check", "Łukasz.png"], "cp1252", tmp_path)
    assert told.returncode == 0
    assert told.stdout.startswith(b"\\u0141ukasz.png") or b"\\u0141ukasz.png" in told.stdout


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are text there")
@pytest.mark.parametrize(
    "command",
    [
        ["client", "show"],
        ["session", "list"],
        ["protocol", "show"],
        ["report"],
        ["client", "add"],
        ["client", "forget"],
    ],
    ids=" ".join,
)
def test_arguments_that_are_not_text_get_one_clear_line(command, tmp_path):
    shown(["client", "add", "anna"], "utf-8", tmp_path)
    told = shown([*command, b"\xff\xfe"], "utf-8", tmp_path)
    assert told.returncode == 1
    (line,) = told.stderr.decode().splitlines()
    assert "has characters that are not text; type it again" in line


def test_stopping_before_the_command_begins_has_the_status_of_an_interrupted_run(monkeypatch):
    def stop(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(symmetry.cli._Program, "get_command", stop)
    result = run("score", "a.jpg")
    assert (result.exit_code, result.stderr) == (130, "symmetry: stopped\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
def test_a_signal_at_any_moment_gives_no_traceback(tmp_path):
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), "client", "forget", "anna"],
        cwd=tmp_path,
        env=os.environ | {"SYMMETRY_PRACTICE": str(tmp_path)},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT, 1)


def test_a_zone_that_no_clock_has(monkeypatch, tmp_path):
    environment = os.environ | {"TZ": "UTC+25"}
    code = (
        "from symmetry.photos.capture_time import local_zone; from datetime import datetime; datetime.now(local_zone())"
    )
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
