"""What a report is put together from: words, charts, pictures, notes."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from helpers.figure_faces import face_of_landmarks, uneven
from helpers.report_sample import FIRST, NAN, faces, sample_report, sample_series
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from symmetry.measure.change import RegionChange, SideMovement
from symmetry.measure.quality.flags import Flag
from symmetry.measure.words import DASH, change_words
from symmetry.output.course_chart import Course, value_axis
from symmetry.output.report import DiaryCourse, Pictures, notes, tables, words
from symmetry.output.report.charts import SeriesCharts
from symmetry.output.report.pictures import WIDTH, lay_out
from symmetry.practice.records import Treatment
from symmetry.series.result import TrendOf
from symmetry.series.wording import verdict_words

SIDE = SideMovement(outward=0.0, up=0.0, size=0.0)
values = st.floats(-50, 50).map(lambda value: round(value, 3))


def region(name: str = "mouth", **given: object) -> RegionChange:
    numbers = ("before", "after", "change", "lateral_before", "lateral_after", "vertical_before", "vertical_after")
    given = dict.fromkeys((*numbers, "lateral_change", "vertical_change", "lift"), 0.0) | {
        "region": name,
        "subject_right": SIDE,
        "subject_left": SIDE,
        "moved": "neither",
        "part": name,
        "evenness": -1.2,
        "evenness_error": 0.5,
        "verdict": "improved",
        "unit": "mm",
        **given,
    }
    return RegionChange(**given)  # type: ignore[arg-type]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def kept(text: str) -> str:
    return text.replace(" ", "\u00a0")


def trend(slope: float, low: float, high: float, verdict: str) -> TrendOf:
    return TrendOf(slope=slope, low=low, high=high, p=0.001, verdict=verdict)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "1.2 ± 0.5 mm more even"),
        ({"evenness": 0.52, "evenness_error": 0.5, "verdict": "worse"}, "0.52 ± 0.50 mm less even"),
        ({"verdict": "no detectable change", "evenness": -0.3}, "0.3 ± 0.5 mm more even"),
        ({"verdict": "no detectable change", "evenness": 0.01}, "as even as before, ± 0.5 mm"),
        ({"verdict": "not comparable"}, ""),
        ({"unit": "% IPD"}, "1.2 ± 0.5 % IPD more even"),
    ],
)
def test_change_in_words(given, told):
    assert change_words(region(**given)) == told


def test_number_stays_on_a_line_with_its_error_and_unit():
    text = "by 1.2 ± 0.5 % IPD (0.12 to 0.34), 2.0 mm up"
    assert words.unbroken(text).split(" ") == ["by", *map(kept, ("1.2 ± 0.5 % IPD", "(0.12 to 0.34),", "2.0 mm")), "up"]
    assert plain(words.unbroken(text)) == text


def test_side_that_moved_is_named_with_where_it_went():
    right = SideMovement(outward=-0.3, up=1.4, size=1.5)
    told = words.moved_words(region(moved="subject_right", subject_right=right, came_from="worse side"))
    assert told == "Mostly the right: the worse side improved; right 1.4 mm up, 0.3 mm in; left 0.0 mm"
    assert words.moved_words(region()) == "Neither side for sure; right 0.0 mm; left 0.0 mm"
    assert words.moved_words(region(moved=None)) == ""


@pytest.mark.parametrize(
    ("vertical", "lateral", "told"),
    [
        (1.3, 0.1, "Left 1.3 ± 0.4 mm higher"),
        (-1.3, -0.9, "Right 1.3 ± 0.4 mm higher, right 0.9 ± 0.4 mm further out"),
        (1.3, -0.9, "Left 1.3 ± 0.4 mm higher, right 0.9 ± 0.4 mm further out"),
        (0.41, -0.4, "Left 0.41 ± 0.40 mm higher"),
        (0.3, -0.4, "Neither side clearly higher or further out"),
        (NAN, 0.9, "Left 0.9 ± 0.4 mm further out"),
    ],
)
def test_side_that_is_higher_or_wider_now(vertical, lateral, told):
    course, error = sample_series().regions["mouth"], np.full(8, 0.4)
    course = replace(
        course,
        vertical=np.full(8, vertical),
        lateral=np.full(8, lateral),
        vertical_error=error,
        lateral_error=error,
    )
    assert words.now_words(course, sample_series().sessions) == told


def test_now_is_never_taken_from_an_old_session_without_saying_so():
    series = sample_series()
    unknown = np.array([NAN, 0.5, NAN, NAN, NAN, NAN, NAN, NAN])
    old = {"vertical": unknown, "lateral": unknown * NAN, "vertical_error": np.full(8, 0.2)}
    told = words.now_words(replace(series.regions["mouth"], **old), series.sessions)
    day = words.day(series.sessions[1].day)
    assert told == f"Not known from the last session; on {day}: left 0.5 ± 0.2 mm higher"


def of_regions(**verdicts: str):
    """A series of whose regions the change says this, and the trend the same or what stands behind a slash."""
    series = sample_series()
    both = {name: verdicts.get(name, "no detectable change").split("/") for name in series.regions}
    changed = {name: region(name, verdict=given[0]) for name, given in both.items()}
    courses = {
        name: replace(course, trend=trend(-0.2, -0.3, -0.1, both[name][-1])) for name, course in series.regions.items()
    }
    return replace(series, regions=courses, change=replace(series.change, regions=changed, flags=()))


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ({"mouth": "improved"}, "Yes, more even: the mouth."),
        ({"mouth": "improved", "jawline": "improved"}, "Yes, more even: the jawline and the mouth."),
        ({"eyes": "worse"}, "No, less even: the eyes."),
        ({"mouth": "improved", "eyes": "worse"}, "Partly: the mouth more even, the eyes less even."),
        ({}, "No detectable change."),
        ({"mouth": "no detectable change/improved"}, "Not sure yet; perhaps more even: the mouth."),
        ({"eyes": "worse/no detectable change"}, "Not sure yet; perhaps less even: the eyes."),
        ({"eyes": "worse/improved"}, "Not sure yet."),
        ({"mouth": "improved", "eyes": "no detectable change/worse"}, "Yes, more even: the mouth."),
        (dict.fromkeys(("mouth", "eyes", "jawline"), "not comparable"), "It cannot be told."),
    ],
)
def test_headline_answers_the_question(verdicts, told):
    assert of_regions(**verdicts).sentences[0] == told


def test_answer_says_where_how_much_and_whether_it_is_real():
    series = of_regions(mouth="improved", jawline="not comparable", brows="worse")
    course = replace(series.regions["jawline"], trend=trend(NAN, NAN, NAN, "not comparable"))
    series = replace(series, regions={**series.regions, "jawline": course})
    assert series.sentences[1:] == [
        "Since the first 2 sessions, the mouth became more even by 1.2 ± 0.5 mm (0.20 mm a week).",
        "This is real as far as photos can tell: photos of one day differ by less, and faces at rest from day to day, "
        "too, as far as that is published. How much this face differs from day to day is not known: take photos on "
        "three days before you begin.",
        "The eyes changed no more than photos of an unchanged face may differ from day to day.",
        "The jawline is not comparable: not seen.",
        "Of the other regions, the brows became less even.",
    ]


def test_answer_says_perhaps_where_trend_and_change_do_not_agree():
    series = of_regions(
        mouth="no detectable change/improved", eyes="worse/no detectable change", jawline="worse/improved"
    )
    assert series.sentences == [
        "Not sure yet; perhaps more even: the mouth and less even: the eyes.",
        "The eyes are perhaps less even by 1.2 ± 0.5 mm: only the first and last sessions show it.",
        "The mouth is perhaps more even by 0.20 mm a week: only the trend shows it.",
        "The jawline is unclear: trend and change disagree.",
    ]
    outcomes = [series.outcome.regions[name] for name in ("eyes", "mouth", "jawline")]
    assert [verdict_words(one) for one in outcomes] == ["perhaps less even", "perhaps more even", "unclear"]


def test_trend_gives_the_size_where_the_last_sessions_cannot_be_compared():
    told = of_regions(mouth="not comparable/improved").sentences[1]
    assert told == "Since the first 2 sessions, the mouth became more even by 0.20 mm a week."


def test_doubt_about_the_person_comes_first():
    series = of_regions(mouth="improved")
    doubt = Flag(name="different_person", severity="warn", advice="-")
    series = replace(series, change=replace(series.change, flags=(doubt,)))
    assert series.sentences[1] == "Mind: the photos seem to show different people."


def test_days_are_written_as_people_do():
    assert words.days(date(2026, 4, 6), date(2026, 5, 18)) == "6 April to 18 May 2026"
    assert words.days(date(2025, 12, 30), date(2026, 1, 2)) == "30 December 2025 to 2 January 2026"
    assert words.days(date(2026, 4, 6), date(2026, 4, 6)) == "6 April 2026"


@given(st.lists(values | st.just(NAN)))
def test_scale_holds_all_values_and_even(numbers):
    course = Course(title="", values=np.array(numbers, dtype=float), errors=np.full(len(numbers), NAN))
    axis = value_axis([course], unit="mm", most=5, rounded=True)
    known = [number for number in numbers if number == number]
    assert axis.low <= min([0.0, *known])
    assert axis.high >= max([0.0, *known])
    assert 2 <= len(axis.levels) <= 8
    assert np.allclose(np.diff(axis.levels), axis.levels[1] - axis.levels[0])


def drawn(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


@given(st.lists(values | st.just(NAN), min_size=8, max_size=8), st.floats(0, 5))
def test_courses_stay_within_their_chart(numbers, error):
    series = sample_series()
    course = replace(
        series.regions["mouth"],
        signed_asymmetry=np.array(numbers, dtype=float),
        signed_asymmetry_error=np.full(8, error),
    )
    chart = SeriesCharts(replace(series, regions={"mouth": course})).course("x", "mouth", title="Mouth")
    placed, box = chart.courses["course"], chart.axes.box
    assert len(placed.dots) == np.isfinite(numbers).sum()
    for x, y in np.concatenate([*placed.bands, placed.dots, placed.trend]):
        assert box.left - 2 <= x <= box.right + 2
        assert box.top - 0.1 <= y <= box.bottom + 0.1


def test_course_is_drawn_where_it_lies():
    series = sample_series()
    course = series.regions["cheeks"]  # two sessions do not know it
    chart = SeriesCharts(series).course("x", "cheeks", title="Cheeks")
    placed, box, scale = chart.courses["course"], chart.axes.box, chart.axes.values
    assert len(placed.dots) == 6
    assert len(placed.strokes) == 3
    assert len(placed.bands) == 3
    (x, y), (last, _) = placed.dots[[0, -1]]
    assert (x, last) == pytest.approx((box.left, box.right))
    height = (box.bottom - y) / box.height
    assert height == pytest.approx((course.signed_asymmetry[0] - scale.low) / (scale.high - scale.low), abs=0.01)


def test_all_courses_share_one_scale():
    charts = SeriesCharts(sample_series())
    assert len({charts.course(name, name, title=name).axes for name in charts.series.regions}) == 1


def test_one_wide_error_does_not_flatten_all_courses():
    series = sample_series()
    errors = series.regions["nose"].signed_asymmetry_error.copy()
    errors[2] = 90.0
    wide = replace(
        series, regions={**series.regions, "nose": replace(series.regions["nose"], signed_asymmetry_error=errors)}
    )
    usual, wider = (axis.high - axis.low for axis in (SeriesCharts(series).values, SeriesCharts(wide).values))
    assert wider < 1.5 * usual


def test_treatments_and_their_start_are_marked_between_the_sessions():
    at = [FIRST + timedelta(days=days) for days in (-10, 0, 21, 42, 100)]
    chart = SeriesCharts(sample_series(), at).course("x", "mouth", title="Mouth")
    box = chart.axes.box
    assert chart.treatments == pytest.approx((box.left, box.middle, box.right))
    assert chart.axes.start is not None
    share = (chart.axes.start - box.left) / box.width
    assert share == pytest.approx(12.5 / 42)  # the night before the 13th day


def test_names_beside_lines_do_not_touch():
    charts = SeriesCharts(sample_series())
    for upward in (True, False):
        chart = charts.movement("x", "eyes", title="Eyes", upward=upward)
        first, second = sorted(chart.names.values())
        assert second - first >= 11.9
        assert set(chart.names) == {"left", "right"}


def test_diary_keeps_its_own_scale():
    entries = tuple((FIRST + timedelta(days=7 * i), float(i)) for i in range(5))
    charts = SeriesCharts(sample_series())
    chart = charts.diary("x", DiaryCourse(name="Stress", low=0, high=10, entries=entries))
    assert [text for *_, text in chart.axes.levels()] == ["0", "2", "4", "6", "8", "10"]
    assert chart.courses["course"].dots[0][1] == pytest.approx(chart.axes.box.bottom)
    empty = charts.diary("x", DiaryCourse(name="Stress", low=0, high=10, entries=()))
    assert len(empty.courses["course"].dots) == 0


def test_dates_are_few_and_begin_with_the_first_session():
    for days in ((0, 3), (0, 30), (0, 400), (0, 4000)):
        chart = SeriesCharts(sample_series(days)).course("x", "mouth", title="Mouth")
        assert 2 <= len(chart.dates) <= 4
        assert chart.dates[0].text.startswith("6 Apr")


def points_of(path: str) -> np.ndarray:
    return np.array(drawn(path.replace("M", " ").replace("L", " ")))


def test_sides_of_an_even_face_lie_on_each_other():
    even = face_of_landmarks()
    shown = lay_out(Pictures(before=even, after=even)).before
    for own, other in ((shown.left, shown.right_mirrored), (shown.right, shown.left_mirrored)):
        for one, two in zip(own, other, strict=True):
            assert points_of(one) == pytest.approx(points_of(two), abs=0.2)
    middle = points_of(shown.midline)[:, 0]
    assert middle == pytest.approx(np.full(len(middle), (WIDTH - 1) / 2), abs=1.0)


def test_higher_mouth_corner_lies_above_the_mirrored_one():
    face = uneven()  # the left mouth is higher by 3 mm
    shown = lay_out(Pictures(before=face, after=face)).before
    corner, mirrored = points_of(shown.left[2])[0], points_of(shown.right_mirrored[2])[0]
    assert corner[1] < mirrored[1] - 5
    assert corner[0] == pytest.approx(mirrored[0], abs=5)
    assert corner[0] > WIDTH / 2  # the person's left


def test_map_colours_what_moved_and_arrows_say_where():
    before, after, change = faces()
    laid = lay_out(Pictures(before=before, after=after, change=change))
    assert laid.coloured
    assert laid.before.map == ""
    data = base64.b64decode(laid.after.map.split(",", 1)[1])
    picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=float)
    assert picture.shape == (laid.height, laid.width, 3)

    def tint(corner: np.ndarray) -> float:
        x, y = corner.round().astype(int)
        return float(np.ptp(picture[y - 4 : y + 5, x - 4 : x + 5].mean(axis=(0, 1))))

    right, left = (points_of(side[2])[0] for side in (laid.after.right, laid.after.left))
    assert tint(right) > tint(left) + 30  # the right corner of the mouth rose, the left one did not
    eye = points_of(laid.after.left[0])
    arrows = [points_of(arrow.rpartition("M")[0]) for arrow in laid.after.arrows]
    beside = [arrow for arrow in arrows if np.linalg.norm(arrow[0] - eye.mean(axis=0)) < 40]
    assert beside
    assert all(arrow[1, 1] < arrow[0, 1] for arrow in beside)  # up


def test_notes_tell_each_flag_once_with_how_often():
    found = notes.notes_on(sample_report().series)
    assert [note.title for note in found][:1] == ["Head turned"]
    assert found[0].where == "3 of 16 photos"
    assert found[0].weight == "Some results are less sure"
    assert notes.dating(sample_report().series) == "The day of 1 session comes from the name of the file."


def test_treatments_of_a_kind_are_added_up():
    given = [
        Treatment(at=FIRST, protocol="a", minutes=20.0),
        Treatment(at=FIRST + timedelta(days=3), protocol="a"),
        Treatment(at=FIRST, protocol="b"),
    ]
    first, second = notes.done(given)
    assert (first.times, first.minutes, first.last) == ("2", "20 min", "9 April 2026")
    assert (second.times, second.minutes) == ("1", "")


def test_tables_have_a_cell_for_every_head():
    series = sample_series()
    made = [*tables.all_numbers(series), tables.courses_by_session(series), tables.movement_by_session(series)]
    assert len(made) == 6
    for table in made:
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.head)}
    assert len(tables.all_numbers(replace(sample_series((0,)), treatment_start=None))) == 3


@given(values | st.just(NAN), st.floats(0, 9) | st.just(NAN), st.booleans())
def test_numbers_show_their_sign_as_a_minus_and_never_nan(value, error, signed):
    shown = tables.number(value, error, signed=signed)
    assert "nan" not in shown
    assert "-" not in shown
    assert (shown == DASH) == (value != value)
