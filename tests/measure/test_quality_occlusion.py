"""Checks of what lies over a face: drawn faces and photographs with masks, hands, hair and dark glasses painted on."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from helpers.faces import drawn
from helpers.portraits import LONDON, needs_faces, portrait_of
from helpers.spoiling import (
    BLACK,
    BLUE,
    MASK,
    UNDER_NOSE,
    WHITE,
    Picture,
    behind_hair,
    behind_hand,
    behind_microphone,
    cartoon,
    in_dark_glasses,
    in_mirror,
    masked,
)

from symmetry.landmarks.mesh import REGIONS
from symmetry.measure.measures import MEASURE_NAMES
from symmetry.measure.quality.appearance import AREAS, coarse, correlation, fit, learn, novelty, structure
from symmetry.measure.quality.flags import Flag, rejecting
from symmetry.measure.quality.occlusion import check_occlusion, occlusion_of
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.zones import EYES, MOUTH, colours, luminance
from symmetry.photos.reading import photo_from_array, read_photo
from symmetry.registration import standardize

RESULTS = {"all", *REGIONS, *MEASURE_NAMES}


def covered(picture: Picture) -> list[Flag]:
    return [flag for flag in check_occlusion(portrait_of(picture)) if flag.name == "face_covered"]


@pytest.fixture(scope="module")
def face() -> Portrait:
    return portrait_of(drawn())


def test_drawn_faces_are_all_well(face):
    assert check_occlusion(face) == ()
    assert check_occlusion(portrait_of(drawn(mouth_subject_right=-5.0, jaw_subject_left=4.0))) == ()


@pytest.mark.parametrize("outline", [MASK, UNDER_NOSE], ids=["over the nose", "under the nose"])
@pytest.mark.parametrize("colour", [BLUE, WHITE, BLACK], ids=["blue", "white", "black"])
def test_mask_is_found_and_stops_what_lies_under_it(face, colour, outline):
    flags = covered(masked(face, colour, outline))
    for result in ("mouth", "jawline", "lower_face", "face", "mouth.lateral", "chin_deviation", "dental_show"):
        assert rejecting(flags, result), result
    assert not rejecting(flags, "mrd1")
    assert any("mouth and chin" in flag.advice for flag in flags)


def test_mask_over_the_nose_stops_the_nose(face):
    assert rejecting(covered(masked(face, BLUE)), "nose")
    assert not rejecting(covered(masked(face, BLUE, UNDER_NOSE)), "nose")


def test_dark_glasses_stop_the_eyes_alone(face):
    (flag,) = covered(in_dark_glasses(face))
    assert flag.severity == "reject"
    assert "the eyes" in flag.advice
    assert flag.concerns("palpebral_fissure")
    assert flag.concerns("commissure_height")  # it is taken from the pupils' height
    assert not flag.concerns("mouth")


def test_hair_over_one_eye_names_the_eye(face):
    (flag,) = covered(behind_hair(face))
    assert flag.severity == "reject"
    assert "the person's left eye" in flag.advice
    assert "right" not in flag.advice


@pytest.mark.parametrize(
    ("over", "towards", "touched"), [(17, -60, "mouth"), (159, -30, "eyes"), (205, -20, "cheeks"), (4, -25, "nose")]
)
def test_hand_of_the_same_skin_is_found(face, over, towards, touched):
    assert any(flag.concerns(touched) for flag in covered(behind_hand(face, over, towards)))


def test_hand_that_reaches_the_chin_only_and_microphone_are_found(face):
    for picture in (behind_hand(face, 152, -75), behind_microphone(face)):
        (flag,) = covered(picture)
        assert "the chin" in flag.advice
        assert flag.concerns("jawline")
        assert not flag.concerns("eyes")
        assert occlusion_of(portrait_of(picture)).chin > 3 * occlusion_of(face).chin


def test_mirror_image_swaps_the_sides(face):
    picture = behind_hair(face)
    one, other = (occlusion_of(portrait_of(p)) for p in (picture, in_mirror(picture)))
    assert one.eyes == pytest.approx(other.eyes[::-1], abs=0.1)
    assert one.sides == pytest.approx(other.sides[::-1], abs=0.03)
    assert one.lower == pytest.approx(other.lower, abs=0.1)


def test_what_is_no_face_is_rejected(face):
    noise = np.random.default_rng(3).normal(size=face.standard.pattern.shape)
    pattern = cv2.GaussianBlur(noise, (0, 0), 4.0)
    standard = replace(face.standard, pattern=(pattern / pattern.std()).astype(np.float32))
    flags = check_occlusion(replace(face, standard=standard))
    flag = next(flag for flag in flags if flag.name == "not_a_face")
    assert flag.severity == "reject"
    assert flag.touches == ("all",)
    assert flag.value < flag.limit


@pytest.mark.parametrize("seed", [2, 4, 5])
def test_cartoon_is_no_face(seed):
    flags = check_occlusion(portrait_of(cartoon(seed)))
    assert [(f.severity, f.concerns("mouth")) for f in flags if f.name == "not_a_face"] == [("reject", True)]


def test_flags_carry_value_limit_advice_and_what_they_touch(face):
    for flag in [*covered(masked(face)), *covered(in_dark_glasses(face)), *covered(behind_hand(face, 205, -20))]:
        assert flag.value >= flag.limit
        assert flag.advice.count(".") == 1
        assert flag.advice.endswith(".")
        assert set(flag.touches) <= RESULTS


def test_mean_face_fits_itself_everywhere_and_level_grey_nowhere(face):
    learned = learn([face.standard.pattern])
    mean = learned["mean"].astype(np.float32)
    np.testing.assert_array_equal(mean, mean[:, ::-1])
    seen = coarse(face.standard.pattern)
    assert correlation(seen, AREAS["face"], to=seen) == pytest.approx(1, abs=1e-6)
    for area in AREAS:
        assert 0.5 < fit(seen, area) <= 1
        assert fit(np.zeros_like(seen), area) == 0


def test_strange_is_what_faces_do_not_show(face):
    seen = coarse(face.standard.pattern)
    spoilt = seen.copy()
    spoilt[42:46, 18:26] += 2.0 * (-1.0) ** np.indices((4, 8))[0]
    before, after = (novelty(pattern, "lower_face") for pattern in (seen, spoilt))
    assert before[AREAS["lower_face"]].max() < 0.2
    assert not before[~AREAS["lower_face"]].any()
    row, column = np.unravel_index(after.argmax(), after.shape)
    assert after.max() > 1
    assert 40 <= row <= 47
    assert 16 <= column <= 27
    np.testing.assert_allclose(novelty(3 * spoilt, "lower_face"), 9 * after, rtol=1e-4, atol=1e-5)


def test_structure_is_high_at_eyes_and_mouth_and_nothing_under_a_mask(face):
    under = standardize(photo_from_array(masked(face)), face.landmarks).pattern
    assert structure(face.standard.pattern, MOUTH) > 0.7 > 0.5 > structure(under, MOUTH)
    assert structure(under, EYES) > 0.7


def test_colours_are_those_of_the_photo(face):
    look, bright = colours(face), luminance(face)
    assert look.shape == (52, 44, 3)
    assert bright.shape == (208, 176)
    for landmark in (50, 280, 151):
        x, y = face.landmarks[landmark, :2].astype(int)
        there = drawn()[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, 3).mean(axis=0)
        assert np.abs(look - there).sum(axis=-1).min() < 12
    assert bright.mean() == pytest.approx((look @ [0.299, 0.587, 0.114]).mean(), rel=0.02)


@needs_faces
@pytest.mark.parametrize("which", ["neutral", "smiling"])
def test_photographs_pass(which):
    paths = sorted(LONDON.glob(f"*_{which}.jpg"))[::5]
    names = {path.name: check_occlusion(portrait_of(read_photo(path).pixels)) for path in paths}
    assert names == {path.name: () for path in paths}


@needs_faces
def test_masks_and_hands_in_photographs_are_found():
    for path in sorted(LONDON.glob("*_neutral.jpg"))[3::16]:
        person = portrait_of(cv2.resize(read_photo(path).pixels, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA))
        assert rejecting(covered(masked(person, WHITE)), "mouth"), path.name
        assert any(flag.concerns("mouth") for flag in covered(behind_hand(person, 17, -60))), path.name
        assert any(flag.concerns("eyes") for flag in covered(in_dark_glasses(person))), path.name
