"""Writing files: whole, synced before it is said, and as Windows needs it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from symmetry import files
from symmetry.errors import OutputError
from symmetry.files import check_target, write_whole


@pytest.fixture
def steps(monkeypatch) -> list[str]:
    """What is done to the disk, in order."""
    done: list[str] = []
    sync, move = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        done.append("folder" if Path(f"/proc/self/fd/{handle}").is_dir() else "file")
        sync(handle)

    def replace(part: Path, target: Path) -> Path:
        done.append("move")
        return move(part, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    return done


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="tells files from folders by /proc")
def test_file_and_folder_are_synced_before_it_is_said(steps, tmp_path):
    write_whole(tmp_path / "a.csv", b"data")
    assert steps == ["file", "move", "folder"]
    assert (tmp_path / "a.csv").read_bytes() == b"data"
    steps.clear()
    write_whole(tmp_path / "a.csv", b"other", durable=False)
    assert steps == ["move"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_failed_sync_leaves_the_old_file(monkeypatch, tmp_path):
    (tmp_path / "a.csv").write_bytes(b"old")

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_whole(tmp_path / "a.csv", b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.csv": b"old"}


def on_windows(monkeypatch, *, open_for: int) -> list[float]:
    """As on Windows, where somebody has the target open for so many tries; the waits."""
    waits: list[float] = []
    left = [open_for]
    move = Path.replace

    def replace(part: Path, target: Path) -> Path:
        if left[0]:
            left[0] -= 1
            raise PermissionError(13, "Access is denied")
        return move(part, target)

    monkeypatch.setattr(files, "_WINDOWS", True)
    monkeypatch.setattr(files.time, "sleep", waits.append)
    monkeypatch.setattr(Path, "replace", replace)
    return waits


def test_a_file_that_is_open_elsewhere_for_a_moment_is_waited_for(monkeypatch, tmp_path):
    waits = on_windows(monkeypatch, open_for=3)
    write_whole(tmp_path / "a.csv", b"data")
    assert (tmp_path / "a.csv").read_bytes() == b"data"
    assert len(waits) == 3


def test_a_file_that_stays_open_is_named_as_such(monkeypatch, tmp_path):
    waits = on_windows(monkeypatch, open_for=99)
    with pytest.raises(OutputError, match="open in another program"):
        write_whole(tmp_path / "a.csv", b"data")
    assert sum(waits) < 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["NUL", "con.csv", "Com1.json", "aux .txt", "LPT9.tar.gz"])
def test_names_of_devices_are_refused_on_windows_alone(monkeypatch, tmp_path, name):
    check_target(tmp_path / name)
    monkeypatch.setattr(files, "_WINDOWS", True)
    with pytest.raises(OutputError, match="device"):
        check_target(tmp_path / name)
    check_target(tmp_path / "console.csv")
