"""What a cohort says in words: the answer, counts beside what noise alone shows, who is missing."""

from __future__ import annotations

import pandas as pd
import pytest
from helpers.cohort_samples import BETTER, SAME, people_with, study_table
from hypothesis import given
from hypothesis import strategies as st

from symmetry.cohort import analyze_cohort
from symmetry.cohort.wording import (
    expected,
    missing_sentences,
    out_of,
    reasons_line,
    responder_sentences,
)
from symmetry.measure.words import percent


def test_two_groups_are_told_apart_first():
    told = analyze_cohort(study_table()).sentences
    assert told[0] == "More even than placebo: the mouth by 0.9 mm (0.5 to 1.3)."
    assert analyze_cohort(study_table()).answer == " ".join(told)


def test_responders_stand_beside_any_improvement_and_both_beside_noise():
    cohort = analyze_cohort(study_table())
    # Of 9 people 8 changed toward more even, 7 of them beyond 0.5 mm; Wilson's interval of 7 of 9 is 0.453 to 0.937.
    # Half of 9 improve by noise; 2 to 7 are the 2.5 % and 97.5 % quantiles of the binomial distribution.
    assert responder_sentences(cohort.responders)[:2] == [
        "Ritual: any improvement at all of the mouth: 8 of 9 (89 %); noise alone would show 4.5 of 9 (2 to 7).",
        "Beyond their own detectable change: 7 of 9 (78 %, 95 % 45 to 94 %); noise alone would show about 0.2 of 9.",
    ]
    assert responder_sentences(cohort.responders)[3].startswith("Beyond their own detectable change: 0 of 9 (0 %, ")


def test_one_group_is_compared_with_itself_and_the_lack_of_a_control_is_said():
    told = analyze_cohort(BETTER).sentences
    assert told[0].startswith("More even on average: the mouth by 0.8 mm (")
    assert "no control group" in " ".join(told)
    assert not any(line.startswith("Ritual") for line in told)


def test_nothing_is_said_to_have_changed_where_nothing_did():
    assert analyze_cohort(SAME).sentences[0] == "On average no change can be told."
    both = pd.concat([SAME, SAME.assign(group="ritual", person=SAME["person"] + "x")])
    assert analyze_cohort(both).sentences[0] == "No difference from placebo can be told."


def test_a_group_that_got_worse_is_said_to_be_less_even():
    worse = BETTER.assign(after=6.0 - BETTER["after"])
    assert analyze_cohort(worse).sentences[0].startswith("Less even on average: the mouth by")


def test_several_treated_groups_are_named():
    third = SAME.assign(group="other", person=SAME["person"] + "x")
    told = analyze_cohort(pd.concat([study_table(), third])).sentences
    assert told[0] == "Other: no difference from placebo can be told."
    assert told[1].startswith("Ritual: more even than placebo: the mouth by")


def test_several_regions_are_counted_together():
    cohort = analyze_cohort(study_table(regions=("mouth", "eyes", "jawline")))
    told = responder_sentences(cohort.responders)[:2]
    assert "in at least one of 3 regions: 8 of 9" in told[0]
    assert "noise alone would show about 0.2 of 9" in told[1]
    assert cohort.sentences[0].count("0.9 mm") == 3


def test_a_whole_is_not_told_beside_its_parts():
    told = analyze_cohort(study_table(regions=("face", "mouth"))).sentences
    assert "whole face" not in told[0]
    assert "the whole face by" in analyze_cohort(study_table(regions=("face",))).sentences[0]


def test_few_people_are_too_few():
    lone = people_with({"t": [-1.0]}, group="all")
    assert analyze_cohort(lone).sentences[0] == "Too few people to tell."
    nobody = people_with({"t": [None, None]}, group="all")
    told = analyze_cohort(nobody).sentences
    assert "Nobody could be compared." in told
    assert "2 of 2 people could not be compared: head held differently (2)." in told


def test_who_is_missing_is_counted_with_the_reason():
    study = analyze_cohort(study_table()).study
    assert missing_sentences(analyze_cohort(study).study) == [
        "2 of 20 people could not be compared: head held differently (2)."
    ]
    people = pd.DataFrame({"person": ["t0", "late"], "group": ["ritual", "placebo"]})
    told = missing_sentences(analyze_cohort(study_table().query("person != 't0'"), people=people).study)
    assert told == ["4 of 21 people could not be compared: head held differently (2), no comparison (2)."]


def test_missed_sessions_are_counted():
    rows = [
        {"person": name, "region": "mouth", "session": session, "value": 2.0 - session / 10, "error": 0.2}
        for name, last in (("a", 4), ("b", 3), ("c", 1))
        for session in range(1, last + 1)
    ]
    told = missing_sentences(analyze_cohort(pd.DataFrame(rows)).study)
    assert told[-1] == "4 of 12 planned sessions are missing."
    assert missing_sentences(analyze_cohort(BETTER.dropna(subset="before")).study) == []


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0"), (0.004, "0.4"), (0.02, "2"), (0.0294, "2.9"), (0.075, "8"), (1.0, "100")]
)
def test_shares_are_written_in_percent(share, text):
    assert percent(share) == text


@given(st.floats(0, 1), st.integers(1, 10_000))
def test_what_is_written_is_near_the_number(share, people):
    assert float(percent(share)) == pytest.approx(100 * share, abs=0.5)
    assert float(expected(share, people)) == pytest.approx(share * people, abs=0.5)
    assert out_of(round(share * people), people, share) == f"{round(share * people)} of {people} ({percent(share)} %)"


@pytest.mark.parametrize(
    ("share", "people", "text"),
    [(0.5, 40, "20"), (0.5, 9, "4.5"), (0.025, 400, "10"), (0.025, 100, "2.5"), (0.025, 2, "0.05"), (0.0, 7, "0")],
)
def test_the_fewer_people_noise_shows_the_finer_it_is_written(share, people, text):
    assert expected(share, people) == text


def test_reasons_are_written_in_words():
    assert reasons_line("pose_differs: 3; one session: 1") == "head held differently (3), one session (1)"
    assert reasons_line("") == ""
