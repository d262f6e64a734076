"""The picture of two faces: what moved, where, and how far."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.figure_faces import BEFORE, SCENE, face_of_landmarks, found_change, texts
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.quiver import Quiver
from numpy.typing import NDArray

from symmetry.measure.change import Change
from symmetry.measure.comparison import compare
from symmetry.output.colours import FULL_MOVEMENT
from symmetry.output.figures import draw_change, level_face
from symmetry.output.figures.levelling import align_face
from symmetry.output.figures.page import WIDTH
from symmetry.registration.refinement import FieldMap
from symmetry.synthetic import named_points


@pytest.fixture
def change() -> Change:
    return found_change()


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
