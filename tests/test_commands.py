"""The commands as a person meets them: what is printed, what is written, how failures read."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from rich.console import Console, RenderableType

import symmetry
from symmetry.commands import main
from symmetry.measures import MEASURE_NAMES
from symmetry.output import CHANGE_COLUMNS, SCORE_COLUMNS
from symmetry.scores import REGION_NAMES
from symmetry.tables import change_tables, face_tables

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_images"
BEFORE, AFTER, EVEN = (str(SAMPLES / f"{name}.jpg") for name in ("before", "after", "even"))


def width_of(picture: Path) -> int:
    with Image.open(picture) as image:
        return image.width


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def rows_of(result: Result) -> dict[str, dict[str, str]]:
    """Rows of a CSV about one face or one pair, by what they are about."""
    rows = csv.DictReader(io.StringIO(result.stdout))
    return {row.get("region") or row["name"]: row for row in rows}


def cells_of(result: Result, region: str) -> list[str]:
    """Cells of a region's line in a table, right of its name."""
    line = next(line for line in result.stdout.splitlines() if line.startswith(f" {region} "))
    return re.split(r"  +", line.strip())[1:]


def with_strokes(path: Path, *, subject_left_up: int = 0) -> Path:
    """A drawn face with strokes on both cheeks, all leaning one way, so that the sides are not mirror images.

    Those on its left can be moved up by some pixels.
    """
    places = np.random.default_rng(3)
    with Image.open(BEFORE) as clear:
        face = clear.convert("RGB")
    brush = ImageDraw.Draw(face)
    for left, up in ((260, 0), (515, subject_left_up)):
        for x, y in places.uniform((left, 575), (left + 130, 740), (40, 2)):
            brush.line((x - 12, y - up + 12, x + 12, y - up - 12), fill=(70, 50, 45), width=5)
    face.save(path)
    return path


@pytest.fixture(scope="module")
def strokes(tmp_path_factory) -> tuple[Path, Path]:
    """Two photos of a face with strokes on its cheeks; in the second those on its left are 4 pixels, 1.2 mm, higher."""
    folder = tmp_path_factory.mktemp("strokes")
    return with_strokes(folder / "one.png"), with_strokes(folder / "two.png", subject_left_up=4)


@pytest.fixture(scope="module")
def scored() -> list[dict]:
    return json.loads(run("score", BEFORE, EVEN, "--format", "json").stdout)


@pytest.fixture(scope="module")
def compared() -> dict:
    return json.loads(run("compare", BEFORE, AFTER, "-f", "json").stdout)


def test_score_prints_a_table_with_the_side_that_is_higher():
    result = run("score", BEFORE)
    assert result.exit_code == 0
    assert re.search(r"^ mouth +\d\.\d\d +\d\.\d\d +left \d\.\d\d", result.stdout, re.M)  # truth: right is lower
    assert re.search(r"^ eyes +\d\.\d\d +\d\.\d\d +right \d\.\d\d", result.stdout, re.M)  # truth: left is lower
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
        assert entry["regions"]["mouth"]["asymmetry_error"] is None
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
    assert mouth["asymmetry_error_mm"] == ""
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


@pytest.mark.parametrize(("name", "starts"), [("out.json", "["), ("out.csv", "photo,error"), ("out.txt", "")])
def test_output_takes_its_form_from_the_suffix_and_is_private(tmp_path, name, starts):
    target = tmp_path / name
    result = run("score", EVEN, "-o", target)
    assert result.exit_code == 0
    assert target.read_text().startswith(starts)
    assert "mouth" in target.read_text()
    assert result.stdout == ""
    assert f"wrote {target}" in result.stderr
    if os.name == "posix":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("target", ["no/such/folder/out.json", "."])
def test_an_output_that_cannot_be_written_is_one_clear_line(tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    result = run("score", EVEN, "-o", target, "-f", "json")
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"symmetry: {target}: ")
    assert list(tmp_path.iterdir()) == []


def test_wrong_usage_exits_with_2_and_says_what_to_do():
    for arguments in (
        ["score"],
        ["score", EVEN, "-o", "out.doc"],
        ["score", EVEN, "--scale", "ruler"],
        ["compare", EVEN],
    ):
        result = run(*arguments)
        assert result.exit_code == 2, arguments
        assert "Error" in result.stderr
    assert "ipd=63" in run("score", EVEN, "--scale", "ipd=6").stderr


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


def test_compare_prints_before_after_change_and_which_side_moved(compared):
    result = run("compare", BEFORE, AFTER)
    assert result.exit_code == 0
    mouth = next(line for line in result.stdout.splitlines() if line.startswith(" mouth "))
    numbers = [float(number) for number in re.findall(r"[-+]?\d+\.\d\d", mouth)]
    assert numbers[2] == pytest.approx(numbers[1] - numbers[0], abs=0.011)
    assert mouth.rstrip().endswith("right")  # truth: the right corner, 4 mm low, came up by 2
    assert "not assessed" in result.stdout
    assert compared["regions"]["mouth"]["moved"] == "subject_right"
    assert compared["regions"]["mouth"]["verdict"] == "not assessed"
    assert compared["regions"]["mouth"]["error"] is None
    assert set(compared["measures"]) == set(MEASURE_NAMES)


def test_compare_csv_has_a_row_per_region_and_measure(compared):
    rows = list(csv.DictReader(io.StringIO(run("compare", BEFORE, AFTER, "-f", "csv").stdout)))
    assert tuple(rows[0]) == CHANGE_COLUMNS
    assert [row["name"] for row in rows] == [*REGION_NAMES, *MEASURE_NAMES]
    assert {row["method"] for row in rows} == {"registration"}
    for row in rows[: len(REGION_NAMES)]:
        for way, change in (("outward", "lateral_change"), ("up", "vertical_change")):
            of_sides = float(row[f"left_{way}"]) - float(row[f"right_{way}"])
            assert float(row[change]) == pytest.approx(of_sides, abs=3e-6)
    assert rows[-1]["lateral_change"] == ""
    eyes = rows[1]
    assert float(eyes["change"]) == pytest.approx(compared["regions"]["eyes"]["change"], rel=1e-4)
    assert float(eyes["left_up"]) > 0.3  # truth: the left eye came up by 1.25


def test_compare_with_a_photo_that_fails_leaves_the_reason_in_the_output(tmp_path):
    target = tmp_path / "change.json"
    result = run("compare", BEFORE, tmp_path / "gone.jpg", "-o", target)
    assert result.exit_code == 1
    assert "gone.jpg: there is no such file" in result.stderr
    written = json.loads(target.read_text())
    assert "no such file" in written["error"]
    assert written["regions"] is None
    assert written["method"] is None
    assert list(written) == list(json.loads(run("compare", BEFORE, EVEN, "-l", "-f", "json").stdout))


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


def test_an_input_is_never_written_over(tmp_path):
    photo = tmp_path / "me.png"
    Image.open(EVEN).save(photo)
    before = photo.read_bytes()
    for call in (("compare", photo, AFTER, "--figure", photo), ("score", photo, "-o", photo, "-f", "csv")):
        result = run(*call)
        assert result.exit_code == 1
        assert "one of the photos to be measured" in result.stderr
        assert photo.read_bytes() == before


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
    assert "Part of the face lies beyond the edge" in table.stdout
    assert cells_of(table, "jawline") == ["–"] * 4
    assert "–" not in cells_of(table, "eyes")
    (row,) = [
        row
        for row in csv.DictReader(io.StringIO(run("compare", BEFORE, tmp_path / "cut.png", "-f", "csv").stdout))
        if row["name"] == "jawline"
    ]
    # A pair is measured where both photos show the face.
    assert row["before"] == row["after"] == row["change"] == row["moved"] == row["left_up"] == ""
    assert cells_of(run("compare", BEFORE, tmp_path / "cut.png"), "jawline") == ["–"] * 8


def test_landmarks_only_scores_by_the_mesh_alone_and_says_so(scored):
    (entry,) = json.loads(run("score", BEFORE, "--landmarks-only", "-f", "json").stdout)
    plain = symmetry.analyze(BEFORE, landmarks_only=True).regions["brows"].vertical
    assert entry["method"] == "landmarks"
    assert entry["regions"]["brows"]["vertical"] == pytest.approx(plain, abs=1e-9)
    assert scored[0]["regions"]["brows"]["vertical"] > plain + 0.5  # truth: 3 mm, of which the mesh shows half
    assert {row["method"] for row in rows_of(run("score", BEFORE, "-l", "-f", "csv")).values()} == {"landmarks"}
    assert {row["method"] for row in rows_of(run("score", BEFORE, "-f", "csv")).values()} == {"registration"}
    assert "Method: landmarks" in run("score", BEFORE, "-l").stdout
    assert "Method: registration" in run("score", BEFORE).stdout
    assert "Method: landmarks" in run("score", BEFORE, EVEN, "-l").stdout


def test_landmarks_only_compares_by_the_mesh_alone_and_says_so(compared):
    meshed = json.loads(run("compare", BEFORE, AFTER, "--landmarks-only", "-f", "json").stdout)
    plain = symmetry.compare(BEFORE, AFTER, landmarks_only=True).regions["brows"].change
    assert [meshed["method"], meshed["before"]["method"], meshed["after"]["method"]] == ["landmarks"] * 3
    assert [compared["method"], compared["before"]["method"], compared["after"]["method"]] == ["registration"] * 3
    assert meshed["regions"]["brows"]["change"] == pytest.approx(plain, abs=1e-9)
    assert compared["regions"]["brows"]["change"] < plain - 0.3
    assert {row["method"] for row in rows_of(run("compare", BEFORE, AFTER, "-l", "-f", "csv")).values()} == {
        "landmarks"
    }
    assert "Method: landmarks" in run("compare", BEFORE, AFTER, "-l").stdout
    assert "Method: registration" in run("compare", BEFORE, AFTER).stdout


def test_what_is_not_seen_in_one_photo_is_null_empty_or_a_dash(strokes):
    (entry,) = json.loads(run("score", strokes[0], "-f", "json").stdout)
    (flag,) = entry["flags"]
    assert (flag["name"], flag["severity"]) == ("not_seen", "info")
    assert "nasolabial" in flag["advice"]
    assert "cheeks" in flag["advice"]
    cheeks, mouth = entry["regions"]["cheeks"], entry["regions"]["mouth"]
    assert set(cheeks.values()) == {None}
    assert mouth["asymmetry"] > 1
    row = rows_of(run("score", strokes[0], "-f", "csv"))["cheeks"]
    numbers = ("asymmetry_mm", "lateral_mm", "vertical_mm", "asymmetry_percent", "lateral_percent", "vertical_percent")
    assert {row[column] for column in numbers} == {""}
    assert row["flags"] == "not_seen"
    table = run("score", strokes[0])
    assert cells_of(table, "cheeks") == ["–"] * 4
    assert "–" not in cells_of(table, "mouth")
    assert "– means not seen" in table.stdout
    assert "not seen" in run("score", *strokes).stdout
    assert not re.search(r"\bnan\b", table.stdout)
    assert "– means" not in run("score", BEFORE).stdout


def test_what_moved_is_told_where_before_and_after_are_not_seen(strokes):
    change = json.loads(run("compare", *strokes, "-f", "json").stdout)
    fold = change["regions"]["nasolabial"]
    assert [fold[key] for key in ("before", "after", "change", "vertical_before", "vertical_after")] == [None] * 5
    assert fold["vertical_change"] == pytest.approx(1.2, abs=0.35)
    assert fold["subject_left"]["up"] == pytest.approx(1.2, abs=0.35)
    assert fold["moved"] == "subject_left"
    row = rows_of(run("compare", *strokes, "-f", "csv"))["nasolabial"]
    assert row["before"] == row["after"] == row["change"] == ""
    assert float(row["vertical_change"]) == pytest.approx(fold["vertical_change"], abs=1e-6)
    table = run("compare", *strokes)
    cells = cells_of(table, "nasolabial")
    assert cells[:3] == ["–"] * 3
    ways = [fold[side][way] for side in ("subject_right", "subject_left") for way in ("outward", "up")]
    assert [float(cell) for cell in cells[3:7]] == pytest.approx(ways, abs=0.0051)
    assert cells[7:] == ["left"]
    assert "– means not seen" in table.stdout
    assert not re.search(r"\bnan\b", table.stdout)


def test_tables_fit_80_columns_without_a_broken_line(monkeypatch, strokes):
    monkeypatch.chdir(SAMPLES)
    faces = [symmetry.analyze(photo, scale="none") for photo in ("before.jpg", "after.jpg")]

    def lines(content: RenderableType, width: int) -> list[str]:
        console = Console(width=width, color_system=None)
        with console.capture() as captured:
            console.print(content)
        return [line.rstrip() for line in captured.get().splitlines()]

    for content in (
        face_tables(faces[0]),
        change_tables(symmetry.compare(*faces)),
        change_tables(symmetry.compare("before.jpg", "after.jpg")),
        change_tables(symmetry.compare("before.jpg", "after.jpg", landmarks_only=True)),
    ):
        assert lines(content, 80) == lines(content, 200)
    monkeypatch.chdir(strokes[0].parent)
    unseen = [symmetry.analyze(photo.name) for photo in strokes]
    for content in (face_tables(unseen[0]), change_tables(symmetry.compare(*unseen))):
        broken = set(lines(content, 80)) - set(lines(content, 200))
        assert all(line.startswith("  ") for line in broken), broken


def test_an_empty_name_is_refused():
    assert run("score", "").exit_code == 2


def test_a_full_disk_behind_the_output_is_one_line():
    if not Path("/dev/full").exists():
        pytest.skip("no full device here")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "cli.py", "score", EVEN, "-f", "csv"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].startswith("symmetry: ")
    assert "Traceback" not in done.stderr


def test_compare_figure(tmp_path):
    result = run("compare", BEFORE, AFTER, "--figure", tmp_path / "change.png")
    assert result.exit_code == 0
    assert width_of(tmp_path / "change.png") == 1200
    refused = run("compare", BEFORE, AFTER, "--figure", tmp_path / "change.doc")
    assert refused.exit_code == 2
    assert "must end in .png" in refused.stderr


def test_demo_prints_the_comparison_and_tells_where_the_figures_are(tmp_path):
    result = run("demo", "--output", tmp_path / "out")
    assert result.exit_code == 0
    assert " mouth " in result.stdout
    written = re.findall(r"^wrote (.+)$", result.stderr, re.M)
    assert len(written) == 3
    assert all(Path(name).stat().st_size > 20_000 for name in written)


def test_cli_py_is_the_same_command():
    shown = [
        subprocess.run([sys.executable, *call], capture_output=True, text=True, cwd=ROOT, check=True).stdout
        for call in (
            ["cli.py", "--help"],
            ["-c", "from symmetry.commands import main; main(prog_name='symmetry')", "-h"],
        )
    ]
    assert shown[0] == shown[1]
    assert "compare" in shown[0]


def test_help_loads_neither_the_networks_nor_the_numbers():
    code = (
        "import sys; from symmetry.commands import main\n"
        "try: main(['score', '--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('numpy', 'cv2', 'mediapipe', 'matplotlib', 'rich', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def every_command() -> list[tuple[str, click.Command]]:
    return sorted(main.commands.items())


def listed_in_readme(*first: str) -> list[str]:
    """Names of the indented list in the README that begins with these."""
    readme = (ROOT / "README.md").read_text()
    start = readme.index(f"    {', '.join(first)},")
    return re.split(r",\s+", readme[start : readme.index("\n\n", start)].strip())


def test_the_readme_lists_every_column_in_its_order():
    assert tuple(listed_in_readme("photo", "error")) == SCORE_COLUMNS
    assert tuple(listed_in_readme("before_photo", "after_photo")) == CHANGE_COLUMNS


def test_the_readme_names_every_key_of_the_json(scored, compared):
    readme = (ROOT / "README.md").read_text()
    keys = {*scored[0], *scored[0]["regions"]["mouth"], *scored[0]["measures"]["mrd1"]}
    keys |= {*compared, *compared["regions"]["mouth"], *compared["measures"]["mrd1"]}
    assert {key for key in keys if f"`{key}`" not in readme} <= {
        "asymmetry_error",
        "lateral_error",
        "vertical_error",
        "difference_error",
    }  # said as "each with an error"


@pytest.mark.parametrize(("name", "command"), every_command())
def test_every_command_and_option_has_help_and_an_example_in_the_readme(name, command):
    readme = (ROOT / "README.md").read_text()
    assert f"symmetry {name}" in readme
    assert command.help
    assert "Example" in command.help
    assert f"symmetry {name}" in command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            longest = max(parameter.opts, key=len)
            assert re.search(rf"{longest}\b", readme), longest


def test_names_cannot_play_tricks_on_the_terminal_or_a_spreadsheet(tmp_path, monkeypatch):
    nasty = tmp_path / "a\x1b[31m\u202egpj.jpg"
    nasty.write_text("no photo")
    result = run("score", nasty)
    assert "\x1b" not in result.stderr + result.stdout
    assert "\u202e" not in result.stderr + result.stdout
    formula = tmp_path / "=1+1.jpg"
    formula.write_text("no photo")
    monkeypatch.chdir(tmp_path)
    (row,) = csv.DictReader(io.StringIO(run("score", "=1+1.jpg", "-f", "csv").stdout))
    assert row["photo"] == "'=1+1.jpg"


names = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="/\x00"), min_size=1, max_size=30
).filter(lambda name: name not in (".", "..") and len(name.encode()) < 120)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=names, content=st.binary(max_size=300))
def test_whatever_a_file_is_called_and_holds_it_is_one_line_and_status_1(tmp_path, name, content):
    folder = tmp_path / "fuzz"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    photo = folder / (name + ".jpg")
    photo.write_bytes(content)
    result = run("score", "-f", "json", "--", photo)
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("symmetry: ")
    assert "Traceback" not in result.stderr
    (entry,) = json.loads(result.stdout)
    assert entry["photo"] == str(photo)
    assert entry["error"]


def test_hard_cases_each_get_one_line_and_leave_the_others_alone(tmp_path):
    whole = Path(BEFORE).read_bytes()
    cases = {
        "truncated.jpg": whole[: len(whole) // 2],
        "empty.jpg": b"",
        "text.jpg": b"this is text",
        "bomb.png": _png_header(30_000, 30_000),
        "gesicht mit leerzeichen \u00fc\u4e2d.jpg": b"\xff\xd8\xff",
    }
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder.jpg").mkdir()
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    given_photos = [tmp_path / name for name in (*cases, "folder.jpg", "noise.png", "missing.jpg")]
    result = run("score", *given_photos, EVEN, "-f", "json")
    assert result.exit_code == 1
    entries = json.loads(result.stdout)
    assert len(entries) == len(given_photos) + 1
    assert [entry["error"] is None for entry in entries] == [False] * len(given_photos) + [True]
    assert len(result.stderr.splitlines()) == len(given_photos)
    for line, photo in zip(result.stderr.splitlines(), given_photos, strict=True):
        assert photo.name in line
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_photo_is_said(tmp_path):
    locked = tmp_path / "locked.jpg"
    shutil.copy(EVEN, locked)
    locked.chmod(0)
    result = run("score", locked)
    assert result.exit_code == 1
    assert "locked.jpg: " in result.stderr


def _png_header(width: int, height: int) -> bytes:
    import struct
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
