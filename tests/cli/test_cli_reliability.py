"""`symmetry reliability`: agreement of repeated photos, and the table made from them."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from helpers.command_line import run, saved
from helpers.faces import drawn
from PIL import Image

import symmetry
from symmetry.measure.measures import MEASURE_NAMES
from symmetry.measure.reliability import NO_TABLES, corrected, photo_numbers
from symmetry.measure.reliability_table import OF_PHOTO, of_method, read_reliability
from symmetry.measure.scores import REGION_NAMES
from symmetry.measure.sessions import label_of
from symmetry.stats.agreement import agreement
from symmetry.tabular import RELIABILITY_COLUMNS


def noisy(pixels, seed: int):
    noise = np.random.default_rng(seed).normal(0, 6, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def people(tmp_path_factory) -> Path:
    """Two photos each of three faces, and one of a fourth."""
    folder = tmp_path_factory.mktemp("people")
    for name, mouth in (("anna", -4.0), ("ben", 1.5), ("cem", 3.0)):
        (folder / name).mkdir()
        for shot in (1, 2):
            turned = 1.2 if shot == 2 else 0.0
            saved(
                noisy(drawn(mouth_subject_right=mouth, yaw=turned, pitch=turned), shot),
                folder / name / f"{name}_{shot}.png",
            )
    (folder / "dana").mkdir()
    saved(drawn(mouth_subject_right=-2.0), folder / "dana" / "dana_1.png")
    return folder


@pytest.fixture(scope="module")
def found(people):
    result = run("reliability", people, "-r", "-l", "--table", people / "own.csv", "-f", "json")
    assert result.exit_code == 0
    return result, json.loads(result.stdout)


def test_reliability_is_the_agreement_of_the_photos(people, found):
    _, told = found
    assert (told["photos"], told["sessions"]) == (6, 3)
    assert set(told["regions"]) == set(REGION_NAMES)
    assert set(told["measures"]) == set(MEASURE_NAMES)
    paths = [photo for group in told["groups"] for photo in group["photos"]]
    numbers = np.array([photo_numbers(symmetry.analyze(p, landmarks_only=True, reliability=NO_TABLES)) for p in paths])
    known = of_method(read_reliability(people / "own.csv"), "landmarks")
    agreed = agreement(corrected(numbers, known), np.repeat(np.arange(3), 2))
    place = next(i for i, q in enumerate(OF_PHOTO) if (q.name, q.number) == ("mouth", "vertical"))
    mouth = told["regions"]["mouth"]["vertical"]
    for figure in ("sem", "mdc95", "icc_2_1", "icc_3_1", "bias", "lower_limit", "upper_limit"):
        expected = getattr(agreed, figure)
        for end in ("value", "low", "high"):
            assert mouth[figure][end] == pytest.approx(getattr(expected, end)[place], rel=1e-3, abs=1e-5)
    assert mouth["icc_2_1"]["value"] > 0.9  # faces 3 to 4 mm apart, shots all but alike
    assert mouth["mdc95"]["value"] == pytest.approx(1.96 * np.sqrt(2) * mouth["sem"]["value"])


def test_the_only_photo_of_its_group_is_left_out_and_named(found):
    result, told = found
    (left_out,) = told["left_out"]
    assert left_out["photo"].endswith("dana_1.png")
    assert "dana_1.png: left out: the only photo of its group" in result.stderr


def test_the_table_that_is_written_gives_the_errors_of_score_and_compare(people, found):
    photo = people / "anna" / "anna_1.png"
    own, shipped = (
        json.loads(run("score", photo, "-l", "-f", "json", *more).stdout)[0]["regions"]["mouth"]
        for more in (["--reliability", people / "own.csv"], [])
    )
    assert own["vertical_error"] != shipped["vertical_error"]
    expected = symmetry.analyze(photo, landmarks_only=True, reliability=read_reliability(people / "own.csv"))
    assert own["vertical_error"] == pytest.approx(expected.regions["mouth"].vertical_error)
    assert (people / "own.csv").stat().st_mode & 0o077 == 0


def test_csv_has_a_row_per_number_and_the_table_names_its_formulas(people):
    result = run("reliability", people / "anna", people / "ben", "-l", "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert tuple(rows[0]) == RELIABILITY_COLUMNS
    assert len(rows) == 3 * len(REGION_NAMES) + len(MEASURE_NAMES)
    assert {row["sessions"] for row in rows if row["name"] == "mouth"} == {"2"}
    brief = run("reliability", people / "anna", people / "ben", "-l").stdout
    assert re.search(r"^Your photos repeat to ± \d\.\d mm at the jawline, ± \d\.\d mm at the eyes and ±", brief, re.M)
    assert "ICC(" not in brief
    assert max(map(len, brief.splitlines())) <= 100
    table = " ".join(run("reliability", people / "anna", people / "ben", "-l", "--details").stdout.split())
    for text in (
        "4 photos in 2 sessions",
        "4 of them tell no time of capture",
        "Shrout & Fleiss 1979",
        "McGraw & Wong 1996",
        "Bland & Altman 1986",
        "Carkeet 2015",
        "MDC95 = 1.96 sqrt(2) SEM",
        "mouth vertical",
        "MRD1",
    ):
        assert text in table


def test_without_a_group_of_two_there_is_one_clear_line(people):
    result = run("reliability", people / "dana", "-l")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "no group has two photos; take two or more" in result.stderr.splitlines()[-1]


def test_copies_and_unreadable_photos_are_left_out_and_named(people, tmp_path):
    for name in ("a_1.png", "a_2.png"):
        (tmp_path / name).write_bytes((people / "anna" / f"anna{name[1:]}").read_bytes())
    (tmp_path / "a_3.png").write_bytes((tmp_path / "a_1.png").read_bytes())
    (tmp_path / "a_4.png").write_text("no photo")
    result = run("reliability", tmp_path, "-l", "-f", "json", "--group-by", "prefix")
    assert result.exit_code == 1  # for the photo that cannot be read; the others are done
    told = json.loads(result.stdout)
    assert told["photos"] == 2
    reasons = {Path(one["photo"]).name: one["reason"] for one in told["left_out"]}
    assert "the same picture as" in reasons["a_3.png"]
    assert "not a photo" in reasons["a_4.png"]
    Image.open(tmp_path / "a_1.png").close()


@pytest.mark.parametrize(
    ("name", "by", "label"),
    [
        ("x/a_1.jpg", "prefix", "x/a"),
        ("x/anna-monday-2.jpg", "prefix", "x/anna-monday"),
        ("x/b_15cm.jpg", "prefix", "x/b"),
        ("x/img12.jpg", "prefix", "x/img"),
        ("x/anna 3.jpg", "prefix", "x/anna"),
        ("x/face.jpg", "prefix", "x/face"),
        ("x/12.jpg", "prefix", "x/1"),
        ("x/y/a_1.jpg", "folder", "x/y"),
        ("x/a_1.jpg", "session", "x, 2026-04-06"),
    ],
)
def test_photos_are_grouped_by_session_folder_or_prefix(name, by, label):
    face = symmetry.analyze(drawn(), landmarks_only=True)
    photo = replace(face.photo, name=name, captured=datetime(2026, 4, 6, 9, 30))
    assert label_of(replace(face, photo=photo), by) == label


def test_a_session_without_a_time_of_capture_is_its_folder():
    face = symmetry.analyze(drawn(), landmarks_only=True)
    assert label_of(replace(face, photo=replace(face.photo, name="x/a.jpg")), "session") == "x"
