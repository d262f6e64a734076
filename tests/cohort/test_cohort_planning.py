"""Plans: numbers of people as textbooks give them, and power that a fresh set of studies confirms."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.study_tables import table_with
from statsmodels.stats.power import TTestIndPower, TTestPower

from symmetry.cohort.planning import MOST_PEOPLE, plan_study
from symmetry.cohort.simulation import TREATED, simulate_study
from symmetry.errors import PlanError
from symmetry.stats.permutation_tests import sign_flip_test, two_group_permutation
from symmetry.tabular.plan import PLAN_COLUMNS

pytestmark = pytest.mark.slow

EFFECT, SD = 0.05, 0.1
"""Half a standard deviation of what photos show, far less than brows differ by: the changes are all but normal."""


def needed(**asked) -> float:
    return float(
        plan_study(EFFECT, **{"region": "brows", "photos": (1,), "spread": 0.0, "day_to_day": 0.0} | asked)
        .frame["people"]
        .iloc[0]
    )


@pytest.mark.parametrize(("groups", "people"), [(1, 34), (2, 64)])
def test_half_a_standard_deviation_takes_what_the_textbook_says(groups, people):
    # Cohen (1988), Statistical Power Analysis, table 2.4.1: d = 0.5, two-sided 5 %, power 0.8: 64 in each group.
    # Of one group: G*Power 3.1, t test of a difference from a constant: 34. 1,000 studies leave about 5 % of error.
    assert needed(groups=groups, reliability=table_with(SD)) == pytest.approx(people, rel=0.08)


@pytest.mark.parametrize(("power", "comparisons"), [(0.9, 1), (0.8, 3), (0.5, 1)])
@pytest.mark.parametrize(("groups", "theory"), [(1, TTestPower), (2, TTestIndPower)])
def test_people_are_those_that_theory_asks_for(groups, theory, power, comparisons):
    # statsmodels, by the noncentral t distribution.
    expected = theory().solve_power(EFFECT / SD, power=power, alpha=0.05 / comparisons)
    assert needed(groups=groups, power=power, comparisons=comparisons, reliability=table_with(SD)) == pytest.approx(
        expected, rel=0.1
    )


def test_photos_and_spread_add_up_as_variances():
    # Brows of 1.7 mm hardly ever go past even. The mean of n photos repeats to SD / sqrt(n).
    for photos, spread in ((4, 0.0), (4, 0.08)):
        sd = np.hypot(SD / np.sqrt(photos), spread)
        expected = TTestPower().solve_power(EFFECT / sd, power=0.8, alpha=0.05)
        assert needed(photos=(photos,), spread=spread, reliability=table_with(SD)) == pytest.approx(
            expected, rel=0.15, abs=1
        )


def test_differences_from_day_to_day_count_twice():
    sd = np.sqrt(SD**2 + 2 * 0.05**2)
    expected = TTestPower().solve_power(EFFECT / sd, power=0.8, alpha=0.05)
    assert needed(day_to_day=0.05, reliability=table_with(SD)) == pytest.approx(expected, rel=0.12)


@pytest.mark.parametrize("groups", [1, 2])
def test_other_studies_of_the_planned_size_find_the_change_as_often(groups):
    plan = plan_study(0.3, region="mouth", photos=(2,), groups=groups)
    (row,) = plan.frame.itertuples()
    people, studies = int(row.people), 200
    drawn = simulate_study(
        people=groups * people * studies,
        effect=0.3,
        spread=plan.spread,
        placebo=0.0 if groups == 1 else 0.5,
        photos=2,
        regions=["mouth"],
        seed=99,
    )
    treated = (drawn.changes["group"] == TREATED).to_numpy()
    change = drawn.changes["change"].to_numpy()
    own = change[treated].reshape(people, studies)
    if groups == 1:
        p = sign_flip_test(own)
    else:
        both = np.concatenate([own, change[~treated].reshape(people, studies)])
        p = two_group_permutation(both, np.arange(2 * people) < people)
    assert (p < 0.05).mean() == pytest.approx(row.power, abs=0.09)
    improved = (drawn.changes["verdict"][treated] == "improved").mean()
    assert row.responders == pytest.approx(improved, abs=0.03)
    assert row.mdc == pytest.approx(drawn.changes["mdc"].median(), rel=0.03)


def test_more_photos_or_a_larger_change_take_fewer_people():
    frame = plan_study(0.3, photos=(1, 2, 4, 8)).frame
    assert tuple(frame.columns) == PLAN_COLUMNS
    assert frame["people"].is_monotonic_decreasing
    assert frame["mdc"].is_monotonic_decreasing
    assert frame["responders"].is_monotonic_increasing
    assert (frame["power"] >= 0.8).all()
    assert ((frame["power_low"] <= frame["power"]) & (frame["power"] <= frame["power_high"])).all()
    assert plan_study(0.6, photos=(1,)).frame["people"][0] < frame["people"][0]


def test_six_people_are_the_fewest_whose_signs_can_tell():
    # All six the same way: p = 2 / 2^6 = 0.03; of five 0.06.
    assert needed(reliability=table_with(1e-3)) == 6


def test_what_takes_too_many_people_is_not_planned():
    plan = plan_study(0.004, photos=(1,), reliability=table_with(SD), region="brows")
    (row,) = plan.frame.itertuples()
    assert np.isnan(row.people)
    assert row.power < 0.8
    assert plan.to_dict()["plans"][0]["people"] is None
    assert MOST_PEOPLE >= 1000


def test_a_plan_says_what_was_asked():
    plan = plan_study(1.0, region="eyes", photos=(2,), groups=2, power=0.9, day_to_day=0.1, comparisons=3, seed=7)
    found = plan.to_dict()
    rows = found.pop("plans")
    assert found == {
        "region": "eyes",
        "change": 1.0,
        "groups": 2,
        "power": 0.9,
        "spread": 0.5,
        "day_to_day": 0.1,
        "comparisons": 3,
        "seed": 7,
    }
    assert tuple(rows[0]) == PLAN_COLUMNS
    assert rows[0]["people"] == int(plan.to_frame()["people"][0])
    again = plan_study(1.0, region="eyes", photos=(2,), groups=2, power=0.9, day_to_day=0.1, comparisons=3, seed=7)
    assert again.to_dict() == plan.to_dict()


@pytest.mark.parametrize(
    ("change", "asked", "said"),
    [
        (0.0, {}, "more than 0 mm"),
        (float("nan"), {}, "more than 0 mm"),
        (1.0, {"photos": ()}, "at least one number of photos"),
        (1.0, {"photos": (0,)}, "at least 1 photo"),
        (1.0, {"power": 1.0}, "between 0 and 1"),
        (1.0, {"groups": 3}, "1 group, or 2"),
        (1.0, {"comparisons": 0}, "at least 1 region"),
        (1.0, {"spread": -0.1}, "spread must be 0 mm or more"),
        (1.0, {"region": "lower_face"}, "cannot be simulated"),
    ],
)
def test_what_makes_no_sense_is_refused(change, asked, said):
    with pytest.raises(PlanError, match=said):
        plan_study(change, **asked)
