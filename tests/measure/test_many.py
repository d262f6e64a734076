"""Many photos: the same table as one by one, whatever dies on the way."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.faces import ROOT, SAMPLES

import symmetry
from symmetry.errors import OutputError, SymmetryError
from symmetry.measure import analyze_photos, score_photos
from symmetry.measure.many import scoring
from symmetry.measure.many.scoring import Workers
from symmetry.measure.many.work import Item, Work, measure_lump
from symmetry.measure.options import Measuring
from symmetry.tabular import SCORES, to_csv

MEASURING = {"landmarks_only": True}
HANGS, ABORTS = b"this one hangs", b"this one aborts"
DOUBLE = f"""
import simplejpeg, os
real = simplejpeg.decode_jpeg
def decode(data, *given, **more):
    if {HANGS!r} in data:
        import ctypes
        ctypes.PyDLL(None).sleep(1000)  # without letting go of the interpreter
    if {ABORTS!r} in data:
        os.abort()
    return real(data, *given, **more)
simplejpeg.decode_jpeg = decode
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Six photos in the order of their names, and one that is cut short."""
    folder = tmp_path_factory.mktemp("many")
    for number, name in enumerate(["before", "after", "even"] * 2):
        shutil.copy(SAMPLES / f"{name}.jpg", folder / f"{number}.jpg")
    (folder / "cut.jpg").write_bytes((SAMPLES / "even.jpg").read_bytes()[:5000])
    return folder


@pytest.fixture(scope="module")
def photos(folder) -> list[Path]:
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def one_by_one(photos) -> str:
    rows = SCORES.rows([result.to_dict() for result in analyze_photos(photos, **MEASURING)])
    return to_csv(rows, SCORES.columns)


class Here:
    """A pool without processes, which counts and can be stopped; it answers lumps in the wrong order."""

    def __init__(self, stop_after=None):
        self.measured, self.stop_after = [], stop_after

    def __call__(self, workers, work, count):
        self.work = work
        return self

    def run(self, lumps):
        for number, lump in enumerate(reversed(list(lumps))):
            if number == self.stop_after:
                raise KeyboardInterrupt
            outcomes = measure_lump(self.work, lump)
            self.measured += [outcome.place for outcome in outcomes if not outcome.unchanged]
            yield outcomes


def scored(photos, output, pool, monkeypatch, **more):
    monkeypatch.setattr(scoring, "_pool", pool)
    return score_photos(photos, output, format_="csv", **MEASURING, **more)


def commented(data: bytes, comment: bytes) -> bytes:
    """A JPEG with a comment."""
    return data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + data[2:]


def command(*arguments: object, path: Path | None = None, **more) -> subprocess.Popen[str]:
    paths = [str(ROOT), *([] if path is None else [str(path)])]
    return subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        **more,
    )


def test_table_is_that_of_one_by_one_in_the_order_of_the_photos(photos, one_by_one, tmp_path, monkeypatch):
    output = tmp_path / "scores.csv"
    summary = scored(photos, output, Here(), monkeypatch)
    assert output.read_text(encoding="utf-8") == one_by_one
    assert (summary.total, summary.measured, summary.failures) == (7, 7, {"PhotoError": 1})
    assert output.stat().st_mode & 0o077 == 0


def test_run_that_stopped_is_gone_on_with_and_nothing_is_done_twice(photos, one_by_one, tmp_path, monkeypatch):
    output = tmp_path / "scores.csv"
    stopped = Here(stop_after=4)
    with pytest.raises(KeyboardInterrupt):
        scored(photos, output, stopped, monkeypatch)
    assert not output.exists()
    with pytest.raises(OutputError, match="--resume or --restart"):
        scored(photos, output, Here(), monkeypatch)
    going_on = Here()
    summary = scored(photos, output, going_on, monkeypatch, resume=True)
    assert sorted(stopped.measured + going_on.measured) == list(range(7))
    assert summary.skipped == 4
    assert output.read_text(encoding="utf-8") == one_by_one


def test_only_what_changed_is_measured_again(photos, tmp_path, monkeypatch):
    output = tmp_path / "scores.csv"
    mine = [shutil.copy(photo, tmp_path) for photo in photos[:3]]
    scored(mine, output, Here(), monkeypatch, resume=True)
    shutil.copy(SAMPLES / "even.jpg", mine[1])
    pool = Here()
    assert scored(mine, output, pool, monkeypatch, resume=True).skipped == 2
    assert pool.measured == [1]
    pool = Here()
    monkeypatch.setattr(scoring, "_pool", pool)
    summary = score_photos(mine, output, format_="csv", resume=True, landmarks_only=True, mirrored=True)
    assert (summary.stale, summary.measured) == (4, 3)  # other options: all anew


def test_what_failed_for_a_passing_reason_is_tried_again(photos, tmp_path, monkeypatch):
    output = tmp_path / "scores.csv"
    missing = tmp_path / "late.jpg"
    assert scored([photos[0], missing], output, Here(), monkeypatch).failed == 1
    shutil.copy(photos[1], missing)
    pool = Here()
    assert scored([photos[0], missing], output, pool, monkeypatch, resume=True).failed == 0
    assert pool.measured == [1]


def test_kept_fields_are_scored_again_without_decoding(photos, one_by_one, tmp_path, monkeypatch):
    output, workers = tmp_path / "scores.csv", Workers(keep=tmp_path / "fields")
    scored(photos, output, Here(), monkeypatch, workers=workers)
    monkeypatch.setattr("symmetry.measure.batch.measure_photo", None)  # nothing is measured anew
    scored(photos, output, Here(), monkeypatch, workers=workers, resume=False)
    assert output.read_text(encoding="utf-8") == one_by_one


def test_unexpected_error_is_recorded_and_the_rest_goes_on(photos, monkeypatch):
    def broken(*given):
        raise ZeroDivisionError("by 0")

    monkeypatch.setattr("symmetry.measure.many.work.measure_photo", broken)
    work = Work(measuring=Measuring.of(), engine="litert")
    (outcome,) = measure_lump(work, [Item(0, str(photos[0]))])
    assert outcome.kind == "UnexpectedError"
    assert "ZeroDivisionError: by 0" in outcome.result.error


def test_analyze_many_yields_in_order_and_can_raise(photos):
    found = list(symmetry.analyze_many(photos[:2] + photos[-1:], jobs=2, **MEASURING))
    assert [getattr(result, "photo", None) for result in found[2:]] == [str(photos[-1])]
    alone = symmetry.analyze(photos[1], **MEASURING)
    assert found[1].regions == alone.regions
    assert found[1].photo.name == str(photos[1])
    with pytest.raises(SymmetryError, match=r"cut\.jpg: its JPEG"):
        list(symmetry.analyze_many(photos[-1:], jobs=1, on_error="raise"))


def test_results_can_be_pickled(photos):
    face = symmetry.analyze(photos[0], **MEASURING).without_pixels()
    again = pickle.loads(pickle.dumps(face))  # noqa: S301
    assert again.to_dict() == face.to_dict()


def test_photos_that_hang_or_abort_are_named_and_the_rest_is_scored(photos, tmp_path):
    poisoned = tmp_path / "poisoned"
    poisoned.mkdir()
    for photo in photos:
        shutil.copy(photo, poisoned)
    data = photos[0].read_bytes()
    (poisoned / "2-hangs.jpg").write_bytes(commented(data, HANGS))
    (poisoned / "3-aborts.jpg").write_bytes(commented(data, ABORTS))
    (poisoned / "4-empty.jpg").touch()
    (tmp_path / "sitecustomize.py").write_text(DOUBLE, encoding="ascii")
    output = tmp_path / "scores.jsonl"
    run = command("score", poisoned, "-o", output, "-l", "--jobs", 2, "--timeout", 20, path=tmp_path)
    _, said = run.communicate(timeout=300)
    assert run.returncode == 1, said
    objects = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    failures = {Path(each["photo"]).name: each["error"] for each in objects if each["error"]}
    assert failures.keys() == {"2-hangs.jpg", "3-aborts.jpg", "4-empty.jpg", "cut.jpg"}
    assert "took longer than 20 s" in failures["2-hangs.jpg"]
    assert "ended the process" in failures["3-aborts.jpg"]
    assert [Path(each["photo"]).name for each in objects] == sorted(path.name for path in poisoned.iterdir())
    assert "10 photos: 6 scored; 4 failed (no photo that can be read 2, " in said


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_kill_at_any_moment_loses_nothing_that_was_confirmed(photos, one_by_one, tmp_path):
    output = tmp_path / "scores.csv"
    arguments = ("score", *photos, "-o", output, "-l", "--jobs", 2)
    run = command(*arguments, start_new_session=True)
    record = tmp_path / "scores.csv.run"
    while run.poll() is None and not list(record.glob("part-*")):
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.communicate(timeout=60)
    confirmed = len(list(record.glob("part-*")))
    if not output.exists():
        again = command(*arguments, "--resume")
        _, said = again.communicate(timeout=300)
        assert again.returncode == 1, said
        assert f"; {confirmed} of them before;" in said
    assert output.read_text(encoding="utf-8") == one_by_one


def test_memory_of_a_worker_is_limited(photos, tmp_path):
    run = command("score", photos[0], "-o", tmp_path / "one.jsonl", "--memory-limit", 512, "--jobs", 1)
    _, said = run.communicate(timeout=300)
    assert run.returncode == 0, said
