"""What is said of a series: the answer rests on trend and change together, and no word promises more than they do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.made_series import COVERED, NO_TREND, made_series, trend_of, unknown, with_change, with_region
from hypothesis import given, settings
from hypothesis import strategies as st

from symmetry.measure.quality.flags import Flag
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, Verdict
from symmetry.series.series import Series
from symmetry.series.wording import (
    Outcome,
    answer,
    answer_sentences,
    change_line,
    counted,
    days,
    left_out_line,
    outcome_in,
    outcome_of,
    size_of,
    times_known,
    trend_line,
    verdict_line,
)

ALL: tuple[Verdict, ...] = (IMPROVED, WORSE, NO_CHANGE, NOT_COMPARABLE)
MAIN = ("jawline", "eyes", "mouth")


def judged(trend: Verdict, change: Verdict, *names: str) -> Series:
    """A series with these verdicts on some regions and no change of all others."""
    series = made_series(ends=dict.fromkeys(MAIN, (1.0, 1.0)))
    for name in names:
        slope = {IMPROVED: -0.5, WORSE: 0.5}.get(trend, 0.0)
        series = with_region(series, name, trend=NO_TREND if trend == NOT_COMPARABLE else trend_of(slope, 0.1, trend))
        size = {IMPROVED: -2.0, WORSE: 2.0, NO_CHANGE: -0.1}.get(change, np.nan)
        series = with_change(series, name, verdict=change, evenness=size, reason="head_turned")
    return series


@pytest.mark.parametrize(
    ("trend", "change", "verdict", "sure", "by"),
    [
        (IMPROVED, IMPROVED, IMPROVED, True, None),
        (IMPROVED, NOT_COMPARABLE, IMPROVED, True, None),
        (NOT_COMPARABLE, WORSE, WORSE, True, None),
        (NO_CHANGE, NOT_COMPARABLE, NO_CHANGE, True, None),
        (NOT_COMPARABLE, NOT_COMPARABLE, NOT_COMPARABLE, True, None),
        (IMPROVED, NO_CHANGE, IMPROVED, False, "trend"),
        (NO_CHANGE, WORSE, WORSE, False, "change"),
        (IMPROVED, WORSE, NO_CHANGE, False, None),
    ],
)
def test_trend_and_change_weighed(
    trend: Verdict, change: Verdict, verdict: Verdict, sure: bool, by: str | None
) -> None:
    found = outcome_in(judged(trend, change, "mouth"), "mouth")
    assert (found.verdict, found.sure, found.by) == (verdict, sure, by)


@given(st.sampled_from(ALL), st.sampled_from(ALL))
@settings(deadline=None)
def test_what_is_called_real_is_contradicted_by_neither(trend: Verdict, change: Verdict) -> None:
    line = verdict_line(judged(trend, change, "mouth"), "mouth")
    if line.endswith("real"):
        assert {trend, change} <= {IMPROVED, NOT_COMPARABLE} or {trend, change} <= {WORSE, NOT_COMPARABLE}
        assert line.startswith("more even" if IMPROVED in (trend, change) else "less even")
    else:
        assert trend != change or trend in (NO_CHANGE, NOT_COMPARABLE)
    assert (line == NO_CHANGE) == ({trend, change} in ({NO_CHANGE}, {NO_CHANGE, NOT_COMPARABLE}))


def test_one_session_has_no_outcome_but_its_trend() -> None:
    assert outcome_of(NO_TREND, None).verdict == NOT_COMPARABLE
    series = made_series((0,))
    assert verdict_line(series, "mouth") == "one session so far"
    assert change_line(series, "mouth") == ""
    assert answer(series).startswith("There is one session. ")


def test_answer_of_a_face_that_gets_more_even() -> None:
    assert answer(made_series(ends={"jawline": (2.0, 2.0), "nose": (2.0, 0.5)})) == (
        "Yes, more even. Since the first session the mouth became more even by 2.5 ± 0.4 mm (0.50 mm a week). "
        "This is real: photos of an unchanged face differ by less. No detectable change: the jawline and the eyes. "
        "Of the other regions more even: the nose."
    )


@pytest.mark.parametrize(
    ("trend", "change", "first"),
    [
        (IMPROVED, IMPROVED, "Yes, more even."),
        (WORSE, WORSE, "No, less even."),
        (NO_CHANGE, NO_CHANGE, "No change can be told."),
        (IMPROVED, NO_CHANGE, "Not sure yet."),
        (NO_CHANGE, WORSE, "Not sure yet."),
        (IMPROVED, WORSE, "Not sure yet."),
        (NOT_COMPARABLE, NOT_COMPARABLE, "It cannot be told."),
    ],
)
def test_first_sentence_of_the_answer(trend: Verdict, change: Verdict, first: str) -> None:
    assert answer_sentences(judged(trend, change, *MAIN))[0] == first


def test_answer_names_each_main_region_once_under_its_outcome() -> None:
    series = made_series(ends={"mouth": (3.0, 0.5), "jawline": (1.0, 2.0)})
    assert answer(series).startswith("Partly. Since the first session the mouth became more even by 2.5 ± 0.4 mm")
    assert "but the jawline became less even by 1.0 ± 0.4 mm (0.20 mm a week)." in answer(series)
    assert "Not comparable: the eyes (head held differently)." in answer(unknown(series, "eyes", "pose_differs"))
    said = answer(judged(NO_CHANGE, WORSE, "eyes"))
    assert (
        "Perhaps less even: the eyes, by 2.0 ± 0.4 mm since the first session, though the trend does not tell." in said
    )
    said = answer(judged(IMPROVED, NO_CHANGE, "eyes"))
    assert "Perhaps more even: the eyes, by 0.50 mm a week, though first and last sessions do not tell." in said
    assert "Unclear: the eyes, as trend and change disagree." in answer(judged(IMPROVED, WORSE, "eyes"))


@given(st.lists(st.tuples(st.sampled_from(ALL), st.sampled_from(ALL)), min_size=3, max_size=3))
@settings(deadline=None)
def test_every_main_region_is_spoken_of_unless_nothing_changed(verdicts: list[tuple[Verdict, Verdict]]) -> None:
    series = made_series()
    for name, (trend, change) in zip(MAIN, verdicts, strict=True):
        one = judged(trend, change, name)
        assert one.change is not None
        series = with_region(series, name, trend=one.regions[name].trend)
        changed = one.change.regions[name]
        series = with_change(series, name, verdict=change, evenness=changed.evenness, reason=changed.reason)
    said = answer(series)
    if not said.startswith("No change can be told"):
        assert all(said.count(f"the {name}") == 1 for name in MAIN)
    assert "nan" not in said


def test_lines_of_a_course() -> None:
    series = made_series()
    assert verdict_line(series, "mouth") == "more even, 0.50 mm a week, real"
    assert verdict_line(series, "mouth", sized=False) == "more even, real"
    assert change_line(series, "mouth") == "2.5 ± 0.4 mm since the first session"
    assert trend_line(trend_of(-0.5), "mm", 6) == "0.50 mm a week (0.40 to 0.60)"
    assert trend_line(trend_of(0.02), "% IPD", 6) == "-0.08 to +0.12 % IPD a week"
    assert trend_line(NO_TREND, "mm", 4) == "trend from 5 sessions on"
    assert trend_line(NO_TREND, "mm", 5) == "trend not known"
    few = made_series((0, 7, 14))
    assert verdict_line(few, "mouth") == "more even, 2.5 ± 0.4 mm, real"
    assert verdict_line(unknown(series, "mouth"), "mouth") == "not comparable: not seen"


@given(st.floats(0, 20), st.floats(0.01, 20))
def test_rounding_never_contradicts_a_verdict(size: float, error: float) -> None:
    shown, shown_error = map(float, size_of(-size, error).split(" ± "))
    if abs(size - error) > 0.01:
        assert (shown > shown_error) == (size > error)


def test_how_many_photos_from_when_to_when() -> None:
    series = made_series()
    assert counted(series) == "7 photos in 6 sessions, 2026-04-06 to 2026-05-11 (5 weeks)"
    assert counted(made_series((0,))) == "2 photos in 1 session, 2026-04-06"
    assert days(made_series((0, 1))).endswith("(1 day)")
    assert days(made_series((0, 365))).endswith("(12 months)")


def test_how_times_are_known() -> None:
    assert times_known(made_series()) == "EXIF (5 sessions) and file name (1 session)"
    assert times_known(made_series((0,))) == "EXIF"


def test_photos_left_out_are_counted_with_their_reasons() -> None:
    assert left_out_line(made_series(left_out=[COVERED] * 2)) == "2 photos left out: face covered (2)"
    assert left_out_line(made_series()) == "2 photos left out: face covered, unreadable"
    assert left_out_line(made_series(left_out=[])) == ""


def doubted(series: Series, name: str, *touches: str) -> Series:
    assert series.change is not None
    flag = Flag(name=name, severity="warn", advice="Take it again.", touches=touches)
    return replace(series, change=replace(series.change, flags=(flag,)))


def test_other_people_are_no_real_change_however_sure_it_seems() -> None:
    series = doubted(judged(IMPROVED, IMPROVED, "mouth"), "different_person", "all")
    assert not outcome_in(series, "mouth").sure
    assert "This is real" not in answer(series)
    assert "the photos cast doubt on it (different people)" in answer(series)
    assert verdict_line(series, "mouth") == "perhaps more even"


def test_warnings_count_where_a_change_rests_on_two_looks_alone() -> None:
    looks = doubted(judged(NOT_COMPARABLE, WORSE, "mouth"), "blurred", "mouth")
    assert outcome_in(looks, "mouth") == Outcome(verdict=WORSE, sure=False, by="change", doubts=("blurred",))
    assert "Perhaps less even: the mouth" in answer(looks)
    assert outcome_in(doubted(looks, "blurred", "eyes"), "mouth").sure
    assert outcome_in(doubted(judged(WORSE, WORSE, "mouth"), "blurred", "mouth"), "mouth").sure


def test_no_change_of_the_main_regions_and_one_beside_them() -> None:
    told = answer(judged(IMPROVED, IMPROVED, "brows"))
    assert told.startswith("No change of the jawline, the eyes and the mouth can be told.")
    assert told.endswith("Of the other regions more even: the brows.")
