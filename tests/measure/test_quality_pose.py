"""Checks of one photo that rest on its mesh: pose and framing, expression, distance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.faces import drawn
from helpers.portraits import (
    HARDLY_SMILING,
    bent,
    moved,
    needs_faces,
    people,
    photographed,
    portrait_from,
    portrait_of,
    with_focal_length,
)
from helpers.spoiling import LEFT_EYE, RIGHT_EYE, lids_closed, resized, with_raised_brows

from symmetry.landmarks.mesh import IRIS_RIGHT, MIRROR, REFERENCE, REGIONS
from symmetry.measure.measures import MEASURE_NAMES
from symmetry.measure.quality.distance import MOST_PITCH, Perspective, check_distance, perspective_of
from symmetry.measure.quality.expression import check_expression, expression_of
from symmetry.measure.quality.flags import Flag, Limits
from symmetry.measure.quality.gate import check_photo
from symmetry.measure.quality.portrait import Portrait
from symmetry.measure.quality.pose import check_framing, check_pose

CHECKS = (check_pose, check_expression, check_distance, check_framing)


def by_name(flags: tuple[Flag, ...]) -> dict[str, Flag]:
    return {flag.name: flag for flag in flags}


def everything(portrait: Portrait) -> dict[str, Flag]:
    return by_name(tuple(flag for check in CHECKS for flag in check(portrait)))


def test_mean_face_straight_ahead_is_all_well():
    assert everything(portrait_from(REFERENCE)) == {}


def test_drawn_face_straight_ahead_is_all_well():
    assert everything(portrait_of(drawn())).keys() <= {"smiling"}  # it is drawn with a friendly mouth


@pytest.mark.parametrize(
    ("turn", "name", "severity"),
    [
        ((1.9, 0, 0), None, None),
        ((2.1, 0, 0), "head_turned", "info"),
        ((-4.9, 0, 0), "head_turned", "info"),
        ((-5.1, 0, 0), "head_turned", "reject"),
        ((0, 7.8, 0), None, None),
        ((0, 8.2, 0), "head_raised", "info"),
        ((0, -12.2, 0), "head_lowered", "warn"),
        ((0, 20.2, 0), "head_raised", "reject"),
        ((0, 0, 14.8), None, None),
        ((0, 0, -15.2), "head_tilted", "info"),
        ((0, 0, 30.2), "head_tilted", "warn"),
    ],
)
def test_pose(turn, name, severity):
    found = check_pose(portrait_from(REFERENCE, turn=turn))
    assert [(flag.name, flag.severity) for flag in found] == ([(name, severity)] if name else [])
    for flag in found:
        assert flag.value == pytest.approx(sum(turn), abs=0.15)
        assert abs(flag.value) >= flag.limit


@pytest.mark.parametrize(("yaw", "side"), [(7.0, "left"), (-7.0, "right")])
def test_turned_head_is_told_by_its_own_side(yaw, side):
    (flag,) = check_pose(portrait_from(REFERENCE, turn=(yaw, 0, 0)))
    assert f"7 degrees to its {side}" in flag.advice


@pytest.mark.parametrize(
    ("yaw", "touched", "left_alone"),
    [
        (6, ["jawline.lateral", "jaw_angle_width", "nose.lateral", "brows.vertical"], ["mouth.lateral", "mrd1"]),
        (13, ["mouth.lateral", "jawline.asymmetry", "commissure_excursion"], ["mouth.vertical", "eyes.vertical"]),
        (21, ["mouth.vertical", "mrd1"], []),
    ],
)
def test_more_turn_touches_more(yaw, touched, left_alone):
    (flag,) = check_pose(portrait_from(REFERENCE, turn=(yaw, 0, 0)))
    assert all(flag.concerns(result) for result in touched)
    assert not any(flag.concerns(result) for result in left_alone)


def test_severity_is_the_gravest_reached():
    limits = Limits({"info": 1.0, "warn": 2.0, "reject": 3.0}, digits=1)
    assert [limits.reached_by(v) for v in (0.9, -1.0, 2.5, -3.0)] == [
        None,
        ("info", 1.0),
        ("warn", 2.0),
        ("reject", 3.0),
    ]


@pytest.mark.parametrize("side", ["chin", "forehead", "left", "right"])
@pytest.mark.parametrize("share", [0.1, 0.2, 0.3])
def test_cut_face_is_found(side, share):
    picture = drawn()
    x, y = portrait_of(picture).landmarks[:IRIS_RIGHT, :2].T
    wide, high = np.ptp(x) * share, np.ptp(y) * share
    if side in ("chin", "forehead"):
        part = picture[: int(y.max() - high)] if side == "chin" else picture[int(y.min() + high) :]
    else:
        part = picture[:, : int(x.max() - wide)] if side == "right" else picture[:, int(x.min() + wide) :]
    (flag,) = check_framing(portrait_of(part))
    assert flag.name == "face_cut"
    assert "face" in flag.touches
    assert ("chin_deviation" in flag.touches) == (side == "chin") or side in ("left", "right")


def test_framing_counts_what_is_beyond_and_touches_what_rests_on_it():
    face = portrait_from(REFERENCE)
    below = face.landmarks[:IRIS_RIGHT, 1] > 1150
    cut = replace(face, photo=replace(face.photo, size=(2000, 1150)))
    (flag,) = check_framing(cut)
    assert flag.value == pytest.approx(below.mean(), abs=0.005)
    expected = {name for name, pairs in REGIONS.items() if (face.landmarks[pairs, 1] > 1140).any()}
    assert set(flag.touches) == expected | {"chin_deviation", "chin_angle"}
    assert "eyes" not in flag.touches


def test_face_close_to_the_edge_counts_as_cut_and_one_with_room_does_not():
    face = portrait_from(REFERENCE)
    bottom = face.landmarks[:IRIS_RIGHT, 1].max()
    for room, count in ((2, 1), (20, 0)):
        assert len(check_framing(replace(face, photo=replace(face.photo, size=(2000, int(bottom + room)))))) == count


def test_gap_between_the_lips_is_an_open_mouth():
    for gap, severity in ((1.0, None), (2.5, "info"), (5.0, "warn")):
        found = by_name(check_expression(portrait_from(moved((14, 87, 17, 84), (0, -gap, 0)))))
        assert (found["mouth_open"].severity if found else None) == severity
        assert set(found) <= {"mouth_open"}


def test_raised_corners_are_a_smile():
    for lift, severity in ((0.0, None), (7.0, "info"), (11.0, "warn")):
        found = by_name(check_expression(portrait_from(moved((61, 78), (0, lift, 0)))))
        assert (found["smiling"].severity if found else None) == severity


def test_one_raised_corner_counts_half():
    face, both = REFERENCE.copy(), moved((61,), (0, 6, 0))
    face[61, 1] += 6
    rest, one, two = (expression_of(portrait_from(points)).smile for points in (REFERENCE, face, both))
    assert (one - rest) / (two - rest) == pytest.approx(0.5, abs=0.05)


def test_raised_brows():
    for lift, severity in ((0.0, None), (7.5, "info"), (12.0, "warn")):
        found = by_name(check_expression(portrait_from(moved((63, 105, 66), (0, lift, 0)))))
        assert (found["brows_raised"].severity if found else None) == severity


def test_drawn_smile_is_found():
    before = expression_of(portrait_of(drawn()))
    after = expression_of(portrait_of(drawn(mouth_subject_left=5.0, mouth_subject_right=5.0)))
    assert after.smile - before.smile > 4
    assert "smiling" in by_name(check_expression(portrait_of(drawn(mouth_subject_left=5.0, mouth_subject_right=5.0))))


@needs_faces
@pytest.mark.parametrize(
    ("corners", "words", "severities"),
    [
        ((RIGHT_EYE, LEFT_EYE), "eyes are", {"reject"}),
        ((RIGHT_EYE,), "right eye is", {"reject", "info"}),  # with one eye shut, the network keeps it a little open
        ((LEFT_EYE,), "left eye is", {"reject", "info"}),
    ],
)
def test_closed_eyes_are_found(corners, words, severities):
    face = portrait_of(resized(photographed(f"london/{people()[0]}_neutral.jpg").photo.pixels, 0.5))
    flag = by_name(check_expression(portrait_of(lids_closed(face, *corners))))["eyes_closed"]
    assert words in flag.advice
    assert flag.severity in severities
    assert flag.concerns("mrd1")
    assert not flag.concerns("mouth")


def test_brows_over_closed_eyes_are_not_called_raised():
    face = portrait_of(lids_closed(portrait_of(drawn()), RIGHT_EYE, LEFT_EYE))
    assert "brows_raised" in by_name(check_expression(face))
    names = by_name(check_photo(face))
    assert names["eyes_closed"].severity == "reject"
    assert "brows_raised" not in names


@needs_faces
def test_half_closed_eyes_are_worth_knowing_and_smiles_and_raised_brows_are_none():
    neutral = photographed(f"london/{people()[0]}_neutral.jpg")
    flag = by_name(check_expression(portrait_of(lids_closed(neutral, RIGHT_EYE, LEFT_EYE, by=0.5))))["eyes_closed"]
    assert flag.severity == "info"
    assert "eyes are perhaps half closed" in flag.advice
    assert flag.value < flag.limit
    assert "eyes_closed" not in by_name(check_expression(portrait_of(with_raised_brows(neutral, 7.0))))


def test_lowered_lids_are_told_from_narrow_eyes_by_their_distance_from_the_brow():
    lids, brow = ((160, 144), (159, 145), (158, 153)), (63, 105, 66)
    narrow = REFERENCE.copy()
    for upper, lower in lids:
        for side in ([upper, lower], MIRROR[[upper, lower]]):
            narrow[side[1], 1] += 0.35 * (narrow[side[0], 1] - narrow[side[1], 1])
    lowered = narrow.copy()
    sides = np.array([*brow, *MIRROR[list(brow)]])
    lowered[sides, 1] += 4.0
    one, other = (expression_of(portrait_from(face)) for face in (narrow, lowered))
    assert other.opening < 0.95 * one.opening
    assert other.eye_right == pytest.approx(one.eye_right, abs=0.003)


def test_closed_lids_of_the_mesh():
    face, middles = REFERENCE.copy(), {}
    for upper, lower in ((160, 144), (159, 145), (158, 153)):
        middles[upper] = (REFERENCE[upper] + REFERENCE[lower]) / 2
    for closing, severity in ((0.3, None), (0.38, "info"), (0.6, "reject")):
        for upper, lower in ((160, 144), (159, 145), (158, 153)):
            face[[upper, lower]] = REFERENCE[[upper, lower]] * (1 - closing) + middles[upper] * closing
        found = by_name(check_expression(portrait_from(face)))
        assert (found["eyes_closed"].severity if found else None) == severity


def test_nearer_is_more_bent():
    distances = (15, 20, 30, 45, 60, 100, 200)
    values = [perspective_of(portrait_from(bent(REFERENCE, at))).bent for at in distances]
    assert (np.diff(values) < 0).all()
    assert values[0] - values[-1] > 2
    assert not check_distance(portrait_from(bent(REFERENCE, 60)))


def test_pitch_alone_is_no_nearness():
    assert not check_distance(portrait_from(REFERENCE, turn=(0, -MOST_PITCH - 8, 0)))


def test_near_and_lowered_is_only_worth_knowing():
    (level,), (lowered,) = (check_distance(portrait_from(bent(REFERENCE, 12), turn=(0, p, 0))) for p in (0, -12))
    assert (level.severity, lowered.severity) == ("warn", "info")
    assert level.limit == lowered.limit


@pytest.mark.parametrize(("at", "severity"), [(20, "warn"), (30, "info"), (36, None), (120, None)])
def test_stated_focal_length_tells_the_distance(at, severity):
    found = check_distance(with_focal_length(at, (3000, 4000)))
    assert [flag.severity for flag in found] == ([severity] if severity else [])
    assert all(flag.value == pytest.approx(at, abs=0.1) and flag.value <= flag.limit for flag in found)


def test_focal_length_of_a_cropped_photo_tells_nothing():
    assert perspective_of(with_focal_length(20, (3000, 3400))).centimetres is None


@needs_faces
def test_photos_of_neutral_people_pass():
    grave = [
        (person, name)
        for person in people()
        for name, flag in everything(photographed(f"london/{person}_neutral.jpg")).items()
        if flag.severity != "info"
    ]
    assert grave == []


@needs_faces
def test_smiles_are_found():
    smiling = [person for person in people() if person not in HARDLY_SMILING]
    found = ["smiling" in everything(photographed(f"london/{person}_smiling.jpg")) for person in smiling]
    assert np.mean(found) > 0.8


@needs_faces
def test_only_the_nearest_selfie_is_too_near():
    found = [by_name(check_distance(photographed(f"reshoots/b_{at}cm.jpg"))) for at in (15, 30, 45, 60)]
    assert found[0]["phone_too_near"].severity == "warn"
    assert found[1].get("phone_too_near", replace(found[0]["phone_too_near"], severity="info")).severity == "info"
    assert found[2:] == [{}, {}]


@needs_faces
def test_advice_and_touches_are_fit_to_print():
    names = {"all", "lateral", "vertical", "asymmetry", *REGIONS, *MEASURE_NAMES}
    shown = [
        portrait_from(moved((14, 87, 17, 84), (0, -5, 0)), turn=(14, 14, 31)),
        portrait_from(bent(moved((63, 105, 66, 61), (0, 9, 0)), 15)),
        photographed("reshoots/b_15cm.jpg"),
    ]
    flags = [flag for portrait in shown for check in CHECKS for flag in check(portrait)]
    assert {"head_turned", "head_raised", "head_tilted", "mouth_open", "phone_too_near"} <= {f.name for f in flags}
    for flag in flags:
        assert flag.advice.endswith(".")
        assert flag.advice.count(". ") == 0
        assert {part for touched in flag.touches for part in touched.split(".")} <= names


@pytest.mark.parametrize(
    ("pitch", "severity", "words"), [(0.0, "warn", ""), (10.0, "info", "or only looks so as the head")]
)
def test_a_face_that_may_look_near_for_its_pitch_alone_says_so(monkeypatch, pitch, severity, words):
    seen = Perspective(centimetres=None, bent=3.0, pitch=pitch)
    monkeypatch.setattr("symmetry.measure.quality.distance.perspective_of", lambda portrait: seen)
    (flag,) = check_distance(None)
    assert (flag.severity, flag.value) == (severity, 3.0)
    assert words in flag.advice
