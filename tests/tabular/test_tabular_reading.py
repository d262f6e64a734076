"""What the commands wrote is read back: the same table from every form, and one line for what is none of theirs."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.command_line import BEFORE, EVEN, run
from helpers.examples import examples
from helpers.made_results import agreement, change, face, followed, planned, series, tried, written
from helpers.made_series import made_series
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

import symmetry
from symmetry.tabular import (
    AUDITS,
    CHANGES,
    SERIES,
    failed_audit,
    failed_change,
    failed_series,
    printable,
    to_csv,
    to_json,
    to_parquet,
)
from symmetry.tabular.cohort import OF_COHORT
from symmetry.tabular.reading import READABLE, SUFFIXES
from symmetry.tabular.text import from_cell

COMMANDS = ("score", "check", "compare", "series", "reliability", "audit", "cohort", "plan")
FORMS = ("csv", "json", "parquet")


def content(command: str, form: str) -> bytes:
    found, layout = written()[command]
    if form == "parquet":
        return to_parquet(layout.rows(found), layout)
    return (to_json(found) if form == "json" else to_csv(layout.rows(found), layout.columns)).encode()


def saved(folder: Path, command: str, form: str, name: str | None = None) -> Path:
    file = folder / f"{name or command}.{form}"
    file.write_bytes(content(command, form))
    return file


def without_file(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns="file")


@pytest.mark.parametrize("command", COMMANDS)
def test_all_forms_give_the_same_table(tmp_path, command) -> None:
    _, layout = written()[command]
    frames = {form: symmetry.read_results(saved(tmp_path, command, form)) for form in FORMS}
    for form, frame in frames.items():
        assert tuple(frame.columns) == ("file", *layout.columns)
        assert set(frame["file"]) == {f"{command}.{form}"}
    plain = {form: without_file(frame) for form, frame in frames.items()}
    pd.testing.assert_frame_equal(plain["json"], plain["parquet"], check_exact=True)
    pd.testing.assert_frame_equal(plain["csv"], plain["parquet"], check_exact=False, rtol=1e-9, atol=5.1e-7)


@pytest.mark.parametrize(
    ("command", "frame"),
    [
        ("compare", lambda: change().to_frame()),
        ("reliability", lambda: agreement().to_frame()),
        ("audit", lambda: tried().to_frame()),
        ("plan", lambda: planned().to_frame()),
    ],
)
def test_what_is_read_is_what_the_result_gives(tmp_path, command, frame) -> None:
    read = without_file(symmetry.read_results(saved(tmp_path, command, "parquet")))
    known = [name for name in read if (command, name) != ("compare", "error")]  # why photos were left out
    pd.testing.assert_frame_equal(read[known], frame()[known], check_exact=True)


def test_scores_of_a_face_are_those_of_its_frame(tmp_path) -> None:
    read = symmetry.read_results(saved(tmp_path, "score", "json"))
    first = without_file(read).head(len(face().regions))
    pd.testing.assert_frame_equal(first, face().to_frame(), check_exact=True)


def test_rows_of_a_series_are_those_of_its_frames(tmp_path) -> None:
    read = symmetry.read_results(saved(tmp_path, "series", "json"))
    for of in ("session", "series", "left_out"):
        frame = series().to_frame(of)
        rows = read[read["of"] == of].reset_index(drop=True)
        pd.testing.assert_frame_equal(rows[list(frame.columns)], frame, check_exact=True)


@pytest.mark.parametrize("form", FORMS)
def test_rows_of_a_cohort_are_those_of_its_frames(tmp_path, form) -> None:
    read = symmetry.read_results(saved(tmp_path, "cohort", form))
    assert list(dict.fromkeys(read["of"])) == list(OF_COHORT)
    for of in OF_COHORT:
        frame = followed().to_frame(of)
        counts = frame.select_dtypes("int64").columns
        rows = read[read["of"] == of].reset_index(drop=True)[list(frame.columns)]
        # Not every row of all tables has a count: read back they are numbers like others.
        expected = frame.astype(dict.fromkeys(counts, "float64"))
        pd.testing.assert_frame_equal(rows, expected, check_exact=form != "csv", rtol=1e-9, atol=5.1e-7)


def test_files_and_folders_are_put_under_each_other(tmp_path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.json").write_text(to_json(made_series((0, 7)).to_dict()))
    (tmp_path / "c.CSV").write_bytes(content("series", "csv"))
    (tmp_path / ".hidden.csv").write_text("x")
    (tmp_path / "photo.jpg").write_bytes(b"")
    (tmp_path / "within").mkdir()
    whole = symmetry.read_results(tmp_path)
    assert list(dict.fromkeys(whole["file"])) == ["a.json", "b.json", "c.CSV"]
    assert list(whole.index) == list(range(len(whole)))
    two = symmetry.read_results([str(tmp_path / "b.json"), tmp_path / "a.json"])
    assert list(dict.fromkeys(two["file"])) == ["b.json", "a.json"]
    assert list(two.dtypes) == list(whole.dtypes)
    again = symmetry.read_results([tmp_path / "a.json", tmp_path / "a.json"])
    assert len(again) == len(two) / 2


@pytest.mark.parametrize(
    ("found", "layout", "error"),
    [
        (failed_change(["a.jpg"], ["b.jpg", "c.jpg"], "no face"), CHANGES, "no face"),
        (failed_series(["a.jpg", "b.jpg"], "no face"), SERIES, "no face"),
        (failed_audit("a.jpg", "no face"), AUDITS, "no face"),
    ],
)
def test_what_failed_is_read_with_its_reason(tmp_path, found, layout, error) -> None:
    (tmp_path / "x.json").write_text(to_json(found))
    (tmp_path / "x.csv").write_text(to_csv(layout.rows(found), layout.columns))
    (tmp_path / "x.parquet").write_bytes(to_parquet(layout.rows(found), layout))
    one, *others = (without_file(symmetry.read_results(tmp_path / f"x.{form}")) for form in FORMS)
    assert set(one["error"]) == {error}
    for other in others:
        pd.testing.assert_frame_equal(one, other)


def test_series_of_one_session_is_read(tmp_path) -> None:
    (tmp_path / "one.json").write_text(to_json(made_series((0,), left_out=()).to_dict()))
    frame = symmetry.read_results(tmp_path)
    assert set(frame["of"]) == {"session", "series"}
    assert frame["change_evenness"].isna().all()


def test_columns_may_stand_in_another_order(tmp_path) -> None:
    frame = symmetry.read_results(saved(tmp_path, "score", "csv"))
    rows = list(csv.DictReader(io.StringIO(content("score", "csv").decode())))
    turned = tmp_path / "turned.csv"
    with turned.open("w", newline="", encoding="utf-8-sig") as file:  # as spreadsheets save it
        writer = csv.DictWriter(file, list(rows[0])[::-1])
        writer.writeheader()
        writer.writerows(rows)
    pd.testing.assert_frame_equal(without_file(symmetry.read_results(turned)), without_file(frame))


def refused(source: Any) -> str:
    with pytest.raises(symmetry.TableError) as told:
        symmetry.read_results(source)
    (line,) = str(told.value).splitlines()
    return line


def test_commands_do_not_mix(tmp_path) -> None:
    files = [saved(tmp_path, "score", "csv"), saved(tmp_path, "series", "json")]
    assert refused(files) == "'score.csv' is of `symmetry score`, 'series.json' of `symmetry series`; read them apart"


def test_names_stand_for_one_file(tmp_path) -> None:
    (tmp_path / "within").mkdir()
    files = [saved(tmp_path, "score", "csv"), saved(tmp_path / "within", "score", "csv")]
    assert "two files have the name 'score.csv'" in refused(files)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("own.csv", b"person,mouth\nAna,2\n", "no result of symmetry"),
        ("own.json", b'{"person": "Ana"}', "no result of symmetry"),
        ("own.json", b"[]", "no result of symmetry"),
        ("own.json", b"3", "no result of symmetry"),
        ("own.csv", b"", "damaged"),
        ("own.json", b"", "damaged"),
        ("own.json", b"[" * 100_000, "damaged"),
        ("own.json", b"\xff\xfe", "damaged"),
        ("own.parquet", b"PAR1", "damaged"),
        ("own.csv", b"\xff\xfe\x00", "damaged"),
        ("photo.jpg", b"", "does not end in .csv, .json, .jsonl, .parquet"),
    ],
)
def test_what_is_none_of_ours_is_named(tmp_path, name, data, told) -> None:
    (tmp_path / name).write_bytes(data)
    line = refused([saved(tmp_path, "score", "csv"), tmp_path / name])
    assert line.startswith(f"'{name}'")
    assert told in line


def test_other_peoples_parquet_is_named(tmp_path) -> None:
    pd.DataFrame({"person": ["Ana"]}).to_parquet(tmp_path / "own.parquet")
    assert "'own.parquet' is no result of symmetry" in refused(tmp_path)


def test_files_that_are_not_there(tmp_path) -> None:
    assert "'gone.csv' cannot be read (No such file or directory)" in refused(tmp_path / "gone.csv")
    assert f"holds no file that ends in {', '.join(SUFFIXES)}" in refused(tmp_path)
    assert "no file was given" in refused([])
    assert "cannot be read" in refused("nul\0l.csv")


@pytest.mark.parametrize("change", ["0.1x", "perhaps"])
def test_cells_that_hold_something_else(tmp_path, change) -> None:
    file = saved(tmp_path, "series", "csv")
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    trend = next(row for row in rows if row["of"] == "series")
    trend["trend_slope" if change[0] == "0" else "trend_crosses"] = change
    file.write_text(to_csv(rows, SERIES.columns))
    assert refused(file) == "'series.csv' is damaged; let `symmetry` write it anew"


@given(data=st.data())
@examples(150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_files_that_are_cut_off_or_spoilt_are_read_or_refused_in_a_line(tmp_path, data) -> None:
    command, form = data.draw(st.sampled_from(COMMANDS)), data.draw(st.sampled_from(FORMS))
    whole = content(command, form)
    place = data.draw(st.integers(0, len(whole) - 1))
    spoilt = whole[:place] if data.draw(st.booleans()) else whole[:place] + b"\x00" + whole[place + 1 :]
    file = tmp_path / f"x.{form}"
    file.write_bytes(spoilt)
    try:
        frame = symmetry.read_results(file)
    except symmetry.TableError:
        assert f"'x.{form}'" in refused(file)
    else:
        assert tuple(frame.columns)[1:] in [layout.columns for layout in READABLE]


@given(st.text())
@example("=1+1")
@example("'=1+1")
@example("''-x")
@example("\tx")
@example("'\\tx")
@example("'\tx")
def test_text_comes_back_from_its_cell(text) -> None:
    _, (cell, _) = csv.reader(io.StringIO(to_csv([{"a": text, "b": 1}], ["a", "b"]), newline=""))
    assert from_cell(cell) == printable(text)
    assert not cell.startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("arguments", [("score", BEFORE), ("check", BEFORE), ("compare", BEFORE, EVEN)])
def test_commands_write_parquet(tmp_path, arguments) -> None:
    target = tmp_path / "found.parquet"
    result = run(*arguments, "-o", target)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    as_json = run(*arguments, "-f", "json").stdout
    (tmp_path / "found.json").write_text(as_json)
    frame = symmetry.read_results(target)
    pd.testing.assert_frame_equal(
        without_file(frame), without_file(symmetry.read_results(tmp_path / "found.json")), check_exact=True
    )


def test_parquet_is_not_printed(tmp_path) -> None:
    result = run("score", BEFORE, "-f", "parquet")
    assert result.exit_code == 2
    assert "parquet cannot be printed; name a file with --output" in result.stderr
    result = run("score", BEFORE, "-f", "csv", "-o", tmp_path / "x.parquet")
    assert result.exit_code == 2
    assert "'x.parquet' would hold csv, not parquet" in result.stderr


def test_lists_of_a_practice_are_written_as_parquet_too(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SYMMETRY_PRACTICE", str(tmp_path / "practice"))
    assert run("client", "add", "Ana Kovács", "--note", "=1+1").exit_code == 0
    target = tmp_path / "clients.parquet"
    result = run("client", "list", "-o", target)
    assert result.exit_code == 0, result.stderr
    frame = pd.read_parquet(target)
    listed = json.loads(run("client", "list", "-f", "json").stdout)
    assert list(frame["name"]) == [listed[0]["name"]]
    assert list(frame["note"]) == ["=1+1"]
    assert frame["photos"].dtype == np.float64
    assert re.match(r"\d{4}-\d\d-\d\dT", frame["added"][0])
