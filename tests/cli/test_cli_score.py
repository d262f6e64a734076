"""`symmetry score`: what is printed, what is written, for programs and for people."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import stat
from pathlib import Path

import pytest
from helpers.command_line import AFTER, BEFORE, EVEN, cells_of, rows_of, run, saved, scored_samples, with_strokes
from helpers.faces import drawn
from PIL import Image

import symmetry
from symmetry.measure.analysis import measure_landmarks
from symmetry.measure.face import Evidence
from symmetry.measure.measures import MEASURE_NAMES
from symmetry.measure.quality.flags import Flag
from symmetry.measure.scores import REGION_NAMES
from symmetry.output.tables import face_summary, face_tables, overview_table, render
from symmetry.output.tables.layout import notice
from symmetry.tabular import SCORE_COLUMNS


@pytest.fixture(scope="module")
def scored() -> list[dict]:
    return scored_samples()


@pytest.fixture(scope="module")
def strokes(tmp_path_factory) -> tuple[Path, Path]:
    """Two photos of a face with strokes on its cheeks; in the second those on its left are 4 pixels, 1.2 mm, higher."""
    folder = tmp_path_factory.mktemp("strokes")
    return with_strokes(folder / "one.png"), with_strokes(folder / "two.png", subject_left_up=4)


def width_of(picture: Path) -> int:
    with Image.open(picture) as image:
        return image.width


def test_score_says_first_which_side_is_higher_and_fits_one_screen():
    result = run("score", BEFORE)
    assert result.exit_code == 0
    name, first, second, *lines = result.stdout.splitlines()
    assert name == str(BEFORE)
    assert re.fullmatch(r"The right eye lies \d\.\d ± \d\.\d mm higher\.", first)  # truth: the left is 3 mm lower
    assert second.startswith("Smaller: the ")
    assert re.search(r"^Symmetry index \d\d ± \d+ of 100 \(healthy adults mostly 63 to 87\)\.$", result.stdout, re.M)
    assert re.search(r"^ mouth +\d\.\d ± \d\.\d +left \d\.\d ± \d\.\d higher", result.stdout, re.M)
    assert [line.split()[0] for line in lines if line.startswith((" jaw", " eye", " mou", " bro", " who"))] == [
        *("jawline", "eyes", "mouth", "brows", "whole")
    ]
    assert "commissure" not in result.stdout
    shown = render(face_summary(symmetry.analyze(BEFORE)), 80).splitlines()
    assert len(shown) <= 40
    assert max(map(len, shown)) <= 80


def test_details_have_a_table_with_the_side_that_is_higher():
    result = run("score", BEFORE, "--details")
    assert result.exit_code == 0
    number = r"\d\.\d\d ± \d\.\d\d"
    assert re.search(rf"^ mouth +{number} +{number} +left {number} ", result.stdout, re.M)  # truth: right is lower
    assert re.search(rf"^ eyes +{number} +{number} +right {number} ", result.stdout, re.M)  # truth: left is lower
    assert re.search(rf"^ MRD1 +\d\.\d\d +\d\.\d\d +[-+]?{number} +mm +(no, <|near) 1$", result.stdout, re.M)
    assert "chin deviation up to 2 mm counts as normal" in " ".join(result.stdout.split())
    assert "Other measures: no published norm" in " ".join(result.stdout.split())
    assert "commissure height" in result.stdout
    assert "Sides are the person's own" in result.stdout


def test_score_of_several_photos_prints_a_line_each_and_details_on_demand():
    overview = run("score", BEFORE, EVEN).stdout
    assert "before.jpg" in overview
    assert "even.jpg" in overview
    assert "commissure height" not in overview
    assert run("score", BEFORE, EVEN, "--details").stdout.count("commissure height") == 2


def test_score_json_has_one_object_a_photo_with_the_documented_keys(scored):
    assert [Path(entry["photo"]).name for entry in scored] == ["before.jpg", "even.jpg"]
    for entry in scored:
        assert {"photo", "error", "mm_per_pixel", "scale_source", "pose", "regions", "measures", "flags"} <= set(entry)
        assert entry["error"] is None
        assert entry["method"] == "registration"
        assert entry["scale_source"] == "iris"
        assert set(entry["regions"]) == set(REGION_NAMES)
        assert set(entry["measures"]) == set(MEASURE_NAMES)
        assert 0.2 < entry["regions"]["mouth"]["asymmetry_error"] < 3
        assert entry["measures"]["mrd1"]["noticed_from"] == 1.0
        assert entry["measures"]["mrd1"]["norm"] == "no published norm"
    before, even = scored
    assert before["regions"]["mouth"]["vertical"] > 1
    assert abs(even["regions"]["mouth"]["vertical"]) < 0.3
    assert before["measures"]["mouth_cant"]["subject_left"] is None
    assert before["captured"] == "2026-04-06T09:30:00+02:00"
    assert len(before["sha256"]) == 64


def test_score_json_says_the_same_as_python(scored):
    face = symmetry.analyze(BEFORE)
    assert scored[0]["regions"]["jawline"]["lateral"] == pytest.approx(face.regions["jawline"].lateral, abs=1e-9)
    assert scored[0]["measures"]["mrd1"]["difference"] == pytest.approx(face.measures["mrd1"].difference, abs=1e-9)


def test_score_csv_is_tidy_with_fixed_columns(scored):
    rows = list(csv.DictReader(io.StringIO(run("score", BEFORE, "-f", "csv").stdout)))
    assert tuple(rows[0]) == SCORE_COLUMNS
    assert [row["region"] for row in rows] == list(REGION_NAMES)
    mouth = rows[list(REGION_NAMES).index("mouth")]
    assert float(mouth["vertical_mm"]) == pytest.approx(scored[0]["regions"]["mouth"]["vertical"], rel=1e-5)
    for number, name in (("asymmetry", "percent"), ("lateral", "lateral_percent"), ("vertical", "vertical_percent")):
        of_json = scored[0]["regions"]["mouth"]
        assert float(mouth[f"{number}_error_mm"]) == pytest.approx(of_json[f"{number}_error"], rel=1e-5)
        assert float(mouth[f"{number}_error_percent"]) == pytest.approx(of_json[f"{name}_error"], rel=1e-5)
    assert mouth["error"] == ""


def test_a_photo_without_a_face_stands_in_the_output_and_the_others_are_done(tmp_path):
    wall = tmp_path / "wall.png"
    Image.new("RGB", (200, 150), (120, 130, 140)).save(wall)
    missing = tmp_path / "gone.jpg"
    result = run("score", wall, BEFORE, missing, "-f", "json")
    assert result.exit_code == 1
    entries = json.loads(result.stdout)
    assert "no face found" in entries[0]["error"]
    assert entries[0]["regions"] is None
    assert entries[0]["method"] is None
    assert list(entries[0]) == list(entries[1])
    assert entries[1]["error"] is None
    assert "no such file" in entries[2]["error"]
    complaints = result.stderr.splitlines()
    assert len(complaints) == 2
    assert "wall.png: no face found; use a photo taken from the front" in complaints[0]
    rows = list(csv.DictReader(io.StringIO(run("score", wall, BEFORE, "-f", "csv").stdout)))
    assert len(rows) == 1 + len(REGION_NAMES)
    assert "no face found" in rows[0]["error"]
    assert run("score", wall).stdout == ""
    table = run("score", wall, BEFORE).stdout
    assert "no face found" in " ".join(table.split())


def test_folders_give_their_photos_and_recursive_those_of_folders_within(tmp_path):
    (tmp_path / "inner").mkdir()
    shutil.copy(BEFORE, tmp_path / "b.jpg")
    shutil.copy(EVEN, tmp_path / "inner" / "c.jpg")
    (tmp_path / "notes.txt").write_text("no photo")

    def photos(*more: str) -> list[str]:
        return [Path(entry["photo"]).name for entry in json.loads(run("score", tmp_path, "-f", "json", *more).stdout)]

    assert photos() == ["b.jpg"]
    assert photos("--recursive") == ["b.jpg", "c.jpg"]


def test_scale_ipd_sets_the_millimetres_and_none_leaves_percent():
    (known,) = json.loads(run("score", BEFORE, "--scale", "ipd=63", "-f", "json").stdout)
    (none,) = json.loads(run("score", BEFORE, "-s", "none", "-f", "json").stdout)
    assert known["scale_source"] == "ipd"
    assert none["mm_per_pixel"] is None
    mouth = none["regions"]["mouth"]
    assert mouth["asymmetry"] is None
    assert mouth["percent"] == pytest.approx(known["regions"]["mouth"]["asymmetry"] / 63 * 100, abs=1e-9)
    assert none["measures"]["mrd1"]["unit"] == "% IPD"
    assert "% IPD" in run("score", BEFORE, "-s", "none").stdout
    assert "% IPD" in run("compare", BEFORE, AFTER, "-s", "none").stdout


def test_mirrored_swaps_the_sides_back(tmp_path, scored):
    flipped = tmp_path / "mirror.png"
    Image.open(BEFORE).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(flipped)
    (entry,) = json.loads(run("score", flipped, "--mirrored", "-f", "json").stdout)
    assert entry["regions"]["mouth"]["vertical"] == pytest.approx(scored[0]["regions"]["mouth"]["vertical"], abs=1e-6)


def test_several_faces_are_said_or_refused(tmp_path):
    large, small = Image.open(BEFORE), Image.open(EVEN).resize((450, 600))
    both = Image.new("RGB", (1350, 1200), (140, 140, 140))
    both.paste(large, (0, 0))
    both.paste(small, (900, 300))
    both.save(tmp_path / "two.png")
    (entry,) = json.loads(run("score", tmp_path / "two.png", "-f", "json").stdout)
    assert [flag["name"] for flag in entry["flags"]] == ["several_faces"]
    assert entry["regions"]["mouth"]["vertical"] > 1  # the larger, uneven one
    assert "largest face was measured" in run("score", tmp_path / "two.png").stdout
    refused = run("score", tmp_path / "two.png", "--face", "only")
    assert refused.exit_code == 1
    assert "2 faces found; crop the photo" in refused.stderr
    background = Image.new("RGB", (1700, 1200), (140, 140, 140))
    background.paste(large, (0, 0))
    background.paste(small.resize((225, 300)), (1300, 500))
    background.save(tmp_path / "background.png")
    assert run("score", tmp_path / "background.png").exit_code == 0
    assert run("score", tmp_path / "background.png", "--face", "only").exit_code == 1


def test_figures_are_written_where_asked_under_names_of_their_own(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    for folder, photo in (("one", BEFORE), ("two", EVEN)):
        shutil.copy(photo, tmp_path / folder / "me.jpg")
    result = run("score", tmp_path / "one", tmp_path / "two", "--figures", tmp_path / "pictures")
    assert result.exit_code == 0
    names = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert names == ["me-halves.png", "me-symmetry.png", "two-me-halves.png", "two-me-symmetry.png"]
    assert "4 figures" in result.stderr
    assert all(width_of(tmp_path / "pictures" / name) == 1200 for name in names)


def test_every_photo_has_figures_of_its_own_that_only_the_owner_can_read(tmp_path):
    for name in ("a/x.jpg", "b/x.jpg", "b/x.jpeg", "b/b-x.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(EVEN, tmp_path / name)
    result = run("score", tmp_path, "-r", "--figures", tmp_path / "pictures")
    assert result.exit_code == 0
    written = list((tmp_path / "pictures").iterdir())
    assert len(written) == 8
    if os.name == "posix":
        assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}


def test_what_lies_beyond_the_edge_is_not_measured(tmp_path):
    with Image.open(BEFORE) as whole:
        whole.crop((0, 0, 900, 770)).save(tmp_path / "cut.png")  # through mouth and chin
    (entry,) = json.loads(run("score", tmp_path / "cut.png", "-f", "json").stdout)
    assert "face_cut" in [flag["name"] for flag in entry["flags"]]
    assert entry["regions"]["jawline"]["asymmetry"] is None
    assert entry["regions"]["eyes"]["vertical"] < -1
    assert entry["measures"]["chin_deviation"]["difference"] is None
    table = run("score", tmp_path / "cut.png")
    assert "The edge of the photo cuts" in table.stdout
    assert cells_of(table, "jawline") == ["–", "cannot be told: face cut"]
    assert "–" not in cells_of(table, "eyes")
    assert cells_of(run("score", tmp_path / "cut.png", "-d"), "jawline") == ["–"] * 4
    (row,) = [
        row
        for row in csv.DictReader(io.StringIO(run("compare", BEFORE, tmp_path / "cut.png", "-f", "csv").stdout))
        if row["name"] == "jawline"
    ]
    # A pair is measured where both photos show the face.
    assert row["before"] == row["after"] == row["change"] == row["moved"] == row["left_up"] == ""
    table = run("compare", BEFORE, tmp_path / "cut.png", "--details")
    assert cells_of(table, "jawline")[:2] == ["–", "not comparable"]
    assert cells_of(table, "jawline", 1) == ["–"] * 9


def test_landmarks_only_scores_by_the_mesh_alone_and_says_so(scored):
    (entry,) = json.loads(run("score", BEFORE, "--landmarks-only", "-f", "json").stdout)
    plain = symmetry.analyze(BEFORE, landmarks_only=True).regions["brows"].vertical
    assert entry["method"] == "landmarks"
    assert entry["regions"]["brows"]["vertical"] == pytest.approx(plain, abs=1e-9)
    assert scored[0]["regions"]["brows"]["vertical"] > plain + 0.5  # truth: 3 mm, of which the mesh shows half
    assert {row["method"] for row in rows_of(run("score", BEFORE, "-l", "-f", "csv")).values()} == {"landmarks"}
    assert {row["method"] for row in rows_of(run("score", BEFORE, "-f", "csv")).values()} == {"registration"}
    assert "Method: landmarks" in run("score", BEFORE, "-l").stdout
    assert "Method: registration" in run("score", BEFORE, "-d").stdout
    assert "Method: landmarks" in run("score", BEFORE, EVEN, "-l").stdout


def test_what_is_not_seen_in_one_photo_is_null_empty_or_a_dash(strokes):
    (entry,) = json.loads(run("score", strokes[0], "-f", "json").stdout)
    (flag,) = [flag for flag in entry["flags"] if flag["name"] == "not_seen"]
    assert flag["severity"] == "info"
    assert "nasolabial" in flag["advice"]
    assert "cheeks" in flag["advice"]
    cheeks, mouth = entry["regions"]["cheeks"], entry["regions"]["mouth"]
    assert set(cheeks.values()) == {None}
    assert mouth["asymmetry"] > 1
    row = rows_of(run("score", strokes[0], "-f", "csv"))["cheeks"]
    numbers = ("asymmetry_mm", "lateral_mm", "vertical_mm", "asymmetry_percent", "lateral_percent", "vertical_percent")
    assert {row[column] for column in numbers} == {""}
    assert "not_seen" in row["flags"].split()
    assert cells_of(run("score", strokes[0]), "cheeks") == ["–", "cannot be told: not seen"]
    table = run("score", strokes[0], "--details")
    assert cells_of(table, "cheeks") == ["–"] * 4
    assert "–" not in cells_of(table, "mouth")
    assert "– means not seen" in table.stdout
    assert "not seen" in run("score", *strokes).stdout
    assert not re.search(r"\bnan\b", table.stdout)
    assert "– means" not in run("score", BEFORE, "-d").stdout


def test_what_a_flag_stops_is_a_dash_and_the_flag_stands_above_the_tables():
    face = symmetry.analyze(drawn(mouth_subject_right=-4.0), landmarks_only=True)
    found = (
        Flag(name="smiling", severity="info", advice="It smiles."),
        Flag(
            name="head_turned",
            severity="reject",
            value=9.0,
            limit=5.0,
            advice="It is turned.",
            touches=("mouth.lateral", "chin_deviation"),
        ),
    )
    mended = measure_landmarks(face.photo, face.landmarks, scale=face.scale, evidence=Evidence(flags=found))
    text = render(face_tables(mended))
    assert text.index("reject  It is turned. Stops mouth sideways; chin deviation.") < text.index("info    It smiles.")
    assert text.index("It smiles.") < text.index("\n mouth ")
    row = next(line for line in text.splitlines() if line.startswith(" mouth "))
    assert row.endswith("–")
    assert row.count("–") == 1
    assert re.search(r"^ chin deviation .*– +mm$", text, re.M)
    assert "– means stopped by a flag marked reject" in text
    row = next(line for line in render(overview_table([mended, mended])).splitlines() if "array" in line)
    assert row.endswith("head turned, smiling")


@pytest.mark.parametrize(
    ("value", "error", "least", "unit", "said"),
    [
        (-2.0, 0.9, 3.0, "mm", "no, < 3"),
        (-2.0, 1.1, 3.0, "mm", "near 3"),
        (4.0, 0.5, 3.0, "mm", "yes, > 3"),
        (4.0, 1.5, 3.0, "mm", "near 3"),
        (2.0, float("nan"), 3.5, "degrees", "no, < 3.5"),
        (2.0, 0.5, None, "mm", ""),
        (2.0, 0.5, 3.0, "% IPD", ""),
        (float("nan"), 0.5, 3.0, "mm", ""),
    ],
)
def test_whether_people_notice_is_said_with_the_error_in_mind(value, error, least, unit, said):
    assert notice(value, error, least, unit) == said


def test_a_photo_that_is_given_twice_is_measured_once(tmp_path):
    photo = saved(drawn(), tmp_path / "me.png")
    given = (photo, photo, tmp_path, tmp_path / ".." / tmp_path.name / "me.png")
    (entry,) = json.loads(run("score", *given, "-l", "-f", "json").stdout)
    assert entry["photo"] == str(photo)


def test_figures_drawn_beside_the_photos_are_passed_over_by_the_next_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    saved(drawn(mouth_subject_right=-4.0), tmp_path / "me.png")
    (tmp_path / "raw.nef").touch()
    for again in (False, True):
        result = run("score", ".", "--figures", ".", "-l")
        assert result.exit_code == 0
        told = f"skipped: 1 RAW{', 2 figures of symmetry' if again else ''}"
        assert told in result.stderr.splitlines()
    assert len(list(tmp_path.glob("*.png"))) == 3
    assert run("compare", "me.png", "me.png", "-l", "--figure", "change.jpg").exit_code == 0
    assert "4 figures" not in run("check", ".").stderr
    assert "3 figures of symmetry" in run("check", ".").stderr
