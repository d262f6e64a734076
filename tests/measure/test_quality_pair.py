"""Checks of two photos: what differs between them that is no change of the face, and whose faces they are."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from helpers.faces import SAMPLES, drawn
from helpers.portraits import (
    HARDLY_SMILING,
    RESHOOTS,
    bent,
    moved,
    needs_faces,
    people,
    photographed,
    portrait_from,
    portrait_of,
    with_focal_length,
)

from symmetry.landmarks.mesh import REFERENCE
from symmetry.measure.quality.flags import Flag
from symmetry.measure.quality.identity import Match, check_identity, shape_difference, similarity
from symmetry.measure.quality.pair import check_pair
from symmetry.measure.quality.portrait import Portrait
from symmetry.photos.reading import read_photo
from symmetry.registration import StandardFace, register
from symmetry.registration.standard_face import HEIGHT, WIDTH

FACE = portrait_from(REFERENCE)


def found(first: Portrait, second: Portrait) -> dict[str, Flag]:
    return {flag.name: flag for flag in check_pair(first, second, None)}


def graded(first: Portrait, second: Portrait) -> dict[str, str]:
    return {name: flag.severity for name, flag in found(first, second).items()}


def compared(first: Portrait, second: Portrait) -> dict[str, Flag]:
    registration = register(first.standard, second.standard)
    return {flag.name: flag for flag in check_identity(first, second, registration)}


def in_mirror(portrait: Portrait) -> Portrait:
    return replace(portrait, standard=portrait.standard.mirrored())


def test_photo_against_itself_is_all_well():
    face = portrait_of(drawn())
    assert check_pair(face, face, register(face.standard, face.standard)) == ()


@pytest.mark.parametrize(
    ("one", "other", "severity"),
    [
        ((0, 0, 0), (0.9, 0, 0), None),
        ((-0.6, 0, 0), (0.6, 0, 0), "info"),
        ((1.5, 0, 0), (-1, 0, 0), "warn"),
        ((-3, 0, 0), (3, 0, 0), "reject"),
        ((0, 0, 0), (0, 3.9, 0), None),
        ((0, -2, 0), (0, 2.5, 0), "info"),
        ((0, 3, 0), (0, -5, 0), "warn"),
        ((0, 6, 0), (0, -7, 0), "reject"),
        ((0, 0, 0), (0, 0, 25), None),
    ],
)
def test_pose_differs(one, other, severity):
    first, second = (portrait_from(REFERENCE, turn=turn) for turn in (one, other))
    assert graded(first, second) == ({"pose_differs": severity} if severity else {})
    if severity:
        flag = found(first, second)["pose_differs"]
        assert flag.value == pytest.approx(sum(other) - sum(one), abs=0.2)
        turned, raised = one[0] != other[0], one[1] != other[1]
        assert flag.concerns("jawline.lateral")
        assert flag.concerns("nose.lateral") == turned
        assert flag.concerns("eyes.vertical") == flag.concerns("eyes.lateral") == raised
        assert not flag.concerns("mouth.vertical")


def test_turn_between_the_photos_is_told_by_the_second_photo():
    first, second = (portrait_from(REFERENCE, turn=(yaw, 0, 0)) for yaw in (1, -6))
    assert "7 degrees farther to its right" in found(first, second)["pose_differs"].advice


def test_stated_distances_differ():
    near, middle, far, farthest = (with_focal_length(at, (3000, 4000)) for at in (30, 45, 60, 240))
    assert found(near, far)["distance_differs"].value == pytest.approx(2.0, abs=0.02)
    assert graded(near, far) == graded(far, near) == {"distance_differs": "warn"}
    assert graded(near, middle) == {"distance_differs": "info"}
    assert graded(with_focal_length(120, (3000, 4000)), farthest) == {}  # neither bends the face


def test_size_in_photos_of_one_camera_tells_the_distance():
    smaller = replace(FACE, landmarks=FACE.landmarks / 2, frame=replace(FACE.frame, origin=FACE.frame.origin / 2))
    assert found(FACE, smaller)["distance_differs"].value == pytest.approx(2.0)
    assert graded(FACE, replace(smaller, photo=replace(FACE.photo, size=(1000, 1000)))) == {}


def test_perspective_differs():
    near = portrait_from(bent(REFERENCE, 15), size=(1999, 2000))
    assert found(FACE, near)["distance_differs"].severity == "warn"
    assert "distance_differs" not in found(FACE, portrait_from(bent(REFERENCE, 150), size=(1999, 2000)))


@pytest.mark.parametrize(
    ("landmarks", "shift", "severity", "touched"),
    [
        ((61,), (0, 2, 0), None, ""),
        ((61,), (0, 5, 0), "warn", "mouth"),
        ((61,), (0, 7, 0), "reject", "nasolabial"),
        ((61,), (0, 7, 0), "reject", "chin_deviation"),
        ((61,), (0, 7, 0), "reject", "chin_angle"),
        ((14, 87, 17, 84), (0, -3, 0), "warn", "dental_show"),
        ((14, 87, 17, 84), (0, -6, 0), "reject", "mouth"),
        ((63, 105, 66), (0, 2, 0), None, ""),
        ((63, 105, 66), (0, 4, 0), "warn", "brow_height"),
        ((159, 158, 160), (0, 1, 0), None, ""),
        ((159, 158, 160), (0, 2.5, 0), "warn", "mrd1"),
        ((159, 158, 160), (0, -7, 0), "reject", "palpebral_fissure"),
    ],
)
def test_expression_differs(landmarks, shift, severity, touched):
    other = portrait_from(moved(landmarks, shift))
    for first, second in ((FACE, other), (other, FACE)):
        gravest = {f.severity for f in check_pair(first, second, None) if f.name == "expression_differs"}
        assert (severity in gravest) if severity else not gravest
        if severity:
            assert any(f.concerns(touched) and f.severity == severity for f in check_pair(first, second, None))


def test_resolution_differs_only_where_detail_is_lost():
    def sized(factor: float) -> Portrait:
        size = (int(2000 * factor), int(2000 * factor))
        frame = replace(FACE.frame, origin=FACE.frame.origin * factor)
        return replace(FACE, landmarks=FACE.landmarks * factor, frame=frame, photo=replace(FACE.photo, size=size))

    assert graded(sized(1), sized(0.25)) == {"resolution_differs": "warn"}  # 315 and 79 pixels between the eyes
    assert graded(sized(0.25), sized(1)) == {"resolution_differs": "warn"}
    assert found(sized(1), sized(0.25))["resolution_differs"].value == pytest.approx(4.0)
    assert graded(sized(4), sized(1)) == {}
    assert graded(sized(0.5), sized(0.25)) == {}


def with_skin(seed: int) -> Portrait:
    """A face whose skin has its own detail, left and right."""
    noise = np.random.default_rng(seed).normal(size=(HEIGHT, WIDTH)).astype(np.float32)
    pattern = cv2.GaussianBlur(noise, (0, 0), 2.0)
    nodes = np.zeros((HEIGHT // 2, WIDTH // 2, 3), dtype=np.float32)
    inside = np.ones((HEIGHT, WIDTH), dtype=bool)
    return replace(FACE, standard=StandardFace(pattern=pattern / pattern.std(), inside=inside, nodes=nodes))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_same_skin_is_one_person_and_tells_the_mirror(seed):
    one, noisy = with_skin(seed), with_skin(seed + 50)
    pattern = (one.standard.pattern + 0.4 * noisy.standard.pattern).astype(np.float32)
    again = replace(one, standard=replace(one.standard, pattern=pattern))
    assert compared(one, again) == {}
    assert list(compared(one, in_mirror(again))) == ["one_mirrored"]
    assert list(compared(in_mirror(one), again)) == ["one_mirrored"]


def test_similarity_falls_with_picture_and_with_shape():
    alike = similarity(Match(detail=0.8, confidence=0.8), 1.5)
    assert similarity(Match(detail=0.4, confidence=0.8), 1.5) < alike
    assert similarity(Match(detail=0.8, confidence=0.8), 6.0) < alike
    assert similarity(Match(detail=0.8, confidence=0.8), 0.0) > alike


def test_shape_differs_by_what_moved_above_the_mouth():
    raised = portrait_from(moved((61, 14, 17), (0, 6, 0)))
    raised = replace(raised, frame=FACE.frame)  # the fit itself yields to the mouth by a hair
    assert shape_difference(FACE, raised) == pytest.approx(0, abs=1e-9)
    assert shape_difference(FACE, portrait_from(REFERENCE * [1.0, 1.1, 1.0])) > 1
    turned = portrait_from(REFERENCE, turn=(15, 10, 20))
    assert shape_difference(FACE, turned) == pytest.approx(0, abs=0.05)


def test_drawn_series_shows_one_person():
    series = [portrait_of(read_photo(path).pixels) for path in sorted((SAMPLES / "series").glob("*.jpg"))[::4]]
    for first, second in pairwise(series):
        assert compared(first, second) == {}


def test_light_from_the_other_side_differs():
    picture = drawn()
    ramp = np.linspace(-1.0, 1.0, picture.shape[1])[None, :, None]
    lit = [portrait_of((picture * np.exp(0.5 * side * ramp - 0.5)).astype(np.uint8)) for side in (-1, 0, 1)]
    registration = register(lit[0].standard, lit[2].standard)
    shift = {flag.name: flag for flag in check_pair(lit[0], lit[2], registration)}["light_differs"]
    assert shift.value > 0  # the subject's left is on the right of the picture
    assert "left side" in shift.advice
    assert shift.concerns("cheeks")
    assert "light_differs" not in found(lit[0], lit[2])  # without a registration no pictures are looked at
    back = check_pair(lit[2], lit[0], register(lit[2].standard, lit[0].standard))
    assert [f.value for f in back if f.name == "light_differs"] == [-shift.value]
    assert check_pair(lit[1], lit[1], register(lit[1].standard, lit[1].standard)) == ()


@needs_faces
def test_photos_of_one_person_pass_and_mirrored_ones_are_found():
    for person in people():
        first, second = (photographed(f"london/{person}_{face}.jpg") for face in ("neutral", "smiling"))
        assert compared(first, second) == {}
        assert list(compared(first, in_mirror(second))) == ["one_mirrored"]


@needs_faces
def test_photos_of_two_people_are_found():
    everybody = people()
    pairs = [(a, everybody[(i + step) % len(everybody)]) for i, a in enumerate(everybody) for step in (1, 4)]
    names = [compared(*(photographed(f"london/{p}_neutral.jpg") for p in pair)) for pair in pairs]
    assert np.mean(["different_person" in name for name in names]) > 0.9


@needs_faces
def test_selfies_of_one_person_pass():
    names = [path.stem for path in sorted(RESHOOTS.glob("b_*.jpg"))]
    for other in names[1:]:
        assert compared(photographed(f"reshoots/{names[0]}.jpg"), photographed(f"reshoots/{other}.jpg")) == {}


@needs_faces
def test_full_smiles_stop_what_they_move_and_kept_faces_do_not():
    rejected = {}
    for person in people():
        first, second = (photographed(f"london/{person}_{face}.jpg") for face in ("neutral", "smiling"))
        flags = [f for f in check_pair(first, second, None) if f.name == "expression_differs"]
        rejected[person] = any(f.severity == "reject" and f.concerns("mouth") for f in flags)
    assert not any(rejected[person] for person in HARDLY_SMILING & set(rejected))
    assert np.mean([rejected[person] for person in set(rejected) - HARDLY_SMILING]) > 0.6
