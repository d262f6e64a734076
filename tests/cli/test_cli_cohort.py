"""`symmetry cohort` as a person meets it: tables, folders and a practice go in; the answer and data come out."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
from datetime import timedelta, timezone

import pandas as pd
import pytest
from helpers.cohort_samples import BETTER, study_table
from helpers.command_line import manual, run
from helpers.made_series import FIRST, made_series
from helpers.practice_samples import photo

from symmetry.practice import study as practice_study
from symmetry.practice.records import Step, Treatment
from symmetry.practice.store import open_practice
from symmetry.tabular.cohort import COHORT_COLUMNS, OF_COHORT

ANSWER = "More even than placebo: the mouth by 0.9 mm (0.5 to 1.3)."


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "study.csv"
    study_table().to_csv(path, index=False)
    return path


@pytest.fixture
def practice(tmp_path, monkeypatch):
    """Anna got more even, Ben did not, Eve has no photos; Anna lifted, Ben did the sham protocol."""

    def faces_of(practice, client, **_):
        yield from (each for session in practice.sessions(client) for each in session.photos)

    def series_of(practice, client, faces, **_):
        return made_series(ends={"mouth": (3.0, 0.5) if client == "anna" else (2.0, 1.9)})

    monkeypatch.setattr(practice_study, "faces_of", faces_of)
    monkeypatch.setattr(practice_study, "series_of", series_of)
    folder = tmp_path / "practice"
    at = FIRST.astimezone(timezone.utc)
    with open_practice(folder) as store:
        store.add_scale("evenness")
        for protocol in ("lifting", "sham"):
            store.add_protocol(protocol, steps=[Step(name="jaw")], times_per_week=2)
        for name, protocol in (("Anna", "lifting"), ("Ben", "sham"), ("Eve", "sham")):
            client = store.add_client(name).id
            for week in range(6 if name != "Eve" else 0):
                store.add_session(client, [photo(f"{name}{week}")], at=at + timedelta(weeks=week), zone="UTC")
            store.add_treatment(client, Treatment(at=at + timedelta(days=1), zone="UTC", protocol=protocol, minutes=9))
            for week, value in ((0, 3.0), (5, 4.0)):
                store.add_entry(client, at=at + timedelta(weeks=week), zone="UTC", values={"evenness": value})
    return folder


def data(*arguments):
    return json.loads(run("cohort", *arguments, "-f", "json").stdout)


def test_a_table_gives_the_answer_and_the_tables(table):
    result = run("cohort", table)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1] == ANSWER
    assert "7 of 9, 78 % [45, 94]" in result.stdout
    assert result.stderr == ""


def test_json_and_csv_hold_the_same(table):
    found = data(table)
    assert found["answer"].startswith(ANSWER)
    rows = list(csv.DictReader(io.StringIO(run("cohort", table, "-f", "csv").stdout)))
    assert tuple(rows[0]) == COHORT_COLUMNS
    assert [row["of"] for row in rows] == [of for of in OF_COHORT for _ in found[of]]
    assert {of for of in OF_COHORT if found[of]} == {"responders", "means", "contrasts", "missing", "people", "changes"}
    for row, original in zip(rows, [one for of in OF_COHORT for one in found[of]], strict=True):
        for name, value in original.items():
            if isinstance(value, float):
                assert float(row[name]) == pytest.approx(value, abs=1e-6)
            elif value is not None:
                assert row[name] == str(value)
            else:
                assert row[name] == ""


def test_every_column_of_every_table_is_a_column_of_the_csv(table):
    from symmetry.cohort import analyze_cohort

    cohort = analyze_cohort(table)
    columns = {name for of in OF_COHORT for name in cohort.to_frame(of)}
    assert columns == set(COHORT_COLUMNS) - {"of", "version"}


def test_a_file_is_private_and_its_answer_is_said(table, tmp_path):
    for name in ("c.json", "c.csv", "c.parquet", "c.txt"):
        target = tmp_path / name
        result = run("cohort", table, "-o", target)
        assert result.exit_code == 0
        assert result.stdout == ""
        assert ANSWER in result.stderr
        if os.name == "posix":
            assert stat.S_IMODE(target.stat().st_mode) == 0o600
    parquet = pd.read_parquet(tmp_path / "c.parquet")
    assert tuple(parquet.columns) == COHORT_COLUMNS


def test_groups_come_from_a_column_or_from_a_table_of_people(table, tmp_path):
    arms = study_table().rename(columns={"group": "arm"})
    arms.to_csv(table, index=False)
    assert data(table)["control"] is None
    assert data(table, "--group", "arm")["control"] == "placebo"
    assert data(table, "--group", "arm", "--control", "ritual")["groups"] == ["placebo", "ritual"]
    people = tmp_path / "people.csv"
    arms.loc[:, ["person", "arm"]].to_csv(people, index=False)
    arms.drop(columns="arm").to_csv(table, index=False)
    found = data(table, "--people", people, "-g", "arm")
    assert (found["groups"], found["control"]) == (["ritual", "placebo"], "placebo")


def test_a_folder_of_comparisons_is_a_study(tmp_path):
    from symmetry.tabular import CHANGE_COLUMNS, to_csv

    folder = tmp_path / "people"
    folder.mkdir()
    for name, change in (("anna", -1.5), ("ben", 0.1)):
        row = {"before_photo": "a.jpg", "after_photo": "b.jpg", "kind": "region", "name": "mouth", "unit": "mm"}
        verdict = "improved" if change < -0.5 else "no detectable change"
        row |= {"before": 3.0, "after": 3.0 + change, "evenness": change, "evenness_error": 0.5, "verdict": verdict}
        (folder / f"{name}.csv").write_text(to_csv([row], CHANGE_COLUMNS))
    changes = data(folder)["changes"]
    assert [(one["person"], one["change"], one["mdc"]) for one in changes] == [("anna", -1.5, 0.5), ("ben", 0.1, 0.5)]


def test_regions_sessions_mdc_and_corrections_are_as_asked(table):
    study_table(regions=("mouth", "eyes")).to_csv(table, index=False)
    assert data(table)["regions"] == ["eyes", "mouth"]
    found = data(table, "--region", "mouth")
    assert found["regions"] == ["mouth"]
    corrected, plain = data(table), data(table, "--no-holm")
    assert (corrected["holm"], plain["holm"]) == (True, False)
    assert all(row["p_holm"] is None for row in plain["means"])
    assert any(row["p_holm"] > row["p"] for row in corrected["means"])
    assert {one["planned"] for one in data(table, "--sessions", 5)["people"]} == {5.0}
    study_table().drop(columns="mdc").to_csv(table, index=False)
    assert "--mdc" in run("cohort", table).stderr
    assert data(table, "--mdc", 2)["responders"][0]["improved"] == 0


def test_ratings_may_be_the_other_way_round(table):
    study_table().assign(rating=range(20)).to_csv(table, index=False)
    higher, lower = (data(table, "--rating-better", each)["ratings"] for each in ("higher", "lower"))
    assert [row["rho"] for row in higher] == pytest.approx([-row["rho"] for row in lower])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none.csv",), "none.csv: "),
        (("study.csv", "--control", "nobody"), 'there is no group "nobody"'),
        (("study.csv", "-g", "arm"), 'there is no column "arm"'),
        (("study.csv", "--region", "ear"), 'there is no region "ear"'),
        (("wrong.csv",), "do not make a study"),
    ],
)
def test_what_is_wrong_is_one_line_and_status_1(table, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.csv").write_text("a,b\n1,2\n")
    result = run("cohort", *arguments)
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("symmetry: ")
    assert said in line


def test_wrong_usage_exits_with_2(table, practice, monkeypatch, tmp_path):
    monkeypatch.setenv("SYMMETRY_PRACTICE", str(tmp_path / "nowhere"))
    for arguments in (
        (),
        (table, "--rating", "evenness"),
        (table, "--reliability", table),
        (table, practice),
        (practice, "--group", "arm"),
        (table, "--sessions", 0),
        (table, "-o", "x.doc"),
        (table, "-f", "parquet"),
        (table, "--figure", "x.doc"),
    ):
        result = run("cohort", *arguments)
        assert result.exit_code == 2, arguments
        assert "Error" in result.stderr


def test_a_table_is_never_written_over(table):
    before = table.read_bytes()
    assert run("cohort", table, "-o", table).exit_code == 1
    assert table.read_bytes() == before


def test_a_practice_is_a_study(practice):
    result = run("cohort", practice, "-f", "json", "-g", "protocol", "--rating", "Evenness", "--region", "mouth")
    assert result.exit_code == 0
    assert result.stderr == "symmetry: eve: there are no photos yet\n"
    found = json.loads(result.stdout)
    assert (found["groups"], found["control"]) == (["lifting", "sham"], "sham")
    people = {one["person"]: one for one in found["people"]}
    assert (people["anna"]["minutes"], people["anna"]["rating"], people["anna"]["group"]) == (9.0, 1.0, "lifting")
    verdicts = {one["person"]: one["verdict"] for one in found["changes"]}
    assert verdicts == {"anna": "improved", "ben": "no detectable change", "eve": "not comparable"}


def test_the_usual_practice_needs_no_name(practice, monkeypatch):
    monkeypatch.setenv("SYMMETRY_PRACTICE", str(practice))
    assert data()["people"] == data(practice)["people"]


def test_a_table_of_people_says_who_is_in_a_study_of_a_practice(practice, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("person,arm,planned\nANNA,warm,8\nzoe,cold,8\n")
    result = run("cohort", practice, "--people", people, "-g", "arm", "-f", "json")
    assert "zoe: no client has this id" in result.stderr
    found = json.loads(result.stdout)
    assert [(one["person"], one["group"], one["planned"]) for one in found["people"]] == [
        *(("anna", "warm", 8.0), ("zoe", "cold", 8.0)),
    ]
    assert run("cohort", practice, "--people", people, "-g", "other").stderr.count("there is no column") == 1
    people.write_text("person\nanna\nzoe\n")
    assert data(practice, "--people", people)["groups"] == ["all"]


def test_a_photo_without_a_face_is_said_and_the_others_count(practice, monkeypatch):
    from symmetry.measure.batch import Failure

    taken = practice_study.faces_of

    def faces_of(store, client, **_):
        yield Failure(photo="session 1: x.jpg", error="no face")
        yield from taken(store, client)

    monkeypatch.setattr(practice_study, "faces_of", faces_of)
    result = run("cohort", practice, "-f", "json")
    assert result.exit_code == 1
    assert "symmetry: anna: session 1: x.jpg: no face" in result.stderr
    assert len(json.loads(result.stdout)["people"]) == 3


def test_a_person_may_stop_it(practice, monkeypatch, tmp_path):
    def stop(store, client, **_):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(practice_study, "faces_of", stop)
    result = run("cohort", practice, "-o", tmp_path / "c.json")
    assert result.exit_code == 130
    assert "stopped" in result.stderr
    assert not (tmp_path / "c.json").exists()


def test_a_picture_is_drawn(table, tmp_path):
    target = tmp_path / "cohort.png"
    assert run("cohort", table, "--figure", target).exit_code == 0
    assert target.read_bytes().startswith(b"\x89PNG")


def test_the_manual_lists_the_columns_and_the_keys(table):
    opening = "```text\n"
    text = manual()
    start = text.index(f"{opening}{', '.join(COHORT_COLUMNS[:4])}") + len(opening)
    assert tuple(text[start:].split("\n```")[0].replace("\n", " ").replace(" ", "").split(",")) == COHORT_COLUMNS
    assert [key for key in data(table) if f"`{key}`" not in text] == []
    assert [column for column in COHORT_COLUMNS if column not in text] == []


def test_the_manual_tells_of_every_function_and_plot():
    import symmetry.cohort
    import symmetry.output.plots

    text = manual()
    assert [name for name in symmetry.output.plots.__all__ if f"`{name}(axes, " not in text] == ["draw_cohort"]
    assert "`draw_cohort(cohort, " in text
    assert [name for name in symmetry.cohort.__all__ if not re.search(rf"`[\w.]*\b{name}\b", text)] == []


def test_one_group_needs_no_control(table):
    BETTER.to_csv(table, index=False)
    found = data(table)
    assert found["control"] is None
    assert found["contrasts"] == []
    assert "no control group" in found["answer"]


def test_a_table_in_a_folder_is_not_written_over(table, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    kept = folder / "study.csv"
    kept.write_bytes(table.read_bytes())
    result = run("cohort", folder, "-o", kept)
    assert result.exit_code == 1
    assert "would be lost" in result.stderr
    assert kept.read_bytes() == table.read_bytes()


def test_who_names_each_person_with_the_regions_that_changed_the_surest_first(table):
    shown = run("cohort", table, "--control", "placebo", "--who")
    assert shown.exit_code == 0
    changes = pd.read_csv(table)
    lines = shown.stdout.splitlines()
    named = [line.split()[0] for line in lines if line[1:2].isalnum() and line.split()[0] in set(changes["person"])]
    assert sorted(named) == sorted(changes["person"].unique())
    told = json.loads(run("cohort", table, "--control", "placebo", "-f", "json").stdout)
    surest: dict[str, float] = {}
    for row in told["changes"]:
        if row["verdict"] in ("improved", "worse") and row["region"] not in ("face", "lower_face"):
            surest[row["person"]] = max(surest.get(row["person"], 0.0), abs(row["change"]) / row["mdc"])
    assert named[: len(surest)] == sorted(surest, key=lambda person: (-surest[person], person))
    first = next(line for line in lines if named[0] in line)
    assert re.search(r"\d\.\d ± \d\.\d mm", first)
