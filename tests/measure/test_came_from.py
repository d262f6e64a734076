"""Which side a change of a clinical measure came from."""

from __future__ import annotations

import pytest

from symmetry.measure.judgement import _measure_change
from symmetry.measure.measures import DEFINITIONS
from symmetry.measure.quality.flags import degrees

BY_NAME = {one.name: one for one in DEFINITIONS}


@pytest.mark.parametrize(
    ("name", "before", "after", "source"),
    [
        # right, left, left less right: a left lower lid that hung by 2 mm and rose; the right one that came down to it
        ("mrd2", [5.0, 7.0, 2.0], [5.0, 5.2, 0.2], "worse side"),
        ("mrd2", [5.0, 7.0, 2.0], [6.8, 7.0, 0.2], "better side"),
        ("mrd2", [7.0, 5.0, -2.0], [5.2, 5.0, -0.2], "worse side"),
        ("mrd1", [4.0, 2.0, -2.0], [4.0, 3.8, -0.2], "worse side"),
        ("mrd1", [4.0, 2.0, -2.0], [2.2, 2.0, -0.2], "better side"),
        ("commissure_height", [-30.0, -33.0, -3.0], [-30.0, -30.5, -0.5], "worse side"),
        ("jaw_angle_width", [50.0, 53.0, 3.0], [50.0, 50.5, 0.5], "worse side"),
    ],
)
def test_the_side_that_hung_or_stood_out_is_the_worse_one(name, before, after, source):
    change = _measure_change(BY_NAME[name], before, after, (0.5, 0.0), (), "mm")
    assert (change.verdict, change.came_from) == ("improved", source)


def test_angles_are_said_as_they_are_held():
    assert [degrees(angle) for angle in (2.5, -1.0, 1.04, 3.0, 0.96)] == [
        "2.5 degrees",
        "1 degree",
        "1 degree",
        "3 degrees",
        "1 degree",
    ]
