"""Python in a process of its own, for what an import brings along."""

from __future__ import annotations

import subprocess
import sys

from helpers.faces import ROOT


def run(code: str) -> str:
    """Run code and give what it printed."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return done.stdout.strip()
