"""Killed at any moment, the practice opens, is sound, holds what was confirmed and keeps no rests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import examples

KILLS = examples.scaled(25)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked children")]


@pytest.mark.parametrize("trial", ["operations", "add_session", "forget_client", "backup", "migration", "restore"])
def test_kill_at_any_moment_leaves_a_sound_practice(trial, tmp_path):
    script = Path(__file__).parents[1] / "helpers" / "practice_killing.py"
    command = [sys.executable, "-W", "error", str(script), trial, str(KILLS), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    amid = sum(count for what, count in outcome.items() if what.startswith("killed after"))
    assert amid >= KILLS // 2, outcome
    assert outcome["killed at a step"] >= min(KILLS // 2, outcome["steps"]) // 2, outcome
