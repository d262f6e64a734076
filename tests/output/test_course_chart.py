"""The geometry of a course over time: in its place, inside its box, with labels that can be read."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symmetry.output.course_chart import Axes, Course, TimeAxis, round_axis, round_levels, treatment_week, value_axis
from symmetry.output.layout import Box, label_ticks

BOX = Box(10.0, 20.0, 300.0, 120.0)
FIRST = date(2026, 4, 6)
WEEKS = np.arange(6.0)
SLOPES = st.floats(-50, 50)
NAN = float("nan")


def axes_of(course: Course, weeks: np.ndarray = WEEKS, **options: float) -> Axes:
    return Axes(
        box=BOX,
        time=TimeAxis.of(FIRST, weeks, room=0.05),
        values=value_axis([course], unit="mm", most=4),
        **options,
    )


def straight(*trend: float) -> Course:
    slopes = (trend[0], trend[1], trend[2]) if trend else None
    return Course(title="", values=3.0 - 0.5 * WEEKS, errors=np.full(6, 0.4), trend=slopes)


def test_trend_within_the_box_is_left_as_it_is():
    course = straight(-0.5, -0.6, -0.4)
    axes = axes_of(course)
    placed = axes.course(course, WEEKS, radius=3.0)
    np.testing.assert_allclose(placed.trend, placed.dots[[0, -1]])
    heights = placed.fan[placed.fan[:, 0] == placed.fan[:, 0].min(), 1]
    pixels_a_mm = BOX.height / (axes.values.high - axes.values.low)
    np.testing.assert_allclose(np.ptp(heights), 2.5 * 0.2 * pixels_a_mm)  # 2.5 weeks from the middle, 0.1 either way


def test_steep_trend_ends_where_it_leaves_the_box():
    course = straight(-10.0, -12.0, -8.0)
    axes = axes_of(course)
    (start, top), (end, bottom) = axes.course(course, WEEKS, radius=3.0).trend
    assert (top, bottom) == pytest.approx((BOX.top, BOX.bottom))
    per_week = BOX.width / (axes.time.end - axes.time.start + 2 * axes.time.room)
    assert (end - start) / per_week == pytest.approx((axes.values.high - axes.values.low) / 10)


@given(SLOPES, SLOPES, SLOPES, st.lists(st.floats(0, 500), min_size=6, max_size=6))
def test_nothing_leaves_the_box(slope, low, high, errors):
    course = straight(slope, min(low, high), max(low, high))
    course = Course(title="", values=course.values, errors=np.array(errors), trend=course.trend)
    placed = axes_of(course).course(course, WEEKS, radius=3.0)
    points = np.concatenate([placed.dots, *placed.bands, placed.trend, placed.fan])
    assert (points[:, 1] >= BOX.top - 1e-6).all()
    assert (points[:, 1] <= BOX.bottom + 1e-6).all()
    assert (points[:, 0] >= BOX.left).all()
    assert (points[:, 0] <= BOX.right).all()


def test_one_wide_error_is_clipped_and_does_not_flatten_the_others():
    course = straight()
    errors = np.array([0.4, 0.4, 90.0, 0.4, 0.4, 0.4])
    wide = Course(title="", values=course.values, errors=errors)
    span, wide_span = (axis.high - axis.low for axis in (axes_of(course).values, axes_of(wide).values))
    assert wide_span < 1.3 * span
    (band,) = axes_of(wide).course(wide, WEEKS, radius=3.0).bands
    assert (band[:, 1].min(), band[:, 1].max()) == pytest.approx((BOX.top, BOX.bottom))


def test_band_breaks_where_a_session_does_not_know():
    values = straight().values.copy()
    values[[1, 3]] = NAN
    course = Course(title="", values=values, errors=np.full(6, 0.4))
    placed = axes_of(course).course(course, WEEKS, radius=3.0)
    assert [len(band) for band in placed.bands] == [4, 4, 4]
    assert [len(stroke) for stroke in placed.strokes] == [1, 1, 2]
    assert np.ptp(placed.bands[0][:, 0]) == 6.0  # a lone session has a bar as wide as its dot


def test_treatment_begins_at_midnight_before_its_first_day():
    week = treatment_week(date(2026, 4, 20), FIRST)
    assert week == pytest.approx(13.5 / 7)
    axes = axes_of(straight(), treatment=week)
    assert axes.start == axes.baseline
    assert axes.x(13 / 7) < axes.baseline < axes.x(2.0)
    assert axes_of(straight(), treatment=-1.0).start is None
    assert axes_of(straight(), treatment=99.0).baseline == BOX.right
    assert axes_of(straight()).baseline == BOX.left


def test_sessions_that_share_a_dot_show_their_median():
    weeks = np.arange(7.0)
    course = Course(title="", values=np.array([1.0, 5, 2, NAN, 4, 6, 7]), errors=np.full(7, 0.5))
    placed = axes_of(course, weeks).course(course, weeks, radius=2.0, together=3)
    axes = axes_of(course, weeks)
    np.testing.assert_allclose(placed.dots, axes.at(np.array([1.0, 4.0, 6.0]), np.array([2.0, 5.0, 7.0])))


@given(st.floats(-1e3, 1e3), st.floats(0.01, 1e3), st.integers(2, 8))
def test_levels_are_round_few_and_within_their_ends(low, length, most):
    levels = round_levels(low, low + length, most)
    assert 2 <= len(levels) <= most + 1 or len(levels) <= 5
    assert all(low - 1e-6 * length <= level <= low + length + 1e-6 * length for level in levels)
    rounded = round_axis(low, low + length, most)
    assert rounded.low <= low + 1e-6 * length
    assert rounded.high >= low + length - 1e-6 * length
    step = rounded.levels[1] - rounded.levels[0]
    assert float(f"{step:.0e}") == pytest.approx(step)
    assert f"{step:.0e}"[0] in "125"


@given(
    st.lists(st.tuples(st.floats(0, 200), st.text("x", min_size=1, max_size=30)), max_size=8),
    st.floats(0, 10),
)
def test_labels_of_ticks_neither_touch_nor_leave_the_axis(ticks, gap):
    ticks.sort()
    found = label_ticks(ticks, ends=(0.0, 200.0), gap=gap, width_of=lambda text: 6.0 * len(text))
    assert [tick.at for tick in found] == [at for at, _ in ticks]
    shown = [tick for tick in found if tick.text]
    assert shown or not ticks
    free = -gap
    for tick in shown:
        width = 6.0 * len(tick.text)
        start = tick.text_at - {"start": 0.0, "middle": 0.5, "end": 1.0}[tick.anchor] * width
        assert start >= free + gap - 1e-9
        free = start + width
    assert free <= 200.0 + 1e-9


def test_last_label_takes_the_place_of_the_one_before():
    ticks = [(0.0, "aaaa"), (50.0, "bbbb"), (95.0, "cccc"), (100.0, "dddd")]
    found = label_ticks(ticks, ends=(0.0, 100.0), gap=2.0, width_of=lambda text: 5.0 * len(text))
    assert [tick.text for tick in found] == ["aaaa", "bbbb", "", "dddd"]
    assert [tick.anchor for tick in found] == ["start", "middle", "middle", "end"]
