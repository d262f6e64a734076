"""Notebooks: a warning fails them, they are slow, and how long they take is said.

Here rather than in `tests/`, so that it holds for `pytest notebooks` as well. pytest's own `filterwarnings` does not
reach into the kernels that run them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

os.environ["PYTHONSTARTUP"] = str(Path(__file__).parent / "tests" / "notebook_start.py")
# Tests run on every core already: a second thread of the linear algebra would only wait for its turn.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark notebooks as slow."""
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker("slow")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell how long the notebooks took; together they are to take less than 4 minutes."""
    reports = [one for outcome in ("passed", "failed") for one in terminalreporter.stats.get(outcome, [])]
    seconds = [one.duration for one in reports if one.when == "call" and one.nodeid.endswith(".ipynb")]
    if seconds:
        terminalreporter.write_line(f"{len(seconds)} notebooks took {sum(seconds):.0f} s together")
