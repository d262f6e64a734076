"""`symmetry compare` and `symmetry demo`: verdicts, several photos a side, tables."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from helpers.command_line import AFTER, BEFORE, EVEN, cells_of, compared_samples, rows_of, run, saved, with_strokes
from helpers.faces import SAMPLES, drawn
from PIL import Image
from rich.console import Console

import symmetry
from symmetry.measure.answers import change_answer
from symmetry.measure.change import Change, MeasureChange, RegionChange
from symmetry.measure.measures import DEFINITIONS, MEASURE_NAMES
from symmetry.measure.quality.flags import Flag
from symmetry.measure.reliability_table import COLUMNS, shipped_table, to_rows
from symmetry.measure.scores import REGION_NAMES
from symmetry.measure.wording import change_sentences
from symmetry.output.tables import change_tables, face_tables, render
from symmetry.tabular import CHANGE_COLUMNS, to_csv

REGION_TITLES = {"face": "whole face"}


@pytest.fixture(scope="module")
def compared() -> dict:
    return compared_samples()


@pytest.fixture(scope="module")
def strokes(tmp_path_factory) -> tuple[Path, Path]:
    """Two photos of a face with strokes on its cheeks; in the second those on its left are 4 pixels, 1.2 mm, higher."""
    folder = tmp_path_factory.mktemp("strokes")
    return with_strokes(folder / "one.png"), with_strokes(folder / "two.png", subject_left_up=4)


def width_of(picture: Path) -> int:
    with Image.open(picture) as image:
        return image.width


def summary(change: Change) -> str:
    return " ".join(change_sentences(change_answer(change)))


def test_compare_says_first_what_changed_and_fits_one_screen(compared):
    result = run("compare", BEFORE, AFTER)
    assert result.exit_code == 0
    told = " ".join(result.stdout.split())
    mouth = compared["regions"]["mouth"]
    size = f"{-mouth['evenness']:.1f} ± {mouth['evenness_error']:.1f}"
    assert result.stdout.splitlines()[2].startswith("More even: the ")
    assert f"the mouth by {size} mm" in told
    assert (
        "These changes are real as far as photos can tell: photos of one day differ by less, and faces at rest" in told
    )
    assert (
        "How much this face differs from day to day is not known: take photos on three days before you begin." in told
    )
    same = " ".join(run("compare", BEFORE, AFTER, "--same-day").stdout.split())
    assert "These changes are real as far as photos can tell: photos of an unchanged face differ by less." in same
    assert cells_of(result, "mouth") == ["more even", size, "right, worse side"]
    assert "commissure" not in result.stdout
    shown = render(change_tables(symmetry.compare(BEFORE, AFTER)), 80).splitlines()
    assert len(shown) <= 40
    assert max(map(len, shown)) <= 80


def test_details_of_compare_give_every_verdict_with_its_error(compared):
    result = run("compare", BEFORE, AFTER, "--details")
    assert result.exit_code == 0
    mouth = compared["regions"]["mouth"]
    verdict, movement = cells_of(result, "mouth"), cells_of(result, "mouth", 1)
    assert verdict[:3] == [f"{mouth['evenness']:+.2f} ± {mouth['evenness_error']:.2f}", "improved", "worse side"]
    assert (mouth["noticed_by"], verdict[3]) == ("commissure_height", "no, < 3")  # truth: 2 mm at the corner
    assert movement[:2] == [f"{mouth['before']:.2f}", f"{mouth['after']:.2f}"]
    assert movement[2] == f"{mouth['change']:+.2f} ± {mouth['error']:.2f}"
    assert movement[-1] == "right"  # truth: the right corner, 4 mm low, came up by 2
    assert movement[-2] == f"{mouth['lift']:+.2f} ± {mouth['lift_error']:.2f}"
    assert mouth["moved"] == "subject_right"
    assert mouth["came_from"] == "worse side"
    eyes = result.stdout.splitlines()
    below = eyes[eyes.index(next(line for line in eyes if line.startswith(" eyes "))) + 1]
    assert below.split()[1:] in (["lid", "MRD1"], ["lid", "MRD2"])  # truth: the whole eye came up
    assert set(compared["measures"]) == set(MEASURE_NAMES)
    assert compared["measures"]["chin_deviation"]["norm"].startswith("up to 2 mm")
    assert compared["measures"]["mrd1"]["norm"] == "no published norm"
    assert "chin deviation up to 2 mm counts as normal" in " ".join(result.stdout.split())
    assert "Other measures: no published norm" in " ".join(result.stdout.split())


def test_json_and_csv_of_compare_hold_every_field_of_the_result(compared):
    assert set(compared["regions"]["mouth"]) == {f.name for f in fields(RegionChange)} - {"region"}
    assert set(compared["measures"]["mrd1"]) == {f.name for f in fields(MeasureChange)} - {"name"}
    renamed = {"region", "error", "subject_right", "subject_left"}
    assert {f.name for f in fields(RegionChange) + fields(MeasureChange)} - renamed <= set(CHANGE_COLUMNS)
    row = rows_of(run("compare", BEFORE, AFTER, "-f", "csv"))["eyes"]
    assert (row["verdict"], row["came_from"]) == ("improved", "worse side")
    assert row["part"] == compared["regions"]["eyes"]["part"]
    assert float(row["evenness_error"]) == pytest.approx(compared["regions"]["eyes"]["evenness_error"], abs=1e-6)
    assert float(row["vertical_before"]) == pytest.approx(compared["regions"]["eyes"]["vertical_before"], abs=1e-6)


@pytest.fixture(scope="module")
def shots(tmp_path_factory) -> list[Path]:
    """Four photos of one drawn face, in the last two its right mouth corner is higher by 2 mm."""
    folder = tmp_path_factory.mktemp("shots")
    lower = drawn(mouth_subject_right=-4.0, brow_subject_left=-3.0)
    higher = drawn(mouth_subject_right=-2.0, brow_subject_left=-3.0)
    moved = [drawn(mouth_subject_right=mouth, brow_subject_left=-3.0, yaw=1.0, pitch=1.0) for mouth in (-4.0, -2.0)]
    pictures = (lower, moved[0], higher, moved[1])
    return [saved(picture, folder / f"{name}.png") for picture, name in zip(pictures, "abcd", strict=True)]


def test_several_photos_a_side_stand_behind_before_and_after_and_shrink_the_error(shots):
    a, b, c, d = shots
    single = json.loads(run("compare", a, c, "-f", "json", "--same-day").stdout)
    several = json.loads(run("compare", "--before", a, b, "--after", c, d, "-f", "json", "--same-day").stdout)
    assert several["befores"] == [str(a), str(b)]
    assert several["afters"] == [str(c), str(d)]
    assert single["befores"] == [str(a)]
    assert several["regions"]["mouth"]["evenness_error"] < 0.8 * single["regions"]["mouth"]["evenness_error"]
    mixed = json.loads(
        run("compare", "-f", "json", "--same-day", f"--after={c}", d, "-s", "iris", "--before", a, b).stdout
    )
    assert mixed == several
    table = run("compare", "--before", a, b, "--after", c, d).stdout
    assert "before, 2 photos:" in table
    assert "after, 2 photos:" in table
    row = rows_of(run("compare", "--before", a, b, "--after", c, "-f", "csv"))["mouth"]
    assert (row["before_photo"], row["after_photo"]) == (f"{a}; {b}", str(c))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a"], "1 photo given; give one before and one after"),
        (["a", "b", "c"], "3 photos given"),
        ([], "0 photos given"),
        (["--before", "a", "b"], "--before needs --after too"),
        (["--after", "a", "b"], "--after needs --before too"),
        (["a", "--before", "b", "--after", "c"], "'a' follows neither --before nor --after"),
        (["--before", "a", "-m", "b", "--after", "c"], "'b' follows neither"),
        (["--before", "--after", "c"], "--before needs one or more photos"),
        (["--before", "a", "--after"], "--after needs one or more photos"),
        (["--before", "", "--after", "b"], "the name is empty"),
    ],
)
def test_photos_that_belong_to_no_side_are_wrong_usage(arguments, message):
    result = run("compare", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_copies_of_a_picture_count_once_for_they_say_nothing_about_its_error(shots, tmp_path):
    copy = tmp_path / "copy.png"
    shutil.copy(shots[0], copy)
    result = run("compare", "--before", shots[0], shots[0], copy, "--after", shots[2], "-f", "json")
    assert result.exit_code == 0
    (line,) = result.stderr.splitlines()
    assert "copy.png: left out: the same picture as" in line
    assert json.loads(result.stdout)["befores"] == [str(shots[0])]


def test_a_photo_of_several_that_fails_is_left_out_and_said(shots, tmp_path):
    result = run("compare", "--before", shots[0], tmp_path / "gone.jpg", "--after", shots[2], "-f", "json")
    assert result.exit_code == 1
    written = json.loads(result.stdout)
    assert written["befores"] == [str(shots[0])]
    assert "gone.jpg: there is no such file" in written["error"]
    assert written["regions"]["mouth"]["verdict"]


def test_a_photo_that_is_mirrored_unlike_the_others_is_left_out_or_turned_back(shots, tmp_path):
    odd = saved(np.asarray(Image.open(shots[1]))[:, ::-1], tmp_path / "odd.png")
    line = ("compare", "--before", shots[0], odd, "--after", shots[2], "-f", "json")
    result = run(*line)
    assert json.loads(result.stdout)["befores"] == [str(shots[0])]
    assert [one["photo"] for one in json.loads(result.stdout)["left_out"]] == [str(odd)]
    assert "odd.png: left out: it seems to be mirrored" in result.stderr
    for auto in (["--mirrored", "auto"], ["-m", "auto"], ["--mirrored=auto"], ["--mirrored-auto"]):
        result = run(*line, "-l", *auto)
        assert json.loads(result.stdout)["befores"] == [str(shots[0]), str(odd)]
        assert json.loads(result.stdout)["turned_back"] == [str(odd)]
    assert "odd.png: it seems to be mirrored, unlike the other photos; turned back" in result.stderr
    assert run(*line, "--mirrored-auto", "--mirrored-after").exit_code == 2


def test_mirrored_after_swaps_only_the_photos_after(shots, tmp_path):
    flipped = saved(
        np.ascontiguousarray(drawn(mouth_subject_right=-4.0, brow_subject_left=-3.0)[:, ::-1]), tmp_path / "m.png"
    )
    mended, plain, both = (
        json.loads(run("compare", shots[0], flipped, *options, "-f", "json").stdout)["regions"]["mouth"]
        for options in (["--mirrored-after"], [], ["--mirrored"])
    )
    assert mended["vertical_before"] == pytest.approx(mended["vertical_after"], abs=0.05)
    assert mended["vertical_before"] > 1  # truth: the right corner hangs
    assert plain["vertical_after"] < -1 < 1 < plain["vertical_before"]
    assert both["vertical_before"] < -1


def test_what_a_flag_stops_is_a_dash_with_its_reason_and_the_flag_strikes():
    change = symmetry.compare(drawn(mouth_subject_right=-4.0), drawn(mouth_subject_right=-2.0), landmarks_only=True)
    nan = float("nan")
    mouth = replace(
        change.regions["mouth"],
        change=nan,
        evenness=nan,
        verdict="not comparable",
        reason="expression_differs",
        part=None,
    )
    worse = replace(change.regions["nose"], evenness=2.0, evenness_error=0.5, verdict="worse", came_from="better side")
    found = (
        Flag(name="head_turned", severity="info", advice="before: Turned."),
        Flag(name="expression_differs", severity="reject", advice="It smiles.", touches=("mouth", "mouth_cant")),
    )
    shown = replace(change, regions={**change.regions, "mouth": mouth, "nose": worse}, flags=found)
    text = render(change_tables(shown, details=True))
    assert re.search(r"^ mouth +– +not comparable +expression$", text, re.M)
    assert re.search(r"^ nose +\+2\.00 ± 0\.50 +worse +better side\b", text, re.M)
    assert text.index("reject  It smiles. Stops mouth; mouth cant.") < text.index("info    before: Turned.")
    assert "– means stopped by a flag marked reject, or beyond the edge" in text
    assert "Of the other regions, less even: the nose by 2.0 ± 0.5 mm." in summary(shown)
    assert "Cannot be told: the mouth (expression differs)" in summary(shown)
    brief = render(change_tables(shown))
    assert re.search(r"^ mouth +cannot be told +– +expression differs$", brief, re.M)
    assert "Turned." not in brief
    assert "and 1 more remark: --details" in brief
    console = Console(width=100, force_terminal=True, color_system="standard", legacy_windows=False)
    with console.capture() as captured:
        console.print(change_tables(shown, details=True))
    coloured = captured.get()
    assert "\x1b[31mworse" in coloured
    assert "\x1b[33mnot comparable" in coloured
    assert "\x1b[2mno detectable change" in coloured


def test_summary_of_photos_without_any_change_or_that_cannot_be_compared():
    change = symmetry.compare(drawn(), drawn(mouth_subject_right=-0.1), landmarks_only=True)

    def all_of(verdict: str) -> str:
        regions = {name: replace(region, verdict=verdict) for name, region in change.regions.items()}
        return summary(replace(change, regions=regions))

    assert all_of("no detectable change").startswith("No detectable change in any region. Changes below these")
    assert all_of("not comparable").startswith("It cannot be told whether the face changed. Cannot be told: the ")
    assert all_of("improved").startswith("More even: the jawline by ")


def test_a_table_of_own_photos_replaces_the_shipped_one(shots, tmp_path):
    known = shipped_table()
    wide = {method: replace(own, pair_sd=own.pair_sd * 3, photo_sd=own.photo_sd * 3) for method, own in known.items()}
    (tmp_path / "own.csv").write_text(to_csv(to_rows(wide), COLUMNS))

    def mouth(command: str, *arguments: object) -> dict:
        found = json.loads(run(command, *arguments, "-l", "-f", "json").stdout)
        return (found[0] if command == "score" else found)["regions"]["mouth"]

    own = ("--reliability", tmp_path / "own.csv")
    ours, theirs = mouth("score", shots[0], *own), mouth("score", shots[0])
    assert ours["vertical_error"] > 2 * theirs["vertical_error"]
    ours, theirs = (mouth("compare", "--same-day", shots[0], shots[2], *which) for which in (own, ()))
    assert ours["evenness_error"] > 2 * theirs["evenness_error"]
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    for command in (["score", shots[0]], ["compare", shots[0], shots[2]]):
        for bad in ("bad.csv", "missing.csv"):
            result = run(*command, "--reliability", tmp_path / bad)
            assert result.exit_code == 1
            (line,) = result.stderr.splitlines()
            assert bad in line


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
    assert "Method: registration" in run("compare", BEFORE, AFTER, "-d").stdout


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
    table = run("compare", *strokes, "--details")
    cells = cells_of(table, "nasolabial", 1)
    assert cells[:3] == ["–"] * 3
    ways = [fold[side][way] for side in ("subject_right", "subject_left") for way in ("outward", "up")]
    assert [float(cell) for cell in cells[3:7]] == pytest.approx(ways, abs=0.0051)
    assert cells[8:] == ["left"]
    assert "– means not seen" in table.stdout
    assert not re.search(r"\bnan\b", table.stdout)


def test_no_cell_of_a_table_breaks_however_narrow_the_terminal(monkeypatch, strokes):
    monkeypatch.chdir(SAMPLES)
    scaled = [symmetry.analyze(photo, scale="none") for photo in ("before.jpg", "after.jpg")]
    unseen = [symmetry.analyze(photo) for photo in strokes]
    titles = [REGION_TITLES.get(name, name.replace("_", " ")) for name in REGION_NAMES] + [d.title for d in DEFINITIONS]

    def cells(text: str) -> dict[str, list[str]]:
        """Cells right of each name, over all tables that the name is in."""
        lines = text.splitlines()
        return {
            title: [
                cell for line in lines if line.startswith(f" {title}  ") for cell in re.split(r"  +", line.strip())[1:]
            ]
            for title in titles
        }

    for content in (
        face_tables(scaled[0]),
        face_tables(unseen[0]),
        change_tables(symmetry.compare(*scaled), details=True),
        change_tables(symmetry.compare("before.jpg", "after.jpg"), details=True),
        change_tables(symmetry.compare("before.jpg", "after.jpg", landmarks_only=True), details=True),
        change_tables(symmetry.compare(*unseen), details=True),
    ):
        whole = cells(render(content, 200))
        assert all(len(found) >= 2 for found in whole.values())
        assert len(whole["mouth"]) >= 3
        for width in (80, 100, 120):
            text = render(content, width)
            assert cells(text) == whole
            assert max(map(len, text.splitlines())) <= width
    # The usual width of what is printed needs no second table for a region's verdict.
    assert render(change_tables(symmetry.compare(*scaled), details=True), 100).count("\n mouth  ") == 2


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


def test_both_ways_of_mirroring_at_once_are_refused():
    result = run("compare", BEFORE, AFTER, "--mirrored", "--mirrored-after")
    assert result.exit_code == 2
    assert "give one" in result.stderr


def test_same_picture_on_both_sides_is_said_first():
    result = run("compare", BEFORE, BEFORE)
    assert result.exit_code == 0
    assert "\nBefore and after are the same picture.\nNo detectable change" in result.stdout
    flags = json.loads(run("compare", BEFORE, BEFORE, "-f", "json").stdout)["flags"]
    assert "same_picture" in [flag["name"] for flag in flags]


def test_strangers_are_said_first():
    change = symmetry.compare(drawn(), drawn(mouth_subject_right=-2.0), landmarks_only=True)
    stranger = Flag(name="different_person", severity="warn", advice="Strangers.", touches=("all",))
    assert summary(replace(change, flags=(stranger,))).startswith("These seem to be different people. ")
