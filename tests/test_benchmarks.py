"""The benchmarks still run; what they print is for people, machines are too noisy to test it."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[1]


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
