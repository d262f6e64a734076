"""Tables written piece by piece: the same files as at once, in whole or not at all."""

from __future__ import annotations

import json

import pytest
from helpers.command_line import scored_samples

import symmetry
from symmetry.errors import OutputError
from symmetry.tabular import SCORES, streaming, to_csv, to_json, to_json_lines
from symmetry.tabular.streaming import write_table


@pytest.fixture
def objects() -> list[dict]:
    """Results of people's photos, one of which failed."""
    one, other = scored_samples()
    failed = {**dict.fromkeys(one), "photo": "b/2.jpg", "error": "no face", "flags": []}
    return [{**one, "photo": "a/1.jpg"}, {**other, "photo": "b/1.jpg"}, failed, {**one, "photo": "b-c/1.jpg"}]


@pytest.mark.parametrize("at_once", [1, 3, 1000])
def test_files_are_those_written_at_once(objects, tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(streaming, "_AT_ONCE", at_once)
    for format_, text in (
        ("csv", to_csv(SCORES.rows(objects), SCORES.columns)),
        ("json", to_json(objects)),
        ("jsonl", to_json_lines(objects)),
    ):
        write_table(tmp_path / f"table.{format_}", format_, iter(objects), SCORES)
        assert (tmp_path / f"table.{format_}").read_text(encoding="utf-8") == text
    write_table(tmp_path / "none.json", "json", [], SCORES)
    assert json.loads((tmp_path / "none.json").read_bytes()) == []


def test_parts_and_rows_that_are_asked_for_are_read_back(objects, tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(streaming, "_IN_A_PART", 2)
    write_table(tmp_path / "table", "dataset", iter(objects), SCORES)
    assert len(list((tmp_path / "table").iterdir())) == 2
    write_table(tmp_path / "table", "dataset", iter(objects), SCORES)  # over its own
    for format_ in ("csv", "jsonl", "parquet"):
        write_table(tmp_path / f"table.{format_}", format_, iter(objects), SCORES)
    for source in ("table", "table.csv", "table.jsonl", "table.parquet"):
        every = symmetry.read_results(tmp_path / source)
        assert list(every["photo"].unique()) == ["a/1.jpg", "b/1.jpg", "b/2.jpg", "b-c/1.jpg"]
        mouths = symmetry.read_results(tmp_path / source, region="mouth", folder="b/")
        assert list(mouths["photo"]) == ["b/1.jpg"]
        assert mouths["asymmetry_mm"][0] == pytest.approx(objects[1]["regions"]["mouth"]["asymmetry"], abs=1e-5)


def test_folder_of_something_else_is_left_alone(objects, tmp_path):
    pytest.importorskip("pyarrow")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="ascii")
    with pytest.raises(OutputError, match="something else"):
        write_table(tmp_path / "mine", "dataset", iter(objects), SCORES)
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]


def test_table_that_breaks_off_leaves_the_old_one(objects, tmp_path):
    def broken():
        yield objects[0]
        raise ZeroDivisionError

    file = tmp_path / "table.csv"
    file.write_text("old", encoding="ascii")
    with pytest.raises(ZeroDivisionError):
        write_table(file, "csv", broken(), SCORES)
    assert [(one.name, one.read_text(encoding="ascii")) for one in tmp_path.iterdir()] == [("table.csv", "old")]
