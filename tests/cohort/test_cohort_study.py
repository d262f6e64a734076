"""Tables of many people in one form: nobody and nothing is dropped without a word."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from helpers.examples import examples
from hypothesis import given
from hypothesis import strategies as st

from symmetry.cohort.columns import in_order
from symmetry.cohort.reading import study_of
from symmetry.cohort.study import Study
from symmetry.errors import TableError
from symmetry.tabular.cohort import COLUMNS


def changes(**more):
    return pd.DataFrame(
        {"person": ["anna", "bert"], "region": ["mouth", "mouth"], "change": [-1.0, 0.2], "mdc": [0.5, 0.6]} | more
    )


def sessions(**more):
    rows = [
        {"person": "anna", "region": "mouth", "session": 1, "value": 2.0, "error": 0.3},
        {"person": "anna", "region": "mouth", "session": 2, "value": 1.5, "error": 0.4},
        {"person": "anna", "region": "mouth", "session": 3, "value": 1.0, "error": 0.4},
        {"person": "bert", "region": "mouth", "session": 1, "value": 2.0, "error": 0.3},
    ]
    return pd.DataFrame(rows).assign(**more)


def row(study, person, region="mouth"):
    frame = study.changes
    return frame.loc[(frame["person"] == person) & (frame["region"] == region)].iloc[0]


def test_a_plain_table_of_changes_is_judged_by_each_persons_own_error():
    study = study_of(changes())
    assert list(study.changes) == list(COLUMNS["changes"])
    assert list(study.people) == list(COLUMNS["people"])
    assert list(study.sessions) == list(COLUMNS["sessions"])
    assert list(study.changes["verdict"]) == ["improved", "no detectable change"]
    assert study.groups == ("all",)


def test_before_and_after_make_a_change():
    study = study_of(pd.DataFrame({"person": [1], "region": ["eyes"], "before": [2.0], "after": [3.5], "mdc": [1.0]}))
    assert row(study, "1", "eyes")["change"] == pytest.approx(1.5)
    assert row(study, "1", "eyes")["verdict"] == "worse"


def test_sessions_make_changes_last_less_first_with_both_errors():
    study = study_of(sessions())
    anna = row(study, "anna")
    assert anna["change"] == pytest.approx(-1.0)
    assert anna["mdc"] == pytest.approx(0.5)  # 3-4-5
    assert anna["verdict"] == "improved"
    bert = row(study, "bert")
    assert (bert["verdict"], bert["reason"]) == ("not comparable", "one session")
    assert list(study.people["sessions"]) == [3, 1]
    assert list(study.people["planned"]) == [3, 3]


def test_repeated_photos_of_a_session_are_averaged_and_their_errors_shrink():
    twice = pd.concat([sessions(), sessions(value=sessions()["value"] + 1.0)])
    study = study_of(twice)
    first = study.sessions.iloc[0]
    assert first["value"] == pytest.approx(2.5)
    assert first["error"] == pytest.approx(0.3 / np.sqrt(2))


def test_without_errors_repeated_photos_tell_them():
    """SEM = sqrt(SSW / freedom) by hand: four sessions of two photos 0.2 apart, SSW = 4 * 0.02, freedom 4."""
    photos = pd.concat([sessions(), sessions(value=sessions()["value"] + 0.2)]).drop(columns="error")
    study = study_of(photos)
    sem, t = np.sqrt(4 * 0.02 / 4), 2.7764451051977987  # 97.5 % quantile of t with 4 degrees, scipy.stats.t.ppf
    np.testing.assert_allclose(study.sessions["error"], sem * t / np.sqrt(2))


def test_days_become_weeks_since_the_persons_first():
    days = ["2026-01-05", "2026-01-12", "2026-02-02", "2026-03-01"]
    study = study_of(sessions(day=days).drop(columns="session"))
    anna = study.sessions.loc[study.sessions["person"] == "anna"]
    assert list(anna["weeks"]) == pytest.approx([0, 1, 4])
    assert list(anna["session"]) == [1, 2, 3]


def test_a_region_known_of_some_people_is_not_comparable_for_the_others():
    table = pd.concat([changes(), pd.DataFrame([{"person": "anna", "region": "eyes", "change": 0.1, "mdc": 0.5}])])
    study = study_of(table)
    assert len(study.changes) == 4
    bert = row(study, "bert", "eyes")
    assert (bert["verdict"], bert["reason"]) == ("not comparable", "no comparison")


def test_people_without_photos_are_people_all_the_same():
    about = pd.DataFrame({"person": ["anna", "bert", "carl"], "arm": ["t", "c", "c"], "minutes": [10, None, 30]})
    study = study_of(changes(), people=about, group="arm")
    assert list(study.people["person"]) == ["anna", "bert", "carl"]
    assert list(study.people["group"]) == ["t", "c", "c"]
    assert row(study, "carl")["verdict"] == "not comparable"
    assert row(study, "carl")["group"] == "c"


def test_the_table_of_people_counts_where_both_speak():
    about = pd.DataFrame({"person": ["anna", "bert"], "group": ["t", "c"], "minutes": [10.0, np.nan]})
    study = study_of(changes(group=["c", "c"], minutes=[1.0, 2.0]), people=about)
    assert list(study.people["group"]) == ["t", "c"]
    assert list(study.people["minutes"]) == [10.0, 2.0]


def test_stopped_changes_do_not_count_even_where_a_number_stands():
    study = study_of(changes(reason=["light_differs", ""]))
    anna = row(study, "anna")
    assert (anna["verdict"], anna["reason"]) == ("not comparable", "light_differs")
    assert np.isnan(anna["change"])


def test_a_common_detectable_change_fills_gaps_only():
    study = study_of(changes(mdc=[2.0, np.nan]), mdc=0.1)
    assert list(study.changes["mdc"]) == [2.0, 0.1]
    assert list(study.changes["verdict"]) == ["no detectable change", "worse"]


def test_numbers_that_name_people_match_whether_read_as_numbers_or_texts():
    about = pd.DataFrame({"person": ["1", "2"], "group": ["t", "c"]})
    study = study_of(changes(person=[1.0, 2.0]), people=about)
    assert list(study.people["person"]) == ["1", "2"]


def test_regions_are_chosen_by_name_and_measures_count_only_then():
    rows = [
        {"person": "anna", "kind": kind, "name": name, "unit": "mm", "before": -3.0, "after": -1.0, "evenness": -2.0,
         "evenness_error": 0.5, "verdict": "improved", "reason": None}
        for kind, name in (("region", "mouth"), ("measure", "commissure_height"))
    ]  # fmt: skip
    table = pd.DataFrame(rows)  # as `symmetry compare` writes it
    assert row(study_of(table), "anna")["before"] == 3.0
    assert study_of(changes(kind="measure")).regions == ("mouth",)  # a column of one's own
    assert study_of(table).regions == ("mouth",)
    assert study_of(table, regions=["commissure_height"]).regions == ("commissure_height",)


def test_a_study_is_taken_as_it_is():
    study = study_of(changes())
    assert study_of(study) is study
    assert study_of(study, regions=["mouth"]).regions == ("mouth",)
    grouped = study_of(study, people=pd.DataFrame({"person": ["anna", "bert"], "group": ["t", "c"]}))
    assert grouped.groups == ("c", "t")
    assert list(grouped.changes["verdict"]) == list(study.changes["verdict"])


@pytest.mark.parametrize(
    ("table", "options", "says"),
    [
        (changes().drop(columns="change"), {}, "do not make a study"),
        (changes(mdc=[np.nan, np.nan]), {}, "no error is known"),
        (changes(mdc=[-1.0, 1.0]), {}, "which is a size"),
        (changes(change=["much", 1]), {}, '"much" in the column "change" is not a number'),
        (changes(change=[np.inf, 1]), {}, "not a number"),
        (changes(person=["anna", None]), {}, "gaps"),
        (changes(person=["anna", "anna"]), {}, "two changes of mouth"),
        (changes(unit=["mm", "% IPD"]), {}, "another unit"),
        (changes(), {"regions": ["chin"]}, "it has mouth"),
        (changes(), {"group": "arm"}, 'no column "arm"'),
        (changes(group=["t", None]), {}, '"bert" is in no group'),
        (sessions(group=["a", "b", "a", "a"]), {}, "several values"),
        (sessions(day="soon").drop(columns="session"), {}, '"soon" is not a day'),
        (sessions().drop(columns="session"), {}, "which session"),
        (changes(), {"people": pd.DataFrame({"name": ["anna"]})}, 'no column "person"'),
        (changes(), {"people": pd.DataFrame({"person": ["anna", "anna"]})}, "two rows"),
        ({}, {}, "nobody"),
        (sessions(value=[-1.0, 1, 1, 1]), {}, "leave the sign out"),
        (changes(region=["mouth", "moutth"]), {}, "did you mean mouth"),
        (changes(group=["Ritual", "ritual"]), {}, "spelt in two ways"),
        (changes(), {"group": "person"}, "names people"),
        (pd.DataFrame({"of": ["means"], "naive_share": [0.5]}), {}, "result of a cohort"),
        (["anna"], {"people": {"anna": "t"}}, "must be a table"),
        ([changes()], {}, "by person"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(table, options, says):
    with pytest.raises(TableError, match=says):
        study_of(table, **options)


def test_files_stand_for_people_where_no_column_names_them(tmp_path):
    for person, change in (("anna", -1.0), ("bert", 0.1)):
        frame = changes().iloc[:1].drop(columns="person").assign(change=change)
        frame.to_csv(tmp_path / f"{person}.csv", index=False)
    study = study_of(tmp_path)
    assert list(study.people["person"]) == ["anna", "bert"]
    assert list(study.changes["verdict"]) == ["improved", "no detectable change"]


def test_order_of_regions_is_that_of_the_tool():
    assert in_order(["mrd1", "mouth", "jawline"]) == ("jawline", "mouth", "mrd1")


people = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=4, unique=True)


@examples(50)
@given(names=people, data=st.data())
def test_nobody_is_lost(names, data):
    rows = [
        {
            "person": name,
            "region": region,
            "change": data.draw(st.floats(-5, 5) | st.just(np.nan)),
            "mdc": data.draw(st.floats(0.1, 2)),
        }
        for name in names
        for region in data.draw(st.lists(st.sampled_from(["eyes", "mouth"]), min_size=1, unique=True))
    ]
    study = Study.of(changes=pd.DataFrame(rows))
    assert set(study.people["person"]) == set(names)
    assert len(study.changes) == len(names) * len(study.regions)
    known = study.changes["verdict"] != "not comparable"
    assert (study.changes["change"].notna() | ~known).all()
    assert ((study.changes["reason"] == "") == known).all()


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_tables_of_ones_own_are_read_in_any_form(tmp_path, form):
    file = tmp_path / f"study.{form}"
    frame = changes()
    if form == "csv":
        frame.to_csv(file, index=False)
    elif form == "json":
        frame.to_json(file, orient="records")
    else:
        frame.to_parquet(file)
    assert list(study_of(file).changes["verdict"]) == ["improved", "no detectable change"]


@pytest.mark.parametrize(("name", "text"), [("a.csv", ""), ("a.json", "{"), ("a.parquet", "no"), ("a.txt", "person")])
def test_files_that_are_no_tables_are_named(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(TableError, match=name):
        study_of(tmp_path / name)
    with pytest.raises(TableError, match="no such file"):
        study_of(tmp_path / "other.csv")


def test_a_session_without_an_error_borrows_none():
    study = study_of(sessions(error=[np.nan, 0.4, 0.4, 0.3]), mdc=3.0)
    anna = row(study, "anna")
    assert (anna["mdc"], anna["verdict"]) == (3.0, "no detectable change")


def test_sessions_with_numbers_go_by_these_whatever_the_weeks():
    torn = pd.DataFrame(
        {
            "person": "anna",
            "region": "mouth",
            "session": [1, 1, 2, 2],
            "weeks": [0.0, 0.01, 4.0, 4.1],
            "value": [2.0, 3.0, 1.0, 0.0],
            "error": 0.2,
        }
    )
    study = study_of(torn)
    assert list(study.sessions["value"]) == [2.5, 0.5]
    assert list(study.sessions["weeks"]) == pytest.approx([0.0, 4.045])
    assert row(study, "anna")["mdc"] == pytest.approx(0.2)  # twice 0.2 / sqrt(2), squared and added
    late = study_of(sessions(weeks=[0.0, 4.0, np.nan, 0.0]))
    assert row(late, "anna")["after"] == 1.0


def test_a_person_numbers_all_sessions_or_none():
    with pytest.raises(TableError, match="number all of them or none"):
        study_of(sessions(session=[1, 2, np.nan, 1], weeks=[0, 1, 2, 0]))


def test_people_and_groups_are_called_as_they_stand_in_the_file(tmp_path):
    (tmp_path / "study.csv").write_text(
        "person,arm,region,change,mdc\nNA,None,mouth,-1,0.5\n007,x,mouth,-,0.5\n7,x,mouth,0.1,0.5\n"
    )
    study = study_of(tmp_path / "study.csv", group="arm")
    assert list(study.people["person"]) == ["NA", "007", "7"]
    assert list(study.people["group"]) == ["None", "x", "x"]
    assert row(study, "007")["verdict"] == "not comparable"


def test_files_called_by_numbers_match_a_table_of_people(tmp_path):
    folder = tmp_path / "people"
    folder.mkdir()
    for name in ("001", "002", "._002"):  # the last is what macOS leaves on other people's disks
        changes().iloc[:1].drop(columns="person").to_csv(folder / f"{name}.csv", index=False)
    (tmp_path / "groups.csv").write_text("person,group\n001,t\n002,c\n")
    study = study_of(folder, people=tmp_path / "groups.csv")
    assert list(study.people["person"]) == ["001", "002"]
    assert study.groups == ("c", "t")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_spreadsheets_of_europe_are_read(tmp_path, encoding):
    text = "person;region;change;mdc\r\nZoë;mouth;-1,5;0,5\r\nJörg;mouth;0.2;1\r\n"
    (tmp_path / "study.csv").write_bytes(text.encode(encoding))
    study = study_of(tmp_path / "study.csv")
    assert list(study.people["person"]) == ["Zoë", "Jörg"]
    assert list(study.changes["change"]) == [-1.5, 0.2]
    assert list(study.changes["mdc"]) == [0.5, 1.0]


def test_what_is_wrong_in_a_file_is_said_of_that_file(tmp_path):
    changes().iloc[:1].to_csv(tmp_path / "a.csv", index=False)
    changes(change=["much", "little"]).iloc[1:].to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(TableError, match=r'b\.csv: "little" in the column "change" is not a number'):
        study_of(tmp_path)
    (tmp_path / "none").mkdir()
    with pytest.raises(TableError, match=r"none: the folder holds no \.csv, \.json, \.jsonl, \.parquet"):
        study_of(tmp_path / "none")


def test_what_a_study_cannot_take_any_more_is_refused():
    study = study_of(changes())
    for options in ({"mdc": 1.0}, {"planned": 3}, {"group": "arm"}):
        with pytest.raises(TableError, match="Study"):
            study_of(study, **options)
    for options in ({"mdc": 0.0}, {"mdc": np.inf}, {"planned": 0}):
        with pytest.raises(TableError, match=r"makes no sense|cannot be planned"):
            study_of(changes(), **options)


def test_regions_are_spelt_as_the_tool_does_and_ones_own_are_kept():
    study = study_of(changes(region=["Mouth ", "cheek volume"]))
    assert study.regions == ("mouth", "cheek_volume")
    assert study_of(changes(), regions="Mouth").regions == ("mouth",)


def test_a_column_that_looks_like_groups_is_pointed_out():
    study = study_of(pd.concat([changes(), changes(person=["carl", "dora"])]).assign(arm=["t", "c", "t", "c"]))
    assert study.groups == ("all",)
    assert "The column arm is not used" in study.notes[0]
    assert study_of(changes(note=["fine", "was late"])).notes == ()


def test_what_read_results_gives_is_a_study(tmp_path):
    for person in ("anna", "bert"):
        changes().iloc[:1].drop(columns="person").assign(file=f"{person}.csv").to_csv(tmp_path / "x.csv", index=False)
    table = changes(file=["anna.csv", "bert.csv"]).drop(columns="person")
    assert list(study_of(table).people["person"]) == ["anna", "bert"]


def test_scores_of_photos_are_a_study():
    """Columns as `symmetry score` writes them: folders are people, days are sessions, and `error` is why it failed."""
    rows = [
        {"photo": f"study/{person}/{day}_{shot}.jpg", "error": None, "region": "mouth",
         "asymmetry_mm": size + 0.1 * shot, "asymmetry_error_mm": 0.6, "captured": f"{day}T10:00:00+02:00"}
        for person, sizes in (("anna", (3.0, 1.0)), ("bert", (2.0, 2.1)))
        for day, size in zip(("2026-04-06", "2026-05-18"), sizes, strict=True)
        for shot in (0, 1)
    ]  # fmt: skip
    rows.append({"photo": "study/carl/x.jpg", "error": "no face"})
    study = study_of(pd.DataFrame(rows))
    assert list(study.people["person"]) == ["anna", "bert", "carl"]
    assert row(study, "anna")["change"] == pytest.approx(-2.0)
    assert row(study, "anna")["mdc"] == pytest.approx(0.6)  # 0.6 / sqrt(2), twice, squared and added
    assert list(study.changes["verdict"]) == ["improved", "no detectable change", "not comparable"]


def test_sessions_that_nobody_planned_are_said_to_be_those_of_the_one_with_most():
    assert "anyone had, 3" in study_of(sessions()).notes[0]
    assert study_of(sessions(), planned=3).notes == ()
    both = study_of(changes(before=[2.0, 2.0], after=[1.0, np.nan], change=[np.nan, np.nan]), planned=2)
    assert list(both.people["sessions"]) == [2, 1]


def test_what_was_measured_once_counts_once(tmp_path):
    frame = changes().iloc[:1].drop(columns="person")
    folder = tmp_path / "people"
    folder.mkdir()
    frame.to_csv(folder / "anna.csv", index=False)
    assert len(study_of([folder, folder / "anna.csv", folder]).people) == 1
    frame.to_parquet(folder / "anna.parquet")
    with pytest.raises(TableError, match='two files are called "anna"'):
        study_of(folder)
    with pytest.raises(TableError, match="is repeated"):
        study_of(pd.concat([sessions(), sessions()]))
    photos = pd.concat([sessions(photo="1.jpg"), sessions(photo="2.jpg")])
    assert study_of(photos).sessions["error"].iloc[0] == pytest.approx(0.3 / np.sqrt(2))


def test_photos_of_one_day_are_one_session_whatever_the_clock_and_the_zone_say():
    days = ["2026-03-01T10:00:00+01:00", "2026-04-01T10:00:00+02:00", "2026-04-01T10:05:00+02:00", "2026-03-01"]
    study = study_of(sessions(day=days).drop(columns="session"))
    assert list(study.sessions["value"]) == [2.0, 1.25, 2.0]


def test_commas_and_blanks_that_spreadsheets_leave_do_no_harm(tmp_path):
    text = "Person,Region,Before,After,MDC\nanna,mouth,2,1,0.5,\nben,mouth,3,1,0.5,\n,,,,,\n"
    (tmp_path / "study.csv").write_text(text)
    study = study_of(tmp_path / "study.csv")
    assert list(study.people["person"]) == ["anna", "ben"]
    assert list(study.changes["change"]) == [-1.0, -2.0]


@pytest.mark.parametrize(
    "rows",
    ['[{"person": "a", "region": "mouth", "change": 1' + "0" * 400 + ', "mdc": 1}]',
     "[" * 100_000],
)  # fmt: skip
def test_odd_json_is_refused_in_one_line(tmp_path, rows):
    (tmp_path / "study.json").write_text(rows)
    with pytest.raises(TableError, match=r"study\.json: "):
        study_of(tmp_path / "study.json")


def test_rows_with_more_cells_than_names_are_refused(tmp_path):
    (tmp_path / "study.csv").write_text("person,region,change,mdc\nanna,mouth,-1,0.5\nben,mouth,-0,6,0,4\n")
    with pytest.raises(TableError, match=r"row 3 has 6 cells, the first row 4 names; decimal commas"):
        study_of(tmp_path / "study.csv")


def test_what_spreadsheets_call_unicode_text_is_read(tmp_path):
    text = "sep=\t\nperson\tregion\tchange\tmdc\nanna\tmouth\t\u22121,5\t0,5\nben\tmouth\tn/a\t0,5\n"
    (tmp_path / "study.csv").write_bytes(text.encode("utf-16"))
    study = study_of(tmp_path / "study.csv")
    assert study.changes["change"].iloc[0] == -1.5
    assert list(study.changes["verdict"]) == ["improved", "not comparable"]


def test_changes_with_the_wrong_sign_and_times_that_run_backwards_are_refused():
    with pytest.raises(TableError, match="before less after"):
        study_of(changes(before=[2.0, 2.0], after=[1.0, 1.8], change=[1.0, -0.2]))
    with pytest.raises(TableError, match="against their times"):
        study_of(sessions(weeks=[0.0, 6.0, 3.0, 0.0]))
    with pytest.raises(TableError, match=r"such as 0\.8"):
        study_of(changes(adherence=[0.8, 95.0]))


def test_a_comparison_counts_as_two_sessions_beside_a_series():
    both = pd.concat([changes(person=["dora", "emil"]), changes(person=["f", "g"])])
    study = Study.of(changes=both, sessions=sessions())
    had = study.people.set_index("person")["sessions"]
    assert (had["dora"], had["anna"], had["bert"]) == (2, 3, 1)


def test_photos_scored_from_within_a_folder_belong_to_the_file(tmp_path):
    rows = "a.jpg,mouth,2,0.5,2026-04-06\nb.jpg,mouth,1,0.5,2026-05-06\n"
    rows = f"photo,region,asymmetry_mm,asymmetry_error_mm,captured\n{rows}"
    (tmp_path / "anna.csv").write_text(rows)
    assert list(study_of(tmp_path / "anna.csv").people["person"]) == ["anna"]
