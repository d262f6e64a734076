"""What a study of many people says: responders, means, contrasts, who is missing, doses, ratings."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from helpers.examples import examples
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from symmetry.cohort import analyze_cohort
from symmetry.cohort.responders import ANY_REGION, any_by_noise, responders
from symmetry.errors import TableError


def study(people=40, *, effect=-2.0, seed=3, **more):
    """Half treated, half placebo; the mouth of the treated changes by `effect`, all else is noise of its own error."""
    rng = np.random.default_rng(seed)
    rows = []
    for place in range(people):
        treated = place % 2 == 0
        for region in ("jawline", "eyes", "mouth"):
            mdc = rng.uniform(0.5, 1.0)
            true = effect if treated and region == "mouth" else 0.0
            rows.append(
                {
                    "person": f"p{place}",
                    "group": "massage" if treated else "placebo",
                    "region": region,
                    "before": 3.0,
                    "after": 3.0 + true + rng.normal(0, mdc / 1.96),
                    "mdc": mdc,
                    "minutes": 10.0 * place,
                    "rating": float(treated),
                }
            )
    return pd.DataFrame(rows).assign(**more)


def row(frame, **where):
    for name, value in where.items():
        frame = frame.loc[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_responders_are_counted_by_their_own_error():
    change = np.array([[-1.0], [-1.0], [1.0], [0.0], [np.nan]])
    mdc = np.array([[0.5], [2.0], [0.5], [0.5], [0.5]])
    found = responders(change, mdc, ["mouth"], any_noise=0.5).iloc[0]
    assert (found["people"], found["measured"], found["improved"], found["worse"]) == (5, 4, 1, 1)
    assert found["share"] == 0.25
    assert found["share_itt"] == 0.2
    assert found["naive_improved"] == 2
    # Wilson 1 of 4: statsmodels.stats.proportion.proportion_confint(1, 4, method="wilson") = (0.0456, 0.6994)
    assert (found["share_low"], found["share_high"]) == pytest.approx((0.0456, 0.6994), abs=1e-4)


def test_noise_alone_shows_half_and_in_any_of_three_regions_most():
    """By hand: of 8 people with all patterns of signs in three regions, 6 have both signs, 2 have one."""
    signs = np.array([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)], dtype=float)
    regions = ("jawline", "eyes", "mouth")
    by_noise = any_by_noise(signs, regions, np.zeros(8, dtype=bool))
    rows = responders(signs, np.full_like(signs, 9.0), regions, any_noise=by_noise).to_dict("records")
    assert [found["naive_by_noise"] for found in rows] == [0.5, 0.5, 0.5, 7 / 8]
    assert rows[-1]["region"] == ANY_REGION
    assert rows[-1]["naive_share"] == 7 / 8
    # The quantiles of Binomial(8, 1/2) are 1 and 7: P(X <= 0) = 0.004, P(X <= 1) = 0.035, P(X <= 6) = 0.965.
    assert (rows[0]["naive_by_noise_low"], rows[0]["naive_by_noise_high"]) == (1 / 8, 7 / 8)


def test_noise_in_any_region_is_told_by_the_control_group_or_not_at_all_by_people():
    regions = ("jawline", "eyes", "mouth")
    rng = np.random.default_rng(0)
    control = np.arange(4000) % 2 == 0
    noise = rng.normal(0, 1, (4000, 3))
    # Half of the treated respond, in all regions at once: that is no noise, whatever it does to the signs.
    treated = noise - 4.0 * (~control & (rng.random(4000) < 0.5))[:, None]
    assert any_by_noise(treated, regions, control) == pytest.approx(7 / 8, abs=0.02)
    assert any_by_noise(treated, regions, np.zeros(4000, dtype=bool)) == 7 / 8
    same = np.where(control[:, None], noise[:, :1], treated)
    assert any_by_noise(same, regions, control) == 0.5
    assert any_by_noise(noise[:5], regions, np.ones(5, dtype=bool)) == 7 / 8  # too few to tell
    gaps = np.where(np.arange(3) > 0, np.nan, noise[:5])
    assert any_by_noise(gaps, regions, np.zeros(5, dtype=bool)) == 0.5
    assert any_by_noise(noise[:5], ("eyes", "mouth", "face"), np.zeros(5, dtype=bool)) == 3 / 4
    assert np.isnan(any_by_noise(np.full((2, 3), np.nan), regions, np.zeros(2, dtype=bool)))


def test_in_any_region_a_responder_must_beat_a_wider_error():
    change, mdc = np.array([[-1.1, 0.0, 0.0]]), np.ones((1, 3))
    found = responders(change, mdc, ("jawline", "eyes", "mouth"), any_noise=0.9)
    # 1.0 * t(1 - 0.025 / 3) / t(0.975) with 10 degrees of freedom = 2.870 / 2.228 = 1.288
    assert list(found["improved"]) == [1, 0, 0, 0]
    found = responders(change * 1.18, mdc, ("jawline", "eyes", "mouth"), any_noise=0.9)
    assert list(found["improved"]) == [1, 0, 0, 1]


@examples(50)
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 30))
def test_shares_lie_in_their_intervals_and_naive_counts_are_never_less(seed, regions, people):
    rng = np.random.default_rng(seed)
    change = np.where(rng.random((people, regions)) < 0.2, np.nan, rng.normal(0, 1, (people, regions)))
    names = tuple("abcd"[:regions])
    rows = responders(change, rng.uniform(0.1, 2, (people, regions)), names, any_noise=0.7)
    for found in rows.to_dict("records"):
        assert found["improved"] <= found["naive_improved"] <= found["measured"] <= found["people"]
        if found["measured"]:
            assert found["share_low"] <= found["share"] <= found["share_high"]
            assert found["naive_by_noise_low"] <= found["naive_by_noise"] <= found["naive_by_noise_high"]
        else:
            assert np.isnan(found["share"])
            assert np.isnan(found["naive_by_noise"])


def test_among_seven_regions_noise_makes_few_responders_with_errors_from_few_photos():
    """Noise as Student's t with 8 degrees of freedom, each person's error known from as many."""
    rng = np.random.default_rng(1)
    shape, freedom = (20_000, 7), 8
    sd = np.sqrt(rng.chisquare(freedom, shape) / freedom)
    change, mdc = rng.standard_normal(shape), sd * stats.t.ppf(0.975, freedom)
    found = responders(change, mdc, tuple("abcdefg"), any_noise=0.99).iloc[-1]
    assert found["region"] == ANY_REGION
    assert 0.005 < found["share"] < 0.027


def test_a_true_effect_is_found_where_it_is_and_only_there():
    found = analyze_cohort(study())
    assert found.groups == ("massage", "placebo")
    assert found.control == "placebo"
    assert row(found.means, region="mouth", group="massage")["verdict"] == "improved"
    assert set(found.means.loc[found.means["region"] != "mouth", "verdict"]) == {"no detectable change"}
    assert row(found.contrasts, region="mouth")["verdict"] == "improved"
    assert row(found.contrasts, region="eyes")["verdict"] == "no detectable change"
    massage = row(found.responders, region="mouth", group="massage")
    assert massage["improved"] >= 18
    assert row(found.responders, region="mouth", group="placebo")["improved"] <= 2
    assert row(found.contrasts, region="mouth")["share_low"] > 0.5


def test_means_and_contrasts_are_those_of_scipy():
    table = study()
    found = analyze_cohort(table)
    mouth = table.loc[table["region"] == "mouth"]
    change = (mouth["after"] - mouth["before"]).groupby(mouth["group"])
    treated, control = (change.get_group(name).to_numpy() for name in ("massage", "placebo"))
    mean = row(found.means, region="mouth", group="massage")
    interval = stats.ttest_1samp(treated, 0.0).confidence_interval(0.95)
    assert (mean["change"], mean["low"], mean["high"]) == pytest.approx((treated.mean(), *interval))
    assert mean["sd"] == pytest.approx(treated.std(ddof=1))
    assert mean["p_wilcoxon"] == pytest.approx(stats.wilcoxon(treated).pvalue)
    assert mean["before"] == 3.0
    contrast = row(found.contrasts, region="mouth")
    welch = stats.ttest_ind(treated, control, equal_var=False)
    assert contrast["difference"] == pytest.approx(treated.mean() - control.mean())
    assert (contrast["low"], contrast["high"]) == pytest.approx(tuple(welch.confidence_interval(0.95)))


def test_holm_is_on_by_default_and_can_be_left_off():
    table = study(effect=-0.3, seed=5)
    corrected, plain = analyze_cohort(table), analyze_cohort(table, holm=False)
    assert (corrected.means["p_holm"] >= corrected.means["p"]).all()
    assert (corrected.means["p_holm"] > corrected.means["p"]).any()
    assert plain.means["p_holm"].isna().all()
    assert plain.contrasts[["p_holm", "p_share_holm"]].isna().all(axis=None)
    assert ((plain.means["p"] < 0.05) == plain.means["verdict"].isin(["improved", "worse"])).all()
    assert not plain.holm


def test_who_could_not_be_judged_is_counted_with_the_reason():
    table = study(reason=None)
    table.loc[table["person"] == "p1", "reason"] = "light_differs"
    table = table.loc[~((table["person"] == "p3") & (table["region"] == "eyes"))]
    missing = analyze_cohort(table).missing
    assert list(missing["region"].unique()) == ["jawline", "eyes", "mouth"]
    eyes = row(missing, region="eyes", group="placebo")
    assert (eyes["people"], eyes["measured"], eyes["not_comparable"]) == (20, 18, 2)
    assert set(eyes["reasons"].split("; ")) == {"light_differs: 1", "no comparison: 1"}
    assert row(missing, region="mouth", group="massage")["reasons"] == ""


def test_missed_sessions_are_counted_person_by_person():
    rows = [
        {"person": person, "region": "mouth", "session": session, "value": 2.0, "error": 0.5}
        for person, had in (("a", (1, 2, 3, 4, 5)), ("b", (1, 3)), ("c", (1,)))
        for session in had
    ]
    missing = analyze_cohort(pd.DataFrame(rows), planned=4).missing.iloc[0]
    assert (missing["sessions"], missing["planned"], missing["missing_sessions"]) == (8, 12, 2 + 3)
    assert (missing["not_comparable"], missing["reasons"]) == (1, "one session: 1")


def test_more_minutes_more_change_is_found_in_the_treated_alone():
    table = study()
    table["before"] = 10.0
    table.loc[table["region"] == "eyes", "after"] = 10.0 - table["minutes"] / 100
    dose = analyze_cohort(table).dose
    assert set(dose["group"]) == {"massage"}
    eyes = row(dose, region="eyes", dose="minutes")
    assert eyes["slope"] == pytest.approx(-0.6)  # 1 mm less in 100 minutes
    assert eyes["unit"] == "mm per hour"
    assert eyes["tau"] == pytest.approx(-1.0)
    assert eyes["p"] < 0.001
    assert "adherence" not in set(dose["dose"])


def test_ratings_are_held_against_what_is_measured():
    found = analyze_cohort(study()).ratings
    massage = row(found, region="mouth", group="massage")
    assert massage["people"] == 20
    assert massage["both"] + massage["only_rated"] == 20  # all of them feel better
    lower = analyze_cohort(study(), rating="lower").ratings
    assert row(lower, region="mouth", group="massage")["both"] == 0


def test_the_study_keeps_its_ratings_whichever_way_they_are_read():
    lower = analyze_cohort(study(), rating="lower")
    assert list(lower.study.people["rating"]) == list(analyze_cohort(study()).study.people["rating"])
    with pytest.raises(TableError, match="sideways"):
        analyze_cohort(study(), rating="sideways")


def test_ratings_that_are_states_are_noticed():
    states = study()
    states["rating"] += 1.0
    assert any("give the last less the first" in note for note in analyze_cohort(states).notes)
    assert not any("ratings" in note for note in analyze_cohort(study()).notes)


def test_rank_correlation_with_ratings_is_positive_where_people_see_it():
    table = study(10, group="all")
    change = table.loc[table["region"] == "mouth"].set_index("person")
    table["rating"] = table["person"].map(change["before"] - change["after"])
    mouth = row(analyze_cohort(table).ratings, region="mouth")
    assert mouth["rho"] == pytest.approx(1.0)


def test_of_too_few_people_no_verdict_is_possible():
    """Of five people the smallest p by sign flips is 2 / 2**5 = 0.0625, of three against three 2 / 20 = 0.1."""
    ten = study(10)
    found = analyze_cohort(ten)
    assert set(found.means["verdict"]) == {"not comparable"}
    # Of seven in each group p could be 2 / 2**7 = 0.016, for four regions and more never below 0.05 after Holm.
    fourteen = pd.concat([study(14), study(14).replace({"eyes": "brows", "jawline": "nose", "mouth": "cheeks"})])
    assert set(analyze_cohort(fourteen).means["verdict"]) == {"not comparable"}
    assert "improved" in set(analyze_cohort(fourteen, holm=False).means["verdict"])
    six = analyze_cohort(study(12), regions=["mouth"])
    assert row(six.means, group="massage")["verdict"] == "improved"
    assert set(analyze_cohort(study(6, effect=0.0)).contrasts["verdict"]) == {"not comparable"}


def test_changes_without_an_error_count_in_means_and_nowhere_else():
    table = study()
    table.loc[table["person"] == "p0", "mdc"] = np.nan
    found = analyze_cohort(table)
    assert row(found.means, region="mouth", group="massage")["measured"] == 20
    assert row(found.responders, region="mouth", group="massage")["measured"] == 19
    assert row(found.missing, region="mouth", group="massage")["reasons"] == "detectable change not known: 1"


def test_groups_without_a_known_control_are_not_compared():
    table = study().replace({"placebo": "sleep"})
    found = analyze_cohort(table)
    assert found.control is None
    assert found.contrasts.empty
    assert "--control" in found.notes[0]
    named = analyze_cohort(table, control="sleep")
    assert named.groups == ("massage", "sleep")
    assert len(named.contrasts) == 3
    with pytest.raises(TableError, match="there are massage, sleep"):
        analyze_cohort(table, control="placebo")


def test_one_group_is_told_that_it_has_no_control():
    found = analyze_cohort(study().drop(columns="group"))
    assert found.groups == ("all",)
    assert "no control" in found.notes[0]


def test_a_group_of_one_and_a_region_of_nobody_know_little_and_say_so():
    table = pd.DataFrame(
        {"person": ["a", "a"], "region": ["mouth", "eyes"], "change": [-1.0, np.nan], "mdc": [0.5, 0.5]}
    )
    found = analyze_cohort(table)
    mouth = row(found.means, region="mouth")
    assert mouth["change"] == -1.0
    assert np.isnan([mouth["low"], mouth["sd"], mouth["p"], mouth["effect"]]).all()
    assert mouth["verdict"] == "not comparable"
    assert np.isnan(row(found.responders, region="eyes")["share"])


def test_results_are_the_same_each_time_and_in_any_order():
    table = study()
    shuffled = table.sample(frac=1.0, random_state=1)
    one, other = analyze_cohort(table), analyze_cohort(shuffled)
    pd.testing.assert_frame_equal(one.responders, other.responders)
    drawn = ["p", "p_holm"]
    pd.testing.assert_frame_equal(one.means.drop(columns=drawn), other.means.drop(columns=drawn))
    pd.testing.assert_frame_equal(one.contrasts, analyze_cohort(table).contrasts)


def test_tables_are_handed_out_as_copies_and_by_name():
    found = analyze_cohort(study())
    copy = found.to_frame("means")
    copy.loc[:, "change"] = 0.0
    assert (found.means["change"] != 0).all()
    assert len(found.to_frame("people")) == 40
    with pytest.raises(TableError, match="responders, means"):
        found.to_frame("everything")


def test_the_json_object_has_every_table_and_no_nan():
    found = analyze_cohort(study(reason="light_differs"), regions=["mouth"])
    text = json.dumps(found.to_dict(), allow_nan=False)
    read = json.loads(text)
    assert {"responders", "means", "contrasts", "missing", "dose", "ratings", "mixed", "people", "changes"} <= set(read)
    assert read["responders"][0]["share"] is None
    assert len(read["changes"]) == 40


def test_it_shows_itself_in_a_notebook_with_names_escaped():
    table = study().replace({"placebo": "<b>placebo"})
    found = analyze_cohort(table, control="<b>placebo")
    assert "<b>placebo" not in found._repr_html_()
    assert len(repr(found)) < 300
