"""What differs between photos apart from the face: measured shifts, what flags touch for it, and wider errors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import seeds
from hypothesis import given

import symmetry
from symmetry.landmarks.mesh import REGIONS, WHOLES
from symmetry.measure.conditions import (
    CONDITIONS,
    USUAL_PAIR,
    USUAL_PHOTO,
    PairConditions,
    PhotoConditions,
    doubled_by,
    pair_conditions,
    pair_widening,
    photo_widening,
)
from symmetry.measure.measures import MEASURE_NAMES
from symmetry.measure.quality.flags import ALL, Flag, in_comparison, rejecting
from symmetry.measure.quality.pair import SMILE
from symmetry.measure.quality.pose import turn_touches
from symmetry.measure.quality.shifts import NOTABLE, shift_of, spoilt_by
from symmetry.measure.reliability_table import METHODS, OF_PAIR, OF_PHOTO
from symmetry.synthetic import Asymmetry, Scene, draw_face

STILL = np.zeros(len(REGIONS))
PAIR = [(quantity.name, quantity.number) for quantity in OF_PAIR]


def widening(method: str = "registration", **conditions) -> np.ndarray:
    """Factors by which conditions widen the variance of photos that are taken exactly alike."""
    alike = pair_widening(PairConditions(shared=STILL), method)
    return pair_widening(PairConditions(**{"shared": STILL} | conditions), method) / alike


@pytest.mark.parametrize("method", METHODS)
def test_usual_photos_are_as_certain_as_the_table_says_and_those_taken_alike_more_so(method):
    assert pair_widening(USUAL_PAIR, method) == pytest.approx(np.ones(len(OF_PAIR)))
    assert photo_widening(USUAL_PHOTO, method) == pytest.approx(np.ones(len(OF_PHOTO)))
    alike = pair_widening(PairConditions(shared=STILL), method)
    assert (alike <= 1).all()
    assert np.median(alike) < 0.5
    unknown = PairConditions(shared=np.full(len(REGIONS), np.nan), light=float("nan"))
    assert pair_widening(unknown, method) == pytest.approx(alike)
    straight = photo_widening(PhotoConditions(yaw=0.0), method)
    assert photo_widening(PhotoConditions(yaw=0.0, light=float("nan")), method) == pytest.approx(straight)


@pytest.mark.parametrize("condition", [name for name in CONDITIONS if name != "shared"])
def test_what_doubles_a_variance_doubles_it(condition):
    doubling = doubled_by("registration")["pair"][condition]
    known = np.flatnonzero(np.isfinite(doubling))
    assert len(known) > 20
    for place in known:
        assert widening(**{condition: float(-doubling[place])})[place] == pytest.approx(2.0)


def test_expression_of_one_region_widens_only_that_and_no_lift():
    found = widening(shared=np.where(np.array(list(REGIONS)) == "brows", 2.0, 0.0))
    widened = {quantity.region for quantity, factor in zip(OF_PAIR, found, strict=True) if factor > 1 + 1e-9}
    assert widened == {"brows"}
    assert found[PAIR.index(("brows", "lift"))] == pytest.approx(1.0)


def test_a_turn_of_both_photos_doubles_all_variances():
    np.testing.assert_allclose(widening(turn=10.0), 2.0)


@given(seeds)
@examples(50)
def test_pair_grows_harder_with_each_difference_whatever_its_sign(seed):
    rng = np.random.default_rng(seed)
    usual = {"yaw": 2.0, "pitch": 3.0, "roll": 4.0, "light": 0.3, "perspective": 0.3, "expression": 1.0}
    conditions = {name: float(rng.normal(0, scale)) for name, scale in usual.items()}
    base = widening(**conditions)
    np.testing.assert_allclose(widening(**{name: -value for name, value in conditions.items()}), base)
    for name in conditions:
        harder = widening(**{**conditions, name: 1.5 * conditions[name]})
        assert (harder >= base * (1 - 1e-12)).all()
        assert (harder > base * (1 + 1e-12)).any()


def with_corners_up(face: symmetry.FaceAnalysis) -> np.ndarray:
    """Landmarks of a face whose corners of the mouth are up by what a flag warns about as a smile."""
    landmarks = np.array(face.landmarks)
    landmarks[[61, 291], 1] -= SMILE.by_severity["warn"] / 100 * face.interpupillary
    return landmarks


def test_conditions_are_the_differences_of_the_photos():
    def photographed(yaw: float, lips: float = 0.0) -> symmetry.FaceAnalysis:
        scene = Scene(width=520, height=620, pixels_per_mm=2.1, offset=(0.0, -40.0), yaw=yaw)
        return symmetry.analyze(draw_face(scene=scene, asymmetry=Asymmetry(mouth_subject_right=lips)))

    straight, turned = photographed(0.0), photographed(7.0)
    found = pair_conditions([straight], [turned], STILL)
    assert found.yaw == pytest.approx(7.0, abs=2.0)  # faces are drawn without perspective
    assert found.turn == 0.0
    assert found.expression < 1.0
    assert pair_conditions([turned], [turned], STILL).turn == pytest.approx(abs(turned.pose.yaw) - 5.0)
    smiling = replace(straight, landmarks=with_corners_up(straight))
    assert pair_conditions([straight], [smiling], STILL).expression == pytest.approx(1.0, abs=0.1)


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
    for name in ("brows", "eyes", "nose"):
        assert alike.regions[name].verdict == "no detectable change", name
    assert np.isfinite(alike.regions["jawline"].evenness_error)
    assert np.isfinite(alike.measures["chin_deviation"].change)
    assert [flag.severity for flag in alike.flags if flag.name == "head_turned"] == ["warn", "warn"]
    different = symmetry.compare(straight, turned)
    assert different.measures["chin_deviation"].verdict == "not comparable"
    assert rejecting(different.flags, "nose.lateral").name == "pose_differs"
