"""Series as data: nothing drops out in silence, and what is not known is empty."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest
from helpers.examples import examples
from helpers.made_series import COVERED, UNREADABLE, WEEKLY, ZONE, made_series, unknown, with_region
from hypothesis import given
from hypothesis import strategies as st

from symmetry.landmarks.mesh import REGIONS
from symmetry.landmarks.networks import engine_label
from symmetry.measure.measures import DEFINITIONS
from symmetry.series.result import LeftOut, PhasesOf, RegionCourse, TrendOf
from symmetry.series.series import Series
from symmetry.tabular import (
    SERIES_COLUMNS,
    failed_series,
    series_rows,
    to_csv,
    to_json,
)
from symmetry.version import __version__

START = date(2026, 4, 20)


def table(series: Series) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(series_rows(series.to_dict()), SERIES_COLUMNS))))


def only(rows: list[dict[str, str]], **values: str) -> dict[str, str]:
    (found,) = [row for row in rows if all(row[name] == value for name, value in values.items())]
    return found


def test_one_row_a_session_and_number_one_a_number_and_one_a_photo_left_out() -> None:
    rows = table(made_series())
    numbers = len(REGIONS) + len(DEFINITIONS)
    assert Counter(row["of"] for row in rows) == {
        "session": len(WEEKLY) * numbers,
        "series": numbers,
        "left_out": 2,
    }
    assert len({(row["of"], row["session"], row["kind"], row["name"], row["photos"]) for row in rows}) == len(rows)
    assert all(row["version"] == __version__ and row["engine"] == engine_label() for row in rows)


def test_row_of_a_session() -> None:
    series = made_series(treatment_start=START)
    row = only(table(series), of="session", name="mouth", session="2")
    course = series.regions["mouth"]
    assert row["at"] == "2026-04-13T08:14:00+02:00"
    assert (row["day"], row["weeks"], row["phase"]) == ("2026-04-13", "1", "baseline")
    assert (row["photos"], row["times_from"], row["part"]) == ("photo1.jpg", "file name", "mouth")
    assert (row["signed_asymmetry"], row["signed_asymmetry_error"]) == ("2.5", "0.4")
    for name in ("asymmetry", "lateral", "vertical", "lift"):
        assert float(row[name]) == pytest.approx(getattr(course, name)[1])
        assert float(row[f"{name}_error"]) == pytest.approx(getattr(course, f"{name}_error")[1])
    assert [float(row[name]) for name in ("right_outward", "right_up", "left_outward")] == [0.5, 0.6, 0.3]
    assert float(row["left_up"]) == pytest.approx(0.5)
    assert row["trend_slope"] == row["change_verdict"] == row["difference"] == row["error"] == ""
    last = only(table(series), of="session", name="mouth", session="6")
    assert (last["photos"], last["phase"]) == ("photo5.jpg; photo5b.jpg", "treatment")
    measure = only(table(series), of="session", name="mouth_cant", session="6")
    assert (measure["kind"], measure["unit"], measure["signed_asymmetry"]) == ("measure", "degrees", "")
    assert (measure["difference"], measure["difference_error"]) == ("-1", "0.7")


def test_row_of_the_whole_series() -> None:
    row = only(table(made_series(treatment_start=START)), of="series", name="jawline")
    assert (row["part"], row["unit"], row["session"], row["day"], row["signed_asymmetry"]) == (
        "jaw angle",
        "mm",
        "",
        "",
        "",
    )
    found = [row[f"trend_{name}"] for name in ("slope", "low", "high", "p", "verdict")]
    assert found == ["0.12", "0.02", "0.22", "0.001", "worse"]
    assert (row["phases_difference"], row["phases_low"], row["phases_high"]) == ("0.36", "-0.14", "0.86")
    assert (row["phases_nonoverlap"], row["phases_baseline_sessions"]) == ("0.92", "2")
    assert (row["change_evenness"], row["change_evenness_error"], row["change_verdict"]) == ("0.6", "0.4", "worse")
    assert (row["change_part"], row["change_moved"]) == ("jaw angle", "subject_left")
    series = made_series()
    assert series.change is not None
    measure, of_change = only(table(series), of="series", name="mouth_cant"), series.change.measures["mouth_cant"]
    assert float(measure["change_evenness"]) == pytest.approx(of_change.evenness, abs=1e-6)
    assert float(measure["change_evenness_error"]) == pytest.approx(of_change.error, abs=1e-6)
    assert measure["phases_difference"] == ""


def test_every_number_of_trend_and_phases_has_its_column() -> None:
    for kind, begin in ((TrendOf, "trend"), (PhasesOf, "phases")):
        assert {f"{begin}_{field.name}" for field in fields(kind)} <= set(SERIES_COLUMNS)
    arrays = {field.name for field in fields(RegionCourse)} - {"region", "trend", "phases"}
    assert arrays <= set(SERIES_COLUMNS)
    assert {name for row in series_rows(made_series(treatment_start=START).to_dict()) for name in row} == set(
        SERIES_COLUMNS
    )


def test_photo_left_out_has_its_reason() -> None:
    rows = table(made_series())
    covered = only(rows, of="left_out", photos="b.jpg")
    assert (covered["reason"], covered["error"]) == (COVERED.reason, COVERED.advice)
    assert (covered["day"], covered["at"]) == ("2026-04-15", "2026-04-15T08:14:00+02:00")
    assert only(rows, of="left_out", photos="c.jpg")["at"] == ""


def test_what_is_not_known_is_empty_or_null() -> None:
    series = unknown(made_series(treatment_start=START), "mouth", "head_turned")
    row = only(table(series), of="session", name="mouth", session="3")
    assert row["signed_asymmetry"] == row["signed_asymmetry_error"] == row["part"] == row["left_up"] == ""
    row = only(table(series), of="series", name="mouth")
    assert (row["trend_slope"], row["trend_verdict"], row["change_reason"]) == ("", "not comparable", "head_turned")
    mouth = json.loads(to_json(series.to_dict()))["regions"]["mouth"]
    assert mouth["course"]["signed_asymmetry"] == [None] * len(WEEKLY)
    assert mouth["trend"]["slope"] is None
    assert mouth["phases"]["p"] is None


def test_json_of_a_series() -> None:
    series = made_series(treatment_start=START)
    found = json.loads(to_json(series.to_dict()))
    assert (found["version"], found["engine"], found["error"]) == (__version__, engine_label(), None)
    assert found["answer"] == series.answer
    assert (found["unit"], found["method"], found["reference"]) == ("mm", "registration", "photo0.jpg")
    assert found["scale"] == {"source": "ipd", "interpupillary_mm": 63.0}
    assert found["treatment_start"] == "2026-04-20"
    assert [one["phase"] for one in found["sessions"]] == ["baseline"] * 2 + ["treatment"] * 4
    second = found["sessions"][1]
    assert (second["session"], second["day"], second["weeks"]) == (2, "2026-04-13", 1.0)
    assert (second["at"], second["times_from"]) == ("2026-04-13T08:14:00+02:00", ["file name"])
    assert [photo["photo"] for photo in found["sessions"][-1]["photos"]] == ["photo5.jpg", "photo5b.jpg"]
    assert found["left_out"][0] == {
        "photo": "b.jpg",
        "at": "2026-04-15T08:14:00+02:00",
        "reason": "face_covered",
        "advice": COVERED.advice,
    }
    assert found["left_out"][1]["at"] is None
    assert found["regions"]["mouth"]["course"]["signed_asymmetry"] == [3.0, 2.5, 2.0, 1.5, 1.0, 0.5]
    assert found["regions"]["mouth"]["change"]["verdict"] == found["regions"]["mouth"]["trend"]["verdict"] == "improved"
    assert found["regions"]["mouth"]["phases"]["treatment_sessions"] == 4
    assert found["measures"]["mouth_cant"]["course"]["difference_error"] == [0.7] * 6
    assert found["measures"]["mouth_cant"]["unit"] == "degrees"
    assert found["change"]["sessions"] == 1
    assert len(found["change"]["befores"]) == 1


def test_one_session_has_no_change_and_no_phases() -> None:
    found = json.loads(to_json(made_series((0,)).to_dict()))
    assert found["change"] is found["treatment_start"] is found["regions"]["mouth"]["change"] is None
    assert found["regions"]["mouth"]["phases"] is None
    assert len(found["sessions"]) == 1
    row = only(table(made_series((0,))), of="series", name="mouth")
    assert row["change_verdict"] == row["phases_verdict"] == ""
    assert row["trend_verdict"] == "not comparable"


def test_failed_series_has_the_same_keys_and_names_each_photo() -> None:
    failed = failed_series(["a.jpg", "b.jpg"], "a.jpg: no face")
    assert failed.keys() == made_series().to_dict().keys()
    assert [one["photo"] for one in failed["left_out"]] == ["a.jpg", "b.jpg"]
    assert failed["left_out"][0].keys() == made_series().to_dict()["left_out"][0].keys()
    assert failed["error"] == "a.jpg: no face"
    known = ("version", "engine", "error", "left_out", "turned_back")
    assert all(value is None for key, value in failed.items() if key not in known)
    rows = series_rows(failed)
    assert [(row["of"], row["photos"], row["error"]) for row in rows] == [
        ("left_out", "a.jpg", "a.jpg: no face"),
        ("left_out", "b.jpg", "a.jpg: no face"),
    ]
    assert all(set(row) <= set(SERIES_COLUMNS) for row in rows)


@given(st.text(max_size=30))
@examples(50)
def test_no_name_becomes_a_formula_or_breaks_a_row(name: str) -> None:
    left_out = [LeftOut(photo=name, at=datetime(2026, 4, 6, tzinfo=ZONE), reason=name, advice=name)]
    rows = table(made_series((0, 7), left_out=left_out))
    (row,) = [row for row in rows if row["of"] == "left_out"]
    for cell in (row["photos"], row["reason"], row["error"]):
        assert not cell.startswith(("=", "+", "-", "@"))
        assert cell.isprintable()


@given(st.lists(st.one_of(st.floats(-9, 9), st.just(float("nan"))), min_size=2, max_size=2))
@examples(50)
def test_numbers_come_back_from_both(values: list[float]) -> None:
    series = with_region(made_series((0, 7)), "eyes", signed_asymmetry=np.array(values))
    read = [only(table(series), of="session", name="eyes", session=str(i))["signed_asymmetry"] for i in (1, 2)]
    course: Any = json.loads(to_json(series.to_dict()))["regions"]["eyes"]["course"]["signed_asymmetry"]
    for value, cell, number in zip(values, read, course, strict=True):
        assert (cell == "") == (number is None) == np.isnan(value)
        if cell:
            assert float(cell) == pytest.approx(value, abs=1e-6)
            assert number == value


def test_rows_without_a_treatment_have_no_phase() -> None:
    series = replace(made_series(left_out=[UNREADABLE]), treatment_start=None)
    assert {row["phase"] for row in table(series)} == {""}
