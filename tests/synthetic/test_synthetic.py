"""The drawn faces are what the rest of the tests stand on, so here the pictures themselves are measured."""

from __future__ import annotations

import csv
import math
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from symmetry.synthetic import LOOKS, Asymmetry, Scene, draw_face, named_points, samples
from symmetry.synthetic.__main__ import main

SAMPLES = Path(__file__).parents[2] / "sample_images"
SMALL = Scene(width=480, height=560, pixels_per_mm=2.0, offset=(0.0, -30.0))
FEATURES = ("brow", "eye", "upper_lid", "lower_lid", "mouth", "jaw")
SIDES = ("subject_left", "subject_right")
# Which named points a feature takes along.
TAKES_ALONG = {
    "brow": {"brow_apex"},
    "eye": {"pupil", "upper_lid", "lower_lid"},
    "upper_lid": {"upper_lid"},
    "lower_lid": {"lower_lid"},
    "mouth": {"commissure"},
    "jaw": {"jaw"},
}
movements = st.builds(
    Asymmetry, **{f"{feature}_{side}": st.floats(-6.0, 6.0) for feature in FEATURES for side in SIDES}
)


def facial(asymmetry: Asymmetry | None = None, **options: object) -> dict[tuple[str, str], NDArray[np.float64]]:
    points = named_points(asymmetry=asymmetry, **options)  # type: ignore[arg-type]
    return {key: np.array(point.facial) for key, point in points.items()}


def pixel(name: str, side: str, *, asymmetry: Asymmetry | None = None, scene: Scene = SMALL) -> tuple[float, float]:
    return named_points(asymmetry=asymmetry, scene=scene)[name, side].pixel


def grey(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    return image.astype(np.float32).mean(axis=2)


def patch(image: NDArray[np.float32], centre: tuple[float, float], half: int) -> NDArray[np.float32]:
    return cv2.getRectSubPix(image, (2 * half + 1, 2 * half + 1), centre)


@lru_cache
def even_face() -> NDArray[np.uint8]:
    image = draw_face(scene=SMALL)
    image.setflags(write=False)
    return image


def difference(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.int64]:
    return np.abs(first.astype(np.int64) - second.astype(np.int64)).max(axis=2)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_even_face_equals_its_mirror_image(look):
    image = draw_face(scene=SMALL, look=look)
    assert image.shape == (560, 480, 3)
    assert image.dtype == np.uint8
    assert image.std() > 30
    assert difference(image, image[:, ::-1]).max() <= 1


def test_even_face_with_odd_width_equals_its_mirror_image():
    image = draw_face(scene=Scene(width=301, height=401, pixels_per_mm=1.3, offset=(0.0, -20.0)))
    assert difference(image, image[:, ::-1]).max() <= 1


def test_noise_is_seeded_and_the_only_thing_uneven_about_an_even_face():
    def noisy(seed):
        return draw_face(scene=Scene(width=300, height=360, pixels_per_mm=1.2, noise=4.0, seed=seed))

    assert np.array_equal(noisy(1), noisy(1))
    assert not np.array_equal(noisy(1), noisy(2))
    uneven = noisy(1).astype(float) - noisy(1)[:, ::-1]
    assert uneven.std() == pytest.approx(4.0 * math.sqrt(2), rel=0.1)
    assert abs(uneven[:, :150].mean()) < 0.1


def test_uneven_face_does_not_equal_its_mirror_image():
    image = draw_face(asymmetry=Asymmetry(mouth_subject_left=2.0), scene=SMALL)
    assert difference(image, image[:, ::-1]).max() > 40


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("feature", FEATURES)
@pytest.mark.parametrize("value", [-3.0, 2.5])
def test_a_movement_moves_its_own_points_by_just_that_much(feature, side, value):
    even, moved = facial(), facial(Asymmetry(**{f"{feature}_{side}": value}))
    for (name, where), at in even.items():
        step = moved[name, where] - at
        if where != side or name not in TAKES_ALONG[feature]:
            assert np.allclose(step, 0.0, atol=1e-12), (name, where)
        elif feature == "jaw":
            outward = 1.0 if side == "subject_left" else -1.0
            assert np.linalg.norm(step) == pytest.approx(abs(value))
            assert np.sign(step[0]) == outward * np.sign(value)
            assert abs(step[0]) > abs(step[1])
        else:
            assert step == pytest.approx([0.0, value, 0.0])


@given(movements)
@examples(25)
def test_movements_add_up_and_swapped_sides_mirror_them(asymmetry):
    even, moved, swapped = facial(), facial(asymmetry), facial(asymmetry.mirrored())
    for side, other in zip(SIDES, reversed(SIDES), strict=True):
        lid = moved["upper_lid", side] - even["upper_lid", side]
        expected = getattr(asymmetry, f"eye_{side}") + getattr(asymmetry, f"upper_lid_{side}")
        assert lid == pytest.approx([0.0, expected, 0.0], abs=1e-9)
        for name in ("brow_apex", "pupil", "commissure", "jaw"):
            assert moved[name, side] * [-1.0, 1.0, 1.0] == pytest.approx(swapped[name, other], abs=1e-5)
    assert moved["chin", "midline"] == pytest.approx(even["chin", "midline"])
    assert asymmetry.mirrored().mirrored() == asymmetry


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_face_has_human_size(look):
    at = facial(look=look)
    assert at["pupil", "subject_left"] == pytest.approx([31.5, 0.0, 0.0], abs=1e-3)
    assert at["pupil", "subject_right"][0] == -31.5
    assert 10.0 < at["upper_lid", "subject_left"][1] - at["lower_lid", "subject_left"][1] < 12.0
    assert at["nose_tip", "midline"][2] - at["jaw", "subject_left"][2] > 40.0
    assert 95.0 < 2 * at["jaw", "subject_left"][0] < 120.0


def test_drawn_iris_has_the_stated_diameter_and_distance():
    scene = Scene(width=900, height=500, pixels_per_mm=4.0, offset=(0.0, 0.0))
    image = grey(draw_face(scene=scene))
    middles = []
    for side in SIDES:
        column, row = pixel("pupil", side, scene=scene)
        across = np.arange(-42.0, 42.25, 0.25)
        line = image[round(row) + 2 : round(row) + 7].mean(axis=0)
        line = np.interp(column + across, np.arange(scene.width), line)
        slope = np.gradient(line)
        left = across[np.argmin(np.where((across > -32) & (across < -14), slope, 0.0))]
        right = across[np.argmax(np.where((across < 32) & (across > 14), slope, 0.0))]
        # The rows lie about 4.5 pixels below the middle of the iris, where its chord is a little shorter.
        diameter = 2 * math.hypot((right - left) / 2, 4.5)
        assert diameter == pytest.approx(11.7 * scene.pixels_per_mm, rel=0.03)
        middles.append(column + (left + right) / 2)
    assert middles[0] - middles[1] == pytest.approx(63.0 * scene.pixels_per_mm, rel=0.01)


@pytest.mark.parametrize(
    ("feature", "name", "half"),
    [("brow", "brow_apex", 11), ("eye", "pupil", 9), ("mouth", "commissure", 6)],
)
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("value", [2.0, -2.0])
def test_drawn_feature_is_found_where_the_table_says(feature, name, half, side, value):
    even = grey(even_face())
    asymmetry = Asymmetry(**{f"{feature}_{side}": value})
    moved = grey(draw_face(asymmetry=asymmetry, scene=SMALL))
    template = patch(even, pixel(name, side), half)
    column, row = pixel(name, side)
    search = patch(moved, (column, row), half + 8)
    score = cv2.matchTemplate(search, template, cv2.TM_CCOEFF_NORMED)
    _, best, _, (right, down) = cv2.minMaxLoc(score)
    assert best > 0.85
    expected = np.subtract(pixel(name, side, asymmetry=asymmetry), (column, row))
    assert expected == pytest.approx([0.0, -value * SMALL.pixels_per_mm], abs=1e-9)
    assert [right - 8, down - 8] == pytest.approx(expected, abs=1.01)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("value", [3.0, -3.0])
def test_drawn_jaw_edge_moves_outward_by_the_stated_millimetres(side, value):
    scene = Scene(width=600, height=640, pixels_per_mm=3.0, offset=(0.0, -60.0), blur=0.3)
    asymmetry = Asymmetry(**{f"jaw_{side}": value})
    column, row = pixel("jaw", side, scene=scene)
    step = np.subtract(pixel("jaw", side, scene=scene, asymmetry=asymmetry), (column, row))
    outward = step / np.linalg.norm(step) * np.sign(value)
    reach = np.arange(-18.0, 18.2, 0.2)

    def edge(image):
        x = (column + reach * outward[0]).astype(np.float32)
        y = (row + reach * outward[1]).astype(np.float32)
        profile = cv2.remap(image, x[None], y[None], cv2.INTER_LINEAR)[0]
        return reach[np.argmax(np.abs(np.gradient(profile)))]

    even = edge(grey(draw_face(scene=scene)))
    moved = edge(grey(draw_face(scene=scene, asymmetry=asymmetry)))
    assert even == pytest.approx(0.0, abs=1.0)
    assert moved - even == pytest.approx(value * scene.pixels_per_mm, abs=1.0)


@pytest.mark.parametrize("feature", FEATURES)
def test_picture_changes_near_the_feature_and_nowhere_else(feature):
    even = even_face()
    moved = draw_face(scene=SMALL, asymmetry=Asymmetry(**{f"{feature}_subject_right": 2.0}))
    changed = difference(even, moved) > 6
    assert changed.sum() > 40
    assert not changed[:, SMALL.width // 2 + 4 :].any()
    rows, columns = np.nonzero(changed)
    name = sorted(TAKES_ALONG[feature])[0]
    column, row = pixel(name, "subject_right")
    # The jaw takes its shadow on the neck along.
    reach = (62.0 if feature == "jaw" else 36.0) * SMALL.pixels_per_mm
    assert np.hypot(columns - column, rows - row).max() < reach


def test_upper_lid_slides_over_an_eye_that_stays():
    open_eye = grey(even_face())
    ptosis = grey(draw_face(scene=SMALL, asymmetry=Asymmetry(upper_lid_subject_left=-2.0)))
    column, row = (round(value) for value in pixel("pupil", "subject_left"))
    below = (slice(row, row + 6), slice(column - 8, column + 9))
    above = (slice(row - 11, row - 6), slice(column - 6, column + 7))
    assert np.abs(open_eye[below] - ptosis[below]).mean() < 6.0
    assert np.abs(open_eye[above] - ptosis[above]).mean() > 15.0


def test_swapped_sides_mirror_the_picture():
    asymmetry = Asymmetry(
        mouth_subject_right=-4.0, jaw_subject_left=3.5, brow_subject_left=-3.0, upper_lid_subject_right=-2.0
    )
    turned = {"width": 420, "height": 500, "pixels_per_mm": 1.8, "pitch": 3.0, "blur": 0.6}
    one = Scene(yaw=6.0, roll=4.0, offset=(7.0, -20.0), light_azimuth=15.0, **turned)
    other = Scene(yaw=-6.0, roll=-4.0, offset=(-7.0, -20.0), light_azimuth=-15.0, **turned)
    image = draw_face(asymmetry=asymmetry, scene=one)
    swapped = draw_face(asymmetry=asymmetry.mirrored(), scene=other)
    assert difference(image[:, ::-1], swapped).max() <= 2


@pytest.mark.parametrize(
    "turn", [{"yaw": 12.0}, {"pitch": -10.0}, {"roll": 15.0}, {"yaw": -8.0, "pitch": 5.0, "roll": -6.0}]
)
def test_turned_head_is_drawn_where_the_named_points_are(turn):
    scene = Scene(width=480, height=560, pixels_per_mm=2.0, offset=(0.0, -30.0), **turn)
    image = grey(draw_face(scene=scene))
    for side in SIDES:
        column, row = pixel("pupil", side, scene=scene)
        around = patch(image, (column, row), 8)
        # The catch-light sits above the middle of the pupil: look at the dark part below it.
        y, x = np.mgrid[-8:9, -8:9]
        dark = np.where((np.hypot(x, y) < 7) & (y > 0), np.maximum(70.0 - around, 0.0), 0.0)
        assert (dark * x).sum() / dark.sum() == pytest.approx(0.0, abs=0.8)
        assert dark.sum() > 500


def test_turn_of_the_head_has_the_stated_signs():
    def shift(**turn):
        scene = Scene(width=480, height=560, pixels_per_mm=2.0, **turn)
        return np.subtract(pixel("nose_tip", "midline", scene=scene), pixel("nose_tip", "midline", scene=Scene(
            width=480, height=560, pixels_per_mm=2.0)))  # fmt: skip

    assert shift(yaw=5.0)[0] > 2.0
    assert shift(pitch=5.0)[1] < -2.0
    tilted = named_points(scene=Scene(roll=5.0))
    assert tilted["pupil", "subject_left"].pixel[1] < tilted["pupil", "subject_right"].pixel[1]
    drop = np.subtract(tilted["pupil", "subject_right"].pixel, tilted["pupil", "subject_left"].pixel)
    assert math.degrees(math.atan2(drop[1], -drop[0])) == pytest.approx(5.0)


def test_light_from_one_side_brightens_that_side():
    image = grey(draw_face(scene=Scene(width=300, height=360, pixels_per_mm=1.2, light_azimuth=25.0)))
    assert image[120:240, 170:210].mean() > image[120:240, 90:130].mean() + 8.0


def test_skin_has_texture_that_registration_can_hold_on_to():
    scene = Scene(width=600, height=640, pixels_per_mm=3.4, offset=(0.0, -60.0))
    image = grey(draw_face(scene=scene))
    column, row = scene.centre
    cheek = patch(image, (column + 40 * 3.4, row + 40 * 3.4), 25)
    assert 0.6 < (cheek - cv2.GaussianBlur(cheek, (0, 0), 5)).std() < 8.0


@pytest.mark.parametrize("value", [6.5, -7.0, math.nan, math.inf])
def test_movement_out_of_range_is_refused(value):
    with pytest.raises(ValueError, match="mouth_subject_left"):
        Asymmetry(mouth_subject_left=value)


def test_movements_that_would_fold_the_face_are_refused():
    with pytest.raises(ValueError, match="fold the face"):
        draw_face(asymmetry=Asymmetry(brow_subject_left=-6.0, eye_subject_left=6.0), scene=SMALL)


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 0},
        {"pixels_per_mm": 0.0},
        {"pixels_per_mm": math.nan},
        {"yaw": 21.0},
        {"pitch": math.nan},
        {"noise": -1.0},
    ],
)
def test_impossible_scene_is_refused(wrong):
    with pytest.raises(ValueError, match=r"must|at most"):
        Scene(**wrong)


def truth() -> list[dict[str, str]]:
    with (SAMPLES / "truth.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def test_table_of_truth_is_the_one_the_samples_are_drawn_from():
    expected = [row for sample in samples.samples() for row in samples.truth_rows(sample)]
    assert truth() == expected
    assert tuple(expected[0]) == samples.COLUMNS
    photos = sorted(path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*.jpg"))
    assert photos == sorted({row["photo"] for row in expected})


def test_photos_say_when_but_not_where_they_were_taken():
    for photo, captured in {row["photo"]: row["captured"] for row in truth()}.items():
        with Image.open(SAMPLES / photo) as image:
            exif = image.getexif()
        taken = exif.get_ifd(0x8769)
        assert taken[0x9003].replace(":", "-", 2).replace(" ", "T") + taken[0x9011] == captured
        assert (exif[0x010F], exif[0x0110]) == ("Drawn", "symmetry synthetic")
        assert not exif.get_ifd(0x8825)
        if photo.startswith("series/"):
            assert captured[:10] == Path(photo).stem


def test_after_is_half_of_before_and_the_series_evens_out():
    values: dict[str, dict[tuple[str, str], float]] = {}
    for row in truth():
        if row["unit"] == "mm":
            values.setdefault(row["photo"], {})[row["region"], row["side"]] = float(row["value"])
    assert not any(values["even.jpg"].values())
    assert values["before.jpg"] == {key: 2 * value for key, value in values["after.jpg"].items()}
    assert sum(abs(value) >= 2.5 for value in values["before.jpg"].values()) == 4
    series = [values[photo] for photo in sorted(values) if photo.startswith("series/")]
    assert len(series) == 8
    for region, side in (("mouth", "subject_left"), ("jawline", "subject_right")):
        sizes = [abs(photo[region, side]) for photo in series]
        assert sizes[0] == 5.0
        assert sizes[-1] == 1.0
        assert sizes == sorted(sizes, reverse=True)
    for region in ("brows", "eyes"):
        assert len({(photo[region, "subject_left"], photo[region, "subject_right"]) for photo in series}) == 1


@pytest.mark.parametrize("photo", ["before.jpg"])
def test_shipped_photo_is_what_is_drawn_today(photo):
    sample = next(sample for sample in samples.samples() if sample.photo == photo)
    drawn = draw_face(asymmetry=sample.asymmetry, scene=sample.scene, look=LOOKS[sample.look]).astype(float)
    with Image.open(SAMPLES / photo) as image:
        shipped = np.asarray(image, dtype=float)
    assert np.abs(shipped - drawn).mean() < 2.0


def test_samples_are_written_alike_every_time(tmp_path, monkeypatch, capsys):
    few = [sample for sample in samples.samples() if sample.photo in ("before.jpg", "after.jpg")]
    small = Scene(width=240, height=320, pixels_per_mm=0.9, offset=(0.0, -20.0), noise=1.0)
    few = [samples.Sample(**{**{k: getattr(s, k) for k in s.__slots__}, "scene": small}) for s in few]
    monkeypatch.setattr(samples, "samples", lambda: few)
    assert main([str(tmp_path / "one")]) == 0
    assert "3 files" in capsys.readouterr().out
    samples.write_samples(tmp_path / "two" / "deep")
    for name in ("before.jpg", "after.jpg", "truth.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / "deep" / name).read_bytes()


def test_folder_that_cannot_be_written_is_one_line_on_standard_error(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(samples, "samples", lambda: samples._singles()[:1])
    (tmp_path / "file").write_text("")
    assert main([str(tmp_path / "file" / "folder")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
