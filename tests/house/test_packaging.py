"""The wheel: what it holds, that it runs, and that what is declared is what is used."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from symmetry.version import __version__

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # Built from a copy: a build leaves folders behind in its source.
    source = folder / "source"
    kept = ("symmetry", "sample_images", "tests", "cli.py", "pyproject.toml", "README.md", "LICENSE")
    subprocess.run(["cp", "-r", *[str(ROOT / name) for name in kept], str(_made(source))], check=True)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_the_wheel_holds_the_package_only(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"symmetry", f"facial_symmetry-{__version__}.dist-info"}
    assert "symmetry/landmarks/mesh.csv" in names
    assert "symmetry/py.typed" in names
    assert "symmetry/output/report/templates/report.html.j2" in names
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "symmetry").rglob("*.py*") if path.suffix != ".pyc"}
    assert modules <= set(names)


def test_the_wheel_installs_and_runs_and_brings_no_module_cli_or_tests(wheel, tmp_path):
    target = tmp_path / "installed"
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", "--target", str(target)]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(target)}

    def call(*arguments: str) -> str:
        options = {"capture_output": True, "text": True, "env": environment, "cwd": tmp_path, "check": True}
        return subprocess.run([sys.executable, *arguments], **options).stdout

    assert call(str(target / "bin" / "symmetry"), "--version") == f"symmetry, version {__version__}\n"
    assert call("-c", "import symmetry.cli as c; print(c.__file__)").startswith(str(target))
    assert not {"cli.py", "tests", "notebooks", "sample_images"} & {path.name for path in target.iterdir()}
