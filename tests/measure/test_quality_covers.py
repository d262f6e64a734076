"""Checks of what lies over a face and is, or is not, in the way: beards, glasses, hands, masks, light from the side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.covering import (
    bearded,
    behind_hand_on_mouth,
    in_glasses,
    in_light,
    in_skin,
    masked_somehow,
    side_lit,
)
from helpers.portraits import LONDON, needs_faces, portrait_of
from helpers.spoiling import Picture

from symmetry.errors import NoFaceError
from symmetry.landmarks.mesh import REGIONS
from symmetry.measure.analysis import analyze
from symmetry.measure.measures import MEASURE_NAMES
from symmetry.measure.quality.flags import Flag, rejecting
from symmetry.measure.quality.gate import check_photo
from symmetry.measure.quality.glasses import lines_of
from symmetry.measure.quality.hair import beard_of
from symmetry.measure.quality.lips import lip_borders
from symmetry.measure.quality.picture import check_picture, noise_of
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.view import view_of
from symmetry.photos.reading import read_photo
from symmetry.synthetic import LOOKS, Look, Scene, draw_face

SCENE = Scene(width=560, height=660, pixels_per_mm=2.4, offset=(0.0, -45.0))
JAW_AND_CHIN = {"jawline", "chin_deviation", "chin_angle", "jaw_angle_height", "jaw_angle_width"}
PHOTOS = 8
DEEP = Look(skin=(0.36, 0.24, 0.18), lips=(0.36, 0.19, 0.18), blush=(0.36, 0.18, 0.14), hair=(0.06, 0.05, 0.05), seed=3)


def stopped(flags: tuple[Flag, ...]) -> set[str]:
    return {name for name in (*REGIONS, *MEASURE_NAMES) if rejecting(flags, name)}


def grave(picture: Picture) -> dict[str, str]:
    return {flag.name: flag.severity for flag in check_photo(portrait_of(picture)) if flag.severity != "info"}


@pytest.fixture(scope="module", params=["hazel", "slate", "deep"])
def face(request) -> Portrait:
    look = DEEP if request.param == "deep" else LOOKS[request.param]
    return portrait_of(draw_face(scene=SCENE, look=look))


def test_bare_face_is_all_well(face):
    assert [flag for flag in check_photo(face) if flag.severity != "info"] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_full_beard_is_named_and_stops_jaw_and_chin_alone(face, seed):
    flags = check_photo(portrait_of(bearded(face, seed)))
    assert "beard" in {flag.name for flag in flags}
    assert "face_covered" not in {flag.name for flag in flags}
    assert stopped(flags) <= JAW_AND_CHIN


@pytest.mark.parametrize("heavy", [True, False], ids=["thick", "thin"])
def test_glasses_warn_about_eyes_and_brows_alone(face, heavy):
    (flag,) = [f for f in check_photo(portrait_of(in_glasses(face, 4, heavy=heavy))) if f.severity != "info"]
    assert (flag.name, flag.severity) == ("glasses", "warn")
    assert {name for name in (*REGIONS, *MEASURE_NAMES) if flag.concerns(name)} == {
        *("eyes", "brows", "brow_height", "mrd1", "mrd2", "palpebral_fissure"),
    }


def test_glasses_widen_the_errors_of_eyes_and_brows(face):
    bare, behind = (analyze(picture) for picture in (face.photo.pixels, in_glasses(face, 4)))
    for region, wider in (("eyes", True), ("brows", True), ("mouth", False)):
        ratio = behind.regions[region].vertical_error / bare.regions[region].vertical_error
        assert (ratio > 1.3) == wider


@pytest.mark.parametrize("seed", [1, 2])
def test_hand_of_the_same_skin_over_the_mouth_stops_it(face, seed):
    flags = check_photo(portrait_of(behind_hand_on_mouth(face, seed)))
    assert {"mouth", "lower_face", "commissure_height"} <= stopped(flags)
    assert not rejecting(flags, "brows")


def test_mask_stops_the_mouth_whatever_its_cloth(face):
    for seed in (1, 5):
        try:
            flags = check_photo(portrait_of(masked_somehow(face, seed)))
        except NoFaceError:
            continue
        assert rejecting(flags, "mouth")


@pytest.mark.parametrize("azimuth", [-75.0, 60.0])
def test_lamp_from_the_side_is_a_warning_and_no_cover(face, azimuth):
    picture = side_lit(face, 3, azimuth=azimuth, ambient=0.08)
    assert set(grave(picture)) == {"side_light"}
    flags = check_photo(portrait_of(picture))
    assert stopped(flags) == set()
    assert view_of(portrait_of(picture)).shaded == ("right" if azimuth > 0 else "left")


def test_hand_in_light_from_the_side_is_still_found(face):
    behind = portrait_of(behind_hand_on_mouth(face, 2))
    assert rejecting(check_photo(portrait_of(side_lit(behind, 3, azimuth=60.0, ambient=0.15))), "mouth")


def test_each_finding_rests_on_what_it_says(face):
    bare, glasses, beard, hand = (
        view_of(portrait_of(picture))
        for picture in (face.photo.pixels, in_glasses(face, 2), bearded(face, 2), behind_hand_on_mouth(face, 2))
    )
    assert lines_of(glasses).bridge > 3 * lines_of(bare).bridge
    assert lines_of(glasses).under > 3 * lines_of(bare).under
    assert beard_of(beard).evidence > beard_of(bare).evidence + 0.5
    assert sum(lip_borders(bare.fine)) > 1.5 * sum(lip_borders(hand.fine))


def toned(albedo: float) -> Look:
    """A look whose skin reflects some times as much light, linear."""
    darker = {
        name: tuple(c * albedo ** (1 / 2.2) for c in getattr(LOOKS["hazel"], name))
        for name in ("skin", "lips", "blush")
    }
    return replace(LOOKS["hazel"], **darker)


def warned(portrait: Portrait, light: float, noise: float, seed: int) -> bool:
    picture = in_light(portrait.photo.pixels, light, noise=noise, seed=seed)
    flags = check_picture(replace(portrait, photo=replace(portrait.photo, pixels=picture)))
    return any(flag.name in ("too_dark", "noisy") and flag.severity != "info" for flag in flags)


def test_darkness_is_judged_alike_for_all_skins():
    # Linear light, the sensor's noise, 8 bits. The rates differ by less than sampling explains: 1.96 sqrt(2 / 4 / n).
    people = [portrait_of(draw_face(scene=SCENE, look=toned(albedo))) for albedo in (1.0, 0.5, 0.25, 0.15)]
    for light, expected in ((0.5, 0.0), (0.25, 0.0), (1 / 8, 0.0), (1 / 400, 1.0)):
        rates = [np.mean([warned(person, light, 0.05, seed) for seed in range(PHOTOS)]) for person in people]
        assert np.ptp(rates) <= 1.96 * np.sqrt(2 * 0.25 / PHOTOS), (light, rates)
        assert np.mean(rates) == pytest.approx(expected, abs=0.05), (light, rates)


@needs_faces
def test_quarter_of_the_light_warns_nobody_and_hardly_any_light_everybody():
    for path in sorted(LONDON.glob("*_neutral.jpg"))[2::13]:
        person = portrait_of(read_photo(path).pixels)
        for albedo in (1.0, 0.4):
            darker = replace(person, photo=replace(person.photo, pixels=in_skin(person, albedo)))
            assert not warned(darker, 0.25, 0.05, 1), (path.name, albedo)
            assert warned(darker, 1 / 400, 0.05, 1), (path.name, albedo, noise_of(darker))
