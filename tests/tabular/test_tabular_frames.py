"""Results as tables: every column always there, of one type, with the numbers of the result."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache

import numpy as np
import pandas as pd
import pytest
from helpers.cohort_samples import BETTER
from helpers.made_results import FAILURE, TURNED, agreement, change, face, followed, planned, series, tried
from helpers.made_series import WEEKLY, made_series
from hypothesis import given
from hypothesis import strategies as st

import symmetry
from symmetry.cohort import Cohort, analyze_cohort
from symmetry.landmarks.mesh import REGIONS
from symmetry.measure.measures import DEFINITIONS
from symmetry.measure.reliability_table import OF_PHOTO
from symmetry.tabular import (
    AUDIT_COLUMNS,
    CHANGE_COLUMNS,
    CHECK_COLUMNS,
    MEASURE_COLUMNS,
    RELIABILITY_COLUMNS,
    SCORE_COLUMNS,
    SERIES_COLUMNS,
)
from symmetry.tabular.cohort import COHORT_TABLES, OF_COHORT, typed
from symmetry.tabular.frames import known
from symmetry.tabular.plan import PLAN_COLUMNS

MEASURES = [one.name for one in DEFINITIONS]


def numbers_of(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if frame[name].dtype == np.float64]


def test_face_as_a_table_of_regions() -> None:
    frame = face().to_frame()
    assert tuple(frame.columns) == SCORE_COLUMNS
    assert list(frame["region"]) == list(REGIONS)
    mouth = frame.set_index("region").loc["mouth"]
    of_mouth = face().regions["mouth"]
    assert mouth["vertical_mm"] == of_mouth.vertical
    assert mouth["lateral_error_percent"] == of_mouth.lateral_percent_error
    assert mouth["yaw_degrees"] == face().pose.yaw
    assert (mouth["photo"], mouth["flags"], mouth["error"]) == ("=me.jpg", "head_turned", None)
    assert all(frame[name].dtype == object for name in ("photo", "error", "method", "captured", "flags"))
    assert len(numbers_of(frame)) == len(SCORE_COLUMNS) - 8


def test_face_as_a_table_of_measures() -> None:
    frame = face().to_frame("measures")
    assert tuple(frame.columns) == MEASURE_COLUMNS
    assert list(frame["measure"]) == MEASURES
    for row in frame.to_dict("records"):
        of_measure = asdict(face().measures[row["measure"]])
        for name in ("subject_right", "subject_left", "difference", "difference_error"):
            assert row[name] == pytest.approx(of_measure[name], nan_ok=True)
        assert (row["unit"], row["norm"]) == (of_measure["unit"], of_measure["norm"])
        assert np.isnan(row["noticed_from"]) == (of_measure["noticed_from"] is None)


def test_face_as_a_table_of_flags() -> None:
    frame = face().to_frame("flags")
    assert tuple(frame.columns) == CHECK_COLUMNS
    (row,) = frame.to_dict("records")
    assert (row["name"], row["value"], row["limit"], row["touches"]) == (TURNED.name, TURNED.value, 8.0, "all eyes")


@pytest.mark.parametrize(
    ("of", "columns"), [("regions", SCORE_COLUMNS), ("measures", MEASURE_COLUMNS), ("flags", CHECK_COLUMNS)]
)
def test_photo_that_could_not_be_measured_has_the_same_columns_and_types(of, columns) -> None:
    frame = FAILURE.to_frame(of)
    assert tuple(frame.columns) == columns
    assert list(frame["error"]) == [FAILURE.error]
    measured = face().to_frame(of)
    assert list(frame.dtypes) == list(measured.dtypes)
    both = pd.concat([measured, frame], ignore_index=True)
    assert list(both.dtypes) == list(measured.dtypes)


def test_table_that_there_is_not() -> None:
    with pytest.raises(symmetry.TableError, match="no table 'eyes' of this result; take one of: regions, measures"):
        face().to_frame("eyes")  # type: ignore[arg-type]
    with pytest.raises(symmetry.TableError, match="take one of: session, series, left_out"):
        series().to_frame("sessions")  # type: ignore[arg-type]


def test_change_as_a_table() -> None:
    frame = change().to_frame()
    assert tuple(frame.columns) == CHANGE_COLUMNS
    assert list(frame["name"]) == [*REGIONS, *MEASURES]
    mouth = frame.set_index("name").loc["mouth"]
    of_mouth = change().regions["mouth"]
    assert (mouth["evenness"], mouth["verdict"]) == (of_mouth.evenness, of_mouth.verdict)
    assert (mouth["left_up"], mouth["before_photo"]) == (of_mouth.subject_left.up, "before.jpg")


def test_series_as_a_table_of_sessions() -> None:
    frame = series().to_frame()
    assert len(frame) == len(WEEKLY) * (len(REGIONS) + len(MEASURES))
    courses = frame.pivot(index="at", columns="name", values="signed_asymmetry")
    np.testing.assert_array_equal(courses["jawline"], series().regions["jawline"].signed_asymmetry)
    assert courses["mouth"].isna().all()
    assert set(frame["phase"]) == {"baseline", "treatment"}
    filled = frame.dropna(axis="columns", how="all").columns
    assert set(frame.columns) - set(filled) == {"flags"}  # nothing was found in these photos
    assert not {"of", "reason", "error", "trend_slope"} & set(frame.columns)


def test_series_as_tables_of_numbers_and_of_photos_left_out() -> None:
    trends = series().to_frame("series").set_index("name")
    assert trends.loc["jawline", "trend_slope"] == series().regions["jawline"].trend.slope
    assert trends["trend_crosses"].dtype == "boolean"
    assert not trends["trend_crosses"].any()
    left_out = series().to_frame("left_out")
    assert list(left_out["photos"]) == [one.photo for one in series().left_out]
    assert list(left_out["error"]) == [one.advice for one in series().left_out]
    parts = [name for of in ("session", "series", "left_out") for name in series().to_frame(of).columns]
    assert {"of", *parts} == set(SERIES_COLUMNS)


def test_series_without_left_out_photos_has_an_empty_table_of_them() -> None:
    frame = made_series(left_out=()).to_frame("left_out")
    assert len(frame) == 0
    assert list(frame.columns) == list(series().to_frame("left_out").columns)


def test_agreement_as_a_table() -> None:
    frame = agreement().to_frame()
    assert tuple(frame.columns) == RELIABILITY_COLUMNS
    assert frame["sessions"].dtype == frame["freedom"].dtype == np.int64
    place = next(i for i, one in enumerate(OF_PHOTO) if (one.name, one.number) == ("mouth", "vertical"))
    (row,) = frame[(frame["name"] == "mouth") & (frame["number"] == "vertical")].to_dict("records")
    assert row["sem"] == agreement().agreement.sem.value[place]
    assert row["mdc95_high"] == agreement().agreement.mdc95.high[place]
    assert (row["sessions"], row["freedom"]) == (2, 3)


def test_audit_as_a_table() -> None:
    frame = tried().to_frame()
    assert tuple(frame.columns) == AUDIT_COLUMNS
    assert frame["seen"][0] == tried().trials[0].seen
    assert np.isnan(frame["seen"][1])
    assert list(frame["reason"]) == [None, "head_turned"]


@cache
def bare() -> Cohort:
    """One group of which changes alone are known: half of its tables are empty."""
    return analyze_cohort(BETTER)


@pytest.mark.parametrize("of", COHORT_TABLES)
def test_tables_of_a_cohort_have_their_columns_and_types_full_or_empty(of) -> None:
    full, other = followed().to_frame(of), bare().to_frame(of)
    layout = COHORT_TABLES[of]
    types = {"text": np.dtype(object), "count": np.dtype(np.int64), "number": np.dtype(np.float64)}
    for frame in (full, other):
        assert tuple(frame.columns) == layout.columns
        assert dict(frame.dtypes) == {column: types[layout.holds(column)] for column in layout.columns}
    assert len(full)
    assert (len(other) == 0) == (of in ("contrasts", "dose", "ratings", "mixed", "sessions"))


def test_tables_of_a_cohort_hold_what_the_cohort_does() -> None:
    means = followed().to_frame("means")
    np.testing.assert_array_equal(means["change"], followed().means["change"])
    people = followed().to_frame("people")
    assert list(people["person"][:2]) == ["=1+1", "\\x1b[2Jx"]
    assert list(followed().study.people["person"][:2]) == ["=1+1", "\x1b[2Jx"]
    changes = followed().to_frame("changes").set_index(["person", "region"])
    assert changes.loc[("p8", "mouth"), "reason"] == "one session"
    assert changes.loc[("p7", "mouth"), "reason"] is None
    means.loc[0, "change"] = 99.0
    assert followed().means["change"].iloc[0] != 99.0
    with pytest.raises(symmetry.TableError, match="no table 'x' of this result; take one of: responders, means,"):
        followed().to_frame("x")


def test_json_of_a_cohort_has_whole_numbers_and_names_as_they_were() -> None:
    found = followed().to_dict()
    assert all(isinstance(row["people"], int) for of in ("responders", "means", "dose") for row in found[of])
    assert found["people"][1]["person"] == "\x1b[2Jx"
    assert found["people"][10]["rating"] is None
    assert all(found[of] for of in OF_COHORT)


def test_types_of_a_table_do_not_depend_on_what_it_was_made_of() -> None:
    columns = COHORT_TABLES["dose"].columns
    empty = typed("dose", pd.DataFrame(columns=list(columns)))
    row = dict.fromkeys(columns, None) | {"region": "mouth", "people": 4.0, "p": 1}
    filled = typed("dose", pd.DataFrame([row], index=[7]))
    assert list(empty.dtypes) == list(filled.dtypes)
    assert (filled.loc[7, "group"], filled.loc[7, "people"], filled.loc[7, "p"]) == (None, 4, 1.0)
    assert np.isnan(filled.loc[7, "tau"])
    pd.testing.assert_frame_equal(typed("dose", filled), filled)


def test_plan_as_a_table() -> None:
    frame = planned().to_frame()
    assert tuple(frame.columns) == PLAN_COLUMNS
    assert frame["region"].dtype == object
    assert frame["photos"].dtype == np.int64
    assert len(numbers_of(frame)) == len(PLAN_COLUMNS) - 2
    pd.testing.assert_frame_equal(frame, planned().frame)
    assert list(frame["people"].isna()) == [True, False]


@given(st.lists(st.one_of(st.none(), st.floats(), st.integers(-9, 9))))
def test_numbers_stay_what_they_are_or_are_not_known(values) -> None:
    for value, found in zip(values, known(values, "number"), strict=True):
        assert found is None if value is None or np.isnan(value) else found == value


@given(st.text())
def test_texts_can_be_shown_and_an_empty_one_says_nothing(text) -> None:
    (found,) = known([text], "text")
    assert found is None if text == "" else found.isprintable()
