"""Checks of the picture: size, sharpness, light, noise and compression of drawn faces made worse in known ways."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from helpers.faces import drawn
from helpers.portraits import LONDON, needs_faces, portrait_of
from helpers.spoiling import Picture, blurred, grainy, in_mirror, lit, lit_from_side, resized, saved, shaken

from symmetry.landmarks.mesh import REGIONS
from symmetry.measure.measures import MEASURE_NAMES
from symmetry.measure.quality.picture import blockiness, blur_of, check_picture, light_of, noise_of
from symmetry.photos.reading import photo_from_array

MM = 2.0
"""Pixels of the drawn face a millimetre; 126 between its eyes."""
RESULTS = {"all", *REGIONS, *MEASURE_NAMES}


def found(picture: Picture) -> dict[str, str]:
    return {flag.name: flag.severity for flag in check_picture(portrait_of(picture))}


def test_drawn_face_is_all_well():
    assert found(drawn()) == {}


@pytest.mark.parametrize(
    ("spoilt", "expected"),
    [
        (resized(drawn(), 0.37), {"face_small": "warn"}),
        (blurred(drawn(), 2.0 * MM), {"blurred": "warn"}),
        (blurred(drawn(), 3.5 * MM), {"blurred": "reject"}),
        (shaken(drawn(), 17), {"blurred": "warn"}),
        (shaken(drawn(), 17, down=True), {"blurred": "warn"}),
        (grainy(lit(drawn(), 0.03), 4), {"too_dark": "warn"}),
        (lit(drawn(), 0.0015), {"too_dark": "reject"}),
        (lit(drawn(), np.linspace(4, 0.5, 560)[:, None, None]), {"too_bright": "warn"}),
        (lit(drawn(), 9.0), {"too_bright": "reject"}),
        (lit_from_side(drawn(), 25.0), {"side_light": "warn"}),
        (grainy(drawn(), 25), {"noisy": "warn"}),
        (saved(drawn(), 8), {"compressed": "warn"}),
    ],
    ids=lambda value: "" if isinstance(value, np.ndarray) else "-".join(f"{k}-{v}" for k, v in value.items()),
)
def test_spoilt_picture_is_called_what_it_is(spoilt, expected):
    assert found(spoilt) == expected


def test_tiny_face_is_rejected():
    assert found(resized(drawn(), 0.2))["face_small"] == "reject"


@pytest.mark.parametrize(
    "changed",
    [blurred(drawn(), 0.5 * MM), lit(drawn(), 0.5), lit(drawn(), 1.4), lit_from_side(drawn(), 1.5), saved(drawn(), 70)],
    ids=["a little blur", "half the light", "more light", "light a little from the side", "JPEG 70"],
)
def test_small_faults_pass(changed):
    assert found(changed) == {}


def test_flags_carry_value_limit_advice_and_what_they_touch():
    spoilt = grainy(lit_from_side(lit(drawn(), 0.05), 25.0), 12)
    flags = check_picture(portrait_of(spoilt))
    assert {"too_dark", "side_light"} <= {flag.name for flag in flags}
    for flag in flags:
        assert flag.value is not None
        assert flag.limit is not None
        assert flag.advice.count(".") == 1
        assert flag.advice.endswith(".")
        assert flag.touches
        assert set(flag.touches) <= RESULTS


def test_blur_is_read_in_millimetres_and_grows():
    read = [blur_of(portrait_of(blurred(drawn(), sigma * MM))) for sigma in (0.5, 1.5, 2.0, 3.0)]
    assert np.all(np.diff(read) > 0)
    assert read[1:] == pytest.approx([1.5, 2.0, 3.0], rel=0.3)


def test_blur_depends_neither_on_resolution_nor_on_noise():
    soft = blurred(drawn(), 2.0 * MM)
    read = blur_of(portrait_of(soft))
    assert blur_of(portrait_of(resized(soft, 0.6))) == pytest.approx(read, rel=0.1)
    assert blur_of(portrait_of(grainy(soft, 8))) == pytest.approx(read, rel=0.1)


def test_light_from_the_side_changes_its_sign_in_the_mirror():
    picture = lit_from_side(drawn(), 4.0)
    light = light_of(portrait_of(picture))
    mirrored = light_of(portrait_of(in_mirror(picture)))
    assert light.side_light > 0.5  # the right of a photo is the subject's left
    assert mirrored.side_light == pytest.approx(-light.side_light, abs=0.02)
    assert mirrored.brightness == pytest.approx(light.brightness, abs=0.5)


def test_light_is_measured_on_the_grey_scale():
    light, half = (light_of(portrait_of(picture)) for picture in (drawn(), (drawn() / 2).astype(np.uint8)))
    assert half.brightness == pytest.approx(light.brightness / 2, abs=1)
    assert half.contrast == pytest.approx(light.contrast / 2, abs=2)
    assert half.side_light == pytest.approx(light.side_light, abs=0.03)


def test_noise_grows_with_noise_and_shrinks_with_contrast():
    clean, grain, more = (noise_of(portrait_of(grainy(drawn(), sigma))) for sigma in (0, 10, 20))
    assert clean < 0.5 < grain
    assert more == pytest.approx(2 * grain, rel=0.15)
    faint = (drawn() / 2 + 60).astype(np.uint8)
    assert noise_of(portrait_of(grainy(faint, 10))) > 1.5 * grain


def test_blocks_show_at_low_quality_wherever_the_photo_was_cropped_and_not_after_resizing():
    qualities = [blockiness(portrait_of(saved(drawn(), quality))) for quality in (90, 30, 8)]
    assert np.all(np.diff(qualities) > 0)
    cropped = np.ascontiguousarray(saved(drawn(), 8)[5:, 3:])
    assert blockiness(portrait_of(cropped)) == pytest.approx(qualities[2], rel=0.1)
    assert blockiness(portrait_of(resized(saved(drawn(), 8), 0.83))) < 1


def test_photo_that_holds_hardly_any_face_is_measured_without_error():
    portrait = portrait_of(drawn())
    corner = photo_from_array(np.ascontiguousarray(drawn()[:40, :40]))
    cut = type(portrait)(
        photo=corner,
        landmarks=portrait.landmarks,
        frame=portrait.frame,
        standard=portrait.standard,
        disagreement=0.0,
        others=0,
    )
    assert all(np.isfinite(flag.value) for flag in check_picture(cut))


@needs_faces
def test_photographs_pass():
    paths = sorted(LONDON.glob("*_neutral.jpg"))[1::5]
    assert {path.name: found(read(path)) for path in paths} == {path.name: {} for path in paths}


@needs_faces
@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        (lambda picture: blurred(picture, 8.0), "blurred"),
        (lambda picture: shaken(picture, 33), "blurred"),
        (lambda picture: grainy(lit(picture, 0.03), 2), "too_dark"),
        (lambda picture: lit(picture, 6.0), "too_bright"),
        (lambda picture: grainy(picture, 35), "noisy"),
        (lambda picture: saved(picture, 10), "compressed"),
        (lambda picture: resized(picture, 0.2), "face_small"),
    ],
)
def test_spoilt_photograph_is_called_what_it_is(spoil, name):
    path = sorted(LONDON.glob("*_neutral.jpg"))[2]
    assert list(found(spoil(read(path)))) == [name]


def read(path) -> Picture:
    return np.ascontiguousarray(cv2.imread(str(path))[..., ::-1])
