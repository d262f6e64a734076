"""Checks of what lies over a face: drawn faces and photographs with masks, hands, hair and dark glasses painted on."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from conftest import drawn
from numpy.typing import NDArray
from test_quality_pose import LONDON, needs_faces, portrait_of

from symmetry.findings import Finding, rejecting
from symmetry.measures import MEASURE_NAMES
from symmetry.mesh import EYE_RIGHT, REGIONS, mirrored
from symmetry.photos import photo_from_array, read_photo
from symmetry.quality.appearance import AREAS, coarse, fit, learn, likeness, structure
from symmetry.quality.covering import check_covering, covering_of
from symmetry.quality.portrait import Portrait
from symmetry.quality.zones import EYES, MOUTH, colours, luminance
from symmetry.registration import standardize

Picture = NDArray[np.uint8]
RESULTS = {"all", *REGIONS, *MEASURE_NAMES}
_JAW = (234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152)
MASK = (*_JAW, *mirrored(_JAW[-2::-1]), 346, 347, 343, 197, 114, 118, 117)
UNDER_NOSE = (*_JAW[3:], *mirrored(_JAW[-2:2:-1]), 426, 391, 164, 165, 206)
BLUE, WHITE, BLACK = (150, 185, 215), (226, 226, 222), (38, 38, 42)


def painted(picture: Picture, outlines: list[NDArray[np.float64]], colour: tuple[float, float, float]) -> Picture:
    """The picture with soft-edged, shaded patches of one colour."""
    patch = np.zeros(picture.shape[:2], np.float32)
    for outline in outlines:
        cv2.fillPoly(patch, [np.rint(outline).astype(np.int32)], 1.0)
    patch = cv2.GaussianBlur(patch, (0, 0), 1.0)[..., None]
    middle = np.vstack(outlines).mean(axis=0)
    down, across = np.indices(picture.shape[:2])
    shade = 1 - 0.25 * (np.hypot(across - middle[0], down - middle[1]) / picture.shape[1] * 2) ** 2
    grain = np.random.default_rng(5).normal(0, 2, picture.shape)
    return np.clip(picture * (1 - patch) + (shade[..., None] * colour + grain) * patch, 0, 255).astype(np.uint8)


def masked(portrait: Portrait, colour=BLUE, outline=MASK) -> Picture:
    return painted(portrait.photo.pixels, [portrait.landmarks[list(outline), :2]], colour)


def in_dark_glasses(portrait: Portrait) -> Picture:
    turn = np.linspace(0, 2 * np.pi, 40)
    lens = np.column_stack([0.42 * np.cos(turn), 0.05 + 0.33 * np.sin(turn)]) * portrait.interpupillary
    eyes = [portrait.landmarks[list(eye), :2].mean(axis=0) for eye in (EYE_RIGHT, mirrored(EYE_RIGHT))]
    return painted(portrait.photo.pixels, [eye + lens for eye in eyes], (28, 26, 30))


def behind_hand(portrait: Portrait, over: int, towards: float) -> Picture:
    """Four fingers of the colour of the skin over a landmark, pointing in a direction, degrees clockwise from right."""
    unit = portrait.interpupillary / 63
    pixels = portrait.photo.pixels
    x, y = portrait.landmarks[151, :2].astype(int)
    skin = pixels[y - 4 : y + 5, x - 4 : x + 5].reshape(-1, 3).mean(axis=0) * 0.95
    along = np.array([np.cos(np.radians(towards)), np.sin(np.radians(towards))])
    aside = np.array([-along[1], along[0]])
    places = np.dstack(np.meshgrid(np.arange(pixels.shape[1]), np.arange(pixels.shape[0])))
    picture = pixels.astype(np.float64)
    for finger in range(4):
        tip = portrait.landmarks[over, :2] + (finger - 1.5) * 17 * unit * aside + 18 * unit * along
        back = np.clip((tip - places) @ along, 0, 110 * unit)
        off = np.linalg.norm(places - (tip - back[..., None] * along), axis=-1) / (8.8 * unit)
        round_ = skin * np.sqrt(np.clip(1 - 0.75 * off**2, 0.1, 1))[..., None]
        shadow = 1 - 0.35 * np.exp(-3 * np.clip(off - 1, 0, 9))
        picture = np.where(off[..., None] < 1, round_, picture * np.where(off < 1, 1, shadow)[..., None])
    return picture.astype(np.uint8)


def behind_hair(portrait: Portrait) -> Picture:
    """A broad strand over the person's left eye."""
    unit, eye = portrait.interpupillary / 63, portrait.landmarks[473, :2]
    outline = np.array([(-20, -60), (-14, -20), (-10, 30), (0, 80), (40, 80), (45, -60)]) * unit + eye
    return painted(portrait.photo.pixels, [outline], (60, 42, 32))


def covered(picture: Picture) -> list[Finding]:
    return [finding for finding in check_covering(portrait_of(picture)) if finding.name == "face_covered"]


@pytest.fixture(scope="module")
def face() -> Portrait:
    return portrait_of(drawn())


def test_drawn_faces_are_all_well(face):
    assert check_covering(face) == ()
    assert check_covering(portrait_of(drawn(mouth_subject_right=-5.0, jaw_subject_left=4.0))) == ()


@pytest.mark.parametrize("outline", [MASK, UNDER_NOSE], ids=["over the nose", "under the nose"])
@pytest.mark.parametrize("colour", [BLUE, WHITE, BLACK], ids=["blue", "white", "black"])
def test_mask_is_found_and_stops_what_lies_under_it(face, colour, outline):
    findings = covered(masked(face, colour, outline))
    for result in ("mouth", "jawline", "lower_face", "face", "mouth.lateral", "chin_deviation", "dental_show"):
        assert rejecting(findings, result), result
    assert not rejecting(findings, "mrd1")
    assert any("mouth and chin" in finding.advice for finding in findings)


def test_mask_over_the_nose_stops_the_nose(face):
    assert rejecting(covered(masked(face, BLUE)), "nose")
    assert not rejecting(covered(masked(face, BLUE, UNDER_NOSE)), "nose")


def test_dark_glasses_stop_the_eyes_alone(face):
    (finding,) = covered(in_dark_glasses(face))
    assert finding.severity == "reject"
    assert "the eyes" in finding.advice
    assert finding.concerns("palpebral_fissure")
    assert finding.concerns("commissure_height")  # it is taken from the pupils' height
    assert not finding.concerns("mouth")


def test_hair_over_one_eye_names_the_eye(face):
    (finding,) = covered(behind_hair(face))
    assert finding.severity == "reject"
    assert "the person's left eye" in finding.advice
    assert "right" not in finding.advice


@pytest.mark.parametrize(
    ("over", "towards", "touched"), [(17, -60, "mouth"), (159, -30, "eyes"), (205, -20, "cheeks"), (4, -25, "nose")]
)
def test_hand_of_the_same_skin_is_found(face, over, towards, touched):
    assert any(finding.concerns(touched) for finding in covered(behind_hand(face, over, towards)))


def test_mirror_image_swaps_the_sides(face):
    picture = behind_hair(face)
    one, other = (covering_of(portrait_of(p)) for p in (picture, np.ascontiguousarray(picture[:, ::-1])))
    assert one.eyes == pytest.approx(other.eyes[::-1], abs=0.1)
    assert one.sides == pytest.approx(other.sides[::-1], abs=0.03)
    assert one.lower == pytest.approx(other.lower, abs=0.1)


def test_what_is_no_face_is_rejected(face):
    noise = np.random.default_rng(3).normal(size=face.standard.pattern.shape)
    pattern = cv2.GaussianBlur(noise, (0, 0), 4.0)
    standard = replace(face.standard, pattern=(pattern / pattern.std()).astype(np.float32))
    findings = check_covering(replace(face, standard=standard))
    finding = next(finding for finding in findings if finding.name == "not_a_face")
    assert finding.severity == "reject"
    assert finding.touches == ("all",)
    assert finding.value < finding.limit


def test_findings_carry_value_limit_advice_and_what_they_touch(face):
    for finding in [*covered(masked(face)), *covered(in_dark_glasses(face)), *covered(behind_hand(face, 205, -20))]:
        assert finding.value >= finding.limit
        assert finding.advice.count(".") == 1
        assert finding.advice.endswith(".")
        assert set(finding.touches) <= RESULTS


def test_mean_face_fits_itself_everywhere_and_level_grey_nowhere(face):
    learned = learn([face.standard.pattern])
    mean = learned["mean"].astype(np.float32)
    np.testing.assert_array_equal(mean, mean[:, ::-1])
    seen = coarse(face.standard.pattern)
    assert likeness(seen, AREAS["face"], to=seen) == pytest.approx(1, abs=1e-6)
    for area in AREAS:
        assert 0.5 < fit(seen, area) <= 1
        assert fit(np.zeros_like(seen), area) == 0


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
    names = {path.name: check_covering(portrait_of(read_photo(path).pixels)) for path in paths}
    assert names == {path.name: () for path in paths}


@needs_faces
def test_masks_and_hands_in_photographs_are_found():
    for path in sorted(LONDON.glob("*_neutral.jpg"))[3::16]:
        person = portrait_of(cv2.resize(read_photo(path).pixels, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA))
        assert rejecting(covered(masked(person, WHITE)), "mouth"), path.name
        assert any(finding.concerns("mouth") for finding in covered(behind_hand(person, 17, -60))), path.name
        assert any(finding.concerns("eyes") for finding in covered(in_dark_glasses(person))), path.name
