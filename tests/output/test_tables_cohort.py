"""Tables of a cohort: they fit, hold the numbers of the frames, and name groups and what is missing."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from helpers.cohort_samples import BETTER, study_table

from symmetry.cohort import analyze_cohort
from symmetry.output.tables import render
from symmetry.output.tables.cohort import cohort_tables
from symmetry.output.words import probability

MAIN = ("jawline", "eyes", "mouth")
LONG = "a ritual with warm rose oil, done twice a day by everyone"


def told(frame, *, width=200, **options):
    return render(cohort_tables(analyze_cohort(frame, **options)), width)


def with_facts(frame: pd.DataFrame) -> pd.DataFrame:
    """The same people with minutes, adherence and ratings."""
    number = frame.groupby("person").ngroup()
    return frame.assign(minutes=number * 10.0, adherence=number / 20, rating=number % 5 - 2.0)


def cells(text: str, start: str) -> list[str]:
    """Cells of the first line that begins so."""
    line = next(line for line in text.splitlines() if line.strip().startswith(start))
    return re.split(r"  +", line.strip())


def test_the_answer_stands_first():
    lines = told(study_table()).splitlines()
    assert lines[0] == "20 people: ritual 10, placebo (control) 10"
    assert lines[1] == "More even than placebo: the mouth by 0.9 mm (0.5 to 1.3)."


def test_responders_are_those_of_the_frame():
    assert cells(told(BETTER), "mouth") == [
        *("mouth", "8 of 9, 89 %", "4.5 [2, 7]", "7 of 9, 78 % [45, 94]", "0.2", "0", "70 %"),
    ]


def test_groups_stand_below_their_region():
    lines = told(study_table(regions=MAIN)).splitlines()
    start = next(i for i, line in enumerate(lines) if line.strip() == "jawline")
    assert [line.split("  ")[0].strip() or line.split()[0] for line in lines[start : start + 3]] == [
        *("jawline", "ritual", "placebo"),
    ]
    assert "any region" in "\n".join(lines)


def test_every_table_is_there_that_has_rows():
    text = told(with_facts(study_table(regions=MAIN)))
    only_then = ("more responders", "slope", "mm per hour", "mm per 100 %", "rank correlation")
    for header in ("improved", "p Wil", "comparable", *only_then):
        assert header in text, header
    plain = told(BETTER)
    assert not [header for header in only_then if header in plain]


@pytest.mark.parametrize(("group", "widths"), [("ritual", (45, 60, 80, 120)), (LONG, (60, 80, 120))])
def test_no_line_is_wider_than_the_terminal(group, widths):
    table = with_facts(study_table(regions=("nasolabial", "mouth"))).replace({"group": {"ritual": group}})
    tables = cohort_tables(analyze_cohort(table))
    for width in widths:
        assert max(map(len, render(tables, width).splitlines())) <= width


def test_long_names_of_groups_are_cut_in_tables_and_whole_in_the_answer():
    text = told(study_table().replace({"group": {"ritual": LONG}}))
    assert "a ritual with warm rose…" in text
    assert LONG in text.replace("\n", " ")


def test_without_holm_there_is_one_p():
    corrected, plain = (told(study_table(regions=MAIN), holm=holm) for holm in (True, False))
    assert "Holm" in corrected
    assert "Holm" not in plain.replace("having looked", "")
    assert "Holm" not in told(BETTER)  # one region needs no correction


@pytest.mark.parametrize(("holm", "column"), [(True, "p_holm"), (False, "p")])
def test_p_of_ratings_is_corrected_as_that_of_the_other_tables(holm, column):
    frame = with_facts(study_table(regions=("eyes", "mouth")))
    frame.loc[frame["region"] == "eyes", ["before", "after"]] = 3.0
    frame = frame.loc[frame["group"] == "ritual"]
    frame.loc[frame["region"] == "eyes", "after"] = 3.0 - 0.1 * frame["rating"]  # people see what is measured
    cohort = analyze_cohort(frame, holm=holm)
    below = render(cohort_tables(cohort), 200).partition("rated and")[2]
    assert ("Holm" in below.partition("eyes")[0]) is holm
    shown = [cells(below, region)[2] for region in ("eyes", "mouth")]
    assert shown == [probability(p) for p in cohort.ratings[column]]
    assert (cohort.ratings["p_holm"] > cohort.ratings["p"]).any() == holm


def test_why_somebody_is_missing_is_said():
    assert cells(told(BETTER), "missing") == ["missing", "not", "why"]
    assert "head held differently (1)" in told(BETTER)
    assert "why" not in told(BETTER.dropna(subset="before"))


def test_missed_sessions_are_counted_by_group():
    rows = pd.DataFrame(
        [
            {"person": name, "group": group, "region": "mouth", "session": n, "value": 2.0 - n / 9, "error": 0.1}
            for name, group, last in (("a", "x", 3), ("b", "x", 1), ("c", "sham", 3))
            for n in range(1, last + 1)
        ]
    )
    text = told(rows).partition(" group ")[2]
    assert cells(text, "x  ") == ["x", "2", "6", "4", "2"]
    assert cells(text, "sham  ") == ["sham", "1", "3", "3", "0"]


def test_who_is_not_known_is_a_dash():
    text = told(BETTER.assign(before=np.nan, after=np.nan, change=[-1.0] + [np.nan] * 9))
    assert cells(text, "mouth")[1] == "1 of 1, 100 %"
    assert "–" in text


def test_names_cannot_play_tricks_on_the_terminal():
    text = told(study_table().replace({"group": {"ritual": "rit\x1b[31mual\u202e"}}))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_slopes_of_the_mixed_model_are_named_by_group():
    rows = pd.DataFrame(
        [
            {
                "person": person,
                "group": "ritual" if person % 2 else "sham",
                "region": "mouth",
                "weeks": week,
                "value": 3.0 + person / 50 - (0.2 * week if person % 2 else 0.0) + ((person * 7 + week * 3) % 5) / 20,
                "error": 0.3,
            }
            for person in range(16)
            for week in range(5)
        ]
    )
    text = told(rows, mixed=True).partition("mixed model")[2]
    named = [cells(text, start)[0] for start in ("ritual  ", "sham  ", "ritual - sham")]
    assert named == ["ritual", "sham", "ritual - sham"]
    assert cells(text, "ritual  ")[1].startswith("-0.19 [")
    assert cells(text, "ritual  ")[2] == "mm a week"
