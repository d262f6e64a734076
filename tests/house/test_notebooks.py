"""The notebooks as they are committed: run, small, tidy, and without traces of the machine that ran them.

That they run is tested by nbmake, which collects them; here it is shown that a warning would stop it.
"""

from __future__ import annotations

import ast
import base64
import json
import re
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from helpers.faces import ROOT

pytestmark = pytest.mark.slow

FOLDER = ROOT / "notebooks"
NAMES = ("01_one_face", "02_selfie_series", "03_before_after", "04_cohort")
MOST_BYTES = 300_000
MACHINE = re.compile(r"/home|/tmp|/work|/root|/Users|/var/|/opt/|site-packages|[A-Za-z]:\\|file://", re.IGNORECASE)
DATA = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
PICTURES = re.compile(r"""["']([^"'\s]*\.(?:jpe?g|png|heic|webp))["']""", re.IGNORECASE)
BROUGHT = {"symmetry", "matplotlib", "matplotlib_inline", "numpy", "pandas", "PIL"}
"""What `pip install ".[notebook]"` brings and a notebook may import."""

each = pytest.mark.parametrize("name", NAMES)


@lru_cache
def notebook(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))


def cells(name: str, kind: str) -> list[dict[str, Any]]:
    return [cell for cell in notebook(name)["cells"] if cell["cell_type"] == kind]


def sources(name: str, kind: str = "code") -> list[str]:
    return ["".join(cell["source"]) for cell in cells(name, kind)]


def outputs(name: str) -> list[dict[str, Any]]:
    return [output for cell in cells(name, "code") for output in cell["outputs"]]


def texts_of(output: dict[str, Any]) -> list[str]:
    """What an output says, also inside the drawings of its cards; pictures aside."""
    shown = ["".join(content) for kind, content in output.get("data", {}).items() if not kind.startswith("image/")]
    said = [*shown, "".join(output.get("text", []))]
    drawings = [base64.b64decode(found).decode() for text in said for found in DATA.findall(text)]
    return [DATA.sub("", text) for text in said] + drawings


def test_there_are_these_notebooks():
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == set(NAMES)


@each
def test_every_cell_was_run_in_order_and_shows_something(name):
    code = cells(name, "code")
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert all(cell["outputs"] for cell in code)


@each
def test_no_cell_failed_or_complained(name):
    kinds = {(output["output_type"], output.get("name")) for output in outputs(name)}
    assert kinds <= {("stream", "stdout"), ("execute_result", None), ("display_data", None)}


@each
def test_it_is_short_and_small_and_shows_a_picture(name):
    assert 8 <= len(notebook(name)["cells"]) <= 20
    assert (FOLDER / f"{name}.ipynb").stat().st_size < MOST_BYTES
    assert any(kind.startswith("image/") for output in outputs(name) for kind in output.get("data", {}))


@each
def test_nothing_of_the_machine_is_in_it(name):
    said = [text for output in outputs(name) for text in texts_of(output)]
    for text in [*said, *sources(name), *sources(name, "markdown")]:
        assert not MACHINE.search(text), text[:200]


@each
def test_metadata_are_the_same_whoever_ran_it(name):
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    assert notebook(name)["metadata"] == {"kernelspec": kernel, "language_info": {"name": "python"}}
    assert all(cell["metadata"] == {} for cell in notebook(name)["cells"])
    assert all(output.get("metadata", {}) == {} for output in outputs(name))
    assert [cell["id"] for cell in notebook(name)["cells"]] == [
        f"cell-{n}" for n in range(len(notebook(name)["cells"]))
    ]


@each
def test_it_shows_drawn_people_only(name):
    named = {found for text in sources(name) for found in PICTURES.findall(text)}
    samples = {found for found in named if found.startswith("../sample_images/")}
    assert named - samples <= {"copy.jpg", "*.jpg"}
    assert all((FOLDER / found).is_file() for found in samples)
    folders = re.findall(r'Path\("([^"]*)"\)', "\n".join(sources(name)))
    assert set(folders) <= {"../sample_images/series"}


@each
def test_it_imports_only_what_its_extra_brings(name):
    code = "\n".join(re.sub(r"^%.*$", "", text, flags=re.MULTILINE) for text in sources(name))
    found = ast.walk(ast.parse(code))
    modules = {
        module.split(".")[0]
        for node in found
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for module in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert modules - set(sys.stdlib_module_names) <= BROUGHT


@each
def test_its_links_lead_somewhere_and_it_says_what_the_tool_is_not(name):
    text = "\n".join(sources(name, "markdown"))
    assert all((FOLDER / link).is_file() for link in re.findall(r"\]\(([^)]+)\)", text))
    assert "not a medical device" in text


TROUBLE = {
    "deprecated": "import warnings\nwarnings.warn('old', DeprecationWarning)",
    "in_a_library": "import numpy as np\nnp.array([1.0]) / np.array([0.0])",
    "in_a_destructor": "file = open('conftest.py')\ndel file",
    "in_a_thread": "import threading, warnings\nthread = threading.Thread(target=warnings.warn, args=('no',))\n"
    "thread.start()\nthread.join()",
    "not_imported": "warnings",
}


def test_a_warning_fails_a_notebook(tmp_path):
    (tmp_path / "tests").mkdir()
    for kept in ("conftest.py", "pyproject.toml", "tests/notebook_start.py"):
        shutil.copy(ROOT / kept, tmp_path / kept)
    for name, code in {**TROUBLE, "calm": "import symmetry\nsymmetry.analyze"}.items():
        written(tmp_path / f"{name}.ipynb", code)
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "-rA", "."]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    failed = re.findall(r"^FAILED (\w+)\.ipynb", said, flags=re.MULTILINE)
    assert sorted(failed) == sorted(TROUBLE), said
    assert re.findall(r"^PASSED (\w+)\.ipynb", said, flags=re.MULTILINE) == ["calm"], said
    for why in ("DeprecationWarning", "RuntimeWarning", "ResourceWarning", "UserWarning", "NameError"):
        assert why in said
    assert re.search(r"^6 notebooks took \d+ s together", said, flags=re.MULTILINE)


def written(path: Path, code: str) -> None:
    """A notebook of one cell."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": code, "outputs": [], "execution_count": None}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": [cell]}
    path.write_text(json.dumps(content), encoding="utf-8")
