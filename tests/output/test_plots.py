"""Plots of a study: ink where the numbers say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from helpers.drawn_plots import GREEN, GREY, NAN, RED, WHITE, Drawn, assert_readable, cohort, random_cohort, study
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnchoredOffsetbox
from matplotlib.text import Text

from symmetry.cohort import Cohort, Study, analyze_cohort
from symmetry.errors import InvalidPointsError, SymmetryError
from symmetry.measure.verdicts import NO_CHANGE
from symmetry.output.colours import COURSE, INK, MDC_BAND, NAIVE, QUIET, RESPONDERS, VERDICT_COLOURS
from symmetry.output.plots import (
    draw_bland_altman,
    draw_forest,
    draw_responder_curve,
    draw_responders,
    draw_spaghetti,
    draw_waterfall,
)
from symmetry.output.plots.courses import median_interval
from symmetry.output.plots.forest import p_text


def legend(drawn: Drawn) -> list[str]:
    return [text.get_text() for box in drawn.axes.findobj(AnchoredOffsetbox) for text in box.findobj(Text)]  # type: ignore[attr-defined]


def test_waterfall_draws_each_change_in_order_in_the_colour_of_its_verdict():
    drawn = Drawn(lambda axes: draw_waterfall(axes, cohort({"mouth": [-0.5, 2.0, -3.0, NAN]}), region="mouth"))
    # Sorted: 2.0 worse, -0.5 not detectable, -3.0 improved, then the one who cannot be compared.
    assert drawn.is_at(RED, 0.5, 1.8)
    assert drawn.is_at(GREY, 1.5, -0.4)
    assert drawn.is_at(GREEN, 2.5, -2.8)
    assert drawn.is_at(WHITE, 2.5, -3.05)
    assert drawn.is_at(MDC_BAND, 1.5, 0.9)
    assert drawn.is_at(MDC_BAND, 1.5, -0.9)
    assert drawn.is_at(WHITE, 1.5, 1.1)
    (cross,) = [line for line in drawn.axes.lines if line.get_gid() == "not comparable"]
    assert list(cross.get_xdata()) == [3.5]
    assert drawn.written("improved") == ["1 of 3 detectably more even"]


def test_waterfall_bar_follows_its_person():
    for change in (-2.0, -3.0):
        values = [change, 0.2, 0.1]
        drawn = Drawn(lambda axes, values=values: draw_waterfall(
            axes, cohort({"mouth": values}), region="mouth", limits=(-4, 2)))  # fmt: skip
        assert drawn.is_at(GREEN, 2.5, -1.9)
        assert drawn.is_at(GREEN, 2.5, -2.5) == (change == -3.0)


def test_waterfall_shows_the_own_band_of_each_person():
    made = study({"mouth": [0.3, 0.1]})
    changes = made.changes.assign(mdc=[2.0, 0.5])
    own = analyze_cohort(Study.of(changes=changes))
    drawn = Drawn(lambda axes: draw_waterfall(axes, own, region="mouth", limits=(-3, 3)))
    assert drawn.is_at(MDC_BAND, 0.5, -1.8)
    assert drawn.is_at(WHITE, 1.5, -0.7)
    assert drawn.is_at(MDC_BAND, 1.5, -0.4)


def of_bands(mdc: list[float]) -> Cohort:
    made = study({"mouth": [0.1] * len(mdc)})
    return analyze_cohort(Study.of(changes=made.changes.assign(mdc=mdc)))


def cut(drawn: Drawn) -> list[float]:
    return [float(x) for line in drawn.axes.lines if line.get_gid() == "cut" for x in np.asarray(line.get_xdata())]


def test_waterfall_holds_every_band():
    drawn = Drawn(lambda axes: draw_waterfall(axes, of_bands([0.5, 0.6, 0.7, 2.0]), region="mouth"))
    assert drawn.is_at(MDC_BAND, 3.5, 1.95)
    assert drawn.is_at(WHITE, 3.5, 2.05)
    assert drawn.is_at(MDC_BAND, 3.5, -1.95)
    assert cut(drawn) == []


def test_waterfall_cuts_off_a_band_far_wider_than_most_and_says_so():
    drawn = Drawn(lambda axes: draw_waterfall(axes, of_bands([0.5, 0.6, 9.0, 0.7]), region="mouth"))
    assert drawn.axes.get_ylim()[0] > -1
    assert cut(drawn) == [2.5, 2.5]
    assert "wider than shown" in legend(drawn)


def test_waterfall_sets_groups_beside_each_other_with_the_control_last():
    of = ["placebo", "serum"] * 3
    both = cohort({"mouth": [0.1, -2, 0.2, -2.5, 0.3, -3]}, groups=of)
    drawn = Drawn(lambda axes: draw_waterfall(axes, both, region="mouth"))
    assert drawn.written("group") == ["serum", "placebo"]
    assert [text.split(" d")[0].split(" m")[0] for text in drawn.written("improved")] == ["3 of 3", "0 of 3"]
    start = next(text.xy[0] for text in drawn.axes.texts if text.get_text() == "placebo")  # type: ignore[attr-defined]
    assert drawn.is_at(GREEN, 0.5, -1.9)
    assert drawn.is_at(GREY, start + 0.5, 0.15)


def test_waterfall_without_anyone_comparable_says_so():
    nobody = cohort({"mouth": [NAN, NAN], "eyes": [1.5, -1.5]})
    drawn = Drawn(lambda axes: draw_waterfall(axes, nobody, region="mouth"))
    assert drawn.written("improved") == ["0 of 0 detectably more even"]


@pytest.mark.parametrize("draw", [draw_waterfall, draw_spaghetti])
def test_region_that_is_not_there_is_named_with_those_that_are(draw: Callable[..., None]):
    with pytest.raises(SymmetryError, match=r'no region "ears"; it has mouth'):
        draw(Figure().add_subplot(), cohort({"mouth": [1.0, 2.0]}), region="ears")


def spaghetti(values: dict[str, list[float]], groups: list[str] | None = None) -> Drawn:
    """Courses of people over weeks 0, 4, 8, ..."""
    sessions = pd.DataFrame(
        [
            {"person": name, "region": "mouth", "session": k + 1, "weeks": 4.0 * k, "value": value, "error": 0.5}
            for name, course in values.items()
            for k, value in enumerate(course)
        ]
    )
    people = pd.DataFrame({"person": list(values)})
    if groups:
        people["group"] = groups
    made = analyze_cohort(Study.of(sessions=sessions, people=people))
    return Drawn(lambda axes: draw_spaghetti(axes, made, region="mouth"))


def test_spaghetti_draws_medians_of_each_week_and_everyone_thin():
    drawn = spaghetti({f"p{number}": [2.0 + 0.2 * number, 1.0 + 0.2 * number] for number in range(7)})
    (median,) = [line for line in drawn.axes.lines if line.get_gid() == "median all"]
    np.testing.assert_allclose(median.get_xydata(), [[0, 2.6], [4, 1.6]], atol=1e-12)
    assert drawn.is_at(COURSE, 0, 2.6)
    assert drawn.is_at(COURSE, 2, 2.1)  # half way between the medians
    assert not drawn.is_at(WHITE, 2, 1.5, off=0.1)  # the lowest person's course
    assert drawn.is_at(WHITE, 2, 1.3)


def test_spaghetti_names_groups_where_their_medians_end():
    values = {f"p{number}": [2.0, 2.0 if number % 2 else 1.0] for number in range(8)}
    drawn = spaghetti(values, groups=["serum", "placebo"] * 4)
    ends = {text.get_text(): text.xy[1] for text in drawn.axes.texts if text.get_gid() == "group"}  # type: ignore[attr-defined]
    assert ends["serum"] == pytest.approx(1.0)
    assert ends["placebo"] == pytest.approx(2.0)


def test_spaghetti_joins_before_and_after_where_there_are_no_sessions():
    drawn = Drawn(lambda axes: draw_spaghetti(axes, cohort({"mouth": [-1.0, -2.0, -1.5]}), region="mouth"))
    assert [label.get_text() for label in drawn.axes.get_xticklabels()] == ["before", "after"]
    assert drawn.is_at(COURSE, 1, 1.5)


def test_spaghetti_without_sizes_says_so():
    nothing = cohort({"mouth": [-1.0, 2.0]}, before=NAN)
    drawn = Drawn(lambda axes: draw_spaghetti(axes, nothing, region="mouth"))
    assert "no size is known" in [text.get_text() for text in drawn.axes.texts]


def test_spaghetti_of_many_draws_some_and_says_how_many():
    drawn = spaghetti({f"p{number:04}": [2.0, 1.0] for number in range(500)})
    assert "one person, 400 of 500 drawn" in legend(drawn)


def test_spaghetti_sets_medians_of_groups_beside_each_other_and_off_the_axis():
    values = {f"p{number}": [2.0 + 0.1 * number, 1.0 + 0.1 * number] for number in range(16)}
    drawn = spaghetti(values, groups=["serum", "placebo"] * 8)
    assert_readable(drawn.figure)
    at = {line.get_gid(): line for line in drawn.axes.lines if str(line.get_gid()).endswith(" at")}
    places = [drawn.axes.transData.transform(at[f"median {group} at"].get_xydata()) for group in ("serum", "placebo")]
    points = drawn.figure.dpi / 72
    half = at["median serum at"].get_markersize() / 2 * points
    assert (places[1][:, 0] - places[0][:, 0] > 2 * half).all()
    assert places[0][0, 0] - half > drawn.axes.bbox.x0 + 3 * points


def test_spaghetti_says_which_colours_people_have():
    drawn = spaghetti({f"p{number}": [2.0, 1.0] for number in range(8)}, groups=["serum", "placebo"] * 4)
    (box,) = drawn.axes.findobj(AnchoredOffsetbox)
    assert [line.get_color() for line in box.findobj(Line2D)][:2] == [COURSE, QUIET]


def test_median_interval_is_that_of_order_statistics():
    # n = 10: the 2nd and the 9th value, 97.9 % sure (Conover 1999, Practical Nonparametric Statistics, table A3:
    # P(B <= 1) = 0.0107 and P(B <= 2) = 0.0547 for B binomial with n = 10, p = 0.5).
    assert median_interval(np.arange(1.0, 11.0)) == (2.0, 9.0)
    assert np.isnan(median_interval(np.arange(5.0))).all()


@given(st.integers(6, 400))
def test_median_interval_is_symmetric_and_holds_the_median(count: int):
    low, high = median_interval(np.arange(float(count)))
    assert low + high == count - 1
    assert low <= (count - 1) / 2 <= high


def test_forest_marks_means_filled_where_sure_and_hollow_where_not():
    values = {"mouth": [-2.0, -2.2, -1.8, -2.1, -1.9, -2.0, -2.0, -2.0], "eyes": [-1, 1, -1, 1, -1, 1, -1, 1.0]}
    made = cohort(values)
    drawn = Drawn(lambda axes: draw_forest(axes, made), width=180)
    mouth, eyes = drawn.row_of("Mouth"), drawn.row_of("Eyes")
    assert drawn.is_at(GREEN, -2.0, mouth)
    assert drawn.is_at(WHITE, 0.0, eyes)  # a hollow mark, over the line at 0
    low, high = made.means.set_index("region").loc["eyes", ["low", "high"]]
    for inside, outside in ((low * 0.95, low * 1.05), (high * 0.95, high * 1.05)):
        assert drawn.is_at(VERDICT_COLOURS[NO_CHANGE], inside, eyes)
        assert drawn.is_at(WHITE, outside, eyes)
    assert drawn.is_at(INK, 0.0, (mouth + eyes) / 2, off=0.1)
    assert "−2.00 (−2.10 to −1.90)" in drawn.written("number")


def test_forest_says_how_many_were_measured_and_how_sure():
    made = cohort({"mouth": [-2.0, -2.2, -1.8, NAN], "eyes": [NAN] * 4})
    drawn = Drawn(lambda axes: draw_forest(axes, made))
    numbers = drawn.written("number")
    assert "3/4" in numbers
    assert "0/4" in numbers
    assert drawn.written("not measured") == ["not measured"]
    assert drawn.written("heading") == ["people", "p, Holm"]
    plain = replace(made, holm=False)
    assert Drawn(lambda axes: draw_forest(axes, plain)).written("heading") == ["people", "p"]


def test_forest_cuts_off_an_interval_that_would_flatten_all_others():
    made = cohort({"mouth": [-2.0, -2.2, -1.8], "eyes": [0.1, 0.2, 0.3], "nose": [1.0, 0.9, 1.1]})
    means = made.means.copy()
    means.loc[means["region"] == "eyes", ["low", "high"]] = [-300.0, 300.0]
    drawn = Drawn(lambda axes: draw_forest(axes, replace(made, means=means)))
    assert len([line for line in drawn.axes.lines if line.get_gid() == "cut"]) == 2
    low, high = drawn.axes.get_xlim()
    assert high - low < 30


def test_forest_of_contrasts_is_of_the_differences_to_the_control():
    of = ["placebo", "serum"] * 4
    made = cohort({"mouth": [0.1, -2, 0.2, -2.5, 0.3, -3, 0.2, -2.5]}, groups=of)
    drawn = Drawn(lambda axes: draw_forest(axes, made, contrasts=True))
    assert made.contrasts["difference"].iloc[0] == pytest.approx(-2.7)
    assert drawn.is_at(GREEN, -2.7, drawn.row_of("Mouth"))
    without = Drawn(lambda axes: draw_forest(axes, cohort({"mouth": [1.0, 2.0]}), contrasts=True))
    assert without.written("nothing") == ["no control to compare with"]


@pytest.mark.parametrize(
    ("p", "text"), [(0.0004, "<0.001"), (0.0123, "0.012"), (0.05, "0.050"), (0.0996, "0.10"), (1.0, "1.00"), (NAN, "–")]
)
def test_p_is_written_as_in_journals(p: float, text: str):
    assert p_text(p) == text


def test_bland_altman_draws_bias_and_limits_where_they_are():
    draw = np.random.default_rng(3)
    first = draw.normal(3, 1, 30)
    second = first + 0.4 + draw.normal(0, 0.3, 30)
    drawn = Drawn(lambda axes: draw_bland_altman(axes, first, second, names=("photo 1", "photo 2")))
    difference = second - first
    bias, half = difference.mean(), 1.96 * difference.std(ddof=1)
    found = {line.get_gid(): line.get_ydata()[0] for line in drawn.axes.lines if line.get_gid() != "pairs"}
    assert found["bias"] == pytest.approx(bias)
    assert found["upper limit"] == pytest.approx(bias + half)
    assert found["lower limit"] == pytest.approx(bias - half)
    edge = (first + second).max() / 2 + 0.02
    assert drawn.is_at(COURSE, edge, bias)
    assert not drawn.is_at(WHITE, edge, bias + 0.05)  # within the interval of the bias, 0.11 either way
    assert drawn.is_at(WHITE, edge, bias + 0.2)
    written = [text for text in drawn.written("estimate") if text.replace("−", "").replace(".", "").isdigit()]
    assert written == [f"{value:.2f}".replace("-", "−") for value in (bias + half, bias, bias - half)]
    assert drawn.axes.get_ylabel() == "photo 2 − photo 1, mm"


def test_bland_altman_moves_a_point_with_its_pair():
    first, second = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.1, 2.3, 2.8, 4.2])
    for move in (0.0, 0.15):
        moved = second + np.array([0, 0, move, 0])
        drawn = Drawn(lambda axes, moved=moved: draw_bland_altman(axes, first, moved))
        dot = (first[2] + moved[2]) / 2, moved[2] - first[2]
        assert not drawn.is_at(WHITE, *dot, off=0.3)


def test_bland_altman_leaves_out_pairs_with_a_gap_and_says_so():
    drawn = Drawn(lambda axes: draw_bland_altman(axes, [1.0, NAN, 2.0, 3.0], [1.1, 2.0, 2.1, NAN]))
    assert drawn.axes.get_xlabel().split("\n") == ["Mean of first and second, mm", "2 pairs, 2 left out"]
    assert Drawn(lambda axes: draw_bland_altman(axes, [1.0], [1.2])).written("estimate") == []
    Drawn(lambda axes: draw_bland_altman(axes, [], []))


def test_bland_altman_wants_pairs_of_finite_numbers():
    axes = Figure().add_subplot()
    with pytest.raises(InvalidPointsError, match="the same shape"):
        draw_bland_altman(axes, [1.0, 2.0], [1.0])
    with pytest.raises(InvalidPointsError, match="finite"):
        draw_bland_altman(axes, [1.0, np.inf], [1.0, 2.0])


def test_responder_bars_end_at_their_shares():
    # 6 of 10 more even at all, 2 beyond 1 mm.
    values = [-0.5, -0.6, -0.7, -0.8, -2.0, -3.0, 0.2, 0.3, 0.4, 0.5]
    drawn = Drawn(lambda axes: draw_responders(axes, cohort({"mouth": values})), height=40)
    row = drawn.row_of("Mouth")
    naive, beyond = row - 0.5 + 0.33, row + 0.5 + 0.33  # in the lower part of each bar
    assert drawn.is_at(NAIVE, 10, naive)
    assert not drawn.is_at(WHITE, 59, naive)
    # Up to 80 % it is noise: binomial with n = 10, 2 to 8 of 10.
    assert drawn.is_at(WHITE, 83, naive)
    assert not drawn.is_at(WHITE, 75, naive, off=0.1)
    assert drawn.is_at(RESPONDERS, 15, beyond)
    assert drawn.is_at(WHITE, 22, beyond)
    (interval,) = [line for line in drawn.axes.lines if line.get_gid() == "interval"]
    # Wilson 95 % of 2 of 10: 5.7 to 51.0 % (Wilson 1927; statsmodels' proportion_confint says the same).
    np.testing.assert_allclose(interval.get_xdata(), [5.67, 50.98], atol=0.01)
    noise = sorted(float(line.get_xdata()[0]) for line in drawn.axes.lines if line.get_gid() == "noise")
    assert noise == [2.5, 50.0]
    assert drawn.is_at(INK, 50, row - 0.5, off=0.1)
    assert drawn.written("number") == ["6/10", "60 %", "2/10", "20 %"]


def test_mark_of_noise_lies_beside_the_interval():
    made = random_cohort(40, ("serum", "placebo"))
    drawn = Drawn(lambda axes: draw_responders(axes, made), height=80)
    noise, interval = (
        [line.get_window_extent() for line in drawn.axes.lines if line.get_gid() == name]
        for name in ("noise", "interval")
    )
    assert not any(mark.overlaps(line) for mark in noise for line in interval)
    assert "noise alone" in legend(drawn)


def test_responders_have_a_row_for_any_of_several_regions():
    drawn = Drawn(lambda axes: draw_responders(axes, random_cohort(12, ("all",))), height=60)
    assert drawn.written("name") == ["Eyes", "Mouth", "Any region"]


def curve(shares: list[float]) -> pd.DataFrame:
    effect, share = np.linspace(0, 3, len(shares)), np.array(shares)
    naive = np.linspace(0.5, 1, len(shares))
    return pd.DataFrame(
        {"effect_in_mdc": effect, "share": share, "share_low": share - 0.02, "share_high": share + 0.02,
         "naive_share": naive, "naive_low": naive - 0.02, "naive_high": naive + 0.02}
    )  # fmt: skip


def test_responder_curve_goes_through_its_shares():
    for middle in (0.3, 0.6):
        frame = curve([0.02, middle, 0.9, 0.95])
        drawn = Drawn(lambda axes, frame=frame: draw_responder_curve(axes, frame))
        assert drawn.is_at(RESPONDERS, 1, 100 * middle)
        assert not drawn.is_at(RESPONDERS, 1, 90 - 100 * middle)
        assert drawn.written("bound") == ["80 %", "5 %"]
