"""`symmetry plan` as a person meets it."""

from __future__ import annotations

import csv
import io
import json
import re

import pandas as pd
import pytest
from helpers.command_line import manual, run
from helpers.study_tables import table_with

from symmetry.cohort.planning import plan_study
from symmetry.measure.reliability_table import COLUMNS, to_rows
from symmetry.tabular import to_csv
from symmetry.tabular.plan import PLAN_COLUMNS

QUICK = ("--change", 0.5, "--photos", 3, "--photos", 1)


def test_the_answer_comes_first_and_says_what_it_rests_on():
    result = run("plan", *QUICK)
    assert result.exit_code == 0
    frame = plan_study(0.5, photos=(1, 3)).frame
    few, many = frame["people"].astype(int)
    told = " ".join(result.stdout.split())
    more = f", or {'as many' if many == few else many} with 3"
    assert told.startswith(
        "To find a change of 0.5 mm at the mouth in 80 of 100 studies, it takes "
        f"{few} people with 1 photo of each in every session{more}."
    )
    assert f"{frame['mdc'][0]:.2f} mm" in told
    assert "a standard deviation of 0.25 mm" in told
    assert "sign flips" in told


def test_two_groups_are_counted_a_group():
    told = " ".join(run("plan", *QUICK, "--groups", 2, "--comparisons", 3, "--day-to-day", 0.1).stdout.split())
    assert re.search(r"it takes \d+ people a group with 1 photo", told)
    assert "one of which does not change" in told
    assert "one of 3 regions" in told
    assert "differ by 0.1 mm, too" in told


def test_all_forms_say_the_same(tmp_path):
    plan = plan_study(0.5, photos=(1, 3))
    found = json.loads(run("plan", *QUICK, "-f", "json").stdout)
    assert found == plan.to_dict()
    rows = list(csv.DictReader(io.StringIO(run("plan", *QUICK, "-f", "csv").stdout)))
    assert tuple(rows[0]) == PLAN_COLUMNS
    assert [float(row["people"]) for row in rows] == plan.frame["people"].tolist()
    assert run("plan", *QUICK, "-o", tmp_path / "plan.parquet").exit_code == 0
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "plan.parquet"), plan.frame, check_dtype=False)


def test_own_photos_say_how_well_they_repeat(tmp_path):
    own = tmp_path / "own.csv"
    own.write_text(to_csv(to_rows(table_with(0.05, 20.0)), COLUMNS))
    found = json.loads(run("plan", *QUICK, "--reliability", own, "--day-to-day", 0, "-f", "json").stdout)
    assert found["plans"][0]["mdc"] < 0.5 * plan_study(0.5, photos=(1,), day_to_day=0.0).frame["mdc"][0]


def test_what_is_beyond_all_plans_is_said():
    told = " ".join(run("plan", "--change", 0.002, "--photos", 1, "--groups", 2).stdout.split())
    assert "more than 1,000 people a group" in told
    assert "Beyond 1,000 people a group nothing is planned" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--change"),
        (("--change", 0), "--change"),
        (("--change", 1, "--region", "face"), "take one of jawline, eyes, mouth"),
        (("--change", 1, "--power", 1), "--power"),
        (("--change", 1, "-f", "parquet"), "--output"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_to_do(arguments, said):
    result = run("plan", *arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())


def test_a_table_that_is_none_is_one_line(tmp_path):
    (tmp_path / "own.csv").write_text("a,b\n1,2\n")
    result = run("plan", "--change", 1, "--reliability", tmp_path / "own.csv")
    assert result.exit_code == 1
    assert "symmetry reliability --table" in result.stderr


def test_the_manual_tells_of_it():
    told = manual()
    assert "symmetry plan --change" in told
    assert {column for column in PLAN_COLUMNS if f"`{column}`" not in told} == set()
