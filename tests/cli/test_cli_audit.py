"""`symmetry audit` as a person meets it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from helpers.faces import drawn
from PIL import Image

from symmetry.cli import main
from symmetry.measure.audit import OWN_SIDES, SITES, Audit, Trial, audit
from symmetry.measure.quality.flags import Flag
from symmetry.output.figures import draw_audit
from symmetry.tabular.audit import AUDIT_COLUMNS

FEW = tuple(site for site in SITES if site.name == "mouth corner")
MARKS = ("real", "not real")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture(autouse=True)
def few_trials(monkeypatch):
    """One spot, moved by two amounts: four trials for 54."""
    monkeypatch.setattr("symmetry.measure.audit.SITES", FEW)
    monkeypatch.setattr("symmetry.measure.audit.MILLIMETRES", (1.0, 2.0))


@pytest.fixture(scope="module")
def photo(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "me.png"
    Image.fromarray(drawn()).save(path)
    return path


@pytest.fixture(scope="module")
def small() -> Audit:
    """An audit of one spot, to be changed at will."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("symmetry.measure.audit.SITES", FEW)
        return audit(drawn(), millimetres=(2.0,))


def texts_of(figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_table_tells_the_share_seen_and_what_is_called_real(photo):
    result = run("audit", photo)
    assert result.exit_code == 0
    assert "me.png" in result.stdout
    rows = [re.split(r"  +", line.strip()) for line in result.stdout.splitlines()]
    right, left = (next(row[1:] for row in rows if row[0] == f"mouth corner, {side}") for side in ("right", "left"))
    for cells in (right, left):
        assert [int(cell.split(" %")[0]) for cell in cells[:2]] == pytest.approx([100, 100], abs=15)
        assert cells[1].endswith("*")
        assert cells[2] in ("1 mm", "2 mm")
    assert "called real" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_json_has_every_trial(photo):
    result = json.loads(run("audit", photo, "-f", "json").stdout)
    assert list(result)[:2] == ["photo", "error"]
    assert (result["photo"], result["error"], result["method"]) == (str(photo), None, "registration")
    assert len(result["trials"]) == 4
    assert {(t["site"], t["side"], t["millimetres"]) for t in result["trials"]} == {
        (site.name, side, mm) for site in FEW for side in OWN_SIDES for mm in (1.0, 2.0)
    }
    assert all(0.8 < trial["seen"] < 1.2 for trial in result["trials"])
    assert len(result["real_from"]) == 2
    assert isinstance(result["flags"], list)


def test_csv_has_a_row_a_trial(photo):
    rows = list(csv.DictReader(io.StringIO(run("audit", photo, "-f", "csv").stdout)))
    assert len(rows) == 4
    assert tuple(rows[0]) == AUDIT_COLUMNS
    assert rows[0]["region"] == "mouth"
    assert float(rows[0]["seen"]) == pytest.approx(1, abs=0.2)
    assert {row["verdict"] for row in rows} <= {"improved", "worse", "no detectable change"}


def test_mirrored_photo_gives_the_same_sides(photo, tmp_path):
    Image.fromarray(np.ascontiguousarray(drawn()[:, ::-1])).save(tmp_path / "selfie.png")
    one, other = (
        json.loads(run("audit", *given, "-f", "json").stdout)["trials"]
        for given in ((photo,), (tmp_path / "selfie.png", "--mirrored"))
    )
    assert [t["seen"] for t in one] == pytest.approx([t["seen"] for t in other], abs=1e-6)


def test_files_are_the_owners_alone_and_the_figure_has_its_width(photo, tmp_path):
    result = run("audit", photo, "-o", tmp_path / "audit.json", "--figure", tmp_path / "audit.png", "-s", "ipd=63")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert json.loads((tmp_path / "audit.json").read_text())["scale_source"] == "ipd"
    with Image.open(tmp_path / "audit.png") as image:
        assert image.width == 1200
    for name in ("audit.json", "audit.png"):
        assert f"wrote {tmp_path / name}" in result.stderr
        if os.name == "posix":
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_photo_is_never_written_over(photo):
    before = photo.read_bytes()
    assert run("audit", photo, "-o", photo, "-f", "json").exit_code == 2
    result = run("audit", photo, "--figure", photo)
    assert result.exit_code == 1
    assert "choose another name" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert photo.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("me.jpg", "--scale", "none"), "millimetres"),
        (("me.jpg", "-o", "audit.docx"), "does not end in"),
        (("me.jpg", "--figure", "audit.gif"), "must end in"),
        ((), "Missing argument"),
        (("one.jpg", "two.jpg"), "unexpected extra argument"),
    ],
)
def test_wrong_usage_is_told_before_any_work(arguments, reason):
    result = run("audit", *arguments)
    assert result.exit_code == 2
    assert reason in result.stderr


def test_table_of_ones_own_repeatability_is_asked(photo, tmp_path):
    (tmp_path / "mine.csv").write_text("nothing")
    result = run("audit", photo, "--reliability", tmp_path / "mine.csv")
    assert result.exit_code == 1
    assert "mine.csv: " in result.stderr


def test_photo_that_cannot_be_measured_is_one_line_and_stands_in_the_output(tmp_path):
    wall = tmp_path / "wall.png"
    Image.new("RGB", (200, 150), (120, 130, 140)).save(wall)
    for name, reason in (("wall.png", "no face found"), ("gone.jpg", "no such file")):
        result = run("audit", tmp_path / name, "-f", "json")
        assert result.exit_code == 1
        assert len(result.stderr.splitlines()) == 1
        assert name in result.stderr
        assert reason in result.stderr
        failed = json.loads(result.stdout)
        assert reason in failed["error"]
        assert failed["trials"] == []
    result = run("audit", wall, "-f", "csv")
    (row,) = csv.DictReader(io.StringIO(result.stdout))
    assert "no face found" in row["error"]
    assert run("audit", wall).stdout == ""


def test_stopped_run_keeps_what_is_done(photo, tmp_path, monkeypatch):
    from symmetry import measure as module

    trials = module.run_trials

    def stopping(*given, **options):
        for number, trial in enumerate(trials(*given, **options)):
            if number == 3:
                raise KeyboardInterrupt
            yield trial

    monkeypatch.setattr(module, "run_trials", stopping)
    result = run("audit", photo, "-o", tmp_path / "some.json", "--figure", tmp_path / "some.png")
    assert result.exit_code == 130
    assert "stopped; 3 of 4" in result.stderr
    assert len(json.loads((tmp_path / "some.json").read_text())["trials"]) == 3
    assert (tmp_path / "some.png").exists()


def test_run_stopped_at_once_writes_nothing(photo, tmp_path, monkeypatch):
    def stop(*given, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("symmetry.measure.analyze", stop)
    result = run("audit", photo, "-o", tmp_path / "none.json")
    assert result.exit_code == 130
    assert not (tmp_path / "none.json").exists()


def test_help_answers_without_the_networks():
    import subprocess

    code = (
        "import sys; from symmetry.cli import main\n"
        "try: main(['audit', '--help'])\nexcept SystemExit: pass\n"
        "print({'cv2', 'ai_edge_litert', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "PHOTO" in done.stdout
    assert done.stdout.strip().endswith("set()")


def test_figure_shows_the_shares_and_what_is_not_seen(small):
    shown = texts_of(draw_audit(small))
    assert "What this photo can show" in shown
    for trial in small.trials:
        assert f"{100 * trial.seen:.0f} %" in shown
    assert "not seen" not in shown
    hair = Flag(name="covered", severity="warn", advice="Hair covers the mouth.")
    trials = tuple(
        Trial(site=one.site, region=one.region, side=one.side, millimetres=2.0, reason=hair) for one in small.trials
    )
    figure = draw_audit(Audit(face=small.face, trials=trials), title="Anna")
    assert texts_of(figure).count("not seen") == 2
    assert "Anna" in texts_of(figure)
    assert any("Hair covers the mouth." in text for text in texts_of(figure))


def test_figure_fills_the_marks_of_what_is_called_real(small):
    (one, other) = small.trials
    figure = draw_audit(
        Audit(
            face=small.face,
            trials=(
                Trial(site=one.site, region="mouth", side=one.side, millimetres=2.0, seen=1.0, verdict="worse"),
                Trial(site=one.site, region="mouth", side=other.side, millimetres=2.0, seen=0.5),
            ),
        )
    )
    faces = {line.get_gid(): line.get_markerfacecolor() for line in figure.axes[0].lines if line.get_gid() in MARKS}
    assert faces["not real"] == "white"
    assert faces["real"] != "white"


def test_same_audit_is_the_same_figure(small, tmp_path):
    from symmetry.output.figures import save_figure

    paths = [save_figure(draw_audit(small), tmp_path / name) for name in ("one.png", "two.png")]
    assert paths[0].read_bytes() == paths[1].read_bytes()
