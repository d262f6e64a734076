"""Reliability tables: the shipped one is whole, one's own is read as it was written, and nothing else is."""

from __future__ import annotations

import csv
from dataclasses import fields, replace

import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import seeds
from hypothesis import given

from symmetry.errors import TableError
from symmetry.landmarks.mesh import PARTS, REGIONS
from symmetry.measure.measures import DEFINITIONS, MEASURE_NAMES, REGION_OF_MEASURE
from symmetry.measure.reliability_table import (
    COLUMNS,
    METHODS,
    OF_PAIR,
    OF_PHOTO,
    PAIR_NUMBERS,
    PART_NAMES,
    PHOTO_NUMBERS,
    ReliabilityTable,
    of_method,
    read_reliability,
    shipped_table,
    to_rows,
)
from symmetry.measure.scores import REGION_NAMES


def any_table(seed) -> ReliabilityTable:
    rng = np.random.default_rng(seed)
    return ReliabilityTable(
        photo_sd=rng.uniform(0.01, 3.0, len(OF_PHOTO)),
        photo_freedom=rng.integers(0, 20, len(OF_PHOTO)).astype(float),
        photo_detector=rng.uniform(0.0, 0.5, len(OF_PHOTO)),
        pair_sd=rng.uniform(0.01, 3.0, len(OF_PAIR)),
        pair_freedom=rng.integers(0, 20, len(OF_PAIR)).astype(float),
        part_correlation=rng.uniform(-1, 1, len(PART_NAMES)),
        jitter=rng.uniform(0.001, 0.1),
    )


def write(path, table, columns=COLUMNS):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(to_rows(table))
    return path


def same(one, other):
    for field in fields(one):
        assert getattr(other, field.name) == pytest.approx(getattr(one, field.name), rel=1e-12, nan_ok=True), field.name


# Names.


def test_quantities_are_those_that_are_documented():
    assert len(OF_PHOTO) == 54
    assert len(OF_PAIR) == 76
    for quantities in (OF_PHOTO, OF_PAIR):
        assert len({(q.name, q.number) for q in quantities}) == len(quantities)
    assert [(q.name, q.number) for q in OF_PHOTO[:36]] == [(r, n) for r in REGION_NAMES for n in PHOTO_NUMBERS]
    assert [(q.name, q.number) for q in OF_PAIR[:36]] == [(r, n) for r in REGION_NAMES for n in PAIR_NUMBERS]
    assert [q.name for q in OF_PAIR[36:58:2]] == [f"{region}: {part}" for region in PARTS for part in PARTS[region]]
    assert [q.number for q in OF_PAIR[36:58]] == ["lateral_change", "vertical_change"] * 11
    assert [q.name for q in OF_PHOTO[36:]] == [q.name for q in OF_PAIR[58:]] == list(MEASURE_NAMES)


def test_units_are_those_of_the_numbers():
    units = {definition.name: definition.unit for definition in DEFINITIONS}
    for quantity in OF_PHOTO + OF_PAIR:
        assert quantity.unit == units.get(quantity.name, "mm")


def test_every_quantity_belongs_to_a_region():
    assert set(REGION_OF_MEASURE) == set(MEASURE_NAMES)
    for quantity in OF_PHOTO + OF_PAIR:
        assert quantity.region in REGIONS
        if quantity.name not in MEASURE_NAMES:
            assert quantity.name.split(":")[0] == quantity.region
    assert REGION_OF_MEASURE["mrd1"] == "eyes"
    assert REGION_OF_MEASURE["chin_deviation"] == "jawline"
    assert REGION_OF_MEASURE["mouth_cant"] == REGION_OF_MEASURE["philtrum_deviation"] == "mouth"


# The shipped table.


@pytest.mark.parametrize("method", METHODS)
def test_shipped_table_knows_every_number(method):
    table = shipped_table()[method]
    for sd, freedom, count in (
        (table.photo_sd, table.photo_freedom, len(OF_PHOTO)),
        (table.pair_sd, table.pair_freedom, len(OF_PAIR)),
    ):
        assert sd.shape == freedom.shape == (count,)
        assert (sd > 0.005).all()
        assert (sd < 5).all()
        assert (freedom >= 1).all()
        assert (freedom <= 40).all()  # some forty faces
        assert np.median(freedom) >= 8
    assert table.photo_detector.shape == (len(OF_PHOTO),)
    assert (table.photo_detector >= 0).all()
    assert (table.photo_detector > 0).sum() >= len(OF_PHOTO) - len(REGIONS)  # of all but the fields
    assert table.part_correlation.shape == (len(PART_NAMES),)
    assert (np.abs(table.part_correlation) <= 1).all()
    assert table.part_correlation.any()
    assert 0.001 < table.jitter < 0.2


@pytest.mark.parametrize("method", METHODS)
def test_jawline_is_known_across_its_edge_alone(method):
    # Both directions then move together: the table must know it, or the noise along the edge is counted twice.
    jaw = [i for i, (region, _) in enumerate(PART_NAMES) if region == "jawline"]
    assert (np.abs(shipped_table()[method].part_correlation[jaw]) > 0.8).all()


def test_shipped_table_is_read_once():
    assert shipped_table() is shipped_table()


# Files.


@given(seeds)
@examples(10)
def test_table_is_read_as_it_was_written(tmp_path_factory, seed):
    table = {"registration": any_table(seed), "landmarks": any_table(seed + 1)}
    found = read_reliability(write(tmp_path_factory.mktemp("tables") / "own.csv", table))
    assert set(found) == set(METHODS)
    for method in METHODS:
        same(table[method], found[method])


def test_what_is_not_known_stays_unknown(tmp_path):
    table = any_table(1)
    for sd, freedom in ((table.photo_sd, table.photo_freedom), (table.pair_sd, table.pair_freedom)):
        sd[4], freedom[4] = np.nan, 0.0
    found = read_reliability(write(tmp_path / "own.csv", {"landmarks": replace(table, jitter=float("nan"))}))
    assert set(found) == {"landmarks"}
    same(replace(table, jitter=float("nan")), found["landmarks"])


def test_rows_that_are_missing_are_not_known(tmp_path):
    path = write(tmp_path / "own.csv", {"landmarks": any_table(2)})
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if ",mouth,vertical," not in line and ",mouth_cant,change," not in line]
    kept = [line for line in kept if "mouth: mouth,correlation" not in line]
    assert len(kept) == len(lines) - 3
    path.write_text("\n".join(kept), encoding="utf-8")
    found = read_reliability(path)["landmarks"]
    unknown = np.flatnonzero(np.isnan(found.photo_sd))
    assert [(OF_PHOTO[i].name, OF_PHOTO[i].number) for i in unknown] == [("mouth", "vertical")]
    assert found.photo_freedom[unknown].tolist() == found.photo_detector[unknown].tolist() == [0.0]
    unknown = np.flatnonzero(np.isnan(found.pair_sd))
    assert [OF_PAIR[i].name for i in unknown] == ["mouth_cant"]
    assert found.pair_freedom[unknown].tolist() == [0.0]
    assert found.part_correlation[PART_NAMES.index(("mouth", "mouth"))] == 0.0


def test_rows_in_another_order_are_the_same_table(tmp_path):
    table = {"registration": any_table(3)}
    path = write(tmp_path / "own.csv", table)
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([head, *rows[::-1]]), encoding="utf-8")
    same(table["registration"], read_reliability(path)["registration"])


HEAD = ",".join(COLUMNS)
WOBBLE = "landmarks,photo,landmarks,jitter,,0.02,,"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a reliability table"),
        ("\n\n", "not a reliability table"),
        ("photo,region,asymmetry\na.jpg,mouth,1.0\n", "not a reliability table"),
        ('{"photo": "a.jpg"}', "not a reliability table"),
        (HEAD.replace("sd,freedom", "freedom,sd") + "\n" + WOBBLE, "not a reliability table"),
        (HEAD, "no numbers"),
        (f"{HEAD}\n", "no numbers"),
        (f"{HEAD}\n{WOBBLE.replace('landmarks', 'guesses', 1)}", "no numbers"),
        (f"{HEAD}\n{WOBBLE}\nlandmarks,photo,mouth,lateral,mm,much,5,0.1", "damaged"),
        (f"{HEAD}\n{WOBBLE}\nlandmarks,photo,mouth,lateral,mm,0.1,five,0.1", "damaged"),
        (f"{HEAD}\n{WOBBLE}\nlandmarks,photo,mouth,lateral,mm,0.1,5,0.1.2", "damaged"),
        (f"{HEAD}\nlandmarks,photo,mouth,lateral,mm,0.1,5,0.1", "damaged"),  # no jitter
    ],
)
def test_anything_else_is_refused_and_it_says_what_to_do(tmp_path, text, said):
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=said) as caught:
        read_reliability(path)
    assert "symmetry reliability" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_text_is_refused(tmp_path):
    picture = tmp_path / "face.jpg"
    picture.write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)))
    with pytest.raises(TableError, match="no such file"):
        read_reliability(tmp_path / "missing.csv")
    for path in (picture, tmp_path):
        with pytest.raises(TableError, match=r"cannot be read.*symmetry reliability --table"):
            read_reliability(path)


# Which table counts.


def test_own_table_counts_where_it_has_the_method():
    own = {"landmarks": any_table(4)}
    assert of_method(own, "landmarks") is own["landmarks"]
    for table in (own, {}, None):
        assert of_method(table, "registration") is shipped_table()["registration"]
    assert of_method(None, "landmarks") is shipped_table()["landmarks"]
