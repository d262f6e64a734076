"""One photo, from end to end: what `analyze` takes, what it gives, and whether the numbers are true."""

from __future__ import annotations

import csv
import math
from functools import lru_cache

import numpy as np
import pytest
from helpers.faces import SAMPLES, drawn

import symmetry
from symmetry import PhotoError, ScaleError, SeveralFacesError
from symmetry.landmarks.mesh import MIRROR
from symmetry.landmarks.mesh import REGIONS as PAIRS
from symmetry.landmarks.scale import Scale
from symmetry.measure.analysis import measure_landmarks
from symmetry.measure.face import PERCENT, Evidence
from symmetry.measure.quality.flags import Flag
from symmetry.measure.reliability_table import PHOTO_NUMBERS, shipped_table
from symmetry.photos.reading import Photo, photo_from_array
from symmetry.synthetic import Scene, draw_face

REGIONS = ("jawline", "eyes", "mouth", "brows", "nasolabial", "cheeks", "nose", "lower_face", "face")
ROUNDING = 0.01
"""Millimetres or degrees within which registration is the same in the mirror: places are rounded to 1 / 32 pixel."""
UNEVEN = {"mouth_subject_right": -4.0, "brow_subject_left": -3.0}


def truths():
    """Photo, region, field and left less right of every drawn difference of 2 mm or more."""
    with (SAMPLES / "truth.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    value = {(row["photo"], row["region"], row["side"], row["quantity"]): float(row["value"]) for row in rows}
    found = []
    for photo in dict.fromkeys(row["photo"] for row in rows):
        for region, field, quantity in [
            ("brows", "vertical", "vertical"),
            ("eyes", "vertical", "vertical"),
            ("mouth", "vertical", "vertical"),
            ("jawline", "lateral", "outward"),
        ]:
            left, right = (value[photo, region, side, quantity] for side in ("subject_left", "subject_right"))
            if abs(left - right) >= 2:
                found.append((photo, region, field, left - right))
    return found


@lru_cache
def sample(name):
    return symmetry.analyze(SAMPLES / name)


@lru_cache
def uneven(**options):
    return symmetry.analyze(drawn(**UNEVEN), **options)


def numbers(face):
    """Every number of an analysis, in a fixed order."""
    regions = [
        getattr(region, name)
        for region in face.regions.values()
        for name in ("asymmetry", "lateral", "vertical", "percent", "lateral_percent", "vertical_percent")
    ]
    measures = [
        getattr(measure, name)
        for measure in face.measures.values()
        for name in ("subject_right", "subject_left", "difference")
    ]
    pose = [face.pose.yaw, face.pose.pitch, face.pose.roll, face.mm_per_pixel]
    return np.concatenate([face.landmarks.ravel(), face.asymmetry.ravel(), regions, measures, pose])


def test_the_sample_photos_hold_enough_to_test():
    assert len(truths()) >= 30
    assert {region for _, region, _, _ in truths()} == {"brows", "eyes", "mouth", "jawline"}


@pytest.mark.parametrize(("photo", "region", "field", "difference"), truths())
def test_drawn_asymmetry_is_seen_on_its_side_and_in_its_direction(photo, region, field, difference):
    seen = getattr(sample(photo).regions[region], field)
    # A mouth corner's and a jaw's movement fade toward the middle: their regions' means are a share of it.
    least = {"brows": 0.7, "eyes": 0.8, "mouth": 0.5, "jawline": 0.2}
    assert least[region] < seen / difference < 1.15


def test_even_face_is_even():
    for region in sample("even.jpg").regions.values():
        assert abs(region.vertical) < 0.5, region
        assert abs(region.lateral) < 0.5, region
        assert region.asymmetry < 0.5, region


def test_drawn_pose_is_found_to_a_few_degrees():
    face = symmetry.analyze(draw_face(scene=Scene(width=480, height=560, pixels_per_mm=2.0, yaw=12.0, roll=9.0)))
    assert face.pose.yaw == pytest.approx(12.0, abs=3.0)  # measured: 9.5; the drawn depth is not quite the mesh's
    assert face.pose.roll == pytest.approx(9.0, abs=2.0)
    assert face.pose.pitch == pytest.approx(0.0, abs=3.0)


@pytest.mark.parametrize("shift", [(0.0, -30.0), (11.0, -20.0)])
def test_iris_gives_millimetres_to_5_percent(shift):
    face = symmetry.analyze(draw_face(scene=Scene(width=480, height=560, pixels_per_mm=2.0, offset=shift)))
    assert face.mm_per_pixel == pytest.approx(0.5, rel=0.05)


def test_path_text_array_and_photo_give_the_same():
    path = SAMPLES / "even.jpg"
    photo = symmetry.read_photo(path)
    from_path = sample("even.jpg")
    for image in (str(path), photo, photo.pixels):
        assert np.array_equal(numbers(symmetry.analyze(image)), numbers(from_path), equal_nan=True)
    assert from_path.photo.name == str(path)
    assert symmetry.analyze(photo).photo is photo


def test_gray_array_is_taken_too(uneven_photo):
    gray = uneven_photo[..., 1]
    whole = symmetry.analyze(np.repeat(gray[..., None], 3, axis=2))
    assert np.array_equal(symmetry.analyze(gray).landmarks, whole.landmarks)


def test_selfie_saved_as_in_a_mirror_gives_the_face_itself():
    flipped = drawn(**UNEVEN)[:, ::-1]
    swapped = symmetry.analyze(flipped, mirrored=True)
    assert numbers(swapped) == pytest.approx(numbers(uneven()), abs=1e-6, nan_ok=True)
    assert np.array_equal(swapped.photo.pixels, drawn(**UNEVEN))


def test_mirror_image_gives_the_same_scores_with_the_sides_swapped():
    face, other = uneven(), symmetry.analyze(drawn(**UNEVEN)[:, ::-1])
    assert other.asymmetry == pytest.approx(face.asymmetry[MIRROR] * [-1.0, 1.0], abs=ROUNDING, nan_ok=True)
    for name, region in face.regions.items():
        assert other.regions[name].asymmetry == pytest.approx(region.asymmetry, abs=ROUNDING, nan_ok=True)
        assert other.regions[name].lateral == pytest.approx(-region.lateral, abs=ROUNDING, nan_ok=True)
        assert other.regions[name].vertical == pytest.approx(-region.vertical, abs=ROUNDING, nan_ok=True)
    for name, measure in face.measures.items():
        assert other.measures[name].difference == pytest.approx(-measure.difference, abs=ROUNDING)
        assert other.measures[name].subject_left == pytest.approx(measure.subject_right, abs=ROUNDING, nan_ok=True)
    assert (other.pose.yaw, other.pose.roll) == pytest.approx((-face.pose.yaw, -face.pose.roll), abs=ROUNDING)


def test_mirror_image_of_landmarks_alone_gives_exactly_that():
    face, other = (
        symmetry.analyze(image, landmarks_only=True) for image in (drawn(**UNEVEN), drawn(**UNEVEN)[:, ::-1])
    )
    assert other.asymmetry == pytest.approx(face.asymmetry[MIRROR] * [-1.0, 1.0], abs=1e-9)
    assert face.method == "landmarks"


def test_names_units_and_shapes_are_those_that_others_call():
    face = uneven()
    assert tuple(face.regions) == REGIONS
    assert all(face.regions[name].region == name for name in REGIONS)
    assert len(face.measures) == 18
    assert {measure.unit for measure in face.measures.values()} == {"mm", "degrees"}
    assert face.landmarks.shape == (478, 3)
    assert face.asymmetry.shape == (478, 2)
    assert face.unit == "mm"
    assert face.flags == ()


def test_every_number_has_its_error():
    face = uneven()
    for region in face.regions.values():
        for number, error in (
            (region.asymmetry, region.asymmetry_error),
            (region.lateral, region.lateral_error),
            (region.vertical, region.vertical_error),
            (region.percent, region.percent_error),
        ):
            assert math.isfinite(number) == math.isfinite(error)
            assert not error <= 0
        if math.isfinite(region.percent):
            assert region.percent_error / region.asymmetry_error == pytest.approx(
                region.lateral_percent_error / region.lateral_error
            )
    for measure in face.measures.values():
        assert math.isfinite(measure.difference) == math.isfinite(measure.difference_error)
        assert measure.norm


def test_asymmetry_is_freed_of_noise():
    face = uneven()
    noise = shipped_table()["registration"].photo_sd[PHOTO_NUMBERS.index("field") :: len(PHOTO_NUMBERS)]
    for place, (name, pairs) in enumerate(PAIRS.items()):
        seen = face.asymmetry[pairs]
        rms = math.sqrt(np.nanmean((seen**2).sum(axis=-1)))
        expected = math.sqrt(max(rms**2 - noise[place] ** 2, 0.0))
        assert face.regions[name].asymmetry == pytest.approx(expected, nan_ok=True)


def test_a_number_that_a_flag_rejects_is_not_given():
    turned = Flag(name="head_turned", severity="reject", advice="", touches=("jawline.lateral", "mrd1"))
    covered = Flag(name="face_covered", severity="reject", advice="", touches=("mouth",))
    whole = uneven()
    evidence = Evidence(refined=whole.refined, flags=(turned, covered), detection=whole.detection)
    face = measure_landmarks(whole.photo, whole.landmarks, scale=whole.scale, evidence=evidence)
    assert math.isnan(face.regions["jawline"].lateral)
    assert math.isnan(face.regions["jawline"].lateral_error)
    assert face.regions["jawline"].vertical == whole.regions["jawline"].vertical
    assert math.isnan(face.regions["mouth"].asymmetry)
    assert math.isnan(face.measures["commissure_height"].difference)  # of the mouth
    assert math.isnan(face.measures["mrd1"].difference)
    assert face.measures["mrd2"].difference == whole.measures["mrd2"].difference
    assert np.isnan(face.asymmetry[PAIRS["mouth"]]).all()


def test_field_scores_and_measures_are_of_one_face():
    face = uneven()
    placed = face.frame.place(face.points) * face.mm_per_pixel
    assert face.asymmetry[291, 1] == pytest.approx(placed[291, 1] - placed[61, 1])
    assert face.measures["commissure_height"].difference == pytest.approx(face.asymmetry[291, 1])
    assert face.regions["mouth"].percent == pytest.approx(
        face.regions["mouth"].asymmetry / (face.interpupillary * face.mm_per_pixel) * 100
    )


def test_without_a_scale_there_are_percentages_and_no_millimetres():
    face, known = uneven(scale="none"), uneven()
    assert math.isnan(face.mm_per_pixel)
    assert np.isnan(face.asymmetry).all()
    for name, region in face.regions.items():
        assert all(math.isnan(value) for value in (region.asymmetry, region.lateral, region.vertical))
        assert region.percent == pytest.approx(known.regions[name].percent, abs=0.05)
        assert region.lateral_percent == pytest.approx(known.regions[name].lateral_percent, abs=1e-12)
        assert region.vertical_percent == pytest.approx(known.regions[name].vertical_percent, abs=1e-12)
    assert face.unit == PERCENT
    assert {measure.unit for measure in face.measures.values()} == {PERCENT, "degrees"}
    share = 100 / (known.interpupillary * known.mm_per_pixel)
    assert face.measures["mrd1"].subject_left == pytest.approx(known.measures["mrd1"].subject_left * share)
    assert face.measures["mouth_cant"].difference == pytest.approx(known.measures["mouth_cant"].difference)


def test_known_distance_between_the_pupils_sets_the_millimetres():
    face = uneven(scale="ipd=63")
    assert face.interpupillary * face.mm_per_pixel == pytest.approx(63.0)
    assert face.scale == Scale("ipd", 63.0)


def test_scale_that_is_none_is_refused(uneven_photo):
    with pytest.raises(ScaleError, match="ipd=MM"):
        symmetry.analyze(uneven_photo, scale="feet")


@pytest.fixture(scope="module")
def two_faces():
    one = drawn()
    other = draw_face(scene=Scene(width=280, height=560, pixels_per_mm=1.2, offset=(0.0, 0.0)))
    return np.concatenate([one, other], axis=1)


def test_of_several_faces_the_largest_is_taken_and_it_says_so(two_faces):
    face = symmetry.analyze(two_faces)
    assert face.landmarks[:, 0].max() < 480
    (flag,) = (flag for flag in face.flags if flag.name == "several_faces")
    assert flag.severity == "info"
    assert "1 other face" in flag.advice


def test_of_several_faces_none_is_taken_when_only_one_is_allowed(two_faces):
    with pytest.raises(SeveralFacesError, match="2 faces found"):
        symmetry.analyze(two_faces, face="only")


def test_single_face_is_taken_when_only_one_is_allowed(uneven_photo):
    assert np.array_equal(symmetry.analyze(uneven_photo, face="only").landmarks, uneven().landmarks)


@pytest.mark.parametrize("mirrored", [False, True])
def test_results_cannot_be_changed(mirrored):
    face = uneven(mirrored=mirrored)
    arrays = {
        "landmarks": face.landmarks,
        "asymmetry": face.asymmetry,
        "origin": face.frame.origin,
        "axes": face.frame.axes,
        "pixels": face.photo.pixels,
    }
    assert [name for name, array in arrays.items() if array.flags.writeable] == []
    with pytest.raises(TypeError):
        face.regions["mouth"] = face.regions["eyes"]
    with pytest.raises(TypeError):
        del face.measures["mrd1"]
    with pytest.raises(AttributeError):
        face.mm_per_pixel = 1.0


def test_array_given_is_neither_changed_nor_kept(uneven_photo):
    image = uneven_photo.copy()
    face = symmetry.analyze(image)
    assert np.array_equal(image, uneven_photo)
    image[:] = 0
    assert np.array_equal(face.photo.pixels, uneven_photo)


def test_landmarks_of_a_reduced_photo_are_those_of_the_full_size():
    small = photo_from_array(drawn(**UNEVEN))
    width, height = small.size
    reduced = Photo(
        name="large",
        pixels=small.pixels,
        size=(width * 2, height * 2),
        reduction=2,
        captured=None,
        captured_source=None,
        sha256="",
    )
    face = symmetry.analyze(reduced)
    assert face.landmarks == pytest.approx(uneven().landmarks * 2 + [0.5, 0.5, 0.0])
    assert face.mm_per_pixel == pytest.approx(uneven().mm_per_pixel / 2)
    assert face.asymmetry == pytest.approx(uneven().asymmetry, abs=1e-4, nan_ok=True)


def test_known_landmarks_are_measured_without_the_networks():
    face = uneven()
    evidence = Evidence(refined=face.refined, detection=face.detection)
    again = measure_landmarks(face.photo, face.landmarks, scale=Scale(), evidence=evidence)
    assert np.array_equal(numbers(again), numbers(face), equal_nan=True)


@pytest.mark.parametrize("bad", [np.zeros((40, 40, 2), np.uint8), np.zeros((64, 64, 3))])
def test_array_that_is_no_photo_is_refused(bad):
    with pytest.raises(PhotoError, match="array has"):
        symmetry.analyze(bad)


def test_missing_file_is_a_photo_error(tmp_path):
    with pytest.raises(PhotoError):
        symmetry.analyze(tmp_path / "none.jpg")


def test_half_a_face_has_no_midline(uneven_photo):
    whole = uneven()
    middle = int(whole.landmarks[6, 0])
    half = symmetry.analyze(np.ascontiguousarray(uneven_photo[:, : middle + 40]))
    assert "face_cut" in [flag.name for flag in half.flags]
    for name in ("chin_deviation", "philtrum_deviation", "nose_tip_deviation"):
        assert math.isfinite(whole.measures[name].difference)
        assert math.isnan(half.measures[name].difference)


def test_result_without_its_pictures_keeps_its_numbers():
    face = uneven().without_pixels()
    assert face.standard is None
    assert face.photo.pixels.size == 0
    assert np.array_equal(numbers(face), numbers(uneven()), equal_nan=True)
    assert symmetry.compare(face, face).method == "landmarks"
