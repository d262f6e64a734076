"""The mixed model of repeated sessions; printed estimates are in `test_reference_values.py`."""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from symmetry.cohort import mixed
from symmetry.cohort.mixed import mixed_model
from symmetry.errors import MissingExtraError, TableError
from symmetry.tabular.cohort import COLUMNS

pytestmark = pytest.mark.slow

NUMBERS = ["estimate", "low", "high", "p", "p_holm"]


def sessions(people=12, weeks=6, slopes=(-0.3, 0.0), spread=0.1, regions=("mouth", "eyes"), seed=0, noise=0.5):
    """Both groups, people by turns, a session a week."""
    rng = np.random.default_rng(seed)
    person = np.arange(2 * people)
    treated = person % 2 == 0
    tables = []
    for region in regions:
        slope = np.where(treated, *slopes) + rng.normal(0, spread, 2 * people)
        value = rng.normal(6, 2, (2 * people, 1)) + slope[:, None] * np.arange(weeks)
        value = value + rng.normal(0, noise, value.shape)
        tables.append(
            pd.DataFrame(
                {
                    "person": np.repeat([f"P{number:02d}" for number in person], weeks),
                    "group": np.repeat(np.where(treated, "treated", "placebo"), weeks),
                    "region": region,
                    "unit": "mm",
                    "session": np.tile(np.arange(1, weeks + 1), 2 * people),
                    "weeks": np.tile(np.arange(weeks, dtype=float), 2 * people),
                    "value": value.ravel(),
                    "error": 1.0,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def test_even_sessions_give_the_mean_of_people_s_own_slopes():
    # With the same times for all, the fixed slope is the mean of the people's least-squares slopes.
    table = sessions(regions=("mouth",), spread=0.4)
    own = [
        (person.group.iloc[0], np.polyfit(person.weeks, person["value"], 1)[0]) for _, person in table.groupby("person")
    ]
    slopes = pd.DataFrame(own, columns=["group", "slope"]).groupby("group")["slope"].mean()
    found = mixed_model(table, control="placebo").set_index("term")["estimate"]
    assert found["slope: treated"] == pytest.approx(slopes["treated"], abs=1e-5)
    assert found["slope difference: treated - placebo"] == pytest.approx(
        slopes["treated"] - slopes["placebo"], abs=1e-5
    )


def test_rows_and_columns_are_as_said():
    found = mixed_model(sessions(), control="placebo")
    assert tuple(found.columns) == COLUMNS["mixed"]
    assert found["term"].tolist() == 2 * ["slope: treated", "slope: placebo", "slope difference: treated - placebo"]
    assert found["region"].tolist() == 3 * ["mouth"] + 3 * ["eyes"]
    assert set(found["unit"]) == {"mm a week"}
    assert found["people"].tolist() == 2 * [12, 12, 24]
    assert found["sessions"].tolist() == 2 * [72, 72, 144]
    assert (found.dtypes[NUMBERS] == np.float64).all()
    assert (found.dtypes[["people", "sessions"]] == np.int64).all()
    assert (found["low"] < found["estimate"]).all()
    assert (found["estimate"] < found["high"]).all()
    assert ((found["p"] < 0.05) == ((found["low"] > 0) | (found["high"] < 0))).all()


def test_p_is_corrected_over_regions_term_by_term():
    found = mixed_model(sessions(), control="placebo")
    for _, own in found.groupby("term"):
        low, high = sorted(own["p"])
        assert sorted(own["p_holm"]) == pytest.approx([min(2 * low, 1), max(min(2 * low, 1), high)])


def test_regions_are_chosen_and_ordered():
    table = sessions(people=4)
    assert mixed_model(table, regions=["eyes", "mouth"])["region"].tolist() == ["eyes", "eyes", "mouth", "mouth"]
    assert set(mixed_model(table, regions=["eyes"])["region"]) == {"eyes"}
    gone = mixed_model(table, regions=["brows"])
    assert gone["people"].tolist() == [0, 0]
    assert gone[NUMBERS].isna().all(axis=None)


def test_units_shifts_and_order_of_rows_do_not_matter():
    table = sessions(regions=("mouth",))
    found = mixed_model(table, control="placebo")
    other = table.assign(weeks=table["weeks"] * 7 + 100, value=table["value"] * 10)
    turned = mixed_model(other.sample(frac=1, random_state=1), control="placebo")
    assert turned["estimate"].to_numpy() * 0.7 == pytest.approx(found["estimate"].to_numpy(), rel=1e-3)
    assert turned["p"].to_numpy() == pytest.approx(found["p"].to_numpy(), rel=0.02, abs=1e-9)


def test_missing_sessions_count_for_nothing():
    table = sessions(regions=("mouth",))
    gone = np.random.default_rng(1).random(len(table)) < 0.2
    holes = table.assign(value=table["value"].mask(gone))
    pd.testing.assert_frame_equal(mixed_model(holes), mixed_model(table[~gone]))
    assert mixed_model(holes)["sessions"].sum() == (~gone).sum()


@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_no_slope_is_seldom_told(spread):
    # 12 studies of 2 x 8 people whose faces do not change on average, two slopes each; 5 % expected.
    p = np.concatenate(
        [mixed_model(sessions(8, 4, (0, 0), spread, ("mouth",), seed))["p"].to_numpy() for seed in range(12)]
    )
    assert not np.isnan(p).any()
    assert (p < 0.05).sum() <= stats.binom.ppf(0.999, 24, 0.05)


@pytest.mark.parametrize(
    "table",
    [
        sessions(people=2),
        sessions(weeks=1),
        sessions().iloc[:0],
        sessions().assign(value=np.nan),
    ],
    ids=["two people a group", "one session each", "no rows", "no values"],
)
def test_too_little_to_tell_gives_no_number_and_no_warning(table):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = mixed_model(table, control="placebo")
    assert tuple(found.columns) == COLUMNS["mixed"]
    assert found[NUMBERS].isna().all(axis=None)
    assert (found.dtypes[NUMBERS] == np.float64).all()


def test_faces_that_stay_as_they_are():
    found = mixed_model(sessions(regions=("mouth",)).assign(value=5.0), control="placebo")
    assert found["estimate"].tolist() == [0, 0, 0]
    assert found["p"].tolist() == [1, 1, 1]


def test_lines_without_noise_are_no_trouble():
    found = mixed_model(sessions(regions=("mouth",), noise=0.0, spread=0.0)).set_index("term")["estimate"]
    told = found.dropna()
    assert told.to_numpy() == pytest.approx(
        [{"slope: treated": -0.3, "slope: placebo": 0.0}[t] for t in told.index], abs=1e-5
    )


def test_what_does_not_converge_falls_back_and_then_tells_nothing(monkeypatch):
    table = sessions(regions=("mouth",))
    search = mixed._searched

    def only_levels(model, value, fixed, person, random):
        return None if random.shape[1] == 2 else search(model, value, fixed, person, random)

    whole = mixed_model(table)
    monkeypatch.setattr(mixed, "_searched", only_levels)
    shared = mixed_model(table)
    assert shared["estimate"].to_numpy() == pytest.approx(whole["estimate"].to_numpy(), abs=1e-4)
    monkeypatch.setattr(mixed, "_searched", lambda *_: None)
    assert mixed_model(table)[NUMBERS].isna().all(axis=None)


def test_without_statsmodels_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels.regression.mixed_linear_model", None)
    with pytest.raises(MissingExtraError, match=r'pip install "facial-symmetry\[mixed\]"'):
        mixed_model(sessions(people=3))


def test_a_table_without_weeks_is_refused():
    with pytest.raises(TableError, match="column weeks"):
        mixed_model(sessions(people=3).drop(columns="weeks"))
