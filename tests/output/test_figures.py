"""All figures: texts that can be read, files that are whole."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from helpers.examples import examples
from helpers.figure_faces import (
    assert_all_texts_apart_and_inside,
    face_of_landmarks,
    figures,
    found_change,
    found_face,
    rolled_face,
    texts,
    uneven,
    unmeasured,
    with_errors,
)
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from symmetry.errors import OutputError
from symmetry.measure.comparison import compare
from symmetry.measure.face import FaceAnalysis
from symmetry.output.figures import draw_change, draw_composites, draw_face, save_figure
from symmetry.output.figures.page import WIDTH
from symmetry.output.layout import spread


def test_subtitle_names_file_and_day_but_no_folder() -> None:
    face = uneven()
    photo = replace(face.photo, name="/home/someone/anna.jpg", captured=datetime(2026, 4, 6, 9, 30))
    face = replace(face, photo=photo)
    for figure in (draw_face(face), draw_composites(face)):
        assert "anna.jpg · 2026-04-06" in texts(figure)
        assert not any("someone" in text for text in texts(figure))
    assert "client 12 · 2026-04-06" in texts(draw_face(face, title="client 12"))


@pytest.mark.parametrize("name", ["$\\frac$ _1_.jpg", "日本語😀.jpg", "bad\udcff.jpg", "x" * 300 + ".jpg", "a\nb.jpg"])
def test_any_file_name_can_be_drawn(name: str, tmp_path: Path) -> None:
    face = uneven()
    figure = draw_composites(replace(face, photo=replace(face.photo, name=name)))
    assert_all_texts_apart_and_inside(figure)
    assert save_figure(figure, tmp_path / "figure.png", width=300).stat().st_size > 1000


@pytest.mark.parametrize(
    "case",
    [
        lambda: face_of_landmarks(),
        lambda: uneven(scale="none"),
        lambda: uneven(roll=40.0, centre=(60.0, 120.0)),
        lambda: with_errors(uneven()),
        lambda: unmeasured(uneven()),
        # All that labels lead to is far below its place.
        lambda: face_of_landmarks((np.array([63, 117, 64, 216, 263, 291, 365]), 0.0, -60.0)),
    ],
    ids=["even", "percent", "rolled and cut", "errors", "not measured", "crowded"],
)
def test_texts_never_touch_nor_leave_the_page(case: Callable[[], FaceAnalysis]) -> None:
    face = case()
    assert_all_texts_apart_and_inside(draw_face(face))
    assert_all_texts_apart_and_inside(
        draw_change(compare(face, face_of_landmarks(scale="none" if np.isnan(face.mm_per_pixel) else "ipd=63")))
    )


def test_texts_of_a_found_face_never_touch() -> None:
    for figure in (*figures()[1:], draw_face(found_face()), draw_face(rolled_face()), draw_change(found_change())):
        assert_all_texts_apart_and_inside(figure)


@given(
    st.lists(st.tuples(st.floats(-200, 1200), st.floats(1, 90)), max_size=8),
    st.floats(0, 20),
)
@examples(60)
def test_spread_keeps_labels_apart_and_on_the_line(labels: list[tuple[float, float]], gap: float) -> None:
    wanted, heights = [label[0] for label in labels], [label[1] for label in labels]
    edges = spread(wanted, heights, low=0.0, high=1000.0, gap=gap)
    for (edge, height), (following, _) in pairwise(zip(edges, heights, strict=True)):
        assert following >= edge + height + gap - 1e-6
    for edge, height in zip(edges, heights, strict=True):
        assert -1e-6 <= edge <= 1000.0 - height + 1e-6


def test_spread_leaves_labels_that_do_not_touch_and_shares_what_is_missing() -> None:
    assert spread([10.0, 500.0], [20.0, 20.0], low=0.0, high=1000.0, gap=5.0) == [10.0, 500.0]
    assert spread([100.0, 100.0], [20.0, 20.0], low=0.0, high=1000.0, gap=0.0) == [90.0, 110.0]
    assert spread([100.0, 50.0], [20.0, 20.0], low=0.0, high=1000.0, gap=0.0) == [65.0, 85.0]
    assert spread([], [], low=0.0, high=1000.0, gap=5.0) == []


@pytest.mark.parametrize("size", [(5.0, 9.0), (16.0, 9.0)])
def test_a_figure_of_any_shape_is_filled_and_given_back(size: tuple[float, float]) -> None:
    figure = Figure(figsize=size)
    assert draw_face(uneven(), figure) is figure
    assert_all_texts_apart_and_inside(figure)
    page = figure.axes[0].get_window_extent()
    assert np.isclose(max(page.width / figure.bbox.width, page.height / figure.bbox.height), 1.0)
    for draw, subject in ((draw_composites, uneven()), (draw_change, compare(uneven(), face_of_landmarks()))):
        figure = Figure(figsize=size)
        assert draw(subject, figure) is figure  # type: ignore[operator]


def test_smallest_text_is_legible() -> None:
    for figure in figures()[1:]:
        assert figure.get_size_inches()[0] * figure.dpi == pytest.approx(WIDTH)
        assert min(text.get_fontsize() for text in figure.axes[0].texts) * figure.dpi / 72 >= 16


@pytest.fixture(scope="module")
def figure() -> Figure:
    return figures()[2]


@pytest.mark.parametrize("suffix", [".png", ".PNG", ".jpg", ".jpeg", ".pdf", ".svg"])
def test_saving_again_gives_the_same_bytes(figure: Figure, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"figure{suffix}"
    assert save_figure(figure, path, width=400) == path
    first = path.read_bytes()
    save_figure(draw_composites(uneven()), str(path), width=400)
    assert path.read_bytes() == first
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert not re.search(rb"Matplotlib|matplotlib\.org|CreationDate|Producer|<dc:", first)


@pytest.mark.parametrize("inches", [12.0, 6.4, 7.3, 3.3])
def test_saved_pictures_have_the_width_asked_for(tmp_path: Path, inches: float) -> None:
    drawn = draw_composites(uneven(), Figure(figsize=(inches, 4.0)))
    with Image.open(save_figure(drawn, tmp_path / "a.png")) as image:
        assert image.width == 1200
    with Image.open(save_figure(drawn, tmp_path / "a.jpg", width=777)) as image:
        assert image.width == 777


def test_png_holds_no_metadata(figure: Figure, tmp_path: Path) -> None:
    with Image.open(save_figure(figure, tmp_path / "figure.png")) as image:
        assert set(image.info) <= {"dpi"}


def test_settings_of_a_notebook_change_nothing(figure: Figure, tmp_path: Path) -> None:
    import matplotlib as mpl

    plain = save_figure(figure, tmp_path / "plain.png").read_bytes()
    with mpl.rc_context(
        {"savefig.bbox": "tight", "savefig.facecolor": "red", "text.color": "red", "font.family": "serif"}
    ):
        assert save_figure(draw_composites(uneven()), tmp_path / "other.png").read_bytes() == plain


@pytest.mark.parametrize("name", ["figure", "figure.gif", "figure.png.txt", "missing/figure.png"])
def test_impossible_files_are_refused_and_leave_nothing(figure: Figure, tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"use \.png|make the folder"):
        save_figure(figure, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_folder_in_the_way_is_named_as_the_reason(figure: Figure, tmp_path: Path) -> None:
    (tmp_path / "figure.png").mkdir()
    (tmp_path / "figure.png" / "inside").touch()
    with pytest.raises(OutputError, match="this is a folder"):
        save_figure(figure, tmp_path / "figure.png")
    assert [file.name for file in tmp_path.iterdir()] == ["figure.png"]


def test_a_failed_write_keeps_the_old_file(figure: Figure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "figure.png"
    path.write_bytes(b"old")

    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError, match="No space left on device"):
        save_figure(figure, path)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["figure.png"]


@pytest.mark.parametrize(("module", "name"), [("figures", "draw_face"), ("plots", "draw_cohort")])
def test_matplotlib_loads_with_the_first_figure_that_is_used(module: str, name: str) -> None:
    program = f"""
import sys
from symmetry.output import {module}
print("{name}" in dir({module}), "matplotlib" in sys.modules)
{module}.{name}
print("matplotlib" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True", "False", "True"]


def test_figures_are_public_names_of_the_package() -> None:
    import symmetry

    figures = {"draw_audit", "draw_change", "draw_cohort", "draw_composites", "draw_face", "draw_series", "save_figure"}
    assert figures <= set(symmetry.__all__)
    assert symmetry.draw_face is draw_face


def test_pyplot_is_never_loaded() -> None:
    # In a process of its own: MediaPipe loads pyplot by itself.
    program = """
import io, sys
import numpy as np
import symmetry.output.figures as figures
from symmetry.measure.analysis import measure_landmarks
from symmetry.measure.comparison import compare
from symmetry.landmarks.mesh import REFERENCE
from symmetry.photos.reading import photo_from_array
from symmetry.landmarks.scale import Scale

photo = photo_from_array(np.zeros((400, 400, 3), np.uint8))
face = measure_landmarks(photo, REFERENCE * [1, -1, -1] + [200, 200, 0], scale=Scale.parse("none"))
for figure in (figures.draw_face(face), figures.draw_composites(face), figures.draw_change(compare(face, face))):
    figure.savefig(io.BytesIO(), format="png", dpi=20)
print("matplotlib.pyplot" in sys.modules, "ai_edge_litert" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]
