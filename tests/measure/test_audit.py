"""Spots of photos are moved as told, and what is seen of them is told as it is."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import drawn
from hypothesis import given
from hypothesis import strategies as st

from symmetry import NoFaceError, ScaleError, analyze
from symmetry.landmarks.mesh import MIRROR, REGIONS
from symmetry.measure.audit import OWN_SIDES, SITES, Audit, Trial, audit, move_area, moved_photo, run_trials
from symmetry.measure.quality.flags import Flag

SITE = {site.name: site for site in SITES}


def dot(x: float, y: float, *, size: tuple[int, int] = (160, 200)) -> np.ndarray:
    """A soft dot on grey."""
    rows, columns = np.mgrid[: size[0], : size[1]]
    return np.rint(60 + 180 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * 3.0**2))).astype(np.uint8)


def middle(image: np.ndarray) -> np.ndarray:
    """Centre of what is brighter than grey, x and y."""
    light = np.maximum(image.astype(float) - 61, 0)
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    return np.array([(light * columns).sum(), (light * rows).sum()]) / light.sum()


@pytest.fixture
def few(monkeypatch):
    """Fewer spots, and faster."""

    def keep(*names: str) -> None:
        monkeypatch.setattr("symmetry.measure.audit.SITES", tuple(SITE[name] for name in names))

    return keep


@examples(40)
@given(
    x=st.floats(60, 140), y=st.floats(60, 100), far=st.floats(0, 12), turn=st.floats(0, 2 * np.pi), gray=st.booleans()
)
def test_what_lies_at_the_spot_goes_where_it_is_told(x, y, far, turn, gray):
    shift = far * np.array([np.cos(turn), np.sin(turn)])
    image = dot(x, y)
    moved = move_area(image if gray else np.dstack([image] * 3), (x, y), shift, 30.0)
    assert middle(moved if gray else moved[..., 1]) == pytest.approx(np.array([x, y]) + shift, abs=0.05 + 0.02 * far)


def test_movement_fades_out_as_a_gaussian():
    spread, shift = 25.0, np.array([6.0, 0.0])
    for away in (0.5, 1.0, 2.0):
        image = dot(100, 80 + away * spread, size=(200, 200))
        moved = move_area(image, (100, 80), shift, spread)
        assert middle(moved)[0] - 100 == pytest.approx(6 * np.exp(-(away**2) / 2), abs=0.2)


def test_nothing_outside_the_window_changes_and_its_edge_cannot_be_seen():
    noise = np.random.default_rng(5).integers(0, 256, (220, 260, 3), dtype=np.uint8)
    moved = move_area(noise, (120.3, 90.6), (3.0, -2.0), 12.0)
    rows, columns = np.mgrid[:220, :260]
    away = np.hypot(columns - 120.3, rows - 90.6)
    assert (moved[away > 4.5 * 12] == noise[away > 4.5 * 12]).all()
    assert (moved[away < 12] != noise[away < 12]).mean() > 0.9


def test_spot_at_the_edge_or_beyond_it_is_no_trouble():
    noise = np.random.default_rng(6).integers(0, 256, (80, 90, 3), dtype=np.uint8)
    assert move_area(noise, (0, 79), (2, 2), 6.0).shape == noise.shape
    assert (move_area(noise, (-500, 20), (2, 2), 6.0) == noise).all()
    assert (move_area(noise, (40, 40), (0, 0), 6.0) == noise).all()


def test_picture_that_is_moved_is_left_as_it_is():
    image = dot(90, 70)
    image.flags.writeable = False
    assert move_area(image, (90, 70), (5, 0), 20.0) is not image
    assert (image == dot(90, 70)).all()


@pytest.mark.parametrize("shift", [(8.0, 0.0), (0.0, -9.0), (np.nan, 0.0)])
def test_shift_that_folds_the_picture_is_refused(shift):
    with pytest.raises(ValueError, match="shorter than its spread"):
        move_area(dot(90, 70), (90, 70), shift, 8.0)


def test_sites_are_spots_of_their_regions_and_move_by_direction():
    face = analyze(drawn())
    for site in SITES:
        landmarks = {site.landmark_of(side) for side in OWN_SIDES}
        assert landmarks == {site.landmark, MIRROR[site.landmark]}
        assert landmarks & set(REGIONS[site.region])
        right, left = (site.toward(face, side) for side in OWN_SIDES)
        assert np.linalg.norm([right, left], axis=1) == pytest.approx(1)
        assert left == pytest.approx(right * [-1, 1], abs=0.05)
        if site.direction == "out":
            assert left[0] > 0.3 > left[1]
        else:
            assert left.tolist() == [0, 1]


@pytest.mark.parametrize("name", ["mouth corner", "brow", "middle of the jaw"])
def test_movement_is_seen_for_what_it_is(name, few):
    few(name)
    found = audit(drawn(), millimetres=(1.0, 3.0))
    assert len(found.trials) == 4
    for side in OWN_SIDES:
        for trial in found.at(name, side):
            assert trial.seen == pytest.approx(1, abs=0.15)
            assert trial.seen_alone == pytest.approx(1, abs=0.45)
            assert trial.reason is None
        assert found.at(name, side)[1].called_real
        assert found.real_from(name, side) in (1.0, 3.0)


def test_side_that_is_moved_is_the_persons_own():
    face = analyze(drawn())
    for side, sign in (("subject_right", -1), ("subject_left", 1)):
        moved = moved_photo(face, SITE["mouth corner"], side, 2.0)
        raised = moved.regions["mouth"].vertical - face.regions["mouth"].vertical
        assert sign * raised > 0.3


def test_mirrored_photo_gives_mirrored_trials(few):
    few("upper lid")
    image = drawn(mouth_subject_right=-2.0)
    plain, turned = (audit(pixels, millimetres=(2.0,)) for pixels in (image, np.ascontiguousarray(image[:, ::-1])))
    swapped = audit(np.ascontiguousarray(image[:, ::-1]), millimetres=(2.0,), mirrored=True)
    for one, other, same in zip(plain.trials, turned.trials[::-1], swapped.trials, strict=True):
        assert one.side != other.side
        assert one.seen == pytest.approx(other.seen, abs=0.03)
        assert one.evenness == pytest.approx(other.evenness, abs=0.05)
        assert one.verdict == other.verdict
        assert (one.side, one.seen) == (same.side, pytest.approx(same.seen, abs=1e-6))


def test_place_that_shows_nothing_is_not_guessed_at(few):
    few("cheek")
    face = analyze(drawn())
    rows, columns = np.mgrid[:560, :480]
    x, y, _ = face.landmarks[50]
    plain = np.zeros((560, 480))
    for at in face.landmarks[[50, MIRROR[50]], :2]:
        plain = np.maximum(plain, np.clip((65 - np.hypot(columns - at[0], rows - at[1])) / 20, 0, 1))
    image = drawn() + plain[..., None] * (drawn()[round(y), round(x)] - drawn().astype(float))
    image = np.rint(image).astype(np.uint8)
    (blank, *_) = audit(image, millimetres=(2.0,)).trials
    assert np.isnan(blank.seen)
    assert blank.reason is not None
    assert blank.reason.name == "face_covered"  # cheeks of one plain colour
    assert not blank.called_real


def test_flag_that_stops_a_region_is_the_reason(monkeypatch, few):
    few("mouth corner")
    stop = Flag(name="grin", severity="reject", advice="Do not grin.", touches=("mouth",))
    monkeypatch.setattr("symmetry.measure.analysis.check_photo", lambda portrait: (stop,))
    found = audit(drawn(), millimetres=(2.0,))
    assert {trial.reason.name for trial in found.trials if trial.reason} == {"grin"}
    assert {trial.verdict for trial in found.trials} == {"not comparable"}
    assert [flag.name for flag in found.flags].count("grin") == 1


def test_face_lost_on_the_way_is_a_trial_without_numbers(monkeypatch, few):
    few("mouth corner")
    face = analyze(drawn())

    def lose(*arguments: object, **options: object) -> None:
        raise NoFaceError("no face found; use another photo")

    monkeypatch.setattr("symmetry.measure.audit.measure_photo", lose)
    trials = list(run_trials(face, millimetres=(2.0,)))
    assert len(trials) == 2
    for trial in trials:
        assert np.isnan([trial.seen, trial.seen_alone, trial.evenness]).all()
        assert trial.reason is not None
        assert "no face found" in trial.reason.advice


def test_pixels_of_large_photos_are_moved_by_as_many_millimetres(few):
    # A photo held at half its size, as `read_photo` holds very large ones.
    from dataclasses import replace

    from symmetry.photos.reading import photo_from_array

    few("mouth corner")
    photo = photo_from_array(drawn())
    halved = replace(photo, reduction=2, size=(photo.size[0] * 2, photo.size[1] * 2))
    one, other = (audit(given, millimetres=(2.0,)).trials for given in (photo, halved))
    assert [trial.seen for trial in one] == pytest.approx([trial.seen for trial in other], abs=0.02)


def test_real_from_is_the_smallest_movement_called_real():
    def trials(*real: bool) -> Audit:
        verdict = {True: "worse", False: "no detectable change"}
        return Audit(
            face=analyze(drawn()),
            trials=tuple(
                Trial(site="brow", region="brows", side="subject_left", millimetres=mm, verdict=verdict[one])
                for mm, one in zip((3.0, 1.0, 2.0), real, strict=True)
            ),
        )

    assert trials(True, True, True).real_from("brow", "subject_left") == 1
    assert trials(True, False, True).real_from("brow", "subject_left") == 2
    assert np.isnan(trials(False, False, False).real_from("brow", "subject_left"))
    assert np.isnan(trials(True, True, True).real_from("brow", "subject_right"))


def test_movements_that_cannot_be_are_refused_before_any_work():
    face = analyze(drawn())
    for wrong in ((0.0,), (-1.0,), (6.0,), (float("nan"),)):
        with pytest.raises(ValueError, match="at most 5 mm"):
            run_trials(face, millimetres=wrong)
    with pytest.raises(ScaleError, match="ipd=MM"):
        audit(drawn(), scale="none")


def test_known_eye_distance_sets_the_millimetres(few):
    few("mouth corner")
    for ipd in (50.0, 75.0):
        found = audit(drawn(), scale=f"ipd={ipd}", millimetres=(2.0,))
        assert found.face.scale.interpupillary_mm == ipd
        assert [trial.seen for trial in found.trials] == pytest.approx([1, 1], abs=0.15)
