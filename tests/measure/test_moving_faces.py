"""Faces that move: drawn smiles of known size and lag, curves of known shape, blinks, and words."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from helpers.command_line import run
from helpers.drawn_motion import bell, drawn_film
from helpers.faces import ROOT, drawn
from helpers.films import write_film
from hypothesis import given
from hypothesis import strategies as st

import symmetry
from symmetry.errors import NoFaceError, ScaleError
from symmetry.landmarks.mesh import MIRROR
from symmetry.landmarks.scale import IRIS
from symmetry.measure.motion.analysis import motion_of
from symmetry.measure.motion.curves import take_curves
from symmetry.measure.motion.events import find_movements
from symmetry.measure.motion.motion import checked_names
from symmetry.measure.motion.sites import SITE_NAMES, SITES, site_movement
from symmetry.measure.motion.spans import find_blinks, find_spans
from symmetry.measure.motion.tracking import Track, track_face
from symmetry.measure.motion.wording import answer, movement_words
from symmetry.photos.films import Frame
from symmetry.tabular import MOTION_COLUMNS

LAG, LEFT, RIGHT = 0.08, 4.0, 2.5
CORNER = SITE_NAMES.index("mouth_corner")


def made_track(count: int = 120, *, rate: float = 30.0, seed: int = 0, turn: float = 2.0) -> Track:
    """A face at rest: noise of 0.03 mm, and mouth corners that seem to move by 0.3 mm a degree of pitch."""
    noise = np.random.default_rng(seed)
    times = np.arange(count) / rate
    pose = np.column_stack([turn * np.sin(times), turn * np.cos(1.3 * times), 0 * times])
    movement = noise.normal(0, 0.03, (count, len(SITES), 2, 2))
    movement[:, CORNER, :, 1] += 0.3 * pose[:, 1:2]
    openings = np.full((count, 2), 0.3) + noise.normal(0, 0.003, (count, 2))
    return Track(
        times=times,
        movement=movement,
        openings=openings,
        pose=pose,
        gap=np.zeros(count),
        reference=0.0,
        mm_per_ipd=63.0,
        no_face=0,
    )


def smiling(track: Track, *, right: float, left: float, lag: float = 0.0, start: float = 1.0) -> Track:
    movement = track.movement.copy()
    movement[:, CORNER, 0, 1] += [right * bell(t, start) for t in track.times]
    movement[:, CORNER, 1, 1] += [left * bell(t - lag, start) for t in track.times]
    return replace(track, movement=movement)


@pytest.fixture(scope="module")
def drawn_smile():
    """Left 4 mm, right 2.5 mm 80 ms later, a right lid that sinks by 1 mm with it; the head turns."""

    def moves(time: float) -> dict[str, float]:
        late = bell(time - LAG, 0.9)
        return {
            "mouth_subject_left": LEFT * bell(time, 0.9),
            "mouth_subject_right": RIGHT * late,
            "upper_lid_subject_right": -late,
        }

    return track_face(drawn_film(2.5, moves), scale=IRIS)


def test_a_drawn_smile_is_measured(drawn_smile):
    curves = take_curves(drawn_smile)
    (smile,) = find_movements(curves)
    main = smile.main
    assert smile.expression == "small smile"
    assert smile.site == "mouth_corner"
    assert main.subject_left.excursion == pytest.approx(LEFT, rel=0.1)
    assert main.subject_right.excursion == pytest.approx(RIGHT, rel=0.1)
    assert main.difference == pytest.approx(LEFT - RIGHT, abs=0.3)
    assert main.lag == pytest.approx(-1000 * LAG, abs=20)
    assert abs(main.difference - (LEFT - RIGHT)) < main.difference_error
    assert abs(main.lag + 1000 * LAG) < main.lag_error
    assert main.subject_left.time_to_peak == pytest.approx(0.207, abs=0.04)


def test_a_drawn_synkinesis_is_found_and_no_other(drawn_smile):
    (smile,) = find_movements(take_curves(drawn_smile))
    (found,) = smile.synkinesis
    assert (found.site, found.side) == ("upper_lid", "subject_right")
    assert found.up == pytest.approx(-1.0, abs=0.35)


def test_what_a_turning_head_adds_is_taken_out():
    track = made_track()
    curves = take_curves(track)
    assert np.nanstd(track.movement[:, CORNER, 0, 1]) > 0.3
    assert np.nanstd(curves.smooth[:, CORNER, 0, 1]) < 0.05
    assert curves.resting.mean() > 0.9
    assert find_spans(curves) == []


@given(st.floats(1.5, 6.0), st.floats(1.5, 6.0), st.floats(-0.12, 0.12), st.integers(0, 20))
def test_curves_of_known_shape(right, left, lag, seed):
    curves = take_curves(smiling(made_track(seed=seed), right=right, left=left, lag=lag))
    (one,) = find_movements(curves)
    main = one.main
    assert main.subject_right.excursion == pytest.approx(right, abs=0.2)
    assert main.subject_left.excursion == pytest.approx(left, abs=0.2)
    assert main.lag == pytest.approx(1000 * lag, abs=12)
    assert main.ratio == pytest.approx(100 * min(left, right) / max(left, right), abs=8)
    assert one.start < one.peak < one.end
    assert one.synkinesis == ()


def test_mirrored_films_have_mirrored_results():
    track = smiling(made_track(), right=2.0, left=4.0, lag=0.05)
    (one,) = find_movements(take_curves(track))
    (other,) = find_movements(take_curves(replace(track, movement=track.movement[:, :, ::-1])))
    assert other.main.difference == pytest.approx(-one.main.difference)
    assert other.main.lag == pytest.approx(-one.main.lag)
    assert other.main.subject_right == one.main.subject_left


def test_sites_are_read_on_their_own_side():
    field = np.zeros((478, 2))
    corner = np.array(SITES[CORNER].landmarks)
    field[MIRROR[corner]] = [2.0, 1.0]
    moved = site_movement(field)
    np.testing.assert_allclose(moved[CORNER], [[0, 0], [2.0, 1.0]])
    field[corner] = [-2.0, 1.0]
    np.testing.assert_allclose(site_movement(field)[CORNER], [[2.0, 1.0], [2.0, 1.0]])
    field[corner[:3]] = np.nan
    assert np.isnan(site_movement(field)[CORNER, 0]).all()


def test_without_rest_nothing_is_sure():
    track = made_track(12)
    curves = take_curves(smiling(track, right=3.0, left=3.0, start=0.0))
    assert np.isnan(curves.noise).all()
    for one in find_movements(curves):
        assert np.isnan(one.main.difference_error)
        assert "cannot be told" in movement_words(one)


def test_frames_that_show_nothing_are_nan_and_not_made_up():
    track = smiling(made_track(), right=3.0, left=3.0)
    movement = track.movement.copy()
    movement[40:70] = np.nan
    curves = take_curves(replace(track, movement=movement))
    assert np.isnan(curves.raw[45:65, CORNER]).all()
    assert np.isfinite(curves.raw[:38, CORNER]).all()


def test_blinks_and_how_far_they_close():
    track = made_track(300)
    openings = track.openings.copy()
    openings[60:66] = 0.12
    openings[150:156, 0] = 0.12
    openings[150:156, 1] = 0.20
    openings[200:260] = 0.1  # two seconds: no blink
    whole, half = find_blinks(take_curves(replace(track, openings=openings)))
    assert whole.time == pytest.approx(62.5 / 30, abs=0.05)
    assert whole.complete == (True, True)
    assert half.complete == (True, False)
    assert half.closed_left == pytest.approx(0.8, abs=0.1)
    assert find_blinks(take_curves(made_track(100, rate=10))) == ()


def test_names_of_expressions_are_checked():
    assert checked_names(["rest", " Brows up", "rest", "big smile"]) == ("brows up", "big smile")
    with pytest.raises(ValueError, match="'grin' is no expression; use rest, brows up"):
        checked_names(["grin"])


def test_words_for_a_still_face():
    assert answer([], [], 3.0) == ["The face keeps still for 3.0 s: nothing moves by more than its error."]


def test_no_face_and_no_millimetres(tmp_path):
    wall = np.full((200, 200, 3), 120, np.uint8)
    with pytest.raises(NoFaceError, match="no face found in any frame"):
        track_face([Frame(time=0.0, pixels=wall)], scale=IRIS)
    with pytest.raises(ScaleError, match="millimetres"):
        symmetry.analyze_motion(tmp_path / "no.mp4", scale="none")


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    frames = drawn_film(1.6, lambda time: {"mouth_subject_left": 4.0 * bell(time, 0.6, rise=0.25, hold=0.2)})
    pictures = (frame.pixels for frame in frames)
    return write_film(tmp_path_factory.mktemp("motion") / "smile.mp4", pictures, crf="18")


def test_the_command_says_it_draws_it_and_writes_it(film, tmp_path):
    figure, data = tmp_path / "smile.png", tmp_path / "smile.json"
    done = run("motion", film, "--figure", figure, "-o", data, "--expressions", "big smile")
    assert done.exit_code == 0, done.stderr
    assert figure.stat().st_size > 50_000
    (found,) = json.loads(data.read_text())
    (smile,) = found["movements"]
    assert smile["site"] == "mouth_corner"
    assert smile["sites"]["mouth_corner"]["subject_left"]["excursion"] == pytest.approx(4.0, rel=0.15)
    assert len(found["times"]) == len(found["curves"]["brow"]["subject_left"]["up"])
    assert (smile["expression"], smile["proposed"]) == ("big smile", "small smile")
    assert "Big smile at" in found["answer"]
    assert "the right moves less" in found["answer"]


def test_the_command_has_one_line_for_what_goes_wrong(tmp_path):
    (tmp_path / "empty.mp4").touch()
    done = run("motion", tmp_path / "empty.mp4", "-f", "json")
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert json.loads(done.stdout)[0]["error"].startswith("the file is empty")
    for words in (["--rest", "2-1"], ["--expressions", "grin"], ["--scale", "none"]):
        assert run("motion", tmp_path / "empty.mp4", *words).exit_code == 2


def test_the_table_names_places_and_sides():
    from symmetry.output.tables import motion_tables, render

    film = motion_of(smiling(made_track(), right=2.0, left=4.0, lag=0.06), symmetry.analyze(drawn()), film="me.mp4")
    shown = render(motion_tables(film, details=True))
    lines = [line for line in shown.splitlines() if "mouth corner" in line and "±" in line]
    assert re.search(
        r"mouth corner +[12]\.\d ± 0\.\d +[34]\.\d ± 0\.\d +\+[12]\.\d ± 0\.\d +5\d ± \d+ +left [56]\d ± \d+", lines[-1]
    )
    frame = film.to_frame()
    assert tuple(frame.columns) == MOTION_COLUMNS
    assert len(frame) == len(SITES)
    assert frame["judged"].sum() == 1


def test_every_column_is_described():
    described = re.sub(r"\s+", " ", (ROOT / "docs/output.md").read_text(encoding="utf-8"))
    assert ", ".join(MOTION_COLUMNS) in described
