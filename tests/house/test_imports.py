"""Who may import whom: rooms stand one above the other, and nothing heavy loads before it is needed."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.faces import ROOT
from helpers.processes import run

PACKAGE = ROOT / "symmetry"

# From the ground up, each with the libraries that it may use; a room may import those above it in this list.
ROOMS = {
    "version": set(),
    "errors": set(),
    "arrays": {"numpy"},
    "files": set(),
    "stats": {"numpy", "scipy"},
    "photos": {"fsspec", "numpy", "PIL", "pillow_heif", "simplejpeg", "av", "cv2", "tzlocal", "defusedxml"},
    "landmarks": {"numpy", "cv2", "ai_edge_litert", "mediapipe", "google"},
    "synthetic": {"numpy", "scipy", "cv2", "PIL"},
    "registration": {"numpy", "cv2"},
    "tabular": {"pandas", "pyarrow", "python_calamine"},
    "skin": {"numpy", "cv2"},
    "measure": {"numpy", "scipy", "cv2", "pandas", "platformdirs", "filelock", "loky", "distributed"},
    "series": {"numpy", "pandas"},
    "cohort": {"numpy", "pandas", "scipy", "statsmodels"},
    "practice": {"numpy", "pandas", "alembic", "filelock", "platformdirs", "sqlalchemy"},
    "output": {"numpy", "scipy", "pandas", "matplotlib", "cv2", "PIL", "rich", "jinja2", "markupsafe"},
    "cli": {"click", "pandas", "rich"},
}
ORDER = list(ROOMS)
# Results show themselves in a notebook: their only way up, taken when they are shown.
UPWARD = {
    ("measure/face.py", "symmetry.output.cards"),
    ("measure/change.py", "symmetry.output.cards"),
    ("series/series.py", "symmetry.output.cards.series"),
}
PURE = (
    "symmetry.stats",
    "symmetry.landmarks.frame",
    "symmetry.landmarks.planes",
    "symmetry.measure.scores",
    "symmetry.measure.measures",
)
HEAVY = ("av", "cv2", "ai_edge_litert", "mediapipe", "matplotlib", "PIL", "pandas", "pyarrow")

FILES = sorted(file for file in PACKAGE.rglob("*.py") if file != PACKAGE / "__init__.py")


def room_of(file: Path) -> str:
    """Name of the folder, or of the module, in which a file stands under `symmetry/`."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(file: Path) -> Iterator[tuple[str, bool]]:
    """Full names of the modules that a file imports, inside functions and for type checking too; and if at its top."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node in tree.body) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: imports are written in full"
            # `from symmetry import mesh` brings a module, other names come out of the module named.
            names = [f"symmetry.{alias.name}" for alias in node.names] if node.module == "symmetry" else [node.module]
            yield from ((str(name), node in tree.body) for name in names)


def test_every_room_stands_in_the_list_and_the_list_names_no_other():
    assert {room_of(file) for file in FILES} == set(ROOMS)


def test_rooms_are_few():
    beside = {"__init__.py", "__init__.pyi", "errors.py", "version.py", "py.typed", "__pycache__"}
    assert len({path.name for path in PACKAGE.iterdir()} - beside) <= 15


@pytest.mark.parametrize("room", ROOMS)
def test_room_imports_only_rooms_below_it(room):
    below = {*ORDER[: ORDER.index(room) + 1]}
    wrong = {
        (str(file.relative_to(PACKAGE)), name)
        for file in FILES
        if room_of(file) == room
        for name, _ in imported(file)
        if name.startswith("symmetry.") and name.split(".")[1] not in below
    }
    assert wrong - UPWARD == set()


def test_way_up_is_taken_only_when_a_result_is_shown():
    taken = {
        (str(file.relative_to(PACKAGE)), name, at_top)
        for file in FILES
        for name, at_top in imported(file)
        if (str(file.relative_to(PACKAGE)), name) in UPWARD
    }
    assert taken == {(*one, False) for one in UPWARD}


@pytest.mark.parametrize("room", ROOMS)
def test_room_uses_only_its_own_libraries(room):
    names = {name.split(".")[0] for file in FILES if room_of(file) == room for name, _ in imported(file)}
    everywhere = {*sys.stdlib_module_names, "symmetry", "lazy_loader", "typing_extensions"}  # the last for types alone
    assert names - everywhere <= ROOMS[room]


def test_imports_are_seen_wherever_they_stand():
    # What the tests above rest on.
    seen = dict(imported(PACKAGE / "measure" / "analysis.py"))
    assert seen["numpy"] is True
    assert seen["symmetry.landmarks.detection"] is False


def test_package_itself_loads_its_version_and_nothing_else():
    loaded = run("import sys, symmetry; print(*sorted(n for n in sys.modules if n.startswith('symmetry')))")
    assert loaded.split() == ["symmetry", "symmetry.version"]


def test_package_itself_loads_no_library():
    code = "import sys; before = set(sys.modules); import symmetry; print(*(set(sys.modules) - before))"
    loaded = {name.split(".")[0] for name in run(code).split()}
    assert "symmetry" in loaded
    assert not loaded & {*HEAVY, "numpy", "scipy", "click", "rich"}


def test_pure_core_loads_no_images_networks_or_figures():
    stats = [f"symmetry.stats.{file.stem}" for file in (PACKAGE / "stats").glob("[a-z]*.py")]
    loaded = {
        name.split(".")[0] for name in run(f"import sys, {', '.join([*PURE, *stats])}; print(*sys.modules)").split()
    }
    assert "numpy" in loaded
    assert not loaded & {*HEAVY, "click", "rich"}


def test_photos_are_read_without_the_networks():
    loaded = {name.split(".")[0] for name in run("import sys, symmetry.photos.reading; print(*sys.modules)").split()}
    assert "PIL" in loaded
    assert not loaded & {"ai_edge_litert", "mediapipe", "matplotlib", "scipy"}


def test_every_public_name_is_there():
    code = "import symmetry; print(*(n for n in symmetry.__all__ if getattr(symmetry, n, None) is None))"
    assert run(code) == ""


def test_name_that_is_not_there_is_an_attribute_error():
    import symmetry

    with pytest.raises(AttributeError, match="measure_everything"):
        symmetry.measure_everything  # noqa: B018
    assert set(dir(symmetry)) >= {"analyze", "compare", "read_photo", "SymmetryError"}
