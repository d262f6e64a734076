"""The benchmarks still run; what they print is for people, machines are too noisy to test it."""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def test_speed_prints_its_figures(capsys):
    speed = runpy.run_path(str(ROOT / "tests" / "benchmarks" / "speed.py"))
    speed["score_one_photo"](ROOT / "sample_images" / "before.jpg", rounds=1)
    speed["register_photos"](ROOT / "sample_images" / "before.jpg", ROOT / "sample_images" / "after.jpg", rounds=1)
    speed["score_landmarks"](faces=3, rounds=1)
    speed["show_help"](rounds=1)
    printed = capsys.readouterr().out
    assert "times decode plus passes" in printed
    assert "times landmarks alone" in printed
    assert "one flow" in printed
    assert "faces a second" in printed
    assert "times importing click" in printed


def test_many_prints_its_figures(capsys, tmp_path):
    many = runpy.run_path(str(ROOT / "tests" / "benchmarks" / "many.py"))
    many["again"](tmp_path, 3)
    many["table"](tmp_path, 40)
    printed = capsys.readouterr().out
    assert "a folder scored again, 3 photos" in printed
    assert "one person's course out of 360 rows: 20 rows in" in printed


def test_power_prints_its_tables(capsys):
    power = runpy.run_path(str(ROOT / "tests" / "benchmarks" / "power.py"))
    mouth = [site for site in power["SITES"] if site.name == "mouth corner"]
    samples = ROOT / "sample_images"
    unmoved, cases = power["try_pair"]((samples / "even.jpg", samples / "even.jpg"), sites=mouth)
    power["report"]([("even even", unmoved)], cases, misses=True)
    printed = capsys.readouterr().out
    assert "mouth corner             4" in printed
    assert "nothing moved: 0 false changes" in printed
    assert {case.outcome for case in cases} == {"right"}  # an even face can but get less even
    assert {case.truth for case in cases} == {"worse"}


def test_power_is_skipped_without_its_faces(capsys, monkeypatch, tmp_path):
    power = runpy.run_path(str(ROOT / "tests" / "benchmarks" / "power.py"))
    monkeypatch.setattr("sys.argv", ["power.py", "--faces", str(tmp_path)])
    power["main"]()
    assert "skipped" in capsys.readouterr().out


def test_courses_counts_false_alarms():
    courses = runpy.run_path(str(ROOT / "tests" / "benchmarks" / "courses.py"))
    rates = [float(part) for part in courses["trend_rate"](8, 250).split("/")]
    assert all(0 <= rate <= 10 for rate in rates)


def test_cohort_prints_its_figures(capsys):
    cohort = runpy.run_path(str(ROOT / "tests" / "benchmarks" / "cohort.py"))
    affinity = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    try:
        cohort["measure"](people=20, sessions=3)
    finally:
        if affinity is not None:
            os.sched_setaffinity(0, affinity)
    printed = capsys.readouterr().out
    assert "20 people, 3 sessions, 9 regions: rows of responders 20, means 18, contrasts 9, dose 18" in printed
    assert "times reading the file" in printed
