"""The page of a study, and texts of all plots that can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pytest
from helpers.drawn_plots import GREEN, LONG, MM, WHITE, Drawn, assert_readable, cohort, pixels, random_cohort
from helpers.processes import run
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from symmetry.cohort import Cohort
from symmetry.errors import OutputError
from symmetry.output.colours import INK
from symmetry.output.layout import spread
from symmetry.output.plots import (
    draw_cohort,
    draw_forest,
    draw_responders,
    draw_spaghetti,
    draw_waterfall,
)

GROUPS = (("all",), ("serum", "placebo"), (LONG, "placebo"))
PLOTS: dict[str, Callable[[Axes, Cohort], None]] = {
    "waterfall": lambda axes, made: draw_waterfall(axes, made, region="mouth"),
    "spaghetti": lambda axes, made: draw_spaghetti(axes, made, region="mouth"),
    "forest": lambda axes, made: draw_forest(axes, made),
    "contrasts": lambda axes, made: draw_forest(axes, made, contrasts=True),
    "responders": lambda axes, made: draw_responders(axes, made),
}


# Every pair of groups, of people and width at least once.
@pytest.mark.parametrize(
    ("people", "width", "groups"),
    [(12, 85, GROUPS[2]), (40, 85, GROUPS[1]), (40, 180, GROUPS[2]), (400, 85, GROUPS[0]), (12, 180, GROUPS[1])],
)
def test_texts_can_be_read_at_the_widths_of_journals(people: int, width: float, groups: tuple[str, ...]):
    made = random_cohort(people, groups)
    for name, draw in PLOTS.items():
        if name == "contrasts" and made.control is None:
            continue
        assert_readable(Drawn(lambda axes, draw=draw: draw(axes, made), width=width, height=80).figure)


def test_texts_of_many_regions_and_groups_can_be_read():
    regions = ("jawline", "eyes", "mouth", "brows", "nasolabial", "cheeks", "nose", "lower_face", "face")
    made = random_cohort(40, ("a", "b", "placebo"), regions)
    for draw in (draw_forest, draw_responders):
        assert_readable(Drawn(lambda axes, draw=draw: draw(axes, made), height=200).figure)


def test_each_unit_stands_beside_its_name_where_there_are_several():
    made = cohort({"mouth": [-2.0, -2.2, -1.8], "eyes": [0.1, 0.2, 0.3]})
    means = made.means.assign(unit=["degrees", "mm"])
    drawn = Drawn(lambda axes: draw_forest(axes, replace(made, means=means)))
    assert drawn.written("name") == ["Eyes, degrees", "Mouth, mm"]
    assert drawn.axes.get_xlabel().startswith("Mean change\n")


@pytest.mark.parametrize("groups", GROUPS)
def test_page_of_a_study_says_the_answer_and_can_be_read(groups: tuple[str, ...]):
    made = random_cohort(40, groups)
    figure = draw_cohort(made, title="A trial of serum")
    assert_readable(figure)
    page = figure.axes[0]
    said = " ".join(text.get_text() for text in page.texts)
    first = made.sentences[0]
    assert first.replace("猫", "?") in said
    assert "A trial of serum" in said
    titles = [axes.get_title(loc="left") for axes in figure.axes[1:]]
    assert titles[-2:] == ["Eyes", "Mouth"]
    assert len(figure.axes) == 1 + 2 + (made.control is not None) + 2
    waterfalls = figure.axes[-2:]
    assert len({axes.spines["left"].get_bounds() for axes in waterfalls}) == 1  # one scale


def test_page_of_a_study_draws_its_parts_into_a_figure_of_any_size():
    small = draw_cohort(random_cohort(12, ("serum", "placebo")), Figure(figsize=(6, 9)))
    assert_readable(small)
    green = np.abs(pixels(small) - to_rgb(GREEN)).max(axis=-1) < 0.02
    assert green.mean() > 0.005
    assert small.get_size_inches().tolist() == [6, 9]


def test_page_sets_no_waterfall_alone_below_others():
    regions = ("jawline", "eyes", "mouth", "nose")
    figure = draw_cohort(random_cohort(12, ("serum", "placebo"), regions))
    assert_readable(figure)
    boxes = [axes.get_position() for axes in figure.axes[-4:]]
    assert [round(box.y0, 6) for box in boxes] == [round(boxes[number].y0, 6) for number in (0, 0, 2, 2)]
    assert boxes[1].x1 > 0.9
    assert len({round(box.width, 6) for box in boxes}) == 1


def test_page_says_that_any_region_asks_for_more():
    said = [" ".join(text.get_text() for text in draw_cohort(made).axes[0].texts)
            for made in (random_cohort(12, ("all",)), cohort({"mouth": [-1.0, -2.0, 0.5]}))]  # fmt: skip
    assert "For “any region” it is widened for the number of regions" in said[0]
    assert "any region" not in said[1]


def test_figure_too_small_for_the_page_says_how_large_it_must_be():
    made = random_cohort(12, ("serum", "placebo"))
    with pytest.raises(OutputError, match=r"at least 140 mm wide and \d+ mm high; this one is 85 by 305 mm") as raised:
        draw_cohort(made, Figure(figsize=(85 * MM, 12)))
    high = int(str(raised.value).split(" wide and ")[1].split()[0])
    with pytest.raises(OutputError):
        draw_cohort(made, Figure(figsize=(200 * MM, (high - 2) * MM)))
    assert_readable(draw_cohort(made, Figure(figsize=(140.01 * MM, high * MM), dpi=200)))


@pytest.mark.parametrize("size", [0.0, 0.03, 0.2])
def test_small_axes_are_drawn_all_the_same(size: float):
    made = random_cohort(12, ("serum", "placebo"))
    for draw in PLOTS.values():
        figure = Figure()
        draw(figure.add_axes((0.5, 0.5, size, size)), made)
        figure.draw_without_rendering()


def test_text_around_plots_can_be_read_in_a_dark_style():
    made = random_cohort(12, ("serum", "placebo"))
    with mpl.style.context("dark_background"):
        drawn = Drawn(lambda axes: draw_spaghetti(axes, made, region="mouth"))
        page = draw_cohort(made)
    dark = tuple(drawn.pixels[-1, 0])
    assert dark == (0, 0, 0)
    for text in (drawn.axes.xaxis.label, drawn.axes.get_xticklabels()[0]):
        assert min(to_rgb(text.get_color())) > 0.7
    assert drawn.is_at(WHITE, 0.0, 0.1)
    assert to_rgb(page.get_facecolor()) == WHITE
    assert to_rgb(page.axes[-1].xaxis.label.get_color()) == to_rgb(INK)


def test_plots_can_be_drawn_into_parts_of_a_figure():
    figure = Figure(figsize=(7, 4), dpi=100, layout="constrained")
    left, right = figure.subfigures(1, 2)
    made = random_cohort(12, ("serum", "placebo"))
    draw_waterfall(left.subfigures(1, 1).add_subplot(), made, region="mouth")
    draw_forest(right.add_subplot(), made)
    assert_readable(figure)


def test_nothing_touches_the_state_of_pyplot():
    assert run("import sys, symmetry.output.plots; print('matplotlib.pyplot' in sys.modules)") == "False"


@given(st.lists(st.floats(-100, 100), max_size=12), st.floats(0.1, 10))
def test_places_are_moved_apart_in_their_order(places: list[float], distance: float):
    moved = spread(sorted(places), [distance] * len(places))
    assert all(b - a >= distance - 1e-9 for a, b in pairwise(moved))
    assert np.sum(moved) == pytest.approx(np.sum(places), abs=1e-6)


def test_places_that_are_apart_stay():
    assert spread([1.0, 3.0, 7.0], [1.5] * 3) == [1.0, 3.0, 7.0]
    # Known: two at the same place move by half the distance each.
    assert spread([2.0, 2.0], [1.0] * 2) == [1.5, 2.5]
