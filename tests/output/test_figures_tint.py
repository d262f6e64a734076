"""Colours over a face: where they are known, and on one scale for all figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from helpers.figure_faces import LEFT_MOUTH, face_of_landmarks, figures, found_face, texts
from matplotlib.colors import to_rgb, to_rgba
from numpy.typing import NDArray

from symmetry.landmarks.mesh import MIRROR
from symmetry.output.colours import FULL_SCALE, amount_colour
from symmetry.output.figures import LevelledFace, draw_face, level_face
from symmetry.output.figures.tint import TINTED, tint_map, tint_regions


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
    none, some, much = (sum(to_rgb(amount_colour(amount, "mm"))) for amount in (0.0, 2.0, 5.0))
    assert none > some > much
    assert amount_colour(5.0, "mm") == amount_colour(50.0, "mm") == amount_colour(8.0, "% IPD")
    face, figure, *_ = figures()
    swatches = [patch.get_facecolor() for patch in figure.axes[0].patches]
    for name in TINTED:
        assert to_rgba(amount_colour(face.regions[name].asymmetry, "mm")) in swatches


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


def test_a_face_that_was_registered_is_tinted_by_its_map_and_one_of_landmarks_by_regions() -> None:
    face = found_face()
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
