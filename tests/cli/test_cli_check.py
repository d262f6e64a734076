"""`symmetry check`: what speaks against a photo, without scoring it."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from helpers.command_line import run, saved
from helpers.faces import drawn
from PIL import Image

import symmetry
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality import check_photo
from symmetry.measure.quality.flags import Flag
from symmetry.output.tables import check_tables, render
from symmetry.output.tables.layout import touched
from symmetry.tabular import CHECK_COLUMNS


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A face with its mouth cut off by the edge, one that is whole, a wall."""
    folder = tmp_path_factory.mktemp("check")
    face = drawn(mouth_subject_right=-4.0, brow_subject_left=-3.0)
    eyes = symmetry.analyze(face, landmarks_only=True).landmarks
    return (
        saved(face[: int(eyes[13, 1])], folder / "cut.png"),
        saved(face, folder / "whole.png"),
        saved(np.full((200, 200, 3), 130, np.uint8), folder / "wall.png"),
    )


def test_check_json_has_photo_error_and_flags(photos):
    result = run("check", *photos, "-f", "json")
    assert result.exit_code == 1
    cut, whole, wall = json.loads(result.stdout)
    assert all(list(entry) == ["photo", "error", "flags"] for entry in (cut, whole, wall))
    assert [entry["photo"] for entry in (cut, whole, wall)] == list(map(str, photos))
    (found,) = [flag for flag in cut["flags"] if flag["name"] == "face_cut"]
    assert set(found) == {"name", "severity", "advice", "value", "limit", "touches"}
    assert "mouth" in found["touches"]
    assert "face_cut" not in [flag["name"] for flag in whole["flags"]]
    assert "no face found" in wall["error"]
    assert wall["flags"] == []
    assert "wall.png: no face found" in result.stderr


def test_check_finds_what_the_gate_finds(photos):
    (entry,) = json.loads(run("check", photos[0], "-f", "json").stdout)
    portrait = symmetry.analyze(photos[0], landmarks_only=True).portrait
    assert portrait is not None
    assert [flag["name"] for flag in entry["flags"]] == [flag.name for flag in check_photo(portrait)]


def test_check_succeeds_whatever_is_found_in_a_face(photos):
    assert run("check", photos[0]).exit_code == 0
    assert run("check", photos[1]).exit_code == 0
    assert run("check", photos[2]).exit_code == 1


def test_check_csv_has_a_row_per_flag_and_one_for_a_photo_without_any(photos):
    rows = list(csv.DictReader(io.StringIO(run("check", *photos, "-f", "csv").stdout)))
    assert tuple(rows[0]) == CHECK_COLUMNS
    cut = [row for row in rows if row["name"] == "face_cut"]
    assert len(cut) == 1
    assert "mouth" in cut[0]["touches"].split()
    assert cut[0]["advice"]
    assert float(cut[0]["value"]) > float(cut[0]["limit"])
    assert {row["photo"] for row in rows} == set(map(str, photos))
    assert "no face found" in rows[-1]["error"]


def test_check_takes_folders_mirrored_and_an_output_file(photos, tmp_path):
    result = run("check", photos[0].parent, "-r", "-o", tmp_path / "found.json")
    assert result.exit_code == 1
    plain = json.loads((tmp_path / "found.json").read_text())
    assert len(plain) == 3
    flipped = tmp_path / "flipped.png"
    Image.open(photos[0]).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(flipped)
    (mirrored,) = json.loads(run("check", flipped, "--mirrored", "-f", "json").stdout)
    (cut,) = [entry["flags"] for entry in plain if entry["photo"].endswith("cut.png")]
    assert mirrored["flags"] == cut


def test_the_table_names_severity_value_limit_touches_and_advice_the_gravest_first():
    face = symmetry.analyze(drawn(), landmarks_only=True)
    found = (
        Flag(name="blurred", severity="warn", value=0.83, limit=0.5, advice="Hold still.", touches=("all",)),
        Flag(name="head_turned", severity="reject", value=9.25, limit=5.0, advice="Look.", touches=("eyes.lateral",)),
    )
    text = render(check_tables([replace(face, flags=found), replace(face, flags=())]))
    assert text.index("reject  head turned in array") < text.index("warn    blurred in array")
    for line in ("Look.", "stops: eyes sideways", "Hold still.", "makes less sure: every result"):
        assert line in text
    assert text.splitlines()[0] == "2 photos: 1 fit to measure; 1 fit in part."
    assert re.search(r"^ array +fit to measure$", text, re.M)
    assert re.search(r"^ array +fit in part +head turned, blurred$", text, re.M)


def test_what_several_photos_have_in_common_is_said_once_with_the_worst():
    face = symmetry.analyze(drawn(), landmarks_only=True)

    def turned(degrees: float) -> FaceAnalysis:
        flag = Flag(name="head_turned", severity="warn", value=degrees, limit=2.0, advice=f"Turned {degrees:g}.")
        return replace(face, photo=replace(face.photo, name=f"{degrees:g}.jpg"), flags=(flag,))

    whole = Flag(name="face_covered", severity="reject", advice="Covered.", touches=("all",))
    text = render(
        check_tables([turned(3.0), turned(4.5), turned(2.5), replace(face, flags=(whole,)), replace(face, flags=())])
    )
    assert text.splitlines()[0] == "5 photos: 1 fit to measure; 3 fit, but less exact; 1 not fit."
    assert "head turned in 3 of 5 photos, worst in 4.5.jpg" in text
    assert text.count("Turned ") == 1
    assert "Turned 4.5." in text
    assert "face covered in array" in text


def test_one_photo_is_said_to_be_fit_or_not():
    face = symmetry.analyze(drawn(), landmarks_only=True)
    stopped = Flag(name="head_turned", severity="reject", advice="Look.", touches=("jawline.lateral",))
    for flags, said in (
        ((), "fit to measure"),
        ((replace(stopped, touches=("all",)),), "not fit"),
        ((stopped,), "fit in part"),
    ):
        assert render(check_tables([replace(face, flags=flags)])).splitlines()[1] == f"This photo is {said}."


@pytest.mark.parametrize(
    ("touches", "said"),
    [
        (("all", "mouth"), "every result"),
        (("lateral",), "every region sideways"),
        (("vertical", "mrd1"), "every region in height; MRD1"),
        (("mouth", "eyes", "face"), "mouth, eyes and whole face"),
        (("jawline.lateral", "cheeks.lateral", "chin_deviation"), "jawline and cheeks sideways; chin deviation"),
        (("jawline.asymmetry",), "asymmetry of jawline"),
        (("mrd1", "mrd2", "chin_angle", "mouth_cant", "smile_angle"), "5 clinical measures"),
    ],
)
def test_what_is_touched_is_said_in_words(touches, said):
    assert touched(touches) == said
