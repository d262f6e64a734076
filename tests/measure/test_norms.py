"""What people notice and what healthy people have: of things that exist, in order, with sources."""

from __future__ import annotations

import re

import pytest

from symmetry.measure.measures import DEFINITIONS, NO_NORM

CITED = re.compile(r"PMID \d{7,8}|PMC\d{6,8}|doi 10\.\d{4,}/\S+")
UNITS = {definition.name: definition.unit for definition in DEFINITIONS}
NOTICED = {definition.name: definition.noticed for definition in DEFINITIONS if definition.noticed}
NORMS = {definition.name: definition.norm for definition in DEFINITIONS if definition.norm.text != NO_NORM}


@pytest.mark.parametrize("name", NOTICED)
def test_what_is_noticed_is_in_order_and_names_its_source(name):
    notice = NOTICED[name]
    assert 0 < notice.least <= notice.most
    assert notice.most <= 6.0  # more than any study asks for, in mm or degrees
    assert CITED.search(notice.source)


def test_thresholds_are_those_of_the_studies():
    # By the reviews: eyelids 1 to 2 mm, brows 3 to 3.5, mouth 3, chin 4 to 6, nose tip 4, mouth line 3 to 4 degrees.
    ranges = {name: (notice.least, notice.most) for name, notice in NOTICED.items()}
    assert ranges["mrd2"] == ranges["mrd1"] == (1.0, 2.0)
    assert ranges["brow_height"] == (3.0, 3.5)
    assert ranges["commissure_height"] == (3.0, 3.0)
    assert ranges["chin_deviation"] == (4.0, 6.0)
    assert ranges["nose_tip_deviation"] == (4.0, 4.0)
    assert ranges["mouth_cant"] == (3.0, 4.0)
    assert UNITS["mouth_cant"] == "degrees"


@pytest.mark.parametrize("name", NORMS)
def test_norm_names_its_source(name):
    assert re.search(r"\d", NORMS[name].text)
    assert len(NORMS[name].source) > 10


def test_only_the_chin_has_a_norm_and_the_others_say_that_they_have_none():
    assert set(NORMS) == {"chin_deviation"}
    assert {d.norm.text for d in DEFINITIONS if d.name not in NORMS} == {NO_NORM} == {"no published norm"}
