"""What differs between photos apart from the face: measured shifts, what flags touch for it, and wider errors."""

from __future__ import annotations

import numpy as np
import pytest

import symmetry
from symmetry.landmarks.mesh import REGIONS, WHOLES
from symmetry.measure.circumstances import Apart, apart, widened
from symmetry.measure.measures import MEASURE_NAMES
from symmetry.measure.quality.flags import ALL, Flag, in_comparison, rejecting
from symmetry.measure.quality.pose import turn_touches
from symmetry.measure.quality.shifts import NOTABLE, shift_of, spoilt_by
from symmetry.measure.reliability_table import OF_PAIR
from symmetry.synthetic import Asymmetry, Scene, draw_face

ALIKE = Apart(yaw=0.0, pitch=0.0, roll=0.0, light=0.0)
SD = np.full(len(OF_PAIR), 0.2)
ONE = np.ones(len(OF_PAIR))


def factor(name: str, number: str, circumstances: Apart) -> float:
    place = [(q.name, q.number) for q in OF_PAIR].index((name, number))
    return float(widened(ONE, SD, circumstances)[place])


def test_every_number_was_measured():
    for name in REGIONS:
        for number in ("lateral", "vertical", "asymmetry"):
            assert shift_of("yaw", name, number) > 0, (name, number)
            assert shift_of("light", name, number) > 0, (name, number)
    for name in MEASURE_NAMES:
        assert shift_of("yaw", name) > 0, name
    assert np.isnan(shift_of("smile", "nasolabial", "lateral"))  # a full smile deepens folds, which then match nothing
    assert np.isnan(shift_of("yaw", "no such measure"))


@pytest.mark.parametrize("yaw", [5.5, -6.0])
def test_turn_stops_what_was_seen_to_move_by_half_a_millimetre(yaw):
    touched = turn_touches(yaw)
    for name in REGIONS:
        for number in ("lateral", "vertical", "asymmetry"):
            if shift_of("yaw", name, number) * 5.0 >= NOTABLE and name not in WHOLES:
                assert f"{name}.{number}" in touched
    assert {"nose.lateral", "jawline.lateral", "chin_deviation", "nose_tip_deviation"} <= set(touched)
    assert "mouth.vertical" not in touched


def test_spoilt_grows_with_the_amount():
    few, many = spoilt_by("yaw", 3.0), spoilt_by("yaw", 10.0)
    assert set(few) < set(many)
    assert "eyes.asymmetry" in few
    assert "dental_show" not in many


def test_photos_taken_alike_are_as_certain_as_ever():
    assert widened(ONE, SD, ALIKE).tolist() == ONE.tolist()
    assert (
        widened(ONE, np.full_like(SD, np.nan), Apart(yaw=4.0, pitch=0.0, roll=0.0, light=1.0)).tolist() == ONE.tolist()
    )


def test_turn_and_light_add_the_millimetres_that_they_were_seen_to_move():
    turned = Apart(yaw=-4.0, pitch=0.0, roll=0.0, light=0.0)
    expected = np.sqrt(1 + (3.0 * shift_of("yaw", "brows", "vertical") / 0.2) ** 2)
    assert factor("brows", "vertical_change", turned) == pytest.approx(expected)
    assert factor("brows", "lift", turned) == 1.0
    lit = Apart(yaw=0.0, pitch=0.0, roll=0.0, light=0.9)
    assert factor("eyes", "lateral_change", lit) > 2.0
    assert factor("chin_deviation", "change", lit) == pytest.approx(
        np.sqrt(1 + (0.9 * shift_of("light", "chin_deviation") / 0.2) ** 2)
    )
    assert factor("eyes", "lateral_change", Apart(yaw=0.9, pitch=0.0, roll=0.0, light=0.15)) == 1.0


def test_tilt_and_a_turn_of_both_double_the_variance():
    for circumstances in (
        Apart(yaw=0.0, pitch=0.0, roll=-10.0, light=0.0),
        Apart(yaw=0.0, pitch=0.0, roll=0.0, light=0.0, turn=15.0),
    ):
        np.testing.assert_allclose(widened(ONE, SD, circumstances), np.sqrt(2.0))


def test_turned_head_stops_nothing_beside_another_photo_unless_it_hides_a_side():
    for yaw, severity in ((8.0, "warn"), (22.0, "reject")):
        touches = turn_touches(yaw)
        turned = Flag(name="head_turned", severity="reject", advice="", touches=touches)
        (flag,) = in_comparison([turned])
        assert (flag.severity, flag.touches) == (severity, touches)
        assert (ALL in touches) == (severity == "reject")
    other = Flag(name="face_cut", severity="reject", advice="", touches=("mouth",))
    assert in_comparison([other]) == (other,)


def test_heads_turned_alike_are_compared_and_turned_apart_are_not():
    def photographed(yaw: float, corner: float = 0.0) -> symmetry.FaceAnalysis:
        scene = Scene(width=520, height=620, pixels_per_mm=2.1, offset=(0.0, -40.0), yaw=yaw)
        return symmetry.analyze(draw_face(scene=scene, asymmetry=Asymmetry(mouth_subject_right=corner)))

    straight, turned, uneven = photographed(0.0), photographed(7.0), photographed(7.3, corner=-4.0)
    assert np.isnan(turned.regions["jawline"].lateral)
    alike = symmetry.compare(turned, uneven)
    assert alike.regions["mouth"].verdict == "worse"
    for name in ("jawline", "brows", "eyes", "nose", "lower_face"):
        assert alike.regions[name].verdict == "no detectable change", name
    assert np.isfinite(alike.measures["chin_deviation"].change)
    assert [flag.severity for flag in alike.flags if flag.name == "head_turned"] == ["warn", "warn"]
    different = symmetry.compare(straight, turned)
    assert different.measures["chin_deviation"].verdict == "not comparable"
    assert rejecting(different.flags, "nose.lateral").name == "pose_differs"
    assert apart([straight], [turned]).yaw == pytest.approx(7.0, abs=1.5)
