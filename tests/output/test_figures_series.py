"""The picture of a series: courses where they belong, one scale, verdicts in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from helpers.examples import examples
from helpers.figure_faces import assert_all_texts_apart_and_inside, below, texts
from helpers.made_series import NO_TREND, made_series, trend_of, unknown, with_change, with_region
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from numpy.typing import NDArray
from PIL import Image

from symmetry.landmarks.mesh import MAIN_REGIONS, REGIONS
from symmetry.landmarks.networks import engine_label
from symmetry.measure.quality.flags import Flag
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, WORSE
from symmetry.measure.words import REGION_TITLES
from symmetry.output.colours import VERDICT_COLOURS
from symmetry.output.figures import draw_series, save_figure
from symmetry.output.figures.page import WIDTH
from symmetry.output.figures.series import axes_of
from symmetry.output.layout import Box
from symmetry.series.series import Series
from symmetry.series.wording import verdict_line
from symmetry.version import __version__

START = date(2026, 4, 20)
NAN = float("nan")
BOX = Box(10.0, 20.0, 300.0, 50.0)


def artists(figure: Figure, name: str) -> list[Artist]:
    axes = figure.axes[0]
    return [artist for artist in (*axes.lines, *axes.patches) if artist.get_gid() == name]


def dots(figure: Figure, region: str) -> NDArray[np.float64]:
    """Places (n, 2) of a region's sessions on the page."""
    (line,) = artists(figure, f"{region} sessions")
    return np.column_stack(line.get_data())  # type: ignore[attr-defined]


def corners(artist: Artist) -> NDArray[np.float64]:
    assert isinstance(artist, Polygon)
    return np.asarray(artist.get_xy())


def levels(figure: Figure, name: str = "even") -> list[float]:
    return [float(line.get_ydata()[0]) for line in artists(figure, name)]  # type: ignore[attr-defined]


def per_unit(figure: Figure) -> float:
    """Pixels a millimetre in the large panels: from 3 mm to 0.5 mm of the mouth."""
    y = dots(figure, "mouth")[:, 1]
    return float(y[-1] - y[0]) / 2.5


def dates_of(series: Series) -> list[str]:
    return [text for _, text in axes_of(series, BOX).time.dates(4, months=True)]


def test_sessions_stand_at_their_days_and_sizes() -> None:
    figure = draw_series(made_series((0, 7, 28, 35, 70), noise=0.0))
    mouth = dots(figure, "mouth")
    steps = np.diff(mouth[:, 0])
    assert steps / steps[0] == pytest.approx([1, 3, 1, 5])
    assert np.diff(mouth[:, 1]) / per_unit(figure) == pytest.approx(np.array([7, 21, 7, 35]) * 2.5 / 70)
    even = min(levels(figure), key=lambda y: abs(y - mouth[-1, 1]))
    assert even - mouth[-1, 1] == pytest.approx(0.5 * per_unit(figure))


def test_all_large_panels_have_one_scale_and_so_have_the_small_ones() -> None:
    figure = draw_series(made_series(ends=dict.fromkeys(REGIONS, (1.5, 1.0))))
    for names in (MAIN_REGIONS, ("brows", "nasolabial", "cheeks"), ("nose", "lower_face", "face")):
        heights = [dots(figure, name)[:, 1] for name in names]
        assert heights[1] == pytest.approx(heights[0])
        assert heights[2] == pytest.approx(heights[0])
        offsets = [dots(figure, name)[0, 0] for name in names]
        assert np.diff(offsets) == pytest.approx([offsets[1] - offsets[0]] * 2)
        assert offsets[1] - offsets[0] > WIDTH / 4
    assert len(levels(figure)) == len(REGIONS)


def test_band_is_the_error_and_breaks_where_a_session_does_not_know() -> None:
    series = made_series()
    values = series.regions["mouth"].signed_asymmetry.copy()
    values[3] = NAN
    figure = draw_series(with_region(series, "mouth", signed_asymmetry=values))
    mouth = dots(figure, "mouth")
    assert len(mouth) == 5
    bands = [corners(band) for band in artists(figure, "band")]
    below_it = dots(figure, "cheeks")[:, 1].min()
    own = [b for b in bands if b[:, 0].min() > 2 * WIDTH / 3 and b[:, 1].max() < below_it - 100]
    assert len(own) == 2
    (first,) = (b for b in own if np.isclose(b[:, 0].min(), mouth[0, 0]))
    at_start = first[np.isclose(first[:, 0], mouth[0, 0]), 1]
    assert sorted({round(y, 3) for y in at_start - mouth[0, 1]}) == pytest.approx(
        [-0.4 * per_unit(figure), 0.4 * per_unit(figure)], abs=0.01
    )


def test_trend_runs_through_the_middle_with_its_interval() -> None:
    series = made_series()
    figure = draw_series(series)
    (line,) = artists(figure, "mouth trend")
    (fan,) = artists(figure, "mouth fan")
    mouth = dots(figure, "mouth")
    x, y = line.get_data()  # type: ignore[attr-defined]
    assert np.column_stack([x, y]) == pytest.approx(mouth[[0, -1]])
    edges = corners(fan)
    at_start = edges[np.isclose(edges[:, 0], mouth[0, 0]), 1] - mouth[0, 1]
    # From the middle, 2.5 weeks away, by 0.1 mm a week on either side.
    assert [at_start.min(), at_start.max()] == pytest.approx(np.array([-0.25, 0.25]) * per_unit(figure))


@pytest.mark.parametrize("verdict", [IMPROVED, WORSE, NO_CHANGE])
def test_trend_has_the_colour_of_its_verdict(verdict: str) -> None:
    series = with_region(made_series(), "mouth", trend=trend_of(-0.5, 0.1, verdict))  # type: ignore[arg-type]
    (line,) = artists(draw_series(series), "mouth trend")
    assert line.get_color() == VERDICT_COLOURS[verdict]  # type: ignore[attr-defined,index]


def test_no_trend_is_drawn_from_few_sessions() -> None:
    figure = draw_series(made_series((0, 7, 14)))
    assert not artists(figure, "mouth trend")
    assert not any("trend and its" in text for text in texts(figure))
    assert "trend from 5 sessions on" in below(figure, "Mouth")


def test_baseline_is_shaded_up_to_the_treatment() -> None:
    figure = draw_series(made_series(treatment_start=START))
    lines = artists(figure, "treatment")
    shades = artists(figure, "baseline")
    assert len(lines) == len(shades) == len(REGIONS)
    days = dots(figure, "jawline")[:, 0]
    at = min(float(line.get_xdata()[0]) for line in lines)  # type: ignore[attr-defined]
    assert days[1] < at < days[2]  # the session of the first day is of the treatment
    assert any("treatment from 2026-04-20" in text for text in texts(figure))
    shade = min(shades, key=lambda patch: patch.get_x())  # type: ignore[attr-defined]
    assert shade.get_x() < days[0]  # type: ignore[attr-defined]
    assert shade.get_x() + shade.get_width() == pytest.approx(at)  # type: ignore[attr-defined]
    assert not artists(draw_series(made_series()), "baseline")


@pytest.mark.parametrize(("start", "shaded"), [(date(2026, 1, 1), 0), (date(2027, 1, 1), len(REGIONS))])
def test_treatment_outside_the_time_has_no_line(start: date, shaded: int) -> None:
    figure = draw_series(made_series(treatment_start=start))
    assert not artists(figure, "treatment")
    assert len(artists(figure, "baseline")) == shaded


def test_words_over_the_courses() -> None:
    series = made_series()
    figure = draw_series(series)
    assert below(figure, "Mouth") == [
        "more even",
        "2.5 ± 0.4 mm more even",
        "0.50 mm a week more even",
    ]
    assert below(figure, "Jawline", 2) == ["jaw angle", "less even"]
    for name in REGIONS:
        if name not in MAIN_REGIONS:
            assert below(figure, REGION_TITLES[name], 1) == [verdict_line(series.outcome.regions[name])]
    first, *others = series.sentences
    assert first in texts(figure)
    assert " ".join(others) in " ".join(texts(figure))
    assert f"symmetry {__version__}, {engine_label()}." in " ".join(texts(figure))


def test_colour_and_filling_are_for_what_is_sure() -> None:
    for change, filled in ((IMPROVED, True), (NO_CHANGE, False)):
        series = with_change(made_series(), "mouth", verdict=change)
        figure = draw_series(series)
        (said,) = (text for text in figure.axes[0].texts if text.get_text() == below(figure, "Mouth", 1)[0])
        assert (said.get_color() == VERDICT_COLOURS[IMPROVED]) == filled
        assert said.get_text().startswith("more even" if filled else "perhaps more even")


def test_region_not_known_says_why_and_has_no_course() -> None:
    figure = draw_series(unknown(made_series(), "mouth", "head_turned"))
    assert not artists(figure, "mouth sessions")
    assert "head turned" in texts(figure)
    assert "not comparable" in below(figure, "Mouth", 1)
    assert not any("nan" in text for text in texts(figure))
    assert_all_texts_apart_and_inside(figure)


def test_header_counts_photos_and_names_no_folder() -> None:
    series = made_series(name="/home/someone/photo{}.jpg")
    written = texts(draw_series(series, title="Anna Kovács"))
    start = written.index("Anna Kovács")
    assert written[start + 1].startswith("7 photos in 6 sessions, 2026-04-06 to 2026-05-11 (5 weeks) · times by EXIF")
    assert written[start + 2] == "2 photos left out: face covered, unreadable"
    assert not any("someone" in text for text in written)


@pytest.mark.parametrize(
    "case",
    [
        lambda: made_series((0,)),
        lambda: made_series((0, 1)),
        lambda: made_series(tuple(range(0, 280, 7)), noise=0.3, treatment_start=date(2026, 7, 1)),
        lambda: made_series((0, 900, 1800, 2700, 3600), noise=0.5),
        lambda: made_series((0, 2, 3, 9, 11), unit="% IPD", ends={"mouth": (-33.3, 22.2), "eyes": (9.0, 1.0)}),
        lambda: made_series(ends=dict.fromkeys(REGIONS, (0.0, 0.0))),
        lambda: unknown(
            unknown(unknown(made_series(), "mouth", "pose_differs"), "eyes"), "jawline", "different_person"
        ),
        lambda: with_change(made_series(), "cheeks", verdict="not comparable", reason="expression_differs"),
    ],
    ids=["one", "two", "forty", "years", "percent", "even", "hardly known", "unsure"],
)
@pytest.mark.parametrize("title", [None, "Anna $x$ " * 60])
def test_texts_never_touch_nor_leave_the_page(case: Callable[[], Series], title: str | None) -> None:
    assert_all_texts_apart_and_inside(draw_series(case(), title=title))


def test_large_errors_do_not_flatten_the_others() -> None:
    series = made_series()
    errors = np.array([0.4, 0.4, 90.0, 0.4, 0.4, 0.4])
    wide = draw_series(with_region(series, "nose", signed_asymmetry_error=errors))
    assert per_unit(wide) == pytest.approx(per_unit(draw_series(series)), rel=0.2)


@given(
    st.lists(st.floats(-50, 50), min_size=6, max_size=6),
    st.lists(st.floats(0, 80), min_size=6, max_size=6),
    st.lists(st.integers(1, 400), min_size=5, max_size=5),
)
@examples(60)
def test_scales_hold_all_sessions_and_even(values: list[float], errors: list[float], gaps: list[int]) -> None:
    days = tuple(np.cumsum([0, *gaps]).tolist())
    series = with_region(
        made_series(days), "eyes", signed_asymmetry=np.array(values), signed_asymmetry_error=np.array(errors)
    )
    axes = axes_of(series, BOX)
    scale = axes.values
    assert scale.low < min(0.0, *values)
    assert scale.high > max(0.0, *values)
    assert 0.0 in scale.levels
    assert 2 <= len(scale.levels) <= 7
    assert all(scale.low <= level <= scale.high for level in scale.levels)
    dates = axes.time.dates(4, months=True)
    assert 1 <= len(dates) <= 4
    assert all(axes.box.left <= axes.x(week) <= axes.box.right for week, _ in dates)
    x, y = axes.x(np.array(days) / 7), axes.y(np.array(values))
    assert (np.diff(x) > 0).all()
    assert (x > 10).all()
    assert (x < 310).all()
    assert (y > 20).all()
    assert (y < 70).all()


def test_noise_of_an_even_face_is_not_drawn_as_mountains() -> None:
    scale = axes_of(made_series(ends=dict.fromkeys(REGIONS, (0.01, 0.02))), BOX).values
    assert scale.high - scale.low >= 2.0


def test_one_session_shows_its_day_alone() -> None:
    assert dates_of(made_series((0,))) == ["6 Apr"]
    figure = draw_series(made_series((0,)))
    assert len(dots(figure, "mouth")) == 1
    (band,) = [b for b in artists(figure, "band") if abs(corners(b)[:, 0].mean() - dots(figure, "mouth")[0, 0]) < 3][:1]
    assert np.ptp(corners(band)[:, 1]) > 10


def test_months_and_years_are_named() -> None:
    assert dates_of(made_series(tuple(range(0, 300, 20)))) == ["Jul 2026", "Oct 2026", "Jan 2027"]
    assert dates_of(made_series((0, 14, 42))) == ["6 Apr", "20 Apr", "4 May", "18 May"]


def test_file_of_the_figure_shows_purple_dots_and_is_the_same_twice(tmp_path: Path) -> None:
    files = [save_figure(draw_series(made_series()), tmp_path / f"{i}.png", width=900) for i in range(2)]
    assert files[0].read_bytes() == files[1].read_bytes()
    pixels = np.asarray(Image.open(files[0]).convert("RGB")).astype(int)
    purple = np.abs(pixels - [0x70, 0x1F, 0xAE]).max(axis=-1) < 12
    assert purple.sum() > 200
    assert pixels.shape[1] == 900


def test_flags_of_the_photos_compared_are_shown() -> None:
    series = made_series()
    assert series.change is not None
    dark = Flag(name="too_dark", severity="warn", advice="It is too dark; switch on a light.", touches=("nose",))
    doubtful = replace(series, change=replace(series.change, flags=(dark,)))
    assert dark.advice in " ".join(texts(draw_series(doubtful)))
    assert dark.advice not in " ".join(texts(draw_series(series)))


def test_course_without_errors_still_has_its_dots() -> None:
    series = made_series((0, 7))
    nothing = np.full(2, NAN)
    figure = draw_series(with_region(series, "mouth", signed_asymmetry_error=nothing, trend=NO_TREND))
    assert len(dots(figure, "mouth")) == 2
