"""Run the notebooks and keep their outputs, in a form that is the same every time: `python notebooks/run.py [NAME...]`.

Without names it also draws the images of the documentation. A warning stops it, as it does in the tests.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import numpy as np
from matplotlib.figure import Figure
from nbclient import NotebookClient
from numpy.typing import NDArray
from PIL import Image

from symmetry.measure import FaceAnalysis

HERE = Path(__file__).parent
SAMPLES = HERE.parent / "sample_images"
STRICT = HERE.parent / "tests" / "notebook_start.py"


def run(path: Path) -> nbformat.NotebookNode:
    """Run a notebook from its first cell on, in its own folder, and leave out what differs from run to run."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    client = NotebookClient(
        notebook, timeout=300, record_timing=False, coalesce_streams=True, resources={"metadata": {"path": str(HERE)}}
    )
    client.execute()
    notebook.metadata["language_info"] = nbformat.from_dict({"name": "python"})
    return notebook


def draw_images() -> None:
    """Draw what the README and the guides show."""
    import symmetry
    from symmetry.cohort import simulate_study

    change = symmetry.compare(SAMPLES / "before.jpg", SAMPLES / "after.jpg")
    keep(symmetry.draw_change(change), "change", width=1200)
    flushed = symmetry.analyze(_flushed(change.before), skin=True)
    keep(symmetry.draw_skin(flushed, title="A drawn face, the left cheek flushed"), "skin", width=1000)
    calmer = symmetry.analyze(change.before.photo, skin=True)
    keep(symmetry.draw_skin_change(symmetry.compare(flushed, calmer)), "skin-change", width=1000)
    series = symmetry.analyze_series(sorted((SAMPLES / "series").glob("*.jpg")))
    keep(symmetry.draw_series(series), "series", width=1000)
    study = symmetry.analyze_cohort(simulate_study(people=40, effect=0.35, spread=0.3, seed=4))
    keep(symmetry.draw_cohort(study, title="A simulated study"), "cohort", width=960)


def _flushed(face: FaceAnalysis) -> NDArray[np.uint8]:
    """Return the picture of a face with more red on the subject's left cheek."""
    row, column = np.indices(face.photo.pixels.shape[:2])
    x, y = face.landmarks[[280, 425], :2].mean(axis=0)
    share = np.exp(-(((column - x) ** 2 + (row - y) ** 2) * face.mm_per_pixel**2) / (2 * 13.0**2))
    red = face.photo.pixels * (1 - share[..., None] * [-0.012, 0.05, 0.035])
    return np.clip(np.rint(red), 0, 255).astype(np.uint8)


def keep(figure: Figure, name: str, *, width: int) -> None:
    """Write a figure as a small JPEG."""
    import symmetry

    with tempfile.TemporaryDirectory() as folder:
        sharp = symmetry.save_figure(figure, Path(folder) / "figure.png", width=width)
        with Image.open(sharp) as picture:
            picture.convert("RGB").save(HERE / "images" / f"{name}.jpg", quality=82, optimize=True, progressive=True)


def main(names: list[str]) -> None:
    """Run the named notebooks, or all and draw the images."""
    os.environ["PYTHONSTARTUP"] = str(STRICT)
    for path in [Path(name) for name in names] or sorted(HERE.glob("*.ipynb")):
        start = time.perf_counter()
        notebook = run(path)
        nbformat.write(notebook, path)
        print(f"{path.name}: {time.perf_counter() - start:.1f} s, {path.stat().st_size / 1000:.0f} kB")
    if not names:
        draw_images()


if __name__ == "__main__":
    main(sys.argv[1:])
