"""What the pictures say and show: the right numbers on the right side, upright faces, files that are whole."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import combinations, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.quiver import Quiver
from matplotlib.transforms import Bbox
from numpy.typing import NDArray
from PIL import Image

from symmetry.analysis import FaceAnalysis, analyze, measure_landmarks
from symmetry.change import Change, RegionChange, compare
from symmetry.errors import OutputError, PhotoError
from symmetry.figures import (
    LevelledFace,
    draw_change,
    draw_composites,
    draw_face,
    level_face,
    make_composites,
    save_figure,
)
from symmetry.figures.labels import spread
from symmetry.figures.levelling import align_face
from symmetry.figures.page import FULL_MOVEMENT, FULL_SCALE, WIDTH, amount_colour
from symmetry.figures.tint import NOT_SEEN_COLOUR, TINTED, tint_map, tint_regions
from symmetry.figures.wording import change_in_words, movement_in_words
from symmetry.findings import Finding
from symmetry.mesh import CHIN, IRIS_LEFT, MIRROR, REFERENCE, REGIONS
from symmetry.photos import photo_from_array
from symmetry.refinement import FieldMap
from symmetry.scale import Scale
from symmetry.synthetic import Asymmetry, Scene, named_points
from symmetry.synthetic import draw_face as paint_face

SCENE = Scene(width=480, height=560, pixels_per_mm=2.0, offset=(0.0, -30.0))
BEFORE = Asymmetry(mouth_subject_right=-4.0, eye_subject_left=-2.5)
AFTER = Asymmetry(eye_subject_left=-2.5)
ROLL = 25.0
PAPER = (600, 500)  # rows and columns of the photos of faces that are made up of landmarks
DENSITY = 2.0

LEFT_MOUTH, LEFT_EYES, LEFT_JAW = (REGIONS[name] for name in ("mouth", "eyes", "jawline"))
Move = tuple[NDArray[np.intp], float, float]


def face_of_landmarks(
    *moves: Move, scale: str = "ipd=63", grey: int = 128, roll: float = 0.0, centre: tuple[float, float] = (250, 260)
) -> FaceAnalysis:
    """A face whose landmarks are the reference's, some moved by millimetres outward and up."""
    shape = REFERENCE.copy()
    for landmarks, right, up in moves:
        shape[landmarks, :2] += [right, up]
    turn = np.deg2rad(roll)
    turned = shape[:, :2] @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    points = np.column_stack([turned, shape[:, 2]]) * [DENSITY, -DENSITY, -DENSITY] + [*centre, 0.0]
    photo = photo_from_array(np.full((*PAPER, 3), grey, dtype=np.uint8))
    return measure_landmarks(photo, points, scale=Scale.parse(scale))


def uneven(**options: object) -> FaceAnalysis:
    """The left mouth higher by about 3 mm, the left eye lower, the left jaw further out."""
    moves = ((LEFT_MOUTH, 0.0, 3.0), (LEFT_EYES, 0.0, -2.0), (LEFT_JAW, 4.0, 0.0), (np.array([CHIN]), -2.0, 0.0))
    return face_of_landmarks(*moves, **options)  # type: ignore[arg-type]


@lru_cache
def figures() -> tuple[FaceAnalysis, Figure, Figure, Figure]:
    """A face and all its pictures, only to be looked at."""
    face = uneven()
    return face, draw_face(face), draw_composites(face), draw_change(compare(face, face_of_landmarks()))


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def below(figure: Figure, title: str, count: int = 3) -> list[str]:
    """The lines that follow a label's title."""
    written = texts(figure)
    start = written.index(title) + 1
    return written[start : start + count]


def boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    renderer = FigureCanvasAgg(figure).get_renderer()
    return [(text.get_text(), text.get_window_extent(renderer)) for text in figure.axes[0].texts if text.get_text()]


def assert_all_texts_apart_and_inside(figure: Figure) -> None:
    placed = boxes(figure)
    page = figure.axes[0].get_window_extent()
    assert len(placed) > 5
    for text, box in placed:
        assert page.x0 <= box.x0 < box.x1 <= page.x1, f"'{text}' leaves the page"
        assert page.y0 <= box.y0 < box.y1 <= page.y1, f"'{text}' leaves the page"
    for (one, first), (other, second) in combinations(placed, 2):
        width = min(first.x1, second.x1) - max(first.x0, second.x0)
        height = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert width <= 0 or height <= 0, f"'{one}' lies over '{other}'"


def with_errors(face: FaceAnalysis) -> FaceAnalysis:
    regions = {
        name: replace(
            score,
            asymmetry=12.3,
            lateral=-11.11,
            vertical=-11.11,
            asymmetry_error=10.44,
            lateral_error=10.22,
            vertical_error=10.55,
        )
        for name, score in face.regions.items()
    }
    warning = Finding(name="yaw", severity="warn", advice="The head is turned; " + "look into the lens. " * 12)
    return replace(face, regions=regions, flags=(warning,))


def unmeasured(face: FaceAnalysis) -> FaceAnalysis:
    nan = float("nan")
    regions = {name: replace(score, asymmetry=nan, lateral=nan, vertical=nan) for name, score in face.regions.items()}
    measures = {name: replace(measure, difference=nan) for name, measure in face.measures.items()}
    return replace(face, regions=regions, measures=measures)


@pytest.fixture(scope="module")
def painted() -> NDArray[np.uint8]:
    return paint_face(asymmetry=BEFORE, scene=SCENE)


@pytest.fixture(scope="module")
def face(painted: NDArray[np.uint8]) -> FaceAnalysis:
    return analyze(painted)


@pytest.fixture(scope="module")
def rolled(painted: NDArray[np.uint8]) -> FaceAnalysis:
    """The same picture, turned and on a larger ground."""
    height, width = painted.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), ROLL, 1.0)
    turn[:, 2] += 100
    turned = cv2.warpAffine(painted, turn, (width + 200, height + 200), flags=cv2.INTER_CUBIC)
    return analyze(np.asarray(turned, dtype=np.uint8))


@pytest.fixture(scope="module")
def change(face: FaceAnalysis) -> Change:
    return compare(face, paint_face(asymmetry=AFTER, scene=SCENE))


# What is written


def test_labels_hold_the_numbers_of_their_region_and_name_the_side() -> None:
    face, figure, *_ = figures()
    mouth, eyes, jaw = (face.regions[name] for name in ("mouth", "eyes", "jawline"))
    assert mouth.vertical > 2
    assert eyes.vertical < -1
    assert jaw.lateral > 1  # of the 4 mm outward what lies across the edge
    assert below(figure, "Mouth", 2) == [f"{mouth.asymmetry:.1f} mm", f"left {mouth.vertical:.1f} higher"]
    assert below(figure, "Eyes", 2) == [f"{eyes.asymmetry:.1f} mm", f"left {-eyes.vertical:.1f} lower"]
    assert below(figure, "Jawline", 1) == [f"{jaw.asymmetry:.1f} mm"]
    assert f"left {jaw.lateral:.1f} further out" in below(figure, "Jawline")
    assert below(figure, "Chin", 2)[1] == "toward the right"
    assert any("Left and right are the person’s own." in text for text in texts(figure))


def test_labels_in_the_margin_of_the_right_speak_of_the_right() -> None:
    brows = REGIONS["brows"]
    figure = draw_face(face_of_landmarks((brows, 0.0, 3.0)))
    assert below(figure, "Brows", 2)[1] == "right 3.0 lower"
    positions = {text.get_text(): text.get_position()[0] for text in figure.axes[0].texts}
    assert positions["person’s right"] < positions["person’s left"]
    assert positions["Brows"] < positions["person’s right"]
    assert positions["Mouth"] > positions["person’s left"]


def test_mirrored_face_says_the_opposite() -> None:
    face = uneven()
    points = face.landmarks[MIRROR] * [-1.0, 1.0, 1.0] + [500.0, 0.0, 0.0]
    mirrored = measure_landmarks(face.photo, points, scale=face.scale)
    swapped = {"higher": "lower", "lower": "higher", "further in": "further out", "further out": "further in"}
    figure, other_figure = draw_face(face), draw_face(mirrored)
    found = 0
    for title in ("Brows", "Cheeks", "Nose", "Nasolabial folds", "Eyes", "Mouth", "Jawline"):
        for line in below(figure, title):
            for word, other in swapped.items():
                if line.endswith(word):
                    assert line.removesuffix(word) + other in below(other_figure, title)
                    found += 1
    assert found >= 7


def test_an_even_face_has_no_side_to_name() -> None:
    figure = draw_face(face_of_landmarks())
    assert below(figure, "Mouth", 2) == ["0.0 mm", "Jawline"]
    assert not any(word in text for text in texts(figure) for word in ("higher", "lower", "toward", "further"))


def test_without_millimetres_the_numbers_are_percent() -> None:
    face = uneven(scale="none")
    figure = draw_face(face)
    mouth = face.regions["mouth"]
    assert below(figure, "Mouth", 2) == [f"{mouth.percent:.1f} %", f"left {mouth.vertical_percent:.1f} higher"]
    assert not any(text.endswith("mm") for text in texts(figure))
    assert any("distance between the pupils" in text for text in texts(figure))


def test_errors_stand_behind_their_numbers() -> None:
    figure = draw_face(with_errors(uneven()))
    assert below(figure, "Mouth") == ["12.3 ± 10.4 mm", "left 11.1 ± 10.6 lower", "left 11.1 ± 10.2 further in"]
    assert not any("not assessed" in text for text in texts(figure))
    assert "How sure they are is not known yet." in " ".join(texts(figures()[1]))


def test_what_could_not_be_measured_is_called_so() -> None:
    figure = draw_face(unmeasured(uneven()))
    assert below(figure, "Mouth") == ["–", "not seen", "Jawline"]
    assert below(figure, "Chin", 2) == ["–", "not seen"]
    assert below(figure, "Whole face", 1) == ["–"]
    assert not any("nan" in text for text in texts(figure))


def test_regions_that_were_not_seen_leave_the_others_as_they_are(face: FaceAnalysis) -> None:
    nan = float("nan")
    cheeks = replace(face.regions["cheeks"], asymmetry=nan, lateral=nan, vertical=nan, percent=nan)
    part = replace(face, regions={**face.regions, "cheeks": cheeks})
    figure = draw_face(part)
    assert below(figure, "Cheeks") == ["–", "not seen", "Nose"]
    assert below(figure, "Nose") == below(draw_face(face), "Nose")
    assert NOT_SEEN_COLOUR in [patch.get_facecolor() for patch in figure.axes[0].patches]
    assert_all_texts_apart_and_inside(figure)


def test_warnings_are_shown_and_remarks_are_not() -> None:
    remark = Finding(name="several_faces", severity="info", advice="The largest face was measured.")
    warning = Finding(name="yaw", severity="warn", advice="The head is turned.")
    figure = draw_face(replace(uneven(), flags=(remark, warning)))
    assert "The head is turned." in texts(figure)
    assert not any("largest" in text for text in texts(figure))


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


# Where it is written


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


def test_texts_of_a_found_face_never_touch(face: FaceAnalysis, rolled: FaceAnalysis, change: Change) -> None:
    for figure in (*figures()[1:], draw_face(face), draw_face(rolled), draw_change(change)):
        assert_all_texts_apart_and_inside(figure)


@given(
    st.lists(st.tuples(st.floats(-200, 1200), st.floats(1, 90)), max_size=8),
    st.floats(0, 20),
)
@settings(max_examples=60, deadline=None)
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


# The levelled face


def tilt(line: NDArray[np.float64]) -> float:
    """Degrees between a line through points and the vertical."""
    x, y = np.polyfit(line[:, 1], line[:, 0], 1)[0], 1.0
    return float(np.degrees(np.arctan2(x, y)))


def test_midline_of_a_rolled_face_is_vertical_and_in_the_middle(face: FaceAnalysis, rolled: FaceAnalysis) -> None:
    assert abs(rolled.pose.roll - face.pose.roll) == pytest.approx(ROLL, abs=0.5)
    for each in (face, rolled):
        line = level_face(each, width=400).midline()
        assert abs(tilt(line)) < 0.5
        assert line[:, 0].mean() == pytest.approx(199.5, abs=0.01)
        assert (np.diff(line[:, 1]) > -2).all()


def test_drawn_midline_is_vertical(rolled: FaceAnalysis) -> None:
    (line,) = (
        line for line in draw_face(rolled).axes[0].lines if line.get_gid() == "midline" and len(line.get_xdata()) > 2
    )
    assert abs(tilt(np.asarray(line.get_xydata()))) < 0.5


def test_midline_follows_the_plane_of_a_known_face() -> None:
    levelled = level_face(face_of_landmarks((LEFT_MOUTH, 0.0, 3.0), roll=-33.0), width=300)
    assert np.allclose(levelled.midline()[:, 0], 149.5, atol=0.5)
    left, right = levelled.locate(levelled.face.landmarks[[IRIS_LEFT, MIRROR[IRIS_LEFT]]])
    assert left[0] - 149.5 == pytest.approx(149.5 - right[0], abs=0.5)
    assert left[1] == pytest.approx(right[1], abs=0.5)
    assert left[0] > right[0]


def test_levelled_crop_does_not_depend_on_roll(face: FaceAnalysis, rolled: FaceAnalysis) -> None:
    upright, turned = (level_face(each, width=300) for each in (face, rolled))
    assert upright.pixels.shape == turned.pixels.shape
    both = (upright.inside & turned.inside)[30:-30, 60:-60]
    assert both.all()
    one, other = (cv2.GaussianBlur(each.pixels, (0, 0), 2).astype(float)[30:-30, 60:-60] for each in (upright, turned))
    assert np.abs(one - other).mean() < 3
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.99


@pytest.mark.parametrize("width", [80, 300, 900])
def test_crop_shows_a_point_where_it_says(width: int) -> None:
    face = face_of_landmarks(roll=-20.0)
    spot = np.array([270.0, 300.0])
    pixels = np.zeros((*PAPER, 3), dtype=np.uint8)
    pixels[298:303, 268:273] = 255
    levelled = level_face(replace(face, photo=replace(face.photo, pixels=pixels)), width=width)
    light = levelled.pixels[..., 0] * levelled.inside.astype(float)
    rows, columns = np.indices(light.shape)
    centre = np.array([(light * columns).sum(), (light * rows).sum()]) / light.sum()
    assert np.allclose(centre, levelled.locate(spot), atol=0.1)


def shift_between(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Pixels by which two pictures of one size are shifted against each other."""
    first, second = (cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) for pixels in (one, other))
    window = cv2.createHanningWindow(first.shape[::-1], cv2.CV_32F)
    return float(np.hypot(*cv2.phaseCorrelate(first, second, window)[0]))


def test_photo_held_at_half_size_gives_the_same_crop(face: FaceAnalysis) -> None:
    half = np.asarray(Image.fromarray(face.photo.pixels).reduce(2))
    reduced = replace(face, photo=replace(face.photo, pixels=half, reduction=2))
    full, held = (level_face(each, width=400).pixels for each in (face, reduced))
    assert np.abs(full.astype(float) - held.astype(float)).mean() < 3
    assert shift_between(full, held) < 0.1


def test_small_crop_is_the_large_one_made_small(face: FaceAnalysis) -> None:
    large, small = (level_face(face, width=width).pixels for width in (480, 80))
    made_small = cv2.resize(large, small.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(made_small.astype(float) - small.astype(float)).mean() < 3
    assert shift_between(np.asarray(made_small, dtype=np.uint8), small) < 0.1


def test_outside_of_the_photo_is_grey_and_has_no_tint() -> None:
    levelled = level_face(uneven(centre=(20.0, 260.0), grey=90), width=300)
    assert not levelled.inside[:, 60].any()
    assert levelled.inside[:, 200].all()
    for pixels in (levelled.pixels, tint_regions(levelled)):
        assert np.ptp(pixels[:, :60]) == 0
    assert (levelled.pixels[:, 200] == 90).all()


def colour_at(levelled: LevelledFace, landmarks: NDArray[np.intp]) -> NDArray[np.float64]:
    at = np.rint(levelled.locate(levelled.face.landmarks[landmarks]).mean(axis=0)).astype(int)
    return tint_regions(levelled)[at[1], at[0]].astype(float)


def test_more_asymmetry_is_darker_purple_on_both_sides() -> None:
    lips = np.array([61, 40, 37, 84, 91])  # around the middle of the right half's lips
    colours = [
        [
            colour_at(level_face(face_of_landmarks((LEFT_MOUTH, 0.0, up)), width=300), side)
            for side in (lips, MIRROR[lips])
        ]
        for up in (0.0, 2.5, 5.0)
    ]
    for even, some, much in zip(*colours, strict=True):
        assert even.sum() > some.sum() + 60 > much.sum() + 120
        assert even[2] - even[1] < some[2] - some[1]
        assert much[2] > much[0] > much[1]


def test_regions_have_the_colour_of_the_scale() -> None:
    assert sum(amount_colour(0.0, "mm")) > sum(amount_colour(2.0, "mm")) > sum(amount_colour(5.0, "mm"))
    assert amount_colour(5.0, "mm") == amount_colour(50.0, "mm") == amount_colour(8.0, "% IPD")
    face, figure, *_ = figures()
    swatches = [patch.get_facecolor() for patch in figure.axes[0].patches]
    for name in TINTED:
        assert amount_colour(face.regions[name].asymmetry, "mm") in swatches


def purple(pixels: NDArray[np.uint8], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much bluer than green a picture is at places (..., 2), and so how far from grey; shape (...)."""
    column, row = np.moveaxis(np.rint(places).astype(int), -1, 0)
    at = pixels[row, column].astype(float)
    return np.asarray(at[..., 2] - at[..., 1])


def grid_on_face() -> tuple[LevelledFace, NDArray[np.float64]]:
    """A plain grey face and places (20, 16, 2) in its crop, as far apart as those of a map are in a figure."""
    x, y = np.meshgrid(np.linspace(400, 745, 16), np.linspace(400, 837, 20))
    return level_face(face_of_landmarks(), width=1160), np.stack([x, y], axis=-1)


def test_a_map_has_colour_where_it_is_known_and_none_where_it_is_not() -> None:
    levelled, places = grid_on_face()
    amounts = np.full((20, 16), 4.0)
    amounts[:, 9:] = np.nan
    amounts[5, 4] = np.nan  # a single one too
    unknown = np.isnan(amounts)
    amount = purple(tint_map(levelled, places, amounts, full=5.0), places)
    assert np.abs(amount[unknown]).max() == 0
    assert amount[1:-1, 1:8][~unknown[1:-1, 1:8]].min() > 60
    grey = tint_map(levelled, places, np.full((20, 16), np.nan), full=5.0)
    assert np.ptp(grey, axis=-1).max() == 0


def test_colours_of_a_map_do_not_depend_on_what_else_is_in_it() -> None:
    levelled, places = grid_on_face()

    def at_the_top(top: float, bottom: float) -> NDArray[np.float64]:
        amounts = np.where(np.arange(20)[:, None] < 10, top, np.full((20, 16), bottom))
        column, row = np.rint(places[4, 8]).astype(int)
        return tint_map(levelled, places, amounts, full=3.0)[row, column].astype(float)

    for top in (0.0, 1.0, 2.0):
        assert np.array_equal(at_the_top(top, 0.0), at_the_top(top, 40.0))
        assert at_the_top(top, 0.0).sum() > at_the_top(top + 1, 0.0).sum() + 40
    assert np.array_equal(at_the_top(3.0, 0.0), at_the_top(30.0, 0.0))


def test_a_face_that_was_registered_is_tinted_by_its_map_and_one_of_landmarks_by_regions(face: FaceAnalysis) -> None:
    levelled = level_face(face, width=1160)
    field = face.asymmetry_map
    assert field is not None
    (shown,) = (np.asarray(image.get_array()) for image in draw_face(face).axes[0].images[:1])
    amounts = np.linalg.norm(field.vectors, axis=-1)
    assert np.array_equal(shown, tint_map(levelled, levelled.locate(field.points), amounts, full=FULL_SCALE["mm"]))
    # The painted corner is 4 mm lower: its colour is darker than that of the skin below the nose.
    at = levelled.locate(face.points[[61, 164], :2])
    corner, below_nose = (shown[round(y), round(x)].astype(float).sum() for x, y in at)
    assert corner < below_nose - 150

    landmarks_only = replace(face, refined=None)
    figure = draw_face(landmarks_only)
    assert np.array_equal(np.asarray(figure.axes[0].images[0].get_array()), tint_regions(levelled))
    assert "not seen" in texts(draw_face(face))
    assert "not seen" not in texts(figure)
    assert "What has no colour" in " ".join(texts(draw_face(face)))
    assert "What has no colour" not in " ".join(texts(figure))


def test_labels_lead_to_where_there_is_colour(face: FaceAnalysis) -> None:
    def foot_of_cheeks(subject: FaceAnalysis) -> NDArray[np.float64]:
        dots = [line.get_xydata()[0] for line in draw_face(subject).axes[0].lines if line.get_marker() == "o"]  # type: ignore[index]
        return np.asarray(dots[1])  # brows, cheeks, nose ...

    assert face.refined is not None
    first = foot_of_cheeks(face)
    distance = np.linalg.norm(face.refined.map_points[..., :2] - face.points[117, :2], axis=-1)
    near = distance < 0.12 * face.interpupillary
    unseen = replace(face, refined=replace(face.refined, map_seen=face.refined.map_seen & ~near))
    moved = np.linalg.norm(foot_of_cheeks(unseen) - first)
    per_pixel = 580 / (2.9 * face.interpupillary)
    assert 0.03 * face.interpupillary * per_pixel < moved < 0.4 * face.interpupillary * per_pixel


def test_mirrored_contours_lie_on_those_of_the_other_side_where_a_face_is_even() -> None:
    def contours(figure: Figure, name: str) -> list[NDArray[np.float64]]:
        return [np.asarray(line.get_xydata()) for line in figure.axes[0].lines if line.get_gid() == name]

    even, moved = draw_face(face_of_landmarks()), draw_face(face_of_landmarks((LEFT_MOUTH, 0.0, 3.0)))
    left, mirrored = (contours(even, name) for name in ("subject_left", "subject_right mirrored"))
    assert len(left) == 6
    for one, other in zip(left, mirrored, strict=True):
        assert np.allclose(one, other, atol=0.2)
        assert (one[:, 0] > WIDTH / 2 - 1).all()
    # On the page y runs down: the raised left lips lie above the mirrored right ones by 3 mm.
    per_mm = 580 / (2.9 * 63)
    lips, mirrored_lips = contours(moved, "subject_left")[3], contours(moved, "subject_right mirrored")[3]
    assert (mirrored_lips - lips)[5, 1] == pytest.approx(3 * per_mm, abs=1.5)


# Composites


def test_composites_are_exactly_symmetric_and_made_of_the_halves(rolled: FaceAnalysis) -> None:
    levelled = level_face(rolled, width=360)
    right_twice, left_twice = make_composites(levelled)
    for composite in (right_twice, left_twice):
        assert composite.shape == levelled.pixels.shape
        assert np.array_equal(composite, composite[:, ::-1])
    assert np.array_equal(right_twice[:, :180], levelled.pixels[:, :180])
    assert np.array_equal(left_twice[:, 180:], levelled.pixels[:, 180:])
    assert not np.array_equal(right_twice, left_twice)


def test_right_twice_shows_the_right_mouth_corner_twice(face: FaceAnalysis) -> None:
    # The right corner was painted 4 mm lower: where both its copies should lie there is a dark corner on either side.
    levelled = level_face(face, width=360)
    corner = levelled.locate([*named_points(asymmetry=BEFORE, scene=SCENE)["commissure", "subject_right"].pixel, 0.0])
    assert corner[0] < 180
    right_twice, _ = make_composites(levelled)
    column, row = np.rint(corner).astype(int)
    assert np.array_equal(
        right_twice[row - 5 : row + 6, column - 5 : column + 6],
        right_twice[row - 5 : row + 6, 359 - column - 5 : 359 - column + 6][:, ::-1],
    )
    written = texts(draw_composites(face))
    assert {"person’s right side twice", "photo, levelled", "person’s left side twice"} <= set(written)


def test_composites_stand_beside_their_titles(face: FaceAnalysis) -> None:
    axes = draw_composites(face).axes[0]
    right_twice, _, left_twice = (np.asarray(image.get_array()) for image in axes.images)
    expected = make_composites(level_face(face, width=right_twice.shape[1]))
    titles = {text.get_text(): text.get_position()[0] for text in axes.texts}
    for image, title, pixels in (
        (axes.images[0], "person’s right side twice", expected[0]),
        (axes.images[2], "person’s left side twice", expected[1]),
    ):
        left, right, _, _ = image.get_extent()
        assert left < titles[title] < right
        assert np.array_equal(np.asarray(image.get_array()), pixels)
    assert left_twice.shape == right_twice.shape


# Change


def arrows(figure: Figure) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Feet, directions (y down) and amounts."""
    (quiver,) = (artist for artist in figure.axes[0].collections if isinstance(artist, Quiver))
    return quiver.XY, np.column_stack([quiver.U, quiver.V]), np.asarray(quiver.get_array())


def test_arrows_show_a_known_movement() -> None:
    change = compare(face_of_landmarks(), face_of_landmarks((np.array([291]), 1.0, 2.0)))
    figure = draw_change(change)
    feet, ahead, amount = arrows(figure)
    assert len(feet) == 1
    # The left corner stands to the right of the middle of the after picture, which is the right one.
    assert feet[0, 0] > WIDTH / 2 + 20 + 550 / 2
    assert ahead[0, 0] > 0 > ahead[0, 1]
    assert ahead[0, 1] / ahead[0, 0] == pytest.approx(-2.0, abs=0.1)
    assert amount[0] == pytest.approx(np.hypot(1, 2), abs=0.1)
    (said,) = (text for text in texts(figure) if "times as long" in text)
    factor = int(said.split(" times")[0].split()[-1])
    per_mm = 550 / (2.9 * 63)
    assert np.hypot(*ahead[0]) == pytest.approx(factor * np.hypot(1, 2) * per_mm, rel=0.05)


def test_arrow_points_up_where_the_painted_corner_was_raised(change: Change) -> None:
    feet, ahead, _ = arrows(draw_change(change))
    longest = np.hypot(*ahead.T).argmax()
    levelled = level_face(change.before, width=1100)
    corner = levelled.locate([*named_points(asymmetry=BEFORE, scene=SCENE)["commissure", "subject_right"].pixel, 0.0])
    on_page = np.array([610.0, 162.0]) + corner / 2
    assert np.hypot(*(feet[longest] - on_page)) < 20
    assert ahead[longest, 1] < -3 * abs(ahead[longest, 0])


def after_picture(change: Change) -> NDArray[np.uint8]:
    return np.asarray(draw_change(change).axes[0].images[1].get_array())


def with_map(change: Change, vectors: NDArray[np.float64]) -> Change:
    assert change.map is not None
    return replace(change, map=FieldMap(points=change.map.points, vectors=vectors))


def test_movement_is_coloured_where_the_face_has_gone(change: Change) -> None:
    assert change.map is not None
    levelled = level_face(change.before, width=1100)
    nodes = np.s_[20:30, 16:28]
    per_mm = 1100 / (2.9 * change.before.interpupillary * change.before.mm_per_pixel)
    middles = []
    for up in (0.0, 8.0):
        vectors = np.full_like(change.map.vectors, np.nan)
        vectors[nodes] = [0.0, up]
        shown = after_picture(with_map(change, vectors))
        middles.append(np.argwhere(np.ptp(shown, axis=-1) > 5).mean(axis=0)[::-1])
    expected = levelled.locate(change.map.points[nodes].reshape(-1, 2)).mean(axis=0)
    assert middles[0] == pytest.approx(expected, abs=per_mm)
    assert middles[1] - middles[0] == pytest.approx([0.0, -8 * per_mm], abs=0.3 * per_mm)


def test_colours_of_movement_are_on_the_fixed_scale(change: Change) -> None:
    assert change.map is not None

    def shown(length: float) -> NDArray[np.uint8]:
        vectors = np.zeros_like(change.map.vectors)  # type: ignore[union-attr]
        vectors[..., 0] = length  # sideways, but the face is placed back by what it moved: look at its middle
        return after_picture(with_map(change, vectors))[600:800, 500:600]

    full = FULL_MOVEMENT["mm"]
    none, half, all_of_it = (shown(share * full).astype(float).mean() for share in (0.0, 0.5, 1.0))
    assert none > half + 20 > all_of_it + 40
    assert np.array_equal(shown(full), shown(full + 0.5))
    assert {"0", "1", "2", "3 mm"} <= set(texts(draw_change(change)))


def test_from_landmarks_alone_the_photo_stays_as_it_is_and_only_arrows_are_coloured(change: Change) -> None:
    alone = replace(change, map=None)
    shown = after_picture(alone)
    assert np.array_equal(shown, align_face(change.after, level_face(change.before, width=1100)).pixels)
    assert not np.array_equal(shown, after_picture(change))
    assert "not seen" in texts(draw_change(change))
    assert "not seen" not in texts(draw_change(alone))
    assert any(isinstance(artist, PathCollection) for artist in draw_change(alone).axes[0].collections)
    (quiver,) = (artist for artist in draw_change(alone).axes[0].collections if isinstance(artist, Quiver))
    assert quiver.get_clim() == (0.0, FULL_MOVEMENT["mm"])


def test_there_are_no_arrows_where_there_is_no_colour(change: Change) -> None:
    assert change.map is not None
    left_alone = change.map.vectors.copy()
    left_alone[:, :22] = np.nan
    feet, _, _ = arrows(draw_change(change))
    fewer, _, _ = arrows(draw_change(with_map(change, left_alone)))
    midline = 610 + 550 / 2
    assert (feet[:, 0] < midline - 20).sum() > 5  # the painted corner is on the right
    assert (fewer[:, 0] > midline - 20).all()
    nothing = with_map(change, np.full_like(left_alone, np.nan))
    assert len(arrows(draw_change(nothing))[0]) == 0
    assert np.ptp(after_picture(nothing), axis=-1).max() == 0


def test_a_region_that_was_not_seen_has_its_row(change: Change) -> None:
    nan = float("nan")
    side = replace(change.regions["mouth"].subject_left, outward=nan, up=nan, size=nan)
    mouth = replace(
        change.regions["mouth"], before=nan, after=nan, change=nan, subject_left=side, subject_right=side, moved=None
    )
    figure = draw_change(replace(change, regions={**change.regions, "mouth": mouth}))
    assert below(figure, "Mouth", 6)[:5] == ["–", "–", "not seen", "", "not seen"]
    assert_all_texts_apart_and_inside(figure)


def test_what_hardly_moved_gets_dots_and_what_is_unknown_nothing() -> None:
    face = face_of_landmarks()
    still = compare(face, face)

    def marks(change: Change) -> tuple[int, int]:
        figure = draw_change(change)
        (dots,) = (artist for artist in figure.axes[0].collections if isinstance(artist, PathCollection))
        save_canvas = FigureCanvasAgg(figure)
        save_canvas.draw()
        return len(dots.get_offsets()), len(arrows(figure)[0])

    dots, moved = marks(still)
    assert dots > 60
    assert moved == 0
    assert marks(replace(still, movement=np.full((478, 2), np.nan))) == (0, 0)


def test_without_millimetres_arrows_are_percent_of_the_pupils_distance() -> None:
    moves = (np.array([291]), 0.0, 2.52)
    change = compare(face_of_landmarks(scale="none"), face_of_landmarks(moves, scale="none"))
    assert np.isnan(change.displacement).all()
    feet, ahead, amount = arrows(draw_change(change))
    assert len(feet) == 1
    assert ahead[0, 1] < 0
    assert amount[0] == pytest.approx(4.0, abs=0.1)


def test_both_faces_are_brought_to_one_place(change: Change) -> None:
    photos = draw_change(replace(change, map=None)).axes[0].images[:2]
    before, after = (np.asarray(image.get_array()) for image in photos)
    nose = np.s_[300:640, 400:700]
    assert np.corrcoef(before[nose].ravel(), after[nose].ravel())[0, 1] > 0.98


def test_table_holds_the_main_regions_numbers(change: Change) -> None:
    figure = draw_change(change)
    for title, name in (("Jawline", "jawline"), ("Eyes", "eyes"), ("Mouth", "mouth")):
        region = change.regions[name]
        line = below(figure, title, 6)
        assert line[:2] == [f"{region.before:.1f} mm", f"{region.after:.1f} mm"]
        amount = f"{abs(region.change):.2f}"
        direction = "less" if region.change < 0 else "more"
        said = "as uneven as before" if amount == "0.00" else f"{direction} uneven by {amount} mm"
        assert line[2:4] == [said, "how sure: not known yet"]
    assert change.regions["mouth"].change < -1
    assert below(figure, "Mouth", 6)[4] == "mostly the right"
    assert not any("improved" in text or "worse" in text for text in texts(figure))


def region_change(**values: object) -> RegionChange:
    region = compare(face_of_landmarks(), face_of_landmarks((LEFT_MOUTH, 0.0, 2.0))).regions["mouth"]
    return replace(region, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"change": -0.99}, ("less uneven by 0.99 mm", "how sure: not known yet")),
        ({"change": 0.99}, ("more uneven by 0.99 mm", "how sure: not known yet")),
        ({"change": 0.001}, ("as uneven as before", "how sure: not known yet")),
        ({"change": -0.99, "error": 0.4}, ("less uneven by 0.99 ± 0.40 mm", "")),
        ({"change": -0.99, "error": 0.4, "verdict": "improved"}, ("improved", "less uneven by 0.99 ± 0.40 mm")),
        ({"change": float("nan"), "verdict": "not comparable"}, ("not comparable", "")),
        ({"change": float("nan")}, ("not seen", "")),
    ],
)
def test_change_in_words(values: dict[str, object], expected: tuple[str, str]) -> None:
    assert change_in_words(region_change(**values)) == expected


def test_movement_in_words() -> None:
    region = region_change()
    assert movement_in_words(region)[0] == "mostly the left"
    assert movement_in_words(region)[1].startswith("right 0.0; left 2.0 up")
    even = compare(face_of_landmarks(), face_of_landmarks()).regions["mouth"]
    assert movement_in_words(even) == ("neither side", "right 0.0; left 0.0")
    unknown = replace(even.subject_left, size=float("nan"))
    assert movement_in_words(replace(even, subject_left=unknown)) == ("not seen", "")


def test_days_of_both_photos_are_shown_with_the_time_if_it_is_one_day() -> None:
    def taken(*when: int) -> FaceAnalysis:
        face = face_of_landmarks()
        return replace(face, photo=replace(face.photo, captured=datetime(*when)))  # type: ignore[arg-type]

    written = texts(draw_change(compare(taken(2026, 4, 6, 9, 30), taken(2026, 5, 18, 8, 0))))
    assert {"before · 2026-04-06", "after · 2026-05-18"} <= set(written)
    written = texts(draw_change(compare(taken(2026, 4, 6, 9, 30), taken(2026, 4, 6, 10, 5))))
    assert {"before · 2026-04-06 09:30", "after · 2026-04-06 10:05"} <= set(written)
    assert {"before", "after"} <= set(texts(draw_change(compare(face_of_landmarks(), face_of_landmarks()))))


# Files


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


def test_pyplot_is_never_loaded() -> None:
    # In a process of its own: MediaPipe loads pyplot by itself.
    program = """
import io, sys
import numpy as np
import symmetry.figures as figures
from symmetry.analysis import measure_landmarks
from symmetry.change import compare
from symmetry.mesh import REFERENCE
from symmetry.photos import photo_from_array
from symmetry.scale import Scale

photo = photo_from_array(np.zeros((400, 400, 3), np.uint8))
face = measure_landmarks(photo, REFERENCE * [1, -1, -1] + [200, 200, 0], scale=Scale.parse("none"))
for figure in (figures.draw_face(face), figures.draw_composites(face), figures.draw_change(compare(face, face))):
    figure.savefig(io.BytesIO(), format="png", dpi=20)
print("matplotlib.pyplot" in sys.modules, "mediapipe" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]


def test_result_without_its_picture_cannot_be_drawn(face):
    with pytest.raises(PhotoError, match="analyse the photo again"):
        draw_face(face.without_pixels())
