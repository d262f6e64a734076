"""What a command loads and starts before it measures: only what it needs, and nothing that leaves the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from helpers.faces import ROOT, SAMPLES
from helpers.processes import run

from symmetry.landmarks import networks

PHOTO = SAMPLES / "even.jpg"
SCORE = f"from symmetry.cli import main; main(['score', {str(PHOTO)!r}], standalone_mode=False)"
THREADS = {"OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"}


def test_scoring_a_photo_loads_no_figures_tables_statistics_or_database():
    *_, loaded = run(f"import sys; {SCORE}; print(*sys.modules)").splitlines()
    names = {name.split(".")[0] for name in loaded.split()}
    assert {"numpy", "cv2", "PIL", "rich", "ai_edge_litert"} <= names
    assert not names & {"scipy", "pandas", "pyarrow", "matplotlib", "sqlalchemy", "jinja2", "mediapipe", "platformdirs"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [({}, "1 None"), ({"OPENBLAS_NUM_THREADS": "3"}, "3 None"), ({"OMP_NUM_THREADS": "2"}, "None 2")],
)
def test_linear_algebra_takes_one_thread_unless_somebody_chose(given, expected):
    code = (
        "import os; from symmetry.cli import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: pass\n"
        "print(os.environ.get('OPENBLAS_NUM_THREADS'), os.environ.get('OMP_NUM_THREADS'))"
    )
    environment = {name: value for name, value in os.environ.items() if name not in THREADS} | given
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.stdout.splitlines()[-1] == expected


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_scoring_a_photo_calls_no_network_and_starts_no_other_program(tmp_path):
    calls = tmp_path / "calls"
    command = ["strace", "-f", "-e", "trace=network,execve", "-o", str(calls), sys.executable, "-c", SCORE]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode and "ptrace" in done.stderr:
        pytest.skip("strace may not look into processes here")
    assert "mouth" in done.stdout.lower()
    made = [line for line in calls.read_text().splitlines() if "(" in line and "execve(" not in line]
    assert made == []
    assert calls.read_text().count("execve(") == 1  # Python itself


def score(*arguments, **environment):
    command = [sys.executable, "cli.py", "score", str(PHOTO), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **environment}, check=False
    )


def test_engine_that_there_is_not_is_one_line():
    wrong = score("--engine", "onnx")
    assert wrong.returncode == 2
    assert "'onnx' is not one of 'litert', 'mediapipe'" in wrong.stderr
    wrong = score(**{networks.VARIABLE: "onnx"})
    assert wrong.returncode == 2
    assert "SYMMETRY_ENGINE: there is no engine 'onnx'; use litert or mediapipe" in wrong.stderr


def test_engine_can_be_named():
    assert score("--engine", "litert").stdout == score().stdout
