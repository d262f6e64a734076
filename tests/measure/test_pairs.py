"""Numbers of pairs of photos: each stands at the place of its name, and repeated photos tell the noise of one."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import seeds
from hypothesis import given

from symmetry.landmarks.mesh import LANDMARKS, MIDLINE, MIRROR, PARTS, REGIONS
from symmetry.measure.measures import MEASURE_NAMES
from symmetry.measure.pairs import PairFields, PairNumbers, left_right_difference, pair_numbers, variance_of_one
from symmetry.measure.reliability_table import OF_PAIR, PART_NAMES
from symmetry.measure.scores import REGION_NAMES

QUIET = np.zeros(9)
FLIP = np.array([-1.0, 1.0])


def fields_of(batch=(), **known) -> PairFields:
    """Fields of pairs in which all that is not given is 0."""
    shapes = {
        "before": (LANDMARKS, 2),
        "after": (LANDMARKS, 2),
        "moved": (LANDMARKS, 2),
        "measure_before": (18, 3),
        "measure_after": (18, 3),
    }
    return PairFields(**({name: np.zeros((*batch, *shape)) for name, shape in shapes.items()} | known))


def any_fields(seed, batch=(), unknown=0.0) -> PairFields:
    rng = np.random.default_rng(seed)
    field = {name: rng.normal(0.0, 2.0, (*batch, LANDMARKS, 2)) for name in ("before", "after", "moved")}
    for values in field.values():
        values[rng.random(values.shape[:-1]) < unknown] = np.nan
    measures = {name: rng.normal(0.0, 2.0, (*batch, 18, 3)) for name in ("measure_before", "measure_after")}
    return PairFields(**field, **measures)


def mirrored(pairs: PairFields) -> PairFields:
    """The same people in mirror images: each landmark has its partner's place."""

    def other(measures):
        return measures[..., [1, 0, 2]] * [1.0, 1.0, -1.0]

    return PairFields(
        before=pairs.before[..., MIRROR, :] * FLIP,
        after=pairs.after[..., MIRROR, :] * FLIP,
        moved=pairs.moved[..., MIRROR, :] * FLIP,
        measure_before=other(pairs.measure_before),
        measure_after=other(pairs.measure_after),
    )


def named(numbers: PairNumbers):
    listed = numbers.listed()
    assert listed.shape == (len(OF_PAIR),)
    return {(q.name, q.number): value for q, value in zip(OF_PAIR, listed, strict=True)}


# Names and places.


@pytest.mark.parametrize("region", [name for name in REGION_NAMES if name not in ("lower_face", "face")])
def test_movement_of_a_region_stands_at_the_place_of_its_name(region):
    moved = np.zeros((LANDMARKS, 2))
    moved[REGIONS[region]] = [1.5, -2.0]
    found = named(pair_numbers(fields_of(moved=moved), QUIET))
    assert found[region, "lateral_change"] == pytest.approx(1.5)
    assert found[region, "vertical_change"] == pytest.approx(-2.0)
    assert found[region, "lift"] == pytest.approx(-1.0)
    for part in PARTS[region]:
        assert found[f"{region}: {part}", "lateral_change"] == pytest.approx(1.5)
        assert found[f"{region}: {part}", "vertical_change"] == pytest.approx(-2.0)
    wider = (region, "face", "lower_face")
    others = [value for (name, _), value in found.items() if name.split(":")[0] not in wider]
    assert set(others) == {0.0}
    assert len(others) > 50


@pytest.mark.parametrize(("region", "part"), [(r, p) for r, p in PART_NAMES if len(PARTS[r]) > 1])
def test_movement_of_one_side_of_a_part_stands_at_the_place_of_its_name(region, part):
    # Of the subject's right, whose outward is -x.
    moved = np.zeros((LANDMARKS, 2))
    moved[MIRROR[PARTS[region][part]]] = [-1.0, 3.0]
    found = named(pair_numbers(fields_of(moved=moved), QUIET))
    assert found[f"{region}: {part}", "lateral_change"] == pytest.approx(-1.0)
    assert found[f"{region}: {part}", "vertical_change"] == pytest.approx(-3.0)
    (other,) = set(PARTS[region]) - {part}
    shared = np.intersect1d(PARTS[region][part], PARTS[region][other]).size / len(PARTS[region][other])
    assert found[f"{region}: {other}", "vertical_change"] == pytest.approx(-3.0 * shared)
    assert found[region, "vertical_change"] == pytest.approx(-3.0 * len(PARTS[region][part]) / len(REGIONS[region]))
    assert found[region, "lift"] == pytest.approx(1.5 * len(PARTS[region][part]) / len(REGIONS[region]))


@given(seeds)
@examples(20)
def test_every_number_is_that_of_a_plain_loop_by_its_name(seed):
    pairs, noise = any_fields(seed), np.random.default_rng(seed).uniform(0, 1.5, 9)
    found = named(pair_numbers(pairs, noise))
    expected = {}
    members = dict(REGIONS) | {f"{region}: {part}": PARTS[region][part] for region, part in PART_NAMES}
    for name, pairs_of in members.items():
        left = [pairs.moved[i] for i in pairs_of]
        right = [pairs.moved[MIRROR[i]] * FLIP for i in pairs_of]
        uneven = np.mean(left, axis=0) - np.mean(right, axis=0)
        expected[name, "lateral_change"], expected[name, "vertical_change"] = uneven
        if name in REGIONS:
            expected[name, "lift"] = (np.mean(left, axis=0) + np.mean(right, axis=0))[1] / 2
            squares = [(field[pairs_of] ** 2).sum() / len(pairs_of) for field in (pairs.before, pairs.after)]
            was, became = np.sqrt(np.maximum(np.array(squares) - noise[REGION_NAMES.index(name)] ** 2, 0))
            expected[name, "change"] = became - was
    for i, name in enumerate(MEASURE_NAMES):
        expected[name, "change"] = pairs.measure_after[i, 2] - pairs.measure_before[i, 2]
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected)


def test_scores_of_both_photos_and_movements_of_both_sides_by_hand():
    at, part = REGION_NAMES.index("mouth"), PART_NAMES.index(("mouth", "mouth"))
    before, after, moved = np.zeros((3, LANDMARKS, 2))
    before[REGIONS["mouth"]], after[REGIONS["mouth"]] = [3.0, -4.0], [0.0, -13.0]
    moved[REGIONS["mouth"]], moved[MIRROR[REGIONS["mouth"]]] = [3.0, 4.0], [-6.0, 8.0]
    measure_before, measure_after = np.random.default_rng(1).normal(size=(2, 18, 3))
    pairs = fields_of(
        before=before, after=after, moved=moved, measure_before=measure_before, measure_after=measure_after
    )
    noise = np.zeros(9)
    noise[at] = 3.0
    found = pair_numbers(pairs, noise)
    assert found.before[at] == pytest.approx([4.0, 3.0, -4.0])  # 5 less noise of 3
    assert found.after[at] == pytest.approx([np.sqrt(160), 0.0, -13.0])
    assert found.left[at] == pytest.approx([3.0, 4.0, 5.0])
    assert found.right[at] == pytest.approx([6.0, 8.0, 10.0])
    assert found.signed_change[at] == pytest.approx([-3.0, -4.0])
    assert found.lift[at] == pytest.approx(6.0)
    assert found.part_before[part] == pytest.approx([3.0, -4.0])
    assert found.part_after[part] == pytest.approx([0.0, -13.0])
    assert found.part_left[part] == pytest.approx([3.0, 4.0])
    assert found.part_right[part] == pytest.approx([6.0, 8.0])
    assert np.array_equal(found.measure_before, measure_before)
    assert np.array_equal(found.measure_after, measure_after)
    brows = REGION_NAMES.index("brows")
    assert not np.concatenate([found.before[brows], found.left[brows], found.right[brows]]).any()


def test_movement_seen_on_one_side_alone_counts_on_neither():
    moved = np.zeros((LANDMARKS, 2))
    pairs = REGIONS["brows"]
    moved[pairs], moved[MIRROR[pairs]] = [0.0, 2.0], [0.0, 1.0]
    moved[pairs[:3]], moved[MIRROR[pairs[3:5]]] = np.nan, np.nan
    moved[pairs[5]] = [0.0, 7.0]  # five of ten are left: 4 of 2 and one of 7
    found = named(pair_numbers(fields_of(moved=moved), QUIET))
    assert found["brows", "vertical_change"] == pytest.approx(2.0)
    assert found["brows", "lift"] == pytest.approx((3.0 + 1.0) / 2)


def test_region_that_was_not_seen_is_unknown_and_no_other():
    moved = np.ones((LANDMARKS, 2))
    moved[MIRROR[REGIONS["nose"]]] = np.nan
    found = named(pair_numbers(fields_of(moved=moved), QUIET))
    unknown = {key for key, value in found.items() if np.isnan(value)}
    assert unknown == {
        ("nose", "lateral_change"),
        ("nose", "vertical_change"),
        ("nose", "lift"),
        ("nose: nose", "lateral_change"),
        ("nose: nose", "vertical_change"),
    }


@given(seeds)
@examples(20)
def test_mirror_image_swaps_the_sides(seed):
    pairs = any_fields(seed, unknown=0.1)
    # An asymmetry field is its own mirror image with the sign turned.
    for field in (pairs.before, pairs.after):
        field[:] = field - field[MIRROR] * FLIP
    found, other = pair_numbers(pairs, QUIET), pair_numbers(mirrored(pairs), QUIET)
    assert other.left == pytest.approx(found.right, nan_ok=True)
    assert other.right == pytest.approx(found.left, nan_ok=True)
    assert other.part_left == pytest.approx(found.part_right, nan_ok=True)
    assert other.part_right == pytest.approx(found.part_left, nan_ok=True)
    assert other.lift == pytest.approx(found.lift, nan_ok=True)
    for name in ("before", "after"):
        turned = getattr(found, name) * [1.0, -1.0, -1.0]
        assert getattr(other, name) == pytest.approx(turned, nan_ok=True)
        assert getattr(other, f"part_{name}") == pytest.approx(-getattr(found, f"part_{name}"), nan_ok=True)
    signs = [1.0 if q.number == "lift" or (q.number == "change" and q.name in REGIONS) else -1.0 for q in OF_PAIR]
    assert other.listed() == pytest.approx(found.listed() * signs, nan_ok=True)


def test_batch_gives_what_each_pair_gives():
    pairs, noise = any_fields(2, (2, 3), unknown=0.2), np.random.default_rng(2).uniform(0, 1, (2, 3, 9))
    found = pair_numbers(pairs, noise)
    assert found.listed().shape == (2, 3, len(OF_PAIR))
    for at in np.ndindex(2, 3):
        alone = pair_numbers(PairFields(**{f.name: getattr(pairs, f.name)[at] for f in fields(pairs)}), noise[at])
        assert found.listed()[at] == pytest.approx(alone.listed(), nan_ok=True)
        for field in fields(alone):
            assert getattr(found, field.name)[at] == pytest.approx(getattr(alone, field.name), nan_ok=True)


def test_beyond_partner_is_what_the_other_side_did_not_do():
    moved = np.zeros((LANDMARKS, 2))
    one = REGIONS["mouth"][0]
    moved[one], moved[MIRROR[one]] = [2.0, 3.0], [-0.5, 1.0]
    found = left_right_difference(moved)
    assert found[one].tolist() == [1.5, 2.0]
    assert found[MIRROR[one]].tolist() == [1.5, -2.0]
    moved[one] = np.nan
    assert np.isnan(left_right_difference(moved)[[one, MIRROR[one]]]).all()
    assert np.isfinite(left_right_difference(moved)).sum() == 2 * (LANDMARKS - 2)


def test_movement_that_both_sides_share_is_not_beyond_the_partner():
    moved = np.random.default_rng(3).normal(size=(LANDMARKS, 2))
    shared = moved + moved[MIRROR] * FLIP
    assert left_right_difference(shared) == pytest.approx(np.zeros((LANDMARKS, 2)), abs=1e-12)
    assert (np.abs(left_right_difference(moved)[np.setdiff1d(np.arange(LANDMARKS), MIDLINE)]).max(axis=-1) > 0).all()


# Several photos.


def test_mean_known_is_the_mean_of_what_is_known():
    pairs = any_fields(4, (2, 3), unknown=0.3)
    pairs.moved[:, :, 7] = np.nan
    pairs.measure_after[0, :, 4, 0] = np.nan
    found = pairs.mean_known()
    for name in ("before", "after", "moved", "measure_before", "measure_after"):
        stack = getattr(pairs, name).reshape(6, *getattr(pairs, name).shape[2:])
        known = np.isfinite(stack)
        total = np.where(known, stack, 0).sum(axis=0)
        expected = np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), np.nan)
        assert getattr(found, name) == pytest.approx(expected, nan_ok=True)
    assert np.isnan(found.moved[7]).all()
    assert np.isfinite(found.measure_after).all()


def test_mean_of_one_pair_is_that_pair():
    pairs = any_fields(5, (1, 1), unknown=0.3)
    for field in fields(pairs):
        kept = getattr(pairs, field.name)[0, 0]
        assert getattr(pairs.mean_known(), field.name) == pytest.approx(kept, nan_ok=True)


@pytest.mark.parametrize("photos", [(2, 3), (1, 4), (5, 1), (2, 2), (1, 2)])
def test_variance_of_one_photo_is_found_from_pairs(photos):
    rng, true = np.random.default_rng(6), np.array([0.3, 1.0, 4.0])[:, None]
    before, after = (np.sqrt(true) * rng.normal(size=(count, 3, 30_000)) for count in photos)
    listed = (5.0 + after)[None] - before[:, None]
    variance, freedom = variance_of_one(listed.reshape(*photos, -1))
    assert freedom == sum(photos) - 2
    found = variance.reshape(3, -1)
    assert found.mean(axis=1) == pytest.approx(true[:, 0], rel=0.04)
    # As a variance of so many degrees of freedom scatters.
    assert found.var(axis=1) == pytest.approx(2 * true[:, 0] ** 2 / freedom, rel=0.1)


def test_variance_of_one_photo_by_hand():
    # Before 0 and 2, after 10, 11 and 15: squares about the means 2 and 14 over 1 + 2 degrees of freedom.
    before, after = np.array([0.0, 2.0]), np.array([10.0, 11.0, 15.0])
    variance, freedom = variance_of_one((after[None] - before[:, None])[..., None])
    assert variance == pytest.approx([16 / 3])
    assert freedom == 3.0


def test_one_pair_tells_nothing_of_its_noise():
    variance, freedom = variance_of_one(np.ones((1, 1, 5)))
    assert np.isnan(variance).tolist() == [True] * 5
    assert freedom == 0.0


def test_number_that_is_not_known_in_all_pairs_has_no_variance():
    listed = np.random.default_rng(7).normal(size=(2, 2, 3))
    listed[0, 1, 1] = np.nan
    assert np.isnan(variance_of_one(listed)[0]).tolist() == [False, True, False]
