"""Flags: which results each one touches, and which of several stops one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symmetry.landmarks.mesh import REGIONS
from symmetry.measure.measures import MEASURE_NAMES
from symmetry.measure.quality.flags import ALL, Flag, rejecting

NUMBERS = ("asymmetry", "lateral", "vertical")
RESULTS = (*REGIONS, *(f"{region}.{number}" for region in REGIONS for number in NUMBERS), *MEASURE_NAMES)


def flag(*touches, severity="reject", name="found"):
    return Flag(name=name, severity=severity, advice="Do something about it.", touches=touches)


@pytest.mark.parametrize(
    ("touched", "concerned", "left_alone"),
    [
        (ALL, RESULTS, ()),
        (
            "mouth",
            ("mouth", "mouth.asymmetry", "mouth.lateral", "mouth.vertical"),
            ("jawline", "jawline.lateral", "mouth_cant", "lower_face"),
        ),
        (
            "jawline.lateral",
            ("jawline.lateral",),
            ("jawline", "jawline.vertical", "jawline.asymmetry", "mouth.lateral", "jaw_angle_width"),
        ),
        (
            "lateral",
            ("jawline.lateral", "mouth.lateral", "face.lateral"),
            ("jawline", "jawline.vertical", "mouth_cant"),
        ),
        ("mouth_cant", ("mouth_cant",), ("mouth", "mouth.vertical", "chin_deviation")),
        ("", (), RESULTS),
    ],
)
def test_flag_concerns_what_it_touches_and_nothing_else(touched, concerned, left_alone):
    one = flag(touched)
    assert [result for result in concerned if not one.concerns(result)] == []
    assert [result for result in left_alone if one.concerns(result)] == []


def test_flag_that_touches_nothing_concerns_nothing():
    assert not any(flag().concerns(result) for result in RESULTS)


@given(st.lists(st.sampled_from(RESULTS), max_size=4), st.sampled_from(RESULTS))
def test_several_touches_concern_what_each_of_them_does(touches, result):
    assert flag(*touches).concerns(result) == any(flag(touched).concerns(result) for touched in touches)


@pytest.mark.parametrize("severity", ["info", "warn"])
def test_only_a_rejecting_flag_stops_a_result(severity):
    assert rejecting([flag(ALL, severity=severity)], "mouth") is None
    assert rejecting([flag(ALL)], "mouth") is not None


def test_first_rejecting_flag_that_concerns_the_result_is_given():
    found = [
        flag("mouth", severity="warn", name="smile"),
        flag("eyes", name="eyes closed"),
        flag("mouth.lateral", name="turned"),
        flag("mouth", name="covered"),
        flag(ALL, name="no face"),
    ]
    given_for = {result: rejecting(iter(found), result) for result in ("mouth", "mouth.lateral", "eyes", "brows")}
    assert {result: one.name for result, one in given_for.items()} == {
        "mouth": "covered",
        "mouth.lateral": "turned",
        "eyes": "eyes closed",
        "brows": "no face",
    }
    assert rejecting(found[:4], "brows") is None
    assert rejecting([], "mouth") is None
