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
from symmetry.measure.words import amount, change_words
from symmetry.series.answer import Outcome
from symmetry.series.result import TrendOf
from symmetry.series.series import Series
from symmetry.series.wording import (
    days,
    left_out_line,
    photos_and_days,
    times_known,
    trend_words,
    verdict_line,
    verdict_words,
    why,
)

ALL: tuple[Verdict, ...] = (IMPROVED, WORSE, NO_CHANGE, NOT_COMPARABLE)
MAIN = ("jawline", "eyes", "mouth")


def outcome(series: Series, name: str) -> Outcome:
    return series.outcome.regions[name]


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
    found = outcome(judged(trend, change, "mouth"), "mouth")
    assert (found.verdict, found.sure, found.by) == (verdict, sure, by)


@given(st.sampled_from(ALL), st.sampled_from(ALL))
@settings(deadline=None)
def test_what_is_called_real_is_contradicted_by_neither(trend: Verdict, change: Verdict) -> None:
    series = judged(trend, change, "mouth")
    line = verdict_words(outcome(series, "mouth"))
    assert (line in ("more even", "less even")) == (" real as far as photos can tell" in series.answer)
    if line in ("more even", "less even"):
        assert {trend, change} <= {IMPROVED, NOT_COMPARABLE} or {trend, change} <= {WORSE, NOT_COMPARABLE}
        assert line == ("more even" if IMPROVED in (trend, change) else "less even")
    else:
        assert trend != change or trend in (NO_CHANGE, NOT_COMPARABLE)
    assert (line == NO_CHANGE) == ({trend, change} in ({NO_CHANGE}, {NO_CHANGE, NOT_COMPARABLE}))


def test_one_session_has_no_outcome_but_its_trend() -> None:
    series = made_series((0,))
    found = outcome(series, "mouth")
    assert found.verdict == NOT_COMPARABLE
    assert verdict_line(found) == verdict_words(found) == "one session so far"
    assert change_words(found.change) == ""
    assert series.outcome.answer == "one session"
    assert series.answer.startswith("This is the first session: there is nothing to compare yet. ")


def test_answer_of_a_face_that_gets_more_even() -> None:
    assert made_series(ends={"jawline": (2.0, 2.0), "nose": (2.0, 0.5)}).answer == (
        "Yes, more even: the mouth. Since the first session, the mouth became more even by 2.5 ± 0.4 mm "
        "(0.50 mm a week). This is real as far as photos can tell: photos of one day differ by less, and faces "
        "at rest from day to day, too, as far as that is published. How much this face differs from day to day is not "
        "known: take photos on three days before you begin. "
        "The jawline and the eyes changed no more than photos of an unchanged face may differ from day to day. "
        "Of the other regions, the nose became more even."
    )


@pytest.mark.parametrize(
    ("trend", "change", "first", "said"),
    [
        (IMPROVED, IMPROVED, "more even", "Yes, more even: the jawline, the eyes and the mouth."),
        (WORSE, WORSE, "less even", "No, less even: the jawline, the eyes and the mouth."),
        (NO_CHANGE, NO_CHANGE, "no change", "No detectable change."),
        (IMPROVED, NO_CHANGE, "not sure", "Not sure yet; perhaps more even: the jawline, the eyes and the mouth."),
        (NO_CHANGE, WORSE, "not sure", "Not sure yet; perhaps less even: the jawline, the eyes and the mouth."),
        (IMPROVED, WORSE, "not sure", "Not sure yet."),
        (NOT_COMPARABLE, NOT_COMPARABLE, "not known", "It cannot be told."),
    ],
)
def test_first_sentence_of_the_answer(trend: Verdict, change: Verdict, first: str, said: str) -> None:
    series = judged(trend, change, *MAIN)
    assert (series.outcome.answer, series.sentences[0]) == (first, said)


def test_answer_names_each_main_region_once_under_its_outcome() -> None:
    series = made_series(ends={"mouth": (3.0, 0.5), "jawline": (1.0, 2.0)})
    assert series.sentences[0] == "Partly: the mouth more even, the jawline less even."
    assert series.sentences[1].startswith("Since the first session, the mouth became more even by 2.5 ± 0.4 mm")
    assert series.sentences[1].endswith("but the jawline became less even by 1.0 ± 0.4 mm (0.20 mm a week).")
    assert "The eyes are not comparable: head held differently." in unknown(series, "eyes", "pose_differs").sentences
    said = judged(NO_CHANGE, WORSE, "eyes").sentences
    assert "The eyes are perhaps less even by 2.0 ± 0.4 mm: only the first and last sessions show it." in said
    said = judged(IMPROVED, NO_CHANGE, "eyes").sentences
    assert "The eyes are perhaps more even by 0.50 mm a week: only the trend shows it." in said
    assert "The eyes are unclear: trend and change disagree." in judged(IMPROVED, WORSE, "eyes").sentences


@given(st.lists(st.tuples(st.sampled_from(ALL), st.sampled_from(ALL)), min_size=3, max_size=3))
@settings(deadline=None)
def test_every_main_region_is_spoken_of_once_below_the_headline(verdicts: list[tuple[Verdict, Verdict]]) -> None:
    series = made_series()
    for name, (trend, change) in zip(MAIN, verdicts, strict=True):
        one = judged(trend, change, name)
        assert one.change is not None
        series = with_region(series, name, trend=one.regions[name].trend)
        changed = one.change.regions[name]
        series = with_change(series, name, verdict=change, evenness=changed.evenness, reason=changed.reason)
    said = " ".join(series.sentences[1:]).lower()
    assert all(said.count(f"the {name}") == 1 for name in MAIN)
    assert "nan" not in series.answer


def test_lines_of_a_course() -> None:
    series = made_series()
    assert verdict_line(outcome(series, "mouth")) == "more even, 0.50 mm a week"
    assert verdict_words(outcome(series, "mouth")) == "more even"
    assert change_words(outcome(series, "mouth").change) == "2.5 ± 0.4 mm more even"
    few = made_series((0, 7, 14))
    assert verdict_line(outcome(few, "mouth")) == "more even, 2.5 ± 0.4 mm"
    assert verdict_line(outcome(unknown(series, "mouth"), "mouth")) == "not comparable: not seen"
    assert verdict_line(outcome(judged(IMPROVED, NO_CHANGE, "mouth"), "mouth")) == (
        "perhaps more even: only the trend shows it"
    )


@pytest.mark.parametrize(
    ("trend", "unit", "said"),
    [
        (trend_of(-0.5), "mm", "0.50 mm a week more even (0.40 to 0.60)"),
        (trend_of(0.5), "degrees", "0.50° a week less even (0.40 to 0.60)"),
        (trend_of(-0.003, 0.001), "mm", "under 0.01 mm a week more even (0.00 to 0.00)"),
        (trend_of(0.02), "% IPD", "no clear trend (0.08 % IPD a week more even to 0.12 less)"),
        (NO_TREND, "mm", "trend not known "),
    ],
)
def test_trend_in_words(trend: TrendOf, unit: str, said: str) -> None:
    assert " ".join(trend_words(replace(made_series().regions["mouth"], trend=trend, unit=unit))) == said


def test_trend_that_few_sessions_or_none_know() -> None:
    course = replace(made_series().regions["mouth"], trend=NO_TREND)
    few = np.where(np.arange(6) < 2, 1.0, np.nan)
    assert trend_words(replace(course, signed_asymmetry=few))[0] == "trend from 5 sessions on"
    assert trend_words(replace(course, signed_asymmetry=np.full(6, np.nan)))[0] == "not known in any session"


@given(st.floats(0, 20), st.floats(0.01, 20))
def test_rounding_never_contradicts_a_verdict(size: float, error: float) -> None:
    shown, shown_error = map(float, amount(-size, error, "mm").removesuffix(" mm").split(" ± "))
    if abs(size - error) > 0.01:
        assert (shown > shown_error) == (size > error)


def test_how_many_photos_from_when_to_when() -> None:
    series = made_series()
    assert photos_and_days(series.sessions) == "7 photos in 6 sessions, 2026-04-06 to 2026-05-11 (5 weeks)"
    assert photos_and_days(made_series((0,)).sessions) == "2 photos in 1 session, 2026-04-06"
    assert days(made_series((0, 1)).sessions).endswith("(1 day)")
    assert days(made_series((0, 365)).sessions).endswith("(12 months)")


def test_how_times_are_known() -> None:
    assert times_known(made_series().sessions) == "EXIF (5 sessions) and file name (1 session)"
    assert times_known(made_series((0,)).sessions) == "EXIF"


def test_photos_left_out_are_counted_with_their_reasons() -> None:
    assert left_out_line([COVERED] * 2) == "2 photos left out: face covered (2)"
    assert left_out_line(made_series().left_out) == "2 photos left out: face covered, unreadable"
    assert left_out_line([]) == ""


def doubted(series: Series, name: str, *touches: str) -> Series:
    assert series.change is not None
    flag = Flag(name=name, severity="warn", advice="Take it again.", touches=touches)
    return replace(series, change=replace(series.change, flags=(flag,)))


def test_other_people_are_no_real_change_however_sure_it_seems() -> None:
    series = doubted(judged(IMPROVED, IMPROVED, "mouth"), "different_person", "all")
    assert not outcome(series, "mouth").sure
    assert "This is real" not in series.answer
    assert "the photos cast doubt on it (different people)" in series.answer
    assert verdict_words(outcome(series, "mouth")) == "perhaps more even"


def test_warnings_count_where_a_change_rests_on_the_first_and_last_sessions_alone() -> None:
    looks = doubted(judged(NOT_COMPARABLE, WORSE, "mouth"), "blurred", "mouth")
    found = outcome(looks, "mouth")
    assert (found.verdict, found.sure, found.by, found.doubts) == (WORSE, False, "change", ("blurred",))
    assert why(found) == "the photos cast doubt on it (blurred)"
    assert "The mouth is perhaps less even" in looks.answer
    assert outcome(doubted(looks, "blurred", "eyes"), "mouth").sure
    assert outcome(doubted(judged(WORSE, WORSE, "mouth"), "blurred", "mouth"), "mouth").sure


def test_no_change_of_the_main_regions_and_one_beside_them() -> None:
    told = judged(IMPROVED, IMPROVED, "brows").answer
    assert told.startswith("No detectable change of the jawline, the eyes and the mouth.")
    assert told.endswith("Of the other regions, the brows became more even.")


def by_files(series: Series, sessions: slice) -> Series:
    """The same series with some sessions dated by the times of their files."""
    old = list(series.sessions)
    old[sessions] = [replace(session, sources=("file time",)) for session in old[sessions]]
    return replace(series, sessions=tuple(old))


@pytest.mark.parametrize(("sessions", "words"), [(slice(None), "no photo tells"), (slice(2, 3), "some photos do not")])
def test_what_rests_on_the_times_of_files_says_so_wherever_it_says_real(sessions, words):
    series = made_series()
    assert "if the times of the files" not in series.answer
    doubtful = by_files(series, sessions)
    said = doubtful.sentences
    assert said[0] == f"{series.sentences[0][:-1]}, if the times of the files are right."
    assert said[1].startswith("Mind: ")
    assert words in said[1]
    (real,) = [line for line in said if "real" in line]
    assert "if the times of the files are right" in real
